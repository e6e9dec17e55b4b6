//! Link tokens: what Link is to do, and afterwards what became of it.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::items::check_products;
use super::{CLIENT_ID, COUNTRIES, SECRET};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::institutions::Institution;
use crate::errors::{INVALID_LINK_TOKEN, MISSING_FIELDS, PlaidError};
use crate::ids;
use crate::request_schema::{Field, FieldKind, NON_EMPTY_TEXT, TEXT, nullable, optional, required};
use crate::store::Moment;
use crate::store::accounts::{self, Account};
use crate::store::link::{self, AccountFilter, LinkSession, LinkToken, LinkTokenSettings};

/// How long a token that makes a new Item lives.
const NEW_ITEM_LIFE: SignedDuration = SignedDuration::from_mins(30);
/// How long a token in update mode lives.
const UPDATE_LIFE: SignedDuration = SignedDuration::from_hours(4);
/// How long after its end a session can be read.
const SESSION_KEPT: SignedDuration = SignedDuration::from_hours(6);
const LONGEST_URL_LIFE_SECONDS: i64 = 21 * 24 * 60 * 60;

const SOME_PRODUCTS: FieldKind = FieldKind::List { of: &TEXT, min: 0 };
const HTTP: &[&str] = &["https", "http"];
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
    optional("webhook", FieldKind::Url(HTTP)),
    nullable("access_token", NON_EMPTY_TEXT),
    optional("access_tokens", FieldKind::Unread),
    optional("link_customization_name", TEXT),
    nullable(
        "appearance_mode",
        FieldKind::Choice(&["LIGHT", "DARK", "SYSTEM"]),
    ),
    optional("redirect_uri", FieldKind::Url(HTTP)),
    optional("android_package_name", TEXT),
    optional("institution_data", FieldKind::Unread),
    optional("card_switch", FieldKind::Unread),
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
    optional("eu_config", FieldKind::Unread),
    optional("institution_id", TEXT),
    optional("payment_configuration", FieldKind::Unread),
    optional("payment_initiation", FieldKind::Unread),
    optional("employment", FieldKind::Unread),
    optional("income_verification", FieldKind::Unread),
    optional("base_report", FieldKind::Unread),
    optional("credit_partner_insights", FieldKind::Unread),
    optional("cra_options", FieldKind::Unread),
    optional("consumer_report_permissible_purpose", TEXT),
    optional("auth", FieldKind::Unread),
    optional("transfer", FieldKind::Unread),
    optional(
        "update",
        FieldKind::Object(&[
            optional("account_selection_enabled", FieldKind::Flag),
            optional("reauthorization_enabled", FieldKind::Flag),
            optional("user", FieldKind::Flag),
            nullable("item_ids", FieldKind::Unread),
        ]),
    ),
    optional("identity_verification", FieldKind::Unread),
    optional("statements", FieldKind::Unread),
    optional("third_party_user_token", TEXT),
    optional("investments", FieldKind::Unread),
    optional("investments_auth", FieldKind::Unread),
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
                    max: LONGEST_URL_LIFE_SECONDS,
                },
            ),
            optional("is_mobile_app", FieldKind::Flag),
        ]),
    ),
    optional("transactions", FieldKind::Unread),
    optional("cashflow_report", FieldKind::Unread),
    optional("cra_enabled", FieldKind::Flag),
    optional("identity", FieldKind::Unread),
    optional("financekit_supported", FieldKind::Flag),
    optional("enable_multi_item_link", FieldKind::Flag),
    optional("user_token", TEXT),
];

pub(super) static GET_FIELDS: [Field; 3] =
    [CLIENT_ID, SECRET, required("link_token", NON_EMPTY_TEXT)];

#[derive(Deserialize)]
struct CreateRequest {
    client_name: String,
    language: String,
    country_codes: Vec<String>,
    user: User,
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
    update: Update,
    hosted_link: Option<HostedLinkRequest>,
}

#[derive(Deserialize)]
struct User {
    client_user_id: String,
}

