//! The account description that Plaid's Sandbox takes as the password of `user_custom`. Transactions, identities and
//! holdings in it are ignored.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};

use super::customers::{BankAccount, Movement, hash};
use super::second_factor::{self, Challenges, Recaptcha, SecondFactor, SecondFactorError};
use crate::amount::Amount;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "CustomCustomerJson")]
pub(crate) struct CustomCustomer {
    accounts: Vec<CustomAccount>,
    pub(crate) force_error: Option<String>,
    pub(crate) challenges: Challenges,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum CustomCustomerError {
    #[error("override_accounts: two accounts have the mask {0}")]
    SameMask(String),
    #[error("override_accounts: the mask {0:?} does not have 2 to 4 characters")]
    Mask(String),
    #[error("override_accounts: {0:?} is not an account type")]
    Type(String),
    #[error(
        "override_accounts: an account of type {account_type} cannot have the subtype {subtype:?}"
    )]
    Subtype {
        account_type: String,
        subtype: String,
    },
    #[error("override_accounts: {0:?} is not an ISO 4217 currency code")]
    Currency(String),
    #[error(transparent)]
    SecondFactor(#[from] SecondFactorError),
}

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
    #[serde(default, deserialize_with = "decimal_text")]
    starting_balance: Option<String>,
    #[serde(default, deserialize_with = "decimal_text")]
    force_available_balance: Option<String>,
    currency: Option<String>,
    #[serde(default)]
    meta: AccountMetaJson,
}

#[derive(Default, Deserialize)]
struct AccountMetaJson {
    name: Option<String>,
    official_name: Option<String>,
    #[serde(default, deserialize_with = "decimal_text")]
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

/// The subtypes of each account type, as Plaid lists them.
#[rustfmt::skip]
static SUBTYPES: [(&str, &[&str]); 5] = [
    ("depository", &[
        "cash management", "cd", "checking", "ebt", "hsa", "limited purpose checking", "money market", "paypal",
        "payroll", "prepaid", "savings",
    ]),
    ("credit", &["credit card", "paypal"]),
    ("loan", &[
        "auto", "business", "commercial", "construction", "consumer", "home equity", "line of credit", "loan",
        "mortgage", "other", "overdraft", "student",
    ]),
    ("investment", &[
        "401a", "401k", "403B", "457b", "529", "brokerage", "cash isa", "crypto exchange",
        "education savings account", "fixed annuity", "gic", "health reimbursement arrangement", "hsa", "ira", "isa",
        "keogh", "lif", "life insurance", "lira", "lrif", "lrsp", "mutual fund", "non-custodial wallet",
        "non-taxable brokerage account", "other", "other annuity", "other insurance", "pension", "prif",
        "profit sharing plan", "qshr", "rdsp", "resp", "retirement", "rlif", "roth", "roth 401k", "rrif", "rrsp",
        "sarsep", "sep ira", "simple ira", "sipp", "stock plan", "tfsa", "thrift savings plan", "trust", "ugma",
        "utma", "variable annuity",
    ]),
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

    fn try_from(json: CustomCustomerJson) -> Result<Self, CustomCustomerError> {
        let mut accounts = json.override_accounts;
        if accounts.is_empty() {
            accounts.push(account_from_seed(&json.seed));
        }
        let accounts = accounts
            .into_iter()
            .enumerate()
            .map(|(position, account)| CustomAccount::new(position, account))
            .collect::<Result<Vec<_>, _>>()?;
        let mut masks = BTreeSet::new();
        // Link identifies the accounts of one customer by their masks.
        if let Some(duplicate) = accounts.iter().find(|account| !masks.insert(&account.mask)) {
            return Err(CustomCustomerError::SameMask(duplicate.mask.clone()));
        }
        Ok(Self {
            accounts,
            force_error: json.force_error,
            challenges: Challenges {
                recaptcha: json.recaptcha,
                second_factor: json.mfa.map(SecondFactor::try_from).transpose()?,
            },
        })
    }
}

/// A description without accounts has one, whose balance depends on the seed.
fn account_from_seed(seed: &str) -> CustomAccountJson {
    CustomAccountJson {
        account_type: "depository".to_owned(),
        subtype: "checking".to_owned(),
        starting_balance: Some(Amount::from_cents(i64::from(hash(&[seed]) % 500_000)).to_string()),
        ..CustomAccountJson::default()
    }
}

impl CustomAccount {
    fn new(position: usize, json: CustomAccountJson) -> Result<Self, CustomCustomerError> {
        check_type(&json.account_type, &json.subtype)?;
        let currency = json.currency.unwrap_or_else(|| "USD".to_owned());
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(CustomCustomerError::Currency(currency));
        }
        let mask = json
            .meta
            .mask
            .unwrap_or_else(|| format!("{:04}", 1000 + position));
        if !(2..=4).contains(&mask.chars().count()) {
            return Err(CustomCustomerError::Mask(mask));
        }
        // Without holds all of a deposit is available. Loans and cards have no available balance unless it is given.
        let available = json.force_available_balance.or_else(|| {
            (json.account_type == "depository")
                .then(|| json.starting_balance.clone())
                .flatten()
        });
        Ok(Self {
            mask,
            name: json
                .meta
                .name
                .unwrap_or_else(|| format!("Custom {}", json.subtype)),
            official_name: json.meta.official_name,
            account_type: json.account_type,
            subtype: json.subtype,
            currency,
            available,
            current: json.starting_balance,
            limit: json.meta.limit,
        })
    }
}

fn check_type(account_type: &str, subtype: &str) -> Result<(), CustomCustomerError> {
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

/// Checks that a number is a decimal, and keeps its text.
fn decimal_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
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
    fn balances_keep_their_decimals() {
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
    fn without_accounts_the_seed_decides() {
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
    fn the_description_decides_what_link_asks() {
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
    fn the_message_names_what_is_invalid() {
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
