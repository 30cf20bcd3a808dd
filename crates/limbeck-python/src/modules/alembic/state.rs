//! What `alembic.op` and `alembic.context` stand for at the moment.
//!
//! The reference's modules are proxies for one object each while a command runs; so are these. Scopes put an
//! object in place and take it away again when they end, whatever happens inside.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use limbeck_core::operations::Operations;
use limbeck_core::runtime::{EnvironmentContext, MigrationContext};
use rustc_hash::FxHashMap;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use crate::host::PythonHost;

static ENVIRONMENTS: Stacks<Arc<Environment>> = Stacks::new();
static OPERATIONS: Stacks<Operations> = Stacks::new();
static CONTEXT_ESTABLISHED: AtomicBool = AtomicBool::new(false);
static OP_ESTABLISHED: AtomicBool = AtomicBool::new(false);

/// What is in place on each thread; a thread that has nothing of its own sees what was last put in place elsewhere, as
/// env.py may run its migrations on a thread that it starts.
struct Stacks<T> {
    entries: Mutex<Vec<(ThreadId, T)>>,
}

impl<T: Clone> Stacks<T> {
    const fn new() -> Self {
        Self { entries: Mutex::new(Vec::new()) }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(ThreadId, T)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, value: T) {
        self.lock().push((thread::current().id(), value));
    }

    /// Takes this thread's last entry.
    fn pop(&self) -> Option<T> {
        let mut entries = self.lock();
        let this = thread::current().id();
        let position = entries.iter().rposition(|(thread, _)| *thread == this)?;
        Some(entries.remove(position).1)
    }

    fn last(&self) -> Option<T> {
        let entries = self.lock();
        let this = thread::current().id();
        let own = entries.iter().rev().find(|(thread, _)| *thread == this);
        own.or_else(|| entries.last()).map(|(_, value)| value.clone())
    }
}

thread_local! {
    static HOSTS: RefCell<Vec<Rc<PythonHost>>> = const { RefCell::new(Vec::new()) };
    static KEPT: RefCell<Vec<PyObjectRef>> = const { RefCell::new(Vec::new()) };
    static CONTEXTS: RefCell<Contexts> = RefCell::default();
    static RUN_ARGUMENTS: RefCell<Vec<Vec<(String, PyObjectRef)>>> = const { RefCell::new(Vec::new()) };
}

/// The Python objects of a migration context, which user code may compare by identity.
#[derive(Clone)]
pub struct ContextObjects {
    engine: Arc<MigrationContext>,
    /// The `MigrationContext` object.
    pub context: PyObjectRef,
    /// What `op.get_bind()` gives offline.
    pub mock: PyObjectRef,
}

/// The objects of the contexts that somebody still has, by the address of the engine's context.
#[derive(Default)]
struct Contexts {
    by_address: FxHashMap<usize, ContextObjects>,
    /// How many there may be before it is looked which of them nobody has any more.
    limit: usize,
}

/// How many references to the engine's context its own objects hold: the list's, and that of each object.
const OWN_REFERENCES: usize = 3;

impl ContextObjects {
    /// Tells whether somebody else may still ask for the objects.
    fn is_used(&self) -> bool {
        self.context.strong_count() > 1
            || self.mock.strong_count() > 1
            || Arc::strong_count(&self.engine) > OWN_REFERENCES
    }
}

/// Gives the Python objects of a context, made by `objects` (the context and its mock connection) at first.
///
/// Those of contexts that nobody has any more are let go, so that a program may run any number of commands.
pub fn context_objects(
    context: &Arc<MigrationContext>,
    objects: impl FnOnce() -> (PyObjectRef, PyObjectRef),
) -> ContextObjects {
    let address = Arc::as_ptr(context).addr();
    let known = CONTEXTS.with_borrow(|contexts| contexts.by_address.get(&address).cloned());
    known.unwrap_or_else(|| {
        let (object, mock) = objects();
        let made = ContextObjects { engine: Arc::clone(context), context: object, mock };
        let unused = CONTEXTS.with_borrow_mut(|contexts| {
            let mut unused = Vec::new();
            if contexts.by_address.len() >= contexts.limit {
                unused.extend(contexts.by_address.extract_if(|_, known| !known.is_used()));
                contexts.limit = 2 * contexts.by_address.len();
            }
            contexts.by_address.insert(address, made.clone());
            unused
        });
        // Dropped outside of the map's borrow: what they hold may run user code.
        drop(unused);
        made
    })
}

/// Lets go of all objects, before the interpreter ends.
pub fn forget_contexts() {
    drop(CONTEXTS.take());
    drop(RUN_ARGUMENTS.take());
    drop(KEPT.take());
}

/// Keeps an object for the engine, which names it by the number that this gives.
pub fn keep_object(object: &PyObject) -> usize {
    KEPT.with_borrow_mut(|kept| {
        kept.push(object.to_owned());
        kept.len() - 1
    })
}

