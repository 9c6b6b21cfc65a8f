//! Sends one request and reads its answer, whole or line by line.

use std::{cell::RefCell, rc::Rc, thread::LocalKey};

use js_sys::{Reflect, Uint8Array};
use leptos::prelude::window;
use ouzel_api::{ApiError, ErrorCode};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob, Headers, ReadableStreamDefaultReader, RequestInit, Response};

use super::{
    ClientError,
    lines::{LINE_BYTES_MAX, Lines},
};

/// Told of each request whether the server answered it.
type OnHeard = Rc<dyn Fn(bool)>;
/// Told that something has come about.
type OnTold = RefCell<Option<Rc<dyn Fn()>>>;

thread_local! {
    static HEARD: RefCell<Option<OnHeard>> = const { RefCell::new(None) };
    static REFUSED: OnTold = const { RefCell::new(None) };
    static SESSION_ENDED: OnTold = const { RefCell::new(None) };
}

/// Calls `act` whenever the server answers that nobody is signed in.
pub fn on_session_ended(act: impl Fn() + Send + Sync + 'static) {
    SESSION_ENDED.with(|slot| *slot.borrow_mut() = Some(Rc::new(act)));
}

/// Calls `act` whenever the server answers that the viewer may not do that.
pub fn on_refused(act: impl Fn() + 'static) {
    REFUSED.with(|slot| *slot.borrow_mut() = Some(Rc::new(act)));
}

/// Tells `act` of each request whether the server answered it at all.
pub fn on_heard(act: impl Fn(bool) + 'static) {
    HEARD.with(|slot| *slot.borrow_mut() = Some(Rc::new(act)));
}

fn heard(answered: bool) {
    let act = HEARD.with(|slot| slot.borrow().clone());
    if let Some(act) = act {
        act(answered);
    }
}

/// `GET`, answered with JSON.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, ClientError> {
    read_json(&Request::send("GET", path, None).await?).await
}

/// `GET`, answered with bytes that the browser holds; none of them passes through here.
pub async fn get_file(path: &str) -> Result<Blob, ClientError> {
    let request = Request::send("GET", path, None).await?;
    let blob = request.response.blob().map_err(|_| ClientError::NoAnswer)?;
    let blob = JsFuture::from(blob).await.map_err(|_| ClientError::NoAnswer)?;
    blob.dyn_into().map_err(|_| ClientError::NoAnswer)
}

/// `POST` of JSON, answered with JSON.
pub async fn post<T: DeserializeOwned>(
    path: &str,
    body: &impl Serialize,
) -> Result<T, ClientError> {
    read_json(&Request::send("POST", path, Some(to_json(body)?)).await?).await
}

/// What is sent as it is: a text, or a file of which no byte passes through here.
#[derive(Debug, Clone)]
pub enum Raw {
    /// A text.
    Text(String),
    /// A file, or a part of one.
    File(Blob),
}

/// `POST` of a file, answered with JSON.
pub async fn post_raw<T: DeserializeOwned>(path: &str, raw: Raw) -> Result<T, ClientError> {
    read_json(&Request::send("POST", path, Some(raw.into())).await?).await
}

/// `POST` of a file, answered line by line.
pub async fn post_raw_lines(path: &str, raw: Raw) -> Result<LineStream, ClientError> {
    LineStream::of(Request::send("POST", path, Some(raw.into())).await?)
}

/// A request whose answer holds nothing but its success.
pub async fn act(
    method: &str,
    path: &str,
    body: Option<&impl Serialize>,
) -> Result<(), ClientError> {
    let body = body.map(to_json).transpose()?;
    Request::send(method, path, body).await.map(drop)
}

/// Whether the cluster shows already what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "what is not shown yet has to be told"]
pub enum Shown {
    /// Whoever reads now sees it.
    Now,
    /// The cluster has accepted it, and shows it later.
    NotYet,
}

impl Shown {
    /// What was done, and whether it is to be seen.
    pub fn told(self, done: String) -> String {
        match self {
            Shown::Now => done,
            Shown::NotYet => {
                format!("{done} The cluster has accepted it, but does not show it yet.")
            }
        }
    }
}

/// As [`act`], where the answer also tells whether the cluster shows it already.
pub async fn act_on_cluster(
    method: &str,
    path: &str,
    body: Option<&impl Serialize>,
) -> Result<Shown, ClientError> {
    /// Accepted, and to be seen later.
    const ACCEPTED: u16 = 202;
    let body = body.map(to_json).transpose()?;
    let answered = Request::send(method, path, body).await?;
    Ok(match answered.response.status() {
        ACCEPTED => Shown::NotYet,
        _ => Shown::Now,
    })
}

/// `POST` of JSON, answered with one JSON value a line for as long as the server likes.
pub async fn post_lines(path: &str, body: &impl Serialize) -> Result<LineStream, ClientError> {
    LineStream::of(Request::send("POST", path, Some(to_json(body)?)).await?)
}

/// An answer that arrives line by line. Dropping it aborts the request.
pub struct LineStream {
    request: Request,
    reader: ReadableStreamDefaultReader,
    lines: Lines,
    ended: bool,
}

