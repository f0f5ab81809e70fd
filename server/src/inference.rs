//! The model's threads, apart from the async runtime: a bounded queue in, one answer a request out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use relat_engine::model::Waiting;
use relat_engine::{Assessment, Versions};
use tokio::sync::oneshot;
use tracing::Span;

use crate::metrics::{Metrics, Outcome, Stage};

/// What is left to do of a text whose tokens are known; it asks now and then whether somebody still waits.
pub type Rest<'a> = Box<dyn FnOnce(Waiting<'_>) -> relat_engine::Result<Assessment> + 'a>;

/// What reads a text, in two halves, so that the time of each is known, and so that nothing is computed for a caller who
/// has gone. In the program it is a loaded pipeline; a plain function does everything in the second half.
pub trait Reader: Send + Sync {
    /// Sentences and tokens; calling the answer does the rest.
    /// # Errors
    /// The engine's.
    fn prepare<'a>(&'a self, text: &'a str) -> relat_engine::Result<Rest<'a>>;
}

impl<F> Reader for F
where
    F: Fn(&str) -> relat_engine::Result<Assessment> + Send + Sync,
{
    fn prepare<'a>(&'a self, text: &'a str) -> relat_engine::Result<Rest<'a>> {
        Ok(Box::new(move |_| self(text)))
    }
}

/// A loaded model: what reads, and the versions that its answers name.
#[derive(Clone)]
pub struct Model {
    /// What reads.
    pub reader: Arc<dyn Reader>,
    /// Versions of all that makes an assessment.
    pub versions: Arc<Versions>,
    /// Its card, as Markdown; empty for a bundle without one.
    pub card: Arc<str>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").field("versions", &self.versions).finish_non_exhaustive()
    }
}

/// Why a text was not read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The queue is full.
    #[error("the queue is full")]
    Busy,
    /// The engine refused the text.
    #[error(transparent)]
    Engine(#[from] relat_engine::Error),
    /// The model panicked on this text; it goes on with others.
    #[error("the model panicked")]
    Panicked,
    /// The threads have ended.
    #[error("the model's threads have ended")]
    Stopped,
}

/// An assessment and the time that the model took, without waiting.
#[derive(Debug)]
pub struct Read {
    /// What was read.
    pub assessment: Assessment,
    /// Time in the model.
    pub took: Duration,
}

/// How much is read at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Threads that run the model.
    pub threads: usize,
    /// Texts that may wait for a thread.
    pub queue: usize,
}

/// A handle to the model's threads; they end when the last one is dropped.
#[derive(Debug, Clone)]
pub struct Inference {
    queue: SyncSender<Job>,
    model: Arc<RwLock<Model>>,
    metrics: Arc<Metrics>,
}

struct Job {
    text: String,
    since: Instant,
    /// The time in the queue, within the request that waits.
    queued: Span,
    /// The request that waits.
    request: Span,
    reply: oneshot::Sender<Result<Read, Error>>,
}

impl Inference {
    /// Starts the threads.
    /// # Errors
    /// The operating system's, when it gives no more threads.
    pub fn start(model: Model, limits: Limits, metrics: Arc<Metrics>) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel(limits.queue);
        let jobs = Arc::new(Mutex::new(jobs));
        metrics.model(&model.versions.model, &model.versions.model_sha256);
        let model = Arc::new(RwLock::new(model));
        for index in 0..limits.threads {
            let (model, jobs, metrics) = (Arc::clone(&model), Arc::clone(&jobs), Arc::clone(&metrics));
            std::thread::Builder::new()
                .name(format!("model-{index}"))
                .spawn(move || work(&model, &jobs, &metrics))?;
        }
        Ok(Self { queue, model, metrics })
    }

    /// Reads a text. Dropping the future takes the text out of the queue, or ends the reading of it: that is what a client
    /// who goes and a deadline that passes do.
    /// # Errors
    /// [`Error`]; a full queue answers at once.
    pub async fn assess(&self, text: String) -> Result<Read, Error> {
        let (reply, answer) = oneshot::channel();
        self.metrics.waiting.inc();
        let (since, request, queued) = (Instant::now(), Span::current(), tracing::info_span!("queue"));
        self.queue.try_send(Job { text, since, queued, request, reply }).map_err(|error| {
            self.metrics.waiting.dec();
            match error {
                TrySendError::Full(_) => {
                    self.metrics.ended(Outcome::Busy);
                    Error::Busy
                }
                TrySendError::Disconnected(_) => Error::Stopped,
            }
        })?;
        answer.await.map_err(|_| Error::Stopped)?
    }

    /// The model that reads what comes next.
    #[must_use]
    pub fn model(&self) -> Model {
        self.model.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has another model read what comes next; what is being read ends with the one it began with, which is returned.
    pub fn swap(&self, model: Model) -> Model {
        self.metrics.model(&model.versions.model, &model.versions.model_sha256);
        self.metrics.swapped();
        std::mem::replace(&mut *self.model.write().unwrap_or_else(PoisonError::into_inner), model)
    }
}

