//! Ctrl-C, SIGTERM and the live line: what a run shows while it goes on, and what it leaves when it is told to end.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod runs;

use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use runs::{Place, Project, Transactions, shown};

/// A project whose second revision executes a statement that takes very long.
fn slow_project(place: Place, transactions: Transactions) -> Project {
    let project = Project::new(place, transactions);
    project.add_revision(1, &["op.execute('CREATE TABLE first (id INTEGER)')".to_owned()], &[]);
    let statement = match place {
        Place::Sqlite => {
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c WHERE x < 0"
        }
        Place::Postgresql => "SELECT pg_sleep(60)",
        Place::Mariadb => {
            "SELECT count(*) FROM information_schema.collations a, information_schema.collations b, \
             information_schema.collations c, information_schema.collations d"
        }
    };
    let body = [
        "op.execute('CREATE TABLE second (id INTEGER)')".to_owned(),
        "open('progress', 'a').write('x\\n')".to_owned(),
        format!("op.execute(\"{statement}\")"),
    ];
    project.add_revision(2, &body, &[]);
    project
}

/// Starts an upgrade and sends it a signal in the middle of the slow statement.
fn interrupt(project: &Project, signal: &str) -> Output {
    let run = project.start(&["upgrade", "head", "-v"]);
    runs::wait_until("the second revision runs", || project.progress() == 1);
    thread::sleep(Duration::from_millis(200));
    let started = Instant::now();
    send(signal, run.id());
    let output = run.end();
    assert!(started.elapsed() < Duration::from_secs(10), "{}", shown(&output));
    output
}

fn send(signal: &str, process: u32) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &process.to_string()]).status();
    assert!(sent.expect("kill is there").success());
}

#[test]
fn a_signal_stops_the_statement_and_says_where_things_stand() {
    for (place, signal, code) in [
        (Place::Sqlite, "INT", 130),
        (Place::Sqlite, "TERM", 143),
        (Place::Postgresql, "INT", 130),
        (Place::Postgresql, "TERM", 143),
        (Place::Mariadb, "INT", 130),
        (Place::Mariadb, "TERM", 143),
    ] {
        let project = slow_project(place, Transactions::PerMigration);
        let output = interrupt(&project, signal);
        let text = shown(&output);
        let what = format!("{place:?}, {signal}: {text}");
        assert_eq!(output.status.code(), Some(code), "{what}");
        assert!(text.contains("\nInterrupted\n"), "{what}");
        assert!(!text.contains("Traceback"), "{what}");
        assert!(
            text.contains("hint: `upgrade r001 -> r002` was interrupted (migrations/versions/r002.py) at: "),
            "{what}"
        );
        assert_eq!(text.contains("CREATE TABLE second"), place == Place::Mariadb, "{what}");
        let stands = match place {
            // the server counts an interrupt among the ends of a connection
            Place::Mariadb => {
                "hint: what was last committed is revision r001; the same command goes on from there"
            }
            _ => "hint: the database is at revision r001; the same command goes on from there",
        };
        assert!(text.contains(stands), "{what}");
        assert_eq!(project.query("SELECT version_num FROM alembic_version"), ["r001"], "{what}");
    }
}

#[test]
fn a_signal_rolls_the_whole_run_back_where_it_is_one_transaction() {
    for place in [Place::Sqlite, Place::Postgresql] {
        let project = slow_project(place, Transactions::WholeRun);
        let output = interrupt(&project, "INT");
        assert!(shown(&output).contains("the database is at no revision (base)"), "{}", shown(&output));
        let left = match place {
            Place::Sqlite => "SELECT name FROM sqlite_master",
            _ => "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
        };
        assert_eq!(project.query(left), [""; 0], "{place:?}");
    }
}

