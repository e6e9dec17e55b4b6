//! A return file on its way in: read, held against the evaluations, looked through by the user, and recorded in one
//! transaction. Until then it lives in memory only; of its account numbers nothing but the ends.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
};

use desk_files::{
    columns,
    date::{DateColumn, DateOrder},
    nacha::{self, ChangedEntry, NachaFile},
    table::{self, TableFile},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rusqlite::{Connection, OptionalExtension, Transaction};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    list,
    mapping::{self, Kept},
    matching::{Candidate, Index, Matches},
    rows::{self, FileRow},
    view::{
        CandidateView, ChangeNotice, ImportCounts, ImportRow, ImportRows, ImportState, MappedBy,
        ReturnImportView, ReturnMapping, ReturnSource, ReturnsRecorded, RowChoice, RowFault,
        TableSource,
    },
};
use crate::{decisions::report, evaluations::view::ReturnInput, returns::Returns};
use desk_core::{DeskError, moment::Moment, store::single_column};

/// Rows of the longest table that is read.
const MOST_ROWS: usize = 500_000;

/// Rows of a table that are shown as a sample.
const SAMPLE: usize = 5;

/// Rows of a page at most.
const LONGEST_PAGE: u32 = 500;

/// The file that is being imported, if any.
#[derive(Default)]
pub(crate) struct ImportSlot(Mutex<Option<Import>>);

impl ImportSlot {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Import>> {
        // A panic elsewhere leaves a whole import behind: each change is made in one step.
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A file with what was made of it so far.
struct Import {
    import_id: String,
    file_name: String,
    content_hash: [u8; 32],
    recorded_before: Option<Moment>,
    /// What was recorded of a file with this content: code and debit by line.
    recorded_lines: HashMap<u64, (String, String)>,
    source: Source,
    rows: Vec<FileRow>,
    index: Index,
    matches: Vec<Matches>,
    choices: HashMap<usize, Choice>,
    outcomes: Vec<RowOutcome>,
    /// Debits that a row has already, or that are likely for several: none of them is suggested.
    contested: HashSet<usize>,
}

enum Source {
    Nacha(Box<NachaFile>),
    Table(Box<Table>),
}

struct Table {
    file: TableFile,
    mapping: ReturnMapping,
    mapped_by: MappedBy,
    /// As the user said.
    said_order: Option<DateOrder>,
    dates: DateColumn,
}

impl Table {
    /// What the dates show outweighs what the user said.
    fn date_order(&self) -> Option<DateOrder> {
        let DateColumn { order, ambiguous } = &self.dates;
        order.filter(|_| ambiguous.is_some()).or(self.said_order)
    }

    fn look_at_dates(&mut self) {
        self.dates = match self.mapping.returned_on {
            None => DateColumn::default(),
            Some(column) => {
                DateColumn::of(self.file.rows.iter().map(|row| row.cell(column as usize)))
            }
        };
    }

    /// A date that the user has to explain.
    fn ambiguous_date(&self) -> Option<&String> {
        let asked = self.date_order().is_none();
        self.dates.ambiguous.as_ref().filter(|_| asked)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Debit(usize),
    Skip,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy)]
struct RowOutcome {
    state: ImportState,
    chosen: Option<usize>,
    /// The line that has the same debit.
    same_as: Option<u64>,
}

impl RowOutcome {
    const fn of(state: ImportState) -> Self {
        Self {
            state,
            chosen: None,
            same_as: None,
        }
    }
}

impl Returns {
    /// Reads a file and takes the place of the one before.
    ///
    /// # Errors
    /// Field `file` when it cannot be read as a whole.
    pub async fn start_import(
        &self,
        file_name: String,
        bytes: Vec<u8>,
    ) -> Result<ReturnImportView, DeskError> {
        let now = self.session.now();
        let import = self
            .session
            .store
            .read(move |connection| Import::read(connection, file_name, &bytes, now))
            .await?;
        let view = import.view();
        *self.import.lock() = Some(import);
        Ok(view)
    }

