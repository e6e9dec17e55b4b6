//! Batches of planned debits: imported from a file or a pasted text, checked before anything is sent, evaluated row by
//! row, decided together, and written to files for the payment processor and to keep.

mod check;
mod columns;
mod decide;
mod directory;
pub mod draft;
mod import;
pub mod run;
mod table;
pub mod view;

pub use self::table::each_row;
use self::view::{BatchPlan, BatchRowsPage, BatchRowsQuery, BatchState, BatchView};
use crate::{
    batches::{draft::DraftSlot, run::RunSlot},
    decisions::Reports,
    evaluations::Evaluations,
};
use desk_core::{
    DeskError, Session, billing::Prices, calls::PlaidCalls, event::DeskEvent, kill, settings,
};

/// Batches of planned debits. Clones share their state.
#[derive(Clone)]
pub struct Batches {
    session: Session,
    calls: PlaidCalls,
    evaluations: Evaluations,
    reports: Reports,
    draft: DraftSlot,
    running: RunSlot,
}

impl Batches {
    pub fn new(evaluations: Evaluations, reports: Reports) -> Self {
        Self {
            session: evaluations.session.clone(),
            calls: evaluations.calls.clone(),
            evaluations,
            reports,
            draft: DraftSlot::default(),
            running: RunSlot::default(),
        }
    }
}

impl Batches {
    /// All batches, the newest first.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn list(&self) -> Result<Vec<BatchView>, DeskError> {
        let mut batches = self.session.store.read(table::views).await?;
        for batch in &mut batches {
            self.add_progress(batch);
        }
        Ok(batches)
    }

    /// One batch.
    ///
    /// # Errors
    /// `NotFound`, `NothingOpen`, `Database`.
    pub async fn get(&self, batch_id: &str) -> Result<BatchView, DeskError> {
        self.view(batch_id).await
    }

    /// Some rows of a batch.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn rows(&self, query: BatchRowsQuery) -> Result<BatchRowsPage, DeskError> {
        self.session
            .store
            .read(move |connection| table::rows(connection, &query))
            .await
    }

    /// What running a batch would ask for, cost and take; nothing is asked.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn plan(&self, batch_id: &str) -> Result<BatchPlan, DeskError> {
        self.plan_run(batch_id.to_owned()).await
    }

    /// Begins, or goes on with, a batch: each row that has not been asked is evaluated (/signal/evaluate, billed).
    /// Answers when the run has begun.
    ///
    /// # Errors
    /// `AlreadyRunning` while it or another runs, or when it has ended; `NotFound`, `NothingOpen`, `Disk`, `Database`.
    pub async fn run(&self, batch_id: &str) -> Result<BatchView, DeskError> {
        self.begin_run(batch_id).await?;
        self.view(batch_id).await
    }

    /// Begins no further row. Those under way are waited for.
    ///
    /// # Errors
    /// `NotFound`, `NothingOpen`, `Database`.
    pub async fn pause(&self, batch_id: &str) -> Result<BatchView, DeskError> {
        self.running.stop(batch_id);
        self.view(batch_id).await
    }

    /// Ends a batch: rows that have not been asked never are, also when the app ends now. Those under way are waited for,
    /// and what has been answered stays.
    ///
    /// # Errors
    /// `AlreadyRunning` when it has finished; `NotFound`, `NothingOpen`, `Disk`, `Database`.
    pub async fn cancel(&self, batch_id: &str) -> Result<BatchView, DeskError> {
        let (id, now) = (batch_id.to_owned(), self.session.now());
        self.session
            .store
            .write(move |transaction| table::cancel(transaction, &id, now))
            .await?;
        kill::point("batch.cancelled");
        self.running.stop(batch_id);
        self.session.emit(DeskEvent::BatchesChanged);
        self.view(batch_id).await
    }

    /// The rows that failed are to be asked again when the batch is resumed; nothing is asked by this.
    ///
    /// # Errors
    /// `AlreadyRunning` when it was cancelled; `NotFound`, `NothingOpen`, `Disk`, `Database`.
    pub async fn retry_failed(&self, batch_id: &str) -> Result<BatchView, DeskError> {
        let id = batch_id.to_owned();
        self.session
            .store
            .write(move |transaction| table::ask_failed_again(transaction, &id))
            .await?;
        self.session.emit(DeskEvent::BatchesChanged);
        self.view(batch_id).await
    }

    async fn view(&self, batch_id: &str) -> Result<BatchView, DeskError> {
        let id = batch_id.to_owned();
        let mut batch = self
            .session
            .store
            .read(move |connection| table::view(connection, &id))
            .await?;
        self.add_progress(&mut batch);
        Ok(batch)
    }

    /// Adds how it is going, if it runs. One that was cancelled runs until its last rows have ended.
    fn add_progress(&self, batch: &mut BatchView) {
        batch.progress = self.running.progress(&batch.batch_id);
        if batch.progress.is_some() && batch.state == BatchState::Cancelled {
            batch.state = BatchState::Running;
            batch.ended_at = None;
        }
    }

    async fn plan_run(&self, batch_id: String) -> Result<BatchPlan, DeskError> {
        let mut plan = self
            .session
            .store
            .read(move |connection| -> Result<_, DeskError> {
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
        let last_leaves = self.calls.pacing.evaluate_time(plan.calls);
        let waiting = usize::try_from(plan.calls).unwrap_or(usize::MAX);
        plan.seconds = self.evaluations.times.seconds_left(last_leaves, waiting, 0);
        Ok(plan)
    }

    /// A batch that was running when the app ended waits for the user: its calls are billed.
    pub async fn resume(self) {
        let running = self.clone();
        // One that the user has begun since is not among them: its slot is taken before it is written.
        let paused = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                table::pause_interrupted(transaction, |id| running.running.progress(id).is_some())
            });
        match paused.await {
            Ok(0) => {}
            Ok(_) => self.session.emit(DeskEvent::BatchesChanged),
            Err(error) => {
                tracing::error!(%error, "a batch that was interrupted could not be paused")
            }
        }
    }
}
