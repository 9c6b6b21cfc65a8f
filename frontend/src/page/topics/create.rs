//! The dialog that creates a topic.

use leptos::{ev, prelude::*};
use ouzel_api::topics::{ConfigValue, CreateTopic};

use crate::{
    ask::Sending,
    client::{self, ClientError},
    format::counted,
    load::{Loaded, load},
    location::{Location, use_location},
    route::{Route, TopicTab},
    ui::{Choice, Dialog, Field, Select, SubmitFoot, TextInput, Toasts, Tone, use_toasts},
};

/// Longest name that Kafka takes.
const NAME_CHARS_MAX: usize = 249;

/// The policies that the dialog offers; empty for the cluster's default.
const POLICIES: [&str; 4] = ["", "delete", "compact", "compact,delete"];

/// The dialog; afterwards the new topic's page opens.
#[component]
pub fn CreateTopicDialog(
    open: RwSignal<bool>,
    cluster: StoredValue<String>,
    /// The topic whose settings the new one begins with; empty for none.
    like: RwSignal<String>,
) -> impl IntoView {
    view! {
        <Dialog open title="Create topic">
            <Content open cluster like=like.get_untracked()/>
        </Dialog>
    }
}

#[derive(Clone, Copy)]
struct Form {
    open: RwSignal<bool>,
    cluster: StoredValue<String>,
    name: RwSignal<String>,
    partitions: RwSignal<String>,
    replicas: RwSignal<String>,
    cleanup: RwSignal<String>,
    configs: RwSignal<String>,
    sending: Sending,
    location: Location,
    toasts: Toasts,
}

#[component]
fn Content(open: RwSignal<bool>, cluster: StoredValue<String>, like: String) -> impl IntoView {
    let text = || RwSignal::new(String::new());
    let form = Form {
        open,
        cluster,
        name: text(),
        partitions: text(),
        replicas: text(),
        cleanup: text(),
        configs: text(),
        sending: Sending::new(),
        location: use_location(),
        toasts: use_toasts(),
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        form.submit();
    };
    let off = move || form.wanted().is_err() || form.sending.busy();
    view! {
        <form class="col" on:submit=submit>
            {(!like.is_empty()).then(|| view! { <Template form like/> })}
            {fields(form)}
            {form.sending.refusal()}
            <SubmitFoot open off tone=Tone::Primary>
                {move || if form.sending.busy() { "Creating…" } else { "Create topic" }}
            </SubmitFoot>
        </form>
    }
}

/// Fills the form with what another topic has, once that has been read.
#[component]
fn Template(form: Form, like: String) -> impl IntoView {
    let name = StoredValue::new(like.clone());
    let template = load(move || read_template(form.cluster.get_value(), like.clone()));
    Effect::new(move |done: Option<bool>| match (done, template.latest()) {
        (None | Some(false), Some(template)) => {
            form.fill(&template);
            true
        }
        (done, _) => done.unwrap_or(false),
    });
    view! {
        <Loaded from=template let:template>
            {move || {
                let own = template.with(|it| it.configs.len());
                let own = match own {
                    0 => "no setting of its own".to_owned(),
                    own => counted(own as i128, "setting of its own", "settings of its own"),
                };
                view! {
                    <p class="dim">
                        "Begins as " <b class="mono">{name.get_value()}</b>
                        {format!(" is, with {own}. Records are not copied.")}
                    </p>
                }
            }}
        </Loaded>
    }
}

/// What a topic was made with, as far as it can be told.
async fn read_template(cluster: String, like: String) -> Result<CreateTopic, ClientError> {
    let config = client::topics::config(cluster.clone(), like.clone());
    let (topic, config) = futures::future::join(client::topics::get(cluster, like), config).await;
    let (topic, config) = (topic?, config?);
    let replicas = topic.partitions.first().and_then(|it| i16::try_from(it.replicas.len()).ok());
    let own = config.settings.into_iter().filter(|setting| setting.modified);
    let own =
        own.filter_map(|setting| Some(ConfigValue { name: setting.name, value: setting.value? }));
    Ok(CreateTopic {
        name: String::new(),
        partitions: i32::try_from(topic.partitions.len()).ok(),
        replication_factor: replicas,
        configs: own.collect(),
    })
}

fn fields(form: Form) -> impl IntoView {
    let policies = POLICIES
        .map(|name| Choice::new(name, if name.is_empty() { "cluster default" } else { name }));
    let error = |problem: Problem, field: RwSignal<String>| {
        Signal::derive(move || {
            let typed = field.with(|text| !text.is_empty());
            form.wanted().err().filter(|(at, _)| typed && *at == problem).map(|(_, text)| text)
        })
    };
    view! {
        <Field label="Name" error=error(Problem::Name, form.name)>
            <TextInput value=form.name attr:autofocus=true attr:name="name"/>
        </Field>
        <div class="pair">
            <Field label="Partitions" error=error(Problem::Partitions, form.partitions)>
                {number(form.partitions, "partitions")}
            </Field>
            <Field label="Replication factor" error=error(Problem::Replicas, form.replicas)>
                {number(form.replicas, "replicas")}
            </Field>
        </div>
        <Field label="Cleanup policy">
            <Select
                value=form.cleanup
                choices=policies.to_vec()
                on_pick=move |value| form.cleanup.set(value)
            />
        </Field>
        <Field
            label="More configuration"
            hint="One key=value a line, such as retention.ms=604800000"
            error=error(Problem::Configs, form.configs)
        >
            <textarea class="input mono" rows="3" spellcheck="false" prop:value=form.configs
                on:input=move |event| form.configs.set(event_target_value(&event))></textarea>
        </Field>
    }
}

