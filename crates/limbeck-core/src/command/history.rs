//! `history`: the revisions in a range, the newest first.

use std::collections::HashSet;
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
    let range = Range {
        config: Arc::clone(config),
        script: Arc::clone(&script),
        base: base.to_owned(),
        head: head.to_owned(),
        options: options.clone(),
    };
    if base == "current" || head == "current" || environment {
        with_current_heads(config, &script, host, move |heads| range.print(heads))
    } else {
        range.print(&RevisionArgument::Several(Vec::new()))
    }
}

/// What is listed.
struct Range {
    config: Arc<Config>,
    script: Arc<ScriptDirectory>,
    base: String,
    head: String,
    options: HistoryOptions,
}

impl Range {
    /// Lists the revisions; `current` are those that the database is at.
    fn print(&self, current: &RevisionArgument) -> Result<()> {
        let end = |symbol: &str, is_current: bool, default: &str| {
            let argument = if is_current { current.clone() } else { RevisionArgument::from(symbol) };
            if argument.is_empty() { RevisionArgument::from(default) } else { argument }
        };
        let head_is_current = self.head == "current";
        // Only one end can be the present state; the reference looks at the head first.
        let base = end(&self.base, self.base == "current" && !head_is_current, "base");
        let head = end(&self.head, head_is_current, "heads");
        let rows: HashSet<&str> = current.as_list().unwrap_or_default().into_iter().collect();
        for revision in self.script.walk_revisions(&base, &head)? {
            let is_current = self.options.indicate_current && rows.contains(revision.id().as_str());
            self.config.print_stdout(&revision.cmd_format(CommandFormat {
                verbose: self.options.verbose,
                include_branches: true,
                include_doc: true,
                include_parents: true,
                is_current,
                ..CommandFormat::default()
            }));
        }
        Ok(())
    }
}
