//! A Python process that has the reference's modules imported and runs each command in a forked child.
//!
//! A recording runs thousands of commands, and importing the reference takes most of the time of each. A child
//! starts from the same state as a new process: only what is imported is there.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::at;
use crate::process::Outcome;

/// What a request runs.
#[derive(Debug, Clone, Copy)]
pub struct Invocation<'a> {
    /// The directory it runs in.
    pub directory: &'a Path,
    /// All of its environment.
    pub environment: &'a [(String, String)],
    /// Whether it is Python that runs, with the path of a program as its first argument.
    pub python: bool,
    /// Arguments after the program's name.
    pub arguments: &'a [String],
}

/// The process, which ends with this value.
#[derive(Debug)]
pub struct Server {
    pipes: Mutex<Pipes>,
    outputs: tempfile::TempDir,
}

#[derive(Debug)]
struct Pipes {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Server {
    /// Starts the server of a virtual environment's program with environment variables that Python reads when it
    /// starts, such as the hash seed.
    pub fn start(program: &Path, environment: &[(String, String)]) -> Result<Self, String> {
        let python = program.with_file_name("python");
        let mut child = Command::new(&python)
            .args(["-c", include_str!("server.py")])
            .arg(program)
            .env_clear()
            .env("LANG", "C.UTF-8")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(at(&python))?;
        let (requests, answers) = (child.stdin.take(), child.stdout.take());
        let answers = BufReader::new(answers.ok_or("the server has no output")?);
        let outputs = tempfile::tempdir().map_err(at(&python))?;
        Ok(Self { pipes: Mutex::new(Pipes { child, requests, answers }), outputs })
    }

    /// Runs a command to its end.
    pub fn run(&self, invocation: Invocation<'_>) -> Result<Outcome, String> {
        let (stdout, stderr) = (self.outputs.path().join("stdout"), self.outputs.path().join("stderr"));
        let environment: Vec<String> =
            invocation.environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = [
            invocation.directory.display().to_string(),
            stdout.display().to_string(),
            stderr.display().to_string(),
            items(&environment),
            items(invocation.arguments),
        ]
        .join("\x1f");
        let fail = |error: std::io::Error| format!("the server does not answer: {error}");
        let mut answer = String::new();
        {
            let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
            let requests = pipes.requests.as_mut().ok_or("the server has no input")?;
            writeln!(requests, "{request}").and_then(|()| requests.flush()).map_err(fail)?;
            pipes.answers.read_line(&mut answer).map_err(fail)?;
        }
        let exit = answer.trim().parse().map_err(|_| format!("no exit code for {request:?}: {answer:?}"))?;
        let read = |path: &Path| {
            fs::read(path).map_err(at(path)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        };
        Ok(Outcome { exit, stdout: read(&stdout)?, stderr: read(&stderr)? })
    }
}

/// Writes a list, each item behind its separator.
fn items(texts: &[String]) -> String {
    texts.iter().flat_map(|text| ["\x1e", text]).collect()
}

impl Drop for Server {
    fn drop(&mut self) {
        let pipes = self.pipes.get_mut().unwrap_or_else(PoisonError::into_inner);
        // Without input it ends by itself.
        drop(pipes.requests.take());
        let _ = pipes.child.wait();
    }
}