impl LineStream {
    fn of(request: Request) -> Result<LineStream, ClientError> {
        let body = request.response.body().ok_or(ClientError::NoAnswer)?;
        let reader = body.get_reader().dyn_into().map_err(|_| ClientError::NoAnswer)?;
        Ok(LineStream { request, reader, lines: Lines::default(), ended: false })
    }

    /// The next value; `None` at the end of the answer.
    pub async fn next<T: DeserializeOwned>(&mut self) -> Option<Result<T, ClientError>> {
        loop {
            let status = self.request.response.status();
            if let Some(line) = self.lines.next_line() {
                return Some(parse(status, line));
            }
            if self.ended {
                return self.lines.rest().map(|line| parse(status, line));
            }
            if self.lines.waiting() > LINE_BYTES_MAX {
                self.ended = true;
                let reason = format!("a line is longer than {LINE_BYTES_MAX} bytes");
                return Some(Err(ClientError::Unreadable { status, reason }));
            }
            if let Err(error) = self.read_on().await {
                self.ended = true;
                return Some(Err(error));
            }
        }
    }

    async fn read_on(&mut self) -> Result<(), ClientError> {
        let chunk = JsFuture::from(self.reader.read()).await.map_err(|_| ClientError::NoAnswer)?;
        let field = |name: &str| Reflect::get(&chunk, &JsValue::from_str(name)).ok();
        if field("done").is_none_or(|done| done.is_truthy()) {
            self.ended = true;
        } else if let Some(bytes) = field("value").and_then(|it| it.dyn_into::<Uint8Array>().ok()) {
            self.lines.push(&bytes.to_vec());
        }
        Ok(())
    }
}

/// What a request carries, and how it is announced.
struct Body {
    content: JsValue,
    kind: &'static str,
}

impl From<Raw> for Body {
    fn from(raw: Raw) -> Body {
        let content = match raw {
            Raw::Text(text) => JsValue::from_str(&text),
            Raw::File(file) => file.into(),
        };
        Body { content, kind: "text/plain" }
    }
}

/// An answered request that still holds its connection.
struct Request {
    response: Response,
    _abort: AbortOnDrop,
}

/// Aborts the request when it is dropped; after the end of the answer that does nothing.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Request {
    /// Sends, waits for the head of the answer and turns everything but a success into an error.
    async fn send(method: &str, path: &str, body: Option<Body>) -> Result<Request, ClientError> {
        let abort = AbortOnDrop(AbortController::new().map_err(|_| ClientError::NoAnswer)?);
        let options = RequestInit::new();
        options.set_method(method);
        options.set_signal(Some(&abort.0.signal()));
        let headers = Headers::new().map_err(|_| ClientError::NoAnswer)?;
        if let Some(Body { content, kind }) = body {
            headers.set("content-type", kind).map_err(|_| ClientError::NoAnswer)?;
            options.set_body(&content);
        }
        options.set_headers(&headers);
        let response = JsFuture::from(window().fetch_with_str_and_init(path, &options)).await;
        let response = response.ok().and_then(|it| it.dyn_into::<Response>().ok());
        heard(response.is_some());
        let request = Request { response: response.ok_or(ClientError::NoAnswer)?, _abort: abort };
        if request.response.ok() { Ok(request) } else { Err(request.failure().await) }
    }

    async fn failure(&self) -> ClientError {
        let status = self.response.status();
        let error = match self.text().await {
            Ok(text) => serde_json::from_str::<ApiError>(&text),
            Err(error) => return error,
        };
        match error {
            Ok(error) => {
                match error.code {
                    ErrorCode::Unauthenticated => tell(&SESSION_ENDED),
                    ErrorCode::Forbidden => tell(&REFUSED),
                    _ => {}
                }
                ClientError::Answered(error)
            }
            Err(_) => {
                let reason = "the error is not in the console's own format".to_owned();
                ClientError::Unreadable { status, reason }
            }
        }
    }

    async fn text(&self) -> Result<String, ClientError> {
        let text = self.response.text().map_err(|_| ClientError::NoAnswer)?;
        let text = JsFuture::from(text).await.map_err(|_| ClientError::NoAnswer)?;
        text.as_string().ok_or(ClientError::NoAnswer)
    }
}

async fn read_json<T: DeserializeOwned>(request: &Request) -> Result<T, ClientError> {
    let text = request.text().await?;
    parse(request.response.status(), text.as_bytes())
}

fn parse<T: DeserializeOwned>(status: u16, json: &[u8]) -> Result<T, ClientError> {
    serde_json::from_slice(json)
        .map_err(|error| ClientError::Unreadable { status, reason: error.to_string() })
}

fn to_json(body: &impl Serialize) -> Result<Body, ClientError> {
    let text = serde_json::to_string(body)
        .map_err(|error| ClientError::Unreadable { status: 0, reason: error.to_string() })?;
    Ok(Body { content: JsValue::from_str(&text), kind: "application/json" })
}

fn tell(whom: &'static LocalKey<OnTold>) {
    let act = whom.with(|slot| slot.borrow().clone());
    if let Some(act) = act {
        act();
    }
}
