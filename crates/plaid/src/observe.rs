//! What an answer leaves behind for support: where it was asked, how long it took, and what of its body is known to be
//! harmless. The rest of a body, and every text that looks like a token, never leaves this crate.

use std::{borrow::Cow, fmt, time::Duration};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{Endpoint, RequestId};

/// Learns of every answer of a client. Called on the thread of the call: it is not to wait for anything.
pub trait Observer: Send + Sync {
    /// An answer has come, or why none did.
    fn answered(&self, answer: Observed);
}

/// One answer, or what came instead, without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// What was asked.
    pub endpoint: Endpoint,
    /// From the question to the answer's end.
    pub duration: Duration,
    /// HTTP status; absent when no answer came.
    pub status: Option<u16>,
    /// Names the call for Plaid's support.
    pub request_id: Option<RequestId>,
    /// JSON text with the fields that are known to be harmless, amounts digit for digit. Absent when the answer is no
    /// JSON object, or may carry a token.
    pub body: Option<String>,
    /// Why no answer came.
    pub failure: Option<String>,
    /// What was asked and answered, whole: of `/signal/evaluate`, which is kept for an audit.
    pub exchange: Option<Box<Exchange>>,
}

/// A question and its answer as they crossed the wire, without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// JSON text of the fields that were sent; the value of a token is left out.
    pub request: String,
    /// JSON text of the answer with every field, also those this version does not know and those that are null; numbers
    /// digit for digit. Absent when the answer is no JSON object.
    pub answer: Option<String>,
}

/// The fields whose values are shown. A field that is not here is named and its value left out: what Plaid adds some
/// day may be a secret.
const SHOWN: &[&str] = &[
    "account_id",
    "accounts",
    "available",
    "available_products",
    "balances",
    "bank_initiated_return_risk",
    "billed_products",
    "causes",
    "consent_expiration_time",
    "consented_products",
    "core_attributes",
    "available_balance",
    "current_balance",
    "current",
    "customer_initiated_return_risk",
    "display_message",
    "documentation_url",
    "error",
    "error_code",
    "error_code_reason",
    "error_message",
    "error_type",
    "health_incidents",
    "holder_category",
    "institution",
    "institution_id",
    "institution_name",
    "internal_note",
    "iso_currency_code",
    "item",
    "item_id",
    "last_failed_update",
    "last_successful_update",
    "last_updated_datetime",
    "limit",
    "mask",
    "name",
    "official_name",
    "persistent_account_id",
    "products",
    "request_id",
    "result",
    "risk_tier",
    "ruleset",
    "ruleset_key",
    "score",
    "scores",
    "status",
    "subtype",
    "suggested_action",
    "triggered_rule_details",
    "type",
    "unofficial_currency_code",
    "update_type",
    "verification_status",
    "warning_code",
    "warning_message",
    "warning_type",
    "warnings",
];

/// How a token begins.
const TOKENS: [&str; 6] = [
    "access-",
    "public-",
    "link-",
    "processor-",
    "auth-",
    "asset-",
];

const LEFT_OUT: &str = "\"[left out]\"";

/// The deepest nesting that is followed.
const DEEPEST: u8 = 16;

/// Which fields of a body are written with their values.
#[derive(Clone, Copy)]
enum Fields {
    /// Those of [`SHOWN`].
    Known,
    /// All but those that are named as a secret is.
    AllButSecrets,
}

impl Fields {
    fn shows(self, name: &str) -> bool {
        match self {
            Self::Known => SHOWN.contains(&name),
            Self::AllButSecrets => {
                let name = name.to_ascii_lowercase();
                !["token", "secret", "password"]
                    .iter()
                    .any(|word| name.contains(word))
            }
        }
    }
}

/// What may be shown of a JSON answer: `secrets` are those that the call sent.
pub(crate) fn redacted(body: &[u8], secrets: &[&str]) -> Option<String> {
    rewritten(body, Fields::Known, secrets)
}

/// A JSON body with every field that is not named as a secret is.
pub(crate) fn whole(body: &[u8], secrets: &[&str]) -> Option<String> {
    rewritten(body, Fields::AllButSecrets, secrets)
}

fn rewritten(body: &[u8], fields: Fields, secrets: &[&str]) -> Option<String> {
    let body: &RawValue = serde_json::from_slice(body).ok()?;
    let body = body.get().trim_start();
    if !body.starts_with('{') {
        return None;
    }
    let mut shown = String::with_capacity(body.len());
    write(body, fields, secrets, 0, &mut shown).ok()?;
    Some(shown)
}

fn write(
    json: &str,
    shown: Fields,
    secrets: &[&str],
    depth: u8,
    to: &mut String,
) -> Result<(), serde_json::Error> {
    match json.as_bytes().first() {
        Some(b'{' | b'[') if depth == DEEPEST => to.push_str(LEFT_OUT),
        Some(b'{') => {
            let fields: InOrder<'_> = serde_json::from_str(json)?;
            to.push('{');
            for (index, (name, value)) in fields.0.iter().enumerate() {
                if index > 0 {
                    to.push(',');
                }
                to.push_str(&string(clean(name, secrets))?);
                to.push(':');
                if shown.shows(name) {
                    write(value.get(), shown, secrets, depth + 1, to)?;
                } else {
                    to.push_str(LEFT_OUT);
                }
            }
            to.push('}');
        }
        Some(b'[') => {
            let values: Vec<&RawValue> = serde_json::from_str(json)?;
            to.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    to.push(',');
                }
                write(value.get(), shown, secrets, depth + 1, to)?;
            }
            to.push(']');
        }
        Some(b'"') => {
            let text: Text<'_> = serde_json::from_str(json)?;
            to.push_str(&string(clean(&text.0, secrets))?);
        }
        // A number, digit for digit, or true, false, null.
        _ => to.push_str(json),
    }
    Ok(())
}

