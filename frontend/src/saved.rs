//! Files that are made in the browser: a table as CSV, and offering it to be saved.

use leptos::{prelude::*, wasm_bindgen::JsCast};
use web_sys::{Blob, HtmlAnchorElement, Url};

/// RFC 4180: lines end in CR LF, and what holds a comma, a quote or a line's end stands in quotes.
/// Anybody who may create a topic chooses its name, so what a spreadsheet would run is made a text.
pub fn csv(head: &str, rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut out = format!("{head}\r\n");
    for cells in rows {
        let cells: Vec<String> = cells.into_iter().map(quoted).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

fn quoted(cell: String) -> String {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number(&cell);
    let guard = if runs { "'" } else { "" };
    match runs || cell.contains([',', '"', '\r', '\n']) {
        true => format!("\"{guard}{}\"", cell.replace('"', "\"\"")),
        false => cell,
    }
}

/// Whether it is a number, which may begin with a sign and runs nothing.
fn is_number(cell: &str) -> bool {
    cell.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Has the browser save a text under this name; none if it does not take it.
pub fn offer(name: &str, text: &str) -> Option<()> {
    let parts = js_sys::Array::of1(&text.into());
    let file = Blob::new_with_str_sequence(&parts).ok()?;
    let address = Url::create_object_url_with_blob(&file).ok()?;
    let link: HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser holds the text by now; an address that stays costs memory only.
    Url::revoke_object_url(&address).ok();
    Some(())
}

/// A cell of a value; empty if there is none.
pub fn cell<T: ToString>(value: &Option<T>) -> String {
    value.as_ref().map(T::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::csv;

    #[test]
    fn every_cell_stays_one_cell_and_none_is_a_formula() {
        let rows = [vec!["-1+2", "@cmd", "=A1,\"x\"", "a,b"], vec!["-12", "0.5", "+orders", "\tx"]];
        let rows = rows.into_iter().map(|row| row.into_iter().map(str::to_owned).collect());
        let wanted = "a,b,c,d\r\n\"'-1+2\",\"'@cmd\",\"'=A1,\"\"x\"\"\",\"a,b\"\r\n\
                      -12,0.5,\"'+orders\",\"'\tx\"\r\n";
        assert_eq!(csv("a,b,c,d", rows), wanted);
    }
}
