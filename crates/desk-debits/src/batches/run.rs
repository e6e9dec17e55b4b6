//! Running a batch: row by row through the same machinery as a single evaluation, many at a time, at Plaid's pace,
//! stoppable at any moment. A row is asked under the name it got at the import, so that it is never evaluated twice;
//! where an answer was lost, it is found out first whether Plaid has evaluated the row.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use desk_files::amount;
use futures_util::{
    StreamExt,
    stream::{self, FuturesUnordered},
};
use plaid::{InstitutionId, ItemId, Retry};
use rusqlite::Transaction;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    table::{self, Before, Terms, ToAsk},
    view::{BatchProgress, BatchWait},
};
use crate::{
    batches::Batches,
    evaluations::{
        in_flight::EvaluationOrigin,
        view::{EvaluateRequest, EvaluationState, EvaluationView},
    },
};
use desk_banks::balances::refresh::IN_FLIGHT;
use desk_core::{
    DeskError,
    calls::queue::{
        CallOutcome, CallQueue, NextCall, QueueTarget, RetryCause, StartedCall, WaitReason,
    },
    event::DeskEvent,
    kill,
    problem::{NextAction, Problem, ProblemKind},
};

/// Rows that wait in memory. What a bank or a limit holds up does not hold up more than these.
const AT_HAND: usize = 1_000;

/// The screens are told of what changed this often at most.
const SHOWN_EVERY: Duration = Duration::from_millis(500);

/// A wait that is told.
const NOTICEABLE: Duration = Duration::from_secs(1);

/// Rows settled at the same time.
const SETTLED_AT_ONCE: usize = 4;

/// How often a row is asked that Plaid turns out not to have: after that, something is wrong.
const TRIES: u32 = 3;

/// The batch that is running, if one is.
#[derive(Clone, Default)]
pub(crate) struct RunSlot(Arc<Mutex<Option<Held>>>);

struct Held {
    batch_id: String,
    stop: CancellationToken,
    progress: BatchProgress,
}

/// Holds the slot until dropped.
pub(super) struct Running(RunSlot);

impl RunSlot {
    fn lock(&self) -> MutexGuard<'_, Option<Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the slot.
    ///
    /// # Errors
    /// `AlreadyRunning` while a batch has it.
    pub(super) fn take(&self, batch_id: &str) -> Result<Running, DeskError> {
        let mut slot = self.lock();
        if slot.as_ref().is_some_and(|held| held.batch_id == batch_id) {
            return Err(DeskError::AlreadyRunning("This batch is running already."));
        }
        if slot.is_some() {
            return Err(DeskError::AlreadyRunning(
                "Another batch is running. Wait until it has finished, or pause it.",
            ));
        }
        *slot = Some(Held {
            batch_id: batch_id.to_owned(),
            stop: CancellationToken::new(),
            progress: BatchProgress {
                done: 0,
                total: 0,
                seconds_left: None,
                stopping: false,
                waits_for: None,
            },
        });
        Ok(Running(self.clone()))
    }

    /// Asks the batch to stop, if it runs.
    pub(super) fn stop(&self, batch_id: &str) {
        let mut slot = self.lock();
        if let Some(held) = slot.as_mut().filter(|held| held.batch_id == batch_id) {
            held.progress.stopping = true;
            held.stop.cancel();
        }
    }

    /// How the batch is going, if it runs.
    pub(super) fn progress(&self, batch_id: &str) -> Option<BatchProgress> {
        let slot = self.lock();
        slot.as_ref()
            .filter(|held| held.batch_id == batch_id)
            .map(|held| held.progress.clone())
    }
}

impl Running {
    fn stop(&self) -> CancellationToken {
        let slot = self.0.lock();
        slot.as_ref()
            .map_or_else(CancellationToken::new, |held| held.stop.clone())
    }

    fn tell(&self, progress: impl FnOnce(&mut BatchProgress)) {
        if let Some(held) = self.0.lock().as_mut() {
            progress(&mut held.progress);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        *self.0.lock() = None;
    }
}

impl Batches {
    /// Begins, or goes on with, a batch. It goes on when the caller stops waiting; closing the environment stops it.
    pub(super) async fn begin_run(&self, batch_id: &str) -> Result<(), DeskError> {
        let running = self.running.take(batch_id)?;
        let (id, now) = (batch_id.to_owned(), self.session.now());
        let (terms, total) = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let terms = table::begin(transaction, &id, now)?;
                Ok((terms, table::how_many_to_ask(transaction, &id)?))
            })
            .await?;
        kill::point("batch.begun");
        running.tell(|progress| progress.total = total);
        self.session.emit(DeskEvent::BatchesChanged);
        let run = Run {
            batches: self.clone(),
            stop: running.stop(),
            running,
            terms: Arc::new(terms),
            queue: CallQueue::new(Vec::new(), self.calls.pace),
            loaded: Loaded::UpTo(None),
            tries: HashMap::new(),
            left: total,
            done: 0,
            shown_at: None,
            show_at: None,
        };
        self.session.spawn(run.run_out());
        Ok(())
    }
}

