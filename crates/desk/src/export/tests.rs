use std::{fs, path::Path};

use desk_files::table::TableCell;

use super::{view::ExportFormat, writer::RowWriter};
use desk_core::{
    DeskError,
    problem::{Problem, ProblemKind},
};

const HEAD: [&str; 3] = ["name", "current", "hidden"];

fn text(text: &str) -> TableCell {
    TableCell::Text(text.to_owned())
}

fn write(format: ExportFormat, path: &Path, rows: &[[TableCell; 3]]) -> Result<u32, DeskError> {
    let mut writer = RowWriter::begin(format, HEAD.to_vec(), path.to_owned())?;
    for row in rows {
        writer.row(row)?;
    }
    Ok(writer.finish()?.1)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn what_was_there_stays_until_the_new_file_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("accounts.csv");
    fs::write(&path, "old").unwrap();
    let mut writer = RowWriter::begin(ExportFormat::Csv, HEAD.to_vec(), path.clone()).unwrap();
    writer
        .row(&[text("a"), TableCell::Missing, TableCell::Missing])
        .unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    drop(writer);
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(
        names(folder.path()),
        ["accounts.csv"],
        "nothing is left behind"
    );
    write(ExportFormat::Csv, &path, &[]).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "name,current,hidden\r\n"
    );
}

#[test]
fn a_place_that_takes_no_file_is_a_problem_of_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    fs::create_dir(folder.path().join("taken.csv")).unwrap();
    for (path, word) in [
        ("gone/accounts.csv", "the folder is not there"),
        ("file/accounts.csv", "the folder is not there"),
        ("taken.csv", "a folder of this name"),
        ("..", "a folder of this name"),
    ] {
        let refused = write(ExportFormat::Csv, &folder.path().join(path), &[]).unwrap_err();
        let problem = Problem::from(refused);
        assert_eq!(problem.kind, ProblemKind::Disk);
        assert!(
            problem.message.contains(word),
            "{path}: {}",
            problem.message
        );
    }
    let mut there = names(folder.path());
    there.sort();
    assert_eq!(there, ["file", "taken.csv"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_may_not_be_written_to_is_said() {
    // Nobody can create files there, not even root.
    let refused = write(ExportFormat::Csv, Path::new("/proc/accounts.csv"), &[]).unwrap_err();
    let problem = Problem::from(refused);
    assert_eq!(problem.kind, ProblemKind::Disk);
    assert!(
        problem.message.contains("not written"),
        "{}",
        problem.message
    );
}
