//! Text of the server to values, by the type of the column, as psycopg gives them; a type that is not known stays text.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use super::errors::error;
use super::flavor::Flavor;
use crate::engine::{LongJson, Value};
use crate::error::{DatabaseErrorKind, Error, Result};

/// Reads an array of a type that the driver does not know, whose items stay text; `None` for what is no array.
pub(crate) fn text_array(text: &str) -> Option<Value> {
    let decoder = Decoder { flavor: Flavor::Psycopg, date_style: "ISO", interval_style: "postgres" };
    ArrayReader { decoder: &decoder, kind: Kind::Text, rest: text }.read().ok()
}

/// How the session writes what has several ways to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decoder<'s> {
    pub flavor: Flavor,
    /// `DateStyle`, such as `ISO, MDY`.
    pub date_style: &'s str,
    /// `IntervalStyle`, such as `postgres`.
    pub interval_style: &'s str,
}

/// What a type's text is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Bool,
    Int,
    Float,
    Numeric,
    Bytes,
    Date,
    Time,
    TimeTz,
    Timestamp,
    TimestampTz,
    Interval,
    Uuid,
    Json,
}

/// The types with their arrays: what they are read as, the type's OID and that of its array type.
const TYPES: &[(Kind, u32, u32)] = &[
    (Kind::Bool, 16, 1000),
    (Kind::Bytes, 17, 1001),
    (Kind::Int, 20, 1016),
    (Kind::Int, 21, 1005),
    (Kind::Int, 23, 1007),
    (Kind::Int, 26, 1028),
    (Kind::Json, 114, 199),
    (Kind::Float, 700, 1021),
    (Kind::Float, 701, 1022),
    (Kind::Date, 1082, 1182),
    (Kind::Time, 1083, 1183),
    (Kind::Timestamp, 1114, 1115),
    (Kind::TimestampTz, 1184, 1185),
    (Kind::Interval, 1186, 1187),
    (Kind::TimeTz, 1266, 1270),
    (Kind::Numeric, 1700, 1231),
    (Kind::Uuid, 2950, 2951),
    (Kind::Json, 3802, 3807),
    // arrays of types that stay text: "char", name, text, bpchar, varchar, xml, cidr, inet, macaddr, bit, varbit, money
    (Kind::Text, 18, 1002),
    (Kind::Text, 19, 1003),
    (Kind::Text, 25, 1009),
    (Kind::Text, 1042, 1014),
    (Kind::Text, 1043, 1015),
    (Kind::Text, 142, 143),
    (Kind::Text, 650, 651),
    (Kind::Text, 869, 1041),
    (Kind::Text, 829, 1040),
    (Kind::Text, 1560, 1561),
    (Kind::Text, 1562, 1563),
    (Kind::Text, 790, 791),
];

