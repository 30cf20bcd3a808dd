//! Revisions and their graph as objects: `Script`, `Revision`, `RevisionMap`.

use std::sync::Arc;

use limbeck_core::script::{
    CommandFormat, Node, RevisionArgument, RevisionError, RevisionId, Script, ScriptDirectory, Target,
};
use rustpython_vm::builtins::{PyModule, PyStrRef, PyTuple};
use rustpython_vm::class::PyClassImpl;
use rustpython_vm::function::{FuncArgs, OptionalArg};
use rustpython_vm::types::Representable;
use rustpython_vm::{Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass};

use super::native::{argument, range_arguments};
use crate::arguments::{Arguments, Parameter};
use crate::modules::alembic::errors::to_python;
use crate::modules::alembic::state;

/// Makes the classes ready before a module has them.
pub(in super::super) fn make_classes() {
    PyScript::make_static_type();
    PyRevisionMap::make_static_type();
}

/// Puts the classes into a module. Every revision of a script directory is a `Script`; `Revision` is its other name.
pub(super) fn add_classes(module: &Py<PyModule>, vm: &VirtualMachine) -> PyResult<()> {
    module.set_attr("Script", PyScript::class(&vm.ctx).to_owned(), vm)?;
    module.set_attr("Revision", PyScript::class(&vm.ctx).to_owned(), vm)?;
    module.set_attr("RevisionMap", PyRevisionMap::class(&vm.ctx).to_owned(), vm)
}

/// A revision file.
#[pyclass(module = "alembic.script.base", name = "Script")]
#[derive(PyPayload)]
pub(in super::super) struct PyScript {
    directory: Arc<ScriptDirectory>,
    node: Node,
}

impl std::fmt::Debug for PyScript {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Script({})", self.script().id())
    }
}

/// Makes an object that stands for a revision.
pub(in super::super) fn script_object(
    directory: &Arc<ScriptDirectory>,
    node: Node,
    vm: &VirtualMachine,
) -> PyObjectRef {
    PyScript { directory: Arc::clone(directory), node }.into_pyobject(vm)
}

/// Gives the identifier of a `Script` object.
pub(super) fn id_of(object: &PyObject) -> Option<String> {
    Some(object.downcast_ref::<PyScript>()?.script().id().to_string())
}

/// Gives revisions as Python has them: `None`, a string, or a tuple.
pub(in super::super) fn argument_object(revisions: &RevisionArgument, vm: &VirtualMachine) -> PyObjectRef {
    match revisions {
        RevisionArgument::Nothing => vm.ctx.none(),
        RevisionArgument::Symbol(revision) => vm.ctx.new_str(revision.as_str()).into(),
        RevisionArgument::Several(revisions) => tuple(revisions, vm).into(),
    }
}

fn tuple<T: AsRef<str>>(items: &[T], vm: &VirtualMachine) -> PyRef<PyTuple> {
    vm.ctx.new_tuple(items.iter().map(|item| vm.ctx.new_str(item.as_ref()).into()).collect())
}

/// Gives revisions as the reference does: none as `None`, one as itself, several as a tuple.
fn compact<T: AsRef<str>>(revisions: &[T], vm: &VirtualMachine) -> PyObjectRef {
    match revisions {
        [] => vm.ctx.none(),
        [one] => vm.ctx.new_str(one.as_ref()).into(),
        several => tuple(several, vm).into(),
    }
}

fn built(class: &'static str, items: PyRef<PyTuple>, vm: &VirtualMachine) -> PyResult {
    vm.builtins.get_attr(class, vm)?.call((items,), vm)
}

impl PyScript {
    fn script(&self) -> Script<'_> {
        self.directory.script(self.node)
    }
}

#[pyclass(with(Representable))]
impl PyScript {
    #[pygetset]
    fn revision(&self) -> String {
        self.script().id().to_string()
    }

    #[pygetset]
    fn down_revision(&self, vm: &VirtualMachine) -> PyObjectRef {
        compact(self.script().down_revision(), vm)
    }

    #[pygetset]
    fn _versioned_down_revisions(&self, vm: &VirtualMachine) -> PyRef<PyTuple> {
        tuple(self.script().down_revision(), vm)
    }

    #[pygetset]
    fn dependencies(&self, vm: &VirtualMachine) -> PyObjectRef {
        compact(self.script().dependencies(), vm)
    }

    #[pygetset]
    fn nextrev(&self, vm: &VirtualMachine) -> PyResult {
        let next: Vec<RevisionId> =
            self.script().next_revisions().iter().map(|next| next.id().clone()).collect();
        built("frozenset", tuple(&next, vm), vm)
    }

    #[pygetset]
    fn branch_labels(&self, vm: &VirtualMachine) -> PyResult {
        built("set", tuple(self.script().branch_labels(), vm), vm)
    }

    #[pygetset]
    fn doc(&self) -> String {
        self.script().doc().to_owned()
    }

    #[pygetset]
    fn longdoc(&self) -> String {
        self.script().longdoc().to_owned()
    }

    #[pygetset]
    fn path(&self) -> String {
        self.script().path().display().to_string()
    }

    /// The file's module, which is run when it was not run yet.
    #[pygetset]
    fn module(&self, vm: &VirtualMachine) -> PyResult {
        let host = state::required_host(vm)?;
        host.module_of(self.script().path()).map_err(|error| to_python(error, vm))
    }

    #[pygetset]
    fn log_entry(&self) -> String {
        self.script().log_entry(false)
    }

