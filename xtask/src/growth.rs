//! `bench --growth`: what a command costs as revisions, heads and branches become more.
//!
//! A cost is the processor time of the program and the most memory it holds. Of both, what the same command needs on
//! a project of a few revisions is taken off, and the rest must grow no faster than the number of revisions. The last
//! line holds `history` against the reference.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use xtask::shapes::{self, SHAPES, Shape};

use crate::bench::{RunQuietly as _, milliseconds, peak_memory};
use crate::reference::reference_alembic;

/// How many times the cost of a revision up to the middle size a further one may cost.
const GROWTH_BUDGET: f64 = 1.6;
/// How many times faster than the reference `history` is on the longest line.
const HISTORY_BUDGET: f64 = 10.0;
/// A command runs until it has used so much time, and at least so often.
const ENOUGH: Duration = Duration::from_millis(300);
const LEAST_RUNS: u32 = 3;
/// Seconds and kilobytes that differ between runs of the same command.
const TIME_NOISE: f64 = 0.01;
const MEMORY_NOISE: f64 = 2048.0;

/// Where the database is when a command starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Database {
    AtNothing,
    AtHeads,
}

const WORKS: [(Database, &[&str]); 10] = [
    (Database::AtHeads, &["heads"]),
    (Database::AtHeads, &["branches"]),
    (Database::AtHeads, &["history"]),
    (Database::AtHeads, &["history", "--graph"]),
    (Database::AtHeads, &["current"]),
    (Database::AtNothing, &["upgrade", "heads", "--sql"]),
    (Database::AtNothing, &["upgrade", "heads"]),
    (Database::AtHeads, &["upgrade", "heads"]),
    (Database::AtHeads, &["downgrade", "base"]),
    (Database::AtNothing, &["stamp", "heads"]),
];

/// Measures, prints the table, and fails when a cost grows faster than the number of revisions.
pub fn growth(program: &Path, filter: Option<&str>) -> Result<(), String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut broken = Vec::new();
    for shape in &SHAPES {
        if filter.is_some_and(|filter| !shape.name.contains(filter)) {
            continue;
        }
        let root = |size: usize| directory.path().join(format!("{}-{size}", shape.name.replace(' ', "-")));
        let projects = std::iter::once(&shape.smallest)
            .chain(&shape.sizes)
            .map(|size| Project::new(program, &root(*size), shape, *size))
            .collect::<Result<Vec<_>, _>>()?;
        let [few, measured @ ..] = projects.as_slice() else { continue };
        println!("\n{}, {}", shape.name, shape.sizes.map(|size| size.to_string()).join(", "));
        println!("{:28} {:>36} {:>8} {:>36} {:>8}", "", "processor time", "growth", "memory", "growth");
        for (database, arguments) in WORKS {
            let fixed = few.cost(database, arguments)?;
            let costs = measured
                .iter()
                .map(|project| Ok((project.revisions, project.cost(database, arguments)?)))
                .collect::<Result<Vec<_>, String>>()?;
            let name = format!(
                "{}{}",
                arguments.join(" "),
                if database == Database::AtHeads { "" } else { ", new" }
            );
            if !print_line(&name, fixed, &costs) {
                broken.push(format!("{}: {name}", shape.name));
            }
        }
        if shape.is_line && !history_against_reference(measured)? {
            broken.push("history against the reference".to_owned());
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(format!("over budget: {}", broken.join("; "))) }
}

/// What one run costs.
#[derive(Debug, Clone, Copy)]
struct Cost {
    time: Duration,
    /// In kilobytes, where the system tells it.
    memory: Option<u64>,
}

/// Prints the costs of one command with each number of revisions; says whether the budget holds.
fn print_line(name: &str, fixed: Cost, costs: &[(usize, Cost)]) -> bool {
    let seconds = |cost: Cost| cost.time.as_secs_f64();
    let time =
        growth_of(seconds(fixed), TIME_NOISE, costs.iter().map(|(count, cost)| (*count, seconds(*cost))));
    let memory: Option<Vec<(usize, f64)>> = costs
        .iter()
        .map(|(count, cost)| Some((*count, f64::from(u32::try_from(cost.memory?).ok()?))))
        .collect();
    let fixed_memory = fixed.memory.and_then(|memory| u32::try_from(memory).ok()).map_or(0.0, f64::from);
    let memory = memory.map(|memory| growth_of(fixed_memory, MEMORY_NOISE, memory));
    let holds = time <= GROWTH_BUDGET && memory.is_none_or(|growth| growth <= GROWTH_BUDGET);
    let joined = |texts: Vec<String>| texts.join(" / ");
    let megabytes = |memory: u64| format!("{}.{} MB", memory / 1024, memory % 1024 * 10 / 1024);
    println!(
        "{name:28} {:>36} {time:>7.2}x {:>36} {:>8}  {}",
        joined(costs.iter().map(|(_, cost)| milliseconds(cost.time)).collect()),
        joined(costs.iter().map(|(_, cost)| cost.memory.map_or_else(|| "-".to_owned(), megabytes)).collect()),
        memory.map_or_else(|| "-".to_owned(), |growth| format!("{growth:.2}x")),
        if holds { "holds" } else { "OVER BUDGET" }
    );
    holds
}

