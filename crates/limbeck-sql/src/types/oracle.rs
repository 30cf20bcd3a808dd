//! The types of Oracle's dialect.

use super::dialect::DialectTypeClass;

/// The classes of `sqlalchemy.dialects.oracle` that are not the SQL standard's own.
pub(super) const CLASSES: &[DialectTypeClass] = &[];
