//! DDL that MySQL writes in its own way.

use super::{MysqlDialect, text_of, types};
use crate::dialect::ddl::{if_exists_sql, if_not_exists_sql, index_name};
use crate::dialect::option_kinds::{self, OptionKind};
use crate::dialect::{CompileOptions, DdlElement, Dialect, push_args, text_literal};
use crate::engine::Value;
use crate::error::{Error, Result};
use crate::schema::{
    Column, Constraint, DialectOptions, ForeignKeyConstraint, Identifier, Index, IndexExpression,
    NamedObject, OptionValue, ServerDefault, Table,
};

/// Options of tables whose values are strings to MySQL.
const TEXT_OPTIONS: [&str; 5] = ["COMMENT", "DATA DIRECTORY", "INDEX DIRECTORY", "PASSWORD", "CONNECTION"];

/// Options whose names have blanks for underscores.
const BLANK_OPTIONS: [&str; 6] = [
    "DATA_DIRECTORY",
    "INDEX_DIRECTORY",
    "DEFAULT_CHARACTER_SET",
    "CHARACTER_SET",
    "DEFAULT_CHARSET",
    "DEFAULT_COLLATE",
];

/// Options without a sign between name and value.
const SIGNLESS_OPTIONS: [&str; 4] = ["TABLESPACE", "DEFAULT CHARACTER SET", "CHARACTER SET", "COLLATE"];

/// What COLLATE comes after.
const CHARACTER_SET_OPTIONS: [&str; 4] =
    ["DEFAULT_CHARSET", "DEFAULT_CHARACTER_SET", "CHARSET", "CHARACTER_SET"];

/// The options of partitions, in the order in which they follow all others.
const PARTITION_OPTIONS: [&str; 4] = ["PARTITION_BY", "PARTITIONS", "SUBPARTITION_BY", "SUBPARTITIONS"];

/// Compiles the elements that MySQL has a form of its own for.
pub(super) fn compile(
    dialect: &MysqlDialect,
    element: &DdlElement,
    options: &CompileOptions,
) -> Result<Option<String>> {
    let table_name =
        |schema: &Option<Identifier>, name: &Identifier| dialect.format_table(schema.as_ref(), name, options);
    Ok(Some(match element {
        DdlElement::DropConstraint { constraint, table, .. } => {
            let table_sql = table_name(&table.schema, &table.name)?;
            let (qualifier, named) = match constraint.as_ref() {
                Constraint::ForeignKey(_) => ("FOREIGN KEY ", true),
                Constraint::PrimaryKey(_) => ("PRIMARY KEY", false),
                Constraint::Unique(_) => ("INDEX ", true),
                Constraint::Check(_) if dialect.is_mariadb() => ("CONSTRAINT ", true),
                Constraint::Check(_) => ("CHECK ", true),
                Constraint::Exclude(_) => return Ok(None),
            };
            let object = NamedObject::constraint(constraint);
            let name = match dialect.resolve_name(&object, table, options)? {
                _ if !named => String::new(),
                Some(name) => dialect.format_constraint(&name)?,
                // the general form says what is missing
                None => return Ok(None),
            };
            format!("ALTER TABLE {table_sql} DROP {qualifier}{name}")
        }
        DdlElement::SetTableComment { schema, name, comment } => {
            let comment = comment
                .as_deref()
                .map_or_else(|| "NULL".to_owned(), |comment| text_literal(dialect, comment));
            format!("ALTER TABLE {} COMMENT {comment}", table_name(schema, name)?)
        }
        // MySQL changes a comment by saying all of the column again
        DdlElement::SetCommentOfColumn { table, column } => {
            let Some(column) = table.column(column.as_str()) else { return Ok(None) };
            format!(
                "ALTER TABLE {} CHANGE {} {}",
                table_name(&table.schema, &table.name)?,
                dialect.quote(&column.name),
                column_specification(dialect, column, table, options)?
            )
        }
        DdlElement::DropTableComment { schema, name } => {
            format!("ALTER TABLE {} COMMENT ''", table_name(schema, name)?)
        }
        _ => return Ok(None),
    }))
}

