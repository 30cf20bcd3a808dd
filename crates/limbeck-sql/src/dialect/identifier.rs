//! Names in SQL: when they are quoted, with what, and how schema and table come together.

use super::{CompileOptions, Dialect};
use crate::error::{Error, Result};
use crate::schema::{Identifier, ResolvedName};

/// The quote characters of a dialect's delimited identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentifierQuotes {
    /// Begins a delimited name.
    pub initial: char,
    /// Ends it.
    pub last: char,
    /// Is doubled inside of it.
    pub escaped: char,
}

impl Default for IdentifierQuotes {
    fn default() -> Self {
        Self { initial: '"', last: '"', escaped: '"' }
    }
}

/// Tells whether a character may stand in a name without quotes.
///
/// Beside the ASCII ones these are the two letters that Python's case-insensitive `[A-Z]` also takes and that are
/// lower-case themselves.
fn is_legal(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '\u{131}' | '\u{17f}')
}

/// Tells whether a name has characters that only a quoted name may have, leaving case aside.
pub(super) fn has_illegal_characters(name: &str) -> bool {
    name.is_empty() || !name.chars().all(is_legal)
}

/// Tells whether a name must be quoted: reserved words, upper case, characters that a plain name cannot have.
pub(super) fn requires_quotes(dialect: &dyn Dialect, name: &str) -> bool {
    let Some(first) = name.chars().next() else { return true };
    let lower = name.to_lowercase();
    lower != name
        || first.is_ascii_digit()
        || first == '$'
        || has_illegal_characters(name)
        || dialect.reserved_words().binary_search(&lower.as_str()).is_ok()
}

/// Quotes a name, whatever it is.
pub(super) fn quote_identifier(dialect: &dyn Dialect, name: &str) -> String {
    let quotes = dialect.identifier_quotes();
    let mut out = String::with_capacity(name.len() + 2);
    out.push(quotes.initial);
    for c in name.chars() {
        if c == quotes.escaped || (c == '%' && dialect.doubles_percents_in_names()) {
            out.push(c);
        }
        out.push(c);
    }
    out.push(quotes.last);
    out
}

/// Puts another schema in a schema's place, as `schema_translate_map` says.
///
/// # Errors
/// A map that leads to no schema on a dialect that has no default one.
pub(super) fn translated_schema(
    dialect: &dyn Dialect,
    schema: Option<&Identifier>,
    options: &CompileOptions,
) -> Result<Option<Identifier>> {
    let name = schema.map(Identifier::as_str);
    let Some((_, target)) = options.schema_translate_map.iter().find(|(from, _)| from.as_deref() == name)
    else {
        return Ok(schema.cloned());
    };
    match target.as_deref().filter(|target| !target.is_empty()).or(dialect.default_schema_name()) {
        Some(target) => Ok(Some(Identifier::new(target))),
        None => Err(Error::Compile(
            "Dialect has no default schema name; can't use None as dynamic schema target.".to_owned(),
        )),
    }
}

/// Writes a name with its schema in front of it.
pub(super) fn format_table(
    dialect: &dyn Dialect,
    schema: Option<&Identifier>,
    name: &Identifier,
    options: &CompileOptions,
) -> Result<String> {
    let name = dialect.quote(name);
    let schema = translated_schema(dialect, schema, options)?;
    Ok(match schema.filter(|schema| !schema.as_str().is_empty()) {
        Some(schema) => format!("{}.{name}", dialect.quote_schema(&schema)),
        None => name,
    })
}

/// Writes the name of a constraint or an index, cut to the dialect's longest when it may be.
///
/// # Errors
/// A name that is too long and was given by the user.
pub(super) fn format_constraint_name(
    dialect: &dyn Dialect,
    resolved: &ResolvedName,
    longest: usize,
) -> Result<String> {
    let text = resolved.name.as_str();
    let length = text.chars().count();
    if length <= longest {
        return Ok(dialect.quote(&resolved.name));
    }
    if !resolved.truncatable {
        // what the user named is only held against the longest name of all
        let longest = dialect.max_identifier_length();
        if length <= longest {
            return Ok(dialect.quote(&resolved.name));
        }
        return Err(Error::Identifier(format!(
            "Identifier '{text}' exceeds maximum length of {longest} characters"
        )));
    }
    let kept: String = text.chars().take(longest.saturating_sub(8)).collect();
    let digest = super::md5::hex(text.as_bytes());
    let name = format!("{kept}_{}", &digest[digest.len() - 4..]);
    Ok(dialect.quote(&Identifier::quoted(name, resolved.name.quote())))
}

/// Lets through a phrase of SQL keywords, such as `SET NULL`.
///
/// # Errors
/// Anything but words and white space.
pub(super) fn validate_phrase(phrase: &str) -> Result<&str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let starts_and_ends =
        phrase.chars().next().is_some_and(is_word) && phrase.chars().next_back().is_some_and(is_word);
    if starts_and_ends && phrase.chars().all(|c| is_word(c) || c.is_whitespace()) {
        return Ok(phrase);
    }
    Err(unexpected_phrase(phrase, r"^\w+(?:\s+\w+)*$"))
}

/// Gives the error for a phrase that does not have the form that a pattern says.
pub(super) fn unexpected_phrase(phrase: &str, pattern: &str) -> Error {
    let (phrase, pattern) = (crate::engine::text_repr(phrase), crate::engine::text_repr(pattern));
    Error::Compile(format!("Unexpected SQL phrase: {phrase} (matching against {pattern})"))
}
