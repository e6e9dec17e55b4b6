use std::time::Duration;

use plaid::{ApiError, ConnectFailure, RequestId, TimeoutPhase};

use super::*;

fn api(error_type: &str, error_code: &str) -> ApiError {
    ApiError {
        status: 400,
        error_type: error_type.to_owned(),
        error_code: error_code.to_owned(),
        error_code_reason: None,
        error_message: "for developers".to_owned(),
        display_message: Some("For end users.".to_owned()),
        request_id: Some(RequestId::new("req-1")),
        documentation_url: None,
        suggested_action: None,
    }
}

fn told(error_type: &str, error_code: &str) -> Problem {
    let error = plaid::Error::Api(Box::new(api(error_type, error_code)));
    let item = ItemId::new("item-1");
    Problem::from(DeskError::from(error).for_item(&item))
}

#[test]
fn plaids_codes_are_told_with_the_step_that_helps() {
    let repair = NextAction::RepairItem {
        item_id: "item-1".to_owned(),
    };
    for (error_type, error_code, action) in [
        ("ITEM_ERROR", "ITEM_LOGIN_REQUIRED", Some(repair.clone())),
        ("ITEM_ERROR", "A_NEW_ONE", Some(repair)),
        ("ITEM_ERROR", "PRODUCTS_NOT_SUPPORTED", None),
        ("ITEM_ERROR", "ITEM_NOT_FOUND", Some(NextAction::LinkAgain)),
        (
            "INVALID_INPUT",
            "INVALID_API_KEYS",
            Some(NextAction::CheckKeys),
        ),
        (
            "INSTITUTION_ERROR",
            "INSTITUTION_DOWN",
            Some(NextAction::Retry),
        ),
        (
            "RATE_LIMIT_EXCEEDED",
            "BALANCE_LIMIT",
            Some(NextAction::Retry),
        ),
        ("RATE_LIMIT_EXCEEDED", "A_NEW_ONE", Some(NextAction::Retry)),
    ] {
        let problem = told(error_type, error_code);
        assert_eq!(problem.kind, ProblemKind::Plaid);
        assert_eq!(problem.action, action, "{error_code}");
        let plaid = problem.plaid.unwrap();
        assert_eq!(plaid.error_code.as_deref(), Some(error_code));
        assert_eq!(plaid.request_id.as_deref(), Some("req-1"));
        assert_eq!(plaid.display_message.as_deref(), Some("For end users."));
    }
    assert!(matches!(
        told("INVALID_INPUT", "UNAUTHORIZED_ENVIRONMENT").action,
        Some(NextAction::OpenPage { .. })
    ));
    let bank = told("INSTITUTION_ERROR", "INSTITUTION_NOT_RESPONDING");
    assert!(bank.message.contains("bank"), "{}", bank.message);
}

#[test]
fn what_is_not_known_is_told_in_plaids_words() {
    let problem = told("A_NEW_TYPE", "A_NEW_CODE");
    assert_eq!(problem.message, "For end users.");
    let silent = ApiError {
        display_message: None,
        ..api("A_NEW_TYPE", "A_NEW_CODE")
    };
    let problem = Problem::from(DeskError::from(plaid::Error::Api(Box::new(silent))));
    assert_eq!(problem.message, "Plaid refused: for developers");
    assert_eq!(problem.action, None);
}

#[test]
fn an_item_is_repaired_only_when_it_is_known_which() {
    let error = plaid::Error::Api(Box::new(api("ITEM_ERROR", "ITEM_LOGIN_REQUIRED")));
    assert_eq!(Problem::from(DeskError::from(error)).action, None);
}

#[test]
fn no_network_no_answer_and_no_plaid_are_told_apart() {
    let connect = plaid::Error::Connect {
        reason: ConnectFailure::HostNotFound,
    };
    let timeout = plaid::Error::Timeout {
        after: Duration::from_secs(90),
        phase: TimeoutPhase::Answer,
    };
    let proxy = plaid::Error::NotJson {
        status: 502,
        content_type: Some("text/html".to_owned()),
        request_id: None,
        excerpt: None,
    };
    let redirect = plaid::Error::Redirect {
        status: 302,
        location_host: Some("portal.example".to_owned()),
    };
    for (error, kind, words, action) in [
        (
            connect,
            ProblemKind::Network,
            "internet connection",
            Some(NextAction::Retry),
        ),
        (
            timeout,
            ProblemKind::TimedOut,
            "90 seconds",
            Some(NextAction::Retry),
        ),
        (
            proxy,
            ProblemKind::Network,
            "instead of Plaid (HTTP 502)",
            Some(NextAction::Retry),
        ),
        (redirect, ProblemKind::Network, "portal.example", None),
    ] {
        let problem = Problem::from(DeskError::from(error));
        assert_eq!(problem.kind, kind);
        assert!(problem.message.contains(words), "{}", problem.message);
        assert_eq!(problem.action, action);
    }
}
