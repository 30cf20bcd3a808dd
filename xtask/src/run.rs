//! Runs a session with a program (the reference when recording, Limbeck's binary in tests) in a temporary
//! directory and returns what it did as a [`Record`].

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use crate::database::Database;
use crate::normalise::{Normaliser, code_of};
use crate::record::{Entry, Record, parse_known_differences, sort_sections};
use crate::server::{Invocation, Server};
use crate::session::{SERVER, Session, Step};
use crate::{at, compare, dump, process};

/// The longest that one command of a session may take.
const LIMIT: Duration = Duration::from_mins(2);

/// The program that sessions run as `alembic`.
#[derive(Debug, Clone)]
pub struct Program {
    /// The executable.
    pub path: PathBuf,
    /// The interpreter that runs Python programs; without one, the executable does, with `exec`.
    pub python: Option<PathBuf>,
    /// Environment variables it is run with, besides the few that every command gets.
    pub environment: Vec<(String, String)>,
    /// Text of its output that stands for something else, such as the directory it is installed in.
    pub replacements: Vec<(String, String)>,
    /// A process that runs the program's commands in place of the program itself.
    pub server: Option<Arc<Server>>,
    /// The URLs of database servers by the variables that name them, where the environment does not.
    pub databases: Vec<(String, String)>,
}

impl Program {
    /// Makes a program that needs no environment of its own.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            python: None,
            environment: Vec::new(),
            replacements: Vec::new(),
            server: None,
            databases: Vec::new(),
        }
    }

    fn run(&self, invocation: Invocation<'_>) -> Result<process::Outcome, String> {
        if let (Some(server), false) = (&self.server, invocation.python) {
            return server.run(invocation);
        }
        let mut command = match (invocation.python, &self.python) {
            (true, Some(python)) => Command::new(python),
            (python, _) => {
                let mut command = Command::new(&self.path);
                command.args(python.then_some("exec"));
                command
            }
        };
        command
            .args(invocation.arguments)
            .current_dir(invocation.directory)
            .env_clear()
            .envs(invocation.environment.iter().map(|(name, value)| (name, value)));
        process::run(&mut command, LIMIT)
    }
}

/// Runs the session of a case's directory with the program.
pub fn run_case(case: &Path, program: &Program) -> Result<Record, String> {
    let session = Session::read(case)?;
    run_session(&session, case, program)
}

/// Runs a session with the program; what it needs besides its own text lies in the directory of the case.
pub fn run_session(session: &Session, case: &Path, program: &Program) -> Result<Record, String> {
    let temporary = tempfile::Builder::new().prefix("limbeck-").tempdir().map_err(at(case))?;
    // The directory's real name: a program reports paths after resolving symbolic links.
    let base = temporary.path().canonicalize().map_err(at(temporary.path()))?;
    let root = base.join("project");
    fs::create_dir(&root).map_err(at(&root))?;
    for project in &session.projects {
        copy_directory(&crate::workspace_root().join(project), &root)?;
    }
    let files = case.join("files");
    if files.is_dir() {
        copy_directory(&files, &root)?;
    }
    let database = session.server.map(|backend| Database::create(backend, &program.databases)).transpose()?;
    let mut runner = Runner {
        program,
        database,
        normaliser: Normaliser::new(&root),
        home: base.join("home"),
        root,
        session,
        watched: BTreeMap::new(),
        record: Record::default(),
    };
    for (from, to) in &program.replacements {
        runner.normaliser.replace(from, to);
    }
    for (from, to) in runner.database.iter().flat_map(Database::replacements) {
        runner.normaliser.replace(&from, &to);
    }
    fs::create_dir(&runner.home).map_err(at(&runner.home))?;
    for step in &session.steps {
        runner.perform(step).map_err(|error| format!("{}: {error}", case.display()))?;
    }
    Ok(runner.record)
}

