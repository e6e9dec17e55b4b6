//! Asking Plaid whether a debit would be returned: written before it is sent, answered on the disk before it is
//! shown. What failed on the way is kept as failed, or as unknown when Plaid may have answered.

use std::sync::Arc;

use plaid::{AccountId, CarriedOut, ClientTransactionId, ItemId, SignalEvaluateRequest};
use uuid::Uuid;

use super::{
    asking::Asked,
    keeping::{self, CameOfIt, NoAnswer, Outcome},
    preparing,
    table::{self, NewEvaluation, Question},
    view::{EvaluateRequest, EvaluationState, EvaluationView},
};
use crate::{
    Desk, DeskError, OpenEnvironment,
    balances::billing,
    items::{
        self, health,
        table::{self as items_table, AccountRow},
    },
    money::{self, ZeroIs},
    problem::{NextAction, Problem, ProblemKind},
    start::event::DeskEvent,
    work::to_the_end,
};

/// The longest ruleset key, in characters.
const LONGEST_RULESET_KEY: usize = 200;

/// Asks for the first time.
pub(crate) async fn evaluate(
    desk: &Desk,
    env: Arc<OpenEnvironment>,
    request: EvaluateRequest,
) -> Result<EvaluationView, DeskError> {
    let question = question(request)?;
    let account = account(&env, &question.account_id).await?;
    let desk = desk.clone();
    let tracked = Arc::clone(&env);
    to_the_end(&tracked, async move {
        // The second name is the debit itself: a second click, without an id of its own, asks for the same.
        let Question {
            id,
            account_id,
            amount,
            ruleset_key,
        } = &question;
        let debit = format!(
            "{account_id} {amount} {}",
            ruleset_key.as_deref().unwrap_or("")
        );
        let asked = env.work.asking.take(vec![id.to_string(), debit])?;
        write_down(&desk, &env, &question, account).await?;
        ask(&desk, &env, asked, question).await
    })
    .await
}

/// Asks again under the same name.
pub(crate) async fn again(
    desk: &Desk,
    env: Arc<OpenEnvironment>,
    id: ClientTransactionId,
) -> Result<EvaluationView, DeskError> {
    let desk = desk.clone();
    let tracked = Arc::clone(&env);
    to_the_end(&tracked, async move {
        let asked = env.work.asking.take(vec![id.to_string()])?;
        let now = desk.now();
        let question = env
            .store
            .write(move |transaction| {
                let question = table::ask_again(transaction, &id)?;
                let account = items_table::account(transaction, &question.account_id)?;
                billing::evaluation_asked(transaction, &account.item_id, &id, now)?;
                Ok(question)
            })
            .await?;
        desk.emit(DeskEvent::EvaluationsChanged);
        ask(&desk, &env, asked, question).await
    })
    .await
}

/// What was typed, if all of it can be used.
fn question(request: EvaluateRequest) -> Result<Question, DeskError> {
    let amount = money::parse(&request.amount, ZeroIs::Refused)
        .map_err(|error| DeskError::invalid("amount", error.to_string()))?;
    Ok(Question {
        id: name(request.client_transaction_id.as_deref())?,
        account_id: AccountId::new(request.account_id),
        amount,
        ruleset_key: ruleset_key(request.ruleset_key.as_deref())?,
    })
}

fn name(given: Option<&str>) -> Result<ClientTransactionId, DeskError> {
    let refuse = |message: String| DeskError::invalid("clientTransactionId", message);
    let given = given.map(str::trim).filter(|text| !text.is_empty());
    let text = given.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
    let id = ClientTransactionId::parse(&text).map_err(|error| refuse(format!("{error}.")))?;
    if !text.chars().all(|c| c.is_ascii_graphic()) {
        return Err(refuse(
            "A client_transaction_id has letters, digits and signs, no spaces.".to_owned(),
        ));
    }
    Ok(id)
}

fn ruleset_key(given: Option<&str>) -> Result<Option<String>, DeskError> {
    let Some(key) = given.map(str::trim).filter(|key| !key.is_empty()) else {
        return Ok(None);
    };
    let length = key.chars().count();
    if length > LONGEST_RULESET_KEY {
        return Err(DeskError::invalid(
            "rulesetKey",
            format!(
                "A ruleset key has at most {LONGEST_RULESET_KEY} characters; this one has {length}."
            ),
        ));
    }
    if key.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(DeskError::invalid(
            "rulesetKey",
            "A ruleset key has no spaces or line breaks.",
        ));
    }
    Ok(Some(key.to_owned()))
}

async fn account(env: &OpenEnvironment, account_id: &AccountId) -> Result<AccountRow, DeskError> {
    let refuse = |message| DeskError::invalid("accountId", message);
    if account_id.as_str().is_empty() {
        return Err(refuse("Choose an account."));
    }
    let id = account_id.clone();
    let found = env
        .store
        .read(move |connection| items_table::account(connection, &id))
        .await;
    let account = found.map_err(|error| match error {
        DeskError::NotFound(_) => refuse("This account is not there any more. Choose another."),
        other => other,
    })?;
    if account.can_evaluate {
        Ok(account)
    } else {
        Err(refuse(
            "An ACH debit is made from a checking or savings account in US dollars. Choose one.",
        ))
    }
}

