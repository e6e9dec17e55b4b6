//! The stand-in as a process of its own, started by the desk as its Demo, and a desk that needs no keyring.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
};

use desk::{BoxFuture, DemoError, DemoLauncher, demo::view::DemoLatency};
use url::Url;

/// Starts the program; it ends with its standard input.
pub struct StandIn {
    program: PathBuf,
    /// How long live balances take, in milliseconds or in a word.
    latency: &'static str,
    running: Mutex<Option<(Child, Url)>>,
}

impl StandIn {
    /// Nothing is started yet.
    pub fn new(program: PathBuf, latency: &'static str) -> Self {
        Self {
            program,
            latency,
            running: Mutex::default(),
        }
    }

    /// Where it is, while it runs.
    #[allow(dead_code, reason = "each program uses its own part of this")]
    pub fn address(&self) -> Option<Url> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().map(|(_, address)| address.clone())
    }

    fn launch(&self, state_dir: &Path) -> Result<Url, DemoError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, address)) = running.as_ref() {
            return Ok(address.clone());
        }
        let mut child = Command::new(&self.program)
            .arg("--state")
            .arg(state_dir)
            .args(["--latency", self.latency])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| DemoError::Spawn(format!("{}: {error}", self.program.display())))?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output)
                .read_line(&mut line)
                .map_err(|error| DemoError::NoAddress(error.to_string()))?;
        }
        let said: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        let address: Url = said["address"]
            .as_str()
            .and_then(|address| address.parse().ok())
            .ok_or(DemoError::NoAddress(line))?;
        *running = Some((child, address.clone()));
        Ok(address)
    }
}

impl DemoLauncher for StandIn {
    fn start(
        &self,
        state_dir: PathBuf,
        _latency: Option<DemoLatency>,
    ) -> BoxFuture<'_, Result<Url, DemoError>> {
        Box::pin(async move { self.launch(&state_dir) })
    }

    fn control(&self) -> Option<Url> {
        None
    }

    fn stop(&self) {
        let running = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some((mut child, _)) = running {
            drop(child.stdin.take());
            let _ = child.wait();
        }
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.stop();
    }
}
