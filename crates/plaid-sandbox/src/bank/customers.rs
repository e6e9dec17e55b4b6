//! The people who bank at the make-believe institutions, and their accounts. Those of Plaid's
//! Sandbox stand still; others move with every live read and every day, each time the same way.

use super::custom_customer::CustomCustomer;
use super::demo_customers::NAMED;
use super::second_factor::{Challenges, Recaptcha, SecondFactor};
use crate::amount::Amount;
use crate::errors::{INVALID_CREDENTIALS, PlaidError, forced, forced_by};
use crate::store::Moment;
use serde::Deserialize;

/// One account as the bank keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BankAccount<'a> {
    /// Names the account within its customer; also what Link shows.
    pub(crate) mask: &'a str,
    pub(crate) name: &'a str,
    pub(crate) official_name: Option<&'a str>,
    pub(crate) account_type: &'a str,
    pub(crate) subtype: &'a str,
    pub(crate) holder_category: &'a str,
    pub(crate) currency: &'a str,
    /// Whether the currency's code is none of ISO 4217.
    pub(crate) unofficial_currency: bool,
    pub(super) available: Option<&'a str>,
    pub(super) current: Option<&'a str>,
    pub(super) limit: Option<&'a str>,
    pub(super) movement: Movement,
    /// So many days after linking the bank closes it.
    pub(crate) closes_after_days: Option<u32>,
}

/// What an account does between two live reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Movement {
    Still,
    /// In cents, one a tick.
    Postings {
        /// Over and over; they add up to nothing, so that the account neither runs dry nor
        /// overflows.
        changes: &'static [i64],
        /// What is on hold besides.
        holds: &'static [i64],
        /// By how much small payments move it at most, up or down.
        spread: i64,
    },
}

/// The ticks of an account's time: one for each live read, and one for each day since linking.
pub(crate) fn ticks(reads: u64, linked_at: Moment, now: Moment) -> u64 {
    reads.saturating_add(days_since(linked_at, now))
}

/// Whole days.
fn days_since(linked_at: Moment, now: Moment) -> u64 {
    let hours = now.0.duration_since(linked_at.0).as_hours();
    u64::try_from(hours / 24).unwrap_or_default()
}

/// The balances of an account at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Balances {
    pub(crate) available: Option<Amount>,
    pub(crate) current: Option<Amount>,
    pub(crate) limit: Option<Amount>,
}

/// Who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Customer {
    /// Plaid's `user_good`, and everybody whose name is not known here.
    Good,
    /// One of those with a name of their own.
    Named(&'static [BankAccount<'static>]),
    /// Plaid's `user_custom`, who says what accounts there are.
    Custom(CustomCustomer),
}

/// The password that opens every account here.
pub(crate) const PASSWORD: &str = "pass_good";

/// The username whose password describes accounts.
const CUSTOM: &str = "user_custom";

/// Test users of Plaid's Sandbox that take any password but an empty one.
const ANY_PASSWORD: [&str; 4] = [
    "user_transactions_dynamic",
    "user_ewa_user",
    "user_yuppie",
    "user_small_business",
];

/// What the bank says to a username and a password: the description that `user_custom` came
/// with, nothing for everybody else, or the error.
pub(crate) fn sign_in(username: &str, password: &str) -> Result<Option<String>, PlaidError> {
    if username == CUSTOM {
        let description: CustomCustomer = serde_json::from_str(password).map_err(|error| {
            PlaidError::worded(&INVALID_CREDENTIALS, format!("user_custom: {error}"))
        })?;
        return match description.force_error.as_deref() {
            None => Ok(Some(password.to_owned())),
            Some(code) => Err(forced(code).unwrap_or(&INVALID_CREDENTIALS).into()),
        };
    }
    if ANY_PASSWORD.contains(&username) && !password.is_empty() && forced_by(password).is_none() {
        return Ok(None);
    }
    if password != PASSWORD && challenges(username, password) == Challenges::default() {
        return Err(forced_by(password).unwrap_or(&INVALID_CREDENTIALS).into());
    }
    Ok(None)
}

/// What signing in asks for besides the password: said by the description of `user_custom`, and
/// for everybody else by a password such as `mfa_device` or `{"recaptcha": "bad"}`.
pub(crate) fn challenges(username: &str, password: &str) -> Challenges {
    #[derive(Deserialize)]
    struct RecaptchaPassword {
        recaptcha: Recaptcha,
    }
    if username == CUSTOM {
        // `sign_in` refuses what is no description.
        return serde_json::from_str(password)
            .map(|description: CustomCustomer| description.challenges)
            .unwrap_or_default();
    }
    Challenges {
        recaptcha: serde_json::from_str(password)
            .ok()
            .map(|asked: RecaptchaPassword| asked.recaptcha),
        second_factor: SecondFactor::by_password(password),
    }
}

