//! Classes of user code that take an implementation of DDL further (`class MyImpl(PostgresqlImpl)`).

use limbeck_core::operations::Operations;
use rustpython_vm::builtins::PyDictRef;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::{migration, plugins};
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::text_of;

/// The module of the classes, when user code has imported it.
fn module(vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let modules: PyDictRef = vm.sys_module.get_attr("modules", vm)?.try_into_value(vm)?;
    Ok(modules.get_item_opt("alembic.ddl.impl", vm)?.filter(|module| !vm.is_none(module)))
}

fn refuse(found: &PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
    match text_of(found) {
        Some(name) => Err(exc::not_provided(&name, vm)),
        None => Ok(()),
    }
}

/// Refuses a class for a dialect that says itself what runs do not ask of it.
pub(super) fn check_runs(dialect: &str, vm: &VirtualMachine) -> PyResult<()> {
    let Some(module) = module(vm)? else { return Ok(()) };
    refuse(&vm.call_method(&module, "_refused_in_runs", (vm.ctx.new_str(dialect),))?, vm)
}

/// Refuses classes that say themselves what autogenerate does not ask of them.
pub(super) fn check_autogenerate(vm: &VirtualMachine) -> PyResult<()> {
    let Some(module) = module(vm)? else { return Ok(()) };
    refuse(&vm.call_method(&module, "_refused_in_autogenerate", ())?, vm)
}

/// Gives what calls the method of user code's class for the operations of a function of `alembic.op`; `None` where there
/// is none.
pub(super) fn caller(name: &str, dialect: &str, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let Some(module) = module(vm)? else { return Ok(None) };
    let caller = vm.call_method(&module, "_caller", (vm.ctx.new_str(dialect), vm.ctx.new_str(name)))?;
    Ok(Some(caller).filter(|caller| !vm.is_none(caller)))
}

/// Carries out a call of a function of `alembic.op` by what [`caller`] gave.
pub(super) fn call(
    caller: &PyObject,
    name: &str,
    operations: &Operations,
    arguments: &FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let operation = plugins::operation_of_call(name, arguments.clone(), vm)?;
    let context = migration::object(operations.get_context(), vm);
    let engine = context.get_attr("impl", vm)?;
    caller.call((engine, operation, context), vm)?;
    Ok(vm.ctx.none())
}
