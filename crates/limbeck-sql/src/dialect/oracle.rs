//! Oracle: what it writes in its own way.

mod ddl;
mod literal;
mod statement;
mod types;

use super::{
    CompileOptions, DdlElement, Dialect, DialectArguments, ParamStyle, SelectContext, StatementCompiler,
    reserved,
};
use crate::error::{Error, Result};
use crate::expression::{
    BinaryOperator, ElementForm, ElementIndex, Expression, Fetch, ForUpdate, FunctionCall, Select,
};
use crate::schema::{Computed, Constraint, ForeignKeyConstraint, Identifier, Identity, Index, Table};
use crate::types::SqlType;

/// The Oracle dialect with any of the drivers that SQLAlchemy knows for it.
#[derive(Clone, Debug)]
pub struct OracleDialect {
    driver: &'static str,
    arguments: DialectArguments,
}

impl OracleDialect {
    /// Makes the dialect for a driver; `None` when SQLAlchemy knows no such driver.
    pub fn new(driver: Option<&str>, arguments: DialectArguments) -> Option<Self> {
        let driver = match driver {
            None | Some("oracledb") => "oracledb",
            Some("oracledb_async") => "oracledb_async",
            Some("cx_oracle") => "cx_oracle",
            Some(_) => return None,
        };
        Some(Self { driver, arguments })
    }
}

impl Dialect for OracleDialect {
    fn element_sql(
        &self,
        operand: &Expression,
        index: &ElementIndex,
        form: &ElementForm,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        statement::element_sql(self, operand, index, form, compiler)
    }

    fn select_hints_sql(&self, hints: &[String]) -> String {
        format!("/*+ {} */ ", hints.join(" "))
    }

