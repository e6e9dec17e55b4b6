//! Files as banks send them, made here record by record, and what is said of damaged ones.

use jiff::civil::date;
use proptest::prelude::*;

use super::{
    control::{ControlTotals, HASH},
    record::WIDTH,
    *,
};

/// An entry with its addenda, before its numbers are filled in.
#[derive(Debug, Clone)]
struct Made {
    transaction: u8,
    bank: u32,
    account: String,
    cents: u64,
    identification: String,
    name: String,
    /// `R01`, `C01`; none without addenda.
    code: Option<String>,
    information: String,
}

fn made(code: &str, cents: u64) -> Made {
    Made {
        transaction: 26,
        bank: 2_107_112,
        account: "000123456789".to_owned(),
        cents,
        identification: "order-7".to_owned(),
        name: "ADA LOVELACE".to_owned(),
        code: Some(code.to_owned()),
        information: String::new(),
    }
}

fn header() -> String {
    format!(
        "101 {:<9} {:<9}2611241200A094101{:<23}{:<23}{:<8}",
        "061000052", "021000021", "YOUR COMPANY", "FIRST PLATYPUS BANK", ""
    )
}

fn batch_header(class: &str, number: u32) -> String {
    format!(
        "5225{:<16}{:<20}{:<10}{class}{:<10}{:<6}261120329{}{:<8}{number:07}",
        "YOUR COMPANY", "NOVEMBER RENTS", "1234567890", "RENT", "NOV 20", "1", "02100002"
    )
}

/// The records of one batch, with its control.
fn batch(
    class: &str,
    number: u32,
    entries: &[Made],
    first_trace: u64,
) -> (Vec<String>, ControlTotals) {
    let mut lines = vec![batch_header(class, number)];
    let mut sums = ControlTotals::default();
    for (entry, trace) in entries.iter().zip(first_trace..) {
        let Made {
            transaction,
            bank,
            account,
            cents,
            identification,
            name,
            code,
            information,
        } = entry;
        let addenda = u8::from(code.is_some());
        lines.push(format!(
            "6{transaction:02}{bank:08}1{account:<17}{cents:010}{identification:<15}{name:<22}  {addenda}{trace:015}"
        ));
        sums.records += 1 + u64::from(addenda);
        sums.hash = (sums.hash + u64::from(*bank)) % HASH;
        if transaction % 10 >= 5 {
            sums.debits += cents;
        } else {
            sums.credits += cents;
        }
        if let Some(code) = code {
            let kind = if code.starts_with('C') { 98 } else { 99 };
            lines.push(format!(
                "7{kind}{code}{:015}{:<6}{:<8}{information:<44}{trace:015}",
                91_000_010_000_001_u64, "", "02107112"
            ));
        }
    }
    let ControlTotals {
        records,
        hash,
        debits,
        credits,
    } = sums;
    lines.push(format!(
        "8225{records:06}{hash:010}{debits:012}{credits:012}{:<10}{:<19}{:<6}{:<8}{number:07}",
        "1234567890", "", "", "02100002"
    ));
    (lines, sums)
}

/// A whole file of batches, filled up with nines.
fn file(batches: &[(&str, Vec<Made>)]) -> Vec<String> {
    let mut lines = vec![header()];
    let mut sums = ControlTotals::default();
    let mut trace = 21_000_020_000_001;
    for ((class, entries), number) in batches.iter().zip(1..) {
        let (of_batch, of_sums) = batch(class, number, entries, trace);
        trace += u64::try_from(entries.len()).unwrap();
        lines.extend(of_batch);
        sums.add(of_sums);
    }
    let blocks = (lines.len() + 1).div_ceil(10);
    let count = batches.len();
    let ControlTotals {
        records,
        hash,
        debits,
        credits,
    } = sums;
    lines.push(format!(
        "9{count:06}{blocks:06}{records:08}{hash:010}{debits:012}{credits:012}{:<39}",
        ""
    ));
    lines.resize(blocks * 10, "9".repeat(WIDTH));
    lines
}

fn faults(lines: &[String]) -> Vec<NachaFault> {
    parse(&lines.join("\n")).unwrap_err().faults
}

