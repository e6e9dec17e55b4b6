//! What crossed the wire for an evaluation, from the call to the transaction that stores its outcome.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use plaid::{CallObserver, ObservedCall, RecordedExchange};
use rusqlite::Transaction;

use desk_core::{Session, environment::Environment, moment::Moment, store::StoreError};

/// The longest answer that is kept, in bytes. Plaid's have some thousand.
const LONGEST_ANSWER: usize = 1 << 20;

/// Learns of one call.
pub struct Record {
    ear: Arc<Ear>,
    environment: Environment,
    app_version: String,
}

#[derive(Default)]
struct Ear(Mutex<Option<Heard>>);

struct Heard {
    exchange: RecordedExchange,
    duration: Duration,
    http_status: Option<u16>,
    request_id: Option<String>,
    failure: Option<String>,
}

impl Ear {
    fn lock(&self) -> MutexGuard<'_, Option<Heard>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallObserver for Ear {
    fn on_call(&self, observed: ObservedCall) {
        let Some(exchange) = observed.exchange else {
            return;
        };
        *self.lock() = Some(Heard {
            exchange: *exchange,
            duration: observed.duration,
            http_status: observed.status,
            request_id: observed.request_id.map(|id| id.as_str().to_owned()),
            failure: observed.failure,
        });
    }
}

impl Record {
    pub fn new(session: &Session) -> Self {
        Self {
            ear: Arc::default(),
            environment: session.environment,
            app_version: session.app_version.to_string(),
        }
    }

    /// The same client, whose next evaluation is recorded.
    pub fn listens_to(&self, client: &plaid::Client) -> plaid::Client {
        client.observed_by(Arc::clone(&self.ear) as Arc<dyn CallObserver>)
    }

    /// What was heard, if anything was.
    pub fn document(&self) -> Option<Document> {
        Some(Document {
            environment: self.environment,
            app_version: self.app_version.clone(),
            heard: self.ear.lock().take()?,
        })
    }
}

/// A question and its answer, on their way to the disk.
pub struct Document {
    environment: Environment,
    app_version: String,
    heard: Heard,
}

impl Document {
    /// Stores it; `ended` is when the call had ended.
    pub fn write(
        &self,
        transaction: &Transaction<'_>,
        client_transaction_id: &str,
        ended: Timestamp,
    ) -> Result<(), StoreError> {
        let (heard, ended) = (&self.heard, Moment::from(ended));
        let answer = heard.exchange.answer.as_ref();
        transaction.execute(
            "INSERT INTO evaluation_documents (client_transaction_id, environment, app_version, asked_at, ended_at,
                                               http_status, request_id, request, answer, failure)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            (
                client_transaction_id,
                self.environment,
                &self.app_version,
                ended.before(heard.duration),
                ended,
                heard.http_status,
                &heard.request_id,
                &heard.exchange.request,
                answer.filter(|answer| answer.len() <= LONGEST_ANSWER),
                &heard.failure,
            ),
        )?;
        Ok(())
    }
}
