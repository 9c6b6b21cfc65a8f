//! A request that a form or a dialog sends once: busy, refused, done; and the dialog that asks
//! first.

use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    client::ClientError,
    load::refused,
    ui::{Dialog, SubmitFoot, Tone, Unsent, open_while, use_unsent},
};

/// A request under way. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Sending {
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ClientError>>,
    /// What the dialog around the form would otherwise ask about.
    unsent: Unsent,
}

impl Sending {
    /// Nothing is sent yet.
    pub fn new() -> Sending {
        Sending { busy: RwSignal::new(false), refused: RwSignal::new(None), unsent: use_unsent() }
    }

    /// Whether an answer is waited for; reactive.
    pub fn busy(self) -> bool {
        self.busy.try_get().unwrap_or(false)
    }

    /// Sends, unless something is under way already; `then` gets what was answered.
    pub fn send<T: 'static>(
        self,
        request: impl Future<Output = Result<T, ClientError>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let answer = request.await;
            self.busy.try_set(false);
            match answer {
                Ok(answer) => {
                    self.unsent.sent();
                    then(answer);
                }
                Err(error) => drop(self.refused.try_set(Some(error))),
            }
        });
    }

    /// Why the last one was refused, if it was.
    pub fn refusal(self) -> impl IntoView {
        move || self.refused.get().map(refused)
    }
}

/// What is asked before something is done.
#[derive(Clone, PartialEq, Eq)]
pub struct Question<T> {
    /// The dialog's title.
    pub title: String,
    /// What will happen.
    pub text: String,
    /// The word on the button.
    pub act: &'static str,
    /// What it is about.
    pub about: T,
}

/// Asks `question` while there is one; on yes, `act` does it and `done` is told.
#[component]
pub fn Ask<T, Act, Answer>(
    /// What is asked; set to ask it.
    question: RwSignal<Option<Question<T>>>,
    /// Does it.
    act: Act,
    /// Told afterwards.
    #[prop(into)]
    done: Callback<T>,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    Act: Fn(T) -> Answer + Copy + Send + Sync + 'static,
    Answer: Future<Output = Result<(), ClientError>> + 'static,
{
    let open = open_while(question, Option::is_some);
    let title = Signal::derive(move || {
        question.with(|it| it.as_ref().map(|it| it.title.clone())).unwrap_or_default()
    });
    view! {
        <Dialog open title>
            {move || question.get().map(|it| view! { <Content open question=it act done/> })}
        </Dialog>
    }
}

#[component]
fn Content<T, Act, Answer>(
    open: RwSignal<bool>,
    question: Question<T>,
    act: Act,
    done: Callback<T>,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    Act: Fn(T) -> Answer + Copy + Send + Sync + 'static,
    Answer: Future<Output = Result<(), ClientError>> + 'static,
{
    let sending = Sending::new();
    let about = StoredValue::new(question.about);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let about = about.get_value();
        sending.send(act(about.clone()), move |()| {
            open.try_set(false);
            done.try_run(about);
        });
    };
    view! {
        <form class="col" on:submit=submit>
            <p>{question.text}</p>
            {sending.refusal()}
            <SubmitFoot open off=move || sending.busy() tone=Tone::Danger focused=true>
                {question.act}
            </SubmitFoot>
        </form>
    }
}
