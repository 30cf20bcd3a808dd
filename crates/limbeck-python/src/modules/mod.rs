//! Limbeck's own Python modules.

pub mod logging;
