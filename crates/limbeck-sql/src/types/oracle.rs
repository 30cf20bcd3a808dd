//! The types of Oracle's dialect.

#![expect(clippy::unnecessary_wraps, reason = "the tables of types fix the signature of what writes one")]

use super::dialect::ParameterDefault::{self, Bool, None as Nothing};
use super::dialect::{DialectType, DialectTypeClass};
use super::{
    Affinity, FloatType, GenericType, IntervalType, JsonType, StandardType, StringType, TypeArgument,
};
use crate::dialect::Dialect;
use crate::error::Result;

const LENGTH: &[(&str, ParameterDefault)] = &[("length", Nothing)];
const STRING: &[(&str, ParameterDefault)] =
    &[("length", Nothing), ("collation", Nothing), ("collation_schema", Nothing)];
const FLOAT: &[(&str, ParameterDefault)] =
    &[("precision", Nothing), ("asdecimal", Bool(false)), ("decimal_return_scale", Nothing)];

/// The classes of `sqlalchemy.dialects.oracle` that are not the SQL standard's own.
pub(super) const CLASSES: &[DialectTypeClass] = &[
    DialectTypeClass {
        parameters: &[("precision", Nothing), ("scale", Nothing), ("asdecimal", Nothing)],
        sql: number_sql,
        ..class("NUMBER", &["Numeric", "Integer"], Affinity::Numeric)
    },
    DialectTypeClass {
        parameters: &[
            ("binary_precision", Nothing),
            ("asdecimal", Bool(false)),
            ("decimal_return_scale", Nothing),
        ],
        sql: |type_, _| Ok(sized("FLOAT", type_.number("binary_precision"))),
        standard: Some(|type_| {
            StandardType::Float(FloatType { precision: None, asdecimal: type_.flag("asdecimal") }).into()
        }),
        ..class("FLOAT", &["FLOAT"], Affinity::Float)
    },
    DialectTypeClass {
        parameters: FLOAT,
        sql: precise_sql,
        ..class("BINARY_DOUBLE", &["Double"], Affinity::Float)
    },
    DialectTypeClass {
        parameters: FLOAT,
        sql: precise_sql,
        ..class("BINARY_FLOAT", &["Float"], Affinity::Float)
    },
    DialectTypeClass {
        parameters: STRING,
        sql: varchar2_sql,
        ..class("VARCHAR2", &["VARCHAR"], Affinity::String)
    },
    DialectTypeClass { parameters: STRING, ..class("NCLOB", &["Text"], Affinity::String) },
    DialectTypeClass { parameters: STRING, ..class("LONG", &["Text"], Affinity::String) },
    DialectTypeClass {
        parameters: LENGTH,
        // the reference has the class and no SQL for it
        sql: |_, dialect| Err(crate::dialect::types::cannot_render(dialect, "BFILE")),
        ..class("BFILE", &["LargeBinary"], Affinity::Binary)
    },
    DialectTypeClass {
        parameters: LENGTH,
        sql: |type_, _| Ok(sized("RAW", type_.number("length").filter(|length| *length != 0))),
        ..class("RAW", &["_Binary"], Affinity::Binary)
    },
    DialectTypeClass {
        parameters: &[("timezone", Bool(false))],
        standard: Some(|_| StandardType::Date.into()),
        ..class("DATE", &["DateTime"], Affinity::DateTime)
    },
    DialectTypeClass {
        parameters: &[("timezone", Bool(false)), ("local_timezone", Bool(false))],
        sql: timestamp_sql,
        standard: Some(|type_| StandardType::Timestamp { timezone: type_.flag("timezone") }.into()),
        ..class("TIMESTAMP", &["TIMESTAMP"], Affinity::DateTime)
    },
    DialectTypeClass {
        parameters: &[("day_precision", Nothing), ("second_precision", Nothing)],
        sql: interval_sql,
        ..class("INTERVAL", &["NativeForEmulated", "_AbstractInterval"], Affinity::Interval)
    },
    DialectTypeClass {
        module: "sqlalchemy.dialects.oracle.json",
        parameters: &[("none_as_null", Bool(false)), ("use_blob", Bool(false))],
        sql: |type_, _| Ok(if type_.flag("use_blob") { "BLOB" } else { "JSON" }.to_owned()),
        standard: Some(|type_| {
            GenericType::Json(JsonType { none_as_null: type_.flag("none_as_null") }).into()
        }),
        ..class("JSON", &["JSON"], Affinity::Json)
    },
    class("ROWID", &["TypeEngine"], Affinity::Custom),
    DialectTypeClass {
        module: "sqlalchemy.dialects.oracle.vector",
        parameters: &[("dim", Nothing), ("storage_format", Nothing), ("storage_type", Nothing)],
        sql: vector_sql,
        ..class("VECTOR", &["TypeEngine"], Affinity::Custom)
    },
];

/// Makes a class without parameters that is written by its name and that only Oracle knows.
const fn class(name: &'static str, bases: &'static [&'static str], affinity: Affinity) -> DialectTypeClass {
    DialectTypeClass {
        dialect: "oracle",
        name,
        module: "sqlalchemy.dialects.oracle.types",
        bases,
        affinity,
        parameters: &[],
        sql: |type_, _| Ok(type_.class().name.to_owned()),
        standard: None,
    }
}

fn sized(name: &str, size: Option<i64>) -> String {
    match size {
        Some(size) => format!("{name}({size})"),
        None => name.to_owned(),
    }
}

fn number_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    Ok(match (type_.number("precision"), type_.number("scale")) {
        (Some(precision), Some(scale)) => format!("NUMBER({precision}, {scale})"),
        (precision, _) => sized("NUMBER", precision),
    })
}

fn precise_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    Ok(sized(type_.class().name, type_.number("precision").filter(|precision| *precision != 0)))
}

fn varchar2_sql(type_: &DialectType, dialect: &dyn Dialect) -> Result<String> {
    let string = StringType { length: type_.length("length"), collation: None };
    dialect.type_sql(&GenericType::String(string).into())
}

fn timestamp_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    Ok(if type_.flag("local_timezone") {
        "TIMESTAMP WITH LOCAL TIME ZONE"
    } else if type_.flag("timezone") {
        "TIMESTAMP WITH TIME ZONE"
    } else {
        "TIMESTAMP"
    }
    .to_owned())
}

fn interval_sql(type_: &DialectType, dialect: &dyn Dialect) -> Result<String> {
    let interval = IntervalType {
        native: true,
        second_precision: type_.length("second_precision"),
        day_precision: type_.length("day_precision"),
    };
    dialect.type_sql(&GenericType::Interval(interval).into())
}

fn vector_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    let part = |name: &str| match type_.argument(name) {
        TypeArgument::Int(number) => number.to_string(),
        TypeArgument::Text(text) => text.clone(),
        _ => "*".to_owned(),
    };
    Ok(format!("VECTOR({},{},{})", part("dim"), part("storage_format"), part("storage_type")))
}
