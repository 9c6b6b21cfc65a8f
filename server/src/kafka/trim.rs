//! What deleting a topic's oldest records would do, in numbers. Deleting them is `records.rs`.

use std::collections::{BTreeMap, BTreeSet};

use ouzel_api::trim::{TrimPart, TrimPlan, TrimQuestion, TrimReader, TrimTo};

use super::{
    At, Cluster, Found, KafkaError, Offsets, Topic, TopicPartition,
    groups::snapshot::{self, GroupsSnapshot},
};
use crate::clock::now_ms;

impl Cluster {
    /// Where each partition would begin, how many offsets that are, and who has not read them.
    pub async fn trim_plan(
        &self,
        name: &str,
        asked: &TrimQuestion,
    ) -> Result<TrimPlan, KafkaError> {
        let topic = self.fresh_topic(name).await?;
        let places = chosen(name, &topic, &asked.partitions)?;
        let names = [name.to_owned()];
        let (starts, ends, found, policies, groups) = tokio::join!(
            self.offsets(places.clone(), At::Start),
            self.offsets(places.clone(), At::End),
            self.first_to_stay(&places, asked.up_to),
            self.cleanup_policies(&names),
            self.groups(snapshot::AGE_MAX),
        );
        let (starts, ends, found) = (starts?, ends?, found?);
        let part = |place: &TopicPartition| {
            let wanted = found.as_ref().map(|found| found.get(place));
            part(place.partition, (starts.get(place), ends.get(place)), (asked.up_to, wanted))
        };
        let partitions: Vec<TrimPart> = places.iter().map(part).collect();
        let policy = policies.ok().and_then(|mut policies| policies.remove(name));
        Ok(TrimPlan {
            records: partitions.iter().filter_map(going).fold(0, i64::saturating_add),
            readers: groups.ok().and_then(|groups| readers(&groups, name, &partitions)),
            refusal: policy.and_then(|policy| refusal(&policy)),
            partitions,
            read_at_ms: now_ms(),
        })
    }

    /// What stands at the time that was asked for, if one was.
    async fn first_to_stay(
        &self,
        places: &[TopicPartition],
        up_to: TrimTo,
    ) -> Result<Option<Offsets>, KafkaError> {
        match up_to {
            TrimTo::Time { at_ms } => {
                self.offsets(places.to_vec(), At::Time(at_ms)).await.map(Some)
            }
            TrimTo::End | TrimTo::Offset { .. } => Ok(None),
        }
    }
}

/// The partitions that are meant, by number; all if none is named.
fn chosen(name: &str, topic: &Topic, asked: &[i32]) -> Result<Vec<TopicPartition>, KafkaError> {
    let there: BTreeSet<i32> = topic.partitions.iter().map(|it| it.number).collect();
    let asked: BTreeSet<i32> = asked.iter().copied().collect();
    if let Some(&partition) = asked.difference(&there).next() {
        return Err(KafkaError::NoPartition { topic: name.to_owned(), partition });
    }
    let chosen = if asked.is_empty() { there } else { asked };
    Ok(chosen.into_iter().map(|number| TopicPartition::new(name, number)).collect())
}

type Answer<'a> = Option<&'a Result<Found, KafkaError>>;

/// One partition's part of the plan. A time that no record reaches stands for the end.
fn part(
    partition: i32,
    (start, end): (Answer<'_>, Answer<'_>),
    (up_to, found): (TrimTo, Option<Answer<'_>>),
) -> TrimPart {
    let known = |answer: Answer<'_>| match answer {
        Some(Ok(Some(found))) => Ok(found.offset),
        Some(Err(error)) => Err(error.reason()),
        Some(Ok(None)) | None => Err("the broker told no offset".to_owned()),
    };
    let (start, end) = (known(start), known(end));
    let wanted = match (up_to, found.flatten()) {
        (TrimTo::End, _) => end.clone(),
        (TrimTo::Offset { offset }, _) => Ok(offset),
        (TrimTo::Time { .. }, Some(Ok(None))) => end.clone(),
        (TrimTo::Time { .. }, found) => known(found),
    };
    let before = match (&start, &end, &wanted) {
        // A log that is trimmed meanwhile may begin beyond the end that was told before.
        (Ok(start), Ok(end), Ok(wanted)) => Some((*wanted).min(*end).max(*start)),
        _ => None,
    };
    let error = [&start, &end, &wanted].into_iter().find_map(|it| it.as_ref().err()).cloned();
    TrimPart {
        partition,
        start_offset: start.ok(),
        end_offset: end.ok(),
        before_offset: before,
        error,
    }
}

