//! Customers of one's own: the account description that Plaid's Sandbox takes as the password
//! of `user_custom`, with what signing in asks for and ends with. What it says of transactions,
//! identities and holdings is not looked at.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};

use super::customers::{BankAccount, Movement, hash};
use super::second_factor::{self, Challenges, Recaptcha, SecondFactor, SecondFactorError};
use crate::amount::Amount;

/// The accounts of one custom customer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "CustomCustomerJson")]
pub(crate) struct CustomCustomer {
    accounts: Vec<CustomAccount>,
    /// The error that signing in ends with.
    pub(crate) force_error: Option<String>,
    /// What signing in asks for before.
    pub(crate) challenges: Challenges,
}

/// Why a description describes nothing that can be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CustomCustomerError {
    #[error("override_accounts: two accounts have the mask {0}")]
    SameMask(String),
    #[error("override_accounts: a mask has 2 to 4 characters, which {0:?} has not")]
    Mask(String),
    #[error("override_accounts: {0:?} is no type of account")]
    Type(String),
    #[error(
        "override_accounts: an account of type {account_type} cannot have the subtype {subtype:?}"
    )]
    Subtype {
        account_type: String,
        subtype: String,
    },
    #[error("override_accounts: {0:?} is no ISO 4217 currency code")]
    Currency(String),
    #[error(transparent)]
    SecondFactor(#[from] SecondFactorError),
}

/// As it is written in the password.
#[derive(Deserialize)]
struct CustomCustomerJson {
    #[serde(default)]
    seed: String,
    #[serde(default)]
    override_accounts: Vec<CustomAccountJson>,
    force_error: Option<String>,
    mfa: Option<second_factor::SecondFactorJson>,
    recaptcha: Option<Recaptcha>,
}

#[derive(Default, Deserialize)]
struct CustomAccountJson {
    #[serde(rename = "type")]
    account_type: String,
    subtype: String,
    #[serde(default, deserialize_with = "exact")]
    starting_balance: Option<String>,
    #[serde(default, deserialize_with = "exact")]
    force_available_balance: Option<String>,
    currency: Option<String>,
    #[serde(default)]
    meta: AccountMetaJson,
}

#[derive(Default, Deserialize)]
struct AccountMetaJson {
    name: Option<String>,
    official_name: Option<String>,
    #[serde(default, deserialize_with = "exact")]
    limit: Option<String>,
    mask: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct CustomAccount {
    mask: String,
    name: String,
    official_name: Option<String>,
    account_type: String,
    subtype: String,
    currency: String,
    available: Option<String>,
    current: Option<String>,
    limit: Option<String>,
}

/// Subtypes by type of account, as Plaid lists them.
static SUBTYPES: [(&str, &[&str]); 5] = [
    (
        "depository",
        &[
            "cash management",
            "cd",
            "checking",
            "ebt",
            "hsa",
            "limited purpose checking",
            "money market",
            "paypal",
            "payroll",
            "prepaid",
            "savings",
        ],
    ),
    ("credit", &["credit card", "paypal"]),
    (
        "loan",
        &[
            "auto",
            "business",
            "commercial",
            "construction",
            "consumer",
            "home equity",
            "line of credit",
            "loan",
            "mortgage",
            "other",
            "overdraft",
            "student",
        ],
    ),
    (
        "investment",
        &[
            "401a",
            "401k",
            "403B",
            "457b",
            "529",
            "brokerage",
            "cash isa",
            "crypto exchange",
            "education savings account",
            "fixed annuity",
            "gic",
            "health reimbursement arrangement",
            "hsa",
            "ira",
            "isa",
            "keogh",
            "lif",
            "life insurance",
            "lira",
            "lrif",
            "lrsp",
            "mutual fund",
            "non-custodial wallet",
            "non-taxable brokerage account",
            "other",
            "other annuity",
            "other insurance",
            "pension",
            "prif",
            "profit sharing plan",
            "qshr",
            "rdsp",
            "resp",
            "retirement",
            "rlif",
            "roth",
            "roth 401k",
            "rrif",
            "rrsp",
            "sarsep",
            "sep ira",
            "simple ira",
            "sipp",
            "stock plan",
            "tfsa",
            "thrift savings plan",
            "trust",
            "ugma",
            "utma",
            "variable annuity",
        ],
    ),
    ("other", &["other"]),
];

impl CustomCustomer {
    pub(crate) fn accounts(&self) -> impl Iterator<Item = BankAccount<'_>> {
        self.accounts.iter().map(|account| BankAccount {
            mask: &account.mask,
            name: &account.name,
            official_name: account.official_name.as_deref(),
            account_type: &account.account_type,
            subtype: &account.subtype,
            holder_category: "personal",
            currency: &account.currency,
            unofficial_currency: false,
            available: account.available.as_deref(),
            current: account.current.as_deref(),
            limit: account.limit.as_deref(),
            movement: Movement::Still,
            closes_after_days: None,
        })
    }
}

