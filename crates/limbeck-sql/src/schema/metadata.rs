//! Tables and the collection that holds them.

use std::fmt;

use indexmap::IndexMap;

use super::{
    Column, Constraint, DialectOptions, Identifier, Index, PrimaryKeyConstraint, Sequence, TokenFunctions,
};

/// A table's key in its `MetaData`: `name`, or `schema.name`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableKey {
    /// The schema.
    pub schema: Option<String>,
    /// The table's name.
    pub name: String,
}

impl fmt::Display for TableKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        f.write_str(&self.name)
    }
}

/// A collection of tables, as `sqlalchemy.MetaData`.
#[derive(Clone, Debug, Default)]
pub struct MetaData {
    /// The schema of tables that name none.
    pub schema: Option<Identifier>,
    /// How nameless constraints and indexes get their names.
    pub naming_convention: NamingConvention,
    /// The tables, in the order in which they were made.
    pub tables: IndexMap<TableKey, Table>,
    /// The sequences that stand by themselves.
    pub sequences: Vec<Sequence>,
}

/// The `naming_convention` of a `MetaData`: a template by kind.
///
/// Kinds are `pk`, `fk`, `uq`, `ck` and `ix`; tokens are those of SQLAlchemy's documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamingConvention {
    /// The templates, by kind.
    pub templates: IndexMap<String, String>,
    /// The tokens that functions define.
    pub tokens: Option<TokenFunctions>,
}

impl Default for NamingConvention {
    /// Gives SQLAlchemy's default: indexes are called `ix_%(column_0_label)s`.
    fn default() -> Self {
        let templates = [("ix".to_owned(), "ix_%(column_0_label)s".to_owned())].into_iter().collect();
        Self { templates, tokens: None }
    }
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The schema.
    pub schema: Option<Identifier>,
    /// The name.
    pub name: Identifier,
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// All constraints but the primary key, in the order in which they were added.
    pub constraints: Vec<Constraint>,
    /// The primary key; its columns are empty when there is none.
    pub primary_key: PrimaryKeyConstraint,
    /// The indexes, in the order in which they were added.
    pub indexes: Vec<Index>,
    /// The comment.
    pub comment: Option<String>,
    /// Words between CREATE and TABLE.
    pub prefixes: Vec<String>,
    /// Options for single dialects, such as `sqlite_autoincrement`.
    pub dialect_options: DialectOptions,
}

impl Table {
    /// Makes an empty table.
    pub fn new(schema: Option<Identifier>, name: impl Into<Identifier>) -> Self {
        Self { schema, name: name.into(), ..Self::default() }
    }

    /// Gives the table's key in a `MetaData`.
    pub fn key(&self) -> TableKey {
        TableKey {
            schema: self.schema.as_ref().map(|schema| schema.as_str().to_owned()),
            name: self.name.as_str().to_owned(),
        }
    }

    /// Finds a column by name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.as_str() == name)
    }
}
