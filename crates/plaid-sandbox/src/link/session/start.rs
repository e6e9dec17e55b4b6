//! The start of a Link session: with a Link token, on a Hosted Link page, or resumed after the bank's own page.

use serde::{Deserialize, Serialize};

use super::{ActiveSession, FrameInstitution, NextPane, check_expiration, oauth};
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::institutions::Institution;
use crate::errors::{
    INCORRECT_LINK_TOKEN, INVALID_LINK_TOKEN, OAUTH_STATE_ID_ALREADY_PROCESSED,
    OAUTH_STATE_ID_NOT_FOUND, PlaidError,
};
use crate::ids;
use crate::request_schema::{Field, NON_EMPTY_TEXT, TEXT, nullable, optional};
use crate::store::StringList;
use crate::store::link::{LinkSession, LinkStep, LinkToken, LinkTokenSettings};

pub(super) static START_FIELDS: [Field; 4] = [
    optional("link_token", NON_EMPTY_TEXT),
    optional("hosted_id", NON_EMPTY_TEXT),
    nullable("received_redirect_uri", TEXT),
    nullable("oauth_state_id", TEXT),
];

#[derive(Deserialize)]
struct Request {
    link_token: Option<String>,
    /// The last part of a Hosted Link URL.
    hosted_id: Option<String>,
    /// Passed to `Plaid.create` when the bank has redirected back to the app.
    received_redirect_uri: Option<String>,
    /// In the address of the Hosted Link page when the bank has redirected back to it.
    oauth_state_id: Option<String>,
}

#[derive(Serialize)]
struct StartResponse<'a> {
    link_session_id: &'a str,
    client_name: &'a str,
    update_mode: bool,
    username: Option<&'a str>,
    institution: Option<FrameInstitution>,
    institutions: Vec<FrameInstitution>,
    products: Vec<&'a str>,
    appearance: Option<&'a str>,
    /// Whether Link can redirect to the bank's own page where no pop-up can be opened.
    redirects: bool,
    /// Whether Link must redirect.
    no_popups: bool,
    resume: NextPane,
}

/// Opens a session or resumes one.
pub(super) fn start(call: &ApiCall<'_>) -> CallResult {
    let request: Request = call.read()?;
    let hosted = request.link_token.is_none();
    let token = match (&request.link_token, &request.hosted_id) {
        (Some(link_token), _) => LinkToken::find(call.db, link_token)?,
        (None, Some(hosted_id)) => LinkToken::by_hosted_id(call.db, hosted_id)?,
        (None, None) => None,
    }
    .ok_or(&INVALID_LINK_TOKEN)?;
    check_expiration(call, &token)?;
    let (active, resume) = match oauth_state_id(&request, &token)? {
        Some(oauth_state_id) => resume(call, token, &oauth_state_id)?,
        None => open(call, token, hosted)?,
    };
    let item = active.item_to_update(call)?;
    let settings = &active.token.settings;
    let session = &active.session;
    call.respond(StartResponse {
        link_session_id: &session.link_session_id,
        client_name: displayed_name(&settings.client_name),
        update_mode: item.is_some(),
        username: item.as_ref().map(|item| item.username.as_str()),
        institution: session
            .institution_id
            .as_deref()
            .and_then(Institution::find)
            .map(|institution| FrameInstitution::new(call, institution)),
        institutions: available_institutions(call, settings),
        products: settings
            .products
            .iter()
            .chain(&settings.consented_products)
            .map(String::as_str)
            .collect(),
        appearance: settings.appearance_mode.as_deref(),
        redirects: session.hosted || settings.redirect_uri.is_some(),
        no_popups: session.hosted && settings.is_mobile_app,
        resume,
    })
}

