use crate::engine::{Connection, Engine, EngineOptions, Parameters, PoolClass, Value};
use crate::error::Error;
use crate::expression::{Statement, TextClause};

fn engine() -> Engine {
    Engine::create("sqlite://", EngineOptions::default()).unwrap()
}

fn connection() -> Connection {
    engine().connect().unwrap()
}

fn run(connection: &Connection, sql: &str) {
    connection.execute_sql(sql, &Parameters::none()).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn count(connection: &Connection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    connection.execute_sql(&sql, &Parameters::none()).unwrap().scalar().and_then(Value::as_i64).unwrap()
}

#[test]
fn a_connection_may_be_shared_between_threads() {
    fn check<T: Send + Sync + Clone>() {}
    check::<Connection>();
    check::<Engine>();
}

#[test]
fn a_statement_begins_a_transaction_and_commit_ends_it() {
    let connection = connection();
    assert!(!connection.in_transaction());
    run(&connection, "CREATE TABLE t (a INTEGER)");
    assert!(connection.in_transaction());
    assert!(connection.in_database_transaction());
    connection.commit().unwrap();
    assert!(!connection.in_transaction());
    assert!(!connection.in_database_transaction());
    run(&connection, "DROP TABLE t");
    connection.rollback().unwrap();
    assert_eq!(count(&connection, "t"), 0);
}

#[test]
fn begin_after_begin_is_refused_in_the_references_words() {
    let connection = connection();
    let transaction = connection.begin().unwrap();
    let error = connection.begin().unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)));
    assert_eq!(
        error.to_string(),
        "This connection has already initialized a SQLAlchemy Transaction() object via begin() or autobegin; \
         can't call begin() here unless rollback() or commit() is called first."
    );
    assert!(transaction.is_active());
    transaction.rollback().unwrap();
    assert!(!transaction.is_active());
    transaction.rollback().unwrap();
    assert_eq!(transaction.commit().unwrap_err().to_string(), "This transaction is inactive");
}

#[test]
fn savepoints_are_numbered_released_and_rolled_back() {
    let connection = connection();
    run(&connection, "CREATE TABLE t (a INTEGER)");
    let outer = connection.begin_nested().unwrap();
    run(&connection, "INSERT INTO t VALUES (1)");
    let inner = connection.begin_nested().unwrap();
    run(&connection, "INSERT INTO t VALUES (2)");
    assert!(connection.in_nested_transaction());
    inner.rollback().unwrap();
    assert!(outer.is_active() && !inner.is_active());
    assert_eq!(count(&connection, "t"), 1);
    outer.commit().unwrap();
    assert!(!connection.in_nested_transaction());
    assert_eq!(outer.commit().unwrap_err().to_string(), "This nested transaction is inactive");
    let error = connection.execute_sql("ROLLBACK TO sa_savepoint_3", &Parameters::none()).unwrap_err();
    assert!(error.to_string().contains("no such savepoint: sa_savepoint_3"), "{error}");
    connection.commit().unwrap();
    assert_eq!(count(&connection, "t"), 1);
}

#[test]
fn begin_nested_begins_a_transaction_and_its_end_ends_the_savepoint() {
    let connection = connection();
    let savepoint = connection.begin_nested().unwrap();
    assert!(connection.in_transaction());
    connection.commit().unwrap();
    assert!(!savepoint.is_active());
    savepoint.rollback().unwrap();
}

#[test]
fn a_guard_rolls_back_when_it_is_dropped() {
    let connection = connection();
    run(&connection, "CREATE TABLE t (a INTEGER)");
    connection.commit().unwrap();
    {
        let _guard = connection.begin_guarded().unwrap();
        run(&connection, "INSERT INTO t VALUES (1)");
    }
    assert_eq!(count(&connection, "t"), 0);
    connection.rollback().unwrap();
    let guard = connection.begin_guarded().unwrap();
    run(&connection, "INSERT INTO t VALUES (1)");
    {
        let _savepoint = connection.begin_nested_guarded().unwrap();
        run(&connection, "INSERT INTO t VALUES (2)");
    }
    guard.commit().unwrap();
    assert_eq!(count(&connection, "t"), 1);
}

#[test]
fn a_closed_connection_refuses_statements() {
    let connection = connection();
    run(&connection, "CREATE TABLE t (a INTEGER)");
    connection.close().unwrap();
    connection.close().unwrap();
    assert!(connection.is_closed());
    for error in [
        connection.execute_sql("SELECT 1", &Parameters::none()).unwrap_err(),
        connection.begin().unwrap_err(),
        connection.begin_nested().unwrap_err(),
    ] {
        assert!(matches!(error, Error::ResourceClosed(_)));
        assert_eq!(error.to_string(), "This Connection is closed");
    }
    connection.commit().unwrap();
    connection.rollback().unwrap();
}