/// Runs the session of a case with the program and compares it with the case's record and known differences.
/// The error is a diff for people.
pub fn check_case(case: &Path, program: &Program) -> Result<(), String> {
    let record = read_expectation(case)?;
    let actual = run_case(case, program)?;
    if let Some(text) = compare::difference(&record.to_text(), &actual.to_text()) {
        return Err(format!(
            "{} differs from its record (- reference, + this program):\n{text}",
            case.display()
        ));
    }
    Ok(())
}

/// Reads a case's record with its known differences applied.
pub fn read_expectation(case: &Path) -> Result<Record, String> {
    let path = case.join("record.txt");
    let record = Record::parse(&fs::read_to_string(&path).map_err(at(&path))?).map_err(at(&path))?;
    let path = case.join("known-differences");
    if !path.exists() {
        return Ok(record);
    }
    let text = fs::read_to_string(&path).map_err(at(&path))?;
    let differences = parse_known_differences(&text).map_err(at(&path))?;
    record.with_known_differences(&differences).map_err(at(&path))
}

/// Copies a directory's files and directories into another one, over what is there, without caches and
/// databases that running the project there has left.
pub fn copy_directory(from: &Path, to: &Path) -> Result<(), String> {
    for (path, content) in read_tree(from)? {
        let target = to.join(&path);
        match content {
            None => fs::create_dir_all(&target).map_err(at(&target))?,
            Some(bytes) => {
                write_file(&target, &bytes)?;
            }
        }
    }
    Ok(())
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(at(parent))?;
    }
    fs::write(path, bytes).map_err(at(path))
}

/// Files (with their bytes) and directories below a directory by relative path; databases and Python's caches
/// are not part of it.
type Tree = BTreeMap<String, Option<Vec<u8>>>;

fn read_tree(root: &Path) -> Result<Tree, String> {
    let mut tree = Tree::new();
    let mut pending = vec![PathBuf::new()];
    while let Some(relative) = pending.pop() {
        let directory = root.join(&relative);
        for entry in fs::read_dir(&directory).map_err(at(&directory))? {
            let entry = entry.map_err(at(&directory))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_database =
                [".db", ".db-journal", ".db-wal", ".db-shm"].iter().any(|end| name.ends_with(end));
            if name == "__pycache__" || is_database {
                continue;
            }
            let path = relative.join(&name);
            let key = path.to_string_lossy().replace('\\', "/");
            if entry.path().is_dir() {
                tree.insert(key, None);
                pending.push(path);
            } else {
                tree.insert(key, Some(fs::read(entry.path()).map_err(at(&entry.path()))?));
            }
        }
    }
    Ok(tree)
}

struct Runner<'a> {
    program: &'a Program,
    /// The session's database on a server.
    database: Option<Database>,
    normaliser: Normaliser,
    root: PathBuf,
    home: PathBuf,
    session: &'a Session,
    /// The rows of the watched databases as last seen.
    watched: BTreeMap<String, Vec<String>>,
    record: Record,
}

