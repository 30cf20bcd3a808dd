//! What databases do differently when they are compared with models: the autogenerate side of the reference's `DefaultImpl`.

mod mysql;
mod sqlite;
mod types;

use std::fmt::Debug;

use limbeck_sql::dialect::{CompileOptions, Dialect};
use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{Column, DialectOptions};
use limbeck_sql::types::SqlType;

pub use mysql::MysqlRules;
pub use sqlite::SqliteRules;

use super::compare::{ForeignKeySides, IndexSides, Signature};
use crate::error::Result;

/// The outcome of comparing two constraints or indexes of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// They are the same.
    Equal,
    /// They differ, for the given reasons.
    Different(Vec<String>),
    /// They cannot be compared, for the given reasons, and count as equal.
    Skip(Vec<String>),
}

/// How a database is compared and rendered; the default methods do what the reference does for any database.
pub trait ComparisonRules: Debug + Send + Sync {
    /// Gives the path of the reference's class, which one log line shows.
    fn class_path(&self) -> &'static str {
        "alembic.ddl.impl.DefaultImpl"
    }

    /// Gives sets of type names, in lower case, that mean the same.
    fn type_synonyms(&self) -> &'static [&'static [&'static str]] {
        &[&["numeric", "decimal"]]
    }

    /// Tells whether the types of two columns differ.
    fn compare_type(&self, dialect: &dyn Dialect, inspected: &Column, metadata: &Column) -> Result<bool> {
        types::differ(dialect, self.type_synonyms(), &inspected.type_, &metadata.type_)
    }

    /// Tells whether the server defaults of two columns, the database's and the model's, differ, written as SQL.
    fn compare_server_default(
        &self,
        columns: (&Column, &Column),
        inspected: Option<&str>,
        metadata: Option<&str>,
    ) -> bool {
        let _ = columns;
        inspected != metadata
    }

    /// Takes out indexes and unique constraints that the database makes by itself or cannot report.
    fn correct_for_autogen_constraints(&self, sides: &mut IndexSides) {
        let _ = sides;
    }

    /// Adjusts foreign keys where the database reports them in another form.
    fn correct_for_autogen_foreign_keys(&self, sides: &mut ForeignKeySides) {
        let _ = sides;
    }

    /// Tells whether the database reports what follows the columns of a foreign key, such as ON DELETE.
    fn reflects_foreign_key_options(&self) -> bool {
        true
    }

    /// Changes a reflected column before it is compared.
    fn autogen_column_reflect(&self, column: &mut Column) {
        let _ = column;
    }

    /// Changes the options of a reflected index or constraint before it is compared.
    fn adjust_reflected_dialect_options(&self, options: &mut DialectOptions) {
        let _ = options;
    }

    /// Compares two indexes of the same name.
    fn compare_indexes(&self, metadata: &Signature, reflected: &Signature) -> Comparison {
        let mut reasons = Vec::new();
        if metadata.is_unique() != reflected.is_unique() {
            reasons.push(format!(
                "unique={} to unique={}",
                super::render::python_bool(reflected.is_unique()),
                super::render::python_bool(metadata.is_unique())
            ));
        }
        if metadata.columns != reflected.columns {
            reasons.push(format!(
                "expression {} to {}",
                super::render::python_tuple(&reflected.columns),
                super::render::python_tuple(&metadata.columns)
            ));
        }
        if reasons.is_empty() { Comparison::Equal } else { Comparison::Different(reasons) }
    }

    /// Compares two unique constraints of the same name.
    fn compare_unique_constraints(&self, metadata: &Signature, reflected: &Signature) -> Comparison {
        if metadata.unnamed == reflected.unnamed {
            return Comparison::Equal;
        }
        let sorted = |signature: &Signature| {
            let mut columns = signature.columns.clone();
            columns.sort();
            super::render::python_tuple(&columns)
        };
        Comparison::Different(vec![format!("expression {} to {}", sorted(reflected), sorted(metadata))])
    }

    /// Writes an expression of a server default, an index or a constraint as SQL.
    fn render_ddl_sql_expression(
        &self,
        dialect: &dyn Dialect,
        expression: &Expression,
        is_server_default: bool,
    ) -> Result<String> {
        let _ = is_server_default;
        ddl_expression(dialect, expression)
    }

    /// Writes a type as Python in the database's own way; `None` leaves it to the general rules.
    fn render_type(&self, type_: &SqlType) -> Result<Option<String>> {
        let _ = type_;
        Ok(None)
    }

    /// Writes the `unique` flag of an index that was read from the database.
    fn reflected_unique(&self, unique: bool) -> &'static str {
        super::render::python_bool(unique)
    }
}

/// The rules of a database that has none of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultRules;

impl ComparisonRules for DefaultRules {}

/// Finds the rules for a dialect.
///
/// # Errors
/// Limbeck has none for it.
pub(super) fn by_dialect_name(name: &str) -> Result<&'static dyn ComparisonRules> {
    match name {
        "mysql" | "mariadb" => Ok(&MysqlRules),
        "sqlite" => Ok(&SqliteRules),
        "default" => Ok(&DefaultRules),
        _ => Err(limbeck_sql::Error::NoSuchModule(format!(
            "autogenerate for the '{name}' dialect is not there yet: Limbeck knows only 'sqlite', 'mysql' and 'mariadb'"
        ))
        .into()),
    }
}

/// Writes an expression with its parameters inline and its columns without their tables.
fn ddl_expression(dialect: &dyn Dialect, expression: &Expression) -> Result<String> {
    let options = CompileOptions { omit_table_names: true, ..CompileOptions::literal() };
    Ok(dialect.compile_expression(expression, &options)?.sql)
}
