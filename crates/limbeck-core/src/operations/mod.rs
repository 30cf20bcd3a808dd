//! Migration operations as values, and the facade that carries them out.
//!
//! An operation says what a migration script asked for; [`crate::ddl`] decides which statements that takes.

mod batch;
mod column;
mod constraint;
mod container;
mod data;
mod diff;
mod facade;
mod index;
mod schema_objects;
mod table;
#[cfg(test)]
mod tests;
mod to_impl;

pub(crate) use batch::needs_copy_on_sqlite;
pub use batch::{Batch, Recreate};
pub use column::{AddColumnOp, AlterColumnOp, DropColumnOp};
pub use constraint::{
    AddConstraintOp, ConstraintKind, CreateCheckConstraintOp, CreateExcludeConstraintOp, CreateForeignKeyOp,
    CreatePrimaryKeyOp, CreateUniqueConstraintOp, DropConstraintOp,
};
pub use container::{DowngradeOps, MigrationScript, ModifyTableOps, UpgradeOps};
pub use data::{BulkInsertOp, BulkValue, ExecuteSQLOp, text_statement};
pub use diff::{ColumnChange, ConstraintOfTable, Diff, ExistingColumn, IndexOfTable};

pub use facade::Operations;
pub use index::{CreateIndexOp, DropIndexOp};
pub use schema_objects::{SchemaItem, SchemaObjects};
pub use table::{CreateTableCommentOp, CreateTableOp, DropTableCommentOp, DropTableOp, RenameTableOp};

use crate::error::{Error, Result};

/// An argument for which Python tells `False`, the default, from `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Argument<T> {
    /// `False`: nothing is said.
    #[default]
    NotGiven,
    /// `None`: there is, or shall be, nothing.
    None,
    /// A value.
    Value(T),
}

impl<T> Argument<T> {
    /// Tells whether something was said.
    pub fn is_given(&self) -> bool {
        !matches!(self, Self::NotGiven)
    }

    /// Gives the value, when there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }
}

impl<T> From<Option<T>> for Argument<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Self::Value)
    }
}

/// An operation of a migration.
#[derive(Clone, Debug)]
pub enum MigrateOperation {
    /// `create_table`
    CreateTable(Box<CreateTableOp>),
    /// `drop_table`
    DropTable(Box<DropTableOp>),
    /// `rename_table`
    RenameTable(RenameTableOp),
    /// `add_column`
    AddColumn(Box<AddColumnOp>),
    /// `drop_column`
    DropColumn(Box<DropColumnOp>),
    /// `alter_column`
    AlterColumn(Box<AlterColumnOp>),
    /// `create_index`
    CreateIndex(Box<CreateIndexOp>),
    /// `drop_index`
    DropIndex(Box<DropIndexOp>),
    /// `create_primary_key`, `create_unique_constraint`, `create_foreign_key`, `create_check_constraint`
    AddConstraint(Box<AddConstraintOp>),
    /// `drop_constraint`
    DropConstraint(Box<DropConstraintOp>),
    /// `create_table_comment`
    CreateTableComment(CreateTableCommentOp),
    /// `drop_table_comment`
    DropTableComment(DropTableCommentOp),
    /// `bulk_insert`
    BulkInsert(Box<BulkInsertOp>),
    /// `execute`
    ExecuteSql(Box<ExecuteSQLOp>),
    /// The changes of one table.
    ModifyTable(ModifyTableOps),
}

