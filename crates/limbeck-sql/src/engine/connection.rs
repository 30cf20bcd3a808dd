//! Connections with SQLAlchemy 2's rules: a transaction begins with the first statement and lasts until `commit`,
//! `rollback` or `close`.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::journal::Journal;
use super::python_repr::{parameter_sets_repr, parameters_repr};
use super::raw::{Attachment, SharedDriver};
use super::{
    Canceller, DriverConnection, Engine, EngineEvent, EngineListener, Execution, NestedTransaction,
    Parameters, QueryResult, RawConnection, StatementOrigin, Transaction, TransactionGuard, Value,
};
use crate::dialect::{CompileOptions, Dialect};
use crate::error::{DatabaseError, Error, Result, background};

/// Schemas, and what takes their place; `None` is the default schema.
pub type SchemaTranslateMap = Vec<(Option<String>, Option<String>)>;

/// A connection to a database, as `sqlalchemy.Connection`; a cheap handle that threads may share.
#[derive(Clone)]
pub struct Connection {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    state: Mutex<State>,
    attachment: Attachment,
    /// Whether the engine's listeners hear of it.
    is_heard: bool,
}

#[derive(Debug)]
struct State {
    /// The driver's connection, until `close`.
    driver: Option<SharedDriver>,
    /// Whether the engine gets the driver's connection back.
    is_pooled: bool,
    transaction: Option<Root>,
    /// Savepoints in the order in which they were set; the last one is the current one.
    savepoints: Vec<Savepoint>,
    savepoint_count: u64,
    is_autocommit: bool,
    schema_translate_map: SchemaTranslateMap,
    last_id: u64,
    invalidated: bool,
    journal: Journal,
    /// The statement that was sent ahead, with its parameters, until its answer is taken.
    ahead: Option<(String, Parameters)>,
}

#[derive(Debug)]
struct Root {
    id: u64,
    /// False after a COMMIT that failed: a rollback must come first.
    active: bool,
    two_phase: Option<TwoPhase>,
}

/// What makes a transaction a two-phase one.
#[derive(Clone, Debug)]
struct TwoPhase {
    xid: String,
    is_prepared: bool,
}

#[derive(Debug)]
struct Savepoint {
    id: u64,
    name: String,
    active: bool,
}

impl Connection {
    /// Makes a connection that is given back to the engine when it is closed.
    pub(super) fn of_pool(engine: Engine, driver: SharedDriver) -> Self {
        engine.count_connection(true);
        Self::made(engine, driver, true)
    }

    /// Makes a connection of its own, of which listeners do not hear.
    pub(super) fn new(engine: Engine, driver: SharedDriver) -> Self {
        Self::made(engine, driver, false)
    }

    fn made(engine: Engine, driver: SharedDriver, is_pooled: bool) -> Self {
        let state = State {
            is_pooled,
            driver: Some(driver),
            transaction: None,
            savepoints: Vec::new(),
            savepoint_count: 0,
            is_autocommit: false,
            schema_translate_map: SchemaTranslateMap::default(),
            last_id: 0,
            invalidated: false,
            journal: Journal::default(),
            ahead: None,
        };
        let (state, attachment) = (Mutex::new(state), Attachment::default());
        Self { inner: Arc::new(Inner { engine, state, attachment, is_heard: is_pooled }) }
    }

    /// Gives the engine that it came from.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// Gives the dialect.
    #[must_use]
    pub fn dialect(&self) -> &Arc<dyn Dialect> {
        self.inner.engine.dialect()
    }

    /// Gives the driver's connection.
    pub fn raw(&self) -> Result<RawConnection> {
        Ok(RawConnection::new(&self.state().driver()?))
    }

    /// Gives the value that was attached to the connection.
    #[must_use]
    pub fn attachment(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        lock(&self.inner.attachment).clone()
    }

    /// Attaches a value to the connection, in place of the one before.
    pub fn attach(&self, value: Arc<dyn Any + Send + Sync>) {
        *lock(&self.inner.attachment) = Some(value);
    }