    /// The file that is being imported, if any.
    ///
    /// # Errors
    /// `NothingOpen`, `Database`.
    pub async fn current_import(&self) -> Result<Option<ReturnImportView>, DeskError> {
        self.rematch_import().await?;
        Ok(self.import.lock().as_ref().map(Import::view))
    }

    /// Holds its rows against the evaluations as they are now. What a row asks for, such as a decision, is recorded
    /// elsewhere while the file waits here.
    async fn rematch_import(&self) -> Result<(), DeskError> {
        let before = self
            .import
            .lock()
            .as_ref()
            .map(|import| (import.import_id.clone(), import.index.version()));
        let Some((import_id, version)) = before else {
            return Ok(());
        };
        let newer = self
            .session
            .store
            .read(move |connection| Index::newer(connection, version))
            .await?;
        let mut slot = self.import.lock();
        // Another file may have taken its place meanwhile.
        if let Some(index) = newer
            && let Some(import) = slot.as_mut().filter(|import| import.import_id == import_id)
        {
            import.take_index(index, self.session.now());
        }
        Ok(())
    }

    /// Puts the file away.
    ///
    /// # Errors
    /// `NothingOpen`.
    pub fn discard_import(&self) {
        self.import.lock().take();
    }

    /// Says what the columns of the table mean, and how its dates are read. What was chosen for its rows is given up.
    ///
    /// # Errors
    /// Field `mapping`; `NotFound` when another file is being imported.
    pub fn map_columns(
        &self,
        import_id: &str,
        mapping: ReturnMapping,
        date_order: Option<DateOrder>,
    ) -> Result<ReturnImportView, DeskError> {
        self.with_import(import_id, |import| {
            let Source::Table(table) = &mut import.source else {
                return Err(DeskError::invalid(
                    "mapping",
                    "This file has no columns to choose.",
                ));
            };
            mapping.check(table.file.headers.len())?;
            table.mapping = mapping;
            table.mapped_by = MappedBy::User;
            table.said_order = date_order;
            table.look_at_dates();
            import.read_rows(self.session.now());
            Ok(import.view())
        })
    }
}

impl Returns {
    /// Rows of the file, all or those in one state, at most 500 at a time.
    ///
    /// # Errors
    /// `NotFound` when another file is being imported; `Database`.
    pub async fn import_rows(
        &self,
        import_id: &str,
        state: Option<ImportState>,
        offset: u32,
        limit: u32,
    ) -> Result<ImportRows, DeskError> {
        self.rematch_import().await?;
        self.with_import(import_id, |import| {
            let fits = |at: &usize| state.is_none_or(|state| import.outcomes[*at].state == state);
            let places: Vec<usize> = (0..import.rows.len()).filter(fits).collect();
            let rows = places
                .iter()
                .skip(offset as usize)
                .take(limit.min(LONGEST_PAGE) as usize)
                .map(|at| import.row(*at))
                .collect();
            Ok(ImportRows {
                rows,
                found: count(places.len()),
            })
        })
    }

    /// Says which debit a row is about, or that it is left out.
    ///
    /// # Errors
    /// Field `choice`: why it cannot be that debit; `NotFound`.
    pub fn choose_debit(
        &self,
        import_id: &str,
        row: u32,
        choice: &RowChoice,
    ) -> Result<ReturnImportView, DeskError> {
        self.with_import(import_id, |import| {
            let at = row as usize;
            if at >= import.rows.len() {
                return Err(DeskError::NotFound("This row"));
            }
            match choice {
                RowChoice::Undo => {
                    import.choices.remove(&at);
                }
                RowChoice::Skip => {
                    import.choices.insert(at, Choice::Skip);
                }
                RowChoice::Debit {
                    client_transaction_id,
                } => {
                    let known = import.choosable(at, client_transaction_id)?;
                    import.choices.insert(at, Choice::Debit(known));
                }
            }
            import.decide();
            Ok(import.view())
        })
    }

