//! Every page's address, both ways. The only place with page paths.
//!
//! A route is the path alone; what follows the question mark belongs to the page (see
//! [`crate::query`]).

mod segments;
mod tabs;

use ouzel_api::route::encode;
use segments::segments;

pub use segments::decode;
pub use tabs::{AccessTab, BrokerTab, GroupTab, TopicTab};

/// A page of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// `/`: goes on to the first cluster's overview.
    Home,
    /// Where a guest signs in.
    SignIn,
    /// A cluster at a glance.
    Overview {
        /// The cluster's id.
        cluster: String,
    },
    /// The topics of a cluster.
    Topics {
        /// The cluster's id.
        cluster: String,
    },
    /// One topic.
    Topic {
        /// The cluster's id.
        cluster: String,
        /// The topic's name.
        topic: String,
        /// What of it is shown.
        tab: TopicTab,
    },
    /// Several topics of a cluster followed together; which, stands behind the question mark.
    Tail {
        /// The cluster's id.
        cluster: String,
    },
    /// The consumer groups of a cluster.
    Groups {
        /// The cluster's id.
        cluster: String,
    },
    /// One consumer group.
    Group {
        /// The cluster's id.
        cluster: String,
        /// The group's id.
        group: String,
        /// What of it is shown.
        tab: GroupTab,
    },
    /// The brokers of a cluster.
    Brokers {
        /// The cluster's id.
        cluster: String,
    },
    /// One broker.
    Broker {
        /// The cluster's id.
        cluster: String,
        /// The broker's number.
        broker: i32,
        /// What of it is shown.
        tab: BrokerTab,
    },
    /// The clusters.
    Clusters,
    /// The audit log.
    Audit,
    /// Users, roles, sessions and tokens of everybody.
    Access {
        /// What of it is shown.
        tab: AccessTab,
    },
    /// What the viewer may do with what is the viewer's own.
    Account,
    /// Anything else.
    NotFound,
}

impl Route {
    /// The page behind a path; a path that is none of ours is [`Route::NotFound`].
    pub fn parse(path: &str) -> Route {
        let Some(segments) = segments(path) else { return Route::NotFound };
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let of = |text: &str| text.to_owned();
        match segments[..] {
            [] => Route::Home,
            ["sign-in"] => Route::SignIn,
            ["clusters"] => Route::Clusters,
            ["audit"] => Route::Audit,
            ["account"] => Route::Account,
            ["access"] => Route::Access { tab: AccessTab::Users },
            ["access", tab] => match AccessTab::parse(tab) {
                Some(tab) => Route::Access { tab },
                None => Route::NotFound,
            },
            ["c", cluster] | ["c", cluster, "overview"] => Route::Overview { cluster: of(cluster) },
            ["c", cluster, "topics"] => Route::Topics { cluster: of(cluster) },
            ["c", cluster, "topics", topic] => Route::topic(cluster, topic, TopicTab::Messages),
            ["c", cluster, "topics", topic, tab] => match TopicTab::parse(tab) {
                Some(tab) => Route::topic(cluster, topic, tab),
                None => Route::NotFound,
            },
            ["c", cluster, "tail"] => Route::Tail { cluster: of(cluster) },
            ["c", cluster, "groups"] => Route::Groups { cluster: of(cluster) },
            ["c", cluster, "groups", group] => Route::group(cluster, group, GroupTab::Lag),
            ["c", cluster, "groups", group, tab] => match GroupTab::parse(tab) {
                Some(tab) => Route::group(cluster, group, tab),
                None => Route::NotFound,
            },
            ["c", cluster, "brokers"] => Route::Brokers { cluster: of(cluster) },
            ["c", cluster, "brokers", broker] => Route::numbered(cluster, broker, "partitions"),
            ["c", cluster, "brokers", broker, tab] => Route::numbered(cluster, broker, tab),
            _ => Route::NotFound,
        }
    }

    /// A broker's page by the segments of its path.
    fn numbered(cluster: &str, broker: &str, tab: &str) -> Route {
        match (broker.parse(), BrokerTab::parse(tab)) {
            (Ok(broker), Some(tab)) => Route::broker(cluster, broker, tab),
            _ => Route::NotFound,
        }
    }

    /// The path of this page. [`Route::NotFound`] has none of its own and answers `/`.
    pub fn path(&self) -> String {
        match self {
            Route::Home | Route::NotFound => "/".to_owned(),
            Route::SignIn => "/sign-in".to_owned(),
            Route::Clusters => "/clusters".to_owned(),
            Route::Audit => "/audit".to_owned(),
            Route::Access { tab } => format!("/access/{}", tab.name()),
            Route::Account => "/account".to_owned(),
            Route::Overview { cluster } => format!("/c/{}/overview", encode(cluster)),
            Route::Topics { cluster } => format!("/c/{}/topics", encode(cluster)),
            Route::Topic { cluster, topic, tab } => {
                format!("/c/{}/topics/{}/{}", encode(cluster), encode(topic), tab.name())
            }
            Route::Tail { cluster } => format!("/c/{}/tail", encode(cluster)),
            Route::Brokers { cluster } => format!("/c/{}/brokers", encode(cluster)),
            Route::Broker { cluster, broker, tab } => {
                format!("/c/{}/brokers/{broker}/{}", encode(cluster), tab.name())
            }
            Route::Groups { cluster } => format!("/c/{}/groups", encode(cluster)),
            Route::Group { cluster, group, tab } => {
                let path = format!("/c/{}/groups/{}", encode(cluster), encode(group));
                match tab {
                    GroupTab::Lag => path,
                    tab => format!("{path}/{}", tab.name()),
                }
            }
        }
    }

