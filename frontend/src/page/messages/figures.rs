//! What a search or a tail has read so far, as the status line tells it.

use ouzel_api::{
    live::LostPartition,
    search::{PartitionProgress, Progress, Skipped, Unseen},
};

/// The figures of the status line. Those of a continued search add up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Records looked at.
    pub read: u64,
    /// Records that matched.
    pub matched: u64,
    /// Records of a tail that have arrived here. The server tells its figures twice a second, and
    /// rows come at once.
    pub arrived: u64,
    /// Bytes received from the brokers.
    pub bytes: u64,
    /// Time spent.
    pub elapsed_ms: u64,
    /// Offsets that held no record to look at.
    pub skipped: Skipped,
    /// Offsets that a transaction which is not decided holds back.
    pub held: u64,
    /// Records that a filter could not judge.
    pub filter_errors: u64,
    /// The first of them.
    pub first_filter_error: Option<String>,
    /// Fields that were in no record in which a condition looked for them.
    pub unseen: Vec<Unseen>,
    /// Matches that could not be read as the search demands.
    pub undecodable: u64,
    /// The first of them.
    pub first_undecodable: Option<String>,
    /// How long the rest takes at most.
    pub left_ms: Option<u64>,
    /// Coverage of each partition.
    pub partitions: Vec<PartitionProgress>,
    /// Records of a tail that were not sent because this page did not keep up.
    pub dropped: u64,
    /// Partitions that a tail cannot follow now.
    pub lost: Vec<LostPartition>,
    /// Stretches of time that a tail did not see, from and to.
    pub gaps: Vec<(i64, i64)>,
    /// The token to go on from if the search breaks off here.
    pub resume: Option<String>,
}

impl Figures {
    /// These figures with a later part of the same search added.
    pub fn plus(&self, progress: &Progress) -> Figures {
        let first =
            |mine: &Option<String>, new: &Option<String>| mine.clone().or_else(|| new.clone());
        let (mine, new) = (self.skipped, progress.skipped);
        Figures {
            read: self.read + progress.read,
            matched: self.matched + progress.matched,
            bytes: self.bytes + progress.bytes,
            elapsed_ms: self.elapsed_ms + progress.elapsed_ms,
            skipped: Skipped {
                control: mine.control + new.control,
                aborted: mine.aborted + new.aborted,
                missing: mine.missing + new.missing,
            },
            held: self.held.max(progress.held),
            filter_errors: self.filter_errors + progress.filter_errors,
            first_filter_error: first(&self.first_filter_error, &progress.first_filter_error),
            unseen: self.unseen_with(progress),
            undecodable: self.undecodable + progress.undecodable,
            first_undecodable: first(&self.first_undecodable, &progress.first_undecodable),
            left_ms: progress.left_ms,
            partitions: progress.partitions.clone(),
            resume: progress.resume.clone(),
            ..self.clone()
        }
    }

    /// Matches, those included of which a tail's server has not told yet.
    pub fn matched_by_now(&self) -> u64 {
        self.matched.max(self.arrived + self.dropped)
    }

    /// Records that were looked at, likewise.
    pub fn read_by_now(&self) -> u64 {
        self.read.max(self.matched_by_now())
    }

    /// A field was nowhere if it was nowhere in both parts.
    fn unseen_with(&self, progress: &Progress) -> Vec<Unseen> {
        if self.read == 0 {
            return progress.unseen.clone();
        }
        let both = |new: &Unseen| {
            let mine = self.unseen.iter().find(|mine| mine.filter == new.filter)?;
            Some(Unseen { records: mine.records + new.records, ..*new })
        };
        progress.unseen.iter().filter_map(both).collect()
    }
}

#[cfg(test)]
mod tests {
    use ouzel_api::search::{Progress, Unseen};

    use super::Figures;

    #[test]
    fn a_field_that_was_in_an_earlier_part_is_not_nowhere() {
        let part = |filters: &[u32]| {
            let unseen = filters.iter().map(|filter| Unseen { filter: *filter, records: 5 });
            Progress { read: 5, unseen: unseen.collect(), ..Progress::default() }
        };
        let both = Figures::default().plus(&part(&[0, 1])).plus(&part(&[1, 2]));
        assert_eq!(both.unseen, [Unseen { filter: 1, records: 10 }]);
    }

    #[test]
    fn the_figures_of_a_continued_search_add_up() {
        let part = |read, first: Option<&str>| Progress {
            read,
            matched: 1,
            bytes: 10,
            filter_errors: 2,
            elapsed_ms: 100,
            first_filter_error: first.map(str::to_owned),
            ..Progress::default()
        };
        let first = Figures::default().plus(&part(5, Some("0:1")));
        let both = first.plus(&part(7, Some("0:9")));
        assert_eq!((both.read, both.matched, both.bytes, both.filter_errors), (12, 2, 20, 4));
        assert_eq!(both.elapsed_ms, 200);
        assert_eq!(both.first_filter_error.as_deref(), Some("0:1"));
    }
}
