//! Checks the hash chain on demand and shows the verdict.

use leptos::{prelude::*, task::spawn_local};
use ouzel_api::audit::AuditVerdict;

use crate::{
    client::{self, ClientError},
    format::counted,
    listing::use_flag,
    ui::{Button, Icon},
};

/// In the address while the verdict is shown: who opens it has the chain checked.
const VERIFY: &str = "verify";

/// The button and, beside it, the verdict.
#[component]
pub fn Verify() -> impl IntoView {
    let busy = RwSignal::new(false);
    let verdict = RwSignal::new(None::<Result<AuditVerdict, ClientError>>);
    let asked = use_flag(VERIFY);
    let check = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        asked.set(true);
        spawn_local(async move {
            let answer = client::audit::verify().await;
            busy.try_set(false);
            verdict.try_set(Some(answer));
        });
    };
    Effect::new(move |_| {
        if asked.get() && verdict.with_untracked(Option::is_none) {
            check();
        }
    });
    let off = Signal::derive(move || busy.get().then(|| "The chain is being checked.".to_owned()));
    view! {
        <span role="status" class="verdict">{move || verdict.get().map(show)}</span>
        <Button icon="shield-check" off on_press=move |_| check()>
            {move || if busy.get() { "Verifying…" } else { "Verify the chain" }}
        </Button>
    }
}

fn show(verdict: Result<AuditVerdict, ClientError>) -> impl IntoView {
    let (class, icon, text) = match verdict {
        Ok(AuditVerdict::Whole { rows }) => {
            let rows = counted(i128::from(rows), "row", "rows");
            ("row good", "circle-check", format!("Whole: every hash of {rows} fits."))
        }
        Ok(AuditVerdict::Broken { row, reason }) => {
            ("row bad", "triangle-alert", format!("Broken at row {row}: {reason}"))
        }
        Err(error) => {
            let text = format!("{}: {}", error.title(), error.message());
            ("row warn", "triangle-alert", text)
        }
    };
    view! { <span class=class><Icon name=icon/> {text}</span> }
}
