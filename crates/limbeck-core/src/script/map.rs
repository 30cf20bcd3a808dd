//! The revision graph: how revisions become a map, with their links, labels, heads and bases.
//!
//! Symbols are resolved in `resolve.rs`, ranges are walked in `iterate.rs`.

use std::collections::HashSet;
use std::sync::Arc;

use indexmap::IndexMap;

use super::ascent::Ascent;
use super::error::RevisionError;
use super::revision::{Node, Revision, RevisionId};
use crate::config::{Messaging, WarningCategory};

/// Up to this number of revisions, a list of them is searched from its start.
const FEW: usize = 16;

/// A set of revisions of one map that remembers the order in which they were put in.
#[derive(Clone, Debug)]
pub(super) struct NodeSet {
    marks: Vec<bool>,
    members: Vec<Node>,
}

impl NodeSet {
    pub(super) fn new(size: usize) -> Self {
        Self { marks: vec![false; size], members: Vec::new() }
    }

    /// Adds a revision; `false` when it was there.
    pub(super) fn insert(&mut self, node: Node) -> bool {
        let mark = &mut self.marks[node.index()];
        if *mark {
            return false;
        }
        *mark = true;
        self.members.push(node);
        true
    }

    pub(super) fn contains(&self, node: Node) -> bool {
        self.marks[node.index()]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Node> + '_ {
        self.members.iter().copied()
    }

    pub(super) fn retain(&mut self, keep: impl Fn(Node) -> bool) {
        let marks = &mut self.marks;
        self.members.retain(|node| {
            let kept = keep(*node);
            marks[node.index()] = kept;
            kept
        });
    }

    pub(super) fn extend(&mut self, nodes: impl IntoIterator<Item = Node>) {
        for node in nodes {
            self.insert(node);
        }
    }
}

/// Which links a walk through the graph follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    /// To the parents.
    Parents,
    /// To the parents and to dependencies that no ancestor has already.
    NormalizedDown,
    /// To the parents and to all dependencies.
    AllDown,
    /// To the children.
    Next,
    /// To the children and to what depends on the revision.
    AllNext,
}

/// The graph of all revisions, as the reference's `RevisionMap`.
#[derive(Clone, Debug)]
pub struct RevisionMap {
    revisions: Vec<Revision>,
    /// Identifiers and branch labels, in the order they came; a repeated identifier stands for its last revision.
    keys: IndexMap<Arc<str>, Node>,
    heads: Vec<Node>,
    real_heads: Vec<Node>,
    bases: Vec<Node>,
    real_bases: Vec<Node>,
    messaging: Arc<Messaging>,
}

