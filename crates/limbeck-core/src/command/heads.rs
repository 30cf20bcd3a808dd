//! `heads`: the revisions that no other comes after.

use crate::config::Config;
use crate::error::Result;
use crate::host::ScriptHost;
use crate::script::{CommandFormat, RevisionArgument, RevisionEntry, Script, ScriptDirectory};

/// Lists the heads; with `resolve_dependencies`, without those that another revision depends on.
///
/// # Errors
/// Revisions that cannot be read.
pub fn heads(
    config: &Config,
    host: &dyn ScriptHost,
    verbose: bool,
    resolve_dependencies: bool,
) -> Result<()> {
    let script = ScriptDirectory::from_config(config, host)?;
    for revision in select(&script, resolve_dependencies)? {
        config.print_stdout(&revision.cmd_format(CommandFormat {
            verbose,
            include_branches: true,
            tree_indicators: false,
            ..CommandFormat::default()
        }));
    }
    Ok(())
}

/// The heads as data.
///
/// # Errors
/// As [`heads`].
pub fn heads_entries(
    config: &Config,
    host: &dyn ScriptHost,
    resolve_dependencies: bool,
) -> Result<Vec<RevisionEntry>> {
    let script = ScriptDirectory::from_config(config, host)?;
    let heads = select(&script, resolve_dependencies)?;
    Ok(heads.iter().map(|head| RevisionEntry::of(head, None)).collect())
}

fn select(script: &ScriptDirectory, resolve_dependencies: bool) -> Result<Vec<Script<'_>>> {
    let wanted = if resolve_dependencies {
        RevisionArgument::from("heads")
    } else {
        RevisionArgument::from(script.get_heads(false).as_slice())
    };
    script.get_revisions(&wanted)
}
