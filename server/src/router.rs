//! The URL table on one screen, and the middleware in order, each with its reason.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header},
    middleware::{self, Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use ouzel_api::{
    produce::PRODUCE_BYTES_MAX,
    route::*,
    session::Permission::{self, *},
};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};
use utoipa::openapi::{Paths, RefOr, Schema};
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use crate::{
    auth::{
        csrf,
        guard::{self, Access},
    },
    browse::TOKEN_BYTES_MAX,
    bundle,
    error::Error,
    http::{
        access, audit, brokers, clusters, find, groups, health, import, live, me, messages,
        produce, resets, roles, session, topic_config, topics, trim, users,
    },
    metrics,
    state::AppState,
    telemetry,
};

/// Largest request body: a topic with all its settings, or the filters of a search. Anybody may
/// send one, so it is small.
const BODY_BYTES_MAX: usize = 256 * 1024;
/// Largest body of a search, which may bring its resume token.
const SEARCH_BYTES_MAX: usize = 896 * 1024;
/// Largest body of a reset: its most partitions, each with a name of the usual length.
const RESET_BYTES_MAX: usize = 4 * 1024 * 1024;
// A token that was given out is taken back, whatever the filters beside it.
const _: () = assert!(BODY_BYTES_MAX + TOKEN_BYTES_MAX <= SEARCH_BYTES_MAX);

/// Longest time until an answer, but for streams. A little more than a cluster that does not
/// answer is waited for, so that its own error arrives first.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// Every route of the API. What is not here does not exist; whom a route lets in stands beside it.
pub fn table() -> Vec<Route> {
    let mut all = of_console();
    all.extend(of_clusters());
    all
}

/// People, rights, the list of clusters, the audit log.
fn of_console() -> Vec<Route> {
    use Access::{Known, Open, SignedIn};
    vec![
        Route::get(health::HEALTHZ, Open, routes!(health::healthz)),
        Route::get(health::READYZ, Open, routes!(health::readyz)),
        Route::get(health::METRICS, Open, routes!(health::metrics)),
        Route::get(OPENAPI, Open, routes!(health::openapi)),
        Route::post(SESSION, Open, routes!(session::sign_in)),
        Route::get(SESSION, Known, routes!(session::show)),
        Route::delete(SESSION, Known, routes!(session::sign_out)),
        Route::post(MY_PASSWORD, Known, routes!(me::change_password)),
        Route::get(MY_SESSIONS, SignedIn, routes!(me::sessions)),
        Route::delete(MY_SESSION, SignedIn, routes!(me::end_session)),
        Route::get(MY_TOKENS, SignedIn, routes!(me::tokens)),
        Route::post(MY_TOKENS, SignedIn, routes!(me::create_token)),
        Route::delete(MY_TOKEN, SignedIn, routes!(me::revoke_token)),
        Route::get(USERS, needs(ManageAccess), routes!(users::list)),
        Route::post(USERS, needs(ManageAccess), routes!(users::create)),
        Route::put(USER, needs(ManageAccess), routes!(users::change)),
        Route::delete(USER, needs(ManageAccess), routes!(users::delete)),
        Route::post(USER_PASSWORD, needs(ManageAccess), routes!(users::reset_password)),
        Route::get(ROLES, needs(ManageAccess), routes!(roles::list)),
        Route::post(ROLES, needs(ManageAccess), routes!(roles::create)),
        Route::put(ROLE, needs(ManageAccess), routes!(roles::change)),
        Route::delete(ROLE, needs(ManageAccess), routes!(roles::delete)),
        Route::get(SESSIONS, needs(ManageAccess), routes!(access::sessions)),
        Route::delete(OTHER_SESSION, needs(ManageAccess), routes!(access::end_session)),
        Route::get(TOKENS, needs(ManageAccess), routes!(access::tokens)),
        Route::delete(TOKEN, needs(ManageAccess), routes!(access::revoke_token)),
        Route::get(EXPLAIN, needs(ManageAccess), routes!(access::explain)),
        Route::get(CLUSTERS, SignedIn, routes!(clusters::list)),
        Route::post(CLUSTERS, needs(ManageClusters), routes!(clusters::add)),
        Route::get(CLUSTER, needs(ManageClusters), routes!(clusters::settings)),
        Route::put(CLUSTER, needs(ManageClusters), routes!(clusters::change)),
        Route::delete(CLUSTER, needs(ManageClusters), routes!(clusters::remove)),
        Route::post(CLUSTER_TEST, needs(ManageClusters), routes!(clusters::test)),
        Route::get(AUDIT, needs(ReadAudit), routes!(audit::page)),
        Route::get(AUDIT_EXPORT, needs(ReadAudit), routes!(audit::export_rows)).stream(),
        Route::get(AUDIT_VERIFY, needs(ReadAudit), routes!(audit::verify)),
    ]
}

