//! Large revision graphs of a few regular shapes, for measuring how costs grow with them. Their scripts do nothing.

use std::fs;
use std::path::{Path, PathBuf};

use crate::at;

/// The file of the projects' database.
pub const DATABASE: &str = "app.db";

/// A revision of a shape.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revision {
    /// Its identifier.
    pub id: String,
    /// What it comes after.
    pub down: Vec<String>,
    /// What it depends on.
    pub depends_on: Vec<String>,
    /// The branch that it begins.
    pub label: Option<String>,
}

/// A kind of graph that comes in every size.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// What it is.
    pub name: &'static str,
    /// Makes its revisions, so many as the size asks for, or a fixed multiple.
    pub revisions: fn(usize) -> Vec<Revision>,
    /// A size at which costs do not depend on revisions yet.
    pub smallest: usize,
    /// The sizes to measure.
    pub sizes: [usize; 3],
    /// Whether it is the straight line.
    pub is_line: bool,
}

/// The shapes, each with its sizes.
pub const SHAPES: [Shape; 5] = [
    Shape { name: "one line", revisions: line, smallest: 10, sizes: [1000, 3000, 10_000], is_line: true },
    Shape {
        name: "heads merged pairwise",
        revisions: merged_heads,
        smallest: 4,
        sizes: [200, 600, 2000],
        is_line: false,
    },
    Shape { name: "labelled heads", revisions: heads, smallest: 4, sizes: [200, 600, 2000], is_line: false },
    Shape {
        name: "lines that depend on each other",
        revisions: ladder,
        smallest: 4,
        sizes: [200, 600, 2000],
        is_line: false,
    },
    Shape { name: "diamonds", revisions: diamonds, smallest: 4, sizes: [200, 600, 2000], is_line: false },
];

fn revision(id: String, down: &[&str]) -> Revision {
    Revision { id, down: down.iter().map(ToString::to_string).collect(), ..Revision::default() }
}

/// An identifier; neighbours in a graph have none in the order of names.
fn id(kind: char, number: usize) -> String {
    let mixed = (number as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("{kind}{:04x}{number:06}", mixed >> 48)
}

/// Each revision comes after the one before.
fn line(count: usize) -> Vec<Revision> {
    let mut revisions: Vec<Revision> = Vec::with_capacity(count);
    for number in 0..count {
        let down: Vec<&str> = revisions.last().map(|last| last.id.as_str()).into_iter().collect();
        let next = revision(id('a', number), &down);
        revisions.push(next);
    }
    revisions
}

/// One base and so many branches of one revision, each with a label.
fn heads(count: usize) -> Vec<Revision> {
    let base = id('a', 0);
    let mut revisions = vec![revision(base.clone(), &[])];
    revisions.extend((1..=count).map(|number| Revision {
        label: Some(format!("branch{number}")),
        ..revision(id('a', number), &[base.as_str()])
    }));
    revisions
}

/// So many heads, merged two by two until one is left.
fn merged_heads(count: usize) -> Vec<Revision> {
    let mut revisions = heads(count);
    for revision in &mut revisions {
        revision.label = None;
    }
    let mut open: Vec<String> = revisions.iter().skip(1).map(|revision| revision.id.clone()).collect();
    while open.len() > 1 {
        let mut next = Vec::with_capacity(open.len().div_ceil(2));
        for pair in open.chunks(2) {
            match pair {
                [left, right] => {
                    let merge = revision(id('m', revisions.len()), &[left, right]);
                    next.push(merge.id.clone());
                    revisions.push(merge);
                }
                rest => next.extend_from_slice(rest),
            }
        }
        open = next;
    }
    revisions
}

/// Two lines; each revision of the second one depends on its neighbour in the first.
fn ladder(count: usize) -> Vec<Revision> {
    let mut revisions = Vec::with_capacity(2 * count);
    for number in 0..count {
        for kind in ['a', 'b'] {
            let parent = number.checked_sub(1).map(|parent| id(kind, parent));
            let down: Vec<&str> = parent.as_deref().into_iter().collect();
            let depends_on = if kind == 'b' { vec![id('a', number)] } else { Vec::new() };
            revisions.push(Revision { depends_on, ..revision(id(kind, number), &down) });
        }
    }
    revisions
}

/// Branches in two and merges, again and again.
fn diamonds(count: usize) -> Vec<Revision> {
    let mut revisions = vec![revision(id('m', 0), &[])];
    for number in 1..=count {
        let top = id('m', number - 1);
        let (left, right) = (id('a', number), id('b', number));
        revisions.push(revision(left.clone(), &[&top]));
        revisions.push(revision(right.clone(), &[&top]));
        revisions.push(revision(id('m', number), &[&left, &right]));
    }
    revisions
}

/// Writes a project with these revisions.
///
/// # Errors
/// Files that cannot be written.
pub fn write(root: &Path, revisions: &[Revision]) -> Result<(), String> {
    let plain = crate::workspace_root().join("tests/reference/projects/plain");
    let versions = root.join("migrations/versions");
    fs::create_dir_all(&versions).map_err(at(&versions))?;
    for file in ["alembic.ini", "migrations/env.py"] {
        fs::copy(plain.join(file), root.join(file)).map_err(at(root))?;
    }
    let write = |path: PathBuf, text: String| fs::write(&path, text).map_err(at(&path));
    revisions
        .iter()
        .try_for_each(|revision| write(versions.join(format!("{}_.py", revision.id)), text(revision)))
}

fn text(revision: &Revision) -> String {
    let Revision { id, down, depends_on, label } = revision;
    let tuple = |names: &[String]| match names {
        [] => "None".to_owned(),
        names => format!("('{}',)", names.join("', '")),
    };
    format!(
        "\"\"\"{id}\n\nRevision ID: {id}\nCreate Date: 2026-01-01 00:00:00\n\n\"\"\"\n\nrevision = '{id}'\n\
         down_revision = {}\nbranch_labels = {}\ndepends_on = {}\n\n\ndef upgrade():\n    pass\n\n\n\
         def downgrade():\n    pass\n",
        tuple(down),
        tuple(label.as_slice()),
        tuple(depends_on)
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_shape_grows_with_its_size_and_needs_only_what_is_there() {
        for shape in SHAPES {
            let (few, many) = ((shape.revisions)(10), (shape.revisions)(100));
            assert!(many.len() >= 9 * few.len() && many.len() >= 100, "{}", shape.name);
            let ids: HashSet<&str> = many.iter().map(|revision| revision.id.as_str()).collect();
            assert_eq!(ids.len(), many.len(), "{}", shape.name);
            let needed = many.iter().flat_map(|revision| revision.down.iter().chain(&revision.depends_on));
            assert!(needed.into_iter().all(|needed| ids.contains(needed.as_str())), "{}", shape.name);
        }
    }

    #[test]
    fn heads_merged_pairwise_leave_one() {
        let revisions = merged_heads(5);
        let below: HashSet<&String> = revisions.iter().flat_map(|revision| &revision.down).collect();
        assert_eq!(revisions.iter().filter(|revision| !below.contains(&revision.id)).count(), 1);
        assert_eq!(revisions.len(), 1 + 5 + 4);
    }
}
