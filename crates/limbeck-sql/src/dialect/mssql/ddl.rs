//! The DDL of SQL Server: identities, clustered keys and indexes, comments as extended properties.

use super::MssqlDialect;
use crate::dialect::option_kinds::{self, OptionKind};
use crate::dialect::{CompileOptions, DdlElement, Dialect, ddl, push_args};
use crate::engine::Value;
use crate::error::{Error, Result};
use crate::expression::Expression;
use crate::schema::{Autoincrement, Column, DialectOptions, Identifier, Index, OptionValue, Sequence, Table};
use crate::types::{SqlType, StandardType, StringType};

/// Writes a column: type, nullability, IDENTITY, default.
pub(super) fn column_specification(
    dialect: &MssqlDialect,
    column: &Column,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    let mut sql = dialect.quote(&column.name);
    sql.push(' ');
    match column.computed() {
        Some(computed) => sql.push_str(&dialect.computed_sql(computed, options)?),
        None => sql.push_str(&dialect.column_type_sql(column)?),
    }
    let sequence = column.sequence.as_ref().filter(|sequence| !sequence.optional);
    let identity = identity_words(column, table, sequence)?;
    if !column.nullable
        || table.has_in_primary_key(column)
        || column.sequence.is_some()
        || column.autoincrement == Autoincrement::Yes
        || column.identity().is_some()
    {
        sql.push_str(" NOT NULL");
    } else if column.computed().is_none() {
        sql.push_str(" NULL");
    }
    if let Some(identity) = identity {
        sql.push(' ');
        sql.push_str(&identity);
    } else if let Some(default) = dialect.column_default_string(column, options)? {
        sql.push_str(" DEFAULT ");
        sql.push_str(&default);
    }
    Ok(sql)
}

/// Writes IDENTITY for a column that counts up: because it says so, or as the only integer of the primary key.
fn identity_words(column: &Column, table: &Table, sequence: Option<&Sequence>) -> Result<Option<String>> {
    if let Some(identity) = column.identity() {
        return Ok(Some(identity_words_from(identity.start, identity.increment)));
    }
    let counting = table.autoincrement_column()?;
    let counts = column.autoincrement == Autoincrement::Yes
        || counting.is_some_and(|counting| counting.name == column.name);
    if !counts || sequence.is_some() {
        return Ok(None);
    }
    let number = |name: &str| match column.dialect_options.get(name) {
        Some(OptionValue::Value(value)) => value.as_i64(),
        _ => None,
    };
    Ok(Some(identity_words_from(number("mssql_identity_start"), number("mssql_identity_increment"))))
}

fn identity_words_from(start: Option<i64>, increment: Option<i64>) -> String {
    match (start, increment) {
        (None, None) => "IDENTITY".to_owned(),
        (start, increment) => format!("IDENTITY({},{})", start.unwrap_or(1), increment.unwrap_or(1)),
    }
}

/// Writes CLUSTERED or NONCLUSTERED as `mssql_clustered` says.
pub(super) fn clustered_words(options: &DialectOptions) -> &'static str {
    match options.get("mssql_clustered") {
        None | Some(OptionValue::Value(Value::Null)) => "",
        Some(value) if value.is_truthy() => "CLUSTERED ",
        Some(_) => "NONCLUSTERED ",
    }
}

/// Writes CREATE INDEX.
pub(super) fn create_index_sql(
    dialect: &MssqlDialect,
    index: &Index,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    let own = &index.dialect_options;
    let kinds = [("mssql_include", OptionKind::Columns), ("mssql_where", OptionKind::Condition)];
    option_kinds::check(own, &kinds)?;
    let columnstore = own.get("mssql_columnstore").is_some_and(OptionValue::is_truthy);
    let mut sql = format!(
        "CREATE {}{}{}INDEX {} ON {}",
        if index.unique { "UNIQUE " } else { "" },
        clustered_words(own),
        if columnstore { "COLUMNSTORE " } else { "" },
        ddl::index_name(dialect, index, table, false, "CREATE", options)?,
        dialect.format_table(table.schema.as_ref(), &table.name, options)?,
    );
    if !index.expressions.is_empty() {
        push_args(&mut sql, format_args!(" ({})", ddl::index_expressions(dialect, index, options)?));
    }
    let single;
    let included_columns = match own.get("mssql_include") {
        Some(OptionValue::List(columns)) => columns.as_slice(),
        Some(one) if one.is_truthy() => {
            single = [one.clone()];
            single.as_slice()
        }
        _ => &[],
    };
    if !included_columns.is_empty() {
        let columns = included_columns;
        let columns: Vec<String> = columns.iter().filter_map(|column| included(dialect, column)).collect();
        push_args(&mut sql, format_args!(" INCLUDE ({})", columns.join(", ")));
    }
    if let Some(condition) = option_kinds::condition(own, "mssql_where") {
        push_args(&mut sql, format_args!(" WHERE {}", ddl::ddl_expression(dialect, &condition, options)?));
    }
    Ok(sql)
}

