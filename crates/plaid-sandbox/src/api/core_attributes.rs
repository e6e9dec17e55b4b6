//! The core attributes of an evaluation: two for a Balance-only ruleset, all that Plaid describes for Signal Transaction
//! Scores. An attribute whose data is missing is null.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use crate::amount::Amount;
use crate::api_call::ApiCall;
use crate::bank::customers::hash;
use crate::bank::history::{AccountHistory, Flow};
use crate::bank::institutions::Institution;
use crate::store::SandboxTime;
use crate::store::accounts::Account;
use crate::store::items::Item;

pub(super) struct CoreAttributes(Vec<(String, Attribute)>);

#[derive(Serialize)]
#[serde(untagged)]
enum Attribute {
    Count(u64),
    Money(Amount),
    Flag(bool),
    Time(SandboxTime),
    Missing,
}

impl Serialize for CoreAttributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl CoreAttributes {
    fn count(&mut self, name: impl Into<String>, count: impl Into<Option<u64>>) {
        self.add(name, count.into().map(Attribute::Count));
    }

    fn money(&mut self, name: impl Into<String>, amount: Option<Amount>) {
        self.add(name, amount.map(Attribute::Money));
    }

    fn cents(&mut self, name: String, cents: Option<i64>) {
        self.money(name, cents.map(Amount::from_cents));
    }

    fn add(&mut self, name: impl Into<String>, attribute: Option<Attribute>) {
        self.0
            .push((name.into(), attribute.unwrap_or(Attribute::Missing)));
    }
}

pub(super) fn balance_only(account: &Account) -> CoreAttributes {
    let mut attributes = CoreAttributes(Vec::new());
    attributes.money("available_balance", account.available);
    attributes.money("current_balance", account.current);
    attributes
}

/// The attributes of a Signal Transaction Scores ruleset for a debit of this amount.
pub(super) fn all(
    call: &ApiCall<'_>,
    item: &Item,
    account: &Account,
    amount: Amount,
) -> CoreAttributes {
    let evaluated = EvaluatedAccount::new(call, item, account);
    let mut attributes = balance_only(account);
    let ratio = evaluated.balance_ratio(amount);
    attributes.money("balance_to_transaction_amount_ratio", ratio);
    evaluated.add_account(&mut attributes);
    evaluated.add_connections(&mut attributes);
    evaluated.add_identity(&mut attributes);
    evaluated.add_payments(&mut attributes);
    evaluated.add_balances(&mut attributes);
    attributes
}

struct EvaluatedAccount<'a> {
    item: &'a Item,
    account: &'a Account,
    days_linked: u64,
    /// None for an Item without the product `signal`, and when the bank cannot be read.
    history: Option<AccountHistory>,
}

impl<'a> EvaluatedAccount<'a> {
    fn new(call: &ApiCall<'_>, item: &'a Item, account: &'a Account) -> Self {
        let hours = call.now.0.duration_since(item.created_at.0).as_hours();
        let mut evaluated = Self {
            item,
            account,
            days_linked: u64::try_from(hours / 24).unwrap_or_default(),
            history: None,
        };
        let today = evaluated
            .balance()
            .and_then(|balance| i64::try_from((balance.0 * Decimal::ONE_HUNDRED).trunc()).ok());
        evaluated.history = today
            .filter(|_| item.error.is_none() && item.products.has("signal"))
            .map(|today| {
                let words = [item.username.as_str(), account.mask.as_str()];
                AccountHistory::new(words, evaluated.is_savings(), today)
            });
        evaluated
    }

    fn is_savings(&self) -> bool {
        matches!(self.account.subtype.as_str(), "savings" | "money market")
    }

    fn balance(&self) -> Option<Amount> {
        self.account.available.or(self.account.current)
    }

    /// A number below `end`, always the same for this account.
    fn pick(&self, what: &str, end: u32) -> u64 {
        u64::from(hash(&[&self.item.username, &self.account.mask, what]) % end)
    }

    /// 1 if the Item was linked within this many days, otherwise 0.
    fn linked_within(&self, days: u64) -> u64 {
        u64::from(self.days_linked < days)
    }

    fn balance_ratio(&self, amount: Amount) -> Option<Amount> {
        let ratio = self.balance()?.0.checked_div(amount.0)?;
        Some(Amount(ratio.round_dp(4).normalize()))
    }

