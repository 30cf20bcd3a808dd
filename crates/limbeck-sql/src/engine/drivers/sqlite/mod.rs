//! SQLite, through the library that is built into the binary; it behaves as Python's `sqlite3` under SQLAlchemy,
//! but for DDL, which runs inside transactions.

mod arguments;
mod errors;
mod functions;
mod keyword;
mod values;
mod words;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use arguments::ConnectArguments;
pub(super) use arguments::is_memory_database;
use errors::{from_rusqlite, multiple_statements, programming_error};
use indexmap::IndexMap;
use keyword::{StatementKind, statement_kind};
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
pub(crate) use words::{Words, unquoted};

use crate::engine::drivers::DriverArguments;
use crate::engine::{Canceller, DriverConnection, Parameters, QueryResult, ScalarFunction, Url, Value};
use crate::error::{DatabaseError, DatabaseErrorKind, Error, Result};

/// Prepared statements that are kept, as many as Python's `sqlite3` keeps.
const CACHED_STATEMENTS: usize = 128;

/// Gives what the driver of a URL is called with.
pub(super) fn driver_arguments(url: &Url) -> Result<DriverArguments> {
    ConnectArguments::of_driver(url)
}

/// Checks that a URL's parts are ones that `SQLite` has a use for.
pub(super) fn check(url: &Url) -> Result<()> {
    ConnectArguments::read(url, &IndexMap::new()).map(drop)
}

/// An open SQLite database.
#[derive(Debug)]
pub(super) struct SqliteConnection {
    database: rusqlite::Connection,
    /// No transaction begins by itself (isolation level AUTOCOMMIT).
    autocommit: bool,
    /// What `autocommit` was when the database was opened.
    opened_autocommit: bool,
    /// DDL and queries begin a transaction too, not only INSERT, UPDATE, DELETE and REPLACE.
    transactional_ddl: bool,
    /// Whether the open transaction is one that began by itself; what the user began, the user ends.
    began_implicitly: bool,
    /// Names of the open savepoints, in lower case, in order.
    savepoints: Vec<String>,
    /// How long a statement waits for other connections.
    timeout: Duration,
}

impl SqliteConnection {
    /// Opens the database that a URL names.
    pub(super) fn open(url: &Url, connect_args: &IndexMap<String, Value>) -> Result<Self> {
        let arguments = ConnectArguments::read(url, connect_args)?;
        let database = rusqlite::Connection::open_with_flags(&arguments.filename, arguments.flags())
            .map_err(|error| errors::from_opening(&error))?;
        let connection = Self {
            database,
            autocommit: arguments.autocommit,
            opened_autocommit: arguments.autocommit,
            transactional_ddl: true,
            began_implicitly: false,
            savepoints: Vec::new(),
            timeout: arguments.timeout,
        };
        connection.prepare_database().map_err(|error| from_rusqlite(&error))?;
        Ok(connection)
    }

