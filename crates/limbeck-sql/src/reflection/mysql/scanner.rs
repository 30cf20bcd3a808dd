//! Reading of what `SHOW CREATE TABLE` gives, piece by piece.

/// The rest of a text that is read from its start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scanner<'t> {
    rest: &'t str,
    /// The character around names: a backtick, or a quotation mark where the server's modes say so.
    quote: char,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str, quote: char) -> Self {
        Self { rest: text.trim_start(), quote }
    }

    /// Begins to read another text, by the same rules.
    pub(super) fn within<'o>(&self, text: &'o str) -> Scanner<'o> {
        Scanner::new(text, self.quote)
    }

    /// Gives what has not been read.
    pub(super) fn rest(&self) -> &'t str {
        self.rest
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Reads a quoted name.
    pub(super) fn name(&mut self) -> Option<String> {
        let length = quoted_length(self.rest, self.quote, false)?;
        let name = self.rest[1..length - 1].to_owned();
        self.advance(length);
        Some(name.replace(&self.quote.to_string().repeat(2), &self.quote.to_string()))
    }

    /// Reads names with points between them.
    pub(super) fn path(&mut self) -> Option<Vec<String>> {
        let mut names = vec![self.name()?];
        while self.symbol('.') {
            names.push(self.name()?);
        }
        Some(names)
    }

    /// Reads a string with its quotes, as it is written.
    pub(super) fn string(&mut self) -> Option<&'t str> {
        let length = quoted_length(self.rest, '\'', true)?;
        let text = &self.rest[..length];
        self.advance(length);
        Some(text)
    }

    /// Reads a parenthesis up to its end; gives what is inside.
    pub(super) fn parenthesis(&mut self) -> Option<&'t str> {
        let length = parenthesis_length(self.rest)?;
        let inside = &self.rest[1..length - 1];
        self.advance(length);
        Some(inside)
    }

    /// Reads a word: letters, digits and underscores.
    pub(super) fn word(&mut self) -> Option<&'t str> {
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        self.advance(end);
        (end > 0).then_some(word)
    }

    /// Reads words when they are the next ones.
    pub(super) fn words(&mut self, words: &str) -> bool {
        let mut ahead = *self;
        for word in words.split(' ') {
            if !ahead.word().is_some_and(|next| next.eq_ignore_ascii_case(word)) {
                return false;
            }
        }
        *self = ahead;
        true
    }

    /// Reads a character when it is the next one.
    pub(super) fn symbol(&mut self, symbol: char) -> bool {
        let found = self.rest.starts_with(symbol);
        if found {
            self.advance(symbol.len_utf8());
        }
        found
    }

    /// Goes on behind whatever comes next: a name, a string, a parenthesis, a word or a single character.
    pub(super) fn skip(&mut self) {
        let length = quoted_length(self.rest, self.quote, false)
            .or_else(|| quoted_length(self.rest, '\'', true))
            .or_else(|| parenthesis_length(self.rest));
        if let Some(length) = length {
            self.advance(length);
        } else if self.word().is_none() {
            let length = self.rest.chars().next().map_or(0, char::len_utf8);
            self.advance(length);
        }
    }

    /// Reads an expression without spaces around it: a string, a parenthesis, or a word with those behind it, such as
    /// `b'101'`, `current_timestamp(3)` or `-1.5`.
    pub(super) fn operand(&mut self) -> &'t str {
        let whole = self.rest;
        let mut length = 0;
        while let Some(next) = whole[length..].chars().next() {
            let rest = &whole[length..];
            let step = quoted_length(rest, '\'', true)
                .or_else(|| quoted_length(rest, self.quote, false))
                .or_else(|| parenthesis_length(rest));
            length += match step {
                Some(step) => step,
                None if next.is_alphanumeric() || "_.-+".contains(next) => next.len_utf8(),
                None => break,
            };
        }
        self.advance(length);
        &whole[..length]
    }

    fn advance(&mut self, length: usize) {
        self.rest = self.rest[length..].trim_start();
    }
}

/// Gives the length of something in quotes, with them; a doubled quote is part of it.
fn quoted_length(text: &str, quote: char, backslash_escapes: bool) -> Option<usize> {
    let mut characters = text.char_indices().peekable();
    characters.next().filter(|(_, first)| *first == quote)?;
    while let Some((at, character)) = characters.next() {
        if character == '\\' && backslash_escapes {
            characters.next();
        } else if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return Some(at + quote.len_utf8());
        }
    }
    None
}

/// Gives the length of a parenthesis, with both of its ends; what is in quotes does not count.
fn parenthesis_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        let next = rest.chars().next()?;
        match next {
            '(' => depth += 1,
            _ if depth == 0 => return None,
            ')' => depth -= 1,
            '\'' | '`' | '"' => {
                at += quoted_length(rest, next, next != '`')?;
                continue;
            }
            _ => {}
        }
        at += next.len_utf8();
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Gives the text that a string stands for: quotes taken away, doubled ones made one, and backslashes read.
pub(super) fn unquoted(string: &str) -> String {
    let inside = string.get(1..string.len().saturating_sub(1)).unwrap_or_default();
    let mut text = String::with_capacity(inside.len());
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' => {
                characters.next();
                text.push('\'');
            }
            '\\' => match characters.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('0') => text.push('\0'),
                Some('Z') => text.push('\u{1a}'),
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_quotes_ends_nothing() {
        let mut scanner = Scanner::new("(`a)` <> ')' and \"(\" = '\\'') /*!80016 x */", '`');
        assert_eq!(scanner.parenthesis(), Some("`a)` <> ')' and \"(\" = '\\''"));
        assert_eq!(scanner.rest(), "/*!80016 x */");
    }

    #[test]
    fn names_strings_and_operands_are_read() {
        let mut scanner = Scanner::new("`a``b`.`c` 'it''s' b'101' current_timestamp(3) -1.5 x", '`');
        assert_eq!(scanner.path(), Some(vec!["a`b".to_owned(), "c".to_owned()]));
        assert_eq!(scanner.string().map(unquoted).as_deref(), Some("it's"));
        assert_eq!(scanner.operand(), "b'101'");
        assert_eq!(scanner.operand(), "current_timestamp(3)");
        assert_eq!(scanner.operand(), "-1.5");
        assert!(scanner.words("X") && scanner.is_at_end());
    }

    #[test]
    fn what_does_not_end_is_nothing() {
        assert_eq!(Scanner::new("`a", '`').name(), None);
        assert_eq!(Scanner::new("'a\\'", '`').string(), None);
        assert_eq!(Scanner::new("(a", '`').parenthesis(), None);
        assert_eq!(Scanner::new(")", '`').parenthesis(), None);
    }
}
