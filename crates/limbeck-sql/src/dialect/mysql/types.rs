//! How MySQL writes the generic and the SQL standard's types, and what they are in a CAST.

use super::MysqlDialect;
use crate::dialect::Dialect;
use crate::engine::{OpaqueValue, Value};
use crate::error::{Error, Result};
use crate::expression::Expression;
use crate::types::mysql::{extended_string, label_list, requires_length};
use crate::types::{
    Affinity, DialectType, FloatType, GenericType, SqlType, StandardType, StringType, TypeArgument,
};
use crate::warnings::SA_WARNINGS;

/// Gives the SQL of a type that MySQL writes in its own way.
pub(super) fn own_type_sql(dialect: &dyn Dialect, type_: &SqlType) -> Option<Result<String>> {
    match type_.for_dialect(dialect.name()) {
        SqlType::Generic(kind) => generic_sql(dialect, kind),
        SqlType::Standard(kind) => standard_sql(dialect, kind),
        _ => None,
    }
}

fn generic_sql(dialect: &dyn Dialect, kind: &GenericType) -> Option<Result<String>> {
    Some(match kind {
        GenericType::String(string) | GenericType::Unicode(string) => {
            varchar_sql("VARCHAR", "VARCHAR", string, dialect)
        }
        GenericType::Text(string) | GenericType::UnicodeText(string) => Ok(string_sql("TEXT", string)),
        GenericType::Double(float) => double_sql("DOUBLE", float),
        GenericType::Float(float) => Ok(sized("FLOAT", float.precision)),
        GenericType::Boolean(_) => Ok("BOOL".to_owned()),
        GenericType::LargeBinary { length } => Ok(sized("BLOB", *length)),
        GenericType::Enum(enumeration) if enumeration.native_enum => {
            Ok(label_list("ENUM", &enumeration.values, dialect))
        }
        GenericType::Enum(enumeration) => Ok(format!("VARCHAR({})", enumeration.varchar_length())),
        _ => return None,
    })
}

fn standard_sql(dialect: &dyn Dialect, kind: &StandardType) -> Option<Result<String>> {
    Some(match kind {
        StandardType::Char(string) => Ok(string_sql("CHAR", string)),
        StandardType::NChar(string) => Ok(string_sql("NATIONAL CHAR", string)),
        StandardType::Varchar(string) => varchar_sql("VARCHAR", "VARCHAR", string, dialect),
        StandardType::NVarchar(string) => varchar_sql("NVARCHAR", "NATIONAL VARCHAR", string, dialect),
        StandardType::Text(string) => Ok(string_sql("TEXT", string)),
        StandardType::Boolean => Ok("BOOL".to_owned()),
        StandardType::Double(float) => double_sql("DOUBLE", float),
        StandardType::DoublePrecision(float) => double_sql("DOUBLE PRECISION", float),
        StandardType::Float(float) => Ok(sized("FLOAT", float.precision)),
        StandardType::Blob { length } => Ok(sized("BLOB", *length)),
        StandardType::Varbinary { length: None } => {
            Err(Error::Type("%d format: a real number is required, not NoneType".to_owned()))
        }
        StandardType::Varbinary { length } => Ok(sized("VARBINARY", *length)),
        _ => return None,
    })
}

/// Writes a type that has both a precision and a scale, or neither; the generic types have no scale.
fn double_sql(name: &str, float: &FloatType) -> Result<String> {
    if float.precision.is_some() {
        return Err(Error::Argument(
            "You must specify both precision and scale or omit both altogether.".to_owned(),
        ));
    }
    Ok(name.to_owned())
}

fn sized(name: &str, length: Option<u32>) -> String {
    length.map_or_else(|| name.to_owned(), |length| format!("{name}({length})"))
}

/// Writes a string type; MySQL's compiler does not quote the collation.
fn string_sql(name: &str, string: &StringType) -> String {
    let mut sql = sized(name, string.length);
    if let Some(collation) = string.collation.as_deref().filter(|collation| !collation.is_empty()) {
        sql.push_str(" COLLATE ");
        sql.push_str(collation);
    }
    sql
}

fn varchar_sql(class: &str, name: &str, string: &StringType, dialect: &dyn Dialect) -> Result<String> {
    if string.length.is_none() { Err(requires_length(class, dialect)) } else { Ok(string_sql(name, string)) }
}

/// Turns a value into what the driver is sent: a SET's labels joined, and an interval as the moment that lies so far from
/// the epoch, which is how SQLAlchemy stores it where there is no type for it.
pub(super) fn driver_value(dialect: &dyn Dialect, value: Value, type_: &SqlType) -> Result<Value> {
    let is_set = matches!(type_, SqlType::Dialect(own) if own.class().name == "SET");
    let value = match value {
        Value::Opaque(OpaqueValue { stored: Some(stored), .. }) if is_set => *stored,
        value => value,
    };
    match (type_.affinity(), value) {
        (Affinity::Interval, Value::Interval(duration)) => {
            let epoch = jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0);
            epoch
                .checked_add(duration)
                .map(|moment| Value::DateTime(moment, None))
                .map_err(|_| Error::Value(format!("{duration:?} is too long for an Interval")))
        }
        (_, Value::Array(labels)) if is_set => {
            let labels: Vec<&str> = labels.iter().filter_map(Value::as_str).collect();
            Ok(Value::Text(labels.join(",")))
        }
        (_, value) => crate::dialect::literal::driver_value(dialect, value, type_),
    }
}

