//! Operations on columns: add, drop, alter.

use limbeck_sql::schema::{Column, Constraint, DialectOptions, Identifier, ServerDefault};
use limbeck_sql::types::SqlType;

use super::{Argument, ColumnChange, Diff, ExistingColumn};
use crate::error::{Error, Result};

/// `add_column`
#[derive(Clone, Debug)]
pub struct AddColumnOp {
    /// The table's name.
    pub table_name: Identifier,
    /// The column.
    pub column: Column,
    /// What the script gave to the column itself: `ForeignKey` and `CheckConstraint`, in order.
    pub constraints: Vec<Constraint>,
    /// The schema.
    pub schema: Option<Identifier>,
    /// IF NOT EXISTS.
    pub if_not_exists: Option<bool>,
    /// REFERENCES inside ADD COLUMN rather than a constraint of its own.
    pub inline_references: Option<bool>,
    /// PRIMARY KEY inside ADD COLUMN.
    pub inline_primary_key: Option<bool>,
    /// What batch mode says of the place: `insert_before`, `insert_after`.
    pub kw: DialectOptions,
}

/// `drop_column`
#[derive(Clone, Debug, Default)]
pub struct DropColumnOp {
    /// The table's name.
    pub table_name: Identifier,
    /// The column's name.
    pub column_name: Identifier,
    /// The schema.
    pub schema: Option<Identifier>,
    /// IF EXISTS.
    pub if_exists: Option<bool>,
    /// Options for single dialects, such as `mssql_drop_default`.
    pub kw: DialectOptions,
    /// How the column would be added again.
    pub reverse: Option<Box<AddColumnOp>>,
}

/// `alter_column`
#[derive(Clone, Debug, Default)]
pub struct AlterColumnOp {
    /// The table's name.
    pub table_name: Identifier,
    /// The column's name.
    pub column_name: Identifier,
    /// The schema.
    pub schema: Option<Identifier>,
    /// The type that the column has.
    pub existing_type: Option<SqlType>,
    /// The server default that the column has.
    pub existing_server_default: Argument<ServerDefault>,
    /// Whether the column allows NULL now.
    pub existing_nullable: Option<bool>,
    /// The comment that the column has.
    pub existing_comment: Option<String>,
    /// Whether the column shall allow NULL (`nullable`).
    pub modify_nullable: Option<bool>,
    /// The new comment (`comment`).
    pub modify_comment: Argument<String>,
    /// The new server default (`server_default`).
    pub modify_server_default: Argument<ServerDefault>,
    /// The new name (`new_column_name`).
    pub modify_name: Option<Identifier>,
    /// The new type (`type_`).
    pub modify_type: Option<SqlType>,
    /// Everything else: `autoincrement`, `postgresql_using`, `insert_after`, ...
    pub kw: DialectOptions,
}

impl AddColumnOp {
    /// Makes the operation that adds a column without constraints of its own.
    pub fn new(schema: Option<Identifier>, table_name: impl Into<Identifier>, column: Column) -> Self {
        Self {
            table_name: table_name.into(),
            column,
            constraints: Vec::new(),
            schema,
            if_not_exists: None,
            inline_references: None,
            inline_primary_key: None,
            kw: DialectOptions::default(),
        }
    }

    /// Gives the operation that drops the column.
    #[must_use]
    pub fn reverse(&self) -> DropColumnOp {
        DropColumnOp {
            table_name: self.table_name.clone(),
            column_name: self.column.name.clone(),
            schema: self.schema.clone(),
            if_exists: self.if_not_exists,
            kw: DialectOptions::default(),
            reverse: Some(Box::new(Self {
                constraints: self.constraints.clone(),
                ..Self::new(self.schema.clone(), self.table_name.clone(), self.column.clone())
            })),
        }
    }

    /// Gives `add_column`.
    #[must_use]
    pub fn to_diff(&self) -> Diff {
        Diff::AddColumn {
            schema: self.schema.clone(),
            table_name: self.table_name.clone(),
            column: Box::new(self.column.clone()),
            constraints: self.constraints.clone(),
        }
    }
}

impl DropColumnOp {
    /// Makes the operation that drops a column and knows how to bring it back.
    #[must_use]
    pub fn from_column(schema: Option<Identifier>, table_name: Identifier, column: Column) -> Self {
        AddColumnOp::new(schema, table_name, column).reverse()
    }

