//! The lock of a run as its users meet it: who waits, for how long, and what they are told.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod runs;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use runs::{Place, Project, Run, Transactions, revisions, shown};

const PLACES: [Place; 3] = [Place::Sqlite, Place::Postgresql, Place::Mariadb];

/// Makes a project with a run in the middle of its second revision.
fn busy_project(place: Place, transactions: Transactions, seconds: f64) -> (Project, Run) {
    let project = Project::new(place, transactions);
    project.add_revisions(3, seconds, false);
    let run = project.start(&["upgrade", "head", "-v"]);
    runs::wait_until("the second revision runs", || project.progress() >= 2);
    (project, run)
}

#[test]
fn a_run_that_waits_says_for_whom_and_then_finds_the_work_done() {
    for (place, holder) in [
        (Place::Sqlite, "the lock of version table 'alembic_version'\n"),
        (Place::Postgresql, "'alembic_version' (backend "),
        (Place::Mariadb, "'alembic_version' (connection "),
    ] {
        let (project, run) = busy_project(place, Transactions::WholeRun, 0.4);
        let second = project.run_well(&["upgrade", "head", "-v"]);
        let told = String::from_utf8_lossy(&second.stderr).into_owned();
        assert!(
            told.contains("WARNI [alembic.runtime.migration] Waiting up to 600 seconds for another run"),
            "{told}"
        );
        assert!(told.contains(holder), "{place:?}: {told}");
        assert!(told.contains("Got the lock of version table 'alembic_version' after "), "{place:?}: {told}");
        assert!(!told.contains("Running upgrade"), "{place:?}: {told}");
        if place == Place::Postgresql {
            assert!(told.contains("application 'alembic', user '"), "{told}");
            // whether the server looks names up is its own setting
            let client = ["127.0.0.1", "localhost"].map(|name| format!("client {name}, connected since 20"));
            assert!(client.iter().any(|client| told.contains(client.as_str())), "{told}");
        }
        run.end_well();
        assert_eq!(project.ran(), revisions(3), "{place:?}");
    }
}

#[test]
fn a_run_that_waits_too_long_ends_with_an_exit_code_of_its_own() {
    for place in PLACES {
        let (project, run) = busy_project(place, Transactions::WholeRun, 2.0);
        let started = Instant::now();
        for command in [&["upgrade", "head"][..], &["stamp", "r003"], &["stamp", "--purge", "head"]] {
            let output = project.run(&[command, &["-v", "--lock-timeout", "0.2"]].concat());
            assert_eq!(output.status.code(), Some(75), "{place:?}, {command:?}: {}", shown(&output));
            let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(
                stdout.starts_with("FAILED: Another run has the lock of version table 'alembic_version'"),
                "{place:?}: {stdout}"
            );
            assert!(stdout.trim_end().ends_with("gave up after 0.2 seconds"), "{place:?}: {stdout}");
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(stderr.contains("hint: --no-lock runs without the lock"), "{place:?}: {stderr}");
            assert!(!stderr.contains("Traceback"), "{place:?}: {stderr}");
        }
        project.edit("alembic.ini", "[loggers]", "lock_timeout = 0\n\n[loggers]");
        let output = project.run(&["upgrade", "head"]);
        assert_eq!(output.status.code(), Some(75), "{place:?}: {}", shown(&output));
        assert!(!shown(&output).contains("Waiting up to"), "{place:?}: {}", shown(&output));
        assert!(started.elapsed() < Duration::from_secs(10));
        run.end_well();
    }
}

