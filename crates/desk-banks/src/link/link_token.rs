//! Requests link tokens from Plaid (/link/token/create), for a new Item or for a repair.

use plaid::{
    AccessToken, HostedLinkOptions, ItemId, LinkToken, LinkTokenCreateRequest,
    LinkTokenCreateResponse,
};

use super::{
    callbacks,
    sessions_table::{self, ChooseAccounts, LinkGoal},
    view::Purpose,
};
use crate::{
    items::{table as items_table, table::Show, view::ItemHealth},
    link::Links,
};
use desk_core::{
    DeskError, kill,
    problem::{NextAction, Problem},
    settings::{self, view::Settings},
};

/// Evaluating debits needs both, as two separate products.
const ACH_RISK_PRODUCTS: &[&str] = &["signal", "auth"];

/// Balances are included with each of these.
const BALANCE_PRODUCTS: &[&str] = &[
    "auth",
    "transactions",
    "identity",
    "assets",
    "investments",
    "liabilities",
];

/// Checks the products for a purpose and removes repeats.
pub(crate) fn products_for(purpose: Purpose, chosen: &[String]) -> Result<Vec<String>, DeskError> {
    if purpose == Purpose::AchRisk {
        return Ok(ACH_RISK_PRODUCTS.iter().map(ToString::to_string).collect());
    }
    let mut products: Vec<String> = Vec::new();
    for product in chosen {
        check_product(product)?;
        if !products.contains(product) {
            products.push(product.clone());
        }
    }
    if products.is_empty() {
        return Err(invalid_products("Choose at least one product.".to_owned()));
    }
    Ok(products)
}

fn check_product(product: &str) -> Result<(), DeskError> {
    match product {
        known if BALANCE_PRODUCTS.contains(&known) => Ok(()),
        "balance" => Err(invalid_products(
            "Plaid does not take balance as a product of Link: balances come with every other product.".to_owned(),
        )),
        "signal" => Err(invalid_products(
            "Signal is for evaluating debits: choose that purpose instead.".to_owned(),
        )),
        unknown => {
            let shown: String = unknown.chars().take(40).collect();
            Err(invalid_products(format!(
                "{shown:?} is not a product that can be asked for here."
            )))
        }
    }
}

fn invalid_products(message: String) -> DeskError {
    DeskError::invalid("products", message)
}

/// Error codes that update mode fixes only if the customer can choose other accounts.
const ACCOUNT_SELECTION_CODES: &[&str] =
    &["NO_ACCOUNTS", "NO_AUTH_ACCOUNTS", "NEW_ACCOUNTS_AVAILABLE"];

/// What the Item's owner has to do, with Plaid's error code.
enum OwnerAction {
    /// The Item fails until the owner signs in again or chooses accounts.
    Required(String),
    /// The Item works, but the owner should act soon.
    Recommended(String),
    None,
}

#[derive(Clone, Debug, Default)]
pub(super) struct LinkTokenOptions {
    /// Overrides the language from the settings.
    pub(super) language: Option<String>,
    /// How long the hosted address works, if not Plaid's default.
    pub(super) lifetime_seconds: Option<u32>,
}

pub(super) enum LinkTokenRenewal {
    Renewed(LinkToken),
    /// The bank had already agreed under the old token.
    Granted,
    Ended,
}

impl Links {
    async fn get_owner_action(&self, item_id: &ItemId) -> Result<OwnerAction, DeskError> {
        let id = item_id.clone();
        let mut items = self
            .session
            .store
            .read(move |connection| items_table::items(connection, &Show::One(&id)))
            .await?;
        let item = items.pop().ok_or(DeskError::NotFound("This bank"))?;
        Ok(match (item.health, item.advice) {
            (ItemHealth::NeedsAttention { problem, .. }, _) if asks_owner(&problem) => {
                OwnerAction::Required(error_code(&problem))
            }
            (ItemHealth::Healthy, Some(advice)) => {
                OwnerAction::Recommended(error_code(&advice.problem))
            }
            _ => OwnerAction::None,
        })
    }

