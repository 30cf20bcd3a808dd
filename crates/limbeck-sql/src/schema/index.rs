//! Indexes.

use super::{ConstraintName, DialectOptions, Identifier};
use crate::expression::Expression;

/// An index of a table.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The name.
    pub name: ConstraintName,
    /// What is indexed, in order.
    pub expressions: Vec<IndexExpression>,
    /// UNIQUE.
    pub unique: bool,
    /// Options for single dialects, such as `sqlite_where`.
    pub dialect_options: DialectOptions,
}

/// One element of an index.
#[derive(Clone, Debug)]
pub enum IndexExpression {
    /// A column, by name.
    Column(Identifier),
    /// A SQL expression.
    Expression(Expression),
}
