//! Signal: evaluations of planned ACH debits, and the reports of decisions and returns.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::accounts::{ReadScope, open_accounts, read_live};
use super::core_attributes::{self, CoreAttributes};
use super::items::AccessTokenRequest;
use super::{CLIENT_ID, SECRET};
use crate::amount::Amount;
use crate::api_call::{ApiCall, CallFailure, CallResult};
use crate::bank::customers::{Balances, hash};
use crate::errors::{
    CLIENT_TRANSACTION_ID_ALREADY_IN_USE, INVALID_ACCOUNT_ID, PlaidError, RULESET_NOT_FOUND,
    SIGNAL_TRANSACTION_NOT_INITIATED,
};
use crate::request_schema::{Field, FieldKind, NON_EMPTY_TEXT, TEXT, nullable, optional, required};
use crate::rulesets::{DataSource, RuleFacts, Ruleset, SignalResult};
use crate::store::accounts::Account;
use crate::store::items::Item;
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
struct SignalEvaluateRequest {
    access_token: String,
    account_id: String,
    client_transaction_id: String,
    amount: Amount,
    ruleset_key: Option<String>,
}

#[derive(Serialize)]
struct EvaluateResponse<'a> {
    scores: Option<Value>,
    core_attributes: CoreAttributes,
    ruleset: RulesetBody<'a>,
    warnings: Vec<Value>,
}

#[derive(Serialize)]
struct RulesetBody<'a> {
    ruleset_key: &'a str,
    result: SignalResult,
    triggered_rule_details: Option<RuleDetails<'a>>,
}

#[derive(Serialize)]
struct RuleDetails<'a> {
    internal_note: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_action_key: Option<&'a str>,
}

pub(super) fn evaluate(call: &ApiCall<'_>) -> CallResult {
    let request: SignalEvaluateRequest = call.read()?;
    if request.amount.0 <= Decimal::ZERO {
        return Err(PlaidError::invalid_field("amount", "must be greater than 0").into());
    }
    let item = call.item(&request.access_token)?;
    let mut account = debitable_account(call, &item, &request.account_id)?;
    let ruleset = find_ruleset(call, request.ruleset_key.as_deref())?;
    let times = times_evaluated(call, &request)?;

    let with_scores = ruleset.data == DataSource::SignalTransactionScores;
    let read_error = if with_scores {
        item.error.map(PlaidError::from)
    } else {
        call.live_read_error(&item)
    };
    if read_error.is_some() {
        account.set_balances(Balances::UNKNOWN);
    } else if !with_scores {
        let accounts = read_live(call, &item, vec![account.clone()], ReadScope::SomeAccounts)?;
        account = accounts.into_iter().next().unwrap_or(account);
    }
    let risks = with_scores.then(|| risks(&account, request.amount));
    let (result, rule) = ruleset.decide(&RuleFacts {
        amount: request.amount.0,
        available: account.available.map(|available| available.0),
        current: account.current.map(|current| current.0),
        bank_risk: risks.map(|(bank, _)| bank),
        customer_risk: risks.map(|(_, customer)| customer),
    });
    Evaluation {
        client_transaction_id: request.client_transaction_id,
        item_id: item.item_id.clone(),
        account_id: request.account_id,
        amount: request.amount,
        ruleset_key: ruleset.ruleset_key.clone(),
        result,
        request_id: call.request_id.to_owned(),
        evaluated_at: call.now,
        times: times + 1,
    }
    .save(call.db)?;
    call.respond(EvaluateResponse {
        scores: risks.map(scores),
        core_attributes: if with_scores {
            core_attributes::all(call, &item, &account, request.amount)
        } else {
            core_attributes::balance_only(&account)
        },
        ruleset: RulesetBody {
            ruleset_key: &ruleset.ruleset_key,
            result,
            triggered_rule_details: rule.map(|rule| RuleDetails {
                internal_note: &rule.internal_note,
                custom_action_key: rule.custom_action_key.as_deref(),
            }),
        },
        warnings: read_error.into_iter().map(warning).collect(),
    })
}

/// The account, if ACH can debit it in US dollars.
fn debitable_account(
    call: &ApiCall<'_>,
    item: &Item,
    account_id: &str,
) -> Result<Account, CallFailure> {
    let account = open_accounts(call, item)?
        .into_iter()
        .find(|account| account.account_id == account_id)
        .ok_or(&INVALID_ACCOUNT_ID)?;
    let debitable_subtype = matches!(
        account.subtype.as_str(),
        "checking" | "savings" | "money market" | "cash management"
    );
    if account.account_type != "depository" || !debitable_subtype {
        return Err(PlaidError::invalid_field(
            "account_id",
            "must be a checking or savings account",
        )
        .into());
    }
    if account.currency != "USD" {
        return Err(PlaidError::invalid_field("account_id", "must be an account in USD").into());
    }
    Ok(account)
}