    fn recursive_cte_words(&self) -> &'static str {
        "WITH"
    }

    fn function_table_sql(&self, function: &str) -> String {
        format!("TABLE ({function})")
    }

    fn row_value_sql(&self, alias: &str) -> String {
        format!("{alias}.COLUMN_VALUE")
    }

    fn for_update_sql(&self, lock: &ForUpdate, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        statement::for_update(lock, compiler)
    }

    fn locks_rows_of(&self, context: SelectContext) -> bool {
        context == SelectContext::TopLevel
    }

    fn orders_by_labels(&self) -> bool {
        false
    }

    fn orders_aggregates_within_group(&self) -> bool {
        true
    }

    fn as_dialect(&self) -> &dyn Dialect {
        self
    }

    fn name(&self) -> &'static str {
        "oracle"
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

    fn reserved_words(&self) -> &'static [&'static str] {
        reserved::oracle::RESERVED_WORDS
    }

    fn supports_comments(&self) -> bool {
        true
    }

    fn supports_native_boolean(&self) -> bool {
        true
    }

    fn supports_identity_columns(&self) -> bool {
        true
    }

    fn supports_sequences(&self) -> bool {
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

    fn supports_json(&self) -> bool {
        true
    }

    fn requires_quotes(&self, name: &str) -> bool {
        // an Oracle name begins with a letter
        super::identifier::requires_quotes(self, name) || name.starts_with('_')
    }

    fn own_placeholder_name(&self, name: &str) -> Option<String> {
        // unlike names of tables, parameters may have capitals
        self.requires_quotes(&name.to_lowercase()).then(|| format!("\"{name}\""))
    }

    fn own_type_sql(&self, type_: &SqlType) -> Option<Result<String>> {
        types::type_sql(type_)
    }

    fn cast_type_sql(&self, type_: &SqlType) -> Result<Option<String>> {
        types::cast_type_sql(self, type_).map(Some)
    }

    fn true_sql(&self) -> &'static str {
        "1"
    }

    fn false_sql(&self) -> &'static str {
        "0"
    }

    fn date_literal(&self, date: jiff::civil::Date) -> String {
        literal::date(date)
    }

    fn datetime_literal(&self, moment: jiff::civil::DateTime, offset: Option<jiff::tz::Offset>) -> String {
        literal::datetime(moment, offset)
    }

    fn date_as_datetime_literal(&self, date: jiff::civil::Date) -> String {
        literal::date_as_datetime(date)
    }

    fn interval_literal(&self, interval: jiff::SignedDuration) -> Option<String> {
        Some(literal::interval(interval))
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
        // a value is a placeholder under `literal_binds` too, as in the reference
        let operands =
            compiler.with_placeholders(|compiler| compiler.operands(left, &BinaryOperator::Match, right));
        let (left, right) = operands?;
        Ok(format!("CONTAINS ({left}, {right})"))
    }

    fn regexp_with_flags_sql(
        &self,
        left: &Expression,
        pattern: &Expression,
        flags: &str,
        negated: bool,
        compiler: &mut StatementCompiler<'_>,
    ) -> Option<Result<String>> {
        Some(compiler.operands(left, &BinaryOperator::RegexpMatch, pattern).map(|(left, pattern)| {
            let not = if negated { "NOT " } else { "" };
            format!("{not}REGEXP_LIKE({left}, {pattern}, {})", super::literal::text_literal(self, flags))
        }))
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

    fn bitwise_not_sql(&self, _operand: &str) -> Result<String> {
        Err(Error::Compile("Cannot compile bitwise_not in oracle".to_owned()))
    }

    fn next_value_sql(
        &self,
        schema: Option<&Identifier>,
        name: &Identifier,
        options: &CompileOptions,
    ) -> Result<String> {
        Ok(format!("{}.nextval", self.format_table(schema, name, options)?))
    }

    fn fetch_sql(
        &self,
        query: &Select,
        fetch: &Fetch,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        statement::fetch_sql(query, fetch, compiler)
    }

    fn limit_sql(&self, query: &Select, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        statement::limit_sql(query, compiler)
    }

    fn no_table_sql(&self) -> &'static str {
        " FROM DUAL"
    }

    fn alias_sign(&self) -> &'static str {
        " "
    }

    fn compound_keyword<'k>(&self, keyword: &'k str) -> &'k str {
        if keyword == "EXCEPT" { "MINUS" } else { keyword }
    }

    fn cte_follows_insert(&self) -> bool {
        true
    }

    fn returning_sql(&self, columns: &[Expression], compiler: &mut StatementCompiler<'_>) -> Result<String> {
        statement::returning_sql(columns, compiler)
    }

    fn supports_update_from(&self) -> bool {
        false
    }

    fn computed_sql(&self, computed: &Computed, options: &CompileOptions) -> Result<String> {
        if computed.persisted == Some(true) {
            return Err(Error::Compile(
                "Oracle Database computed columns do not support 'stored' persistence; set the 'persisted' flag to \
                 None or False for Oracle Database support."
                    .to_owned(),
            ));
        }
        super::ddl::computed_sql(self, computed, options)
    }

    fn identity_sql(&self, identity: &Identity) -> String {
        ddl::identity_sql(identity)
    }

    fn identity_options_sql(&self, identity: &Identity) -> String {
        ddl::identity_options_sql(identity)
    }

    fn own_comment_sql(&self, element: &DdlElement, options: &CompileOptions) -> Option<Result<String>> {
        ddl::comment_sql(self, element, options)
    }

    fn warnings(&self, element: &DdlElement) -> Vec<String> {
        match element {
            DdlElement::CreateTable { table, .. } => {
                ddl::warnings(table.constraints.iter().filter_map(|constraint| match constraint {
                    Constraint::ForeignKey(key) if !key.use_alter => Some(key),
                    _ => None,
                }))
            }
            DdlElement::AddConstraint { constraint, .. } => match constraint.as_ref() {
                Constraint::ForeignKey(key) => ddl::warnings(std::iter::once(key)),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
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
        ddl::post_create_table_sql(self, table)
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

    fn type_compiler_name(&self) -> &'static str {
        "<sqlalchemy.dialects.oracle.base.OracleTypeCompiler object>"
    }
}
