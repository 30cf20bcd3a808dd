//! Values as literals of PostgreSQL's SQL.

use std::fmt::Write as _;

use super::errors::error;
use super::flavor::Flavor;
use crate::engine::{Value, float_repr, json_dumps};
use crate::error::{DatabaseErrorKind, Result};

/// How literals are written for a session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Literals {
    /// Whether a backslash escapes in plain strings (`standard_conforming_strings` off).
    pub backslashes: bool,
    pub flavor: Flavor,
}

impl Literals {
    /// Writes a value so that it stands for itself in any expression.
    ///
    /// Fails with the driver's error for text with a NUL, and for objects that it cannot send.
    pub(super) fn render(self, value: &Value) -> Result<String> {
        Ok(match value {
            Value::Null => "NULL".to_owned(),
            Value::Bool(true) => "true".to_owned(),
            Value::Bool(false) => "false".to_owned(),
            Value::Int(number) if *number < 0 => format!("({number})"),
            Value::Int(number) => number.to_string(),
            Value::BigInt(digits) if digits.starts_with('-') => format!("({digits})"),
            Value::BigInt(digits) => digits.clone(),
            Value::Float(number) => self.float(*number),
            Value::Decimal(number) => {
                let text = number.to_string();
                match text.as_bytes() {
                    [b'0'..=b'9' | b'.', ..] => text,
                    [b'-', b'0'..=b'9' | b'.', ..] => format!("({text})"),
                    _ => format!("'{text}'::numeric"),
                }
            }
            Value::Text(text) => self.string(text)?,
            Value::Bytes(bytes) => {
                let mut text = String::with_capacity(bytes.len() * 2 + 12);
                text.push_str(if self.backslashes { "E'\\\\x" } else { "'\\x" });
                for byte in bytes {
                    // Writing to a string cannot fail.
                    let _ = write!(text, "{byte:02x}");
                }
                text + "'::bytea"
            }
            Value::Date(_) => self.typed(value, "date")?,
            Value::Time(_, None) => self.typed(value, "time")?,
            Value::Time(_, Some(_)) => self.typed(value, "timetz")?,
            Value::DateTime(_, None) => self.typed(value, "timestamp")?,
            Value::DateTime(_, Some(_)) => self.typed(value, "timestamptz")?,
            Value::Interval(_) => self.typed(value, "interval")?,
            Value::Uuid(_) => self.typed(value, "uuid")?,
            Value::Json(document) => self.string(&json_dumps(document))?,
            Value::Array(items) => self.array(items)?,
            Value::Opaque(object) => match &object.stored {
                Some(stored) => self.render(stored)?,
                None => return Err(self.cannot_adapt(&object.class_name)),
            },
        })
    }

    fn typed(self, value: &Value, type_name: &str) -> Result<String> {
        Ok(format!("'{}'::{type_name}", self.text(value)?))
    }

