//! Where a program's configuration prints: Python objects with `write`, and whatever `sys.stdout` is at the time.

use std::io::{self, Write};

use limbeck_core::Result;
use limbeck_core::ddl::OutputBuffer;
use rustpython_vm::{AsObject, PyObjectRef, PyResult, VirtualMachine};

use super::hooks::PythonOutput;
use crate::interpreter::streams::OutputStream;
use crate::interpreter::with_entered_vm;

/// A Python object to print to, for the engine's messages.
pub(super) struct PythonSink(pub PyObjectRef);

impl Write for PythonSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match with_entered_vm(|vm| write(&self.0, bytes, vm)) {
            Some(Ok(())) => Ok(bytes.len()),
            Some(Err(_)) | None => Err(io::Error::other("the program's output takes nothing more")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whatever `sys.stdout` is when something is printed, so that a program may redirect it.
#[derive(Debug)]
pub(super) struct CurrentStdout;

impl Write for CurrentStdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = with_entered_vm(|vm| {
            let stdout = vm.sys_module.get_attr("stdout", vm)?;
            write(&stdout, bytes, vm)
        });
        match written {
            Some(Ok(())) => Ok(bytes.len()),
            Some(Err(_)) => Err(io::Error::other("sys.stdout takes nothing more")),
            None => crate::output::stdout().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl OutputBuffer for CurrentStdout {
    fn write(&self, text: &str) -> Result<()> {
        let stdout = with_entered_vm(|vm| vm.sys_module.get_attr("stdout", vm));
        match stdout {
            Some(Ok(stdout)) => PythonOutput::new(stdout).write(text),
            _ => Ok(()),
        }
    }
}

fn write(object: &PyObjectRef, bytes: &[u8], vm: &VirtualMachine) -> PyResult<()> {
    if OutputStream::of(object) == Some(false) {
        let written = crate::output::stdout().write_all(bytes);
        return written.map_err(|error| vm.new_os_error(error.to_string()));
    }
    let text = String::from_utf8_lossy(bytes).into_owned();
    vm.call_method(object.as_object(), "write", (vm.ctx.new_str(text),)).map(drop)
}
