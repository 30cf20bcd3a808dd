//! Values as literals in SQL, and as what a driver is sent.

use std::fmt::Write as _;

use super::Dialect;
use crate::engine::{ExactNumber, LongJson, OpaqueValue, Value, float_repr, value_repr};
use crate::error::{Error, Result};
use crate::types::{Affinity, GenericType, SqlType, StandardType};

/// Renders a value as a literal of a type, as SQLAlchemy's literal processors do.
pub(super) fn literal(dialect: &dyn Dialect, value: &Value, type_: &SqlType) -> Result<String> {
    let resolved = match type_ {
        SqlType::Null => SqlType::of_value(value),
        other => other.clone(),
    };
    let type_ = resolved.for_dialect(dialect.name());
    if let SqlType::Custom(custom) = type_ {
        if !value.is_null()
            && let Some(sql) = custom.literal(value, dialect.name())?
        {
            return Ok(if dialect.doubles_percents() { sql.replace('%', "%%") } else { sql });
        }
        let given = value;
        let value = custom.literal_value(value.clone(), dialect.name())?;
        return match custom.dialect_type(dialect.name())? {
            Some(inner) => literal(dialect, &value, &inner).map_err(|error| match error {
                // the message speaks of the decorator, and of the value that it was given
                Error::Compile(message) if message.starts_with("Could not render literal") => {
                    not_rendered(given, type_)
                }
                Error::Compile(message) if message.starts_with("No literal value renderer") => {
                    no_renderer(given, &datatype(type_))
                }
                other => other,
            }),
            None if value.is_null() => Ok("NULL".to_owned()),
            None => {
                let written = custom.column_specification("default")?;
                Err(no_renderer(&value, written.as_deref().unwrap_or(custom.class_name())))
            }
        };
    }
    if value.is_null() {
        return Ok("NULL".to_owned());
    }
    let given = value;
    let value = match value {
        Value::Opaque(OpaqueValue { stored: Some(stored), .. }) if type_.affinity() == Affinity::String => {
            stored
        }
        value => value,
    };
    let rendered = match (type_.affinity(), value) {
        (Affinity::String | Affinity::Enum, Value::Text(text)) => Some(dialect.string_literal(text, type_)),
        (Affinity::Integer, value) => integer_literal(value),
        (Affinity::Numeric | Affinity::Float, value) => numeric_literal(value),
        (Affinity::Boolean, Value::Bool(true) | Value::Int(1)) => Some(dialect.true_sql().to_owned()),
        (Affinity::Boolean, Value::Bool(false) | Value::Int(0)) => Some(dialect.false_sql().to_owned()),
        (Affinity::Date, Value::Date(date)) => Some(dialect.date_literal(*date)),
        (Affinity::Date, Value::DateTime(moment, _)) => Some(dialect.date_literal(moment.date())),
        (Affinity::DateTime, Value::DateTime(moment, offset)) => {
            Some(dialect.datetime_literal(*moment, *offset))
        }
        (Affinity::DateTime, Value::Date(date)) => Some(dialect.date_as_datetime_literal(*date)),
        (Affinity::Time, Value::Time(time, offset)) => Some(dialect.time_literal(*time, *offset)),
        (Affinity::Binary, Value::Bytes(bytes)) if !is_pickle(type_) => {
            std::str::from_utf8(bytes).ok().map(|text| format!("'{}'", escaped_text(dialect, text)))
        }
        (Affinity::Uuid, Value::Uuid(uuid)) if uuid_is_object(type_) => {
            Some(uuid_literal(dialect, type_, *uuid))
        }
        (Affinity::Uuid, Value::Text(text)) if !uuid_is_object(type_) => {
            Some(dialect.uuid_text_literal(text, uuid_is_native(dialect, type_)))
        }
        (Affinity::Uuid, Value::Text(text)) if uuid_is_native(dialect, type_) => {
            Some(format!("'{}'", escaped_text(dialect, text)))
        }
        (Affinity::Array, Value::Array(items)) => {
            if items.iter().any(Value::is_null) {
                None
            } else {
                let item_type = type_.item_type().cloned().unwrap_or(SqlType::Null);
                let items: Result<Vec<String>> = items
                    .iter()
                    .map(|item| match item {
                        Value::Array(_) => literal(dialect, item, type_),
                        item => literal(dialect, item, &item_type),
                    })
                    .collect();
                Some(dialect.array_literal(&items?))
            }
        }
        (Affinity::Interval, Value::Interval(interval)) if has_interval(dialect, type_) => {
            dialect.interval_literal(*interval)
        }
        (Affinity::Null, value) => return Err(no_literal_renderer(dialect, value)),
        (Affinity::Json | Affinity::Custom, value) => {
            return Err(no_renderer(value, type_.python_class_name()));
        }
        _ => None,
    };
    rendered.ok_or_else(|| not_rendered(given, type_))
}

