//! Fills in the table of fields that the client relies on from Plaid's official API description.
//!
//! To rely on another field, add `{ "pointer": "/its/place" }` to `relied_on.json` and run
//! `cargo run -p contract --example relied_on`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::{
    BodyKind, DescriptionError, EndpointFields, FieldRule, FieldTable, JsonType,
    description::body_schema,
};

/// Longer lists of values are left out: Plaid adds to such lists without notice.
const MAX_LISTED_VALUES: usize = 8;

/// The pointers in `relied_on.json`, the only part of it that is written by hand.
#[derive(Deserialize)]
struct Pointers {
    endpoints: BTreeMap<String, EndpointPointers>,
    error: Vec<FieldPointer>,
}

#[derive(Deserialize)]
struct EndpointPointers {
    request: Vec<FieldPointer>,
    answer: Vec<FieldPointer>,
}

#[derive(Deserialize)]
struct FieldPointer {
    pointer: String,
}

/// Looks up the committed table's fields in `description`.
///
/// # Errors
/// If `description` lacks one of the fields, or the committed table is damaged.
pub fn derive(description: &Value) -> Result<FieldTable, DescriptionError> {
    let pointers: Pointers = serde_json::from_str(crate::COMMITTED_TABLE)
        .map_err(|error| DescriptionError::Missing(format!("table to fill in: {error}")))?;
    let version = description.pointer("/info/version").and_then(Value::as_str);
    let any_path = pointers.endpoints.keys().next();
    let any_path = any_path.map(String::as_str).unwrap_or_default();
    let mut table = FieldTable {
        made_from: version.unwrap_or_default().to_owned(),
        endpoints: BTreeMap::new(),
        error: rules(
            description,
            any_path,
            BodyKind::ErrorAnswer,
            &pointers.error,
        )?,
    };
    for (path, fields) in &pointers.endpoints {
        let endpoint = EndpointFields {
            request: rules(description, path, BodyKind::Request, &fields.request)?,
            answer: rules(description, path, BodyKind::Answer, &fields.answer)?,
        };
        table.endpoints.insert(path.clone(), endpoint);
    }
    Ok(table)
}

fn rules(
    description: &Value,
    path: &str,
    kind: BodyKind,
    pointers: &[FieldPointer],
) -> Result<Vec<FieldRule>, DescriptionError> {
    let missing = |what: &str| DescriptionError::Missing(format!("{what} in {kind} of {path}"));
    let body = body_schema(description, path, kind).ok_or_else(|| missing("schema"))?;
    pointers
        .iter()
        .map(|FieldPointer { pointer }| {
            rule(description, body, pointer).ok_or_else(|| missing(pointer))
        })
        .collect()
}

fn rule(description: &Value, body: &Value, pointer: &str) -> Option<FieldRule> {
    let mut parts = schema_parts(description, body);
    let mut required = false;
    for step in pointer.split('/').skip(1) {
        required = parts.iter().any(|part| requires(part, step));
        let inner = parts.iter().find_map(|part| match step {
            "*" => part.get("items"),
            name => part.get("properties")?.get(name),
        })?;
        parts = schema_parts(description, inner);
    }
    let r#type = parts.iter().find_map(|part| part.get("type"))?;
    let values = parts.iter().find_map(|part| part.get("enum"));
    let values: Vec<_> = values
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect();
    Some(FieldRule {
        pointer: pointer.to_owned(),
        r#type: serde_json::from_value::<JsonType>(r#type.clone()).ok()?,
        required,
        nullable: parts
            .iter()
            .any(|part| part.get("nullable") == Some(&Value::Bool(true))),
        r#enum: if values.len() > MAX_LISTED_VALUES {
            Vec::new()
        } else {
            values
        },
    })
}

fn requires(schema: &Value, name: &str) -> bool {
    let names = schema.get("required").and_then(Value::as_array);
    names.is_some_and(|names| names.iter().any(|one| one == name))
}

/// A schema with its reference followed, and the members of its `allOf`.
fn schema_parts<'a>(description: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let target = schema.get("$ref").and_then(Value::as_str);
    let target = target.and_then(|target| description.pointer(target.trim_start_matches('#')));
    let schema = target.unwrap_or(schema);
    let members = schema.get("allOf").and_then(Value::as_array);
    let mut parts = vec![schema];
    for member in members.into_iter().flatten() {
        parts.extend(schema_parts(description, member));
    }
    parts
}
