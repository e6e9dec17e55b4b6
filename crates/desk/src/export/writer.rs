//! Writes table rows to a file and reports disk errors.

use std::path::PathBuf;

use desk_files::table::{TableCell, TableFormat, TableWriter};

use super::{
    file::{Draft, failed},
    view::ExportFormat,
};
use desk_core::DeskError;

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

    pub(super) fn row(&mut self, cells: &[TableCell]) -> Result<(), DeskError> {
        self.0.row(cells).map_err(|error| failed(&error))
    }

    pub(super) fn finish(self) -> Result<(PathBuf, u32), DeskError> {
        let (draft, rows) = self.0.finish().map_err(|error| failed(&error))?;
        Ok((draft.finish()?, rows))
    }
}
