//! `GET_LOCK` of MySQL and MariaDB.

use std::time::Duration;

use limbeck_sql::engine::Connection;

use super::{SessionLock, digest, first_row, first_row_texts, is_true};
use crate::error::{Error, Result};
use crate::runtime::VersionTableOptions;

/// How long a name of a lock can be, in characters.
const LONGEST_NAME: usize = 64;

/// A session's lock, by the names of the database and the version table: the locks of a server are of all its databases.
#[derive(Clone, Copy, Debug)]
pub struct MysqlLock;

impl SessionLock for MysqlLock {
    fn name(&self, run: &Connection, table: &VersionTableOptions) -> Result<String> {
        let database = match &table.schema {
            Some(schema) => Some(schema.as_str().to_owned()),
            None => first_row_texts(run, "SELECT DATABASE()")?.into_iter().next().flatten(),
        };
        let name = format!("alembic {}.{}", database.unwrap_or_default(), table.name);
        let is_plain = |character: char| character.is_ascii_alphanumeric() || " ._-$".contains(character);
        if name.len() <= LONGEST_NAME && name.chars().all(is_plain) {
            return Ok(name);
        }
        Ok(digest::<24>(&name).iter().fold("alembic ".to_owned(), |name, byte| format!("{name}{byte:02x}")))
    }

    fn prepare(&self, own: &Connection) -> Result<&'static dyn SessionLock> {
        own.set_isolation_level("AUTOCOMMIT")?;
        // 24 days are the most that every platform's server takes.
        own.execute_batch("SET SESSION wait_timeout = 2147483")?;
        Ok(&MysqlLock)
    }

    fn try_take(&self, own: &Connection, name: &str, patience: Duration) -> Result<bool> {
        let row = first_row(own, &format!("SELECT GET_LOCK('{name}', {})", patience.as_secs()))?;
        if row.first().is_none_or(limbeck_sql::engine::Value::is_null) {
            return Err(Error::command(format!(
                "The server could not give the lock '{name}' (GET_LOCK is NULL)"
            )));
        }
        Ok(is_true(row.first()))
    }

    fn give_back(&self, own: &Connection, name: &str) -> Result<()> {
        first_row(own, &format!("SELECT RELEASE_LOCK('{name}')")).map(drop)
    }

    fn is_held(&self, own: &Connection, name: &str) -> Result<bool> {
        let row = first_row(own, &format!("SELECT IS_USED_LOCK('{name}') = CONNECTION_ID()"))?;
        Ok(is_true(row.first()))
    }

    fn holder(&self, own: &Connection, name: &str) -> Result<Option<String>> {
        let sql = format!("SELECT CAST(IS_USED_LOCK('{name}') AS CHAR)");
        let Some(id) = first_row_texts(own, &sql)?.into_iter().next().flatten() else { return Ok(None) };
        let sql = format!("SELECT USER, HOST FROM information_schema.PROCESSLIST WHERE ID = {id}");
        let mut row = first_row_texts(own, &sql)?.into_iter();
        let mut words = vec![format!("connection {id}")];
        words.extend(row.next().flatten().map(|user| format!("user '{user}'")));
        words.extend(row.next().flatten().map(|host| format!("client {host}")));
        Ok(Some(words.join(", ")))
    }

    fn reads_follow_commits(&self) -> bool {
        false
    }
}
