//! `show`: all there is to tell about a revision.

use std::sync::Arc;

use super::run::with_current_heads;
use crate::config::Config;
use crate::error::Result;
use crate::host::ScriptHost;
use crate::script::{RevisionArgument, ScriptDirectory};

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
