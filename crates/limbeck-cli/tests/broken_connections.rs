//! The connection is ended by the server at any moment of an upgrade: the run says so once, the version table tells the
//! truth, the next run completes, and the schema is that of an undisturbed run.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod runs;

use std::process::Output;
use std::thread;
use std::time::Duration;

use runs::{Place, Project, Transactions, revision, revisions, shown};
use xtask::databases;
use xtask::random::Random;

const ROUNDS: usize = 30;
const REVISIONS: usize = 20;
const SEED: u64 = 20_261_121;

fn end_at_random_moments(place: Place, transactions: Transactions, rounds: usize) {
    let project = Project::new(place, transactions);
    // MariaDB keeps each DDL statement of a revision that fails: there a revision must be able to run again.
    project.add_revisions(REVISIONS, 0.015, place == Place::Mariadb);
    project.run_well(&["upgrade", "head"]);
    let undisturbed = project.schema();

    let mut random = Random::new(SEED);
    let mut ended = 0;
    for round in 0..4 * rounds {
        if ended == rounds {
            break;
        }
        project.run_well(&["downgrade", "base"]);
        let _ = std::fs::remove_file(project.root().join("progress"));
        let mut run = project.start(&["upgrade", "head", "-v"]);
        // before the first step, or some time after one has begun
        let step = random.index(REVISIONS * 3 / 4);
        runs::wait_until("the step has begun", || step == 0 || project.progress() >= step || run.is_over());
        let longest = if step == 0 { 150_000 } else { 15_000 };
        thread::sleep(Duration::from_micros(random.below(longest)));
        // of the two connections, the run's own, that of its lock, or both
        let which = random.below(3);
        end_connections(&project, which);
        let output = run.end();
        let what = format!("{place:?}, {transactions:?}, round {round}, step {step}, {which}");
        if !output.status.success() {
            ended += 1;
            assert_one_clear_error(&project, &output, &what);
        }
        project.run_well(&["upgrade", "head"]);
        assert_eq!(project.schema(), undisturbed, "{what}");
        assert_eq!(project.ran(), revisions(REVISIONS), "{what}");
    }
    assert_eq!(ended, rounds, "too few runs were still going");
}

/// Ends connections to the project's database: the first one, the last one, or all.
fn end_connections(project: &Project, which: u64) {
    if project.place == Place::Postgresql {
        let order = match which {
            0 => "ORDER BY backend_start LIMIT 1",
            1 => "ORDER BY backend_start DESC LIMIT 1",
            _ => "",
        };
        project.query(&format!(
            "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
             AND pid <> pg_backend_pid() {order}) chosen"
        ));
        return;
    }
    let connections = project.query(
        "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id() ORDER BY id",
    );
    let chosen = match (which, connections.as_slice()) {
        (0, [first, ..]) => vec![first],
        (1, [.., last]) => vec![last],
        (_, all) => all.iter().collect(),
    };
    for id in chosen {
        // it may have ended by itself
        let _ = databases::query(&project.server_url, &format!("KILL {id}"));
    }
}

/// Fails unless a run that lost a connection says so once, and where it stands.
fn assert_one_clear_error(project: &Project, output: &Output, what: &str) {
    let text = shown(output);
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!text.contains("panicked"), "{what}: {text}");
    let lost_lock = stdout.contains("FAILED: The lock of version table '");
    let lock_hints = stderr.contains("hint: another run may have begun");
    if lost_lock {
        assert!(lock_hints && output.status.code() == Some(255), "{what}: {text}");
    } else {
        assert_eq!(stderr.matches("Traceback (most recent call last)").count(), 1, "{what}: {text}");
        assert!(stderr.contains("sqlalchemy.exc."), "{what}: {text}");
        assert_eq!(output.status.code(), Some(1), "{what}: {text}");
    }
    // A run that was stopped in a step names it, and what it says of the database is true.
    if stderr.contains("hint: the connection to the database is lost") {
        assert!(stderr.contains("hint: `upgrade "), "{what}: {text}");
    }
    let told = stderr.lines().find_map(|line| line.strip_prefix("hint: what was last committed is "));
    if let Some(told) = told {
        let here = if project.place == Place::Mariadb { "database()" } else { "current_schema()" };
        let tables = format!(
            "SELECT count(*) FROM information_schema.tables WHERE table_name = 'alembic_version' AND table_schema = {here}"
        );
        let version = if project.query(&tables) == ["0"] {
            Vec::new()
        } else {
            project.query("SELECT version_num FROM alembic_version")
        };
        let expected = match version.as_slice() {
            [] => "no revision (base)".to_owned(),
            several => format!("revision {}", several.join(", ")),
        };
        assert!(told.starts_with(&expected), "{what}: at {expected}: {text}");
    }
}

