//! Questions to PostgreSQL's system catalogs.

use std::sync::Arc;

use crate::dialect::text_literal;
use crate::engine::{Connection, Parameters, Row, Value};
use crate::error::Result;

/// Asks the catalogs through a connection.
#[derive(Debug)]
pub(super) struct Catalog {
    connection: Connection,
    facts: Option<Arc<Facts>>,
}

/// What does not change while an inspector is used.
#[derive(Debug)]
pub(super) struct Facts {
    /// `server_version_num`, such as 150018.
    pub version: i64,
    /// The schema that is meant when none is named; none when there is no such schema.
    pub default_schema: Option<String>,
}

/// The relations that a question is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'s> {
    /// `None` is every schema on the search path but the system's.
    pub schema: Option<&'s str>,
    /// One relation, or all.
    pub name: Option<&'s str>,
    /// The kinds, by the letters of `pg_class.relkind`.
    pub kinds: &'s str,
    /// `p` for lasting relations, `t` for temporary ones; none for both.
    pub persistence: Persistence,
}

/// Whether temporary relations count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Persistence {
    Any,
    Lasting,
    Temporary,
}

impl<'s> Scope<'s> {
    /// Tables and views of every kind.
    pub(super) fn relations(schema: Option<&'s str>, name: Option<&'s str>) -> Self {
        Self { schema, name, kinds: "rpfvm", persistence: Persistence::Any }
    }

    /// Tables of every kind.
    pub(super) fn tables(schema: Option<&'s str>, name: Option<&'s str>) -> Self {
        Self { kinds: "rpf", ..Self::relations(schema, name) }
    }
}

impl Catalog {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, facts: None }
    }

    /// Asks; the question has no placeholders, but values as literals of [`literal`](Self::literal).
    pub(super) fn rows(&self, sql: &str) -> Result<Vec<Row>> {
        Ok(self.connection.execute_sql(sql, &Parameters::none())?.rows)
    }

    /// Writes text as a literal for [`rows`](Self::rows).
    pub(super) fn literal(&self, text: &str) -> String {
        text_literal(&**self.connection.dialect(), text)
    }

    pub(super) fn facts(&mut self) -> Result<Arc<Facts>> {
        if let Some(facts) = &self.facts {
            return Ok(Arc::clone(facts));
        }
        let rows = self.rows(
            "SELECT pg_catalog.current_setting('server_version_num')::integer, pg_catalog.current_schema()",
        )?;
        let row = rows.first().map(Vec::as_slice).unwrap_or_default();
        let facts = Arc::new(Facts { version: number(row, 0), default_schema: text(row, 1) });
        self.facts = Some(Arc::clone(&facts));
        Ok(facts)
    }

    /// Writes the condition for relations `c` in schemas `n`.
    pub(super) fn condition(&self, scope: &Scope<'_>) -> String {
        let kinds: Vec<String> = scope.kinds.chars().map(|kind| format!("'{kind}'")).collect();
        let mut condition = format!("c.relkind IN ({})", kinds.join(", "));
        match scope.schema {
            Some(schema) => {
                condition.push_str(" AND n.nspname = ");
                condition.push_str(&self.literal(schema));
            }
            None => {
                condition
                    .push_str(" AND pg_catalog.pg_table_is_visible(c.oid) AND n.nspname <> 'pg_catalog'");
            }
        }
        match scope.persistence {
            Persistence::Any => {}
            Persistence::Lasting => condition.push_str(" AND c.relpersistence <> 't'"),
            Persistence::Temporary => condition.push_str(" AND c.relpersistence = 't'"),
        }
        if let Some(name) = scope.name {
            condition.push_str(" AND c.relname = ");
            condition.push_str(&self.literal(name));
        }
        condition
    }

    /// Names relations, sorted.
    pub(super) fn names(&self, scope: &Scope<'_>) -> Result<Vec<String>> {
        let rows = self.rows(&format!(
            "SELECT c.relname::text FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n \
             ON n.oid = c.relnamespace WHERE {} ORDER BY 1",
            self.condition(scope)
        ))?;
        Ok(rows.iter().filter_map(|row| text(row, 0)).collect())
    }
}

/// Gives the text of a value of a row.
pub(super) fn text(row: &[Value], position: usize) -> Option<String> {
    row.get(position).and_then(Value::as_str).map(str::to_owned)
}

/// Gives the number of a value of a row; zero for none.
pub(super) fn number(row: &[Value], position: usize) -> i64 {
    row.get(position).and_then(Value::as_i64).unwrap_or_default()
}

/// Tells whether a value of a row is true.
pub(super) fn flag(row: &[Value], position: usize) -> bool {
    matches!(row.get(position), Some(Value::Bool(true)))
}

/// Gives the texts of an array in a row; what is NULL stays out.
pub(super) fn texts(row: &[Value], position: usize) -> Vec<String> {
    match row.get(position) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
