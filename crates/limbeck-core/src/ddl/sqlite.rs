//! What is particular to SQLite: no ALTER of constraints, and its own words for renaming.

use limbeck_sql::dialect::{CompileOptions, Dialect};
use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{Constraint, Identifier, Table};

use super::alter::{alter_table, format_table_name};
use super::{Executor, Impl, WARNINGS};
use crate::error::{Error, Result};
use crate::operations::AlterColumnOp;

/// The reference's sentence for constraints that would need an ALTER.
const NO_ALTER: &str = "No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature \
                        which allows for SQLite migrations using a copy-and-move strategy.";

/// SQLite's implementation, the reference's `SQLiteImpl`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SqliteImpl;

impl Impl for SqliteImpl {
    fn as_impl(&self) -> &dyn Impl {
        self
    }

    fn class_name(&self) -> &'static str {
        "SQLiteImpl"
    }

    fn add_constraint(&self, _: &Executor, _: &Table, constraint: &Constraint) -> Result<()> {
        if !is_type_bound(constraint) {
            return Err(Error::not_implemented(NO_ALTER));
        }
        log::warn!(
            target: WARNINGS,
            "Skipping unsupported ALTER for creation of implicit constraint. Please refer to the batch mode feature \
             which allows for SQLite migrations using a copy-and-move strategy."
        );
        Ok(())
    }

    fn drop_constraint(&self, _: &Executor, _: &Table, constraint: &Constraint, _: bool) -> Result<()> {
        if is_type_bound(constraint) { Ok(()) } else { Err(Error::not_implemented(NO_ALTER)) }
    }

    fn rename_table_sql(
        &self,
        dialect: &dyn Dialect,
        old: &Identifier,
        new: &Identifier,
        schema: Option<&Identifier>,
    ) -> String {
        format!("{} RENAME TO {}", alter_table(dialect, old, schema), format_table_name(dialect, new, None))
    }

    fn column_name_sql(
        &self,
        dialect: &dyn Dialect,
        operation: &AlterColumnOp,
        name: &Identifier,
    ) -> Result<String> {
        Ok(format!(
            "{} RENAME COLUMN {} TO {}",
            alter_table(dialect, &operation.table_name, operation.schema.as_ref()),
            dialect.quote(&operation.column_name),
            dialect.quote(name)
        ))
    }

    fn render_ddl_sql_expr(
        &self,
        dialect: &dyn Dialect,
        expression: &Expression,
        is_server_default: bool,
    ) -> Result<String> {
        let options =
            CompileOptions { literal_binds: true, omit_table_names: true, ..CompileOptions::default() };
        let sql = dialect.compile_expression(expression, &options)?.sql;
        Ok(if is_server_default { self.autogen_column_default(sql) } else { sql })
    }

    fn compare_server_default(&self, rendered_metadata: Option<&str>, rendered_inspected: Option<&str>) -> bool {
        rendered_metadata.map(bare_default) != rendered_inspected.map(bare_default)
    }

    fn autogen_column_default(&self, default: String) -> String {
        if is_bare_expression(&default) { format!("({default})") } else { default }
    }
}

fn is_type_bound(constraint: &Constraint) -> bool {
    matches!(constraint, Constraint::Check(check) if check.type_bound)
}

/// Tells whether a server default is an expression that SQLite's DDL takes only in parentheses; the guess of the
/// reference, which leaves single digits, quoted strings and what is in parentheses alone.
fn is_bare_expression(default: &str) -> bool {
    let mut chars = default.chars();
    let constant = match (chars.next(), chars.next()) {
        (None, _) => true,
        (Some(only), None) => only.is_ascii_digit() || only == '.',
        _ => enclosed(default, "'", "'").is_some() || enclosed(default, "(", ")").is_some(),
    };
    !constant
}

/// Gives what stands between an opening and a closing text, at least one character, on one line.
fn enclosed<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let inner = text.strip_prefix(open)?.strip_suffix(close)?;
    (!inner.is_empty() && !inner.contains('\n')).then_some(inner)
}

/// Takes one pair of parentheses and one pair of quotes off a server default.
fn bare_default(default: &str) -> &str {
    let inner = enclosed(default, "(", ")").unwrap_or(default);
    ["\"'", "'"]
        .iter()
        .find_map(|open| {
            let inner = inner.strip_prefix(open)?;
            let inner = inner.strip_suffix('"').unwrap_or(inner);
            inner.strip_suffix('\'').filter(|inner| !inner.is_empty() && !inner.contains('\n'))
        })
        .unwrap_or(inner)
}
