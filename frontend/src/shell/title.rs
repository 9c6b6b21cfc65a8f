//! What the tab says: its title names page and cluster, its icon carries the cluster's
//! colour, or its environment's.

use leptos::prelude::*;
use ouzel_api::clusters::Environment;

use super::{rail::environment, top::page_name};
use crate::{clusters::Clusters, location::Location, route::Route};

/// Keeps title and icon true from here on.
///
/// The icon is drawn by `assets/boot.js`, which watches `data-env` and `data-icon` on the root. A
/// colour stands there in an attribute of its own: the style sheet's would colour the whole page.
pub fn follow(location: Location, clusters: Clusters) {
    Effect::new(move |_| {
        let cluster = clusters.current();
        let kind = cluster.as_ref().map(|cluster| cluster.environment);
        let title = title(&location.route.get(), clusters.id.get().as_deref(), kind);
        document().set_title(&title);
        if let (Some(root), Some(kind)) = (document().document_element(), kind) {
            let _always_legal = root.set_attribute("data-env", environment(kind).0);
            let _always_legal = match cluster.as_ref().and_then(|cluster| cluster.colour) {
                Some(colour) => root.set_attribute("data-icon", colour.name()),
                None => root.remove_attribute("data-icon"),
            };
        }
    });
}

/// Such as `orders · Messages · prod (production) · Ouzel`.
fn title(route: &Route, cluster: Option<&str>, kind: Option<Environment>) -> String {
    let mut parts = Vec::new();
    match route {
        Route::Topic { topic, .. } => parts.push(topic.clone()),
        Route::Group { group, .. } => parts.push(group.clone()),
        Route::Broker { broker, .. } => parts.push(format!("broker {broker}")),
        _ => {}
    }
    parts.push(page_name(route).to_owned());
    if let (Some(cluster), Some(_)) = (cluster, route.cluster()) {
        parts.push(match kind {
            Some(kind) => format!("{cluster} ({})", environment(kind).0),
            None => cluster.to_owned(),
        });
    }
    if *route != Route::Home {
        parts.push("Ouzel".to_owned());
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use ouzel_api::clusters::Environment;

    use super::title;
    use crate::route::{Route, TopicTab};

    #[test]
    fn the_title_names_page_cluster_and_environment() {
        let topic = Route::topic("prod", "orders", TopicTab::Messages);
        let wanted = "orders · Messages · prod (production) · Ouzel";
        assert_eq!(title(&topic, Some("prod"), Some(Environment::Production)), wanted);
        assert_eq!(title(&Route::Audit, Some("prod"), None), "Audit · Ouzel");
        assert_eq!(title(&Route::Home, None, None), "Ouzel");
    }
}
