//! `heads`: the revisions that no other comes after.

use crate::config::Config;
use crate::error::Result;
use crate::host::ScriptHost;
use crate::script::{CommandFormat, RevisionArgument, ScriptDirectory};

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
    let wanted = if resolve_dependencies {
        RevisionArgument::from("heads")
    } else {
        RevisionArgument::from(script.get_heads(false).as_slice())
    };
    for revision in script.get_revisions(&wanted)? {
        config.print_stdout(&revision.cmd_format(CommandFormat {
            verbose,
            include_branches: true,
            tree_indicators: false,
            ..CommandFormat::default()
        }));
    }
    Ok(())
}
