//! The log of an engine: what it sends to the database, when `echo` or the level of its logger asks for it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use limbeck_sql::HIDDEN_PARAMETERS;
use limbeck_sql::engine::{
    Connection, Execution, Parameters, QueryResult, StatementOrigin, parameter_sets_repr, parameters_repr,
};

use crate::modules::logging::engine as log;

/// The logger of all engines; an engine with a name has one below it.
const LOGGER: &str = "sqlalchemy.engine.Engine";

/// What an engine logs.
#[derive(Debug, Default)]
pub(crate) struct Echo {
    /// The level that `echo` asks for; 0 leaves it to the logger.
    asked: AtomicI32,
    /// The level that counts since a connection was last taken; 0 is none.
    level: AtomicI32,
    hides_parameters: AtomicBool,
    name: Mutex<Option<String>>,
    /// When each statement was first compiled.
    known: Mutex<HashMap<String, Instant>>,
}

impl Echo {
    /// Takes over `echo=...`: the level of what is logged, 0 for what the logger's own level says.
    pub(crate) fn ask(&self, level: i32) {
        self.asked.store(level, Ordering::Relaxed);
        if level > 0 {
            log::show_on_stdout(&self.logger());
        }
        self.look();
    }

    /// Takes over `logging_name` and `hide_parameters`.
    pub(crate) fn describe(&self, name: Option<String>, hides_parameters: bool) {
        *self.name.lock().unwrap_or_else(PoisonError::into_inner) = name;
        self.hides_parameters.store(hides_parameters, Ordering::Relaxed);
    }

    /// Tells whether parameters are left out of logs.
    pub(crate) fn hides_parameters(&self) -> bool {
        self.hides_parameters.load(Ordering::Relaxed)
    }

    /// Looks what the logger's level says now.
    pub(crate) fn look(&self) {
        let asked = self.asked.load(Ordering::Relaxed);
        let level = if asked > 0 { asked } else { log::wanted_level(&self.logger()) };
        self.level.store(level, Ordering::Relaxed);
    }

    /// Tells whether anything is logged.
    pub(crate) fn is_on(&self) -> bool {
        self.level.load(Ordering::Relaxed) > 0
    }

    fn logger(&self) -> String {
        match &*self.name.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(name) => format!("{LOGGER}.{name}"),
            None => LOGGER.to_owned(),
        }
    }

    fn write(&self, message: &str) {
        if self.is_on() {
            log::write(&self.logger(), log::INFO, message, self.asked.load(Ordering::Relaxed) > 0);
        }
    }

    /// Logs the begin of a transaction.
    pub(crate) fn begin(&self, connection: &Connection) {
        if self.is_on() {
            self.write(if connection.is_autocommit() {
                "BEGIN (implicit; DBAPI should not BEGIN due to autocommit mode)"
            } else {
                "BEGIN (implicit)"
            });
        }
    }

    /// Logs the begin of a two-phase transaction.
    pub(crate) fn begin_two_phase(&self) {
        self.write("BEGIN TWOPHASE (implicit)");
    }

    /// Logs a commit.
    pub(crate) fn commit(&self, connection: &Connection) {
        if self.is_on() {
            self.write(if connection.is_autocommit() {
                "COMMIT using DBAPI connection.commit(), has no effect due to autocommit mode"
            } else {
                "COMMIT"
            });
        }
    }

    /// Logs a rollback.
    pub(crate) fn rollback(&self, connection: &Connection) {
        if self.is_on() {
            self.write(if connection.is_autocommit() {
                "ROLLBACK using DBAPI connection.rollback(), has no effect due to autocommit mode"
            } else {
                "ROLLBACK"
            });
        }
    }

    /// Logs a statement and its parameters.
    pub(crate) fn statement(&self, execution: &Execution<'_>) {
        if !self.is_on() {
            return;
        }
        self.write(&execution.sql);
        let parameters = if self.hides_parameters() {
            HIDDEN_PARAMETERS.to_owned()
        } else if execution.is_many {
            parameter_sets_repr(&execution.parameter_sets)
        } else {
            parameters_repr(execution.parameter_sets.first().unwrap_or(&Parameters::none()))
        };
        self.write(&format!("[{}] {parameters}", self.origin(execution)));
    }

    fn origin(&self, execution: &Execution<'_>) -> String {
        match execution.origin {
            StatementOrigin::Driver => "raw sql".to_owned(),
            StatementOrigin::Ddl | StatementOrigin::Savepoint => "no key 0.00001s".to_owned(),
            StatementOrigin::Compiled(time) => {
                let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(since) = known.get(&*execution.sql) {
                    return format!("cached since {:.4}s ago", since.elapsed().as_secs_f64());
                }
                known.insert(execution.sql.clone().into_owned(), Instant::now());
                format!("generated in {:.5}s", time.as_secs_f64())
            }
        }
    }

    /// Logs what a statement gave back, where debugging is asked for.
    pub(crate) fn rows(&self, result: &QueryResult) {
        let level = self.level.load(Ordering::Relaxed);
        if level != log::DEBUG || !result.returns_rows() {
            return;
        }
        let is_asked = self.asked.load(Ordering::Relaxed) > 0;
        let names = result.columns.iter().map(|name| name.as_str().into()).collect();
        let columns = parameters_repr(&Parameters::Positional(names));
        log::write(&self.logger(), log::DEBUG, &format!("Col {columns}"), is_asked);
        for row in &result.rows {
            let row = parameters_repr(&Parameters::Positional(row.clone()));
            log::write(&self.logger(), log::DEBUG, &format!("Row {row}"), is_asked);
        }
    }
}
