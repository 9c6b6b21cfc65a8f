//! The address of the audit page as a question to the server. Pure.

use ouzel_api::audit::{AuditQuery, Outcome};

use super::{ACTION, BEFORE, CLUSTER, OUTCOME, RESOURCE, SINCE, UNTIL, USER};
use crate::{client::audit::outcome_name, query::Query};

/// Reads the conditions; what cannot be read does not filter.
pub fn read(query: &Query) -> AuditQuery {
    let text = |name: &str| {
        query.get(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let number = |name: &str| query.get(name).and_then(|number| number.parse().ok());
    AuditQuery {
        before: number(BEFORE),
        user: text(USER),
        action: text(ACTION),
        cluster: text(CLUSTER),
        since_ms: number(SINCE),
        until_ms: number(UNTIL),
        resource: text(RESOURCE),
        outcome: query.get(OUTCOME).and_then(parse_outcome),
    }
}

fn parse_outcome(name: &str) -> Option<Outcome> {
    [Outcome::Begun, Outcome::Done, Outcome::Failed, Outcome::Denied]
        .into_iter()
        .find(|&outcome| outcome_name(outcome) == name)
}

#[cfg(test)]
mod tests {
    use ouzel_api::audit::{AuditQuery, Outcome};

    use super::read;
    use crate::query::Query;

    #[test]
    fn conditions_come_from_the_address_and_nonsense_does_not_filter() {
        let query = Query::parse(
            "user=anna&action=topic.&outcome=denied&before=12&row=3&cluster=prod&since=5&until=x",
        );
        let wanted = AuditQuery {
            before: Some(12),
            user: Some("anna".to_owned()),
            action: Some("topic.".to_owned()),
            cluster: Some("prod".to_owned()),
            since_ms: Some(5),
            until_ms: None,
            resource: None,
            outcome: Some(Outcome::Denied),
        };
        assert_eq!(read(&query), wanted);
        let nonsense = Query::parse("outcome=maybe&before=x&user=%20");
        assert_eq!(read(&nonsense), AuditQuery::default());
    }
}
