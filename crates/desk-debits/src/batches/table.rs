//! The tables of batches: `batches`, their `planned_debits`, and `import_mappings`. How a row stands is told by its
//! evaluation, so that the two cannot contradict each other.

use desk_files::amount;
use jiff::Timestamp;
use plaid::{AccountId, ClientTransactionId, InstitutionId, ItemId};
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, Transaction, types::Value};

use super::view::{
    BatchFilter, BatchRow, BatchRowState, BatchRowsPage, BatchRowsQuery, BatchState, BatchTallies,
    BatchView, ImportMapping, Tally,
};
use crate::evaluations::view::EvaluationResult;
use desk_core::{DeskError, moment::Moment, problem::Problem, store::single_column};

/// Rows of one page at most.
const MOST_OF_A_PAGE: u32 = 1_000;

/// A batch that is about to be written.
pub(super) struct NewBatch<'a> {
    pub(super) batch_id: &'a str,
    pub(super) name: &'a str,
    pub(super) file_name: Option<&'a str>,
    pub(super) ruleset_key: Option<&'a str>,
    pub(super) payment_method: Option<&'a str>,
    pub(super) is_recurring: Option<bool>,
}

/// A row that is about to be written.
pub(super) struct NewRow<'a> {
    pub(super) position: u32,
    pub(super) line: u64,
    pub(super) person_name: &'a str,
    pub(super) account_name: &'a str,
    pub(super) account_mask: Option<&'a str>,
    pub(super) institution_name: &'a str,
    pub(super) cents: Option<i64>,
    pub(super) reference: &'a str,
    pub(super) planned_on: Option<String>,
    pub(super) fate: NewFate<'a>,
}

/// What becomes of it.
pub(super) enum NewFate<'a> {
    /// It is evaluated under this name.
    Planned {
        id: ClientTransactionId,
        account_id: &'a str,
    },
    /// It is not, because of this.
    LeftOut { why: String },
}

/// Writes a batch, ready to be run.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    batch: &NewBatch<'_>,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "INSERT INTO batches (batch_id, name, file_name, ruleset_key, payment_method, is_recurring, state, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'ready', ?7)",
        (
            batch.batch_id,
            batch.name,
            batch.file_name,
            batch.ruleset_key,
            batch.payment_method,
            batch.is_recurring,
            Moment::from(now),
        ),
    )?;
    Ok(())
}

/// Writes its rows.
pub(super) fn insert_rows<'a>(
    transaction: &Transaction<'_>,
    batch_id: &str,
    rows: impl Iterator<Item = NewRow<'a>>,
) -> Result<(), DeskError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO planned_debits (batch_id, position, line, client_transaction_id, account_id, person_name,
             account_name, account_mask, institution_name, cents, reference, planned_on, fate, why)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    for row in rows {
        let (id, account_id, fate, why) = match &row.fate {
            NewFate::Planned { id, account_id } => {
                (Some(id.as_str()), Some(*account_id), "planned", None)
            }
            NewFate::LeftOut { why } => (None, None, "left_out", Some(why)),
        };
        statement.execute((
            batch_id,
            row.position,
            i64::try_from(row.line).unwrap_or(i64::MAX),
            id,
            account_id,
            row.person_name,
            row.account_name,
            row.account_mask,
            row.institution_name,
            row.cents,
            (!row.reference.is_empty()).then_some(row.reference),
            row.planned_on,
            fate,
            why,
        ))?;
    }
    Ok(())
}

/// The mapping of the last file with these headers.
pub(super) fn mapping(
    connection: &Connection,
    headers: &str,
) -> Result<Option<ImportMapping>, DeskError> {
    let json: Option<String> = connection
        .query_row(
            "SELECT mapping FROM import_mappings WHERE headers = ?1",
            [headers],
            single_column,
        )
        .optional()?;
    // One of another version is none.
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
}

