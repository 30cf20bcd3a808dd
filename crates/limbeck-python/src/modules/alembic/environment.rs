//! `alembic.runtime.environment`: the class behind `alembic.context`, for programs that make one of their own.

use std::sync::Arc;

pub(super) use native::{environment_of, module_def};
use rustpython_vm::class::PyClassImpl;
use rustpython_vm::{PyObjectRef, VirtualMachine};

use super::{script, state};

/// Makes the module's classes ready before the module is imported.
pub(super) fn make_classes() {
    native::PyEnvironmentContext::make_static_type();
}

/// Gives the `ScriptDirectory` object of an environment, the same one each time.
pub(super) fn script_of(environment: &Arc<state::Environment>, vm: &VirtualMachine) -> PyObjectRef {
    environment.script(|| script::object(environment.context.script(), vm))
}

pub(super) use legacy::module_def as legacy_module_def;

/// The module's former name.
#[rustpython_vm::pymodule(name = "alembic.environment")]
mod legacy {
    use rustpython_vm::builtins::PyModule;
    use rustpython_vm::{Py, PyPayload, PyResult, VirtualMachine};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        let class = super::native::PyEnvironmentContext::class(&vm.ctx).to_owned();
        module.set_attr("EnvironmentContext", class, vm)
    }
}

#[rustpython_vm::pymodule(name = "alembic.runtime.environment")]
mod native {
    use std::sync::Arc;

    use limbeck_core::runtime::{ContextOptions, EnvironmentContext};
    use rustpython_vm::builtins::{PyModule, PyStr, PyStrRef, PyTypeRef};
    use rustpython_vm::function::FuncArgs;
    use rustpython_vm::types::GetAttr;
    use rustpython_vm::{
        AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass,
    };

    use crate::arguments::{Arguments, Parameter};
    use crate::modules::alembic::migration;
    use crate::modules::alembic::state::{self, Environment};
    use crate::modules::alembic::{config, context, script};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        Ok(())
    }

    /// Names what is missing.
    #[pyfunction]
    fn __getattr__(name: PyStrRef, vm: &VirtualMachine) -> PyResult {
        let name = name.as_wtf8().to_string();
        if name.starts_with("__") {
            let message = format!("module 'alembic.runtime.environment' has no attribute '{name}'");
            return Err(vm.new_attribute_error(message));
        }
        let message = format!("alembic.runtime.environment.{name} is not provided by Limbeck yet");
        Err(vm.new_attribute_error(message))
    }

    /// The environment of a run: what `alembic.context` stands for in its `with` block.
    #[pyattr]
    #[pyclass(module = "alembic.runtime.environment", name = "EnvironmentContext")]
    #[derive(PyPayload)]
    pub struct PyEnvironmentContext {
        environment: Arc<Environment>,
    }

    impl std::fmt::Debug for PyEnvironmentContext {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.environment.context.fmt(f)
        }
    }

    #[pyclass(with(GetAttr), flags(BASETYPE))]
    impl PyEnvironmentContext {
        #[pyslot]
        fn slot_new(class: PyTypeRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let parameters =
                [Parameter::Required("config"), Parameter::Required("script"), Parameter::Keywords];
            let arguments = Arguments::bind("EnvironmentContext.__init__", &parameters, arguments, vm)?;
            let config = arguments.required("config", vm)?;
            let script = arguments.required("script", vm)?;
            let mut options = ContextOptions::default();
            let given = vm.ctx.new_dict();
            for (name, value) in arguments.keywords() {
                if name == "starting_rev" && vm.is_none(value) {
                    options.starting_rev = None.into();
                }
                given.set_item(name.as_str(), value.clone(), vm)?;
            }
            context::apply_opts(&mut options, &given.into(), vm)?;
            let directory = script::directory_of(&script, vm)?;
            let engine = config::config_of(&config, vm)?.config();
            let engine = EnvironmentContext::new(engine, directory, options);
            let environment = Environment::new(engine, config, Some(script));
            Self { environment }.into_ref_with_type(vm, class).map(Into::into)
        }

        #[pymethod]
        fn __enter__(zelf: PyRef<Self>) -> PyRef<Self> {
            state::push_environment(Arc::clone(&zelf.environment));
            zelf
        }

        #[pymethod]
        fn __exit__(&self, _arguments: FuncArgs) {
            state::pop_environment();
        }

        #[pygetset]
        fn config(&self) -> PyObjectRef {
            self.environment.config.clone()
        }

        #[pygetset]
        fn script(&self, vm: &VirtualMachine) -> PyObjectRef {
            super::script_of(&self.environment, vm)
        }

        #[pymethod]
        fn get_impl(&self, vm: &VirtualMachine) -> PyResult {
            let context = self.environment.context.get_context();
            let context = context.map_err(|error| super::super::errors::to_python(error, vm))?;
            migration::object(&context, vm).get_attr("impl", vm)
        }
    }

    impl GetAttr for PyEnvironmentContext {
        fn getattro(zelf: &Py<Self>, name: &Py<PyStr>, vm: &VirtualMachine) -> PyResult {
            let text = name.as_wtf8().to_string();
            let known = context::FUNCTIONS.iter().find(|(known, _)| *known == text);
            // A subclass may have a method of its own.
            let is_inherited = zelf.class().is(Self::class(&vm.ctx))
                || zelf.class().get_attr(vm.ctx.intern_str(text.as_str())).is_none();
            let (Some((name, function)), true) = (known, is_inherited) else {
                return zelf.as_object().generic_getattr(name, vm);
            };
            let environment = Arc::clone(&zelf.environment);
            let native = vm.new_function(name, move |arguments: FuncArgs, vm: &VirtualMachine| -> PyResult {
                function(&environment, arguments, vm)
            });
            Ok(native.into())
        }
    }

    /// Gives the environment behind a Python object.
    pub fn environment_of(object: &PyObject, vm: &VirtualMachine) -> PyResult<Arc<Environment>> {
        match object.downcast_ref::<PyEnvironmentContext>() {
            Some(object) => Ok(Arc::clone(&object.environment)),
            None => Err(vm.new_type_error("expected an alembic.runtime.environment.EnvironmentContext")),
        }
    }
}
