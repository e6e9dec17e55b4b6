//! Webhooks: what is told to an Item's webhook URL, signed as Plaid signs it. Nothing leaves
//! this machine: a URL that is not on loopback is never called.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use reqwest::Url;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::api_call::{ApiCall, CallFailure};
use crate::errors::{ITEM_LOGIN_REQUIRED, USER_PERMISSION_REVOKED, embedded, embedded_because};
use crate::ids;
use crate::store::items::{self, Item, ItemNotice, OAuthReason};
use crate::store::link::LinkToken;
use crate::store::webhooks::{self as kept, WebhookKey};
use crate::store::{Moment, accounts};

/// One webhook, handed to a call.
#[derive(Debug)]
pub(crate) struct QueuedWebhook {
    url: Url,
    body: String,
    code: String,
    /// The Item it tells of; none when it tells of a Link session.
    item_id: Option<String>,
}

impl QueuedWebhook {
    /// Keeps it together with what else the call changes. The postman sends it afterwards.
    pub(crate) fn keep(&self, db: &rusqlite::Connection, now: Moment) -> rusqlite::Result<()> {
        kept::enqueue(db, self.url.as_str(), &self.body, now)?;
        self.item_id.as_ref().map_or(Ok(()), |item_id| {
            items::set_last_webhook(db, item_id, &self.code, now)
        })
    }
}

/// The key that signs webhooks.
pub(crate) struct WebhookSigner {
    key_id: String,
    created_at: Moment,
    key: SigningKey,
}

