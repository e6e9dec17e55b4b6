//! Finds out what the columns of a table hold from their headers, for whatever fields an importer has. Also checks the
//! columns the user picks, and knows headers whose cells hold account numbers.

use std::collections::HashSet;

/// The headers by which a field is recognized, as [`bare`] writes them, the surest first.
#[derive(Debug, Clone, Copy)]
pub struct FieldHeaders<F: 'static> {
    pub field: F,
    pub exact: &'static [&'static str],
    /// Counts when no header matches exactly.
    pub contained: &'static [&'static str],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnGuess<F> {
    pub field: F,
    /// From 0.
    pub column: usize,
}

/// Matches headers to fields, in the order of the fields. No column is given to two of them.
pub fn guess<F: Copy>(headers: &[String], fields: &[FieldHeaders<F>]) -> Vec<ColumnGuess<F>> {
    let headers: Vec<String> = headers.iter().map(|header| bare(header)).collect();
    let mut taken = vec![false; headers.len()];
    let mut guesses = Vec::new();
    for of in fields {
        let first = |fits: &dyn Fn(&str) -> bool| {
            (0..headers.len()).find(|column| !taken[*column] && fits(&headers[*column]))
        };
        let exact = || {
            let names = of.exact.iter();
            names
                .copied()
                .find_map(|name| first(&|header| header == name))
        };
        let contained = || first(&|header| of.contained.iter().any(|part| header.contains(part)));
        if let Some(column) = exact().or_else(contained) {
            taken[column] = true;
            guesses.push(ColumnGuess {
                field: of.field,
                column,
            });
        }
    }
    guesses
}

/// Why the columns a user has picked can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnChoiceError<F> {
    NotInFile(F),
    PickedTwice(F),
}

/// # Errors
/// Names the first field whose column is not in the file or belongs to an earlier field.
pub fn check_choice<F>(
    chosen: impl IntoIterator<Item = (F, usize)>,
    columns: usize,
) -> Result<(), ColumnChoiceError<F>> {
    let mut taken = HashSet::new();
    for (field, column) in chosen {
        if column >= columns {
            return Err(ColumnChoiceError::NotInFile(field));
        }
        if !taken.insert(column) {
            return Err(ColumnChoiceError::PickedTwice(field));
        }
    }
    Ok(())
}

/// Whether a column's cells are account numbers, which must not be shown in full.
pub fn holds_account_numbers(header: &str) -> bool {
    let bare = bare(header);
    ["account", "acct", "iban"]
        .iter()
        .any(|word| bare.contains(word))
        && !bare.contains("holder")
        && !bare.contains("name")
}

/// The letters and digits of a header, in lowercase: "Due_Date" and "due date" are the same.
fn bare(header: &str) -> String {
    header
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AMOUNT: FieldHeaders<&str> = FieldHeaders {
        field: "amount",
        exact: &["amount", "total"],
        contained: &["amount"],
    };
    const DATE: FieldHeaders<&str> = FieldHeaders {
        field: "date",
        exact: &["duedate", "date"],
        contained: &[],
    };

    fn guessed(
        headers: &[&str],
        fields: &[FieldHeaders<&'static str>],
    ) -> Vec<(&'static str, usize)> {
        let headers: Vec<String> = headers.iter().map(|&header| header.to_owned()).collect();
        let guesses = guess(&headers, fields).into_iter();
        guesses.map(|guess| (guess.field, guess.column)).collect()
    }

    #[test]
    fn the_surest_header_counts_however_it_is_written() {
        let fields = [AMOUNT, DATE];
        assert_eq!(
            guessed(&["Total", "DATE", "Amount", "Amount", "Due_Date"], &fields),
            [("amount", 2), ("date", 4)]
        );
        assert_eq!(guessed(&["Betrag"], &fields), []);
    }

    #[test]
    fn an_exact_header_comes_before_one_that_contains_a_word() {
        assert_eq!(
            guessed(&["Fee amount", "Total"], &[AMOUNT]),
            [("amount", 1)]
        );
        assert_eq!(guessed(&["x", "Fee amount"], &[AMOUNT]), [("amount", 1)]);
        assert_eq!(guessed(&["Update"], &[DATE]), []);
    }

    #[test]
    fn no_column_is_given_to_two_fields() {
        let fee = FieldHeaders {
            field: "fee",
            ..AMOUNT
        };
        assert_eq!(
            guessed(&["Amount", "Total"], &[AMOUNT, fee]),
            [("amount", 0), ("fee", 1)]
        );
        assert_eq!(guessed(&["Amount"], &[AMOUNT, fee]), [("amount", 0)]);
    }

    #[test]
    fn a_choice_is_checked_against_the_file() {
        assert_eq!(check_choice([("a", 1), ("b", 0)], 2), Ok(()));
        assert_eq!(
            check_choice([("a", 0), ("b", 2)], 2),
            Err(ColumnChoiceError::NotInFile("b"))
        );
        assert_eq!(
            check_choice([("a", 1), ("b", 1)], 2),
            Err(ColumnChoiceError::PickedTwice("b"))
        );
    }

    #[test]
    fn columns_of_account_numbers_are_known() {
        for header in ["Account Number", "acct", "DFI_ACCOUNT"] {
            assert!(holds_account_numbers(header), "{header}");
        }
        for header in ["Account holder", "Amount", "account name"] {
            assert!(!holds_account_numbers(header), "{header}");
        }
    }
}
