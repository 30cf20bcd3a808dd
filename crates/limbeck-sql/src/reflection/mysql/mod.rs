//! Reflection of MySQL and MariaDB: what `SHOW CREATE TABLE` tells, as SQLAlchemy reads it.

mod create_table;
mod options;
mod scanner;
mod types;

use std::collections::HashMap;
use std::sync::Arc;

use create_table::{Key, KeyKind, TableDefinition, parse, parse_column};

use super::{
    ReflectedCheckConstraint, ReflectedColumn, ReflectedForeignKeyConstraint, ReflectedIndex,
    ReflectedPrimaryKeyConstraint, ReflectedUniqueConstraint, Reflector,
};
use crate::engine::{Connection, Parameters, QueryResult, Value};
use crate::error::{Error, Result};
use crate::schema::{DialectOptions, OptionValue};

/// Reads the schema objects of a database of MySQL or MariaDB.
#[derive(Debug)]
pub(super) struct MysqlReflector {
    connection: Connection,
    /// What the tables' texts say, by schema and name.
    definitions: HashMap<(Option<String>, String), Arc<TableDefinition>>,
    /// The tables of a schema with what they are, such as `BASE TABLE`.
    tables: HashMap<Option<String>, Vec<(String, String)>>,
    warnings: Vec<String>,
}

impl MysqlReflector {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, definitions: HashMap::new(), tables: HashMap::new(), warnings: Vec::new() }
    }

    /// Sends SQL with names in it, whose percent signs stand for themselves.
    fn query(&self, sql: &str) -> Result<QueryResult> {
        let sql = if self.connection.dialect().doubles_percents() {
            sql.replace('%', "%%")
        } else {
            sql.to_owned()
        };
        self.connection.execute_sql(&sql, &Parameters::none())
    }

    fn quoted(&self, name: &str, schema: Option<&str>) -> String {
        let quote = self.quote();
        let quoted = |name: &str| {
            let doubled = name.replace(quote, &quote.to_string().repeat(2));
            format!("{quote}{doubled}{quote}")
        };
        match schema {
            Some(schema) => format!("{}.{}", quoted(schema), quoted(name)),
            None => quoted(name),
        }
    }

    fn quote(&self) -> char {
        self.connection.dialect().identifier_quotes().initial
    }

    /// Gives what the table's text says.
    fn definition(&mut self, name: &str, schema: Option<&str>) -> Result<Arc<TableDefinition>> {
        let key = (schema.map(str::to_owned), name.to_owned());
        if let Some(definition) = self.definitions.get(&key) {
            return Ok(Arc::clone(definition));
        }
        let mut definition = match self.create_text(name, schema)? {
            Text::Table(text) => parse(&text, self.quote()),
            Text::View(_) => self.view_definition(name, schema)?,
        };
        self.warnings.append(&mut definition.warnings);
        let definition = Arc::new(definition);
        self.definitions.insert(key, Arc::clone(&definition));
        Ok(definition)
    }

    /// Gives the text that would make the table or the view.
    fn create_text(&self, name: &str, schema: Option<&str>) -> Result<Text> {
        let quoted = self.quoted(name, schema);
        let result =
            self.query(&format!("SHOW CREATE TABLE {quoted}")).map_err(|error| missing(error, &quoted))?;
        let is_view = result.columns.first().is_some_and(|column| column == "View");
        let text = result.rows.first().and_then(|row| row.get(1)).map(text_of).unwrap_or_default();
        Ok(if is_view { Text::View(text) } else { Text::Table(text) })
    }

    /// Gives the columns of a view, whose text does not define them.
    fn view_definition(&self, name: &str, schema: Option<&str>) -> Result<TableDefinition> {
        let quoted = self.quoted(name, schema);
        let result = self.query(&format!("DESCRIBE {quoted}")).map_err(|error| missing(error, &quoted))?;
        let mut definition = TableDefinition::default();
        for row in &result.rows {
            let [column, type_, ..] = row.as_slice() else { continue };
            let specification = text_of(type_);
            let reflected =
                parse_column(text_of(column), &specification, self.quote(), &mut definition.warnings);
            let Some(mut reflected) = reflected else { continue };
            // a default of a view's column is told without its quotes
            reflected.default = row
                .get(4)
                .filter(|default| !default.is_null())
                .map(|default| format!("'{}'", text_of(default).replace('\'', "''")));
            definition.columns.push(reflected);
        }
        Ok(definition)
    }

    /// Names the tables of a schema that are of one of some kinds.
    fn names(&mut self, schema: Option<&str>, kinds: &[&str]) -> Result<Vec<String>> {
        let key = schema.map(str::to_owned);
        if !self.tables.contains_key(&key) {
            let schema = match schema {
                Some(schema) => schema.to_owned(),
                None => self.default_schema_name()?.unwrap_or_default(),
            };
            let result = self.query(&format!("SHOW FULL TABLES FROM {}", self.quoted(&schema, None)))?;
            let tables = result.rows.iter().filter_map(|row| match row.as_slice() {
                [name, kind, ..] => Some((text_of(name), text_of(kind))),
                _ => None,
            });
            self.tables.insert(key.clone(), tables.collect());
        }
        let tables = self.tables.get(&key).map(Vec::as_slice).unwrap_or_default();
        let names = tables.iter().filter(|(_, kind)| kinds.contains(&kind.as_str()));
        Ok(names.map(|(name, _)| name.clone()).collect())
    }

    fn option_name(&self, name: &str) -> String {
        format!("{}_{name}", self.connection.dialect().name())
    }
}

