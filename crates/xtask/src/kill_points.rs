//! Kill points are places where the kill tests end the process (`kill::point` in the crates). A program that is
//! published must not contain any.

use crate::tools::{Profile, Repository};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// How a kill point begins in the source. Split, so that this line is not taken for one.
const CALL: &str = concat!("kill::", "point(\"");

/// Fails if a release build of the app contains a kill point. A debug build must contain all of them, which shows that
/// this check can find them.
pub fn check(repository: &Repository, profile: Profile) -> Result<()> {
    let names = in_source(&repository.root.join("crates"))?;
    ensure!(!names.is_empty(), "no kill points found in the source");
    let program = repository.program(profile, "balance-desk");
    let content =
        fs::read(&program).with_context(|| format!("cannot read {}", program.display()))?;
    let found = in_program(&content, &names);
    let expected = match profile {
        Profile::Debug => names.iter().map(String::as_str).collect(),
        Profile::Release => BTreeSet::new(),
    };
    ensure!(
        found == expected,
        "{} should contain the kill points {expected:?}, but it contains {found:?}",
        program.display()
    );
    Ok(())
}

fn in_source(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            names.extend(in_source(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path)?;
            let calls = text.split(CALL).skip(1);
            names.extend(calls.filter_map(|call| Some(call.split_once('"')?.0.to_owned())));
        }
    }
    Ok(names)
}

fn in_program<'a>(content: &[u8], names: &'a BTreeSet<String>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    // The compiler puts texts next to each other, so a name may be a part of a longer run of its characters.
    let runs = content.split(|byte| !matches!(byte, b'a'..=b'z' | b'.' | b'_'));
    for run in runs.filter(|run| run.contains(&b'.')) {
        let run = String::from_utf8_lossy(run);
        found.extend(
            names
                .iter()
                .map(String::as_str)
                .filter(|name| run.contains(name)),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::in_program;
    use std::collections::BTreeSet;

    #[test]
    fn kill_points_are_found_between_other_texts() {
        let names = BTreeSet::from(["batch.begun".to_owned(), "batch.ended".to_owned()]);
        let find = |content: &[u8]| in_program(content, &names);
        assert_eq!(
            find(b"\0xbatch.begunlink.granted\xff"),
            BTreeSet::from(["batch.begun"])
        );
        assert!(find(b"batch.began batch-begun").is_empty());
    }
}