/// Remembers a mapping.
pub(super) fn remember(
    transaction: &Transaction<'_>,
    headers: &str,
    mapping: &ImportMapping,
    now: Timestamp,
) -> Result<(), DeskError> {
    let json = serde_json::to_string(mapping)
        .map_err(|_| DeskError::unreadable("which column is what"))?;
    transaction.execute(
        "INSERT INTO import_mappings (headers, mapping, used_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (headers) DO UPDATE SET mapping = excluded.mapping, used_at = excluded.used_at",
        (headers, json, Moment::from(now)),
    )?;
    Ok(())
}

/// A row with its batch and its evaluation, of which there may be none. `debit`, `batch`, `asked` and `answer` are its
/// parts.
const ROWS: &str = "planned_debits AS debit
     JOIN batches AS batch USING (batch_id)
     LEFT JOIN evaluations AS asked USING (client_transaction_id)
     LEFT JOIN evaluation_answers AS answer USING (client_transaction_id)";

/// How a row stands, in a word. One without an answer is asked again only where it is known that Plaid has not
/// evaluated it, and never once its batch has ended.
const STATE: &str = "CASE
     WHEN debit.fate = 'left_out' THEN 'left_out'
     WHEN asked.state IS NULL AND debit.problem IS NOT NULL THEN 'failed'
     WHEN asked.state IS NULL THEN iif(batch.state = 'cancelled', 'cancelled', 'planned')
     WHEN asked.state = 'sending' THEN 'asking'
     WHEN asked.state = 'failed' AND (debit.ask_again OR asked.settled = 'never_asked') AND batch.ended_at IS NULL
          THEN 'planned'
     ELSE asked.state END";

/// The last decision's part of this name.
fn decided(part: &'static str) -> String {
    format!(
        "(SELECT {part} FROM decisions WHERE decisions.client_transaction_id = debit.client_transaction_id
          ORDER BY decision_id DESC LIMIT 1)"
    )
}

/// Whether a row is of a sort, as a condition.
fn condition(filter: BatchFilter) -> String {
    let state = |word: &str| format!("({STATE}) = '{word}'");
    let result = |word: &str| format!("asked.state = 'answered' AND answer.result = '{word}'");
    let initiated = decided("initiated");
    match filter {
        BatchFilter::All => "true".to_owned(),
        BatchFilter::Planned => state("planned"),
        BatchFilter::Asking => state("asking"),
        BatchFilter::Accept => result("accept"),
        BatchFilter::Review => result("review"),
        BatchFilter::Reroute => result("reroute"),
        BatchFilter::Other => {
            "asked.state = 'answered' AND coalesce(answer.result, 'other') = 'other'".to_owned()
        }
        BatchFilter::Failed => state("failed"),
        BatchFilter::Unknown => state("unknown"),
        BatchFilter::Cancelled => state("cancelled"),
        BatchFilter::LeftOut => state("left_out"),
        BatchFilter::Undecided => format!("asked.state = 'answered' AND {initiated} IS NULL"),
        BatchFilter::ToDebit => format!("asked.state = 'answered' AND {initiated} = 1"),
    }
}

/// The condition of a query and what stands for its question marks.
struct Wanted {
    condition: String,
    values: Vec<Value>,
}

fn wanted(batch_id: &str, filter: BatchFilter, search: &str) -> Wanted {
    let mut condition = format!("debit.batch_id = ?1 AND {}", condition(filter));
    let mut values = vec![Value::from(batch_id.to_owned())];
    let search = search.trim();
    if !search.is_empty() {
        let escaped = search
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        values.push(Value::from(format!("%{escaped}%")));
        let texts = [
            "debit.person_name",
            "debit.account_name",
            "debit.account_mask",
            "debit.reference",
            "debit.client_transaction_id",
            "printf('%d.%02d', debit.cents / 100, debit.cents % 100)",
        ];
        let any: Vec<String> = texts
            .iter()
            .map(|text| format!("{text} LIKE ?2 ESCAPE '\\'"))
            .collect();
        condition += &format!(" AND ({})", any.join(" OR "));
    }
    Wanted { condition, values }
}

