//! `cargo xtask test`: everything that must hold, the cheap checks first.
//! All Cargo commands name the same packages and features, so that nothing is compiled twice.

use crate::bundle;
use crate::node::NodePackage;
use crate::packages::{self, PackagePurpose};
use crate::steps::Steps;
use crate::tools::{Profile, Repository};
use crate::{architecture, bindings, ui};
use anyhow::Result;
use std::path::PathBuf;
use xshell::cmd;

/// The variable in which the tests of the installed app find the package to unpack.
const PACKAGE_UNDER_TEST: &str = "BALANCE_DESK_DEB";

/// The variable in which the tests with Plaid's clients find the stand-in.
const STAND_IN: &str = "PLAID_SANDBOX";

/// Runs all checks; the first failure ends it.
pub fn everything(repository: &Repository) -> Result<()> {
    let mut steps = Steps::default();
    let result = all_steps(repository, &mut steps);
    steps.summary();
    result
}

fn all_steps(repository: &Repository, steps: &mut Steps) -> Result<()> {
    let shell = &repository.shell;
    steps.step("format", || {
        repository.run(cmd!(shell, "cargo fmt --all --check"))
    })?;
    steps.step("architecture", || architecture::check(repository, false))?;
    steps.step("system packages", || {
        packages::ensure(repository, PackagePurpose::Test)
    })?;
    user_interface(repository, steps)?;
    plaids_clients(repository, steps)?;
    steps.step("build", || {
        repository.run(cmd!(
            shell,
            "cargo build --workspace --bins --tests --features custom-protocol"
        ))
    })?;
    steps.step("TypeScript bindings", || bindings::current(repository))?;
    steps.step("lints", || {
        repository.run(cmd!(
            shell,
            "cargo clippy --workspace --all-targets --features custom-protocol -- -D warnings"
        ))
    })?;
    dependencies(repository, steps)?;
    documentation(repository, steps)?;
    tests_with_plaids_clients(repository, steps)?;
    let package = installer(repository, steps)?;
    tests(repository, steps, package)?;
    kill_tests(repository, steps)
}

fn user_interface(repository: &Repository, steps: &mut Steps) -> Result<()> {
    let ui = NodePackage::ui(repository);
    steps.step("UI packages", || ui.installed())?;
    steps.step("UI lints", || ui.script("lint"))?;
    steps.step("UI types", || ui.script("typecheck"))?;
    steps.step("UI tests", || ui.script("test"))?;
    steps.step("UI build", || ui::built(repository))
}

/// What can be said of the tests with Plaid's clients before there is a stand-in.
fn plaids_clients(repository: &Repository, steps: &mut Steps) -> Result<()> {
    let clients = NodePackage::clients(repository);
    steps.step("packages of Plaid's clients", || clients.installed())?;
    steps.step("lints with Plaid's clients", || clients.script("lint"))?;
    steps.step("types of Plaid's clients", || clients.script("typecheck"))
}

/// Plaid's clients for Node.js and React against the stand-in just built.
fn tests_with_plaids_clients(repository: &Repository, steps: &mut Steps) -> Result<()> {
    let clients = NodePackage::clients(repository);
    let program = repository.program(Profile::Debug, "plaid-sandbox");
    // Elsewhere there is no WebKitGTK, and Chromium's driver is nothing to ask for.
    let script = if cfg!(target_os = "linux") {
        "test"
    } else {
        "test:api"
    };
    steps.step("tests with Plaid's clients", || {
        clients.run(clients.script_command(script).env(STAND_IN, program))
    })
}

/// Licences, sources, and known security holes of the dependencies.
fn dependencies(repository: &Repository, steps: &mut Steps) -> Result<()> {
    const LICENCES: &str = "licences and sources";
    const ADVISORIES: &str = "security advisories";
    let shell = &repository.shell;
    if !repository.has("cargo-deny", &["--version"]) {
        let why = "cargo-deny is not installed (cargo install --locked cargo-deny)";
        steps.skip(LICENCES, why);
        steps.skip(ADVISORIES, why);
        return Ok(());
    }
    steps.step(LICENCES, || {
        repository.run(cmd!(
            shell,
            "cargo deny --locked --log-level error check bans licenses sources"
        ))
    })?;
    if !has_advisories() {
        let why = "there is no copy of the advisory database (cargo deny fetch)";
        steps.skip(ADVISORIES, why);
        return Ok(());
    }
    steps.step(ADVISORIES, || {
        let check = cmd!(shell, "cargo deny --frozen check advisories");
        repository.run(check)
    })
}

fn has_advisories() -> bool {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    home.is_some_and(|home| home.join("advisory-dbs").is_dir())
}

fn documentation(repository: &Repository, steps: &mut Steps) -> Result<()> {
    let shell = &repository.shell;
    steps.step("documentation", || {
        let doc = cmd!(
            shell,
            "cargo doc --workspace --no-deps --features custom-protocol"
        );
        repository.run(doc.env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    steps.step("documentation examples", || {
        repository.run(cmd!(
            shell,
            "cargo test --doc --workspace --features custom-protocol"
        ))
    })
}

/// A Debian package of the programs just built, for the tests that install it.
fn installer(repository: &Repository, steps: &mut Steps) -> Result<Option<PathBuf>> {
    const NAME: &str = "installer";
    if !cfg!(target_os = "linux") {
        steps.skip(
            NAME,
            "the tests install a .deb, which is made on Linux only",
        );
        return Ok(None);
    }
    steps.step(NAME, || {
        Ok(bundle::of_built_programs(repository, Profile::Debug, &["deb"])?.pop())
    })
}

fn tests(repository: &Repository, steps: &mut Steps, package: Option<PathBuf>) -> Result<()> {
    let shell = &repository.shell;
    steps.step("tests", || {
        let mut run = if repository.has("cargo-nextest", &["--version"]) {
            cmd!(
                shell,
                "cargo nextest run --workspace --features custom-protocol"
            )
        } else {
            // One at a time, as nextest does with the windows.
            cmd!(
                shell,
                "cargo test --workspace --lib --bins --tests --features custom-protocol -- --test-threads 1"
            )
        };
        if let Some(package) = package {
            run = run.env(PACKAGE_UNDER_TEST, package);
        }
        repository.run(run)
    })
}

/// Kills the desk at every kill point and at calls on the wire, and starts it again.
fn kill_tests(repository: &Repository, steps: &mut Steps) -> Result<()> {
    const NAME: &str = "kill tests";
    if !cfg!(unix) {
        steps.skip(NAME, "they end a process with SIGKILL, which only Unix has");
        return Ok(());
    }
    let shell = &repository.shell;
    steps.step(NAME, || {
        repository.run(cmd!(
            shell,
            "cargo test --workspace --features custom-protocol --test killed -- all"
        ))
    })
}