    fn float(self, number: f64) -> String {
        if !number.is_finite() {
            let text = if number.is_nan() {
                "NaN"
            } else if number > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            };
            return format!("'{text}'::float8");
        }
        let text = float_repr(number);
        match self.flavor {
            // The older driver writes floats as numerals too, which makes them numeric.
            Flavor::Psycopg2 if number < 0.0 => format!("({text})"),
            Flavor::Psycopg2 => text,
            _ => format!("'{text}'::float8"),
        }
    }

    /// Writes a string; where backslashes escape, they are doubled in a string that says that they do.
    fn string(self, text: &str) -> Result<String> {
        if text.contains('\0') {
            let message = match self.flavor {
                Flavor::Psycopg2 => "A string literal cannot contain NUL (0x00) characters.",
                _ => "PostgreSQL text fields cannot contain NUL (0x00) bytes",
            };
            return Err(match self.flavor {
                Flavor::Psycopg2 => crate::error::Error::Value(message.to_owned()),
                flavor => error(flavor, DatabaseErrorKind::Data, message),
            });
        }
        let doubled = text.replace('\'', "''");
        Ok(if self.backslashes && text.contains('\\') {
            format!("E'{}'", doubled.replace('\\', "\\\\"))
        } else {
            format!("'{doubled}'")
        })
    }

    fn cannot_adapt(self, class_name: &str) -> crate::error::Error {
        let name = class_name.rsplit('.').next().unwrap_or(class_name);
        let message = match self.flavor {
            Flavor::Psycopg2 => format!("can't adapt type '{name}'"),
            _ => format!("cannot adapt type '{name}' using placeholder '%s' (format: AUTO)"),
        };
        error(self.flavor, DatabaseErrorKind::Programming, message)
    }

    /// Writes an array as one string with its elements' type, where they tell one.
    fn array(self, items: &[Value]) -> Result<String> {
        let text = self.string(&self.array_text(items)?)?;
        Ok(match element_type(items) {
            Some(type_name) => format!("{text}::{type_name}[]"),
            None => text,
        })
    }

    fn array_text(self, items: &[Value]) -> Result<String> {
        let mut text = "{".to_owned();
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            match item {
                Value::Null => text.push_str("NULL"),
                Value::Array(inner) => text.push_str(&self.array_text(inner)?),
                Value::Int(_) | Value::BigInt(_) | Value::Bool(_) | Value::Float(_) | Value::Decimal(_) => {
                    text.push_str(&self.text(item)?);
                }
                other => {
                    text.push('"');
                    text.push_str(&self.text(other)?.replace('\\', "\\\\").replace('"', "\\\""));
                    text.push('"');
                }
            }
        }
        text.push('}');
        Ok(text)
    }

    /// Gives the text that the server's input functions read for a value.
    fn text(self, value: &Value) -> Result<String> {
        Ok(match value {
            Value::Null => String::new(),
            Value::Bool(flag) => if *flag { "t" } else { "f" }.to_owned(),
            Value::Int(number) => number.to_string(),
            Value::BigInt(text) | Value::Text(text) => text.clone(),
            Value::Float(number) if number.is_nan() => "NaN".to_owned(),
            Value::Float(number) if number.is_infinite() => {
                if *number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
            }
            Value::Float(number) => float_repr(*number),
            Value::Decimal(number) => number.to_string(),
            Value::Bytes(bytes) => bytes.iter().fold("\\x".to_owned(), |mut text, byte| {
                // Writing to a string cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            }),
            Value::Date(date) => date_text(*date),
            Value::Time(time, offset) => time_text(*time) + &offset.map(offset_text).unwrap_or_default(),
            Value::DateTime(moment, offset) => format!(
                "{} {}{}",
                date_text(moment.date()),
                time_text(moment.time()),
                offset.map(offset_text).unwrap_or_default()
            ),
            Value::Interval(duration) => interval_text(*duration),
            Value::Uuid(uuid) => uuid.hyphenated().to_string(),
            Value::Json(document) => json_dumps(document),
            Value::Array(items) => self.array_text(items)?,
            Value::Opaque(object) => match &object.stored {
                Some(stored) => self.text(stored)?,
                None => return Err(self.cannot_adapt(&object.class_name)),
            },
        })
    }
}

/// Gives the type of an array's elements, at any depth, when the first that is not NULL tells one.
fn element_type(items: &[Value]) -> Option<&'static str> {
    items.iter().find_map(|item| match item {
        Value::Null | Value::Json(_) | Value::Opaque(_) => None,
        Value::Array(inner) => element_type(inner),
        Value::Bool(_) => Some("bool"),
        Value::Int(_) => Some("int8"),
        Value::BigInt(_) | Value::Decimal(_) => Some("numeric"),
        Value::Float(_) => Some("float8"),
        Value::Text(_) => Some("text"),
        Value::Bytes(_) => Some("bytea"),
        Value::Date(_) => Some("date"),
        Value::Time(_, None) => Some("time"),
        Value::Time(_, Some(_)) => Some("timetz"),
        Value::DateTime(_, None) => Some("timestamp"),
        Value::DateTime(_, Some(_)) => Some("timestamptz"),
        Value::Interval(_) => Some("interval"),
        Value::Uuid(_) => Some("uuid"),
    })
}

