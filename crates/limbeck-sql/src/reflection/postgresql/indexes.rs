//! Indexes, but those of primary keys.

use indexmap::IndexMap;

use super::catalog::{Catalog, Facts, Scope, flag, number, text, texts};
use crate::engine::{Row, Value};
use crate::error::Result;
use crate::reflection::ReflectedIndex;
use crate::schema::{DialectOptions, OptionValue};

/// What a bit of an index column's options says.
const DESCENDING: i64 = 1;
const NULLS_FIRST: i64 = 2;

/// Reads the indexes of the relations of a scope.
pub(super) fn read(
    catalog: &Catalog,
    facts: &Facts,
    scope: &Scope<'_>,
) -> Result<IndexMap<String, Vec<ReflectedIndex>>> {
    let nulls = if facts.version >= 150_000 { "x.indnullsnotdistinct" } else { "false" };
    let keys = if facts.version >= 110_000 { "x.indnkeyatts" } else { "x.indnatts" };
    let rows = catalog.rows(&format!(
        "SELECT c.relname::text, i.relname::text, x.indisunique, {keys}::integer, \
         ARRAY(SELECT COALESCE(a.attname::text, pg_catalog.pg_get_indexdef(x.indexrelid, u.place::integer, true)) \
         FROM pg_catalog.unnest(x.indkey::smallint[]) WITH ORDINALITY AS u(number, place) \
         LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = u.number \
         AND u.number <> 0 ORDER BY u.place), \
         x.indkey::smallint[], x.indoption::smallint[], \
         ARRAY(SELECT CASE WHEN o.opcdefault THEN '' ELSE o.opcname::text END \
         FROM pg_catalog.unnest(x.indclass::oid[]) WITH ORDINALITY AS u(class, place) \
         JOIN pg_catalog.pg_opclass AS o ON o.oid = u.class ORDER BY u.place), \
         m.amname::text, i.reloptions, pg_catalog.pg_get_expr(x.indpred, x.indrelid), {nulls}, k.conname::text \
         FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid \
         JOIN pg_catalog.pg_class AS c ON c.oid = x.indrelid \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         JOIN pg_catalog.pg_am AS m ON m.oid = i.relam \
         LEFT JOIN pg_catalog.pg_constraint AS k ON k.conindid = x.indexrelid AND k.conrelid = x.indrelid \
         AND k.contype IN ('p', 'u', 'x') \
         WHERE NOT x.indisprimary AND {} ORDER BY c.relname, i.relname",
        catalog.condition(scope)
    ))?;
    let mut tables: IndexMap<String, Vec<ReflectedIndex>> = IndexMap::new();
    for row in rows {
        tables.entry(text(&row, 0).unwrap_or_default()).or_default().push(index(&row));
    }
    Ok(tables)
}

fn index(row: &Row) -> ReflectedIndex {
    let keys = usize::try_from(number(row, 3)).unwrap_or_default();
    let elements = texts(row, 4);
    let numbers = numbers(row, 5);
    let is_expression = |position: usize| numbers.get(position).is_none_or(|number| *number == 0);
    let (own, included) = elements.split_at(keys.min(elements.len()));
    let column_names: Vec<Option<String>> = own
        .iter()
        .enumerate()
        .map(|(position, element)| (!is_expression(position)).then(|| element.clone()))
        .collect();
    let expressions = column_names.iter().any(Option::is_none).then(|| own.to_vec());
    let column_sorting = own.iter().zip(self::numbers(row, 6)).filter_map(|(element, bits)| {
        let words = sorting(bits);
        (!words.is_empty()).then(|| (element.clone(), words))
    });
    ReflectedIndex {
        name: text(row, 1),
        column_names,
        expressions,
        unique: flag(row, 2),
        duplicates_constraint: text(row, 12),
        column_sorting: column_sorting.collect(),
        dialect_options: options(row, own, included),
    }
}

fn numbers(row: &Row, position: usize) -> Vec<i64> {
    match row.get(position) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_i64).collect(),
        _ => Vec::new(),
    }
}

/// Gives the words for an order that is not the usual one; NULLs come first where the order is descending.
fn sorting(bits: i64) -> Vec<String> {
    let words: &[&str] = match (bits & DESCENDING != 0, bits & NULLS_FIRST != 0) {
        (true, true) => &["desc"],
        (true, false) => &["desc", "nulls_last"],
        (false, true) => &["nulls_first"],
        (false, false) => &[],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn options(row: &Row, own: &[String], included: &[String]) -> DialectOptions {
    let value = |text: &String| OptionValue::Value(Value::Text(text.clone()));
    let mut options = DialectOptions::default();
    options.insert("postgresql_include".to_owned(), OptionValue::List(included.iter().map(value).collect()));
    if let Some(method) = text(row, 8).filter(|method| method != "btree") {
        options.insert("postgresql_using".to_owned(), value(&method));
    }
    if let Some(condition) = text(row, 10) {
        options.insert("postgresql_where".to_owned(), value(&condition));
    }
    let classes: IndexMap<String, OptionValue> = own
        .iter()
        .zip(texts(row, 7))
        .filter(|(_, class)| !class.is_empty())
        .map(|(element, class)| (element.clone(), value(&class)))
        .collect();
    if !classes.is_empty() {
        options.insert("postgresql_ops".to_owned(), OptionValue::Map(classes));
    }
    if let Some(storage) = storage_options(&texts(row, 9)) {
        options.insert("postgresql_with".to_owned(), storage);
    }
    if flag(row, 11) {
        options.insert("postgresql_nulls_not_distinct".to_owned(), OptionValue::Value(Value::Bool(true)));
    }
    options
}

/// Splits storage options `name=value`; none when there are none.
pub(super) fn storage_options(texts: &[String]) -> Option<OptionValue> {
    let options: IndexMap<String, OptionValue> = texts
        .iter()
        .filter_map(|text| text.split_once('='))
        .map(|(name, value)| (name.to_owned(), OptionValue::Value(Value::Text(value.to_owned()))))
        .collect();
    (!options.is_empty()).then_some(OptionValue::Map(options))
}