impl MigrateOperation {
    /// Gives the name of the class in the reference, such as `CreateTableOp`.
    #[must_use]
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::CreateTable(_) => "CreateTableOp",
            Self::DropTable(_) => "DropTableOp",
            Self::RenameTable(_) => "RenameTableOp",
            Self::AddColumn(_) => "AddColumnOp",
            Self::DropColumn(_) => "DropColumnOp",
            Self::AlterColumn(_) => "AlterColumnOp",
            Self::CreateIndex(_) => "CreateIndexOp",
            Self::DropIndex(_) => "DropIndexOp",
            Self::AddConstraint(op) => op.class_name(),
            Self::DropConstraint(_) => "DropConstraintOp",
            Self::CreateTableComment(_) => "CreateTableCommentOp",
            Self::DropTableComment(_) => "DropTableCommentOp",
            Self::BulkInsert(_) => "BulkInsertOp",
            Self::ExecuteSql(_) => "ExecuteSQLOp",
            Self::ModifyTable(_) => "ModifyTableOps",
        }
    }

    /// Gives the operation that undoes this one.
    ///
    /// # Errors
    /// An operation that does not know what it would have to bring back, or that has no reverse at all.
    pub fn reverse(&self) -> Result<Self> {
        Ok(match self {
            Self::CreateTable(op) => op.reverse()?.into(),
            Self::DropTable(op) => op.reverse()?.into(),
            Self::AddColumn(op) => op.reverse().into(),
            Self::DropColumn(op) => op.reverse()?.into(),
            Self::AlterColumn(op) => op.reverse().into(),
            Self::CreateIndex(op) => op.reverse().into(),
            Self::DropIndex(op) => op.reverse().into(),
            Self::AddConstraint(op) => op.reverse().into(),
            Self::DropConstraint(op) => Self::AddConstraint(Box::new(op.reverse()?)),
            Self::CreateTableComment(op) => op.reverse(),
            Self::DropTableComment(op) => op.reverse().into(),
            Self::ModifyTable(ops) => ops.reverse()?.into(),
            Self::RenameTable(_) | Self::BulkInsert(_) | Self::ExecuteSql(_) => {
                return Err(Error::not_implemented(format!("{} has no reverse", self.class_name())));
            }
        })
    }

    /// Gives the differences that the operation stands for, as `OpContainer.as_diffs` lists them.
    ///
    /// # Errors
    /// An operation that autogenerate never makes, such as `rename_table`.
    pub fn to_diffs(&self) -> Result<Vec<Diff>> {
        Ok(match self {
            Self::CreateTable(op) => vec![op.to_diff()?],
            Self::DropTable(op) => vec![op.to_diff()?],
            Self::AddColumn(op) => vec![op.to_diff()],
            Self::DropColumn(op) => vec![op.to_diff()],
            Self::AlterColumn(op) => vec![op.to_diff()],
            Self::CreateIndex(op) => vec![op.to_diff()],
            Self::DropIndex(op) => vec![op.to_diff()],
            Self::AddConstraint(op) => vec![op.to_diff()],
            Self::DropConstraint(op) => vec![op.to_diff()?],
            Self::CreateTableComment(op) => vec![op.to_diff()],
            Self::DropTableComment(op) => vec![op.to_diff()],
            Self::ExecuteSql(op) => vec![op.to_diff()],
            Self::ModifyTable(ops) => return container::diffs_of(&ops.ops),
            Self::RenameTable(_) | Self::BulkInsert(_) => {
                return Err(Error::not_implemented(format!("{} is no difference", self.class_name())));
            }
        })
    }
}

/// Makes the conversions from an operation's struct into [`MigrateOperation`].
macro_rules! into_operation {
    ($($variant:ident: $boxed:ty),* ; $($plain_variant:ident: $plain:ty),*) => {
        $(impl From<$boxed> for MigrateOperation {
            fn from(operation: $boxed) -> Self {
                Self::$variant(Box::new(operation))
            }
        })*
        $(impl From<$plain> for MigrateOperation {
            fn from(operation: $plain) -> Self {
                Self::$plain_variant(operation)
            }
        })*
    };
}

into_operation!(
    CreateTable: CreateTableOp, DropTable: DropTableOp, AddColumn: AddColumnOp, DropColumn: DropColumnOp,
    AlterColumn: AlterColumnOp, CreateIndex: CreateIndexOp, DropIndex: DropIndexOp,
    AddConstraint: AddConstraintOp, DropConstraint: DropConstraintOp, BulkInsert: BulkInsertOp,
    ExecuteSql: ExecuteSQLOp;
    RenameTable: RenameTableOp, CreateTableComment: CreateTableCommentOp,
    DropTableComment: DropTableCommentOp, ModifyTable: ModifyTableOps
);
