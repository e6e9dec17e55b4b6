//! `cargo xtask`: runs, tests, and packs the app. Each command first installs what it needs (system packages, the UI's
//! packages), so that it works on a fresh clone.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line program talks through its standard streams"
)]

mod architecture;
mod bench;
mod bindings;
mod bundle;
mod cache;
mod check;
mod commands;
mod inputs;
mod kill_points;
mod node;
mod packages;
mod steps;
mod tools;
mod ui;

use anyhow::{Context, Result, bail};
use node::NodePackage;
use packages::PackagePurpose;
use std::process::{Command, ExitCode};
use tools::{Profile, Repository};

const USAGE: &str = "\
Usage: cargo xtask <COMMAND>

  run [--release] [-- ARGS]   build the app and open its window
  test [--all]                every check: format, lints, UI, unit, end-to-end and installer tests,
                              and Plaid's own clients against the stand-in; without --all, slow
                              steps whose inputs are unchanged since they passed do not run again
  architecture                only the rules of the code's structure, in seconds
  bundle [--debug]            installers for this system (.deb and .rpm on Linux)
  bench [-- ARGS]             benchmarks, and each figure beside its target
  setup                       install what run and test need
  bindings [--commands]       regenerate ui/src/api and everything made from the list of commands";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode> {
    let Some((command, rest)) = arguments.split_first() else {
        eprintln!("{USAGE}");
        return Ok(ExitCode::from(2));
    };
    if matches!(command.as_str(), "help" | "--help" | "-h") {
        println!("{USAGE}");
        return Ok(ExitCode::SUCCESS);
    }
    let repository = Repository::open()?;
    match command.as_str() {
        "run" => return run(&repository, rest),
        "test" => {
            let (all, rest) = match rest.split_first() {
                Some((flag, rest)) if flag == "--all" => (true, rest),
                _ => (false, rest),
            };
            no_more(rest)?;
            check::everything(&repository, all)?;
        }
        "architecture" => {
            no_more(rest)?;
            architecture::check(&repository, true)?;
        }
        "bundle" => {
            packages::ensure(&repository, PackagePurpose::Run)?;
            ui::built(&repository)?;
            let (profile, rest) = match rest.split_first() {
                Some((flag, rest)) if flag == "--debug" => (Profile::Debug, rest),
                _ => (Profile::Release, rest),
            };
            no_more(rest)?;
            for installer in bundle::installers(&repository, profile, bundle::formats())? {
                println!("{}", installer.display());
            }
        }
        "bench" => bench::all(&repository, after_separator(rest))?,
        "setup" => {
            no_more(rest)?;
            packages::ensure(&repository, PackagePurpose::Test)?;
            NodePackage::ui(&repository).installed()?;
            NodePackage::clients(&repository).installed()?;
        }
        "bindings" => {
            let (commands_only, rest) = match rest.split_first() {
                Some((flag, rest)) if flag == "--commands" => (true, rest),
                _ => (false, rest),
            };
            no_more(rest)?;
            if !commands_only {
                packages::ensure(&repository, PackagePurpose::Run)?;
                bindings::write_types(&repository, bindings::Scope::Types)?;
            }
            bindings::write_commands(&repository.root)?;
        }
        other => bail!("there is no command {other:?}\n\n{USAGE}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds the app with its UI inside and opens it; its exit code is ours.
fn run(repository: &Repository, arguments: &[String]) -> Result<ExitCode> {
    let (profile, arguments) = match arguments.split_first() {
        Some((flag, rest)) if flag == "--release" => (Profile::Release, rest),
        _ => (Profile::Debug, arguments),
    };
    let arguments = after_separator(arguments);
    warn_without_display();
    packages::ensure(repository, PackagePurpose::Run)?;
    ui::built(repository)?;
    repository.build_programs(profile)?;

    let app = repository.program(profile, "balance-desk");
    println!("Opening Balance Desk ...");
    let status = tools::without_cargo_variables(Command::new(&app).args(arguments))
        .status()
        .with_context(|| format!("cannot start {}", app.display()))?;
    // No code means a signal ended the app: a failure, for the caller.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn warn_without_display() {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !has("DISPLAY") && !has("WAYLAND_DISPLAY") {
        eprintln!(
            "warning: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so the window cannot open.\n\
             \x20        Start this in a desktop session, or try: xvfb-run dbus-run-session cargo xtask run"
        );
    }
}

fn after_separator(arguments: &[String]) -> &[String] {
    match arguments.split_first() {
        Some((first, rest)) if first == "--" => rest,
        _ => arguments,
    }
}

fn no_more(arguments: &[String]) -> Result<()> {
    match arguments.first() {
        Some(argument) => bail!("{argument:?} is not understood here\n\n{USAGE}"),
        None => Ok(()),
    }
}
