//! The clusters that the console knows, and which of them the page belongs to.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::clusters::{Cluster, Environment, Origin};

use crate::{
    client,
    load::{Load, WayBack, load},
    location::{Location, use_location},
    route::Route,
};

/// How often the list of clusters is asked for; it changes with the server's configuration alone.
const CLUSTERS_SECONDS: u64 = 60;

/// The clusters and the one that the rail shows. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Clusters {
    /// All of them.
    pub list: Load<Vec<Cluster>>,
    /// The page's cluster; on a page without one, the last one or the first. None where the address
    /// names a cluster that is not there.
    pub id: Memo<Option<String>>,
    location: Location,
}

/// Asks for the clusters from here on; called once, by the shell. Pages that find nothing show the
/// way back that follows from it.
pub fn provide() -> Clusters {
    let location = use_location();
    let list = load(client::clusters::list).every(CLUSTERS_SECONDS);
    let id = Memo::new(move |last: Option<&Option<String>>| {
        let named = location.route.with(|route| route.cluster().map(str::to_owned));
        let all = list.latest();
        let is_there =
            |id: &String| all.as_ref().is_none_or(|all| all.iter().any(|it| it.id == *id));
        match named {
            Some(named) => Some(named).filter(is_there),
            None => {
                let first = || Some(all.as_ref()?.first()?.id.clone());
                last.cloned().flatten().or_else(first)
            }
        }
    });
    let clusters = Clusters { list, id, location };
    provide_context(clusters);
    provide_context(WayBack(Signal::derive(move || clusters.way_back())));
    clusters
}

/// The clusters that [`provide`] put into the context.
pub fn use_clusters() -> Clusters {
    expect_context()
}

impl Clusters {
    /// All of them, once they are known.
    pub fn all(&self) -> Option<Arc<Vec<Cluster>>> {
        self.list.latest()
    }

    /// The page's cluster, once it is known.
    pub fn current(&self) -> Option<Cluster> {
        let id = self.id.get()?;
        self.all()?.iter().find(|cluster| cluster.id == id).cloned()
    }

    /// The cluster that the address names, if there is none of that name.
    pub fn stranger(&self) -> Option<String> {
        let named = self.location.route.with(|route| route.cluster().map(str::to_owned))?;
        self.id.with(Option::is_none).then_some(named)
    }

    /// Whether customers depend on the page's cluster. Nobody is asked too little while that is
    /// not known.
    pub fn is_production(&self) -> bool {
        self.current().is_none_or(|cluster| cluster.environment == Environment::Production)
    }

    /// Where somebody goes on who found nothing here.
    fn way_back(&self) -> Option<(String, &'static str)> {
        if self.stranger().is_some() {
            return Some((Route::Home.path(), "Go to the overview"));
        }
        match self.location.route.get() {
            Route::Topic { cluster, .. } => {
                Some((Route::Topics { cluster }.path(), "Go to all topics"))
            }
            Route::Group { cluster, .. } => {
                Some((Route::Groups { cluster }.path(), "Go to all consumer groups"))
            }
            Route::Broker { cluster, .. } => {
                Some((Route::Brokers { cluster }.path(), "Go to all brokers"))
            }
            _ => None,
        }
    }
}

/// Who says that nothing is changed on a cluster from here; `None` where it may be changed.
pub fn read_only_by(cluster: &Cluster) -> Option<&'static str> {
    let who = match cluster.origin {
        Origin::Process | Origin::File => {
            "The server's configuration says that nothing is changed on it from here."
        }
        Origin::Console => {
            "Somebody has set on the page Clusters that nothing is changed on it from here."
        }
    };
    cluster.read_only.then_some(who)
}

#[cfg(test)]
mod tests {
    use ouzel_api::clusters::{Cluster, Environment, Origin};

    use super::read_only_by;

    #[test]
    fn a_read_only_cluster_says_who_has_made_it_so_and_others_say_nothing() {
        let told = |read_only, origin| {
            read_only_by(&Cluster {
                id: "prod".to_owned(),
                embedded: false,
                environment: Environment::Production,
                bootstrap: Vec::new(),
                read_only,
                label: None,
                colour: None,
                origin,
                protocol: String::new(),
            })
        };
        assert!(told(true, Origin::File).is_some_and(|it| it.contains("configuration")));
        assert!(told(true, Origin::Console).is_some_and(|it| it.contains("page Clusters")));
        assert_eq!(told(false, Origin::Console), None);
    }
}
