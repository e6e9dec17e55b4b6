//! Asking Plaid whether a debit would be returned: written before it is sent, answered on the disk before it is
//! shown. What failed on the way is kept as failed, or as unknown when Plaid may have answered.

use std::pin::pin;

use desk_files::amount::{self, ZeroIs};
use futures_util::FutureExt;
use plaid::{AccountId, ClientTransactionId, ItemId, SideEffect, SignalEvaluateRequest};
use uuid::Uuid;

use super::{
    asking::{Asked, AskedBy, Running},
    details,
    keeping::{self, CameOfIt, NoAnswer, Outcome},
    table::{self, NewEvaluation, Question},
    view::{AskingStep, EvaluateRequest, EvaluationState, EvaluationView, RunningEvaluation},
};
use crate::{audit::Record, evaluations::Evaluations};
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
    /// Asks for the first time.
    pub(crate) async fn evaluate_as(
        &self,
        request: EvaluateRequest,
        by: AskedBy,
    ) -> Result<EvaluationView, DeskError> {
        let names_it = request.client_transaction_id.is_some();
        let new = new(request)?;
        let account = self.debitable_account(&new.question.account_id).await?;
        let this = self.clone();
        self.session
            .run_to_end(async move {
                let mut names = vec![new.question.id.to_string()];
                // The second name is the debit itself: a second click, without an id of its own, asks for the same. A batch may
                // have two rows that are alike.
                if by == AskedBy::Hand || !names_it {
                    names.push(debit(&new.question));
                }
                let asked = this.in_flight.take(names, by).await?;
                let question = this.store_request(new, account).await?;
                this.call_plaid_and_store(asked, question).await
            })
            .await
    }
}

/// What a debit is, whatever its evaluation is called.
fn debit(question: &Question) -> String {
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

/// A question that was not asked yet.
struct New {
    question: Question,
    purpose: Option<String>,
}

impl Evaluations {
    /// Asks again under the same name, where there is no answer.
    ///
    /// # Errors
    /// `NotFound`; field `clientTransactionId` when it has its answer; `AlreadyRunning` while it is being asked;
    /// `EvaluationAsked`.
    pub async fn repeat(&self, id: ClientTransactionId) -> Result<EvaluationView, DeskError> {
        let this = self.clone();
        self.session
            .run_to_end(async move {
                let names = vec![id.to_string()];
                let asked = this.in_flight.take(names, AskedBy::Hand).await?;
                let now = this.session.now();
                let question = this
                    .session
                    .store
                    .write(move |transaction| {
                        let question = table::ask_again(transaction, &id)?;
                        let account = items_table::account(transaction, &question.account_id)?;
                        billing::evaluation_asked(transaction, &account.item_id, &id, now)?;
                        Ok(question)
                    })
                    .await?;
                this.session.emit(DeskEvent::EvaluationsChanged);
                this.call_plaid_and_store(asked, question).await
            })
            .await
    }

    /// What is being asked by hand, and how far it is; the one begun last comes first.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn running(&self) -> Result<Vec<RunningEvaluation>, DeskError> {
        let by_hand = self.in_flight.by_hand();
        let mut running = self
            .session
            .store
            .read(move |connection| {
                let mut views = Vec::new();
                for (name, running) in by_hand {
                    // One of its names is the debit, and one that was just begun may not be written down yet.
                    if let Ok(id) = ClientTransactionId::parse(&name)
                        && let Some(evaluation) = table::find(connection, &id)?
                    {
                        views.push(view(evaluation, &running));
                    }
                }
                Ok(views)
            })
            .await?;
        running.sort_by_key(|running| running.elapsed_milliseconds);
        Ok(running)
    }
}

fn view(evaluation: EvaluationView, running: &Running) -> RunningEvaluation {
    RunningEvaluation {
        evaluation,
        step: running.step(),
        elapsed_milliseconds: u32::try_from(running.elapsed().as_millis()).unwrap_or(u32::MAX),
        cancelling: running.is_cancelled(),
    }
}

