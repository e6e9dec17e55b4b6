//! Checks decisions and returns as typed, then records them with their delivery.

use desk_files::{
    amount::{self, ZeroIs},
    return_codes::ReturnReason,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use plaid::ClientTransactionId;
use rusqlite::Transaction;

use super::report_table::{self, AnsweredEvaluation, NewDecision, NewReturn};
use crate::{
    decisions::Reports,
    evaluations::{
        table,
        view::{DecisionInput, EvaluationView, ReturnInput},
    },
};
use desk_core::{DeskError, event::DeskEvent, kill};

const OUTCOMES: &[&str] = &[
    "APPROVE",
    "REVIEW",
    "REJECT",
    "TAKE_OTHER_RISK_MEASURES",
    "NOT_EVALUATED",
];

const PAYMENT_METHODS: &[&str] = &[
    "SAME_DAY_ACH",
    "NEXT_DAY_ACH",
    "STANDARD_ACH",
    "MULTIPLE_PAYMENT_METHODS",
];

/// The longest hold, in days.
const LONGEST_HOLD: u32 = 365;

impl Reports {
    pub async fn record_decision(&self, input: DecisionInput) -> Result<EvaluationView, DeskError> {
        let now = self.session.now();
        let written = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let id = write_decision(transaction, &input, now)?;
                table::view(transaction, &id)
            });
        self.after_recording(written.await)
    }

    /// Records many decisions in one transaction. Returns for each, in order, whether it was recorded; an invalid one
    /// doesn't affect the others.
    ///
    /// # Errors
    /// `NothingOpen`, `Disk`, `Database`: none was recorded.
    pub async fn record_decisions(
        &self,
        inputs: Vec<DecisionInput>,
    ) -> Result<Vec<Result<(), DeskError>>, DeskError> {
        let now = self.session.now();
        let written = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let each = inputs.iter().map(|input| {
                    match write_decision(transaction, input, now) {
                        Ok(_) => Ok(Ok(())),
                        // Refused before any write.
                        Err(error) if error.is_of_the_store() => Err(error),
                        Err(error) => Ok(Err(error)),
                    }
                });
                each.collect::<Result<Vec<_>, DeskError>>()
            });
        self.after_recording(written.await)
    }

    pub async fn record_return(&self, input: ReturnInput) -> Result<EvaluationView, DeskError> {
        let now = self.session.now();
        let written = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let id = write_return(transaction, &input, now)?;
                table::view(transaction, &id)
            });
        self.after_recording(written.await)
    }

    /// Notifies the outbox and the window.
    pub(crate) fn after_recording<T>(&self, written: Result<T, DeskError>) -> Result<T, DeskError> {
        let answer = written?;
        kill::point("report.recorded");
        self.outbox.notify();
        self.session.emit(DeskEvent::EvaluationsChanged);
        Ok(answer)
    }
}

fn write_decision(
    transaction: &Transaction<'_>,
    input: &DecisionInput,
    now: Timestamp,
) -> Result<ClientTransactionId, DeskError> {
    let id = id(&input.client_transaction_id)?;
    let evaluation = report_table::answered_evaluation(transaction, &id)?;
    let decision = decision(input, &evaluation)?;
    report_table::record_decision(transaction, &id, &decision, now)?;
    Ok(id)
}

/// # Errors
/// Fields of [`ReturnInput`], `NotFound`; nothing was written.
pub(crate) fn write_return(
    transaction: &Transaction<'_>,
    input: &ReturnInput,
    now: Timestamp,
) -> Result<ClientTransactionId, DeskError> {
    let id = id(&input.client_transaction_id)?;
    let here = TimeZone::system();
    let evaluation = report_table::answered_evaluation(transaction, &id)?;
    let today = here.to_datetime(now).date();
    let evaluated_on = here.to_datetime(evaluation.created_at.timestamp()).date();
    let returned = new_return(input, &evaluation, evaluated_on, today)?;
    report_table::record_return(transaction, &id, &returned, now)?;
    Ok(id)
}

