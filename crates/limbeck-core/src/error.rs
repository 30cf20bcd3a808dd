//! What can go wrong in the migration engine. The edge decides how it is shown and which exit code it gives.

use std::path::PathBuf;

use crate::script::{RevisionError, RevisionFileError};

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the migration engine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What the reference raises as `alembic.util.CommandError`: one sentence for the user,
    /// printed as `FAILED: <message>`, and hints that Limbeck adds on lines of their own.
    #[error("{message}")]
    Command {
        /// The sentence, in the reference's wording where it has one.
        message: String,
        /// What the user can do about it, a line each.
        hints: Vec<String>,
    },
    /// What the reference raises as `alembic.util.DatabaseNotAtHead`, a kind of `CommandError`.
    #[error("Database is not on all head revisions")]
    DatabaseNotAtHead,
    /// Another run held the lock of the version table for longer than this one would wait.
    #[error("{message}")]
    LockTimeout {
        /// Which lock, how long, and who holds it.
        message: String,
        /// What the user can do about it, a line each.
        hints: Vec<String>,
    },
    /// A file or directory could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// What the reference raises as one of Python's own exceptions.
    #[error("{}", kind.text(message))]
    Builtin {
        /// Which exception.
        kind: BuiltinError,
        /// The sentence, in the reference's wording; of a `KeyError` the key.
        message: String,
    },
    /// A configuration file, or a value in it, is not valid.
    #[error(transparent)]
    Config(Box<crate::config::ConfigError>),
    /// A revision file cannot be used; the reference ends in a traceback.
    #[error(transparent)]
    RevisionFile(#[from] RevisionFileError),
    /// A complaint of the revision graph where the reference ends in a traceback, not in a sentence for the user.
    #[error(transparent)]
    Revision(#[from] RevisionError),
    /// A template cannot be parsed; the reference ends in one of Mako's exceptions.
    #[error(transparent)]
    Template(#[from] crate::mako::TemplateError),
    /// The database, its driver, or the compilation of a statement failed.
    #[error(transparent)]
    Sql(#[from] limbeck_sql::Error),
    /// User code failed in the host; the error's text is the whole report (a Python traceback).
    #[error(transparent)]
    Host(Box<dyn std::error::Error + Send + Sync>),
}

/// The exceptions of Python that the reference raises in the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltinError {
    /// `NotImplementedError`
    NotImplemented,
    /// `TypeError`
    Type,
    /// `ValueError`
    Value,
    /// `KeyError`
    Key,
    /// `AttributeError`
    Attribute,
    /// `AssertionError`
    Assertion,
    /// `ModuleNotFoundError`
    ModuleNotFound,
    /// `LookupError`
    Lookup,
    /// `Exception`
    Exception,
}

impl BuiltinError {
    /// Gives what Python's `str()` of the exception says: a `KeyError` quotes its key.
    fn text(self, message: &str) -> String {
        match self {
            Self::Key => crate::mako::python_repr(message),
            _ => message.to_owned(),
        }
    }

    /// Gives the class's name.
    #[must_use]
    pub fn class_name(self) -> &'static str {
        match self {
            Self::NotImplemented => "NotImplementedError",
            Self::Type => "TypeError",
            Self::Value => "ValueError",
            Self::Key => "KeyError",
            Self::Attribute => "AttributeError",
            Self::Assertion => "AssertionError",
            Self::ModuleNotFound => "ModuleNotFoundError",
            Self::Lookup => "LookupError",
            Self::Exception => "Exception",
        }
    }
}

/// Gives the sentence of Python's `OSError` for a failure: without the number that Rust adds.
#[must_use]
pub fn os_error_text(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.rfind(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

impl Error {
    /// Makes what the reference raises as `NotImplementedError`.
    pub fn not_implemented(message: impl Into<String>) -> Self {
        Self::Builtin { kind: BuiltinError::NotImplemented, message: message.into() }
    }

    /// Makes what the reference raises as `TypeError`.
    pub fn type_error(message: impl Into<String>) -> Self {
        Self::Builtin { kind: BuiltinError::Type, message: message.into() }
    }

    /// Makes what the reference raises as `ValueError`.
    pub fn value(message: impl Into<String>) -> Self {
        Self::Builtin { kind: BuiltinError::Value, message: message.into() }
    }

    /// Makes what the reference raises as `KeyError`.
    pub fn key(key: impl Into<String>) -> Self {
        Self::Builtin { kind: BuiltinError::Key, message: key.into() }
    }

    /// Makes what the reference raises as `AttributeError`.
    pub fn attribute(message: impl Into<String>) -> Self {
        Self::Builtin { kind: BuiltinError::Attribute, message: message.into() }
    }

    /// Makes what the reference raises as `AssertionError`.
    pub fn assertion(message: impl Into<String>) -> Self {
        Self::Builtin { kind: BuiltinError::Assertion, message: message.into() }
    }

    /// Makes what the reference raises as a plain `Exception`.
    pub fn exception(message: impl Into<String>) -> Self {
        Self::Builtin { kind: BuiltinError::Exception, message: message.into() }
    }

    /// Makes a [`Error::Command`] without hints.
    pub fn command(message: impl Into<String>) -> Self {
        Self::Command { message: message.into(), hints: Vec::new() }
    }

    /// Makes the error that the reference makes of a complaint of the revision graph where nothing more specific is
    /// said: a sentence for the user, if it knows the complaint.
    #[must_use]
    pub fn from_revision(error: RevisionError) -> Self {
        if error.is_command_error() { Self::command(error.to_string()) } else { Self::Revision(error) }
    }

    /// Adds a hint to a [`Error::Command`]; other errors stay as they are.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        if let Self::Command { hints, .. } | Self::LockTimeout { hints, .. } = &mut self {
            hints.push(hint.into());
        }
        self
    }

    /// Makes a [`Error::Io`] for `path`.
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io { path: path.into(), source }
    }
}
