//! `history`: the revisions in a range, the newest first.

use std::collections::HashSet;
use std::sync::Arc;

use super::revision_environment;
use super::run::{collect_with_current_heads, split_range};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::host::ScriptHost;
use crate::script::drawing::{GraphRow, draw, graph_nodes};
use crate::script::{CommandFormat, RevisionArgument, RevisionEntry, Script, ScriptDirectory};

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

/// A revision of the history with its line, for a drawing.
#[derive(Clone, Debug)]
pub struct HistoryRow {
    /// Where the revision stands and what leads on from it; its index is the place in the list of `history`.
    pub row: GraphRow,
    /// The revision is one of those that the database is at.
    pub is_current: bool,
    /// What `history` prints of the revision: a line, or with `verbose` several.
    pub text: String,
}

/// Lists revisions.
///
/// # Errors
/// A range that is none or cannot be resolved, and what env.py raises.
pub fn history(config: &Arc<Config>, host: &dyn ScriptHost, options: &HistoryOptions) -> Result<()> {
    let own = Arc::clone(config);
    Range::open(config, host, options)?.visit(config, host, move |range, current| {
        for (revision, is_current) in range.select(current)? {
            own.print_stdout(&range.text(&revision, is_current));
        }
        Ok(())
    })?;
    Ok(())
}

/// The revisions that [`history`] lists, as data.
///
/// # Errors
/// As [`history`].
pub fn history_entries(
    config: &Arc<Config>,
    host: &dyn ScriptHost,
    options: &HistoryOptions,
) -> Result<Vec<RevisionEntry>> {
    let lists = Range::open(config, host, options)?.visit(config, host, |range, current| {
        let asked = range.options.indicate_current;
        let revisions = range.select(current)?;
        Ok(revisions.iter().map(|(own, at)| RevisionEntry::of(own, asked.then_some(*at))).collect::<Vec<_>>())
    })?;
    Ok(lists.into_iter().flatten().collect())
}

/// The revisions that [`history`] lists, as a drawing of the graph for each database that env.py migrates.
///
/// # Errors
/// As [`history`].
pub fn history_graph(
    config: &Arc<Config>,
    host: &dyn ScriptHost,
    options: &HistoryOptions,
) -> Result<Vec<Vec<HistoryRow>>> {
    Range::open(config, host, options)?.visit(config, host, |range, current| {
        let revisions = range.select(current)?;
        let scripts: Vec<Script<'_>> = revisions.iter().map(|(revision, _)| *revision).collect();
        let row = |row: GraphRow| {
            let (revision, is_current) = &revisions[row.index];
            HistoryRow { text: range.text(revision, *is_current), is_current: *is_current, row }
        };
        Ok(draw(&graph_nodes(&scripts)).into_iter().map(row).collect())
    })
}

/// What is listed.
#[derive(Clone)]
struct Range {
    script: Arc<ScriptDirectory>,
    base: String,
    head: String,
    options: HistoryOptions,
    /// Whether env.py must say where the database is.
    needs_environment: bool,
}

impl Range {
    fn open(config: &Config, host: &dyn ScriptHost, options: &HistoryOptions) -> Result<Self> {
        let script = Arc::new(ScriptDirectory::from_config(config, host)?);
        let (base, head) = match &options.rev_range {
            None => (String::new(), String::new()),
            Some(range) if range.contains(':') => split_range(range.trim())?,
            Some(_) => {
                return Err(Error::command("History range requires [start]:[end], [start]:, or :[end]"));
            }
        };
        let environment = revision_environment(config)? || options.indicate_current;
        Ok(Self {
            script,
            needs_environment: base == "current" || head == "current" || environment,
            base,
            head,
            options: options.clone(),
        })
    }

    /// Does `work` with the revisions that the database is at, once for each database, or with none.
    fn visit<T: Send + 'static>(
        self,
        config: &Arc<Config>,
        host: &dyn ScriptHost,
        work: impl Fn(&Self, &RevisionArgument) -> Result<T> + Send + Sync + 'static,
    ) -> Result<Vec<T>> {
        if !self.needs_environment {
            return Ok(vec![work(&self, &RevisionArgument::Several(Vec::new()))?]);
        }
        let script = Arc::clone(&self.script);
        collect_with_current_heads(config, &script, host, move |heads| work(&self, heads))
    }

    /// The revisions, and whether each is one that the database is at; `current` are those.
    fn select(&self, current: &RevisionArgument) -> Result<Vec<(Script<'_>, bool)>> {
        let end = |symbol: &str, is_current: bool, default: &str| {
            let argument = if is_current { current.clone() } else { RevisionArgument::from(symbol) };
            if argument.is_empty() { RevisionArgument::from(default) } else { argument }
        };
        let head_is_current = self.head == "current";
        // Only one end can be the present state; the reference looks at the head first.
        let base = end(&self.base, self.base == "current" && !head_is_current, "base");
        let head = end(&self.head, head_is_current, "heads");
        let rows: HashSet<&str> = current.as_list().unwrap_or_default().into_iter().collect();
        let is_current =
            |revision: &Script<'_>| self.options.indicate_current && rows.contains(revision.id().as_str());
        let revisions = self.script.walk_revisions(&base, &head)?;
        Ok(revisions.into_iter().map(|revision| (revision, is_current(&revision))).collect())
    }

    fn text(&self, revision: &Script<'_>, is_current: bool) -> String {
        revision.cmd_format(CommandFormat {
            verbose: self.options.verbose,
            include_branches: true,
            include_doc: true,
            include_parents: true,
            is_current,
            ..CommandFormat::default()
        })
    }
}
