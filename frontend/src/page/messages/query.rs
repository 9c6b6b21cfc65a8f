//! The address of the messages page, both ways: the whole search with its switched-off conditions,
//! and the record that is open. Pure.
//!
//! `?from=time:2026-11-23T14:00:00.000Z&partitions=0,3-5&limit=500&f=field~gt~amount~100&p=3&o=42`

use ouzel_api::{
    messages::Decoder,
    search::{Decode, From, Isolation, MATCHES_MAX, Search, Until},
};

use super::{
    condition::Condition,
    face::{Face, RecordTab, style_name, style_named},
    fields::Path,
};
use crate::{format, query::Query};

/// Matches that a search asks for unless the address says otherwise: several screens of rows.
pub const LIMIT_DEFAULT: u32 = 200;

/// In the address: how keys are read, if that is not found out.
pub const KEY_AS: &str = "key-as";
/// The same of values.
pub const VALUE_AS: &str = "value-as";

/// Most columns of fields beside the usual ones: more would leave none of them room.
pub const COLUMNS_MAX: usize = 8;

/// Most partitions that a list may name; no broker has more in one topic.
const PARTITIONS_MAX: usize = 10_000;

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// What is searched or followed.
    pub asked: Asked,
    /// Partition and offset of the record in the drawer.
    pub open: Option<(i32, i64)>,
    /// What the drawer shows of it.
    pub face: Face,
    /// Paths of the fields that are columns.
    pub columns: Vec<String>,
    /// Whether the matches over time are drawn.
    pub chart: bool,
    /// What is being written.
    pub writes: Option<Writes>,
    /// Parts of the address that say nothing we understand.
    pub problems: Vec<String>,
}

/// What is being written. `produce=1`, `produce=file`, `replay=1`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// A new record.
    One,
    /// The records of a file.
    Many,
    /// The open record once more.
    Again,
}

/// What is searched or followed. Another value means another search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Where to begin.
    pub start: Start,
    /// Where to end.
    pub until: Until,
    /// Which records of transactions are seen.
    pub isolation: Isolation,
    /// How keys and values are read.
    pub decode: Decode,
    /// Only these partitions; `None` means all.
    pub partitions: Option<Vec<i32>>,
    /// Stop after so many matches.
    pub limit: u32,
    /// The conditions, those that are switched off included.
    pub conditions: Vec<Condition>,
    /// Where an earlier search stopped.
    pub resume: Option<String>,
}

/// Where to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// A search.
    At(From),
    /// Not a search: what is produced from now on.
    Live,
}

impl Default for Asked {
    fn default() -> Asked {
        Asked {
            start: Start::At(From::Newest),
            until: Until::Now,
            isolation: Isolation::default(),
            decode: Decode::default(),
            partitions: None,
            limit: LIMIT_DEFAULT,
            conditions: Vec::new(),
            resume: None,
        }
    }
}

impl View {
    /// Reads the address. What cannot be understood is left out and named in `problems`.
    pub fn parse(query: &Query) -> View {
        let mut problems = Vec::new();
        let mut read = Reader { query, problems: &mut problems };
        let asked = Asked {
            start: read.one("from", parse_start).unwrap_or(Start::At(From::Newest)),
            until: read.one("until", parse_until).unwrap_or_default(),
            isolation: read.one("isolation", parse_isolation).unwrap_or_default(),
            decode: Decode {
                key: read.one(KEY_AS, Decoder::named).unwrap_or_default(),
                value: read.one(VALUE_AS, Decoder::named).unwrap_or_default(),
            },
            partitions: read.one("partitions", parse_partitions),
            limit: read.one("limit", parse_limit).unwrap_or(LIMIT_DEFAULT),
            conditions: read.many("f", Condition::parse),
            resume: query.get("resume").map(str::to_owned),
        };
        let partition = read.one("p", |text| text.parse().ok().filter(|number| *number >= 0));
        let offset = read.one("o", |text| text.parse().ok().filter(|number| *number >= 0));
        let usual = Face::default();
        let face = Face {
            tab: read.one("tab", RecordTab::named).unwrap_or(usual.tab),
            style: read.one("as", style_named).unwrap_or(usual.style),
        };
        let path = |text: &str| Path::parse(text).map(|_| text.to_owned());
        let mut columns = read.many("col", path);
        columns.truncate(COLUMNS_MAX);
        let chart = read.one("chart", |text| (text == "1").then_some(true)).unwrap_or_default();
        let open = partition.zip(offset);
        let writes = read.writes(open.is_some());
        View { asked, open, face, columns, chart, writes, problems }
    }

