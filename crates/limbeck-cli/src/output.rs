//! Standard output and standard error of the program: widths, colours, and writing that survives a closed pipe.

use std::io::{self, IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use limbeck_core::config::{Messaging, Sink, WarningCategory, hide_passwords};

/// How hints and warnings begin.
const LABEL: Style = AnsiColor::Cyan.on_default().bold();

/// Where commands write their output.
#[must_use]
pub fn stdout() -> Sink {
    Box::new(limbeck_python::output::stdout())
}

/// Returns the columns that messages are wrapped to: those of the terminal that input comes from, as the
/// reference asks for; none when it comes from elsewhere.
#[must_use]
pub fn message_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdin()).map(|(width, _)| width.0.into())
}

/// Returns the columns for usage lines: `COLUMNS`, else those of the terminal that output goes to, else 80.
#[must_use]
pub fn usage_width() -> usize {
    let set = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok());
    set.filter(|columns| *columns > 0)
        .or_else(|| terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0.into()))
        .unwrap_or(80)
}

/// Writes to standard output. That nobody reads it any more is not an error.
pub fn write_stdout(text: &str) {
    let mut stdout = limbeck_python::output::stdout();
    let _ = stdout.write_all(text.as_bytes());
    let _ = stdout.flush();
}

/// Writes a document to standard output itself, wherever what else is printed goes.
pub fn write_document(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes());
    let _ = stdout.flush();
}

/// Writes to standard error.
pub fn write_stderr(text: &str) {
    let _ = limbeck_python::output::stderr().write_all(text.as_bytes());
}

/// Prints help to standard output, in colour on a terminal.
pub fn help(text: &clap::builder::StyledStr) {
    let mut stdout = AutoStream::new(io::stdout(), colours(&io::stdout()));
    let _ = write!(stdout, "{}", text.ansi());
    let _ = stdout.flush();
}

/// Prints `hint: text` to standard error.
pub fn hint(text: &str) {
    labelled("hint", text);
}

/// Prints those warnings of a run that were not shown yet and that Python would show; it keeps deprecations to itself.
pub fn warnings(messaging: &Messaging) {
    for warning in messaging.take_unshown_warnings() {
        if warning.category == WarningCategory::User {
            labelled("UserWarning", &warning.message);
        }
    }
}

/// Returns the columns for a line that changes while a run goes on; none where standard error is no terminal that could
/// show one.
#[must_use]
pub fn live_width() -> Option<usize> {
    let is_dumb = std::env::var_os("TERM").is_none_or(|terminal| terminal.is_empty() || terminal == "dumb");
    if is_dumb || !io::stderr().is_terminal() {
        return None;
    }
    terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0.into())
}

fn labelled(label: &str, text: &str) {
    let mut stderr = AutoStream::new(io::stderr(), colours(&io::stderr()));
    let _ = writeln!(stderr, "{LABEL}{label}:{LABEL:#} {}", hide_passwords(text));
}

/// Colours on a terminal, and never under `NO_COLOR`.
fn colours(stream: &impl io::IsTerminal) -> ColorChoice {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    if stream.is_terminal() && !refused && !dumb { ColorChoice::Always } else { ColorChoice::Never }
}
