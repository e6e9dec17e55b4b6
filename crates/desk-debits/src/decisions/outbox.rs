//! Decisions and returns on their way to Plaid: written first, then sent until Plaid has them or refuses them.
//! It works from the database alone, so a restart or a long time without a network changes nothing.
//!
//! Reports of one evaluation are sent one after the other in the order of recording; one that a later one of its kind
//! has taken the place of is not sent, unless that has begun. A decision goes before the returns that Plaid does not
//! have, because Plaid refuses the return of a debit that it has as not initiated. A refused report holds nothing up:
//! mended, it is a new one. What does not get through is tried again, later and later; what stood in its way stands in
//! the way of all others too, so one such failure ends the round.
//!
//! Nothing depends on the clock being right: what was put off for longer than is ever done is due (see
//! [`report_table::due`]).

use std::{
    collections::BTreeSet,
    future::ready,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt, stream};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use plaid::{DecisionReport, ReturnReport, SignalReportResponse};
use tokio::sync::Notify;

use super::report_table::{self, Delivery, NewReturn, Report};
use crate::decisions::Reports;
use desk_core::{DeskError, event::DeskEvent, kill, moment::Moment, problem::Problem};

/// Deliveries under way at the same time, each of another evaluation.
const AT_ONCE: usize = 4;

/// Deliveries taken up in one round.
const ROUND: u32 = 100;

/// The pause after the first attempt; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// How often the clock is looked at while something waits: it may be set, and computers sleep.
const GLANCE: Duration = Duration::from_secs(60);

/// Wakes the outbox when there is something new to deliver, and tells what is being sent.
#[derive(Default)]
pub(crate) struct Bell {
    rung: Notify,
    sending: Mutex<BTreeSet<i64>>,
}

impl Bell {
    /// There is something to deliver.
    pub(crate) fn ring(&self) {
        self.rung.notify_one();
    }

    /// The deliveries being sent at this moment.
    pub fn sending(&self) -> BTreeSet<i64> {
        self.lock().clone()
    }

    /// Waits for the next ring, or takes one that nobody heard.
    async fn heard(&self) {
        self.rung.notified().await;
    }

    /// A delivery is being sent until this is dropped.
    fn sends(&self, delivery_id: i64) -> BeingSent<'_> {
        self.lock().insert(delivery_id);
        BeingSent(self, delivery_id)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<i64>> {
        // Nothing that holds it can panic half-way.
        self.sending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct BeingSent<'a>(&'a Bell, i64);

impl Drop for BeingSent<'_> {
    fn drop(&mut self) {
        self.0.lock().remove(&self.1);
    }
}

impl Reports {
    /// Delivers until the environment is closed. Opening it is reason enough to try everything.
    pub async fn run_outbox(self) {
        let now = self.session.now();
        let all = self
            .session
            .store
            .write(move |transaction| report_table::all_due(transaction, now));
        if let Err(error) = all.await {
            tracing::warn!(%error, "what waits in the outbox is tried when its time comes");
        }
        let mut failures = 0;
        loop {
            let wait = match self.deliver_due().await {
                Ok(Round::Done(next)) => {
                    failures = 0;
                    next.map_or(Duration::MAX, |next| until(self.session.now(), next))
                }
                Ok(Round::NotThrough) => pause_after(&mut failures),
                Err(DeskError::NothingOpen) => return,
                Err(error) => {
                    tracing::error!(%error, "the outbox could not be read or written");
                    pause_after(&mut failures)
                }
            };
            tokio::select! {
                () = self.session.cancel.cancelled() => return,
                () = self.bell.heard() => {}
                () = tokio::time::sleep(wait.min(GLANCE)) => {}
            }
        }
    }
}

fn until(now: Timestamp, next: Moment) -> Duration {
    Duration::try_from(next.timestamp().duration_since(now)).unwrap_or(Duration::ZERO)
}

fn pause_after(failures: &mut u32) -> Duration {
    let pause = pause(*failures);
    *failures = failures.saturating_add(1);
    pause
}

/// How a round ended.
enum Round {
    /// Nothing is due any more; when the next one will be.
    Done(Option<Moment>),
    /// Something did not get through, and what else is due is not tried now.
    NotThrough,
}

