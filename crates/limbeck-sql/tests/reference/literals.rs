//! Names in quotes, and values as literals.

use jiff::civil::{date, time};
use jiff::tz::Offset;
use limbeck_sql::engine::Value;
use limbeck_sql::schema::Identifier;
use limbeck_sql::types::{
    ArrayType, BooleanType, FloatType, GenericType, JsonType, NumericType, SqlType, StandardType, UuidType,
};

use super::types::enumeration;
use super::{compare, dialect, outcome, record};

#[test]
fn names_are_quoted_where_the_reference_quotes_them() {
    let plain = |text: &str| Identifier::new(text);
    let cases = [
        ("plain", plain("account")),
        ("upper", plain("Account")),
        ("reserved", plain("order")),
        ("reserved_sqlite_only", plain("temp")),
        ("reserved_default_only", plain("user")),
        ("reserved_upper", plain("SELECT")),
        ("space", plain("a b")),
        ("dash", plain("a-b")),
        ("digit", plain("1a")),
        ("inner_digit", plain("a1")),
        ("dollar", plain("$a")),
        ("inner_dollar", plain("a$b")),
        ("underscore", plain("_a")),
        ("quote", plain("a\"b")),
        ("single_quote", plain("a'b")),
        ("percent", plain("a%b")),
        ("dot", plain("a.b")),
        ("empty", plain("")),
        ("umlaut", plain("größe")),
        ("dotless_i", plain("ı")),
        ("long_s", plain("ſ")),
        ("dotted_i", plain("İ")),
        ("kelvin", plain("\u{212a}")),
        ("emoji", plain("🦀")),
        ("bracket", plain("[a]")),
        ("backtick", plain("a`b")),
        ("colon", plain("a:b")),
        ("question", plain("a?b")),
        ("forced", Identifier::quoted("account", Some(true))),
        ("forced_percent", Identifier::quoted("a%b", Some(true))),
        ("forbidden", Identifier::quoted("Order", Some(false))),
    ];
    let record = record(include_str!("../../../../tests/reference/sql/names.json"));
    compare(&record, &cases, |name, variant| dialect(variant).quote(name));
}

