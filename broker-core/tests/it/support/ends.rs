//! Why connections ended, as the broker wrote it down, by the client's address.

use std::fmt::Debug;
use std::net::SocketAddr;
use std::sync::Mutex;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Client and reason of every line of that kind.
static LINES: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// Every reason that was given for this client, which connected alone: ports come again.
pub fn reasons(client: SocketAddr) -> Vec<String> {
    let client = client.to_string();
    let lines = LINES.lock().unwrap();
    lines.iter().filter(|(of, _)| *of == client).map(|(_, reason)| reason.clone()).collect()
}

/// Listens to the door of every broker in this process, at every level.
pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    Ends.with_filter(filter_fn(|about| about.target() == "ouzel_broker::listener::accept"))
}

struct Ends;

impl<S: Subscriber> Layer<S> for Ends {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line::default();
        event.record(&mut line);
        if let Line { client: Some(client), reason: Some(reason) } = line {
            LINES.lock().unwrap().push((client, reason));
        }
    }
}

#[derive(Default)]
struct Line {
    client: Option<String>,
    reason: Option<String>,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "client" => self.client = Some(format!("{value:?}")),
            "reason" => self.reason = Some(format!("{value:?}")),
            _ => {}
        }
    }
}
