//! Reading rows by the names of their columns.

use rusqlite::{Row, types::FromSql};

/// The value of a row that has one column.
pub fn single_column<T: FromSql>(row: &Row<'_>) -> rusqlite::Result<T> {
    row.get(0)
}

/// Declares a struct with the index of each named column of a statement. For loops over thousands of rows: looking the
/// names up for each row would take longer than reading the row.
#[macro_export]
macro_rules! columns {
    ($name:ident { $($column:ident),+ $(,)? }) => {
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name {
            $($column: usize),+
        }

        impl $name {
            pub fn of(statement: &rusqlite::Statement<'_>) -> rusqlite::Result<Self> {
                Ok(Self {
                    $($column: statement.column_index(stringify!($column))?),+
                })
            }
        }
    };
}

pub use crate::columns;
