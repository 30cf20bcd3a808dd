//! MySQL and MariaDB: what they write in their own way.

mod ddl;
mod statement;
mod types;

use std::sync::Arc;

use super::statement::lock_targets;
use super::{
    CompileOptions, DdlElement, Dialect, DialectArguments, IdentifierQuotes, ParamStyle, ServerFacts,
    StatementCompiler, push_args, reserved,
};
use crate::engine::Value;
use crate::error::{Error, Result};
use crate::expression::{
    BinaryOperator, ElementForm, ElementIndex, Expression, ForUpdate, FunctionCall, OnConflict, RowLimit,
    Select, TableClause,
};
use crate::schema::{
    Column, DialectOptions, ForeignKeyConstraint, Identifier, Index, OptionValue, PrimaryKeyConstraint, Table,
};
use crate::types::SqlType;
use crate::warnings::SA_DEPRECATION_WARNINGS;

/// What a server calls itself that is not MySQL.
const MARIADB: &str = "MariaDB";

/// The MySQL dialect, and MariaDB's, with any of the drivers that SQLAlchemy knows for them.
#[derive(Clone, Debug)]
pub struct MysqlDialect {
    mariadb: bool,
    driver: &'static str,
    arguments: DialectArguments,
    server: Option<Arc<ServerFacts>>,
}

impl MysqlDialect {
    /// Makes the dialect for a driver; `None` when SQLAlchemy knows no such driver.
    pub fn new(mariadb: bool, driver: Option<&str>, arguments: DialectArguments) -> Option<Self> {
        let driver = match driver {
            None | Some("mysqldb") => "mysqldb",
            Some("aiomysql") => "aiomysql",
            Some("asyncmy") => "asyncmy",
            Some("cymysql") => "cymysql",
            Some("mysqlconnector") => "mysqlconnector",
            Some("pymysql") => "pymysql",
            Some("mariadbconnector") => "mariadbconnector",
            Some("pyodbc") => "pyodbc",
            Some(_) => return None,
        };
        Some(Self { mariadb, driver, arguments, server: None })
    }

    /// Tells whether the server is MariaDB of a version or a later one; before a server is reached, `otherwise`.
    fn is_mariadb_since(&self, version: [u32; 3], otherwise: bool) -> bool {
        self.server
            .as_ref()
            .map_or(otherwise, |server| self.is_mariadb() && server.version.as_slice() >= version.as_slice())
    }

    /// Tells whether the server is MySQL of a version or a later one; before a server is reached, `otherwise`.
    fn is_mysql_since(&self, version: [u32; 3], otherwise: bool) -> bool {
        self.server
            .as_ref()
            .map_or(otherwise, |server| !self.is_mariadb() && server.version.as_slice() >= version.as_slice())
    }

    /// Tells whether a word is among the modes of the server's SQL.
    fn has_sql_mode(&self, word: &str) -> bool {
        let modes = self.server.as_ref().and_then(|server| server.settings.get("sql_mode"));
        modes.is_some_and(|modes| modes.split(',').any(|mode| mode == word))
    }

    /// Tells whether numbers can be cast to floating-point ones.
    fn supports_float_cast(&self) -> bool {
        self.is_mysql_since([8, 0, 17], false) || self.is_mariadb_since([10, 4, 5], false)
    }

    /// Tells whether a default may be an expression in parentheses.
    fn supports_default_expressions(&self) -> bool {
        self.is_mysql_since([8, 0, 13], true) || self.is_mariadb_since([10, 2, 1], true)
    }

    /// Tells whether a row to be inserted has a name of its own in ON DUPLICATE KEY UPDATE.
    fn names_inserted_row(&self) -> bool {
        self.is_mysql_since([8, 0, 20], false)
    }

