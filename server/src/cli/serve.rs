//! `relat`: the service.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::bootstrap;
use crate::bundle::{self, Model};
use crate::config::Config;
use crate::http;
use crate::inference::{Inference, Limits};
use crate::state::AppState;
use crate::store::{Location, Store};
use crate::telemetry;
use crate::vault::Keyring;

pub(super) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    telemetry::start(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(config))
}

async fn serve(config: &Config) -> anyhow::Result<ExitCode> {
    // The port first: when it is taken, that is told at once.
    let listener = TcpListener::bind(config.bind)
        .await
        .with_context(|| format!("cannot listen on {}: choose another address with --bind", config.bind))?;
    let Kept { location, keyring, temporary } = kept(config)?;
    let store = Store::open(&location, Arc::new(keyring)).await?;
    let Model { reader, versions, card } = bundle::load(config.scoring.model.as_deref())?;
    tracing::info!(model = versions.model, sha256 = versions.model_sha256, "model loaded");
    let inference = Inference::start(reader, Limits { threads: config.threads, queue: config.queue })?;
    let state = AppState {
        inference,
        store: store.clone(),
        versions: Arc::new(versions),
        card: card.into(),
        max_bytes: config.scoring.max_bytes,
        deadline: Duration::from_secs(config.deadline),
        demo: match config.demo {
            true => Some(Arc::new(bootstrap::demo_person(&store).await?)),
            false => None,
        },
        rates: Arc::default(),
    };
    let address = listener.local_addr()?;
    if config.demo {
        tracing::warn!(
            "demonstration: everybody is signed in, and what is entered is thrown away at the end"
        );
    }
    let welcome = match config.demo {
        true => None,
        false => bootstrap::first_admin(&store)
            .await?
            .map(|token| format!("http://{address}/welcome?token={token}")),
    };
    if let Some(bind) = config.health_bind {
        let listener = TcpListener::bind(bind)
            .await
            .with_context(|| format!("cannot listen on {bind}: choose another address with --health-bind"))?;
        // It answers until the program ends: also while the last requests are.
        drop(tokio::spawn(axum::serve(listener, http::health(state.clone())).into_future()));
    }
    // Whoever started the service may have closed its standard output: it serves all the same.
    let mut out = std::io::stdout();
    if let Some(link) = welcome {
        drop(writeln!(
            out,
            "nobody can sign in yet: open this link once, as the first administrator: {link}"
        ));
    }
    drop(writeln!(out, "relat is ready: http://{address}/"));
    axum::serve(listener, http::app(state)).with_graceful_shutdown(asked_to_stop()).await?;
    store.close().await;
    drop(temporary);
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Where everything is kept, and with which keys.
struct Kept {
    location: Location,
    keyring: Keyring,
    /// Removed when it is dropped.
    temporary: Option<TempDir>,
}

fn kept(config: &Config) -> anyhow::Result<Kept> {
    let storage = &config.storage;
    if !config.demo {
        let keyring = storage.keyring().context(
            "no key to encrypt narratives with: `relat key new relat.key` makes one for --key-file, and --demo does \
             without, for invented texts",
        )?;
        return Ok(Kept { location: storage.location(), keyring, temporary: None });
    }
    let keyring = Keyring::throwaway()?;
    if storage.data.is_some() || storage.database.is_some() {
        return Ok(Kept { location: storage.location(), keyring, temporary: None });
    }
    let temporary = tempfile::Builder::new().prefix("relat-demo-").tempdir()?;
    Ok(Kept { location: Location::Folder(temporary.path().to_owned()), keyring, temporary: Some(temporary) })
}

/// Ends on Ctrl-C or SIGTERM. Requests in progress are then answered, and new ones are not taken.
async fn asked_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
