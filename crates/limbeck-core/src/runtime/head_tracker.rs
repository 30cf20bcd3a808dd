//! The rows of the version table while steps are taken, and the changes that each step makes of them.

use std::collections::{HashMap, HashSet};

use super::steps::{MigrationStep, RevisionStep, StampStep};
use crate::config::text::repr;
use crate::script::{
    Descent, Node, RevisionArgument, RevisionError, RevisionId, RevisionMap, Target, format_as_comma,
};

/// The name of the logger that tells about version rows.
const LOGGER: &str = "alembic.runtime.migration";

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

/// The rows of the version table while steps are taken, as the reference's `HeadMaintainer`.
#[derive(Clone, Debug)]
pub struct HeadTracker {
    rows: Rows,
    /// What lies below the rows; made when first asked for, and then moved with the rows.
    applied: Option<Descent>,
    /// What lies below the rows other than one, as last asked for: a branch that is walked down asks the same thing
    /// again and again.
    below_others: Option<(HashSet<RevisionId>, HashSet<RevisionId>)>,
}

/// Rows, each once, in the order they came; one that gets another revision keeps its place.
#[derive(Clone, Debug, Default)]
struct Rows {
    ordered: Vec<Option<RevisionId>>,
    places: HashMap<RevisionId, usize>,
}

impl Rows {
    fn contains(&self, revision: &RevisionId) -> bool {
        self.places.contains_key(revision)
    }

    fn len(&self) -> usize {
        self.places.len()
    }

    fn iter(&self) -> impl Iterator<Item = &RevisionId> {
        self.ordered.iter().flatten()
    }

    /// Adds a row; `false` when it was there.
    fn insert(&mut self, revision: &RevisionId) -> bool {
        if self.contains(revision) {
            return false;
        }
        self.places.insert(revision.clone(), self.ordered.len());
        self.ordered.push(Some(revision.clone()));
        true
    }

    /// Removes a row; `false` when it was not there.
    fn remove(&mut self, revision: &RevisionId) -> bool {
        let Some(place) = self.places.remove(revision) else { return false };
        self.ordered[place] = None;
        // Half of it may be gaps before they are closed.
        if self.ordered.len() > 2 * self.places.len() {
            self.ordered.retain(Option::is_some);
            for (place, row) in self.ordered.iter().flatten().enumerate() {
                if let Some(known) = self.places.get_mut(row) {
                    *known = place;
                }
            }
        }
        true
    }

    /// Gives a row another revision; `false` when it was not there.
    fn replace(&mut self, from: &RevisionId, to: &RevisionId) -> bool {
        let Some(place) = self.places.remove(from) else { return false };
        self.ordered[place] = Some(to.clone());
        self.places.insert(to.clone(), place);
        true
    }
}

impl HeadTracker {
    /// Starts from the rows of a version table.
    pub fn new(rows: impl IntoIterator<Item = RevisionId>) -> Self {
        let mut own = Rows::default();
        for row in rows {
            own.insert(&row);
        }
        Self { rows: own, applied: None, below_others: None }
    }

    /// The rows, when there are fewer than `limit`.
    #[must_use]
    pub fn heads_if_fewer(&self, limit: usize) -> Option<Vec<RevisionId>> {
        (self.rows.len() < limit).then(|| self.heads())
    }

    /// The rows.
    #[must_use]
    pub fn heads(&self) -> Vec<RevisionId> {
        self.rows.iter().cloned().collect()
    }

