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

#[test]
fn values_come_back_as_they_were_sent() {
    let database = Database::new();
    let connection = database.connect();
    execute(
        &connection,
        "CREATE TABLE v (a BIGINT UNSIGNED, b DECIMAL(20,5), c DOUBLE, d DATE, e DATETIME(6), f TIME(6), g VARCHAR(50), \
         h VARBINARY(50), i BOOL, j YEAR)",
    );
    let values = vec![
        Value::BigInt("18446744073709551615".to_owned()),
        Value::Decimal("123456789012345.12345".parse().unwrap()),
        Value::Float(0.1),
        Value::Date(jiff::civil::date(2020, 1, 2)),
        Value::DateTime(jiff::civil::date(2020, 1, 2).at(3, 4, 5, 6_000), None),
        Value::Interval(jiff::SignedDuration::new(-3_020_398, -500_000)),
        Value::from("q'\"\\%é\u{1f600}\n\r\0\u{1a}"),
        Value::Bytes((0..=49).collect()),
        Value::Int(1),
        Value::Int(2020),
    ];
    let sql = "INSERT INTO v VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)";
    for mode in ["", "NO_BACKSLASH_ESCAPES"] {
        execute(&connection, &format!("SET sql_mode = '{mode}'"));
        execute(&connection, "DELETE FROM v");
        connection.execute_sql(sql, &Parameters::Positional(values.clone())).unwrap();
        assert_eq!(execute(&connection, "SELECT * FROM v").rows, std::slice::from_ref(&values), "{mode}");
    }
    let nulls = Parameters::Positional(vec![Value::Null; 10]);
    execute(&connection, "DELETE FROM v");
    let trips = connection.round_trips();
    assert_eq!(connection.execute_many_sql(sql, &[nulls.clone(), nulls]).unwrap().rowcount, 2);
    assert_eq!(connection.round_trips(), trips + 1, "both rows in one statement");
    assert_eq!(execute(&connection, "SELECT * FROM v").rows, vec![vec![Value::Null; 10]; 2]);
}

#[test]
fn an_update_counts_the_rows_that_it_finds() {
    let database = Database::new();
    let connection = database.connect();
    execute(&connection, "CREATE TABLE t (a INT AUTO_INCREMENT PRIMARY KEY, b INT)");
    let inserted = execute(&connection, "INSERT INTO t (b) VALUES (1), (1)");
    assert_eq!((inserted.rowcount, inserted.last_insert_id), (2, Some(1)));
    assert_eq!(execute(&connection, "UPDATE t SET b = 1").rowcount, 2);
    let result = execute(&connection, "SELECT a, b AS c FROM t");
    assert_eq!(result.columns, ["a", "c"]);
    assert_eq!(result.declared_types, [Some("INT".to_owned()), Some("INT".to_owned())]);
}

#[test]
fn isolation_levels_last_until_the_connection_closes() {
    let database = Database::new();
    let engine = database.engine("mysql+pymysql");
    let connection = engine.connect().unwrap();
    assert_eq!(connection.get_isolation_level().unwrap(), "REPEATABLE READ");
    connection.set_isolation_level("READ COMMITTED").unwrap();
    assert_eq!(connection.get_isolation_level().unwrap(), "READ COMMITTED");
    connection.set_isolation_level("AUTOCOMMIT").unwrap();
    execute(&connection, "CREATE TABLE t (a INT)");
    execute(&connection, "INSERT INTO t VALUES (1)");
    assert!(!connection.in_database_transaction());
    connection.close().unwrap();
    assert_eq!(database.ask("SELECT count(*) FROM t"), "1");
    let message = engine.connect().unwrap().set_isolation_level("SNAPSHOT").unwrap_err().to_string();
    assert_eq!(
        message,
        "Invalid value 'SNAPSHOT' for isolation_level. Valid isolation levels for 'mysql' are SERIALIZABLE, READ \
         UNCOMMITTED, READ COMMITTED, REPEATABLE READ, AUTOCOMMIT"
    );
}

#[test]
fn a_savepoint_takes_back_what_came_after_it() {
    let database = Database::new();
    let connection = database.connect();
    execute(&connection, "CREATE TABLE t (a INT PRIMARY KEY)");
    execute(&connection, "INSERT INTO t VALUES (1)");
    let savepoint = connection.begin_nested().unwrap();
    execute(&connection, "INSERT INTO t VALUES (2)");
    savepoint.rollback().unwrap();
    connection.commit().unwrap();
    assert_eq!(database.ask("SELECT group_concat(a) FROM t"), "1");
}

