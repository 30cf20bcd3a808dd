//! `branches`: the revisions that several others come after.

use crate::config::Config;
use crate::error::Result;
use crate::host::ScriptHost;
use crate::script::{CommandFormat, RevisionArgument, RevisionEntry, Script, ScriptDirectory};

/// Lists the branch points and what branches off there.
///
/// # Errors
/// Revisions that cannot be read.
pub fn branches(config: &Config, host: &dyn ScriptHost, verbose: bool) -> Result<()> {
    let script = ScriptDirectory::from_config(config, host)?;
    for revision in select(&script)? {
        let indent = " ".repeat(revision.id().as_str().chars().count());
        let branches: Vec<String> = revision
            .next_revisions()
            .iter()
            .map(|next| {
                let line = next.cmd_format(CommandFormat {
                    include_branches: true,
                    include_doc: verbose,
                    ..CommandFormat::default()
                });
                format!("{indent} -> {line}")
            })
            .collect();
        let point = revision.cmd_format(CommandFormat {
            verbose,
            include_branches: true,
            ..CommandFormat::default()
        });
        config.print_stdout(&format!("{point}\n{}\n", branches.join("\n")));
    }
    Ok(())
}

/// The branch points as data.
///
/// # Errors
/// As [`branches`].
pub fn branches_entries(config: &Config, host: &dyn ScriptHost) -> Result<Vec<RevisionEntry>> {
    let script = ScriptDirectory::from_config(config, host)?;
    Ok(select(&script)?.iter().map(|point| RevisionEntry::of(point, None)).collect())
}

fn select(script: &ScriptDirectory) -> Result<Vec<Script<'_>>> {
    let mut revisions =
        script.walk_revisions(&RevisionArgument::from("base"), &RevisionArgument::from("heads"))?;
    revisions.retain(|revision| revision.is_branch_point());
    Ok(revisions)
}
