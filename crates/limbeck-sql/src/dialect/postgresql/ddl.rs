//! PostgreSQL's DDL: serial columns, indexes, the options of tables and constraints.

use std::sync::LazyLock;

use regex::Regex;

use crate::dialect::identifier::unexpected_phrase;
use crate::dialect::option_kinds::{self, OptionKind};
use crate::dialect::{CompileOptions, Dialect, ddl, push_args, statement};
use crate::engine::Value;
use crate::error::{Error, Result};
use crate::expression::Expression;
use crate::schema::{
    CheckConstraint, Column, DialectOptions, ExcludeConstraint, Identifier, Index, IndexExpression,
    OptionValue, Table,
};
use crate::types::{GenericType, SqlType, StandardType};

use super::types;

/// Writes a column: SERIAL where it counts up by itself.
pub(super) fn column_specification(
    dialect: &dyn Dialect,
    column: &Column,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    let inherited = types::with_schema_of(column, table);
    let column = inherited.as_ref().unwrap_or(column);
    let mut sql = dialect.quote(&column.name);
    let identity = column.identity();
    let counts = table.autoincrement_column()?.is_some_and(|counting| counting.name == column.name);
    if counts && identity.is_none() && no_default_of_its_own(column) {
        sql.push_str(serial_name(dialect, &column.type_)?);
    } else {
        push_args(&mut sql, format_args!(" {}", dialect.column_type_sql(column)?));
        if let Some(default) = dialect.column_default_string(column, options)? {
            push_args(&mut sql, format_args!(" DEFAULT {default}"));
        }
    }
    if let Some(computed) = column.computed() {
        push_args(&mut sql, format_args!(" {}", dialect.computed_sql(computed, options)?));
    }
    if let Some(identity) = identity {
        push_args(&mut sql, format_args!(" {}", dialect.identity_sql(identity)));
    }
    let nullable = table.is_nullable(column);
    if !nullable && identity.is_none() {
        sql.push_str(" NOT NULL");
    } else if nullable && identity.is_some() && column.nullable_given {
        sql.push_str(" NULL");
    }
    Ok(sql)
}

/// Tells whether a column has neither a default in Python nor a sequence that must be used.
fn no_default_of_its_own(column: &Column) -> bool {
    !column.has_default && column.sequence.as_ref().is_none_or(|sequence| sequence.optional)
}

fn serial_name(dialect: &dyn Dialect, type_: &SqlType) -> Result<&'static str> {
    Ok(match type_.for_dialect(dialect.name()) {
        SqlType::Custom(custom) => match custom.dialect_type(dialect.name())? {
            Some(inner) => return serial_name(dialect, &inner),
            None => " SERIAL",
        },
        SqlType::Dialect(own) if own.class().bases.contains(&"BIGINT") => " BIGSERIAL",
        SqlType::Dialect(own) if own.class().bases.contains(&"SMALLINT") => " SMALLSERIAL",
        SqlType::Generic(GenericType::BigInteger) | SqlType::Standard(StandardType::BigInt) => " BIGSERIAL",
        SqlType::Generic(GenericType::SmallInteger) | SqlType::Standard(StandardType::SmallInt) => {
            " SMALLSERIAL"
        }
        _ => " SERIAL",
    })
}

/// What the options of an index take.
const OPTION_KINDS: &[(&str, OptionKind)] = &[
    ("postgresql_include", OptionKind::Columns),
    ("postgresql_using", OptionKind::Phrase),
    ("postgresql_with", OptionKind::Parameters),
    ("postgresql_tablespace", OptionKind::Name),
    ("postgresql_where", OptionKind::Condition),
];

/// What the options of a table take.
const TABLE_OPTION_KINDS: &[(&str, OptionKind)] = &[
    ("postgresql_inherits", OptionKind::Names),
    ("postgresql_with", OptionKind::Parameters),
    ("postgresql_on_commit", OptionKind::Words),
    ("postgresql_tablespace", OptionKind::Name),
];

/// Gives an option that is set, such as `postgresql_using`.
fn option<'a>(options: &'a DialectOptions, name: &str) -> Option<&'a OptionValue> {
    options.get(&format!("postgresql_{name}")).filter(|value| value.is_truthy())
}

