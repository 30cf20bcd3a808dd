//! Compares what the dialects make of some hundreds of constructs with what SQLAlchemy made of the same ones.
//!
//! `tests/reference/sql/record.py` records SQLAlchemy's side by the same names.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on fails"
)]

mod custom_types;
mod ddl;
mod expressions;
mod literals;
mod naming;
mod random_expressions;
mod round_trip;
mod statements;
mod types;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use limbeck_sql::dialect::{DefaultDialect, Dialect, DialectArguments, ParamStyle, SqliteDialect};

/// What the reference gave, by case and by variant of the case.
pub type Record = BTreeMap<String, BTreeMap<String, String>>;

/// Reads a record.
pub fn record(json: &str) -> Record {
    serde_json::from_str(json).expect("a record is an object of objects of strings")
}

/// Gives the dialect that a variant of a case is about.
pub fn dialect(variant: &str) -> Arc<dyn Dialect> {
    let pyformat = DialectArguments { paramstyle: Some(ParamStyle::PyFormat), ..DialectArguments::default() };
    match variant.split('_').next() {
        Some("sqlite") => Arc::new(SqliteDialect::default()),
        Some("pyformat") => Arc::new(DefaultDialect::new(pyformat)),
        _ => Arc::new(DefaultDialect::default()),
    }
}

/// Writes a result as the record does: errors after an exclamation mark.
pub fn outcome(result: limbeck_sql::Result<String>) -> String {
    result.unwrap_or_else(|error| format!("! {error}"))
}

/// Compares all cases of a record with ours; a case that only one side has is a difference as well.
pub fn compare<T>(record: &Record, cases: &[(&str, T)], run: impl Fn(&T, &str) -> String) {
    let mut differences = String::new();
    for name in record.keys() {
        if !cases.iter().any(|(known, _)| known == name) {
            let _ = writeln!(differences, "{name}: no such case here");
        }
    }
    for (name, case) in cases {
        let Some(variants) = record.get(*name) else {
            let _ = writeln!(differences, "{name}: not in the record");
            continue;
        };
        for (variant, expected) in variants {
            // the record leaves out the addresses of objects
            let got = run(case, variant).replace(" at 0x000000000000", "");
            // an assertion of the reference that failed has no text
            let matches = if expected == "! " { got.starts_with("! ") } else { got == *expected };
            if !matches {
                let _ =
                    writeln!(differences, "{name} ({variant})\n  expected {expected:?}\n  got      {got:?}");
            }
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
}
