//! Keeps what the page knows of the viewer's rights young: they change elsewhere, and what is drawn
//! as forbidden or allowed must follow. The server alone decides.

use leptos::{ev, prelude::*};

use crate::{client, session::Session, ui::now_ms};

/// How old they may be when somebody comes back to the tab.
const BACK_MS: i64 = 60_000;
/// How old they may be when the server has refused something. It may be refused rightly, again and
/// again.
const REFUSED_MS: i64 = 10_000;

/// Asks for them again when the tab gets the focus, and when something was refused.
pub fn keep_young(session: Session) {
    let asked_ms = StoredValue::new(now_ms());
    let renew = move |older_ms: i64| {
        let now_ms = now_ms();
        let due = asked_ms.try_update_value(|asked_ms| {
            let due = now_ms - *asked_ms >= older_ms;
            if due {
                *asked_ms = now_ms;
            }
            due
        });
        if due == Some(true) {
            session.renew();
        }
    };
    let focus = window_event_listener(ev::focus, move |_| renew(BACK_MS));
    client::on_refused(move || renew(REFUSED_MS));
    on_cleanup(move || focus.remove());
}
