//! Parameters, written into the statement as the literals that `PyMySQL` writes.

use std::fmt::Write as _;

use super::errors::Failure;
use super::python_driver::PythonDriver;
use crate::engine::{Parameters, Value, float_repr, json_dumps};
use crate::error::{DatabaseErrorKind, Error, Result};

/// What decides how a statement is put together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) driver: PythonDriver,
    /// Whether a backslash in a string escapes what follows.
    pub(super) backslash_escapes: bool,
}

impl Style {
    /// Puts parameters in place of the statement's placeholders.
    ///
    /// Fails as Python's formatting of strings does where the placeholders and the parameters do not go together.
    pub(super) fn statement(self, sql: &str, parameters: &Parameters) -> Result<String> {
        match self.driver {
            // they look for placeholders only when there is something to put in
            PythonDriver::MysqlConnector | PythonDriver::MariadbConnector if parameters.is_empty() => {
                Ok(sql.to_owned())
            }
            PythonDriver::MysqlConnector => self.formatted(sql, parameters, false),
            PythonDriver::MariadbConnector => self.with_question_marks(sql, parameters),
            _ => self.formatted(sql, parameters, true),
        }
    }

    /// Does what Python's `%` does; with `strict`, `%%` is one percent sign and anything unknown an error.
    fn formatted(self, sql: &str, parameters: &Parameters, strict: bool) -> Result<String> {
        let mut text = String::with_capacity(sql.len());
        let mut rest = sql;
        let mut next = 0;
        while let Some(at) = rest.find('%') {
            text.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            if let Some(behind) = after.strip_prefix('s') {
                let value = match parameters {
                    Parameters::Positional(values) => values.get(next),
                    Parameters::Named(_) => None,
                };
                let value = value.ok_or_else(|| self.mismatch("not enough arguments for format string"))?;
                next += 1;
                self.write(&mut text, value)?;
                rest = behind;
            } else if let Some((name, behind)) = named(after) {
                let Some(value) = parameters.get(name) else { return Err(Error::Key(name.to_owned())) };
                self.write(&mut text, value)?;
                rest = behind;
            } else if !strict {
                text.push('%');
                rest = after;
            } else if let Some(behind) = after.strip_prefix('%') {
                text.push('%');
                rest = behind;
            } else {
                return Err(self.unsupported(sql, sql.len() - after.len(), after));
            }
        }
        text.push_str(rest);
        match parameters {
            Parameters::Positional(values) if next < values.len() => {
                Err(self.mismatch("not all arguments converted during string formatting"))
            }
            _ => Ok(text),
        }
    }

    fn unsupported(self, sql: &str, byte: usize, after: &str) -> Error {
        match after.chars().next() {
            Some(character) => {
                let index = sql[..byte].chars().count();
                self.bad_format(format!(
                    "unsupported format character '{character}' (0x{:x}) at index {index}",
                    u32::from(character)
                ))
            }
            None => self.bad_format("incomplete format".to_owned()),
        }
    }

    fn mismatch(self, message: &str) -> Error {
        match self.driver {
            PythonDriver::MysqlDb | PythonDriver::MysqlConnector | PythonDriver::MariadbConnector => {
                super::errors::error(self.driver, DatabaseErrorKind::Programming, message.to_owned())
            }
            _ => Error::Type(message.to_owned()),
        }
    }

    fn bad_format(self, message: String) -> Error {
        match self.driver {
            PythonDriver::MysqlDb => {
                super::errors::error(self.driver, DatabaseErrorKind::Programming, message)
            }
            _ => Error::Value(message),
        }
    }

    /// Puts values in place of question marks that stand outside of strings, names and comments.
    fn with_question_marks(self, sql: &str, parameters: &Parameters) -> Result<String> {
        let Parameters::Positional(values) = parameters else {
            return Err(self.mismatch("parameters for question marks must be a sequence"));
        };
        let mut values = values.iter();
        let mut text = String::with_capacity(sql.len());
        let mut rest = sql;
        while let Some(length) = self.plain_length(rest) {
            text.push_str(&rest[..length]);
            let value = values
                .next()
                .ok_or_else(|| self.mismatch("statement (%s) doesn't match the number of data elements"))?;
            self.write(&mut text, value)?;
            rest = &rest[length + 1..];
        }
        text.push_str(rest);
        Ok(text)
    }

