//! The [`ScriptHost`] that runs env.py, revision files and templates in the embedded interpreter.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use limbeck_core::config::{Config, PostWriteHook};
use limbeck_core::host::{Direction, ScriptHost, TemplateArguments, TemplateValue};
use limbeck_core::operations::Operations;
use limbeck_core::runtime::{EnvironmentContext, MigrationContext, RunObserver};
use limbeck_core::script::template_dir::unpack;
use limbeck_core::script::write_hooks::HookCommand;
use limbeck_core::script::{RevisionHeader, Script, ScriptDirectory};
use limbeck_core::{Error, Result};
use limbeck_sql::engine::Connection;
use rayon::prelude::*;
use rustpython_vm::builtins::{PyBaseExceptionRef, PyDictRef, PyList, PyStr, PyTuple};
use rustpython_vm::function::{FuncArgs, KwArgs};
use rustpython_vm::scope::Scope;
use rustpython_vm::{
    AsObject, Context, Interpreter, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
};

use crate::interpreter::cache::{CodeCache, Compiled};
use crate::interpreter::deferred;
use crate::interpreter::imports::{ImportHook, decode_source};
use crate::interpreter::interrupts;
use crate::interpreter::stand_in;
use crate::interpreter::streams::OutputStream;
use crate::interpreter::{self, prepend_sys_path, with_entered_vm};
use crate::modules;
use crate::modules::alembic::{
    CommandTable, Environment, EnvironmentScope, HostScope, OperationsScope, PythonError, from_python,
    uncaught,
};

/// What a host is made of.
#[derive(Clone, Debug, Default)]
pub struct HostOptions {
    /// Limbeck's cache directory; without one nothing is kept between runs.
    pub cache_directory: Option<PathBuf>,
    /// The active virtual environment, whose pure-Python packages can be imported.
    pub virtual_environment: Option<PathBuf>,
    /// The directories with programs, in order.
    pub search_path: Vec<PathBuf>,
    /// `sys.argv`
    pub arguments: Vec<String>,
    /// The program that is run, when there is one: its directory comes first on `sys.path`, and it makes configurations
    /// of its own.
    pub program: Option<PathBuf>,
    /// The commands, for programs that parse a command line.
    pub command_table: CommandTable,
    /// Opens a file in the user's editor.
    pub open_in_editor: Option<fn(&Path) -> Result<()>>,
}

/// Runs a project's Python code. The interpreter starts when it is first needed.
pub struct PythonHost {
    options: HostOptions,
    config: Arc<Config>,
    this: Weak<Self>,
    running: OnceCell<Running>,
    modules: RefCell<HashMap<PathBuf, PyObjectRef>>,
    configs: RefCell<Vec<PyObjectRef>>,
    /// Whether signals are listened to.
    listens: Cell<bool>,
}

/// Puts a configuration object in place of the host's own until it is dropped.
pub(crate) struct ConfigScope(Weak<PythonHost>);

impl Drop for ConfigScope {
    fn drop(&mut self) {
        if let Some(host) = self.0.upgrade() {
            host.configs.borrow_mut().pop();
        }
    }
}

/// The interpreter, once it has started.
struct Running {
    /// None where another thread's host has started it.
    interpreter: Option<Interpreter>,
    cache: Arc<CodeCache>,
    hook: PyRef<ImportHook>,
    config: PyObjectRef,
}

/// What a host on another thread needs of the one that started the interpreter.
struct Starter {
    options: HostOptions,
    config: Arc<Config>,
    cache: Arc<CodeCache>,
    hook: PyRef<ImportHook>,
    config_object: PyObjectRef,
}

fn starter() -> &'static Mutex<Option<Starter>> {
    static STARTER: Mutex<Option<Starter>> = Mutex::new(None);
    &STARTER
}

