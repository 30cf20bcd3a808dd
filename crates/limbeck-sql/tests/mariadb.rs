//! The driver of MySQL and MariaDB against a server.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::atomic::{AtomicU32, Ordering};

use limbeck_sql::engine::{Connection, Engine, EngineOptions, Parameters, QueryResult, Value};
use limbeck_sql::error::{DatabaseErrorKind, Error};
use xtask::databases::{MARIADB_URL, query, url};

/// A database of a test's own, which goes with it.
struct Database {
    name: String,
    server: String,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

impl Database {
    fn new() -> Self {
        let server = url(MARIADB_URL).unwrap();
        let name = format!("limbeck_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        query(&server, &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4")).unwrap();
        Self { name, server }
    }

    /// Gives the URL with a driver of Python, and what is to follow the database's name.
    fn url(&self, driver: &str, rest: &str) -> String {
        let (_, address) = self.server.split_once("://").unwrap();
        let (address, _) = address.split_once('/').unwrap();
        format!("{driver}://{address}/{}{rest}", self.name)
    }

    fn engine(&self, driver: &str) -> Engine {
        Engine::create(&self.url(driver, ""), EngineOptions::default()).unwrap()
    }

    fn connect(&self) -> Connection {
        self.engine("mysql+pymysql").connect().unwrap()
    }

    /// Asks the server by its own client.
    fn ask(&self, sql: &str) -> String {
        query(&self.url("mysql", ""), sql).unwrap().trim_end().to_owned()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = query(&self.server, &format!("DROP DATABASE {}", self.name));
    }
}

fn execute(connection: &Connection, sql: &str) -> QueryResult {
    connection.execute_sql(sql, &Parameters::none()).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn refused(connection: &Connection, sql: &str) -> (DatabaseErrorKind, String) {
    match connection.execute_sql(sql, &Parameters::none()).unwrap_err() {
        Error::Database(error) => (error.kind, error.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_committed_stays_and_the_rest_goes() {
    let database = Database::new();
    let connection = database.connect();
    execute(&connection, "CREATE TABLE t (a INT PRIMARY KEY)");
    assert!(!connection.in_database_transaction());
    execute(&connection, "INSERT INTO t VALUES (1)");
    assert!(connection.in_database_transaction());
    connection.commit().unwrap();
    assert!(!connection.in_database_transaction());
    execute(&connection, "INSERT INTO t VALUES (2)");
    connection.rollback().unwrap();
    execute(&connection, "INSERT INTO t VALUES (3)");
    connection.close().unwrap();
    assert_eq!(database.ask("SELECT group_concat(a) FROM t"), "1");
}

#[test]
fn ddl_commits_what_is_open() {
    let database = Database::new();
    let connection = database.connect();
    execute(&connection, "CREATE TABLE t (a INT PRIMARY KEY)");
    execute(&connection, "INSERT INTO t VALUES (1)");
    execute(&connection, "CREATE TABLE u (a INT)");
    assert!(!connection.in_database_transaction());
    execute(&connection, "INSERT INTO t VALUES (2)");
    refused(&connection, "CREATE TABLE u (a INT)");
    assert!(!connection.in_database_transaction(), "a statement that fails has committed as well");
    connection.rollback().unwrap();
    assert_eq!(database.ask("SELECT group_concat(a) FROM t"), "1,2");
}

#[test]
fn an_error_has_the_words_of_the_driver_in_the_url() {
    let database = Database::new();
    let missing = format!("Table '{}.nosuch' doesn't exist", database.name);
    let expected = [
        ("mysql", format!("(MySQLdb.ProgrammingError) (1146, \"{missing}\")")),
        ("mysql+pymysql", format!("(pymysql.err.ProgrammingError) (1146, \"{missing}\")")),
        ("mariadb+aiomysql", format!("(pymysql.err.ProgrammingError) (1146, \"{missing}\")")),
        ("mysql+asyncmy", format!("(asyncmy.errors.ProgrammingError) (1146, \"{missing}\")")),
        ("mysql+cymysql", format!("(cymysql.err.ProgrammingError) (1146, \"{missing}\")")),
        (
            "mysql+mysqlconnector",
            format!("(mysql.connector.errors.ProgrammingError) 1146 (42S02): {missing}"),
        ),
        ("mariadb+mariadbconnector", format!("(mariadb.ProgrammingError) {missing}")),
    ];
    for (driver, words) in expected {
        let connection = database.engine(driver).connect().unwrap();
        let error = refused(&connection, "SELECT * FROM nosuch");
        assert_eq!(error, (DatabaseErrorKind::Programming, words));
    }
}

#[test]
fn several_statements_in_one_text_are_the_drivers_affair() {
    let database = Database::new();
    let sql = "CREATE TABLE IF NOT EXISTS m (a INT); INSERT INTO m VALUES (1)";
    for driver in ["mysql", "mysql+mysqlconnector", "mysql+asyncmy", "mysql+aiomysql"] {
        let connection = database.engine(driver).connect().unwrap();
        execute(&connection, sql);
        connection.commit().unwrap();
    }
    assert_eq!(database.ask("SELECT count(*) FROM m"), "4");
    for driver in ["mysql+pymysql", "mariadb+mariadbconnector"] {
        let connection = database.engine(driver).connect().unwrap();
        let (_, message) = refused(&connection, sql);
        assert!(message.contains("You have an error in your SQL syntax"), "{message}");
    }
    let engine =
        Engine::create(&database.url("mysql+pymysql", "?client_flag=65536"), EngineOptions::default())
            .unwrap();
    execute(&engine.connect().unwrap(), sql);
}

#[test]
fn a_later_statement_that_fails_is_an_error() {
    let database = Database::new();
    let connection = database.engine("mysql").connect().unwrap();
    let (_, message) = refused(&connection, "SELECT 1; SELECT * FROM nosuch");
    assert!(message.contains("nosuch"), "{message}");
    assert_eq!(execute(&connection, "SELECT 2").scalar(), Some(&Value::Int(2)));
}
