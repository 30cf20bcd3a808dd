//! The embedded Python host: `alembic.*` and `sqlalchemy.*` as native modules.

// `match` with a block in one arm reads better here than `if let` with `else`.
#![allow(clippy::single_match_else)]

pub mod lower;
pub mod modules;
pub mod raise;
