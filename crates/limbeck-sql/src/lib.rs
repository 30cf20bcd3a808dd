//! What SQLAlchemy Core is to Alembic: schema objects, types, SQL expressions, dialects, reflection and drivers.

pub mod error;

pub use error::{Error, Result};
