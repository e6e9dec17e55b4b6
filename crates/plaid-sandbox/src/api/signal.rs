//! Signal: the evaluation of a planned ACH debit, and the reports of what was decided
//! and what came back.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::accounts::{ReadScope, open_accounts};
use super::core_attributes::{self, CoreAttributes};
use super::items::ByToken;
use super::{CLIENT_ID, SECRET};
use crate::amount::Amount;
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::customers::{Balances, hash};
use crate::errors::{
    CLIENT_TRANSACTION_ID_ALREADY_IN_USE, ErrorCode, INVALID_ACCOUNT_ID, PlaidError,
    RULESET_NOT_FOUND, SIGNAL_TRANSACTION_NOT_INITIATED,
};
use crate::request_schema::{Field, FieldKind, NON_EMPTY_TEXT, TEXT, nullable, optional, required};
use crate::rulesets::{DataSource, Rule, RuleFacts, Ruleset, SignalResult};
use crate::store::StringList;
use crate::store::accounts::Account;
use crate::store::items::{self, Item};
use crate::store::signal::{self, Evaluation};

const TRANSACTION_ID: Field =
    required("client_transaction_id", FieldKind::Text { min: 1, max: 36 });

pub(super) static EVALUATE_FIELDS: [Field; 14] = [
    CLIENT_ID,
    SECRET,
    required("access_token", NON_EMPTY_TEXT),
    required("account_id", NON_EMPTY_TEXT),
    TRANSACTION_ID,
    required("amount", FieldKind::Number),
    nullable("user_present", FieldKind::Flag),
    optional("client_user_id", TEXT),
    nullable("is_recurring", FieldKind::Flag),
    nullable(
        "default_payment_method",
        FieldKind::Choice(&["SAME_DAY_ACH", "STANDARD_ACH", "MULTIPLE_PAYMENT_METHODS"]),
    ),
    optional("user", FieldKind::Unread),
    optional("device", FieldKind::Unread),
    nullable("risk_profile_key", TEXT),
    nullable("ruleset_key", TEXT),
];

pub(super) static DECISION_FIELDS: [Field; 9] = [
    CLIENT_ID,
    SECRET,
    TRANSACTION_ID,
    required("initiated", FieldKind::Flag),
    nullable(
        "days_funds_on_hold",
        FieldKind::Integer {
            min: 0,
            max: i64::MAX,
        },
    ),
    nullable(
        "decision_outcome",
        FieldKind::Choice(&[
            "APPROVE",
            "REVIEW",
            "REJECT",
            "TAKE_OTHER_RISK_MEASURES",
            "NOT_EVALUATED",
        ]),
    ),
    nullable(
        "payment_method",
        FieldKind::Choice(&[
            "SAME_DAY_ACH",
            "NEXT_DAY_ACH",
            "STANDARD_ACH",
            "MULTIPLE_PAYMENT_METHODS",
        ]),
    ),
    nullable("amount_instantly_available", FieldKind::Number),
    optional("submitted_at", FieldKind::Moment),
];

pub(super) static RETURN_FIELDS: [Field; 5] = [
    CLIENT_ID,
    SECRET,
    TRANSACTION_ID,
    required("return_code", NON_EMPTY_TEXT),
    nullable("returned_at", FieldKind::Moment),
];

#[derive(Deserialize)]
struct EvaluateRequest {
    access_token: String,
    account_id: String,
    client_transaction_id: String,
    amount: Amount,
    ruleset_key: Option<String>,
}

#[derive(Serialize)]
struct EvaluateResponse<'a> {
    scores: Option<ScoresBody>,
    core_attributes: CoreAttributes,
    ruleset: RulesetBody<'a>,
    warnings: Vec<SignalWarning>,
}

#[derive(Serialize)]
struct ScoresBody {
    customer_initiated_return_risk: RiskBody,
    bank_initiated_return_risk: RiskBody,
}

#[derive(Serialize)]
struct RiskBody {
    score: u32,
    risk_tier: u32,
}

#[derive(Serialize)]
struct RulesetBody<'a> {
    ruleset_key: &'a str,
    result: &'static str,
    triggered_rule_details: Option<RuleDetails<'a>>,
}

#[derive(Serialize)]
struct RuleDetails<'a> {
    internal_note: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_action_key: Option<&'a str>,
}

#[derive(Serialize)]
struct SignalWarning {
    warning_type: &'static str,
    warning_code: &'static str,
    warning_message: &'static str,
}

