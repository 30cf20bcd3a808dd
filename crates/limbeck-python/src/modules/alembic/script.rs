//! `alembic.script`: the script directory as programs see it.

pub(super) use native::{argument, module_def, object};

use rustpython_vm::class::PyClassImpl;

/// Makes the module's classes ready before the module is imported.
pub(super) fn make_classes() {
    native::PyScriptDirectory::make_static_type();
    native::PyScript::make_static_type();
}

#[rustpython_vm::pymodule(name = "alembic.script")]
mod native {
    use std::sync::Arc;

    use limbeck_core::script::{CommandFormat, RevisionArgument, Script, ScriptDirectory};
    use rustpython_vm::builtins::{PyList, PyModule, PyStrRef, PyTuple};
    use rustpython_vm::function::{FuncArgs, OptionalArg};
    use rustpython_vm::types::Representable;
    use rustpython_vm::{Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass};

    use crate::arguments::{Arguments, Parameter};
    use crate::modules::alembic::errors::to_python;
    use crate::modules::alembic::{config, state};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        module.set_attr("__path__", vm.ctx.new_list(Vec::new()), vm)
    }

    /// The revision files of a project.
    #[pyattr]
    #[pyclass(module = "alembic.script.base", name = "ScriptDirectory")]
    #[derive(PyPayload)]
    pub struct PyScriptDirectory {
        script: Arc<ScriptDirectory>,
    }

    impl std::fmt::Debug for PyScriptDirectory {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "ScriptDirectory({})", self.script.dir().display())
        }
    }

    /// Makes the object that stands for `script`.
    pub fn object(script: &Arc<ScriptDirectory>, vm: &VirtualMachine) -> PyObjectRef {
        PyScriptDirectory { script: Arc::clone(script) }.into_pyobject(vm)
    }

    #[pyclass]
    impl PyScriptDirectory {
        #[pystaticmethod]
        fn from_config(object: PyObjectRef, vm: &VirtualMachine) -> PyResult<Self> {
            let config = config::config_of(&object, vm)?;
            let host = state::host().ok_or_else(|| vm.new_runtime_error("no host is running"))?;
            let script = ScriptDirectory::from_config(config.config(), &*host);
            Ok(Self { script: Arc::new(script.map_err(|error| to_python(error, vm))?) })
        }

        #[pygetset]
        fn dir(&self) -> String {
            self.script.dir().display().to_string()
        }

        #[pymethod]
        fn get_current_head(&self, vm: &VirtualMachine) -> PyResult<Option<String>> {
            let head = self.script.get_current_head().map_err(|error| to_python(error, vm))?;
            Ok(head.map(|head| head.to_string()))
        }

        #[pymethod]
        fn get_heads(&self, vm: &VirtualMachine) -> PyRef<PyList> {
            let heads = self.script.get_heads(false);
            vm.ctx.new_list(heads.iter().map(|head| vm.ctx.new_str(head.to_string()).into()).collect())
        }

        #[pymethod]
        fn get_base(&self, vm: &VirtualMachine) -> PyResult<Option<String>> {
            let base = self.script.get_base().map_err(|error| to_python(error, vm))?;
            Ok(base.map(|base| base.to_string()))
        }

        #[pymethod]
        fn get_bases(&self, vm: &VirtualMachine) -> PyRef<PyList> {
            let bases = self.script.get_bases();
            vm.ctx.new_list(bases.iter().map(|base| vm.ctx.new_str(base.to_string()).into()).collect())
        }

        #[pymethod]
        fn get_revision(
            &self,
            id: OptionalArg<Option<PyStrRef>>,
            vm: &VirtualMachine,
        ) -> PyResult<Option<PyScript>> {
            let id = id.flatten().map(|id| id.as_wtf8().to_string());
            let script = self.script.get_revision(id.as_deref()).map_err(|error| to_python(error, vm))?;
            Ok(script.map(|script| PyScript::new(&script)))
        }

        #[pymethod]
        fn get_revisions(&self, id: PyObjectRef, vm: &VirtualMachine) -> PyResult {
            let id = argument(&id, vm)?;
            let scripts = self.script.get_revisions(&id).map_err(|error| to_python(error, vm))?;
            Ok(vm
                .ctx
                .new_tuple(scripts.iter().map(|script| PyScript::new(script).into_pyobject(vm)).collect())
                .into())
        }

        #[pymethod]
        fn walk_revisions(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let parameters = [Parameter::Optional("base"), Parameter::Optional("head")];
            let arguments = Arguments::bind("walk_revisions", &parameters, arguments, vm)?;
            let end = |name: &str, default: &str| match arguments.object(name, vm) {
                Some(value) => argument(&value, vm),
                None => Ok(RevisionArgument::from(default)),
            };
            let scripts = self.script.walk_revisions(&end("base", "base")?, &end("head", "heads")?);
            let scripts = scripts.map_err(|error| to_python(error, vm))?;
            let scripts = scripts.iter().map(|script| PyScript::new(script).into_pyobject(vm)).collect();
            let list: PyObjectRef = vm.ctx.new_list(scripts).into();
            Ok(list.get_iter(vm)?.into())
        }
    }

    /// Reads revisions given as a string, `None`, or a sequence.
    pub fn argument(object: &PyObjectRef, vm: &VirtualMachine) -> PyResult<RevisionArgument> {
        if vm.is_none(object) {
            return Ok(RevisionArgument::Nothing);
        }
        if let Some(text) = object.downcast_ref::<rustpython_vm::builtins::PyStr>() {
            return Ok(RevisionArgument::Symbol(text.as_wtf8().to_string()));
        }
        let items = vm.extract_elements_with(object, |item| Ok(item.str(vm)?.to_string()))?;
        Ok(RevisionArgument::Several(items))
    }

    /// A revision file, as it was when it was read.
    #[pyattr]
    #[pyclass(module = "alembic.script.base", name = "Script")]
    #[derive(Debug, PyPayload)]
    pub struct PyScript {
        revision: String,
        down_revision: Vec<String>,
        branch_labels: Vec<String>,
        dependencies: Vec<String>,
        doc: String,
        longdoc: String,
        path: String,
        line: String,
        log_entry: String,
        is_head: bool,
        is_base: bool,
        is_branch_point: bool,
        is_merge_point: bool,
    }

    impl PyScript {
        fn new(script: &Script<'_>) -> Self {
            let revision = script.revision();
            let format = CommandFormat {
                include_branches: true,
                include_doc: true,
                include_parents: true,
                ..CommandFormat::default()
            };
            Self {
                revision: script.id().to_string(),
                down_revision: revision.down_revision().iter().map(ToString::to_string).collect(),
                branch_labels: revision.branch_labels().iter().map(ToString::to_string).collect(),
                dependencies: revision.dependencies().to_vec(),
                doc: script.doc().to_owned(),
                longdoc: script.longdoc().to_owned(),
                path: script.path().display().to_string(),
                line: script.cmd_format(format),
                log_entry: script.log_entry(false),
                is_head: script.is_head(),
                is_base: script.is_base(),
                is_branch_point: script.is_branch_point(),
                is_merge_point: script.is_merge_point(),
            }
        }
    }

    /// Gives revisions as the reference does: none as `None`, one as itself, several as a tuple.
    fn compact(revisions: &[String], vm: &VirtualMachine) -> PyObjectRef {
        match revisions {
            [] => vm.ctx.none(),
            [one] => vm.ctx.new_str(one.as_str()).into(),
            several => tuple(several, vm).into(),
        }
    }

    fn tuple(items: &[String], vm: &VirtualMachine) -> PyRef<PyTuple> {
        vm.ctx.new_tuple(items.iter().map(|item| vm.ctx.new_str(item.as_str()).into()).collect())
    }

    #[pyclass(with(Representable))]
    impl PyScript {
        #[pygetset]
        fn revision(&self) -> String {
            self.revision.clone()
        }

        #[pygetset]
        fn down_revision(&self, vm: &VirtualMachine) -> PyObjectRef {
            compact(&self.down_revision, vm)
        }

        #[pygetset]
        fn dependencies(&self, vm: &VirtualMachine) -> PyObjectRef {
            compact(&self.dependencies, vm)
        }

        #[pygetset]
        fn branch_labels(&self, vm: &VirtualMachine) -> PyResult {
            vm.builtins.get_attr("set", vm)?.call((tuple(&self.branch_labels, vm),), vm)
        }

        #[pygetset]
        fn doc(&self) -> String {
            self.doc.clone()
        }

        #[pygetset]
        fn longdoc(&self) -> String {
            self.longdoc.clone()
        }

        #[pygetset]
        fn path(&self) -> String {
            self.path.clone()
        }

        #[pygetset]
        fn log_entry(&self) -> String {
            self.log_entry.clone()
        }

        #[pygetset]
        fn is_head(&self) -> bool {
            self.is_head
        }

        #[pygetset]
        fn is_base(&self) -> bool {
            self.is_base
        }

        #[pygetset]
        fn is_branch_point(&self) -> bool {
            self.is_branch_point
        }

        #[pygetset]
        fn is_merge_point(&self) -> bool {
            self.is_merge_point
        }
    }

    impl Representable for PyScript {
        fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
            Ok(zelf.line.clone())
        }
    }
}
