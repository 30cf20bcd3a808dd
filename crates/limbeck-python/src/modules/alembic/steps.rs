//! The steps of a run as objects: what `ScriptDirectory._upgrade_revs` lists and a program's `fn` gives back.

use std::sync::Arc;

use limbeck_core::Error;
use limbeck_core::runtime::MigrationsFn;
use limbeck_core::runtime::steps::MigrationStep;
use limbeck_core::script::{RevisionId, ScriptDirectory};
use rustpython_vm::builtins::{PyModule, PyTuple};
use rustpython_vm::class::PyClassImpl;
use rustpython_vm::types::Representable;
use rustpython_vm::{AsObject, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass};

use super::errors::from_python;
use super::{migration, script};
use crate::interpreter::with_entered_vm;

/// Makes the classes ready before a module has them.
pub(super) fn make_classes() {
    PyMigrationStep::make_static_type();
    PyRevisionStep::make_static_type();
    PyStampStep::make_static_type();
}

/// Puts the classes into a module.
pub(super) fn add_classes(module: &Py<PyModule>, vm: &VirtualMachine) -> PyResult<()> {
    module.set_attr("MigrationStep", PyMigrationStep::class(&vm.ctx).to_owned(), vm)?;
    module.set_attr("RevisionStep", PyRevisionStep::class(&vm.ctx).to_owned(), vm)?;
    module.set_attr("StampStep", PyStampStep::class(&vm.ctx).to_owned(), vm)
}

/// Makes the engine's view of a program's `fn`: a callable that takes the present heads and the context, and gives steps.
pub(super) fn migrations_fn(callable: PyObjectRef) -> Arc<MigrationsFn> {
    Arc::new(move |heads, context| {
        let called = with_entered_vm(|vm| {
            let plan = || {
                let heads: Vec<PyObjectRef> =
                    heads.iter().map(|head| vm.ctx.new_str(head.as_str()).into()).collect();
                let arguments = (vm.ctx.new_tuple(heads), migration::object(context, vm));
                let steps = callable.call(arguments, vm)?;
                vm.extract_elements_with(&steps, |step| step_of(&step, vm))
            };
            plan().map_err(|exception| from_python(exception, vm))
        });
        called.unwrap_or_else(|| Err(Error::exception("fn was called after the program had ended")))
    })
}

fn step_of(object: &PyObjectRef, vm: &VirtualMachine) -> PyResult<MigrationStep> {
    if let Some(step) = object.downcast_ref::<PyRevisionStep>() {
        return Ok(step.step.clone());
    }
    if let Some(step) = object.downcast_ref::<PyStampStep>() {
        return Ok(step.step.clone());
    }
    let class = object.class().name().to_string();
    Err(vm.new_type_error(format!(
        "fn must give steps such as ScriptDirectory._upgrade_revs() makes, not '{class}'"
    )))
}

/// Makes the list of objects for `steps`.
pub(super) fn objects(
    steps: Vec<MigrationStep>,
    directory: &Arc<ScriptDirectory>,
    vm: &VirtualMachine,
) -> PyObjectRef {
    let object = |step: MigrationStep| match step {
        MigrationStep::Revision(_) => {
            PyRevisionStep { step, directory: Arc::clone(directory) }.into_pyobject(vm)
        }
        MigrationStep::Stamp(_) => PyStampStep { step }.into_pyobject(vm),
    };
    vm.ctx.new_list(steps.into_iter().map(object).collect()).into()
}

/// What the classes of steps have in common.
#[pyclass(module = "alembic.runtime.migration", name = "MigrationStep")]
#[derive(Debug, PyPayload)]
struct PyMigrationStep;

#[pyclass]
impl PyMigrationStep {}

/// A revision that is to be run.
#[pyclass(module = "alembic.runtime.migration", name = "RevisionStep")]
#[derive(PyPayload)]
struct PyRevisionStep {
    step: MigrationStep,
    directory: Arc<ScriptDirectory>,
}

impl std::fmt::Debug for PyRevisionStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.step.fmt(f)
    }
}

/// A move of the version table without a revision's work.
#[pyclass(module = "alembic.runtime.migration", name = "StampStep")]
#[derive(Debug, PyPayload)]
struct PyStampStep {
    step: MigrationStep,
}

fn tuple(revisions: &[RevisionId], vm: &VirtualMachine) -> PyRef<PyTuple> {
    vm.ctx.new_tuple(revisions.iter().map(|revision| vm.ctx.new_str(revision.as_str()).into()).collect())
}

/// The attributes that both kinds of steps have.
macro_rules! step_class {
    ($class:ident) => {
        #[pyclass(with(Representable))]
        impl $class {
            #[pygetset]
            fn is_upgrade(&self) -> bool {
                self.step.is_upgrade()
            }

            #[pygetset]
            fn is_downgrade(&self) -> bool {
                self.step.is_downgrade()
            }

            #[pygetset]
            fn name(&self) -> String {
                self.step.name().to_owned()
            }

            #[pygetset]
            fn doc(&self) -> Option<String> {
                self.step.doc().map(str::to_owned)
            }

            #[pygetset]
            fn short_log(&self) -> String {
                self.step.short_log()
            }

            #[pygetset(name = "from_revisions")]
            fn revisions_before(&self, vm: &VirtualMachine) -> PyRef<PyTuple> {
                tuple(self.step.from_revisions(), vm)
            }

            #[pygetset]
            fn to_revisions(&self, vm: &VirtualMachine) -> PyRef<PyTuple> {
                tuple(self.step.to_revisions(), vm)
            }

            #[pygetset(name = "from_revisions_no_deps")]
            fn revisions_before_no_deps(&self, vm: &VirtualMachine) -> PyRef<PyTuple> {
                tuple(self.step.from_revisions_no_deps(), vm)
            }

            #[pygetset]
            fn to_revisions_no_deps(&self, vm: &VirtualMachine) -> PyRef<PyTuple> {
                tuple(self.step.to_revisions_no_deps(), vm)
            }

            #[pymethod]
            fn __str__(&self) -> String {
                self.step.to_string()
            }

            /// The `Script` whose work it is.
            #[pygetset]
            fn revision(&self, vm: &VirtualMachine) -> PyObjectRef {
                self.script(vm)
            }
        }
    };
}

step_class!(PyRevisionStep);
step_class!(PyStampStep);

impl PyRevisionStep {
    fn script(&self, vm: &VirtualMachine) -> PyObjectRef {
        let MigrationStep::Revision(step) = &self.step else { return vm.ctx.none() };
        match self.directory.revision_map().find(step.revision().as_str()) {
            Some(node) => script::script_object(&self.directory, node, vm),
            None => vm.ctx.none(),
        }
    }
}

impl PyStampStep {
    /// A stamp runs no revision.
    fn script(&self, vm: &VirtualMachine) -> PyObjectRef {
        vm.ctx.none()
    }
}

impl Representable for PyRevisionStep {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        let MigrationStep::Revision(step) = &zelf.step else { return Ok(zelf.step.to_string()) };
        let is_upgrade = if zelf.step.is_upgrade() { "True" } else { "False" };
        let revision = limbeck_core::mako::python_repr(step.revision().as_str());
        Ok(format!("RevisionStep({revision}, is_upgrade={is_upgrade})"))
    }
}

impl Representable for PyStampStep {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        Ok(format!("<StampStep {}>", zelf.step))
    }
}