    /// Takes the one likely debit of each open row that has one.
    ///
    /// # Errors
    /// `NotFound` when another file is being imported.
    pub fn choose_suggested(&self, import_id: &str) -> Result<ReturnImportView, DeskError> {
        self.with_import(import_id, |import| {
            let open: Vec<(usize, usize)> = (0..import.rows.len())
                .filter_map(|at| Some((at, import.suggestion(at)?)))
                .collect();
            for (at, known) in open {
                import.choices.insert(at, Choice::Debit(known));
            }
            import.decide();
            Ok(import.view())
        })
    }

    /// Debits that have all these words, to be chosen for a row.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn search_debits(
        &self,
        import_id: &str,
        row: u32,
        words: &str,
    ) -> Result<Vec<CandidateView>, DeskError> {
        self.with_import(import_id, |import| {
            let row = import
                .rows
                .get(row as usize)
                .ok_or(DeskError::NotFound("This row"))?;
            let found = import.index.search(words);
            Ok(found
                .iter()
                .map(|one| import.index.view(row, one))
                .collect())
        })
    }

    fn with_import<T>(
        &self,
        import_id: &str,
        f: impl FnOnce(&mut Import) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        let mut slot = self.import.lock();
        let import = slot
            .as_mut()
            .filter(|import| import.import_id == import_id)
            .ok_or(DeskError::NotFound("This file"))?;
        f(import)
    }

    /// Records what is ready in one transaction and hands it to the outbox (/signal/return/report).
    ///
    /// # Errors
    /// Field `import`: then nothing was recorded; `NotFound`.
    pub async fn record_import(&self, import_id: &str) -> Result<ReturnsRecorded, DeskError> {
        let recording = self.with_import(import_id, |import| import.recording())?;
        // Taken out, so that a second click finds nothing to record.
        let taken = self.import.lock().take();
        let now = self.session.now();
        let written = self
            .session
            .store
            .write(move |transaction| recording.write(transaction, now))
            .await;
        match self.reports.after_recording(written) {
            Ok(recorded) => Ok(recorded),
            Err(error) => {
                self.restore_import(taken, now).await;
                Err(error)
            }
        }
    }

