//! Errors of the server and of the connection, under the names and in the words of the Python driver that the URL names.

use std::io;

use super::python_driver::PythonDriver;
use crate::engine::text_repr;
use crate::error::{DatabaseError, DatabaseErrorKind, Error, Reported};

/// What went wrong, whichever driver is to tell it.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// The server refused something: its code, its SQLSTATE and its words.
    Server { code: u16, state: String, message: String },
    /// The server cannot be reached.
    Unreachable { host: String, port: u16, reason: Unreachable },
    /// The connection broke while an answer was awaited.
    Lost(Option<String>),
    /// The connection was gone when a statement was to be sent.
    Gone(String),
    /// The connection has been closed before.
    Closed,
    /// The driver itself refuses: a code of the client library and its words.
    Client { code: u16, message: String },
    /// A value that MySQL has no literal for.
    Value(String),
}

/// Why a server cannot be reached.
#[derive(Clone, Debug)]
pub(super) enum Unreachable {
    /// No address belongs to the host's name.
    Name { code: i32, text: String },
    /// The system refused the connection.
    System { code: Option<i32>, text: String },
    /// The server's socket cannot be opened.
    Socket { path: String, code: Option<i32>, text: String },
}

/// The connection is broken for good.
pub(super) const LOST_CODES: [u16; 9] = [1053, 1927, 2006, 2013, 2014, 2045, 2055, 4031, 1317];

impl Failure {
    /// Makes a failure of the client library.
    pub(super) fn client(code: u16, message: impl Into<String>) -> Self {
        Self::Client { code, message: message.into() }
    }

    /// Words a failure as a driver of Python does.
    pub(super) fn into_error(self, driver: PythonDriver) -> Error {
        let kind = self.kind(driver);
        let message = self.message(driver);
        let mut error = database_error(driver, kind, message);
        if !matches!(self, Self::Value(_)) {
            let (code, words) = self.code_and_words(driver);
            error.reported = Some(Reported { code: code.to_string(), words });
        }
        Error::Database(Box::new(error))
    }

    fn kind(&self, driver: PythonDriver) -> DatabaseErrorKind {
        match self {
            Self::Server { code, state, .. } => server_kind(driver, *code, state),
            Self::Unreachable { .. } if driver == PythonDriver::MysqlConnector => {
                DatabaseErrorKind::Interface
            }
            Self::Closed => DatabaseErrorKind::Interface,
            Self::Value(_) => DatabaseErrorKind::Programming,
            Self::Unreachable { .. } | Self::Lost(_) | Self::Gone(_) | Self::Client { .. } => {
                DatabaseErrorKind::Operational
            }
        }
    }

    fn message(&self, driver: PythonDriver) -> String {
        if let Self::Value(message) = self {
            return message.clone();
        }
        let (code, words) = self.code_and_words(driver);
        match driver {
            PythonDriver::MysqlConnector => match self {
                Self::Server { state, .. } => format!("{code} ({state}): {words}"),
                _ => format!("{code}: {words}"),
            },
            PythonDriver::MariadbConnector => words,
            _ => format!("({code}, {})", text_repr(&words)),
        }
    }

    fn code_and_words(&self, driver: PythonDriver) -> (u16, String) {
        match self {
            Self::Server { code, message, .. } | Self::Client { code, message } => (*code, message.clone()),
            Self::Unreachable { host, port, reason } => unreachable_words(driver, host, *port, reason),
            Self::Lost(reason) => {
                let reason = reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
                (2013, format!("Lost connection to MySQL server during query{reason}"))
            }
            Self::Gone(reason) => (2006, format!("MySQL server has gone away ({reason})")),
            Self::Closed => (0, String::new()),
            Self::Value(message) => (0, message.clone()),
        }
    }
}

