//! MySQL and MariaDB, by their own protocol; it behaves as the drivers of Python under SQLAlchemy, whichever of them a
//! URL names.

mod arguments;
mod cancel;
mod errors;
mod handshake;
mod literal;
mod option_file;
mod python_driver;
mod rows;
mod stream;
mod tls;
mod values;
mod wire;

use std::borrow::Cow;

use arguments::{Address, ConnectArguments};
use errors::{Failure, LOST_CODES};
use handshake::{Client, Greeting};
use indexmap::IndexMap;
use literal::Style;
use mysql_common::constants::StatusFlags;
use python_driver::PythonDriver;
use stream::{connect_socket, connect_tcp};
use wire::{Answer, Wire};

use crate::dialect::{ParamStyle, ServerFacts};
use crate::engine::drivers::{DriverArguments, parts_of};
use crate::engine::{
    Canceller, ClientEnvironment, DriverConnection, Parameters, QueryResult, TwoPhaseStep, TwoPhaseWork, Url,
    Value, text_repr, value_repr,
};
use crate::error::{DatabaseError, Result};

/// The logger of the server's warnings.
const LOGGER: &str = "sqlalchemy.dialects.mysql";

/// The code of the warning that the name of a primary key is not kept.
const NAME_IGNORED: i64 = 1280;

/// Checks that a URL names a driver that there is.
pub(super) fn check(url: &Url) -> Result<()> {
    PythonDriver::of(url).map(drop)
}

/// Gives the style of parameters that the driver of a URL asks for, where it is not its dialect's.
pub(super) fn paramstyle(url: &Url) -> Option<ParamStyle> {
    PythonDriver::of(url).ok()?.paramstyle()
}

/// Gives what the driver of a URL is called with.
pub(super) fn driver_arguments(url: &Url) -> Result<DriverArguments> {
    let driver = PythonDriver::of(url)?;
    let names = match driver {
        PythonDriver::MysqlDb => ["db", "user", "passwd"],
        PythonDriver::Aiomysql | PythonDriver::Asyncmy => ["db", "user", "password"],
        _ => ["database", "user", "password"],
    };
    let mut arguments = DriverArguments { positional: Vec::new(), named: parts_of(url, names) };
    for (name, value) in url.query() {
        arguments.named.extend(value.last().map(|value| (name.clone(), Value::from(value))));
    }
    Ok(arguments)
}

/// An open connection to a server.
#[derive(Debug)]
pub(super) struct MysqlConnection {
    wire: Wire,
    driver: PythonDriver,
    greeting: Greeting,
    arguments: ConnectArguments,
    /// Whether each statement committed by itself when the connection was opened.
    opened_autocommit: bool,
    /// The isolation level that the connection had when it was opened, once it has been changed.
    opened_isolation_level: Option<String>,
}

impl MysqlConnection {
    /// Connects to the server that a URL names.
    pub(super) fn open(
        url: &Url,
        connect_args: &IndexMap<String, Value>,
        environment: &ClientEnvironment,
    ) -> Result<Self> {
        let driver = PythonDriver::of(url)?;
        let arguments = ConnectArguments::read(driver, url, connect_args, environment)?;
        let (wire, greeting) = connect(&arguments).map_err(|failure| failure.into_error(driver))?;
        let mut connection = Self {
            wire,
            driver,
            greeting,
            opened_autocommit: arguments.autocommit,
            opened_isolation_level: None,
            arguments: arguments.clone(),
        };
        connection.prepare_session(&arguments)?;
        Ok(connection)
    }

