//! Describes the fields that each endpoint takes and checks requests against that, in Plaid's order: unknown fields, then
//! missing ones, then the first invalid value.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::errors::{MISSING_FIELDS, PlaidError, UNKNOWN_FIELDS};

#[derive(Debug)]
pub(crate) enum FieldKind {
    /// With bounds on the number of characters.
    Text {
        min: usize,
        max: usize,
    },
    Choice(&'static [&'static str]),
    Number,
    Integer {
        min: i64,
        max: i64,
    },
    Flag,
    /// RFC 3339.
    Moment,
    /// With one of these schemes.
    Url(&'static [&'static str]),
    /// With at least `min` values.
    List {
        of: &'static FieldKind,
        min: usize,
    },
    Object(&'static [Field]),
    /// An object that Plaid describes and the stand-in ignores.
    UnreadObject,
    /// A value that Plaid describes and the stand-in ignores.
    Unread,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Required,
    /// May be absent, but not null.
    Optional,
    /// May be absent or null.
    Nullable,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    presence: Presence,
    kind: FieldKind,
}

impl Field {
    const fn new(name: &'static str, presence: Presence, kind: FieldKind) -> Self {
        Self {
            name,
            presence,
            kind,
        }
    }

    pub(crate) fn is_optional_object(&self) -> bool {
        self.presence == Presence::Optional
            && matches!(self.kind, FieldKind::Object(_) | FieldKind::UnreadObject)
    }
}

pub(crate) const fn required(name: &'static str, kind: FieldKind) -> Field {
    Field::new(name, Presence::Required, kind)
}

pub(crate) const fn optional(name: &'static str, kind: FieldKind) -> Field {
    Field::new(name, Presence::Optional, kind)
}

pub(crate) const fn nullable(name: &'static str, kind: FieldKind) -> Field {
    Field::new(name, Presence::Nullable, kind)
}

pub(crate) const TEXT: FieldKind = FieldKind::Text {
    min: 0,
    max: usize::MAX,
};
pub(crate) const NON_EMPTY_TEXT: FieldKind = FieldKind::Text {
    min: 1,
    max: usize::MAX,
};
pub(crate) const HTTP_URL: FieldKind = FieldKind::Url(&["https", "http"]);

pub(crate) fn check(fields: &'static [Field], body: &Map<String, Value>) -> Result<(), PlaidError> {
    let mut problems = RequestProblems::default();
    problems.check_fields(fields, body, "");
    if !problems.unknown.is_empty() {
        return Err(PlaidError::fields(&UNKNOWN_FIELDS, &problems.unknown));
    }
    if !problems.missing.is_empty() {
        return Err(PlaidError::fields(&MISSING_FIELDS, &problems.missing));
    }
    problems.invalid.map_or(Ok(()), Err)
}

#[derive(Default)]
struct RequestProblems {
    unknown: Vec<String>,
    missing: Vec<String>,
    invalid: Option<PlaidError>,
}

impl RequestProblems {
    fn check_fields(&mut self, fields: &'static [Field], body: &Map<String, Value>, prefix: &str) {
        for name in body.keys() {
            if !fields.iter().any(|field| field.name == name) {
                self.unknown.push(format!("{prefix}{name}"));
            }
        }
        for field in fields {
            let path = format!("{prefix}{}", field.name);
            match (body.get(field.name), field.presence) {
                (None | Some(Value::Null), Presence::Required) => self.missing.push(path),
                (None, _) | (Some(Value::Null), Presence::Nullable) => {}
                (Some(Value::Null), Presence::Optional) => self.invalid(&path, "must not be null"),
                (Some(value), _) => self.check_value(&field.kind, value, &path),
            }
        }
    }

    fn check_value(&mut self, kind: &'static FieldKind, value: &Value, path: &str) {
        match (kind, value) {
            (FieldKind::Unread, _)
            | (FieldKind::Flag, Value::Bool(_))
            | (FieldKind::Number, Value::Number(_)) => {}
            (FieldKind::Text { min, max }, Value::String(text)) => {
                self.check_text(*min, *max, text, path)
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
                    self.check_value(of, value, path);
                }
            }
            (FieldKind::UnreadObject, Value::Object(_)) => {}
            (FieldKind::Object(fields), Value::Object(object)) => {
                self.check_fields(fields, object, &format!("{path}."))
            }
            (kind, _) => self.invalid(path, &format!("must be {}", kind.expected())),
        }
    }

    fn check_text(&mut self, min: usize, max: usize, text: &str, path: &str) {
        let length = text.chars().count();
        if length < min {
            self.invalid(path, "must be a non-empty string");
        } else if length > max {
            self.invalid(path, &format!("must not be longer than {max} characters"));
        }
    }

    fn invalid(&mut self, path: &str, problem: &str) {
        self.invalid
            .get_or_insert_with(|| PlaidError::invalid_field(path, problem));
    }
}

impl FieldKind {
    fn expected(&self) -> &'static str {
        match self {
            FieldKind::Text { .. } | FieldKind::Choice(_) | FieldKind::Url(_) => "a string",
            FieldKind::Number => "a number",
            FieldKind::Integer { .. } => "a whole number",
            FieldKind::Flag => "true or false",
            FieldKind::Moment => "a date and time",
            FieldKind::List { .. } => "a list",
            FieldKind::Object(_) | FieldKind::UnreadObject => "an object",
            FieldKind::Unread => "anything",
        }
    }
}

/// One of these schemes, a host, and no white space.
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
    fn a_valid_request_passes() {
        assert_eq!(
            fault(
                json!({"name": "n", "tags": ["a"], "days": null, "more": {"inner": "2026-05-29T00:00:00Z"}})
            ),
            None
        );
    }

    #[test]
    fn unknown_fields_come_before_missing_ones_before_invalid_ones() {
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
    fn the_message_says_what_a_field_must_be() {
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
