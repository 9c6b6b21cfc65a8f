//! The messages of a topic: search them, follow them, open one.
//!
//! The address holds the whole search and the open record ([`query`]); whatever changes the search
//! changes the address, and only this file starts work from it. [`scan`] and [`tail`] fill the
//! [`feed`]; the rest draws it.

mod acts;
mod body;
mod bytes;
mod chips;
mod columns;
mod condition;
mod controls;
mod decoders;
mod drawer;
mod empty;
mod export;
mod exports;
mod face;
mod feed;
mod fields;
mod figures;
mod find;
mod histogram;
mod json;
mod keys;
mod lines;
mod long;
mod marks;
mod metadata;
mod options;
mod payload;
mod preview;
mod produce;
mod query;
mod record;
mod repeats;
mod run;
mod same_key;
mod save;
mod scan;
mod script;
mod status;
mod table;
mod tail;
mod to_group;
mod together;
mod value;
mod views;
mod wait;
mod wrap;
mod written;

use futures::future::AbortHandle;
use leptos::prelude::*;

pub use together::Together;

use feed::{Feed, Phase, ROWS_MAX};
use figures::Figures;
use marks::Marks;
use produce::Purpose;
use query::{Asked, Start, View, Writes};

use crate::{
    client::ClientError,
    leaving::AskBeforeLeaving,
    location::{History, Location, use_location},
    route::{Route, TopicTab},
    ui::{Note, TableHandle},
};

/// What the parts of the page share. Cheap to copy.
#[derive(Clone, Copy)]
struct Page {
    /// Cluster and topic.
    names: StoredValue<(String, String)>,
    view: Memo<View>,
    /// Why records match.
    marks: Memo<Marks>,
    feed: Feed,
    location: Location,
    draft: chips::Draft,
    exports: exports::Exports,
    /// The filter in JavaScript that is being written.
    script: script::Script,
    /// What is to be written, while that is asked.
    writing: produce::Writing,
    again: RwSignal<u32>,
    /// How often the person went on from where a search stood.
    onward: RwSignal<u32>,
    work: StoredValue<Work, LocalStorage>,
    /// The rows of the tail of several topics, where only the drawer of this page stands beside it.
    beside: Option<Signal<usize>>,
}

/// What fills the feed now.
enum Work {
    Nothing,
    Scan(AbortHandle),
    Tail(tail::Tail),
}

/// The tab. The topic's page mounts it for a cluster and topic and unmounts it when either changes.
#[component]
pub fn Messages(cluster: String, topic: String) -> impl IntoView {
    let page = Page::new(cluster, topic);
    decoders::apply(page);
    page.run_what_the_address_asks();
    keys::listen(page);
    page.write_what_the_address_asks();
    let record = record::follow(page);
    let problems = move || {
        let problems = page.view.with(|view| view.problems.join(", "));
        (!problems.is_empty()).then(|| {
            view! {
                <Note>
                    "Left out of this search, because it could not be understood: "
                    <code>{problems}</code>
                </Note>
            }
        })
    };
    view! {
        <div class="fill viewer">
            <controls::Controls page/>
            <chips::Chips page/>
            {problems}
            <status::Status page/>
            <exports::UnderWay page/>
            <Show when=move || page.view.with(|view| view.chart)>
                <histogram::Bars page/>
            </Show>
            <div class="split" class:open=move || record.is_open()>
                <table::Rows page/>
                <Show when=move || record.is_open()>
                    <drawer::RecordDrawer page record/>
                </Show>
            </div>
            <script::ScriptDialog page/>
            <produce::WriteDialog page/>
            <AskBeforeLeaving
                lost=page.writing.runs()
                text="The import still runs. Leaving stops it; the audit log says how far it came."
                act="Stop it and leave"
            />
        </div>
    }
}

impl Page {
    fn new(cluster: String, topic: String) -> Page {
        let location = use_location();
        let here = Route::topic(&cluster, &topic, TopicTab::Messages);
        Page::at(location, here, (cluster, topic), TableHandle::default())
    }

