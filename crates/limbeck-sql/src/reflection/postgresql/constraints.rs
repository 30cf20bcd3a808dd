//! Primary keys, unique constraints, CHECK constraints and foreign keys.

use indexmap::IndexMap;

use super::catalog::{Catalog, Facts, Scope, flag, text, texts};
use crate::engine::{Row, Value};
use crate::error::Result;
use crate::reflection::{
    ForeignKeyOptions, ReflectedCheckConstraint, ReflectedForeignKeyConstraint,
    ReflectedPrimaryKeyConstraint, ReflectedUniqueConstraint,
};
use crate::schema::{DialectOptions, OptionValue};

/// The constraints of one table.
#[derive(Clone, Debug, Default)]
pub(super) struct Constraints {
    pub primary_key: ReflectedPrimaryKeyConstraint,
    pub unique: Vec<ReflectedUniqueConstraint>,
    pub checks: Vec<ReflectedCheckConstraint>,
    pub foreign_keys: Vec<ReflectedForeignKeyConstraint>,
}

/// Writes the names of the columns whose numbers an array has, in its order.
fn names_of(relation: &str, numbers: &str) -> String {
    format!(
        "ARRAY(SELECT a.attname::text FROM pg_catalog.unnest({numbers}) WITH ORDINALITY AS u(number, place) \
         JOIN pg_catalog.pg_attribute AS a ON a.attrelid = {relation} AND a.attnum = u.number ORDER BY u.place)"
    )
}

/// Reads the constraints of the tables of a scope.
pub(super) fn read(
    catalog: &Catalog,
    facts: &Facts,
    scope: &Scope<'_>,
) -> Result<IndexMap<String, Constraints>> {
    let nulls = if facts.version >= 150_000 { "x.indnullsnotdistinct" } else { "false" };
    let set_columns = if facts.version >= 150_000 {
        names_of("k.conrelid", "k.confdelsetcols")
    } else {
        "ARRAY[]::text[]".to_owned()
    };
    let included = if facts.version >= 110_000 {
        names_of("x.indrelid", "(x.indkey::smallint[])[x.indnkeyatts:]")
    } else {
        "ARRAY[]::text[]".to_owned()
    };
    let rows = catalog.rows(&format!(
        "SELECT c.relname::text, k.conname::text, k.contype::text, {}, \
         pg_catalog.obj_description(k.oid, 'pg_constraint'), {included}, {nulls}, \
         CASE WHEN k.contype = 'c' THEN pg_catalog.pg_get_constraintdef(k.oid, true) END, \
         rn.nspname::text, r.relname::text, pg_catalog.pg_table_is_visible(r.oid), {}, \
         k.confupdtype::text, k.confdeltype::text, k.confmatchtype::text, k.condeferrable, k.condeferred, \
         {set_columns} \
         FROM pg_catalog.pg_constraint AS k JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_index AS x ON x.indexrelid = k.conindid AND k.contype IN ('p', 'u') \
         LEFT JOIN pg_catalog.pg_class AS r ON r.oid = k.confrelid AND k.contype = 'f' \
         LEFT JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace \
         WHERE k.contype IN ('p', 'u', 'c', 'f') AND {} ORDER BY c.relname, k.conname",
        names_of("k.conrelid", "k.conkey"),
        names_of("k.confrelid", "k.confkey"),
        catalog.condition(scope)
    ))?;
    let mut tables: IndexMap<String, Constraints> = IndexMap::new();
    for row in rows {
        let table = tables.entry(text(&row, 0).unwrap_or_default()).or_default();
        match text(&row, 2).as_deref() {
            Some("p") => {
                table.primary_key = ReflectedPrimaryKeyConstraint {
                    name: text(&row, 1),
                    constrained_columns: texts(&row, 3),
                    comment: text(&row, 4),
                    dialect_options: DialectOptions::from_iter([include(&row)]),
                };
            }
            Some("u") => table.unique.push(ReflectedUniqueConstraint {
                name: text(&row, 1),
                column_names: texts(&row, 3),
                duplicates_index: None,
                comment: text(&row, 4),
                dialect_options: DialectOptions::from_iter([
                    include(&row),
                    (
                        "postgresql_nulls_not_distinct".to_owned(),
                        OptionValue::Value(Value::Bool(flag(&row, 6))),
                    ),
                ]),
            }),
            Some("c") => table.checks.push(check(&row)),
            _ => table.foreign_keys.push(foreign_key(&row, scope)),
        }
    }
    Ok(tables)
}

fn include(row: &Row) -> (String, OptionValue) {
    let names = texts(row, 5).into_iter().map(|name| OptionValue::Value(Value::Text(name))).collect();
    ("postgresql_include".to_owned(), OptionValue::List(names))
}

fn check(row: &Row) -> ReflectedCheckConstraint {
    let (sqltext, rest) = condition(&text(row, 7).unwrap_or_default());
    let mut dialect_options = DialectOptions::default();
    for (words, option) in [("NOT VALID", "not_valid"), ("NO INHERIT", "no_inherit")] {
        if rest.contains(words) {
            dialect_options.insert(option.to_owned(), OptionValue::Value(Value::Bool(true)));
        }
    }
    ReflectedCheckConstraint { name: text(row, 1), sqltext, comment: text(row, 4), dialect_options }
}

/// Takes the condition out of `CHECK (...) NO INHERIT NOT VALID`; gives what follows it too.
pub(super) fn condition(definition: &str) -> (String, String) {
    let (Some(open), Some(close)) = (definition.find('('), definition.rfind(')')) else {
        return (definition.to_owned(), String::new());
    };
    let inner = definition.get(open + 1..close).unwrap_or_default();
    (inner.to_owned(), definition[close + 1..].to_owned())
}

fn foreign_key(row: &Row, scope: &Scope<'_>) -> ReflectedForeignKeyConstraint {
    let schema = text(row, 8);
    let referred_schema = if !flag(row, 10) || (scope.schema.is_some() && scope.schema == schema.as_deref()) {
        schema
    } else {
        None
    };
    let ondelete = action(row, 13).map(|action| {
        let columns = texts(row, 17);
        if columns.is_empty() { action.to_owned() } else { format!("{action} ({})", columns.join(", ")) }
    });
    let deferrable = flag(row, 15);
    ReflectedForeignKeyConstraint {
        name: text(row, 1),
        constrained_columns: texts(row, 3),
        referred_schema,
        referred_table: text(row, 9).unwrap_or_default(),
        referred_columns: texts(row, 11),
        options: ForeignKeyOptions {
            ondelete,
            onupdate: action(row, 12).map(str::to_owned),
            deferrable: deferrable.then_some(true),
            initially: flag(row, 16).then(|| "DEFERRED".to_owned()),
            match_: (text(row, 14).as_deref() == Some("f")).then(|| "FULL".to_owned()),
        },
        comment: text(row, 4),
    }
}

/// Gives the words for what happens to the row that refers; none for the usual NO ACTION.
fn action(row: &Row, position: usize) -> Option<&'static str> {
    match text(row, position).as_deref() {
        Some("c") => Some("CASCADE"),
        Some("r") => Some("RESTRICT"),
        Some("n") => Some("SET NULL"),
        Some("d") => Some("SET DEFAULT"),
        _ => None,
    }
}