/// What clusters hold.
fn of_clusters() -> Vec<Route> {
    vec![
        Route::get(HEALTH, needs(ViewCluster), routes!(clusters::health)),
        Route::get(FIND, Access::SignedIn, routes!(find::find)),
        Route::get(OVERVIEW, needs(ViewCluster), routes!(clusters::overview)),
        Route::get(BROKERS, needs(ViewCluster), routes!(brokers::list)),
        Route::get(BROKER, needs(ViewCluster), routes!(brokers::show)),
        Route::get(BROKER_CONFIG, needs(ViewCluster), routes!(brokers::config)),
        Route::get(TOPICS, needs(ViewCluster), routes!(topics::list)),
        Route::post(TOPICS, within(CreateTopic), routes!(topics::create)),
        Route::post(TOPIC_FIGURES, needs(ViewCluster), routes!(topics::figures)),
        Route::get(TOPIC, needs(ViewCluster), routes!(topics::show)),
        Route::delete(TOPIC, needs(DeleteTopic), routes!(topics::delete)),
        Route::post(TOPIC_PARTITIONS, needs(AlterTopic), routes!(topics::grow)),
        Route::get(TOPIC_CONFIG, needs(ViewCluster), routes!(topic_config::show)),
        Route::post(TOPIC_CONFIG, needs(AlterTopic), routes!(topic_config::change)),
        Route::post(TRIM_PLAN, needs(ViewCluster), routes!(trim::plan)),
        Route::post(TRIM, needs(DeleteRecords), routes!(trim::apply)),
        Route::get(TOPIC_CONSUMERS, needs(ViewCluster), routes!(topics::consumers)),
        Route::post(SEARCH, needs(ReadMessages), routes!(messages::search))
            .stream()
            .body(SEARCH_BYTES_MAX),
        Route::get(EXPORT, needs(ReadMessages), routes!(messages::export::run)).stream(),
        Route::get(EXPORTS, needs(ReadMessages), routes!(messages::exports::list)),
        Route::delete(EXPORT_RUN, needs(ReadMessages), routes!(messages::exports::cancel)),
        Route::get(MESSAGE, needs(ReadMessages), routes!(messages::show)),
        Route::post(SCRIPT, needs(ReadMessages), routes!(messages::try_script)),
        Route::post(RECORDS, needs(ProduceMessages), routes!(produce::records))
            .stream()
            .body(PRODUCE_BYTES_MAX),
        Route::post(IMPORT_CHECK, needs(ProduceMessages), routes!(import::check)).stream(),
        Route::post(IMPORT, needs(ProduceMessages), routes!(import::run)).stream(),
        Route::get(IMPORT_RUN, needs(ProduceMessages), routes!(import::show)),
        Route::delete(IMPORT_RUN, needs(ProduceMessages), routes!(import::stop)),
        Route::get(GROUPS, needs(ViewCluster), routes!(groups::list)),
        Route::get(GROUP, needs(ViewCluster), routes!(groups::show)),
        Route::get(GROUP_HISTORY, needs(ViewCluster), routes!(groups::history)),
        Route::get(HISTORY, needs(ViewCluster), routes!(clusters::history)),
        Route::delete(GROUP, needs(DeleteGroup), routes!(groups::delete)),
        Route::post(GROUP_DELETIONS, within(DeleteGroup), routes!(groups::delete_many)),
        Route::post(RESET_PLAN, needs(ViewCluster), routes!(resets::plan)),
        Route::get(RESETS, needs(ViewCluster), routes!(resets::list)),
        Route::post(RESETS, needs(ResetOffsets), routes!(resets::create)).body(RESET_BYTES_MAX),
        Route::delete(RESET, needs(ResetOffsets), routes!(resets::cancel)),
        Route::get(LIVE, within(ReadMessages), routes!(live::open)).stream(),
    ]
}

/// One line of the table.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The pattern of its path.
    pub path: &'static str,
    /// Whom it lets in.
    pub access: Access,
    is_stream: bool,
    body_bytes_max: usize,
    handler: UtoipaMethodRouter<AppState>,
}

fn needs(permission: Permission) -> Access {
    Access::Needs(permission)
}

/// What exactly is meant, the handler asks for again.
fn within(permission: Permission) -> Access {
    Access::NeedsWithin(permission)
}

