//! Random revision graphs: which revisions there are, how they hang together, and the files that define them.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;

use crate::random::Random;

/// Names that branches get; one looks like the start of an identifier.
const LABELS: [&str; 8] =
    ["left", "right", "billing", "abcdlabel", "x1", "main_line", "featureone", "featuretwo"];

const HEX: &[u8] = b"0123456789abcdef";

/// A revision graph as files of a project.
#[derive(Debug, Clone)]
pub struct Graph {
    /// In the order in which they were thought of: parents and dependencies come first.
    pub revisions: Vec<Revision>,
    /// The directories with revision files.
    pub locations: Vec<String>,
    /// What upgrades and downgrades do.
    pub work: Work,
}

/// One revision.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Its identifier.
    pub id: String,
    /// What it comes after.
    pub down: Vec<String>,
    /// What it depends on, by identifier or label.
    pub depends_on: Vec<String>,
    /// The branches that it begins.
    pub labels: Vec<String>,
    /// Where its file is, from the project's root.
    pub path: String,
    /// The docstring's first line.
    pub message: String,
}

/// What the scripts of a graph do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Nothing.
    Nothing,
    /// They write their names into the table `log`, so that its rows tell in which order they ran.
    Log,
    /// They make a table with a row in it, and drop it.
    Tables,
}

/// How a graph grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Growth {
    new_base: u64,
    branch: u64,
    merge: u64,
    dependency: u64,
    label: u64,
    base_label: u64,
}

/// Kinds of graphs: straight, branched, merged, diamonds, several bases, dependencies across branches, all of it.
const GROWTHS: [Growth; 7] = [
    Growth { new_base: 0, branch: 0, merge: 0, dependency: 0, label: 4, base_label: 20 },
    Growth { new_base: 0, branch: 25, merge: 0, dependency: 0, label: 12, base_label: 30 },
    Growth { new_base: 4, branch: 22, merge: 30, dependency: 0, label: 8, base_label: 30 },
    Growth { new_base: 0, branch: 45, merge: 45, dependency: 0, label: 5, base_label: 20 },
    Growth { new_base: 14, branch: 6, merge: 14, dependency: 4, label: 8, base_label: 65 },
    Growth { new_base: 12, branch: 8, merge: 6, dependency: 26, label: 8, base_label: 60 },
    Growth { new_base: 8, branch: 18, merge: 24, dependency: 16, label: 10, base_label: 45 },
];

/// How identifiers look.
#[derive(Debug, Clone, Copy)]
enum Naming {
    Hexadecimal,
    SharedPrefix,
    Nested,
    Digits,
    Dates,
    Short,
    Words,
}

const NAMINGS: [(u64, Naming); 7] = [
    (5, Naming::Hexadecimal),
    (5, Naming::SharedPrefix),
    (2, Naming::Nested),
    (3, Naming::Digits),
    (2, Naming::Dates),
    (3, Naming::Short),
    (2, Naming::Words),
];

impl Graph {
    /// Makes a random graph of 5 to 60 revisions.
    #[must_use]
    pub fn generate(random: &mut Random) -> Self {
        let growth = *random.pick(&GROWTHS);
        let naming = *random.weighted(&NAMINGS);
        let count = match random.below(10) {
            0..5 => random.between(5, 12),
            5..8 => random.between(13, 28),
            _ => random.between(29, 60),
        };
        let locations: Vec<String> = if random.chance(25) {
            ["migrations/versions", "more/one", "more/two"][..random.between(2, 3)]
                .iter()
                .map(ToString::to_string)
                .collect()
        } else {
            vec!["migrations/versions".to_owned()]
        };
        let work = *random.weighted(&[(5, Work::Log), (4, Work::Nothing), (1, Work::Tables)]);
        let mut labels: Vec<&str> = LABELS.to_vec();
        random.shuffle(&mut labels);
        let mut graph = Self { revisions: Vec::with_capacity(count), locations, work };
        let numbered = random.chance(30);
        for index in 0..count {
            let id = graph.new_id(random, naming, index);
            let revision = graph.grow(random, growth, id, numbered, &mut labels);
            graph.revisions.push(revision);
        }
        graph
    }