impl Decoder<'_> {
    /// Reads a value of a column.
    ///
    /// Fails with the driver's `DataError` for what Python has no value for, such as a date without end.
    pub(super) fn decode(&self, type_oid: u32, bytes: &[u8]) -> Result<Value> {
        let text = std::str::from_utf8(bytes).map_err(|_| {
            self.data_error(format!(
                "the database holds text that is no UTF-8: {:?}",
                String::from_utf8_lossy(bytes)
            ))
        })?;
        for (kind, own, array) in TYPES {
            if *own == type_oid {
                return self.read(*kind, text);
            }
            if *array == type_oid {
                return ArrayReader { decoder: self, kind: *kind, rest: text }.read();
            }
        }
        Ok(Value::Text(text.to_owned()))
    }

    fn read(&self, kind: Kind, text: &str) -> Result<Value> {
        let read = match kind {
            Kind::Text => Some(Value::Text(text.to_owned())),
            Kind::Bool => Some(Value::Bool(text == "t")),
            Kind::Int => text.parse().ok().map(Value::Int),
            Kind::Float => text.parse().ok().map(Value::Float),
            Kind::Numeric => text.parse().ok().map(Value::Decimal),
            Kind::Bytes => bytes(text).map(Value::Bytes),
            Kind::Uuid => text.parse().ok().map(Value::Uuid),
            Kind::Json => Some(document(text)),
            Kind::Date => return self.date(text).map(Value::Date),
            Kind::Time => return self.time(text).map(|(time, _)| Value::Time(time, None)),
            Kind::TimeTz => return self.time(text).map(|(time, offset)| Value::Time(time, offset)),
            Kind::Timestamp => return self.moment(text).map(|(moment, _)| Value::DateTime(moment, None)),
            Kind::TimestampTz => {
                return self.moment(text).map(|(moment, offset)| Value::DateTime(moment, offset));
            }
            Kind::Interval => return self.interval(text).map(Value::Interval),
        };
        read.ok_or_else(|| self.data_error(format!("can't parse {kind:?} {text:?}")))
    }

    fn data_error(&self, message: String) -> Error {
        error(self.flavor, DatabaseErrorKind::Data, message)
    }

    fn check_date_style(&self, what: &str, text: &str) -> Result<()> {
        if self.date_style.starts_with("ISO") {
            return Ok(());
        }
        Err(error(
            self.flavor,
            DatabaseErrorKind::NotSupported,
            format!(
                "can't parse {what} with DateStyle '{}': '{text}'; SET datestyle = 'ISO' for the session or the role",
                self.date_style
            ),
        ))
    }

    fn date(&self, text: &str) -> Result<Date> {
        self.check_date_style("date", text)?;
        calendar_date(text).ok_or_else(|| self.out_of_range("date", text))
    }

    fn time(&self, text: &str) -> Result<(Time, Option<Offset>)> {
        time_of_day(text).ok_or_else(|| match text.split(':').next() {
            Some("24") => {
                let kind = if text.contains(['+', '-']) { "timetz" } else { "time" };
                self.data_error(format!("can't parse {kind} '{text}': hour must be in 0..23"))
            }
            _ => self.data_error(format!("can't parse time '{text}'")),
        })
    }

    fn moment(&self, text: &str) -> Result<(DateTime, Option<Offset>)> {
        self.check_date_style("timestamp", text)?;
        let read = || {
            let (date, time) = text.split_once(' ')?;
            let (time, offset) = time_of_day(time)?;
            Some((calendar_date(date)?.to_datetime(time), offset))
        };
        read().ok_or_else(|| self.out_of_range("timestamp", text))
    }

    fn out_of_range(&self, what: &str, text: &str) -> Error {
        let small = text.ends_with("BC") || text.starts_with('-');
        self.data_error(if small {
            format!("{what} too small (before year 1): '{text}'")
        } else {
            format!("{what} too large (after year 10K): '{text}'")
        })
    }

    fn interval(&self, text: &str) -> Result<SignedDuration> {
        if self.interval_style != "postgres" {
            return Err(error(
                self.flavor,
                DatabaseErrorKind::NotSupported,
                format!("can't parse interval with IntervalStyle {}: '{text}'", self.interval_style),
            ));
        }
        duration(text).ok_or_else(|| self.data_error(format!("can't parse interval '{text}'")))
    }
}

/// Reads a JSON document. One with numbers beyond 64 bits stays text, so that no digit is lost.
fn document(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(document) if !has_long_number(text) => Value::Json(document),
        _ => LongJson(text.to_owned()).into(),
    }
}

/// Tells whether a JSON text has a run of digits, outside strings, that may be more than 64 bits hold.
fn has_long_number(text: &str) -> bool {
    /// As many digits fit any signed number of 64 bits.
    const SAFE_DIGITS: usize = 18;
    let (mut in_string, mut escaped, mut digits) = (false, false, 0);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'0'..=b'9' if !in_string => {
                digits += 1;
                if digits > SAFE_DIGITS {
                    return true;
                }
                continue;
            }
            _ => {}
        }
        digits = 0;
    }
    false
}

/// Reads `2024-02-29`.
fn calendar_date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() > 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Reads `13:05:09.12` with or without `+05:30:00`.
fn time_of_day(text: &str) -> Option<(Time, Option<Offset>)> {
    let (time, offset) = match text.find(['+', '-']) {
        Some(position) => (&text[..position], Some(utc_offset(&text[position..])?)),
        None => (text, None),
    };
    let mut parts = time.splitn(3, ':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let (second, nanoseconds) = fraction(second)?;
    let time =
        Time::new(hour.parse().ok()?, minute.parse().ok()?, i8::try_from(second).ok()?, nanoseconds).ok()?;
    Some((time, offset))
}

/// Reads `9.12` as whole seconds and nanoseconds.
fn fraction(text: &str) -> Option<(i64, i32)> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{part:0<9}");
    Some((whole.parse().ok()?, digits.get(..9)?.parse().ok()?))
}

