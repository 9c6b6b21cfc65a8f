//! The text from which a search goes on: how far each partition is, and of which search.
//!
//! Owns its format: base64url without padding over a version byte, four bytes that bind it to the
//! search it came from, and variable-length integers: one for what is held back, and per partition
//! five. The server keeps
//! nothing; a token that is broken or belongs to another search is refused.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ouzel_api::search::Search;
use sha2::{Digest, Sha256};

use super::plan::{Direction, Span};

/// The version written; others are refused.
const VERSION: u8 = 2;
/// Longest token read.
pub const TOKEN_BYTES_MAX: usize = 640 * 1024;
/// Partitions for which it is long enough, whatever their offsets.
const PARTITIONS_MAX: usize = 10_000;
/// A span at its largest: 31 bits and four times 63, seven bits a byte.
const SPAN_BYTES_MAX: usize = 5 + 4 * 9;
/// Bytes that bind a token to its search: a mistake is noticed, and a URL stays short. It is no
/// secret: a forged token reads only what its bearer may read anyway.
const BINDING_BYTES: usize = 4;

/// What stands before the spans, at its largest.
const HEAD_BYTES_MAX: usize = 1 + BINDING_BYTES + 9;

// Base64 makes four letters of three bytes.
const _: () =
    assert!((HEAD_BYTES_MAX + PARTITIONS_MAX * SPAN_BYTES_MAX).div_ceil(3) * 4 <= TOKEN_BYTES_MAX);

/// Why a token was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is not one of ours, or was cut.
    #[error("the resume token cannot be read; begin the search anew")]
    Broken,
    /// It belongs to another search.
    #[error(
        "the resume token belongs to another search (topic, start, partitions or filters differ)"
    )]
    Foreign,
}

/// What a search has left when it stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// How far each partition is.
    pub spans: Vec<Span>,
    /// Offsets that the search was not given when it began; see [`super::range::Reach`].
    pub held: u64,
}

/// What a token is bound to: all that decides which records a search finds, but not how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding([u8; BINDING_BYTES]);

impl Binding {
    /// Of this search on this topic.
    pub fn new(cluster: &str, topic: &str, search: &Search) -> Binding {
        let mut search = Search { limit: 0, resume: None, ..search.clone() };
        search.filters.retain(|filter| filter.enabled);
        let text = serde_json::to_string(&(cluster, topic, search))
            .expect("a search came as JSON and goes as JSON");
        let digest = Sha256::digest(text.as_bytes());
        let mut binding = [0; BINDING_BYTES];
        binding.copy_from_slice(&digest[..BINDING_BYTES]);
        Binding(binding)
    }
}

/// Writes a token; `None` if there is nothing left to read.
pub fn write(direction: Direction, binding: Binding, left: &Left) -> Option<String> {
    if left.spans.iter().all(|span| span.is_done(direction)) {
        return None;
    }
    let mut bytes = vec![VERSION];
    bytes.extend(binding.0);
    put(&mut bytes, i64::try_from(left.held).unwrap_or(i64::MAX));
    for span in &left.spans {
        put(&mut bytes, i64::from(span.partition));
        put(&mut bytes, span.start);
        put(&mut bytes, span.end - span.start);
        put(&mut bytes, span.edge - span.start);
        put(&mut bytes, span.counted - span.start);
    }
    Some(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Reads a token of the search that `binding` stands for.
pub fn read(token: &str, binding: Binding) -> Result<Left, TokenError> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(TokenError::Broken);
    }
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| TokenError::Broken)?;
    let (head, mut rest) = bytes.split_at_checked(1 + BINDING_BYTES).ok_or(TokenError::Broken)?;
    if head[0] != VERSION {
        return Err(TokenError::Broken);
    }
    if head[1..] != binding.0 {
        return Err(TokenError::Foreign);
    }
    let held = take(&mut rest).ok_or(TokenError::Broken)?.unsigned_abs();
    let mut spans: Vec<Span> = Vec::new();
    while !rest.is_empty() {
        let span = take_span(&mut rest).ok_or(TokenError::Broken)?;
        if spans.last().is_some_and(|last| last.partition >= span.partition) {
            return Err(TokenError::Broken);
        }
        spans.push(span);
    }
    Ok(Left { spans, held })
}

