//! What is asked of Plaid to begin a Link session, for a new Item or for the repair of one.

use plaid::{
    AccessToken, HostedLinkOptions, ItemId, LinkTokenCreateRequest, LinkTokenCreateResponse,
};

use super::{
    table::{ChooseAccounts, Errand},
    view::Purpose,
};
use crate::{
    items::{table as items_table, table::Show, view::ItemHealth},
    link::Links,
};
use desk_core::{
    DeskError,
    problem::{NextAction, Problem},
    settings::{self, view::Settings},
};

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
pub(crate) fn products(purpose: Purpose, chosen: &[String]) -> Result<Vec<String>, DeskError> {
    if purpose == Purpose::AchRisk {
        return Ok(ACH_RISK.iter().map(ToString::to_string).collect());
    }
    let mut products: Vec<String> = Vec::new();
    for product in chosen {
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

/// Codes that update mode helps with only if other accounts may be chosen.
const WANT_ACCOUNTS: &[&str] = &["NO_ACCOUNTS", "NO_AUTH_ACCOUNTS", "NEW_ACCOUNTS_AVAILABLE"];

/// What an Item is known to want of its owner, by Plaid's code.
enum Wanted {
    /// It does not work until they have signed in again, or chosen accounts.
    Repair(String),
    /// It works, and they should do something soon.
    Soon(String),
    Nothing,
}

impl Links {
    async fn wanted_products(&self, item_id: &ItemId) -> Result<Wanted, DeskError> {
        let id = item_id.clone();
        let mut items = self
            .session
            .store
            .read(move |connection| items_table::items(connection, &Show::One(&id)))
            .await?;
        let item = items.pop().ok_or(DeskError::NotFound("This bank"))?;
        Ok(match (item.health, item.advice) {
            (ItemHealth::NeedsAttention { problem, .. }, _) if asks_owner(&problem) => {
                Wanted::Repair(code(&problem))
            }
            (ItemHealth::Healthy, Some(advice)) => Wanted::Soon(code(&advice.problem)),
            _ => Wanted::Nothing,
        })
    }
}

fn asks_owner(problem: &Problem) -> bool {
    matches!(
        problem.action,
        Some(NextAction::RepairItem { .. } | NextAction::ChooseAccounts { .. })
    )
}

fn code(problem: &Problem) -> String {
    let plaid = problem.plaid.as_ref();
    plaid
        .and_then(|plaid| plaid.error_code.clone())
        .unwrap_or_default()
}

impl Links {
    /// Whether an Item can only be helped by choosing other accounts. One that is said to need its owner is asked after
    /// first: it may have been healed meanwhile.
    ///
    /// # Errors
    /// `WorksAgain`; why the Item could not be asked after.
    pub(super) async fn choose_accounts_update(
        &self,
        item_id: &ItemId,
    ) -> Result<ChooseAccounts, DeskError> {
        let before = self.wanted_products(item_id).await?;
        if matches!(before, Wanted::Repair(_)) {
            match self.items.check(item_id).await {
                // What is wrong is known; update mode says the rest.
                Ok(()) | Err(DeskError::Plaid { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        match (before, self.wanted_products(item_id).await?) {
            (Wanted::Repair(_), Wanted::Nothing) if self.items.is_healthy(item_id).await? => {
                Err(DeskError::WorksAgain)
            }
            (_, Wanted::Repair(code) | Wanted::Soon(code)) => Ok(by_code(&code)),
            (_, Wanted::Nothing) => Ok(ChooseAccounts::No),
        }
    }
}

fn by_code(code: &str) -> ChooseAccounts {
    if WANT_ACCOUNTS.contains(&code) {
        ChooseAccounts::Yes
    } else {
        ChooseAccounts::No
    }
}

/// What is special about a link token.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    /// Link's language, if not that of the settings.
    pub(super) language: Option<String>,
    /// How long its address opens, in seconds, if not as long as Plaid has it.
    pub(super) lifetime_seconds: Option<u32>,
}

impl Links {
    /// Asks Plaid for a link token (/link/token/create).
    ///
    /// # Errors
    /// `WorksAgain` when there is nothing to repair; why Plaid gave none.
    pub(super) async fn create_link_token(
        &self,
        client_user_id: String,
        errand: &Errand,
        terms: Terms,
    ) -> Result<LinkTokenCreateResponse, DeskError> {
        let settings = self.session.store.read(settings::read).await?;
        match errand {
            Errand::NewItem(products) => {
                let aim = Aim::NewItem(products.clone());
                let request = request(settings, client_user_id, aim, terms);
                Ok(self.session.client.link_token_create(&request).await?)
            }
            Errand::Repair { item_id, choose } => {
                let _in_use = self.items.gates.shared(item_id).await;
                let key = self.items.active_key(item_id).await?;
                let aim = Aim::Repair(key.access_token, *choose);
                let request = request(settings, client_user_id, aim, terms);
                match self.session.client.link_token_create(&request).await {
                    Ok(created) => Ok(created),
                    Err(error) if error.error_code() == Some("ITEM_NO_ERROR") => {
                        self.items.note_repaired(item_id).await?;
                        Err(DeskError::WorksAgain)
                    }
                    Err(error) => Err(DeskError::from(error).for_item(item_id)),
                }
            }
        }
    }
}

enum Aim {
    /// A new Item with these products.
    NewItem(Vec<String>),
    /// Update mode: the Item of this access token.
    Repair(AccessToken, ChooseAccounts),
}

/// The request for a link token. With `hosted_link`, so that the session can go on in any browser, and be looked up
/// afterwards.
fn request(
    settings: Settings,
    client_user_id: String,
    aim: Aim,
    terms: Terms,
) -> LinkTokenCreateRequest {
    let (products, access_token, choose) = match aim {
        Aim::NewItem(products) => (products, None, ChooseAccounts::No),
        Aim::Repair(access_token, choose) => (Vec::new(), Some(access_token), choose),
    };
    LinkTokenCreateRequest {
        client_name: settings.app_name,
        language: terms.language.unwrap_or(settings.language),
        country_codes: settings.country_codes,
        user_client_user_id: client_user_id,
        products,
        webhook: settings.webhook,
        redirect_uri: settings.redirect_uri,
        access_token,
        account_selection_enabled: choose == ChooseAccounts::Yes,
        hosted_link: Some(HostedLinkOptions {
            url_lifetime_seconds: terms.lifetime_seconds,
            completion_redirect_uri: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(purpose: Purpose, products: &[&str]) -> Result<Vec<String>, DeskError> {
        let products: Vec<String> = products.iter().map(ToString::to_string).collect();
        super::products(purpose, &products)
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