    /// The identifiers of all revisions.
    #[must_use]
    pub fn ids(&self) -> Vec<&str> {
        self.revisions.iter().map(|revision| revision.id.as_str()).collect()
    }

    /// The labels of all branches.
    #[must_use]
    pub fn labels(&self) -> Vec<&str> {
        self.revisions.iter().flat_map(|revision| &revision.labels).map(String::as_str).collect()
    }

    /// The revisions that no other comes after.
    #[must_use]
    pub fn heads(&self) -> Vec<&str> {
        let below: HashSet<&String> = self.revisions.iter().flat_map(|revision| &revision.down).collect();
        self.revisions
            .iter()
            .filter(|revision| !below.contains(&revision.id))
            .map(|revision| revision.id.as_str())
            .collect()
    }

    /// A revision and all that it needs.
    pub(super) fn ancestors(&self, id: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut todo = vec![id.to_owned()];
        while let Some(next) = todo.pop() {
            if let Some(revision) = self.revisions.iter().find(|revision| revision.id == next)
                && found.insert(next)
            {
                todo.extend(revision.down.iter().cloned());
            }
        }
        found
    }

    fn grow(
        &self,
        random: &mut Random,
        growth: Growth,
        id: String,
        numbered: bool,
        labels: &mut Vec<&str>,
    ) -> Revision {
        let heads: Vec<String> = self.heads().into_iter().map(str::to_owned).collect();
        let ids = self.ids();
        let down: Vec<String> = if ids.is_empty() || random.chance(growth.new_base) {
            Vec::new()
        } else if heads.len() > 1 && random.chance(growth.merge) {
            let mut chosen = heads;
            random.shuffle(&mut chosen);
            chosen.truncate(if random.chance(20) { 3 } else { 2 });
            chosen
        } else if random.chance(growth.branch) {
            vec![(*random.pick(&ids)).to_owned()]
        } else {
            vec![random.pick(&heads).clone()]
        };
        let mut depends_on: Vec<String> = Vec::new();
        while !ids.is_empty() && depends_on.len() < 3 && random.chance(growth.dependency) {
            let other = *random.pick(&ids);
            // Mostly on another branch: a dependency on what is below anyway changes nothing.
            let is_below = down.iter().any(|parent| self.ancestors(parent).contains(other));
            if !down.iter().any(|parent| parent == other) && (!is_below || random.chance(10)) {
                depends_on.push(other.to_owned());
            }
        }
        let known = self.labels();
        if !depends_on.is_empty() && !known.is_empty() && random.chance(25) {
            let label = *random.pick(&known);
            let owner = self.revisions.iter().find(|revision| revision.labels.iter().any(|own| own == label));
            if owner.is_some_and(|owner| !down.contains(&owner.id)) {
                label.clone_into(&mut depends_on[0]);
            }
        }
        let mut own_labels = Vec::new();
        if random.chance(if down.is_empty() { growth.base_label } else { growth.label }) {
            own_labels.extend(labels.pop().map(str::to_owned));
            if random.chance(15) {
                own_labels.extend(labels.pop().map(str::to_owned));
            }
        }
        let location = random.pick(&self.locations);
        let name =
            if numbered { format!("{:03}_{id}.py", random.below(1000)) } else { format!("{id}_work.py") };
        Revision {
            path: format!("{location}/{name}"),
            message: format!("do {} {}", random.pick(&["small", "big", "odd"]), ids.len() + 1),
            id,
            down,
            depends_on,
            labels: own_labels,
        }
    }

