//! Running one command to its end with its output captured and its time limited.

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What a command left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Exit status as a shell shows it: 255 for `exit(-1)`, 128 and the signal's number when killed.
    pub exit: i32,
    /// Everything written to standard output.
    pub stdout: String,
    /// Everything written to standard error.
    pub stderr: String,
}

/// Runs a command with no input; fails when it cannot start or takes longer than `limit`.
pub fn run(command: &mut Command, limit: Duration) -> Result<Outcome, String> {
    let shown = format!("{command:?}");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start {shown}: {error}"))?;
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let started = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if started.elapsed() > limit => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{shown} ran longer than {} seconds", limit.as_secs()));
            }
            Ok(None) => thread::sleep(Duration::from_millis(1)),
            Err(error) => return Err(format!("cannot wait for {shown}: {error}")),
        }
    };
    let text = |reader: thread::JoinHandle<Vec<u8>>| {
        reader.join().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    };
    Ok(Outcome { exit: exit_code(status), stdout: text(stdout), stderr: text(stderr) })
}

fn collect(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What was read before an error is still what the command wrote.
            let _ = stream.read_to_end(&mut bytes);
        }
        bytes
    })
}

#[cfg(unix)]
fn exit_code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

#[cfg(not(unix))]
fn exit_code(status: std::process::ExitStatus) -> i32 {
    status.code().unwrap_or(-1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn both_streams_and_the_exit_status_are_captured() {
        let outcome =
            run(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]), Duration::from_secs(10));
        assert_eq!(outcome, Ok(Outcome { exit: 3, stdout: "out\n".into(), stderr: "err\n".into() }));
    }

    #[test]
    fn a_command_that_runs_too_long_is_ended_and_named() {
        let error =
            run(Command::new("sleep").arg("30"), Duration::from_millis(20)).expect_err("it is too slow");
        assert!(error.contains("sleep"), "{error}");
    }
}
