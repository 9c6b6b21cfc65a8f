//! Figures about the console itself and the broker beside it, in the text that Prometheus reads.

mod broker;

use std::{sync::OnceLock, time::Instant};

use axum::{extract::Request, http::Method, middleware::Next, response::Response};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use ouzel_broker::stats::Stats;

use crate::telemetry::route_of;

/// Upper bounds of the latency buckets in seconds: from an answer out of memory to the limit.
const BUCKETS_S: &[f64] =
    &[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

const REQUESTS: &str = "ouzel_http_requests_total";
const SECONDS: &str = "ouzel_http_request_seconds";
const SESSIONS: &str = "ouzel_sessions";
const AUDIT_ENTRIES: &str = "ouzel_audit_entries";
const BUILD: &str = "ouzel_build_info";

/// The recorder is the process's own: a second server in one process (as in tests) shares it.
static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Where the figures are read.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Starts counting.
    pub fn start() -> Metrics {
        Metrics(RECORDER.get_or_init(install).clone())
    }

    /// All figures as text. Those that are not counted here but looked up come as arguments.
    pub fn render(&self, sessions: i64, audit_entries: i64, broker: Option<&Stats>) -> String {
        gauge!(SESSIONS).set(sessions as f64);
        gauge!(AUDIT_ENTRIES).set(audit_entries as f64);
        let mut text = self.0.render();
        if let Some(stats) = broker {
            text.push_str(&broker::render(stats));
        }
        text
    }

    /// Sorts the latest measurements into their buckets; until then each takes memory of its own.
    pub fn tidy(&self) {
        self.0.run_upkeep();
    }
}

fn install() -> PrometheusHandle {
    let of_seconds = Matcher::Full(SECONDS.to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(of_seconds, BUCKETS_S);
    let recorder = builder.expect("there are buckets").build_recorder();
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_err() {
        panic!("somebody else records this process's metrics");
    }
    describe_counter!(REQUESTS, "HTTP requests by route, method and status");
    describe_histogram!(SECONDS, "Time until the head of the answer, by route");
    describe_gauge!(SESSIONS, "Sessions that hold now");
    describe_gauge!(
        AUDIT_ENTRIES,
        "Entries of the audit log: an act has one when it begins, one when it ends"
    );
    describe_gauge!(BUILD, "1, labelled with the version");
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    handle
}

/// Counts a request and measures its answer.
pub async fn measure(request: Request, next: Next) -> Response {
    let (since, route) = (Instant::now(), route_of(&request));
    let method = method_name(request.method());
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    histogram!(SECONDS, "route" => route.clone()).record(since.elapsed().as_secs_f64());
    counter!(REQUESTS, "route" => route, "method" => method, "status" => status).increment(1);
    response
}

/// Methods can be invented by whoever asks; labels must stay few.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
