//! Time zones: which there are, and how far one is ahead of UTC at a moment. The browser knows them
//! all; nothing of their rules is here.

use std::{cell::RefCell, sync::Arc};

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::wasm_bindgen::{JsCast, JsValue};

/// In which zone times are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Zone {
    /// Coordinated universal time.
    #[default]
    Utc,
    /// The browser's.
    Local,
    /// One of the IANA database by its name, which this browser knows.
    Named(Arc<str>),
}

/// What writes moments of a zone, and the zone's name. Making one takes the browser far longer
/// than using it.
type Writer = (Arc<str>, Intl::DateTimeFormat);

thread_local! {
    static WRITER: RefCell<Option<Writer>> = const { RefCell::new(None) };
}

impl Zone {
    /// Minutes ahead of UTC at that moment; a zone with summer time changes with the season.
    pub fn offset_min(&self, at_ms: i64) -> i32 {
        // A double holds every millisecond that JavaScript's calendar knows.
        let date = || Date::new(&JsValue::from_f64(at_ms as f64));
        match self {
            Zone::Utc => 0,
            Zone::Local => -(date().get_timezone_offset() as i32),
            Zone::Named(name) => offset_in(name, &date()).unwrap_or_default(),
        }
    }

    /// The zone that is written so: `utc`, `local`, or an IANA name in any case, older names
    /// included; `None` if this browser knows no such zone.
    pub fn named(text: &str) -> Option<Zone> {
        match text.trim() {
            "utc" | "UTC" => Some(Zone::Utc),
            "local" => Some(Zone::Local),
            "" => None,
            other => {
                let resolved = writer(other)?.resolved_options();
                let name = Reflect::get(&resolved, &"timeZone".into()).ok()?.as_string()?;
                Some(Zone::Named(name.into()))
            }
        }
    }

    /// What [`Zone::named`] reads.
    pub fn name(&self) -> &str {
        match self {
            Zone::Utc => "utc",
            Zone::Local => "local",
            Zone::Named(name) => name,
        }
    }
}

/// The names of all zones that the browser lists; none where it has no such list.
pub fn zones() -> Vec<String> {
    let listed = || {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let list = Reflect::get(&intl, &"supportedValuesOf".into()).ok()?;
        let list = list.dyn_into::<Function>().ok()?.call1(&intl, &"timeZone".into()).ok()?;
        Some(list.dyn_into::<Array>().ok()?.iter().filter_map(|name| name.as_string()).collect())
    };
    listed().unwrap_or_default()
}

fn offset_in(name: &Arc<str>, date: &Date) -> Option<i32> {
    let written = WRITER.with_borrow_mut(|kept| {
        if kept.as_ref().is_none_or(|(of, _)| of != name) {
            *kept = Some((name.clone(), writer(name)?));
        }
        let (_, writer) = kept.as_ref()?;
        writer.format().call1(&JsValue::UNDEFINED, date).ok()?.as_string()
    })?;
    parse_offset(&written)
}

/// `None` if the browser knows no zone of that name.
fn writer(name: &str) -> Option<Intl::DateTimeFormat> {
    let options = Object::new();
    for (key, value) in [("timeZone", name), ("timeZoneName", "longOffset")] {
        Reflect::set(&options, &key.into(), &value.into()).ok()?;
    }
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let make = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into::<Function>().ok()?;
    let asked = Array::of2(&"en-US".into(), &options);
    Reflect::construct(&make, &asked).ok()?.dyn_into().ok()
}

/// The offset in `11/27/2026, GMT+05:30`, in minutes; in `…, GMT` it is none.
fn parse_offset(written: &str) -> Option<i32> {
    let (_, offset) = written.rsplit_once("GMT")?;
    let Some(sign) = offset.chars().next() else { return Some(0) };
    let mut parts = offset[sign.len_utf8()..].split(':').map(str::parse::<i32>);
    let hours = parts.next()?.ok()?;
    let minutes = parts.next().unwrap_or(Ok(0)).ok()?;
    let minutes = hours * 60 + minutes;
    match sign {
        '+' => Some(minutes),
        '-' | '\u{2212}' => Some(-minutes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse_offset;

    #[test]
    fn an_offset_is_read_as_browsers_write_it() {
        assert_eq!(parse_offset("11/27/2026, GMT+05:30"), Some(330));
        assert_eq!(parse_offset("11/27/2026, GMT-08:00"), Some(-480));
        assert_eq!(parse_offset("1/1/1900, GMT-00:01:15"), Some(-1));
        assert_eq!(parse_offset("11/27/2026, GMT"), Some(0));
        assert_eq!(parse_offset("11/27/2026, GMT\u{2212}3"), Some(-180));
        assert_eq!(parse_offset("11/27/2026"), None);
        assert_eq!(parse_offset("GMT?1"), None);
    }
}
