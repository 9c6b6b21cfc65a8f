//! InitProducerId: an identity for an idempotent producer.
//!
//! Transactions are not served yet. A producer that names a transaction is refused with
//! `UNSUPPORTED_VERSION`: no client retries that, so it fails at once and before any record.

use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{InitProducerIdRequest, InitProducerIdResponse};

use crate::listener::call::Ctx;
use crate::listener::error_code::Code;

/// What a producer brings that has no identity yet.
const NOBODY: i64 = -1;
const NO_EPOCH: i16 = -1;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: InitProducerIdRequest,
) -> InitProducerIdResponse {
    let refusal = |code: ErrorCode| InitProducerIdResponse {
        error_code: code.code(),
        producer_id: -1,
        producer_epoch: -1,
        ..Default::default()
    };
    match request.transactional_id.as_deref() {
        Some("") => return refusal(ErrorCode::InvalidRequest),
        Some(_) => return refusal(ErrorCode::UnsupportedVersion),
        None => {}
    }
    // Whoever brings an identity brings all of it (KIP-360). It gets a new one all the same.
    if (request.producer_id == NOBODY) != (request.producer_epoch == NO_EPOCH) {
        return refusal(ErrorCode::InvalidRequest);
    }
    let given = ctx.blocking(|shared| shared.node.next_producer_id()).await;
    match given {
        Ok(producer_id) => InitProducerIdResponse { producer_id, ..Default::default() },
        // Retried by every client, unlike a storage error.
        Err(e) => {
            tracing::error!(error = %e.code(), "a producer id cannot be had: {e}");
            refusal(ErrorCode::CoordinatorNotAvailable)
        }
    }
}
