//! `cargo xtask bench`: runs every package's benchmarks and prints each figure beside its target. It never fails because
//! a target is missed: the machine may be busy.

use crate::node::NodePackage;
use crate::packages::{self, PackagePurpose};
use crate::tools::Repository;
use crate::ui;
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use xshell::cmd;

/// The target of a benchmark.
struct BenchTarget {
    /// The beginning of criterion's name for the benchmark.
    benchmark: &'static str,
    reach: Reach,
}

#[derive(Clone, Copy)]
enum Reach {
    /// At least this many per second.
    PerSecond(f64),
    /// At most this many milliseconds.
    Milliseconds(f64),
}

const TARGETS: [BenchTarget; 6] = [
    BenchTarget {
        benchmark: "accounts_balance_get/",
        reach: Reach::PerSecond(5_000.0),
    },
    BenchTarget {
        benchmark: "history/year_of_one_account",
        reach: Reach::Milliseconds(10.0),
    },
    BenchTarget {
        benchmark: "activity/",
        reach: Reach::Milliseconds(100.0),
    },
    BenchTarget {
        benchmark: "outcomes/",
        reach: Reach::Milliseconds(100.0),
    },
    BenchTarget {
        benchmark: "batches/read_and_check_10000_rows",
        reach: Reach::Milliseconds(1_000.0),
    },
    BenchTarget {
        benchmark: "readings/insert_1000",
        reach: Reach::Milliseconds(50.0),
    },
];

/// Packages whose targets are per core: benchmark and callers share one core.
const ON_ONE_CORE: [&str; 1] = ["plaid-sandbox"];

const APP: &str = "balance-desk";

/// Runs all benchmarks, passing the arguments to criterion.
pub fn all(repository: &Repository, arguments: &[String]) -> Result<()> {
    let packages = with_benchmarks(repository);
    if packages.is_empty() {
        println!("There are no benchmarks: no package has a folder benches.");
        return Ok(());
    }
    packages::ensure(repository, PackagePurpose::Test)?;
    // A benchmark compares a refresh with Plaid's official client.
    NodePackage::clients(repository).installed()?;
    let start = SystemTime::now();
    for package in &packages {
        run(repository, package, arguments)?;
    }
    let measured = measured_since(&criterion_folder(repository), start)?;
    let figures = figures_since(&repository.target().join("figures"), start)?;
    print!("{}", table(&measured, &figures));
    Ok(())
}

/// The packages that have benchmarks. A package in `crates` is named after its folder.
fn with_benchmarks(repository: &Repository) -> Vec<String> {
    let crates = repository.shell.read_dir("crates").unwrap_or_default();
    let mut packages: Vec<String> = crates
        .iter()
        .filter(|folder| folder.join("benches").is_dir())
        .filter_map(|folder| Some(folder.file_name()?.to_str()?.to_owned()))
        .collect();
    if repository.root.join("benches").is_dir() {
        packages.push(APP.to_owned());
    }
    packages
}

fn run(repository: &Repository, package: &str, arguments: &[String]) -> Result<()> {
    let shell = &repository.shell;
    let features: &[&str] = if package == APP {
        // Compiling the app embeds the UI.
        ui::built(repository)?;
        &["--features", "custom-protocol"]
    } else if package == "desk" {
        &["--features", "bench"]
    } else {
        &[]
    };
    started_by(repository, package)?;
    // Benchmarks only: the unit test harness rejects criterion's arguments.
    let bench = ["bench", "--package", package, "--bench", "*"];
    // Compile on all cores, whatever the benchmarks run on.
    repository.run(cmd!(shell, "cargo {bench...} {features...} --no-run"))?;
    let on_one_core = ON_ONE_CORE.contains(&package) && repository.has("taskset", &["--version"]);
    let pinned: &[&str] = if on_one_core {
        &["taskset", "--cpu-list", "0", "cargo"]
    } else {
        &["cargo"]
    };
    let (program, before) = (pinned[0], &pinned[1..]);
    repository.run(cmd!(
        shell,
        "{program} {before...} {bench...} {features...} -- {arguments...}"
    ))
}

/// Builds the programs that a package's benchmarks start.
fn started_by(repository: &Repository, package: &str) -> Result<()> {
    let shell = &repository.shell;
    let build = |parts: &[&str]| repository.run(cmd!(shell, "cargo build --release {parts...}"));
    match package {
        "desk" => build(&["--package", "plaid-sandbox"]),
        APP => {
            build(&[
                "--package",
                "desk",
                "--features",
                "bench",
                "--example",
                "fill-desk",
            ])?;
            build(&["--features", "custom-protocol", "--example", "bare-window"])
        }
        _ => Ok(()),
    }
}

/// The folder criterion writes its results to.
fn criterion_folder(repository: &Repository) -> PathBuf {
    repository.target().join("criterion")
}

#[derive(Debug, PartialEq)]
struct Measured {
    benchmark: String,
    /// Nanoseconds per iteration.
    time: f64,
    /// Elements per iteration, if the benchmark declares them.
    elements: Option<f64>,
}

impl Measured {
    fn per_second(&self) -> Option<f64> {
        Some(self.elements? * 1e9 / self.time)
    }
}

/// The results newer than `start` in this folder and its subfolders, by name.
fn measured_since(folder: &Path, start: SystemTime) -> Result<Vec<Measured>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if !path.is_dir() {
            continue;
        }
        let estimates = path.join("estimates.json");
        if path.ends_with("new") && is_newer(&estimates, start) {
            found.push(read(&path)?);
        } else {
            found.extend(measured_since(&path, start)?);
        }
    }
    found.sort_by(|one, other| one.benchmark.cmp(&other.benchmark));
    Ok(found)
}

