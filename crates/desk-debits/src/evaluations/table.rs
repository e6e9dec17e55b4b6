//! The tables `evaluations` and `evaluation_answers`. Decisions and returns are in [`report_table`].

use jiff::Timestamp;
use plaid::{AccountId, ClientTransactionId, Decimal};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use serde::de::DeserializeOwned;

use super::{
    view::{
        AskedWith, CoreAttributeView, EvaluationAnswer, EvaluationResult, EvaluationState,
        EvaluationView, WarningView,
    },
    warnings,
};
use crate::decisions::report_table;
use desk_core::{DeskError, moment::Moment, problem::Problem, store::single_column};

/// Signal evaluates US dollars only.
pub(crate) const CURRENCY: &str = "USD";

/// An evaluation that is not saved yet.
pub(crate) struct NewEvaluation {
    pub id: ClientTransactionId,
    pub account_id: AccountId,
    pub account_name: String,
    pub account_mask: Option<String>,
    pub institution_name: String,
    pub person_name: String,
    pub amount: Decimal,
    pub ruleset_key: Option<String>,
    pub purpose: Option<String>,
    pub with: AskedWith,
}

/// Saves an evaluation before it is sent.
///
/// # Errors
/// Field `clientTransactionId` when the id has been used.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    evaluation: &NewEvaluation,
    now: Timestamp,
) -> Result<(), DeskError> {
    let added = transaction.execute(
        "INSERT INTO evaluations (client_transaction_id, account_id, account_name, account_mask, institution_name,
                                  person_name, amount, ruleset_key, created_at, purpose, asked_with, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'sending')
         ON CONFLICT (client_transaction_id) DO NOTHING",
        (
            evaluation.id.as_str(),
            evaluation.account_id.as_str(),
            &evaluation.account_name,
            &evaluation.account_mask,
            &evaluation.institution_name,
            &evaluation.person_name,
            evaluation.amount.to_string(),
            &evaluation.ruleset_key,
            Moment::from(now),
            &evaluation.purpose,
            json(&evaluation.with, "what is asked")?,
        ),
    )?;
    if added == 0 {
        return Err(DeskError::invalid(
            "clientTransactionId",
            "There is an evaluation of this name already. Each needs a name of its own.",
        ));
    }
    Ok(())
}

/// What a saved evaluation asks Plaid.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub id: ClientTransactionId,
    pub account_id: AccountId,
    pub amount: Decimal,
    pub ruleset_key: Option<String>,
    pub with: AskedWith,
}

/// Puts an evaluation without an answer back in flight under its ID. The caller has reserved the ID, so an evaluation
/// saved as sending was interrupted.
///
/// # Errors
/// `NotFound`; field `clientTransactionId` when it has been answered.
pub(crate) fn restart(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
) -> Result<Question, DeskError> {
    let question = question(transaction, id)?;
    let changed = transaction.execute(
        "UPDATE evaluations SET state = 'sending', problem = NULL, settled = NULL
         WHERE client_transaction_id = ?1 AND state <> 'answered'",
        [id.as_str()],
    )?;
    if changed == 0 {
        return Err(DeskError::invalid(
            "clientTransactionId",
            "This evaluation has its answer.",
        ));
    }
    Ok(question)
}

fn question(connection: &Connection, id: &ClientTransactionId) -> Result<Question, DeskError> {
    let found = connection
        .query_row(
            "SELECT account_id, amount, ruleset_key, asked_with FROM evaluations WHERE client_transaction_id = ?1",
            [id.as_str()],
            |row| {
                Ok((
                    row.get::<_, String>("account_id")?,
                    row.get::<_, String>("amount")?,
                    row.get("ruleset_key")?,
                    row.get::<_, Option<String>>("asked_with")?,
                ))
            },
        )
        .optional()?;
    let (account_id, amount, ruleset_key, with) =
        found.ok_or(DeskError::NotFound("This evaluation"))?;
    Ok(Question {
        id: id.clone(),
        account_id: AccountId::new(account_id),
        amount: exact(&amount)?,
        ruleset_key,
        with: asked_with(with.as_deref())?.unwrap_or_default(),
    })
}

fn asked_with(json: Option<&str>) -> Result<Option<AskedWith>, DeskError> {
    json.map(|json| read_json(json, "what was asked"))
        .transpose()
}

