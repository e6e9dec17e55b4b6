//! The fields that the client sends and reads, with their types. `relied_on.json` holds the table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{BodyKind, Violation};

/// The fields that the client relies on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldTable {
    /// The description's version.
    pub made_from: String,
    /// By path.
    pub endpoints: BTreeMap<String, EndpointFields>,
    /// The fields of error answers.
    pub error: Vec<FieldRule>,
}

/// The fields of one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointFields {
    pub request: Vec<FieldRule>,
    pub answer: Vec<FieldRule>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRule {
    /// A JSON pointer in which `*` is every element of an array.
    pub pointer: String,
    pub r#type: JsonType,
    /// Whether the field is present whenever its object is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nullable: bool,
    /// The possible values, if they are few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub r#enum: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JsonType {
    Array,
    Boolean,
    Integer,
    Number,
    Object,
    String,
}

impl JsonType {
    fn holds(self, value: &Value) -> bool {
        match self {
            Self::Array => value.is_array(),
            Self::Boolean => value.is_boolean(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Number => value.is_number(),
            Self::Object => value.is_object(),
            Self::String => value.is_string(),
        }
    }
}

impl FieldTable {
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.endpoints.keys().map(String::as_str)
    }

    pub(crate) fn check(&self, path: &str, kind: BodyKind, body: &Value) -> Vec<Violation> {
        let Some(endpoint) = self.endpoints.get(path) else {
            return Vec::new();
        };
        let rules = match kind {
            BodyKind::Request => &endpoint.request,
            BodyKind::Answer => &endpoint.answer,
            BodyKind::ErrorAnswer => &self.error,
        };
        if !body.is_object() {
            return vec![violation("", "the body is not an object".to_owned())];
        }
        rules.iter().flat_map(|row| row.check(body)).collect()
    }

    /// The top-level fields of a request that the table does not have.
    pub(crate) fn unknown_fields(&self, path: &str, body: &Value) -> Vec<Violation> {
        let (Some(endpoint), Some(fields)) = (self.endpoints.get(path), body.as_object()) else {
            return Vec::new();
        };
        fields
            .keys()
            .filter(|name| !endpoint.request.iter().any(|row| row.is_at_top(name)))
            .map(|name| violation(&format!("/{name}"), "an unknown field".to_owned()))
            .collect()
    }
}

impl FieldRule {
    fn is_at_top(&self, name: &str) -> bool {
        self.pointer.strip_prefix('/') == Some(name)
    }

    fn check(&self, body: &Value) -> Vec<Violation> {
        let steps: Vec<_> = self.pointer.split('/').skip(1).collect();
        let mut found = Vec::new();
        self.walk(body, &steps, String::new(), &mut found);
        found
    }

    /// Follows the pointer to every place that it matches.
    fn walk(&self, value: &Value, steps: &[&str], place: String, found: &mut Vec<Violation>) {
        let Some((step, rest)) = steps.split_first() else {
            found.extend(self.misfit(value).map(|what| violation(&place, what)));
            return;
        };
        if *step == "*" {
            for (index, element) in value.as_array().into_iter().flatten().enumerate() {
                self.walk(element, rest, format!("{place}/{index}"), found);
            }
            return;
        }
        // An absent or null object has no required fields.
        let Some(fields) = value.as_object() else {
            return;
        };
        match fields.get(*step) {
            Some(inner) => self.walk(inner, rest, format!("{place}/{step}"), found),
            None if rest.is_empty() && self.required => {
                found.push(violation(
                    &format!("{place}/{step}"),
                    "is missing".to_owned(),
                ));
            }
            None => {}
        }
    }

    fn misfit(&self, value: &Value) -> Option<String> {
        if value.is_null() {
            return (!self.nullable).then(|| "is null".to_owned());
        }
        if !self.r#type.holds(value) {
            return Some(format!("is not of type {:?}", self.r#type));
        }
        let text = value.as_str()?;
        let listed = self.r#enum.is_empty() || self.r#enum.iter().any(|one| one == text);
        (!listed).then(|| format!("{text:?} is none of {}", self.r#enum.join(", ")))
    }
}

fn violation(pointer: &str, what: String) -> Violation {
    Violation {
        pointer: pointer.to_owned(),
        what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(pointer: &str) -> FieldRule {
        FieldRule {
            pointer: pointer.to_owned(),
            r#type: JsonType::Number,
            required: true,
            nullable: false,
            r#enum: Vec::new(),
        }
    }

    #[test]
    fn a_star_matches_every_element() {
        let body = json!({ "a": [{ "b": 1 }, { "b": "x" }, {}, { "b": null }] });
        let places: Vec<_> = row("/a/*/b")
            .check(&body)
            .into_iter()
            .map(|v| v.pointer)
            .collect();
        assert_eq!(places, ["/a/1/b", "/a/2/b", "/a/3/b"]);
    }

    #[test]
    fn fields_of_an_absent_object_are_not_required() {
        assert_eq!(row("/a/b").check(&json!({})), []);
        assert_eq!(row("/a/b").check(&json!({ "a": null })), []);
        assert_eq!(row("/a/b").check(&json!({ "a": {} })).len(), 1);
    }

    #[test]
    fn only_listed_values_fit() {
        let row = FieldRule {
            r#type: JsonType::String,
            r#enum: vec!["A".to_owned()],
            nullable: true,
            ..row("/a")
        };
        assert_eq!(row.check(&json!({ "a": "A" })), []);
        assert_eq!(row.check(&json!({ "a": null })), []);
        assert_eq!(row.check(&json!({ "a": "B" })).len(), 1);
    }
}
