//! Sends the stored webhooks. A webhook that is not accepted is sent again as Plaid does: after 30 seconds, then after four
//! times as long each time, for 24 hours.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::api_call::CallFailure;
use crate::clock::SandboxClock;
use crate::store::webhooks::{self as deliveries, WebhookDelivery};
use crate::store_queue::StoreQueue;
use crate::webhooks::WebhookSigner;

const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);
const FIRST_DELAY_SECONDS: i64 = 30;
const DELAY_FACTOR: i64 = 4;
const RETRY_PERIOD_SECONDS: i64 = 24 * 60 * 60;

pub(crate) struct WebhookSender {
    pub(crate) queue: StoreQueue,
    pub(crate) clock: SandboxClock,
    pub(crate) signer: Arc<WebhookSigner>,
    pub(crate) new_webhooks: Arc<Notify>,
}

#[derive(Serialize, Deserialize)]
struct DueWebhooks {
    due: Vec<WebhookDelivery>,
    /// When the next webhook is due, in seconds since 1970.
    next_at: Option<i64>,
}

impl WebhookSender {
    /// Runs until the task is aborted or the store is closed.
    pub(crate) fn start(self) -> Result<tokio::task::JoinHandle<()>, reqwest::Error> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(RESPONSE_TIMEOUT)
            .build()?;
        Ok(tokio::spawn(self.work(http)))
    }

    async fn work(self, http: reqwest::Client) {
        let mut clock_changes = self.clock.changes();
        let mut deliveries_in_progress = JoinSet::new();
        loop {
            let now = self.clock.now().as_second();
            let round = match self.round(now).await {
                Ok(round) => round,
                Err(error) => {
                    tracing::error!(%error, "the webhook sender stopped");
                    return;
                }
            };
            for (_, webhooks) in group_by_url(round.due) {
                deliveries_in_progress.spawn(send_all(
                    http.clone(),
                    self.queue.clone(),
                    Arc::clone(&self.signer),
                    now,
                    webhooks,
                ));
            }
            let pause = round
                .next_at
                .map(|next_at| Duration::from_secs((next_at - now).max(0).unsigned_abs()));
            tokio::select! {
                () = self.new_webhooks.notified() => {}
                _ = clock_changes.changed() => {}
                () = wait(pause) => {}
                Some(_) = deliveries_in_progress.join_next() => {}
            }
        }
    }

    async fn round(&self, now: i64) -> Result<DueWebhooks, CallFailure> {
        let round = self
            .queue
            .run(move |db| Ok(serde_json::to_string(&mark_due_as_sent(db, now)?)?.into()));
        Ok(serde_json::from_str(&round.await?)?)
    }
}

async fn wait(pause: Option<Duration>) {
    match pause {
        Some(pause) => tokio::time::sleep(pause).await,
        None => std::future::pending().await,
    }
}

/// The webhooks that are due. They are marked as sent first, so that a crash before the outcome only delays them.
fn mark_due_as_sent(db: &Connection, now: i64) -> rusqlite::Result<DueWebhooks> {
    let mut round = DueWebhooks {
        due: Vec::new(),
        next_at: None,
    };
    for mut webhook in WebhookDelivery::list(db)? {
        if webhook.attempts > 0 && now >= webhook.created_at + RETRY_PERIOD_SECONDS {
            deliveries::remove(db, webhook.delivery)?;
            continue;
        }
        let is_due = webhook.next_at <= now;
        if is_due {
            webhook.next_at = next_attempt(&webhook, now);
            webhook.attempts += 1;
            webhook.save(db)?;
        }
        let next_at = webhook.next_at;
        round.next_at = Some(round.next_at.map_or(next_at, |known| known.min(next_at)));
        if is_due {
            round.due.push(webhook);
        }
    }
    Ok(round)
}

/// When a webhook that is sent now is sent again, at the latest at the end of its retry period.
fn next_attempt(webhook: &WebhookDelivery, now: i64) -> i64 {
    let delay = FIRST_DELAY_SECONDS.saturating_mul(DELAY_FACTOR.saturating_pow(webhook.attempts));
    now.saturating_add(delay)
        .min(webhook.created_at + RETRY_PERIOD_SECONDS)
        .max(now + 1)
}

/// Each receiver gets one webhook at a time.
fn group_by_url(due: Vec<WebhookDelivery>) -> BTreeMap<String, Vec<WebhookDelivery>> {
    let mut by_url = BTreeMap::<_, Vec<_>>::new();
    for webhook in due {
        by_url.entry(webhook.url.clone()).or_default().push(webhook);
    }
    by_url
}

async fn send_all(
    http: reqwest::Client,
    queue: StoreQueue,
    signer: Arc<WebhookSigner>,
    now: i64,
    webhooks: Vec<WebhookDelivery>,
) {
    for webhook in webhooks {
        if !is_accepted(&http, &signer, now, &webhook).await {
            continue;
        }
        let noted = queue
            .run(move |db| {
                deliveries::remove(db, webhook.delivery)?;
                Ok(String::new().into())
            })
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "an accepted webhook could not be removed and will be sent again");
        }
    }
}

async fn is_accepted(
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
            tracing::info!(url = %webhook.url, %status, attempt = webhook.attempts, "webhook");
            status.is_success()
        }
        Err(error) => {
            tracing::warn!(url = %webhook.url, %error, "a webhook failed");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SandboxTime;

    const DAY: i64 = RETRY_PERIOD_SECONDS;

    fn queue() -> Connection {
        let directory = tempfile::tempdir().unwrap();
        let db = crate::store::open(directory.path()).unwrap();
        let start = SandboxTime(jiff::Timestamp::UNIX_EPOCH);
        deliveries::enqueue(&db, "http://127.0.0.1:1/", "{}", start).unwrap();
        db
    }

    #[test]
    fn a_webhook_is_sent_with_growing_delays_for_24_hours() {
        let db = queue();
        let mut sent_at = Vec::new();
        let mut now = 0;
        loop {
            let round = mark_due_as_sent(&db, now).unwrap();
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
    fn a_webhook_is_not_sent_early_and_an_accepted_one_not_again() {
        let db = queue();
        let first = mark_due_as_sent(&db, 0).unwrap().due;
        assert!(mark_due_as_sent(&db, 29).unwrap().due.is_empty());
        deliveries::remove(&db, first[0].delivery).unwrap();
        let none = mark_due_as_sent(&db, 30).unwrap();
        assert!(none.due.is_empty() && none.next_at.is_none());
    }

    #[test]
    fn a_webhook_that_was_never_sent_has_no_deadline() {
        let db = queue();
        assert_eq!(mark_due_as_sent(&db, 3 * DAY).unwrap().due.len(), 1);
    }
}
