//! FindCoordinator: who keeps a group. On one node the answer is always the same, once the topic
//! in which groups keep their state exists.

use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{Coordinator, FindCoordinatorRequest, FindCoordinatorResponse};

use crate::listener::call::Ctx;
use crate::listener::error_code::Code;

use super::{advertised, once};

/// Kinds of coordinators, as Kafka numbers them.
const GROUP: i8 = 0;
const TRANSACTION: i8 = 1;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: FindCoordinatorRequest,
) -> FindCoordinatorResponse {
    let outcome = ready(&ctx, request.key_type).await;
    if ctx.version < 4 {
        let found = coordinator(&ctx, request.key, &outcome);
        return FindCoordinatorResponse {
            error_code: found.error_code,
            error_message: found.error_message,
            node_id: found.node_id,
            host: found.host,
            port: found.port,
            ..Default::default()
        };
    }
    let keys = once(request.coordinator_keys, String::clone).into_iter();
    let coordinators = keys.map(|key| coordinator(&ctx, key, &outcome)).collect();
    FindCoordinatorResponse { coordinators, ..Default::default() }
}

async fn ready(ctx: &Ctx, key_type: i8) -> Result<(), (ErrorCode, String)> {
    match key_type {
        GROUP => {
            let ensured = ctx.blocking(|shared| shared.ensure_offsets_topic()).await;
            ensured.map(drop).map_err(|e| {
                tracing::error!(error = %e.code(), "groups cannot be kept: {e}");
                (ErrorCode::CoordinatorNotAvailable, e.to_string())
            })
        }
        // Refused for good, as InitProducerId refuses: a client that retried would hang.
        TRANSACTION => {
            Err((ErrorCode::UnsupportedVersion, "transactions are not served yet".to_owned()))
        }
        other => Err((ErrorCode::InvalidRequest, format!("nobody coordinates kind {other}"))),
    }
}

fn coordinator(ctx: &Ctx, key: String, outcome: &Result<(), (ErrorCode, String)>) -> Coordinator {
    match outcome {
        Ok(()) => {
            let (host, port) = advertised(ctx);
            let node_id = ctx.shared.node.config.node_id;
            Coordinator { key, node_id, host, port, ..Default::default() }
        }
        Err((code, why)) => Coordinator {
            key,
            node_id: -1,
            port: -1,
            error_code: code.code(),
            error_message: Some(why.clone()),
            ..Default::default()
        },
    }
}
