//! Reads one complete HTTP answer: Plaid's fields, Plaid's error, or an [`Error`] that quotes no secret.

use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    ApiError, Error, RecordedExchange, RequestId,
    endpoint::AnswerText,
    error::ApiErrorBody,
    observe::{redact, redact_secrets},
};

const LONGEST_EXCERPT: usize = 200;

/// An HTTP answer that has been read to its end.
pub(crate) struct RawAnswer {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    pub(crate) request_id: Option<RequestId>,
    pub(crate) body: Vec<u8>,
}

/// Keeps the secrets of one call out of texts.
pub(crate) struct SecretFilter<'a> {
    pub(crate) secrets: Vec<&'a str>,
    pub(crate) text: AnswerText,
}

impl SecretFilter<'_> {
    pub(crate) fn clean(&self, mut text: String) -> String {
        for secret in self.secrets.iter().filter(|secret| !secret.is_empty()) {
            if text.contains(secret) {
                text = text.replace(secret, "[redacted]");
            }
        }
        text
    }

    /// The start of a readable body, unless it may hold a token.
    fn excerpt(&self, body: &[u8]) -> Option<String> {
        if self.text == AnswerText::CarriesToken {
            return None;
        }
        // Cleaned before it is cut, so that no half of a secret is left.
        let text = self.clean(std::str::from_utf8(body).ok()?.to_owned());
        Some(printable(&text, LONGEST_EXCERPT))
    }
}

/// The first characters of `text`, with each run of spaces and control characters as one space.
fn printable(text: &str, longest: usize) -> String {
    let words: Vec<_> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ").chars().take(longest).collect()
}

impl RawAnswer {
    /// Reads the answer's fields, or its error.
    pub(crate) fn read<A: DeserializeOwned>(
        self,
        summary: Result<AnswerSummary, Error>,
        filter: &SecretFilter<'_>,
    ) -> Result<A, Error> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Err(Error::Empty {
                status: self.status,
                request_id: self.request_id,
            });
        }
        let summary = summary?;
        if let Some(error) = summary.error {
            let mut error = error.map_texts(|text| filter.clean(text));
            error.request_id = error.request_id.or(self.request_id);
            return Err(Error::Api(Box::new(error)));
        }
        let request_id = summary.request_id.or_else(|| self.request_id.clone());
        let unexpected = |what: String| Error::UnexpectedShape {
            status: self.status,
            request_id: request_id.clone(),
            what: filter.clean(printable(&what, LONGEST_EXCERPT)),
        };
        if !(200..300).contains(&self.status) {
            return Err(unexpected(
                "an error that does not name its code".to_owned(),
            ));
        }
        // serde would read a list as a struct's fields in order.
        if !self.is_object() {
            return Err(unexpected("not an object".to_owned()));
        }
        if let Ok(answer) = serde_json::from_slice(&self.body) {
            return Ok(answer);
        }
        // Read again, slower, to learn where it does not fit.
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let (path, message) = (error.path().to_string(), error.inner().to_string());
            unexpected(misfit(&path, &message))
        })
    }

    /// Reads what every JSON answer may have: an error and a request_id.
    pub(crate) fn summary(&self, filter: &SecretFilter<'_>) -> Result<AnswerSummary, Error> {
        if self.is_object()
            && let Ok(body) = serde_json::from_slice::<ApiErrorBody>(&self.body)
        {
            let request_id = body.request_id();
            let error = body.into_error(self.status);
            return Ok(AnswerSummary { error, request_id });
        }
        // Not JSON, or one of the fields has another type than in an error.
        match serde_json::from_slice::<serde::de::IgnoredAny>(&self.body) {
            Ok(_) if self.is_object() => Ok(self.request_id_only()),
            Ok(_) => Ok(AnswerSummary::default()),
            Err(error) if error.is_eof() && self.is_object() => Err(Error::Truncated {
                status: self.status,
            }),
            Err(_) => Err(Error::NotJson {
                status: self.status,
                content_type: self.content_type.as_deref().map(|text| printable(text, 80)),
                request_id: self.request_id.clone(),
                excerpt: filter.excerpt(&self.body),
            }),
        }
    }

    fn request_id_only(&self) -> AnswerSummary {
        #[derive(Deserialize)]
        struct RequestIdBody {
            request_id: String,
        }
        let body = serde_json::from_slice::<RequestIdBody>(&self.body).ok();
        AnswerSummary {
            error: None,
            request_id: body.and_then(|body| RequestId::from_untrusted(&body.request_id)),
        }
    }

    fn is_object(&self) -> bool {
        self.body.trim_ascii_start().first() == Some(&b'{')
    }

    /// What observers may see of the body.
    pub(crate) fn redacted_body(&self, filter: &SecretFilter<'_>) -> Option<String> {
        match filter.text {
            AnswerText::CarriesToken => None,
            AnswerText::Quotable => redact(&self.body, &filter.secrets),
        }
    }
}

/// The complete request and answer without secrets, for observers.
pub(crate) fn recorded_exchange(
    request: &[u8],
    answer: Option<&RawAnswer>,
    filter: &SecretFilter<'_>,
) -> Option<Box<RecordedExchange>> {
    Some(Box::new(RecordedExchange {
        request: redact_secrets(request, &filter.secrets)?,
        answer: answer.and_then(|answer| redact_secrets(&answer.body, &filter.secrets)),
    }))
}

/// What every JSON answer may have.
#[derive(Default)]
pub(crate) struct AnswerSummary {
    error: Option<ApiError>,
    request_id: Option<RequestId>,
}

impl AnswerSummary {
    pub(crate) fn request_id(&self) -> Option<&RequestId> {
        self.request_id.as_ref()
    }
}

/// What is wrong and where, from serde's message, without the value that serde quotes.
fn misfit(path: &str, message: &str) -> String {
    let what = message.split(" at line ").next().unwrap_or_default();
    let what = match what.split_once(": ") {
        // `invalid type: string "…", expected u32`: the first word is a type, and the last part is ours.
        Some((fault @ ("invalid type" | "invalid value" | "invalid length"), found)) => {
            let kind = found.split([' ', ',']).next().unwrap_or_default();
            let expected = found.rsplit(", expected ").next().unwrap_or_default();
            format!("{fault}: {kind}, expected {expected}")
        }
        _ if what.starts_with("missing field `")
            || what.starts_with("duplicate field `")
            || what.starts_with("an amount ")
            || what == "not an ISO 8601 time" =>
        {
            what.to_owned()
        }
        _ => "a value that does not fit".to_owned(),
    };
    format!("{what} at {path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misfit_names_the_place_and_never_the_value() {
        let message = r#"invalid type: string "access-sandbox-1, expected x: y", expected u32 at line 1 column 9"#;
        assert_eq!(
            misfit("scores.a", message),
            "invalid type: string, expected u32 at scores.a"
        );
        assert_eq!(
            misfit("item", "missing field `item_id` at line 3 column 1"),
            "missing field `item_id` at item"
        );
        assert_eq!(
            misfit("x", "something access-sandbox-1 new"),
            "a value that does not fit at x"
        );
    }

    #[test]
    fn an_excerpt_is_cleaned_before_it_is_cut() {
        let filter = SecretFilter {
            secrets: vec!["s3cr3t-value"],
            text: AnswerText::Quotable,
        };
        let page = format!("{}s3cr3t-value\u{7}\n  tail", "x".repeat(193));
        let excerpt = filter.excerpt(page.as_bytes()).unwrap();
        assert_eq!(excerpt, format!("{}[redact", "x".repeat(193)));
        assert_eq!(filter.excerpt(b"\xff\xfe"), None);
    }
}
