//! The children of one search, and how records are spread over them.
//!
//! Owns how many there are: one from the beginning, which has compiled the scripts, and more when
//! there is more to do than one can, as long as places are free. Calls block; they are made where
//! records are sifted. Dropping it kills all.

use std::{
    collections::VecDeque,
    num::NonZero,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{
    CHILDREN_SEARCH_MAX, Script, ScriptError,
    child::{Child, NoReply, Place},
    frame::{Record, Scripts},
    reply::{Limit, Reply, Verdict},
};

/// Records of one frame: enough that its way costs nothing beside them.
const BATCH_RECORDS_MAX: usize = 256;
/// Bytes of one frame, its last record aside: what a pipe takes at once.
const BATCH_BYTES_MAX: usize = 64 * 1024;
/// How often whoever waits for a child looks up whether it still has to.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Records of one partition, on their way to a child.
#[derive(Debug, Default)]
pub struct Batch {
    partition: i32,
    frame: Vec<u8>,
    /// Where each record begins, and its offset.
    records: Vec<(usize, i64)>,
}

impl Batch {
    /// Adds a record, in the order of offsets.
    pub fn push(&mut self, record: &Record<'_>) {
        self.partition = record.partition;
        self.records.push((self.frame.len(), record.offset));
        record.put(&mut self.frame);
    }

    /// Its size.
    pub fn bytes(&self) -> usize {
        self.frame.len()
    }

    /// Whether the next record belongs into another one.
    pub fn is_full(&self) -> bool {
        self.records.len() >= BATCH_RECORDS_MAX || self.frame.len() >= BATCH_BYTES_MAX
    }

    /// What is left after so many records were judged.
    fn rest(&self, judged: usize) -> Option<&[u8]> {
        let (start, _) = self.records.get(judged)?;
        Some(&self.frame[*start..])
    }
}

/// What the scripts said.
#[derive(Debug, Default)]
pub struct Answer {
    /// Offset and verdict of each record, in their order.
    pub verdicts: Vec<(i64, Verdict)>,
    /// What they wrote, if that was wanted.
    pub log: Vec<String>,
    /// Why there is no verdict about some of the records.
    pub failed: Option<ScriptError>,
}

/// See the module.
#[derive(Debug)]
pub struct Pool {
    /// The frame that every child gets first.
    scripts: Vec<u8>,
    state: Mutex<State>,
    freed: Condvar,
    most: usize,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Child>,
    /// Children there are, or are about to be.
    made: usize,
}

impl Pool {
    /// Compiles the scripts, in a first child.
    pub fn open(scripts: Vec<Script>, with_log: bool) -> Result<Pool, ScriptError> {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        let pool = Pool {
            scripts: Scripts { scripts, with_log }.to_frame(),
            state: Mutex::default(),
            freed: Condvar::new(),
            most: processors.min(CHILDREN_SEARCH_MAX),
        };
        let first = pool.start(Place::take().ok_or(ScriptError::Busy)?)?;
        *pool.state() = State { idle: vec![first], made: 1 };
        Ok(pool)
    }

    /// Judges all records, or as many as can be; `None` once `abandoned` is set.
    pub fn judge(&self, batches: &[Batch], abandoned: &AtomicBool) -> Option<Answer> {
        let mut answers: Vec<Answer> = batches.iter().map(|_| Answer::default()).collect();
        let asked = self.ask(batches, &mut answers, abandoned);
        let mut all = answers.into_iter().fold(Answer::default(), |mut all, mut more| {
            all.verdicts.append(&mut more.verdicts);
            all.log.append(&mut more.log);
            all
        });
        match asked {
            Ok(false) => return None,
            Ok(true) => {}
            Err(error) => all.failed = Some(error),
        }
        Some(all)
    }

    /// `false` once nobody waits any more.
    fn ask(
        &self,
        batches: &[Batch],
        answers: &mut [Answer],
        abandoned: &AtomicBool,
    ) -> Result<bool, ScriptError> {
        let Some(mut crew) = self.crew(batches.len(), abandoned)? else { return Ok(false) };
        let mut waiting = 0..batches.len();
        let mut free: Vec<usize> = (0..crew.children.len()).collect();
        let mut asked = VecDeque::new();
        loop {
            while let Some(child) = free.pop() {
                let Some(batch) = waiting.next() else { break };
                crew.send(child, &batches[batch], 0)?;
                asked.push_back((child, batch));
            }
            let Some((child, batch)) = asked.pop_front() else { break };
            let answer = &mut answers[batch];
            if !crew.receive(child, (&batches[batch], answer), abandoned)? {
                return Ok(false);
            }
            if answer.verdicts.len() < batches[batch].records.len() {
                crew.send(child, &batches[batch], answer.verdicts.len())?;
                asked.push_back((child, batch));
            } else {
                free.push(child);
            }
        }
        crew.is_well = true;
        Ok(true)
    }

    /// Children for so many batches: at least one, which may have to be waited for. `None` once
    /// nobody wants them any more.
    fn crew(
        &self,
        batches: usize,
        abandoned: &AtomicBool,
    ) -> Result<Option<Crew<'_>>, ScriptError> {
        let mut state = self.state();
        let mut place = loop {
            let may_start = state.idle.is_empty() && state.made < self.most;
            let place = may_start.then(Place::take).flatten();
            if place.is_some() || !state.idle.is_empty() {
                break place;
            }
            if state.made == 0 {
                return Err(ScriptError::Busy);
            }
            if abandoned.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let waited = self.freed.wait_timeout(state, LOOK_EVERY);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        };
        let kept = state.idle.len().saturating_sub(batches);
        let mut crew = Crew { children: state.idle.split_off(kept), pool: self, is_well: false };
        while crew.children.len() < batches && state.made < self.most {
            let Some(place) = place.take().or_else(Place::take) else { break };
            state.made += 1;
            drop(state);
            let child = self.start(place);
            state = self.state();
            match child {
                Ok(child) => crew.children.push(child),
                Err(error) => {
                    state.made -= 1;
                    drop(state);
                    // Those that there are do it alone.
                    return if crew.children.is_empty() { Err(error) } else { Ok(Some(crew)) };
                }
            }
        }
        Ok(Some(crew))
    }

    fn start(&self, place: Place) -> Result<Child, ScriptError> {
        let mut child = Child::start(place)?;
        let sent = child.send(&self.scripts);
        match sent.and_then(|()| child.receive(&AtomicBool::new(false))) {
            Ok(Reply::Ready) => Ok(child),
            Ok(Reply::Broken { at, line, column, message }) => {
                Err(ScriptError::Broken { at, line, column, message })
            }
            Ok(Reply::Judged { .. }) => Err(ScriptError::Start("it talks nonsense".to_owned())),
            Err(NoReply::Dead(how)) => Err(ScriptError::Start(how)),
            Err(NoReply::Abandoned) => unreachable!("nobody can abandon a start"),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Children that are lent out; they go back if all is well, and are killed if not.
struct Crew<'a> {
    children: Vec<Child>,
    pool: &'a Pool,
    /// Whether every frame was answered.
    is_well: bool,
}

impl Crew<'_> {
    fn send(&mut self, child: usize, batch: &Batch, judged: usize) -> Result<(), ScriptError> {
        let Some(rest) = batch.rest(judged) else { return Ok(()) };
        self.children[child].send(rest).map_err(|error| ended(error, batch, judged))
    }

    /// Adds what a child says of the batch that it was sent; `false` once nobody wants it any more.
    fn receive(
        &mut self,
        child: usize,
        (batch, answer): (&Batch, &mut Answer),
        abandoned: &AtomicBool,
    ) -> Result<bool, ScriptError> {
        let judged = answer.verdicts.len();
        let reply = match self.children[child].receive(abandoned) {
            Err(NoReply::Abandoned) => return Ok(false),
            reply => reply.map_err(|error| ended(error, batch, judged))?,
        };
        let nonsense = || ended(NoReply::Dead("it talks nonsense".to_owned()), batch, judged);
        let Reply::Judged { verdicts, stopped, log } = reply else { return Err(nonsense()) };
        let left = batch.records.len() - judged;
        // It tells something new, and nothing of what it was not asked.
        if verdicts.len() > left || (verdicts.is_empty() && stopped.is_none()) {
            return Err(nonsense());
        }
        let offsets = batch.records[judged..].iter().map(|(_, offset)| *offset);
        answer.verdicts.extend(offsets.zip(verdicts));
        answer.log.extend(log);
        let Some((at, limit)) = stopped else { return Ok(true) };
        let (_, offset) = *batch.records.get(answer.verdicts.len()).ok_or_else(nonsense)?;
        let partition = batch.partition;
        Err(match limit {
            Limit::Time => ScriptError::Time { at, partition, offset },
            Limit::Memory => ScriptError::Memory { at, partition, offset },
        })
    }
}

impl Drop for Crew<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        match self.is_well {
            true => state.idle.append(&mut self.children),
            false => state.made -= self.children.len(),
        }
        self.pool.freed.notify_all();
    }
}

fn ended(error: NoReply, batch: &Batch, judged: usize) -> ScriptError {
    let left = &batch.records[judged.min(batch.records.len())..];
    let offset = |at: Option<&(usize, i64)>| at.map_or(0, |(_, offset)| *offset);
    let (partition, first, last) = (batch.partition, offset(left.first()), offset(left.last()));
    let how = match error {
        NoReply::Dead(how) => how,
        NoReply::Abandoned => "nobody wanted it any more".to_owned(),
    };
    ScriptError::Ended { partition, first, last, how }
}
