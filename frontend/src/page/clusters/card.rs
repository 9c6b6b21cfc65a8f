//! One cluster: what is known of it, whether it answers, what can be done.

use leptos::prelude::*;
use ouzel_api::{
    clusters::{Cluster, ClusterHealth, Colour, Environment, Origin},
    session::Permission,
};

use super::{Asked, draft::Draft, steps::Steps};
use crate::{
    ask::{Question, Sending},
    client,
    clusters::read_only_by,
    format::{self, count, noun},
    load::load,
    route::Route,
    session::use_session,
    ui::{Age, Badge, Button, CopyButton, Fact, Icon, Mood, Skeleton, Tone},
};

/// How often a card asks whether its cluster answers.
const REFRESH_SECONDS: u64 = 20;

/// The card. It asks anew whenever `saved` changes.
#[component]
pub fn Card(
    cluster: Cluster,
    saved: RwSignal<u32>,
    asked: Asked,
    draft: RwSignal<Option<Draft>>,
    doomed: RwSignal<Option<Question<String>>>,
) -> impl IntoView {
    let id = StoredValue::new(cluster.id.clone());
    let health = load(move || client::clusters::health(id.get_value())).every(REFRESH_SECONDS);
    Effect::new(move |before: Option<u32>| {
        let times = saved.get();
        if before.is_some_and(|before| before != times) {
            health.reload();
        }
        times
    });
    let failed = Memo::new(move |_| health.error());
    let environment = environment_name(cluster.environment);
    let colour = cluster.colour.map(Colour::name);
    let title = cluster.label.clone().unwrap_or_else(|| cluster.id.clone());
    let name = title.clone();
    let under = cluster.label.is_some().then(|| cluster.id.clone());
    let overview = Route::Overview { cluster: cluster.id.clone() }.path();
    let brokers = cluster.bootstrap.join(", ");
    let told = move || match (failed.get(), health.latest()) {
        (Some(error), _) => view! {
            <div class="unreachable" role="alert">
                <p><Icon name="wifi-off"/> <b>{error.title()}</b></p>
                <p class="break">{error.message()}</p>
                <button class="link" on:click=move |_| health.reload()>"Try again"</button>
            </div>
        }
        .into_any(),
        (None, Some(health)) => figures(&health).into_any(),
        (None, None) => view! { <Skeleton lines=2/> }.into_any(),
    };
    view! {
        <article
            class="card cluster-card"
            class:down=move || failed.with(Option::is_some)
            data-env=environment
            data-colour=colour
            aria-label=name
        >
            <header>
                <a class="name clip" href=overview>{title}</a>
                {under.map(|id| view! { <span class="mono dim clip">{id}</span> })}
                <span class="grow"></span>
                <span class="badge env">{environment}</span>
                {read_only_by(&cluster).map(|who| view! {
                    <Badge mood=Mood::Warn attr:title=who>"read-only"</Badge>
                })}
            </header>
            <dl class="pairs">
                <dt>"Brokers"</dt>
                <dd class="row">
                    <span class="clip">{brokers.clone()}</span>
                    <CopyButton text=brokers what="the brokers"/>
                </dd>
                <dt>"Spoken to by"</dt>
                <dd>{cluster.protocol.clone()}</dd>
                <dt>"Known from"</dt>
                <dd>{origin(cluster.origin)}</dd>
            </dl>
            {told}
            <Acts cluster asked draft doomed/>
        </article>
    }
}

fn environment_name(environment: Environment) -> &'static str {
    match environment {
        Environment::Development => "development",
        Environment::Staging => "staging",
        Environment::Production => "production",
    }
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Process => "this process, whose broker it is",
        Origin::File => "ouzel.toml, a variable or a flag",
        Origin::Console => "somebody who added it here",
    }
}

