//! Reflection of SQLite: pragmas for what they tell, the text of CREATE TABLE for the rest.

mod catalog;
mod create_table;
mod types;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use catalog::{Catalog, TableText, quote};
use create_table::TableDefinition;
use indexmap::IndexMap;

use super::{
    ReflectedCheckConstraint, ReflectedColumn, ReflectedComputed, ReflectedForeignKeyConstraint,
    ReflectedIndex, ReflectedPrimaryKeyConstraint, ReflectedUniqueConstraint, Reflector,
};
use crate::engine::{Connection, Value};
use crate::error::{Error, Result};
use crate::expression::Expression;
use crate::schema::{DialectOptions, OptionValue};

/// Reads the schema objects of a SQLite database.
#[derive(Debug)]
pub(super) struct SqliteReflector {
    catalog: Catalog,
    /// What the text of CREATE TABLE says, by schema and table.
    definitions: HashMap<(Option<String>, String), Arc<TableDefinition>>,
    warnings: Vec<String>,
    /// Warnings already given: the same thing is looked at for indexes and for unique constraints.
    warned: HashSet<String>,
}

impl SqliteReflector {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            catalog: Catalog::new(connection),
            definitions: HashMap::new(),
            warnings: Vec::new(),
            warned: HashSet::new(),
        }
    }

    fn warn(&mut self, warning: String) {
        if self.warned.insert(warning.clone()) {
            self.warnings.push(warning);
        }
    }

    /// Gives what the table's text says; nothing for a view or a table of SQLite's own.
    fn definition(&mut self, name: &str, schema: Option<&str>) -> Result<Arc<TableDefinition>> {
        let key = (schema.map(str::to_owned), name.to_owned());
        if let Some(definition) = self.definitions.get(&key) {
            return Ok(Arc::clone(definition));
        }
        let text = self.table_text(name, schema)?;
        let definition = Arc::new(text.and_then(|text| create_table::parse(&text)).unwrap_or_default());
        self.definitions.insert(key, Arc::clone(&definition));
        Ok(definition)
    }

    fn table_text(&mut self, name: &str, schema: Option<&str>) -> Result<Option<Arc<str>>> {
        const SYSTEM_TABLES: [&str; 4] =
            ["sqlite_schema", "sqlite_master", "sqlite_temp_schema", "sqlite_temp_master"];
        match self.catalog.table_text(name, schema)? {
            TableText::Text(text) => Ok(Some(text)),
            TableText::Absent => Ok(None),
            TableText::Missing if SYSTEM_TABLES.contains(&name) => Ok(None),
            TableText::Missing => {
                let prefix = schema.map(|schema| format!("{}.", quote(schema))).unwrap_or_default();
                Err(Error::NoSuchTable(format!("{prefix}{name}")))
            }
        }
    }

    fn check_exists(&mut self, name: &str, schema: Option<&str>) -> Result<()> {
        if self.has_table(name, schema)? {
            return Ok(());
        }
        let prefix = schema.map(|schema| format!("{schema}.")).unwrap_or_default();
        Err(Error::NoSuchTable(format!("{prefix}{name}")))
    }

    /// Gives the columns of the primary key, in the key's order.
    fn primary_key_columns(&mut self, name: &str, schema: Option<&str>) -> Result<Vec<String>> {
        let columns = self.catalog.columns(name, schema)?;
        let mut key: Vec<_> = columns.iter().filter(|column| column.primary_key > 0).collect();
        key.sort_by_key(|column| column.primary_key);
        Ok(key.into_iter().map(|column| column.name.clone()).collect())
    }

    /// Gives the foreign keys as the pragma lists them, by number.
    fn listed_foreign_keys(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<IndexMap<i64, ReflectedForeignKeyConstraint>> {
        let rows = self.catalog.foreign_keys(name, schema)?;
        let mut keys: IndexMap<i64, ReflectedForeignKeyConstraint> = IndexMap::new();
        for row in rows.iter() {
            if !keys.contains_key(&row.id) {
                // Without named columns the primary key of the other table is meant, if there is that table.
                let referred_columns = match &row.to {
                    Some(_) => Vec::new(),
                    None => self.primary_key_columns(&row.table, schema)?,
                };
                let key = ReflectedForeignKeyConstraint {
                    referred_schema: schema.map(str::to_owned),
                    referred_table: row.table.clone(),
                    referred_columns,
                    ..ReflectedForeignKeyConstraint::default()
                };
                keys.insert(row.id, key);
            }
            if let Some(key) = keys.get_mut(&row.id) {
                key.constrained_columns.push(row.from.clone());
                key.referred_columns.extend(row.to.clone());
            }
        }
        Ok(keys)
    }

    /// Gives all indexes that are on columns alone, sorted by name; those on expressions leave a warning.
    fn column_indexes(
        &mut self,
        name: &str,
        schema: Option<&str>,
        automatic: bool,
    ) -> Result<Vec<ReflectedIndex>> {
        let listed = self.catalog.indexes(name, schema)?;
        let mut indexes = Vec::new();
        for index in listed.iter() {
            if !automatic && is_automatic(&index.name) {
                continue;
            }
            if index.columns.iter().any(Option::is_none) {
                self.warn(format!("Skipped unsupported reflection of expression-based index {}", index.name));
                continue;
            }
            let mut dialect_options = DialectOptions::default();
            if let Some(condition) = index.partial_sql.as_deref().and_then(create_table::index_condition) {
                let condition = OptionValue::Expression(Expression::text(condition));
                dialect_options.insert("sqlite_where".to_owned(), condition);
            }
            indexes.push(ReflectedIndex {
                name: Some(index.name.clone()),
                column_names: index.columns.clone(),
                unique: index.unique,
                dialect_options,
                ..ReflectedIndex::default()
            });
        }
        indexes.sort_by(|left, right| left.name.cmp(&right.name));
        if indexes.is_empty() {
            self.check_exists(name, schema)?;
        }
        Ok(indexes)
    }
}

