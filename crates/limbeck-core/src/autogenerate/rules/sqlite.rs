//! SQLite compared with models.

use limbeck_sql::dialect::Dialect;
use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{Column, ServerDefault};

use super::{ComparisonRules, ddl_expression};
use crate::autogenerate::compare::IndexSides;
use crate::ddl::WARNINGS;
use crate::error::Result;

/// The version of SQLAlchemy whose behaviour is followed, which one warning names.
const SQLALCHEMY_VERSION: &str = "2.1.9";

/// The rules for SQLite, after the reference's `SQLiteImpl`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SqliteRules;

impl ComparisonRules for SqliteRules {
    fn class_path(&self) -> &'static str {
        "alembic.ddl.sqlite.SQLiteImpl"
    }

    fn compare_server_default(
        &self,
        _columns: (&Column, &Column),
        inspected: Option<&str>,
        metadata: Option<&str>,
    ) -> bool {
        inspected.map(bare_default) != metadata.map(bare_default)
    }

    /// Leaves out indexes on expressions that the database does not seem to have: its catalog does not tell about them.
    fn correct_for_autogen_constraints(&self, sides: &mut IndexSides) {
        let known: Vec<Option<String>> = sides.conn_indexes.iter().map(|index| index.name.clone()).collect();
        sides.metadata_indexes.retain(|index| {
            if known.contains(&index.name) || !index.has_expressions() {
                return true;
            }
            log::warn!(
                target: WARNINGS,
                "autogenerate skipping metadata-specified expression-based index {}; dialect 'sqlite' under SQLAlchemy \
                 {SQLALCHEMY_VERSION} can't reflect these indexes so they can't be compared",
                index.name_repr()
            );
            false
        });
    }

    /// Puts the parentheses back that SQLite wants around a default which is an expression.
    fn autogen_column_reflect(&self, column: &mut Column) {
        if let Some(ServerDefault::Expression(Expression::Text(clause))) = &mut column.server_default
            && is_bare_expression(&clause.text)
        {
            clause.text = format!("({})", clause.text);
        }
    }

    fn render_ddl_sql_expression(
        &self,
        dialect: &dyn Dialect,
        expression: &Expression,
        is_server_default: bool,
    ) -> Result<String> {
        let sql = ddl_expression(dialect, expression)?;
        Ok(if is_server_default && is_bare_expression(&sql) { format!("({sql})") } else { sql })
    }

    /// Gives the number that `PRAGMA index_list` returns for the flag: the reference prints it as it came.
    fn reflected_unique(&self, unique: bool) -> &'static str {
        if unique { "1" } else { "False" }
    }
}

/// Tells whether a default is an expression without parentheses rather than a constant. Only one-digit numbers count as
/// constants, as in the reference.
fn is_bare_expression(sql: &str) -> bool {
    let mut characters = sql.chars();
    let (first, last) = (characters.next(), characters.next_back());
    let single_line = !sql.contains('\n');
    match (first, last) {
        (None, _) => false,
        (Some(only), None) => !(only.is_ascii_digit() || only == '.'),
        (Some('\''), Some('\'')) | (Some('('), Some(')')) => !(single_line && sql.len() > 2),
        _ => true,
    }
}

/// Takes the parentheses and the quotes off a default, for comparing.
fn bare_default(sql: &str) -> &str {
    let inside = |text: &'_ str| !text.is_empty() && !text.contains('\n');
    let sql = match sql.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(rest) if inside(rest) => rest,
        _ => sql,
    };
    let opened = sql.strip_prefix('"').unwrap_or(sql).strip_prefix('\'');
    let closed = opened.and_then(|rest| rest.strip_suffix('"').unwrap_or(rest).strip_suffix('\''));
    match closed {
        Some(rest) if inside(rest) => rest,
        _ => sql,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_compared_without_parentheses_and_quotes() {
        for (sql, bare) in [
            ("'x'", "x"),
            ("('x')", "x"),
            ("(datetime('now'))", "datetime('now')"),
            ("\"'x'\"", "x"),
            ("''", "''"),
            ("5", "5"),
        ] {
            assert_eq!(bare_default(sql), bare, "{sql}");
        }
    }

    #[test]
    fn only_bare_expressions_get_parentheses() {
        for (sql, bare) in [
            ("datetime('now')", true),
            ("CURRENT_TIMESTAMP", true),
            ("12", true),
            ("5", false),
            ("'x'", false),
            ("(1 + 2)", false),
            ("", false),
            ("''", true),
        ] {
            assert_eq!(is_bare_expression(sql), bare, "{sql}");
        }
    }
}
