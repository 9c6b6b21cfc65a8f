//! Finding topics and groups by name.

use ouzel_api::{find::Found, route};

use super::{ClientError, send};

/// The names on all clusters that hold the words of `wanted`.
pub async fn find(wanted: String) -> Result<Found, ClientError> {
    send::get(&route::find(&wanted)).await
}