/// Writes a column: name, type, computed expression, nullability, comment, `AUTO_INCREMENT` or default.
pub(super) fn column_specification(
    dialect: &MysqlDialect,
    column: &Column,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    let mut sql = format!("{} {}", dialect.quote(&column.name), dialect.column_type_sql(column)?);
    if let Some(computed) = column.computed() {
        sql.push(' ');
        sql.push_str(&dialect.computed_sql(computed, options)?);
    }
    if table.is_nullable(column) {
        // MySQL's own default for a TIMESTAMP is NOT NULL
        if types::is_timestamp(&column.type_, dialect.name())? {
            sql.push_str(" NULL");
        }
    } else if !dialect.is_mariadb() || column.computed().is_none() || column.nullable_given {
        // MariaDB has no NOT NULL for generated columns; the user may say it, the primary key does not
        sql.push_str(" NOT NULL");
    }
    if let Some(comment) = &column.comment {
        push_args(&mut sql, format_args!(" COMMENT {}", text_literal(dialect, comment)));
    }
    let counts = table.autoincrement_column()?.is_some_and(|counting| counting.name == column.name)
        && matches!(column.server_default, None | Some(ServerDefault::Identity(_)));
    if counts {
        sql.push_str(" AUTO_INCREMENT");
    } else if let Some(default) = dialect.column_default_string(column, options)? {
        if needs_parentheses(&default) && dialect.supports_default_expressions() {
            push_args(&mut sql, format_args!(" DEFAULT ({default})"));
        } else {
            push_args(&mut sql, format_args!(" DEFAULT {default}"));
        }
    }
    Ok(sql)
}

/// Tells whether a default is an expression that MySQL takes only in parentheses, as the reference guesses it.
fn needs_parentheses(default: &str) -> bool {
    let lower = default.to_lowercase();
    let is_literal = default.trim_start().starts_with(['\'', '"', '(']);
    let has_update = lower
        .match_indices("on ")
        .any(|(position, word)| lower[position + word.len()..].trim_start_matches(' ').starts_with("update"));
    !is_literal
        && !has_update
        && !is_moment_with_precision(&lower)
        && default.chars().any(|c| !(c.is_alphanumeric() || c == '_'))
}

/// Tells whether a default begins with `now(6)` or `current_timestamp(6)`.
fn is_moment_with_precision(lower: &str) -> bool {
    ["now(", "current_timestamp("].iter().filter_map(|start| lower.strip_prefix(start)).any(|rest| {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        after.len() < rest.len() && after.starts_with(')')
    })
}

/// Writes USING of a primary key or an index.
pub(super) fn using_sql(dialect: &MysqlDialect, options: &DialectOptions) -> String {
    dialect
        .shared_option(options, "using")
        .and_then(text_of)
        .map_or_else(String::new, |using| format!(" USING {}", dialect.quote(&Identifier::new(using))))
}

pub(super) fn foreign_key_sql(
    dialect: &MysqlDialect,
    key: &ForeignKeyConstraint,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    if key.match_.is_some() {
        return Err(Error::Compile(
            "MySQL ignores the 'MATCH' keyword while at the same time causes ON UPDATE/ON DELETE clauses to be \
             ignored."
                .to_owned(),
        ));
    }
    crate::dialect::ddl::foreign_key_sql(dialect, key, table, options)
}

/// Writes what follows the columns of CREATE TABLE: `ENGINE=InnoDB` and its kin.
pub(super) fn table_options_sql(dialect: &MysqlDialect, table: &Table) -> Result<String> {
    let prefix = format!("{}_", dialect.name());
    let mut given: indexmap::IndexMap<String, OptionValue> = table
        .dialect_options
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?.to_uppercase(), value.clone())))
        .collect();
    if let Some(comment) = &table.comment {
        given.insert("COMMENT".to_owned(), OptionValue::Value(Value::Text(comment.clone())));
    }
    let is_partition = |name: &str| PARTITION_OPTIONS.contains(&name);
    let collates_last = CHARACTER_SET_OPTIONS.iter().any(|name| given.contains_key(*name));
    let rank = |name: &str| match PARTITION_OPTIONS.iter().position(|option| *option == name) {
        Some(position) => position + 2,
        None => usize::from(name == "COLLATE" && collates_last),
    };
    let mut words = Vec::with_capacity(given.len());
    given.sort_by_cached_key(|name, _| rank(name));
    for (name, value) in &given {
        let value = match option_text(dialect, name, value)? {
            None => "NULL".to_owned(),
            Some(text) if TEXT_OPTIONS.contains(&name.as_str()) => text_literal(dialect, &text),
            Some(text) => text,
        };
        let blanks = is_partition(name) || BLANK_OPTIONS.contains(&name.as_str());
        let shown = if blanks { name.replace('_', " ") } else { name.clone() };
        let sign = if is_partition(name) || SIGNLESS_OPTIONS.contains(&shown.as_str()) { " " } else { "=" };
        words.push(format!("{shown}{sign}{value}"));
    }
    Ok(words.join(" "))
}

