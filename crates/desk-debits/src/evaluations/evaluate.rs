//! Evaluates a debit with Plaid. The request is saved before it is sent, and the answer before it is shown. A failed
//! call is saved as failed, or as unknown when Plaid may have answered.

use std::pin::pin;

use desk_files::amount::{self, ZeroIs};
use futures_util::FutureExt;
use plaid::{AccountId, ClientTransactionId, ItemId, SideEffect, SignalEvaluateRequest};
use uuid::Uuid;

use super::{
    in_flight::{EvaluationOrigin, InFlightEvaluation, InFlightGuard},
    outcome::{self, EvaluationOutcome, EvaluationReply, MissingAnswer},
    request_details,
    table::{self, NewEvaluation, Question},
    view::{AskingStep, EvaluateRequest, EvaluationState, EvaluationView, RunningEvaluation},
};
use crate::{audit::ExchangeRecorder, evaluations::Evaluations};
use desk_banks::items::{
    people, table as items_table,
    table::{AccountRow, ItemKey},
};
use desk_core::{
    DeskError, billing,
    event::DeskEvent,
    kill,
    problem::{NextAction, Problem, ProblemKind},
};

/// The longest ruleset key, in characters.
const LONGEST_RULESET_KEY: usize = 200;

impl Evaluations {
    /// Sends a new evaluation.
    pub(crate) async fn evaluate_as(
        &self,
        request: EvaluateRequest,
        origin: EvaluationOrigin,
    ) -> Result<EvaluationView, DeskError> {
        let has_id = request.client_transaction_id.is_some();
        let new = parse_request(request)?;
        let account = self.debitable_account(&new.question.account_id).await?;
        let evaluations = self.clone();
        self.session
            .run_to_end(async move {
                let mut names = vec![new.question.id.to_string()];
                // Reserving the debit itself stops a second click, which has no ID of its own. A batch may have two
                // identical rows.
                if origin == EvaluationOrigin::User || !has_id {
                    names.push(debit_name(&new.question));
                }
                let guard = evaluations.in_flight.reserve(names, origin).await?;
                let question = evaluations.store_request(new, account).await?;
                evaluations.call_plaid_and_store(guard, question).await
            })
            .await
    }
}

/// Names a debit by its content, whatever the ID of its evaluation.
fn debit_name(question: &Question) -> String {
    let Question {
        account_id,
        amount,
        ruleset_key,
        ..
    } = question;
    format!(
        "{account_id} {amount} {}",
        ruleset_key.as_deref().unwrap_or("")
    )
}

struct NewRequest {
    question: Question,
    purpose: Option<String>,
}

impl Evaluations {
    /// Evaluates again under the same ID. Errors as in [`evaluate_again`](Self::evaluate_again).
    pub async fn repeat(&self, id: ClientTransactionId) -> Result<EvaluationView, DeskError> {
        let evaluations = self.clone();
        self.session
            .run_to_end(async move {
                let names = vec![id.to_string()];
                let guard = evaluations
                    .in_flight
                    .reserve(names, EvaluationOrigin::User)
                    .await?;
                let now = evaluations.session.now();
                let question = evaluations
                    .session
                    .store
                    .write(move |transaction| -> Result<_, DeskError> {
                        let question = table::restart(transaction, &id)?;
                        let account = items_table::account(transaction, &question.account_id)?;
                        billing::record_evaluation_call(transaction, &account.item_id, &id, now)?;
                        Ok(question)
                    })
                    .await?;
                evaluations.session.emit(DeskEvent::EvaluationsChanged);
                evaluations.call_plaid_and_store(guard, question).await
            })
            .await
    }

    /// Evaluations in flight that a user waits for, newest first.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn running(&self) -> Result<Vec<RunningEvaluation>, DeskError> {
        let in_flight = self.in_flight.started_by_user();
        let mut running = self
            .session
            .store
            .read(move |connection| -> Result<_, DeskError> {
                let mut views = Vec::new();
                for (name, running) in in_flight {
                    // One of the names is the debit, and an evaluation that has just started may not be saved yet.
                    if let Ok(id) = ClientTransactionId::parse(&name)
                        && let Some(evaluation) = table::find(connection, &id)?
                    {
                        views.push(running_view(evaluation, &running));
                    }
                }
                Ok(views)
            })
            .await?;
        running.sort_by_key(|running| running.elapsed_milliseconds);
        Ok(running)
    }
}

