//! One tail: records as they are produced, as many as the browser has granted, the rest counted.

use std::{collections::BTreeMap, time::Duration};

use ouzel_api::{
    audit::Outcome,
    live::{CREDITS_MAX, LostPartition, ServerFrame, WantedTail},
    messages::Message,
    session::{Asked, Permission},
};
use serde_json::json;
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};

use crate::{
    audit::{Action, Begun, Kind},
    auth::{Viewer, guard},
    browse::{
        Decoding, Filters, Permit, SearchError,
        tail::{Event, Tail},
    },
    error::Error,
    state::AppState,
};

/// How often figures are sent while they change.
const TALLY_EVERY: Duration = Duration::from_millis(500);
/// Answers of brokers that may wait here; each holds up to a few megabytes.
const EVENTS_MAX: usize = 2;

/// What the browser asks of a running tail.
pub enum Command {
    /// So many more records.
    Credit(u32),
    /// No more.
    Stop,
}

/// The way back.
#[derive(Clone)]
pub struct Told {
    /// Where frames go.
    pub frames: mpsc::Sender<ServerFrame>,
    /// Finds the conversation in the log.
    pub request_id: String,
}

/// Follows until told to stop, or its commands end, or it fails.
pub async fn run(
    app: AppState,
    viewer: Viewer,
    wanted: WantedTail,
    commands: mpsc::Receiver<Command>,
    told: Told,
) {
    let tail = wanted.tail;
    let ended = follow(&app, &viewer, wanted, commands, &told).await;
    let error = ended.err().map(|error| error.to_api(told.request_id.clone()));
    // Nobody may be there to hear it.
    let _ = told.frames.send(ServerFrame::Stopped { tail, error }).await;
}

async fn follow(
    app: &AppState,
    viewer: &Viewer,
    wanted: WantedTail,
    commands: mpsc::Receiver<Command>,
    told: &Told,
) -> Result<(), Error> {
    let _permit: Permit = app.permits.take(viewer.user())?;
    let cluster = app.cluster(&wanted.cluster)?;
    let detail = json!({
        "partitions": wanted.partitions,
        "filters": wanted.filters,
        "isolation": wanted.isolation,
    });
    let action = Action::new(Kind::TailMessages).on(cluster.id()).to(&wanted.topic).with(detail);
    let asked = Asked::new(Permission::ReadMessages).on(cluster.id()).to(&wanted.topic);
    let who = guard::require(app, viewer, &asked, &action).await?;
    let begun = app.audit.begin(&who, action).await?;
    let prepare = async {
        let filters =
            Filters::compile(&wanted.filters, Decoding::new(&wanted.topic, wanted.decode))
                .map_err(SearchError::Filter)?;
        let filters = filters.ready().await.map_err(SearchError::Filter)?;
        let partitions = wanted.partitions.as_deref();
        Tail::prepare(&cluster, &wanted.topic, partitions, filters, wanted.isolation).await
    };
    let engine = match prepare.await {
        Ok(engine) => engine,
        Err(error) => {
            begun.end(Outcome::Failed, Some(error.to_string())).await;
            return Err(error.into());
        }
    };
    let (sender, events) = mpsc::channel(EVENTS_MAX);
    let mut flow = Flow {
        tail: wanted.tail,
        frames: told.frames.clone(),
        credits: wanted.credits,
        figures: Figures::default(),
        told: Figures::default(),
        unjudged: Unjudged::default(),
    };
    flow.send(ServerFrame::Started { tail: wanted.tail }).await;
    let ((), ended) = tokio::join!(engine.run(sender), flow.run(commands, events));
    complete(begun, &flow.figures, ended.as_ref().err()).await;
    ended.map_err(Error::from)
}

async fn complete(begun: Begun, figures: &Figures, error: Option<&SearchError>) {
    let Figures { read, matched, dropped } = figures;
    let matches = if *matched == 1 { "match" } else { "matches" };
    let counts = format!("{matched} {matches} of {read} read, {dropped} not sent");
    match error {
        None => begun.end(Outcome::Done, Some(counts)).await,
        Some(error) => begun.end(Outcome::Failed, Some(format!("{counts}; {error}"))).await,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Figures {
    read: u64,
    matched: u64,
    dropped: u64,
}

/// Records on their way to the browser.
///
/// Invariant: `matched - dropped` records were sent, each for one credit.
struct Flow {
    tail: u32,
    frames: mpsc::Sender<ServerFrame>,
    credits: u32,
    figures: Figures,
    told: Figures,
    unjudged: Unjudged,
}

/// Records that a filter could not judge.
#[derive(Debug, Default)]
struct Unjudged {
    records: u64,
    told: u64,
    /// The first of them.
    first: Option<String>,
}

impl Flow {
    /// Ends when told so; dropping `events` then ends the engine.
    async fn run(
        &mut self,
        mut commands: mpsc::Receiver<Command>,
        mut events: mpsc::Receiver<Event>,
    ) -> Result<(), SearchError> {
        let mut tallies = interval(TALLY_EVERY);
        tallies.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ended = loop {
            tokio::select! {
                biased;
                command = commands.recv() => match command {
                    Some(Command::Credit(more)) => {
                        self.credits = self.credits.saturating_add(more).min(CREDITS_MAX);
                    }
                    Some(Command::Stop) | None => break Ok(()),
                },
                _ = tallies.tick() => self.tally().await,
                event = events.recv() => match event {
                    Some(Event::Records { messages, read }) => {
                        self.figures.read += read;
                        self.pass_on(messages).await;
                    }
                    Some(Event::Unjudged { records, first }) => {
                        self.unjudged.records += records;
                        self.unjudged.first.get_or_insert(first);
                    }
                    Some(Event::Lost(lost)) => self.lost(lost).await,
                    Some(Event::Failed(error)) => break Err(error),
                    None => break Ok(()),
                },
            }
        };
        self.tally().await;
        ended
    }

    async fn pass_on(&mut self, messages: Vec<Message>) {
        for message in messages {
            self.figures.matched += 1;
            if self.credits == 0 {
                self.figures.dropped += 1;
                continue;
            }
            self.credits -= 1;
            let message = Box::new(message);
            self.send(ServerFrame::Record { tail: self.tail, message }).await;
        }
    }

    async fn lost(&self, lost: BTreeMap<i32, String>) {
        let one = |(partition, reason)| LostPartition { partition, reason };
        let partitions = lost.into_iter().map(one).collect();
        self.send(ServerFrame::Lost { tail: self.tail, partitions }).await;
    }

    async fn tally(&mut self) {
        if self.figures != self.told {
            self.told = self.figures;
            let Figures { read, matched, dropped } = self.figures;
            self.send(ServerFrame::Tally { tail: self.tail, read, matched, dropped }).await;
        }
        let Unjudged { records: filter_errors, told, first } = &self.unjudged;
        if let (filter_errors, Some(first)) = (*filter_errors, first.clone())
            && filter_errors != *told
        {
            self.unjudged.told = filter_errors;
            self.send(ServerFrame::Unjudged { tail: self.tail, filter_errors, first }).await;
        }
    }

    /// Once the conversation is over, commands end too; until then there may be nobody to hear.
    async fn send(&self, frame: ServerFrame) {
        let _ = self.frames.send(frame).await;
    }
}

#[cfg(test)]
mod tests;
