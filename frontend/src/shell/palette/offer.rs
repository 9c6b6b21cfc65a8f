//! What the palette offers: pages and acts by what is typed, and the names that the server found.
//!
//! Pure; drawing and doing are [`super`]'s, and the acts themselves are [`super::acts`]'.

use ouzel_api::find::{Fit, Hit, HitKind, fit, words};

use super::{
    acts,
    entry::{Act, Around, Entry, entry},
};
use crate::{
    prefs::{Density, Theme},
    route::{AccessTab, GroupTab, Route, TopicTab},
    ui::Zone,
};

/// The pages and acts that fit, best first; all of them, in their own order, while nothing is
/// typed.
pub fn own(around: &Around<'_>, typed: &str) -> Vec<Entry> {
    let words = words(typed);
    let fitting = |entry: Entry| Some((fit(&said(&entry), &words)?, entry));
    let mut fitting: Vec<(Fit, Entry)> = all(around).into_iter().filter_map(fitting).collect();
    if !words.is_empty() {
        fitting.sort_by_key(|(fit, _)| *fit);
    }
    fitting.into_iter().map(|(_, entry)| entry).collect()
}

/// The names that the server found, as far as they fit what is typed by now: its answer may be to
/// an earlier text, and Enter opens the first of them.
pub fn found(hits: &[Hit], typed: &str) -> Vec<Entry> {
    let words = words(typed);
    let none = words.is_empty();
    hits.iter().filter(|hit| !none && fit(&hit.name, &words).is_some()).map(named).collect()
}

fn named(hit: &Hit) -> Entry {
    let (icon, detail, route) = match hit.kind {
        HitKind::Topic => {
            ("list", "topic", Route::topic(&hit.cluster, &hit.name, TopicTab::Messages))
        }
        HitKind::Group => ("users", "group", Route::group(&hit.cluster, &hit.name, GroupTab::Lag)),
    };
    let detail = format!("{detail} · {}", hit.cluster);
    entry(icon, &hit.name, &detail, Act::Open(route))
}

fn said(entry: &Entry) -> String {
    format!("{} {}", entry.title, entry.detail)
}

fn all(around: &Around<'_>) -> Vec<Entry> {
    let mut all = acts::on_screen(around);
    all.extend(around.current.into_iter().flat_map(pages));
    let users = Route::Access { tab: AccessTab::Users };
    all.push(entry("server", "Clusters", "page", Act::Open(Route::Clusters)));
    all.push(entry("scroll-text", "Audit", "page", Act::Open(Route::Audit)));
    all.push(entry("lock", "Access", "users, roles, tokens, sessions", Act::Open(users)));
    all.extend(acts::anywhere(around));
    let others = around.clusters.iter().map(|cluster| cluster.id.as_str());
    let others = others.filter(|id| Some(*id) != around.current);
    all.extend(others.flat_map(pages_elsewhere));
    all.extend(looks());
    all
}

fn pages(cluster: &str) -> [Entry; 4] {
    let of = || cluster.to_owned();
    let page = |icon, title, route| entry(icon, title, cluster, Act::Open(route));
    [
        page("house", "Overview", Route::Overview { cluster: of() }),
        page("list", "Topics", Route::Topics { cluster: of() }),
        page("users", "Consumer groups", Route::Groups { cluster: of() }),
        page("hard-drive", "Brokers", Route::Brokers { cluster: of() }),
    ]
}

/// The same of a cluster that is not the page's.
fn pages_elsewhere(cluster: &str) -> [Entry; 4] {
    pages(cluster).map(|page| {
        let title = format!("{} of {cluster}", page.title);
        Entry { title, detail: "another cluster".to_owned(), ..page }
    })
}

fn looks() -> [Entry; 9] {
    let theme = |icon, title, theme| entry(icon, title, "theme", Act::Theme(theme));
    let density = |title, density| entry("list", title, "density of tables", Act::Density(density));
    let zone = |title, zone| entry("clock", title, "time zone", Act::Zone(zone));
    [
        theme("sun", "Light", Theme::Light),
        theme("moon", "Dark", Theme::Dark),
        theme("monitor", "As the system", Theme::System),
        density("Comfortable", Density::Comfortable),
        density("Compact", Density::Compact),
        zone("Times in UTC", Zone::Utc),
        zone("Times in this computer's zone", Zone::Local),
        entry("keyboard", "Keyboard shortcuts", "?", Act::Shortcuts),
        entry("log-out", "Sign out", "account", Act::SignOut),
    ]
}

#[cfg(test)]
mod tests {
    use ouzel_api::{
        clusters::{Cluster, Environment, Origin},
        session::Permission,
    };

    use super::*;
    use crate::session::Place;

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

    fn on(
        route: &Route,
        refusal: &dyn Fn(Permission) -> Option<String>,
        typed: &str,
    ) -> Vec<Entry> {
        let clusters = clusters();
        let refusal = |permission, _: &Place| refusal(permission);
        let around = Around { clusters: &clusters, current: Some("dev"), route, refusal: &refusal };
        own(&around, typed)
    }

    fn titles(typed: &str) -> Vec<String> {
        let all = on(&Route::Home, &|_| None, typed);
        all.into_iter().map(|entry| entry.title).collect()
    }

    #[test]
    fn while_nothing_is_typed_the_pages_of_this_cluster_come_first() {
        let titles = titles("");
        let pages = ["Overview", "Topics", "Consumer groups", "Brokers", "Clusters"];
        assert_eq!(titles[..5], pages);
        assert!(titles.contains(&"Topics of prod".to_owned()), "{titles:?}");
        assert!(!titles.contains(&"Topics of dev".to_owned()), "{titles:?}");
    }

