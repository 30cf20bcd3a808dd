//! The program seen from outside: streams and exit codes, which are the reference's.
#![allow(clippy::unwrap_used)] // helpers of tests are outside of what the lint takes for tests

use std::path::Path;
use std::process::{Command, Output};

/// Runs the program in `directory`, away from the environment's terminal settings.
fn alembic(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_alembic"))
        .args(arguments)
        .current_dir(directory)
        .env_remove("ALEMBIC_CONFIG")
        .env("COLUMNS", "80")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_version_begins_as_the_reference_prints_it() {
    let output = alembic(Path::new("."), &["--version"]);
    assert!(text(&output.stdout).starts_with("alembic 1.20.1 (Limbeck "));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_usage_error_goes_to_standard_error_with_code_2() {
    let output = alembic(Path::new("."), &["show"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), "");
    assert_eq!(
        text(&output.stderr),
        "usage: alembic show [-h] rev\nalembic show: error: the following arguments are required: rev\n"
    );
}

#[test]
fn help_goes_to_standard_output_without_colour() {
    let output = alembic(Path::new("."), &["history", "-h"]);
    assert_eq!(output.status.code(), Some(0));
    let help = text(&output.stdout);
    assert!(help.contains("Usage: alembic history [OPTIONS]"));
    assert!(!help.contains('\u{1b}'));
}

#[test]
fn init_makes_a_project_and_refuses_to_do_it_twice() {
    let directory = tempfile::tempdir().unwrap();
    let first = alembic(directory.path(), &["init", "scripts"]);
    assert_eq!(first.status.code(), Some(0));
    assert!(text(&first.stdout).contains("scripts/env.py ...  done\n"));
    assert!(directory.path().join("alembic.ini").is_file());

    let second = alembic(directory.path(), &["init", "scripts"]);
    assert_eq!(second.status.code(), Some(255));
    assert_eq!(text(&second.stdout), "FAILED: Directory scripts already exists and is not empty\n");
    assert_eq!(text(&second.stderr), "");
}

#[test]
fn quiet_and_raiseerr_change_what_a_failure_prints() {
    let directory = tempfile::tempdir().unwrap();
    let quiet = alembic(directory.path(), &["-q", "init", "-t", "nope", "scripts"]);
    assert_eq!((quiet.status.code(), quiet.stdout, quiet.stderr), (Some(255), vec![], vec![]));

    let raised = alembic(directory.path(), &["--raiseerr", "init", "-t", "nope", "scripts"]);
    assert_eq!(raised.status.code(), Some(1));
    assert!(text(&raised.stderr).starts_with("alembic.util.exc.CommandError: No such template nope\nhint: "));
}

#[test]
fn two_ini_files_fail_before_the_command() {
    let output = alembic(Path::new("."), &["-c", "a.ini", "-c", "b.ini", "heads"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), "alembic.util.exc.CommandError: only one ini file may be indicated\n");
}

#[test]
fn text_files_are_utf_8_whatever_the_locale() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("view.sql"), "SELECT 'é'").unwrap();
    std::fs::write(directory.path().join("read.py"), "print(ascii(open('view.sql').read()))\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_alembic"))
        .args(["exec", "read.py"])
        .current_dir(directory.path())
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    assert_eq!(text(&output.stderr), "");
    assert_eq!(text(&output.stdout), "\"SELECT '\\xe9'\"\n");
}
