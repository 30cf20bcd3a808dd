//! Runs that fail for a reason of the database: what the report says, and that the next run goes on.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod runs;

use std::process::Output;

use runs::{PASSWORD_IN_URL, Place, Project, Transactions, revision, shown};

/// Runs an upgrade that must fail with one traceback that ends in `error`, and gives what it wrote to standard error.
fn fail(project: &Project, error: &str) -> String {
    let output: Output = project.run(&["upgrade", "head", "-v"]);
    assert_eq!(output.status.code(), Some(1), "{}", shown(&output));
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(stderr.matches("Traceback (most recent call last)").count(), 1, "{stderr}");
    assert!(stderr.contains(error), "{error}: {stderr}");
    stderr
}

/// Gives what hints say, without the statements that are listed.
fn hints(stderr: &str) -> Vec<&str> {
    stderr.lines().filter_map(|line| line.strip_prefix("hint: ")).collect()
}

/// A project whose second revision executes some statements, which fail as long as `broken` is among them.
fn project(place: Place, transactions: Transactions, statements: &[&str]) -> Project {
    let project = Project::new(place, transactions);
    project.add_revision(1, &["op.execute('CREATE TABLE first (id INTEGER)')".to_owned()], &[]);
    let body: Vec<String> = statements.iter().map(|sql| format!("op.execute(\"{sql}\")")).collect();
    project.add_revision(2, &body, &[]);
    project
}

#[test]
fn a_refused_statement_is_named_with_its_revision_and_what_the_database_is_at() {
    for place in [Place::Sqlite, Place::Postgresql] {
        for (transactions, stands) in
            [(Transactions::WholeRun, "no revision (base)"), (Transactions::PerMigration, "revision r001")]
        {
            let project = project(
                place,
                transactions,
                &["CREATE TABLE second (id INTEGER)", "INSERT INTO missing (id) VALUES (1)"],
            );
            let stderr = fail(&project, "[SQL: INSERT INTO missing (id) VALUES (1)]");
            let code = (place == Place::Postgresql).then_some("the server's code for it is 42P01");
            let told = [
                "`upgrade r001 -> r002` failed (migrations/versions/r002.py) at: INSERT INTO missing (id) VALUES (1)",
                &format!("the database is at {stands}; the same command goes on from there"),
            ];
            let expected: Vec<&str> = code.into_iter().chain(told).collect();
            assert_eq!(hints(&stderr), expected, "{place:?}, {transactions:?}");
            project.edit("migrations/versions/r002.py", "INSERT INTO missing (id)", "INSERT INTO first (id)");
            project.run_well(&["upgrade", "head"]);
        }
    }
}

#[test]
fn what_mariadb_has_kept_of_a_revision_is_listed() {
    let project = project(
        Place::Mariadb,
        Transactions::WholeRun,
        &[
            "INSERT INTO first (id) VALUES (1)",
            "CREATE TABLE second (id INTEGER)",
            "INSERT INTO second (id) VALUES (2)",
            "INSERT INTO missing (id) VALUES (3)",
        ],
    );
    let stderr = fail(&project, "[SQL: INSERT INTO missing (id) VALUES (3)]");
    assert_eq!(
        hints(&stderr),
        [
            "`upgrade r001 -> r002` failed (migrations/versions/r002.py) at: INSERT INTO missing (id) VALUES (3)",
            "the database has kept these statements of the revision that failed, which must not run twice:",
            "    INSERT INTO first (id) VALUES (1)",
            "    CREATE TABLE second (id INTEGER)",
            "the database is at revision r001; the same command goes on from there",
        ]
    );
    assert_eq!(project.query("SELECT id FROM first"), ["1"]);
    assert_eq!(project.query("SELECT count(*) FROM second"), ["0"]);
    assert_eq!(project.query("SELECT version_num FROM alembic_version"), [revision(1)]);
}

