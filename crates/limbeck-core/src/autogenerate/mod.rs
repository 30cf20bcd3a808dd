//! Autogenerate: the difference between the models and a database, as operations and as Python source.
//!
//! [`compare`](mod@compare) finds the differences, one file for each kind of object; [`render`] writes operations as Python;
//! [`ComparisonRules`] is what a database does differently; [`RevisionContext`] is what the commands run.

mod api;
pub mod compare;
mod context;
mod describe;
mod plugins;
pub mod render;
mod revision;
mod rules;
mod target;

pub use api::{compare_metadata, produce_migrations};
pub use context::AutogenContext;
pub use describe::{Described, diffs_repr};
pub use render::{RenderContext, RenderOptions, Rendered, render_python_code};
pub use revision::RevisionContext;
pub(crate) use revision::run_environment;
pub(crate) use revision::run_revision_environment;
pub use rules::{Comparison, ComparisonRules, DefaultRules, MysqlRules, SqliteRules};
