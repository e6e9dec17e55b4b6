//! Being written.

pub mod event;
pub mod view;
