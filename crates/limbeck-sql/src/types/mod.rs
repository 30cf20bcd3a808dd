//! SQL types: the generic ones, the SQL-standard ones, each dialect's own, and types that user code defines.

mod affinity;
mod custom;
mod dialect;
mod generic;
mod mssql;
pub(crate) mod mysql;
mod oracle;
mod postgresql;
mod python;
mod sqlite;
mod standard;

use std::sync::Arc;

pub use affinity::Affinity;
pub use custom::CustomType;
pub use dialect::{
    DIALECTS_WITH_TYPES, DialectType, DialectTypeClass, ParameterDefault, TypeArgument, dialect_type_classes,
};
pub use generic::{
    ArrayType, BooleanType, CAPITAL_MAX_LENGTH, EnumType, FloatType, GenericType, IntervalType, JsonType,
    MAX_LENGTH, NumericType, StringType, UuidType,
};
use indexmap::IndexMap;
pub(crate) use postgresql::generic_enum;
pub use sqlite::{SqliteType, StorageFormat};
pub use standard::StandardType;

/// A column's type.
#[derive(Clone, Debug)]
pub enum SqlType {
    /// SQLAlchemy's `NullType`: the type is not known.
    Null,
    /// A CamelCase type, which each dialect renders in its own way.
    Generic(GenericType),
    /// An UPPERCASE type of the SQL standard, rendered by its name.
    Standard(StandardType),
    /// A type of SQLite's dialect.
    Sqlite(SqliteType),
    /// A type of another dialect, such as `JSONB` or `MEDIUMTEXT`.
    Dialect(Box<DialectType>),
    /// A type with other types for some dialects, as `with_variant` makes it.
    Variant {
        /// The type for dialects that are not listed.
        base: Box<SqlType>,
        /// The types by dialect name.
        variants: IndexMap<String, SqlType>,
    },
    /// A type that user code defines (`TypeDecorator`, `UserDefinedType`).
    Custom(Arc<dyn CustomType>),
}

impl SqlType {
    /// Gives the type that counts for the dialect called `dialect_name`.
    pub fn for_dialect(&self, dialect_name: &str) -> &Self {
        match self {
            Self::Variant { base, variants } => {
                variants.get(dialect_name).unwrap_or(base).for_dialect(dialect_name)
            }
            other => other,
        }
    }

    /// Gives the type of an array's items.
    pub fn item_type(&self) -> Option<&Self> {
        match self {
            Self::Generic(GenericType::Array(array)) => Some(&array.item_type),
            Self::Dialect(own) => match own.argument("item_type") {
                TypeArgument::Type(item_type) => Some(item_type),
                _ => None,
            },
            _ => None,
        }
    }

    /// Makes a `String` of the given length.
    pub fn string(length: impl Into<Option<u32>>) -> Self {
        Self::Generic(GenericType::String(StringType { length: length.into(), collation: None }))
    }

    /// Makes an `Integer`.
    pub fn integer() -> Self {
        Self::Generic(GenericType::Integer)
    }
}

impl From<GenericType> for SqlType {
    fn from(kind: GenericType) -> Self {
        Self::Generic(kind)
    }
}

impl From<DialectType> for SqlType {
    fn from(type_: DialectType) -> Self {
        Self::Dialect(Box::new(type_))
    }
}

impl From<StandardType> for SqlType {
    fn from(kind: StandardType) -> Self {
        Self::Standard(kind)
    }
}
