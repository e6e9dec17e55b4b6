//! The stand-in's banks: institutions, customers and their accounts. This module knows neither requests nor storage.

mod custom_customer;
pub(crate) mod customers;
mod demo_customers;
pub(crate) mod history;
pub(crate) mod institutions;
pub(crate) mod logo;
pub(crate) mod second_factor;
