//! What in SQL text is a string, a quoted name or a comment, by PostgreSQL's rules.

/// Gives where the string, quoted name or comment ends that begins at `start`; `None` when none begins there.
///
/// What is not closed ends with the text. `backslashes` says whether a backslash escapes in plain strings
/// (`standard_conforming_strings` off).
pub(super) fn end_of_quoted(sql: &str, start: usize, backslashes: bool) -> Option<usize> {
    let bytes = sql.as_bytes();
    let rest = &sql[start..];
    match bytes[start] {
        b'\'' => {
            let escapes = start > 0
                && matches!(bytes[start - 1], b'e' | b'E')
                && !(start > 1 && is_identifier(bytes[start - 2]));
            Some(end_of_string(bytes, start, b'\'', escapes || backslashes))
        }
        b'"' => Some(end_of_string(bytes, start, b'"', false)),
        b'-' if rest.starts_with("--") => {
            Some(rest.find(['\n', '\r']).map_or(sql.len(), |length| start + length))
        }
        b'/' if rest.starts_with("/*") => Some(end_of_comment(bytes, start)),
        b'$' if start == 0 || !is_identifier(bytes[start - 1]) => {
            let tag = dollar_tag(rest)?;
            let body = start + tag.len();
            Some(sql[body..].find(tag).map_or(sql.len(), |length| body + length + tag.len()))
        }
        _ => None,
    }
}

fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

fn end_of_string(bytes: &[u8], start: usize, quote: u8, escapes: bool) -> usize {
    let mut index = start + 1;
    while index < bytes.len() {
        match bytes[index] {
            b'\\' if escapes => index += 2,
            byte if byte == quote => {
                if bytes.get(index + 1) != Some(&quote) {
                    return index + 1;
                }
                index += 2;
            }
            _ => index += 1,
        }
    }
    bytes.len()
}

/// Comments of this kind may lie within one another.
fn end_of_comment(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0;
    let mut index = start;
    while index < bytes.len() {
        match &bytes[index..bytes.len().min(index + 2)] {
            b"/*" => {
                depth += 1;
                index += 2;
            }
            b"*/" => {
                depth -= 1;
                index += 2;
                if depth == 0 {
                    return index;
                }
            }
            _ => index += 1,
        }
    }
    bytes.len()
}

/// Gives `$$` or `$tag$` at the start of a text.
fn dollar_tag(text: &str) -> Option<&str> {
    let length = text[1..].find('$')?;
    let tag = &text[1..=length];
    let valid = tag.bytes().all(is_identifier) && !tag.starts_with(|first: char| first.is_ascii_digit());
    valid.then(|| &text[..length + 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(sql: &str) -> Vec<&str> {
        let mut found = Vec::new();
        let mut index = 0;
        while index < sql.len() {
            match end_of_quoted(sql, index, false) {
                Some(end) => {
                    found.push(&sql[index..end]);
                    index = end;
                }
                None => index += sql[index..].chars().next().map_or(1, char::len_utf8),
            }
        }
        found
    }

    #[test]
    fn strings_names_and_comments_are_found() {
        let cases: &[(&str, &[&str])] = &[
            ("a 'b''c' \"d\"\"'\" e", &["'b''c'", "\"d\"\"'\""]),
            (r"'\' E'\'' x e'\\'", &[r"'\'", r"'\''", r"'\\'"]),
            ("a -- b 'c\n'd'", &["-- b 'c", "'d'"]),
            ("/* a /* b */ 'c */ 'd'", &["/* a /* b */ 'c */", "'d'"]),
            ("$$ ' $$ $x$ $$ $x$ a$$b", &["$$ ' $$", "$x$ $$ $x$"]),
            ("$1 $2 'open", &["'open"]),
            ("é'ü'", &["'ü'"]),
            ("a / b - c $ d", &[]),
        ];
        for (sql, expected) in cases {
            assert_eq!(quoted(sql), *expected, "{sql}");
        }
    }
}
