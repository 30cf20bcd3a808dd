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

/// Splits text into words as Python's `shlex.split` does.
///
/// # Errors
/// An open quote, and a backslash at the end, in the words of Python's `ValueError`.
pub fn shell_words(text: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next().ok_or("No closing quotation")? {
                        end if end == c => break,
                        '\\' if c == '"' => {
                            let escaped = characters.next().ok_or("No escaped character")?;
                            if !matches!(escaped, '"' | '\\') {
                                word.push('\\');
                            }
                            word.push(escaped);
                        }
                        inside => word.push(inside),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(characters.next().ok_or("No escaped character")?),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expectations from CPython 3.11: `shlex.split(text)`.
    #[test]
    fn words_are_split_as_shlex_does() {
        for (text, expected) in [
            ("", &[][..]),
            (" a  b\tc\nd\r", &["a", "b", "c", "d"]),
            ("a'b c'd \"\" ''", &["ab cd", "", ""]),
            (r#""a\"b\\c\d\$" 'x\' y\ z"#, &[r#"a"b\c\d\$"#, "x\\", "y z"]),
            ("a#b #c $d `e` f;g|h", &["a#b", "#c", "$d", "`e`", "f;g|h"]),
        ] {
            assert_eq!(shell_words(text).unwrap(), expected, "{text}");
        }
        assert_eq!(shell_words("a 'b"), Err("No closing quotation"));
        assert_eq!(shell_words("a \"b\\\""), Err("No closing quotation"));
        assert_eq!(shell_words("a\\"), Err("No escaped character"));
        assert_eq!(shell_words("\"a\\"), Err("No escaped character"));
    }

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
