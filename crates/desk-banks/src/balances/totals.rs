//! Sums of what is on the screen: within one currency, assets and debts apart, exactly.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::view::CurrencyTotal;
use crate::items::view::ItemView;
use desk_core::DeskError;

/// Which sum an account belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// What is owned.
    Assets,
    /// What is owed.
    Debts,
}

/// Other kinds of accounts are shown and not summed: nobody says which way they count.
pub(crate) fn side(account_type: &str) -> Option<Side> {
    match account_type {
        "depository" | "investment" | "brokerage" => Some(Side::Assets),
        "credit" | "loan" => Some(Side::Debts),
        _ => None,
    }
}

#[derive(Default)]
struct Sum {
    assets: Decimal,
    debts: Decimal,
    not_reported: u32,
}

/// Sums that grow account by account.
#[derive(Default)]
pub(crate) struct Totals(BTreeMap<String, Sum>);

impl Totals {
    /// Adds the present reading of an account.
    pub fn add(
        &mut self,
        account_type: &str,
        currency: Option<&str>,
        current: Option<&str>,
    ) -> Result<(), DeskError> {
        let (Some(side), Some(currency)) = (side(account_type), currency) else {
            return Ok(());
        };
        if !self.0.contains_key(currency) {
            self.0.insert(currency.to_owned(), Sum::default());
        }
        let Some(sum) = self.0.get_mut(currency) else {
            return Ok(());
        };
        match current {
            Some(current) => sum.add(side, current)?,
            None => sum.not_reported += 1,
        }
        Ok(())
    }

    /// One row per currency, by its code.
    pub(crate) fn into_rows(self) -> Vec<CurrencyTotal> {
        let rows = self.0.into_iter().map(|(currency, sum)| CurrencyTotal {
            currency,
            assets: sum.assets.to_string(),
            debts: sum.debts.to_string(),
            not_reported: sum.not_reported,
        });
        rows.collect()
    }
}

/// One row per currency, by its code, over the accounts that are not hidden.
pub fn of(items: &[ItemView]) -> Result<Vec<CurrencyTotal>, DeskError> {
    let mut totals = Totals::default();
    let accounts = items.iter().flat_map(|item| &item.accounts);
    for account in accounts.filter(|account| !account.hidden) {
        if let Some(reading) = &account.reading {
            totals.add(
                &account.account_type,
                reading.currency.as_deref(),
                reading.current.as_deref(),
            )?;
        }
    }
    Ok(totals.into_rows())
}

impl Sum {
    fn add(&mut self, side: Side, current: &str) -> Result<(), DeskError> {
        let amount =
            Decimal::from_str_exact(current).map_err(|_| DeskError::unreadable("a balance"))?;
        let sum = match side {
            Side::Assets => &mut self.assets,
            Side::Debts => &mut self.debts,
        };
        *sum = sum
            .checked_add(amount)
            .ok_or(DeskError::Internal("a sum of balances is too large"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        balances::view::{ReadingSource, ReadingView},
        items::view::{AccountView, ItemHealth, PersonView},
        link::view::Purpose,
    };

    fn account(account_type: &str, current: Option<&str>, currency: Option<&str>) -> AccountView {
        AccountView {
            account_id: "account".to_owned(),
            item_id: "item".to_owned(),
            name: "Account".to_owned(),
            official_name: None,
            mask: None,
            account_type: account_type.to_owned(),
            subtype: None,
            can_evaluate: false,
            reading: Some(ReadingView {
                available: None,
                current: current.map(str::to_owned),
                limit: None,
                currency: currency.map(str::to_owned),
                unofficial_currency: false,
                read_at: String::new(),
                last_updated_at: None,
                source: ReadingSource::Live,
                request_id: String::new(),
            }),
            own_name: None,
            hidden: false,
            low_balance: None,
            change: None,
        }
    }

    #[test]
    fn sums_are_exact_and_apart() {
        let mut unread = account("depository", None, None);
        unread.reading = None;
        let mut hidden = account("depository", Some("1000"), Some("USD"));
        hidden.hidden = true;
        let item = ItemView {
            item_id: "item".to_owned(),
            institution_id: None,
            institution_name: "Bank".to_owned(),
            institution_logo: None,
            institution_color: None,
            person: PersonView {
                person_id: "p".to_owned(),
                name: "P".to_owned(),
            },
            purpose: Purpose::AchRisk,
            linked_at: String::new(),
            consent_expires_at: None,
            health: ItemHealth::Healthy,
            advice: None,
            checked_at: None,
            institution_status: None,
            duplicate_of: None,
            accounts: vec![
                account("depository", Some("0.1"), Some("USD")),
                account("depository", Some("0.2"), Some("USD")),
                account("investment", Some("23631.9805"), Some("USD")),
                account("credit", Some("410"), Some("USD")),
                account("loan", Some("-10.50"), Some("USD")),
                account("depository", None, Some("USD")),
                account("depository", Some("5"), Some("CAD")),
                account("depository", Some("7"), None),
                account("other", Some("9"), Some("USD")),
                unread,
                hidden,
            ],
        };
        let totals = of(&[item]).unwrap();
        let row = |currency: &str, assets: &str, debts: &str, not_reported| CurrencyTotal {
            currency: currency.to_owned(),
            assets: assets.to_owned(),
            debts: debts.to_owned(),
            not_reported,
        };
        assert_eq!(
            totals,
            [
                row("CAD", "5", "0", 0),
                row("USD", "23632.2805", "399.50", 1)
            ]
        );
    }
}
