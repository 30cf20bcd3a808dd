//! The steps of an upgrade, downgrade or stamp. Nothing here runs a script or touches a database.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::script::{RevisionId, Script, format_as_comma};

/// One step: a revision that runs, or a stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MigrationStep {
    /// A revision is upgraded or downgraded.
    Revision(RevisionStep),
    /// The version table changes and nothing runs.
    Stamp(StampStep),
}

/// A revision to upgrade or downgrade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionStep {
    pub(super) revision: RevisionId,
    pub(super) is_upgrade: bool,
    path: PathBuf,
    doc: String,
    versioned_down: Vec<RevisionId>,
    pub(super) normalized_down: Vec<RevisionId>,
}

/// A move of the version table without running anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StampStep {
    pub(super) from: Vec<RevisionId>,
    pub(super) to: Vec<RevisionId>,
    pub(super) is_upgrade: bool,
    pub(super) branch_move: bool,
}

/// What a step is about, for the hook `on_version_apply`, as the reference's `MigrationInfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationInfo {
    /// The step goes up.
    pub is_upgrade: bool,
    /// The step is a stamp: nothing runs.
    pub is_stamp: bool,
    /// The revisions at the upper end; several only for a stamp that goes down.
    pub up_revision_ids: Vec<RevisionId>,
    /// The revisions at the lower end; none for a base.
    pub down_revision_ids: Vec<RevisionId>,
}

impl MigrationInfo {
    /// Says whether something runs.
    #[must_use]
    pub fn is_migration(&self) -> bool {
        !self.is_stamp
    }

    /// The first revision at the upper end.
    #[must_use]
    pub fn up_revision_id(&self) -> Option<&RevisionId> {
        self.up_revision_ids.first()
    }

    /// The revisions before the step.
    #[must_use]
    pub fn source_revision_ids(&self) -> &[RevisionId] {
        if self.is_upgrade { &self.down_revision_ids } else { &self.up_revision_ids }
    }

    /// The revisions after the step.
    #[must_use]
    pub fn destination_revision_ids(&self) -> &[RevisionId] {
        if self.is_upgrade { &self.up_revision_ids } else { &self.down_revision_ids }
    }
}

impl RevisionStep {
    /// The step that upgrades a revision.
    #[must_use]
    pub fn upgrade_from_script(script: Script<'_>) -> Self {
        Self::of(script, true)
    }

    /// The step that downgrades a revision.
    #[must_use]
    pub fn downgrade_from_script(script: Script<'_>) -> Self {
        Self::of(script, false)
    }

    fn of(script: Script<'_>, is_upgrade: bool) -> Self {
        Self {
            revision: script.id().clone(),
            is_upgrade,
            path: script.path().to_owned(),
            doc: script.doc().to_owned(),
            versioned_down: script.down_revision().to_vec(),
            normalized_down: script.normalized_down_revisions(),
        }
    }

    /// The revision.
    #[must_use]
    pub fn revision(&self) -> &RevisionId {
        &self.revision
    }

    /// The file of the revision.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl StampStep {
    /// The stamp that removes a row: the branch goes back to the base.
    #[must_use]
    pub fn delete_branch(head: RevisionId) -> Self {
        Self { from: vec![head], to: Vec::new(), is_upgrade: false, branch_move: true }
    }

    /// The stamp that adds a row for a branch that has none.
    #[must_use]
    pub fn new_branch(revision: RevisionId) -> Self {
        Self { from: Vec::new(), to: vec![revision], is_upgrade: true, branch_move: true }
    }

    /// The stamp that moves the rows of some heads to one revision above (`is_upgrade`) or below them.
    #[must_use]
    pub fn move_heads(heads: Vec<RevisionId>, revision: RevisionId, is_upgrade: bool) -> Self {
        Self { from: heads, to: vec![revision], is_upgrade, branch_move: false }
    }
}

impl From<RevisionStep> for MigrationStep {
    fn from(step: RevisionStep) -> Self {
        Self::Revision(step)
    }
}

impl From<StampStep> for MigrationStep {
    fn from(step: StampStep) -> Self {
        Self::Stamp(step)
    }
}

