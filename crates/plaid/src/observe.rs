//! What observers see of a call: where it went, how long it took, and the harmless part of its answer.
//! The rest of a body, and every text that looks like a token, never leaves this crate.

use std::{borrow::Cow, time::Duration};

use serde_json::value::RawValue;

use crate::{Endpoint, RequestId};

/// Sees every call of a [`Client`](crate::Client).
pub trait CallObserver: Send + Sync {
    /// A call has ended. Runs on the call's thread, so it must not block.
    fn on_call(&self, call: ObservedCall);
}

/// One call, without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedCall {
    /// Where the request went.
    pub endpoint: Endpoint,
    /// From the request to the end of the answer.
    pub duration: Duration,
    /// HTTP status; `None` if no answer came.
    pub status: Option<u16>,
    /// Names the call for Plaid's support.
    pub request_id: Option<RequestId>,
    /// JSON with the fields known to be harmless, amounts digit for digit. `None` if the answer is not a JSON object or
    /// may carry a token.
    pub body: Option<String>,
    /// Why no answer came.
    pub failure: Option<String>,
    /// The complete exchange; only of `/signal/evaluate`, for audits.
    pub exchange: Option<Box<RecordedExchange>>,
}

/// A request and its answer as they crossed the wire, without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedExchange {
    /// JSON of the fields that were sent; the value of a token is left out.
    pub request: String,
    /// JSON of the answer with every field, also those unknown to this version; numbers digit for digit. `None` if the
    /// answer is not a JSON object.
    pub answer: Option<String>,
}

/// The fields whose values are shown, sorted. Other fields are named without their value: they might be secret.
const SHOWN: &[&str] = &[
    "account_id",
    "accounts",
    "available",
    "available_balance",
    "available_products",
    "balances",
    "bank_initiated_return_risk",
    "billed_products",
    "causes",
    "consent_expiration_time",
    "consented_products",
    "core_attributes",
    "current",
    "current_balance",
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

/// How tokens begin.
const TOKEN_KINDS: [&str; 6] = [
    "access-",
    "public-",
    "link-",
    "processor-",
    "auth-",
    "asset-",
];

/// `link-sandbox-` and eight characters.
const SHORTEST_TOKEN: usize = 21;

const LEFT_OUT: &str = "\"[left out]\"";

const MAX_DEPTH: u8 = 16;

/// Which fields keep their values.
#[derive(Clone, Copy)]
enum FieldFilter {
    /// Those in [`SHOWN`].
    Shown,
    /// All whose name does not suggest a secret.
    NotSecret,
}

impl FieldFilter {
    fn keeps(self, name: &str) -> bool {
        match self {
            Self::Shown => SHOWN.binary_search(&name).is_ok(),
            Self::NotSecret => {
                let name = name.to_ascii_lowercase();
                !["token", "secret", "password"]
                    .iter()
                    .any(|word| name.contains(word))
            }
        }
    }
}

/// The harmless fields of a JSON object. `secrets` are those that the call sent.
pub(crate) fn redact(body: &[u8], secrets: &[&str]) -> Option<String> {
    rewrite(body, FieldFilter::Shown, secrets)
}

/// A JSON object without secrets.
pub(crate) fn redact_secrets(body: &[u8], secrets: &[&str]) -> Option<String> {
    rewrite(body, FieldFilter::NotSecret, secrets)
}

fn rewrite(body: &[u8], fields: FieldFilter, secrets: &[&str]) -> Option<String> {
    let body: &RawValue = serde_json::from_slice(body).ok()?;
    let body = body.get().trim_start();
    if !body.starts_with('{') {
        return None;
    }
    let mut writer = RedactingWriter {
        input: JsonScanner { json: body, at: 0 },
        fields,
        secrets,
        output: String::with_capacity(body.len()),
    };
    writer.value(0).ok()?;
    Some(writer.output)
}

/// Scans a text that is known to be JSON, once.
struct JsonScanner<'a> {
    json: &'a str,
    at: usize,
}

impl<'a> JsonScanner<'a> {
    /// The first byte after white space; zero at the end.
    fn peek(&mut self) -> u8 {
        let bytes = self.json.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or(0)
    }

