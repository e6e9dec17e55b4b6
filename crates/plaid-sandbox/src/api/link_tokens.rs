//! /link/token/create.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::items::check_products;
use super::{CLIENT_ID, COUNTRIES, SECRET};
use crate::api_call::{ApiCall, CallResult};
use crate::errors::{INVALID_CONFIGURATION, MISSING_FIELDS, PlaidError};
use crate::ids;
use crate::request_schema::{
    Field, FieldKind, HTTP_URL, NON_EMPTY_TEXT, TEXT, nullable, optional, required,
};
use crate::store::link::{AccountFilter, LinkToken, LinkTokenSettings};

const NEW_ITEM_LIFETIME: SignedDuration = SignedDuration::from_mins(30);
const UPDATE_MODE_LIFETIME: SignedDuration = SignedDuration::from_hours(4);
const MAX_URL_LIFETIME_SECONDS: i64 = 21 * 24 * 60 * 60;

const SOME_PRODUCTS: FieldKind = FieldKind::List { of: &TEXT, min: 0 };
const SUBTYPES: FieldKind = FieldKind::Object(&[
    required("account_subtypes", FieldKind::List { of: &TEXT, min: 1 }),
    optional("limited_purpose_types", FieldKind::Unread),
]);

pub(super) static CREATE_FIELDS: [Field; 47] = [
    CLIENT_ID,
    SECRET,
    required("client_name", NON_EMPTY_TEXT),
    required(
        "language",
        FieldKind::Choice(&[
            "da", "nl", "en", "et", "fr", "de", "hi", "it", "lv", "lt", "no", "pl", "pt", "ro",
            "es", "sv", "vi",
        ]),
    ),
    required("country_codes", COUNTRIES),
    required(
        "user",
        FieldKind::Object(&[
            required("client_user_id", NON_EMPTY_TEXT),
            optional("legal_name", TEXT),
            nullable("name", FieldKind::Unread),
            optional("phone_number", TEXT),
            nullable("phone_number_verified_time", FieldKind::Moment),
            optional("email_address", TEXT),
            nullable("email_address_verified_time", FieldKind::Moment),
            optional("ssn", TEXT),
            nullable("date_of_birth", TEXT),
            nullable("address", FieldKind::Unread),
            nullable("id_number", FieldKind::Unread),
        ]),
    ),
    optional("user_id", TEXT),
    nullable("products", SOME_PRODUCTS),
    nullable("required_if_supported_products", SOME_PRODUCTS),
    nullable("optional_products", SOME_PRODUCTS),
    nullable("additional_consented_products", SOME_PRODUCTS),
    optional("webhook", HTTP_URL),
    nullable("access_token", NON_EMPTY_TEXT),
    optional("access_tokens", FieldKind::Unread),
    optional("link_customization_name", TEXT),
    nullable(
        "appearance_mode",
        FieldKind::Choice(&["LIGHT", "DARK", "SYSTEM"]),
    ),
    optional("redirect_uri", HTTP_URL),
    optional("android_package_name", TEXT),
    optional("institution_data", FieldKind::UnreadObject),
    optional("card_switch", FieldKind::UnreadObject),
    optional(
        "account_filters",
        FieldKind::Object(&[
            optional("depository", SUBTYPES),
            optional("credit", SUBTYPES),
            optional("loan", SUBTYPES),
            optional("investment", SUBTYPES),
            optional("other", SUBTYPES),
        ]),
    ),
    optional("eu_config", FieldKind::UnreadObject),
    optional("institution_id", TEXT),
    optional("payment_configuration", FieldKind::UnreadObject),
    optional("payment_initiation", FieldKind::UnreadObject),
    optional("employment", FieldKind::UnreadObject),
    optional("income_verification", FieldKind::UnreadObject),
    optional("base_report", FieldKind::UnreadObject),
    optional("credit_partner_insights", FieldKind::UnreadObject),
    optional("cra_options", FieldKind::UnreadObject),
    optional("consumer_report_permissible_purpose", TEXT),
    optional("auth", FieldKind::UnreadObject),
    optional("transfer", FieldKind::UnreadObject),
    optional(
        "update",
        FieldKind::Object(&[
            optional("account_selection_enabled", FieldKind::Flag),
            optional("reauthorization_enabled", FieldKind::Flag),
            optional("user", FieldKind::Flag),
            nullable("item_ids", FieldKind::Unread),
        ]),
    ),
    optional("identity_verification", FieldKind::UnreadObject),
    optional("statements", FieldKind::UnreadObject),
    optional("third_party_user_token", TEXT),
    optional("investments", FieldKind::UnreadObject),
    optional("investments_auth", FieldKind::UnreadObject),
    optional(
        "hosted_link",
        FieldKind::Object(&[
            optional("delivery_method", FieldKind::Choice(&["sms", "email"])),
            optional(
                "completion_redirect_uri",
                FieldKind::Text { min: 1, max: 2048 },
            ),
            optional(
                "url_lifetime_seconds",
                FieldKind::Integer {
                    min: 1,
                    max: MAX_URL_LIFETIME_SECONDS,
                },
            ),
            optional("is_mobile_app", FieldKind::Flag),
        ]),
    ),
    optional("transactions", FieldKind::UnreadObject),
    optional("cashflow_report", FieldKind::UnreadObject),
    optional("cra_enabled", FieldKind::Flag),
    optional("identity", FieldKind::UnreadObject),
    optional("financekit_supported", FieldKind::Flag),
    optional("enable_multi_item_link", FieldKind::Flag),
    optional("user_token", TEXT),
];

