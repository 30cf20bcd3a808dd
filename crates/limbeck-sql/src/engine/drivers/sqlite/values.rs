//! Values on their way to SQLite, in the form in which SQLAlchemy stores them there.

use std::borrow::Cow;

use super::errors::programming_error;
use crate::engine::{Value, json_dumps};
use crate::error::{Error, Result};
use rusqlite::types::{ToSqlOutput, ValueRef};

/// Gives a value as SQLAlchemy's types for SQLite hand it to the driver: an integer, a float, text or bytes.
pub(super) fn adapt(value: &Value) -> Cow<'_, Value> {
    let adapted = match value {
        Value::Bool(flag) => Value::Int(i64::from(*flag)),
        Value::Decimal(number) => Value::Float(number.to_f64()),
        Value::Date(date) => Value::Text(date_text(*date)),
        Value::Time(time, _) => Value::Text(time_text(*time)),
        // The storage format has no place for the offset.
        Value::DateTime(moment, _) => Value::Text(moment_text(*moment)),
        // SQLAlchemy stores an interval as the moment that lies so far from the epoch.
        Value::Interval(duration) => {
            match jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0).checked_add(*duration) {
                Ok(moment) => Value::Text(moment_text(moment)),
                Err(_) => return Cow::Borrowed(value),
            }
        }
        Value::Uuid(uuid) => Value::Text(uuid.simple().to_string()),
        Value::Json(document) => Value::Text(json_dumps(document)),
        Value::Null
        | Value::Int(_)
        | Value::BigInt(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Bytes(_)
        | Value::Array(_)
        | Value::Opaque(_) => return Cow::Borrowed(value),
    };
    Cow::Owned(adapted)
}

/// Gives a value for binding; `position` names the parameter in errors.
pub(super) fn to_sqlite<'v>(value: &'v Value, position: &str) -> Result<ToSqlOutput<'v>> {
    Ok(match adapt(value) {
        Cow::Borrowed(Value::Null) => ToSqlOutput::Borrowed(ValueRef::Null),
        Cow::Borrowed(Value::Int(number)) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
        Cow::Borrowed(Value::Float(number)) => ToSqlOutput::Borrowed(ValueRef::Real(*number)),
        Cow::Borrowed(Value::Text(text)) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        Cow::Borrowed(Value::Bytes(bytes)) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        Cow::Borrowed(Value::BigInt(_)) => {
            return Err(Error::Statement("Python int too large to convert to SQLite INTEGER".to_owned()));
        }
        Cow::Owned(Value::Int(number)) => ToSqlOutput::Owned(number.into()),
        Cow::Owned(Value::Float(number)) => ToSqlOutput::Owned(number.into()),
        Cow::Owned(Value::Text(text)) => ToSqlOutput::Owned(text.into()),
        other => {
            let type_name = match &*other {
                Value::Interval(_) => "datetime.timedelta",
                Value::Opaque(object) => &object.class_name,
                _ => "list",
            };
            return Err(programming_error(format!(
                "Error binding parameter {position}: type '{type_name}' is not supported"
            )));
        }
    })
}

fn date_text(date: jiff::civil::Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

fn time_text(time: jiff::civil::Time) -> String {
    let micros = time.subsec_nanosecond() / 1_000;
    format!("{:02}:{:02}:{:02}.{micros:06}", time.hour(), time.minute(), time.second())
}

fn moment_text(moment: jiff::civil::DateTime) -> String {
    format!("{} {}", date_text(moment.date()), time_text(moment.time()))
}
