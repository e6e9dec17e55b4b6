//! Signal: evaluations of ACH debits, and reports of decisions and returns. See plaid.com/docs/api/products/signal.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use serde_with::{Map, serde_as, skip_serializing_none};

use crate::{
    AccessToken, AccountId, Client, ClientTransactionId, Decimal, Endpoint, Error, RequestId,
    Timestamp, decimal, wire,
};

/// A proposed ACH debit, for `/signal/evaluate`.
#[skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
pub struct SignalEvaluateRequest {
    /// Gives access to the Item. Not serialized with the rest.
    #[serde(skip)]
    pub access_token: AccessToken,
    /// The account to debit.
    pub account_id: AccountId,
    /// Names the evaluation forever.
    pub client_transaction_id: ClientTransactionId,
    /// In US dollars.
    #[serde(serialize_with = "decimal::serialize")]
    pub amount: Decimal,
    /// Our name for the customer; no personal data.
    pub client_user_id: Option<String>,
    /// Whether the debit is one of a series.
    pub is_recurring: Option<bool>,
    /// `SAME_DAY_ACH`, `STANDARD_ACH`, or `MULTIPLE_PAYMENT_METHODS`.
    pub default_payment_method: Option<String>,
    /// The Dashboard's ruleset that decides; the one named `default` if `None`.
    pub ruleset_key: Option<String>,
    /// Personal data. Rejected with a Balance-only ruleset unless the team signed the Signal addendum.
    pub user: Option<SignalUser>,
    /// Personal data, as `user`.
    pub device: Option<SignalDevice>,
}

/// The account's owner. `Debug` shows none of it.
#[skip_serializing_none]
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct SignalUser {
    /// The legal name.
    pub name: Option<SignalName>,
    /// In E.164, such as `+14151234567`.
    pub phone_number: Option<String>,
    /// The email address.
    pub email_address: Option<String>,
    /// The postal address.
    pub address: Option<SignalAddress>,
}

/// A legal name.
#[skip_serializing_none]
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct SignalName {
    /// Such as `Mr.`
    pub prefix: Option<String>,
    /// Also a name that has only one word.
    pub given_name: Option<String>,
    /// The middle name.
    pub middle_name: Option<String>,
    /// The family name.
    pub family_name: Option<String>,
    /// Such as `II`.
    pub suffix: Option<String>,
}

/// A postal address.
#[skip_serializing_none]
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct SignalAddress {
    /// The full street address.
    pub street: Option<String>,
    /// The full name of the city.
    pub city: Option<String>,
    /// State or region, such as `NC`.
    pub region: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
}

/// The device on which the customer ordered the debit. `Debug` shows none of it.
#[skip_serializing_none]
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct SignalDevice {
    /// Its IP address.
    pub ip_address: Option<String>,
    /// Its browser's user agent, such as `Mozilla/5.0`.
    pub user_agent: Option<String>,
}

macro_rules! redact_debug {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    )*};
}

redact_debug!(SignalUser, SignalName, SignalAddress, SignalDevice);

/// Answer of `/signal/evaluate`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct SignalEvaluateResponse {
    /// `None` if no ruleset was applied.
    pub ruleset: Option<RulesetOutcome>,
    /// `None` with a Balance-only ruleset.
    pub scores: Option<SignalScores>,
    /// The data behind the result, in Plaid's order, including attributes without a value.
    #[serde(default, deserialize_with = "core_attributes")]
    pub core_attributes: Vec<CoreAttribute>,
    /// Why bank data is missing. The evaluation is billed anyway.
    #[serde(default, deserialize_with = "wire::nullable_list")]
    pub warnings: Vec<SignalWarning>,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

impl SignalEvaluateResponse {
    /// The value of a core attribute, if known.
    pub fn attribute(&self, name: &str) -> Option<&AttributeValue> {
        self.core_attributes
            .iter()
            .find(|attribute| attribute.name == name)
            .and_then(|attribute| attribute.value.as_ref())
    }

    /// The available balance behind the result, in US dollars.
    pub fn available_balance(&self) -> Option<Decimal> {
        self.attribute("available_balance")?.as_decimal()
    }

    /// The current balance behind the result, in US dollars.
    pub fn current_balance(&self) -> Option<Decimal> {
        self.attribute("current_balance")?.as_decimal()
    }
}

/// What a ruleset decided.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RulesetOutcome {
    /// The ruleset's key in the Dashboard.
    pub ruleset_key: Option<String>,
    /// The ruleset's advice.
    pub result: Option<SignalResult>,
    /// The rule that matched.
    #[serde(rename = "triggered_rule_details")]
    pub triggered_rule: Option<TriggeredRule>,
}

