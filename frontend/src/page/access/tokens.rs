//! API tokens, and the ways to make one and to revoke one.

use leptos::prelude::*;
use ouzel_api::access::TokenRow;

use super::token_maker::MakeToken;
use crate::{
    ask::{Ask, Question},
    client::{self, access::Whose},
    listing::{use_choice, use_listing},
    load::{Loaded, load},
    ui::{
        Age, Badge, Button, Column, Empty, FilterBox, IconButton, Mood, Table, TableSpec, Time,
        Tone, now_ms, use_toasts,
    },
};

/// In the address while the dialog is open that makes one. `?create=token`
const CREATE: &str = "create";

/// The list, everybody's or one's own.
#[component]
pub fn Tokens(whose: Whose) -> impl IntoView {
    let all = load(move || client::access::tokens(whose));
    let listing = use_listing(crate::listing::ascending("name"));
    let doomed = RwSignal::new(None::<Question<String>>);
    // One's own tokens are made on one's own page only.
    let making = match whose {
        Whose::Mine => use_choice(CREATE, "token"),
        Whose::All => RwSignal::new(false),
    };
    let toasts = use_toasts();
    let revoke = move |id: String| client::access::revoke_token(whose, id);
    let revoked = move |_| {
        toasts.good("The token is worth nothing now.");
        all.reload();
    };
    let bar = move || match whose {
        Whose::All => view! {
            <FilterBox value=listing.filter label="Filter by owner or name"/>
            <span class="dim">"Everybody makes tokens on the page of their own account."</span>
        }
        .into_any(),
        Whose::Mine => view! {
            <span class="dim">
                "For programs: sent as " <code>"Authorization: Bearer …"</code>
                ", with your rights or fewer."
            </span>
            <span class="grow"></span>
            <Button tone=Tone::Primary icon="plus" on_press=move |_| making.set(true)>
                "New token"
            </Button>
        }
        .into_any(),
    };
    view! {
        <div class="bar">{bar()}</div>
        <Loaded from=all let:rows>
            <div class="card">
                <Table
                    spec=TableSpec::new("API tokens", columns(whose, doomed))
                    rows=Signal::derive(move || {
                        let narrowing = listing.narrowing();
                        let fits = |row: &&TokenRow| {
                            whose == Whose::Mine
                                || narrowing.keeps(&format!("{} {}", row.user, row.name))
                        };
                        rows.with(|rows| rows.iter().filter(fits).cloned().collect::<Vec<_>>())
                    })
                    empty=|| view! { <Empty icon="lock" title="There is no token"/> }
                />
            </div>
        </Loaded>
        <Ask question=doomed act=revoke done=revoked/>
        <MakeToken open=making on_made=move |()| all.reload()/>
    }
}

fn columns(whose: Whose, doomed: RwSignal<Option<Question<String>>>) -> Vec<Column<TokenRow>> {
    let mut columns = Vec::new();
    if whose == Whose::All {
        let owner =
            Column::new("user", "owner", "minmax(120px, 1fr)", |row: &TokenRow| row.user.clone());
        columns.push(owner.narrow("minmax(0, 1fr)"));
    }
    columns.extend([
        Column::new("name", "name", "minmax(140px, 1fr)", |row: &TokenRow| {
            view! { <b>{row.name.clone()}</b> }
        })
        .narrow("minmax(0, 1fr)"),
        Column::new("role", "may do", "minmax(130px, 1fr)", |row: &TokenRow| {
            match row.role.clone() {
                Some(role) => view! { <Badge>{role}</Badge> }.into_any(),
                None => view! { <span class="dim">"what its owner may"</span> }.into_any(),
            }
        }),
        Column::new("seen", "last used", "minmax(150px, 1fr)", |row: &TokenRow| {
            match row.seen_ms {
                Some(at_ms) => {
                    let from = row.seen_from.clone().unwrap_or_default();
                    view! { <Age at_ms/> <span class="dim mono">" "{from}</span> }.into_any()
                }
                None => view! { <span class="dim">"never"</span> }.into_any(),
            }
        }),
        Column::new("created", "made", "215px", |row: &TokenRow| {
            view! { <Time at_ms=row.created_ms/> }
        }),
        Column::new("expires", "ends", "215px", ends).narrow("110px"),
        Column::new("act", "", "60px", move |row: &TokenRow| revoke_button(row, doomed))
            .narrow("48px"),
    ]);
    columns
}

fn ends(row: &TokenRow) -> AnyView {
    match row.expires_ms <= now_ms() {
        true => view! { <Badge mood=Mood::Warn>"has ended"</Badge> }.into_any(),
        false => view! { <Time at_ms=row.expires_ms/> }.into_any(),
    }
}

fn revoke_button(
    row: &TokenRow,
    doomed: RwSignal<Option<Question<String>>>,
) -> impl IntoView + use<> {
    let TokenRow { id, user, name, .. } = row.clone();
    let label = format!("Revoke {name} of {user}");
    let ask = move |_| {
        doomed.set(Some(Question {
            title: format!("Revoke {name}"),
            text: format!("Programs that send the token {name} of {user} are refused at once."),
            act: "Revoke the token",
            about: id.clone(),
        }));
    };
    view! { <span class="row-act"><IconButton icon="trash-2" label on_press=ask/></span> }
}
