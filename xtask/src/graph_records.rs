//! `reference graphs`: records what the reference does in the generated sessions on revision graphs.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use xtask::graphs;
use xtask::record::Record;
use xtask::run::{Program, run_session};
use xtask::session::Session;
use xtask::variants::Expectation;

use crate::reference::{forked, reference_program};

/// Hash seeds of Python under which every session is recorded.
const SEEDS: [&str; 3] = ["0", "1", "2"];
/// Further ones for sessions that came out differently, in which the reference says that it picks one of several rows
/// (a set gives it, and a few seeds may all give the same one), or whose graph has links in sets of its own.
const MORE_SEEDS: [&str; 5] = ["3", "4", "5", "6", "7"];

/// What the reference warns of when it picks.
const AMBIGUOUS: &str = "from multiple heads is ambiguous";

/// Records the generated sessions with the given numbers, or all. With `--verify` they are run by the program
/// itself instead, one process for each command, and compared with the records.
pub fn record(arguments: &[&str]) -> Result<(), String> {
    let verify = arguments.first() == Some(&"--verify");
    let numbers = graphs::parse_numbers(arguments[usize::from(verify)..].iter().copied())?;
    let numbers = if numbers.is_empty() { (0..graphs::COUNT).collect() } else { numbers };
    for directory in
        numbers.iter().filter_map(|number| graphs::record_path(*number).parent().map(Path::to_owned))
    {
        fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    }
    // Made before the threads start, so that only one of them makes the reference's environment.
    let program = reference_program(SEEDS[0])?;
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let mut servers = Servers::default();
                while let Some(number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let path = graphs::record_path(*number);
                    let result = if verify {
                        check(*number, &path, &program)
                    } else {
                        record_graph(*number, &path, &mut servers)
                    };
                    match result {
                        Ok(what) => println!("graph {number}: {what}"),
                        Err(error) => {
                            println!("graph {number}: FAILED");
                            failures.lock().unwrap_or_else(PoisonError::into_inner).push(error);
                        }
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n\n")) }
}

/// The programs of one thread, one for each hash seed, started when first needed.
#[derive(Default)]
struct Servers {
    programs: Vec<(&'static str, Program)>,
}

impl Servers {
    fn program(&mut self, seed: &'static str) -> Result<&Program, String> {
        let place = self.programs.iter().position(|(known, _)| *known == seed);
        let place = if let Some(place) = place {
            place
        } else {
            let mut program = reference_program(seed)?;
            // A generated session changes no script, so compiled ones stay true.
            program.environment.retain(|(name, _)| name != "PYTHONDONTWRITEBYTECODE");
            let program = forked(program)?;
            self.programs.push((seed, program));
            self.programs.len() - 1
        };
        Ok(&self.programs[place].1)
    }
}

fn record_graph(number: usize, path: &Path, servers: &mut Servers) -> Result<String, String> {
    let text = graphs::session(number);
    let session = Session::parse(&text)?;
    let mut records: Vec<Record> = Vec::new();
    let mut expectation = None;
    for (index, seed) in SEEDS.into_iter().chain(MORE_SEEDS).enumerate() {
        let program = servers.program(seed)?;
        let record =
            run_session(&session, path, program).map_err(|error| format!("graph {number}: {error}"))?;
        records.push(record);
        if index + 1 >= SEEDS.len() {
            let found = Expectation::combine(graphs::fingerprint(&text), &records)?;
            let is_settled =
                !found.varies() && !found.to_text().contains(AMBIGUOUS) && !graphs::is_rough(number);
            expectation = Some(found);
            if is_settled {
                break;
            }
        }
    }
    let expectation = expectation.ok_or("no hash seed is recorded")?;
    let new = expectation.to_text();
    if fs::read_to_string(path).is_ok_and(|old| old == new) {
        return Ok("unchanged".to_owned());
    }
    fs::write(path, &new).map_err(|error| format!("{}: {error}", path.display()))?;
    let varies = if expectation.varies() { ", which vary" } else { "" };
    Ok(format!("recorded {} commands{varies}", expectation.steps.len()))
}

fn check(number: usize, path: &Path, program: &Program) -> Result<String, String> {
    let expectation = graphs::read_expectation(number)?;
    let session = Session::parse(&graphs::session(number))?;
    let differences = expectation.differences(&run_session(&session, path, program)?);
    if differences.is_empty() {
        return Ok("agrees".to_owned());
    }
    Err(format!("graph {number}:\n{}", differences.join("\n")))
}