#[test]
fn a_connection_that_is_killed_is_lost() {
    let database = Database::new();
    let connection = database.connect();
    let id = execute(&connection, "SELECT connection_id()").scalar().and_then(Value::as_i64).unwrap();
    database.ask(&format!("KILL {id}"));
    let (kind, message) = refused(&connection, "SELECT 1");
    assert_eq!(kind, DatabaseErrorKind::Operational);
    assert!(
        message.contains("(1927,") || message.contains("(2013,") || message.contains("(2006,"),
        "{message}"
    );
    assert!(connection.invalidated());
    assert!(connection.close().is_ok());
}

#[test]
fn an_answer_that_takes_too_long_is_given_up() {
    let database = Database::new();
    let url = database.url("mysql+pymysql", "?read_timeout=1");
    let connection = Engine::create(&url, EngineOptions::default()).unwrap().connect().unwrap();
    let (_, message) = refused(&connection, "SELECT SLEEP(5)");
    assert_eq!(
        message,
        "(pymysql.err.OperationalError) (2013, 'Lost connection to MySQL server during query (timed out)')"
    );
    assert!(connection.invalidated());
}

#[test]
fn who_cannot_connect_is_told_why_and_the_password_is_not() {
    let database = Database::new();
    let message = |url: &str| match Engine::create(url, EngineOptions::default()).unwrap().connect() {
        Ok(_) => panic!("connected"),
        Err(error) => error.to_string(),
    };
    let url = database.url("mysql+pymysql", "");
    assert_eq!(
        message(&url.replace("root@", "nobody:hush@")),
        "(pymysql.err.OperationalError) (1045, \"Access denied for user 'nobody'@'127.0.0.1' (using password: YES)\")"
    );
    assert_eq!(
        message(&url.replace(&database.name, "limbeck_nosuch")),
        "(pymysql.err.OperationalError) (1049, \"Unknown database 'limbeck_nosuch'\")"
    );
    let closed = "//root:hush@127.0.0.1:1/d";
    let expected = [
        (
            "mysql+pymysql",
            "(pymysql.err.OperationalError) (2003, \"Can't connect to MySQL server on '127.0.0.1' ([Errno 111] Connection \
             refused)\")",
        ),
        ("mysql", "(MySQLdb.OperationalError) (2002, \"Can't connect to server on '127.0.0.1' (111)\")"),
        (
            "mysql+mysqlconnector",
            "(mysql.connector.errors.InterfaceError) 2003: Can't connect to MySQL server on '127.0.0.1:1' (Errno 111: \
             Connection refused)",
        ),
    ];
    for (driver, words) in expected {
        assert_eq!(message(&format!("{driver}:{closed}")), words);
    }
    assert_eq!(
        message("mysql+pymysql://root:hush@nosuch.invalid/d"),
        "(pymysql.err.OperationalError) (2003, \"Can't connect to MySQL server on 'nosuch.invalid' ([Errno -2] Name or \
         service not known)\")"
    );
}

#[test]
fn passwords_are_proved_by_the_users_plugin() {
    let database = Database::new();
    let user = format!("u_{}", database.name);
    database.ask(&format!(
        "CREATE USER {user}@'%' IDENTIFIED BY 'p@ss''w'; GRANT ALL ON {}.* TO {user}@'%'",
        database.name
    ));
    let url = database.url("mysql+pymysql", "").replace("root@", &format!("{user}:p%40ss'w@"));
    let connection = Engine::create(&url, EngineOptions::default()).unwrap().connect().unwrap();
    let current = execute(&connection, "SELECT current_user()");
    assert_eq!(current.scalar().and_then(Value::as_str), Some(format!("{user}@%").as_str()));
    database.ask(&format!("DROP USER {user}@'%'"));
}

#[test]
fn the_session_is_prepared_as_the_arguments_say() {
    let database = Database::new();
    let rest = "?charset=utf8mb3&sql_mode=ANSI_QUOTES&init_command=SET%20%40x%3D5&program_name=tester";
    let url = database.url("mysql+pymysql", rest);
    let connection = Engine::create(&url, EngineOptions::default()).unwrap().connect().unwrap();
    let result = execute(
        &connection,
        "SELECT @@character_set_client, @@sql_mode, @x, @@autocommit, \"x\" FROM (SELECT 1 AS x) t",
    );
    assert_eq!(
        result.rows,
        [vec![
            Value::from("utf8mb3"),
            Value::from("ANSI_QUOTES"),
            Value::Int(5),
            Value::Int(0),
            Value::Int(1)
        ]]
    );
    assert_eq!(connection.dialect().quote_identifier("x"), "\"x\"");
}