impl TryFrom<CustomCustomerJson> for CustomCustomer {
    type Error = CustomCustomerError;

    fn try_from(written: CustomCustomerJson) -> Result<Self, CustomCustomerError> {
        let mut accounts = written.override_accounts;
        if accounts.is_empty() {
            accounts.push(by_seed(&written.seed));
        }
        let accounts = accounts
            .into_iter()
            .enumerate()
            .map(|(position, account)| CustomAccount::new(position, account))
            .collect::<Result<Vec<_>, _>>()?;
        let mut masks = BTreeSet::new();
        // Link tells the accounts of one customer apart by their masks.
        if let Some(twice) = accounts.iter().find(|account| !masks.insert(&account.mask)) {
            return Err(CustomCustomerError::SameMask(twice.mask.clone()));
        }
        Ok(Self {
            accounts,
            force_error: written.force_error,
            challenges: Challenges {
                recaptcha: written.recaptcha,
                second_factor: written.mfa.map(SecondFactor::try_from).transpose()?,
            },
        })
    }
}

/// A description without accounts has one, whose balance its seed decides.
fn by_seed(seed: &str) -> CustomAccountJson {
    CustomAccountJson {
        account_type: "depository".to_owned(),
        subtype: "checking".to_owned(),
        starting_balance: Some(Amount::from_cents(i64::from(hash(&[seed]) % 500_000)).to_string()),
        ..CustomAccountJson::default()
    }
}

impl CustomAccount {
    fn new(position: usize, written: CustomAccountJson) -> Result<Self, CustomCustomerError> {
        check_kind(&written.account_type, &written.subtype)?;
        let currency = written.currency.unwrap_or_else(|| "USD".to_owned());
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(CustomCustomerError::Currency(currency));
        }
        let mask = written
            .meta
            .mask
            .unwrap_or_else(|| format!("{:04}", 1000 + position));
        if !(2..=4).contains(&mask.chars().count()) {
            return Err(CustomCustomerError::Mask(mask));
        }
        // What is not said: nobody can draw on a loan, and a bank that was told nothing of
        // holds has none.
        let available = written.force_available_balance.or_else(|| {
            (written.account_type == "depository")
                .then(|| written.starting_balance.clone())
                .flatten()
        });
        Ok(Self {
            mask,
            name: written
                .meta
                .name
                .unwrap_or_else(|| format!("Custom {}", written.subtype)),
            official_name: written.meta.official_name,
            account_type: written.account_type,
            subtype: written.subtype,
            currency,
            available,
            current: written.starting_balance,
            limit: written.meta.limit,
        })
    }
}

fn check_kind(account_type: &str, subtype: &str) -> Result<(), CustomCustomerError> {
    let (_, subtypes) = SUBTYPES
        .iter()
        .find(|(known, _)| *known == account_type)
        .ok_or_else(|| CustomCustomerError::Type(account_type.to_owned()))?;
    if subtypes.contains(&subtype) {
        return Ok(());
    }
    Err(CustomCustomerError::Subtype {
        account_type: account_type.to_owned(),
        subtype: subtype.to_owned(),
    })
}

