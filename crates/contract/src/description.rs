//! The official OpenAPI 3.0 description, turned into JSON Schema and asked about bodies.
//! The two differ in few words; each is translated here, and what only explains is left out.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::{Side, Violation};

/// Why a file is not a usable description.
#[derive(Debug, thiserror::Error)]
pub enum DescriptionError {
    /// A part that every description has is missing.
    #[error("the API description has no {0}")]
    Missing(String),
    /// A schema cannot be understood.
    #[error("the schema for {what} cannot be used: {reason}")]
    Schema {
        /// Whose schema.
        what: String,
        /// What the validator says.
        reason: String,
    },
}

/// An OpenAPI description, with a validator for each body that was asked about.
pub(crate) struct Description {
    document: Value,
    /// The component schemas, as strict as a request is read and as open as an answer is.
    closed: Value,
    open: Value,
    validators: Mutex<HashMap<(String, Side), Arc<Validator>>>,
}

impl fmt::Debug for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Description").finish_non_exhaustive()
    }
}

/// Whether an object may have fields that its schema does not name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unnamed {
    Refused,
    Allowed,
}

impl Description {
    pub(crate) fn new(document: Value) -> Result<Self, DescriptionError> {
        let schemas = document
            .pointer("/components/schemas")
            .and_then(Value::as_object)
            .ok_or_else(|| DescriptionError::Missing("components/schemas".to_owned()))?;
        let all = |unnamed| {
            let converted = schemas
                .iter()
                .map(|(name, schema)| (name.clone(), convert(schema, unnamed)));
            Value::Object(converted.collect())
        };
        let (closed, open) = (all(Unnamed::Refused), all(Unnamed::Allowed));
        if document.get("paths").and_then(Value::as_object).is_none() {
            return Err(DescriptionError::Missing("paths".to_owned()));
        }
        Ok(Self {
            document,
            closed,
            open,
            validators: Mutex::default(),
        })
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        let paths = self.document.get("paths").and_then(Value::as_object);
        paths.into_iter().flat_map(Map::keys).map(String::as_str)
    }

    pub(crate) fn check(&self, path: &str, side: Side, body: &Value) -> Vec<Violation> {
        let validator = match self.validator(path, side) {
            Ok(validator) => validator,
            Err(error) => {
                return vec![Violation {
                    pointer: String::new(),
                    what: error.to_string(),
                }];
            }
        };
        validator
            .iter_errors(body)
            .map(|error| Violation {
                pointer: error.instance_path().to_string(),
                what: error.to_string(),
            })
            .collect()
    }

    fn validator(&self, path: &str, side: Side) -> Result<Arc<Validator>, DescriptionError> {
        let mut validators = self
            .validators
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let key = (path.to_owned(), side);
        if let Some(validator) = validators.get(&key) {
            return Ok(Arc::clone(validator));
        }
        let validator = Arc::new(self.compile(path, side)?);
        validators.insert(key, Arc::clone(&validator));
        Ok(validator)
    }

    fn compile(&self, path: &str, side: Side) -> Result<Validator, DescriptionError> {
        let what = || format!("{side} of {path}");
        let schema = body_schema(&self.document, path, side)
            .ok_or_else(|| DescriptionError::Missing(what()))?;
        let (definitions, unnamed) = match side {
            Side::Request => (&self.closed, Unnamed::Refused),
            Side::Answer | Side::ErrorAnswer => (&self.open, Unnamed::Allowed),
        };
        let root = json!({ "allOf": [convert(schema, unnamed)], "$defs": definitions });
        jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&root)
            .map_err(|error| DescriptionError::Schema {
                what: what(),
                reason: error.to_string(),
            })
    }
}

/// The schema of one body, as the description has it.
pub(crate) fn body_schema<'a>(document: &'a Value, path: &str, side: Side) -> Option<&'a Value> {
    let call = document.get("paths")?.get(path)?.get("post")?;
    let body = match side {
        Side::Request => call.get("requestBody")?,
        Side::Answer => call.pointer("/responses/200")?,
        Side::ErrorAnswer => call.pointer("/responses/default")?,
    };
    body.pointer("/content/application~1json/schema")
}

