//! Batches of planned debits: imported from a file or a pasted text, checked before anything is sent, evaluated row by
//! row, decided together, and written to files for the payment processor and to keep.

mod amount;
mod check;
mod columns;
mod date;
mod decide;
mod directory;
pub(crate) mod draft;
mod import;
pub(crate) mod run;
mod table;
pub mod view;

use self::view::{
    BatchDecided, BatchDecision, BatchPlan, BatchRowsPage, BatchRowsQuery, BatchState, BatchView,
    ImportCheck, ImportDraft, ImportRequest, ImportSettings,
};
pub(crate) use self::{draft::problems, table::each_row};
use crate::{
    Desk, DeskError, Session, balances::billing::Prices, kill, settings, start::event::DeskEvent,
};

impl Desk {
    /// Reads a file of planned debits, or a pasted text, and says which column seems to be what. It takes the place of
    /// the one read before.
    ///
    /// # Errors
    /// Field `file`; `NothingOpen`, `Database`.
    pub async fn batch_draft(
        &self,
        file_name: Option<String>,
        bytes: Vec<u8>,
    ) -> Result<ImportDraft, DeskError> {
        let session = self.open()?;
        draft::open(&session, file_name, bytes).await
    }

    /// Checks every row of what was read. Nothing is sent or written.
    ///
    /// # Errors
    /// Field `mapping`; `NotFound` when something else has been read since; `NothingOpen`, `Database`.
    pub async fn batch_check(&self, request: ImportRequest) -> Result<ImportCheck, DeskError> {
        let session = self.open()?;
        draft::check(&session, request).await
    }

    /// Makes a batch of what was read: each row gets the name under which it is evaluated. Nothing is sent.
    ///
    /// # Errors
    /// Fields of [`ImportSettings`], `mapping`; `NotFound`, `NothingOpen`, `Disk`, `Database`. Nothing is written then.
    pub async fn batch_import(
        &self,
        request: ImportRequest,
        settings: ImportSettings,
    ) -> Result<BatchView, DeskError> {
        let session = self.open()?;
        import::import(&session, request, settings).await
    }

    /// Gives up what was read and is not imported.
    ///
    /// # Errors
    /// `NothingOpen`.
    pub fn batch_discard(&self) -> Result<(), DeskError> {
        let session = self.open()?;
        draft::discard(&session);
        Ok(())
    }

