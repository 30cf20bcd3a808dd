//! SQL Server: what it writes in its own way.

mod ddl;
mod schema_name;
mod statement;
mod types;

pub use ddl::alter_comment_sql;

use super::{
    CompileOptions, DdlElement, Dialect, DialectArguments, IdentifierQuotes, ParamStyle, SelectContext,
    StatementCompiler, reserved,
};
use crate::error::Result;
use crate::expression::{
    BinaryOperator, ElementForm, ElementIndex, Expression, Fetch, ForUpdate, FunctionCall, Select,
};
use crate::schema::{Column, Computed, DialectOptions, Identifier, Index, Table};
use crate::types::SqlType;

/// The SQL Server dialect with any of the drivers that SQLAlchemy knows for it.
#[derive(Clone, Debug)]
pub struct MssqlDialect {
    driver: &'static str,
    arguments: DialectArguments,
}

impl MssqlDialect {
    /// Makes the dialect for a driver; `None` when SQLAlchemy knows no such driver.
    pub fn new(driver: Option<&str>, arguments: DialectArguments) -> Option<Self> {
        let driver = match driver {
            None | Some("pyodbc") => "pyodbc",
            Some("aioodbc") => "aioodbc",
            Some("mssqlpython") => "mssqlpython",
            Some("pymssql") => "pymssql",
            Some(_) => return None,
        };
        Some(Self { driver, arguments })
    }
}

impl Dialect for MssqlDialect {
    fn notices_null_operands(&self, operator: &BinaryOperator) -> bool {
        !operator.is_like()
    }

    fn puts_parameters_right(&self) -> bool {
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

    fn hinted_table_sql(&self, table: String, hint: &str) -> Result<String> {
        Ok(format!("{table} {hint}"))
    }

    fn recursive_cte_words(&self) -> &'static str {
        "WITH"
    }

    fn as_dialect(&self) -> &dyn Dialect {
        self
    }

