//! `alembic.script` and `alembic.script.base`: the script directory as programs see it.

mod revisions;

pub(super) use base::module_def as base_module_def;
pub(super) use native::{argument, directory_of, module_def, object};
pub(super) use revisions::{argument_object, make_classes as make_revision_classes, script_object};
use rustpython_vm::class::PyClassImpl;

/// Makes the modules' classes ready before a module is imported.
pub(super) fn make_classes() {
    native::PyScriptDirectory::make_static_type();
    make_revision_classes();
}

#[rustpython_vm::pymodule(name = "alembic.script.base")]
mod base {
    use rustpython_vm::builtins::PyModule;
    use rustpython_vm::{Py, PyPayload, PyResult, VirtualMachine};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        let directory = super::native::PyScriptDirectory::class(&vm.ctx).to_owned();
        module.set_attr("ScriptDirectory", directory, vm)?;
        super::revisions::add_classes(module, vm)
    }
}

#[rustpython_vm::pymodule(name = "alembic.script")]
mod native {
    use std::collections::HashMap;
    use std::path::PathBuf;
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    use limbeck_core::Result;
    use limbeck_core::script::{
        GenerateRevision, Node, RangeOptions, RevisionArgument, Script, ScriptDirectory,
        ScriptDirectoryOptions,
    };
    use rustpython_vm::builtins::{PyList, PyModule, PyStr, PyStrRef, PyTypeRef};
    use rustpython_vm::function::{FuncArgs, OptionalArg};
    use rustpython_vm::{
        AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass,
    };

