//! Runs the generated sessions on random revision graphs and compares with what the reference did in them.
//!
//! `xtask::graphs` makes a session of its number, `cargo xtask reference graphs` records it, `cargo xtask graph N`
//! prints it. What differs on purpose is in `tests/reference/generated_graphs/known-differences`.
//! `LIMBECK_GRAPHS=17,200-299` runs those alone and shows all of their differences.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use xtask::graphs;
use xtask::graphs::known_differences::KnownDifferences;
use xtask::run::{Program, run_session};
use xtask::session::Session;

/// How many differences are shown of a run over all graphs.
const SHOWN: usize = 12;

/// The differences of one session.
fn differences(number: usize, program: &Program, known: &KnownDifferences) -> Result<Vec<String>, String> {
    let mut expectation = graphs::read_expectation(number)?;
    let session = Session::parse(&graphs::session(number))?;
    let mut record = run_session(&session, &graphs::record_path(number), program)?;
    expectation.rewrite(|text| known.rewrite(text));
    record.rewrite(|text| known.rewrite(text));
    Ok(expectation.differences(&record))
}

#[test]
fn generated_sessions_on_random_graphs_agree_with_the_reference() {
    let program = Program::new(env!("CARGO_BIN_EXE_alembic"));
    let known = KnownDifferences::read().expect("the known differences can be read");
    let wanted: Option<Vec<usize>> = std::env::var("LIMBECK_GRAPHS")
        .ok()
        .map(|numbers| graphs::parse_numbers(numbers.split(',')).expect("numbers of graphs"));
    let numbers = wanted.clone().unwrap_or_else(|| (0..graphs::COUNT).collect());
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let differences =
                        differences(*number, &program, &known).unwrap_or_else(|error| vec![error]);
                    let mut found = found.lock().expect("no thread has panicked");
                    found.extend(differences.into_iter().map(|difference| (*number, difference)));
                }
            });
        }
    });
    let mut found = found.into_inner().expect("no thread has panicked");
    if found.is_empty() {
        return;
    }
    found.sort();
    let shown = if wanted.is_some() { found.len() } else { SHOWN };
    let mut report = format!(
        "{} commands differ from the reference (- reference, + this program); a graph's session is printed by \
         cargo xtask graph NUMBER",
        found.len()
    );
    for (number, difference) in found.iter().take(shown) {
        let _ = write!(report, "\n\ngraph {number}\n{difference}");
    }
    panic!("{report}");
}

#[test]
fn every_generated_session_is_recorded_and_every_known_difference_is_met() {
    let mut texts = Vec::new();
    for number in 0..graphs::COUNT {
        match graphs::read_expectation(number) {
            Ok(expectation) => texts.push(expectation.to_text().replace("\n| ", "\n")),
            Err(error) => panic!("{error}"),
        }
    }
    let known = KnownDifferences::read().expect("the known differences can be read");
    assert_eq!(known.unused(&texts), Vec::<&str>::new());
}