/// A field for a whole number; left empty, the cluster decides.
fn number(value: RwSignal<String>, name: &'static str) -> impl IntoView {
    view! {
        <TextInput
            value
            attr:name=name
            attr:inputmode="numeric"
            placeholder="cluster default"
        />
    }
}

/// The field that cannot be sent as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    Name,
    Partitions,
    Replicas,
    Configs,
}

impl Form {
    /// Begins with what another topic has.
    fn fill(self, like: &CreateTopic) {
        let text = |number: Option<String>| number.unwrap_or_default();
        self.partitions.set(text(like.partitions.map(|it| it.to_string())));
        self.replicas.set(text(like.replication_factor.map(|it| it.to_string())));
        let (cleanup, others): (Vec<_>, Vec<_>) =
            like.configs.iter().partition(|config| is_offered(config));
        self.cleanup.set(cleanup.first().map(|it| it.value.clone()).unwrap_or_default());
        let lines = others.iter().map(|it| format!("{}={}", it.name, it.value));
        self.configs.set(lines.collect::<Vec<_>>().join("\n"));
    }

    /// What is asked for, or the first field that is wrong and why; reactive.
    fn wanted(self) -> Result<CreateTopic, (Problem, String)> {
        let name = self.name.get();
        check_name(&name).map_err(|text| (Problem::Name, text.to_owned()))?;
        let mut configs = parse_configs(&self.configs.get())
            .map_err(|line| (Problem::Configs, format!("“{line}” is not key=value")))?;
        let cleanup = self.cleanup.get();
        if !cleanup.is_empty() {
            configs.push(ConfigValue { name: "cleanup.policy".to_owned(), value: cleanup });
        }
        Ok(CreateTopic {
            name,
            partitions: parse_count(&self.partitions.get())
                .map_err(|text| (Problem::Partitions, text))?,
            replication_factor: parse_count(&self.replicas.get())
                .map_err(|text| (Problem::Replicas, text))?,
            configs,
        })
    }

    fn submit(self) {
        let Ok(wanted) = untrack(|| self.wanted()) else { return };
        let (cluster, name) = (self.cluster.get_value(), wanted.name.clone());
        self.sending.send(client::topics::create(cluster.clone(), wanted), move |shown| {
            self.open.try_set(false);
            self.toasts.good(shown.told(format!("Topic {name} was created.")));
            self.location.open(&Route::topic(&cluster, &name, TopicTab::Messages));
        });
    }
}

/// Whether a setting has a control of its own that can show it.
fn is_offered(config: &ConfigValue) -> bool {
    config.name == "cleanup.policy" && POLICIES.contains(&config.value.as_str())
}

/// Says what is wrong with a topic's name; the cluster decides in the end.
fn check_name(name: &str) -> Result<(), &'static str> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    match name {
        "" => Err("A topic needs a name."),
        "." | ".." => Err("A topic cannot be called “.” or “..”."),
        _ if name.len() > NAME_CHARS_MAX => Err("At most 249 characters."),
        _ if !name.chars().all(legal) => Err("Only a–z, A–Z, 0–9, dot, “_” and “-”."),
        _ => Ok(()),
    }
}

/// A whole number above zero, or nothing for the cluster's default.
fn parse_count<N: TryFrom<i32>>(text: &str) -> Result<Option<N>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.parse::<i32>().ok().filter(|&number| number > 0);
    let number = number.and_then(|number| N::try_from(number).ok());
    number.map(Some).ok_or_else(|| "A whole number above zero, or nothing.".to_owned())
}

/// Lines of `key=value`; empty lines and those that begin with `#` are passed over.
fn parse_configs(text: &str) -> Result<Vec<ConfigValue>, String> {
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let parse = |line: &str| match line.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok(ConfigValue { name: name.trim().to_owned(), value: value.trim().to_owned() })
        }
        _ => Err(line.to_owned()),
    };
    lines.map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::{check_name, parse_configs, parse_count};

    #[test]
    fn a_name_that_kafka_would_refuse_is_named_before_it_is_sent() {
        assert!(check_name("orders.v1_eu-2").is_ok());
        for wrong in ["", ".", "..", "../x", "a b", "ä", &"x".repeat(250)] {
            assert!(check_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_number_means_the_clusters_default() {
        assert_eq!(parse_count::<i16>(" "), Ok(None));
        assert_eq!(parse_count::<i16>("3"), Ok(Some(3)));
        for wrong in ["0", "-1", "1.5", "many", "40000"] {
            assert!(parse_count::<i16>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_line_that_is_no_pair_is_named() {
        let configs = parse_configs("retention.ms = 1\n\n# note\nx=a=b").expect("pairs");
        let pairs: Vec<_> = configs.iter().map(|it| (&it.name[..], &it.value[..])).collect();
        assert_eq!(pairs, [("retention.ms", "1"), ("x", "a=b")]);
        assert_eq!(parse_configs("a=1\nnope"), Err("nope".to_owned()));
    }
}