/// Which rows have been loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loaded {
    /// Those up to this position.
    UpTo(Option<u32>),
    All,
}

/// How a run ended.
enum End {
    /// Every row has been asked.
    Finished,
    /// The user stopped it.
    Stopped,
    /// Going on would help nobody.
    Hindered(Box<Problem>),
    /// The environment was closed.
    Closed,
}

struct Run {
    batches: Batches,
    running: Running,
    stop: CancellationToken,
    terms: Arc<Terms>,
    queue: CallQueue<ToAsk>,
    loaded: Loaded,
    /// How often rows were loaded to be asked.
    tries: HashMap<u32, u32>,
    /// Rows that have not ended.
    left: u32,
    /// Rows that have.
    done: u32,
    shown_at: Option<Instant>,
    show_at: Option<Instant>,
}

/// A row that has been asked.
struct Asked {
    begun: StartedCall<ToAsk>,
    took: Duration,
    came: Result<EvaluationView, DeskError>,
}

impl QueueTarget for ToAsk {
    fn item_id(&self) -> &ItemId {
        &self.item_id
    }

    fn institution_id(&self) -> Option<&InstitutionId> {
        self.institution_id.as_ref()
    }

    fn institution_name(&self) -> &str {
        &self.institution_name
    }
}

impl Run {
    async fn run_out(mut self) {
        let end = match self.go().await {
            Ok(end) => end,
            Err(DeskError::NothingOpen) => End::Closed,
            Err(error) => End::Hindered(Box::new(Problem::from(error))),
        };
        self.write_end(end).await;
        kill::point("batch.ended");
        let session = self.batches.session.clone();
        // The slot is free before anybody is told.
        drop(self);
        session.emit(DeskEvent::BatchesChanged);
    }

    async fn write_end(&self, end: End) {
        let (id, now) = (self.terms.batch_id.clone(), self.batches.session.now());
        // One that was cancelled meanwhile stays so.
        let written = self
            .batches
            .session
            .store
            .write(move |transaction| match end {
                End::Finished => table::finish(transaction, &id, now),
                End::Hindered(problem) => table::pause(transaction, &id, Some(&problem)),
                End::Stopped => table::pause(transaction, &id, None),
                // It is paused when the environment is opened again.
                End::Closed => Ok(()),
            });
        if let Err(error) = written.await {
            tracing::error!(%error, "how a batch ended could not be written; it is paused when a batch is run, or the environment is opened again");
        }
    }

    async fn go(&mut self) -> Result<End, DeskError> {
        let mut at_work = AtWork::new();
        loop {
            let stopping = self.stop.is_cancelled() || self.batches.session.cancel.is_cancelled();
            let mut wait = None;
            if !stopping {
                if let Some(hindered) = self.load().await? {
                    return self.give_up(at_work, hindered).await;
                }
                wait = self.start(&mut at_work);
            }
            if at_work.is_empty() && wait.is_none() {
                if self.batches.session.cancel.is_cancelled() {
                    return Ok(End::Closed);
                }
                if stopping {
                    return Ok(End::Stopped);
                }
                match self.settle().await? {
                    Some(end) => return Ok(end),
                    None => continue,
                }
            }
            self.tell_progress(wait.as_ref(), at_work.len());
            let leaves_at = wait.map(|(until, _)| until);
            tokio::select! {
                biased;
                () = self.stop.cancelled(), if !stopping => self.show(),
                () = self.batches.session.cancel.cancelled(), if !stopping => {}
                Some(asked) = at_work.next(), if !at_work.is_empty() => {
                    if let Some(hindered) = self.ended(asked).await? {
                        return self.give_up(at_work, hindered).await;
                    }
                }
                () = at(leaves_at) => {}
                () = at(self.show_at) => self.show(),
            }
        }
    }