fn text_option<'a>(options: &'a DialectOptions, name: &str) -> Option<&'a str> {
    match option(options, name)? {
        OptionValue::Value(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// Gives the names in an option that is a list, or a single name.
fn names_option(options: &DialectOptions, name: &str) -> Vec<Identifier> {
    match option(options, name) {
        Some(OptionValue::List(items)) => items.iter().filter_map(name_of).collect(),
        Some(one) => name_of(one).into_iter().collect(),
        None => Vec::new(),
    }
}

fn name_of(value: &OptionValue) -> Option<Identifier> {
    match value {
        OptionValue::Value(Value::Text(text)) => Some(Identifier::new(text.as_str())),
        OptionValue::Expression(Expression::Column(column)) => Some(column.name.clone()),
        _ => None,
    }
}

fn quoted_names(dialect: &dyn Dialect, names: &[Identifier]) -> String {
    names.iter().map(|name| dialect.quote(name)).collect::<Vec<_>>().join(", ")
}

/// Writes storage parameters: ` WITH (fillfactor = 50)`.
fn storage_parameters(dialect: &dyn Dialect, options: &DialectOptions) -> Result<Option<String>> {
    let Some(OptionValue::Map(parameters)) = option(options, "with") else { return Ok(None) };
    let parameters: Result<Vec<String>> = parameters
        .iter()
        .map(|(name, value)| match value {
            OptionValue::Value(Value::Bool(flag)) => Ok(format!("{name} = {flag}")),
            OptionValue::Value(Value::Null) => Ok(name.clone()),
            value => Ok(format!("{name} = {}", option_kinds::python_text(dialect, value)?)),
        })
        .collect();
    Ok(Some(format!("WITH ({})", parameters?.join(", "))))
}

/// Writes `NULLS DISTINCT` or `NULLS NOT DISTINCT`.
fn nulls_distinct(options: &DialectOptions) -> &'static str {
    match options.get("postgresql_nulls_not_distinct") {
        Some(OptionValue::Value(Value::Bool(true))) => "NULLS NOT DISTINCT",
        Some(OptionValue::Value(Value::Bool(false))) => "NULLS DISTINCT",
        _ => "",
    }
}

/// Writes ` INCLUDE (...)` of a constraint, whose columns must be the table's.
pub(super) fn include_sql(dialect: &dyn Dialect, options: &DialectOptions, table: &Table) -> Result<String> {
    let names = names_option(options, "include");
    if names.is_empty() {
        return Ok(String::new());
    }
    if let Some(missing) = names.iter().find(|name| table.column(name.as_str()).is_none()) {
        return Err(Error::Key(missing.as_str().to_owned()));
    }
    Ok(format!(" INCLUDE ({})", quoted_names(dialect, &names)))
}

/// Writes what stands between UNIQUE and its columns.
pub(super) fn unique_nulls_words(options: &DialectOptions) -> &'static str {
    match nulls_distinct(options) {
        "NULLS DISTINCT" => "NULLS DISTINCT ",
        "NULLS NOT DISTINCT" => "NULLS NOT DISTINCT ",
        _ => "",
    }
}

/// Writes ` NOT VALID` where a constraint asks for it.
pub(super) fn not_valid_sql(options: &DialectOptions) -> &'static str {
    if option(options, "not_valid").is_some() { " NOT VALID" } else { "" }
}

/// Writes a CHECK clause.
pub(super) fn check_sql(
    dialect: &dyn Dialect,
    check: &CheckConstraint,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    let mut sql = ddl::check_sql(dialect, check, table, options)?;
    sql.push_str(not_valid_sql(&check.dialect_options));
    Ok(sql)
}

/// Writes an EXCLUDE clause.
pub(super) fn exclude_sql(
    dialect: &dyn Dialect,
    exclude: &ExcludeConstraint,
    preamble: &str,
    deferrability: &str,
    options: &CompileOptions,
) -> Result<String> {
    let elements: Result<Vec<String>> = exclude
        .elements
        .iter()
        .map(|element| {
            let sql = match &element.expression {
                IndexExpression::Column(name) => dialect.quote(name),
                IndexExpression::Expression(expression) => ddl::ddl_expression(dialect, expression, options)?,
            };
            let class = element.operator_class.as_ref().map_or_else(String::new, |class| format!(" {class}"));
            Ok(format!("{sql}{class} WITH {}", element.operator))
        })
        .collect();
    let mut sql =
        format!("{preamble}EXCLUDE USING {} ({})", index_method(&exclude.using)?, elements?.join(", "));
    if let Some(condition) = &exclude.where_ {
        push_args(&mut sql, format_args!(" WHERE ({})", ddl::ddl_expression(dialect, condition, options)?));
    }
    sql.push_str(deferrability);
    Ok(sql)
}

/// Writes what follows the closing parenthesis of CREATE TABLE.
pub(super) fn post_create_table_sql(dialect: &dyn Dialect, table: &Table) -> Result<String> {
    let options = &table.dialect_options;
    option_kinds::check(options, TABLE_OPTION_KINDS)?;
    let mut sql = String::new();
    let parents = names_option(options, "inherits");
    if !parents.is_empty() {
        push_args(&mut sql, format_args!("\n INHERITS ({})", quoted_names(dialect, &parents)));
    }
    if let Some(partition) = option(options, "partition_by") {
        let partition = option_kinds::python_text(dialect, partition)?;
        push_args(&mut sql, format_args!("\n PARTITION BY {partition}"));
    }
    if let Some(method) = option(options, "using") {
        let method = option_kinds::python_text(dialect, method)?;
        push_args(&mut sql, format_args!("\n USING {method}"));
    }
    if let Some(parameters) = storage_parameters(dialect, options)? {
        push_args(&mut sql, format_args!("\n {parameters}"));
    }
    match options.get("postgresql_with_oids") {
        Some(OptionValue::Value(Value::Bool(true))) => sql.push_str("\n WITH OIDS"),
        Some(OptionValue::Value(Value::Bool(false))) => sql.push_str("\n WITHOUT OIDS"),
        _ => {}
    }
    if let Some(action) = text_option(options, "on_commit") {
        push_args(&mut sql, format_args!("\n ON COMMIT {}", action.replace('_', " ").to_uppercase()));
    }
    if let Some(tablespace) = text_option(options, "tablespace") {
        let tablespace = dialect.quote(&Identifier::new(tablespace));
        push_args(&mut sql, format_args!("\n TABLESPACE {tablespace}"));
    }
    Ok(sql)
}

