//! `cargo xtask test`: everything that must hold, the cheap checks first.
//! All Cargo commands name the same packages and features, so that nothing is compiled twice.

use crate::bundle;
use crate::inputs::Inputs;
use crate::node::NodePackage;
use crate::packages::{self, PackagePurpose};
use crate::steps::Steps;
use crate::tools::{Captured, Profile, Repository};
use crate::{architecture, bindings, ui};
use anyhow::{Context, Result, anyhow, ensure};
use std::path::PathBuf;
use xshell::cmd;

/// The variable in which the tests of the installed app find the package to unpack.
const PACKAGE_UNDER_TEST: &str = "BALANCE_DESK_DEB";

const APP: &str = "balance-desk";

/// The variable in which the tests with Plaid's clients find the stand-in.
const STAND_IN: &str = "PLAID_SANDBOX";

/// Runs all checks; the first failure ends it. Unless `all` is asked for, slow steps are left out when nothing that they
/// depend on has changed since they passed.
pub fn everything(repository: &Repository, all: bool) -> Result<()> {
    let mut steps = Steps::new(all);
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
    let ui = NodePackage::ui(repository);
    steps.step("UI packages", || ui.installed())?;
    // The app is compiled with the UI inside.
    steps.step("UI build", || ui::built(repository))?;
    build_beside_node_steps(repository, steps)?;
    steps.step("TypeScript bindings", || bindings::current(repository))?;
    dependencies(repository, steps)?;
    documentation(repository, steps)?;
    tests_with_plaids_clients(repository, steps)?;
    tests(repository, steps)?;
    kill_tests(repository, steps)
}

/// The compiler leaves a core idle now and then, so the steps of Node.js run meanwhile.
fn build_beside_node_steps(repository: &Repository, steps: &mut Steps) -> Result<()> {
    let captured = Captured::default();
    let capturing = repository.capturing(captured.clone())?;
    let mut beside = steps.beside(captured);
    let (built, node_steps) = std::thread::scope(|scope| {
        let node_steps = scope.spawn(move || {
            let result = node_steps(&capturing, &mut beside);
            (result, beside)
        });
        let built = steps.step("build and lints", || build(repository));
        (built, node_steps.join())
    });
    let (node_result, beside) = node_steps.map_err(|_| anyhow!("a step of Node.js panicked"))?;
    steps.append(beside);
    built.and(node_result)
}

/// Compiles every target. Clippy does, so its warnings come up here, too.
fn build(repository: &Repository) -> Result<()> {
    let shell = &repository.shell;
    ensure!(
        repository.has("clippy-driver", &["--version"]),
        "Clippy is not installed (rustup component add clippy)"
    );
    repository.run_without_warnings(repository.development(cmd!(
        shell,
        "cargo build --workspace --all-targets --features custom-protocol --message-format json"
    )))
}

fn node_steps(capturing: &Repository, steps: &mut Steps) -> Result<()> {
    let ui = NodePackage::ui(capturing);
    steps.step("UI lints", || ui.script("lint"))?;
    steps.step("UI types", || ui.script("typecheck"))?;
    steps.step_if_changed(capturing, "UI tests", Inputs::Ui, || ui.script("test"))?;
    let clients = NodePackage::clients(capturing);
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
    let name = "tests with Plaid's clients";
    steps.step_if_changed(repository, name, Inputs::AllButUi, || {
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

/// The documentation of `plaid`, the one crate whose documentation people read, and the examples in it.
fn documentation(repository: &Repository, steps: &mut Steps) -> Result<()> {
    let shell = &repository.shell;
    steps.step("documentation", || {
        let doc = cmd!(shell, "cargo doc --package plaid --no-deps");
        repository.run(doc.env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    steps.step_if_changed(
        repository,
        "documentation examples",
        Inputs::AllButUi,
        || {
            repository.run(repository.development(cmd!(
                shell,
                "cargo test --doc --workspace --features custom-protocol"
            )))
        },
    )
}

/// The tests of the window need the whole app; the others do without the UI.
fn tests(repository: &Repository, steps: &mut Steps) -> Result<()> {
    let shell = &repository.shell;
    let nextest = repository.has("cargo-nextest", &["--version"]);
    steps.step_if_changed(repository, "tests", Inputs::AllButUi, || {
        let tests = if nextest {
            let filter = format!("not package({APP})");
            cmd!(
                shell,
                "cargo nextest run --workspace --features custom-protocol -E {filter}"
            )
        } else {
            cmd!(
                shell,
                "cargo test --workspace --exclude {APP} --lib --bins --tests -- --test-threads 1"
            )
        };
        repository.run(repository.development(tests))
    })?;
    steps.step_if_changed(repository, "tests of the app", Inputs::All, || {
        let mut tests = if nextest {
            let filter = format!("package({APP})");
            cmd!(
                shell,
                "cargo nextest run --workspace --features custom-protocol -E {filter}"
            )
        } else {
            // One at a time, since each starts a display.
            cmd!(
                shell,
                "cargo test --package {APP} --lib --bins --tests --features custom-protocol -- --test-threads 1"
            )
        };
        if cfg!(target_os = "linux") {
            // A Debian package of the programs just built, for the test that installs it.
            let package = bundle::of_built_programs(repository, Profile::Debug, &["deb"])?.pop();
            tests = tests.env(PACKAGE_UNDER_TEST, package.context("no package was made")?);
        }
        repository.run(repository.development(tests))
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
    steps.step_if_changed(repository, NAME, Inputs::AllButUi, || {
        repository.run(repository.development(cmd!(
            shell,
            "cargo test --workspace --features custom-protocol --test killed -- all"
        )))
    })
}