/// Gives the error for a value that a type cannot write as a literal.
pub fn not_rendered(value: &Value, type_: &SqlType) -> Error {
    Error::Compile(format!(
        "Could not render literal value \"{}\" with datatype {}; see parent stack trace for more detail.",
        shortened(&value_repr(value)),
        datatype(type_)
    ))
}

/// Gives the name of a type in messages.
fn datatype(type_: &SqlType) -> String {
    let datatype = super::DefaultDialect::default().type_sql(type_);
    datatype.unwrap_or_else(|_| type_.python_class_name().to_owned())
}

/// Gives the error for a literal of a column that has no type.
pub fn no_literal_renderer(dialect: &dyn Dialect, value: &Value) -> Error {
    no_renderer(value, &null_name(dialect))
}

fn null_name(dialect: &dyn Dialect) -> String {
    dialect.null_type_sql().unwrap_or_else(|_| "NULL".to_owned())
}

fn no_renderer(value: &Value, datatype: &str) -> Error {
    Error::Compile(format!(
        "No literal value renderer is available for literal value \"{}\" with datatype {datatype}",
        shortened(&value_repr(value))
    ))
}

/// Cuts the middle out of a long `repr`, as SQLAlchemy's messages show it.
fn shortened(repr: &str) -> String {
    const LONGEST: usize = 300;
    let length = repr.chars().count();
    if length <= LONGEST {
        return repr.to_owned();
    }
    let start: String = repr.chars().take(LONGEST / 2).collect();
    let end: String = repr.chars().skip(length - LONGEST / 2).collect();
    format!("{start} ... ({} characters truncated) ... {end}", length - LONGEST)
}

/// Renders a string: quotes doubled, and percent signs where the placeholder style asks for it.
pub fn text_literal(dialect: &dyn Dialect, text: &str) -> String {
    let text = escaped_text(dialect, text);
    if dialect.doubles_percents() { format!("'{}'", text.replace('%', "%%")) } else { format!("'{text}'") }
}

/// Doubles what would end a string literal, or escape in it.
pub(super) fn escaped_text(dialect: &dyn Dialect, text: &str) -> String {
    let text = text.replace('\'', "''");
    if dialect.doubles_backslashes() { text.replace('\\', "\\\\") } else { text }
}

fn integer_literal(value: &Value) -> Option<String> {
    match value {
        Value::Int(number) => Some(number.to_string()),
        Value::BigInt(digits) => Some(digits.clone()),
        Value::Bool(flag) => Some(u8::from(*flag).to_string()),
        Value::Float(number) if number.is_finite() => Some(format!("{:.0}", number.trunc())),
        Value::Decimal(number) => number.truncated(),
        Value::Text(text) => {
            // Python's int() takes white space around the digits, a sign, and underscores between digits
            let digits = text.trim().replace('_', "");
            let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(&digits);
            if unsigned.is_empty() || !unsigned.chars().all(|c| c.is_ascii_digit()) {
                return None;
            }
            let kept = unsigned.trim_start_matches('0');
            let sign = if digits.starts_with('-') && !kept.is_empty() { "-" } else { "" };
            Some(format!("{sign}{}", if kept.is_empty() { "0" } else { kept }))
        }
        _ => None,
    }
}

