//! SQLite's errors under the names and in the words of Python's `sqlite3`.

use rusqlite::ffi;

use crate::error::{DatabaseError, DatabaseErrorKind, Error};

/// Makes an error of the `sqlite3` module.
pub(super) fn error(kind: DatabaseErrorKind, message: String) -> Error {
    Error::Database(Box::new(DatabaseError {
        kind,
        driver_error: format!("sqlite3.{}", kind.class_name()),
        message,
        reported: None,
        statement: None,
        parameters: None,
    }))
}

pub(super) fn programming_error(message: String) -> Error {
    error(DatabaseErrorKind::Programming, message)
}

pub(super) fn multiple_statements() -> Error {
    programming_error("You can only execute one statement at a time.".to_owned())
}

/// Translates an error of opening a file, whose message must not repeat the file's name.
pub(super) fn from_opening(failure: &rusqlite::Error) -> Error {
    match failure {
        rusqlite::Error::SqliteFailure(code, _) if primary(code.extended_code) == ffi::SQLITE_CANTOPEN => {
            error(DatabaseErrorKind::Operational, "unable to open database file".to_owned())
        }
        other => from_rusqlite(other),
    }
}

/// Translates any other error.
pub(super) fn from_rusqlite(failure: &rusqlite::Error) -> Error {
    match failure {
        rusqlite::Error::SqliteFailure(code, message) => {
            let message = message.clone().unwrap_or_else(|| ffi::code_to_str(code.extended_code).to_owned());
            error(kind(code.extended_code), message)
        }
        rusqlite::Error::SqlInputError { error: code, msg, .. } => {
            error(kind(code.extended_code), msg.clone())
        }
        rusqlite::Error::NulError(_) => programming_error("the query contains a null character".to_owned()),
        other => error(DatabaseErrorKind::Database, other.to_string()),
    }
}

/// Gives the result code without its extension, which stands in the higher bits.
fn primary(extended: i32) -> i32 {
    extended & 0xff
}

/// Gives the exception class that `sqlite3` raises for a result code.
fn kind(extended: i32) -> DatabaseErrorKind {
    match primary(extended) {
        ffi::SQLITE_INTERNAL | ffi::SQLITE_NOTFOUND => DatabaseErrorKind::Internal,
        ffi::SQLITE_ERROR
        | ffi::SQLITE_PERM
        | ffi::SQLITE_ABORT
        | ffi::SQLITE_BUSY
        | ffi::SQLITE_LOCKED
        | ffi::SQLITE_NOMEM
        | ffi::SQLITE_READONLY
        | ffi::SQLITE_INTERRUPT
        | ffi::SQLITE_IOERR
        | ffi::SQLITE_FULL
        | ffi::SQLITE_CANTOPEN
        | ffi::SQLITE_PROTOCOL
        | ffi::SQLITE_EMPTY
        | ffi::SQLITE_SCHEMA => DatabaseErrorKind::Operational,
        ffi::SQLITE_TOOBIG => DatabaseErrorKind::Data,
        ffi::SQLITE_CONSTRAINT | ffi::SQLITE_MISMATCH => DatabaseErrorKind::Integrity,
        ffi::SQLITE_MISUSE | ffi::SQLITE_RANGE => DatabaseErrorKind::Interface,
        _ => DatabaseErrorKind::Database,
    }
}