#[test]
fn what_an_autocommit_block_has_kept_is_listed() {
    let project = Project::new(Place::Postgresql, Transactions::WholeRun);
    project.add_revision(1, &[], &[]);
    let body = [
        "op.execute('CREATE TABLE second (id INTEGER)')",
        "with op.get_context().autocommit_block():",
        "    op.execute('CREATE INDEX CONCURRENTLY i ON second (id)')",
        "op.execute('CREATE TABLE third (id INTEGER)')",
        "op.execute('SELECT nonsense')",
    ];
    project.add_revision(2, &body.map(str::to_owned), &[]);
    let stderr = fail(&project, "column \"nonsense\" does not exist");
    assert_eq!(
        hints(&stderr),
        [
            "the server's code for it is 42703",
            "`upgrade r001 -> r002` failed (migrations/versions/r002.py) at: SELECT nonsense",
            "the database has kept these statements of the revision that failed, which must not run twice:",
            "    CREATE TABLE second (id INTEGER)",
            "    CREATE INDEX CONCURRENTLY i ON second (id)",
            "the database is at revision r001; the same command goes on from there",
        ]
    );
}

#[test]
fn timeouts_permissions_and_full_disks_are_told_in_the_server_s_words() {
    let cases: [(Place, &[&str], &str, &str); 5] = [
        (
            Place::Postgresql,
            &["SET LOCAL statement_timeout = 50", "SELECT pg_sleep(5)"],
            "(psycopg.errors.QueryCanceled) canceling statement due to statement timeout",
            "SELECT pg_sleep(5)",
        ),
        (
            Place::Postgresql,
            &[
                "CREATE ROLE limbeck_nobody",
                "SET LOCAL ROLE limbeck_nobody",
                "CREATE TABLE second (id INTEGER)",
            ],
            "(psycopg.errors.InsufficientPrivilege) permission denied for schema public",
            "CREATE TABLE second (id INTEGER)",
        ),
        (
            Place::Mariadb,
            &[
                "SET STATEMENT max_statement_time = 0.05 FOR SELECT count(*) FROM information_schema.collations a, \
               information_schema.collations b, information_schema.collations c",
            ],
            "(1969, 'Query execution was interrupted (max_statement_time exceeded)')",
            "SET STATEMENT max_statement_time",
        ),
        (
            Place::Sqlite,
            &["PRAGMA max_page_count = 1", "CREATE TABLE second (id INTEGER)"],
            "(sqlite3.OperationalError) database or disk is full",
            "CREATE TABLE second (id INTEGER)",
        ),
        (
            Place::Postgresql,
            &["SELECT pg_terminate_backend(pg_backend_pid())"],
            "(psycopg.errors.AdminShutdown) terminating connection due to administrator command",
            "SELECT pg_terminate_backend",
        ),
    ];
    for (place, statements, error, statement) in cases {
        let project = project(place, Transactions::PerMigration, statements);
        let stderr = fail(&project, error);
        let begin = format!("`upgrade r001 -> r002` failed (migrations/versions/r002.py) at: {statement}");
        assert!(hints(&stderr).iter().any(|hint| hint.starts_with(&begin)), "{place:?}: {stderr}");
        assert!(stderr.contains("revision r001; the same command goes on from there"), "{place:?}: {stderr}");
        assert_eq!(project.query("SELECT version_num FROM alembic_version"), ["r001"], "{place:?}");
    }
}

#[test]
fn a_lock_timeout_of_a_script_is_no_timeout_of_the_run_s_lock() {
    let project = project(
        Place::Postgresql,
        Transactions::PerMigration,
        &["SET LOCAL lock_timeout = 100", "LOCK TABLE first IN ACCESS EXCLUSIVE MODE"],
    );
    project.run_well(&["upgrade", "r001"]);
    let holder = "BEGIN; LOCK TABLE first IN ACCESS SHARE MODE; SELECT pg_sleep(2); COMMIT";
    let url = project.server_url.clone();
    let blocker = std::thread::spawn(move || xtask::databases::query(&url, holder));
    runs::wait_until("the table is locked", || {
        project.query("SELECT count(*) FROM pg_locks WHERE relation = 'first'::regclass") == ["1"]
    });
    let stderr = fail(&project, "(psycopg.errors.LockNotAvailable) canceling statement due to lock timeout");
    assert!(stderr.contains("at: LOCK TABLE first"), "{stderr}");
    blocker.join().expect("the blocker ends").expect("its statements succeed");
    project.run_well(&["upgrade", "head"]);
}

