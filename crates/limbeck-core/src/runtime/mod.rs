//! A run: the environment that env.py talks to, the context of one database, and the version table.

mod environment;
pub mod head_tracker;
mod heads;
mod hooks;
mod lock;
mod migration;
mod observer;
mod options;
mod run;
mod scope;
pub mod steps;
pub(crate) mod version_table;

pub use environment::EnvironmentContext;
pub use hooks::{
    EnvironmentHooks, NameFilterType, NoHooks, ParentNames, RenderItem, SchemaObject, TargetMetadata,
};
pub use migration::{DatabaseTarget, MigrationContext};
pub use observer::{Aftermath, RunEvent, RunObserver, StepFailure};
pub use options::{ConfigureOptions, ContextOptions, MigrationsFn, StartingRevision, VersionTableOptions};
pub use scope::{AutocommitBlock, TransactionScope};
