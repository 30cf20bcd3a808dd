//! Reflection of PostgreSQL: a few questions to the system catalogs for one table, or for a whole schema at once.

mod catalog;
mod columns;
mod constraints;
mod indexes;
mod named_types;
mod types;

use std::collections::{HashMap, HashSet};

use catalog::{Catalog, Persistence, Scope, text, texts};
use constraints::Constraints;
use indexmap::IndexMap;
use named_types::NamedTypes;

use super::{
    NamedTypeScope, ReflectedCheckConstraint, ReflectedColumn, ReflectedDomain, ReflectedEnum,
    ReflectedForeignKeyConstraint, ReflectedIndex, ReflectedPrimaryKeyConstraint, ReflectedUniqueConstraint,
    Reflector,
};
use crate::engine::{Connection, Value};
use crate::error::{Error, Result};
use crate::schema::{DialectOptions, OptionValue};

/// A relation's place: its schema as the caller named it, and its name.
type Key = (Option<String>, String);

/// Reads the schema objects of a PostgreSQL database.
#[derive(Debug)]
pub(super) struct PostgresqlReflector {
    catalog: Catalog,
    cache: Cache,
    warnings: Vec<String>,
}

/// What was read. A relation without an entry of its own, in a schema that was read whole, has nothing.
#[derive(Debug, Default)]
struct Cache {
    /// Schemas of which everything was read.
    whole: HashSet<Option<String>>,
    columns: HashMap<Key, Option<columns::OfRelation>>,
    constraints: HashMap<Key, Constraints>,
    indexes: HashMap<Key, Vec<ReflectedIndex>>,
    facts_of_tables: HashMap<Key, TableFacts>,
    named_types: Option<NamedTypes>,
    /// Relations whose warnings were given.
    warned: HashSet<Key>,
}

/// What belongs to a relation itself.
#[derive(Clone, Debug, Default)]
struct TableFacts {
    comment: Option<String>,
    options: DialectOptions,
}

fn key(name: &str, schema: Option<&str>) -> Key {
    (schema.map(str::to_owned), name.to_owned())
}

fn no_such_table(name: &str, schema: Option<&str>) -> Error {
    Error::NoSuchTable(match schema {
        Some(schema) => format!("{schema}.{name}"),
        None => name.to_owned(),
    })
}

impl PostgresqlReflector {
    pub(super) fn new(connection: Connection) -> Self {
        Self { catalog: Catalog::new(connection), cache: Cache::default(), warnings: Vec::new() }
    }

    /// Gives the columns with the warnings about them; `None` when there is no such relation.
    fn columns(&mut self, name: &str, schema: Option<&str>) -> Result<Option<&columns::OfRelation>> {
        let key = key(name, schema);
        if !self.cache.columns.contains_key(&key) {
            let found = if self.cache.whole.contains(&key.0) {
                None
            } else {
                self.read_columns(Some(name), schema)?.shift_remove(name)
            };
            self.cache.columns.insert(key.clone(), found);
        }
        Ok(self.cache.columns.get(&key).and_then(Option::as_ref))
    }

    fn read_columns(&mut self, name: Option<&str>, schema: Option<&str>) -> Result<columns::Columns> {
        let facts = self.catalog.facts()?;
        let scope = Scope::relations(schema, name);
        columns::read(&self.catalog, &facts, &scope, &mut self.cache.named_types)
    }

    fn check_exists(&mut self, name: &str, schema: Option<&str>) -> Result<()> {
        if self.has_table(name, schema)? { Ok(()) } else { Err(no_such_table(name, schema)) }
    }

    fn constraints(&mut self, name: &str, schema: Option<&str>) -> Result<Constraints> {
        self.check_exists(name, schema)?;
        let key = key(name, schema);
        if let Some(found) = self.cache.constraints.get(&key) {
            return Ok(found.clone());
        }
        let found = if self.cache.whole.contains(&key.0) {
            Constraints::default()
        } else {
            self.read_constraints(Some(name), schema)?.shift_remove(name).unwrap_or_default()
        };
        self.cache.constraints.insert(key, found.clone());
        Ok(found)
    }

    fn read_constraints(
        &mut self,
        name: Option<&str>,
        schema: Option<&str>,
    ) -> Result<IndexMap<String, Constraints>> {
        let facts = self.catalog.facts()?;
        constraints::read(&self.catalog, &facts, &Scope::relations(schema, name))
    }