/// Gives the value of a table option, which the reference wants to be a string; `None` is NULL in the place of a string.
fn option_text(dialect: &MysqlDialect, name: &str, value: &OptionValue) -> Result<Option<String>> {
    if let Some(text) = text_of(value) {
        return Ok(Some(text.to_owned()));
    }
    if TEXT_OPTIONS.contains(&name) {
        return match value {
            OptionValue::Value(Value::Null) => Ok(None),
            value => {
                let shown = option_kinds::python_text(dialect, value)?;
                let see = "see parent stack trace for more detail";
                Err(Error::Compile(format!(
                    "Could not render literal value \"{shown}\" with datatype VARCHAR; {see}."
                )))
            }
        };
    }
    let found = option_kinds::python_class(value);
    Err(Error::Type(format!("sequence item 1: expected str instance, {found} found")))
}

pub(super) fn create_index_sql(
    dialect: &MysqlDialect,
    index: &Index,
    table: &Table,
    if_not_exists: bool,
    options: &CompileOptions,
) -> Result<String> {
    option_kinds::check(
        &index.dialect_options,
        &[
            ("mysql_using", OptionKind::Name),
            ("mysql_prefix", OptionKind::Prefix),
            ("mariadb_using", OptionKind::Name),
            ("mariadb_prefix", OptionKind::Prefix),
        ],
    )?;
    let prefix = dialect
        .option(&index.dialect_options, "prefix")
        .and_then(text_of)
        .filter(|prefix| !prefix.is_empty())
        .map_or_else(String::new, |prefix| format!("{prefix} "));
    let expressions: Result<Vec<String>> = index
        .expressions
        .iter()
        .map(|expression| index_expression(dialect, index, expression, options))
        .collect();
    let mut sql = format!(
        "CREATE {}{prefix}INDEX {}{} ON {} ({})",
        if index.unique { "UNIQUE " } else { "" },
        if_not_exists_sql(if_not_exists),
        index_name(dialect, index, table, false, "CREATE", options)?,
        dialect.format_table(table.schema.as_ref(), &table.name, options)?,
        expressions?.join(", ")
    );
    if let Some(parser) = dialect.shared_option(&index.dialect_options, "with_parser") {
        let parser = option_kinds::python_text(dialect, parser)?;
        push_args(&mut sql, format_args!(" WITH PARSER {parser}"));
    }
    sql.push_str(&using_sql(dialect, &index.dialect_options));
    Ok(sql)
}

/// Writes a part of an index: a column, or an expression in parentheses, with the length that is indexed.
fn index_expression(
    dialect: &MysqlDialect,
    index: &Index,
    part: &IndexExpression,
    options: &CompileOptions,
) -> Result<String> {
    let (sql, name) = match part {
        IndexExpression::Column(name) => (dialect.quote(name), Some(name.as_str())),
        IndexExpression::Expression(expression) => {
            let sql = crate::dialect::ddl::ddl_expression(dialect, expression, options)?;
            let name = match expression {
                crate::expression::Expression::Function(call) => call.name.last().map(String::as_str),
                _ => None,
            };
            (if types::is_index_operation(expression) { format!("({sql})") } else { sql }, name)
        }
    };
    let length = match dialect.option(&index.dialect_options, "length") {
        Some(OptionValue::Map(lengths)) => {
            name.and_then(|name| lengths.get(name)).or_else(|| lengths.get(&sql))
        }
        length => length,
    };
    Ok(match length {
        Some(OptionValue::Value(Value::Int(length))) => format!("{sql}({length})"),
        Some(OptionValue::Value(Value::Bool(length))) => format!("{sql}({})", u8::from(*length)),
        Some(OptionValue::Value(Value::Float(length))) => format!("{sql}({:.0})", length.trunc()),
        None => sql,
        Some(other) => {
            let class = option_kinds::python_class(other);
            return Err(Error::Type(format!("%d format: a real number is required, not {class}")));
        }
    })
}

pub(super) fn drop_index_sql(
    dialect: &MysqlDialect,
    index: &Index,
    table: &Table,
    if_exists: bool,
    options: &CompileOptions,
) -> Result<String> {
    Ok(format!(
        "\nDROP INDEX {}{} ON {}",
        if_exists_sql(if_exists),
        index_name(dialect, index, table, false, "DROP", options)?,
        dialect.format_table(table.schema.as_ref(), &table.name, options)?
    ))
}