/// The text of a decimal, proven to be one.
fn exact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let amount = Option::<Amount>::deserialize(deserializer)?;
    Ok(amount.map(|amount| amount.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<CustomCustomer, String> {
        serde_json::from_str(text).map_err(|error: serde_json::Error| error.to_string())
    }

    #[test]
    fn balances_are_taken_as_they_are_written() {
        let description = parse(
            r#"{"override_accounts": [
                {"type": "depository", "subtype": "savings", "starting_balance": 23631.9805, "currency": "EUR",
                 "meta": {"name": "Mine", "official_name": "All Mine", "limit": 500, "mask": "4321"},
                 "transactions": [], "identity": {"names": ["A"]}},
                {"type": "loan", "subtype": "mortgage", "starting_balance": 100}]}"#,
        )
        .unwrap();
        let accounts: Vec<_> = description.accounts().collect();
        let savings = accounts[0].balances(0).unwrap();
        assert_eq!(savings.current.unwrap().to_string(), "23631.9805");
        assert_eq!(savings.available, savings.current);
        assert_eq!(savings.limit.unwrap().to_string(), "500");
        assert_eq!(
            (accounts[0].mask, accounts[0].name, accounts[0].currency),
            ("4321", "Mine", "EUR")
        );
        assert_eq!(accounts[1].balances(0).unwrap().available, None);
        assert_eq!(accounts[1].mask, "1001");
    }

    #[test]
    fn nothing_said_is_one_account_by_the_seed() {
        let balance = |text| {
            let description = parse(text).unwrap();
            let accounts: Vec<_> = description.accounts().collect();
            assert_eq!(accounts.len(), 1);
            accounts[0].balances(0).unwrap().current.unwrap()
        };
        assert_eq!(balance("{}"), balance("{}"));
        assert_ne!(balance(r#"{"seed": "a"}"#), balance(r#"{"seed": "b"}"#));
    }

    #[test]
    fn signing_in_asks_for_what_is_described() {
        let asked = |text| parse(text).unwrap().challenges;
        assert_eq!(asked("{}"), Challenges::default());
        assert_eq!(
            asked(
                r#"{"mfa": {"type": "questions", "question_rounds": 2, "questions_per_round": 3}, "recaptcha": "bad"}"#
            ),
            Challenges {
                recaptcha: Some(Recaptcha::Bad),
                second_factor: Some(SecondFactor::Questions {
                    rounds: 2,
                    per_round: 3
                }),
            }
        );
        assert_eq!(
            asked(r#"{"mfa": {"type": "selections"}}"#).second_factor,
            Some(SecondFactor::Selections {
                rounds: 1,
                per_round: 2,
                options: Some(2)
            })
        );
        for (mfa, words) in [
            (r#"{"type": "owl"}"#, "owl"),
            (r#"{"type": "questions"}"#, "question_rounds is missing"),
            (
                r#"{"type": "selections", "selections_per_question": 1}"#,
                "from 2 to 9",
            ),
        ] {
            let error = parse(&format!(r#"{{"mfa": {mfa}}}"#)).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn what_cannot_be_is_named() {
        for (account, words) in [
            (r#"{"type": "purse", "subtype": "checking"}"#, "purse"),
            (r#"{"type": "loan", "subtype": "checking"}"#, "checking"),
            (
                r#"{"type": "loan", "subtype": "auto", "currency": "dollars"}"#,
                "dollars",
            ),
            (
                r#"{"type": "loan", "subtype": "auto", "meta": {"mask": "12345"}}"#,
                "12345",
            ),
            (
                r#"{"type": "loan", "subtype": "auto", "starting_balance": "much"}"#,
                "Invalid decimal",
            ),
        ] {
            let text = format!(r#"{{"override_accounts": [{account}]}}"#);
            let error = parse(&text).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
        let twice = r#"{"type": "loan", "subtype": "auto", "meta": {"mask": "12"}}"#;
        assert!(
            parse(&format!(r#"{{"override_accounts": [{twice}, {twice}]}}"#))
                .unwrap_err()
                .contains("two accounts")
        );
    }
}
