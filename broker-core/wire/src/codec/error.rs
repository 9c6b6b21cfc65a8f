//! What can be wrong with bytes that arrive, or with a value that should leave.

use thiserror::Error;

/// Bytes that are not what they claim to be, with where it showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{field} at byte {at}: {kind}")]
pub struct DecodeError {
    /// Bytes from the start of what was given to the reader.
    pub at: usize,
    /// The field being read, as `Struct.field`.
    pub field: &'static str,
    /// What was wrong.
    pub kind: DecodeErrorKind,
}

/// The ways in which bytes can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecodeErrorKind {
    /// The bytes end before the value does.
    #[error("needs {needed} bytes where {left} are left")]
    Truncated {
        /// Bytes that the value takes.
        needed: usize,
        /// Bytes there are.
        left: usize,
    },
    /// A length below zero that does not mean null.
    #[error("has the negative length {0}")]
    NegativeLength(i32),
    /// A count of elements that the bytes left cannot hold.
    #[error("claims {count} elements of at least {each} bytes where {left} bytes are left")]
    TooManyElements {
        /// Elements claimed.
        count: usize,
        /// Fewest bytes that one of them takes.
        each: usize,
        /// Bytes there are.
        left: usize,
    },
    /// A count of elements beyond what the whole message may have.
    #[error("has {count} elements where the message may have {left} more")]
    TooManyInAll {
        /// Elements claimed.
        count: usize,
        /// Elements that were still allowed.
        left: usize,
    },
    /// A length that the protocol does not allow.
    #[error("has length {length}, more than the {max} allowed")]
    TooLong {
        /// Length claimed.
        length: usize,
        /// Most there may be.
        max: usize,
    },
    /// Text that is not UTF-8.
    #[error("is not UTF-8")]
    InvalidUtf8,
    /// A variable-length integer with bits beyond its type.
    #[error("is a varint that does not end in time")]
    VarintOverflow,
    /// Null where this version has none.
    #[error("is null, which version {version} does not allow")]
    Null {
        /// The version being read.
        version: i16,
    },
    /// A version nobody described.
    #[error("has no version {version}")]
    UnsupportedVersion {
        /// The version asked for.
        version: i16,
    },
    /// Tags that do not rise.
    #[error("has tag {tag} after tag {after}")]
    TagOrder {
        /// The tag that came too late.
        tag: u32,
        /// The tag before it.
        after: u32,
    },
    /// Structures inside structures beyond any message that exists.
    #[error("nests deeper than {max} structures")]
    TooDeep {
        /// Most there may be.
        max: u8,
    },
    /// Bytes after the end.
    #[error("is followed by {left} bytes that belong to nothing")]
    TrailingBytes {
        /// How many.
        left: usize,
    },
    /// A value outside what its field may say.
    #[error("is {value}, which means nothing here")]
    InvalidValue {
        /// The value found.
        value: i64,
    },
}

/// A value that has no form in the version asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{field}: {kind}")]
pub struct EncodeError {
    /// The field being written, as `Struct.field`.
    pub field: &'static str,
    /// What was wrong.
    pub kind: EncodeErrorKind,
}

/// The ways in which a value can fail to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EncodeErrorKind {
    /// The field is set, but this version cannot carry it and the receiver would miss it.
    #[error("is set, but version {version} has no place for it")]
    NotInVersion {
        /// The version being written.
        version: i16,
    },
    /// Null where this version has none.
    #[error("is null, which version {version} does not allow")]
    Null {
        /// The version being written.
        version: i16,
    },
    /// Longer than its length prefix, or the protocol, allows.
    #[error("has length {length}, more than the {max} allowed")]
    TooLong {
        /// Its length.
        length: usize,
        /// Most there may be.
        max: usize,
    },
    /// A version nobody described.
    #[error("has no version {version}")]
    UnsupportedVersion {
        /// The version asked for.
        version: i16,
    },
    /// An unknown tagged field with the tag of a known one, or the same tag twice.
    #[error("has two tagged fields with tag {tag}")]
    DuplicateTag {
        /// The tag.
        tag: u32,
    },
}
