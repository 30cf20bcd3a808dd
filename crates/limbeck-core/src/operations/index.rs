//! Operations on indexes.

use limbeck_sql::schema::{ConstraintName, DialectOptions, Identifier, Index, IndexExpression};

use super::Diff;
use super::diff::IndexOfTable;

/// `create_index`
#[derive(Clone, Debug, Default)]
pub struct CreateIndexOp {
    /// The name; a naming convention makes one when it is missing.
    pub index_name: ConstraintName,
    /// The table's name.
    pub table_name: Identifier,
    /// What is indexed, in order.
    pub columns: Vec<IndexExpression>,
    /// The schema.
    pub schema: Option<Identifier>,
    /// UNIQUE.
    pub unique: bool,
    /// IF NOT EXISTS.
    pub if_not_exists: Option<bool>,
    /// Options for single dialects, such as `sqlite_where`.
    pub kw: DialectOptions,
}

/// `drop_index`
#[derive(Clone, Debug, Default)]
pub struct DropIndexOp {
    /// The name.
    pub index_name: ConstraintName,
    /// The table's name, which some dialects need.
    pub table_name: Option<Identifier>,
    /// The schema.
    pub schema: Option<Identifier>,
    /// IF EXISTS.
    pub if_exists: Option<bool>,
    /// UNIQUE, known when the operation was made from an index.
    pub unique: bool,
    /// Options for single dialects, such as `postgresql_concurrently`.
    pub kw: DialectOptions,
    /// How the index would be made again.
    pub reverse: Option<Box<CreateIndexOp>>,
}

impl CreateIndexOp {
    /// Makes the operation that creates `index` on a table.
    #[must_use]
    pub fn from_index(schema: Option<Identifier>, table_name: Identifier, index: &Index) -> Self {
        Self {
            index_name: index.name.clone(),
            table_name,
            columns: index.expressions.clone(),
            schema,
            unique: index.unique,
            if_not_exists: None,
            kw: index.dialect_options.clone(),
        }
    }

    /// Gives the index, named as the operation names it.
    #[must_use]
    pub fn to_index(&self) -> Index {
        Index {
            name: self.index_name.clone(),
            expressions: self.columns.clone(),
            unique: self.unique,
            dialect_options: self.kw.clone(),
        }
    }

    /// Gives the operation that drops the index.
    #[must_use]
    pub fn reverse(&self) -> DropIndexOp {
        DropIndexOp::from_index(self.schema.clone(), self.table_name.clone(), &self.to_index())
    }

    /// Gives `add_index`.
    #[must_use]
    pub fn to_diff(&self) -> Diff {
        Diff::AddIndex(Box::new(IndexOfTable {
            schema: self.schema.clone(),
            table_name: Some(self.table_name.clone()),
            index: self.to_index(),
        }))
    }
}

impl DropIndexOp {
    /// Makes the operation that drops `index` and knows how to bring it back.
    #[must_use]
    pub fn from_index(schema: Option<Identifier>, table_name: Identifier, index: &Index) -> Self {
        Self {
            index_name: index.name.clone(),
            table_name: Some(table_name.clone()),
            schema: schema.clone(),
            if_exists: None,
            unique: index.unique,
            kw: index.dialect_options.clone(),
            reverse: Some(Box::new(CreateIndexOp::from_index(schema, table_name, index))),
        }
    }

    /// Gives the index; on a column `x`, as the reference, when its own are not known.
    #[must_use]
    pub fn to_index(&self) -> Index {
        Index {
            name: self.index_name.clone(),
            expressions: match &self.reverse {
                Some(create) => create.columns.clone(),
                None => vec![IndexExpression::Column(Identifier::new("x"))],
            },
            unique: self.unique,
            dialect_options: self.kw.clone(),
        }
    }

    /// Gives the operation that creates the index again.
    #[must_use]
    pub fn reverse(&self) -> CreateIndexOp {
        CreateIndexOp::from_index(self.schema.clone(), self.table_name_or_placeholder(), &self.to_index())
    }

    /// Gives the table's name, or the one that the reference puts where none is given.
    #[must_use]
    pub fn table_name_or_placeholder(&self) -> Identifier {
        match &self.table_name {
            Some(name) if !name.as_str().is_empty() => name.clone(),
            _ => Identifier::new("no_table"),
        }
    }

    /// Gives `remove_index`.
    #[must_use]
    pub fn to_diff(&self) -> Diff {
        Diff::RemoveIndex(Box::new(IndexOfTable {
            schema: self.schema.clone(),
            table_name: self.table_name.clone(),
            index: self.to_index(),
        }))
    }
}