#[derive(Default, Deserialize)]
struct Update {
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

/// /link/token/create
pub(super) fn create(call: &ApiCall<'_>) -> CallResult {
    #[derive(Serialize)]
    struct Created {
        link_token: String,
        expiration: Moment,
        #[serde(skip_serializing_if = "Option::is_none")]
        hosted_link_url: Option<String>,
    }
    let request: CreateRequest = call.read()?;
    check(&request)?;
    let update_item = request
        .access_token
        .as_deref()
        .map(|token| call.item(token))
        .transpose()?;
    let life = match (&request.hosted_link, &update_item) {
        (
            Some(HostedLinkRequest {
                url_lifetime_seconds: Some(seconds),
                ..
            }),
            _,
        ) => SignedDuration::from_secs(*seconds),
        (Some(_), _) | (None, None) => NEW_ITEM_LIFE,
        (None, Some(_)) => UPDATE_LIFE,
    };
    let token = LinkToken {
        link_token: ids::link_token(),
        created_at: call.now,
        expires_at: call.now_and(life),
        update_item_id: update_item.map(|item| item.item_id),
        hosted_id: request.hosted_link.is_some().then(ids::session_id),
        settings: settings(request),
    };
    link::insert_token(call.db, &token)?;
    call.answer(Created {
        link_token: token.link_token,
        expiration: token.expires_at,
        hosted_link_url: token
            .hosted_id
            .map(|id| format!("{}/hosted/{id}", call.origin)),
    })
}

fn settings(request: CreateRequest) -> LinkTokenSettings {
    let mut products = request.products.unwrap_or_default();
    // Every institution here supports every product, so these are all initialised.
    for more in [
        request.required_if_supported_products,
        request.optional_products,
    ]
    .into_iter()
    .flatten()
    .flatten()
    {
        if !products.contains(&more) {
            products.push(more);
        }
    }
    LinkTokenSettings {
        client_name: request.client_name,
        language: request.language,
        country_codes: request.country_codes,
        products,
        consented_products: request.additional_consented_products.unwrap_or_default(),
        webhook: request.webhook,
        redirect_uri: request.redirect_uri,
        account_filters: request.account_filters,
        account_selection: request.update.account_selection_enabled,
        customization: request.link_customization_name,
        appearance: request.appearance_mode,
        is_mobile_app: request
            .hosted_link
            .as_ref()
            .is_some_and(|hosted| hosted.is_mobile_app),
        completion_redirect_uri: request
            .hosted_link
            .and_then(|hosted| hosted.completion_redirect_uri),
    }
}

/// What the checker's table cannot say.
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
        return Err(PlaidError::worded(
            &MISSING_FIELDS,
            format!("{}: products", MISSING_FIELDS.error_message),
        ));
    }
    if request.user.client_user_id.contains('@') {
        return Err(PlaidError::field(
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
        return Err(PlaidError::field("redirect_uri", "must use https"));
    }
    if uri.contains(['?', '#']) {
        return Err(PlaidError::field(
            "redirect_uri",
            "must not contain a query or a fragment",
        ));
    }
    Ok(())
}

#[derive(Serialize)]
struct Got<'a> {
    link_token: &'a str,
    created_at: Moment,
    expiration: Moment,
    link_sessions: Vec<SessionBody>,
    metadata: TokenMetadata<'a>,
}

#[derive(Serialize)]
struct TokenMetadata<'a> {
    initial_products: &'a [String],
    webhook: Option<&'a str>,
    country_codes: &'a [String],
    language: &'a str,
    redirect_uri: Option<&'a str>,
    client_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_filters: Option<&'a BTreeMap<String, AccountFilter>>,
}

#[derive(Serialize)]
struct SessionBody {
    link_session_id: String,
    started_at: Moment,
    finished_at: Option<Moment>,
    on_success: Option<OnSuccess>,
    on_exit: Option<Box<RawValue>>,
    exit: Option<Box<RawValue>>,
    events: Vec<EventBody>,
    results: Option<SessionResults>,
}

/// An event as Plaid lists it.
#[derive(Serialize)]
pub(crate) struct EventBody {
    event_id: String,
    event_name: String,
    timestamp: Moment,
    event_metadata: Box<RawValue>,
}

#[derive(Serialize)]
struct OnSuccess {
    public_token: String,
    metadata: SuccessMetadata,
}

/// What Link's `onSuccess` tells beside the public token.
#[derive(Serialize)]
pub(crate) struct SuccessMetadata {
    institution: Option<LinkInstitution>,
    accounts: Vec<SharedAccount>,
    link_session_id: String,
    transfer_status: Option<()>,
}

#[derive(Serialize)]
struct SessionResults {
    item_add_results: Vec<ItemAddResult>,
    cra_item_add_results: [(); 0],
    cra_update_results: [(); 0],
    bank_income_results: [(); 0],
    payroll_income_results: [(); 0],
    document_income_results: Option<()>,
}

#[derive(Serialize)]
struct ItemAddResult {
    public_token: String,
    accounts: Vec<SharedAccount>,
    institution: Option<LinkInstitution>,
}

/// An institution as Link names it.
#[derive(Clone, Serialize)]
pub(crate) struct LinkInstitution {
    name: &'static str,
    institution_id: &'static str,
}