fn running_view(evaluation: EvaluationView, running: &InFlightEvaluation) -> RunningEvaluation {
    RunningEvaluation {
        evaluation,
        step: running.step(),
        elapsed_milliseconds: u32::try_from(running.elapsed().as_millis()).unwrap_or(u32::MAX),
        cancelling: running.is_cancelled(),
    }
}

fn parse_request(request: EvaluateRequest) -> Result<NewRequest, DeskError> {
    let amount = amount::parse(&request.amount, ZeroIs::Refused)
        .map_err(|error| DeskError::invalid("amount", error.to_string()))?;
    let purpose = request_details::purpose(&request)?;
    let question = Question {
        id: transaction_id(request.client_transaction_id.as_deref())?,
        ruleset_key: ruleset_key(request.ruleset_key.as_deref())?,
        with: request_details::checked(&request)?,
        account_id: AccountId::new(request.account_id),
        amount,
    };
    Ok(NewRequest { question, purpose })
}

fn transaction_id(given: Option<&str>) -> Result<ClientTransactionId, DeskError> {
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

/// Parses a ruleset key as typed; none means the ruleset named `default`.
///
/// # Errors
/// Field `rulesetKey`.
pub fn ruleset_key(given: Option<&str>) -> Result<Option<String>, DeskError> {
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

impl Evaluations {
    async fn debitable_account(&self, account_id: &AccountId) -> Result<AccountRow, DeskError> {
        let refuse = |message| DeskError::invalid("accountId", message);
        if account_id.as_str().is_empty() {
            return Err(refuse("Choose an account."));
        }
        let id = account_id.clone();
        let found = self
            .session
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

    /// Saves the request, and the customer's client_user_id if the request changes it.
    async fn store_request(
        &self,
        new: NewRequest,
        account: AccountRow,
    ) -> Result<Question, DeskError> {
        let key = self.items.active_key(&account.item_id).await?;
        let NewRequest {
            mut question,
            purpose,
        } = new;
        let named = question
            .with
            .client_user_id
            .get_or_insert_with(|| key.client_user_id.clone())
            .clone();
        let (asked, now) = (question.clone(), self.session.now());
        let evaluation = NewEvaluation {
            id: asked.id,
            account_id: asked.account_id,
            account_name: account.name,
            account_mask: account.mask,
            institution_name: key.institution_name,
            person_name: key.person_name,
            amount: asked.amount,
            ruleset_key: asked.ruleset_key,
            purpose,
            with: asked.with,
        };
        self.session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                if named != key.client_user_id {
                    people::set_client_user_id(transaction, &key.person_id, &named)?;
                }
                table::insert(transaction, &evaluation, now)?;
                billing::record_evaluation_call(transaction, &account.item_id, &evaluation.id, now)
            })
            .await?;
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(question)
    }

    /// Sends a saved request and saves the outcome.
    async fn call_plaid_and_store(
        &self,
        guard: InFlightGuard,
        question: Question,
    ) -> Result<EvaluationView, DeskError> {
        kill::point("evaluation.written");
        let id = question.id.clone();
        let record = ExchangeRecorder::new(&self.session);
        let reply = match self.call_plaid(&guard, &question, &record).await {
            Ok(answer) => EvaluationReply::Answer(Box::new(answer)),
            Err(no_answer) => EvaluationReply::NoAnswer(no_answer),
        };
        kill::point("evaluation.answered");
        let outcome = EvaluationOutcome {
            question,
            reply,
            document: record.document(),
            at: self.session.now(),
        };
        self.store_outcome(guard, outcome).await?;
        kill::point("evaluation.kept");
        let shown = id.clone();
        self.session
            .store
            .read(move |connection| table::view(connection, &shown))
            .await
            .map_err(|error| outcome::outcome_unavailable(id, outcome::NOT_READ, error))
    }

    async fn call_plaid(
        &self,
        guard: &InFlightGuard,
        question: &Question,
        record: &ExchangeRecorder,
    ) -> Result<plaid::SignalEvaluateResponse, MissingAnswer> {
        let unsent = |error: DeskError| MissingAnswer {
            state: EvaluationState::Failed,
            problem: Problem::from(error),
        };
        let id = question.account_id.clone();
        let account = self
            .session
            .store
            .read(move |connection| items_table::account(connection, &id))
            .await
            .map_err(unsent)?;
        // Canceling and closing the environment must not wait for another call that uses the Item.
        let _in_use = tokio::select! {
            biased;
            in_use = self.items.gates.shared(&account.item_id) => in_use,
            stop = self.stopped(guard) => return Err(stop.before()),
        };
        let key = self
            .items
            .active_key(&account.item_id)
            .await
            .map_err(unsent)?;
        let request = request(question, &key);
        self.note_step(guard, AskingStep::OptingIn);
        let prepared = tokio::select! {
            biased;
            prepared = self.opt_in_item(&key) => prepared,
            stop = self.stopped(guard) => return Err(stop.before()),
        };
        if let Err(error) = prepared {
            return Err(unsent(DeskError::from(error).for_item(&account.item_id)));
        }
        self.note_step(guard, AskingStep::Asking);
        let client = self
            .support
            .client_about(&account.item_id, Some(&question.account_id));
        let client = record.observe(&client);
        let mut evaluating = pin!(client.signal_evaluate(&request));
        // If the user has just canceled, nothing is sent.
        if let Some(stop) = self.stopped(guard).now_or_never() {
            return Err(stop.before());
        }
        let answer = tokio::select! {
            biased;
            answer = &mut evaluating => answer,
            stop = self.stopped(guard) => return Err(stop.after()),
        };
        match answer {
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.classify_failure(&account.item_id, error).await),
        }
    }

    fn note_step(&self, guard: &InFlightGuard, step: AskingStep) {
        guard.set_step(step);
        self.session.emit(DeskEvent::EvaluationsChanged);
    }

    async fn stopped(&self, guard: &InFlightGuard) -> StopReason {
        tokio::select! {
            () = self.session.cancel.cancelled() => StopReason::Closed,
            () = guard.cancelled() => StopReason::Cancelled,
        }
    }

    async fn classify_failure(&self, item_id: &ItemId, error: plaid::Error) -> MissingAnswer {
        MissingAnswer {
            state: match error.side_effect() {
                SideEffect::None => EvaluationState::Failed,
                SideEffect::Possible => EvaluationState::Unknown,
            },
            problem: Problem::from(self.items.note_failure(item_id, error).await),
        }
    }
}

