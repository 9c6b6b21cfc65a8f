//! Keys that say the same in a larger unit: hours and minutes of what is kept in milliseconds.
//!
//! As in Kafka the smaller unit wins, whoever told it: milliseconds before minutes before hours.

use crate::cluster::Kind::Int;
use crate::cluster::Legal::AtLeast;
use crate::cluster::{Setting, Settings};

/// A key, and the one that it stands for while that one is not told.
pub struct Synonym {
    pub setting: Setting,
    /// The key that is kept in milliseconds.
    pub of: &'static str,
    unit_ms: i64,
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Those that win come first.
pub const SYNONYMS: &[Synonym] = &[
    Synonym {
        setting: Setting::alone(
            "log.retention.minutes",
            (Int, "", AtLeast(-1)),
            "The same as `log.retention.ms` in minutes, where that is not set; -1 keeps all.",
        ),
        of: "log.retention.ms",
        unit_ms: MINUTE_MS,
    },
    Synonym {
        setting: Setting::alone(
            "log.retention.hours",
            (Int, "168", AtLeast(-1)),
            "The same as `log.retention.ms` in hours, where neither that nor \
             `log.retention.minutes` is set; -1 keeps all.",
        ),
        of: "log.retention.ms",
        unit_ms: HOUR_MS,
    },
    Synonym {
        setting: Setting::alone(
            "log.roll.hours",
            (Int, "168", AtLeast(1)),
            "The same as `log.roll.ms` in hours, where that is not set.",
        ),
        of: "log.roll.ms",
        unit_ms: HOUR_MS,
    },
    Synonym {
        setting: Setting::alone(
            "log.roll.jitter.hours",
            (Int, "0", AtLeast(0)),
            "The same as `log.roll.jitter.ms` in hours, where that is not set. Without effect as \
             that is: segments are closed when they are due.",
        ),
        of: "log.roll.jitter.ms",
        unit_ms: HOUR_MS,
    },
];

impl Synonym {
    /// A legal value in milliseconds; -1 stands for no limit in each unit.
    pub fn in_ms(&self, value: &str) -> String {
        match value.parse::<i64>() {
            Ok(count) if count >= 0 => count.saturating_mul(self.unit_ms).to_string(),
            _ => value.to_owned(),
        }
    }
}

/// The synonyms of a key, those that win first.
pub fn synonyms_of(name: &str) -> impl Iterator<Item = &'static Synonym> {
    SYNONYMS.iter().filter(move |synonym| synonym.of == name)
}

/// What is told for a key, under whichever of its names.
pub fn told_for(name: &str, told: &Settings) -> Option<String> {
    let under_others = || {
        let other = |synonym: &Synonym| Some(synonym.in_ms(told.get(synonym.setting.name)?));
        synonyms_of(name).find_map(other)
    };
    told.get(name).cloned().or_else(under_others)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(given: &[(&str, &str)]) -> Settings {
        given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn milliseconds_win_over_minutes_and_minutes_over_hours() {
        let (ms, minutes, hours) = (
            ("log.retention.ms", "5"),
            ("log.retention.minutes", "3"),
            ("log.retention.hours", "2"),
        );
        for (given, kept) in [
            (&[][..], None),
            (&[hours], Some("7200000")),
            (&[hours, minutes], Some("180000")),
            (&[hours, ms], Some("5")),
            (&[minutes, ms], Some("5")),
            (&[hours, minutes, ms], Some("5")),
            (&[("log.retention.hours", "-1")], Some("-1")),
            (&[("log.retention.hours", "2147483647")], Some("7730941129200000")),
            (&[("log.roll.hours", "1")], None),
        ] {
            assert_eq!(told_for("log.retention.ms", &told(given)).as_deref(), kept, "{given:?}");
        }
        let roll = told_for("log.roll.ms", &told(&[("log.roll.hours", "1")]));
        assert_eq!(roll.as_deref(), Some("3600000"));
    }

    #[test]
    fn in_hours_the_defaults_are_those_in_milliseconds() {
        for synonym in SYNONYMS.iter().filter(|synonym| !synonym.setting.default.is_empty()) {
            let (_, kept) = super::super::broker_keys::broker_keys().get(synonym.of).expect("kept");
            assert_eq!(synonym.in_ms(synonym.setting.default), kept.default, "{}", synonym.of);
        }
    }
}
