//! One setting of a topic or a broker as a person reads it: its value in days and gibibytes, where
//! that comes from, and what Kafka says of it.

use leptos::prelude::*;

use crate::{
    format::{bytes, duration},
    ui::{Badge, Mood},
};

/// What a value is in days or gibibytes; nothing where the number says it all.
pub fn readable(key: &str, value: &str) -> Option<String> {
    let number: i64 = value.trim().parse().ok()?;
    let unit = key.rsplit('.').find(|part| matches!(*part, "ms" | "bytes"))?;
    if number == i64::MAX || (number == -1 && key.contains("retention")) {
        return Some("without limit".to_owned());
    }
    let small = if unit == "ms" { 1000 } else { 1024 };
    match (unit, u64::try_from(number)) {
        (_, Err(_)) => None,
        (_, Ok(number)) if number < small => None,
        ("ms", Ok(_)) => Some(round(duration(number))),
        (_, Ok(number)) => Some(bytes(number)),
    }
}

/// `7 d` instead of `7 d 0 h`.
fn round(duration: String) -> String {
    let nothing = [" 0 h", " 0 min", " 0 s"];
    let rounded = nothing.iter().find_map(|nothing| duration.strip_suffix(nothing));
    rounded.map(str::to_owned).unwrap_or(duration)
}

/// A value with what it is in larger units.
pub fn told(key: &str, value: Option<&str>) -> impl IntoView + use<> {
    let readable = value.and_then(|value| readable(key, value));
    let text = match value {
        None => view! { <span class="dim">"not told"</span> }.into_any(),
        Some("") => view! { <span class="dim">"empty"</span> }.into_any(),
        Some(value) => view! { <span class="mono break">{value.to_owned()}</span> }.into_any(),
    };
    view! {
        {text}
        {readable.map(|readable| view! { " " <span class="dim nowrap">{readable}</span> })}
    }
}

/// Where the value in force comes from, as Kafka names it; `modified` is whether it is set right
/// where it is shown.
pub fn origin(source: &str, modified: bool) -> impl IntoView + use<> {
    let (mood, text) = match source {
        _ if modified => (Mood::Warn, "modified"),
        "DEFAULT_CONFIG" => (Mood::Neutral, "default"),
        "STATIC_BROKER_CONFIG" => (Mood::Neutral, "broker's file"),
        "DYNAMIC_BROKER_CONFIG" => (Mood::Neutral, "broker"),
        "DYNAMIC_DEFAULT_BROKER_CONFIG" => (Mood::Neutral, "all brokers"),
        _ => (Mood::Neutral, "other source"),
    };
    let source = source.to_owned();
    view! { <span title=source><Badge mood=mood>{text}</Badge></span> }
}

/// What Kafka says of the setting.
pub fn meaning_of(documentation: &str) -> impl IntoView + use<> {
    view! { <p class="setting-doc">{prose(documentation)}</p> }
}

/// Kafka's documentation has code between backticks, and nothing else of Markdown.
fn prose(text: &str) -> Vec<AnyView> {
    let part = |(code, part): (bool, &str)| match code {
        true => view! { <code>{part.to_owned()}</code> }.into_any(),
        false => part.to_owned().into_any(),
    };
    parts(text).into_iter().map(part).collect()
}

/// A text's parts, each with whether it is code; a backtick without its like is only that.
fn parts(text: &str) -> Vec<(bool, &str)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, (code, after))) =
        rest.split_once('`').and_then(|(before, after)| Some((before, after.split_once('`')?)))
    {
        parts.extend([(false, before), (true, code)]);
        rest = after;
    }
    parts.push((false, rest));
    parts.retain(|(_, part)| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::{parts, readable};

    #[test]
    fn what_stands_between_backticks_is_code_and_a_single_one_is_itself() {
        let told = parts("use `compact` or `delete`.");
        let wanted =
            [(false, "use "), (true, "compact"), (false, " or "), (true, "delete"), (false, ".")];
        assert_eq!(told, wanted);
        assert_eq!(parts("a ` b"), [(false, "a ` b")]);
        assert_eq!(parts("`x`"), [(true, "x")]);
        assert!(parts("").is_empty());
    }

    #[test]
    fn large_numbers_are_told_in_units_and_no_limit_in_words() {
        let told = |key, value| readable(key, value);
        assert_eq!(told("retention.ms", "604800000").as_deref(), Some("7 d"));
        assert_eq!(told("segment.bytes", "1073741824").as_deref(), Some("1.0 GiB"));
        assert_eq!(told("retention.bytes", "-1").as_deref(), Some("without limit"));
        assert_eq!(told("flush.ms", "9223372036854775807").as_deref(), Some("without limit"));
        for (key, value) in [("retention.ms", "500"), ("min.insync.replicas", "2"), ("a.ms", "x")] {
            assert_eq!(told(key, value), None, "{key}={value}");
        }
    }
}
