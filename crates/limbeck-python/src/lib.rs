//! The embedded Python host: RustPython, its import rules and code cache, and Limbeck's own
//! `alembic` and `sqlalchemy` packages as native modules.

mod arguments;
pub mod interpreter;
pub mod modules;
pub mod output;
