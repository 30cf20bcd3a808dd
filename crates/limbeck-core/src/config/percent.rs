//! Python's `template % {...}` for templates in configuration values: `%(name)s`, `%(year)d`, `%(month).2d`.

use std::fmt::Write as _;

use super::text;

/// A value that a template can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Argument<'a> {
    /// A string.
    Text(&'a str),
    /// An integer.
    Integer(i64),
}

/// Why a template cannot be formatted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// The template names a value that does not exist.
    #[error("{} is not a known name in {}", text::repr(.name), text::repr(&text::hide_passwords(.template)))]
    UnknownName {
        /// The name between the parentheses.
        name: String,
        /// The whole template.
        template: String,
    },
    /// A conversion is cut off, lacks its `(name)`, or does not suit its value.
    #[error("{problem} in {}", text::repr(&text::hide_passwords(.template)))]
    Conversion {
        /// What is wrong.
        problem: String,
        /// The whole template.
        template: String,
    },
}

/// One conversion: what stands between `%` and its letter.
#[derive(Default)]
struct Specification {
    alternate: bool,
    zero: bool,
    left: bool,
    space: bool,
    plus: bool,
    width: usize,
    precision: Option<usize>,
}

/// The largest width or precision taken; more is a mistake, and would only cost memory.
const LARGEST_WIDTH: usize = 4096;

/// Formats `template` as Python's `%` operator does with a dictionary on its right.
///
/// # Errors
/// Unknown names, conversions without a name, and conversions of floating-point numbers, for which there is no value.
pub(crate) fn format<'a>(
    template: &str,
    lookup: impl Fn(&str) -> Option<Argument<'a>>,
) -> Result<String, FormatError> {
    let fail = |problem: String| FormatError::Conversion { problem, template: template.to_owned() };
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(position) = rest.find('%') {
        out.push_str(&rest[..position]);
        rest = &rest[position + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let mut name = None;
        if let Some(after) = rest.strip_prefix('(') {
            let end = closing_parenthesis(after).ok_or_else(|| fail("incomplete format key".to_owned()))?;
            name = Some(&after[..end]);
            rest = &after[end + 1..];
        }
        let (specification, after) = specification(rest).map_err(&fail)?;
        let mut chars = after.chars();
        let conversion = chars.next().ok_or_else(|| fail("incomplete format".to_owned()))?;
        rest = chars.as_str();
        let name = name.ok_or_else(|| fail(format!("'%{conversion}' without a (name)")))?;
        let argument = lookup(name).ok_or_else(|| FormatError::UnknownName {
            name: name.to_owned(),
            template: template.to_owned(),
        })?;
        convert(&mut out, &specification, conversion, argument).map_err(&fail)?;
    }
    out.push_str(rest);
    Ok(out)
}

/// The position of the parenthesis that closes a name; names may hold balanced ones.
fn closing_parenthesis(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (position, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(position);
        }
    }
    None
}

/// Reads flags, width, precision and the length letters that Python ignores.
fn specification(mut rest: &str) -> Result<(Specification, &str), String> {
    let mut result = Specification::default();
    while let Some(flag) = rest.chars().next() {
        match flag {
            '#' => result.alternate = true,
            '0' => result.zero = true,
            '-' => result.left = true,
            ' ' => result.space = true,
            '+' => result.plus = true,
            _ => break,
        }
        rest = &rest[1..];
    }
    (result.width, rest) = number(rest)?;
    if let Some(after) = rest.strip_prefix('.') {
        let precision;
        (precision, rest) = number(after)?;
        result.precision = Some(precision);
    }
    rest = rest.strip_prefix(['h', 'l', 'L']).unwrap_or(rest);
    Ok((result, rest))
}

/// Reads digits; none are zero.
fn number(text: &str) -> Result<(usize, &str), String> {
    if text.starts_with('*') {
        return Err("'*' as a width".to_owned());
    }
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() {
        return Ok((0, rest));
    }
    match digits.parse() {
        Ok(number) if number <= LARGEST_WIDTH => Ok((number, rest)),
        _ => Err(format!("width {digits} is too large")),
    }
}

