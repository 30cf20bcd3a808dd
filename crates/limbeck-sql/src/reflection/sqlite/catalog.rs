//! What SQLite's pragmas and `sqlite_master` say, read table by table or for a whole schema at once.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::{Connection, Parameters, QueryResult, Row, Value};
use crate::error::Result;

/// A table's place: its schema as the caller named it, and its name.
type Key = (Option<String>, String);

/// A row of `PRAGMA table_xinfo`.
#[derive(Clone, Debug)]
pub(super) struct RawColumn {
    pub name: String,
    pub declared_type: String,
    pub not_null: bool,
    pub default: Option<String>,
    /// Position in the primary key, from one; zero outside it.
    pub primary_key: i64,
    /// 0 for a normal column, 1 for a hidden one, 2 for a virtual, 3 for a stored generated one.
    pub hidden: i64,
}

/// A row of `PRAGMA foreign_key_list`.
#[derive(Clone, Debug)]
pub(super) struct RawForeignKey {
    pub id: i64,
    pub table: String,
    pub from: String,
    pub to: Option<String>,
}

/// A row of `PRAGMA index_list`, with the index's columns.
#[derive(Clone, Debug)]
pub(super) struct RawIndex {
    pub name: String,
    pub unique: bool,
    /// `None` stands for an expression.
    pub columns: Vec<Option<String>>,
    /// The text of CREATE INDEX, of a partial index.
    pub partial_sql: Option<String>,
}

/// The text of CREATE TABLE or CREATE VIEW.
#[derive(Clone, Debug)]
pub(super) enum TableText {
    /// The schema has no entry of that name.
    Missing,
    /// There is an entry without a text, as for SQLite's own tables.
    Absent,
    /// The text.
    Text(Arc<str>),
}

impl TableText {
    fn read(value: &Value) -> Self {
        text(value).map_or(Self::Absent, |text| Self::Text(text.into()))
    }
}

/// What was read so far.
#[derive(Debug)]
pub(super) struct Catalog {
    connection: Connection,
    columns: HashMap<Key, Arc<Vec<RawColumn>>>,
    foreign_keys: HashMap<Key, Arc<Vec<RawForeignKey>>>,
    indexes: HashMap<Key, Arc<Vec<RawIndex>>>,
    texts: HashMap<Key, TableText>,
    names: HashMap<(Option<String>, &'static str), Vec<String>>,
}

/// Quotes a name always.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(crate::engine::float_repr(*number)),
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}

