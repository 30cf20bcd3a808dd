//! What the inspector returns: SQLAlchemy's dictionaries as structs, a field for each key.

use crate::schema::{DialectOptions, Identity};
use crate::types::SqlType;

/// `ReflectedColumn`
#[derive(Clone, Debug)]
pub struct ReflectedColumn {
    /// The name.
    pub name: String,
    /// The type.
    pub type_: SqlType,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// The default, as SQL text.
    pub default: Option<String>,
    /// Whether the column counts up by itself, where the database tells.
    pub autoincrement: Option<bool>,
    /// The position in the primary key, from one; zero for a column outside it. Only SQLite tells.
    pub primary_key: Option<i64>,
    /// The comment.
    pub comment: Option<String>,
    /// The expression of a generated column.
    pub computed: Option<ReflectedComputed>,
    /// The options of an identity column.
    pub identity: Option<Identity>,
    /// Options for single dialects.
    pub dialect_options: DialectOptions,
}

/// `ReflectedComputed`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReflectedComputed {
    /// The expression.
    pub sqltext: String,
    /// STORED rather than VIRTUAL, where the database tells.
    pub persisted: Option<bool>,
}

/// `ReflectedPrimaryKeyConstraint`
#[derive(Clone, Debug, Default)]
pub struct ReflectedPrimaryKeyConstraint {
    /// The name.
    pub name: Option<String>,
    /// The columns, in the key's order; empty when there is no primary key.
    pub constrained_columns: Vec<String>,
    /// The comment.
    pub comment: Option<String>,
    /// Options for single dialects.
    pub dialect_options: DialectOptions,
}

/// `ReflectedForeignKeyConstraint`
#[derive(Clone, Debug, Default)]
pub struct ReflectedForeignKeyConstraint {
    /// The name.
    pub name: Option<String>,
    /// The referring columns.
    pub constrained_columns: Vec<String>,
    /// The schema of the table referred to.
    pub referred_schema: Option<String>,
    /// The table referred to.
    pub referred_table: String,
    /// The columns referred to.
    pub referred_columns: Vec<String>,
    /// What follows the columns.
    pub options: ForeignKeyOptions,
    /// The comment.
    pub comment: Option<String>,
}

/// The `options` of a reflected foreign key; what is absent is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignKeyOptions {
    /// ON DELETE ...
    pub ondelete: Option<String>,
    /// ON UPDATE ...
    pub onupdate: Option<String>,
    /// DEFERRABLE or NOT DEFERRABLE.
    pub deferrable: Option<bool>,
    /// INITIALLY ...
    pub initially: Option<String>,
    /// MATCH ...
    pub match_: Option<String>,
}

/// `ReflectedUniqueConstraint`
#[derive(Clone, Debug, Default)]
pub struct ReflectedUniqueConstraint {
    /// The name.
    pub name: Option<String>,
    /// The columns.
    pub column_names: Vec<String>,
    /// The index that is the same thing, where the database reports both.
    pub duplicates_index: Option<String>,
    /// The comment.
    pub comment: Option<String>,
    /// Options for single dialects.
    pub dialect_options: DialectOptions,
}

/// `ReflectedCheckConstraint`
#[derive(Clone, Debug, Default)]
pub struct ReflectedCheckConstraint {
    /// The name.
    pub name: Option<String>,
    /// The condition.
    pub sqltext: String,
    /// The comment.
    pub comment: Option<String>,
    /// Options for single dialects.
    pub dialect_options: DialectOptions,
}

/// `ReflectedIndex`
#[derive(Clone, Debug, Default)]
pub struct ReflectedIndex {
    /// The name.
    pub name: Option<String>,
    /// The columns; `None` stands for an expression.
    pub column_names: Vec<Option<String>>,
    /// Columns and expressions, when there is an expression among them.
    pub expressions: Option<Vec<String>>,
    /// UNIQUE.
    pub unique: bool,
    /// The unique constraint that is the same thing, where the database reports both.
    pub duplicates_constraint: Option<String>,
    /// Sorting words by column, such as `desc` and `nulls_last`.
    pub column_sorting: Vec<(String, Vec<String>)>,
    /// Options for single dialects, such as `sqlite_where`.
    pub dialect_options: DialectOptions,
}

/// Which enums and domains are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedTypeScope<'s> {
    /// Those that are found without a schema.
    Visible,
    /// Those of one schema.
    Schema(&'s str),
    /// All.
    All,
}

/// `ReflectedEnum`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReflectedEnum {
    /// The name.
    pub name: String,
    /// The schema.
    pub schema: String,
    /// Whether it is found without its schema.
    pub visible: bool,
    /// The labels, in order.
    pub labels: Vec<String>,
}

/// `ReflectedDomain`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReflectedDomain {
    /// The name.
    pub name: String,
    /// The schema.
    pub schema: String,
    /// Whether it is found without its schema.
    pub visible: bool,
    /// The name of the type below it.
    pub type_: String,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// The default, as SQL text.
    pub default: Option<String>,
    /// The collation, where it is not the type's own.
    pub collation: Option<String>,
    /// The CHECK constraints: their names and conditions.
    pub constraints: Vec<(String, String)>,
}
