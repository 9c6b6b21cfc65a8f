//! QuickJS around the scripts of a search.
//!
//! Owns what a script sees, what counts as its answer, and where its time and memory end. One
//! record at a time; what it needs of it is made when it asks. How records come and go is
//! `worker`'s. The variables are those of Redpanda Console's filters, so that its users' scripts
//! run here.

use std::{
    cell::{Cell, RefCell},
    mem::ManuallyDrop,
    rc::Rc,
    time::Duration,
};

use ouzel_api::script::{LOG_LINE_BYTES_MAX, LOG_LINES_MAX};
use rquickjs::{
    Context, Ctx, Error, Exception, Function, Object, Runtime, String as Text, Value,
    context::EvalOptions,
};
use rustix::time::{ClockId, clock_gettime};

use super::{
    MEMORY_MAX, RECORD_TIME_MAX, STACK_MAX, Script,
    frame::{Part, RecordAt},
    reply::{Limit, Reply, Verdict},
};

/// What stands around the scripts.
const PRELUDE: &str = include_str!("prelude.js");
/// The name under which errors tell places in a script.
const FILE: &str = "filter";
/// Garbage in cycles is looked for only beyond this: other garbage is freed at once, and a record
/// leaves little else.
const GC_BYTES: usize = 16 * 1024 * 1024;
/// What QuickJS says when it is out of memory.
const NO_MEMORY: &str = "out of memory";

/// What the functions of the prelude look at.
#[derive(Debug, Default)]
struct Seen {
    /// The frame with the records.
    frame: RefCell<Vec<u8>>,
    /// Where in it the record begins.
    at: Cell<usize>,
    /// Memory ran out while a part of the record was made, before the script had done anything.
    is_too_large: Cell<bool>,
    log: RefCell<Vec<String>>,
}

/// The time of one record.
#[derive(Debug, Default)]
struct Clock {
    /// Which record it is.
    record: Cell<u64>,
    /// The record that was last seen, and when for the first time.
    noted: Cell<(u64, Duration)>,
    is_over: Cell<bool>,
}

impl Clock {
    fn next(&self) {
        self.record.set(self.record.get() + 1);
        self.is_over.set(false);
    }

    /// Whether time is up. The engine asks now and then; most records are done before it ever
    /// does, and cost no look at the clock.
    fn look(&self) -> bool {
        let now = processor_time();
        let (record, since) = self.noted.get();
        if record != self.record.get() {
            self.noted.set((self.record.get(), now));
        } else if now.saturating_sub(since) > RECORD_TIME_MAX {
            self.is_over.set(true);
        }
        self.is_over.get()
    }
}

/// Time that this process has worked, whatever else the machine does.
pub fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The scripts, compiled.
pub struct Engine<'js> {
    ctx: Ctx<'js>,
    tests: Vec<Test<'js>>,
    run: Function<'js>,
    seen: Rc<Seen>,
    clock: Rc<Clock>,
}

struct Test<'js> {
    at: usize,
    function: Function<'js>,
    negate: bool,
}

/// Compiles the scripts and calls `then` with them, or with what is wrong with one.
pub fn enter<T>(
    (scripts, with_log): (&[Script], bool),
    then: impl FnOnce(Result<Engine<'_>, Reply>) -> T,
) -> Result<T, Error> {
    let runtime = Runtime::new()?;
    runtime.set_memory_limit(MEMORY_MAX);
    runtime.set_max_stack_size(STACK_MAX);
    runtime.set_gc_threshold(GC_BYTES);
    let clock = Rc::new(Clock::default());
    let asked = clock.clone();
    runtime.set_interrupt_handler(Some(Box::new(move || asked.look())));
    // Never taken apart: the process ends with it, and what a script left could trip the engine's
    // own checks.
    let context = ManuallyDrop::new(Context::full(&runtime)?);
    context.with(|ctx| {
        let seen = Rc::new(Seen::default());
        // It takes time of its own, too; what this process has worked before is not its fault.
        clock.next();
        let run = prelude(&ctx, &seen, with_log)?;
        let mut tests = Vec::new();
        for script in scripts {
            clock.next();
            match compile(&ctx, script) {
                Ok(function) if script.enabled => {
                    tests.push(Test { at: script.at, function, negate: script.negate });
                }
                Ok(_) => {}
                Err(broken) => return Ok(then(Err(broken))),
            }
        }
        Ok(then(Ok(Engine { ctx, tests, run, seen, clock })))
    })
}

fn prelude<'js>(ctx: &Ctx<'js>, seen: &Rc<Seen>, with_log: bool) -> Result<Function<'js>, Error> {
    let reader = seen.clone();
    let read =
        Function::new(ctx.clone(), move |ctx: Ctx<'js>, which: i32| make(&ctx, &reader, which))?;
    let writer = seen.clone();
    let log = Function::new(ctx.clone(), move |line: String| {
        let mut log = writer.log.borrow_mut();
        if log.len() < LOG_LINES_MAX {
            log.push(line[..line.floor_char_boundary(LOG_LINE_BYTES_MAX)].to_owned());
        }
    })?;
    let prelude = ctx.eval::<Function<'js>, _>(PRELUDE);
    let made = prelude.and_then(|prelude| prelude.call((read, with_log.then_some(log))));
    made.map_err(|error| match error.is_exception() {
        true => Error::new_from_js_message("prelude", "function", told(&ctx.catch()).text),
        false => error,
    })
}

