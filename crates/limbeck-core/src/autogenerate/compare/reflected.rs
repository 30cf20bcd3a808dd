//! A table of the database, read for comparing: every name in it is final.

use limbeck_sql::reflection::{
    Inspector, ReflectedForeignKeyConstraint, ReflectedIndex, ReflectedUniqueConstraint,
};
use limbeck_sql::schema::{Constraint, ConstraintName, Identifier, Table};

use crate::autogenerate::ComparisonRules;
use crate::error::Result;

/// What the inspector tells about a table.
#[derive(Clone, Debug)]
pub(super) struct ReflectedTable {
    /// The table as a whole.
    pub(super) table: Table,
    /// The indexes, also those that stand behind constraints.
    pub(super) indexes: Vec<ReflectedIndex>,
    /// The unique constraints, also those that stand for indexes.
    pub(super) unique_constraints: Vec<ReflectedUniqueConstraint>,
    /// The foreign keys.
    pub(super) foreign_keys: Vec<ReflectedForeignKeyConstraint>,
}

impl ReflectedTable {
    /// Reads a table.
    pub(super) fn read(
        inspector: &mut Inspector,
        rules: &dyn ComparisonRules,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Self> {
        let mut table = inspector.reflect_table(name, schema)?;
        for column in &mut table.columns {
            rules.autogen_column_reflect(column);
        }
        mark_names_final(&mut table);
        Ok(Self {
            table,
            indexes: inspector.get_indexes(name, schema)?,
            unique_constraints: inspector.get_unique_constraints(name, schema)?,
            foreign_keys: inspector.get_foreign_keys(name, schema)?,
        })
    }
}

/// Marks a name that the database gave as final.
pub(super) fn final_name(name: Option<&str>) -> ConstraintName {
    name.map_or(ConstraintName::Unnamed, |name| ConstraintName::Conv(Identifier::new(name)))
}

fn mark_names_final(table: &mut Table) {
    let mark = |name: &mut ConstraintName| {
        if let ConstraintName::Given(given) = name {
            *name = ConstraintName::Conv(given.clone());
        }
    };
    mark(&mut table.primary_key.name);
    for constraint in &mut table.constraints {
        mark(match constraint {
            Constraint::PrimaryKey(constraint) => &mut constraint.name,
            Constraint::ForeignKey(constraint) => &mut constraint.name,
            Constraint::Unique(constraint) => &mut constraint.name,
            Constraint::Check(constraint) => &mut constraint.name,
            Constraint::Exclude(constraint) => &mut constraint.name,
        });
    }
    for index in &mut table.indexes {
        mark(&mut index.name);
    }
}