impl Customer {
    /// The customer behind a username, and the description that `user_custom` gave.
    pub(crate) fn known_by(
        username: &str,
        description: Option<&str>,
    ) -> Result<Self, serde_json::Error> {
        match (username, description) {
            (CUSTOM, Some(text)) => serde_json::from_str(text).map(Self::Custom),
            _ => Ok(Self::named(username)),
        }
    }

    fn named(username: &str) -> Self {
        NAMED
            .iter()
            .find(|named| named.username == username)
            .map_or(Self::Good, |named| Self::Named(named.accounts))
    }

    pub(crate) fn accounts(&self) -> Vec<BankAccount<'_>> {
        match self {
            Self::Good => GOOD.to_vec(),
            Self::Named(accounts) => accounts.to_vec(),
            Self::Custom(description) => description.accounts().collect(),
        }
    }
}

impl BankAccount<'_> {
    /// The balances after so many ticks.
    pub(crate) fn balances(&self, ticks: u64) -> Result<Balances, rust_decimal::Error> {
        let parse = |text: Option<&str>| text.map(str::parse::<Amount>).transpose();
        let resting = Balances {
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
            return Ok(resting);
        };
        let posted: i64 = changes.iter().cycle().take(position(ticks, changes)).sum();
        let moved = Amount::from_cents(posted + self.small_payments(ticks, spread));
        let held = Amount::from_cents(holds.get(position(ticks, holds)).copied().unwrap_or(0));
        let current = resting.current.map(|current| current.plus(moved));
        // Of a card, what is owed and held is not available any more.
        let free = match (self.account_type, resting.limit) {
            ("credit", Some(limit)) => current.map(|owed| limit.minus(owed)),
            _ => current,
        };
        Ok(Balances {
            available: resting.available.and(free).map(|free| free.minus(held)),
            current,
            ..resting
        })
    }

    /// In cents; the same at the same tick, and none at the first.
    fn small_payments(&self, ticks: u64, spread: i64) -> i64 {
        if ticks == 0 || spread == 0 {
            return 0;
        }
        let share = i64::from(hash(&[self.mask, &ticks.to_string()]) % 2_001) - 1_000;
        spread * share / 1_000
    }

    /// Whether the bank has closed it by now.
    pub(crate) fn is_closed(&self, linked_at: Moment, now: Moment) -> bool {
        self.closes_after_days
            .is_some_and(|days| days_since(linked_at, now) >= u64::from(days))
    }
}

/// The accounts of a customer that the bank is going to close.
pub(crate) fn closing(username: &str) -> impl Iterator<Item = &'static BankAccount<'static>> {
    let named = NAMED.iter().filter(move |named| named.username == username);
    named
        .flat_map(|named| named.accounts)
        .filter(|account| account.closes_after_days.is_some())
}

/// A number that depends on the words alone (FNV-1a).
pub(crate) fn hash(words: &[&str]) -> u32 {
    words
        .iter()
        .flat_map(|word| word.bytes().chain([0]))
        .fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
}

/// Where in a repeating list a count of ticks stands.
fn position(ticks: u64, list: &[i64]) -> usize {
    usize::try_from(ticks % (list.len().max(1) as u64)).unwrap_or_default()
}

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

