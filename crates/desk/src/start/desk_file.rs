//! `desk.json` records where secrets are stored and which multistep changes must be finished. It is replaced
//! atomically and durably.

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
    secrets::vault::{KeyDerivation, VaultId},
};

const FORMAT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeskFile {
    format: u32,
    pub(crate) secrets: Option<SecretPlace>,
    /// Other places that may still hold copies of secrets and must be emptied.
    #[serde(default)]
    pub(crate) leftovers: Vec<SecretPlace>,
    #[serde(default)]
    pub(crate) erasing: Vec<Environment>,
    #[serde(default)]
    pub(crate) last_environment: Option<Environment>,
    #[serde(default)]
    pub(crate) next_start: NextStart,
    #[serde(default)]
    pub(crate) demo_latency: Option<DemoLatency>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum NextStart {
    #[default]
    LastEnvironment,
    Doors,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub(crate) enum SecretPlace {
    Keyring,
    Passphrase {
        vault: VaultId,
        argon2id: KeyDerivation,
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

#[derive(Debug)]
pub(crate) enum DeskFileContents {
    File(DeskFile),
    Nothing,
    Damaged,
}

impl DeskFile {
    pub(crate) fn path(data_dir: &Path) -> PathBuf {
        data_dir.join("desk.json")
    }

    pub(crate) fn read(data_dir: &Path) -> Result<DeskFileContents, DeskError> {
        let path = Self::path(data_dir);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(DeskFileContents::Nothing);
            }
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
            return Ok(DeskFileContents::File(file));
        }
        let aside = data_dir.join("desk.json.damaged");
        tracing::warn!(aside = %aside.display(), "desk.json is damaged; moved it aside");
        std::fs::rename(&path, aside).map_err(|error| DeskError::disk(&error))?;
        Ok(DeskFileContents::Damaged)
    }

    pub(crate) fn write(&self, data_dir: &Path) -> Result<(), DeskError> {
        self.try_write(data_dir)
            .map_err(|error| DeskError::disk(&error))
    }

    fn try_write(&self, data_dir: &Path) -> io::Result<()> {
        // tempfile creates files that only the owner can read.
        let mut file = tempfile::NamedTempFile::with_prefix_in(".desk-", data_dir)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(Self::path(data_dir))?;
        sync_dir(data_dir)
    }
}

/// Makes renames in a folder durable, where the system supports that.
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
            secrets: Some(SecretPlace::Passphrase {
                vault: VaultId::random(),
                argon2id: KeyDerivation::default(),
            }),
            leftovers: vec![SecretPlace::Keyring],
            erasing: vec![Environment::Sandbox],
            last_environment: Some(Environment::Demo),
            next_start: NextStart::Doors,
            ..DeskFile::default()
        };
        file.write(dir.path()).unwrap();
        let DeskFileContents::File(read) = DeskFile::read(dir.path()).unwrap() else {
            panic!("not found");
        };
        assert_eq!(read, file);
        // No other file remains.
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
            DeskFileContents::Damaged
        ));
        assert!(dir.path().join("desk.json.damaged").exists());
        assert!(matches!(
            DeskFile::read(dir.path()).unwrap(),
            DeskFileContents::Nothing
        ));
    }
}
