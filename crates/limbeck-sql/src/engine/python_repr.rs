//! Python's `repr` of values, and SQLAlchemy's shortened form of it in error texts.

use std::fmt::Write;
use std::sync::LazyLock;

use regex::Regex;

use super::{Parameters, Value};

/// Longest text of one value, in characters; longer ones lose their middle.
const MAX_CHARACTERS: usize = 300;
/// Most values shown of one set of parameters.
const MAX_VALUES: usize = 100;
/// Most sets of parameters shown.
const MAX_SETS: usize = 10;

/// Characters that Python does not print as they are: controls, unassigned, separators.
static UNPRINTABLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\p{C}\p{Z}]$").ok());

/// Writes a value as Python's `repr` does.
pub fn value_repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::BigInt(digits) => digits.clone(),
        Value::Float(number) => float_repr(*number),
        Value::Decimal(number) => format!("Decimal('{number}')"),
        Value::Text(text) => text_repr(text),
        Value::Bytes(bytes) => bytes_repr(bytes),
        Value::Date(date) => format!("datetime.date({}, {}, {})", date.year(), date.month(), date.day()),
        Value::Time(time, offset) => {
            format!("datetime.time({}{})", time_arguments(*time), zone_argument(*offset))
        }
        Value::DateTime(moment, offset) => {
            let date = moment.date();
            format!(
                "datetime.datetime({}, {}, {}, {}{})",
                date.year(),
                date.month(),
                date.day(),
                time_arguments(moment.time()),
                zone_argument(*offset)
            )
        }
        Value::Interval(duration) => interval_repr(*duration),
        Value::Uuid(uuid) => format!("UUID('{uuid}')"),
        Value::Json(serde_json::Value::Null) => "symbol('JSON_NULL')".to_owned(),
        Value::Json(document) => json_repr(document),
        Value::Opaque(object) => object.repr.clone(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(value_repr).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Writes one set of parameters as SQLAlchemy shows it in an error.
pub fn parameters_repr(parameters: &Parameters) -> String {
    match parameters {
        Parameters::Positional(values) => {
            let shown: Vec<String> = values.iter().map(shortened_repr).collect();
            let comma = if shown.len() == 1 { "," } else { "" };
            format!("({}{comma})", joined(&shown))
        }
        Parameters::Named(values) => {
            let shown: Vec<String> = values
                .iter()
                .map(|(name, value)| format!("{}: {}", text_repr(name), shortened_repr(value)))
                .collect();
            format!("{{{}}}", joined(&shown))
        }
    }
}

/// Writes the sets of parameters of an `executemany` as SQLAlchemy shows them in an error.
#[must_use]
pub fn parameter_sets_repr(sets: &[Parameters]) -> String {
    let all = |sets: &[Parameters]| sets.iter().map(parameters_repr).collect::<Vec<_>>().join(", ");
    if sets.len() <= MAX_SETS {
        return format!("[{}]", all(sets));
    }
    format!(
        "[{}  ... displaying {MAX_SETS} of {} total bound parameter sets ...  {}]",
        all(&sets[..MAX_SETS - 2]),
        sets.len(),
        all(&sets[sets.len() - 2..])
    )
}

/// Joins values, leaving out the middle of a long list.
fn joined(shown: &[String]) -> String {
    if shown.len() <= MAX_VALUES {
        return shown.join(", ");
    }
    let half = MAX_VALUES / 2;
    format!(
        "{} ... {} parameters truncated ... {}",
        shown[..half].join(", "),
        shown.len() - MAX_VALUES,
        shown[shown.len() - half..].join(", ")
    )
}

fn shortened_repr(value: &Value) -> String {
    let text = value_repr(value);
    let length = text.chars().count();
    if length <= MAX_CHARACTERS {
        return text;
    }
    let half = MAX_CHARACTERS / 2;
    let start: String = text.chars().take(half).collect();
    let end: String = text.chars().skip(length - half).collect();
    format!("{start} ... ({} characters truncated) ... {end}", length - MAX_CHARACTERS)
}

/// Writes a string as Python's `repr` does.
#[must_use]
pub fn text_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut repr = String::with_capacity(text.len() + 2);
    repr.push(quote);
    for character in text.chars() {
        match character {
            '\\' => repr.push_str("\\\\"),
            '\n' => repr.push_str("\\n"),
            '\r' => repr.push_str("\\r"),
            '\t' => repr.push_str("\\t"),
            ' '..='~' if character == quote => {
                repr.push('\\');
                repr.push(quote);
            }
            ' '..='~' => repr.push(character),
            _ if is_printable(character) => repr.push(character),
            _ => push_escape(&mut repr, u32::from(character)),
        }
    }
    repr.push(quote);
    repr
}

