//! Sends the reports of decisions and returns to Plaid until Plaid accepts or rejects them. Every report is saved first,
//! and the outbox reads only the database, so a restart or a long time without a network changes nothing.
//!
//! Reports of one evaluation are sent one after the other in the order of recording. A report that a later one of its
//! kind supersedes is not sent, unless sending has started. A decision goes before the returns that Plaid doesn't have,
//! because Plaid rejects the return of a debit that it knows as not initiated. A rejected report blocks nothing: the
//! correction is a new report. A report that fails is retried with growing pauses. Its cause, such as a lost network,
//! affects all reports, so one failure ends the round.
//!
//! The clock may be wrong: a report postponed for longer than Balance Desk ever does is due (see
//! [`outbox_table::due`]).

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

use super::{
    outbox_table::{self, OutboxDelivery, OutboxReport},
    report_table::NewReturn,
};
use crate::decisions::Reports;
use desk_core::{DeskError, event::DeskEvent, kill, moment::Moment, problem::Problem};

/// Reports sent at the same time, each of another evaluation.
const AT_ONCE: usize = 4;

const MOST_PER_ROUND: u32 = 100;

/// The pause after the first failed attempt; it doubles with each one.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// How often to check the clock while a report waits: users set clocks, and computers sleep.
const CLOCK_CHECK: Duration = Duration::from_secs(60);

/// Wakes the outbox when there is a new report, and knows which deliveries are being sent.
#[derive(Default)]
pub(crate) struct OutboxSignal {
    notify: Notify,
    sending: Mutex<BTreeSet<i64>>,
}

impl OutboxSignal {
    pub(crate) fn notify(&self) {
        self.notify.notify_one();
    }

    pub fn sending(&self) -> BTreeSet<i64> {
        self.lock().clone()
    }

    async fn notified(&self) {
        self.notify.notified().await;
    }

    /// The delivery counts as being sent until the guard is dropped.
    fn mark_sending(&self, delivery_id: i64) -> SendingGuard<'_> {
        self.lock().insert(delivery_id);
        SendingGuard(self, delivery_id)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<i64>> {
        self.sending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct SendingGuard<'a>(&'a OutboxSignal, i64);

impl Drop for SendingGuard<'_> {
    fn drop(&mut self) {
        self.0.lock().remove(&self.1);
    }
}

