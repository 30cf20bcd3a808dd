//! A revision as plain data, for whoever shows it in a form of their own.

use std::path::PathBuf;

use super::view::Script;

/// All there is to tell about a revision. The names are those of the attributes of the reference's `Script`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionEntry {
    /// The identifier.
    pub revision: String,
    /// The revisions it comes after, as its file names them; none for a base.
    pub down_revisions: Vec<String>,
    /// The labels of the branches that it is on.
    pub branch_labels: Vec<String>,
    /// The revisions or labels it depends on, as its file names them.
    pub depends_on: Vec<String>,
    /// The revisions that come after it.
    pub next_revisions: Vec<String>,
    /// The first paragraph of its docstring.
    pub doc: String,
    /// The whole docstring.
    pub longdoc: String,
    /// Its file.
    pub path: PathBuf,
    /// It comes after no other.
    pub is_base: bool,
    /// No other comes after it.
    pub is_head: bool,
    /// No other comes after it, and one depends on it.
    pub is_effective_head: bool,
    /// Several others come after it.
    pub is_branch_point: bool,
    /// It comes after several others.
    pub is_merge_point: bool,
    /// A database is at it; `None` where none was asked.
    pub is_current: Option<bool>,
}

impl RevisionEntry {
    /// Takes the data of a revision.
    #[must_use]
    pub fn of(script: &Script<'_>, is_current: Option<bool>) -> Self {
        Self {
            revision: script.id().to_string(),
            down_revisions: script.down_revision().iter().map(ToString::to_string).collect(),
            branch_labels: script.branch_labels().iter().map(ToString::to_string).collect(),
            depends_on: script.dependencies().to_vec(),
            next_revisions: script.next_revisions().iter().map(|next| next.id().to_string()).collect(),
            doc: script.doc().to_owned(),
            longdoc: script.longdoc().to_owned(),
            path: script.path().to_owned(),
            is_base: script.is_base(),
            is_head: script.is_head(),
            is_effective_head: script.is_head() && !script.is_real_head(),
            is_branch_point: script.is_branch_point(),
            is_merge_point: script.is_merge_point(),
            is_current,
        }
    }
}
