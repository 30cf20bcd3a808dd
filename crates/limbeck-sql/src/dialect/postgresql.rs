//! PostgreSQL: what it writes in its own way.

mod binds;
mod ddl;
mod statement;
pub(crate) mod types;

use super::{
    CompileOptions, Dialect, DialectArguments, NamedType, ParamStyle, StatementCompiler, ddl as general,
    reserved,
};
use crate::error::{Error, Result};
use crate::expression::{
    BinaryOperator, ElementForm, ElementIndex, Expression, Fetch, ForUpdate, FunctionCall, OnConflict,
    Select, TableClause,
};
use crate::schema::{
    CheckConstraint, Column, DialectOptions, ExcludeConstraint, ForeignKeyConstraint, Identifier, Index,
    PrimaryKeyConstraint, Table, UniqueConstraint,
};
use crate::types::SqlType;

/// The PostgreSQL dialect with any of the drivers that SQLAlchemy knows for it.
#[derive(Clone, Debug)]
pub struct PostgresqlDialect {
    driver: &'static str,
    arguments: DialectArguments,
}

impl PostgresqlDialect {
    /// Makes the dialect for a driver; `None` when SQLAlchemy knows no such driver.
    pub fn new(driver: Option<&str>, arguments: DialectArguments) -> Option<Self> {
        let driver = match driver {
            None | Some("psycopg") => "psycopg",
            Some("psycopg_async") => "psycopg_async",
            Some("psycopg2") => "psycopg2",
            Some("psycopg2cffi") => "psycopg2cffi",
            Some("asyncpg") => "asyncpg",
            Some("pg8000") => "pg8000",
            Some(_) => return None,
        };
        Some(Self { driver, arguments })
    }
}

impl Dialect for PostgresqlDialect {
    fn hinted_table_sql(&self, table: String, hint: &str) -> Result<String> {
        if hint.eq_ignore_ascii_case("only") {
            return Ok(format!("ONLY {table}"));
        }
        Err(Error::Compile(format!("Unrecognized hint: '{hint}'")))
    }

    fn distinct_sql(&self, on: &[Expression], compiler: &mut StatementCompiler<'_>) -> Result<String> {
        statement::distinct(on, compiler)
    }

    fn for_update_sql(&self, lock: &ForUpdate, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        Ok(statement::for_update(lock, compiler))
    }

    fn as_dialect(&self) -> &dyn Dialect {
        self
    }

