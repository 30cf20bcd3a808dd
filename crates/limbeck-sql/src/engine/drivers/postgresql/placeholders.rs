//! Parameters written into a statement as literals, by the rules for placeholders of the reference's drivers.

use std::borrow::Cow;

use super::errors::error;
use super::flavor::Flavor;
use super::lexer::end_of_quoted;
use super::literal::Literals;
use crate::engine::{Parameters, Value};
use crate::error::{DatabaseErrorKind, Error, Result};

/// Gives the text of a statement with its parameters in their places.
///
/// Fails with the driver's `ProgrammingError` for a placeholder without a value, or one inside a string or comment.
pub(super) fn fill<'s>(
    sql: &'s str,
    parameters: &Parameters,
    flavor: Flavor,
    literals: Literals,
) -> Result<Cow<'s, str>> {
    match flavor {
        Flavor::Asyncpg => fill_dollars(sql, parameters, flavor, literals),
        // The older driver looks at percent signs only when there are parameters, or two of the signs in a row.
        Flavor::Psycopg2 if parameters.is_empty() && !sql.contains("%%") => Ok(Cow::Borrowed(sql)),
        Flavor::Pg8000 if parameters.is_empty() => Ok(Cow::Borrowed(sql)),
        Flavor::Psycopg | Flavor::Psycopg2 | Flavor::Pg8000 => {
            fill_percents(sql, parameters, flavor, literals)
        }
    }
}

fn programming(flavor: Flavor, message: impl Into<String>) -> Error {
    error(flavor, DatabaseErrorKind::Programming, message)
}

/// Fills `%s` and `%(name)s`; `%%` is a percent sign.
fn fill_percents<'s>(
    sql: &'s str,
    parameters: &Parameters,
    flavor: Flavor,
    literals: Literals,
) -> Result<Cow<'s, str>> {
    if !sql.contains('%') {
        return match parameters {
            Parameters::Positional(values) if !values.is_empty() => {
                Err(count_mismatch(flavor, 0, values.len()))
            }
            _ => Ok(Cow::Borrowed(sql)),
        };
    }
    let mut filled = String::with_capacity(sql.len());
    let mut used = 0;
    // Up to where the text is a string, a quoted name or a comment.
    let mut quoted_until = 0;
    let mut copied = 0;
    let mut index = 0;
    let bytes = sql.as_bytes();
    while index < bytes.len() {
        if index >= quoted_until
            && let Some(end) = quoted_end(sql, index, literals)
        {
            quoted_until = end;
        }
        if bytes[index] != b'%' {
            index += 1;
            continue;
        }
        filled.push_str(&sql[copied..index]);
        let rest = &sql[index + 1..];
        if rest.starts_with('%') {
            filled.push('%');
            index += 2;
            copied = index;
            continue;
        }
        if flavor == Flavor::Pg8000 && index < quoted_until {
            filled.push('%');
            index += 1;
            copied = index;
            continue;
        }
        let (value, length) = match named(rest) {
            Some((name, length)) => (by_name(name, parameters, flavor)?, length),
            None if rest.starts_with(['s', 'b', 't']) => {
                let value = by_position(used, sql, parameters, flavor)?;
                used += 1;
                (value, 1)
            }
            None => return Err(no_placeholder(rest, flavor)),
        };
        if index < quoted_until {
            return Err(programming(
                flavor,
                format!(
                    "the placeholder '%{}' stands inside a string, a quoted name or a comment, where no parameter can be",
                    &rest[..length]
                ),
            ));
        }
        filled.push_str(&literals.render(value)?);
        index += 1 + length;
        copied = index;
    }
    if let Parameters::Positional(values) = parameters
        && used < values.len()
    {
        return Err(count_mismatch(flavor, used, values.len()));
    }
    filled.push_str(&sql[copied..]);
    Ok(Cow::Owned(filled))
}

/// Finds where something quoted ends that begins at a place, which must not be inside a character.
fn quoted_end(sql: &str, index: usize, literals: Literals) -> Option<usize> {
    matches!(sql.as_bytes()[index], b'\'' | b'"' | b'-' | b'/' | b'$')
        .then(|| end_of_quoted(sql, index, literals.backslashes))
        .flatten()
}

/// Reads `(name)s`; gives the name and the length of the whole.
fn named(text: &str) -> Option<(&str, usize)> {
    let (name, rest) = text.strip_prefix('(')?.split_once(')')?;
    rest.starts_with(['s', 'b', 't']).then(|| (name, name.len() + 3))
}

fn by_name<'p>(name: &str, parameters: &'p Parameters, flavor: Flavor) -> Result<&'p Value> {
    parameters.get(name).ok_or_else(|| match flavor {
        Flavor::Psycopg => programming(flavor, format!("query parameter missing: {name}")),
        _ => Error::Key(name.to_owned()),
    })
}

fn by_position<'p>(
    position: usize,
    sql: &str,
    parameters: &'p Parameters,
    flavor: Flavor,
) -> Result<&'p Value> {
    match parameters {
        Parameters::Positional(values) => values
            .get(position)
            .ok_or_else(|| count_mismatch(flavor, sql.matches("%s").count().max(position + 1), values.len())),
        Parameters::Named(_) => {
            Err(Error::Type("query parameters should be a sequence, got dict".to_owned()))
        }
    }
}

fn count_mismatch(flavor: Flavor, placeholders: usize, given: usize) -> Error {
    match flavor {
        Flavor::Psycopg2 => Error::Type("not all arguments converted during string formatting".to_owned()),
        _ => programming(
            flavor,
            format!("the query has {placeholders} placeholders but {given} parameters were passed"),
        ),
    }
}

