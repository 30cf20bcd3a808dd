//! A revision as commands show it: the lines of `history`, `heads`, `branches` and `show`.

use std::fmt::Write;
use std::ops::Deref;

use super::map::{Links, RevisionMap};
use super::python_text;
use super::revision::{Node, Revision, RevisionId, format_as_comma};

/// A revision together with the map it belongs to, as the reference's `Script`.
#[derive(Clone, Copy, Debug)]
pub struct Script<'a> {
    map: &'a RevisionMap,
    node: Node,
}

/// What a line about a revision tells, as the arguments of the reference's `Script.cmd_format`.
#[derive(Clone, Copy, Debug)]
pub struct CommandFormat {
    /// All there is to tell, on several lines; the other choices do not matter then.
    pub verbose: bool,
    /// The branch labels.
    pub include_branches: bool,
    /// The first paragraph of the docstring.
    pub include_doc: bool,
    /// The parents and dependencies.
    pub include_parents: bool,
    /// Whether the revision is a branch point or a merge point.
    pub tree_indicators: bool,
    /// The revision is one of those that the database is at.
    pub is_current: bool,
}

impl Default for CommandFormat {
    fn default() -> Self {
        Self {
            verbose: false,
            include_branches: false,
            include_doc: false,
            include_parents: false,
            tree_indicators: true,
            is_current: false,
        }
    }
}

impl<'a> Script<'a> {
    /// Joins a place of a map with the map.
    #[must_use]
    pub fn new(map: &'a RevisionMap, node: Node) -> Self {
        Self { map, node }
    }

    /// The place of the revision.
    #[must_use]
    pub fn node(&self) -> Node {
        self.node
    }

    /// The revision, for as long as the map lives.
    #[must_use]
    pub fn revision(&self) -> &'a Revision {
        self.map.revision(self.node)
    }

    /// The revisions that come after this one, in the order of the map. (The reference shows them in any order.)
    #[must_use]
    pub fn next_revisions(&self) -> Vec<Script<'a>> {
        self.map.linked(self.node, Links::Next).iter().map(|node| Script::new(self.map, *node)).collect()
    }

    /// The revisions and dependencies right below this one, without dependencies that an ancestor has too.
    #[must_use]
    pub fn normalized_down_revisions(&self) -> Vec<RevisionId> {
        self.map.ids(self.map.linked(self.node, Links::NormalizedDown))
    }

    /// All there is to tell about the revision, as `history --verbose` and `show` print it.
    #[must_use]
    pub fn log_entry(&self, is_current: bool) -> String {
        let revision = self.revision();
        let mut entry = format!(
            "Rev: {}{}{}{}{}\n{}: {}\n",
            revision.id,
            if revision.is_head() { " (head)" } else { "" },
            if revision.is_branch_point() { " (branchpoint)" } else { "" },
            if revision.is_merge_point() { " (mergepoint)" } else { "" },
            if is_current { " (current)" } else { "" },
            if revision.is_merge_point() { "Merges" } else { "Parent" },
            revision.format_down_revision(),
        );
        let mut line = |name: &str, values: String| {
            // Writing to a String cannot fail.
            let _ = writeln!(entry, "{name}: {values}");
        };
        if !revision.dependencies.is_empty() {
            line("Also depends on", format_as_comma(&revision.dependencies));
        }
        if revision.is_branch_point() {
            line("Branches into", format_as_comma(&self.map.ids(&revision.next)));
        }
        if !revision.branch_labels.is_empty() {
            line("Branch names", format_as_comma(&revision.branch_labels));
        }
        line("Path", revision.path.display().to_string());
        entry.push('\n');
        let paragraphs: Vec<String> = python_text::split_lines(&revision.longdoc)
            .into_iter()
            .map(|paragraph| format!("    {paragraph}"))
            .collect();
        entry.push_str(&paragraphs.join("\n"));
        entry.push('\n');
        entry
    }

    /// The revision on one line, or with `verbose` its [`Script::log_entry`].
    #[must_use]
    pub fn cmd_format(&self, format: CommandFormat) -> String {
        if format.verbose {
            return self.log_entry(format.is_current);
        }
        let revision = self.revision();
        let mut text = String::new();
        if format.include_parents {
            text.push_str(&revision.format_down_revision());
            if !revision.dependencies.is_empty() {
                // Writing to a String cannot fail.
                let _ = write!(text, " ({})", format_as_comma(&revision.dependencies));
            }
            text.push_str(" -> ");
        }
        text.push_str(revision.id.as_str());
        if format.include_branches && !revision.branch_labels.is_empty() {
            let _ = write!(text, " ({})", format_as_comma(&revision.branch_labels));
        }
        if revision.is_real_head() {
            text.push_str(" (head)");
        } else if revision.is_head() {
            text.push_str(" (effective head)");
        }
        if format.is_current {
            text.push_str(" (current)");
        }
        if format.tree_indicators {
            if revision.is_branch_point() {
                text.push_str(" (branchpoint)");
            }
            if revision.is_merge_point() {
                text.push_str(" (mergepoint)");
            }
        }
        if format.include_doc {
            text.push_str(", ");
            text.push_str(revision.doc());
        }
        text
    }
}

impl Deref for Script<'_> {
    type Target = Revision;

    fn deref(&self) -> &Revision {
        self.map.revision(self.node)
    }
}
