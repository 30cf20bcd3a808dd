//! Values that come from the server, as `PyMySQL` hands them to SQLAlchemy.

use mysql_common::constants::{ColumnFlags, ColumnType};
use mysql_common::io::ParseBuf;
use mysql_common::packets::Column;

use crate::engine::{Row, Value};

/// The character set of what is no text.
const BINARY: u16 = 63;

/// Takes a packet with a row apart; `None` when it is no row of these columns.
pub(super) fn read_row(packet: &[u8], columns: &[Column]) -> Option<Row> {
    const NULL: u8 = 0xfb;
    let mut packet = ParseBuf(packet);
    columns
        .iter()
        .map(|column| {
            if packet.0.first() == Some(&NULL) {
                packet.skip(1);
                Some(Value::Null)
            } else {
                packet.checked_eat_lenenc_str().map(|bytes| read(bytes, column))
            }
        })
        .collect()
}

/// Reads a value; what is no value of the column's type, such as the date `0000-00-00`, stays text.
fn read(bytes: &[u8], column: &Column) -> Value {
    let text = || String::from_utf8_lossy(bytes).into_owned();
    let parsed = match column.column_type() {
        ColumnType::MYSQL_TYPE_TINY
        | ColumnType::MYSQL_TYPE_SHORT
        | ColumnType::MYSQL_TYPE_LONG
        | ColumnType::MYSQL_TYPE_LONGLONG
        | ColumnType::MYSQL_TYPE_INT24
        | ColumnType::MYSQL_TYPE_YEAR => Some(integer(&text())),
        ColumnType::MYSQL_TYPE_FLOAT | ColumnType::MYSQL_TYPE_DOUBLE => text().parse().ok().map(Value::Float),
        ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => {
            text().parse().ok().map(Value::Decimal)
        }
        ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => date(&text()).map(Value::Date),
        ColumnType::MYSQL_TYPE_DATETIME | ColumnType::MYSQL_TYPE_TIMESTAMP => {
            moment(&text()).map(|moment| Value::DateTime(moment, None))
        }
        ColumnType::MYSQL_TYPE_TIME => duration(&text()).map(Value::Interval),
        ColumnType::MYSQL_TYPE_JSON => Some(Value::Text(text())),
        ColumnType::MYSQL_TYPE_BIT | ColumnType::MYSQL_TYPE_GEOMETRY | ColumnType::MYSQL_TYPE_VECTOR => {
            Some(Value::Bytes(bytes.to_vec()))
        }
        _ if column.character_set() == BINARY => Some(Value::Bytes(bytes.to_vec())),
        _ => None,
    };
    parsed.unwrap_or_else(|| match String::from_utf8(bytes.to_vec()) {
        Ok(text) => Value::Text(text),
        Err(error) => Value::Bytes(error.into_bytes()),
    })
}

fn integer(text: &str) -> Value {
    match text.parse() {
        Ok(number) => Value::Int(number),
        Err(_) => Value::BigInt(text.to_owned()),
    }
}

fn date(text: &str) -> Option<jiff::civil::Date> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    // Python's dates begin with the year 1
    let year = year.parse().ok().filter(|year: &i16| *year > 0)?;
    jiff::civil::Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

fn moment(text: &str) -> Option<jiff::civil::DateTime> {
    let (day, time) = text.split_once([' ', 'T'])?;
    let (hour, rest) = time.split_once(':')?;
    let (minute, second) = rest.split_once(':')?;
    let (second, fraction) = second.split_once('.').unwrap_or((second, ""));
    let time = jiff::civil::Time::new(
        hour.parse().ok()?,
        minute.parse().ok()?,
        second.parse().ok()?,
        i32::try_from(nanoseconds(fraction)?).ok()?,
    );
    Some(date(day)?.to_datetime(time.ok()?))
}

fn duration(text: &str) -> Option<jiff::SignedDuration> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (hours, rest) = unsigned.split_once(':')?;
    let (minutes, seconds) = rest.split_once(':')?;
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let number = |text: &str| text.parse::<i64>().ok();
    let seconds = number(hours)? * 3600 + number(minutes)? * 60 + number(seconds)?;
    let duration = jiff::SignedDuration::new(seconds, i32::try_from(nanoseconds(fraction)?).ok()?);
    Some(if negative { -duration } else { duration })
}

/// Reads the digits behind the point of a second; at most six of them have a meaning for the server.
fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() {
        return Some(0);
    }
    format!("{:0<9}", fraction.get(..fraction.len().min(9))?).parse().ok()
}