    /// Loads further rows once few wait. Answers why it would be of no use.
    async fn load(&mut self) -> Result<Option<Problem>, DeskError> {
        let Loaded::UpTo(after) = self.loaded else {
            return Ok(None);
        };
        if self.queue.len() > AT_HAND / 2 {
            return Ok(None);
        }
        let id = self.terms.batch_id.clone();
        let rows = self
            .batches
            .session
            .store
            .read(move |connection| table::to_ask(connection, &id, after, AT_HAND as u32))
            .await?;
        self.loaded = match rows.last() {
            Some(last) if rows.len() == AT_HAND => Loaded::UpTo(Some(last.position)),
            _ => Loaded::All,
        };
        for row in &rows {
            let tries = self.tries.entry(row.position).or_default();
            *tries += 1;
            if *tries > TRIES {
                return Ok(Some(does_not_arrive()));
            }
        }
        self.queue.extend(rows);
        Ok(None)
    }

    /// Starts as many rows as may leave. Answers what the next one waits for.
    fn start(&mut self, at_work: &mut AtWork) -> Option<(Instant, WaitReason)> {
        while at_work.len() < IN_FLIGHT {
            let pacing = &self.batches.calls.pacing;
            match self
                .queue
                .next(Instant::now(), |id| pacing.evaluate_turn(id))
            {
                NextCall::Start(begun) => at_work.push(Box::pin(
                    self.batches
                        .clone()
                        .evaluate_row(Arc::clone(&self.terms), begun),
                )),
                NextCall::Wait(until, why) => return Some((until, why)),
                NextCall::Nothing => return None,
            }
        }
        None
    }

    /// Waits for what is under way when the run is of no use any more.
    async fn give_up(&mut self, mut at_work: AtWork, hindered: Problem) -> Result<End, DeskError> {
        self.running.tell(|progress| progress.stopping = true);
        self.show();
        while let Some(asked) = at_work.next().await {
            // The first reason is the one that is told.
            self.ended(asked).await?;
        }
        Ok(End::Hindered(Box::new(hindered)))
    }

    /// Takes note of how a row ended. Answers why going on would be of no use.
    async fn ended(&mut self, asked: Asked) -> Result<Option<Problem>, DeskError> {
        let Asked {
            mut begun,
            took,
            came,
        } = asked;
        kill::point("batch.row_ended");
        let now = Instant::now();
        let (position, before) = (begun.target.position, begun.target.before);
        let view = match came {
            Ok(view) => view,
            Err(error) => {
                self.queue.finish(begun, CallOutcome::Nothing, now);
                self.one_done();
                return self.not_asked(position, error).await;
            }
        };
        begun.target.before = Before::Asked;
        let problem = view
            .problem
            .filter(|_| view.state == EvaluationState::Failed);
        if let Some(problem) = &problem
            && let Some(refusal) = refusal(problem)
        {
            self.ask_again(position, true).await?;
            let given_up = self
                .queue
                .finish(begun, CallOutcome::RetryLater(refusal), now);
            return Ok((!given_up.is_empty()).then(|| problem.clone()));
        }
        let outcome = match view.state {
            EvaluationState::Answered => {
                self.batches.evaluations.times.took(took);
                CallOutcome::Answer
            }
            EvaluationState::Failed if problem.as_ref().is_some_and(|of| of.plaid.is_some()) => {
                CallOutcome::Answer
            }
            _ => CallOutcome::Nothing,
        };
        self.queue.finish(begun, outcome, now);
        let concerns_all = problem.filter(concerns_all);
        if concerns_all.is_some() {
            self.ask_again(position, true).await?;
        } else if before != Before::Never {
            self.ask_again(position, false).await?;
        }
        self.one_done();
        Ok(concerns_all)
    }

    /// A row could not be asked, or what came of it is not at hand.
    async fn not_asked(
        &mut self,
        position: u32,
        error: DeskError,
    ) -> Result<Option<Problem>, DeskError> {
        match error {
            DeskError::NothingOpen | DeskError::Cancelled => Err(DeskError::NothingOpen),
            // Somebody asks it by hand: then it gets its answer there.
            DeskError::AlreadyRunning(_) => Ok(None),
            error @ (DeskError::InvalidInput { .. } | DeskError::NotFound(_)) => {
                let (id, problem) = (self.terms.batch_id.clone(), Problem::from(error));
                self.write(move |transaction| -> Result<_, DeskError> {
                    table::set_problem(transaction, &id, position, &problem)
                })
                .await?;
                Ok(None)
            }
            // A disk that is full, most likely: what has come is kept in memory and tried again there.
            error => Ok(Some(Problem::from(error))),
        }
    }

