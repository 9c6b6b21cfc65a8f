//! What stands in the table's place while it has no rows: the truth about why.

use leptos::prelude::*;
use ouzel_api::search::{DoneReason, Filter, From, Isolation, Side, Test, Unseen};

use super::{
    Page,
    feed::Phase,
    figures::Figures,
    query::{Asked, Start},
};
use crate::{
    format::{count, counted},
    ui::{Button, Empty, Skeleton},
};

/// Why there are no rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// It is too early to say.
    Searching,
    /// A tail does not see the topic yet, or not any more.
    Connecting,
    /// A tail sees the topic and waits for the first record.
    Waiting,
    /// The topic holds no records at all.
    EmptyTopic,
    /// The topic may hold records, but none where the search looked.
    NothingThere,
    /// All that lies in the range waits for a transaction.
    HeldBack,
    /// Records were read; none matched. `whole` if there is no more to read.
    NoMatch { whole: bool },
    /// The person stopped it first.
    Stopped,
}

/// Draws why.
pub fn nothing(page: Page) -> AnyView {
    let why = page.view.with(|view| {
        page.feed
            .figures
            .with(|figures| page.feed.phase.with(|phase| why(phase, figures, &view.asked)))
    });
    let figures = page.feed.figures.get();
    let read = counted(figures.read, "record", "records");
    match why {
        Why::Searching => view! { <Skeleton lines=8/> }.into_any(),
        Why::Connecting => view! {
            <Empty icon="radio" title="Connecting to the topic">
                <p>"What is produced before the connection stands is not seen."</p>
            </Empty>
        }
        .into_any(),
        Why::Waiting => view! {
            <Empty icon="radio" title="Waiting for new records">
                <p>"What is produced from now on appears here."</p>
            </Empty>
        }
        .into_any(),
        Why::EmptyTopic => view! {
            <Empty title="This topic holds no records">
                <p>"Every partition was asked, and none holds a record now."</p>
            </Empty>
        }
        .into_any(),
        Why::NothingThere => view! {
            <Empty title="No records in this range">
                <p>"Nothing lies at or after this beginning in the chosen partitions."</p>
                <Button on_press=move |_| page.ask(widen)>"Search all of it, newest first"</Button>
            </Empty>
        }
        .into_any(),
        Why::HeldBack => view! {
            <Empty title="No committed records in this range yet">
                <p>"What lies behind an open transaction is seen when that is decided."</p>
                <Button on_press=move |_| page.ask(undecided)>"Show undecided records, too"</Button>
            </Empty>
        }
        .into_any(),
        Why::NoMatch { whole } => no_match(page, &figures, whole),
        Why::Stopped => view! {
            <Empty icon="text-search" title="Stopped before anything matched">
                <p>{format!("{read} read so far.")}</p>
            </Empty>
        }
        .into_any(),
    }
}

fn no_match(page: Page, figures: &Figures, whole: bool) -> AnyView {
    let read = counted(figures.read, "record", "records");
    let title = format!("Nothing matched of {read} read");
    let filters = page.view.with(|view| view.asked.filters());
    let nowhere = figures.unseen.iter().filter_map(|unseen| nowhere(*unseen, &filters, figures));
    let nowhere = nowhere.map(|text| view! { <p><b>{text}</b></p> }).collect_view();
    let active = page.view.with(|view| view.asked.conditions.iter().filter(|it| it.on).count());
    let hint = match whole {
        true if figures.held > 0 => "That is all there is before open transactions.",
        true => "That is all there is in the chosen partitions and range.",
        false => "There is more to read: “Continue” in the line above goes on.",
    };
    let off = move |_| page.ask(|asked| asked.conditions.iter_mut().for_each(|it| it.on = false));
    let label = match active {
        1 => "Switch the condition off".to_owned(),
        many => format!("Switch all {} conditions off", count(many as i128)),
    };
    view! {
        <Empty icon="text-search" title=title>
            {nowhere}
            <p>{hint}</p>
            {(active > 0).then(|| view! { <Button on_press=off>{label}</Button> })}
        </Empty>
    }
    .into_any()
}

/// That a field is likely mistyped.
fn nowhere(unseen: Unseen, filters: &[Filter], figures: &Figures) -> Option<String> {
    let path = match &filters.get(unseen.filter as usize)?.test {
        Test::Field { of: Side::Value, path, .. } => path.clone(),
        Test::Field { of: Side::Key, path, .. } => format!("key.{path}"),
        _ => return None,
    };
    let (records, which) = match unseen.records >= figures.read {
        true => (figures.read, "read"),
        false => (unseen.records, "searched for it"),
    };
    Some(match records {
        1 => format!("The field “{path}” is not in the one record that was {which}."),
        _ => {
            let records = count(records);
            format!("The field “{path}” is in none of the {records} records that were {which}.")
        }
    })
}

