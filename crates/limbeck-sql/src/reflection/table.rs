//! From what the inspector returns to a `Table`, as `Table(..., autoload_with=...)` does.

use super::{
    ReflectedCheckConstraint, ReflectedColumn, ReflectedForeignKeyConstraint, ReflectedIndex,
    ReflectedPrimaryKeyConstraint, ReflectedUniqueConstraint,
};
use crate::expression::Expression;
use crate::schema::{
    Autoincrement, CheckConstraint, Column, Computed, Constraint, ConstraintName, DialectOptions,
    ForeignKeyConstraint, Identifier, Index, IndexExpression, PrimaryKeyConstraint, ServerDefault, Table,
    UniqueConstraint,
};

/// Everything that is known about one table.
pub(super) struct Parts<'n> {
    pub name: &'n str,
    pub schema: Option<&'n str>,
    pub columns: Vec<ReflectedColumn>,
    pub primary_key: ReflectedPrimaryKeyConstraint,
    pub foreign_keys: Vec<ReflectedForeignKeyConstraint>,
    pub indexes: Vec<ReflectedIndex>,
    pub unique_constraints: Vec<ReflectedUniqueConstraint>,
    pub check_constraints: Vec<ReflectedCheckConstraint>,
    pub comment: Option<String>,
    pub options: DialectOptions,
}

/// Makes the table.
pub(super) fn assemble(parts: Parts<'_>) -> Table {
    let key = &parts.primary_key.constrained_columns;
    let mut table = Table::new(parts.schema.map(Identifier::from), parts.name);
    table.columns = parts.columns.into_iter().map(|column| assemble_column(column, key)).collect();
    table.primary_key = PrimaryKeyConstraint {
        name: constraint_name(parts.primary_key.name),
        columns: identifiers(parts.primary_key.constrained_columns),
        comment: parts.primary_key.comment,
        dialect_options: parts.primary_key.dialect_options,
        ..PrimaryKeyConstraint::default()
    };
    table.constraints.extend(parts.foreign_keys.into_iter().map(foreign_key));
    table.constraints.extend(parts.unique_constraints.into_iter().filter_map(unique_constraint));
    table.constraints.extend(parts.check_constraints.into_iter().map(check_constraint));
    table.indexes = parts.indexes.into_iter().filter_map(index).collect();
    table.comment = parts.comment;
    table.dialect_options = parts.options;
    table
}

fn constraint_name(name: Option<String>) -> ConstraintName {
    name.map_or(ConstraintName::Unnamed, |name| ConstraintName::Given(Identifier::new(name)))
}

fn identifiers(names: Vec<String>) -> Vec<Identifier> {
    names.into_iter().map(Identifier::new).collect()
}

fn assemble_column(reflected: ReflectedColumn, key: &[String]) -> Column {
    let mut column = Column::new(reflected.name, reflected.type_);
    column.nullable = reflected.nullable;
    column.nullable_given = true;
    column.primary_key = key.iter().any(|name| name == column.name.as_str());
    column.autoincrement = match reflected.autoincrement {
        Some(true) => Autoincrement::Yes,
        Some(false) => Autoincrement::No,
        None => Autoincrement::Auto,
    };
    column.server_default = if let Some(computed) = reflected.computed {
        Some(ServerDefault::Computed(Computed {
            expression: Expression::text(computed.sqltext),
            persisted: computed.persisted,
        }))
    } else if let Some(identity) = reflected.identity {
        Some(ServerDefault::Identity(identity))
    } else {
        reflected.default.map(|default| ServerDefault::Expression(Expression::text(default)))
    };
    column.comment = reflected.comment;
    column.dialect_options = reflected.dialect_options;
    column
}

fn foreign_key(reflected: ReflectedForeignKeyConstraint) -> Constraint {
    Constraint::ForeignKey(ForeignKeyConstraint {
        name: constraint_name(reflected.name),
        columns: identifiers(reflected.constrained_columns),
        referred_schema: reflected.referred_schema.map(Identifier::new),
        referred_table: Identifier::new(reflected.referred_table),
        referred_columns: identifiers(reflected.referred_columns),
        onupdate: reflected.options.onupdate,
        ondelete: reflected.options.ondelete,
        deferrable: reflected.options.deferrable,
        initially: reflected.options.initially,
        match_: reflected.options.match_,
        comment: reflected.comment,
        ..ForeignKeyConstraint::default()
    })
}

/// Makes a unique constraint, unless an index that is reflected too is the same thing.
fn unique_constraint(reflected: ReflectedUniqueConstraint) -> Option<Constraint> {
    if reflected.duplicates_index.is_some() {
        return None;
    }
    Some(Constraint::Unique(UniqueConstraint {
        name: constraint_name(reflected.name),
        columns: identifiers(reflected.column_names),
        comment: reflected.comment,
        dialect_options: reflected.dialect_options,
        ..UniqueConstraint::default()
    }))
}

fn check_constraint(reflected: ReflectedCheckConstraint) -> Constraint {
    Constraint::Check(CheckConstraint {
        name: constraint_name(reflected.name),
        condition: Expression::text(reflected.sqltext),
        deferrable: None,
        initially: None,
        comment: reflected.comment,
        column: None,
        type_bound: false,
        dialect_options: reflected.dialect_options,
    })
}

/// Makes an index, unless it stands behind a unique constraint.
fn index(reflected: ReflectedIndex) -> Option<Index> {
    if reflected.duplicates_constraint.is_some() {
        return None;
    }
    let texts = reflected.expressions.unwrap_or_default();
    let expressions = reflected
        .column_names
        .into_iter()
        .enumerate()
        .map(|(position, column)| match column {
            Some(column) => IndexExpression::Column(Identifier::new(column)),
            None => IndexExpression::Expression(Expression::text(
                texts.get(position).cloned().unwrap_or_default(),
            )),
        })
        .collect();
    Some(Index {
        name: constraint_name(reflected.name),
        expressions,
        unique: reflected.unique,
        dialect_options: reflected.dialect_options,
    })
}