    async fn ask_again(&self, position: u32, again: bool) -> Result<(), DeskError> {
        let id = self.terms.batch_id.clone();
        self.write(move |transaction| table::set_ask_again(transaction, &id, position, again))
            .await
    }

    async fn write(
        &self,
        f: impl FnOnce(&Transaction<'_>) -> Result<(), DeskError> + Send + 'static,
    ) -> Result<(), DeskError> {
        self.batches.session.store.write(f).await
    }

    /// All rows have been asked. Finds out about those whose answers were lost; those that Plaid turns out not to have
    /// are asked after all.
    async fn settle(&mut self) -> Result<Option<End>, DeskError> {
        let id = self.terms.batch_id.clone();
        let lost = self
            .batches
            .session
            .store
            .read(move |connection| table::unsettled(connection, &id))
            .await?;
        self.show();
        let (evaluations, stop) = (self.batches.evaluations.clone(), self.stop.clone());
        let mut settling = stream::iter(lost)
            .map(|id| {
                let evaluations = evaluations.clone();
                async move { evaluations.settle_with_plaid(&id).await }
            })
            .buffer_unordered(SETTLED_AT_ONCE);
        loop {
            let settled = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(Some(End::Stopped)),
                settled = settling.next() => settled,
            };
            match settled {
                None => break,
                // An answer that came meanwhile settles it as well.
                Some(Ok(_) | Err(DeskError::InvalidInput { .. } | DeskError::NotFound(_))) => {}
                Some(Err(DeskError::Cancelled | DeskError::NothingOpen)) => {
                    return Ok(Some(End::Closed));
                }
                Some(Err(error)) => {
                    return Ok(Some(End::Hindered(Box::new(Problem::from(error)))));
                }
            }
        }
        let id = self.terms.batch_id.clone();
        let left = self
            .batches
            .session
            .store
            .read(move |connection| table::how_many_to_ask(connection, &id))
            .await?;
        if left == 0 {
            return Ok(Some(End::Finished));
        }
        self.left = left;
        self.loaded = Loaded::UpTo(None);
        Ok(None)
    }

    fn one_done(&mut self) {
        self.done = self.done.saturating_add(1);
        self.left = self.left.saturating_sub(1);
        match self.shown_at {
            Some(at) if at.elapsed() < SHOWN_EVERY => self.show_at = Some(at + SHOWN_EVERY),
            _ => self.show(),
        }
    }

    /// Tells the screens that there is something new.
    fn show(&mut self) {
        self.batches.session.emit(DeskEvent::BatchesChanged);
        self.shown_at = Some(Instant::now());
        self.show_at = None;
    }

    fn tell_progress(&mut self, wait: Option<&(Instant, WaitReason)>, at_work: usize) {
        let work = &self.batches;
        let waiting = (self.left as usize).saturating_sub(at_work);
        let last_leaves = work.calls.pacing.evaluate_time(as_calls(waiting));
        let seconds = work
            .evaluations
            .times
            .seconds_left(last_leaves, waiting, at_work);
        let offline = self.queue.is_offline();
        let waits_for = match wait {
            _ if offline => Some(BatchWait::Network),
            Some((until, why)) if *until > Instant::now() + NOTICEABLE => Some(match why {
                WaitReason::Bank(name) => BatchWait::Bank {
                    institution_name: name.clone(),
                },
                WaitReason::Limit => BatchWait::Limit,
                WaitReason::Network => BatchWait::Network,
            }),
            _ => None,
        };
        let (done, left) = (self.done, self.left);
        let mut turned = false;
        self.running.tell(|progress| {
            turned = progress.waits_for != waits_for;
            progress.done = done;
            progress.total = done.saturating_add(left);
            progress.seconds_left = (!offline).then_some(seconds);
            progress.waits_for = waits_for;
        });
        if turned {
            self.show();
        }
    }
}

type AtWork = FuturesUnordered<desk_core::BoxFuture<'static, Asked>>;

