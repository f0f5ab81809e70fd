//! `relat`: the service.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::bootstrap;
use crate::config::Config;
use crate::demo;
use crate::health::Health;
use crate::http;
use crate::inference::{Inference, Limits, Model};
use crate::metrics::Metrics;
use crate::models;
use crate::oidc::Provider;
use crate::state::AppState;
use crate::store::{Location, Store, fold_models};
use crate::telemetry;
use crate::vault::Keyring;

pub(super) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    // Dropped last: it sends what is left.
    let _traces = telemetry::start(&config.log, config.otlp_endpoint.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(config))
}

async fn serve(config: &Config) -> anyhow::Result<ExitCode> {
    let oidc = Provider::new(&config.oidc)?;
    // The port first: when it is taken, that is told at once.
    let listener = TcpListener::bind(config.bind)
        .await
        .with_context(|| format!("cannot listen on {}: choose another address with --bind", config.bind))?;
    let (health, metrics) = (Health::default(), Arc::new(Metrics::default()));
    if let Some(bind) = config.health_bind {
        let listener = std::net::TcpListener::bind(bind)
            .with_context(|| format!("cannot listen on {bind}: choose another address with --health-bind"))?;
        tracing::info!(address = %listener.local_addr()?, "health and metrics");
        answer_health(listener, http::health(health.clone(), Arc::clone(&metrics)))?;
    }
    let Kept { location, keyring, temporary } = kept(config)?;
    let store = Store::open(&location, Arc::new(keyring)).await?;
    health.opened(store.clone());
    config.scoring.choose_kernels()?;
    let (model, seen) = load(config, &store).await?;
    let limits = Limits { threads: config.threads, queue: config.queue };
    let inference = Inference::start(model, limits, Arc::clone(&metrics))?;
    health.loaded(inference.clone());
    let start = config.scoring.model.clone();
    drop(tokio::spawn(models::watch(store.clone(), inference.clone(), start, seen)));
    let demo = match config.demo {
        true => Some(Arc::new(bootstrap::demo_person(&store).await?)),
        false => None,
    };
    let state = AppState {
        max_bytes: config.scoring.max_bytes,
        max_chars: config.scoring.max_chars,
        deadline: Duration::from_secs(config.deadline),
        demo,
        oidc,
        health: health.clone(),
        ..AppState::new(inference, store.clone(), metrics)
    };
    let address = listener.local_addr()?;
    if let Some(person) = &state.demo {
        demo::fill(&state, person).await?;
    }
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
    // Whoever started the service may have closed its standard output: it serves all the same.
    let mut out = std::io::stdout();
    if let Some(link) = welcome {
        drop(writeln!(
            out,
            "nobody can sign in yet: open this link once, as the first administrator: {link}"
        ));
    }
    drop(writeln!(out, "relat is ready: http://{address}/"));
    let (ended, end) = tokio::sync::oneshot::channel();
    let drain = Duration::from_secs(config.drain);
    let server = axum::serve(listener, http::app(state)).with_graceful_shutdown(async move {
        asked_to_stop().await;
        health.end();
        tracing::info!(seconds = drain.as_secs(), "ending: no longer ready");
        tokio::time::sleep(drain).await;
        ended.send(()).ok();
    });
    tokio::select! {
        result = server => result?,
        // What is still open then is a client that does not read its answer.
        () = async { drop(end.await); tokio::time::sleep(Duration::from_secs(config.deadline + 5)).await } => {
            tracing::warn!("connections that did not end were cut");
        }
    }
    store.close().await;
    drop(temporary);
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Answers for health on a thread and a runtime of its own, however many requests the others have. It does so from here until
/// the program ends: also while the model loads and while the last requests are answered.
fn answer_health(listener: std::net::TcpListener, app: Router) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = {
        let _within = runtime.enter();
        TcpListener::from_std(listener)?
    };
    let answer = move || {
        if let Err(error) = runtime.block_on(async { axum::serve(listener, app).await }) {
            tracing::error!(cause = %error, "health is not answered any more");
        }
    };
    drop(std::thread::Builder::new().name("health".into()).spawn(answer)?);
    Ok(())
}

/// Loads the model that was chosen last, or else the one of the start, beside the runtime, which answers for health
/// meanwhile. Returns how many choices it follows from.
async fn load(config: &Config, store: &Store) -> anyhow::Result<(Model, i64)> {
    let choices = store.model_choices().await?;
    let seen = i64::try_from(choices.len())?;
    let chosen = fold_models(choices).pop();
    if let (Some(chosen), Some(start)) = (&chosen, &config.scoring.model) {
        tracing::warn!(
            model = chosen.model,
            start = %start.display(),
            "another model was chosen since (`relat model`); it is used, and not the one of the start"
        );
    }
    let start = config.scoring.model.clone();
    let model = tokio::task::spawn_blocking(move || models::load(chosen.as_ref(), start)).await??;
    tracing::info!(model = model.versions.model, sha256 = model.versions.model_sha256, "model loaded");
    Ok((model, seen))
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
