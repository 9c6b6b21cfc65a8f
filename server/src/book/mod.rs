//! The clusters that people add: stored, their secrets sealed, and handed to the rest of the
//! console as if the file had named them.
//!
//! Invariant: what the file or this process says of a cluster wins, and is not changed here.

pub mod past;
mod settings;

use std::{collections::HashSet, sync::Arc};

use ouzel_api::{cluster_settings::ClusterSettings, clusters::Origin};
use serde_json::json;
use tracing::warn;

use self::settings::{Secrets, check, keep, setup, told, without_secrets};
use crate::{
    audit::{Action, Actor, Audit, Kind},
    clock,
    config::environment_name,
    db::{self, Db, DbError, clusters::Added},
    kafka::{ClusterSetup, Clusters},
    vault::{Vault, VaultError},
};

/// Clusters that people may add: each costs a connection pool and a card.
const ADDED_MAX: usize = 200;

/// Why a cluster was not added, changed or removed.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// Something in it cannot be used.
    #[error("{0}")]
    Invalid(String),
    /// The name is taken.
    #[error("there is a cluster `{0}` already")]
    Exists(String),
    /// There is no such cluster.
    #[error("there is no cluster `{0}`")]
    Unknown(String),
    /// The file says what it is.
    #[error("cluster `{0}` is named by the configuration; change it there")]
    Fixed(String),
    /// The console has as many as it takes.
    #[error("{ADDED_MAX} clusters are as many as one console takes")]
    TooMany,
    /// The key is not there or another one.
    #[error("the secrets cannot be kept: {0}")]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The book. Cheap to clone.
#[derive(Clone)]
pub struct Book {
    db: Db,
    vault: Vault,
    clusters: Clusters,
    /// Those that are not ours to change.
    fixed: Arc<HashSet<String>>,
}

impl Book {
    /// Opens the book and adds what is in it to `clusters`, which hold those that are fixed.
    pub async fn open(db: Db, vault: Vault, clusters: Clusters) -> Result<Book, DbError> {
        let fixed = clusters.iter().map(|cluster| cluster.id().to_owned()).collect();
        let book = Book { db, vault, clusters, fixed: Arc::new(fixed) };
        for added in db::clusters::added(&book.db).await? {
            if book.fixed.contains(&added.name) {
                let name = &added.name;
                warn!(%name, "Cluster `{name}` is named by the configuration, too, which wins");
                continue;
            }
            let (settings, secrets) = book.read(&added)?;
            book.clusters.put(book.setup(&settings, secrets));
        }
        Ok(book)
    }

    /// What is stored of a cluster, its secrets said to be kept.
    pub async fn settings(&self, id: &str) -> Result<ClusterSettings, BookError> {
        let added = self.find(id).await?;
        Ok(self.read(&added)?.0)
    }

    /// The cluster as these settings would have it, for trying it out.
    pub async fn draft(&self, wanted: &ClusterSettings) -> Result<ClusterSetup, BookError> {
        let secrets = match self.find(&wanted.id).await {
            Ok(added) => {
                let (settings, stored) = self.read(&added)?;
                keep(wanted, Some((&settings, &stored.unwrap_or_default())))
            }
            Err(BookError::Unknown(_) | BookError::Fixed(_)) => keep(wanted, None),
            Err(error) => return Err(error),
        };
        let secrets = secrets.map_err(BookError::Invalid)?;
        let setup = setup(wanted, &secrets).map_err(BookError::Invalid)?;
        setup.security.check().map_err(BookError::Invalid)?;
        Ok(setup)
    }

    /// Adds a cluster.
    pub async fn add(
        &self,
        audit: &Audit,
        who: &Actor,
        wanted: &ClusterSettings,
    ) -> Result<(), BookError> {
        check(wanted).map_err(BookError::Invalid)?;
        if self.clusters.get(&wanted.id).is_some() {
            return Err(BookError::Exists(wanted.id.clone()));
        }
        if db::clusters::added(&self.db).await?.len() >= ADDED_MAX {
            return Err(BookError::TooMany);
        }
        let secrets = keep(wanted, None).map_err(BookError::Invalid)?;
        let setup = setup(wanted, &secrets).map_err(BookError::Invalid)?;
        setup.security.check().map_err(BookError::Invalid)?;
        let after = json!({ "after": told(wanted) });
        let action = Action::new(Kind::AddCluster).on(&wanted.id).with(after);
        let add = async {
            let added = self.seal(wanted, &secrets)?;
            match db::clusters::add(&self.db, &added, clock::now_ms()).await {
                Err(DbError::Exists) => return Err(BookError::Exists(wanted.id.clone())),
                added => added?,
            }
            self.remember(audit, who, wanted).await?;
            self.clusters.put(setup);
            Ok(())
        };
        audit.record(who, action, add).await
    }

