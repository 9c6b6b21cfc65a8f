//! The description of the API, gathered from the handlers' own annotations.

use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::{auth::cookie, router::Route};

#[derive(OpenApi)]
#[openapi(
    info(title = "Ouzel", description = "The console's API. Scripts may rely on all of it."),
    modifiers(&Sessions),
    security(("cookie" = []), ("bearer" = [])),
)]
struct Document;

/// The two ways to send a session's token.
struct Sessions;

impl Modify for Sessions {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(cookie::NAME)));
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
        components.add_security_scheme("cookie", cookie);
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    }
}

/// The description of these routes.
pub fn document(routes: &[Route]) -> serde_json::Value {
    let mut document = Document::openapi();
    for route in routes {
        let (schemas, paths) = route.description();
        document.paths.merge(paths);
        let components = document.components.get_or_insert_default();
        components.schemas.extend(schemas);
    }
    serde_json::to_value(&document).expect("a description is JSON")
}
