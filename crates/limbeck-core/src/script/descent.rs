//! Some revisions and all that lies below them, kept true while those move through the graph.

use super::map::{Links, RevisionMap};
use super::revision::Node;

/// A set of tops, and of each revision how many links lead to it from revisions at or below the tops.
///
/// Moving the tops through the whole graph costs no more than walking it once.
#[derive(Clone, Debug)]
pub(crate) struct Descent {
    is_top: Vec<bool>,
    links: Vec<u32>,
}

impl Descent {
    pub(crate) fn new(map: &RevisionMap, tops: impl IntoIterator<Item = Node>) -> Self {
        let mut descent = Self { is_top: vec![false; map.size()], links: vec![0; map.size()] };
        for top in tops {
            descent.add(map, top);
        }
        descent
    }

    pub(crate) fn is_top(&self, node: Node) -> bool {
        self.is_top[node.index()]
    }

    /// The number of links, to parents and dependencies, that lead to a revision from those at or below the tops.
    pub(crate) fn links(&self, node: Node) -> u32 {
        self.links[node.index()]
    }

    /// Says whether a revision is at or below a top.
    pub(crate) fn contains(&self, node: Node) -> bool {
        self.is_top(node) || self.links(node) > 0
    }

    /// Makes a revision a top.
    pub(crate) fn add(&mut self, map: &RevisionMap, top: Node) {
        let was_there = self.contains(top);
        self.is_top[top.index()] = true;
        let mut new = if was_there { Vec::new() } else { vec![top] };
        while let Some(node) = new.pop() {
            for below in map.linked(node, Links::NormalizedDown) {
                if !self.contains(*below) {
                    new.push(*below);
                }
                self.links[below.index()] += 1;
            }
        }
    }

    /// Makes a revision a top no longer; what lay below it alone is gone too.
    pub(crate) fn remove(&mut self, map: &RevisionMap, top: Node) {
        if !std::mem::replace(&mut self.is_top[top.index()], false) || self.contains(top) {
            return;
        }
        let mut gone = vec![top];
        while let Some(node) = gone.pop() {
            for below in map.linked(node, Links::NormalizedDown) {
                let links = &mut self.links[below.index()];
                *links = links.saturating_sub(1);
                if !self.contains(*below) {
                    gone.push(*below);
                }
            }
        }
    }
}
