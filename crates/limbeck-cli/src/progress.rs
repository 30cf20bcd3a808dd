//! What the program shows of a run besides its log: a live line on a terminal, how long each revision took, and what a
//! run that failed leaves behind.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use limbeck_core::runtime::steps::MigrationStep;
use limbeck_core::runtime::{Aftermath, RunEvent, RunObserver, StepFailure};
use limbeck_python::interpreter::interrupts;
use limbeck_python::output::set_status;

use crate::arguments::Arguments;
use crate::output;

/// A run that is over sooner shows no live line.
const SHOWN_AFTER: Duration = Duration::from_millis(300);

/// How often the live line changes.
const INTERVAL: Duration = Duration::from_millis(100);

/// How much of a statement a hint shows, in characters.
const STATEMENT: usize = 120;

/// How many statements hints list.
const STATEMENTS: usize = 20;

/// Follows the runs of a command.
pub struct Progress {
    shared: Arc<Mutex<Shared>>,
    /// The columns of the live line, where there is one.
    width: Option<usize>,
    is_verbose: bool,
}

#[derive(Default)]
struct Shared {
    /// Counts the runs, so that the thread of one notices when another has begun.
    run: u64,
    is_running: bool,
    started: Option<Instant>,
    total: usize,
    current: Option<String>,
    done: Vec<Done>,
    failure: Option<StepFailure>,
    aftermath: Option<Aftermath>,
}

struct Done {
    step: String,
    duration: Duration,
}

impl Progress {
    /// Makes one for a command line.
    pub fn new(arguments: &Arguments) -> Self {
        Self {
            shared: Arc::default(),
            width: if arguments.quiet { None } else { output::live_width() },
            is_verbose: arguments.command.run_options().is_some_and(|own| own.verbose),
        }
    }

    /// Hears that the command is over.
    pub fn end(&self) {
        self.lock().is_running = false;
        set_status(None);
    }

    /// Says what the run that failed leaves, and how to go on; nothing when none failed.
    pub fn hints(&self) -> Vec<String> {
        let shared = self.lock();
        let mut hints = Vec::new();
        if let Some(failure) = &shared.failure {
            describe_failure(failure, interrupts::received().is_some(), &mut hints);
        }
        match &shared.aftermath {
            Some(Aftermath::Read(heads)) => {
                hints.push(format!("the database is at {}; {AGAIN}", named(heads)));
            }
            Some(Aftermath::Remembered(heads)) => {
                hints.push(format!("what was last committed is {}; {AGAIN}", named(heads)));
            }
            Some(Aftermath::Unknown) => hints.push(
                "only the database knows what was last committed: `alembic current` tells; the same command goes on \
                 from there"
                    .to_owned(),
            ),
            None => {}
        }
        hints
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }

    /// Begins to follow a run of that many steps.
    fn begin(&self, steps: &[MigrationStep]) {
        let mut shared = self.lock();
        if !shared.is_running {
            shared.done.clear();
            shared.failure = None;
            shared.aftermath = None;
            shared.started = Some(Instant::now());
            shared.run += 1;
        }
        shared.total = shared.done.len() + steps.len();
        let is_new = !std::mem::replace(&mut shared.is_running, true);
        if let (Some(width), true, true) = (self.width, is_new, steps.len() > 1) {
            let run = shared.run;
            let shared = Arc::clone(&self.shared);
            // Without a thread there is no line.
            let _ =
                thread::Builder::new().name("progress".to_owned()).spawn(move || show(&shared, run, width));
        }
    }

    /// Writes how long each revision took.
    fn write_durations(&self) {
        let shared = self.lock();
        let mut text = String::new();
        let mut total = Duration::ZERO;
        for done in &shared.done {
            total += done.duration;
            let _ = writeln!(text, "{:>9.3}s  {}", done.duration.as_secs_f64(), done.step);
        }
        if !shared.done.is_empty() {
            let _ = writeln!(text, "{:>9.3}s  in all", total.as_secs_f64());
        }
        drop(shared);
        output::write_stderr(&text);
    }
}

impl RunObserver for Progress {
    fn observe(&self, event: &RunEvent<'_>) {
        match event {
            RunEvent::Planned(steps) => self.begin(steps),
            RunEvent::StepStarted(step) => {
                let is_shown = self.width.is_some();
                self.lock().current = is_shown.then(|| step.short_log());
            }
            RunEvent::StepFinished { step, duration } => {
                let step = if self.is_verbose { step.short_log() } else { String::new() };
                self.lock().done.push(Done { step, duration: *duration });
            }
            RunEvent::StepFailed(failure) => self.lock().failure = Some((*failure).clone()),
            RunEvent::Settled(aftermath) => self.lock().aftermath = Some((*aftermath).clone()),
            RunEvent::Ended => {
                self.end();
                if self.is_verbose {
                    self.write_durations();
                }
            }
        }
    }
}

