//! Evaluations in flight. A second click must not send, and pay for, the same debit twice, and the user can watch and
//! cancel an evaluation that runs.

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

/// Names of the evaluations that are being sent or settled.
#[derive(Clone, Default)]
pub(crate) struct InFlightEvaluations(Arc<InFlightState>);

#[derive(Default)]
struct InFlightState {
    names: Mutex<HashMap<String, NameUse>>,
    freed: Notify,
}

/// Why a name is reserved.
#[derive(Clone)]
enum NameUse {
    Evaluating(InFlightEvaluation),
    Settling,
}

#[derive(Clone)]
pub(crate) struct InFlightEvaluation {
    step: AskingStep,
    started: Instant,
    origin: EvaluationOrigin,
    cancel: CancellationToken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EvaluationOrigin {
    /// A user waits for this one.
    User,
    Batch,
}

/// Reserves names until dropped.
pub(crate) struct InFlightGuard {
    in_flight: InFlightEvaluations,
    names: Vec<String>,
    cancel: CancellationToken,
}

impl InFlightEvaluations {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, NameUse>> {
        self.0.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reserves all the names for an evaluation, or none. Waits while one of them is being settled, which is short.
    ///
    /// # Errors
    /// `AlreadyRunning` when an evaluation uses one of them.
    pub(crate) async fn reserve(
        &self,
        names: Vec<String>,
        origin: EvaluationOrigin,
    ) -> Result<InFlightGuard, DeskError> {
        let evaluation = InFlightEvaluation {
            step: AskingStep::Waiting,
            started: Instant::now(),
            origin,
            cancel: CancellationToken::new(),
        };
        loop {
            let mut freed = pin!(self.0.freed.notified());
            freed.as_mut().enable();
            {
                let mut reserved = self.lock();
                let mut in_use = names.iter().filter_map(|name| reserved.get(name));
                match in_use.next() {
                    None => {
                        let name_use = NameUse::Evaluating(evaluation);
                        return Ok(self.guard(&mut reserved, names, &name_use));
                    }
                    Some(NameUse::Evaluating(_)) => {
                        return Err(DeskError::AlreadyRunning(
                            "This evaluation is being asked already.",
                        ));
                    }
                    Some(NameUse::Settling) => {}
                }
            }
            freed.await;
        }
    }

    /// Reserves a name for settling, as soon as it is free.
    pub(crate) async fn reserve_to_settle(&self, name: &str) -> InFlightGuard {
        loop {
            let mut freed = pin!(self.0.freed.notified());
            freed.as_mut().enable();
            {
                let mut reserved = self.lock();
                if !reserved.contains_key(name) {
                    return self.guard(&mut reserved, vec![name.to_owned()], &NameUse::Settling);
                }
            }
            freed.await;
        }
    }

    fn guard(
        &self,
        reserved: &mut HashMap<String, NameUse>,
        names: Vec<String>,
        name_use: &NameUse,
    ) -> InFlightGuard {
        reserved.extend(names.iter().map(|name| (name.clone(), name_use.clone())));
        InFlightGuard {
            in_flight: self.clone(),
            names,
            cancel: match name_use {
                NameUse::Evaluating(evaluation) => evaluation.cancel.clone(),
                NameUse::Settling => CancellationToken::new(),
            },
        }
    }

    /// Whether the evaluation is being sent or settled.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.lock().contains_key(name)
    }

    /// Cancels the evaluation if it is in flight; returns whether it was.
    pub(crate) fn cancel(&self, name: &str) -> bool {
        match self.lock().get(name) {
            Some(NameUse::Evaluating(evaluation)) => {
                evaluation.cancel.cancel();
                true
            }
            _ => false,
        }
    }

    /// Evaluations that a user waits for, under each of their names (the ID is one of them).
    pub(crate) fn started_by_user(&self) -> Vec<(String, InFlightEvaluation)> {
        let reserved = self.lock();
        let evaluations = reserved
            .iter()
            .filter_map(|(name, name_use)| match name_use {
                NameUse::Evaluating(evaluation) if evaluation.origin == EvaluationOrigin::User => {
                    Some((name.clone(), evaluation.clone()))
                }
                _ => None,
            });
        evaluations.collect()
    }
}

impl InFlightEvaluation {
    pub(crate) fn step(&self) -> AskingStep {
        self.step
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

impl InFlightGuard {
    pub(crate) fn set_step(&self, step: AskingStep) {
        let mut reserved = self.in_flight.lock();
        for name in &self.names {
            if let Some(NameUse::Evaluating(evaluation)) = reserved.get_mut(name) {
                evaluation.step = step;
            }
        }
    }

    /// Waits until the user cancels.
    pub(crate) async fn cancelled(&self) {
        self.cancel.cancelled().await;
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        let mut reserved = self.in_flight.lock();
        for name in &self.names {
            reserved.remove(name);
        }
        drop(reserved);
        self.in_flight.0.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_evaluation_waits_for_settling_and_not_for_another_evaluation() {
        let in_flight = InFlightEvaluations::default();
        let settling = in_flight.reserve_to_settle("a").await;
        assert!(!in_flight.cancel("a"), "settling is not cancelled");
        let names = || vec!["a".to_owned()];
        let waits = in_flight.reserve(names(), EvaluationOrigin::User);
        let mut waits = pin!(waits);
        assert!(
            futures_util::poll!(waits.as_mut()).is_pending(),
            "it is being settled"
        );
        drop(settling);
        let guard = waits.await.unwrap();
        let second = in_flight.reserve(names(), EvaluationOrigin::Batch).await;
        assert!(second.is_err());
        let settles = in_flight.reserve_to_settle("a");
        let mut settles = pin!(settles);
        assert!(futures_util::poll!(settles.as_mut()).is_pending());

        guard.set_step(AskingStep::Asking);
        let by_user = in_flight.started_by_user();
        assert_eq!(by_user[0].1.step(), AskingStep::Asking);
        assert!(in_flight.cancel("a"));
        guard.cancelled().await;
        drop(guard);
        settles.await;
        assert!(!in_flight.contains("a"));
    }
}
