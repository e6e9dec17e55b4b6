//! What is asked of Plaid to begin a Link session, for a new Item or for the repair of one.

use plaid::{AccessToken, HostedLink, LinkTokenCreateRequest};

use super::view::{LinkRequest, Purpose};
use crate::{DeskError, settings::view::Settings};

/// Debits are evaluated: both, as two words.
const ACH_RISK: &[&str] = &["signal", "auth"];

/// What may be asked for otherwise. Balances come with every one of them.
const OTHERS: &[&str] = &[
    "auth",
    "transactions",
    "identity",
    "assets",
    "investments",
    "liabilities",
];

/// The products of a request, each once.
///
/// # Errors
/// Field `products`.
pub(crate) fn products(request: &LinkRequest) -> Result<Vec<String>, DeskError> {
    if request.purpose == Purpose::AchRisk {
        return Ok(ACH_RISK.iter().map(ToString::to_string).collect());
    }
    let mut products: Vec<String> = Vec::new();
    for product in &request.products {
        check_product(product)?;
        if !products.contains(product) {
            products.push(product.clone());
        }
    }
    if products.is_empty() {
        return Err(refuse("Choose at least one product.".to_owned()));
    }
    Ok(products)
}

fn check_product(product: &str) -> Result<(), DeskError> {
    match product {
        known if OTHERS.contains(&known) => Ok(()),
        "balance" => Err(refuse(
            "Plaid does not take balance as a product of Link: balances come with every other product.".to_owned(),
        )),
        "signal" => Err(refuse(
            "Signal is for evaluating debits: choose that purpose instead.".to_owned(),
        )),
        unknown => {
            let shown: String = unknown.chars().take(40).collect();
            Err(refuse(format!(
                "{shown:?} is not a product that can be asked for here."
            )))
        }
    }
}

fn refuse(message: String) -> DeskError {
    DeskError::invalid("products", message)
}

/// What a session is begun for.
pub(crate) enum Aim {
    /// A new Item with these products.
    NewItem(Vec<String>),
    /// Update mode: the Item of this access token.
    Repair(AccessToken),
}

/// The request for a link token. With `hosted_link`, so that the session can be looked up afterwards.
pub(crate) fn request(
    settings: Settings,
    client_user_id: String,
    aim: Aim,
) -> LinkTokenCreateRequest {
    let (products, access_token) = match aim {
        Aim::NewItem(products) => (products, None),
        Aim::Repair(access_token) => (Vec::new(), Some(access_token)),
    };
    LinkTokenCreateRequest {
        client_name: settings.app_name,
        language: settings.language,
        country_codes: settings.country_codes,
        user_client_user_id: client_user_id,
        products,
        webhook: settings.webhook,
        redirect_uri: settings.redirect_uri,
        access_token,
        account_selection_enabled: false,
        hosted_link: Some(HostedLink::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::view::PersonChoice;

    fn asked(purpose: Purpose, products: &[&str]) -> Result<Vec<String>, DeskError> {
        super::products(&LinkRequest {
            purpose,
            products: products.iter().map(ToString::to_string).collect(),
            person: PersonChoice::New {
                name: "Ada".to_owned(),
            },
        })
    }

    #[test]
    fn debits_need_signal_and_auth_as_two_products() {
        assert_eq!(asked(Purpose::AchRisk, &[]).unwrap(), ["signal", "auth"]);
    }

    #[test]
    fn balances_come_with_any_product_but_balance() {
        let products = asked(Purpose::BalancesOnly, &["auth", "identity", "auth"]).unwrap();
        assert_eq!(products, ["auth", "identity"]);
        for refused in [
            &[][..],
            &["balance"],
            &["signal"],
            &["auth", "signal, auth"],
            &["AUTH"],
        ] {
            let error = asked(Purpose::BalancesOnly, refused).unwrap_err();
            assert!(
                matches!(
                    error,
                    DeskError::InvalidInput {
                        field: "products",
                        ..
                    }
                ),
                "{error:?}"
            );
        }
    }
}
