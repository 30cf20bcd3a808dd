//! Tables that only one side has, and the walk over those that both have.

use std::collections::HashMap;

use indexmap::{IndexMap, IndexSet};
use limbeck_sql::reflection::Inspector;
use limbeck_sql::schema::{Identifier, Table, TableKey};

use super::reflected::ReflectedTable;
use super::{Dependencies, TablePair, columns, compare_table_parts, sort_by_dependencies};
use crate::autogenerate::target::TargetTables;
use crate::autogenerate::{AutogenContext, Described};
use crate::ddl::SA_WARNINGS;
use crate::error::Result;
use crate::operations::{CreateTableOp, DropTableOp, UpgradeOps};
use crate::runtime::{NameFilterType, ParentNames, SchemaObject};

/// The name of the reference's logger, which logging configurations speak of.
const LOG: &str = "alembic.autogenerate.compare.tables";

/// Compares the tables of the given schemas.
pub(super) fn compare(
    autogen: &AutogenContext,
    inspector: &mut Inspector,
    default_schema: Option<&Identifier>,
    schemas: &[Option<String>],
    upgrade: &mut UpgradeOps,
) -> Result<Described> {
    let conn_names = names_in_database(autogen, inspector, schemas)?;
    let target = TargetTables::new(autogen.metadata(), autogen.dialect())?;
    let metadata = by_database_name(autogen, &target, default_schema);

    let mut conn_tables = IndexMap::with_capacity(conn_names.len());
    for key in conn_names {
        let read = ReflectedTable::read(inspector, autogen.rules(), &key.name, key.schema.as_deref())?;
        conn_tables.insert(key, read);
    }
    for warning in inspector.take_warnings() {
        log::warn!(target: SA_WARNINGS, "{warning}");
    }

    for (key, table) in &metadata {
        if !conn_tables.contains_key(key) {
            add_table(autogen, key, table, upgrade)?;
        }
    }
    for (key, table) in removal_order(&conn_tables, &metadata) {
        remove_table(autogen, key, table, upgrade)?;
    }
    let mut existing: Vec<&TableKey> = conn_tables.keys().filter(|key| metadata.contains_key(*key)).collect();
    existing.sort_by(|one, other| {
        (one.schema.as_deref().unwrap_or_default(), &one.name)
            .cmp(&(other.schema.as_deref().unwrap_or_default(), &other.name))
    });
    for key in existing {
        compare_existing(autogen, key, &conn_tables[key], metadata[key], upgrade)?;
    }
    let database = conn_tables.into_iter().map(|(key, read)| (key, read.table)).collect();
    Ok(Described::new(target.into_tables(), database))
}

/// Names the tables of the database that take part: not the version table, and only what `include_name` lets through.
fn names_in_database(
    autogen: &AutogenContext,
    inspector: &mut Inspector,
    schemas: &[Option<String>],
) -> Result<IndexSet<TableKey>> {
    let version_table = &autogen.options().version_table;
    let version_schema = version_table.schema.as_ref().map(Identifier::as_str);
    let mut keys = IndexSet::new();
    for schema in schemas {
        inspector.load_schema(schema.as_deref())?;
        for name in inspector.get_table_names(schema.as_deref())? {
            if schema.as_deref() == version_schema && name == version_table.name.as_str() {
                continue;
            }
            let parents = ParentNames { schema_name: schema.clone(), ..ParentNames::default() };
            if autogen.run_name_filters(Some(&name), NameFilterType::Table, parents)? {
                keys.insert(TableKey { schema: schema.clone(), name });
            }
        }
    }
    Ok(keys)
}

/// Gives the tables of the models by the names that the database has for them: without the default schema's.
fn by_database_name<'t>(
    autogen: &AutogenContext,
    target: &'t TargetTables,
    default_schema: Option<&Identifier>,
) -> IndexMap<TableKey, &'t Table> {
    let version_table = &autogen.options().version_table;
    let version_schema = version_table.schema.as_ref().map(Identifier::as_str);
    let default_schema = default_schema.map(Identifier::as_str);
    target
        .sorted()
        .filter(|table| {
            table.schema.as_ref().map(Identifier::as_str) != version_schema
                || table.name.as_str() != version_table.name.as_str()
        })
        .map(|table| {
            let mut key = table.key();
            key.schema = key.schema.filter(|schema| Some(schema.as_str()) != default_schema);
            (key, table)
        })
        .collect()
}

fn add_table(
    autogen: &AutogenContext,
    key: &TableKey,
    table: &Table,
    upgrade: &mut UpgradeOps,
) -> Result<()> {
    let included = autogen.run_object_filters(
        SchemaObject::Table(table),
        Some(&key.name),
        NameFilterType::Table,
        false,
        None,
    )?;
    if !included {
        return Ok(());
    }
    let pair =
        TablePair { schema: key.schema.as_deref(), name: &key.name, conn: None, metadata: Some(table) };
    upgrade.ops.push(CreateTableOp::from_table(&without_indexes(table)).into());
    log::info!(target: LOG, "Detected added table {}", repr(&pair.full_name()));
    let mut ops = pair.modify_table_ops();
    compare_table_parts(autogen, pair, &mut ops)?;
    if !ops.is_empty() {
        upgrade.ops.push(ops.into());
    }
    Ok(())
}