fn is_newer(file: &Path, start: SystemTime) -> bool {
    fs::metadata(file)
        .and_then(|about| about.modified())
        .is_ok_and(|modified| modified >= start)
}

fn read(folder: &Path) -> Result<Measured> {
    let json = |name: &str| -> Result<Value> {
        let path = folder.join(name);
        let text = fs::read_to_string(&path)?;
        serde_json::from_str(&text).with_context(|| format!("cannot read {}", path.display()))
    };
    let (benchmark, estimates) = (json("benchmark.json")?, json("estimates.json")?);
    Ok(Measured {
        benchmark: benchmark["full_id"]
            .as_str()
            .context("a benchmark of criterion has no name")?
            .to_owned(),
        time: estimates["mean"]["point_estimate"]
            .as_f64()
            .context("criterion estimated no mean")?,
        elements: benchmark["throughput"]["Elements"].as_f64(),
    })
}

/// A figure measured without criterion, with its own target.
#[derive(Debug, PartialEq)]
struct Figure {
    name: String,
    figure: f64,
    unit: String,
    /// Upper bound.
    target: Option<f64>,
    /// Where a target that isn't fixed comes from.
    target_is: Option<String>,
}

/// The figures newer than `start` in this folder.
fn figures_since(folder: &Path, start: SystemTime) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    if !folder.is_dir() {
        return Ok(figures);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if is_newer(&path, start) {
            figures.extend(read_figures(&path)?);
        }
    }
    figures.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(figures)
}

fn read_figures(path: &Path) -> Result<Vec<Figure>> {
    let broken = || format!("{} holds no figures", path.display());
    let list: Value = serde_json::from_str(&fs::read_to_string(path)?).with_context(broken)?;
    let figure = |value: &Value| -> Option<Figure> {
        let text = |name: &str| Some(value[name].as_str()?.to_owned());
        Some(Figure {
            name: text("name")?,
            figure: value["figure"].as_f64()?,
            unit: text("unit")?,
            target: value["target"].as_f64(),
            target_is: text("target_is"),
        })
    };
    let figures = list.as_array().with_context(broken)?.iter().map(figure);
    figures.collect::<Option<Vec<_>>>().with_context(broken)
}

fn table(measured: &[Measured], figures: &[Figure]) -> String {
    let mut lines = format!(
        "\n{:<48}{:>14}{:>14}{:>8}\n",
        "Benchmark", "measured", "target", "ratio"
    );
    for result in measured {
        let name = &result.benchmark;
        let figure = match result.per_second() {
            Some(rate) => format!("{rate:.0} /s"),
            None => format!("{:.3} ms", result.time / 1e6),
        };
        let target = TARGETS
            .iter()
            .find(|target| name.starts_with(target.benchmark));
        let milliseconds = result.time / 1e6;
        let (target, ratio) = match (target.map(|target| target.reach), result.per_second()) {
            (Some(Reach::PerSecond(target)), Some(rate)) => {
                (format!("{target:.0} /s"), format!("{:.2}", rate / target))
            }
            (Some(Reach::Milliseconds(target)), _) => (
                format!("{target:.0} ms"),
                format!("{:.2}", milliseconds / target),
            ),
            _ => ("-".to_owned(), "-".to_owned()),
        };
        lines += &format!("{name:<48}{figure:>14}{target:>14}{ratio:>8}\n");
    }
    for result in figures {
        let Figure { name, unit, .. } = result;
        let figure = format!("{:.1} {unit}", result.figure);
        let (target, ratio) = result.target.map_or_else(
            || ("-".to_owned(), "-".to_owned()),
            |target| {
                let ratio = format!("{:.2}", result.figure / target);
                (format!("{target:.1} {unit}"), ratio)
            },
        );
        let note = result.target_is.as_deref().unwrap_or_default();
        let line = format!("{name:<48}{figure:>14}{target:>14}{ratio:>8}  {note}");
        lines += line.trim_end();
        lines.push('\n');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{Figure, Measured, table};

    #[test]
    fn a_figure_stands_beside_its_target() {
        let measured = [
            Measured {
                benchmark: "accounts_balance_get/user_good".to_owned(),
                time: 100_000.0,
                elements: Some(1.0),
            },
            Measured {
                benchmark: "start/with_history".to_owned(),
                time: 2_500_000.0,
                elements: None,
            },
            Measured {
                benchmark: "readings/insert_1000".to_owned(),
                time: 40_000_000.0,
                elements: None,
            },
        ];
        let figures = [Figure {
            name: "window/idle_memory".to_owned(),
            figure: 60.0,
            unit: "MiB".to_owned(),
            target: Some(80.0),
            target_is: Some("of its own".to_owned()),
        }];
        let table = table(&measured, &figures);
        let lines: Vec<Vec<&str>> = table
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(
            lines[2],
            [
                "accounts_balance_get/user_good",
                "10000",
                "/s",
                "5000",
                "/s",
                "2.00"
            ]
        );
        assert_eq!(lines[3], ["start/with_history", "2.500", "ms", "-", "-"]);
        assert_eq!(
            lines[4],
            ["readings/insert_1000", "40.000", "ms", "50", "ms", "0.80"]
        );
        assert_eq!(
            lines[5],
            [
                "window/idle_memory",
                "60.0",
                "MiB",
                "80.0",
                "MiB",
                "0.75",
                "of",
                "its",
                "own"
            ]
        );
    }
}