/// A page of rows.
pub(super) fn rows(
    connection: &Connection,
    query: &BatchRowsQuery,
) -> Result<BatchRowsPage, DeskError> {
    let Wanted { condition, values } = wanted(&query.batch_id, query.filter, &query.search);
    let values: Vec<&dyn ToSql> = values.iter().map(|value| value as &dyn ToSql).collect();
    let count = format!("SELECT count(*) FROM {ROWS} WHERE {condition}");
    let total = connection
        .prepare_cached(&count)?
        .query_row(values.as_slice(), single_column)?;
    let (limit, offset) = (query.limit.min(MOST_OF_A_PAGE), query.offset);
    let sql = format!(
        "{} WHERE {condition} ORDER BY position LIMIT {limit} OFFSET {offset}",
        shown()
    );
    let mut statement = connection.prepare(&sql)?;
    let mut found = statement.query(values.as_slice())?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push(view_of(row)?);
    }
    Ok(BatchRowsPage { total, rows })
}

/// Goes through all rows of a sort.
pub fn each_row(
    connection: &Connection,
    batch_id: &str,
    filter: BatchFilter,
    mut with: impl FnMut(BatchRow) -> Result<(), DeskError>,
) -> Result<(), DeskError> {
    let Wanted { condition, values } = wanted(batch_id, filter, "");
    let values: Vec<&dyn ToSql> = values.iter().map(|value| value as &dyn ToSql).collect();
    let sql = format!("{} WHERE {condition} ORDER BY position", shown());
    let mut statement = connection.prepare(&sql)?;
    let mut found = statement.query(values.as_slice())?;
    while let Some(row) = found.next()? {
        with(view_of(row)?)?;
    }
    Ok(())
}

/// What is shown of rows, to be followed by a condition.
fn shown() -> String {
    format!(
        "SELECT position, line, client_transaction_id, debit.person_name, debit.account_name, debit.account_mask,
                debit.institution_name, cents, reference, planned_on, {STATE} AS row_state, answer.result,
                answer.custom_action_key, {} AS initiated, {} AS decision_outcome,
                coalesce(asked.problem, debit.problem) AS problem, why, {} AS days_funds_on_hold,
                {} AS payment_method
         FROM {ROWS}",
        decided("initiated"),
        decided("decision_outcome"),
        decided("days_funds_on_hold"),
        decided("payment_method"),
    )
}

fn view_of(row: &Row<'_>) -> Result<BatchRow, DeskError> {
    let state = row.get::<_, BatchRowState>("row_state")?;
    let answered = state == BatchRowState::Answered;
    let result: Option<EvaluationResult> = row.get("result")?;
    let problem: Option<Problem> = row.get("problem")?;
    Ok(BatchRow {
        position: row.get("position")?,
        line: row.get("line")?,
        client_transaction_id: row.get("client_transaction_id")?,
        person_name: row.get("person_name")?,
        account_name: row.get("account_name")?,
        account_mask: row.get("account_mask")?,
        institution_name: row.get("institution_name")?,
        amount: row
            .get::<_, Option<i64>>("cents")?
            .map(amount::format_cents),
        reference: row.get("reference")?,
        planned_on: row.get("planned_on")?,
        state,
        result: result.filter(|_| answered),
        custom_action_key: row.get("custom_action_key")?,
        initiated: row.get("initiated")?,
        decision_outcome: row.get("decision_outcome")?,
        // What kept a run from asking a row is over once it has its answer from somebody else.
        problem: problem.filter(|_| !answered),
        why: row.get("why")?,
        days_funds_on_hold: row.get("days_funds_on_hold")?,
        payment_method: row.get("payment_method")?,
    })
}

/// All batches, the newest first.
pub(super) fn views(connection: &Connection) -> Result<Vec<BatchView>, DeskError> {
    let mut batches = read(connection, "ORDER BY created_at DESC, rowid DESC", [])?;
    for batch in &mut batches {
        batch.tallies = tallies(connection, &batch.batch_id)?;
    }
    Ok(batches)
}