impl PythonHost {
    /// Makes a host for a thread that Python code has started; none when no interpreter runs.
    pub(crate) fn of_thread() -> Option<Rc<Self>> {
        let starter = starter().lock().unwrap_or_else(PoisonError::into_inner);
        let starter = starter.as_ref()?;
        let host = Self::new(Arc::clone(&starter.config), starter.options.clone());
        let (cache, hook) = (Arc::clone(&starter.cache), starter.hook.clone());
        let running = Running { interpreter: None, cache, hook, config: starter.config_object.clone() };
        host.running.set(running).ok()?;
        Some(host)
    }

    /// Makes the host of a project; nothing is started yet.
    pub fn new(config: Arc<Config>, options: HostOptions) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            options,
            config,
            this: this.clone(),
            running: OnceCell::new(),
            modules: RefCell::default(),
            configs: RefCell::default(),
            listens: Cell::default(),
        })
    }

    /// Makes `config`, a configuration object of a program, the one that env.py sees.
    pub(crate) fn use_config(&self, config: PyObjectRef) -> ConfigScope {
        self.configs.borrow_mut().push(config);
        ConfigScope(self.this.clone())
    }

    /// Gives who shows the runs of this process.
    pub(crate) fn run_observer(&self) -> Option<Arc<dyn RunObserver>> {
        self.config.run_observer().map(Arc::clone)
    }

    /// Tells whether `config` is what the host was made for.
    pub(crate) fn is_own_config(&self, config: &Arc<Config>) -> bool {
        self.options.program.is_none() && Arc::ptr_eq(&self.config, config)
    }

    /// Opens a file in the user's editor.
    pub(crate) fn open_in_editor(&self, path: &Path) -> Result<()> {
        match self.options.open_in_editor {
            Some(open) => open(path),
            None => Err(Error::not_implemented("this host opens no editor")),
        }
    }

    /// Gives the commands.
    pub(crate) fn command_table(&self) -> &CommandTable {
        &self.options.command_table
    }

    /// Gives a directory with the built-in templates, making it below the cache directory.
    ///
    /// # Errors
    /// There is no cache directory, or nothing can be written there.
    pub(crate) fn template_directory(&self) -> Result<PathBuf> {
        let Some(cache) = &self.options.cache_directory else {
            return Err(Error::not_implemented(
                "the templates are part of the program, and no cache directory is set that they could be copied to",
            ));
        };
        let directory = cache.join("templates").join(env!("CARGO_PKG_VERSION"));
        unpack(&directory)?;
        Ok(directory)
    }

    /// Lets go of the modules of revision files, so that each command of a program reads them as they then are.
    pub(crate) fn forget_modules(&self) {
        let forgotten = std::mem::take(&mut *self.modules.borrow_mut());
        drop(forgotten);
    }

    /// Gives the module of a revision file, running the file when that has not been done.
    pub(crate) fn module_of(&self, path: &Path) -> Result<PyObjectRef> {
        self.enter(|running, vm| self.revision_module(path, running, vm))
    }

    /// Gives what stands for a name that a module does not have: where env.py runs, an object that fails where its value
    /// is needed.
    pub(crate) fn missing(&self, name: &str, reason: String, vm: &VirtualMachine) -> PyResult {
        if !ImportHook::is_lenient() {
            return Err(vm.new_attribute_error(reason));
        }
        let place = interpreter::frames::caller(vm);
        let import = interpreter::unavailable::FailedImport { module: name.to_owned(), place, reason };
        Ok(interpreter::unavailable::Unavailable::module(import).into_pyobject(vm))
    }

    /// Runs env.py in the environment that a program has put in place.
    pub(crate) fn run_env_script(&self, script: &ScriptDirectory) -> Result<()> {
        self.enter(|running, vm| Self::run_env_file(script, running, vm))
    }

    fn run_env_file(script: &ScriptDirectory, running: &Running, vm: &VirtualMachine) -> PyResult<()> {
        let path = script.env_py_location();
        if !path.exists() {
            let message = format!("Can't find Python file {}", path.display());
            return Err(vm.new_import_error(message, vm.ctx.new_str("env")));
        }
        let source = read_source(&path).map_err(|error| error.exception(vm))?;
        let (_module, globals) = new_module(&path, vm)?;
        let was_lenient = ImportHook::is_lenient();
        running.hook.set_lenient(true, vm)?;
        let outcome = running.hook.run_source(&source, &path.display().to_string(), globals, vm);
        running.hook.set_lenient(was_lenient, vm)?;
        outcome
    }

    /// Runs the program of the options as Python's command line does, as the module `__main__`.
    ///
    /// # Errors
    /// The program's own file cannot be read, and whatever exception it lets pass, `SystemExit` among them.
    pub fn run_program(&self) -> Result<()> {
        let Some(path) = &self.options.program else { return Ok(()) };
        let source = read_source(path).map_err(|error| match error {
            Unreadable::Io(error) => error,
            Unreadable::Text(message) => Error::exception(format!("SyntaxError: {message}")),
        })?;
        self.enter(|running, vm| {
            let globals = vm.ctx.new_dict();
            globals.set_item("__file__", vm.ctx.new_str(path.display().to_string()).into(), vm)?;
            let module = vm.new_module("__main__", globals.clone(), None);
            vm.sys_module.get_attr("modules", vm)?.set_item("__main__", module.into(), vm)?;
            let ran = running.hook.run_source(&source, &path.display().to_string(), globals, vm);
            let joined = join_threads(vm);
            Ok(ran.and(joined).map_err(|exception| uncaught(exception, vm)))
        })?
    }

    /// Gives the interpreter, starting it when it does not run yet.
    fn running(&self) -> Result<&Running> {
        if let Some(running) = self.running.get() {
            return Ok(running);
        }
        let running = self.start()?;
        Ok(self.running.get_or_init(|| running))
    }

    fn start(&self) -> Result<Running> {
        modules::logging::install();
        let interpreter = interpreter::start(modules::register);
        let project = self
            .config
            .config_file_name()
            .or_else(|| self.config.toml_file_name())
            .map_or_else(|| PathBuf::from("."), Path::to_owned);
        let cache = Arc::new(CodeCache::open(self.options.cache_directory.as_deref(), &project));
        let paths = match &self.options.program {
            None => self.config.get_prepend_sys_paths_list()?.unwrap_or_default(),
            Some(program) => vec![program_directory(program)],
        };
        let (hook, config) = interpreter::enter(&interpreter, |vm| {
            let install = || {
                OutputStream::install(vm)?;
                deferred::install(vm)?;
                interpreter::collect_garbage_rarely(vm)?;
                let arguments = self.options.arguments.iter();
                let arguments = arguments.map(|argument| vm.ctx.new_str(argument.as_str()).into()).collect();
                vm.sys_module.set_attr("argv", vm.ctx.new_list(arguments), vm)?;
                if let Some(environment) = &self.options.virtual_environment {
                    prepend_sys_path(&site_packages(environment), vm)?;
                }
                prepend_sys_path(&paths, vm)?;
                interpreter::note_threads(vm)?;
                let config = modules::alembic::config_object(Arc::clone(&self.config), vm)?;
                Ok((ImportHook::install(Arc::clone(&cache), vm)?, config))
            };
            install().map_err(|exception| from_python(exception, vm))
        })?;
        *starter().lock().unwrap_or_else(PoisonError::into_inner) = Some(Starter {
            options: self.options.clone(),
            config: Arc::clone(&self.config),
            cache: Arc::clone(&cache),
            hook: hook.clone(),
            config_object: config.clone(),
        });
        Ok(Running { interpreter: Some(interpreter), cache, hook, config })
    }

    /// Runs `work` in the interpreter; its exceptions become the engine's errors.
    fn enter<T>(&self, work: impl FnOnce(&Running, &VirtualMachine) -> PyResult<T>) -> Result<T> {
        let running = self.running()?;
        let _host = self.this.upgrade().map(HostScope::enter);
        let mut work = Some(work);
        let mut run = |vm: &VirtualMachine| match work.take() {
            Some(work) => work(running, vm).map_err(|exception| from_python(exception, vm)),
            None => Err(Error::command("the interpreter ran the same work twice")),
        };
        // Migrations run inside env.py, which has entered the interpreter already.
        with_entered_vm(&mut run).unwrap_or_else(|| match &running.interpreter {
            Some(interpreter) => interpreter::enter(interpreter, &mut run),
            None => Err(Error::command("the interpreter belongs to another thread")),
        })
    }

    /// Gives the module of a revision file, running the file when that has not been done.
    fn revision_module(&self, path: &Path, running: &Running, vm: &VirtualMachine) -> PyResult {
        if let Some(module) = self.modules.borrow().get(path) {
            return Ok(module.clone());
        }
        self.run_module(path, compile_file(path, &running.cache, &vm.ctx), vm)
    }

    /// Runs a compiled revision file, and keeps its module.
    fn run_module(
        &self,
        path: &Path,
        compiled: std::result::Result<CompiledFile, Unreadable>,
        vm: &VirtualMachine,
    ) -> PyResult {
        let (source, code) = compiled.map_err(|error| error.exception(vm))?;
        let code = code.map_err(|error| vm.new_syntax_error(&error, Some(&source)))?;
        let (module, globals) = new_module(path, vm)?;
        vm.run_code_obj(code, Scope::with_builtins(None, globals, vm))?;
        self.modules.borrow_mut().insert(path.to_owned(), module.clone());
        Ok(module)
    }

    /// Runs those of the files that have not been run, one after another, while those that follow are compiled on all
    /// cores, no further ahead than that compiled code does not pile up beside the modules made of it.
    fn load_modules(&self, paths: &[&Path], running: &Running, vm: &VirtualMachine) -> PyResult<()> {
        let known = self.modules.borrow();
        let wanted: Vec<&Path> = paths.iter().copied().filter(|path| !known.contains_key(*path)).collect();
        drop(known);
        let (cache, context): (_, &Context) = (&running.cache, &vm.ctx);
        // The collector does not stop threads that only make objects.
        let _paused = interpreter::PausedCollector::begin();
        let (sender, receiver) = mpsc::sync_channel(BATCHES_AHEAD);
        rayon::in_place_scope(|scope| {
            // Dropped with the first failure, which ends the work that is ahead.
            let receiver = receiver;
            let wanted = &wanted;
            scope.spawn(move |_| {
                for batch in wanted.chunks(COMPILED_AT_ONCE) {
                    let compiled: Vec<_> =
                        batch.par_iter().map(|path| compile_file(path, cache, context)).collect();
                    if sender.send(compiled).is_err() {
                        return;
                    }
                }
            });
            for (path, compiled) in wanted.iter().zip(receiver.iter().flatten()) {
                self.run_module(path, compiled, vm)?;
            }
            Ok(())
        })
    }

    /// Renders the translated form of a template.
    fn render_in_python(&self, source: &str, path: &Path, arguments: &TemplateArguments) -> Result<String> {
        let rendered = self.enter(|running, vm| {
            let globals = vm.ctx.new_dict();
            running.hook.run_source(source, &path.display().to_string(), globals.clone(), vm)?;
            let context = vm.ctx.new_dict();
            for (name, value) in arguments {
                context.set_item(name.as_str(), template_object(value, vm)?, vm)?;
            }
            context.set_item("config", running.config.clone(), vm)?;
            let render = globals.get_item("render", vm)?;
            Ok(render.call((context,), vm)?.str(vm)?.to_string())
        });
        match rendered {
            Err(Error::Host(error)) => Err(match error.downcast::<PythonError>() {
                Ok(error) => self.rendering_failed(path, &error)?,
                Err(other) => Error::Host(other),
            }),
            other => other,
        }
    }

    /// Gives the sentence that the reference makes of any exception of a template.
    fn rendering_failed(&self, path: &Path, error: &PythonError) -> Result<Error> {
        let summary = self.enter(|_, vm| Ok(error.summary(vm)))?;
        Ok(Error::command(format!("Template rendering failed; {}: {summary}", path.display())))
    }

    /// Runs the program of a post-write hook on a revision file.
    pub(crate) fn run_hook_command(
        &self,
        command: &HookCommand,
        path: &Path,
        ignore_output: bool,
    ) -> Result<()> {
        crate::write_hooks::run(command, path, ignore_output, &self.options)
    }

    /// Writes what this run has compiled to the cache directory.
    pub fn save_cache(&self) {
        if let Some(running) = self.running.get() {
            running.cache.save();
        }
    }
}

