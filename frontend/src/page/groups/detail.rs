//! One consumer group: its head and tabs.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{Lag, groups::Group as Data, progress::Status, session::Permission};

use super::{delete::DeleteGroupsDialog, lag::LagTable, members::Members, reset::Reset};
use crate::{
    cells, client,
    format::{count, counted, duration, noun, rate},
    listing::{subject_while, use_allowed, use_choice},
    load::{Load, Loaded, load, missing},
    location::use_location,
    route::{GroupTab, Route},
    session::use_session,
    ui::{Age, Badge, Button, Copyable, Fact, LinkTab, LinkTabs, Note, Tone},
};

/// How often the page asks again while somebody looks at it: on-call watches lag move.
const REFRESH_SECONDS: u64 = 5;

/// The page.
#[component]
pub fn Group(cluster: String, group: String) -> impl IntoView {
    let of = (cluster.clone(), group.clone());
    let data = load(move || client::groups::get(of.0.clone(), of.1.clone()));
    let data = data.every(REFRESH_SECONDS);
    let location = use_location();
    let tab = Memo::new(move |last: Option<&GroupTab>| match location.route.get() {
        Route::Group { tab, .. } => tab,
        _ => last.copied().unwrap_or(GroupTab::Lag),
    });
    let tabs = tabs(&cluster, &group, data, tab);
    let list = Route::Groups { cluster: cluster.clone() };
    let cluster = StoredValue::new(cluster);
    let session = use_session();
    let refusal = Signal::derive(move || {
        let held = match data.latest().map(|data| data.members.len()) {
            None => Some("The group has not been read."),
            Some(0) => None,
            Some(_) => Some("It has members; a group is deleted when nobody is in it."),
        };
        session.refusal(Permission::DeleteGroup).or_else(|| held.map(str::to_owned))
    });
    let asked = use_choice("act", "delete");
    let ask = move |_| asked.set(true);
    let doomed = subject_while(use_allowed(asked, refusal), vec![group.clone()]);
    let deleted = move || location.open(&list);
    let gone = Memo::new(move |_| data.gone());
    let parts = move || match gone.get() {
        Some(error) => missing(&error).into_any(),
        None => view! {
            {move || data.latest().map(troubles)}
            <LinkTabs label="Parts of the group" tabs=tabs.clone()/>
            <Loaded from=data let:group>
                {move || match tab.get() {
                    GroupTab::Lag => view! { <LagTable group cluster/> }.into_any(),
                    GroupTab::Members => view! { <Members group/> }.into_any(),
                    GroupTab::Reset => view! {
                        <Reset group cluster on_changed=move || data.reload()/>
                    }
                    .into_any(),
                }}
            </Loaded>
        }
        .into_any(),
    };
    let latest = move || data.latest().filter(|_| gone.with(Option::is_none));
    view! {
        <header class="head">
            <h1><Copyable text=group.clone() what="the group's name">{group}</Copyable></h1>
            {move || latest().map(|data| view! {
                {cells::group_state(&data.state)}
                <Badge>{data.group_type.clone()}</Badge>
            })}
            <span class="grow"></span>
            {move || latest().map(|data| facts(data, cluster))}
            <Show when=move || gone.with(Option::is_none)>
                <Button tone=Tone::Danger icon="trash-2" off=refusal on_press=ask>
                    "Delete…"
                </Button>
            </Show>
        </header>
        {parts}
        <DeleteGroupsDialog cluster groups=doomed on_deleted=deleted/>
    }
}

