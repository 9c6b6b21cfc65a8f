//! What a plan to delete the oldest records would do: shown in numbers, and as what is sent.

use leptos::prelude::*;
use ouzel_api::trim::{TrimOffset, TrimPart, TrimPlan};

use super::super::super::loss;
use crate::{
    format::{count, counted},
    ui::Note,
};

/// Most partitions that are listed one by one; the sum counts all.
const LISTED_MAX: usize = 200;

/// What goes, in numbers.
pub fn effect(plan: &TrimPlan) -> impl IntoView + use<> {
    if let Some(refusal) = plan.refusal.clone() {
        return view! { <Note mood="bad"><span>{refusal}</span></Note> }.into_any();
    }
    let unread = plan.partitions.iter().filter(|part| part.error.is_some()).count();
    let left_out = (unread > 0).then(|| {
        let text = counted(unread as i128, "partition", "partitions");
        let text = format!("{text} could not be read and would be left as they are.");
        view! { <Note><span>{text}</span></Note> }
    });
    view! {
        {sentence(plan)}
        {left_out}
        {listed(&plan.partitions)}
    }
    .into_any()
}

fn sentence(plan: &TrimPlan) -> AnyView {
    if plan.records == 0 {
        return view! { <p>"Nothing lies before that: no record would be deleted."</p> }.into_any();
    }
    let touched = plan.partitions.iter().filter(|part| going(part) > 0).count();
    let records = loss::about(Some(plan.records));
    let of = counted(touched as i128, "partition", "partitions");
    view! {
        <p>
            "Deletes " <b>{records}</b> " of " <b>{of}</b> ". "
            {loss::told_readers(plan.readers.as_deref())}
            " This cannot be undone."
        </p>
    }
    .into_any()
}

/// The first of them one by one.
fn listed(partitions: &[TrimPart]) -> impl IntoView + use<> {
    let rows = partitions.iter().take(LISTED_MAX).map(row).collect_view();
    let more = partitions.len().saturating_sub(LISTED_MAX);
    let more = (more > 0).then(|| {
        view! { <p class="dim">{format!("and {} more", count(more as i128))}</p> }
    });
    view! {
        <div class="listed">
            <table class="diff figures">
                <thead>
                    <tr>
                        <th>"partition"</th>
                        <th>"begins at"</th>
                        <th>"then at"</th>
                        <th>"goes"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {more}
    }
}

fn going(part: &TrimPart) -> i64 {
    match (part.start_offset, part.before_offset) {
        (Some(start), Some(before)) => before.saturating_sub(start),
        _ => 0,
    }
}

fn row(part: &TrimPart) -> impl IntoView + use<> {
    let offset = |offset: Option<i64>| match offset {
        Some(offset) => view! { <span class="mono">{count(offset)}</span> }.into_any(),
        None => view! { <span class="warn">"unknown"</span> }.into_any(),
    };
    view! {
        <tr title=part.error.clone()>
            <td class="mono">{part.partition}</td>
            <td>{offset(part.start_offset)}</td>
            <td>{offset(part.before_offset)}</td>
            <td class="mono">{count(going(part))}</td>
        </tr>
    }
}

/// The partitions of a plan of which something goes, and up to where.
pub fn offsets(plan: &TrimPlan) -> Vec<TrimOffset> {
    let offset = |part: &TrimPart| {
        let before_offset = part.before_offset.filter(|_| going(part) > 0)?;
        Some(TrimOffset { partition: part.partition, before_offset })
    };
    plan.partitions.iter().filter_map(offset).collect()
}

#[cfg(test)]
mod tests {
    use ouzel_api::trim::{TrimPart, TrimPlan};

    use super::offsets;

    #[test]
    fn only_partitions_of_which_something_goes_are_sent() {
        let part = |partition, start_offset, before_offset| TrimPart {
            partition,
            start_offset,
            end_offset: Some(9),
            before_offset,
            error: None,
        };
        let plan = TrimPlan {
            partitions: vec![
                part(0, Some(1), Some(5)),
                part(1, Some(5), Some(5)),
                part(2, None, None),
            ],
            records: 4,
            readers: None,
            refusal: None,
            read_at_ms: 0,
        };
        let sent = offsets(&plan);
        assert_eq!(sent.len(), 1);
        assert_eq!((sent[0].partition, sent[0].before_offset), (0, 5));
    }
}
