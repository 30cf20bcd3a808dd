//! From a declared type to a SQL type, by name or else by SQLite's affinity rules, as SQLAlchemy does.

use std::sync::Arc;

use crate::engine::{Value, text_repr};
use crate::error::Result;
use crate::types::{
    CustomType, FloatType, JsonType, NumericType, SqlType, SqliteType, StandardType, StringType,
};

/// Gives the type for a declared one, in upper case, and a warning when its arguments do not fit.
pub(super) fn resolve(declared: &str) -> (SqlType, Option<String>) {
    let end =
        declared.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ' ')).unwrap_or(declared.len());
    let (name, rest) = declared.split_at(end);
    let arguments = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map(|(inner, _)| inner);
    let arguments: Vec<&str> = arguments
        .unwrap_or_default()
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .collect();
    let class = class_name(name);
    if let Some(type_) = instance(class, &arguments) {
        return (type_, None);
    }
    let shown: Vec<String> = arguments.iter().map(|argument| text_repr(argument)).collect();
    let warning = format!(
        "Could not instantiate type <class 'sqlalchemy.{}.{class}'> with reflected arguments [{}]; using no \
         arguments.",
        if matches!(class, "JSON" | "JSONB") { "dialects.sqlite.json" } else { "sql.sqltypes" },
        shown.join(", ")
    );
    (instance(class, &[]).unwrap_or(SqlType::Null), Some(warning))
}

/// Gives the name of the class that a type's name stands for.
fn class_name(name: &str) -> &'static str {
    match name {
        "BIGINT" => "BIGINT",
        "BLOB" => "BLOB",
        "BOOL" | "BOOLEAN" => "BOOLEAN",
        "CHAR" => "CHAR",
        "DATE" | "DATE_CHAR" => "DATE",
        "DATETIME" | "DATETIME_CHAR" => "DATETIME",
        "DOUBLE" => "DOUBLE",
        "DECIMAL" => "DECIMAL",
        "FLOAT" => "FLOAT",
        "INT" | "INTEGER" => "INTEGER",
        "JSON" => "JSON",
        "JSONB" => "JSONB",
        "NUMERIC" => "NUMERIC",
        "REAL" => "REAL",
        "SMALLINT" => "SMALLINT",
        "TEXT" => "TEXT",
        "TIME" | "TIME_CHAR" => "TIME",
        "TIMESTAMP" => "TIMESTAMP",
        "VARCHAR" => "VARCHAR",
        "NVARCHAR" => "NVARCHAR",
        "NCHAR" => "NCHAR",
        _ => affinity_class(name),
    }
}

/// Gives the class for a name by the rules of <https://www.sqlite.org/datatype3.html>, section 3.1.
fn affinity_class(name: &str) -> &'static str {
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if has(&["INT"]) {
        "INTEGER"
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        "TEXT"
    } else if name.is_empty() || has(&["BLOB"]) {
        "NullType"
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        "REAL"
    } else {
        "NUMERIC"
    }
}

/// Makes a type with positional arguments, as its class in Python takes them; `None` when it does not.
fn instance(class: &str, arguments: &[&str]) -> Option<SqlType> {
    let first = arguments.first().and_then(|digits| digits.parse::<u32>().ok());
    // The second argument of a string type would be a collation, which no declared type means.
    let string = || (arguments.len() <= 2).then_some(StringType { length: first, collation: None });
    let binary = || (arguments.len() <= 1).then_some(first);
    let flag = || (arguments.len() <= 1).then(|| first.is_some_and(|number| number != 0));
    let float = || {
        (arguments.len() <= 3).then(|| FloatType {
            precision: first,
            asdecimal: arguments.get(1).is_some_and(|digits| digits.bytes().any(|digit| digit != b'0')),
        })
    };
    let numeric = || {
        (arguments.len() <= 4).then(|| NumericType {
            precision: first,
            scale: arguments.get(1).and_then(|digits| digits.parse().ok()),
            asdecimal: arguments.get(2).is_none_or(|digits| digits.bytes().any(|digit| digit != b'0')),
        })
    };
    let plain = |type_: StandardType| arguments.is_empty().then_some(type_);
    let type_ = match class {
        "BIGINT" => plain(StandardType::BigInt)?,
        "INTEGER" => plain(StandardType::Integer)?,
        "SMALLINT" => plain(StandardType::SmallInt)?,
        "DATE" => plain(StandardType::Date)?,
        "BOOLEAN" => StandardType::Boolean,
        "BLOB" => StandardType::Blob { length: binary()? },
        "CHAR" => StandardType::Char(string()?),
        "VARCHAR" => StandardType::Varchar(string()?),
        "NCHAR" => StandardType::NChar(string()?),
        "NVARCHAR" => StandardType::NVarchar(string()?),
        "TEXT" => StandardType::Text(string()?),
        "DATETIME" => StandardType::DateTime { timezone: flag()? },
        "TIME" => StandardType::Time { timezone: flag()? },
        "TIMESTAMP" => StandardType::Timestamp { timezone: flag()? },
        "DOUBLE" => StandardType::Double(float()?),
        "FLOAT" => StandardType::Float(float()?),
        "REAL" => StandardType::Real(float()?),
        "DECIMAL" => StandardType::Decimal(numeric()?),
        "NUMERIC" => StandardType::Numeric(numeric()?),
        "JSON" => {
            return flag().map(|none_as_null| SqlType::Sqlite(SqliteType::Json(JsonType { none_as_null })));
        }
        "JSONB" => return flag().map(|_| SqlType::Custom(Arc::new(Jsonb))),
        _ => return arguments.is_empty().then_some(SqlType::Null),
    };
    Some(type_.into())
}

/// `sqlalchemy.dialects.sqlite.JSONB`, which only this dialect has.
#[derive(Debug)]
struct Jsonb;

impl CustomType for Jsonb {
    fn class_name(&self) -> &'static str {
        "JSONB"
    }

    fn module_path(&self) -> &'static str {
        "sqlalchemy.dialects.sqlite.json.JSONB"
    }

    fn python_repr(&self) -> Result<String> {
        Ok("JSONB()".to_owned())
    }

    fn dialect_type(&self, _dialect_name: &str) -> Result<Option<SqlType>> {
        Ok(None)
    }

    fn column_specification(&self, _dialect_name: &str) -> Result<Option<String>> {
        Ok(Some("JSONB".to_owned()))
    }

    fn bind_value(&self, value: Value, _dialect_name: &str) -> Result<Value> {
        Ok(value)
    }
}
