//! Dialects: how each database writes names, types, literals, statements and DDL.
//!
//! [`Dialect`] has the general behaviour as default methods; each dialect's own file overrides what differs. The
//! topics are in files of their own: `identifier`, `types`, `literal`, `statement` and `ddl`.

mod ddl;
mod default;
mod identifier;
mod literal;
mod lookup;
mod md5;
mod mssql;
mod mysql;
mod option_kinds;
mod options;
mod oracle;
mod postgresql;
mod reserved;
mod server;
mod sqlite;
mod statement;
pub(crate) mod types;

use std::fmt::Debug;
use std::sync::Arc;

pub use ddl::{DdlElement, DropBehavior};
pub use default::DefaultDialect;
pub use identifier::IdentifierQuotes;
pub use literal::{no_literal_renderer, not_rendered, text_literal};
pub use lookup::{CompileOptions, DialectArguments, ParamStyle, by_name, by_name_with, default_dialect};
pub use mssql::{MssqlDialect, alter_comment_sql};
pub use mysql::MysqlDialect;
pub use options::{OptionProblem, check_option};
pub use oracle::OracleDialect;
pub use postgresql::PostgresqlDialect;
pub(crate) use postgresql::types as postgresql_types;
pub use postgresql::types::NamedType;
pub use server::ServerFacts;
pub use sqlite::SqliteDialect;
pub use statement::{Compiled, CompiledBind, SelectContext, StatementCompiler};
pub use types::{CompilerKind, unsupported_compilation};

use crate::engine::Value;
use crate::error::{Error, Result};
use crate::expression::{
    BinaryOperator, ElementForm, ElementIndex, Expression, Fetch, ForUpdate, FunctionCall, InList,
    OnConflict, RowLimit, Select, Statement, TableClause,
};
use crate::schema::{
    CheckConstraint, Column, Computed, Constraint, DialectOptions, ExcludeConstraint, ForeignKeyConstraint,
    Identifier, Identity, Index, NamedObject, PrimaryKeyConstraint, ResolvedName, Table, UniqueConstraint,
};
use crate::types::SqlType;

/// Appends formatted text to a string.
fn push_args(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // writing to a String cannot fail
    let _ = std::fmt::Write::write_fmt(text, arguments);
}

/// A database's way of writing SQL: what SQLAlchemy's `Dialect`, `IdentifierPreparer`, `TypeCompiler`,
/// `SQLCompiler` and `DDLCompiler` do together.
///
/// Default methods do what SQLAlchemy's base classes do.
pub trait Dialect: Debug + Send + Sync {
    /// Gives the dialect as a trait object, for default methods to pass on.
    fn as_dialect(&self) -> &dyn Dialect;

    /// Gives the dialect's name, such as `sqlite`.
    fn name(&self) -> &'static str;

    /// Gives the driver's name, such as `pysqlite`.
    fn driver(&self) -> &str;

    /// Gives the placeholder style.
    fn paramstyle(&self) -> ParamStyle;

    /// Gives the dialect as the server makes it that was reached; `None` where there is nothing to learn from it.
    ///
    /// Fails with `InvalidRequestError` when the server is not one of this dialect's.
    fn for_server(&self, server: &ServerFacts) -> Result<Option<Arc<dyn Dialect>>> {
        let _ = server;
        Ok(None)
    }

    /// Gives the numbers of the server's version, once it has been reached.
    fn server_version(&self) -> Option<&[u32]> {
        None
    }

    /// Tells whether the server is MariaDB, whichever name the URL has for the database.
    fn is_mariadb(&self) -> bool {
        false
    }

    // What the database can do.

    /// Tells whether constraints can be added to a table that exists.
    fn supports_alter(&self) -> bool {
        true
    }

    /// Tells whether tables and columns have comments.
    fn supports_comments(&self) -> bool {
        false
    }

    /// Tells whether comments are part of CREATE TABLE.
    fn inline_comments(&self) -> bool {
        false
    }

    /// Tells whether constraints have comments.
    fn supports_constraint_comments(&self) -> bool {
        false
    }

    /// Tells whether the database has booleans.
    fn supports_native_boolean(&self) -> bool {
        false
    }

    /// Tells whether a `Boolean` gets its CHECK where the database has no booleans.
    fn checks_booleans(&self) -> bool {
        true
    }

