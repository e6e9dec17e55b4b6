//! What Plaid's error codes mean for the person at the desk, and the one step that helps most.
//! Data only: Plaid's own words travel beside it in the problem's `plaid` part.

use plaid::ApiError;

/// An error code or type in plain words.
pub(crate) struct Explanation {
    /// One or two sentences.
    pub(crate) message: &'static str,
    /// What helps.
    pub(crate) help: Help,
}

/// The step that helps, before it is known which Item it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Help {
    /// Nothing the user can do here.
    None,
    /// The same again, now or in a moment.
    Retry,
    /// Sign in to the bank again.
    RepairItem,
    /// Link the bank again.
    LinkAgain,
    /// Look at the API keys.
    CheckKeys,
    /// A page of Plaid's Dashboard or documentation.
    Page {
        /// https.
        url: &'static str,
        /// What the page is called.
        label: &'static str,
    },
}

const DASHBOARD: Help = Help::Page {
    url: "https://dashboard.plaid.com/",
    label: "Plaid's Dashboard",
};
const PRODUCTS: Help = Help::Page {
    url: "https://dashboard.plaid.com/settings/team/products",
    label: "Products in Plaid's Dashboard",
};
const RULES: Help = Help::Page {
    url: "https://dashboard.plaid.com/signal/risk-profiles",
    label: "Signal rules in Plaid's Dashboard",
};
const PLAID_STATUS: Help = Help::Page {
    url: "https://status.plaid.com/",
    label: "Plaid's status page",
};

const fn explain(message: &'static str, help: Help) -> Explanation {
    Explanation { message, help }
}