/// Why there is no key to sign with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebhookKeyError {
    #[error(transparent)]
    Store(#[from] rusqlite::Error),
    #[error("the machine gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    #[error("the key that signs webhooks is damaged: {0}")]
    Damaged(#[from] p256::ecdsa::Error),
}

impl WebhookSigner {
    /// The key of this state, which is made when there is none.
    pub(crate) fn of(db: &rusqlite::Connection, now: Moment) -> Result<Self, WebhookKeyError> {
        let kept = match kept::key(db)? {
            Some(kept) => kept,
            None => {
                let made = WebhookKey {
                    key_id: ids::session_id(),
                    scalar: fresh_key()?.to_bytes().to_vec(),
                    created_at: now,
                };
                kept::insert(db, &made)?;
                made
            }
        };
        Ok(Self {
            key: SigningKey::from_slice(&kept.scalar)?,
            key_id: kept.key_id,
            created_at: kept.created_at,
        })
    }

    /// The public half, as /webhook_verification_key/get answers it; none for another id.
    pub(crate) fn public(&self, key_id: &str) -> Option<Value> {
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

    /// The value of the header `Plaid-Verification`: a JWT over the hash of the body.
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

/// Draws until the number is a scalar of the curve, which all but never takes a second draw.
fn fresh_key() -> Result<SigningKey, WebhookKeyError> {
    loop {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        if let Ok(key) = SigningKey::from_slice(&bytes) {
            return Ok(key);
        }
    }
}

/// Only this machine is ever told.
fn loopback(url: &str) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    let local = matches!(
        url.host_str(),
        Some("localhost" | "127.0.0.1" | "[::1]" | "::1")
    );
    (local && url.scheme() == "http").then_some(url)
}

/// Hands a webhook to the call, to be sent when its changes are kept; whether it will be sent.
fn tell(call: &ApiCall<'_>, item: &Item, kind: &str, code: &str, more: Value) -> bool {
    let mut body = Map::new();
    body.insert("webhook_type".to_owned(), kind.into());
    body.insert("webhook_code".to_owned(), code.into());
    body.insert("item_id".to_owned(), item.item_id.clone().into());
    send(call, item.webhook.as_deref(), body, more)
}

/// Tells the `webhook` of a Link token about one of its sessions.
pub(crate) fn link_session(
    call: &ApiCall<'_>,
    token: &LinkToken,
    link_session_id: &str,
    code: &str,
    more: Value,
) {
    let mut body = Map::new();
    body.insert("webhook_type".to_owned(), "LINK".into());
    body.insert("webhook_code".to_owned(), code.into());
    body.insert("link_session_id".to_owned(), link_session_id.into());
    body.insert("link_token".to_owned(), token.link_token.clone().into());
    send(call, token.settings.webhook.as_deref(), body, more);
}

fn send(call: &ApiCall<'_>, url: Option<&str>, mut body: Map<String, Value>, more: Value) -> bool {
    let Some(url) = url.and_then(loopback) else {
        return false;
    };
    if let Value::Object(more) = more {
        body.extend(more);
    }
    body.insert("environment".to_owned(), "sandbox".into());
    let text = |name| {
        body.get(name)
            .and_then(Value::as_str)
            .map(ToOwned::to_owned)
    };
    let (code, item_id) = (text("webhook_code").unwrap_or_default(), text("item_id"));
    call.webhooks.borrow_mut().push(QueuedWebhook {
        url,
        body: Value::Object(body).to_string(),
        code,
        item_id,
    });
    true
}

/// What /item/webhook/update makes Plaid tell the new URL.
pub(crate) fn acknowledge_update(call: &ApiCall<'_>, item: &Item) {
    let more = json!({"new_webhook_url": item.webhook, "error": null});
    tell(call, item, "ITEM", "WEBHOOK_UPDATE_ACKNOWLEDGED", more);
}

/// What is told when an Item falls into an error.
pub(crate) fn item_error(call: &ApiCall<'_>, item: &Item) {
    if let Some(error) = item.error {
        let code = if error == &USER_PERMISSION_REVOKED {
            "USER_PERMISSION_REVOKED"
        } else {
            "ERROR"
        };
        let more = json!({"error": embedded_because(error, item.reason.map(OAuthReason::word))});
        tell(call, item, "ITEM", code, more);
    }
}

/// What is told when an Item needs no login any more, and nobody went through Link for it.
pub(crate) fn login_repaired(call: &ApiCall<'_>, item: &Item) {
    tell(call, item, "ITEM", "LOGIN_REPAIRED", json!({}));
}

/// What is told when something is about to happen to an Item.
pub(crate) fn announced(
    call: &ApiCall<'_>,
    item: &Item,
    notice: ItemNotice,
    ends_at: Option<Moment>,
) {
    let more = match notice {
        ItemNotice::PendingExpiration => json!({"consent_expiration_time": ends_at}),
        ItemNotice::PendingDisconnect => {
            json!({"reason": "INSTITUTION_MIGRATION", "disconnect_time": ends_at})
        }
        ItemNotice::NewAccountsAvailable => json!({"error": null}),
    };
    tell(call, item, "ITEM", notice.word(), more);
}

/// Fires the webhook with this code, as /sandbox/item/fire_webhook does; whether it is sent.
pub(crate) fn fire(
    call: &ApiCall<'_>,
    item: &Item,
    kind: Option<&str>,
    code: &str,
) -> Result<bool, CallFailure> {
    let shared = accounts::of_item(call.db, &item.item_id)?;
    let ids: Vec<_> = shared.iter().map(|account| &account.account_id).collect();
    let (kind, more) = match code {
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
            json!({"asset_report_id": ids::session_id(), "error": embedded(&ITEM_LOGIN_REQUIRED)}),
        ),
        "ERROR" => {
            let error = item.error.unwrap_or(&ITEM_LOGIN_REQUIRED);
            let reason = item.reason.map(OAuthReason::word);
            ("ITEM", json!({"error": embedded_because(error, reason)}))
        }
        "PENDING_DISCONNECT" => {
            let disconnect_time = call.now_and(jiff::SignedDuration::from_hours(7 * 24));
            let more =
                json!({"reason": "INSTITUTION_MIGRATION", "disconnect_time": disconnect_time});
            ("ITEM", more)
        }
        "LOGIN_REPAIRED" => ("ITEM", json!({})),
        "USER_PERMISSION_REVOKED" => ("ITEM", json!({"error": embedded(&USER_PERMISSION_REVOKED)})),
        "USER_ACCOUNT_REVOKED" => ("ITEM", json!({"account_id": ids.first()})),
        _ => ("ITEM", json!({"error": null})),
    };
    Ok(tell(call, item, kind, code, more))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_told() {
        for good in [
            "http://127.0.0.1:8080/hook",
            "http://localhost/",
            "http://[::1]:1/",
        ] {
            assert!(loopback(good).is_some(), "{good}");
        }
        for bad in [
            "https://example.com/hook",
            "http://127.0.0.1.example.com/",
            "http://localhost@example.com/",
            "ftp://localhost/",
            "nonsense",
        ] {
            assert!(loopback(bad).is_none(), "{bad}");
        }
    }
}