fn figures(health: &ClusterHealth) -> impl IntoView + use<> {
    let ClusterHealth { brokers, topics, internal_topics, offline, .. } = *health;
    let ClusterHealth { under_replicated, read_at_ms, .. } = *health;
    let troubled = |number: u32| match number {
        0 => view! { "0" }.into_any(),
        some => view! { <span class="bad">{count(some)}</span> }.into_any(),
    };
    view! {
        <div class="facts">
            <Fact name=noun(brokers, "broker", "brokers")>{count(brokers)}</Fact>
            <Fact name=noun(topics, "topic", "topics")>
                {format::topics(topics, internal_topics)}
            </Fact>
            <Fact name="without leader">{troubled(offline)}</Fact>
            <Fact name="under-replicated">{troubled(under_replicated)}</Fact>
            <span class="grow"></span>
            <span class="dim"><Age at_ms=read_at_ms/></span>
        </div>
    }
}

#[component]
fn Acts(
    cluster: Cluster,
    asked: Asked,
    draft: RwSignal<Option<Draft>>,
    doomed: RwSignal<Option<Question<String>>>,
) -> impl IntoView {
    let session = use_session();
    let trying = RwSignal::new(None::<Draft>);
    let reading = Sending::new();
    let fixed = match cluster.origin {
        Origin::Console => None,
        Origin::File => Some("The configuration says what it is; change it there."),
        Origin::Process => Some("It is the broker of this process."),
    };
    let off = Signal::derive(move || {
        let refusal = session.refusal(Permission::ManageClusters);
        refusal.or_else(|| fixed.map(str::to_owned))
    });
    let barred = Signal::derive(move || session.refusal(Permission::ManageClusters));
    let id = StoredValue::new(cluster.id.clone());
    let bare = StoredValue::new(Draft::bare(&cluster));
    let with_settings = move |to: RwSignal<Option<Draft>>| {
        // Of what is fixed there is no more to know than the list says.
        if fixed.is_some() {
            return to.set(Some(bare.get_value()));
        }
        reading.send(client::clusters::settings(id.get_value()), move |settings| {
            to.try_set(Some(Draft::of(&settings)));
        });
    };
    let (edited, tested) = (is_about(asked.edit, id), is_about(asked.test, id));
    Effect::new(move |_| {
        let allowed = off.with(Option::is_none);
        if edited.get() && allowed && draft.with_untracked(Option::is_none) {
            with_settings(draft);
        }
    });
    Effect::new(move |_| match tested.get() && barred.with(Option::is_none) {
        true => with_settings(trying),
        false => trying.set(None),
    });
    // What is asked already is asked once more: the first time may have failed.
    let edit = move |_| match edited.get_untracked() {
        true => with_settings(draft),
        false => asked.edit.set(id.get_value()),
    };
    let test = move |_| match tested.get_untracked() {
        true => with_settings(trying),
        false => asked.test.set(id.get_value()),
    };
    let remove = move |_| doomed.set(Some(removal(id.get_value())));
    view! {
        {reading.refusal()}
        {move || trying.get().map(|draft| view! { <Steps draft/> })}
        <footer>
            <Button icon="play" off=barred on_press=test>"Test"</Button>
            <Button off on_press=edit>"Edit…"</Button>
            <span class="grow"></span>
            <Button tone=Tone::Danger icon="trash-2" off on_press=remove>"Remove…"</Button>
        </footer>
    }
}

/// Whether the address asks that of this cluster.
fn is_about(asked: RwSignal<String>, id: StoredValue<String>) -> Memo<bool> {
    Memo::new(move |_| id.with_value(|id| asked.with(|asked| asked == id)))
}

/// What is asked before a cluster is removed.
fn removal(id: String) -> Question<String> {
    Question {
        title: format!("Remove {id} from the console"),
        text: "Nothing changes on the cluster itself. What is known of it here, its password and \
               keys included, is forgotten; audit rows stay."
            .to_owned(),
        act: "Remove the cluster",
        about: id,
    }
}
