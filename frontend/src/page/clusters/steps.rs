//! A cluster tried out: each broker with its steps, the one that failed in words.

use leptos::prelude::*;
use ouzel_api::cluster_settings::{BrokerTest, ClusterTest, Step, StepResult, StepState};

use super::draft::Draft;
use crate::{
    client,
    format::counted,
    load::{Loaded, load},
    ui::{Badge, Icon, Mood},
};

/// Tries the cluster of `draft` once, as it is now.
#[component]
pub fn Steps(draft: Draft) -> impl IntoView {
    let settings = StoredValue::new(untrack(|| draft.settings()));
    let test = load(move || client::clusters::test(settings.get_value()));
    view! {
        <div class="steps" role="status">
            <Loaded from=test let:test>{move || test.with(|test| outcome(test))}</Loaded>
        </div>
    }
}

fn outcome(test: &ClusterTest) -> impl IntoView + use<> {
    let works = test.brokers.iter().any(|broker| broker.steps.iter().all(is_done));
    let summary = match (works, test.topics) {
        (true, Some(topics)) => {
            let id = test.kafka_cluster_id.clone().unwrap_or_else(|| "a cluster".to_owned());
            let topics = counted(topics, "topic", "topics");
            let text = format!("{id} answers: {topics}.");
            view! { <p class="row good"><Icon name="circle-check"/> {text}</p> }.into_any()
        }
        _ => view! {
            <p class="row bad"><Icon name="triangle-alert"/> "No broker can be used."</p>
        }
        .into_any(),
    };
    let brokers: Vec<_> = test.brokers.iter().map(broker).collect();
    view! { {summary} {brokers} }
}

fn is_done(step: &StepResult) -> bool {
    step.state == StepState::Done
}

fn broker(broker: &BrokerTest) -> impl IntoView + use<> {
    let advertised = (!broker.named).then(|| {
        view! { <Badge>"named by the cluster"</Badge> }
    });
    let failed = broker.steps.iter().find(|step| step.state == StepState::Failed);
    let reason = failed.and_then(|step| step.detail.clone());
    let steps: Vec<_> = broker.steps.iter().map(step).collect();
    view! {
        <div class="broker">
            <div class="row wrap">
                <span class="mono">{broker.address.clone()}</span>
                {advertised}
            </div>
            <ol>{steps}</ol>
            {reason.map(|reason| view! { <p class="bad break">{reason}</p> })}
        </div>
    }
}

fn step(result: &StepResult) -> impl IntoView + use<> {
    let name = match result.step {
        Step::Dns => "DNS",
        Step::Tcp => "TCP",
        Step::Tls => "TLS",
        Step::ApiVersions => "ApiVersions",
        Step::Sasl => "SASL",
        Step::Metadata => "Metadata",
    };
    let (mood, word) = match result.state {
        StepState::Done => (Mood::Good, "done"),
        StepState::Failed => (Mood::Bad, "failed"),
        StepState::Skipped => (Mood::Neutral, "not come to"),
    };
    let took = result.took_ms.map(|ms| format!(", {ms} ms")).unwrap_or_default();
    view! {
        <li title=format!("{name}: {word}{took}")>
            <Badge mood=mood>{name}</Badge>
            <span class="unseen">{word}</span>
        </li>
    }
}
