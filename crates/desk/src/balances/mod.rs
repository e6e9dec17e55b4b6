//! Being written.

pub(crate) mod pacing;
pub(crate) mod refresh;
pub mod view;