    /// A topic's page.
    pub fn topic(cluster: &str, topic: &str, tab: TopicTab) -> Route {
        Route::Topic { cluster: cluster.to_owned(), topic: topic.to_owned(), tab }
    }

    /// A group's page.
    pub fn group(cluster: &str, group: &str, tab: GroupTab) -> Route {
        Route::Group { cluster: cluster.to_owned(), group: group.to_owned(), tab }
    }

    /// A broker's page.
    pub fn broker(cluster: &str, broker: i32, tab: BrokerTab) -> Route {
        Route::Broker { cluster: cluster.to_owned(), broker, tab }
    }

    /// The cluster this page belongs to, if it belongs to one.
    pub fn cluster(&self) -> Option<&str> {
        match self {
            Route::Overview { cluster }
            | Route::Topics { cluster }
            | Route::Topic { cluster, .. }
            | Route::Tail { cluster }
            | Route::Groups { cluster }
            | Route::Group { cluster, .. }
            | Route::Brokers { cluster }
            | Route::Broker { cluster, .. } => Some(cluster),
            Route::Home
            | Route::SignIn
            | Route::Clusters
            | Route::Audit
            | Route::Access { .. }
            | Route::Account
            | Route::NotFound => None,
        }
    }

    /// The page without its tab: as long as it stays the same, the page stays mounted.
    pub fn frame(&self) -> Route {
        match self.clone() {
            Route::Topic { cluster, topic, .. } => {
                Route::Topic { cluster, topic, tab: TopicTab::Messages }
            }
            Route::Group { cluster, group, .. } => {
                Route::Group { cluster, group, tab: GroupTab::Lag }
            }
            Route::Broker { cluster, broker, .. } => {
                Route::Broker { cluster, broker, tab: BrokerTab::Partitions }
            }
            Route::Access { .. } => Route::Access { tab: AccessTab::Users },
            route => route,
        }
    }

    /// The same page of another cluster: lists stay lists, one topic becomes all topics.
    pub fn on_cluster(&self, cluster: &str) -> Route {
        let cluster = cluster.to_owned();
        match self {
            Route::Topics { .. } | Route::Topic { .. } | Route::Tail { .. } => {
                Route::Topics { cluster }
            }
            Route::Groups { .. } | Route::Group { .. } => Route::Groups { cluster },
            Route::Brokers { .. } | Route::Broker { .. } => Route::Brokers { cluster },
            _ => Route::Overview { cluster },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AccessTab, BrokerTab, GroupTab, Route, TopicTab};

    #[test]
    fn every_route_comes_back_from_its_path() {
        let cluster = || "prod eu".to_owned();
        let routes = [
            Route::Home,
            Route::SignIn,
            Route::Clusters,
            Route::Audit,
            Route::Account,
            Route::Access { tab: AccessTab::Users },
            Route::Access { tab: AccessTab::Check },
            Route::Overview { cluster: cluster() },
            Route::Topics { cluster: cluster() },
            Route::topic("prod", "a.b_c-d", TopicTab::Messages),
            Route::topic("prod", "pay/ments", TopicTab::Partitions),
            Route::topic("prod", "übung", TopicTab::Consumers),
            Route::topic("prod", "orders", TopicTab::Configuration),
            Route::Tail { cluster: cluster() },
            Route::Groups { cluster: cluster() },
            Route::group("prod", "a/b %41", GroupTab::Lag),
            Route::group("prod", "members", GroupTab::Members),
            Route::group("prod", "reset", GroupTab::Reset),
            Route::Brokers { cluster: cluster() },
            Route::broker("prod", 3, BrokerTab::Partitions),
            Route::broker("prod", 1_001, BrokerTab::Folders),
            Route::broker("prod", 0, BrokerTab::Configuration),
        ];
        for route in routes {
            assert_eq!(Route::parse(&route.path()), route, "{}", route.path());
        }
    }

    #[test]
    fn a_topic_without_a_tab_shows_its_messages() {
        let route = Route::parse("/c/prod/topics/orders/");
        assert_eq!(route, Route::topic("prod", "orders", TopicTab::Messages));
    }

    #[test]
    fn unknown_paths_are_not_found() {
        for path in [
            "/nope",
            "/access/x",
            "/c",
            "/c/p/topics/t/nope",
            "/c//topics",
            "/c/p/q",
            "/c/p/brokers/x",
            "/%FF",
        ] {
            assert_eq!(Route::parse(path), Route::NotFound, "{path}");
        }
    }

    #[test]
    fn another_cluster_keeps_the_list_but_not_the_topic() {
        let topic = Route::topic("dev", "orders", TopicTab::Consumers);
        assert_eq!(topic.on_cluster("prod"), Route::Topics { cluster: "prod".to_owned() });
        assert_eq!(Route::Audit.on_cluster("prod"), Route::Overview { cluster: "prod".into() });
    }
}
