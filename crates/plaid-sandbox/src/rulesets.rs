//! Signal rulesets, as JSON files in the state directory. Rules are read from top to bottom and the first match decides; a
//! rule whose data is missing is skipped, and every ruleset ends with a fallback.

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

use crate::amount::Amount;

const FOLDER_NAME: &str = "rulesets";

const BUILT_IN: [(&str, &str); 2] = [
    ("default.json", include_str!("../rulesets/default.json")),
    ("scores.json", include_str!("../rulesets/scores.json")),
];

const DEFAULT_KEY: &str = "default";

#[derive(Debug, thiserror::Error)]
pub enum RulesetError {
    #[error("cannot use {}: {source}", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} is not a ruleset: {source}", path.display())]
    NotARuleset {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error(
        "{}: rule {rule}: a comparison needs one of \"value\" and \"amount_plus\"; \"not_reported\" needs none",
        path.display()
    )]
    Comparison { path: PathBuf, rule: usize },
    #[error("{} is the second file with the ruleset {key}", path.display())]
    Duplicate { path: PathBuf, key: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, EnumString)]
#[serde(rename_all = "UPPERCASE")]
#[strum(serialize_all = "UPPERCASE")]
pub(crate) enum SignalResult {
    Accept,
    Review,
    Reroute,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DataSource {
    BalanceOnly,
    SignalTransactionScores,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ruleset {
    pub(crate) ruleset_key: String,
    pub(crate) data: DataSource,
    rules: Vec<Rule>,
    fallback: Fallback,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// All of these must hold; a rule without any always matches.
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
    value: Option<Amount>,
    /// Compare with the amount of the debit plus this.
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

#[derive(Debug)]
pub(crate) struct RuleFacts {
    pub(crate) amount: Decimal,
    pub(crate) available: Option<Decimal>,
    pub(crate) current: Option<Decimal>,
    /// Risks are 1 to 99; higher is riskier.
    pub(crate) bank_risk: Option<u32>,
    pub(crate) customer_risk: Option<u32>,
}

#[derive(Debug)]
pub(crate) struct Rulesets(Vec<Ruleset>);

impl Rulesets {
    /// Reads the rulesets. A state directory without any gets the built-in ones.
    pub(crate) fn load(state: &Path) -> Result<Self, RulesetError> {
        let folder = state.join(FOLDER_NAME);
        if !folder.exists() {
            write_built_in(&folder)?;
        }
        let mut rulesets: Vec<Ruleset> = Vec::new();
        for path in files(&folder)? {
            let ruleset = read(&path)?;
            if rulesets
                .iter()
                .any(|known| known.ruleset_key == ruleset.ruleset_key)
            {
                return Err(RulesetError::Duplicate {
                    path,
                    key: ruleset.ruleset_key,
                });
            }
            rulesets.push(ruleset);
        }
        Ok(Self(rulesets))
    }

    pub(crate) fn find(&self, key: Option<&str>) -> Option<&Ruleset> {
        let key = key.unwrap_or(DEFAULT_KEY);
        self.0.iter().find(|ruleset| ruleset.ruleset_key == key)
    }

    pub(crate) fn reads_bank_live(&self, key: Option<&str>) -> bool {
        self.find(key)
            .is_some_and(|ruleset| ruleset.data == DataSource::BalanceOnly)
    }
}

fn write_built_in(folder: &Path) -> Result<(), RulesetError> {
    let file_error = |path: &Path| {
        let path = path.to_owned();
        |source| RulesetError::File { path, source }
    };
    std::fs::create_dir_all(folder).map_err(file_error(folder))?;
    for (name, text) in BUILT_IN {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(file_error(&path))?;
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, RulesetError> {
    let file_error = |source| RulesetError::File {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(file_error)? {
        let path = entry.map_err(file_error)?.path();
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
    let is_incomplete = |rule: &Rule| !rule.when.iter().all(Comparison::is_complete);
    match ruleset.rules.iter().position(is_incomplete) {
        None => Ok(ruleset),
        Some(position) => Err(RulesetError::Comparison {
            path: path.to_owned(),
            rule: position + 1,
        }),
    }
}

impl Ruleset {
    /// The result and the rule that decided, which is None for the fallback.
    pub(crate) fn decide(&self, facts: &RuleFacts) -> (SignalResult, Option<&Rule>) {
        let rule = self.rules.iter().find(|rule| rule.matches(facts));
        (rule.map_or(self.fallback.result, |rule| rule.result), rule)
    }
}

impl Rule {
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

    /// None when the data is missing.
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

    fn built_in() -> (tempfile::TempDir, Rulesets) {
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
        let (_state, rulesets) = built_in();
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
    fn a_rule_whose_data_is_missing_is_skipped() {
        let (_state, rulesets) = built_in();
        let facts = RuleFacts {
            customer_risk: Some(90),
            ..facts("1", None)
        };
        let scores = rulesets.find(Some("scores")).unwrap();
        assert_eq!(scores.decide(&facts).0, SignalResult::Reroute);
        assert!(rulesets.find(Some("unknown")).is_none());
        assert!(rulesets.reads_bank_live(None) && !rulesets.reads_bank_live(Some("scores")));
    }

    #[test]
    fn the_built_in_files_are_written_only_once() {
        let (state, _) = built_in();
        let folder = state.path().join(FOLDER_NAME);
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
    fn invalid_files_are_rejected_by_name() {
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
            let (state, _) = built_in();
            std::fs::write(state.path().join(FOLDER_NAME).join("zz.json"), text).unwrap();
            let error = Rulesets::load(state.path()).unwrap_err().to_string();
            assert!(
                error.contains(words) && error.contains("zz.json"),
                "{error}"
            );
        }
    }
}