fn string(text: &str) -> Result<String, serde_json::Error> {
    serde_json::to_string(text)
}

/// The text, unless it holds a secret of this call or something that looks like a token.
fn clean<'a>(text: &'a str, secrets: &[&str]) -> &'a str {
    let held = secrets
        .iter()
        .any(|secret| !secret.is_empty() && text.contains(secret));
    if held || has_token(text) {
        "[redacted]"
    } else {
        text
    }
}

/// Whether a word in the text is built as Plaid's tokens are: a kind, an environment, and a name of at least eight
/// characters (`access-sandbox-de3ce8ef-33f8-…`).
fn has_token(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .any(|word| {
            let lower = word.to_ascii_lowercase();
            TOKENS.iter().any(|kind| {
                lower.find(kind).is_some_and(|at| {
                    let rest = &lower[at + kind.len()..];
                    let environment = rest.split('-').next().unwrap_or_default();
                    matches!(environment, "sandbox" | "development" | "production")
                        && rest.len() >= environment.len() + 9
                })
            })
        })
}

/// An object's fields in their order, the values untouched.
struct InOrder<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for InOrder<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = InOrder<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut fields = Vec::new();
                while let Some((name, value)) = map.next_entry::<Text<'de>, &RawValue>()? {
                    fields.push((name.0, value));
                }
                Ok(InOrder(fields))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// A text, borrowed where it has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_to_be_harmless_is_shown_digit_for_digit() {
        let body = br#" {"accounts": [{"account_id": "a", "balances": {"current": 23631.9805, "available": null,
            "limit": 123456789012345.123456789}, "name": "\u00c5sa's \"Checking\"", "owners": [{"names": ["Ada"]}]}],
            "request_id": "r", "something_new": {"key": 5}}"#;
        let shown = redacted(body, &[]).unwrap();
        assert_eq!(
            shown,
            r#"{"accounts":[{"account_id":"a","balances":{"current":23631.9805,"available":null,"limit":123456789012345.123456789},"name":"Åsa's \"Checking\"","owners":"[left out]"}],"request_id":"r","something_new":"[left out]"}"#
        );
    }

    #[test]
    fn no_token_is_shown_wherever_it_stands() {
        let id = "de3ce8ef-33f8-452c-a685-8671031fc0f6";
        let tokens = [
            format!("access-sandbox-{id}"),
            format!("access-production-{id}"),
            format!("public-sandbox-{id}"),
            format!("link-sandbox-{id}"),
            format!("processor-sandbox-{id}"),
        ];
        for token in &tokens {
            for body in [
                format!(r#"{{"access_token": "{token}"}}"#),
                format!(r#"{{"error_message": "the token {token} is used up"}}"#),
                format!(r#"{{"name": "x{token}"}}"#),
                format!(r#"{{"{token}": 1}}"#),
                format!(r#"{{"accounts": [["{token}"]]}}"#),
                // An escape hides how it begins.
                format!(
                    r#"{{"name": "\u{:04x}{}"}}"#,
                    token.as_bytes()[0],
                    &token[1..]
                ),
            ] {
                let shown = redacted(body.as_bytes(), &[]).unwrap();
                assert!(!shown.contains(id), "{body}: {shown}");
            }
        }
        let planted = "planted-secret-0123456789";
        let body = format!(r#"{{"error_message": "no {planted}", "name": "{planted}"}}"#);
        let shown = redacted(body.as_bytes(), &["", planted]).unwrap();
        assert!(!shown.contains(planted), "{shown}");
    }

    #[test]
    fn a_whole_body_keeps_every_field_but_secrets() {
        let token = "access-sandbox-de3ce8ef-33f8-452c-a685-8671031fc0f6";
        let body = format!(
            r#"{{"access_token":"{token}","amount":12.50,"user":{{"name":{{"given_name":"Ada"}},"note":"{token}"}},
            "core_attributes":{{"brand_new":null,"days":0.10}},"client_secret":"x"}}"#
        );
        assert_eq!(
            whole(body.as_bytes(), &[token]).unwrap(),
            r#"{"access_token":"[left out]","amount":12.50,"user":{"name":{"given_name":"Ada"},"note":"[redacted]"},"core_attributes":{"brand_new":null,"days":0.10},"client_secret":"[left out]"}"#
        );
    }

    #[test]
    fn words_that_only_begin_like_a_token_stay() {
        let body = br#"{"name": "public-sandbox", "official_name": "link-up savings", "error_message": "access-denied"}"#;
        assert_eq!(
            redacted(body, &[]).unwrap(),
            r#"{"name":"public-sandbox","official_name":"link-up savings","error_message":"access-denied"}"#
        );
    }

    #[test]
    fn what_is_no_json_object_is_not_shown() {
        for body in ["", "[1]", "<html>access</html>", "{\"a\": ", "\"text\""] {
            assert_eq!(redacted(body.as_bytes(), &[]), None, "{body}");
        }
        let deep = "{\"error\":".repeat(40) + "1" + &"}".repeat(40);
        assert!(
            redacted(deep.as_bytes(), &[])
                .unwrap()
                .contains("[left out]")
        );
    }
}
