//! Customers and their banks: Items, Link, accounts, balances, and history.

pub mod accounts;
pub mod balances;
pub mod history;
pub mod items;
pub mod link;
pub mod support;
