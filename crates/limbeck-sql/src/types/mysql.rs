//! The types of MySQL and MariaDB's dialect.

// The signature of the functions that write types is the table's.
#![allow(clippy::unnecessary_wraps)]

use std::fmt::Display;

use super::dialect::{DialectType, DialectTypeClass, ParameterDefault, TypeArgument};
use super::{Affinity, FloatType, GenericType, JsonType, NumericType, SqlType, StandardType, StringType};
use crate::dialect::{Dialect, text_literal};
use crate::error::{Error, Result};

type Parameters = &'static [(&'static str, ParameterDefault)];
type Sql = fn(&DialectType, &dyn Dialect) -> Result<String>;
type Standard = fn(&DialectType) -> SqlType;

const NONE: ParameterDefault = ParameterDefault::None;
const FALSE: ParameterDefault = ParameterDefault::Bool(false);

const INTEGER: Parameters = &[("display_width", NONE), ("unsigned", FALSE), ("zerofill", FALSE)];

/// In the order of `repr`; the constructor takes precision and scale first.
const DECIMAL: Parameters = &[
    ("unsigned", FALSE),
    ("zerofill", FALSE),
    ("precision", NONE),
    ("scale", NONE),
    ("decimal_return_scale", NONE),
    ("asdecimal", ParameterDefault::Bool(true)),
];

/// `repr` shows `asdecimal` when it is true, although that is what the constructors of DOUBLE and REAL make it.
const FLOAT: Parameters = &[
    ("precision", NONE),
    ("scale", NONE),
    ("asdecimal", FALSE),
    ("unsigned", FALSE),
    ("zerofill", FALSE),
    ("decimal_return_scale", NONE),
];

/// In the order of `repr`; the constructors take the length first.
const STRING: Parameters = &[
    ("charset", NONE),
    ("collation", NONE),
    ("ascii", FALSE),
    ("binary", FALSE),
    ("unicode", FALSE),
    ("national", FALSE),
    ("length", NONE),
    ("collation_schema", NONE),
];

const ENUM: Parameters = &[
    ("enums", ParameterDefault::Rest),
    ("charset", NONE),
    ("collation", NONE),
    ("ascii", FALSE),
    ("binary", FALSE),
    ("unicode", FALSE),
    ("national", FALSE),
];

const SET: Parameters = &[
    ("values", ParameterDefault::Rest),
    ("charset", NONE),
    ("collation", NONE),
    ("ascii", FALSE),
    ("binary", FALSE),
    ("unicode", FALSE),
    ("national", FALSE),
    ("retrieve_as_bitwise", FALSE),
];

const MOMENT: Parameters = &[("timezone", FALSE), ("fsp", NONE)];
const LENGTH: Parameters = &[("length", NONE)];

const TYPES: &str = "sqlalchemy.dialects.mysql.types";

const fn class(
    name: &'static str,
    bases: &'static [&'static str],
    affinity: Affinity,
    parameters: Parameters,
    sql: Sql,
    standard: Option<Standard>,
) -> DialectTypeClass {
    DialectTypeClass { dialect: "mysql", name, module: TYPES, bases, affinity, parameters, sql, standard }
}

const fn string(
    name: &'static str,
    bases: &'static [&'static str],
    sql: Sql,
    standard: Option<Standard>,
) -> DialectTypeClass {
    class(name, bases, Affinity::String, STRING, sql, standard)
}

