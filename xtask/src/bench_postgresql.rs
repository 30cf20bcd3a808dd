//! `bench`: `upgrade head` on PostgreSQL against psql running the same SQL.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use xtask::database::Database;
use xtask::databases::{Databases, program, query};
use xtask::session::Backend;

use crate::bench::{Side, median, milliseconds, time, verdict};

/// `upgrade head` may take at most this many times what psql takes for the same SQL.
const PSQL_BUDGET: f64 = 1.3;

/// Compares `upgrade head` on an empty database with psql running what `upgrade head --sql` writes; returns whether the
/// budget holds, where there is one.
pub fn measure_against_psql(limbeck: &Side, runs: usize, has_budget: bool) -> Result<bool, String> {
    let databases = Databases::start_postgresql()?;
    let servers = databases.variables().into_iter();
    let servers: Vec<(String, String)> =
        servers.map(|(name, url)| (name.to_owned(), url.to_owned())).collect();
    let output = limbeck
        .command(&["--url", "postgresql://", "upgrade", "head", "--sql"])
        .stdout(Stdio::piped())
        .output()
        .map_err(|error| error.to_string())?;
    let file = limbeck.project.root.join("upgrade.postgresql.sql");
    fs::write(&file, &output.stdout).map_err(|error| format!("{}: {error}", file.display()))?;
    let psql = program("psql")?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // They stay until all is measured: what the server has to do for a dropped database would burden the next run.
    let mut databases = Vec::new();
    for _ in 0..=runs {
        let database = quiet_database(&servers)?;
        ours.push(time(&mut limbeck.command(&["--url", &database.url(), "upgrade", "head"]))?);
        databases.push(database);
        let database = quiet_database(&servers)?;
        theirs.push(time(&mut psql_command(&psql, &file, &database))?);
        databases.push(database);
    }
    // The first run of each warms up.
    let (ours, theirs) = (median(ours.split_off(1)), median(theirs.split_off(1)));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    let holds = !has_budget || ratio <= PSQL_BUDGET;
    println!(
        "{:34} {:>10} {:>10} {ratio:>7.2}x {:>8} {:>10} {:>10}  {}",
        "upgrade head on PostgreSQL, psql",
        milliseconds(ours),
        milliseconds(theirs),
        if has_budget { format!("<= {PSQL_BUDGET}x") } else { "-".to_owned() },
        "",
        "",
        verdict(has_budget, holds),
    );
    Ok(holds)
}

/// Makes a database, and has the server write what it has put off so far.
fn quiet_database(servers: &[(String, String)]) -> Result<Database, String> {
    let database = Database::create(Backend::Postgresql, servers)?;
    query(&database.url(), "CHECKPOINT")?;
    Ok(database)
}

fn psql_command(psql: &Path, file: &Path, database: &Database) -> Command {
    let mut command = Command::new(psql);
    command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f"]).arg(file).arg(database.url());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