    /// Skips `sign` if it comes next; returns whether it did.
    fn skip(&mut self, sign: u8) -> bool {
        let is_next = self.peek() == sign;
        self.at += usize::from(is_next);
        is_next
    }

    /// Reads a string, with its quotes and escapes.
    fn string(&mut self) -> &'a str {
        let (begin, bytes) = (self.at, self.json.as_bytes());
        self.at += 1;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at = (self.at + 1).min(bytes.len());
        &self.json[begin..self.at]
    }

    /// Reads any value as it is written.
    fn value(&mut self) -> &'a str {
        self.peek();
        let (begin, bytes) = (self.at, self.json.as_bytes());
        let mut depth = 0_usize;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.string();
                    if depth == 0 {
                        break;
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                // The end of the object or list that a number, true, false, or null is in.
                b'}' | b']' | b',' if depth == 0 => break,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        break;
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        self.json[begin..self.at].trim_end()
    }
}

/// Copies a JSON text without the values that are not shown.
struct RedactingWriter<'a> {
    input: JsonScanner<'a>,
    fields: FieldFilter,
    secrets: &'a [&'a str],
    output: String,
}

impl RedactingWriter<'_> {
    fn value(&mut self, depth: u8) -> Result<(), serde_json::Error> {
        match self.input.peek() {
            b'{' | b'[' if depth == MAX_DEPTH => self.leave_out(),
            b'{' => self.object(depth)?,
            b'[' => self.list(depth)?,
            b'"' => {
                let json = self.input.string();
                self.string(json, &unescape(json)?)?;
            }
            // A number, digit for digit, or true, false, null.
            _ => self.output.push_str(self.input.value()),
        }
        Ok(())
    }

    fn object(&mut self, depth: u8) -> Result<(), serde_json::Error> {
        self.input.skip(b'{');
        self.output.push('{');
        while self.input.peek() == b'"' {
            let json = self.input.string();
            let name = unescape(json)?;
            self.string(json, &name)?;
            self.input.skip(b':');
            self.output.push(':');
            if self.fields.keeps(&name) {
                self.value(depth + 1)?;
            } else {
                self.leave_out();
            }
            if self.input.skip(b',') {
                self.output.push(',');
            }
        }
        self.input.skip(b'}');
        self.output.push('}');
        Ok(())
    }

    fn list(&mut self, depth: u8) -> Result<(), serde_json::Error> {
        self.input.skip(b'[');
        self.output.push('[');
        while !self.input.skip(b']') {
            self.value(depth + 1)?;
            if self.input.skip(b',') {
                self.output.push(',');
            }
        }
        self.output.push(']');
        Ok(())
    }

    fn leave_out(&mut self) {
        self.input.value();
        self.output.push_str(LEFT_OUT);
    }

    /// Copies a string as it is written, unless it has escapes or a secret.
    fn string(&mut self, json: &str, text: &str) -> Result<(), serde_json::Error> {
        let cleaned = clean(text, self.secrets);
        if cleaned.len() + 2 == json.len() && cleaned == text {
            self.output.push_str(json);
        } else {
            self.output.push_str(&serde_json::to_string(cleaned)?);
        }
        Ok(())
    }
}

/// The text of a JSON string.
fn unescape(json: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    if json.contains('\\') {
        return serde_json::from_str(json).map(Cow::Owned);
    }
    let inner = json.get(1..json.len().saturating_sub(1));
    Ok(Cow::Borrowed(inner.unwrap_or_default()))
}

/// The text, unless it contains a secret of this call or something that looks like a token.
fn clean<'a>(text: &'a str, secrets: &[&str]) -> &'a str {
    let has_secret = secrets
        .iter()
        .any(|secret| !secret.is_empty() && text.len() >= secret.len() && text.contains(secret));
    if has_secret || has_token(text) {
        "[redacted]"
    } else {
        text
    }
}

