//! What comes after some revisions, asked again and again.

use super::map::{Links, RevisionMap};
use super::revision::Node;

/// Looks for what comes after some revisions, again and again, each time no further up than is asked for.
pub(super) struct Ascent {
    /// The place of each revision in an order that has every revision after its parents; the last for those in cycles.
    ranks: Vec<usize>,
    /// The number of the walk that last came by.
    seen: Vec<u32>,
    walk: u32,
}

impl Ascent {
    pub(super) fn new(map: &RevisionMap) -> Self {
        let size = map.size();
        let parents = |index: usize| map.linked(Node::new(index), Links::Parents).len();
        let mut waiting: Vec<usize> = (0..size).map(parents).collect();
        let mut ready: Vec<Node> = (0..size).filter(|index| waiting[*index] == 0).map(Node::new).collect();
        let mut ranks = vec![usize::MAX; size];
        let mut rank = 0;
        while let Some(node) = ready.pop() {
            ranks[node.index()] = rank;
            rank += 1;
            for next in map.linked(node, Links::Next) {
                let waiting = &mut waiting[next.index()];
                *waiting = waiting.saturating_sub(1);
                if *waiting == 0 {
                    ready.push(*next);
                }
            }
        }
        Self { ranks, seen: vec![0; size], walk: 0 }
    }

    /// Finds the revisions that come after any of `starts`, as far as is needed to know this of `wanted` and of the
    /// parents of these.
    pub(super) fn walk(&mut self, map: &RevisionMap, starts: &[Node], wanted: &[Node]) {
        self.walk += 1;
        let last = wanted.iter().map(|node| self.ranks[node.index()]).max().unwrap_or(0);
        let mut todo: Vec<Node> = starts.to_vec();
        while let Some(node) = todo.pop() {
            for next in map.linked(node, Links::Next) {
                let seen = &mut self.seen[next.index()];
                if self.ranks[next.index()] <= last && *seen != self.walk {
                    *seen = self.walk;
                    todo.push(*next);
                }
            }
        }
    }

    /// Says whether the last walk has found a revision.
    pub(super) fn contains(&self, node: Node) -> bool {
        self.seen[node.index()] == self.walk
    }
}