    fn prepare_session(&mut self, arguments: &ConnectArguments) -> Result<()> {
        let style = self.style();
        let is_unicode = arguments.charset.to_lowercase().starts_with("utf8");
        let mut settings = String::from("SET NAMES ");
        if is_unicode {
            settings.push_str(&arguments.charset);
            if let Some(collation) = &arguments.collation {
                settings.push_str(" COLLATE ");
                settings.push_str(collation);
            }
        } else {
            // The server knows best whether there is such a character set. Text goes and comes as UTF-8, which has all of
            // its characters.
            self.run(&format!("SET NAMES {}", arguments.charset))?;
            settings.push_str("utf8mb4");
        }
        if self.wire.status.contains(StatusFlags::SERVER_STATUS_AUTOCOMMIT) != arguments.autocommit {
            settings.push_str(if arguments.autocommit { ", autocommit = 1" } else { ", autocommit = 0" });
        }
        if let Some(mode) = &arguments.sql_mode {
            settings.push_str(", sql_mode = ");
            style.write(&mut settings, &Value::Text(mode.clone()))?;
        }
        self.run(&settings)?;
        match &arguments.init_command {
            Some(command) => self.run(command).and_then(|()| self.commit()),
            None => Ok(()),
        }
    }

    fn style(&self) -> Style {
        let literal_backslash = self.wire.status.contains(StatusFlags::SERVER_STATUS_NO_BACKSLASH_ESCAPES);
        Style { driver: self.driver, backslash_escapes: !literal_backslash }
    }

    /// Sends a text; gives what its first statement gave.
    fn query(&mut self, sql: &str) -> Result<Answer> {
        let outcome = self.wire.query(sql.as_bytes());
        let mut answers = outcome.map_err(|failure| failure.into_error(self.driver))?;
        // The server keeps the warnings of the last statement only.
        if answers.last().is_some_and(|answer| answer.warnings > 0) {
            self.log_warnings();
        }
        Ok(if answers.is_empty() { Answer::default() } else { answers.swap_remove(0) })
    }

    /// Writes the server's warnings to the log, less loudly where there is nothing to be done about them: notes (such as
    /// that a table was not there to be dropped), and that a primary key has no name, where each one is given one.
    fn log_warnings(&mut self) {
        // A statement that succeeded does not fail for its warnings.
        let Ok(mut answers) = self.wire.query(b"SHOW WARNINGS") else { return };
        for row in answers.pop().map(|answer| answer.rows).unwrap_or_default() {
            let [Value::Text(level), code, Value::Text(message)] = row.as_slice() else { continue };
            let is_loud = level != "Note" && *code != Value::Int(NAME_IGNORED);
            let level = if is_loud { log::Level::Warn } else { log::Level::Info };
            log::log!(target: LOGGER, level, "({}, {})", value_repr(code), text_repr(message));
        }
    }

    fn run(&mut self, sql: &str) -> Result<()> {
        self.query(sql).map(drop)
    }

    /// Gives a value that the server tells.
    fn scalar(&mut self, sql: &str) -> Result<Option<Value>> {
        Ok(self.query(sql)?.rows.into_iter().next().and_then(|row| row.into_iter().next()))
    }

    /// Gives the name of the variable that holds the isolation level; MySQL and MariaDB have changed it at different
    /// times.
    fn isolation_variable(&self) -> &'static str {
        let (is_mariadb, version) = server_version(&self.greeting.version);
        let renamed = if is_mariadb { [11, 1, 1] } else { [5, 7, 20] };
        if version < renamed { "@@tx_isolation" } else { "@@transaction_isolation" }
    }

    fn switch_autocommit(&mut self, autocommit: bool) -> Result<()> {
        if self.wire.status.contains(StatusFlags::SERVER_STATUS_AUTOCOMMIT) == autocommit {
            return Ok(());
        }
        self.run(if autocommit { "SET AUTOCOMMIT = 1" } else { "SET AUTOCOMMIT = 0" })
    }
}

impl Drop for MysqlConnection {
    fn drop(&mut self) {
        self.wire.quit();
    }
}

/// Opens the way to the server and goes through the handshake.
fn connect(arguments: &ConnectArguments) -> Result<(Wire, Greeting), Failure> {
    let (stream, host) = match &arguments.address {
        Address::Host { host, port } => (connect_tcp(host, *port, arguments.connect_timeout)?, host.as_str()),
        Address::Socket(path) => (connect_socket(path)?, "localhost"),
    };
    let broken = |error: std::io::Error| Failure::Lost(Some(error.to_string()));
    stream.plain().set_timeouts(arguments.connect_timeout, arguments.connect_timeout).map_err(broken)?;
    let client = Client {
        user: &arguments.user,
        password: arguments.password.reveal(),
        database: arguments.database.as_deref(),
        capabilities: arguments.capabilities,
        attributes: arguments.attributes.clone(),
        host,
        tls: arguments.tls.clone(),
    };
    let (wire, greeting) = handshake::shake_hands(Wire::new(stream), &client)?;
    wire.stream().plain().set_timeouts(arguments.read_timeout, arguments.write_timeout).map_err(broken)?;
    Ok((wire, greeting))
}

