//! Opening a script directory, and what needs a host or a database.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use limbeck_core::Error;
use limbeck_core::command::{self, HistoryOptions, MergeOptions};
use limbeck_core::config::{Config, ConfigOptions, Messaging, PostWriteHook};
use limbeck_core::error::Result;
use limbeck_core::host::{ScriptHost, TemplateArguments, TemplateValue};
use limbeck_core::runtime::{ConfigureOptions, DatabaseTarget, EnvironmentContext};
use limbeck_core::script::{
    GenerateRevision, RevisionFileError, RevisionHeader, ScriptDirectory, ScriptDirectoryOptions,
};
use limbeck_sql::engine::{Engine, EngineOptions};

/// Gives every file that must be executed the revision of its name, and remembers the files.
#[derive(Default)]
struct NamingHost {
    executed: RefCell<Vec<PathBuf>>,
    package: Option<PathBuf>,
}

impl ScriptHost for NamingHost {
    fn execute_header(&self, path: &Path) -> Result<RevisionHeader> {
        self.executed.borrow_mut().push(path.to_owned());
        Ok(RevisionHeader {
            revision: path.file_stem().map(|stem| stem.to_str().unwrap().to_owned()),
            down_revision: Some(Vec::new()),
            ..RevisionHeader::default()
        })
    }

    fn render_template(&self, _: &Path, arguments: &TemplateArguments) -> Result<String> {
        let TemplateValue::String(id) = &arguments["up_revision"] else { panic!("{arguments:?}") };
        Ok(format!("revision = '{id}'\ndown_revision = None\n"))
    }

    fn package_directory(&self, _: &str) -> Result<Option<PathBuf>> {
        Ok(self.package.clone())
    }
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A project with these files below `versions`.
fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join("versions").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

fn open(directory: &tempfile::TempDir, host: &NamingHost, sourceless: bool) -> Result<ScriptDirectory> {
    let messaging = Arc::new(Messaging::new(Box::new(io::sink()), false, None));
    let options = ScriptDirectoryOptions { sourceless, ..ScriptDirectoryOptions::new(directory.path()) };
    ScriptDirectory::open(options, messaging, host)
}

fn config(directory: &tempfile::TempDir, captured: &Captured) -> Config {
    let options = ConfigOptions { stdout: Some(Box::new(captured.clone())), ..ConfigOptions::default() };
    let config = Config::open(None, "alembic", options);
    config.set_main_option("script_location", directory.path().to_str().unwrap()).unwrap();
    config
}

const THREE: &[(&str, &str)] = &[
    ("a.py", "'''one'''\nrevision = 'aaaa'\ndown_revision = None\n"),
    ("b.py", "'''two'''\nrevision = 'bbbb'\ndown_revision = 'aaaa'\n"),
    ("c.py", "'''three'''\nrevision = 'cccc'\ndown_revision = 'bbbb'\n"),
];

#[test]
fn only_headers_that_are_not_literal_are_executed() {
    let directory = project(&[
        ("aaaa.py", "revision = 'aaaa'\ndown_revision = None\n"),
        ("bbbb.py", "revision = make()\ndown_revision = None\n"),
    ]);
    let host = NamingHost::default();
    let script = open(&directory, &host, false).unwrap();
    assert_eq!(script.get_bases(), ["aaaa", "bbbb"]);
    let executed = host.executed.borrow();
    assert_eq!(*executed, [directory.path().canonicalize().unwrap().join("versions/bbbb.py")]);
}

#[test]
fn compiled_files_without_a_source_are_named() {
    let directory = project(&[
        ("a.py", "revision = 'aaaa'\ndown_revision = None\n"),
        ("a.pyc", ""),
        ("__pycache__/a.cpython-312.pyc", ""),
        ("__pycache__/gone.cpython-312.pyc", ""),
    ]);
    let host = NamingHost::default();
    open(&directory, &host, false).unwrap();
    let error = open(&directory, &host, true).unwrap_err();
    let Error::RevisionFile(RevisionFileError::Compiled { path }) = error else { panic!("{error}") };
    assert!(path.ends_with("versions/__pycache__/gone.cpython-312.pyc"), "{}", path.display());
    fs::remove_file(path).unwrap();
    open(&directory, &host, true).unwrap();
}

#[test]
fn a_missing_directory_is_refused_as_in_the_reference() {
    let directory = tempfile::tempdir().unwrap();
    let gone = directory.path().join("gone");
    let messaging = Arc::new(Messaging::new(Box::new(io::sink()), false, None));
    let options = ScriptDirectoryOptions::new(&gone);
    let error = ScriptDirectory::open(options, messaging, &NamingHost::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "Path doesn't exist: {}.  Please use the 'init' command to create a new scripts folder.",
            gone.display()
        )
    );
}

