//! Thresholds as people type them; crossings as readings make them.

use super::*;

#[test]
fn a_threshold_is_read_digit_for_digit() {
    for (typed, expected) in [
        ("100", "100"),
        (" 250.50 ", "250.50"),
        ("0", "0"),
        ("-50", "-50"),
        ("\u{2212}1.125", "-1.125"),
    ] {
        assert_eq!(parse(typed).unwrap().to_string(), expected, "{typed:?}");
    }
    for (typed, word) in [
        ("", "Enter an amount"),
        ("-", "Enter an amount"),
        ("--5", "one minus"),
        ("1,000.00", "thousands"),
        ("12,50", "point"),
        ("$5", "account's currency"),
        ("1e3", "exponent"),
        ("5.", "Write digits"),
        ("1 000", "spaces"),
        ("1234567890123456789", "at most 18 digits"),
    ] {
        let problem = desk_core::problem::Problem::from(parse(typed).unwrap_err());
        assert_eq!(problem.field.as_deref(), Some("threshold"));
        assert!(
            problem.message.contains(word),
            "{typed:?}: {}",
            problem.message
        );
    }
}

#[test]
fn what_is_owed_is_no_balance_to_run_low() {
    let of = |kind: &str, available, current| counted(kind, available, current);
    assert_eq!(
        of("depository", Some("1"), Some("2")),
        (Counted::Available, Some("1"))
    );
    assert_eq!(
        of("depository", None, Some("2")),
        (Counted::Current, Some("2"))
    );
    assert_eq!(of("depository", None, None), (Counted::Nothing, None));
    assert_eq!(of("credit", None, Some("2")), (Counted::Nothing, None));
    assert_eq!(
        of("credit", Some("1"), Some("2")),
        (Counted::Available, Some("1"))
    );
}