fn name(value: &Value) -> String {
    text(value).unwrap_or_default()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

impl RawColumn {
    /// Reads a row whose first columns are name, type, notnull, default, pk, hidden.
    fn read(row: &[Value]) -> Self {
        Self {
            name: name(&row[0]),
            declared_type: name(&row[1]),
            not_null: number(&row[2]) != 0,
            default: text(&row[3]),
            primary_key: number(&row[4]),
            hidden: number(&row[5]),
        }
    }
}

impl RawForeignKey {
    /// Reads a row whose first columns are id, table, from, to.
    fn read(row: &[Value]) -> Self {
        Self { id: number(&row[0]), table: name(&row[1]), from: name(&row[2]), to: text(&row[3]) }
    }
}

/// Puts rows of (index, unique, partial, column) together, one index after the other.
fn collect_index(indexes: &mut Vec<RawIndex>, row: &[Value], partial_sql: impl FnOnce() -> Option<String>) {
    let index_name = name(&row[0]);
    if indexes.last().is_none_or(|last| last.name != index_name) {
        let partial_sql = if number(&row[2]) == 0 { None } else { partial_sql() };
        indexes.push(RawIndex {
            name: index_name,
            unique: number(&row[1]) != 0,
            columns: Vec::new(),
            partial_sql,
        });
    }
    if let Some(index) = indexes.last_mut() {
        index.columns.push(text(&row[3]));
    }
}

impl Catalog {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            columns: HashMap::new(),
            foreign_keys: HashMap::new(),
            indexes: HashMap::new(),
            texts: HashMap::new(),
            names: HashMap::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.columns.clear();
        self.foreign_keys.clear();
        self.indexes.clear();
        self.texts.clear();
        self.names.clear();
    }

    pub(super) fn query(&self, sql: &str, parameters: Vec<Value>) -> Result<QueryResult> {
        self.connection.execute_sql(sql, &Parameters::Positional(parameters))
    }

    /// Names the tables or views of a schema's master table, sorted.
    pub(super) fn names(&mut self, schema: Option<&str>, kind: &'static str) -> Result<Vec<String>> {
        let key = (schema.map(str::to_owned), kind);
        if let Some(names) = self.names.get(&key) {
            return Ok(names.clone());
        }
        let master =
            schema.map_or_else(|| "sqlite_master".to_owned(), |s| format!("{}.sqlite_master", quote(s)));
        let names = self.names_in(&master, kind)?;
        self.names.insert(key, names.clone());
        Ok(names)
    }

    /// Names the entries of one kind in a master table, sorted, without SQLite's own.
    pub(super) fn names_in(&self, master: &str, kind: &str) -> Result<Vec<String>> {
        let sql = format!(
            "SELECT name FROM {master} WHERE type='{kind}' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"
        );
        Ok(self.query(&sql, Vec::new())?.rows.iter().map(|row| name(&row[0])).collect())
    }

    /// The columns; none when there is no such table.
    pub(super) fn columns(&mut self, table: &str, schema: Option<&str>) -> Result<Arc<Vec<RawColumn>>> {
        let key = (schema.map(str::to_owned), table.to_owned());
        if let Some(columns) = self.columns.get(&key) {
            return Ok(Arc::clone(columns));
        }
        let rows = self.pragma("table_xinfo", table, schema)?;
        let columns: Vec<_> = rows.iter().map(|row| RawColumn::read(&row[1..])).collect();
        let columns = Arc::new(columns);
        self.columns.insert(key, Arc::clone(&columns));
        Ok(columns)
    }

    /// The foreign keys, a row for each column.
    pub(super) fn foreign_keys(
        &mut self,
        table: &str,
        schema: Option<&str>,
    ) -> Result<Arc<Vec<RawForeignKey>>> {
        let key = (schema.map(str::to_owned), table.to_owned());
        if let Some(keys) = self.foreign_keys.get(&key) {
            return Ok(Arc::clone(keys));
        }
        let rows = self.pragma("foreign_key_list", table, schema)?;
        let keys: Vec<_> = rows
            .iter()
            .map(|row| RawForeignKey::read(&[row[0].clone(), row[2].clone(), row[3].clone(), row[4].clone()]))
            .collect();
        let keys = Arc::new(keys);
        self.foreign_keys.insert(key, Arc::clone(&keys));
        Ok(keys)
    }

    /// The indexes, those behind constraints too.
    pub(super) fn indexes(&mut self, table: &str, schema: Option<&str>) -> Result<Arc<Vec<RawIndex>>> {
        let key = (schema.map(str::to_owned), table.to_owned());
        if let Some(indexes) = self.indexes.get(&key) {
            return Ok(Arc::clone(indexes));
        }
        let mut indexes = Vec::new();
        for row in self.pragma("index_list", table, schema)? {
            let index_name = name(&row[1]);
            let partial_sql = || self.index_text(&index_name, schema);
            let partial_sql = if number(&row[4]) == 0 { None } else { partial_sql()? };
            let columns = self.pragma("index_info", &index_name, schema)?;
            indexes.push(RawIndex {
                columns: columns.iter().map(|row| text(&row[2])).collect(),
                name: index_name,
                unique: number(&row[2]) != 0,
                partial_sql,
            });
        }
        let indexes = Arc::new(indexes);
        self.indexes.insert(key, Arc::clone(&indexes));
        Ok(indexes)
    }

    fn index_text(&self, index: &str, schema: Option<&str>) -> Result<Option<String>> {
        let prefix = schema.map(|schema| format!("{}.", quote(schema))).unwrap_or_default();
        let sql = format!("SELECT sql FROM {prefix}sqlite_master WHERE name = ? AND type = 'index'");
        Ok(self.query(&sql, vec![index.into()])?.scalar().and_then(text))
    }

    /// The text of CREATE TABLE or CREATE VIEW.
    pub(super) fn table_text(&mut self, table: &str, schema: Option<&str>) -> Result<TableText> {
        let key = (schema.map(str::to_owned), table.to_owned());
        if let Some(found) = self.texts.get(&key) {
            return Ok(found.clone());
        }
        let condition = "WHERE name = ?1 AND type IN ('table', 'view')";
        let sql = match schema {
            Some(schema) => format!("SELECT sql FROM {}.sqlite_master {condition}", quote(schema)),
            None => format!(
                "SELECT sql FROM sqlite_master {condition} UNION ALL SELECT sql FROM sqlite_temp_master {condition}"
            ),
        };
        let result = self.query(&sql, vec![table.into()])?;
        let found = result.rows.first().map_or(TableText::Missing, |row| TableText::read(&row[0]));
        self.texts.insert(key, found.clone());
        Ok(found)
    }

    /// Runs a pragma about a table. Without a schema, temporary tables are looked at after those of `main`.
    fn pragma(&self, pragma: &str, table: &str, schema: Option<&str>) -> Result<Vec<Row>> {
        let schemas = match schema {
            Some(schema) => vec![quote(schema)],
            None => vec!["main".to_owned(), "temp".to_owned()],
        };
        let mut rows = Vec::new();
        for schema in schemas {
            let sql = format!("PRAGMA {schema}.{pragma}({})", quote(table));
            rows = self.query(&sql, Vec::new())?.rows;
            if !rows.is_empty() {
                break;
            }
        }
        Ok(rows)
    }

    /// Reads all tables of a schema with one query for each kind of thing.
    ///
    /// Views and virtual tables are left to be read one by one: looking at a broken one is an error, which belongs
    /// to whoever asks for it.
    pub(super) fn load_schema(&mut self, schema: Option<&str>) -> Result<()> {
        let schema_name = schema.unwrap_or("main");
        let quoted = quote(schema_name);
        let literal = format!("'{}'", schema_name.replace('\'', "''"));
        let owner = schema.map(str::to_owned);
        let key = |row: &[Value]| (owner.clone(), name(&row[0]));
        let tables = format!(
            "FROM {quoted}.sqlite_master AS m CROSS JOIN {{}} WHERE m.type = 'table' AND m.rootpage > 0"
        );
        let from = |function: &str| tables.replace("{}", function);

        let mut columns: HashMap<Key, Vec<RawColumn>> = HashMap::new();
        let mut foreign_keys: HashMap<Key, Vec<RawForeignKey>> = HashMap::new();
        let mut indexes: HashMap<Key, Vec<RawIndex>> = HashMap::new();
        let mut texts = HashMap::new();
        let sql = format!(
            "SELECT name, sql, type = 'table' AND rootpage > 0 FROM {quoted}.sqlite_master WHERE type IN ('table', 'view')"
        );
        for row in self.query(&sql, Vec::new())?.rows {
            let key = key(&row);
            if number(&row[2]) != 0 {
                columns.insert(key.clone(), Vec::new());
                foreign_keys.insert(key.clone(), Vec::new());
                indexes.insert(key.clone(), Vec::new());
            }
            texts.insert(key, TableText::read(&row[1]));
        }
        let sql = format!(
            "SELECT m.name, p.name, p.type, p.\"notnull\", p.dflt_value, p.pk, p.hidden {}",
            from(&format!("pragma_table_xinfo(m.name, {literal}) AS p"))
        );
        for row in self.query(&sql, Vec::new())?.rows {
            columns.entry(key(&row)).or_default().push(RawColumn::read(&row[1..]));
        }
        let sql = format!(
            "SELECT m.name, p.id, p.\"table\", p.\"from\", p.\"to\" {}",
            from(&format!("pragma_foreign_key_list(m.name, {literal}) AS p"))
        );
        for row in self.query(&sql, Vec::new())?.rows {
            foreign_keys.entry(key(&row)).or_default().push(RawForeignKey::read(&row[1..]));
        }
        let sql = format!(
            "SELECT name, sql FROM {quoted}.sqlite_master WHERE type = 'index' AND sql LIKE '%where%'"
        );
        let partial: HashMap<String, Option<String>> =
            self.query(&sql, Vec::new())?.rows.iter().map(|row| (name(&row[0]), text(&row[1]))).collect();
        let sql = format!(
            "SELECT m.name, l.name, l.\"unique\", l.partial, i.name {}",
            from(&format!(
                "pragma_index_list(m.name, {literal}) AS l CROSS JOIN pragma_index_info(l.name, {literal}) AS i"
            ))
        );
        for row in self.query(&sql, Vec::new())?.rows {
            let indexes = indexes.entry(key(&row)).or_default();
            collect_index(indexes, &row[1..], || partial.get(&name(&row[1])).cloned().flatten());
        }
        self.columns.extend(columns.into_iter().map(|(key, rows)| (key, Arc::new(rows))));
        self.foreign_keys.extend(foreign_keys.into_iter().map(|(key, rows)| (key, Arc::new(rows))));
        self.indexes.extend(indexes.into_iter().map(|(key, rows)| (key, Arc::new(rows))));
        self.texts.extend(texts);
        Ok(())
    }
}