    #[pymethod]
    fn cmd_format(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<String> {
        let parameters = [
            Parameter::Required("verbose"),
            Parameter::Optional("include_branches"),
            Parameter::Optional("include_doc"),
            Parameter::Optional("include_parents"),
            Parameter::Optional("tree_indicators"),
        ];
        let arguments = Arguments::bind("cmd_format", &parameters, arguments, vm)?;
        Ok(self.script().cmd_format(CommandFormat {
            verbose: arguments.flag("verbose", vm)?,
            include_branches: arguments.flag("include_branches", vm)?,
            include_doc: arguments.flag("include_doc", vm)?,
            include_parents: arguments.flag("include_parents", vm)?,
            tree_indicators: arguments.boolean("tree_indicators", vm)?.unwrap_or(true),
            is_current: false,
        }))
    }

    #[pygetset]
    fn is_head(&self) -> bool {
        self.script().is_head()
    }

    #[pygetset]
    fn is_base(&self) -> bool {
        self.script().is_base()
    }

    #[pygetset]
    fn _is_real_head(&self) -> bool {
        self.script().is_real_head()
    }

    #[pygetset]
    fn _is_real_base(&self) -> bool {
        self.script().is_real_base()
    }

    #[pygetset]
    fn is_branch_point(&self) -> bool {
        self.script().is_branch_point()
    }

    #[pygetset]
    fn is_merge_point(&self) -> bool {
        self.script().is_merge_point()
    }

    #[pymethod]
    fn __str__(&self) -> String {
        self.script().revision().to_string()
    }
}

impl Representable for PyScript {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let mut text = format!(
            "Script({}, {}",
            limbeck_core::mako::python_repr(zelf.script().id().as_str()),
            compact(zelf.script().down_revision(), vm).repr(vm)?
        );
        if !zelf.script().dependencies().is_empty() {
            text = format!("{text}, dependencies={}", zelf.dependencies(vm).repr(vm)?);
        }
        if !zelf.script().branch_labels().is_empty() {
            text = format!("{text}, branch_labels={}", zelf.branch_labels(vm)?.repr(vm)?);
        }
        Ok(text + ")")
    }
}

/// The graph of a script directory's revisions.
#[pyclass(module = "alembic.script.revision", name = "RevisionMap")]
#[derive(PyPayload)]
pub(super) struct PyRevisionMap {
    directory: Arc<ScriptDirectory>,
}

impl std::fmt::Debug for PyRevisionMap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RevisionMap")
    }
}

impl PyRevisionMap {
    /// Makes the object for the graph of `directory`.
    pub(super) fn new(directory: Arc<ScriptDirectory>) -> Self {
        Self { directory }
    }

    fn raise<T>(result: Result<T, RevisionError>, vm: &VirtualMachine) -> PyResult<T> {
        result.map_err(|error| to_python(error.into(), vm))
    }

    fn object(&self, node: Option<Node>, vm: &VirtualMachine) -> PyObjectRef {
        node.map_or_else(|| vm.ctx.none(), |node| script_object(&self.directory, node, vm))
    }
}

#[pyclass]
impl PyRevisionMap {
    #[pygetset]
    fn heads(&self, vm: &VirtualMachine) -> PyRef<PyTuple> {
        tuple(&self.directory.revision_map().heads(), vm)
    }

    #[pygetset]
    fn bases(&self, vm: &VirtualMachine) -> PyRef<PyTuple> {
        tuple(&self.directory.revision_map().bases(), vm)
    }

    #[pygetset]
    fn _real_heads(&self, vm: &VirtualMachine) -> PyRef<PyTuple> {
        tuple(&self.directory.revision_map().real_heads(), vm)
    }

    #[pygetset]
    fn _real_bases(&self, vm: &VirtualMachine) -> PyRef<PyTuple> {
        tuple(&self.directory.revision_map().real_bases(), vm)
    }

    #[pymethod]
    fn get_current_head(
        &self,
        branch_label: OptionalArg<Option<PyStrRef>>,
        vm: &VirtualMachine,
    ) -> PyResult<Option<String>> {
        let label = branch_label.flatten().map(|label| label.as_wtf8().to_string());
        let head = Self::raise(self.directory.revision_map().get_current_head(label.as_deref()), vm)?;
        Ok(head.map(|head| head.to_string()))
    }

    #[pymethod]
    fn get_revision(&self, id: OptionalArg<Option<PyStrRef>>, vm: &VirtualMachine) -> PyResult {
        let id = id.flatten().map(|id| id.as_wtf8().to_string());
        let found = Self::raise(self.directory.revision_map().get_revision(id.as_deref()), vm)?;
        Ok(self.object(found, vm))
    }

    #[pymethod]
    fn get_revisions(&self, id: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        let found = Self::raise(self.directory.revision_map().get_revisions(&argument(&id, vm)?), vm)?;
        let objects = found.into_iter().map(|target| match target {
            Target::Revision(node) => self.object(Some(node), vm),
            _ => vm.ctx.none(),
        });
        Ok(vm.ctx.new_tuple(objects.collect()).into())
    }

    #[pymethod]
    fn iterate_revisions(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
        let (upper, lower, range) = range_arguments(arguments, vm)?;
        let found = Self::raise(self.directory.revision_map().iterate_revisions(&upper, &lower, range), vm)?;
        let objects = found.into_iter().map(|node| self.object(Some(node), vm)).collect();
        let list: PyObjectRef = vm.ctx.new_list(objects).into();
        Ok(list.get_iter(vm)?.into())
    }
}