fn take_span(rest: &mut &[u8]) -> Option<Span> {
    let partition = i32::try_from(take(rest)?).ok()?;
    let start = take(rest)?;
    let end = start.checked_add(take(rest)?)?;
    let edge = start.checked_add(take(rest)?)?;
    let counted = start.checked_add(take(rest)?)?;
    (edge.max(counted) <= end).then_some(Span { partition, start, end, edge, counted })
}

/// Writes a number that is not negative, seven bits a byte, the lowest first.
fn put(bytes: &mut Vec<u8>, number: i64) {
    let mut left = u64::try_from(number).expect("partitions, offsets and their distances");
    while left >= 0x80 {
        bytes.push(left as u8 | 0x80);
        left >>= 7;
    }
    bytes.push(left as u8);
}

fn take(rest: &mut &[u8]) -> Option<i64> {
    let mut number = 0u64;
    for shift in (0..63).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return i64::try_from(number).ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ouzel_api::search::{Filter, From, Search, Target, Test};
    use proptest::prelude::*;

    use super::{Binding, Direction, Left, PARTITIONS_MAX, Span, TokenError, read, write};

    fn search(text: &str) -> Search {
        let test = Test::Contains { target: Target::Any, text: text.to_owned() };
        Search { filters: vec![Filter::new(test)], ..Search::new(From::Newest, 5) }
    }

    fn token(spans: &[Span]) -> Option<String> {
        let left = Left { spans: spans.to_vec(), held: 3 };
        write(Direction::Backward, Binding::new("c", "t", &search("x")), &left)
    }

    fn spans() -> impl Strategy<Value = Vec<Span>> {
        let span = (0..i64::MAX / 2, 0..i64::MAX / 4, 0..i64::MAX / 8, 0..i64::MAX / 4);
        prop::collection::vec(span, 1..40).prop_map(|spans| {
            let numbered = (0..).zip(spans);
            let span = |(partition, (start, read, left, counted))| {
                let edge = start + left + 1;
                let (end, counted) = (edge + read, edge - i64::min(counted, left));
                Span { partition, start, end, edge, counted }
            };
            numbered.map(span).collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(spans in spans()) {
            let binding = Binding::new("c", "t", &search("x"));
            let left = read(&token(&spans).unwrap(), binding).unwrap();
            prop_assert_eq!(left, Left { spans, held: 3 });
        }

        #[test]
        fn anything_else_is_refused_and_never_panics(text in "[A-Za-z0-9_-]{0,40}") {
            let _ = read(&text, Binding::new("c", "t", &search("x")));
        }
    }

    #[test]
    fn the_largest_token_of_ten_thousand_partitions_is_read() {
        let (start, end) = (i64::MAX / 2, i64::MAX);
        let span = |partition| Span { partition, start, end, edge: end - 1, counted: end - 2 };
        let least = i32::MAX - PARTITIONS_MAX as i32;
        let spans: Vec<Span> = (least..i32::MAX).map(span).collect();
        let binding = Binding::new("c", "t", &search("x"));
        let left = Left { spans, held: u64::MAX >> 1 };
        let token = write(Direction::Backward, binding, &left).unwrap();
        assert_eq!(read(&token, binding).unwrap(), left);
    }

    #[test]
    fn a_finished_search_has_no_token() {
        assert_eq!(token(&[Span::unread(Direction::Backward, 0, 5, 5)]), None);
    }

    #[test]
    fn a_token_of_another_search_is_foreign() {
        let token = token(&[Span::unread(Direction::Backward, 0, 5, 9)]).unwrap();
        let others = [
            Binding::new("c", "t", &search("y")),
            Binding::new("c", "u", &search("x")),
            Binding::new("d", "t", &search("x")),
            Binding::new("c", "t", &Search { from: From::Oldest, ..search("x") }),
        ];
        for other in others {
            assert_eq!(read(&token, other), Err(TokenError::Foreign));
        }
        let mut switched = search("x");
        let off = search("y").filters.remove(0);
        switched.filters.push(Filter { enabled: false, ..off });
        assert!(read(&token, Binding::new("c", "t", &switched)).is_ok());
        let more = Search { limit: 500, resume: Some(token.clone()), ..search("x") };
        assert!(read(&token, Binding::new("c", "t", &more)).is_ok());
    }

    #[test]
    fn a_cut_token_is_broken() {
        let token = token(&[Span::unread(Direction::Backward, 3, 500, 90_000)]).unwrap();
        let binding = Binding::new("c", "t", &search("x"));
        for length in [0, 3, token.len() - 2] {
            assert_eq!(read(&token[..length], binding), Err(TokenError::Broken), "{length}");
        }
    }
}
