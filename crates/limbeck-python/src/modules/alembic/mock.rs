//! What `op.get_bind()` gives offline: a connection that writes statements and never has rows.

use std::sync::Arc;

use limbeck_core::runtime::MigrationContext;
use rustpython_vm::class::PyClassImpl;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine, pyclass};

use super::errors::to_python;
use super::operations::executable;
use crate::arguments::{Arguments, Parameter};

/// `sqlalchemy.engine.mock.MockConnection`
#[pyclass(module = "sqlalchemy.engine.mock", name = "MockConnection")]
#[derive(Debug, PyPayload)]
struct MockConnection {
    context: Arc<MigrationContext>,
}

/// Makes the class ready; it is no attribute of a module.
pub(super) fn make_class() {
    MockConnection::make_static_type();
}

/// Makes the object.
pub(super) fn object(context: Arc<MigrationContext>, vm: &VirtualMachine) -> PyObjectRef {
    MockConnection { context }.into_pyobject(vm)
}

/// Gives the context that a mock connection writes for.
pub(crate) fn context_of(object: &PyObject) -> Option<Arc<MigrationContext>> {
    object.downcast_ref::<MockConnection>().map(|mock| Arc::clone(&mock.context))
}

#[pyclass]
impl MockConnection {
    /// Writes the statement; what is given for its parameters is left out, and nothing comes back.
    #[pymethod]
    fn execute(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        let parameters = [
            Parameter::Required("obj"),
            Parameter::Optional("parameters"),
            Parameter::Optional("execution_options"),
        ];
        let arguments = Arguments::bind("MockConnection.execute", &parameters, arguments, vm)?;
        let given = arguments.required("obj", vm)?;
        let statement = crate::lower::without_database(true, || executable(&given, vm))?;
        self.context.execute(&statement, &indexmap::IndexMap::new()).map_err(|error| to_python(error, vm))
    }

    #[pygetset]
    fn dialect(&self, vm: &VirtualMachine) -> PyResult {
        crate::raise::dialect(self.context.dialect(), vm)
    }

    /// The connection itself: there is no engine behind it.
    #[pygetset]
    fn engine(zelf: rustpython_vm::PyRef<Self>) -> rustpython_vm::PyRef<Self> {
        zelf
    }

    /// Gives the schema of a table, a sequence or another object that has one.
    #[pymethod]
    fn schema_for_object(&self, obj: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        obj.get_attr("schema", vm)
    }

    #[pygetset]
    fn name(&self) -> &'static str {
        self.context.dialect().name()
    }

    #[pymethod]
    fn connect(zelf: rustpython_vm::PyRef<Self>, _arguments: FuncArgs) -> rustpython_vm::PyRef<Self> {
        zelf
    }

    #[pymethod]
    fn execution_options(
        zelf: rustpython_vm::PyRef<Self>,
        _arguments: FuncArgs,
    ) -> rustpython_vm::PyRef<Self> {
        zelf
    }
}
