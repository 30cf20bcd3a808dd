//! The operators, functions, filters and string methods of the native template renderer. Each does what Python's
//! or Mako's does, or says what it does not know.

use ruff_python_ast::Operator;

use super::value::{Function, Value, is_space, iso_format_of};

/// What is unsupported, as the error.
pub(super) type Native<T> = Result<T, String>;

pub(super) fn filter_function(name: &str) -> Native<Function> {
    match name {
        "xml_escape" => Ok(Function::XmlEscape),
        "html_escape" => Ok(Function::HtmlEscape),
        "url_escape" => Ok(Function::UrlEscape),
        "trim" => Ok(Function::Trim),
        _ => Err(format!("the filter '{name}'")),
    }
}

pub(super) fn letters(text: &str) -> Vec<Value> {
    text.chars().map(|letter| Value::String(letter.to_string())).collect()
}

pub(super) fn items(value: Value) -> Native<Vec<Value>> {
    match value {
        Value::Tuple(items) | Value::List(items) => Ok(items),
        Value::String(text) => Ok(letters(&text)),
        _ => Err("a loop over what is no sequence".to_owned()),
    }
}

/// A sequence of the kind of `model`.
pub(super) fn rebuilt(model: &Value, items: Vec<Value>) -> Native<Value> {
    Ok(match model {
        Value::Tuple(_) => Value::Tuple(items),
        Value::List(_) => Value::List(items),
        _ => {
            let mut text = String::new();
            for item in items {
                text.push_str(&item.str().ok_or("a slice")?);
            }
            Value::String(text)
        }
    })
}

/// A bound of a slice, counted from the end when negative.
pub(super) fn clamped(index: i64, length: usize) -> usize {
    let size = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
    if index < 0 { length.saturating_sub(size) } else { size.min(length) }
}

/// Python's `is`, where identity is certain.
pub(super) fn identical(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::None, Value::None) | (Value::Undefined, Value::Undefined) => Some(true),
        (Value::Bool(a), Value::Bool(b)) => Some(a == b),
        (Value::None | Value::Undefined | Value::Bool(_), _)
        | (_, Value::None | Value::Undefined | Value::Bool(_)) => Some(false),
        _ => None,
    }
}

pub(super) fn contains(container: &Value, item: &Value) -> Option<bool> {
    match (container, item) {
        (Value::String(text), Value::String(part)) => Some(text.contains(part.as_str())),
        (Value::Tuple(items) | Value::List(items), _) => {
            for candidate in items {
                if candidate.equals(item)? {
                    return Some(true);
                }
            }
            Some(false)
        }
        _ => None,
    }
}

pub(super) fn binary(left: &Value, operator: Operator, right: Value) -> Native<Value> {
    match (operator, left, right) {
        (Operator::Add, Value::String(a), Value::String(b)) => Ok(Value::String(format!("{a}{b}"))),
        (Operator::Add, Value::Tuple(a), Value::Tuple(b)) => Ok(Value::Tuple([a.as_slice(), &b].concat())),
        (Operator::Add, Value::List(a), Value::List(b)) => Ok(Value::List([a.as_slice(), &b].concat())),
        (Operator::Add, Value::Int(a), Value::Int(b)) => {
            a.checked_add(b).map(Value::Int).ok_or_else(|| "a large number".to_owned())
        }
        (Operator::Sub, Value::Int(a), Value::Int(b)) => {
            a.checked_sub(b).map(Value::Int).ok_or_else(|| "a large number".to_owned())
        }
        (Operator::Mod, Value::String(format), Value::Tuple(values)) => percent_format(format, &values),
        (Operator::Mod, Value::String(format), value) => percent_format(format, &[value]),
        _ => Err("arithmetic".to_owned()),
    }
}

/// `format % values` with `%s`, `%r`, `%d` and `%%`.
fn percent_format(format: &str, values: &[Value]) -> Native<Value> {
    let unknown = || "formatting with '%'".to_owned();
    let mut values = values.iter();
    let mut text = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some('%') => text.push('%'),
            Some('s') => text.push_str(&values.next().and_then(Value::str).ok_or_else(unknown)?),
            Some('r') => text.push_str(&values.next().and_then(Value::repr).ok_or_else(unknown)?),
            Some('d') => match values.next() {
                Some(Value::Int(value)) => text.push_str(&value.to_string()),
                _ => return Err(unknown()),
            },
            _ => return Err(unknown()),
        }
    }
    if values.next().is_some() { Err(unknown()) } else { Ok(Value::String(text)) }
}

pub(super) fn attribute_of(value: &Value, name: &str) -> Native<Value> {
    if let Value::DateTime(moment, _) = value {
        let part = match name {
            "year" => i64::from(moment.year()),
            "month" => i64::from(moment.month()),
            "day" => i64::from(moment.day()),
            "hour" => i64::from(moment.hour()),
            "minute" => i64::from(moment.minute()),
            "second" => i64::from(moment.second()),
            _ => return Err(format!("the attribute '{name}'")),
        };
        return Ok(Value::Int(part));
    }
    Err(format!("the attribute '{name}'"))
}