/// By `error_code`.
#[rustfmt::skip]
const CODES: &[(&str, Explanation)] = &[
    // The keys and what they may do.
    ("INVALID_API_KEYS", explain("Plaid does not accept these API keys. Each environment has a secret of its own: check that the secret is the one of this environment.", Help::CheckKeys)),
    ("UNAUTHORIZED_ENVIRONMENT", explain("These API keys may not be used in this environment. Access to it is requested in Plaid's Dashboard.", DASHBOARD)),
    ("UNAUTHORIZED_ROUTE_ACCESS", explain("This Plaid team may not use this product yet. Access is requested in Plaid's Dashboard.", PRODUCTS)),
    ("INVALID_PRODUCT", explain("This Plaid team has no access to one of the products asked for. Access is requested in Plaid's Dashboard.", PRODUCTS)),
    ("PRODUCTS_NOT_ENABLED", explain("A product this needs is not enabled for this Plaid team. It is requested in Plaid's Dashboard.", PRODUCTS)),
    ("PRODUCT_NOT_ENABLED", explain("A product this needs is not enabled for this Plaid team. It is requested in Plaid's Dashboard.", PRODUCTS)),
    ("PRODUCT_UNAVAILABLE", explain("A product this needs is not available to this Plaid team. It is requested in Plaid's Dashboard.", PRODUCTS)),
    ("INSTITUTION_REGISTRATION_REQUIRED", explain("This bank wants every application registered before it may be linked in Production. The application profile and company profile are completed in Plaid's Dashboard.", DASHBOARD)),
    ("UNAUTHORIZED_INSTITUTION", explain("This Plaid team may not link this bank yet. Access is requested in Plaid's Dashboard.", DASHBOARD)),
    ("SANDBOX_ONLY", explain("This exists in Plaid's Sandbox only.", Help::None)),
    ("INVALID_HEADERS", explain("Plaid could not read the API keys that were sent. Enter them again.", Help::CheckKeys)),
    // The Item.
    ("ITEM_LOGIN_REQUIRED", explain("The bank wants its customer to sign in again before it gives any data.", Help::RepairItem)),
    ("PENDING_EXPIRATION", explain("The bank's consent ends soon. Signing in again renews it.", Help::RepairItem)),
    ("PENDING_DISCONNECT", explain("The bank will disconnect soon. Signing in again keeps the connection.", Help::RepairItem)),
    ("INVALID_CREDENTIALS", explain("The bank does not accept the sign-in details that were given.", Help::RepairItem)),
    ("INVALID_UPDATED_USERNAME", explain("The user name at the bank is a different one now. The bank has to be linked again.", Help::LinkAgain)),
    ("INVALID_MFA", explain("The bank does not accept the code or answer that was given.", Help::RepairItem)),
    ("INSUFFICIENT_CREDENTIALS", explain("Signing in to the bank was not completed.", Help::RepairItem)),
    ("MFA_NOT_SUPPORTED", explain("This bank account uses a way of signing in that Plaid does not support.", Help::None)),
    ("ITEM_LOCKED", explain("The bank has locked this login after too many attempts. Its customer has to unlock it at the bank first.", Help::RepairItem)),
    ("ITEM_NOT_FOUND", explain("Plaid does not know this Item any more. To use the bank, link it again.", Help::LinkAgain)),
    ("ITEM_NOT_SUPPORTED", explain("Plaid does not support this kind of login at this bank.", Help::None)),
    ("ITEM_NO_ERROR", explain("This Item needs no repair.", Help::None)),
    ("ACCESS_NOT_GRANTED", explain("The permissions needed were not granted at the bank.", Help::RepairItem)),
    ("USER_SETUP_REQUIRED", explain("The bank wants its customer to finish something on its own site first, such as accepting new terms.", Help::RepairItem)),
    ("USER_PERMISSION_REVOKED", explain("The bank's customer has withdrawn the permission. To use the bank, link it again.", Help::LinkAgain)),
    ("USER_INPUT_TIMEOUT", explain("Signing in to the bank took too long.", Help::RepairItem)),
    ("PASSWORD_RESET_REQUIRED", explain("The bank wants its customer to choose a new password on its own site first.", Help::RepairItem)),
    ("NO_ACCOUNTS", explain("There is no open account that this can be used with. At the bank, other accounts may be shared.", Help::RepairItem)),
    ("NO_AUTH_ACCOUNTS", explain("There is no checking or savings account at this login.", Help::RepairItem)),
    ("NEW_ACCOUNTS_AVAILABLE", explain("There are accounts at this bank that are not shared yet.", Help::RepairItem)),
    ("PRODUCTS_NOT_SUPPORTED", explain("This bank does not support the product asked for.", Help::None)),
    ("PRODUCT_NOT_READY", explain("Plaid is still collecting this bank's data. It is usually there within minutes.", Help::Retry)),
    ("INVALID_ACCESS_TOKEN", explain("Plaid does not know this Item's access token: it was made in another environment, or the Item was removed. To use the bank, link it again.", Help::LinkAgain)),
    ("INVALID_PUBLIC_TOKEN", explain("The public token from Link is used up or has expired. Link the bank again.", Help::LinkAgain)),
    ("INVALID_LINK_TOKEN", explain("The link token has expired. Start linking again.", Help::LinkAgain)),
    ("INVALID_ACCOUNT_ID", explain("The bank does not list this account any more: it was closed, or is no longer shared.", Help::RepairItem)),
    // The bank.
    ("INSTITUTION_DOWN", explain("The bank is not reachable for Plaid at the moment. It is the bank's doing and usually passes within hours.", Help::Retry)),
    ("INSTITUTION_NOT_RESPONDING", explain("The bank does not answer Plaid at the moment. It is the bank's doing and usually passes within hours.", Help::Retry)),
    ("INSTITUTION_NOT_AVAILABLE", explain("The bank is not available through Plaid at the moment.", Help::Retry)),
    ("INSTITUTION_NO_LONGER_SUPPORTED", explain("Plaid does not support this bank any more.", Help::None)),
    ("INSTITUTION_NOT_ENABLED_IN_ENVIRONMENT", explain("This bank does not exist in this environment: test banks are in Sandbox, real ones in Production.", Help::None)),
    ("INSTITUTION_NOT_FOUND", explain("Plaid does not know this bank in this environment.", Help::None)),
    ("INVALID_INSTITUTION", explain("Plaid does not know this bank in this environment.", Help::None)),
    ("INSTITUTION_RATE_LIMIT", explain("The bank is being asked too often, perhaps by others too. It passes by itself.", Help::Retry)),
    // Limits.
    ("BALANCE_LIMIT", explain("This bank login was asked for live balances too often within a minute.", Help::Retry)),
    ("ACCOUNTS_BALANCE_GET_LIMIT", explain("Live balances were asked for too often within a minute.", Help::Retry)),
    ("ACCOUNTS_LIMIT", explain("This bank login was asked for its accounts too often within a minute.", Help::Retry)),
    ("ITEM_GET_LIMIT", explain("This Item was checked too often within a minute.", Help::Retry)),
    ("RATE_LIMIT", explain("Plaid was asked too often within a short time.", Help::Retry)),
    ("ADDITION_LIMIT", explain("This Plaid team has reached the number of Items it may link. A higher limit is requested in Plaid's Dashboard.", DASHBOARD)),
    // Signal and Link configuration.
    ("INVALID_CONFIGURATION", explain("Something that must be set up in Plaid's Dashboard first is missing or does not fit.", DASHBOARD)),
    ("ADDENDUM_NOT_SIGNED", explain("Plaid's Signal addendum has not been signed for this team. It is signed in Plaid's Dashboard.", DASHBOARD)),
    ("CLIENT_TRANSACTION_ID_ALREADY_IN_USE", explain("An evaluation with this client_transaction_id exists already. Each transaction is evaluated under a new one.", Help::None)),
    ("INVALID_CONFIGURATION_STATE", explain("The Signal ruleset does not exist or is not ready. Rulesets are made in Plaid's Dashboard, under Signal > Rules.", RULES)),
    ("NOT_ENABLED_FOR_SIGNAL_TRANSACTION_SCORE_RULESETS", explain("This ruleset needs Signal Transaction Scores, which this Plaid team has not got. Choose a Balance-only ruleset, or ask for access in Plaid's Dashboard.", PRODUCTS)),
    ("INCORRECT_OAUTH_NONCE", explain("Coming back from the bank's site did not work. Start linking again.", Help::LinkAgain)),
    ("INCORRECT_LINK_TOKEN", explain("Coming back from the bank's site did not work. Start linking again.", Help::LinkAgain)),
    ("OAUTH_STATE_ID_ALREADY_PROCESSED", explain("This sign-in at the bank was used already. Start linking again.", Help::LinkAgain)),
    ("OAUTH_STATE_ID_NOT_FOUND", explain("Signing in at the bank was not completed. Start linking again.", Help::LinkAgain)),
    // Plaid itself.
    ("INTERNAL_SERVER_ERROR", explain("Plaid had an error of its own. It usually passes within minutes.", Help::Retry)),
    ("PLANNED_MAINTENANCE", explain("Plaid is being maintained at the moment.", PLAID_STATUS)),
    ("NOT_FOUND", explain("Plaid does not have what was asked for.", Help::None)),
];

