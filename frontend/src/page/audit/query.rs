//! The address of the audit page as a question to the server. Pure.

use ouzel_api::audit::{AuditQuery, Outcome};

use super::{ACTION, BEFORE, OUTCOME, RESOURCE, USER};
use crate::{client::audit::outcome_name, query::Query};

/// Reads the conditions; what cannot be read does not filter.
pub fn read(query: &Query) -> AuditQuery {
    let text = |name: &str| {
        query.get(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    AuditQuery {
        before: query.get(BEFORE).and_then(|id| id.parse().ok()),
        user: text(USER),
        action: text(ACTION),
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
        let query = Query::parse("user=anna&action=topic.&outcome=denied&before=12&row=3");
        let wanted = AuditQuery {
            before: Some(12),
            user: Some("anna".to_owned()),
            action: Some("topic.".to_owned()),
            resource: None,
            outcome: Some(Outcome::Denied),
        };
        assert_eq!(read(&query), wanted);
        let nonsense = Query::parse("outcome=maybe&before=x&user=%20");
        assert_eq!(read(&nonsense), AuditQuery::default());
    }
}
