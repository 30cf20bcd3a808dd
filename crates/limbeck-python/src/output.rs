//! The process's standard output, shared by Python's `print` and the engine's own output.
//!
//! One buffer for both keeps their order. It is written at every line end on a terminal, and in large pieces
//! to a file or a pipe, as Python does.

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
            return std::io::stderr().write(bytes);
        }
        lock().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        lock().flush()
    }
}

fn lock() -> MutexGuard<'static, Sink> {
    STDOUT.lock().unwrap_or_else(PoisonError::into_inner)
}
