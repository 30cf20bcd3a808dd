//! What SQLAlchemy says with Python's `warnings.warn`: log records whose target names the class of the warning.

/// The log target of an `SAWarning`.
pub const SA_WARNINGS: &str = "py.warnings.SAWarning";

/// The log target of an `SADeprecationWarning`.
pub const SA_DEPRECATION_WARNINGS: &str = "py.warnings.SADeprecationWarning";
