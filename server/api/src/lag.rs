//! How far a consumer is behind: three different answers that never look alike.

use serde::{Deserialize, Serialize};

/// Records between a group's committed offset and the end of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Lag {
    /// The group has never committed here (or its commit has expired).
    NoCommit,
    /// The commit or the end offset could not be read.
    Unknown,
    /// Known; zero means caught up.
    Known {
        /// Records behind, never negative.
        records: i64,
    },
}

impl Lag {
    /// Sums what is known: unknown anywhere makes the sum unknown; partitions without a commit
    /// count nothing unless none has one.
    pub fn sum(lags: impl IntoIterator<Item = Lag>) -> Lag {
        lags.into_iter().fold(Lag::NoCommit, |total, lag| match (total, lag) {
            (Lag::Unknown, _) | (_, Lag::Unknown) => Lag::Unknown,
            (Lag::NoCommit, other) | (other, Lag::NoCommit) => other,
            (Lag::Known { records: a }, Lag::Known { records: b }) => {
                Lag::Known { records: a.saturating_add(b) }
            }
        })
    }

    /// For sorting worst first: unknown above every number, no commit below zero.
    pub fn rank(self) -> i128 {
        match self {
            Lag::NoCommit => -1,
            Lag::Known { records } => i128::from(records),
            Lag::Unknown => i128::from(i64::MAX) + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lag;

    #[test]
    fn no_commit_zero_and_unknown_stay_three_different_sums() {
        let known = |records| Lag::Known { records };
        assert_eq!(Lag::sum([]), Lag::NoCommit);
        assert_eq!(Lag::sum([Lag::NoCommit, Lag::NoCommit]), Lag::NoCommit);
        assert_eq!(Lag::sum([known(0), Lag::NoCommit]), known(0));
        assert_eq!(Lag::sum([known(2), known(3)]), known(5));
        assert_eq!(Lag::sum([known(2), Lag::Unknown, Lag::NoCommit]), Lag::Unknown);
        assert_eq!(Lag::sum([known(i64::MAX), known(1)]), known(i64::MAX));
    }
}