    /// The page whose drawer shows records of that topic beside a tail of several: the table and
    /// its `rows` are the tail's.
    fn beside(names: (String, String), table: TableHandle, rows: Signal<usize>) -> Page {
        let here = Route::Tail { cluster: names.0.clone() };
        Page { beside: Some(rows), ..Page::at(use_location(), here, names, table) }
    }

    fn at(location: Location, here: Route, names: (String, String), table: TableHandle) -> Page {
        // Another page's address is none of our business, not even while this page goes away.
        let view = Memo::new(move |last: Option<&View>| match last {
            Some(last) if location.route.with(|route| *route != here) => last.clone(),
            _ => location.query.with(View::parse),
        });
        let names = StoredValue::new(names);
        Page {
            names,
            view,
            marks: Memo::new(move |_| view.with(|view| Marks::of(&view.asked))),
            feed: Feed::new(table),
            location,
            draft: chips::Draft::new(),
            exports: exports::Exports::of(names),
            script: script::Script::new(),
            writing: produce::Writing::new(),
            again: RwSignal::new(0),
            onward: RwSignal::new(0),
            work: StoredValue::new_local(Work::Nothing),
            beside: None,
        }
    }

    /// Changes the address. Beside a tail of several topics only what is about the open record is
    /// ours in it.
    fn write(self, view: &View, history: History) {
        let query = match self.beside {
            Some(_) => view.write_record(self.location.query.get_untracked()),
            None => view.write(),
        };
        self.location.set_query(&query, history);
    }

    /// Makes the row that is so many further the active one.
    fn walk(self, step: i64) {
        let rows = match self.beside {
            Some(rows) => rows.get_untracked(),
            None => self.feed.rows.with_untracked(Vec::len),
        };
        self.feed.table.walk(step, rows);
    }

    /// Searches, or follows, whenever the address asks for something else, and once more on demand.
    fn run_what_the_address_asks(self) {
        let asked = Memo::new(move |_| self.view.with(|view| view.asked.clone()));
        Effect::new(move |earlier: Option<(Asked, u32)>| {
            self.onward.track();
            let (asked, times) = (asked.get(), self.again.get());
            let carried = match earlier {
                Some((earlier, before)) if before == times => self.carried(&asked, &earlier),
                _ => None,
            };
            self.start(&asked, carried);
            (asked, times)
        });
        on_cleanup(move || self.halt());
    }

    /// The figures to add to, if what is asked goes on from what is on screen.
    fn carried(self, asked: &Asked, earlier: &Asked) -> Option<Figures> {
        let stood = untrack(|| self.resumable()).is_some_and(|token| asked.resume == Some(token));
        let rows = self.feed.rows.with_untracked(Vec::len);
        let room = rows + asked.limit as usize <= ROWS_MAX;
        (stood && room && asked.continues(earlier)).then(|| self.feed.figures.get_untracked())
    }

    fn start(self, asked: &Asked, carried: Option<Figures>) {
        self.halt();
        match carried {
            Some(_) => self.feed.goes_on(),
            None => {
                self.feed.clear(asked.start == Start::Live);
                self.writing.read_anew();
            }
        }
        let names = self.names.get_value();
        let work = match asked.search() {
            Some(search) => {
                Work::Scan(scan::start(self.feed, names, search, carried.unwrap_or_default()))
            }
            None => Work::Tail(tail::start(self.feed, names, asked)),
        };
        self.work.set_value(work);
    }

    /// Ends what runs, without a word.
    fn halt(self) {
        self.work.try_update_value(|work| match std::mem::replace(work, Work::Nothing) {
            Work::Nothing => {}
            Work::Scan(scan) => scan.abort(),
            Work::Tail(tail) => tail.stop(),
        });
    }

    /// The person has seen enough.
    fn stop(self) {
        self.halt();
        self.feed.paused.set(false);
        self.feed.show();
        self.feed.phase.set(Phase::Stopped);
    }

