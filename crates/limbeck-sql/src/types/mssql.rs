//! The types of SQL Server's dialect.

#![expect(clippy::unnecessary_wraps, reason = "the tables of types fix the signature of what writes one")]

use super::dialect::ParameterDefault::{self, Bool, None as Nothing};
use super::dialect::{DialectType, DialectTypeClass};
use super::{Affinity, FloatType, GenericType, JsonType, StandardType, StringType};
use crate::dialect::Dialect;
use crate::error::Result;

const LENGTH: &[(&str, ParameterDefault)] = &[("length", Nothing)];
const STRING: &[(&str, ParameterDefault)] =
    &[("length", Nothing), ("collation", Nothing), ("collation_schema", Nothing)];
const PRECISION: &[(&str, ParameterDefault)] = &[("precision", Nothing), ("timezone", Bool(false))];

/// The classes of `sqlalchemy.dialects.mssql` that are not the SQL standard's own.
pub(super) const CLASSES: &[DialectTypeClass] = &[
    DialectTypeClass { parameters: &[], ..class("TINYINT", &["Integer"], Affinity::Integer) },
    DialectTypeClass {
        parameters: &[("create_constraint", Bool(false)), ("name", Nothing)],
        ..class("BIT", &["Boolean"], Affinity::Boolean)
    },
    DialectTypeClass {
        parameters: STRING,
        sql: ntext_sql,
        ..class("NTEXT", &["UnicodeText"], Affinity::String)
    },
    DialectTypeClass { parameters: STRING, ..class("XML", &["Text"], Affinity::String) },
    DialectTypeClass { parameters: LENGTH, ..class("IMAGE", &["LargeBinary"], Affinity::Binary) },
    DialectTypeClass {
        parameters: &[("length", Nothing), ("filestream", Bool(false))],
        sql: varbinary_sql,
        standard: Some(|type_| StandardType::Varbinary { length: type_.length("length") }.into()),
        ..class("VARBINARY", &["VARBINARY", "LargeBinary"], Affinity::Binary)
    },
    DialectTypeClass {
        parameters: PRECISION,
        sql: precision_sql,
        ..class("DATETIME2", &["DateTime"], Affinity::DateTime)
    },
    DialectTypeClass {
        parameters: PRECISION,
        sql: precision_sql,
        ..class("DATETIMEOFFSET", &["DateTime"], Affinity::DateTime)
    },
    DialectTypeClass {
        parameters: &[("timezone", Bool(false))],
        ..class("SMALLDATETIME", &["DateTime"], Affinity::DateTime)
    },
    DialectTypeClass {
        parameters: PRECISION,
        sql: precision_sql,
        standard: Some(|_| StandardType::Time { timezone: false }.into()),
        ..class("TIME", &["TIME"], Affinity::Time)
    },
    DialectTypeClass {
        parameters: &[("convert_int", Bool(false))],
        standard: Some(|_| StandardType::Timestamp { timezone: false }.into()),
        ..class("TIMESTAMP", &["_Binary"], Affinity::Binary)
    },
    DialectTypeClass {
        parameters: &[("convert_int", Bool(false))],
        ..class("ROWVERSION", &["mssql.TIMESTAMP"], Affinity::Binary)
    },
    DialectTypeClass {
        parameters: &[("asdecimal", Bool(false)), ("decimal_return_scale", Nothing)],
        standard: Some(|type_| StandardType::Real(float(type_, 24)).into()),
        ..class("REAL", &["REAL"], Affinity::Float)
    },
    DialectTypeClass {
        parameters: &[("asdecimal", Bool(false)), ("decimal_return_scale", Nothing)],
        sql: |_, _| Ok("DOUBLE PRECISION".to_owned()),
        standard: Some(|type_| StandardType::DoublePrecision(float(type_, 53)).into()),
        ..class("DOUBLE_PRECISION", &["DOUBLE_PRECISION"], Affinity::Float)
    },
    DialectTypeClass {
        parameters: &[("as_uuid", Bool(true))],
        ..class("UNIQUEIDENTIFIER", &["Uuid"], Affinity::Uuid)
    },
    DialectTypeClass {
        module: "sqlalchemy.dialects.mssql.json",
        parameters: &[("none_as_null", Bool(false))],
        sql: |_, _| Ok("NVARCHAR(max)".to_owned()),
        standard: Some(|type_| {
            GenericType::Json(JsonType { none_as_null: type_.flag("none_as_null") }).into()
        }),
        ..class("JSON", &["JSON"], Affinity::Json)
    },
    class("MONEY", &["TypeEngine"], Affinity::Custom),
    class("SMALLMONEY", &["TypeEngine"], Affinity::Custom),
    class("SQL_VARIANT", &["TypeEngine"], Affinity::Custom),
];

/// Makes a class without parameters that is written by its name and that only SQL Server knows.
const fn class(name: &'static str, bases: &'static [&'static str], affinity: Affinity) -> DialectTypeClass {
    DialectTypeClass {
        dialect: "mssql",
        name,
        module: "sqlalchemy.dialects.mssql.base",
        bases,
        affinity,
        parameters: &[],
        sql: |type_, _| Ok(type_.class().name.to_owned()),
        standard: None,
    }
}

/// Writes a date or time type with the digits of its fractional seconds.
fn precision_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    let name = type_.class().name;
    Ok(match type_.number("precision") {
        Some(precision) => format!("{name}({precision})"),
        None => name.to_owned(),
    })
}

fn ntext_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    let string =
        StringType { length: type_.length("length"), collation: type_.text("collation").map(str::to_owned) };
    Ok(crate::dialect::types::unquoted_string_sql("NTEXT", &string, ""))
}

fn varbinary_sql(type_: &DialectType, dialect: &dyn Dialect) -> Result<String> {
    let sql = dialect.type_sql(&StandardType::Varbinary { length: type_.length("length") }.into())?;
    Ok(if type_.flag("filestream") { format!("{sql} FILESTREAM") } else { sql })
}

fn float(type_: &DialectType, precision: u32) -> FloatType {
    FloatType { precision: Some(precision), asdecimal: type_.flag("asdecimal") }
}
