//! The answer to an act that is done, which the cluster shows at once or a little later.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use ouzel_api::topics::Accepted;

use super::extract::Json;
use crate::kafka::Shown;

/// Nothing more to say, or that it is to be seen later.
pub fn done(shown: Shown) -> Response {
    match shown {
        Shown::Now => StatusCode::NO_CONTENT.into_response(),
        Shown::NotYet => {
            let message = "the cluster has accepted it, but does not show it yet".to_owned();
            (StatusCode::ACCEPTED, Json(Accepted { message })).into_response()
        }
    }
}