fn is_printable(character: char) -> bool {
    let mut buffer = [0; 4];
    let text: &str = character.encode_utf8(&mut buffer);
    UNPRINTABLE.as_ref().is_some_and(|pattern| !pattern.is_match(text)) && !character.is_control()
}

fn push_escape(repr: &mut String, code: u32) {
    // Writing to a string cannot fail.
    let _ = match code {
        0..=0xff => write!(repr, "\\x{code:02x}"),
        0x100..=0xffff => write!(repr, "\\u{code:04x}"),
        _ => write!(repr, "\\U{code:08x}"),
    };
}

fn bytes_repr(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut repr = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\\' => repr.push_str("\\\\"),
            b'\n' => repr.push_str("\\n"),
            b'\r' => repr.push_str("\\r"),
            b'\t' => repr.push_str("\\t"),
            b' '..=b'~' => {
                if char::from(byte) == quote {
                    repr.push('\\');
                }
                repr.push(char::from(byte));
            }
            _ => push_escape(&mut repr, byte.into()),
        }
    }
    repr.push(quote);
    repr
}

/// Writes a float as Python's `repr` does: the shortest digits that read back as the same number.
#[must_use]
pub fn float_repr(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = number.to_string();
        if plain.contains('.') { plain } else { format!("{plain}.0") }
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{digits}e{sign}{:02}", exponent.abs())
    }
}

fn time_arguments(time: jiff::civil::Time) -> String {
    let microsecond = time.subsec_nanosecond() / 1_000;
    let mut arguments = format!("{}, {}", time.hour(), time.minute());
    if time.second() != 0 || microsecond != 0 {
        let _ = write!(arguments, ", {}", time.second());
    }
    if microsecond != 0 {
        let _ = write!(arguments, ", {microsecond}");
    }
    arguments
}

fn zone_argument(offset: Option<jiff::tz::Offset>) -> String {
    offset.map_or_else(String::new, |offset| match offset.seconds() {
        0 => ", tzinfo=datetime.timezone.utc".to_owned(),
        seconds => format!(
            ", tzinfo=datetime.timezone({})",
            interval_repr(jiff::SignedDuration::from_secs(seconds.into()))
        ),
    })
}

fn interval_repr(duration: jiff::SignedDuration) -> String {
    let micros = duration.as_micros();
    let days = micros.div_euclid(86_400_000_000);
    let rest = micros.rem_euclid(86_400_000_000);
    let parts = [("days", days), ("seconds", rest / 1_000_000), ("microseconds", rest % 1_000_000)];
    let shown: Vec<String> = parts
        .iter()
        .filter(|(_, count)| *count != 0)
        .map(|(name, count)| format!("{name}={count}"))
        .collect();
    if shown.is_empty() {
        "datetime.timedelta(0)".to_owned()
    } else {
        format!("datetime.timedelta({})", shown.join(", "))
    }
}

fn json_repr(document: &serde_json::Value) -> String {
    match document {
        serde_json::Value::Null => "None".to_owned(),
        serde_json::Value::Bool(flag) => value_repr(&Value::Bool(*flag)),
        serde_json::Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => float_repr(float),
            _ => number.to_string(),
        },
        serde_json::Value::String(text) => text_repr(text),
        serde_json::Value::Array(items) => {
            format!("[{}]", items.iter().map(json_repr).collect::<Vec<_>>().join(", "))
        }
        serde_json::Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("{}: {}", text_repr(key), json_repr(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}
