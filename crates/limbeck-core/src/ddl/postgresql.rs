//! What is particular to PostgreSQL.

use super::Impl;

/// PostgreSQL's implementation, the reference's `PostgresqlImpl`.
#[derive(Clone, Copy, Debug, Default)]
pub struct PostgresqlImpl;

impl Impl for PostgresqlImpl {
    fn class_name(&self) -> &'static str {
        "PostgresqlImpl"
    }
}