fn request(question: &Question, key: &ItemKey) -> SignalEvaluateRequest {
    let with = &question.with;
    let client_user_id = with.client_user_id.as_ref().unwrap_or(&key.client_user_id);
    SignalEvaluateRequest {
        access_token: key.access_token.clone(),
        account_id: question.account_id.clone(),
        client_transaction_id: question.id.clone(),
        amount: question.amount,
        client_user_id: Some(client_user_id.clone()),
        is_recurring: with.is_recurring,
        default_payment_method: with.default_payment_method.clone(),
        ruleset_key: question.ruleset_key.clone(),
        user: with.signal_user(),
        device: with.signal_device(),
    }
}

/// Why an evaluation stops without an answer.
enum StopReason {
    Closed,
    Cancelled,
}

impl StopReason {
    /// The outcome when nothing was sent yet.
    fn before(self) -> MissingAnswer {
        let problem = match self {
            Self::Closed => Problem::new(
                ProblemKind::Network,
                "Balance Desk was closed before Plaid was asked. Nothing was charged.",
            ),
            Self::Cancelled => Problem::new(
                ProblemKind::Cancelled,
                "Cancelled: Plaid was not asked, and nothing was charged.",
            ),
        };
        MissingAnswer {
            state: EvaluationState::Failed,
            problem: problem.with_action(NextAction::Retry),
        }
    }

    /// The outcome when Plaid may have answered.
    fn after(self) -> MissingAnswer {
        MissingAnswer {
            state: EvaluationState::Unknown,
            problem: match self {
                Self::Closed => interrupted(),
                Self::Cancelled => Problem::new(
                    ProblemKind::Cancelled,
                    "Cancelled after Plaid was asked: Plaid may have evaluated it and charged for it. Balance Desk finds out whether it has, which costs nothing.",
                ),
            },
        }
    }
}

/// The problem of an evaluation that was in flight when the app closed.
pub fn interrupted() -> Problem {
    Problem::new(
        ProblemKind::Network,
        "Balance Desk was closed before the answer came: Plaid may have evaluated it and charged for it. Balance Desk finds out whether it has, which costs nothing.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_made_when_absent() {
        assert_eq!(transaction_id(None).unwrap().as_str().len(), 36);
        assert_eq!(transaction_id(Some("  ")).unwrap().as_str().len(), 36);
        assert_eq!(
            transaction_id(Some(" order-7 ")).unwrap().as_str(),
            "order-7"
        );
        for refused in [
            "x".repeat(37),
            "a b".to_owned(),
            "caf\u{e9}".to_owned(),
            "a\u{0}b".to_owned(),
        ] {
            let error = transaction_id(Some(&refused)).unwrap_err();
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
