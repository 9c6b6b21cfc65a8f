//! What goes with records or topics, in words with numbers.

use ouzel_api::trim::TrimReader;

use crate::{
    client::{self, ClientError},
    format::{count, counted},
};

/// How many groups have committed on a topic; `None` if that could not be read.
pub async fn readers(cluster: String, topic: String) -> Result<Option<u32>, ClientError> {
    let answer = client::topics::figures_now(cluster, vec![topic]).await?;
    Ok(answer.figures.into_iter().next().and_then(|figures| figures.groups))
}

/// `no records`, `about 7 records`, or that nobody knows.
pub fn about(records: Option<i64>) -> String {
    match records {
        Some(0) => "no records".to_owned(),
        Some(records) => format!("about {}", counted(records, "record", "records")),
        None => "an unknown number of records".to_owned(),
    }
}

/// Who reads the topic, and what of it they would never see.
pub fn told_readers(readers: Option<&[TrimReader]>) -> String {
    let Some(readers) = readers else {
        return "Which groups read it could not be found out.".to_owned();
    };
    let behind: Vec<&TrimReader> = readers.iter().filter(|reader| reader.unread > 0).collect();
    let all = match readers.len() {
        0 => return "No consumer group reads it.".to_owned(),
        many => counted(many as i128, "consumer group reads it", "consumer groups read it"),
    };
    match behind.first() {
        None => format!("{all}; nothing of that is unread."),
        Some(worst) => format!(
            "{all}; {} not read all of that yet: {} would miss {}.",
            counted(behind.len() as i128, "has", "have"),
            worst.group,
            counted(worst.unread, "record", "records"),
        ),
    }
}

/// How many consumer groups lose their places with a topic.
pub fn told_groups(groups: Option<u32>) -> String {
    match groups {
        Some(0) => "No consumer group has a commit on it.".to_owned(),
        Some(1) => "1 consumer group reads it and loses its place.".to_owned(),
        Some(many) => format!("{} consumer groups read it and lose their places.", count(many)),
        None => "Which groups read it could not be found out.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use ouzel_api::trim::TrimReader;

    use super::told_readers;

    #[test]
    fn who_would_miss_records_is_named_with_their_number() {
        let reader = |group: &str, unread| TrimReader { group: group.to_owned(), unread };
        assert_eq!(told_readers(None), "Which groups read it could not be found out.");
        assert_eq!(told_readers(Some(&[])), "No consumer group reads it.");
        assert_eq!(
            told_readers(Some(&[reader("a", 0)])),
            "1 consumer group reads it; nothing of that is unread."
        );
        assert_eq!(
            told_readers(Some(&[reader("b", 12), reader("a", 0)])),
            "2 consumer groups read it; 1 has not read all of that yet: b would miss 12 records."
        );
    }
}