/// The `oauth_state_id` with which a page comes back from the bank's own page.
fn oauth_state_id(request: &Request, token: &LinkToken) -> Result<Option<String>, PlaidError> {
    let Some(received) = &request.received_redirect_uri else {
        return Ok(request.oauth_state_id.clone());
    };
    let redirect_uri = token.settings.redirect_uri.as_deref().ok_or_else(|| {
        PlaidError::invalid_field(
            "receivedRedirectUri",
            "was given for a link_token that has no redirect_uri",
        )
    })?;
    let page = received.split(['?', '#']).next().unwrap_or_default();
    let state = received
        .split_once('?')
        .and_then(|(_, query)| query.split('#').next())
        .and_then(|query| {
            query
                .split('&')
                .find_map(|pair| pair.strip_prefix("oauth_state_id="))
        })
        .filter(|state| !state.is_empty())
        .ok_or_else(|| {
            PlaidError::with_message(
                &crate::errors::INVALID_FIELD,
                "oauth uri does not contain a valid oauth_state_id query parameter",
            )
        })?;
    if page.trim_end_matches('/') != redirect_uri.trim_end_matches('/') {
        return Err(PlaidError::invalid_field(
            "receivedRedirectUri",
            "is not the redirect_uri of the link_token",
        ));
    }
    Ok(Some(state.to_owned()))
}

fn resume(
    call: &ApiCall<'_>,
    token: LinkToken,
    oauth_state_id: &str,
) -> Result<(ActiveSession, NextPane), CallFailure> {
    let session =
        LinkSession::by_oauth_state(call.db, oauth_state_id)?.ok_or(&OAUTH_STATE_ID_NOT_FOUND)?;
    if session.link_token != token.link_token {
        return Err(CallFailure::from(&INCORRECT_LINK_TOKEN));
    }
    if session.oauth_resumed {
        return Err(CallFailure::from(&OAUTH_STATE_ID_ALREADY_PROCESSED));
    }
    let mut active = ActiveSession { session, token };
    active.session.oauth_resumed = true;
    active.session.save(call.db)?;
    let next = match oauth::pane_after_visit(call, &mut active)? {
        // The customer came back without an answer, so the visit is over.
        NextPane::Wait => oauth::declined(call, &mut active)?,
        next => next,
    };
    Ok((active, next))
}

fn open(
    call: &ApiCall<'_>,
    token: LinkToken,
    hosted: bool,
) -> Result<(ActiveSession, NextPane), CallFailure> {
    if hosted {
        check_unused(call, &token)?;
    }
    let mut active = ActiveSession {
        session: new_session(call, &token, hosted),
        token,
    };
    let item = active.item_to_update(call)?;
    active.session.save(call.db)?;
    let Some(item) = item else {
        return Ok((active, NextPane::Institution));
    };
    active.session.institution_id = Some(item.institution_id);
    let next = if active.institution()?.is_oauth() {
        oauth::prepare_visit(&mut active)
    } else {
        NextPane::Credentials
    };
    active.set_step(call, LinkStep::SigningIn)?;
    Ok((active, next))
}

/// A Hosted Link URL works for one completed session.
fn check_unused(call: &ApiCall<'_>, token: &LinkToken) -> Result<(), CallFailure> {
    let used = LinkSession::of_token(call.db, &token.link_token)?
        .iter()
        .any(|session| session.hosted && session.step == LinkStep::Finished);
    if used {
        return Err(PlaidError::with_message(
            &INVALID_LINK_TOKEN,
            "the Hosted Link session of this link_token has been completed",
        )
        .into());
    }
    Ok(())
}

fn new_session(call: &ApiCall<'_>, token: &LinkToken, hosted: bool) -> LinkSession {
    LinkSession {
        link_session_id: ids::session_id(),
        link_token: token.link_token.clone(),
        started_at: call.now,
        finished_at: None,
        step: LinkStep::ChoosingInstitution,
        institution_id: None,
        username: None,
        description: None,
        item_id: None,
        public_token: None,
        shared: StringList::default(),
        exit: None,
        hosted,
        challenge_password: None,
        round: 0,
        oauth_state_id: None,
        oauth_resumed: false,
        return_to: None,
    }
}

/// Plaid shows a `client_name` of more than 30 characters as "This Application".
pub(super) fn displayed_name(client_name: &str) -> &str {
    if client_name.chars().count() > 30 {
        "This Application"
    } else {
        client_name
    }
}

fn available_institutions(
    call: &ApiCall<'_>,
    settings: &LinkTokenSettings,
) -> Vec<FrameInstitution> {
    Institution::search("", &settings.country_codes)
        .into_iter()
        .filter(|institution| institution.supports(&settings.products))
        .map(|institution| FrameInstitution::new(call, institution))
        .collect()
}
