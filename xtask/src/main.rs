//! The task runner: `cargo xtask test | ci | reference | bench`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to its user here")]

mod bench;
mod bench_async;
mod bench_postgresql;
mod checks;
mod compatibility;
mod graph_records;
mod growth;
mod reference;

use std::path::Path;
use std::process::{Command, ExitCode};

const USAGE: &str = "\
cargo xtask <task>

  test [--long] [-p crate] [filter]   everything the tests need, then all tests (of the crate, whose name contains the
                                      filter); --long adds the slow ones
  ci                                  formatting, lints and all tests, as .ci/run does
  reference [--check] [--forked] [case...]
                                      records the reference's output for all or the named cases of
                                      tests/reference/cases; --check compares with the records instead; --forked
                                      imports the reference once and runs each command in a forked child
  reference graphs [--verify] [number...]
                                      records all or some of the generated sessions on revision graphs (17, 3-9);
                                      those that are not in the suite (200-299) into target/graphs; --verify runs
                                      the reference one process a command and compares with the records
  graph <number>                      prints a generated session
  bench [--revisions N] [--runs N] [filter]
                                      times target/release/alembic against the reference, checks the budgets
  bench --growth [--program PATH] [filter]
                                      what commands cost as revisions, heads and branches become more; the filter
                                      chooses shapes of graphs
  compatibility                       writes the known differences of the recorded cases into docs/compatibility.md
  run-sql <database> <file>           runs a file of SQL against a SQLite file (the yardstick of bench)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["test", rest @ ..] => checks::test(rest),
        ["ci"] => checks::ci(),
        ["compatibility"] => compatibility::write(),
        ["reference", "graphs", rest @ ..] => graph_records::record(rest),
        ["graph", number] => show_graph(number),
        ["reference", rest @ ..] => reference::record(rest),
        ["bench", rest @ ..] => bench::bench(rest),
        ["run-sql", database, file] => run_sql(Path::new(database), Path::new(file)),
        ["--help" | "-h" | "help"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn show_graph(number: &str) -> Result<(), String> {
    let number = number.parse().map_err(|_| format!("no number of a graph: {number}"))?;
    print!("{}", xtask::graphs::session(number));
    Ok(())
}

fn run_sql(database: &Path, file: &Path) -> Result<(), String> {
    let statements = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    xtask::dump::run_statements(database, &statements)
}

/// Shows a command, runs it in the workspace's root with the terminal's streams, and fails when it fails.
fn run_visibly(program: &str, arguments: &[&str]) -> Result<(), String> {
    run_visibly_with(program, arguments, [])
}

/// Does what [`run_visibly`] does, with variables added to the environment.
fn run_visibly_with<'a>(
    program: &str,
    arguments: &[&str],
    variables: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<(), String> {
    let shown = format!("{program} {}", arguments.join(" "));
    println!("--> {shown}");
    let status = Command::new(program)
        .args(arguments)
        .envs(variables)
        .current_dir(xtask::workspace_root())
        .status()
        .map_err(|error| format!("cannot start {program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("failed: {shown} ({status})")) }
}
