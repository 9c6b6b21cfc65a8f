//! What commands print: a table for people, or JSON or YAML for programs.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::Failure;

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For programs, and for people who like it.
    Yaml,
}

/// The flag that chooses.
#[derive(Debug, Clone, Copy, Args)]
pub struct OutputFlags {
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Prints `value` as JSON, or as the text that `text` makes of it.
pub fn show<T: Serialize>(
    format: Format,
    value: &T,
    text: impl FnOnce(&T) -> String,
) -> Result<(), Failure> {
    let out = match format {
        Format::Text => text(value),
        Format::Json => serde_json::to_string_pretty(value).map_err(Failure::of)?,
        Format::Yaml => serde_saphyr::to_string(value).map_err(Failure::of)?,
    };
    line(out.trim_end())
}

/// What became of several things that were asked for in one go: a table of them, and a failure
/// when some failed.
pub fn outcomes<T: Serialize>(
    format: Format,
    rows: &[T],
    failed: usize,
    what: &str,
    text: impl FnOnce(&[T]) -> String,
) -> Result<(), Failure> {
    show(format, &rows, |rows| text(rows))?;
    match failed {
        0 => Ok(()),
        _ => Err(Failure::Failed(format!("{failed} of {} {what} failed", rows.len()))),
    }
}

/// Prints a line to standard output. A reader that has seen enough, such as `head`, is no failure.
pub fn line(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::of(error)),
        _ => Ok(()),
    }
}

/// Columns, each as wide as its widest cell; the head in capitals.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = head.iter().map(|name| name.to_uppercase()).collect();
    let mut widths: Vec<usize> = head.iter().map(|name| name.chars().count()).collect();
    for row in rows {
        assert_eq!(row.len(), head.len(), "a row has a cell for each column: {row:?}");
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    [&head].into_iter().chain(rows).map(line).collect::<Vec<_>>().join("\n")
}

/// Those sections that were asked for, each under its name if there is more than one.
pub fn sections<const N: usize>(all: [(bool, &str, String); N]) -> String {
    let asked: Vec<_> = all.into_iter().filter(|(is_asked, ..)| *is_asked).collect();
    let with_names = asked.len() > 1;
    let section = |(_, name, text): (bool, &str, String)| match with_names {
        true => format!("{name}\n{}\n{text}", "=".repeat(name.chars().count())),
        false => text,
    };
    asked.into_iter().map(section).collect::<Vec<_>>().join("\n\n")
}

/// A number of bytes as people read it: three digits and a unit.
pub fn bytes(count: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let (mut shown, mut unit) = (count as f64, 0);
    while shown >= 1024.0 && unit + 1 < units.len() {
        shown /= 1024.0;
        unit += 1;
    }
    let decimals = if unit == 0 || shown >= 100.0 { 0 } else { 1 };
    format!("{shown:.decimals$}{}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::{bytes, sections, table};

    #[test]
    fn one_section_needs_no_name() {
        let of =
            |is_asked| sections([(true, "ONE", "1".to_owned()), (is_asked, "TWO", "2".into())]);
        assert_eq!(of(false), "1");
        assert_eq!(of(true), "ONE\n===\n1\n\nTWO\n===\n2");
    }

    #[test]
    fn bytes_are_told_in_three_digits() {
        let told = [0, 1023, 1024, 1536, 150 << 10, 5 << 40, u64::MAX].map(bytes);
        assert_eq!(told, ["0B", "1023B", "1.0KiB", "1.5KiB", "150KiB", "5.0TiB", "16.0EiB"]);
    }

    #[test]
    fn columns_line_up() {
        let rows =
            [vec!["orders".to_owned(), "3".to_owned()], vec!["ä".to_owned(), "12".to_owned()]];
        let wanted = "NAME    PARTITIONS\norders  3\nä       12";
        assert_eq!(table(&["name", "partitions"], &rows), wanted);
    }
}
