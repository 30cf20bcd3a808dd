//! The `alembic` package: what env.py and migration scripts import, over the engine.

mod autogenerate;
mod batch;
mod command;
mod command_line;
mod config;
mod context;
mod ddl_hooks;
mod environment;
mod errors;
mod hooks;
mod implementation;
mod migration;
mod mock;
mod op;
mod operations;
mod output;
mod overrides;
mod plugins;
mod script;
mod shared;
mod state;
mod steps;
mod util;
mod write_hooks;

use std::sync::Arc;

pub use command_line::{ArgumentKind, ArgumentSpecification, CommandSpecification, CommandTable};
pub use errors::PythonError;
pub(crate) use errors::{from_python, to_python, uncaught};
use limbeck_core::config::Config;
pub(crate) use mock::context_of as mock_context;
use rustpython_vm::class::PyClassImpl;
use rustpython_vm::{InterpreterBuilder, PyObjectRef, PyPayload, PyResult, VirtualMachine};
pub(crate) use state::{
    Environment, EnvironmentScope, HostScope, OperationsScope, keep_object, kept_object, run_arguments,
};

/// The version of Alembic that the package stands for.
pub const ALEMBIC_VERSION: &str = "1.20.1";

/// Adds the package's modules to an interpreter.
pub fn register(builder: InterpreterBuilder) -> InterpreterBuilder {
    let definitions = [
        package::module_def(&builder.ctx),
        autogenerate::module_def(&builder.ctx),
        command::module_def(&builder.ctx),
        config::module_def(&builder.ctx),
        context::module_def(&builder.ctx),
        migration::module_def(&builder.ctx),
        migration::runtime_module_def(&builder.ctx),
        migration::runtime_migration_module_def(&builder.ctx),
        ddl_hooks::module_def(&builder.ctx),
        ddl_hooks::base_module_def(&builder.ctx),
        environment::module_def(&builder.ctx),
        environment::legacy_module_def(&builder.ctx),
        op::module_def(&builder.ctx),
        operations::module_def(&builder.ctx),
        script::module_def(&builder.ctx),
        script::base_module_def(&builder.ctx),
        write_hooks::module_def(&builder.ctx),
        util::module_def(&builder.ctx),
        util::exc_module_def(&builder.ctx),
    ];
    // Objects of these classes may be made before a script imports the module that has them.
    crate::modules::sqlalchemy::object::init();
    operations::make_classes();
    config::PyConfig::make_static_type();
    environment::make_classes();
    steps::make_classes();
    migration::make_classes();
    mock::make_class();
    script::make_classes();
    builder.add_native_modules(&definitions).add_frozen_modules(command_line::frozen())
}

/// Makes the object that stands for a configuration.
pub(crate) fn config_object(config: Arc<Config>, vm: &VirtualMachine) -> PyResult {
    let object: PyObjectRef = config::PyConfig::new(config, vm)?.into_pyobject(vm);
    Ok(object)
}

/// Lets go of all Python objects that are kept here, before the interpreter ends.
pub(crate) fn forget_objects() {
    state::forget_contexts();
    plugins::forget();
    ddl_hooks::forget();
    write_hooks::forget();
}

/// Makes the object that stands for the operations of a context.
pub(crate) fn operations_object(
    operations: limbeck_core::operations::Operations,
    vm: &VirtualMachine,
) -> PyObjectRef {
    operations::object(operations, vm)
}

/// Gives the function that env.py has registered for a type of post-write hooks.
pub(crate) fn registered_write_hook(kind: &str) -> Option<PyObjectRef> {
    write_hooks::registered(kind)
}

#[rustpython_vm::pymodule(name = "alembic")]
mod package {
    use rustpython_vm::builtins::PyModule;
    use rustpython_vm::{Py, PyResult, VirtualMachine};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        module.set_attr("__version__", vm.ctx.new_str(super::ALEMBIC_VERSION), vm)?;
        module.set_attr("__path__", vm.ctx.new_list(Vec::new()), vm)
    }
}
