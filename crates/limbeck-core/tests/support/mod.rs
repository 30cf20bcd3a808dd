//! A project on disk whose revisions are Rust closures, for tests of whole commands.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once};

use limbeck_core::config::{Config, ConfigOptions, DEFAULT_INI_SECTION};
use limbeck_core::host::{Direction, ScriptHost, TemplateArguments};
use limbeck_core::operations::Operations;
use limbeck_core::runtime::{ConfigureOptions, DatabaseTarget, EnvironmentContext, MigrationContext};
use limbeck_core::script::{RevisionHeader, Script};
use limbeck_core::{Error, Result};
use limbeck_sql::dialect;
use limbeck_sql::engine::{Connection, Engine, EngineOptions, Parameters, Url, Value};

/// What a revision does in one direction.
pub type Migration = fn(&Operations) -> Result<()>;

/// What env.py does.
pub type Environment = Box<dyn Fn(&Project, &Arc<EnvironmentContext>) -> Result<()>>;

/// A project with its database in a directory of its own.
pub struct Project {
    /// Removes the directory at the end; absent in a second host of the same project.
    _guard: Option<tempfile::TempDir>,
    directory: PathBuf,
    revisions: HashMap<String, [Migration; 2]>,
    environment: Environment,
    output: Captured,
    /// The revisions that the host was asked to prepare.
    pub prepared: RefCell<Vec<Vec<String>>>,
}

/// A sink whose text a test can read.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the reference's generic env.py does, with `options` in its `context.configure`.
pub fn generic(
    project: &Project,
    environment: &Arc<EnvironmentContext>,
    options: ConfigureOptions,
) -> Result<()> {
    if environment.is_offline_mode() {
        environment.configure(ConfigureOptions {
            target: DatabaseTarget::Url(Url::parse(&project.url())?),
            literal_binds: true,
            dialect_opts: [("paramstyle".to_owned(), Value::Text("named".into()))].into_iter().collect(),
            ..options
        })?;
        return environment.begin_transaction()?.run(|| environment.run_migrations(project));
    }
    let connection = project.connect();
    let target = DatabaseTarget::Connection(connection.clone());
    environment.configure(ConfigureOptions { target, ..options })?;
    let outcome = environment.begin_transaction()?.run(|| environment.run_migrations(project));
    connection.close()?;
    outcome
}

impl Project {
    /// Makes an empty project.
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(directory.path().join("alembic/versions")).unwrap();
        std::fs::write(
            directory.path().join("alembic.ini"),
            "[alembic]\nscript_location = %(here)s/alembic\n",
        )
        .unwrap();
        let path = directory.path().to_owned();
        Self { _guard: Some(directory), ..Self::at(path, HashMap::new()) }
    }

    /// Gives what a second host of the project needs, perhaps on another thread.
    pub fn parts(&self) -> (PathBuf, HashMap<String, [Migration; 2]>) {
        (self.directory.clone(), self.revisions.clone())
    }

    /// Makes a host of a project that exists.
    pub fn at(directory: PathBuf, revisions: HashMap<String, [Migration; 2]>) -> Self {
        Self {
            _guard: None,
            directory,
            revisions,
            environment: Box::new(|project, environment| {
                generic(project, environment, ConfigureOptions::default())
            }),
            output: Captured::default(),
            prepared: RefCell::default(),
        }
    }

    /// Adds a revision; `header` is what its file says besides `revision`, in Python.
    pub fn revision(mut self, id: &str, message: &str, header: &str, migrations: [Migration; 2]) -> Self {
        let file = self.path().join("alembic/versions").join(format!("{id}.py"));
        let text = format!("\"\"\"{message}\"\"\"\nrevision = \"{id}\"\n{header}\n");
        std::fs::write(file, text).unwrap();
        self.revisions.insert(id.to_owned(), migrations);
        self
    }

    /// Puts another env.py in place of the generic one.
    pub fn environment(
        mut self,
        environment: impl Fn(&Self, &Arc<EnvironmentContext>) -> Result<()> + 'static,
    ) -> Self {
        self.environment = Box::new(environment);
        self
    }

    /// Gives the project's directory.
    pub fn path(&self) -> &Path {
        &self.directory
    }

    /// Gives the database's URL.
    pub fn url(&self) -> String {
        format!("sqlite:///{}", self.path().join("app.db").display())
    }

    /// Opens the database.
    pub fn connect(&self) -> Connection {
        let dialect = dialect::by_name("sqlite", None).unwrap();
        let url = Url::parse(&self.url()).unwrap();
        Engine::new(url, dialect, EngineOptions::default()).unwrap().connect().unwrap()
    }

    /// Asks the database for a list of strings.
    pub fn strings(&self, sql: &str) -> Vec<String> {
        let rows = self.connect().execute_sql(sql, &Parameters::none()).unwrap().rows;
        rows.into_iter().map(|row| row[0].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Gives the names of the tables, sorted.
    pub fn tables(&self) -> Vec<String> {
        self.strings("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    }

    /// Gives the rows of the version table, sorted.
    pub fn versions(&self) -> Vec<String> {
        self.strings("SELECT version_num FROM alembic_version ORDER BY version_num")
    }

    /// Gives a configuration for one command.
    pub fn config(&self) -> Arc<Config> {
        self.config_with(ConfigOptions::default())
    }

    /// Gives a configuration with options for one command.
    pub fn config_with(&self, options: ConfigOptions) -> Arc<Config> {
        let options = ConfigOptions { stdout: Some(Box::new(self.output.clone())), ..options };
        Arc::new(Config::open(Some(&self.path().join("alembic.ini")), DEFAULT_INI_SECTION, options))
    }

    /// Gives what commands printed since the last call.
    pub fn output(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.output.0.lock().unwrap())).unwrap()
    }
}

impl ScriptHost for Project {
    fn execute_header(&self, path: &Path) -> Result<RevisionHeader> {
        Err(Error::command(format!("{} has a header that is not literal", path.display())))
    }

    fn render_template(&self, template: &Path, _: &TemplateArguments) -> Result<String> {
        Err(Error::command(format!("{} is not to be rendered here", template.display())))
    }

    fn run_env(&self, environment: &Arc<EnvironmentContext>) -> Result<()> {
        (self.environment)(self, environment)
    }

    fn run_revision(
        &self,
        script: &Script<'_>,
        direction: Direction,
        context: &Arc<MigrationContext>,
    ) -> Result<()> {
        let [upgrade, downgrade] = self.revisions[script.id().as_str()];
        let migration = match direction {
            Direction::Upgrade => upgrade,
            Direction::Downgrade => downgrade,
        };
        migration(&Operations::new(Arc::clone(context)))
    }

    fn prepare(&self, scripts: &[(Script<'_>, Direction)]) -> Result<()> {
        self.prepared.borrow_mut().push(scripts.iter().map(|(script, _)| script.id().to_string()).collect());
        Ok(())
    }
}

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct ThreadLog;

impl log::Log for ThreadLog {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} [{}] {}", record.level(), record.target(), record.args());
        LINES.with_borrow_mut(|lines| lines.push(line));
    }

    fn flush(&self) {}
}

/// Does something and gives the lines that it logged on this thread, from the level INFO on.
pub fn logged<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        log::set_logger(&ThreadLog).unwrap();
        log::set_max_level(log::LevelFilter::Info);
    });
    LINES.take();
    let outcome = work();
    (outcome, LINES.take())
}
