//! Settles evaluations without a result: finds out, without another billed call, whether Plaid has evaluated the debit.
//! Balance Desk reports the decision "not initiated", which is true at that time. Plaid rejects the report if it has
//! never evaluated the ID. If Plaid accepts the report, it has evaluated and charged the debit, and the answer is lost.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use plaid::{ClientTransactionId, DecisionReport};
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::view::{EvaluationState, Settled};
use crate::evaluations::Evaluations;
use desk_core::{
    DeskError,
    billing::{self, ChargeFinding},
    event::DeskEvent,
    kill,
    moment::Moment,
    problem::{NextAction, Problem, ProblemKind},
};

/// Evaluations settled at the same time.
const AT_ONCE: usize = 4;

/// The pause after the first failed attempt; it doubles with each one.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

impl Evaluations {
    /// See [`settle`](Self::settle).
    pub(crate) async fn settle_with_plaid(
        &self,
        id: &ClientTransactionId,
    ) -> Result<Settled, DeskError> {
        let (evaluations, id) = (self.clone(), id.clone());
        self.session
            .run_to_end(async move {
                loop {
                    if let Some(done) = evaluations.settle_step(&id).await? {
                        return Ok(done);
                    }
                }
            })
            .await
    }

    /// Settles evaluations without a result, now and whenever there is a new one, until the environment closes.
    pub(crate) async fn settle_pending(self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let wait = match self.settle_due().await {
                Ok(SettleRound::Done) => {
                    pause = FIRST_PAUSE;
                    Duration::MAX
                }
                Ok(SettleRound::SomeLeft) => pause,
                Err(DeskError::NothingOpen) => return,
                Err(error) => {
                    tracing::error!(%error, "could not read the evaluations without a result");
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

enum SettleRound {
    Done,
    /// Plaid could not be reached about some.
    SomeLeft,
}

impl Evaluations {
    async fn settle_due(&self) -> Result<SettleRound, DeskError> {
        let ids = self.session.store.read(unsettled_ids).await?;
        let mut settling = stream::iter(ids)
            .map(|id| async move { (self.settle_with_plaid(&id).await, id) })
            .buffer_unordered(AT_ONCE);
        let mut round = SettleRound::Done;
        while let Some((settled, id)) = settling.next().await {
            match settled {
                // An answer that arrived in the meantime settles the evaluation too.
                Ok(_) | Err(DeskError::InvalidInput { .. } | DeskError::NotFound(_)) => {}
                Err(DeskError::Cancelled | DeskError::NothingOpen) => {
                    return Err(DeskError::NothingOpen);
                }
                Err(error) => {
                    tracing::warn!(%id, %error, "could not settle an evaluation yet");
                    round = SettleRound::SomeLeft;
                }
            }
        }
        Ok(round)
    }

    /// Settles the evaluation, or waits and returns nothing.
    async fn settle_step(&self, id: &ClientTransactionId) -> Result<Option<Settled>, DeskError> {
        if let Some(left) = self.settle_wait(id).await? {
            tokio::select! {
                () = self.session.cancel.cancelled() => return Err(DeskError::Cancelled),
                () = tokio::time::sleep(left) => return Ok(None),
            }
        }
        let _guard = tokio::select! {
            biased;
            guard = self.in_flight.reserve_to_settle(id.as_str()) => guard,
            () = self.session.cancel.cancelled() => return Err(DeskError::Cancelled),
        };
        // The user may have evaluated again in the meantime.
        let state = self.settle_state(id).await?;
        if let Some(done) = state.known_result()? {
            return Ok(Some(done));
        }
        if state
            .remaining_wait(self.session.now(), self.calls.pace.settle_after)
            .is_some()
        {
            return Ok(None);
        }
        let settled = self.ask_whether_evaluated(id).await?;
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(Some(settled))
    }

    async fn settle_state(&self, id: &ClientTransactionId) -> Result<SettleState, DeskError> {
        let id = id.clone();
        self.session
            .store
            .read(move |connection| read_settle_state(connection, &id))
            .await
    }

    /// How long to wait before calling Plaid, if at all.
    async fn settle_wait(&self, id: &ClientTransactionId) -> Result<Option<Duration>, DeskError> {
        if self.in_flight.contains(id.as_str()) {
            return Ok(None);
        }
        let state = self.settle_state(id).await?;
        Ok(match state.known_result()? {
            Some(_) => None,
            None => state.remaining_wait(self.session.now(), self.calls.pace.settle_after),
        })
    }

    async fn ask_whether_evaluated(&self, id: &ClientTransactionId) -> Result<Settled, DeskError> {
        let report = DecisionReport {
            client_transaction_id: id.clone(),
            initiated: false,
            days_funds_on_hold: None,
            decision_outcome: None,
            payment_method: None,
            amount_instantly_available: None,
        };
        // Saved first: if the answer to this call is lost too, a later decision still corrects the report.
        let noted = id.clone();
        self.session
            .store
            .write(move |transaction| mark_told_not_initiated(transaction, &noted))
            .await?;
        kill::point("settling.begun");
        let reported = tokio::select! {
            biased;
            reported = self.session.client.signal_decision_report(&report) => reported,
            () = self.session.cancel.cancelled() => return Err(DeskError::Cancelled),
        };
        kill::point("settling.answered");
        let settled = match reported {
            Ok(_) => Settled::AskedAnswerLost,
            Err(error) if is_unknown_to_plaid(&error) => Settled::NeverAsked,
            Err(error) => return Err(error.into()),
        };
        let id = id.clone();
        self.session
            .store
            .write(move |transaction| write_settled(transaction, &id, settled))
            .await?;
        kill::point("settling.written");
        Ok(settled)
    }
}

/// The report has two fields, and only the ID can be invalid.
fn is_unknown_to_plaid(error: &plaid::Error) -> bool {
    error
        .api()
        .is_some_and(|api| api.status == 400 && api.error_code == "INVALID_FIELD")
}

struct SettleState {
    state: EvaluationState,
    settled: Option<Settled>,
    asked_at: Moment,
}

impl SettleState {
    /// The result, if no call is needed to know it.
    fn known_result(&self) -> Result<Option<Settled>, DeskError> {
        match (self.state, self.settled) {
            (EvaluationState::Answered, _) => Err(DeskError::invalid(
                "clientTransactionId",
                "This evaluation has its answer.",
            )),
            // Plaid charges neither for what it rejected nor for what was never sent.
            (EvaluationState::Failed, _) => Ok(Some(Settled::NeverAsked)),
            (EvaluationState::Sending | EvaluationState::Unknown, settled) => Ok(settled),
        }
    }

    /// How long Plaid may still be working on the evaluation. Setting the clock back doesn't extend this.
    fn remaining_wait(&self, now: Timestamp, after: Duration) -> Option<Duration> {
        let passed = now.duration_since(self.asked_at.timestamp());
        let passed = Duration::try_from(passed).unwrap_or(Duration::ZERO);
        after.checked_sub(passed).filter(|left| !left.is_zero())
    }
}

fn read_settle_state(
    connection: &Connection,
    id: &ClientTransactionId,
) -> Result<SettleState, DeskError> {
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
    Ok(SettleState {
        state,
        settled,
        asked_at,
    })
}

/// Unsettled evaluations, oldest first.
fn unsettled_ids(connection: &Connection) -> Result<Vec<ClientTransactionId>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT client_transaction_id FROM evaluations
         WHERE state = 'unknown' AND settled IS NULL ORDER BY created_at",
    )?;
    let ids = statement.query_map([], |row| row.get::<_, String>("client_transaction_id"))?;
    let parsed = ids.map(|id| {
        ClientTransactionId::parse(&id?)
            .map_err(|_| DeskError::unreadable("a client_transaction_id"))
    });
    parsed.collect()
}

fn mark_told_not_initiated(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE evaluations SET told_not_initiated = 1 WHERE client_transaction_id = ?1",
        [id.as_str()],
    )?;
    Ok(())
}

fn write_settled(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    settled: Settled,
) -> Result<(), DeskError> {
    let (state, told, problem, charged) = match settled {
        Settled::NeverAsked => (
            EvaluationState::Failed,
            false,
            never_asked(),
            ChargeFinding::No,
        ),
        Settled::AskedAnswerLost => (EvaluationState::Unknown, true, lost(), ChargeFinding::Once),
    };
    transaction.execute(
        "UPDATE evaluations SET state = ?2, settled = ?3, told_not_initiated = ?4, problem = ?5
         WHERE client_transaction_id = ?1 AND state IN ('unknown', 'sending')",
        (id.as_str(), state, settled, told, problem),
    )?;
    billing::record_charge_finding(transaction, id, charged)
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
        let state = SettleState {
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
                state.remaining_wait(now.parse().unwrap(), after),
                expected,
                "{now}"
            );
        }
        assert_eq!(state.remaining_wait(asked_at, Duration::ZERO), None);
    }
}
