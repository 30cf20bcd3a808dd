//! What holds on every graph: the version table follows from what is applied, whatever the way there; the start of
//! an identifier names it when no other starts so; nothing runs before what it needs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::sync::Arc;

use limbeck_core::config::Messaging;
use limbeck_core::runtime::head_tracker::HeadTracker;
use limbeck_core::runtime::steps::{MigrationStep, RevisionStep};
use limbeck_core::script::{Node, RangeOptions, Revision, RevisionArgument, RevisionId, RevisionMap, Script};
use proptest::prelude::*;

/// A revision by the indices of what it comes after and of what it depends on, which are smaller than its own.
#[derive(Clone, Debug)]
struct Plan {
    parents: BTreeSet<usize>,
    dependencies: BTreeSet<usize>,
}

fn id(index: usize) -> String {
    format!("{index:04x}rev")
}

fn index(id: &str) -> usize {
    usize::from_str_radix(&id[..4], 16).unwrap()
}

/// Those of some revisions that no other of them needs.
///
/// A revision that names a parent or dependency which another of them needs anyway keeps a row too many when it is
/// taken back while other branches have rows, in the reference too: such graphs are compared in recorded sessions.
fn without_implied(plans: &[Plan], indices: &BTreeSet<usize>) -> BTreeSet<usize> {
    let is_implied =
        |index: &usize| indices.iter().any(|other| other != index && below(plans, *other).contains(index));
    indices.iter().copied().filter(|index| !is_implied(index)).collect()
}

fn graphs() -> impl Strategy<Value = Vec<Plan>> {
    let choices = |most| prop::collection::vec(any::<prop::sample::Index>(), 0..most);
    prop::collection::vec((choices(3), choices(3), any::<bool>()), 1..25).prop_map(|revisions| {
        let pick = |index: usize, choices: &[prop::sample::Index]| -> BTreeSet<usize> {
            if index == 0 {
                BTreeSet::new()
            } else {
                choices.iter().map(|choice| choice.index(index)).collect()
            }
        };
        let mut plans: Vec<Plan> = Vec::with_capacity(revisions.len());
        for (index, (parents, dependencies, depends)) in revisions.iter().enumerate() {
            let parents = without_implied(&plans, &pick(index, parents));
            let wanted = if *depends { pick(index, dependencies) } else { BTreeSet::new() };
            let all = without_implied(&plans, &wanted.union(&parents).copied().collect());
            let dependencies = all.difference(&parents).copied().collect();
            plans.push(Plan { parents: parents.intersection(&all).copied().collect(), dependencies });
        }
        plans
    })
}

fn map(plans: &[Plan]) -> RevisionMap {
    let ids = |indices: &BTreeSet<usize>| indices.iter().map(|index| id(*index)).collect::<Vec<_>>();
    let revisions = plans
        .iter()
        .enumerate()
        .map(|(index, plan)| {
            Revision::new(id(index), &ids(&plan.parents), &ids(&plan.dependencies), &[]).unwrap()
        })
        .collect();
    RevisionMap::new(revisions, messaging()).unwrap()
}

fn messaging() -> Arc<Messaging> {
    Arc::new(Messaging::new(Box::new(std::io::sink()), false, None))
}

/// What a revision needs, directly.
fn needs(plan: &Plan) -> BTreeSet<usize> {
    plan.parents.union(&plan.dependencies).copied().collect()
}

/// The version rows that a set of applied revisions has: those that no other applied one needs.
fn expected_rows(plans: &[Plan], applied: &BTreeSet<usize>) -> BTreeSet<usize> {
    let needed: BTreeSet<usize> = applied.iter().flat_map(|index| needs(&plans[*index])).collect();
    applied.difference(&needed).copied().collect()
}

/// A database as a model has it, and as the tracker of its rows has it.
struct Database<'a> {
    plans: &'a [Plan],
    map: &'a RevisionMap,
    applied: BTreeSet<usize>,
    tracker: HeadTracker,
}

