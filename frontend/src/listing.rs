//! How a long list is narrowed and sorted, kept in the address: `?q=pay|ord&sort=-lag`.

use leptos::prelude::*;

use crate::{
    location::{History, use_location},
    query::Query,
    ui::{Sort, Sorting},
};

/// Name of the filter text in the address.
const FILTER: &str = "q";
/// Name of the order in the address.
const SORT: &str = "sort";

/// Filter and order of the page's list, as the address has them. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Listing {
    /// The filter as typed.
    pub filter: RwSignal<String>,
    /// The order, for the table's head.
    pub sorting: Sorting,
}

/// The page's list; `natural` is its order while the address names none.
pub fn use_listing(natural: Sort) -> Listing {
    let location = use_location();
    let fallback = natural.clone();
    let now = Memo::new(move |_| {
        let named = location.query.with(|query| query.get(SORT).map(parse_sort));
        Some(named.unwrap_or_else(|| fallback.clone()))
    });
    let pick = Callback::new(move |sort: Sort| {
        let text = if sort == natural { String::new() } else { write_sort(&sort) };
        let query = location.query.get_untracked().with(SORT, text);
        location.set_query(&query, History::Replace);
    });
    Listing { filter: use_text(FILTER), sorting: Sorting { now: now.into(), pick } }
}

/// A text that lives in the address under `name`; writing it replaces the address.
pub fn use_text(name: &'static str) -> RwSignal<String> {
    let read = move |query: &Query| query.get(name).unwrap_or_default().to_owned();
    in_address(read, move |query, text| query.clone().with(name, text))
}

/// Texts that live in the address under `name`, each as a value of its own.
pub fn use_texts(name: &'static str) -> RwSignal<Vec<String>> {
    let read = move |query: &Query| {
        query.all(name).filter(|text| !text.is_empty()).map(str::to_owned).collect()
    };
    in_address(read, move |query, texts: Vec<String>| {
        let mut query = query.clone().without(name);
        texts.into_iter().for_each(|text| query.push(name, text));
        query
    })
}

/// A value that lives in what stands after the question mark, and follows it both ways.
fn in_address<T: Clone + PartialEq + Send + Sync + 'static>(
    read: impl Fn(&Query) -> T + Copy + 'static,
    write: impl Fn(&Query, T) -> Query + 'static,
) -> RwSignal<T> {
    let location = use_location();
    let value = RwSignal::new(location.query.with_untracked(read));
    Effect::new(move |_| {
        let there = location.query.with(read);
        if value.with_untracked(|value| *value != there) {
            value.set(there);
        }
    });
    Effect::new(move |_| {
        let wanted = value.get();
        let query = location.query.get_untracked();
        if read(&query) != wanted {
            location.set_query(&write(&query, wanted), History::Replace);
        }
    });
    value
}

/// A box whose tick lives in the address under `name`.
pub fn use_flag(name: &'static str) -> RwSignal<bool> {
    let text = use_text(name);
    let flag = RwSignal::new(text.with_untracked(|text| !text.is_empty()));
    Effect::new(move |_| {
        let there = text.with(|text| !text.is_empty());
        if flag.get_untracked() != there {
            flag.set(there);
        }
    });
    Effect::new(move |_| {
        let wanted = if flag.get() { "1" } else { "" };
        if text.with_untracked(String::is_empty) != wanted.is_empty() {
            text.set(wanted.to_owned());
        }
    });
    flag
}

/// What is open while the address has `value` under `name`: one of several that exclude each other.
pub fn use_choice(name: &'static str, value: &'static str) -> RwSignal<bool> {
    let text = use_text(name);
    let chosen = RwSignal::new(text.with_untracked(|text| text == value));
    Effect::new(move |_| {
        let there = text.with(|text| text == value);
        if chosen.get_untracked() != there {
            chosen.set(there);
        }
    });
    Effect::new(move |_| {
        let (wanted, there) = (chosen.get(), text.with_untracked(|text| text == value));
        if wanted != there {
            text.set(if wanted { value.to_owned() } else { String::new() });
        }
    });
    chosen
}

