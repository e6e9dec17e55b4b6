//! The postman: sends the webhooks that are kept in the store until they are taken. One that is
//! not taken is sent again as Plaid sends it again: after 30 seconds, then after four times as
//! long each time, for a day.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::api_call::CallFailure;
use crate::clock::SandboxClock;
use crate::store::webhooks::{self as kept, WebhookDelivery};
use crate::store_queue::{CompletedWork, StoreQueue};
use crate::webhooks::WebhookSigner;

/// How long a receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The first delay, in seconds.
const FIRST_DELAY: i64 = 30;
/// How much longer each delay is than the one before.
const GROWTH: i64 = 4;
/// How long a webhook is tried, in seconds.
const GIVEN_UP_AFTER: i64 = 24 * 60 * 60;

/// What the postman works with.
pub(crate) struct WebhookSender {
    pub(crate) ledger: StoreQueue,
    pub(crate) clock: SandboxClock,
    pub(crate) signer: Arc<WebhookSigner>,
    /// Rung when there are new webhooks.
    pub(crate) bell: Arc<Notify>,
}

/// What there is to do at one moment.
#[derive(Serialize, Deserialize)]
struct DueWebhooks {
    due: Vec<WebhookDelivery>,
    /// When the next is due, in seconds since 1970.
    next_at: Option<i64>,
}

impl WebhookSender {
    /// Starts to work, until the task is aborted or the state is closed.
    pub(crate) fn start(self) -> Result<tokio::task::JoinHandle<()>, reqwest::Error> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        Ok(tokio::spawn(self.work(http)))
    }

    async fn work(self, http: reqwest::Client) {
        let mut moves = self.clock.moves();
        let mut under_way = JoinSet::new();
        loop {
            let now = self.clock.now().as_second();
            let round = match self.round(now).await {
                Ok(round) => round,
                Err(error) => {
                    tracing::error!(%error, "webhooks are not sent any more");
                    return;
                }
            };
            for (_, webhooks) in by_url(round.due) {
                under_way.spawn(send_all(
                    http.clone(),
                    self.ledger.clone(),
                    Arc::clone(&self.signer),
                    now,
                    webhooks,
                ));
            }
            let pause = round
                .next_at
                .map(|next_at| Duration::from_secs((next_at - now).max(0).unsigned_abs()));
            tokio::select! {
                () = self.bell.notified() => {}
                // The clock is never gone while this task holds it.
                _ = moves.changed() => {}
                () = pause_for(pause) => {}
                Some(_) = under_way.join_next() => {}
            }
        }
    }

    async fn round(&self, now: i64) -> Result<DueWebhooks, CallFailure> {
        let round = self.ledger.ask(move |db| {
            Ok(CompletedWork {
                answer: serde_json::to_string(&take_due(db, now)?)?,
                afterwards: None,
            })
        });
        Ok(serde_json::from_str(&round.await?)?)
    }
}

async fn pause_for(pause: Option<Duration>) {
    match pause {
        Some(pause) => tokio::time::sleep(pause).await,
        None => std::future::pending().await,
    }
}

/// The webhooks that are due, marked as sent: one whose outcome nobody lives to note is sent
/// again in its time.
fn take_due(db: &Connection, now: i64) -> rusqlite::Result<DueWebhooks> {
    let mut round = DueWebhooks {
        due: Vec::new(),
        next_at: None,
    };
    for webhook in kept::waiting(db)? {
        if webhook.attempts > 0 && now >= webhook.created_at + GIVEN_UP_AFTER {
            kept::remove(db, webhook.delivery)?;
            continue;
        }
        let mut next_at = webhook.next_at;
        if next_at <= now {
            next_at = after(&webhook, now);
            kept::mark_sent(db, webhook.delivery, next_at)?;
            round.due.push(webhook);
        }
        round.next_at = Some(round.next_at.map_or(next_at, |known| known.min(next_at)));
    }
    Ok(round)
}

/// When a webhook that is sent now is sent again; at the end of its day it is given up.
fn after(webhook: &WebhookDelivery, now: i64) -> i64 {
    let delay = FIRST_DELAY.saturating_mul(GROWTH.saturating_pow(webhook.attempts));
    now.saturating_add(delay)
        .min(webhook.created_at + GIVEN_UP_AFTER)
        .max(now + 1)
}

/// One receiver is sent one webhook after the other.
fn by_url(due: Vec<WebhookDelivery>) -> BTreeMap<String, Vec<WebhookDelivery>> {
    let mut by_url = BTreeMap::<_, Vec<_>>::new();
    for webhook in due {
        by_url.entry(webhook.url.clone()).or_default().push(webhook);
    }
    by_url
}

async fn send_all(
    http: reqwest::Client,
    ledger: StoreQueue,
    signer: Arc<WebhookSigner>,
    now: i64,
    webhooks: Vec<WebhookDelivery>,
) {
    for webhook in webhooks {
        if !is_taken(&http, &signer, now, &webhook).await {
            continue;
        }
        let noted = ledger
            .ask(move |db| {
                kept::remove(db, webhook.delivery)?;
                Ok(CompletedWork {
                    answer: String::new(),
                    afterwards: None,
                })
            })
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "a webhook that was taken will be sent again");
        }
    }
}

async fn is_taken(
    http: &reqwest::Client,
    signer: &WebhookSigner,
    now: i64,
    webhook: &WebhookDelivery,
) -> bool {
    let request = http
        .post(&webhook.url)
        .header("Content-Type", "application/json")
        .header("Plaid-Verification", signer.sign(&webhook.body, now))
        .body(webhook.body.clone());
    match request.send().await {
        Ok(answer) => {
            let status = answer.status();
            tracing::info!(url = %webhook.url, %status, attempt = webhook.attempts + 1, "webhook");
            status.is_success()
        }
        Err(error) => {
            tracing::warn!(url = %webhook.url, %error, "a webhook was not taken");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Moment;

    const DAY: i64 = GIVEN_UP_AFTER;

    fn queue() -> Connection {
        let directory = tempfile::tempdir().unwrap();
        let db = crate::store::open(directory.path()).unwrap();
        let start = Moment(jiff::Timestamp::UNIX_EPOCH);
        kept::enqueue(&db, "http://127.0.0.1:1/", "{}", start).unwrap();
        db
    }

    #[test]
    fn a_webhook_is_sent_with_growing_delays_for_a_day() {
        let db = queue();
        let mut sent_at = Vec::new();
        let mut now = 0;
        loop {
            let round = take_due(&db, now).unwrap();
            if !round.due.is_empty() {
                sent_at.push(now);
            }
            match round.next_at {
                Some(next_at) => now = next_at,
                None => break,
            }
        }
        assert_eq!(sent_at, [0, 30, 150, 630, 2_550, 10_230, 40_950]);
        assert_eq!(now, DAY);
    }

    #[test]
    fn nothing_is_sent_before_its_time_and_what_was_taken_never_again() {
        let db = queue();
        let first = take_due(&db, 0).unwrap().due;
        assert!(take_due(&db, 29).unwrap().due.is_empty());
        kept::remove(&db, first[0].delivery).unwrap();
        let none = take_due(&db, 30).unwrap();
        assert!(none.due.is_empty() && none.next_at.is_none());
    }

    #[test]
    fn one_that_was_never_sent_is_sent_however_late() {
        let db = queue();
        assert_eq!(take_due(&db, 3 * DAY).unwrap().due.len(), 1);
    }
}
