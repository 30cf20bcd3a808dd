//! Schemas of SQL Server, whose names may have the database's before them: `database.schema`.

use super::MssqlDialect;
use crate::dialect::Dialect;
use crate::schema::Identifier;

/// Quotes a schema: the database and the owner each by itself; brackets hold dots together.
pub(super) fn quote(dialect: &MssqlDialect, schema: &Identifier) -> String {
    // that a schema shall not be quoted is not heard, as in the reference
    if schema.quote() == Some(true) && !schema.as_str().contains(['[', ']']) {
        return dialect.quote(schema);
    }
    let (database, owner) = split(schema.as_str());
    let part = |part: &Part| dialect.quote(&Identifier::quoted(part.text.as_str(), part.quote));
    match (database, owner) {
        (Some(database), Some(owner)) => format!("{}.{}", part(&database), part(&owner)),
        (Some(only), None) | (None, Some(only)) => part(&only),
        (None, None) => String::new(),
    }
}

/// A part of the name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Part {
    text: String,
    /// `Some(true)` when brackets say that the part is quoted whatever it is.
    quote: Option<bool>,
}

/// Takes a name apart at the last of its dots that stand outside of brackets.
fn split(name: &str) -> (Option<Part>, Option<Part>) {
    let mut parts: Vec<Part> = Vec::new();
    let mut current = Part::default();
    let mut in_brackets = false;
    for c in name.chars() {
        match c {
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            '.' if !in_brackets => {
                if !current.text.is_empty() {
                    parts.push(std::mem::take(&mut current));
                }
                current = Part::default();
            }
            c => {
                if in_brackets && c == '.' {
                    current.quote = Some(true);
                }
                current.text.push(c);
            }
        }
    }
    if !current.text.is_empty() {
        parts.push(current);
    }
    let Some(owner) = parts.pop() else { return (None, None) };
    if parts.is_empty() {
        return (None, Some(owner));
    }
    let is_several = parts.len() > 1;
    let text = parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".");
    let quote = if is_several { Some(true) } else { parts.first().and_then(|part| part.quote) };
    (Some(Part { text, quote }), Some(owner))
}

#[cfg(test)]
mod tests {
    use crate::dialect::{Dialect, DialectArguments, MssqlDialect};
    use crate::schema::Identifier;

    /// The names are those of the reference's `CREATE TABLE` in each of these schemas.
    #[test]
    fn a_schema_may_name_its_database() {
        let dialect = MssqlDialect::new(None, DialectArguments::default()).unwrap();
        let quoted = |schema: Identifier| dialect.quote_schema(&schema);
        for (schema, expected) in [
            ("ledger", "ledger"),
            ("My.dbo", "[My].dbo"),
            ("My db.dbo", "[My db].dbo"),
            ("[my.db].dbo", "[my.db].dbo"),
            ("a.b.c", "[a.b].c"),
            ("[a.b]", "[a.b]"),
            ("My Sch", "[My Sch]"),
            ("[x", "x"),
            ("led.", "led"),
            ("\"q\"", "[\"q\"]"),
        ] {
            assert_eq!(quoted(Identifier::new(schema)), expected, "{schema}");
        }
        assert_eq!(quoted(Identifier::quoted("My.dbo", Some(true))), "[My.dbo]");
        assert_eq!(quoted(Identifier::quoted("My.dbo", Some(false))), "[My].dbo");
    }
}