    fn add_account(&self, attributes: &mut CoreAttributes) {
        let known = self.history.is_some();
        let read_at = self.balance().map(|_| self.account.read_at);
        let no = known.then_some(Attribute::Flag(false));
        // Some banks do not say when an account was opened.
        let opened = (known && self.pick("tells opening", 5) > 0)
            .then(|| self.days_linked + 60 + self.pick("opening", 4_000));
        attributes.add("balance_last_updated", read_at.map(Attribute::Time));
        attributes.add(
            "transactions_last_updated",
            read_at.filter(|_| known).map(Attribute::Time),
        );
        attributes.add(
            "is_savings_or_money_market_account",
            Some(Attribute::Flag(self.is_savings())),
        );
        attributes.add("is_account_closed", no);
        attributes.add(
            "is_account_frozen_or_restricted",
            known.then_some(Attribute::Flag(false)),
        );
        attributes.count("days_since_account_opening", opened);
    }

    fn add_connections(&self, attributes: &mut CoreAttributes) {
        let earlier = self.pick("earlier connections", 4);
        let first = match earlier {
            0 => self.days_linked,
            _ => self.days_linked + 31 + self.pick("first connection", 900),
        };
        attributes.count("days_since_first_plaid_connection", first);
        for days in [7, 30] {
            let name = format!("plaid_connections_count_{days}d");
            attributes.count(name, self.linked_within(days));
        }
        attributes.count("total_plaid_connections_count", 1 + earlier);
        let oauth = Institution::find(&self.item.institution_id).is_some_and(Institution::is_oauth);
        for days in [3, 7, 30] {
            let attempts = (!oauth).then(|| self.linked_within(days));
            let name = format!("plaid_non_oauth_authentication_attempts_count_{days}d");
            attributes.count(format!("failed_{name}"), attempts.map(|_| 0));
            attributes.count(name, attempts);
        }
        for days in [3, 7, 30, 90] {
            // Only the 90 days include earlier connections.
            let others = if days == 90 { earlier.min(1) } else { 0 };
            let linked = self.linked_within(days);
            for (what, count) in [
                ("ip_addresses", linked),
                ("user_agents", linked),
                ("ssl_tls_connection_sessions", linked * 2),
            ] {
                attributes.count(format!("distinct_{what}_count_{days}d"), count + others);
            }
        }
    }

    /// Known only with the product `identity`. A change within 28 days is also one within 90.
    fn add_identity(&self, attributes: &mut CoreAttributes) {
        let known = self.item.products.has("identity") && self.item.error.is_none();
        for what in ["phone", "email", "address"] {
            for (days, one_in) in [(28, 20), (90, 10)] {
                let changes = known.then(|| u64::from(self.pick(what, one_in) == 0));
                attributes.count(format!("{what}_change_count_{days}d"), changes);
            }
        }
    }

    fn add_payments(&self, attributes: &mut CoreAttributes) {
        let history = self.history.as_ref();
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        for days in [7, 30, 60, 90] {
            let disputed = u64::from(self.pick("disputed", 25) == 0 && days >= 60);
            let name = format!("unauthorized_transactions_count_{days}d");
            attributes.count(name, history.map(|_| disputed));
            let overdrafts = history.map(|history| count(history.overdrafts(days)));
            attributes.count(
                format!("nsf_overdraft_transactions_count_{days}d"),
                overdrafts,
            );
        }
        for (kind, flow) in [("debit", Flow::Out), ("credit", Flow::In)] {
            for days in [10, 30, 60, 90] {
                let number = history.map(|history| count(history.count(flow, days)));
                attributes.count(format!("{kind}_transactions_count_{days}d"), number);
                let total = history.map(|history| history.total(flow, days));
                attributes.cents(format!("total_{kind}_transactions_amount_{days}d"), total);
            }
            for percent in [50, 95] {
                let cents =
                    history.and_then(|history| history.payment_percentile(flow, 28, percent));
                attributes.cents(format!("p{percent}_{kind}_transactions_amount_28d"), cents);
            }
        }
    }

    fn add_balances(&self, attributes: &mut CoreAttributes) {
        let history = self.history.as_ref();
        let below = history.and_then(|history| u64::try_from(history.days_below_zero(90)).ok());
        attributes.count("days_with_negative_balance_count_90d", below);
        for percent in [10, 50, 90] {
            for (name, days) in [
                ("30d", 0..30),
                ("60d", 0..60),
                ("90d", 0..90),
                ("31d_to_60d", 30..60),
                ("61d_to_90d", 60..90),
            ] {
                let cents = history.and_then(|history| history.balance_percentile(days, percent));
                attributes.cents(format!("p{percent}_eod_balance_{name}"), cents);
            }
        }
    }
}
