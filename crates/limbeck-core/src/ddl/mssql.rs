//! What is particular to SQL Server.

use super::Impl;

/// SQL Server's implementation, the reference's `MSSQLImpl`.
#[derive(Clone, Copy, Debug, Default)]
pub struct MssqlImpl;

impl Impl for MssqlImpl {
    fn class_name(&self) -> &'static str {
        "MSSQLImpl"
    }
}
