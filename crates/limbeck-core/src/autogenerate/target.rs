//! The models made ready for comparing: what columns stand for is spelt out, and every name is final.

use indexmap::IndexMap;
use limbeck_sql::dialect::{CompileOptions, Dialect};
use limbeck_sql::engine::text_repr;
use limbeck_sql::schema::{
    Constraint, ConstraintName, Identifier, Implied, Index, IndexExpression, MetaData, NamedObject, Table,
    TableKey,
};

use super::compare::{Dependencies, sort_by_dependencies};
use crate::ddl::SA_WARNINGS;
use crate::error::{Error, Result};

/// The tables of the models.
#[derive(Clone, Debug, Default)]
pub(super) struct TargetTables {
    tables: IndexMap<TableKey, Table>,
    sorted: Vec<usize>,
}

impl TargetTables {
    /// Makes the tables of every `MetaData` ready.
    ///
    /// # Errors
    /// One table in two of them; foreign keys to tables that none has; names that a naming convention cannot make.
    pub(super) fn new(metadata: &[impl AsRef<MetaData>], dialect: &dyn Dialect) -> Result<Self> {
        let mut target = Self::default();
        let mut duplicates: Vec<String> = Vec::new();
        for collection in metadata {
            let collection = collection.as_ref();
            let options = CompileOptions {
                naming_convention: collection.naming_convention.clone(),
                ..CompileOptions::default()
            };
            for (key, table) in &collection.tables {
                let table = complete(table, dialect, &options)?;
                if target.tables.insert(key.clone(), table).is_some() {
                    duplicates.push(format!("\"{key}\""));
                }
            }
        }
        if !duplicates.is_empty() {
            duplicates.sort();
            return Err(Error::value(format!(
                "Duplicate table keys across multiple MetaData objects: {}",
                duplicates.join(", ")
            )));
        }
        for collection in metadata {
            let positions = target.sort(collection.as_ref())?;
            target.sorted.extend(positions);
        }
        Ok(target)
    }

    /// Gives the tables, each after those that its foreign keys refer to.
    pub(super) fn sorted(&self) -> impl Iterator<Item = &Table> {
        self.sorted.iter().filter_map(|position| self.tables.get_index(*position)).map(|(_, table)| table)
    }

    /// Gives the tables by key.
    pub(super) fn into_tables(self) -> IndexMap<TableKey, Table> {
        self.tables
    }

    /// Sorts the tables of one `MetaData`, as its `sorted_tables` does.
    fn sort(&self, collection: &MetaData) -> Result<Vec<usize>> {
        let mut positions: Vec<usize> =
            collection.tables.keys().filter_map(|key| self.tables.get_index_of(key)).collect();
        let key_at = |position: usize| self.tables.get_index(position).map(|(key, _)| key.to_string());
        positions.sort_by_cached_key(|position| key_at(*position));
        let ranks: std::collections::HashMap<usize, usize> =
            positions.iter().enumerate().map(|(rank, position)| (*position, rank)).collect();
        let mut dependencies = Dependencies::default();
        for (rank, position) in positions.iter().enumerate() {
            let Some((_, table)) = self.tables.get_index(*position) else { continue };
            for constraint in &table.constraints {
                let Constraint::ForeignKey(key) = constraint else { continue };
                if key.use_alter {
                    continue;
                }
                let referred = TableKey {
                    schema: key.referred_schema.as_ref().map(|name| name.as_str().to_owned()),
                    name: key.referred_table.as_str().to_owned(),
                };
                let Some(parent) = self.tables.get_index_of(&referred) else {
                    let column = |names: &[Identifier]| {
                        names.first().map(|name| name.as_str().to_owned()).unwrap_or_default()
                    };
                    return Err(limbeck_sql::Error::InvalidRequest(format!(
                        "Foreign key associated with column '{}.{}' could not find table '{referred}' with which to \
                         generate a foreign key to target column '{}'",
                        table.name,
                        column(&key.columns),
                        column(&key.referred_columns)
                    ))
                    .into());
                };
                if let Some(parent) = ranks.get(&parent) {
                    dependencies.add(*parent, rank);
                }
            }
        }
        let (order, cycles) = sort_by_dependencies(positions.len(), &dependencies);
        if !cycles.is_empty() {
            let names: Vec<String> = cycles.iter().filter_map(|rank| key_at(positions[*rank])).collect();
            log::warn!(
                target: SA_WARNINGS,
                "Cannot correctly sort tables; there are unresolvable cycles between tables \"{}\", which is usually \
                 caused by mutually dependent foreign key constraints.  Foreign key constraints involving these tables \
                 will not be considered; this warning may raise an error in a future release.",
                names.join(", ")
            );
        }
        Ok(order.into_iter().map(|rank| positions[rank]).collect())
    }
}

