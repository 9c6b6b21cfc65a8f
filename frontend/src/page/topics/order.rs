//! The order of the list of topics, by any column. Pure.
//!
//! Invariant: what is unknown, or has not been read yet, stands last, whichever way the order goes.

use std::cmp::Ordering;

use ouzel_api::{
    Lag,
    topics::{TopicFigures, TopicRate, TopicRow},
};

use crate::ui::Sort;

/// What a row is ordered by. Of two equal lags the one that leaves more partitions out is worse.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(i128, u32),
    Text(String),
}

/// Whether a column shows figures, which are read row by row.
pub fn is_of_figures(column: &str) -> bool {
    matches!(column, "records" | "size" | "in" | "out" | "written" | "cleanup" | "groups" | "lag")
}

/// Puts rows in order; `figures` finds what is known of a topic.
pub fn order(
    rows: Vec<TopicRow>,
    sort: &Sort,
    figures: impl Fn(&str) -> Option<TopicFigures>,
) -> Vec<TopicRow> {
    let keyed = |row: TopicRow| (key(&sort.column, &row, || figures(&row.name)), row);
    let mut rows: Vec<_> = rows.into_iter().map(keyed).collect();
    rows.sort_by(|(a, this), (b, other)| {
        compare(a.as_ref(), b.as_ref(), sort.descending).then_with(|| this.name.cmp(&other.name))
    });
    rows.into_iter().map(|(_, row)| row).collect()
}

fn compare(a: Option<&Key>, b: Option<&Key>, descending: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => b.cmp(a),
        (Some(a), Some(b)) => a.cmp(b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

fn key(
    column: &str,
    row: &TopicRow,
    figures: impl FnOnce() -> Option<TopicFigures>,
) -> Option<Key> {
    let number = |number: i128| Key::Number(number, 0);
    match column {
        "partitions" => Some(number(row.partitions.into())),
        "replicas" => Some(number(row.replication_factor.into())),
        column if is_of_figures(column) => {
            let figures = figures()?;
            match column {
                "records" => figures.messages.map(|records| number(records.into())),
                "size" => figures.size_bytes.map(|size| number(size.into())),
                "in" => figures.rate.map(|rate| number(scaled(rate.records_in, rate))),
                "out" => {
                    let rate = figures.rate?;
                    rate.records_out.map(|records| number(scaled(records, rate)))
                }
                "written" => written(&figures).map(number),
                "cleanup" => figures.cleanup_policy.map(Key::Text),
                "groups" => figures.groups.map(|groups| number(groups.into())),
                _ => match figures.worst_lag {
                    Lag::Unknown => None,
                    // Nobody reads it: below those who read it and have no commit.
                    Lag::NoCommit if figures.groups == Some(0) && figures.without_commit == 0 => {
                        Some(number(i128::from(i64::MIN)))
                    }
                    lag => Some(Key::Number(lag.rank(), figures.without_commit)),
                },
            }
        }
        _ => Some(Key::Text(row.name.clone())),
    }
}

/// Records in a million seconds, so that slow topics are told apart without a fraction.
fn scaled(records: i64, rate: TopicRate) -> i128 {
    i128::from(records) * 1_000_000_000 / i128::from(rate.over_ms.max(1))
}

/// A topic without records was written before all others: never.
fn written(figures: &TopicFigures) -> Option<i128> {
    match (figures.last_written_ms, figures.messages) {
        (Some(at_ms), _) => Some(at_ms.into()),
        (None, Some(0)) => Some(i128::MIN),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use ouzel_api::Lag;

    use super::{Sort, TopicFigures, TopicRate, TopicRow, order};

    fn row(name: &str) -> TopicRow {
        TopicRow {
            name: name.to_owned(),
            internal: false,
            partitions: 1,
            replication_factor: 1,
            offline: 0,
            under_replicated: 0,
            denied: Vec::new(),
        }
    }

    fn figures(name: &str) -> Option<TopicFigures> {
        let known = |messages, last_written_ms, worst_lag, without_commit| TopicFigures {
            name: name.to_owned(),
            messages,
            cleanup_policy: Some("delete".to_owned()),
            last_written_ms,
            groups: Some(1),
            worst_lag,
            without_commit,
            rate: messages.map(|records_in| TopicRate {
                records_in,
                records_out: last_written_ms,
                over_ms: 1000,
            }),
            size_bytes: messages.map(|records| 1_000_000 - records.unsigned_abs()),
            size_error: None,
        };
        let lag = |records| Lag::Known { records };
        match name {
            "few" => Some(known(Some(2), Some(9), lag(0), 1)),
            "many" => Some(known(Some(30), Some(5), lag(0), 0)),
            "empty" => Some(known(Some(0), None, Lag::NoCommit, 0)),
            "unread" => Some(known(None, None, Lag::Unknown, 0)),
            _ => None,
        }
    }

    fn names(column: &str, descending: bool) -> String {
        let rows = ["waiting", "unread", "many", "few", "empty"].map(row).to_vec();
        let sort = Sort { column: column.to_owned(), descending };
        let rows = order(rows, &sort, figures);
        rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_unknown_or_not_read_yet_stands_last_either_way() {
        assert_eq!(names("records", true), "many few empty unread waiting");
        assert_eq!(names("records", false), "empty few many unread waiting");
        assert_eq!(names("written", true), "few many empty unread waiting");
        assert_eq!(names("written", false), "empty many few unread waiting");
    }

    #[test]
    fn sizes_are_ordered_by_bytes_and_no_size_is_not_the_smallest() {
        assert_eq!(names("size", true), "empty few many unread waiting");
        assert_eq!(names("size", false), "many few empty unread waiting");
    }

    #[test]
    fn rates_are_ordered_by_what_happened_in_a_second() {
        assert_eq!(names("in", true), "many few empty unread waiting");
        assert_eq!(names("out", true), "few many empty unread waiting");
    }

    #[test]
    fn no_commit_is_below_zero_and_partitions_left_out_weigh_more_than_none() {
        assert_eq!(names("lag", true), "few many empty unread waiting");
        assert_eq!(names("lag", false), "empty many few unread waiting");
    }

    #[test]
    fn equal_rows_are_ordered_by_name_either_way() {
        assert_eq!(names("cleanup", true), "empty few many unread waiting");
        assert_eq!(names("partitions", true), "empty few many unread waiting");
        assert_eq!(names("name", true), "waiting unread many few empty");
    }
}