fn undecided(asked: &mut Asked) {
    asked.isolation = Isolation::ReadUncommitted;
}

fn widen(asked: &mut Asked) {
    asked.start = Start::At(From::Newest);
    asked.partitions = None;
}

/// Decides why there are no rows.
fn why(phase: &Phase, figures: &Figures, asked: &Asked) -> Why {
    let whole = match phase {
        Phase::Searching | Phase::Failed(_) => return Why::Searching,
        Phase::Connecting | Phase::Lost { .. } => return Why::Connecting,
        Phase::Following => return Why::Waiting,
        Phase::Stopped => return Why::Stopped,
        Phase::Done { reason, resume } => *reason == DoneReason::Exhausted || resume.is_none(),
    };
    let hollow = figures.partitions.iter().all(|part| part.start >= part.end);
    let everywhere = matches!(asked.start, Start::At(From::Newest | From::Oldest))
        && asked.partitions.is_none()
        && asked.resume.is_none();
    match (figures.read, whole) {
        (0, true) if figures.held > 0 => Why::HeldBack,
        (0, true) if hollow && everywhere => Why::EmptyTopic,
        (0, true) => Why::NothingThere,
        (_, whole) => Why::NoMatch { whole },
    }
}

#[cfg(test)]
mod tests {
    use ouzel_api::search::{Operator, PartitionProgress};

    use super::*;

    fn figures(read: u64, start: i64, end: i64) -> Figures {
        let (covered_from, covered_to) = (start, end);
        let part = PartitionProgress { start, end, covered_from, covered_to, ..Default::default() };
        Figures { read, partitions: vec![part], ..Figures::default() }
    }

    fn done(reason: DoneReason, resume: Option<&str>) -> Phase {
        Phase::Done { reason, resume: resume.map(str::to_owned) }
    }

    #[test]
    fn an_empty_topic_an_empty_range_and_no_match_are_three_things() {
        let all = Asked::default();
        let end = done(DoneReason::Exhausted, None);
        assert_eq!(why(&end, &figures(0, 7, 7), &all), Why::EmptyTopic);
        let held = Figures { held: 2, ..figures(0, 7, 7) };
        assert_eq!(why(&end, &held, &all), Why::HeldBack);
        let later = Asked { start: Start::At(From::Offset { offset: 9 }), ..all.clone() };
        assert_eq!(why(&end, &figures(0, 7, 7), &later), Why::NothingThere);
        let one = Asked { partitions: Some(vec![0]), ..all.clone() };
        assert_eq!(why(&end, &figures(0, 7, 7), &one), Why::NothingThere);
        assert_eq!(why(&end, &figures(5, 0, 5), &all), Why::NoMatch { whole: true });
    }

    #[test]
    fn offsets_without_records_do_not_make_an_empty_topic() {
        let end = done(DoneReason::Exhausted, None);
        assert_eq!(why(&end, &figures(0, 0, 9), &Asked::default()), Why::NothingThere);
    }

    #[test]
    fn a_field_that_is_nowhere_is_named() {
        let field = |of| {
            let (path, value) = ("no.such".to_owned(), "1".to_owned());
            Filter::new(Test::Field { of, path, op: Operator::Eq, value })
        };
        let filters = [field(Side::Key), field(Side::Value)];
        let told = |filter, records| {
            nowhere(Unseen { filter, records }, &filters, &figures(1_000, 0, 1_000))
        };
        let all = "The field “no.such” is in none of the 1,000 records that were read.";
        assert_eq!(told(1, 1_000).as_deref(), Some(all));
        let some = "The field “key.no.such” is in none of the 7 records that were searched for it.";
        assert_eq!(told(0, 7).as_deref(), Some(some));
        assert_eq!(told(2, 7), None);
    }

    #[test]
    fn a_tail_waits_for_records_only_once_it_would_see_them() {
        let live = Asked { start: Start::Live, ..Asked::default() };
        let none = Figures::default();
        assert_eq!(why(&Phase::Connecting, &none, &live), Why::Connecting);
        assert_eq!(why(&Phase::Lost { retry_at_ms: 0, why: None }, &none, &live), Why::Connecting);
        assert_eq!(why(&Phase::Following, &none, &live), Why::Waiting);
    }

    #[test]
    fn a_search_that_was_cut_short_says_that_there_is_more() {
        let cut = done(DoneReason::TimeLimit, Some("t"));
        let no_match = Why::NoMatch { whole: false };
        assert_eq!(why(&cut, &figures(5, 0, 9), &Asked::default()), no_match);
        assert_eq!(why(&cut, &figures(0, 0, 9), &Asked::default()), no_match);
    }
}
