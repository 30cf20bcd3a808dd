//! `alembic.op`: the operations of the migration that runs, as functions.

pub(super) use native::module_def;

/// Makes the exception for a function of a proxy module that nothing stands behind at the moment.
pub(super) fn proxy_error(
    function: &str,
    class: &str,
    vm: &rustpython_vm::VirtualMachine,
) -> rustpython_vm::builtins::PyBaseExceptionRef {
    if super::state::was_established() {
        // The reference's proxy then stands for nothing.
        return vm.new_attribute_error(format!("'NoneType' object has no attribute '{function}'"));
    }
    let message = format!(
        "Can't invoke function '{function}', as the proxy object has not yet been established for the Alembic \
         '{class}' class.  Try placing this code inside a callable."
    );
    vm.new_name_error(message, vm.ctx.new_str(function))
}

#[rustpython_vm::pymodule(name = "alembic.op")]
mod native {
    use rustpython_vm::builtins::PyModule;
    use rustpython_vm::function::FuncArgs;
    use rustpython_vm::{Py, PyResult, VirtualMachine};

    use super::proxy_error;
    use crate::modules::alembic::operations::{FUNCTIONS, Function};
    use crate::modules::alembic::state;

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        for (name, function) in FUNCTIONS {
            let native = vm.new_function(name, move |arguments: FuncArgs, vm: &VirtualMachine| -> PyResult {
                call(name, *function, arguments, vm)
            });
            module.set_attr(*name, native, vm)?;
        }
        Ok(())
    }

    fn call(name: &'static str, function: Function, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
        let operations = state::operations().ok_or_else(|| proxy_error(name, "Operations", vm))?;
        function(&operations, arguments, vm)
    }
}