/// A function of the script's text. Its first line is the second of what is compiled.
fn compile<'js>(ctx: &Ctx<'js>, script: &Script) -> Result<Function<'js>, Reply> {
    let Script { at, source, .. } = script;
    let text = format!("(function () {{\n{source}\n}})");
    let mut options = EvalOptions::default();
    options.filename = Some(FILE.to_owned());
    let broken = |(line, column), message| Reply::Broken { at: *at, line, column, message };
    match ctx.eval_with_options::<Value<'js>, _>(text, options) {
        Ok(made) => made.into_function().ok_or_else(|| {
            let message = "it is more than the body of a function".to_owned();
            broken((None, None), message)
        }),
        Err(Error::Exception) => {
            let Told { text, place } = told(&ctx.catch());
            let last = u32::try_from(source.lines().count().max(1)).unwrap_or(u32::MAX);
            let place = place.map(|(line, column)| (line.min(last), column)).unzip();
            Err(broken(place, text))
        }
        Err(error) => Err(broken((None, None), error.to_string())),
    }
}

impl<'js> Engine<'js> {
    /// Takes the frame that the records to come are in; gives back the last one, to be used again.
    pub fn load(&self, frame: Vec<u8>) -> Vec<u8> {
        self.seen.at.set(0);
        self.seen.frame.replace(frame)
    }

    /// Whether there is another record in the frame.
    pub fn has_more(&self) -> bool {
        self.seen.at.get() < self.seen.frame.borrow().len()
    }

    /// Judges the next record of the frame; `None` if it is no record. After an error nothing more
    /// can be judged: it is the filter, and the limit that it reached.
    pub fn judge(&self) -> Option<Result<Verdict, (usize, Limit)>> {
        let (end, partition, offset, timestamp_ms) = {
            let frame = self.seen.frame.borrow();
            let record = RecordAt::parse(&frame, self.seen.at.get())?;
            (record.end, record.partition, record.offset, record.timestamp_ms)
        };
        self.clock.next();
        let place = (partition, as_number(offset), as_number(timestamp_ms));
        let mut verdict = Ok(Verdict::Match);
        for test in &self.tests {
            match self.ask(test, place) {
                Ok(true) => {}
                Ok(false) => verdict = Ok(Verdict::NoMatch),
                Err(Wrong::Stop(limit)) => verdict = Err((test.at, limit)),
                Err(Wrong::Unjudged(reason)) => {
                    verdict = Ok(Verdict::Unjudged { at: test.at, reason });
                }
            }
            if verdict != Ok(Verdict::Match) {
                break;
            }
        }
        self.seen.at.set(end);
        Some(verdict)
    }

    /// What the scripts have written since the last time.
    pub fn take_log(&self) -> Vec<String> {
        self.seen.log.take()
    }

    fn ask(&self, test: &Test<'js>, place: (i32, f64, f64)) -> Result<bool, Wrong> {
        self.seen.is_too_large.set(false);
        let (partition, offset, time) = place;
        let said = self.run.call::<_, Value<'_>>((test.function.clone(), partition, offset, time));
        let said = said.map_err(|error| self.wrong(&error));
        // What a promise left to be done is done, and counts.
        while self.ctx.execute_pending_job() {
            if self.clock.look() {
                return Err(Wrong::Stop(Limit::Time));
            }
        }
        let said = said?;
        match said.as_bool() {
            Some(holds) => Ok(holds != test.negate),
            None => Err(Wrong::Unjudged(not_boolean(&said))),
        }
    }

    fn wrong(&self, error: &Error) -> Wrong {
        let thrown = error.is_exception().then(|| self.ctx.catch());
        let told = thrown.as_ref().map(told);
        // Only now: even to look at what was thrown can run more of the script.
        if self.clock.is_over.get() {
            return Wrong::Stop(Limit::Time);
        }
        let (Some(thrown), Some(told)) = (thrown, told) else {
            return Wrong::Unjudged(error.to_string());
        };
        let no_memory = thrown.is_null() || told.text.contains(NO_MEMORY);
        match (no_memory, self.seen.is_too_large.get()) {
            (true, false) => Wrong::Stop(Limit::Memory),
            (true, true) => Wrong::Unjudged(format!(
                "this record takes more than the {} MiB of memory that a script has",
                MEMORY_MAX >> 20
            )),
            (false, _) => Wrong::Unjudged(told.to_string()),
        }
    }
}