/// Takes a server's version apart: whether it is MariaDB, and its numbers.
fn server_version(text: &str) -> (bool, [u32; 3]) {
    let is_mariadb = text.to_ascii_lowercase().contains("mariadb");
    // MariaDB puts a version of MySQL before its own, for clients that would not believe 10.
    let text = if is_mariadb { text.strip_prefix("5.5.5-").unwrap_or(text) } else { text };
    let mut numbers = [0; 3];
    for (number, part) in numbers.iter_mut().zip(text.split(|c: char| !c.is_ascii_digit())) {
        *number = part.parse().unwrap_or(0);
    }
    (is_mariadb, numbers)
}

fn result(answer: Answer) -> QueryResult {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let rowcount = if answer.columns.is_empty() {
        count(answer.affected_rows)
    } else {
        i64::try_from(answer.rows.len()).unwrap_or(i64::MAX)
    };
    QueryResult {
        columns: answer.columns.iter().map(|column| column.name_str().into_owned()).collect(),
        declared_types: answer.columns.iter().map(values::type_name).collect(),
        rows: answer.rows,
        rowcount,
        last_insert_id: answer.last_insert_id.map(count),
    }
}

impl DriverConnection for MysqlConnection {
    fn execute(&mut self, sql: &str, parameters: &Parameters) -> Result<QueryResult> {
        let statement = self.style().statement(sql, parameters)?;
        self.query(&statement).map(result)
    }

    fn execute_many(&mut self, sql: &str, parameter_sets: &[Parameters]) -> Result<QueryResult> {
        let mut rowcount = 0;
        if let Some(statements) = rows::statements(self.style(), sql, parameter_sets)? {
            for statement in statements {
                rowcount += self.query(&statement).map(result)?.rowcount;
            }
            return Ok(QueryResult { rowcount, ..QueryResult::default() });
        }
        for parameters in parameter_sets {
            rowcount += self.execute(sql, parameters)?.rowcount;
        }
        Ok(QueryResult { rowcount, ..QueryResult::default() })
    }

    fn execute_batch(&mut self, sql: &str) -> Result<()> {
        self.run(sql)
    }

    fn begin_for_writing(&mut self) -> Result<()> {
        self.run("START TRANSACTION")
    }

    fn commit(&mut self) -> Result<()> {
        if self.in_transaction() { self.run("COMMIT") } else { Ok(()) }
    }

    fn rollback(&mut self) -> Result<()> {
        if self.in_transaction() { self.run("ROLLBACK") } else { Ok(()) }
    }

    fn two_phase(&mut self, step: TwoPhaseStep, _xid: &str) -> Result<TwoPhaseWork> {
        Ok(TwoPhaseWork::Statements(match step {
            TwoPhaseStep::Begin => &["XA BEGIN :xid"],
            TwoPhaseStep::Prepare => &["XA END :xid", "XA PREPARE :xid"],
            TwoPhaseStep::Commit { is_prepared: false } => {
                &["XA END :xid", "XA PREPARE :xid", "XA COMMIT :xid"]
            }
            TwoPhaseStep::Commit { is_prepared: true } => &["XA COMMIT :xid"],
            TwoPhaseStep::Rollback { is_prepared: false } => &["XA END :xid", "XA ROLLBACK :xid"],
            TwoPhaseStep::Rollback { is_prepared: true } => &["XA ROLLBACK :xid"],
        }))
    }