#[test]
fn a_location_inside_a_package_is_found_on_the_path_or_by_the_host() {
    let directory = tempfile::tempdir().unwrap();
    let location = directory.path().join("pkg/sub/migrations");
    fs::create_dir_all(&location).unwrap();
    let config = Config::open(None, "alembic", ConfigOptions::default());
    config.set_main_option("script_location", "pkg.sub:migrations").unwrap();
    config.set_main_option("path_separator", "os").unwrap();
    config.set_main_option("prepend_sys_path", directory.path().to_str().unwrap()).unwrap();
    let script = ScriptDirectory::from_config(&config, &NamingHost::default()).unwrap();
    assert_eq!(script.dir(), location);

    config.set_main_option("prepend_sys_path", "elsewhere").unwrap();
    let error = ScriptDirectory::from_config(&config, &NamingHost::default()).unwrap_err();
    assert_eq!(error.to_string(), "No module named 'pkg.sub'");
    let host = NamingHost { package: Some(directory.path().join("pkg/sub")), ..NamingHost::default() };
    assert_eq!(ScriptDirectory::from_config(&config, &host).unwrap().dir(), location);
}

/// A host whose env.py connects to a database that is at some revisions.
struct AtRevisions<'a>(&'a [&'a str]);

impl ScriptHost for AtRevisions<'_> {
    fn execute_header(&self, path: &Path) -> Result<RevisionHeader> {
        panic!("{}", path.display())
    }

    fn render_template(&self, template: &Path, _: &TemplateArguments) -> Result<String> {
        panic!("{}", template.display())
    }

    fn run_env(&self, environment: &Arc<EnvironmentContext>) -> Result<()> {
        let connection = Engine::create("sqlite://", EngineOptions::default())?.connect()?;
        connection.execute_batch("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")?;
        for row in self.0 {
            connection.execute_batch(&format!("INSERT INTO alembic_version VALUES ('{row}')"))?;
        }
        connection.commit()?;
        environment.configure(ConfigureOptions {
            target: DatabaseTarget::Connection(connection),
            ..ConfigureOptions::default()
        })?;
        environment.run_migrations(self)
    }
}

/// Expectations from the reference, run on a SQLite file at revision bbbb.
#[test]
fn history_knows_the_current_revisions() {
    let directory = project(THREE);
    let history = |range: Option<&str>, indicate_current: bool, rows: &[&str]| {
        let captured = Captured::default();
        let options =
            HistoryOptions { rev_range: range.map(str::to_owned), verbose: false, indicate_current };
        let config = Arc::new(config(&directory, &captured));
        command::history(&config, &AtRevisions(rows), &options).unwrap();
        captured.text()
    };
    assert_eq!(
        history(None, true, &["bbbb"]),
        "bbbb -> cccc (head), three\naaaa -> bbbb (current), two\n<base> -> aaaa, one\n"
    );
    assert_eq!(
        history(Some("current:"), false, &["bbbb"]),
        "bbbb -> cccc (head), three\naaaa -> bbbb, two\n"
    );
    assert_eq!(history(Some(":current"), false, &["bbbb"]), "aaaa -> bbbb, two\n<base> -> aaaa, one\n");
    assert_eq!(history(Some(":current"), false, &[]).lines().count(), 3);
}