impl Runner<'_> {
    fn perform(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Run { line, environment, python, arguments, unordered } => {
                self.run(line, environment, *python, arguments, *unordered)
            }
            Step::Write { path, text } => {
                write_file(&self.root.join(path), self.with_server(text).as_bytes())
            }
            Step::Append { path, text } => self.edit(path, |old| Ok(old + &self.with_server(text))),
            Step::Replace { path, old, new } => {
                self.edit(path, |text| match text.matches(old.as_str()).count() {
                    1 => Ok(text.replacen(old.as_str(), &self.with_server(new), 1)),
                    count => Err(format!("{path}: the text to replace stands there {count} times:\n{old}")),
                })
            }
            Step::Remove { path } => {
                let path = self.root.join(path);
                if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }
                    .map_err(at(&path))
            }
            Step::Sql { path, statements } if path == SERVER => self.database()?.run(statements).map(drop),
            Step::Sql { path, statements } => dump::run_statements(&self.root.join(path), statements),
            Step::Dump { path } => {
                let text = if path == SERVER {
                    self.database()?.dump()?
                } else {
                    dump::dump_database(&self.root.join(path))?
                };
                let text = self.normaliser.text(&text);
                self.add(format!("dump {path}"), vec![("dump".to_owned(), text)], false);
                Ok(())
            }
        }
    }

    fn database(&self) -> Result<&Database, String> {
        self.database.as_ref().ok_or_else(|| "the session has no line `server`".to_owned())
    }

    /// Puts the address of the session's database where `<server>` stands.
    fn with_server(&self, text: &str) -> String {
        match &self.database {
            Some(database) => text.replace(SERVER, &database.address()),
            None => text.to_owned(),
        }
    }

    fn edit(&self, path: &str, change: impl FnOnce(String) -> Result<String, String>) -> Result<(), String> {
        let path = self.root.join(path);
        let text = change(fs::read_to_string(&path).map_err(at(&path))?)?;
        fs::write(&path, text).map_err(at(&path))
    }

    fn add(&mut self, title: String, mut sections: Vec<(String, String)>, failure_on_stdout: bool) {
        sort_sections(&mut sections);
        let number = self.record.entries.len() + 1;
        self.record.entries.push(Entry { number, title, sections, failure_on_stdout });
    }

    fn run(
        &mut self,
        line: &str,
        environment: &[(String, String)],
        python: bool,
        arguments: &[String],
        unordered: bool,
    ) -> Result<(), String> {
        let before = read_tree(&self.root)?;
        let common = [
            ("PATH", "/usr/bin:/bin".to_owned()),
            ("HOME", self.home.display().to_string()),
            ("XDG_CACHE_HOME", self.home.join("cache").display().to_string()),
            ("LANG", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
        ];
        let environment: Vec<(String, String)> = common
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .chain(self.program.environment.iter().chain(environment).cloned())
            .map(|(name, value)| (name, self.with_server(&value)))
            .collect();
        let words: Vec<String> = arguments.iter().map(|word| self.with_server(word)).collect();
        let outcome = self.program.run(Invocation {
            directory: &self.root,
            environment: &environment,
            python,
            arguments: &words,
        })?;
        let after = read_tree(&self.root)?;

        let makes_revisions = arguments.iter().any(|argument| argument == "revision" || argument == "merge");
        if makes_revisions && !arguments.iter().any(|argument| argument == "--rev-id") {
            for path in after.keys().filter(|path| !before.contains_key(*path)) {
                let name = path.rsplit_once('/').map_or(path.as_str(), |(_, name)| name);
                self.normaliser.note_generated_revision(name);
            }
        }
        let streams = self.normaliser.streams(&outcome.stdout, &outcome.stderr);
        let mut sections = vec![("exit".to_owned(), format!("{}\n", outcome.exit))];
        for (name, text) in [("stdout", streams.stdout), ("stderr", streams.stderr)] {
            let text = if unordered { sorted_lines(&text) } else { text };
            sections.push((name.to_owned(), text));
        }
        if let Some(failure) = streams.failure {
            sections.push(("failure".to_owned(), failure + "\n"));
        }
        sections.retain(|(_, text)| !text.is_empty());
        self.describe_changes(&before, &after, &mut sections);
        self.describe_rows(&mut sections)?;
        let prompt = if unordered { "$unordered" } else { "$" };
        self.add(format!("{prompt} {line}"), sections, streams.failure_on_stdout);
        Ok(())
    }

    /// Tells which rows of the watched databases have come and gone.
    fn describe_rows(&mut self, sections: &mut Vec<(String, String)>) -> Result<(), String> {
        let session = self.session;
        for path in &session.watched {
            let now = dump::rows(&self.root.join(path))?;
            let before = self.watched.insert(path.clone(), now.clone()).unwrap_or_default();
            let only_in = |rows: &[String], others: &[String], mark: char| -> Vec<String> {
                let rows = rows.iter().filter(|row| !others.contains(row));
                rows.map(|row| format!("{mark} {row}\n")).collect()
            };
            let changes = [only_in(&before, &now, '-'), only_in(&now, &before, '+')].concat().concat();
            if !changes.is_empty() {
                // The reference writes the rows of a merge in the order of a set.
                sections.push((format!("rows of {path}"), sorted_lines(&self.normaliser.text(&changes))));
            }
        }
        Ok(())
    }

    fn describe_changes(&self, before: &Tree, after: &Tree, sections: &mut Vec<(String, String)>) {
        for (path, content) in after {
            let mark = match before.get(path) {
                None => '+',
                Some(old) if old != content => '~',
                Some(_) => continue,
            };
            let shown = self.normaliser.path(path);
            match content {
                None => sections.push((format!("directory {mark} {shown}"), String::new())),
                Some(bytes) => {
                    let text = self.normaliser.text(&String::from_utf8_lossy(bytes));
                    let text = if self.session.ignore_comments { code_of(&shown, &text) } else { text };
                    sections.push((format!("file {mark} {shown}"), text));
                }
            }
        }
        for path in before.keys().filter(|path| !after.contains_key(*path)) {
            sections.push((format!("file - {}", self.normaliser.path(path)), String::new()));
        }
    }
}

