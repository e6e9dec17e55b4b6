//! The Demo's bank: the program `plaid-sandbox`, started beside the app. It ends when its standard input closes, so
//! it never outlives the app.

use std::{
    io::ErrorKind,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use desk::{BoxFuture, DemoError, DemoLauncher, demo::view::DemoLatency, environment::Environment};
use serde::Deserialize;
use tauri::{AppHandle, Manager as _, async_runtime::Receiver};
use tauri_plugin_shell::{
    ShellExt as _,
    process::{CommandChild, CommandEvent},
};
use tokio::time::timeout;
use url::Url;

use crate::shell::Shell;

const PROGRAM: &str = "plaid-sandbox";
/// Time limit for printing its address, and the minimum lifetime before an automatic restart.
const PATIENCE: Duration = Duration::from_secs(10);

/// Keeps the stand-in's standard input open while the Demo needs it.
pub(crate) struct Sidecar {
    app: AppHandle,
    usual_latency: DemoLatency,
    running: Arc<Mutex<Option<SidecarProcess>>>,
}

struct SidecarProcess {
    address: Url,
    control: Url,
    process: CommandChild,
}

#[derive(Deserialize)]
struct SidecarAddresses {
    address: Url,
    control: Url,
}

impl Sidecar {
    pub(crate) fn new(app: AppHandle, usual_latency: DemoLatency) -> Self {
        Self {
            app,
            usual_latency,
            running: Arc::default(),
        }
    }

    async fn launch(&self, state_dir: PathBuf, latency: DemoLatency) -> Result<Url, DemoError> {
        if let Some(running) = lock(&self.running).as_ref() {
            return Ok(running.address.clone());
        }
        let (mut output, process) = self
            .app
            .shell()
            .sidecar(PROGRAM)
            .and_then(|command| {
                command
                    .arg("--state")
                    .arg(state_dir)
                    .args(["--port", "0", "--control-port", "0"])
                    .args(["--latency", &latency.word()])
                    .spawn()
            })
            .map_err(not_started)?;
        let SidecarAddresses { address, control } =
            match timeout(PATIENCE, read_addresses(&mut output)).await {
                Ok(read_addresses) => read_addresses?,
                Err(_) => {
                    end(process);
                    return Err(DemoError::NoAddress("nothing was said".to_owned()));
                }
            };
        let pid = process.pid();
        *lock(&self.running) = Some(SidecarProcess {
            address: address.clone(),
            control,
            process,
        });
        self.watch(output, pid);
        Ok(address)
    }

    /// Restarts a stand-in that ended, unless it had only just started; then the user must retry.
    fn watch(&self, mut output: Receiver<CommandEvent>, pid: u32) {
        let (app, running) = (self.app.clone(), Arc::clone(&self.running));
        let started = Instant::now();
        tauri::async_runtime::spawn(async move {
            while let Some(event) = output.recv().await {
                match event {
                    CommandEvent::Stderr(line) => {
                        tracing::info!(line = %String::from_utf8_lossy(&line), "demo");
                    }
                    CommandEvent::Terminated(end) => {
                        tracing::warn!(code = ?end.code, "the Demo's bank exited");
                        break;
                    }
                    _ => {}
                }
            }
            let by_itself = lock(&running)
                .take_if(|running| running.process.pid() == pid)
                .is_some();
            if by_itself && started.elapsed() > PATIENCE {
                restart(&app).await;
            }
        });
    }
}

async fn restart(app: &AppHandle) {
    let shell = app.state::<Shell>();
    let desk = shell.desk().await;
    if desk.status().await.open == Some(Environment::Demo)
        && let Err(error) = desk.open_environment(Environment::Demo).await
    {
        tracing::error!(%error, "couldn't restart the Demo's bank");
    }
}

/// Waits for the line with the addresses. Any other output explains why it didn't start.
async fn read_addresses(
    output: &mut Receiver<CommandEvent>,
) -> Result<SidecarAddresses, DemoError> {
    let mut complaint = String::new();
    while let Some(event) = output.recv().await {
        match event {
            CommandEvent::Stdout(line) => {
                return serde_json::from_slice(&line)
                    .map_err(|error| DemoError::NoAddress(error.to_string()));
            }
            CommandEvent::Stderr(line) => complaint.push_str(&String::from_utf8_lossy(&line)),
            CommandEvent::Terminated(_) => break,
            _ => {}
        }
    }
    Err(DemoError::Ended(complaint.trim().to_owned()))
}

fn end(process: CommandChild) {
    if let Err(error) = process.kill() {
        tracing::warn!(%error, "couldn't stop the Demo's bank");
    }
}

fn not_started(error: tauri_plugin_shell::Error) -> DemoError {
    match error {
        tauri_plugin_shell::Error::Io(error) if error.kind() == ErrorKind::NotFound => {
            DemoError::Missing(PROGRAM.to_owned())
        }
        error => DemoError::Spawn(error.to_string()),
    }
}

fn lock(running: &Mutex<Option<SidecarProcess>>) -> MutexGuard<'_, Option<SidecarProcess>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

impl DemoLauncher for Sidecar {
    fn start(
        &self,
        state_dir: PathBuf,
        latency: Option<DemoLatency>,
    ) -> BoxFuture<'_, Result<Url, DemoError>> {
        Box::pin(self.launch(state_dir, latency.unwrap_or(self.usual_latency)))
    }

    fn control(&self) -> Option<Url> {
        lock(&self.running)
            .as_ref()
            .map(|running| running.control.clone())
    }

    fn stop(&self) {
        if let Some(running) = lock(&self.running).take() {
            end(running.process);
        }
    }
}