#[test]
fn show_and_edit_take_the_current_revisions() {
    let directory = project(THREE);
    let captured = Captured::default();
    let config = Arc::new(config(&directory, &captured));
    let at_b = AtRevisions(&["bbbb"]);
    command::show(&config, &at_b, "current").unwrap();
    assert!(captured.text().starts_with("Rev: bbbb\nParent: aaaa\n"), "{}", captured.text());
    let files = command::edit(&config, &at_b, "current").unwrap();
    assert_eq!(files, [directory.path().canonicalize().unwrap().join("versions/b.py")]);
    let error = command::edit(&config, &AtRevisions(&[]), "current").unwrap_err();
    assert_eq!(error.to_string(), "No current revisions");
}

#[test]
fn what_cannot_be_run_is_refused() {
    let directory = project(THREE);
    let captured = Captured::default();
    let config = Arc::new(config(&directory, &captured));
    config.set_main_option("revision_environment", "yes").unwrap();
    let merge = MergeOptions { revisions: vec!["head".to_owned()], ..MergeOptions::default() };
    let error = command::merge(&config, &NamingHost::default(), &merge).unwrap_err();
    assert_eq!(error.to_string(), "this host runs no env.py");
    config.set_main_option("revision_environment", "perhaps").unwrap();
    let error = command::merge(&config, &NamingHost::default(), &merge).unwrap_err();
    assert_eq!(error.to_string(), "revision_environment is not true/false: 'perhaps'");
}

#[test]
fn post_write_hooks_run_for_each_file_and_are_never_skipped() {
    let directory = project(THREE);
    let hook = |name: &str, options: &[(&str, &str)]| PostWriteHook {
        name: name.to_owned(),
        options: options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
    };
    let host = NamingHost::default();
    let request = GenerateRevision { rev_id: "dddd".to_owned(), ..GenerateRevision::default() };
    for (hook, message) in [
        (hook("format", &[("type", "exec")]), "this host runs no post-write hooks such as 'format'"),
        (hook("lint", &[]), "Key 'lint.type' (or 'type' in toml) is required for post write hook 'lint'"),
    ] {
        let messaging = Arc::new(Messaging::new(Box::new(io::sink()), false, None));
        let options =
            ScriptDirectoryOptions { hooks: vec![hook], ..ScriptDirectoryOptions::new(directory.path()) };
        let mut script = ScriptDirectory::open(options, messaging, &host).unwrap();
        let error = script.generate_revision(&host, &request).unwrap_err();
        assert_eq!(error.to_string(), message);
        // The file was there before its hooks.
        fs::remove_file(directory.path().join("versions/dddd_.py")).unwrap();
    }
}

#[test]
fn files_are_written_in_the_configured_encoding() {
    struct Accented;
    impl ScriptHost for Accented {
        fn execute_header(&self, path: &Path) -> Result<RevisionHeader> {
            panic!("{}", path.display())
        }

        fn render_template(&self, _: &Path, _: &TemplateArguments) -> Result<String> {
            Ok("# coding: latin-1\n'''\u{e9}t\u{e9}'''\nrevision = 'eeee'\ndown_revision = None\n".to_owned())
        }
    }
    let directory = project(&[]);
    for (encoding, expected) in [
        ("latin-1", Ok(vec![0xe9, b't', 0xe9])),
        ("ascii", Err("the character '\u{e9}' cannot be written in output_encoding 'ascii'")),
        ("koi8-r", Err("unknown encoding: koi8-r")),
    ] {
        let messaging = Arc::new(Messaging::new(Box::new(io::sink()), false, None));
        let options = ScriptDirectoryOptions {
            output_encoding: encoding.to_owned(),
            ..ScriptDirectoryOptions::new(directory.path())
        };
        let mut script = ScriptDirectory::open(options, messaging, &Accented).unwrap();
        let request = GenerateRevision {
            rev_id: "eeee".to_owned(),
            head: "base".into(),
            ..GenerateRevision::default()
        };
        match (script.generate_revision(&Accented, &request), expected) {
            (Ok(node), Ok(bytes)) => {
                let path = script.script(node.unwrap()).path().to_owned();
                let written = fs::read(&path).unwrap();
                assert!(written.windows(bytes.len()).any(|window| window == bytes));
                fs::remove_file(path).unwrap();
            }
            (Err(error), Err(message)) => assert_eq!(error.to_string(), message),
            (found, expected) => panic!("{encoding}: {found:?}, expected {expected:?}"),
        }
    }
}