/// What each further revision costs from the middle number of them to the greatest, as a multiple of what it costs up
/// to the middle; `noise` is what may differ for no reason.
fn growth_of(fixed: f64, noise: f64, costs: impl IntoIterator<Item = (usize, f64)>) -> f64 {
    let costs: Vec<(f64, f64)> = costs
        .into_iter()
        .map(|(count, cost)| (f64::from(u32::try_from(count).unwrap_or(u32::MAX)), cost))
        .collect();
    let [.., (middle, until_middle), (greatest, all)] = costs.as_slice() else { return 0.0 };
    let further = (all - until_middle - noise).max(0.0) / (greatest - middle);
    further / ((until_middle - fixed).max(noise) / middle).max(f64::MIN_POSITIVE)
}

fn history_against_reference(projects: &[Project]) -> Result<bool, String> {
    let Some(longest) = projects.last() else { return Ok(true) };
    let reference = reference_alembic()?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        for (program, times) in [(&longest.program, &mut ours), (&reference, &mut theirs)] {
            let started = Instant::now();
            longest.command(program, &["history"]).run_quietly()?;
            times.push(started.elapsed());
        }
    }
    let (Some(ours), Some(theirs)) = (ours.into_iter().min(), theirs.into_iter().min()) else {
        return Ok(true);
    };
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    let holds = ratio >= HISTORY_BUDGET;
    println!(
        "history of {} revisions: {}, reference {}, {ratio:.1}x (budget {HISTORY_BUDGET}x)  {}",
        longest.revisions,
        milliseconds(ours),
        milliseconds(theirs),
        if holds { "holds" } else { "OVER BUDGET" }
    );
    Ok(holds)
}

/// A generated project with a database at its heads.
struct Project {
    program: PathBuf,
    root: PathBuf,
    cache: PathBuf,
    revisions: usize,
}

impl Project {
    fn new(program: &Path, root: &Path, shape: &Shape, size: usize) -> Result<Self, String> {
        let revisions = (shape.revisions)(size);
        shapes::write(root, &revisions)?;
        let project = Self {
            program: program.to_path_buf(),
            root: root.to_path_buf(),
            cache: root.join("cache"),
            revisions: revisions.len(),
        };
        // Also warms the cache of compiled scripts.
        project.command(program, &["upgrade", "heads"]).run_quietly()?;
        fs::copy(project.database(), project.at_heads()).map_err(|error| error.to_string())?;
        Ok(project)
    }

    fn database(&self) -> PathBuf {
        self.root.join(shapes::DATABASE)
    }

    fn at_heads(&self) -> PathBuf {
        self.root.join("at_heads.db")
    }

    fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.root)
            .env("XDG_CACHE_HOME", &self.cache)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn prepare(&self, database: Database) -> Result<(), String> {
        let file = self.database();
        match database {
            Database::AtHeads => fs::copy(self.at_heads(), &file).map(|_| ()),
            Database::AtNothing if file.exists() => fs::remove_file(&file),
            Database::AtNothing => Ok(()),
        }
        .map_err(|error| format!("{}: {error}", file.display()))
    }

    fn cost(&self, database: Database, arguments: &[&str]) -> Result<Cost, String> {
        let (mut runs, mut used) = (0, Duration::ZERO);
        while runs < LEAST_RUNS || used < ENOUGH {
            self.prepare(database)?;
            let before = time_of_children();
            let started = Instant::now();
            self.command(&self.program, arguments).run_quietly()?;
            let elapsed = started.elapsed();
            used += match (before, time_of_children()) {
                (Some(before), Some(after)) => after.saturating_sub(before),
                _ => elapsed,
            };
            runs += 1;
        }
        self.prepare(database)?;
        let memory = peak_memory(&mut self.command(&self.program, arguments))?;
        Ok(Cost { time: used / runs, memory })
    }
}

/// The processor time of all child processes that have ended, where the system tells it.
fn time_of_children() -> Option<Duration> {
    children_of_status(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// Reads the times of ended children, user's and system's, from Linux's `/proc/<pid>/stat`. They are in hundredths of
/// a second.
fn children_of_status(status: &str) -> Option<Duration> {
    // The name of the program, in parentheses, may contain spaces.
    let (_, fields) = status.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(13);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(Duration::from_millis((user + system) * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_children_is_read_from_a_process_status() {
        let status = "7 (a b) c) S 1 7 7 0 -1 4194560 1 2 3 4 50 60 700 8 20 0 1 0 5 6 7\n";
        assert_eq!(children_of_status(status), Some(Duration::from_millis(7080)));
        assert_eq!(children_of_status("nothing"), None);
    }

    #[test]
    fn growth_is_the_cost_of_a_further_revision_against_that_of_one_before() {
        let of = |cost: fn(f64) -> f64| {
            growth_of(5.0, 0.0, [10, 20, 100].map(|n: u32| (n as usize, 5.0 + cost(f64::from(n)))))
        };
        let (linear, quadratic) = (of(|n| n), of(|n| n * n));
        assert!((linear - 1.0).abs() < 1e-9 && (quadratic - 6.0).abs() < 1e-9, "{linear} {quadratic}");
    }
}