/// One batch.
///
/// # Errors
/// `NotFound`.
pub(super) fn view(connection: &Connection, batch_id: &str) -> Result<BatchView, DeskError> {
    let found = read(connection, "WHERE batch_id = ?1", [batch_id])?;
    let mut batch = found
        .into_iter()
        .next()
        .ok_or(DeskError::NotFound("This batch"))?;
    batch.tallies = tallies(connection, batch_id)?;
    Ok(batch)
}

/// `condition` is one of this file's own.
fn read(
    connection: &Connection,
    condition: &'static str,
    values: impl rusqlite::Params,
) -> Result<Vec<BatchView>, DeskError> {
    let sql = format!(
        "SELECT batch_id, name, file_name, ruleset_key, payment_method, is_recurring, state, created_at, started_at,
                ended_at, problem
         FROM batches {condition}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(values)?;
    let mut batches = Vec::new();
    while let Some(row) = rows.next()? {
        batches.push(BatchView {
            batch_id: row.get("batch_id")?,
            name: row.get("name")?,
            file_name: row.get("file_name")?,
            ruleset_key: row.get("ruleset_key")?,
            payment_method: row.get("payment_method")?,
            is_recurring: row.get("is_recurring")?,
            state: row.get("state")?,
            created_at: row.get::<_, Moment>("created_at")?.to_text(),
            started_at: row
                .get::<_, Option<Moment>>("started_at")?
                .map(Moment::to_text),
            ended_at: row
                .get::<_, Option<Moment>>("ended_at")?
                .map(Moment::to_text),
            problem: row.get("problem")?,
            tallies: BatchTallies::default(),
            progress: None,
        });
    }
    Ok(batches)
}

/// A tally while it grows.
#[derive(Clone, Copy, Default)]
struct Sum {
    count: u32,
    cents: i64,
}

impl Sum {
    fn add(&mut self, count: u32, cents: i64) {
        self.count = self.count.saturating_add(count);
        // A batch holds no more than a twelve-digit total, whatever sorts its rows are of.
        self.cents = self.cents.saturating_add(cents);
    }

    fn tally(self) -> Tally {
        Tally {
            count: self.count,
            total: amount::format_cents(self.cents),
        }
    }
}

#[derive(Default)]
struct Sums {
    rows: Sum,
    planned: Sum,
    asking: Sum,
    accept: Sum,
    review: Sum,
    reroute: Sum,
    other: Sum,
    failed: Sum,
    unknown: Sum,
    cancelled: Sum,
    left_out: Sum,
    undecided: Sum,
    to_debit: Sum,
}

fn tallies(connection: &Connection, batch_id: &str) -> Result<BatchTallies, DeskError> {
    let sql = format!(
        "SELECT {STATE} AS row_state, answer.result, {} AS initiated, count(*) AS debits, coalesce(sum(cents), 0) AS cents
         FROM {ROWS} WHERE debit.batch_id = ?1 GROUP BY 1, 2, 3",
        decided("initiated")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([batch_id])?;
    let mut sums = Sums::default();
    while let Some(row) = rows.next()? {
        let state = row.get::<_, BatchRowState>("row_state")?;
        let result: Option<EvaluationResult> = row.get("result")?;
        let initiated: Option<bool> = row.get("initiated")?;
        let (count, cents) = (row.get("debits")?, row.get("cents")?);
        if state != BatchRowState::LeftOut {
            sums.rows.add(count, cents);
        }
        let sum = match state {
            BatchRowState::Planned => &mut sums.planned,
            BatchRowState::Asking => &mut sums.asking,
            BatchRowState::Failed => &mut sums.failed,
            BatchRowState::Unknown => &mut sums.unknown,
            BatchRowState::Cancelled => &mut sums.cancelled,
            BatchRowState::LeftOut => &mut sums.left_out,
            BatchRowState::Answered => match result {
                Some(EvaluationResult::Accept) => &mut sums.accept,
                Some(EvaluationResult::Review) => &mut sums.review,
                Some(EvaluationResult::Reroute) => &mut sums.reroute,
                Some(EvaluationResult::Other) | None => &mut sums.other,
            },
        };
        sum.add(count, cents);
        match (state, initiated) {
            (BatchRowState::Answered, None) => sums.undecided.add(count, cents),
            (BatchRowState::Answered, Some(true)) => sums.to_debit.add(count, cents),
            _ => {}
        }
    }
    Ok(BatchTallies {
        rows: sums.rows.tally(),
        planned: sums.planned.tally(),
        asking: sums.asking.tally(),
        accept: sums.accept.tally(),
        review: sums.review.tally(),
        reroute: sums.reroute.tally(),
        other: sums.other.tally(),
        failed: sums.failed.tally(),
        unknown: sums.unknown.tally(),
        cancelled: sums.cancelled.tally(),
        left_out: sums.left_out.tally(),
        undecided: sums.undecided.tally(),
        to_debit: sums.to_debit.tally(),
    })
}

/// A row to be asked.
#[derive(Clone, Debug)]
pub(super) struct ToAsk {
    pub(super) position: u32,
    pub(super) id: ClientTransactionId,
    pub(super) account_id: AccountId,
    pub(super) cents: i64,
    pub(super) item_id: ItemId,
    pub(super) institution_id: Option<InstitutionId>,
    pub(super) institution_name: String,
    pub(super) before: Before,
}

/// Whether it was asked before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing of it is written down.
    Never,
    /// It has an evaluation without an answer, to be asked again under its name.
    Asked,
}

/// Rows that have not been asked, and those that are to be asked again, after a position.
pub(super) fn to_ask(
    connection: &Connection,
    batch_id: &str,
    after: Option<u32>,
    most: u32,
) -> Result<Vec<ToAsk>, DeskError> {
    let sql = format!(
        "SELECT debit.position, client_transaction_id, debit.account_id, cents, accounts.item_id, items.institution_id,
                items.institution_name, asked.state
         FROM {ROWS} JOIN accounts ON accounts.account_id = debit.account_id
              JOIN items ON items.item_id = accounts.item_id
         WHERE debit.batch_id = ?1 AND debit.position > ?2 AND ({STATE}) = 'planned'
         ORDER BY debit.position LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query((batch_id, after.map_or(-1, i64::from), most))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(ToAsk {
            position: row.get("position")?,
            id: id_of(&row.get::<_, String>("client_transaction_id")?)?,
            account_id: AccountId::new(row.get::<_, String>("account_id")?),
            cents: row.get("cents")?,
            item_id: ItemId::new(row.get::<_, String>("item_id")?),
            institution_id: row
                .get::<_, Option<String>>("institution_id")?
                .map(InstitutionId::new),
            institution_name: row.get("institution_name")?,
            before: match row.get::<_, Option<String>>("state")? {
                None => Before::Never,
                Some(_) => Before::Asked,
            },
        });
    }
    Ok(found)
}

fn id_of(text: &str) -> Result<ClientTransactionId, DeskError> {
    ClientTransactionId::parse(text).map_err(|_| DeskError::unreadable("a client_transaction_id"))
}

/// How many rows are to be asked.
pub(super) fn how_many_to_ask(connection: &Connection, batch_id: &str) -> Result<u32, DeskError> {
    let sql =
        format!("SELECT count(*) FROM {ROWS} WHERE debit.batch_id = ?1 AND ({STATE}) = 'planned'");
    Ok(connection
        .prepare_cached(&sql)?
        .query_row([batch_id], single_column)?)
}

/// Rows whose answer has not arrived: it can be found out whether Plaid has evaluated them. Those that somebody else is
/// asking at this moment are among them.
pub(super) fn unsettled(
    connection: &Connection,
    batch_id: &str,
) -> Result<Vec<ClientTransactionId>, DeskError> {
    let sql = format!(
        "SELECT client_transaction_id FROM {ROWS}
         WHERE debit.batch_id = ?1 AND asked.state IN ('sending', 'unknown') AND asked.settled IS NULL
         ORDER BY position"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([batch_id])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(id_of(&row.get::<_, String>("client_transaction_id")?)?);
    }
    Ok(found)
}

/// Notes whether a row is to be asked again.
pub(super) fn set_ask_again(
    transaction: &Transaction<'_>,
    batch_id: &str,
    position: u32,
    again: bool,
) -> Result<(), DeskError> {
    let mut statement = transaction.prepare_cached(
        "UPDATE planned_debits SET ask_again = ?3 WHERE batch_id = ?1 AND position = ?2",
    )?;
    statement.execute((batch_id, position, again))?;
    Ok(())
}

/// Notes why a row could not even be written down to be asked; none: it can be tried again.
pub(super) fn set_problem(
    transaction: &Transaction<'_>,
    batch_id: &str,
    position: u32,
    problem: &Problem,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE planned_debits SET problem = ?3 WHERE batch_id = ?1 AND position = ?2",
        (batch_id, position, problem),
    )?;
    Ok(())
}