/// What was typed, if all of it can be used.
fn new(request: EvaluateRequest) -> Result<New, DeskError> {
    let amount = amount::parse(&request.amount, ZeroIs::Refused)
        .map_err(|error| DeskError::invalid("amount", error.to_string()))?;
    let purpose = details::purpose(&request)?;
    let question = Question {
        id: name(request.client_transaction_id.as_deref())?,
        ruleset_key: ruleset_key(request.ruleset_key.as_deref())?,
        with: details::checked(&request)?,
        account_id: AccountId::new(request.account_id),
        amount,
    };
    Ok(New { question, purpose })
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

/// The key of a ruleset as it is typed; none: the one named `default`.
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

    /// Writes the question down, with the client_user_id that the person has, or has from now on.
    async fn store_request(&self, new: New, account: AccountRow) -> Result<Question, DeskError> {
        let key = self.items.active_key(&account.item_id).await?;
        let New {
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
            .write(move |transaction| {
                if named != key.client_user_id {
                    people::set_client_user_id(transaction, &key.person_id, &named)?;
                }
                table::insert(transaction, &evaluation, now)?;
                billing::evaluation_asked(transaction, &account.item_id, &evaluation.id, now)
            })
            .await?;
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(question)
    }

    /// Sends what is written down, and stores what comes of it.
    async fn call_plaid_and_store(
        &self,
        asked: Asked,
        question: Question,
    ) -> Result<EvaluationView, DeskError> {
        kill::point("evaluation.written");
        let id = question.id.clone();
        let record = Record::new(&self.session);
        let came_of_it = match self.call_plaid(&asked, &question, &record).await {
            Ok(answer) => CameOfIt::Answer(Box::new(answer)),
            Err(no_answer) => CameOfIt::NoAnswer(no_answer),
        };
        kill::point("evaluation.answered");
        let outcome = Outcome {
            question,
            came_of_it,
            document: record.document(),
            at: self.session.now(),
        };
        self.store_outcome(asked, outcome).await?;
        kill::point("evaluation.kept");
        let shown = id.clone();
        self.session
            .store
            .read(move |connection| table::view(connection, &shown))
            .await
            .map_err(|error| keeping::not_at_hand(id, keeping::NOT_READ, error))
    }

    async fn call_plaid(
        &self,
        asked: &Asked,
        question: &Question,
        record: &Record,
    ) -> Result<plaid::SignalEvaluateResponse, NoAnswer> {
        let unsent = |error: DeskError| NoAnswer {
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
        // Neither who cancels nor who closes the environment waits for a bank.
        let _in_use = tokio::select! {
            biased;
            in_use = self.items.gates.shared(&account.item_id) => in_use,
            stop = self.stopped(asked) => return Err(stop.before()),
        };
        let key = self
            .items
            .active_key(&account.item_id)
            .await
            .map_err(unsent)?;
        let request = request(question, &key);
        self.note_step(asked, AskingStep::OptingIn);
        let prepared = tokio::select! {
            biased;
            prepared = self.prepare_item(&key) => prepared,
            stop = self.stopped(asked) => return Err(stop.before()),
        };
        if let Err(error) = prepared {
            return Err(unsent(DeskError::from(error).for_item(&account.item_id)));
        }
        self.note_step(asked, AskingStep::Asking);
        let client = self
            .support
            .client_about(&account.item_id, Some(&question.account_id));
        let client = record.listens_to(&client);
        let mut evaluating = pin!(client.signal_evaluate(&request));
        // Somebody may have cancelled just now: then it does not leave.
        if let Some(stop) = self.stopped(asked).now_or_never() {
            return Err(stop.before());
        }
        let answer = tokio::select! {
            biased;
            answer = &mut evaluating => answer,
            stop = self.stopped(asked) => return Err(stop.after()),
        };
        match answer {
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.classify_failure(&account.item_id, error).await),
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

impl Evaluations {
    fn note_step(&self, asked: &Asked, step: AskingStep) {
        asked.at(step);
        self.session.emit(DeskEvent::EvaluationsChanged);
    }
}

/// Why asking stops before there is an answer.
enum Stop {
    Closed,
    Cancelled,
}

impl Evaluations {
    async fn stopped(&self, asked: &Asked) -> Stop {
        tokio::select! {
            () = self.session.cancel.cancelled() => Stop::Closed,
            () = asked.cancelled() => Stop::Cancelled,
        }
    }
}

impl Stop {
    /// Plaid was not asked.
    fn before(self) -> NoAnswer {
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
        NoAnswer {
            state: EvaluationState::Failed,
            problem: problem.with_action(NextAction::Retry),
        }
    }

    /// Plaid may have answered.
    fn after(self) -> NoAnswer {
        NoAnswer {
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

impl Evaluations {
    /// What is kept of a call that failed.
    async fn classify_failure(&self, item_id: &ItemId, error: plaid::Error) -> NoAnswer {
        NoAnswer {
            state: match error.side_effect() {
                SideEffect::None => EvaluationState::Failed,
                SideEffect::Possible => EvaluationState::Unknown,
            },
            problem: Problem::from(self.items.note_failure(item_id, error).await),
        }
    }
}

/// The words for an evaluation whose asker is gone.
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
