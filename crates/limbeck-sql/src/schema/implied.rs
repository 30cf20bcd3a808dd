//! What a table's columns imply: its primary key, indexes, and the constraints of `unique=True` and of types.

use super::{
    CheckConstraint, Column, Constraint, ConstraintName, DialectOptions, Identifier, Index, IndexExpression,
    Table, UniqueConstraint,
};
use crate::dialect::Dialect;
use crate::engine::Value;
use crate::expression::{Expression, InList};
use crate::types::{GenericType, SqlType};

impl Table {
    /// Gives the columns of the primary key: those of the constraint, or those that are marked.
    pub fn primary_key_columns(&self) -> Vec<&Identifier> {
        if self.primary_key.columns.is_empty() {
            self.columns.iter().filter(|column| column.primary_key).map(|column| &column.name).collect()
        } else {
            self.primary_key.columns.iter().collect()
        }
    }

    /// Tells whether a column belongs to the primary key.
    pub fn has_in_primary_key(&self, column: &Column) -> bool {
        column.primary_key
            || self.primary_key.columns.iter().any(|name| name.as_str() == column.name.as_str())
    }

    /// Tells whether a column of the table takes NULL, the primary key considered.
    pub fn is_nullable(&self, column: &Column) -> bool {
        column.nullable && (column.nullable_given || !self.has_in_primary_key(column))
    }

    /// Tells whether a foreign key of the table starts at a column.
    pub fn has_foreign_key_on(&self, column: &Column) -> bool {
        self.constraints.iter().any(|constraint| match constraint {
            Constraint::ForeignKey(key) => {
                key.columns.iter().any(|name| name.as_str() == column.name.as_str())
            }
            _ => false,
        })
    }

    /// Gives the CHECK constraints that `Boolean` and `Enum` columns with `create_constraint` get on a dialect, in the
    /// order of the columns, without those that the table already has.
    pub fn implied_type_checks(&self, dialect: &dyn Dialect) -> Vec<CheckConstraint> {
        let present = |column: &Column| {
            self.constraints.iter().any(|constraint| {
                matches!(constraint, Constraint::Check(check)
                    if check.type_bound && check.column.as_ref() == Some(&column.name))
            })
        };
        self.columns
            .iter()
            .filter(|column| !present(column))
            .filter_map(|column| column.type_check(dialect))
            .collect()
    }
}

impl Column {
    /// Gives the CHECK constraint that the column's type makes on a dialect, if any.
    pub fn type_check(&self, dialect: &dyn Dialect) -> Option<CheckConstraint> {
        let own = self.type_.for_dialect(dialect.name());
        // a decorator brings the CHECK of the type that it was made on
        let decorated = match own {
            SqlType::Custom(custom) => custom.decorated_type(dialect.name()).ok().flatten(),
            _ => None,
        };
        let (name, values, type_) = match decorated.as_ref().unwrap_or(own).for_dialect(dialect.name()) {
            SqlType::Generic(GenericType::Boolean(boolean))
                if boolean.create_constraint
                    && !dialect.supports_native_boolean()
                    && dialect.checks_booleans() =>
            {
                (boolean.name.clone(), vec![Value::Int(0), Value::Int(1)], SqlType::integer())
            }
            SqlType::Generic(GenericType::Enum(enumeration))
                if enumeration.create_constraint
                    && !(enumeration.native_enum && dialect.supports_native_enum()) =>
            {
                let name = enumeration.name.clone().map_or(ConstraintName::Unnamed, ConstraintName::Given);
                let values = enumeration.values.iter().map(|label| Value::Text(label.clone())).collect();
                (name, values, SqlType::string(None))
            }
            _ => return None,
        };
        Some(CheckConstraint {
            name,
            condition: Expression::In {
                operand: Box::new(Expression::column(self.name.clone())),
                list: InList::Values(values, Some(type_)),
                negated: false,
            },
            deferrable: None,
            initially: None,
            comment: None,
            column: Some(self.name.clone()),
            type_bound: true,
            dialect_options: DialectOptions::default(),
        })
    }
}

impl Table {
    /// Gives the index that `index=True` of a column stands for, or the unique constraint of `unique=True`.
    ///
    /// Both are without a name: the naming convention makes it.
    pub fn implied_by(column: &Column) -> Implied {
        let index = column.index == Some(true);
        let unique = column.unique == Some(true);
        if index {
            Implied::Index(Index {
                name: ConstraintName::Unnamed,
                expressions: vec![IndexExpression::Column(column.name.clone())],
                unique,
                ..Index::default()
            })
        } else if unique {
            Implied::Unique(UniqueConstraint {
                columns: vec![column.name.clone()],
                ..UniqueConstraint::default()
            })
        } else {
            Implied::Nothing
        }
    }

    /// Gives the indexes that `index=True` of the columns stands for, in the order of the columns.
    pub fn implied_indexes(&self) -> Vec<Index> {
        self.columns
            .iter()
            .filter_map(|column| match Self::implied_by(column) {
                Implied::Index(index) => Some(index),
                _ => None,
            })
            .collect()
    }

    /// Gives the constraints that `unique=True` (without `index`) of the columns stands for.
    pub fn implied_unique_constraints(&self) -> Vec<UniqueConstraint> {
        self.columns
            .iter()
            .filter_map(|column| match Self::implied_by(column) {
                Implied::Unique(unique) => Some(unique),
                _ => None,
            })
            .collect()
    }
}

/// What `index=True` and `unique=True` of a column stand for.
#[derive(Clone, Debug)]
pub enum Implied {
    /// Neither is set.
    Nothing,
    /// An index, unique when both are set.
    Index(Index),
    /// A unique constraint.
    Unique(UniqueConstraint),
}