    /// Gives the number of bytes before the first question mark that is a placeholder.
    fn plain_length(self, sql: &str) -> Option<usize> {
        let bytes = sql.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'?' => return Some(at),
                quote @ (b'\'' | b'"' | b'`') => {
                    at += 1;
                    while at < bytes.len() && bytes[at] != quote {
                        let escapes = bytes[at] == b'\\' && quote != b'`' && self.backslash_escapes;
                        at += 1 + usize::from(escapes);
                    }
                    at += 1;
                }
                b'#' => at = line_end(bytes, at),
                b'-' if bytes[at..].starts_with(b"-- ") => at = line_end(bytes, at),
                b'/' if bytes[at..].starts_with(b"/*") => {
                    at += 2;
                    while at < bytes.len() && !bytes[at..].starts_with(b"*/") {
                        at += 1;
                    }
                    at += 2;
                }
                _ => at += 1,
            }
        }
        None
    }

    /// Writes one value.
    pub(super) fn write(self, text: &mut String, value: &Value) -> Result<()> {
        let fail = |message: String| Failure::Value(message).into_error(self.driver);
        // Writing to a string cannot fail.
        let _ = match value {
            Value::Null => write!(text, "NULL"),
            Value::Bool(flag) => write!(text, "{}", i32::from(*flag)),
            Value::Int(number) => write!(text, "{number}"),
            Value::BigInt(digits) => write!(text, "{digits}"),
            Value::Float(number) if !number.is_finite() => {
                return Err(fail(format!("{} can not be used with MySQL", float_repr(*number))));
            }
            Value::Float(number) => {
                let repr = float_repr(*number);
                // without an exponent the server takes it for an exact number
                if repr.contains('e') { write!(text, "{repr}") } else { write!(text, "{repr}e0") }
            }
            Value::Decimal(number) => {
                let Some(digits) = plain_digits(&number.to_string()) else {
                    let repr = number.to_string().to_lowercase();
                    return Err(fail(format!("{repr} can not be used with MySQL")));
                };
                write!(text, "{digits}")
            }
            Value::Text(value) => {
                self.write_text(text, value);
                Ok(())
            }
            Value::Bytes(bytes) => {
                text.push_str("X'");
                for byte in bytes {
                    let _ = write!(text, "{byte:02x}");
                }
                write!(text, "'")
            }
            Value::Date(date) => write!(text, "'{}'", date_text(*date)),
            Value::Time(time, _) => write!(text, "'{}'", time_text(*time)),
            // the offset has no place in the server's types
            Value::DateTime(moment, _) => {
                write!(text, "'{} {}'", date_text(moment.date()), time_text(moment.time()))
            }
            Value::Interval(duration) => write!(text, "'{}'", interval_text(*duration)),
            Value::Uuid(uuid) => write!(text, "'{uuid}'"),
            Value::Json(document) => {
                self.write_text(text, &json_dumps(document));
                Ok(())
            }
            Value::Array(items) => {
                text.push('(');
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        text.push(',');
                    }
                    self.write(text, item)?;
                }
                write!(text, ")")
            }
            Value::Opaque(object) => match &object.stored {
                Some(stored) => return self.write(text, stored),
                None => {
                    return Err(Error::Type(format!("{} can not be used as parameter", object.class_name)));
                }
            },
        };
        Ok(())
    }

    fn write_text(self, text: &mut String, value: &str) {
        text.push('\'');
        for character in value.chars() {
            if !self.backslash_escapes {
                if character == '\'' {
                    text.push('\'');
                }
                text.push(character);
                continue;
            }
            match character {
                '\0' => text.push_str("\\0"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\u{1a}' => text.push_str("\\Z"),
                '\'' => text.push_str("\\'"),
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                other => text.push(other),
            }
        }
        text.push('\'');
    }
}

