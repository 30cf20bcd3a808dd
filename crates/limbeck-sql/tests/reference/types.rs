//! Types: their SQL, their Python `repr`, their modules.

use limbeck_sql::schema::{ConstraintName, Identifier};
use limbeck_sql::types::{
    ArrayType, BooleanType, EnumType, FloatType, GenericType, IntervalType, JsonType, NumericType, SqlType,
    SqliteType, StandardType, StorageFormat, StringType, UuidType,
};

use super::{compare, dialect, outcome, record};

fn string(length: Option<u32>, collation: Option<&str>) -> StringType {
    StringType { length, collation: collation.map(ToOwned::to_owned) }
}

fn numeric(precision: Option<u32>, scale: Option<i32>, asdecimal: bool) -> NumericType {
    NumericType { precision, scale, asdecimal }
}

fn float(precision: Option<u32>, asdecimal: bool) -> FloatType {
    FloatType { precision, asdecimal }
}

/// An `Enum` with everything at its default.
pub fn enumeration(values: &[&str], name: Option<&str>) -> EnumType {
    EnumType {
        values: values.iter().map(ToString::to_string).collect(),
        enum_class: None,
        name: name.map(Identifier::from),
        schema: None,
        native_enum: true,
        create_constraint: false,
        length: None,
        inherit_schema: false,
        metadata: false,
        create_type: true,
    }
}

fn enum_type(type_: EnumType) -> SqlType {
    GenericType::Enum(Box::new(type_)).into()
}

fn variant(base: SqlType, variants: &[(&str, SqlType)]) -> SqlType {
    SqlType::Variant {
        base: Box::new(base),
        variants: variants.iter().map(|(name, type_)| ((*name).to_owned(), type_.clone())).collect(),
    }
}

fn storage(format: &str) -> StorageFormat {
    StorageFormat { format: Some(format.to_owned()), truncate_microseconds: false }
}

