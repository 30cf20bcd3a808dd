//! The types of MySQL and MariaDB's dialect.

use super::dialect::DialectTypeClass;

/// The classes of `sqlalchemy.dialects.mysql` that are not the SQL standard's own.
pub(super) const CLASSES: &[DialectTypeClass] = &[];
