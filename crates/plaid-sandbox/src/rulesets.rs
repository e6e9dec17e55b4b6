//! Rulesets of Signal, as JSON files in the state directory: rules are read from top to
//! bottom, the first that matches decides, a rule whose data is missing is skipped, and a
//! fallback ends every ruleset.

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::amount::Amount;

/// The folder of the ruleset files within the state directory.
const FOLDER: &str = "rulesets";

/// What the folder holds at first.
const SUGGESTED: [(&str, &str); 2] = [
    ("default.json", include_str!("../rulesets/default.json")),
    ("scores.json", include_str!("../rulesets/scores.json")),
];

/// The name of the ruleset that is used when none is named.
const DEFAULT: &str = "default";

/// Why the rulesets cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesetError {
    /// The folder or a file in it cannot be read or written.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is not a ruleset: what is wrong, such as a missing `fallback`.
    #[error("{} is not a ruleset: {source}", path.display())]
    NotARuleset {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        source: serde_json::Error,
    },
    /// A comparison with no number, or with two.
    #[error(
        "{}: rule {rule}: a comparison needs one of \"value\" and \"amount_plus\"; \"not_reported\" needs none",
        path.display()
    )]
    Comparison {
        /// The file.
        path: PathBuf,
        /// Which rule, from 1.
        rule: usize,
    },
    /// Two files name the same ruleset.
    #[error("{} is the second file with the ruleset {key}", path.display())]
    Twice {
        /// The second file.
        path: PathBuf,
        /// The name that both have.
        key: String,
    },
}

/// What Plaid advises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum SignalResult {
    Accept,
    Review,
    Reroute,
}

impl SignalResult {
    /// As the API writes it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Accept => "ACCEPT",
            Self::Review => "REVIEW",
            Self::Reroute => "REROUTE",
        }
    }
}

/// What a ruleset draws on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum DataSource {
    /// Live balances only; no scores.
    #[serde(rename = "balance_only")]
    BalanceOnly,
    /// Signal Transaction Scores, with balances as they were read last.
    #[serde(rename = "signal_transaction_scores")]
    TransactionScores,
}

/// One ruleset.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ruleset {
    #[serde(rename = "ruleset_key")]
    pub(crate) key: String,
    #[serde(rename = "data")]
    pub(crate) source: DataSource,
    rules: Vec<Rule>,
    fallback: Fallback,
}