    /// Changes a cluster. Secrets that are said to be kept are.
    pub async fn change(
        &self,
        audit: &Audit,
        who: &Actor,
        wanted: &ClusterSettings,
    ) -> Result<(), BookError> {
        check(wanted).map_err(BookError::Invalid)?;
        let (before, stored) = self.read(&self.find(&wanted.id).await?)?;
        // Secrets that cannot be read are no reason not to give new ones.
        let stored = stored.unwrap_or_default();
        let secrets = keep(wanted, Some((&before, &stored))).map_err(BookError::Invalid)?;
        let setup = setup(wanted, &secrets).map_err(BookError::Invalid)?;
        setup.security.check().map_err(BookError::Invalid)?;
        let action = Action::new(Kind::ChangeCluster).on(&wanted.id);
        let action = action.changing(told(&before), told(wanted));
        let change = async {
            let added = self.seal(wanted, &secrets)?;
            if !db::clusters::change(&self.db, &added, clock::now_ms()).await? {
                return Err(BookError::Unknown(wanted.id.clone()));
            }
            self.remember(audit, who, wanted).await?;
            self.clusters.put(setup);
            Ok(())
        };
        audit.record(who, action, change).await
    }

    /// Removes a cluster from the console; the cluster itself does not notice.
    pub async fn remove(&self, audit: &Audit, who: &Actor, id: &str) -> Result<(), BookError> {
        let (before, _) = self.read(&self.find(id).await?)?;
        let before = json!({ "before": told(&before) });
        let action = Action::new(Kind::RemoveCluster).on(id).with(before);
        let remove = async {
            if !db::clusters::remove(&self.db, id).await? {
                return Err(BookError::Unknown(id.to_owned()));
            }
            self.clusters.remove(id);
            Ok(past::forget(&self.db, audit, who, id).await?)
        };
        audit.record(who, action, remove).await
    }

    async fn find(&self, id: &str) -> Result<Added, BookError> {
        if self.fixed.contains(id) {
            return Err(BookError::Fixed(id.to_owned()));
        }
        let all = db::clusters::added(&self.db).await?;
        let found = all.into_iter().find(|added| added.name == id);
        found.ok_or_else(|| BookError::Unknown(id.to_owned()))
    }

    /// What is stored; the secrets apart, because they may be unreadable where the rest is not.
    fn read(
        &self,
        added: &Added,
    ) -> Result<(ClusterSettings, Result<Secrets, VaultError>), DbError> {
        let wrong = |error| DbError::Unreadable(format!("cluster `{}`: {error}", added.name));
        let settings = serde_json::from_str(&added.settings).map_err(wrong)?;
        let secrets = match &added.secrets {
            None => Ok(Secrets::default()),
            Some(sealed) => self.vault.open(&about(&added.name), sealed).map(|opened| {
                // Only what was sealed here opens, and that was such JSON.
                serde_json::from_slice(&opened).unwrap_or_default()
            }),
        };
        Ok((settings, secrets))
    }

    fn seal(&self, wanted: &ClusterSettings, secrets: &Secrets) -> Result<Added, BookError> {
        let text = serde_json::to_vec(secrets).expect("texts are JSON");
        let sealed = match *secrets == Secrets::default() {
            true => None,
            false => Some(self.vault.seal(&about(&wanted.id), &text)?),
        };
        let settings = serde_json::to_string(&without_secrets(wanted)).expect("settings are JSON");
        Ok(Added { name: wanted.id.clone(), settings, secrets: sealed })
    }

    /// A stored cluster; one whose secrets cannot be read is there and says so.
    fn setup(
        &self,
        settings: &ClusterSettings,
        secrets: Result<Secrets, VaultError>,
    ) -> ClusterSetup {
        let (secrets, problem) = match secrets {
            Ok(secrets) => (secrets, None),
            Err(error) => {
                (Secrets::default(), Some(format!("its secrets cannot be read: {error}")))
            }
        };
        let bare = || ClusterSetup {
            id: settings.id.clone(),
            environment: settings.environment,
            origin: Origin::Console,
            ..ClusterSetup::default()
        };
        match (setup(settings, &secrets), problem) {
            (Ok(setup), problem) => ClusterSetup { problem, ..setup },
            (Err(_), Some(problem)) => ClusterSetup { problem: Some(problem), ..bare() },
            (Err(problem), None) => ClusterSetup { problem: Some(problem), ..bare() },
        }
    }

    /// Remembers what the name means now, and forgets what was learnt if it meant something else.
    async fn remember(
        &self,
        audit: &Audit,
        who: &Actor,
        wanted: &ClusterSettings,
    ) -> Result<(), DbError> {
        let now = (wanted.id.as_str(), &wanted.bootstrap[..]);
        past::forget_if_elsewhere(&self.db, audit, who, now).await?;
        let (brokers, environment) =
            (wanted.bootstrap.join(","), environment_name(wanted.environment));
        let now_ms = clock::now_ms();
        db::clusters::remember(&self.db, &wanted.id, &brokers, environment, now_ms).await
    }
}

/// What secrets are sealed for.
fn about(name: &str) -> String {
    format!("cluster {name}")
}
