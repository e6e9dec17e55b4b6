//! Finding out whether Plaid has an evaluation whose answer never came, without asking for it, and paying, again.
//! A decision "not initiated", which is true at that time, is refused for an id that Plaid has never evaluated; where it
//! is taken, Plaid has evaluated and charged it, and the answer is lost.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use plaid::{ClientTransactionId, DecisionReport};
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::view::{EvaluationState, Settled};
use crate::evaluations::Evaluations;
use desk_core::{
    DeskError,
    billing::{self, Charged},
    event::DeskEvent,
    kill,
    moment::Moment,
    problem::{NextAction, Problem, ProblemKind},
    store::StoreError,
};

/// Evaluations settled at the same time.
const AT_ONCE: usize = 4;

/// The pause after a first try that did not get through; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

impl Evaluations {
    /// Finds out whether Plaid has an evaluation whose answer never came (/signal/decision/report with `initiated:
    /// false`). Nothing is charged.
    ///
    /// # Errors
    /// `NotFound`; field `clientTransactionId` when it has its answer; why Plaid could not be asked.
    pub(crate) async fn settle_with_plaid(
        &self,
        id: &ClientTransactionId,
    ) -> Result<Settled, DeskError> {
        let (task_session, id) = (self.clone(), id.clone());
        self.session
            .run_to_end(async move {
                loop {
                    if let Some(done) = task_session.settle_step(&id).await? {
                        return Ok(done);
                    }
                }
            })
            .await
    }

    /// Settles what needs it, now and whenever an evaluation is left without an answer, until the environment is closed.
    pub(crate) async fn settle_pending(self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let wait = match self.settle_due().await {
                Ok(Round::Done) => {
                    pause = FIRST_PAUSE;
                    Duration::MAX
                }
                Ok(Round::SomeLeft) => pause,
                Err(DeskError::NothingOpen) => return,
                Err(error) => {
                    tracing::error!(%error, "evaluations without an answer could not be looked up");
                    pause
                }
            };
            tokio::select! {
                () = self.session.cancel.cancelled() => return,
                () = self.unsettled.notified() => {}
                () = tokio::time::sleep(wait) => pause = (pause * 2).min(LONGEST_PAUSE),
            }
        }
    }
}

/// What a round came to.
enum Round {
    /// Nothing is left to be settled.
    Done,
    /// Plaid could not be asked about some.
    SomeLeft,
}

impl Evaluations {
    async fn settle_due(&self) -> Result<Round, DeskError> {
        let ids = self.session.store.read(unsettled).await?;
        let mut settling = stream::iter(ids)
            .map(|id| async move { (self.settle_with_plaid(&id).await, id) })
            .buffer_unordered(AT_ONCE);
        let mut round = Round::Done;
        while let Some((settled, id)) = settling.next().await {
            match settled {
                // An answer that came meanwhile settles it as well.
                Ok(_) | Err(DeskError::InvalidInput { .. } | DeskError::NotFound(_)) => {}
                Err(DeskError::Cancelled | DeskError::NothingOpen) => {
                    return Err(DeskError::NothingOpen);
                }
                Err(error) => {
                    tracing::warn!(%id, %error, "whether Plaid has an evaluation could not be found out yet");
                    round = Round::SomeLeft;
                }
            }
        }
        Ok(round)
    }

    /// Settles it, or waits for what it has to wait for and answers nothing.
    async fn settle_step(&self, id: &ClientTransactionId) -> Result<Option<Settled>, DeskError> {
        if let Some(left) = self.settle_wait(id).await? {
            tokio::select! {
                () = self.session.cancel.cancelled() => return Err(DeskError::Cancelled),
                () = tokio::time::sleep(left) => return Ok(None),
            }
        }
        let _held = tokio::select! {
            biased;
            held = self.in_flight.take_to_settle(id.as_str()) => held,
            () = self.session.cancel.cancelled() => return Err(DeskError::Cancelled),
        };
        // It may have been asked again meanwhile.
        let standing = self.settle_state(id).await?;
        if let Some(done) = standing.done()? {
            return Ok(Some(done));
        }
        if standing
            .left(self.session.now(), self.calls.pace.settle_after)
            .is_some()
        {
            return Ok(None);
        }
        let settled = self.ask_whether_evaluated(id).await?;
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(Some(settled))
    }

    /// How long to wait before Plaid is asked, if at all.
    async fn settle_wait(&self, id: &ClientTransactionId) -> Result<Option<Duration>, DeskError> {
        if self.in_flight.has(id.as_str()) {
            return Ok(None);
        }
        let standing = self.settle_state(id).await?;
        Ok(match standing.done()? {
            Some(_) => None,
            None => standing.left(self.session.now(), self.calls.pace.settle_after),
        })
    }

    /// Asks Plaid with a report that says what is true: nothing was initiated.
    async fn ask_whether_evaluated(&self, id: &ClientTransactionId) -> Result<Settled, DeskError> {
        let report = DecisionReport {
            client_transaction_id: id.clone(),
            initiated: false,
            days_funds_on_hold: None,
            decision_outcome: None,
            payment_method: None,
            amount_instantly_available: None,
        };
        // Noted first: if the answer to this is lost as well, a later decision still corrects the report.
        let noted = id.clone();
        self.session
            .store
            .write(move |transaction| tell(transaction, &noted))
            .await?;
        kill::point("settling.begun");
        let told = tokio::select! {
            biased;
            told = self.session.client.signal_decision_report(&report) => told,
            () = self.session.cancel.cancelled() => return Err(DeskError::Cancelled),
        };
        kill::point("settling.answered");
        let settled = match told {
            Ok(_) => Settled::AskedAnswerLost,
            Err(error) if is_unknown_to_plaid(&error) => Settled::NeverAsked,
            Err(error) => return Err(error.into()),
        };
        let id = id.clone();
        self.session
            .store
            .write(move |transaction| write(transaction, &id, settled))
            .await?;
        kill::point("settling.written");
        Ok(settled)
    }
}