/// By `error_type`, for codes not listed.
#[rustfmt::skip]
const TYPES: &[(&str, Explanation)] = &[
    ("RATE_LIMIT_EXCEEDED", explain("Plaid was asked too often within a short time.", Help::Retry)),
    ("INSTITUTION_ERROR", explain("The bank cannot be used through Plaid at the moment.", Help::Retry)),
    ("ITEM_ERROR", explain("The bank does not give its data to this login at the moment.", Help::RepairItem)),
    ("OAUTH_ERROR", explain("Signing in on the bank's own site did not work.", Help::RepairItem)),
    ("API_ERROR", explain("Plaid had an error of its own. It usually passes within minutes.", Help::Retry)),
];

/// The explanation of Plaid's error: by its code, else by its type; none for what is not known.
pub(crate) fn of(error: &ApiError) -> Option<&'static Explanation> {
    find(CODES, &error.error_code).or_else(|| find(TYPES, &error.error_type))
}

fn find(table: &'static [(&str, Explanation)], key: &str) -> Option<&'static Explanation> {
    table
        .iter()
        .find(|(name, _)| *name == key)
        .map(|(_, explanation)| explanation)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_entry_says_something_and_is_listed_once() {
        for table in [CODES, TYPES] {
            let mut seen = HashSet::new();
            for (name, explanation) in table {
                assert!(seen.insert(name), "{name} is listed twice");
                assert!(
                    !name.is_empty()
                        && name
                            .chars()
                            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'),
                    "{name}"
                );
                assert!(explanation.message.ends_with('.'), "{name}");
                assert!(explanation.message.len() > 20, "{name}");
                if let Help::Page { url, label } = explanation.help {
                    let url = url::Url::parse(url).unwrap();
                    assert_eq!(url.scheme(), "https");
                    assert!(
                        url.host_str().unwrap().ends_with(".plaid.com"),
                        "{name}: {url}"
                    );
                    assert!(!label.is_empty());
                }
            }
        }
    }
}