impl RevisionMap {
    /// Links revisions to a graph; their order decides wherever the graph leaves one open.
    ///
    /// A repeated identifier gives a warning and stands for the last revision that has it. `messaging` takes the
    /// warnings, of these and of later requests.
    ///
    /// # Errors
    /// Missing parents and dependencies, cycles, and branch labels used twice.
    pub fn new(revisions: Vec<Revision>, messaging: Arc<Messaging>) -> Result<Self, RevisionError> {
        let mut map = Self {
            revisions: Vec::new(),
            keys: IndexMap::with_capacity(revisions.len()),
            heads: Vec::new(),
            real_heads: Vec::new(),
            bases: Vec::new(),
            real_bases: Vec::new(),
            messaging,
        };
        for (index, revision) in revisions.iter().enumerate() {
            if map.keys.insert(revision.id.shared(), Node::new(index)).is_some() {
                map.warn(format!("Revision {} is present more than once", revision.id));
            }
        }
        let identifiers = map.keys.len();
        map.revisions = revisions;
        let all: Vec<Node> = (0..map.revisions.len()).map(Node::new).collect();
        let labelled: Vec<Node> =
            all.iter().copied().filter(|node| !map[*node].branch_labels.is_empty()).collect();

        for node in &labelled {
            map.map_branch_labels(*node)?;
        }
        for node in &all {
            map.resolve_dependencies(*node)?;
        }
        // Parents are looked up among identifiers only: a label is no parent.
        for node in &all {
            map.resolve_parents(*node, identifiers)?;
        }

        let mut is_head = vec![true; all.len()];
        let mut is_real_head = vec![true; all.len()];
        // A label may stand for a shadowed revision, which then is linked as the one that shadows it.
        for index in 0..map.keys.len() {
            let node = map.keys[index];
            let child = map.canonical(node);
            if index >= identifiers && child == node {
                continue;
            }
            let parents = deduplicated(&map[node].parents, &[]).len();
            for (place, down) in map[node].all_down.clone().into_iter().enumerate() {
                if child != node && map[down].all_next.contains(&child) {
                    continue;
                }
                // Parents come first.
                let is_parent = place < parents;
                map.add_next(down, child, is_parent);
                if is_parent {
                    is_head[down.index()] = false;
                }
                is_real_head[down.index()] = false;
            }
        }
        map.normalize_dependencies(&all);

        let heads: Vec<Node> = all.iter().copied().filter(|node| is_head[node.index()]).collect();
        let real_heads: Vec<Node> = all.iter().copied().filter(|node| is_real_head[node.index()]).collect();
        let bases: Vec<Node> = all.iter().copied().filter(|node| map[*node].is_base()).collect();
        let real_bases: Vec<Node> = all.iter().copied().filter(|node| map[*node].is_real_base()).collect();
        map.detect_cycles(identifiers, [&heads, &bases], Links::Parents, Links::Next, RevisionError::Cycle)?;
        map.detect_cycles(
            identifiers,
            [&real_heads, &real_bases],
            Links::AllDown,
            Links::AllNext,
            RevisionError::DependencyCycle,
        )?;
        map.heads = map.canonical_all(&heads);
        map.real_heads = map.canonical_all(&real_heads);
        map.bases = map.canonical_all(&bases);
        map.real_bases = map.canonical_all(&real_bases);

        for node in &labelled {
            map.inherit_branch_labels(*node);
        }
        Ok(map)
    }

    /// Adds one revision to the graph, after it was written.
    ///
    /// # Errors
    /// Missing parents and dependencies, and branch labels used twice.
    pub fn add_revision(&mut self, revision: Revision) -> Result<(), RevisionError> {
        if self.keys.contains_key(revision.id.as_str()) {
            self.warn(format!("Revision {} is present more than once", revision.id));
        }
        let node = Node::new(self.revisions.len());
        self.keys.insert(revision.id.shared(), node);
        self.revisions.push(revision);
        self.resolve_parents(node, usize::MAX)?;
        if !self[node].branch_labels.is_empty() {
            self.inherit_branch_labels(node);
            self.map_branch_labels(node)?;
        }
        self.resolve_dependencies(node)?;
        self.collect_all_down(node);
        if self[node].is_base() {
            self.bases.push(node);
        }
        if self[node].is_real_base() {
            self.real_bases.push(node);
        }
        for down in self[node].all_down.clone() {
            let is_parent = self[node].parents.contains(&down);
            self.add_next(down, node, is_parent);
        }
        self.normalize_dependencies(&[node]);
        let replaces = |map: &[Revision], head: Node, down: &[Node]| {
            down.contains(&head) || map[head.index()].id == map[node.index()].id
        };
        let Self { revisions, heads, real_heads, .. } = self;
        real_heads.retain(|head| !replaces(revisions, *head, &revisions[node.index()].all_down));
        real_heads.push(node);
        heads.retain(|head| !replaces(revisions, *head, &revisions[node.index()].parents));
        heads.push(node);
        Ok(())
    }

