//! Link's callbacks as the desk understands them. What Link says freely is cut to sane lengths, unknown names and
//! fields are no fault, and a public token is never part of an event.

use plaid::{ApiError, ItemAddResult, LinkExit, LinkSessionEvent, LinkTokenSession, RequestId};
use serde_json::{Map, Value};

use super::{
    grants::{Grant, NamedAccount},
    host::{EventPost, ExitPost, SuccessPost},
    table::{End, Event},
    view::LinkState,
};
use desk_core::{DeskError, problem::Problem};

/// The longest text kept, in characters.
const LONGEST: usize = 200;

/// The most accounts of one grant.
const MOST_ACCOUNTS: usize = 500;

type Metadata = Map<String, Value>;

fn cut(text: &str) -> Option<String> {
    let printable = text.chars().filter(|c| !c.is_control());
    let text: String = printable.take(LONGEST).collect();
    (!text.trim().is_empty()).then_some(text)
}

fn text(metadata: Option<&Metadata>, name: &str) -> Option<String> {
    metadata?.get(name)?.as_str().and_then(cut)
}

fn inner<'a>(metadata: Option<&'a Metadata>, name: &str) -> Option<&'a Metadata> {
    metadata?.get(name)?.as_object()
}

impl From<EventPost> for Event {
    fn from(post: EventPost) -> Self {
        let metadata = post.metadata.as_ref();
        Self {
            name: cut(&post.name).unwrap_or_else(|| "(unnamed)".to_owned()),
            view_name: text(metadata, "view_name"),
            institution_name: text(metadata, "institution_name"),
            error_code: text(metadata, "error_code"),
            request_id: text(metadata, "request_id"),
            link_session_id: text(metadata, "link_session_id"),
            plaid_event_id: None,
        }
    }
}

/// What happened in a session elsewhere, as /link/token/get tells it.
pub(crate) fn told_event(event: &LinkSessionEvent) -> Event {
    let post = EventPost {
        name: event.event_name.clone(),
        metadata: event.event_metadata.clone(),
    };
    Event {
        plaid_event_id: cut(&event.event_id),
        // The session in the window keeps its own.
        link_session_id: None,
        ..Event::from(post)
    }
}

/// Whether the person left update mode because there is nothing to repair: Link says so of an Item that was healed
/// while it was open.
pub(crate) fn works_already(exit: &End) -> bool {
    let plaid = exit
        .problem
        .as_ref()
        .and_then(|problem| problem.plaid.as_ref());
    plaid.is_some_and(|plaid| plaid.error_code.as_deref() == Some("ITEM_NO_ERROR"))
}

/// onSuccess and onExit among the events, for support.
pub(crate) fn success_event(grant: &Grant) -> Event {
    Event {
        name: "onSuccess".to_owned(),
        view_name: None,
        institution_name: grant.institution_name.clone(),
        error_code: None,
        request_id: None,
        link_session_id: grant.link_session_id.clone(),
        plaid_event_id: None,
    }
}

/// See [`success_event`].
pub(crate) fn exit_event(post: &ExitPost) -> Event {
    let metadata = post.metadata.as_ref();
    Event {
        name: "onExit".to_owned(),
        view_name: None,
        institution_name: text(inner(metadata, "institution"), "name"),
        error_code: text(post.error.as_ref(), "error_code"),
        request_id: text(metadata, "request_id"),
        link_session_id: text(metadata, "link_session_id"),
        plaid_event_id: None,
    }
}

impl From<SuccessPost> for Grant {
    fn from(post: SuccessPost) -> Self {
        let metadata = post.metadata.as_ref();
        let institution = inner(metadata, "institution");
        let accounts = metadata
            .and_then(|metadata| metadata.get("accounts"))
            .and_then(Value::as_array);
        Self {
            institution_id: text(institution, "institution_id"),
            institution_name: text(institution, "name"),
            accounts: accounts
                .into_iter()
                .flatten()
                .take(MOST_ACCOUNTS)
                .filter_map(|account| named_account(account.as_object()))
                .collect(),
            link_session_id: text(metadata, "link_session_id"),
            public_token: post.public_token,
        }
    }
}

