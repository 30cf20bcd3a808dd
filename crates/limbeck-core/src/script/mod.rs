//! The script directory: revision files, their headers, and the revision graph.

mod ascent;
mod descent;
mod directory;
pub mod drawing;
mod entry;
mod error;
mod generate;
mod header;
mod iterate;
mod listing;
mod map;
pub mod naming;
mod python_text;
mod resolve;
mod revision;
pub mod template_dir;
mod view;
pub mod write_hooks;

pub(crate) use descent::Descent;
pub use directory::{ErrorContext, ScriptDirectory, ScriptDirectoryOptions};
pub use entry::RevisionEntry;
pub use error::RevisionError;
pub use generate::GenerateRevision;
pub use header::{HeaderReading, RevisionFileError, SyntaxError, read_header};
pub use iterate::RangeOptions;
pub use map::RevisionMap;
pub use resolve::Target;
pub use revision::{Node, Revision, RevisionArgument, RevisionId, format_as_comma};
pub use view::{CommandFormat, Script};

/// What a revision file says of itself at module level: `revision`, `down_revision`, `branch_labels`,
/// `depends_on`, and its docstring.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct RevisionHeader {
    /// The revision identifier; `None` when the file sets none.
    pub revision: Option<String>,
    /// The revisions this one comes after; empty for a base, `None` when the file does not say.
    pub down_revision: Option<Vec<String>>,
    /// The labels that name the branch starting here.
    pub branch_labels: Vec<String>,
    /// The revisions, by identifier or symbol, that must be applied before this one.
    pub depends_on: Vec<String>,
    /// The module's docstring.
    pub doc: Option<String>,
}
