//! Files as spreadsheets, banks, and people write them.

use super::*;

fn taken(bytes: &[u8]) -> TableFile {
    read(bytes, 1_000).unwrap()
}

fn cells(table: &TableFile) -> Vec<Vec<&str>> {
    table
        .rows
        .iter()
        .map(|row| (0..table.headers.len()).map(|i| row.cell(i)).collect())
        .collect()
}

#[test]
fn marks_and_characters_are_read() {
    let utf16 = |big: bool, mark: bool| {
        let text = format!(
            "{}name,amount\nJürgen,5\n",
            if mark { "\u{feff}" } else { "" }
        );
        text.encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect::<Vec<u8>>()
    };
    for (bytes, characters) in [
        (
            "name,amount\nJürgen,5\n".as_bytes().to_vec(),
            Characters::Utf8,
        ),
        (
            "\u{feff}name,amount\nJürgen,5".as_bytes().to_vec(),
            Characters::Utf8,
        ),
        (utf16(false, true), Characters::Utf16),
        (utf16(true, true), Characters::Utf16),
        (utf16(false, false), Characters::Utf16),
        (utf16(true, false), Characters::Utf16),
        (
            b"name,amount\r\nJ\xfcrgen,5\r\n".to_vec(),
            Characters::Windows1252,
        ),
    ] {
        let table = taken(&bytes);
        assert_eq!(table.characters, characters);
        assert_eq!(table.headers, ["name", "amount"]);
        assert_eq!(cells(&table), [["Jürgen", "5"]]);
    }
}

#[test]
fn the_separator_is_found() {
    for (text, separator) in [
        ("a,b\n1,2\n", Separator::Comma),
        ("a;b\n1,5;2,5\n3,5;4,5\n", Separator::Semicolon),
        ("a\tb, c\n1\t2\n", Separator::Tab),
        ("a|b|c\n1|2,3|4\n", Separator::Bar),
        (
            "name,amount\n\"Doe; Jane\",5\n\"Roe; Rick\",6\n",
            Separator::Comma,
        ),
        ("sep=;\r\na;b\r\n1;2\r\n", Separator::Semicolon),
        ("only\n1\n2\n", Separator::Comma),
    ] {
        assert_eq!(taken(text.as_bytes()).separator, separator, "{text:?}");
    }
}

#[test]
fn quotes_and_line_ends_are_read() {
    let table = taken(
        b"\r\nname,note\r\n\"Doe, Jane\",\"two\r\nlines\"\r\n,,\r\n\r\n\"say \"\"hi\"\"\", x \r\n",
    );
    assert_eq!(
        cells(&table),
        [["Doe, Jane", "two\r\nlines"], ["say \"hi\"", "x"]]
    );
    let lines: Vec<u64> = table.rows.iter().map(|row| row.line).collect();
    assert_eq!(lines, [3, 7]);
    let old = taken(b"a,b\r1,2\r3,4");
    assert_eq!(cells(&old), [["1", "2"], ["3", "4"]]);
    assert_eq!(old.rows[1].line, 3);
}

#[test]
fn short_and_long_rows_are_told() {
    let table = taken(b"a,,c,\n1\n1,234.50,x,,\n1,2,3,4\n");
    assert_eq!(table.headers, ["a", "Column 2", "c"]);
    assert_eq!(table.rows[0].cell(2), "");
    let overflowing: Vec<bool> = table.rows.iter().map(|row| row.overflows(3)).collect();
    assert_eq!(overflowing, [false, false, true]);
}

#[test]
fn what_is_no_table_is_refused() {
    let refused = |bytes: &[u8]| read(bytes, 3).unwrap_err();
    assert_eq!(refused(b""), TableFileError::Empty);
    assert_eq!(refused(b" \r\n \n"), TableFileError::Empty);
    assert_eq!(refused(b",,\n,,\n"), TableFileError::Empty);
    assert_eq!(refused(b"a,b\n"), TableFileError::NoRows);
    assert_eq!(refused(b"PK\x03\x04\x14rest"), TableFileError::NotText);
    assert_eq!(refused(b"a,b\n1,\0\0\0\n"), TableFileError::NotText);
    assert_eq!(
        refused(b"\xef\xbb\xbfa,b\n\xff,1\n"),
        TableFileError::NotUnicode
    );
    assert_eq!(
        refused(b"a,b\n1,2\n3,\"4\n5,6\n"),
        TableFileError::OpenQuote { line: 3 }
    );
    assert_eq!(
        refused(b"a\n1\n2\n3\n4\n"),
        TableFileError::TooManyRows { most: 3 }
    );
    assert!(read(b"a\n1\n2\n3\n", 3).is_ok());
    let long = format!("a,b\n1,{}\n2,3\n", "x".repeat(LONGEST_CELL + 1));
    assert_eq!(
        refused(long.as_bytes()),
        TableFileError::CellTooLong { line: 2 }
    );
    assert_eq!(
        refused(&b"a".repeat(LARGEST_FILE + 1)),
        TableFileError::TooLarge
    );
    assert_eq!(
        refused(",".repeat(250).replace(',', "x,").as_bytes()),
        TableFileError::TooManyColumns
    );
}