/// Takes `(name)s` from the start of a text.
fn named(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.strip_prefix('(')?.split_once(')')?;
    Some((name, rest.strip_prefix('s')?))
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

/// Writes an exact number without an exponent; `None` for what is no number.
fn plain_digits(number: &str) -> Option<String> {
    let (mantissa, exponent) = match number.find(['e', 'E']) {
        Some(at) => (&number[..at], number[at + 1..].parse::<i32>().ok()?),
        None => (number, 0),
    };
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if exponent == 0 {
        return Some(format!("{sign}{mantissa}"));
    }
    let mut digits = format!("{whole}{fraction}");
    let mut point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    if !(-1_000..=1_000).contains(&point) {
        // the server would cut or refuse it; its own words for that are the better ones
        return Some(number.to_owned());
    }
    while point < 1 {
        digits.insert(0, '0');
        point += 1;
    }
    let point = usize::try_from(point).ok()?;
    while digits.len() < point {
        digits.push('0');
    }
    let (whole, fraction) = digits.split_at(point);
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{dot}{fraction}"))
}

fn date_text(date: jiff::civil::Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

fn time_text(time: jiff::civil::Time) -> String {
    let text = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
    match time.subsec_nanosecond() / 1_000 {
        0 => text,
        micros => format!("{text}.{micros:06}"),
    }
}

/// Writes a duration as the server's TIME, whose hours go beyond a day.
fn interval_text(duration: jiff::SignedDuration) -> String {
    let sign = if duration.is_negative() { "-" } else { "" };
    let seconds = duration.as_secs().unsigned_abs();
    let micros = duration.subsec_micros().unsigned_abs();
    let text = format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if micros == 0 { text } else { format!("{text}.{micros:06}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PYMYSQL: Style = Style { driver: PythonDriver::PyMysql, backslash_escapes: true };

    fn written(style: Style, value: &Value) -> String {
        let mut text = String::new();
        style.write(&mut text, value).unwrap();
        text
    }

    #[test]
    fn values_are_written_as_pymysql_writes_them() {
        let decimal = |text: &str| Value::Decimal(text.parse().unwrap());
        let moment = jiff::civil::date(2020, 1, 2).at(3, 4, 5, 6_000);
        let cases = [
            (Value::Null, "NULL"),
            (Value::Bool(true), "1"),
            (Value::BigInt("1180591620717411303424".to_owned()), "1180591620717411303424"),
            (Value::Float(1.5), "1.5e0"),
            (Value::Float(1e100), "1e+100"),
            (Value::Float(-0.0), "-0.0e0"),
            (decimal("1E+5"), "100000"),
            (decimal("1.10"), "1.10"),
            (decimal("-125E-2"), "-1.25"),
            (decimal("5E-3"), "0.005"),
            (Value::from("a'\"\\\n\r\0\u{1a}\u{8}\t%é"), "'a\\'\\\"\\\\\\n\\r\\0\\Z\u{8}\t%é'"),
            (Value::Bytes(vec![0, 255, 0x27, 0x5c]), "X'00ff275c'"),
            (Value::Date(jiff::civil::date(5, 1, 2)), "'0005-01-02'"),
            (Value::DateTime(moment, None), "'2020-01-02 03:04:05.000006'"),
            (Value::DateTime(moment, Some(jiff::tz::offset(2))), "'2020-01-02 03:04:05.000006'"),
            (Value::Time(jiff::civil::time(1, 2, 3, 0), None), "'01:02:03'"),
            (Value::Interval(jiff::SignedDuration::new(172_803, 4_000)), "'48:00:03.000004'"),
            (Value::Interval(jiff::SignedDuration::from_secs(-1)), "'-00:00:01'"),
            (Value::Interval(jiff::SignedDuration::from_micros(-86_399_999_995)), "'-23:59:59.999995'"),
            (Value::Array(vec![Value::Int(1), Value::Int(2)]), "(1,2)"),
        ];
        for (value, expected) in cases {
            assert_eq!(written(PYMYSQL, &value), expected, "{value:?}");
        }
    }

    #[test]
    fn a_backslash_is_itself_where_the_server_says_so() {
        let style = Style { backslash_escapes: false, ..PYMYSQL };
        assert_eq!(written(style, &Value::from("a'\\b\n")), "'a''\\b\n'");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let mut text = String::new();
        for value in [Value::Float(f64::NAN), Value::Decimal("NaN".parse().unwrap())] {
            let error = PYMYSQL.write(&mut text, &value).unwrap_err().to_string();
            assert_eq!(error, "(pymysql.err.ProgrammingError) nan can not be used with MySQL");
        }
    }

    #[test]
    fn placeholders_are_python_s() {
        let values = Parameters::Positional(vec![Value::Int(1), Value::from("50%")]);
        let none = Parameters::none();
        let formatted = |sql, parameters: &Parameters| PYMYSQL.statement(sql, parameters);
        assert_eq!(formatted("a %s %% %s", &values).unwrap(), "a 1 % '50%'");
        let named = Parameters::Named(vec![("x".to_owned(), Value::Int(1))]);
        assert_eq!(formatted("%(x)s, %(x)s", &named).unwrap(), "1, 1");
        let message = |sql, parameters: &Parameters| formatted(sql, parameters).unwrap_err().to_string();
        assert_eq!(message("select '10%'", &none), "unsupported format character ''' (0x27) at index 11");
        assert_eq!(message("50%", &none), "incomplete format");
        assert_eq!(message("%s %s %s", &values), "not enough arguments for format string");
        assert_eq!(message("%s", &values), "not all arguments converted during string formatting");
    }

    #[test]
    fn other_drivers_have_other_placeholders() {
        let values = Parameters::Positional(vec![Value::Int(1), Value::Int(2)]);
        let connector = Style { driver: PythonDriver::MysqlConnector, ..PYMYSQL };
        assert_eq!(connector.statement("10%", &Parameters::none()).unwrap(), "10%");
        assert_eq!(connector.statement("'10%%' %s %s", &values).unwrap(), "'10%%' 1 2");
        let mariadb = Style { driver: PythonDriver::MariadbConnector, ..PYMYSQL };
        let sql = "? '?\\'?' \"?\" `?` /* ? */ -- ?\n# ?\n ?";
        assert_eq!(mariadb.statement(sql, &values).unwrap(), "1 '?\\'?' \"?\" `?` /* ? */ -- ?\n# ?\n 2");
    }
}