#[test]
fn a_return_is_read_with_its_code_amount_name_and_dates() {
    let mut died = made("R15", 45_000);
    died.information = "SEE LETTER".to_owned();
    let mut lines = file(&[("PPD", vec![made("R01", 125_050), died])]);
    let addenda = lines[5].clone();
    lines[5] = format!("{}261101{}", &addenda[..21], &addenda[27..]);
    let text = lines.join("\n");
    assert!(looks_like(&text));
    let file = parse(&text).unwrap();
    assert_eq!(file.origin_name, "FIRST PLATYPUS BANK");
    assert_eq!(file.created_on, Some(date(2026, 11, 24)));
    assert_eq!((file.batches, file.other_entries), (1, 0));
    let [first, second] = file.returns.as_slice() else {
        panic!("{file:?}");
    };
    assert_eq!(first.code, "R01");
    assert_eq!(first.entry.amount.to_string(), "1250.50");
    assert_eq!(first.entry.identification, "order-7");
    assert_eq!(first.entry.name, "ADA LOVELACE");
    assert_eq!(first.entry.account_ending, "6789");
    assert_eq!((first.entry.line, first.addenda_line), (3, 4));
    assert_eq!(first.original_trace, "091000010000001");
    assert_eq!(first.batch.description, "RENT");
    assert_eq!(first.batch.effective_on, Some(date(2026, 11, 20)));
    // Day 329 of the year.
    assert_eq!(first.batch.settled_on, Some(date(2026, 11, 25)));
    assert_eq!(second.died_on, Some(date(2026, 11, 1)));
    assert_eq!(second.information, "SEE LETTER");
    // The number itself is nowhere.
    assert!(!format!("{file:?}").contains("123456789"));
}

#[test]
fn lines_may_end_as_they_like_or_not_at_all() {
    let lines = file(&[("PPD", vec![made("R03", 1)])]);
    let trimmed: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    for text in [
        lines.join("\r\n"),
        lines.join("\r\n") + "\r\n\r\n",
        lines.join("\r"),
        lines.concat(),
        lines.concat() + "\n",
        lines.join("\n") + "\u{1a}",
        trimmed.join("\n"),
        // Without the filling.
        lines[..6].join("\n"),
    ] {
        assert_eq!(parse(&text).unwrap().returns.len(), 1, "{text}");
    }
}

#[test]
fn changes_and_other_entries_are_no_returns() {
    let mut plain = made("R01", 700);
    plain.code = None;
    plain.transaction = 22;
    let mut change = made("C01", 0);
    change.information = "987654321".to_owned();
    let lines = file(&[
        ("PPD", vec![made("R02", 500), plain]),
        ("COR", vec![change]),
        ("CTX", vec![made("R29", 99)]),
    ]);
    let file = parse(&lines.join("\n")).unwrap();
    assert_eq!(file.batches, 3);
    assert_eq!(file.returns.len(), 2);
    assert_eq!(file.other_entries, 1);
    assert_eq!(file.changes[0].code, "C01");
    assert_eq!(file.changes[0].entry.account_ending, "6789");
    assert!(change_meaning("C01").contains("account number"));
    assert!(change_meaning("C99").contains("Ask"));
    // The new account number is not taken along.
    assert!(!format!("{file:?}").contains("987654321"));
}

#[test]
fn international_and_corporate_entries_have_fields_elsewhere() {
    let lines = file(&[
        ("IAT", vec![made("R80", 500)]),
        ("CTX", vec![made("R01", 5)]),
    ]);
    let file = parse(&lines.join("\n")).unwrap();
    assert_eq!(file.returns[0].entry.identification, "");
    assert_eq!(file.returns[1].entry.identification, "order-7");
}