/// A ruleset's advice about a debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignalResult {
    /// Send the debit.
    Accept,
    /// Review it manually.
    Review,
    /// Use another payment method.
    Reroute,
    /// A result unknown to this version, as Plaid wrote it.
    Other(String),
}

impl SignalResult {
    /// Reads upper case, as in Plaid's API, and lower case, as in Plaid's guide.
    pub fn parse(text: &str) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "ACCEPT" => Self::Accept,
            "REVIEW" => Self::Review,
            "REROUTE" => Self::Reroute,
            _ => Self::Other(text.to_owned()),
        }
    }

    /// The result as Plaid's API writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Accept => "ACCEPT",
            Self::Review => "REVIEW",
            Self::Reroute => "REROUTE",
            Self::Other(text) => text,
        }
    }
}

impl<'de> Deserialize<'de> for SignalResult {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::parse(&text))
    }
}

/// The rule that matched.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TriggeredRule {
    /// The rule author's note.
    pub internal_note: Option<String>,
    /// Distinguishes the actions of one result, such as `3-day-hold`.
    pub custom_action_key: Option<String>,
}

/// The Signal Transaction Scores.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SignalScores {
    /// The risk that the customer disputes the debit within 60 days.
    pub customer_initiated_return_risk: Option<Risk>,
    /// The risk that the bank returns the debit within two banking days.
    pub bank_initiated_return_risk: Option<Risk>,
}

/// One risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Risk {
    /// 1 to 99; higher is riskier.
    pub score: Option<u32>,
    /// A coarser scale: 1 to 5 for customer-initiated, 1 to 8 for bank-initiated returns.
    pub risk_tier: Option<u32>,
}

/// One fact behind an evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreAttribute {
    /// Such as `available_balance`. New names appear without notice.
    pub name: String,
    /// `None` if unknown.
    pub value: Option<AttributeValue>,
}

/// The value of a [`CoreAttribute`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeValue {
    /// A number with a fraction or an exponent.
    Decimal(Decimal),
    /// A whole number.
    Integer(i64),
    /// A text or a time; also the JSON of anything unknown to this version.
    Text(String),
    /// True or false.
    Bool(bool),
}

impl AttributeValue {
    /// The value as a number, if it is one.
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(number) => Some(*number),
            Self::Integer(number) => Some(Decimal::from(*number)),
            Self::Text(_) | Self::Bool(_) => None,
        }
    }

    fn from_json(json: &str) -> Option<Self> {
        match json.as_bytes().first()? {
            b'n' => None,
            b't' => Some(Self::Bool(true)),
            b'f' => Some(Self::Bool(false)),
            b'"' => Some(Self::Text(
                serde_json::from_str(json).unwrap_or_else(|_| json.to_owned()),
            )),
            b'-' | b'0'..=b'9' => Some(Self::from_number(json)),
            _ => Some(Self::Text(json.to_owned())),
        }
    }

    fn from_number(json: &str) -> Self {
        if let Ok(integer) = json.parse() {
            return Self::Integer(integer);
        }
        decimal::parse(json).map_or_else(|_| Self::Text(json.to_owned()), Self::Decimal)
    }
}

/// Why bank data is missing from an evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SignalWarning {
    /// An error type, such as `ITEM_ERROR`.
    #[serde(default)]
    pub warning_type: String,
    /// An error code, such as `ITEM_LOGIN_REQUIRED`.
    #[serde(default)]
    pub warning_code: String,
    /// For developers.
    #[serde(default)]
    pub warning_message: String,
}

/// What was decided about an evaluated debit, for `/signal/decision/report`.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecisionReport {
    /// The evaluation.
    pub client_transaction_id: ClientTransactionId,
    /// Whether the debit was sent.
    pub initiated: bool,
    /// In days.
    pub days_funds_on_hold: Option<u32>,
    /// `APPROVE`, `REVIEW`, `REJECT`, `TAKE_OTHER_RISK_MEASURES`, or `NOT_EVALUATED`.
    pub decision_outcome: Option<String>,
    /// `SAME_DAY_ACH`, `NEXT_DAY_ACH`, `STANDARD_ACH`, or `MULTIPLE_PAYMENT_METHODS`.
    pub payment_method: Option<String>,
    /// What the customer can use at once, in US dollars.
    #[serde(serialize_with = "decimal::serialize_optional")]
    pub amount_instantly_available: Option<Decimal>,
}

/// A returned debit, for `/signal/return/report`.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReturnReport {
    /// The evaluation.
    pub client_transaction_id: ClientTransactionId,
    /// The Nacha return code, such as `R01`.
    pub return_code: String,
    /// When the debit was returned; sent in whole seconds.
    #[serde(serialize_with = "wire::serialize_optional_time")]
    pub returned_at: Option<Timestamp>,
}

