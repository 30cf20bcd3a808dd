//! `alembic.script.write_hooks`: hooks that env.py registers, and the built-in ones for those to call.

pub(super) use native::{forget, module_def, registered};

#[rustpython_vm::pymodule(name = "alembic.script.write_hooks")]
mod native {
    use std::path::PathBuf;

    use limbeck_core::config::PostWriteHook;
    use limbeck_core::script::write_hooks::{HookCommand, REVISION_SCRIPT_TOKEN};
    use rustpython_vm::builtins::{PyDictRef, PyModule, PyStrRef};
    use rustpython_vm::function::FuncArgs;
    use rustpython_vm::{Py, PyObjectRef, PyResult, VirtualMachine};

    use crate::arguments::{Arguments, Parameter};
    use crate::modules::alembic::errors::to_python;
    use crate::modules::alembic::shared::Shared;
    use crate::modules::alembic::state;

    static REGISTRY: Shared<(String, PyObjectRef)> = Shared::new();

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        module.set_attr("REVISION_SCRIPT_TOKEN", vm.ctx.new_str(REVISION_SCRIPT_TOKEN), vm)
    }

    /// Gives the function that user code has registered for a type of hooks.
    pub fn registered(kind: &str) -> Option<PyObjectRef> {
        REGISTRY.with_borrow(|registry| {
            registry.iter().rev().find(|(name, _)| name == kind).map(|(_, function)| function.clone())
        })
    }

    /// Lets go of the functions, before the interpreter ends.
    pub fn forget() {
        drop(REGISTRY.take());
    }

    /// Makes the decorator that registers a function as the hooks of the type `name`.
    #[pyfunction]
    fn register(name: PyStrRef, vm: &VirtualMachine) -> PyObjectRef {
        let name = name.as_wtf8().to_string();
        vm.new_function("decorate", move |function: PyObjectRef| {
            REGISTRY.with_borrow_mut(|registry| registry.push((name.clone(), function.clone())));
            function
        })
        .into()
    }

    /// Runs the command that a Python package has installed.
    #[pyfunction]
    fn console_scripts(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        run("console_scripts", "console_scripts", arguments, vm)
    }

    /// Runs a program.
    #[pyfunction]
    fn exec_(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        run("exec_", "exec", arguments, vm)
    }

    /// Runs a Python module as a program.
    #[pyfunction]
    fn module(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        run("module", "module", arguments, vm)
    }

    fn run(function: &'static str, kind: &str, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        let parameters = [
            Parameter::Required("path"),
            Parameter::Required("options"),
            Parameter::Optional("ignore_output"),
        ];
        let arguments = Arguments::bind(function, &parameters, arguments, vm)?;
        let path = PathBuf::from(arguments.required("path", vm)?.str(vm)?.to_string());
        let given: PyDictRef = arguments.required("options", vm)?.clone().try_into_value(vm)?;
        let mut hook = PostWriteHook { name: String::new(), options: indexmap::IndexMap::new() };
        for (key, value) in given {
            hook.options.insert(key.str(vm)?.to_string(), value.str(vm)?.to_string());
        }
        hook.name = hook.options.shift_remove("_hook_name").unwrap_or_default();
        let ignore_output = match arguments.object("ignore_output", vm) {
            Some(value) => value.is_true(vm)?,
            None => false,
        };
        let host = state::host().ok_or_else(|| vm.new_runtime_error("no host is running"))?;
        HookCommand::of(&hook, kind)
            .and_then(|command| host.run_hook_command(&command, &path, ignore_output))
            .map_err(|error| to_python(error, vm))
    }
}