/// All rows that failed are to be asked again.
///
/// # Errors
/// `NotFound`; `AlreadyRunning`: it was cancelled.
pub(super) fn ask_failed_again(
    transaction: &Transaction<'_>,
    batch_id: &str,
) -> Result<(), DeskError> {
    if view_state(transaction, batch_id)? == BatchState::Cancelled {
        return Err(HAS_ENDED);
    }
    let sql = format!(
        "UPDATE planned_debits SET ask_again = 1, problem = NULL
         WHERE batch_id = ?1 AND position IN
               (SELECT position FROM {ROWS} WHERE debit.batch_id = ?1 AND ({STATE}) = 'failed')"
    );
    let changed = transaction.execute(&sql, [batch_id])?;
    if changed > 0 {
        transaction.execute(
            "UPDATE batches SET state = 'paused', ended_at = NULL WHERE batch_id = ?1 AND state = 'finished'",
            [batch_id],
        )?;
    }
    Ok(())
}

/// Rows of a selection that have an answer, and how many have none.
pub(super) fn answered(
    connection: &Connection,
    batch_id: &str,
    filter: BatchFilter,
    search: &str,
    among: Option<&std::collections::HashSet<u32>>,
    undecided_only: bool,
) -> Result<(Vec<String>, u32), DeskError> {
    let Wanted { condition, values } = wanted(batch_id, filter, search);
    let values: Vec<&dyn ToSql> = values.iter().map(|value| value as &dyn ToSql).collect();
    let undecided = if undecided_only {
        format!(" AND {} IS NULL", decided("initiated"))
    } else {
        String::new()
    };
    let sql = format!(
        "SELECT position, client_transaction_id, coalesce(asked.state = 'answered', 0) AS answered FROM {ROWS}
         WHERE {condition}{undecided} ORDER BY position"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(values.as_slice())?;
    let (mut ids, mut without) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let position: u32 = row.get("position")?;
        if among.is_some_and(|among| !among.contains(&position)) {
            continue;
        }
        match row.get::<_, bool>("answered")? {
            true => ids.push(row.get("client_transaction_id")?),
            false => without += 1,
        }
    }
    Ok((ids, without))
}