/// Gives an object that was kept.
pub fn kept_object(number: usize) -> Option<PyObjectRef> {
    KEPT.with_borrow(|kept| kept.get(number).cloned())
}

/// An environment, and the objects that user code knows it by.
pub struct Environment {
    /// The engine's environment.
    pub context: Arc<EnvironmentContext>,
    /// The `alembic.config.Config` object.
    pub config: PyObjectRef,
    script: Mutex<Option<PyObjectRef>>,
}

impl Environment {
    /// Joins an environment with its configuration as user code sees it, and its script directory when there is an
    /// object for that already.
    pub fn new(
        context: Arc<EnvironmentContext>,
        config: PyObjectRef,
        script: Option<PyObjectRef>,
    ) -> Arc<Self> {
        Arc::new(Self { context, config, script: Mutex::new(script) })
    }

    /// Gives the `ScriptDirectory` object, made by `object` at first.
    pub fn script(&self, object: impl FnOnce() -> PyObjectRef) -> PyObjectRef {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.get_or_insert_with(object).clone()
    }
}

/// Keyword arguments for `upgrade()` and `downgrade()` of the revisions that run.
pub struct RunArguments;

impl RunArguments {
    /// Takes over the arguments of a `run_migrations()`.
    pub fn enter(arguments: Vec<(String, PyObjectRef)>) -> Self {
        RUN_ARGUMENTS.with_borrow_mut(|stack| stack.push(arguments));
        Self
    }
}

impl Drop for RunArguments {
    fn drop(&mut self) {
        let ended = RUN_ARGUMENTS.with_borrow_mut(Vec::pop);
        drop(ended);
    }
}

/// Gives the keyword arguments of the `run_migrations()` that is under way.
pub fn run_arguments() -> Vec<(String, PyObjectRef)> {
    RUN_ARGUMENTS.with_borrow(|stack| stack.last().cloned().unwrap_or_default())
}

/// Puts the host in place.
pub struct HostScope;

impl HostScope {
    /// Makes `host` the one that Python code calls back.
    pub fn enter(host: Rc<PythonHost>) -> Self {
        HOSTS.with_borrow_mut(|hosts| hosts.push(host));
        Self
    }
}

impl Drop for HostScope {
    fn drop(&mut self) {
        HOSTS.with_borrow_mut(Vec::pop);
    }
}

/// Gives the host: this thread's, or a new one on a thread that Python code has started.
pub fn host() -> Option<Rc<PythonHost>> {
    HOSTS.with_borrow(|hosts| hosts.last().cloned()).or_else(PythonHost::of_thread)
}

/// Tells whether a proxy module has ever stood for something: `alembic.op` for `Operations`, or `alembic.context`.
pub fn was_established(class: &str) -> bool {
    let established = if class == "Operations" { &OP_ESTABLISHED } else { &CONTEXT_ESTABLISHED };
    established.load(Ordering::Relaxed)
}

/// Puts an environment in place, as `alembic.context`.
pub struct EnvironmentScope;

impl EnvironmentScope {
    /// Makes `environment` the one that `alembic.context` stands for.
    pub fn enter(environment: Arc<Environment>) -> Self {
        push_environment(environment);
        Self
    }
}

impl Drop for EnvironmentScope {
    fn drop(&mut self) {
        pop_environment();
    }
}

/// Makes `environment` the one that `alembic.context` stands for, until [`pop_environment`].
pub fn push_environment(environment: Arc<Environment>) {
    CONTEXT_ESTABLISHED.store(true, Ordering::Relaxed);
    ENVIRONMENTS.push(environment);
}

/// Takes the last environment away.
pub fn pop_environment() {
    drop(ENVIRONMENTS.pop());
}

/// Gives the environment, when a command or a program runs one.
pub fn environment() -> Option<Arc<Environment>> {
    ENVIRONMENTS.last()
}

/// Puts operations in place, as `alembic.op`.
pub struct OperationsScope;

impl OperationsScope {
    /// Makes `operations` the ones that `alembic.op` stands for.
    pub fn enter(operations: Operations) -> Self {
        push_operations(operations);
        Self
    }
}

impl Drop for OperationsScope {
    fn drop(&mut self) {
        pop_operations();
    }
}

/// Makes `operations` the ones that `alembic.op` stands for, until [`pop_operations`].
pub fn push_operations(operations: Operations) {
    OP_ESTABLISHED.store(true, Ordering::Relaxed);
    OPERATIONS.push(operations);
}

/// Takes the last operations away.
pub fn pop_operations() {
    drop(OPERATIONS.pop());
}

/// Gives the operations, when a migration runs.
pub fn operations() -> Option<Operations> {
    OPERATIONS.last()
}

/// Gives the host.
///
/// # Errors
/// The interpreter is about to end.
pub fn required_host(vm: &VirtualMachine) -> PyResult<Rc<PythonHost>> {
    host().ok_or_else(|| vm.new_runtime_error("no command can run any more: the program has ended"))
}
