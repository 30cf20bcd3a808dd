//! Symbols and ranges against a model that is too slow and too simple to be wrong.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::sync::Arc;

use limbeck_core::config::Messaging;
use limbeck_core::script::{Node, RangeOptions, Revision, RevisionArgument, RevisionMap, Target};
use proptest::prelude::*;

/// Parents of each revision, as indices of earlier ones.
type Parents = Vec<Vec<usize>>;

/// The identifier of a revision: no one is the start of another.
fn id(index: usize) -> String {
    format!("{index:04x}rev")
}

fn graphs() -> impl Strategy<Value = Parents> {
    prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..3), 1..30).prop_map(
        |choices| {
            choices
                .into_iter()
                .enumerate()
                .map(|(index, choices)| {
                    let parents: BTreeSet<usize> = if index == 0 {
                        BTreeSet::new()
                    } else {
                        choices.iter().map(|choice| choice.index(index)).collect()
                    };
                    parents.into_iter().collect()
                })
                .collect()
        },
    )
}

fn map(parents: &Parents) -> RevisionMap {
    let revisions = parents
        .iter()
        .enumerate()
        .map(|(index, below)| {
            let below: Vec<String> = below.iter().map(|index| id(*index)).collect();
            Revision::new(id(index), &below, &[], &[]).unwrap()
        })
        .collect();
    RevisionMap::new(revisions, Arc::new(Messaging::new(Box::new(std::io::sink()), false, None))).unwrap()
}

/// A revision and everything below it.
fn below(parents: &Parents, index: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::from([index]);
    for parent in &parents[index] {
        found.extend(below(parents, *parent));
    }
    found
}

fn children(parents: &Parents, index: usize) -> Vec<usize> {
    (0..parents.len()).filter(|child| parents[*child].contains(&index)).collect()
}

fn heads(parents: &Parents) -> Vec<usize> {
    (0..parents.len()).filter(|index| children(parents, *index).is_empty()).collect()
}

fn indices(map: &RevisionMap, nodes: &[Node]) -> Vec<usize> {
    nodes
        .iter()
        .map(|node| usize::from_str_radix(&map.revision(*node).id().as_str()[..4], 16).unwrap())
        .collect()
}

/// Walks as `+n` and `-n` do; `None` where the way parts or ends.
fn walk(parents: &Parents, start: usize, steps: i32) -> Option<usize> {
    let mut current = start;
    for _ in 0..steps.abs() {
        let next = if steps > 0 { children(parents, current) } else { parents[current].clone() };
        match next.as_slice() {
            [one] => current = *one,
            _ => return None,
        }
    }
    Some(current)
}

/// Nothing comes before what it comes after.
fn assert_order(parents: &Parents, order: &[usize]) {
    for (place, index) in order.iter().enumerate() {
        for earlier in &order[..place] {
            assert!(!below(parents, *index).contains(earlier), "{earlier} before {index} in {order:?}");
        }
    }
}

