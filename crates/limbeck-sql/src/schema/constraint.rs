//! Constraints of tables.

use super::{ConstraintName, DialectOptions, Identifier, IndexExpression};
use crate::expression::Expression;

/// A constraint of a table.
#[derive(Clone, Debug)]
pub enum Constraint {
    /// PRIMARY KEY
    PrimaryKey(PrimaryKeyConstraint),
    /// FOREIGN KEY
    ForeignKey(ForeignKeyConstraint),
    /// UNIQUE
    Unique(UniqueConstraint),
    /// CHECK
    Check(CheckConstraint),
    /// EXCLUDE
    Exclude(ExcludeConstraint),
}

/// `PrimaryKeyConstraint`
#[derive(Clone, Debug, Default)]
pub struct PrimaryKeyConstraint {
    /// The name.
    pub name: ConstraintName,
    /// The columns, by name.
    pub columns: Vec<Identifier>,
    /// Whether the key follows from the columns that say `primary_key=True`, rather than being given by itself.
    pub implicit: bool,
    /// DEFERRABLE or NOT DEFERRABLE.
    pub deferrable: Option<bool>,
    /// INITIALLY ...
    pub initially: Option<String>,
    /// The comment.
    pub comment: Option<String>,
    /// Options for single dialects.
    pub dialect_options: DialectOptions,
}

/// `ForeignKeyConstraint`; a `ForeignKey` of a column is one with a single column.
#[derive(Clone, Debug, Default)]
pub struct ForeignKeyConstraint {
    /// The name.
    pub name: ConstraintName,
    /// The referring columns, by name.
    pub columns: Vec<Identifier>,
    /// The schema of the table referred to.
    pub referred_schema: Option<Identifier>,
    /// The table referred to.
    pub referred_table: Identifier,
    /// The columns referred to; empty when the user named only a table.
    pub referred_columns: Vec<Identifier>,
    /// ON UPDATE ...
    pub onupdate: Option<String>,
    /// ON DELETE ...
    pub ondelete: Option<String>,
    /// DEFERRABLE or NOT DEFERRABLE.
    pub deferrable: Option<bool>,
    /// INITIALLY ...
    pub initially: Option<String>,
    /// MATCH ...
    pub match_: Option<String>,
    /// Whether it is made by ALTER TABLE after its table.
    pub use_alter: bool,
    /// The comment.
    pub comment: Option<String>,
    /// Options for single dialects.
    pub dialect_options: DialectOptions,
}

/// `UniqueConstraint`
#[derive(Clone, Debug, Default)]
pub struct UniqueConstraint {
    /// The name.
    pub name: ConstraintName,
    /// The columns, by name.
    pub columns: Vec<Identifier>,
    /// DEFERRABLE or NOT DEFERRABLE.
    pub deferrable: Option<bool>,
    /// INITIALLY ...
    pub initially: Option<String>,
    /// The comment.
    pub comment: Option<String>,
    /// Options for single dialects.
    pub dialect_options: DialectOptions,
}

/// `CheckConstraint`
#[derive(Clone, Debug)]
pub struct CheckConstraint {
    /// The name.
    pub name: ConstraintName,
    /// The condition.
    pub condition: Expression,
    /// DEFERRABLE or NOT DEFERRABLE.
    pub deferrable: Option<bool>,
    /// INITIALLY ...
    pub initially: Option<String>,
    /// The comment.
    pub comment: Option<String>,
    /// The column that it was given to, or whose type made it (naming conventions ask for it).
    pub column: Option<Identifier>,
    /// Whether a type (`Boolean`, `Enum`) made it rather than the user.
    pub type_bound: bool,
    /// Options for single dialects.
    pub dialect_options: DialectOptions,
}

/// PostgreSQL's `ExcludeConstraint`
#[derive(Clone, Debug, Default)]
pub struct ExcludeConstraint {
    /// The name.
    pub name: ConstraintName,
    /// What is compared, in order.
    pub elements: Vec<ExcludeElement>,
    /// The index method, such as `gist`.
    pub using: String,
    /// Which rows are meant.
    pub where_: Option<Expression>,
    /// DEFERRABLE or NOT DEFERRABLE.
    pub deferrable: Option<bool>,
    /// INITIALLY ...
    pub initially: Option<String>,
    /// The comment.
    pub comment: Option<String>,
}

/// One element of an EXCLUDE: a column or an expression, and how it is compared.
#[derive(Clone, Debug)]
pub struct ExcludeElement {
    /// What is compared.
    pub expression: IndexExpression,
    /// The operator, such as `&&`.
    pub operator: String,
    /// The operator class (`ops`).
    pub operator_class: Option<String>,
}

impl Constraint {
    /// Gives the constraint's name before naming conventions.
    pub fn name(&self) -> &ConstraintName {
        match self {
            Self::PrimaryKey(constraint) => &constraint.name,
            Self::ForeignKey(constraint) => &constraint.name,
            Self::Unique(constraint) => &constraint.name,
            Self::Check(constraint) => &constraint.name,
            Self::Exclude(constraint) => &constraint.name,
        }
    }

    /// Sets the constraint's name.
    pub fn set_name(&mut self, name: ConstraintName) {
        match self {
            Self::PrimaryKey(constraint) => constraint.name = name,
            Self::ForeignKey(constraint) => constraint.name = name,
            Self::Unique(constraint) => constraint.name = name,
            Self::Check(constraint) => constraint.name = name,
            Self::Exclude(constraint) => constraint.name = name,
        }
    }

    /// Gives the names of the columns it spans; none for a CHECK and an EXCLUDE.
    pub fn columns(&self) -> &[Identifier] {
        match self {
            Self::PrimaryKey(constraint) => &constraint.columns,
            Self::ForeignKey(constraint) => &constraint.columns,
            Self::Unique(constraint) => &constraint.columns,
            Self::Check(_) | Self::Exclude(_) => &[],
        }
    }
}

impl Default for Identifier {
    fn default() -> Self {
        Self::new("")
    }
}