    fn read_indexes(
        &mut self,
        name: Option<&str>,
        schema: Option<&str>,
    ) -> Result<IndexMap<String, Vec<ReflectedIndex>>> {
        let facts = self.catalog.facts()?;
        indexes::read(&self.catalog, &facts, &Scope::relations(schema, name))
    }

    fn table_facts(&mut self, name: &str, schema: Option<&str>) -> Result<TableFacts> {
        self.check_exists(name, schema)?;
        let key = key(name, schema);
        if let Some(found) = self.cache.facts_of_tables.get(&key) {
            return Ok(found.clone());
        }
        let found = self.read_table_facts(Some(name), schema)?.shift_remove(name).unwrap_or_default();
        self.cache.facts_of_tables.insert(key, found.clone());
        Ok(found)
    }

    fn read_table_facts(
        &mut self,
        name: Option<&str>,
        schema: Option<&str>,
    ) -> Result<IndexMap<String, TableFacts>> {
        let rows = self.catalog.rows(&format!(
            "SELECT c.relname::text, pg_catalog.obj_description(c.oid, 'pg_class'), c.reloptions, \
             ARRAY(SELECT p.relname::text FROM pg_catalog.pg_inherits AS h JOIN pg_catalog.pg_class AS p \
             ON p.oid = h.inhparent WHERE h.inhrelid = c.oid ORDER BY h.inhseqno) \
             FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE {}",
            self.catalog.condition(&Scope::relations(schema, name))
        ))?;
        let facts = rows.iter().map(|row| {
            let mut options = DialectOptions::default();
            if let Some(storage) = indexes::storage_options(&texts(row, 2)) {
                options.insert("postgresql_with".to_owned(), storage);
            }
            let parents = texts(row, 3);
            if !parents.is_empty() {
                let parents = parents.into_iter().map(|name| OptionValue::Value(Value::Text(name)));
                options.insert("postgresql_inherits".to_owned(), OptionValue::List(parents.collect()));
            }
            (text(row, 0).unwrap_or_default(), TableFacts { comment: text(row, 1), options })
        });
        Ok(facts.collect())
    }
}

impl Reflector for PostgresqlReflector {
    fn get_schema_names(&mut self) -> Result<Vec<String>> {
        let rows = self.catalog.rows(
            "SELECT n.nspname::text FROM pg_catalog.pg_namespace AS n \
             WHERE pg_catalog.left(n.nspname, 3) <> 'pg_' ORDER BY 1",
        )?;
        Ok(rows.iter().filter_map(|row| text(row, 0)).collect())
    }

    fn default_schema_name(&mut self) -> Result<Option<String>> {
        Ok(self.catalog.facts()?.default_schema.clone())
    }

    fn get_table_names(&mut self, schema: Option<&str>) -> Result<Vec<String>> {
        self.catalog.names(&Scope { persistence: Persistence::Lasting, ..Scope::tables(schema, None) })
    }

    fn get_temp_table_names(&mut self) -> Result<Vec<String>> {
        self.catalog.names(&Scope { persistence: Persistence::Temporary, ..Scope::tables(None, None) })
    }

    fn get_temp_view_names(&mut self) -> Result<Vec<String>> {
        let scope = Scope { kinds: "v", persistence: Persistence::Temporary, ..Scope::relations(None, None) };
        self.catalog.names(&scope)
    }

    fn get_view_names(&mut self, schema: Option<&str>) -> Result<Vec<String>> {
        let scope = Scope { kinds: "v", persistence: Persistence::Lasting, ..Scope::relations(schema, None) };
        self.catalog.names(&scope)
    }

    fn get_materialized_view_names(&mut self, schema: Option<&str>) -> Result<Vec<String>> {
        self.catalog.names(&Scope { kinds: "m", ..Scope::relations(schema, None) })
    }

    fn get_sequence_names(&mut self, schema: Option<&str>) -> Result<Vec<String>> {
        self.catalog.names(&Scope { kinds: "S", ..Scope::relations(schema, None) })
    }

    fn has_sequence(&mut self, name: &str, schema: Option<&str>) -> Result<bool> {
        let scope = Scope { kinds: "S", ..Scope::relations(schema, Some(name)) };
        Ok(!self.catalog.names(&scope)?.is_empty())
    }

    fn has_type(&mut self, name: &str, schema: Option<&str>) -> Result<bool> {
        let place = match schema {
            Some(schema) => format!("n.nspname = {}", self.catalog.literal(schema)),
            None => "pg_catalog.pg_type_is_visible(t.oid)".to_owned(),
        };
        let rows = self.catalog.rows(&format!(
            "SELECT 1 FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace \
             WHERE t.typname = {} AND {place}",
            self.catalog.literal(name)
        ))?;
        Ok(!rows.is_empty())
    }

