//! Runs of the same version table that keep out of each other's way.
//!
//! A run that has something to do takes a lock first, and looks again at what there is to do. Where the database has
//! locks of sessions, it is one of those, on a connection of its own: so it neither ends with the run's transactions nor
//! falls under the timeouts that scripts set. On SQLite it is the write lock of the run's transaction.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use limbeck_sql::engine::Connection;

use super::MigrationContext;
use crate::config::LockTimeout;
use crate::ddl::{RunExclusion, SessionLock};
use crate::error::{Error, Result};
use crate::host::ScriptHost;

/// The name of the reference's logger, which logging configurations speak of.
const LOG: &str = "alembic.runtime.migration";

/// The pauses between two attempts to take a lock: the first one, and the longest one.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// How long a database itself may wait for a lock; user code's signals are looked at in between.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often a long run makes sure that it has its lock still.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// What a user can do whom a lock keeps from working.
const HINTS: [&str; 2] = [
    "--lock-timeout SECONDS, or lock_timeout in the configuration, sets how long to wait",
    "--no-lock runs without the lock",
];

/// A lock of a session, held until this value is dropped.
pub(super) struct HeldLock {
    lock: &'static dyn SessionLock,
    own: Connection,
    name: String,
    checked: Mutex<Instant>,
    lost: AtomicBool,
}

impl Drop for HeldLock {
    fn drop(&mut self) {
        if !self.lost.load(Ordering::Relaxed) {
            // A pool between us and the server may keep the session; the end of the connection does the rest.
            let _ = self.lock.give_back(&self.own, &self.name);
        }
        let _ = self.own.close();
    }
}

impl HeldLock {
    /// Makes sure that the lock is held still. The server is asked every now and then, when it has said something by
    /// itself, and when `is_due`.
    fn check(&self, is_due: bool) -> Result<()> {
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_due && checked.elapsed() < CHECK_INTERVAL && !self.own.has_unread() {
            return Ok(());
        }
        *checked = Instant::now();
        let why = match self.lock.is_held(&self.own, &self.name) {
            Ok(true) => return Ok(()),
            Ok(false) => "the server does not know of it any more".to_owned(),
            Err(error) => error.to_string(),
        };
        self.lost.store(true, Ordering::Relaxed);
        let message = format!(
            "The lock of version table '{}' was lost in the middle of the run: {why}",
            self.name.strip_prefix("alembic ").unwrap_or(&self.name)
        );
        Err(Error::command(message)
            .with_hint("another run may have begun, so this one has stopped; run the same command again")
            .with_hint("a connection pool that shares sessions loses such locks: connect to the server itself, or use --no-lock"))
    }
}

/// How one run keeps others out.
pub(super) struct RunLock {
    exclusion: RunExclusion,
    timeout: Duration,
    /// Whether the database can begin the run's transaction anew: nobody has used it yet.
    restartable: bool,
    /// Whether the run's transaction has the write lock.
    has_write_lock: bool,
    held: Option<Arc<HeldLock>>,
}

impl RunLock {
    /// Makes the lock of a run, not taken yet.
    pub(super) fn of(context: &MigrationContext) -> Result<Self> {
        let timeout = match context.config() {
            Some(config) => config.lock_timeout()?,
            None => LockTimeout::default(),
        };
        let connection = context.bind().filter(|_| !context.options().dont_mutate);
        let (exclusion, timeout) = match (timeout, connection) {
            (LockTimeout::After(timeout), Some(_)) => (context.implementation().run_exclusion(), timeout),
            _ => (RunExclusion::None, Duration::ZERO),
        };
        let restartable = connection.is_some_and(|connection| !connection.in_database_transaction());
        Ok(Self { exclusion, timeout, restartable, has_write_lock: false, held: None })
    }

    /// Tells whether what is read before the lock is taken would be all that the run ever sees.
    pub(super) fn must_come_first(&self) -> bool {
        match self.exclusion {
            RunExclusion::Session(lock) => !self.restartable && !lock.reads_follow_commits(),
            RunExclusion::WriteTransaction | RunExclusion::None => false,
        }
    }

    /// Takes the lock, once; tells whether it did. What was read before may have changed until then.
    pub(super) fn take(&mut self, context: &MigrationContext, host: &dyn ScriptHost) -> Result<bool> {
        let Some(connection) = context.bind() else { return Ok(false) };
        match self.exclusion {
            RunExclusion::None => Ok(false),
            RunExclusion::WriteTransaction => {
                let possible =
                    self.restartable && context.runs_in_transaction() && context.is_one_transaction();
                if !possible || self.has_write_lock {
                    return Ok(false);
                }
                connection.restart_transaction()?;
                self.begin_for_writing(context, connection, host)?;
                self.has_write_lock = true;
                Ok(true)
            }
            RunExclusion::Session(lock) => {
                if self.held.is_some() {
                    return Ok(false);
                }
                let name = lock.name(connection, &context.options().version_table)?;
                self.held = Some(match shared(connection, &name) {
                    Some(held) => held,
                    None => self.take_session_lock(context, connection, lock, name, host)?,
                });
                Ok(true)
            }
        }
    }

    /// Tells whether each transaction of the run takes the lock, because the run is not one transaction.
    pub(super) fn is_for_each_transaction(&self, context: &MigrationContext) -> bool {
        matches!(self.exclusion, RunExclusion::WriteTransaction)
            && self.restartable
            && context.runs_in_transaction()
            && !context.is_one_transaction()
    }