/// Words why there is no connection, as each driver does.
fn unreachable_words(driver: PythonDriver, host: &str, port: u16, reason: &Unreachable) -> (u16, String) {
    let numbered = |code: &Option<i32>, text: &str| match code {
        Some(code) => format!("[Errno {code}] {text}"),
        None => text.to_owned(),
    };
    match driver {
        PythonDriver::MysqlDb | PythonDriver::MariadbConnector => match reason {
            Unreachable::Name { code, .. } => (2005, format!("Unknown server host '{host}' ({code})")),
            Unreachable::System { code, .. } => {
                (2002, format!("Can't connect to server on '{host}' ({})", code.unwrap_or(110)))
            }
            Unreachable::Socket { path, code, .. } => (
                2002,
                format!("Can't connect to local server through socket '{path}' ({})", code.unwrap_or(0)),
            ),
        },
        PythonDriver::MysqlConnector => {
            let numbered = |code: Option<i32>, text: &str| match code {
                Some(code) => format!("Errno {code}: {text}"),
                None => text.to_owned(),
            };
            match reason {
                Unreachable::Name { code, text } => (
                    2003,
                    format!(
                        "Can't connect to MySQL server on '{host}:{port}' ({})",
                        numbered(Some(*code), text)
                    ),
                ),
                Unreachable::System { code, text } => (
                    2003,
                    format!("Can't connect to MySQL server on '{host}:{port}' ({})", numbered(*code, text)),
                ),
                Unreachable::Socket { path, code, text } => (
                    2002,
                    format!(
                        "Can't connect to local MySQL server through socket '{path}' ({})",
                        numbered(*code, text)
                    ),
                ),
            }
        }
        PythonDriver::PyMysql | PythonDriver::Aiomysql | PythonDriver::Asyncmy | PythonDriver::Cymysql => {
            let reason = match reason {
                Unreachable::Name { code, text } => numbered(&Some(*code), text),
                Unreachable::System { code, text } | Unreachable::Socket { code, text, .. } => {
                    numbered(code, text)
                }
            };
            (2003, format!("Can't connect to MySQL server on '{host}' ({reason})"))
        }
    }
}

/// Makes an error of one of the driver's classes.
pub(super) fn error(driver: PythonDriver, kind: DatabaseErrorKind, message: String) -> Error {
    Error::Database(Box::new(database_error(driver, kind, message)))
}

fn database_error(driver: PythonDriver, kind: DatabaseErrorKind, message: String) -> DatabaseError {
    DatabaseError {
        kind,
        driver_error: format!("{}.{}", driver.module(), kind.class_name()),
        message,
        reported: None,
        statement: None,
        parameters: None,
    }
}

/// Gives the text of an error of the operating system as Python shows it, without Rust's number behind it.
pub(super) fn system_text(error: &io::Error) -> String {
    let text = error.to_string();
    match error.raw_os_error() {
        Some(code) => text.strip_suffix(&format!(" (os error {code})")).unwrap_or(&text).to_owned(),
        None => text,
    }
}

/// Gives the class of exception for a code of the server.
fn server_kind(driver: PythonDriver, code: u16, state: &str) -> DatabaseErrorKind {
    match driver {
        PythonDriver::MysqlConnector => connector_kind(code, state),
        PythonDriver::MariadbConnector => mariadb_kind(state),
        _ => pymysql_kind(code),
    }
}

fn pymysql_kind(code: u16) -> DatabaseErrorKind {
    match code {
        1007 | 1064 | 1102 | 1103 | 1110 | 1111 | 1112 | 1113 | 1146 | 1149 | 1166 | 1179 => {
            DatabaseErrorKind::Programming
        }
        1171 | 1230 | 1263 | 1264 | 1265 | 1366 | 1367 | 1406 | 1441 => DatabaseErrorKind::Data,
        1048 | 1062 | 1215 | 1216 | 1217 | 1451 | 1452 => DatabaseErrorKind::Integrity,
        1196 | 1235 | 1286 | 1289 => DatabaseErrorKind::NotSupported,
        0..1000 => DatabaseErrorKind::Internal,
        _ => DatabaseErrorKind::Operational,
    }
}

/// MySQL Connector goes by the first two characters of the SQLSTATE.
fn connector_kind(code: u16, state: &str) -> DatabaseErrorKind {
    if matches!(code, 1210 | 1243) {
        return DatabaseErrorKind::Programming;
    }
    match state.get(..2).unwrap_or_default() {
        "02" | "21" | "22" => DatabaseErrorKind::Data,
        "08" | "HZ" | "0K" => DatabaseErrorKind::Operational,
        "0A" => DatabaseErrorKind::NotSupported,
        "23" | "XA" => DatabaseErrorKind::Integrity,
        "24" | "25" | "26" | "27" | "28" | "2A" | "2C" | "34" | "35" | "37" | "3C" | "3D" | "3F" | "42" => {
            DatabaseErrorKind::Programming
        }
        "40" | "44" => DatabaseErrorKind::Internal,
        _ => DatabaseErrorKind::Database,
    }
}

/// MariaDB Connector goes by the SQLSTATE too, but by other classes.
fn mariadb_kind(state: &str) -> DatabaseErrorKind {
    match state.get(..2).unwrap_or_default() {
        "0A" => DatabaseErrorKind::NotSupported,
        "20" | "21" | "22" => DatabaseErrorKind::Data,
        "23" => DatabaseErrorKind::Integrity,
        "24" | "25" | "26" | "27" | "2B" | "2C" | "2D" | "34" | "3D" | "42" => DatabaseErrorKind::Programming,
        _ => DatabaseErrorKind::Operational,
    }
}
