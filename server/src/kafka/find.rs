//! Topics and groups of all clusters by a part of their name, for the palette.
//!
//! Owns who is asked, how fresh names must be and how long a cluster is waited for. How well a name
//! fits is `ouzel_api::find`'s.

use std::time::Duration;

use futures::future::join_all;
use ouzel_api::find::{FOUND_MAX, Fit, Found, Hit, HitKind, Unread, fit, words};
use tokio::time::timeout;

use super::{Cluster, Clusters, KafkaError, soon::within};

/// How old names may be: nobody types the name of a topic within the seconds after it was made,
/// and typing on must not ask brokers at each letter.
const AGE_MAX: Duration = Duration::from_secs(10);
/// How long the answer waits for a cluster: somebody is typing, and the others' names are there in
/// milliseconds.
const PATIENCE: Duration = Duration::from_millis(600);
/// How long it is asked on behind the answer: one that is far away is in the next one.
const ASKED_MAX: Duration = Duration::from_secs(3);

/// A name that fits, and how.
type Fitting = (Fit, Hit);

impl Clusters {
    /// The names that hold all words of `typed`, best first, on the clusters that `is_seen` lets
    /// through. A cluster that does not answer in time is named, and keeps no other waiting.
    pub async fn find(&self, typed: &str, is_seen: impl Fn(&Cluster) -> bool) -> Found {
        let words = words(typed);
        let seen: Vec<Cluster> = self.iter().filter(is_seen).collect();
        let asked = seen.iter().flat_map(|cluster| {
            [HitKind::Topic, HitKind::Group].map(|kind| look(cluster, kind, &words))
        });
        let (mut fitting, mut unread) = (Vec::new(), Vec::new());
        for looked in join_all(asked).await {
            match looked {
                Ok(found) => fitting.extend(found),
                Err(missed) => unread.push(missed),
            }
        }
        Found { total: fitting.len(), hits: best(fitting), unread }
    }
}

async fn look(cluster: &Cluster, kind: HitKind, words: &[String]) -> Result<Vec<Fitting>, Unread> {
    let missed = |reason| Unread { cluster: cluster.id().to_owned(), kind, reason };
    let asked = cluster.clone();
    let asking = timeout(ASKED_MAX, async move { names(&asked, kind).await });
    let Some(Ok(names)) = within(PATIENCE, asking).await else {
        return Err(missed(format!("it did not answer within {} ms", PATIENCE.as_millis())));
    };
    let names = names.map_err(|error| missed(error.to_string()))?;
    let hit = |name: String| {
        let fit = fit(&name, words)?;
        Some((fit, Hit { cluster: cluster.id().to_owned(), kind, name }))
    };
    Ok(names.into_iter().filter_map(hit).collect())
}

async fn names(cluster: &Cluster, kind: HitKind) -> Result<Vec<String>, KafkaError> {
    Ok(match kind {
        HitKind::Topic => cluster.metadata(AGE_MAX).await?.topics.keys().cloned().collect(),
        HitKind::Group => {
            let groups = cluster.groups(AGE_MAX).await?;
            groups.groups.iter().map(|group| group.id.clone()).collect()
        }
    })
}

/// The best, in an order that does not change between two answers; clusters keep theirs.
fn best(mut fitting: Vec<Fitting>) -> Vec<Hit> {
    fitting.sort_by(|(a_fit, a), (b_fit, b)| {
        let by_name = || (a.name.len(), &a.name, a.kind).cmp(&(b.name.len(), &b.name, b.kind));
        a_fit.cmp(b_fit).then_with(by_name)
    });
    fitting.into_iter().take(FOUND_MAX).map(|(_, hit)| hit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_come_first_and_no_more_than_a_screen_of_them() {
        let hit = |name: &str, kind| Hit { cluster: "dev".into(), kind, name: name.into() };
        let mut fitting: Vec<Fitting> = (0..FOUND_MAX)
            .map(|n| (Fit::Within, hit(&format!("reorders-{n}"), HitKind::Topic)))
            .collect();
        fitting.push((Fit::Start, hit("orders-billing", HitKind::Group)));
        fitting.push((Fit::Whole, hit("orders", HitKind::Group)));
        fitting.push((Fit::Whole, hit("orders", HitKind::Topic)));
        let best = best(fitting);
        assert_eq!(best.len(), FOUND_MAX);
        let first: Vec<_> = best[..3].iter().map(|it| (it.name.as_str(), it.kind)).collect();
        let wanted = [
            ("orders", HitKind::Topic),
            ("orders", HitKind::Group),
            ("orders-billing", HitKind::Group),
        ];
        assert_eq!(first, wanted);
    }
}
