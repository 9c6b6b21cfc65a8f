//! The description of the API, gathered from the handlers' own annotations, with an example of
//! every body from [`examples`].

mod examples;

use utoipa::{
    Modify, OpenApi,
    openapi::{
        Object, RefOr, Required, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{auth::cookie, router::Route};

#[derive(OpenApi)]
#[openapi(
    info(title = "Ouzel", description = "The console's API. Scripts may rely on all of it."),
    modifiers(&Sessions),
    // What goes both ways in the WebSocket is no body of a route.
    components(schemas(ouzel_api::live::ClientFrame, ouzel_api::live::ServerFrame)),
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
        let (schemas, mut paths) = route.description();
        for (path, item) in &mut paths.paths {
            item.parameters.get_or_insert_default().extend(path_parameters(path).map(RefOr::T));
        }
        document.paths.merge(paths);
        let components = document.components.get_or_insert_default();
        for (name, schema) in schemas {
            let other = components.schemas.insert(name.clone(), schema.clone());
            // What is looked up by its name is described by whichever comes last.
            assert!(other.is_none_or(|it| it == schema), "two types are called {name}");
        }
    }
    let mut document = serde_json::to_value(&document).expect("a description is JSON");
    for (name, example) in examples::all() {
        // Of a name that is no schema's, nothing would be left but this.
        let schema = document["components"]["schemas"].get_mut(&name);
        let schema = schema.and_then(|it| it.as_object_mut());
        let schema = schema.unwrap_or_else(|| panic!("the example {name} is of no type"));
        schema.insert("examples".into(), serde_json::Value::Array(vec![example]));
    }
    exemplify_parameters(&mut document);
    document
}

/// Gives each parameter of a path or a query its example.
fn exemplify_parameters(document: &mut serde_json::Value) {
    let paths = document["paths"].as_object_mut().into_iter().flat_map(|it| it.values_mut());
    let items = paths.filter_map(serde_json::Value::as_object_mut);
    let operations = items.flat_map(|it| it.values_mut());
    for part in operations {
        // A path's own parameters, or those of one of its operations.
        let list = match part.is_array() {
            true => part.as_array_mut(),
            false => part.get_mut("parameters").and_then(|it| it.as_array_mut()),
        };
        for parameter in list.into_iter().flatten() {
            let example = parameter["name"].as_str().and_then(examples::of_parameter);
            if let (Some(example), Some(parameter)) = (example, parameter.as_object_mut()) {
                parameter.entry("example").or_insert(example);
            }
        }
    }
}

/// What stands in braces in a path; the handlers' extractor does not tell it by itself.
fn path_parameters(path: &str) -> impl Iterator<Item = Parameter> {
    let names = path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| {
        let kind = match name {
            "broker" | "partition" | "offset" | "reset" => Type::Integer,
            _ => Type::String,
        };
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(Object::with_type(kind)))
            .build()
    })
}

#[cfg(test)]
mod tests {
    use super::document;
    use crate::router;

    #[test]
    fn every_part_of_a_path_is_described_once_and_with_its_type() {
        let document = document(&router::table());
        let message = "/api/v1/clusters/{cluster}/topics/{topic}/partitions/{partition}/\
                       messages/{offset}";
        let parameters = document["paths"][message]["parameters"].as_array();
        let told: Vec<_> = parameters
            .into_iter()
            .flatten()
            .map(|it| (it["name"].as_str(), it["schema"]["type"].as_str()))
            .collect();
        let text = |name| (Some(name), Some("string"));
        let number = |name| (Some(name), Some("integer"));
        assert_eq!(told, [text("cluster"), text("topic"), number("partition"), number("offset")]);
    }
}