#[test]
fn a_time_that_is_none_is_refused() {
    let project = Project::new(Place::Sqlite, Transactions::WholeRun);
    project.add_revisions(1, 0.0, false);
    for (command, revision) in [("upgrade", "head"), ("downgrade", "base"), ("stamp", "head")] {
        for value in ["soon", "-1", "inf", "1e400", "nan", ""] {
            let output = project.run(&[command, revision, &format!("--lock-timeout={value}")]);
            assert_eq!(output.status.code(), Some(2), "{}", shown(&output));
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(stderr.starts_with(&format!("usage: alembic {command} ")), "{stderr}");
            let message = format!(
                "alembic {command}: error: argument --lock-timeout: invalid seconds value: '{value}'\n"
            );
            assert!(stderr.ends_with(&message), "{stderr}");
        }
    }
    let output = project.run(&["upgrade", "head", "--lock-timeout", "-1"]);
    assert_eq!(output.status.code(), Some(2), "{}", shown(&output));
    project.run_well(&["upgrade", "head", "--lock-timeout", "1e19"]);
    project.run_well(&["downgrade", "base", "--lock-timeout", "1e9"]);

    project.edit("alembic.ini", "[loggers]", "lock_timeout = soon\n\n[loggers]");
    let output = project.run(&["upgrade", "head"]);
    assert_eq!(output.status.code(), Some(255), "{}", shown(&output));
    let message = "alembic.ini, line 5: lock_timeout is seconds or 'off', not 'soon'\n";
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(stdout.starts_with("FAILED: ") && stdout.ends_with(message), "{stdout}");
    project.run_well(&["upgrade", "head", "--no-lock"]);

    project.edit("alembic.ini", "lock_timeout = soon\n", "");
    for (value, shown_value) in [("'soon'", "'soon'"), ("-3", "'-3'"), ("-0.5", "'-0.5'"), ("true", "'bool'")]
    {
        project.write("pyproject.toml", &format!("[tool.alembic]\nlock_timeout = {value}\n"));
        let output = project.run(&["downgrade", "base"]);
        assert_eq!(output.status.code(), Some(255), "{}", shown(&output));
        let message = format!("pyproject.toml: lock_timeout is seconds or 'off', not {shown_value}\n");
        assert!(String::from_utf8_lossy(&output.stdout).ends_with(&message), "{}", shown(&output));
    }
    project.write("pyproject.toml", "[tool.alembic]\nlock_timeout = 0.5\n");
    project.run_well(&["downgrade", "base"]);
}

#[test]
fn a_run_with_nothing_to_do_waits_for_nobody() {
    for place in [Place::Postgresql, Place::Mariadb] {
        let (project, mut run) = busy_project(place, Transactions::PerMigration, 0.7);
        let output = project.run_well(&["upgrade", "r001", "--lock-timeout", "0"]);
        assert!(!shown(&output).contains("Waiting"), "{place:?}: {}", shown(&output));
        assert!(!run.is_over(), "{place:?}: the first run was over");
        run.end_well();
    }
}

#[test]
fn no_lock_goes_past_the_lock_and_the_version_table_stops_the_loser() {
    for place in [Place::Postgresql, Place::Mariadb] {
        let project = Project::new(place, Transactions::PerMigration);
        project.add_revision(1, &[], &[]);
        let wait = ["open('progress', 'a').write('x\\n')".to_owned(), "time.sleep(0.8)".to_owned()];
        project.add_revision(2, &wait, &[]);
        let run = project.start(&["upgrade", "head", "-v"]);
        runs::wait_until("the second revision runs", || project.progress() == 1);
        project.run_well(&["stamp", "r002", "--no-lock"]);
        let output = run.end();
        assert_eq!(output.status.code(), Some(255), "{place:?}: {}", shown(&output));
        assert!(shown(&output).contains("expected to match one row"), "{place:?}: {}", shown(&output));
    }
}

#[test]
fn a_lock_of_env_py_goes_together_with_that_of_the_run() {
    for (place, statement) in [
        (Place::Postgresql, "SELECT pg_advisory_xact_lock(4711)"),
        (Place::Mariadb, "SELECT GET_LOCK('own', 60)"),
    ] {
        let project = Project::new(place, Transactions::WholeRun);
        project.edit(
            "migrations/env.py",
            "        context.run_migrations()",
            &format!(
                "        from sqlalchemy import text\n        connection.execute(text(\"{statement}\"))\n        \
                 context.run_migrations()"
            ),
        );
        project.add_revisions(3, 0.05, false);
        let all: Vec<Run> = (0..4).map(|_| project.start(&["upgrade", "head"])).collect();
        for run in all {
            run.end_well();
        }
        assert_eq!(project.ran(), revisions(3), "{place:?}");
    }
}

#[test]
fn a_program_that_runs_commands_in_one_transaction_does_not_wait_for_itself() {
    for place in PLACES {
        let project = Project::new(place, Transactions::WholeRun);
        project.add_revisions(3, 0.0, false);
        let whole = std::fs::read_to_string(project.root().join("migrations/env.py")).expect("env.py");
        let (head, _) = whole.split_once("with engine").expect("the body of env.py");
        let env = format!(
            "{head}context.configure(connection=config.attributes['connection'])\ncontext.run_migrations()\n"
        );
        std::fs::write(project.root().join("migrations/env.py"), env).expect("env.py");
        let program = "\
from alembic import command
from alembic.config import Config
from sqlalchemy import engine_from_config

config = Config('alembic.ini')
engine = engine_from_config(config.get_section('alembic'), prefix='sqlalchemy.')
config.set_main_option('lock_timeout', '2')
with engine.begin() as connection:
    config.attributes['connection'] = connection
    command.upgrade(config, 'r001')
    command.upgrade(config, 'head')
    command.downgrade(config, 'r002')
";
        std::fs::write(project.root().join("program.py"), program).expect("the program");
        project.run_well(&["exec", "program.py"]);
        assert_eq!(project.query("SELECT version_num FROM alembic_version"), ["r002"], "{place:?}");
    }
}