#[test]
fn values_are_written_as_the_reference_writes_literals() {
    let decimal = |text: &str| Value::Decimal(text.parse().expect("a number"));
    let offset = |minutes: i32| Offset::from_seconds(minutes * 60).ok();
    let uuid = || Value::Uuid("12345678-1234-5678-1234-567812345678".parse().expect("a UUID"));
    let uuid_text = || Value::from("12345678-1234-5678-1234-567812345678");
    let moment = date(2020, 1, 2).at(3, 4, 5, 0);
    let string = || SqlType::string(None);
    let boolean = || SqlType::from(GenericType::Boolean(BooleanType::default()));
    let numeric = || SqlType::from(GenericType::Numeric(NumericType::default()));
    let float = || SqlType::from(GenericType::Float(FloatType::default()));
    let json = || SqlType::from(GenericType::Json(JsonType::default()));
    let datetime = || SqlType::from(GenericType::DateTime { timezone: false });
    let uuid_type = |as_uuid| SqlType::from(GenericType::Uuid(UuidType { as_uuid, native_uuid: true }));
    let array = |item_type| {
        SqlType::from(GenericType::Array(Box::new(ArrayType {
            item_type,
            as_tuple: false,
            dimensions: None,
            zero_indexes: false,
        })))
    };
    let letters = || SqlType::from(GenericType::Enum(Box::new(enumeration(&["x", "y"], None))));
    let own = || SqlType::Null;
    let cases: Vec<(&str, (Value, SqlType))> = vec![
        ("string", (Value::from("it's 100%"), own())),
        ("string_empty", (Value::from(""), own())),
        ("string_unicode", (Value::from("žluťoučký 🦀 \\ \n"), own())),
        ("integer", (Value::Int(5), own())),
        ("integer_negative", (Value::Int(-5), own())),
        ("integer_big", (Value::BigInt("10000000000000000000000000".to_owned()), own())),
        ("true", (Value::Bool(true), own())),
        ("false", (Value::Bool(false), own())),
        ("float", (Value::Float(1.5), own())),
        ("float_whole", (Value::Float(1.0), own())),
        ("float_1e15", (Value::Float(1e15), own())),
        ("float_1e16", (Value::Float(1e16), own())),
        ("float_1e20", (Value::Float(1e20), own())),
        ("float_small", (Value::Float(0.0001), own())),
        ("float_tiny", (Value::Float(0.00001), own())),
        ("float_digits", (Value::Float(0.1 + 0.2), own())),
        ("float_huge", (Value::Float(f64::MAX), own())),
        ("decimal", (decimal("1.50"), own())),
        ("decimal_negative", (decimal("-0.0010"), own())),
        ("date", (Value::Date(date(2020, 1, 2)), own())),
        ("date_early", (Value::Date(date(12, 1, 2)), own())),
        ("datetime", (Value::DateTime(moment, None), own())),
        ("datetime_micro", (Value::DateTime(date(2020, 1, 2).at(3, 4, 5, 60_000), None), own())),
        ("datetime_zone", (Value::DateTime(date(2020, 1, 2).at(3, 4, 5, 60_000), offset(330)), own())),
        ("datetime_zone_west", (Value::DateTime(moment, offset(-480)), own())),
        ("time", (Value::Time(time(3, 4, 5, 0), None), own())),
        ("time_micro", (Value::Time(time(3, 4, 5, 7_000), None), own())),
        ("interval", (Value::Interval(jiff::SignedDuration::from_secs(86_403)), own())),
        ("interval_negative", (Value::Interval(jiff::SignedDuration::from_micros(-2_999_995)), own())),
        ("bytes", (Value::Bytes(b"a'b".to_vec()), own())),
        ("bytes_not_text", (Value::Bytes(b"\xff\x00'\"\\\n".to_vec()), own())),
        ("uuid", (uuid(), own())),
        ("uuid_upper_case_type", (uuid(), StandardType::Uuid(UuidType::default()).into())),
        ("uuid_from_string", (uuid_text(), uuid_type(false))),
        ("uuid_from_string_as_uuid", (uuid_text(), uuid_type(true))),
        ("json", (Value::Json(serde_json::json!({"a": [1, null, true, 1.5, "é"]})), json())),
        ("none_json", (Value::Null, json())),
        ("none_string", (Value::Null, string())),
        ("array", (Value::Array(vec![Value::Int(1), Value::Int(2)]), array(SqlType::integer()))),
        ("array_strings", (Value::Array(vec!["a".into(), "it's".into()]), array(string()))),
        ("integer_from_word", (Value::from("x"), SqlType::integer())),
        ("integer_from_digits", (Value::from("5"), SqlType::integer())),
        ("integer_from_signed", (Value::from(" -05 "), SqlType::integer())),
        ("integer_from_bool", (Value::Bool(true), SqlType::integer())),
        ("integer_from_float", (Value::Float(1.9), SqlType::integer())),
        ("integer_from_long_word", (Value::from("x".repeat(400)), SqlType::integer())),
        ("string_from_integer", (Value::Int(5), string())),
        ("string_from_bool", (Value::Bool(true), string())),
        ("boolean_from_word", (Value::from("x"), boolean())),
        ("boolean_from_7", (Value::Int(7), boolean())),
        ("boolean_from_1", (Value::Int(1), boolean())),
        ("boolean_from_0", (Value::Int(0), boolean())),
        ("numeric_from_word", (Value::from("x"), numeric())),
        ("numeric_from_digits", (Value::from("1.50"), numeric())),
        ("numeric_from_integer", (Value::Int(5), numeric())),
        ("float_from_integer", (Value::Int(5), float())),
        ("enum", (Value::from("x"), letters())),
        ("enum_other", (Value::from("z"), letters())),
        ("date_from_string", (Value::from("2020-01-01"), GenericType::Date.into())),
        ("date_from_datetime", (Value::DateTime(moment, None), GenericType::Date.into())),
        ("datetime_from_date", (Value::Date(date(2020, 1, 2)), datetime())),
        ("datetime_from_string", (Value::from("2020-01-01 10:00:00"), datetime())),
        ("binary_from_string", (Value::from("s"), GenericType::LargeBinary { length: None }.into())),
        ("null_type", (Value::Int(5), own())),
        (
            "variant",
            (
                Value::Int(5),
                SqlType::Variant {
                    base: Box::new(string()),
                    variants: [("sqlite".to_owned(), SqlType::integer())].into_iter().collect(),
                },
            ),
        ),
    ];
    let mut record = record(include_str!("../../../../tests/reference/sql/literals.json"));
    // a NullType of the user is an error there; here it is how a value without a type comes, which is the useful case
    record.remove("null_type");
    let cases: Vec<_> = cases.into_iter().filter(|(name, _)| *name != "null_type").collect();
    compare(&record, &cases, |(value, type_), variant| outcome(dialect(variant).literal(value, type_)));
}

#[test]
fn numbers_of_a_document_are_written_as_python_does() {
    let sqlite = dialect("sqlite");
    let json = SqlType::from(GenericType::Json(JsonType::default()));
    let document = Value::Json(serde_json::json!({"a": [1, null, true, 1.0, "é\"\n🦀"], "b": {}}));
    let sent = sqlite.bind_value(document, &json).expect("a document");
    let expected = r#"{"a": [1, null, true, 1.0, "\u00e9\"\n\ud83e\udd80"], "b": {}}"#;
    assert_eq!(sent, Value::from(expected));
    assert_eq!(sqlite.bind_value(Value::Null, &json).expect("null"), Value::from("null"));
}
