//! Columns and what gives them values.

use super::{DialectOptions, Identifier};
use crate::expression::Expression;
use crate::types::SqlType;

/// A table's column.
#[derive(Clone, Debug)]
pub struct Column {
    /// The name.
    pub name: Identifier,
    /// Another name by which Python code and the constraints of its table call the column.
    pub key: Option<String>,
    /// The type.
    pub type_: SqlType,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// Whether the user said `nullable` (rather than it following from `primary_key`).
    pub nullable_given: bool,
    /// Whether the column belongs to the primary key.
    pub primary_key: bool,
    /// What the database fills in when an INSERT gives no value.
    pub server_default: Option<ServerDefault>,
    /// Whether the column counts up by itself.
    pub autoincrement: Autoincrement,
    /// The comment.
    pub comment: Option<String>,
    /// `index=True`: the table gets an index on this column alone.
    pub index: Option<bool>,
    /// `unique=True`: the table gets a unique constraint (or, with `index`, a unique index).
    pub unique: Option<bool>,
    /// A sequence given as a default.
    pub sequence: Option<Sequence>,
    /// Whether a Python-side default exists; it makes a primary key column no autoincrement candidate.
    pub has_default: bool,
    /// Whether the column is rendered by `create_table` (`system=True` columns are not).
    pub system: bool,
    /// Options for single dialects, such as `sqlite_on_conflict_not_null`.
    pub dialect_options: DialectOptions,
}

/// The `autoincrement` argument of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Autoincrement {
    /// `"auto"`: an integer that is alone in the primary key and has no default or foreign key.
    #[default]
    Auto,
    /// `True`
    Yes,
    /// `False`
    No,
    /// `"ignore_fk"`: as auto, and a foreign key does not matter.
    IgnoreForeignKey,
}

/// What the database fills in for a column.
#[derive(Clone, Debug)]
pub enum ServerDefault {
    /// A plain string, rendered as a quoted literal.
    Literal(String),
    /// A SQL expression.
    Expression(Expression),
    /// `Computed(...)`
    Computed(Computed),
    /// `Identity(...)`
    Identity(Identity),
    /// `FetchedValue()`: the database does something that is not rendered.
    Fetched,
}

/// `GENERATED ALWAYS AS (...)`
#[derive(Clone, Debug)]
pub struct Computed {
    /// The expression.
    pub expression: Expression,
    /// STORED (`Some(true)`), VIRTUAL (`Some(false)`) or the database's default.
    pub persisted: Option<bool>,
}

/// `GENERATED ... AS IDENTITY`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// ALWAYS rather than BY DEFAULT; `None` renders neither where the dialect knows that form.
    pub always: Option<bool>,
    /// ON NULL (Oracle).
    pub on_null: Option<bool>,
    /// START WITH.
    pub start: Option<i64>,
    /// INCREMENT BY.
    pub increment: Option<i64>,
    /// MINVALUE.
    pub minvalue: Option<i64>,
    /// MAXVALUE.
    pub maxvalue: Option<i64>,
    /// NO MINVALUE.
    pub nominvalue: Option<bool>,
    /// NO MAXVALUE.
    pub nomaxvalue: Option<bool>,
    /// CYCLE.
    pub cycle: Option<bool>,
    /// CACHE.
    pub cache: Option<i64>,
    /// ORDER (Oracle).
    pub order: Option<bool>,
}

/// A sequence.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// The schema.
    pub schema: Option<Identifier>,
    /// The name.
    pub name: Identifier,
    /// How it counts; `always` and `on_null` have no meaning here.
    pub options: Identity,
    /// The type of its values (`AS type`).
    pub data_type: Option<SqlType>,
    /// Whether it is made only where the dialect has no other way to count.
    pub optional: bool,
}

impl Column {
    /// Makes a nullable column without defaults.
    pub fn new(name: impl Into<Identifier>, type_: SqlType) -> Self {
        Self {
            name: name.into(),
            key: None,
            type_,
            nullable: true,
            nullable_given: false,
            primary_key: false,
            server_default: None,
            autoincrement: Autoincrement::default(),
            comment: None,
            index: None,
            unique: None,
            sequence: None,
            has_default: false,
            system: false,
            dialect_options: DialectOptions::default(),
        }
    }

    /// Gives the name by which the constraints of the column's table call it.
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or(self.name.as_str())
    }

    /// Gives the computed expression, when the column has one.
    pub fn computed(&self) -> Option<&Computed> {
        match &self.server_default {
            Some(ServerDefault::Computed(computed)) => Some(computed),
            _ => None,
        }
    }

    /// Gives the identity options, when the column has them.
    pub fn identity(&self) -> Option<&Identity> {
        match &self.server_default {
            Some(ServerDefault::Identity(identity)) => Some(identity),
            _ => None,
        }
    }
}
