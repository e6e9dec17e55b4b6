//! `desk.json`: which place for secrets is in force, and what was begun and must be finished.
//! It is replaced as a whole and durably, so a reader sees the old one or the new one and never half of one.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::demo::view::DemoLatency;
use desk_core::{
    DeskError,
    environment::Environment,
    secrets::vault::{Stretching, VaultId},
};

/// The form of the file that this program writes.
const FORMAT: u32 = 1;

/// What `desk.json` says. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeskFile {
    format: u32,
    /// The place for secrets in force; none before the first start is through.
    pub(crate) secrets: Option<Place>,
    /// Places not in force that may hold copies of secrets, to be emptied.
    #[serde(default)]
    pub(crate) leftovers: Vec<Place>,
    /// Environments whose erasure has begun, to be finished.
    #[serde(default)]
    pub(crate) erasing: Vec<Environment>,
    /// The environment used last.
    #[serde(default)]
    pub(crate) last_environment: Option<Environment>,
    /// What the next start opens.
    #[serde(default)]
    pub(crate) next_start: NextStart,
    /// How long live balances take in the Demo, once it was chosen.
    #[serde(default)]
    pub(crate) demo_latency: Option<DemoLatency>,
}

/// What a start opens by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum NextStart {
    /// The environment used last.
    #[default]
    LastEnvironment,
    /// None: the user went back to the doors.
    Doors,
}

/// A place for secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub(crate) enum Place {
    /// The operating system's keyring.
    Keyring,
    /// A file that a passphrase opens.
    Passphrase {
        /// Which file; also the salt.
        vault: VaultId,
        /// How the passphrase becomes its key.
        argon2id: Stretching,
    },
}

impl Default for DeskFile {
    fn default() -> Self {
        Self {
            format: FORMAT,
            secrets: None,
            leftovers: Vec::new(),
            erasing: Vec::new(),
            last_environment: None,
            next_start: NextStart::default(),
            demo_latency: None,
        }
    }
}

/// What was found where `desk.json` should be.
#[derive(Debug)]
pub(crate) enum Found {
    /// A file that can be read.
    File(DeskFile),
    /// None.
    Nothing,
    /// Something that is no `desk.json`; it was moved aside.
    Damaged,
}

impl DeskFile {
    /// Where it is.
    pub(crate) fn path(data_dir: &Path) -> PathBuf {
        data_dir.join("desk.json")
    }

    /// Reads it.
    ///
    /// # Errors
    /// `DatabaseNewer` when a newer version wrote it, `Disk` when it cannot be read.
    pub(crate) fn read(data_dir: &Path) -> Result<Found, DeskError> {
        let path = Self::path(data_dir);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(error) => return Err(DeskError::disk(&error)),
        };
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        if serde_json::from_slice::<Format>(&text).is_ok_and(|found| found.format > FORMAT) {
            return Err(DeskError::DatabaseNewer {
                what: format!("The file {}", path.display()),
            });
        }
        if let Ok(file) = serde_json::from_slice(&text) {
            return Ok(Found::File(file));
        }
        let aside = data_dir.join("desk.json.damaged");
        tracing::warn!(aside = %aside.display(), "desk.json cannot be understood and is moved aside");
        std::fs::rename(&path, aside).map_err(|error| DeskError::disk(&error))?;
        Ok(Found::Damaged)
    }

    /// Replaces it; when this returns the new one is on the disk.
    pub(crate) fn write(&self, data_dir: &Path) -> Result<(), DeskError> {
        self.try_write(data_dir)
            .map_err(|error| DeskError::disk(&error))
    }

    fn try_write(&self, data_dir: &Path) -> io::Result<()> {
        // tempfile creates it readable by its owner only.
        let mut file = tempfile::NamedTempFile::with_prefix_in(".desk-", data_dir)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(Self::path(data_dir))?;
        sync_dir(data_dir)
    }
}

/// Makes a change of a folder's entries durable, where the system can.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_was_written() {
        let dir = tempfile::tempdir().unwrap();
        let file = DeskFile {
            secrets: Some(Place::Passphrase {
                vault: VaultId::random(),
                argon2id: Stretching::default(),
            }),
            leftovers: vec![Place::Keyring],
            erasing: vec![Environment::Sandbox],
            last_environment: Some(Environment::Demo),
            next_start: NextStart::Doors,
            ..DeskFile::default()
        };
        file.write(dir.path()).unwrap();
        let Found::File(read) = DeskFile::read(dir.path()).unwrap() else {
            panic!("not found");
        };
        assert_eq!(read, file);
        // Nothing is left beside it.
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_newer_one_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let text = r#"{"format":2,"secrets":{"kind":"hardwareKey"}}"#;
        std::fs::write(DeskFile::path(dir.path()), text).unwrap();
        assert!(matches!(
            DeskFile::read(dir.path()),
            Err(DeskError::DatabaseNewer { .. })
        ));
        assert_eq!(
            std::fs::read_to_string(DeskFile::path(dir.path())).unwrap(),
            text
        );
    }

    #[test]
    fn a_damaged_one_is_moved_aside() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(DeskFile::path(dir.path()), "{\"format\":").unwrap();
        assert!(matches!(
            DeskFile::read(dir.path()).unwrap(),
            Found::Damaged
        ));
        assert!(dir.path().join("desk.json.damaged").exists());
        assert!(matches!(
            DeskFile::read(dir.path()).unwrap(),
            Found::Nothing
        ));
    }
}
