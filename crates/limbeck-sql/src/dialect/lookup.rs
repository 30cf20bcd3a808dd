//! Finding a dialect by its name and driver, and what it is made and compiles with.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{
    DefaultDialect, Dialect, MssqlDialect, MysqlDialect, OracleDialect, PostgresqlDialect, SqliteDialect,
};
use crate::engine::Value;
use crate::error::{Error, Result};
use crate::schema::NamingConvention;

/// How statements are compiled.
#[derive(Clone, Debug, Default)]
pub struct CompileOptions {
    /// Render parameters as literals (`literal_binds`), as DDL and `--sql` need it.
    pub literal_binds: bool,
    /// Render column names without their tables, as DDL does.
    pub omit_table_names: bool,
    /// Schemas to put in place of others (`schema_translate_map`).
    pub schema_translate_map: Vec<(Option<String>, Option<String>)>,
    /// The naming convention of the `MetaData` that tables of DDL belong to.
    pub naming_convention: NamingConvention,
    /// The columns that an INSERT or UPDATE without values of its own sets: the keys of the parameters that it is
    /// executed with.
    pub column_keys: Option<Vec<String>>,
    /// Values given at execution, which stand in for those of the statement's parameters by name.
    ///
    /// When set, a parameter without any value is an error.
    pub parameters: Option<IndexMap<String, Value>>,
    /// Whether the statement is executed with several sets of parameters: no implicit RETURNING then.
    pub for_executemany: bool,
    /// Leave expanding parameters as `__[POSTCOMPILE_name]`, as `str(statement)` shows them.
    pub keep_postcompile: bool,
    /// The same, but for values that are marked to be written inline: what `--sql` gives without `literal_binds`.
    pub keep_expanding: bool,
}

impl CompileOptions {
    /// Tells whether what becomes parameters only at execution is left as it is.
    pub fn keeps_expanding(&self) -> bool {
        self.keep_postcompile || self.keep_expanding
    }

    /// Makes the options of DDL and of `--sql`: parameters as literals.
    pub fn literal() -> Self {
        Self { literal_binds: true, ..Self::default() }
    }
}

/// Placeholder styles of Python's DB-API, which decide how `%` and parameters are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamStyle {
    /// `?`
    QuestionMark,
    /// `:1`
    Numeric,
    /// `$1`
    NumericDollar,
    /// `:name`
    Named,
    /// `%s`; a literal `%` is doubled
    Format,
    /// `%(name)s`; a literal `%` is doubled
    PyFormat,
}

impl ParamStyle {
    /// Finds a style by its name in Python's DB-API, such as `qmark`.
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "qmark" => Self::QuestionMark,
            "numeric" => Self::Numeric,
            "numeric_dollar" => Self::NumericDollar,
            "named" => Self::Named,
            "format" => Self::Format,
            "pyformat" => Self::PyFormat,
            _ => return None,
        })
    }

    /// Tells whether parameters are found by their position rather than by their names.
    pub fn is_positional(self) -> bool {
        !matches!(self, Self::Named | Self::PyFormat)
    }
}

/// What a dialect is made with: `dialect_opts` of `context.configure`, keyword arguments of `create_engine`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DialectArguments {
    /// The placeholder style in place of the driver's.
    pub paramstyle: Option<ParamStyle>,
    /// The longest name in place of the dialect's own limit, in characters.
    pub max_identifier_length: Option<usize>,
    /// Whether SQL Server's `VARCHAR(max)` and its kin take the place of TEXT, NTEXT and IMAGE.
    pub deprecate_large_types: bool,
}

/// Makes the dialect with the given name and, when given, the given driver.
///
/// # Errors
/// A name or driver that SQLAlchemy does not know.
pub fn by_name(name: &str, driver: Option<&str>) -> Result<Arc<dyn Dialect>> {
    by_name_with(name, driver, DialectArguments::default())
}

/// Makes the dialect with the given name, driver and arguments.
///
/// # Errors
/// Those of [`by_name`].
pub fn by_name_with(
    name: &str,
    driver: Option<&str>,
    arguments: DialectArguments,
) -> Result<Arc<dyn Dialect>> {
    let unknown = || {
        let plugin = driver.map_or_else(|| name.to_owned(), |driver| format!("{name}.{driver}"));
        Error::NoSuchModule(format!("Can't load plugin: sqlalchemy.dialects:{plugin}"))
    };
    let dialect: Option<Arc<dyn Dialect>> = match name {
        "sqlite" => SqliteDialect::new(driver, arguments).map(|dialect| Arc::new(dialect) as _),
        "postgresql" => PostgresqlDialect::new(driver, arguments).map(|dialect| Arc::new(dialect) as _),
        "mysql" | "mariadb" => {
            MysqlDialect::new(name == "mariadb", driver, arguments).map(|dialect| Arc::new(dialect) as _)
        }
        "mssql" => MssqlDialect::new(driver, arguments).map(|dialect| Arc::new(dialect) as _),
        "oracle" => OracleDialect::new(driver, arguments).map(|dialect| Arc::new(dialect) as _),
        _ => None,
    };
    dialect.ok_or_else(unknown)
}

/// Makes the dialect by which SQLAlchemy turns a construct into a string when it has no database.
pub fn default_dialect() -> Arc<dyn Dialect> {
    Arc::new(DefaultDialect::default())
}
