//! What an act changed, side by side; and the rest of its detail. Pure but for the views.

use std::collections::BTreeSet;

use leptos::prelude::*;
use serde_json::{Map, Value};

/// One thing before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    name: String,
    before: String,
    after: String,
}

/// Whatever the act was told beside its resource.
pub fn detail(detail: &str) -> AnyView {
    let Ok(Value::Object(mut fields)) = serde_json::from_str::<Value>(detail) else {
        return view! { <pre class="mono wrap">{detail.to_owned()}</pre> }.into_any();
    };
    let (before, after) = (fields.remove("before"), fields.remove("after"));
    let changed = before.is_some() || after.is_some();
    let table = changed.then(|| changes(before, after)).map(table);
    view! { {table} {rest(&fields)} }.into_any()
}

fn table(changes: Vec<Change>) -> impl IntoView {
    let row = |Change { name, before, after }: Change| {
        let differs = before != after;
        view! {
            <tr class:changed=differs>
                <th scope="row">{name}</th>
                <td>{before}</td>
                <td>{after}</td>
            </tr>
        }
    };
    view! {
        <table class="changes">
            <thead>
                <tr><th></th><th scope="col">"before"</th><th scope="col">"after"</th></tr>
            </thead>
            <tbody>{changes.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

fn rest(fields: &Map<String, Value>) -> impl IntoView + use<> {
    let pair = |(name, value): (&String, &Value)| {
        view! { <dt>{name.clone()}</dt> <dd>{text(value)}</dd> }
    };
    let pairs = fields.iter().map(pair).collect_view();
    (!fields.is_empty()).then(|| view! { <dl class="pairs">{pairs}</dl> })
}

/// Objects are told field by field, lists line by line, all else as a whole.
fn changes(before: Option<Value>, after: Option<Value>) -> Vec<Change> {
    let (before, after) = (fields(before), fields(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let of = |fields: &Map<String, Value>, name: &str| {
        fields.get(name).map(text).unwrap_or_else(|| "–".to_owned())
    };
    let change = |name: &String| Change {
        name: name.clone(),
        before: of(&before, name),
        after: of(&after, name),
    };
    names.into_iter().map(change).collect()
}

fn fields(value: Option<Value>) -> Map<String, Value> {
    match value {
        None => Map::new(),
        Some(Value::Object(fields)) => fields,
        Some(Value::Array(items)) => {
            let line = |(at, item)| (format!("line {}", at + 1), item);
            items.into_iter().enumerate().map(line).collect()
        }
        Some(other) => [("value".to_owned(), other)].into_iter().collect(),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        Value::Object(fields) => {
            let pair = |(name, value): (&String, &Value)| format!("{name}: {}", text(value));
            fields.iter().map(pair).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::changes;

    #[test]
    fn what_is_on_one_side_alone_is_told_as_missing_on_the_other() {
        let told = changes(Some(json!({ "a": 1, "b": ["x", "y"] })), Some(json!({ "a": 2 })));
        let told: Vec<_> = told.iter().map(|it| (&*it.name, &*it.before, &*it.after)).collect();
        assert_eq!(told, [("a", "1", "2"), ("b", "x, y", "–")]);
    }

    #[test]
    fn lists_are_compared_line_by_line() {
        let grant = |cluster: &str| json!([{ "cluster": cluster }]);
        let told = changes(Some(grant("prod")), Some(grant("*")));
        assert_eq!((&*told[0].name, &*told[0].before), ("line 1", "cluster: prod"));
        let told = changes(None, Some(grant("*")));
        assert_eq!((&*told[0].before, &*told[0].after), ("–", "cluster: *"));
    }
}