fn numeric_literal(value: &Value) -> Option<String> {
    match value {
        Value::Int(number) => Some(number.to_string()),
        Value::BigInt(digits) => Some(digits.clone()),
        Value::Bool(flag) => Some(if *flag { "True".to_owned() } else { "False".to_owned() }),
        Value::Float(number) => Some(float_repr(*number)),
        Value::Decimal(number) => Some(number.to_string()),
        Value::Text(text) if text.parse::<ExactNumber>().is_ok() => Some(text.clone()),
        _ => None,
    }
}

fn is_pickle(type_: &SqlType) -> bool {
    matches!(type_, SqlType::Generic(GenericType::PickleType))
}

fn uuid_is_object(type_: &SqlType) -> bool {
    match type_ {
        SqlType::Generic(GenericType::Uuid(uuid)) | SqlType::Standard(StandardType::Uuid(uuid)) => {
            uuid.as_uuid
        }
        SqlType::Dialect(type_) => type_.flag("as_uuid"),
        _ => true,
    }
}

/// Tells whether an interval is one to the database rather than a moment after the epoch.
fn has_interval(dialect: &dyn Dialect, type_: &SqlType) -> bool {
    match type_ {
        SqlType::Generic(GenericType::Interval(interval)) => interval.native,
        SqlType::Dialect(type_) => dialect.has_types_of(type_.class().dialect),
        _ => true,
    }
}

/// Tells whether a UUID is one to the database rather than a string of digits.
fn uuid_is_native(dialect: &dyn Dialect, type_: &SqlType) -> bool {
    dialect.supports_native_uuid()
        && match type_ {
            SqlType::Generic(GenericType::Uuid(uuid)) | SqlType::Standard(StandardType::Uuid(uuid)) => {
                uuid.native_uuid
            }
            _ => true,
        }
}

fn uuid_literal(dialect: &dyn Dialect, type_: &SqlType, uuid: uuid::Uuid) -> String {
    if uuid_is_native(dialect, type_) {
        dialect.native_uuid_literal(uuid)
    } else {
        format!("'{}'", uuid.simple())
    }
}

