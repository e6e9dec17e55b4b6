//! /institutions: names, products, and on request logo and health.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::items::KNOWN_PRODUCTS;
use super::{CLIENT_ID, COUNTRIES, SECRET};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::institutions::{Health, INSTITUTIONS, Institution, PRODUCTS};
use crate::bank::logo;
use crate::errors::INVALID_INSTITUTION;
use crate::request_schema::{Field, FieldKind, NON_EMPTY_TEXT, TEXT, nullable, optional, required};

const SOME_PRODUCTS: FieldKind = FieldKind::List {
    of: &FieldKind::Choice(&KNOWN_PRODUCTS),
    min: 1,
};

pub(super) static GET_FIELDS: [Field; 5] = [
    CLIENT_ID,
    SECRET,
    required("institution_id", NON_EMPTY_TEXT),
    required("country_codes", COUNTRIES),
    optional(
        "options",
        FieldKind::Object(&[
            optional("include_optional_metadata", FieldKind::Flag),
            optional("include_status", FieldKind::Flag),
            optional("include_auth_metadata", FieldKind::Flag),
            optional("include_payment_initiation_metadata", FieldKind::Flag),
        ]),
    ),
];

pub(super) static LIST_FIELDS: [Field; 6] = [
    CLIENT_ID,
    SECRET,
    required("count", FieldKind::Integer { min: 1, max: 500 }),
    required(
        "offset",
        FieldKind::Integer {
            min: 0,
            max: i64::MAX,
        },
    ),
    required("country_codes", COUNTRIES),
    optional(
        "options",
        FieldKind::Object(&[
            nullable("products", SOME_PRODUCTS),
            nullable("routing_numbers", FieldKind::List { of: &TEXT, min: 0 }),
            nullable("oauth", FieldKind::Flag),
            optional("include_optional_metadata", FieldKind::Flag),
            optional("include_auth_metadata", FieldKind::Flag),
            optional("include_payment_initiation_metadata", FieldKind::Flag),
        ]),
    ),
];

pub(super) static SEARCH_FIELDS: [Field; 6] = [
    CLIENT_ID,
    SECRET,
    required("query", NON_EMPTY_TEXT),
    nullable("products", SOME_PRODUCTS),
    required("country_codes", COUNTRIES),
    optional(
        "options",
        FieldKind::Object(&[
            nullable("oauth", FieldKind::Flag),
            optional("include_optional_metadata", FieldKind::Flag),
            nullable("include_auth_metadata", FieldKind::Flag),
            nullable("include_payment_initiation_metadata", FieldKind::Flag),
            nullable(
                "payment_initiation",
                FieldKind::Object(&[nullable("payment_id", TEXT), nullable("consent_id", TEXT)]),
            ),
        ]),
    ),
];

#[derive(Default, Deserialize)]
struct InstitutionOptions {
    products: Option<Vec<String>>,
    routing_numbers: Option<Vec<String>>,
    oauth: Option<bool>,
    #[serde(default)]
    include_optional_metadata: bool,
    #[serde(default)]
    include_status: bool,
    #[serde(default)]
    include_auth_metadata: Option<bool>,
}

#[derive(Serialize)]
struct InstitutionBody {
    institution_id: &'static str,
    name: &'static str,
    products: [&'static str; 9],
    country_codes: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_color: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<String>,
    routing_numbers: &'static [&'static str],
    dtc_numbers: [&'static str; 0],
    oauth: bool,
    /// Missing in the OpenAPI description, but the official Python client requires it.
    connection_availability: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_metadata: Option<Value>,
}

pub(super) fn get_by_id(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        institution_id: String,
        country_codes: Vec<String>,
        #[serde(default)]
        options: InstitutionOptions,
    }
    let request: Request = call.read()?;
    let institution = Institution::find(&request.institution_id)
        .filter(|institution| institution.is_in(&request.country_codes))
        .ok_or(&INVALID_INSTITUTION)?;
    let institution = body(call, institution, &request.options)?;
    call.respond(json!({"institution": institution}))
}

