use rusqlite::{Row, types::FromSql};

pub fn single_column<T: FromSql>(row: &Row<'_>) -> rusqlite::Result<T> {
    row.get(0)
}

/// Declares a struct with the index of each named column. Looking up names for each of thousands of rows would take
/// longer than reading the rows.
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
