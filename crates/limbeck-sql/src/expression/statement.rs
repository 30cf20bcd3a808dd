//! SELECT, INSERT, UPDATE and DELETE as values.

use std::sync::Arc;

use indexmap::IndexMap;

use super::from::{Cte, FromClause};
use super::{ColumnReference, CustomElement, Expression, TextClause};
use crate::dialect::DdlElement;
use crate::schema::{Column, Identifier, IndexExpression, Table};
use crate::types::SqlType;

/// A statement that a connection can execute.
#[derive(Clone, Debug)]
pub enum Statement {
    /// `text("...")`
    Text(TextClause),
    /// SQL that goes to the driver as it is (`exec_driver_sql`).
    Driver(String),
    /// `select(...)`
    Select(Box<Select>),
    /// `insert(table)`
    Insert(Box<Insert>),
    /// `update(table)`
    Update(Box<Update>),
    /// `delete(table)`
    Delete(Box<Delete>),
    /// An expression executed by itself, such as a function.
    Expression(Box<Expression>),
    /// A DDL element, such as `CreateTable(...)`.
    Ddl(Box<DdlElement>),
    /// An element that user code compiles.
    Custom(Arc<dyn CustomElement>),
}

/// What a statement reads from or writes to: `table()`, or a `Table` seen as one.
#[derive(Clone, Debug)]
pub struct TableClause {
    /// The schema.
    pub schema: Option<Identifier>,
    /// The table's name.
    pub name: Identifier,
    /// An alias (`table.alias("a")`).
    pub alias: Option<Identifier>,
    /// The columns in order, with their types.
    pub columns: IndexMap<String, SqlType>,
    /// The primary key's columns.
    pub primary_key: Vec<String>,
    /// The sequences that give columns their values.
    pub sequences: Vec<ColumnSequence>,
}

/// A sequence that gives a column its value when an INSERT does not.
#[derive(Clone, Debug)]
pub struct ColumnSequence {
    /// The column.
    pub column: String,
    /// The sequence's schema.
    pub schema: Option<Identifier>,
    /// The sequence's name.
    pub name: Identifier,
    /// Whether it is meant only for dialects that have no other way to count.
    pub optional: bool,
}

/// A join of two FROM elements.
#[derive(Clone, Debug)]
pub struct Join {
    /// The left side.
    pub left: FromClause,
    /// The right side.
    pub right: FromClause,
    /// The ON condition.
    pub condition: Option<Expression>,
    /// LEFT OUTER.
    pub outer: bool,
    /// FULL OUTER.
    pub full: bool,
}

/// Words that the user puts into a statement (`prefix_with`, `suffix_with`).
#[derive(Clone, Debug, Default)]
pub struct StatementWords {
    /// Words behind the statement's verb, each with the dialect that it is for when it is not for all.
    pub prefixes: Vec<(Expression, Option<String>)>,
    /// Words at the statement's end.
    pub suffixes: Vec<(Expression, Option<String>)>,
    /// Hints for tables.
    pub hints: Vec<TableHint>,
}

/// A hint for a table (`with_hint`).
#[derive(Clone, Debug)]
pub struct TableHint {
    /// The table; `None` is the statement's own.
    pub table: Option<FromClause>,
    /// The hint, in which `%(name)s` is the table's name.
    pub text: String,
    /// The dialect that it is for, when it is not for all.
    pub dialect: Option<String>,
}

