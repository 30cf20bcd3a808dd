//! What can go wrong in the revision graph, in the reference's wording.

use super::revision::{RevisionArgument, RevisionId};

/// A failure of the revision graph, as the reference's `alembic.script.revision` raises it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RevisionError {
    /// The lower end of a range is not below its upper end.
    #[error("Revision {} is not an ancestor of revision {}", lower.or_base(), upper.or_base())]
    RangeNotAncestor {
        /// The lower end.
        lower: RevisionArgument,
        /// The upper end.
        upper: RevisionArgument,
    },
    /// An argument that must name one revision names several heads.
    #[error("Multiple heads are present for given argument '{argument}'; {}", comma(heads))]
    MultipleHeads {
        /// The heads that it names.
        heads: Vec<RevisionId>,
        /// The argument.
        argument: String,
    },
    /// A symbol names no revision, or several.
    #[error("{message}")]
    Resolution {
        /// The sentence.
        message: String,
        /// The symbol.
        argument: String,
        /// What may have been meant.
        hint: Option<String>,
    },
    /// Revisions come after each other in a circle.
    #[error("Cycle is detected in revisions ({})", comma(.0))]
    Cycle(Vec<RevisionId>),
    /// Revisions come after, or depend on, each other in a circle.
    #[error("Dependency cycle is detected in revisions ({})", comma(.0))]
    DependencyCycle(Vec<RevisionId>),
    /// A revision comes after itself.
    #[error("Self-loop is detected in revisions ({0})")]
    Loop(RevisionId),
    /// A revision depends on itself.
    #[error("Dependency self-loop is detected in revisions ({0})")]
    DependencyLoop(RevisionId),
    /// A revision names a parent or a dependency that no file defines.
    #[error("Revision {revision} referenced from {referenced_from} is not present")]
    Missing {
        /// The identifier or label that is missing.
        revision: String,
        /// The revision that names it, as it shows itself.
        referenced_from: String,
    },
    /// Any other complaint that the reference raises as a plain `RevisionError`.
    #[error("{0}")]
    Invalid(String),
    /// A request that the reference does not foresee and answers with an `AssertionError`.
    #[error("{0}")]
    Unforeseen(String),
}

impl RevisionError {
    /// Says whether the reference reports this error as a sentence for the user (a `CommandError`).
    ///
    /// The others end there in a traceback of a `KeyError` or an `AssertionError`.
    #[must_use]
    pub fn is_command_error(&self) -> bool {
        !matches!(self, Self::Missing { .. } | Self::Unforeseen(_))
    }

    /// The name of the exception that the reference raises, as a traceback shows it.
    #[must_use]
    pub fn exception_class(&self) -> &'static str {
        match self {
            Self::RangeNotAncestor { .. } => "alembic.script.revision.RangeNotAncestorError",
            Self::MultipleHeads { .. } => "alembic.script.revision.MultipleHeads",
            Self::Resolution { .. } => "alembic.script.revision.ResolutionError",
            Self::Cycle(_) => "alembic.script.revision.CycleDetected",
            Self::DependencyCycle(_) => "alembic.script.revision.DependencyCycleDetected",
            Self::Loop(_) => "alembic.script.revision.LoopDetected",
            Self::DependencyLoop(_) => "alembic.script.revision.DependencyLoopDetected",
            Self::Missing { .. } => "KeyError",
            Self::Invalid(_) => "alembic.script.revision.RevisionError",
            Self::Unforeseen(_) => "AssertionError",
        }
    }
}

/// Joins identifiers as the reference's `format_as_comma` does.
fn comma(revisions: &[RevisionId]) -> String {
    super::revision::format_as_comma(revisions)
}