    /// Gives an option by its name without the dialect's: `mysql_engine` on MySQL, `mariadb_engine` on MariaDB.
    fn option<'o>(&self, options: &'o DialectOptions, name: &str) -> Option<&'o OptionValue> {
        options.get(&format!("{}_{name}", self.name())).filter(|value| !is_none(value))
    }

    /// Gives an option that MariaDB takes over from MySQL, with a warning that it will not for ever.
    fn shared_option<'o>(&self, options: &'o DialectOptions, name: &str) -> Option<&'o OptionValue> {
        let own = self.option(options, name);
        own.or_else(|| {
            let shared = options.get(&format!("mysql_{name}")).filter(|value| self.mariadb && !is_none(value));
            if shared.is_some() {
                log::warn!(
                    target: SA_DEPRECATION_WARNINGS,
                    "Using 'mysql_{name}' with the 'mariadb' dialect is deprecated; please additionally specify \
                     'mariadb_{name}'."
                );
            }
            shared
        })
    }
}

fn is_none(value: &OptionValue) -> bool {
    matches!(value, OptionValue::Value(Value::Null))
}

fn text_of(value: &OptionValue) -> Option<&str> {
    match value {
        OptionValue::Value(Value::Text(text)) => Some(text),
        _ => None,
    }
}

impl Dialect for MysqlDialect {
    fn notices_null_operands(&self, operator: &BinaryOperator) -> bool {
        // these become calls of functions here, or another operator
        !matches!(
            operator,
            BinaryOperator::Concat
                | BinaryOperator::Like
                | BinaryOperator::NotLike
                | BinaryOperator::ILike
                | BinaryOperator::NotILike
                | BinaryOperator::LikePart { .. }
                | BinaryOperator::IsDistinctFrom
                | BinaryOperator::IsNotDistinctFrom
        )
    }

    fn cte_follows_insert(&self) -> bool {
        true
    }

    fn hinted_table_sql(&self, table: String, hint: &str) -> Result<String> {
        Ok(format!("{table} {hint}"))
    }

    fn for_update_sql(&self, lock: &ForUpdate, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        let is_since = |version: [u32; 3]| {
            !self.is_mariadb() && self.server_version().is_some_and(|server| server >= version.as_slice())
        };
        let words = match lock.read {
            true if is_since([8, 0, 1]) => " FOR SHARE",
            true => " LOCK IN SHARE MODE",
            false => " FOR UPDATE",
        };
        let of = if is_since([8, 0, 0]) { lock_targets(compiler, lock) } else { String::new() };
        Ok(format!("{words}{of}{}", lock.wait_words()))
    }

    fn as_dialect(&self) -> &dyn Dialect {
        self
    }

