//! The embedded Python host: `alembic.*` and `sqlalchemy.*` as native modules.

pub mod lower;
pub mod modules;
pub mod raise;
