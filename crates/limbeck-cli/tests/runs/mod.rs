//! Projects on any of the databases, for tests of runs that meet each other, the end of a connection, or a signal.

#![allow(dead_code, reason = "each test file uses a part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use xtask::databases;

/// Where a project's database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Sqlite,
    Postgresql,
    Mariadb,
}

/// How env.py shares transactions between revisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transactions {
    /// One for the run.
    WholeRun,
    /// One for each revision.
    PerMigration,
    /// One that env.py has begun before it configures the context.
    External,
    /// env.py begins none.
    None,
}

/// A project with a database of its own, both of which end with this value.
pub struct Project {
    pub directory: TempDir,
    pub place: Place,
    /// The URL as clients of the server take it; empty for SQLite.
    pub server_url: String,
    database: String,
}

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The password of the projects' users, which no output may hold.
pub const PASSWORD: &str = "s3cret:w0rd@%/";

/// The password as URLs have it.
pub const PASSWORD_IN_URL: &str = "s3cret%3Aw0rd%40%25%2F";

/// What every form of the password holds, and every half of it.
const SECRETS: [&str; 2] = ["s3cret", "w0rd"];

/// A run that goes on. Whatever it has written is searched for the password when it ends.
#[derive(Debug)]
pub struct Run(Option<Child>);

impl Run {
    /// Gives the number of the process.
    pub fn id(&self) -> u32 {
        self.0.as_ref().expect("the run goes on").id()
    }

    pub fn is_over(&mut self) -> bool {
        self.0.as_mut().expect("the run goes on").try_wait().expect("a process").is_some()
    }

    /// Waits for the end.
    pub fn end(mut self) -> Output {
        let child = self.0.take().expect("the run goes on");
        searched(child.wait_with_output().expect("the run ends"))
    }

    /// Waits for the end, which must be a good one.
    pub fn end_well(self) -> Output {
        let output = self.end();
        assert!(output.status.success(), "{}", shown(&output));
        output
    }

    /// Ends it by `kill -9`.
    pub fn kill(mut self) -> Output {
        self.0.as_mut().expect("the run goes on").kill().expect("the run can be killed");
        self.end()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Project {
    /// Makes a project without revisions, on a new database.
    pub fn new(place: Place, transactions: Transactions) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let database = format!("limbeck_runs_{}_{number}", std::process::id());
        let root = directory.path();
        let (variable, drivername) = match place {
            Place::Sqlite => ("", ""),
            Place::Postgresql => (databases::POSTGRESQL_URL, "postgresql+psycopg"),
            Place::Mariadb => (databases::MARIADB_URL, "mysql+pymysql"),
        };
        let (url, server_url) = if variable.is_empty() {
            (format!("sqlite:///{}", root.join("app.db").display()), String::new())
        } else {
            let server = databases::url(variable).expect("the server's URL");
            databases::query(&server, &format!("CREATE DATABASE {database}")).expect("a new database");
            let (scheme, address) = server.split_once("://").expect("a URL with a scheme");
            let (address, _) = address.split_once('/').expect("a URL with a database");
            let (user, host) = address.split_once('@').expect("a URL with a user");
            let user = if place == Place::Mariadb {
                let create = format!(
                    "CREATE USER IF NOT EXISTS limbeck_runs@'%' IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO \
                     limbeck_runs@'%'"
                );
                databases::query(&server, &create).expect("a user with a password");
                "limbeck_runs"
            } else {
                user
            };
            (
                format!("{drivername}://{user}:{PASSWORD_IN_URL}@{host}/{database}"),
                format!("{scheme}://{address}/{database}"),
            )
        };
        fs::create_dir_all(root.join("migrations/versions")).expect("a directory");
        write(root, "alembic.ini", &INI.replace("{url}", &url.replace('%', "%%")));
        write(root, "migrations/env.py", &env_py(transactions));
        Self { directory, place, server_url, database }
    }

    /// Puts another text in place of one in a file of the project.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.root().join(path)).expect("the file is readable");
        assert!(text.contains(from), "{path}: {text}");
        write(self.root(), path, &text.replace(from, to));
    }

    /// Gives how many steps of the revisions of [`add_revisions`](Self::add_revisions) have begun.
    pub fn progress(&self) -> usize {
        fs::read_to_string(self.root().join("progress")).unwrap_or_default().lines().count()
    }

    pub fn root(&self) -> &Path {
        self.directory.path()
    }

    /// Writes a revision that follows the one before it, with the body of its `upgrade()` and `downgrade()`.
    pub fn add_revision(&self, number: usize, upgrade: &[String], downgrade: &[String]) {
        let down = if number == 1 { "None".to_owned() } else { format!("'{}'", revision(number - 1)) };
        let body = |lines: &[String]| match lines {
            [] => "    pass\n".to_owned(),
            lines => format!("    {}\n", lines.join("\n    ")),
        };
        let text = format!(
            "\"\"\"step {number}\"\"\"\nimport os\nimport time\nfrom alembic import op\nimport sqlalchemy as sa\n\n\
             revision = '{}'\ndown_revision = {down}\n\n\ndef upgrade():\n{}\n\ndef downgrade():\n{}",
            revision(number),
            body(upgrade),
            body(downgrade)
        );
        write(self.root(), &format!("migrations/versions/{}.py", revision(number)), &text);
    }

