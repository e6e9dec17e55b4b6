//! Audit: the full history of an evaluation. The exchange with Plaid is saved in the transaction that saves the outcome,
//! and never changes.

mod record;
mod table;
pub mod view;

use plaid::ClientTransactionId;
use rusqlite::Connection;

use self::view::AuditView;
use crate::{
    decisions::{report, report_table},
    evaluations::table as evaluation_table,
};
use desk_core::{DeskError, Session, environment::Environment};

pub(crate) use self::record::{AuditDocument, ExchangeRecorder};

const MOST: usize = 1_000;

#[derive(Clone)]
pub struct Audit {
    session: Session,
}

impl Audit {
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    /// Evaluations with their history, in the order of the IDs.
    ///
    /// # Errors
    /// `NotFound`; field `clientTransactionIds` for more than 1,000 of them; `NothingOpen`, `Database`.
    pub async fn view(
        &self,
        client_transaction_ids: Vec<String>,
    ) -> Result<Vec<AuditView>, DeskError> {
        if client_transaction_ids.len() > MOST {
            return Err(DeskError::invalid(
                "clientTransactionIds",
                format!("At most {MOST} evaluations are shown at once. Export them instead."),
            ));
        }
        let (environment, version) = (self.session.environment, self.session.app_version.clone());
        self.session
            .store
            .read(move |connection| -> Result<_, DeskError> {
                let one = |id: &String| audit(connection, id, environment, &version);
                client_transaction_ids.iter().map(one).collect()
            })
            .await
    }
}

pub fn audit(
    connection: &Connection,
    client_transaction_id: &str,
    environment: Environment,
    app_version: &str,
) -> Result<AuditView, DeskError> {
    let id: ClientTransactionId = report::id(client_transaction_id)?;
    let evaluation = evaluation_table::view(connection, &id)?;
    let reports = report_table::history(connection, id.as_str())?;
    let exchanges = table::exchanges(connection, id.as_str())?;
    Ok(AuditView {
        events: table::events(&evaluation, &reports, &exchanges),
        evaluation,
        reports,
        exchanges,
        environment,
        app_version: app_version.to_owned(),
    })
}