/// Appends one converted value.
fn convert(
    out: &mut String,
    specification: &Specification,
    conversion: char,
    argument: Argument<'_>,
) -> Result<(), String> {
    let (sign, body) = match (conversion, argument) {
        ('d' | 'i' | 'u' | 'x' | 'X' | 'o', Argument::Integer(number)) => {
            integer(specification, conversion, number)
        }
        ('d' | 'i' | 'u' | 'x' | 'X' | 'o', Argument::Text(_)) => {
            let expected = if matches!(conversion, 'x' | 'X' | 'o') { "an integer" } else { "a real number" };
            return Err(format!("%{conversion} format: {expected} is required, not str"));
        }
        ('s', Argument::Text(value)) => (String::new(), cut(value, specification.precision)),
        ('r' | 'a', Argument::Text(value)) => {
            (String::new(), cut(&text::repr(value), specification.precision))
        }
        ('s' | 'r' | 'a', Argument::Integer(number)) => {
            (String::new(), cut(&number.to_string(), specification.precision))
        }
        (other, _) => return Err(format!("unsupported format character {}", text::repr(&other.to_string()))),
    };
    let length = sign.chars().count() + body.chars().count();
    let padding = specification.width.saturating_sub(length);
    let numeric = !matches!(conversion, 's' | 'r' | 'a');
    if specification.left {
        let _ = write!(out, "{sign}{body}{:padding$}", "");
    } else if specification.zero && numeric {
        let _ = write!(out, "{sign}{:0>padding$}{body}", "");
    } else {
        let _ = write!(out, "{:padding$}{sign}{body}", "");
    }
    Ok(())
}

/// The sign (with the prefix of `#`) and the digits of an integer.
fn integer(specification: &Specification, conversion: char, number: i64) -> (String, String) {
    let magnitude = number.unsigned_abs();
    let (prefix, digits) = match conversion {
        'x' => ("0x", format!("{magnitude:x}")),
        'X' => ("0X", format!("{magnitude:X}")),
        'o' => ("0o", format!("{magnitude:o}")),
        _ => ("", magnitude.to_string()),
    };
    let mut sign = String::new();
    if number < 0 {
        sign.push('-');
    } else if specification.plus {
        sign.push('+');
    } else if specification.space {
        sign.push(' ');
    }
    if specification.alternate {
        sign.push_str(prefix);
    }
    let precision = specification.precision.unwrap_or(0);
    (sign, format!("{digits:0>precision$}"))
}

/// The first `precision` characters.
fn cut(value: &str, precision: Option<usize>) -> String {
    match precision {
        Some(precision) => value.chars().take(precision).collect(),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Argument, FormatError, format};

    fn lookup(name: &str) -> Option<Argument<'static>> {
        match name {
            "slug" => Some(Argument::Text("add_é_table")),
            "year" => Some(Argument::Integer(2026)),
            "month" => Some(Argument::Integer(7)),
            "below" => Some(Argument::Integer(-7)),
            "a(b)" => Some(Argument::Text("nested")),
            _ => None,
        }
    }

    /// Expectations from CPython 3.11: `template % {"slug": "add_é_table", "year": 2026, "month": 7, "below": -7}`.
    #[test]
    fn templates_format_as_in_python() {
        for (template, expected) in [
            ("", ""),
            ("no conversion", "no conversion"),
            ("100%%", "100%"),
            ("%(year)d-%(month).2d", "2026-07"),
            ("%(year)s-%(month)02d", "2026-07"),
            ("%(month)2d|%(month)-3d|%(month)+d|%(month) d", " 7|7  |+7| 7"),
            ("%(below).3d|%(below)05d|%(below)5d", "-007|-0007|   -7"),
            ("%(month)06.3d|%(month)-6.3d|", "000007|007   |"),
            ("%(year)x %(year)X %(year)o %(year)#x %(year)i %(year)u", "7ea 7EA 3752 0x7ea 2026 2026"),
            ("%(year)#08x", "0x0007ea"),
            (
                "%(slug).5s|%(slug)12s|%(slug)-12s|%(slug)012s|",
                "add_é| add_é_table|add_é_table | add_é_table|",
            ),
            ("%(slug)r", "'add_é_table'"),
            ("%(year)ld", "2026"),
            ("%(a(b))s", "nested"),
            ("%(below)#06x", "-0x007"),
            ("%(year).d", "2026"),
        ] {
            assert_eq!(format(template, lookup).as_deref(), Ok(expected), "{template}");
        }
    }

    #[test]
    fn unknown_names_and_broken_conversions_are_named() {
        assert_eq!(
            format("%(nope)s", lookup),
            Err(FormatError::UnknownName { name: "nope".into(), template: "%(nope)s".into() })
        );
        for (template, problem) in [
            ("50%", "incomplete format in '50%'"),
            ("%(year", "incomplete format key in '%(year'"),
            ("%s", "'%s' without a (name) in '%s'"),
            ("%(slug)x", "%x format: an integer is required, not str in '%(slug)x'"),
            ("%(slug)d", "%d format: a real number is required, not str in '%(slug)d'"),
            ("%(slug)%", "unsupported format character '%' in '%(slug)%'"),
            ("%(year)f", "unsupported format character 'f' in '%(year)f'"),
            ("%(year)*d", "'*' as a width in '%(year)*d'"),
            (
                "%(year)99999999999999999999d",
                "width 99999999999999999999 is too large in '%(year)99999999999999999999d'",
            ),
        ] {
            assert_eq!(format(template, lookup).map_err(|error| error.to_string()), Err(problem.to_owned()));
        }
    }
}
