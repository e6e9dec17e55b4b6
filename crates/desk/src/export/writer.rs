//! Writes a table to a file, so that each failure names what is wrong with the disk.

use std::path::PathBuf;

use desk_files::table::{TableCell, TableFormat, TableWriter};

use super::{
    file::{Draft, failed},
    view::ExportFormat,
};
use desk_core::DeskError;

/// A file that is written row by row.
pub(super) struct RowWriter(TableWriter<Draft>);

impl RowWriter {
    pub(super) fn begin(
        format: ExportFormat,
        head: Vec<&'static str>,
        path: PathBuf,
    ) -> Result<Self, DeskError> {
        let format = match format {
            ExportFormat::Csv => TableFormat::Csv,
            ExportFormat::Json => TableFormat::Json,
        };
        let writer = TableWriter::begin(format, head, Draft::begin(path)?);
        writer.map(Self).map_err(|error| failed(&error))
    }

    /// Writes one row, a cell for each column.
    pub(super) fn row(&mut self, cells: &[TableCell]) -> Result<(), DeskError> {
        self.0.row(cells).map_err(|error| failed(&error))
    }

    /// Puts the file in its place; answers its path and the number of rows.
    pub(super) fn finish(self) -> Result<(PathBuf, u32), DeskError> {
        let (draft, rows) = self.0.finish().map_err(|error| failed(&error))?;
        Ok((draft.finish()?, rows))
    }
}
