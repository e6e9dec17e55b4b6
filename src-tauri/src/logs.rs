//! Daily log files in the data folder, kept for seven days. Secrets have no printable form and can't appear in them.

use std::path::Path;

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// `RUST_LOG` sets the level (default `info`). If the folder isn't writable, logs to standard error.
pub(crate) fn start(data_dir: &Path) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false);
    match file(data_dir) {
        Ok(file) => log.with_writer(file).init(),
        Err(error) => {
            log.with_writer(std::io::stderr).init();
            tracing::error!(%error, "couldn't open a log file");
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
