//! What the window sends and shows for evaluations, decisions, and returns.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use desk_core::problem::{NextAction, Problem};

/// "Will this debit be returned?"
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct EvaluateRequest {
    /// A checking or savings account. Field `accountId`.
    pub account_id: String,
    /// As typed: digits with at most two decimals after a point, above 0, at most 99999999.99 (an ACH entry's limit). Field `amount`.
    pub amount: String,
    /// Default: the ruleset named `default`. Field `rulesetKey`.
    pub ruleset_key: Option<String>,
    /// 1 to 36 characters, never used before. Default: a new UUID. Field `clientTransactionId`.
    pub client_transaction_id: Option<String>,
    /// Whether the debit is one of a series; absent if unknown.
    pub is_recurring: Option<bool>,
    /// SAME_DAY_ACH, STANDARD_ACH, MULTIPLE_PAYMENT_METHODS; absent if unknown. Field `defaultPaymentMethod`.
    pub default_payment_method: Option<String>,
    /// Identifies the customer at Plaid, without personal data; saved with the customer. Default: the saved value.
    /// Field `clientUserId`.
    pub client_user_id: Option<String>,
    /// The account's owner. Each error names its field.
    pub user: Option<EvaluateUser>,
    /// The device the debit was ordered on. Each error names its field.
    pub device: Option<EvaluateDevice>,
    /// What the debit is for, in the user's words; never sent to Plaid. Field `purpose`.
    pub purpose: Option<String>,
}

impl EvaluateRequest {
    /// The required fields only.
    pub fn new(account_id: impl Into<String>, amount: impl Into<String>) -> Self {
        Self {
            account_id: account_id.into(),
            amount: amount.into(),
            ruleset_key: None,
            client_transaction_id: None,
            is_recurring: None,
            default_payment_method: None,
            client_user_id: None,
            user: None,
            device: None,
            purpose: None,
        }
    }
}

/// The account's owner. `Debug` prints no personal data.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export, export_to = "signal.ts")]
pub struct EvaluateUser {
    /// For example `Mr.`
    pub prefix: Option<String>,
    /// Also for a name of one word.
    pub given_name: Option<String>,
    /// Middle name.
    pub middle_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// For example `II`.
    pub suffix: Option<String>,
    /// In E.164, such as `+14151234567`; spaces, dashes, periods, and parentheses are removed.
    pub phone_number: Option<String>,
    /// The email address.
    pub email_address: Option<String>,
    /// The full street address.
    pub street: Option<String>,
    /// The full name of the city.
    pub city: Option<String>,
    /// Region or state, for example `NC`.
    pub region: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2, for example `US`.
    pub country: Option<String>,
}

/// The device a debit was ordered on. `Debug` prints no personal data.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export, export_to = "signal.ts")]
pub struct EvaluateDevice {
    /// IPv4 or IPv6.
    pub ip_address: Option<String>,
    /// For example `Mozilla/5.0`.
    pub user_agent: Option<String>,
}

/// The details sent with an evaluation besides account, amount, and ruleset: only what the user entered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export, export_to = "signal.ts")]
pub struct AskedWith {
    /// Identifies the customer.
    pub client_user_id: Option<String>,
    /// Whether the debit is one of a series.
    pub is_recurring: Option<bool>,
    /// See [`EvaluateRequest`].
    pub default_payment_method: Option<String>,
    /// The account's owner.
    pub user: Option<EvaluateUser>,
    /// What the debit was ordered with.
    pub device: Option<EvaluateDevice>,
}

macro_rules! personal {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    )*};
}

personal!(EvaluateUser, EvaluateDevice);

/// The step of an evaluation in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub enum AskingStep {
    /// Waiting for another call that uses the bank.
    Waiting,
    /// The bank is being opted in to Signal.
    OptingIn,
    /// Waiting for Plaid's answer.
    Asking,
}

/// An evaluation in flight that a user waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct RunningEvaluation {
    /// What is asked.
    pub evaluation: EvaluationView,
    /// How far it is.
    pub step: AskingStep,
    /// Time since the start, independent of the computer's clock.
    pub elapsed_milliseconds: u32,
    /// Whether the user canceled it.
    pub cancelling: bool,
}