impl Batches {
    /// Asks one row, for the first time or again under its name.
    async fn evaluate_row(self, terms: Arc<Terms>, begun: StartedCall<ToAsk>) -> Asked {
        let began = Instant::now();
        let row = &begun.target;
        let came = match row.before {
            Before::Never => {
                let request = EvaluateRequest {
                    client_transaction_id: Some(row.id.as_str().to_owned()),
                    ruleset_key: terms.ruleset_key.clone(),
                    default_payment_method: terms.payment_method.clone(),
                    is_recurring: terms.is_recurring,
                    ..EvaluateRequest::new(row.account_id.as_str(), amount::format_cents(row.cents))
                };
                self.evaluations
                    .evaluate_as(request, EvaluationOrigin::Batch)
                    .await
            }
            Before::Asked => self.evaluations.repeat(row.id.clone()).await,
        };
        Asked {
            begun,
            took: began.elapsed(),
            came,
        }
    }
}

/// Whether, and whom, a failure holds up: then the row is asked again. It is not billed.
fn refusal(problem: &Problem) -> Option<RetryCause> {
    let Some(plaid) = problem.plaid.as_deref() else {
        let unreachable =
            problem.kind == ProblemKind::Network || problem.kind == ProblemKind::TimedOut;
        return (unreachable && problem.action == Some(NextAction::Retry))
            .then_some(RetryCause::Offline);
    };
    let retry = Retry::from_plaid_error(
        plaid.status.unwrap_or_default(),
        plaid.error_type.as_deref().unwrap_or_default(),
        plaid.error_code.as_deref().unwrap_or_default(),
    );
    match retry {
        Retry::AfterRateLimit(_) => RetryCause::of(retry),
        _ => None,
    }
}

/// Whether every other row would be refused in the same way.
fn concerns_all(problem: &Problem) -> bool {
    let code = problem
        .plaid
        .as_deref()
        .and_then(|plaid| plaid.error_code.as_deref());
    problem.action == Some(NextAction::CheckKeys)
        || matches!(
            code,
            Some("RULESET_NOT_FOUND" | "INVALID_PRODUCT" | "UNAUTHORIZED_ROUTE_ACCESS")
        )
}

fn does_not_arrive() -> Problem {
    Problem::new(
        ProblemKind::Network,
        "Plaid was asked three times about some rows and does not have them: what answers is not Plaid, or is in trouble. Nothing was charged for them. Resume later.",
    )
    .with_action(NextAction::Retry)
}

fn as_calls(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Waits until then; for ever without a moment.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk_core::problem::PlaidProblem;

    fn of_plaid(status: u16, error_type: &str, error_code: &str) -> Problem {
        let plaid = PlaidProblem {
            error_type: Some(error_type.to_owned()),
            error_code: Some(error_code.to_owned()),
            error_message: None,
            display_message: None,
            request_id: None,
            documentation_url: None,
            status: Some(status),
        };
        Problem {
            plaid: Some(Box::new(plaid)),
            ..Problem::new(ProblemKind::Plaid, "refused")
        }
    }

    #[test]
    fn what_passes_is_asked_again_and_what_concerns_all_stops_all() {
        let limit = |code| of_plaid(429, "RATE_LIMIT_EXCEEDED", code);
        assert_eq!(refusal(&limit("RATE_LIMIT")), Some(RetryCause::ClientLimit));
        assert_eq!(
            refusal(&limit("INSTITUTION_RATE_LIMIT")),
            Some(RetryCause::BankLimit)
        );
        // A limit of one Item holds up that Item only, as in a refresh.
        assert_eq!(
            refusal(&limit("BALANCE_LIMIT")),
            Some(RetryCause::ItemLimit)
        );
        let network = Problem::new(ProblemKind::Network, "lost");
        assert_eq!(refusal(&network), None, "a connection that is not trusted");
        let network = network.with_action(NextAction::Retry);
        assert_eq!(refusal(&network), Some(RetryCause::Offline));
        let item = of_plaid(400, "ITEM_ERROR", "ITEM_LOGIN_REQUIRED");
        assert_eq!(refusal(&item), None);
        assert!(!concerns_all(&item));
        assert!(concerns_all(&of_plaid(
            400,
            "SIGNAL_ERROR",
            "RULESET_NOT_FOUND"
        )));
    }

    #[test]
    fn one_batch_runs_at_a_time() {
        let slot = RunSlot::default();
        let running = slot.take("one").unwrap();
        for id in ["one", "other"] {
            let refused = slot.take(id).err().unwrap();
            assert!(matches!(refused, DeskError::AlreadyRunning(_)));
        }
        slot.stop("other");
        assert!(!running.stop().is_cancelled());
        slot.stop("one");
        assert!(running.stop().is_cancelled());
        assert!(slot.progress("one").unwrap().stopping);
        drop(running);
        assert!(slot.progress("one").is_none());
        assert!(slot.take("other").is_ok());
    }
}
