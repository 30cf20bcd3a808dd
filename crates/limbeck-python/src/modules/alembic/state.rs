//! What `alembic.op` and `alembic.context` stand for at the moment.
//!
//! The reference's modules are proxies for one object each while a command runs; so are these. Scopes put an
//! object in place and take it away again when they end, whatever happens inside.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use limbeck_core::operations::Operations;
use limbeck_core::runtime::{EnvironmentContext, MigrationContext};
use rustpython_vm::builtins::PyDictRef;
use rustpython_vm::{PyObject, PyObjectRef};

use crate::host::PythonHost;

thread_local! {
    static HOSTS: RefCell<Vec<Rc<PythonHost>>> = const { RefCell::new(Vec::new()) };
    static ENVIRONMENTS: RefCell<Vec<Environment>> = const { RefCell::new(Vec::new()) };
    static OPERATIONS: RefCell<Vec<Operations>> = const { RefCell::new(Vec::new()) };
    static KEPT: RefCell<Vec<PyObjectRef>> = const { RefCell::new(Vec::new()) };
    static CONTEXTS: RefCell<Vec<ContextObjects>> = const { RefCell::new(Vec::new()) };
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

/// Gives the Python objects of a context, made by `objects` (the context and its mock connection) at first.
pub fn context_objects(
    context: &Arc<MigrationContext>,
    objects: impl FnOnce() -> (PyObjectRef, PyObjectRef),
) -> ContextObjects {
    let known = CONTEXTS
        .with_borrow(|contexts| contexts.iter().find(|known| Arc::ptr_eq(&known.engine, context)).cloned());
    known.unwrap_or_else(|| {
        let (object, mock) = objects();
        let made = ContextObjects { engine: Arc::clone(context), context: object, mock };
        CONTEXTS.with_borrow_mut(|contexts| contexts.push(made.clone()));
        made
    })
}

/// Lets go of all objects, before the interpreter ends.
pub fn forget_contexts() {
    CONTEXTS.with_borrow_mut(Vec::clear);
    KEPT.with_borrow_mut(Vec::clear);
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

/// An environment, and what env.py gave it in Python's own objects.
#[derive(Clone)]
pub struct Environment {
    /// The engine's environment.
    pub context: Arc<EnvironmentContext>,
    /// The `alembic.config.Config` object that env.py sees.
    pub config: PyObjectRef,
    /// What `configure` was called with last.
    pub configured: Option<Configured>,
    /// Keyword arguments of `run_migrations`, passed on to `upgrade()` and `downgrade()`.
    pub run_arguments: Vec<(String, PyObjectRef)>,
}

/// What `context.configure` was called with.
#[derive(Clone)]
pub struct Configured {
    /// The context that it made.
    pub context: Arc<MigrationContext>,
    /// The connection object, when one was given.
    pub connection: Option<PyObjectRef>,
    /// `MigrationContext.opts`
    pub opts: PyDictRef,
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

/// Gives the host.
pub fn host() -> Option<Rc<PythonHost>> {
    HOSTS.with_borrow(|hosts| hosts.last().cloned())
}

/// Puts an environment in place, as `alembic.context`.
pub struct EnvironmentScope;

impl EnvironmentScope {
    /// Makes `context` the one that `alembic.context` stands for; `config` is its configuration as user code sees it.
    pub fn enter(context: Arc<EnvironmentContext>, config: PyObjectRef) -> Self {
        let environment = Environment { context, config, configured: None, run_arguments: Vec::new() };
        ENVIRONMENTS.with_borrow_mut(|environments| environments.push(environment));
        Self
    }
}

impl Drop for EnvironmentScope {
    fn drop(&mut self) {
        ENVIRONMENTS.with_borrow_mut(Vec::pop);
    }
}

/// Gives the environment, when a command runs one.
pub fn environment() -> Option<Environment> {
    ENVIRONMENTS.with_borrow(|environments| environments.last().cloned())
}

/// Changes what is known of the environment.
pub fn change_environment(change: impl FnOnce(&mut Environment)) {
    ENVIRONMENTS.with_borrow_mut(|environments| {
        if let Some(environment) = environments.last_mut() {
            change(environment);
        }
    });
}

/// Finds what `configure` was called with when it made `context`.
pub fn configured(context: &Arc<MigrationContext>) -> Option<Configured> {
    ENVIRONMENTS.with_borrow(|environments| {
        let mut configured =
            environments.iter().rev().filter_map(|environment| environment.configured.clone());
        configured.find(|configured| Arc::ptr_eq(&configured.context, context))
    })
}

/// Puts operations in place, as `alembic.op`.
pub struct OperationsScope;

impl OperationsScope {
    /// Makes `operations` the ones that `alembic.op` stands for.
    pub fn enter(operations: Operations) -> Self {
        OPERATIONS.with_borrow_mut(|stack| stack.push(operations));
        Self
    }
}

impl Drop for OperationsScope {
    fn drop(&mut self) {
        OPERATIONS.with_borrow_mut(Vec::pop);
    }
}

/// Gives the operations, when a migration runs.
pub fn operations() -> Option<Operations> {
    OPERATIONS.with_borrow(|stack| stack.last().cloned())
}
