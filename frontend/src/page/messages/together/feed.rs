//! Rows and figures of several topics on one screen, in the order in which they arrived.

use std::{sync::Arc, time::Duration};

use leptos::{leptos_dom::helpers::set_timeout_with_handle, prelude::*};
use ouzel_api::{ApiError, messages::Message};

use super::super::{
    feed::{Phase, cut},
    figures::Figures,
    tail::Sink,
};
use crate::ui::TableHandle;

/// How long a record waits for others before it is shown.
const LOT_MS: u64 = 60;
/// Rows kept; the oldest go first.
const ROWS_MAX: usize = 2_000;
/// Rows by which that may be exceeded before the oldest go, all at once.
const ROWS_SLACK: usize = 500;

/// A record, and of which topic it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The place of its topic.
    pub tail: usize,
    /// It.
    pub message: Arc<Message>,
}

/// What is shown. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Feed {
    /// The records.
    pub rows: RwSignal<Vec<Row>>,
    /// What goes on.
    pub phase: RwSignal<Phase>,
    /// The figures of each topic.
    pub figures: RwSignal<Vec<Figures>>,
    /// Why a topic is no longer followed.
    pub errors: RwSignal<Vec<Option<ApiError>>>,
    /// Whether the person holds everything still.
    pub paused: RwSignal<bool>,
    /// Where the table stands.
    pub table: TableHandle,
    waiting: StoredValue<Vec<Row>>,
    due: StoredValue<bool>,
}

impl Feed {
    /// Nothing yet.
    pub fn new() -> Feed {
        Feed {
            rows: RwSignal::new(Vec::new()),
            phase: RwSignal::new(Phase::Stopped),
            figures: RwSignal::new(Vec::new()),
            errors: RwSignal::new(Vec::new()),
            paused: RwSignal::new(false),
            table: TableHandle::default(),
            waiting: StoredValue::new(Vec::new()),
            due: StoredValue::new(false),
        }
    }

    /// Forgets everything and begins with so many topics.
    pub fn clear(self, topics: usize) {
        self.rows.set(Vec::new());
        self.figures.set(vec![Figures::default(); topics]);
        self.errors.set(vec![None; topics]);
        self.paused.set(false);
        self.waiting.set_value(Vec::new());
        self.table.active.set(None);
    }

    /// Records that arrived while everything was held still.
    pub fn held(self) -> usize {
        self.waiting.try_with_value(Vec::len).unwrap_or_default()
    }

    /// Adds rows, lets the oldest go, and stays at the end if that is where the reader is.
    fn add(self, lot: Vec<Row>) {
        self.figures.try_update(|all| {
            for row in &lot {
                if let Some(figures) = all.get_mut(row.tail) {
                    figures.arrived += 1;
                }
            }
        });
        let follow = self.table.is_at_end();
        let gone = self.rows.try_update(|rows| {
            rows.extend(lot);
            let gone = if rows.len() > ROWS_MAX + ROWS_SLACK { rows.len() - ROWS_MAX } else { 0 };
            rows.drain(..gone);
            gone
        });
        let gone = gone.unwrap_or_default();
        self.table.active.try_update(|active| {
            *active = active.and_then(|active| active.checked_sub(gone));
        });
        request_animation_frame(move || match (follow, gone) {
            (true, _) => self.table.to_end(),
            (false, 0) => {}
            (false, gone) => self.table.rows_left_above(gone),
        });
    }
}

impl Sink for Feed {
    fn phase(self, phase: Phase) {
        self.phase.try_set(phase);
    }

    fn is_paused(self) -> bool {
        self.paused.try_get_untracked().unwrap_or(true)
    }

    fn push(self, tail: usize, mut message: Message) {
        // A row shows no more of it, and opening it reads it anew.
        cut(&mut message);
        let row = Row { tail, message: Arc::new(message) };
        self.waiting.try_update_value(|waiting| waiting.push(row));
        let due = self.due.try_update_value(|due| std::mem::replace(due, true)).unwrap_or(true);
        if !due {
            set_timeout_with_handle(move || self.show(), Duration::from_millis(LOT_MS)).ok();
        }
    }

    fn show(self) {
        self.due.try_set_value(false);
        if self.is_paused() {
            return;
        }
        let lot = self.waiting.try_update_value(std::mem::take).unwrap_or_default();
        if !lot.is_empty() {
            self.add(lot);
        }
    }

    fn figures(self, tail: usize) -> Figures {
        let figures = self.figures.try_with_untracked(|all| all.get(tail).cloned());
        figures.flatten().unwrap_or_default()
    }

    fn change(self, tail: usize, change: impl FnOnce(&mut Figures)) {
        self.figures.try_update(|all| all.get_mut(tail).map(change));
    }

    fn ended(self, tail: usize, error: ApiError) {
        self.errors.try_update(|all| {
            if let Some(place) = all.get_mut(tail) {
                *place = Some(error);
            }
        });
    }
}
