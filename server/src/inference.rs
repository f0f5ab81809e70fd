//! The model's threads, apart from the async runtime: a bounded queue in, one answer a request out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use relat_engine::Assessment;
use tokio::sync::oneshot;

/// What reads a text: in the program, a loaded pipeline.
pub type Reader = dyn Fn(&str) -> relat_engine::Result<Assessment> + Send + Sync;

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
}

struct Job {
    text: String,
    reply: oneshot::Sender<Result<Read, Error>>,
}

impl Inference {
    /// Starts the threads.
    /// # Errors
    /// The operating system's, when it gives no more threads.
    pub fn start(reader: Arc<Reader>, limits: Limits) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel(limits.queue);
        let jobs = Arc::new(Mutex::new(jobs));
        for index in 0..limits.threads {
            let (reader, jobs) = (Arc::clone(&reader), Arc::clone(&jobs));
            std::thread::Builder::new()
                .name(format!("model-{index}"))
                .spawn(move || work(reader.as_ref(), &jobs))?;
        }
        Ok(Self { queue })
    }

    /// Reads a text. Dropping the future before the model begins takes the text out of the queue.
    /// # Errors
    /// [`Error`]; a full queue answers at once.
    pub async fn assess(&self, text: String) -> Result<Read, Error> {
        let (reply, answer) = oneshot::channel();
        self.queue.try_send(Job { text, reply }).map_err(|error| match error {
            TrySendError::Full(_) => Error::Busy,
            TrySendError::Disconnected(_) => Error::Stopped,
        })?;
        answer.await.map_err(|_| Error::Stopped)?
    }
}

fn work(reader: &Reader, jobs: &Mutex<Receiver<Job>>) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { text, reply }) = next else { return };
        if reply.is_closed() {
            continue;
        }
        let started = Instant::now();
        // The reader keeps no state between texts, so that nothing half done is seen after a panic.
        let result = match catch_unwind(AssertUnwindSafe(|| reader(&text))) {
            Ok(Ok(assessment)) => Ok(Read { assessment, took: started.elapsed() }),
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(Error::Panicked),
        };
        // Nobody waits any more when the caller has gone: then there is nothing to tell.
        drop(reply.send(result));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

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
        Gate {
            inference: Inference::start(Arc::new(reader), Limits { threads: 1, queue }).unwrap(),
            open,
            begun,
        }
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
            match gate.inference.queue.try_send(Job { text: String::new(), reply: oneshot::channel().0 }) {
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
    async fn a_panic_ends_one_request_only() {
        let reader = |text: &str| match text {
            "panic" => panic!("quotes the text"),
            _ => Err(relat_engine::Error::EmptyText),
        };
        let inference = Inference::start(Arc::new(reader), Limits { threads: 1, queue: 4 }).unwrap();
        for _ in 0..3 {
            assert!(matches!(inference.assess("panic".into()).await, Err(Error::Panicked)));
            assert!(matches!(inference.assess("a".into()).await, Err(Error::Engine(_))));
        }
    }
}
