//! How rows and column types map to Rust: by column name, in one macro.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

/// Declares a struct with a field for each column of a table, the primary key first. `save` inserts the row, or updates
/// the one with the same key.
macro_rules! table_row {
    (
        $(#[$meta:meta])*
        struct $name:ident in $table:literal {
            $key:ident: $key_type:ty,
            $($(#[$field_meta:meta])* $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$meta])*
        pub(crate) struct $name {
            pub(crate) $key: $key_type,
            $($(#[$field_meta])* pub(crate) $field: $type,)*
        }

        impl $name {
            /// The rows that a WHERE or ORDER BY clause selects.
            pub(crate) fn select(
                db: &rusqlite::Connection,
                clauses: &str,
                params: impl rusqlite::Params,
            ) -> rusqlite::Result<Vec<Self>> {
                let read = |row: &rusqlite::Row<'_>| {
                    let mut columns = 0..;
                    let mut next = || columns.next().unwrap_or_default();
                    Ok(Self { $key: row.get(next())?, $($field: row.get(next())?,)* })
                };
                // The SELECT lists the fields in order, so that no row has to look up its columns by name.
                let select = concat!(
                    "SELECT ", stringify!($key), $(", ", stringify!($field),)* " FROM ", $table,
                );
                db.prepare_cached(&format!("{select} {clauses}"))?
                    .query_map(params, read)?
                    .collect()
            }

            pub(crate) fn save(&self, db: &rusqlite::Connection) -> rusqlite::Result<()> {
                let upsert = concat!(
                    "INSERT INTO ", $table, " (", stringify!($key), $(", ", stringify!($field),)*
                    ") VALUES (:", stringify!($key), $(", :", stringify!($field),)*
                    ") ON CONFLICT (", stringify!($key), ") DO UPDATE SET ",
                    $(stringify!($field), " = excluded.", stringify!($field), ", ",)*
                    stringify!($key), " = excluded.", stringify!($key),
                );
                let values: &[(&str, &dyn rusqlite::ToSql)] = &[
                    (concat!(":", stringify!($key)), &self.$key),
                    $((concat!(":", stringify!($field)), &self.$field),)*
                ];
                db.prepare_cached(upsert)?.execute(values).map(drop)
            }
        }
    };
}
pub(super) use table_row;

/// Stores a type as text: `$to_text` writes it, `$from_text` reads it.
macro_rules! text_column {
    ($type:ty) => {
        text_column!(
            $type,
            |value| Ok::<_, std::fmt::Error>(ToString::to_string(value)),
            str::parse
        );
    };
    ($type:ty, $to_text:expr, $from_text:expr) => {
        impl rusqlite::types::ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                let to_text: fn(&Self) -> Result<String, _> = $to_text;
                to_text(self)
                    .map(Into::into)
                    .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
            }
        }

        impl rusqlite::types::FromSql for $type {
            fn column_result(
                value: rusqlite::types::ValueRef<'_>,
            ) -> rusqlite::types::FromSqlResult<Self> {
                let from_text: fn(&str) -> Result<Self, _> = $from_text;
                from_text(value.as_str()?).map_err(rusqlite::types::FromSqlError::other)
            }
        }
    };
}
pub(super) use text_column;

/// Stores a type as JSON.
macro_rules! json_column {
    ($type:ty) => {
        $crate::store::columns::text_column!($type, |value| serde_json::to_string(value), |text| {
            serde_json::from_str(text)
        });
    };
}
pub(super) use json_column;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SandboxTime(pub(crate) jiff::Timestamp);

impl fmt::Display for SandboxTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for SandboxTime {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for SandboxTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StringList(pub(crate) Vec<String>);

impl StringList {
    pub(crate) fn has(&self, text: &str) -> bool {
        self.0.iter().any(|known| known == text)
    }
}

text_column!(SandboxTime);
text_column!(crate::amount::Amount);
json_column!(StringList);
