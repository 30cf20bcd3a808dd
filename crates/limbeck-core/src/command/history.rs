//! `history`: the revisions in a range, the newest first.

use std::sync::Arc;

use super::revision_environment;
use super::run::with_current_heads;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::host::ScriptHost;
use crate::script::{CommandFormat, RevisionArgument, ScriptDirectory};

/// The arguments of `history`.
#[derive(Clone, Debug, Default)]
pub struct HistoryOptions {
    /// The range, `[start]:[end]`; everything when absent.
    pub rev_range: Option<String>,
    /// All there is to tell about each revision.
    pub verbose: bool,
    /// The revisions that the database is at are marked.
    pub indicate_current: bool,
}

/// Lists revisions.
///
/// # Errors
/// A range that is none or cannot be resolved, and what env.py raises.
pub fn history(config: &Arc<Config>, host: &dyn ScriptHost, options: &HistoryOptions) -> Result<()> {
    let script = Arc::new(ScriptDirectory::from_config(config, host)?);
    let (base, head) = match &options.rev_range {
        None => ("", ""),
        Some(range) => match range.trim().split_once(':') {
            Some((base, head)) if !head.contains(':') => (base, head),
            _ => {
                return Err(Error::command("History range requires [start]:[end], [start]:, or :[end]"));
            }
        },
    };
    let environment = revision_environment(config)? || options.indicate_current;
    let range = (base.to_owned(), head.to_owned());
    if base == "current" || head == "current" || environment {
        // As in the reference, the listing is part of env.py's run.
        let (own_config, own_script, own_options) = (Arc::clone(config), Arc::clone(&script), options.clone());
        return with_current_heads(config, &script, host, move |rows| {
            display(&own_config, &own_script, &own_options, &range, rows)
        });
    }
    display(config, &script, options, &range, &[])
}

/// Prints the revisions of a range; `rows` are those that the database is at.
fn display(
    config: &Config,
    script: &ScriptDirectory,
    options: &HistoryOptions,
    (base, head): &(String, String),
    rows: &[String],
) -> Result<()> {
    let end = |symbol: &str, is_current: bool, default: &str| {
        let argument = if is_current { RevisionArgument::from(rows) } else { RevisionArgument::from(symbol) };
        if argument.is_empty() { RevisionArgument::from(default) } else { argument }
    };
    let head_is_current = head == "current";
    // Only one end can be the present state; the reference looks at the head first.
    let base = end(base, base == "current" && !head_is_current, "base");
    let head = end(head, head_is_current, "heads");
    for revision in script.walk_revisions(&base, &head)? {
        let is_current = options.indicate_current && rows.iter().any(|row| row == revision.id().as_str());
        config.print_stdout(&revision.cmd_format(CommandFormat {
            verbose: options.verbose,
            include_branches: true,
            include_doc: true,
            include_parents: true,
            is_current,
            ..CommandFormat::default()
        }));
    }
    Ok(())
}
