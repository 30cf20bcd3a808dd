//! `show`: all there is to tell about a revision.

use std::sync::Arc;

use super::run::{collect_with_current_heads, with_current_heads};
use crate::config::Config;
use crate::error::Result;
use crate::host::ScriptHost;
use crate::script::{RevisionArgument, RevisionEntry, ScriptDirectory};

/// Shows the revisions that a symbol names; `current` are those that the database is at.
///
/// # Errors
/// A symbol that cannot be resolved, and what env.py raises.
pub fn show(config: &Arc<Config>, host: &dyn ScriptHost, rev: &str) -> Result<()> {
    let script = Arc::new(ScriptDirectory::from_config(config, host)?);
    if rev == "current" {
        let (own, shown) = (Arc::clone(config), Arc::clone(&script));
        return with_current_heads(config, &script, host, move |heads| print(&own, &shown, heads));
    }
    print(config, &script, &RevisionArgument::from(rev))
}

fn print(config: &Config, script: &ScriptDirectory, revisions: &RevisionArgument) -> Result<()> {
    for revision in script.get_revisions(revisions)? {
        config.print_stdout(&revision.log_entry(false));
    }
    Ok(())
}

/// The revisions that a symbol names, as data.
///
/// # Errors
/// As [`show`].
pub fn show_entries(config: &Arc<Config>, host: &dyn ScriptHost, rev: &str) -> Result<Vec<RevisionEntry>> {
    let script = Arc::new(ScriptDirectory::from_config(config, host)?);
    if rev == "current" {
        let shown = Arc::clone(&script);
        let made = collect_with_current_heads(config, &script, host, move |heads| {
            entries(&shown, heads, Some(true))
        })?;
        return Ok(made.into_iter().flatten().collect());
    }
    entries(&script, &RevisionArgument::from(rev), None)
}

fn entries(
    script: &ScriptDirectory,
    revisions: &RevisionArgument,
    is_current: Option<bool>,
) -> Result<Vec<RevisionEntry>> {
    let found = script.get_revisions(revisions)?;
    Ok(found.iter().map(|revision| RevisionEntry::of(revision, is_current)).collect())
}