/// Spells out the indexes and constraints that columns stand for, and gives every object the name of its convention.
fn complete(table: &Table, dialect: &dyn Dialect, options: &CompileOptions) -> Result<Table> {
    let mut complete = table.clone();
    for column in &table.columns {
        match Table::implied_by(column) {
            Implied::Nothing => {}
            Implied::Index(mut index) => {
                let object = NamedObject::index(&index);
                let name = convention_name(&object, &index.name, table, dialect, options)?;
                index.name = name;
                if !table.indexes.iter().any(|other| is_same_index(other, &index)) {
                    complete.indexes.push(index);
                }
            }
            Implied::Unique(mut unique) => {
                let constraint = Constraint::Unique(unique.clone());
                let object = NamedObject::constraint(&constraint);
                unique.name = convention_name(&object, &unique.name, table, dialect, options)?;
                let spelt_out = table.constraints.iter().any(|other| match other {
                    Constraint::Unique(other) => {
                        other.columns == unique.columns
                            && (other.name == ConstraintName::Unnamed
                                || other.name.as_str() == unique.name.as_str())
                    }
                    _ => false,
                });
                if !spelt_out {
                    complete.constraints.push(Constraint::Unique(unique));
                }
            }
        }
    }
    for column in &mut complete.columns {
        column.index = None;
        column.unique = None;
    }
    let mut names = Vec::with_capacity(complete.constraints.len());
    for constraint in &complete.constraints {
        // a type names its CHECK when the table is written
        let of_type = matches!(constraint, Constraint::Check(check) if check.type_bound);
        names.push(if of_type {
            constraint.name().clone()
        } else {
            let object = NamedObject::constraint(constraint);
            convention_name(&object, constraint.name(), table, dialect, options)?
        });
    }
    for (constraint, name) in complete.constraints.iter_mut().zip(names) {
        constraint.set_name(name);
    }
    let mut index_names = Vec::with_capacity(complete.indexes.len());
    for index in &complete.indexes {
        let object = NamedObject::index(index);
        index_names.push(convention_name(&object, &index.name, table, dialect, options)?);
    }
    for (index, name) in complete.indexes.iter_mut().zip(index_names) {
        if name == ConstraintName::Unnamed {
            return Err(limbeck_sql::Error::Compile(format!(
                "an index of table {} has no name, and no naming convention makes one",
                text_repr(table.name.as_str())
            ))
            .into());
        }
        index.name = name;
    }
    if !complete.primary_key.columns.is_empty() {
        let key = Constraint::PrimaryKey(complete.primary_key.clone());
        let object = NamedObject::constraint(&key);
        complete.primary_key.name = convention_name(&object, key.name(), table, dialect, options)?;
    }
    Ok(complete)
}

/// Tells whether the index of a column's `index=True` is already among the table's.
fn is_same_index(index: &Index, implied: &Index) -> bool {
    if index.name != ConstraintName::Unnamed {
        return index.name.as_str() == implied.name.as_str();
    }
    match (index.expressions.as_slice(), implied.expressions.as_slice()) {
        ([IndexExpression::Column(one)], [IndexExpression::Column(other)]) => one == other,
        _ => false,
    }
}

/// Gives the name of an object after the naming convention.
fn convention_name(
    object: &NamedObject<'_>,
    name: &ConstraintName,
    table: &Table,
    dialect: &dyn Dialect,
    options: &CompileOptions,
) -> Result<ConstraintName> {
    let resolved = dialect.resolve_name(object, table, options)?;
    Ok(match resolved {
        Some(resolved) if resolved.truncatable => ConstraintName::Conv(resolved.name),
        _ => name.clone(),
    })
}
