//! `sys.stdout` and `sys.stderr` over the process's own streams.

use std::io::{IsTerminal, Write};

use rustpython_vm::builtins::PyStrRef;
use rustpython_vm::{PyObjectRef, PyPayload, PyResult, VirtualMachine, pyclass};

/// A text stream that writes to standard output or standard error.
#[pyclass(module = "limbeck", name = "OutputStream")]
#[derive(Debug, PyPayload)]
pub struct OutputStream {
    is_stderr: bool,
}

impl OutputStream {
    /// Puts streams of this kind in place of `sys.stdout` and `sys.stderr`.
    pub fn install(vm: &VirtualMachine) -> PyResult<()> {
        for (name, is_stderr) in [("stdout", false), ("stderr", true)] {
            let stream: PyObjectRef = Self { is_stderr }.into_pyobject(vm);
            vm.sys_module.set_attr(name, stream, vm)?;
        }
        Ok(())
    }

    /// Tells which of the two streams `object` is: `Some(true)` for standard error.
    pub fn of(object: &rustpython_vm::PyObject) -> Option<bool> {
        object.downcast_ref::<Self>().map(|stream| stream.is_stderr)
    }

    fn write_bytes(&self, bytes: &[u8]) -> std::io::Result<()> {
        if self.is_stderr {
            crate::output::stderr().write_all(bytes)
        } else {
            crate::output::stdout().write_all(bytes)
        }
    }
}

#[pyclass]
impl OutputStream {
    #[pymethod]
    fn write(&self, text: PyStrRef, vm: &VirtualMachine) -> PyResult<usize> {
        let text = text.as_wtf8().to_string();
        self.write_bytes(text.as_bytes()).map_err(|error| vm.new_os_error(error.to_string()))?;
        Ok(text.chars().count())
    }

    #[pymethod]
    fn writelines(&self, lines: Vec<PyStrRef>, vm: &VirtualMachine) -> PyResult<()> {
        lines.into_iter().try_for_each(|line| self.write(line, vm).map(drop))
    }

    #[pymethod]
    fn flush(&self, vm: &VirtualMachine) -> PyResult<()> {
        let flushed =
            if self.is_stderr { std::io::stderr().flush() } else { crate::output::stdout().flush() };
        flushed.map_err(|error| vm.new_os_error(error.to_string()))
    }

    #[pymethod]
    fn isatty(&self) -> bool {
        if self.is_stderr { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() }
    }

    #[pymethod]
    fn fileno(&self) -> i32 {
        if self.is_stderr { 2 } else { 1 }
    }

    #[pymethod]
    fn writable(&self) -> bool {
        true
    }

    #[pymethod]
    fn readable(&self) -> bool {
        false
    }

    #[pygetset]
    fn encoding(&self) -> &'static str {
        "utf-8"
    }

    #[pygetset]
    fn errors(&self) -> &'static str {
        if self.is_stderr { "backslashreplace" } else { "strict" }
    }

    #[pygetset]
    fn closed(&self) -> bool {
        false
    }

    #[pygetset]
    fn name(&self) -> &'static str {
        if self.is_stderr { "<stderr>" } else { "<stdout>" }
    }

    #[pygetset]
    fn mode(&self) -> &'static str {
        "w"
    }
}
