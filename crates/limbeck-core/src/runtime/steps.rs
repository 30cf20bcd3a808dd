//! The steps of an upgrade, downgrade or stamp, and the changes of the version table that each of them makes.
//!
//! Nothing here runs a script or touches a database.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::config::text::repr;
use crate::script::{
    Node, RevisionArgument, RevisionError, RevisionId, RevisionMap, Script, Target, format_as_comma,
};

/// The name of the logger that tells about version rows.
const LOGGER: &str = "alembic.runtime.migration";

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
    revision: RevisionId,
    is_upgrade: bool,
    path: PathBuf,
    doc: String,
    versioned_down: Vec<RevisionId>,
    normalized_down: Vec<RevisionId>,
}

/// A move of the version table without running anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StampStep {
    from: Vec<RevisionId>,
    to: Vec<RevisionId>,
    is_upgrade: bool,
    branch_move: bool,
}

/// A change of the version table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionChange {
    /// A row is added.
    Insert(RevisionId),
    /// A row is removed.
    Delete(RevisionId),
    /// A row gets another revision.
    Update {
        /// The revision it had.
        from: RevisionId,
        /// The revision it gets.
        to: RevisionId,
    },
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

    fn downs_among<'a>(&'a self, heads: &'a HeadTracker) -> impl Iterator<Item = &'a RevisionId> {
        self.normalized_down.iter().filter(|down| heads.contains(down))
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

/// The rows of the version table while steps are taken, as the reference's `HeadMaintainer`.
#[derive(Clone, Debug)]
pub struct HeadTracker {
    /// The rows, each once, in the order they came.
    heads: Vec<RevisionId>,
    /// What lies below the rows other than one, as last asked for: a branch that is walked down asks the same thing
    /// again and again.
    below_others: Option<(HashSet<RevisionId>, HashSet<RevisionId>)>,
}

impl HeadTracker {
    /// Starts from the rows of a version table.
    pub fn new(rows: impl IntoIterator<Item = RevisionId>) -> Self {
        let mut heads: Vec<RevisionId> = Vec::new();
        for row in rows {
            if !heads.contains(&row) {
                heads.push(row);
            }
        }
        Self { heads, below_others: None }
    }

    /// The rows.
    #[must_use]
    pub fn heads(&self) -> &[RevisionId] {
        &self.heads
    }

    /// Takes a step and tells the changes of the version table, in their order.
    ///
    /// # Errors
    /// Rows that do not fit the step, and rows that no revision has.
    pub fn update_to_step(
        &mut self,
        step: &MigrationStep,
        map: &RevisionMap,
    ) -> Result<Vec<VersionChange>, RevisionError> {
        let changes = match step {
            MigrationStep::Revision(revision) => self.changes_of_revision(step, revision, map)?,
            MigrationStep::Stamp(stamp) => self.changes_of_stamp(stamp)?,
        };
        for change in &changes {
            self.apply(change)?;
        }
        Ok(changes)
    }

    fn contains(&self, revision: &RevisionId) -> bool {
        self.heads.contains(revision)
    }

    fn changes_of_revision(
        &mut self,
        step: &MigrationStep,
        revision: &RevisionStep,
        map: &RevisionMap,
    ) -> Result<Vec<VersionChange>, RevisionError> {
        let id = &revision.revision;
        if step.is_downgrade() && self.contains(id) {
            let to = self.unmerge_to_revisions(revision, map)?;
            let Some((last, others)) = to.split_last() else {
                return Ok(delete_branch(id));
            };
            if revision.normalized_down.len() > 1 {
                log::debug!(
                    target: LOGGER,
                    "unmerge, insert {}, update {id} to {last}", shown(others, ['(', ')'])
                );
                return Ok(unmerge(id, last, others));
            }
        } else if step.is_upgrade() {
            match revision.downs_among(self).count() {
                0 => return Ok(new_branch(id)),
                1 => {}
                _ => {
                    let from = self.merge_from_revisions(revision, map)?;
                    let Some((last, others)) = from.split_last() else {
                        return Err(RevisionError::Unforeseen(format!(
                            "upgrade {id} merges no row of the version table"
                        )));
                    };
                    return Ok(merge(others, last, id));
                }
            }
        }
        let down = match revision.normalized_down.as_slice() {
            [down] => down,
            _ => match revision.downs_among(self).collect::<Vec<_>>().as_slice() {
                [down] => *down,
                _ => {
                    return Err(RevisionError::Unforeseen(
                        "Can't do an UPDATE because downrevision is ambiguous".to_owned(),
                    ));
                }
            },
        };
        Ok(if revision.is_upgrade { update(down, id) } else { update(id, down) })
    }

    fn changes_of_stamp(&self, step: &StampStep) -> Result<Vec<VersionChange>, RevisionError> {
        let is_missing = |revision: &RevisionId| !self.contains(revision);
        if !step.is_upgrade && step.branch_move {
            return Ok(step.from.iter().flat_map(delete_branch).collect());
        }
        let is_new = step.branch_move || step.from.iter().any(is_missing);
        if step.is_upgrade && is_new && step.to.iter().any(is_missing) {
            return Ok(step.to.iter().flat_map(new_branch).collect());
        }
        let (Some((last, others)), [to]) = (step.from.split_last(), step.to.as_slice()) else {
            return Err(RevisionError::Unforeseen(format!(
                "a stamp from ({}) to ({}) moves no row",
                format_as_comma(&step.from),
                format_as_comma(&step.to)
            )));
        };
        Ok(if others.is_empty() { update(last, to) } else { merge(others, last, to) })
    }

    /// The rows that a merge point replaces: its parents without those that another row implies.
    fn merge_from_revisions(
        &mut self,
        step: &RevisionStep,
        map: &RevisionMap,
    ) -> Result<Vec<RevisionId>, RevisionError> {
        let others: HashSet<RevisionId> =
            self.heads.iter().filter(|head| !step.normalized_down.contains(head)).cloned().collect();
        self.not_implied(&step.normalized_down, others, map)
    }

    /// The rows that replace a revision when it is downgraded: its parents without those that another row, or another
    /// of them, implies.
    fn unmerge_to_revisions(
        &mut self,
        step: &RevisionStep,
        map: &RevisionMap,
    ) -> Result<Vec<RevisionId>, RevisionError> {
        let others: HashSet<RevisionId> =
            self.heads.iter().filter(|head| **head != step.revision).cloned().collect();
        if !others.is_empty() || step.normalized_down.len() < 2 {
            return self.not_implied(&step.normalized_down, others, map);
        }
        let mut implied: HashSet<RevisionId> = HashSet::new();
        for down in &step.normalized_down {
            let below = below(map, [down])?;
            implied.extend(below.into_iter().filter(|revision| revision != down));
        }
        Ok(step.normalized_down.iter().filter(|down| !implied.contains(*down)).cloned().collect())
    }

    /// Those of some revisions that are not at or below any of `others`.
    fn not_implied(
        &mut self,
        revisions: &[RevisionId],
        others: HashSet<RevisionId>,
        map: &RevisionMap,
    ) -> Result<Vec<RevisionId>, RevisionError> {
        if others.is_empty() {
            return Ok(revisions.to_vec());
        }
        let implied = match &mut self.below_others {
            Some((known, implied)) if *known == others => &*implied,
            cache => {
                let implied = below(map, &others)?;
                &cache.insert((others, implied)).1
            }
        };
        Ok(revisions.iter().filter(|revision| !implied.contains(*revision)).cloned().collect())
    }

    fn apply(&mut self, change: &VersionChange) -> Result<(), RevisionError> {
        match change {
            VersionChange::Insert(revision) => self.insert(revision),
            VersionChange::Delete(revision) => self.remove(revision).map(drop),
            VersionChange::Update { from, to } => {
                self.refuse_present(to)?;
                let place = self.remove(from)?;
                self.heads.insert(place, to.clone());
                Ok(())
            }
        }
    }

    fn insert(&mut self, revision: &RevisionId) -> Result<(), RevisionError> {
        self.refuse_present(revision)?;
        self.heads.push(revision.clone());
        Ok(())
    }

    fn refuse_present(&self, revision: &RevisionId) -> Result<(), RevisionError> {
        if self.contains(revision) {
            return Err(RevisionError::Unforeseen(format!(
                "the version table has revision {revision} already, which this step would add"
            )));
        }
        Ok(())
    }

    fn remove(&mut self, revision: &RevisionId) -> Result<usize, RevisionError> {
        let Some(place) = self.heads.iter().position(|head| head == revision) else {
            return Err(RevisionError::Unforeseen(format!(
                "the version table has no revision {revision}, which this step would remove"
            )));
        };
        self.heads.remove(place);
        Ok(place)
    }
}

/// Everything at or below some revisions, dependencies included.
fn below<'a>(
    map: &RevisionMap,
    revisions: impl IntoIterator<Item = &'a RevisionId>,
) -> Result<HashSet<RevisionId>, RevisionError> {
    let symbols: Vec<&RevisionId> = revisions.into_iter().collect();
    let argument = RevisionArgument::from(symbols.as_slice());
    let mut starts: Vec<Node> = Vec::with_capacity(symbols.len());
    for target in map.get_revisions(&argument)? {
        if let Target::Revision(node) = target {
            starts.push(node);
        }
    }
    Ok(map.ancestors(&starts).into_iter().map(|node| map.revision(node).id().clone()).collect())
}

