//! The embedded Python host: RustPython, its import rules and code cache, and Limbeck's own
//! `alembic` and `sqlalchemy` packages as native modules.

mod arguments;
mod host;
pub mod interpreter;
mod lower;
mod modules;
pub mod output;
mod raise;

pub use host::{HostOptions, PythonHost};
pub use modules::alembic::{ALEMBIC_VERSION, PythonError};