/// Saves Plaid's answer, however late. The first answer stays.
pub fn answered(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    answer: &plaid::SignalEvaluateResponse,
    now: Timestamp,
) -> Result<(), DeskError> {
    let changed = transaction.execute(
        "UPDATE evaluations SET state = 'answered', problem = NULL, settled = NULL
         WHERE client_transaction_id = ?1 AND state <> 'answered'",
        [id.as_str()],
    )?;
    if changed == 0 {
        return Ok(());
    }
    let ruleset = answer.ruleset.as_ref();
    let result = ruleset.and_then(|ruleset| ruleset.result.as_ref());
    let rule = ruleset.and_then(|ruleset| ruleset.triggered_rule.as_ref());
    let scores = answer.scores.as_ref();
    let customer = scores.and_then(|scores| scores.customer_initiated_return_risk);
    let bank = scores.and_then(|scores| scores.bank_initiated_return_risk);
    transaction.execute(
        "INSERT INTO evaluation_answers (client_transaction_id, result, result_text, ruleset_key, internal_note,
             custom_action_key, available_balance, current_balance, customer_risk, bank_risk, core_attributes,
             warnings, request_id, answered_at, customer_tier, bank_tier)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        rusqlite::params![
            id.as_str(),
            result.map(evaluation_result),
            result.map(plaid::SignalResult::as_str),
            ruleset.and_then(|ruleset| ruleset.ruleset_key.as_deref()),
            rule.and_then(|rule| rule.internal_note.as_deref()),
            rule.and_then(|rule| rule.custom_action_key.as_deref()),
            answer.available_balance().map(|amount| amount.to_string()),
            answer.current_balance().map(|amount| amount.to_string()),
            customer.and_then(|risk| risk.score),
            bank.and_then(|risk| risk.score),
            json(&other_attributes(answer), "core attributes")?,
            json(&warning_views(answer), "warnings")?,
            answer.request_id.as_str(),
            Moment::from(now),
            customer.and_then(|risk| risk.risk_tier),
            bank.and_then(|risk| risk.risk_tier),
        ],
    )?;
    Ok(())
}

fn other_attributes(answer: &plaid::SignalEvaluateResponse) -> Vec<CoreAttributeView> {
    let balances = ["available_balance", "current_balance"];
    answer
        .core_attributes
        .iter()
        .filter(|attribute| !balances.contains(&attribute.name.as_str()))
        .map(|attribute| CoreAttributeView {
            name: attribute.name.clone(),
            value: attribute.value.as_ref().map(|value| match value {
                plaid::AttributeValue::Decimal(number) => number.to_string(),
                plaid::AttributeValue::Integer(number) => number.to_string(),
                plaid::AttributeValue::Text(text) => text.clone(),
                plaid::AttributeValue::Bool(flag) => flag.to_string(),
            }),
        })
        .collect()
}

fn warning_views(answer: &plaid::SignalEvaluateResponse) -> Vec<WarningView> {
    let said = |text: &String| (!text.is_empty()).then(|| text.clone());
    answer
        .warnings
        .iter()
        .map(|warning| WarningView {
            warning_type: said(&warning.warning_type),
            warning_code: said(&warning.warning_code),
            warning_message: said(&warning.warning_message),
            explanation: warnings::explanation(&warning.warning_type, &warning.warning_code)
                .to_owned(),
            action: None,
        })
        .collect()
}

/// Saves why there is no answer.
pub(crate) fn unanswered(
    transaction: &Transaction<'_>,
    id: &ClientTransactionId,
    state: EvaluationState,
    problem: &Problem,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE evaluations SET state = ?2, problem = ?3
         WHERE client_transaction_id = ?1 AND state = 'sending'",
        (id.as_str(), state, problem),
    )?;
    Ok(())
}

/// Marks evaluations as unknown that are saved as sending but not in flight: the app closed while it waited. Returns how
/// many.
pub(crate) fn mark_interrupted(
    transaction: &Transaction<'_>,
    is_in_flight: impl Fn(&str) -> bool,
    problem: &Problem,
) -> Result<usize, DeskError> {
    let mut sending = transaction
        .prepare_cached("SELECT client_transaction_id FROM evaluations WHERE state = 'sending'")?;
    let ids: Vec<String> = sending
        .query_map([], single_column)?
        .collect::<Result<_, _>>()?;
    let mut marked = 0;
    for id in ids.iter().filter(|id| !is_in_flight(id)) {
        marked += transaction.execute(
            "UPDATE evaluations SET state = 'unknown', problem = ?2 WHERE client_transaction_id = ?1",
            (id, problem),
        )?;
    }
    Ok(marked)
}

const VIEW: &str = "SELECT evaluations.client_transaction_id, account_id, account_name, account_mask,
       institution_name, person_name, amount, evaluations.ruleset_key, created_at, state, problem,
       result, result_text, answers.ruleset_key AS answered_ruleset_key, internal_note, custom_action_key, available_balance,
       current_balance, customer_risk, bank_risk, core_attributes, warnings, request_id, answered_at,
       customer_tier, bank_tier, purpose, asked_with, settled, told_not_initiated,
       (SELECT item_id FROM accounts JOIN items USING (item_id)
        WHERE accounts.account_id = evaluations.account_id AND items.state = 'active') AS item_id
  FROM evaluations LEFT JOIN evaluation_answers AS answers USING (client_transaction_id)";