/// What Balance Desk found out about an evaluation without a result.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, strum::EnumString, strum::IntoStaticStr,
)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
#[strum(serialize_all = "snake_case")]
pub enum Settled {
    /// Plaid never evaluated it. Nothing was charged, and the user can evaluate again.
    NeverAsked,
    /// Plaid evaluated and charged it, and the answer is lost. Evaluating again is charged a second time.
    AskedAnswerLost,
}

/// An evaluation with its answer, decision, and return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct EvaluationView {
    /// Identifies the evaluation.
    pub client_transaction_id: String,
    /// Plaid's account_id.
    pub account_id: String,
    /// Name of the account.
    pub account_name: String,
    /// Mask of the account.
    pub account_mask: Option<String>,
    /// Name of the institution.
    pub institution_name: String,
    /// Name of the customer.
    pub person_name: String,
    /// Exact decimal text.
    pub amount: String,
    /// Always USD: Signal evaluates US dollars.
    pub currency: String,
    /// As sent; null for `default`.
    pub ruleset_key: Option<String>,
    /// What the debit is for, in the user's words; never sent to Plaid.
    pub purpose: Option<String>,
    /// The details sent; null for evaluations of earlier versions.
    pub asked_with: Option<AskedWith>,
    /// RFC 3339.
    pub created_at: String,
    /// Its state.
    pub state: EvaluationState,
    /// What Balance Desk found out if the answer was lost.
    pub settled: Option<Settled>,
    /// Whether settling has reported "not initiated" to Plaid. Then a decision is due, whatever the result.
    pub told_not_initiated: bool,
    /// Plaid's answer.
    pub answer: Option<EvaluationAnswer>,
    /// Why there is no answer.
    pub problem: Option<Problem>,
    /// The last recorded decision.
    pub decision: Option<DecisionView>,
    /// The last recorded return.
    pub returned: Option<ReturnView>,
}

/// States of an evaluation.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    TS,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
#[strum(serialize_all = "snake_case")]
pub enum EvaluationState {
    /// In flight.
    Sending,
    /// Plaid answered.
    Answered,
    /// Plaid rejected the call, or could not be reached.
    Failed,
    /// No result: Plaid may have answered, but the answer is lost; see `settled`.
    Unknown,
}

/// Plaid's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct EvaluationAnswer {
    /// Null when no ruleset was applied.
    pub result: Option<EvaluationResult>,
    /// Plaid's own word when `result` is `other`.
    pub result_text: Option<String>,
    /// Key of the ruleset that was applied.
    pub ruleset_key: Option<String>,
    /// Note of the rule that matched.
    pub internal_note: Option<String>,
    /// Action key of the rule that matched.
    pub custom_action_key: Option<String>,
    /// Exact decimal text, as used by the ruleset.
    pub available_balance: Option<String>,
    /// Exact decimal text, as used by the ruleset.
    pub current_balance: Option<String>,
    /// 1 to 99, higher is riskier; null on Balance-only rulesets.
    pub customer_initiated_return_risk: Option<u32>,
    /// 1 to 5, a coarser scale of the same.
    pub customer_initiated_risk_tier: Option<u32>,
    /// 1 to 99, higher is riskier; null on Balance-only rulesets.
    pub bank_initiated_return_risk: Option<u32>,
    /// 1 to 8, a coarser scale of the same.
    pub bank_initiated_risk_tier: Option<u32>,
    /// The other core attributes in Plaid's order, including those without a value.
    pub core_attributes: Vec<CoreAttributeView>,
    /// Why bank data is missing.
    pub warnings: Vec<WarningView>,
    /// Plaid's support asks for this ID.
    pub request_id: String,
    /// RFC 3339.
    pub answered_at: String,
}

/// Results of a ruleset.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    TS,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
#[strum(serialize_all = "snake_case")]
pub enum EvaluationResult {
    /// Debit the account.
    Accept,
    /// Review before debiting.
    Review,
    /// Ask for another way to pay.
    Reroute,
    /// A result this version doesn't know.
    Other,
}

/// One core attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct CoreAttributeView {
    /// Plaid's name.
    pub name: String,
    /// Value as text, numbers exact; null if unknown.
    pub value: Option<String>,
}

