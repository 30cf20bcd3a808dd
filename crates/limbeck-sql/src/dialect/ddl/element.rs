//! DDL elements as values.

use crate::expression::Select;
use crate::schema::{Constraint, Identifier, Index, NamingConvention, Sequence, Table};
use crate::types::SqlType;

/// A DDL element: a statement about a schema object, as `sqlalchemy.schema` has them.
#[derive(Clone, Debug)]
pub enum DdlElement {
    /// `CreateTable(table)`
    CreateTable {
        /// The table.
        table: Box<Table>,
        /// IF NOT EXISTS.
        if_not_exists: bool,
    },
    /// `DropTable(table)`
    DropTable {
        /// The table's schema.
        schema: Option<Identifier>,
        /// The table's name.
        name: Identifier,
        /// IF EXISTS.
        if_exists: bool,
    },
    /// `CreateIndex(index)`
    CreateIndex {
        /// The index.
        index: Box<Index>,
        /// Its table; name and schema suffice.
        table: Box<Table>,
        /// IF NOT EXISTS.
        if_not_exists: bool,
    },
    /// `DropIndex(index)`
    DropIndex {
        /// The index.
        index: Box<Index>,
        /// Its table; name and schema suffice.
        table: Box<Table>,
        /// IF EXISTS.
        if_exists: bool,
    },
    /// `AddConstraint(constraint)`
    AddConstraint {
        /// The constraint.
        constraint: Box<Constraint>,
        /// Its table.
        table: Box<Table>,
    },
    /// `DropConstraint(constraint)`
    DropConstraint {
        /// The constraint.
        constraint: Box<Constraint>,
        /// Its table.
        table: Box<Table>,
        /// What else is said about the drop.
        behavior: DropBehavior,
    },
    /// `SetTableComment(table)`
    SetTableComment {
        /// The table's schema.
        schema: Option<Identifier>,
        /// The table's name.
        name: Identifier,
        /// The comment.
        comment: Option<String>,
    },
    /// `DropTableComment(table)`
    DropTableComment {
        /// The table's schema.
        schema: Option<Identifier>,
        /// The table's name.
        name: Identifier,
    },
    /// `SetColumnComment(column)` of a column whose table is known as a whole
    SetCommentOfColumn {
        /// The table.
        table: Box<Table>,
        /// The column's name.
        column: Identifier,
    },
    /// `SetColumnComment(column)`
    SetColumnComment {
        /// The table's schema.
        schema: Option<Identifier>,
        /// The table's name.
        table: Identifier,
        /// The column's name.
        column: Identifier,
        /// The comment.
        comment: Option<String>,
    },
    /// `DropColumnComment(column)`
    DropColumnComment {
        /// The table's schema.
        schema: Option<Identifier>,
        /// The table's name.
        table: Identifier,
        /// The column's name.
        column: Identifier,
    },
    /// `SetConstraintComment(constraint)`, and `DropConstraintComment` without a comment
    SetConstraintComment {
        /// The constraint.
        constraint: Box<Constraint>,
        /// Its table; name and schema suffice.
        table: Box<Table>,
        /// The comment.
        comment: Option<String>,
    },
    /// `CreateEnumType(type)` and `CreateDomainType(type)`
    CreateType {
        /// The type.
        type_: Box<SqlType>,
    },
    /// `DropEnumType(type)` and `DropDomainType(type)`
    DropType {
        /// The type.
        type_: Box<SqlType>,
    },
    /// `CreateSequence(sequence)`
    CreateSequence {
        /// The sequence.
        sequence: Box<Sequence>,
        /// IF NOT EXISTS.
        if_not_exists: bool,
    },
    /// `DropSequence(sequence)`
    DropSequence {
        /// The sequence's schema.
        schema: Option<Identifier>,
        /// The sequence's name.
        name: Identifier,
        /// IF EXISTS.
        if_exists: bool,
    },
    /// `CreateSchema(name)`
    CreateSchema {
        /// The schema.
        name: Identifier,
        /// IF NOT EXISTS.
        if_not_exists: bool,
    },
    /// `DropSchema(name)`
    DropSchema {
        /// The schema.
        name: Identifier,
        /// What else is said about the drop.
        behavior: DropBehavior,
    },
    /// `CreateColumn(column)`: a column as CREATE TABLE writes it.
    CreateColumn {
        /// The column's name.
        column: Identifier,
        /// The table that has it.
        table: Box<Table>,
    },
    /// `CreateView(select, name)`
    CreateView {
        /// The view's schema.
        schema: Option<Identifier>,
        /// The view's name.
        name: Identifier,
        /// The query.
        select: Box<Select>,
        /// OR REPLACE.
        or_replace: bool,
        /// TEMPORARY.
        temporary: bool,
        /// MATERIALIZED.
        materialized: bool,
    },
    /// `DropView(table)`
    DropView {
        /// The view's schema.
        schema: Option<Identifier>,
        /// The view's name.
        name: Identifier,
        /// IF EXISTS.
        if_exists: bool,
        /// MATERIALIZED.
        materialized: bool,
    },
    /// `CreateTableAs(select, name)`
    CreateTableAs {
        /// The table's schema.
        schema: Option<Identifier>,
        /// The table's name.
        name: Identifier,
        /// The query.
        select: Box<Select>,
        /// TEMPORARY.
        temporary: bool,
        /// IF NOT EXISTS.
        if_not_exists: bool,
    },
    /// An element whose nameless objects take their names by a convention of their own `MetaData`.
    Conventional {
        /// The element.
        element: Box<DdlElement>,
        /// The convention.
        convention: Box<NamingConvention>,
    },
    /// `DDL(statement)`: SQL as the user wrote it, `%(table)s` and its kin filled in.
    Custom(String),
}

impl DdlElement {
    /// Gives the element itself, without the convention that it comes with.
    #[must_use]
    pub fn without_convention(&self) -> &Self {
        match self {
            Self::Conventional { element, .. } => element.without_convention(),
            other => other,
        }
    }
}

/// What may be said when something is dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DropBehavior {
    /// IF EXISTS.
    pub if_exists: bool,
    /// CASCADE.
    pub cascade: bool,
}