pub(super) fn list(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        count: usize,
        offset: usize,
        country_codes: Vec<String>,
        #[serde(default)]
        options: InstitutionOptions,
    }
    let request: Request = call.read()?;
    let options = &request.options;
    let matching: Vec<_> = INSTITUTIONS
        .iter()
        .filter(|institution| institution.is_in(&request.country_codes))
        .filter(|institution| {
            is_offered(call, institution) && matches_options(institution, options)
        })
        .collect();
    let page = matching
        .iter()
        .skip(request.offset)
        .take(request.count)
        .map(|institution| body(call, institution, options))
        .collect::<Result<Vec<_>, _>>()?;
    call.respond(json!({"institutions": page, "total": matching.len()}))
}

fn matches_options(institution: &Institution, options: &InstitutionOptions) -> bool {
    let routes = |numbers: &Vec<String>| {
        numbers
            .iter()
            .any(|number| institution.routing_numbers.contains(&number.as_str()))
    };
    options
        .products
        .as_ref()
        .is_none_or(|products| institution.supports(products))
        && options
            .oauth
            .is_none_or(|oauth| oauth == institution.is_oauth())
        && options
            .routing_numbers
            .as_ref()
            .filter(|numbers| !numbers.is_empty())
            .is_none_or(routes)
}

pub(super) fn search(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        query: String,
        products: Option<Vec<String>>,
        country_codes: Vec<String>,
        #[serde(default)]
        options: InstitutionOptions,
    }
    let request: Request = call.read()?;
    let products = request.products.unwrap_or_default();
    let institutions = Institution::search(&request.query, &request.country_codes)
        .into_iter()
        .filter(|institution| is_offered(call, institution) && institution.supports(&products))
        .filter(|institution| matches_options(institution, &request.options))
        .map(|institution| body(call, institution, &request.options))
        .collect::<Result<Vec<_>, _>>()?;
    call.respond(json!({"institutions": institutions}))
}

fn body(
    call: &ApiCall<'_>,
    institution: &'static Institution,
    options: &InstitutionOptions,
) -> Result<InstitutionBody, CallFailure> {
    let optional = options.include_optional_metadata;
    Ok(InstitutionBody {
        institution_id: institution.id,
        name: institution.name,
        products: PRODUCTS,
        country_codes: [institution.country],
        url: optional.then_some("https://plaid.com"),
        primary_color: optional.then(|| institution.primary_color_hex()),
        logo: optional
            .then(|| logo::base64_png(institution))
            .transpose()?,
        routing_numbers: institution.routing_numbers,
        dtc_numbers: [],
        oauth: institution.is_oauth(),
        connection_availability: if is_offered(call, institution) {
            "SUPPORTED"
        } else {
            "NOT_SUPPORTED"
        },
        status: options
            .include_status
            .then(|| status(call, call.conditions.health(institution))),
        auth_metadata: options.include_auth_metadata.unwrap_or(false).then(|| {
            json!({"supported_methods": {
                "instant_auth": true, "instant_match": true,
                "automated_micro_deposits": false, "instant_micro_deposits": false,
            }})
        }),
    })
}

/// Whether Link can create Items there.
fn is_offered(call: &ApiCall<'_>, institution: &Institution) -> bool {
    call.conditions.health(institution) != Health::Unsupported
}

fn status(call: &ApiCall<'_>, health: Health) -> Value {
    let (word, success, institution_errors) = match health {
        Health::Healthy => ("HEALTHY", 0.98, 0.02),
        Health::Degraded => ("DEGRADED", 0.42, 0.58),
        Health::Down | Health::Unsupported => ("DOWN", 0.0, 1.0),
    };
    let product = json!({
        "status": word,
        "last_status_change": call.now.to_string(),
        "breakdown": {
            "success": success,
            "error_plaid": 0,
            "error_institution": institution_errors,
        },
    });
    json!({
        "item_logins": product,
        "auth": product,
        "identity": product,
        "transactions_updates": product,
        "health_incidents": [],
    })
}
