//! Evaluations being asked or settled right now: a second click does not ask, and pay, twice, and one that runs can be
//! watched and cancelled.

use std::{
    collections::HashMap,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::view::AskingStep;
use desk_core::DeskError;

/// Names of what is being asked or settled.
#[derive(Clone, Default)]
pub struct Asking(Arc<Shared>);

#[derive(Default)]
struct Shared {
    taken: Mutex<HashMap<String, Taken>>,
    freed: Notify,
}

/// What a name is taken for.
#[derive(Clone)]
enum Taken {
    Asking(Running),
    Settling,
}

/// An evaluation that is being asked.
#[derive(Clone)]
pub(crate) struct Running {
    step: AskingStep,
    since: Instant,
    by: AskedBy,
    cancel: CancellationToken,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AskedBy {
    /// Somebody who waits for this one.
    Hand,
    /// A batch.
    Batch,
}

/// Holds the names until dropped.
pub(crate) struct Asked {
    asking: Asking,
    names: Vec<String>,
    cancel: CancellationToken,
}

impl Asking {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Taken>> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes all the names in order to ask, or none. Waits for one that is being settled, which is short.
    ///
    /// # Errors
    /// `AlreadyRunning` when one of them is being asked.
    pub(crate) async fn take(&self, names: Vec<String>, by: AskedBy) -> Result<Asked, DeskError> {
        let running = Running {
            step: AskingStep::Waiting,
            since: Instant::now(),
            by,
            cancel: CancellationToken::new(),
        };
        loop {
            let mut freed = pin!(self.0.freed.notified());
            freed.as_mut().enable();
            {
                let mut taken = self.lock();
                let mut held = names.iter().filter_map(|name| taken.get(name));
                match held.next() {
                    None => return Ok(self.hold(&mut taken, names, &Taken::Asking(running))),
                    Some(Taken::Asking(_)) => {
                        return Err(DeskError::AlreadyRunning(
                            "This evaluation is being asked already.",
                        ));
                    }
                    Some(Taken::Settling) => {}
                }
            }
            freed.await;
        }
    }

    /// Takes a name in order to settle it, as soon as it is free.
    pub(crate) async fn take_to_settle(&self, name: &str) -> Asked {
        loop {
            let mut freed = pin!(self.0.freed.notified());
            freed.as_mut().enable();
            {
                let mut taken = self.lock();
                if !taken.contains_key(name) {
                    return self.hold(&mut taken, vec![name.to_owned()], &Taken::Settling);
                }
            }
            freed.await;
        }
    }

    fn hold(&self, taken: &mut HashMap<String, Taken>, names: Vec<String>, what: &Taken) -> Asked {
        taken.extend(names.iter().map(|name| (name.clone(), what.clone())));
        Asked {
            asking: self.clone(),
            names,
            cancel: match what {
                Taken::Asking(running) => running.cancel.clone(),
                Taken::Settling => CancellationToken::new(),
            },
        }
    }

    /// Whether this is being asked.
    pub fn has(&self, name: &str) -> bool {
        self.lock().contains_key(name)
    }

    /// Asks whoever asks this to stop. Answers whether anybody does.
    pub(crate) fn cancel(&self, name: &str) -> bool {
        match self.lock().get(name) {
            Some(Taken::Asking(running)) => {
                running.cancel.cancel();
                true
            }
            _ => false,
        }
    }

    /// What is being asked by hand: its names (that of the evaluation among them), and how far it is.
    pub(crate) fn by_hand(&self) -> Vec<(String, Running)> {
        let taken = self.lock();
        let running = taken.iter().filter_map(|(name, taken)| match taken {
            Taken::Asking(running) if running.by == AskedBy::Hand => {
                Some((name.clone(), running.clone()))
            }
            _ => None,
        });
        running.collect()
    }
}

impl Running {
    pub fn step(&self) -> AskingStep {
        self.step
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

impl Asked {
    /// Notes how far it is.
    pub fn at(&self, step: AskingStep) {
        let mut taken = self.asking.lock();
        for name in &self.names {
            if let Some(Taken::Asking(running)) = taken.get_mut(name) {
                running.step = step;
            }
        }
    }

    /// Waits until the user cancels.
    pub(crate) async fn cancelled(&self) {
        self.cancel.cancelled().await;
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let mut taken = self.asking.lock();
        for name in &self.names {
            taken.remove(name);
        }
        drop(taken);
        self.asking.0.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_asks_waits_for_who_settles_and_not_for_who_asks() {
        let asking = Asking::default();
        let settling = asking.take_to_settle("a").await;
        assert!(!asking.cancel("a"), "settling is not cancelled");
        let names = || vec!["a".to_owned()];
        let waits = asking.take(names(), AskedBy::Hand);
        let mut waits = pin!(waits);
        assert!(
            futures_util::poll!(waits.as_mut()).is_pending(),
            "it is being settled"
        );
        drop(settling);
        let asked = waits.await.unwrap();
        assert!(asking.take(names(), AskedBy::Batch).await.is_err());
        let settles = asking.take_to_settle("a");
        let mut settles = pin!(settles);
        assert!(futures_util::poll!(settles.as_mut()).is_pending());

        asked.at(AskingStep::Asking);
        let running = asking.by_hand();
        assert_eq!(running[0].1.step(), AskingStep::Asking);
        assert!(asking.cancel("a"));
        asked.cancelled().await;
        drop(asked);
        settles.await;
        assert!(!asking.has("a"));
    }
}