async fn write_down(
    desk: &Desk,
    env: &OpenEnvironment,
    question: &Question,
    account: AccountRow,
) -> Result<(), DeskError> {
    let key = items::active_key(env, &account.item_id).await?;
    let (question, now) = (question.clone(), desk.now());
    let evaluation = NewEvaluation {
        id: question.id,
        account_id: question.account_id,
        account_name: account.name,
        account_mask: account.mask,
        institution_name: key.institution_name,
        person_name: key.person_name,
        amount: question.amount,
        ruleset_key: question.ruleset_key,
    };
    env.store
        .write(move |transaction| {
            table::insert(transaction, &evaluation, now)?;
            billing::evaluation_asked(transaction, &account.item_id, &evaluation.id, now)
        })
        .await?;
    desk.emit(DeskEvent::EvaluationsChanged);
    Ok(())
}

/// Sends what is written down, and stores what comes of it.
async fn ask(
    desk: &Desk,
    env: &Arc<OpenEnvironment>,
    asked: Asked,
    question: Question,
) -> Result<EvaluationView, DeskError> {
    let id = question.id.clone();
    let came_of_it = match send(desk, env, &question).await {
        Ok(answer) => CameOfIt::Answer(Box::new(answer)),
        Err(no_answer) => CameOfIt::NoAnswer(no_answer),
    };
    let outcome = Outcome {
        question,
        came_of_it,
        at: desk.now(),
    };
    keeping::keep(desk, env, asked, outcome).await?;
    let shown = id.clone();
    env.store
        .read(move |connection| table::view(connection, &shown))
        .await
        .map_err(|error| keeping::not_at_hand(id, keeping::NOT_READ, error))
}

async fn send(
    desk: &Desk,
    env: &Arc<OpenEnvironment>,
    question: &Question,
) -> Result<plaid::Evaluation, NoAnswer> {
    let unsent = |error: DeskError| NoAnswer {
        state: EvaluationState::Failed,
        problem: Problem::from(error),
    };
    let id = question.account_id.clone();
    let account = env
        .store
        .read(move |connection| items_table::account(connection, &id))
        .await
        .map_err(unsent)?;
    let _in_use = env.work.gates.shared(&account.item_id).await;
    let key = items::active_key(env, &account.item_id)
        .await
        .map_err(unsent)?;
    let request = SignalEvaluateRequest {
        access_token: key.access_token.clone(),
        account_id: question.account_id.clone(),
        client_transaction_id: question.id.clone(),
        amount: question.amount,
        client_user_id: Some(key.client_user_id.clone()),
        is_recurring: None,
        default_payment_method: None,
        ruleset_key: question.ruleset_key.clone(),
    };
    // Closing the environment does not wait for a bank.
    let closed = |state| NoAnswer {
        state,
        problem: interrupted(),
    };
    let prepared = tokio::select! {
        biased;
        prepared = preparing::prepare(desk, env, &key) => prepared,
        () = env.cancel.cancelled() => return Err(closed(EvaluationState::Failed)),
    };
    if let Err(error) = prepared {
        return Err(unsent(DeskError::from(error).for_item(&account.item_id)));
    }
    let client = env.client_about(&account.item_id, Some(&question.account_id));
    // Plaid may have answered: the evaluation is then unknown, and can be asked again.
    let answer = tokio::select! {
        biased;
        answer = client.signal_evaluate(&request) => answer,
        () = env.cancel.cancelled() => return Err(closed(EvaluationState::Unknown)),
    };
    match answer {
        Ok(answer) => Ok(answer),
        Err(error) => Err(refused(desk, env, &account.item_id, error).await),
    }
}

/// What is kept of a call that failed.
async fn refused(
    desk: &Desk,
    env: &OpenEnvironment,
    item_id: &ItemId,
    error: plaid::Error,
) -> NoAnswer {
    NoAnswer {
        state: match error.carried_out() {
            CarriedOut::No => EvaluationState::Failed,
            CarriedOut::Unknown => EvaluationState::Unknown,
        },
        problem: Problem::from(health::failed(desk, env, item_id, error).await),
    }
}

/// The words for an evaluation whose asker is gone.
pub(crate) fn interrupted() -> Problem {
    Problem::new(ProblemKind::Network, "Balance Desk was closed before the answer came. Ask again: under its name Plaid counts it as the same evaluation.").with_action(NextAction::Retry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_made_when_absent() {
        assert_eq!(name(None).unwrap().as_str().len(), 36);
        assert_eq!(name(Some("  ")).unwrap().as_str().len(), 36);
        assert_eq!(name(Some(" order-7 ")).unwrap().as_str(), "order-7");
        for refused in [
            "x".repeat(37),
            "a b".to_owned(),
            "caf\u{e9}".to_owned(),
            "a\u{0}b".to_owned(),
        ] {
            let error = name(Some(&refused)).unwrap_err();
            assert!(
                matches!(
                    error,
                    DeskError::InvalidInput {
                        field: "clientTransactionId",
                        ..
                    }
                ),
                "{error:?}"
            );
        }
    }

    #[test]
    fn ruleset_keys_are_one_word() {
        assert_eq!(ruleset_key(None).unwrap(), None);
        assert_eq!(ruleset_key(Some(" ")).unwrap(), None);
        assert_eq!(
            ruleset_key(Some(" high-risk ")).unwrap().as_deref(),
            Some("high-risk")
        );
        assert!(ruleset_key(Some("two words")).is_err());
        assert!(ruleset_key(Some(&"k".repeat(201))).is_err());
    }
}