    /// Writes the address; what is as usual is left out.
    pub fn write(&self) -> Query {
        let Asked { start, partitions, limit, conditions, resume, .. } = &self.asked;
        let mut query = Query::default();
        if *start != Start::At(From::Newest) {
            query.push("from", write_start(start));
        }
        self.asked.write_reading(&mut query);
        if let Some(partitions) = partitions {
            query.push("partitions", write_partitions(partitions));
        }
        if *limit != LIMIT_DEFAULT {
            query.push("limit", limit.to_string());
        }
        for condition in conditions {
            query.push("f", condition.write());
        }
        if let Some(resume) = resume {
            query.push("resume", resume.clone());
        }
        for column in &self.columns {
            query.push("col", column.clone());
        }
        if self.chart {
            query.push("chart", "1");
        }
        self.write_record(query)
    }

    /// Writes into an address which record is open, how it is shown, and what is written; all else
    /// stays. Without an open record its topic's name goes too.
    pub fn write_record(&self, query: Query) -> Query {
        let (Face { tab, style }, usual) = (self.face, Face::default());
        let (partition, offset) = self.open.unzip();
        let number = |number: Option<i64>| number.map(|it| it.to_string()).unwrap_or_default();
        let open = self.open.is_some();
        let tab = if open && tab != usual.tab { tab.name() } else { "" };
        let style = if open && style != usual.style { style_name(style) } else { "" };
        let (produce, replay) = match self.writes {
            Some(Writes::One) => ("1", ""),
            Some(Writes::Many) => ("file", ""),
            Some(Writes::Again) if open => ("", "1"),
            _ => ("", ""),
        };
        let query = query.with("produce", produce);
        let query = query.with("p", number(partition.map(i64::from))).with("o", number(offset));
        let query = query.with("tab", tab).with("as", style).with("replay", replay);
        if open { query } else { query.without(TOPIC) }
    }
}

/// The topic of the open record, where several are followed together.
pub const TOPIC: &str = "topic";

impl Asked {
    /// Writes where it ends and how it reads.
    fn write_reading(&self, query: &mut Query) {
        match self.until {
            Until::Now => {}
            Until::Offset { offset } => query.push("until", format!("offset:{offset}")),
            Until::Time { timestamp_ms } => {
                query.push("until", format!("time:{}", write_time(timestamp_ms)));
            }
        }
        if self.isolation == Isolation::ReadCommitted {
            query.push("isolation", "committed");
        }
        for (name, decoder) in [(KEY_AS, self.decode.key), (VALUE_AS, self.decode.value)] {
            if decoder != Decoder::Auto {
                query.push(name, decoder.name());
            }
        }
    }

    /// The request for a search; `None` if this is not one.
    pub fn search(&self) -> Option<Search> {
        let Start::At(from) = &self.start else { return None };
        Some(Search {
            until: self.until,
            isolation: self.isolation,
            decode: self.decode,
            partitions: self.partitions.clone(),
            filters: self.filters(),
            resume: self.resume.clone(),
            ..Search::new(from.clone(), self.limit)
        })
    }

    /// The filters of the conditions that are switched on.
    pub fn filters(&self) -> Vec<ouzel_api::search::Filter> {
        self.conditions.iter().filter(|it| it.on).map(|it| it.filter.clone()).collect()
    }

    /// The same search from its beginning.
    pub fn afresh(mut self) -> Asked {
        self.resume = None;
        self
    }

