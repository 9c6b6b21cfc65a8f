//! Signing in to a broker: SaslHandshake, then the mechanism's tokens by SaslAuthenticate.

use std::time::{Duration, Instant};

use bytes::Bytes;
use ouzel_wire::{
    ErrorCode,
    messages::{
        SaslAuthenticateRequest, SaslAuthenticateResponse, SaslHandshakeRequest,
        SaslHandshakeResponse,
    },
};
use tokio::task::spawn_blocking;

use super::Connection;
use crate::kafka::{error::KafkaError, scram::Scram, security::Sasl};

/// Signs in. Answers until when that holds, if the broker sets an end to it (KIP-368).
pub async fn sign_in(connection: &Connection, sasl: &Sasl) -> Result<Option<Instant>, KafkaError> {
    let mechanism = sasl.mechanism.name().to_owned();
    connection.version::<SaslHandshakeRequest>()?;
    // Version 0 would have the tokens follow without a frame's header.
    let request = SaslHandshakeRequest { mechanism, ..SaslHandshakeRequest::default() };
    let offered: SaslHandshakeResponse =
        connection.call_in(1, &request, super::REQUEST_TIMEOUT).await?;
    if offered.error_code != 0 {
        return Err(refused(connection, unoffered(sasl, &offered)));
    }
    let last = match Scram::new(sasl.mechanism, &sasl.user, nonce()) {
        Some(scram) => converse(connection, scram, sasl).await?,
        None => {
            let token = format!("\0{}\0{}", sasl.user, sasl.password);
            send(connection, token).await?
        }
    };
    // A new connection takes over well before the broker ends this one.
    let lifetime = u64::try_from(last.session_lifetime_ms).unwrap_or(0);
    let ends = Instant::now() + Duration::from_millis(lifetime / 10 * 8);
    Ok((lifetime > 0).then_some(ends))
}

async fn converse(
    connection: &Connection,
    scram: Scram,
    sasl: &Sasl,
) -> Result<SaslAuthenticateResponse, KafkaError> {
    let challenge = send(connection, scram.first()).await?.auth_bytes;
    let password = sasl.password.clone();
    // Thousands of rounds of hashing, which would hold up whoever shares the thread.
    let worked = spawn_blocking(move || scram.last(&challenge, &password)).await;
    let worked = worked.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
    let (token, expected) = worked.map_err(|cause| refused(connection, cause))?;
    let last = send(connection, token).await?;
    expected.check(&last.auth_bytes).map_err(|cause| refused(connection, cause))?;
    Ok(last)
}

async fn send(
    connection: &Connection,
    token: String,
) -> Result<SaslAuthenticateResponse, KafkaError> {
    let auth_bytes = Bytes::from(token);
    let request = SaslAuthenticateRequest { auth_bytes, ..SaslAuthenticateRequest::default() };
    let answer = connection.call(&request).await?;
    match answer.error_code {
        0 => Ok(answer),
        code => {
            let said = answer.error_message.filter(|said| !said.is_empty());
            let known = ErrorCode::from_i16(code).map(|code| code.name().to_owned());
            let cause = said.or(known).unwrap_or_else(|| format!("error {code}"));
            Err(refused(connection, cause))
        }
    }
}

fn unoffered(sasl: &Sasl, offered: &SaslHandshakeResponse) -> String {
    let wanted = sasl.mechanism.name();
    match offered.mechanisms.is_empty() {
        true => format!("it does not take {wanted}"),
        false => format!("it does not take {wanted}, but {}", offered.mechanisms.join(", ")),
    }
}

fn refused(connection: &Connection, cause: String) -> KafkaError {
    KafkaError::SignIn { address: connection.address().to_string(), cause }
}

fn nonce() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
