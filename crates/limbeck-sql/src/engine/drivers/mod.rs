//! The drivers, one module for each database.

mod mysql;
mod postgresql;
mod sqlite;
mod stream;
mod tls;

use indexmap::IndexMap;
pub(crate) use postgresql::text_array;
pub(crate) use sqlite::{Words as SqliteWords, unquoted as sqlite_unquoted};

use super::{ClientEnvironment, DriverConnection, Password, QueryValue, Url, UrlChanges, Value};
use crate::dialect::ParamStyle;
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

/// What a driver's `connect()` is called with, under the names that the driver of Python has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DriverArguments {
    /// Those without a name: the file of a SQLite database.
    pub positional: Vec<Value>,
    /// Those with a name.
    pub named: IndexMap<String, Value>,
}

impl DriverArguments {
    /// Gives the arguments that stand for a URL and `connect_args`, as `Dialect.create_connect_args`.
    ///
    /// Fails for a URL that the driver cannot take.
    pub fn of(url: &Url, connect_args: &IndexMap<String, Value>) -> Result<Self> {
        let mut arguments = match url.get_backend_name() {
            "sqlite" => sqlite::driver_arguments(url)?,
            "mysql" | "mariadb" => mysql::driver_arguments(url)?,
            "postgresql" => postgresql::driver_arguments(url)?,
            _ => Self::default(),
        };
        arguments.named.extend(connect_args.iter().map(|(name, value)| (name.clone(), value.clone())));
        Ok(arguments)
    }

    /// Gives the URL and the `connect_args` that stand for the arguments: the driver's name, and what it takes.
    pub(super) fn into_url(self, url: &Url) -> (Url, IndexMap<String, Value>) {
        let is_uri = self.named.get("uri").is_some_and(|flag| *flag == Value::Bool(true));
        let query =
            is_uri.then(|| [("uri".to_owned(), QueryValue::One("true".to_owned()))].into_iter().collect());
        let database = self.positional.first().and_then(Value::as_str).map(str::to_owned);
        let parts = UrlChanges { database, query, ..UrlChanges::default() };
        (Url::create(url.drivername(), parts), self.named)
    }
}

/// Gives the arguments of the parts of a URL: host, database, user, password and port, as far as there are any, by the
/// names that a driver has for them.
fn parts_of(url: &Url, [database, user, password]: [&str; 3]) -> IndexMap<String, Value> {
    let text = |name: &str, value: Option<&str>| {
        let value = value.filter(|value| !value.is_empty())?;
        Some((name.to_owned(), Value::Text(value.to_owned())))
    };
    [
        text("host", url.host()),
        text(database, url.database()),
        text(user, url.username()),
        text(password, url.password().map(Password::reveal)),
        url.port().map(|port| ("port".to_owned(), Value::Int(port))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Gives the style of parameters that a URL's driver asks for where it connects, unless it is its dialect's.
#[must_use]
pub fn driver_paramstyle(url: &Url) -> Option<ParamStyle> {
    match url.get_backend_name() {
        "mysql" | "mariadb" => mysql::paramstyle(url),
        _ => None,
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
