//! The `[tool.alembic]` table of `pyproject.toml`.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use toml_edit::{Document, Item, TableLike, Value};

use super::error::ConfigError;
use super::ini::utf8;
use super::percent::{self, Argument};
use super::text::repr;

/// A value of `[tool.alembic]`, with `%(here)s` and the like replaced in every string.
#[derive(Clone, Debug, PartialEq)]
pub enum TomlValue {
    /// A string.
    String(String),
    /// An integer.
    Integer(i64),
    /// A boolean.
    Boolean(bool),
    /// An array of strings.
    Strings(Vec<String>),
    /// A table of strings.
    Table(IndexMap<String, String>),
    /// An array of tables of strings.
    Tables(Vec<IndexMap<String, String>>),
}

impl TomlValue {
    /// Gives the name of the Python type that the value has there.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::String(_) => "str",
            Self::Integer(_) => "int",
            Self::Boolean(_) => "bool",
            Self::Strings(_) | Self::Tables(_) => "list",
            Self::Table(_) => "dict",
        }
    }
}

/// The parsed `[tool.alembic]`; empty when there is none.
#[derive(Clone, Debug, Default)]
pub(super) struct TomlConfig {
    file: PathBuf,
    table: IndexMap<String, Item>,
    /// What `%(name)s` may name.
    arguments: IndexMap<String, String>,
}

impl TomlConfig {
    /// Reads the file at `path`; one that does not exist has an empty table.
    ///
    /// # Errors
    /// A file that cannot be read, is not TOML, or in which `tool.alembic` is not a table.
    pub(super) fn read(path: &Path, arguments: IndexMap<String, String>) -> Result<Self, ConfigError> {
        use std::io::ErrorKind::{NotADirectory, NotFound};
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if matches!(error.kind(), NotFound | NotADirectory) => return Ok(Self::default()),
            Err(source) => return Err(ConfigError::Io { path: path.to_owned(), source }),
        };
        let table = alembic_table(&utf8(bytes, path)?, path)?.unwrap_or_default();
        Ok(Self { file: path.to_owned(), table, arguments })
    }

    /// The value of a key.
    ///
    /// # Errors
    /// A value of a type that no key takes, and text with a reference that cannot be replaced.
    pub(super) fn get(&self, key: &str) -> Result<Option<TomlValue>, ConfigError> {
        let Some(item) = self.table.get(key) else { return Ok(None) };
        let value = if let Some(tables) = item.as_array_of_tables() {
            TomlValue::Tables(tables.iter().map(|table| self.strings(key, table)).collect::<Result<_, _>>()?)
        } else if let Some(array) = item.as_array() {
            self.array(key, array)?
        } else if let Some(table) = item.as_table_like() {
            TomlValue::Table(self.strings(key, table)?)
        } else {
            match item.as_value() {
                Some(Value::String(text)) => TomlValue::String(self.format(key, text.value())?),
                Some(Value::Integer(number)) => TomlValue::Integer(*number.value()),
                Some(Value::Boolean(boolean)) => TomlValue::Boolean(*boolean.value()),
                _ => {
                    return Err(ConfigError::Command(format!(
                        "unsupported TOML value type for key: {}",
                        repr(key)
                    )));
                }
            }
        };
        Ok(Some(value))
    }

    /// The value of a key that is a number with a point, which no key of the reference takes.
    pub(super) fn float(&self, key: &str) -> Option<f64> {
        self.table.get(key)?.as_float()
    }

    /// How a message about a value of the file begins.
    pub(super) fn place(&self) -> String {
        format!("{}: ", self.file.display())
    }

    /// The value of a key that is a list of strings.
    ///
    /// # Errors
    /// Those of [`get`](Self::get), and values that are no such list.
    pub(super) fn string_list(&self, key: &str) -> Result<Option<Vec<String>>, ConfigError> {
        match self.get(key)? {
            None => Ok(None),
            Some(TomlValue::Strings(list)) => Ok(Some(list)),
            // Python takes a string for the list of its characters, and `.` is one.
            Some(TomlValue::String(text)) if text.chars().count() == 1 => Ok(Some(vec![text])),
            Some(_) => Err(self.type_error(key, "list of strings")),
        }
    }

    /// The error for a value that is not what its key takes.
    pub(super) fn type_error(&self, key: &str, expected: &str) -> ConfigError {
        ConfigError::TomlType {
            file: self.file.clone(),
            message: format!("{expected} expected for TOML parameter {}", repr(key)),
        }
    }

    fn array(&self, key: &str, array: &toml_edit::Array) -> Result<TomlValue, ConfigError> {
        if array.get(0).is_some_and(Value::is_inline_table) {
            let tables = array.iter().map(|value| match value.as_inline_table() {
                Some(table) => self.strings(key, table),
                None => Err(self.type_error(key, "list of tables")),
            });
            return Ok(TomlValue::Tables(tables.collect::<Result<_, _>>()?));
        }
        let strings = array.iter().map(|value| match value.as_str() {
            Some(text) => self.format(key, text),
            None => Err(self.type_error(key, "list of strings")),
        });
        Ok(TomlValue::Strings(strings.collect::<Result<_, _>>()?))
    }

    fn strings(&self, key: &str, table: &dyn TableLike) -> Result<IndexMap<String, String>, ConfigError> {
        table
            .iter()
            .map(|(name, item)| match item.as_str() {
                Some(text) => Ok((name.to_owned(), self.format(key, text)?)),
                None => Err(self.type_error(&format!("{key}.{name}"), "string value")),
            })
            .collect()
    }

    fn format(&self, key: &str, text: &str) -> Result<String, ConfigError> {
        percent::format(text, |name| self.arguments.get(name).map(|value| Argument::Text(value)))
            .map_err(|source| ConfigError::TomlValue { file: self.file.clone(), key: key.to_owned(), source })
    }
}

/// The items of `[tool.alembic]` in the TOML document `text`; `None` when it has no such table.
///
/// # Errors
/// Text that is not TOML, and a `tool.alembic` that is not a table.
pub(crate) fn alembic_table(text: &str, path: &Path) -> Result<Option<IndexMap<String, Item>>, ConfigError> {
    let document = Document::parse(text).map_err(|error| {
        let end = error.span().map_or(0, |span| span.start).min(text.len());
        let line = text.as_bytes()[..end].split(|byte| *byte == b'\n').count();
        ConfigError::Toml { file: path.to_owned(), line, message: error.message().trim_end().to_owned() }
    })?;
    let not_a_table = || ConfigError::Command("Incorrect TOML format".to_owned());
    let Some(tool) = document.get("tool") else { return Ok(None) };
    let Some(alembic) = tool.as_table_like().ok_or_else(not_a_table)?.get("alembic") else {
        return Ok(None);
    };
    let table = alembic.as_table_like().ok_or_else(not_a_table)?;
    Ok(Some(table.iter().map(|(key, item)| (key.to_owned(), item.clone())).collect()))
}
