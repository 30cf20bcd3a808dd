use std::path::Path;

use serde_json::Value as Json;

use crate::engine::{Connection, Engine, EngineOptions, Parameters, QueryResult, Value};
use crate::error::Error;

fn connect(url: &str) -> Connection {
    Engine::create(url, EngineOptions::default()).unwrap().connect().unwrap()
}

fn file_url(directory: &Path) -> String {
    format!("sqlite:///{}/test.db", directory.display())
}

fn execute(connection: &Connection, sql: &str) -> QueryResult {
    connection.execute_sql(sql, &Parameters::none()).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn scalar(connection: &Connection, sql: &str) -> Value {
    execute(connection, sql).scalar().cloned().unwrap()
}

fn failure(connection: &Connection, sql: &str) -> String {
    connection.execute_sql(sql, &Parameters::none()).unwrap_err().to_string()
}

fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap()), Value::Int)
        }
        Json::String(text) => Value::from(text.as_str()),
        other => panic!("{other}"),
    }
}

fn parameters_of(json: &Json) -> Parameters {
    match json {
        Json::Array(values) => Parameters::Positional(values.iter().map(value_of).collect()),
        Json::Object(values) => {
            Parameters::Named(values.iter().map(|(name, value)| (name.clone(), value_of(value))).collect())
        }
        other => panic!("{other}"),
    }
}

