//! Whole requests and responses: the length in front, the header, the body.
//!
//! Owns headers and their versions. Reading exactly one frame from a socket is the caller's; the
//! length it reads there is checked by [`frame_length`].

use bytes::Bytes;
use thiserror::Error;

use crate::codec::{Ctx, Field, Nullable, TagWriter, read_tags};
use crate::{
    ApiKey, DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind, ErrorCode, Message, Reader,
    Request, TaggedFields, Writer, spec,
};

/// Longest frame without its length: Kafka's `socket.request.max.bytes`, so that what passes one
/// broker passes the other.
pub const MAX_FRAME_BYTES: usize = 100 * 1024 * 1024;

/// A length in front of a frame that no frame can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a frame of {length} bytes was announced; allowed are 0 to {max}")]
pub struct InvalidFrameLength {
    /// What was announced.
    pub length: i32,
    /// Most there may be.
    pub max: usize,
}

/// The length of the frame behind the four bytes in front of it, if it is at most `max`.
pub fn frame_length(prefix: [u8; 4], max: usize) -> Result<usize, InvalidFrameLength> {
    let length = i32::from_be_bytes(prefix);
    let allowed = usize::try_from(length).ok().filter(|&length| length <= max);
    allowed.ok_or(InvalidFrameLength { length, max })
}

/// What stands before every request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RequestHeader {
    /// The API asked for; may be one that nobody knows.
    pub api_key: i16,
    /// The version of its body.
    pub api_version: i16,
    /// Comes back in the response.
    pub correlation_id: i32,
    /// What the client calls itself.
    pub client_id: Option<String>,
    /// Tagged fields of the header that are not described here.
    pub unknown_tagged_fields: TaggedFields,
}

/// Reads a request's header. Whether the header has tagged fields depends on the key and version in
/// it; for keys not described here it is read without them.
pub fn decode_request_header(r: &mut Reader) -> Result<RequestHeader, DecodeError> {
    let mut header = RequestHeader::default();
    r.on("RequestHeader.api_key");
    header.api_key = r.i16()?;
    r.on("RequestHeader.api_version");
    header.api_version = r.i16()?;
    r.on("RequestHeader.correlation_id");
    header.correlation_id = r.i32()?;
    r.on("RequestHeader.client_id");
    header.client_id = String::read_nullable(r, client_id_ctx())?;
    if is_flexible(header.api_key, header.api_version) {
        read_tags(r, &mut header.unknown_tagged_fields, |_, _| Ok(false))?;
    }
    Ok(header)
}

/// Reads a request's body to its end; bytes behind it are an error.
pub fn decode_request<R: Request>(r: &mut Reader, version: i16) -> Result<R, DecodeError> {
    let request = R::decode(r, version)?;
    r.expect_end()?;
    Ok(request)
}

/// A request ready to be sent, with its length in front. The header's key must be the request's.
pub fn encode_request<R: Request>(
    header: &RequestHeader,
    request: &R,
) -> Result<Bytes, EncodeError> {
    assert_eq!(header.api_key, R::KEY as i16, "the header announces another request");
    let mut w = Writer::new();
    w.put_i32(0);
    w.put_i16(header.api_key);
    w.put_i16(header.api_version);
    w.put_i32(header.correlation_id);
    w.on("RequestHeader.client_id");
    header.client_id.write(&mut w, client_id_ctx())?;
    if header.api_version >= R::FLEXIBLE_FROM {
        w.on("RequestHeader.unknown_tagged_fields");
        TagWriter::new(&header.unknown_tagged_fields).finish(&mut w)?;
    }
    request.encode(&mut w, header.api_version)?;
    close(w).map(Writer::into_bytes)
}

/// A response ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The pieces to write, in order.
    pub pieces: Vec<Bytes>,
    /// The error codes in it, but for 0, in their order: one per topic, partition or group refused.
    pub errors: Vec<i16>,
}

