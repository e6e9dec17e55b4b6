//! Reads the history of an evaluation.

use rusqlite::{Connection, Row};

use super::view::{AuditEvent, AuditExchange, AuditMoment};
use crate::{
    decisions::view::ReportHistory,
    evaluations::view::{DeliveryView, EvaluationView},
};
use desk_banks::support::laid_out;
use desk_core::{DeskError, moment::Moment};

/// Oldest first.
pub(super) fn exchanges(
    connection: &Connection,
    client_transaction_id: &str,
) -> Result<Vec<AuditExchange>, DeskError> {
    let mut statement = connection.prepare_cached(
        "SELECT asked_at, ended_at, environment, app_version, http_status, request_id, request, answer, failure
           FROM evaluation_documents WHERE client_transaction_id = ?1 ORDER BY document_id",
    )?;
    let rows = statement.query([client_transaction_id])?;
    rows.and_then(exchange).collect()
}

fn exchange(row: &Row<'_>) -> Result<AuditExchange, DeskError> {
    let answer: Option<String> = row.get("answer")?;
    Ok(AuditExchange {
        asked_at: row.get::<_, Moment>("asked_at")?.to_text(),
        ended_at: row.get::<_, Moment>("ended_at")?.to_text(),
        environment: row.get("environment")?,
        app_version: row.get("app_version")?,
        http_status: row.get("http_status")?,
        request_id: row.get("request_id")?,
        request: laid_out(&row.get::<_, String>("request")?),
        answer: answer.as_deref().map(laid_out),
        failure: row.get("failure")?,
    })
}

/// In the order of time.
pub(super) fn events(
    evaluation: &EvaluationView,
    reports: &ReportHistory,
    exchanges: &[AuditExchange],
) -> Vec<AuditEvent> {
    let mut events = vec![event(&evaluation.created_at, AuditMoment::Written, None)];
    for exchange in exchanges {
        events.push(event(&exchange.asked_at, AuditMoment::Asked, None));
        let answered = exchange
            .http_status
            .is_some_and(|status| (200..300).contains(&status));
        let what = if answered {
            AuditMoment::Answered
        } else {
            AuditMoment::NoAnswer
        };
        let request_id = exchange.request_id.as_deref();
        events.push(event(&exchange.ended_at, what, request_id));
    }
    if let Some(answer) = &evaluation.answer
        && exchanges.is_empty()
    {
        let request_id = Some(answer.request_id.as_str());
        events.push(event(
            &answer.answered_at,
            AuditMoment::Answered,
            request_id,
        ));
    }
    for decision in reports.decisions.iter().rev() {
        events.push(event(
            &decision.recorded_at,
            AuditMoment::DecisionRecorded,
            None,
        ));
        events.extend(delivered(
            &decision.delivery,
            [
                AuditMoment::DecisionDelivered,
                AuditMoment::DecisionFiled,
                AuditMoment::DecisionLeftOut,
            ],
        ));
    }
    for returned in reports.returns.iter().rev() {
        events.push(event(
            &returned.recorded_at,
            AuditMoment::ReturnRecorded,
            None,
        ));
        events.extend(delivered(
            &returned.delivery,
            [
                AuditMoment::ReturnDelivered,
                AuditMoment::ReturnFiled,
                AuditMoment::ReturnLeftOut,
            ],
        ));
    }
    // Compares moments, not text: some have milliseconds and some don't. Events at the same moment keep the order above.
    events.sort_by_key(|event| event.at.parse::<jiff::Timestamp>().ok());
    events
}

fn event(at: &str, what: AuditMoment, request_id: Option<&str>) -> AuditEvent {
    AuditEvent {
        at: at.to_owned(),
        what,
        request_id: request_id.map(str::to_owned),
    }
}

fn delivered(
    delivery: &DeliveryView,
    [delivered, filed, left_out]: [AuditMoment; 3],
) -> Option<AuditEvent> {
    match delivery {
        DeliveryView::Delivered { at, request_id } => Some(event(at, delivered, Some(request_id))),
        DeliveryView::Filed { at } => Some(event(at, filed, None)),
        DeliveryView::LeftOut { at, .. } => Some(event(at, left_out, None)),
        DeliveryView::Waiting { .. }
        | DeliveryView::Refused { .. }
        | DeliveryView::Superseded { .. } => None,
    }
}
