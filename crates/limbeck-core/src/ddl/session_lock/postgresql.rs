//! Advisory locks of PostgreSQL, after chapter 13.3.5 of its manual.

use std::time::Duration;

use limbeck_sql::dialect::text_literal;
use limbeck_sql::engine::Connection;

use super::{SessionLock, digest, first_row, first_row_texts, is_true};
use crate::error::Result;
use crate::runtime::VersionTableOptions;

/// Settings that would end an idle session or a waiting statement; which of them there are depends on the version.
const TIMEOUTS: &str = "name IN ('statement_timeout', 'lock_timeout', 'idle_session_timeout', \
                        'idle_in_transaction_session_timeout', 'transaction_timeout')";

/// A session's advisory lock, by a number made of the version table's schema and name.
#[derive(Clone, Copy, Debug)]
pub struct PostgresqlLock;

/// The same lock, held by a transaction: a pool in between leaves a client the session of the server for that long.
///
/// The transaction has no snapshot while it is idle, so nothing waits for it but other runs.
#[derive(Clone, Copy, Debug)]
struct PooledLock;

impl SessionLock for PostgresqlLock {
    fn name(&self, run: &Connection, table: &VersionTableOptions) -> Result<String> {
        // Without a schema the search path decides: where the table is, or else where it will be created.
        let schema = if let Some(schema) = &table.schema {
            Some(schema.as_str().to_owned())
        } else {
            let dialect = run.dialect().as_ref();
            let name = dialect.quote_identifier(table.name.as_str());
            let sql = format!(
                "SELECT coalesce((SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON \
                     n.oid = c.relnamespace WHERE c.oid = to_regclass({})), current_schema())::text",
                text_literal(dialect, &name)
            );
            first_row_texts(run, &sql)?.into_iter().next().flatten()
        };
        Ok(format!("{}.{}", schema.unwrap_or_default(), table.name))
    }

    fn prepare(&self, own: &Connection) -> Result<&'static dyn SessionLock> {
        // A lock of the session needs no transaction, and an idle one would be in the way of others.
        own.set_isolation_level("AUTOCOMMIT")?;
        // In a pool the settings of a session would stay behind for others: there they last for the statement only.
        let is_pooled = match own.session_number() {
            Some(number) => format!("pg_backend_pid() <> {number}"),
            None => "false".to_owned(),
        };
        let sql = format!(
            "SELECT {is_pooled}, (SELECT count(set_config(name, '0', {is_pooled})) FROM pg_settings WHERE {TIMEOUTS}), \
             CASE WHEN current_setting('application_name') = '' THEN set_config('application_name', 'alembic', {is_pooled}) END"
        );
        if is_true(first_row(own, &sql)?.first()) { Ok(&PooledLock) } else { Ok(&Self) }
    }

    /// Waits for nobody: a statement that waits has a snapshot, which CREATE INDEX CONCURRENTLY would wait for in turn.
    fn try_take(&self, own: &Connection, name: &str, _patience: Duration) -> Result<bool> {
        let row = first_row(own, &format!("SELECT pg_try_advisory_lock({})", key(name)))?;
        Ok(is_true(row.first()))
    }

    fn give_back(&self, own: &Connection, name: &str) -> Result<()> {
        first_row(own, &format!("SELECT pg_advisory_unlock({})", key(name))).map(drop)
    }

    fn is_held(&self, own: &Connection, name: &str) -> Result<bool> {
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM pg_locks l WHERE {} AND l.pid = pg_backend_pid())",
            condition(name)
        );
        Ok(is_true(first_row(own, &sql)?.first()))
    }

    fn holder(&self, own: &Connection, name: &str) -> Result<Option<String>> {
        let sql = format!(
            "SELECT l.pid::text, a.application_name, a.usename::text, coalesce(a.client_hostname, \
             host(a.client_addr)), to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') FROM pg_locks l \
             LEFT JOIN pg_stat_activity a ON a.pid = l.pid WHERE {}",
            condition(name)
        );
        let mut row = first_row_texts(own, &sql)?.into_iter();
        let mut next = || row.next().flatten();
        let Some(pid) = next() else { return Ok(None) };
        let mut words = vec![format!("backend {pid}")];
        words.extend(next().map(|application| format!("application '{application}'")));
        words.extend(next().map(|user| format!("user '{user}'")));
        // A session of a unix socket has no address.
        words.push(
            next().map_or_else(|| "on the server's own machine".to_owned(), |host| format!("client {host}")),
        );
        words.extend(next().map(|since| format!("connected since {since} UTC")));
        Ok(Some(words.join(", ")))
    }

    fn reads_follow_commits(&self) -> bool {
        true
    }
}

impl SessionLock for PooledLock {
    fn name(&self, run: &Connection, table: &VersionTableOptions) -> Result<String> {
        PostgresqlLock.name(run, table)
    }

    fn prepare(&self, own: &Connection) -> Result<&'static dyn SessionLock> {
        PostgresqlLock.prepare(own)
    }

    /// Leaves no transaction open unless it has the lock: whoever waits must not keep a session of the pool.
    fn try_take(&self, own: &Connection, name: &str, _patience: Duration) -> Result<bool> {
        // Another isolation would give the transaction a snapshot to its end.
        own.execute_batch("BEGIN ISOLATION LEVEL READ COMMITTED")?;
        let sql = format!(
            "SELECT pg_try_advisory_xact_lock({}), (SELECT count(set_config(name, '0', true)) FROM pg_settings WHERE \
             {TIMEOUTS})",
            key(name)
        );
        let has_lock = first_row(own, &sql).map(|row| is_true(row.first()));
        if !matches!(has_lock, Ok(true)) {
            own.execute_batch("ROLLBACK")?;
        }
        has_lock
    }

    fn give_back(&self, own: &Connection, _name: &str) -> Result<()> {
        Ok(own.execute_batch("ROLLBACK")?)
    }

    fn is_held(&self, own: &Connection, name: &str) -> Result<bool> {
        PostgresqlLock.is_held(own, name)
    }

    fn holder(&self, own: &Connection, name: &str) -> Result<Option<String>> {
        PostgresqlLock.holder(own, name)
    }

    fn reads_follow_commits(&self) -> bool {
        PostgresqlLock.reads_follow_commits()
    }
}

/// Gives the lock's number.
fn key(name: &str) -> i64 {
    i64::from_be_bytes(digest(&format!("alembic {name}")))
}

/// Gives what holds for the lock's row in `pg_locks l`.
fn condition(name: &str) -> String {
    let [a, b, c, d, rest @ ..] = key(name).to_be_bytes();
    format!(
        "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = {}::oid AND l.objid = {}::oid AND \
         l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        u32::from_be_bytes([a, b, c, d]),
        u32::from_be_bytes(rest)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_lock_never_changes() {
        // Programs of different versions must agree on it.
        assert_eq!(key("public.alembic_version"), KEY);
        assert_ne!(key("tenant.alembic_version"), KEY);
    }

    const KEY: i64 = -5_637_853_267_114_376_129;
}
