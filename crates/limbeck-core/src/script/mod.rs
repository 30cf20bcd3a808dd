//! The script directory: revision files, their headers, and the revision graph.

pub mod naming;
pub mod template_dir;

/// What a revision file says of itself at module level: `revision`, `down_revision`, `branch_labels`,
/// `depends_on`, and its docstring.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct RevisionHeader {
    /// The revision identifier; `None` when the file sets none.
    pub revision: Option<String>,
    /// The revisions this one comes after; empty for a base.
    pub down_revision: Vec<String>,
    /// The labels that name the branch starting here.
    pub branch_labels: Vec<String>,
    /// The revisions, by identifier or symbol, that must be applied before this one.
    pub depends_on: Vec<String>,
    /// The module's docstring.
    pub doc: Option<String>,
}