fn no_placeholder(rest: &str, flavor: Flavor) -> Error {
    match rest.chars().next() {
        None | Some(' ') => programming(
            flavor,
            "incomplete placeholder: '%'; if you want to use '%' as an operator you can double it up, i.e. use '%%'",
        ),
        Some('(') => programming(
            flavor,
            format!("incomplete placeholder: '%{}'", rest.split_whitespace().next().unwrap_or_default()),
        ),
        Some(other) => {
            programming(flavor, format!("only '%s', '%b', '%t' are allowed as placeholders, got '%{other}'"))
        }
    }
}

/// Fills `$1` and so on, outside strings, quoted names and comments, as the server would.
fn fill_dollars<'s>(
    sql: &'s str,
    parameters: &Parameters,
    flavor: Flavor,
    literals: Literals,
) -> Result<Cow<'s, str>> {
    let values = match parameters {
        Parameters::Positional(values) => values.as_slice(),
        Parameters::Named(values) if values.is_empty() => &[],
        Parameters::Named(_) => {
            return Err(Error::Argument(
                "List argument must consist only of tuples or dictionaries".to_owned(),
            ));
        }
    };
    if values.is_empty() {
        return Ok(Cow::Borrowed(sql));
    }
    let bytes = sql.as_bytes();
    let mut filled = String::with_capacity(sql.len());
    let mut copied = 0;
    let mut index = 0;
    while index < bytes.len() {
        if let Some(end) = quoted_end(sql, index, literals) {
            index = end;
            continue;
        }
        let digits = if bytes[index] == b'$' {
            bytes[index + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count()
        } else {
            0
        };
        if digits == 0 {
            index += 1;
            continue;
        }
        let number: usize = sql[index + 1..=index + digits].parse().unwrap_or_default();
        let value = number.checked_sub(1).and_then(|position| values.get(position)).ok_or_else(|| {
            programming(
                flavor,
                format!("the server expects {number} arguments for this query, {} were passed", values.len()),
            )
        })?;
        filled.push_str(&sql[copied..index]);
        filled.push_str(&literals.render(value)?);
        index += 1 + digits;
        copied = index;
    }
    filled.push_str(&sql[copied..]);
    Ok(Cow::Owned(filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(sql: &str, parameters: impl Into<Parameters>, flavor: Flavor) -> Result<String> {
        let literals = Literals { backslashes: false, flavor };
        fill(sql, &parameters.into(), flavor, literals).map(Cow::into_owned)
    }

    fn named(values: &[(&str, Value)]) -> Parameters {
        Parameters::Named(values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    #[test]
    fn named_placeholders_are_filled_and_percents_halved() {
        let parameters = named(&[("a", Value::Int(-1)), ("b", Value::from("it's"))]);
        for flavor in [Flavor::Psycopg, Flavor::Psycopg2] {
            let sql = "SELECT %(a)s::INTEGER, %(b)s, 5 %% 3, '100 %%', %(a)s -- 50%%\n";
            assert_eq!(
                filled(sql, parameters.clone(), flavor).unwrap(),
                "SELECT (-1)::INTEGER, 'it''s', 5 % 3, '100 %', (-1) -- 50%\n"
            );
        }
    }

    #[test]
    fn placeholders_without_values_or_inside_strings_are_refused() {
        let parameters = named(&[("a", Value::from("x"))]);
        let message = |sql: &str| filled(sql, parameters.clone(), Flavor::Psycopg).unwrap_err().to_string();
        assert_eq!(message("SELECT %(b)s"), "(psycopg.ProgrammingError) query parameter missing: b");
        assert!(message("SELECT '%(a)s'").contains("inside a string"), "{}", message("SELECT '%(a)s'"));
        assert!(message("SELECT 1 /* %(a)s */").contains("a comment"));
        assert!(
            message("SELECT 5 % 3").starts_with("(psycopg.ProgrammingError) incomplete placeholder: '%'")
        );
        assert_eq!(
            message("SELECT '%'"),
            "(psycopg.ProgrammingError) only '%s', '%b', '%t' are allowed as placeholders, got '%''"
        );
    }

    #[test]
    fn a_value_with_percents_and_quotes_is_not_read_again() {
        let parameters = named(&[("a", Value::from("%(b)s '%s")), ("b", Value::from("$1"))]);
        assert_eq!(
            filled("SELECT %(a)s, %(b)s", parameters, Flavor::Psycopg).unwrap(),
            "SELECT '%(b)s ''%s', '$1'"
        );
    }

    #[test]
    fn positions_count_their_values() {
        let two = vec![Value::Int(1), Value::Int(2)];
        assert_eq!(filled("SELECT %s, %s", two.clone(), Flavor::Psycopg).unwrap(), "SELECT 1, 2");
        let error = filled("SELECT %s", two.clone(), Flavor::Psycopg).unwrap_err().to_string();
        assert_eq!(
            error,
            "(psycopg.ProgrammingError) the query has 1 placeholders but 2 parameters were passed"
        );
        assert_eq!(
            filled("SELECT $2, $1, '$1', $$ $1 $$, a$1", two, Flavor::Asyncpg).unwrap(),
            "SELECT 2, 1, '$1', $$ $1 $$, a1"
        );
    }

    #[test]
    fn statements_without_parameters_keep_their_percents_where_the_driver_leaves_them() {
        assert_eq!(filled("SELECT 5 % 3", (), Flavor::Psycopg2).unwrap(), "SELECT 5 % 3");
        assert_eq!(filled("SELECT 5 %% 3", (), Flavor::Psycopg2).unwrap(), "SELECT 5 % 3");
        assert_eq!(filled("SELECT 5 %% 3", (), Flavor::Pg8000).unwrap(), "SELECT 5 %% 3");
        assert_eq!(filled("SELECT 5 %% 3", (), Flavor::Asyncpg).unwrap(), "SELECT 5 %% 3");
    }
}
