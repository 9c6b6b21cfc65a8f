//! Searching a topic and reading one record whole.

use js_sys::Uint8Array;
use ouzel_api::{
    exports::ExportList,
    messages::Message,
    route,
    script::{ScriptTried, TryScript},
    search::{Search, SearchEvent},
};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::{
    ClientError,
    send::{self, LineStream},
};

/// A running search. Dropping it cancels the scan on the server.
pub struct SearchStream(LineStream);

impl SearchStream {
    /// The next event; `None` at the end of the answer.
    pub async fn next(&mut self) -> Option<Result<SearchEvent, ClientError>> {
        self.0.next().await
    }
}

/// Starts a search.
pub async fn search(
    cluster: &str,
    topic: &str,
    search: &Search,
) -> Result<SearchStream, ClientError> {
    send::post_lines(&route::search(cluster, topic), search).await.map(SearchStream)
}

/// One's own exports of a topic, and how far they are.
pub async fn exports(cluster: &str, topic: &str) -> Result<ExportList, ClientError> {
    send::get(&route::exports(cluster, topic)).await
}

/// Ends one of them, or has one that has ended forgotten.
pub async fn end_export(cluster: &str, topic: &str, export: &str) -> Result<(), ClientError> {
    send::act("DELETE", &route::export_run(cluster, topic, export), None::<&()>).await
}

/// One record; key and value whole, up to the server's limit.
pub async fn get(
    cluster: String,
    topic: String,
    partition: i32,
    offset: i64,
) -> Result<Message, ClientError> {
    send::get(&route::message(&cluster, &topic, partition, offset)).await
}

/// The bytes of a record's `part`, `key` or `value`, however many.
pub async fn bytes(
    (cluster, topic): (&str, &str),
    (partition, offset): (i32, i64),
    part: &str,
) -> Result<Blob, ClientError> {
    let message = route::message(cluster, topic, partition, offset);
    send::get_file(&format!("{message}?download={part}")).await
}

/// The same, here.
pub async fn whole(
    names: (&str, &str),
    record: (i32, i64),
    part: &str,
) -> Result<Vec<u8>, ClientError> {
    let file = bytes(names, record, part).await?;
    let buffer = JsFuture::from(file.array_buffer()).await.map_err(|_| ClientError::NoAnswer)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// What a filter in JavaScript says of one record.
pub async fn try_script(
    (cluster, topic): (&str, &str),
    (partition, offset): (i32, i64),
    tried: &TryScript,
) -> Result<ScriptTried, ClientError> {
    send::post(&route::script(cluster, topic, partition, offset), tried).await
}
