//! `bench`: Limbeck's release binary and the reference side by side on generated projects.
//!
//! Both run the same command in turns on the same machine; medians are compared. Peak memory is read from
//! `/proc` while an extra, untimed run goes on, so it exists on Linux only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use xtask::project::{self, Project};

use crate::bench_async::measure_async;
use crate::bench_postgresql::measure_against_psql;
use crate::growth::growth;
use crate::reference::reference_alembic;
use xtask::target_directory;

/// What stands before each run of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// The database at its head, caches warm.
    Migrated,
    /// No database, caches warm.
    NoDatabase,
    /// No caches of compiled scripts.
    ColdCache,
}

/// One line of the table.
struct Work {
    name: &'static str,
    arguments: &'static [&'static str],
    before: Before,
    /// How many times faster than the reference it must be with 1,000 revisions.
    budget: f64,
}

const WORKS: [Work; 8] = [
    Work { name: "--version", arguments: &["--version"], before: Before::Migrated, budget: 20.0 },
    Work { name: "heads", arguments: &["heads"], before: Before::Migrated, budget: 20.0 },
    Work { name: "history", arguments: &["history"], before: Before::Migrated, budget: 20.0 },
    Work { name: "current", arguments: &["current"], before: Before::Migrated, budget: 8.0 },
    Work {
        name: "upgrade head, nothing to do",
        arguments: &["upgrade", "head"],
        before: Before::Migrated,
        budget: 8.0,
    },
    Work {
        name: "upgrade head --sql, cold cache",
        arguments: &["upgrade", "head", "--sql"],
        before: Before::ColdCache,
        budget: 4.0,
    },
    Work {
        name: "upgrade head --sql, warm cache",
        arguments: &["upgrade", "head", "--sql"],
        before: Before::Migrated,
        budget: 8.0,
    },
    Work {
        name: "upgrade head, new SQLite file",
        arguments: &["upgrade", "head"],
        before: Before::NoDatabase,
        budget: 8.0,
    },
];

/// Revisions of the project that the budgets are about.
const BUDGET_REVISIONS: usize = 1000;

/// `upgrade head` may take at most this many times what SQLite takes for the same statements.
const SHELL_BUDGET: f64 = 2.0;

struct Options {
    revisions: Vec<usize>,
    runs: usize,
    filter: Option<String>,
    program: Option<PathBuf>,
    growth: bool,
}