/// `select(...)`
#[derive(Clone, Debug, Default)]
pub struct Select {
    /// What is selected.
    pub columns: Vec<Expression>,
    /// Explicit FROM elements; those of the columns come beside them.
    pub from: Vec<FromClause>,
    /// WHERE clauses, joined by AND.
    pub where_: Vec<Expression>,
    /// GROUP BY.
    pub group_by: Vec<Expression>,
    /// HAVING clauses, joined by AND.
    pub having: Vec<Expression>,
    /// ORDER BY.
    pub order_by: Vec<Expression>,
    /// LIMIT.
    pub limit: Option<Expression>,
    /// OFFSET.
    pub offset: Option<Expression>,
    /// FETCH FIRST; where it stands there is no LIMIT.
    pub fetch: Option<Fetch>,
    /// DISTINCT.
    pub distinct: bool,
    /// The expressions of PostgreSQL's DISTINCT ON.
    pub distinct_on: Vec<Expression>,
    /// FOR UPDATE.
    pub for_update: Option<ForUpdate>,
    /// The queries of `union`, `union_all`, `except_`, `intersect`; of this one itself only the columns, for their names,
    /// and what stands behind a query are of meaning then.
    pub compound: Option<Box<CompoundSelect>>,
    /// Words of the user's.
    pub words: StatementWords,
    /// Common table expressions that the query does not read from (`add_cte`).
    pub ctes: Vec<Cte>,
    /// What is left to the statement around.
    pub correlation: Correlation,
}

impl Select {
    /// Tells whether the query stands in parentheses among those of a set operation.
    pub(crate) fn is_grouped_in_compound(&self) -> bool {
        let is_limited = self.limit.is_some() || self.offset.is_some() || self.fetch.is_some();
        is_limited || !self.order_by.is_empty() || self.compound.is_some()
    }
}

/// The queries of a set operation.
#[derive(Clone, Debug)]
pub struct CompoundSelect {
    /// The query that it begins with.
    pub first: Select,
    /// The keyword before each further query, and the query.
    pub others: Vec<(String, Select)>,
}

/// FETCH FIRST of a query.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// How many rows, or how many of a hundred.
    pub count: Expression,
    /// `PERCENT`
    pub percent: bool,
    /// Whether rows that are equal to the last one in the ordering come with it (`WITH TIES`).
    pub with_ties: bool,
    /// Whether Oracle may give about as many (`APPROX`).
    pub approximate: bool,
}

/// Which elements of FROM a query leaves to the statement around it.
#[derive(Clone, Debug, Default)]
pub struct Correlation {
    /// Whether `correlate()` or `correlate_except()` said so, so that nothing is left to the other one by itself.
    pub is_explicit: bool,
    /// The elements of `correlate()`.
    pub only: Vec<FromClause>,
    /// The elements of `correlate_except()`: all others are left.
    pub except: Option<Vec<FromClause>>,
}

/// FOR UPDATE of a query, and its kin.
#[derive(Clone, Debug, Default)]
pub struct ForUpdate {
    /// `NOWAIT`
    pub nowait: bool,
    /// `SKIP LOCKED`
    pub skip_locked: bool,
    /// Whether others may read (`FOR SHARE`).
    pub read: bool,
    /// Whether keys stay free (`NO KEY`, `KEY SHARE`).
    pub key_share: bool,
    /// The tables and columns that are locked; all when there are none.
    pub of: Vec<LockTarget>,
}

/// What FOR UPDATE names.
#[derive(Clone, Debug)]
pub enum LockTarget {
    /// A table.
    Table(TableClause),
    /// A column.
    Column(ColumnReference),
}

impl ForUpdate {
    /// Gives the words at its end, each with a space before it.
    pub fn wait_words(&self) -> &'static str {
        match (self.nowait, self.skip_locked) {
            (true, _) => " NOWAIT",
            (false, true) => " SKIP LOCKED",
            (false, false) => "",
        }
    }
}

/// `insert(table)`
#[derive(Clone, Debug)]
pub struct Insert {
    /// The table.
    pub table: TableClause,
    /// What is inserted.
    pub values: InsertValues,
    /// RETURNING.
    pub returning: Vec<Expression>,
    /// ON CONFLICT / ON DUPLICATE KEY.
    pub on_conflict: Option<OnConflict>,
    /// Whether no implicit RETURNING is added (`inline()`).
    pub inline: bool,
    /// Words of the user's.
    pub words: StatementWords,
}

/// The rows of an INSERT.
#[derive(Clone, Debug)]
pub enum InsertValues {
    /// No values yet: they come with the execution.
    Parameters,
    /// `values(a=1)`
    Single(IndexMap<String, Expression>),
    /// `values([{...}, {...}])`
    Multiple(Vec<IndexMap<String, Expression>>),
    /// `from_select([...], select)`
    Select(Vec<String>, Box<Select>),
}

