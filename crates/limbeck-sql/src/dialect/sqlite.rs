//! SQLite: what it writes in its own way.

mod storage;

use super::{
    CompileOptions, Dialect, DialectArguments, ParamStyle, StatementCompiler, ddl, literal, reserved,
};
use crate::dialect::option_kinds::{self, OptionKind};
use crate::dialect::push_args;
use crate::dialect::statement::json;
use crate::engine::Value;
use crate::error::{Error, Result};
use crate::expression::{
    BinaryOperator, ElementForm, ElementIndex, Expression, ForUpdate, FunctionCall, InList, OnConflict,
    Select, TableClause,
};
use crate::schema::{
    Autoincrement, CheckConstraint, Column, DialectOptions, ForeignKeyConstraint, Identifier, Index,
    OptionValue, PrimaryKeyConstraint, Table, UniqueConstraint,
};
use crate::types::{Affinity, SqlType, SqliteType, StorageFormat};

/// The SQLite dialect with any of the drivers that SQLAlchemy knows for it.
#[derive(Clone, Debug)]
pub struct SqliteDialect {
    driver: &'static str,
    arguments: DialectArguments,
}

impl SqliteDialect {
    /// Makes the dialect for a driver; `None` when SQLAlchemy knows no such driver.
    pub fn new(driver: Option<&str>, arguments: DialectArguments) -> Option<Self> {
        let driver = match driver {
            None | Some("pysqlite") => "pysqlite",
            Some("aiosqlite") => "aiosqlite",
            Some("pysqlcipher") => "pysqlcipher",
            Some("pysqlite_numeric") => "pysqlite_numeric",
            Some("pysqlite_dollar") => "pysqlite_dollar",
            Some(_) => return None,
        };
        Some(Self { driver, arguments })
    }
}

impl Default for SqliteDialect {
    fn default() -> Self {
        Self { driver: "pysqlite", arguments: DialectArguments::default() }
    }
}

/// Gives the text of a dialect option, such as `sqlite_on_conflict`.
fn text_option<'a>(options: &'a DialectOptions, name: &str) -> Option<&'a str> {
    match options.get(name) {
        Some(OptionValue::Value(Value::Text(text))) => Some(text),
        _ => None,
    }
}

fn is_set(options: &DialectOptions, name: &str, default: bool) -> bool {
    options.get(name).map_or(default, OptionValue::is_truthy)
}

fn push_on_conflict(sql: &mut String, clause: Option<&str>) {
    if let Some(clause) = clause {
        sql.push_str(" ON CONFLICT ");
        sql.push_str(clause);
    }
}

/// Tells whether a column's PRIMARY KEY stands with the column: SQLite takes AUTOINCREMENT only there.
fn has_inline_primary_key(column: &Column, table: &Table) -> bool {
    is_set(&table.dialect_options, "sqlite_autoincrement", false)
        && table.primary_key_columns().len() == 1
        && table.has_in_primary_key(column)
        && column.type_.for_dialect("sqlite").affinity() == Affinity::Integer
        && !table.has_foreign_key_on(column)
}

/// Tells whether a default must be put in parentheses: an expression that is neither a string nor in them already.
fn needs_parentheses(default: &str) -> bool {
    !default.trim_start().starts_with(['\'', '"', '('])
        && default.chars().any(|c| !(c.is_alphanumeric() || c == '_'))
}

/// Gives the only column of a constraint.
fn single_column<'a>(columns: &[&Identifier], table: &'a Table) -> Option<&'a Column> {
    match columns {
        [name] => table.column(name.as_str()),
        _ => None,
    }
}

impl Dialect for SqliteDialect {
    fn as_dialect(&self) -> &dyn Dialect {
        self
    }

    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn driver(&self) -> &str {
        self.driver
    }

    fn paramstyle(&self) -> ParamStyle {
        self.arguments.paramstyle.unwrap_or(match self.driver {
            "pysqlite_numeric" => ParamStyle::Numeric,
            "pysqlite_dollar" => ParamStyle::NumericDollar,
            _ => ParamStyle::QuestionMark,
        })
    }

