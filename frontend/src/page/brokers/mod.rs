//! Brokers: the list, and one broker with its partitions, its folders and its settings.

mod detail;
mod folders;
mod list;
mod partitions;
mod settings;

use leptos::prelude::*;
use ouzel_api::brokers::BrokerRow;

use crate::{
    cells,
    format::{bytes, counted},
    ui::{Badge, Mood},
};

pub use detail::Broker;
pub use list::Brokers;

/// From this share on a disk is getting full, and from the next it nearly is.
const FULL_SHARES: (f64, f64) = (0.85, 0.95);

/// How full a file system is: a bar, and what is left in words. Nothing where the broker does not
/// tell.
fn room(usable: Option<u64>, total: Option<u64>) -> Option<impl IntoView + use<>> {
    let (usable, total) = (usable?, total.filter(|total| *total > 0)?);
    let taken = total.saturating_sub(usable) as f64 / total as f64;
    let class = match taken {
        taken if taken >= FULL_SHARES.1 => "meter bad",
        taken if taken >= FULL_SHARES.0 => "meter warn",
        _ => "meter",
    };
    let part = format!("{:.1}%", taken * 100.0);
    let text = format!("{} of {} free", bytes(usable), bytes(total));
    let title = format!("{part} of the file system is taken");
    Some(view! {
        <span class="metered" title=title>
            <span class=class><i style=("--p", part)></i></span>
            <span class="nowrap">{text}</span>
        </span>
    })
}

/// What a broker is beside holding partitions, and whether it is there at all.
fn standing(row: &BrokerRow) -> impl IntoView + use<> {
    let gone = row.address.is_none().then(|| {
        let why = "Replicas name it, and the cluster does not list it: it is down or gone";
        view! { <span title=why><Badge mood=Mood::Bad>"not there"</Badge></span> " " }
    });
    let controller = row.controller.then(|| view! { <Badge>"controller"</Badge> });
    view! { {gone} {controller} }
}

/// Copies that are not in sync; none is as it should be.
fn behind(out_of_sync: u32) -> impl IntoView {
    match out_of_sync {
        0 => cells::number(0).into_any(),
        some => {
            let why = counted(some, "copy is not in sync", "copies are not in sync");
            let some = cells::number(some);
            view! { <span class="bad" title=why>{some}</span> }.into_any()
        }
    }
}
