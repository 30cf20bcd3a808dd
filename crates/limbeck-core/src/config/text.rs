//! The small parts of Python's `str` that reading a configuration depends on: white space, `strip` and `repr`.

/// Whether Python's `str.isspace` counts `c` as white space; it has four more characters than Unicode's property.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// Removes white space at both ends, as Python's `str.strip`.
pub(crate) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Removes white space at the end, as Python's `str.rstrip`.
pub(crate) fn rstrip(text: &str) -> &str {
    text.trim_end_matches(is_space)
}

/// Writes text as Python's `repr` does, for messages that quote it.
pub(crate) use limbeck_sql::engine::text_repr as repr;

/// Writes a path as Python's `os.fspath` would give it to `repr`; bytes that are not text are replaced.
pub(crate) fn repr_path(path: &std::path::Path) -> String {
    repr(&path.to_string_lossy())
}

/// Replaces the passwords in everything in `text` that looks like `scheme://user:password@host` or
/// `scheme://host?password=...`.
///
/// An ini file holds database URLs, and messages about a broken line quote that line; tracebacks quote lines of env.py.
#[must_use]
pub fn hide_passwords(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let after = start + 3;
        out.push_str(&rest[..after]);
        rest = &rest[after..];
        let (url, behind) = rest.split_at(rest.find(is_space).unwrap_or(rest.len()));
        rest = behind;
        let url = without_secret_arguments(url);
        // A password may hold anything, `@` included, when nobody escaped it.
        match url.rfind('@').and_then(|at| Some((url[..at].find(':')?, at))) {
            Some((colon, at)) => {
                out.push_str(&url[..=colon]);
                out.push_str("***");
                out.push_str(&url[at..]);
            }
            None => out.push_str(&url),
        }
    }
    out.push_str(rest);
    out
}

/// Hides the values of those arguments of a URL in which drivers take a password.
fn without_secret_arguments(mut url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    while let Some(equals) = url.find('=') {
        let name = url[..equals].rsplit(['?', '&']).next().unwrap_or_default().to_ascii_lowercase();
        out.push_str(&url[..=equals]);
        url = &url[equals + 1..];
        if ["password", "passwd", "pwd"].iter().any(|word| name.contains(word)) {
            out.push_str("***");
            url = &url[url.find(['&', '"', '\'']).unwrap_or(url.len())..];
        }
    }
    out.push_str(url);
    out
}

#[cfg(test)]
mod tests {
    use super::{hide_passwords, repr, strip};

    /// Expectations from CPython 3.11.
    #[test]
    fn repr_quotes_and_escapes_as_python_does() {
        for (text, expected) in [
            ("plain", "'plain'"),
            ("it's", "\"it's\""),
            ("it's \"both\"", "'it\\'s \"both\"'"),
            ("tab\tnewline\nback\\", "'tab\\tnewline\\nback\\\\'"),
            ("\u{feff}[alembic]\r", "'\\ufeff[alembic]\\r'"),
            ("nul\0 \x7f é \u{a0}", "'nul\\x00 \\x7f é \\xa0'"),
            ("\u{10ffff}", "'\\U0010ffff'"),
        ] {
            assert_eq!(repr(text), expected);
        }
    }

    #[test]
    fn strip_removes_what_python_counts_as_white_space() {
        assert_eq!(strip("\x1c \u{a0}\u{3000}a b\x1f\n"), "a b");
        assert_eq!(strip("\u{200b}a"), "\u{200b}a");
    }

    #[test]
    fn passwords_in_urls_are_hidden_even_when_badly_escaped() {
        for (text, expected) in [
            ("postgresql://scott:tiger@host/db", "postgresql://scott:***@host/db"),
            ("url = a://u:p%@x@h/d and b://v:q@h", "url = a://u:***@h/d and b://v:***@h"),
            ("sqlite:///file.db", "sqlite:///file.db"),
            ("postgresql://host:5432/db", "postgresql://host:5432/db"),
            ("postgresql://user@host:5432/db", "postgresql://user@host:5432/db"),
            ("'a://h/d?user=u&password=p:w@q&x=1' b", "'a://h/d?user=u&password=***&x=1' b"),
            ("f('a://h/d?passwd=p'),'b'", "f('a://h/d?passwd=***'),'b'"),
            ("(a://u:p://q@h)", "(a://u:***@h)"),
        ] {
            assert_eq!(hide_passwords(text), expected);
        }
    }
}