/// What `SHOW CREATE TABLE` gave.
enum Text {
    Table(String),
    View(String),
}

/// The code for a table that is not there.
const NO_SUCH_TABLE: &str = "1146";

/// The code for a database that is not there.
const BAD_DATABASE: &str = "1049";

/// Tells whether a driver's error has a code, wherever its words put it.
fn has_code(error: &Error, code: &str) -> bool {
    match error {
        Error::Database(error) => error.message.trim_start_matches('(').starts_with(code),
        _ => false,
    }
}

/// Tells whether an error says that there is no such table; one driver does not give the code.
fn is_missing(error: &Error) -> bool {
    let worded = matches!(error, Error::Database(error) if error.message.ends_with("doesn't exist"));
    worded || has_code(error, NO_SUCH_TABLE) || has_code(error, BAD_DATABASE)
}

fn missing(error: Error, quoted: &str) -> Error {
    if is_missing(&error) { Error::NoSuchTable(quoted.to_owned()) } else { error }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::Null => String::new(),
        other => crate::engine::value_repr(other),
    }
}

fn column_names(key: &Key) -> Vec<String> {
    key.columns.iter().map(|(name, _)| name.clone()).collect()
}

fn texts(result: &QueryResult) -> Vec<String> {
    result.rows.iter().filter_map(|row| row.first()).map(text_of).collect()
}

impl Reflector for MysqlReflector {
    fn get_schema_names(&mut self) -> Result<Vec<String>> {
        self.query("SHOW schemas").map(|result| texts(&result))
    }

    fn default_schema_name(&mut self) -> Result<Option<String>> {
        Ok(self.connection.dialect().default_schema_name().map(str::to_owned))
    }

    fn get_table_names(&mut self, schema: Option<&str>) -> Result<Vec<String>> {
        self.names(schema, &["BASE TABLE", "SYSTEM VERSIONED"])
    }

    fn get_temp_table_names(&mut self) -> Result<Vec<String>> {
        Err(Error::NotImplemented(String::new()))
    }

    fn get_sequence_names(&mut self, schema: Option<&str>) -> Result<Vec<String>> {
        if !self.connection.dialect().supports_sequences() {
            let message = "Sequences are supported only by the MariaDB series 10.3 or greater";
            return Err(Error::NotImplemented(message.to_owned()));
        }
        self.names(schema, &["SEQUENCE"])
    }

    fn has_sequence(&mut self, name: &str, schema: Option<&str>) -> Result<bool> {
        Ok(self.get_sequence_names(schema)?.iter().any(|known| known == name))
    }

    fn get_view_names(&mut self, schema: Option<&str>) -> Result<Vec<String>> {
        self.names(schema, &["VIEW", "SYSTEM VIEW"])
    }

    fn get_view_definition(&mut self, name: &str, schema: Option<&str>) -> Result<String> {
        match self.create_text(name, schema)? {
            Text::View(text) => Ok(text),
            Text::Table(_) => Err(Error::NoSuchTable(self.quoted(name, schema))),
        }
    }

