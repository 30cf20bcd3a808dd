//! `test` and `ci`: what must pass before a change lands.

use crate::run_visibly;

/// Runs all tests of the workspace. They need nothing beyond the toolchain: SQLite is built in.
pub fn test(arguments: &[&str]) -> Result<(), String> {
    let mut long = false;
    let mut filter = None;
    for argument in arguments {
        match *argument {
            "--long" => long = true,
            option if option.starts_with('-') => return Err(format!("test has no option {option}")),
            word if filter.is_none() => filter = Some(word),
            word => return Err(format!("test takes one filter, not also {word}")),
        }
    }
    let mut command = vec!["test", "--workspace"];
    command.extend(filter);
    if long {
        command.extend(["--", "--include-ignored"]);
    }
    run_visibly("cargo", &command)
}

/// Checks formatting and lints, then runs all tests; stops at the first failure.
pub fn ci() -> Result<(), String> {
    run_visibly("cargo", &["fmt", "--all", "--check"])?;
    run_visibly("cargo", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    test(&["--long"])
}