    fn name(&self) -> &'static str {
        "postgresql"
    }

    fn driver(&self) -> &str {
        self.driver
    }

    fn paramstyle(&self) -> ParamStyle {
        self.arguments.paramstyle.unwrap_or(match self.driver {
            "asyncpg" => ParamStyle::NumericDollar,
            "pg8000" => ParamStyle::Format,
            _ => ParamStyle::PyFormat,
        })
    }

    fn max_identifier_length(&self) -> usize {
        self.arguments.max_identifier_length.unwrap_or(63)
    }

    fn transactional_ddl(&self) -> bool {
        true
    }

    fn reserved_words(&self) -> &'static [&'static str] {
        reserved::postgresql::RESERVED_WORDS
    }

    fn supports_json(&self) -> bool {
        true
    }

    fn supports_comments(&self) -> bool {
        true
    }

    fn supports_constraint_comments(&self) -> bool {
        true
    }

    fn supports_native_boolean(&self) -> bool {
        true
    }

    fn supports_native_enum(&self) -> bool {
        true
    }

    fn supports_native_uuid(&self) -> bool {
        true
    }

    fn supports_identity_columns(&self) -> bool {
        true
    }

    fn supports_sequences(&self) -> bool {
        true
    }

    fn sequences_optional(&self) -> bool {
        true
    }

    fn supports_default_values(&self) -> bool {
        true
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

    fn postfetch_lastrowid(&self) -> bool {
        false
    }

    fn type_compiler_name(&self) -> &'static str {
        "<sqlalchemy.dialects.postgresql.base.PGTypeCompiler object>"
    }

    fn doubles_percents(&self) -> bool {
        // pg8000 takes percent signs as they are in spite of its placeholders
        self.driver != "pg8000" && matches!(self.paramstyle(), ParamStyle::Format | ParamStyle::PyFormat)
    }

    fn supports_native_decimal(&self) -> bool {
        true
    }

    // Types and values.

    fn own_type_sql(&self, type_: &SqlType) -> Option<Result<String>> {
        types::own_type_sql(self, type_)
    }

    fn named_types(&self, table: &Table) -> Result<Vec<NamedType>> {
        types::named_types(table)
    }

    fn create_type_sql(&self, type_: &SqlType, options: &CompileOptions) -> Result<String> {
        types::create_type_sql(self, type_, options)
    }

    fn drop_type_sql(&self, type_: &SqlType) -> Result<String> {
        types::drop_type_sql(self, type_)
    }

    fn array_literal(&self, items: &[String]) -> String {
        format!("ARRAY[{}]", items.join(", "))
    }

    fn interval_literal(&self, interval: jiff::SignedDuration) -> Option<String> {
        Some(statement::interval_literal(interval))
    }

    fn bind_cast_sql(&self, type_: &SqlType) -> Result<Option<String>> {
        binds::bind_cast_sql(self, type_)
    }

    // Statements.

    fn own_function_sql(
        &self,
        function: &FunctionCall,
        compiler: &mut StatementCompiler<'_>,
    ) -> Option<Result<String>> {
        statement::own_function_sql(function, compiler)
    }

    fn own_binary_sql(
        &self,
        left: &Expression,
        operator: &BinaryOperator,
        right: &Expression,
        compiler: &mut StatementCompiler<'_>,
    ) -> Option<Result<String>> {
        statement::own_binary_sql(left, operator, right, compiler)
    }

    fn has_ilike(&self) -> bool {
        true
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

    fn next_value_sql(
        &self,
        schema: Option<&Identifier>,
        name: &Identifier,
        options: &CompileOptions,
    ) -> Result<String> {
        Ok(format!("nextval('{}')", self.format_table(schema, name, options)?))
    }

    fn match_sql(
        &self,
        left: &Expression,
        right: &Expression,
        _modifier: Option<&str>,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        let (left, right) = compiler.operands(left, &BinaryOperator::Match, right)?;
        Ok(format!("{left} @@ plainto_tsquery({right})"))
    }

    fn regexp_with_flags_sql(
        &self,
        left: &Expression,
        pattern: &Expression,
        flags: &str,
        negated: bool,
        compiler: &mut StatementCompiler<'_>,
    ) -> Option<Result<String>> {
        Some(statement::regexp_with_flags_sql(left, pattern, flags, negated, compiler))
    }

    fn regexp_replace_sql(
        &self,
        left: &Expression,
        pattern: &Expression,
        replacement: &Expression,
        flags: Option<&str>,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        compiler.regexp_replace_function(left, pattern, replacement, flags)
    }

    fn fetch_sql(
        &self,
        query: &Select,
        fetch: &Fetch,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        // older servers take no expression there without parentheses
        crate::dialect::statement::fetch_sql(query, fetch, compiler, &mut |compiler, value| {
            Ok(format!("({})", compiler.expression(value)?))
        })
    }

    fn limit_sql(&self, select: &Select, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        statement::limit_sql(select, compiler)
    }

    fn delete_from_others_keyword(&self) -> Option<&'static str> {
        Some("USING")
    }

    fn key_words(&self, options: &DialectOptions) -> &'static str {
        ddl::unique_nulls_words(options)
    }

    fn on_conflict_sql(
        &self,
        on_conflict: &OnConflict,
        table: &TableClause,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        statement::on_conflict_sql(self, on_conflict, table, compiler)
    }

    // DDL.

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
        let bare = PrimaryKeyConstraint { deferrable: None, initially: None, ..key.clone() };
        let Some(mut sql) = general::primary_key_sql(self, &bare, table, options)? else { return Ok(None) };
        sql.push_str(&ddl::include_sql(self, &key.dialect_options, table)?);
        sql.push_str(&general::deferrability(key.deferrable, key.initially.as_deref())?);
        Ok(Some(sql))
    }

    fn on_delete_phrase<'p>(&self, phrase: &'p str) -> Result<&'p str> {
        ddl::on_delete_phrase(phrase)
    }

    fn foreign_key_sql(
        &self,
        key: &ForeignKeyConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        let mut sql = general::foreign_key_sql(self, key, table, options)?;
        sql.push_str(ddl::not_valid_sql(&key.dialect_options));
        Ok(Some(sql))
    }

    fn unique_sql(
        &self,
        unique: &UniqueConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        let Some(mut sql) = general::unique_columns_sql(self, unique, table, options)? else {
            return Ok(None);
        };
        sql.push_str(&ddl::include_sql(self, &unique.dialect_options, table)?);
        sql.push_str(&general::deferrability(unique.deferrable, unique.initially.as_deref())?);
        Ok(Some(sql))
    }

    fn check_sql(
        &self,
        check: &CheckConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        ddl::check_sql(self, check, table, options).map(Some)
    }

    fn exclude_sql(
        &self,
        exclude: &ExcludeConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        let preamble = general::exclude_preamble(self, exclude, table, options)?;
        let deferrability = general::deferrability(exclude.deferrable, exclude.initially.as_deref())?;
        ddl::exclude_sql(self, exclude, &preamble, &deferrability, options).map(Some)
    }

    fn post_create_table_sql(&self, table: &Table) -> Result<String> {
        ddl::post_create_table_sql(self, table)
    }

    fn sequences_have_types(&self) -> bool {
        true
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
