//! Rulesets of Signal, as data: rules are read from top to bottom, the first that matches
//! decides, a rule whose data is missing is skipped, and a fallback ends every ruleset.

use rust_decimal::Decimal;

/// What Plaid advises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DataSource {
    /// Live balances only; no scores.
    BalanceOnly,
    /// Signal Transaction Scores, with balances as they were read last.
    TransactionScores,
}

/// One ruleset.
#[derive(Debug)]
pub(crate) struct Ruleset {
    pub(crate) key: &'static str,
    pub(crate) source: DataSource,
    rules: &'static [Rule],
    fallback: SignalResult,
}

/// One rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    when: Condition,
    then: SignalResult,
    pub(crate) internal_note: &'static str,
    pub(crate) custom_action_key: Option<&'static str>,
}

#[derive(Debug, PartialEq, Eq)]
enum Condition {
    /// The bank did not report an available balance.
    AvailableNotReported,
    /// The available balance is less than the amount and this many dollars on top.
    AvailableBelowAmountPlus(u32),
    /// The risk of a return for lack of funds is at least this.
    BankRiskAtLeast(u32),
    /// The risk of a return by the customer is at least this.
    CustomerRiskAtLeast(u32),
}

/// What rules can look at.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) amount: Decimal,
    pub(crate) available: Option<Decimal>,
    /// From 1 to 99; higher is riskier.
    pub(crate) bank_risk: Option<u32>,
    /// From 1 to 99; higher is riskier.
    pub(crate) customer_risk: Option<u32>,
}

static RULESETS: [Ruleset; 2] = [
    Ruleset {
        key: "default",
        source: DataSource::BalanceOnly,
        rules: &[
            Rule {
                when: Condition::AvailableNotReported,
                then: SignalResult::Review,
                internal_note: "Balance not reported",
                custom_action_key: None,
            },
            Rule {
                when: Condition::AvailableBelowAmountPlus(0),
                then: SignalResult::Reroute,
                internal_note: "Balance below the amount",
                custom_action_key: Some("ask-for-another-account"),
            },
            Rule {
                when: Condition::AvailableBelowAmountPlus(50),
                then: SignalResult::Review,
                internal_note: "Balance less than 50 above the amount",
                custom_action_key: Some("3-day-hold"),
            },
        ],
        fallback: SignalResult::Accept,
    },
    Ruleset {
        key: "scores",
        source: DataSource::TransactionScores,
        rules: &[
            Rule {
                when: Condition::BankRiskAtLeast(80),
                then: SignalResult::Reroute,
                internal_note: "High risk of a return by the bank",
                custom_action_key: Some("ask-for-another-account"),
            },
            Rule {
                when: Condition::CustomerRiskAtLeast(80),
                then: SignalResult::Reroute,
                internal_note: "High risk of a return by the customer",
                custom_action_key: Some("ask-for-another-account"),
            },
            Rule {
                when: Condition::BankRiskAtLeast(50),
                then: SignalResult::Review,
                internal_note: "Medium risk of a return by the bank",
                custom_action_key: Some("3-day-hold"),
            },
        ],
        fallback: SignalResult::Accept,
    },
];

impl Ruleset {
    /// The ruleset with this key; without a key, the one named `default`.
    pub(crate) fn find(key: Option<&str>) -> Option<&'static Self> {
        RULESETS
            .iter()
            .find(|ruleset| ruleset.key == key.unwrap_or("default"))
    }

    /// The result, and the rule that gave it; no rule when the fallback did.
    pub(crate) fn decide(&self, facts: &Facts) -> (SignalResult, Option<&'static Rule>) {
        let rule = self
            .rules
            .iter()
            .find(|rule| rule.when.holds(facts).unwrap_or(false));
        (rule.map_or(self.fallback, |rule| rule.then), rule)
    }
}

impl Condition {
    /// Whether it holds; none when its data is missing.
    fn holds(&self, facts: &Facts) -> Option<bool> {
        match self {
            Self::AvailableNotReported => Some(facts.available.is_none()),
            Self::AvailableBelowAmountPlus(dollars) => facts
                .available
                .map(|available| available < facts.amount + Decimal::from(*dollars)),
            Self::BankRiskAtLeast(score) => facts.bank_risk.map(|risk| risk >= *score),
            Self::CustomerRiskAtLeast(score) => facts.customer_risk.map(|risk| risk >= *score),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balance_only(amount: &str, available: Option<&str>) -> (SignalResult, Option<&'static str>) {
        let facts = Facts {
            amount: amount.parse().unwrap(),
            available: available.map(|text| text.parse().unwrap()),
            bank_risk: None,
            customer_risk: None,
        };
        let (result, rule) = Ruleset::find(None).unwrap().decide(&facts);
        (result, rule.map(|rule| rule.internal_note))
    }

    #[test]
    fn the_default_ruleset_compares_the_balance_with_the_amount() {
        assert_eq!(
            balance_only("100.01", Some("100")),
            (SignalResult::Reroute, Some("Balance below the amount"))
        );
        assert_eq!(balance_only("100", Some("100")).0, SignalResult::Review);
        assert_eq!(balance_only("50.01", Some("100")).0, SignalResult::Review);
        assert_eq!(
            balance_only("50", Some("100")),
            (SignalResult::Accept, None)
        );
        assert_eq!(
            balance_only("1", None),
            (SignalResult::Review, Some("Balance not reported"))
        );
    }

    #[test]
    fn a_rule_without_its_data_is_skipped() {
        let facts = Facts {
            amount: Decimal::ONE,
            available: None,
            bank_risk: None,
            customer_risk: Some(90),
        };
        assert_eq!(
            Ruleset::find(Some("scores")).unwrap().decide(&facts).0,
            SignalResult::Reroute
        );
        assert!(Ruleset::find(Some("nobody made this")).is_none());
    }
}