/// Writes CREATE INDEX.
pub(super) fn create_index_sql(
    dialect: &dyn Dialect,
    index: &Index,
    table: &Table,
    if_not_exists: bool,
    options: &CompileOptions,
) -> Result<String> {
    let given = &index.dialect_options;
    option_kinds::check(given, OPTION_KINDS)?;
    let mut sql = "CREATE ".to_owned();
    if index.unique {
        sql.push_str("UNIQUE ");
    }
    sql.push_str("INDEX ");
    if option(given, "concurrently").is_some() {
        sql.push_str("CONCURRENTLY ");
    }
    push_args(
        &mut sql,
        format_args!(
            "{}{} ON {} ",
            ddl::if_not_exists_sql(if_not_exists),
            ddl::index_name(dialect, index, table, false, "CREATE", options)?,
            dialect.format_table(table.schema.as_ref(), &table.name, options)?
        ),
    );
    if let Some(method) = text_option(given, "using") {
        push_args(&mut sql, format_args!("USING {} ", index_method(method)?));
    }
    let classes = given.get("postgresql_ops");
    let mut expressions = Vec::with_capacity(index.expressions.len());
    for expression in &index.expressions {
        let mut text = match expression {
            IndexExpression::Column(name) => dialect.quote(name),
            IndexExpression::Expression(expression) => {
                statement::compile_grouped(dialect, expression, options)?
            }
        };
        if let (Some(classes), Some(key)) = (classes, option_kinds::element_key(expression))
            && let Some(class) = option_kinds::operator_class(classes, key)?
        {
            push_args(&mut text, format_args!(" {class}"));
        }
        expressions.push(text);
    }
    push_args(&mut sql, format_args!("({})", expressions.join(", ")));
    let included = names_option(given, "include");
    if !included.is_empty() {
        push_args(&mut sql, format_args!(" INCLUDE ({})", quoted_names(dialect, &included)));
    }
    match nulls_distinct(given) {
        "" => {}
        words => push_args(&mut sql, format_args!(" {words}")),
    }
    if let Some(parameters) = storage_parameters(dialect, given)? {
        push_args(&mut sql, format_args!(" {parameters}"));
    }
    if let Some(tablespace) = text_option(given, "tablespace") {
        push_args(&mut sql, format_args!(" TABLESPACE {}", dialect.quote(&Identifier::new(tablespace))));
    }
    if let Some(condition) = option_kinds::condition(given, "postgresql_where") {
        let condition = ddl::ddl_expression(dialect, &condition, options)?;
        push_args(&mut sql, format_args!(" WHERE {condition}"));
    }
    Ok(sql)
}

/// Lets through the name of an index method, in lower case.
///
/// # Errors
/// Anything but one word.
fn index_method(method: &str) -> Result<String> {
    if !method.is_empty() && method.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return Ok(method.to_lowercase());
    }
    Err(unexpected_phrase(method, r"^(?:btree|hash|gist|gin|[\w_]+)$"))
}

/// Lets through what follows ON DELETE: words, and the columns that `SET NULL (...)` names.
///
/// # Errors
/// Anything else.
pub(super) fn on_delete_phrase(phrase: &str) -> Result<&str> {
    const PATTERN: &str =
        r#"^\w+(?:\s+\w+)*(?:\s*\(\s*(?:[\w$]+|"(?:[^"]|"")+")(?:\s*,\s*(?:[\w$]+|"(?:[^"]|"")+"))*\s*\))?$"#;
    static COMPILED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PATTERN).ok());
    if COMPILED.as_ref().is_some_and(|pattern| pattern.is_match(phrase)) {
        return Ok(phrase);
    }
    Err(unexpected_phrase(phrase, PATTERN))
}

/// Writes DROP INDEX.
pub(super) fn drop_index_sql(
    dialect: &dyn Dialect,
    index: &Index,
    table: &Table,
    if_exists: bool,
    options: &CompileOptions,
) -> Result<String> {
    let concurrently =
        if option(&index.dialect_options, "concurrently").is_some() { "CONCURRENTLY " } else { "" };
    Ok(format!(
        "\nDROP INDEX {concurrently}{}{}",
        if if_exists { "IF EXISTS " } else { "" },
        ddl::index_name(dialect, index, table, true, "DROP", options)?
    ))
}