    fn get_enums(&mut self, scope: NamedTypeScope<'_>) -> Result<Vec<ReflectedEnum>> {
        Ok(NamedTypes::read(&self.catalog)?.reflected_enums(scope))
    }

    fn get_domains(&mut self, scope: NamedTypeScope<'_>) -> Result<Vec<ReflectedDomain>> {
        Ok(NamedTypes::read(&self.catalog)?.reflected_domains(scope))
    }

    fn get_view_definition(&mut self, name: &str, schema: Option<&str>) -> Result<String> {
        let scope = Scope { kinds: "vm", ..Scope::relations(schema, Some(name)) };
        let rows = self.catalog.rows(&format!(
            "SELECT pg_catalog.pg_get_viewdef(c.oid) FROM pg_catalog.pg_class AS c \
             JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE {}",
            self.catalog.condition(&scope)
        ))?;
        rows.first().and_then(|row| text(row, 0)).ok_or_else(|| no_such_table(name, schema))
    }

    fn has_table(&mut self, name: &str, schema: Option<&str>) -> Result<bool> {
        let key = key(name, schema);
        if let Some(columns) = self.cache.columns.get(&key) {
            return Ok(columns.is_some());
        }
        if self.cache.whole.contains(&key.0) {
            return Ok(false);
        }
        Ok(!self.catalog.names(&Scope::relations(schema, Some(name)))?.is_empty())
    }

    fn get_columns(&mut self, name: &str, schema: Option<&str>) -> Result<Vec<ReflectedColumn>> {
        let Some((columns, warnings)) = self.columns(name, schema)? else {
            return Err(no_such_table(name, schema));
        };
        let (columns, warnings) = (columns.clone(), warnings.clone());
        if self.cache.warned.insert(key(name, schema)) {
            self.warnings.extend(warnings);
        }
        Ok(columns)
    }

    fn get_pk_constraint(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<ReflectedPrimaryKeyConstraint> {
        Ok(self.constraints(name, schema)?.primary_key)
    }

    fn get_foreign_keys(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedForeignKeyConstraint>> {
        Ok(self.constraints(name, schema)?.foreign_keys)
    }

    fn get_unique_constraints(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedUniqueConstraint>> {
        Ok(self.constraints(name, schema)?.unique)
    }

    fn get_check_constraints(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedCheckConstraint>> {
        Ok(self.constraints(name, schema)?.checks)
    }

    fn get_indexes(&mut self, name: &str, schema: Option<&str>) -> Result<Vec<ReflectedIndex>> {
        self.check_exists(name, schema)?;
        let key = key(name, schema);
        if let Some(found) = self.cache.indexes.get(&key) {
            return Ok(found.clone());
        }
        let found = if self.cache.whole.contains(&key.0) {
            Vec::new()
        } else {
            self.read_indexes(Some(name), schema)?.shift_remove(name).unwrap_or_default()
        };
        self.cache.indexes.insert(key, found.clone());
        Ok(found)
    }

    fn get_table_comment(&mut self, name: &str, schema: Option<&str>) -> Result<Option<String>> {
        Ok(self.table_facts(name, schema)?.comment)
    }

    fn supports_comments(&self) -> bool {
        true
    }

    fn get_table_options(&mut self, name: &str, schema: Option<&str>) -> Result<DialectOptions> {
        Ok(self.table_facts(name, schema)?.options)
    }

    fn load_schema(&mut self, schema: Option<&str>) -> Result<()> {
        let owned = schema.map(str::to_owned);
        if self.cache.whole.contains(&owned) {
            return Ok(());
        }
        let place = |name: String| (owned.clone(), name);
        let columns = self.read_columns(None, schema)?;
        self.cache.columns.extend(columns.into_iter().map(|(name, found)| (place(name), Some(found))));
        let constraints = self.read_constraints(None, schema)?;
        self.cache.constraints.extend(constraints.into_iter().map(|(name, found)| (place(name), found)));
        let indexes = self.read_indexes(None, schema)?;
        self.cache.indexes.extend(indexes.into_iter().map(|(name, found)| (place(name), found)));
        let facts = self.read_table_facts(None, schema)?;
        self.cache.facts_of_tables.extend(facts.into_iter().map(|(name, found)| (place(name), found)));
        self.cache.whole.insert(owned);
        Ok(())
    }

    fn clear_cache(&mut self) {
        self.cache = Cache::default();
    }

    fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }
}