#[test]
fn what_is_damaged_is_told_by_line_and_column() {
    type Damage = fn(&mut Vec<String>);
    let cases: &[(Damage, u64, Option<usize>, &str)] = &[
        (
            |l| l[2].truncate(90),
            3,
            Some(91),
            "94 characters; this one has 90",
        ),
        (|l| l[2].push('x'), 3, Some(94), "this one has 95"),
        (
            |l| l[2].replace_range(29..30, "x"),
            3,
            Some(30),
            "The amount must be digits, not \"x\"",
        ),
        (
            |l| l[3].replace_range(3..6, "X01"),
            4,
            Some(4),
            "R and two digits, not \"X01\"",
        ),
        (
            |l| l[3].replace_range(93..94, "9"),
            4,
            Some(80),
            "not that of the entry in line 3",
        ),
        (
            |l| l[2].replace_range(78..79, "0"),
            4,
            Some(1),
            "says that no addenda follow",
        ),
        (
            |l| drop(l.remove(3)),
            3,
            Some(79),
            "addenda follow, and none does",
        ),
        (
            |l| l[6].replace_range(4..10, "000009"),
            7,
            Some(5),
            "count of entries and addenda is 9; its entries give 4",
        ),
        (
            |l| l[6].replace_range(10..20, "0000000001"),
            7,
            Some(11),
            "entry hash is 1",
        ),
        (
            |l| l[6].replace_range(20..32, "000000000001"),
            7,
            Some(21),
            "total of debits is 0.01; its entries give 8.00",
        ),
        (
            |l| l[6].replace_range(32..44, "000000000001"),
            7,
            Some(33),
            "total of credits is 0.01",
        ),
        (
            |l| l[6].replace_range(87..94, "0000009"),
            7,
            Some(88),
            "batch number is 0000009",
        ),
        (
            |l| l[7].replace_range(1..7, "000002"),
            8,
            Some(2),
            "counts 2 batches; the file has 1",
        ),
        (|l| l[7].replace_range(55..56, "z"), 0, None, ""),
        (
            |l| l[7].replace_range(7..13, "000002"),
            10,
            None,
            "counts 2 blocks",
        ),
        (|l| drop(l.remove(8)), 9, None, "filled up with 1 records"),
        (|l| l.truncate(7), 7, None, "without a file control"),
        (
            |l| drop(l.remove(6)),
            7,
            Some(1),
            "Batch 0000001 has no batch control",
        ),
        (
            |l| drop(l.remove(0)),
            1,
            Some(1),
            "begins with a file header",
        ),
        (
            |l| l[1].replace_range(0..1, "4"),
            2,
            Some(1),
            "no record type \"4\"",
        ),
        (
            |l| l[1].replace_range(1..4, "999"),
            2,
            Some(2),
            "no service class code",
        ),
        (|l| drop(l.remove(1)), 2, Some(1), "outside a batch"),
        (|l| l.insert(3, header()), 4, Some(1), "second file header"),
        (
            |l| l[9] = l[2].clone(),
            10,
            Some(1),
            "only records of nines",
        ),
        (
            |l| l[0].replace_range(34..37, "095"),
            1,
            Some(35),
            "record size must be 094",
        ),
        (
            |l| l[0].replace_range(23..29, "261324"),
            1,
            Some(24),
            "is no date",
        ),
    ];
    for (damage, line, column, words) in cases {
        let mut lines = file(&[("PPD", vec![made("R01", 300), made("R02", 500)])]);
        assert_eq!(lines.len(), 10);
        damage(&mut lines);
        if *line == 0 {
            // The reserved end of the file's control may hold anything.
            assert!(parse(&lines.join("\n")).is_ok());
            continue;
        }
        let found = faults(&lines);
        assert!(
            found.iter().any(|fault| fault.line == *line
                && fault.column == *column
                && fault.message.contains(words)),
            "{line} {column:?} {words}: {found:?}"
        );
    }
}

#[test]
fn a_file_of_another_kind_is_told_soon() {
    let rubbish = "x".repeat(94 * 1_000);
    assert_eq!(parse(&rubbish).unwrap_err().faults.len(), MOST_FAULTS);
    assert!(!looks_like("101,R01,5.00\n"));
    assert!(!looks_like("code;amount\n"));
    assert!(parse("").is_err());
    let words = parse(&rubbish).unwrap_err().to_string();
    assert!(words.starts_with("Line 1, column 1: "), "{words}");
    assert!(words.ends_with("And 45 more."), "{words}");
}

fn any_entry() -> impl Strategy<Value = Made> {
    (
        prop::sample::select(vec![21_u8, 26, 31, 36]),
        0..=99_999_999_u32,
        "[0-9A-Z]{1,17}",
        0..=9_999_999_999_u64,
        "[!-~]{0,15}",
        "[A-Z]{0,11}",
        prop::option::of(prop::sample::select(vec![
            "R01", "R10", "R61", "C01", "C14",
        ])),
    )
        .prop_map(
            |(transaction, bank, account, cents, identification, name, code)| Made {
                transaction,
                bank,
                account,
                cents,
                identification,
                name,
                code: code.map(str::to_owned),
                information: String::new(),
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read(batches in prop::collection::vec(prop::collection::vec(any_entry(), 0..6), 0..4),
                               end in prop::sample::select(vec!["\n", "\r\n", ""])) {
        let with_class: Vec<_> = batches.iter().map(|entries| ("PPD", entries.clone())).collect();
        let read = parse(&file(&with_class).join(end)).unwrap();
        let of = |letter: char| batches.iter().flatten()
            .filter(|made| made.code.as_deref().is_some_and(|code| code.starts_with(letter))).collect::<Vec<_>>();
        let returns = of('R');
        prop_assert_eq!(read.returns.len(), returns.len());
        prop_assert_eq!(read.changes.len(), of('C').len());
        for (read, made) in read.returns.iter().zip(returns) {
            prop_assert_eq!(Some(&read.code), made.code.as_ref());
            prop_assert_eq!(&read.entry.identification, made.identification.trim());
            prop_assert_eq!(&read.entry.name, &made.name);
            prop_assert_eq!(read.entry.amount, Decimal::new(i64::try_from(made.cents).unwrap(), 2));
            prop_assert!(made.account.ends_with(&read.entry.account_ending));
        }
    }

    #[test]
    fn no_text_is_too_strange(text in "(?s).{0,300}") {
        let _ = parse(&text);
    }
}