/// Writes a date as `2021-03-15`.
pub(super) fn date_text(date: jiff::civil::Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

/// Writes a time with six digits of fractions.
pub(super) fn full_time(time: jiff::civil::Time) -> String {
    format!(
        "{:02}:{:02}:{:02}.{:06}",
        time.hour(),
        time.minute(),
        time.second(),
        time.subsec_nanosecond() / 1000
    )
}

/// Writes a time as Python's `isoformat` does: fractions only where there are some.
pub(super) fn iso_time(time: jiff::civil::Time) -> String {
    let text = full_time(time);
    match text.strip_suffix(".000000") {
        Some(short) => short.to_owned(),
        None => text,
    }
}

/// Writes an offset from UTC as Python's `isoformat` does.
pub(super) fn iso_offset(offset: Option<jiff::tz::Offset>) -> String {
    let Some(offset) = offset else { return String::new() };
    let sign = if offset.seconds() < 0 { '-' } else { '+' };
    let seconds = offset.seconds().unsigned_abs();
    let rest = if seconds % 60 == 0 { String::new() } else { format!(":{:02}", seconds % 60) };
    format!("{sign}{:02}:{:02}{rest}", seconds / 3600, seconds / 60 % 60)
}

/// Writes a date and time as Python's `isoformat` does, with a space between the two.
pub(super) fn iso_datetime(moment: jiff::civil::DateTime, offset: Option<jiff::tz::Offset>) -> String {
    format!("{} {}{}", date_text(moment.date()), iso_time(moment.time()), iso_offset(offset))
}

/// Turns a value into what the driver is sent: types of user code first, then the dialect.
pub(super) fn bind_value(dialect: &dyn Dialect, value: Value, type_: &SqlType) -> Result<Value> {
    match type_.for_dialect(dialect.name()) {
        SqlType::Custom(custom) => {
            let value = custom.bind_value(value, dialect.name())?;
            match custom.dialect_type(dialect.name())? {
                Some(inner) => bind_value(dialect, value, &inner),
                None => Ok(value),
            }
        }
        other => dialect.driver_value(value, other),
    }
}

/// Turns a value into what a driver is sent, by the general rules.
pub(super) fn driver_value(dialect: &dyn Dialect, value: Value, type_: &SqlType) -> Result<Value> {
    let value = match value {
        Value::Opaque(OpaqueValue { stored: Some(text), object, .. })
            if type_.affinity() == Affinity::Json && object.is::<LongJson>() =>
        {
            return Ok(*text);
        }
        Value::Opaque(OpaqueValue { stored: Some(stored), .. }) => *stored,
        value => value,
    };
    Ok(match (type_.affinity(), value) {
        (Affinity::Json, value) if !(value.is_null() && none_is_null(type_)) => {
            Value::Text(json_text(&as_json(&value)?))
        }
        (_, Value::Null) => Value::Null,
        (Affinity::Boolean, Value::Bool(flag)) => {
            if dialect.supports_native_boolean() {
                Value::Bool(flag)
            } else {
                Value::Int(flag.into())
            }
        }
        (Affinity::Boolean, Value::Int(number @ (0 | 1))) => {
            if dialect.supports_native_boolean() {
                Value::Bool(number == 1)
            } else {
                Value::Int(number)
            }
        }
        (Affinity::Boolean, Value::Int(number)) => {
            return Err(Error::Argument(format!("Value {number} is not None, True, or False")));
        }
        (Affinity::Boolean, value) => {
            return Err(Error::Argument(format!("Not a boolean value: {}", value_repr(&value))));
        }
        (Affinity::Numeric | Affinity::Float, Value::Decimal(number))
            if !dialect.supports_native_decimal() =>
        {
            Value::Float(number.to_f64())
        }
        (Affinity::Uuid, Value::Uuid(uuid)) if !uuid_is_native(dialect, type_) => {
            Value::Text(uuid.simple().to_string())
        }
        (Affinity::Uuid, Value::Text(text)) if !uuid_is_native(dialect, type_) => {
            Value::Text(text.replace('-', ""))
        }
        (_, value) => value,
    })
}

fn none_is_null(type_: &SqlType) -> bool {
    match type_ {
        SqlType::Generic(GenericType::Json(json))
        | SqlType::Standard(StandardType::Json(json))
        | SqlType::Sqlite(crate::types::SqliteType::Json(json) | crate::types::SqliteType::Jsonb(json)) => {
            json.none_as_null
        }
        _ => false,
    }
}

/// Takes a value for a JSON document, as Python's `json.dumps` would.
fn as_json(value: &Value) -> Result<serde_json::Value> {
    Ok(match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Int(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Text(text) => text.clone().into(),
        Value::Json(json) => json.clone(),
        Value::Array(items) => serde_json::Value::Array(items.iter().map(as_json).collect::<Result<_>>()?),
        Value::Opaque(object) => {
            return Err(Error::Argument(format!(
                "Object of type {} is not JSON serializable",
                object.class_name
            )));
        }
        other => {
            return Err(Error::Argument(format!("{} is not JSON serializable", value_repr(other))));
        }
    })
}

/// Writes a JSON document as Python's `json.dumps` does: blanks after `,` and `:`, only ASCII.
pub(super) fn json_text(json: &serde_json::Value) -> String {
    match json {
        serde_json::Value::Array(items) => {
            format!("[{}]", items.iter().map(json_text).collect::<Vec<_>>().join(", "))
        }
        serde_json::Value::Object(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|(key, item)| format!("{}: {}", json_string(key), json_text(item)))
                .collect();
            format!("{{{}}}", items.join(", "))
        }
        serde_json::Value::String(text) => json_string(text),
        serde_json::Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => float_repr(float),
            _ => number.to_string(),
        },
        serde_json::Value::Null => "null".to_owned(),
        serde_json::Value::Bool(flag) => flag.to_string(),
    }
}

fn json_string(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            _ => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
    out
}

/// Names a value of the wrong kind for a date or time type, as SQLite's bind processors do.
pub(super) fn only_accepts(type_name: &str, accepted: &str, value: &Value) -> Error {
    Error::Argument(format!(
        "SQLite {type_name} type only accepts Python {accepted} objects as input, not {}",
        value_repr(value)
    ))
}
