//! The people who bank at the make-believe institutions, and their accounts. Most stand
//! still, as in Plaid's Sandbox; a few move with every live read, each time the same way.

use super::custom::Description;
use super::second_factor::{Challenges, Recaptcha, SecondFactor};
use crate::amount::Amount;
use crate::errors::{INVALID_CREDENTIALS, PlaidError, forced, forced_by};
use serde::Deserialize;

/// One account as the bank keeps it.
#[derive(Clone, Copy, Debug)]
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
}

/// What an account does between two live reads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Movement {
    Still,
    /// Postings in cents, one per live read, over and over; they add up to nothing, so
    /// that the account neither runs dry nor overflows. Beside them, what is on hold.
    Postings {
        changes: &'static [i64],
        holds: &'static [i64],
    },
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
    Household,
    Business,
    /// Plaid's `user_custom`, who says what accounts there are.
    Custom(Description),
}

/// The password that opens every account here.
pub(crate) const PASSWORD: &str = "pass_good";

/// The username whose password describes accounts.
const CUSTOM: &str = "user_custom";

/// What the bank says to a username and a password: the description that `user_custom` came
/// with, nothing for everybody else, or the error.
pub(crate) fn sign_in(username: &str, password: &str) -> Result<Option<String>, PlaidError> {
    if username == CUSTOM {
        let description: Description = serde_json::from_str(password).map_err(|error| {
            PlaidError::worded(&INVALID_CREDENTIALS, format!("user_custom: {error}"))
        })?;
        return match description.force_error.as_deref() {
            None => Ok(Some(password.to_owned())),
            Some(code) => Err(forced(code).unwrap_or(&INVALID_CREDENTIALS).into()),
        };
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
    struct Asked {
        recaptcha: Recaptcha,
    }
    if username == CUSTOM {
        // `sign_in` refuses what is no description.
        return serde_json::from_str(password)
            .map(|description: Description| description.challenges)
            .unwrap_or_default();
    }
    Challenges {
        recaptcha: serde_json::from_str(password)
            .ok()
            .map(|asked: Asked| asked.recaptcha),
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
        match username {
            "user_household" => Self::Household,
            "user_business" => Self::Business,
            _ => Self::Good,
        }
    }

    pub(crate) fn accounts(&self) -> Vec<BankAccount<'_>> {
        match self {
            Self::Good => GOOD.to_vec(),
            Self::Household => HOUSEHOLD.to_vec(),
            Self::Business => BUSINESS.to_vec(),
            Self::Custom(description) => description.accounts().collect(),
        }
    }
}

impl BankAccount<'_> {
    /// The balances after so many live reads.
    pub(crate) fn balances(&self, reads: u64) -> Result<Balances, rust_decimal::Error> {
        let parse = |text: Option<&str>| text.map(str::parse::<Amount>).transpose();
        let resting = Balances {
            available: parse(self.available)?,
            current: parse(self.current)?,
            limit: parse(self.limit)?,
        };
        let Movement::Postings { changes, holds } = self.movement else {
            return Ok(resting);
        };
        let posted = changes.iter().cycle().take(position(reads, changes)).sum();
        let held = holds
            .iter()
            .cycle()
            .nth(position(reads, holds))
            .copied()
            .unwrap_or_default();
        let current = resting
            .current
            .map(|rest| Amount((rest.0 + Amount::from_cents(posted).0).normalize()));
        let available =
            current.map(|current| Amount((current.0 - Amount::from_cents(held).0).normalize()));
        Ok(Balances {
            available,
            current,
            ..resting
        })
    }
}

/// Where in a repeating list a count of reads stands.
fn position(reads: u64, list: &[i64]) -> usize {
    usize::try_from(reads % (list.len().max(1) as u64)).unwrap_or_default()
}

const fn depository(
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

static HOUSEHOLD: [BankAccount<'static>; 4] = [
    BankAccount {
        official_name: Some("Everyday Checking"),
        available: Some("1842.17"),
        current: Some("1842.17"),
        movement: Movement::Postings {
            changes: &[
                -6_190, -2_348, 125_000, -41_235, -8_999, -3_120, -53_108, -10_000,
            ],
            holds: &[0, 2_500, 0, 6_140, 0],
        },
        ..depository("0100", "Household Checking", "checking")
    },
    BankAccount {
        official_name: Some("Rainy Day Savings"),
        available: Some("7310.55"),
        current: Some("7310.55"),
        ..depository("0200", "Household Savings", "savings")
    },
    BankAccount {
        official_name: Some("Holiday Club Savings"),
        current: Some("640"),
        ..depository("0300", "Holiday Savings", "savings")
    },
    BankAccount {
        official_name: Some("Second Checking"),
        available: Some("-35.2"),
        current: Some("-35.2"),
        ..depository("0400", "Bills Checking", "checking")
    },
];

static BUSINESS: [BankAccount<'static>; 3] = [
    BankAccount {
        official_name: Some("Commercial Operating Account"),
        holder_category: "business",
        available: Some("248310.42"),
        current: Some("251004.9"),
        ..depository("2100", "Business Checking", "checking")
    },
    BankAccount {
        official_name: Some("Commercial Reserve"),
        holder_category: "business",
        available: Some("1200000"),
        current: Some("1200000"),
        ..depository("2200", "Business Savings", "savings")
    },
    BankAccount {
        official_name: Some("Euro Girokonto"),
        holder_category: "business",
        currency: "EUR",
        available: Some("18420.75"),
        current: Some("13420.75"),
        limit: Some("5000"),
        ..depository("2300", "Business Euro Account", "checking")
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_amount_can_be_read() {
        for customer in [Customer::Good, Customer::Household, Customer::Business] {
            for account in customer.accounts() {
                account.balances(0).unwrap();
            }
        }
    }

    #[test]
    fn the_household_moves_and_comes_back() {
        let checking = &HOUSEHOLD[0];
        let available = |reads| {
            checking
                .balances(reads)
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
    fn strangers_are_user_good() {
        assert_eq!(Customer::named("somebody"), Customer::Good);
        assert_eq!(Customer::named("user_household"), Customer::Household);
    }
}
