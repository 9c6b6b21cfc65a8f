//! Whether a reset that could not be done is to wait on: nothing was done, and a moment later it
//! may be. Pure.

use ouzel_wire::ErrorCode;

use crate::kafka::{KafkaError, groups::Changed};

/// Why it waits on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Early {
    /// The coordinator refused all of it, since somebody is in the group or it is none just now.
    Refused(String),
    /// Nobody knows whether anything was done. Doing it again does no harm while the group is
    /// empty; but not for ever.
    Unanswered(String),
}

/// Nothing of this was done, and why it may be later; `None` if that is not so.
pub fn early(performed: &Result<Changed, KafkaError>) -> Option<Early> {
    match performed {
        Ok(answers) => {
            let mut all =
                answers.values().map(|it| it.as_ref().err().filter(|error| passes(error)));
            let first = all.next().flatten()?;
            all.all(|it| it.is_some()).then(|| Early::Refused(first.reason()))
        }
        Err(error) if passes(error) => Some(Early::Refused(error.reason())),
        Err(error @ (KafkaError::Unreachable { .. } | KafkaError::Timeout { .. })) => {
            Some(Early::Unanswered(error.to_string()))
        }
        Err(_) => None,
    }
}

/// Whether the coordinator says no for now.
fn passes(error: &KafkaError) -> bool {
    let passing = [
        // Whoever commits from outside is a member that is not in it.
        ErrorCode::UnknownMemberId,
        ErrorCode::IllegalGeneration,
        ErrorCode::StaleMemberEpoch,
        ErrorCode::RebalanceInProgress,
        ErrorCode::NonEmptyGroup,
        ErrorCode::GroupSubscribedToTopic,
        ErrorCode::NotCoordinator,
        ErrorCode::CoordinatorNotAvailable,
        ErrorCode::CoordinatorLoadInProgress,
    ];
    error.code().is_some_and(|code| passing.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::TopicPartition;

    fn refused(code: ErrorCode) -> KafkaError {
        KafkaError::refused("committing", code.code(), None)
    }

    fn answers(all: &[Option<ErrorCode>]) -> Result<Changed, KafkaError> {
        let one = |(partition, code): (i32, &Option<ErrorCode>)| {
            (TopicPartition::new("t", partition), code.map_or(Ok(()), |code| Err(refused(code))))
        };
        Ok((0..).zip(all).map(one).collect())
    }

    #[test]
    fn it_waits_on_where_all_was_refused_for_now_and_only_there() {
        let (member, denied) = (ErrorCode::UnknownMemberId, ErrorCode::TopicAuthorizationFailed);
        let waits = |all: &[Option<ErrorCode>]| early(&answers(all)).is_some();
        assert!(waits(&[Some(member), Some(ErrorCode::RebalanceInProgress)]));
        assert!(!waits(&[Some(member), None]), "one was done");
        assert!(!waits(&[Some(member), Some(denied)]), "one is never done");
        assert!(!waits(&[]));
        assert!(matches!(
            early(&Err(refused(ErrorCode::CoordinatorLoadInProgress))),
            Some(Early::Refused(_))
        ));
        assert_eq!(early(&Err(refused(denied))), None);
        let gone = KafkaError::Unreachable { address: "a:1".into(), cause: "broken".into() };
        assert!(matches!(early(&Err(gone)), Some(Early::Unanswered(_))));
    }
}
