//! The customers of the stand-in's banks, and their accounts. The balances of Plaid's own test users never change; others
//! change with every live read and every day, always in the same way.

use serde::Deserialize;

use super::custom_customer::CustomCustomer;
use super::demo_customers::DEMO_CUSTOMERS;
use super::second_factor::{Challenges, Recaptcha, SecondFactor};
use crate::amount::Amount;
use crate::errors::{INVALID_CREDENTIALS, PlaidError, forced_by_password, forcible};
use crate::store::SandboxTime;

/// An account as the bank knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BankAccount<'a> {
    /// Identifies the account among those of one customer.
    pub(crate) mask: &'a str,
    pub(crate) name: &'a str,
    pub(crate) official_name: Option<&'a str>,
    pub(crate) account_type: &'a str,
    pub(crate) subtype: &'a str,
    pub(crate) holder_category: &'a str,
    pub(crate) currency: &'a str,
    pub(crate) unofficial_currency: bool,
    pub(super) available: Option<&'a str>,
    pub(super) current: Option<&'a str>,
    pub(super) limit: Option<&'a str>,
    pub(super) movement: Movement,
    /// When the bank closes the account, in days after linking.
    pub(crate) closes_after_days: Option<u32>,
}

/// How a balance changes from tick to tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Movement {
    Still,
    /// In cents.
    Postings {
        /// One change a tick, over and over. They add up to zero.
        changes: &'static [i64],
        /// One amount on hold a tick, over and over.
        holds: &'static [i64],
        /// The most that small payments add or subtract.
        spread: i64,
    },
}

/// An account has one tick for each live read, and one for each day since linking.
pub(crate) fn ticks(live_reads: u32, linked_at: SandboxTime, now: SandboxTime) -> u64 {
    u64::from(live_reads).saturating_add(days_since(linked_at, now))
}

fn days_since(linked_at: SandboxTime, now: SandboxTime) -> u64 {
    let hours = now.0.duration_since(linked_at.0).as_hours();
    u64::try_from(hours / 24).unwrap_or_default()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Balances {
    pub(crate) available: Option<Amount>,
    pub(crate) current: Option<Amount>,
    pub(crate) limit: Option<Amount>,
}

impl Balances {
    pub(crate) const UNKNOWN: Self = Self {
        available: None,
        current: None,
        limit: None,
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BankCustomer {
    /// Plaid's `user_good`; also every username that is unknown here.
    UserGood,
    Demo(&'static [BankAccount<'static>]),
    /// Plaid's `user_custom`, whose password describes the accounts.
    Custom(CustomCustomer),
}

/// The password of every customer.
pub(crate) const PASSWORD: &str = "pass_good";

const USER_CUSTOM: &str = "user_custom";

/// Test users of Plaid's Sandbox that take any password except an empty one.
const ANY_PASSWORD: [&str; 4] = [
    "user_transactions_dynamic",
    "user_ewa_user",
    "user_yuppie",
    "user_small_business",
];

/// Checks a username and password. Returns the account description of `user_custom`, None for other customers.
pub(crate) fn sign_in(username: &str, password: &str) -> Result<Option<String>, PlaidError> {
    if username == USER_CUSTOM {
        let customer: CustomCustomer = serde_json::from_str(password).map_err(|error| {
            PlaidError::with_message(&INVALID_CREDENTIALS, format!("user_custom: {error}"))
        })?;
        return match customer.force_error.as_deref() {
            None => Ok(Some(password.to_owned())),
            Some(code) => Err(forcible(code).unwrap_or(&INVALID_CREDENTIALS).into()),
        };
    }
    let forced = forced_by_password(password);
    let any_password = ANY_PASSWORD.contains(&username) && !password.is_empty() && forced.is_none();
    if any_password
        || password == PASSWORD
        || challenges(username, password) != Challenges::default()
    {
        return Ok(None);
    }
    Err(forced.unwrap_or(&INVALID_CREDENTIALS).into())
}

/// What Link asks after the password. `user_custom` describes it; for other customers the password itself asks for it,
/// such as `mfa_device` or `{"recaptcha": "bad"}`.
pub(crate) fn challenges(username: &str, password: &str) -> Challenges {
    #[derive(Deserialize)]
    struct RecaptchaPassword {
        recaptcha: Recaptcha,
    }
    if username == USER_CUSTOM {
        // `sign_in` rejects an invalid description.
        return serde_json::from_str(password)
            .map(|customer: CustomCustomer| customer.challenges)
            .unwrap_or_default();
    }
    Challenges {
        recaptcha: serde_json::from_str(password)
            .ok()
            .map(|password: RecaptchaPassword| password.recaptcha),
        second_factor: SecondFactor::by_password(password),
    }
}

impl BankCustomer {
    pub(crate) fn find(
        username: &str,
        description: Option<&str>,
    ) -> Result<Self, serde_json::Error> {
        match (username, description) {
            (USER_CUSTOM, Some(text)) => serde_json::from_str(text).map(Self::Custom),
            _ => Ok(Self::by_username(username)),
        }
    }

    fn by_username(username: &str) -> Self {
        DEMO_CUSTOMERS
            .iter()
            .find(|(name, _)| *name == username)
            .map_or(Self::UserGood, |(_, accounts)| Self::Demo(accounts))
    }

    pub(crate) fn accounts(&self) -> Vec<BankAccount<'_>> {
        match self {
            Self::UserGood => USER_GOOD.to_vec(),
            Self::Demo(accounts) => accounts.to_vec(),
            Self::Custom(customer) => customer.accounts().collect(),
        }
    }
}

impl BankAccount<'_> {
    pub(crate) fn balances(&self, ticks: u64) -> Result<Balances, rust_decimal::Error> {
        let parse = |text: Option<&str>| text.map(str::parse::<Amount>).transpose();
        let start = Balances {
            available: parse(self.available)?,
            current: parse(self.current)?,
            limit: parse(self.limit)?,
        };
        let Movement::Postings {
            changes,
            holds,
            spread,
        } = self.movement
        else {
            return Ok(start);
        };
        let posted: i64 = changes.iter().cycle().take(position(ticks, changes)).sum();
        let moved = Amount::from_cents(posted + self.small_payments(ticks, spread));
        let held = Amount::from_cents(holds.get(position(ticks, holds)).copied().unwrap_or(0));
        let current = start.current.map(|current| current.plus(moved));
        // On a card, debt and holds reduce what is available.
        let free = match (self.account_type, start.limit) {
            ("credit", Some(limit)) => current.map(|owed| limit.minus(owed)),
            _ => current,
        };
        Ok(Balances {
            available: start.available.and(free).map(|free| free.minus(held)),
            current,
            ..start
        })
    }

    /// In cents; always the same at the same tick, and zero at tick 0.
    fn small_payments(&self, ticks: u64, spread: i64) -> i64 {
        if ticks == 0 || spread == 0 {
            return 0;
        }
        let share = i64::from(hash(&[self.mask, &ticks.to_string()]) % 2_001) - 1_000;
        spread * share / 1_000
    }

    pub(crate) fn is_closed(&self, linked_at: SandboxTime, now: SandboxTime) -> bool {
        self.closes_after_days
            .is_some_and(|days| days_since(linked_at, now) >= u64::from(days))
    }
}

