//! Converts Link's callbacks and /link/token/get answers. Free text is cut to a safe length, unknown names and
//! fields are accepted, and a public token never becomes part of an event.

use plaid::{ApiError, ItemAddResult, LinkExit, LinkSessionEvent, LinkTokenSession, RequestId};
use serde_json::{Map, Value};

use super::{
    events_table::SessionEvent,
    grants_table::{Grant, GrantedAccount},
    loopback_page::{EventPost, ExitPost, SuccessPost},
    sessions_table::SessionEnd,
    view::LinkState,
};
use desk_core::{DeskError, problem::Problem};

const MAX_TEXT_CHARS: usize = 200;

const MOST_ACCOUNTS: usize = 500;

type Metadata = Map<String, Value>;

fn clean_text(text: &str) -> Option<String> {
    let printable = text.chars().filter(|c| !c.is_control());
    let text: String = printable.take(MAX_TEXT_CHARS).collect();
    (!text.trim().is_empty()).then_some(text)
}

fn text_field(metadata: Option<&Metadata>, name: &str) -> Option<String> {
    metadata?.get(name)?.as_str().and_then(clean_text)
}

fn object_field<'a>(metadata: Option<&'a Metadata>, name: &str) -> Option<&'a Metadata> {
    metadata?.get(name)?.as_object()
}

impl From<EventPost> for SessionEvent {
    fn from(post: EventPost) -> Self {
        let metadata = post.metadata.as_ref();
        Self {
            name: clean_text(&post.name).unwrap_or_else(|| "(unnamed)".to_owned()),
            view_name: text_field(metadata, "view_name"),
            institution_name: text_field(metadata, "institution_name"),
            error_code: text_field(metadata, "error_code"),
            request_id: text_field(metadata, "request_id"),
            link_session_id: text_field(metadata, "link_session_id"),
            plaid_event_id: None,
        }
    }
}

pub(crate) fn event_from_plaid(event: &LinkSessionEvent) -> SessionEvent {
    let post = EventPost {
        name: event.event_name.clone(),
        metadata: event.event_metadata.clone(),
    };
    SessionEvent {
        plaid_event_id: clean_text(&event.event_id),
        // Keep the ID of the session in the window.
        link_session_id: None,
        ..SessionEvent::from(post)
    }
}

/// In update mode, Link exits with `ITEM_NO_ERROR` when the Item recovered while Link was open.
pub(crate) fn exit_says_no_error(exit: &SessionEnd) -> bool {
    let plaid = exit
        .problem
        .as_ref()
        .and_then(|problem| problem.plaid.as_ref());
    plaid.is_some_and(|plaid| plaid.error_code.as_deref() == Some("ITEM_NO_ERROR"))
}

pub(crate) fn success_event(grant: &Grant) -> SessionEvent {
    SessionEvent {
        name: "onSuccess".to_owned(),
        view_name: None,
        institution_name: grant.institution_name.clone(),
        error_code: None,
        request_id: None,
        link_session_id: grant.link_session_id.clone(),
        plaid_event_id: None,
    }
}

pub(crate) fn exit_event(post: &ExitPost) -> SessionEvent {
    let metadata = post.metadata.as_ref();
    SessionEvent {
        name: "onExit".to_owned(),
        view_name: None,
        institution_name: text_field(object_field(metadata, "institution"), "name"),
        error_code: text_field(post.error.as_ref(), "error_code"),
        request_id: text_field(metadata, "request_id"),
        link_session_id: text_field(metadata, "link_session_id"),
        plaid_event_id: None,
    }
}

impl From<SuccessPost> for Grant {
    fn from(post: SuccessPost) -> Self {
        let metadata = post.metadata.as_ref();
        let institution = object_field(metadata, "institution");
        let accounts = metadata
            .and_then(|metadata| metadata.get("accounts"))
            .and_then(Value::as_array);
        Self {
            institution_id: text_field(institution, "institution_id"),
            institution_name: text_field(institution, "name"),
            accounts: accounts
                .into_iter()
                .flatten()
                .take(MOST_ACCOUNTS)
                .filter_map(|account| named_account(account.as_object()))
                .collect(),
            link_session_id: text_field(metadata, "link_session_id"),
            public_token: post.public_token,
        }
    }
}

/// Only the ID is required. /accounts/get fills in the rest.
fn named_account(account: Option<&Metadata>) -> Option<GrantedAccount> {
    Some(GrantedAccount {
        id: text_field(account, "id")?,
        name: text_field(account, "name").unwrap_or_else(|| NAMELESS_ACCOUNT.to_owned()),
        mask: text_field(account, "mask"),
        account_type: text_field(account, "type").unwrap_or_else(|| OTHER.to_owned()),
        subtype: text_field(account, "subtype"),
    })
}

const NAMELESS_ACCOUNT: &str = "Account";
const OTHER: &str = "other";

pub(crate) fn find_grant(sessions: &[LinkTokenSession]) -> Option<Grant> {
    sessions.iter().find_map(|link_session| {
        let add = link_session.item_adds.first()?;
        Some(Grant {
            link_session_id: Some(link_session.link_session_id.to_string()),
            ..grant_from_item(add)
        })
    })
}

