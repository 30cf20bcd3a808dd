//! One view of indexes and unique constraints, so that they can be compared whatever their kind.

use limbeck_sql::dialect::Dialect;
use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{
    Constraint, ConstraintName, Identifier, Index, IndexExpression, ResolvedName, Table, UniqueConstraint,
};

use super::columns::optional_repr;
use crate::error::Result;
use crate::runtime::SchemaObject;

/// An index or a unique constraint, on either side.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The object.
    pub object: SignatureObject,
    /// Its name, when it has one.
    pub name: Option<String>,
    /// The columns in order; of an index on expressions, those that the expressions name.
    pub columns: Vec<String>,
    /// What it is apart from its name.
    pub unnamed: Unnamed,
    /// The index that a reflected unique constraint stands for, where the database reports both.
    pub duplicates_index: Option<String>,
}

/// What a signature is made of.
#[derive(Clone, Debug)]
pub enum SignatureObject {
    /// An index.
    Index(Index),
    /// A unique constraint; always of that kind.
    Unique(Box<Constraint>),
}

/// What an index or a unique constraint is apart from its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Unnamed {
    /// A unique constraint: its columns, sorted.
    Unique(Vec<String>),
    /// An index: its uniqueness and columns, `None` for an expression without a name.
    Index(bool, Vec<Option<String>>),
}

impl Signature {
    /// Describes an index.
    pub fn of_index(index: Index) -> Self {
        let mut columns = Vec::new();
        let mut names = Vec::new();
        for expression in &index.expressions {
            match expression {
                IndexExpression::Column(name) => {
                    columns.push(name.as_str().to_owned());
                    names.push(Some(name.as_str().to_owned()));
                }
                IndexExpression::Expression(expression) => {
                    expression.visit(&mut |part| {
                        if let Expression::Column(column) = part {
                            columns.push(column.name.as_str().to_owned());
                        }
                    });
                    names.push(expression_name(expression));
                }
            }
        }
        Self {
            name: index.name.as_str().map(str::to_owned),
            columns,
            unnamed: Unnamed::Index(index.unique, names),
            object: SignatureObject::Index(index),
            duplicates_index: None,
        }
    }

    /// Describes a unique constraint.
    pub fn of_unique(unique: UniqueConstraint) -> Self {
        let columns: Vec<String> = unique.columns.iter().map(|name| name.as_str().to_owned()).collect();
        let mut sorted = columns.clone();
        sorted.sort();
        Self {
            name: unique.name.as_str().map(str::to_owned),
            columns,
            unnamed: Unnamed::Unique(sorted),
            object: SignatureObject::Unique(Box::new(Constraint::Unique(unique))),
            duplicates_index: None,
        }
    }

    /// Tells whether it is an index.
    pub fn is_index(&self) -> bool {
        matches!(self.object, SignatureObject::Index(_))
    }

    /// Tells whether values may occur once only.
    pub fn is_unique(&self) -> bool {
        match &self.object {
            SignatureObject::Index(index) => index.unique,
            SignatureObject::Unique(_) => true,
        }
    }

    /// Tells whether it is an index on anything but plain columns, sorted or not.
    pub fn has_expressions(&self) -> bool {
        let SignatureObject::Index(index) = &self.object else { return false };
        index.expressions.iter().any(|expression| match expression {
            IndexExpression::Column(_) => false,
            IndexExpression::Expression(expression) => {
                let mut inner = expression;
                while let Expression::Unary { operand, .. } = inner {
                    inner = operand;
                }
                !matches!(inner, Expression::Column(_))
            }
        })
    }

    /// Gives the name as Python's `repr` shows it.
    pub fn name_repr(&self) -> String {
        optional_repr(self.name.as_deref())
    }

    /// Gives the name that the database gets: cut when it is too long and may be cut.
    pub(super) fn sql_name(&self, dialect: &dyn Dialect) -> Result<Option<String>> {
        let (name, truncatable) = match self.constraint_name() {
            ConstraintName::Unnamed => return Ok(None),
            ConstraintName::Given(name) => (name, false),
            ConstraintName::Conv(name) => (name, true),
        };
        let unquoted = ResolvedName { name: Identifier::quoted(name.as_str(), Some(false)), truncatable };
        Ok(Some(if self.is_index() {
            dialect.format_index(&unquoted)?
        } else {
            dialect.format_constraint(&unquoted)?
        }))
    }

    /// Gives the object as hooks get it.
    pub(super) fn schema_object<'a>(&'a self, table: &'a Table) -> SchemaObject<'a> {
        match &self.object {
            SignatureObject::Index(index) => SchemaObject::Index(table, index),
            SignatureObject::Unique(constraint) => SchemaObject::Constraint(table, constraint),
        }
    }

    fn constraint_name(&self) -> &ConstraintName {
        match &self.object {
            SignatureObject::Index(index) => &index.name,
            SignatureObject::Unique(constraint) => constraint.name(),
        }
    }
}

/// Gives the `name` that SQLAlchemy's object for an expression has.
fn expression_name(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Column(column) => Some(column.name.as_str().to_owned()),
        Expression::LiteralColumn { text, .. } => Some(text.clone()),
        Expression::Function(call) => call.name.last().cloned(),
        Expression::Label { name, .. } => Some(name.as_str().to_owned()),
        _ => None,
    }
}
