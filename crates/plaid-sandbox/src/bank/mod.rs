//! The make-believe banking world: which institutions there are, who banks there and
//! what is in the accounts. Plain data; nothing here knows of requests or storage.

pub(crate) mod custom_customer;
pub(crate) mod customers;
pub(crate) mod demo_customers;
pub(crate) mod history;
pub(crate) mod institutions;
pub(crate) mod logo;
pub(crate) mod second_factor;
