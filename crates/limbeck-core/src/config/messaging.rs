//! What commands tell the user: printed lines, status lines, warnings. The library writes them to a sink it is
//! given, by the rules of the reference's `util.messaging`.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indexmap::IndexSet;

/// Where output goes.
pub type Sink = Box<dyn Write + Send>;

/// Columns that messages are indented by on a terminal.
const INDENT: &str = "  ";

/// Which of Python's warning categories a warning has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WarningCategory {
    /// `DeprecationWarning`, which Python does not show unless asked to.
    Deprecation,
    /// `UserWarning`, which Python shows.
    User,
}

/// Something to tell the user that does not stop a command.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Warning {
    /// Its category.
    pub category: WarningCategory,
    /// The sentence.
    pub message: String,
}

/// The output of commands. Shared by [`Config`](super::Config) and whatever works for it.
pub struct Messaging {
    sink: Mutex<Sink>,
    printed: Mutex<Option<Sink>>,
    quiet: bool,
    terminal_width: Option<usize>,
    warnings: Mutex<Warnings>,
}

/// The warnings of a run in the order in which they were given, and how many of them the user has seen.
#[derive(Debug, Default)]
struct Warnings {
    given: IndexSet<Warning>,
    shown: usize,
}

impl Messaging {
    /// Makes one that writes to `sink`.
    ///
    /// With `quiet`, only [`write_raw`](Self::write_raw) and the functions called `_always` write.
    /// With `terminal_width`, in columns, messages are indented and wrapped.
    #[must_use]
    pub fn new(sink: Sink, quiet: bool, terminal_width: Option<usize>) -> Self {
        Self {
            sink: Mutex::new(sink),
            printed: Mutex::new(None),
            quiet,
            terminal_width,
            warnings: Mutex::new(Warnings::default()),
        }
    }

    /// Sends what [`print_stdout`](Self::print_stdout) prints elsewhere than messages and SQL.
    #[must_use]
    pub fn with_print_sink(self, sink: Option<Sink>) -> Self {
        Self { printed: Mutex::new(sink), ..self }
    }

    /// Whether messages are suppressed.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Puts another sink in place of the present one, which it returns.
    pub fn replace_sink(&self, sink: Sink) -> Sink {
        std::mem::replace(&mut *lock(&self.sink), sink)
    }

    /// Prints `text` and a line end: the output of a command, as the reference's `Config.print_stdout`.
    pub fn print_stdout(&self, text: &str) {
        if self.quiet {
            return;
        }
        let text = format!("{text}\n");
        match &mut *lock(&self.printed) {
            Some(sink) => {
                let _ = sink.write_all(text.as_bytes()).and_then(|()| sink.flush());
            }
            None => self.write_ignoring_errors(&text),
        }
    }

    /// Prints a message to the user and a line end, as the reference's `util.msg`.
    pub fn message(&self, text: &str) {
        if !self.quiet {
            self.message_always(text);
        }
    }

    /// Prints a message even when quiet.
    pub fn message_always(&self, text: &str) {
        let mut text = self.laid_out(text);
        text.push('\n');
        self.write_ignoring_errors(&text);
    }

    /// Announces `text ...`, does the work, and adds `  done` or `  FAILED`, as the reference's `util.status`.
    ///
    /// # Errors
    /// Those of the work.
    pub fn status<T, E>(&self, text: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if self.quiet { work() } else { self.status_always(text, work) }
    }

    /// Does what [`status`](Self::status) does, even when quiet.
    ///
    /// # Errors
    /// Those of the work.
    pub fn status_always<T, E>(&self, text: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let announcement = self.laid_out(&format!("{text} ..."));
        self.write_ignoring_errors(&announcement);
        let result = work();
        self.write_ignoring_errors(if result.is_ok() { "  done\n" } else { "  FAILED\n" });
        result
    }

    /// Announces work that writes lines of its own, even when quiet: `text ...` and `  done` or `  FAILED` are on lines
    /// of their own, as in the reference's `util.status` with `newline`.
    ///
    /// # Errors
    /// Those of the work.
    pub fn status_over_lines<T, E>(&self, text: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.message_always(&format!("{text} ..."));
        let result = work();
        self.write_ignoring_errors(if result.is_ok() { "  done\n" } else { "  FAILED\n" });
        result
    }

    /// Writes output that must not get lost, such as SQL, quiet or not.
    ///
    /// # Errors
    /// What the sink says.
    pub fn write_raw(&self, text: &str) -> io::Result<()> {
        lock(&self.sink).write_all(text.as_bytes())
    }

    /// Passes on what the sink may still hold back.
    ///
    /// # Errors
    /// What the sink says.
    pub fn flush(&self) -> io::Result<()> {
        lock(&self.sink).flush()
    }

    /// Keeps a warning for the edge to show. One that was given already is not kept again.
    pub fn warn(&self, category: WarningCategory, message: impl Into<String>) {
        let warning = Warning { category, message: message.into() };
        lock(&self.warnings).given.insert(warning);
    }

    /// The warnings that were not taken yet, for who shows them to the user.
    pub fn take_unshown_warnings(&self) -> Vec<Warning> {
        let mut warnings = lock(&self.warnings);
        let given = warnings.given.len();
        let shown = std::mem::replace(&mut warnings.shown, given);
        warnings.given.iter().skip(shown).cloned().collect()
    }

