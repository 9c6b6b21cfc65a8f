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

/// An import that runs. Dropping it ends it.
pub struct ImportStream(LineStream);

impl ImportStream {
    /// The next event; `None` at the end of the answer.
    pub async fn next(&mut self) -> Option<Result<ImportEvent, ClientError>> {
        self.0.next().await
    }
}

/// Writes the records of a file.
pub async fn import(
    (cluster, topic): (&str, &str),
    options: &ImportOptions,
    file: Raw,
) -> Result<ImportStream, ClientError> {
    let path = route::import(cluster, topic);
    send::post_raw_lines(&format!("{path}?{}", options.query()), file).await.map(ImportStream)
}
