//! Explains Plaid's error codes and suggests one next step. Codes and pages are from plaid.com/docs/errors. Where one
//! code has several meanings, a few words of the message tell them apart; if the message changes, the code's general
//! explanation applies.

use plaid::ApiError;

pub(crate) struct Explanation {
    pub message: &'static str,
    pub help: Help,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Help {
    None,
    Retry,
    RepairItem,
    ChooseAccounts,
    LinkAgain,
    CheckKeys,
    Page {
        url: &'static str,
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
const PRODUCTION: Help = Help::Page {
    url: "https://dashboard.plaid.com/overview/production",
    label: "Production access in Plaid's Dashboard",
};
const APPLICATION_PROFILE: Help = Help::Page {
    url: "https://dashboard.plaid.com/settings/company/app-branding",
    label: "Application profile in Plaid's Dashboard",
};
const COMPANY_PROFILE: Help = Help::Page {
    url: "https://dashboard.plaid.com/settings/company/profile",
    label: "Company profile in Plaid's Dashboard",
};
const QUESTIONNAIRE: Help = Help::Page {
    url: "https://dashboard.plaid.com/overview/questionnaire",
    label: "Security questionnaire in Plaid's Dashboard",
};
const OAUTH_INSTITUTIONS: Help = Help::Page {
    url: "https://dashboard.plaid.com/settings/compliance/us-oauth-institutions",
    label: "OAuth institutions in Plaid's Dashboard",
};
const USE_CASES: Help = Help::Page {
    url: "https://dashboard.plaid.com/link/data-transparency-v5",
    label: "Link use cases in Plaid's Dashboard",
};
const LINK_CUSTOMIZATION: Help = Help::Page {
    url: "https://dashboard.plaid.com/link",
    label: "Link customization in Plaid's Dashboard",
};
const REDIRECT_URIS: Help = Help::Page {
    url: "https://dashboard.plaid.com/developers/api",
    label: "Allowed redirect URIs in Plaid's Dashboard",
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
    // API keys.
    ("INVALID_API_KEYS", explain("Plaid does not accept these API keys. Each environment has a secret of its own: check that the secret is the one of this environment.", Help::CheckKeys)),
    ("UNAUTHORIZED_ENVIRONMENT", explain("These API keys may not be used in this environment. Access to Production is requested in Plaid's Dashboard.", PRODUCTION)),
    ("UNAUTHORIZED_ROUTE_ACCESS", explain("This Plaid team may not use this product yet. Access is requested in Plaid's Dashboard.", PRODUCTS)),
    ("INVALID_PRODUCT", explain("This Plaid team has no access to one of the products asked for. Access is requested in Plaid's Dashboard.", PRODUCTS)),
    ("PRODUCTS_NOT_ENABLED", explain("A product this needs is not enabled for this Plaid team. It is requested in Plaid's Dashboard.", PRODUCTS)),
    ("PRODUCT_NOT_ENABLED", explain("A product this needs is not enabled for this Plaid team. It is requested in Plaid's Dashboard.", PRODUCTS)),
    ("PRODUCT_UNAVAILABLE", explain("A product this needs is not available to this Plaid team. It is requested in Plaid's Dashboard.", PRODUCTS)),
    ("INSTITUTION_REGISTRATION_REQUIRED", explain("This bank wants every application registered before it may be linked. Plaid's Dashboard lists what is missing: application profile, company profile or security questionnaire. Registration takes days, at some banks weeks.", OAUTH_INSTITUTIONS)),
    ("UNAUTHORIZED_INSTITUTION", explain("This Plaid team may not link this bank yet. Plaid's Dashboard lists what the bank still wants from it.", OAUTH_INSTITUTIONS)),
    ("SANDBOX_ONLY", explain("This exists in Plaid's Sandbox only.", Help::None)),
    ("INVALID_HEADERS", explain("Plaid could not read the API keys that were sent. Enter them again.", Help::CheckKeys)),
    // Items.
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
    ("ITEM_NO_ERROR", explain("This bank works again already: nobody has to sign in.", Help::Retry)),
    ("LOGIN_REPAIRED", explain("This bank works again already: nobody has to sign in.", Help::Retry)),
    ("ACCESS_NOT_GRANTED", explain("The permissions needed were not granted at the bank.", Help::RepairItem)),
    ("USER_SETUP_REQUIRED", explain("The bank wants its customer to finish something on its own site first, such as accepting new terms.", Help::RepairItem)),
    ("USER_PERMISSION_REVOKED", explain("The bank's customer has withdrawn the permission. To use the bank, link it again.", Help::LinkAgain)),
    ("USER_INPUT_TIMEOUT", explain("Signing in to the bank took too long.", Help::RepairItem)),
    ("PASSWORD_RESET_REQUIRED", explain("The bank wants its customer to choose a new password on its own site first.", Help::RepairItem)),
    ("NO_ACCOUNTS", explain("There is no open account that this can be used with. Its customer may choose other accounts to share.", Help::ChooseAccounts)),
    ("NO_AUTH_ACCOUNTS", explain("No checking or savings account is shared. Its customer may choose one to share.", Help::ChooseAccounts)),
    ("NEW_ACCOUNTS_AVAILABLE", explain("There are accounts at this bank that are not shared yet. Everything shared before works as it did.", Help::ChooseAccounts)),
    ("PRODUCTS_NOT_SUPPORTED", explain("This bank does not support the product asked for.", Help::None)),
    ("PRODUCT_NOT_READY", explain("Plaid is still collecting this bank's data. It is usually there within minutes.", Help::Retry)),
    ("INVALID_ACCESS_TOKEN", explain("Plaid does not know this Item's access token: it was made in another environment, or the Item was removed. To use the bank, link it again.", Help::LinkAgain)),
    ("INVALID_PUBLIC_TOKEN", explain("The public token from Link is used up or has expired. Link the bank again.", Help::LinkAgain)),
    ("INVALID_LINK_TOKEN", explain("The link token has expired. Start linking again.", Help::LinkAgain)),
    ("INVALID_ACCOUNT_ID", explain("The bank does not list this account any more: it was closed, or is no longer shared.", Help::ChooseAccounts)),
    // Banks.
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
    ("INVALID_LINK_CUSTOMIZATION", explain("The Link customization of this Plaid team is not complete. Since October 2024 Link needs at least one use case in Production: choose it under Data Transparency Messaging and publish the change.", USE_CASES)),
    ("MISSING_FIELDS", explain("Plaid misses something in what was asked. It is a fault of Balance Desk: please report it with the request_id.", Help::None)),
    ("UNKNOWN_FIELDS", explain("Plaid does not know something in what was asked. It is a fault of Balance Desk: please report it with the request_id.", Help::None)),
    ("INVALID_CONFIGURATION", explain("Something that must be set up in Plaid's Dashboard first is missing or does not fit.", DASHBOARD)),
    ("ADDENDUM_NOT_SIGNED", explain("The Signal addendum has not been signed for this Plaid team. It is asked for from Plaid's account manager, or Signal Transaction Scores are requested in Plaid's Dashboard.", PRODUCTS)),
    ("CLIENT_TRANSACTION_ID_ALREADY_IN_USE", explain("An evaluation with this client_transaction_id exists already. Each transaction is evaluated under a new one.", Help::None)),
    ("INVALID_CONFIGURATION_STATE", explain("Signal is not set up as it must be for this Plaid team. Choosing a ruleset by its key helps; Plaid's support puts the rest right.", RULES)),
    ("RULESET_NOT_FOUND", explain("There is no such ruleset in this environment. Rulesets are made in Plaid's Dashboard, under Signal > Rules; one named \"default\" is used when none is chosen.", RULES)),
    ("SIGNAL_TRANSACTION_NOT_INITIATED", explain("Plaid has this debit as never made, so it cannot have been returned. Record the decision as initiated first.", Help::None)),
    ("NOT_ENABLED_FOR_SIGNAL_TRANSACTION_SCORE_RULESETS", explain("This ruleset needs Signal Transaction Scores, which this Plaid team has not got. Choose a Balance-only ruleset, or ask for access in Plaid's Dashboard.", PRODUCTS)),
    ("INCORRECT_OAUTH_NONCE", explain("Coming back from the bank's site did not work. Start linking again.", Help::LinkAgain)),
    ("INCORRECT_LINK_TOKEN", explain("Coming back from the bank's site did not work. Start linking again.", Help::LinkAgain)),
    ("OAUTH_STATE_ID_ALREADY_PROCESSED", explain("This sign-in at the bank was used already. Start linking again.", Help::LinkAgain)),
    ("OAUTH_STATE_ID_NOT_FOUND", explain("Signing in at the bank was not completed. Start linking again.", Help::LinkAgain)),
    // Plaid.
    ("INTERNAL_SERVER_ERROR", explain("Plaid had an error of its own. It usually passes within minutes.", Help::Retry)),
    ("PLANNED_MAINTENANCE", explain("Plaid is being maintained at the moment.", PLAID_STATUS)),
    ("NOT_FOUND", explain("Plaid does not have what was asked for.", Help::None)),
];

/// By `error_code_reason` of an OAuth Item.
#[rustfmt::skip]
const REASONS: &[(&str, Explanation)] = &[
    ("OAUTH_INVALID_TOKEN", explain("The bank does not accept the connection any more. Its customer has to sign in again.", Help::RepairItem)),
    ("OAUTH_CONSENT_EXPIRED", explain("The consent given at the bank has ended. Its customer gives it anew by signing in again.", Help::RepairItem)),
    ("OAUTH_USER_REVOKED", explain("The bank's customer has withdrawn the consent at the bank. Signing in again gives it anew.", Help::RepairItem)),
];

/// By `error_code` and lowercase words of `error_message`.
#[rustfmt::skip]
const MESSAGES: &[(&str, &str, Explanation)] = &[
    // plaid/plaid-postman issue 51: "OAuth redirect URI must be configured in the developer dashboard".
    ("INVALID_FIELD", "redirect uri must be configured in the developer dashboard", explain("The redirect URI of the settings is not among those allowed for this Plaid team. It is added in Plaid's Dashboard, letter for letter; Balance Desk works without one, too.", REDIRECT_URIS)),
    // plaid.com/docs/errors/invalid-input: the same code for a missing use case and for account selection.
    ("INVALID_LINK_CUSTOMIZATION", "account selection", explain("The Link customization of this Plaid team does not let accounts be chosen again. Account Select v2 is switched on in Plaid's Dashboard.", LINK_CUSTOMIZATION)),
    // plaid.com/docs/errors/invalid-input: "client is not authorized to access the following products: [...]".
    ("INVALID_FIELD", "not authorized to access the following products", explain("This Plaid team has no access to one of the products asked for. Access is requested in Plaid's Dashboard.", PRODUCTS)),
    // What the bank registration lacks.
    ("INSTITUTION_REGISTRATION_REQUIRED", "application profile", explain("This bank wants the application profile of this Plaid team completed before it may be linked.", APPLICATION_PROFILE)),
    ("INSTITUTION_REGISTRATION_REQUIRED", "company profile", explain("This bank wants the company profile of this Plaid team completed before it may be linked.", COMPANY_PROFILE)),
    ("INSTITUTION_REGISTRATION_REQUIRED", "questionnaire", explain("This bank wants Plaid's security questionnaire answered before it may be linked. Registration takes days after that, at some banks weeks.", QUESTIONNAIRE)),
    ("INVALID_CONFIGURATION", "application profile", explain("The application profile of this Plaid team has to be completed first.", APPLICATION_PROFILE)),
    ("INVALID_CONFIGURATION", "company profile", explain("The company profile of this Plaid team has to be completed first.", COMPANY_PROFILE)),
    ("INVALID_CONFIGURATION", "use case", explain("Link needs at least one use case in Production: choose it under Data Transparency Messaging and publish the change.", USE_CASES)),
];

/// By `error_type`, for unlisted codes.
#[rustfmt::skip]
const TYPES: &[(&str, Explanation)] = &[
    ("RATE_LIMIT_EXCEEDED", explain("Plaid was asked too often within a short time.", Help::Retry)),
    ("INSTITUTION_ERROR", explain("The bank cannot be used through Plaid at the moment.", Help::Retry)),
    ("ITEM_ERROR", explain("The bank does not give its data to this login at the moment.", Help::RepairItem)),
    ("OAUTH_ERROR", explain("Signing in on the bank's own site did not work.", Help::RepairItem)),
    ("API_ERROR", explain("Plaid had an error of its own. It usually passes within minutes.", Help::Retry)),
];

/// Looks up the code (refined by reason or message), then the type.
pub fn of(error: &ApiError) -> Option<&'static Explanation> {
    by_message(error)
        .or_else(|| find(REASONS, error.error_code_reason.as_deref()?))
        .or_else(|| find(CODES, &error.error_code))
        .or_else(|| find(TYPES, &error.error_type))
}

fn by_message(error: &ApiError) -> Option<&'static Explanation> {
    let message = error.error_message.to_lowercase();
    MESSAGES
        .iter()
        .find(|(code, words, _)| *code == error.error_code && message.contains(words))
        .map(|(_, _, explanation)| explanation)
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

    fn api(error_type: &str, error_code: &str, message: &str) -> ApiError {
        ApiError {
            status: 400,
            error_type: error_type.to_owned(),
            error_code: error_code.to_owned(),
            error_code_reason: None,
            error_message: message.to_owned(),
            display_message: None,
            request_id: None,
            documentation_url: None,
            suggested_action: None,
        }
    }

    fn page(error_type: &str, error_code: &str, message: &str) -> &'static str {
        match of(&api(error_type, error_code, message)).unwrap().help {
            Help::Page { url, .. } => url,
            other => panic!("{error_code}: {other:?}"),
        }
    }