fn work(model: &RwLock<Model>, jobs: &Mutex<Receiver<Job>>, metrics: &Metrics) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { text, since, queued, request, reply }) = next else { return };
        drop(queued);
        let _request = request.entered();
        metrics.waiting.dec();
        metrics.spent(Stage::Queue, since.elapsed());
        // Taken here: a model that is swapped goes when the last text that it reads is read.
        let reader = Arc::clone(&model.read().unwrap_or_else(PoisonError::into_inner).reader);
        metrics.reading.inc();
        // What it remembers is put in whole, under a lock, so that nothing half done is seen after a panic.
        let result = catch_unwind(AssertUnwindSafe(|| read(reader.as_ref(), &text, (&reply, metrics))));
        metrics.reading.dec();
        let (result, outcome) = match result {
            Ok(None) => {
                metrics.ended(Outcome::Gone);
                continue;
            }
            Ok(Some(Ok(read))) => (Ok(read), Outcome::Read),
            Ok(Some(Err(error))) => (Err(error.into()), Outcome::Refused),
            Err(_) => (Err(Error::Panicked), Outcome::Panicked),
        };
        metrics.ended(outcome);
        // Nobody waits any more when the caller has gone: then there is nothing to tell.
        drop(reply.send(result));
    }
}

/// Reads a text while somebody waits for it.
fn read(
    reader: &dyn Reader,
    text: &str,
    (reply, metrics): (&oneshot::Sender<Result<Read, Error>>, &Metrics),
) -> Option<relat_engine::Result<Read>> {
    if reply.is_closed() {
        return None;
    }
    let started = Instant::now();
    let prepared = {
        let _span = tracing::info_span!("tokenise").entered();
        reader.prepare(text)
    };
    let rest = match prepared {
        Ok(rest) => rest,
        Err(error) => return Some(Err(error)),
    };
    let tokenised = started.elapsed();
    metrics.spent(Stage::Tokenise, tokenised);
    if reply.is_closed() {
        return None;
    }
    let result = {
        let _span = tracing::info_span!("infer").entered();
        rest(&|| !reply.is_closed())
    };
    let took = started.elapsed();
    metrics.spent(Stage::Infer, took.saturating_sub(tokenised));
    if matches!(result, Err(relat_engine::Error::Cancelled)) {
        return None;
    }
    Some(result.map(|assessment| Read { assessment, took }))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    pub(super) fn model(reader: impl Reader + 'static) -> Model {
        let versions = Versions {
            engine: "0".into(),
            model: "test 0".into(),
            model_sha256: "0".into(),
            taxonomy: "0".into(),
            thresholds: "0".into(),
            catalogue: "0".into(),
        };
        Model { reader: Arc::new(reader), versions: Arc::new(versions), card: "".into() }
    }

    fn start(reader: impl Reader + 'static, limits: Limits) -> Inference {
        Inference::start(model(reader), limits, Arc::default()).unwrap()
    }

    /// A reader that waits to be let through, and counts what it began.
    struct Gate {
        inference: Inference,
        open: std::sync::mpsc::Sender<()>,
        begun: Arc<AtomicUsize>,
    }

    fn gate(queue: usize) -> Gate {
        let (open, wait) = std::sync::mpsc::channel();
        let (wait, begun) = (Mutex::new(wait), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&begun);
        let reader = move |_: &str| {
            count.fetch_add(1, Ordering::SeqCst);
            wait.lock().unwrap().recv().unwrap();
            Err(relat_engine::Error::EmptyText)
        };
        Gate { inference: start(reader, Limits { threads: 1, queue }), open, begun }
    }

    async fn until_begun(gate: &Gate, n: usize) {
        while gate.begun.load(Ordering::SeqCst) < n {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_full_queue_answers_at_once_and_has_room_again_later() {
        let gate = gate(1);
        let ask = || {
            let inference = gate.inference.clone();
            tokio::spawn(async move { inference.assess("a".into()).await })
        };
        let running = ask();
        until_begun(&gate, 1).await;
        let waiting = ask();
        // The spawned request is in the queue once this one is refused.
        let refused = loop {
            match gate.inference.queue.try_send(Job {
                text: String::new(),
                since: Instant::now(),
                queued: Span::none(),
                request: Span::none(),
                reply: oneshot::channel().0,
            }) {
                Err(TrySendError::Full(_)) => break gate.inference.assess("a".into()).await,
                _ => tokio::task::yield_now().await,
            }
        };
        assert!(matches!(refused, Err(Error::Busy)));
        gate.open.send(()).unwrap();
        gate.open.send(()).unwrap();
        for answered in [running.await.unwrap(), waiting.await.unwrap_or(Err(Error::Busy))] {
            assert!(matches!(answered, Err(Error::Engine(_) | Error::Busy)));
        }
        gate.open.send(()).unwrap();
        let again = gate.inference.assess("a".into()).await;
        assert!(matches!(again, Err(Error::Engine(relat_engine::Error::EmptyText))));
    }

    #[tokio::test]
    async fn a_caller_who_has_gone_is_not_read_for() {
        let gate = gate(4);
        let inference = gate.inference.clone();
        let running = tokio::spawn(async move { inference.assess("a".into()).await });
        until_begun(&gate, 1).await;
        {
            let mut gone = std::pin::pin!(gate.inference.assess("b".into()));
            // Polled once, the text is in the queue; then it is dropped.
            assert!(
                std::future::poll_fn(|cx| std::task::Poll::Ready(gone.as_mut().poll(cx).is_pending())).await
            );
        }
        let inference = gate.inference.clone();
        let last = tokio::spawn(async move { inference.assess("c".into()).await });
        gate.open.send(()).unwrap();
        gate.open.send(()).unwrap();
        assert!(running.await.unwrap().is_err() && last.await.unwrap().is_err());
        assert_eq!(gate.begun.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn what_is_read_for_a_caller_who_goes_is_given_up_and_counted() {
        /// Reads as long as somebody waits.
        struct Endless(std::sync::mpsc::Sender<()>);

        impl Reader for Endless {
            fn prepare<'a>(&'a self, _: &'a str) -> relat_engine::Result<Rest<'a>> {
                Ok(Box::new(|waiting| {
                    self.0.send(()).unwrap();
                    while waiting() {
                        std::thread::yield_now();
                    }
                    Err(relat_engine::Error::Cancelled)
                }))
            }
        }

        let (begin, begun) = std::sync::mpsc::channel();
        let metrics = Arc::new(Metrics::default());
        let limits = Limits { threads: 1, queue: 1 };
        let inference = Inference::start(model(Endless(begin)), limits, Arc::clone(&metrics)).unwrap();
        for round in 1..=2 {
            let waiting = inference.clone();
            let asked = tokio::spawn(async move { waiting.assess("a".into()).await });
            while begun.try_recv().is_err() {
                tokio::task::yield_now().await;
            }
            // The deadline and a client who goes do the same: the future is dropped.
            asked.abort();
            let line = format!("relat_texts_total{{outcome=\"gone\"}} {round}\n");
            while !metrics.text().contains(&line) {
                tokio::task::yield_now().await;
            }
        }
    }

    #[tokio::test]
    async fn a_panic_ends_one_request_only() {
        let reader = |text: &str| match text {
            "panic" => panic!("quotes the text"),
            _ => Err(relat_engine::Error::EmptyText),
        };
        let inference = start(reader, Limits { threads: 1, queue: 4 });
        for _ in 0..3 {
            assert!(matches!(inference.assess("panic".into()).await, Err(Error::Panicked)));
            assert!(matches!(inference.assess("a".into()).await, Err(Error::Engine(_))));
        }
    }
}