    /// Tells whether the database has an ENUM.
    fn supports_native_enum(&self) -> bool {
        false
    }

    /// Tells whether the database has a UUID type.
    fn supports_native_uuid(&self) -> bool {
        false
    }

    /// Tells whether the driver takes exact decimals rather than floating-point numbers.
    fn supports_native_decimal(&self) -> bool {
        false
    }

    /// Tells whether the database has a JSON type.
    fn supports_json(&self) -> bool {
        false
    }

    /// Tells whether the database has identity columns.
    fn supports_identity_columns(&self) -> bool {
        false
    }

    /// Tells whether the database has sequences.
    fn supports_sequences(&self) -> bool {
        false
    }

    /// Tells whether sequences marked `optional` are left out.
    fn sequences_optional(&self) -> bool {
        false
    }

    /// Tells whether `INSERT ... DEFAULT VALUES` is understood.
    fn supports_default_values(&self) -> bool {
        false
    }

    /// Gives the token that stands for a column's default in VALUES, where there is one.
    fn default_metavalue_token(&self) -> &'static str {
        "DEFAULT"
    }

    /// Tells whether several rows may follow one VALUES.
    fn supports_multivalues_insert(&self) -> bool {
        false
    }

    /// Tells whether an INSERT can give rows back.
    fn insert_returning(&self) -> bool {
        false
    }

    /// Tells whether an UPDATE can give rows back.
    fn update_returning(&self) -> bool {
        false
    }

    /// Tells whether a DELETE can give rows back.
    fn delete_returning(&self) -> bool {
        false
    }

    /// Tells whether the driver gives the key of the last inserted row without RETURNING.
    fn postfetch_lastrowid(&self) -> bool {
        true
    }

    /// Tells whether columns in RETURNING are written with their table.
    fn returning_names_table(&self) -> bool {
        true
    }

    /// Tells whether Alembic takes DDL for transactional (`transactional_ddl`): BEGIN and COMMIT in `--sql` output.
    fn transactional_ddl(&self) -> bool {
        false
    }

    /// Tells whether the database itself can run DDL in transactions and take it back.
    fn runs_ddl_in_transactions(&self) -> bool {
        self.transactional_ddl()
    }

    /// Gives the length of the longest name, in characters.
    fn max_identifier_length(&self) -> usize {
        9999
    }

    /// Gives the length of the longest name of an index, in characters.
    fn max_index_name_length(&self) -> usize {
        self.max_identifier_length()
    }

    /// Gives the length of the longest name of a constraint, in characters.
    fn max_constraint_name_length(&self) -> usize {
        self.max_identifier_length()
    }

    /// Gives the schema of names without one, where it is known without asking the database.
    fn default_schema_name(&self) -> Option<&str> {
        None
    }

    // Names.

    /// Gives the words that are quoted when they are names, in lower case and sorted.
    fn reserved_words(&self) -> &'static [&'static str] {
        reserved::SQL_RESERVED_WORDS
    }

    /// Gives the quote characters of delimited names.
    fn identifier_quotes(&self) -> IdentifierQuotes {
        IdentifierQuotes::default()
    }

    /// Tells whether `%` is doubled in SQL, as the placeholder style asks for.
    fn doubles_percents(&self) -> bool {
        matches!(self.paramstyle(), ParamStyle::Format | ParamStyle::PyFormat)
    }

    /// Tells whether `%` is doubled in quoted names as it is elsewhere.
    fn doubles_percents_in_names(&self) -> bool {
        self.doubles_percents()
    }

    /// Gives the name that a placeholder has where it cannot be the parameter's own; `None` leaves it to the general
    /// rules.
    fn own_placeholder_name(&self, name: &str) -> Option<String> {
        let _ = name;
        None
    }

    /// Tells whether a name must be quoted.
    fn requires_quotes(&self, name: &str) -> bool {
        identifier::requires_quotes(self.as_dialect(), name)
    }

    /// Quotes a name, whatever it is.
    fn quote_identifier(&self, name: &str) -> String {
        identifier::quote_identifier(self.as_dialect(), name)
    }

    /// Quotes a name when it must be (reserved word, upper case, special character) or the user says so.
    fn quote(&self, name: &Identifier) -> String {
        match name.quote() {
            Some(true) => self.quote_identifier(name.as_str()),
            None if self.requires_quotes(name.as_str()) => self.quote_identifier(name.as_str()),
            Some(false) | None => name.as_str().to_owned(),
        }
    }

    /// Quotes the name of a schema.
    fn quote_schema(&self, schema: &Identifier) -> String {
        self.quote(schema)
    }

    /// Writes a table's name with its schema, `schema_translate_map` applied.
    fn format_table(
        &self,
        schema: Option<&Identifier>,
        name: &Identifier,
        options: &CompileOptions,
    ) -> Result<String> {
        identifier::format_table(self.as_dialect(), schema, name, options)
    }

    /// Writes the name of a constraint, cut when it is too long and may be cut.
    fn format_constraint(&self, name: &ResolvedName) -> Result<String> {
        identifier::format_constraint_name(self.as_dialect(), name, self.max_constraint_name_length())
    }

    /// Writes the name of an index, cut when it is too long and may be cut.
    fn format_index(&self, name: &ResolvedName) -> Result<String> {
        identifier::format_constraint_name(self.as_dialect(), name, self.max_index_name_length())
    }

    // Types and values.

    /// Gives the SQL of a type in DDL and CAST.
    fn type_sql(&self, type_: &SqlType) -> Result<String> {
        types::type_sql(self.as_dialect(), type_)
    }

    /// Gives the SQL of a type in CAST; `None` when the database cannot cast to the type and the operand stands by
    /// itself.
    fn cast_type_sql(&self, type_: &SqlType) -> Result<Option<String>> {
        self.type_sql(type_).map(Some)
    }

    /// Writes a CAST to a type.
    fn cast_sql(&self, operand: &str, type_: &str) -> String {
        statement::cast_sql(operand, type_)
    }

    /// Tells whether the dialect writes the types of the module `sqlalchemy.dialects.<module>` itself.
    fn has_types_of(&self, module: &str) -> bool {
        self.name() == module
    }

    /// Gives the SQL of a type that the dialect writes in its own way; `None` leaves it to the general rules.
    fn own_type_sql(&self, type_: &SqlType) -> Option<Result<String>> {
        let _ = type_;
        None
    }

    /// Gives the SQL of a column without a type.
    fn null_type_sql(&self) -> Result<String> {
        Err(Error::Compile(
            "Can't generate DDL for NullType(); did you forget to specify a type on this Column?".to_owned(),
        ))
    }

    /// Gives the SQL of an array type.
    fn array_type_sql(&self) -> Result<String> {
        Err(types::cannot_render(self.as_dialect(), "ARRAY"))
    }

    /// Gives the types of a table's columns that have names of their own and are created before the table.
    fn named_types(&self, table: &Table) -> Result<Vec<NamedType>> {
        let _ = table;
        Ok(Vec::new())
    }

    /// Writes CREATE TYPE.
    fn create_type_sql(&self, type_: &SqlType, options: &CompileOptions) -> Result<String> {
        let _ = options;
        Err(types::no_named_types(self.as_dialect(), type_))
    }

    /// Writes DROP TYPE.
    fn drop_type_sql(&self, type_: &SqlType) -> Result<String> {
        Err(types::no_named_types(self.as_dialect(), type_))
    }

    /// Writes the type of a column.
    fn column_type_sql(&self, column: &Column) -> Result<String> {
        types::column_type_sql(self.as_dialect(), column)
    }

    /// Gives the name under which SQLAlchemy's messages show the dialect's type compiler.
    fn type_compiler_name(&self) -> &'static str {
        "<sqlalchemy.sql.compiler.GenericTypeCompiler object>"
    }

    /// Renders a value as a literal of a type; [`SqlType::Null`] takes the value's own type.
    fn literal(&self, value: &Value, type_: &SqlType) -> Result<String> {
        literal::literal(self.as_dialect(), value, type_)
    }

    /// Tells whether a backslash in a string literal escapes what follows, and so is doubled.
    fn doubles_backslashes(&self) -> bool {
        false
    }

    /// Renders a UUID as a literal of the database's own UUID type, with its quotes.
    fn native_uuid_literal(&self, uuid: uuid::Uuid) -> String {
        format!("'{}'", uuid.hyphenated())
    }

    /// Renders a UUID that a script has as a string, with its quotes; `is_native` when the database stores UUIDs.
    fn uuid_text_literal(&self, text: &str, is_native: bool) -> String {
        let _ = is_native;
        format!("'{}'", literal::escaped_text(self.as_dialect(), &text.replace('-', "")))
    }

    /// Renders a date as a literal, with its quotes.
    fn date_literal(&self, date: jiff::civil::Date) -> String {
        format!("'{}'", literal::date_text(date))
    }

    /// Renders a date and time as a literal, with its quotes.
    fn datetime_literal(&self, moment: jiff::civil::DateTime, offset: Option<jiff::tz::Offset>) -> String {
        format!("'{}'", literal::iso_datetime(moment, offset))
    }

    /// Renders a date as a literal of a type that has a time as well.
    fn date_as_datetime_literal(&self, date: jiff::civil::Date) -> String {
        self.date_literal(date)
    }

    /// Renders a time of day as a literal, with its quotes.
    fn time_literal(&self, time: jiff::civil::Time, offset: Option<jiff::tz::Offset>) -> String {
        format!("'{}{}'", literal::iso_time(time), literal::iso_offset(offset))
    }

    /// Renders an array of values that are literals already.
    fn array_literal(&self, items: &[String]) -> String {
        format!("[{}]", items.join(", "))
    }

    /// Renders an interval as a literal; `None` where the database has none.
    fn interval_literal(&self, interval: jiff::SignedDuration) -> Option<String> {
        let _ = interval;
        None
    }

    /// Renders a string as a literal of a type, with its quotes.
    fn string_literal(&self, text: &str, type_: &SqlType) -> String {
        let _ = type_;
        text_literal(self.as_dialect(), text)
    }

    /// Gives the type that a parameter is cast to in the statement, for drivers that do not tell the server its type.
    fn bind_cast_sql(&self, type_: &SqlType) -> Result<Option<String>> {
        let _ = type_;
        Ok(None)
    }

    /// Turns a value of a type into what the driver is sent (SQLAlchemy's bind processors).
    fn bind_value(&self, value: Value, type_: &SqlType) -> Result<Value> {
        literal::bind_value(self.as_dialect(), value, type_)
    }

    /// Turns a value into what the driver is sent, after types of user code are through with it.
    fn driver_value(&self, value: Value, type_: &SqlType) -> Result<Value> {
        literal::driver_value(self.as_dialect(), value, type_)
    }

    // Statements.

    /// Compiles an expression, alone.
    fn compile_expression(&self, expression: &Expression, options: &CompileOptions) -> Result<Compiled> {
        statement::compile_expression(self.as_dialect(), expression, options)
    }

    /// Compiles a statement.
    fn compile_statement(&self, statement: &Statement, options: &CompileOptions) -> Result<Compiled> {
        match statement {
            Statement::Ddl(element) => {
                self.compile_ddl(element, options).map(|sql| Compiled { sql, ..Compiled::default() })
            }
            _ => statement::compile_statement(self.as_dialect(), statement, options),
        }
    }

    /// Writes `true()`.
    fn true_sql(&self) -> &'static str {
        if self.supports_native_boolean() { "true" } else { "1" }
    }

    /// Writes `false()`.
    fn false_sql(&self) -> &'static str {
        if self.supports_native_boolean() { "false" } else { "0" }
    }

    /// Writes a function that the dialect has in its own way; `None` leaves it to the general rules.
    fn own_function_sql(
        &self,
        function: &FunctionCall,
        compiler: &mut StatementCompiler<'_>,
    ) -> Option<Result<String>> {
        let _ = (function, compiler);
        None
    }

    /// Writes `match()`, a search in the text of a column; `modifier` is what the caller says of how.
    fn match_sql(
        &self,
        left: &Expression,
        right: &Expression,
        modifier: Option<&str>,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        let _ = modifier;
        let (left, right) = compiler.operands(left, &BinaryOperator::Match, right)?;
        Ok(format!("{left} MATCH {right}"))
    }

    /// Writes `regexp_match(pattern, flags=...)` or its negation; `None` where the flags are left out.
    fn regexp_with_flags_sql(
        &self,
        left: &Expression,
        pattern: &Expression,
        flags: &str,
        negated: bool,
        compiler: &mut StatementCompiler<'_>,
    ) -> Option<Result<String>> {
        let _ = (left, pattern, flags, negated, compiler);
        None
    }

    /// Writes `regexp_replace()`.
    fn regexp_replace_sql(
        &self,
        left: &Expression,
        pattern: &Expression,
        replacement: &Expression,
        flags: Option<&str>,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        let _ = (left, pattern, replacement, flags, compiler);
        Err(Error::Compile(format!(
            "{} dialect does not support regular expression replacements",
            self.name()
        )))
    }

    /// Writes an infix operator that the dialect has in its own way; `None` leaves it to the general rules.
    fn own_binary_sql(
        &self,
        left: &Expression,
        operator: &BinaryOperator,
        right: &Expression,
        compiler: &mut StatementCompiler<'_>,
    ) -> Option<Result<String>> {
        let _ = (left, operator, right, compiler);
        None
    }

    /// Writes the complement of the bits of an operand.
    fn bitwise_not_sql(&self, operand: &str) -> Result<String> {
        Ok(format!("~{operand}"))
    }

    /// Writes the name of a collation after COLLATE.
    fn collation_sql(&self, collation: &Identifier) -> String {
        self.quote(collation)
    }

    /// Tells whether the database has ILIKE.
    fn has_ilike(&self) -> bool {
        false
    }

    /// Writes an element of a JSON document or of an array: `column["key"]`.
    fn element_sql(
        &self,
        operand: &Expression,
        index: &ElementIndex,
        form: &ElementForm,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        let _ = (index, form, compiler);
        Err(Error::Compile(format!(
            "Compiler for the '{}' dialect can't render an element of {}",
            self.name(),
            operand.result_type().python_class_name()
        )))
    }

    /// Tells whether a NULL among the operands of an infix operator is warned of.
    fn notices_null_operands(&self, operator: &BinaryOperator) -> bool {
        !matches!(
            operator,
            BinaryOperator::Like | BinaryOperator::NotLike | BinaryOperator::ILike | BinaryOperator::NotILike
        )
    }

    /// Tells whether `parameter = column` is written the other way round.
    fn puts_parameters_right(&self) -> bool {
        false
    }

    /// Joins percent signs to the operand of `startswith`, `endswith` and `contains`.
    fn like_pattern_sql(&self, before: bool, operand: &str, after: bool) -> String {
        let percent = if self.doubles_percents() { "%%" } else { "%" };
        let concat = self.concat_sign();
        let before = if before { format!("'{percent}' {concat} ") } else { String::new() };
        let after = if after { format!(" {concat} '{percent}'") } else { String::new() };
        format!("{before}{operand}{after}")
    }

    /// Gives the words of an inner join.
    fn inner_join_sql(&self) -> &'static str {
        "JOIN"
    }

    /// Tells whether an UPDATE that reads other tables names them all before SET, rather than in a FROM.
    fn updates_tables_together(&self) -> bool {
        false
    }

    /// Writes `EXTRACT(field FROM ...)`.
    fn extract_sql(
        &self,
        field: &str,
        operand: &Expression,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        Ok(format!("EXTRACT({field} FROM {})", compiler.expression(operand)?))
    }

    /// Tells whether rows on the right of IN stand after VALUES.
    fn tuple_in_values(&self) -> bool {
        false
    }

    /// Writes what stands between the parentheses of an `IN` without values.
    fn empty_in_sql(&self, list: &InList, negated: bool) -> String {
        let _ = list;
        if negated { "NULL) OR (1 = 1".to_owned() } else { "NULL) AND (1 != 1".to_owned() }
    }

    /// Writes the next value of a sequence.
    fn next_value_sql(
        &self,
        schema: Option<&Identifier>,
        name: &Identifier,
        options: &CompileOptions,
    ) -> Result<String> {
        let _ = (schema, name, options);
        Err(Error::NotImplemented(format!("Dialect '{}' does not support sequence increments.", self.name())))
    }

    /// Writes LIMIT and OFFSET of a query that has at least one of them.
    fn limit_sql(&self, select: &Select, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        statement::limit_sql(select, compiler)
    }

    /// Writes OFFSET and FETCH FIRST.
    fn fetch_sql(
        &self,
        query: &Select,
        fetch: &Fetch,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        statement::fetch_sql(query, fetch, compiler, &mut |compiler, value| compiler.expression(value))
    }

    /// Writes how far the frame of a window goes.
    fn frame_distance_sql(&self, rows: &Expression, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        compiler.expression(rows)
    }

    /// Gives the word before further tables of a DELETE; `None` where a DELETE can have none.
    fn delete_from_others_keyword(&self) -> Option<&'static str> {
        None
    }

    /// Writes how many rows an UPDATE or DELETE touches at most.
    fn row_limit_sql(&self, limit: &RowLimit, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        let _ = compiler;
        match limit.limit {
            None => Ok(String::new()),
            Some(_) => Err(Error::Compile(format!(
                "the '{}' dialect has no LIMIT of an UPDATE or DELETE",
                self.name()
            ))),
        }
    }

    /// Tells whether an UPDATE can have further tables.
    fn supports_update_from(&self) -> bool {
        true
    }

    /// Tells whether the list of further tables of an UPDATE or DELETE begins with the statement's own.
    fn repeats_table_in_from(&self) -> bool {
        false
    }

    /// Writes a query that the dialect puts in other words; `None` leaves it to the general rules.
    fn own_select_sql(
        &self,
        query: &Select,
        context: SelectContext,
        compiler: &mut StatementCompiler<'_>,
    ) -> Option<Result<String>> {
        let _ = (query, context, compiler);
        None
    }

    /// Writes what stands between SELECT (DISTINCT) and the columns, with a blank at its end.
    fn select_prefix_sql(&self, query: &Select, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        let _ = (query, compiler);
        Ok(String::new())
    }

    /// Tells whether a query keeps its ORDER BY where it stands.
    fn keeps_order(&self, query: &Select, context: SelectContext) -> bool {
        let _ = (query, context);
        true
    }

    /// Tells whether FOR UPDATE is kept in a query that stands there.
    fn locks_rows_of(&self, context: SelectContext) -> bool {
        let _ = context;
        true
    }

    /// Tells whether ORDER BY names a label that the query has, rather than repeating what it labels.
    fn orders_by_labels(&self) -> bool {
        true
    }

    /// Writes the FROM of a query that reads from nothing.
    fn no_table_sql(&self) -> &'static str {
        ""
    }

    /// Writes the FROM of a query that reads from nothing and has conditions.
    fn no_table_before_where_sql(&self) -> &'static str {
        self.no_table_sql()
    }

    /// Writes a table with the hint that the user gives for it.
    ///
    /// # Errors
    /// A hint that the dialect does not know.
    fn hinted_table_sql(&self, table: String, hint: &str) -> Result<String> {
        let _ = hint;
        Ok(table)
    }

    /// Gives the words behind SELECT that stand for the hints of its tables, with a space behind them.
    fn select_hints_sql(&self, hints: &[String]) -> String {
        let _ = hints;
        String::new()
    }

    /// Gives the words before common table expressions of which one is recursive.
    fn recursive_cte_words(&self) -> &'static str {
        "WITH RECURSIVE"
    }

    /// Writes a function in the place of a table.
    fn function_table_sql(&self, function: &str) -> String {
        function.to_owned()
    }

    /// Writes the value of a row of a function that gives single values, by the function's alias.
    fn row_value_sql(&self, alias: &str) -> String {
        alias.to_owned()
    }

    /// Writes what stands between an element of FROM and its alias.
    fn alias_sign(&self) -> &'static str {
        " AS "
    }

    /// Gives the dialect's word for the keyword of a compound query, such as EXCEPT.
    fn compound_keyword<'k>(&self, keyword: &'k str) -> &'k str {
        keyword
    }

    /// Tells whether the common table expressions of `INSERT ... SELECT` stand before the SELECT rather than the INSERT.
    fn cte_follows_insert(&self) -> bool {
        false
    }

    /// Gives the operator that joins strings.
    fn concat_sign(&self) -> &'static str {
        "||"
    }

    /// Gives the name by which what a statement gives back is called before VALUES and WHERE, such as OUTPUT's
    /// `inserted`; `None` where it stands at the end, after RETURNING.
    fn output_row(&self, deletes: bool) -> Option<&'static str> {
        let _ = deletes;
        None
    }

    /// Writes RETURNING with its columns.
    fn returning_sql(&self, columns: &[Expression], compiler: &mut StatementCompiler<'_>) -> Result<String> {
        compiler.returning_sql(columns)
    }

    /// Writes FOR UPDATE, with a space before it.
    ///
    /// # Errors
    /// What the columns that it names give.
    fn for_update_sql(&self, lock: &ForUpdate, compiler: &mut StatementCompiler<'_>) -> Result<String> {
        let _ = (lock, compiler);
        Ok(" FOR UPDATE".to_owned())
    }

    /// Gives the word for a cast that gives NULL where it fails, in dialects that have one.
    fn try_cast_word(&self) -> Option<&'static str> {
        None
    }

    /// Tells whether the order of an aggregate's values stands behind the function rather than among its arguments.
    fn orders_aggregates_within_group(&self) -> bool {
        false
    }

    /// Writes DISTINCT of a query, with a space behind it; the expressions that it names count on PostgreSQL.
    ///
    /// # Errors
    /// What the expressions give.
    fn distinct_sql(&self, on: &[Expression], compiler: &mut StatementCompiler<'_>) -> Result<String> {
        let _ = compiler;
        if !on.is_empty() {
            log::warn!(
                target: crate::warnings::SA_DEPRECATION_WARNINGS,
                "DISTINCT ON is currently supported only by the PostgreSQL dialect.  Use of DISTINCT ON for other backends \
                 is currently silently ignored, however this usage is deprecated, and will raise CompileError in a \
                 future release for all backends that do not support this syntax."
            );
        }
        Ok("DISTINCT ".to_owned())
    }

    /// Writes ON CONFLICT or what stands for it.
    fn on_conflict_sql(
        &self,
        on_conflict: &OnConflict,
        table: &TableClause,
        compiler: &mut StatementCompiler<'_>,
    ) -> Result<String> {
        let _ = (on_conflict, table, compiler);
        Err(Error::Compile(format!("the '{}' dialect has no ON CONFLICT", self.name())))
    }

    // DDL.

    /// Gives what SQLAlchemy warns of when it compiles a DDL element (`SAWarning`).
    fn warnings(&self, element: &DdlElement) -> Vec<String> {
        let _ = element;
        Vec::new()
    }

    /// Compiles a DDL element.
    fn compile_ddl(&self, element: &DdlElement, options: &CompileOptions) -> Result<String> {
        ddl::compile(self.as_dialect(), element, options)
    }

    /// Gives the name of a constraint or an index after the naming convention; `None` when it has none.
    fn resolve_name(
        &self,
        object: &NamedObject<'_>,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<ResolvedName>> {
        let with_keys;
        let object = if table.columns.iter().any(|column| column.key.is_some()) {
            with_keys = object.clone().with_keys_of(&table.columns);
            &with_keys
        } else {
            object
        };
        options.naming_convention.resolve(
            object,
            table.schema.as_ref().map(Identifier::as_str),
            table.name.as_str(),
            None,
        )
    }

    /// Writes a column as CREATE TABLE and ADD COLUMN have it: name, type, default, nullability.
    fn column_specification(
        &self,
        column: &Column,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<String> {
        ddl::column_specification(self.as_dialect(), column, table, options)
    }

    /// Writes a column's server default, without DEFAULT (`get_column_default_string`).
    ///
    /// `None` when the column has none, or one that is not written there (computed, identity, fetched).
    fn column_default_string(&self, column: &Column, options: &CompileOptions) -> Result<Option<String>> {
        ddl::column_default_string(self.as_dialect(), column, options)
    }

    /// Writes `GENERATED ALWAYS AS (...)`.
    fn computed_sql(&self, computed: &Computed, options: &CompileOptions) -> Result<String> {
        ddl::computed_sql(self.as_dialect(), computed, options)
    }

    /// Writes `GENERATED ... AS IDENTITY`.
    fn identity_sql(&self, identity: &Identity) -> String {
        ddl::identity_sql(identity)
    }

    /// Writes the options of an identity or a sequence.
    fn identity_options_sql(&self, identity: &Identity) -> String {
        ddl::identity_options_sql(identity)
    }

    /// Writes a constraint as CREATE TABLE and ADD CONSTRAINT have it; `None` when the dialect leaves it out.
    fn constraint_sql(
        &self,
        constraint: &Constraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        match constraint {
            Constraint::PrimaryKey(key) => self.primary_key_sql(key, table, options),
            Constraint::ForeignKey(key) => self.foreign_key_sql(key, table, options),
            Constraint::Unique(unique) => self.unique_sql(unique, table, options),
            Constraint::Check(check) => self.check_sql(check, table, options),
            Constraint::Exclude(exclude) => self.exclude_sql(exclude, table, options),
        }
    }

    /// Writes a PRIMARY KEY clause; `None` when it is written with the column.
    fn primary_key_sql(
        &self,
        key: &PrimaryKeyConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        ddl::primary_key_sql(self.as_dialect(), key, table, options)
    }

    /// Writes a FOREIGN KEY clause; `None` when the dialect cannot have it.
    fn foreign_key_sql(
        &self,
        key: &ForeignKeyConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        ddl::foreign_key_sql(self.as_dialect(), key, table, options).map(Some)
    }

    /// Writes the table that a FOREIGN KEY refers to.
    fn referred_table_sql(&self, key: &ForeignKeyConstraint, options: &CompileOptions) -> Result<String> {
        self.format_table(key.referred_schema.as_ref(), &key.referred_table, options)
    }

    /// Writes a UNIQUE clause.
    fn unique_sql(
        &self,
        unique: &UniqueConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        ddl::unique_sql(self.as_dialect(), unique, table, options)
    }

    /// Lets through what follows ON DELETE.
    ///
    /// # Errors
    /// Anything but words and what else the database has there.
    fn on_delete_phrase<'p>(&self, phrase: &'p str) -> Result<&'p str> {
        identifier::validate_phrase(phrase)
    }

    /// Writes a CHECK clause.
    fn check_sql(
        &self,
        check: &CheckConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        ddl::check_sql(self.as_dialect(), check, table, options).map(Some)
    }

    /// Writes an EXCLUDE clause.
    fn exclude_sql(
        &self,
        exclude: &ExcludeConstraint,
        table: &Table,
        options: &CompileOptions,
    ) -> Result<Option<String>> {
        let _ = (exclude, table, options);
        let class = "<class 'sqlalchemy.dialects.postgresql.ext.ExcludeConstraint'>";
        Err(unsupported_compilation(self.as_dialect(), CompilerKind::Ddl, class))
    }

    /// Tells whether a sequence is created with the type of its values.
    fn sequences_have_types(&self) -> bool {
        false
    }

    /// Gives the words that let a view take the place of another.
    fn or_replace_view(&self) -> &'static str {
        "OR REPLACE "
    }

    /// Writes a table made of a query; `prefix` is everything before the name.
    fn create_table_as_sql(&self, prefix: &str, name: &str, query: &str) -> String {
        format!("{prefix}{name} AS {query}")
    }

    /// Writes CREATE TABLE.
    fn create_table_sql(
        &self,
        table: &Table,
        if_not_exists: bool,
        options: &CompileOptions,
    ) -> Result<String> {
        ddl::create_table_sql(self.as_dialect(), table, if_not_exists, options)
    }

    /// Writes what follows the closing parenthesis of CREATE TABLE.
    fn post_create_table_sql(&self, table: &Table) -> Result<String> {
        let _ = table;
        Ok(String::new())
    }

    /// Writes a change of the comment of a table or a column that is no `COMMENT ON`.
    fn own_comment_sql(&self, element: &DdlElement, options: &CompileOptions) -> Option<Result<String>> {
        let _ = (element, options);
        None
    }

    /// Tells whether the column that counts up comes first in a primary key without a name.
    fn counting_column_comes_first(&self) -> bool {
        true
    }

    /// Writes what stands between the kind of a key (PRIMARY KEY, UNIQUE) and its columns.
    fn key_words(&self, options: &DialectOptions) -> &'static str {
        let _ = options;
        ""
    }

    /// Writes CREATE INDEX.
    fn create_index_sql(
        &self,
        index: &Index,
        table: &Table,
        if_not_exists: bool,
        options: &CompileOptions,
    ) -> Result<String> {
        ddl::create_index_sql(self.as_dialect(), index, table, if_not_exists, options)
    }

    /// Writes DROP INDEX.
    fn drop_index_sql(
        &self,
        index: &Index,
        table: &Table,
        if_exists: bool,
        options: &CompileOptions,
    ) -> Result<String> {
        ddl::drop_index_sql(self.as_dialect(), index, table, if_exists, options)
    }
}
