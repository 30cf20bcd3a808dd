//! Which keyword arguments for single dialects the schema objects accept (`construct_arguments`).

/// What speaks against a keyword argument such as `postgresql_using`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionProblem<'k> {
    /// It is no name of a dialect and one of its options.
    NoDialect,
    /// Nobody knows the dialect, so the option may pass.
    UnknownDialect(&'k str),
    /// The dialect has no such option for the object.
    NotAccepted(&'k str),
}

type Accepted = &'static [(&'static str, &'static [&'static str])];

const SQLITE: Accepted = &[
    ("Table", &["autoincrement", "strict", "with_rowid"]),
    ("Index", &["where"]),
    ("Column", &["on_conflict_not_null", "on_conflict_primary_key", "on_conflict_unique"]),
    ("Constraint", &["on_conflict"]),
    ("CreateView", &["if_not_exists"]),
];

const POSTGRESQL: Accepted = &[
    (
        "Index",
        &[
            "concurrently",
            "include",
            "invalid",
            "nulls_not_distinct",
            "ops",
            "tablespace",
            "using",
            "where",
            "with",
        ],
    ),
    (
        "Table",
        &[
            "ignore_search_path",
            "inherits",
            "on_commit",
            "partition_by",
            "tablespace",
            "using",
            "with",
            "with_oids",
        ],
    ),
    ("CheckConstraint", &["not_valid"]),
    ("ForeignKeyConstraint", &["not_valid"]),
    ("PrimaryKeyConstraint", &["include"]),
    ("UniqueConstraint", &["include", "nulls_not_distinct"]),
    ("CreateView", &["with"]),
];

const MYSQL: Accepted = &[
    ("Table", &["*"]),
    ("Update", &["limit"]),
    ("Delete", &["limit"]),
    ("PrimaryKeyConstraint", &["using"]),
    ("Index", &["length", "prefix", "using", "with_parser"]),
];

const MSSQL: Accepted = &[
    ("PrimaryKeyConstraint", &["clustered"]),
    ("UniqueConstraint", &["clustered"]),
    ("Index", &["clustered", "columnstore", "include", "where"]),
    ("Column", &["identity_increment", "identity_start"]),
];

const ORACLE: Accepted = &[
    ("Table", &["compress", "on_commit", "resolve_synonyms", "tablespace"]),
    ("Index", &["bitmap", "compress", "vector"]),
    ("Sequence", &["order"]),
    ("Identity", &["on_null", "order"]),
    ("Select", &["fetch_approximate"]),
    ("CompoundSelect", &["fetch_approximate"]),
];

/// Looks at a keyword argument of an object of one of `classes`: its own class and those that it is based on.
///
/// # Errors
/// What speaks against it.
pub fn check_option<'k>(keyword: &'k str, classes: &[&str]) -> Result<(), OptionProblem<'k>> {
    let Some((dialect, option)) = split(keyword) else { return Err(OptionProblem::NoDialect) };
    let accepted = match dialect {
        "sqlite" => SQLITE,
        "postgresql" => POSTGRESQL,
        "mysql" | "mariadb" => MYSQL,
        "mssql" => MSSQL,
        "oracle" => ORACLE,
        _ => return Err(OptionProblem::UnknownDialect(dialect)),
    };
    let is_accepted = accepted
        .iter()
        .filter(|(class, _)| classes.contains(class))
        .any(|(_, options)| options.contains(&option) || options.contains(&"*"));
    if is_accepted { Ok(()) } else { Err(OptionProblem::NotAccepted(dialect)) }
}

/// Splits a keyword at the first underscore that has something on both sides.
fn split(keyword: &str) -> Option<(&str, &str)> {
    let (place, _) = keyword.char_indices().skip(1).find(|(_, c)| *c == '_')?;
    let (dialect, option) = (&keyword[..place], &keyword[place + 1..]);
    (!option.is_empty()).then_some((dialect, option))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_belongs_to_a_dialect_and_a_class() {
        assert_eq!(check_option("postgresql_with_oids", &["Table"]), Ok(()));
        assert_eq!(check_option("mysql_anything_at_all", &["Table"]), Ok(()));
        assert_eq!(check_option("sqlite_on_conflict", &["UniqueConstraint", "Constraint"]), Ok(()));
        assert_eq!(
            check_option("postgresql_with_oids", &["Index"]),
            Err(OptionProblem::NotAccepted("postgresql"))
        );
        assert_eq!(
            check_option("redshift_diststyle", &["Table"]),
            Err(OptionProblem::UnknownDialect("redshift"))
        );
        for keyword in ["plain", "_x", "x_", "", "_"] {
            assert_eq!(check_option(keyword, &["Table"]), Err(OptionProblem::NoDialect), "{keyword}");
        }
    }
}