/// What running a batch needs to know of it.
pub(super) struct Terms {
    pub(super) batch_id: String,
    pub(super) ruleset_key: Option<String>,
    pub(super) payment_method: Option<String>,
    pub(super) is_recurring: Option<bool>,
}

const HAS_ENDED: DeskError = DeskError::AlreadyRunning("This batch has ended.");

/// Takes a batch up. The caller is the only one who runs any: what is written as running was interrupted, and who
/// resumes it right after a start may come before that was noted.
///
/// # Errors
/// `NotFound`; `AlreadyRunning`: it has ended.
pub(super) fn begin(
    transaction: &Transaction<'_>,
    batch_id: &str,
    now: Timestamp,
) -> Result<Terms, DeskError> {
    pause_interrupted(transaction, |_| false)?;
    let state = view_state(transaction, batch_id)?;
    if matches!(state, BatchState::Finished | BatchState::Cancelled) {
        return Err(HAS_ENDED);
    }
    transaction.execute(
        "UPDATE batches SET state = 'running', problem = NULL, started_at = coalesce(started_at, ?2)
         WHERE batch_id = ?1",
        (batch_id, Moment::from(now)),
    )?;
    let terms = transaction.query_row(
        "SELECT ruleset_key, payment_method, is_recurring FROM batches WHERE batch_id = ?1",
        [batch_id],
        |row| {
            Ok(Terms {
                batch_id: batch_id.to_owned(),
                ruleset_key: row.get("ruleset_key")?,
                payment_method: row.get("payment_method")?,
                is_recurring: row.get("is_recurring")?,
            })
        },
    )?;
    Ok(terms)
}

