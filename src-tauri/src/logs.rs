//! The log file: one a day in the data folder, seven kept, for the user to hand to support. It
//! holds what happened and Plaid's request ids; secrets have no printable form and cannot reach it.

use std::path::Path;

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// Starts writing to `<data_dir>/logs`. `RUST_LOG` chooses the detail, `info` without it. Where the
/// folder cannot be written the log goes to standard error: the window says what is wrong with it.
pub(crate) fn start(data_dir: &Path) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false);
    match file(data_dir) {
        Ok(file) => log.with_writer(file).init(),
        Err(error) => {
            log.with_writer(std::io::stderr).init();
            tracing::error!(%error, "there is no log file");
        }
    }
}

fn file(data_dir: &Path) -> Result<RollingFileAppender, Box<dyn std::error::Error>> {
    let folder = data_dir.join("logs");
    std::fs::create_dir_all(&folder)?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("balance-desk")
        .filename_suffix("log")
        .max_log_files(7)
        .build(folder)?;
    Ok(file)
}
