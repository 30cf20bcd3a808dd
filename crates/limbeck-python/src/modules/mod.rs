//! The native modules that user code imports.

pub mod sqlalchemy;