    #[test]
    fn what_production_misses_is_explained_with_its_page() {
        const DASHBOARD: &str = "https://dashboard.plaid.com";
        for (error_type, code, message, path) in [
            (
                "INVALID_REQUEST",
                "INVALID_FIELD",
                "OAuth redirect URI must be configured in the developer dashboard.",
                "/developers/api",
            ),
            (
                "INVALID_INPUT",
                "INVALID_LINK_CUSTOMIZATION",
                "At least one Data Transparency Messaging use case is required",
                "/link/data-transparency-v5",
            ),
            (
                "INVALID_INPUT",
                "INVALID_LINK_CUSTOMIZATION",
                "requested link customization is not set to update account selection",
                "/link",
            ),
            (
                "INVALID_INPUT",
                "INVALID_PRODUCT",
                "client is not authorized to access the following products: [\"signal\"]",
                "/settings/team/products",
            ),
            (
                "ITEM_ERROR",
                "PRODUCT_NOT_ENABLED",
                "",
                "/settings/team/products",
            ),
            (
                "INVALID_INPUT",
                "UNAUTHORIZED_ROUTE_ACCESS",
                "",
                "/settings/team/products",
            ),
            (
                "INVALID_INPUT",
                "UNAUTHORIZED_ENVIRONMENT",
                "",
                "/overview/production",
            ),
            (
                "INSTITUTION_ERROR",
                "INSTITUTION_REGISTRATION_REQUIRED",
                "not yet registered to create items for this institution",
                "/settings/compliance/us-oauth-institutions",
            ),
            (
                "INSTITUTION_ERROR",
                "INSTITUTION_REGISTRATION_REQUIRED",
                "complete your application profile",
                "/settings/company/app-branding",
            ),
            (
                "INSTITUTION_ERROR",
                "INSTITUTION_REGISTRATION_REQUIRED",
                "complete your Company Profile",
                "/settings/company/profile",
            ),
            (
                "INSTITUTION_ERROR",
                "INSTITUTION_REGISTRATION_REQUIRED",
                "the security questionnaire is missing",
                "/overview/questionnaire",
            ),
            (
                "INSTITUTION_ERROR",
                "UNAUTHORIZED_INSTITUTION",
                "not authorized to create items for this institution",
                "/settings/compliance/us-oauth-institutions",
            ),
            (
                "INVALID_REQUEST",
                "INVALID_CONFIGURATION",
                "a company profile is required",
                "/settings/company/profile",
            ),
            (
                "INVALID_REQUEST",
                "INVALID_CONFIGURATION",
                "an application profile is required",
                "/settings/company/app-branding",
            ),
            (
                "INVALID_REQUEST",
                "INVALID_CONFIGURATION",
                "select a use case",
                "/link/data-transparency-v5",
            ),
            (
                "SIGNAL_ERROR",
                "ADDENDUM_NOT_SIGNED",
                "The Signal Addendum has not been signed",
                "/settings/team/products",
            ),
            (
                "SIGNAL_ERROR",
                "RULESET_NOT_FOUND",
                "Missing 'default' ruleset.",
                "/signal/risk-profiles",
            ),
        ] {
            assert_eq!(
                page(error_type, code, message),
                format!("{DASHBOARD}{path}"),
                "{code}: {message}"
            );
        }
    }

