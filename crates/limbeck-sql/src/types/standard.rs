//! The SQL-standard, UPPERCASE types, which every dialect renders by their own names.

use super::{FloatType, JsonType, NumericType, StringType, UuidType};

/// An upper-case type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StandardType {
    /// `CHAR`
    Char(StringType),
    /// `VARCHAR`
    Varchar(StringType),
    /// `NCHAR`
    NChar(StringType),
    /// `NVARCHAR`
    NVarchar(StringType),
    /// `TEXT`
    Text(StringType),
    /// `CLOB`
    Clob(StringType),
    /// `BLOB`
    Blob {
        /// Length in bytes.
        length: Option<u32>,
    },
    /// `BINARY`
    Binary {
        /// Length in bytes.
        length: Option<u32>,
    },
    /// `VARBINARY`
    Varbinary {
        /// Length in bytes.
        length: Option<u32>,
    },
    /// `BOOLEAN`
    Boolean,
    /// `INTEGER` (and `INT`, which is the same class)
    Integer,
    /// `SMALLINT`
    SmallInt,
    /// `BIGINT`
    BigInt,
    /// `NUMERIC`
    Numeric(NumericType),
    /// `DECIMAL`
    Decimal(NumericType),
    /// `FLOAT`
    Float(FloatType),
    /// `REAL`
    Real(FloatType),
    /// `DOUBLE`
    Double(FloatType),
    /// `DOUBLE_PRECISION`
    DoublePrecision(FloatType),
    /// `DATE`
    Date,
    /// `DATETIME`
    DateTime {
        /// `timezone=True`
        timezone: bool,
    },
    /// `TIME`
    Time {
        /// `timezone=True`
        timezone: bool,
    },
    /// `TIMESTAMP`
    Timestamp {
        /// `timezone=True`
        timezone: bool,
    },
    /// `JSON` as a dialect's own upper-case type.
    Json(JsonType),
    /// `UUID`
    Uuid(UuidType),
}