fn view_state(connection: &Connection, batch_id: &str) -> Result<BatchState, DeskError> {
    let state: Option<BatchState> = connection
        .query_row(
            "SELECT state FROM batches WHERE batch_id = ?1",
            [batch_id],
            single_column,
        )
        .optional()?;
    state.ok_or(DeskError::NotFound("This batch"))
}

/// The name of another batch that runs.
pub(super) fn other_running(
    connection: &Connection,
    batch_id: &str,
) -> Result<Option<String>, DeskError> {
    Ok(connection
        .query_row(
            "SELECT name FROM batches WHERE state = 'running' AND batch_id <> ?1",
            [batch_id],
            single_column,
        )
        .optional()?)
}

/// A run has stopped before its end.
pub(super) fn pause(
    transaction: &Transaction<'_>,
    batch_id: &str,
    problem: Option<&Problem>,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE batches SET state = 'paused', problem = ?2 WHERE batch_id = ?1 AND state = 'running'",
        (batch_id, problem),
    )?;
    Ok(())
}

/// Every row has been asked.
pub(super) fn finish(
    transaction: &Transaction<'_>,
    batch_id: &str,
    now: Timestamp,
) -> Result<(), DeskError> {
    transaction.execute(
        "UPDATE batches SET state = 'finished', problem = NULL, ended_at = ?2
         WHERE batch_id = ?1 AND state IN ('running', 'paused')",
        (batch_id, Moment::from(now)),
    )?;
    Ok(())
}

/// Ends a batch: what has not been asked never is. Rows that are under way stay what they come to, also when the app
/// ends before they do. One that was cancelled already stays so.
///
/// # Errors
/// `NotFound`; `AlreadyRunning`: it has finished.
pub(super) fn cancel(
    transaction: &Transaction<'_>,
    batch_id: &str,
    now: Timestamp,
) -> Result<(), DeskError> {
    if view_state(transaction, batch_id)? == BatchState::Finished {
        return Err(HAS_ENDED);
    }
    transaction.execute(
        "UPDATE batches SET state = 'cancelled', problem = NULL, ended_at = ?2
         WHERE batch_id = ?1 AND state <> 'cancelled'",
        (batch_id, Moment::from(now)),
    )?;
    Ok(())
}

/// What was running when the app ended waits for the user. Answers how many.
pub(super) fn pause_interrupted(
    transaction: &Transaction<'_>,
    is_running: impl Fn(&str) -> bool,
) -> Result<usize, DeskError> {
    let interrupted: Vec<String> = transaction
        .prepare("SELECT batch_id FROM batches WHERE state = 'running'")?
        .query_map([], single_column)?
        .collect::<Result<_, _>>()?;
    let mut paused = 0;
    for id in interrupted.iter().filter(|id| !is_running(id)) {
        pause(transaction, id, None)?;
        paused += 1;
    }
    Ok(paused)
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
