//! Which environment variables there may be: one that is misspelt must not be ignored in silence.

use super::{ConfigError, SETTINGS, file};

/// What all of ours begin with.
const PREFIX: &str = "OUZEL_";

/// Read by tests and by the build, from whose environment the program is started, too.
const OF_TOOLS: [&str; 7] = [
    "OUZEL_BINARY",
    "OUZEL_CHROMIUM",
    "OUZEL_FUZZ_KEY",
    "OUZEL_KILLS",
    "OUZEL_SEED",
    "OUZEL_SEEDS",
    "OUZEL_WASM_ROUTE",
];

/// Refuses a variable that looks like a setting and is none.
pub fn check(names: impl IntoIterator<Item = String>) -> Result<(), ConfigError> {
    let is_wrong = |name: &String| {
        name.starts_with(PREFIX)
            && !known().any(|known| known == name)
            && !OF_TOOLS.contains(&name.as_str())
            && !is_of_a_service(name)
    };
    let Some(name) = names.into_iter().find(is_wrong) else { return Ok(()) };
    // Without what all have in common, which would make everything look alike.
    let own = |name: &str| name.trim_start_matches(PREFIX).to_lowercase();
    let keys = known().map(own);
    let nearest = file::most_alike(&own(&name), keys);
    let nearest = nearest.map(|key| format!("{PREFIX}{}", key.to_uppercase()));
    Err(ConfigError::UnknownVariable { name, nearest })
}

fn known() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().filter_map(|setting| setting.env)
}

/// Kubernetes tells every container about its services: one that is called `ouzel` becomes
/// `OUZEL_PORT`, `OUZEL_SERVICE_HOST`, `OUZEL_SERVICE_PORT_HTTP`, `OUZEL_PORT_9092_TCP_ADDR` and
/// more, which nobody wrote.
fn is_of_a_service(name: &str) -> bool {
    let has_number = |(_, after): (&str, &str)| after.starts_with(|c: char| c.is_ascii_digit());
    name.ends_with("_PORT")
        || name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT_")
        || name.split_once("_PORT_").is_some_and(has_number)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn told(name: &str) -> Option<String> {
        check([name.to_owned()]).err().map(|error| error.to_string())
    }

    #[test]
    fn a_misspelt_variable_is_named_with_the_nearest_known_one() {
        let wanted = "unknown environment variable `OUZEL_HTPP`; did you mean `OUZEL_HTTP`?";
        assert_eq!(told("OUZEL_HTPP").unwrap(), wanted);
        let wanted = "unknown environment variable `OUZEL_LOGFORMAT`; \
                      did you mean `OUZEL_LOG_FORMAT`?";
        assert_eq!(told("OUZEL_LOGFORMAT").unwrap(), wanted);
        assert_eq!(told("OUZEL_QQQ").unwrap(), "unknown environment variable `OUZEL_QQQ`");
    }

    #[test]
    fn what_is_known_or_not_ours_is_let_be() {
        for name in known().chain(OF_TOOLS).chain(["PATH", "OUZEL", "MY_OUZEL_HTPP"]) {
            assert_eq!(told(name), None);
        }
    }

    #[test]
    fn a_kubernetes_service_of_our_name_does_not_keep_us_from_starting() {
        let of_services = [
            "OUZEL_PORT",
            "OUZEL_SERVICE_HOST",
            "OUZEL_SERVICE_PORT",
            "OUZEL_SERVICE_PORT_HTTP",
            "OUZEL_PORT_9092_TCP",
            "OUZEL_PORT_9092_TCP_ADDR",
            "OUZEL_CONSOLE_SERVICE_HOST",
        ];
        for name in of_services {
            assert_eq!(told(name), None);
        }
    }
}
