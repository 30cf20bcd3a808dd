//! Ranges: which revisions lie between two points, and the order in which they are run.

use super::descent::Descent;
use super::error::RevisionError;
use super::map::{Links, NodeSet, RevisionMap};
use super::resolve::{RelativeDestination, Target, did_not_produce, only_revisions};
use super::revision::{Node, RevisionArgument};

type Result<T> = std::result::Result<T, RevisionError>;

/// How a range is read, as the keyword arguments of the reference's `iterate_revisions`.
#[derive(Clone, Copy, Debug)]
pub struct RangeOptions {
    /// Also other branches and dependencies that the upper end needs, and not only what is above the lower end.
    pub implicit_base: bool,
    /// The lower end belongs to the range.
    pub inclusive: bool,
    /// A relative end that leaves the graph is an error.
    pub assert_relative_length: bool,
    /// The range is what a downgrade from `upper` to `lower` takes back.
    pub select_for_downgrade: bool,
}

impl Default for RangeOptions {
    fn default() -> Self {
        Self {
            implicit_base: false,
            inclusive: false,
            assert_relative_length: true,
            select_for_downgrade: false,
        }
    }
}

impl RevisionMap {
    /// The revisions between `lower` and `upper`, the uppermost first.
    ///
    /// # Errors
    /// Ends that cannot be resolved, and ends that are not above each other.
    pub fn iterate_revisions(
        &self,
        upper: &RevisionArgument,
        lower: &RevisionArgument,
        options: RangeOptions,
    ) -> Result<Vec<Node>> {
        let (revisions, heads) = if options.select_for_downgrade {
            self.collect_downgrade_revisions(upper, lower, options)?
        } else {
            self.collect_upgrade_revisions(upper, lower, options)?
        };
        self.topological_sort(&revisions, &heads)
    }

    /// What must run to get from `lower` to `upper`, and the revisions aimed at.
    fn collect_upgrade_revisions(
        &self,
        upper: &RevisionArgument,
        lower: &RevisionArgument,
        options: RangeOptions,
    ) -> Result<(NodeSet, Vec<Node>)> {
        let mut targets =
            only_revisions(self.parse_upgrade_target(lower, upper, options.assert_relative_length)?)?;
        if let RevisionArgument::Symbol(symbol) = lower
            && let Some((branch, _)) = symbol.split_once('@')
        {
            let label = self.label_of_branch(branch)?;
            targets.retain(|node| self[*node].has_branch_label(&label));
        }
        let required = self.related_checked(&targets, Links::NormalizedDown)?;

        let mut lower = lower.clone();
        let mut current = self.get_revisions(&lower)?;
        let is_above_target = |target: &Target| match target {
            Target::Nothing => false,
            Target::Base => true,
            Target::Revision(node) => !required.contains(*node),
        };
        if !options.implicit_base && current.iter().any(is_above_target) {
            return Err(RevisionError::RangeNotAncestor { lower, upper: upper.clone() });
        }
        // A relative lower end that only makes sense seen from the upper one.
        if current.first() == Some(&Target::Nothing) {
            current = match self.parse_downgrade_target(upper, &lower, options.assert_relative_length)?.1 {
                Target::Base => {
                    lower = RevisionArgument::Nothing;
                    Vec::new()
                }
                Target::Revision(node) => {
                    lower = RevisionArgument::from(&self[node].id);
                    vec![Target::Revision(node)]
                }
                Target::Nothing => {
                    return Err(RevisionError::Unforeseen(format!("'{lower}' names no revision")));
                }
            };
        }
        let current = only_revisions(current)?;
        let applied = self.related_checked(&current, Links::NormalizedDown)?;

        let mut needs = required;
        needs.retain(|node| !applied.contains(node));
        if options.inclusive {
            needs.extend(only_revisions(self.get_revisions(&lower)?)?);
        }
        if !current.is_empty() && !options.implicit_base {
            let above = self.related_checked(&current, Links::Next)?;
            needs.retain(|node| above.contains(node));
        }
        Ok((needs, targets))
    }

    /// The label behind the `label@` of a lower end, which may also be a revision on a labelled branch.
    fn label_of_branch(&self, branch: &str) -> Result<String> {
        let Some(node) = self.get_revision(Some(branch))? else {
            return Ok(branch.to_owned());
        };
        if self[node].id().as_str() != branch {
            return Ok(branch.to_owned());
        }
        match self[node].branch_labels() {
            [label] => Ok(label.to_string()),
            labels => Err(RevisionError::Unforeseen(format!(
                "Revision {branch} cannot stand for its branch, which has {} labels",
                labels.len()
            ))),
        }
    }

