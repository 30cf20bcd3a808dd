//! Schema objects as plain data: what `sqlalchemy.schema` holds, without behaviour of its own.

mod autoincrement;
mod column;
mod constraint;
mod implied;
mod index;
mod metadata;
mod name;
mod naming;

pub use column::{Autoincrement, Column, Computed, Identity, Sequence, ServerDefault};
pub use constraint::{
    CheckConstraint, Constraint, ExcludeConstraint, ExcludeElement, ForeignKeyConstraint,
    PrimaryKeyConstraint, UniqueConstraint,
};
pub use implied::Implied;
pub use index::{Index, IndexExpression};
use indexmap::IndexMap;
pub use metadata::{MetaData, NamingConvention, Table, TableKey};
pub use name::{ConstraintName, Identifier};
pub use naming::{CustomToken, NamedKind, NamedObject, NamingTokens, ResolvedName, TokenFunctions};

use crate::engine::Value;
use crate::expression::Expression;

/// Options for single dialects, by their full keyword, such as `sqlite_autoincrement` or `postgresql_where`.
pub type DialectOptions = IndexMap<String, OptionValue>;

/// The value of a dialect option.
#[derive(Clone, Debug)]
pub enum OptionValue {
    /// A plain value.
    Value(Value),
    /// A SQL expression.
    Expression(Expression),
    /// A list, such as the columns of `postgresql_include`.
    List(Vec<OptionValue>),
    /// A mapping, such as `postgresql_ops`.
    Map(IndexMap<String, OptionValue>),
}

impl OptionValue {
    /// Tells whether Python would take the value for true.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Value(value) => match value {
                Value::Null => false,
                Value::Bool(flag) => *flag,
                Value::Int(number) => *number != 0,
                Value::Text(text) => !text.is_empty(),
                _ => true,
            },
            Self::Expression(_) => true,
            Self::List(items) => !items.is_empty(),
            Self::Map(items) => !items.is_empty(),
        }
    }
}
