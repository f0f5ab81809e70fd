//! What every handler shares.

use std::sync::Arc;
use std::time::Duration;

use relat_engine::{Assessment, Versions};
use uuid::Uuid;

use crate::http;
use crate::inference::{self, Inference};
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
    /// Versions of all that makes an assessment.
    pub versions: Arc<Versions>,
    /// The card of the model in use, as Markdown.
    pub card: Arc<str>,
    /// Longest text taken, in bytes.
    pub max_bytes: usize,
    /// Longest time that a request takes.
    pub deadline: Duration,
    /// In a demonstration, who everybody is.
    pub demo: Option<Arc<Person>>,
    /// How often programs ask.
    pub rates: Arc<Rates>,
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
