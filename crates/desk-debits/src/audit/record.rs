//! Captures the exchange with Plaid for an evaluation, and saves it in the transaction that saves the outcome.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use plaid::{CallObserver, ObservedCall, RecordedExchange};
use rusqlite::Transaction;

use desk_core::{DeskError, Session, environment::Environment, moment::Moment};

/// Longer answers, in bytes, are not saved. Plaid's have a few thousand.
const LONGEST_ANSWER: usize = 1 << 20;

/// Captures one call.
pub struct ExchangeRecorder {
    observer: Arc<ExchangeObserver>,
    environment: Environment,
    app_version: String,
}

#[derive(Default)]
struct ExchangeObserver(Mutex<Option<CapturedExchange>>);

struct CapturedExchange {
    exchange: RecordedExchange,
    duration: Duration,
    http_status: Option<u16>,
    request_id: Option<String>,
    failure: Option<String>,
}

impl ExchangeObserver {
    fn lock(&self) -> MutexGuard<'_, Option<CapturedExchange>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallObserver for ExchangeObserver {
    fn on_call(&self, observed: ObservedCall) {
        let Some(exchange) = observed.exchange else {
            return;
        };
        *self.lock() = Some(CapturedExchange {
            exchange: *exchange,
            duration: observed.duration,
            http_status: observed.status,
            request_id: observed.request_id.map(|id| id.as_str().to_owned()),
            failure: observed.failure,
        });
    }
}

impl ExchangeRecorder {
    pub fn new(session: &Session) -> Self {
        Self {
            observer: Arc::default(),
            environment: session.environment,
            app_version: session.app_version.to_string(),
        }
    }

    /// The same client, with its next evaluation captured.
    pub fn observe(&self, client: &plaid::Client) -> plaid::Client {
        client.observed_by(Arc::clone(&self.observer) as Arc<dyn CallObserver>)
    }

    pub fn document(&self) -> Option<AuditDocument> {
        Some(AuditDocument {
            environment: self.environment,
            app_version: self.app_version.clone(),
            captured: self.observer.lock().take()?,
        })
    }
}

/// A captured exchange that is not saved yet.
pub struct AuditDocument {
    environment: Environment,
    app_version: String,
    captured: CapturedExchange,
}

impl AuditDocument {
    pub fn write(
        &self,
        transaction: &Transaction<'_>,
        client_transaction_id: &str,
        ended_at: Timestamp,
    ) -> Result<(), DeskError> {
        let (captured, ended) = (&self.captured, Moment::from(ended_at));
        let answer = captured.exchange.answer.as_ref();
        transaction.execute(
            "INSERT INTO evaluation_documents (client_transaction_id, environment, app_version, asked_at, ended_at,
                                               http_status, request_id, request, answer, failure)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            (
                client_transaction_id,
                self.environment,
                &self.app_version,
                ended.before(captured.duration),
                ended,
                captured.http_status,
                &captured.request_id,
                &captured.exchange.request,
                answer.filter(|answer| answer.len() <= LONGEST_ANSWER),
                &captured.failure,
            ),
        )?;
        Ok(())
    }
}
