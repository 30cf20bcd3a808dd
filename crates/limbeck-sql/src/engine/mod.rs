//! Connections to databases: URLs, values, transactions and drivers.

mod value;

pub use value::{QueryResult, Row, Value};
