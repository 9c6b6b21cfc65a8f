//! How each type stands on the wire: numbers, text, bytes, ids, arrays, and null where allowed.

use bytes::Bytes;

use super::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use super::{Reader, Writer};
#[cfg(feature = "sample")]
use crate::Sampler;
use crate::Uuid;

/// Longest text: Kafka's, whose old length prefix has 15 usable bits, in compact form as well.
const STRING_MAX: usize = i16::MAX as usize;
/// Longest bytes and arrays: what a 32-bit length can say.
const LENGTH_MAX: usize = i32::MAX as usize - 1;
/// Most bytes set aside for an array before its elements have been seen. A liar gets this much and
/// no more; an honest array grows past it once.
const PREALLOCATED_BYTES_MAX: usize = 16 * 1024;

/// The version at hand and what it means for the field at hand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ctx {
    pub version: i16,
    /// Compact lengths and tagged fields.
    pub flexible: bool,
    /// Null is allowed for this field.
    pub nullable: bool,
}

impl Ctx {
    pub fn new(version: i16, flexible_from: i16) -> Self {
        Self { version, flexible: version >= flexible_from, nullable: false }
    }

    /// The same version, for a field that may or may not be null.
    pub fn nullable(self, nullable: bool) -> Self {
        Self { nullable, ..self }
    }
}

/// A type that fields can have.
pub(crate) trait Field: Sized + PartialEq {
    /// Kafka's value for a field that nobody set.
    fn initial() -> Self;
    /// Fewest bytes that any value takes.
    fn min_bytes(ctx: Ctx) -> usize;
    fn read(r: &mut Reader, ctx: Ctx) -> Result<Self, DecodeError>;
    fn write(&self, w: &mut Writer, ctx: Ctx) -> Result<(), EncodeError>;
    /// Any value that this version can carry.
    #[cfg(feature = "sample")]
    fn sample(s: &mut Sampler, ctx: Ctx) -> Self;
}

/// A type with a form for null.
pub(crate) trait Nullable: Field {
    fn read_nullable(r: &mut Reader, ctx: Ctx) -> Result<Option<Self>, DecodeError>;
    fn write_null(w: &mut Writer, ctx: Ctx);

    /// Writes a value where null could stand as well.
    fn write_present(&self, w: &mut Writer, ctx: Ctx) -> Result<(), EncodeError> {
        self.write(w, ctx)
    }
}

impl<T: Nullable> Field for Option<T> {
    fn initial() -> Self {
        Some(T::initial())
    }

    fn min_bytes(ctx: Ctx) -> usize {
        T::min_bytes(ctx).min(1)
    }

    fn read(r: &mut Reader, ctx: Ctx) -> Result<Self, DecodeError> {
        match T::read_nullable(r, ctx)? {
            None if !ctx.nullable => Err(r.error(DecodeErrorKind::Null { version: ctx.version })),
            found => Ok(found),
        }
    }

    fn write(&self, w: &mut Writer, ctx: Ctx) -> Result<(), EncodeError> {
        match self {
            Some(value) => value.write_present(w, ctx),
            None if ctx.nullable => {
                T::write_null(w, ctx);
                Ok(())
            }
            None => Err(w.error(EncodeErrorKind::Null { version: ctx.version })),
        }
    }

    #[cfg(feature = "sample")]
    fn sample(s: &mut Sampler, ctx: Ctx) -> Self {
        (!ctx.nullable || s.below(3) > 0).then(|| T::sample(s, ctx))
    }
}

macro_rules! number {
    ($($ty:ty)+) => { $(
        impl Field for $ty {
            fn initial() -> Self {
                <$ty>::default()
            }

            fn min_bytes(_: Ctx) -> usize {
                size_of::<$ty>()
            }

            fn read(r: &mut Reader, _: Ctx) -> Result<Self, DecodeError> {
                r.array().map(<$ty>::from_be_bytes)
            }

            fn write(&self, w: &mut Writer, _: Ctx) -> Result<(), EncodeError> {
                w.put_number(&self.to_be_bytes());
                Ok(())
            }

            #[cfg(feature = "sample")]
            fn sample(s: &mut Sampler, _: Ctx) -> Self {
                s.number() as $ty
            }
        }
    )+ };
}

number! { i8 i16 i32 i64 u16 f64 }

impl Field for bool {
    fn initial() -> Self {
        false
    }

    fn min_bytes(_: Ctx) -> usize {
        1
    }

    fn read(r: &mut Reader, _: Ctx) -> Result<Self, DecodeError> {
        r.u8().map(|byte| byte != 0)
    }

    fn write(&self, w: &mut Writer, _: Ctx) -> Result<(), EncodeError> {
        w.put_slice(&[u8::from(*self)]);
        Ok(())
    }

    #[cfg(feature = "sample")]
    fn sample(s: &mut Sampler, _: Ctx) -> Self {
        s.below(2) == 1
    }
}

impl Field for Uuid {
    fn initial() -> Self {
        Uuid::ZERO
    }

    fn min_bytes(_: Ctx) -> usize {
        16
    }

    fn read(r: &mut Reader, _: Ctx) -> Result<Self, DecodeError> {
        r.array().map(Uuid)
    }

    fn write(&self, w: &mut Writer, _: Ctx) -> Result<(), EncodeError> {
        w.put_slice(&self.0);
        Ok(())
    }

    #[cfg(feature = "sample")]
    fn sample(s: &mut Sampler, _: Ctx) -> Self {
        let halves = [s.number(), s.number()];
        Uuid((u128::from(halves[0]) << 64 | u128::from(halves[1])).to_be_bytes())
    }
}