/// Whether a word looks like one of Plaid's tokens: a kind, an environment, and at least eight characters
/// (`access-sandbox-de3ce8ef-33f8-…`).
fn has_token(text: &str) -> bool {
    if text.len() < SHORTEST_TOKEN || !text.contains('-') {
        return false;
    }
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .any(|word| {
            let lower = word.to_ascii_lowercase();
            TOKEN_KINDS.iter().any(|kind| {
                lower.find(kind).is_some_and(|at| {
                    let rest = &lower[at + kind.len()..];
                    let environment = rest.split('-').next().unwrap_or_default();
                    matches!(environment, "sandbox" | "development" | "production")
                        && rest.len() >= environment.len() + 9
                })
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_fields_are_shown_digit_for_digit() {
        let body = br#" {"accounts": [{"account_id": "a", "balances": {"current": 23631.9805, "available": null,
            "limit": 123456789012345.123456789}, "name": "\u00c5sa's \"Checking\"", "owners": [{"names": ["Ada"]}]}],
            "request_id": "r", "something_new": {"key": 5}}"#;
        let shown = redact(body, &[]).unwrap();
        assert_eq!(
            shown,
            r#"{"accounts":[{"account_id":"a","balances":{"current":23631.9805,"available":null,"limit":123456789012345.123456789},"name":"Åsa's \"Checking\"","owners":"[left out]"}],"request_id":"r","something_new":"[left out]"}"#
        );
    }

    #[test]
    fn a_body_is_copied_without_its_spaces() {
        assert!(SHOWN.is_sorted());
        let body = br#"{ "error" : { } , "causes" : [ ] ,"new":[{"a":"]}\\"},"\"x"],"accounts" : [ "a\u002fb" , -1.50e+3 , true,null
            ,{"name":"\\"}] , "status" : 1 }"#;
        assert_eq!(
            redact(body, &[]).unwrap(),
            r#"{"error":{},"causes":[],"new":"[left out]","accounts":["a/b",-1.50e+3,true,null,{"name":"\\"}],"status":1}"#
        );
    }

    #[test]
    fn no_token_is_shown_anywhere() {
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
                // An escape hides the start of the token.
                format!(
                    r#"{{"name": "\u{:04x}{}"}}"#,
                    token.as_bytes()[0],
                    &token[1..]
                ),
            ] {
                let shown = redact(body.as_bytes(), &[]).unwrap();
                assert!(!shown.contains(id), "{body}: {shown}");
            }
        }
        let planted = "planted-secret-0123456789";
        let body = format!(r#"{{"error_message": "no {planted}", "name": "{planted}"}}"#);
        let shown = redact(body.as_bytes(), &["", planted]).unwrap();
        assert!(!shown.contains(planted), "{shown}");
    }

    #[test]
    fn an_exchange_keeps_every_field_but_secrets() {
        let token = "access-sandbox-de3ce8ef-33f8-452c-a685-8671031fc0f6";
        let body = format!(
            r#"{{"access_token":"{token}","amount":12.50,"user":{{"name":{{"given_name":"Ada"}},"note":"{token}"}},
            "core_attributes":{{"brand_new":null,"days":0.10}},"client_secret":"x"}}"#
        );
        assert_eq!(
            redact_secrets(body.as_bytes(), &[token]).unwrap(),
            r#"{"access_token":"[left out]","amount":12.50,"user":{"name":{"given_name":"Ada"},"note":"[redacted]"},"core_attributes":{"brand_new":null,"days":0.10},"client_secret":"[left out]"}"#
        );
    }

    #[test]
    fn words_that_only_start_like_a_token_stay() {
        let body = br#"{"name": "public-sandbox", "official_name": "link-up savings", "error_message": "access-denied"}"#;
        assert_eq!(
            redact(body, &[]).unwrap(),
            r#"{"name":"public-sandbox","official_name":"link-up savings","error_message":"access-denied"}"#
        );
    }

    #[test]
    fn only_json_objects_are_shown() {
        for body in ["", "[1]", "<html>access</html>", "{\"a\": ", "\"text\""] {
            assert_eq!(redact(body.as_bytes(), &[]), None, "{body}");
        }
        let deep = "{\"error\":".repeat(40) + "1" + &"}".repeat(40);
        assert!(redact(deep.as_bytes(), &[]).unwrap().contains("[left out]"));
    }
}