/// One warning of an evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct WarningView {
    /// For example `ITEM_ERROR`.
    pub warning_type: Option<String>,
    /// For example `ITEM_LOGIN_REQUIRED`.
    pub warning_code: Option<String>,
    /// Plaid's message.
    pub warning_message: Option<String>,
    /// What the warning means for this evaluation, in the words of Balance Desk.
    pub explanation: String,
    /// What the user can do about it while the bank is linked. Computed for display, never saved.
    #[serde(default)]
    pub action: Option<NextAction>,
}

/// A decision to record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct DecisionInput {
    /// The evaluation.
    pub client_transaction_id: String,
    /// Whether the debit was or will be initiated.
    pub initiated: bool,
    /// Days the funds are held, 0 to 365, as typed; empty or absent for none. Field `daysFundsOnHold`.
    pub days_funds_on_hold: Option<String>,
    /// APPROVE, REVIEW, REJECT, TAKE_OTHER_RISK_MEASURES, NOT_EVALUATED; absent: not said. Field `decisionOutcome`.
    pub decision_outcome: Option<String>,
    /// SAME_DAY_ACH, NEXT_DAY_ACH, STANDARD_ACH, MULTIPLE_PAYMENT_METHODS; absent: not said. Field `paymentMethod`.
    pub payment_method: Option<String>,
    /// As typed, like an amount; at most the debit's amount. Field `amountInstantlyAvailable`.
    pub amount_instantly_available: Option<String>,
}

/// A recorded decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct DecisionView {
    /// Whether the debit was or will be initiated.
    pub initiated: bool,
    /// Days.
    pub days_funds_on_hold: Option<u32>,
    /// See [`DecisionInput`].
    pub decision_outcome: Option<String>,
    /// See [`DecisionInput`].
    pub payment_method: Option<String>,
    /// Exact decimal text, USD.
    pub amount_instantly_available: Option<String>,
    /// RFC 3339.
    pub recorded_at: String,
    /// Whether Plaid has it.
    pub delivery: DeliveryView,
}

/// A return to record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct ReturnInput {
    /// The evaluation.
    pub client_transaction_id: String,
    /// `R01` to `R85`, from the list. Field `returnCode`.
    pub return_code: String,
    /// `YYYY-MM-DD`, not in the future, not before the evaluation's day. Absent: not said. Field `returnedOn`.
    pub returned_on: Option<String>,
}

/// A recorded return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct ReturnView {
    /// For example `R01`.
    pub return_code: String,
    /// Its meaning in a few words.
    pub meaning: String,
    /// `YYYY-MM-DD`.
    pub returned_on: Option<String>,
    /// RFC 3339.
    pub recorded_at: String,
    /// Whether Plaid has it.
    pub delivery: DeliveryView,
}

/// Delivery of a decision or return to Plaid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "state")]
#[ts(export, export_to = "signal.ts")]
pub enum DeliveryView {
    /// Saved, and not yet delivered.
    #[serde(rename_all = "camelCase")]
    Waiting {
        /// Attempts so far.
        attempts: u32,
        /// RFC 3339 of the next attempt.
        next_attempt_at: Option<String>,
        /// Why the last attempt failed.
        problem: Option<Problem>,
    },
    /// Plaid has it.
    #[serde(rename_all = "camelCase")]
    Delivered {
        /// RFC 3339.
        at: String,
        /// Plaid's request_id.
        request_id: String,
    },
    /// Plaid rejected it. Sending it again unchanged wouldn't help.
    #[serde(rename_all = "camelCase")]
    Refused {
        /// Why.
        problem: Problem,
    },
    /// A later report replaces this one, which is not sent.
    #[serde(rename_all = "camelCase")]
    Superseded {
        /// Why the last attempt failed, or why Plaid rejected the report.
        problem: Option<Problem>,
    },
    /// The user says Plaid got it in a file.
    #[serde(rename_all = "camelCase")]
    Filed {
        /// RFC 3339 of when the user said so.
        at: String,
    },
    /// Plaid rejected it, and the user gave it up.
    #[serde(rename_all = "camelCase")]
    LeftOut {
        /// RFC 3339 of when the user said so.
        at: String,
        /// Why Plaid rejected it.
        problem: Problem,
    },
}

desk_core::store::sql_words!(EvaluationState, EvaluationResult, Settled);