#[test]
fn tenants_of_one_database_do_not_wait_for_each_other() {
    let project = Project::new(Place::Postgresql, Transactions::WholeRun);
    project.query("CREATE SCHEMA one; CREATE SCHEMA two");
    project.edit(
        "migrations/env.py",
        "    context.configure(",
        "    from sqlalchemy import text\n    tenant = context.get_x_argument(as_dictionary=True)['tenant']\n    \
         connection.execute(text(f'SET search_path TO {tenant}'))\n    connection.commit()\n    context.configure(",
    );
    project.add_revisions(3, 0.5, false);
    let run = project.start(&["-x", "tenant=one", "upgrade", "head"]);
    runs::wait_until("the second revision runs", || project.progress() >= 2);
    let output = project.run_well(&["-x", "tenant=two", "upgrade", "head", "--lock-timeout", "0"]);
    assert!(!shown(&output).contains("Waiting"), "{}", shown(&output));
    run.end_well();
    for tenant in ["one", "two"] {
        assert_eq!(project.query(&format!("SELECT count(*) FROM {tenant}.ran")), ["3"]);
    }
}

#[test]
fn no_lock_is_left_behind() {
    let project = Project::new(Place::Postgresql, Transactions::WholeRun);
    project.add_revisions(2, 0.0, false);
    project.run_well(&["upgrade", "head"]);
    project.run_well(&["downgrade", "base"]);
    let left = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = \
                'advisory' AND d.datname = current_database()";
    assert_eq!(project.query(left), ["0"]);
}

/// Passes connections on to a server as a pool does: sessions get a number of the pool's own.
fn pool(server: String) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let port = listener.local_addr().expect("it has an address").port();
    let pass_on = |mut from: TcpStream, mut to: TcpStream, change: fn(&mut [u8])| {
        let mut buffer = vec![0; 65_536];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            change(&mut buffer[..length]);
            if to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    };
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(&server).expect("the server is there");
            let (to_server, to_client) =
                (server.try_clone().expect("a socket"), client.try_clone().expect("a socket"));
            thread::spawn(move || pass_on(client, to_server, |_| ()));
            thread::spawn(move || pass_on(server, to_client, renumber));
        }
    });
    port
}

/// Changes the number in the message that tells it: `K`, its length of 12, the number, a secret.
fn renumber(bytes: &mut [u8]) {
    let message = b"K\0\0\0\x0c";
    if let Some(start) = bytes.windows(message.len()).position(|window| window == message)
        && let Some(number) = bytes.get_mut(start + message.len()..start + message.len() + 4)
    {
        number[1] ^= 0x55;
    }
}

#[test]
fn a_lock_through_a_pool_lasts_as_long_as_a_transaction() {
    let project = Project::new(Place::Postgresql, Transactions::PerMigration);
    project.add_revisions(3, 0.4, false);
    let url = project.url();
    let (head, tail) = url.split_once('@').expect("a user");
    let (server, database) = tail.split_once('/').expect("a database");
    let port = pool(server.to_owned());
    project.set_url(&format!("{head}@127.0.0.1:{port}/{database}?sslmode=disable"));
    let run = project.start(&["upgrade", "head", "-v"]);
    runs::wait_until("the second revision runs", || project.progress() >= 2);
    let holder = "SELECT a.state, a.backend_xmin IS NULL FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE \
                  l.locktype = 'advisory' AND a.datname = current_database()";
    assert_eq!(project.query(holder), ["idle in transaction\tt"]);
    let busy = project.run(&["upgrade", "head", "--lock-timeout", "0"]);
    assert_eq!(busy.status.code(), Some(75), "{}", shown(&busy));
    // a run that is connected to the server itself keeps out of the way too
    project.set_url(&url);
    let busy = project.run(&["upgrade", "head", "--lock-timeout", "0"]);
    assert_eq!(busy.status.code(), Some(75), "{}", shown(&busy));
    project.run_well(&["upgrade", "head"]);
    run.end_well();
    assert_eq!(project.ran(), revisions(3));
}