/// /signal/evaluate
pub(super) fn evaluate(call: &ApiCall<'_>) -> CallResult {
    let request: EvaluateRequest = call.read()?;
    if request.amount.0 <= Decimal::ZERO {
        return Err(PlaidError::field("amount", "must be greater than 0").into());
    }
    let item = call.item(&request.access_token)?;
    let account = debitable(call, &item, &request.account_id)?;
    let ruleset = find_ruleset(call, request.ruleset_key.as_deref())?;
    refuse_another_transaction(call, &request)?;

    let obstacle = match ruleset.source {
        DataSource::BalanceOnly => call.obstacle(&item),
        DataSource::TransactionScores => item.error.map(PlaidError::from),
    };
    let account = if obstacle.is_some() {
        without_data(account)
    } else {
        look_up(call, &item, account, ruleset)?
    };
    let risks =
        (ruleset.source == DataSource::TransactionScores).then(|| risks(&account, request.amount));
    let facts = RuleFacts {
        amount: request.amount.0,
        available: account.balances.available.map(|available| available.0),
        current: account.balances.current.map(|current| current.0),
        bank_risk: risks.map(|(bank, _)| bank),
        customer_risk: risks.map(|(_, customer)| customer),
    };
    let (result, rule) = ruleset.decide(&facts);
    keep(call, &item, &request, ruleset, result)?;
    call.answer(EvaluateResponse {
        scores: risks.map(scores),
        core_attributes: match ruleset.source {
            DataSource::BalanceOnly => core_attributes::balance_only(&account),
            DataSource::TransactionScores => {
                core_attributes::all(call, &item, &account, request.amount)
            }
        },
        ruleset: RulesetBody {
            ruleset_key: &ruleset.key,
            result: result.word(),
            triggered_rule_details: rule.map(details),
        },
        warnings: obstacle
            .map(|error| warning(error.code))
            .into_iter()
            .collect(),
    })
}

/// The account, if it is one that ACH can debit in US dollars.
fn debitable(call: &ApiCall<'_>, item: &Item, account_id: &str) -> Result<Account, CallFailure> {
    let account = open_accounts(call, item)?
        .into_iter()
        .find(|account| account.account_id == account_id)
        .ok_or(&INVALID_ACCOUNT_ID)?;
    let debitable_subtype = matches!(
        account.subtype.as_str(),
        "checking" | "savings" | "money market" | "cash management"
    );
    if account.account_type != "depository" || !debitable_subtype {
        return Err(
            PlaidError::field("account_id", "must be a checking or savings account").into(),
        );
    }
    if account.currency != "USD" {
        return Err(PlaidError::field("account_id", "must be an account in USD").into());
    }
    Ok(account)
}

fn find_ruleset<'a>(call: &ApiCall<'a>, key: Option<&str>) -> Result<&'a Ruleset, PlaidError> {
    call.rulesets.find(key).ok_or_else(|| {
        let key = key.unwrap_or("default");
        PlaidError::worded(
            &RULESET_NOT_FOUND,
            format!("Missing '{key}' ruleset. Create the ruleset here: https://dashboard.plaid.com/signal/risk-profiles"),
        )
    })
}

/// One client_transaction_id names one debit for ever; sending the same debit again is a
/// retry and is evaluated afresh.
fn refuse_another_transaction(
    call: &ApiCall<'_>,
    request: &EvaluateRequest,
) -> Result<(), CallFailure> {
    match signal::find(call.db, &request.client_transaction_id)? {
        Some(before)
            if before.account_id != request.account_id || before.amount != request.amount =>
        {
            Err(CallFailure::from(&CLIENT_TRANSACTION_ID_ALREADY_IN_USE))
        }
        _ => Ok(()),
    }
}

/// Balance-only rulesets always ask the bank; scores use what was read last.
fn look_up(
    call: &ApiCall<'_>,
    item: &Item,
    account: Account,
    ruleset: &Ruleset,
) -> Result<Account, CallFailure> {
    match ruleset.source {
        DataSource::TransactionScores => Ok(account),
        DataSource::BalanceOnly => {
            let mut read =
                super::accounts::read_live(call, item, vec![account.clone()], ReadScope::Named)?;
            Ok(read.pop().unwrap_or(account))
        }
    }
}

fn without_data(account: Account) -> Account {
    Account {
        balances: Balances {
            available: None,
            current: None,
            limit: None,
        },
        ..account
    }
}

fn keep(
    call: &ApiCall<'_>,
    item: &Item,
    request: &EvaluateRequest,
    ruleset: &Ruleset,
    result: SignalResult,
) -> Result<(), CallFailure> {
    signal::put(
        call.db,
        &Evaluation {
            client_transaction_id: request.client_transaction_id.clone(),
            item_id: item.item_id.clone(),
            account_id: request.account_id.clone(),
            amount: request.amount,
            ruleset_key: ruleset.key.clone(),
            result: result.word().to_owned(),
            request_id: call.request_id.to_owned(),
            evaluated_at: call.now,
        },
    )?;
    Ok(())
}

