//! Live balances: one billed call for each Item, many at a time, at Plaid's pace, stoppable at any moment.
//! Each Item's readings are on the disk before its progress is told, and a network that is lost is waited for.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use jiff::Timestamp;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    asking::{Asker, Asking, Came},
    plan,
    view::{RefreshFailure, RefreshOutcome, RefreshProgress, RefreshScope},
};
use crate::balances::Balances;
use desk_core::{
    DeskError,
    calls::queue::{BalanceTarget, CallOutcome, CallQueue, NextCall, RetryCause, WaitReason},
    event::DeskEvent,
    moment::Moment,
};

/// Calls on the wire at the same time.
pub const IN_FLIGHT: usize = 32;

/// Items at work at the same time: while many are written down or stored together, the wire is not idle.
const AT_WORK: usize = 5 * IN_FLIGHT;

/// A wait that is told.
const NOTICEABLE: Duration = Duration::from_secs(1);

/// The screens are told of new readings this often at most: with a thousand Items they would do nothing else.
const SHOWN_EVERY: Duration = Duration::from_millis(250);

/// The refresh that is running, if one is.
#[derive(Clone, Default)]
pub(crate) struct RefreshSlot(Arc<Mutex<Option<CancellationToken>>>);

/// Holds the slot until dropped.
pub struct Running {
    slot: RefreshSlot,
    pub cancel: CancellationToken,
}

impl RefreshSlot {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the slot; the refresh ends when `until` does.
    ///
    /// # Errors
    /// `AlreadyRunning` while another refresh has it.
    pub fn take(&self, until: &CancellationToken) -> Result<Running, DeskError> {
        let mut slot = self.lock();
        if slot.is_some() {
            return Err(DeskError::AlreadyRunning(
                "Balances are being refreshed already.",
            ));
        }
        let cancel = until.child_token();
        *slot = Some(cancel.clone());
        Ok(Running {
            slot: self.clone(),
            cancel,
        })
    }

    /// Whether a refresh is running.
    pub(crate) fn is_taken(&self) -> bool {
        self.lock().is_some()
    }

    /// Stops the refresh that is running, if one is.
    pub fn cancel(&self) {
        if let Some(cancel) = self.lock().as_ref() {
            cancel.cancel();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        *self.slot.lock() = None;
    }
}

impl Balances {
    /// Refreshes what `scope` names. It goes on when the caller stops waiting; closing the environment ends it.
    /// Reads live balances (/accounts/balance/get, billed per Item) and stores each Item's before reporting its progress.
    /// Items that fail are listed in the outcome.
    ///
    /// # Errors
    /// `AlreadyRunning` while any refresh is running; `NotFound` when what `scope` names is gone.
    pub async fn refresh<P>(
        &self,
        scope: RefreshScope,
        progress: P,
    ) -> Result<RefreshOutcome, DeskError>
    where
        P: Fn(RefreshProgress) + Send + Sync + 'static,
    {
        let running = self.slot.take(&self.session.cancel)?;
        let targets = self
            .session
            .store
            .read(move |connection| plan::targets(connection, scope))
            .await?;
        let balances = self.clone();
        self.session
            .run_to_end(async move {
                let total = u32::try_from(targets.len()).unwrap_or(u32::MAX);
                let refresh = Refresh {
                    queue: CallQueue::new(targets, balances.calls.pace),
                    balances,
                    progress,
                    total,
                    outcome: RefreshOutcome {
                        refreshed: 0,
                        failed: Vec::new(),
                        cancelled: false,
                    },
                    standing: Standing::Going,
                    shown_at: None,
                    show_at: None,
                };
                Ok(refresh.go(&running.cancel).await)
            })
            .await
    }
}

/// What the listener believes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    Going,
    Paced {
        until: Instant,
        bank: Option<String>,
    },
    Offline,
}

struct Refresh<P> {
    balances: Balances,
    progress: P,
    queue: CallQueue<BalanceTarget>,
    total: u32,
    outcome: RefreshOutcome,
    standing: Standing,
    /// When the screens were told last, and when they are to be told next.
    shown_at: Option<Instant>,
    show_at: Option<Instant>,
}

