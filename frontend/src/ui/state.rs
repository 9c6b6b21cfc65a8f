//! What stands where content will be, or should be: waiting, empty, failed, forbidden. Four looks
//! that nobody confuses.

use leptos::prelude::*;

use super::{Button, Icon};

/// Grey lines while something loads. They appear late, so that a quick answer does not flicker.
#[component]
pub fn Skeleton(#[prop(default = 5)] lines: usize) -> impl IntoView {
    view! {
        <div class="skeleton" role="status" aria-label="Loading">
            {(0..lines).map(|_| view! { <i></i> }).collect_view()}
        </div>
    }
}

/// It was read, and there is nothing. `children` say what to do about it.
#[component]
pub fn Empty(
    #[prop(default = "inbox")] icon: &'static str,
    #[prop(into)] title: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="state empty">
            <Icon name=icon size="big"/>
            <strong>{title}</strong>
            {children.map(|children| children())}
        </div>
    }
}

/// It could not be read. `detail` is small print such as a request id.
#[component]
pub fn Failure(
    #[prop(into)] title: String,
    #[prop(into)] reason: String,
    #[prop(optional, into)] detail: Option<String>,
    on_retry: impl Fn() + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <div class="state failed" role="alert">
            <Icon name="triangle-alert" size="big"/>
            <strong>{title}</strong>
            <p>{reason}</p>
            {detail.map(|detail| view! { <p class="dim mono">{detail}</p> })}
            <Button icon="refresh-cw" on_press=move |_| on_retry()>"Try again"</Button>
        </div>
    }
}

/// The viewer lacks a right; `reason` names it.
#[component]
pub fn Forbidden(#[prop(into)] title: String, #[prop(into)] reason: String) -> impl IntoView {
    view! {
        <div class="state forbidden">
            <Icon name="lock" size="big"/>
            <strong>{title}</strong>
            <p>{reason}</p>
        </div>
    }
}

/// One line above content that is still worth reading; `mood` is `""` (a warning) or `"bad"`.
#[component]
pub fn Note(#[prop(optional)] mood: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class=format!("note {mood}") role="status">
            <Icon name="triangle-alert"/>
            {children()}
        </div>
    }
}
