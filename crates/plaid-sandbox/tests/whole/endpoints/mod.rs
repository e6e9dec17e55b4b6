//! Every endpoint's answers, checked against the official description.

mod balances;
mod items;
mod requests;
mod signal;