/// Tells whether SQLite made the index for a constraint.
fn is_automatic(index: &str) -> bool {
    index.starts_with("sqlite_autoindex")
}

fn same_names(left: &[String], right: &[String]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.eq_ignore_ascii_case(right))
}

/// Gives a column's declared type in upper case, without the words that SQLite takes for part of it.
fn declared_type(declared: &str, generated: bool) -> String {
    let upper = declared.to_uppercase();
    if generated { upper.replace("GENERATED", "").replace("ALWAYS", "").trim().to_owned() } else { upper }
}

impl Reflector for SqliteReflector {
    fn get_schema_names(&mut self) -> Result<Vec<String>> {
        let databases = self.catalog.query("PRAGMA database_list", Vec::new())?;
        let names = databases.rows.iter().filter_map(|row| row.get(1).and_then(Value::as_str));
        Ok(names.filter(|name| *name != "temp").map(str::to_owned).collect())
    }

    fn default_schema_name(&mut self) -> Result<Option<String>> {
        Ok(Some("main".to_owned()))
    }

    fn get_table_names(&mut self, schema: Option<&str>) -> Result<Vec<String>> {
        self.catalog.names(schema, "table")
    }

    fn get_temp_table_names(&mut self) -> Result<Vec<String>> {
        self.catalog.names_in("sqlite_temp_master", "table")
    }

    fn get_temp_view_names(&mut self) -> Result<Vec<String>> {
        self.catalog.names_in("sqlite_temp_master", "view")
    }

    fn get_view_names(&mut self, schema: Option<&str>) -> Result<Vec<String>> {
        self.catalog.names(schema, "view")
    }