    /// Holds a tail still, or lets it go on.
    fn pause(self, paused: bool) {
        self.feed.paused.set(paused);
        if !paused {
            self.feed.show();
            self.work.update_value(|work| {
                if let Work::Tail(tail) = work {
                    tail.resumed();
                }
            });
        }
    }

    /// Asks for another search; the one that runs is given up.
    fn ask(self, change: impl FnOnce(&mut Asked)) {
        let mut view = self.view.get_untracked();
        view.asked.resume = None;
        change(&mut view.asked);
        if self.beside.is_none() {
            return self.write(&view, History::Push);
        }
        // A search has no place beside a tail of several topics: the topic's own page has it.
        let page = self
            .names
            .with_value(|(cluster, topic)| Route::topic(cluster, topic, TopicTab::Messages).path());
        self.location.go(&format!("{page}?{}", view.write()), History::Push);
    }

    /// Starts the search from its beginning, also if it is the same. A condition that was written
    /// but not added belongs to it; the error says what it lacks.
    fn run(self) -> Result<(), String> {
        if self.draft.is_begun() {
            return chips::add(self);
        }
        self.begin_anew();
        Ok(())
    }

    /// Starts the same search once more, also where an earlier one stopped half-way.
    fn begin_anew(self) {
        self.again.update(|times| *times = times.wrapping_add(1));
        self.ask(|_| {});
    }

    /// Starts the same search once more.
    fn retry(self) {
        self.again.update(|times| *times = times.wrapping_add(1));
    }

    /// The token from which the search on screen can go on, if it stopped or broke off before its
    /// end; reactive.
    fn resumable(self) -> Option<String> {
        self.feed.phase.with(|phase| match phase {
            Phase::Done { resume, .. } => resume.clone(),
            // A tail has no place to go on from, and so tells none.
            Phase::Stopped => self.feed.figures.with_untracked(|figures| figures.resume.clone()),
            Phase::Failed(error) if error.may_pass() => {
                self.feed.figures.with_untracked(|figures| figures.resume.clone())
            }
            _ => None,
        })
    }

    /// Goes on where the search stopped.
    fn go_on(self, token: String) {
        // It may be the very token that the address holds, if that search broke off at once.
        self.onward.update(|times| *times = times.wrapping_add(1));
        self.ask(|asked| asked.resume = Some(token));
    }

    /// Begins to write, or leaves it: the address says so, and the dialog follows.
    fn begin_to_write(self, writes: Option<Writes>) {
        let Some(view) = self.view.try_get_untracked() else { return };
        if view.writes != writes {
            self.write(&View { writes, ..view }, History::Replace);
        }
    }

    /// The dialog that writes a new record is open while the address says so; the one that writes
    /// the open record once more is the drawer's business.
    fn write_what_the_address_asks(self) {
        let refusal = produce::refusal(self);
        let asked = Memo::new(move |_| {
            self.view.with(|view| view.writes.is_some_and(|writes| writes != Writes::Again))
        });
        Effect::new(move |_| {
            if asked.get() && refusal.with(Option::is_none) {
                self.writing.begin(Purpose::New);
            }
        });
        Effect::new(move |before: Option<bool>| {
            let now = self.writing.is_open();
            if before == Some(true) && !now {
                self.begin_to_write(None);
            }
            now
        });
    }

    /// Opens a record in the drawer, or closes it.
    fn open(self, record: Option<(i32, i64)>, history: History) {
        self.write(&View { open: record, ..self.view.get_untracked() }, history);
    }

    /// Shows another part of the open record, or shows it otherwise.
    fn face(self, face: face::Face) {
        let Some(view) = self.view.try_get_untracked() else { return };
        if view.open.is_some() && view.face != face {
            self.write(&View { face, ..view }, History::Replace);
        }
    }

    /// Why the feed broke off, if it did.
    fn error(self) -> Option<ClientError> {
        self.feed.phase.with(|phase| match phase {
            Phase::Failed(error) => Some(error.clone()),
            _ => None,
        })
    }
}