impl Route {
    fn get(path: &'static str, access: Access, handler: UtoipaMethodRouter<AppState>) -> Route {
        let (is_stream, body_bytes_max) = (false, BODY_BYTES_MAX);
        Route { method: Method::GET, path, access, is_stream, body_bytes_max, handler }
    }

    fn post(path: &'static str, access: Access, handler: UtoipaMethodRouter<AppState>) -> Route {
        Route { method: Method::POST, ..Route::get(path, access, handler) }
    }

    fn put(path: &'static str, access: Access, handler: UtoipaMethodRouter<AppState>) -> Route {
        Route { method: Method::PUT, ..Route::get(path, access, handler) }
    }

    fn delete(path: &'static str, access: Access, handler: UtoipaMethodRouter<AppState>) -> Route {
        Route { method: Method::DELETE, ..Route::get(path, access, handler) }
    }

    /// The same route, whose answer may go on for long: no time limit, and no compression, which
    /// would hold lines back until a block is full.
    #[must_use]
    pub fn stream(self) -> Route {
        Route { is_stream: true, ..self }
    }

    /// The same route, whose requests may be as large as this.
    #[must_use]
    fn body(self, body_bytes_max: usize) -> Route {
        Route { body_bytes_max, ..self }
    }

    /// The schemas and paths of its annotation.
    pub fn description(&self) -> (Vec<(String, RefOr<Schema>)>, Paths) {
        (self.handler.0.clone(), self.handler.1.clone())
    }

    /// Puts it into a router, behind its door.
    fn add_to(self, router: Router<AppState>, app: &AppState) -> Router<AppState> {
        self.check();
        let door = from_fn_with_state((app.clone(), self.access), guard::check);
        let handler = self.handler.2.route_layer(DefaultBodyLimit::max(self.body_bytes_max));
        let handler = handler.route_layer(door);
        let handler = match self.is_stream {
            true => handler,
            false => handler.route_layer(from_fn(in_time)).route_layer(CompressionLayer::new()),
        };
        router.route(self.path, handler)
    }

    /// Invariant: what the table says of a route is what its annotation says.
    fn check(&self) {
        let described = self.handler.1.paths.get(self.path).map(|item| match self.method {
            Method::GET => item.get.is_some(),
            Method::POST => item.post.is_some(),
            Method::PUT => item.put.is_some(),
            Method::DELETE => item.delete.is_some(),
            _ => false,
        });
        let (method, path) = (&self.method, self.path);
        assert_eq!(described, Some(true), "`{method} {path}` is annotated as another route");
    }
}

/// The whole server. Layers are listed from the inside out.
pub fn router(app: AppState) -> Router {
    let mut router = Router::new();
    for route in table() {
        router = route.add_to(router, &app);
    }
    router
        .route(bundle::PATH, get(bundle::file))
        .fallback(elsewhere)
        .method_not_allowed_fallback(wrong_method)
        // Before anything is decided or written for a page of another site.
        .layer(from_fn(csrf::refuse_other_sites))
        // A panic in one request must end neither its connection nor the broker.
        .layer(CatchPanicLayer::custom(panicked))
        // On errors, too.
        .layer(middleware::map_response(protect))
        // Counts refusals and panics as well.
        .layer(from_fn(metrics::measure))
        // Outermost: every line that is logged within carries the id.
        .layer(from_fn(telemetry::with_request_id))
        .with_state(app)
}

async fn in_time(request: Request, next: Next) -> Result<Response, Error> {
    let too_late = || {
        let seconds = ANSWER_MAX.as_secs();
        Error::Timeout(format!("the answer was not ready within {seconds} s"))
    };
    tokio::time::timeout(ANSWER_MAX, next.run(request)).await.map_err(|_| too_late())
}

fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("no message");
    Error::Internal(format!("panic: {text}")).into_response()
}

async fn wrong_method(method: Method) -> Error {
    Error::MethodNotAllowed(method)
}

/// Paths of the API answer as the API does; all others are pages of the app.
async fn elsewhere(
    state: axum::extract::State<AppState>,
    uri: Uri,
    method: Method,
    headers: HeaderMap,
) -> Response {
    match uri.path().starts_with("/api/") {
        true => Error::NotFound(format!("there is no `{}`", uri.path())).into_response(),
        false => bundle::page(state, method, headers).await,
    }
}

/// Nothing is loaded but from here, no script runs but from a file, no other site shows us in a
/// frame. `wasm-unsafe-eval` lets WASM be compiled, and nothing else; pictures may be `data:` for
/// the tab's icon, which is drawn in the cluster's colour.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Headers that keep a browser from doing more with an answer than it was meant for.
const PROTECTION: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

async fn protect(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in PROTECTION {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Answers hold what one person may see; files and pages say otherwise themselves.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