/// The accounts of a customer that the bank closes some time after linking.
pub(crate) fn accounts_to_close(
    username: &str,
) -> impl Iterator<Item = &'static BankAccount<'static>> {
    DEMO_CUSTOMERS
        .iter()
        .filter(move |(name, _)| *name == username)
        .flat_map(|(_, accounts)| *accounts)
        .filter(|account| account.closes_after_days.is_some())
}

/// FNV-1a: the same words always give the same number.
pub(crate) fn hash(words: &[&str]) -> u32 {
    words
        .iter()
        .flat_map(|word| word.bytes().chain([0]))
        .fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
}

/// Where in a repeating list the account is after `ticks`.
fn position(ticks: u64, list: &[i64]) -> usize {
    usize::try_from(ticks % (list.len().max(1) as u64)).unwrap_or_default()
}

/// A personal account in USD with no balances; the methods below set the rest.
pub(super) const fn depository(
    mask: &'static str,
    name: &'static str,
    subtype: &'static str,
) -> BankAccount<'static> {
    BankAccount {
        mask,
        name,
        official_name: None,
        account_type: "depository",
        subtype,
        holder_category: "personal",
        currency: "USD",
        unofficial_currency: false,
        available: None,
        current: None,
        limit: None,
        movement: Movement::Still,
        closes_after_days: None,
    }
}

/// Declares the setters that the account tables use.
macro_rules! setters {
    ($($name:ident($($argument:ident: $type:ty),*) { $($field:ident: $value:expr),* })*) => {
        impl BankAccount<'static> {
            $(pub(super) const fn $name(mut self $(, $argument: $type)*) -> Self {
                $(self.$field = $value;)*
                self
            })*
        }
    };
}

