//! The core attributes of an evaluation: two for a Balance-only ruleset, and for one of Signal
//! Transaction Scores all that Plaid describes. What the data is missing for is null.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use crate::amount::Amount;
use crate::api_call::ApiCall;
use crate::bank::customers::hash;
use crate::bank::history::{AccountHistory, Flow};
use crate::bank::institutions::Institution;
use crate::store::Moment;
use crate::store::accounts::Account;
use crate::store::items::Item;

/// The names and values of the attributes.
pub(super) struct CoreAttributes(Vec<(&'static str, Attribute)>);

/// One value.
enum Attribute {
    Count(u64),
    Money(Amount),
    Flag(bool),
    Time(Moment),
    Missing,
}

impl Serialize for CoreAttributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Serialize for Attribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => count.serialize(serializer),
            Self::Money(amount) => amount.serialize(serializer),
            Self::Flag(flag) => flag.serialize(serializer),
            Self::Time(time) => time.serialize(serializer),
            Self::Missing => serializer.serialize_none(),
        }
    }
}

impl From<Option<Amount>> for Attribute {
    fn from(amount: Option<Amount>) -> Self {
        amount.map_or(Self::Missing, Self::Money)
    }
}

impl From<Option<u64>> for Attribute {
    fn from(count: Option<u64>) -> Self {
        count.map_or(Self::Missing, Self::Count)
    }
}

/// What a Balance-only ruleset answers.
pub(super) fn balance_only(account: &Account) -> CoreAttributes {
    CoreAttributes(balances(account))
}

fn balances(account: &Account) -> Vec<(&'static str, Attribute)> {
    vec![
        ("available_balance", account.balances.available.into()),
        ("current_balance", account.balances.current.into()),
    ]
}

/// What a ruleset of Signal Transaction Scores answers for a debit of this amount.
pub(super) fn all(
    call: &ApiCall<'_>,
    item: &Item,
    account: &Account,
    amount: Amount,
) -> CoreAttributes {
    let subject = EvaluatedAccount::new(call, item, account);
    let mut attributes = balances(account);
    attributes.push((
        "balance_to_transaction_amount_ratio",
        subject.ratio(amount).into(),
    ));
    subject.describe_account(&mut attributes);
    subject.describe_connections(&mut attributes);
    subject.describe_identity(&mut attributes);
    subject.describe_payments(&mut attributes);
    subject.describe_balances(&mut attributes);
    CoreAttributes(attributes)
}

/// Whose attributes they are.
struct EvaluatedAccount<'a> {
    item: &'a Item,
    account: &'a Account,
    days_linked: u64,
    /// None for an Item that was never opted in to Signal, or whose bank cannot be asked.
    history: Option<AccountHistory>,
}

