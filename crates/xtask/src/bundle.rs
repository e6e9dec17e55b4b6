//! Installers, made by the Tauri CLI from programs that Cargo has already compiled.
//! The stand-in travels with the app: `tauri.bundle.conf.json` names it, in a place only bundling looks at.

use crate::kill_points;
use crate::tools::{Profile, Repository};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use xshell::cmd;

/// What is made on this system.
pub fn formats() -> &'static [&'static str] {
    if cfg!(target_os = "windows") {
        &["nsis", "msi"]
    } else if cfg!(target_os = "macos") {
        &["app", "dmg"]
    } else {
        &["deb", "rpm"]
    }
}

/// Compiles the programs and packs them. Needs `ui/dist`.
pub fn installers(
    repository: &Repository,
    profile: Profile,
    formats: &[&str],
) -> Result<Vec<PathBuf>> {
    repository.build_programs(profile)?;
    of_built_programs(repository, profile, formats)
}

/// Packs the programs that lie in the target folder.
pub fn of_built_programs(
    repository: &Repository,
    profile: Profile,
    formats: &[&str],
) -> Result<Vec<PathBuf>> {
    kill_points::check(repository, profile)?;
    place_stand_in(repository, profile)?;
    let folder = repository.target().join(profile.folder()).join("bundle");
    // What an earlier version left would be taken for a result.
    if folder.is_dir() {
        fs::remove_dir_all(&folder)?;
    }
    let cli = repository
        .ui()
        .join("node_modules/@tauri-apps/cli/tauri.js");
    let formats_argument = formats.join(",");
    let debug = (profile == Profile::Debug).then_some("--debug");
    let bundle = cmd!(
        repository.shell,
        "node {cli} bundle --config tauri.bundle.conf.json --bundles {formats_argument} {debug...} --ci"
    );
    // The CLI looks for a folder src-tauri with everything in it, unless it is told.
    repository.run(
        bundle
            .env("TAURI_APP_PATH", &repository.root)
            .env("TAURI_FRONTEND_PATH", repository.ui()),
    )?;
    results(&folder, formats)
}

/// `externalBin` wants the target's name behind the program's.
fn place_stand_in(repository: &Repository, profile: Profile) -> Result<()> {
    let target = repository.read(cmd!(repository.shell, "rustc --print host-tuple"))?;
    let folder = repository.root.join("src-tauri").join("binaries");
    fs::create_dir_all(&folder)?;
    let program = repository.program(profile, "plaid-sandbox");
    let suffix = std::env::consts::EXE_SUFFIX;
    let place = folder.join(format!("plaid-sandbox-{target}{suffix}"));
    fs::copy(&program, &place).with_context(|| format!("cannot copy {}", program.display()))?;
    Ok(())
}

fn results(folder: &Path, formats: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for format in formats {
        let (subfolder, ending) = match *format {
            "app" => ("macos", "app"),
            "nsis" => ("nsis", "exe"),
            other => (other, other),
        };
        let entries = fs::read_dir(folder.join(subfolder))
            .with_context(|| format!("the Tauri CLI made no {format}"))?;
        let before = found.len();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
        if found.len() == before {
            bail!("the Tauri CLI made no {format}");
        }
    }
    Ok(found)
}