/// Lets a type that has a null be read where null is not allowed.
macro_rules! never_null {
    () => {
        fn read(r: &mut Reader, ctx: Ctx) -> Result<Self, DecodeError> {
            let null = DecodeErrorKind::Null { version: ctx.version };
            Self::read_nullable(r, ctx)?.ok_or_else(|| r.error(null))
        }
    };
}

impl Field for String {
    fn initial() -> Self {
        String::new()
    }

    fn min_bytes(ctx: Ctx) -> usize {
        if ctx.flexible { 1 } else { 2 }
    }

    never_null!();

    fn write(&self, w: &mut Writer, ctx: Ctx) -> Result<(), EncodeError> {
        let length = fits(w, self.len(), STRING_MAX)?;
        match ctx.flexible {
            true => w.put_uvarint(length as u32 + 1),
            false => w.put_i16(length as i16),
        }
        w.put_slice(self.as_bytes());
        Ok(())
    }

    #[cfg(feature = "sample")]
    fn sample(s: &mut Sampler, _: Ctx) -> Self {
        s.text()
    }
}

impl Nullable for String {
    fn read_nullable(r: &mut Reader, ctx: Ctx) -> Result<Option<Self>, DecodeError> {
        let length = match ctx.flexible {
            true => compact_length(r)?,
            false => signed_length(r, |r| r.i16().map(i32::from))?,
        };
        match length {
            None => Ok(None),
            Some(length) if length > STRING_MAX => {
                Err(r.error(DecodeErrorKind::TooLong { length, max: STRING_MAX }))
            }
            Some(length) => r.text(length).map(Some),
        }
    }

    fn write_null(w: &mut Writer, ctx: Ctx) {
        match ctx.flexible {
            true => w.put_uvarint(0),
            false => w.put_i16(-1),
        }
    }
}

impl Field for Bytes {
    fn initial() -> Self {
        Bytes::new()
    }

    fn min_bytes(ctx: Ctx) -> usize {
        if ctx.flexible { 1 } else { 4 }
    }

    never_null!();

    fn write(&self, w: &mut Writer, ctx: Ctx) -> Result<(), EncodeError> {
        put_length(w, self.len(), ctx)?;
        w.put_bytes(self);
        Ok(())
    }

    #[cfg(feature = "sample")]
    fn sample(s: &mut Sampler, _: Ctx) -> Self {
        s.bytes()
    }
}

impl Nullable for Bytes {
    fn read_nullable(r: &mut Reader, ctx: Ctx) -> Result<Option<Self>, DecodeError> {
        length(r, ctx)?.map(|length| r.take(length)).transpose()
    }

    fn write_null(w: &mut Writer, ctx: Ctx) {
        put_null_length(w, ctx);
    }
}

impl<T: Field> Field for Vec<T> {
    fn initial() -> Self {
        Vec::new()
    }

    fn min_bytes(ctx: Ctx) -> usize {
        if ctx.flexible { 1 } else { 4 }
    }

    never_null!();

    fn write(&self, w: &mut Writer, ctx: Ctx) -> Result<(), EncodeError> {
        put_length(w, self.len(), ctx)?;
        self.iter().try_for_each(|element| element.write(w, ctx.nullable(false)))
    }

    #[cfg(feature = "sample")]
    fn sample(s: &mut Sampler, ctx: Ctx) -> Self {
        (0..s.below(4)).map(|_| T::sample(s, ctx.nullable(false))).collect()
    }
}

impl<T: Field> Nullable for Vec<T> {
    fn read_nullable(r: &mut Reader, ctx: Ctx) -> Result<Option<Self>, DecodeError> {
        let Some(count) = length(r, ctx)? else { return Ok(None) };
        let (each, left) = (T::min_bytes(ctx).max(1), r.remaining());
        if count > left / each {
            return Err(r.error(DecodeErrorKind::TooManyElements { count, each, left }));
        }
        r.count(count)?;
        let reserved = count.min(PREALLOCATED_BYTES_MAX / size_of::<T>().max(1));
        let mut elements = Vec::with_capacity(reserved);
        for _ in 0..count {
            elements.push(T::read(r, ctx.nullable(false))?);
        }
        Ok(Some(elements))
    }

    fn write_null(w: &mut Writer, ctx: Ctx) {
        put_null_length(w, ctx);
    }
}

/// The length of bytes or of an array; none for null.
fn length(r: &mut Reader, ctx: Ctx) -> Result<Option<usize>, DecodeError> {
    match ctx.flexible {
        true => compact_length(r),
        false => signed_length(r, Reader::i32),
    }
}

fn compact_length(r: &mut Reader) -> Result<Option<usize>, DecodeError> {
    Ok(r.uvarint()?.checked_sub(1).map(|length| length as usize))
}

fn signed_length(
    r: &mut Reader,
    read: impl FnOnce(&mut Reader) -> Result<i32, DecodeError>,
) -> Result<Option<usize>, DecodeError> {
    match read(r)? {
        -1 => Ok(None),
        length => usize::try_from(length)
            .map(Some)
            .map_err(|_| r.error(DecodeErrorKind::NegativeLength(length))),
    }
}

fn put_length(w: &mut Writer, length: usize, ctx: Ctx) -> Result<(), EncodeError> {
    let length = fits(w, length, LENGTH_MAX)?;
    match ctx.flexible {
        true => w.put_uvarint(length as u32 + 1),
        false => w.put_i32(length as i32),
    }
    Ok(())
}

fn put_null_length(w: &mut Writer, ctx: Ctx) {
    match ctx.flexible {
        true => w.put_uvarint(0),
        false => w.put_i32(-1),
    }
}

/// The length itself, if it is not more than `max`.
fn fits(w: &Writer, length: usize, max: usize) -> Result<usize, EncodeError> {
    if length <= max {
        return Ok(length);
    }
    Err(w.error(EncodeErrorKind::TooLong { length, max }))
}