fn delete_branch(revision: &RevisionId) -> Vec<VersionChange> {
    log::debug!(target: LOGGER, "branch delete {revision}");
    vec![VersionChange::Delete(revision.clone())]
}

fn new_branch(revision: &RevisionId) -> Vec<VersionChange> {
    log::debug!(target: LOGGER, "new branch insert {revision}");
    vec![VersionChange::Insert(revision.clone())]
}

fn update(from: &RevisionId, to: &RevisionId) -> Vec<VersionChange> {
    log::debug!(target: LOGGER, "update {from} to {to}");
    vec![VersionChange::Update { from: from.clone(), to: to.clone() }]
}

fn merge(deleted: &[RevisionId], from: &RevisionId, to: &RevisionId) -> Vec<VersionChange> {
    log::debug!(target: LOGGER, "merge, delete {}, update {from} to {to}", shown(deleted, ['[', ']']));
    let mut changes: Vec<VersionChange> =
        deleted.iter().map(|revision| VersionChange::Delete(revision.clone())).collect();
    changes.push(VersionChange::Update { from: from.clone(), to: to.clone() });
    changes
}

fn unmerge(from: &RevisionId, to: &RevisionId, inserted: &[RevisionId]) -> Vec<VersionChange> {
    let mut changes: Vec<VersionChange> =
        inserted.iter().map(|revision| VersionChange::Insert(revision.clone())).collect();
    changes.push(VersionChange::Update { from: from.clone(), to: to.clone() });
    changes
}