    /// What a downgrade from `upper` to `lower` takes back, and the revisions it starts from.
    fn collect_downgrade_revisions(
        &self,
        upper: &RevisionArgument,
        lower: &RevisionArgument,
        options: RangeOptions,
    ) -> Result<(NodeSet, Vec<Node>)> {
        let (branch_label, target) =
            self.parse_downgrade_target(upper, lower, options.assert_relative_length)?;
        let target = match target {
            Target::Revision(node) => Some(node),
            Target::Base | Target::Nothing => None,
        };
        let mut roots: Vec<Node> = match target {
            // A base with labels counts once for each of its names.
            None => self.keys().values().copied().filter(|node| self[*node].is_base()).collect(),
            Some(node) if options.inclusive => vec![node],
            Some(node) => self.linked(node, Links::Next).to_vec(),
        };
        if let Some(label) = branch_label.as_deref().filter(|label| !label.is_empty())
            && roots.len() > 1
        {
            let ancestors = self.related([self.resolve_branch(label)?], Links::Parents);
            roots.retain(|node| ancestors.contains(*node));
            if roots.is_empty() {
                return Err(RevisionError::Invalid(
                    "Not a valid downgrade target from current heads".to_owned(),
                ));
            }
        }
        let found_heads = self.get_revisions(upper)?;
        let mut revisions = self.related(roots.iter().copied(), Links::AllNext);
        let heads = only_revisions(found_heads)?;
        let active = self.related(heads.iter().copied(), Links::NormalizedDown);
        revisions.retain(|node| active.contains(node));
        if options.implicit_base {
            let below_roots = self.related(roots, Links::NormalizedDown);
            revisions.extend(active.iter().filter(|node| !below_roots.contains(*node)));
        }
        if let Some(node) = target
            && revisions.is_empty()
            && !heads.contains(&node)
        {
            return Err(RevisionError::RangeNotAncestor {
                lower: RevisionArgument::from("Nothing to drop"),
                upper: upper.clone(),
            });
        }
        Ok((revisions, heads))
    }

    /// The target of a downgrade, and the label or revision whose branch it stays on.
    fn parse_downgrade_target(
        &self,
        current: &RevisionArgument,
        target: &RevisionArgument,
        assert_relative_length: bool,
    ) -> Result<(Option<String>, Target)> {
        let symbol = match target {
            RevisionArgument::Nothing => return Ok((None, Target::Nothing)),
            RevisionArgument::Symbol(symbol) => symbol.as_str(),
            RevisionArgument::Several(_) => {
                return Err(RevisionError::Unforeseen(format!("a downgrade has one target, not {target}")));
            }
        };
        let Some(relative) = RelativeDestination::parse(symbol) else {
            let (label, name) = match symbol.rsplit_once('@') {
                Some((label, name)) => (Some(label.to_owned()), name),
                None => (None, symbol),
            };
            let found = self.get_revision(Some(name))?;
            return Ok((label, found.map_or(Target::Nothing, Target::Revision)));
        };
        let walked_too_far = || RevisionError::Invalid("Walked too far".to_owned());
        if relative.steps >= 0 {
            let Some(symbol) = relative.symbol else { return Err(relative.too_far()) };
            let start = self.get_revision(Some(symbol))?.map_or(Target::Nothing, Target::Revision);
            let found = self.walk(start, relative.steps, relative.branch_label, assert_relative_length)?;
            if found == Target::Nothing {
                return Err(walked_too_far());
            }
            return Ok((relative.branch_label.map(str::to_owned), found));
        }
        let (label, start) = match (relative.symbol, relative.branch_label) {
            (Some(symbol), label) => (label.map(str::to_owned), symbol.to_owned()),
            (None, Some(label)) => (Some(label.to_owned()), self.current_on_branch(current, label)?),
            (None, None) => {
                let rows = current.as_list().unwrap_or_default();
                let Some(first) = rows.first() else { return Err(relative.too_far()) };
                if rows.iter().any(|row| row != first) {
                    self.warn(
                        "downgrade -1 from multiple heads is ambiguous; this usage will be disallowed in a future \
                         release."
                            .to_owned(),
                    );
                }
                // The row is its own branch, so that other branches stay.
                (Some((*first).to_owned()), (*first).to_owned())
            }
        };
        let start = match &label {
            Some(label) => self.get_revision(Some(&format!("{label}@{start}")))?,
            None => self.get_revision(Some(&start))?,
        };
        let start = start.map_or(Target::Nothing, Target::Revision);
        let found = self.walk(start, relative.steps, None, assert_relative_length)?;
        if found == Target::Nothing {
            return Err(if relative.symbol.is_none() { relative.too_far() } else { walked_too_far() });
        }
        Ok((label, found))
    }

