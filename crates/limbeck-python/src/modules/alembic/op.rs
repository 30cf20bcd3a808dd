//! `alembic.op`: the operations of the migration that runs, as functions.

pub(super) use native::module_def;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};

use super::plugins;

/// Makes the exception for a function of a proxy module that nothing stands behind at the moment.
pub(super) fn proxy_error(
    function: &str,
    class: &str,
    vm: &VirtualMachine,
) -> rustpython_vm::builtins::PyBaseExceptionRef {
    if super::state::was_established(class) {
        // The reference's proxy then stands for nothing.
        return vm.new_attribute_error(format!("'NoneType' object has no attribute '{function}'"));
    }
    let message = format!(
        "Can't invoke function '{function}', as the proxy object has not yet been established for the Alembic \
         '{class}' class.  Try placing this code inside a callable."
    );
    vm.new_name_error(message, vm.ctx.new_str(function))
}

/// Makes the function for an operation that user code has registered.
fn registered(name: String, vm: &VirtualMachine) -> PyObjectRef {
    let call = move |mut arguments: FuncArgs, vm: &VirtualMachine| -> PyResult {
        let operations = super::state::operations().ok_or_else(|| proxy_error(&name, "Operations", vm))?;
        let Some(function) = plugins::registered(plugins::Owner::Operations, &name) else {
            return Err(proxy_error(&name, "Operations", vm));
        };
        arguments.prepend_arg(super::operations::object(operations, vm));
        function.call(arguments, vm)
    };
    vm.new_function("registered", call).into()
}

/// Adds the function for an operation that user code registers, when the module is there already.
pub(super) fn add(name: &str, vm: &VirtualMachine) -> PyResult<()> {
    let modules = vm.sys_module.get_attr("modules", vm)?;
    match modules.get_item("alembic.op", vm) {
        Ok(module) => module.set_attr(vm.ctx.intern_str(name), registered(name.to_owned(), vm), vm),
        // It fills itself when it is imported.
        Err(_) => Ok(()),
    }
}

#[rustpython_vm::pymodule(name = "alembic.op")]
mod native {
    use rustpython_vm::builtins::PyModule;
    use rustpython_vm::function::FuncArgs;
    use rustpython_vm::{Py, PyResult, VirtualMachine};

    use super::proxy_error;
    use crate::modules::alembic::operations::{FUNCTIONS, Function};
    use crate::modules::alembic::plugins::{self, Owner};
    use crate::modules::alembic::state;

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        for (name, function) in FUNCTIONS {
            let native = vm.new_function(name, move |arguments: FuncArgs, vm: &VirtualMachine| -> PyResult {
                call(name, *function, arguments, vm)
            });
            module.set_attr(*name, native, vm)?;
        }
        for name in plugins::registered_names(Owner::Operations) {
            module.set_attr(vm.ctx.intern_str(name.as_str()), super::registered(name, vm), vm)?;
        }
        Ok(())
    }

    fn call(name: &'static str, function: Function, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
        let operations = state::operations().ok_or_else(|| proxy_error(name, "Operations", vm))?;
        plugins::call(name, function, &operations, arguments, vm)
    }
}
