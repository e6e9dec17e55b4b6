//! Installers, which the Tauri CLI makes from programs that Cargo has already compiled. They include the stand-in
//! (`tauri.bundle.conf.json`), which the Demo runs.

use crate::kill_points;
use crate::tools::{Profile, Repository};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use xshell::cmd;

/// The installer formats for this system.
pub fn formats() -> &'static [&'static str] {
    if cfg!(target_os = "windows") {
        &["nsis", "msi"]
    } else if cfg!(target_os = "macos") {
        &["app", "dmg"]
    } else {
        &["deb", "rpm"]
    }
}

/// Compiles and packs the programs. Needs `ui/dist`.
pub fn installers(
    repository: &Repository,
    profile: Profile,
    formats: &[&str],
) -> Result<Vec<PathBuf>> {
    repository.build_programs(profile)?;
    of_built_programs(repository, profile, formats)
}

/// Packs the programs in the target folder.
pub fn of_built_programs(
    repository: &Repository,
    profile: Profile,
    formats: &[&str],
) -> Result<Vec<PathBuf>> {
    kill_points::check(repository, profile)?;
    place_stand_in(repository, profile)?;
    let folder = repository.target().join(profile.folder()).join("bundle");
    // Otherwise installers of an earlier version would count as results.
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
    // By default the CLI expects everything in a folder named src-tauri.
    repository.run(
        bundle
            .env("TAURI_APP_PATH", &repository.root)
            .env("TAURI_FRONTEND_PATH", repository.ui()),
    )?;
    results(&folder, formats)
}

/// `externalBin` expects the target triple after the program's name.
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