impl Drop for PythonHost {
    fn drop(&mut self) {
        self.save_cache();
        if let Some(running) = self.running.take() {
            // Objects must not outlive the interpreter's entry.
            let Running { interpreter: Some(interpreter), hook, config, .. } = running else { return };
            let shared = starter().lock().unwrap_or_else(PoisonError::into_inner).take();
            let loaded = std::mem::take(&mut *self.modules.borrow_mut());
            interpreter.enter(|vm| {
                // What user code asked to be run at the end; a failure there is shown, as Python does.
                let exit =
                    vm.import("atexit", 0).and_then(|atexit| vm.call_method(&atexit, "_run_exitfuncs", ()));
                if let Err(exception) = exit {
                    vm.print_exception(exception);
                }
                modules::alembic::forget_objects();
                drop((hook, config, loaded, shared));
            });
            // Tearing the interpreter down costs time and frees nothing that the process's end does not.
            std::mem::forget(interpreter);
        }
    }
}

impl ScriptHost for PythonHost {
    fn execute_header(&self, path: &Path) -> Result<RevisionHeader> {
        self.enter(|running, vm| {
            let module = self.revision_module(path, running, vm)?;
            let attribute = |name: &'static str| {
                let value = vm.get_attribute_opt(module.clone(), vm.ctx.intern_str(name))?;
                Ok(value.filter(|value| !vm.is_none(value)))
            };
            let text = |name| -> PyResult<Option<String>> {
                attribute(name)?.map(|value| Ok(value.str(vm)?.to_string())).transpose()
            };
            let texts = |name| -> PyResult<Vec<String>> {
                let Some(value) = attribute(name)? else { return Ok(Vec::new()) };
                match value.downcast_ref::<PyStr>() {
                    Some(single) => Ok(vec![single.as_wtf8().to_string()]),
                    None => vm.extract_elements_with(&value, |item| Ok(item.str(vm)?.to_string())),
                }
            };
            Ok(RevisionHeader {
                revision: text("revision")?,
                down_revision: match vm
                    .get_attribute_opt(module.clone(), vm.ctx.intern_str("down_revision"))?
                {
                    Some(_) => Some(texts("down_revision")?),
                    None => None,
                },
                branch_labels: texts("branch_labels")?,
                depends_on: texts("depends_on")?,
                doc: text("__doc__")?,
            })
        })
    }

    fn render_template(&self, template: &Path, arguments: &TemplateArguments) -> Result<String> {
        modules::templates::render(template, arguments, |source, path, arguments| {
            self.render_in_python(source, path, arguments)
        })
    }

    fn expect_env(&self) {
        // A failure is told by whoever needs the interpreter.
        let _ = self.running();
    }

    fn run_env(&self, environment: &Arc<EnvironmentContext>) -> Result<()> {
        self.enter(|running, vm| {
            let config = self.configs.borrow().last().cloned().unwrap_or_else(|| running.config.clone());
            let _environment =
                EnvironmentScope::enter(Environment::new(Arc::clone(environment), config, None));
            let url = environment.config().url_override();
            let _url = stand_in::UrlScope::enter(url);
            Self::run_env_file(environment.script(), running, vm)?;
            let left_out = stand_in::left_out();
            if left_out.is_empty() {
                return Ok(());
            }
            let left_out = left_out.join(", ");
            if environment.get_context().is_err() {
                let message = format!(
                    "env.py did not get as far as context.configure(): it needs values that are not available here ({left_out})"
                );
                return Err(modules::alembic::to_python(Error::command(message), vm));
            }
            log::warn!(target: "alembic.env", "--url is given, so env.py went on without {left_out}, which are not available here");
            Ok(())
        })
    }

    fn run_revision(
        &self,
        script: &Script<'_>,
        direction: Direction,
        context: &Arc<MigrationContext>,
    ) -> Result<()> {
        self.enter(|running, vm| {
            let module = self.revision_module(script.path(), running, vm)?;
            let function = module.get_attr(direction.function_name(), vm)?;
            let _operations = OperationsScope::enter(Operations::new(Arc::clone(context)));
            let keywords = modules::alembic::run_arguments();
            if keywords.is_empty() {
                deferred::call(&function, vm)
            } else {
                function.call(FuncArgs::new(Vec::new(), KwArgs::new(keywords.into_iter().collect())), vm)
            }
            .map(drop)
        })
    }

    fn watch_interrupts(&self, connection: &Connection) {
        interrupts::set_canceller(connection.canceller());
        if !self.listens.replace(true) {
            // Without it a signal ends the program at once, and the database rolls back by itself.
            let _ = self.enter(|_, vm| interrupts::listen(vm));
        }
    }

    fn check_interrupts(&self) -> Result<()> {
        self.enter(|_, vm| vm.check_signals())
    }

    fn run_post_write_hook(&self, hook: &PostWriteHook, kind: &str, path: &Path) -> Result<()> {
        let Some(function) = modules::alembic::registered_write_hook(kind) else {
            return self.run_hook_command(&HookCommand::of(hook, kind)?, path, false);
        };
        self.enter(|_, vm| {
            let options = vm.ctx.new_dict();
            for (key, value) in &hook.options {
                options.set_item(key.as_str(), vm.ctx.new_str(value.as_str()).into(), vm)?;
            }
            options.set_item("_hook_name", vm.ctx.new_str(hook.name.as_str()).into(), vm)?;
            function.call((path.display().to_string(), options), vm).map(drop)
        })
    }

    fn prepare(&self, scripts: &[(Script<'_>, Direction)]) -> Result<()> {
        if scripts.is_empty() {
            return Ok(());
        }
        self.enter(|running, vm| {
            running.hook.set_lenient(false, vm)?;
            let paths: Vec<&Path> = scripts.iter().map(|(script, _)| script.revision().path()).collect();
            let outcome = self.load_modules(&paths, running, vm);
            running.cache.save();
            outcome?;
            for (script, direction) in scripts {
                // The AttributeError of a missing function, ahead of every step as in the reference.
                self.revision_module(script.path(), running, vm)?.get_attr(direction.function_name(), vm)?;
            }
            Ok(())
        })
    }
}

/// Gives the directory that a program's imports look in first.
fn program_directory(program: &Path) -> String {
    let directory = program.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = directory.unwrap_or_else(|| Path::new("."));
    let absolute = directory.canonicalize().or_else(|_| std::path::absolute(directory));
    absolute.unwrap_or_else(|_| directory.to_owned()).display().to_string()
}

/// Waits for the threads that a program leaves running, as Python does at its end.
fn join_threads(vm: &VirtualMachine) -> PyResult<()> {
    let modules = vm.sys_module.get_attr("modules", vm)?;
    match modules.get_item("threading", vm) {
        Ok(threading) => vm.call_method(&threading, "_shutdown", ()).map(drop),
        Err(_) => Ok(()),
    }
}

/// How many files are compiled before they are run.
const COMPILED_AT_ONCE: usize = 16;
/// How many batches of compiled files may wait for their turn.
const BATCHES_AHEAD: usize = 2;

/// Reads and compiles a file, the latter through the cache.
fn compile_file(
    path: &Path,
    cache: &CodeCache,
    context: &Context,
) -> std::result::Result<CompiledFile, Unreadable> {
    let source = read_source(path)?;
    let code = cache.compile_revision(&source, &path.display().to_string(), context);
    Ok((source, code))
}

/// A file's text, and its code unless the text is no Python.
type CompiledFile = (String, Compiled);

/// Gives the directories of a virtual environment that hold its packages.
fn site_packages(environment: &Path) -> Vec<PathBuf> {
    let Ok(versions) = std::fs::read_dir(environment.join("lib")) else {
        return vec![environment.join("Lib").join("site-packages")];
    };
    let versions = versions.filter_map(|entry| Some(entry.ok()?.path().join("site-packages")));
    versions.filter(|path| path.is_dir()).collect()
}

/// Why a source file cannot be read.
enum Unreadable {
    Io(Error),
    Text(String),
}

impl Unreadable {
    fn exception(self, vm: &VirtualMachine) -> PyBaseExceptionRef {
        match self {
            Self::Io(error) => modules::alembic::to_python(error, vm),
            Self::Text(message) => {
                vm.new_exception_msg(vm.ctx.exceptions.syntax_error.to_owned(), message.into())
            }
        }
    }
}

fn read_source(path: &Path) -> std::result::Result<String, Unreadable> {
    let bytes = std::fs::read(path).map_err(|error| Unreadable::Io(Error::io(path, error)))?;
    decode_source(bytes).map_err(|reason| Unreadable::Text(format!("{}: {reason}", path.display())))
}

/// Makes the module of a file that is run by its path, named as the reference names it (`env_py`).
fn new_module(path: &Path, vm: &VirtualMachine) -> PyResult<(PyObjectRef, PyDictRef)> {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let name: String = file.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let globals = vm.ctx.new_dict();
    globals.set_item("__file__", vm.ctx.new_str(path.display().to_string()).into(), vm)?;
    let module = vm.new_module(&name, globals.clone(), None);
    Ok((module.into(), globals))
}

/// Gives the Python object for a template's argument.
fn template_object(value: &TemplateValue, vm: &VirtualMachine) -> PyResult {
    let items = |items: &[TemplateValue]| -> PyResult<Vec<PyObjectRef>> {
        items.iter().map(|item| template_object(item, vm)).collect()
    };
    Ok(match value {
        TemplateValue::None => vm.ctx.none(),
        TemplateValue::Bool(flag) => vm.ctx.new_bool(*flag).into(),
        TemplateValue::String(text) => vm.ctx.new_str(text.as_str()).into(),
        TemplateValue::Integer(number) => vm.ctx.new_int(*number).into(),
        TemplateValue::Object(number) => modules::alembic::kept_object(*number)
            .ok_or_else(|| vm.new_runtime_error("an argument of a template outlived the interpreter"))?,
        TemplateValue::Tuple(values) => vm.ctx.new_tuple(items(values)?).into(),
        TemplateValue::List(values) => vm.ctx.new_list(items(values)?).into(),
        TemplateValue::DateTime(time, offset) => {
            crate::raise::value(&limbeck_sql::engine::Value::DateTime(*time, *offset), vm)?
        }
    })
}

/// Reads a template argument that env.py gave with `template_args`; an object that the engine has no value for is kept
/// here until the interpreter ends.
pub(crate) fn template_value(object: &PyObject, vm: &VirtualMachine) -> TemplateValue {
    plain_value(object, vm).unwrap_or_else(|| TemplateValue::Object(modules::alembic::keep_object(object)))
}

/// Reads a string, boolean, integer, `None`, or a list or tuple of these.
fn plain_value(object: &PyObject, vm: &VirtualMachine) -> Option<TemplateValue> {
    let items = |items: &[PyObjectRef]| -> Option<Vec<TemplateValue>> {
        items.iter().map(|item| plain_value(item, vm)).collect()
    };
    let class = object.class();
    let types = &vm.ctx.types;
    if vm.is_none(object) {
        Some(TemplateValue::None)
    } else if class.is(types.bool_type) {
        Some(TemplateValue::Bool(object.is(&vm.ctx.true_value)))
    } else if class.is(types.int_type) {
        object.to_owned().try_into_value(vm).ok().map(TemplateValue::Integer)
    } else if class.is(types.str_type) {
        object.downcast_ref::<PyStr>().map(|text| TemplateValue::String(text.as_wtf8().to_string()))
    } else if class.is(types.tuple_type) {
        items(object.downcast_ref::<PyTuple>()?.as_slice()).map(TemplateValue::Tuple)
    } else if class.is(types.list_type) {
        items(&object.downcast_ref::<PyList>()?.borrow_vec()).map(TemplateValue::List)
    } else {
        None
    }
}
