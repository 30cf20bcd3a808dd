//! `edit`: the files of a revision, for the user's editor.

use std::path::PathBuf;
use std::sync::Arc;

use super::run::current_heads;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::host::ScriptHost;
use crate::script::{RevisionArgument, ScriptDirectory};

/// Finds the files to open in the editor; `current` are those of the revisions that the database is at.
///
/// # Errors
/// A symbol that cannot be resolved or names no revision, and what env.py raises.
pub fn edit(config: &Arc<Config>, host: &dyn ScriptHost, rev: &str) -> Result<Vec<PathBuf>> {
    let script = Arc::new(ScriptDirectory::from_config(config, host)?);
    let wanted = if rev == "current" {
        let rows = current_heads(config, &script, host)?;
        if rows.is_empty() {
            return Err(Error::command("No current revisions"));
        }
        rows
    } else {
        RevisionArgument::from(rev)
    };
    let revisions = script.get_revisions(&wanted)?;
    if revisions.is_empty() {
        return Err(Error::command(format!("No revision files indicated by symbol '{rev}'")));
    }
    Ok(revisions.iter().map(|revision| revision.path().to_owned()).collect())
}
