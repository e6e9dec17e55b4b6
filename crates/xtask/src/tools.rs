//! The repository, and how programs are started in it.
//! Cargo is always started with the same features, so that the commands share what they compile.

use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
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

    /// What Cargo needs to be told.
    fn cargo_flag(self) -> Option<&'static str> {
        match self {
            Self::Debug => None,
            Self::Release => Some("--release"),
        }
    }
}

/// This checkout, and a shell that stands at its root.
pub struct Repository {
    /// Stands at [`Self::root`].
    pub shell: Shell,
    /// Where the root `Cargo.toml` is.
    pub root: PathBuf,
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
        let shell = Shell::new()?;
        shell.change_dir(&root);
        Ok(Self { shell, root })
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
        let flag = profile.cargo_flag();
        self.run(cmd!(
            self.shell,
            "cargo build -p balance-desk -p plaid-sandbox --bins --features custom-protocol {flag...}"
        ))
    }

    /// Runs a command at the root, and prints it.
    pub fn run(&self, command: Cmd<'_>) -> Result<()> {
        Ok(clean(command).run()?)
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
