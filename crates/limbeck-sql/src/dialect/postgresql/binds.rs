//! Casts of parameters: PostgreSQL's drivers do not all tell the server what type a parameter has.

use crate::dialect::Dialect;
use crate::dialect::types::string_sql;
use crate::error::Result;
use crate::types::{Affinity, DialectType, FloatType, GenericType, SqlType, StandardType, StringType};

use super::types;

/// How much a driver leaves to casts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Casts {
    /// What no driver sends with its type: JSON, UUIDs, arrays, bits, ranges.
    Few,
    /// Strings, whole numbers, dates and times as well (psycopg).
    Some,
    /// Numbers, booleans and intervals as well (pg8000).
    Most,
    /// Bytes and names of objects and enums as well (asyncpg).
    All,
}

impl Casts {
    fn of(driver: &str) -> Self {
        match driver {
            "psycopg" | "psycopg_async" => Self::Some,
            "pg8000" => Self::Most,
            "asyncpg" => Self::All,
            _ => Self::Few,
        }
    }

    fn has_some(self) -> bool {
        self != Self::Few
    }

    fn has_most(self) -> bool {
        matches!(self, Self::Most | Self::All)
    }
}

/// Gives the type that a parameter is cast to, where the driver needs it.
pub(super) fn bind_cast_sql(dialect: &dyn Dialect, type_: &SqlType) -> Result<Option<String>> {
    let casts = Casts::of(dialect.driver());
    let type_ = type_.for_dialect(dialect.name());
    if let SqlType::Custom(custom) = type_ {
        return match custom.dialect_type(dialect.name())? {
            Some(inner) => bind_cast_sql(dialect, &inner),
            None => Ok(None),
        };
    }
    if let SqlType::Dialect(own) = type_
        && own.class().dialect == dialect.name()
    {
        return own_cast(dialect, casts, own, type_);
    }
    let number = |precision: Option<u32>| match precision {
        Some(precision) => format!("FLOAT({precision})"),
        None => "FLOAT".to_owned(),
    };
    let moment = |name: &str, timezone: bool| Some(types::moment_sql(name, None, timezone));
    let cast = match type_ {
        SqlType::Generic(GenericType::Enum(enumeration)) => {
            let is_cast = casts == Casts::All && enumeration.native_enum;
            return is_cast.then(|| dialect.type_sql(type_)).transpose();
        }
        SqlType::Generic(GenericType::Uuid(uuid)) if !uuid.native_uuid => None,
        SqlType::Generic(GenericType::Array(_)) => return dialect.type_sql(type_).map(Some),
        SqlType::Generic(GenericType::Interval(interval)) if interval.native => {
            return casts.has_most().then(|| dialect.type_sql(type_)).transpose();
        }
        SqlType::Generic(GenericType::Interval(_)) => moment("TIMESTAMP", false).filter(|_| casts.has_some()),
        SqlType::Generic(
            GenericType::Float(FloatType { precision, .. })
            | GenericType::Double(FloatType { precision, .. }),
        )
        | SqlType::Standard(
            StandardType::Float(FloatType { precision, .. })
            | StandardType::Real(FloatType { precision, .. })
            | StandardType::Double(FloatType { precision, .. })
            | StandardType::DoublePrecision(FloatType { precision, .. }),
        ) => casts.has_most().then(|| number(*precision)),
        SqlType::Standard(StandardType::Decimal(number)) => {
            let numeric = SqlType::Generic(GenericType::Numeric(number.clone()));
            return casts.has_most().then(|| dialect.type_sql(&numeric)).transpose();
        }
        SqlType::Standard(StandardType::Binary { .. } | StandardType::Varbinary { .. }) => None,
        _ => match type_.affinity() {
            Affinity::String => casts.has_some().then(|| string_sql(dialect, "VARCHAR", &collated(type_))),
            Affinity::Integer => {
                return casts.has_some().then(|| dialect.type_sql(type_)).transpose();
            }
            Affinity::Date => casts.has_some().then(|| "DATE".to_owned()),
            Affinity::DateTime => moment("TIMESTAMP", has_timezone(type_)).filter(|_| casts.has_some()),
            Affinity::Time => moment("TIME", has_timezone(type_)).filter(|_| casts.has_some()),
            Affinity::Json => Some("JSON".to_owned()),
            Affinity::Uuid => Some("UUID".to_owned()),
            Affinity::Numeric => return casts.has_most().then(|| dialect.type_sql(type_)).transpose(),
            Affinity::Boolean => casts.has_most().then(|| "BOOLEAN".to_owned()),
            Affinity::Binary => (casts == Casts::All).then(|| "BYTEA".to_owned()),
            _ => None,
        },
    };
    Ok(cast)
}

/// Gives the cast of one of PostgreSQL's own types.
fn own_cast(
    dialect: &dyn Dialect,
    casts: Casts,
    own: &DialectType,
    type_: &SqlType,
) -> Result<Option<String>> {
    let name = own.class().name;
    let is_cast = match name {
        "JSON" | "JSONB" | "BIT" | "ARRAY" => true,
        "INTERVAL" => casts.has_some(),
        "TIMESTAMP" | "TIME" => {
            return Ok(casts.has_some().then(|| types::moment_sql(name, None, own.flag("timezone"))));
        }
        "REGCONFIG" => matches!(casts, Casts::Some | Casts::All),
        "OID" | "REGCLASS" | "ENUM" | "BYTEA" => casts == Casts::All,
        _ => name.ends_with("RANGE"),
    };
    is_cast.then(|| dialect.type_sql(type_)).transpose()
}

/// Gives what a cast to a string keeps of a string type: not its length, which would cut the value.
fn collated(type_: &SqlType) -> StringType {
    let collation = match type_ {
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
        ) => string.collation.clone(),
        _ => None,
    };
    StringType { length: None, collation }
}

fn has_timezone(type_: &SqlType) -> bool {
    match type_ {
        SqlType::Generic(GenericType::DateTime { timezone } | GenericType::Time { timezone })
        | SqlType::Standard(
            StandardType::DateTime { timezone }
            | StandardType::Timestamp { timezone }
            | StandardType::Time { timezone },
        ) => *timezone,
        SqlType::Dialect(own) => own.flag("timezone"),
        _ => false,
    }
}