#[test]
fn python_code_sees_a_signal_as_its_exception() {
    let project = Project::new(Place::Sqlite, Transactions::WholeRun);
    let body = [
        "try:",
        "    open('progress', 'a').write('x\\n')",
        "    time.sleep(30)",
        "except KeyboardInterrupt:",
        "    op.execute('CREATE TABLE saved (id INTEGER)')",
    ];
    project.add_revision(1, &body.map(str::to_owned), &[]);
    let run = project.start(&["upgrade", "head", "-v"]);
    runs::wait_until("the revision runs", || project.progress() == 1);
    thread::sleep(Duration::from_millis(100));
    send("INT", run.id());
    let output = run.end();
    assert!(output.status.success(), "{}", shown(&output));
    assert_eq!(project.query("SELECT name FROM sqlite_master WHERE name = 'saved'"), ["saved"]);
}

#[test]
fn a_run_that_waits_for_another_can_be_interrupted() {
    for place in [Place::Sqlite, Place::Postgresql, Place::Mariadb] {
        let project = slow_project(place, Transactions::WholeRun);
        let first = project.start(&["upgrade", "head", "-v"]);
        runs::wait_until("the second revision runs", || project.progress() == 1);
        let second = project.start(&["upgrade", "head", "-v"]);
        thread::sleep(Duration::from_millis(700));
        let started = Instant::now();
        send("INT", second.id());
        let output = second.end();
        assert!(started.elapsed() < Duration::from_secs(4), "{place:?}");
        assert_eq!(output.status.code(), Some(130), "{place:?}: {}", shown(&output));
        assert!(shown(&output).contains("Waiting up to"), "{place:?}: {}", shown(&output));
        send("TERM", first.id());
        assert_eq!(first.end().status.code(), Some(143), "{place:?}");
    }
}

/// Runs a command on a terminal of 60 columns and gives all that it has written there.
#[cfg(target_os = "linux")]
fn on_terminal(project: &Project, terminal: &str, arguments: &str) -> String {
    let line = format!("stty cols 60 rows 20; exec '{}' {arguments}", env!("CARGO_BIN_EXE_alembic"));
    let output = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .current_dir(project.root())
        .env("TERM", terminal)
        .env("LIMBECK_CACHE_DIR", project.root().join("cache"))
        .stdin(std::process::Stdio::null())
        .output()
        .expect("script is there");
    String::from_utf8_lossy(&runs::searched(output).stdout).into_owned()
}

#[test]
#[cfg(target_os = "linux")]
fn a_long_run_shows_a_live_line_on_a_terminal_only() {
    let project = Project::new(Place::Sqlite, Transactions::WholeRun);
    project.add_revisions(4, 0.3, false);
    let shown_there = on_terminal(&project, "xterm", "upgrade head");
    assert!(shown_there.contains("\r\u{1b}[2K[1/4] 0:00 upgrade r001 -> r002"), "{shown_there:?}");
    assert!(shown_there.contains("\r\u{1b}[2K[3/4] 0:0"), "{shown_there:?}");
    // it is gone at the end, and never in the middle of the log
    assert!(shown_there.ends_with("\r\u{1b}[2K"), "{shown_there:?}");
    assert!(!shown_there.contains("r003INFO"), "{shown_there:?}");
    for arguments in ["downgrade base", "upgrade head"] {
        let dumb = on_terminal(&project, "dumb", arguments);
        assert!(!dumb.contains("[1/4]"), "{dumb:?}");
    }
    project.run_well(&["downgrade", "base"]);
    let piped = project.run_well(&["upgrade", "head", "-v"]);
    let stderr = String::from_utf8_lossy(&piped.stderr).into_owned();
    assert!(!stderr.contains("[1/4]") && !stderr.contains('\u{1b}'), "{stderr}");
    let durations: Vec<&str> = stderr.lines().filter(|line| line.contains("s  upgrade ")).collect();
    assert_eq!(durations.len(), 4, "{stderr}");
    assert!(durations[0].trim_start().starts_with("0.3"), "{stderr}");
    assert!(stderr.trim_end().ends_with("s  in all"), "{stderr}");
}
