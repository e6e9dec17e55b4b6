//! Signal: would a debit be returned, and what was decided and what came of it.
//! An evaluation is billed even when the bank could not be reached; its warnings say so.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{
    AccessToken, AccountId, Client, ClientTransactionId, Decimal, Endpoint, Error, RequestId,
    Timestamp, decimal, wire,
};

/// A proposed ACH debit, for `/signal/evaluate`.
#[derive(Clone, Debug)]
pub struct SignalEvaluateRequest {
    /// Opens the Item.
    pub access_token: AccessToken,
    /// The account to be debited.
    pub account_id: AccountId,
    /// Names the evaluation for ever.
    pub client_transaction_id: ClientTransactionId,
    /// The amount of the debit in US dollars.
    pub amount: Decimal,
    /// Our own name for the user: no personal data in it.
    pub client_user_id: Option<String>,
    /// Whether the debit is one of a series.
    pub is_recurring: Option<bool>,
    /// `SAME_DAY_ACH`, `STANDARD_ACH` or `MULTIPLE_PAYMENT_METHODS`.
    pub default_payment_method: Option<String>,
    /// Which ruleset of the Dashboard decides; `None` is the one named `default`.
    pub ruleset_key: Option<String>,
    /// The account's owner; personal, and refused with a Balance-only ruleset unless the Signal addendum is signed.
    pub user: Option<SignalUser>,
    /// What the debit was ordered with; as `user`.
    pub device: Option<SignalDevice>,
}

/// The account's owner, as far as it was said. Its Debug shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct SignalUser {
    /// The legal name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<SignalName>,
    /// In E.164, as `+14151234567`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// The email address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_address: Option<String>,
    /// The postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<SignalAddress>,
}

/// A legal name in its parts.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct SignalName {
    /// As `Mr.`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Also a name of one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Middle name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// As `II`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
}

/// A postal address in its parts.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct SignalAddress {
    /// The full street address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// The full name of the city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Region or state, as `NC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// The device that ordered the debit. Its Debug shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct SignalDevice {
    /// Its IP address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// Its browser's user agent, as `Mozilla/5.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

macro_rules! personal {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    )*};
}

personal!(SignalUser, SignalName, SignalAddress, SignalDevice);

/// Answer of `/signal/evaluate`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Evaluation {
    /// What the ruleset says; `None` when there is no ruleset.
    pub ruleset: Option<Ruleset>,
    /// The risk scores; `None` with a Balance-only ruleset.
    pub scores: Option<Scores>,
    /// What the result rests on, in Plaid's order, what is not known among it.
    #[serde(default, deserialize_with = "core_attributes")]
    pub core_attributes: Vec<CoreAttribute>,
    /// Why bank data is missing.
    #[serde(default, deserialize_with = "wire::list")]
    pub warnings: Vec<SignalWarning>,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

impl Evaluation {
    /// The value of a core attribute, if it is known.
    pub fn attribute(&self, name: &str) -> Option<&AttributeValue> {
        self.core_attributes
            .iter()
            .find(|attribute| attribute.name == name)
            .and_then(|attribute| attribute.value.as_ref())
    }

    /// The available balance that was used, in US dollars.
    pub fn available_balance(&self) -> Option<Decimal> {
        self.attribute("available_balance")?.as_decimal()
    }

    /// The current balance that was used, in US dollars.
    pub fn current_balance(&self) -> Option<Decimal> {
        self.attribute("current_balance")?.as_decimal()
    }
}

/// What a ruleset decided.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Ruleset {
    /// The ruleset's key in the Dashboard.
    pub ruleset_key: Option<String>,
    /// What it says to do.
    pub result: Option<SignalResult>,
    /// The rule that matched.
    #[serde(rename = "triggered_rule_details")]
    pub triggered_rule: Option<TriggeredRule>,
}

/// What a ruleset says to do with a debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignalResult {
    /// Go on.
    Accept,
    /// Let a person look.
    Review,
    /// Take another way to pay.
    Reroute,
    /// A result this version does not know, as Plaid wrote it.
    Other(String),
}