#[test]
fn text_is_whole_whatever_the_character_set() {
    let database = Database::new();
    for charset in ["latin1", "utf8mb4", "cp1251"] {
        let url = database.url("mysql+pymysql", &format!("?charset={charset}"));
        let connection = Engine::create(&url, EngineOptions::default()).unwrap().connect().unwrap();
        let sent = Parameters::Positional(vec![Value::from("é\u{1f600}")]);
        let result = connection.execute_sql("SELECT %s, char_length('é')", &sent).unwrap();
        assert_eq!(result.rows, [vec![Value::from("é\u{1f600}"), Value::Int(1)]], "{charset}");
    }
    let url = database.url("mysql+pymysql", "?charset=nosuch");
    let error = Engine::create(&url, EngineOptions::default()).unwrap().connect().unwrap_err().to_string();
    assert_eq!(error, "(pymysql.err.OperationalError) (1115, \"Unknown character set: 'nosuch'\")");
}

#[test]
fn the_dialect_learns_what_the_server_is() {
    let database = Database::new();
    let engine = database.engine("mysql+pymysql");
    assert!(!engine.dialect().is_mariadb() && !engine.dialect().insert_returning());
    let _connection = engine.connect().unwrap();
    let dialect = engine.dialect();
    assert_eq!(dialect.name(), "mysql");
    assert!(dialect.is_mariadb() && dialect.insert_returning() && dialect.supports_sequences());
    assert_eq!(dialect.default_schema_name(), Some(database.name.as_str()));
    assert!(dialect.server_version().is_some_and(|version| version[0] >= 10));
}

/// Gives the cipher of a connection, or why there is none.
fn cipher(url: &str) -> Result<String, String> {
    let connection = Engine::create(url, EngineOptions::default())
        .unwrap()
        .connect()
        .map_err(|error| error.to_string())?;
    let result = execute(&connection, "SHOW STATUS LIKE 'Ssl_cipher'");
    Ok(result.rows[0][1].as_str().unwrap_or_default().to_owned())
}

#[test]
fn tls_is_used_and_checked_as_the_arguments_say() {
    let database = Database::new();
    let data = database.ask("SELECT @@datadir");
    let file = |name: &str| format!("{}/{name}", data.trim_end_matches('/'));
    let (root, other) = (file("root.crt"), file("client.crt"));
    let by_address = |rest: &str| cipher(&database.url("mysql+pymysql", rest));
    let by_name = |rest: &str| cipher(&database.url("mysql+pymysql", rest).replace("127.0.0.1", "localhost"));
    let is_encrypted = |outcome: Result<String, String>| outcome.is_ok_and(|cipher| !cipher.is_empty());
    assert!(is_encrypted(by_address("")), "the server can, so it is used");
    assert_eq!(by_address("?ssl_disabled=true"), Ok(String::new()));
    assert!(is_encrypted(by_name(&format!("?ssl_ca={root}"))));
    assert!(is_encrypted(by_name("?ssl_mode=REQUIRED")));
    assert!(is_encrypted(by_address(&format!("?ssl_mode=VERIFY_CA&ssl_ca={root}&ssl_check_hostname=false"))));
    let refusals = [
        by_name(&format!("?ssl_ca={other}")),
        by_name("?ssl_verify_cert=true"),
        by_address(&format!("?ssl_ca={root}")),
        by_address(&format!("?ssl_mode=VERIFY_IDENTITY&ssl_ca={root}")),
    ];
    for refusal in refusals {
        let message = refusal.unwrap_err();
        assert!(
            message.starts_with(
                "(pymysql.err.OperationalError) (2026, 'SSL connection error: invalid peer certificate"
            ),
            "{message}"
        );
    }
}

#[test]
fn a_user_may_have_to_show_a_certificate() {
    let database = Database::new();
    let data = database.ask("SELECT @@datadir");
    let user = format!("c_{}", database.name);
    database
        .ask(&format!("CREATE USER {user}@'%' REQUIRE X509; GRANT ALL ON {}.* TO {user}@'%'", database.name));
    let files = format!("?ssl_cert={data}client.crt&ssl_key={data}client.key");
    let url = |rest: &str| database.url("mysql", rest).replace("root@", &format!("{user}@"));
    assert!(cipher(&url(&files)).is_ok_and(|cipher| !cipher.is_empty()));
    assert!(cipher(&url("")).is_err_and(|message| message.contains("(1045, ")));
    database.ask(&format!("DROP USER {user}@'%'"));
}

#[test]
fn the_servers_socket_is_a_way_in() {
    let database = Database::new();
    let socket = database.ask("SELECT @@socket");
    let url = database.url("mysql+pymysql", &format!("?unix_socket={socket}"));
    let connection = Engine::create(&url, EngineOptions::default()).unwrap().connect().unwrap();
    let result = execute(&connection, "SELECT current_user(), database()");
    assert_eq!(result.rows, [vec![Value::from("root@localhost"), Value::from(database.name.as_str())]]);
    let missing = database.url("mysql", "?unix_socket=/nosuch/socket");
    assert_eq!(
        cipher(&missing).unwrap_err(),
        "(MySQLdb.OperationalError) (2002, \"Can't connect to local server through socket '/nosuch/socket' (2)\")"
    );
}
