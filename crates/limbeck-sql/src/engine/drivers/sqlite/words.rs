//! The words of SQLite's SQL, for looking at a statement without parsing all of it.

use std::borrow::Cow;

/// The words of a text: names, quoted names and strings whole, every other character by itself; comments and
/// white space are left out.
#[derive(Clone, Debug)]
pub(crate) struct Words<'s> {
    sql: &'s str,
    position: usize,
}

impl<'s> Words<'s> {
    pub(crate) fn new(sql: &'s str) -> Self {
        Self { sql, position: 0 }
    }

    /// Gives the offset in bytes behind the last word.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = &self.sql[self.position..];
            let trimmed = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\u{feff}');
            self.position += rest.len() - trimmed.len();
            let skipped = if trimmed.starts_with("--") {
                trimmed.find('\n').map_or(trimmed.len(), |end| end + 1)
            } else if let Some(comment) = trimmed.strip_prefix("/*") {
                comment.find("*/").map_or(trimmed.len(), |end| end + 4)
            } else {
                return;
            };
            self.position += skipped;
        }
    }
}

impl<'s> Iterator for Words<'s> {
    type Item = &'s str;

    fn next(&mut self) -> Option<&'s str> {
        self.skip_blanks();
        let rest = &self.sql[self.position..];
        let first = rest.chars().next()?;
        let length = match first {
            '"' | '\'' | '`' => quoted_length(rest, first),
            '[' => rest.find(']').map_or(rest.len(), |end| end + 1),
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        self.position += length;
        Some(&rest[..length])
    }
}

/// Tells whether a character may stand in a name without quotes.
fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || character == '$' || !character.is_ascii()
}

/// Gives the length of a quoted text at the start of `rest`; a doubled quote does not end it.
fn quoted_length(rest: &str, quote: char) -> usize {
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((index, character)) = characters.next() {
        if character == quote {
            if characters.peek().is_some_and(|(_, next)| *next == quote) {
                characters.next();
            } else {
                return index + 1;
            }
        }
    }
    rest.len()
}

/// Gives a name without the quotes around it: SQLite takes double, single and back quotes, and brackets.
pub(crate) fn unquoted(word: &str) -> Cow<'_, str> {
    let inner = |quote: &str| {
        let bare = &word[1..word.len() - 1];
        if bare.contains(quote) {
            Cow::Owned(bare.replace(&quote.repeat(2), quote))
        } else {
            Cow::Borrowed(bare)
        }
    };
    match word.as_bytes() {
        [b'"', .., b'"'] => inner("\""),
        [b'`', .., b'`'] => inner("`"),
        [b'\'', .., b'\''] => inner("'"),
        [b'[', .., b']'] => Cow::Borrowed(&word[1..word.len() - 1]),
        _ => Cow::Borrowed(word),
    }
}
