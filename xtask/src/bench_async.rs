//! `bench`: what an env.py with an async engine costs above one without.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::bench::{RunQuietly as _, median, milliseconds, time, verdict};

/// How much longer `current` may take with an async engine.
const ASYNC_BUDGET: Duration = Duration::from_millis(10);

/// How often both run at least: the difference is small against what a machine does meanwhile.
const RUNS: usize = 21;

/// A project as `init` makes it.
struct Fresh<'a> {
    program: &'a Path,
    root: PathBuf,
}

impl<'a> Fresh<'a> {
    fn new(program: &'a Path, root: PathBuf, template: &str, drivername: &str) -> Result<Self, String> {
        let ini = root.join("alembic.ini");
        let failed = |error| format!("{}: {error}", ini.display());
        fs::create_dir_all(&root).map_err(failed)?;
        let project = Self { program, root };
        project.command(&["init", "-t", template, "migrations"]).run_quietly()?;
        let text = fs::read_to_string(&ini).map_err(failed)?;
        let url = format!("{drivername}:///app.db");
        fs::write(&ini, text.replace("driver://user:pass@localhost/dbname", &url)).map_err(failed)?;
        project.command(&["revision", "-m", "one"]).run_quietly()?;
        project.command(&["upgrade", "head"]).run_quietly()?;
        Ok(project)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.program);
        command.args(arguments).current_dir(&self.root).env("XDG_CACHE_HOME", self.root.join("cache"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

/// Compares `current` on SQLite in projects of the templates `async` and `generic`; returns whether the budget holds.
pub fn measure_async(program: &Path, runs: usize) -> Result<bool, String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let place = |name: &str| directory.path().join(name);
    let with = Fresh::new(program, place("async"), "async", "sqlite+aiosqlite")?;
    let without = Fresh::new(program, place("sync"), "generic", "sqlite")?;
    let (mut async_times, mut sync_times) = (Vec::new(), Vec::new());
    for _ in 0..runs.max(RUNS) {
        async_times.push(time(&mut with.command(&["current"]))?);
        sync_times.push(time(&mut without.command(&["current"]))?);
    }
    let (async_time, sync_time) = (median(async_times), median(sync_times));
    let holds = async_time <= sync_time + ASYNC_BUDGET;
    println!("\n{:34} {:>10} {:>10} {:>10} {:>10}  budget", "", "async", "sync", "difference", "budget");
    println!(
        "{:34} {:>10} {:>10} {:>10} {:>10}  {}",
        "current, env.py of the templates",
        milliseconds(async_time),
        milliseconds(sync_time),
        milliseconds(async_time.saturating_sub(sync_time)),
        format!("<= {}", milliseconds(ASYNC_BUDGET)),
        verdict(true, holds),
    );
    Ok(holds)
}