setters! {
    official(name: &'static str) { official_name: Some(name) }
    of_type(account_type: &'static str) { account_type: account_type }
    business() { holder_category: "business" }
    currency(code: &'static str) { currency: code }
    unofficial_currency(code: &'static str) { currency: code, unofficial_currency: true }
    available(amount: &'static str) { available: Some(amount) }
    current(amount: &'static str) { current: Some(amount) }
    balances_of(available: &'static str, current: &'static str) { available: Some(available), current: Some(current) }
    limit(amount: &'static str) { limit: Some(amount) }
    postings(changes: &'static [i64], holds: &'static [i64], spread: i64) {
        movement: Movement::Postings { changes, holds, spread }
    }
    closes_after_days(days: u32) { closes_after_days: Some(days) }
}

static USER_GOOD: [BankAccount<'static>; 12] = [
    depository("0000", "Plaid Checking", "checking")
        .official("Plaid Gold Standard 0% Interest Checking")
        .balances_of("100", "110"),
    depository("1111", "Plaid Saving", "savings")
        .official("Plaid Silver Standard 0.1% Interest Saving")
        .balances_of("200", "210"),
    depository("2222", "Plaid CD", "cd")
        .official("Plaid Bronze Standard 0.2% Interest CD")
        .current("1000"),
    depository("3333", "Plaid Credit Card", "credit card")
        .official("Plaid Diamond 12.5% APR Interest Credit Card")
        .of_type("credit")
        .current("410")
        .limit("2000"),
    depository("4444", "Plaid Money Market", "money market")
        .official("Plaid Platinum Standard 1.85% Interest Money Market")
        .balances_of("43200", "43200"),
    depository("5555", "Plaid IRA", "ira")
        .of_type("investment")
        .current("320.76"),
    depository("6666", "Plaid 401k", "401k")
        .of_type("investment")
        .current("23631.9805"),
    depository("7777", "Plaid Student Loan", "student")
        .of_type("loan")
        .current("65262"),
    depository("8888", "Plaid Mortgage", "mortgage")
        .of_type("loan")
        .current("56302.06"),
    depository("9001", "Plaid HSA", "hsa")
        .official("Plaid Cares Health Savings Account")
        .balances_of("6009", "6009"),
    depository("9002", "Plaid Cash Management", "cash management")
        .official("Plaid Growth Cash Management")
        .balances_of("12060", "12060"),
    depository("9999", "Plaid Business Credit Card", "credit card")
        .official("Plaid Platinum Small Business Credit Card")
        .of_type("credit")
        .business()
        .balances_of("4980", "5020")
        .limit("10000"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn demo_accounts(username: &str) -> Vec<BankAccount<'static>> {
        let customer = DEMO_CUSTOMERS.iter().find(|(name, _)| *name == username);
        customer.unwrap().1.to_vec()
    }

    #[test]
    fn every_amount_is_a_decimal_and_every_account_has_a_balance() {
        let all = DEMO_CUSTOMERS.iter().flat_map(|(_, accounts)| *accounts);
        for account in USER_GOOD.iter().chain(all) {
            for ticks in 0..40 {
                let balances = account.balances(ticks).unwrap();
                assert!(
                    balances.current.or(balances.available).is_some(),
                    "{account:?}"
                );
            }
        }
    }

    #[test]
    fn masks_differ_within_a_customer_and_changes_add_up_to_zero() {
        for (_, accounts) in &DEMO_CUSTOMERS {
            for (place, account) in accounts.iter().enumerate() {
                let before = &accounts[..place];
                assert!(before.iter().all(|other| other.mask < account.mask));
                if let Movement::Postings { changes, .. } = account.movement {
                    assert_eq!(changes.iter().sum::<i64>(), 0, "{}", account.name);
                }
            }
        }
    }

    #[test]
    fn the_balances_start_as_declared() {
        for account in DEMO_CUSTOMERS.iter().flat_map(|(_, accounts)| *accounts) {
            let first = account.balances(0).unwrap();
            let written = |text: Option<&str>| text.map(|text| text.parse().unwrap());
            assert_eq!(first.available, written(account.available), "{account:?}");
            assert_eq!(first.current, written(account.current), "{account:?}");
        }
    }

    #[test]
    fn the_household_balance_changes_and_returns_to_its_start() {
        let checking = demo_accounts("user_household")[0];
        let available = |ticks| {
            checking
                .balances(ticks)
                .unwrap()
                .available
                .unwrap()
                .to_string()
        };
        assert_eq!(available(0), "1842.17");
        assert_eq!(available(1), "1755.27");
        assert_eq!(available(2), "1756.79");
        assert_eq!(
            checking.balances(8).unwrap().current,
            checking.balances(0).unwrap().current
        );
    }

    #[test]
    fn the_available_balance_of_a_card_shrinks_with_the_debt() {
        let card = demo_accounts("user_bakery")[3];
        for ticks in [3, 7, 20] {
            let balances = card.balances(ticks).unwrap();
            let (owed, free) = (balances.current.unwrap(), balances.available.unwrap());
            assert!(owed.plus(free) <= balances.limit.unwrap());
            assert_eq!(balances, card.balances(ticks).unwrap(), "always the same");
        }
        assert_ne!(card.balances(3).unwrap(), card.balances(4).unwrap());
    }

    #[test]
    fn a_day_is_a_tick_and_the_bank_closes_an_account_after_a_month() {
        let at = |days: i64| {
            let hours = jiff::SignedDuration::from_hours(24 * days);
            SandboxTime(jiff::Timestamp::UNIX_EPOCH + hours)
        };
        assert_eq!(ticks(2, at(0), at(3)), 5);
        let old = demo_accounts("user_student")[1];
        assert!(!old.is_closed(at(0), at(29)) && old.is_closed(at(0), at(30)));
    }

    #[test]
    fn unknown_usernames_are_user_good() {
        assert_eq!(BankCustomer::by_username("unknown"), BankCustomer::UserGood);
        assert_ne!(
            BankCustomer::by_username("user_household"),
            BankCustomer::UserGood
        );
    }

    #[test]
    fn some_test_users_of_plaid_take_any_password() {
        assert!(sign_in("user_transactions_dynamic", "anything").is_ok());
        assert!(sign_in("user_transactions_dynamic", "").is_err());
        assert!(sign_in("user_good", "anything").is_err());
    }
}