fn going(part: &TrimPart) -> Option<i64> {
    Some(part.before_offset?.saturating_sub(part.start_offset?))
}

/// The groups with a commit on the topic, and what each of them would never see; `None` while one
/// could not be read, for it may be the one.
fn readers(
    groups: &GroupsSnapshot,
    topic: &str,
    partitions: &[TrimPart],
) -> Option<Vec<TrimReader>> {
    let parts: BTreeMap<i32, &TrimPart> = partitions.iter().map(|it| (it.partition, it)).collect();
    if !groups.missing.is_empty() {
        return None;
    }
    let mut readers = Vec::new();
    for group in &groups.groups {
        let commits = group.commits.as_ref().ok()?;
        let here = commits.iter().filter(|(place, _)| place.topic == topic);
        let unread = here.map(|(place, commit)| {
            let part = parts.get(&place.partition)?;
            let from = commit.as_ref().ok()?.offset.max(part.start_offset?);
            Some(part.before_offset?.saturating_sub(from).max(0))
        });
        let unread: Vec<Option<i64>> = unread.collect();
        if !unread.is_empty() {
            let unread = unread.into_iter().flatten().fold(0, i64::saturating_add);
            readers.push(TrimReader { group: group.id.clone(), unread });
        }
    }
    readers.sort_by_key(|reader| std::cmp::Reverse(reader.unread));
    Some(readers)
}

fn refusal(policy: &str) -> Option<String> {
    let deletes = policy.split(',').any(|word| word.trim() == "delete");
    (!deletes).then(|| {
        format!(
            "Its cleanup.policy is `{policy}`. Kafka deletes the oldest records only where the \
             policy has `delete`."
        )
    })
}

#[cfg(test)]
mod tests {
    use ouzel_api::trim::TrimTo;

    use super::{part, refusal};
    use crate::kafka::{Found, KafkaError, OffsetAndTime};

    fn at(offset: i64) -> Result<Found, KafkaError> {
        Ok(Some(OffsetAndTime { offset, timestamp_ms: -1 }))
    }

    fn before(up_to: TrimTo, found: Option<&Result<Found, KafkaError>>) -> Option<i64> {
        part(0, (Some(&at(10)), Some(&at(20))), (up_to, Some(found))).before_offset
    }

    #[test]
    fn a_partition_begins_between_its_start_and_its_end_whatever_is_asked() {
        for (offset, wanted) in [(-5, 10), (3, 10), (15, 15), (20, 20), (99, 20)] {
            assert_eq!(before(TrimTo::Offset { offset }, None), Some(wanted), "{offset}");
        }
        assert_eq!(before(TrimTo::End, None), Some(20));
        let time = TrimTo::Time { at_ms: 1 };
        assert_eq!(before(time, Some(&at(12))), Some(12));
        assert_eq!(before(time, Some(&Ok(None))), Some(20));
    }

    #[test]
    fn what_could_not_be_read_is_no_part_of_the_plan_and_says_why() {
        let failed = || Err(KafkaError::refused("offsets", 6, None));
        assert_eq!(before(TrimTo::Time { at_ms: 1 }, Some(&failed())), None);
        let part = part(3, (Some(&at(1)), Some(&failed())), (TrimTo::End, None));
        assert_eq!((part.start_offset, part.end_offset, part.before_offset), (Some(1), None, None));
        assert!(part.error.unwrap_or_default().contains("NOT_LEADER"));
    }

    #[test]
    fn only_a_topic_that_deletes_can_be_trimmed() {
        assert_eq!(refusal("delete"), None);
        assert_eq!(refusal("compact,delete"), None);
        assert!(refusal("compact").is_some());
    }
}
