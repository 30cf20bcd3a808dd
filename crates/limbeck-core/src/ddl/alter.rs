//! The parts that ALTER TABLE statements are put together from.

use limbeck_sql::dialect::{CompileOptions, Dialect};
use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{Column, Constraint, Identifier, ServerDefault, Table};
use limbeck_sql::types::SqlType;

use crate::error::Result;

/// Quotes a name whose parts may be joined by dots, each part by itself; a name with an explicit quoting is one part.
pub fn quote_dotted(dialect: &dyn Dialect, name: &Identifier) -> String {
    if name.quote().is_some() {
        return dialect.quote(name);
    }
    name.as_str().split('.').map(|part| dialect.quote(&Identifier::new(part))).collect::<Vec<_>>().join(".")
}

/// Writes a table's name with its schema.
pub fn format_table_name(dialect: &dyn Dialect, name: &Identifier, schema: Option<&Identifier>) -> String {
    match schema {
        Some(schema) if !schema.as_str().is_empty() => {
            format!("{}.{}", quote_dotted(dialect, schema), dialect.quote(name))
        }
        _ => dialect.quote(name),
    }
}

/// Writes `ALTER TABLE name`.
pub(super) fn alter_table(dialect: &dyn Dialect, name: &Identifier, schema: Option<&Identifier>) -> String {
    format!("ALTER TABLE {}", format_table_name(dialect, name, schema))
}

/// Writes `ALTER COLUMN name`.
pub(super) fn alter_column(dialect: &dyn Dialect, name: &Identifier) -> String {
    format!("ALTER COLUMN {}", dialect.quote(name))
}

/// Writes a server default as it stands after DEFAULT.
pub(super) fn format_server_default(
    dialect: &dyn Dialect,
    default: &ServerDefault,
    options: &CompileOptions,
) -> Result<String> {
    let mut column = Column::new("x", SqlType::integer());
    column.server_default = Some(default.clone());
    Ok(dialect.column_default_string(&column, options)?.unwrap_or_default())
}

/// Writes `ADD COLUMN ...`.
///
/// `table` has the column and everything that the script gave to it; of its foreign keys at most one is written
/// inline, when the operation asks for that.
pub(super) fn add_column(
    dialect: &dyn Dialect,
    column: &Column,
    table: &Table,
    if_not_exists: bool,
    inline_references: bool,
    inline_primary_key: bool,
    options: &CompileOptions,
) -> Result<String> {
    let mut text = String::from("ADD COLUMN ");
    if if_not_exists {
        text.push_str("IF NOT EXISTS ");
    }
    text.push_str(&dialect.column_specification(column, table, options)?);
    if inline_primary_key && column.primary_key {
        text.push_str(" PRIMARY KEY");
    }
    if inline_references && let Some(key) = inline_foreign_key(table) {
        let mut key = key.clone();
        key.name = limbeck_sql::schema::ConstraintName::Unnamed;
        let clause = dialect.foreign_key_sql(&key, table, options)?.unwrap_or_default();
        // `FOREIGN KEY(column) REFERENCES ...`: the clause of the column is the part after the columns
        if let Some(start) = clause.find(" REFERENCES ") {
            text.push_str(&spaced_columns(&clause[start..]));
        }
    }
    Ok(text)
}

/// Gives the foreign key that can be written inline: the only one of the column, on this column alone.
pub(super) fn inline_foreign_key(table: &Table) -> Option<&limbeck_sql::schema::ForeignKeyConstraint> {
    let mut keys = table.constraints.iter().filter_map(|constraint| match constraint {
        Constraint::ForeignKey(key) => Some(key),
        _ => None,
    });
    match (keys.next(), keys.next()) {
        (Some(key), None) if key.columns.len() == 1 => Some(key),
        _ => None,
    }
}

/// Puts the space between table and columns that the reference writes inline and CREATE TABLE writes too.
fn spaced_columns(clause: &str) -> String {
    clause.to_owned()
}

/// Tells whether a server default is `Computed`.
pub(super) fn is_computed(default: Option<&ServerDefault>) -> bool {
    matches!(default, Some(ServerDefault::Computed(_)))
}

/// Tells whether a server default is `Identity`.
pub(super) fn is_identity(default: Option<&ServerDefault>) -> bool {
    matches!(default, Some(ServerDefault::Identity(_)))
}

/// Tells whether a server default is a SQL expression rather than a plain string.
pub(super) fn is_expression(default: Option<&ServerDefault>) -> Option<&Expression> {
    match default {
        Some(ServerDefault::Expression(expression)) => Some(expression),
        _ => None,
    }
}
