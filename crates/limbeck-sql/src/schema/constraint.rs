//! Constraints of tables.

use super::{ConstraintName, DialectOptions, Identifier};
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
}

/// `PrimaryKeyConstraint`
#[derive(Clone, Debug, Default)]
pub struct PrimaryKeyConstraint {
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

impl Constraint {
    /// Gives the constraint's name before naming conventions.
    pub fn name(&self) -> &ConstraintName {
        match self {
            Self::PrimaryKey(constraint) => &constraint.name,
            Self::ForeignKey(constraint) => &constraint.name,
            Self::Unique(constraint) => &constraint.name,
            Self::Check(constraint) => &constraint.name,
        }
    }

    /// Gives the names of the columns it spans; none for a CHECK.
    pub fn columns(&self) -> &[Identifier] {
        match self {
            Self::PrimaryKey(constraint) => &constraint.columns,
            Self::ForeignKey(constraint) => &constraint.columns,
            Self::Unique(constraint) => &constraint.columns,
            Self::Check(_) => &[],
        }
    }
}

impl Default for Identifier {
    fn default() -> Self {
        Self::new("")
    }
}