    fn name(&self) -> &'static str {
        if self.mariadb { "mariadb" } else { "mysql" }
    }

    fn driver(&self) -> &str {
        self.driver
    }

    fn for_server(&self, server: &ServerFacts) -> Result<Option<Arc<dyn Dialect>>> {
        if self.mariadb && server.product != MARIADB {
            let version: Vec<String> = server.version.iter().map(ToString::to_string).collect();
            return Err(Error::InvalidRequest(format!(
                "MySQL version {} is not a MariaDB variant.",
                version.join(".")
            )));
        }
        Ok(Some(Arc::new(Self { server: Some(Arc::new(server.clone())), ..self.clone() })))
    }

    fn server_version(&self) -> Option<&[u32]> {
        self.server.as_ref().map(|server| server.version.as_slice())
    }

    fn is_mariadb(&self) -> bool {
        self.server.as_ref().map_or(self.mariadb, |server| server.product == MARIADB)
    }

    fn default_schema_name(&self) -> Option<&str> {
        self.server.as_ref()?.default_schema_name.as_deref()
    }

    fn supports_sequences(&self) -> bool {
        self.is_mariadb_since([10, 3, 0], false)
    }

    fn paramstyle(&self) -> ParamStyle {
        self.arguments.paramstyle.unwrap_or(match self.driver {
            "mariadbconnector" => ParamStyle::QuestionMark,
            "pyodbc" => ParamStyle::Named,
            _ => ParamStyle::Format,
        })
    }

    fn doubles_percents(&self) -> bool {
        // MySQL Connector takes `%s` for a parameter and yet leaves other percent signs alone
        self.driver != "mysqlconnector"
            && matches!(self.paramstyle(), ParamStyle::Format | ParamStyle::PyFormat)
    }

    fn max_identifier_length(&self) -> usize {
        self.arguments.max_identifier_length.unwrap_or(255)
    }

    fn supports_json(&self) -> bool {
        true
    }

    fn reserved_words(&self) -> &'static [&'static str] {
        if self.is_mariadb() {
            reserved::mysql::MARIADB_RESERVED_WORDS
        } else {
            reserved::mysql::MYSQL_RESERVED_WORDS
        }
    }

    fn identifier_quotes(&self) -> IdentifierQuotes {
        let quote = if self.has_sql_mode("ANSI_QUOTES") { '"' } else { '`' };
        IdentifierQuotes { initial: quote, last: quote, escaped: quote }
    }

    fn supports_native_uuid(&self) -> bool {
        self.is_mariadb_since([10, 7, 0], self.mariadb)
    }

    fn insert_returning(&self) -> bool {
        self.is_mariadb_since([10, 5, 0], self.mariadb)
    }

    fn delete_returning(&self) -> bool {
        self.is_mariadb_since([10, 0, 5], self.mariadb)
    }

    fn max_index_name_length(&self) -> usize {
        64
    }

    fn max_constraint_name_length(&self) -> usize {
        64
    }

    fn has_types_of(&self, module: &str) -> bool {
        module == "mysql"
    }

    fn supports_comments(&self) -> bool {
        true
    }

    fn inline_comments(&self) -> bool {
        true
    }

    fn supports_native_enum(&self) -> bool {
        true
    }

    fn supports_native_decimal(&self) -> bool {
        true
    }

    fn supports_multivalues_insert(&self) -> bool {
        true
    }

    fn type_compiler_name(&self) -> &'static str {
        "<sqlalchemy.dialects.mysql.base.MySQLTypeCompiler object>"
    }

    fn own_type_sql(&self, type_: &SqlType) -> Option<Result<String>> {
        types::own_type_sql(self, type_)
    }

    fn cast_type_sql(&self, type_: &SqlType) -> Result<Option<String>> {
        types::cast_type_sql(self, type_)
    }

    fn doubles_backslashes(&self) -> bool {
        !self.has_sql_mode("NO_BACKSLASH_ESCAPES")
    }

    fn driver_value(&self, value: Value, type_: &SqlType) -> Result<Value> {
        types::driver_value(self, value, type_)
    }

    fn native_uuid_literal(&self, uuid: uuid::Uuid) -> String {
        format!("'{}'", uuid.simple())
    }

    fn true_sql(&self) -> &'static str {
        "true"
    }

    fn false_sql(&self) -> &'static str {
        "false"
    }

    fn own_function_sql(
        &self,
        function: &FunctionCall,
        compiler: &mut StatementCompiler<'_>,
    ) -> Option<Result<String>> {
        statement::function_sql(function, compiler)
    }

    fn own_binary_sql(
        &self,
        left: &Expression,
        operator: &BinaryOperator,
        right: &Expression,
        compiler: &mut StatementCompiler<'_>,
    ) -> Option<Result<String>> {
        statement::binary_sql(left, operator, right, compiler)
    }

    fn extract_sql(
        &self,
        field: &str,
        operand: &Expression,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        let field = if field == "milliseconds" { "millisecond" } else { field };
        Ok(format!("EXTRACT({field} FROM {})", compiler.expression(operand)?))
    }

    fn next_value_sql(
        &self,
        schema: Option<&Identifier>,
        name: &Identifier,
        options: &CompileOptions,
    ) -> Result<String> {
        Ok(format!("nextval({})", self.format_table(schema, name, options)?))
    }

    fn match_sql(
        &self,
        left: &Expression,
        right: &Expression,
        modifier: Option<&str>,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        statement::match_sql(left, right, modifier, compiler)
    }

    fn regexp_with_flags_sql(
        &self,
        left: &Expression,
        pattern: &Expression,
        flags: &str,
        negated: bool,
        compiler: &mut StatementCompiler<'_>,
    ) -> Option<Result<String>> {
        Some(statement::regexp_with_flags_sql(self, left, pattern, flags, negated, compiler))
    }

    fn regexp_replace_sql(
        &self,
        left: &Expression,
        pattern: &Expression,
        replacement: &Expression,
        flags: Option<&str>,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        statement::regexp_replace_sql(self, left, pattern, replacement, flags, compiler)
    }

    fn element_sql(
        &self,
        operand: &Expression,
        index: &ElementIndex,
        form: &ElementForm,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        statement::element_sql(self, operand, index, form, compiler)
    }

    fn cast_sql(&self, operand: &str, type_: &str) -> String {
        format!("CAST({operand} AS {type_})")
    }

    fn no_table_before_where_sql(&self) -> &'static str {
        " FROM DUAL"
    }

    fn limit_sql(&self, select: &Select, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        statement::limit_sql(select, compiler)
    }

    fn row_limit_sql(&self, limit: &RowLimit, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        let mut sql = String::new();
        if let Some(rows) = limit.for_dialects.get(self.name()) {
            push_args(&mut sql, format_args!(" LIMIT {rows}"));
        }
        if let Some(rows) = &limit.limit {
            push_args(&mut sql, format_args!(" LIMIT {}", compiler.expression(rows)?));
        }
        Ok(sql)
    }

    fn inner_join_sql(&self) -> &'static str {
        "INNER JOIN"
    }

    fn updates_tables_together(&self) -> bool {
        true
    }

    fn delete_from_others_keyword(&self) -> Option<&'static str> {
        Some("USING")
    }

    fn repeats_table_in_from(&self) -> bool {
        true
    }

    fn like_pattern_sql(&self, before: bool, operand: &str, after: bool) -> String {
        let percent = if self.doubles_percents() { "'%%'" } else { "'%'" };
        let parts = [before.then_some(percent), Some(operand), after.then_some(percent)];
        format!("concat({})", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }

    fn on_conflict_sql(
        &self,
        on_conflict: &OnConflict,
        table: &TableClause,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        statement::on_duplicate_key_sql(self, on_conflict, table, compiler)
    }

    fn compile_ddl(&self, element: &DdlElement, options: &CompileOptions) -> Result<String> {
        match ddl::compile(self, element, options)? {
            Some(sql) => Ok(sql),
            None => super::ddl::compile(self, element, options),
        }
    }

    fn column_specification(
        &self,
        column: &Column,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<String> {
        ddl::column_specification(self, column, table, options)
    }

    fn primary_key_sql(
        &self,
        key: &PrimaryKeyConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        let sql = super::ddl::primary_key_sql(self, key, table, options)?;
        Ok(sql.map(|sql| sql + &ddl::using_sql(self, &key.dialect_options)))
    }

    fn foreign_key_sql(
        &self,
        key: &ForeignKeyConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        ddl::foreign_key_sql(self, key, table, options).map(Some)
    }

    fn post_create_table_sql(&self, table: &Table) -> Result<String> {
        ddl::table_options_sql(self, table)
    }

    fn create_index_sql(
        &self,
        index: &Index,
        table: &Table,
        if_not_exists: bool,
        options: &CompileOptions,
    ) -> Result<String> {
        ddl::create_index_sql(self, index, table, if_not_exists, options)
    }

    fn drop_index_sql(
        &self,
        index: &Index,
        table: &Table,
        if_exists: bool,
        options: &CompileOptions,
    ) -> Result<String> {
        ddl::drop_index_sql(self, index, table, if_exists, options)
    }
}

#[cfg(test)]
mod tests;
