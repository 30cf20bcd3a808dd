//! The process's standard output and standard error, shared by Python's `print` and the engine's own output.
//!
//! One buffer for both keeps the order of what is printed. It is written at every line end on a terminal, and in large
//! pieces to a file or a pipe, as Python does. A status line may stand below all that is written on a terminal.

use std::io::{BufWriter, IsTerminal, LineWriter, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

type Sink = Box<dyn Write + Send>;

static STDOUT: LazyLock<Mutex<Sink>> = LazyLock::new(|| {
    let stdout = std::io::stdout();
    let sink: Sink = if stdout.is_terminal() {
        Box::new(LineWriter::new(stdout))
    } else {
        Box::new(BufWriter::with_capacity(1 << 16, Unbuffered(stdout)))
    };
    Mutex::new(sink)
});

/// Whether what is printed goes to standard error.
static IS_DIVERTED: AtomicBool = AtomicBool::new(false);

/// Sends everything that is printed from now on to standard error, for a caller that needs standard output itself.
pub fn divert_to_stderr() {
    IS_DIVERTED.store(true, Ordering::Relaxed);
}

/// Standard output past the standard library's own line buffer, which would write every line by itself.
struct Unbuffered(std::io::Stdout);

impl Write for Unbuffered {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut stdout = self.0.lock();
        let written = stdout.write(bytes)?;
        stdout.flush()?;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// A handle to the shared standard output.
#[derive(Clone, Copy, Debug, Default)]
pub struct SharedStdout;

/// Gives a handle to the shared standard output.
pub fn stdout() -> SharedStdout {
    SharedStdout
}

impl SharedStdout {
    /// Writes a line.
    pub fn write_line(mut self, line: &str) -> std::io::Result<()> {
        self.write_all(format!("{line}\n").as_bytes())
    }
}

impl Write for SharedStdout {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if IS_DIVERTED.load(Ordering::Relaxed) {
            return stderr().write(bytes);
        }
        above_status(bytes, || lock().write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        lock().flush()
    }
}

/// A handle to standard error.
#[derive(Clone, Copy, Debug, Default)]
pub struct SharedStderr;

/// Gives a handle to standard error.
pub fn stderr() -> SharedStderr {
    SharedStderr
}

impl Write for SharedStderr {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        above_status(bytes, || std::io::stderr().lock().write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

/// The line below everything else on a terminal.
static STATUS: Mutex<Status> = Mutex::new(Status { text: None, is_shown: false });

struct Status {
    text: Option<String>,
    is_shown: bool,
}

impl Status {
    fn show(&mut self) {
        if let Some(text) = &self.text {
            self.is_shown = write!(std::io::stderr(), "\r\x1b[2K{text}").is_ok();
        }
    }

    fn hide(&mut self) {
        if self.is_shown {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
            self.is_shown = false;
        }
    }
}

/// Shows a line on the terminal of standard error, below what is written; `None` removes it.
///
/// It must fit into one line of the terminal.
pub fn set_status(text: Option<String>) {
    let mut status = STATUS.lock().unwrap_or_else(PoisonError::into_inner);
    if text.is_none() {
        status.hide();
    }
    status.text = text;
    status.show();
}

/// Writes while the status line is out of the way.
fn above_status<T>(bytes: &[u8], write: impl FnOnce() -> T) -> T {
    let mut status = STATUS.lock().unwrap_or_else(PoisonError::into_inner);
    status.hide();
    let written = write();
    // a line that is not at its end yet would be overwritten
    if bytes.ends_with(b"\n") {
        status.show();
    }
    written
}

fn lock() -> MutexGuard<'static, Sink> {
    STDOUT.lock().unwrap_or_else(PoisonError::into_inner)
}