type Attributes = Vec<(&'static str, Attribute)>;

impl<'a> EvaluatedAccount<'a> {
    fn new(call: &ApiCall<'_>, item: &'a Item, account: &'a Account) -> Self {
        let hours = call.now.0.duration_since(item.created_at.0).as_hours();
        let mut subject = Self {
            item,
            account,
            days_linked: u64::try_from(hours / 24).unwrap_or_default(),
            history: None,
        };
        let today = subject
            .balance()
            .and_then(|balance| i64::try_from((balance.0 * Decimal::ONE_HUNDRED).trunc()).ok());
        subject.history = today
            .filter(|_| item.error.is_none() && subject.has("signal"))
            .map(|today| {
                let words = [item.username.as_str(), account.mask.as_str()];
                AccountHistory::of(words, subject.is_savings(), today)
            });
        subject
    }

    fn has(&self, product: &str) -> bool {
        self.item.products.0.iter().any(|have| have == product)
    }

    fn is_savings(&self) -> bool {
        matches!(self.account.subtype.as_str(), "savings" | "money market")
    }

    fn balance(&self) -> Option<Amount> {
        self.account
            .balances
            .available
            .or(self.account.balances.current)
    }

    /// A number below `end` that is always the same for this account.
    fn draw(&self, what: &str, end: u32) -> u64 {
        u64::from(hash(&[&self.item.username, &self.account.mask, what]) % end)
    }

    /// One within so many days of linking, none later.
    fn since_linking(&self, days: u64) -> u64 {
        u64::from(self.days_linked < days)
    }

    fn ratio(&self, amount: Amount) -> Option<Amount> {
        let ratio = self.balance()?.0.checked_div(amount.0)?;
        Some(Amount(ratio.round_dp(4).normalize()))
    }

    fn describe_account(&self, attributes: &mut Attributes) {
        let known = self.history.is_some();
        let flag = |value| {
            if known {
                Attribute::Flag(value)
            } else {
                Attribute::Missing
            }
        };
        let asked = self.balance().map(|_| self.account.read_at);
        let time = |time: Option<Moment>| time.map_or(Attribute::Missing, Attribute::Time);
        // Some banks do not tell when an account was opened.
        let opened = (known && self.draw("tells opening", 5) > 0)
            .then(|| self.days_linked + 60 + self.draw("opening", 4_000));
        attributes.extend([
            ("balance_last_updated", time(asked)),
            ("transactions_last_updated", time(asked.filter(|_| known))),
            (
                "is_savings_or_money_market_account",
                Attribute::Flag(self.is_savings()),
            ),
            ("is_account_closed", flag(false)),
            ("is_account_frozen_or_restricted", flag(false)),
            ("days_since_account_opening", opened.into()),
        ]);
    }

    fn describe_connections(&self, attributes: &mut Attributes) {
        let earlier = self.draw("earlier connections", 4);
        let first = match earlier {
            0 => self.days_linked,
            _ => self.days_linked + 31 + self.draw("first connection", 900),
        };
        attributes.extend([
            ("days_since_first_plaid_connection", Attribute::Count(first)),
            (
                "plaid_connections_count_7d",
                Attribute::Count(self.since_linking(7)),
            ),
            (
                "plaid_connections_count_30d",
                Attribute::Count(self.since_linking(30)),
            ),
            (
                "total_plaid_connections_count",
                Attribute::Count(1 + earlier),
            ),
        ]);
        let oauth = Institution::find(&self.item.institution_id).is_some_and(Institution::is_oauth);
        for (attempts, failed, days) in NON_OAUTH {
            let count = (!oauth).then(|| self.since_linking(days));
            attributes.push((attempts, count.into()));
            attributes.push((failed, count.map(|_| 0).into()));
        }
        for (addresses, agents, sessions, days) in DISTINCT {
            // At 90 days the earlier ones count, too.
            let others = if days == 90 { earlier.min(1) } else { 0 };
            let count = Attribute::Count;
            attributes.push((addresses, count(self.since_linking(days) + others)));
            attributes.push((agents, count(self.since_linking(days) + others)));
            attributes.push((sessions, count(self.since_linking(days) * 2 + others)));
        }
    }

    /// Told only of people who agreed to share who they are.
    fn describe_identity(&self, attributes: &mut Attributes) {
        let known = self.has("identity") && self.item.error.is_none();
        for (name, what, rare) in IDENTITY_CHANGES {
            let changes = known.then(|| u64::from(self.draw(what, rare) == 0));
            attributes.push((name, changes.into()));
        }
    }

    fn describe_payments(&self, attributes: &mut Attributes) {
        let history = self.history.as_ref();
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        for (name, days) in UNAUTHORIZED {
            let disputed = self.draw("disputed", 25) == 0 && days >= 60;
            attributes.push((name, history.map(|_| u64::from(disputed)).into()));
        }
        for (name, days) in OVERDRAFTS {
            let overdrafts = history.map(|history| count(history.overdrafts(days)));
            attributes.push((name, overdrafts.into()));
        }
        for (payments, total, flow, days) in PAYMENTS {
            let number = history.map(|history| count(history.count(flow, days)));
            attributes.push((payments, number.into()));
            let cents = history.map(|history| history.total(flow, days));
            attributes.push((total, cents.map(Amount::from_cents).into()));
        }
        for (name, flow, percent) in PAYMENT_PERCENTILES {
            let cents = history.and_then(|history| history.payment_percentile(flow, 28, percent));
            attributes.push((name, cents.map(Amount::from_cents).into()));
        }
    }

    fn describe_balances(&self, attributes: &mut Attributes) {
        let history = self.history.as_ref();
        let below = history.map(|history| history.days_below_zero(90));
        let below = below.and_then(|days| u64::try_from(days).ok());
        attributes.push(("days_with_negative_balance_count_90d", below.into()));
        for (name, percent, from, to) in BALANCE_PERCENTILES {
            let cents = history.and_then(|history| history.balance_percentile(from..to, percent));
            attributes.push((name, cents.map(Amount::from_cents).into()));
        }
    }
}

const NON_OAUTH: [(&str, &str, u64); 3] = [
    (
        "plaid_non_oauth_authentication_attempts_count_3d",
        "failed_plaid_non_oauth_authentication_attempts_count_3d",
        3,
    ),
    (
        "plaid_non_oauth_authentication_attempts_count_7d",
        "failed_plaid_non_oauth_authentication_attempts_count_7d",
        7,
    ),
    (
        "plaid_non_oauth_authentication_attempts_count_30d",
        "failed_plaid_non_oauth_authentication_attempts_count_30d",
        30,
    ),
];

const DISTINCT: [(&str, &str, &str, u64); 4] = [
    (
        "distinct_ip_addresses_count_3d",
        "distinct_user_agents_count_3d",
        "distinct_ssl_tls_connection_sessions_count_3d",
        3,
    ),
    (
        "distinct_ip_addresses_count_7d",
        "distinct_user_agents_count_7d",
        "distinct_ssl_tls_connection_sessions_count_7d",
        7,
    ),
    (
        "distinct_ip_addresses_count_30d",
        "distinct_user_agents_count_30d",
        "distinct_ssl_tls_connection_sessions_count_30d",
        30,
    ),
    (
        "distinct_ip_addresses_count_90d",
        "distinct_user_agents_count_90d",
        "distinct_ssl_tls_connection_sessions_count_90d",
        90,
    ),
];

/// Name, what changed, and of how many accounts it changed for one. What changed within 28 days
/// did so within 90.
const IDENTITY_CHANGES: [(&str, &str, u32); 6] = [
    ("phone_change_count_28d", "phone", 20),
    ("phone_change_count_90d", "phone", 10),
    ("email_change_count_28d", "email", 20),
    ("email_change_count_90d", "email", 10),
    ("address_change_count_28d", "address", 20),
    ("address_change_count_90d", "address", 10),
];

const UNAUTHORIZED: [(&str, usize); 4] = [
    ("unauthorized_transactions_count_7d", 7),
    ("unauthorized_transactions_count_30d", 30),
    ("unauthorized_transactions_count_60d", 60),
    ("unauthorized_transactions_count_90d", 90),
];

const OVERDRAFTS: [(&str, usize); 4] = [
    ("nsf_overdraft_transactions_count_7d", 7),
    ("nsf_overdraft_transactions_count_30d", 30),
    ("nsf_overdraft_transactions_count_60d", 60),
    ("nsf_overdraft_transactions_count_90d", 90),
];

const PAYMENTS: [(&str, &str, Flow, usize); 8] = [
    (
        "debit_transactions_count_10d",
        "total_debit_transactions_amount_10d",
        Flow::Out,
        10,
    ),
    (
        "debit_transactions_count_30d",
        "total_debit_transactions_amount_30d",
        Flow::Out,
        30,
    ),
    (
        "debit_transactions_count_60d",
        "total_debit_transactions_amount_60d",
        Flow::Out,
        60,
    ),
    (
        "debit_transactions_count_90d",
        "total_debit_transactions_amount_90d",
        Flow::Out,
        90,
    ),
    (
        "credit_transactions_count_10d",
        "total_credit_transactions_amount_10d",
        Flow::In,
        10,
    ),
    (
        "credit_transactions_count_30d",
        "total_credit_transactions_amount_30d",
        Flow::In,
        30,
    ),
    (
        "credit_transactions_count_60d",
        "total_credit_transactions_amount_60d",
        Flow::In,
        60,
    ),
    (
        "credit_transactions_count_90d",
        "total_credit_transactions_amount_90d",
        Flow::In,
        90,
    ),
];

const PAYMENT_PERCENTILES: [(&str, Flow, usize); 4] = [
    ("p50_credit_transactions_amount_28d", Flow::In, 50),
    ("p50_debit_transactions_amount_28d", Flow::Out, 50),
    ("p95_credit_transactions_amount_28d", Flow::In, 95),
    ("p95_debit_transactions_amount_28d", Flow::Out, 95),
];

/// Name, percent, and the days from and to, yesterday being 0.
const BALANCE_PERCENTILES: [(&str, usize, usize, usize); 15] = [
    ("p10_eod_balance_30d", 10, 0, 30),
    ("p10_eod_balance_60d", 10, 0, 60),
    ("p10_eod_balance_90d", 10, 0, 90),
    ("p50_eod_balance_30d", 50, 0, 30),
    ("p50_eod_balance_60d", 50, 0, 60),
    ("p50_eod_balance_90d", 50, 0, 90),
    ("p90_eod_balance_30d", 90, 0, 30),
    ("p90_eod_balance_60d", 90, 0, 60),
    ("p90_eod_balance_90d", 90, 0, 90),
    ("p10_eod_balance_31d_to_60d", 10, 30, 60),
    ("p50_eod_balance_31d_to_60d", 50, 30, 60),
    ("p90_eod_balance_31d_to_60d", 90, 30, 60),
    ("p10_eod_balance_61d_to_90d", 10, 60, 90),
    ("p50_eod_balance_61d_to_90d", 50, 60, 90),
    ("p90_eod_balance_61d_to_90d", 90, 60, 90),
];