/// Why a test gave no answer.
enum Wrong {
    Unjudged(String),
    Stop(Limit),
}

/// Numbers of JavaScript: exact up to 2^53, which no offset of a real log reaches.
#[allow(clippy::cast_precision_loss)]
fn as_number(number: i64) -> f64 {
    number as f64
}

fn not_boolean(said: &Value<'_>) -> String {
    let hint = if said.is_undefined() { "; is there a `return`?" } else { "" };
    format!("it returned {}, neither true nor false{hint}", said.type_name())
}

/// A part of the record, made for the script that asks for it.
fn make<'js>(ctx: &Ctx<'js>, seen: &Seen, which: i32) -> Result<Value<'js>, Error> {
    let frame = seen.frame.borrow();
    let Some(record) = RecordAt::parse(&frame, seen.at.get()) else {
        return Ok(Value::new_undefined(ctx.clone()));
    };
    let made = match which {
        0 => value(ctx, record.key),
        1 => value(ctx, record.value),
        2 => text(ctx, record.key),
        3 => text(ctx, record.value),
        _ => headers(ctx, record),
    };
    if made.as_ref().is_err_and(Error::is_exception) {
        let thrown = ctx.catch();
        seen.is_too_large.set(thrown.is_null() || told(&thrown).text.contains(NO_MEMORY));
        return Err(ctx.throw(thrown));
    }
    made
}

fn headers<'js>(ctx: &Ctx<'js>, record: RecordAt<'_>) -> Result<Value<'js>, Error> {
    let all = Object::new(ctx.clone())?;
    let headers = record.headers.map_err(|reason| Exception::throw_message(ctx, reason))?;
    for (name, part) in headers {
        all.set(name, value(ctx, part)?)?;
    }
    Ok(all.into_value())
}

/// What JSON holds, or else the text.
fn value<'js>(ctx: &Ctx<'js>, part: Part<'_>) -> Result<Value<'js>, Error> {
    let Part::Json(json) = part else { return text(ctx, part) };
    if !begins_json(json) {
        return text(ctx, part);
    }
    match ctx.json_parse(json) {
        Ok(value) => Ok(value),
        Err(Error::Exception) => {
            let thrown = ctx.catch();
            // Nested too deeply, or too large: that is no text, and nobody shall take it for one.
            match is_syntax_error(&thrown) {
                true => text(ctx, part),
                false => Err(ctx.throw(thrown)),
            }
        }
        // It holds a zero byte.
        Err(_) => text(ctx, part),
    }
}

fn begins_json(text: &str) -> bool {
    let begins = |first: &u8| b"{[\"-0123456789tfn".contains(first);
    text.trim_ascii_start().as_bytes().first().is_some_and(begins)
}

fn text<'js>(ctx: &Ctx<'js>, part: Part<'_>) -> Result<Value<'js>, Error> {
    match part {
        Part::Null => Ok(Value::new_null(ctx.clone())),
        Part::Json(text) | Part::Text(text) => Ok(Text::from_str(ctx.clone(), text)?.into_value()),
        Part::Unreadable(reason) => Err(Exception::throw_message(ctx, reason)),
    }
}

fn is_syntax_error(thrown: &Value<'_>) -> bool {
    let name = |error: &Exception<'_>| error.get::<_, String>("name").ok();
    thrown.as_exception().and_then(name).is_some_and(|name| name == "SyntaxError")
}

/// What was thrown.
struct Told {
    text: String,
    /// Line and column in the script, counted from 1.
    place: Option<(u32, u32)>,
}

impl std::fmt::Display for Told {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place {
            Some((line, column)) => write!(out, "{} (line {line}, column {column})", self.text),
            None => write!(out, "{}", self.text),
        }
    }
}

fn told(thrown: &Value<'_>) -> Told {
    if let Some(error) = thrown.as_exception() {
        let name = error.get::<_, String>("name").unwrap_or_else(|_| "Error".to_owned());
        let message = error.message().unwrap_or_default();
        let place = error.stack().as_deref().and_then(place);
        return Told { text: format!("{name}: {message}"), place };
    }
    let text = match (thrown.as_string().map(Text::to_string), thrown.as_number()) {
        (Some(Ok(text)), _) => text,
        (_, Some(number)) => number.to_string(),
        _ => thrown.type_name().to_owned(),
    };
    Told { text: format!("it threw {text}"), place: None }
}

/// Line and column of the topmost place in the script.
fn place(stack: &str) -> Option<(u32, u32)> {
    let (_, behind) = stack.split_once(&format!("{FILE}:"))?;
    let mut numbers = behind.split(|c: char| !c.is_ascii_digit());
    let (line, column) = (numbers.next()?.parse::<u32>().ok()?, numbers.next()?.parse().ok()?);
    Some((line.saturating_sub(1).max(1), column))
}