/// What is asked for, as long as nothing speaks against it: who comes by an address may lack the
/// right. Shutting it takes it out of the address.
pub fn use_allowed(asked: RwSignal<bool>, refusal: Signal<Option<String>>) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        let wanted = asked.get() && refusal.with(Option::is_none);
        if open.get_untracked() != wanted {
            open.set(wanted);
        }
    });
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now {
            asked.set(false);
        }
        now
    });
    open
}

/// What a dialog is about, there while `open`; when the dialog lets it go, `open` ends.
pub fn subject_while<T>(open: RwSignal<bool>, about: T) -> RwSignal<T>
where
    T: Default + Clone + PartialEq + Send + Sync + 'static,
{
    let subject = RwSignal::new(T::default());
    Effect::new(move |_| {
        let wanted = if open.get() { about.clone() } else { T::default() };
        if subject.with_untracked(|subject| *subject != wanted) {
            subject.set(wanted);
        }
    });
    Effect::new(move |_| {
        if subject.with(|subject| *subject == T::default()) && open.get_untracked() {
            open.set(false);
        }
    });
    subject
}

impl Listing {
    /// What the filter keeps; reactive.
    pub fn narrowing(&self) -> Narrowing {
        self.filter.with(|filter| Narrowing::parse(filter))
    }

    /// The order; reactive.
    pub fn sort(&self) -> Sort {
        let unsorted = || Sort { column: String::new(), descending: false };
        self.sorting.now.get().unwrap_or_else(unsorted)
    }
}

/// A filter taken apart once, for lists of ten thousand names: for each word its choices.
#[derive(Debug, PartialEq, Eq)]
pub struct Narrowing(Vec<Vec<String>>);

impl Narrowing {
    /// Every word must occur, whatever the case; `a|b` is either of them.
    pub fn parse(filter: &str) -> Narrowing {
        let choices = |word: &str| -> Vec<String> {
            word.split('|').filter(|choice| !choice.is_empty()).map(str::to_owned).collect()
        };
        let words = filter.to_lowercase();
        let words = words.split_whitespace().map(choices);
        Narrowing(words.filter(|choices| !choices.is_empty()).collect())
    }

    /// Whether a row of that name stays.
    pub fn keeps(&self, name: &str) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let name = name.to_lowercase();
        let holds = |choices: &Vec<String>| choices.iter().any(|choice| name.contains(choice));
        self.0.iter().all(holds)
    }
}

/// `name` or `-name`.
fn parse_sort(text: &str) -> Sort {
    match text.strip_prefix('-') {
        Some(column) => Sort { column: column.to_owned(), descending: true },
        None => Sort { column: text.to_owned(), descending: false },
    }
}

fn write_sort(sort: &Sort) -> String {
    let sign = if sort.descending { "-" } else { "" };
    format!("{sign}{}", sort.column)
}

/// Ascending by a column's id.
pub fn ascending(column: &str) -> Sort {
    Sort { column: column.to_owned(), descending: false }
}

/// Descending by a column's id.
pub fn descending(column: &str) -> Sort {
    Sort { column: column.to_owned(), descending: true }
}

#[cfg(test)]
mod tests {
    use super::{Narrowing, parse_sort, write_sort};

    #[test]
    fn every_word_must_occur_and_a_bar_gives_a_choice() {
        let matches = |filter: &str, name: &str| Narrowing::parse(filter).keeps(name);
        assert!(matches("", "orders"));
        assert!(matches("pay|ord", "Orders.dlq"));
        assert!(matches("ord dlq", "orders.dlq"));
        assert!(!matches("ord dlq", "orders"));
        assert!(matches("pay|", "payments"));
        assert!(!matches("pay|", "orders"));
        assert!(matches("|", "orders"));
        assert!(matches("ÜBUNG", "übung"));
    }

    #[test]
    fn an_order_survives_the_address() {
        for text in ["name", "-lag"] {
            assert_eq!(write_sort(&parse_sort(text)), text);
        }
    }
}
