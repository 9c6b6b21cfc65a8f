//! Which partitions are listed, and in what order. Pure but for the address that is asked.

use std::cmp::Ordering;

use ouzel_api::topics::Partition;

use super::{condition, held};
use crate::{
    listing::{Listing, Narrowing},
    ui::Sort,
};

/// What the filter keeps, in order; reactive.
pub fn narrowed(all: &[Partition], listing: Listing) -> Vec<Partition> {
    arranged(all, &listing.narrowing(), &listing.sort())
}

fn arranged(all: &[Partition], narrowing: &Narrowing, sort: &Sort) -> Vec<Partition> {
    let mut rows: Vec<Partition> =
        all.iter().filter(|row| narrowing.keeps(&said(row))).cloned().collect();
    rows.sort_by(|a, b| {
        sort.directed(compare(&sort.column, a, b)).then(a.partition.cmp(&b.partition))
    });
    rows
}

/// What a filter looks into: `3 in sync leader 1`.
fn said(row: &Partition) -> String {
    let leader = row.leader.map(|id| format!("leader {id}")).unwrap_or_default();
    format!("{} {} {leader}", row.partition, condition(row).1)
}

fn compare(column: &str, a: &Partition, b: &Partition) -> Ordering {
    match column {
        "state" => condition(a).1.cmp(condition(b).1),
        "leader" => a.leader.cmp(&b.leader),
        "start" => a.start_offset.cmp(&b.start_offset),
        "end" => a.end_offset.cmp(&b.end_offset),
        "size" => a.size_bytes.cmp(&b.size_bytes),
        "records" => held(a).cmp(&held(b)),
        _ => a.partition.cmp(&b.partition),
    }
}

#[cfg(test)]
mod tests {
    use ouzel_api::topics::Partition;

    use super::arranged;
    use crate::listing::{Narrowing, ascending, descending};

    fn partition(partition: i32, leader: Option<i32>, end: i64) -> Partition {
        Partition {
            partition,
            leader,
            leader_epoch: None,
            replicas: vec![1],
            in_sync: vec![1],
            start_offset: Some(0),
            end_offset: Some(end),
            error: None,
            size_bytes: None,
            size_error: None,
        }
    }

    #[test]
    fn partitions_are_found_by_state_and_leader_and_the_fullest_comes_first_where_asked() {
        let all = [partition(0, Some(1), 5), partition(1, None, 9), partition(2, Some(2), 7)];
        let told = |filter: &str, sort| {
            let rows = arranged(&all, &Narrowing::parse(filter), &sort);
            rows.iter().map(|row| row.partition).collect::<Vec<_>>()
        };
        assert_eq!(told("", ascending("partition")), [0, 1, 2]);
        assert_eq!(told("", descending("records")), [1, 2, 0]);
        assert_eq!(told("no leader", ascending("partition")), [1]);
        assert_eq!(told("leader 2", ascending("partition")), [2]);
    }
}