/// Gives what stands for a type in CAST; `None`, with a warning, for types that MySQL cannot cast to.
pub(super) fn cast_type_sql(dialect: &MysqlDialect, type_: &SqlType) -> Result<Option<String>> {
    let sql = castable_sql(dialect, type_)?;
    if sql.is_none() {
        log::warn!(
            target: SA_WARNINGS,
            "Datatype {} does not support CAST on MySQL/MariaDb; the CAST will be skipped.",
            dialect.type_sql(type_)?
        );
    }
    Ok(sql)
}

fn castable_sql(dialect: &MysqlDialect, type_: &SqlType) -> Result<Option<String>> {
    let type_ = type_.for_dialect(dialect.name());
    if let SqlType::Custom(custom) = type_ {
        return match custom.dialect_type(dialect.name())? {
            Some(inner) => castable_sql(dialect, &inner),
            None => Ok(None),
        };
    }
    Ok(match type_.affinity() {
        Affinity::Integer => {
            let unsigned = matches!(type_, SqlType::Dialect(type_) if type_.flag("unsigned"));
            Some(if unsigned { "UNSIGNED INTEGER" } else { "SIGNED INTEGER" }.to_owned())
        }
        Affinity::DateTime if is_timestamp(type_, dialect.name())? => Some("DATETIME".to_owned()),
        Affinity::DateTime | Affinity::Date | Affinity::Time | Affinity::Interval | Affinity::Json => {
            Some(dialect.type_sql(type_)?)
        }
        Affinity::Float if dialect.supports_float_cast() => Some(dialect.type_sql(type_)?),
        Affinity::Numeric => Some(dialect.type_sql(type_)?.replace("NUMERIC", "DECIMAL")),
        Affinity::Binary => Some("BINARY".to_owned()),
        Affinity::String => string_cast_sql(type_),
        Affinity::Enum => match type_ {
            SqlType::Generic(GenericType::Enum(enumeration)) if !enumeration.native_enum => {
                Some(format!("CHAR({})", enumeration.varchar_length()))
            }
            _ => None,
        },
        _ => None,
    })
}

/// Tells whether a type is a TIMESTAMP on a dialect: MySQL's or the standard's, or one that user code bases on them.
pub(super) fn is_timestamp(type_: &SqlType, dialect_name: &str) -> Result<bool> {
    Ok(match type_.for_dialect(dialect_name) {
        SqlType::Standard(StandardType::Timestamp { .. }) => true,
        SqlType::Dialect(type_) => type_.class().name == "TIMESTAMP",
        SqlType::Custom(custom) => match custom.dialect_type(dialect_name)? {
            Some(inner) => is_timestamp(&inner, dialect_name)?,
            None => false,
        },
        _ => false,
    })
}

fn string_cast_sql(type_: &SqlType) -> Option<String> {
    let length = match type_ {
        SqlType::Generic(
            GenericType::String(string)
            | GenericType::Text(string)
            | GenericType::Unicode(string)
            | GenericType::UnicodeText(string),
        )
        | SqlType::Standard(
            StandardType::Char(string)
            | StandardType::Varchar(string)
            | StandardType::NChar(string)
            | StandardType::NVarchar(string)
            | StandardType::Text(string)
            | StandardType::Clob(string),
        ) => string.length,
        SqlType::Dialect(type_) => return dialect_string_cast_sql(type_),
        _ => None,
    };
    Some(sized("CHAR", length))
}

/// Writes one of MySQL's string types as the CHAR that it is cast to: only CHAR itself stays NATIONAL.
fn dialect_string_cast_sql(type_: &DialectType) -> Option<String> {
    let name = type_.class().name;
    if name == "SET" {
        return None;
    }
    let national = name == "CHAR" && type_.flag("national");
    let adapted = type_.clone().with("national", TypeArgument::Bool(national));
    Some(extended_string(&sized("CHAR", type_.length("length")), &adapted))
}

/// Tells whether an index has an expression in parentheses of its own, as MySQL wants it for all but columns.
pub(super) fn is_index_operation(expression: &Expression) -> bool {
    use crate::expression::UnaryOperator::{Ascending, Descending};
    match expression {
        Expression::Binary { .. }
        | Expression::Between { .. }
        | Expression::In { .. }
        | Expression::Collate { .. }
        | Expression::Function(_)
        | Expression::Element { .. }
        | Expression::NextValue { .. } => true,
        Expression::Unary { operator, .. } => !matches!(operator, Ascending | Descending),
        _ => false,
    }
}
