//! Builds the UI if its sources have changed.

use crate::node::{NodePackage, Stamp};
use crate::tools::Repository;
use anyhow::Result;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of build results.
const RESULTS: [&str; 3] = ["node_modules", "dist", "coverage"];

/// Builds `ui/dist`, which is compiled into the app.
pub fn built(repository: &Repository) -> Result<()> {
    let ui = NodePackage::ui(repository);
    ui.installed()?;
    let mut sources = BTreeSet::new();
    collect(&ui.folder, &mut sources)?;
    let stamp = Stamp::new(&ui.folder, "build", &sources)?;
    if stamp.is_current() && ui.folder.join("dist").join("index.html").is_file() {
        return Ok(());
    }
    ui.script("build")?;
    stamp.set()
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