    /// The number of revisions, repeated identifiers counted once.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.iter().filter(|(key, node)| ***key == *self[**node].id.as_str()).count()
    }

    /// Says whether there is no revision.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.revisions.is_empty()
    }

    /// The identifiers of the heads: revisions that no other comes after.
    #[must_use]
    pub fn heads(&self) -> Vec<RevisionId> {
        self.ids(&self.heads)
    }

    /// The identifiers of the heads that no other revision depends on either.
    #[must_use]
    pub fn real_heads(&self) -> Vec<RevisionId> {
        self.ids(&self.real_heads)
    }

    /// The identifiers of the bases: revisions that come after no other.
    #[must_use]
    pub fn bases(&self) -> Vec<RevisionId> {
        self.ids(&self.bases)
    }

    /// The identifiers of the bases that depend on no other revision either.
    #[must_use]
    pub fn real_bases(&self) -> Vec<RevisionId> {
        self.ids(&self.real_bases)
    }

    /// The revision at a place that this map has given out.
    #[must_use]
    pub fn revision(&self, node: Node) -> &Revision {
        &self[node]
    }

    /// Finds a revision by its whole identifier or by a label on it.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<Node> {
        self.keys.get(key).copied()
    }

    /// Everything at or below some revisions, dependencies included.
    #[must_use]
    pub fn ancestors(&self, nodes: &[Node]) -> Vec<Node> {
        self.related(nodes.iter().copied(), Links::NormalizedDown).iter().collect()
    }

    /// The identifiers of several places.
    pub(super) fn ids(&self, nodes: &[Node]) -> Vec<RevisionId> {
        nodes.iter().map(|node| self[*node].id.clone()).collect()
    }

    pub(super) fn head_nodes(&self) -> &[Node] {
        &self.heads
    }

    pub(super) fn real_head_nodes(&self) -> &[Node] {
        &self.real_heads
    }

    pub(super) fn base_nodes(&self) -> &[Node] {
        &self.bases
    }

    pub(super) fn keys(&self) -> &IndexMap<Arc<str>, Node> {
        &self.keys
    }

    /// The rank of a revision in the order of the map.
    pub(super) fn rank(&self, node: Node) -> usize {
        self.keys.get_index_of(self[node].id.as_str()).unwrap_or(usize::MAX)
    }

    /// Passes on what the reference says with `warnings.warn`.
    pub(super) fn warn(&self, message: String) {
        self.messaging.warn(WarningCategory::User, message);
    }

    /// The number of places, shadowed ones included.
    pub(super) fn size(&self) -> usize {
        self.revisions.len()
    }

    pub(super) fn node_set(&self) -> NodeSet {
        NodeSet::new(self.revisions.len())
    }

    pub(super) fn linked(&self, node: Node, links: Links) -> &[Node] {
        let revision = &self[node];
        match links {
            Links::Parents => &revision.parents,
            Links::NormalizedDown => &revision.normalized_down,
            Links::AllDown => &revision.all_down,
            Links::Next => &revision.next,
            Links::AllNext => &revision.all_next,
        }
    }

    /// All revisions that links lead to from `starts`, those included.
    pub(super) fn related(&self, starts: impl IntoIterator<Item = Node>, links: Links) -> NodeSet {
        let mut found = self.node_set();
        let mut todo = Vec::new();
        for start in starts {
            todo.push(start);
            while let Some(node) = todo.pop() {
                if found.insert(node) {
                    todo.extend_from_slice(self.linked(node, links));
                }
            }
        }
        found
    }

    /// As [`RevisionMap::related`], and refuses starts of which one leads to another.
    pub(super) fn related_checked(&self, starts: &[Node], links: Links) -> Result<NodeSet, RevisionError> {
        let mut is_start = self.node_set();
        is_start.extend(starts.iter().copied());
        let mut found = self.node_set();
        let mut todo = Vec::new();
        for start in starts {
            let mut overlaps: Vec<Node> = Vec::new();
            todo.push(*start);
            while let Some(node) = todo.pop() {
                if node != *start && is_start.contains(node) && !overlaps.contains(&node) {
                    overlaps.push(node);
                }
                if found.insert(node) {
                    todo.extend_from_slice(self.linked(node, links));
                }
            }
            if !overlaps.is_empty() {
                overlaps.sort_by_key(|node| starts.iter().position(|start| start == node));
                return Err(RevisionError::Invalid(format!(
                    "Requested revision {} overlaps with other requested revisions {}",
                    self[*start].id,
                    super::revision::format_as_comma(&self.ids(&overlaps))
                )));
            }
        }
        Ok(found)
    }

    /// The revision that stands for the identifier of one that may be shadowed by a later one.
    fn canonical(&self, node: Node) -> Node {
        self.find(self[node].id.as_str()).unwrap_or(node)
    }

    fn canonical_all(&self, nodes: &[Node]) -> Vec<Node> {
        nodes.iter().map(|node| self.canonical(*node)).collect()
    }

    fn map_branch_labels(&mut self, node: Node) -> Result<(), RevisionError> {
        for label in self[node].original_branch_labels.clone() {
            if let Some(user) = self.keys.get(&label) {
                return Err(RevisionError::Invalid(format!(
                    "Branch name '{label}' in revision {} already used by revision {}",
                    self[node].id, self[*user].id
                )));
            }
            self.keys.insert(label, node);
        }
        Ok(())
    }

    fn resolve_dependencies(&mut self, node: Node) -> Result<(), RevisionError> {
        let mut resolved = Vec::with_capacity(self[node].dependencies.len());
        for dependency in &self[node].dependencies {
            let found = self.find(dependency).ok_or_else(|| self.missing(dependency, node))?;
            resolved.push(self.canonical(found));
        }
        self.at(node).resolved_dependencies = resolved;
        Ok(())
    }

    fn resolve_parents(&mut self, node: Node, identifiers: usize) -> Result<(), RevisionError> {
        let mut parents = Vec::with_capacity(self[node].down.len());
        for down in &self[node].down {
            match self.keys.get_full(down.as_str()) {
                Some((index, _, parent)) if index < identifiers && self[*parent].id == *down => {
                    parents.push(*parent);
                }
                _ => return Err(self.missing(down.as_str(), node)),
            }
        }
        self.at(node).parents = parents;
        self.collect_all_down(node);
        Ok(())
    }

    fn collect_all_down(&mut self, node: Node) {
        let revision = &self[node];
        self.at(node).all_down = deduplicated(&revision.parents, &revision.resolved_dependencies);
    }

    fn missing(&self, revision: &str, from: Node) -> RevisionError {
        RevisionError::Missing {
            revision: revision.to_owned(),
            referenced_from: self.as_while_loading(from).to_string(),
        }
    }

    /// The revision with the children that the reference knows when it comes to it while loading.
    fn as_while_loading(&self, node: Node) -> Revision {
        let mut revision = self[node].clone();
        let rank = self.rank(node);
        for (key, child) in self.keys.iter().take(rank) {
            let child_revision = &self[*child];
            if **key == *child_revision.id.as_str()
                && child_revision.down.contains(&revision.id)
                && !revision.next.contains(child)
            {
                revision.next.push(*child);
            }
        }
        revision
    }

    /// Links `down` to `node`, which comes after it or (without `is_parent`) depends on it.
    fn add_next(&mut self, down: Node, node: Node, is_parent: bool) {
        let revision = self.at(down);
        // Links of one revision come in a row.
        if revision.all_next.last() != Some(&node) {
            revision.all_next.push(node);
        }
        if is_parent && revision.next.last() != Some(&node) {
            revision.next.push(node);
        }
    }

    /// Leaves out dependencies that an ancestor has too.
    fn normalize_dependencies(&mut self, nodes: &[Node]) {
        let mut dependants: IndexMap<Node, Vec<Node>> = IndexMap::new();
        let mut wanted: IndexMap<Node, Vec<Node>> = IndexMap::new();
        for node in nodes {
            for dependency in &self[*node].resolved_dependencies {
                wanted.entry(*dependency).or_default().push(*node);
            }
        }
        if !wanted.is_empty() {
            for node in self.keys.values() {
                for dependency in &self[*node].resolved_dependencies {
                    dependants.entry(*dependency).or_default().push(*node);
                }
            }
        }
        let mut implied: HashSet<(Node, Node)> = HashSet::new();
        let is_shared = |(dependency, nodes): &(&Node, &Vec<Node>)| {
            let users = dependants.get(*dependency).map_or(0, Vec::len);
            // A dependency of one revision alone cannot be an ancestor's too.
            users > 1 || users != nodes.len()
        };
        let shared: Vec<(&Node, &Vec<Node>)> = wanted.iter().filter(is_shared).collect();
        let mut above = if shared.is_empty() { None } else { Some(Ascent::new(self)) };
        for (dependency, nodes) in shared {
            let Some(above) = &mut above else { break };
            let users = dependants.get(dependency).map_or(&[][..], Vec::as_slice);
            above.walk(self, users, nodes);
            for node in nodes {
                // No link leads to a shadowed revision, so its parents are asked.
                let is_shadowed = self.canonical(*node) != *node;
                let inherits = |parent: &Node| users.contains(parent) || above.contains(*parent);
                if above.contains(*node) || is_shadowed && self[*node].parents.iter().any(inherits) {
                    implied.insert((*node, *dependency));
                }
            }
        }
        for node in nodes {
            let mut kept = self[*node].resolved_dependencies.clone();
            kept = deduplicated(&kept, &[]);
            if !implied.is_empty() {
                kept.retain(|dependency| !implied.contains(&(*node, *dependency)));
            }
            let down = deduplicated(&self[*node].parents, &kept);
            let revision = self.at(*node);
            revision.normalized_dependencies = kept;
            revision.normalized_down = down;
        }
    }

    /// Checks that every revision lies on a way from a head to a base.
    fn detect_cycles(
        &self,
        identifiers: usize,
        [heads, bases]: [&[Node]; 2],
        down: Links,
        up: Links,
        error: fn(Vec<RevisionId>) -> RevisionError,
    ) -> Result<(), RevisionError> {
        let all: Vec<Node> = self.keys.values().take(identifiers).copied().collect();
        if all.is_empty() {
            return Ok(());
        }
        if heads.is_empty() || bases.is_empty() {
            return Err(error(self.ids(&all)));
        }
        let mut below_heads = self.related(heads.iter().copied(), down);
        let mut above_bases = self.related(bases.iter().copied(), up);
        // A shadowed revision counts for the one that shadows it.
        below_heads.extend(self.canonical_all(heads));
        above_bases.extend(self.canonical_all(bases));
        let mut outside: Vec<RevisionId> = all
            .iter()
            .filter(|node| !below_heads.contains(**node) || !above_bases.contains(**node))
            .map(|node| self[*node].id.clone())
            .collect();
        if outside.is_empty() {
            return Ok(());
        }
        outside.sort();
        Err(error(outside))
    }

    /// Gives the labels of a revision to its descendants, and to its ancestors down to the next branch or merge.
    fn inherit_branch_labels(&mut self, node: Node) {
        let labels = self[node].branch_labels.clone();
        let mut last = node;
        for descendant in self.related([node], Links::Next).iter() {
            self.at(descendant).add_branch_labels(&labels);
            last = descendant;
        }
        let mut parent = last;
        while !self[parent].is_real_branch_point() && !self[parent].is_merge_point() {
            self.at(parent).add_branch_labels(&labels);
            let Some(below) = self[parent].parents.first() else { break };
            parent = *below;
        }
    }

    fn at(&mut self, node: Node) -> &mut Revision {
        &mut self.revisions[node.index()]
    }
}

impl std::ops::Index<Node> for RevisionMap {
    type Output = Revision;

    fn index(&self, node: Node) -> &Revision {
        &self.revisions[node.index()]
    }
}

/// Both lists, each revision once.
fn deduplicated(first: &[Node], second: &[Node]) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::with_capacity(first.len() + second.len());
    let mut seen: HashSet<Node> = HashSet::new();
    for node in first.iter().chain(second) {
        // Most revisions name one or two, for which a look at the list is the quickest.
        let is_new = if nodes.len() < FEW {
            !nodes.contains(node)
        } else {
            if seen.is_empty() {
                seen.extend(&nodes);
            }
            seen.insert(*node)
        };
        if is_new {
            nodes.push(*node);
        }
    }
    nodes
}