/// Parses the ID of an evaluation. An invalid ID can't belong to one, so the error is `NotFound`.
pub fn id(text: &str) -> Result<ClientTransactionId, DeskError> {
    ClientTransactionId::parse(text).map_err(|_| DeskError::NotFound("This evaluation"))
}

fn decision(
    input: &DecisionInput,
    evaluation: &AnsweredEvaluation,
) -> Result<NewDecision, DeskError> {
    Ok(NewDecision {
        initiated: input.initiated,
        days_funds_on_hold: days(input.days_funds_on_hold.as_deref())?,
        decision_outcome: one_of(
            OUTCOMES,
            "decisionOutcome",
            input.decision_outcome.as_deref(),
        )?,
        payment_method: one_of(
            PAYMENT_METHODS,
            "paymentMethod",
            input.payment_method.as_deref(),
        )?,
        amount_instantly_available: available_amount(
            input.amount_instantly_available.as_deref(),
            evaluation,
        )?,
    })
}

/// The trimmed text, or none if it is blank.
fn typed(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn days(text: Option<&str>) -> Result<Option<u32>, DeskError> {
    let Some(text) = typed(text) else {
        return Ok(None);
    };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let days = text
        .parse()
        .ok()
        .filter(|days| digits && *days <= LONGEST_HOLD);
    match days {
        Some(days) => Ok(Some(days)),
        None => Err(DeskError::invalid(
            "daysFundsOnHold",
            format!("Enter whole days, 0 to {LONGEST_HOLD}, or nothing."),
        )),
    }
}

fn one_of(
    list: &[&str],
    field: &'static str,
    text: Option<&str>,
) -> Result<Option<String>, DeskError> {
    match typed(text) {
        None => Ok(None),
        Some(word) if list.contains(&word) => Ok(Some(word.to_owned())),
        Some(_) => Err(DeskError::invalid(
            field,
            format!("Choose one of {}, or nothing.", list.join(", ")),
        )),
    }
}

fn available_amount(
    text: Option<&str>,
    evaluation: &AnsweredEvaluation,
) -> Result<Option<plaid::Decimal>, DeskError> {
    let refuse = |message: String| DeskError::invalid("amountInstantlyAvailable", message);
    let Some(text) = typed(text) else {
        return Ok(None);
    };
    let amount = amount::parse(text, ZeroIs::Allowed).map_err(|error| refuse(error.to_string()))?;
    if amount > evaluation.amount {
        return Err(refuse(format!(
            "At most the amount of the debit, {}, can be available at once.",
            evaluation.amount
        )));
    }
    Ok(Some(amount))
}

fn new_return(
    input: &ReturnInput,
    evaluation: &AnsweredEvaluation,
    evaluated_on: Date,
    today: Date,
) -> Result<NewReturn, DeskError> {
    if evaluation.initiated == Some(false) {
        return Err(DeskError::invalid(
            "clientTransactionId",
            "This debit was recorded as not initiated, so it cannot have been returned. If that is wrong, record the decision again first.",
        ));
    }
    let code = input.return_code.trim().to_ascii_uppercase();
    if ReturnReason::find(&code).is_none() {
        return Err(DeskError::invalid(
            "returnCode",
            "Choose a return code from the list, R01 to R85.",
        ));
    }
    Ok(NewReturn {
        return_code: code,
        returned_on: returned_on(input.returned_on.as_deref(), evaluated_on, today)?,
    })
}

fn returned_on(
    text: Option<&str>,
    evaluated_on: Date,
    today: Date,
) -> Result<Option<String>, DeskError> {
    let refuse = |message: String| DeskError::invalid("returnedOn", message);
    let Some(text) = typed(text) else {
        return Ok(None);
    };
    // `strptime` accepts 2026-2-3 too, but the saved form is always YYYY-MM-DD.
    let date = Date::strptime("%Y-%m-%d", text)
        .map_err(|_| refuse("Enter a date as YYYY-MM-DD, or nothing.".to_owned()))?;
    if date > today {
        return Err(refuse(
            "The date of a return cannot be in the future.".to_owned(),
        ));
    }
    if date < evaluated_on {
        return Err(refuse(format!(
            "A return cannot be before its debit was evaluated, on {evaluated_on}."
        )));
    }
    Ok(Some(date.to_string()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use desk_core::moment::Moment;

    fn evaluation(initiated: Option<bool>) -> AnsweredEvaluation {
        AnsweredEvaluation {
            amount: "100.50".parse().unwrap(),
            created_at: Moment::from("2026-11-20T12:00:00Z".parse::<jiff::Timestamp>().unwrap()),
            initiated,
        }
    }

    fn field(error: &DeskError) -> &str {
        match error {
            DeskError::InvalidInput { field, .. } => field,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn days_are_whole_and_bounded() {
        for (text, expected) in [
            ("0", Some(0)),
            (" 3 ", Some(3)),
            ("365", Some(365)),
            ("", None),
        ] {
            assert_eq!(days(Some(text)).unwrap(), expected, "{text:?}");
        }
        for text in ["366", "-1", "1.5", "three", "+3", "99999999999"] {
            assert_eq!(field(&days(Some(text)).unwrap_err()), "daysFundsOnHold");
        }
    }

    #[test]
    fn lists_are_closed() {
        assert_eq!(
            one_of(OUTCOMES, "decisionOutcome", Some("REVIEW")).unwrap(),
            Some("REVIEW".to_owned())
        );
        assert_eq!(one_of(OUTCOMES, "decisionOutcome", None).unwrap(), None);
        for text in ["review", "ACCEPT", "x"] {
            let error = one_of(OUTCOMES, "decisionOutcome", Some(text)).unwrap_err();
            assert_eq!(field(&error), "decisionOutcome");
        }
    }

    #[test]
    fn no_more_than_the_debit_is_available_at_once() {
        let debit = evaluation(None);
        for text in ["0", "100.5", "100.50"] {
            assert!(available_amount(Some(text), &debit).unwrap().is_some());
        }
        for text in ["100.51", "-1", "1,5"] {
            let error = available_amount(Some(text), &debit).unwrap_err();
            assert_eq!(field(&error), "amountInstantlyAvailable");
        }
    }

    #[test]
    fn a_return_has_a_code_and_a_likely_date() {
        let input = |code: &str, on: Option<&str>| ReturnInput {
            client_transaction_id: "id".to_owned(),
            return_code: code.to_owned(),
            returned_on: on.map(str::to_owned),
        };
        let (evaluated_on, today) = (date(2026, 11, 20), date(2026, 11, 24));
        let check = |input: &ReturnInput, initiated| {
            new_return(input, &evaluation(initiated), evaluated_on, today)
        };
        for on in ["2026-11-20", "2026-11-24"] {
            let returned = check(&input("R01", Some(on)), Some(true)).unwrap();
            assert_eq!(returned.returned_on.as_deref(), Some(on));
        }
        assert!(check(&input("R01", None), None).is_ok());
        for (code, on, expected) in [
            ("R00", None, "returnCode"),
            ("R49", None, "returnCode"),
            ("", None, "returnCode"),
            ("R01", Some("2026-11-25"), "returnedOn"),
            ("R01", Some("2026-11-19"), "returnedOn"),
            ("R01", Some("24.11.2026"), "returnedOn"),
            ("R01", Some("2026-02-30"), "returnedOn"),
            ("R01", Some("2026-11-24T00:00:00Z"), "returnedOn"),
        ] {
            let error = check(&input(code, on), None).unwrap_err();
            assert_eq!(field(&error), expected, "{code} {on:?}");
        }
        let error = check(&input("R01", None), Some(false)).unwrap_err();
        assert!(error.to_string().contains("recorded as not initiated"));
    }
}
