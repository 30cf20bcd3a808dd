//! Where user code stands.

use std::path::Path;

use rustpython_compiler_core::bytecode::Instruction;
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

/// Tells whether the Python statement that is calling a function with `count` arguments drops what it gives back.
///
/// `false` where that cannot be told: a call with `*arguments`, and one that the interpreter has specialised because it
/// was carried out many times.
pub fn drops_result(count: usize, vm: &VirtualMachine) -> bool {
    let Some(frame) = vm.current_frame() else { return false };
    let instructions = &frame.code.instructions;
    let next = frame.lasti() as usize;
    let Some(position) = next.checked_sub(1).filter(|_| next < instructions.len()) else { return false };
    let call = instructions.read_op(position);
    let given = usize::from(u8::from(instructions.read_arg(position)));
    let following = next + call.cache_entries();
    matches!(call, Instruction::Call { .. } | Instruction::CallKw { .. })
        && given == count
        && following < instructions.len()
        && matches!(instructions.read_op(following), Instruction::PopTop)
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