/// Answer of `/signal/decision/report` and `/signal/return/report`.
#[derive(Clone, Debug, Deserialize)]
pub struct SignalReportResponse {
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// Answer of `/signal/prepare`.
#[derive(Clone, Debug, Deserialize)]
pub struct SignalPrepareResponse {
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

#[derive(Serialize)]
struct SignalEvaluateBody<'a> {
    access_token: &'a str,
    #[serde(flatten)]
    request: &'a SignalEvaluateRequest,
}

/// Reads the attributes in their order, and each number from its digits.
fn core_attributes<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<CoreAttribute>, D::Error> {
    #[serde_as]
    #[derive(Deserialize)]
    struct OrderedEntries(
        #[serde_as(as = "Option<Map<_, _>>")] Option<Vec<(String, Box<RawValue>)>>,
    );

    let OrderedEntries(entries) = OrderedEntries::deserialize(deserializer)?;
    let attributes = entries.into_iter().flatten();
    Ok(attributes
        .map(|(name, json)| CoreAttribute {
            name,
            value: AttributeValue::from_json(json.get()),
        })
        .collect())
}

impl Client {
    /// `/signal/evaluate`: how likely is this debit to be returned? Billed per answer, even if the bank was not reached.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn signal_evaluate(
        &self,
        request: &SignalEvaluateRequest,
    ) -> Result<SignalEvaluateResponse, Error> {
        let access_token = request.access_token.expose();
        let body = SignalEvaluateBody {
            access_token,
            request,
        };
        self.call(Endpoint::SignalEvaluate, &body, &[access_token])
            .await
    }

    /// `/signal/prepare`: enables Signal for an Item that was linked without it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn signal_prepare(
        &self,
        access_token: &AccessToken,
    ) -> Result<SignalPrepareResponse, Error> {
        self.item_call(Endpoint::SignalPrepare, access_token).await
    }

    /// `/signal/decision/report`: reports a decision. A later report corrects it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn signal_decision_report(
        &self,
        report: &DecisionReport,
    ) -> Result<SignalReportResponse, Error> {
        self.call(Endpoint::SignalDecisionReport, report, &[]).await
    }

    /// `/signal/return/report`: reports that the debit was returned.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn signal_return_report(
        &self,
        report: &ReturnReport,
    ) -> Result<SignalReportResponse, Error> {
        self.call(Endpoint::SignalReturnReport, report, &[]).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> SignalEvaluateResponse {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn results_are_read_in_either_case() {
        for (text, expected) in [
            ("ACCEPT", SignalResult::Accept),
            ("accept", SignalResult::Accept),
            ("review", SignalResult::Review),
            ("Reroute", SignalResult::Reroute),
            ("HOLD", SignalResult::Other("HOLD".to_owned())),
        ] {
            let evaluation = read(&format!(
                r#"{{"request_id":"r","scores":null,"warnings":[],"ruleset":{{"result":"{text}"}}}}"#
            ));
            assert_eq!(evaluation.ruleset.unwrap().result, Some(expected));
        }
    }

    #[test]
    fn attributes_keep_their_order_names_and_digits() {
        let evaluation = read(
            r#"{"request_id":"r","core_attributes":{"available_balance":2000.10,"current_balance":2200,
            "days_since_first_plaid_connection":null,"is_savings_or_money_market_account":false,
            "tiny":1e-7,"when":"2026-01-01T00:00:00Z","huge":123456789012345678901234567890123,"odd":[1]}}"#,
        );
        assert_eq!(
            evaluation.available_balance().unwrap().to_string(),
            "2000.10"
        );
        assert_eq!(evaluation.current_balance().unwrap().to_string(), "2200");
        let names: Vec<_> = evaluation
            .core_attributes
            .iter()
            .map(|a| a.name.as_str())
            .collect();
        assert_eq!(
            names,
            [
                "available_balance",
                "current_balance",
                "days_since_first_plaid_connection",
                "is_savings_or_money_market_account",
                "tiny",
                "when",
                "huge",
                "odd"
            ]
        );
        assert_eq!(
            evaluation.attribute("days_since_first_plaid_connection"),
            None
        );
        assert_eq!(
            evaluation.attribute("tiny"),
            Some(&AttributeValue::Decimal("0.0000001".parse().unwrap()))
        );
        assert_eq!(
            evaluation.attribute("huge"),
            Some(&AttributeValue::Text(
                "123456789012345678901234567890123".to_owned()
            ))
        );
    }

    #[test]
    fn only_the_request_id_is_required() {
        let evaluation = read(
            r#"{"request_id":"r","ruleset":null,"scores":null,"core_attributes":null,"warnings":null,"new":1}"#,
        );
        assert_eq!(evaluation.core_attributes, []);
        assert_eq!(evaluation.warnings, []);
        assert_eq!(evaluation.available_balance(), None);
    }
}
