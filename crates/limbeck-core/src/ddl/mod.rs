//! How an operation becomes SQL: the general implementation, and one for each dialect that differs from it.

mod alter;
mod executor;
mod hooks;
mod implementation;
mod mssql;
mod mysql;
mod oracle;
mod postgresql;
mod session_lock;
mod sqlite;

use std::sync::Arc;

use indexmap::IndexMap;
use limbeck_sql::dialect::{self, Dialect, DialectArguments, ParamStyle};
use limbeck_sql::engine::{Url, Value};

pub(crate) use alter::inline_foreign_key;
pub use alter::{format_table_name, quote_dotted};
pub use executor::{Executor, MessagingOutput, OutputBuffer, TextBuffer};
pub use hooks::{DdlHooks, TableEvent};
pub use implementation::Impl;
pub(crate) use implementation::comments_are_statements;
pub use limbeck_sql::warnings::{SA_DEPRECATION_WARNINGS, SA_WARNINGS};
pub use mssql::MssqlImpl;
pub use mysql::MysqlImpl;
pub use oracle::OracleImpl;
pub use postgresql::PostgresqlImpl;
pub use session_lock::{RunExclusion, SessionLock};
pub use sqlite::SqliteImpl;

use crate::error::Result;

/// The log target of what the reference says with Python's `warnings.warn`, named as `logging.captureWarnings` names it.
pub const WARNINGS: &str = "py.warnings";

/// Finds the implementation for a dialect.
///
/// # Errors
/// Limbeck has none for it.
pub fn by_dialect_name(name: &str) -> Result<Arc<dyn Impl>> {
    match name {
        "sqlite" => Ok(Arc::new(SqliteImpl)),
        "postgresql" => Ok(Arc::new(PostgresqlImpl::default())),
        "mysql" => Ok(Arc::new(MysqlImpl { mariadb: false })),
        "mariadb" => Ok(Arc::new(MysqlImpl { mariadb: true })),
        "mssql" => Ok(Arc::new(MssqlImpl)),
        "oracle" => Ok(Arc::new(OracleImpl)),
        _ => Err(limbeck_sql::Error::NoSuchModule(format!(
            "Limbeck has no migrations for the '{name}' dialect"
        ))
        .into()),
    }
}

/// Makes the dialect of a URL, with `dialect_opts` of `context.configure`.
///
/// # Errors
/// A dialect, driver or option that is not known.
pub fn dialect_of_url(url: &Url, options: &IndexMap<String, Value>) -> Result<Arc<dyn Dialect>> {
    url.check_dialect()?;
    let mut arguments = DialectArguments::default();
    for (name, value) in options {
        match (name.as_str(), value) {
            ("paramstyle", Value::Text(style)) => {
                let style = ParamStyle::by_name(style).ok_or_else(|| {
                    limbeck_sql::Error::Argument(format!("'{style}' in dialect_opts is no paramstyle"))
                })?;
                arguments.paramstyle = Some(style);
            }
            ("max_identifier_length", value) => {
                arguments.max_identifier_length = value.as_i64().and_then(|length| length.try_into().ok());
            }
            ("deprecate_large_types", value) => {
                arguments.deprecate_large_types = matches!(value, Value::Bool(true));
            }
            // Options that only change how a connection behaves mean nothing where there is none.
            _ => {}
        }
    }
    let driver = url.drivername().split_once('+').map(|(_, driver)| driver);
    Ok(dialect::by_name_with(url.get_backend_name(), driver, arguments)?)
}