/// Measures, prints the table, and fails when a budget does not hold.
pub fn bench(arguments: &[&str]) -> Result<(), String> {
    let options = parse(arguments)?;
    let limbeck = options.program.clone().unwrap_or_else(|| target_directory().join("release/alembic"));
    if !limbeck.exists() {
        return Err(format!("{} is not there: run cargo build --release first", limbeck.display()));
    }
    let limbeck = limbeck.canonicalize().map_err(|error| format!("{}: {error}", limbeck.display()))?;
    if options.growth {
        return growth(&limbeck, options.filter.as_deref());
    }
    let mut broken = Vec::new();
    let is_wanted = |name: &str| options.filter.as_ref().is_none_or(|filter| name.contains(filter.as_str()));
    if is_wanted("async") && !measure_async(&limbeck, options.runs)? {
        broken.push("current with an async engine".to_owned());
    }
    let has_table = is_wanted("PostgreSQL") || WORKS.iter().any(|work| is_wanted(work.name));
    let reference = if has_table { reference_alembic()? } else { PathBuf::new() };
    for &count in options.revisions.iter().filter(|_| has_table) {
        // Each program has a project and a cache of its own: neither may profit from the other's files.
        let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
        let side = |name: &str, program: &Path| Side::new(program, &directory.path().join(name), count);
        let (limbeck, reference) = (side("limbeck", &limbeck)?, side("reference", &reference)?);
        println!("\n{count} revisions");
        println!(
            "{:34} {:>10} {:>10} {:>8} {:>8} {:>10} {:>10}  budget",
            "", "limbeck", "reference", "ratio", "budget", "memory", "reference"
        );
        for work in &WORKS {
            if !is_wanted(work.name) {
                continue;
            }
            let budget = (count == BUDGET_REVISIONS).then_some(work.budget);
            if !measure(work, &limbeck, &reference, options.runs, budget)? {
                broken.push(format!("{} with {count} revisions", work.name));
            }
        }
        if options.filter.is_none() && !measure_against_shell(&limbeck, options.runs, count)? {
            broken.push(format!("upgrade head against the same SQL with {count} revisions"));
        }
        if is_wanted("PostgreSQL")
            && !measure_against_psql(&limbeck, options.runs, count == BUDGET_REVISIONS)?
        {
            broken.push(format!("upgrade head on PostgreSQL with {count} revisions"));
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(format!("over budget: {}", broken.join("; "))) }
}

fn parse(arguments: &[&str]) -> Result<Options, String> {
    let mut options = Options {
        revisions: vec![100, BUDGET_REVISIONS],
        runs: 5,
        filter: None,
        program: None,
        growth: false,
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut number = || {
            let number = rest.next().and_then(|number| number.parse::<usize>().ok());
            number.filter(|number| *number > 0).ok_or_else(|| format!("{argument} takes a number"))
        };
        match *argument {
            "--revisions" => options.revisions = vec![number()?],
            "--runs" => options.runs = number()?,
            "--growth" => options.growth = true,
            "--program" => {
                options.program = Some(rest.next().ok_or("--program takes a path")?.into());
            }
            option if option.starts_with("--") && option != "--version" => {
                return Err(format!("bench has no option {option}"));
            }
            filter => options.filter = Some(filter.to_owned()),
        }
    }
    Ok(options)
}

/// A program with its own copy of the project.
pub struct Side {
    program: PathBuf,
    pub project: Project,
    cache: PathBuf,
}

impl Side {
    fn new(program: &Path, root: &Path, count: usize) -> Result<Self, String> {
        let cache = root.join("cache");
        fs::create_dir_all(&cache).map_err(|error| format!("{}: {error}", cache.display()))?;
        let project = project::generate(&root.join("project"), count)?;
        let side = Self { program: program.to_path_buf(), project, cache };
        side.command(&["upgrade", "head"]).run_quietly()?;
        Ok(side)
    }

    /// Makes the command that runs the program with arguments in its project.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(&self.project.root)
            .env("XDG_CACHE_HOME", &self.cache)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn prepare(&self, before: Before) -> Result<(), String> {
        match before {
            Before::Migrated => {}
            Before::NoDatabase => remove(&self.project.database())?,
            Before::ColdCache => {
                remove(&self.cache)?;
                remove(&self.project.root.join("migrations/__pycache__"))?;
                remove(&self.project.root.join("migrations/versions/__pycache__"))?;
            }
        }
        Ok(())
    }

    fn time(&self, work: &Work) -> Result<Duration, String> {
        self.prepare(work.before)?;
        time(&mut self.command(work.arguments))
    }
}

/// Runs a command to its end.
pub trait RunQuietly {
    /// Fails when the command does.
    fn run_quietly(&mut self) -> Result<(), String>;
}

impl RunQuietly for Command {
    fn run_quietly(&mut self) -> Result<(), String> {
        let status = self.status().map_err(|error| format!("cannot start {self:?}: {error}"))?;
        if status.success() { Ok(()) } else { Err(format!("{self:?} failed: {status}")) }
    }
}

/// Runs a command to its end and tells how long it took.
pub fn time(command: &mut Command) -> Result<Duration, String> {
    let started = Instant::now();
    command.run_quietly()?;
    Ok(started.elapsed())
}

fn remove(path: &Path) -> Result<(), String> {
    let result = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Prints one line of the table; returns whether the budgets hold.
fn measure(
    work: &Work,
    limbeck: &Side,
    reference: &Side,
    runs: usize,
    budget: Option<f64>,
) -> Result<bool, String> {
    for side in [limbeck, reference] {
        side.time(work)?;
    }
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        ours.push(limbeck.time(work)?);
        theirs.push(reference.time(work)?);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let memory = (peak_memory_of(limbeck, work)?, peak_memory_of(reference, work)?);
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    let in_time = budget.is_none_or(|budget| ratio >= budget);
    let in_memory = match memory {
        (Some(ours), Some(theirs)) => budget.is_none() || ours <= theirs,
        _ => true,
    };
    let shown = |kilobytes: Option<u64>| {
        kilobytes.map_or_else(|| "-".to_owned(), |kilobytes| format!("{} MB", kilobytes / 1024))
    };
    println!(
        "{:34} {:>10} {:>10} {ratio:>7.1}x {:>8} {:>10} {:>10}  {}",
        work.name,
        milliseconds(ours),
        milliseconds(theirs),
        budget.map_or_else(|| "-".to_owned(), |budget| format!("{budget}x")),
        shown(memory.0),
        shown(memory.1),
        verdict(budget.is_some(), in_time && in_memory),
    );
    Ok(in_time && in_memory)
}

/// Compares `upgrade head` on a new file with SQLite running the same statements in one transaction.
fn measure_against_shell(limbeck: &Side, runs: usize, count: usize) -> Result<bool, String> {
    let output = Command::new(&limbeck.program)
        .args(["upgrade", "head", "--sql"])
        .current_dir(&limbeck.project.root)
        .output()
        .map_err(|error| error.to_string())?;
    let file = limbeck.project.root.join("upgrade.sql");
    let sql = format!("BEGIN;\n{}\nCOMMIT;\n", String::from_utf8_lossy(&output.stdout));
    fs::write(&file, sql).map_err(|error| format!("{}: {error}", file.display()))?;
    let database = limbeck.project.root.join("shell.db");
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let upgrade = &WORKS[WORKS.len() - 1];
    let (mut ours, mut shell) = (Vec::new(), Vec::new());
    for _ in 0..=runs {
        ours.push(limbeck.time(upgrade)?);
        remove(&database)?;
        shell.push(time(Command::new(&this).arg("run-sql").arg(&database).arg(&file))?);
    }
    // The first run of each warms up.
    let (ours, shell) = (median(ours.split_off(1)), median(shell.split_off(1)));
    let ratio = ours.as_secs_f64() / shell.as_secs_f64();
    let has_budget = count == BUDGET_REVISIONS;
    let holds = !has_budget || ratio <= SHELL_BUDGET;
    println!(
        "{:34} {:>10} {:>10} {ratio:>7.1}x {:>8} {:>10} {:>10}  {}",
        "upgrade head against the same SQL",
        milliseconds(ours),
        milliseconds(shell),
        if has_budget { format!("<= {SHELL_BUDGET}x") } else { "-".to_owned() },
        "",
        "",
        verdict(has_budget, holds),
    );
    Ok(holds)
}

/// Gives the word at the end of a line.
pub fn verdict(has_budget: bool, holds: bool) -> &'static str {
    match (has_budget, holds) {
        (false, _) => "-",
        (true, true) => "holds",
        (true, false) => "OVER BUDGET",
    }
}

/// Gives the time in the middle.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Shows a time.
pub fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn peak_memory_of(side: &Side, work: &Work) -> Result<Option<u64>, String> {
    side.prepare(work.before)?;
    peak_memory(&mut side.command(work.arguments))
}

/// Runs a command and returns the highest resident size in kilobytes, where the system tells it.
pub fn peak_memory(command: &mut Command) -> Result<Option<u64>, String> {
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    loop {
        // The high-water mark only grows, so the last reading before the end is the nearest.
        peak = fs::read_to_string(&status).ok().as_deref().and_then(high_water_mark).or(peak);
        if child.try_wait().map_err(|error| error.to_string())?.is_some() {
            return Ok(peak);
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

fn high_water_mark(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_read_from_a_process_status() {
        assert_eq!(high_water_mark("VmPeak:\t 9 kB\nVmHWM:\t   5432 kB\nVmRSS:\t 1 kB\n"), Some(5432));
        assert_eq!(high_water_mark("State: Z (zombie)\n"), None);
    }

    #[test]
    fn the_median_of_an_odd_number_of_times_is_the_middle_one() {
        let times = [30, 10, 20].map(Duration::from_millis).to_vec();
        assert_eq!(median(times), Duration::from_millis(20));
    }

    #[test]
    fn options_that_bench_does_not_have_are_named() {
        assert_eq!(parse(&["--fast"]).err().as_deref(), Some("bench has no option --fast"));
        assert_eq!(parse(&["--runs", "x"]).err().as_deref(), Some("--runs takes a number"));
    }
}