#[derive(Deserialize)]
struct CreateRequest {
    client_name: String,
    language: String,
    country_codes: Vec<String>,
    user: LinkUser,
    products: Option<Vec<String>>,
    required_if_supported_products: Option<Vec<String>>,
    optional_products: Option<Vec<String>>,
    additional_consented_products: Option<Vec<String>>,
    webhook: Option<String>,
    access_token: Option<String>,
    redirect_uri: Option<String>,
    link_customization_name: Option<String>,
    appearance_mode: Option<String>,
    account_filters: Option<BTreeMap<String, AccountFilter>>,
    #[serde(default)]
    update: UpdateOptions,
    hosted_link: Option<HostedLinkRequest>,
}

#[derive(Deserialize)]
struct LinkUser {
    client_user_id: String,
}

#[derive(Default, Deserialize)]
struct UpdateOptions {
    #[serde(default)]
    account_selection_enabled: bool,
}

#[derive(Deserialize)]
struct HostedLinkRequest {
    completion_redirect_uri: Option<String>,
    url_lifetime_seconds: Option<i64>,
    #[serde(default)]
    is_mobile_app: bool,
}

pub(super) fn create(call: &ApiCall<'_>) -> CallResult {
    let request: CreateRequest = call.read()?;
    check(&request)?;
    let update_item = request
        .access_token
        .as_deref()
        .map(|token| call.item(token))
        .transpose()?;
    let url_lifetime = request
        .hosted_link
        .as_ref()
        .and_then(|hosted| hosted.url_lifetime_seconds);
    let lifetime = match url_lifetime {
        Some(seconds) => SignedDuration::from_secs(seconds),
        None if request.hosted_link.is_none() && update_item.is_some() => UPDATE_MODE_LIFETIME,
        None => NEW_ITEM_LIFETIME,
    };
    let token = LinkToken {
        link_token: ids::link_token(),
        created_at: call.now,
        expires_at: call.time_after(lifetime),
        update_item_id: update_item.map(|item| item.item_id),
        hosted_id: request.hosted_link.is_some().then(ids::session_id),
        settings: settings(request),
    };
    token.save(call.db)?;
    let mut response = json!({"link_token": token.link_token, "expiration": token.expires_at});
    if let Some(id) = token.hosted_id {
        response["hosted_link_url"] = format!("{}/hosted/{id}", call.origin).into();
    }
    call.respond(response)
}

fn settings(request: CreateRequest) -> LinkTokenSettings {
    let mut products = request.products.unwrap_or_default();
    // Every institution here supports every product, so all of these become products of the Item.
    let more = [
        request.required_if_supported_products,
        request.optional_products,
    ];
    for product in more.into_iter().flatten().flatten() {
        if !products.contains(&product) {
            products.push(product);
        }
    }
    let hosted = request.hosted_link;
    LinkTokenSettings {
        client_name: request.client_name,
        language: request.language,
        country_codes: request.country_codes,
        products,
        consented_products: request.additional_consented_products.unwrap_or_default(),
        webhook: request.webhook,
        redirect_uri: request.redirect_uri,
        account_filters: request.account_filters,
        account_selection_enabled: request.update.account_selection_enabled,
        link_customization_name: request.link_customization_name,
        appearance_mode: request.appearance_mode,
        is_mobile_app: hosted.as_ref().is_some_and(|hosted| hosted.is_mobile_app),
        completion_redirect_uri: hosted.and_then(|hosted| hosted.completion_redirect_uri),
    }
}

/// Plaid rejects a configuration field that is not an object before it checks any other field.
pub(super) fn check_configuration(request: &Map<String, Value>) -> Result<(), PlaidError> {
    let is_wrong = CREATE_FIELDS
        .iter()
        .filter(|field| field.is_optional_object())
        .filter_map(|field| request.get(field.name))
        .any(|value| !value.is_null() && !value.is_object());
    if is_wrong {
        return Err(PlaidError::from(&INVALID_CONFIGURATION));
    }
    Ok(())
}

/// What CREATE_FIELDS cannot express.
fn check(request: &CreateRequest) -> Result<(), PlaidError> {
    let lists = [
        &request.products,
        &request.required_if_supported_products,
        &request.optional_products,
        &request.additional_consented_products,
    ];
    for products in lists.into_iter().flatten() {
        check_products(products)?;
    }
    if request.access_token.is_none() && request.products.as_ref().is_none_or(Vec::is_empty) {
        return Err(PlaidError::fields(&MISSING_FIELDS, &["products"]));
    }
    if request.user.client_user_id.contains('@') {
        return Err(PlaidError::invalid_field(
            "user.client_user_id",
            "must not contain personally identifiable information",
        ));
    }
    request
        .redirect_uri
        .as_deref()
        .map_or(Ok(()), check_redirect_uri)
}

/// https without query or fragment; plain http on localhost only.
fn check_redirect_uri(uri: &str) -> Result<(), PlaidError> {
    let local = ["http://localhost", "http://127.0.0.1"]
        .iter()
        .any(|prefix| {
            uri.strip_prefix(prefix)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
        });
    if !uri.starts_with("https://") && !local {
        return Err(PlaidError::invalid_field("redirect_uri", "must use https"));
    }
    if uri.contains(['?', '#']) {
        return Err(PlaidError::invalid_field(
            "redirect_uri",
            "must not contain a query or a fragment",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_uris_are_https_or_local() {
        for good in [
            "https://example.com/back",
            "http://localhost:8080/",
            "http://127.0.0.1",
        ] {
            assert!(check_redirect_uri(good).is_ok(), "{good}");
        }
        for bad in [
            "http://example.com",
            "http://localhost.example.com",
            "https://example.com/?a=1",
            "https://e.com#x",
        ] {
            assert!(check_redirect_uri(bad).is_err(), "{bad}");
        }
    }
}