/// Gives the name of a column's type as SQL has it, as far as the protocol tells.
pub(super) fn type_name(column: &Column) -> Option<String> {
    let unsigned = if column.flags().contains(ColumnFlags::UNSIGNED_FLAG) { " UNSIGNED" } else { "" };
    let name = match column.column_type() {
        ColumnType::MYSQL_TYPE_TINY => "TINYINT",
        ColumnType::MYSQL_TYPE_SHORT => "SMALLINT",
        ColumnType::MYSQL_TYPE_LONG => "INT",
        ColumnType::MYSQL_TYPE_LONGLONG => "BIGINT",
        ColumnType::MYSQL_TYPE_INT24 => "MEDIUMINT",
        ColumnType::MYSQL_TYPE_YEAR => return Some("YEAR".to_owned()),
        ColumnType::MYSQL_TYPE_FLOAT => "FLOAT",
        ColumnType::MYSQL_TYPE_DOUBLE => "DOUBLE",
        ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => "DECIMAL",
        ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => "DATE",
        ColumnType::MYSQL_TYPE_DATETIME => "DATETIME",
        ColumnType::MYSQL_TYPE_TIMESTAMP => return Some("TIMESTAMP".to_owned()),
        ColumnType::MYSQL_TYPE_TIME => "TIME",
        ColumnType::MYSQL_TYPE_JSON => "JSON",
        ColumnType::MYSQL_TYPE_BIT => return Some("BIT".to_owned()),
        ColumnType::MYSQL_TYPE_GEOMETRY => return Some("GEOMETRY".to_owned()),
        _ => return None,
    };
    Some(format!("{name}{unsigned}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(column_type: ColumnType, character_set: u16) -> Column {
        Column::new(column_type).with_character_set(character_set)
    }

    #[test]
    fn values_are_those_of_pymysql() {
        let cases = [
            (ColumnType::MYSQL_TYPE_LONGLONG, "-5", Value::Int(-5)),
            (
                ColumnType::MYSQL_TYPE_LONGLONG,
                "18446744073709551615",
                Value::BigInt("18446744073709551615".to_owned()),
            ),
            (ColumnType::MYSQL_TYPE_YEAR, "2020", Value::Int(2020)),
            (ColumnType::MYSQL_TYPE_DOUBLE, "1e30", Value::Float(1e30)),
            (ColumnType::MYSQL_TYPE_NEWDECIMAL, "1.50000", Value::Decimal("1.50000".parse().unwrap())),
            (ColumnType::MYSQL_TYPE_DATE, "2020-01-02", Value::Date(jiff::civil::date(2020, 1, 2))),
            (ColumnType::MYSQL_TYPE_DATE, "0000-00-00", Value::from("0000-00-00")),
            (ColumnType::MYSQL_TYPE_DATE, "2020-00-10", Value::from("2020-00-10")),
            (
                ColumnType::MYSQL_TYPE_DATETIME,
                "2020-01-02 03:04:05.000006",
                Value::DateTime(jiff::civil::date(2020, 1, 2).at(3, 4, 5, 6_000), None),
            ),
            (
                ColumnType::MYSQL_TYPE_DATETIME,
                "0000-00-00 00:00:00.000000",
                Value::from("0000-00-00 00:00:00.000000"),
            ),
            (
                ColumnType::MYSQL_TYPE_TIME,
                "-838:59:59.500",
                Value::Interval(jiff::SignedDuration::new(-3_020_399, -500_000_000)),
            ),
            (
                ColumnType::MYSQL_TYPE_TIME,
                "23:00:00.000",
                Value::Interval(jiff::SignedDuration::from_secs(82_800)),
            ),
        ];
        for (column_type, text, expected) in cases {
            assert_eq!(read(text.as_bytes(), &column(column_type, BINARY)), expected, "{text}");
        }
    }

    #[test]
    fn the_character_set_tells_text_from_bytes() {
        for column_type in [ColumnType::MYSQL_TYPE_BLOB, ColumnType::MYSQL_TYPE_VAR_STRING] {
            assert_eq!(read("é".as_bytes(), &column(column_type, 45)), Value::from("é"));
            assert_eq!(read(b"e", &column(column_type, BINARY)), Value::Bytes(b"e".to_vec()));
        }
        assert_eq!(read(&[0, 5], &column(ColumnType::MYSQL_TYPE_BIT, 45)), Value::Bytes(vec![0, 5]));
    }

    #[test]
    fn a_row_that_ends_too_early_is_none() {
        let columns =
            [column(ColumnType::MYSQL_TYPE_LONG, BINARY), column(ColumnType::MYSQL_TYPE_LONG, BINARY)];
        assert_eq!(read_row(&[1, b'7', 0xfb], &columns), Some(vec![Value::Int(7), Value::Null]));
        assert_eq!(read_row(&[1, b'7', 5, b'1'], &columns), None);
        assert_eq!(read_row(&[1, b'7'], &columns), None);
    }
}
