//! Operations on whole tables: create, drop, rename, comment.

use limbeck_sql::schema::{DialectOptions, Identifier, Table};

use super::{Diff, MigrateOperation, SchemaItem, SchemaObjects};
use crate::error::Result;

/// `create_table`
#[derive(Clone, Debug, Default)]
pub struct CreateTableOp {
    /// The table's name.
    pub table_name: Identifier,
    /// Columns, constraints and indexes, in the order in which the script gives them.
    pub columns: Vec<SchemaItem>,
    /// The schema.
    pub schema: Option<Identifier>,
    /// IF NOT EXISTS; `None` and `Some(false)` both leave it out.
    pub if_not_exists: Option<bool>,
    /// The table's comment.
    pub comment: Option<String>,
    /// Words between CREATE and TABLE.
    pub prefixes: Vec<String>,
    /// Options for single dialects, such as `sqlite_autoincrement`.
    pub kw: DialectOptions,
    /// Whether `columns` already holds what the columns' `unique` and `index` flags stand for, as it does when
    /// the operation was made from a table.
    pub constraints_included: bool,
}

/// `drop_table`
#[derive(Clone, Debug, Default)]
pub struct DropTableOp {
    /// The table's name.
    pub table_name: Identifier,
    /// The schema.
    pub schema: Option<Identifier>,
    /// IF EXISTS.
    pub if_exists: Option<bool>,
    /// The table's comment, known when the operation was made from a table.
    pub comment: Option<String>,
    /// The table's prefixes.
    pub prefixes: Vec<String>,
    /// Options for single dialects.
    pub table_kw: DialectOptions,
    /// How the table would be made again.
    pub reverse: Option<Box<CreateTableOp>>,
}

/// `rename_table`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RenameTableOp {
    /// The present name.
    pub table_name: Identifier,
    /// The new name.
    pub new_table_name: Identifier,
    /// The schema.
    pub schema: Option<Identifier>,
}

/// `create_table_comment`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateTableCommentOp {
    /// The table's name.
    pub table_name: Identifier,
    /// The comment.
    pub comment: Option<String>,
    /// The schema.
    pub schema: Option<Identifier>,
    /// The comment that is there.
    pub existing_comment: Option<String>,
}

/// `drop_table_comment`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DropTableCommentOp {
    /// The table's name.
    pub table_name: Identifier,
    /// The schema.
    pub schema: Option<Identifier>,
    /// The comment that is there.
    pub existing_comment: Option<String>,
}

impl CreateTableOp {
    /// Makes the operation that creates `table`.
    #[must_use]
    pub fn from_table(table: &Table) -> Self {
        Self {
            table_name: table.name.clone(),
            columns: SchemaItem::list_of(table),
            schema: table.schema.clone(),
            if_not_exists: None,
            comment: table.comment.clone(),
            prefixes: table.prefixes.clone(),
            kw: table.dialect_options.clone(),
            constraints_included: true,
        }
    }

    /// Gives the table that the operation creates.
    pub fn to_table(&self, objects: &SchemaObjects) -> Result<Table> {
        let mut table = Table::new(self.schema.clone(), self.table_name.clone());
        table.comment.clone_from(&self.comment);
        table.prefixes.clone_from(&self.prefixes);
        table.dialect_options.clone_from(&self.kw);
        objects.fill_table(&mut table, &self.columns, self.constraints_included)?;
        Ok(table)
    }

    /// Gives the operation that drops the table.
    pub fn reverse(&self) -> Result<DropTableOp> {
        Ok(DropTableOp::from_table(&self.to_table(&SchemaObjects::default())?))
    }

    /// Gives `add_table`.
    pub fn to_diff(&self) -> Result<Diff> {
        Ok(Diff::AddTable(Box::new(self.to_table(&SchemaObjects::default())?)))
    }
}

impl DropTableOp {
    /// Makes the operation that drops `table` and knows how to bring it back.
    #[must_use]
    pub fn from_table(table: &Table) -> Self {
        Self {
            table_name: table.name.clone(),
            schema: table.schema.clone(),
            if_exists: None,
            comment: table.comment.clone(),
            prefixes: table.prefixes.clone(),
            table_kw: table.dialect_options.clone(),
            reverse: Some(Box::new(CreateTableOp::from_table(table))),
        }
    }

    /// Gives the table that the operation drops; without columns when the operation does not know them.
    pub fn to_table(&self, objects: &SchemaObjects) -> Result<Table> {
        let mut table = Table::new(self.schema.clone(), self.table_name.clone());
        table.comment.clone_from(&self.comment);
        table.prefixes.clone_from(&self.prefixes);
        table.dialect_options.clone_from(&self.table_kw);
        if let Some(create) = &self.reverse {
            objects.fill_table(&mut table, &create.columns, create.constraints_included)?;
        }
        Ok(table)
    }

    /// Gives the operation that creates the table again; without columns when they are not known.
    pub fn reverse(&self) -> Result<CreateTableOp> {
        Ok(CreateTableOp::from_table(&self.to_table(&SchemaObjects::default())?))
    }

    /// Gives `remove_table`.
    pub fn to_diff(&self) -> Result<Diff> {
        Ok(Diff::RemoveTable(Box::new(self.to_table(&SchemaObjects::default())?)))
    }
}

impl CreateTableCommentOp {
    /// Gives the operation that brings the former comment back, or removes the comment when there was none.
    #[must_use]
    pub fn reverse(&self) -> MigrateOperation {
        match &self.existing_comment {
            None => DropTableCommentOp {
                table_name: self.table_name.clone(),
                schema: self.schema.clone(),
                existing_comment: self.comment.clone(),
            }
            .into(),
            Some(existing) => Self {
                table_name: self.table_name.clone(),
                comment: Some(existing.clone()),
                schema: self.schema.clone(),
                existing_comment: self.comment.clone(),
            }
            .into(),
        }
    }

    /// Gives a table that has nothing but its name and the comment.
    #[must_use]
    pub fn to_table(&self) -> Table {
        let mut table = Table::new(self.schema.clone(), self.table_name.clone());
        table.comment.clone_from(&self.comment);
        table
    }

    /// Gives `add_table_comment`.
    #[must_use]
    pub fn to_diff(&self) -> Diff {
        Diff::AddTableComment(Box::new(self.to_table()), self.existing_comment.clone())
    }
}

impl DropTableCommentOp {
    /// Gives the operation that brings the comment back.
    #[must_use]
    pub fn reverse(&self) -> CreateTableCommentOp {
        CreateTableCommentOp {
            table_name: self.table_name.clone(),
            comment: self.existing_comment.clone(),
            schema: self.schema.clone(),
            existing_comment: None,
        }
    }

    /// Gives a table that has nothing but its name.
    #[must_use]
    pub fn to_table(&self) -> Table {
        Table::new(self.schema.clone(), self.table_name.clone())
    }

    /// Gives `remove_table_comment`.
    #[must_use]
    pub fn to_diff(&self) -> Diff {
        Diff::RemoveTableComment(Box::new(self.to_table()))
    }
}
