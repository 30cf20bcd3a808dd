//! The seam for SQL that user code writes itself.

use std::fmt::Debug;

use crate::dialect::{CompileOptions, Dialect};
use crate::error::Result;
use crate::types::SqlType;

/// An element of user code that a function of user code compiles (`@compiles`).
pub trait CustomElement: Debug + Send + Sync {
    /// Gives the element's SQL, values as literals.
    ///
    /// # Errors
    /// The element has no function for the dialect, and what the function raises.
    fn sql(&self, dialect: &dyn Dialect, options: &CompileOptions) -> Result<String>;

    /// Gives the element's type where it stands in an expression.
    fn result_type(&self) -> SqlType {
        SqlType::Null
    }
}
