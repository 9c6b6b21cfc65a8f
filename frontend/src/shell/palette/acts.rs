//! The acts of the palette: what can be done with what is on screen, and what can be done anywhere.
//!
//! Pure. Each leads to the page that does it, with the dialog open, by an address that can be
//! shared; only the export opens a menu of the page that is shown, whose address says what it is.
//! One that is not allowed is there with its reason.

use ouzel_api::{session::Permission, topics::is_kept};

use super::entry::{Act, Around, Entry, entry};
use crate::{
    query::Query,
    route::{AccessTab, GroupTab, Route, TopicTab},
    session::Place,
};

/// What can be done with the topic or group on screen, and with what is listed.
pub fn on_screen(around: &Around<'_>) -> Vec<Entry> {
    let mut all = match around.route {
        Route::Topic { cluster, topic, .. } => of_topic(around, cluster, topic),
        Route::Group { cluster, group, .. } => of_group(around, cluster, group),
        _ => Vec::new(),
    };
    all.extend(export(around));
    all
}

/// The page that is shown as a file, where it can be one.
fn export(around: &Around<'_>) -> Option<Entry> {
    let whole = |cluster: &str| Place { cluster: Some(cluster.to_owned()), resource: None };
    let (what, needs, place) = match around.route {
        Route::Topic { cluster, topic, tab: TopicTab::Messages } => {
            let place = Place { resource: Some(topic.clone()), ..whole(cluster) };
            (format!("messages of {topic}"), Permission::ReadMessages, place)
        }
        Route::Topics { cluster } => {
            ("the list of topics".to_owned(), Permission::ViewCluster, whole(cluster))
        }
        Route::Groups { cluster } => {
            ("the list of groups".to_owned(), Permission::ViewCluster, whole(cluster))
        }
        Route::Audit => {
            let place = Place { cluster: None, resource: None };
            ("the audit log".to_owned(), Permission::ReadAudit, place)
        }
        _ => return None,
    };
    let off = (around.refusal)(needs, &place);
    let all =
        entry("download", &format!("Export {what}…"), "what is shown, as a file", Act::Export);
    Some(Entry { off, ..all })
}

fn of_topic(around: &Around<'_>, cluster: &str, topic: &str) -> Vec<Entry> {
    let page = |tab| Route::topic(cluster, topic, tab);
    let (messages, partitions) = (page(TopicTab::Messages), page(TopicTab::Partitions));
    let place = Place { cluster: Some(cluster.to_owned()), resource: Some(topic.to_owned()) };
    let may = |permission| (around.refusal)(permission, &place);
    let kept = || is_kept(topic).then(|| "The cluster writes this topic itself.".to_owned());
    let may_change = |permission| may(permission).or_else(kept);
    let act = |icon, verb: &str, to: Act, off| Entry {
        off,
        ..entry(icon, &format!("{verb} {topic}"), cluster, to)
    };
    let (write, grow) = (may_change(Permission::ProduceMessages), Permission::AlterTopic);
    let (read, trim) = (may(Permission::ReadMessages), may_change(Permission::DeleteRecords));
    let like = Query::default().with("create", "1").with("like", topic).to_string();
    let topics = Route::Topics { cluster: cluster.to_owned() };
    let open = |icon, what: &str, tab| act(icon, what, Act::Open(page(tab)), None);
    vec![
        act("send", "Produce to", go(&messages, "produce=1"), write.clone()),
        act("radio", "Tail", go(&messages, "from=live"), read.clone()),
        act("list", "Messages of", Act::Open(messages.clone()), read),
        open("list", "Partitions of", TopicTab::Partitions),
        open("users", "Consumers of", TopicTab::Consumers),
        open("list", "Configuration of", TopicTab::Configuration),
        act("send", "Import a file into", go(&messages, "produce=file"), write),
        act("plus", "Add partitions to", go(&partitions, "act=grow"), may_change(grow)),
        act("copy", "Clone the settings of", go(&topics, &like), may(Permission::CreateTopic)),
        act("trash-2", "Delete records of", go(&partitions, "act=trim"), trim.clone()),
        act("trash-2", "Empty", go(&partitions, "act=empty"), trim),
        act(
            "trash-2",
            "Delete topic",
            go(&partitions, "act=delete"),
            may_change(Permission::DeleteTopic),
        ),
    ]
}

fn of_group(around: &Around<'_>, cluster: &str, group: &str) -> Vec<Entry> {
    let place = Place { cluster: Some(cluster.to_owned()), resource: Some(group.to_owned()) };
    let may = |permission| (around.refusal)(permission, &place);
    let page = |tab| Route::group(cluster, group, tab);
    let act = |icon, verb: &str, to: Act, off| Entry {
        off,
        ..entry(icon, &format!("{verb} {group}"), cluster, to)
    };
    let reset = Act::Go(page(GroupTab::Reset).path());
    let delete = go(&page(GroupTab::Lag), "act=delete");
    vec![
        act("refresh-cw", "Reset offsets of", reset, may(Permission::ResetOffsets)),
        act("users", "Lag of", Act::Open(page(GroupTab::Lag)), None),
        act("users", "Members of", Act::Open(page(GroupTab::Members)), None),
        act("trash-2", "Delete group", delete, may(Permission::DeleteGroup)),
    ]
}

/// What can be done wherever one is.
pub fn anywhere(around: &Around<'_>) -> Vec<Entry> {
    let may = |permission, cluster: Option<&str>| {
        let place = Place { cluster: cluster.map(str::to_owned), resource: None };
        (around.refusal)(permission, &place)
    };
    let create = |cluster: &str| {
        let topics = Route::Topics { cluster: cluster.to_owned() };
        let off = may(Permission::CreateTopic, Some(cluster));
        Entry { off, ..entry("plus", "Create topic", cluster, go(&topics, "create=1")) }
    };
    let others = around.clusters.iter().map(|it| it.id.as_str());
    let others = others.filter(|id| Some(*id) != around.current).map(|id| {
        let title = format!("Create topic in {id}");
        Entry { title, detail: "another cluster".to_owned(), ..create(id) }
    });
    let users = Route::Access { tab: AccessTab::Users };
    let roles = Route::Access { tab: AccessTab::Roles };
    let role = entry("plus", "New role", "create, access", go(&roles, "create=1"));
    let verify =
        entry("shield-check", "Verify the audit chain", "audit", go(&Route::Audit, "verify=1"));
    let token = entry("plus", "New token", "create, account", go(&Route::Account, "create=token"));
    let add = entry("plus", "Add cluster", "console", go(&Route::Clusters, "add=1"));
    let user = entry("plus", "New user", "create, access", go(&users, "create=1"));
    let password = go(&Route::Account, "change=password");
    let password = entry("lock", "Change your password", "account", password);
    let mut all: Vec<Entry> = around.current.into_iter().map(create).collect();
    all.push(Entry { off: may(Permission::ManageClusters, None), ..add });
    all.push(Entry { off: may(Permission::ManageAccess, None), ..user });
    all.push(Entry { off: may(Permission::ManageAccess, None), ..role });
    all.push(Entry { off: may(Permission::ReadAudit, None), ..verify });
    all.push(token);
    all.push(password);
    all.extend(others);
    all
}

fn go(page: &Route, query: &str) -> Act {
    Act::Go(format!("{}?{query}", page.path()))
}
