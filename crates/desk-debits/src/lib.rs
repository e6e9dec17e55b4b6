//! Debits: evaluations, decisions and their delivery, batches, returns, and what became of all of them.

pub mod activity;
pub mod audit;
pub mod batches;
pub mod decisions;
pub mod evaluations;
pub mod outcomes;
pub mod returns;
