//! Writes a file completely or not at all.

use std::{
    fs::File,
    io::{self, BufWriter, ErrorKind, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use desk_core::DeskError;

pub(super) struct Draft {
    to: PathBuf,
    file: BufWriter<NamedTempFile>,
}

impl Draft {
    /// Only the user may read the file, because it contains balances.
    pub(super) fn begin(to: PathBuf) -> Result<Self, DeskError> {
        if to.is_dir() || to.file_name().is_none() {
            return Err(not_exported("there is a folder of this name"));
        }
        let folder = folder(&to);
        let file = tempfile::Builder::new()
            .prefix(".balance-desk-")
            .suffix(".part")
            .tempfile_in(folder)
            .map_err(|error| failed(&error))?;
        Ok(Self {
            to,
            file: BufWriter::with_capacity(1 << 16, file),
        })
    }

    pub(super) fn finish(self) -> Result<PathBuf, DeskError> {
        let file = self
            .file
            .into_inner()
            .map_err(|error| failed(error.error()))?;
        file.as_file().sync_all().map_err(|error| failed(&error))?;
        let to = self.to;
        file.persist(&to).map_err(|error| failed(&error.error))?;
        sync_folder(folder(&to));
        Ok(to)
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn folder(of: &Path) -> &Path {
    match of.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Err(error) = File::open(folder).and_then(|folder| folder.sync_all())
    {
        tracing::debug!(%error, "couldn't sync the folder of an exported file");
    }
}

pub(super) fn failed(error: &io::Error) -> DeskError {
    let reason = match error.kind() {
        ErrorKind::PermissionDenied if cfg!(windows) => {
            "the folder may not be written to, or the file is open in another program".to_owned()
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "the folder may not be written to".to_owned()
        }
        ErrorKind::NotFound | ErrorKind::NotADirectory => "the folder is not there".to_owned(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "the disk is full".to_owned()
        }
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => "the file is in use".to_owned(),
        ErrorKind::IsADirectory => "there is a folder of this name".to_owned(),
        _ => error.to_string(),
    };
    DeskError::NotExported { reason }
}

fn not_exported(reason: &str) -> DeskError {
    DeskError::NotExported {
        reason: reason.to_owned(),
    }
}
