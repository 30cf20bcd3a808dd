//! `alembic.runtime.environment`: the class behind `alembic.context`.

pub(super) use native::module_def;

#[rustpython_vm::pymodule(name = "alembic.runtime.environment")]
mod native {
    use rustpython_vm::builtins::{PyModule, PyStrRef};
    use rustpython_vm::{Py, PyResult, VirtualMachine};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        Ok(())
    }

    /// Names what is missing: an environment of one's own comes with programs that drive Alembic.
    #[pyfunction]
    fn __getattr__(name: PyStrRef, vm: &VirtualMachine) -> PyResult {
        let name = name.as_wtf8().to_string();
        let message = format!("alembic.runtime.environment.{name} is not provided by Limbeck yet");
        Err(vm.new_attribute_error(message))
    }
}