    /// The one current revision on a branch: among the rows, or below them when another branch depends on it.
    fn current_on_branch(&self, current: &RevisionArgument, label: &str) -> Result<String> {
        let Some(rows) = current.as_list() else {
            return Err(RevisionError::Unforeseen(format!(
                "there is no current revision on branch '{label}'"
            )));
        };
        let on_branch = self.filter_ids_for_lineage(&rows, label)?;
        let found: Vec<String> = if on_branch.is_empty() {
            let all_current = self.get_all_current(current)?;
            let nodes = self.filter_for_lineage(&all_current, label, false)?;
            nodes.iter().map(|node| self[*node].id.to_string()).collect()
        } else {
            on_branch.into_iter().map(str::to_owned).collect()
        };
        match found.as_slice() {
            [one] => Ok(one.clone()),
            several => Err(RevisionError::Unforeseen(format!(
                "there are {} current revisions on branch '{label}', where one is needed",
                several.len()
            ))),
        }
    }

    /// The targets of an upgrade.
    fn parse_upgrade_target(
        &self,
        current: &RevisionArgument,
        target: &RevisionArgument,
        assert_relative_length: bool,
    ) -> Result<Vec<Target>> {
        let relative = match target {
            RevisionArgument::Symbol(symbol) => RelativeDestination::parse(symbol),
            RevisionArgument::Nothing | RevisionArgument::Several(_) => None,
        };
        let Some(relative) = relative else { return self.get_revisions(target) };
        let as_target = |node: Option<Node>| node.map_or(Target::Nothing, Target::Revision);
        let found = match (relative.steps > 0, relative.symbol) {
            (true, None) => {
                let start = self.start_of_relative_upgrade(current, relative.branch_label)?;
                let found =
                    self.walk(start, relative.steps, relative.branch_label, assert_relative_length)?;
                if found == Target::Nothing {
                    return Err(relative.too_far());
                }
                found
            }
            (true, Some(symbol)) => {
                let start = as_target(self.get_revision(Some(symbol))?);
                self.walk(start, relative.steps, relative.branch_label, assert_relative_length)?
            }
            (false, None) => {
                return Err(did_not_produce(&relative.steps.to_string(), relative.steps));
            }
            (false, Some(symbol)) => {
                let start = match relative.branch_label {
                    None => self.get_revision(Some(symbol))?,
                    Some(label) => self.get_revision(Some(&format!("{label}@{symbol}")))?,
                };
                self.walk(as_target(start), relative.steps, None, assert_relative_length)?
            }
        };
        Ok(vec![found])
    }

    /// Where `+2` or `label@+2` starts from.
    fn start_of_relative_upgrade(
        &self,
        current: &RevisionArgument,
        branch_label: Option<&str>,
    ) -> Result<Target> {
        let rows = current.as_list().unwrap_or_default();
        let Some(label) = branch_label.filter(|label| !label.is_empty()) else {
            return match rows.as_slice() {
                [] => Ok(Target::Nothing),
                [row] => Ok(self.get_revision(Some(row))?.map_or(Target::Nothing, Target::Revision)),
                _ => Err(ambiguous_upgrade()),
            };
        };
        let current = only_revisions(self.get_revisions(current)?)?;
        let mut starts = self.filter_for_lineage(&current, label, false)?;
        if starts.is_empty() {
            // The branch has no row of its own: the tips of what is applied on it.
            let applied: Vec<Node> = self.related(current, Links::NormalizedDown).iter().collect();
            let on_branch = self.filter_for_lineage(&applied, label, false)?;
            let mut has_child = self.node_set();
            for node in &on_branch {
                has_child.extend(self.linked(*node, Links::NormalizedDown).iter().copied());
            }
            starts = on_branch.into_iter().filter(|node| !has_child.contains(*node)).collect();
        }
        match starts.as_slice() {
            [] => Ok(Target::Nothing),
            [start] => Ok(Target::Revision(*start)),
            _ => Err(ambiguous_upgrade()),
        }
    }