pub(crate) fn sorted_lines(text: &str) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.sort_unstable();
    lines.concat()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    /// A stand-in for `alembic`: it prints, writes a revision file with a generated id, and fails.
    const PROGRAM: &str = "#!/bin/sh\necho \"at $PWD\"\necho \"$@\" >&2\n\
                           [ -e versions ] || { mkdir versions; echo x > versions/0123456789ab_x.py; exit 0; }\n\
                           echo '  FAILED: no'; exit 255\n";

    fn case(session: &str) -> (tempfile::TempDir, Program) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("alembic");
        fs::write(&path, PROGRAM).expect("the program is written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it may be executed");
        fs::write(directory.path().join("session"), session).expect("the session is written");
        (directory, Program::new(path))
    }

    #[test]
    fn a_session_records_output_exit_status_files_and_dumps() {
        let (case, program) = case(
            "write old.txt <<EOF\nhello\nEOF\n$ alembic revision -m x\nsql a.db <<EOF\nCREATE TABLE t (x)\nEOF\n\
             $ alembic 'up grade'\ndump a.db\n",
        );
        let record = run_case(case.path(), &program).expect("the session runs");
        assert_eq!(
            record.to_text(),
            "=== 1 $ alembic revision -m x\n--- exit\n| 0\n--- stdout\n| at <root>\n--- stderr\n| revision -m x\n\
             --- directory + versions\n--- file + versions/<rev 1>_x.py\n| x\n\
             === 2 $ alembic 'up grade'\n--- exit\n| 255\n--- stdout\n| at <root>\n--- stderr\n| up grade\n\
             --- failure\n| no\n=== 3 dump a.db\n--- dump\n| table t:\n| CREATE TABLE t (x)\n"
        );
        assert!(record.entries[1].failure_on_stdout);
    }

    #[test]
    fn the_lines_of_an_unordered_command_are_sorted() {
        assert_eq!(sorted_lines("b\na\n\nb\n"), "\na\nb\nb\n");
    }

    #[test]
    fn a_case_passes_with_its_own_record_and_fails_with_another() {
        let (case, program) = case("$ alembic heads\n");
        let record = run_case(case.path(), &program).expect("the session runs").to_text();
        fs::write(case.path().join("record.txt"), &record).expect("the record is written");
        assert_eq!(check_case(case.path(), &program), Ok(()));
        fs::write(case.path().join("record.txt"), record.replace("| 0", "| 1")).expect("it is written");
        let error = check_case(case.path(), &program).expect_err("the exit status differs");
        assert!(error.contains("- | 1\n+ | 0\n"), "{error}");
    }
}
