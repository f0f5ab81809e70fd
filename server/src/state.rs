//! What every handler shares.

use std::sync::Arc;
use std::time::Duration;

use relat_engine::Assessment;
use uuid::Uuid;

use crate::config::Scoring;
use crate::health::Health;
use crate::http;
use crate::inference::{self, Inference};
use crate::metrics::Metrics;
use crate::oidc::Provider;
use crate::rates::Rates;
use crate::store::audit::Note;
use crate::store::{Entry, Person, Source, Stamp, Store, now};

/// The service's parts.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The model's threads.
    pub inference: Inference,
    /// The log of assessments.
    pub store: Store,
    /// Longest text taken, in bytes.
    pub max_bytes: usize,
    /// Longest text taken, in characters.
    pub max_chars: usize,
    /// Longest time that a request takes.
    pub deadline: Duration,
    /// In a demonstration, who everybody is.
    pub demo: Option<Arc<Person>>,
    /// Where people may sign in besides, if anywhere.
    pub oidc: Option<Provider>,
    /// How often programs ask.
    pub rates: Arc<Rates>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Whether requests should come here.
    pub health: Health,
}

/// An assessment that is in the log.
#[derive(Debug)]
pub struct Logged {
    /// Its id in the log.
    pub id: Uuid,
    /// What was read.
    pub assessment: Assessment,
}

impl AppState {
    /// A service with the usual limits, in which people sign in.
    #[must_use]
    pub fn new(inference: Inference, store: Store, metrics: Arc<Metrics>) -> Self {
        let health = Health::default();
        health.opened(store.clone());
        health.loaded(inference.clone());
        Self {
            inference,
            store,
            max_bytes: Scoring::MAX_BYTES,
            max_chars: Scoring::MAX_CHARS,
            deadline: Duration::from_secs(30),
            demo: None,
            oidc: None,
            rates: Arc::default(),
            metrics,
            health,
        }
    }

    /// Reads a text and logs what was suggested. Nothing is answered that is not in the log.
    /// # Errors
    /// [`http::Error`]: a text that cannot be read, a full queue, a store that does not write.
    pub async fn assess(&self, text: String, source: Source) -> Result<Logged, http::Error> {
        let (entry, assessment) = self.read(text, source).await?;
        self.store.append(&entry).await?;
        Ok(Logged { id: entry.id, assessment })
    }

    /// Reads a text; what is to be logged of it is the caller's to write.
    /// # Errors
    /// [`http::Error`]: a text that cannot be read, a full queue.
    pub async fn read(&self, text: String, source: Source) -> Result<(Entry, Assessment), http::Error> {
        let n_bytes = text.len();
        if n_bytes > self.max_bytes {
            return Err(relat_engine::Error::TextTooLong { limit: self.max_bytes, got: n_bytes }.into());
        }
        if text.chars().count() > self.max_chars {
            return Err(http::Error::TooManyCharacters { limit: self.max_chars });
        }
        if text.trim().is_empty() {
            return Err(relat_engine::Error::EmptyText.into());
        }
        let inference::Read { assessment, took } = self.inference.assess(text).await?;
        let entry = Entry::new(Stamp { id: Uuid::now_v7(), at: now(), source, n_bytes, took }, &assessment);
        tracing::info!(assessment = %entry.id, n_bytes, model_ms = entry.duration_ms, "assessed");
        Ok((entry, assessment))
    }

    /// Puts on record that somebody looked at a file.
    /// # Errors
    /// [`http::Error::Store`]: nothing is shown that is not on record.
    pub async fn view(&self, actor: &str, subject: String) -> Result<(), http::Error> {
        let note = Note { actor, action: "view", subject, detail: serde_json::json!({}) };
        Ok(self.store.note(note).await?)
    }
}