/// [`encode_response`], for those who also want to know what it refuses.
pub fn encode_answer<R: Request>(
    version: i16,
    correlation_id: i32,
    response: &R::Response,
) -> Result<Encoded, EncodeError> {
    let mut w = Writer::new();
    w.put_i32(0);
    w.put_i32(correlation_id);
    if response_header_is_flexible::<R>(version) {
        TagWriter::new(&TaggedFields::new()).finish(&mut w)?;
    }
    response.encode(&mut w, version)?;
    let errors = w.take_errors();
    Ok(Encoded { pieces: close(w)?.into_segments(), errors })
}

/// A response ready to be sent, with its length in front: the pieces to write, in order. Records of
/// a Fetch are pieces of their own and are not copied.
pub fn encode_response<R: Request>(
    version: i16,
    correlation_id: i32,
    response: &R::Response,
) -> Result<Vec<Bytes>, EncodeError> {
    Ok(encode_answer::<R>(version, correlation_id, response)?.pieces)
}

/// Reads a response without its length: the correlation id and the body, to its end.
///
/// A broker that does not know the client's version of ApiVersions answers in version 0; that is
/// seen by its error and read as such.
pub fn decode_response<R: Request>(
    frame: Bytes,
    version: i16,
) -> Result<(i32, R::Response), DecodeError> {
    let mut r = Reader::new(frame);
    r.on("ResponseHeader.correlation_id");
    let correlation_id = r.i32()?;
    if response_header_is_flexible::<R>(version) {
        read_tags(&mut r, &mut TaggedFields::new(), |_, _| Ok(false))?;
    }
    let version = if refuses_version::<R>(&r) { 0 } else { version };
    let response = R::Response::decode(&mut r, version)?;
    r.expect_end()?;
    Ok((correlation_id, response))
}

/// Whether a request with this key and version has a header with tagged fields.
fn is_flexible(api_key: i16, api_version: i16) -> bool {
    let spoken = ApiKey::from_i16(api_key).and_then(spec);
    spoken.is_some_and(|spec| api_version >= spec.flexible_from)
}

/// ApiVersions never has one, because its client does not know yet what the broker can read.
fn response_header_is_flexible<R: Request>(version: i16) -> bool {
    version >= R::FLEXIBLE_FROM && R::KEY != ApiKey::ApiVersions
}

fn refuses_version<R: Request>(r: &Reader) -> bool {
    let refusal = ErrorCode::UnsupportedVersion.code();
    R::KEY == ApiKey::ApiVersions && r.clone().i16() == Ok(refusal)
}

/// The client id keeps its old length prefix in flexible headers, so that any broker can read the
/// header of an ApiVersions request.
fn client_id_ctx() -> Ctx {
    Ctx::new(1, i16::MAX).nullable(true)
}

/// Fills in the length that was left open.
fn close(mut w: Writer) -> Result<Writer, EncodeError> {
    let length = w.len() - size_of::<i32>();
    w.on("frame");
    if length > MAX_FRAME_BYTES {
        return Err(w.error(EncodeErrorKind::TooLong { length, max: MAX_FRAME_BYTES }));
    }
    w.patch_start(length as i32);
    Ok(w)
}

/// Reads a payload that begins with its own version, as those of consumer groups do.
///
/// `newest` is the newest version described. Later ones only add fields at the end, so they are
/// read as `newest` and what follows is left unread.
pub fn decode_versioned<T: Message>(bytes: Bytes, newest: i16) -> Result<(i16, T), DecodeError> {
    let mut r = Reader::new(bytes);
    r.on("version");
    let version = r.i16()?;
    if version < 0 {
        return Err(r.error(DecodeErrorKind::UnsupportedVersion { version }));
    }
    Ok((version, T::decode(&mut r, version.min(newest))?))
}

/// A payload with its version in front.
pub fn encode_versioned<T: Message>(version: i16, payload: &T) -> Result<Bytes, EncodeError> {
    let mut w = Writer::new();
    w.put_i16(version);
    payload.encode(&mut w, version)?;
    Ok(w.into_bytes())
}
