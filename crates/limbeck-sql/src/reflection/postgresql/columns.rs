//! Columns.

use indexmap::IndexMap;

use super::catalog::{Catalog, Facts, Scope, flag, number, text};
use super::named_types::NamedTypes;
use super::types;
use crate::engine::{Row, Value};
use crate::error::Result;
use crate::reflection::{ReflectedColumn, ReflectedComputed};
use crate::schema::{DialectOptions, Identity};
use crate::types::{Affinity, ArrayType, DialectType, GenericType, SqlType, TypeArgument};

/// The columns of a relation, and warnings about them.
pub(super) type OfRelation = (Vec<ReflectedColumn>, Vec<String>);

/// The columns by the relations' names.
pub(super) type Columns = IndexMap<String, OfRelation>;

/// Reads the columns of the relations of a scope.
pub(super) fn read(
    catalog: &Catalog,
    facts: &Facts,
    scope: &Scope<'_>,
    named: &mut Option<NamedTypes>,
) -> Result<Columns> {
    let generated = if facts.version >= 120_000 { "a.attgenerated::text" } else { "''" };
    let rows = catalog.rows(&format!(
        "SELECT c.relname::text, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, \
         pg_catalog.pg_get_expr(d.adbin, d.adrelid), {generated}, a.attidentity::text, \
         pg_catalog.col_description(c.oid, a.attnum), \
         (SELECT l.collname::text FROM pg_catalog.pg_collation AS l \
         WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation), \
         COALESCE(e.oid, t.oid), COALESCE(e.typtype, t.typtype)::text, \
         CASE WHEN a.attidentity <> '' THEN (SELECT ARRAY[s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, \
         s.seqcycle::integer] FROM pg_catalog.pg_sequence AS s WHERE s.seqrelid = pg_catalog.pg_get_serial_sequence(\
         pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), a.attname)::regclass) END \
         FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
         LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum AND a.atthasdef \
         LEFT JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid \
         LEFT JOIN pg_catalog.pg_type AS e ON e.oid = t.typelem AND t.typlen = -1 AND t.typelem <> 0 \
         WHERE {} ORDER BY c.relname, a.attnum",
        catalog.condition(scope)
    ))?;
    let mut columns = Columns::new();
    for row in rows {
        let (relation, warnings) = columns.entry(text(&row, 0).unwrap_or_default()).or_default();
        // A table may be without columns.
        if text(&row, 1).is_none() {
            continue;
        }
        if named.is_none() && matches!(text(&row, 10).as_deref(), Some("e" | "d")) {
            *named = Some(NamedTypes::read(catalog)?);
        }
        relation.push(column(&row, scope, named.as_ref(), warnings));
    }
    Ok(columns)
}

fn column(
    row: &Row,
    scope: &Scope<'_>,
    named: Option<&NamedTypes>,
    warnings: &mut Vec<String>,
) -> ReflectedColumn {
    let name = text(row, 1).unwrap_or_default();
    let written = text(row, 2).unwrap_or_default();
    let item = written.trim_end_matches("[]");
    let collation = text(row, 8);
    let oid = number(row, 9);
    let mut nullable = !flag(row, 3);
    let mut default = text(row, 4);
    let mut type_ = match text(row, 10).as_deref() {
        Some("e") => named.and_then(|named| named.enums.get(&oid)).map(super::named_types::Named::enum_type),
        Some("d") => named.and_then(|named| named.domains.get(&oid)).map(|domain| {
            if item == written {
                nullable &= !domain.not_null;
                default = default.take().or_else(|| domain.default.clone());
            }
            domain.domain_type()
        }),
        _ => types::resolve(item, collation.as_deref()),
    }
    .unwrap_or_else(|| {
        warnings.push(format!("Did not recognize type '{}' of column '{name}'", types::bare_name(item)));
        SqlType::Null
    });
    if item != written && !matches!(type_, SqlType::Null) {
        type_ = array_of(type_);
    }
    let computed = text(row, 5).filter(|kind| !kind.is_empty()).map(|kind| ReflectedComputed {
        sqltext: default.take().unwrap_or_default(),
        persisted: Some(kind == "s"),
    });
    let identity = identity(row);
    let mut autoincrement = identity.is_some();
    if let Some(counting) = default.as_deref().and_then(|default| next_value(default, scope.schema)) {
        autoincrement |= type_.affinity() == Affinity::Integer;
        default = Some(counting);
    }
    ReflectedColumn {
        name,
        type_,
        nullable,
        default,
        autoincrement: Some(autoincrement),
        primary_key: None,
        comment: text(row, 7),
        computed,
        identity,
        dialect_options: DialectOptions::default(),
    }
}

fn array_of(item_type: SqlType) -> SqlType {
    match DialectType::plain("postgresql", "ARRAY") {
        Some(array) => array.with("item_type", TypeArgument::Type(Box::new(item_type))).into(),
        None => GenericType::Array(Box::new(ArrayType {
            item_type,
            as_tuple: false,
            dimensions: None,
            zero_indexes: false,
        }))
        .into(),
    }
}

/// Gives a default `nextval('...')` with the sequence's schema, where one was asked for and the default has none; `None`
/// for any other default.
fn next_value(default: &str, schema: Option<&str>) -> Option<String> {
    let start = default.find("nextval('")? + "nextval('".len();
    let length = default[start..].find('\'')?;
    let sequence = &default[start..start + length];
    Some(match schema {
        Some(schema) if !sequence.contains('.') => {
            format!("{}\"{schema}\".{sequence}{}", &default[..start], &default[start + length..])
        }
        _ => default.to_owned(),
    })
}

fn identity(row: &Row) -> Option<Identity> {
    let kind = text(row, 6).filter(|kind| !kind.is_empty())?;
    let Some(Value::Array(options)) = row.get(11) else { return None };
    let option = |position: usize| options.get(position).and_then(Value::as_i64);
    Some(Identity {
        always: Some(kind == "a"),
        start: option(0),
        increment: option(1),
        minvalue: option(2),
        maxvalue: option(3),
        cache: option(4),
        cycle: Some(option(5) == Some(1)),
        ..Identity::default()
    })
}
