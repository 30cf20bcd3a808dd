//! An order in which everything comes after what it depends on, the same as SQLAlchemy's.

use std::collections::BTreeSet;

/// What depends on what among items that are known by their positions.
#[derive(Clone, Debug, Default)]
pub(in crate::autogenerate) struct Dependencies {
    /// Pairs of an item and one that must come after it.
    edges: BTreeSet<(usize, usize)>,
}

impl Dependencies {
    /// Notes that `child` comes after `parent`; an item does not depend on itself.
    pub(in crate::autogenerate) fn add(&mut self, parent: usize, child: usize) {
        if parent != child {
            self.edges.insert((parent, child));
        }
    }

    fn children(&self, count: usize) -> Vec<Vec<usize>> {
        let mut children = vec![Vec::new(); count];
        for (parent, child) in &self.edges {
            children[*parent].push(*child);
        }
        children
    }
}

/// Sorts `count` items: first those that depend on nothing, then those that depend on these, and so on; within each
/// round the given order stays.
///
/// Gives the order, and the items whose dependencies had to be left out because they go in circles.
pub(in crate::autogenerate) fn sort_by_dependencies(
    count: usize,
    dependencies: &Dependencies,
) -> (Vec<usize>, Vec<usize>) {
    let order = rounds(count, dependencies);
    if order.len() == count {
        return (order, Vec::new());
    }
    let cycles = in_cycles(count, dependencies);
    let kept = Dependencies {
        edges: dependencies.edges.iter().filter(|(_, child)| !cycles[*child]).copied().collect(),
    };
    let members = (0..count).filter(|item| cycles[*item]).collect();
    (rounds(count, &kept), members)
}

/// Sorts in rounds; items in or after a circle are missing from the result.
fn rounds(count: usize, dependencies: &Dependencies) -> Vec<usize> {
    let children = dependencies.children(count);
    let mut open = vec![0_usize; count];
    for (_, child) in &dependencies.edges {
        open[*child] += 1;
    }
    let mut round: Vec<usize> = (0..count).filter(|item| open[*item] == 0).collect();
    let mut order = Vec::with_capacity(count);
    while !round.is_empty() {
        let mut next = Vec::new();
        for item in &round {
            for child in &children[*item] {
                open[*child] -= 1;
                if open[*child] == 0 {
                    next.push(*child);
                }
            }
        }
        order.append(&mut round);
        next.sort_unstable();
        round = next;
    }
    order
}

/// Finds the items that reach themselves: the members of strongly connected components (Tarjan's algorithm, without
/// recursion).
fn in_cycles(count: usize, dependencies: &Dependencies) -> Vec<bool> {
    let children = dependencies.children(count);
    let mut number = vec![usize::MAX; count];
    let mut lowest = vec![usize::MAX; count];
    let mut on_stack = vec![false; count];
    let mut found = vec![false; count];
    let (mut stack, mut next_number) = (Vec::new(), 0);
    for start in 0..count {
        if number[start] != usize::MAX {
            continue;
        }
        let mut path = vec![(start, 0)];
        while let Some((item, position)) = path.pop() {
            if position == 0 {
                number[item] = next_number;
                lowest[item] = next_number;
                next_number += 1;
                stack.push(item);
                on_stack[item] = true;
            }
            if let Some(child) = children[item].get(position).copied() {
                path.push((item, position + 1));
                if number[child] == usize::MAX {
                    path.push((child, 0));
                } else if on_stack[child] {
                    lowest[item] = lowest[item].min(number[child]);
                }
                continue;
            }
            if let Some((parent, _)) = path.last() {
                lowest[*parent] = lowest[*parent].min(lowest[item]);
            }
            if lowest[item] == number[item]
                && let Some(first) = stack.iter().rposition(|member| *member == item)
            {
                let component = stack.split_off(first);
                for member in &component {
                    on_stack[*member] = false;
                    found[*member] = component.len() > 1;
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dependencies(edges: &[(usize, usize)]) -> Dependencies {
        let mut dependencies = Dependencies::default();
        for (parent, child) in edges {
            dependencies.add(*parent, *child);
        }
        dependencies
    }

    #[test]
    fn items_come_in_rounds_and_keep_their_order_within_each() {
        let (order, cycles) = sort_by_dependencies(5, &dependencies(&[(4, 0), (3, 1), (1, 2)]));
        assert_eq!(order, [3, 4, 0, 1, 2]);
        assert!(cycles.is_empty());
    }

    #[test]
    fn a_circle_gives_up_its_members_dependencies_only() {
        let (order, cycles) = sort_by_dependencies(4, &dependencies(&[(0, 1), (1, 0), (1, 2), (3, 0)]));
        assert_eq!(cycles, [0, 1]);
        assert_eq!(order, [0, 1, 3, 2]);
    }

    proptest! {
        #[test]
        fn every_item_comes_once_and_after_what_it_depends_on(
            edges in proptest::collection::vec((0_usize..12, 0_usize..12), 0..30)
        ) {
            let dependencies = dependencies(&edges);
            let (order, cycles) = sort_by_dependencies(12, &dependencies);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..12).collect::<Vec<_>>());
            let place = |item| order.iter().position(|other| *other == item);
            for (parent, child) in edges {
                if parent != child && !cycles.contains(&child) {
                    prop_assert!(place(parent) < place(child));
                }
            }
        }
    }
}
