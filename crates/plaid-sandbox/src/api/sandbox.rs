//! The endpoints that exist in Plaid's Sandbox only: an Item without Link, and an Item
//! whose login is no longer valid.

use serde::{Deserialize, Serialize};

use super::items::{self as making, ByToken, Grant};
use super::{CLIENT_ID, PRODUCTS, SECRET};
use crate::bank::customers::{Customer, PASSWORD};
use crate::bank::institutions::{Health, Institution};
use crate::call::{Answer, Call, Failure};
use crate::errors::{
    INSTITUTION_DOWN, INSTITUTION_NO_LONGER_SUPPORTED, INVALID_CREDENTIALS, INVALID_INSTITUTION,
    forced_by,
};
use crate::fields::{Field, Kind, TEXT, WORDS, nullable, optional, required};
use crate::store::items;

pub(super) static CREATE_FIELDS: [Field; 7] = [
    CLIENT_ID,
    SECRET,
    required("institution_id", WORDS),
    required("initial_products", PRODUCTS),
    optional(
        "options",
        Kind::Object(&[
            optional("webhook", Kind::Url(&["https", "http"])),
            nullable("override_username", TEXT),
            nullable("override_password", TEXT),
            nullable("transactions", Kind::Unread),
            nullable("statements", Kind::Unread),
            optional("income_verification", Kind::Unread),
        ]),
    ),
    optional("user_token", TEXT),
    optional("user_id", TEXT),
];

/// /sandbox/public_token/create
pub(super) fn create_public_token(call: &Call<'_>) -> Answer {
    #[derive(Deserialize)]
    struct Request {
        institution_id: String,
        initial_products: Vec<String>,
        #[serde(default)]
        options: Options,
    }
    #[derive(Default, Deserialize)]
    struct Options {
        webhook: Option<String>,
        override_username: Option<String>,
        override_password: Option<String>,
    }
    #[derive(Serialize)]
    struct Created {
        public_token: String,
    }
    let request: Request = call.read()?;
    making::check_products(&request.initial_products)?;
    let institution = Institution::find(&request.institution_id).ok_or(&INVALID_INSTITUTION)?;
    match institution.health {
        Health::Down => return Err(Failure::from(&INSTITUTION_DOWN)),
        Health::Unsupported => return Err(Failure::from(&INSTITUTION_NO_LONGER_SUPPORTED)),
        Health::Healthy | Health::Degraded => {}
    }
    let password = request
        .options
        .override_password
        .as_deref()
        .unwrap_or(PASSWORD);
    if password != PASSWORD {
        return Err(Failure::from(
            forced_by(password).unwrap_or(&INVALID_CREDENTIALS),
        ));
    }
    let username = request
        .options
        .override_username
        .as_deref()
        .unwrap_or("user_good");
    let item = making::create(
        call,
        Grant {
            institution,
            username,
            products: &request.initial_products,
            consented_products: &[],
            webhook: request.options.webhook,
            accounts: Customer::named(username).accounts().iter().collect(),
        },
    )?;
    call.answer(Created {
        public_token: making::give_public_token(call, &item.item_id)?,
    })
}

/// /sandbox/item/reset_login
pub(super) fn reset_login(call: &Call<'_>) -> Answer {
    #[derive(Serialize)]
    struct Reset {
        reset_login: bool,
    }
    let item = call.item(&call.read::<ByToken>()?.access_token)?;
    items::set_login_required(call.db, &item.item_id, true)?;
    call.answer(Reset { reset_login: true })
}
