//! The UI's packages and its build, each done only when its sources have changed.
//! The stamps lie in `ui/node_modules`, so that they go when the packages go and no other checkout takes them for its own.

use crate::tools::{Repository, npm};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use xshell::cmd;

/// What Vite asks for: 20.19 and up in the line 20, 22.12 and up from the line 22 on.
const NODE_20: (u32, u32) = (20, 19);
const NODE_22: (u32, u32) = (22, 12);

/// Folders that hold results, not sources.
const RESULTS: [&str; 3] = ["node_modules", "dist", "coverage"];

/// Installs the UI's packages, exactly as locked.
pub fn installed(repository: &Repository) -> Result<()> {
    check_node(repository)?;
    let ui = repository.ui();
    let lock = ui.join("package-lock.json");
    let stamp = Stamp::new(&ui, "packages", &BTreeSet::from([lock]))?;
    if stamp.is_current() {
        return Ok(());
    }
    let _in_ui = repository.shell.push_dir(&ui);
    let npm = npm();
    repository.run(cmd!(repository.shell, "{npm} ci --no-audit --no-fund"))?;
    stamp.set()
}

/// Makes `ui/dist`, which is compiled into the app.
pub fn built(repository: &Repository) -> Result<()> {
    installed(repository)?;
    let ui = repository.ui();
    let mut sources = BTreeSet::new();
    collect(&ui, &mut sources)?;
    let stamp = Stamp::new(&ui, "build", &sources)?;
    if stamp.is_current() && ui.join("dist").join("index.html").is_file() {
        return Ok(());
    }
    script(repository, "build")?;
    stamp.set()
}

/// Runs a script of `ui/package.json`.
pub fn script(repository: &Repository, name: &str) -> Result<()> {
    let _in_ui = repository.shell.push_dir(repository.ui());
    let npm = npm();
    repository.run(cmd!(repository.shell, "{npm} run --silent {name}"))
}

fn check_node(repository: &Repository) -> Result<()> {
    let wanted = "Node.js 20.19 or newer (22.12 or newer in the line 22) builds the UI";
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

fn collect(folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if !entry.file_type()?.is_dir() {
            files.insert(path);
        } else if !RESULTS.iter().any(|result| entry.file_name() == *result) {
            collect(&path, files)?;
        }
    }
    Ok(())
}

/// Remembers which content of some files a result was made from.
struct Stamp {
    path: PathBuf,
    content: String,
}

impl Stamp {
    fn new(ui: &Path, name: &str, files: &BTreeSet<PathBuf>) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        for file in files {
            file.strip_prefix(ui)?.hash(&mut hasher);
            fs::read(file)
                .with_context(|| format!("cannot read {}", file.display()))?
                .hash(&mut hasher);
        }
        Ok(Self {
            path: ui.join("node_modules").join(format!(".xtask-{name}")),
            content: format!("{:016x}", hasher.finish()),
        })
    }

    fn is_current(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|content| content == self.content)
    }

    fn set(&self) -> Result<()> {
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
