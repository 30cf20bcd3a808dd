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
    /// SQLAlchemy's `NoSuchModuleError`: a URL that names an unknown dialect or driver.
    #[error("{0}")]
    NoSuchModule(String),
    /// SQLAlchemy's `NoSuchTableError`: reflection of a table that is not there; carries its name.
    #[error("{0}")]
    NoSuchTable(String),
    /// SQLAlchemy's `InvalidRequestError`: a call that the object's state does not allow.
    #[error("{0}")]
    InvalidRequest(String),
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
    /// The statement that failed, when there was one.
    pub statement: Option<String>,
    /// The statement's parameters, rendered as Python's `repr` would.
    pub parameters: Option<String>,
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