#[test]
fn an_upgrade_survives_the_end_of_its_connections_on_postgresql() {
    end_at_random_moments(Place::Postgresql, Transactions::WholeRun, ROUNDS);
    end_at_random_moments(Place::Postgresql, Transactions::PerMigration, ROUNDS / 2);
}

#[test]
fn an_upgrade_survives_the_end_of_its_connections_on_mariadb() {
    end_at_random_moments(Place::Mariadb, Transactions::WholeRun, ROUNDS);
}

#[test]
fn a_lock_that_is_lost_stops_the_run_before_the_next_commit() {
    // what MariaDB's DDL has committed is recorded
    for (place, stands) in [(Place::Postgresql, 1), (Place::Mariadb, 2)] {
        let project = Project::new(place, Transactions::PerMigration);
        project.add_revisions(4, 1.1, true);
        let run = project.start(&["upgrade", "head", "-v"]);
        runs::wait_until("the second revision runs", || project.progress() == 2);
        end_connections(&project, 1);
        let output = run.end();
        assert_one_clear_error(&project, &output, &format!("{place:?}"));
        assert!(shown(&output).contains("The lock of version table"), "{}", shown(&output));
        let version = project.query("SELECT version_num FROM alembic_version");
        assert_eq!(version, [revision(stands)], "{place:?}: {}", shown(&output));
        project.run_well(&["upgrade", "head"]);
        assert_eq!(project.ran(), revisions(4), "{place:?}");
    }
}

/// What a script does to end all connections to its database but its own.
fn end_the_others(place: Place) -> Vec<String> {
    let end = match place {
        Place::Mariadb => [
            "others = 'SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()'",
            "for (other,) in op.get_bind().execute(sa.text(others)).all(): op.execute(f'KILL {other}')",
        ],
        _ => [
            "others = 'datname = current_database() AND pid <> pg_backend_pid()'",
            "op.execute(f'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}')",
        ],
    };
    end.into_iter().chain(["time.sleep(0.1)"]).map(str::to_owned).collect()
}

#[test]
fn a_lock_that_is_lost_in_a_short_run_is_noticed_before_its_commit() {
    for transactions in [Transactions::WholeRun, Transactions::PerMigration] {
        for losing in 1..=3 {
            let project = Project::new(Place::Postgresql, transactions);
            for number in 1..=3 {
                let end = if number == losing { end_the_others(Place::Postgresql) } else { Vec::new() };
                project.add_revision(number, &end, &[]);
            }
            let what = format!("{transactions:?}, {losing}");
            let output = project.run(&["upgrade", "head", "-v"]);
            assert_one_clear_error(&project, &output, &what);
            assert!(shown(&output).contains("The lock of version table"), "{what}: {}", shown(&output));
            let is_there = project.query("SELECT to_regclass('alembic_version') IS NOT NULL") == ["t"];
            let left =
                if is_there { project.query("SELECT version_num FROM alembic_version") } else { Vec::new() };
            let expected = match transactions {
                Transactions::PerMigration if losing > 1 => vec![revision(losing - 1)],
                _ => Vec::new(),
            };
            assert_eq!(left, expected, "{what}: {}", shown(&output));
        }
    }
}

#[test]
fn a_lock_that_is_lost_where_the_step_is_kept_anyway_leaves_the_step_recorded() {
    let project = Project::new(Place::Mariadb, Transactions::WholeRun);
    project.add_revision(1, &end_the_others(Place::Mariadb), &[]);
    let output = project.run_well(&["upgrade", "head"]);
    assert!(
        shown(&output).contains("WARNI [alembic.runtime.migration] The lock of version table"),
        "{}",
        shown(&output)
    );
    assert_eq!(project.query("SELECT version_num FROM alembic_version"), ["r001"]);

    project.add_revision(2, &end_the_others(Place::Mariadb), &[]);
    project.add_revision(3, &[], &[]);
    let output = project.run(&["upgrade", "head"]);
    assert_one_clear_error(&project, &output, "mariadb");
    assert!(shown(&output).contains("FAILED: The lock of version table"), "{}", shown(&output));
    assert_eq!(project.query("SELECT version_num FROM alembic_version"), ["r002"]);
    project.run_well(&["upgrade", "head"]);
}
