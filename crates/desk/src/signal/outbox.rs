//! Decisions and returns on their way to Plaid: written first, then sent until Plaid has them or refuses them.
//! It works from the database alone, so a restart or a long time without a network changes nothing.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use plaid::{DecisionReport, Reported, ReturnReport};
use tokio::sync::Notify;

use super::report_table::{self, Delivery, NewReturn, Report};
use crate::{
    Desk, DeskError, OpenEnvironment, moment::Moment, problem::Problem, start::event::DeskEvent,
};

/// Deliveries under way at the same time, each of another evaluation.
const AT_ONCE: usize = 4;

/// Deliveries taken up in one round.
const ROUND: u32 = 100;

/// The pause after the first attempt; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// How often the clock is looked at while something waits: it may be set, and computers sleep.
const GLANCE: Duration = Duration::from_secs(60);

/// Wakes the outbox when there is something new to deliver.
#[derive(Default)]
pub(crate) struct Bell(Notify);

impl Bell {
    /// There is something to deliver.
    pub(crate) fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for the next ring, or takes one that nobody heard.
    async fn heard(&self) {
        self.0.notified().await;
    }
}

/// Delivers until the environment is closed.
pub(crate) async fn run(desk: Desk, env: Arc<OpenEnvironment>) {
    loop {
        let wait = match round(&desk, &env).await {
            Ok(next) => next.map_or(Duration::MAX, |next| until(desk.now(), next)),
            Err(DeskError::NothingOpen) => return,
            Err(error) => {
                tracing::error!(%error, "the outbox could not be read");
                FIRST_PAUSE
            }
        };
        tokio::select! {
            () = env.cancel.cancelled() => return,
            () = env.work.outbox.heard() => {}
            () = tokio::time::sleep(wait.min(GLANCE)) => {}
        }
    }
}

fn until(now: Timestamp, next: Moment) -> Duration {
    Duration::try_from(next.timestamp().duration_since(now)).unwrap_or(Duration::ZERO)
}

/// Sends everything that is due, the first of each evaluation, until nothing is. Answers when the next one will be.
async fn round(desk: &Desk, env: &Arc<OpenEnvironment>) -> Result<Option<Moment>, DeskError> {
    loop {
        let now = desk.now();
        let due = env
            .store
            .read(move |connection| report_table::due(connection, now, ROUND))
            .await?;
        if due.is_empty() || env.cancel.is_cancelled() {
            return env.store.read(report_table::next_due).await;
        }
        let mut outcomes = stream::iter(due)
            .map(|delivery| deliver(desk, env, delivery))
            .buffer_unordered(AT_ONCE);
        while let Some(outcome) = outcomes.next().await {
            outcome?;
        }
    }
}

/// Sends one, and stores what Plaid says. A report is the same however often Plaid gets it.
async fn deliver(
    desk: &Desk,
    env: &Arc<OpenEnvironment>,
    delivery: Delivery,
) -> Result<(), DeskError> {
    let sent = tokio::select! {
        biased;
        () = env.cancel.cancelled() => return Ok(()),
        sent = send(env, &delivery) => sent,
    };
    let (delivery_id, now) = (delivery.delivery_id, desk.now());
    match sent {
        Ok(reported) => {
            env.store
                .write(move |transaction| {
                    report_table::delivered(
                        transaction,
                        delivery_id,
                        reported.request_id.as_str(),
                        now,
                    )
                })
                .await?;
        }
        Err(error) if is_refusal(&error) => {
            let problem = Problem::from(DeskError::from(error));
            env.store
                .write(move |transaction| report_table::refused(transaction, delivery_id, &problem))
                .await?;
        }
        Err(error) => {
            let next = Moment::from(now).after(pause(delivery.attempts));
            let problem = Problem::from(DeskError::from(error));
            env.store
                .write(move |transaction| {
                    report_table::postponed(transaction, delivery_id, &problem, next)
                })
                .await?;
        }
    }
    desk.emit(DeskEvent::EvaluationsChanged);
    Ok(())
}

async fn send(env: &OpenEnvironment, delivery: &Delivery) -> Result<Reported, plaid::Error> {
    match &delivery.report {
        Report::Decision(decision) => {
            let report = DecisionReport {
                client_transaction_id: delivery.id.clone(),
                initiated: decision.initiated,
                days_funds_on_hold: decision.days_funds_on_hold,
                decision_outcome: decision.decision_outcome.clone(),
                payment_method: decision.payment_method.clone(),
                amount_instantly_available: decision.amount_instantly_available,
            };
            env.client.signal_decision_report(&report).await
        }
        Report::Return(returned) => {
            let report = ReturnReport {
                client_transaction_id: delivery.id.clone(),
                return_code: returned.return_code.clone(),
                returned_at: returned_at(returned),
            };
            env.client.signal_return_report(&report).await
        }
    }
}

/// The day as Plaid takes it: its beginning in UTC.
fn returned_at(returned: &NewReturn) -> Option<Timestamp> {
    let date: Date = returned.returned_on.as_deref()?.parse().ok()?;
    TimeZone::UTC
        .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
        .ok()
}

/// Whether Plaid refused the report itself: sending the same again would not help. Keys that are wrong are not the
/// report's fault, and too many calls pass.
fn is_refusal(error: &plaid::Error) -> bool {
    let Some(api) = error.api() else {
        return false;
    };
    let about_keys = matches!(
        api.error_code.as_str(),
        "INVALID_API_KEYS"
            | "UNAUTHORIZED_ENVIRONMENT"
            | "UNAUTHORIZED_ROUTE_ACCESS"
            | "INVALID_HEADERS"
    );
    (400..500).contains(&api.status)
        && api.status != 429
        && api.error_type != "RATE_LIMIT_EXCEEDED"
        && !about_keys
}

/// The pause after so many attempts, between half and the whole of it, so that deliveries do not come in step.
fn pause(attempts: u32) -> Duration {
    let whole = FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(attempts))
        .min(LONGEST_PAUSE);
    let mut byte = [0_u8; 1];
    // Without random bytes the pause is simply half: nothing depends on it.
    let _ = getrandom::fill(&mut byte);
    whole / 2 + whole / 2 * u32::from(byte[0]) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_quarter_of_an_hour() {
        for (attempts, seconds) in [(0, 5), (1, 10), (2, 20), (7, 640), (8, 900), (4_000, 900)] {
            let whole = Duration::from_secs(seconds);
            let pause = pause(attempts);
            assert!(
                pause >= whole / 2 && pause <= whole,
                "{attempts}: {pause:?}"
            );
        }
    }

    #[test]
    fn a_day_is_sent_as_its_beginning() {
        let returned = NewReturn {
            return_code: "R01".to_owned(),
            returned_on: Some("2026-11-24".to_owned()),
        };
        assert_eq!(
            returned_at(&returned).unwrap().to_string(),
            "2026-11-24T00:00:00Z"
        );
    }
}