    #[test]
    fn an_act_is_found_by_what_stands_beside_it_too() {
        assert_eq!(titles("dark theme"), ["Dark"]);
        assert_eq!(titles("time zone utc"), ["Times in UTC"]);
        let prod = ["Create topic in prod", "Overview of prod", "Topics of prod"];
        assert_eq!(titles("prod")[..3], prod);
        assert_eq!(titles("no such thing"), Vec::<String>::new());
    }

    #[test]
    fn a_title_that_begins_so_comes_before_one_that_only_holds_it() {
        assert_eq!(titles("to")[0], "Topics");
    }

    #[test]
    fn a_group_leads_to_its_own_cluster() {
        let hit = Hit { cluster: "prod".into(), kind: HitKind::Group, name: "a/b".into() };
        let entry = named(&hit);
        assert_eq!(entry.act, Act::Open(Route::group("prod", "a/b", GroupTab::Lag)));
        assert_eq!(entry.detail, "group · prod");
    }

    #[test]
    fn a_name_that_was_found_for_an_earlier_text_is_offered_only_if_it_fits_this_one() {
        let hit =
            |name: &str| Hit { cluster: "dev".into(), kind: HitKind::Topic, name: name.into() };
        let hits = [hit("orders"), hit("payments.orders")];
        let titles = |typed: &str| -> Vec<String> {
            found(&hits, typed).into_iter().map(|entry| entry.title).collect()
        };
        assert_eq!(titles("ord"), ["orders", "payments.orders"]);
        assert_eq!(titles("ord pay"), ["payments.orders"]);
        assert_eq!(titles("ordx"), Vec::<String>::new());
        assert_eq!(titles(" "), Vec::<String>::new());
    }

    #[test]
    fn an_act_is_found_by_its_verb_and_leads_to_its_dialog() {
        let first = |route: &Route, typed: &str| {
            let all = on(route, &|_| None, typed);
            let entry = all.into_iter().next().expect(typed);
            (entry.title, entry.act, entry.off)
        };
        let go = |title: &str, to: &str| (title.to_owned(), Act::Go(to.to_owned()), None);
        let home = Route::Home;
        assert_eq!(first(&home, "create"), go("Create topic", "/c/dev/topics?create=1"));
        assert_eq!(first(&home, "add cl"), go("Add cluster", "/clusters?add=1"));
        assert_eq!(first(&home, "new user"), go("New user", "/access/users?create=1"));
        let password = go("Change your password", "/account?change=password");
        assert_eq!(first(&home, "password"), password);
        let topic = Route::topic("dev", "or ders", TopicTab::Partitions);
        let to = "/c/dev/topics/or%20ders/messages?produce=1";
        assert_eq!(first(&topic, "produce"), go("Produce to or ders", to));
        let to = "/c/dev/topics/or%20ders/messages?from=live";
        assert_eq!(first(&topic, "tail"), go("Tail or ders", to));
        let group = Route::group("dev", "billing", GroupTab::Lag);
        let reset = go("Reset offsets of billing", "/c/dev/groups/billing/reset");
        assert_eq!(first(&group, "reset"), reset);
        let delete = go("Delete group billing", "/c/dev/groups/billing?act=delete");
        assert_eq!(first(&group, "delete group"), delete);
        let grow = "/c/dev/topics/or%20ders/partitions?act=grow";
        assert_eq!(first(&topic, "add part"), go("Add partitions to or ders", grow));
        let like = "/c/dev/topics?create=1&like=or%20ders";
        assert_eq!(first(&topic, "clone"), go("Clone the settings of or ders", like));
        assert_eq!(first(&home, "new role"), go("New role", "/access/roles?create=1"));
        assert_eq!(first(&home, "verify"), go("Verify the audit chain", "/audit?verify=1"));
        assert_eq!(first(&home, "new token"), go("New token", "/account?create=token"));
        let other = go("Create topic in prod", "/c/prod/topics?create=1");
        assert_eq!(first(&home, "create topic prod"), other);
        assert!(titles("produce").is_empty(), "no topic is on screen");
    }

    #[test]
    fn a_page_that_can_be_a_file_offers_its_export_and_no_other_does() {
        let offered = |route: &Route| {
            let all = on(route, &|_| None, "export");
            all.into_iter().find(|it| it.act == Act::Export).map(|it| it.title)
        };
        let messages = Route::topic("dev", "orders", TopicTab::Messages);
        assert_eq!(offered(&messages).as_deref(), Some("Export messages of orders…"));
        let topics = Route::Topics { cluster: "dev".to_owned() };
        assert_eq!(offered(&topics).as_deref(), Some("Export the list of topics…"));
        assert_eq!(offered(&Route::topic("dev", "orders", TopicTab::Partitions)), None);
        let refusal =
            |right| (right == Permission::ReadMessages).then(|| "Your role lacks it.".to_owned());
        let all = on(&messages, &refusal, "export messages");
        assert!(all[0].off.is_some(), "{all:?}");
    }

    #[test]
    fn what_the_viewer_may_not_do_is_there_with_its_reason() {
        let refusal = |permission| {
            (permission == Permission::CreateTopic).then(|| "Your role lacks it.".to_owned())
        };
        let all = on(&Route::Home, &refusal, "create topic");
        assert_eq!(all[0].off.as_deref(), Some("Your role lacks it."));
        let kept = Route::topic("dev", "__consumer_offsets", TopicTab::Messages);
        let all = on(&kept, &|_| None, "produce");
        assert!(all[0].off.as_deref().is_some_and(|why| why.contains("itself")), "{all:?}");
    }
}
