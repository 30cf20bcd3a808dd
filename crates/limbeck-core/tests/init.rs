//! `init` as a user sees it: lines, files, errors. Expected lines and values are the reference's; the order of the
//! files is Limbeck's own, as the reference takes them in the order of the file system.

#![expect(clippy::unwrap_used, reason = "helpers of tests stand outside test functions")]

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;
use limbeck_core::command;
use limbeck_core::config::{Config, ConfigOptions, DEFAULT_INI_SECTION, Ini};
use limbeck_core::error::{Error, Result};
use limbeck_core::script::template_dir::Templates;
use tempfile::TempDir;

/// Tests change the working directory, which the whole process shares.
static WORKING_DIRECTORY: Mutex<()> = Mutex::new(());

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

/// An empty working directory.
struct Place {
    directory: TempDir,
    path: PathBuf,
    _guard: MutexGuard<'static, ()>,
}

/// One run of `init`, as `alembic [-c CONFIG] init ...`.
struct Run<'a> {
    config: &'a str,
    template: &'a str,
    package: bool,
    quiet: bool,
}

impl Default for Run<'_> {
    fn default() -> Self {
        Self { config: "alembic.ini", template: "generic", package: false, quiet: false }
    }
}

impl Place {
    fn new() -> Self {
        let guard = WORKING_DIRECTORY.lock().unwrap_or_else(PoisonError::into_inner);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().canonicalize().unwrap();
        std::env::set_current_dir(&path).unwrap();
        Self { directory, path, _guard: guard }
    }

    /// Runs `init` and gives its outcome and its output, with the place written as `PLACE`.
    fn init(&self, directory: &str, run: &Run<'_>) -> (Result<()>, String) {
        let sink = Captured::default();
        let options = ConfigOptions {
            toml_file: Some("pyproject.toml".into()),
            quiet: run.quiet,
            stdout: Some(Box::new(sink.clone())),
            ..Default::default()
        };
        let config = Config::open(Some(Path::new(run.config)), DEFAULT_INI_SECTION, options);
        let outcome =
            command::init(&config, Path::new(directory), run.template, run.package, &Templates::BuiltIn);
        let output = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        (outcome, output.replace(self.path.to_str().unwrap(), "PLACE"))
    }

    fn init_well(&self, directory: &str, run: &Run<'_>) -> String {
        let (outcome, output) = self.init(directory, run);
        outcome.unwrap();
        output
    }

    fn script_location(&self, ini: &str) -> String {
        let here = IndexMap::from([("here".to_owned(), "HERE".to_owned())]);
        Ini::read(&self.path.join(ini), &here).unwrap().get("alembic", "script_location").unwrap().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // The directory is about to vanish under the process.
        let _ = std::env::set_current_dir(std::env::temp_dir());
        assert!(self.directory.path().exists());
    }
}

#[test]
fn init_makes_directories_files_and_ini_and_says_so() {
    let place = Place::new();
    assert_eq!(
        place.init_well("alembic", &Run::default()),
        "Creating directory PLACE/alembic ...  done\n\
         Creating directory PLACE/alembic/versions ...  done\n\
         Generating PLACE/alembic.ini ...  done\n\
         Generating PLACE/alembic/env.py ...  done\n\
         Generating PLACE/alembic/README ...  done\n\
         Generating PLACE/alembic/script.py.mako ...  done\n\
         Please edit configuration/connection/logging settings in PLACE/alembic.ini before proceeding.\n"
    );
    assert_eq!(place.script_location("alembic.ini"), "HERE/alembic");
    assert!(place.path.join("alembic/versions").is_dir());
    let readme = fs::read_to_string("alembic/README").unwrap();
    assert_eq!(readme, "Generic single-database configuration.");
}

