//! `kill -9` at any moment of an upgrade of 200 revisions: whatever is left behind is a state that a run passes
//! through, the next run completes, and the schema is that of an undisturbed run.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use xtask::dump::{dump_database, query_texts};
use xtask::project::{Project, generate};
use xtask::random::Random;

const REVISIONS: usize = 200;
const SEED: u64 = 20_261_121;

/// How the revisions share transactions.
#[derive(Clone, Copy, Debug)]
enum Mode {
    /// One transaction for the whole run.
    WholeRun,
    /// One for each revision.
    PerMigration,
}

#[test]
fn an_upgrade_killed_at_any_moment_is_completed_by_the_next_run() {
    // 25 moments in each mode are the 50 of the acceptance list.
    kill_at_random_moments(Mode::WholeRun, 25);
    kill_at_random_moments(Mode::PerMigration, 25);
}

#[test]
#[ignore = "takes minutes; cargo xtask test --long runs it"]
fn an_upgrade_killed_at_many_moments_is_completed_by_the_next_run() {
    kill_at_random_moments(Mode::WholeRun, 250);
    kill_at_random_moments(Mode::PerMigration, 250);
}

fn kill_at_random_moments(mode: Mode, times: usize) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let project = generate(directory.path(), REVISIONS).expect("the project is written");

    // The first run fills the cache of compiled scripts, so that the second tells how long the next ones take.
    upgrade_to_the_end(&project, mode);
    let undisturbed = dump_database(&project.database()).expect("the database is readable");
    remove_database(&project);
    let started = Instant::now();
    upgrade_to_the_end(&project, mode);
    let duration = started.elapsed();

    let mut random = Random::new(SEED);
    let mut killed = 0;
    for round in 0..times {
        remove_database(&project);
        let microseconds = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX).max(1);
        let moment = Duration::from_micros(random.below(microseconds));
        let mut run = start_upgrade(&project, mode);
        std::thread::sleep(moment);
        run.kill().expect("the run can be killed");
        if !run.wait().expect("the run ends").success() {
            killed += 1;
        }
        let place = format!("{mode:?}, round {round}, killed after {moment:?} of {duration:?}");
        assert_passing_state(&project, &place);
        upgrade_to_the_end(&project, mode);
        let dump = dump_database(&project.database()).expect("the database is readable");
        assert_eq!(dump, undisturbed, "{place}");
    }
    assert!(killed > times / 2, "only {killed} of {times} runs were still going when they were killed");
}

fn command(project: &Project, mode: Mode) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alembic"));
    if let Mode::PerMigration = mode {
        command.args(["-x", "per_migration=yes"]);
    }
    command
        .args(["upgrade", "head"])
        .current_dir(&project.root)
        .env("XDG_CACHE_HOME", project.root.join("cache"))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

fn start_upgrade(project: &Project, mode: Mode) -> Child {
    command(project, mode).stderr(Stdio::null()).spawn().expect("alembic starts")
}

fn upgrade_to_the_end(project: &Project, mode: Mode) {
    let output = command(project, mode).stderr(Stdio::piped()).output().expect("alembic starts");
    assert!(output.status.success(), "{}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
}

fn remove_database(project: &Project) {
    for end in ["", "-journal", "-wal", "-shm"] {
        let mut path = project.database().into_os_string();
        path.push(end);
        let path = Path::new(&path);
        if path.exists() {
            fs::remove_file(path).expect("the database can be removed");
        }
    }
}

/// Fails unless the version table tells the truth about the tables that are there.
fn assert_passing_state(project: &Project, place: &str) {
    if !project.database().exists() {
        return;
    }
    let ask = |query| query_texts(&project.database(), query).expect("the database is readable");
    let mut tables = ask("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    let has_version_table = tables.iter().any(|table| table == "alembic_version");
    tables.retain(|table| table != "alembic_version");
    tables.sort();
    let versions =
        if has_version_table { ask("SELECT version_num FROM alembic_version") } else { Vec::new() };
    let expected = match versions.as_slice() {
        [] => Vec::new(),
        [version] => project.tables_at(version).unwrap_or_else(|| panic!("{place}: version {version}")),
        several => panic!("{place}: versions {several:?}"),
    };
    assert_eq!(tables, expected, "{place}: version {versions:?}");
}
