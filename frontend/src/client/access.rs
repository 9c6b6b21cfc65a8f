//! Users, roles, sessions and API tokens: everybody's, and one's own.

use ouzel_api::{
    access::{
        ChangePassword, ChangeRole, ChangeUser, CreateRole, CreateToken, CreateUser, Explained,
        FirstPassword, NewToken, RoleRow, SessionRow, TokenRow, User,
    },
    route,
};

use super::{ClientError, send};
use crate::query::Query;

/// Whose sessions or tokens are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// One's own.
    Mine,
    /// Everybody's, for whoever manages access.
    All,
}

/// All users.
pub async fn users() -> Result<Vec<User>, ClientError> {
    send::get(route::USERS).await
}

/// Makes a user.
pub async fn create_user(user: CreateUser) -> Result<FirstPassword, ClientError> {
    send::post(route::USERS, &user).await
}

/// Gives a user a role, shuts the user out or lets the user in.
pub async fn change_user(user: String, change: ChangeUser) -> Result<(), ClientError> {
    send::act("PUT", &route::user(&user), Some(&change)).await
}

/// Deletes a user.
pub async fn delete_user(user: String) -> Result<(), ClientError> {
    send::act("DELETE", &route::user(&user), None::<&()>).await
}

/// Gives a user a new first password.
pub async fn reset_password(user: String) -> Result<FirstPassword, ClientError> {
    send::post(&route::user_password(&user), &()).await
}

/// All roles.
pub async fn roles() -> Result<Vec<RoleRow>, ClientError> {
    send::get(route::ROLES).await
}

/// Makes a role.
pub async fn create_role(role: CreateRole) -> Result<(), ClientError> {
    send::act("POST", route::ROLES, Some(&role)).await
}

/// Changes what a role allows.
pub async fn change_role(role: String, change: ChangeRole) -> Result<(), ClientError> {
    send::act("PUT", &route::role(&role), Some(&change)).await
}

/// Removes a role.
pub async fn delete_role(role: String) -> Result<(), ClientError> {
    send::act("DELETE", &route::role(&role), None::<&()>).await
}

/// Sessions.
pub async fn sessions(whose: Whose) -> Result<Vec<SessionRow>, ClientError> {
    send::get(match whose {
        Whose::Mine => route::MY_SESSIONS,
        Whose::All => route::SESSIONS,
    })
    .await
}

/// Ends a session.
pub async fn end_session(whose: Whose, id: String) -> Result<(), ClientError> {
    let path = match whose {
        Whose::Mine => route::my_session(&id),
        Whose::All => route::other_session(&id),
    };
    send::act("DELETE", &path, None::<&()>).await
}

/// API tokens.
pub async fn tokens(whose: Whose) -> Result<Vec<TokenRow>, ClientError> {
    send::get(match whose {
        Whose::Mine => route::MY_TOKENS,
        Whose::All => route::TOKENS,
    })
    .await
}

/// Makes an API token of one's own.
pub async fn create_token(token: CreateToken) -> Result<NewToken, ClientError> {
    send::post(route::MY_TOKENS, &token).await
}

/// Revokes an API token.
pub async fn revoke_token(whose: Whose, id: String) -> Result<(), ClientError> {
    let path = match whose {
        Whose::Mine => route::my_token(&id),
        Whose::All => route::token(&id),
    };
    send::act("DELETE", &path, None::<&()>).await
}

/// Changes one's own password.
pub async fn change_password(old: String, new: String) -> Result<(), ClientError> {
    send::act("POST", route::MY_PASSWORD, Some(&ChangePassword { old, new })).await
}

/// What somebody may do somewhere, and why.
pub async fn explain(
    user: String,
    cluster: String,
    resource: String,
) -> Result<Explained, ClientError> {
    let query =
        Query::default().with("user", user).with("cluster", cluster).with("resource", resource);
    send::get(&format!("{}?{query}", route::EXPLAIN)).await
}