impl<P: Fn(RefreshProgress) + Send + Sync + 'static> Refresh<P> {
    async fn go(mut self, cancel: &CancellationToken) -> RefreshOutcome {
        let asker = Arc::new(Asker::new(&self.balances, cancel));
        let mut at_work = FuturesUnordered::new();
        let mut stopping = false;
        (self.progress)(RefreshProgress::Started {
            done: 0,
            total: self.total,
            seconds_left: self.seconds_left(0),
        });
        loop {
            let mut wait = None;
            while at_work.len() < AT_WORK {
                let pacing = &self.balances.calls.pacing;
                match self.queue.next(Instant::now(), |id| pacing.live_turn(id)) {
                    NextCall::Start(begun) => at_work.push(Arc::clone(&asker).ask(begun)),
                    NextCall::Wait(until, why) => {
                        wait = Some((until, why));
                        break;
                    }
                    NextCall::Nothing => break,
                }
            }
            self.tell_standing(wait.as_ref(), at_work.len());
            if at_work.is_empty() && wait.is_none() {
                break;
            }
            let leaves_at = wait.map(|(until, _)| until);
            tokio::select! {
                biased;
                () = cancel.cancelled(), if !stopping => stopping = true,
                Some(asking) = at_work.next(), if !at_work.is_empty() => {
                    self.ended(asking, at_work.len());
                }
                () = at(leaves_at) => {}
                () = at(self.show_at) => self.show(),
            }
            if stopping && !self.queue.is_empty() {
                self.outcome.cancelled = true;
                self.queue.clear();
            }
        }
        if self.show_at.is_some() {
            self.show();
        }
        self.outcome
    }

    fn ended(&mut self, asking: Asking, at_work: usize) {
        let Asking { begun, came } = asking;
        let now = Instant::now();
        let item_id = begun.target.item_id.clone();
        match came {
            Came::Stored => {
                self.queue.finish(begun, CallOutcome::Answer, now);
                self.outcome.refreshed += 1;
                match self.shown_at {
                    Some(at) if at.elapsed() < SHOWN_EVERY => self.show_at = Some(at + SHOWN_EVERY),
                    _ => self.show(),
                }
                (self.progress)(RefreshProgress::ItemDone {
                    item_id: item_id.to_string(),
                    done: self.done(),
                    total: self.total,
                    seconds_left: self.seconds_left(at_work),
                });
            }
            Came::Failed(outcome, failure) => {
                self.queue.finish(begun, outcome, now);
                self.failed(*failure, at_work);
            }
            Came::Refused(refusal, problem) => {
                let outcome = CallOutcome::RetryLater(refusal);
                for target in self.queue.finish(begun, outcome, now) {
                    if refusal == RetryCause::Trouble {
                        self.balances.items.watch.count_failure(&target.item_id);
                    }
                    let failure = RefreshFailure {
                        item_id: target.item_id.to_string(),
                        institution_name: target.institution_name,
                        problem: (*problem).clone(),
                        may_be_billed: false,
                    };
                    self.failed(failure, at_work);
                }
            }
            Came::Cancelled => {
                self.queue.finish(begun, CallOutcome::Nothing, now);
                self.outcome.cancelled = true;
            }
        }
    }

    fn failed(&mut self, failure: RefreshFailure, at_work: usize) {
        let (item_id, problem) = (failure.item_id.clone(), failure.problem.clone());
        self.outcome.failed.push(failure);
        (self.progress)(RefreshProgress::ItemFailed {
            item_id,
            problem,
            done: self.done(),
            total: self.total,
            seconds_left: self.seconds_left(at_work),
        });
    }

    /// Tells the screens that there are new readings.
    fn show(&mut self) {
        self.balances.session.emit(DeskEvent::ItemsChanged);
        self.shown_at = Some(Instant::now());
        self.show_at = None;
    }

    /// Tells when calls do not leave for a while, why, and when they do again.
    fn tell_standing(&mut self, wait: Option<&(Instant, WaitReason)>, at_work: usize) {
        let standing = self.standing_now(wait, at_work);
        if standing == self.standing {
            return;
        }
        let (done, total) = (self.done(), self.total);
        let seconds_left = self.seconds_left(at_work);
        (self.progress)(match &standing {
            Standing::Going => RefreshProgress::Resumed {
                done,
                total,
                seconds_left,
            },
            Standing::Offline => RefreshProgress::Offline {
                since: Moment::from(self.balances.session.now()).to_text(),
                done,
                total,
                seconds_left,
            },
            Standing::Paced { until, bank } => RefreshProgress::Paced {
                until: text(self.balances.session.now(), *until),
                institution_name: bank.clone(),
                done,
                total,
                seconds_left,
            },
        });
        self.standing = standing;
    }

    fn standing_now(&self, wait: Option<&(Instant, WaitReason)>, at_work: usize) -> Standing {
        if self.queue.is_offline() {
            return Standing::Offline;
        }
        let now = Instant::now();
        match wait {
            // Either all that wait have left, or one has left to see whether the others may.
            None if !self.queue.is_empty() && at_work < AT_WORK => self.standing.clone(),
            None => Standing::Going,
            Some((until, WaitReason::Bank(name))) => Standing::Paced {
                until: *until,
                bank: Some(name.clone()),
            },
            Some((until, _)) => match &self.standing {
                // One call after the other leaves: that has been told.
                Standing::Paced { bank: None, .. } => self.standing.clone(),
                _ if *until < now + NOTICEABLE => self.standing.clone(),
                _ => {
                    let calls = u32::try_from(self.queue.len()).unwrap_or(u32::MAX);
                    let all_left = now + self.balances.calls.pacing.live_time(calls);
                    Standing::Paced {
                        until: all_left.max(*until),
                        bank: None,
                    }
                }
            },
        }
    }

    fn done(&self) -> u32 {
        let failed = u32::try_from(self.outcome.failed.len()).unwrap_or(u32::MAX);
        self.outcome.refreshed + failed
    }

    fn seconds_left(&self, at_work: usize) -> Option<u32> {
        let work = &self.balances;
        (!self.queue.is_offline()).then(|| {
            plan::time_left(
                &work.calls.pacing,
                &work.answer_times,
                self.queue.len(),
                at_work,
            )
        })
    }
}

/// Waits until then; for ever without a moment.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// A moment of the computer's ticking clock by the clock on the wall.
fn text(now: Timestamp, at: Instant) -> String {
    let wait = at.saturating_duration_since(Instant::now());
    Moment::from(now).after(wait).to_text()
}
