//! The generic, CamelCase types of SQLAlchemy and their arguments.

use super::SqlType;
use crate::expression::Expression;
use crate::schema::{ConstraintName, Identifier};

/// A generic type: each dialect chooses the SQL for it.
#[derive(Clone, Debug)]
pub enum GenericType {
    /// `String`
    String(StringType),
    /// `Text`
    Text(StringType),
    /// `Unicode`
    Unicode(StringType),
    /// `UnicodeText`
    UnicodeText(StringType),
    /// `Integer`
    Integer,
    /// `SmallInteger`
    SmallInteger,
    /// `BigInteger`
    BigInteger,
    /// `Numeric`
    Numeric(NumericType),
    /// `Float`
    Float(FloatType),
    /// `Double`
    Double(FloatType),
    /// `Boolean`
    Boolean(BooleanType),
    /// `Date`
    Date,
    /// `DateTime`
    DateTime {
        /// `timezone=True`
        timezone: bool,
    },
    /// `Time`
    Time {
        /// `timezone=True`
        timezone: bool,
    },
    /// `Interval`
    Interval(IntervalType),
    /// `LargeBinary`
    LargeBinary {
        /// Length in bytes, for dialects whose BLOB takes one.
        length: Option<u32>,
    },
    /// `PickleType`
    PickleType,
    /// `Enum`
    Enum(Box<EnumType>),
    /// `JSON`
    Json(JsonType),
    /// `Uuid`
    Uuid(UuidType),
    /// `ARRAY`: generic in SQLAlchemy in spite of its upper-case name.
    Array(Box<ArrayType>),
}

/// The length `'max'` of SQL Server's types, as a number that no database has.
pub const MAX_LENGTH: u32 = u32::MAX;

/// The same length as scripts also write it, `'MAX'`.
pub const CAPITAL_MAX_LENGTH: u32 = u32::MAX - 1;

/// The arguments of the string types.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StringType {
    /// Length in characters; [`MAX_LENGTH`] is SQL Server's `'max'`.
    pub length: Option<u32>,
    /// The collation's name.
    pub collation: Option<String>,
}

/// The arguments of `Numeric`, `NUMERIC` and `DECIMAL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumericType {
    /// Digits in all.
    pub precision: Option<u32>,
    /// Digits after the decimal point.
    pub scale: Option<i32>,
    /// Whether results are `Decimal` rather than `float`.
    pub asdecimal: bool,
}

/// The arguments of `Float`, `Double` and their upper-case forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FloatType {
    /// Precision, in the database's unit.
    pub precision: Option<u32>,
    /// Whether results are `Decimal` rather than `float`.
    pub asdecimal: bool,
}

/// The arguments of `Boolean`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BooleanType {
    /// Whether a CHECK is made where the database has no boolean.
    pub create_constraint: bool,
    /// The name of that CHECK.
    pub name: ConstraintName,
}

/// The arguments of `Interval`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntervalType {
    /// Whether the database's own INTERVAL is used where it has one.
    pub native: bool,
    /// Digits of fractional seconds.
    pub second_precision: Option<u32>,
    /// Digits of the day field.
    pub day_precision: Option<u32>,
}

/// The arguments of `JSON`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JsonType {
    /// Whether Python's `None` is SQL NULL rather than JSON `null`.
    pub none_as_null: bool,
}

/// The arguments of `Uuid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UuidType {
    /// Whether results are `UUID` objects rather than strings.
    pub as_uuid: bool,
    /// Whether the database's own UUID type is used where it has one.
    pub native_uuid: bool,
}

/// The arguments of `Enum`.
#[derive(Clone, Debug)]
pub struct EnumType {
    /// The labels, in order.
    pub values: Vec<String>,
    /// The Python enum class's name, when the labels come from one.
    pub enum_class: Option<String>,
    /// The name of the database type, or of the CHECK where there is none.
    pub name: Option<Identifier>,
    /// The schema of the database type.
    pub schema: Option<Identifier>,
    /// Whether the database's own ENUM is used where it has one.
    pub native_enum: bool,
    /// Whether a CHECK is made where the database's ENUM is not used.
    pub create_constraint: bool,
    /// Length of the VARCHAR; `None` takes the longest label's.
    pub length: Option<u32>,
    /// Whether the type takes its schema from its table.
    pub inherit_schema: bool,
    /// Whether the type belongs to a `MetaData` and is created with it rather than with its table.
    pub metadata: bool,
    /// Whether the type is created with the tables that use it (`create_type`).
    pub create_type: bool,
}

/// The arguments of `ARRAY`.
#[derive(Clone, Debug)]
pub struct ArrayType {
    /// The type of the items.
    pub item_type: SqlType,
    /// Whether results are tuples.
    pub as_tuple: bool,
    /// The number of dimensions, when fixed.
    pub dimensions: Option<u32>,
    /// Whether indexes start at zero.
    pub zero_indexes: bool,
}

impl Default for NumericType {
    fn default() -> Self {
        Self { precision: None, scale: None, asdecimal: true }
    }
}

impl Default for IntervalType {
    fn default() -> Self {
        Self { native: true, second_precision: None, day_precision: None }
    }
}

impl Default for UuidType {
    fn default() -> Self {
        Self { as_uuid: true, native_uuid: true }
    }
}

impl EnumType {
    /// Gives the length of the VARCHAR that stands for the type: the explicit one, or the longest label's.
    pub fn varchar_length(&self) -> u32 {
        let longest = self.values.iter().map(|label| label.chars().count()).max().unwrap_or(0);
        self.length.unwrap_or_else(|| u32::try_from(longest).unwrap_or(u32::MAX))
    }

    /// Gives the labels as literal expressions.
    pub fn label_literals(&self) -> Vec<Expression> {
        self.values.iter().map(|label| Expression::literal(label.as_str())).collect()
    }
}