#[test]
fn errors_read_as_the_references() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/reference/errors/record.json");
    let record: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for entry in record.as_array().unwrap() {
        let connection = connect("sqlite://");
        execute(
            &connection,
            "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE, c INTEGER NOT NULL, d INTEGER CHECK (d > 0))",
        );
        execute(&connection, "INSERT INTO t VALUES (1, 'x', 1, 1)");
        let sql = entry[0].as_str().unwrap();
        let sets = entry[1].as_array().filter(|sets| sets.first().is_some_and(Json::is_array));
        let result = match sets {
            Some(sets) => {
                let sets: Vec<_> = sets.iter().map(parameters_of).collect();
                connection.execute_many_sql(sql, &sets)
            }
            None => connection.execute_sql(sql, &parameters_of(&entry[1])),
        };
        match result {
            Err(Error::Database(error)) => {
                assert_eq!(Some(&*error.full_message()), entry[2].as_str(), "{sql}");
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
}

#[test]
fn opening_fails_in_the_references_words() {
    let directory = tempfile::tempdir().unwrap();
    let base = directory.path().display();
    let text = |url: String| {
        let error =
            Engine::create(&url, EngineOptions::default()).and_then(|engine| engine.connect()).unwrap_err();
        match error {
            Error::Database(error) => error.full_message(),
            other => other.to_string(),
        }
    };
    let cannot_open = "(sqlite3.OperationalError) unable to open database file\n\
                       (Background on this error at: https://sqlalche.me/e/21/e3q8)";
    assert_eq!(text(format!("sqlite:///{base}/no/such/directory/x.db")), cannot_open);
    assert_eq!(text(format!("sqlite:///file:{base}/none.db?mode=ro&uri=true")), cannot_open);
    assert_eq!(text("sqlite:///x?uri=foo".to_owned()), "String is not true/false: 'foo'");
    assert_eq!(text("sqlite:///x?timeout=abc".to_owned()), "could not convert string to float: 'abc'");
    assert_eq!(
        text("sqlite://u:p@host:7/x".to_owned()),
        "Invalid SQLite URL: sqlite://u:***@host:7/x\nValid SQLite URL forms are:\n sqlite:///:memory: (or, \
         sqlite://)\n sqlite:///relative/path/to/file.db\n sqlite:////absolute/path/to/file.db"
    );
    assert!(text("sqlite+pysqlcipher:///x".to_owned()).contains("pysqlcipher"));
    std::fs::write(directory.path().join("text"), "this is no database, whatever its length may be").unwrap();
    let connection = connect(&format!("sqlite:///{base}/text"));
    assert_eq!(failure(&connection, "SELECT * FROM t"), "(sqlite3.DatabaseError) file is not a database");
}

#[test]
fn a_uri_opens_read_only() {
    let directory = tempfile::tempdir().unwrap();
    execute(&connect(&file_url(directory.path())), "PRAGMA user_version = 7");
    let writer = connect(&file_url(directory.path()));
    execute(&writer, "CREATE TABLE t (a INTEGER)");
    writer.commit().unwrap();
    let reader = connect(&format!("sqlite:///file:{}/test.db?mode=ro&uri=true", directory.path().display()));
    assert_eq!(scalar(&reader, "SELECT count(*) FROM t"), Value::Int(0));
    assert_eq!(
        failure(&reader, "INSERT INTO t VALUES (1)"),
        "(sqlite3.OperationalError) attempt to write a readonly database"
    );
}

#[test]
fn a_locked_database_is_an_error_after_the_timeout() {
    let directory = tempfile::tempdir().unwrap();
    let url = file_url(directory.path());
    let first = connect(&url);
    execute(&first, "CREATE TABLE t (a INTEGER)");
    let started = std::time::Instant::now();
    let second = connect(&format!("{url}?timeout=0.2"));
    assert_eq!(
        failure(&second, "CREATE TABLE u (a INTEGER)"),
        "(sqlite3.OperationalError) database is locked"
    );
    assert!(started.elapsed() >= std::time::Duration::from_millis(150));
    let options = EngineOptions {
        connect_args: [("timeout".to_owned(), Value::Float(0.0))].into_iter().collect(),
        ..EngineOptions::default()
    };
    let third = Engine::create(&url, options).unwrap().connect().unwrap();
    assert_eq!(
        failure(&third, "CREATE TABLE u (a INTEGER)"),
        "(sqlite3.OperationalError) database is locked"
    );
}

#[test]
fn readers_do_not_block_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let url = file_url(directory.path());
    let writer = connect(&url);
    execute(&writer, "CREATE TABLE t (a INTEGER)");
    writer.commit().unwrap();
    let first = connect(&format!("{url}?timeout=0"));
    let second = connect(&format!("{url}?timeout=0"));
    execute(&first, "SELECT * FROM t");
    execute(&second, "SELECT * FROM t");
    assert!(first.in_database_transaction() && second.in_database_transaction());
}

#[test]
fn the_databases_own_defaults_stay() {
    let connection = connect("sqlite://");
    assert_eq!(scalar(&connection, "PRAGMA foreign_keys"), Value::Int(0));
    assert_eq!(scalar(&connection, "PRAGMA synchronous"), Value::Int(2));
    assert_eq!(scalar(&connection, "PRAGMA busy_timeout"), Value::Int(5000));
    assert_eq!(scalar(&connection, "PRAGMA recursive_triggers"), Value::Int(0));
}

#[test]
fn ddl_is_rolled_back() {
    let connection = connect("sqlite://");
    execute(&connection, "CREATE TABLE t (a INTEGER)");
    connection.commit().unwrap();
    execute(&connection, "ALTER TABLE t ADD COLUMN b TEXT");
    execute(&connection, "CREATE INDEX ix ON t (b)");
    connection.rollback().unwrap();
    assert_eq!(execute(&connection, "SELECT * FROM t").columns, ["a"]);
}

#[test]
fn statements_that_cannot_run_inside_commit_what_is_open_first() {
    for sql in [
        "VACUUM",
        "-- why\n PRAGMA foreign_keys=ON",
        "PRAGMA journal_mode = MEMORY",
        "PRAGMA synchronous(off)",
        "ATTACH ':memory:' AS other",
    ] {
        let connection = connect("sqlite://");
        execute(&connection, "CREATE TABLE t (a INTEGER)");
        assert!(connection.ends_transaction(sql), "{sql}");
        execute(&connection, sql);
        assert!(!connection.in_database_transaction(), "{sql}");
        assert!(connection.in_transaction(), "{sql}");
        execute(&connection, "INSERT INTO t VALUES (1)");
        assert!(connection.in_database_transaction(), "{sql}");
        connection.rollback().unwrap();
        assert_eq!(scalar(&connection, "SELECT count(*) FROM t"), Value::Int(0), "{sql}");
    }
}

#[test]
fn a_pragma_inside_the_run_takes_effect() {
    let connection = connect("sqlite://");
    execute(&connection, "CREATE TABLE t (a INTEGER)");
    execute(&connection, "PRAGMA foreign_keys=ON");
    assert_eq!(scalar(&connection, "PRAGMA foreign_keys"), Value::Int(1));
}

#[test]
fn nothing_is_committed_for_a_pragma_inside_a_savepoint_or_inside_what_the_user_began() {
    let connection = connect("sqlite://");
    execute(&connection, "CREATE TABLE t (a INTEGER)");
    let savepoint = connection.begin_nested().unwrap();
    assert!(!connection.ends_transaction("PRAGMA foreign_keys=ON"));
    execute(&connection, "PRAGMA foreign_keys=ON");
    savepoint.commit().unwrap();
    assert!(connection.ends_transaction("PRAGMA foreign_keys=ON"));
    connection.rollback().unwrap();
    execute(&connection, "BEGIN");
    execute(&connection, "CREATE TABLE u (a INTEGER)");
    assert_eq!(
        failure(&connection, "VACUUM"),
        "(sqlite3.OperationalError) cannot VACUUM from within a transaction"
    );
    connection.rollback().unwrap();
    assert!(failure(&connection, "SELECT * FROM u").contains("no such table"));
}

#[test]
fn transaction_words_of_the_user_keep_the_state_true() {
    let connection = connect("sqlite://");
    execute(&connection, "CREATE TABLE t (a INTEGER)");
    execute(&connection, "COMMIT");
    assert!(!connection.in_database_transaction());
    execute(&connection, "INSERT INTO t VALUES (1)");
    execute(&connection, "ROLLBACK");
    assert!(!connection.in_database_transaction());
    execute(&connection, "SAVEPOINT mine");
    execute(&connection, "INSERT INTO t VALUES (2)");
    execute(&connection, "ROLLBACK TO mine");
    execute(&connection, "RELEASE mine");
    assert!(connection.in_database_transaction());
    execute(&connection, "INSERT INTO t VALUES (3)");
    execute(&connection, "BEGIN IMMEDIATE");
    execute(&connection, "INSERT INTO t VALUES (4)");
    assert_eq!(
        failure(&connection, "BEGIN"),
        "(sqlite3.OperationalError) cannot start a transaction within a transaction"
    );
    execute(&connection, "END");
    connection.rollback().unwrap();
    assert_eq!(scalar(&connection, "SELECT group_concat(a) FROM t"), Value::from("3,4"));
    connection.rollback().unwrap();
    assert_eq!(
        failure(&connection, "COMMIT"),
        "(sqlite3.OperationalError) cannot commit - no transaction is active"
    );
}

#[test]
fn the_references_way_begins_only_for_changes() {
    let connection = connect("sqlite://");
    connection.set_transactional_ddl(false).unwrap();
    execute(&connection, "CREATE TABLE t (a INTEGER)");
    assert!(!connection.in_database_transaction());
    execute(&connection, "SELECT * FROM t");
    assert!(!connection.in_database_transaction());
    execute(&connection, "/* x */ INSERT INTO t VALUES (1)");
    assert!(connection.in_database_transaction());
    execute(&connection, "CREATE TABLE u (a INTEGER)");
    assert!(!connection.ends_transaction("PRAGMA foreign_keys=ON"));
    connection.rollback().unwrap();
    assert_eq!(scalar(&connection, "SELECT count(*) FROM t"), Value::Int(0));
    assert!(failure(&connection, "SELECT * FROM u").contains("no such table"));
}

#[test]
fn values_are_stored_as_sqlalchemy_stores_them() {
    let connection = connect("sqlite://");
    let moment = jiff::civil::date(2024, 2, 29).at(13, 5, 9, 120_000_000);
    let document: Json = serde_json::from_str(r#"{"a": [1, 2.5, null, true], "é": "x\"y"}"#).unwrap();
    let cases: Vec<(Value, Value)> = vec![
        (Value::Null, Value::Null),
        (Value::Bool(true), Value::Int(1)),
        (Value::Int(-5), Value::Int(-5)),
        (Value::Float(2.5), Value::Float(2.5)),
        (Value::Decimal("1.25".parse().unwrap()), Value::Float(1.25)),
        (Value::from("it's"), Value::from("it's")),
        (Value::Bytes(vec![0, 255]), Value::Bytes(vec![0, 255])),
        (Value::Date(moment.date()), Value::from("2024-02-29")),
        (Value::Time(moment.time(), None), Value::from("13:05:09.120000")),
        (
            Value::DateTime(moment, Some(jiff::tz::Offset::from_hours(2).unwrap())),
            Value::from("2024-02-29 13:05:09.120000"),
        ),
        (Value::Interval(jiff::SignedDuration::from_secs(86_461)), Value::from("1970-01-02 00:01:01.000000")),
        (
            Value::Uuid("12345678-1234-5678-1234-567812345678".parse().unwrap()),
            Value::from("12345678123456781234567812345678"),
        ),
        (Value::Json(document), Value::from(r#"{"a": [1, 2.5, null, true], "\u00e9": "x\"y"}"#)),
    ];
    for (given, stored) in cases {
        let result = connection.execute_sql("SELECT ?", &vec![given.clone()].into()).unwrap();
        assert_eq!(result.scalar(), Some(&stored), "{given:?}");
    }
}

#[test]
fn values_that_sqlite_cannot_take_are_refused() {
    let connection = connect("sqlite://");
    let error = |value: Value| connection.execute_sql("SELECT ?", &vec![value].into()).unwrap_err();
    assert_eq!(
        error(Value::Array(vec![Value::Int(1)])).to_string(),
        "(sqlite3.ProgrammingError) Error binding parameter 1: type 'list' is not supported"
    );
    assert_eq!(
        error(Value::BigInt("1180591620717411303424".to_owned())).to_string(),
        "Python int too large to convert to SQLite INTEGER"
    );
}

#[test]
fn results_carry_names_declared_types_and_counts() {
    let connection = connect("sqlite://");
    let created = execute(&connection, "CREATE TABLE t (a INTEGER PRIMARY KEY, b VARCHAR(5))");
    assert_eq!((created.rowcount, created.returns_rows()), (-1, false));
    let inserted = execute(&connection, "INSERT INTO t (b) VALUES ('x'), ('y')");
    assert_eq!((inserted.rowcount, inserted.last_insert_id), (2, Some(2)));
    let returned = execute(&connection, "INSERT INTO t (b) VALUES ('z') RETURNING a");
    assert_eq!(
        (returned.columns.as_slice(), returned.rows.as_slice()),
        (&["a".to_owned()][..], &[vec![Value::Int(3)]][..])
    );
    assert_eq!(execute(&connection, "UPDATE t SET b = 'q' WHERE a > 1").rowcount, 2);
    assert_eq!(execute(&connection, "DELETE FROM t WHERE a = 99").rowcount, 0);
    let selected = execute(&connection, "SELECT a, b, a + 1 AS c FROM t WHERE a = 0");
    assert_eq!(selected.columns, ["a", "b", "c"]);
    assert_eq!(selected.declared_types, [Some("INTEGER".to_owned()), Some("VARCHAR(5)".to_owned()), None]);
    assert_eq!((selected.rows.len(), selected.rowcount), (0, -1));
    assert_eq!(execute(&connection, "  -- nothing").rowcount, -1);
}

#[test]
fn a_kept_statement_sees_a_changed_table() {
    let connection = connect("sqlite://");
    execute(&connection, "CREATE TABLE t (a INTEGER)");
    assert_eq!(execute(&connection, "SELECT * FROM t").columns, ["a"]);
    execute(&connection, "ALTER TABLE t ADD COLUMN b TEXT");
    assert_eq!(execute(&connection, "SELECT * FROM t").columns, ["a", "b"]);
    execute(&connection, "INSERT INTO t VALUES (1, 'x')");
    execute(&connection, "ALTER TABLE t ADD COLUMN c TEXT DEFAULT 'new'");
    let result = execute(&connection, "SELECT * FROM t");
    assert_eq!((result.columns.len(), result.rows[0].len()), (3, 3));
}

#[test]
fn regexp_and_floor_are_there() {
    let connection = connect("sqlite://");
    assert_eq!(scalar(&connection, "SELECT 'abc123' REGEXP '[0-9]+$'"), Value::Int(1));
    assert_eq!(scalar(&connection, "SELECT 'abc' REGEXP '^b'"), Value::Int(0));
    assert_eq!(scalar(&connection, "SELECT NULL REGEXP 'b'"), Value::Null);
    assert_eq!(scalar(&connection, "SELECT floor(-1.5)"), Value::Int(-2));
    assert_eq!(scalar(&connection, "SELECT floor(3)"), Value::Int(3));
    assert!(connection.execute_sql("SELECT 'a' REGEXP '('", &Parameters::none()).is_err());
}

#[test]
fn a_batch_runs_all_its_statements_in_the_transaction() {
    let connection = connect("sqlite://");
    connection
        .execute_batch(
            "CREATE TABLE t (a INTEGER, b INTEGER); -- first; of two\n\
             CREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE t SET b = 1; UPDATE t SET b = b + 1; END;\n\
             INSERT INTO t (a) VALUES (1);",
        )
        .unwrap();
    assert_eq!(scalar(&connection, "SELECT b FROM t"), Value::Int(2));
    connection.rollback().unwrap();
    assert!(failure(&connection, "SELECT * FROM t").contains("no such table"));
}

#[test]
fn only_changes_can_be_executed_many_times() {
    let connection = connect("sqlite://");
    let error =
        connection.execute_many_sql("SELECT 1", &[Parameters::none(), Parameters::none()]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "(sqlite3.ProgrammingError) executemany() can only execute DML statements."
    );
}

#[test]
fn a_failed_statement_leaves_the_transaction_open() {
    let connection = connect("sqlite://");
    execute(&connection, "CREATE TABLE t (a INTEGER UNIQUE)");
    execute(&connection, "INSERT INTO t VALUES (1)");
    assert!(failure(&connection, "INSERT INTO t VALUES (1)").contains("UNIQUE constraint failed: t.a"));
    assert!(connection.in_database_transaction());
    connection.commit().unwrap();
    assert_eq!(scalar(&connection, "SELECT count(*) FROM t"), Value::Int(1));
}

#[test]
fn autocommit_of_connect_args_outlives_a_connection() {
    let connect_args = [("isolation_level".to_owned(), Value::Null)].into_iter().collect();
    let engine =
        Engine::create("sqlite://", EngineOptions { connect_args, ..EngineOptions::default() }).unwrap();
    for _ in 0..2 {
        let connection = engine.connect().unwrap();
        execute(&connection, "SELECT 1");
        assert!(!connection.in_database_transaction());
        execute(&connection, "BEGIN");
        assert!(connection.in_database_transaction());
        connection.close().unwrap();
    }
}

#[test]
fn a_writer_can_keep_others_out_from_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("{}?timeout=0", file_url(directory.path()));
    let first = connect(&url);
    first.begin_for_writing().unwrap();
    let second = connect(&url);
    let error = second.begin_for_writing().unwrap_err();
    assert_eq!(error.to_string(), "(sqlite3.OperationalError) database is locked");
    execute(&first, "CREATE TABLE t (a INTEGER)");
    assert!(first.ends_transaction("PRAGMA foreign_keys=ON"));
    assert!(matches!(first.begin_for_writing(), Err(Error::InvalidRequest(_))));
    first.commit().unwrap();
    second.begin_for_writing().unwrap();
    assert_eq!(scalar(&second, "SELECT count(*) FROM t"), Value::Int(0));
}

#[test]
fn text_that_is_not_utf8_is_an_error_that_names_its_column() {
    let connection = connect("sqlite://");
    assert_eq!(
        failure(&connection, "SELECT 1 AS a, CAST(x'6162ff' AS TEXT) AS broken"),
        "(sqlite3.OperationalError) Could not decode to UTF-8 column 'broken' with text 'ab\u{fffd}'"
    );
}