pub(super) fn apply(function: Function, arguments: &[Value]) -> Native<Value> {
    let unknown = || "a call that fails or is not known".to_owned();
    if function == Function::Str && arguments.is_empty() {
        return Ok(Value::String(String::new()));
    }
    let [argument] = arguments else { return Err(unknown()) };
    let escaped = |escape: fn(&str) -> String| match argument {
        Value::String(text) => Ok(escape(text)),
        _ => Err(unknown()),
    };
    Ok(match function {
        Function::Str => match argument {
            Value::Markup(_) => return Err(unknown()),
            _ => Value::String(argument.str().ok_or_else(unknown)?),
        },
        Function::Repr => Value::String(argument.repr().ok_or_else(unknown)?),
        Function::Bool => Value::Bool(argument.is_true()),
        Function::Len => {
            let length = match argument {
                Value::String(text) => text.chars().count(),
                Value::Tuple(items) | Value::List(items) => items.len(),
                _ => return Err(unknown()),
            };
            Value::Int(i64::try_from(length).map_err(|_| unknown())?)
        }
        Function::Tuple => Value::Tuple(items(argument.clone())?),
        Function::List => Value::List(items(argument.clone())?),
        Function::Enumerate => {
            let numbered = (0_i64..).zip(items(argument.clone())?);
            Value::List(numbered.map(|(index, item)| Value::Tuple(vec![Value::Int(index), item])).collect())
        }
        Function::Comma => Value::String(match argument {
            Value::None => String::new(),
            Value::String(text) => text.clone(),
            Value::Tuple(items) | Value::List(items) => joined(", ", items).ok_or_else(unknown)?,
            _ => return Err(unknown()),
        }),
        Function::XmlEscape => Value::String(escaped(xml_escape)?),
        Function::HtmlEscape => Value::Markup(escaped(xml_escape)?),
        Function::UrlEscape => Value::String(escaped(url_escape)?),
        Function::Trim => Value::String(escaped(|text| text.trim_matches(is_space).to_owned())?),
    })
}

fn joined(separator: &str, items: &[Value]) -> Option<String> {
    let texts: Option<Vec<&str>> = items
        .iter()
        .map(|item| if let Value::String(text) = item { Some(text.as_str()) } else { None })
        .collect();
    Some(texts?.join(separator))
}

/// Escapes as both `markupsafe.escape` and Mako's `x` filter do.
fn xml_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// Python's `urllib.parse.quote_plus`.
fn url_escape(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => escaped.push(byte.into()),
            b' ' => escaped.push('+'),
            _ => {
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}

pub(super) fn method_call(object: &Value, name: &str, arguments: &[Value]) -> Native<Value> {
    let unknown = || format!("the method '{name}'");
    if let (Value::DateTime(moment, offset), "isoformat", []) = (object, name, arguments) {
        return Ok(Value::String(iso_format_of(*moment, *offset)));
    }
    let Value::String(text) = object else { return Err(unknown()) };
    let stripped = |start: bool, end: bool| -> Native<Value> {
        let strips: Box<dyn Fn(char) -> bool> = match arguments {
            [] | [Value::None] => Box::new(is_space),
            [Value::String(letters)] => Box::new(|letter| letters.contains(letter)),
            _ => return Err(unknown()),
        };
        let mut rest = text.as_str();
        if start {
            rest = rest.trim_start_matches(&strips);
        }
        if end {
            rest = rest.trim_end_matches(&strips);
        }
        Ok(Value::String(rest.to_owned()))
    };
    Ok(match (name, arguments) {
        ("strip", _) => stripped(true, true)?,
        ("lstrip", _) => stripped(true, false)?,
        ("rstrip", _) => stripped(false, true)?,
        ("lower", []) => Value::String(text.to_lowercase()),
        ("upper", []) => Value::String(text.to_uppercase()),
        ("replace", [Value::String(from), Value::String(to)]) => {
            Value::String(text.replace(from.as_str(), to))
        }
        ("startswith", [Value::String(start)]) => Value::Bool(text.starts_with(start.as_str())),
        ("endswith", [Value::String(end)]) => Value::Bool(text.ends_with(end.as_str())),
        ("join", [Value::Tuple(items) | Value::List(items)]) => {
            Value::String(joined(text, items).ok_or_else(unknown)?)
        }
        ("split", [] | [Value::None]) => {
            let words = text.split(is_space).filter(|word| !word.is_empty());
            Value::List(words.map(|word| Value::String(word.to_owned())).collect())
        }
        ("split", [Value::String(separator)]) if !separator.is_empty() => {
            Value::List(text.split(separator.as_str()).map(|part| Value::String(part.to_owned())).collect())
        }
        _ => return Err(unknown()),
    })
}
