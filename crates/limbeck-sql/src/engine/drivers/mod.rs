//! The drivers, one module for each database.

mod mysql;
mod postgresql;
mod sqlite;
mod stream;
mod tls;

use indexmap::IndexMap;
pub(crate) use postgresql::text_array;
pub(crate) use sqlite::{Words as SqliteWords, unquoted as sqlite_unquoted};

use super::{ClientEnvironment, DriverConnection, Url, Value};
use crate::error::{Error, Result};

/// Opens a connection with the driver that belongs to the URL's database.
pub(super) fn connect(
    url: &Url,
    connect_args: &IndexMap<String, Value>,
    environment: &ClientEnvironment,
) -> Result<Box<dyn DriverConnection>> {
    match url.get_backend_name() {
        "sqlite" => Ok(Box::new(sqlite::SqliteConnection::open(url, connect_args)?)),
        "mysql" | "mariadb" => Ok(Box::new(mysql::MysqlConnection::open(url, connect_args, environment)?)),
        "postgresql" => Ok(Box::new(postgresql::PostgresqlConnection::open(url, connect_args, environment)?)),
        other => Err(Error::Unsupported(format!(
            "this build of Limbeck has no driver for '{other}'; offline mode (--sql) works without one"
        ))),
    }
}

/// Checks that a URL's parts are ones that its driver takes, without connecting.
pub(super) fn check(url: &Url) -> Result<()> {
    match url.get_backend_name() {
        "mysql" | "mariadb" => mysql::check(url),
        "sqlite" => sqlite::check(url),
        "postgresql" => postgresql::check(url),
        _ => Ok(()),
    }
}

/// Tells whether connections of the URL's database must be one and the same, because the database lives in it.
pub(super) fn is_memory_database(url: &Url) -> bool {
    url.get_backend_name() == "sqlite" && sqlite::is_memory_database(url)
}