/// A list or tuple of identifiers as Python shows it.
fn shown(revisions: &[RevisionId], [open, close]: [char; 2]) -> String {
    let items: Vec<String> = revisions.iter().map(|revision| repr(revision.as_str())).collect();
    let comma = if open == '(' && items.len() == 1 { "," } else { "" };
    format!("{open}{}{comma}{close}", items.join(", "))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use super::*;
    use crate::config::Messaging;
    use crate::script::{RangeOptions, Revision};

    /// Makes a graph of `revision: parents; dependencies` lines.
    fn map(lines: &[&str]) -> RevisionMap {
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

    fn step(map: &RevisionMap, id: &str, is_upgrade: bool) -> MigrationStep {
        RevisionStep::of(Script::new(map, map.find(id).unwrap()), is_upgrade).into()
    }

    fn tracker(rows: &[&str]) -> HeadTracker {
        HeadTracker::new(rows.iter().map(|row| RevisionId::from(*row)))
    }

    fn changes(rows: &[&str], step: &MigrationStep, map: &RevisionMap) -> Result<Vec<String>, RevisionError> {
        let changes = tracker(rows).update_to_step(step, map)?;
        Ok(changes
            .iter()
            .map(|change| match change {
                VersionChange::Insert(id) => format!("+{id}"),
                VersionChange::Delete(id) => format!("-{id}"),
                VersionChange::Update { from, to } => format!("{from}>{to}"),
            })
            .collect())
    }

    const DIAMOND: &[&str] = &["a:", "b: a", "c: a", "d: b c", "e: d"];

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

    #[test]
    fn dependencies_are_not_shown_but_count() {
        let map = map(&["a:", "x:", "b: a; x"]);
        let up = step(&map, "b", true);
        assert_eq!(up.short_log(), "upgrade a -> b");
        assert_eq!(up.from_revisions(), ["a", "x"]);
        assert_eq!(changes(&["a", "x"], &up, &map).unwrap(), ["-a", "x>b"]);
        assert_eq!(changes(&["b"], &step(&map, "b", false), &map).unwrap(), ["+a", "b>x"]);
    }

    #[test]
    fn upgrades_insert_move_and_merge_rows() {
        let map = map(DIAMOND);
        assert_eq!(changes(&[], &step(&map, "a", true), &map).unwrap(), ["+a"]);
        assert_eq!(changes(&["a"], &step(&map, "b", true), &map).unwrap(), ["a>b"]);
        assert_eq!(changes(&["b"], &step(&map, "c", true), &map).unwrap(), ["+c"]);
        assert_eq!(changes(&["b", "c"], &step(&map, "d", true), &map).unwrap(), ["-b", "c>d"]);
    }

    #[test]
    fn downgrades_remove_move_and_split_rows() {
        let map = map(DIAMOND);
        assert_eq!(changes(&["d"], &step(&map, "d", false), &map).unwrap(), ["+b", "d>c"]);
        assert_eq!(changes(&["b", "c"], &step(&map, "b", false), &map).unwrap(), ["-b"]);
        assert_eq!(changes(&["c"], &step(&map, "c", false), &map).unwrap(), ["c>a"]);
        assert_eq!(changes(&["a"], &step(&map, "a", false), &map).unwrap(), ["-a"]);
    }

    #[test]
    fn rows_that_do_not_fit_are_refused() {
        let map = map(DIAMOND);
        assert!(changes(&["c"], &step(&map, "b", false), &map).is_err());
        assert!(changes(&["a"], &step(&map, "a", true), &map).is_err());
        let error = changes(&["zzzz", "d"], &step(&map, "d", false), &map).unwrap_err();
        assert_eq!(error.to_string(), "No such revision or branch 'zzzz'");
    }

    #[test]
    fn stamps_move_rows_without_the_graph() {
        let map = map(DIAMOND);
        let of = |step: StampStep| MigrationStep::from(step);
        let down = of(StampStep::move_heads(vec!["b".into(), "c".into()], "a".into(), false));
        assert_eq!(changes(&["b", "c"], &down, &map).unwrap(), ["-b", "c>a"]);
        assert_eq!(down.info().up_revision_ids, ["b", "c"]);
        assert_eq!(down.info().source_revision_ids(), ["b", "c"]);
        assert_eq!(down.info().destination_revision_ids(), ["a"]);
        assert!(!down.info().is_migration());
        assert_eq!(changes(&["a"], &of(StampStep::delete_branch("a".into())), &map).unwrap(), ["-a"]);
        assert_eq!(changes(&[], &of(StampStep::new_branch("e".into())), &map).unwrap(), ["+e"]);
    }

    #[test]
    fn rows_keep_their_order_and_come_once() {
        let map = map(&["a:", "b:", "c: a"]);
        let mut tracker = tracker(&["a", "b", "a"]);
        tracker.update_to_step(&step(&map, "c", true), &map).unwrap();
        assert_eq!(tracker.heads(), ["c", "b"]);
    }

    #[test]
    fn ten_thousand_revisions_go_up_and_down_in_linear_time() {
        // Two branches that depend on each other, merged every hundred revisions.
        let mut lines = vec!["l0:".to_owned(), "r0:".to_owned()];
        for index in 1..5000 {
            let below = index - 1;
            if index % 100 == 0 {
                lines.push(format!("l{index}: l{below} r{below}"));
                lines.push(format!("r{index}: l{index}"));
            } else {
                lines.push(format!("l{index}: l{below}; r{below}"));
                lines.push(format!("r{index}: r{below}"));
            }
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let map = map(&lines);
        let heads = RevisionArgument::from("heads");
        let range = RangeOptions { implicit_base: true, ..RangeOptions::default() };
        let nodes = map.iterate_revisions(&heads, &RevisionArgument::Nothing, range).unwrap();
        assert_eq!(nodes.len(), 10_000);
        let mut tracker = tracker(&[]);
        for is_upgrade in [true, false] {
            let scripts = nodes.iter().map(|node| Script::new(&map, *node));
            let steps: Vec<MigrationStep> = if is_upgrade {
                scripts.rev().map(|script| RevisionStep::upgrade_from_script(script).into()).collect()
            } else {
                scripts.map(|script| RevisionStep::downgrade_from_script(script).into()).collect()
            };
            for step in &steps {
                tracker.update_to_step(step, &map).unwrap();
            }
            if is_upgrade {
                let mut heads: Vec<RevisionId> = map.real_heads();
                heads.sort();
                let mut rows = tracker.heads().to_vec();
                rows.sort();
                assert_eq!(rows, heads);
            }
        }
        assert!(tracker.heads().is_empty());
    }
}