impl SignalResult {
    /// Reads a result in upper or lower case.
    pub fn parse(text: &str) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "ACCEPT" => Self::Accept,
            "REVIEW" => Self::Review,
            "REROUTE" => Self::Reroute,
            _ => Self::Other(text.to_owned()),
        }
    }

    /// The result as the API writes it.
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
    /// The note that its author left.
    pub internal_note: Option<String>,
    /// Tells apart the actions of one result, as `3-day-hold`.
    pub custom_action_key: Option<String>,
}

/// The risk scores.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Scores {
    /// The risk that the customer calls the debit unauthorised, within 60 days.
    pub customer_initiated_return_risk: Option<Risk>,
    /// The risk that the bank returns the debit, within two banking days.
    pub bank_initiated_return_risk: Option<Risk>,
}

/// How great a risk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Risk {
    /// 1 to 99, higher is riskier.
    pub score: Option<u32>,
    /// A coarser scale of the same: 1 to 5 for the customer's, 1 to 8 for the bank's.
    pub risk_tier: Option<u32>,
}

/// One fact that an evaluation rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreAttribute {
    /// Its name, as `available_balance`. New ones appear without notice.
    pub name: String,
    /// Its value; none when it is not known.
    pub value: Option<AttributeValue>,
}

/// The value of a core attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeValue {
    /// A number with a fraction or an exponent.
    Decimal(Decimal),
    /// A whole number.
    Integer(i64),
    /// A text or a time; also the JSON of a kind this version does not know.
    Text(String),
    /// A yes or a no.
    Bool(bool),
}

impl AttributeValue {
    /// The value as a number, whole or not.
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(number) => Some(*number),
            Self::Integer(number) => Some(Decimal::from(*number)),
            Self::Text(_) | Self::Bool(_) => None,
        }
    }

    /// Reads a value from its JSON; null is none.
    fn read(json: &RawValue) -> Option<Self> {
        let json = json.get();
        match json.as_bytes().first()? {
            b'n' => None,
            b't' => Some(Self::Bool(true)),
            b'f' => Some(Self::Bool(false)),
            b'"' => Some(Self::Text(
                serde_json::from_str(json).unwrap_or_else(|_| json.to_owned()),
            )),
            b'-' | b'0'..=b'9' => Some(Self::read_number(json)),
            _ => Some(Self::Text(json.to_owned())),
        }
    }

    fn read_number(json: &str) -> Self {
        if let Ok(whole) = json.parse() {
            return Self::Integer(whole);
        }
        decimal::parse(json).map_or_else(|_| Self::Text(json.to_owned()), Self::Decimal)
    }
}

/// Why bank data is missing from an evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SignalWarning {
    /// The group of the error, as `ITEM_ERROR`.
    #[serde(default)]
    pub warning_type: String,
    /// The code, as `ITEM_LOGIN_REQUIRED`.
    #[serde(default)]
    pub warning_code: String,
    /// For developers.
    #[serde(default)]
    pub warning_message: String,
}

/// What was decided about an evaluated debit, for `/signal/decision/report`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionReport {
    /// The evaluation.
    pub client_transaction_id: ClientTransactionId,
    /// Whether the debit was sent.
    pub initiated: bool,
    /// How long the funds are held, in days.
    pub days_funds_on_hold: Option<u32>,
    /// `APPROVE`, `REVIEW`, `REJECT`, `TAKE_OTHER_RISK_MEASURES` or `NOT_EVALUATED`.
    pub decision_outcome: Option<String>,
    /// `SAME_DAY_ACH`, `NEXT_DAY_ACH`, `STANDARD_ACH` or `MULTIPLE_PAYMENT_METHODS`.
    pub payment_method: Option<String>,
    /// What the customer may use at once, in US dollars.
    pub amount_instantly_available: Option<Decimal>,
}

/// A debit that came back, for `/signal/return/report`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnReport {
    /// The evaluation.
    pub client_transaction_id: ClientTransactionId,
    /// The ACH return code, as `R01`.
    pub return_code: String,
    /// When it came back, sent in whole seconds.
    pub returned_at: Option<Timestamp>,
}