#[test]
fn an_existing_ini_file_is_left_alone_whatever_is_in_it() {
    let place = Place::new();
    fs::write("alembic.ini", "not an ini file").unwrap();
    fs::create_dir("foo").unwrap();
    assert_eq!(
        place.init_well("foo/bar", &Run { template: "async", package: true, ..Run::default() }),
        "Creating directory PLACE/foo/bar ...  done\n\
         Creating directory PLACE/foo/bar/versions ...  done\n\
         File PLACE/alembic.ini already exists, skipping\n\
         Generating PLACE/foo/bar/env.py ...  done\n\
         Generating PLACE/foo/bar/README ...  done\n\
         Generating PLACE/foo/bar/script.py.mako ...  done\n\
         Adding PLACE/foo/bar/__init__.py ...  done\n\
         Adding PLACE/foo/bar/versions/__init__.py ...  done\n\
         Please edit configuration/connection/logging settings in PLACE/alembic.ini before proceeding.\n"
    );
    assert_eq!(fs::read_to_string("alembic.ini").unwrap(), "not an ini file");
    assert_eq!(fs::read_to_string("foo/bar/versions/__init__.py").unwrap(), "");
    assert!(fs::read_to_string("foo/bar/env.py").unwrap().contains("async_engine_from_config"));
}

#[test]
fn an_empty_directory_is_used() {
    let place = Place::new();
    fs::create_dir("here").unwrap();
    let output = place.init_well("./here/", &Run::default());
    assert!(output.starts_with("Creating directory PLACE/here/versions ...  done\n"), "{output}");
    assert_eq!(place.script_location("alembic.ini"), "HERE/here");
}

#[test]
fn a_directory_with_anything_in_it_is_refused() {
    let place = Place::new();
    fs::create_dir_all("a/b").unwrap();
    for (given, shown) in [("a", "a"), ("./a//", "a"), (".", "."), ("", "."), ("a/../a", "a/../a")] {
        let (outcome, output) = place.init(given, &Run::default());
        assert_eq!(
            outcome.unwrap_err().to_string(),
            format!("Directory {shown} already exists and is not empty")
        );
        assert_eq!(output, "");
    }
    assert!(!Path::new("alembic.ini").exists());
}

#[test]
fn an_unknown_template_is_refused_before_anything_is_made() {
    let place = Place::new();
    let (outcome, _) = place.init("new", &Run { template: "nope", ..Run::default() });
    let Error::Command { message, hints } = outcome.unwrap_err() else { panic!("not a command error") };
    assert_eq!(message, "No such template nope");
    assert_eq!(hints, ["the templates are async, generic, multidb, pyproject, pyproject_async"]);
    assert!(!Path::new("new").exists());
}

#[test]
fn quiet_leaves_the_lines_about_files() {
    let place = Place::new();
    assert_eq!(
        place.init_well("q", &Run { quiet: true, ..Run::default() }),
        "Generating PLACE/alembic.ini ...  done\n\
         Generating PLACE/q/env.py ...  done\n\
         Generating PLACE/q/README ...  done\n\
         Generating PLACE/q/script.py.mako ...  done\n"
    );
}

#[test]
fn a_failure_is_shown_at_its_line() {
    let place = Place::new();
    fs::write("file", "").unwrap();
    let (outcome, output) = place.init("file/sub", &Run::default());
    assert!(matches!(outcome.unwrap_err(), Error::Io { .. }));
    assert_eq!(output, "Creating directory PLACE/file/sub ...  FAILED\n");
    let (outcome, output) = place.init("new", &Run { config: "no/such/alembic.ini", ..Run::default() });
    assert!(matches!(outcome.unwrap_err(), Error::Io { .. }));
    assert!(output.ends_with("Generating PLACE/no/such/alembic.ini ...  FAILED\n"), "{output}");
}

/// `z6` and `z7` are what the reference writes on Python 3.12 and later; before, it forgets the steps up. Where the ini
/// file's own path has `..` in it, it fails or forgets them.
#[test]
fn the_ini_file_names_the_directory_from_its_own_place_on() {
    let place = Place::new();
    fs::create_dir_all("sub/deep").unwrap();
    let absolute = place.path.join("abs").display().to_string();
    for (number, (directory, ini, expected)) in [
        ("a/b", "{}.ini", "HERE/a/b"),
        ("sub/z3", "sub/{}.ini", "HERE/z3"),
        ("sub/./z4/../z5", "sub/{}.ini", "HERE/z4/../z5"),
        ("sub/../c", "{}.ini", "HERE/sub/../c"),
        (absolute.as_str(), "sub/{}.ini", absolute.as_str()),
        ("100%", "{}.ini", "HERE/100%"),
        ("z6", "sub/{}.ini", "HERE/../z6"),
        ("z7/x", "sub/deep/{}.ini", "HERE/../../z7/x"),
        ("z8", "sub/../{}.ini", "HERE/z8"),
        ("z9", "sub/deep/../{}.ini", "HERE/../z9"),
    ]
    .into_iter()
    .enumerate()
    {
        let ini = ini.replace("{}", &number.to_string());
        place.init_well(directory, &Run { config: &ini, ..Run::default() });
        assert_eq!(place.script_location(&ini), expected, "{directory} with {ini}");
    }
}