/// One evaluation with what became of it.
///
/// # Errors
/// `NotFound`.
pub fn view(
    connection: &Connection,
    id: &ClientTransactionId,
) -> Result<EvaluationView, DeskError> {
    find(connection, id)?.ok_or_else(|| DeskError::NotFound("This evaluation"))
}

pub fn find(
    connection: &Connection,
    id: &ClientTransactionId,
) -> Result<Option<EvaluationView>, DeskError> {
    let sql = format!("{VIEW} WHERE evaluations.client_transaction_id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id.as_str()])?;
    rows.next()?
        .map(|row| evaluation(connection, row))
        .transpose()
}

fn evaluation(connection: &Connection, row: &Row<'_>) -> Result<EvaluationView, DeskError> {
    let id: String = row.get("client_transaction_id")?;
    Ok(EvaluationView {
        account_id: row.get("account_id")?,
        account_name: row.get("account_name")?,
        account_mask: row.get("account_mask")?,
        institution_name: row.get("institution_name")?,
        person_name: row.get("person_name")?,
        amount: row.get("amount")?,
        currency: CURRENCY.to_owned(),
        ruleset_key: row.get("ruleset_key")?,
        purpose: row.get("purpose")?,
        asked_with: asked_with(row.get::<_, Option<String>>("asked_with")?.as_deref())?,
        settled: row.get("settled")?,
        told_not_initiated: row.get("told_not_initiated")?,
        created_at: row.get::<_, Moment>("created_at")?.to_text(),
        state: row.get("state")?,
        answer: answer(row)?,
        problem: row.get("problem")?,
        decision: report_table::decision_view(connection, &id)?,
        returned: report_table::return_view(connection, &id)?,
        client_transaction_id: id,
    })
}

fn answer(row: &Row<'_>) -> Result<Option<EvaluationAnswer>, DeskError> {
    let Some(request_id) = row.get::<_, Option<String>>("request_id")? else {
        return Ok(None);
    };
    let item_id: Option<String> = row.get("item_id")?;
    let mut warnings: Vec<WarningView> = read_json(&row.get::<_, String>("warnings")?, "warnings")?;
    for warning in &mut warnings {
        let code = warning.warning_code.as_deref().unwrap_or_default();
        warning.action = item_id
            .as_deref()
            .and_then(|item_id| warnings::action(code, item_id));
    }
    let result: Option<EvaluationResult> = row.get("result")?;
    let result_text: Option<String> = row.get("result_text")?;
    Ok(Some(EvaluationAnswer {
        result,
        result_text: result_text.filter(|_| result == Some(EvaluationResult::Other)),
        ruleset_key: row.get("answered_ruleset_key")?,
        internal_note: row.get("internal_note")?,
        custom_action_key: row.get("custom_action_key")?,
        available_balance: row.get("available_balance")?,
        current_balance: row.get("current_balance")?,
        customer_initiated_return_risk: row.get("customer_risk")?,
        customer_initiated_risk_tier: row.get("customer_tier")?,
        bank_initiated_return_risk: row.get("bank_risk")?,
        bank_initiated_risk_tier: row.get("bank_tier")?,
        core_attributes: read_json(&row.get::<_, String>("core_attributes")?, "core attributes")?,
        warnings,
        request_id,
        answered_at: row.get::<_, Moment>("answered_at")?.to_text(),
    }))
}

pub(crate) fn exact(amount: &str) -> Result<Decimal, DeskError> {
    Decimal::from_str_exact(amount).map_err(|_| DeskError::unreadable("an amount"))
}

fn json<T: serde::Serialize>(value: &T, what: &'static str) -> Result<String, DeskError> {
    serde_json::to_string(value).map_err(|_| DeskError::unreadable(what))
}

fn read_json<T: DeserializeOwned>(json: &str, what: &'static str) -> Result<T, DeskError> {
    serde_json::from_str(json).map_err(|_| DeskError::unreadable(what))
}

fn evaluation_result(result: &plaid::SignalResult) -> EvaluationResult {
    match result {
        plaid::SignalResult::Accept => EvaluationResult::Accept,
        plaid::SignalResult::Review => EvaluationResult::Review,
        plaid::SignalResult::Reroute => EvaluationResult::Reroute,
        plaid::SignalResult::Other(_) => EvaluationResult::Other,
    }
}