/// Shows the live line until the run is over.
fn show(shared: &Mutex<Shared>, run: u64, width: usize) {
    thread::sleep(SHOWN_AFTER);
    loop {
        {
            let shared = lock(shared);
            if !shared.is_running || shared.run != run {
                return;
            }
            // Under the lock, so that the end of the run comes either before or after.
            set_status(Some(live_line(&shared, width)));
        }
        thread::sleep(INTERVAL);
    }
}

fn live_line(shared: &Shared, width: usize) -> String {
    let elapsed = shared.started.map(|started| started.elapsed()).unwrap_or_default();
    let whole = elapsed.as_secs();
    let line = format!(
        "[{}/{}] {}:{:02} {}",
        shared.done.len(),
        shared.total,
        whole / 60,
        whole % 60,
        shared.current.as_deref().unwrap_or_default()
    );
    // the last column stays free: some terminals wrap there
    line.chars().take(width.saturating_sub(1)).collect()
}

const AGAIN: &str = "the same command goes on from there";

fn describe_failure(failure: &StepFailure, is_interrupt: bool, hints: &mut Vec<String>) {
    let ended = if is_interrupt { "was interrupted" } else { "failed" };
    let place = match &failure.revision {
        Some((_, path)) => format!(" ({})", relative(path).display()),
        None => String::new(),
    };
    let statement = failure.refused.as_ref().and_then(|refused| refused.statement.as_deref());
    hints.push(match statement {
        Some(statement) => format!("`{}` {ended}{place} at: {}", failure.step, shortened(statement)),
        None => format!("`{}` {ended}{place}", failure.step),
    });
    if failure.connection_lost {
        hints.push("the connection to the database is lost".to_owned());
    }
    let kept: Vec<&String> = failure.kept.iter().filter(|statement| changes_something(statement)).collect();
    if kept.is_empty() {
        return;
    }
    hints.push(
        "the database has kept these statements of the revision that failed, which must not run twice:"
            .to_owned(),
    );
    for statement in kept.iter().take(STATEMENTS) {
        hints.push(format!("    {}", shortened(statement)));
    }
    if kept.len() > STATEMENTS {
        hints.push(format!("    and {} more", kept.len() - STATEMENTS));
    }
}

/// Tells whether a statement may have changed the database rather than only asked it or set up the session.
fn changes_something(statement: &str) -> bool {
    let word: String = statement.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    !["select", "show", "set", "explain", "pragma", "begin", "commit", "savepoint", "release"]
        .contains(&word.to_lowercase().as_str())
}

/// Gives a statement on one line, without its end when it is long.
fn shortened(statement: &str) -> String {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= STATEMENT {
        return line;
    }
    line.chars().take(STATEMENT).collect::<String>() + "..."
}

fn named(heads: &[String]) -> String {
    match heads {
        [] => "no revision (base)".to_owned(),
        [head] => format!("revision {head}"),
        several => format!("revisions {}", several.join(", ")),
    }
}

/// Gives a path from the working directory, if it is below.
fn relative(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_owned()
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_statement_is_shortened_to_one_line() {
        assert_eq!(shortened("\nCREATE TABLE a (\n\tid INTEGER\n)\n\n"), "CREATE TABLE a ( id INTEGER )");
        let long = shortened(&"x".repeat(500));
        assert_eq!((long.len(), long.ends_with("...")), (STATEMENT + 3, true));
    }

    #[test]
    fn a_live_line_stays_within_the_terminal() {
        let shared =
            Shared { total: 30, current: Some("upgrade aaaa -> bbbb".to_owned()), ..Shared::default() };
        assert_eq!(live_line(&shared, 80), "[0/30] 0:00 upgrade aaaa -> bbbb");
        assert_eq!(live_line(&shared, 20), "[0/30] 0:00 upgrade");
    }

    #[test]
    fn a_failure_says_what_is_kept() {
        let failure = StepFailure {
            step: "upgrade a -> b".to_owned(),
            revision: None,
            refused: None,
            kept: vec!["SELECT 1".to_owned(), "CREATE TABLE t (id INTEGER)".to_owned()],
            connection_lost: false,
        };
        let mut hints = Vec::new();
        describe_failure(&failure, false, &mut hints);
        assert_eq!(
            hints,
            [
                "`upgrade a -> b` failed",
                "the database has kept these statements of the revision that failed, which must not run twice:",
                "    CREATE TABLE t (id INTEGER)",
            ]
        );
    }
}