    /// Tells whether two handles are of one connection.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    fn listener(&self) -> Option<&Arc<dyn EngineListener>> {
        self.inner.engine.listener().filter(|_| self.inner.is_heard)
    }

    fn tell(&self, event: EngineEvent<'_>) -> Result<()> {
        self.listener().map_or(Ok(()), |listener| listener.hear(event))
    }

    /// Executes SQL in the driver's own words, as `exec_driver_sql`.
    ///
    /// Begins a transaction when there is none. Fails with `ResourceClosedError`, `PendingRollbackError`, or what
    /// the database says.
    pub fn execute_sql(&self, sql: &str, parameters: &Parameters) -> Result<QueryResult> {
        self.perform(sql, std::slice::from_ref(parameters), false, StatementOrigin::Driver)
    }

    /// Executes SQL once for each set of parameters, as `executemany` of Python's DB-API.
    pub fn execute_many_sql(&self, sql: &str, parameter_sets: &[Parameters]) -> Result<QueryResult> {
        self.perform(sql, parameter_sets, true, StatementOrigin::Driver)
    }

    /// Executes SQL, once for each set of parameters or with the only one.
    pub(super) fn perform(
        &self,
        sql: &str,
        parameter_sets: &[Parameters],
        is_many: bool,
        origin: StatementOrigin,
    ) -> Result<QueryResult> {
        let Some(listener) = self.listener() else {
            return self.state().perform(sql, parameter_sets, is_many);
        };
        if self.state().begin_if_needed()? {
            listener.hear(EngineEvent::Begin(self))?;
        }
        let parameter_sets = Cow::Owned(self.state().adapted(parameter_sets)?);
        let mut execution = Execution { sql: Cow::Borrowed(sql), parameter_sets, is_many, origin };
        let mut kept = listener.before_execute(self, &mut execution)?;
        let result = match listener.execute_instead(self, &execution, &mut kept) {
            Ok(Some(result)) => Ok(result),
            Ok(None) => self.state().perform(&execution.sql, &execution.parameter_sets, is_many),
            Err(error) => Err(self.state().describe_instead(error, &execution)),
        };
        match result {
            Ok(result) => listener.after_execute(self, &execution, kept, &result).map(|()| result),
            Err(error) => Err(listener.execute_failed(self, &execution, kept, error)),
        }
    }

    /// Sends SQL that must change `rows` rows without waiting for its answer, where the driver can and nobody listens;
    /// gives the result where it had to wait.
    pub(super) fn perform_ahead(
        &self,
        sql: &str,
        parameters: Parameters,
        rows: i64,
        origin: StatementOrigin,
    ) -> Result<Option<QueryResult>> {
        if self.listener().is_none() && self.state().send_ahead(sql, &parameters, rows)? {
            return Ok(None);
        }
        self.perform(sql, &[parameters], false, origin).map(Some)
    }

    /// Waits for the answer to the statement that [`execute_ahead`](Self::execute_ahead) has sent, and gives it once;
    /// `None` when there is none.
    pub fn take_ahead(&self) -> Option<Result<QueryResult>> {
        self.state().take_ahead()
    }

    /// Executes statements separated by semicolons.
    pub fn execute_batch(&self, sql: &str) -> Result<()> {
        let mut state = self.state();
        state.begin_if_needed()?;
        let driver = state.driver()?;
        let mut driver = lock(&driver);
        let result = driver.execute_batch(sql);
        state.note(&result, &**driver, sql);
        result.map_err(|error| state.describe(error, &**driver, sql, &Sent::One(&Parameters::none())))
    }

    /// Begins a transaction; statements do so by themselves.
    ///
    /// Fails with `InvalidRequestError` when one is begun already.
    pub fn begin(&self) -> Result<Transaction> {
        let mut state = self.state();
        state.driver()?;
        if state.transaction.is_some() {
            return Err(Error::InvalidRequest(
                "This connection has already initialized a SQLAlchemy Transaction() object via begin() or \
                 autobegin; can't call begin() here unless rollback() or commit() is called first."
                    .to_owned(),
            ));
        }
        let id = state.begin();
        drop(state);
        self.tell(EngineEvent::Begin(self))?;
        Ok(Transaction { connection: self.clone(), id })
    }

    /// Begins a transaction in the database at once, and keeps other writers out until its end, where the database
    /// can do so for a whole transaction (SQLite's `BEGIN IMMEDIATE`).
    ///
    /// Waits for other writers as long as the driver's timeout says. Fails with `InvalidRequestError` when the
    /// database has a transaction open, which may be on older data already.
    pub fn begin_for_writing(&self) -> Result<()> {
        let mut state = self.state();
        state.begin_if_needed()?;
        let driver = state.driver()?;
        let mut driver = lock(&driver);
        if driver.in_transaction() {
            return Err(Error::InvalidRequest(
                "the write lock must be taken before the transaction's first statement".to_owned(),
            ));
        }
        let result = driver.begin_for_writing();
        result.map_err(|error| state.describe(error, &**driver, "BEGIN", &Sent::One(&Parameters::none())))
    }

    /// Begins a transaction as [`begin_for_writing`](Self::begin_for_writing) does, but waits for nobody: tells whether
    /// it could.
    pub fn try_begin_for_writing(&self) -> Result<bool> {
        let mut state = self.state();
        state.begin_if_needed()?;
        let driver = state.driver()?;
        let mut driver = lock(&driver);
        let result = driver.try_begin_for_writing();
        result.map_err(|error| state.describe(error, &**driver, "BEGIN", &Sent::One(&Parameters::none())))
    }

    /// Begins a transaction that is rolled back when the guard is dropped before its `commit`.
    pub fn begin_guarded(&self) -> Result<TransactionGuard> {
        self.begin().map(TransactionGuard::from)
    }

    /// Sets a savepoint, beginning a transaction when there is none.
    pub fn begin_nested(&self) -> Result<NestedTransaction> {
        if self.state().begin_if_none()? {
            self.tell(EngineEvent::Begin(self))?;
        }
        self.tell(EngineEvent::Savepoint(self))?;
        let name = format!("sa_savepoint_{}", self.state().savepoint_count + 1);
        self.perform(
            &format!("SAVEPOINT {name}"),
            &[self.in_style(Vec::new())],
            false,
            StatementOrigin::Savepoint,
        )?;
        let mut state = self.state();
        state.savepoint_count += 1;
        let id = state.next_id();
        state.savepoints.push(Savepoint { id, name, active: true });
        Ok(NestedTransaction { connection: self.clone(), id })
    }

    /// Sets a savepoint that is rolled back to when the guard is dropped before its `commit`.
    pub fn begin_nested_guarded(&self) -> Result<TransactionGuard> {
        self.begin_nested().map(TransactionGuard::from)
    }

    /// Commits the transaction; does nothing when there is none.
    pub fn commit(&self) -> Result<()> {
        if self.state().transaction.is_none() {
            return Ok(());
        }
        if let Some(two_phase) = self.two_phase() {
            return self.commit_two_phase(&two_phase);
        }
        self.tell_unless_failed(EngineEvent::Commit(self))?;
        self.state().commit()
    }

    /// Tells of a commit, which a transaction that must be rolled back will refuse.
    fn tell_unless_failed(&self, event: EngineEvent<'_>) -> Result<()> {
        if self.state().transaction.as_ref().is_some_and(|root| root.active) {
            self.tell(event)
        } else {
            Ok(())
        }
    }

    /// Rolls back the transaction; does nothing when there is none.
    pub fn rollback(&self) -> Result<()> {
        if self.state().transaction.is_none() {
            return Ok(());
        }
        if let Some(two_phase) = self.two_phase() {
            return self.rollback_two_phase(&two_phase);
        }
        self.tell(EngineEvent::Rollback(self))?;
        self.state().rollback()
    }

    /// Tells whether a transaction is begun, as SQLAlchemy counts.
    #[must_use]
    pub fn in_transaction(&self) -> bool {
        self.state().transaction.as_ref().is_some_and(|transaction| transaction.active)
    }

    /// Tells whether a savepoint is the innermost thing begun.
    #[must_use]
    pub fn in_nested_transaction(&self) -> bool {
        self.state().savepoints.last().is_some_and(|savepoint| savepoint.active)
    }

    /// Tells whether the database itself has a transaction open, whoever began it.
    #[must_use]
    pub fn in_database_transaction(&self) -> bool {
        self.state().driver().is_ok_and(|driver| lock(&driver).in_transaction())
    }

    /// Gives the numbers of the server's version, where there is a server that told them at the start.
    #[must_use]
    pub fn server_version(&self) -> Option<Vec<i64>> {
        self.state().driver().ok().and_then(|driver| lock(&driver).server_version())
    }

    /// Tells how often something was sent to the server and answered.
    #[must_use]
    pub fn round_trips(&self) -> u64 {
        self.state().driver().map_or(0, |driver| lock(&driver).round_trips())
    }

    /// Gives a handle on the transaction that is begun.
    #[must_use]
    pub fn get_transaction(&self) -> Option<Transaction> {
        let id = self.state().transaction.as_ref()?.id;
        Some(Transaction { connection: self.clone(), id })
    }

    /// Gives a handle on the current savepoint.
    #[must_use]
    pub fn get_nested_transaction(&self) -> Option<NestedTransaction> {
        let id = self.state().savepoints.last()?.id;
        Some(NestedTransaction { connection: self.clone(), id })
    }

    /// Tells whether executing `sql` now would first commit what is open, because the database refuses or ignores
    /// such a statement inside a transaction.
    #[must_use]
    pub fn ends_transaction(&self, sql: &str) -> bool {
        self.state().driver().is_ok_and(|driver| lock(&driver).ends_transaction(sql))
    }

    /// Sets whether DDL runs inside transactions; `false` is the way of the reference's driver where they differ.
    pub fn set_transactional_ddl(&self, transactional: bool) -> Result<()> {
        let driver = self.state().driver()?;
        lock(&driver).set_transactional_ddl(transactional);
        Ok(())
    }

    /// Sets the isolation level until `close`, as `execution_options(isolation_level=...)`.
    ///
    /// Fails with `InvalidRequestError` inside a transaction, with `ArgumentError` for a level that the dialect
    /// does not know.
    pub fn set_isolation_level(&self, level: &str) -> Result<()> {
        let mut state = self.state();
        let driver = state.driver()?;
        if state.transaction.is_some() {
            return Err(Error::InvalidRequest(
                "This connection has already initialized a SQLAlchemy Transaction() object via begin() or \
                 autobegin; isolation_level may not be altered unless rollback() or commit() is called first."
                    .to_owned(),
            ));
        }
        let mut driver = lock(&driver);
        let known = driver.isolation_levels();
        let normal = level.replace('_', " ");
        if !known.contains(&normal.as_str()) {
            return Err(Error::Argument(format!(
                "Invalid value '{level}' for isolation_level. Valid isolation levels for '{}' are {}",
                self.dialect().name(),
                known.join(", ")
            )));
        }
        driver.set_isolation_level(&normal)?;
        state.is_autocommit = normal == "AUTOCOMMIT";
        Ok(())
    }

    /// Sets which schemas take the place of others in statements that name none of their own.
    pub fn set_schema_translate_map(&self, map: SchemaTranslateMap) {
        self.state().schema_translate_map = map;
    }

    /// Gives the schema that takes the place of another.
    #[must_use]
    pub fn translated_schema(&self, schema: Option<String>) -> Option<String> {
        let state = self.state();
        let entry = state.schema_translate_map.iter().find(|(from, _)| *from == schema);
        entry.map_or(schema, |(_, to)| to.clone())
    }

    /// Gives the options of a statement with the connection's own where it has none.
    pub(super) fn with_own_options<'o>(&self, options: &'o CompileOptions) -> Cow<'o, CompileOptions> {
        let state = self.state();
        if !options.schema_translate_map.is_empty() || state.schema_translate_map.is_empty() {
            return Cow::Borrowed(options);
        }
        let schema_translate_map = state.schema_translate_map.clone();
        Cow::Owned(CompileOptions { schema_translate_map, ..options.clone() })
    }

    /// Tells whether its isolation level was set to `AUTOCOMMIT`.
    #[must_use]
    pub fn is_autocommit(&self) -> bool {
        self.state().is_autocommit
    }

    /// Reads the isolation level from the database, without beginning a transaction.
    pub fn get_isolation_level(&self) -> Result<String> {
        let driver = self.state().driver()?;
        lock(&driver).isolation_level()
    }

    /// Lets the database begin the transaction anew with the next statement, without ending it for those who hold it:
    /// what it has read so far is forgotten. What it has changed would be lost.
    pub fn restart_transaction(&self) -> Result<()> {
        if let Some(two_phase) = self.two_phase() {
            return self.restart_two_phase(&two_phase);
        }
        let driver = self.state().driver()?;
        lock(&driver).rollback()
    }

    /// Gives what stops the statement that runs on this connection, for use on another thread.
    #[must_use]
    pub fn canceller(&self) -> Option<Canceller> {
        let driver = self.state().driver().ok()?;
        lock(&driver).canceller()
    }

    /// Begins to remember the statements that are executed, with none so far.
    pub fn start_journal(&self) {
        self.state().journal.start();
    }

    /// Gives the beginnings of the statements since [`start_journal`](Self::start_journal) that no rollback takes back.
    #[must_use]
    pub fn kept_statements(&self) -> Vec<String> {
        self.state().journal.kept().to_vec()
    }

    /// Gives what the database has refused, unless it has executed something since.
    #[must_use]
    pub fn last_failure(&self) -> Option<DatabaseError> {
        self.state().journal.failure().cloned()
    }

    /// Gives the number that the session got when it began; a pool in between gives one of its own. None where there is no
    /// such number.
    #[must_use]
    pub fn session_number(&self) -> Option<i64> {
        let driver = self.state().driver().ok()?;
        lock(&driver).session_number()
    }

    /// Tells whether the server has sent something that nobody has asked for, which may be the end of the connection; asks
    /// it nothing.
    #[must_use]
    pub fn has_unread(&self) -> bool {
        self.state().driver().is_ok_and(|driver| lock(&driver).has_unread())
    }

    /// Keeps a value until the transaction ends that is begun: it is dropped after the commit or the rollback.
    pub fn guard_transaction(&self, guard: Arc<dyn Any + Send + Sync>) {
        self.state().journal.guard(guard);
    }

    /// Gives the values that are kept until the transaction ends.
    #[must_use]
    pub fn transaction_guards(&self) -> Vec<Arc<dyn Any + Send + Sync>> {
        self.state().journal.guards()
    }

    /// Rolls back what is open and lets go of the database; later calls do nothing.
    pub fn close(&self) -> Result<()> {
        let rolled_back = match self.two_phase() {
            Some(two_phase) => self.rollback_two_phase(&two_phase),
            None if self.state().transaction.is_some() => self.tell(EngineEvent::Rollback(self)),
            None => Ok(()),
        };
        let was_taken = self.state().is_taken();
        let returned = self.state().close();
        if was_taken {
            self.inner.engine.count_connection(false);
        }
        if let Some(driver) = returned? {
            self.inner.engine.check_in(driver);
        }
        rolled_back
    }

    /// Tells whether it is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.state().driver.is_none()
    }

    /// Tells whether the connection to the database was lost.
    #[must_use]
    pub fn invalidated(&self) -> bool {
        self.state().invalidated
    }

    pub(super) fn transaction_is_active(&self, id: u64) -> bool {
        self.state().transaction.as_ref().is_some_and(|root| root.id == id && root.active)
    }

    pub(super) fn commit_transaction(&self, id: u64) -> Result<()> {
        if self.state().transaction.as_ref().is_some_and(|root| root.id == id) {
            return self.commit();
        }
        Err(Error::InvalidRequest("This transaction is inactive".to_owned()))
    }

    pub(super) fn rollback_transaction(&self, id: u64) -> Result<()> {
        let is_open = self.state().transaction.as_ref().is_some_and(|root| root.id == id);
        if is_open { self.rollback() } else { Ok(()) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.inner.state)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("url", self.inner.engine.url()).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // What cannot be rolled back here is rolled back by the database when the driver's connection goes.
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if state.is_taken() {
            self.engine.count_connection(false);
        }
        let closed = state.close();
        if let Ok(Some(driver)) = closed {
            self.engine.check_in(driver);
        }
    }
}

