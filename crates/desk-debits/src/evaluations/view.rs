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
    /// Absent: the ruleset named `default`. Field `rulesetKey`.
    pub ruleset_key: Option<String>,
    /// 1 to 36 characters, never used before. Absent: the desk makes one. Field `clientTransactionId`.
    pub client_transaction_id: Option<String>,
    /// Whether the debit is one of a series; absent: not said.
    pub is_recurring: Option<bool>,
    /// SAME_DAY_ACH, STANDARD_ACH, MULTIPLE_PAYMENT_METHODS; absent: not said. Field `defaultPaymentMethod`.
    pub default_payment_method: Option<String>,
    /// What names the person at Plaid, without personal data; kept with the person. Absent: as it is kept.
    /// Field `clientUserId`.
    pub client_user_id: Option<String>,
    /// The account's owner. Each field under its own name.
    pub user: Option<EvaluateUser>,
    /// What the debit was ordered with. Each field under its own name.
    pub device: Option<EvaluateDevice>,
    /// What the debit is for, in the user's words; never sent. Field `purpose`.
    pub purpose: Option<String>,
}

impl EvaluateRequest {
    /// The least that can be asked; nothing else is said.
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

/// The account's owner, as far as it is said. Its Debug shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export, export_to = "signal.ts")]
pub struct EvaluateUser {
    /// As `Mr.`
    pub prefix: Option<String>,
    /// Also a name of one word.
    pub given_name: Option<String>,
    /// Middle name.
    pub middle_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// As `II`.
    pub suffix: Option<String>,
    /// In E.164, as `+14151234567`; spaces, dashes, points and brackets between the digits are taken away.
    pub phone_number: Option<String>,
    /// The email address.
    pub email_address: Option<String>,
    /// The full street address.
    pub street: Option<String>,
    /// The full name of the city.
    pub city: Option<String>,
    /// Region or state, as `NC`.
    pub region: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2, as `US`.
    pub country: Option<String>,
}

/// What a debit was ordered with. Its Debug shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export, export_to = "signal.ts")]
pub struct EvaluateDevice {
    /// IPv4 or IPv6.
    pub ip_address: Option<String>,
    /// As `Mozilla/5.0`.
    pub user_agent: Option<String>,
}

/// What was sent with an evaluation besides account, amount and ruleset: only what was entered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export, export_to = "signal.ts")]
pub struct AskedWith {
    /// What named the person.
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

/// How far an evaluation is that is being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub enum AskingStep {
    /// Something else uses the bank right now.
    Waiting,
    /// The bank is being opted in to Signal.
    OptingIn,
    /// Plaid has been asked.
    Asking,
}

/// An evaluation that somebody waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct RunningEvaluation {
    /// What is asked.
    pub evaluation: EvaluationView,
    /// How far it is.
    pub step: AskingStep,
    /// Since it began, whatever the clock of the computer says.
    pub elapsed_milliseconds: u32,
    /// Whether it was told to stop.
    pub cancelling: bool,
}

/// What was found out about an evaluation whose answer never came.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, strum::EnumString, strum::IntoStaticStr,
)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
#[strum(serialize_all = "snake_case")]
pub enum Settled {
    /// Plaid does not have it: nothing was charged, and it may be asked (again).
    NeverAsked,
    /// Plaid has evaluated and charged it, and the answer is lost. Asking again is charged a second time.
    AskedAnswerLost,
}

/// One evaluation with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct EvaluationView {
    /// Names the evaluation for ever.
    pub client_transaction_id: String,
    /// Plaid's account_id.
    pub account_id: String,
    /// Name of the account.
    pub account_name: String,
    /// Mask of the account.
    pub account_mask: Option<String>,
    /// Name of the institution.
    pub institution_name: String,
    /// Name of the person.
    pub person_name: String,
    /// Exact decimal text.
    pub amount: String,
    /// Always USD: Signal evaluates US dollars.
    pub currency: String,
    /// As asked; null for `default`.
    pub ruleset_key: Option<String>,
    /// What it is for, in the user's words; never sent.
    pub purpose: Option<String>,
    /// What was sent besides; null for evaluations of earlier versions.
    pub asked_with: Option<AskedWith>,
    /// RFC 3339.
    pub created_at: String,
    /// Where it stands.
    pub state: EvaluationState,
    /// What was found out, where the answer never came.
    pub settled: Option<Settled>,
    /// Whether finding out has left a report "not initiated" at Plaid: then a decision is due, whatever the result.
    pub told_not_initiated: bool,
    /// Plaid's answer, once there.
    pub answer: Option<EvaluationAnswer>,
    /// Why there is no answer.
    pub problem: Option<Problem>,
    /// What the user decided, the last one recorded.
    pub decision: Option<DecisionView>,
    /// What came back.
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
    /// Written and being asked.
    Sending,
    /// Plaid answered.
    Answered,
    /// Plaid refused, or could not be reached.
    Failed,
    /// Nobody knows whether Plaid answered (the app or the network died), or its answer is lost; see `settled`.
    Unknown,
}

/// What Plaid answered.
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
    /// The other core attributes, also those that are not known, in Plaid's order.
    pub core_attributes: Vec<CoreAttributeView>,
    /// Why bank data is missing.
    pub warnings: Vec<WarningView>,
    /// To quote to Plaid's support.
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
    /// A person should look first.
    Review,
    /// Ask for another way to pay.
    Reroute,
    /// A result this version does not know.
    Other,
}

/// One core attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "signal.ts")]
pub struct CoreAttributeView {
    /// Plaid's name.
    pub name: String,
    /// Value as text, numbers exact; null when it is not known.
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
    /// Plaid's words.
    pub warning_message: Option<String>,
    /// The desk's words: what it means for this evaluation.
    pub explanation: String,
    /// What can be done about it, as long as the bank is linked. Told when it is shown, and not kept.
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

/// Whether Plaid has a decision or return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "state")]
#[ts(export, export_to = "signal.ts")]
pub enum DeliveryView {
    /// Stored here; will be sent (again).
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
    /// Plaid refused it; sending it again would not help without a change.
    #[serde(rename_all = "camelCase")]
    Refused {
        /// Why.
        problem: Problem,
    },
    /// A later one says what this one was to say; Plaid does not get this one.
    #[serde(rename_all = "camelCase")]
    Superseded {
        /// Why the last attempt failed, or why Plaid refused it.
        problem: Option<Problem>,
    },
    /// The user has said that Plaid got it in a file.
    #[serde(rename_all = "camelCase")]
    Filed {
        /// RFC 3339 of when the user said so.
        at: String,
    },
    /// Plaid refused it, and the user has given it up.
    #[serde(rename_all = "camelCase")]
    LeftOut {
        /// RFC 3339 of when the user said so.
        at: String,
        /// Why Plaid refused it.
        problem: Problem,
    },
}

desk_core::store::sql_words!(EvaluationState, EvaluationResult, Settled);