    fn get_view_definition(&mut self, name: &str, schema: Option<&str>) -> Result<String> {
        let condition = "WHERE name = ?1 AND type = 'view'";
        let sql = match schema {
            Some(schema) => format!("SELECT sql FROM {}.sqlite_master {condition}", quote(schema)),
            None => format!(
                "SELECT sql FROM sqlite_master {condition} UNION ALL SELECT sql FROM sqlite_temp_master {condition}"
            ),
        };
        let result = self.catalog.query(&sql, vec![name.into()])?;
        let prefix = schema.map(|schema| format!("{schema}.")).unwrap_or_default();
        result
            .scalar()
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| Error::NoSuchTable(format!("{prefix}{name}")))
    }

    fn has_table(&mut self, name: &str, schema: Option<&str>) -> Result<bool> {
        if let Some(schema) = schema
            && !self.get_schema_names()?.iter().any(|known| known == schema)
        {
            return Ok(false);
        }
        Ok(!self.catalog.columns(name, schema)?.is_empty())
    }

    fn get_columns(&mut self, name: &str, schema: Option<&str>) -> Result<Vec<ReflectedColumn>> {
        let raw = self.catalog.columns(name, schema)?;
        let mut columns = Vec::with_capacity(raw.len());
        for column in raw.iter().filter(|column| column.hidden != 1) {
            let generated = column.hidden != 0;
            let (type_, warning) = types::resolve(&declared_type(&column.declared_type, generated));
            if let Some(warning) = warning {
                self.warn(warning);
            }
            let computed = if generated {
                let definition = self.definition(name, schema)?;
                let text = definition
                    .generated
                    .iter()
                    .find(|(generated, _)| generated.eq_ignore_ascii_case(&column.name))
                    .map(|(_, text)| text.clone());
                Some(ReflectedComputed {
                    sqltext: text.unwrap_or_default(),
                    persisted: Some(column.hidden == 3),
                })
            } else {
                None
            };
            columns.push(ReflectedColumn {
                name: column.name.clone(),
                type_,
                nullable: !column.not_null,
                default: column.default.clone(),
                autoincrement: None,
                primary_key: Some(column.primary_key),
                comment: None,
                computed,
                identity: None,
                dialect_options: DialectOptions::default(),
            });
        }
        if columns.is_empty() {
            self.check_exists(name, schema)?;
        }
        Ok(columns)
    }

    fn get_pk_constraint(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<ReflectedPrimaryKeyConstraint> {
        let definition = self.definition(name, schema)?;
        let constrained_columns = self.primary_key_columns(name, schema)?;
        let name = if constrained_columns.is_empty() { None } else { definition.primary_key_name.clone() };
        Ok(ReflectedPrimaryKeyConstraint {
            name,
            constrained_columns,
            ..ReflectedPrimaryKeyConstraint::default()
        })
    }

    fn get_foreign_keys(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedForeignKeyConstraint>> {
        let mut listed = self.listed_foreign_keys(name, schema)?;
        let definition = self.definition(name, schema)?;
        let count = definition.foreign_keys.len();
        let mut keys: Vec<ReflectedForeignKeyConstraint> = Vec::with_capacity(listed.len());
        let mut add = |key: ReflectedForeignKeyConstraint| {
            let known = keys.iter().any(|known| {
                known.referred_table == key.referred_table
                    && known.constrained_columns == key.constrained_columns
                    && known.referred_columns == key.referred_columns
            });
            if !known {
                keys.push(key);
            }
        };
        // The pragma numbers foreign keys backwards: the last one of the text is number zero.
        for (position, parsed) in definition.foreign_keys.iter().enumerate() {
            let Ok(id) = i64::try_from(count - 1 - position) else { continue };
            let Some(key) = listed.get_mut(&id) else { continue };
            if !same_names(&key.constrained_columns, &parsed.columns) {
                continue;
            }
            key.name.clone_from(&parsed.name);
            key.options = parsed.options.clone();
            let first = !parsed.inline && !parsed.referred_columns.is_empty();
            if first && let Some(key) = listed.shift_remove(&id) {
                add(key);
            }
        }
        listed.into_values().for_each(add);
        Ok(keys)
    }

    fn get_unique_constraints(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedUniqueConstraint>> {
        let mut automatic: Vec<Vec<String>> = self
            .column_indexes(name, schema, true)?
            .into_iter()
            .filter(|index| index.name.as_deref().is_some_and(is_automatic))
            .map(|index| index.column_names.into_iter().flatten().collect())
            .collect();
        let definition = self.definition(name, schema)?;
        let (inline, of_table): (Vec<_>, Vec<_>) =
            definition.unique.iter().partition(|constraint| constraint.inline);
        let mut constraints = Vec::new();
        for parsed in of_table.into_iter().chain(inline) {
            let Some(position) = automatic.iter().position(|columns| same_names(columns, &parsed.columns))
            else {
                continue;
            };
            constraints.push(ReflectedUniqueConstraint {
                name: parsed.name.clone(),
                column_names: automatic.remove(position),
                ..ReflectedUniqueConstraint::default()
            });
        }
        Ok(constraints)
    }

    fn get_check_constraints(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedCheckConstraint>> {
        let definition = self.definition(name, schema)?;
        let mut constraints: Vec<_> = definition
            .checks
            .iter()
            .map(|check| ReflectedCheckConstraint {
                name: check.name.clone(),
                sqltext: check.text.clone(),
                ..ReflectedCheckConstraint::default()
            })
            .collect();
        // Nameless ones come last, as the reference sorts them.
        constraints.sort_by(|left, right| {
            left.name.as_deref().unwrap_or("~").cmp(right.name.as_deref().unwrap_or("~"))
        });
        Ok(constraints)
    }

    fn get_indexes(&mut self, name: &str, schema: Option<&str>) -> Result<Vec<ReflectedIndex>> {
        self.column_indexes(name, schema, false)
    }

    fn get_table_comment(&mut self, _name: &str, _schema: Option<&str>) -> Result<Option<String>> {
        Err(Error::NotImplemented("SQLite has no comments on tables".to_owned()))
    }

    fn supports_comments(&self) -> bool {
        false
    }

    fn get_table_options(&mut self, name: &str, schema: Option<&str>) -> Result<DialectOptions> {
        let definition = self.definition(name, schema)?;
        let mut options = DialectOptions::default();
        if definition.without_rowid {
            options.insert("sqlite_with_rowid".to_owned(), OptionValue::Value(Value::Bool(false)));
        }
        if definition.strict {
            options.insert("sqlite_strict".to_owned(), OptionValue::Value(Value::Bool(true)));
        }
        Ok(options)
    }

    fn load_schema(&mut self, schema: Option<&str>) -> Result<()> {
        self.catalog.load_schema(schema)
    }

    fn clear_cache(&mut self) {
        self.catalog.clear();
        self.definitions.clear();
        self.warned.clear();
    }

    fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }
}

#[cfg(test)]
mod tests;