/// The classes of `sqlalchemy.dialects.mysql` that are not the SQL standard's own.
pub(super) const CLASSES: &[DialectTypeClass] = &[
    class(
        "INTEGER",
        &["INTEGER"],
        Affinity::Integer,
        INTEGER,
        integer_sql,
        Some(|_| StandardType::Integer.into()),
    ),
    class(
        "BIGINT",
        &["BIGINT"],
        Affinity::Integer,
        INTEGER,
        integer_sql,
        Some(|_| StandardType::BigInt.into()),
    ),
    class(
        "SMALLINT",
        &["SMALLINT"],
        Affinity::Integer,
        INTEGER,
        integer_sql,
        Some(|_| StandardType::SmallInt.into()),
    ),
    class("MEDIUMINT", &["Integer"], Affinity::Integer, INTEGER, integer_sql, None),
    class("TINYINT", &["Integer"], Affinity::Integer, INTEGER, integer_sql, None),
    class(
        "DECIMAL",
        &["DECIMAL"],
        Affinity::Numeric,
        DECIMAL,
        numeric_sql,
        Some(|type_| StandardType::Decimal(numeric_type(type_)).into()),
    ),
    class(
        "NUMERIC",
        &["NUMERIC"],
        Affinity::Numeric,
        DECIMAL,
        numeric_sql,
        Some(|type_| StandardType::Numeric(numeric_type(type_)).into()),
    ),
    class(
        "DOUBLE",
        &["DOUBLE"],
        Affinity::Float,
        FLOAT,
        double_sql,
        Some(|type_| StandardType::Double(float_type(type_)).into()),
    ),
    class(
        "REAL",
        &["REAL"],
        Affinity::Float,
        FLOAT,
        double_sql,
        Some(|type_| StandardType::Real(float_type(type_)).into()),
    ),
    class(
        "FLOAT",
        &["FLOAT"],
        Affinity::Float,
        FLOAT,
        numeric_sql,
        Some(|type_| StandardType::Float(float_type(type_)).into()),
    ),
    class("BIT", &["TypeEngine"], Affinity::Custom, LENGTH, bit_sql, None),
    class("YEAR", &["TypeEngine"], Affinity::Custom, &[("display_width", NONE)], year_sql, None),
    class(
        "DATETIME",
        &["DATETIME"],
        Affinity::DateTime,
        MOMENT,
        moment_sql,
        Some(|type_| StandardType::DateTime { timezone: type_.flag("timezone") }.into()),
    ),
    class(
        "TIMESTAMP",
        &["TIMESTAMP"],
        Affinity::DateTime,
        MOMENT,
        moment_sql,
        Some(|type_| StandardType::Timestamp { timezone: type_.flag("timezone") }.into()),
    ),
    class(
        "TIME",
        &["TIME"],
        Affinity::Time,
        MOMENT,
        moment_sql,
        Some(|type_| StandardType::Time { timezone: type_.flag("timezone") }.into()),
    ),
    string("CHAR", &["CHAR"], sized_string_sql, Some(|type_| StandardType::Char(string_type(type_)).into())),
    string(
        "VARCHAR",
        &["VARCHAR"],
        varchar_sql,
        Some(|type_| StandardType::Varchar(string_type(type_)).into()),
    ),
    string("NCHAR", &["NCHAR"], national_sql, Some(|type_| StandardType::NChar(string_type(type_)).into())),
    string(
        "NVARCHAR",
        &["NVARCHAR"],
        national_sql,
        Some(|type_| StandardType::NVarchar(string_type(type_)).into()),
    ),
    string("TEXT", &["TEXT"], sized_string_sql, Some(|type_| StandardType::Text(string_type(type_)).into())),
    string("TINYTEXT", &["String"], string_sql, None),
    string("MEDIUMTEXT", &["String"], string_sql, None),
    string("LONGTEXT", &["String"], string_sql, None),
    class("TINYBLOB", &["_Binary"], Affinity::Binary, LENGTH, plain_sql, None),
    class("MEDIUMBLOB", &["_Binary"], Affinity::Binary, LENGTH, plain_sql, None),
    class("LONGBLOB", &["_Binary"], Affinity::Binary, LENGTH, plain_sql, None),
    DialectTypeClass {
        dialect: "mysql",
        name: "ENUM",
        module: "sqlalchemy.dialects.mysql.enumerated",
        bases: &["NativeForEmulated", "Enum"],
        affinity: Affinity::Enum,
        parameters: ENUM,
        sql: |type_, dialect| labels_sql("ENUM", "enums", type_, dialect),
        standard: None,
    },
    DialectTypeClass {
        dialect: "mysql",
        name: "SET",
        module: "sqlalchemy.dialects.mysql.enumerated",
        bases: &["String"],
        affinity: Affinity::String,
        parameters: SET,
        sql: |type_, dialect| labels_sql("SET", "values", type_, dialect),
        standard: None,
    },
    DialectTypeClass {
        dialect: "mysql",
        name: "JSON",
        module: "sqlalchemy.dialects.mysql.json",
        bases: &["JSON"],
        affinity: Affinity::Json,
        parameters: &[("none_as_null", FALSE)],
        sql: plain_sql,
        standard: Some(|type_| {
            SqlType::Generic(GenericType::Json(JsonType { none_as_null: type_.flag("none_as_null") }))
        }),
    },
    DialectTypeClass {
        dialect: "mysql",
        name: "INET4",
        module: "sqlalchemy.dialects.mysql.mariadb",
        bases: &["TypeEngine"],
        affinity: Affinity::Custom,
        parameters: &[],
        sql: plain_sql,
        standard: None,
    },
    DialectTypeClass {
        dialect: "mysql",
        name: "INET6",
        module: "sqlalchemy.dialects.mysql.mariadb",
        bases: &["TypeEngine"],
        affinity: Affinity::Custom,
        parameters: &[],
        sql: plain_sql,
        standard: None,
    },
];

fn string_type(type_: &DialectType) -> StringType {
    StringType { length: type_.length("length"), collation: type_.text("collation").map(str::to_owned) }
}

fn numeric_type(type_: &DialectType) -> NumericType {
    NumericType {
        precision: type_.length("precision"),
        scale: type_.number("scale").and_then(|scale| scale.try_into().ok()),
        asdecimal: type_.flag("asdecimal"),
    }
}

fn float_type(type_: &DialectType) -> FloatType {
    FloatType { precision: type_.length("precision"), asdecimal: type_.flag("asdecimal") }
}

fn plain_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    Ok(type_.class().name.to_owned())
}