static GOOD: [BankAccount<'static>; 12] = [
    BankAccount {
        official_name: Some("Plaid Gold Standard 0% Interest Checking"),
        available: Some("100"),
        current: Some("110"),
        ..depository("0000", "Plaid Checking", "checking")
    },
    BankAccount {
        official_name: Some("Plaid Silver Standard 0.1% Interest Saving"),
        available: Some("200"),
        current: Some("210"),
        ..depository("1111", "Plaid Saving", "savings")
    },
    BankAccount {
        official_name: Some("Plaid Bronze Standard 0.2% Interest CD"),
        current: Some("1000"),
        ..depository("2222", "Plaid CD", "cd")
    },
    BankAccount {
        official_name: Some("Plaid Diamond 12.5% APR Interest Credit Card"),
        account_type: "credit",
        current: Some("410"),
        limit: Some("2000"),
        ..depository("3333", "Plaid Credit Card", "credit card")
    },
    BankAccount {
        official_name: Some("Plaid Platinum Standard 1.85% Interest Money Market"),
        available: Some("43200"),
        current: Some("43200"),
        ..depository("4444", "Plaid Money Market", "money market")
    },
    BankAccount {
        account_type: "investment",
        current: Some("320.76"),
        ..depository("5555", "Plaid IRA", "ira")
    },
    BankAccount {
        account_type: "investment",
        current: Some("23631.9805"),
        ..depository("6666", "Plaid 401k", "401k")
    },
    BankAccount {
        account_type: "loan",
        current: Some("65262"),
        ..depository("7777", "Plaid Student Loan", "student")
    },
    BankAccount {
        account_type: "loan",
        current: Some("56302.06"),
        ..depository("8888", "Plaid Mortgage", "mortgage")
    },
    BankAccount {
        official_name: Some("Plaid Cares Health Savings Account"),
        available: Some("6009"),
        current: Some("6009"),
        ..depository("9001", "Plaid HSA", "hsa")
    },
    BankAccount {
        official_name: Some("Plaid Growth Cash Management"),
        available: Some("12060"),
        current: Some("12060"),
        ..depository("9002", "Plaid Cash Management", "cash management")
    },
    BankAccount {
        official_name: Some("Plaid Platinum Small Business Credit Card"),
        account_type: "credit",
        holder_category: "business",
        available: Some("4980"),
        current: Some("5020"),
        limit: Some("10000"),
        ..depository("9999", "Plaid Business Credit Card", "credit card")
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn named(username: &str) -> Vec<BankAccount<'static>> {
        let named = NAMED.iter().find(|named| named.username == username);
        named.unwrap().accounts.to_vec()
    }

    #[test]
    fn every_amount_can_be_read_and_one_of_the_two_is_told() {
        let all = NAMED.iter().flat_map(|named| named.accounts);
        for account in GOOD.iter().chain(all) {
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
    fn masks_differ_within_a_customer_and_postings_add_up_to_nothing() {
        for customer in &NAMED {
            for (place, account) in customer.accounts.iter().enumerate() {
                let before = &customer.accounts[..place];
                assert!(before.iter().all(|other| other.mask < account.mask));
                if let Movement::Postings { changes, .. } = account.movement {
                    assert_eq!(changes.iter().sum::<i64>(), 0, "{}", account.name);
                }
            }
        }
    }

    #[test]
    fn the_first_balances_are_those_that_are_written() {
        for account in NAMED.iter().flat_map(|named| named.accounts) {
            let first = account.balances(0).unwrap();
            let written = |text: Option<&str>| text.map(|text| text.parse().unwrap());
            assert_eq!(first.available, written(account.available), "{account:?}");
            assert_eq!(first.current, written(account.current), "{account:?}");
        }
    }

    #[test]
    fn the_household_moves_and_comes_back() {
        let checking = named("user_household")[0];
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
    fn a_card_has_less_available_the_more_is_owed() {
        let card = named("user_bakery")[3];
        for ticks in [3, 7, 20] {
            let balances = card.balances(ticks).unwrap();
            let (owed, free) = (balances.current.unwrap(), balances.available.unwrap());
            assert!(owed.plus(free) <= balances.limit.unwrap());
            assert_eq!(balances, card.balances(ticks).unwrap(), "always the same");
        }
        assert_ne!(card.balances(3).unwrap(), card.balances(4).unwrap());
    }

    #[test]
    fn a_day_is_a_tick_and_a_month_closes_an_account() {
        let at = |days: i64| {
            let hours = jiff::SignedDuration::from_hours(24 * days);
            Moment(jiff::Timestamp::UNIX_EPOCH + hours)
        };
        assert_eq!(ticks(2, at(0), at(3)), 5);
        let old = named("user_student")[1];
        assert!(!old.is_closed(at(0), at(29)) && old.is_closed(at(0), at(30)));
    }

    #[test]
    fn strangers_are_user_good() {
        assert_eq!(Customer::named("somebody"), Customer::Good);
        assert_ne!(Customer::named("user_household"), Customer::Good);
    }

    #[test]
    fn some_names_of_plaids_sandbox_take_any_password() {
        assert!(sign_in("user_transactions_dynamic", "anything").is_ok());
        assert!(sign_in("user_transactions_dynamic", "").is_err());
        assert!(sign_in("user_good", "anything").is_err());
    }
}
