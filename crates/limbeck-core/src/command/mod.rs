//! The commands, one file each, with the names and arguments of the reference's `alembic.command`.
//!
//! A command that may have to run `env.py` takes a closure that does, and calls it only then.

mod branches;
mod edit;
mod heads;
mod history;
mod init;
mod list_templates;
mod merge;
mod revision;
mod show;

pub use branches::branches;
pub use edit::edit;
pub use heads::heads;
pub use history::{HistoryOptions, history};
pub use init::init;
pub use list_templates::list_templates;
pub use merge::{MergeOptions, merge};
pub use revision::{RevisionEnvironment, RevisionHooks, RevisionOptions, WrittenRevision, revision};
pub use show::show;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::script::{RevisionArgument, ScriptDirectory};

/// Runs `env.py` and gives the rows of the version table that it sees.
pub type CurrentHeads<'a> = &'a mut dyn FnMut(&ScriptDirectory) -> Result<Vec<String>>;

/// Runs `env.py` for the rows of the version table.
fn current_rows(script: &ScriptDirectory, current_heads: CurrentHeads<'_>) -> Result<RevisionArgument> {
    Ok(RevisionArgument::Several(current_heads(script)?))
}

/// Says whether the configuration wants `env.py` to run for commands that make or show revisions.
///
/// # Errors
/// A value that is neither true nor false.
fn revision_environment(config: &Config) -> Result<bool> {
    let Some(text) = config.get_alembic_option("revision_environment")? else { return Ok(false) };
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "on" | "y" | "t" | "1" => Ok(true),
        "" | "false" | "no" | "off" | "n" | "f" | "0" => Ok(false),
        other => Err(Error::command(format!("revision_environment is not true/false: '{other}'"))),
    }
}