    use super::revisions::{self, PyRevisionMap};
    use crate::arguments::{Arguments, Parameter};
    use crate::modules::alembic::errors::to_python;
    use crate::modules::alembic::{config, state, steps};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        revisions::add_classes(module, vm)?;
        module.set_attr("__path__", vm.ctx.new_list(Vec::new()), vm)
    }

    /// Answers the submodules, which `import alembic.script` makes available too.
    #[pyfunction]
    fn __getattr__(name: PyStrRef, vm: &VirtualMachine) -> PyResult {
        let name = name.as_wtf8().to_string();
        if matches!(name.as_str(), "base" | "revision") {
            let module = format!("alembic.script.{name}");
            vm.import(vm.ctx.intern_str(module.as_str()), 0)?;
            return vm.sys_module.get_attr("modules", vm)?.get_item(module.as_str(), vm);
        }
        Err(vm.new_attribute_error(format!("module 'alembic.script' has no attribute '{name}'")))
    }

    /// The revision files of a project.
    #[pyattr]
    #[pyclass(module = "alembic.script.base", name = "ScriptDirectory")]
    #[derive(PyPayload)]
    pub struct PyScriptDirectory {
        script: Mutex<Arc<ScriptDirectory>>,
        scripts: Mutex<HashMap<Node, PyObjectRef>>,
    }

    impl std::fmt::Debug for PyScriptDirectory {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "ScriptDirectory({})", self.engine().dir().display())
        }
    }

    fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes an object that stands for `script`.
    pub fn object(script: &Arc<ScriptDirectory>, vm: &VirtualMachine) -> PyObjectRef {
        PyScriptDirectory::new(Arc::clone(script)).into_pyobject(vm)
    }

    /// Gives the engine's script directory behind a Python object.
    pub fn directory_of(object: &PyObject, vm: &VirtualMachine) -> PyResult<Arc<ScriptDirectory>> {
        match object.downcast_ref::<PyScriptDirectory>() {
            Some(object) => Ok(object.engine()),
            None => Err(vm.new_type_error("expected an alembic.script.ScriptDirectory")),
        }
    }

    fn raise<T>(result: Result<T>, vm: &VirtualMachine) -> PyResult<T> {
        result.map_err(|error| to_python(error, vm))
    }

    fn strings<T: ToString>(items: &[T], vm: &VirtualMachine) -> PyRef<PyList> {
        vm.ctx.new_list(items.iter().map(|item| vm.ctx.new_str(item.to_string()).into()).collect())
    }

    impl PyScriptDirectory {
        fn new(script: Arc<ScriptDirectory>) -> Self {
            Self { script: Mutex::new(script), scripts: Mutex::default() }
        }

        /// Gives the engine's script directory as it now is.
        pub fn engine(&self) -> Arc<ScriptDirectory> {
            Arc::clone(&lock(&self.script))
        }

        /// Gives the object of a revision, the same one each time.
        fn script(&self, engine: &Arc<ScriptDirectory>, node: Node, vm: &VirtualMachine) -> PyObjectRef {
            lock(&self.scripts)
                .entry(node)
                .or_insert_with(|| revisions::script_object(engine, node, vm))
                .clone()
        }

        fn scripts(
            &self,
            engine: &Arc<ScriptDirectory>,
            scripts: &[Script<'_>],
            vm: &VirtualMachine,
        ) -> Vec<PyObjectRef> {
            scripts.iter().map(|script| self.script(engine, script.node(), vm)).collect()
        }

        fn iterator(scripts: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
            let list: PyObjectRef = vm.ctx.new_list(scripts).into();
            Ok(list.get_iter(vm)?.into())
        }
    }

    #[pyclass(flags(BASETYPE, HAS_DICT))]
    impl PyScriptDirectory {
        #[pyslot]
        fn slot_new(class: PyTypeRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let mut parameters = vec![Parameter::Required("dir")];
            parameters.extend(
                [
                    "file_template",
                    "truncate_slug_length",
                    "version_locations",
                    "sourceless",
                    "output_encoding",
                    "timezone",
                    "hooks",
                    "recursive_version_locations",
                    "messaging_opts",
                ]
                .map(Parameter::Optional),
            );
            let arguments = Arguments::bind("ScriptDirectory.__init__", &parameters, arguments, vm)?;
            let dir = arguments.required("dir", vm)?.str(vm)?.to_string();
            let mut options = ScriptDirectoryOptions::new(dir);
            if let Some(template) = arguments.string("file_template", vm)? {
                options.file_template = template;
            }
            if let Some(length) = arguments.object("truncate_slug_length", vm) {
                options.truncate_slug_length = length.try_into_value(vm)?;
            }
            let locations = arguments.strings("version_locations", vm)?.unwrap_or_default();
            options.version_locations = locations.into_iter().map(PathBuf::from).collect();
            options.sourceless = arguments.flag("sourceless", vm)?;
            if let Some(encoding) = arguments.string("output_encoding", vm)? {
                options.output_encoding = encoding;
            }
            options.timezone = arguments.string("timezone", vm)?;
            options.recursive_version_locations = arguments.flag("recursive_version_locations", vm)?;
            let host = state::required_host(vm)?;
            let messaging = config::messaging(vm);
            let script = raise(ScriptDirectory::open(options, messaging, &*host), vm)?;
            Self::new(Arc::new(script)).into_ref_with_type(vm, class).map(Into::into)
        }

        #[pyclassmethod]
        fn from_config(class: PyTypeRef, object: PyObjectRef, vm: &VirtualMachine) -> PyResult {
            let config = config::config_of(&object, vm)?;
            let host = state::required_host(vm)?;
            config::prepare_project(&config, vm)?;
            let script = raise(ScriptDirectory::from_config(&config.config(), &*host), vm)?;
            config.emit_warnings(vm)?;
            Self::new(Arc::new(script)).into_ref_with_type(vm, class).map(Into::into)
        }

        #[pygetset]
        fn dir(&self) -> String {
            self.engine().dir().display().to_string()
        }

        #[pygetset]
        fn versions(&self, vm: &VirtualMachine) -> PyResult<String> {
            Ok(raise(self.engine().versions(), vm)?.display().to_string())
        }

        #[pygetset]
        fn env_py_location(&self) -> String {
            self.engine().env_py_location().display().to_string()
        }

        #[pygetset]
        fn file_template(&self) -> String {
            self.engine().options().file_template.clone()
        }

        #[pygetset]
        fn truncate_slug_length(&self) -> usize {
            self.engine().options().truncate_slug_length
        }

        #[pygetset]
        fn output_encoding(&self) -> String {
            self.engine().options().output_encoding.clone()
        }

        #[pygetset]
        fn timezone(&self) -> Option<String> {
            self.engine().options().timezone.clone()
        }

        #[pygetset]
        fn sourceless(&self) -> bool {
            self.engine().options().sourceless
        }

        #[pygetset]
        fn recursive_version_locations(&self) -> bool {
            self.engine().options().recursive_version_locations
        }

        #[pygetset]
        fn version_locations(&self, vm: &VirtualMachine) -> PyRef<PyList> {
            let engine = self.engine();
            let locations: Vec<String> =
                engine.options().version_locations.iter().map(|path| path.display().to_string()).collect();
            strings(&locations, vm)
        }

        /// The directories with revision files, absolute.
        #[pygetset]
        fn _version_locations(&self, vm: &VirtualMachine) -> PyRef<PyList> {
            let engine = self.engine();
            let locations: Vec<String> =
                engine.version_locations().iter().map(|path| path.display().to_string()).collect();
            strings(&locations, vm)
        }

        #[pygetset]
        fn revision_map(&self) -> PyRevisionMap {
            PyRevisionMap::new(self.engine())
        }

        #[pymethod]
        fn run_env(&self, vm: &VirtualMachine) -> PyResult<()> {
            let host = state::required_host(vm)?;
            raise(host.run_env_script(&self.engine()), vm)
        }

        #[pymethod]
        fn get_current_head(&self, vm: &VirtualMachine) -> PyResult<Option<String>> {
            Ok(raise(self.engine().get_current_head(), vm)?.map(|head| head.to_string()))
        }

        #[pymethod]
        fn get_heads(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<PyRef<PyList>> {
            let parameters = [Parameter::Optional("consider_depends_on")];
            let arguments = Arguments::bind("get_heads", &parameters, arguments, vm)?;
            Ok(strings(&self.engine().get_heads(arguments.flag("consider_depends_on", vm)?), vm))
        }

        #[pymethod]
        fn get_base(&self, vm: &VirtualMachine) -> PyResult<Option<String>> {
            Ok(raise(self.engine().get_base(), vm)?.map(|base| base.to_string()))
        }

        #[pymethod]
        fn get_bases(&self, vm: &VirtualMachine) -> PyRef<PyList> {
            strings(&self.engine().get_bases(), vm)
        }

        #[pymethod]
        fn as_revision_number(&self, id: OptionalArg<Option<PyStrRef>>, vm: &VirtualMachine) -> PyResult {
            let id = id.flatten().map(|id| id.as_wtf8().to_string());
            let found = raise(self.engine().as_revision_number(id.as_deref()), vm)?;
            Ok(revisions::argument_object(&found, vm))
        }

        #[pymethod]
        fn get_revision(&self, id: PyObjectRef, vm: &VirtualMachine) -> PyResult {
            let engine = self.engine();
            let found = match argument(&id, vm)? {
                RevisionArgument::Symbol(id) => raise(engine.get_revision(Some(&id)), vm)?,
                RevisionArgument::Nothing => raise(engine.get_revision(None), vm)?,
                several @ RevisionArgument::Several(_) => {
                    raise(engine.get_revisions(&several), vm)?.into_iter().next()
                }
            };
            Ok(found.map_or_else(|| vm.ctx.none(), |script| self.script(&engine, script.node(), vm)))
        }

        #[pymethod]
        fn get_revisions(&self, id: PyObjectRef, vm: &VirtualMachine) -> PyResult {
            let engine = self.engine();
            let found = raise(engine.get_revisions(&argument(&id, vm)?), vm)?;
            Ok(vm.ctx.new_tuple(self.scripts(&engine, &found, vm)).into())
        }

        #[pymethod]
        fn get_all_current(&self, id: PyObjectRef, vm: &VirtualMachine) -> PyResult {
            let engine = self.engine();
            let found = raise(engine.get_all_current(&argument(&id, vm)?), vm)?;
            let found = vm.ctx.new_tuple(self.scripts(&engine, &found, vm));
            vm.builtins.get_attr("set", vm)?.call((found,), vm)
        }

        #[pymethod]
        fn walk_revisions(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let parameters = [Parameter::Optional("base"), Parameter::Optional("head")];
            let arguments = Arguments::bind("walk_revisions", &parameters, arguments, vm)?;
            let end = |name: &str, default: &str| match arguments.given(name) {
                Some(value) => argument(value, vm),
                None => Ok(RevisionArgument::from(default)),
            };
            let engine = self.engine();
            let found = raise(engine.walk_revisions(&end("base", "base")?, &end("head", "heads")?), vm)?;
            Self::iterator(self.scripts(&engine, &found, vm), vm)
        }

        #[pymethod]
        fn iterate_revisions(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let (upper, lower, range) = range_arguments(arguments, vm)?;
            let engine = self.engine();
            let found = raise(engine.iterate_revisions(&upper, &lower, range), vm)?;
            Self::iterator(self.scripts(&engine, &found, vm), vm)
        }

        #[pymethod]
        fn _upgrade_revs(
            &self,
            destination: PyObjectRef,
            current: PyObjectRef,
            vm: &VirtualMachine,
        ) -> PyResult {
            let engine = self.engine();
            let found = engine.upgrade_revs(&argument(&destination, vm)?, &argument(&current, vm)?);
            Ok(steps::objects(raise(found, vm)?, &engine, vm))
        }

        #[pymethod]
        fn _downgrade_revs(
            &self,
            destination: PyObjectRef,
            current: PyObjectRef,
            vm: &VirtualMachine,
        ) -> PyResult {
            let engine = self.engine();
            let found = engine.downgrade_revs(&argument(&destination, vm)?, &argument(&current, vm)?);
            Ok(steps::objects(raise(found, vm)?, &engine, vm))
        }

        #[pymethod]
        fn _stamp_revs(&self, revision: PyObjectRef, heads: PyObjectRef, vm: &VirtualMachine) -> PyResult {
            let engine = self.engine();
            let found = engine.stamp_revs(&argument(&revision, vm)?, &argument(&heads, vm)?);
            Ok(steps::objects(raise(found, vm)?, &engine, vm))
        }

        /// Writes a new revision file.
        #[pymethod]
        fn generate_revision(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let parameters = [
                Parameter::Required("revid"),
                Parameter::Required("message"),
                Parameter::Optional("head"),
                Parameter::Optional("splice"),
                Parameter::Optional("branch_labels"),
                Parameter::Optional("version_path"),
                Parameter::Optional("file_template"),
                Parameter::Optional("depends_on"),
                Parameter::Keywords,
            ];
            let arguments = Arguments::bind("generate_revision", &parameters, arguments, vm)?;
            let revisions = |name: &str| match arguments.object(name, vm) {
                Some(value) => argument(&value, vm),
                None => Ok(RevisionArgument::Nothing),
            };
            let mut request = GenerateRevision {
                rev_id: arguments.required_string("revid", vm)?,
                message: arguments.string("message", vm)?,
                head: revisions("head")?,
                splice: arguments.flag("splice", vm)?,
                branch_label: revisions("branch_labels")?,
                depends_on: match revisions("depends_on")? {
                    RevisionArgument::Nothing => Vec::new(),
                    RevisionArgument::Symbol(symbol) => vec![symbol],
                    RevisionArgument::Several(symbols) => symbols,
                },
                ..GenerateRevision::default()
            };
            if let Some(path) = arguments.object("version_path", vm) {
                request.version_path = Some(PathBuf::from(path.str(vm)?.to_string()));
            }
            for (name, value) in arguments.keywords() {
                request.template_arguments.insert(name.clone(), crate::host::template_value(value, vm));
            }
            let host = state::required_host(vm)?;
            let mut engine = ScriptDirectory::clone(&self.engine());
            let written = raise(engine.generate_revision(&*host, &request), vm)?;
            let engine = Arc::new(engine);
            *lock(&self.script) = Arc::clone(&engine);
            // What revisions lead to may have changed for any of them.
            let stale = std::mem::take(&mut *lock(&self.scripts));
            drop(stale);
            Ok(written.map_or_else(|| vm.ctx.none(), |node| self.script(&engine, node, vm)))
        }
    }

    /// Reads the arguments of `iterate_revisions`: the two ends, and what else there is to say.
    pub fn range_arguments(
        arguments: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult<(RevisionArgument, RevisionArgument, RangeOptions)> {
        let parameters = [
            Parameter::Required("upper"),
            Parameter::Required("lower"),
            Parameter::Optional("implicit_base"),
            Parameter::Optional("inclusive"),
            Parameter::Optional("assert_relative_length"),
            Parameter::Optional("select_for_downgrade"),
        ];
        let arguments = Arguments::bind("iterate_revisions", &parameters, arguments, vm)?;
        let defaults = RangeOptions::default();
        let range = RangeOptions {
            implicit_base: arguments.flag("implicit_base", vm)?,
            inclusive: arguments.flag("inclusive", vm)?,
            assert_relative_length: arguments
                .boolean("assert_relative_length", vm)?
                .unwrap_or(defaults.assert_relative_length),
            select_for_downgrade: arguments.flag("select_for_downgrade", vm)?,
        };
        let end = |name: &str| argument(&arguments.required(name, vm)?, vm);
        Ok((end("upper")?, end("lower")?, range))
    }

    /// Reads revisions given as a string, `None`, or a sequence; a `Script` stands for its identifier.
    pub fn argument(object: &PyObjectRef, vm: &VirtualMachine) -> PyResult<RevisionArgument> {
        if vm.is_none(object) {
            return Ok(RevisionArgument::Nothing);
        }
        if let Some(text) = object.downcast_ref::<PyStr>() {
            return Ok(RevisionArgument::Symbol(text.as_wtf8().to_string()));
        }
        if let Some(id) = revisions::id_of(object) {
            return Ok(RevisionArgument::Symbol(id));
        }
        let items = vm.extract_elements_with(object, |item| match revisions::id_of(&item) {
            Some(id) => Ok(id),
            None => Ok(item.as_object().str(vm)?.to_string()),
        })?;
        Ok(RevisionArgument::Several(items))
    }
}