/// Answer of `/signal/decision/report` and `/signal/return/report`.
#[derive(Clone, Debug, Deserialize)]
pub struct Reported {
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// Answer of `/signal/prepare`.
#[derive(Clone, Debug, Deserialize)]
pub struct Prepared {
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

#[derive(Serialize)]
struct EvaluateBody<'a> {
    access_token: &'a str,
    account_id: &'a AccountId,
    client_transaction_id: &'a ClientTransactionId,
    #[serde(serialize_with = "decimal::serialize")]
    amount: Decimal,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_recurring: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_payment_method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ruleset_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a SignalUser>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<&'a SignalDevice>,
}

#[derive(Serialize)]
struct DecisionBody<'a> {
    client_transaction_id: &'a ClientTransactionId,
    initiated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    days_funds_on_hold: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_outcome: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method: Option<&'a str>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "decimal::serialize_optional"
    )]
    amount_instantly_available: Option<Decimal>,
}

#[derive(Serialize)]
struct ReturnBody<'a> {
    client_transaction_id: &'a ClientTransactionId,
    return_code: &'a str,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "wire::serialize_optional_time"
    )]
    returned_at: Option<Timestamp>,
}

/// Reads the attributes in their order, each number from its own digits.
fn core_attributes<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<CoreAttribute>, D::Error> {
    struct Attributes;

    impl<'de> Visitor<'de> for Attributes {
        type Value = Vec<CoreAttribute>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of attributes")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut attributes = Vec::new();
            while let Some((name, json)) = map.next_entry::<String, Box<RawValue>>()? {
                let value = AttributeValue::read(&json);
                attributes.push(CoreAttribute { name, value });
            }
            Ok(attributes)
        }

        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
            inner.deserialize_map(self)
        }
    }

    deserializer.deserialize_option(Attributes)
}

impl Client {
    /// `/signal/evaluate`: would this debit be returned? Billed for each answer.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn signal_evaluate(
        &self,
        request: &SignalEvaluateRequest,
    ) -> Result<Evaluation, Error> {
        let body = EvaluateBody {
            access_token: request.access_token.expose(),
            account_id: &request.account_id,
            client_transaction_id: &request.client_transaction_id,
            amount: request.amount,
            client_user_id: request.client_user_id.as_deref(),
            is_recurring: request.is_recurring,
            default_payment_method: request.default_payment_method.as_deref(),
            ruleset_key: request.ruleset_key.as_deref(),
            user: request.user.as_ref(),
            device: request.device.as_ref(),
        };
        let tokens = [request.access_token.expose()];
        self.call(Endpoint::SignalEvaluate, &body, &tokens).await
    }

    /// `/signal/prepare`: opts in an Item that was not made with the signal product.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn signal_prepare(&self, access_token: &AccessToken) -> Result<Prepared, Error> {
        self.item_call(Endpoint::SignalPrepare, access_token).await
    }

    /// `/signal/decision/report`: what was decided; may be sent again to correct it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn signal_decision_report(&self, report: &DecisionReport) -> Result<Reported, Error> {
        let body = DecisionBody {
            client_transaction_id: &report.client_transaction_id,
            initiated: report.initiated,
            days_funds_on_hold: report.days_funds_on_hold,
            decision_outcome: report.decision_outcome.as_deref(),
            payment_method: report.payment_method.as_deref(),
            amount_instantly_available: report.amount_instantly_available,
        };
        self.call(Endpoint::SignalDecisionReport, &body, &[]).await
    }

    /// `/signal/return/report`: the debit came back.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn signal_return_report(&self, report: &ReturnReport) -> Result<Reported, Error> {
        let body = ReturnBody {
            client_transaction_id: &report.client_transaction_id,
            return_code: &report.return_code,
            returned_at: report.returned_at,
        };
        self.call(Endpoint::SignalReturnReport, &body, &[]).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Evaluation {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn results_in_either_case_and_new_ones() {
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
    fn attributes_keep_their_digits_and_what_is_not_known_its_name() {
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
    fn nothing_but_a_request_id_is_an_evaluation() {
        let evaluation = read(
            r#"{"request_id":"r","ruleset":null,"scores":null,"core_attributes":null,"warnings":null,"new":1}"#,
        );
        assert_eq!(evaluation.core_attributes, []);
        assert_eq!(evaluation.warnings, []);
        assert_eq!(evaluation.available_balance(), None);
    }
}
