//! The text form of a session: the commands of one recorded case, and the edits between them.
//!
//! A session is a file named `session` in its case's directory, read line by line:
//!
//! ```text
//! # a comment; the first ones say what the case is about
//! project examples/shop            lays out a directory of the repository (before any step)
//! packages                         the reference has packages that env.py files use, and async drivers (before any step)
//! ignore-comments                  compares files written without comments and docstrings (see `normalise`)
//! watch shop.db                    records after each command which rows of a SQLite file have come and gone
//! server postgresql                makes a database of the session's own on a server (before any step); `<server>` stands
//!                                  for its address, `user@host:port/name`, in commands and in texts
//! $ alembic upgrade head           runs the program; single and double quotes group words as a shell does
//! $ EDITOR=cat alembic edit ae1    ... with a variable set
//! $ python program.py 1            runs a Python program: the reference with its own python, Limbeck as
//!                                  `alembic exec program.py 1`
//! $unordered alembic current       ... whose lines the reference prints in an order that changes between runs
//! write path/of/file <<EOF         writes a file; the lines up to EOF are its text
//! append path/of/file <<EOF        adds lines to the end of a file
//! replace path/of/file <<EOF       replaces the one place where the lines before `====` stand by those after it
//! remove path/of/file              removes a file or a directory
//! dump shop.db                     records schema and rows of a SQLite file
//! sql shop.db <<EOF                runs statements against a SQLite file
//! dump <server>                    records schema and rows of the database on the server
//! sql <server> <<EOF               runs statements there with the server's own client
//! ```
//!
//! What lies in the case's directory `files` is laid out after the project. Paths are relative to the
//! session's own temporary directory, in which every command runs.

use std::path::Path;

/// A parsed session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Session {
    /// Directories of the repository that are laid out first.
    pub projects: Vec<String>,
    /// Whether written files are compared without comments and docstrings.
    pub ignore_comments: bool,
    /// SQLite files of which the changes are recorded after each command.
    pub watched: Vec<String>,
    /// The server on which the session has a database of its own.
    pub server: Option<Backend>,
    /// Whether the reference runs with packages that env.py files use.
    pub packages: bool,
    /// What is done, in order.
    pub steps: Vec<Step>,
}

/// The word that stands for the address of a session's database on a server.
pub const SERVER: &str = "<server>";

/// A kind of database server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// `server postgresql`
    Postgresql,
    /// `server mariadb`
    Mariadb,
}

/// One thing that a session does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Runs the program.
    Run {
        /// The line as the session has it, without `$ `.
        line: String,
        /// Environment variables set for this command.
        environment: Vec<(String, String)>,
        /// Whether it is `python` that is run, with the path of a program as its first argument.
        python: bool,
        /// Arguments after the program's name.
        arguments: Vec<String>,
        /// Whether the order of the lines it prints means nothing; they are then compared sorted.
        unordered: bool,
    },
    /// Writes a file.
    Write {
        /// Where.
        path: String,
        /// Its whole text.
        text: String,
    },
    /// Adds text to the end of a file.
    Append {
        /// Where.
        path: String,
        /// What.
        text: String,
    },
    /// Replaces one place in a file.
    Replace {
        /// Where.
        path: String,
        /// Text that must stand in the file exactly once.
        old: String,
        /// What stands there afterwards.
        new: String,
    },
    /// Removes a file or a directory.
    Remove {
        /// Which.
        path: String,
    },
    /// Records schema and rows of a SQLite file.
    Dump {
        /// Which.
        path: String,
    },
    /// Runs statements against a SQLite file.
    Sql {
        /// Which.
        path: String,
        /// Statements separated by semicolons.
        statements: String,
    },
}

impl Session {
    /// Reads the session file of a case's directory.
    pub fn read(case: &Path) -> Result<Self, String> {
        let path = case.join("session");
        let text = std::fs::read_to_string(&path).map_err(crate::at(&path))?;
        Self::parse(&text).map_err(crate::at(&path))
    }

