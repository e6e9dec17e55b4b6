//! The Demo's bank: the program `plaid-sandbox`, started beside the app. It ends when its standard
//! input closes, so it never outlives the app, however the app ends.

use std::{
    io::ErrorKind,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use desk::{BoxFuture, DemoError, DemoLauncher};
use serde::Deserialize;
use tauri::{AppHandle, async_runtime::Receiver};
use tauri_plugin_shell::{
    ShellExt as _,
    process::{CommandChild, CommandEvent},
};
use url::Url;

/// The stand-in's file name, beside the app's own.
const PROGRAM: &str = "plaid-sandbox";

/// Starts the stand-in and keeps its standard input open while it is wanted.
pub(crate) struct Sidecar {
    app: AppHandle,
    running: Arc<Mutex<Option<Running>>>,
}

struct Running {
    address: Url,
    process: CommandChild,
}

/// What the stand-in prints first.
#[derive(Deserialize)]
struct Greeting {
    address: Url,
}

impl Sidecar {
    /// Nothing is started yet.
    pub(crate) fn new(app: AppHandle) -> Self {
        Self {
            app,
            running: Arc::default(),
        }
    }

    async fn launch(&self, state_dir: PathBuf) -> Result<Url, DemoError> {
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
                    .args(["--port", "0"])
                    .spawn()
            })
            .map_err(not_started)?;
        let address = greeting(&mut output).await?;
        *lock(&self.running) = Some(Running {
            address: address.clone(),
            process,
        });
        self.watch(output);
        Ok(address)
    }

    /// Notices the stand-in's end, so that the next call starts a new one.
    fn watch(&self, mut output: Receiver<CommandEvent>) {
        let running = self.running.clone();
        tauri::async_runtime::spawn(async move {
            while let Some(event) = output.recv().await {
                match event {
                    CommandEvent::Stderr(line) => {
                        tracing::info!(line = %String::from_utf8_lossy(&line), "demo");
                    }
                    CommandEvent::Terminated(end) => {
                        tracing::warn!(code = ?end.code, "the Demo's bank has ended");
                        break;
                    }
                    _ => {}
                }
            }
            *lock(&running) = None;
        });
    }
}

/// Waits for the line with the address. What the stand-in says instead is its reason not to start.
async fn greeting(output: &mut Receiver<CommandEvent>) -> Result<Url, DemoError> {
    let mut complaint = String::new();
    while let Some(event) = output.recv().await {
        match event {
            CommandEvent::Stdout(line) => {
                return serde_json::from_slice::<Greeting>(&line)
                    .map(|greeting| greeting.address)
                    .map_err(|error| DemoError::NoAddress(error.to_string()));
            }
            CommandEvent::Stderr(line) => complaint.push_str(&String::from_utf8_lossy(&line)),
            CommandEvent::Terminated(_) => break,
            _ => {}
        }
    }
    Err(DemoError::Ended(complaint.trim().to_owned()))
}

fn not_started(error: tauri_plugin_shell::Error) -> DemoError {
    match error {
        tauri_plugin_shell::Error::Io(error) if error.kind() == ErrorKind::NotFound => {
            DemoError::Missing(PROGRAM.to_owned())
        }
        error => DemoError::Spawn(error.to_string()),
    }
}

fn lock(running: &Mutex<Option<Running>>) -> MutexGuard<'_, Option<Running>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

impl DemoLauncher for Sidecar {
    fn start(&self, state_dir: PathBuf) -> BoxFuture<'_, Result<Url, DemoError>> {
        Box::pin(self.launch(state_dir))
    }

    fn stop(&self) {
        if let Some(running) = lock(&self.running).take()
            && let Err(error) = running.process.kill()
        {
            tracing::warn!(%error, "the Demo's bank could not be stopped");
        }
    }
}
