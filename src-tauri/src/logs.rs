//! The log file: one a day in the data folder, seven kept, for the user to hand to support. It
//! holds what happened and Plaid's request ids; secrets have no printable form and cannot reach it.

use std::path::Path;

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// Starts writing to `<data_dir>/logs`. `RUST_LOG` chooses the detail, `info` without it.
///
/// # Errors
/// When the folder cannot be made or written.
pub(crate) fn start(data_dir: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let folder = data_dir.join("logs");
    std::fs::create_dir_all(&folder)?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("balance-desk")
        .filename_suffix("log")
        .max_log_files(7)
        .build(folder)?;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(file)
        .init();
    Ok(())
}