#[test]
fn a_server_that_cannot_be_reached_or_refuses_the_user_is_told_without_the_password() {
    for place in [Place::Postgresql, Place::Mariadb] {
        let project = project(place, Transactions::WholeRun, &[]);
        let url = project.url();
        let (head, tail) = url.split_once('@').expect("a URL with a host");
        let (_, database) = tail.split_once('/').expect("a URL with a database");
        // nothing listens on the port of tcpmux
        project.set_url(&format!("{head}@127.0.0.1:1/{database}"));
        let stderr = fail(&project, "Connection refused");
        assert!(stderr.contains("sqlalchemy.exc.OperationalError: ("), "{stderr}");
        project.set_url(&url.replace(database, "no_such_database_here"));
        fail(&project, "no_such_database_here");
        if place == Place::Mariadb {
            project.set_url(&url.replace(PASSWORD_IN_URL, &format!("not-{PASSWORD_IN_URL}")));
            fail(&project, "Access denied for user 'limbeck_runs'@");
        }
    }
}

#[test]
fn a_server_s_code_detail_hint_and_context_are_told_once() {
    let raise = "DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'unique_violation', DETAIL = 'a detail', HINT = 'a hint'; END $$";
    let project = project(Place::Postgresql, Transactions::WholeRun, &[raise]);
    let url = project.url();
    let context =
        "DETAIL:  a detail\nHINT:  a hint\nCONTEXT:  PL/pgSQL function inline_code_block line 1 at RAISE\n";
    for (driver, words, is_told) in [
        ("psycopg", format!("(psycopg.errors.UniqueViolation) no\n{context}[SQL: "), true),
        ("psycopg2", format!("(psycopg2.errors.UniqueViolation) no\n{context}\n[SQL: "), true),
        ("asyncpg", "DETAIL:  a detail\nHINT:  a hint\n[SQL: ".to_owned(), true),
        ("pg8000", "'D': 'a detail', 'H': 'a hint', 'W': ".to_owned(), false),
    ] {
        project.set_url(&url.replace("psycopg", driver));
        let stderr = fail(&project, &words);
        assert_eq!(stderr.matches("23505").count(), 1, "{stderr}");
        assert_eq!(stderr.contains("hint: the server's code for it is 23505\n"), is_told, "{stderr}");
        let output = project.run(&["--raiseerr", "upgrade", "head"]);
        assert_eq!(shown(&output).contains("hint: the server's code for it is 23505\n"), is_told, "{driver}");
    }
    project.set_url(&url.replace("/limbeck_runs", "/no_such_database_here"));
    let stderr = fail(&project, "does not exist");
    assert!(stderr.contains("hint: the server's code for it is 3D000\n"), "{stderr}");
    let output = project.run(&["current", "--format", "json"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("code for it is 3D000"), "{}", shown(&output));
}

/// What programs ask a failure of, to know which one it is; the answers are those of the drivers in the reference.
#[test]
fn programs_read_a_server_s_code_where_its_driver_keeps_it() {
    let program = r#"
import sys
import sqlalchemy as sa

for url, sql in zip(sys.argv[1::2], sys.argv[2::2]):
    try:
        with sa.create_engine(url).connect() as connection:
            connection.execute(sa.text(sql))
    except sa.exc.DBAPIError as error:
        names = [name for name in ("sqlstate", "pgcode") if hasattr(error.orig, name)]
        print(type(error).__name__, [(name, getattr(error.orig, name)) for name in names], len(error.orig.args), error.orig.args[0])
"#;
    let postgresql = project(Place::Postgresql, Transactions::WholeRun, &[]);
    postgresql.write("program.py", program);
    let url = |driver| postgresql.url().replace("psycopg", driver);
    let (sql, other) = ("SELECT 1 / 0", "SELECT CAST('x' AS INTEGER)");
    let output = postgresql.run_well(&[
        "exec",
        "program.py",
        &url("psycopg"),
        sql,
        &url("psycopg2"),
        other,
        &url("pg8000"),
        sql,
    ]);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines[0], "DataError [('sqlstate', '22012')] 1 division by zero");
    assert!(lines[1].starts_with("DataError [('pgcode', '22P02')] 1 invalid input syntax"), "{stdout}");
    assert!(stdout.contains("\nProgrammingError [] 1 {'S': 'ERROR'"), "{stdout}");

    let mariadb = project(Place::Mariadb, Transactions::WholeRun, &[]);
    mariadb.write("program.py", program);
    let output = mariadb.run_well(&["exec", "program.py", &mariadb.url(), "SELECT * FROM missing"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "ProgrammingError [] 2 1146\n");
}

/// What the reference says of a version table that has lost the row of revision 1.
const LOST_ROW: &str = "FAILED: Online migration expected to match one row when updating 'r001' to 'r002' in 'alembic_version'; 0 found";

#[test]
fn a_version_table_that_was_changed_meanwhile_ends_the_run_before_anything_is_committed() {
    let next: [&[&str]; 4] = [
        &["op.execute('CREATE TABLE third (id INTEGER)')"],
        // on PostgreSQL the script has begun before the answer is there; what it commits must not stay
        &["op.execute('CREATE TABLE third (id INTEGER)')", "op.get_bind().commit()"],
        &["op.execute('COMMIT')", "op.execute('CREATE TABLE third (id INTEGER)')"],
        &["try:", "    op.get_bind().commit()", "except Exception:", "    pass"],
    ];
    for place in [Place::Sqlite, Place::Postgresql] {
        for body in next {
            let project = project(place, Transactions::WholeRun, &["DELETE FROM alembic_version"]);
            let body: Vec<String> = body.iter().map(|line| (*line).to_owned()).collect();
            project.add_revision(3, &body, &[]);
            let output = project.run(&["upgrade", "head", "-v"]);
            assert_eq!(output.status.code(), Some(255), "{}", shown(&output));
            let stdout = String::from_utf8_lossy(&output.stdout);
            assert_eq!(stdout.trim_end(), LOST_ROW, "{}", shown(&output));
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(
                hints(&stderr)[0].starts_with("`upgrade r001 -> r002` failed (migrations/versions/r002.py)"),
                "{stderr}"
            );
            let tables = match place {
                Place::Sqlite => "SELECT name FROM sqlite_master",
                _ => "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
            };
            assert_eq!(project.query(tables), Vec::<String>::new(), "{place:?}: {body:?}");
        }
    }
}

#[test]
fn a_run_in_a_transaction_of_env_py_says_what_the_database_is_at() {
    for place in [Place::Sqlite, Place::Postgresql, Place::Mariadb] {
        let project = project(place, Transactions::External, &["INSERT INTO missing (id) VALUES (1)"]);
        let stderr = fail(&project, "[SQL: INSERT INTO missing (id) VALUES (1)]");
        let stands = "the database is at no revision (base); the same command goes on from there";
        assert!(hints(&stderr).contains(&stands), "{place:?}: {stderr}");
    }
}

#[test]
fn a_program_says_what_its_failed_run_leaves() {
    let project = project(
        Place::Sqlite,
        Transactions::WholeRun,
        &["CREATE TABLE second (id INTEGER)", "INSERT INTO missing (id) VALUES (1)"],
    );
    let program = "from alembic import command\nfrom alembic.config import Config\ncommand.upgrade(Config('alembic.ini'), 'head')\n";
    std::fs::write(project.directory.path().join("program.py"), program).expect("the program is written");
    let output = project.run(&["exec", "program.py"]);
    assert_eq!(output.status.code(), Some(1), "{}", shown(&output));
    assert_eq!(
        hints(&String::from_utf8_lossy(&output.stderr)),
        [
            "`upgrade r001 -> r002` failed (migrations/versions/r002.py) at: INSERT INTO missing (id) VALUES (1)",
            "the database is at no revision (base); the same command goes on from there",
        ]
    );
}
