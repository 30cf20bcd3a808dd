//! What unavailable objects do while `--url` says which database is meant: the way to a connection needs no values of
//! them any more, so calls and `with` blocks go on without them. What they would have done is told in a warning.
//!
//! Values stay unavailable where they would decide something: in conditions, in arithmetic, as names of schemas. Text
//! made of them is no SQL and no URL, so that a database refuses it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustpython_vm::protocol::PyIterReturn;
use rustpython_vm::types::{IterNext, SelfIter};
use rustpython_vm::{Py, PyObjectRef, PyPayload, PyResult, VirtualMachine, pyclass};

/// The database that is meant, and what was left out so far.
#[derive(Default)]
struct State {
    url: Option<String>,
    left_out: Vec<String>,
}

static STATE: Mutex<State> = Mutex::new(State { url: None, left_out: Vec::new() });

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a URL the one that goes before all others until it is dropped.
pub(crate) struct UrlScope {
    before: State,
}

impl UrlScope {
    /// Begins with a URL, or without one.
    pub(crate) fn enter(url: Option<&str>) -> Self {
        let now = State { url: url.map(str::to_owned), left_out: Vec::new() };
        Self { before: std::mem::replace(&mut *state(), now) }
    }
}

impl Drop for UrlScope {
    fn drop(&mut self) {
        *state() = std::mem::take(&mut self.before);
    }
}

/// Gives the URL that goes before all others, when env.py runs with one.
pub(crate) fn url() -> Option<String> {
    state().url.clone()
}

/// Tells whether there is such a URL.
pub(crate) fn is_active() -> bool {
    state().url.is_some()
}

/// Notes a call that is not made.
pub(crate) fn leave_out(expression: &str) {
    let mut state = state();
    // what is made of something that is left out says no more
    if !state.left_out.iter().any(|known| expression.starts_with(known.as_str())) {
        state.left_out.push(expression.to_owned());
    }
}

/// Gives the calls that were not made.
pub(crate) fn left_out() -> Vec<String> {
    state().left_out.clone()
}

/// What a coroutine that is not there gives when it is awaited.
#[pyclass(module = "limbeck", name = "Awaited")]
#[derive(Debug, PyPayload)]
pub struct Awaited {
    value: PyObjectRef,
}

impl Awaited {
    /// Makes the awaitable of a value.
    pub(super) fn new(value: PyObjectRef) -> Self {
        Self { value }
    }
}

#[pyclass(with(IterNext))]
impl Awaited {
    #[pymethod]
    fn __await__(zelf: rustpython_vm::PyRef<Self>) -> rustpython_vm::PyRef<Self> {
        zelf
    }
}

impl SelfIter for Awaited {}

impl IterNext for Awaited {
    fn next(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<PyIterReturn> {
        Ok(PyIterReturn::StopIteration(Some(zelf.value.clone())))
    }
}
