//! `show`: all there is to tell about a revision.

use super::{CurrentHeads, current_rows};
use crate::config::Config;
use crate::error::Result;
use crate::host::ScriptHost;
use crate::script::{RevisionArgument, ScriptDirectory};

/// Shows the revisions that a symbol names; `current` are those that the database is at.
///
/// # Errors
/// A symbol that cannot be resolved, and what `current_heads` says.
pub fn show(
    config: &Config,
    host: &dyn ScriptHost,
    rev: &str,
    current_heads: CurrentHeads<'_>,
) -> Result<()> {
    let script = ScriptDirectory::from_config(config, host)?;
    let wanted =
        if rev == "current" { current_rows(&script, current_heads)? } else { RevisionArgument::from(rev) };
    for revision in script.get_revisions(&wanted)? {
        config.print_stdout(&revision.log_entry(false));
    }
    Ok(())
}