    /// Takes SQLite's write lock for a transaction that has just begun, unless the run's own has it already; tells
    /// whether it did.
    pub(super) fn take_for_transaction(
        &self,
        context: &MigrationContext,
        host: &dyn ScriptHost,
    ) -> Result<bool> {
        let Some(connection) = context.bind() else { return Ok(false) };
        let possible = matches!(self.exclusion, RunExclusion::WriteTransaction)
            && context.runs_in_transaction()
            && !connection.in_database_transaction();
        if possible {
            self.begin_for_writing(context, connection, host)?;
        }
        Ok(possible)
    }

    /// Tells whether a failure to read is another run's doing, which the lock would have waited for.
    pub(super) fn explains(&self, error: &Error) -> bool {
        let Error::Sql(limbeck_sql::Error::Database(error)) = error else { return false };
        matches!(self.exclusion, RunExclusion::WriteTransaction) && error.message == "database is locked"
    }

    /// Makes sure that the lock is held still, as far as is known without asking the server too often.
    pub(super) fn check(&self) -> Result<()> {
        self.held.as_ref().map_or(Ok(()), |held| held.check(false))
    }

    /// Makes sure, before a step is committed, that no other run has come in meanwhile. For the last step of a run the
    /// server is asked.
    ///
    /// Where the step's DDL is committed already, a step that is not recorded would run twice: there the loss is only told.
    pub(super) fn check_before_commit(&self, context: &MigrationContext, is_last: bool) -> Result<()> {
        let Some(held) = &self.held else { return Ok(()) };
        if context.transactional_ddl() {
            return held.check(is_last);
        }
        if is_last && let Err(error) = held.check(true) {
            log::warn!(target: LOG, "{error}");
        }
        Ok(())
    }

    /// Ends the run: the lock lasts until what the run did is committed.
    pub(super) fn end(self, context: &MigrationContext) {
        if let (Some(held), Some(connection)) = (self.held, context.bind())
            && connection.in_transaction()
        {
            connection.guard_transaction(held);
        }
    }

    fn begin_for_writing(
        &self,
        context: &MigrationContext,
        connection: &Connection,
        host: &dyn ScriptHost,
    ) -> Result<()> {
        let table = context.options().version_table.name.as_str();
        self.wait(host, table, |_| Ok(connection.try_begin_for_writing()?), || Ok(None))
    }

    fn take_session_lock(
        &self,
        context: &MigrationContext,
        run: &Connection,
        lock: &'static dyn SessionLock,
        name: String,
        host: &dyn ScriptHost,
    ) -> Result<Arc<HeldLock>> {
        let own = run.engine().connect_separately()?;
        let lock = lock.prepare(&own)?;
        let table = context.options().version_table.name.as_str();
        if !lock.try_take(&own, &name, Duration::ZERO)? {
            if self.restartable {
                // Whoever waits must not keep anything from the one that it waits for.
                run.restart_transaction()?;
            }
            self.wait(
                host,
                table,
                |patience| lock.try_take(&own, &name, patience),
                || lock.holder(&own, &name),
            )?;
        }
        if self.restartable {
            run.restart_transaction()?;
        }
        let checked = Mutex::new(Instant::now());
        Ok(Arc::new(HeldLock { lock, own, name, checked, lost: AtomicBool::new(false) }))
    }

    /// Tries until it succeeds or the time is over; tells the user who is in the way.
    fn wait(
        &self,
        host: &dyn ScriptHost,
        table: &str,
        attempt: impl Fn(Duration) -> Result<bool>,
        holder: impl Fn() -> Result<Option<String>>,
    ) -> Result<()> {
        if attempt(Duration::ZERO)? {
            return Ok(());
        }
        let started = Instant::now();
        let time_left = || self.timeout.saturating_sub(started.elapsed());
        let who = || match holder() {
            Ok(Some(holder)) => format!(" ({holder})"),
            // It is good to know, and no more than that.
            Ok(None) | Err(_) => String::new(),
        };
        if !self.timeout.is_zero() {
            log::warn!(
                target: LOG,
                "Waiting up to {} for another run that has the lock of version table '{table}'{}",
                seconds(self.timeout),
                who()
            );
        }
        let mut pause = PAUSES.0;
        loop {
            let left = time_left();
            if left.is_zero() {
                let mut error = Error::LockTimeout {
                    message: format!(
                        "Another run has the lock of version table '{table}'{}; gave up after {}",
                        who(),
                        seconds(self.timeout)
                    ),
                    hints: Vec::new(),
                };
                for hint in HINTS {
                    error = error.with_hint(hint);
                }
                return Err(error);
            }
            host.check_interrupts()?;
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(PAUSES.1);
            let left = time_left();
            if attempt(left.min(PATIENCE))? {
                let waited = started.elapsed();
                log::info!(target: LOG, "Got the lock of version table '{table}' after {:.1}s", waited.as_secs_f64());
                return Ok(());
            }
        }
    }
}

/// Gives the lock of that name that an earlier run on the connection's open transaction has left with it.
fn shared(connection: &Connection, name: &str) -> Option<Arc<HeldLock>> {
    let guards = connection.transaction_guards();
    guards.into_iter().filter_map(|guard| guard.downcast::<HeldLock>().ok()).find(|held| held.name == name)
}

/// Gives a time as the user wrote it.
fn seconds(time: Duration) -> String {
    if time == Duration::from_secs(1) {
        "1 second".to_owned()
    } else {
        format!("{} seconds", time.as_secs_f64())
    }
}
