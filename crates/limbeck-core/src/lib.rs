//! The migration engine of Limbeck: configuration, script directory, revision graph, operations, DDL,
//! runtime, autogenerate and commands. It knows nothing of Python: user code runs behind [`host::ScriptHost`].

pub mod autogenerate;
pub mod command;
pub mod config;
pub mod ddl;
pub mod error;
pub mod host;
pub mod mako;
pub mod operations;
pub mod runtime;
pub mod script;
pub mod suggest;

pub use error::{Error, Result};
