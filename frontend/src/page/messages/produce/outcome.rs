//! How an import stands: what a check found, how far the writing is, what was written and what is
//! left.

use leptos::prelude::*;
use ouzel_api::{
    produce::{BrokenLine, ImportCheck, ImportRow, WrittenPart},
    session::Permission,
};

use super::import::{Import, Step};
use crate::{
    client::ClientError,
    format::{bytes, count, counted},
    load::refused,
    query::Query,
    route::Route,
    session::use_session,
    ui::{Field, TextInput},
};

/// Draws it.
pub fn outcome(many: Import, step: &Step) -> AnyView {
    match step {
        Step::Choosing => ().into_any(),
        Step::Checking => {
            view! { <p class="hint" role="status">"It is being read…"</p> }.into_any()
        }
        Step::Checked(check) => checked(check).into_any(),
        Step::Writing { written, of, stopping } => {
            let text = match stopping {
                false => format!("{} of {} written", count(*written), count(*of)),
                true => format!("{} of {} written; it stops…", count(*written), count(*of)),
            };
            view! {
                <div class="row" role="status">
                    <progress max=of.to_string() value=written.to_string()></progress>
                    <span>{text}</span>
                </div>
            }
            .into_any()
        }
        Step::Done { written, partitions } => done(many, *written, partitions).into_any(),
        Step::Broken { error, line, written, left, doubtful } => {
            let error = ClientError::from(error.clone());
            let text = format!(
                "{} written; then line {} was not: {} {} left.",
                counted(*written, "record was", "records were"),
                count(*line),
                error.message(),
                records(left),
            );
            let doubt = doubtful.then_some(
                " The cluster did not answer for some of them: they may be there all the same, \
                 and writing the rest would write them twice.",
            );
            view! { <div class="note bad" role="alert"><span>{text} {doubt}</span></div> }
                .into_any()
        }
        Step::Failed(error) => refused(error.clone()).into_any(),
        Step::Cut { written } => {
            let text = format!(
                "The connection broke off when {} written. The server is asked how the import \
                 ended…",
                counted(*written, "record was", "records were"),
            );
            view! { <div class="note" role="status"><span>{text}</span></div> }.into_any()
        }
        Step::Stopped { written, left } => {
            let text = format!(
                "Stopped. Exactly {} written. {} left.",
                counted(*written, "record was", "records were"),
                records(left),
            );
            view! { <div class="note" role="status"><span>{text}</span></div> }.into_any()
        }
        Step::Unknown { written } => unknown(many, *written).into_any(),
    }
}

/// Longest list of numbers that is shown whole.
const LEFT_CHARS_MAX: usize = 60;

/// `Record 7 is` or `Records 7-12,15 are`, of numbers as the server writes them.
fn records(left: &str) -> String {
    let mut shown: String = left.chars().take(LEFT_CHARS_MAX).collect();
    if shown.len() < left.len() {
        shown.push('…');
    }
    match left.contains([',', '-']) {
        true => format!("Records {shown} are"),
        false => format!("Record {shown} is"),
    }
}

/// Nobody here can say how many were written: where it is said, and going on with what is known.
fn unknown(many: Import, written: u64) -> impl IntoView + use<> {
    let told = format!(
        "The connection broke off, and the server knows nothing of this import: it never began, \
         or the server was started anew meanwhile. At least {} written. ",
        counted(written, "record was", "records were"),
    );
    let (cluster, topic) = many.page.names.get_value();
    let query = Query::default()
        .with("action", "messages.import")
        .with("cluster", cluster)
        .with("resource", topic);
    let audit = format!("{}?{query}", Route::Audit.path());
    let session = use_session();
    let place = move || match session.refusal(Permission::ReadAudit) {
        None => view! {
            "How many exactly, its row in the " <a href=audit.clone()>"audit log"</a> " says."
        }
        .into_any(),
        Some(_) => "How many exactly, its row in the audit log says. You may not read that: ask \
                    somebody who may. Writing all of them again would write some twice."
            .into_any(),
    };
    view! {
        <div class="note bad" role="alert"><span>{told} {place}</span></div>
        <Field label="Numbers of the records to write now, such as 70001-80000">
            <TextInput value=many.only attr:inputmode="numeric"/>
        </Field>
    }
}

fn done(many: Import, written: u64, partitions: &[WrittenPart]) -> impl IntoView + use<> {
    let place = |part: &WrittenPart| {
        let (first, last) = (count(part.first_offset), count(part.last_offset));
        format!("partition {}: {first}–{last}", part.partition)
    };
    let places = partitions.iter().map(place).collect::<Vec<_>>().join(", ");
    let text = format!("{} written. {places}", counted(written, "record was", "records were"));
    let close = move |_| {
        many.page.writing.close();
        many.page.retry();
    };
    view! {
        <div class="note good" role="status">
            <span class="grow">{text}</span>
            <button type="button" class="link" on:click=close>"Close and search again"</button>
        </div>
    }
}

/// The first records, and the broken lines.
fn checked(check: &ImportCheck) -> impl IntoView + use<> {
    let fine = format!(
        "{} can be written, {}.",
        counted(i128::from(check.records), "record", "records"),
        bytes(check.size_bytes),
    );
    let broken = (check.broken > 0).then(|| {
        let title = counted(i128::from(check.broken), "line is broken", "lines are broken");
        let line = |it: &BrokenLine| {
            view! { <li><b>"Line " {count(it.line)} ": "</b> {it.reason.clone()}</li> }
        };
        let lines = check.first_broken.iter().map(line).collect_view();
        let more = check.broken - check.first_broken.len() as u64;
        let more = (more > 0).then(|| view! { <li>"and " {count(more)} " more"</li> });
        view! {
            <div class="note bad" role="alert">
                <div><b>{title} ". Nothing is written until that is mended."</b>
                    <ul class="broken-lines">{lines} {more}</ul></div>
            </div>
        }
    });
    let rows = check.sample.iter().map(sample).collect_view();
    view! {
        {broken}
        <p role="status">{fine}</p>
        <div class="sample">
            <table aria-label="The first records">
                <thead>
                    <tr>
                        <th scope="col">"line"</th>
                        <th scope="col">"part."</th>
                        <th scope="col">"key"</th>
                        <th scope="col">"value"</th>
                        <th scope="col">"headers"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn sample(row: &ImportRow) -> impl IntoView + use<> {
    let text = |text: &Option<String>| match text {
        Some(text) => view! { <span class="mono">{text.clone()}</span> }.into_any(),
        None => view! { <span class="none">"null"</span> }.into_any(),
    };
    view! {
        <tr>
            <td>{count(row.line)}</td>
            <td>{row.partition.map_or("by key".to_owned(), |it| it.to_string())}</td>
            <td>{text(&row.key)}</td>
            <td>{text(&row.value)}</td>
            <td>{row.headers.join(", ")}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::records;

    #[test]
    fn what_is_left_is_named_and_a_long_list_is_cut_short() {
        assert_eq!(records("7"), "Record 7 is");
        assert_eq!(records("3,70001-80000"), "Records 3,70001-80000 are");
        let long = records(&"1,3,".repeat(40));
        assert!(long.ends_with("… are"), "{long}");
        assert!(long.chars().count() < 80, "{long}");
    }
}
