//! What engines and their connections tell those who listen, as SQLAlchemy's events do.

use std::any::Any;
use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use super::{Connection, DriverArguments, Engine, Parameters, QueryResult, RawConnection};
use crate::error::{Error, Result};

/// Something that an engine or a connection does, told just before it is done unless said otherwise.
#[derive(Clone, Copy, Debug)]
pub enum EngineEvent<'e> {
    /// A connection to the database was opened.
    Connect {
        /// Whose it is.
        engine: &'e Engine,
        /// The driver's connection.
        raw: &'e RawConnection,
    },
    /// A connection was taken from the engine.
    Checkout {
        /// The connection.
        connection: &'e Connection,
        /// The driver's connection.
        raw: &'e RawConnection,
    },
    /// A connection was given back to the engine.
    Checkin {
        /// Whose it is.
        engine: &'e Engine,
        /// The driver's connection.
        raw: &'e RawConnection,
    },
    /// A connection to the database is closed.
    Close {
        /// Whose it is.
        engine: &'e Engine,
        /// The driver's connection.
        raw: &'e RawConnection,
    },
    /// A transaction has begun, as the connection counts.
    Begin(&'e Connection),
    /// The transaction is committed.
    Commit(&'e Connection),
    /// The transaction is rolled back.
    Rollback(&'e Connection),
    /// A savepoint is set.
    Savepoint(&'e Connection),
    /// A savepoint is released.
    ReleaseSavepoint(&'e Connection, &'e str),
    /// A savepoint is rolled back to.
    RollbackSavepoint(&'e Connection, &'e str),
    /// A two-phase transaction has begun.
    BeginTwoPhase(&'e Connection, &'e str),
    /// A two-phase transaction is prepared.
    PrepareTwoPhase(&'e Connection, &'e str),
    /// A two-phase transaction is committed, prepared or not.
    CommitTwoPhase(&'e Connection, &'e str, bool),
    /// A two-phase transaction is rolled back, prepared or not.
    RollbackTwoPhase(&'e Connection, &'e str, bool),
    /// The engine lets go of the connections that nobody uses.
    Disposed(&'e Engine),
}

/// Where the text of an executed statement came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementOrigin {
    /// The caller gave it in the driver's own words.
    Driver,
    /// It is a DDL statement, which is compiled each time.
    Ddl,
    /// It sets, releases or rolls back to a savepoint.
    Savepoint,
    /// A statement of the expression tree was compiled to it, in this time.
    Compiled(Duration),
}

/// One execution, which a listener may change before it happens.
#[derive(Debug)]
pub struct Execution<'e> {
    /// The statement.
    pub sql: Cow<'e, str>,
    /// The sets of parameters.
    pub parameter_sets: Cow<'e, [Parameters]>,
    /// Whether the statement is executed once for each set, rather than once with the only one.
    pub is_many: bool,
    /// Where the statement came from.
    pub origin: StatementOrigin,
}

/// How a connection to the database is opened.
#[derive(Debug)]
pub enum ConnectPlan {
    /// With the engine's own URL and arguments.
    AsUsual,
    /// With these arguments.
    With(DriverArguments),
    /// It is open already.
    Opened(RawConnection),
}

/// What a listener keeps between the two ends of one execution.
pub type ListenerState = Option<Box<dyn Any>>;

/// Hears of what an engine and its connections do; it may use the connection that it is told of.
pub trait EngineListener: Debug + Send + Sync {
    /// Gives the listener as what it is.
    fn as_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;

    /// Looks whether there is anything to do, before a connection is taken from the engine.
    fn prepare(&self) {}

    /// Tells whether there is anybody to tell at the moment.
    fn is_listening(&self) -> bool;

    /// Hears of an event; an error ends what was to be done.
    fn hear(&self, event: EngineEvent<'_>) -> Result<()>;

    /// Hears that a connection will be opened, and may open it itself.
    fn before_connect(&self, _engine: &Engine) -> Result<ConnectPlan> {
        Ok(ConnectPlan::AsUsual)
    }

    /// Executes in the driver's place, or leaves that to the driver.
    fn execute_instead(
        &self,
        _connection: &Connection,
        _execution: &Execution<'_>,
        _state: &mut ListenerState,
    ) -> Result<Option<QueryResult>> {
        Ok(None)
    }

    /// Hears of an execution to come.
    fn before_execute(&self, connection: &Connection, execution: &mut Execution<'_>)
    -> Result<ListenerState>;

    /// Hears of an execution that succeeded.
    fn after_execute(
        &self,
        connection: &Connection,
        execution: &Execution<'_>,
        state: ListenerState,
        result: &QueryResult,
    ) -> Result<()>;

    /// Hears of an execution that failed, and gives the error that the caller gets.
    fn execute_failed(
        &self,
        connection: &Connection,
        execution: &Execution<'_>,
        state: ListenerState,
        error: Error,
    ) -> Error;
}

#[cfg(test)]
mod tests;