    /// Writes revisions each of which makes a table and inserts a row that says that it ran; with `seconds`, each takes
    /// at least that long, and adds the number of its process to the file `progress`. `repeatable` revisions can be run again after they were stopped half way, where DDL commits.
    pub fn add_revisions(&self, count: usize, seconds: f64, repeatable: bool) {
        for number in 1..=count {
            let mut upgrade = Vec::new();
            let clause = if repeatable { "IF NOT EXISTS " } else { "" };
            if number == 1 {
                upgrade.push(format!("op.execute('CREATE TABLE {clause}ran (revision VARCHAR(32))')"));
            }
            upgrade.push(format!("op.execute('CREATE TABLE {clause}t{number} (id INTEGER PRIMARY KEY)')"));
            upgrade
                .push(format!("op.execute(\"INSERT INTO ran (revision) VALUES ('{}')\")", revision(number)));
            if seconds > 0.0 {
                upgrade.push("with open('progress', 'a') as file:".to_owned());
                upgrade.push("    file.write(f'{os.getpid()}\\n')".to_owned());
                upgrade.push(format!("time.sleep({seconds})"));
            }
            let mut downgrade = vec![
                format!("op.execute(\"DELETE FROM ran WHERE revision = '{}'\")", revision(number)),
                format!("op.drop_table('t{number}')"),
            ];
            if number == 1 {
                downgrade.push("op.drop_table('ran')".to_owned());
            }
            self.add_revision(number, &upgrade, &downgrade);
        }
    }

    /// Gives the URL in alembic.ini.
    pub fn url(&self) -> String {
        let ini = fs::read_to_string(self.root().join("alembic.ini")).expect("alembic.ini");
        let url = ini.lines().find_map(|line| line.strip_prefix("sqlalchemy.url = ")).expect("a URL");
        url.replace("%%", "%")
    }

    /// Puts another URL into alembic.ini.
    pub fn set_url(&self, url: &str) {
        self.edit("alembic.ini", &self.url().replace('%', "%%"), &url.replace('%', "%%"));
    }

    /// Writes a file of the project.
    pub fn write(&self, path: &str, text: &str) {
        write(self.root(), path, text);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_alembic"));
        command
            .args(arguments)
            .current_dir(self.root())
            .env_remove("ALEMBIC_CONFIG")
            .env("NO_COLOR", "1")
            .env("LIMBECK_CACHE_DIR", self.root().join("cache"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn start(&self, arguments: &[&str]) -> Run {
        Run(Some(self.command(arguments).spawn().expect("alembic starts")))
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, &[])
    }

    /// Runs a command with some variables of its own.
    pub fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = self.command(arguments);
        searched(command.envs(variables.iter().copied()).output().expect("alembic starts"))
    }

    pub fn run_well(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", shown(&output));
        output
    }

    pub fn database_file(&self) -> PathBuf {
        self.root().join("app.db")
    }

    /// Gives the first column of a query's rows.
    pub fn query(&self, sql: &str) -> Vec<String> {
        if self.place == Place::Sqlite {
            return xtask::dump::query_texts(&self.database_file(), sql).expect("the database is readable");
        }
        let answer = databases::query(&self.server_url, sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        answer.lines().map(str::to_owned).collect()
    }

    /// Gives what the database's schema consists of.
    pub fn schema(&self) -> Vec<String> {
        match self.place {
            Place::Sqlite => self.query("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"),
            place => {
                let here = if place == Place::Mariadb { "database()" } else { "current_schema()" };
                self.query(&format!(
                    "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable) FROM \
                     information_schema.columns WHERE table_schema = {here} ORDER BY 1"
                ))
            }
        }
    }

    /// Gives the revisions whose rows are there.
    pub fn ran(&self) -> Vec<String> {
        self.query("SELECT revision FROM ran ORDER BY revision")
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        if self.place == Place::Sqlite {
            return;
        }
        let force = if self.place == Place::Postgresql { " WITH (FORCE)" } else { "" };
        let variable =
            if self.place == Place::Postgresql { databases::POSTGRESQL_URL } else { databases::MARIADB_URL };
        if let Ok(server) = databases::url(variable) {
            let _ = databases::query(&server, &format!("DROP DATABASE {}{force}", self.database));
        }
    }
}

/// Fails when an output holds the password, or half of it.
pub fn searched(output: Output) -> Output {
    let text = shown(&output);
    let found = SECRETS.iter().find(|secret| text.contains(**secret));
    assert!(found.is_none(), "{found:?} in {text}");
    output
}

/// Waits until something holds.
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_mins(1), "waited in vain until {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Gives the identifier of a revision.
pub fn revision(number: usize) -> String {
    format!("r{number:03}")
}

/// Gives the identifiers of the first revisions.
pub fn revisions(count: usize) -> Vec<String> {
    (1..=count).map(revision).collect()
}

/// Shows how a run ended.
pub fn shown(output: &Output) -> String {
    format!(
        "{}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn write(root: &Path, path: &str, text: &str) {
    fs::write(root.join(path), text).expect("the file can be written");
}

const INI: &str = "\
[alembic]
script_location = %(here)s/migrations
sqlalchemy.url = {url}

[loggers]
keys = root,alembic

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = WARNING
handlers = console
qualname =

[logger_alembic]
level = INFO
handlers =
qualname = alembic

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
";

fn env_py(transactions: Transactions) -> String {
    let head = "\
from logging.config import fileConfig
from sqlalchemy import engine_from_config, pool
from alembic import context

config = context.config
fileConfig(config.config_file_name)
engine = engine_from_config(config.get_section(config.config_ini_section), prefix='sqlalchemy.', poolclass=pool.NullPool)
";
    let body = match transactions {
        Transactions::WholeRun => {
            "\
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"
        }
        Transactions::PerMigration => {
            "\
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"
        }
        Transactions::External => {
            "\
with engine.begin() as connection:
    context.configure(connection=connection)
    context.run_migrations()
"
        }
        Transactions::None => {
            "\
with engine.connect() as connection:
    context.configure(connection=connection)
    context.run_migrations()
    connection.commit()
"
        }
    };
    format!("{head}{body}")
}
