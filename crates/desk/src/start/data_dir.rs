//! The private folder of databases and logs, which one process locks.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use super::desk_file::sync_dir;
use desk_core::{DeskError, environment::Environment, secrets::vault::VaultId};

#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    /// The operating system releases the lock when the process ends.
    _lock: File,
}

impl DataDir {
    pub(crate) fn hold(path: &Path) -> Result<Self, DeskError> {
        create_private(path).map_err(|error| DeskError::disk(&error))?;
        create_private(&path.join("logs")).map_err(|error| DeskError::disk(&error))?;
        let lock =
            private_file(&path.join("desk.lock")).map_err(|error| DeskError::disk(&error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(DeskError::AlreadyRunning(
                "Balance Desk is already running with this data. Close the other one first.",
            )),
            Err(TryLockError::Error(error)) => Err(DeskError::disk(&error)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn database(&self, environment: Environment) -> PathBuf {
        database(&self.path, environment)
    }

    pub(crate) fn demo_bank(&self) -> PathBuf {
        self.path.join("demo-bank")
    }

    pub(crate) fn vaults(&self) -> io::Result<Vec<VaultId>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            found.extend(entry?.file_name().to_str().and_then(VaultId::of_file_name));
        }
        Ok(found)
    }

    /// Also deletes SQLite's companion files. Missing files are fine.
    pub(crate) fn delete_database(&self, path: &Path) -> Result<(), DeskError> {
        // The log first: with the database file present, it could restore deleted pages.
        for suffix in ["-wal", "-shm", "-journal", ""] {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            absent_is_fine(fs::remove_file(PathBuf::from(name)))?;
        }
        sync_dir(&self.path).map_err(|error| DeskError::disk(&error))
    }

    pub(crate) fn delete_demo_bank(&self) -> Result<(), DeskError> {
        absent_is_fine(fs::remove_dir_all(self.demo_bank()))
    }
}

pub(crate) fn database(data_dir: &Path, environment: Environment) -> PathBuf {
    data_dir.join(format!("{}.db", environment.name()))
}

/// SQLite leaves an empty file if it is stopped before its first write.
pub(crate) fn has_database(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.len() > 0)
}

fn absent_is_fine(done: io::Result<()>) -> Result<(), DeskError> {
    match done {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(DeskError::disk(&error)),
        _ => Ok(()),
    }
}

/// Also restricts a folder that already exists.
fn create_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data");
        let held = DataDir::hold(&path).unwrap();
        assert!(matches!(
            DataDir::hold(&path),
            Err(DeskError::AlreadyRunning(_))
        ));
        drop(held);
        DataDir::hold(&path).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_looks_in() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data");
        let _held = DataDir::hold(&path).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join("logs")), 0o700);
        assert_eq!(mode(&path.join("desk.lock")), 0o600);
    }
}
