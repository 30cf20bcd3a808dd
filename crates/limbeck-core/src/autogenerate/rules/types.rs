//! Types compared by the SQL that they stand for, word by word.

use limbeck_sql::dialect::Dialect;
use limbeck_sql::types::SqlType;

use crate::error::Result;

/// A type's SQL in parts: `NUMERIC(10, 5)` is the word `numeric` with two arguments.
#[derive(Debug, PartialEq, Eq)]
struct Parameters {
    first: String,
    others: Vec<String>,
    arguments: Vec<String>,
}

/// Tells whether two types differ on a database.
pub(super) fn differ(
    dialect: &dyn Dialect,
    synonyms: &[&[&str]],
    inspected: &SqlType,
    metadata: &SqlType,
) -> Result<bool> {
    let inspected = tokenize(&dialect.type_sql(inspected)?.to_lowercase());
    let metadata = tokenize(&dialect.type_sql(metadata)?.to_lowercase());
    Ok(!(types_match(synonyms, &inspected, &metadata) && arguments_match(&inspected, &metadata)))
}

/// Splits a type's SQL into words and the arguments in its last parentheses.
fn tokenize(definition: &str) -> Parameters {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut words = Vec::new();
    let mut parentheses = None;
    let mut rest = definition;
    while let Some(c) = rest.chars().next() {
        if is_word(c) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            words.push(rest[..end].to_owned());
            rest = &rest[end..];
        } else if c == '('
            // something must stand between the parentheses
            && let Some(second) = rest[1..].chars().next()
            && let Some(end) = rest[1 + second.len_utf8()..].find(')')
        {
            let end = 1 + second.len_utf8() + end;
            parentheses = Some(&rest[1..end]);
            rest = &rest[end + 1..];
        } else {
            rest = &rest[c.len_utf8()..];
        }
    }
    let arguments = parentheses
        .map(|inside| {
            inside
                .split(['(', ')', ','])
                .filter(|term| !term.is_empty() && !term.contains('='))
                .map(|term| term.trim().to_owned())
                .collect()
        })
        .unwrap_or_default();
    let mut words = words.into_iter();
    Parameters { first: words.next().unwrap_or_default(), others: words.collect(), arguments }
}

fn types_match(synonyms: &[&[&str]], inspected: &Parameters, metadata: &Parameters) -> bool {
    if inspected.first == metadata.first {
        return true;
    }
    let (inspected_all, metadata_all) = (inspected.all_words(), metadata.all_words());
    synonyms.iter().any(|set| {
        let both = |one: &str, other: &str| set.contains(&one) && set.contains(&other);
        both(&inspected_all, &metadata_all) || both(&inspected.first, &metadata.first)
    })
}

/// Compares what both sides say; what only one says does not count.
fn arguments_match(inspected: &Parameters, metadata: &Parameters) -> bool {
    let same = |one: &[String], other: &[String]| one.len() != other.len() || one == other;
    same(&metadata.others, &inspected.others) && same(&metadata.arguments, &inspected.arguments)
}

impl Parameters {
    fn all_words(&self) -> String {
        std::iter::once(self.first.as_str())
            .chain(self.others.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(first: &str, others: &[&str], arguments: &[&str]) -> Parameters {
        let owned = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        Parameters { first: first.to_owned(), others: owned(others), arguments: owned(arguments) }
    }

    #[test]
    fn a_type_falls_into_words_and_arguments() {
        assert_eq!(tokenize("numeric(10, 5)"), parameters("numeric", &[], &["10", "5"]));
        assert_eq!(tokenize("integer(10) unsigned"), parameters("integer", &["unsigned"], &["10"]));
        assert_eq!(
            tokenize("varchar(3) collate \"nocase\""),
            parameters("varchar", &["collate", "nocase"], &["3"])
        );
        assert_eq!(tokenize("geometry(srid=4326)"), parameters("geometry", &[], &[]));
    }

    #[test]
    fn what_only_one_side_says_is_no_difference() {
        let synonyms: &[&[&str]] = &[&["numeric", "decimal"]];
        let same = |one: &str, other: &str| {
            let (one, other) = (tokenize(one), tokenize(other));
            types_match(synonyms, &one, &other) && arguments_match(&one, &other)
        };
        assert!(same("numeric(10, 2)", "decimal"));
        assert!(!same("numeric(10, 2)", "decimal(10, 3)"));
        assert!(same("varchar(30)", "varchar"));
        assert!(!same("varchar(30)", "varchar(50)"));
        assert!(!same("varchar(30)", "text"));
    }
}