    /// After a failure all that was chosen is there again, held against the evaluations as they are now.
    async fn restore_import(&self, taken: Option<Import>, now: Timestamp) {
        let Some(mut import) = taken else {
            return;
        };
        if let Ok(index) = self.session.store.read(Index::read).await {
            import.take_index(index, now);
        }
        let mut slot = self.import.lock();
        if slot.is_none() {
            *slot = Some(import);
        }
    }
}

/// What is written for a file.
struct Recording {
    content_hash: [u8; 32],
    file_name: String,
    /// Line and return.
    returns: Vec<(u64, ReturnInput)>,
    kept: Option<(Vec<String>, Kept)>,
    already: u32,
    left_out: u32,
}

impl Recording {
    fn write(
        self,
        transaction: &Transaction<'_>,
        now: Timestamp,
    ) -> Result<ReturnsRecorded, DeskError> {
        let file_id: i64 = transaction.query_row(
            "INSERT INTO return_files (content_hash, file_name, recorded_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (content_hash) DO UPDATE SET recorded_at = excluded.recorded_at
             RETURNING file_id",
            (self.content_hash, &self.file_name, Moment::from(now)),
            single_column,
        )?;
        let mut add = transaction.prepare_cached(
            "INSERT INTO return_file_rows (file_id, line, client_transaction_id, return_code) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
        )?;
        for (line, input) in &self.returns {
            let id =
                report::write_return(transaction, input, now).map_err(|error| at(*line, error))?;
            add.execute((file_id, place(*line), id.as_str(), &input.return_code))?;
        }
        if let Some((headers, kept)) = &self.kept {
            mapping::keep(transaction, headers, kept, now.into())?;
        }
        let ids = self
            .returns
            .iter()
            .map(|(_, input)| input.client_transaction_id.as_str());
        Ok(ReturnsRecorded {
            recorded: count(self.returns.len()),
            already: self.already,
            left_out: self.left_out,
            again: list::again(transaction, ids, now)?,
        })
    }
}

/// A refusal, with the line that it is about.
fn at(line: u64, error: DeskError) -> DeskError {
    if error.is_of_the_store() {
        return error;
    }
    DeskError::invalid(
        "import",
        format!("Nothing was recorded. Line {line}: {error}"),
    )
}

impl Import {
    fn read(
        connection: &Connection,
        file_name: String,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Self, DeskError> {
        let content_hash: [u8; 32] = Sha256::digest(bytes).into();
        let source = source(connection, bytes)?;
        let before = recorded_before(connection, &content_hash)?;
        let (recorded_before, recorded_lines) = match before {
            Some((file_id, at)) => (Some(at), recorded_lines(connection, file_id)?),
            None => (None, HashMap::new()),
        };
        let mut import = Self {
            import_id: Uuid::new_v4().to_string(),
            file_name: file_name.chars().take(200).collect(),
            content_hash,
            recorded_before,
            recorded_lines,
            source,
            rows: Vec::new(),
            index: Index::read(connection)?,
            matches: Vec::new(),
            choices: HashMap::new(),
            outcomes: Vec::new(),
            contested: HashSet::new(),
        };
        import.read_rows(now);
        Ok(import)
    }

    /// Reads the rows anew and looks for their debits.
    fn read_rows(&mut self, now: Timestamp) {
        let today = TimeZone::system().to_datetime(now).date();
        self.rows = match &self.source {
            Source::Nacha(file) => rows::of_nacha(file, today),
            Source::Table(table) if rows::missing(&table.mapping).is_some() => Vec::new(),
            Source::Table(table) => rows::of_table(&table.file, &table.mapping, table.date_order()),
        };
        self.choices.clear();
        self.look(today);
    }

    fn take_index(&mut self, index: Index, now: Timestamp) {
        let chosen: Vec<(usize, Option<String>)> = self
            .choices
            .iter()
            .map(|(at, choice)| match choice {
                Choice::Debit(known) => (*at, Some(self.index.get(*known).id.clone())),
                Choice::Skip => (*at, None),
            })
            .collect();
        self.index = index;
        self.choices = chosen
            .into_iter()
            .filter_map(|(at, id)| match id {
                None => Some((at, Choice::Skip)),
                Some(id) => self.index.find(&id).map(|known| (at, Choice::Debit(known))),
            })
            .collect();
        self.look(TimeZone::system().to_datetime(now).date());
    }

    fn look(&mut self, today: Date) {
        for row in &mut self.rows {
            row.refuse_after(today);
        }
        let matches = self.rows.iter().map(|row| {
            if row.faults.is_empty() {
                self.index.matches(row)
            } else {
                Matches::default()
            }
        });
        self.matches = matches.collect();
        self.decide();
    }

    /// What becomes of each row. What the user chose comes before what the file says, and the first row before a later
    /// one: a debit is recorded once.
    fn decide(&mut self) {
        let mut taken: HashMap<usize, u64> = HashMap::new();
        for (at, choice) in &self.choices {
            if let Choice::Debit(known) = choice {
                taken.insert(*known, self.rows[*at].line);
            }
        }
        let mut outcomes = Vec::with_capacity(self.rows.len());
        for at in 0..self.rows.len() {
            let outcome = self.outcome(at, &taken);
            if let (ImportState::Ready, Some(known)) = (outcome.state, outcome.chosen) {
                taken.insert(known, self.rows[at].line);
            }
            outcomes.push(outcome);
        }
        self.outcomes = outcomes;
        self.contested = self.contested();
    }

    fn contested(&self) -> HashSet<usize> {
        let mut contested: HashSet<usize> =
            self.outcomes.iter().filter_map(|one| one.chosen).collect();
        let mut likely = HashSet::new();
        for (outcome, matches) in self.outcomes.iter().zip(&self.matches) {
            if let (ImportState::Open, Some(known)) = (outcome.state, matches.suggested)
                && !likely.insert(known)
            {
                contested.insert(known);
            }
        }
        contested
    }

    fn outcome(&self, at: usize, taken: &HashMap<usize, u64>) -> RowOutcome {
        let (row, matches) = (&self.rows[at], &self.matches[at]);
        if !row.faults.is_empty() {
            return RowOutcome::of(ImportState::Faulty);
        }
        if let Some(choice) = self.choices.get(&at) {
            return match choice {
                Choice::Skip => RowOutcome::of(ImportState::Skipped),
                Choice::Debit(known) => RowOutcome {
                    chosen: Some(*known),
                    ..RowOutcome::of(ImportState::Ready)
                },
            };
        }
        if let Some(known) = self.recorded_as(at) {
            return RowOutcome {
                chosen: Some(known),
                ..RowOutcome::of(ImportState::Already)
            };
        }
        let Some(known) = matches.sure else {
            return RowOutcome::of(if matches.candidates.is_empty() {
                ImportState::Unmatched
            } else {
                ImportState::Open
            });
        };
        if let Some(line) = taken.get(&known) {
            return RowOutcome {
                same_as: Some(*line),
                ..RowOutcome::of(ImportState::Skipped)
            };
        }
        // Another return of the debit is recorded: this one would correct it, which the user has to say.
        if self.index.get(known).returned.is_some() {
            return RowOutcome::of(ImportState::Open);
        }
        RowOutcome {
            chosen: Some(known),
            ..RowOutcome::of(ImportState::Ready)
        }
    }

    /// The debit for which this row was recorded before: the file says so, or its id does.
    fn recorded_as(&self, at: usize) -> Option<usize> {
        let row = &self.rows[at];
        let by_file = self.recorded_lines.get(&row.line).and_then(|(code, id)| {
            let known = self.index.find(id)?;
            (*code == row.code).then_some(known)
        });
        let by_id = self.matches[at]
            .candidates
            .iter()
            .filter(|one| row.references.contains(&self.index.get(one.known).id))
            .map(|one| one.known)
            .find(|known| self.index.is_recorded(row, *known));
        by_file.or(by_id)
    }

    /// The debit of this name, if it can be chosen for a row.
    fn choosable(&self, at: usize, id: &str) -> Result<usize, DeskError> {
        let refuse = |message: String| DeskError::invalid("choice", message);
        let row = &self.rows[at];
        if !row.faults.is_empty() {
            return Err(refuse(
                "This row cannot be read, so it cannot be recorded.".to_owned(),
            ));
        }
        let known = self
            .index
            .find(id)
            .ok_or_else(|| refuse("There is no evaluation of this name.".to_owned()))?;
        if let Some(hindrance) = self.index.hindrance(row, known) {
            return Err(refuse(hindrance));
        }
        if self.index.is_recorded(row, known) {
            return Err(refuse("This return is recorded already.".to_owned()));
        }
        let other = (0..self.rows.len())
            .find(|other| *other != at && self.outcomes[*other].chosen == Some(known));
        match other {
            Some(other) => Err(refuse(format!(
                "The row of line {} has this debit. Leave that row out first.",
                self.rows[other].line
            ))),
            None => Ok(known),
        }
    }

    /// The one likely debit of a row that is open, unless another row has it.
    fn suggestion(&self, at: usize) -> Option<usize> {
        let open = self.outcomes[at].state == ImportState::Open;
        let known = self.matches[at].suggested.filter(|_| open)?;
        (!self.contested.contains(&known)).then_some(known)
    }

    fn counts(&self) -> ImportCounts {
        let mut counts = ImportCounts {
            all: count(self.rows.len()),
            ..ImportCounts::default()
        };
        for (at, outcome) in self.outcomes.iter().enumerate() {
            let counter = match outcome.state {
                ImportState::Ready => &mut counts.ready,
                ImportState::Open => &mut counts.open,
                ImportState::Unmatched => &mut counts.unmatched,
                ImportState::Skipped => &mut counts.skipped,
                ImportState::Already => &mut counts.already,
                ImportState::Faulty => &mut counts.faulty,
            };
            *counter += 1;
            counts.suggested += u32::from(self.suggestion(at).is_some());
            counts.needs_decision += u32::from(
                outcome.state == ImportState::Ready
                    && outcome
                        .chosen
                        .is_some_and(|known| self.index.needs_decision(known)),
            );
        }
        counts
    }

    fn view(&self) -> ReturnImportView {
        ReturnImportView {
            import_id: self.import_id.clone(),
            file_name: self.file_name.clone(),
            recorded_before: self.recorded_before.map(Moment::to_text),
            source: match &self.source {
                Source::Nacha(file) => nacha_view(file),
                Source::Table(table) => ReturnSource::Table(table_view(table)),
            },
            counts: self.counts(),
        }
    }

    fn row(&self, at: usize) -> ImportRow {
        let (row, matches, outcome) = (&self.rows[at], &self.matches[at], self.outcomes[at]);
        let id = |known: usize| self.index.get(known).id.clone();
        let mut faults = row.faults.clone();
        if let Some(line) = outcome.same_as {
            faults.push(RowFault {
                column: None,
                message: format!("The same debit as in line {line}, so it is left out."),
            });
        }
        ImportRow {
            row: count(at),
            line: row.line,
            state: outcome.state,
            return_code: row.code.clone(),
            returned_on: row.returned_on.map(|day| day.to_string()),
            amount: row.amount.map(|amount| amount.to_string()),
            name: row.name.clone(),
            references: row.references.clone(),
            account_ending: row.account_ending.clone(),
            information: row.information.clone(),
            faults,
            chosen: outcome.chosen.map(id),
            suggested: self.suggestion(at).map(id),
            candidates: self.candidates(at, &matches.candidates),
            more_candidates: count(matches.more),
        }
    }

    /// Those that were found, and the chosen one if it is none of them.
    fn candidates(&self, at: usize, found: &[Candidate]) -> Vec<CandidateView> {
        let row = &self.rows[at];
        let chosen = self.outcomes[at].chosen;
        let by_hand = chosen.filter(|known| found.iter().all(|one| one.known != *known));
        let by_hand = by_hand.map(|known| Candidate {
            known,
            reasons: Vec::new(),
        });
        by_hand
            .iter()
            .chain(found)
            .map(|one| self.index.view(row, one))
            .collect()
    }

    fn recording(&self) -> Result<Recording, DeskError> {
        let refuse = |message: &str| DeskError::invalid("import", message);
        if let Source::Table(table) = &self.source
            && table.ambiguous_date().is_some()
        {
            return Err(refuse("Say first how the dates are to be read."));
        }
        let mut returns = Vec::new();
        for (row, outcome) in self.rows.iter().zip(&self.outcomes) {
            if let (ImportState::Ready, Some(known)) = (outcome.state, outcome.chosen) {
                let input = ReturnInput {
                    client_transaction_id: self.index.get(known).id.clone(),
                    return_code: row.code.clone(),
                    returned_on: row.returned_on.map(|day| day.to_string()),
                };
                returns.push((row.line, input));
            }
        }
        if returns.is_empty() {
            return Err(refuse("No row is ready. Choose the debit of at least one."));
        }
        let counts = self.counts();
        let kept = match &self.source {
            Source::Nacha(_) => None,
            Source::Table(table) => Some((
                table.file.headers.clone(),
                Kept {
                    mapping: table.mapping,
                    date_order: table.said_order,
                },
            )),
        };
        Ok(Recording {
            content_hash: self.content_hash,
            file_name: self.file_name.clone(),
            returns,
            kept,
            already: counts.already,
            left_out: counts.all - counts.ready - counts.already,
        })
    }
}

fn source(connection: &Connection, bytes: &[u8]) -> Result<Source, DeskError> {
    let (text, _) = table::decode(bytes).map_err(DeskError::from)?;
    if nacha::looks_like(&text) {
        let file =
            nacha::parse(&text).map_err(|error| DeskError::invalid("file", error.to_string()))?;
        return Ok(Source::Nacha(Box::new(file)));
    }
    let file = table::read(bytes, MOST_ROWS).map_err(DeskError::from)?;
    let is_code = |header: &String| {
        let bytes = header.as_bytes();
        bytes.len() == 3
            && matches!(bytes[0], b'R' | b'r')
            && bytes[1..].iter().all(u8::is_ascii_digit)
    };
    if file.headers.iter().any(is_code) {
        return Err(DeskError::invalid(
            "file",
            "The first row has a return code and no names of columns. Put a row with names above it.",
        ));
    }
    let kept = mapping::kept(connection, &file.headers)?;
    let (mapping, mapped_by, said_order) = match kept {
        Some(kept) => (kept.mapping, MappedBy::Kept, kept.date_order),
        None => (
            ReturnMapping::by_headers(&file.headers),
            MappedBy::Names,
            None,
        ),
    };
    let mut table = Table {
        file,
        mapping,
        mapped_by,
        said_order,
        dates: DateColumn::default(),
    };
    table.look_at_dates();
    Ok(Source::Table(Box::new(table)))
}

fn recorded_before(
    connection: &Connection,
    content_hash: &[u8; 32],
) -> Result<Option<(i64, Moment)>, DeskError> {
    let found = connection.query_row(
        "SELECT file_id, recorded_at FROM return_files WHERE content_hash = ?1",
        [content_hash],
        |row| Ok((row.get("file_id")?, row.get("recorded_at")?)),
    );
    Ok(found.optional()?)
}

fn recorded_lines(
    connection: &Connection,
    file_id: i64,
) -> Result<HashMap<u64, (String, String)>, DeskError> {
    let mut statement = connection.prepare(
        "SELECT line, return_code, client_transaction_id FROM return_file_rows WHERE file_id = ?1",
    )?;
    let rows = statement.query_map([file_id], |row| {
        let line: i64 = row.get("line")?;
        Ok((
            line.unsigned_abs(),
            (row.get("return_code")?, row.get("client_transaction_id")?),
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn nacha_view(file: &NachaFile) -> ReturnSource {
    ReturnSource::Nacha {
        origin_name: file.origin_name.clone(),
        created_on: file.created_on.map(|day| day.to_string()),
        batches: file.batches,
        other_entries: file.other_entries,
        changes: file.changes.iter().map(change_notice).collect(),
    }
}

fn change_notice(change: &ChangedEntry) -> ChangeNotice {
    let ChangedEntry { entry, code } = change;
    ChangeNotice {
        line: entry.line,
        code: code.clone(),
        meaning: nacha::change_meaning(code).to_owned(),
        name: entry.name.clone(),
        identification: entry.identification.clone(),
        account_ending: entry.account_ending.clone(),
    }
}

fn table_view(table: &Table) -> TableSource {
    let Table {
        file,
        mapping,
        mapped_by,
        ..
    } = table;
    let hides = |column: usize| {
        mapping.account == u32::try_from(column).ok()
            || columns::holds_account_numbers(&file.headers[column])
    };
    let cell = |row: &table::TableRow, column: usize| {
        let cell = row.cell(column);
        if hides(column) && cell.chars().count() > 4 {
            format!("\u{2022}\u{2022}{}", nacha::account_ending(cell))
        } else {
            cell.chars().take(60).collect()
        }
    };
    let columns = file.headers.len();
    TableSource {
        characters: file.characters,
        separator: file.separator,
        headers: file.headers.clone(),
        sample: file
            .rows
            .iter()
            .take(SAMPLE)
            .map(|row| (0..columns).map(|column| cell(row, column)).collect())
            .collect(),
        mapping: *mapping,
        mapped_by: *mapped_by,
        date_order: table.date_order(),
        ambiguous_date: table.ambiguous_date().cloned(),
        missing: rows::missing(mapping),
    }
}

/// A line as SQLite takes it.
fn place(line: u64) -> i64 {
    i64::try_from(line).unwrap_or(i64::MAX)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
