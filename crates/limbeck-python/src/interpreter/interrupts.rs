//! Ctrl-C and SIGTERM while a run changes a database: the statement that executes is stopped, and Python code sees
//! `KeyboardInterrupt`, or `SystemExit` as after a SIGTERM.
//!
//! The interpreter's own handler does nothing but note the signal and write its number to a socket; a thread that reads
//! from it stops the statement, since the interpreter looks at its signals only between two of its instructions.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};

use limbeck_sql::engine::Canceller;
use rustpython_vm::{PyResult, VirtualMachine};

/// The signal that has interrupted the program; 0 for none.
static RECEIVED: AtomicI32 = AtomicI32::new(0);

/// Python code has seen the signal: what it executes from then on is its answer to it. Changes only under the lock of
/// [`CANCELLER`].
static SEEN: AtomicBool = AtomicBool::new(false);

/// What stops the statement of the run.
static CANCELLER: Mutex<Option<Canceller>> = Mutex::new(None);

/// Gives the number of the signal that has interrupted the program.
#[must_use]
pub fn received() -> Option<i32> {
    Some(RECEIVED.load(Ordering::Relaxed)).filter(|signal| *signal != 0)
}

/// Sets what stops the statement of the run from now on.
pub fn set_canceller(canceller: Option<Canceller>) {
    *CANCELLER.lock().unwrap_or_else(PoisonError::into_inner) = canceller;
}

/// Begins to listen to the signals.
///
/// # Errors
/// There is no socket or thread to be had.
#[cfg(unix)]
pub fn listen(vm: &VirtualMachine) -> PyResult<()> {
    use std::io::Read as _;
    use std::os::fd::{AsRawFd as _, IntoRawFd as _};
    use std::os::unix::net::UnixStream;

    use rustpython_vm::PyObjectRef;

    let failed = |error: std::io::Error| vm.new_os_error(error.to_string());
    let (mut reader, writer) = UnixStream::pair().map_err(failed)?;
    writer.set_nonblocking(true).map_err(failed)?;
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            let mut signal = [0];
            while reader.read_exact(&mut signal).is_ok() {
                hear(i32::from(signal[0]));
            }
        })
        .map_err(failed)?;

    let signals = vm.import("_signal", 0)?;
    vm.call_method(&signals, "set_wakeup_fd", (writer.as_raw_fd(),))?;
    // the handler writes to it until the program ends
    let _ = writer.into_raw_fd();
    let handler: PyObjectRef = vm
        .new_function(
            "interrupted",
            |signal: i32, _frame: PyObjectRef, vm: &VirtualMachine| -> PyResult<()> {
                note_seen();
                let exceptions = &vm.ctx.exceptions;
                Err(if is_interrupt(signal) {
                    vm.new_exception_empty(exceptions.keyboard_interrupt.to_owned())
                } else {
                    let code = vm.ctx.new_int(exit_code(signal)).into();
                    vm.new_exception(exceptions.system_exit.to_owned(), vec![code])
                })
            },
        )
        .into();
    for name in ["SIGINT", "SIGTERM"] {
        let number: i32 = signals.get_attr(name, vm)?.try_into_value(vm)?;
        if !is_ignored(number) {
            vm.call_method(&signals, "signal", (number, handler.clone()))?;
        }
    }
    Ok(())
}

/// Does nothing where there are no such signals.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn listen(_: &VirtualMachine) -> PyResult<()> {
    Ok(())
}

/// Gives the exit code of a program that a signal has ended, as shells count.
#[must_use]
pub fn exit_code(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

/// Tells whether a signal is Ctrl-C's, which has the same number everywhere.
fn is_interrupt(signal: i32) -> bool {
    signal == 2
}

/// Stops the statement of the run; the second time, the program, which then waits for something that does not answer.
#[cfg(unix)]
#[allow(clippy::exit, reason = "the thread that would return to the program's edge hangs")]
fn hear(signal: i32) {
    if !matches!(signal, 2 | 15) {
        return;
    }
    if RECEIVED.swap(signal, Ordering::Relaxed) != 0 {
        std::process::exit(i32::from(exit_code(signal)));
    }
    // Under the lock to the end: a late call would stop a statement of the code that handles the exception.
    let canceller = CANCELLER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(cancel) = canceller.as_ref().filter(|_| !SEEN.load(Ordering::Relaxed)) {
        cancel();
    }
}

/// Takes note that the exception for a signal is raised.
#[cfg(unix)]
fn note_seen() {
    let _canceller = CANCELLER.lock().unwrap_or_else(PoisonError::into_inner);
    SEEN.store(true, Ordering::Relaxed);
}

/// Tells whether the program was started with a signal ignored, as `nohup` and shells do for programs in the
/// background; that must stay so. Where the system does not tell, it is not.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask & (1 << (signal - 1)) != 0
}