/// An account as Link names it.
#[derive(Clone, Serialize)]
pub(crate) struct SharedAccount {
    id: String,
    name: String,
    mask: String,
    #[serde(rename = "type")]
    account_type: String,
    subtype: String,
    verification_status: Option<()>,
    class_type: Option<()>,
}

impl From<&'static Institution> for LinkInstitution {
    fn from(institution: &'static Institution) -> Self {
        Self {
            name: institution.name,
            institution_id: institution.id,
        }
    }
}

impl From<Account> for SharedAccount {
    fn from(account: Account) -> Self {
        Self {
            id: account.account_id,
            name: account.name,
            mask: account.mask,
            account_type: account.account_type,
            subtype: account.subtype,
            verification_status: None,
            class_type: None,
        }
    }
}

/// /link/token/get
pub(super) fn get(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize)]
    struct Request {
        link_token: String,
    }
    let request: Request = call.read()?;
    let token = link::token(call.db, &request.link_token)?.ok_or(&INVALID_LINK_TOKEN)?;
    let settings = &token.settings;
    call.answer(Got {
        link_token: &token.link_token,
        created_at: token.created_at,
        expiration: token.expires_at,
        link_sessions: sessions(call, &token)?,
        metadata: TokenMetadata {
            initial_products: &settings.products,
            webhook: settings.webhook.as_deref(),
            country_codes: &settings.country_codes,
            language: &settings.language,
            redirect_uri: settings.redirect_uri.as_deref(),
            client_name: &settings.client_name,
            account_filters: settings.account_filters.as_ref(),
        },
    })
}

/// Sessions are told for Hosted Link tokens only, and for six hours after their end.
fn sessions(call: &ApiCall<'_>, token: &LinkToken) -> Result<Vec<SessionBody>, CallFailure> {
    if token.hosted_id.is_none() {
        return Ok(Vec::new());
    }
    link::sessions(call.db, &token.link_token)?
        .into_iter()
        .filter(|session| {
            session
                .finished_at
                .is_none_or(|end| call.now.0.duration_since(end.0) < SESSION_KEPT)
        })
        .map(|session| session_body(call, session))
        .collect()
}

fn session_body(call: &ApiCall<'_>, session: LinkSession) -> Result<SessionBody, CallFailure> {
    let success = success(call, &session)?;
    let exit = || session.exit.clone().map(RawValue::from_string).transpose();
    let results = success
        .as_ref()
        .map(|(public_token, metadata)| SessionResults {
            item_add_results: vec![ItemAddResult {
                public_token: public_token.clone(),
                accounts: metadata.accounts.clone(),
                institution: metadata.institution.clone(),
            }],
            cra_item_add_results: [],
            cra_update_results: [],
            bank_income_results: [],
            payroll_income_results: [],
            document_income_results: None,
        });
    Ok(SessionBody {
        started_at: session.started_at,
        finished_at: session.finished_at,
        on_success: success.map(|(public_token, metadata)| OnSuccess {
            public_token,
            metadata,
        }),
        on_exit: exit()?,
        exit: exit()?,
        events: events(call, &session.link_session_id)?,
        results,
        link_session_id: session.link_session_id,
    })
}

/// The public token a session brought, and what `onSuccess` tells with it.
pub(crate) fn success(
    call: &ApiCall<'_>,
    session: &LinkSession,
) -> Result<Option<(String, SuccessMetadata)>, CallFailure> {
    let (Some(public_token), Some(item_id)) = (&session.public_token, &session.item_id) else {
        return Ok(None);
    };
    let accounts = accounts::of_item(call.db, item_id)?
        .into_iter()
        .filter(|account| session.shared.0.contains(&account.account_id))
        .map(SharedAccount::from)
        .collect();
    let metadata = SuccessMetadata {
        institution: session
            .institution_id
            .as_deref()
            .and_then(Institution::find)
            .map(LinkInstitution::from),
        accounts,
        link_session_id: session.link_session_id.clone(),
        transfer_status: None,
    };
    Ok(Some((public_token.clone(), metadata)))
}

/// The events of a session, newest first.
pub(crate) fn events(
    call: &ApiCall<'_>,
    link_session_id: &str,
) -> Result<Vec<EventBody>, CallFailure> {
    link::events(call.db, link_session_id)?
        .into_iter()
        .map(|event| {
            Ok(EventBody {
                event_id: event.event_id,
                event_name: event.event_name,
                timestamp: event.happened_at,
                event_metadata: RawValue::from_string(event.metadata)?,
            })
        })
        .collect()
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