    /// Parses a session; an error names the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut session = Self::default();
        let mut lines = text.lines().enumerate();
        while let Some((index, line)) = lines.next() {
            let fail = |message: &str| format!("line {}: {message}: {line}", index + 1);
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
            let rest = rest.trim();
            let (path, block) = match rest.strip_suffix("<<EOF") {
                None => (rest.to_owned(), None),
                Some(path) => {
                    let mut block = String::new();
                    loop {
                        match lines.next() {
                            None => return Err(fail("no EOF ends the text")),
                            Some((_, "EOF")) => break,
                            Some((_, line)) => {
                                block.push_str(line);
                                block.push('\n');
                            }
                        }
                    }
                    (path.trim().to_owned(), Some(block))
                }
            };
            let step = match (verb, block) {
                ("project", None) => {
                    session.projects.push(path);
                    continue;
                }
                ("ignore-comments", None) => {
                    session.ignore_comments = true;
                    continue;
                }
                ("packages", None) => {
                    session.packages = true;
                    continue;
                }
                ("server", None) => {
                    session.server = Some(match path.as_str() {
                        "postgresql" => Backend::Postgresql,
                        "mariadb" => Backend::Mariadb,
                        _ => return Err(fail("no such server")),
                    });
                    continue;
                }
                ("watch", None) => {
                    session.watched.push(path);
                    continue;
                }
                ("$" | "$unordered", None) => {
                    parse_command(&path, verb == "$unordered").map_err(|message| fail(&message))?
                }
                ("write", Some(text)) => Step::Write { path, text },
                ("append", Some(text)) => Step::Append { path, text },
                ("replace", Some(block)) => {
                    let (old, new) =
                        block.split_once("====\n").ok_or_else(|| fail("no line ==== in the text"))?;
                    Step::Replace { path, old: old.to_owned(), new: new.to_owned() }
                }
                ("remove", None) => Step::Remove { path },
                ("dump", None) => Step::Dump { path },
                ("sql", Some(statements)) => Step::Sql { path, statements },
                _ => return Err(fail("no such step")),
            };
            session.steps.push(step);
        }
        Ok(session)
    }
}

fn parse_command(line: &str, unordered: bool) -> Result<Step, String> {
    let mut words = split_words(line)?.into_iter().peekable();
    let mut environment = Vec::new();
    while let Some((name, value)) = words.peek().and_then(|word| word.split_once('='))
        && name.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
    {
        environment.push((name.to_owned(), value.to_owned()));
        words.next();
    }
    let python = match words.next().as_deref() {
        Some("alembic") => false,
        Some("python") => true,
        _ => return Err("a command must run alembic or python".to_owned()),
    };
    Ok(Step::Run { line: line.to_owned(), environment, python, arguments: words.collect(), unordered })
}

/// Splits a line into words as a shell does, with quotes and without expansions.
fn split_words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    if quote.is_some() {
        return Err("a quote is left open".to_owned());
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_split_as_a_shell_splits_them() {
        let session =
            Session::parse("$ EDITOR=true alembic revision -m \"it's new\" ''\n").expect("it parses");
        assert_eq!(
            session.steps,
            [Step::Run {
                line: "EDITOR=true alembic revision -m \"it's new\" ''".into(),
                environment: vec![("EDITOR".into(), "true".into())],
                python: false,
                arguments: vec!["revision".into(), "-m".into(), "it's new".into(), String::new()],
                unordered: false,
            }]
        );
    }

    #[test]
    fn texts_run_to_the_line_eof_and_keep_what_looks_like_a_step() {
        let session = Session::parse("project examples/shop\nwrite a.py <<EOF\n# x\n\n$ y\nEOF\ndump a.db\n");
        let session = session.expect("it parses");
        assert_eq!(session.projects, ["examples/shop"]);
        assert_eq!(
            session.steps,
            [
                Step::Write { path: "a.py".into(), text: "# x\n\n$ y\n".into() },
                Step::Dump { path: "a.db".into() }
            ]
        );
    }

    #[test]
    fn a_replacement_is_split_at_its_divider() {
        let session = Session::parse("replace a <<EOF\nold\n====\nnew\nEOF\n").expect("it parses");
        assert_eq!(
            session.steps,
            [Step::Replace { path: "a".into(), old: "old\n".into(), new: "new\n".into() }]
        );
    }

    #[test]
    fn a_step_that_does_not_exist_is_named_with_its_line() {
        for (text, expected) in [
            ("\ncopy a b\n", "line 2: no such step: copy a b"),
            ("write a <<EOF\nx\n", "line 1: no EOF ends the text: write a <<EOF"),
            ("$ rm -r /\n", "line 1: a command must run alembic or python: $ rm -r /"),
            ("$ alembic 'x\n", "line 1: a quote is left open: $ alembic 'x"),
        ] {
            assert_eq!(Session::parse(text), Err(expected.to_owned()));
        }
    }
}
