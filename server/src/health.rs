//! Whether the service lives, whether it has a model, and whether requests should come to it: three questions.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use relat_engine::Versions;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::inference::Inference;
use crate::store::{self, Store};

/// What is known of the service while it starts, runs and ends. Copies are of one service.
#[derive(Debug, Clone, Default)]
pub struct Health(Arc<Parts>);

#[derive(Debug, Default)]
struct Parts {
    /// With the runtime that its connections belong to: who asks for health may be on another.
    store: OnceLock<(Store, Handle)>,
    inference: OnceLock<Inference>,
    ending: AtomicBool,
}

/// Whether requests should come.
#[derive(Debug)]
pub enum Ready {
    /// Yes.
    Yes,
    /// The store or the model is not there yet.
    NotYet,
    /// The service is ending.
    Ending,
    /// The store does not answer.
    NoStore(store::Error),
}

impl Health {
    /// Says that the store is open. To be called on the runtime that opened it.
    /// # Panics
    /// Where there is no runtime.
    pub fn opened(&self, store: Store) {
        drop(self.0.store.set((store, Handle::current())));
    }

    /// Says that there is a model.
    pub fn loaded(&self, inference: Inference) {
        drop(self.0.inference.set(inference));
    }

    /// Says that the service is about to end.
    pub fn end(&self) {
        self.0.ending.store(true, Ordering::SeqCst);
    }

    /// Whether it is about to end.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        self.0.ending.load(Ordering::SeqCst)
    }

    /// Versions of the model in use; nothing while none is loaded.
    #[must_use]
    pub fn model(&self) -> Option<Arc<Versions>> {
        Some(self.0.inference.get()?.model().versions)
    }

    /// Whether requests should come.
    pub async fn ready(&self) -> Ready {
        let (Some((store, runtime)), Some(_)) = (self.0.store.get(), self.0.inference.get()) else {
            return Ready::NotYet;
        };
        if self.is_ending() {
            return Ready::Ending;
        }
        let store = store.clone();
        // A set ends what it holds when it is dropped: who asks and does not wait any longer leaves no query behind.
        let mut check = JoinSet::new();
        check.spawn_on(async move { store.check().await }, runtime);
        match check.join_next().await {
            Some(Ok(Ok(()))) => Ready::Yes,
            Some(Ok(Err(error))) => Ready::NoStore(error),
            // The runtime is gone, or was when this began.
            Some(Err(_)) | None => Ready::Ending,
        }
    }
}
