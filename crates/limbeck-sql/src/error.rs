//! What can go wrong between a schema object and the database.

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure; the variants carry the name of SQLAlchemy's exception for the same thing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLAlchemy's `ArgumentError`: arguments that do not go together.
    #[error("{0}")]
    Argument(String),
    /// SQLAlchemy's `IdentifierError`: a name that is longer than the database allows.
    #[error("{0}")]
    Identifier(String),
    /// SQLAlchemy's `CompileError`: a construct that the dialect has no SQL for.
    #[error("{0}")]
    Compile(String),
    /// SQLAlchemy's `UnsupportedCompilationError`: an element of a kind that the dialect's compiler does not know.
    #[error("Compiler {compiler} can't render element of type {element} {}", background("l7de"))]
    UnsupportedCompilation {
        /// The compiler as Python shows it.
        compiler: String,
        /// The element's class, and what else is to be said of it.
        element: String,
    },
    /// SQLAlchemy's `DuplicateColumnError`: a second column of the same name.
    #[error("{0}")]
    DuplicateColumn(String),
    /// SQLAlchemy's `ConstraintColumnNotFoundError`: a constraint on a column that its table does not have.
    #[error("{0}")]
    ConstraintColumnNotFound(String),
    /// Python's `KeyError`: a name that is not there; carries it.
    #[error("'{0}'")]
    Key(String),
    /// SQLAlchemy's `NoSuchModuleError`: a URL that names an unknown dialect or driver.
    #[error("{0}")]
    NoSuchModule(String),
    /// SQLAlchemy's `NoSuchTableError`: reflection of a table that is not there; carries its name.
    #[error("{0}")]
    NoSuchTable(String),
    /// SQLAlchemy's `InvalidRequestError`: a call that the object's state does not allow.
    #[error("{0}")]
    InvalidRequest(String),
    /// SQLAlchemy's `ResourceClosedError`: a use of a connection that is closed.
    #[error("{0}")]
    ResourceClosed(String),
    /// SQLAlchemy's `PendingRollbackError`: a transaction failed and is not rolled back yet.
    #[error("{0}")]
    PendingRollback(String),
    /// SQLAlchemy's `StatementError`: a statement that failed before it reached the driver.
    #[error("{0}")]
    Statement(String),
    /// Python's `ValueError`: text that is no value of the kind that is needed.
    #[error("{0}")]
    Value(String),
    /// Python's `TypeError`: an argument of a kind that cannot stand there.
    #[error("{0}")]
    Type(String),
    /// Python's `AttributeError`: an argument of a kind that lacks what is asked of it.
    #[error("{0}")]
    Attribute(String),
    /// Python's `NotImplementedError`: what the dialect does not do in the reference either.
    #[error("{0}")]
    NotImplemented(String),
    /// An exception of user code that was called for a statement; the host that called it has the exception.
    #[error("{0}")]
    UserCode(String),
    /// A part of the reference that Limbeck leaves out; names it and what to do.
    #[error("{0}")]
    Unsupported(String),
    /// SQLAlchemy's `DBAPIError` family: the database refused a statement or the connection.
    #[error(transparent)]
    Database(#[from] Box<DatabaseError>),
}

/// What a database driver said, and about which statement.
#[derive(Clone, Debug, thiserror::Error)]
#[error("({driver_error}) {message}")]
pub struct DatabaseError {
    /// Which member of the `DBAPIError` family this is.
    pub kind: DatabaseErrorKind,
    /// The driver's own exception name as the reference prints it, such as `sqlite3.OperationalError`.
    pub driver_error: String,
    /// The driver's message, such as `no such table: account`.
    pub message: String,
    /// What the server reported, where it did.
    pub reported: Option<Reported>,
    /// The statement that failed, when there was one.
    pub statement: Option<String>,
    /// The statement's parameters, rendered as Python's `repr` would.
    pub parameters: Option<String>,
}

/// A server's own code for what went wrong, and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The SQLSTATE on PostgreSQL, the number of the error on MySQL and MariaDB.
    pub code: String,
    /// The message, without what a driver writes around it.
    pub words: String,
}

/// What stands in place of parameters that are not to be shown.
pub const HIDDEN_PARAMETERS: &str = "[SQL parameters hidden due to hide_parameters=True]";

impl DatabaseError {
    /// Renders the whole text that `str()` of SQLAlchemy's exception gives: the driver's error, the statement,
    /// its parameters, and the link to the documentation.
    #[must_use]
    pub fn full_message(&self) -> String {
        let mut text = self.to_string();
        if let Some(statement) = &self.statement {
            text.push_str("\n[SQL: ");
            text.push_str(statement);
            text.push(']');
            match self.parameters.as_deref() {
                Some(HIDDEN_PARAMETERS) => {
                    text.push('\n');
                    text.push_str(HIDDEN_PARAMETERS);
                }
                Some(parameters) => {
                    text.push_str("\n[parameters: ");
                    text.push_str(parameters);
                    text.push(']');
                }
                None => {}
            }
        }
        text.push('\n');
        text.push_str(&background(self.kind.code()));
        text
    }
}

impl DatabaseErrorKind {
    /// Gives the code of SQLAlchemy's error documentation, such as `e3q8`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Interface => "rvf5",
            Self::Database => "4xp6",
            Self::Data => "9h9h",
            Self::Operational => "e3q8",
            Self::Integrity => "gkpj",
            Self::Internal => "2j85",
            Self::Programming => "f405",
            Self::NotSupported => "tw8g",
        }
    }

    /// Finds the kind whose exception class has a name.
    #[must_use]
    pub fn by_class_name(name: &str) -> Option<Self> {
        const KINDS: [DatabaseErrorKind; 8] = [
            DatabaseErrorKind::Interface,
            DatabaseErrorKind::Database,
            DatabaseErrorKind::Data,
            DatabaseErrorKind::Operational,
            DatabaseErrorKind::Integrity,
            DatabaseErrorKind::Internal,
            DatabaseErrorKind::Programming,
            DatabaseErrorKind::NotSupported,
        ];
        KINDS.into_iter().find(|kind| kind.class_name() == name)
    }

    /// Gives the name of the exception class, such as `OperationalError`.
    #[must_use]
    pub fn class_name(self) -> &'static str {
        match self {
            Self::Interface => "InterfaceError",
            Self::Database => "DatabaseError",
            Self::Data => "DataError",
            Self::Operational => "OperationalError",
            Self::Integrity => "IntegrityError",
            Self::Internal => "InternalError",
            Self::Programming => "ProgrammingError",
            Self::NotSupported => "NotSupportedError",
        }
    }
}

/// Gives the line that points to SQLAlchemy's page on an error.
pub(crate) fn background(code: &str) -> String {
    format!("(Background on this error at: https://sqlalche.me/e/21/{code})")
}

/// The members of SQLAlchemy's `DBAPIError` family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseErrorKind {
    /// `InterfaceError`
    Interface,
    /// `DatabaseError`
    Database,
    /// `DataError`
    Data,
    /// `OperationalError`
    Operational,
    /// `IntegrityError`
    Integrity,
    /// `InternalError`
    Internal,
    /// `ProgrammingError`
    Programming,
    /// `NotSupportedError`
    NotSupported,
}
