//! What SQLAlchemy Core is to Alembic: schema objects, types, SQL expressions, dialects, reflection and drivers.

pub mod dialect;
pub mod engine;
pub mod error;
pub mod expression;
pub mod reflection;
pub mod schema;
pub mod types;
pub mod warnings;

pub use error::{DatabaseError, DatabaseErrorKind, Error, HIDDEN_PARAMETERS, Reported, Result};
