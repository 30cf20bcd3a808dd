//! `alembic.migration` and `alembic.runtime.migration`: the `MigrationContext` as user code sees it.

use std::sync::Arc;

use limbeck_core::runtime::MigrationContext;
pub(super) use native::{context_of, module_def, object, register};
pub(super) use runtime::module_def as runtime_module_def;
pub(super) use runtime_migration::module_def as runtime_migration_module_def;
use rustpython_vm::class::PyClassImpl;
use rustpython_vm::{PyResult, VirtualMachine};

/// Makes the module's classes ready before the module is imported.
pub(super) fn make_classes() {
    native::PyMigrationContext::make_static_type();
    native::PyImpl::make_static_type();
    native::PyTransaction::make_static_type();
    native::PyAutocommitBlock::make_static_type();
}

/// Gives what `op.get_bind()` gives: the connection that env.py configured, or offline what only writes.
pub(super) fn bind_of(context: &Arc<MigrationContext>, vm: &VirtualMachine) -> PyResult {
    if context.as_sql() {
        return Ok(native::objects(context, vm).mock);
    }
    if let Some(connection) = native::configured_connection(context, vm) {
        return Ok(connection);
    }
    match context.connection() {
        Some(connection) => crate::raise::connection(connection, vm),
        None => Ok(vm.ctx.none()),
    }
}

#[rustpython_vm::pymodule(name = "alembic.migration")]
mod native {
    use std::sync::Arc;

    use limbeck_core::operations::Operations;
    use limbeck_core::runtime::{AutocommitBlock, ContextOptions, MigrationContext, TransactionScope};
    use rustpython_vm::builtins::{PyBaseException, PyDictRef, PyModule, PyStr, PyStrRef};
    use rustpython_vm::function::FuncArgs;
    use rustpython_vm::types::GetAttr;
    use rustpython_vm::{AsObject, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass};