    /// The warnings so far.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        lock(&self.warnings).given.iter().cloned().collect()
    }

    /// As [`take_unshown_warnings`](Self::take_unshown_warnings), and forgets all that were given, so that one that is
    /// given again is shown again.
    #[must_use]
    pub fn take_warnings(&self) -> Vec<Warning> {
        let Warnings { given, shown } = std::mem::take(&mut *lock(&self.warnings));
        given.into_iter().skip(shown).collect()
    }

    /// Indents and wraps a message for a terminal.
    ///
    /// Unlike the reference, it breaks lines at spaces only, so that a path stays whole, and keeps line ends.
    fn laid_out(&self, text: &str) -> String {
        let Some(width) = self.terminal_width else { return text.to_owned() };
        text.lines().map(|line| wrapped(line, width)).collect::<Vec<_>>().join("\n")
    }

    /// Writes a message; that nobody reads it any more (a closed pipe) does not stop a command, as in the reference.
    fn write_ignoring_errors(&self, text: &str) {
        let mut sink = lock(&self.sink);
        let _ = sink.write_all(text.as_bytes()).and_then(|()| sink.flush());
    }
}

impl fmt::Debug for Messaging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messaging")
            .field("quiet", &self.quiet)
            .field("terminal_width", &self.terminal_width)
            .finish_non_exhaustive()
    }
}

/// A panic while writing leaves a sink that is still good for the next line.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One line of text, indented and wrapped to `width` columns.
fn wrapped(line: &str, width: usize) -> String {
    let mut out = String::from(INDENT);
    let mut column = INDENT.len();
    let mut spaces = 0;
    let mut at_start = true;
    for word in line.split(' ') {
        let length = word.chars().count();
        if word.is_empty() {
            spaces += 1;
            continue;
        }
        if !at_start && column + spaces + length > width {
            out.push('\n');
            out.push_str(INDENT);
            column = INDENT.len();
        } else {
            out.extend(std::iter::repeat_n(' ', spaces));
            column += spaces;
        }
        out.push_str(word);
        column += length;
        spaces = 1;
        at_start = false;
    }
    out
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::{Messaging, Warning, WarningCategory, wrapped};

    /// A sink whose text a test can read.
    #[derive(Clone, Default)]
    pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

    impl Captured {
        pub(crate) fn text(&self) -> String {
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

    #[test]
    fn status_lines_end_with_the_outcome() {
        let sink = Captured::default();
        let messaging = Messaging::new(Box::new(sink.clone()), false, None);
        assert_eq!(messaging.status("Creating directory /x", || Ok::<_, ()>(1)), Ok(1));
        assert_eq!(messaging.status("Generating /x/y", || Err::<(), _>("no")), Err("no"));
        messaging.print_stdout("ae1 (head)");
        assert_eq!(sink.text(), "Creating directory /x ...  done\nGenerating /x/y ...  FAILED\nae1 (head)\n");
    }

    #[test]
    fn quiet_suppresses_everything_but_raw_output() {
        let sink = Captured::default();
        let messaging = Messaging::new(Box::new(sink.clone()), true, None);
        messaging.message("m");
        messaging.print_stdout("p");
        assert_eq!(messaging.status("s", || Ok::<_, ()>(())), Ok(()));
        messaging.write_raw("SELECT 1;\n").unwrap();
        messaging.message_always("File exists");
        assert_eq!(sink.text(), "SELECT 1;\nFile exists\n");
    }

    /// The expected text is what the reference prints on a terminal of 40 columns.
    #[test]
    fn messages_are_indented_and_wrapped_on_a_terminal() {
        let sink = Captured::default();
        let messaging = Messaging::new(Box::new(sink.clone()), false, Some(40));
        messaging.status("Creating directory /srv/app/a/tt/versions", || Ok::<_, ()>(())).unwrap();
        messaging.message("File /srv/app/a/alembic.ini already exists, skipping");
        messaging.message(
            "Please edit configuration/connection/logging settings in /srv/app/a/alembic.ini before proceeding.",
        );
        assert_eq!(
            sink.text(),
            "  Creating directory\n  /srv/app/a/tt/versions ...  done\n  File /srv/app/a/alembic.ini already\n  \
             exists, skipping\n  Please edit\n  configuration/connection/logging\n  settings in \
             /srv/app/a/alembic.ini\n  before proceeding.\n"
        );
    }

    #[test]
    fn words_longer_than_the_terminal_stay_whole() {
        assert_eq!(wrapped("a /very/long/path/indeed b  c", 10), "  a\n  /very/long/path/indeed\n  b  c");
    }

    #[test]
    fn a_warning_is_kept_once() {
        let messaging = Messaging::new(Box::new(io::sink()), false, None);
        messaging.warn(WarningCategory::User, "twice");
        messaging.warn(WarningCategory::User, "twice");
        let kept = [Warning { category: WarningCategory::User, message: "twice".into() }];
        assert_eq!(messaging.warnings(), kept);
        assert_eq!(messaging.take_unshown_warnings(), kept);
        assert_eq!(messaging.take_unshown_warnings(), []);
    }
}
