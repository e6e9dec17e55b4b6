//! The Node.js packages of this repository (the UI, the tests with Plaid's clients) and their scripts. Packages are
//! installed exactly as locked, and only when the lock file changes. The stamps that record this are in `node_modules`, so
//! they disappear with the packages and belong to one checkout.

use crate::tools::{Repository, npm};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use xshell::{Cmd, cmd};

/// Vite's requirement: 20.19 or later in version 20, and 22.12 or later.
const NODE_20: (u32, u32) = (20, 19);
const NODE_22: (u32, u32) = (22, 12);

/// A folder with a `package.json`.
pub struct NodePackage<'a> {
    repository: &'a Repository,
    pub folder: PathBuf,
}

impl<'a> NodePackage<'a> {
    pub fn ui(repository: &'a Repository) -> Self {
        let folder = repository.ui();
        Self { repository, folder }
    }

    /// The tests that drive the stand-in with Plaid's own clients.
    pub fn clients(repository: &'a Repository) -> Self {
        let folder = repository.root.join("tests").join("clients");
        Self { repository, folder }
    }

    /// Installs the packages exactly as locked.
    pub fn installed(&self) -> Result<()> {
        check_node(self.repository)?;
        let lock = self.folder.join("package-lock.json");
        let stamp = Stamp::new(&self.folder, "packages", &BTreeSet::from([lock]))?;
        if stamp.is_current() {
            return Ok(());
        }
        let npm = npm();
        self.run(cmd!(self.repository.shell, "{npm} ci --no-audit --no-fund"))?;
        stamp.set()
    }

    /// Runs a script of `package.json`.
    pub fn script(&self, name: &str) -> Result<()> {
        self.run(self.script_command(name))
    }

    /// The command that runs a script of `package.json`.
    pub fn script_command(&self, name: &str) -> Cmd<'a> {
        let npm = npm();
        cmd!(self.repository.shell, "{npm} run --silent {name}")
    }

    /// Runs a command in the package's folder.
    pub fn run(&self, command: Cmd<'_>) -> Result<()> {
        let _inside = self.repository.shell.push_dir(&self.folder);
        self.repository.run(command)
    }
}

fn check_node(repository: &Repository) -> Result<()> {
    let wanted = "Node.js 20.19 or newer (22.12 or newer in the line 22) is needed";
    let version = repository
        .read(cmd!(repository.shell, "node --version"))
        .with_context(|| format!("{wanted}, but there is no program \"node\" in PATH"))?;
    match parse_version(&version) {
        Some(found) if is_supported(found) => Ok(()),
        _ => bail!("{wanted}, but `node --version` says {version:?}"),
    }
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn is_supported(version: (u32, u32)) -> bool {
    version >= NODE_22 || (version >= NODE_20 && version.0 == NODE_20.0)
}

/// Records the content of the files a result was made from.
pub struct Stamp {
    path: PathBuf,
    content: String,
}

impl Stamp {
    pub fn new(folder: &Path, name: &str, files: &BTreeSet<PathBuf>) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        for file in files {
            file.strip_prefix(folder)?.hash(&mut hasher);
            fs::read(file)
                .with_context(|| format!("cannot read {}", file.display()))?
                .hash(&mut hasher);
        }
        Ok(Self {
            path: folder.join("node_modules").join(format!(".xtask-{name}")),
            content: format!("{:016x}", hasher.finish()),
        })
    }

    /// Whether the result was made from the current content.
    pub fn is_current(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|content| content == self.content)
    }

    /// Records that the result is made.
    pub fn set(&self) -> Result<()> {
        Ok(fs::write(&self.path, &self.content)?)
    }
}

#[cfg(test)]
mod tests {
    use super::{is_supported, parse_version};

    #[test]
    fn node_versions_are_judged_as_vite_judges_them() {
        let supported = |text| parse_version(text).is_some_and(is_supported);
        for text in ["v20.19.0", "v20.20.2\n", "v22.12.0", "v24.0.1"] {
            assert!(supported(text), "{text}");
        }
        for text in ["v18.20.4", "v20.18.3", "v21.7.0", "v22.11.0", "node", ""] {
            assert!(!supported(text), "{text}");
        }
    }
}
