//! How SQLite's types store dates and times: as text in a format that the type may choose.

use super::SqliteDialect;
use crate::dialect::literal;
use crate::dialect::push_args;
use crate::engine::Value;
use crate::error::Result;
use crate::types::{Affinity, SqlType, SqliteType, StorageFormat};

/// Turns a value into what SQLite's driver is sent.
pub(super) fn driver_value(dialect: &SqliteDialect, value: Value, type_: &SqlType) -> Result<Value> {
    if value.is_null() && type_.affinity() != Affinity::Json {
        return Ok(value);
    }
    let own = StorageFormat::default();
    let format = match type_ {
        SqlType::Sqlite(
            SqliteType::Date(format) | SqliteType::DateTime(format) | SqliteType::Time(format),
        ) => format,
        _ => &own,
    };
    let midnight = jiff::civil::Time::midnight();
    let stored = match (type_.affinity(), value) {
        (Affinity::Date, Value::Date(date)) => {
            with_format(format, "%(year)04d-%(month)02d-%(day)02d", date, midnight)
        }
        (Affinity::Date, Value::DateTime(moment, _)) => {
            with_format(format, "%(year)04d-%(month)02d-%(day)02d", moment.date(), midnight)
        }
        (Affinity::Date, value) => return Err(literal::only_accepts("Date", "date", &value)),
        (Affinity::DateTime, Value::DateTime(moment, _)) => {
            with_format(format, datetime_format(format), moment.date(), moment.time())
        }
        (Affinity::DateTime, Value::Date(date)) => {
            with_format(format, datetime_format(format), date, midnight)
        }
        (Affinity::DateTime, value) => {
            return Err(literal::only_accepts("DateTime", "datetime and date", &value));
        }
        (Affinity::Time, Value::Time(time, _)) => {
            with_format(format, time_format(format), jiff::civil::Date::ZERO, time)
        }
        (Affinity::Time, value) => return Err(literal::only_accepts("Time", "time", &value)),
        // an interval is kept as the moment that lies so long after the epoch
        (Affinity::Interval, Value::Interval(duration)) => {
            let epoch = jiff::civil::date(1970, 1, 1).to_datetime(midnight);
            let moment = epoch.checked_add(duration).map_err(|error| {
                crate::error::Error::Argument(format!("interval {duration} cannot be stored: {error}"))
            })?;
            with_format(&own, datetime_format(&own), moment.date(), moment.time())
        }
        (_, value) => return literal::driver_value(dialect, value, type_),
    };
    Ok(Value::Text(stored))
}

fn datetime_format(format: &StorageFormat) -> &'static str {
    if format.truncate_microseconds {
        "%(year)04d-%(month)02d-%(day)02d %(hour)02d:%(minute)02d:%(second)02d"
    } else {
        "%(year)04d-%(month)02d-%(day)02d %(hour)02d:%(minute)02d:%(second)02d.%(microsecond)06d"
    }
}

fn time_format(format: &StorageFormat) -> &'static str {
    if format.truncate_microseconds {
        "%(hour)02d:%(minute)02d:%(second)02d"
    } else {
        "%(hour)02d:%(minute)02d:%(second)02d.%(microsecond)06d"
    }
}

/// Fills in a storage format: `%(key)0Nd` for the parts of a date and a time.
fn with_format(
    format: &StorageFormat,
    default: &str,
    date: jiff::civil::Date,
    time: jiff::civil::Time,
) -> String {
    let mut rest = format.format.as_deref().unwrap_or(default);
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once("%(") {
        out.push_str(before);
        let Some((key, conversion)) = after.split_once(')') else {
            rest = after;
            continue;
        };
        let number: i64 = match key {
            "year" => date.year().into(),
            "month" => date.month().into(),
            "day" => date.day().into(),
            "hour" => time.hour().into(),
            "minute" => time.minute().into(),
            "second" => time.second().into(),
            "microsecond" => (time.subsec_nanosecond() / 1000).into(),
            _ => 0,
        };
        let digits = conversion.len() - conversion.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let width = conversion[..digits].trim_start_matches('0').parse().unwrap_or(0);
        if conversion.starts_with('0') {
            push_args(&mut out, format_args!("{number:0width$}"));
        } else {
            push_args(&mut out, format_args!("{number:width$}"));
        }
        rest = &conversion[digits..];
        rest = rest.strip_prefix('d').unwrap_or(rest);
    }
    out.push_str(rest);
    out
}
