//! Checks bodies against the official OpenAPI 3.0 description, translated to JSON Schema.
//! The two languages differ in a few keywords.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::{BodyKind, Violation};

/// Why a file cannot be used as an API description.
#[derive(Debug, thiserror::Error)]
pub enum DescriptionError {
    #[error("the API description has no {0}")]
    Missing(String),
    #[error("the schema for {what} cannot be used: {reason}")]
    Schema { what: String, reason: String },
}

pub(crate) struct ApiDescription {
    document: Value,
    /// The component schemas without extra fields, for requests.
    closed: Value,
    /// The component schemas with extra fields, for answers.
    open: Value,
    /// Compiled when first used.
    validators: Mutex<HashMap<(String, BodyKind), Arc<Validator>>>,
}

impl fmt::Debug for ApiDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiDescription").finish_non_exhaustive()
    }
}

/// Whether an object may have fields that its schema does not name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ExtraFields {
    Rejected,
    Allowed,
}

impl ApiDescription {
    pub(crate) fn new(document: Value) -> Result<Self, DescriptionError> {
        let schemas = document
            .pointer("/components/schemas")
            .and_then(Value::as_object)
            .ok_or_else(|| DescriptionError::Missing("components/schemas".to_owned()))?;
        let all = |extra_fields| {
            let converted = schemas
                .iter()
                .map(|(name, schema)| (name.clone(), convert(schema, extra_fields)));
            Value::Object(converted.collect())
        };
        let (closed, open) = (all(ExtraFields::Rejected), all(ExtraFields::Allowed));
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

    pub(crate) fn check(&self, path: &str, kind: BodyKind, body: &Value) -> Vec<Violation> {
        let validator = match self.validator(path, kind) {
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

    fn validator(&self, path: &str, kind: BodyKind) -> Result<Arc<Validator>, DescriptionError> {
        let mut validators = self
            .validators
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let key = (path.to_owned(), kind);
        if let Some(validator) = validators.get(&key) {
            return Ok(Arc::clone(validator));
        }
        let validator = Arc::new(self.compile(path, kind)?);
        validators.insert(key, Arc::clone(&validator));
        Ok(validator)
    }

    fn compile(&self, path: &str, kind: BodyKind) -> Result<Validator, DescriptionError> {
        let what = || format!("{kind} of {path}");
        let schema = body_schema(&self.document, path, kind)
            .ok_or_else(|| DescriptionError::Missing(what()))?;
        let (definitions, extra_fields) = match kind {
            BodyKind::Request => (&self.closed, ExtraFields::Rejected),
            BodyKind::Answer | BodyKind::ErrorAnswer => (&self.open, ExtraFields::Allowed),
        };
        let root = json!({ "allOf": [convert(schema, extra_fields)], "$defs": definitions });
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

pub(crate) fn body_schema<'a>(
    document: &'a Value,
    path: &str,
    kind: BodyKind,
) -> Option<&'a Value> {
    let call = document.get("paths")?.get(path)?.get("post")?;
    let body = match kind {
        BodyKind::Request => call.get("requestBody")?,
        BodyKind::Answer => call.pointer("/responses/200")?,
        BodyKind::ErrorAnswer => call.pointer("/responses/default")?,
    };
    body.pointer("/content/application~1json/schema")
}

/// Translates a schema from OpenAPI 3.0 to JSON Schema.
fn convert(schema: &Value, extra_fields: ExtraFields) -> Value {
    let Some(schema) = schema.as_object() else {
        return schema.clone();
    };
    if let Some(Value::String(target)) = schema.get("$ref") {
        // OpenAPI 3.0 ignores everything next to a reference.
        return json!({ "$ref": target.replace("#/components/schemas/", "#/$defs/") });
    }
    let mut out = Map::new();
    for (keyword, value) in schema {
        if let Some(value) = convert_keyword(keyword, value, schema, extra_fields) {
            out.insert(keyword.clone(), value);
        }
    }
    let closes = extra_fields == ExtraFields::Rejected
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

/// Translates one keyword of a schema; `None` if it only explains.
fn convert_keyword(
    keyword: &str,
    value: &Value,
    schema: &Map<String, Value>,
    extra_fields: ExtraFields,
) -> Option<Value> {
    match keyword {
        "type" | "enum" | "required" | "minLength" | "maxLength" | "minItems" | "maxItems"
        | "uniqueItems" | "minProperties" | "maxProperties" | "pattern" | "multipleOf" => {
            Some(value.clone())
        }
        // In OpenAPI 3.0, an exclusive bound is a flag next to the bound.
        "minimum" | "maximum" => {
            let exclusive = match keyword {
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
        "items" | "not" => Some(convert(value, extra_fields)),
        "additionalProperties" => Some(convert(value, extra_fields)),
        "properties" => Some(convert_each(value, extra_fields)),
        "allOf" | "oneOf" | "anyOf" => {
            let members = value.as_array()?;
            Some(
                members
                    .iter()
                    .map(|member| convert(member, extra_fields))
                    .collect(),
            )
        }
        // `discriminator` only says which member of `oneOf` to try first.
        _ => None,
    }
}

fn convert_each(properties: &Value, extra_fields: ExtraFields) -> Value {
    let Some(properties) = properties.as_object() else {
        return properties.clone();
    };
    let converted = properties
        .iter()
        .map(|(name, schema)| (name.clone(), convert(schema, extra_fields)));
    Value::Object(converted.collect())
}

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

    fn fits(schema: &Value, extra_fields: ExtraFields, body: &Value) -> bool {
        jsonschema::options()
            .should_validate_formats(true)
            .build(&convert(schema, extra_fields))
            .unwrap()
            .is_valid(body)
    }

    #[test]
    fn nullable_accepts_null() {
        let text = json!({ "type": "string", "enum": ["A"], "nullable": true });
        assert!(fits(&text, ExtraFields::Allowed, &json!(null)));
        assert!(fits(&text, ExtraFields::Allowed, &json!("A")));
        assert!(!fits(&text, ExtraFields::Allowed, &json!("B")));
        let untyped = json!({ "allOf": [{ "type": "object" }], "nullable": true });
        assert!(fits(&untyped, ExtraFields::Allowed, &json!(null)));
        assert!(!fits(&untyped, ExtraFields::Allowed, &json!(1)));
        assert!(!fits(
            &json!({ "type": "string" }),
            ExtraFields::Allowed,
            &json!(null)
        ));
    }

    #[test]
    fn requests_are_closed_and_answers_open() {
        let schema = json!({ "type": "object", "properties": { "a": { "type": "integer" } } });
        let extra = json!({ "a": 1, "b": 2 });
        assert!(fits(&schema, ExtraFields::Allowed, &extra));
        assert!(!fits(&schema, ExtraFields::Rejected, &extra));
        let accepts_extra =
            json!({ "type": "object", "properties": {}, "additionalProperties": true });
        assert!(fits(&accepts_extra, ExtraFields::Rejected, &extra));
    }

    #[test]
    fn bounds_and_formats_hold() {
        let positive = json!({ "type": "number", "minimum": 0, "exclusiveMinimum": true });
        assert!(!fits(&positive, ExtraFields::Allowed, &json!(0)));
        assert!(fits(&positive, ExtraFields::Allowed, &json!(0.01)));
        let time = json!({ "type": "string", "format": "date-time", "description": "x" });
        assert!(fits(
            &time,
            ExtraFields::Allowed,
            &json!("2026-11-24T09:30:00Z")
        ));
        assert!(!fits(&time, ExtraFields::Allowed, &json!("2026-11-24")));
        let url = json!({ "type": "string", "format": "url" });
        assert!(!fits(&url, ExtraFields::Allowed, &json!("not a url")));
    }

    #[test]
    fn exactly_one_member_of_one_of_fits() {
        let schema = json!({
            "oneOf": [{ "type": "string", "nullable": true }, { "type": "integer" }],
            "discriminator": { "propertyName": "kind" }
        });
        assert!(fits(&schema, ExtraFields::Allowed, &json!(null)));
        assert!(fits(&schema, ExtraFields::Allowed, &json!(1)));
        assert!(!fits(&schema, ExtraFields::Allowed, &json!(true)));
    }

    #[test]
    fn an_incomplete_description_is_rejected() {
        assert!(ApiDescription::new(json!({})).is_err());
        assert!(ApiDescription::new(json!({ "components": { "schemas": {} } })).is_err());
    }
}
