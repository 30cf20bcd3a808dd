//! What is particular to Oracle.

use super::Impl;

/// Oracle's implementation, the reference's `OracleImpl`.
#[derive(Clone, Copy, Debug, Default)]
pub struct OracleImpl;

impl Impl for OracleImpl {
    fn class_name(&self) -> &'static str {
        "OracleImpl"
    }
}
