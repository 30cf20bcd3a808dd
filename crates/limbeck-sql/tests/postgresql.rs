//! The driver of PostgreSQL against a server.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use indexmap::IndexMap;
use jiff::SignedDuration;
use jiff::civil::{date, time};
use jiff::tz::Offset;
use limbeck_sql::engine::{
    ClientEnvironment, Connection, Engine, EngineOptions, Parameters, QueryResult, Value,
};
use limbeck_sql::error::{DatabaseErrorKind, Error};
use limbeck_sql::reflection::{Inspector, NamedTypeScope};
use xtask::database::Database;
use xtask::session::Backend;

fn database() -> Database {
    Database::create(Backend::Postgresql, &[]).unwrap()
}

fn environment() -> ClientEnvironment {
    ClientEnvironment::new([], None, Some("limbeck".to_owned()))
}

fn try_connect(url: &str, environment: ClientEnvironment) -> Result<Connection, Error> {
    Engine::create(url, EngineOptions { environment, ..EngineOptions::default() })?.connect()
}

fn connect_to(url: &str) -> Connection {
    try_connect(url, environment()).unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// Connects with a driver's name and what is to follow the database's.
fn connect(database: &Database, driver: &str, rest: &str) -> Connection {
    connect_to(&format!("{driver}://{}{rest}", database.address()))
}

fn psycopg(database: &Database) -> Connection {
    connect(database, "postgresql+psycopg", "")
}

fn execute(connection: &Connection, sql: &str) -> QueryResult {
    connection.execute_sql(sql, &Parameters::none()).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn scalar(connection: &Connection, sql: &str) -> Value {
    execute(connection, sql).scalar().cloned().unwrap_or(Value::Null)
}

fn refused(connection: &Connection, sql: &str) -> (DatabaseErrorKind, String) {
    match connection.execute_sql(sql, &Parameters::none()).unwrap_err() {
        Error::Database(error) => (error.kind, error.to_string()),
        other => panic!("{sql}: {other}"),
    }
}

/// Gives host, port and name of a database's address `user@host:port/name`.
fn parts(database: &Database) -> (String, String, String) {
    let address = database.address();
    let (_, address) = address.split_once('@').unwrap();
    let (server, name) = address.split_once('/').unwrap();
    let (host, port) = server.rsplit_once(':').unwrap();
    (host.to_owned(), port.to_owned(), name.to_owned())
}

#[test]
fn values_go_to_the_server_and_come_back_as_they_were() {
    let database = database();
    let moment = date(2024, 2, 29).at(13, 5, 9, 123_456_000);
    let array = |items: &[Value]| Value::Array(items.to_vec());
    let cases = [
        ("bool", Value::Bool(true)),
        ("smallint", Value::Int(-32_768)),
        ("bigint", Value::Int(i64::MIN)),
        ("numeric", Value::Decimal("-1234567890123456789012345678901234567890.0000000001".parse().unwrap())),
        ("numeric", Value::Decimal("NaN".parse().unwrap())),
        ("float8", Value::Float(0.1)),
        ("float8", Value::Float(-1e-300)),
        ("float8", Value::Float(f64::INFINITY)),
        ("text", Value::from("it's 100% \\ \"quoted\" $1 %(x)s ☃\n")),
        ("bytea", Value::Bytes((0..=255).collect())),
        ("date", Value::Date(date(9999, 12, 31))),
        ("time", Value::Time(time(23, 59, 59, 999_999_000), None)),
        ("timetz", Value::Time(time(1, 2, 3, 0), Some(Offset::from_seconds(-12_600).unwrap()))),
        ("timestamp", Value::DateTime(moment, None)),
        ("timestamptz", Value::DateTime(moment, Some(Offset::UTC))),
        ("interval", Value::Interval(SignedDuration::new(-90_061, -500_000_000))),
        ("uuid", Value::Uuid(uuid::Uuid::from_u128(7))),
        ("jsonb", Value::Json(serde_json::json!({"a": [1, null, "it's", {"b": 1.5}]}))),
        ("integer[]", array(&[Value::Int(1), Value::Null, Value::Int(-3)])),
        ("text[]", array(&["".into(), "NULL".into(), "a\"b\\c,{}'d".into(), Value::Null])),
        ("integer[]", array(&[array(&[Value::Int(1)]), array(&[Value::Int(2)])])),
        ("text", Value::Null),
    ];
    for driver in ["postgresql+psycopg", "postgresql+psycopg2", "postgresql+asyncpg", "postgresql+pg8000"] {
        let connection = connect(&database, driver, "");
        execute(&connection, "SET timezone TO 'UTC'");
        for (type_name, value) in &cases {
            let (sql, parameters) = match driver {
                "postgresql+asyncpg" => (format!("SELECT $1::{type_name}"), vec![value.clone()].into()),
                "postgresql+pg8000" => (format!("SELECT %s::{type_name}"), vec![value.clone()].into()),
                _ => (
                    format!("SELECT %(x)s::{type_name}"),
                    Parameters::Named(vec![("x".to_owned(), value.clone())]),
                ),
            };
            let result = connection.execute_sql(&sql, &parameters);
            let result = result.unwrap_or_else(|error| panic!("{driver} {sql} {value:?}: {error}"));
            assert_eq!(result.scalar(), Some(value), "{driver} {sql}");
        }
    }
}

#[test]
fn types_without_a_value_of_their_own_come_as_text() {
    let database = database();
    let connection = psycopg(&database);
    execute(&connection, "CREATE TYPE mood AS ENUM ('sad', 'ok')");
    let result = execute(
        &connection,
        "SELECT 'sad'::mood, '{sad,ok}'::mood[], '[1,5)'::int4range, '10.0.0.1'::inet, '(1,2)'::point, \
         row(1, 'a'), '12.50'::money, b'101', 'pg_class'::regclass",
    );
    let texts: Vec<_> = result.rows[0].iter().map(|value| value.as_str().unwrap()).collect();
    assert_eq!(
        texts,
        ["sad", "{sad,ok}", "[1,5)", "10.0.0.1", "(1,2)", "(1,a)", "$12.50", "101", "pg_class"]
    );
}

#[test]
fn backslashes_are_safe_where_they_escape() {
    let database = database();
    let connection = psycopg(&database);
    execute(&connection, "SET standard_conforming_strings TO off");
    let value = Value::from("a\\'; DROP TABLE x; --");
    let parameters = Parameters::Named(vec![("x".to_owned(), value.clone())]);
    let result = connection.execute_sql("SELECT %(x)s", &parameters).unwrap();
    assert_eq!(result.scalar(), Some(&value));
    let bytes = Value::Bytes(vec![0, 39, 92]);
    let parameters = Parameters::Named(vec![("x".to_owned(), bytes.clone())]);
    assert_eq!(connection.execute_sql("SELECT %(x)s", &parameters).unwrap().scalar(), Some(&bytes));
}

#[test]
fn a_transaction_begins_with_the_first_statement_in_one_round_trip() {
    let database = database();
    let connection = psycopg(&database);
    let start = connection.round_trips();
    let trips = || connection.round_trips() - start;
    assert!(!connection.in_database_transaction());
    execute(&connection, "CREATE TABLE a (id integer)");
    assert!(connection.in_database_transaction());
    assert_eq!(trips(), 1);
    assert_eq!(execute(&connection, "INSERT INTO a VALUES (1), (2)").rowcount, 2);
    assert_eq!(execute(&connection, "SELECT id FROM a").rows.len(), 2);
    assert_eq!(trips(), 3);
    connection.rollback().unwrap();
    assert_eq!(trips(), 4);
    assert_eq!(database.run("SELECT to_regclass('a') IS NULL").unwrap(), "t\n");
    connection.commit().unwrap();
    connection.rollback().unwrap();
    assert_eq!(trips(), 4);
}

#[test]
fn executemany_is_sent_at_once() {
    let database = database();
    let connection = psycopg(&database);
    execute(&connection, "CREATE TABLE a (id integer PRIMARY KEY, t text)");
    let sets: Vec<Parameters> = (0..500)
        .map(|id| Parameters::Named(vec![("id".to_owned(), Value::Int(id)), ("t".to_owned(), "x".into())]))
        .collect();
    let start = connection.round_trips();
    let result = connection.execute_many_sql("INSERT INTO a VALUES (%(id)s, %(t)s)", &sets).unwrap();
    assert_eq!(result.rowcount, 500);
    assert!(connection.round_trips() - start <= 3, "{}", connection.round_trips() - start);
    let returned =
        connection.execute_many_sql("UPDATE a SET t = %(t)s WHERE id = %(id)s RETURNING id", &sets[..3]);
    assert_eq!(returned.unwrap().rows, [[Value::Int(0)], [Value::Int(1)], [Value::Int(2)]]);
    let error = connection.execute_many_sql("INSERT INTO a VALUES (%(id)s, %(t)s)", &sets[..2]).unwrap_err();
    assert!(error.to_string().starts_with("(psycopg.errors.UniqueViolation)"), "{error}");
    connection.rollback().unwrap();
}

#[test]
fn a_failed_transaction_takes_statements_after_its_rollback_only() {
    let database = database();
    let connection = psycopg(&database);
    refused(&connection, "SELECT nothing");
    let (kind, message) = refused(&connection, "SELECT 1");
    assert_eq!(kind, DatabaseErrorKind::Internal, "{message}");
    assert!(message.starts_with("(psycopg.errors.InFailedSqlTransaction)"), "{message}");
    connection.rollback().unwrap();
    assert_eq!(scalar(&connection, "SELECT 1"), Value::Int(1));
    let savepoint = connection.begin_nested().unwrap();
    refused(&connection, "SELECT nothing");
    savepoint.rollback().unwrap();
    assert_eq!(scalar(&connection, "SELECT 2"), Value::Int(2));
}

#[test]
fn autocommit_and_isolation_levels_are_the_servers() {
    let database = database();
    let connection = psycopg(&database);
    connection.set_isolation_level("AUTOCOMMIT").unwrap();
    execute(&connection, "CREATE TABLE a (id integer)");
    execute(&connection, "CREATE INDEX CONCURRENTLY i ON a (id)");
    assert!(!connection.in_database_transaction());
    connection.commit().unwrap();
    for level in ["SERIALIZABLE", "REPEATABLE READ", "READ UNCOMMITTED", "READ COMMITTED"] {
        connection.set_isolation_level(level).unwrap();
        let shown = scalar(&connection, "SHOW transaction_isolation");
        assert_eq!(shown.as_str().unwrap().to_uppercase(), level);
        connection.rollback().unwrap();
        assert_eq!(connection.get_isolation_level().unwrap(), level);
    }
    let error = connection.set_isolation_level("FOO").unwrap_err();
    assert_eq!(
        error.to_string(),
        "Invalid value 'FOO' for isolation_level. Valid isolation levels for 'postgresql' are AUTOCOMMIT, READ \
         COMMITTED, READ UNCOMMITTED, REPEATABLE READ, SERIALIZABLE"
    );
}

#[test]
fn several_statements_in_one_text_are_one_unit() {
    let database = database();
    let connection = psycopg(&database);
    let result = execute(&connection, "CREATE TABLE a (id integer); INSERT INTO a VALUES (1); SELECT 'last'");
    assert!(!result.returns_rows());
    let result = execute(&connect(&database, "postgresql+psycopg2", ""), "SELECT 1; SELECT 'last'");
    assert_eq!(result.scalar(), Some(&Value::from("last")));
    connection.execute_batch("INSERT INTO a VALUES (2); INSERT INTO a VALUES (3)").unwrap();
    assert_eq!(scalar(&connection, "SELECT count(*) FROM a"), Value::Int(3));
    execute(&connection, "");
    execute(&connection, "-- nothing");
}

#[test]
fn errors_are_worded_as_by_each_driver() {
    let database = database();
    let line = "LINE 1: select * from nope\n                      ^";
    let connection = psycopg(&database);
    let (kind, message) = refused(&connection, "select * from nope");
    assert_eq!(kind, DatabaseErrorKind::Programming);
    assert_eq!(message, format!("(psycopg.errors.UndefinedTable) relation \"nope\" does not exist\n{line}"));
    connection.rollback().unwrap();
    let (kind, message) =
        refused(&connection, "do $$ begin raise exception 'boo' using hint='do it', detail='de'; end $$");
    assert_eq!(kind, DatabaseErrorKind::Programming);
    assert_eq!(
        message,
        "(psycopg.errors.RaiseException) boo\nDETAIL:  de\nHINT:  do it\nCONTEXT:  PL/pgSQL function \
         inline_code_block line 1 at RAISE"
    );
    connection.rollback().unwrap();
    let (_, message) = refused(&connection, "COPY pg_class TO STDOUT");
    assert_eq!(
        message,
        "(psycopg.ProgrammingError) COPY cannot be used with this method; use copy() instead"
    );
    connection.rollback().unwrap();
    refused(&connection, "COPY pg_class FROM STDIN");
    connection.rollback().unwrap();
    assert_eq!(scalar(&connection, "SELECT 1"), Value::Int(1));

    let (_, message) = refused(&connect(&database, "postgresql+psycopg2", ""), "select * from nope");
    assert_eq!(
        message,
        format!("(psycopg2.errors.UndefinedTable) relation \"nope\" does not exist\n{line}\n")
    );
    let (_, message) = refused(&connect(&database, "postgresql+asyncpg", ""), "select * from nope");
    assert_eq!(
        message,
        "(sqlalchemy.dialects.postgresql.asyncpg.ProgrammingError) <class \
         'asyncpg.exceptions.UndefinedTableError'>: relation \"nope\" does not exist"
    );
    let (_, message) = refused(&connect(&database, "postgresql+pg8000", ""), "select 1/0");
    assert!(
        message
            .starts_with("(pg8000.dbapi.ProgrammingError) {'S': 'ERROR', 'V': 'ERROR', 'C': '22012', 'M': "),
        "{message}"
    );
}

#[test]
fn long_lines_are_cut_around_the_place_of_an_error() {
    let database = database();
    let connection = psycopg(&database);
    let ones: Vec<String> = (0..30).map(|number| format!("1 = {number}")).collect();
    let ones = ones.join(" and ");
    let sql = format!("select 1\n\t where {ones} and foo = 3 and {ones}");
    let (_, message) = refused(&connection, &sql);
    assert_eq!(
        message,
        "(psycopg.errors.UndefinedColumn) column \"foo\" does not exist\n\
         LINE 2: ...5 and 1 = 26 and 1 = 27 and 1 = 28 and 1 = 29 and foo = 3 an...\n\
         \x20                                                            ^"
    );
}

#[test]
fn a_terminated_backend_is_a_lost_connection() {
    let database = database();
    for driver in ["postgresql+psycopg", "postgresql+psycopg2", "postgresql+asyncpg", "postgresql+pg8000"] {
        let connection = connect(&database, driver, "");
        let Value::Int(backend) = scalar(&connection, "SELECT pg_backend_pid()") else { panic!("no number") };
        database.run(&format!("SELECT pg_terminate_backend({backend})")).unwrap();
        let (_, message) = refused(&connection, "SELECT 1");
        assert!(message.contains("terminating connection due to administrator command"), "{message}");
        assert!(connection.invalidated());
        connection.rollback().unwrap();
        connection.close().unwrap();
    }
}

#[test]
fn passwords_are_given_in_every_way() {
    let database = database();
    let (_, port, name) = parts(&database);
    let roles = ["with_scram", "with_md5", "with_password"];
    // Roles belong to the whole server: another run of this test may have made them.
    for role in roles {
        let encryption = if role == "with_md5" { "md5" } else { "scram-sha-256" };
        let sql = format!(
            "SET password_encryption TO '{encryption}'; DO $$ BEGIN CREATE ROLE {role} LOGIN PASSWORD 'se:cr et'; \
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        );
        database.run(&sql).unwrap();
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join(".pgpass");
    std::fs::write(&file, "localhost:*:*:with_scram:se\\:cr et\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    for role in roles {
        let connection = connect_to(&format!("postgresql://{role}:se%3Acr%20et@localhost:{port}/{name}"));
        assert_eq!(scalar(&connection, "SELECT current_user"), Value::from(role));
        let wrong = format!("postgresql://{role}:wrongsecret@localhost:{port}/{name}");
        let error = try_connect(&wrong, environment()).unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains(&format!("password authentication failed for user \"{role}\"")),
            "{message}"
        );
        assert!(!format!("{error:?}{message}").contains("wrongsecret"), "{message}");
        let none = format!("postgresql://{role}@localhost:{port}/{name}");
        let message = try_connect(&none, environment()).unwrap_err().to_string();
        assert!(message.contains("fe_sendauth: no password supplied"), "{message}");
        let variables = [("PGPASSWORD".to_owned(), "se:cr et".to_owned())];
        try_connect(&none, ClientEnvironment::new(variables, None, None)).unwrap();
    }
    let none = format!("postgresql://with_scram@localhost:{port}/{name}");
    try_connect(&none, ClientEnvironment::new([], Some(directory.path().into()), None)).unwrap();
}

/// Writes a file of the server's data directory into another directory.
fn copy(database: &Database, file: &str, directory: &std::path::Path) -> PathBuf {
    let text = database.run(&format!("SELECT pg_read_file('{file}')")).unwrap();
    let path = directory.join(file);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn tls_is_used_and_checked_as_sslmode_says() {
    let database = database();
    let directory = tempfile::tempdir().unwrap();
    let root = copy(&database, "root.crt", directory.path()).display().to_string();
    let own = copy(&database, "server.crt", directory.path()).display().to_string();
    let client = copy(&database, "client.crt", directory.path()).display().to_string();
    let (_, port, name) = parts(&database);
    let url = |host: &str, rest: &str| format!("postgresql://limbeck@{host}:{port}/{name}?{rest}");
    let is_tls =
        |url: &str| scalar(&connect_to(url), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    for (mode, expected) in [("disable", false), ("allow", false), ("prefer", true), ("require", true)] {
        assert_eq!(is_tls(&url("127.0.0.1", &format!("sslmode={mode}"))), Value::Bool(expected), "{mode}");
    }
    for (host, rest, fits) in [
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={root}"), true),
        ("localhost", format!("sslmode=verify-full&sslrootcert={root}"), true),
        ("localhost", format!("sslmode=verify-full&sslrootcert={own}"), true),
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={root}"), false),
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={own}"), false),
        ("localhost", format!("sslmode=verify-ca&sslrootcert={client}"), false),
        ("localhost", "sslrootcert=system".to_owned(), false),
        ("localhost", "sslmode=verify-full".to_owned(), false),
    ] {
        let outcome = try_connect(&url(host, &rest), environment());
        assert_eq!(outcome.is_ok(), fits, "{host} {rest}: {outcome:?}");
    }
    let message = try_connect(&url("localhost", "sslmode=foo"), environment()).unwrap_err().to_string();
    assert_eq!(message, "(psycopg.OperationalError) connection is bad: invalid sslmode value: \"foo\"");
}

#[test]
fn a_client_certificate_opens_the_door() {
    let database = database();
    let directory = tempfile::tempdir().unwrap();
    let certificate = copy(&database, "client.crt", directory.path()).display().to_string();
    let key = copy(&database, "client.key", directory.path()).display().to_string();
    let role = "DO $$ BEGIN CREATE ROLE with_certificate LOGIN; EXCEPTION WHEN duplicate_object OR \
                unique_violation THEN NULL; END $$";
    database.run(role).unwrap();
    let (_, port, name) = parts(&database);
    let url = format!("postgresql://with_certificate@localhost:{port}/{name}");
    let connection = connect_to(&format!("{url}?sslcert={certificate}&sslkey={key}"));
    assert_eq!(scalar(&connection, "SELECT current_user"), Value::from("with_certificate"));
    let message = try_connect(&format!("{url}?sslmode=require"), environment()).unwrap_err().to_string();
    assert!(message.contains("connection requires a valid client certificate"), "{message}");
}

#[test]
fn hosts_sockets_and_options_are_libpqs() {
    let database = database();
    let (_, port, name) = parts(&database);
    let sockets = scalar(&psycopg(&database), "SHOW unix_socket_directories");
    let sockets = sockets.as_str().unwrap();
    for url in [
        format!("postgresql://limbeck@/{name}?host={sockets}&port={port}"),
        format!("postgresql://limbeck@/{name}?host=127.0.0.1:1&host=127.0.0.1:{port}"),
        format!("postgresql://limbeck@/{name}?host=127.0.0.1,127.0.0.1&port=1,{port}"),
        format!("postgresql://limbeck@nowhere.invalid:{port}/{name}?hostaddr=127.0.0.1"),
        format!("postgresql://127.0.0.1:{port}/{name}?target_session_attrs=read-write&connect_timeout=3"),
        format!(
            "postgresql+asyncpg://limbeck@127.0.0.1:{port}/{name}?ssl=require&prepared_statement_cache_size=0"
        ),
    ] {
        assert_eq!(scalar(&connect_to(&url), "SELECT 1"), Value::Int(1), "{url}");
    }
    let options =
        "application_name=my%20app&options=-c%20search_path%3Dpg_catalog%20-c%20statement_timeout%3D5s";
    let connection = connect_to(&format!("postgresql://limbeck@127.0.0.1:{port}/{name}?{options}"));
    assert_eq!(scalar(&connection, "SHOW application_name"), Value::from("my app"));
    assert_eq!(scalar(&connection, "SHOW search_path"), Value::from("pg_catalog"));
    assert_eq!(scalar(&connection, "SHOW statement_timeout"), Value::from("5s"));
    let variables = [
        ("PGHOST", "127.0.0.1"),
        ("PGPORT", &port),
        ("PGDATABASE", &name),
        ("PGUSER", "limbeck"),
        ("PGAPPNAME", "x"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let connection = try_connect("postgresql://", ClientEnvironment::new(variables, None, None)).unwrap();
    assert_eq!(scalar(&connection, "SHOW application_name"), Value::from("x"));
    let settings = Value::Json(serde_json::json!({"search_path": "pg_catalog"}));
    let options = EngineOptions {
        connect_args: IndexMap::from([("server_settings".to_owned(), settings)]),
        environment: environment(),
        ..EngineOptions::default()
    };
    let engine = Engine::create(&format!("postgresql+asyncpg://{}", database.address()), options).unwrap();
    assert_eq!(scalar(&engine.connect().unwrap(), "SHOW search_path"), Value::from("pg_catalog"));
}

#[test]
fn a_server_that_is_not_there_is_told_in_libpqs_words() {
    let message = |url: &str| try_connect(url, environment()).unwrap_err().to_string();
    assert_eq!(
        message("postgresql://limbeck:secret@127.0.0.1:1/x"),
        "(psycopg.OperationalError) connection failed: connection to server at \"127.0.0.1\", port 1 failed: \
         Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?"
    );
    assert_eq!(
        message("postgresql+psycopg2://limbeck@/x?host=/nowhere"),
        "(psycopg2.OperationalError) connection to server on socket \"/nowhere/.s.PGSQL.5432\" failed: No such file \
         or directory\n\tIs the server running locally and accepting connections on that socket?\n"
    );
    assert_eq!(
        message("postgresql://limbeck@127.0.0.1:1/x?foo=bar"),
        "(psycopg.ProgrammingError) invalid connection option \"foo\""
    );
    assert_eq!(
        message("postgresql+asyncpg://limbeck@127.0.0.1:1/x?sslmode=require"),
        "connect() got an unexpected keyword argument 'sslmode'"
    );
    assert!(message("postgresql://limbeck@127.0.0.1:1/x?service=prod").contains("\"service\""));
    let database = database();
    let (_, port, _) = parts(&database);
    assert_eq!(
        message(&format!("postgresql://limbeck@127.0.0.1:{port}/no_such_database")),
        format!(
            "(psycopg.OperationalError) connection failed: connection to server at \"127.0.0.1\", port {port} failed: \
             FATAL:  database \"no_such_database\" does not exist"
        )
    );
}

#[test]
fn the_inspector_reads_tables_whole_schemas_and_named_types() {
    let database = database();
    database
        .run(
            "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE SCHEMA other; CREATE TYPE other.size AS ENUM ('s'); \
             CREATE TABLE parent (id serial PRIMARY KEY, a integer, b integer, CONSTRAINT uq UNIQUE (a, b)); \
             CREATE TABLE child (id integer GENERATED ALWAYS AS IDENTITY (START 5), m mood DEFAULT 'ok', n numeric(5, 2)[], \
             \"Odd %\" text, s other.size, pa integer, pb integer, g integer GENERATED ALWAYS AS (pa + 1) STORED, \
             CONSTRAINT fk FOREIGN KEY (pa, pb) REFERENCES parent (a, b) ON DELETE SET NULL DEFERRABLE, \
             CONSTRAINT ck CHECK (pa > 0 AND pb > 0)); \
             CREATE INDEX ix ON child (pa DESC, lower(\"Odd %\")) INCLUDE (pb) WHERE pa > 1; \
             COMMENT ON TABLE child IS 'it''s 100%'; CREATE SEQUENCE sq; CREATE VIEW v AS SELECT 1 AS one; \
             CREATE TABLE other.child (id integer)",
        )
        .unwrap();
    let connection = psycopg(&database);
    let mut inspector = Inspector::new(&connection).unwrap();
    assert_eq!(inspector.get_table_names(None).unwrap(), ["child", "parent"]);
    assert_eq!(inspector.get_view_names(None).unwrap(), ["v"]);
    assert_eq!(inspector.get_sequence_names(None).unwrap(), ["child_id_seq", "parent_id_seq", "sq"]);
    assert_eq!(inspector.default_schema_name().unwrap().as_deref(), Some("public"));
    assert!(inspector.has_table("child", Some("other")).unwrap());
    assert!(!inspector.has_table("parent", Some("other")).unwrap());
    assert!(inspector.has_type("mood", None).unwrap() && !inspector.has_type("size", None).unwrap());
    let enums = inspector.get_enums(NamedTypeScope::All).unwrap();
    let names: Vec<_> = enums.iter().map(|found| (found.schema.as_str(), found.name.as_str())).collect();
    assert_eq!(names, [("other", "size"), ("public", "mood")]);

    let before = connection.round_trips();
    inspector.load_schema(None).unwrap();
    let loaded = connection.round_trips();
    assert!(loaded - before <= 7, "{}", loaded - before);
    let columns = inspector.get_columns("child", None).unwrap();
    let types: Vec<_> = columns.iter().map(|column| column.type_.python_repr().unwrap()).collect();
    assert_eq!(
        types,
        [
            "INTEGER()",
            "ENUM('sad', 'ok', name='mood')",
            "ARRAY(NUMERIC(precision=5, scale=2))",
            "TEXT()",
            "ENUM('s', name='size', schema='other')",
            "INTEGER()",
            "INTEGER()",
            "INTEGER()",
        ]
    );
    assert_eq!(columns[0].identity.as_ref().and_then(|identity| identity.start), Some(5));
    assert_eq!(columns[1].default.as_deref(), Some("'ok'::mood"));
    assert_eq!(columns[7].computed.as_ref().map(|computed| computed.sqltext.as_str()), Some("(pa + 1)"));
    let keys = inspector.get_foreign_keys("child", None).unwrap();
    assert_eq!(keys[0].referred_columns, ["a", "b"]);
    assert_eq!(keys[0].options.ondelete.as_deref(), Some("SET NULL"));
    assert_eq!(keys[0].options.deferrable, Some(true));
    assert_eq!(inspector.get_check_constraints("child", None).unwrap()[0].sqltext, "pa > 0 AND pb > 0");
    assert_eq!(inspector.get_unique_constraints("parent", None).unwrap()[0].column_names, ["a", "b"]);
    let indexes = inspector.get_indexes("child", None).unwrap();
    assert_eq!(indexes[0].column_names, [Some("pa".to_owned()), None]);
    assert_eq!(indexes[0].expressions, Some(vec!["pa".to_owned(), "lower(\"Odd %\")".to_owned()]));
    assert_eq!(inspector.get_table_comment("child", None).unwrap().as_deref(), Some("it's 100%"));
    assert_eq!(connection.round_trips(), loaded);
    assert!(matches!(inspector.get_columns("nope", None), Err(Error::NoSuchTable(name)) if name == "nope"));
}
