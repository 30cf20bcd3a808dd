//! Python's rules for text that symbols and messages depend on: tuples and lists as shown, `splitlines`, `int`.

use crate::config::text::{repr, strip};

/// Shows a tuple of strings as Python's `repr` does.
pub fn tuple_repr<T: AsRef<str>>(values: &[T]) -> String {
    let shown: Vec<String> = values.iter().map(|value| repr(value.as_ref())).collect();
    match shown.as_slice() {
        [one] => format!("({one},)"),
        several => format!("({})", several.join(", ")),
    }
}

/// Shows a list of strings as Python's `repr` does.
pub fn list_repr<T: AsRef<str>>(values: &[T]) -> String {
    let shown: Vec<String> = values.iter().map(|value| repr(value.as_ref())).collect();
    format!("[{}]", shown.join(", "))
}

/// Splits text into lines as Python's `str.splitlines` does.
pub fn split_lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((index, c)) = characters.next() {
        let is_end =
            matches!(c, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}');
        if !is_end {
            continue;
        }
        lines.push(&text[start..index]);
        start = index + c.len_utf8();
        if c == '\r' && characters.peek().is_some_and(|(_, next)| *next == '\n') {
            characters.next();
            start += 1;
        }
    }
    if start < text.len() {
        lines.push(&text[start..]);
    }
    lines
}

/// Reads an integer as Python's `int` does, large ones as the largest that fits; `None` where it raises.
pub fn int(text: &str) -> Option<i64> {
    let text = strip(text);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut value: i64 = 0;
    let mut after_digit = false;
    for c in digits.chars() {
        match c.to_digit(10) {
            Some(digit) => {
                value = value.saturating_mul(10).saturating_add(i64::from(digit));
                after_digit = true;
            }
            None if c == '_' && after_digit => after_digit = false,
            None => return None,
        }
    }
    after_digit.then_some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tuples_and_lists_are_shown_as_python_shows_them() {
        assert_eq!(tuple_repr(&["a"]), "('a',)");
        assert_eq!(tuple_repr::<&str>(&[]), "()");
        assert_eq!(list_repr(&["a", "b"]), "['a', 'b']");
    }

    #[test]
    fn integers_are_read_where_python_reads_them() {
        assert_eq!(int("-2"), Some(-2));
        assert_eq!(int(" 1_0 "), Some(10));
        assert_eq!(int("1__0"), None);
        assert_eq!(int("_1"), None);
        assert_eq!(int("1_"), None);
        assert_eq!(int("1e5"), None);
        assert_eq!(int(""), None);
        assert_eq!(int("-99999999999999999999"), Some(-i64::MAX));
    }

    #[test]
    fn lines_end_where_python_ends_them() {
        assert_eq!(split_lines("a\r\nb\u{2028}c\n"), ["a", "b", "c"]);
        assert_eq!(split_lines("a\n\nb"), ["a", "", "b"]);
        assert!(split_lines("").is_empty());
    }
}
