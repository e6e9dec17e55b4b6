//! Being written.

use std::sync::Arc;

use crate::{Desk, OpenEnvironment};

pub(crate) mod asking;
pub(crate) mod outbox;
pub mod view;

/// Takes up what was left unfinished, when the environment is opened.
pub(crate) async fn resume(_desk: Desk, _env: Arc<OpenEnvironment>) {}
