//! Operations on data: inserting rows, executing statements.

use indexmap::IndexMap;
use limbeck_sql::engine::Value;
use limbeck_sql::expression::{Expression, Statement, TableClause, TextClause};

use super::Diff;

/// `bulk_insert`
#[derive(Clone, Debug)]
pub struct BulkInsertOp {
    /// The table, with the types that decide how values are written.
    pub table: TableClause,
    /// The rows: values by column.
    pub rows: Vec<IndexMap<String, BulkValue>>,
    /// One INSERT for all rows rather than one for each; offline each row is a statement in any case.
    pub multiinsert: bool,
}

/// A value of a row.
#[derive(Clone, Debug)]
pub enum BulkValue {
    /// A plain value.
    Value(Value),
    /// A SQL expression, such as `op.inline_literal(...)` or `func.now()`.
    Expression(Expression),
}

/// `execute`
#[derive(Clone, Debug)]
pub struct ExecuteSQLOp {
    /// What is executed.
    pub sqltext: Statement,
    /// `execution_options`: what the connection is told beside the statement.
    pub execution_options: IndexMap<String, Value>,
}

impl From<Value> for BulkValue {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl From<Expression> for BulkValue {
    fn from(expression: Expression) -> Self {
        Self::Expression(expression)
    }
}

impl ExecuteSQLOp {
    /// Makes the operation that executes a string, as `op.execute("...")` does.
    pub fn text(sql: impl Into<String>) -> Self {
        Self { sqltext: text_statement(sql), execution_options: IndexMap::new() }
    }

    /// Gives `execute`.
    #[must_use]
    pub fn to_diff(&self) -> Diff {
        Diff::Execute(Box::new(self.sqltext.clone()))
    }
}

/// Makes the statement that a plain string stands for: `text("...")`.
pub fn text_statement(sql: impl Into<String>) -> Statement {
    Statement::Text(TextClause { text: sql.into(), binds: Vec::new() })
}
