//! Runs the tour of README.md: its commands must work, and print what it shows.
//!
//! Fenced blocks whose info string is `console` are run from top to bottom in one temporary directory, to which
//! `examples` is copied; any other block (`sh`, `python`, ...) is only read by people. In a `console` block:
//!
//! - `$ command` runs a command with `sh`, with this `alembic` first on the PATH;
//! - lines `> ...` right after it continue the command, as a shell's second prompt does (for `<<EOF`);
//! - the lines up to the next `$ ` or the block's end are its output, both streams in the order they were
//!   written; they are compared after paths, creation dates and generated ids are normalised on both sides;
//! - `...` alone on a line stands for any number of lines, `[..]` within a line for any text;
//! - `? 1` as the last line says that the command exits with status 1 (0 when there is none);
//! - `$ cd directory` changes the directory for the commands after it, in later blocks too;
//! - `cargo run --release -- ` in a command stands for `alembic `.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use xtask::normalise::Normaliser;

/// A command of the README with what it shows.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    line: usize,
    command: String,
    output: Vec<String>,
    exit: i32,
}

#[test]
fn the_tour_of_the_readme_does_what_it_shows() {
    let path = xtask::workspace_root().join("README.md");
    let text = fs::read_to_string(&path).expect("README.md is there");
    let commands = parse(&text);
    assert!(!commands.is_empty(), "README.md has a console block with commands");

    let temporary = tempfile::tempdir().expect("a temporary directory");
    let root = temporary.path().canonicalize().expect("it has a real name").join("tour");
    let examples = root.join("examples");
    fs::create_dir_all(&examples).expect("it can be written");
    xtask::run::copy_directory(&xtask::workspace_root().join("examples"), &examples)
        .expect("examples are copied");
    let normaliser = Normaliser::new(&root);
    let mut directory = root.clone();
    for shown in &commands {
        if let Some(target) = shown.command.strip_prefix("cd ") {
            directory = directory.join(target.trim());
            assert!(directory.is_dir(), "README.md:{}: no directory {target}", shown.line);
            continue;
        }
        let (output, exit) = run(&shown.command, &directory, &root);
        let output = normaliser.path(&output);
        let expected: Vec<String> = shown.output.iter().map(|line| normaliser.path(line)).collect();
        let actual: Vec<&str> = output.lines().map(str::trim_end).collect();
        assert!(
            exit == shown.exit && matches(&expected, &actual),
            "README.md:{}: $ {}\nshows (exit {}):\n{}\nbut prints (exit {exit}):\n{output}",
            shown.line,
            shown.command,
            shown.exit,
            expected.join("\n"),
        );
    }
}

fn run(command: &str, directory: &Path, root: &Path) -> (String, i32) {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_alembic"));
    let home = binary.parent().expect("the binary lies in a directory");
    let path = format!("{}:{}", home.display(), std::env::var("PATH").unwrap_or_default());
    let script = format!("exec 2>&1\n{}\n", command.replace("cargo run --release -- ", "alembic "));
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(directory)
        .env("PATH", path)
        .env("HOME", root)
        .env("XDG_CACHE_HOME", root.join(".cache"))
        .env("NO_COLOR", "1")
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .output()
        .expect("sh starts");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code().unwrap_or(-1))
}

fn parse(text: &str) -> Vec<Shown> {
    let mut commands: Vec<Shown> = Vec::new();
    let mut fence: Option<bool> = None;
    for (index, line) in text.lines().enumerate() {
        if let Some(info) = line.strip_prefix("```") {
            fence = if fence.is_some() { None } else { Some(info.trim() == "console") };
            continue;
        }
        if fence != Some(true) {
            continue;
        }
        if let Some(command) = line.strip_prefix("$ ") {
            let command = command.trim_end().to_owned();
            commands.push(Shown { line: index + 1, command, output: Vec::new(), exit: 0 });
            continue;
        }
        let Some(shown) = commands.last_mut() else {
            panic!("README.md:{}: output before any command", index + 1);
        };
        let more = line.strip_prefix("> ").or_else(|| (line == ">").then_some(""));
        if let (Some(more), true) = (more, shown.output.is_empty()) {
            shown.command.push('\n');
            shown.command.push_str(more);
        } else if let Some(exit) = line.strip_prefix("? ").and_then(|exit| exit.parse().ok()) {
            shown.exit = exit;
        } else {
            shown.output.push(line.trim_end().to_owned());
        }
    }
    // A blank line between two commands is there for the reader.
    for shown in &mut commands {
        while shown.output.last().is_some_and(String::is_empty) {
            shown.output.pop();
        }
    }
    commands
}

/// Whether the output is what is shown; `...` matches any number of lines. Blank lines at the end do not count.
fn matches(shown: &[String], actual: &[&str]) -> bool {
    match shown.split_first() {
        None => actual.iter().all(|line| line.is_empty()),
        Some((first, rest)) if first == "..." => {
            (0..=actual.len()).any(|skip| matches(rest, &actual[skip..]))
        }
        Some((first, rest)) => {
            actual.split_first().is_some_and(|(line, more)| matches_line(first, line) && matches(rest, more))
        }
    }
}

fn matches_line(shown: &str, actual: &str) -> bool {
    match shown.split_once("[..]") {
        None => shown == actual,
        Some((start, rest)) => actual.strip_prefix(start).is_some_and(|tail| {
            tail.char_indices()
                .map(|(place, _)| place)
                .chain([tail.len()])
                .any(|place| matches_line(rest, &tail[place..]))
        }),
    }
}

#[test]
fn console_blocks_are_read_as_commands_with_their_output() {
    let text = "x\n```sh\n$ not this\n```\n```console\n$ cat <<EOF\n> a\n> EOF\na\n\n$ false\n? 1\n```\n";
    let shown = |line, command: &str, output: &[&str], exit| Shown {
        line,
        command: command.to_owned(),
        output: output.iter().map(|line| (*line).to_owned()).collect(),
        exit,
    };
    assert_eq!(parse(text), [shown(6, "cat <<EOF\na\nEOF", &["a"], 0), shown(11, "false", &[], 1)]);
}

#[test]
fn wildcards_stand_for_lines_and_for_text_within_a_line() {
    let shown = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(matches(&shown("a\n...\nz [..] é!"), &["a", "b", "c", "z x é é!"]));
    assert!(!matches(&shown("a\n...\nz"), &["a", "b"]));
    assert!(!matches(&shown("a"), &["a", "b"]));
    assert!(!matches_line("a[..]c", "ab"));
}