    fn name(&self) -> &'static str {
        "mssql"
    }

    fn driver(&self) -> &str {
        self.driver
    }

    fn paramstyle(&self) -> ParamStyle {
        self.arguments.paramstyle.unwrap_or(ParamStyle::Named)
    }

    fn max_identifier_length(&self) -> usize {
        self.arguments.max_identifier_length.unwrap_or(128)
    }

    fn transactional_ddl(&self) -> bool {
        true
    }

    fn reserved_words(&self) -> &'static [&'static str] {
        reserved::mssql::RESERVED_WORDS
    }

    fn supports_json(&self) -> bool {
        true
    }

    fn identifier_quotes(&self) -> IdentifierQuotes {
        IdentifierQuotes { initial: '[', last: ']', escaped: ']' }
    }

    fn doubles_percents_in_names(&self) -> bool {
        false
    }

    fn supports_comments(&self) -> bool {
        true
    }

    fn supports_native_decimal(&self) -> bool {
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

    fn checks_booleans(&self) -> bool {
        false
    }

    fn supports_native_uuid(&self) -> bool {
        true
    }

    fn uuid_text_literal(&self, text: &str, is_native: bool) -> String {
        let text = if is_native { text.to_owned() } else { text.replace('-', "") };
        format!("'{}'", text.replace('\'', "''"))
    }

    fn quote_schema(&self, schema: &Identifier) -> String {
        schema_name::quote(self, schema)
    }

    fn own_type_sql(&self, type_: &SqlType) -> Option<Result<String>> {
        types::type_sql(type_, self.arguments.deprecate_large_types).map(Ok)
    }

    fn string_literal(&self, text: &str, type_: &SqlType) -> String {
        let literal = super::literal::text_literal(self, text);
        if types::is_national(type_) { format!("N{literal}") } else { literal }
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

    fn match_sql(
        &self,
        left: &Expression,
        right: &Expression,
        _modifier: Option<&str>,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        let (left, right) = compiler.operands(left, &BinaryOperator::Match, right)?;
        Ok(format!("CONTAINS ({left}, {right})"))
    }

    fn collation_sql(&self, collation: &Identifier) -> String {
        collation.as_str().to_owned()
    }

    fn concat_sign(&self) -> &'static str {
        "+"
    }

    fn extract_sql(
        &self,
        field: &str,
        operand: &Expression,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        statement::extract_sql(field, operand, compiler)
    }

    fn next_value_sql(
        &self,
        schema: Option<&Identifier>,
        name: &Identifier,
        options: &CompileOptions,
    ) -> Result<String> {
        Ok(format!("NEXT VALUE FOR {}", self.format_table(schema, name, options)?))
    }

    fn own_select_sql(
        &self,
        query: &Select,
        context: SelectContext,
        compiler: &mut StatementCompiler<'_>,
    ) -> Option<Result<String>> {
        statement::numbered_select(query, context, compiler)
    }

    fn select_prefix_sql(&self, query: &Select, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        statement::top_sql(query, compiler)
    }

    fn fetch_sql(
        &self,
        _query: &Select,
        _fetch: &Fetch,
        _compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        Ok(String::new())
    }

    fn frame_distance_sql(&self, rows: &Expression, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        compiler.inline_value(rows)
    }

    fn limit_sql(&self, _query: &Select, _compiler: &mut StatementCompiler<'_>) -> Result<String> {
        Ok(String::new())
    }

    fn keeps_order(&self, query: &Select, context: SelectContext) -> bool {
        context == SelectContext::TopLevel || statement::has_top(query)
    }

    fn for_update_sql(&self, _lock: &ForUpdate, _compiler: &mut StatementCompiler<'_>) -> Result<String> {
        Ok(String::new())
    }

    fn try_cast_word(&self) -> Option<&'static str> {
        Some("TRY_CAST")
    }

    fn orders_aggregates_within_group(&self) -> bool {
        true
    }

    fn output_row(&self, deletes: bool) -> Option<&'static str> {
        Some(if deletes { "deleted" } else { "inserted" })
    }

    fn delete_from_others_keyword(&self) -> Option<&'static str> {
        Some("FROM")
    }

    fn repeats_table_in_from(&self) -> bool {
        true
    }

    fn column_specification(
        &self,
        column: &Column,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<String> {
        ddl::column_specification(self, column, table, options)
    }

    fn computed_sql(&self, computed: &Computed, options: &CompileOptions) -> Result<String> {
        let expression = super::ddl::ddl_expression(self, &computed.expression, options)?;
        let persisted = if computed.persisted == Some(true) { " PERSISTED" } else { "" };
        Ok(format!("AS ({expression}){persisted}"))
    }

    fn counting_column_comes_first(&self) -> bool {
        false
    }

    fn key_words(&self, options: &DialectOptions) -> &'static str {
        ddl::clustered_words(options)
    }

    fn sequences_have_types(&self) -> bool {
        true
    }

    fn own_comment_sql(&self, element: &DdlElement, options: &CompileOptions) -> Option<Result<String>> {
        ddl::comment_sql(self, element, options)
    }

    fn create_index_sql(
        &self,
        index: &Index,
        table: &Table,
        _if_not_exists: bool,
        options: &CompileOptions,
    ) -> Result<String> {
        ddl::create_index_sql(self, index, table, options)
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

    fn or_replace_view(&self) -> &'static str {
        "OR ALTER "
    }

    fn create_table_as_sql(&self, _prefix: &str, name: &str, query: &str) -> String {
        match query.split_once("\nFROM ") {
            Some((columns, rest)) => {
                format!("{columns} INTO {name} \nFROM {rest}").replace("  INTO", " INTO")
            }
            None => format!("{} INTO {name}", query.trim_end()),
        }
    }

    fn type_compiler_name(&self) -> &'static str {
        "<sqlalchemy.dialects.mssql.base.MSTypeCompiler object>"
    }
}
