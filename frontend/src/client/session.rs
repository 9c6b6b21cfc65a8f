//! Signing in and out.

use ouzel_api::{
    route,
    session::{SignIn, Viewer},
};

use super::{ClientError, send};

/// Who is signed in.
pub async fn current() -> Result<Viewer, ClientError> {
    send::get(route::SESSION).await
}

/// Signs in; the server sets the cookie.
pub async fn sign_in(user: String, password: String) -> Result<Viewer, ClientError> {
    send::post(route::SESSION, &SignIn { user, password }).await
}

/// Signs out; the session can never be used again.
pub async fn sign_out() -> Result<(), ClientError> {
    send::act("DELETE", route::SESSION, None::<&()>).await
}