/// Puts the words of numbers behind a type: UNSIGNED and ZEROFILL.
fn extended_number(mut sql: String, type_: &DialectType) -> String {
    if type_.flag("unsigned") {
        sql.push_str(" UNSIGNED");
    }
    if type_.flag("zerofill") {
        sql.push_str(" ZEROFILL");
    }
    sql
}

/// Writes a name with an argument in parentheses when it is given.
fn with_argument(name: &str, argument: Option<impl Display>) -> String {
    argument.map_or_else(|| name.to_owned(), |argument| format!("{name}({argument})"))
}

/// Gives an argument as it is written; a string may stand for a number.
fn number_text(type_: &DialectType, name: &str) -> Option<String> {
    match type_.argument(name) {
        TypeArgument::Int(number) => Some(number.to_string()),
        TypeArgument::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// Gives the length of a string type.
///
/// # Errors
/// The reference's, for a length that is a string.
fn string_length(type_: &DialectType) -> Result<Option<i64>> {
    match type_.argument("length") {
        TypeArgument::Text(_) => Err(Error::Type("%d format: a real number is required, not str".to_owned())),
        _ => Ok(type_.number("length")),
    }
}

fn integer_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    Ok(extended_number(with_argument(type_.class().name, number_text(type_, "display_width")), type_))
}

fn numeric_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    let name = type_.class().name;
    let sql = match (number_text(type_, "precision"), number_text(type_, "scale")) {
        (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
        (precision, _) => with_argument(name, precision),
    };
    Ok(extended_number(sql, type_))
}

fn double_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    let name = type_.class().name;
    let sql = match (number_text(type_, "precision"), number_text(type_, "scale")) {
        (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
        _ => name.to_owned(),
    };
    Ok(extended_number(sql, type_))
}

fn bit_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    Ok(with_argument("BIT", number_text(type_, "length")))
}

fn year_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    Ok(with_argument("YEAR", number_text(type_, "display_width")))
}

fn moment_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    Ok(with_argument(type_.class().name, type_.number("fsp").filter(|digits| *digits != 0)))
}

/// Writes a string type with its character set and collation.
pub(crate) fn extended_string(sql: &str, type_: &DialectType) -> String {
    let charset = if let Some(charset) = type_.text("charset").filter(|charset| !charset.is_empty()) {
        Some(format!("CHARACTER SET {charset}"))
    } else if type_.flag("ascii") {
        Some("ASCII".to_owned())
    } else if type_.flag("unicode") {
        Some("UNICODE".to_owned())
    } else {
        None
    };
    let collation = match type_.text("collation").filter(|collation| !collation.is_empty()) {
        Some(collation) => Some(format!("COLLATE {collation}")),
        None => type_.flag("binary").then(|| "BINARY".to_owned()),
    };
    // a NATIONAL type has its character set by definition
    let parts = if type_.flag("national") {
        [Some("NATIONAL".to_owned()), Some(sql.to_owned()), collation]
    } else {
        [Some(sql.to_owned()), charset, collation]
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn string_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    Ok(extended_string(type_.class().name, type_))
}

fn sized_string_sql(type_: &DialectType, _: &dyn Dialect) -> Result<String> {
    Ok(extended_string(&with_argument(type_.class().name, string_length(type_)?), type_))
}

fn varchar_sql(type_: &DialectType, dialect: &dyn Dialect) -> Result<String> {
    if string_length(type_)?.is_none() {
        return Err(requires_length(type_.class().name, dialect));
    }
    sized_string_sql(type_, dialect)
}

/// Writes NCHAR and NVARCHAR, which are CHAR and VARCHAR with the word NATIONAL.
fn national_sql(type_: &DialectType, dialect: &dyn Dialect) -> Result<String> {
    let length = string_length(type_)?;
    let name = match type_.class().name {
        "NVARCHAR" if length.is_none() => return Err(requires_length("NVARCHAR", dialect)),
        "NVARCHAR" => "VARCHAR",
        _ => "CHAR",
    };
    let type_ = type_.clone().with("national", TypeArgument::Bool(true));
    Ok(extended_string(&with_argument(name, length), &type_))
}

/// Gives the error for a type that MySQL does not have without a length.
pub(crate) fn requires_length(name: &str, dialect: &dyn Dialect) -> Error {
    Error::Compile(format!("{name} requires a length on dialect {}", dialect.name()))
}

/// Writes ENUM or SET with its values.
pub(crate) fn label_list(name: &str, labels: &[String], dialect: &dyn Dialect) -> String {
    let labels: Vec<String> = labels.iter().map(|label| text_literal(dialect, label)).collect();
    format!("{name}({})", labels.join(","))
}

fn labels_sql(name: &str, parameter: &str, type_: &DialectType, dialect: &dyn Dialect) -> Result<String> {
    let labels = match type_.argument(parameter) {
        TypeArgument::Texts(labels) => labels.as_slice(),
        _ => &[],
    };
    Ok(extended_string(&label_list(name, labels, dialect), type_))
}
