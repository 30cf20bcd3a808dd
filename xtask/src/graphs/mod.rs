//! Generated sessions on generated revision graphs, each fixed by its number.
//!
//! A session is not stored: its number gives it again, as the text that a hand-written one has. The record
//! carries a fingerprint of that text, so that a generator which has changed is noticed.

mod commands;
pub mod known_differences;
mod rough;
mod shape;

use std::fmt::Write as _;
use std::path::PathBuf;

use commands::Commands;
use rough::Settings;
use shape::{Graph, Work};

use crate::random::Random;
use crate::variants::Expectation;

/// The number of sessions that are recorded.
pub const COUNT: usize = 240;

/// Sessions from this number on are on graphs that were not kept tidy.
const FIRST_ROUGH: usize = 200;

/// The settings line of alembic.ini behind which the version locations are named.
const SETTING: &str = "path_separator = os\n";

/// What env.py says about the connection, and what it says in generated sessions: a run that fails in its middle
/// keeps the steps before, as the reference does on SQLite, so that later commands meet the same database.
const CONFIGURATION: [&str; 2] = [
    "            connection=connection, target_metadata=target_metadata\n",
    "            connection=connection, transactional_ddl=False",
];

/// What env.py says where there is no connection.
const OFFLINE_CONFIGURATION: &str = "        dialect_opts={\"paramstyle\": \"named\"}";

/// Says whether a session's graph has parents and dependencies that lie below anyway, and the like.
#[must_use]
pub fn is_rough(number: usize) -> bool {
    number >= FIRST_ROUGH
}

/// Returns the session with a number, in the text form of [`crate::session`].
#[must_use]
pub fn session(number: usize) -> String {
    let mut random = Random::new(0x0a1e_0b1c ^ ((number as u64) << 20));
    let mut graph = Graph::generate(&mut random);
    let is_rough = is_rough(number);
    let settings = if is_rough { rough::settings(&mut random) } else { Settings::usual() };
    if is_rough {
        rough::roughen(&mut graph, &mut random);
    }
    let mut text =
        format!("# Generated graph {number}.\nproject tests/reference/projects/plain\nwatch app.db\n");
    let [old, new] = CONFIGURATION;
    let more = settings.arguments();
    let _ = write!(text, "replace migrations/env.py <<EOF\n{old}====\n{new}{more}\nEOF\n");
    if !more.is_empty() {
        let old = OFFLINE_CONFIGURATION;
        let _ = write!(text, "replace migrations/env.py <<EOF\n{old},\n====\n{old}{more},\nEOF\n");
    }
    if graph.locations.len() > 1 {
        let locations: Vec<String> =
            graph.locations.iter().map(|location| format!("%(here)s/{location}")).collect();
        let _ = write!(
            text,
            "replace alembic.ini <<EOF\n{SETTING}====\n{SETTING}version_locations = {}\nEOF\n",
            locations.join(":")
        );
    }
    if graph.work == Work::Log {
        text.push_str("sql app.db <<EOF\nCREATE TABLE log (number INTEGER PRIMARY KEY, step TEXT)\nEOF\n");
    }
    for (place, revision) in graph.revisions.iter().enumerate() {
        let _ = write!(text, "write {} <<EOF\n{}EOF\n", revision.path, graph.file_text(revision, place));
    }
    let commands = Commands::new(&mut random, &graph).generate();
    let ids: Vec<String> = graph.ids().into_iter().map(str::to_owned).collect();
    for command in commands {
        // The reference lists what a database is at in the order of a set.
        let prompt = if command.starts_with("current") { "$unordered" } else { "$" };
        let mut command = command;
        if is_rough {
            command = rough::with_options(&command, &mut random);
            // Tables that are there already could not be made again.
            if graph.work != Work::Tables && random.chance(10) {
                text.push_str(&settings.change_of_rows(&mut random, &ids));
            }
        }
        let _ = writeln!(text, "{prompt} alembic {command}");
    }
    text
}

/// Returns the file that holds the record of a session. Those of the suite are part of the repository; any further one
/// may be recorded to look for differences, and is kept with what is built.
#[must_use]
pub fn record_path(number: usize) -> PathBuf {
    let directory =
        if number < COUNT { crate::graphs_directory() } else { crate::target_directory().join("graphs") };
    directory.join(format!("{number:03}.txt"))
}

/// Reads numbers of sessions, each alone (`17`) or the first and the last of several (`200-299`).
///
/// # Errors
/// A word that is neither.
pub fn parse_numbers<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Vec<usize>, String> {
    let mut numbers = Vec::new();
    for word in words {
        let (first, last) = word.split_once('-').unwrap_or((word, word));
        match (first.parse(), last.parse::<usize>()) {
            (Ok(first), Ok(last)) => numbers.extend(first..=last),
            _ => return Err(format!("no number of a graph: {word}")),
        }
    }
    Ok(numbers)
}

/// Reads the record of a session; fails when the session is not the one that was recorded.
pub fn read_expectation(number: usize) -> Result<Expectation, String> {
    let path = record_path(number);
    let text = std::fs::read_to_string(&path).map_err(crate::at(&path))?;
    let expectation = Expectation::parse(&text).map_err(crate::at(&path))?;
    if expectation.fingerprint != fingerprint(&session(number)) {
        return Err(format!(
            "{}: the generator makes another session now; run cargo xtask reference graphs {number}",
            path.display()
        ));
    }
    Ok(expectation)
}

/// Returns a number that tells texts apart, as hexadecimal digits (FNV-1a).
#[must_use]
pub fn fingerprint(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::session::{Session, Step};

    const VERBS: [&str; 11] = [
        "branches",
        "current",
        "downgrade",
        "ensure_version",
        "heads",
        "history",
        "merge",
        "revision",
        "show",
        "stamp",
        "upgrade",
    ];

    #[test]
    fn sessions_parse_and_have_ten_commands_or_more() {
        let mut verbs = BTreeSet::new();
        for number in 0..COUNT {
            let session = Session::parse(&session(number)).expect("it parses");
            let commands = session.steps.iter().filter_map(|step| match step {
                Step::Run { arguments, .. } => arguments.iter().find(|word| VERBS.contains(&word.as_str())),
                _ => None,
            });
            let commands: Vec<String> = commands.cloned().collect();
            assert!((10..=24).contains(&commands.len()), "{}", commands.len());
            verbs.extend(commands);
        }
        assert!(verbs.iter().eq(&VERBS), "{verbs:?}");
    }

    #[test]
    fn numbers_are_given_alone_or_as_ranges() {
        assert_eq!(parse_numbers(["3", "7-9"]), Ok(vec![3, 7, 8, 9]));
        assert_eq!(parse_numbers(["x"]), Err("no number of a graph: x".to_owned()));
    }

    #[test]
    fn a_number_gives_the_same_session_again() {
        assert_eq!(fingerprint(&session(3)), fingerprint(&session(3)));
        assert_ne!(fingerprint(&session(3)), fingerprint(&session(4)));
    }
}