/// One rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// All of these must hold; with none, the rule always matches.
    when: Vec<Comparison>,
    result: SignalResult,
    pub(crate) internal_note: String,
    pub(crate) custom_action_key: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fallback {
    result: SignalResult,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Comparison {
    fact: RuleFact,
    is: Relation,
    /// Compared with this number.
    value: Option<Amount>,
    /// Compared with the amount of the debit and this much on top.
    amount_plus: Option<Amount>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RuleFact {
    Amount,
    AvailableBalance,
    CurrentBalance,
    BankInitiatedReturnRisk,
    CustomerInitiatedReturnRisk,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Relation {
    Below,
    AtMost,
    AtLeast,
    Above,
    NotReported,
}

/// What rules can look at.
#[derive(Debug)]
pub(crate) struct RuleFacts {
    pub(crate) amount: Decimal,
    pub(crate) available: Option<Decimal>,
    pub(crate) current: Option<Decimal>,
    /// From 1 to 99; higher is riskier.
    pub(crate) bank_risk: Option<u32>,
    /// From 1 to 99; higher is riskier.
    pub(crate) customer_risk: Option<u32>,
}

/// All rulesets there are.
#[derive(Debug)]
pub(crate) struct Rulesets(Vec<Ruleset>);

impl Rulesets {
    /// The rulesets in a state directory, where the suggested ones are written when it has no
    /// folder for them yet.
    pub(crate) fn load(state: &Path) -> Result<Self, RulesetError> {
        let folder = state.join(FOLDER);
        if !folder.exists() {
            suggest(&folder)?;
        }
        let mut rulesets: Vec<Ruleset> = Vec::new();
        for path in files(&folder)? {
            let ruleset = read(&path)?;
            if rulesets.iter().any(|known| known.key == ruleset.key) {
                return Err(RulesetError::Twice {
                    path,
                    key: ruleset.key,
                });
            }
            rulesets.push(ruleset);
        }
        Ok(Self(rulesets))
    }

    /// The ruleset with this key; without a key, the one named `default`.
    pub(crate) fn find(&self, key: Option<&str>) -> Option<&Ruleset> {
        let key = key.unwrap_or(DEFAULT);
        self.0.iter().find(|ruleset| ruleset.key == key)
    }

    /// Whether an evaluation with this ruleset has to wait for the bank.
    pub(crate) fn asks_the_bank(&self, key: Option<&str>) -> bool {
        self.find(key)
            .is_some_and(|ruleset| ruleset.source == DataSource::BalanceOnly)
    }
}

fn suggest(folder: &Path) -> Result<(), RulesetError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        |source| RulesetError::File { path, source }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    for (name, text) in SUGGESTED {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(failed(&path))?;
    }
    Ok(())
}

/// The JSON files of a folder, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, RulesetError> {
    let failed = |source| RulesetError::File {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<Ruleset, RulesetError> {
    let text = std::fs::read_to_string(path).map_err(|source| RulesetError::File {
        path: path.to_owned(),
        source,
    })?;
    let ruleset: Ruleset =
        serde_json::from_str(&text).map_err(|source| RulesetError::NotARuleset {
            path: path.to_owned(),
            source,
        })?;
    let wrong = ruleset
        .rules
        .iter()
        .position(|rule| !rule.when.iter().all(Comparison::is_complete));
    match wrong {
        None => Ok(ruleset),
        Some(position) => Err(RulesetError::Comparison {
            path: path.to_owned(),
            rule: position + 1,
        }),
    }
}

impl Ruleset {
    /// The result, and the rule that gave it; no rule when the fallback did.
    pub(crate) fn decide(&self, facts: &RuleFacts) -> (SignalResult, Option<&Rule>) {
        let rule = self.rules.iter().find(|rule| rule.matches(facts));
        (rule.map_or(self.fallback.result, |rule| rule.result), rule)
    }
}

impl Rule {
    /// A rule whose data is missing does not match.
    fn matches(&self, facts: &RuleFacts) -> bool {
        self.when
            .iter()
            .all(|comparison| comparison.holds(facts).unwrap_or(false))
    }
}

impl Comparison {
    fn is_complete(&self) -> bool {
        let numbers = usize::from(self.value.is_some()) + usize::from(self.amount_plus.is_some());
        numbers == usize::from(self.is != Relation::NotReported)
    }

    /// Whether it holds; none when its data is missing.
    fn holds(&self, facts: &RuleFacts) -> Option<bool> {
        let fact = match self.fact {
            RuleFact::Amount => Some(facts.amount),
            RuleFact::AvailableBalance => facts.available,
            RuleFact::CurrentBalance => facts.current,
            RuleFact::BankInitiatedReturnRisk => facts.bank_risk.map(Decimal::from),
            RuleFact::CustomerInitiatedReturnRisk => facts.customer_risk.map(Decimal::from),
        };
        if self.is == Relation::NotReported {
            return Some(fact.is_none());
        }
        let bound = match (self.value, self.amount_plus) {
            (Some(value), _) => value.0,
            (None, plus) => facts.amount.checked_add(plus?.0)?,
        };
        let fact = fact?;
        Some(match self.is {
            Relation::Below => fact < bound,
            Relation::AtMost => fact <= bound,
            Relation::AtLeast => fact >= bound,
            Relation::Above => fact > bound,
            Relation::NotReported => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggested() -> (tempfile::TempDir, Rulesets) {
        let state = tempfile::tempdir().unwrap();
        let rulesets = Rulesets::load(state.path()).unwrap();
        (state, rulesets)
    }

    fn facts(amount: &str, available: Option<&str>) -> RuleFacts {
        RuleFacts {
            amount: amount.parse().unwrap(),
            available: available.map(|text| text.parse().unwrap()),
            current: None,
            bank_risk: None,
            customer_risk: None,
        }
    }

    #[test]
    fn the_default_ruleset_compares_the_balance_with_the_amount() {
        let (_state, rulesets) = suggested();
        let decide = |amount, available| {
            let (result, rule) = rulesets
                .find(None)
                .unwrap()
                .decide(&facts(amount, available));
            (result, rule.map(|rule| rule.internal_note.clone()))
        };
        assert_eq!(
            decide("100.01", Some("100")),
            (
                SignalResult::Reroute,
                Some("Balance below the amount".to_owned())
            )
        );
        assert_eq!(decide("100", Some("100")).0, SignalResult::Review);
        assert_eq!(decide("50.01", Some("100")).0, SignalResult::Review);
        assert_eq!(decide("50", Some("100")), (SignalResult::Accept, None));
        assert_eq!(
            decide("1", None),
            (
                SignalResult::Review,
                Some("Balance not reported".to_owned())
            )
        );
    }

    #[test]
    fn a_rule_without_its_data_is_skipped() {
        let (_state, rulesets) = suggested();
        let facts = RuleFacts {
            customer_risk: Some(90),
            ..facts("1", None)
        };
        let scores = rulesets.find(Some("scores")).unwrap();
        assert_eq!(scores.decide(&facts).0, SignalResult::Reroute);
        assert!(rulesets.find(Some("nobody made this")).is_none());
        assert!(rulesets.asks_the_bank(None) && !rulesets.asks_the_bank(Some("scores")));
    }

    #[test]
    fn the_files_are_written_once_and_then_belong_to_the_user() {
        let (state, _) = suggested();
        let folder = state.path().join(FOLDER);
        std::fs::remove_file(folder.join("default.json")).unwrap();
        std::fs::write(
            folder.join("mine.json"),
            r#"{"ruleset_key": "mine", "data": "balance_only",
                "rules": [{"when": [{"fact": "amount", "is": "above", "value": 10.5},
                                    {"fact": "current_balance", "is": "at_most", "amount_plus": 5}],
                           "result": "REROUTE", "internal_note": "n"}],
                "fallback": {"result": "REVIEW"}}"#,
        )
        .unwrap();
        let rulesets = Rulesets::load(state.path()).unwrap();
        assert!(rulesets.find(None).is_none(), "not written again");
        let mine = rulesets.find(Some("mine")).unwrap();
        let with = |amount, current: Option<i64>| {
            mine.decide(&RuleFacts {
                current: current.map(Decimal::from),
                ..facts(amount, None)
            })
            .0
        };
        assert_eq!(with("11", Some(16)), SignalResult::Reroute);
        assert_eq!(with("11", Some(17)), SignalResult::Review);
        assert_eq!(with("10.5", Some(1)), SignalResult::Review);
        assert_eq!(with("11", None), SignalResult::Review, "data is missing");
    }

    #[test]
    fn files_that_are_no_rulesets_are_refused() {
        for (text, words) in [
            ("{", "EOF"),
            (
                r#"{"ruleset_key": "k", "data": "balance_only", "rules": []}"#,
                "missing field `fallback`",
            ),
            (
                r#"{"ruleset_key": "default", "data": "balance_only", "rules": [],
                    "fallback": {"result": "ACCEPT"}}"#,
                "second file",
            ),
            (
                r#"{"ruleset_key": "k", "data": "balance_only", "fallback": {"result": "ACCEPT"},
                    "rules": [{"when": [{"fact": "amount", "is": "below"}],
                               "result": "REVIEW", "internal_note": "n"}]}"#,
                "rule 1",
            ),
        ] {
            let (state, _) = suggested();
            std::fs::write(state.path().join(FOLDER).join("zz.json"), text).unwrap();
            let error = Rulesets::load(state.path()).unwrap_err().to_string();
            assert!(
                error.contains(words) && error.contains("zz.json"),
                "{error}"
            );
        }
    }
}
