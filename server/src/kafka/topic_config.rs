//! A topic's settings as its page shows them: each with its type, its source and what it would be
//! otherwise. Changing them is `configs.rs`.

use ouzel_api::topic_config::{SettingKind, TopicConfig, TopicSetting};
use ouzel_wire::messages::{
    DescribeConfigsResourceResult, DescribeConfigsSynonym, IncrementalAlterConfigsRequest,
};

use super::{
    Cluster, KafkaError,
    configs::{Detail, Resource, source},
};
use crate::clock::now_ms;

/// Kafka's number for a value that the topic itself sets.
const SOURCE_TOPIC: i8 = 1;

impl Cluster {
    /// All settings of a topic, by name.
    pub async fn topic_config(&self, name: &str) -> Result<TopicConfig, KafkaError> {
        let told = self.described(Resource::Topic(name), Detail::InFull).await?;
        let settings = told.into_iter().map(setting).collect();
        let connection = self.any().await?;
        let cannot = connection.version::<IncrementalAlterConfigsRequest>().is_err();
        let unchangeable = cannot.then(|| {
            "The cluster does not offer IncrementalAlterConfigs (Kafka 2.3). The older \
             AlterConfigs would reset every key that is not named, so nothing is changed from here."
                .to_owned()
        });
        Ok(TopicConfig { settings, unchangeable, read_at_ms: now_ms() })
    }
}

fn setting(told: DescribeConfigsResourceResult) -> TopicSetting {
    let modified = told.config_source == SOURCE_TOPIC;
    // The first that is not the topic's own is what would be in force without it.
    let beneath = told.synonyms.iter().find(|synonym| synonym.source != SOURCE_TOPIC);
    let (inherited, from) = match (modified, beneath) {
        (false, _) => (told.value.clone(), Some(told.config_source)),
        (true, Some(beneath)) => (in_unit_of(&told.name, beneath), Some(beneath.source)),
        (true, None) => (None, None),
    };
    let shown = |value: Option<String>| value.filter(|_| !told.is_sensitive);
    TopicSetting {
        value: shown(told.value),
        inherited: shown(inherited),
        inherited_from: from.map(|from| source(from).to_owned()),
        source: source(told.config_source).to_owned(),
        modified,
        kind: kind(told.config_type),
        sensitive: told.is_sensitive,
        read_only: told.read_only,
        documentation: told.documentation.map(|text| plain(&text)).filter(|it| !it.is_empty()),
        name: told.name,
    }
}

/// The synonym's value as the key counts: brokers are told in hours or minutes what topics keep in
/// milliseconds. -1 stands for no limit in each.
fn in_unit_of(key: &str, synonym: &DescribeConfigsSynonym) -> Option<String> {
    let value = synonym.value.clone()?;
    let unit_ms = match synonym.name.rsplit_once('.') {
        Some((_, "hours")) if key.ends_with(".ms") => 3_600_000,
        Some((_, "minutes")) if key.ends_with(".ms") => 60_000,
        _ => return Some(value),
    };
    match value.parse::<i64>() {
        Ok(count) if count >= 0 => Some(count.saturating_mul(unit_ms).to_string()),
        _ => Some(value),
    }
}

/// The text of a documentation: Apache Kafka writes it for its own web page, with tags and
/// entities. What only looks like a tag stays.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let tag = rest.find('>').filter(|end| is_tag(&rest[1..*end]));
        let end = tag.map_or(1, |end| end + 1);
        // A tag that begins a line or a paragraph parts words; one within a sentence does not.
        match tag {
            None => out.push('<'),
            Some(_) if is_block(&rest[1..end]) => out.push(' '),
            Some(_) => {}
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    let out = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
        .iter()
        .fold(out, |text, (entity, letter)| text.replace(entity, letter));
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_tag(inside: &str) -> bool {
    let name = inside.trim_start_matches('/');
    name.starts_with(|c: char| c.is_ascii_lowercase()) && !inside.contains('<')
}

fn is_block(tag: &str) -> bool {
    let name = tag.trim_start_matches('/');
    ["p", "ul", "ol", "li", "br", "div"]
        .iter()
        .any(|block| name.strip_prefix(block).is_some_and(|rest| rest.starts_with(['>', ' ', '/'])))
}

/// The types as DescribeConfigs numbers them.
pub(super) fn kind(number: i8) -> SettingKind {
    match number {
        1 => SettingKind::Boolean,
        2 => SettingKind::String,
        3 => SettingKind::Int,
        4 => SettingKind::Short,
        5 => SettingKind::Long,
        6 => SettingKind::Double,
        7 => SettingKind::List,
        8 => SettingKind::Class,
        9 => SettingKind::Password,
        _ => SettingKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use ouzel_api::topic_config::SettingKind;
    use ouzel_wire::messages::{DescribeConfigsResourceResult, DescribeConfigsSynonym};

    use super::{plain, setting};

    fn told(source: i8, value: &str, beneath: &[(i8, &str)]) -> DescribeConfigsResourceResult {
        let synonym = |(source, value): &(i8, &str)| DescribeConfigsSynonym {
            value: Some((*value).to_owned()),
            source: *source,
            ..Default::default()
        };
        DescribeConfigsResourceResult {
            name: "retention.ms".to_owned(),
            value: Some(value.to_owned()),
            config_source: source,
            config_type: 5,
            synonyms: beneath.iter().map(synonym).collect(),
            ..Default::default()
        }
    }

    #[test]
    fn what_a_key_would_be_without_the_topic_is_the_first_value_that_is_not_its_own() {
        let own = setting(told(1, "5", &[(1, "5"), (4, "7"), (5, "9")]));
        assert!(own.modified);
        assert_eq!((own.inherited.as_deref(), own.kind), (Some("7"), SettingKind::Long));
        assert_eq!(own.inherited_from.as_deref(), Some("STATIC_BROKER_CONFIG"));
        let inherited = setting(told(5, "9", &[(5, "9")]));
        assert!(!inherited.modified);
        assert_eq!(inherited.inherited.as_deref(), Some("9"));
        let untold = setting(told(1, "5", &[]));
        assert_eq!((untold.modified, untold.inherited), (true, None));
    }

    #[test]
    fn what_brokers_are_told_in_hours_is_shown_in_milliseconds_like_the_topic_s_own() {
        for (name, value, shown) in [
            ("log.retention.hours", "168", "604800000"),
            ("log.retention.minutes", "3", "180000"),
            ("log.retention.ms", "5", "5"),
            ("log.retention.hours", "-1", "-1"),
        ] {
            let mut own = told(1, "5", &[(1, "5"), (4, value)]);
            own.synonyms[1].name = name.to_owned();
            assert_eq!(setting(own).inherited.as_deref(), Some(shown), "{name}");
        }
    }

    #[test]
    fn documentation_is_text_without_the_tags_of_a_web_page() {
        let told = "The <i>minimum</i> of <code>acks</code>.<p>Or:<ul><li>a &lt; b</li></ul>";
        assert_eq!(plain(told), "The minimum of acks. Or: a < b");
        assert_eq!(plain("a < b, c <= d > e"), "a < b, c <= d > e");
        assert_eq!(plain("see <a href=\"#x\">there</a>"), "see there");
        assert_eq!(plain("open <"), "open <");
    }

    #[test]
    fn a_secret_leaves_no_trace() {
        let mut secret = told(1, "hush", &[(5, "hush, too")]);
        secret.is_sensitive = true;
        let shown = setting(secret);
        assert_eq!((shown.value, shown.inherited, shown.sensitive), (None, None, true));
    }
}
