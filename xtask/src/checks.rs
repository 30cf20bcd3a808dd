//! `test` and `ci`: what must pass before a change lands.

use xtask::databases::Databases;

use crate::{run_visibly, run_visibly_with};

/// Runs all tests of the workspace, with a PostgreSQL and a MariaDB server of their own; SQLite is built in.
pub fn test(arguments: &[&str]) -> Result<(), String> {
    let mut long = false;
    let mut package = None;
    let mut filter = None;
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match *argument {
            "--long" => long = true,
            "-p" => package = Some(*arguments.next().ok_or("-p needs the name of a crate")?),
            option if option.starts_with('-') => return Err(format!("test has no option {option}")),
            word if filter.is_none() => filter = Some(word),
            word => return Err(format!("test takes one filter, not also {word}")),
        }
    }
    // One run tells of every failure.
    let mut command = vec!["test", "--no-fail-fast"];
    match package {
        Some(package) => command.extend(["-p", package]),
        None => command.push("--workspace"),
    }
    command.extend(filter);
    if long {
        command.extend(["--", "--include-ignored"]);
    }
    let databases = Databases::start()?;
    run_visibly_with("cargo", &command, databases.variables())
}

/// Checks formatting and lints, then runs all tests; stops at the first failure.
pub fn ci() -> Result<(), String> {
    run_visibly("cargo", &["fmt", "--all", "--check"])?;
    run_visibly("cargo", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    test(&["--long"])
}
