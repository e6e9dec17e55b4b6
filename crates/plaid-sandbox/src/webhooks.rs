//! Builds and signs webhooks as Plaid does. A webhook URL that isn't on loopback is never called.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use reqwest::Url;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::api_call::{ApiCall, CallFailure, NOTICE_PERIOD};
use crate::errors::{ITEM_LOGIN_REQUIRED, USER_PERMISSION_REVOKED};
use crate::ids;
use crate::store::items::{self, Item, ItemNotice};
use crate::store::link::LinkToken;
use crate::store::webhooks::{self as deliveries, WebhookKey};
use crate::store::{SandboxTime, accounts};

#[derive(Debug)]
pub(crate) struct QueuedWebhook {
    url: Url,
    body: String,
    code: String,
    /// None for the webhook of a Link session.
    item_id: Option<String>,
}

impl QueuedWebhook {
    /// Saves the webhook in the transaction of the call; the sender takes it from there.
    pub(crate) fn save(&self, db: &rusqlite::Connection, now: SandboxTime) -> rusqlite::Result<()> {
        deliveries::enqueue(db, self.url.as_str(), &self.body, now)?;
        self.item_id.as_ref().map_or(Ok(()), |item_id| {
            items::set_last_webhook(db, item_id, &self.code, now)
        })
    }
}