    fn prepare_database(&self) -> rusqlite::Result<()> {
        // The library is built with foreign keys on, against SQLite's own default, which users' schemas rely on.
        self.database.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false)?;
        self.database.busy_timeout(self.timeout)?;
        self.database.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        functions::register(&self.database)
    }

    /// Ends and begins transactions as the statement to come needs it.
    fn before(&mut self, kind: &StatementKind) -> Result<()> {
        if self.must_end_transaction(kind) {
            self.commit()?;
            return Ok(());
        }
        if self.autocommit || !self.database.is_autocommit() || !self.begins_transaction(kind) {
            return Ok(());
        }
        self.run("BEGIN")?;
        self.began_implicitly = true;
        Ok(())
    }

    fn must_end_transaction(&self, kind: &StatementKind) -> bool {
        self.transactional_ddl
            && self.began_implicitly
            && self.savepoints.is_empty()
            && !self.database.is_autocommit()
            && matches!(kind, StatementKind::OutsideTransaction | StatementKind::Begin)
    }

    fn begins_transaction(&self, kind: &StatementKind) -> bool {
        match kind {
            StatementKind::Change { .. } => true,
            StatementKind::Other | StatementKind::Savepoint(_) => self.transactional_ddl,
            StatementKind::Empty
            | StatementKind::OutsideTransaction
            | StatementKind::Begin
            | StatementKind::Commit
            | StatementKind::Rollback
            | StatementKind::Release(_)
            | StatementKind::RollbackTo(_) => false,
        }
    }

    /// Keeps the transaction's state true after a statement that succeeded or failed.
    fn after(&mut self, kind: &StatementKind, succeeded: bool) {
        if self.database.is_autocommit() {
            self.began_implicitly = false;
            self.savepoints.clear();
            return;
        }
        if !succeeded {
            return;
        }
        match kind {
            StatementKind::Savepoint(name) => self.savepoints.push(name.clone()),
            StatementKind::Release(name) => self.close_savepoint(name, false),
            StatementKind::RollbackTo(name) => self.close_savepoint(name, true),
            _ => {}
        }
    }

    fn close_savepoint(&mut self, name: &str, keep: bool) {
        if let Some(position) = self.savepoints.iter().rposition(|open| open == name) {
            self.savepoints.truncate(position + usize::from(keep));
        }
    }

    fn run(&mut self, sql: &str) -> Result<()> {
        let outcome = self
            .database
            .prepare_cached(sql)
            .and_then(|mut statement| statement.raw_execute())
            .map_err(|error| from_rusqlite(&error));
        if self.database.is_autocommit() {
            self.began_implicitly = false;
            self.savepoints.clear();
        }
        outcome.map(drop)
    }

    fn execute_kind(&self, sql: &str, kind: &StatementKind, parameters: &Parameters) -> Result<QueryResult> {
        if matches!(kind, StatementKind::Empty) {
            return Ok(QueryResult { rowcount: -1, ..QueryResult::default() });
        }
        let keeps = matches!(kind, StatementKind::Change { .. } | StatementKind::Other) && !kind.is_ddl(sql);
        if keeps {
            let mut statement =
                self.database.prepare_cached(sql).map_err(|error| self.preparing(&error, sql))?;
            self.step(&mut statement, kind, parameters)
        } else {
            let mut statement = self.database.prepare(sql).map_err(|error| self.preparing(&error, sql))?;
            self.step(&mut statement, kind, parameters)
        }
    }

    fn preparing(&self, error: &rusqlite::Error, sql: &str) -> Error {
        if matches!(error, rusqlite::Error::MultipleStatement) || self.first_of_several_prepares(sql) {
            multiple_statements()
        } else {
            from_rusqlite(error)
        }
    }

    /// Tells whether the text is several statements of which the first is sound, so that the error came from
    /// looking at the second.
    fn first_of_several_prepares(&self, sql: &str) -> bool {
        keyword::first_statement(sql).is_some_and(|first| self.database.prepare(first).is_ok())
    }

    fn step(
        &self,
        statement: &mut rusqlite::Statement<'_>,
        kind: &StatementKind,
        parameters: &Parameters,
    ) -> Result<QueryResult> {
        bind(statement, parameters)?;
        let mut result = QueryResult { rowcount: -1, ..QueryResult::default() };
        {
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next().map_err(|error| from_rusqlite(&error))? {
                let width = row.as_ref().column_count();
                let mut values = Vec::with_capacity(width);
                for position in 0..width {
                    let value = row.get_ref(position).map_err(|error| from_rusqlite(&error))?;
                    values.push(read(value, || row.as_ref().column_name(position).unwrap_or_default())?);
                }
                result.rows.push(values);
            }
        }
        // Read after stepping: a cached statement learns of a changed schema only then.
        for column in statement.columns() {
            result.columns.push(column.name().to_owned());
            result.declared_types.push(column.decl_type().map(str::to_owned));
        }
        if let StatementKind::Change { inserts } = kind {
            result.rowcount = i64::try_from(self.database.changes()).unwrap_or(i64::MAX);
            if *inserts {
                result.last_insert_id = Some(self.database.last_insert_rowid());
            }
        }
        Ok(result)
    }
}

/// Binds parameters as Python's `sqlite3` does, with its errors.
fn bind(statement: &mut rusqlite::Statement<'_>, parameters: &Parameters) -> Result<()> {
    let wanted = statement.parameter_count();
    match parameters {
        Parameters::Positional(given) => {
            if given.len() != wanted {
                return Err(programming_error(format!(
                    "Incorrect number of bindings supplied. The current statement uses {wanted}, and there are {} \
                     supplied.",
                    given.len()
                )));
            }
            for (position, value) in (1..).zip(given) {
                let bound = values::to_sqlite(value, &position.to_string())?;
                statement.raw_bind_parameter(position, bound).map_err(|error| from_rusqlite(&error))?;
            }
        }
        Parameters::Named(_) => {
            for position in 1..=wanted {
                let Some(name) = statement.parameter_name(position).map(str::to_owned) else {
                    return Err(programming_error(format!(
                        "Binding {position} has no name, but you supplied a dictionary (which has only names)."
                    )));
                };
                let Some(value) = parameters.get(&name[1..]) else {
                    return Err(programming_error(format!(
                        "You did not supply a value for binding parameter {name}."
                    )));
                };
                let bound = values::to_sqlite(value, &format!("'{name}'"))?;
                statement.raw_bind_parameter(position, bound).map_err(|error| from_rusqlite(&error))?;
            }
        }
    }
    Ok(())
}

/// Reads a value of a result, whose column is named when its text is not UTF-8.
fn read<'n>(value: ValueRef<'_>, column: impl Fn() -> &'n str) -> Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) => Value::Float(number),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => {
                return Err(errors::error(
                    DatabaseErrorKind::Operational,
                    format!(
                        "Could not decode to UTF-8 column '{}' with text '{}'",
                        column(),
                        String::from_utf8_lossy(bytes)
                    ),
                ));
            }
        },
    })
}

impl DriverConnection for SqliteConnection {
    fn execute(&mut self, sql: &str, parameters: &Parameters) -> Result<QueryResult> {
        let kind = statement_kind(sql);
        self.before(&kind)?;
        let result = self.execute_kind(sql, &kind, parameters);
        self.after(&kind, result.is_ok());
        result
    }

