//! Exports evaluations for an audit, one row each. Lists within an evaluation (attempts, decisions, returns, events)
//! are JSON in one cell, also in CSV.

use std::path::PathBuf;

use desk_files::table::TableCell;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{
    view::{ExportDone, ExportFormat},
    writer::RowWriter,
};
use crate::export::Exports;
use desk_core::{DeskError, Session, store::blocking};
use desk_debits::{
    activity::{
        page::{self, Place},
        view::ActivityFilter,
    },
    audit::{self, view::AuditView},
};

/// Read in pages, so that other reads can run in between.
const AT_ONCE: u32 = 200;

const HEAD: [&str; 36] = [
    "client_transaction_id",
    "environment",
    "created_at",
    "person",
    "institution",
    "account_name",
    "account_mask",
    "account_id",
    "purpose",
    "amount",
    "currency",
    "ruleset_key_asked",
    "state",
    "result",
    "ruleset_key",
    "internal_note",
    "custom_action_key",
    "available_balance",
    "current_balance",
    "customer_initiated_return_risk",
    "bank_initiated_return_risk",
    "request_id",
    "answered_at",
    "initiated",
    "decision_recorded_at",
    "return_code",
    "returned_on",
    "return_recorded_at",
    "problem",
    "core_attributes",
    "warnings",
    "exchanges",
    "decisions",
    "returns",
    "events",
    "exported_by",
];

impl Exports {
    pub(super) async fn evaluations_by_id(
        &self,
        ids: Vec<String>,
        format: ExportFormat,
        path: PathBuf,
    ) -> Result<ExportDone, DeskError> {
        let mut file = EvaluationsFile::begin(&self.session, format, path).await?;
        for part in ids.chunks(AT_ONCE as usize) {
            let ids = part.to_vec();
            let audits = file.read(&self.session, move |_| Ok(ids)).await?;
            file = file.write(audits).await?;
        }
        file.finish().await
    }

    /// Skips evaluations stored after the export started.
    pub(super) async fn evaluations_matching(
        &self,
        filter: ActivityFilter,
        format: ExportFormat,
        path: PathBuf,
    ) -> Result<ExportDone, DeskError> {
        let mut file = EvaluationsFile::begin(&self.session, format, path).await?;
        let mut after: Option<Place> = None;
        loop {
            let filter = filter.clone();
            let places = self
                .session
                .store
                .read(move |connection| -> Result<_, DeskError> {
                    page::places(connection, &filter, &TimeZone::system(), after, AT_ONCE)
                })
                .await?;
            let Some(last) = places.last().copied() else {
                break;
            };
            after = Some(last);
            let audits = file
                .read(&self.session, move |connection| {
                    page::names(connection, &places)
                })
                .await?;
            file = file.write(audits).await?;
        }
        file.finish().await
    }
}

struct EvaluationsFile {
    writer: RowWriter,
    environment: desk_core::environment::Environment,
    app_version: String,
}

impl EvaluationsFile {
    async fn begin(
        session: &Session,
        format: ExportFormat,
        path: PathBuf,
    ) -> Result<Self, DeskError> {
        Ok(Self {
            writer: blocking(move || RowWriter::begin(format, HEAD.to_vec(), path)).await?,
            environment: session.environment,
            app_version: session.app_version.to_string(),
        })
    }

    async fn read<N>(&self, session: &Session, names: N) -> Result<Vec<AuditView>, DeskError>
    where
        N: FnOnce(&rusqlite::Connection) -> Result<Vec<String>, DeskError> + Send + 'static,
    {
        let (environment, version) = (self.environment, self.app_version.clone());
        session
            .store
            .read(move |connection| -> Result<_, DeskError> {
                let names = names(connection)?;
                let one = |id: &String| audit::audit(connection, id, environment, &version);
                names.iter().map(one).collect()
            })
            .await
    }