    /// Orders revisions so that each comes before its parents and dependencies.
    ///
    /// Follows one line down as long as no other line still has to pass; where the graph leaves the order open,
    /// the order of the map decides. This is the reference's order.
    fn topological_sort(&self, revisions: &NodeSet, heads: &[Node]) -> Result<Vec<Node>> {
        let mut todo = self.node_set();
        todo.extend(revisions.iter());
        let mut remaining = todo.iter().count();
        let mut lines: Vec<Node> = Vec::new();
        let mut is_line = self.node_set();
        for head in heads {
            if todo.contains(*head) && is_line.insert(*head) {
                lines.push(*head);
            }
        }
        lines.sort_by_cached_key(|node| self.rank(*node));
        let mut front = Front::new(self, &lines);
        let mut emitted = self.node_set();
        let mut output = Vec::with_capacity(remaining);
        let mut index = 0;
        while let Some(candidate) = lines.get(index).copied() {
            if front.is_below_another(candidate) {
                match front.line_above(self, candidate, &lines) {
                    Some(other) => index = other,
                    None => break,
                }
                continue;
            }
            if todo.contains(candidate) && emitted.insert(candidate) {
                output.push(candidate);
                remaining -= 1;
            }
            let mut below = self
                .linked(candidate, Links::NormalizedDown)
                .iter()
                .copied()
                .filter(|node| todo.contains(*node) && !emitted.contains(*node) && !front.is_line(*node));
            let first = below.next();
            let rest: Vec<Node> = below.collect();
            if let Some(first) = first {
                lines[index] = first;
                lines.extend_from_slice(&rest);
                front.advance(self, candidate, std::iter::once(first).chain(rest));
            } else {
                lines.remove(index);
                front.forget(index);
                front.advance(self, candidate, std::iter::empty());
                index = index.saturating_sub(1);
            }
        }
        if remaining > 0 {
            let missed: Vec<_> = todo.iter().filter(|node| !emitted.contains(*node)).collect();
            return Err(RevisionError::Unforeseen(format!(
                "Revisions {} are not reached from the revisions aimed at",
                super::revision::format_as_comma(&self.ids(&missed))
            )));
        }
        Ok(output)
    }
}

fn ambiguous_upgrade() -> RevisionError {
    RevisionError::Invalid("Ambiguous upgrade from multiple current revisions".to_owned())
}

/// The lines that a sort is walking down.
///
/// A revision is live while some line is at or above it. Lines only move down, so each revision dies once.
struct Front {
    live: Descent,
    /// The number of the look that last found each revision.
    seen: Vec<u32>,
    look: u32,
    /// Where the last look began.
    looked_from: Option<Node>,
    /// Lines ahead of this place are not above the revision that the last look began at. They never will be: a line
    /// that moves down onto something above it was above it before.
    place: usize,
}

impl Front {
    fn new(map: &RevisionMap, lines: &[Node]) -> Self {
        let live = Descent::new(map, lines.iter().copied());
        Self { live, seen: vec![0; map.size()], look: 0, looked_from: None, place: 0 }
    }

    fn is_line(&self, node: Node) -> bool {
        self.live.is_top(node)
    }

    /// Says whether another line still has to pass through a revision.
    fn is_below_another(&self, node: Node) -> bool {
        self.live.links(node) > 0
    }

    /// The place of the first line that is above a revision.
    fn line_above(&mut self, map: &RevisionMap, node: Node, lines: &[Node]) -> Option<usize> {
        // The live revisions above one only become fewer, so a look stays good.
        if self.looked_from != Some(node) {
            self.look_above(map, node);
        }
        while let Some(line) = lines.get(self.place) {
            if self.seen[line.index()] == self.look {
                return Some(self.place);
            }
            self.place += 1;
        }
        None
    }

    fn look_above(&mut self, map: &RevisionMap, node: Node) {
        self.look += 1;
        self.looked_from = Some(node);
        self.place = 0;
        let mut todo = vec![node];
        while let Some(current) = todo.pop() {
            for above in map.linked(current, Links::AllNext) {
                if self.live.contains(*above) && self.seen[above.index()] != self.look {
                    self.seen[above.index()] = self.look;
                    todo.push(*above);
                }
            }
        }
    }

    /// Takes note that the line at a place is there no longer, and the later ones have moved up.
    fn forget(&mut self, place: usize) {
        if place < self.place {
            self.place -= 1;
        }
    }

    /// Moves a line from a revision to others below it, or ends it.
    fn advance(&mut self, map: &RevisionMap, from: Node, to: impl IntoIterator<Item = Node>) {
        for node in to {
            self.live.add(map, node);
        }
        self.live.remove(map, from);
    }
}
