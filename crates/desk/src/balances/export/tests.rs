//! Files as they come to the disk, read back by others.

use std::{fs, path::Path};

use super::{
    view::ExportFormat,
    writer::{Cell, RowWriter},
};
use crate::{
    DeskError,
    problem::{Problem, ProblemKind},
};

const HEAD: [&str; 3] = ["name", "current", "hidden"];

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn write(format: ExportFormat, path: &Path, rows: &[[Cell; 3]]) -> Result<u32, DeskError> {
    let mut writer = RowWriter::begin(format, HEAD.to_vec(), path.to_owned())?;
    for row in rows {
        writer.row(row)?;
    }
    Ok(writer.finish()?.1)
}

/// What is in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn csv_is_read_back_as_it_was_and_computes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("accounts.csv");
    let amount = |amount: &str| Cell::Exact(amount.to_owned());
    let names_in = [
        "Plain",
        "Comma, \"quoted\"",
        "two\r\nlines",
        "Åsa 🦆",
        "=HYPERLINK(\"http://x\")",
        "+1",
        "-5",
        "-cmd",
        "@SUM(A1)",
        "\tx",
        "\u{ff1d}1+1",
    ];
    let mut rows: Vec<[Cell; 3]> = names_in
        .iter()
        .map(|name| [text(name), amount("-10.50"), Cell::Flag(true)])
        .collect();
    rows.push([text(""), Cell::Missing, Cell::Missing]);
    assert_eq!(write(ExportFormat::Csv, &path, &rows).unwrap(), 12);

    let bytes = fs::read(&path).unwrap();
    assert!(bytes.starts_with(b"name,current,hidden\r\nPlain,-10.50,true\r\n"));
    assert!(bytes.ends_with(b",,\r\n"), "a last row of nothing is a row");
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let read: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let names: Vec<&str> = read.iter().map(|record| &record[0]).collect();
    assert_eq!(
        names,
        [
            "Plain",
            "Comma, \"quoted\"",
            "two\r\nlines",
            "Åsa 🦆",
            "'=HYPERLINK(\"http://x\")",
            "+1",
            "-5",
            "'-cmd",
            "'@SUM(A1)",
            "'\tx",
            "'\u{ff1d}1+1",
            "",
        ]
    );
    assert!(read[..11].iter().all(|record| &record[1] == "-10.50"));
    assert_eq!(self::names(folder.path()), ["accounts.csv"]);
}

#[test]
fn json_keeps_amounts_digit_for_digit_and_columns_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("accounts.json");
    let rows = [
        [
            text("=1"),
            Cell::Exact("23631.9805".to_owned()),
            Cell::Flag(false),
        ],
        [text("\"\n"), Cell::Missing, Cell::Missing],
    ];
    write(ExportFormat::Json, &path, &rows).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "[\n{\"name\":\"=1\",\"current\":\"23631.9805\",\"hidden\":false},\n\
         {\"name\":\"\\\"\\n\",\"current\":null,\"hidden\":null}\n]\n"
    );
    let empty = folder.path().join("empty.json");
    write(ExportFormat::Json, &empty, &[]).unwrap();
    let list: Vec<u8> = serde_json::from_slice(&fs::read(&empty).unwrap()).unwrap();
    assert!(list.is_empty());
}

#[test]
fn what_was_there_stays_until_the_new_file_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("accounts.csv");
    fs::write(&path, "old").unwrap();
    let mut writer = RowWriter::begin(ExportFormat::Csv, HEAD.to_vec(), path.clone()).unwrap();
    writer
        .row(&[text("a"), Cell::Missing, Cell::Missing])
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
    // Nobody may make files there, root included.
    let refused = write(ExportFormat::Csv, Path::new("/proc/accounts.csv"), &[]).unwrap_err();
    let problem = Problem::from(refused);
    assert_eq!(problem.kind, ProblemKind::Disk);
    assert!(
        problem.message.contains("not written"),
        "{}",
        problem.message
    );
}
