//! What a server tells of itself when it is reached for the first time.

use indexmap::IndexMap;

/// Facts about a server that decide how SQL is written for it, as SQLAlchemy's dialects find them out with an engine's
/// first connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerFacts {
    /// The product's name, where one protocol serves several: `MySQL` or `MariaDB`.
    pub product: String,
    /// The version's numbers.
    pub version: Vec<u32>,
    /// The schema of names without one.
    pub default_schema_name: Option<String>,
    /// Settings of the server by the names that it has for them, such as `sql_mode`.
    pub settings: IndexMap<String, String>,
}