    fn execute_many(&mut self, sql: &str, parameter_sets: &[Parameters]) -> Result<QueryResult> {
        let kind = statement_kind(sql);
        if !matches!(kind, StatementKind::Change { .. }) {
            return Err(programming_error("executemany() can only execute DML statements.".to_owned()));
        }
        self.before(&kind)?;
        let result = self.execute_sets(sql, &kind, parameter_sets);
        self.after(&kind, result.is_ok());
        result
    }

    fn execute_batch(&mut self, sql: &str) -> Result<()> {
        let mut rest = sql;
        while !rest.is_empty() {
            let length = keyword::complete_length(rest).unwrap_or(rest.len());
            self.execute(&rest[..length], &Parameters::none())?;
            rest = &rest[length..];
        }
        Ok(())
    }

    fn begin_for_writing(&mut self) -> Result<()> {
        self.run("BEGIN IMMEDIATE")?;
        self.began_implicitly = true;
        Ok(())
    }

    fn try_begin_for_writing(&mut self) -> Result<bool> {
        self.database.busy_timeout(Duration::ZERO).map_err(|error| from_rusqlite(&error))?;
        let began = self.database.execute_batch("BEGIN IMMEDIATE");
        self.database.busy_timeout(self.timeout).map_err(|error| from_rusqlite(&error))?;
        match began {
            Ok(()) => {
                self.began_implicitly = true;
                Ok(true)
            }
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => Ok(false),
            Err(error) => Err(from_rusqlite(&error)),
        }
    }

    fn canceller(&self) -> Option<Canceller> {
        let handle = self.database.get_interrupt_handle();
        Some(Arc::new(move || handle.interrupt()))
    }

    fn commit(&mut self) -> Result<()> {
        if self.database.is_autocommit() { Ok(()) } else { self.run("COMMIT") }
    }

    fn rollback(&mut self) -> Result<()> {
        if self.database.is_autocommit() { Ok(()) } else { self.run("ROLLBACK") }
    }

    fn in_transaction(&self) -> bool {
        !self.database.is_autocommit()
    }

    fn ends_transaction(&self, sql: &str) -> bool {
        self.must_end_transaction(&statement_kind(sql))
    }

    fn set_transactional_ddl(&mut self, transactional: bool) {
        self.transactional_ddl = transactional;
    }

    fn transactional_ddl(&self) -> bool {
        self.transactional_ddl
    }

    fn set_autocommit(&mut self, autocommit: bool) -> Result<()> {
        self.autocommit = autocommit;
        self.opened_autocommit = autocommit;
        Ok(())
    }

    fn create_function(&mut self, name: &str, arguments: i32, function: ScalarFunction) -> Result<()> {
        functions::create(&self.database, name, arguments, function).map_err(|error| from_rusqlite(&error))
    }

    fn isolation_levels(&self) -> &'static [&'static str] {
        &["READ UNCOMMITTED", "SERIALIZABLE", "AUTOCOMMIT"]
    }

    fn set_isolation_level(&mut self, level: &str) -> Result<()> {
        self.autocommit = level == "AUTOCOMMIT";
        match level {
            "READ UNCOMMITTED" => self.run("PRAGMA read_uncommitted = 1"),
            "SERIALIZABLE" => self.run("PRAGMA read_uncommitted = 0"),
            _ => Ok(()),
        }
    }

    fn isolation_level(&mut self) -> Result<String> {
        let result =
            self.execute_kind("PRAGMA read_uncommitted", &StatementKind::Other, &Parameters::none())?;
        let level = if result.scalar().and_then(Value::as_i64) == Some(1) {
            "READ UNCOMMITTED"
        } else {
            "SERIALIZABLE"
        };
        Ok(level.to_owned())
    }

    fn reset(&mut self) -> Result<()> {
        self.transactional_ddl = true;
        if self.autocommit || self.isolation_level()? != "SERIALIZABLE" {
            self.set_isolation_level("SERIALIZABLE")?;
        }
        self.autocommit = self.opened_autocommit;
        Ok(())
    }

    fn adapt<'v>(&self, value: &'v Value) -> Cow<'v, Value> {
        values::adapt(value)
    }

    fn is_disconnect(&self, error: &DatabaseError) -> bool {
        error.kind == DatabaseErrorKind::Programming
            && error.message.contains("Cannot operate on a closed database.")
    }
}

impl SqliteConnection {
    fn execute_sets(
        &self,
        sql: &str,
        kind: &StatementKind,
        parameter_sets: &[Parameters],
    ) -> Result<QueryResult> {
        let mut statement = self.database.prepare_cached(sql).map_err(|error| self.preparing(&error, sql))?;
        let mut rowcount = 0;
        for parameters in parameter_sets {
            rowcount += self.step(&mut statement, kind, parameters)?.rowcount;
        }
        Ok(QueryResult { rowcount, ..QueryResult::default() })
    }
}

#[cfg(test)]
mod tests;
