//! A script, tried on one record before a search is made of it.

use ouzel_api::script::{Outcome, ScriptTried, TryScript};

use super::{
    SearchError,
    decode::Decoding,
    filter::{FilterError, Filters},
    foresee,
    record::look,
    round::Abandon,
};
use crate::{
    kafka::{Cluster, TopicPartition},
    script::{self, Batch, Pool, Script, ScriptError},
};

/// What the script says of the record at `offset`, or `None` if there is none.
pub async fn run(
    cluster: &Cluster,
    place: &TopicPartition,
    offset: i64,
    tried: &TryScript,
) -> Result<Option<ScriptTried>, SearchError> {
    let script = check(&tried.script)?;
    let decoding = Decoding::new(&place.topic, tried.decode);
    let partition = place.partition;
    let record = look(cluster, place, offset, move |found| {
        let mut batch = Batch::default();
        foresee::put(&decoding, partition, found.record, &mut batch);
        batch
    });
    let Some(record) = record.await? else { return Ok(None) };
    let abandon = Abandon::default();
    let abandoned = abandon.flag();
    let judged = tokio::task::spawn_blocking(move || {
        let pool = Pool::open(vec![script], true)?;
        // It is only abandoned when nobody hears the answer.
        Ok(pool.judge(&[record], &abandoned).unwrap_or_default())
    });
    let judged = judged.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
    told(judged).map(Some)
}

/// The same limits as in a search.
fn check(source: &str) -> Result<Script, SearchError> {
    let test = ouzel_api::search::Test::Javascript { script: source.to_owned() };
    Filters::compile(&[ouzel_api::search::Filter::new(test)], Decoding::default())?;
    Ok(Script { at: 1, source: source.to_owned(), negate: false, enabled: true })
}

fn told(judged: Result<script::Answer, ScriptError>) -> Result<ScriptTried, SearchError> {
    let (verdict, failed, log) = match judged {
        Ok(answer) => (answer.verdicts.into_iter().next(), answer.failed, answer.log),
        Err(failed) => (None, Some(failed), Vec::new()),
    };
    let outcome = match (verdict, failed) {
        (Some((_, script::Verdict::Match)), _) => Outcome::Match,
        (Some((_, script::Verdict::NoMatch)), _) => Outcome::NoMatch,
        (Some((_, script::Verdict::Unjudged { reason, .. })), _) => {
            Outcome::Error { message: reason }
        }
        (None, Some(ScriptError::Broken { line, column, message, .. })) => {
            Outcome::Broken { line, column, message }
        }
        (None, Some(error @ (ScriptError::Busy | ScriptError::Start(_)))) => {
            return Err(SearchError::Filter(FilterError::Script(error)));
        }
        (None, Some(error)) => Outcome::Stopped { message: error.to_string() },
        (None, None) => Outcome::Stopped { message: "it was not waited for".to_owned() },
    };
    Ok(ScriptTried { outcome, log })
}