impl<'a> Database<'a> {
    fn new(plans: &'a [Plan], map: &'a RevisionMap) -> Self {
        Self { plans, map, applied: BTreeSet::new(), tracker: HeadTracker::new([]) }
    }

    /// Takes one step, which must be possible, and checks the rows after it.
    fn step(&mut self, index: usize, is_upgrade: bool) {
        let script = Script::new(self.map, self.map.find(&id(index)).unwrap());
        let needed_by = |other: &usize| needs(&self.plans[*other]).contains(&index);
        let step: MigrationStep = if is_upgrade {
            assert!(needs(&self.plans[index]).is_subset(&self.applied), "{index} runs before what it needs");
            assert!(self.applied.insert(index), "{index} runs twice");
            RevisionStep::upgrade_from_script(script).into()
        } else {
            assert!(!self.applied.iter().any(needed_by), "{index} is taken back before what needs it");
            assert!(self.applied.remove(&index), "{index} was not applied");
            RevisionStep::downgrade_from_script(script).into()
        };
        self.tracker.update_to_step(&step, self.map).unwrap();
        let rows: BTreeSet<usize> = self.tracker.heads().iter().map(index_of).collect();
        assert_eq!(rows, expected_rows(self.plans, &self.applied), "after {step}");
    }

    fn rows(&self) -> RevisionArgument {
        RevisionArgument::from(self.tracker.heads().as_slice())
    }

    fn upgrade(&mut self, target: &str) {
        let range = RangeOptions { implicit_base: true, ..RangeOptions::default() };
        let planned =
            self.map.iterate_revisions(&RevisionArgument::from(target), &self.rows(), range).unwrap();
        for node in planned.iter().rev() {
            self.step(index_of(self.map.revision(*node).id()), true);
        }
    }

    /// Goes down to a target; `false` when there is nothing above it to take back.
    fn downgrade(&mut self, target: &str) -> bool {
        let range = RangeOptions { select_for_downgrade: true, ..RangeOptions::default() };
        let planned = self.map.iterate_revisions(&self.rows(), &RevisionArgument::from(target), range);
        let Ok(planned) = planned else { return false };
        for node in planned {
            self.step(index_of(self.map.revision(node).id()), false);
        }
        true
    }
}

fn index_of(id: &RevisionId) -> usize {
    index(id.as_str())
}