fn remove_table(
    autogen: &AutogenContext,
    key: &TableKey,
    conn: &ReflectedTable,
    upgrade: &mut UpgradeOps,
) -> Result<()> {
    let included = autogen.run_object_filters(
        SchemaObject::Table(&conn.table),
        Some(&key.name),
        NameFilterType::Table,
        true,
        None,
    )?;
    if !included {
        return Ok(());
    }
    let pair = TablePair { schema: key.schema.as_deref(), name: &key.name, conn: Some(conn), metadata: None };
    let mut ops = pair.modify_table_ops();
    compare_table_parts(autogen, pair, &mut ops)?;
    if !ops.is_empty() {
        upgrade.ops.push(ops.into());
    }
    upgrade.ops.push(DropTableOp::from_table(&without_indexes(&conn.table)).into());
    log::info!(target: LOG, "Detected removed table {}", repr(&key.to_string()));
    Ok(())
}

fn compare_existing(
    autogen: &AutogenContext,
    key: &TableKey,
    conn: &ReflectedTable,
    table: &Table,
    upgrade: &mut UpgradeOps,
) -> Result<()> {
    let included = autogen.run_object_filters(
        SchemaObject::Table(table),
        Some(&key.name),
        NameFilterType::Table,
        false,
        Some(SchemaObject::Table(&conn.table)),
    )?;
    if !included {
        return Ok(());
    }
    let pair =
        TablePair { schema: key.schema.as_deref(), name: &key.name, conn: Some(conn), metadata: Some(table) };
    let mut ops = pair.modify_table_ops();
    let columns = columns::Columns::new(autogen, pair, conn, table)?;
    columns.compare_added_and_changed(&mut ops)?;
    compare_table_parts(autogen, pair, &mut ops)?;
    columns.compare_removed(&mut ops)?;
    if !ops.is_empty() {
        upgrade.ops.push(ops.into());
    }
    Ok(())
}

/// Gives the tables that the models do not have: first those that no other one refers to, in order of their names.
///
/// The reference takes the order of a Python set, which changes between runs and may put a table before one that still
/// refers to it.
fn removal_order<'c>(
    conn_tables: &'c IndexMap<TableKey, ReflectedTable>,
    metadata: &IndexMap<TableKey, &Table>,
) -> Vec<(&'c TableKey, &'c ReflectedTable)> {
    let mut removed: Vec<(&TableKey, &ReflectedTable)> =
        conn_tables.iter().filter(|(key, _)| !metadata.contains_key(*key)).collect();
    removed.sort_by_key(|(key, _)| *key);
    let positions: HashMap<&TableKey, usize> =
        removed.iter().enumerate().map(|(position, (key, _))| (*key, position)).collect();
    let mut dependencies = Dependencies::default();
    for (position, (key, table)) in removed.iter().enumerate() {
        for foreign_key in &table.foreign_keys {
            let referred = TableKey {
                schema: foreign_key.referred_schema.clone().or_else(|| key.schema.clone()),
                name: foreign_key.referred_table.clone(),
            };
            if let Some(parent) = positions.get(&referred) {
                dependencies.add(position, *parent);
            }
        }
    }
    let (order, _) = sort_by_dependencies(removed.len(), &dependencies);
    order.into_iter().map(|position| removed[position]).collect()
}

/// Gives the table as CREATE TABLE makes it; its indexes are operations of their own.
fn without_indexes(table: &Table) -> Table {
    Table { indexes: Vec::new(), ..table.clone() }
}

/// Gives Python's `repr` of a string.
fn repr(text: &str) -> String {
    limbeck_sql::engine::text_repr(text)
}

#[cfg(test)]
mod tests {
    use limbeck_sql::reflection::ReflectedForeignKeyConstraint;

    use super::*;

    /// A table of the database that refers to others.
    fn table(name: &str, referred: &[&str]) -> (TableKey, ReflectedTable) {
        let foreign_key = |referred: &&str| ReflectedForeignKeyConstraint {
            referred_table: (*referred).to_owned(),
            ..ReflectedForeignKeyConstraint::default()
        };
        let table = ReflectedTable {
            table: Table::new(None, name),
            indexes: Vec::new(),
            unique_constraints: Vec::new(),
            foreign_keys: referred.iter().map(foreign_key).collect(),
        };
        (TableKey { schema: None, name: name.to_owned() }, table)
    }

    fn removed(tables: Vec<(TableKey, ReflectedTable)>) -> Vec<String> {
        let tables = tables.into_iter().collect();
        removal_order(&tables, &IndexMap::new()).into_iter().map(|(key, _)| key.name.clone()).collect()
    }

    #[test]
    fn tables_are_removed_before_those_that_they_refer_to() {
        let tables =
            vec![table("a", &[]), table("z", &["m"]), table("m", &["a", "m"]), table("b", &["kept"])];
        assert_eq!(removed(tables), ["b", "z", "m", "a"]);
    }

    #[test]
    fn tables_that_refer_to_one_another_are_removed_by_name() {
        assert_eq!(removed(vec![table("b", &["a"]), table("a", &["b"])]), ["a", "b"]);
    }
}
