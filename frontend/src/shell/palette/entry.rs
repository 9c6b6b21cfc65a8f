//! What the palette offers: pages and acts by what is typed, and the names that the server found.
//!
//! Pure; drawing and doing are [`super`]'s.

use ouzel_api::{
    clusters::Cluster,
    find::{Fit, Hit, HitKind, fit, words},
};

use crate::{
    prefs::Theme,
    route::{AccessTab, GroupTab, Route, TopicTab},
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
}

/// What an entry does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Open(Route),
    Theme(Theme),
    Zone(Zone),
    Shortcuts,
    SignOut,
}

/// The pages and acts that fit, best first; all of them, in their own order, while nothing is
/// typed.
pub fn own(clusters: &[Cluster], current: Option<&str>, typed: &str) -> Vec<Entry> {
    let words = words(typed);
    let fitting = |entry: Entry| Some((fit(&said(&entry), &words)?, entry));
    let mut fitting: Vec<(Fit, Entry)> =
        all(clusters, current).into_iter().filter_map(fitting).collect();
    if !words.is_empty() {
        fitting.sort_by_key(|(fit, _)| *fit);
    }
    fitting.into_iter().map(|(_, entry)| entry).collect()
}

/// A name that the server found.
pub fn found(hit: &Hit) -> Entry {
    let (icon, detail, route) = match hit.kind {
        HitKind::Topic => {
            ("list", "topic", Route::topic(&hit.cluster, &hit.name, TopicTab::Messages))
        }
        HitKind::Group => ("users", "group", Route::group(&hit.cluster, &hit.name, GroupTab::Lag)),
    };
    let detail = format!("{detail} · {}", hit.cluster);
    Entry { icon, title: hit.name.clone(), detail, act: Act::Open(route) }
}

fn said(entry: &Entry) -> String {
    format!("{} {}", entry.title, entry.detail)
}

fn all(clusters: &[Cluster], current: Option<&str>) -> Vec<Entry> {
    let mut all = Vec::new();
    all.extend(current.into_iter().flat_map(pages));
    let users = Route::Access { tab: AccessTab::Users };
    all.push(entry("server", "Clusters", "page", Act::Open(Route::Clusters)));
    all.push(entry("scroll-text", "Audit", "page", Act::Open(Route::Audit)));
    all.push(entry("lock", "Access", "users, roles, tokens, sessions", Act::Open(users)));
    let others = clusters.iter().filter(|cluster| Some(cluster.id.as_str()) != current);
    all.extend(others.map(|cluster| {
        let act = Act::Open(Route::Overview { cluster: cluster.id.clone() });
        entry("server", &format!("Go to {}", cluster.id), "cluster", act)
    }));
    all.extend(acts());
    all
}

fn pages(cluster: &str) -> [Entry; 3] {
    let of = || cluster.to_owned();
    let page = |icon, title, route| entry(icon, title, cluster, Act::Open(route));
    [
        page("house", "Overview", Route::Overview { cluster: of() }),
        page("list", "Topics", Route::Topics { cluster: of() }),
        page("users", "Consumer groups", Route::Groups { cluster: of() }),
    ]
}

fn acts() -> [Entry; 7] {
    let theme = |icon, title, theme| entry(icon, title, "theme", Act::Theme(theme));
    let zone = |title, zone| entry("clock", title, "time zone", Act::Zone(zone));
    [
        theme("sun", "Light", Theme::Light),
        theme("moon", "Dark", Theme::Dark),
        theme("monitor", "As the system", Theme::System),
        zone("Times in UTC", Zone::Utc),
        zone("Times in this computer's zone", Zone::Local),
        entry("keyboard", "Keyboard shortcuts", "?", Act::Shortcuts),
        entry("log-out", "Sign out", "account", Act::SignOut),
    ]
}

fn entry(icon: &'static str, title: &str, detail: &str, act: Act) -> Entry {
    Entry { icon, title: title.to_owned(), detail: detail.to_owned(), act }
}

#[cfg(test)]
mod tests {
    use ouzel_api::clusters::{Environment, Origin};

    use super::*;

    fn clusters() -> Vec<Cluster> {
        let cluster = |id: &str| Cluster {
            id: id.to_owned(),
            embedded: false,
            environment: Environment::Development,
            bootstrap: Vec::new(),
            read_only: false,
            label: None,
            colour: None,
            origin: Origin::default(),
            protocol: String::new(),
        };
        vec![cluster("dev"), cluster("prod")]
    }

    fn titles(typed: &str) -> Vec<String> {
        own(&clusters(), Some("dev"), typed).into_iter().map(|entry| entry.title).collect()
    }

    #[test]
    fn while_nothing_is_typed_the_pages_of_this_cluster_come_first() {
        let titles = titles("");
        assert_eq!(titles[..4], ["Overview", "Topics", "Consumer groups", "Clusters"]);
        assert!(titles.contains(&"Go to prod".to_owned()), "{titles:?}");
        assert!(!titles.contains(&"Go to dev".to_owned()), "{titles:?}");
    }

    #[test]
    fn an_act_is_found_by_what_stands_beside_it_too() {
        assert_eq!(titles("dark theme"), ["Dark"]);
        assert_eq!(titles("time zone utc"), ["Times in UTC"]);
        assert_eq!(titles("prod"), ["Go to prod"]);
        assert_eq!(titles("no such thing"), Vec::<String>::new());
    }

    #[test]
    fn a_title_that_begins_so_comes_before_one_that_only_holds_it() {
        assert_eq!(titles("to")[0], "Topics");
    }

    #[test]
    fn a_group_leads_to_its_own_cluster() {
        let hit = Hit { cluster: "prod".into(), kind: HitKind::Group, name: "a/b".into() };
        let entry = found(&hit);
        assert_eq!(entry.act, Act::Open(Route::group("prod", "a/b", GroupTab::Lag)));
        assert_eq!(entry.detail, "group · prod");
    }
}
