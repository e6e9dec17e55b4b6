//! Explains the warnings of /signal/evaluate.

use desk_core::problem::NextAction;

/// By `warning_code`, then by `warning_type`.
#[rustfmt::skip]
const WORDS: &[(&str, &str)] = &[
    ("ITEM_LOGIN_REQUIRED", "The bank wants its customer to sign in again, so nothing could be read from it. The result rests on older data or on none. Repair the connection and ask again."),
    ("PENDING_EXPIRATION", "The bank's consent ends soon. This evaluation is not affected; the next ones will be unless the connection is renewed."),
    ("INSTITUTION_DOWN", "The bank was not reachable for Plaid, so its present balances were not used."),
    ("INSTITUTION_NOT_RESPONDING", "The bank did not answer Plaid, so its present balances were not used."),
    ("INSTITUTION_NOT_AVAILABLE", "The bank was not available through Plaid, so its present balances were not used."),
    ("INSTITUTION_RATE_LIMIT", "The bank was asked too often, so its present balances were not used."),
    ("INSTITUTION_NO_LONGER_SUPPORTED", "Plaid does not support this bank any more, so its data was not used."),
    ("ITEM_LOCKED", "The bank has locked this login, so nothing could be read from it."),
    ("ACCESS_NOT_GRANTED", "The permissions needed were not granted at the bank, so its data was not used."),
    ("USER_PERMISSION_REVOKED", "The bank's customer has withdrawn the permission, so its data was not used."),
    ("USER_SETUP_REQUIRED", "The bank wants its customer to finish something on its own site first, so its data was not used."),
    ("INVALID_CREDENTIALS", "The bank did not accept the sign-in details, so nothing could be read from it."),
    ("NO_ACCOUNTS", "The bank lists no open account for this login, so its data was not used."),
    ("PRODUCT_NOT_READY", "Plaid was still collecting this bank's data. Asking again in a few minutes may give more."),
    ("PRODUCTS_NOT_SUPPORTED", "This bank does not support what the ruleset needs, so that data was not used."),
    ("INTERNAL_SERVER_ERROR", "Plaid had an error of its own while reading the bank's data, so some of it was not used."),
    ("ITEM_ERROR", "The connection to the bank has a problem, so some of its data was not used."),
    ("INSTITUTION_ERROR", "The bank could not be used through Plaid at that moment, so some of its data was not used."),
    ("API_ERROR", "Plaid had an error of its own while reading the bank's data, so some of it was not used."),
    ("RATE_LIMIT_EXCEEDED", "The bank was asked too often, so some of its data was not used."),
];

/// Warnings that end once the customer signs in to the bank again.
const SIGN_IN: &[&str] = &[
    "ITEM_LOGIN_REQUIRED",
    "PENDING_EXPIRATION",
    "PENDING_DISCONNECT",
    "INVALID_CREDENTIALS",
    "INVALID_MFA",
    "ITEM_LOCKED",
    "USER_SETUP_REQUIRED",
    "USER_PERMISSION_REVOKED",
];

/// Warnings that end once the customer shares other accounts.
const CHOOSE_ACCOUNTS: &[&str] = &["ACCESS_NOT_GRANTED", "NO_ACCOUNTS"];

pub fn action(warning_code: &str, item_id: &str) -> Option<NextAction> {
    let item_id = item_id.to_owned();
    if SIGN_IN.contains(&warning_code) {
        return Some(NextAction::RepairItem { item_id });
    }
    CHOOSE_ACCOUNTS
        .contains(&warning_code)
        .then_some(NextAction::ChooseAccounts { item_id })
}

/// An unknown warning gets a general explanation.
pub(crate) fn explanation(warning_type: &str, warning_code: &str) -> &'static str {
    [warning_code, warning_type]
        .iter()
        .find_map(|key| WORDS.iter().find(|(name, _)| name == key))
        .map_or(
            "Some of the bank's data was missing, so the result rests on less than usual.",
            |(_, words)| words,
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_more_than_the_type() {
        assert!(explanation("ITEM_ERROR", "ITEM_LOGIN_REQUIRED").contains("sign in again"));
        assert!(explanation("ITEM_ERROR", "NEW_CODE").starts_with("The connection"));
        assert!(explanation("NEW_TYPE", "NEW_CODE").starts_with("Some of"));
        assert!(explanation("", "").starts_with("Some of"));
    }

    #[test]
    fn what_can_be_done_is_offered_for_the_bank() {
        let item_id = || "i".to_owned();
        for (code, expected) in [
            (
                "ITEM_LOGIN_REQUIRED",
                Some(NextAction::RepairItem { item_id: item_id() }),
            ),
            (
                "NO_ACCOUNTS",
                Some(NextAction::ChooseAccounts { item_id: item_id() }),
            ),
            ("INSTITUTION_DOWN", None),
            ("", None),
        ] {
            assert_eq!(action(code, "i"), expected);
        }
        for code in SIGN_IN.iter().chain(CHOOSE_ACCOUNTS) {
            assert!(action(code, "i").is_some());
        }
    }
}
