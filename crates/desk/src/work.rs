//! What the features keep in memory while an environment is open: what is running, and at which pace.
//! Nothing here has to survive; what has to is in the database.

use std::{io, sync::Arc, time::Duration};

use rusqlite::Transaction;
use tokio::{
    runtime::{Builder, Runtime},
    sync::Notify,
};

use crate::{
    DeskError, Session,
    balances::{
        early::Early,
        pacing::{CallPace, Pacing},
        plan::AnswerTimes,
        refresh::RefreshSlot,
        support::Answers,
    },
    batches::{draft::DraftSlot, run::RunSlot},
    items::{gate::ItemGates, removal::Removals, watch::Watch},
    link::live::LiveSlot,
    returns::importing::ImportSlot,
    signal::{asking::Asking, outbox::Bell},
    start::view::Environment,
    store::StoreError,
};

/// The pause before something that must be stored is tried again.
pub(crate) const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// The features' state of one open environment.
pub(crate) struct Work {
    /// How often Plaid may be called.
    pub(crate) pacing: Pacing,
    /// How long calls that wait are waited for.
    pub(crate) pace: CallPace,
    /// How long banks have taken to answer.
    pub(crate) answer_times: AnswerTimes,
    /// How long evaluations have taken.
    pub(crate) evaluation_times: AnswerTimes,
    /// Who uses which Item's access token.
    pub(crate) gates: ItemGates,
    /// Items and banks to be looked at.
    pub(crate) watch: Watch,
    /// Removals that Plaid is asked for until it agrees.
    pub(crate) removals: Removals,
    /// A file that was read and is not imported yet.
    pub(crate) import: DraftSlot,
    /// The batch that is running.
    pub(crate) batch: RunSlot,
    /// The refresh that is running.
    pub(crate) refresh: RefreshSlot,
    /// The Link session whose window is open.
    pub(crate) link: LiveSlot,
    /// Evaluations being asked.
    pub(crate) asking: Asking,
    /// Wakes the outbox.
    pub(crate) outbox: Bell,
    /// Tells that an evaluation was left without an answer.
    pub(crate) unsettled: Notify,
    /// The return file that is being imported.
    pub(crate) returns: ImportSlot,
    /// Answers of Plaid on their way to the disk, for support.
    pub(crate) answers: Answers,
    /// The beginning of the list of accounts, before anybody has asked for it.
    pub(crate) early: Early,
}

impl Work {
    /// Nothing is running yet.
    pub(crate) fn new(environment: Environment, pace: CallPace) -> Self {
        Self {
            pacing: Pacing::of(environment, pace.limits),
            pace,
            answer_times: AnswerTimes::default(),
            evaluation_times: AnswerTimes::default(),
            gates: ItemGates::default(),
            watch: Watch::default(),
            removals: Removals::default(),
            import: DraftSlot::default(),
            batch: RunSlot::default(),
            refresh: RefreshSlot::default(),
            link: LiveSlot::default(),
            asking: Asking::default(),
            outbox: Bell::default(),
            unsettled: Notify::new(),
            returns: ImportSlot::default(),
            answers: Answers::default(),
            early: Early::default(),
        }
    }
}

/// The runtime that the app runs on. One thread does everything that waits, since what blocks or reckons for long has
/// threads of its own; with a second one the threads would wake each other for every answer of a bank.
///
/// # Errors
/// When the operating system gives no thread.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
}

/// Stores the only copy of something. When the disk refuses, it stays in memory and is tried until it is stored,
/// holding `guard` all the while; the caller is told at once.
pub(crate) async fn keep_trying<G, F>(
    session: &Session,
    what: &'static str,
    guard: G,
    write: F,
) -> Result<(), DeskError>
where
    G: Send + 'static,
    F: Fn(&Transaction<'_>) -> Result<(), StoreError> + Send + Sync + 'static,
{
    let write = Arc::new(write);
    let Err(first) = attempt(session, &write).await else {
        return Ok(());
    };
    let later = session.clone();
    session.spawn(async move {
        let _guard = guard;
        let again = move |transaction: &Transaction<'_>| write(transaction);
        // Told in the log: the caller has gone.
        let _ = store_at_last(&later, what, again).await;
    });
    Err(DeskError::TokenNotSaved {
        what,
        reason: first.to_string(),
    })
}

/// Stores the only copy of something, however long the disk refuses.
///
/// # Errors
/// `NothingOpen` when the database was closed meanwhile: then it is lost.
pub(crate) async fn store_at_last<F>(
    session: &Session,
    what: &'static str,
    write: F,
) -> Result<(), DeskError>
where
    F: Fn(&Transaction<'_>) -> Result<(), StoreError> + Send + Sync + 'static,
{
    let write = Arc::new(write);
    loop {
        match attempt(session, &write).await {
            Ok(()) => return Ok(()),
            Err(DeskError::NothingOpen) => {
                tracing::error!(
                    "{what} is lost: the database was closed before it could be stored"
                );
                return Err(DeskError::NothingOpen);
            }
            Err(error) => {
                tracing::error!(%error, "{what} could not be stored yet; it is held in memory and tried again");
            }
        }
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
}

async fn attempt<F>(session: &Session, write: &Arc<F>) -> Result<(), DeskError>
where
    F: Fn(&Transaction<'_>) -> Result<(), StoreError> + Send + Sync + 'static,
{
    let write = Arc::clone(write);
    session
        .store
        .write(move |transaction| write(transaction))
        .await
}