/// The parameters of a statement that failed.
enum Sent<'p> {
    One(&'p Parameters),
    Many(&'p [Parameters]),
}

impl State {
    fn driver(&self) -> Result<SharedDriver> {
        self.driver
            .as_ref()
            .map(Arc::clone)
            .ok_or_else(|| Error::ResourceClosed("This Connection is closed".to_owned()))
    }

    fn perform(&mut self, sql: &str, parameter_sets: &[Parameters], is_many: bool) -> Result<QueryResult> {
        self.begin_if_needed()?;
        let driver = self.driver()?;
        let mut driver = lock(&driver);
        if is_many {
            let result = driver.execute_many(sql, parameter_sets);
            self.note(&result, &**driver, sql);
            return result.map_err(|error| self.describe(error, &**driver, sql, &Sent::Many(parameter_sets)));
        }
        let none = Parameters::none();
        let parameters = parameter_sets.first().unwrap_or(&none);
        let result = driver.execute(sql, parameters);
        self.note(&result, &**driver, sql);
        result.map_err(|error| self.describe(error, &**driver, sql, &Sent::One(parameters)))
    }

    /// Sends a statement ahead of the need for its answer; false where the driver does not.
    fn send_ahead(&mut self, sql: &str, parameters: &Parameters, rows: i64) -> Result<bool> {
        self.begin_if_needed()?;
        let driver = self.driver()?;
        let mut driver = lock(&driver);
        let sent = driver.execute_ahead(sql, parameters, rows);
        match &sent {
            Ok(true) => self.ahead = Some((sql.to_owned(), parameters.clone())),
            Ok(false) => {}
            Err(error) => self.note_failure(error, &**driver, sql),
        }
        sent.map_err(|error| self.describe(error, &**driver, sql, &Sent::One(parameters)))
    }

    fn take_ahead(&mut self) -> Option<Result<QueryResult>> {
        let (sql, parameters) = self.ahead.take()?;
        let driver = self.driver().ok()?;
        let mut driver = lock(&driver);
        let result = driver.take_ahead()?;
        self.note(&result, &**driver, &sql);
        Some(result.map_err(|error| self.describe(error, &**driver, &sql, &Sent::One(&parameters))))
    }

    /// Gives parameters in the form in which the driver sends them.
    fn adapted(&self, parameter_sets: &[Parameters]) -> Result<Vec<Parameters>> {
        let driver = self.driver()?;
        let driver = lock(&driver);
        Ok(parameter_sets.iter().map(|set| adapted(&**driver, set)).collect())
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn begin(&mut self) -> u64 {
        let id = self.next_id();
        self.transaction = Some(Root { id, active: true, two_phase: None });
        id
    }

    /// Begins a transaction unless one is open; tells whether it did.
    fn begin_if_none(&mut self) -> Result<bool> {
        self.driver()?;
        let begins = self.transaction.is_none();
        if begins {
            self.begin();
        }
        Ok(begins)
    }

    /// Begins a transaction unless one is open that takes statements; tells whether it did.
    fn begin_if_needed(&mut self) -> Result<bool> {
        self.driver()?;
        let failed = self.transaction.as_ref().is_some_and(|root| !root.active)
            || self.savepoints.last().is_some_and(|savepoint| !savepoint.active);
        if failed {
            return Err(self.pending_rollback());
        }
        self.begin_if_none()
    }

    fn commit(&mut self) -> Result<()> {
        if self.transaction.as_ref().is_some_and(|root| !root.active) {
            return Err(self.pending_rollback());
        }
        let driver = self.driver()?;
        self.savepoints.clear();
        let result = lock(&driver).commit();
        match result {
            Ok(()) => {
                self.transaction = None;
                self.journal.committed();
                Ok(())
            }
            Err(error) => {
                self.note_failure(&error, &**lock(&driver), "COMMIT");
                if let Some(root) = &mut self.transaction {
                    root.active = false;
                }
                Err(error)
            }
        }
    }

    fn rollback(&mut self) -> Result<()> {
        self.savepoints.clear();
        self.transaction = None;
        let driver = self.driver()?;
        let result = lock(&driver).rollback();
        self.journal.rolled_back();
        result
    }

    /// Tells whether the engine counts it among those that are in use.
    fn is_taken(&self) -> bool {
        self.is_pooled && self.driver.is_some()
    }

    /// Gives the driver's connection when others may use it.
    fn close(&mut self) -> Result<Option<SharedDriver>> {
        self.savepoints.clear();
        // Of a two-phase transaction that nobody has ended, the server decides when the connection goes.
        self.invalidated |= self.transaction.take().is_some_and(|root| root.two_phase.is_some());
        let Some(driver) = self.driver.take() else { return Ok(None) };
        let result = {
            let mut driver = lock(&driver);
            driver.rollback().and_then(|()| driver.reset())
        };
        self.journal.rolled_back();
        result?;
        Ok(Some(driver).filter(|_| self.is_pooled && !self.invalidated))
    }

    /// Remembers how a statement went.
    fn note<T>(&mut self, result: &Result<T>, driver: &dyn DriverConnection, sql: &str) {
        match result {
            Ok(_) => self.journal.executed(sql, driver),
            Err(error) => self.note_failure(error, driver, sql),
        }
    }

    fn note_failure(&mut self, error: &Error, driver: &dyn DriverConnection, sql: &str) {
        if let Error::Database(error) = error {
            self.invalidated |= driver.is_disconnect(error);
            let is_lost = self.invalidated;
            self.journal.failed(error, sql, driver, is_lost);
        }
    }

    /// Releases or rolls back to the savepoint at `position`, which ends those inside it too.
    fn end_savepoint(&mut self, position: usize, sql: &str, stays_on_failure: bool) -> Result<QueryResult> {
        let driver = self.driver()?;
        let mut driver = lock(&driver);
        let result = driver.execute(sql, &Parameters::none());
        match result {
            Ok(result) => {
                self.savepoints.truncate(position);
                Ok(result)
            }
            Err(error) => {
                self.note_failure(&error, &**driver, sql);
                if stays_on_failure {
                    self.savepoints[position].active = false;
                    self.savepoints.truncate(position + 1);
                } else {
                    self.savepoints.truncate(position);
                }
                Err(self.describe(error, &**driver, sql, &Sent::One(&Parameters::none())))
            }
        }
    }

    fn pending_rollback(&self) -> Error {
        let savepoint = if self.savepoints.is_empty() { "" } else { "savepoint " };
        Error::PendingRollback(format!(
            "Can't reconnect until invalid {savepoint}transaction is rolled back.  Please rollback() fully before \
             proceeding {}",
            background("8s2b")
        ))
    }

    /// Adds them to what who executed in the driver's place said.
    fn describe_instead(&mut self, error: Error, execution: &Execution<'_>) -> Error {
        let Ok(driver) = self.driver() else { return error };
        let none = Parameters::none();
        let sent = match &*execution.parameter_sets {
            sets if execution.is_many => Sent::Many(sets),
            sets => Sent::One(sets.first().unwrap_or(&none)),
        };
        self.note_failure(&error, &**lock(&driver), &execution.sql);
        self.describe(error, &**lock(&driver), &execution.sql, &sent)
    }

    /// Adds the statement and its parameters to what a driver said.
    fn describe(&mut self, error: Error, driver: &dyn DriverConnection, sql: &str, sent: &Sent<'_>) -> Error {
        let Error::Database(mut error) = error else { return error };
        self.invalidated |= driver.is_disconnect(&error);
        error.statement = Some(sql.to_owned());
        error.parameters = match sent {
            Sent::One(parameters) if parameters.is_empty() => None,
            Sent::One(parameters) => Some(parameters_repr(&adapted(driver, parameters))),
            Sent::Many([]) => None,
            Sent::Many(sets) => {
                let sets: Vec<_> = sets.iter().map(|set| adapted(driver, set)).collect();
                Some(parameter_sets_repr(&sets))
            }
        };
        Error::Database(error)
    }
}

/// Gives parameters in the form in which the driver sends them.
fn adapted(driver: &dyn DriverConnection, parameters: &Parameters) -> Parameters {
    let adapt = |value: &Value| match driver.adapt(value) {
        Cow::Borrowed(value) => value.clone(),
        Cow::Owned(value) => value,
    };
    match parameters {
        Parameters::Positional(values) => Parameters::Positional(values.iter().map(adapt).collect()),
        Parameters::Named(values) => {
            Parameters::Named(values.iter().map(|(name, value)| (name.clone(), adapt(value))).collect())
        }
    }
}

/// Locks, also after a panic elsewhere: the state is consistent between statements.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

mod savepoints;
#[cfg(test)]
mod tests;
mod two_phase;