impl Reports {
    /// Sends everything that is due, the first of each evaluation, until nothing is or something does not get through.
    async fn deliver_due(&self) -> Result<Round, DeskError> {
        loop {
            let now = self.session.now();
            let due = self
                .session
                .store
                .read(move |connection| report_table::due(connection, now, LONGEST_PAUSE, ROUND))
                .await?;
            if due.is_empty() || self.session.cancel.is_cancelled() {
                let next = self.session.store.read(report_table::next_due).await?;
                return Ok(Round::Done(next));
            }
            let through = AtomicBool::new(true);
            let mut outcomes = stream::iter(due)
                .take_while(|_| ready(through.load(Ordering::Relaxed)))
                .map(|delivery| self.deliver(delivery))
                .buffer_unordered(AT_ONCE);
            // Those under way are heard to their end.
            while let Some(outcome) = outcomes.next().await {
                if outcome? == Outcome::NotThrough {
                    through.store(false, Ordering::Relaxed);
                }
            }
            if !through.load(Ordering::Relaxed) {
                return Ok(Round::NotThrough);
            }
        }
    }
}

/// What came of sending one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Plaid has taken or refused it, or the environment is being closed.
    Settled,
    NotThrough,
}

impl Reports {
    /// Sends one, and stores what Plaid says. A report is the same however often Plaid gets it.
    async fn deliver(&self, delivery: Delivery) -> Result<Outcome, DeskError> {
        let being_sent = self.bell.sends(delivery.delivery_id);
        kill::point("delivery.begun");
        let sent = tokio::select! {
            biased;
            () = self.session.cancel.cancelled() => return Ok(Outcome::Settled),
            sent = self.send_report(&delivery) => sent,
        };
        kill::point("delivery.answered");
        let outcome = self.store_delivery(&delivery, sent).await?;
        kill::point("delivery.stored");
        drop(being_sent);
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(outcome)
    }

    async fn store_delivery(
        &self,
        delivery: &Delivery,
        sent: Result<SignalReportResponse, plaid::Error>,
    ) -> Result<Outcome, DeskError> {
        let (delivery_id, now) = (delivery.delivery_id, self.session.now());
        match sent {
            Ok(reported) => {
                self.session
                    .store
                    .write(move |transaction| {
                        let request_id = reported.request_id.as_str();
                        report_table::delivered(transaction, delivery_id, request_id, now)
                    })
                    .await?;
                Ok(Outcome::Settled)
            }
            Err(error) if is_refusal(&error) => {
                let problem = Problem::from(DeskError::from(error));
                self.session
                    .store
                    .write(move |transaction| {
                        report_table::refused(transaction, delivery_id, &problem)
                    })
                    .await?;
                Ok(Outcome::Settled)
            }
            Err(error) => {
                let next = Moment::from(now).after(pause(delivery.attempts));
                let problem = Problem::from(DeskError::from(error));
                self.session
                    .store
                    .write(move |transaction| {
                        report_table::postponed(transaction, delivery_id, &problem, next)
                    })
                    .await?;
                Ok(Outcome::NotThrough)
            }
        }
    }

    async fn send_report(&self, delivery: &Delivery) -> Result<SignalReportResponse, plaid::Error> {
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
                self.session.client.signal_decision_report(&report).await
            }
            Report::Return(returned) => {
                let report = ReturnReport {
                    client_transaction_id: delivery.id.clone(),
                    return_code: returned.return_code.clone(),
                    returned_at: returned_at(returned),
                };
                self.session.client.signal_return_report(&report).await
            }
        }
    }
}

fn returned_at(returned: &NewReturn) -> Option<Timestamp> {
    beginning_of(returned.returned_on.as_deref()?)
}

/// A day, `YYYY-MM-DD`, as Plaid takes it: its beginning in UTC.
pub(super) fn beginning_of(day: &str) -> Option<Timestamp> {
    let date: Date = day.parse().ok()?;
    TimeZone::UTC
        .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
        .ok()
}

/// Whether Plaid refused the report itself: sending the same again would not help. Keys that are wrong, a product that
/// is not enabled (yet) and Plaid's own troubles are not the report's fault, and too many calls pass.
fn is_refusal(error: &plaid::Error) -> bool {
    let Some(api) = error.api() else {
        return false;
    };
    let about_the_team = matches!(
        api.error_code.as_str(),
        "INVALID_API_KEYS"
            | "UNAUTHORIZED_ENVIRONMENT"
            | "UNAUTHORIZED_ROUTE_ACCESS"
            | "INVALID_HEADERS"
            | "INVALID_PRODUCT"
            | "PRODUCTS_NOT_ENABLED"
            | "PRODUCT_NOT_ENABLED"
            | "PRODUCT_UNAVAILABLE"
    );
    let passes = matches!(
        api.error_type.as_str(),
        "RATE_LIMIT_EXCEEDED" | "API_ERROR" | "INSTITUTION_ERROR"
    );
    (400..500).contains(&api.status)
        && !matches!(api.status, 401 | 403 | 407 | 408 | 425 | 429)
        && !about_the_team
        && !passes
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
