//! `branches`: the revisions that several others come after.

use crate::config::Config;
use crate::error::Result;
use crate::host::ScriptHost;
use crate::script::{CommandFormat, RevisionArgument, ScriptDirectory};

/// Lists the branch points and what branches off there.
///
/// # Errors
/// Revisions that cannot be read.
pub fn branches(config: &Config, host: &dyn ScriptHost, verbose: bool) -> Result<()> {
    let script = ScriptDirectory::from_config(config, host)?;
    for revision in
        script.walk_revisions(&RevisionArgument::from("base"), &RevisionArgument::from("heads"))?
    {
        if !revision.is_branch_point() {
            continue;
        }
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