impl Reports {
    /// Delivers until the environment closes. Starts with all waiting reports, whenever their next attempt is due.
    pub async fn run_outbox(self) {
        let now = self.session.now();
        let all = self
            .session
            .store
            .write(move |transaction| outbox_table::all_due(transaction, now));
        if let Err(error) = all.await {
            tracing::warn!(%error, "could not make all waiting reports due; each is sent at its next attempt");
        }
        let mut failures = 0;
        loop {
            let wait = match self.deliver_due().await {
                Ok(DeliveryRound::Done(next)) => {
                    failures = 0;
                    next.map_or(Duration::MAX, |next| until(self.session.now(), next))
                }
                Ok(DeliveryRound::Failed) => pause_after(&mut failures),
                Err(DeskError::NothingOpen) => return,
                Err(error) => {
                    tracing::error!(%error, "could not read or write the outbox");
                    pause_after(&mut failures)
                }
            };
            tokio::select! {
                () = self.session.cancel.cancelled() => return,
                () = self.outbox.notified() => {}
                () = tokio::time::sleep(wait.min(CLOCK_CHECK)) => {}
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

enum DeliveryRound {
    /// Nothing is due now; when the next delivery will be.
    Done(Option<Moment>),
    /// A report failed, and the others wait for the next round.
    Failed,
}

impl Reports {
    /// Sends due reports, one per evaluation at a time, until none is due or one fails.
    async fn deliver_due(&self) -> Result<DeliveryRound, DeskError> {
        loop {
            let now = self.session.now();
            let due = self
                .session
                .store
                .read(move |connection| -> Result<_, DeskError> {
                    outbox_table::due(connection, now, LONGEST_PAUSE, MOST_PER_ROUND)
                })
                .await?;
            if due.is_empty() || self.session.cancel.is_cancelled() {
                let next = self.session.store.read(outbox_table::next_due).await?;
                return Ok(DeliveryRound::Done(next));
            }
            let through = AtomicBool::new(true);
            let mut outcomes = stream::iter(due)
                .take_while(|_| ready(through.load(Ordering::Relaxed)))
                .map(|delivery| self.deliver(delivery))
                .buffer_unordered(AT_ONCE);
            // Reports already being sent finish.
            while let Some(outcome) = outcomes.next().await {
                if outcome? == SendOutcome::Failed {
                    through.store(false, Ordering::Relaxed);
                }
            }
            if !through.load(Ordering::Relaxed) {
                return Ok(DeliveryRound::Failed);
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SendOutcome {
    /// Plaid accepted or rejected the report, or the environment is closing.
    Settled,
    Failed,
}

impl Reports {
    /// Sends a report and saves the result. Plaid may get the same report several times, which changes nothing.
    async fn deliver(&self, delivery: OutboxDelivery) -> Result<SendOutcome, DeskError> {
        let sending = self.outbox.mark_sending(delivery.delivery_id);
        kill::point("delivery.begun");
        let sent = tokio::select! {
            biased;
            () = self.session.cancel.cancelled() => return Ok(SendOutcome::Settled),
            sent = self.send_report(&delivery) => sent,
        };
        kill::point("delivery.answered");
        let outcome = self.store_delivery(&delivery, sent).await?;
        kill::point("delivery.stored");
        drop(sending);
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(outcome)
    }

    async fn store_delivery(
        &self,
        delivery: &OutboxDelivery,
        sent: Result<SignalReportResponse, plaid::Error>,
    ) -> Result<SendOutcome, DeskError> {
        let (delivery_id, now) = (delivery.delivery_id, self.session.now());
        match sent {
            Ok(reported) => {
                self.session
                    .store
                    .write(move |transaction| -> Result<_, DeskError> {
                        let request_id = reported.request_id.as_str();
                        outbox_table::delivered(transaction, delivery_id, request_id, now)
                    })
                    .await?;
                Ok(SendOutcome::Settled)
            }
            Err(error) if is_refusal(&error) => {
                let problem = Problem::from(DeskError::from(error));
                self.session
                    .store
                    .write(move |transaction| -> Result<_, DeskError> {
                        outbox_table::refused(transaction, delivery_id, &problem)
                    })
                    .await?;
                Ok(SendOutcome::Settled)
            }
            Err(error) => {
                let next = Moment::from(now).after(pause(delivery.attempts));
                let problem = Problem::from(DeskError::from(error));
                self.session
                    .store
                    .write(move |transaction| -> Result<_, DeskError> {
                        outbox_table::postponed(transaction, delivery_id, &problem, next)
                    })
                    .await?;
                Ok(SendOutcome::Failed)
            }
        }
    }

    async fn send_report(
        &self,
        delivery: &OutboxDelivery,
    ) -> Result<SignalReportResponse, plaid::Error> {
        match &delivery.report {
            OutboxReport::Decision(decision) => {
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
            OutboxReport::Return(returned) => {
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

/// Plaid wants a moment: the beginning of the day, `YYYY-MM-DD`, in UTC.
pub(super) fn beginning_of(day: &str) -> Option<Timestamp> {
    let date: Date = day.parse().ok()?;
    TimeZone::UTC
        .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
        .ok()
}

/// Whether Plaid rejected the report itself, so that a retry wouldn't help. Wrong keys, a product that is not enabled
/// yet, rate limits, and Plaid's own errors are not the report's fault.
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

/// The pause after so many attempts: a random part between half and all of it, to spread deliveries.
fn pause(attempts: u32) -> Duration {
    let whole = FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(attempts))
        .min(LONGEST_PAUSE);
    let mut byte = [0_u8; 1];
    // Without random bytes the pause is half, which is fine.
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
