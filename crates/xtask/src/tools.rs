//! The repository, and how programs are started in it.
//! Cargo is always started with the same features, so that the commands share what they compile.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use xshell::{Cmd, Shell, cmd};

/// How programs are compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to compile, slow to run.
    Debug,
    /// What is published.
    Release,
}

impl Profile {
    /// The folder below the target folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// What commands printed that run beside others.
#[derive(Clone, Default)]
pub struct Captured(Arc<Mutex<String>>);

impl Captured {
    fn add(&self, text: &str) {
        self.0.lock().unwrap().push_str(text);
    }

    /// What was printed since the last call.
    pub fn take(&self) -> String {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// This checkout, and a shell that stands at its root.
pub struct Repository {
    /// Stands at [`Self::root`].
    pub shell: Shell,
    /// Where the root `Cargo.toml` is.
    pub root: PathBuf,
    captured: Option<Captured>,
}

impl Repository {
    /// The repository `cargo xtask` was called in. What was compiled in is only the second guess: checkouts that share
    /// a target folder share this program too.
    pub fn open() -> Result<Self> {
        let told = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let crate_folder = told.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = crate_folder
            .ancestors()
            .nth(2)
            .context("the folder of xtask is not two below the root of the repository")?
            .to_owned();
        Self::at(root)
    }

    /// The repository at this folder.
    pub fn at(root: PathBuf) -> Result<Self> {
        let shell = Shell::new()?;
        shell.change_dir(&root);
        Ok(Self {
            shell,
            root,
            captured: None,
        })
    }

    /// The same repository for steps that run beside others: what their commands print is captured.
    pub fn capturing(&self, captured: Captured) -> Result<Self> {
        let mut repository = Self::at(self.root.clone())?;
        repository.captured = Some(captured);
        Ok(repository)
    }

    /// The UI's folder.
    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// Cargo's target folder.
    pub fn target(&self) -> PathBuf {
        let named = std::env::var_os("CARGO_TARGET_DIR").filter(|name| !name.is_empty());
        self.root.join(named.unwrap_or_else(|| "target".into()))
    }

    /// A compiled program of this workspace.
    pub fn program(&self, profile: Profile, name: &str) -> PathBuf {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        self.target().join(profile.folder()).join(file)
    }

    /// Compiles the app, its UI inside, and the stand-in it starts for the demo.
    pub fn build_programs(&self, profile: Profile) -> Result<()> {
        let shell = &self.shell;
        match profile {
            // With a test, Cargo also counts the features that tests need, so that nothing is compiled again that
            // `cargo xtask test` has compiled. This one has no dependencies.
            Profile::Debug => self.run(self.development(cmd!(
                shell,
                "cargo build --workspace --bins --test command_line --features custom-protocol"
            ))),
            Profile::Release => self.run(cmd!(
                shell,
                "cargo build -p balance-desk -p plaid-sandbox --bins --features custom-protocol --release"
            )),
        }
    }

    /// Makes a Cargo command share what all commands of the dev profile compile. Clippy compiles our crates, so that one
    /// pass both lints and builds. Not for the release profile: Clippy switches some optimizations off.
    pub fn development<'a>(&self, command: Cmd<'a>) -> Cmd<'a> {
        if self.has("clippy-driver", &["--version"]) {
            command.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver")
        } else {
            command
        }
    }

    /// Runs a command at the root, and prints it.
    pub fn run(&self, command: Cmd<'_>) -> Result<()> {
        let Some(captured) = &self.captured else {
            return Ok(clean(command).run()?);
        };
        captured.add(&format!("$ {command}\n"));
        let output = clean(command).quiet().ignore_status().output()?;
        captured.add(&String::from_utf8_lossy(&output.stdout));
        captured.add(&String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "it ended with {}", output.status);
        Ok(())
    }

    /// Runs Cargo with `--message-format json` and shows what the compiler says; a warning is an error.
    pub fn run_without_warnings(&self, command: Cmd<'_>) -> Result<()> {
        eprintln!("$ {command}");
        let mut cargo = Command::from(clean(command))
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start Cargo")?;
        let mut warnings = 0;
        for line in BufReader::new(cargo.stdout.take().context("no output")?).lines() {
            // Cargo also repeats the warnings of what is not compiled again.
            let message: Value = serde_json::from_str(&line?)?;
            if let Some(rendered) = message["message"]["rendered"].as_str() {
                eprint!("{rendered}");
                warnings += usize::from(message["message"]["level"] == "warning");
            }
        }
        let status = cargo.wait()?;
        ensure!(status.success(), "Cargo ended with {status}");
        ensure!(warnings == 0, "there are {warnings} warnings");
        Ok(())
    }

    /// Runs a command quietly and reads what it prints.
    pub fn read(&self, command: Cmd<'_>) -> Result<String> {
        Ok(clean(command).quiet().read()?)
    }

    /// Whether a program is installed: it starts, and says its version.
    pub fn has(&self, program: &str, arguments: &[&str]) -> bool {
        let command = cmd!(self.shell, "{program} {arguments...}").quiet();
        clean(command).ignore_stdout().ignore_stderr().run().is_ok()
    }
}

/// The file name of npm.
pub fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

fn clean(mut command: Cmd<'_>) -> Cmd<'_> {
    for name in cargo_variables() {
        command = command.env_remove(name);
    }
    command
}

/// Takes from a program what Cargo told only us.
pub fn without_cargo_variables(command: &mut Command) -> &mut Command {
    for name in cargo_variables() {
        command.env_remove(name);
    }
    command
}

/// What `cargo run` told us about this crate. Build scripts (ring's, for one) would take it for theirs, see a
/// difference from a plain `cargo build` and compile everything above them again.
fn cargo_variables() -> impl Iterator<Item = OsString> {
    const PREFIXES: [&str; 2] = ["CARGO_PKG_", "CARGO_MANIFEST_"];
    std::env::vars_os().map(|(name, _)| name).filter(|name| {
        name.to_str()
            .is_some_and(|name| PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
    })
}