/// Writes a column of INCLUDE.
fn included(dialect: &MssqlDialect, column: &OptionValue) -> Option<String> {
    match column {
        OptionValue::Value(Value::Text(name)) => Some(dialect.quote(&Identifier::new(name.as_str()))),
        OptionValue::Expression(Expression::Column(column)) => Some(dialect.quote(&column.name)),
        _ => None,
    }
}

/// Writes DROP INDEX, which names the table.
pub(super) fn drop_index_sql(
    dialect: &MssqlDialect,
    index: &Index,
    table: &Table,
    if_exists: bool,
    options: &CompileOptions,
) -> Result<String> {
    Ok(format!(
        "\nDROP INDEX {}{} ON {}",
        if if_exists { "IF EXISTS " } else { "" },
        ddl::index_name(dialect, index, table, false, "DROP", options)?,
        dialect.format_table(table.schema.as_ref(), &table.name, options)?
    ))
}

/// Writes the extended property `MS_Description`, which holds the comment of a table or a column.
pub(super) fn comment_sql(
    dialect: &MssqlDialect,
    element: &DdlElement,
    options: &CompileOptions,
) -> Option<Result<String>> {
    let (action, comment, schema, table, column) = match element {
        DdlElement::SetTableComment { schema, name, comment } => ("add", Some(comment), schema, name, None),
        DdlElement::DropTableComment { schema, name } => ("drop", None, schema, name, None),
        DdlElement::SetColumnComment { schema, table, column, comment } => {
            ("add", Some(comment), schema, table, Some(column))
        }
        DdlElement::DropColumnComment { schema, table, column } => {
            ("drop", None, schema, table, Some(column))
        }
        _ => return None,
    };
    let property = extended_property(dialect, (schema.as_ref(), table, column), options);
    Some(property.map(|property| {
        let comment = comment
            .map(|comment| format!("{}, ", comment_literal(dialect, comment.as_deref())))
            .unwrap_or_default();
        format!("execute sp_{action}extendedproperty 'MS_Description', {comment}{property}")
    }))
}

/// Writes a comment as a national string.
fn comment_literal(dialect: &dyn Dialect, comment: Option<&str>) -> String {
    let national = SqlType::from(StandardType::NVarchar(StringType::default()));
    comment.map_or_else(|| "NULL".to_owned(), |comment| dialect.string_literal(comment, &national))
}

/// Writes the path by which the procedures for extended properties find a table or a column.
///
/// # Errors
/// The table names no schema: which one is meant only the server knows.
fn extended_property(
    dialect: &dyn Dialect,
    (schema, table, column): (Option<&Identifier>, &Identifier, Option<&Identifier>),
    options: &CompileOptions,
) -> Result<String> {
    let schema = crate::dialect::identifier::translated_schema(dialect, schema, options)?;
    let Some(schema) = schema.filter(|schema| !schema.as_str().is_empty()) else {
        return Err(no_schema(table, column));
    };
    let mut path = format!("'schema', {}, 'table', {}", dialect.quote_schema(&schema), dialect.quote(table));
    if let Some(column) = column {
        push_args(&mut path, format_args!(", 'column', {}", dialect.quote(column)));
    }
    Ok(path)
}

/// Gives the error for a comment where no schema is named.
fn no_schema(table: &Identifier, column: Option<&Identifier>) -> Error {
    let place = match column {
        Some(column) => format!("column '{column}' of table '{table}'"),
        None => format!("table '{table}'"),
    };
    Error::Compile(format!(
        "the comment of {place} cannot be written without a database: on SQL Server it belongs to a schema; pass \
         schema= (such as 'dbo')"
    ))
}

/// Writes the change of a column's comment in ALTER COLUMN: set, replaced or removed.
///
/// # Errors
/// No schema is named.
pub fn alter_comment_sql(
    dialect: &dyn Dialect,
    (schema, table, column): (Option<&Identifier>, &Identifier, &Identifier),
    existing: Option<&str>,
    comment: Option<&str>,
) -> Result<String> {
    let path = extended_property(dialect, (schema, table, Some(column)), &CompileOptions::default())?;
    Ok(match (comment, existing) {
        (None, _) => format!("exec sp_dropextendedproperty 'MS_Description', {path}"),
        (Some(comment), existing) => format!(
            "exec sp_{}extendedproperty 'MS_Description', {}, {path}",
            if existing.is_some() { "update" } else { "add" },
            comment_literal(dialect, Some(comment))
        ),
    })
}