    /// Whether a repair has to offer other accounts. First checks an Item that seems broken, because it may have
    /// recovered.
    pub(super) async fn decide_account_selection(
        &self,
        item_id: &ItemId,
    ) -> Result<ChooseAccounts, DeskError> {
        let before = self.get_owner_action(item_id).await?;
        if matches!(before, OwnerAction::Required(_)) {
            match self.items.check(item_id).await {
                // The failure is known. Update mode deals with it.
                Ok(()) | Err(DeskError::Plaid { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        match (before, self.get_owner_action(item_id).await?) {
            (OwnerAction::Required(_), OwnerAction::None)
                if self.items.is_healthy(item_id).await? =>
            {
                Err(DeskError::WorksAgain)
            }
            (_, OwnerAction::Required(code) | OwnerAction::Recommended(code)) => {
                Ok(account_selection_for(&code))
            }
            (_, OwnerAction::None) => Ok(ChooseAccounts::No),
        }
    }

    /// Fails with `WorksAgain` when there is nothing to repair.
    pub(super) async fn create_link_token(
        &self,
        client_user_id: String,
        goal: &LinkGoal,
        options: LinkTokenOptions,
    ) -> Result<LinkTokenCreateResponse, DeskError> {
        let settings = self.session.store.read(settings::read).await?;
        match goal {
            LinkGoal::NewItem(products) => {
                let target = TokenTarget::NewItem(products.clone());
                let request = build_request(settings, client_user_id, target, options);
                Ok(self.session.client.link_token_create(&request).await?)
            }
            LinkGoal::Repair { item_id, choose } => {
                let _in_use = self.items.gates.shared(item_id).await;
                let key = self.items.active_key(item_id).await?;
                let target = TokenTarget::Repair(key.access_token, *choose);
                let request = build_request(settings, client_user_id, target, options);
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

    /// Replaces an expired link token of a session, with the same goal.
    pub(super) async fn renew_link_token(
        &self,
        session_id: &str,
    ) -> Result<LinkTokenRenewal, DeskError> {
        let Some(found) = self.find_unfinished(session_id).await? else {
            return Ok(LinkTokenRenewal::Ended);
        };
        // The old token is the key to its results, so ask for them before it is replaced.
        if let Some(link_token) = &found.link_token
            && let Some(status) = self.fetch_token_status(link_token).await?
            && let Some(grant) = callbacks::find_grant(&status.sessions)
        {
            let repairs = found.repairs;
            self.accept_grant(session_id, grant, repairs.as_ref())
                .await?;
            return Ok(LinkTokenRenewal::Granted);
        }
        let id = session_id.to_owned();
        let original = self
            .session
            .store
            .read(move |connection| sessions_table::original_request(connection, &id))
            .await?;
        let made =
            self.create_and_store_link_token(session_id, original.client_user_id, &original.goal);
        Ok(LinkTokenRenewal::Renewed(made.await?))
    }

    pub(super) async fn create_and_store_link_token(
        &self,
        session_id: &str,
        client_user_id: String,
        goal: &LinkGoal,
    ) -> Result<LinkToken, DeskError> {
        let options = LinkTokenOptions::default();
        let created = self
            .create_link_token(client_user_id, goal, options)
            .await?;
        kill::point("link.token_made");
        let (id, link_token) = (session_id.to_owned(), created.link_token.clone());
        self.session
            .store
            .write(move |transaction| sessions_table::store_link_token(transaction, &id, &created))
            .await?;
        kill::point("link.token_kept");
        Ok(link_token)
    }
}

fn asks_owner(problem: &Problem) -> bool {
    matches!(
        problem.action,
        Some(NextAction::RepairItem { .. } | NextAction::ChooseAccounts { .. })
    )
}

fn error_code(problem: &Problem) -> String {
    let plaid = problem.plaid.as_ref();
    plaid
        .and_then(|plaid| plaid.error_code.clone())
        .unwrap_or_default()
}

fn account_selection_for(code: &str) -> ChooseAccounts {
    if ACCOUNT_SELECTION_CODES.contains(&code) {
        ChooseAccounts::Yes
    } else {
        ChooseAccounts::No
    }
}

enum TokenTarget {
    NewItem(Vec<String>),
    /// Update mode for the Item with this access token.
    Repair(AccessToken, ChooseAccounts),
}

/// Always asks for `hosted_link`: it lets any browser continue the session, and /link/token/get report on it.
fn build_request(
    settings: Settings,
    client_user_id: String,
    target: TokenTarget,
    options: LinkTokenOptions,
) -> LinkTokenCreateRequest {
    let (products, access_token, choose) = match target {
        TokenTarget::NewItem(products) => (products, None, ChooseAccounts::No),
        TokenTarget::Repair(access_token, choose) => (Vec::new(), Some(access_token), choose),
    };
    LinkTokenCreateRequest {
        client_name: settings.app_name,
        language: options.language.unwrap_or(settings.language),
        country_codes: settings.country_codes,
        user_client_user_id: client_user_id,
        products,
        webhook: settings.webhook,
        redirect_uri: settings.redirect_uri,
        access_token,
        account_selection_enabled: choose == ChooseAccounts::Yes,
        hosted_link: Some(HostedLinkOptions {
            url_lifetime_seconds: options.lifetime_seconds,
            completion_redirect_uri: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(purpose: Purpose, products: &[&str]) -> Result<Vec<String>, DeskError> {
        let products: Vec<String> = products.iter().map(ToString::to_string).collect();
        super::products_for(purpose, &products)
    }

    #[test]
    fn debits_need_signal_and_auth_as_two_products() {
        assert_eq!(chosen(Purpose::AchRisk, &[]).unwrap(), ["signal", "auth"]);
    }

    #[test]
    fn balances_come_with_any_product_but_balance() {
        let products = chosen(Purpose::BalancesOnly, &["auth", "identity", "auth"]).unwrap();
        assert_eq!(products, ["auth", "identity"]);
        for refused in [
            &[][..],
            &["balance"],
            &["signal"],
            &["auth", "signal, auth"],
            &["AUTH"],
        ] {
            let error = chosen(Purpose::BalancesOnly, refused).unwrap_err();
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