    use crate::arguments::{Arguments, Parameter};
    use crate::modules::alembic::errors::to_python;
    use crate::modules::alembic::operations::{executable, execution_options};
    use crate::modules::alembic::output::CurrentStdout;
    use crate::modules::alembic::{
        context, ddl_hooks, environment, implementation, mock, script, state, steps,
    };

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        steps::add_classes(module, vm)
    }

    /// A database, as migrations see it.
    #[pyattr]
    #[pyclass(module = "alembic.runtime.migration", name = "MigrationContext")]
    #[derive(PyPayload)]
    pub struct PyMigrationContext {
        context: Arc<MigrationContext>,
        connection: Option<PyObjectRef>,
        opts: PyDictRef,
        config: Option<PyObjectRef>,
    }

    impl std::fmt::Debug for PyMigrationContext {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.context.fmt(f)
        }
    }

    /// Makes the object that stands for `context`, with what user code configured it with.
    pub fn register(
        context: Arc<MigrationContext>,
        connection: Option<PyObjectRef>,
        opts: PyDictRef,
        config: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyObjectRef {
        let engine = Arc::clone(&context);
        ddl_hooks::attach(&engine);
        let made = state::context_objects(&engine, || {
            let mock = mock::object(Arc::clone(&context), vm);
            (PyMigrationContext { context, connection, opts, config }.into_pyobject(vm), mock)
        });
        made.context
    }

    /// Gives the connection object that `context` was configured with.
    pub fn configured_connection(
        context: &Arc<MigrationContext>,
        vm: &VirtualMachine,
    ) -> Option<PyObjectRef> {
        object(context, vm).downcast_ref::<PyMigrationContext>()?.connection.clone()
    }

    /// Gives the object that stands for `context`, the same one each time.
    pub fn object(context: &Arc<MigrationContext>, vm: &VirtualMachine) -> PyObjectRef {
        objects(context, vm).context
    }

    /// Gives the objects that stand for `context` and for its connection offline.
    pub fn objects(context: &Arc<MigrationContext>, vm: &VirtualMachine) -> state::ContextObjects {
        ddl_hooks::attach(context);
        state::context_objects(context, || {
            let opts = vm.ctx.new_dict();
            let object =
                PyMigrationContext { context: Arc::clone(context), connection: None, opts, config: None };
            (object.into_pyobject(vm), mock::object(Arc::clone(context), vm))
        })
    }

    /// Gives the engine's context behind a Python object.
    pub fn context_of(object: &PyObjectRef, vm: &VirtualMachine) -> PyResult<Arc<MigrationContext>> {
        match object.downcast_ref::<PyMigrationContext>() {
            Some(object) => Ok(Arc::clone(&object.context)),
            None => Err(vm.new_type_error("expected an alembic.runtime.migration.MigrationContext")),
        }
    }

    #[pyclass]
    impl PyMigrationContext {
        #[pystaticmethod]
        fn configure(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let names = [
                "connection",
                "url",
                "dialect_name",
                "dialect",
                "environment_context",
                "dialect_opts",
                "opts",
            ];
            let arguments = Arguments::bind("configure", &names.map(Parameter::Optional), arguments, vm)?;
            let target = context::database_target(&arguments, vm)?;
            // Offline, what nobody gives an output for goes where Python prints.
            let mut options =
                ContextOptions { output_buffer: Some(Arc::new(CurrentStdout)), ..ContextOptions::default() };
            let opts = match arguments.object("opts", vm) {
                Some(opts) => opts.try_into_value(vm)?,
                None => vm.ctx.new_dict(),
            };
            context::apply_opts(&mut options, &opts.clone().into(), vm)?;
            let environment = arguments.object("environment_context", vm);
            let environment =
                environment.map(|object| environment::environment_of(&object, vm)).transpose()?;
            let dialect_opts = context::dialect_opts(&arguments, vm)?;
            let engine = environment.as_ref().map(|environment| &environment.context);
            let context = MigrationContext::configure(target, &dialect_opts, options, engine)
                .map_err(|error| to_python(error, vm))?;
            crate::modules::alembic::overrides::check_runs(context.dialect().name(), vm)?;
            let config = environment.map(|environment| environment.config.clone());
            Ok(register(context, arguments.object("connection", vm), opts, config, vm))
        }

        /// Writes revisions into the version table without running them.
        #[pymethod]
        fn stamp(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            let parameters = ["script_directory", "revision"].map(Parameter::Required);
            let arguments = Arguments::bind("stamp", &parameters, arguments, vm)?;
            let script = script::directory_of(&*arguments.required("script_directory", vm)?, vm)?;
            let revision = script::argument(&arguments.required("revision", vm)?, vm)?;
            self.context.stamp(&script, &revision).map_err(|error| to_python(error, vm))
        }

        #[pymethod]
        fn get_current_revision(&self, vm: &VirtualMachine) -> PyResult<Option<String>> {
            self.context.get_current_revision().map_err(|error| to_python(error, vm))
        }

        #[pymethod]
        fn get_current_heads(&self, vm: &VirtualMachine) -> PyResult {
            let heads = self.context.get_current_heads().map_err(|error| to_python(error, vm))?;
            Ok(vm.ctx.new_tuple(heads.into_iter().map(|head| vm.ctx.new_str(head).into()).collect()).into())
        }

        #[pymethod]
        fn begin_transaction(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<PyTransaction> {
            let parameters = [Parameter::Optional("_per_migration")];
            let arguments = Arguments::bind("begin_transaction", &parameters, arguments, vm)?;
            let scope = if arguments.flag("_per_migration", vm)? {
                self.context.begin_migration_transaction()
            } else {
                self.context.begin_transaction()
            };
            let scope = scope.map_err(|error| to_python(error, vm))?;
            Ok(PyTransaction { scope })
        }

        #[pymethod]
        fn autocommit_block(&self) -> PyAutocommitBlock {
            PyAutocommitBlock { block: self.context.autocommit_block() }
        }

        #[pymethod]
        fn execute(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            let parameters = [Parameter::Required("sql"), Parameter::Optional("execution_options")];
            let arguments = Arguments::bind("execute", &parameters, arguments, vm)?;
            let given = arguments.required("sql", vm)?;
            let statement = crate::lower::without_database(self.context.as_sql(), || executable(&given, vm))?;
            let options = execution_options(&arguments, vm)?;
            self.context.execute(&statement, &options).map_err(|error| to_python(error, vm))
        }

        #[pymethod]
        fn run_migrations(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            context::run(&arguments, vm, |host| self.context.run_migrations(host))
        }

        #[pygetset]
        fn bind(&self, vm: &VirtualMachine) -> PyResult {
            super::bind_of(&self.context, vm)
        }

        /// Gives what is known of the database's DDL.
        #[pygetset(name = "impl")]
        fn implementation(&self) -> PyImpl {
            PyImpl { context: Arc::clone(&self.context) }
        }

        #[pygetset]
        fn connection(&self, vm: &VirtualMachine) -> PyResult {
            super::bind_of(&self.context, vm)
        }

        #[pygetset]
        fn dialect(&self, vm: &VirtualMachine) -> PyResult {
            crate::raise::dialect(self.context.dialect(), vm)
        }

        #[pygetset]
        fn as_sql(&self) -> bool {
            self.context.as_sql()
        }

        /// Gives what offline SQL is written to.
        #[pygetset]
        fn output_buffer(&self, vm: &VirtualMachine) -> PyResult {
            match self.opts.get_item_opt("output_buffer", vm)? {
                Some(output) if !vm.is_none(&output) => Ok(output),
                _ => vm.sys_module.get_attr("stdout", vm),
            }
        }

        #[pygetset]
        fn opts(&self) -> PyDictRef {
            self.opts.clone()
        }

        #[pygetset]
        fn config(&self, vm: &VirtualMachine) -> PyObjectRef {
            self.config.clone().unwrap_or_else(|| vm.ctx.none())
        }

        #[pygetset]
        fn script(&self, vm: &VirtualMachine) -> PyObjectRef {
            match (self.context.script(), state::environment()) {
                (None, _) => vm.ctx.none(),
                (Some(script), Some(environment)) if Arc::ptr_eq(environment.context.script(), script) => {
                    environment::script_of(&environment, vm)
                }
                (Some(script), _) => script::object(script, vm),
            }
        }

        #[pygetset]
        fn purge(&self) -> bool {
            self.context.options().purge
        }

        #[pygetset]
        fn version_table(&self) -> String {
            self.context.options().version_table.name.as_str().to_owned()
        }

        #[pygetset]
        fn version_table_schema(&self) -> Option<String> {
            self.context.options().version_table.schema.as_ref().map(|schema| schema.as_str().to_owned())
        }
    }

    /// The DDL implementation of a database.
    #[pyattr]
    #[pyclass(module = "alembic.ddl.impl", name = "DefaultImpl")]
    #[derive(Debug, PyPayload)]
    pub struct PyImpl {
        context: Arc<MigrationContext>,
    }

    #[pyclass(with(GetAttr))]
    impl PyImpl {
        #[pygetset]
        fn __dialect__(&self) -> &'static str {
            self.context.dialect().name()
        }

        #[pygetset]
        fn transactional_ddl(&self) -> bool {
            self.context.transactional_ddl()
        }

        #[pygetset]
        fn as_sql(&self) -> bool {
            self.context.as_sql()
        }

        #[pygetset]
        fn dialect(&self, vm: &VirtualMachine) -> PyResult {
            crate::raise::dialect(self.context.dialect(), vm)
        }

        #[pygetset]
        fn bind(&self, vm: &VirtualMachine) -> PyResult {
            super::bind_of(&self.context, vm)
        }

        #[pymethod]
        fn static_output(&self, text: PyStrRef, vm: &VirtualMachine) -> PyResult<()> {
            self.context.static_output(&text.as_wtf8().to_string()).map_err(|error| to_python(error, vm))
        }

        #[pymethod]
        fn execute(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            let parameters = [Parameter::Required("sql"), Parameter::Optional("execution_options")];
            let arguments = Arguments::bind("execute", &parameters, arguments, vm)?;
            let given = arguments.required("sql", vm)?;
            let statement = crate::lower::without_database(self.context.as_sql(), || executable(&given, vm))?;
            let options = execution_options(&arguments, vm)?;
            self.context.execute(&statement, &options).map_err(|error| to_python(error, vm))
        }
    }

    impl GetAttr for PyImpl {
        /// Gives the methods that take what functions of `alembic.op` take as well.
        fn getattro(zelf: &Py<Self>, name: &Py<PyStr>, vm: &VirtualMachine) -> PyResult {
            let text = name.as_wtf8().to_string();
            let Some(method) = implementation::METHODS.iter().find(|method| method.name == text) else {
                return zelf.as_object().generic_getattr(name, vm);
            };
            let operations = Operations::new(Arc::clone(&zelf.context));
            let call = move |arguments: FuncArgs, vm: &VirtualMachine| -> PyResult {
                implementation::call(method, &operations, arguments, vm)
            };
            Ok(vm.new_function(method.name, call).into())
        }
    }

    /// What `begin_transaction()` gives.
    #[pyattr]
    #[pyclass(module = "alembic.runtime.migration", name = "_ProxyTransaction")]
    #[derive(Debug, PyPayload)]
    pub struct PyTransaction {
        /// The engine's scope.
        pub scope: TransactionScope,
    }

    #[pyclass]
    impl PyTransaction {
        #[pymethod]
        fn __enter__(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
            zelf.scope.enter().map_err(|error| to_python(error, vm))?;
            Ok(zelf)
        }

        #[pymethod]
        fn __exit__(
            &self,
            _class: PyObjectRef,
            exception: PyObjectRef,
            _traceback: PyObjectRef,
            vm: &VirtualMachine,
        ) -> PyResult<()> {
            let failed = exception.downcast_ref::<PyBaseException>().is_some();
            match self.scope.exit(failed) {
                // The exception that is under way is what the user must hear of.
                Err(_) if failed => Ok(()),
                result => result.map_err(|error| to_python(error, vm)),
            }
        }

        #[pymethod]
        fn commit(&self, vm: &VirtualMachine) -> PyResult<()> {
            self.scope.commit().map_err(|error| to_python(error, vm))
        }

        #[pymethod]
        fn rollback(&self, vm: &VirtualMachine) -> PyResult<()> {
            self.scope.rollback().map_err(|error| to_python(error, vm))
        }

        #[pygetset]
        fn is_active(&self) -> bool {
            self.scope.is_transaction()
        }
    }

    /// What `autocommit_block()` gives.
    #[pyattr]
    #[pyclass(module = "alembic.runtime.migration", name = "_AutocommitBlock")]
    #[derive(Debug, PyPayload)]
    pub struct PyAutocommitBlock {
        block: AutocommitBlock,
    }

    #[pyclass]
    impl PyAutocommitBlock {
        #[pymethod]
        fn __enter__(&self, vm: &VirtualMachine) -> PyResult<()> {
            self.block.enter().map_err(|error| to_python(error, vm))
        }

        #[pymethod]
        fn __exit__(
            &self,
            _class: PyObjectRef,
            exception: PyObjectRef,
            _traceback: PyObjectRef,
            vm: &VirtualMachine,
        ) -> PyResult<()> {
            let failed = exception.downcast_ref::<PyBaseException>().is_some();
            match self.block.exit() {
                Err(_) if failed => Ok(()),
                result => result.map_err(|error| to_python(error, vm)),
            }
        }
    }
}

#[rustpython_vm::pymodule(name = "alembic.runtime")]
mod runtime {
    use rustpython_vm::builtins::PyModule;
    use rustpython_vm::{Py, PyResult, VirtualMachine};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        module.set_attr("__path__", vm.ctx.new_list(Vec::new()), vm)
    }
}

#[rustpython_vm::pymodule(name = "alembic.runtime.migration")]
mod runtime_migration {
    use rustpython_vm::builtins::PyModule;
    use rustpython_vm::{Py, PyPayload, PyResult, VirtualMachine};

    use super::native::PyMigrationContext;

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        // The class is made when its own module is; both names must give the same class.
        vm.import("alembic.migration", 0)?;
        module.set_attr("MigrationContext", PyMigrationContext::class(&vm.ctx).to_owned(), vm)?;
        crate::modules::alembic::steps::add_classes(module, vm)
    }
}