fn date_text(date: jiff::civil::Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

fn time_text(time: jiff::civil::Time) -> String {
    let micros = time.subsec_nanosecond() / 1_000;
    format!("{:02}:{:02}:{:02}.{micros:06}", time.hour(), time.minute(), time.second())
}

fn offset_text(offset: jiff::tz::Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.abs();
    format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Writes a duration in days and seconds.
fn interval_text(duration: jiff::SignedDuration) -> String {
    // As Python keeps them: only the days are negative.
    let micros = duration.subsec_micros();
    let (whole, micros) =
        if micros < 0 { (duration.as_secs() - 1, micros + 1_000_000) } else { (duration.as_secs(), micros) };
    let (days, seconds) = (whole.div_euclid(86_400), whole.rem_euclid(86_400));
    format!("{days} days {seconds}.{micros:06} seconds")
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use jiff::tz::Offset;

    use super::*;

    const LITERALS: Literals = Literals { backslashes: false, flavor: Flavor::Psycopg };

    #[test]
    fn values_are_written_with_their_types() {
        let moment = date(2024, 2, 29).at(13, 5, 9, 120_000_000);
        let cases = [
            (Value::Null, "NULL"),
            (Value::Bool(true), "true"),
            (Value::Int(7), "7"),
            (Value::Int(i64::MIN), "(-9223372036854775808)"),
            (Value::BigInt("99999999999999999999".into()), "99999999999999999999"),
            (Value::Float(-1.5), "'-1.5'::float8"),
            (Value::Float(f64::NAN), "'NaN'::float8"),
            (Value::Float(f64::NEG_INFINITY), "'-Infinity'::float8"),
            (Value::Decimal("1.10".parse().unwrap()), "1.10"),
            (Value::Decimal("-1E+3".parse().unwrap()), "(-1E+3)"),
            (Value::Decimal("-Infinity".parse().unwrap()), "'-Infinity'::numeric"),
            (Value::Decimal("NaN".parse().unwrap()), "'NaN'::numeric"),
            (Value::from("a'b\\c"), "'a''b\\c'"),
            (Value::Bytes(vec![0, 255]), "'\\x00ff'::bytea"),
            (Value::Date(date(2024, 2, 29)), "'2024-02-29'::date"),
            (Value::Time(time(1, 2, 3, 4_000), None), "'01:02:03.000004'::time"),
            (Value::DateTime(moment, None), "'2024-02-29 13:05:09.120000'::timestamp"),
            (
                Value::DateTime(moment, Some(Offset::from_seconds(-12_600).unwrap())),
                "'2024-02-29 13:05:09.120000-03:30:00'::timestamptz",
            ),
            (
                Value::Interval(jiff::SignedDuration::new(-90_000, -5_000)),
                "'-2 days 82799.999995 seconds'::interval",
            ),
            (Value::Json(serde_json::json!({"a": ["it's"]})), "'{\"a\": [\"it''s\"]}'"),
        ];
        for (value, expected) in cases {
            assert_eq!(LITERALS.render(&value).unwrap(), expected);
        }
    }

    #[test]
    fn arrays_quote_their_elements() {
        let array =
            Value::Array(vec![Value::from("a\"b\\c'd"), Value::Null, Value::from("NULL"), Value::from("")]);
        assert_eq!(LITERALS.render(&array).unwrap(), r#"'{"a\"b\\c''d",NULL,"NULL",""}'::text[]"#);
        let nested =
            Value::Array(vec![Value::Array(vec![Value::Int(1)]), Value::Array(vec![Value::Int(-2)])]);
        assert_eq!(LITERALS.render(&nested).unwrap(), "'{{1},{-2}}'::int8[]");
        assert_eq!(LITERALS.render(&Value::Array(Vec::new())).unwrap(), "'{}'");
    }

    #[test]
    fn backslashes_are_doubled_where_they_escape() {
        let literals = Literals { backslashes: true, ..LITERALS };
        assert_eq!(literals.render(&Value::from("a\\'b")).unwrap(), "E'a\\\\''b'");
        assert_eq!(literals.render(&Value::from("ab")).unwrap(), "'ab'");
        assert_eq!(literals.render(&Value::Bytes(vec![1])).unwrap(), "E'\\\\x01'::bytea");
    }

    #[test]
    fn text_with_a_nul_is_refused() {
        let error = LITERALS.render(&Value::from("a\0b")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "(psycopg.DataError) PostgreSQL text fields cannot contain NUL (0x00) bytes"
        );
    }
}
