//! The embedded Python host: RustPython, its import rules and code cache, and Limbeck's own
//! `alembic` and `sqlalchemy` packages as native modules.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "native functions and methods have the signatures that the runtime's macros call"
)]
#![allow(
    clippy::single_match_else,
    reason = "a match on what an object is reads better with both of its cases side by side"
)]

mod arguments;
mod host;
pub mod interpreter;
mod lower;
mod modules;
pub mod output;
mod raise;
mod write_hooks;

pub use host::{HostOptions, PythonHost};
pub use modules::alembic::{
    ALEMBIC_VERSION, ArgumentKind, ArgumentSpecification, CommandSpecification, CommandTable, PythonError,
};