/// The report has two fields, and one of them cannot be wrong.
fn is_unknown_to_plaid(error: &plaid::Error) -> bool {
    error
        .api()
        .is_some_and(|api| api.status == 400 && api.error_code == "INVALID_FIELD")
}

/// An evaluation, as far as settling goes.
struct Standing {
    state: EvaluationState,
    settled: Option<Settled>,
    asked_at: Moment,
}

impl Standing {
    /// What is known already.
    fn done(&self) -> Result<Option<Settled>, DeskError> {
        match (self.state, self.settled) {
            (EvaluationState::Answered, _) => Err(DeskError::invalid(
                "clientTransactionId",
                "This evaluation has its answer.",
            )),
            // What Plaid refused, and what never left, is not charged.
            (EvaluationState::Failed, _) => Ok(Some(Settled::NeverAsked)),
            (EvaluationState::Sending | EvaluationState::Unknown, settled) => Ok(settled),
        }
    }

    /// How much of the time is left in which Plaid may still be at it. A clock that was set back makes it no longer.
    fn left(&self, now: Timestamp, after: Duration) -> Option<Duration> {
        let passed = now.duration_since(self.asked_at.timestamp());
        let passed = Duration::try_from(passed).unwrap_or(Duration::ZERO);
        after.checked_sub(passed).filter(|left| !left.is_zero())
    }
}

impl Evaluations {
    async fn settle_state(&self, id: &ClientTransactionId) -> Result<Standing, DeskError> {
        let id = id.clone();
        self.session
            .store
            .read(move |connection| read_standing(connection, &id))
            .await
    }
}

fn read_standing(
    connection: &Connection,
    id: &ClientTransactionId,
) -> Result<Standing, StoreError> {
    let found = connection
        .query_row(
            "SELECT state, settled,
                    coalesce((SELECT at FROM billed_calls WHERE evaluation = client_transaction_id
                              ORDER BY call_id DESC LIMIT 1), created_at) AS asked_at
             FROM evaluations WHERE client_transaction_id = ?1",
            [id.as_str()],
            |row| Ok((row.get("state")?, row.get("settled")?, row.get("asked_at")?)),
        )
        .optional()?;
    let (state, settled, asked_at) = found.ok_or(DeskError::NotFound("This evaluation"))?;
    Ok(Standing {
        state,
        settled,
        asked_at,
    })
}

/// Evaluations that nobody has settled yet, the oldest first.
fn unsettled(connection: &Connection) -> Result<Vec<ClientTransactionId>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT client_transaction_id FROM evaluations
         WHERE state = 'unknown' AND settled IS NULL ORDER BY created_at",
    )?;
    let ids = statement.query_map([], |row| row.get::<_, String>("client_transaction_id"))?;
    let parsed = ids.map(|id| {
        ClientTransactionId::parse(&id?)
            .map_err(|_| StoreError::unreadable("a client_transaction_id"))
    });
    parsed.collect()
}

fn tell(transaction: &Transaction<'_>, id: &ClientTransactionId) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE evaluations SET told_not_initiated = 1 WHERE client_transaction_id = ?1",
        [id.as_str()],
    )?;
    Ok(())
}

fn write(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    settled: Settled,
) -> Result<(), StoreError> {
    let (state, told, problem, charged) = match settled {
        Settled::NeverAsked => (EvaluationState::Failed, false, never_asked(), Charged::No),
        Settled::AskedAnswerLost => (EvaluationState::Unknown, true, lost(), Charged::Once),
    };
    transaction.execute(
        "UPDATE evaluations SET state = ?2, settled = ?3, told_not_initiated = ?4, problem = ?5
         WHERE client_transaction_id = ?1 AND state IN ('unknown', 'sending')",
        (id.as_str(), state, settled, told, problem),
    )?;
    billing::evaluation_settled(transaction, id, charged)
}

fn never_asked() -> Problem {
    Problem::new(
        ProblemKind::Network,
        "Plaid does not have this evaluation: the question never arrived, and nothing was charged. It can be asked again.",
    )
    .with_action(NextAction::Retry)
}

fn lost() -> Problem {
    Problem::new(
        ProblemKind::Network,
        "Plaid has evaluated this debit and charged for it, but the answer was lost on its way and cannot be had again. Asking again is charged a second time.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_makes_the_wait_no_longer() {
        let asked_at: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        let standing = Standing {
            state: EvaluationState::Unknown,
            settled: None,
            asked_at: Moment::from(asked_at),
        };
        let after = Duration::from_secs(60);
        for (now, left) in [
            ("2026-11-24T12:00:00Z", Some(60)),
            ("2026-11-24T12:00:45Z", Some(15)),
            ("2026-11-24T12:01:00Z", None),
            ("2031-01-01T00:00:00Z", None),
            ("2020-01-01T00:00:00Z", Some(60)),
        ] {
            let expected = left.map(Duration::from_secs);
            assert_eq!(
                standing.left(now.parse().unwrap(), after),
                expected,
                "{now}"
            );
        }
        assert_eq!(standing.left(asked_at, Duration::ZERO), None);
    }
}