fn facts(data: Arc<Data>, cluster: StoredValue<String>) -> impl IntoView {
    let lag = match (data.lag, data.without_commit) {
        (Lag::Known { records }, 0) => count(records).into_any(),
        (Lag::Known { records }, without_commit) => {
            view! { {count(records)} {cells::beside(without_commit)} }.into_any()
        }
        (other, _) => cells::lag(other).into_any(),
    };
    let behind = match data.lag {
        Lag::Known { records } => noun(records, "record behind", "records behind"),
        _ => "records behind",
    };
    let time = data.progress.as_ref().map(|progress| progress.time_lag);
    let time = time.map(|time_lag| {
        view! { <Fact name="behind in time">{cells::time_lag(time_lag)}</Fact> }
    });
    let until = data.progress.as_ref().and_then(|progress| progress.catches_up_ms);
    let until = until.map(|ms| {
        let text = format!("in {}", duration(ms));
        view! { <Fact name="catches up">{text}</Fact> }
    });
    let rates = data.progress.as_ref().map(|progress| {
        let text = format!("{} of {}", rate(progress.read_per_s), rate(progress.written_per_s));
        view! { <Fact name="read of written">{text}</Fact> }
    });
    let (members, coordinator) = (data.members.len() as i128, data.coordinator);
    let assignor = data.assignor.clone();
    view! {
        <div class="facts">
            <Fact name=behind>{lag}</Fact>
            {time}
            {until}
            {rates}
            <Fact name=noun(members, "member", "members")>{count(members)}</Fact>
            {coordinator.map(|id| {
                let broker = cluster.with_value(|it| cells::broker_link(it, id));
                view! { <Fact name="coordinator">{broker}</Fact> }
            })}
            {(!assignor.is_empty()).then(|| view! { <Fact name="assignor">{assignor}</Fact> })}
        </div>
    }
}

/// What is wrong with the group, in words.
fn troubles(data: Arc<Data>) -> Option<impl IntoView> {
    let progress = data.progress.clone()?;
    let partitions = |n: u32, verb: (&str, &str)| {
        let (one, many) = (format!("partition {}", verb.0), format!("partitions {}", verb.1));
        counted(n, &one, &many)
    };
    let since = progress.moved_ms.map(|at_ms| view! { " The last one moved " <Age at_ms/> "." });
    let stuck = match progress.status {
        Status::Stalled => {
            let what = partitions(progress.stuck, ("stands still", "stand still"));
            Some((what, "Members hold them, records arrive, and no commit moves."))
        }
        Status::Stopped => {
            let what = partitions(progress.stuck, ("is read by nobody", "are read by nobody"));
            let why = "Nobody is in the group, and records arrive. Start its reader again; if \
                       nobody needs the group, delete it.";
            Some((what, why))
        }
        _ => None,
    };
    let stuck = stuck.map(|(what, why)| {
        view! { <Note mood="bad"><span><b>{what} ". "</b> {why} {since}</span></Note> }
    });
    let partly = (progress.stuck > 0 && !progress.status.is_trouble()).then(|| {
        let what = cells::standing_still(progress.stuck, progress.partitions);
        view! {
            <Note>
                <span>
                    <b>{what} ". "</b>
                    "Records arrive in them and no commit moves there, while others move."
                </span>
            </Note>
        }
    });
    let lost = (progress.lost > 0).then(|| {
        let records = counted(progress.lost, "record was", "records were");
        view! {
            <Note>
                <span>
                    <b>{records} " deleted before they were read. "</b>
                    "The first record that is left lies after the commits that are marked below."
                </span>
            </Note>
        }
    });
    Some(view! { {stuck} {partly} {lost} })
}

fn tabs(cluster: &str, group: &str, data: Load<Data>, now: Memo<GroupTab>) -> Vec<LinkTab> {
    let figure = move |read: fn(&Data) -> usize| {
        Signal::derive(move || data.latest().map(|data| count(read(&data) as i128)))
    };
    let tab = |tab: GroupTab, label: &'static str, count: Signal<Option<String>>| LinkTab {
        href: Route::group(cluster, group, tab).path().into(),
        label,
        count,
        here: Signal::derive(move || now.get() == tab),
    };
    vec![
        tab(GroupTab::Lag, "Lag", figure(|data| data.partitions.len())),
        tab(GroupTab::Members, "Members", figure(|data| data.members.len())),
        tab(GroupTab::Reset, "Reset offsets", None.into()),
    ]
}
