//! What a SQLite URL and `connect_args` say about opening a database.

use std::path::PathBuf;
use std::time::Duration;

use indexmap::IndexMap;
use rusqlite::OpenFlags;

use crate::engine::drivers::DriverArguments;
use crate::engine::python_repr::text_repr;
use crate::engine::{QueryValue, Url, Value};
use crate::error::{Error, Result};

/// Seconds to wait for a lock, unless the user says otherwise; Python's default.
const DEFAULT_TIMEOUT: f64 = 5.0;

/// Query arguments that are meant for the driver rather than for SQLite's own URI.
const DRIVER_ARGUMENTS: [&str; 6] =
    ["uri", "timeout", "isolation_level", "detect_types", "check_same_thread", "cached_statements"];

/// How a database is opened.
#[derive(Debug)]
pub(super) struct ConnectArguments {
    /// A path, `:memory:`, or a URI.
    pub filename: PathBuf,
    /// Whether the filename is a URI.
    pub uri: bool,
    /// How long a statement waits for a lock.
    pub timeout: Duration,
    /// No transactions begin by themselves (`isolation_level=None`).
    pub autocommit: bool,
}

/// Tells whether the database lives in the connection, so that all connections of an engine must be one.
pub(in crate::engine::drivers) fn is_memory_database(url: &Url) -> bool {
    url.database()
        .is_none_or(|name| name.is_empty() || name == ":memory:" || name.starts_with("file::memory:"))
        || url.query_argument("mode") == Some("memory")
}

impl ConnectArguments {
    /// Reads them; `connect_args` win over the URL.
    ///
    /// Fails with `ArgumentError` for a URL with a host or a user, as the reference.
    pub(super) fn read(url: &Url, connect_args: &IndexMap<String, Value>) -> Result<Self> {
        if url.drivername() == "sqlite+pysqlcipher" {
            return Err(Error::NoSuchModule(
                "the driver 'pysqlcipher' (encrypted SQLite) is not part of Limbeck; the drivers for SQLite are \
                 'pysqlite' and 'aiosqlite', which are the same here"
                    .to_owned(),
            ));
        }
        if url.username().is_some_and(|name| !name.is_empty())
            || url.password().is_some_and(|password| !password.reveal().is_empty())
            || url.host().is_some_and(|host| !host.is_empty())
            || url.port().is_some_and(|port| port != 0)
        {
            return Err(Error::Argument(format!(
                "Invalid SQLite URL: {url}\nValid SQLite URL forms are:\n sqlite:///:memory: (or, sqlite://)\n \
                 sqlite:///relative/path/to/file.db\n sqlite:////absolute/path/to/file.db"
            )));
        }
        let uri_in_url = url.query_argument("uri").map(as_bool).transpose()?.unwrap_or(false);
        let uri = connect_args.get("uri").map_or(uri_in_url, is_true);
        let timeout = match connect_args.get("timeout") {
            Some(value) => seconds(value)?,
            None => url.query_argument("timeout").map(as_float).transpose()?.unwrap_or(DEFAULT_TIMEOUT),
        };
        Ok(Self {
            filename: filename(url, uri_in_url)?,
            uri,
            timeout: Duration::try_from_secs_f64(timeout).unwrap_or(Duration::ZERO),
            autocommit: connect_args.get("isolation_level").is_some_and(Value::is_null)
                || connect_args.get("autocommit").is_some_and(is_true),
        })
    }

    /// Gives what the driver of a URL is called with.
    pub(super) fn of_driver(url: &Url) -> Result<DriverArguments> {
        let own = Self::read(url, &IndexMap::new())?;
        let mut named = IndexMap::new();
        for name in ["uri", "timeout", "isolation_level", "detect_types", "cached_statements"] {
            let value = url.query_argument(name).map(|value| match name {
                "uri" => Value::Bool(own.uri),
                "timeout" => Value::Float(own.timeout.as_secs_f64()),
                _ => Value::from(value),
            });
            named.extend(value.map(|value| (name.to_owned(), value)));
        }
        named.insert("check_same_thread".to_owned(), Value::Bool(is_memory_database(url)));
        let filename = own.filename.to_string_lossy().into_owned();
        Ok(DriverArguments { positional: vec![Value::Text(filename)], named })
    }

    pub(super) fn flags(&self) -> OpenFlags {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if self.uri { flags | OpenFlags::SQLITE_OPEN_URI } else { flags }
    }
}

/// Gives the file to open: absolute, or the URI with the query arguments that are SQLite's own.
fn filename(url: &Url, uri: bool) -> Result<PathBuf> {
    let database = url.database().filter(|name| !name.is_empty());
    if uri {
        let mut own: Vec<(&String, &QueryValue)> =
            url.query().iter().filter(|(key, _)| !DRIVER_ARGUMENTS.contains(&key.as_str())).collect();
        own.sort_by_key(|(key, _)| *key);
        let pairs: Vec<String> =
            own.iter().map(|(key, value)| format!("{key}={}", value.last().unwrap_or_default())).collect();
        let mut name = database.unwrap_or_default().to_owned();
        if !pairs.is_empty() {
            name.push('?');
            name.push_str(&pairs.join("&"));
        }
        return Ok(PathBuf::from(name));
    }
    match database {
        None | Some(":memory:") => Ok(PathBuf::from(":memory:")),
        Some(path) => std::path::absolute(path)
            .map_err(|error| Error::Argument(format!("cannot find the directory of '{path}': {error}"))),
    }
}

fn as_bool(text: &str) -> Result<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "on" | "y" | "t" | "1" => Ok(true),
        "false" | "no" | "off" | "n" | "f" | "0" => Ok(false),
        _ => Err(Error::Value(format!("String is not true/false: {}", text_repr(text)))),
    }
}

fn as_float(text: &str) -> Result<f64> {
    text.trim()
        .parse()
        .map_err(|_| Error::Value(format!("could not convert string to float: {}", text_repr(text))))
}

fn seconds(value: &Value) -> Result<f64> {
    match value {
        Value::Float(seconds) => Ok(*seconds),
        Value::Text(text) => as_float(text),
        // Whole seconds that a float cannot hold exactly are longer than anyone waits.
        #[allow(clippy::cast_precision_loss)]
        other => other.as_i64().map(|seconds| seconds as f64).ok_or_else(|| {
            Error::Argument("connect_args \"timeout\" must be a number of seconds".to_owned())
        }),
    }
}

fn is_true(value: &Value) -> bool {
    matches!(value, Value::Bool(true)) || value.as_i64().is_some_and(|number| number != 0)
}
