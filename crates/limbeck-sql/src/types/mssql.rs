//! The types of SQL Server's dialect.

use super::dialect::DialectTypeClass;

/// The classes of `sqlalchemy.dialects.mssql` that are not the SQL standard's own.
pub(super) const CLASSES: &[DialectTypeClass] = &[];
