//! The request checker: one way to describe what an endpoint takes, and one function
//! that holds a request against it. Faults are found in Plaid's order: unknown fields,
//! then missing ones, then the first whose value is wrong.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::errors::{MISSING_FIELDS, PlaidError, UNKNOWN_FIELDS};

/// What a field's value may be.
#[derive(Debug)]
pub(crate) enum FieldKind {
    /// Text of so many characters.
    Text { min: usize, max: usize },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A JSON number.
    Number,
    /// A whole number within these bounds.
    Integer { min: i64, max: i64 },
    /// `true` or `false`.
    Flag,
    /// A date and time, RFC 3339.
    Moment,
    /// A URL with one of these schemes.
    Url(&'static [&'static str]),
    /// A list of at least so many values.
    List { of: &'static FieldKind, min: usize },
    /// An object with these fields.
    Object(&'static [Field]),
    /// Something Plaid describes and the stand-in does not act upon: taken unread.
    Unread,
}

/// Whether a field must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    /// May be absent, must not be null.
    Optional,
    /// May be absent or null.
    Nullable,
}

/// One field of a request.
#[derive(Debug)]
pub(crate) struct Field {
    name: &'static str,
    need: Presence,
    kind: FieldKind,
}

pub(crate) const fn required(name: &'static str, kind: FieldKind) -> Field {
    Field {
        name,
        need: Presence::Required,
        kind,
    }
}

pub(crate) const fn optional(name: &'static str, kind: FieldKind) -> Field {
    Field {
        name,
        need: Presence::Optional,
        kind,
    }
}

pub(crate) const fn nullable(name: &'static str, kind: FieldKind) -> Field {
    Field {
        name,
        need: Presence::Nullable,
        kind,
    }
}

/// Any text.
pub(crate) const TEXT: FieldKind = FieldKind::Text {
    min: 0,
    max: usize::MAX,
};
/// Text that is not empty.
pub(crate) const NON_EMPTY_TEXT: FieldKind = FieldKind::Text {
    min: 1,
    max: usize::MAX,
};

/// Holds a request's body against an endpoint's fields.
pub(crate) fn check(fields: &'static [Field], body: &Map<String, Value>) -> Result<(), PlaidError> {
    let mut faults = RequestFaults::default();
    faults.examine(fields, body, "");
    if !faults.unknown.is_empty() {
        return Err(PlaidError::worded(
            &UNKNOWN_FIELDS,
            format!(
                "{}: {}",
                UNKNOWN_FIELDS.error_message,
                faults.unknown.join(", ")
            ),
        ));
    }
    if !faults.missing.is_empty() {
        return Err(PlaidError::worded(
            &MISSING_FIELDS,
            format!(
                "{}: {}",
                MISSING_FIELDS.error_message,
                faults.missing.join(", ")
            ),
        ));
    }
    faults.invalid.map_or(Ok(()), Err)
}

/// What is wrong with one request.
#[derive(Default)]
struct RequestFaults {
    unknown: Vec<String>,
    missing: Vec<String>,
    invalid: Option<PlaidError>,
}

impl RequestFaults {
    fn examine(&mut self, fields: &'static [Field], body: &Map<String, Value>, within: &str) {
        for name in body.keys() {
            if !fields.iter().any(|field| field.name == name) {
                self.unknown.push(format!("{within}{name}"));
            }
        }
        for field in fields {
            let path = format!("{within}{}", field.name);
            match (body.get(field.name), field.need) {
                (None | Some(Value::Null), Presence::Required) => self.missing.push(path),
                (None, _) | (Some(Value::Null), Presence::Nullable) => {}
                (Some(Value::Null), Presence::Optional) => self.invalid(&path, "must not be null"),
                (Some(value), _) => self.value(&field.kind, value, &path),
            }
        }
    }

