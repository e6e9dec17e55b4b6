//! The command line of `cargo xtask`. Has no dependencies: see `Repository::build_programs`.

use std::process::{Command, Output};

fn xtask(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn help_names_every_command_that_contributing_names() {
    let help = String::from_utf8(xtask(&["help"]).stdout).unwrap();
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../CONTRIBUTING.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let commands: Vec<&str> = guide
        .split("`cargo xtask ")
        .skip(1)
        .filter_map(|rest| rest.split(['`', ' ']).next())
        .collect();
    assert!(!commands.is_empty());
    for command in commands {
        assert!(help.contains(&format!("\n  {command} ")), "{command}");
    }
}

#[test]
fn a_command_that_does_not_exist_is_an_error() {
    assert_eq!(xtask(&[]).status.code(), Some(2));
    let output = xtask(&["no-such-command"]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("no-such-command"));
}
