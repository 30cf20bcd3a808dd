//! The Python runtime: how it starts, what it imports, what it keeps between runs.

mod annotations;
pub mod cache;
pub mod deferred;
pub mod frames;
pub mod imports;
pub mod interrupts;
mod library;
pub mod stand_in;
pub mod streams;
pub mod traceback;
pub mod unavailable;

use std::cell::Cell;
use std::path::Path;

use rustpython_vm::builtins::PyListRef;
use rustpython_vm::class::PyClassImpl;
use rustpython_vm::common::rc::PyRc;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::gc_state::gc_state;
use rustpython_vm::{Interpreter, InterpreterBuilder, PyResult, Settings, VirtualMachine};

/// Starts an interpreter with the frozen standard library and the modules that `register` adds.
///
/// It reads no `PYTHON*` variables, runs no `site`, and installs no signal handlers of its own, so that a run depends
/// only on the project.
pub fn start(register: impl FnOnce(InterpreterBuilder) -> InterpreterBuilder) -> Interpreter {
    let mut settings = Settings::default();
    settings.install_signal_handlers = false;
    settings.import_site = false;
    settings.user_site_directory = false;
    settings.ignore_environment = true;
    settings.write_bytecode = false;
    settings.isolated = true;
    // text files are UTF-8 unless `open` is told otherwise, whatever the locale: images of containers often have none
    settings.utf8_mode = 1;
    let builder = InterpreterBuilder::new().settings(settings);
    let modules = rustpython_stdlib::stdlib_module_defs(&builder.ctx);
    let builder =
        builder.add_native_modules(&modules).add_frozen_modules(library::modules()).init_hook(set_paths);
    imports::ImportHook::make_static_type();
    streams::OutputStream::make_static_type();
    unavailable::Unavailable::make_static_type();
    stand_in::Awaited::make_static_type();
    register(builder).build()
}

/// Makes the interpreter independent of any Python that may be installed.
fn set_paths(vm: &mut VirtualMachine) {
    if let Some(state) = PyRc::get_mut(&mut vm.state) {
        state.config.paths.stdlib_dir = Some("<frozen>".to_owned());
        state.config.paths.module_search_paths.clear();
    }
}

/// Makes the collector of reference cycles run rarely: a run is short, and nearly all of its garbage has no cycles.
pub fn collect_garbage_rarely(vm: &VirtualMachine) -> PyResult<()> {
    let set_threshold = vm.import("gc", 0)?.get_attr("set_threshold", vm)?;
    set_threshold.call((100_000, 20, 20), vm).map(drop)
}

/// Keeps the collector of reference cycles from running until it is dropped.
pub struct PausedCollector {
    was_enabled: bool,
}

impl PausedCollector {
    /// Pauses it; where user code has switched it off, it stays off.
    pub fn begin() -> Self {
        let was_enabled = gc_state().is_enabled();
        gc_state().disable();
        Self { was_enabled }
    }
}

impl Drop for PausedCollector {
    fn drop(&mut self) {
        if self.was_enabled {
            gc_state().enable();
        }
    }
}

/// Puts directories at the front of `sys.path`, in their order, once each.
pub fn prepend_sys_path<P: AsRef<Path>>(directories: &[P], vm: &VirtualMachine) -> PyResult<()> {
    let path: PyListRef = vm.sys_module.get_attr("path", vm)?.try_into_value(vm)?;
    for (position, directory) in directories.iter().enumerate() {
        let directory = directory.as_ref().display().to_string();
        path.borrow_vec_mut().insert(position, vm.ctx.new_str(directory).into());
    }
    Ok(())
}

thread_local! {
    /// How many times this thread has entered the interpreter without leaving it.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Runs `work` with the virtual machine; everything of the host that runs Python goes through here.
pub fn enter<R>(interpreter: &Interpreter, work: impl FnOnce(&VirtualMachine) -> R) -> R {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            DEPTH.with(|depth| depth.set(depth.get().saturating_sub(1)));
        }
    }
    interpreter.enter(|vm| {
        DEPTH.with(|depth| depth.set(depth.get() + 1));
        let _leave = Leave;
        work(vm)
    })
}

/// Makes the threads that Python starts known as ones that have entered the interpreter, as they do for all their life.
pub fn note_threads(vm: &VirtualMachine) -> PyResult<()> {
    let module = vm.import("_thread", 0)?;
    for name in ["start_new_thread", "start_joinable_thread"] {
        let start = module.get_attr(name, vm)?;
        let noting = move |mut arguments: FuncArgs, vm: &VirtualMachine| -> PyResult {
            if let Some(function) = arguments.args.first_mut() {
                let work = function.clone();
                let entered = move |arguments: FuncArgs, vm: &VirtualMachine| -> PyResult {
                    DEPTH.with(|depth| depth.set(depth.get() + 1));
                    work.call_with_args(arguments, vm)
                };
                *function = vm.new_function("run", entered).into();
            }
            start.call_with_args(arguments, vm)
        };
        module.set_attr(name, vm.new_function(name, noting), vm)?;
    }
    Ok(())
}

/// Runs `work` with the virtual machine that this thread has entered; does nothing outside of one.
pub fn with_entered_vm<R>(work: impl FnOnce(&VirtualMachine) -> R) -> Option<R> {
    (DEPTH.with(Cell::get) > 0).then(|| rustpython_vm::vm::thread::with_current_vm(work))
}