    fn has_table(&mut self, name: &str, schema: Option<&str>) -> Result<bool> {
        // The list of tables would not name the temporary ones.
        match self.query(&format!("DESCRIBE {}", self.quoted(name, schema))) {
            Ok(_) => Ok(true),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn get_columns(&mut self, name: &str, schema: Option<&str>) -> Result<Vec<ReflectedColumn>> {
        Ok(self.definition(name, schema)?.columns.clone())
    }

    fn get_pk_constraint(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<ReflectedPrimaryKeyConstraint> {
        let definition = self.definition(name, schema)?;
        let key = definition.keys.iter().find(|key| key.kind == KeyKind::Primary);
        Ok(ReflectedPrimaryKeyConstraint {
            constrained_columns: key.map(column_names).unwrap_or_default(),
            ..ReflectedPrimaryKeyConstraint::default()
        })
    }

    fn get_foreign_keys(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedForeignKeyConstraint>> {
        let mut keys = self.definition(name, schema)?.foreign_keys.clone();
        for key in &mut keys {
            if key.referred_schema.is_none() {
                key.referred_schema = schema.map(str::to_owned);
            }
        }
        keys.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(keys)
    }

    fn get_unique_constraints(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedUniqueConstraint>> {
        let definition = self.definition(name, schema)?;
        let keys = definition.keys.iter().filter(|key| key.kind == KeyKind::Unique);
        let mut constraints: Vec<_> = keys
            .map(|key| ReflectedUniqueConstraint {
                name: Some(key.name.clone()),
                column_names: column_names(key),
                duplicates_index: Some(key.name.clone()),
                ..ReflectedUniqueConstraint::default()
            })
            .collect();
        constraints.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(constraints)
    }

    fn get_check_constraints(
        &mut self,
        name: &str,
        schema: Option<&str>,
    ) -> Result<Vec<ReflectedCheckConstraint>> {
        let mut checks = self.definition(name, schema)?.checks.clone();
        checks.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(checks)
    }

    fn get_indexes(&mut self, name: &str, schema: Option<&str>) -> Result<Vec<ReflectedIndex>> {
        let definition = self.definition(name, schema)?;
        let keys = definition.keys.iter().filter(|key| key.kind != KeyKind::Primary);
        let mut indexes: Vec<ReflectedIndex> = keys.map(|key| self.index(key)).collect();
        indexes.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(indexes)
    }

    fn get_table_comment(&mut self, name: &str, schema: Option<&str>) -> Result<Option<String>> {
        let definition = self.definition(name, schema)?;
        let comment = definition.options.iter().find(|(option, _)| option == "comment");
        Ok(comment.map(|(_, comment)| comment.clone()))
    }

    fn supports_comments(&self) -> bool {
        true
    }

    fn supports_constraint_comments(&self) -> bool {
        false
    }

    fn get_table_options(&mut self, name: &str, schema: Option<&str>) -> Result<DialectOptions> {
        let definition = self.definition(name, schema)?;
        let options = definition.options.iter();
        Ok(options
            .map(|(option, value)| (self.option_name(option), OptionValue::Value(Value::Text(value.clone()))))
            .collect())
    }

    fn load_schema(&mut self, schema: Option<&str>) -> Result<()> {
        for name in self.get_table_names(schema)? {
            self.definition(&name, schema)?;
        }
        Ok(())
    }

    fn clear_cache(&mut self) {
        self.definitions.clear();
        self.tables.clear();
    }

    fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }
}

impl MysqlReflector {
    fn index(&self, key: &Key) -> ReflectedIndex {
        let mut options = DialectOptions::default();
        let text = |text: &str| OptionValue::Value(Value::from(text));
        match key.kind {
            KeyKind::FullText => {
                options.insert(self.option_name("prefix"), text("FULLTEXT"));
            }
            KeyKind::Spatial => {
                options.insert(self.option_name("prefix"), text("SPATIAL"));
            }
            KeyKind::Plain | KeyKind::Primary | KeyKind::Unique => {}
        }
        if let Some(parser) = &key.parser {
            options.insert(self.option_name("with_parser"), text(parser));
        }
        let lengths = key
            .columns
            .iter()
            .filter_map(|(name, length)| Some((name.clone(), OptionValue::Value(Value::Int((*length)?)))));
        let lengths: indexmap::IndexMap<_, _> = lengths.collect();
        if !lengths.is_empty() {
            options.insert(self.option_name("length"), OptionValue::Map(lengths));
        }
        ReflectedIndex {
            name: Some(key.name.clone()),
            column_names: key.columns.iter().map(|(name, _)| Some(name.clone())).collect(),
            unique: key.kind == KeyKind::Unique,
            dialect_options: options,
            ..ReflectedIndex::default()
        }
    }
}

#[cfg(test)]
mod tests;
