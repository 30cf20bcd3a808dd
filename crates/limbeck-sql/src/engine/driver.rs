//! The seam between a [`Connection`](super::Connection) and a database's own protocol: what PEP 249 calls a connection.

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use super::{Parameters, QueryResult, TwoPhaseStep, TwoPhaseWork, Value};
use crate::dialect::ServerFacts;
use crate::error::{DatabaseError, Error, Result};

/// A function of user code that SQL may call: values in, a value out, or what went wrong.
pub type ScalarFunction = Arc<dyn Fn(&[Value]) -> std::result::Result<Value, String> + Send + Sync>;

/// Stops the statement that a connection executes at the moment; does nothing when it executes none.
pub type Canceller = Arc<dyn Fn() + Send + Sync>;

/// An open connection of a driver, with the transaction rules of Python's DB-API: a transaction begins by itself
/// with the first statement, and ends with `commit` or `rollback`.
///
/// Errors are `Error::Database` without statement and parameters, which the caller adds.
pub trait DriverConnection: Debug + Send {
    /// Executes one statement and fetches all its rows.
    fn execute(&mut self, sql: &str, parameters: &Parameters) -> Result<QueryResult>;

    /// Executes one statement once for each set of parameters; the result carries the sum of the row counts.
    fn execute_many(&mut self, sql: &str, parameter_sets: &[Parameters]) -> Result<QueryResult>;

    /// Sends a statement of the open transaction without waiting for its answer; false where nothing was sent, because
    /// the driver waits for every answer or no transaction is open.
    ///
    /// What follows waits for that answer. When the statement has failed, or changed another number of rows than `rows`,
    /// nothing more is sent but a rollback.
    fn execute_ahead(&mut self, _sql: &str, _parameters: &Parameters, _rows: i64) -> Result<bool> {
        Ok(false)
    }

    /// Waits for the answer to what [`execute_ahead`](Self::execute_ahead) has sent, and gives it once.
    fn take_ahead(&mut self) -> Option<Result<QueryResult>> {
        None
    }

    /// Executes statements separated by semicolons, without parameters, under the same transaction rules.
    fn execute_batch(&mut self, sql: &str) -> Result<()>;

    /// Begins a transaction at once that keeps other writers out where the database has such a thing, waiting for
    /// those that are there.
    fn begin_for_writing(&mut self) -> Result<()>;

    /// Begins a transaction as [`begin_for_writing`](Self::begin_for_writing) does, but waits for nobody: tells whether
    /// it could.
    fn try_begin_for_writing(&mut self) -> Result<bool> {
        self.begin_for_writing().map(|()| true)
    }

    /// Gives what stops the statement that this connection executes, for use on another thread; none where the database
    /// has no such thing.
    fn canceller(&self) -> Option<Canceller> {
        None
    }

    /// Commits what is open; does nothing when no transaction is.
    fn commit(&mut self) -> Result<()>;

    /// Rolls back what is open; does nothing when no transaction is.
    fn rollback(&mut self) -> Result<()>;

    /// Makes a step of the two-phase transaction with this identifier, or says with which statements it is made.
    ///
    /// Fails with `NotImplementedError` where the database has no such transactions.
    fn two_phase(&mut self, _step: TwoPhaseStep, _xid: &str) -> Result<TwoPhaseWork> {
        Err(Error::NotImplemented("this database has no two-phase transactions".to_owned()))
    }

    /// Gives the identifiers of the two-phase transactions that are prepared and not ended, whoever began them.
    ///
    /// Fails as [`two_phase`](Self::two_phase).
    fn prepared_transactions(&mut self) -> Result<Vec<Value>> {
        Err(Error::NotImplemented("this database has no two-phase transactions".to_owned()))
    }

    /// Tells whether the database itself has a transaction open.
    fn in_transaction(&self) -> bool;

    /// Tells whether executing `sql` now would first commit the open transaction, because the database refuses or
    /// ignores such a statement inside one.
    fn ends_transaction(&self, sql: &str) -> bool;

    /// Sets whether DDL runs inside transactions; `false` brings the reference's driver's way back.
    fn set_transactional_ddl(&mut self, transactional: bool);

    /// Tells whether DDL runs inside transactions.
    fn transactional_ddl(&self) -> bool {
        true
    }

    /// Gives the isolation levels that [`set_isolation_level`](Self::set_isolation_level) takes.
    fn isolation_levels(&self) -> &'static [&'static str];

    /// Sets the isolation level; `AUTOCOMMIT` begins no transactions.
    fn set_isolation_level(&mut self, level: &str) -> Result<()>;

    /// Sets whether statements begin no transaction by themselves, for as long as the connection is open, as the
    /// attribute `autocommit` of Python's drivers does.
    fn set_autocommit(&mut self, autocommit: bool) -> Result<()> {
        if autocommit { self.set_isolation_level("AUTOCOMMIT") } else { self.reset() }
    }

    /// Adds a function to SQL; a negative number of arguments takes any.
    fn create_function(&mut self, name: &str, _arguments: i32, _function: ScalarFunction) -> Result<()> {
        Err(Error::Unsupported(format!(
            "the function '{name}' cannot be added to SQL: connections of this database take no functions"
        )))
    }

    /// Reads the isolation level from the database.
    fn isolation_level(&mut self) -> Result<String>;

    /// Brings settings that belonged to one use of the connection back to what they were at its start.
    fn reset(&mut self) -> Result<()>;

    /// Asks the server what decides how SQL is written for it; `None` where there is no server to ask.
    fn server_facts(&mut self) -> Result<Option<ServerFacts>> {
        Ok(None)
    }

    /// Gives the form in which a value is sent, which is also the one that error texts show.
    fn adapt<'v>(&self, value: &'v Value) -> Cow<'v, Value>;

    /// Gives the number that the session got when it began; a pool in between gives one of its own. None where there is no
    /// such number.
    fn session_number(&self) -> Option<i64> {
        None
    }

    /// Tells whether the server has sent something that nobody has asked for, which may be the end of the connection; asks
    /// it nothing.
    fn has_unread(&self) -> bool {
        false
    }

    /// Tells how often something was sent to the server and answered; zero where there is no server.
    fn round_trips(&self) -> u64 {
        0
    }

    /// Gives the numbers of the server's version, where there is a server that told them at the start.
    fn server_version(&self) -> Option<Vec<i64>> {
        None
    }

    /// Tells whether an error means that the connection is lost.
    fn is_disconnect(&self, error: &DatabaseError) -> bool;
}