proptest! {
    #[test]
    fn heads_and_bases_are_the_ends(parents in graphs()) {
        let map = map(&parents);
        let ids = |indices: Vec<usize>| indices.into_iter().map(id).collect::<Vec<_>>();
        let shown = |found: Vec<limbeck_core::script::RevisionId>| {
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        prop_assert_eq!(shown(map.heads()), ids(heads(&parents)));
        let bases = (0..parents.len()).filter(|index| parents[*index].is_empty()).collect();
        prop_assert_eq!(shown(map.bases()), ids(bases));
    }

    #[test]
    fn a_revision_is_found_by_its_start(parents in graphs(), choice: prop::sample::Index, length in 1usize..8) {
        let map = map(&parents);
        let index = choice.index(parents.len());
        let whole = id(index);
        let start = &whole[..length];
        let matches: Vec<usize> = (0..parents.len()).filter(|other| id(*other).starts_with(start)).collect();
        let found = map.get_revision(Some(start));
        match matches.as_slice() {
            [one] => prop_assert_eq!(indices(&map, &[found.unwrap().unwrap()]), [*one]),
            _ => prop_assert!(found.is_err()),
        }
    }

    #[test]
    fn relative_symbols_walk(parents in graphs(), choice: prop::sample::Index, steps in 1i32..6, up: bool) {
        let map = map(&parents);
        let start = choice.index(parents.len());
        let steps = if up { steps } else { -steps };
        // A plan to go to `start+n` from nothing names the revision that the walk ends at.
        let symbol = RevisionArgument::from(format!("{}{steps:+}", id(start)));
        let range = RangeOptions { implicit_base: true, ..RangeOptions::default() };
        let planned = map.iterate_revisions(&symbol, &RevisionArgument::Nothing, range);
        match walk(&parents, start, steps) {
            Some(end) => {
                let planned = indices(&map, &planned.unwrap());
                prop_assert_eq!(planned[0], end);
                prop_assert_eq!(planned.into_iter().collect::<BTreeSet<_>>(), below(&parents, end));
            }
            None => prop_assert!(planned.is_err()),
        }
    }

    #[test]
    fn an_upgrade_runs_what_is_missing_in_order(
        parents in graphs(),
        from: prop::sample::Index,
        to: prop::sample::Index,
    ) {
        let map = map(&parents);
        let (from, to) = (from.index(parents.len()), to.index(parents.len()));
        let range = RangeOptions { implicit_base: true, ..RangeOptions::default() };
        let rows = RevisionArgument::Several(vec![id(from)]);
        let planned =
            indices(&map, &map.iterate_revisions(&RevisionArgument::from(id(to)), &rows, range).unwrap());
        let missing: BTreeSet<usize> = below(&parents, to).difference(&below(&parents, from)).copied().collect();
        prop_assert_eq!(planned.len(), missing.len());
        prop_assert_eq!(planned.iter().copied().collect::<BTreeSet<_>>(), missing);
        assert_order(&parents, &planned);
    }

    #[test]
    fn a_downgrade_takes_back_what_is_above(parents in graphs(), to: prop::sample::Index) {
        let map = map(&parents);
        let to = to.index(parents.len());
        let rows: Vec<String> = heads(&parents).into_iter().map(id).collect();
        let range = RangeOptions { select_for_downgrade: true, ..RangeOptions::default() };
        let rows = RevisionArgument::Several(rows);
        let planned =
            indices(&map, &map.iterate_revisions(&rows, &RevisionArgument::from(id(to)), range).unwrap());
        let above: BTreeSet<usize> =
            (0..parents.len()).filter(|index| *index != to && below(&parents, *index).contains(&to)).collect();
        prop_assert_eq!(planned.iter().copied().collect::<BTreeSet<_>>(), above);
        assert_order(&parents, &planned);
    }

    #[test]
    fn everything_applied_is_below_the_current_revisions(parents in graphs(), rows in 1usize..4) {
        let map = map(&parents);
        let rows: Vec<usize> = (0..rows).map(|row| row * 7 % parents.len()).collect();
        let applied: BTreeSet<usize> = rows.iter().flat_map(|row| below(&parents, *row)).collect();
        let argument = RevisionArgument::Several(rows.into_iter().map(id).collect());
        let current = indices(&map, &map.get_all_current(&argument).unwrap());
        let tops: Vec<usize> = applied
            .iter()
            .copied()
            .filter(|index| children(&parents, *index).iter().all(|child| !applied.contains(child)))
            .collect();
        prop_assert_eq!(current, tops);
    }
}

#[test]
fn base_names_no_revision() {
    let map = map(&vec![vec![], vec![0]]);
    assert_eq!(map.get_revision(Some("base")), Ok(None));
    assert_eq!(map.get_revisions(&RevisionArgument::from("base")), Ok(vec![]));
    assert_eq!(
        map.get_revisions(&RevisionArgument::from("head")),
        Ok(vec![Target::Revision(map.find(&id(1)).unwrap())])
    );
}
