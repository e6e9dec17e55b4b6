//! Reads and writes the files people bring to Balance Desk: tables, Nacha return files, and the amounts and dates in
//! their cells. Everything here is pure: no async code, no SQL, and no other crate of this workspace.

pub mod amount;
pub mod columns;
pub mod date;
pub mod nacha;
pub mod return_codes;
pub mod table;