fn find_ruleset<'a>(call: &ApiCall<'a>, key: Option<&str>) -> Result<&'a Ruleset, PlaidError> {
    call.rulesets.find(key).ok_or_else(|| {
        let key = key.unwrap_or("default");
        PlaidError::with_message(
            &RULESET_NOT_FOUND,
            format!("Missing '{key}' ruleset. Create the ruleset here: https://dashboard.plaid.com/signal/risk-profiles"),
        )
    })
}

/// How often this debit was evaluated before. A `client_transaction_id` belongs to one account and amount for good;
/// with the same ones the call is a retry and is evaluated again.
fn times_evaluated(
    call: &ApiCall<'_>,
    request: &SignalEvaluateRequest,
) -> Result<u32, CallFailure> {
    match Evaluation::find(call.db, &request.client_transaction_id)? {
        None => Ok(0),
        Some(before)
            if before.account_id == request.account_id && before.amount == request.amount =>
        {
            Ok(before.times)
        }
        Some(_) => Err(CallFailure::from(&CLIENT_TRANSACTION_ID_ALREADY_IN_USE)),
    }
}

/// The risks of a bank-initiated and of a customer-initiated return. Three amounts have the scores of Plaid's Sandbox,
/// where all others are random; here the same debit always has the same score.
fn risks(account: &Account, amount: Amount) -> (u32, u32) {
    match amount.to_string().as_str() {
        "3.53" => (10, 10),
        "12.17" => (60, 60),
        "27.53" => (90, 90),
        other => (
            hashed_score(&["bank", &account.mask, other]),
            hashed_score(&["customer", &account.mask, other]),
        ),
    }
}

/// From 1 to 70, always the same for the same words.
fn hashed_score(words: &[&str]) -> u32 {
    hash(words) % 70 + 1
}

fn scores((bank, customer): (u32, u32)) -> Value {
    json!({
        "customer_initiated_return_risk": {
            "score": customer,
            "risk_tier": customer.div_ceil(20).clamp(1, 5),
        },
        "bank_initiated_return_risk": {
            "score": bank,
            "risk_tier": bank.div_ceil(13).clamp(1, 8),
        },
    })
}

fn warning(error: PlaidError) -> Value {
    json!({
        "warning_type": error.code.error_type,
        "warning_code": error.code.error_code,
        "warning_message": error.code.error_message,
    })
}

pub(super) fn prepare(call: &ApiCall<'_>) -> CallResult {
    let mut item = call.item(&call.read::<AccessTokenRequest>()?.access_token)?;
    if !item.products.has("signal") {
        item.products.0.push("signal".to_owned());
        item.save(call.db)?;
    }
    call.respond(json!({}))
}

pub(super) fn report_decision(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize, Serialize)]
    struct DecisionReport {
        client_transaction_id: String,
        initiated: bool,
        days_funds_on_hold: Option<i64>,
        decision_outcome: Option<String>,
        payment_method: Option<String>,
        amount_instantly_available: Option<Amount>,
        submitted_at: Option<String>,
    }
    let report: DecisionReport = call.read()?;
    let id = &report.client_transaction_id;
    find_evaluation(call, id)?;
    let json = serde_json::to_string(&report)?;
    signal::add_decision(call.db, id, report.initiated, &json, call.now)?;
    call.respond(json!({}))
}

pub(super) fn report_return(call: &ApiCall<'_>) -> CallResult {
    #[derive(Deserialize, Serialize)]
    struct ReturnReport {
        client_transaction_id: String,
        return_code: String,
        returned_at: Option<String>,
    }
    let report: ReturnReport = call.read()?;
    let id = &report.client_transaction_id;
    if !is_return_code(&report.return_code) {
        let problem = "must be an ACH return code such as R01";
        return Err(PlaidError::invalid_field("return_code", problem).into());
    }
    let evaluation = find_evaluation(call, id)?;
    // Without a decision Plaid infers one: after REROUTE the debit was not initiated, otherwise it was.
    let initiated = signal::initiated(call.db, id)?;
    if !initiated.unwrap_or(evaluation.result != SignalResult::Reroute) {
        return Err(CallFailure::from(&SIGNAL_TRANSACTION_NOT_INITIATED));
    }
    let json = serde_json::to_string(&report)?;
    signal::add_return(call.db, id, &report.return_code, &json, call.now)?;
    call.respond(json!({}))
}

fn find_evaluation(
    call: &ApiCall<'_>,
    client_transaction_id: &str,
) -> Result<Evaluation, CallFailure> {
    Evaluation::find(call.db, client_transaction_id)?.ok_or_else(|| {
        let problem = "does not match any transaction that was evaluated";
        PlaidError::invalid_field("client_transaction_id", problem).into()
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
    fn scores_and_tiers_stay_within_plaids_bounds() {
        for amount in 1..200 {
            let score = hashed_score(&["bank", "0000", &amount.to_string()]);
            assert!((1..=99).contains(&score));
        }
        let top = scores((99, 99));
        assert_eq!(
            [
                &top["bank_initiated_return_risk"]["risk_tier"],
                &top["customer_initiated_return_risk"]["risk_tier"]
            ],
            [8, 5]
        );
    }
}