    #[test]
    fn a_message_counts_within_its_code_only() {
        let words = "OAuth redirect URI must be configured in the developer dashboard";
        assert!(
            of(&api(
                "INVALID_REQUEST",
                "INVALID_FIELD",
                "client_name is too long"
            ))
            .is_none()
        );
        assert_eq!(
            of(&api("API_ERROR", "INTERNAL_SERVER_ERROR", words))
                .unwrap()
                .help,
            Help::Retry
        );
        for (code, words, _) in MESSAGES {
            assert_eq!(*words, words.to_lowercase(), "{code}");
            assert!(words.len() >= 8, "{code}: {words}");
        }
    }

    #[test]
    fn why_a_login_is_required_is_told_where_plaid_tells_it() {
        let mut error = api("ITEM_ERROR", "ITEM_LOGIN_REQUIRED", "");
        let plain = of(&error).unwrap().message;
        for (reason, explanation) in REASONS {
            error.error_code_reason = Some((*reason).to_owned());
            let told = of(&error).unwrap();
            assert_eq!(told.message, explanation.message);
            assert_ne!(told.message, plain);
            assert_eq!(told.help, Help::RepairItem);
        }
        error.error_code_reason = Some("SOMETHING_NEW".to_owned());
        assert_eq!(of(&error).unwrap().message, plain);
    }

    #[test]
    fn every_entry_says_something_and_is_listed_once() {
        for table in [CODES, TYPES, REASONS] {
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
