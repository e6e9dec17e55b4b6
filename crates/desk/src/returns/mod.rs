//! Returns: the Nacha list of codes, the list of what came back, and files of returns from banks and processors.

pub(crate) mod codes;
mod dates;
pub(crate) mod importing;
mod list;
mod mapping;
mod matching;
mod nacha;
mod rows;
pub mod view;

use self::view::{
    AccountReturns, CandidateView, DateForm, ImportRows, ImportState, ReturnCodeView,
    ReturnImportView, ReturnMapping, ReturnsList, ReturnsRecorded, ReturnsRequest, RowChoice,
};
use crate::{Desk, DeskError};

impl Desk {
    /// The Nacha list of return codes.
    pub fn return_codes(&self) -> Vec<ReturnCodeView> {
        codes::all()
    }

    /// Returned debits, the newest first.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn returns_list(&self, request: ReturnsRequest) -> Result<ReturnsList, DeskError> {
        let (session, now) = (self.open()?, self.now());
        session
            .store
            .read(move |connection| list::list(connection, &request, now))
            .await
    }

    /// The returns of an account in the last 90 days; none where it had none.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn account_returns(
        &self,
        account_id: &str,
    ) -> Result<Option<AccountReturns>, DeskError> {
        let (session, now) = (self.open()?, self.now());
        let account_id = account_id.to_owned();
        session
            .store
            .read(move |connection| list::of_account(connection, &account_id, now))
            .await
    }

    /// Reads a return file, a Nacha file or a table, and looks for the debits of its rows. Nothing is recorded; one that
    /// was being imported is put away.
    ///
    /// # Errors
    /// Field `file`: what is wrong with it, by line and column.
    pub async fn return_import_start(
        &self,
        file_name: String,
        bytes: Vec<u8>,
    ) -> Result<ReturnImportView, DeskError> {
        importing::start(&self.open()?, file_name, bytes).await
    }

    /// The file that is being imported, if any.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn return_import(&self) -> Result<Option<ReturnImportView>, DeskError> {
        importing::current(&self.open()?).await
    }

    /// Says what the columns of the table mean, and how its dates are read. What was chosen for its rows is given up.
    ///
    /// # Errors
    /// Field `mapping`; `NotFound` when another file is being imported.
    pub fn return_import_map(
        &self,
        import_id: &str,
        mapping: ReturnMapping,
        date_form: Option<DateForm>,
    ) -> Result<ReturnImportView, DeskError> {
        importing::map(&self.open()?, import_id, mapping, date_form)
    }

    /// Rows of the file, all or those in one state, at most 500 at a time.
    ///
    /// # Errors
    /// `NotFound` when another file is being imported; `Database`.
    pub async fn return_import_rows(
        &self,
        import_id: &str,
        state: Option<ImportState>,
        offset: u32,
        limit: u32,
    ) -> Result<ImportRows, DeskError> {
        importing::page(&self.open()?, import_id, state, offset, limit).await
    }

    /// Says which debit a row is about, or that it is left out.
    ///
    /// # Errors
    /// Field `choice`: why it cannot be that debit; `NotFound`.
    pub fn return_import_choose(
        &self,
        import_id: &str,
        row: u32,
        choice: &RowChoice,
    ) -> Result<ReturnImportView, DeskError> {
        importing::choose(&self.open()?, import_id, row, choice)
    }

    /// Takes the one likely debit of each open row that has one.
    ///
    /// # Errors
    /// `NotFound` when another file is being imported.
    pub fn return_import_choose_suggested(
        &self,
        import_id: &str,
    ) -> Result<ReturnImportView, DeskError> {
        importing::choose_suggested(&self.open()?, import_id)
    }

    /// Debits that have all these words, to be chosen for a row.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn return_import_search(
        &self,
        import_id: &str,
        row: u32,
        words: &str,
    ) -> Result<Vec<CandidateView>, DeskError> {
        importing::search(&self.open()?, import_id, row, words)
    }

    /// Records what is ready in one transaction and hands it to the outbox (/signal/return/report).
    ///
    /// # Errors
    /// Field `import`: then nothing was recorded; `NotFound`.
    pub async fn return_import_record(
        &self,
        import_id: &str,
    ) -> Result<ReturnsRecorded, DeskError> {
        importing::record(&self.open()?, import_id).await
    }

    /// Puts the file away.
    ///
    /// # Errors
    /// `NothingOpen`.
    pub fn return_import_discard(&self) -> Result<(), DeskError> {
        importing::discard(&self.open()?);
        Ok(())
    }
}