#[test]
fn a_commit_that_fails_asks_for_a_rollback() {
    let connection = connection();
    run(&connection, "PRAGMA foreign_keys = ON");
    run(&connection, "CREATE TABLE p (id INTEGER PRIMARY KEY)");
    run(&connection, "CREATE TABLE c (p INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED)");
    connection.commit().unwrap();
    run(&connection, "INSERT INTO c VALUES (5)");
    let error = connection.commit().unwrap_err();
    assert_eq!(error.to_string(), "(sqlite3.IntegrityError) FOREIGN KEY constraint failed");
    assert!(!connection.in_transaction());
    let error = connection.execute_sql("SELECT 1", &Parameters::none()).unwrap_err();
    assert!(matches!(error, Error::PendingRollback(_)));
    assert_eq!(
        error.to_string(),
        "Can't reconnect until invalid transaction is rolled back.  Please rollback() fully before proceeding \
         (Background on this error at: https://sqlalche.me/e/21/8s2b)"
    );
    connection.rollback().unwrap();
    assert_eq!(count(&connection, "c"), 0);
}

#[test]
fn an_engine_on_memory_shares_one_database_and_a_file_does_not_share_temporary_tables() {
    let engine = engine();
    let first = engine.connect().unwrap();
    run(&first, "CREATE TABLE t (a INTEGER)");
    first.commit().unwrap();
    first.close().unwrap();
    let second = engine.connect().unwrap();
    assert_eq!(count(&second, "t"), 0);
    engine.dispose();
    let third = engine.connect().unwrap();
    assert!(third.execute_sql("SELECT * FROM t", &Parameters::none()).is_err());

    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:///{}/x.db", directory.path().display());
    let files = Engine::create(&url, EngineOptions::default()).unwrap();
    run(&files.connect().unwrap(), "CREATE TEMPORARY TABLE t (a INTEGER)");
    assert!(files.connect().unwrap().execute_sql("SELECT * FROM t", &Parameters::none()).is_err());
    let options = EngineOptions { poolclass: PoolClass::Static, ..EngineOptions::default() };
    let shared = Engine::create(&url, options).unwrap();
    let first = shared.connect().unwrap();
    run(&first, "CREATE TEMPORARY TABLE t (a INTEGER)");
    assert_eq!(count(&shared.connect().unwrap(), "t"), 0);
}

#[test]
fn dropping_the_last_handle_rolls_back() {
    let engine = engine();
    let first = engine.connect().unwrap();
    run(&first, "CREATE TABLE t (a INTEGER)");
    drop(first);
    let second = engine.connect().unwrap();
    assert!(second.execute_sql("SELECT * FROM t", &Parameters::none()).is_err());
}

#[test]
fn isolation_levels_follow_the_reference() {
    let engine = engine();
    let connection = engine.connect().unwrap();
    assert_eq!(connection.get_isolation_level().unwrap(), "SERIALIZABLE");
    connection.set_isolation_level("READ UNCOMMITTED").unwrap();
    assert_eq!(connection.get_isolation_level().unwrap(), "READ UNCOMMITTED");
    assert_eq!(
        connection.set_isolation_level("FOO").unwrap_err().to_string(),
        "Invalid value 'FOO' for isolation_level. Valid isolation levels for 'sqlite' are READ UNCOMMITTED, \
         SERIALIZABLE, AUTOCOMMIT"
    );
    run(&connection, "SELECT 1");
    assert_eq!(
        connection.set_isolation_level("AUTOCOMMIT").unwrap_err().to_string(),
        "This connection has already initialized a SQLAlchemy Transaction() object via begin() or autobegin; \
         isolation_level may not be altered unless rollback() or commit() is called first."
    );
    connection.rollback().unwrap();
    connection.set_isolation_level("AUTOCOMMIT").unwrap();
    run(&connection, "CREATE TABLE t (a INTEGER)");
    assert!(connection.in_transaction());
    assert!(!connection.in_database_transaction());
    connection.rollback().unwrap();
    assert_eq!(count(&connection, "t"), 0);
    connection.close().unwrap();
    let next = engine.connect().unwrap();
    assert_eq!(next.get_isolation_level().unwrap(), "SERIALIZABLE");
    run(&next, "DROP TABLE t");
    assert!(next.in_database_transaction());
}

#[test]
fn a_text_takes_parameters_by_name() {
    let connection = connection();
    let statement = Statement::Text(TextClause { text: "SELECT :x, :y".to_owned(), binds: Vec::new() });
    let parameters = [("y".to_owned(), Value::from("b")), ("x".to_owned(), Value::Int(1))];
    let result = connection.execute(&statement, &parameters).unwrap();
    assert_eq!(result.rows, [[Value::Int(1), Value::from("b")]]);
    let error = connection.execute(&statement, &parameters[..1]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "(sqlalchemy.exc.InvalidRequestError) A value is required for bind parameter 'x'\n[SQL: SELECT ?, ?]\n\
         (Background on this error at: https://sqlalche.me/e/21/cd3x)"
    );
}

#[test]
fn a_text_is_executed_once_for_each_set() {
    let connection = connection();
    run(&connection, "CREATE TABLE t (a INTEGER, b TEXT)");
    let text = "INSERT INTO t VALUES (:a, :b)".to_owned();
    let statement = Statement::Text(TextClause { text, binds: Vec::new() });
    let sets: Vec<Vec<(String, Value)>> = (0..5)
        .map(|n| vec![("b".to_owned(), Value::Text(format!("n{n}"))), ("a".to_owned(), Value::Int(n))])
        .collect();
    assert_eq!(connection.execute_many(&statement, &sets).unwrap().rowcount, 5);
    let result = connection.execute_sql("SELECT sum(a), max(b) FROM t", &Parameters::none()).unwrap();
    assert_eq!(result.rows, [[Value::Int(10), Value::from("n4")]]);
}
