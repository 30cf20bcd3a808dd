//! Locks that a database keeps for a session and that stand for nothing in it: they keep runs apart.

mod mysql;
mod postgresql;

use std::fmt::Debug;
use std::time::Duration;

use limbeck_sql::engine::{Connection, Parameters, Value};
pub use mysql::MysqlLock;
pub use postgresql::PostgresqlLock;
use sha2::{Digest as _, Sha256};

use crate::error::Result;
use crate::runtime::VersionTableOptions;

/// How a database keeps runs apart.
#[derive(Clone, Copy, Debug)]
pub enum RunExclusion {
    /// It does not.
    None,
    /// By a transaction that keeps other writers out from its beginning; a second connection could not help.
    WriteTransaction,
    /// By a lock on a connection of its own.
    Session(&'static dyn SessionLock),
}

/// A lock of a session: it has a name, one session holds it at a time, and it ends with the session.
pub trait SessionLock: Debug + Send + Sync {
    /// Gives the name of a version table's lock, as `run`, the connection that the run is on, finds the table.
    ///
    /// # Errors
    /// What the database says.
    fn name(&self, run: &Connection, table: &VersionTableOptions) -> Result<String>;

    /// Makes a new connection one that may be idle for long, and gives the way to lock that suits it.
    ///
    /// # Errors
    /// What the database says.
    fn prepare(&self, own: &Connection) -> Result<&'static dyn SessionLock>;

    /// Takes the lock unless another session has it; the database may wait as long as `patience` for that one.
    ///
    /// # Errors
    /// What the database says.
    fn try_take(&self, own: &Connection, name: &str, patience: Duration) -> Result<bool>;

    /// Gives the lock back.
    ///
    /// # Errors
    /// What the database says.
    fn give_back(&self, own: &Connection, name: &str) -> Result<()>;

    /// Tells whether the session has the lock still.
    ///
    /// # Errors
    /// What the database says; the connection may be lost.
    fn is_held(&self, own: &Connection, name: &str) -> Result<bool>;

    /// Says who has the lock, in words for the user; `None` when nobody has it or the database does not tell.
    ///
    /// # Errors
    /// What the database says.
    fn holder(&self, own: &Connection, name: &str) -> Result<Option<String>>;

    /// Tells whether a transaction that has read already sees what others commit meanwhile.
    fn reads_follow_commits(&self) -> bool;
}

/// Executes a query and gives the values of its first row.
fn first_row(connection: &Connection, sql: &str) -> Result<Vec<Value>> {
    let result = connection.execute_sql(sql, &Parameters::none())?;
    Ok(result.rows.into_iter().next().unwrap_or_default())
}

/// Gives the texts among the first row's values; what is NULL or empty is `None`.
fn first_row_texts(connection: &Connection, sql: &str) -> Result<Vec<Option<String>>> {
    let row = first_row(connection, sql)?;
    let text = |value: Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(row.into_iter().map(text).collect())
}

/// Tells whether a value is what the database takes for true.
fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(value)) => *value,
        Some(value) => value.as_i64().is_some_and(|number| number != 0),
        None => false,
    }
}

/// Gives the first bytes of a text's SHA-256.
fn digest<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    let whole = Sha256::digest(text.as_bytes());
    let mut bytes = [0; LENGTH];
    bytes.copy_from_slice(&whole[..LENGTH]);
    bytes
}