    /// Says whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 0
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
        let changes = self.changes_of(step, map)?;
        for change in &changes {
            self.apply(change)?;
        }
        self.move_applied(step, &changes, map);
        Ok(changes)
    }

    /// Tells the changes that a step makes, in their order, and makes none of them.
    ///
    /// # Errors
    /// Rows that do not fit the step, and rows that no revision has.
    pub(super) fn changes_of(
        &mut self,
        step: &MigrationStep,
        map: &RevisionMap,
    ) -> Result<Vec<VersionChange>, RevisionError> {
        match step {
            MigrationStep::Revision(revision) => self.changes_of_revision(step, revision, map),
            MigrationStep::Stamp(stamp) => self.changes_of_stamp(stamp),
        }
    }

    /// Takes note of what is applied after the changes of a step.
    pub(super) fn move_applied(
        &mut self,
        step: &MigrationStep,
        changes: &[VersionChange],
        map: &RevisionMap,
    ) {
        let Some(applied) = &mut self.applied else { return };
        let ends = changes.iter().map(|change| match change {
            VersionChange::Insert(to) => (None, Some(to)),
            VersionChange::Delete(from) => (Some(from), None),
            VersionChange::Update { from, to } => (Some(from), Some(to)),
        });
        let node = |id: Option<&RevisionId>| id.map(|id| map.find(id.as_str()));
        let ends: Vec<_> = ends.map(|(from, to)| (node(from), node(to))).collect();
        // Stamps may leave anything behind; what is not found cannot be moved.
        let is_known = ends.iter().all(|(from, to)| *from != Some(None) && *to != Some(None));
        if !is_known || matches!(step, MigrationStep::Stamp(_)) {
            self.applied = None;
            return;
        }
        // Rows are added first, so that what lies below both is not taken down in between.
        for to in ends.iter().filter_map(|(_, to)| to.flatten()) {
            applied.add(map, to);
        }
        for from in ends.iter().filter_map(|(from, _)| from.flatten()) {
            applied.remove(map, from);
        }
    }

    fn contains(&self, revision: &RevisionId) -> bool {
        self.rows.contains(revision)
    }

    /// What lies below the rows; `None` when a row is no revision's whole identifier.
    fn applied(&mut self, map: &RevisionMap) -> Option<&Descent> {
        if self.applied.is_none() {
            let tops = self.rows.iter().map(|row| map.find(row.as_str())).collect::<Option<Vec<Node>>>()?;
            self.applied = Some(Descent::new(map, tops));
        }
        self.applied.as_ref()
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
            match self.downs_of(revision).count() {
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
            _ => match self.downs_of(revision).collect::<Vec<_>>().as_slice() {
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

    /// The parents and dependencies of a revision that have rows.
    fn downs_of<'a>(&'a self, revision: &'a RevisionStep) -> impl Iterator<Item = &'a RevisionId> {
        revision.normalized_down.iter().filter(|down| self.contains(down))
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
        // Parents that have rows and that nothing applied comes after are implied by no other row.
        let is_top = |applied: &Descent| {
            step.normalized_down.iter().all(|down| {
                map.find(down.as_str()).is_some_and(|node| applied.is_top(node) && applied.links(node) == 0)
            })
        };
        if self.applied(map).is_some_and(is_top) {
            return Ok(step.normalized_down.clone());
        }
        let others: HashSet<RevisionId> =
            self.rows.iter().filter(|head| !step.normalized_down.contains(head)).cloned().collect();
        self.not_implied(&step.normalized_down, others, map)
    }

    /// The rows that replace a revision when it is downgraded: its parents without those that another row, or another
    /// of them, implies.
    fn unmerge_to_revisions(
        &mut self,
        step: &RevisionStep,
        map: &RevisionMap,
    ) -> Result<Vec<RevisionId>, RevisionError> {
        if self.rows.len() == 1 && step.normalized_down.len() < 2 {
            return Ok(step.normalized_down.clone());
        }
        if let Some(to) = self.unmerge_of_top(step, map) {
            return Ok(to);
        }
        let others: HashSet<RevisionId> =
            self.rows.iter().filter(|head| **head != step.revision).cloned().collect();
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

    /// As [`HeadTracker::unmerge_to_revisions`] where counting links is enough: nothing applied comes after the
    /// revision, and of each of its parents it is clear from what else leads there.
    fn unmerge_of_top(&mut self, step: &RevisionStep, map: &RevisionMap) -> Option<Vec<RevisionId>> {
        let is_alone = step.normalized_down.len() == 1;
        let applied = self.applied(map)?;
        if applied.links(map.find(step.revision.as_str())?) > 0 {
            return None;
        }
        let mut to = Vec::with_capacity(step.normalized_down.len());
        for down in &step.normalized_down {
            let node = map.find(down.as_str())?;
            match (applied.is_top(node), applied.links(node)) {
                (false, 0 | 1) => to.push(down.clone()),
                // Of several parents, one may lie below another: the link is then no other row's.
                _ if is_alone => {}
                _ => return None,
            }
        }
        Some(to)
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

    /// Makes one change.
    ///
    /// # Errors
    /// A row to add that is there, and one to remove or update that is not.
    pub(super) fn apply(&mut self, change: &VersionChange) -> Result<(), RevisionError> {
        let is_missing = |revision: &RevisionId| {
            RevisionError::Unforeseen(format!(
                "the version table has no revision {revision}, which this step would remove"
            ))
        };
        match change {
            VersionChange::Insert(revision) => {
                self.refuse_present(revision)?;
                self.rows.insert(revision);
            }
            VersionChange::Delete(revision) => {
                if !self.rows.remove(revision) {
                    return Err(is_missing(revision));
                }
            }
            VersionChange::Update { from, to } => {
                self.refuse_present(to)?;
                if !self.rows.replace(from, to) {
                    return Err(is_missing(from));
                }
            }
        }
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
    use super::super::steps::tests::{DIAMOND, map, step};
    use super::*;
    use crate::script::{RangeOptions, Script};

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
                let mut rows = tracker.heads();
                rows.sort();
                assert_eq!(rows, heads);
            }
        }
        assert!(tracker.is_empty());
    }
}
