//! Differences between two schemas, as `compare_metadata` and `check` list them.

use limbeck_sql::expression::Statement;
use limbeck_sql::schema::{Column, Constraint, Identifier, Index, ServerDefault, Table};
use limbeck_sql::types::SqlType;

use super::Argument;

/// One difference: what the reference calls a diff tuple, whose first member [`Diff::name`] gives.
#[derive(Clone, Debug)]
pub enum Diff {
    /// `add_table`
    AddTable(Box<Table>),
    /// `remove_table`
    RemoveTable(Box<Table>),
    /// `add_column`
    AddColumn {
        /// The schema.
        schema: Option<Identifier>,
        /// The table's name.
        table_name: Identifier,
        /// The column.
        column: Box<Column>,
        /// The column's own constraints.
        constraints: Vec<Constraint>,
    },
    /// `remove_column`
    RemoveColumn {
        /// The schema.
        schema: Option<Identifier>,
        /// The table's name.
        table_name: Identifier,
        /// The column.
        column: Box<Column>,
        /// The column's own constraints.
        constraints: Vec<Constraint>,
    },
    /// A list of `modify_type`, `modify_nullable`, `modify_default` and `modify_comment`.
    ModifyColumn {
        /// The schema.
        schema: Option<Identifier>,
        /// The table's name.
        table_name: Identifier,
        /// The column's name.
        column_name: Identifier,
        /// The column as it is.
        existing: Box<ExistingColumn>,
        /// What changes, in the reference's order.
        changes: Vec<ColumnChange>,
    },
    /// `add_index`
    AddIndex(Box<IndexOfTable>),
    /// `remove_index`
    RemoveIndex(Box<IndexOfTable>),
    /// `add_constraint`, or `add_fk` for a foreign key
    AddConstraint(Box<ConstraintOfTable>),
    /// `remove_constraint`, or `remove_fk` for a foreign key
    RemoveConstraint(Box<ConstraintOfTable>),
    /// `add_table_comment`, with the comment that is there
    AddTableComment(Box<Table>, Option<String>),
    /// `remove_table_comment`
    RemoveTableComment(Box<Table>),
    /// `execute`
    Execute(Box<Statement>),
}

/// An index and the table that it belongs to.
#[derive(Clone, Debug)]
pub struct IndexOfTable {
    /// The schema.
    pub schema: Option<Identifier>,
    /// The table's name; `None` when a `drop_index` named none.
    pub table_name: Option<Identifier>,
    /// The index.
    pub index: Index,
}

/// A constraint and the table that it belongs to.
#[derive(Clone, Debug)]
pub struct ConstraintOfTable {
    /// The schema.
    pub schema: Option<Identifier>,
    /// The table's name.
    pub table_name: Identifier,
    /// The constraint.
    pub constraint: Constraint,
}

/// What a column is before it changes.
#[derive(Clone, Debug, Default)]
pub struct ExistingColumn {
    /// The type.
    pub type_: Option<SqlType>,
    /// Whether NULL is allowed.
    pub nullable: Option<bool>,
    /// The server default.
    pub server_default: Argument<ServerDefault>,
    /// The comment.
    pub comment: Option<String>,
}

/// What a column shall become.
#[derive(Clone, Debug)]
pub enum ColumnChange {
    /// `modify_type`
    Type(Box<SqlType>),
    /// `modify_nullable`
    Nullable(bool),
    /// `modify_default`
    ServerDefault(Box<Argument<ServerDefault>>),
    /// `modify_comment`
    Comment(Option<String>),
}

impl Diff {
    /// Gives the first member of the reference's tuple; a changed column has one in each of its changes.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::AddTable(_) => "add_table",
            Self::RemoveTable(_) => "remove_table",
            Self::AddColumn { .. } => "add_column",
            Self::RemoveColumn { .. } => "remove_column",
            Self::ModifyColumn { .. } => return None,
            Self::AddIndex(_) => "add_index",
            Self::RemoveIndex(_) => "remove_index",
            Self::AddConstraint(added) => match added.constraint {
                Constraint::ForeignKey(_) => "add_fk",
                _ => "add_constraint",
            },
            Self::RemoveConstraint(removed) => match removed.constraint {
                Constraint::ForeignKey(_) => "remove_fk",
                _ => "remove_constraint",
            },
            Self::AddTableComment(..) => "add_table_comment",
            Self::RemoveTableComment(_) => "remove_table_comment",
            Self::Execute(_) => "execute",
        })
    }
}

impl ColumnChange {
    /// Gives the first member of the reference's tuple.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Type(_) => "modify_type",
            Self::Nullable(_) => "modify_nullable",
            Self::ServerDefault(_) => "modify_default",
            Self::Comment(_) => "modify_comment",
        }
    }
}