    fn max_identifier_length(&self) -> usize {
        self.arguments.max_identifier_length.unwrap_or(9999)
    }

    fn supports_alter(&self) -> bool {
        false
    }

    fn supports_json(&self) -> bool {
        true
    }

    fn supports_default_values(&self) -> bool {
        true
    }

    fn default_metavalue_token(&self) -> &'static str {
        "NULL"
    }

    fn supports_multivalues_insert(&self) -> bool {
        true
    }

    fn insert_returning(&self) -> bool {
        true
    }

    fn update_returning(&self) -> bool {
        true
    }

    fn delete_returning(&self) -> bool {
        true
    }

    fn returning_names_table(&self) -> bool {
        false
    }

    fn runs_ddl_in_transactions(&self) -> bool {
        true
    }

    fn reserved_words(&self) -> &'static [&'static str] {
        reserved::SQLITE_RESERVED_WORDS
    }

    fn type_compiler_name(&self) -> &'static str {
        "<sqlalchemy.dialects.sqlite.base.SQLiteTypeCompiler object>"
    }

    fn own_type_sql(&self, type_: &SqlType) -> Option<Result<String>> {
        let SqlType::Sqlite(kind) = type_.for_dialect("sqlite") else { return None };
        let name = |name: &str, format: &StorageFormat| {
            if format.is_text() { name.to_owned() } else { format!("{name}_CHAR") }
        };
        Some(Ok(match kind {
            SqliteType::Date(format) => name("DATE", format),
            SqliteType::DateTime(format) => name("DATETIME", format),
            SqliteType::Time(format) => name("TIME", format),
            SqliteType::Json(_) => "JSON".to_owned(),
            SqliteType::Jsonb(_) => "JSONB".to_owned(),
        }))
    }

    fn datetime_literal(&self, moment: jiff::civil::DateTime, _offset: Option<jiff::tz::Offset>) -> String {
        format!("'{} {}'", literal::date_text(moment.date()), literal::full_time(moment.time()))
    }

    fn date_as_datetime_literal(&self, date: jiff::civil::Date) -> String {
        self.datetime_literal(date.to_datetime(jiff::civil::Time::midnight()), None)
    }

    fn time_literal(&self, time: jiff::civil::Time, _offset: Option<jiff::tz::Offset>) -> String {
        format!("'{}'", literal::full_time(time))
    }

    fn driver_value(&self, value: Value, type_: &SqlType) -> Result<Value> {
        storage::driver_value(self, value, type_)
    }

    fn own_function_sql(
        &self,
        function: &FunctionCall,
        compiler: &mut StatementCompiler<'_>,
    ) -> Option<Result<String>> {
        match function.name.last()?.to_lowercase().as_str() {
            "now" => Some(Ok("CURRENT_TIMESTAMP".to_owned())),
            "localtimestamp" => Some(Ok("DATETIME(CURRENT_TIMESTAMP, 'localtime')".to_owned())),
            "char_length" => {
                Some(compiler.function_arguments(function).map(|arguments| format!("length({arguments})")))
            }
            "aggregate_strings" => Some(
                compiler.function_arguments(function).map(|arguments| format!("group_concat({arguments})")),
            ),
            _ => None,
        }
    }

    fn own_binary_sql(
        &self,
        left: &Expression,
        operator: &BinaryOperator,
        right: &Expression,
        compiler: &mut StatementCompiler<'_>,
    ) -> Option<Result<String>> {
        let form: fn(&str, &str) -> String = match operator {
            BinaryOperator::IsDistinctFrom => |left, right| format!("{left} IS NOT {right}"),
            BinaryOperator::IsNotDistinctFrom => |left, right| format!("{left} IS {right}"),
            BinaryOperator::Divide => |left, right| format!("{left} / ({right} + 0.0)"),
            // SQLite has no exclusive or
            BinaryOperator::BitwiseXor => |left, right| format!("(({left} | {right}) - ({left} & {right}))"),
            BinaryOperator::RegexpMatch => |left, right| format!("{left} REGEXP {right}"),
            BinaryOperator::NotRegexpMatch => |left, right| format!("{left} NOT REGEXP {right}"),
            _ => return None,
        };
        Some(compiler.operands(left, operator, right).map(|(left, right)| form(&left, &right)))
    }

    fn element_sql(
        &self,
        operand: &Expression,
        index: &ElementIndex,
        form: &ElementForm,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        if matches!(form, ElementForm::Text) {
            return json::text_element(self, operand, index, compiler);
        }
        let subject = compiler.expression(operand)?;
        let path = json::path(self, index, compiler)?;
        let extract = format!("JSON_EXTRACT({subject}, {path})");
        Ok(match form {
            ElementForm::Typed(type_) if type_.affinity() != Affinity::Json => {
                format!("CAST({extract} AS {})", self.type_sql(type_)?)
            }
            _ => format!("JSON_QUOTE({extract})"),
        })
    }

    fn extract_sql(
        &self,
        field: &str,
        operand: &Expression,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        let format = match field {
            "month" => "%m",
            "day" => "%d",
            "year" => "%Y",
            "second" => "%S",
            "hour" => "%H",
            "doy" => "%j",
            "minute" => "%M",
            "epoch" => "%s",
            "dow" => "%w",
            "week" => "%W",
            _ => return Err(Error::Compile(format!("{field} is not a valid extract argument."))),
        };
        Ok(format!("CAST(STRFTIME('{format}', {}) AS INTEGER)", compiler.expression(operand)?))
    }

    fn tuple_in_values(&self) -> bool {
        true
    }

    fn empty_in_sql(&self, _list: &InList, _negated: bool) -> String {
        "SELECT 1 FROM (SELECT 1) WHERE 1!=1".to_owned()
    }

    fn limit_sql(&self, select: &Select, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        let limit = select.limit.clone().unwrap_or_else(|| Expression::literal(-1));
        let offset = select.offset.clone().unwrap_or_else(|| Expression::literal(0));
        Ok(format!("\n LIMIT {} OFFSET {}", compiler.expression(&limit)?, compiler.expression(&offset)?))
    }

    fn for_update_sql(&self, _lock: &ForUpdate, _compiler: &mut StatementCompiler<'_>) -> Result<String> {
        Ok(String::new())
    }

    fn on_conflict_sql(
        &self,
        on_conflict: &OnConflict,
        table: &TableClause,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        let target = if on_conflict.index_elements.is_empty() {
            String::new()
        } else {
            format!("({}) ", compiler.conflict_target(&on_conflict.index_elements)?)
        };
        if on_conflict.set.is_empty() {
            return Ok(format!("ON CONFLICT {target}DO NOTHING"));
        }
        // the reference leaves a blank where a target would stand
        let target = if target.is_empty() { " ".to_owned() } else { target };
        let assignments = compiler.assignments(&on_conflict.set, table, " = ")?;
        let mut sql = format!("ON CONFLICT {target}DO UPDATE SET {assignments}");
        if let Some(condition) = &on_conflict.where_ {
            sql.push_str(" WHERE ");
            sql.push_str(&compiler.expression(condition)?);
        }
        Ok(sql)
    }

    fn column_specification(
        &self,
        column: &Column,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<String> {
        let mut sql = format!("{} {}", self.quote(&column.name), self.column_type_sql(column)?);
        if let Some(default) = self.column_default_string(column, options)? {
            if needs_parentheses(&default) {
                push_args(&mut sql, format_args!(" DEFAULT ({default})"));
            } else {
                push_args(&mut sql, format_args!(" DEFAULT {default}"));
            }
        }
        if !table.is_nullable(column) {
            sql.push_str(" NOT NULL");
            push_on_conflict(&mut sql, text_option(&column.dialect_options, "sqlite_on_conflict_not_null"));
        }
        if table.has_in_primary_key(column) {
            if column.autoincrement == Autoincrement::Yes && table.primary_key_columns().len() != 1 {
                return Err(Error::Compile(
                    "SQLite does not support autoincrement for composite primary keys".to_owned(),
                ));
            }
            if has_inline_primary_key(column, table) {
                sql.push_str(" PRIMARY KEY");
                push_on_conflict(
                    &mut sql,
                    text_option(&column.dialect_options, "sqlite_on_conflict_primary_key"),
                );
                sql.push_str(" AUTOINCREMENT");
            }
        }
        if let Some(computed) = column.computed() {
            sql.push(' ');
            sql.push_str(&self.computed_sql(computed, options)?);
        }
        Ok(sql)
    }

    fn primary_key_sql(
        &self,
        key: &PrimaryKeyConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        let columns =
            if key.columns.is_empty() { table.primary_key_columns() } else { key.columns.iter().collect() };
        let column = single_column(&columns, table);
        if column.is_some_and(|column| has_inline_primary_key(column, table)) {
            return Ok(None);
        }
        let Some(mut sql) = ddl::primary_key_sql(self, key, table, options)? else { return Ok(None) };
        let clause = text_option(&key.dialect_options, "sqlite_on_conflict").or_else(|| {
            column.and_then(|column| text_option(&column.dialect_options, "sqlite_on_conflict_primary_key"))
        });
        push_on_conflict(&mut sql, clause);
        Ok(Some(sql))
    }

    fn foreign_key_sql(
        &self,
        key: &ForeignKeyConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        let schema = |schema: &Option<Identifier>| schema.as_ref().map(|schema| schema.as_str().to_owned());
        if schema(&table.schema) == schema(&key.referred_schema) {
            ddl::foreign_key_sql(self, key, table, options).map(Some)
        } else {
            Ok(None)
        }
    }

    fn referred_table_sql(&self, key: &ForeignKeyConstraint, _options: &CompileOptions) -> Result<String> {
        Ok(self.quote(&key.referred_table))
    }

    fn unique_sql(
        &self,
        unique: &UniqueConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        let Some(mut sql) = ddl::unique_sql(self, unique, table, options)? else { return Ok(None) };
        let columns: Vec<&Identifier> = unique.columns.iter().collect();
        let clause = text_option(&unique.dialect_options, "sqlite_on_conflict").or_else(|| {
            single_column(&columns, table)
                .and_then(|column| text_option(&column.dialect_options, "sqlite_on_conflict_unique"))
        });
        push_on_conflict(&mut sql, clause);
        Ok(Some(sql))
    }

    fn check_sql(
        &self,
        check: &CheckConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        let mut sql = ddl::check_sql(self, check, table, options)?;
        let clause = text_option(&check.dialect_options, "sqlite_on_conflict");
        if clause.is_some() && ddl::is_column_level(check) {
            return Err(Error::Compile(
                "SQLite does not support on conflict clause for column check constraint".to_owned(),
            ));
        }
        push_on_conflict(&mut sql, clause);
        Ok(Some(sql))
    }

    fn post_create_table_sql(&self, table: &Table) -> Result<String> {
        let mut words = Vec::new();
        if !is_set(&table.dialect_options, "sqlite_with_rowid", true) {
            words.push("WITHOUT ROWID");
        }
        if is_set(&table.dialect_options, "sqlite_strict", false) {
            words.push("STRICT");
        }
        Ok(if words.is_empty() { String::new() } else { format!("\n {}", words.join(",\n ")) })
    }

    fn create_index_sql(
        &self,
        index: &Index,
        table: &Table,
        if_not_exists: bool,
        options: &CompileOptions,
    ) -> Result<String> {
        let mut sql = format!(
            "CREATE {}INDEX {}{} ON {} ({})",
            if index.unique { "UNIQUE " } else { "" },
            ddl::if_not_exists_sql(if_not_exists),
            ddl::index_name(self, index, table, true, "CREATE", options)?,
            self.quote(&table.name),
            ddl::index_expressions(self, index, options)?
        );
        let given = &index.dialect_options;
        option_kinds::check(given, &[("sqlite_where", OptionKind::ConditionExpression)])?;
        if let Some(condition) = option_kinds::condition(given, "sqlite_where") {
            sql.push_str(" WHERE ");
            sql.push_str(&ddl::ddl_expression(self, &condition, options)?);
        }
        Ok(sql)
    }
}
