//! One revision of the graph, its identifier, and the arguments that name revisions.

use std::borrow::Borrow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::RevisionError;
use super::python_text;
use crate::config::text::{repr, strip};

/// The identifier of a revision, such as `ae1027a6acf`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionId(Arc<str>);

impl RevisionId {
    /// Makes an identifier of any text; [`RevisionId::verify`] tells whether a revision may bear it.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks that a revision may bear this identifier.
    ///
    /// # Errors
    /// Characters that the symbols of the command line use: `@`, `-`, `+` and `:`.
    pub fn verify(text: &str) -> Result<(), RevisionError> {
        let illegal: Vec<String> =
            ['+', '-', ':', '@'].iter().filter(|c| text.contains(**c)).map(ToString::to_string).collect();
        if illegal.is_empty() {
            return Ok(());
        }
        Err(RevisionError::Invalid(format!(
            "Character(s) '{}' not allowed in revision identifier '{text}'",
            illegal.join(", ")
        )))
    }

    /// The shared text, for use as a key.
    pub(crate) fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl From<&str> for RevisionId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for RevisionId {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&RevisionId> for RevisionId {
    fn from(id: &RevisionId) -> Self {
        id.clone()
    }
}

impl AsRef<str> for RevisionId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for RevisionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for RevisionId {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for RevisionId {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

/// Joins texts with `, `, as the reference's `format_as_comma` does.
pub fn format_as_comma<T: AsRef<str>>(values: &[T]) -> String {
    let mut joined = String::new();
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            joined.push_str(", ");
        }
        joined.push_str(value.as_ref());
    }
    joined
}

/// What names revisions in a request: nothing, a symbol, or the rows of a version table.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum RevisionArgument {
    /// Python's `None`: the state before the first revision.
    #[default]
    Nothing,
    /// An identifier or symbol, such as `head`, `ae10+2` or `label@base`.
    Symbol(String),
    /// Several identifiers or symbols.
    Several(Vec<String>),
}

impl RevisionArgument {
    /// Says whether Python finds the argument false: `None`, an empty string or an empty tuple.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Symbol(symbol) => symbol.is_empty(),
            Self::Several(symbols) => symbols.is_empty(),
        }
    }

    /// The argument as a list; `None` for [`RevisionArgument::Nothing`].
    #[must_use]
    pub fn as_list(&self) -> Option<Vec<&str>> {
        match self {
            Self::Nothing => None,
            Self::Symbol(symbol) => Some(vec![symbol]),
            Self::Several(symbols) => Some(symbols.iter().map(String::as_str).collect()),
        }
    }

    /// The argument as messages show it where nothing means `base`.
    pub(crate) fn or_base(&self) -> String {
        if self.is_empty() { "base".to_owned() } else { self.to_string() }
    }
}

impl fmt::Display for RevisionArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("None"),
            Self::Symbol(symbol) => f.write_str(symbol),
            Self::Several(symbols) => f.write_str(&python_text::tuple_repr(symbols)),
        }
    }
}

impl From<&str> for RevisionArgument {
    fn from(symbol: &str) -> Self {
        Self::Symbol(symbol.to_owned())
    }
}

impl From<String> for RevisionArgument {
    fn from(symbol: String) -> Self {
        Self::Symbol(symbol)
    }
}

impl From<Option<&str>> for RevisionArgument {
    fn from(symbol: Option<&str>) -> Self {
        symbol.map_or(Self::Nothing, Self::from)
    }
}

impl From<&RevisionId> for RevisionArgument {
    fn from(id: &RevisionId) -> Self {
        Self::from(id.as_str())
    }
}

impl<T: AsRef<str>> From<&[T]> for RevisionArgument {
    fn from(symbols: &[T]) -> Self {
        Self::Several(symbols.iter().map(|symbol| symbol.as_ref().to_owned()).collect())
    }
}

impl From<Vec<String>> for RevisionArgument {
    fn from(symbols: Vec<String>) -> Self {
        Self::Several(symbols)
    }
}

/// The place of a revision in its [`super::RevisionMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(u32);

