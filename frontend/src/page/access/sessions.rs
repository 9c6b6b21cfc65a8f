//! Who is signed in, and the way to end that.

use leptos::prelude::*;
use ouzel_api::access::SessionRow;

use crate::{
    ask::{Ask, Question},
    client::{self, access::Whose},
    listing::use_listing,
    load::{Loaded, load},
    ui::{
        Age, Badge, Column, Empty, FilterBox, IconButton, Mood, Table, TableSpec, Time, use_toasts,
    },
};

/// How often the list is read anew.
const REFRESH_SECONDS: u64 = 30;

/// The list, everybody's or one's own.
#[component]
pub fn Sessions(whose: Whose) -> impl IntoView {
    let all = load(move || client::access::sessions(whose)).every(REFRESH_SECONDS);
    let listing = use_listing(crate::listing::descending("seen"));
    let doomed = RwSignal::new(None::<Question<String>>);
    let toasts = use_toasts();
    let end = move |id: String| client::access::end_session(whose, id);
    let ended = move |_| {
        toasts.good("The session has ended.");
        all.reload();
    };
    view! {
        <Show when=move || whose == Whose::All>
            <div class="bar">
                <FilterBox value=listing.filter label="Filter by user or address"/>
            </div>
        </Show>
        <Loaded from=all let:rows>
            <div class="card">
                <Table
                    spec=TableSpec::new("Sessions", columns(whose, doomed))
                    rows=Signal::derive(move || {
                        let narrowing = listing.narrowing();
                        let fits = |row: &&SessionRow| {
                            whose == Whose::Mine
                                || narrowing.keeps(&format!("{} {}", row.user, row.address))
                        };
                        rows.with(|rows| rows.iter().filter(fits).cloned().collect::<Vec<_>>())
                    })
                    empty=|| view! { <Empty icon="users" title="No session fits the filter"/> }
                />
            </div>
        </Loaded>
        <Ask question=doomed act=end done=ended/>
    }
}

fn columns(whose: Whose, doomed: RwSignal<Option<Question<String>>>) -> Vec<Column<SessionRow>> {
    let here = |row: &SessionRow| {
        row.here.then(|| {
            view! {
                " "
                <Badge mood=Mood::Good attr:title="The session that you are using">"you"</Badge>
            }
        })
    };
    let user =
        Column::new("user", "user", "minmax(140px, 1fr)", move |row: &SessionRow| row.user.clone());
    let address = Column::new("address", "from", "minmax(140px, 1fr)", move |row: &SessionRow| {
        view! { <span class="mono">{row.address.clone()}</span> {here(row)} }
    });
    let time = |id, title, at: fn(&SessionRow) -> i64| {
        Column::new(id, title, "215px", move |row: &SessionRow| view! { <Time at_ms=at(row)/> })
    };
    let last = Column::new("seen", "last used", "120px", |row: &SessionRow| {
        view! { <Age at_ms=row.seen_ms/> }
    });
    let act = Column::new("act", "", "60px", move |row: &SessionRow| end_button(row, doomed));
    let mut columns = Vec::new();
    if whose == Whose::All {
        columns.push(user.narrow("minmax(0, 2fr)"));
    }
    columns.extend([
        // An address and the mark beside it.
        address.narrow("minmax(0, 3fr)"),
        last.narrow("96px"),
        time("created", "begun", |row| row.created_ms),
        time("expires", "ends at the latest", |row| row.expires_ms),
        act.narrow("48px"),
    ]);
    columns
}

fn end_button(
    row: &SessionRow,
    doomed: RwSignal<Option<Question<String>>>,
) -> impl IntoView + use<> {
    let SessionRow { id, user, address, here, .. } = row.clone();
    let label = format!("End the session of {user} from {address}");
    let more = if here { " It is the one that you are using." } else { "" };
    let ask = move |_| {
        doomed.set(Some(Question {
            title: "End a session".to_owned(),
            text: format!("{user} from {address} has to sign in again at once.{more}"),
            act: "End the session",
            about: id.clone(),
        }));
    };
    view! { <span class="row-act"><IconButton icon="log-out" label on_press=ask/></span> }
}
