//! Databases for tests: every suite of the store runs on SQLite and on PostgreSQL.

use std::sync::Arc;

use relat_server::store::{Location, Store};
use relat_server::vault::Keyring;
use sqlx::any::install_default_drivers;
use sqlx::{AnyPool, AssertSqlSafe};
use tempfile::TempDir;
use uuid::Uuid;

/// The cluster that `tests/run.sh` starts; without it, only SQLite is tested.
const POSTGRES: &str = "RELAT_TEST_POSTGRES";

/// An empty database of its own.
pub(crate) struct Database {
    pub(crate) location: Location,
    pub(crate) keyring: Arc<Keyring>,
    /// Its address, for statements that the store does not offer.
    pub(crate) url: String,
    pub(crate) folder: TempDir,
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/relat.db", folder.path().display());
        Self { location: Location::Folder(folder.path().to_owned()), keyring: keyring(), url, folder }
    }

    /// A schema in the cluster of the test command.
    pub(crate) async fn postgres() -> Option<Self> {
        let cluster = std::env::var(POSTGRES).ok()?;
        let schema = format!("t{}", Uuid::now_v7().simple());
        install_default_drivers();
        let pool = AnyPool::connect(&cluster).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).execute(&pool).await.unwrap();
        pool.close().await;
        let url = format!("{cluster}&options=-csearch_path%3D{schema}");
        let folder = tempfile::tempdir().unwrap();
        Some(Self { location: Location::Postgres(url.clone()), keyring: keyring(), url, folder })
    }

    /// One of each kind.
    pub(crate) async fn each() -> Vec<Self> {
        let mut all = vec![Self::sqlite()];
        all.extend(Self::postgres().await);
        all
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.location, Arc::clone(&self.keyring)).await.unwrap()
    }

    /// A connection past the store.
    pub(crate) async fn raw(&self) -> AnyPool {
        install_default_drivers();
        AnyPool::connect(&self.url).await.unwrap()
    }
}

fn keyring() -> Arc<Keyring> {
    Arc::new(Keyring::throwaway().unwrap())
}
