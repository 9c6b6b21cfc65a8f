//! Topics and groups that a command names: by their names, or with `--regex` by expressions.

use regex::{Regex, RegexBuilder};

use super::Failure;
use crate::kafka::Cluster;

/// Most bytes that one expression may become: nobody writes one by hand that is so large.
const REGEX_BYTES_MAX: usize = 1 << 20;

/// Expressions, of which one must fit a whole name, as rpk reads them.
pub struct Expressions(Vec<Regex>);

impl Expressions {
    /// Reads them.
    pub fn read(texts: &[String]) -> Result<Expressions, Failure> {
        texts.iter().map(|text| whole(text)).collect::<Result<_, _>>().map(Expressions)
    }

    /// Whether one fits.
    pub fn fit(&self, name: &str) -> bool {
        self.0.iter().any(|it| it.is_match(name))
    }
}

fn whole(text: &str) -> Result<Regex, Failure> {
    let built = RegexBuilder::new(&format!("^(?:{text})$")).size_limit(REGEX_BYTES_MAX).build();
    built.map_err(|wrong| Failure::Usage(format!("`{text}` is no regular expression: {wrong}")))
}

/// The topics as they were named; or with `regex` those whose names fit, by name, and none that
/// the cluster keeps for itself: who means one of these names it. Fails where nothing fits.
pub async fn topics(
    cluster: &Cluster,
    words: &[String],
    regex: bool,
) -> Result<Vec<String>, Failure> {
    if !regex {
        return Ok(words.to_vec());
    }
    let expressions = Expressions::read(words)?;
    let metadata = cluster.fresh_metadata().await.map_err(Failure::of)?;
    let own = metadata.topics.iter().filter(|(_, topic)| !topic.internal);
    let names = own.map(|(name, _)| name.clone());
    found(names.filter(|name| expressions.fit(name)).collect(), words, "topic")
}

/// Not an empty answer: who deletes or reads nothing should hear of it.
pub fn found(
    names: Vec<String>,
    words: &[String],
    what: &'static str,
) -> Result<Vec<String>, Failure> {
    match names.is_empty() {
        true => Err(Failure::Failed(format!("no {what}'s name fits {}", words.join(", ")))),
        false => Ok(names),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_expression_fits_a_whole_name() {
        let fits = |text: &str, name| Expressions::read(&[text.to_owned()]).unwrap().fit(name);
        assert!(fits("ord.*", "orders"));
        assert!(!fits("ord", "orders"));
        assert!(!fits("a|orders", "my-orders"), "the bar does not reach the ends");
        assert!(Expressions::read(&["(".to_owned()]).is_err());
    }
}
