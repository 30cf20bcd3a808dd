//! What history leaves behind: parents and dependencies that lie below anyway, more labels, identifiers given twice,
//! rows of the version table written by hand, other settings of env.py, options of every command.

use std::fmt::Write as _;

use crate::random::Random;

use super::shape::{Graph, Revision};

/// Labels on top of those of every graph; some are the start of an identifier or of each other.
const MORE_LABELS: [&str; 6] = ["abcd", "lab", "labl", "2026", "rev_", "feature"];

/// Options that stand before a command.
const OPTIONS: [&str; 4] = ["-q ", "--raiseerr ", "-x key=value ", "-n alembic "];

/// Makes a graph rougher.
pub(super) fn roughen(graph: &mut Graph, random: &mut Random) {
    let [parents, dependencies, labels] = [0, 0, 0].map(|_| *random.pick(&[0, 0, 10, 25]));
    let mut names: Vec<&str> = MORE_LABELS.to_vec();
    random.shuffle(&mut names);
    for place in 2..graph.revisions.len() {
        let below: Vec<String> = graph.ancestors(&graph.revisions[place].id).into_iter().collect();
        let is_chosen = |own: &Revision, id: &String| own.id == *id || own.down.contains(id);
        let revision = &graph.revisions[place];
        let lower: Vec<String> = below.iter().filter(|id| !is_chosen(revision, id)).cloned().collect();
        let (own_parents, id) = (revision.down.clone(), revision.id.clone());
        if !lower.is_empty() && random.chance(parents) {
            let redundant = random.pick(&lower).clone();
            let at = random.index(own_parents.len() + 1);
            graph.revisions[place].down.insert(at, redundant);
        }
        if random.chance(dependencies) {
            let needed: Vec<String> = below.into_iter().filter(|other| *other != id).collect();
            if !needed.is_empty() {
                let redundant = random.pick(&needed).clone();
                let own = &mut graph.revisions[place].depends_on;
                if !own.contains(&redundant) {
                    own.push(redundant);
                }
            }
        }
        if random.chance(labels) {
            let label = names.pop().filter(|label| !graph.revisions.iter().any(|other| other.id == *label));
            graph.revisions[place].labels.extend(label.map(str::to_owned));
        }
    }
    if random.chance(6) {
        let mut again = random.pick(&graph.revisions).clone();
        again.path = again.path.replace(".py", "_again.py");
        "once more".clone_into(&mut again.message);
        again.labels.clear();
        graph.revisions.push(again);
    }
}

/// What env.py tells the context about a connection, besides the connection.
pub(super) fn settings(random: &mut Random) -> Settings {
    Settings {
        per_migration: random.chance(20),
        version_table: if random.chance(15) { "versions_here" } else { "alembic_version" },
    }
}

/// Settings of env.py.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    per_migration: bool,
    version_table: &'static str,
}

impl Settings {
    /// The usual ones.
    pub(super) fn usual() -> Self {
        Self { per_migration: false, version_table: "alembic_version" }
    }

    /// As arguments of `context.configure`.
    pub(super) fn arguments(self) -> String {
        let mut text = String::new();
        if self.per_migration {
            text.push_str(", transaction_per_migration=True");
        }
        if self.version_table != "alembic_version" {
            let _ = write!(text, ", version_table=\"{}\"", self.version_table);
        }
        text
    }

    /// Changes the rows of the version table by hand, as lines of a session.
    pub(super) fn change_of_rows(self, random: &mut Random, ids: &[String]) -> String {
        let table = self.version_table;
        let mut text = format!(
            "sql app.db <<EOF\nCREATE TABLE IF NOT EXISTS {table} (version_num VARCHAR(32) NOT NULL, CONSTRAINT \
             {table}_pkc PRIMARY KEY (version_num));\n"
        );
        if random.chance(40) {
            let _ = writeln!(text, "DELETE FROM {table};");
        }
        for _ in 0..random.between(1, 3) {
            let id = if random.chance(6) { "gone" } else { random.pick(ids) };
            let _ = writeln!(text, "INSERT OR IGNORE INTO {table} VALUES ('{id}');");
        }
        text.push_str("EOF\n");
        text
    }
}

/// A command with options that it may have on top.
pub(super) fn with_options(command: &str, random: &mut Random) -> String {
    let mut command = command.to_owned();
    if command.contains(" --sql") && random.chance(30) {
        command.push_str(" --tag released");
    }
    if random.chance(6) {
        command.insert_str(0, OPTIONS[random.index(OPTIONS.len())]);
    }
    command
}
