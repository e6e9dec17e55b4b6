//! Finding out whether Plaid has an evaluation whose answer never came, without asking for it, and paying, again.
//! A decision "not initiated", which is true at that time, is refused for an id that Plaid has never evaluated; where it
//! is taken, Plaid has evaluated and charged it, and the answer is lost.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use plaid::{ClientTransactionId, DecisionReport};
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::{
    table,
    view::{EvaluationState, Settled},
};
use crate::{
    DeskError, Session,
    balances::billing::{self, Charged},
    items::table::to_json,
    kill,
    moment::Moment,
    problem::{NextAction, Problem, ProblemKind},
    start::event::DeskEvent,
    store::StoreError,
};

/// Evaluations settled at the same time.
const AT_ONCE: usize = 4;

/// The pause after a first try that did not get through; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// Finds out whether Plaid has this evaluation, and writes it down. Nothing is charged. Waits while it is being asked,
/// and until so much time has passed since it was asked that Plaid cannot still be at it.
///
/// # Errors
/// `NotFound`; field `clientTransactionId` when it has its answer; `Cancelled` when the environment is closed; why
/// Plaid could not be asked: then it stays as it is.
pub(crate) async fn settle(
    session: &Session,
    id: &ClientTransactionId,
) -> Result<Settled, DeskError> {
    let (task_session, id) = (session.clone(), id.clone());
    session
        .run_to_end(async move {
            loop {
                if let Some(done) = step(&task_session, &id).await? {
                    return Ok(done);
                }
            }
        })
        .await
}

/// Settles what needs it, now and whenever an evaluation is left without an answer, until the environment is closed.
pub(crate) async fn run(session: Session) {
    let mut pause = FIRST_PAUSE;
    loop {
        let wait = match round(&session).await {
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
            () = session.cancel.cancelled() => return,
            () = session.work.unsettled.notified() => {}
            () = tokio::time::sleep(wait) => pause = (pause * 2).min(LONGEST_PAUSE),
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

async fn round(session: &Session) -> Result<Round, DeskError> {
    let ids = session.store.read(unsettled).await?;
    let mut settling = stream::iter(ids)
        .map(|id| async move { (settle(session, &id).await, id) })
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
async fn step(session: &Session, id: &ClientTransactionId) -> Result<Option<Settled>, DeskError> {
    if let Some(left) = wait_for(session, id).await? {
        tokio::select! {
            () = session.cancel.cancelled() => return Err(DeskError::Cancelled),
            () = tokio::time::sleep(left) => return Ok(None),
        }
    }
    let _held = tokio::select! {
        biased;
        held = session.work.asking.take_to_settle(id.as_str()) => held,
        () = session.cancel.cancelled() => return Err(DeskError::Cancelled),
    };
    // It may have been asked again meanwhile.
    let standing = standing(session, id).await?;
    if let Some(done) = standing.done()? {
        return Ok(Some(done));
    }
    if standing
        .left(session.now(), session.work.pace.settle_after)
        .is_some()
    {
        return Ok(None);
    }
    let settled = ask(session, id).await?;
    session.emit(DeskEvent::EvaluationsChanged);
    Ok(Some(settled))
}

/// How long to wait before Plaid is asked, if at all.
async fn wait_for(
    session: &Session,
    id: &ClientTransactionId,
) -> Result<Option<Duration>, DeskError> {
    if session.work.asking.has(id.as_str()) {
        return Ok(None);
    }
    let standing = standing(session, id).await?;
    Ok(match standing.done()? {
        Some(_) => None,
        None => standing.left(session.now(), session.work.pace.settle_after),
    })
}

/// Asks Plaid with a report that says what is true: nothing was initiated.
async fn ask(session: &Session, id: &ClientTransactionId) -> Result<Settled, DeskError> {
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
    session
        .store
        .write(move |transaction| tell(transaction, &noted))
        .await?;
    kill::point("settling.begun");
    let told = tokio::select! {
        biased;
        told = session.client.signal_decision_report(&report) => told,
        () = session.cancel.cancelled() => return Err(DeskError::Cancelled),
    };
    kill::point("settling.answered");
    let settled = match told {
        Ok(_) => Settled::AskedAnswerLost,
        Err(error) if is_unknown_to_plaid(&error) => Settled::NeverAsked,
        Err(error) => return Err(error.into()),
    };
    let id = id.clone();
    session
        .store
        .write(move |transaction| write(transaction, &id, settled))
        .await?;
    kill::point("settling.written");
    Ok(settled)
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

async fn standing(session: &Session, id: &ClientTransactionId) -> Result<Standing, DeskError> {
    let id = id.clone();
    session
        .store
        .read(move |connection| read_standing(connection, &id))
        .await
}

fn read_standing(
    connection: &Connection,
    id: &ClientTransactionId,
) -> Result<Standing, StoreError> {
    let found = connection
        .query_row(
            "SELECT state, settled,
                    coalesce((SELECT at FROM billed_calls WHERE evaluation = client_transaction_id
                              ORDER BY call_id DESC LIMIT 1), created_at)
             FROM evaluations WHERE client_transaction_id = ?1",
            [id.as_str()],
            |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, Option<String>>(1)?,
                    row.get(2)?,
                ))
            },
        )
        .optional()?;
    let (state, settled, asked_at) = found.ok_or(DeskError::NotFound("This evaluation"))?;
    Ok(Standing {
        state: table::state(&state)?,
        settled: settled.as_deref().map(Settled::from_sql).transpose()?,
        asked_at,
    })
}

/// Evaluations that nobody has settled yet, the oldest first.
fn unsettled(connection: &Connection) -> Result<Vec<ClientTransactionId>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT client_transaction_id FROM evaluations
         WHERE state = 'unknown' AND settled IS NULL ORDER BY created_at",
    )?;
    let ids = statement.query_map([], |row| row.get::<_, String>(0))?;
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
        (
            id.as_str(),
            table::state_word(state),
            settled.to_sql(),
            told,
            to_json(&problem)?,
        ),
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

impl Settled {
    fn to_sql(self) -> &'static str {
        match self {
            Self::NeverAsked => "never_asked",
            Self::AskedAnswerLost => "asked_answer_lost",
        }
    }

    /// From the table's word.
    pub(super) fn from_sql(text: &str) -> Result<Self, StoreError> {
        match text {
            "never_asked" => Ok(Self::NeverAsked),
            "asked_answer_lost" => Ok(Self::AskedAnswerLost),
            _ => Err(StoreError::unreadable("how an evaluation was settled")),
        }
    }
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
