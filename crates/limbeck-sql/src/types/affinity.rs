//! Type affinity: the generic class that stands behind a type, by which dialects and comparisons decide.

use super::{GenericType, SqlType, SqliteType, StandardType};
use crate::engine::Value;

/// The generic classes that types fall back to (SQLAlchemy's `_type_affinity`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Affinity {
    /// `NullType`
    Null,
    /// `String`
    String,
    /// `Integer`
    Integer,
    /// `Numeric`
    Numeric,
    /// `Float`, which SQLAlchemy also takes for a `Numeric`
    Float,
    /// `Boolean`
    Boolean,
    /// `Date`
    Date,
    /// `DateTime`
    DateTime,
    /// `Time`
    Time,
    /// `Interval`
    Interval,
    /// `LargeBinary`
    Binary,
    /// `Enum`, a kind of `String`
    Enum,
    /// `JSON`
    Json,
    /// `Uuid`
    Uuid,
    /// `ARRAY`
    Array,
    /// A type of user code that renders its own SQL.
    Custom,
}

impl Affinity {
    /// Tells whether values are numbers with a fraction.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Numeric | Self::Float)
    }
}

impl SqlType {
    /// Gives the type's affinity; that of the base for a variant and that of the generic `impl` for a custom type.
    pub fn affinity(&self) -> Affinity {
        match self {
            Self::Null => Affinity::Null,
            Self::Generic(kind) => match kind {
                GenericType::String(_)
                | GenericType::Text(_)
                | GenericType::Unicode(_)
                | GenericType::UnicodeText(_) => Affinity::String,
                GenericType::Integer | GenericType::SmallInteger | GenericType::BigInteger => {
                    Affinity::Integer
                }
                GenericType::Numeric(_) => Affinity::Numeric,
                GenericType::Float(_) | GenericType::Double(_) => Affinity::Float,
                GenericType::Boolean(_) => Affinity::Boolean,
                GenericType::Date => Affinity::Date,
                GenericType::DateTime { .. } => Affinity::DateTime,
                GenericType::Time { .. } => Affinity::Time,
                GenericType::Interval(_) => Affinity::Interval,
                GenericType::LargeBinary { .. } | GenericType::PickleType => Affinity::Binary,
                GenericType::Enum(_) => Affinity::Enum,
                GenericType::Json(_) => Affinity::Json,
                GenericType::Uuid(_) => Affinity::Uuid,
                GenericType::Array(_) => Affinity::Array,
            },
            Self::Standard(kind) => match kind {
                StandardType::Char(_)
                | StandardType::Varchar(_)
                | StandardType::NChar(_)
                | StandardType::NVarchar(_)
                | StandardType::Text(_)
                | StandardType::Clob(_) => Affinity::String,
                StandardType::Blob { .. } | StandardType::Binary { .. } | StandardType::Varbinary { .. } => {
                    Affinity::Binary
                }
                StandardType::Boolean => Affinity::Boolean,
                StandardType::Integer | StandardType::SmallInt | StandardType::BigInt => Affinity::Integer,
                StandardType::Numeric(_) | StandardType::Decimal(_) => Affinity::Numeric,
                StandardType::Float(_)
                | StandardType::Real(_)
                | StandardType::Double(_)
                | StandardType::DoublePrecision(_) => Affinity::Float,
                StandardType::Date => Affinity::Date,
                StandardType::DateTime { .. } | StandardType::Timestamp { .. } => Affinity::DateTime,
                StandardType::Time { .. } => Affinity::Time,
                StandardType::Json(_) => Affinity::Json,
                StandardType::Uuid(_) => Affinity::Uuid,
            },
            Self::Sqlite(kind) => match kind {
                SqliteType::Date(_) => Affinity::Date,
                SqliteType::DateTime(_) => Affinity::DateTime,
                SqliteType::Time(_) => Affinity::Time,
                SqliteType::Json(_) | SqliteType::Jsonb(_) => Affinity::Json,
            },
            Self::Dialect(type_) => type_.class().affinity,
            Self::Variant { base, .. } => base.affinity(),
            Self::Custom(custom) => match custom.dialect_type("default") {
                Ok(Some(type_)) => type_.affinity(),
                _ => Affinity::Custom,
            },
        }
    }

    /// Gives the type of a value that came without one, as `literal(value)` finds it.
    pub fn of_value(value: &Value) -> Self {
        Self::Generic(match value {
            Value::Null | Value::Json(_) | Value::Array(_) | Value::Opaque(_) => return Self::Null,
            Value::Bool(_) => GenericType::Boolean(super::BooleanType::default()),
            Value::Int(number) if number.unsigned_abs() < 1 << 31 => GenericType::Integer,
            Value::Int(_) | Value::BigInt(_) => GenericType::BigInteger,
            Value::Float(_) => GenericType::Double(super::FloatType::default()),
            Value::Decimal(_) => GenericType::Numeric(super::NumericType::default()),
            Value::Text(text) if !text.is_ascii() => GenericType::Unicode(super::StringType::default()),
            Value::Text(_) => GenericType::String(super::StringType::default()),
            Value::Bytes(_) => GenericType::LargeBinary { length: None },
            Value::Date(_) => GenericType::Date,
            Value::Time(_, offset) => GenericType::Time { timezone: offset.is_some() },
            Value::DateTime(_, offset) => GenericType::DateTime { timezone: offset.is_some() },
            Value::Interval(_) => GenericType::Interval(super::IntervalType::default()),
            Value::Uuid(_) => GenericType::Uuid(super::UuidType::default()),
        })
    }
}