    /// Gives the operation that adds the column again.
    ///
    /// # Errors
    /// The column is not known.
    pub fn reverse(&self) -> Result<AddColumnOp> {
        let Some(add) = &self.reverse else {
            return Err(Error::value("operation is not reversible; original column is not present"));
        };
        Ok(AddColumnOp {
            table_name: self.table_name.clone(),
            schema: self.schema.clone(),
            if_not_exists: self.if_exists,
            inline_references: None,
            inline_primary_key: None,
            kw: DialectOptions::default(),
            ..add.as_ref().clone()
        })
    }

    /// Gives the column; only its name when the rest is not known.
    #[must_use]
    pub fn to_column(&self) -> Column {
        match &self.reverse {
            Some(add) => add.column.clone(),
            None => Column::new(self.column_name.clone(), SqlType::Null),
        }
    }

    /// Gives `remove_column`.
    #[must_use]
    pub fn to_diff(&self) -> Diff {
        Diff::RemoveColumn {
            schema: self.schema.clone(),
            table_name: self.table_name.clone(),
            column: Box::new(self.to_column()),
            constraints: self.reverse.as_ref().map(|add| add.constraints.clone()).unwrap_or_default(),
        }
    }
}

impl AlterColumnOp {
    /// Tells whether anything but the name changes, as `has_changes` of the reference.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.modify_nullable.is_some()
            || self.modify_server_default.is_given()
            || self.modify_type.is_some()
            || self.modify_comment.is_given()
            || self.kw.keys().any(|key| key.starts_with("modify_"))
    }

    /// Gives the operation that brings the former state back: what is and what shall be change places.
    /// A new name is not brought back, as in the reference.
    #[must_use]
    pub fn reverse(&self) -> Self {
        let mut reversed = self.clone();
        reversed.modify_name = None;
        if self.modify_type.is_some() {
            reversed.modify_type.clone_from(&self.existing_type);
            reversed.existing_type.clone_from(&self.modify_type);
        }
        if self.modify_nullable.is_some() {
            reversed.modify_nullable = self.existing_nullable;
            reversed.existing_nullable = self.modify_nullable;
        }
        if self.modify_server_default.is_given() {
            reversed.modify_server_default.clone_from(&self.existing_server_default);
            reversed.existing_server_default.clone_from(&self.modify_server_default);
        }
        if self.modify_comment.is_given() {
            reversed.modify_comment = self.existing_comment.clone().into();
            reversed.existing_comment = self.modify_comment.value().cloned();
        }
        let suffixes: Vec<String> =
            self.kw.keys().filter_map(|key| key.strip_prefix("modify_")).map(str::to_owned).collect();
        for suffix in suffixes {
            let (modify, existing) = (format!("modify_{suffix}"), format!("existing_{suffix}"));
            if let (Some(new), Some(old)) = (self.kw.get(&modify), self.kw.get(&existing)) {
                reversed.kw.insert(existing, new.clone());
                reversed.kw.insert(modify, old.clone());
            }
        }
        reversed
    }

    /// Gives the list of `modify_...` differences.
    #[must_use]
    pub fn to_diff(&self) -> Diff {
        let existing = ExistingColumn {
            type_: self.existing_type.clone(),
            nullable: self.existing_nullable,
            server_default: self.existing_server_default.clone(),
            comment: self.existing_comment.clone(),
        };
        let mut changes = Vec::new();
        if let Some(type_) = &self.modify_type {
            changes.push(ColumnChange::Type(Box::new(type_.clone())));
        }
        if let Some(nullable) = self.modify_nullable {
            changes.push(ColumnChange::Nullable(nullable));
        }
        if self.modify_server_default.is_given() {
            changes.push(ColumnChange::ServerDefault(Box::new(self.modify_server_default.clone())));
        }
        if self.modify_comment.is_given() {
            changes.push(ColumnChange::Comment(self.modify_comment.value().cloned()));
        }
        Diff::ModifyColumn {
            schema: self.schema.clone(),
            table_name: self.table_name.clone(),
            column_name: self.column_name.clone(),
            existing: Box::new(existing),
            changes,
        }
    }
}
