//! The commands, one file each, with the names and arguments of the reference's `alembic.command`.

mod branches;
mod check;
mod current;
mod downgrade;
mod edit;
mod ensure_version;
mod heads;
mod history;
mod init;
mod list_templates;
mod merge;
mod revision;
mod run;
mod show;
mod stamp;
mod upgrade;

pub use branches::{branches, branches_entries};
pub use check::{check, differences_message, find_differences};
pub use current::{CurrentRevisions, current, current_entries};
pub use downgrade::downgrade;
pub use edit::edit;
pub use ensure_version::ensure_version;
pub use heads::{heads, heads_entries};
pub use history::{HistoryOptions, HistoryRow, history, history_entries, history_graph};
pub use init::init;
pub use list_templates::list_templates;
pub use merge::{MergeOptions, merge};
pub use revision::{RevisionOptions, WrittenRevisions, revision};
pub use show::{show, show_entries};
pub use stamp::stamp;
pub use upgrade::upgrade;

use crate::config::Config;
use crate::error::{Error, Result};

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