impl Node {
    /// Makes a place of an index; a graph has fewer than 2^32 revisions.
    pub(super) fn new(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The place as an index.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A revision: what its file says, and its links to the other revisions of its map.
#[derive(Clone, Debug)]
pub struct Revision {
    pub(super) id: RevisionId,
    /// `down_revision` as the file names it.
    pub(super) down: Vec<RevisionId>,
    pub(super) dependencies: Vec<String>,
    pub(super) original_branch_labels: Vec<Arc<str>>,
    pub(super) branch_labels: Vec<Arc<str>>,
    pub(super) longdoc: String,
    pub(super) path: PathBuf,
    pub(super) is_script: bool,
    /// The revisions of `down_revision`.
    pub(super) parents: Vec<Node>,
    /// The revisions that `dependencies` names.
    pub(super) resolved_dependencies: Vec<Node>,
    /// Those of them that no ancestor depends on already.
    pub(super) normalized_dependencies: Vec<Node>,
    /// `parents`, then `normalized_dependencies`, each once.
    pub(super) normalized_down: Vec<Node>,
    /// `parents`, then `resolved_dependencies`, each once.
    pub(super) all_down: Vec<Node>,
    /// The revisions whose `down_revision` names this one, in the order of the map.
    pub(super) next: Vec<Node>,
    /// The same and those that depend on this one.
    pub(super) all_next: Vec<Node>,
}

impl Revision {
    /// Makes a revision that belongs to no file.
    ///
    /// # Errors
    /// A revision that comes after or depends on itself; characters that an identifier may not have.
    pub fn new(
        id: impl Into<RevisionId>,
        down_revision: &[String],
        dependencies: &[String],
        branch_labels: &[String],
    ) -> Result<Self, RevisionError> {
        let id = id.into();
        if down_revision.iter().any(|down| id == **down) {
            return Err(RevisionError::Loop(id));
        }
        if dependencies.iter().any(|dependency| id == **dependency) {
            return Err(RevisionError::DependencyLoop(id));
        }
        RevisionId::verify(id.as_str())?;
        let mut labels: Vec<Arc<str>> = Vec::with_capacity(branch_labels.len());
        for label in branch_labels {
            if !labels.iter().any(|known| **known == **label) {
                labels.push(label.as_str().into());
            }
        }
        Ok(Self {
            id,
            down: down_revision.iter().map(|down| down.as_str().into()).collect(),
            dependencies: dependencies.to_vec(),
            original_branch_labels: branch_labels.iter().map(|label| label.as_str().into()).collect(),
            branch_labels: labels,
            longdoc: String::new(),
            path: PathBuf::new(),
            is_script: false,
            parents: Vec::new(),
            resolved_dependencies: Vec::new(),
            normalized_dependencies: Vec::new(),
            normalized_down: Vec::new(),
            all_down: Vec::new(),
            next: Vec::new(),
            all_next: Vec::new(),
        })
    }

    /// Adds the file that defines the revision, and its docstring.
    #[must_use]
    pub fn with_script(mut self, path: impl Into<PathBuf>, doc: Option<&str>) -> Self {
        self.path = path.into();
        strip(doc.unwrap_or_default()).clone_into(&mut self.longdoc);
        self.is_script = true;
        self
    }

    /// The identifier.
    #[must_use]
    pub fn id(&self) -> &RevisionId {
        &self.id
    }

    /// The revisions this one comes after, as its file names them; empty for a base.
    #[must_use]
    pub fn down_revision(&self) -> &[RevisionId] {
        &self.down
    }

    /// The revisions or labels this one depends on, as its file names them.
    #[must_use]
    pub fn dependencies(&self) -> &[String] {
        &self.dependencies
    }

    /// The labels of the branches that this revision is on: its own first, then inherited ones.
    #[must_use]
    pub fn branch_labels(&self) -> &[Arc<str>] {
        &self.branch_labels
    }

    /// Says whether a label names a branch that this revision is on.
    #[must_use]
    pub fn has_branch_label(&self, label: &str) -> bool {
        self.branch_labels.iter().any(|known| **known == *label)
    }

    /// The file that defines the revision.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The docstring without the white space around it.
    #[must_use]
    pub fn longdoc(&self) -> &str {
        &self.longdoc
    }

    /// The first paragraph of the docstring.
    #[must_use]
    pub fn doc(&self) -> &str {
        self.longdoc.split("\n\n").next().unwrap_or_default()
    }

    /// Says whether no revision comes after this one.
    #[must_use]
    pub fn is_head(&self) -> bool {
        self.next.is_empty()
    }

    /// Says whether no revision comes after or depends on this one.
    #[must_use]
    pub fn is_real_head(&self) -> bool {
        self.all_next.is_empty()
    }

    /// Says whether this revision comes after no other.
    #[must_use]
    pub fn is_base(&self) -> bool {
        self.down.is_empty()
    }

    /// Says whether this revision neither comes after nor depends on another.
    #[must_use]
    pub fn is_real_base(&self) -> bool {
        self.down.is_empty() && self.dependencies.is_empty()
    }

    /// Says whether several revisions come after this one.
    #[must_use]
    pub fn is_branch_point(&self) -> bool {
        self.next.len() > 1
    }

    /// Says whether several revisions come after or depend on this one.
    #[must_use]
    pub fn is_real_branch_point(&self) -> bool {
        self.all_next.len() > 1
    }

    /// Says whether this revision comes after several others.
    #[must_use]
    pub fn is_merge_point(&self) -> bool {
        self.down.len() > 1
    }

    /// Adds labels that are not there yet.
    pub(super) fn add_branch_labels(&mut self, labels: &[Arc<str>]) {
        for label in labels {
            if !self.branch_labels.contains(label) {
                self.branch_labels.push(Arc::clone(label));
            }
        }
    }

    /// The parents as lists show them: `<base>` for none.
    pub(super) fn format_down_revision(&self) -> String {
        if self.is_base() { "<base>".to_owned() } else { format_as_comma(&self.down) }
    }
}

/// The line of `history`, as the reference's `str(script)` gives it; of a revision without a file, its `repr`.
impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_script {
            let down: Vec<String> = self.down.iter().map(ToString::to_string).collect();
            return write!(
                f,
                "Revision({}, {})",
                repr(self.id.as_str()),
                match down.as_slice() {
                    [] => "None".to_owned(),
                    [one] => repr(one),
                    several => python_text::tuple_repr(several),
                }
            );
        }
        write!(
            f,
            "{} -> {}{}{}{}, {}",
            self.format_down_revision(),
            self.id,
            if self.is_head() { " (head)" } else { "" },
            if self.is_branch_point() { " (branchpoint)" } else { "" },
            if self.is_merge_point() { " (mergepoint)" } else { "" },
            self.doc()
        )
    }
}
