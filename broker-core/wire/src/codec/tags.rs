//! Tagged fields: read in rising order, the unknown ones kept, all written back in rising order.

use bytes::Bytes;

use super::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use super::{Reader, Writer};

/// A tagged field that the description does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaggedField {
    /// Its number.
    pub tag: u32,
    /// Its bytes, not understood.
    pub data: Bytes,
}

/// The tagged fields that a structure brought along unknown, in rising order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaggedFields(Vec<TaggedField>);

impl TaggedFields {
    /// No fields.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a field, or replaces the one with the same tag.
    pub fn insert(&mut self, tag: u32, data: Bytes) {
        match self.0.binary_search_by_key(&tag, |field| field.tag) {
            Ok(at) => self.0[at].data = data,
            Err(at) => self.0.insert(at, TaggedField { tag, data }),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields in rising order of their tags.
    pub fn iter(&self) -> std::slice::Iter<'_, TaggedField> {
        self.0.iter()
    }
}

/// Reads the tagged fields at the end of a structure. `known` reads a field and says true, or says
/// false and leaves it; those are kept in `unknown`.
pub(crate) fn read_tags(
    r: &mut Reader,
    unknown: &mut TaggedFields,
    mut known: impl FnMut(u32, &mut Reader) -> Result<bool, DecodeError>,
) -> Result<(), DecodeError> {
    r.on("tagged fields");
    let mut last = None;
    for _ in 0..r.uvarint()? {
        let tag = r.uvarint()?;
        if let Some(after) = last.filter(|&after| tag <= after) {
            return Err(r.error(DecodeErrorKind::TagOrder { tag, after }));
        }
        last = Some(tag);
        r.count(1)?;
        let size = r.uvarint()? as usize;
        let mut body = r.within(size)?;
        match known(tag, &mut body)? {
            true => body.expect_end()?,
            false => unknown.0.push(TaggedField { tag, data: body.take_rest() }),
        }
        r.after(&body);
    }
    Ok(())
}

/// Collects the tagged fields of a structure that have something to say.
pub(crate) struct TagWriter<'a> {
    unknown: &'a TaggedFields,
    known: Vec<(u32, Writer)>,
}

impl<'a> TagWriter<'a> {
    pub fn new(unknown: &'a TaggedFields) -> Self {
        Self { unknown, known: Vec::new() }
    }

    /// A place for the bytes of the known field `tag`.
    pub fn field(&mut self, tag: u32) -> &mut Writer {
        let at = self.known.partition_point(|(other, _)| *other < tag);
        self.known.insert(at, (tag, Writer::new()));
        &mut self.known[at].1
    }

    /// Writes known and unknown fields, merged in rising order.
    pub fn finish(self, w: &mut Writer) -> Result<(), EncodeError> {
        w.put_uvarint((self.known.len() + self.unknown.0.len()) as u32);
        let mut known = self.known.into_iter().peekable();
        for field in self.unknown.iter() {
            while let Some((tag, body)) = known.next_if(|(tag, _)| *tag < field.tag) {
                put_tag(w, tag, body);
            }
            if known.peek().is_some_and(|(tag, _)| *tag == field.tag) {
                return Err(w.error(EncodeErrorKind::DuplicateTag { tag: field.tag }));
            }
            w.put_uvarint(field.tag);
            w.put_uvarint(field.data.len() as u32);
            w.put_bytes(&field.data);
        }
        known.for_each(|(tag, body)| put_tag(w, tag, body));
        Ok(())
    }
}

fn put_tag(w: &mut Writer, tag: u32, body: Writer) {
    w.put_uvarint(tag);
    w.put_uvarint(body.len() as u32);
    w.append(body);
}
