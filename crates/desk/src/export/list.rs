//! Exports the list of accounts with the screen's rows, columns, and order.

use std::{collections::HashMap, path::PathBuf};

use desk_files::table::TableCell;
use jiff::Timestamp;

use super::{
    view::{ExportDone, ExportFormat, ListColumn},
    writer::RowWriter,
};
use crate::export::Exports;
use desk_banks::{
    accounts::view::{AccountRow, AccountsList},
    items::view::ItemHealth,
};
use desk_core::{DeskError, store::blocking};

impl Exports {
    pub(super) async fn accounts(
        &self,
        account_ids: Vec<String>,
        columns: Vec<ListColumn>,
        now: Timestamp,
        format: ExportFormat,
        path: PathBuf,
    ) -> Result<ExportDone, DeskError> {
        if columns.is_empty() {
            return Err(DeskError::invalid("columns", "Choose at least one column."));
        }
        let accounts = self
            .session
            .store
            .read(move |connection| desk_banks::accounts::list(connection, now))
            .await?;
        let (path, rows) =
            blocking(move || write(&accounts, &account_ids, &columns, format, path)).await?;
        Ok(ExportDone {
            path: path.display().to_string(),
            rows,
        })
    }
}

fn write(
    accounts: &AccountsList,
    account_ids: &[String],
    columns: &[ListColumn],
    format: ExportFormat,
    path: PathBuf,
) -> Result<(PathBuf, u32), DeskError> {
    let by_id: HashMap<&str, &AccountRow> = accounts
        .rows
        .iter()
        .map(|row| (row.account_id.as_str(), row))
        .collect();
    let head = columns.iter().map(|column| name(*column)).collect();
    let mut writer = RowWriter::begin(format, head, path)?;
    for row in account_ids.iter().filter_map(|id| by_id.get(id.as_str())) {
        let cells: Vec<TableCell> = columns
            .iter()
            .map(|column| cell(accounts, row, *column))
            .collect();
        writer.row(&cells)?;
    }
    writer.finish()
}

const fn name(column: ListColumn) -> &'static str {
    match column {
        ListColumn::Person => "person",
        ListColumn::Institution => "institution",
        ListColumn::Name => "name",
        ListColumn::BankName => "bank_name",
        ListColumn::OfficialName => "official_name",
        ListColumn::Mask => "mask",
        ListColumn::Type => "type",
        ListColumn::Subtype => "subtype",
        ListColumn::Currency => "currency",
        ListColumn::Available => "available",
        ListColumn::Current => "current",
        ListColumn::Limit => "limit",
        ListColumn::Change => "change",
        ListColumn::ReadAt => "read_at",
        ListColumn::LastUpdatedAt => "last_updated_at",
        ListColumn::Source => "source",
        ListColumn::Health => "health",
        ListColumn::Threshold => "threshold",
        ListColumn::BelowSince => "below_since",
        ListColumn::Hidden => "hidden",
        ListColumn::AccountId => "account_id",
        ListColumn::ItemId => "item_id",
    }
}

fn cell(accounts: &AccountsList, row: &AccountRow, column: ListColumn) -> TableCell {
    let item = &accounts.items[row.item as usize];
    let reading = row.reading.as_ref();
    let low = row.low_balance.as_ref();
    let some = |text: &str| TableCell::Text(text.to_owned());
    match column {
        ListColumn::Person => some(&accounts.people[item.person as usize].name),
        ListColumn::Institution => some(&accounts.institutions[item.institution as usize].name),
        ListColumn::Name => some(row.own_name.as_ref().unwrap_or(&row.name)),
        ListColumn::BankName => some(&row.name),
        ListColumn::OfficialName => TableCell::text(row.official_name.clone()),
        ListColumn::Mask => TableCell::text(row.mask.clone()),
        ListColumn::Type => some(&row.account_type),
        ListColumn::Subtype => TableCell::text(row.subtype.clone()),
        ListColumn::Currency => {
            TableCell::text(reading.and_then(|reading| reading.currency.clone()))
        }
        ListColumn::Available => {
            TableCell::exact(reading.and_then(|reading| reading.available.clone()))
        }
        ListColumn::Current => {
            TableCell::exact(reading.and_then(|reading| reading.current.clone()))
        }
        ListColumn::Limit => TableCell::exact(reading.and_then(|reading| reading.limit.clone())),
        ListColumn::Change => {
            TableCell::exact(row.change.as_ref().map(|change| change.amount.clone()))
        }
        ListColumn::ReadAt => TableCell::exact(reading.map(|reading| reading.read_at.clone())),
        ListColumn::LastUpdatedAt => {
            TableCell::exact(reading.and_then(|reading| reading.last_updated_at.clone()))
        }
        ListColumn::Source => {
            TableCell::exact(reading.map(|reading| <&str>::from(reading.source).to_owned()))
        }
        ListColumn::Health => TableCell::Exact(health(&item.health).to_owned()),
        ListColumn::Threshold => TableCell::exact(low.map(|low| low.threshold.clone())),
        ListColumn::BelowSince => TableCell::exact(low.and_then(|low| low.below_since.clone())),
        ListColumn::Hidden => TableCell::Flag(row.hidden),
        ListColumn::AccountId => some(&row.account_id),
        ListColumn::ItemId => some(&item.item_id),
    }
}

const fn health(health: &ItemHealth) -> &'static str {
    match health {
        ItemHealth::Healthy => "healthy",
        ItemHealth::NeedsAttention { .. } => "needs_attention",
        ItemHealth::Removing { .. } => "removing",
    }
}
