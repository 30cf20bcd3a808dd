//! MySQL and MariaDB compared with models.

use limbeck_sql::dialect::Dialect;
use limbeck_sql::schema::Column;
use limbeck_sql::types::Affinity;

use super::{ComparisonRules, types};
use crate::autogenerate::compare::{ForeignKeySides, IndexSides};
use crate::error::Result;

/// The rules for MySQL and MariaDB, after the reference's `MySQLImpl`.
#[derive(Clone, Copy, Debug, Default)]
pub struct MysqlRules;

/// What a type may say of its characters. It counts only where both sides say it.
const CHARACTERS: [&str; 2] = ["character set ", "collate "];

impl ComparisonRules for MysqlRules {
    fn class_path(&self) -> &'static str {
        "alembic.ddl.mysql.MySQLImpl"
    }

    fn type_synonyms(&self) -> &'static [&'static [&'static str]] {
        &[&["numeric", "decimal"], &["bool", "tinyint"], &["json", "longtext"]]
    }

    fn compare_type(&self, dialect: &dyn Dialect, inspected: &Column, metadata: &Column) -> Result<bool> {
        let sql = (dialect.type_sql(&inspected.type_)?, dialect.type_sql(&metadata.type_)?);
        if let (Some(inspected), Some(metadata)) = (labels(&sql.0), labels(&sql.1)) {
            return Ok(inspected != metadata);
        }
        if types::differ(dialect, self.type_synonyms(), &inspected.type_, &metadata.type_)? {
            return Ok(true);
        }
        let (inspected, metadata) = (sql.0.to_lowercase(), sql.1.to_lowercase());
        Ok(CHARACTERS.iter().any(|words| {
            matches!((word_after(&inspected, words), word_after(&metadata, words)), (Some(one), Some(other)) if one != other)
        }))
    }

    fn compare_server_default(
        &self,
        columns: (&Column, &Column),
        inspected: Option<&str>,
        metadata: Option<&str>,
    ) -> bool {
        let (Some(inspected), Some(metadata)) =
            (inspected.filter(|sql| !sql.is_empty()), metadata.filter(|sql| !sql.is_empty()))
        else {
            return inspected != metadata;
        };
        let deciding = match columns.0.type_.affinity() {
            Affinity::Integer => Affinity::Integer,
            _ => columns.1.type_.affinity(),
        };
        match deciding {
            Affinity::String | Affinity::Enum => inspected != quoted(metadata),
            Affinity::Integer | Affinity::Boolean | Affinity::Numeric | Affinity::Float => {
                bare_number(inspected) != bare_number(metadata)
            }
            _ => normalized(inspected) != normalized(metadata),
        }
    }

    /// Leaves out the indexes that the server has made for foreign keys: they have the name of the key, or of a column.
    fn correct_for_autogen_constraints(&self, sides: &mut IndexSides) {
        let keys = &sides.conn_foreign_keys;
        let mut implicit: Vec<Option<String>> = Vec::new();
        sides.conn_indexes.retain(|index| {
            let is_implicit = !index.is_unique()
                && index.columns.iter().any(|column| {
                    index.name.as_ref() == Some(column)
                        || keys.iter().any(|(name, columns)| *name == index.name && columns.contains(column))
                });
            if is_implicit {
                implicit.push(index.name.clone());
            }
            !is_implicit
        });
        // a model may name such an index, which is there then
        sides.metadata_indexes.retain(|index| !implicit.contains(&index.name));
    }

    /// Takes RESTRICT for nothing, which means the same here.
    fn correct_for_autogen_foreign_keys(&self, sides: &mut ForeignKeySides) {
        for key in sides.conn.iter_mut().chain(&mut sides.metadata) {
            for action in [&mut key.options.0, &mut key.options.1] {
                if action.as_deref() == Some("restrict") {
                    *action = None;
                }
            }
        }
    }
}

/// Gives the labels of an enumeration as literals, in an order of their own.
fn labels(sql: &str) -> Option<Vec<&str>> {
    let mut rest = sql.strip_prefix("ENUM(")?;
    let mut labels = Vec::new();
    while rest.starts_with('\'') {
        // a quote that is doubled ends the text and begins it again
        let mut end = 1 + rest[1..].find('\'')? + 1;
        while rest[end..].starts_with('\'') {
            end += 1 + rest[end + 1..].find('\'')? + 1;
        }
        labels.push(&rest[..end]);
        rest = rest[end..].trim_start_matches(',').trim_start();
    }
    labels.sort_unstable();
    Some(labels)
}

/// Gives the word that follows some words.
fn word_after<'t>(sql: &'t str, words: &str) -> Option<&'t str> {
    let rest = &sql[sql.find(words)? + words.len()..];
    rest.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).next()
}

/// Takes the parentheses off an expression.
fn bare(sql: &str) -> Option<&str> {
    sql.strip_prefix('(')?.strip_suffix(')')
}

/// Takes the parentheses or the quotes off a number.
fn bare_number(sql: &str) -> &str {
    let unquoted = || sql.strip_prefix('\'')?.strip_suffix('\'');
    bare(sql).or_else(unquoted).unwrap_or(sql)
}

/// Puts a text into quotes, unless it has them.
fn quoted(sql: &str) -> String {
    let open = sql.strip_prefix('\'').unwrap_or(sql);
    format!("'{}'", open.strip_suffix('\'').unwrap_or(open))
}

/// Writes functions of time in one way: servers differ in letters and parentheses.
fn normalized(sql: &str) -> String {
    let sql = bare(sql).unwrap_or(sql);
    if sql.starts_with('\'') { sql.to_owned() } else { sql.to_lowercase().replace("()", "") }
}