impl MigrationStep {
    /// The name of what runs: `upgrade`, `downgrade` or `stamp_revision`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Revision(step) if step.is_upgrade => "upgrade",
            Self::Revision(_) => "downgrade",
            Self::Stamp(_) => "stamp_revision",
        }
    }

    /// Says whether the step goes up.
    #[must_use]
    pub fn is_upgrade(&self) -> bool {
        match self {
            Self::Revision(step) => step.is_upgrade,
            Self::Stamp(step) => step.is_upgrade,
        }
    }

    /// Says whether the step goes down.
    #[must_use]
    pub fn is_downgrade(&self) -> bool {
        !self.is_upgrade()
    }

    /// The first paragraph of the revision's docstring; `None` for a stamp.
    #[must_use]
    pub fn doc(&self) -> Option<&str> {
        match self {
            Self::Revision(step) => Some(&step.doc),
            Self::Stamp(_) => None,
        }
    }

    /// The revisions before the step, dependencies included.
    #[must_use]
    pub fn from_revisions(&self) -> &[RevisionId] {
        match self {
            Self::Revision(step) if step.is_upgrade => &step.normalized_down,
            Self::Revision(step) => std::slice::from_ref(&step.revision),
            Self::Stamp(step) => &step.from,
        }
    }

    /// The revisions before the step, without dependencies.
    #[must_use]
    pub fn from_revisions_no_deps(&self) -> &[RevisionId] {
        match self {
            Self::Revision(step) if step.is_upgrade => &step.versioned_down,
            _ => self.from_revisions(),
        }
    }

    /// The revisions after the step, dependencies included.
    #[must_use]
    pub fn to_revisions(&self) -> &[RevisionId] {
        match self {
            Self::Revision(step) if step.is_upgrade => std::slice::from_ref(&step.revision),
            Self::Revision(step) => &step.normalized_down,
            Self::Stamp(step) => &step.to,
        }
    }

    /// The revisions after the step, without dependencies.
    #[must_use]
    pub fn to_revisions_no_deps(&self) -> &[RevisionId] {
        match self {
            Self::Revision(step) if !step.is_upgrade => &step.versioned_down,
            _ => self.to_revisions(),
        }
    }

    /// The step without its message, as `--sql` output shows it: `upgrade a -> b`.
    #[must_use]
    pub fn short_log(&self) -> String {
        format!(
            "{} {} -> {}",
            self.name(),
            format_as_comma(self.from_revisions_no_deps()),
            format_as_comma(self.to_revisions_no_deps())
        )
    }

    /// What the step is about, for hooks.
    #[must_use]
    pub fn info(&self) -> MigrationInfo {
        match self {
            Self::Revision(step) => MigrationInfo {
                is_upgrade: step.is_upgrade,
                is_stamp: false,
                up_revision_ids: vec![step.revision.clone()],
                down_revision_ids: step.normalized_down.clone(),
            },
            Self::Stamp(step) => {
                let (up, down) =
                    if step.is_upgrade { (&step.to, &step.from) } else { (&step.from, &step.to) };
                MigrationInfo {
                    is_upgrade: step.is_upgrade,
                    is_stamp: true,
                    up_revision_ids: up.clone(),
                    down_revision_ids: down.clone(),
                }
            }
        }
    }
}

/// The step as the log tells it: `upgrade a -> b, create account table`.
impl fmt::Display for MigrationStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short_log())?;
        match self.doc().filter(|doc| !doc.is_empty()) {
            Some(doc) => write!(f, ", {doc}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io;
    use std::sync::Arc;

    use super::*;
    use crate::config::Messaging;
    use crate::script::{Revision, RevisionMap};

    /// Makes a graph of `revision: parents; dependencies` lines.
    pub(in crate::runtime) fn map(lines: &[&str]) -> RevisionMap {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let revisions = lines
            .iter()
            .map(|line| {
                let (id, rest) = line.split_once(':').unwrap();
                let (parents, dependencies) = rest.split_once(';').unwrap_or((rest, ""));
                Revision::new(id, &words(parents), &words(dependencies), &[])
                    .unwrap()
                    .with_script(format!("{id}.py"), Some(&format!("make {id}\n\nRevision ID: {id}")))
            })
            .collect();
        RevisionMap::new(revisions, Arc::new(Messaging::new(Box::new(io::sink()), false, None))).unwrap()
    }

    pub(in crate::runtime) fn step(map: &RevisionMap, id: &str, is_upgrade: bool) -> MigrationStep {
        RevisionStep::of(Script::new(map, map.find(id).unwrap()), is_upgrade).into()
    }

    pub(in crate::runtime) const DIAMOND: &[&str] = &["a:", "b: a", "c: a", "d: b c", "e: d"];

    #[test]
    fn steps_show_themselves_as_the_log_does() {
        let map = map(DIAMOND);
        assert_eq!(step(&map, "a", true).to_string(), "upgrade  -> a, make a");
        assert_eq!(step(&map, "d", true).to_string(), "upgrade b, c -> d, make d");
        assert_eq!(step(&map, "d", false).short_log(), "downgrade d -> b, c");
        let stamp = MigrationStep::from(StampStep::delete_branch("a".into()));
        assert_eq!(stamp.to_string(), "stamp_revision a -> ");
        assert_eq!(stamp.doc(), None);
    }
}