    async fn write(mut self, audits: Vec<AuditView>) -> Result<Self, DeskError> {
        blocking(move || {
            for audit in &audits {
                self.writer.row(&cells(audit)?)?;
            }
            Ok(self)
        })
        .await
    }

    async fn finish(self) -> Result<ExportDone, DeskError> {
        let (path, rows) = blocking(move || self.writer.finish()).await?;
        Ok(ExportDone {
            path: path.display().to_string(),
            rows,
        })
    }
}

fn cells(audit: &AuditView) -> Result<Vec<TableCell>, DeskError> {
    let evaluation = &audit.evaluation;
    let answer = evaluation.answer.as_ref();
    let decision = evaluation.decision.as_ref();
    let returned = evaluation.returned.as_ref();
    let said = |text: &String| TableCell::Text(text.clone());
    let text = |text: Option<&String>| TableCell::text(text.cloned());
    let exact = |text: Option<&String>| TableCell::exact(text.cloned());
    let score = |score: Option<u32>| TableCell::exact(score.map(|score| score.to_string()));
    Ok(vec![
        said(&evaluation.client_transaction_id),
        word(&audit.environment)?,
        TableCell::Exact(evaluation.created_at.clone()),
        said(&evaluation.person_name),
        said(&evaluation.institution_name),
        said(&evaluation.account_name),
        text(evaluation.account_mask.as_ref()),
        said(&evaluation.account_id),
        text(evaluation.purpose.as_ref()),
        TableCell::Exact(evaluation.amount.clone()),
        TableCell::Exact(evaluation.currency.clone()),
        text(evaluation.ruleset_key.as_ref()),
        word(&evaluation.state)?,
        answer.map_or(Ok(TableCell::Missing), |answer| word(&answer.result))?,
        text(answer.and_then(|answer| answer.ruleset_key.as_ref())),
        text(answer.and_then(|answer| answer.internal_note.as_ref())),
        text(answer.and_then(|answer| answer.custom_action_key.as_ref())),
        exact(answer.and_then(|answer| answer.available_balance.as_ref())),
        exact(answer.and_then(|answer| answer.current_balance.as_ref())),
        score(answer.and_then(|answer| answer.customer_initiated_return_risk)),
        score(answer.and_then(|answer| answer.bank_initiated_return_risk)),
        text(answer.map(|answer| &answer.request_id)),
        exact(answer.map(|answer| &answer.answered_at)),
        decision.map_or(TableCell::Missing, |decision| {
            TableCell::Flag(decision.initiated)
        }),
        exact(decision.map(|decision| &decision.recorded_at)),
        exact(returned.map(|returned| &returned.return_code)),
        exact(returned.and_then(|returned| returned.returned_on.as_ref())),
        exact(returned.map(|returned| &returned.recorded_at)),
        text(evaluation.problem.as_ref().map(|problem| &problem.message)),
        answer.map_or(Ok(TableCell::Missing), |answer| {
            json(&answer.core_attributes)
        })?,
        answer.map_or(Ok(TableCell::Missing), |answer| json(&answer.warnings))?,
        json(&audit.exchanges)?,
        json(&audit.reports.decisions)?,
        json(&audit.reports.returns)?,
        json(&audit.events)?,
        TableCell::Exact(format!("Balance Desk {}", audit.app_version)),
    ])
}

/// The serialized word of an enum; empty if there is none.
fn word(value: &impl Serialize) -> Result<TableCell, DeskError> {
    let json = serde_json::to_value(value).map_err(|_| NOT_WRITTEN)?;
    Ok(TableCell::exact(json.as_str().map(str::to_owned)))
}

fn json(value: &impl Serialize) -> Result<TableCell, DeskError> {
    let json = serde_json::to_string(value).map_err(|_| NOT_WRITTEN)?;
    Ok(TableCell::Json(json))
}

const NOT_WRITTEN: DeskError = DeskError::Internal("an evaluation cannot be written as JSON");