    fn value(&mut self, kind: &'static FieldKind, value: &Value, path: &str) {
        match (kind, value) {
            (FieldKind::Unread, _)
            | (FieldKind::Flag, Value::Bool(_))
            | (FieldKind::Number, Value::Number(_)) => {}
            (FieldKind::Text { min, max }, Value::String(text)) => {
                self.text(*min, *max, text, path)
            }
            (FieldKind::Choice(words), Value::String(text)) => {
                if !words.contains(&text.as_str()) {
                    self.invalid(path, &format!("must be one of: {}", words.join(", ")));
                }
            }
            (FieldKind::Integer { min, max }, Value::Number(number)) => match number.as_i64() {
                Some(number) if (*min..=*max).contains(&number) => {}
                _ => self.invalid(path, &format!("must be a whole number from {min} to {max}")),
            },
            (FieldKind::Moment, Value::String(text)) => {
                if text.parse::<Timestamp>().is_err() {
                    self.invalid(path, "must be a date and time such as 2026-05-29T00:00:00Z");
                }
            }
            (FieldKind::Url(schemes), Value::String(text)) => {
                if !is_url(text, schemes) {
                    self.invalid(path, "must be a valid URL");
                }
            }
            (FieldKind::List { of, min }, Value::Array(values)) => {
                if values.len() < *min {
                    self.invalid(path, "must not be empty");
                }
                for value in values {
                    self.value(of, value, path);
                }
            }
            (FieldKind::Object(fields), Value::Object(object)) => {
                self.examine(fields, object, &format!("{path}."))
            }
            (kind, _) => self.invalid(path, &format!("must be {}", kind.in_words())),
        }
    }

    fn text(&mut self, min: usize, max: usize, text: &str, path: &str) {
        let length = text.chars().count();
        if length < min {
            self.invalid(path, "must be a non-empty string");
        } else if length > max {
            self.invalid(path, &format!("must not be longer than {max} characters"));
        }
    }

    fn invalid(&mut self, path: &str, fault: &str) {
        self.invalid
            .get_or_insert_with(|| PlaidError::field(path, fault));
    }
}

impl FieldKind {
    fn in_words(&self) -> &'static str {
        match self {
            FieldKind::Text { .. } | FieldKind::Choice(_) | FieldKind::Url(_) => "a string",
            FieldKind::Number => "a number",
            FieldKind::Integer { .. } => "a whole number",
            FieldKind::Flag => "true or false",
            FieldKind::Moment => "a date and time",
            FieldKind::List { .. } => "a list",
            FieldKind::Object(_) => "an object",
            FieldKind::Unread => "anything",
        }
    }
}

/// A scheme of the list, a host, and nothing that a URL cannot hold.
fn is_url(text: &str, schemes: &[&str]) -> bool {
    schemes.iter().any(|scheme| {
        text.strip_prefix(scheme)
            .and_then(|rest| rest.strip_prefix("://"))
            .is_some_and(|rest| {
                !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace)
            })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    static FIELDS: [Field; 4] = [
        required("name", NON_EMPTY_TEXT),
        optional(
            "tags",
            FieldKind::List {
                of: &NON_EMPTY_TEXT,
                min: 1,
            },
        ),
        nullable("days", FieldKind::Integer { min: 0, max: 10 }),
        optional(
            "more",
            FieldKind::Object(&[required("inner", FieldKind::Moment)]),
        ),
    ];

    fn fault(body: Value) -> Option<String> {
        let Value::Object(body) = body else {
            panic!("not an object")
        };
        check(&FIELDS, &body).err().map(|error| error.to_string())
    }

    #[test]
    fn what_fits_passes() {
        assert_eq!(
            fault(
                json!({"name": "n", "tags": ["a"], "days": null, "more": {"inner": "2026-05-29T00:00:00Z"}})
            ),
            None
        );
    }

    #[test]
    fn unknown_comes_before_missing_before_invalid() {
        let unknown =
            fault(json!({"extra": 1, "days": 11, "more": {"inner": "x", "other": 1}})).unwrap();
        assert!(
            unknown.starts_with("UNKNOWN_FIELDS") && unknown.ends_with("extra, more.other"),
            "{unknown}"
        );
        let missing = fault(json!({"days": 11, "more": {}})).unwrap();
        assert!(
            missing.starts_with("MISSING_FIELDS") && missing.ends_with("name, more.inner"),
            "{missing}"
        );
        assert!(
            fault(json!({"name": "n", "days": 11}))
                .unwrap()
                .contains("days must be a whole number from 0 to 10")
        );
    }

    #[test]
    fn wrong_kinds_are_named() {
        assert!(
            fault(json!({"name": 1}))
                .unwrap()
                .contains("name must be a string")
        );
        assert!(
            fault(json!({"name": ""}))
                .unwrap()
                .contains("name must be a non-empty string")
        );
        assert!(
            fault(json!({"name": "n", "tags": []}))
                .unwrap()
                .contains("tags must not be empty")
        );
        assert!(
            fault(json!({"name": "n", "tags": null}))
                .unwrap()
                .contains("tags must not be null")
        );
        assert!(
            fault(json!({"name": "n", "days": 1.5}))
                .unwrap()
                .contains("days must be")
        );
        assert!(
            fault(json!({"name": "n", "more": {"inner": "yesterday"}}))
                .unwrap()
                .contains("more.inner")
        );
    }
}