/// ON CONFLICT of PostgreSQL and SQLite.
#[derive(Clone, Debug)]
pub struct OnConflict {
    /// The columns and expressions of the constraint.
    pub index_elements: Vec<IndexExpression>,
    /// WHERE after the columns, of a partial index.
    pub index_where: Option<Expression>,
    /// The constraint's name.
    pub constraint: Option<Identifier>,
    /// What is set; empty for DO NOTHING.
    pub set: IndexMap<String, Expression>,
    /// WHERE of DO UPDATE.
    pub where_: Option<Expression>,
}

/// `update(table)`
#[derive(Clone, Debug)]
pub struct Update {
    /// The table.
    pub table: TableClause,
    /// What is set.
    pub values: IndexMap<String, Expression>,
    /// WHERE clauses, joined by AND.
    pub where_: Vec<Expression>,
    /// RETURNING.
    pub returning: Vec<Expression>,
    /// Whether the values are set in their own order (`ordered_values`) rather than in that of the table's columns.
    pub keeps_order: bool,
    /// Words of the user's.
    pub words: StatementWords,
    /// How many rows are touched at most.
    pub row_limit: RowLimit,
    /// What is read beside the table and those that columns name: subqueries and the like.
    pub further: Vec<FromClause>,
}

/// `delete(table)`
#[derive(Clone, Debug)]
pub struct Delete {
    /// The table.
    pub table: TableClause,
    /// WHERE clauses, joined by AND.
    pub where_: Vec<Expression>,
    /// RETURNING.
    pub returning: Vec<Expression>,
    /// Words of the user's.
    pub words: StatementWords,
    /// How many rows are touched at most.
    pub row_limit: RowLimit,
    /// What is read beside the table and those that columns name: subqueries and the like.
    pub further: Vec<FromClause>,
}

/// How many rows an UPDATE or DELETE touches at most, where the database can be told so.
#[derive(Clone, Debug, Default)]
pub struct RowLimit {
    /// Limits for single dialects, such as `mysql_limit`, by the dialect's name.
    pub for_dialects: IndexMap<String, i64>,
    /// The limit that `ext(limit(...))` gives.
    pub limit: Option<Expression>,
}

impl TableClause {
    /// Makes a `table()` without columns.
    pub fn new(schema: Option<Identifier>, name: impl Into<Identifier>) -> Self {
        Self {
            schema,
            name: name.into(),
            alias: None,
            columns: IndexMap::new(),
            primary_key: Vec::new(),
            sequences: Vec::new(),
        }
    }

    /// Gives a column of the table, called by the alias when the table has one.
    pub fn column(&self, name: &str) -> Expression {
        let (schema, table) = match &self.alias {
            Some(alias) => (None, alias.clone()),
            None => (self.schema.clone(), self.name.clone()),
        };
        Expression::Column(ColumnReference {
            schema,
            table: Some(table),
            name: Identifier::new(name),
            type_: self.columns.get(name).cloned().unwrap_or(SqlType::Null),
        })
    }
}

impl From<&Table> for TableClause {
    fn from(table: &Table) -> Self {
        Self {
            columns: table
                .columns
                .iter()
                .map(|column| (column.name.as_str().to_owned(), column.type_.clone()))
                .collect(),
            primary_key: table
                .primary_key_columns()
                .into_iter()
                .map(|name| name.as_str().to_owned())
                .collect(),
            sequences: table.columns.iter().filter_map(column_sequence).collect(),
            ..Self::new(table.schema.clone(), table.name.clone())
        }
    }
}

fn column_sequence(column: &Column) -> Option<ColumnSequence> {
    let sequence = column.sequence.as_ref()?;
    Some(ColumnSequence {
        column: column.name.as_str().to_owned(),
        schema: sequence.schema.clone(),
        name: sequence.name.clone(),
        optional: sequence.optional,
    })
}