/// A revision and all that it needs.
fn below(plans: &[Plan], index: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut todo = vec![index];
    while let Some(next) = todo.pop() {
        if found.insert(next) {
            todo.extend(needs(&plans[next]));
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_rows_follow_from_what_is_applied_on_any_way_up_and_down(
        plans in graphs(),
        choices in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 0..80),
    ) {
        let map = map(&plans);
        let mut database = Database::new(&plans, &map);
        for (is_upgrade, choice) in choices {
            let possible: Vec<usize> = if is_upgrade {
                let is_ready = |index: &usize| {
                    !database.applied.contains(index) && needs(&plans[*index]).is_subset(&database.applied)
                };
                (0..plans.len()).filter(is_ready).collect()
            } else {
                expected_rows(&plans, &database.applied).into_iter().collect()
            };
            if !possible.is_empty() {
                database.step(possible[choice.index(possible.len())], is_upgrade);
            }
        }
        // Back to nothing, the newest first.
        for index in database.applied.clone().into_iter().rev() {
            database.step(index, false);
        }
        prop_assert!(database.tracker.is_empty());
    }

    #[test]
    fn plans_go_to_their_targets_and_base_takes_everything_back(
        plans in graphs(),
        targets in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 1..12),
    ) {
        let map = map(&plans);
        let mut database = Database::new(&plans, &map);
        for (is_upgrade, target) in targets {
            let target = target.index(plans.len());
            let before = database.applied.clone();
            if is_upgrade {
                database.upgrade(&id(target));
                let expected: BTreeSet<usize> = before.union(&below(&plans, target)).copied().collect();
                prop_assert_eq!(&database.applied, &expected);
            } else if database.downgrade(&id(target)) {
                // What is above the target, and what needs that, is gone; all else stays.
                let is_above = |index: &usize| {
                    plans[*index].parents.contains(&target)
                };
                let roots: BTreeSet<usize> = (0..plans.len()).filter(is_above).collect();
                let expected: BTreeSet<usize> = before
                    .iter()
                    .copied()
                    .filter(|index| below(&plans, *index).is_disjoint(&roots))
                    .collect();
                prop_assert_eq!(&database.applied, &expected);
            }
        }
        database.upgrade("heads");
        prop_assert_eq!(database.applied.len(), plans.len());
        prop_assert!(database.downgrade("base"));
        prop_assert!(database.applied.is_empty() && database.tracker.is_empty());
    }

    #[test]
    fn an_upgrade_and_the_way_back_leave_the_rows_as_they_were(
        plans in graphs(),
        from: prop::sample::Index,
        to: prop::sample::Index,
    ) {
        let map = map(&plans);
        let mut database = Database::new(&plans, &map);
        database.upgrade(&id(from.index(plans.len())));
        let (applied, rows) = (database.applied.clone(), expected_rows(&plans, &database.applied));
        database.upgrade(&id(to.index(plans.len())));
        for index in database.applied.difference(&applied).copied().collect::<Vec<_>>().into_iter().rev() {
            database.step(index, false);
        }
        prop_assert_eq!(expected_rows(&plans, &database.applied), rows);
    }

    #[test]
    fn no_order_puts_a_revision_after_what_it_needs(plans in graphs(), choice: prop::sample::Index) {
        let map = map(&plans);
        let target = choice.index(plans.len());
        let range = RangeOptions { implicit_base: true, ..RangeOptions::default() };
        let order: Vec<usize> = map
            .iterate_revisions(&RevisionArgument::from(id(target)), &RevisionArgument::Nothing, range)
            .unwrap()
            .iter()
            .map(|node: &Node| index_of(map.revision(*node).id()))
            .collect();
        for (place, index) in order.iter().enumerate() {
            prop_assert!(!order[..place].iter().any(|earlier| needs(&plans[*index]).contains(earlier)));
        }
        prop_assert_eq!(order.into_iter().collect::<BTreeSet<_>>(), below(&plans, target));
    }

    #[test]
    fn every_start_that_no_other_name_has_leads_to_its_revision(
        ids in prop::collection::btree_set("[ab0]{1,9}", 1..20),
        label in prop::option::of("[ab0]{4}label"),
    ) {
        let ids: Vec<String> = ids.into_iter().collect();
        let labels: Vec<String> = label.into_iter().collect();
        let revisions = ids
            .iter()
            .enumerate()
            .map(|(place, id)| {
                let own = if place == 0 { &labels[..] } else { &[] };
                Revision::new(id.as_str(), &[], &[], own).unwrap()
            })
            .collect();
        let map = RevisionMap::new(revisions, messaging()).unwrap();
        for id in &ids {
            for length in 1..=id.len() {
                let start = &id[..length];
                // A name of fewer than four characters is only found whole.
                let matches = ids
                    .iter()
                    .chain(&labels)
                    .filter(|name| name.starts_with(start) && name.len() >= 4)
                    .count();
                let whole = ids.iter().any(|id| id == start);
                let found = map.get_revision(Some(start));
                if whole || (matches == 1 && id.len() >= 4) {
                    let expected = if whole { start } else { id.as_str() };
                    prop_assert_eq!(map.revision(found.unwrap().unwrap()).id().as_str(), expected);
                } else if matches != 1 {
                    prop_assert!(found.is_err(), "{} leads to {:?}", start, found);
                }
            }
        }
    }
}