fn cases() -> Vec<(&'static str, SqlType)> {
    use GenericType as G;
    use StandardType as S;
    let text = |length| string(length, None);
    vec![
        ("string", G::String(text(None)).into()),
        ("string_50", G::String(text(Some(50))).into()),
        ("string_0", G::String(text(Some(0))).into()),
        ("string_collation", G::String(string(Some(50), Some("x"))).into()),
        ("string_collation_upper", G::String(string(Some(5), Some("de_DE"))).into()),
        ("string_collation_only", G::String(string(None, Some("NOCASE"))).into()),
        ("text", G::Text(text(None)).into()),
        ("text_10", G::Text(text(Some(10))).into()),
        ("text_collation", G::Text(string(None, Some("NOCASE"))).into()),
        ("unicode_5", G::Unicode(text(Some(5))).into()),
        ("unicode_text", G::UnicodeText(text(None)).into()),
        ("unicode_text_3", G::UnicodeText(text(Some(3))).into()),
        ("integer", G::Integer.into()),
        ("small_integer", G::SmallInteger.into()),
        ("big_integer", G::BigInteger.into()),
        ("numeric", G::Numeric(numeric(None, None, true)).into()),
        ("numeric_10", G::Numeric(numeric(Some(10), None, true)).into()),
        ("numeric_10_2", G::Numeric(numeric(Some(10), Some(2), true)).into()),
        ("numeric_10_0", G::Numeric(numeric(Some(10), Some(0), true)).into()),
        ("numeric_scale", G::Numeric(numeric(None, Some(2), true)).into()),
        ("numeric_float", G::Numeric(numeric(Some(10), Some(2), false)).into()),
        ("float", G::Float(float(None, false)).into()),
        ("float_53", G::Float(float(Some(53), false)).into()),
        ("float_decimal", G::Float(float(Some(5), true)).into()),
        ("double", G::Double(float(None, false)).into()),
        ("double_53", G::Double(float(Some(53), false)).into()),
        ("double_decimal", G::Double(float(None, true)).into()),
        ("boolean", G::Boolean(BooleanType::default()).into()),
        (
            "boolean_name",
            G::Boolean(BooleanType { create_constraint: false, name: ConstraintName::Given("x".into()) })
                .into(),
        ),
        (
            "boolean_constraint",
            G::Boolean(BooleanType { create_constraint: true, name: ConstraintName::Given("x".into()) })
                .into(),
        ),
        ("date", G::Date.into()),
        ("datetime", G::DateTime { timezone: false }.into()),
        ("datetime_timezone", G::DateTime { timezone: true }.into()),
        ("time", G::Time { timezone: false }.into()),
        ("time_timezone", G::Time { timezone: true }.into()),
        ("interval", G::Interval(IntervalType::default()).into()),
        (
            "interval_not_native",
            G::Interval(IntervalType { native: false, ..IntervalType::default() }).into(),
        ),
        (
            "interval_precision",
            G::Interval(IntervalType { native: true, second_precision: Some(3), day_precision: Some(2) })
                .into(),
        ),
        ("large_binary", G::LargeBinary { length: None }.into()),
        ("large_binary_10", G::LargeBinary { length: Some(10) }.into()),
        ("pickle", G::PickleType.into()),
        ("enum", enum_type(enumeration(&["a", "bb"], None))),
        ("enum_name", enum_type(enumeration(&["a", "b"], Some("x")))),
        (
            "enum_class",
            enum_type(EnumType {
                enum_class: Some("Color".to_owned()),
                ..enumeration(&["red", "green"], Some("color"))
            }),
        ),
        (
            "enum_varchar",
            enum_type(EnumType {
                native_enum: false,
                create_constraint: true,
                length: Some(40),
                ..enumeration(&["a", "b"], Some("x"))
            }),
        ),
        (
            "enum_longest_length",
            enum_type(EnumType {
                native_enum: false,
                length: Some(3),
                ..enumeration(&["a", "bbb"], Some("x"))
            }),
        ),
        ("enum_schema", enum_type(EnumType { schema: Some("s".into()), ..enumeration(&["a"], Some("q")) })),
        ("enum_quote", enum_type(enumeration(&["it's", "say \"x\""], Some("q")))),
        ("enum_unicode", enum_type(enumeration(&["žluť", "b\\c"], Some("q")))),
        ("json", G::Json(JsonType::default()).into()),
        ("json_none", G::Json(JsonType { none_as_null: true }).into()),
        ("uuid", G::Uuid(UuidType::default()).into()),
        ("uuid_string", G::Uuid(UuidType { as_uuid: false, native_uuid: true }).into()),
        ("uuid_not_native", G::Uuid(UuidType { as_uuid: true, native_uuid: false }).into()),
        (
            "array",
            G::Array(Box::new(ArrayType {
                item_type: SqlType::integer(),
                as_tuple: false,
                dimensions: None,
                zero_indexes: false,
            }))
            .into(),
        ),
        (
            "array_options",
            G::Array(Box::new(ArrayType {
                item_type: SqlType::string(5),
                as_tuple: true,
                dimensions: Some(2),
                zero_indexes: true,
            }))
            .into(),
        ),
        ("CHAR", S::Char(text(None)).into()),
        ("CHAR_3", S::Char(text(Some(3))).into()),
        ("CHAR_collation", S::Char(string(Some(3), Some("NOCASE"))).into()),
        ("VARCHAR", S::Varchar(text(None)).into()),
        ("VARCHAR_3", S::Varchar(text(Some(3))).into()),
        ("VARCHAR_collation", S::Varchar(string(Some(3), Some("x"))).into()),
        ("NCHAR_3", S::NChar(text(Some(3))).into()),
        ("NVARCHAR_3", S::NVarchar(text(Some(3))).into()),
        ("NVARCHAR", S::NVarchar(text(None)).into()),
        ("TEXT", S::Text(text(None)).into()),
        ("TEXT_4", S::Text(text(Some(4))).into()),
        ("CLOB", S::Clob(text(None)).into()),
        ("CLOB_4", S::Clob(text(Some(4))).into()),
        ("BLOB", S::Blob { length: None }.into()),
        ("BLOB_4", S::Blob { length: Some(4) }.into()),
        ("BINARY", S::Binary { length: None }.into()),
        ("BINARY_4", S::Binary { length: Some(4) }.into()),
        ("VARBINARY", S::Varbinary { length: None }.into()),
        ("VARBINARY_4", S::Varbinary { length: Some(4) }.into()),
        ("BOOLEAN", S::Boolean.into()),
        ("INTEGER", S::Integer.into()),
        ("SMALLINT", S::SmallInt.into()),
        ("BIGINT", S::BigInt.into()),
        ("NUMERIC", S::Numeric(numeric(None, None, true)).into()),
        ("NUMERIC_3", S::Numeric(numeric(Some(3), None, true)).into()),
        ("NUMERIC_3_1", S::Numeric(numeric(Some(3), Some(1), true)).into()),
        ("DECIMAL", S::Decimal(numeric(None, None, true)).into()),
        ("DECIMAL_3_1", S::Decimal(numeric(Some(3), Some(1), true)).into()),
        ("DECIMAL_float", S::Decimal(numeric(Some(3), Some(1), false)).into()),
        ("FLOAT", S::Float(float(None, false)).into()),
        ("FLOAT_53", S::Float(float(Some(53), false)).into()),
        ("REAL", S::Real(float(None, false)).into()),
        ("REAL_5", S::Real(float(Some(5), false)).into()),
        ("DOUBLE", S::Double(float(None, false)).into()),
        ("DOUBLE_5", S::Double(float(Some(5), false)).into()),
        ("DOUBLE_PRECISION", S::DoublePrecision(float(None, false)).into()),
        ("DOUBLE_PRECISION_53", S::DoublePrecision(float(Some(53), false)).into()),
        ("DATE", S::Date.into()),
        ("DATETIME", S::DateTime { timezone: false }.into()),
        ("DATETIME_timezone", S::DateTime { timezone: true }.into()),
        ("TIME", S::Time { timezone: false }.into()),
        ("TIME_timezone", S::Time { timezone: true }.into()),
        ("TIMESTAMP", S::Timestamp { timezone: false }.into()),
        ("TIMESTAMP_timezone", S::Timestamp { timezone: true }.into()),
        ("UUID", S::Uuid(UuidType::default()).into()),
        ("UUID_string", S::Uuid(UuidType { as_uuid: false, native_uuid: true }).into()),
        ("null", SqlType::Null),
        ("variant", variant(SqlType::integer(), &[("sqlite", SqlType::string(5))])),
        (
            "variant_other",
            variant(SqlType::integer(), &[("mysql", SqlType::string(5)), ("oracle", SqlType::string(5))]),
        ),
        ("sqlite_date", SqlType::Sqlite(SqliteType::Date(StorageFormat::default()))),
        ("sqlite_datetime", SqlType::Sqlite(SqliteType::DateTime(StorageFormat::default()))),
        (
            "sqlite_datetime_digits",
            SqlType::Sqlite(SqliteType::DateTime(storage("%(year)04d%(month)02d%(day)02d"))),
        ),
        ("sqlite_datetime_slashes", SqlType::Sqlite(SqliteType::DateTime(storage("%(year)04d/%(month)02d")))),
        (
            "sqlite_time",
            SqlType::Sqlite(SqliteType::Time(StorageFormat { format: None, truncate_microseconds: true })),
        ),
        ("sqlite_json", SqlType::Sqlite(SqliteType::Json(JsonType::default()))),
    ]
}

#[test]
fn types_are_written_as_the_reference_writes_them() {
    let record = record(include_str!("../../../../tests/reference/sql/types.json"));
    compare(&record, &cases(), |type_, variant| match variant {
        "repr" => outcome(type_.python_repr()),
        "module" => type_.module().to_owned(),
        name => outcome(dialect(name).type_sql(type_)),
    });
}
