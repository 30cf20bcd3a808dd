//! Where user code stands.

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

/// Tells whether a code object's path is that of a module frozen into the runtime.
pub fn is_runtime(path: &str) -> bool {
    path.starts_with('<') || path.starts_with("_frozen_importlib")
}