    /// Whether `self` goes on where `earlier` stopped.
    pub fn continues(&self, earlier: &Asked) -> bool {
        self.resume.is_some() && self.clone().afresh() == earlier.clone().afresh()
    }
}

/// Reads named values and keeps what it could not read.
struct Reader<'a> {
    query: &'a Query,
    problems: &'a mut Vec<String>,
}

impl Reader<'_> {
    fn one<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.query.get(name)?;
        let value = parse(text);
        if value.is_none() {
            self.problems.push(format!("{name}={text}"));
        }
        value
    }

    /// A record can only be written once more while it is open.
    fn writes(&mut self, open: bool) -> Option<Writes> {
        let new = self.one("produce", |text| match text {
            "1" => Some(Writes::One),
            "file" => Some(Writes::Many),
            _ => None,
        });
        let again = self.one("replay", |text| (text == "1").then_some(Writes::Again));
        new.or(again.filter(|_| open))
    }

    fn many<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let mut values = Vec::new();
        for text in self.query.all(name) {
            match parse(text) {
                Some(value) => values.push(value),
                None => self.problems.push(format!("{name}={text}")),
            }
        }
        values
    }
}

fn parse_start(text: &str) -> Option<Start> {
    let (name, argument) = text.split_once(':').unwrap_or((text, ""));
    let from = match name {
        "newest" => From::Newest,
        "oldest" => From::Oldest,
        "offset" => From::Offset { offset: argument.parse().ok().filter(|it| *it >= 0)? },
        "time" => From::Time { timestamp_ms: format::parse_time(argument, 0)? },
        "group" if !argument.is_empty() => From::Group { group: argument.to_owned() },
        "live" => return Some(Start::Live),
        _ => return None,
    };
    Some(Start::At(from))
}

fn parse_until(text: &str) -> Option<Until> {
    match text.split_once(':')? {
        ("offset", offset) => {
            let offset = offset.parse().ok().filter(|it| *it >= 0)?;
            Some(Until::Offset { offset })
        }
        ("time", time) => Some(Until::Time { timestamp_ms: format::parse_time(time, 0)? }),
        _ => None,
    }
}

fn parse_isolation(text: &str) -> Option<Isolation> {
    (text == "committed").then_some(Isolation::ReadCommitted)
}

fn write_start(start: &Start) -> String {
    match start {
        Start::At(From::Newest) => "newest".to_owned(),
        Start::At(From::Oldest) => "oldest".to_owned(),
        Start::At(From::Offset { offset }) => format!("offset:{offset}"),
        Start::At(From::Time { timestamp_ms }) => format!("time:{}", write_time(*timestamp_ms)),
        Start::At(From::Group { group }) => format!("group:{group}"),
        Start::Live => "live".to_owned(),
    }
}

/// As a date where a date can be read back, else as milliseconds.
fn write_time(at_ms: i64) -> String {
    let iso = format::iso(at_ms);
    if format::parse_time(&iso, 0) == Some(at_ms) { iso } else { at_ms.to_string() }
}

fn parse_limit(text: &str) -> Option<u32> {
    text.parse().ok().filter(|limit| (1..=MATCHES_MAX).contains(limit))
}

/// Reads `0,3-5`. Sorted, each once.
pub fn parse_partitions(text: &str) -> Option<Vec<i32>> {
    let mut all = Vec::new();
    for part in text.split(',').map(str::trim) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (i32, i32) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        let length = usize::try_from(i64::from(last) - i64::from(first) + 1).ok()?;
        if first < 0 || all.len() + length > PARTITIONS_MAX {
            return None;
        }
        all.extend(first..=last);
    }
    all.sort_unstable();
    all.dedup();
    Some(all)
}

/// Writes `0,3-5`.
pub fn write_partitions(partitions: &[i32]) -> String {
    let follows = |a: &i32, b: &i32| a.checked_add(1) == Some(*b);
    let range = |run: &[i32]| match run {
        [first, .., last] => format!("{first}-{last}"),
        _ => run.iter().map(i32::to_string).collect(),
    };
    partitions.chunk_by(follows).map(range).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests;