    fn new_id(&self, random: &mut Random, naming: Naming, index: usize) -> String {
        loop {
            let mut digits = |count: usize, letters: &[u8]| -> String {
                (0..count).map(|_| char::from(*random.pick(letters))).collect()
            };
            let id = match naming {
                Naming::Hexadecimal => digits(12, HEX),
                Naming::SharedPrefix => format!("abcdef0{}", digits(4, b"01a")),
                // One identifier may be the start of another.
                Naming::Nested => {
                    let length = digits(1, b"4567").parse().unwrap_or(4);
                    digits(length, b"ab")
                }
                Naming::Digits => digits(6, b"012"),
                Naming::Dates => format!("2026{}", digits(4, b"0123")),
                Naming::Short => format!("{}{index}", digits(1, b"abc")),
                Naming::Words => format!("rev_{}_{index:02}", digits(1, b"ab")),
            };
            if !self.revisions.iter().any(|revision| revision.id == id) {
                return id;
            }
        }
    }

    /// The text of a revision's file.
    #[must_use]
    pub fn file_text(&self, revision: &Revision, place: usize) -> String {
        let Revision { id, message, .. } = revision;
        let mut text = format!("\"\"\"{message}\n");
        if place % 5 == 3 {
            text.push_str("and more of the same\n\nA second paragraph, which\n  is indented.\n");
        }
        let _ = writeln!(
            text,
            "\nRevision ID: {id}\nRevises: {}\nCreate Date: 2026-01-01 10:00:{:02}\n\n\"\"\"\nfrom alembic import op",
            revision.down.join(", "),
            place % 60
        );
        if self.work == Work::Tables {
            text.push_str("import sqlalchemy as sa\n");
        }
        let annotation = if place.is_multiple_of(3) { ": str" } else { "" };
        let open = if place.is_multiple_of(2) { ['(', ')'] } else { ['[', ']'] };
        let _ = writeln!(
            text,
            "\nrevision{annotation} = '{id}'\ndown_revision = {}\nbranch_labels = {}\ndepends_on = {}",
            python_value(&revision.down, open),
            python_value(&revision.labels, open),
            python_value(&revision.depends_on, open)
        );
        let [upgrade, downgrade] = match self.work {
            Work::Nothing => ["pass".to_owned(), "pass".to_owned()],
            Work::Log => ["up", "down"]
                .map(|way| format!("op.execute(\"INSERT INTO log (step) VALUES ('{way} {id}')\")")),
            Work::Tables => [
                format!(
                    "op.create_table('t_{id}', sa.Column('n', sa.Integer()))\n    \
                     op.execute(\"INSERT INTO t_{id} VALUES ({place})\")"
                ),
                format!("op.drop_table('t_{id}')"),
            ],
        };
        let _ = write!(text, "\n\ndef upgrade():\n    {upgrade}\n\n\ndef downgrade():\n    {downgrade}\n");
        text
    }
}

/// Nothing, one value, or several as a tuple or list.
fn python_value(values: &[String], [open, close]: [char; 2]) -> String {
    match values {
        [] => "None".to_owned(),
        [one] => format!("'{one}'"),
        several => {
            let several: Vec<String> = several.iter().map(|value| format!("'{value}'")).collect();
            format!("{open}{}{close}", several.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphs_have_parents_and_dependencies_that_exist_and_ids_of_their_own() {
        for seed in 0..300 {
            let graph = Graph::generate(&mut Random::new(seed));
            assert!((5..=60).contains(&graph.revisions.len()));
            let mut known: HashSet<&str> = HashSet::new();
            for revision in &graph.revisions {
                assert!(revision.down.iter().all(|down| known.contains(down.as_str())), "{revision:?}");
                assert!(
                    revision.depends_on.iter().all(|needed| known.contains(needed.as_str())),
                    "{revision:?}"
                );
                assert!(known.insert(&revision.id), "{revision:?}");
                known.extend(revision.labels.iter().map(String::as_str));
            }
        }
    }

    #[test]
    fn values_are_written_as_python_writes_them() {
        let values = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(python_value(&[], ['(', ')']), "None");
        assert_eq!(python_value(&values(&["a"]), ['(', ')']), "'a'");
        assert_eq!(python_value(&values(&["a", "b"]), ['[', ']']), "['a', 'b']");
    }
}
