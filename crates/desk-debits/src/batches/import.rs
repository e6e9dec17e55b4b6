//! A draft becomes a batch: checked once more, and written down whole or not at all. From then on each row has the name
//! under which it is evaluated.

use desk_files::table as file_table;
use plaid::ClientTransactionId;
use uuid::Uuid;

use super::{
    check::{self, Checked, CheckedRow},
    columns,
    table::{self, NewBatch, NewFate, NewRow},
    view::{BatchView, ErrorRows, ImportRequest, ImportSettings, ImportSeverity},
};
use crate::{batches::Batches, evaluations::evaluate};
use desk_core::{DeskError, event::DeskEvent, kill};

/// The longest name, in characters.
const LONGEST_NAME: usize = 120;

const PAYMENT_METHODS: [&str; 3] = ["SAME_DAY_ACH", "STANDARD_ACH", "MULTIPLE_PAYMENT_METHODS"];

impl Batches {
    /// Makes a batch of what was read: each row gets the name under which it is evaluated. Nothing is sent.
    ///
    /// # Errors
    /// Fields of [`ImportSettings`], `mapping`; `NotFound`, `NothingOpen`, `Disk`, `Database`. Nothing is written then.
    pub async fn import_draft(
        &self,
        request: ImportRequest,
        settings: ImportSettings,
    ) -> Result<BatchView, DeskError> {
        let draft = self.draft.get(&request.draft_id)?;
        let settings = checked(settings)?;
        let (today, now) = (self.today(), self.session.now());
        let batch = self
            .session
            .store
            .write(move |transaction| -> Result<_, DeskError> {
                let checked = check::check(transaction, &draft, &request, today)?;
                acceptable(&checked, &settings)?;
                let batch_id = Uuid::new_v4().to_string();
                let batch = NewBatch {
                    batch_id: &batch_id,
                    name: &settings.name,
                    file_name: draft.file_name.as_deref(),
                    ruleset_key: settings.ruleset_key.as_deref(),
                    payment_method: settings.payment_method.as_deref(),
                    is_recurring: settings.is_recurring,
                };
                table::insert(transaction, &batch, now)?;
                write_rows(transaction, &batch_id, &checked)?;
                let headers = file_table::headers_key(&draft.table.headers);
                table::remember(transaction, &headers, &request.mapping, now)?;
                table::view(transaction, &batch_id)
            })
            .await?;
        kill::point("batch.imported");
        self.discard_draft();
        self.session.emit(DeskEvent::BatchesChanged);
        Ok(batch)
    }
}

/// The settings, if all of them can be used.
fn checked(settings: ImportSettings) -> Result<ImportSettings, DeskError> {
    let name = settings.name.trim().to_owned();
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(DeskError::invalid(
            "name",
            format!("Give the batch a name of at most {LONGEST_NAME} characters."),
        ));
    }
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let payment_method = given(settings.payment_method);
    if payment_method
        .as_deref()
        .is_some_and(|method| !PAYMENT_METHODS.contains(&method))
    {
        return Err(DeskError::invalid(
            "paymentMethod",
            format!("Choose one of {}, or nothing.", PAYMENT_METHODS.join(", ")),
        ));
    }
    Ok(ImportSettings {
        name,
        ruleset_key: evaluate::ruleset_key(settings.ruleset_key.as_deref())?,
        payment_method,
        ..settings
    })
}

/// Whether the user wants it so.
fn acceptable(checked: &Checked<'_>, settings: &ImportSettings) -> Result<(), DeskError> {
    let refuse = |field, message: String| Err(DeskError::invalid(field, message));
    if let Some(refused) = &checked.refused {
        return refuse("rows", refused.clone());
    }
    let of = |severity| {
        let rows = checked.rows.iter();
        rows.filter(move |row| !row.left_out && row.severity() == Some(severity))
            .count()
    };
    let (errors, warnings) = (of(ImportSeverity::Error), of(ImportSeverity::Warning));
    if errors > 0 && settings.errors == ErrorRows::Refuse {
        return refuse(
            "rows",
            format!("Rows with errors: {errors}. Correct them, or leave them out."),
        );
    }
    if !checked.rows.iter().any(CheckedRow::is_ready) {
        return refuse("rows", "There is no row that can be imported.".to_owned());
    }
    if warnings > 0 && !settings.warnings_confirmed {
        return refuse(
            "warnings",
            format!("Rows with warnings: {warnings}. Look at them, and confirm."),
        );
    }
    Ok(())
}

fn write_rows(
    transaction: &rusqlite::Transaction<'_>,
    batch_id: &str,
    checked: &Checked<'_>,
) -> Result<(), DeskError> {
    let rows = checked.rows.iter().map(|row| new_row(checked, row));
    table::insert_rows(transaction, batch_id, rows)
}

fn new_row<'a>(checked: &'a Checked<'_>, row: &'a CheckedRow<'_>) -> NewRow<'a> {
    let account = row.account.map(|place| checked.directory.get(place));
    let whose = row.said.whose;
    let planned = account.filter(|_| row.is_ready());
    NewRow {
        position: row.row,
        line: row.source.line,
        person_name: account.map_or(whose.person, |account| &account.person_name),
        account_name: account.map_or(whose.account, |account| &account.name),
        account_mask: match account {
            Some(account) => account.mask.as_deref(),
            None => Some(whose.mask).filter(|mask| !mask.is_empty()),
        },
        institution_name: account.map_or("", |account| &account.institution_name),
        cents: row.cents,
        reference: row.said.reference,
        planned_on: row.planned_on.map(|day| day.to_string()),
        fate: match planned {
            Some(account) => NewFate::Planned {
                id: new_id(),
                account_id: &account.account_id,
            },
            None => NewFate::LeftOut { why: why(row) },
        },
    }
}

/// A name that no other evaluation has.
fn new_id() -> ClientTransactionId {
    ClientTransactionId::parse(&Uuid::new_v4().to_string()).expect("a UUID has 36 characters")
}

/// Why a row is left out, in words.
fn why(row: &CheckedRow<'_>) -> String {
    let errors: Vec<String> = row
        .problems
        .iter()
        .filter(|problem| problem.severity == ImportSeverity::Error)
        .map(|problem| format!("{}: {}", columns::title(problem.field), problem.message))
        .collect();
    if errors.is_empty() {
        "Left out at the import.".to_owned()
    } else {
        errors.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(name: &str) -> ImportSettings {
        ImportSettings {
            name: name.to_owned(),
            ruleset_key: None,
            payment_method: None,
            is_recurring: None,
            errors: ErrorRows::Refuse,
            warnings_confirmed: false,
        }
    }

    #[test]
    fn settings_are_checked_field_by_field() {
        assert_eq!(checked(settings(" Rents ")).unwrap().name, "Rents");
        let field = |settings| match checked(settings).unwrap_err() {
            DeskError::InvalidInput { field, .. } => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(settings("  ")), "name");
        assert_eq!(field(settings(&"n".repeat(121))), "name");
        let method = ImportSettings {
            payment_method: Some("NEXT_DAY_ACH".to_owned()),
            ..settings("Rents")
        };
        assert_eq!(field(method), "paymentMethod");
        let key = ImportSettings {
            ruleset_key: Some("two words".to_owned()),
            ..settings("Rents")
        };
        assert_eq!(field(key), "rulesetKey");
    }
}
