//! ApiVersions: what is served here, in which versions.

use std::sync::Arc;

use ouzel_wire::messages::{ApiVersion, ApiVersionsRequest, ApiVersionsResponse};
use ouzel_wire::{ErrorCode, advertised, frame};

use crate::listener::answer::{Answer, Pending};
use crate::listener::budget::Reservation;
use crate::listener::call::{Call, Ctx};
use crate::listener::closed::Closed;
use crate::listener::dispatch::SERVED;

use super::NONE;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: ApiVersionsRequest,
) -> ApiVersionsResponse {
    // Clients must say who they are from version 3 on; Kafka turns others away.
    let names = [&request.client_software_name, &request.client_software_version];
    if ctx.version >= 3 && !names.into_iter().all(|name| is_name(name)) {
        let error_code = ErrorCode::InvalidRequest.code();
        return ApiVersionsResponse { error_code, ..Default::default() };
    }
    response(NONE)
}

/// The answer to a version from the future: in version 0, which every client can read.
pub(in crate::listener) fn refuse(call: Call) -> Result<Pending, Closed> {
    let refusal = response(ErrorCode::UnsupportedVersion.code());
    let id = call.header.correlation_id;
    let pieces = frame::encode_response::<ApiVersionsRequest>(0, id, &refusal)?;
    Ok(Box::pin(async { Ok(Answer::Send(pieces, Reservation::default())) }))
}

fn response(error_code: i16) -> ApiVersionsResponse {
    let versions = |&key| {
        let range = advertised(key)?;
        let (api_key, min_version, max_version) = (key as i16, *range.start(), *range.end());
        Some(ApiVersion { api_key, min_version, max_version, ..Default::default() })
    };
    let api_keys = SERVED.iter().filter_map(versions).collect();
    ApiVersionsResponse { error_code, api_keys, ..Default::default() }
}

/// Letters, digits, `.` and `-`, none of the last two at an end.
fn is_name(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.chars().all(inner) && ends(text.chars().next()) && ends(text.chars().next_back())
}