/// Translates one schema, and all within it, from OpenAPI 3.0 to JSON Schema.
fn convert(schema: &Value, unnamed: Unnamed) -> Value {
    let Some(schema) = schema.as_object() else {
        return schema.clone();
    };
    if let Some(Value::String(target)) = schema.get("$ref") {
        // OpenAPI 3.0 ignores whatever stands beside a reference.
        return json!({ "$ref": target.replace("#/components/schemas/", "#/$defs/") });
    }
    let mut out = Map::new();
    for (word, value) in schema {
        if let Some(value) = convert_word(word, value, schema, unnamed) {
            out.insert(word.clone(), value);
        }
    }
    let closes = unnamed == Unnamed::Refused
        && out.contains_key("properties")
        && !out.contains_key("additionalProperties");
    if closes {
        out.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    if schema.get("nullable") == Some(&Value::Bool(true)) {
        return with_null(out);
    }
    Value::Object(out)
}

/// Translates one word of a schema; words that only explain give nothing.
fn convert_word(
    word: &str,
    value: &Value,
    schema: &Map<String, Value>,
    unnamed: Unnamed,
) -> Option<Value> {
    match word {
        "type" | "enum" | "required" | "minLength" | "maxLength" | "minItems" | "maxItems"
        | "uniqueItems" | "minProperties" | "maxProperties" | "pattern" | "multipleOf" => {
            Some(value.clone())
        }
        // OpenAPI's exclusive bounds are adjectives of the bound beside them.
        "minimum" | "maximum" => {
            let exclusive = match word {
                "minimum" => "exclusiveMinimum",
                _ => "exclusiveMaximum",
            };
            (schema.get(exclusive) != Some(&Value::Bool(true))).then(|| value.clone())
        }
        "exclusiveMinimum" if value == &Value::Bool(true) => schema.get("minimum").cloned(),
        "exclusiveMaximum" if value == &Value::Bool(true) => schema.get("maximum").cloned(),
        "format" => match value.as_str() {
            Some("url") => Some(json!("uri")),
            Some("date-time" | "date" | "uri" | "email" | "uuid") => Some(value.clone()),
            _ => None,
        },
        "items" | "not" => Some(convert(value, unnamed)),
        "additionalProperties" => Some(convert(value, unnamed)),
        "properties" => Some(each(value, unnamed)),
        "allOf" | "oneOf" | "anyOf" => {
            let members = value.as_array()?;
            Some(
                members
                    .iter()
                    .map(|member| convert(member, unnamed))
                    .collect(),
            )
        }
        // A discriminator only says which member of `oneOf` to try first.
        _ => None,
    }
}

fn each(properties: &Value, unnamed: Unnamed) -> Value {
    let Some(properties) = properties.as_object() else {
        return properties.clone();
    };
    let converted = properties
        .iter()
        .map(|(name, schema)| (name.clone(), convert(schema, unnamed)));
    Value::Object(converted.collect())
}

/// Lets null fit too.
fn with_null(mut schema: Map<String, Value>) -> Value {
    let Some(kind) = schema.get("type").cloned() else {
        return json!({ "anyOf": [schema, { "type": "null" }] });
    };
    schema.insert("type".to_owned(), json!([kind, "null"]));
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    Value::Object(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(schema: &Value, unnamed: Unnamed, body: &Value) -> bool {
        jsonschema::options()
            .should_validate_formats(true)
            .build(&convert(schema, unnamed))
            .unwrap()
            .is_valid(body)
    }

    #[test]
    fn nullable_lets_null_fit() {
        let text = json!({ "type": "string", "enum": ["A"], "nullable": true });
        assert!(fits(&text, Unnamed::Allowed, &json!(null)));
        assert!(fits(&text, Unnamed::Allowed, &json!("A")));
        assert!(!fits(&text, Unnamed::Allowed, &json!("B")));
        let untyped = json!({ "allOf": [{ "type": "object" }], "nullable": true });
        assert!(fits(&untyped, Unnamed::Allowed, &json!(null)));
        assert!(!fits(&untyped, Unnamed::Allowed, &json!(1)));
        assert!(!fits(
            &json!({ "type": "string" }),
            Unnamed::Allowed,
            &json!(null)
        ));
    }

    #[test]
    fn requests_are_closed_and_answers_open() {
        let schema = json!({ "type": "object", "properties": { "a": { "type": "integer" } } });
        let more = json!({ "a": 1, "b": 2 });
        assert!(fits(&schema, Unnamed::Allowed, &more));
        assert!(!fits(&schema, Unnamed::Refused, &more));
        let declared_open =
            json!({ "type": "object", "properties": {}, "additionalProperties": true });
        assert!(fits(&declared_open, Unnamed::Refused, &more));
    }

    #[test]
    fn bounds_and_formats_hold() {
        let positive = json!({ "type": "number", "minimum": 0, "exclusiveMinimum": true });
        assert!(!fits(&positive, Unnamed::Allowed, &json!(0)));
        assert!(fits(&positive, Unnamed::Allowed, &json!(0.01)));
        let time = json!({ "type": "string", "format": "date-time", "description": "x" });
        assert!(fits(
            &time,
            Unnamed::Allowed,
            &json!("2026-11-24T09:30:00Z")
        ));
        assert!(!fits(&time, Unnamed::Allowed, &json!("2026-11-24")));
        let url = json!({ "type": "string", "format": "url" });
        assert!(!fits(&url, Unnamed::Allowed, &json!("not a url")));
    }

    #[test]
    fn members_of_one_of_exclude_each_other() {
        let schema = json!({
            "oneOf": [{ "type": "string", "nullable": true }, { "type": "integer" }],
            "discriminator": { "propertyName": "kind" }
        });
        assert!(fits(&schema, Unnamed::Allowed, &json!(null)));
        assert!(fits(&schema, Unnamed::Allowed, &json!(1)));
        assert!(!fits(&schema, Unnamed::Allowed, &json!(true)));
    }

    #[test]
    fn a_description_without_its_parts_is_refused() {
        assert!(Description::new(json!({})).is_err());
        assert!(Description::new(json!({ "components": { "schemas": {} } })).is_err());
    }
}