fn grant_from_item(add: &ItemAddResult) -> Grant {
    let accounts = add.accounts.iter().map(|account| GrantedAccount {
        id: account.id.to_string(),
        name: account
            .name
            .as_deref()
            .and_then(clean_text)
            .unwrap_or_else(|| NAMELESS_ACCOUNT.to_owned()),
        mask: account.mask.as_deref().and_then(clean_text),
        account_type: account
            .r#type
            .as_deref()
            .and_then(clean_text)
            .unwrap_or_else(|| OTHER.to_owned()),
        subtype: account.subtype.as_deref().and_then(clean_text),
    });
    Grant {
        public_token: add.public_token.clone(),
        institution_id: add.institution_id.as_ref().map(ToString::to_string),
        institution_name: add.institution_name.as_deref().and_then(clean_text),
        accounts: accounts.collect(),
        link_session_id: None,
    }
}

pub(crate) fn end_from_exit(post: &ExitPost) -> SessionEnd {
    let metadata = post.metadata.as_ref();
    let exit_status = text_field(metadata, "status");
    let error = post.error.as_ref().map(|error| ApiError {
        status: 0,
        error_type: text_field(Some(error), "error_type").unwrap_or_default(),
        error_code: text_field(Some(error), "error_code").unwrap_or_default(),
        error_code_reason: None,
        error_message: text_field(Some(error), "error_message").unwrap_or_default(),
        display_message: text_field(Some(error), "display_message"),
        request_id: text_field(metadata, "request_id").map(RequestId::new),
        documentation_url: None,
        suggested_action: None,
    });
    SessionEnd {
        institution_name: text_field(object_field(metadata, "institution"), "name"),
        link_session_id: text_field(metadata, "link_session_id"),
        exit_status,
        ..exit_end(error)
    }
}

/// Returns None while no session has exited.
pub(crate) fn find_exit(sessions: &[LinkTokenSession]) -> Option<SessionEnd> {
    sessions.iter().rev().find_map(|link_session| {
        let LinkExit {
            error,
            status,
            institution_name,
            ..
        } = link_session.exit.clone()?;
        Some(SessionEnd {
            exit_status: status.as_deref().and_then(clean_text),
            institution_name: institution_name.as_deref().and_then(clean_text),
            link_session_id: Some(link_session.link_session_id.to_string()),
            ..exit_end(error)
        })
    })
}

fn exit_end(error: Option<ApiError>) -> SessionEnd {
    let problem =
        error.map(|error| Problem::from(DeskError::from(plaid::Error::Api(Box::new(error)))));
    SessionEnd::new(LinkState::Exited, problem)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn success(metadata: Value) -> Grant {
        let post: SuccessPost = serde_json::from_value(
            json!({"public_token": "public-sandbox-secret", "metadata": metadata}),
        )
        .unwrap();
        Grant::from(post)
    }

    #[test]
    fn a_grant_is_read_from_what_link_says() {
        let grant = success(json!({
            "public_token": "public-sandbox-secret",
            "institution": {"name": "First Platypus Bank", "institution_id": "ins_109508"},
            "accounts": [
                {"id": "a1", "name": "Plaid Checking", "mask": "0000", "type": "depository", "subtype": "checking"},
                {"id": "a2", "name": null, "type": null, "later": {"x": 1}},
                {"name": "no id"},
                "garbage",
            ],
            "link_session_id": "ls-1",
            "transfer_status": null,
        }));
        assert_eq!(grant.institution_id.as_deref(), Some("ins_109508"));
        assert_eq!(grant.link_session_id.as_deref(), Some("ls-1"));
        assert_eq!(grant.accounts.len(), 2);
        assert_eq!(grant.accounts[0].subtype.as_deref(), Some("checking"));
        assert_eq!(grant.accounts[1].name, "Account");
        assert!(!format!("{grant:?}").contains("public-sandbox-secret"));
        assert!(!format!("{:?}", success_event(&grant)).contains("public-sandbox-secret"));
    }

    #[test]
    fn metadata_of_any_shape_is_survived() {
        for metadata in [
            json!(null),
            json!({}),
            json!({"institution": "text", "accounts": {"a": 1}}),
            json!({"institution": {"name": 7}, "accounts": [[], 1]}),
        ] {
            let grant = success(metadata);
            assert_eq!(grant.accounts, []);
            assert_eq!(grant.institution_name, None);
        }
    }

    #[test]
    fn what_is_said_is_cut() {
        let event = SessionEvent::from(EventPost {
            name: "N".repeat(10_000),
            metadata: json!({"view_name": "v\u{0}\n".repeat(500), "error_code": ""})
                .as_object()
                .cloned(),
        });
        assert_eq!(event.name.chars().count(), MAX_TEXT_CHARS);
        assert_eq!(event.view_name.unwrap().chars().count(), MAX_TEXT_CHARS);
        assert_eq!(event.error_code, None);
    }

    #[test]
    fn an_exit_keeps_status_and_error() {
        let end = end_from_exit(&ExitPost {
            error: json!({"error_type": "ITEM_ERROR", "error_code": "INVALID_CREDENTIALS", "error_message": "bad"})
                .as_object()
                .cloned(),
            metadata: json!({"status": "requires_credentials", "institution": {"name": "Bank"}, "request_id": "r1"})
                .as_object()
                .cloned(),
        });
        assert_eq!(end.state, LinkState::Exited);
        assert_eq!(end.exit_status.as_deref(), Some("requires_credentials"));
        let plaid = end.problem.unwrap().plaid.unwrap();
        assert_eq!(plaid.error_code.as_deref(), Some("INVALID_CREDENTIALS"));
        assert_eq!(plaid.request_id.as_deref(), Some("r1"));
    }
}