/// The risks of a return by the bank and by the customer. Plaid's Sandbox gives some amounts
/// fixed scores and others random ones; here, the same debit always has the same score.
fn risks(account: &Account, amount: Amount) -> (u32, u32) {
    match amount.to_string().as_str() {
        "3.53" => (10, 10),
        "12.17" => (60, 60),
        "27.53" => (90, 90),
        other => (
            steady_score(&["bank", &account.mask, other]),
            steady_score(&["customer", &account.mask, other]),
        ),
    }
}

/// A score from 1 to 70 that depends on the words alone.
fn steady_score(words: &[&str]) -> u32 {
    hash(words) % 70 + 1
}

fn scores((bank, customer): (u32, u32)) -> ScoresBody {
    ScoresBody {
        customer_initiated_return_risk: RiskBody {
            score: customer,
            risk_tier: customer.div_ceil(20).clamp(1, 5),
        },
        bank_initiated_return_risk: RiskBody {
            score: bank,
            risk_tier: bank.div_ceil(13).clamp(1, 8),
        },
    }
}

fn details(rule: &Rule) -> RuleDetails<'_> {
    RuleDetails {
        internal_note: &rule.internal_note,
        custom_action_key: rule.custom_action_key.as_deref(),
    }
}

fn warning(error: &'static ErrorCode) -> SignalWarning {
    SignalWarning {
        warning_type: error.error_type,
        warning_code: error.error_code,
        warning_message: error.error_message,
    }
}

#[derive(Serialize)]
struct Done {}

/// /signal/prepare
pub(super) fn prepare(call: &ApiCall<'_>) -> CallResult {
    let item = call.item(&call.read::<ByToken>()?.access_token)?;
    if !item.products.0.iter().any(|product| product == "signal") {
        let mut products = item.products.0;
        products.push("signal".to_owned());
        items::set_products(call.db, &item.item_id, &StringList(products))?;
    }
    call.answer(Done {})
}

/// /signal/decision/report
pub(super) fn report_decision(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize, Serialize)]
    struct Report {
        client_transaction_id: String,
        initiated: bool,
        days_funds_on_hold: Option<i64>,
        decision_outcome: Option<String>,
        payment_method: Option<String>,
        amount_instantly_available: Option<Amount>,
        submitted_at: Option<String>,
    }
    let report: Report = call.read()?;
    evaluated(call, &report.client_transaction_id)?;
    signal::add_decision(
        call.db,
        &report.client_transaction_id,
        report.initiated,
        &serde_json::to_string(&report)?,
        call.now,
    )?;
    call.answer(Done {})
}

/// /signal/return/report
pub(super) fn report_return(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize, Serialize)]
    struct Report {
        client_transaction_id: String,
        return_code: String,
        returned_at: Option<String>,
    }
    let report: Report = call.read()?;
    if !is_return_code(&report.return_code) {
        return Err(
            PlaidError::field("return_code", "must be an ACH return code such as R01").into(),
        );
    }
    let evaluation = evaluated(call, &report.client_transaction_id)?;
    let initiated = signal::initiated(call.db, &report.client_transaction_id)?;
    // What was not reported is inferred: ACCEPT was initiated, REROUTE was not.
    if !initiated.unwrap_or(evaluation.result != SignalResult::Reroute.word()) {
        return Err(CallFailure::from(&SIGNAL_TRANSACTION_NOT_INITIATED));
    }
    signal::add_return(
        call.db,
        &report.client_transaction_id,
        &report.return_code,
        &serde_json::to_string(&report)?,
        call.now,
    )?;
    call.answer(Done {})
}

fn evaluated(call: &ApiCall<'_>, client_transaction_id: &str) -> Result<Evaluation, CallFailure> {
    signal::find(call.db, client_transaction_id)?.ok_or_else(|| {
        PlaidError::field(
            "client_transaction_id",
            "does not match any transaction that was evaluated",
        )
        .into()
    })
}

/// R01 to R85.
fn is_return_code(code: &str) -> bool {
    code.strip_prefix('R')
        .filter(|digits| digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|digits| digits.parse::<u8>().ok())
        .is_some_and(|number| (1..=85).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn return_codes_are_r01_to_r85() {
        for good in ["R01", "R29", "R85"] {
            assert!(is_return_code(good), "{good}");
        }
        for bad in ["R00", "R86", "r01", "R1", "R+1", "01", "R001", ""] {
            assert!(!is_return_code(bad), "{bad}");
        }
    }

    #[test]
    fn scores_stay_within_plaids_bounds() {
        for amount in 1..200 {
            let score = steady_score(&["bank", "0000", &amount.to_string()]);
            assert!((1..=99).contains(&score));
        }
        let top = scores((99, 99));
        assert_eq!(
            (
                top.bank_initiated_return_risk.risk_tier,
                top.customer_initiated_return_risk.risk_tier
            ),
            (8, 5)
        );
    }
}
