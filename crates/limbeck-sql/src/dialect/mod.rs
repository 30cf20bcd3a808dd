//! Dialects: how each database writes names, types, literals, statements and DDL.

use std::fmt::Debug;

use crate::engine::Value;
use crate::error::Result;
use crate::expression::{Expression, Statement};
use crate::schema::Identifier;
use crate::types::SqlType;

/// How statements are compiled.
#[derive(Clone, Debug, Default)]
pub struct CompileOptions {
    /// Render parameters as literals (`literal_binds`), as DDL and `--sql` need it.
    pub literal_binds: bool,
    /// Render column names without their tables, as DDL does.
    pub omit_table_names: bool,
    /// Schemas to put in place of others (`schema_translate_map`).
    pub schema_translate_map: Vec<(Option<String>, Option<String>)>,
}

/// A compiled statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// The SQL, with the dialect's placeholders.
    pub sql: String,
    /// The parameters by name, in the order of their placeholders.
    pub parameters: Vec<(String, Value)>,
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

/// A database's way of writing SQL: what SQLAlchemy's `Dialect`, `IdentifierPreparer`, `TypeCompiler`,
/// `SQLCompiler` and `DDLCompiler` do together.
pub trait Dialect: Debug + Send + Sync {
    /// Gives the dialect's name, such as `sqlite`.
    fn name(&self) -> &'static str;

    /// Gives the driver's name, such as `pysqlite`.
    fn driver(&self) -> &str;

    /// Gives the placeholder style.
    fn paramstyle(&self) -> ParamStyle;

    /// Quotes a name when it must be (reserved word, upper case, special character) or the user says so.
    fn quote(&self, name: &Identifier) -> String;

    /// Gives the SQL of a type in DDL.
    fn type_sql(&self, type_: &SqlType) -> Result<String>;

    /// Compiles an expression, alone.
    fn compile_expression(&self, expression: &Expression, options: &CompileOptions) -> Result<Compiled>;

    /// Compiles a statement.
    fn compile_statement(&self, statement: &Statement, options: &CompileOptions) -> Result<Compiled>;
}
