//! One line of the palette, and what is known where it is written. What is offered is `offer`'s.

use ouzel_api::{clusters::Cluster, session::Permission};

use crate::{
    prefs::{Density, Theme},
    route::Route,
    session::Place,
    ui::Zone,
};

/// One line of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub icon: &'static str,
    pub title: String,
    /// Where it is, or what it is: said beside the title.
    pub detail: String,
    pub act: Act,
    /// Why it cannot be done; said in the detail's place.
    pub off: Option<String>,
}

/// What an entry does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Open(Route),
    /// Opens an address of ours, with what stands after its question mark.
    Go(String),
    Theme(Theme),
    Density(Density),
    Zone(Zone),
    /// Opens the menu of exports of the page that is shown: what is exported is what it shows.
    Export,
    Shortcuts,
    SignOut,
}

/// What is there, and what the viewer may do.
pub struct Around<'a> {
    pub clusters: &'a [Cluster],
    /// The page's cluster.
    pub current: Option<&'a str>,
    /// The page.
    pub route: &'a Route,
    /// Why the viewer may not do what needs that right at that place.
    pub refusal: &'a dyn Fn(Permission, &Place) -> Option<String>,
}

/// One that can be taken.
pub fn entry(icon: &'static str, title: &str, detail: &str, act: Act) -> Entry {
    Entry { icon, title: title.to_owned(), detail: detail.to_owned(), act, off: None }
}
