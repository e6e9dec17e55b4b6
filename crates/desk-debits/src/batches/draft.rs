//! A file on its way to becoming a batch: read, matched to columns, checked as often as the user corrects something,
//! and written down when they say so. It is in memory until then, and one at a time.

use std::sync::{Arc, Mutex, PoisonError};

use desk_files::{
    date::{DateColumn, DateOrder},
    table::{self as file_table, TableFile},
};
use jiff::{civil::Date, tz::TimeZone};
use rusqlite::Connection;
use uuid::Uuid;

use super::{
    check, columns, table,
    view::{ImportCheck, ImportDraft, ImportField, ImportMapping, ImportRequest, ImportSeverity},
};
use crate::batches::Batches;
use desk_core::DeskError;

/// Rows of a batch at most.
pub(super) const MOST_ROWS: usize = 100_000;

/// Rows that are shown while columns are chosen.
const FIRST_ROWS: usize = 8;

/// A file or a pasted text, taken apart.
pub(super) struct Draft {
    pub(super) draft_id: String,
    pub(super) file_name: Option<String>,
    pub(super) table: TableFile,
}

/// The draft at hand.
#[derive(Clone, Default)]
pub(crate) struct DraftSlot(Arc<Mutex<Option<Arc<Draft>>>>);

impl DraftSlot {
    fn put(&self, draft: Option<Arc<Draft>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = draft;
    }

    /// # Errors
    /// `NotFound`: another has taken its place, or the app was started again.
    pub(super) fn get(&self, draft_id: &str) -> Result<Arc<Draft>, DeskError> {
        let slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.as_ref()
            .filter(|draft| draft.draft_id == draft_id)
            .cloned()
            .ok_or(DeskError::NotFound("The file that was read"))
    }
}

impl Batches {
    /// Reads a file of planned debits, or a pasted text, and says which column seems to be what. It takes the place of
    /// the one read before.
    ///
    /// # Errors
    /// Field `file`; `NothingOpen`, `Database`.
    pub async fn open_draft(
        &self,
        file_name: Option<String>,
        bytes: Vec<u8>,
    ) -> Result<ImportDraft, DeskError> {
        let table = desk_core::store::blocking(move || {
            Ok::<_, DeskError>(file_table::read(&bytes, MOST_ROWS)?)
        })
        .await?;
        let draft = Arc::new(Draft {
            draft_id: Uuid::new_v4().to_string(),
            file_name,
            table,
        });
        let shown = Arc::clone(&draft);
        let view = self
            .session
            .store
            .read(move |connection| view(connection, &shown))
            .await?;
        self.draft.put(Some(draft));
        Ok(view)
    }

    /// Gives up what was read and is not imported.
    ///
    /// # Errors
    /// `NothingOpen`.
    pub fn discard_draft(&self) {
        self.draft.put(None);
    }
}

fn view(connection: &Connection, draft: &Draft) -> Result<ImportDraft, DeskError> {
    let table = &draft.table;
    let remembered = table::mapping(connection, &file_table::headers_key(&table.headers))?
        .filter(|mapping| mapping.usable(table.headers.len()).is_ok());
    Ok(ImportDraft {
        draft_id: draft.draft_id.clone(),
        file_name: draft.file_name.clone(),
        characters: table.characters,
        separator: table.separator,
        headers: table.headers.clone(),
        first_rows: table
            .rows
            .iter()
            .take(FIRST_ROWS)
            .map(|row| {
                let cells = (0..table.headers.len()).map(|column| row.cell(column).to_owned());
                cells.collect()
            })
            .collect(),
        row_count: u32::try_from(table.rows.len()).unwrap_or(u32::MAX),
        remembered: remembered.is_some(),
        mapping: remembered.unwrap_or_else(|| proposed(table)),
    })
}

/// As the headers say, and the days show.
fn proposed(table: &TableFile) -> ImportMapping {
    let mut mapping = ImportMapping::by_headers(&table.headers);
    if let Some(column) = mapping.column(ImportField::Date) {
        let dates = DateColumn::of(table.rows.iter().map(|row| row.cell(column)));
        mapping.day_first = dates.order == Some(DateOrder::DayFirst);
    }
    mapping
}

impl Batches {
    /// Checks every row of what was read. Nothing is sent or written.
    ///
    /// # Errors
    /// Field `mapping`; `NotFound` when something else has been read since; `NothingOpen`, `Database`.
    pub async fn check_draft(&self, request: ImportRequest) -> Result<ImportCheck, DeskError> {
        let draft = self.draft.get(&request.draft_id)?;
        let today = self.today();
        self.session
            .store
            .read(move |connection| -> Result<_, DeskError> {
                check::check(connection, &draft, &request, today)?.view(connection)
            })
            .await
    }
}

/// What is wrong with a cell of a draft, as its list of problems says it.
pub struct ListedProblem {
    pub line: u64,
    pub severity: ImportSeverity,
    pub column: String,
    pub value: String,
    pub message: String,
}

impl Batches {
    /// Everything that is wrong with the draft, in the order of the file.
    ///
    /// # Errors
    /// As checking it.
    pub async fn draft_problems(
        &self,
        request: ImportRequest,
    ) -> Result<Vec<ListedProblem>, DeskError> {
        let draft = self.draft.get(&request.draft_id)?;
        let today = self.today();
        self.session
            .store
            .read(move |connection| -> Result<_, DeskError> {
                let checked = check::check(connection, &draft, &request, today)?;
                let mut listed = Vec::new();
                for row in &checked.rows {
                    for problem in &row.problems {
                        listed.push(ListedProblem {
                            line: row.source.line,
                            severity: problem.severity,
                            column: header(&draft, &request.mapping, problem.field),
                            value: row.said.of(problem.field).to_owned(),
                            message: problem.message.clone(),
                        });
                    }
                }
                Ok(listed)
            })
            .await
    }
}

/// What the file calls a column; without one, what the desk calls it.
fn header(draft: &Draft, mapping: &ImportMapping, field: ImportField) -> String {
    mapping
        .column(field)
        .and_then(|column| draft.table.headers.get(column))
        .map_or_else(|| columns::title(field).to_owned(), Clone::clone)
}

impl Batches {
    /// The present day in the computer's time zone.
    pub(super) fn today(&self) -> Date {
        TimeZone::system().to_datetime(self.session.now()).date()
    }
}