fn utc_offset(text: &str) -> Option<Offset> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let mut seconds = 0;
    let mut unit = 3600;
    for part in text[1..].split(':') {
        seconds += part.parse::<i32>().ok()? * unit;
        unit /= 60;
    }
    Offset::from_seconds(sign * seconds).ok()
}

/// Reads `1 year 2 mons -3 days +04:05:06.789`; as in the reference, a year is 365 days and a month 30.
fn duration(text: &str) -> Option<SignedDuration> {
    let mut days: i64 = 0;
    let mut rest = text.split_whitespace();
    let mut total = SignedDuration::ZERO;
    while let Some(word) = rest.next() {
        if word.contains(':') {
            let negative = word.starts_with('-');
            let mut parts = word.trim_start_matches(['+', '-']).splitn(3, ':');
            let hours: i64 = parts.next()?.parse().ok()?;
            let minutes: i64 = parts.next()?.parse().ok()?;
            let (seconds, nanoseconds) = fraction(parts.next()?)?;
            let part = SignedDuration::new(hours * 3600 + minutes * 60 + seconds, nanoseconds);
            total += if negative { -part } else { part };
            continue;
        }
        let number: i64 = word.parse().ok()?;
        days += number
            * match rest.next()?.trim_end_matches('s') {
                "year" => 365,
                "mon" => 30,
                "day" => 1,
                _ => return None,
            };
    }
    total.checked_add(SignedDuration::from_secs(days.checked_mul(86_400)?))
}

/// Reads `\x00ff`, or the older form with octal escapes.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    if let Some(hex) = text.strip_prefix("\\x") {
        return hex
            .as_bytes()
            .chunks(2)
            .map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?))
            .collect();
    }
    let mut read = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, later)) = rest.split_first() {
        rest = later;
        if *first != b'\\' {
            read.push(*first);
        } else if rest.first() == Some(&b'\\') {
            read.push(b'\\');
            rest = &rest[1..];
        } else {
            let octal = rest.get(..3)?;
            let value = octal.iter().try_fold(0_u32, |value, byte| {
                char::from(*byte).to_digit(8).map(|digit| value * 8 + digit)
            })?;
            read.push(u8::try_from(value).ok()?);
            rest = &rest[3..];
        }
    }
    Some(read)
}

/// Reads `{1,NULL,"a b"}`, at any depth, with or without bounds before it.
struct ArrayReader<'d, 's, 't> {
    decoder: &'d Decoder<'s>,
    kind: Kind,
    rest: &'t str,
}

