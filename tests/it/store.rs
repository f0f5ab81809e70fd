//! The store, on both databases.

use std::sync::Arc;

use relat_engine::{Language, Status, Versions};
use relat_server::store::{Entry, Error, Finding, Findings, Level, Location, Source, Store, now};
use relat_server::vault::Keyring;
use sqlx::any::install_default_drivers;
use sqlx::{AnyPool, AssertSqlSafe};
use uuid::Uuid;

use crate::database::Database;

fn entry() -> Entry {
    let versions = Versions {
        engine: "0".into(),
        model: "m".into(),
        model_sha256: "s".into(),
        taxonomy: "t".into(),
        thresholds: "h".into(),
        catalogue: "c".into(),
    };
    let need =
        Finding { code: "debt".into(), status: Some(Status::Past), probability: 0.1 + 0.2, suggested: false };
    let level = Level { domain: "income".into(), level: Some(2), assessable: 0.75 };
    Entry {
        id: Uuid::now_v7(),
        at: now(),
        source: Source::Page,
        n_bytes: 12,
        n_sentences: 1,
        language: Language::Ca,
        duration_ms: 0.1 + 0.2,
        versions,
        findings: Findings { needs: vec![need], levels: vec![level], ..Findings::default() },
        warnings: vec!["very_short".into()],
    }
}

#[tokio::test]
async fn an_entry_is_read_back_as_it_was_written_also_after_a_restart() {
    for database in Database::each().await {
        let written = entry();
        let store = database.open().await;
        store.append(&written).await.unwrap();
        assert_eq!(store.get(written.id).await.unwrap().as_ref(), Some(&written));
        assert_eq!(store.get(Uuid::now_v7()).await.unwrap(), None);
        store.close().await;
        assert!(store.append(&entry()).await.is_err() && store.check().await.is_err());
        let again = database.open().await;
        assert_eq!(again.get(written.id).await.unwrap(), Some(written));
    }
}

#[tokio::test]
async fn logs_only_grow_whoever_asks() {
    for database in Database::each().await {
        let store = database.open().await;
        let written = entry();
        store.append(&written).await.unwrap();
        let raw = database.raw().await;
        for statement in ["UPDATE assessments SET n_bytes = 1", "DELETE FROM assessments"] {
            let refused = sqlx::query(statement).execute(&raw).await.unwrap_err().to_string();
            assert!(refused.contains("only grows"), "help: {statement} said {refused}");
        }
        raw.close().await;
        assert!(store.append(&written).await.unwrap_err().is_taken(), "help: an id is used once");
        assert_eq!(store.get(written.id).await.unwrap(), Some(written));
    }
}

#[tokio::test]
async fn sqlite_syncs_every_commit_and_is_made_for_its_owner_only() {
    let database = Database::sqlite();
    let inner = database.folder.path().join("made on first start/é?#%");
    let store = Store::open(&Location::Folder(inner.clone()), Arc::clone(&database.keyring)).await.unwrap();
    store.append(&entry()).await.unwrap();
    assert!(inner.join("relat.db").exists(), "help: odd characters of a folder's name are kept");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&inner).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o700);
    }
    assert_eq!(store.settings().await.unwrap(), ["wal", "2", "1"], "help: WAL, FULL, foreign keys");
}

#[tokio::test]
async fn a_database_opens_with_its_own_key_only_and_rotation_changes_it() {
    for database in Database::each().await {
        database.open().await.close().await;
        let other = Arc::new(Keyring::parse(&line("other", 1)).unwrap());
        let refused = Store::open(&database.location, other).await.unwrap_err();
        assert!(matches!(refused, Error::WrongKey(_)), "help: {refused}");
    }
    for database in Database::each().await {
        let open = async |keys: String| {
            Store::open(&database.location, Arc::new(Keyring::parse(&keys).unwrap())).await
        };
        open(line("old", 1)).await.unwrap().close().await;
        let both = open(format!("{}{}", line("new", 2), line("old", 1))).await.unwrap();
        assert_eq!(both.rotate().await.unwrap(), 1);
        assert_eq!(both.rotate().await.unwrap(), 0, "help: nothing is left to seal again");
        both.close().await;
        open(line("new", 2)).await.unwrap().close().await;
        assert!(open(line("old", 1)).await.is_err());
    }
}

fn line(id: &str, byte: u8) -> String {
    // Base64 of 32 times the same byte.
    let key = match byte {
        1 => "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
        _ => "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=",
    };
    format!("{id} {key}\n")
}

#[tokio::test]
async fn every_table_of_the_design_is_there_on_both() {
    for database in Database::each().await {
        database.open().await;
        let raw = database.raw().await;
        for table in [
            "people",
            "roles",
            "centres",
            "keys",
            "cases",
            "interviews",
            "narratives",
            "assessments",
            "readings",
            "decisions",
            "audit",
            "audit_head",
            "idempotency",
            "sessions",
            "invitations",
        ] {
            let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
            let (rows,): (i64,) = sqlx::query_as(sql).fetch_one(&raw).await.unwrap();
            assert_eq!(rows, i64::from(table == "audit_head"), "help: {table}");
        }
        raw.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_is_reached_encrypted_and_only_the_one_that_is_known() {
    let Ok(cluster) = std::env::var("RELAT_TEST_POSTGRES_TLS") else { return };
    let Some(database) = Database::postgres().await else { return };
    let schema = database.url.rsplit("search_path%3D").next().unwrap();
    let url = format!("{cluster}&options=-csearch_path%3D{schema}");
    let store = Store::open(&Location::Postgres(url.clone()), Arc::clone(&database.keyring)).await.unwrap();
    store.check().await.unwrap();
    install_default_drivers();
    let pool = AnyPool::connect(&url).await.unwrap();
    let sql = "SELECT CAST(ssl AS TEXT) FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let (encrypted,): (String,) = sqlx::query_as(sql).fetch_one(&pool).await.unwrap();
    assert_eq!(encrypted, "true");
    // Another certificate than the one that is known, and another name.
    let other = database.folder.path().join("other.crt");
    let made = std::process::Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=other",
            "-keyout",
            "/dev/null",
            "-out",
        ])
        .arg(&other)
        .output()
        .unwrap();
    assert!(made.status.success());
    let root = url.split("sslrootcert=").nth(1).unwrap().split('&').next().unwrap();
    let stranger = url.replace(root, other.to_str().unwrap());
    let misnamed = url.replace("127.0.0.1", "localhost");
    for wrong in [stranger, misnamed] {
        let refused = AnyPool::connect(&wrong).await.unwrap_err();
        assert!(format!("{refused:?}").contains("InvalidCertificate"), "help: {refused:?}");
        assert!(Store::open(&Location::Postgres(wrong), Arc::clone(&database.keyring)).await.is_err());
    }
}
