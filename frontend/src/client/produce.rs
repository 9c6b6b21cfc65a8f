//! Writing records: one, or those of a file.

use ouzel_api::{
    produce::{Codec, ImportCheck, ImportEvent, ImportFormat, Produce, Produced},
    route,
};

use super::{
    ClientError, Raw,
    send::{self, LineStream},
};
use crate::query::Query;

/// Writes records.
pub async fn records(cluster: &str, topic: &str, asked: &Produce) -> Result<Produced, ClientError> {
    send::post(&route::records(cluster, topic), asked).await
}

/// How a file is read, and where its records go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportOptions {
    /// How the records stand in it.
    pub format: ImportFormat,
    /// The partition of records that name none; `None` chooses by key.
    pub partition: Option<i32>,
    /// How batches are packed.
    pub codec: Codec,
    /// Only these records, as an import that broke off named them.
    pub only: Option<String>,
}

impl ImportOptions {
    fn query(&self) -> Query {
        Query::default()
            .with("format", self.format.name())
            .with("codec", self.codec.name())
            .with("partition", self.partition.map(|it| it.to_string()).unwrap_or_default())
            .with("only", self.only.clone().unwrap_or_default())
    }
}

/// What a file would write.
pub async fn check(
    (cluster, topic): (&str, &str),
    options: &ImportOptions,
    file: Raw,
) -> Result<ImportCheck, ClientError> {
    let path = route::import_check(cluster, topic);
    send::post_raw(&format!("{path}?{}", options.query()), file).await
}

/// A name for an import. It is no secret: the server tells it only its own person.
pub fn new_id() -> String {
    // `randomUUID` is missing where the page came by plain HTTP.
    let number = || (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    (0..4).map(|_| format!("{:08x}", number())).collect()
}

/// How far an import is, or how it ended.
pub async fn import_run(
    (cluster, topic): (&str, &str),
    id: &str,
) -> Result<ImportEvent, ClientError> {
    send::get(&route::import_run(cluster, topic, id)).await
}

/// Stops an import: its last line says what is left.
pub async fn stop_import((cluster, topic): (&str, &str), id: &str) -> Result<(), ClientError> {
    send::act("DELETE", &route::import_run(cluster, topic, id), None::<&()>).await
}

/// An import that runs. Dropping it ends it.
pub struct ImportStream(LineStream);

impl ImportStream {
    /// The next event; `None` at the end of the answer.
    pub async fn next(&mut self) -> Option<Result<ImportEvent, ClientError>> {
        self.0.next().await
    }
}

/// Writes the records of a file; the server knows it by `id`.
pub async fn import(
    (cluster, topic): (&str, &str),
    id: &str,
    options: &ImportOptions,
    file: Raw,
) -> Result<ImportStream, ClientError> {
    let (path, query) = (route::import(cluster, topic), options.query().with("id", id));
    send::post_raw_lines(&format!("{path}?{query}"), file).await.map(ImportStream)
}
