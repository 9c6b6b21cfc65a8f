//! The acts of the palette: what can be done with what is on screen, and what can be done anywhere.
//!
//! Pure. Each leads to the page that does it, with the dialog open, by an address that can be
//! shared; one that is not allowed is there with its reason.

use ouzel_api::{session::Permission, topics::is_kept};

use super::entry::{Act, Around, Entry, entry};
use crate::{
    route::{AccessTab, GroupTab, Route, TopicTab},
    session::Place,
};

/// What can be done with the topic or group on screen.
pub fn on_screen(around: &Around<'_>) -> Vec<Entry> {
    match around.route {
        Route::Topic { cluster, topic, .. } => of_topic(around, cluster, topic).to_vec(),
        Route::Group { cluster, group, .. } => vec![of_group(around, cluster, group)],
        _ => Vec::new(),
    }
}

fn of_topic(around: &Around<'_>, cluster: &str, topic: &str) -> [Entry; 2] {
    let messages = Route::topic(cluster, topic, TopicTab::Messages);
    let place = Place { cluster: Some(cluster.to_owned()), resource: Some(topic.to_owned()) };
    let kept = || is_kept(topic).then(|| "The cluster writes this topic itself.".to_owned());
    let produce = (around.refusal)(Permission::ProduceMessages, &place).or_else(kept);
    let read = (around.refusal)(Permission::ReadMessages, &place);
    let act = |icon, verb: &str, query: &str, off| Entry {
        off,
        ..entry(icon, &format!("{verb} {topic}"), cluster, go(&messages, query))
    };
    [act("send", "Produce to", "produce=1", produce), act("radio", "Tail", "from=live", read)]
}

fn of_group(around: &Around<'_>, cluster: &str, group: &str) -> Entry {
    let place = Place { cluster: Some(cluster.to_owned()), resource: Some(group.to_owned()) };
    let off = (around.refusal)(Permission::ResetOffsets, &place);
    let reset = Act::Go(Route::group(cluster, group, GroupTab::Reset).path());
    Entry { off, ..entry("refresh-cw", &format!("Reset offsets of {group}"), cluster, reset) }
}

/// What can be done wherever one is.
pub fn anywhere(around: &Around<'_>) -> Vec<Entry> {
    let may = |permission, cluster: Option<&str>| {
        let place = Place { cluster: cluster.map(str::to_owned), resource: None };
        (around.refusal)(permission, &place)
    };
    let create = around.current.map(|cluster| {
        let topics = Route::Topics { cluster: cluster.to_owned() };
        let off = may(Permission::CreateTopic, Some(cluster));
        Entry { off, ..entry("plus", "Create topic", cluster, go(&topics, "create=1")) }
    });
    let users = Route::Access { tab: AccessTab::Users };
    let add = entry("plus", "Add cluster", "console", go(&Route::Clusters, "add=1"));
    let user = entry("plus", "New user", "create, access", go(&users, "create=1"));
    let password = go(&Route::Account, "change=password");
    let password = entry("lock", "Change your password", "account", password);
    let mut all: Vec<Entry> = create.into_iter().collect();
    all.push(Entry { off: may(Permission::ManageClusters, None), ..add });
    all.push(Entry { off: may(Permission::ManageAccess, None), ..user });
    all.push(password);
    all
}

fn go(page: &Route, query: &str) -> Act {
    Act::Go(format!("{}?{query}", page.path()))
}