#[test]
fn pyproject_toml_is_made_or_appended_to_or_left_alone() {
    let place = Place::new();
    let run = Run { template: "pyproject", ..Run::default() };
    let please = "Please edit configuration settings in PLACE/pyproject.toml and configuration/connection/logging \
                  settings in PLACE/alembic.ini before proceeding.\n";
    let first = place.init_well("one", &run);
    assert!(first.contains("Generating PLACE/pyproject.toml ...  done\n"), "{first}");
    assert!(first.ends_with(please), "{first}");
    let options = || ConfigOptions { toml_file: Some("pyproject.toml".into()), ..Default::default() };
    let location = || {
        Config::open(Some(Path::new("none.ini")), DEFAULT_INI_SECTION, options())
            .get_alembic_option("script_location")
            .unwrap()
            .unwrap()
    };
    let place_name = place.path.display();
    assert_eq!(location(), format!("{place_name}/one"));

    let second = place.init_well("two", &run);
    let skipped =
        "File PLACE/pyproject.toml already exists and already has a [tool.alembic] section, skipping\n";
    assert!(second.contains(skipped), "{second}");
    assert_eq!(location(), format!("{place_name}/one"));

    fs::write("pyproject.toml", "[project]\nname = \"x\"").unwrap();
    let third = place.init_well("thr\"ee", &run);
    assert!(third.contains("Appending to existing PLACE/pyproject.toml ...  done\n"), "{third}");
    assert_eq!(location(), format!("{place_name}/thr\"ee"));
    assert!(
        fs::read_to_string("pyproject.toml")
            .unwrap()
            .starts_with("[project]\nname = \"x\"\n\n[tool.alembic]\n")
    );
}

/// What the reference's templates set, comments left out.
const LOGGING: &str = "
[loggers]
keys = root,sqlalchemy,alembic
[handlers]
keys = console
[formatters]
keys = generic
[logger_root]
level = WARNING
handlers = console
qualname =
[logger_sqlalchemy]
level = WARNING
handlers =
qualname = sqlalchemy.engine
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
datefmt = %H:%M:%S
";

#[test]
fn the_ini_file_sets_what_the_reference_sets() {
    let main = "[alembic]\nscript_location = %(here)s/x\nprepend_sys_path = .\npath_separator = os\n";
    let url = "sqlalchemy.url = driver://user:pass@localhost/dbname\n";
    let generic = format!("{main}{url}[post_write_hooks]\n{LOGGING}");
    let multidb = format!(
        "{main}databases = engine1, engine2\n[engine1]\n{url}[engine2]\n\
         sqlalchemy.url = driver://user:pass@localhost/dbname2\n[post_write_hooks]\n{LOGGING}"
    );
    let pyproject = format!("[alembic]\n{url}{LOGGING}");
    for (template, expected) in [
        ("generic", &generic),
        ("async", &generic),
        ("multidb", &multidb),
        ("pyproject", &pyproject),
        ("pyproject_async", &pyproject),
    ] {
        let place = Place::new();
        place.init_well("x", &Run { template, ..Run::default() });
        let read = |text: &str| -> Vec<(String, IndexMap<String, String>)> {
            let ini = Ini::parse(text, Path::new("alembic.ini"), &IndexMap::new()).unwrap();
            ini.sections().map(|name| (name.to_owned(), ini.items_raw(name).unwrap())).collect()
        };
        assert_eq!(read(&fs::read_to_string("alembic.ini").unwrap()), read(expected), "{template}");
    }
}