pub(crate) struct WebhookSigner {
    key_id: String,
    created_at: SandboxTime,
    key: SigningKey,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum WebhookKeyError {
    #[error(transparent)]
    Store(#[from] rusqlite::Error),
    #[error("the system has no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    #[error("the stored webhook key is damaged: {0}")]
    Damaged(#[from] p256::ecdsa::Error),
}

impl WebhookSigner {
    /// Loads the key, or creates it at the first start.
    pub(crate) fn load(
        db: &rusqlite::Connection,
        now: SandboxTime,
    ) -> Result<Self, WebhookKeyError> {
        let stored = match WebhookKey::find(db)? {
            Some(stored) => stored,
            None => {
                let created = WebhookKey {
                    key_id: ids::session_id(),
                    scalar: generate_key()?.to_bytes().to_vec(),
                    created_at: now,
                };
                created.save(db)?;
                created
            }
        };
        Ok(Self {
            key: SigningKey::from_slice(&stored.scalar)?,
            key_id: stored.key_id,
            created_at: stored.created_at,
        })
    }

    /// The key of /webhook_verification_key/get; None for an unknown `key_id`.
    pub(crate) fn public_key(&self, key_id: &str) -> Option<Value> {
        let point = self.key.verifying_key().to_encoded_point(false);
        let coordinate =
            |bytes: Option<&p256::FieldBytes>| bytes.map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        (key_id == self.key_id).then(|| {
            json!({
                "alg": "ES256",
                "crv": "P-256",
                "kid": self.key_id,
                "kty": "EC",
                "use": "sig",
                "x": coordinate(point.x()),
                "y": coordinate(point.y()),
                "created_at": self.created_at.0.as_second(),
                "expired_at": null,
            })
        })
    }

    /// The `Plaid-Verification` header: a JWT with the hash of the body.
    pub(crate) fn sign(&self, body: &str, sent_at: i64) -> String {
        let hash = Sha256::digest(body.as_bytes());
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!(
            "{}.{}",
            part(json!({"alg": "ES256", "kid": self.key_id, "typ": "JWT"})),
            part(json!({"iat": sent_at, "request_body_sha256": hash})),
        );
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

/// Random bytes are almost always a valid scalar; otherwise draw again.
fn generate_key() -> Result<SigningKey, WebhookKeyError> {
    loop {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        if let Ok(key) = SigningKey::from_slice(&bytes) {
            return Ok(key);
        }
    }
}

fn loopback_url(url: &str) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    let local = matches!(
        url.host_str(),
        Some("localhost" | "127.0.0.1" | "[::1]" | "::1")
    );
    (local && url.scheme() == "http").then_some(url)
}

/// Queues a webhook of an Item; returns whether it will be sent.
fn queue_for_item(call: &ApiCall<'_>, item: &Item, kind: &str, code: &str, details: Value) -> bool {
    let subject = json!({"webhook_type": kind, "webhook_code": code, "item_id": item.item_id});
    queue(call, item.webhook.as_deref(), subject, details)
}

pub(crate) fn link_session(
    call: &ApiCall<'_>,
    token: &LinkToken,
    link_session_id: &str,
    code: &str,
    details: Value,
) {
    let subject = json!({
        "webhook_type": "LINK",
        "webhook_code": code,
        "link_session_id": link_session_id,
        "link_token": token.link_token,
    });
    queue(call, token.settings.webhook.as_deref(), subject, details);
}

fn queue(call: &ApiCall<'_>, url: Option<&str>, mut body: Value, details: Value) -> bool {
    let Some(url) = url.and_then(loopback_url) else {
        return false;
    };
    if let (Value::Object(body), Value::Object(details)) = (&mut body, details) {
        body.extend(details);
    }
    body["environment"] = "sandbox".into();
    let text = |name| body[name].as_str().map(ToOwned::to_owned);
    call.webhooks.borrow_mut().push(QueuedWebhook {
        url,
        code: text("webhook_code").unwrap_or_default(),
        item_id: text("item_id"),
        body: body.to_string(),
    });
    true
}

pub(crate) fn webhook_updated(call: &ApiCall<'_>, item: &Item) {
    let details = json!({"new_webhook_url": item.webhook, "error": null});
    queue_for_item(call, item, "ITEM", "WEBHOOK_UPDATE_ACKNOWLEDGED", details);
}

pub(crate) fn item_error(call: &ApiCall<'_>, item: &Item) {
    let code = if item.error == Some(&USER_PERMISSION_REVOKED) {
        "USER_PERMISSION_REVOKED"
    } else {
        "ERROR"
    };
    let details = json!({"error": item.error_body()});
    queue_for_item(call, item, "ITEM", code, details);
}

/// For an Item that works again without Link.
pub(crate) fn login_repaired(call: &ApiCall<'_>, item: &Item) {
    queue_for_item(call, item, "ITEM", "LOGIN_REPAIRED", json!({}));
}

pub(crate) fn item_notice(call: &ApiCall<'_>, item: &Item) {
    let Some(notice) = item.notice else {
        return;
    };
    let details = match notice {
        ItemNotice::PendingExpiration => json!({"consent_expiration_time": item.notice_ends_at}),
        ItemNotice::PendingDisconnect => {
            json!({"reason": "INSTITUTION_MIGRATION", "disconnect_time": item.notice_ends_at})
        }
        ItemNotice::NewAccountsAvailable => json!({"error": null}),
    };
    queue_for_item(call, item, "ITEM", notice.into(), details);
}

/// /sandbox/item/fire_webhook; returns whether the webhook will be sent.
pub(crate) fn fire(
    call: &ApiCall<'_>,
    item: &Item,
    kind: Option<&str>,
    code: &str,
) -> Result<bool, CallFailure> {
    let shared = accounts::open_of_item(call.db, &item.item_id)?;
    let ids: Vec<_> = shared.iter().map(|account| &account.account_id).collect();
    let (kind, details) = match code {
        "DEFAULT_UPDATE" => (
            kind.unwrap_or("TRANSACTIONS"),
            json!({"error": null, "account_ids": ids, "new_transactions": 0}),
        ),
        "SYNC_UPDATES_AVAILABLE" => (
            "TRANSACTIONS",
            json!({"initial_update_complete": true, "historical_update_complete": true}),
        ),
        "RECURRING_TRANSACTIONS_UPDATE" => ("TRANSACTIONS", json!({"account_ids": ids})),
        "SMS_MICRODEPOSITS_VERIFICATION" => (
            "AUTH",
            json!({"status": "MANUALLY_VERIFIED", "account_id": ids.first(), "error": null}),
        ),
        "PRODUCT_READY" => (
            "ASSETS",
            json!({"asset_report_id": ids::session_id(), "report_type": "FULL"}),
        ),
        "ERROR" if kind == Some("ASSETS") => (
            "ASSETS",
            json!({"asset_report_id": ids::session_id(), "error": ITEM_LOGIN_REQUIRED.embedded(None)}),
        ),
        "ERROR" => {
            let error = item.error_body();
            let error = error.unwrap_or_else(|| ITEM_LOGIN_REQUIRED.embedded(None));
            ("ITEM", json!({"error": error}))
        }
        "PENDING_DISCONNECT" => {
            let time = call.time_after(NOTICE_PERIOD);
            (
                "ITEM",
                json!({"reason": "INSTITUTION_MIGRATION", "disconnect_time": time}),
            )
        }
        "LOGIN_REPAIRED" => ("ITEM", json!({})),
        "USER_PERMISSION_REVOKED" => (
            "ITEM",
            json!({"error": USER_PERMISSION_REVOKED.embedded(None)}),
        ),
        "USER_ACCOUNT_REVOKED" => ("ITEM", json!({"account_id": ids.first()})),
        _ => ("ITEM", json!({"error": null})),
    };
    Ok(queue_for_item(call, item, kind, code, details))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_urls_are_called() {
        for good in [
            "http://127.0.0.1:8080/hook",
            "http://localhost/",
            "http://[::1]:1/",
        ] {
            assert!(loopback_url(good).is_some(), "{good}");
        }
        for bad in [
            "https://example.com/hook",
            "http://127.0.0.1.example.com/",
            "http://localhost@example.com/",
            "ftp://localhost/",
            "nonsense",
        ] {
            assert!(loopback_url(bad).is_none(), "{bad}");
        }
    }
}
