//! Where user code stands.

use std::path::Path;

use rustpython_vm::{PyRef, VirtualMachine, frame::Frame};

/// Gives the file and line of the innermost frame of user code: the runtime's own frozen modules,
/// the import system among them, are passed over.
pub fn caller(vm: &VirtualMachine) -> Option<(String, usize)> {
    let mut frame: Option<PyRef<Frame>> = vm.current_frame();
    while let Some(current) = frame {
        let path = current.code.source_path().as_str();
        if !is_runtime(path) {
            return Some((path.to_owned(), current.f_lineno()));
        }
        frame = current.f_back(vm);
    }
    None
}

/// Tells whether the import that is under way stands in the runtime's own frozen library.
pub fn library_imports(vm: &VirtualMachine) -> bool {
    let mut frame: Option<PyRef<Frame>> = vm.current_frame();
    while let Some(current) = frame {
        let path = current.code.source_path().as_str();
        if !path.contains("importlib") {
            return is_runtime(path);
        }
        frame = current.f_back(vm);
    }
    false
}

/// Tells whether a code object's path is that of a module frozen into the runtime: those carry the module's name, such
/// as `os` or `logging.config`, while files of the user have a directory or at least their suffix.
pub fn is_runtime(path: &str) -> bool {
    !path.contains('/') && Path::new(path).extension().is_none_or(|suffix| suffix != "py")
}
