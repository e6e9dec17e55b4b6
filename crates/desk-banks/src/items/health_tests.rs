//! What Plaid's answers say of an Item.

use plaid::{Item, ItemStatus, LastWebhook};

use super::*;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + 60 * minute).unwrap()
}

fn answer(error: Option<&str>, webhook: Option<(&str, i64)>) -> ItemGetResponse {
    ItemGetResponse {
        item: Item {
            item_id: ItemId::new("item"),
            institution_id: None,
            institution_name: None,
            error: error.map(notified),
            consent_expiration_time: None,
            products: Vec::new(),
            available_products: Vec::new(),
            billed_products: Vec::new(),
            webhook: None,
            update_type: None,
        },
        status: Some(ItemStatus {
            last_webhook: webhook.map(|(code, minute)| LastWebhook {
                sent_at: Some(at(minute)),
                code_sent: Some(code.to_owned()),
            }),
        }),
        request_id: serde_json::from_value(serde_json::json!("r")).unwrap(),
    }
}

fn code(problem: Option<&Problem>) -> Option<&str> {
    problem?.plaid.as_ref()?.error_code.as_deref()
}

fn action(problem: Option<&Problem>) -> Option<&'static str> {
    problem?.action.as_ref().map(|action| match action {
        NextAction::Retry => "retry",
        NextAction::RepairItem { .. } => "repair",
        NextAction::ChooseAccounts { .. } => "accounts",
        NextAction::LinkAgain => "link",
        _ => "other",
    })
}

#[test]
fn every_state_of_an_item_has_exactly_one_step() {
    for (error, broken, step) in [
        ("ITEM_LOGIN_REQUIRED", true, "repair"),
        ("ITEM_LOCKED", true, "repair"),
        ("ACCESS_NOT_GRANTED", true, "repair"),
        ("USER_SETUP_REQUIRED", true, "repair"),
        ("INVALID_CREDENTIALS", true, "repair"),
        ("NO_ACCOUNTS", true, "accounts"),
        ("USER_PERMISSION_REVOKED", true, "link"),
        ("ITEM_NOT_FOUND", true, "link"),
        ("ITEM_NOT_SUPPORTED", true, "retry"),
        ("NEVER_SEEN_BEFORE", true, "repair"),
        ("PENDING_EXPIRATION", false, "repair"),
        ("PENDING_DISCONNECT", false, "repair"),
        ("NEW_ACCOUNTS_AVAILABLE", false, "accounts"),
    ] {
        let found = finding(&answer(Some(error), None), &Known::default());
        let (here, there) = (found.problem.as_ref(), found.advice.as_ref());
        let (said, silent) = if broken { (here, there) } else { (there, here) };
        assert_eq!((code(said), action(said)), (Some(error), Some(step)));
        assert_eq!(silent, None, "{error}");
    }
    for healed in HEALED {
        let found = finding(&answer(Some(healed), None), &Known::default());
        assert_eq!((found.problem, found.advice), (None, None), "{healed}");
    }
}

#[test]
fn a_webhook_counts_until_it_is_settled_or_taken_back() {
    let fresh = Known::default();
    let told = answer(None, Some(("PENDING_DISCONNECT", 10)));
    let advice = finding(&told, &fresh).advice;
    assert_eq!(code(advice.as_ref()), Some("PENDING_DISCONNECT"));

    let known = Known {
        advice,
        advice_since: Some(at(11).into()),
        ..Known::default()
    };
    // A later webhook about something else hides the earlier one, and takes nothing back.
    let other = answer(None, Some(("DEFAULT_UPDATE", 12)));
    assert_eq!(finding(&other, &known).advice, known.advice);
    for over in [
        answer(None, Some(("LOGIN_REPAIRED", 12))),
        answer(None, None),
    ] {
        assert_eq!(finding(&over, &known).advice, None);
    }
    // Its owner has gone through Link since.
    let settled = Known {
        settled_at: Some(at(20).into()),
        ..known
    };
    assert_eq!(finding(&told, &settled).advice, None);
    let again = answer(None, Some(("NEW_ACCOUNTS_AVAILABLE", 21)));
    assert_eq!(
        action(finding(&again, &settled).advice.as_ref()),
        Some("accounts")
    );
}

#[test]
fn errors_are_sorted_by_whose_they_are() {
    let error = |error_type: &str, code: &str| ApiError {
        error_type: error_type.to_owned(),
        ..notified(code)
    };
    for (error_type, code, expected) in [
        ("ITEM_ERROR", "ITEM_LOGIN_REQUIRED", Says::Broken),
        ("ITEM_ERROR", "PRODUCT_NOT_READY", Says::Nothing),
        ("INVALID_INPUT", "INVALID_ACCESS_TOKEN", Says::Broken),
        ("INVALID_INPUT", "USER_PERMISSION_REVOKED", Says::Broken),
        ("INVALID_REQUEST", "ITEM_NO_ERROR", Says::Healed),
        ("INSTITUTION_ERROR", "INSTITUTION_DOWN", Says::Institution),
        (
            "INSTITUTION_ERROR",
            "INSTITUTION_NO_LONGER_SUPPORTED",
            Says::Nothing,
        ),
        ("RATE_LIMIT_EXCEEDED", "BALANCE_LIMIT", Says::Nothing),
        ("API_ERROR", "INTERNAL_SERVER_ERROR", Says::Nothing),
    ] {
        assert_eq!(says(&error(error_type, code)), expected, "{code}");
    }
}

#[test]
fn the_end_of_a_consent_is_said_in_days() {
    let now = at(0);
    let hours = |hours: i64| now + SignedDuration::from_hours(hours);
    for (ends, words) in [
        (hours(-1), "has ended"),
        (hours(3), "within a day"),
        (hours(30), "in a day"),
        (hours(24 * 13 + 5), "in 13 days"),
    ] {
        let said = consent_words(ends, now);
        assert!(said.contains(words), "{said}");
    }
}
