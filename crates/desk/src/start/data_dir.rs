//! The folder of databases and logs: made private, held by one process, and what is where in it.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use super::desk_file::sync_dir;
use desk_core::{DeskError, environment::Environment, secrets::vault::VaultId};

/// The folder, held by this process until it is dropped.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    /// The operating system lets go of the lock when the process ends, however it ends.
    _lock: File,
}

impl DataDir {
    /// Makes the folder if it is not there, and takes hold of it.
    ///
    /// # Errors
    /// `AlreadyRunning` when another process holds it, `Disk`.
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

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// An environment's database.
    pub(crate) fn database(&self, environment: Environment) -> PathBuf {
        database(&self.path, environment)
    }

    /// Where the Demo's stand-in keeps its state.
    pub(crate) fn demo_bank(&self) -> PathBuf {
        self.path.join("demo-bank")
    }

    /// The passphrase files that are there.
    pub(crate) fn vaults(&self) -> io::Result<Vec<VaultId>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            found.extend(entry?.file_name().to_str().and_then(VaultId::of_file_name));
        }
        Ok(found)
    }

    /// Deletes a database with what SQLite keeps beside it; what is not there is no error.
    pub(crate) fn delete_database(&self, path: &Path) -> Result<(), DeskError> {
        // The log first: without the file it belongs to nothing, with it it could bring deleted pages back.
        for suffix in ["-wal", "-shm", "-journal", ""] {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            absent_is_fine(fs::remove_file(PathBuf::from(name)))?;
        }
        sync_dir(&self.path).map_err(|error| DeskError::disk(&error))
    }

    /// Deletes the state of the Demo's stand-in.
    pub(crate) fn delete_demo_bank(&self) -> Result<(), DeskError> {
        absent_is_fine(fs::remove_dir_all(self.demo_bank()))
    }
}

/// An environment's database in a data folder.
pub(crate) fn database(data_dir: &Path, environment: Environment) -> PathBuf {
    data_dir.join(format!("{}.db", environment.name()))
}

/// Whether a database has ever been written there. SQLite leaves an empty file when it is stopped before the first write.
pub(crate) fn has_database(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.len() > 0)
}

fn absent_is_fine(done: io::Result<()>) -> Result<(), DeskError> {
    match done {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(DeskError::disk(&error)),
        _ => Ok(()),
    }
}

/// Makes a folder that only its owner can look into, also when it was there before.
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