    /// All batches, the newest first.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn batches(&self) -> Result<Vec<BatchView>, DeskError> {
        let session = self.open()?;
        let mut batches = session.store.read(table::views).await?;
        for batch in &mut batches {
            add_progress(&session, batch);
        }
        Ok(batches)
    }

    /// One batch.
    ///
    /// # Errors
    /// `NotFound`, `NothingOpen`, `Database`.
    pub async fn batch(&self, batch_id: &str) -> Result<BatchView, DeskError> {
        let session = self.open()?;
        view(&session, batch_id).await
    }

    /// Some rows of a batch.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn batch_rows(&self, query: BatchRowsQuery) -> Result<BatchRowsPage, DeskError> {
        let session = self.open()?;
        session
            .store
            .read(move |connection| table::rows(connection, &query))
            .await
    }

    /// What running a batch would ask for, cost and take; nothing is asked.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn batch_plan(&self, batch_id: &str) -> Result<BatchPlan, DeskError> {
        let session = self.open()?;
        plan(&session, batch_id.to_owned()).await
    }

    /// Begins, or goes on with, a batch: each row that has not been asked is evaluated (/signal/evaluate, billed).
    /// Answers when the run has begun.
    ///
    /// # Errors
    /// `AlreadyRunning` while it or another runs, or when it has ended; `NotFound`, `NothingOpen`, `Disk`, `Database`.
    pub async fn batch_run(&self, batch_id: &str) -> Result<BatchView, DeskError> {
        let session = self.open()?;
        run::begin(&session, batch_id).await?;
        view(&session, batch_id).await
    }

    /// Begins no further row. Those under way are waited for.
    ///
    /// # Errors
    /// `NotFound`, `NothingOpen`, `Database`.
    pub async fn batch_pause(&self, batch_id: &str) -> Result<BatchView, DeskError> {
        let session = self.open()?;
        session.work.batch.stop(batch_id);
        view(&session, batch_id).await
    }

    /// Ends a batch: rows that have not been asked never are, also when the app ends now. Those under way are waited for,
    /// and what has been answered stays.
    ///
    /// # Errors
    /// `AlreadyRunning` when it has finished; `NotFound`, `NothingOpen`, `Disk`, `Database`.
    pub async fn batch_cancel(&self, batch_id: &str) -> Result<BatchView, DeskError> {
        let session = self.open()?;
        let (id, now) = (batch_id.to_owned(), self.now());
        session
            .store
            .write(move |transaction| table::cancel(transaction, &id, now))
            .await?;
        kill::point("batch.cancelled");
        session.work.batch.stop(batch_id);
        self.emit(DeskEvent::BatchesChanged);
        view(&session, batch_id).await
    }

    /// The rows that failed are to be asked again when the batch is resumed; nothing is asked by this.
    ///
    /// # Errors
    /// `AlreadyRunning` when it was cancelled; `NotFound`, `NothingOpen`, `Disk`, `Database`.
    pub async fn batch_ask_failed_again(&self, batch_id: &str) -> Result<BatchView, DeskError> {
        let session = self.open()?;
        let id = batch_id.to_owned();
        session
            .store
            .write(move |transaction| table::ask_failed_again(transaction, &id))
            .await?;
        self.emit(DeskEvent::BatchesChanged);
        view(&session, batch_id).await
    }

    /// Records one decision on many rows, in one transaction, and hands them to the outbox (/signal/decision/report).
    ///
    /// # Errors
    /// Fields of [`BatchDecision`]; `NothingOpen`, `Disk`, `Database`. Nothing is recorded then.
    pub async fn batch_decide(&self, decision: BatchDecision) -> Result<BatchDecided, DeskError> {
        let session = self.open()?;
        decide::decide(&session, decision).await
    }

    /// Takes the last decision on these evaluations back: the one before it is recorded again, and where there was
    /// none, that the debit is not initiated.
    ///
    /// # Errors
    /// `NothingOpen`, `Disk`, `Database`.
    pub async fn batch_take_back(
        &self,
        client_transaction_ids: Vec<String>,
    ) -> Result<BatchDecided, DeskError> {
        let session = self.open()?;
        decide::take_back(&session, client_transaction_ids).await
    }
}

async fn view(session: &Session, batch_id: &str) -> Result<BatchView, DeskError> {
    let id = batch_id.to_owned();
    let mut batch = session
        .store
        .read(move |connection| table::view(connection, &id))
        .await?;
    add_progress(session, &mut batch);
    Ok(batch)
}

/// Adds how it is going, if it runs. One that was cancelled runs until its last rows have ended.
fn add_progress(session: &Session, batch: &mut BatchView) {
    batch.progress = session.work.batch.progress(&batch.batch_id);
    if batch.progress.is_some() && batch.state == BatchState::Cancelled {
        batch.state = BatchState::Running;
        batch.ended_at = None;
    }
}

async fn plan(session: &Session, batch_id: String) -> Result<BatchPlan, DeskError> {
    let mut plan = session
        .store
        .read(move |connection| {
            let calls = table::how_many_to_ask(connection, &batch_id)?;
            let settings = settings::read(connection)?;
            Ok(BatchPlan {
                calls,
                cost: Prices::of(&settings)?.of_evaluations(calls)?,
                needs_confirmation: calls > settings.confirm_above_calls,
                seconds: 0,
                other_running: table::other_running(connection, &batch_id)?,
            })
        })
        .await?;
    let work = &session.work;
    let last_leaves = work.pacing.evaluate_time(plan.calls);
    let waiting = usize::try_from(plan.calls).unwrap_or(usize::MAX);
    plan.seconds = work.evaluation_times.seconds_left(last_leaves, waiting, 0);
    Ok(plan)
}

/// A batch that was running when the app ended waits for the user: its calls are billed.
pub(crate) async fn resume(session: Session) {
    let running = session.clone();
    // One that the user has begun since is not among them: its slot is taken before it is written.
    let paused = session.store.write(move |transaction| {
        table::pause_interrupted(transaction, |id| running.work.batch.progress(id).is_some())
    });
    match paused.await {
        Ok(0) => {}
        Ok(_) => session.emit(DeskEvent::BatchesChanged),
        Err(error) => tracing::error!(%error, "a batch that was interrupted could not be paused"),
    }
}