impl ArrayReader<'_, '_, '_> {
    fn read(mut self) -> Result<Value> {
        let whole = self.rest;
        if self.rest.starts_with('[')
            && let Some((_, items)) = self.rest.split_once('=')
        {
            self.rest = items;
        }
        match self.items() {
            Some(value) => value.map(Value::Array),
            None => Err(self.decoder.data_error(format!("malformed array: {whole:?}"))),
        }
    }

    /// Reads the items between braces; `None` for what is no array.
    fn items(&mut self) -> Option<Result<Vec<Value>>> {
        self.rest = self.rest.strip_prefix('{')?;
        let mut items = Vec::new();
        if let Some(rest) = self.rest.strip_prefix('}') {
            self.rest = rest;
            return Some(Ok(items));
        }
        loop {
            let item = if self.rest.starts_with('{') {
                match self.items()? {
                    Ok(inner) => Value::Array(inner),
                    Err(error) => return Some(Err(error)),
                }
            } else {
                match self.item()? {
                    Ok(item) => item,
                    Err(error) => return Some(Err(error)),
                }
            };
            items.push(item);
            let mut characters = self.rest.chars();
            let next = characters.next();
            self.rest = characters.as_str();
            match next? {
                ',' => {}
                '}' => return Some(Ok(items)),
                _ => return None,
            }
        }
    }

    fn item(&mut self) -> Option<Result<Value>> {
        if !self.rest.starts_with('"') {
            let length = self.rest.find([',', '}'])?;
            let (text, rest) = self.rest.split_at(length);
            self.rest = rest;
            return Some(if text == "NULL" { Ok(Value::Null) } else { self.decoder.read(self.kind, text) });
        }
        let mut text = String::new();
        let mut characters = self.rest[1..].chars();
        loop {
            match characters.next()? {
                '"' => break,
                '\\' => text.push(characters.next()?),
                character => text.push(character),
            }
        }
        self.rest = characters.as_str();
        Some(self.decoder.read(self.kind, &text))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    const DECODER: Decoder<'_> =
        Decoder { flavor: Flavor::Psycopg, date_style: "ISO, MDY", interval_style: "postgres" };

    fn read(type_oid: u32, text: &str) -> Value {
        DECODER.decode(type_oid, text.as_bytes()).unwrap()
    }

    #[test]
    fn each_type_is_read_from_its_text() {
        let moment = date(2024, 2, 29).at(13, 5, 9, 120_000_000);
        let offset = |seconds| Some(Offset::from_seconds(seconds).unwrap());
        let cases = [
            (16, "t", Value::Bool(true)),
            (20, "-9223372036854775808", Value::Int(i64::MIN)),
            (26, "4294967295", Value::Int(4_294_967_295)),
            (701, "1e+300", Value::Float(1e300)),
            (701, "-Infinity", Value::Float(f64::NEG_INFINITY)),
            (1700, "1.10", Value::Decimal("1.10".parse().unwrap())),
            (1700, "NaN", Value::Decimal("NaN".parse().unwrap())),
            (17, "\\x00fF", Value::Bytes(vec![0, 255])),
            (17, "a\\\\b\\377", Value::Bytes(vec![b'a', b'\\', b'b', 255])),
            (1082, "2024-02-29", Value::Date(date(2024, 2, 29))),
            (1083, "13:05:09.000001", Value::Time(time(13, 5, 9, 1_000), None)),
            (1266, "13:05:09-03:30", Value::Time(time(13, 5, 9, 0), offset(-12_600))),
            (1114, "2024-02-29 13:05:09.12", Value::DateTime(moment, None)),
            (1184, "2024-02-29 13:05:09.12+05:30:15", Value::DateTime(moment, offset(19_815))),
            (2950, "00000000-0000-0000-0000-000000000001", Value::Uuid(uuid::Uuid::from_u128(1))),
            (3802, "{\"a\": [1, null]}", Value::Json(serde_json::json!({"a": [1, null]}))),
            (3904, "[1,5)", Value::from("[1,5)")),
            (99_999, "any", Value::from("any")),
        ];
        for (type_oid, text, expected) in cases {
            assert_eq!(read(type_oid, text), expected, "{text}");
        }
    }

    #[test]
    fn intervals_count_months_as_thirty_days() {
        let cases = [
            ("00:00:00", 0, 0),
            ("1 day", 86_400, 0),
            ("1 year 2 mons 3 days 04:05:06.5", (365 + 60 + 3) * 86_400 + 14_706, 500_000_000),
            ("-1 mons +1 day -00:00:01.25", -29 * 86_400 - 1, -250_000_000),
            ("-2 years -1 mons", -760 * 86_400, 0),
        ];
        for (text, seconds, nanoseconds) in cases {
            let expected = Value::Interval(SignedDuration::new(seconds, nanoseconds));
            assert_eq!(read(1186, text), expected, "{text}");
        }
    }

    #[test]
    fn arrays_nest_and_quote() {
        let int = Value::Int;
        assert_eq!(read(1007, "{}"), Value::Array(Vec::new()));
        assert_eq!(read(1007, "{1,NULL,-3}"), Value::Array(vec![int(1), Value::Null, int(-3)]));
        assert_eq!(
            read(1007, "[0:1]={{1},{2}}"),
            Value::Array(vec![Value::Array(vec![int(1)]), Value::Array(vec![int(2)])])
        );
        assert_eq!(
            read(1009, r#"{a,"b \"c\\ ,}","NULL",""}"#),
            Value::Array(vec!["a".into(), "b \"c\\ ,}".into(), "NULL".into(), "".into()])
        );
    }

    #[test]
    fn what_python_has_no_value_for_is_an_error() {
        let message =
            |type_oid, text: &str| DECODER.decode(type_oid, text.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            message(1082, "infinity"),
            "(psycopg.DataError) date too large (after year 10K): 'infinity'"
        );
        assert_eq!(
            message(1114, "0044-03-15 00:00:00 BC"),
            "(psycopg.DataError) timestamp too small (before year 1): '0044-03-15 00:00:00 BC'"
        );
    }
}