    fn prepared_transactions(&mut self) -> Result<Vec<Value>> {
        // format, length of the global part, length of the branch's part, both parts
        let rows = self.query("XA RECOVER")?.rows.into_iter();
        Ok(rows
            .filter_map(|row| {
                let [_, Value::Int(length), _, data] = row.as_slice() else { return None };
                let bytes = match data {
                    Value::Bytes(bytes) => bytes.as_slice(),
                    other => other.as_str().unwrap_or_default().as_bytes(),
                };
                let length = usize::try_from(*length).unwrap_or(bytes.len()).min(bytes.len());
                Some(Value::Bytes(bytes[..length].to_vec()))
            })
            .collect())
    }

    fn canceller(&self) -> Option<Canceller> {
        Some(cancel::canceller(self.greeting.connection_id, &self.arguments))
    }

    fn in_transaction(&self) -> bool {
        !self.wire.is_broken() && self.wire.status.contains(StatusFlags::SERVER_STATUS_IN_TRANS)
    }

    fn ends_transaction(&self, _sql: &str) -> bool {
        // DDL does, but as the server's way of executing it, not because it would refuse it otherwise.
        false
    }

    fn set_transactional_ddl(&mut self, _transactional: bool) {}

    fn isolation_levels(&self) -> &'static [&'static str] {
        &["SERIALIZABLE", "READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "AUTOCOMMIT"]
    }

    fn set_isolation_level(&mut self, level: &str) -> Result<()> {
        if level == "AUTOCOMMIT" {
            return self.switch_autocommit(true);
        }
        if self.opened_isolation_level.is_none() {
            self.opened_isolation_level = Some(self.isolation_level()?);
        }
        self.switch_autocommit(false)?;
        self.run(&format!("SET SESSION TRANSACTION ISOLATION LEVEL {level}"))
    }

    fn set_autocommit(&mut self, autocommit: bool) -> Result<()> {
        self.opened_autocommit = autocommit;
        self.switch_autocommit(autocommit)
    }

    fn transactional_ddl(&self) -> bool {
        false
    }

    fn server_version(&self) -> Option<Vec<i64>> {
        let (_, version) = server_version(&self.greeting.version);
        Some(version.into_iter().map(i64::from).collect())
    }

    fn isolation_level(&mut self) -> Result<String> {
        let sql = format!("SELECT {}", self.isolation_variable());
        let level = self.scalar(&sql)?;
        Ok(level.as_ref().and_then(Value::as_str).unwrap_or_default().replace('-', " ").to_uppercase())
    }

    fn reset(&mut self) -> Result<()> {
        if self.wire.is_broken() {
            return Ok(());
        }
        if let Some(level) = self.opened_isolation_level.take() {
            self.run(&format!("SET SESSION TRANSACTION ISOLATION LEVEL {level}"))?;
        }
        self.switch_autocommit(self.opened_autocommit)
    }

    fn server_facts(&mut self) -> Result<Option<ServerFacts>> {
        let (is_mariadb, version) = server_version(&self.greeting.version);
        let answer = self.query("SELECT @@sql_mode, @@lower_case_table_names, DATABASE()")?;
        let mut row = answer.rows.into_iter().next().unwrap_or_default().into_iter();
        let mut text = || row.next().filter(|value| !value.is_null()).map(|value| text_of(&value));
        let settings = [("sql_mode", text()), ("lower_case_table_names", text())];
        Ok(Some(ServerFacts {
            product: if is_mariadb { "MariaDB" } else { "MySQL" }.to_owned(),
            version: version.to_vec(),
            default_schema_name: text(),
            settings: settings
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.unwrap_or_default()))
                .collect(),
        }))
    }

    fn adapt<'v>(&self, value: &'v Value) -> Cow<'v, Value> {
        Cow::Borrowed(value)
    }

    fn has_unread(&self) -> bool {
        self.wire.stream().plain().has_unread()
    }

    fn round_trips(&self) -> u64 {
        self.wire.round_trips()
    }

    fn is_disconnect(&self, error: &DatabaseError) -> bool {
        self.wire.is_broken() || error_code(error).is_some_and(|code| LOST_CODES.contains(&code))
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value_repr(value), str::to_owned)
}

/// Finds the code in a driver's message, which begins with it: `(2013, ...` or `2013 (HY000): ...`.
fn error_code(error: &DatabaseError) -> Option<u16> {
    let text = error.message.trim_start_matches('(');
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}
