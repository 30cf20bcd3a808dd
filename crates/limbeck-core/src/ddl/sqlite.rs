//! What is particular to SQLite: no ALTER of constraints, and its own words for renaming.

use limbeck_sql::dialect::{CompileOptions, Dialect};
use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{Constraint, Identifier, Table};

use super::alter::{alter_table, format_table_name};
use super::{Executor, Impl, RunExclusion, WARNINGS};
use crate::error::{Error, Result};
use crate::operations::{AlterColumnOp, MigrateOperation, needs_copy_on_sqlite};

/// The reference's sentence for constraints that would need an ALTER.
const NO_ALTER: &str = "No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature \
                        which allows for SQLite migrations using a copy-and-move strategy.";

/// SQLite's implementation, the reference's `SQLiteImpl`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SqliteImpl;

impl Impl for SqliteImpl {
    fn class_name(&self) -> &'static str {
        "SQLiteImpl"
    }

    fn run_exclusion(&self) -> RunExclusion {
        RunExclusion::WriteTransaction
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

    fn requires_recreate_in_batch(&self, dialect: &dyn Dialect, operations: &[MigrateOperation]) -> bool {
        operations.iter().any(|operation| needs_copy_on_sqlite(dialect, operation))
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

    fn compare_server_default(
        &self,
        rendered_metadata: Option<&str>,
        rendered_inspected: Option<&str>,
    ) -> bool {
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

#[cfg(test)]
mod tests {
    use limbeck_sql::dialect;
    use limbeck_sql::expression::{ColumnReference, Expression};
    use limbeck_sql::types::SqlType;

    use super::{SqliteImpl, is_bare_expression};
    use crate::ddl::Impl;

    /// The answers are those of the reference's `_guess_if_default_is_unparenthesized_sql_expr`.
    #[test]
    fn expressions_among_server_defaults_are_guessed() {
        for constant in ["", "5", ".", "'a'", "(a)", "'a' || 'b'", "(a) + (b)"] {
            assert!(!is_bare_expression(constant), "{constant}");
        }
        for expression in ["55", "1.5", "''", "()", "CURRENT_TIMESTAMP", "a'", "NULL"] {
            assert!(is_bare_expression(expression), "{expression}");
        }
    }

    /// The answers are those of the reference's `SQLiteImpl.compare_server_default`.
    #[test]
    fn server_defaults_are_compared_without_parentheses_and_quotes() {
        let same = [
            ("'x'", "x"),
            ("(x)", "x"),
            ("('x')", "x"),
            ("\"'x'\"", "x"),
            ("5", "5"),
            ("(5)", "5"),
            ("'x'\"", "x"),
        ];
        for (metadata, inspected) in same {
            assert!(!SqliteImpl.compare_server_default(Some(metadata), Some(inspected)), "{metadata}");
        }
        let different = [("'x'", "'y'"), ("''", ""), ("((x))", "(x)"), ("'x", "x")];
        for (metadata, inspected) in different {
            assert!(SqliteImpl.compare_server_default(Some(metadata), Some(inspected)), "{metadata}");
        }
        assert!(SqliteImpl.compare_server_default(None, Some("x")));
        assert!(!SqliteImpl.compare_server_default(None, None));
    }

    #[test]
    fn expressions_are_rendered_as_in_ddl() {
        let dialect = dialect::by_name("sqlite", None).unwrap();
        let render = |expression: &Expression, is_server_default| {
            SqliteImpl.render_ddl_sql_expr(dialect.as_ref(), expression, is_server_default).unwrap()
        };
        assert_eq!(render(&Expression::function("now", Vec::new()), true), "(CURRENT_TIMESTAMP)");
        let column = Expression::Column(ColumnReference {
            schema: None,
            table: Some("t".into()),
            name: "a".into(),
            type_: SqlType::Null,
        });
        assert_eq!(render(&Expression::function("lower", vec![column]), false), "lower(a)");
        assert_eq!(render(&Expression::text("5"), true), "5");
        assert_eq!(render(&Expression::literal("x"), true), "'x'");
    }
}