/// An account needs an id; the rest comes with /accounts/get.
fn named_account(account: Option<&Metadata>) -> Option<NamedAccount> {
    Some(NamedAccount {
        id: text(account, "id")?,
        name: text(account, "name").unwrap_or_else(|| NAMELESS_ACCOUNT.to_owned()),
        mask: text(account, "mask"),
        account_type: text(account, "type").unwrap_or_else(|| OTHER.to_owned()),
        subtype: text(account, "subtype"),
    })
}

const NAMELESS_ACCOUNT: &str = "Account";
const OTHER: &str = "other";

/// What /link/token/get says was granted, if anything was.
pub(crate) fn grant_found(sessions: &[LinkTokenSession]) -> Option<Grant> {
    sessions.iter().find_map(|link_session| {
        let add = link_session.item_adds.first()?;
        Some(Grant {
            link_session_id: Some(link_session.link_session_id.to_string()),
            ..grant_of(add)
        })
    })
}

fn grant_of(add: &ItemAddResult) -> Grant {
    let accounts = add.accounts.iter().map(|account| NamedAccount {
        id: account.id.to_string(),
        name: account
            .name
            .as_deref()
            .and_then(cut)
            .unwrap_or_else(|| NAMELESS_ACCOUNT.to_owned()),
        mask: account.mask.as_deref().and_then(cut),
        account_type: account
            .r#type
            .as_deref()
            .and_then(cut)
            .unwrap_or_else(|| OTHER.to_owned()),
        subtype: account.subtype.as_deref().and_then(cut),
    });
    Grant {
        public_token: add.public_token.clone(),
        institution_id: add.institution_id.as_ref().map(ToString::to_string),
        institution_name: add.institution_name.as_deref().and_then(cut),
        accounts: accounts.collect(),
        link_session_id: None,
    }
}

/// How the person left Link, from onExit.
pub(crate) fn exit_of(post: &ExitPost) -> End {
    let metadata = post.metadata.as_ref();
    let exit_status = text(metadata, "status");
    let error = post.error.as_ref().map(|error| ApiError {
        status: 0,
        error_type: text(Some(error), "error_type").unwrap_or_default(),
        error_code: text(Some(error), "error_code").unwrap_or_default(),
        error_code_reason: None,
        error_message: text(Some(error), "error_message").unwrap_or_default(),
        display_message: text(Some(error), "display_message"),
        request_id: text(metadata, "request_id").map(RequestId::new),
        documentation_url: None,
        suggested_action: None,
    });
    End {
        institution_name: text(inner(metadata, "institution"), "name"),
        link_session_id: text(metadata, "link_session_id"),
        exit_status,
        ..exited(error)
    }
}

/// How the person left Link, from /link/token/get; none while nobody has left.
pub(crate) fn exit_found(sessions: &[LinkTokenSession]) -> Option<End> {
    sessions.iter().rev().find_map(|link_session| {
        let LinkExit {
            error,
            status,
            institution_name,
            ..
        } = link_session.exit.clone()?;
        Some(End {
            exit_status: status.as_deref().and_then(cut),
            institution_name: institution_name.as_deref().and_then(cut),
            link_session_id: Some(link_session.link_session_id.to_string()),
            ..exited(error)
        })
    })
}

fn exited(error: Option<ApiError>) -> End {
    let problem =
        error.map(|error| Problem::from(DeskError::from(plaid::Error::Api(Box::new(error)))));
    End::new(LinkState::Exited, problem)
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
        let event = Event::from(EventPost {
            name: "N".repeat(10_000),
            metadata: json!({"view_name": "v\u{0}\n".repeat(500), "error_code": ""})
                .as_object()
                .cloned(),
        });
        assert_eq!(event.name.chars().count(), LONGEST);
        assert_eq!(event.view_name.unwrap().chars().count(), LONGEST);
        assert_eq!(event.error_code, None);
    }

    #[test]
    fn an_exit_keeps_status_and_error() {
        let end = exit_of(&ExitPost {
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
