//! What an answer leaves behind for support: where it was asked, how long it took, and what of its body is known to be
//! harmless. The rest of a body, and every text that looks like a token, never leaves this crate.

use std::{borrow::Cow, time::Duration};

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

/// The fields whose values are shown, in the order of the alphabet. A field that is not here is named and its value
/// left out: what Plaid adds some day may be a secret.
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

/// How a token begins.
const TOKENS: [&str; 6] = [
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
            Self::Known => SHOWN.binary_search(&name).is_ok(),
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
    let mut writer = Writer {
        from: Scanner { json: body, at: 0 },
        fields,
        secrets,
        to: String::with_capacity(body.len()),
    };
    writer.value(0).ok()?;
    Some(writer.to)
}

/// Goes once over a text that is known to be JSON.
struct Scanner<'a> {
    json: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// The byte that the next value or sign begins with; zero at the end.
    fn next(&mut self) -> u8 {
        let bytes = self.json.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or(0)
    }

    /// Goes past the sign when it is the next.
    fn passes(&mut self, sign: u8) -> bool {
        let is_next = self.next() == sign;
        self.at += usize::from(is_next);
        is_next
    }

    /// Goes past a text; answers it with its quotes and escapes.
    fn text(&mut self) -> &'a str {
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

    /// Goes past a value, whatever is in it; answers it as it is written.
    fn value(&mut self) -> &'a str {
        self.next();
        let (begin, bytes) = (self.at, self.json.as_bytes());
        let mut open = 0_usize;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.text();
                    if open == 0 {
                        break;
                    }
                    continue;
                }
                b'{' | b'[' => open += 1,
                // The end of what a number, or true, false, null stands in.
                b'}' | b']' | b',' if open == 0 => break,
                b'}' | b']' => {
                    open -= 1;
                    if open == 0 {
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

/// Writes a JSON text again, without what is not shown.
struct Writer<'a> {
    from: Scanner<'a>,
    fields: Fields,
    secrets: &'a [&'a str],
    to: String,
}

impl Writer<'_> {
    fn value(&mut self, depth: u8) -> Result<(), serde_json::Error> {
        match self.from.next() {
            b'{' | b'[' if depth == DEEPEST => self.leave_out(),
            b'{' => self.object(depth)?,
            b'[' => self.list(depth)?,
            b'"' => {
                let text = self.from.text();
                self.text(text, &plain(text)?)?;
            }
            // A number, digit for digit, or true, false, null.
            _ => self.to.push_str(self.from.value()),
        }
        Ok(())
    }

    fn object(&mut self, depth: u8) -> Result<(), serde_json::Error> {
        self.from.passes(b'{');
        self.to.push('{');
        while self.from.next() == b'"' {
            let written = self.from.text();
            let name = plain(written)?;
            self.text(written, &name)?;
            self.from.passes(b':');
            self.to.push(':');
            if self.fields.shows(&name) {
                self.value(depth + 1)?;
            } else {
                self.leave_out();
            }
            if self.from.passes(b',') {
                self.to.push(',');
            }
        }
        self.from.passes(b'}');
        self.to.push('}');
        Ok(())
    }

    fn list(&mut self, depth: u8) -> Result<(), serde_json::Error> {
        self.from.passes(b'[');
        self.to.push('[');
        while !self.from.passes(b']') {
            self.value(depth + 1)?;
            if self.from.passes(b',') {
                self.to.push(',');
            }
        }
        self.to.push(']');
        Ok(())
    }

    fn leave_out(&mut self) {
        self.from.value();
        self.to.push_str(LEFT_OUT);
    }

    /// A text as it was written, unless it was written with escapes or has to be cleaned.
    fn text(&mut self, written: &str, text: &str) -> Result<(), serde_json::Error> {
        let cleaned = clean(text, self.secrets);
        if cleaned.len() + 2 == written.len() && cleaned == text {
            self.to.push_str(written);
        } else {
            self.to.push_str(&serde_json::to_string(cleaned)?);
        }
        Ok(())
    }
}

/// What a text with its quotes and escapes says.
fn plain(written: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    if written.contains('\\') {
        return serde_json::from_str(written).map(Cow::Owned);
    }
    let inner = written.get(1..written.len().saturating_sub(1));
    Ok(Cow::Borrowed(inner.unwrap_or_default()))
}

/// The text, unless it holds a secret of this call or something that looks like a token.
fn clean<'a>(text: &'a str, secrets: &[&str]) -> &'a str {
    let held = secrets
        .iter()
        .any(|secret| !secret.is_empty() && text.len() >= secret.len() && text.contains(secret));
    if held || has_token(text) {
        "[redacted]"
    } else {
        text
    }
}

/// Whether a word in the text is built as Plaid's tokens are: a kind, an environment, and a name of at least eight
/// characters (`access-sandbox-de3ce8ef-33f8-…`).
fn has_token(text: &str) -> bool {
    if text.len() < SHORTEST_TOKEN || !text.contains('-') {
        return false;
    }
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
    fn a_body_is_written_again_without_its_spaces() {
        assert!(SHOWN.is_sorted());
        let body = br#"{ "error" : { } , "causes" : [ ] ,"new":[{"a":"]}\\"},"\"x"],"accounts" : [ "a\u002fb" , -1.50e+3 , true,null
            ,{"name":"\\"}] , "status" : 1 }"#;
        assert_eq!(
            redacted(body, &[]).unwrap(),
            r#"{"error":{},"causes":[],"new":"[left out]","accounts":["a/b",-1.50e+3,true,null,{"name":"\\"}],"status":1}"#
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
