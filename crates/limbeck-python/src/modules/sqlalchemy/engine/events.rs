//! Listeners on engines, pools and connections: who listens to what, and with which arguments they are called.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use limbeck_sql::engine::{Connection, Engine};
use rustpython_vm::builtins::PyType;
use rustpython_vm::function::{FuncArgs, KwArgs};
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::{connection_of, engine_of};
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{self, class, is_a};

/// The events of pools, connections and dialects, with the names of their arguments.
const EVENTS: &[(&str, &[&str])] = &[
    ("connect", &["dbapi_connection", "connection_record"]),
    ("first_connect", &["dbapi_connection", "connection_record"]),
    ("checkout", &["dbapi_connection", "connection_record", "connection_proxy"]),
    ("checkin", &["dbapi_connection", "connection_record"]),
    ("reset", &["dbapi_connection", "connection_record", "reset_state"]),
    ("close", &["dbapi_connection", "connection_record"]),
    ("invalidate", &["dbapi_connection", "connection_record", "exception"]),
    ("soft_invalidate", &["dbapi_connection", "connection_record", "exception"]),
    ("detach", &["dbapi_connection", "connection_record"]),
    ("close_detached", &["dbapi_connection"]),
    ("engine_connect", &["conn"]),
    ("engine_disposed", &["engine"]),
    ("begin", &["conn"]),
    ("commit", &["conn"]),
    ("rollback", &["conn"]),
    ("savepoint", &["conn", "name"]),
    ("release_savepoint", &["conn", "name", "context"]),
    ("rollback_savepoint", &["conn", "name", "context"]),
    ("begin_twophase", &["conn", "xid"]),
    ("prepare_twophase", &["conn", "xid"]),
    ("commit_twophase", &["conn", "xid", "is_prepared"]),
    ("rollback_twophase", &["conn", "xid", "is_prepared"]),
    ("before_execute", &["conn", "clauseelement", "multiparams", "params", "execution_options"]),
    ("after_execute", &["conn", "clauseelement", "multiparams", "params", "execution_options", "result"]),
    ("before_cursor_execute", &["conn", "cursor", "statement", "parameters", "context", "executemany"]),
    ("after_cursor_execute", &["conn", "cursor", "statement", "parameters", "context", "executemany"]),
    ("handle_error", &["exception_context"]),
    ("set_connection_execution_options", &["conn", "opts"]),
    ("set_engine_execution_options", &["engine", "opts"]),
    ("do_connect", &["dialect", "conn_rec", "cargs", "cparams"]),
    ("do_execute", &["cursor", "statement", "parameters", "context"]),
    ("do_execute_no_params", &["cursor", "statement", "context"]),
    ("do_executemany", &["cursor", "statement", "parameters", "context"]),
    ("do_setinputsizes", &["inputsizes", "cursor", "statement", "parameters", "context"]),
];

/// The event of which Limbeck's drivers have nothing to tell: they are not told the types of parameters.
const WITHOUT_A_PLACE: &str = "do_setinputsizes";

/// Whose events are heard.
#[derive(Clone, Debug)]
enum Target {
    /// Those of all engines.
    All,
    /// Those of one engine.
    Engine(Engine),
    /// Those of one connection.
    Connection(Connection),
}

/// A function that hears of an event.
#[derive(Clone, Debug)]
pub(crate) struct Listener {
    target: Target,
    name: &'static str,
    /// The function.
    pub(crate) function: PyObjectRef,
    /// Whether what it returns counts.
    pub(crate) retval: bool,
    once: bool,
    named: bool,
}

static LISTENERS: Mutex<Vec<Listener>> = Mutex::new(Vec::new());
/// How many there are, so that statements need not lock the list when nobody listens.
static COUNT: AtomicUsize = AtomicUsize::new(0);

fn listeners() -> MutexGuard<'static, Vec<Listener>> {
    LISTENERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells whether anything listens.
pub(crate) fn any() -> bool {
    COUNT.load(Ordering::Relaxed) > 0
}

/// Lets go of all listeners, before the interpreter ends.
pub(crate) fn forget() {
    drop(std::mem::take(&mut *listeners()));
    COUNT.store(0, Ordering::Relaxed);
}

/// Gives whose events `object` stands for; `None` when it has no events of engines.
fn target_of(object: &PyObject, vm: &VirtualMachine) -> PyResult<Option<Target>> {
    if let Some(of) = object.downcast_ref::<PyType>() {
        let is_kind =
            ["Engine", "Pool", "Connection", "Dialect"].iter().any(|key| of.fast_issubclass(&class(key)));
        return Ok(is_kind.then_some(Target::All));
    }
    if ["AsyncEngine", "AsyncConnection"].contains(&object::class_name(object).as_str()) {
        return Err(vm.new_not_implemented_error(
            "asynchronous events are not implemented at this time.  Apply synchronous listeners to the \
             AsyncEngine.sync_engine or AsyncConnection.sync_connection attributes.",
        ));
    }
    if let Some(connection) = connection_of(object) {
        return Ok(Some(Target::Connection(connection)));
    }
    if is_a(object, "Dialect") || is_a(object, "Pool") {
        return Ok(object::get_some(object, "_engine", vm)?
            .and_then(|engine| engine_of(&engine))
            .map(Target::Engine));
    }
    Ok(engine_of(object).map(Target::Engine))
}

/// Registers a listener when `object` is an engine, a pool, a connection, or their class; tells whether it was.
pub(crate) fn listen(
    object: &PyObject,
    name: &str,
    function: &PyObjectRef,
    options: &[(String, PyObjectRef)],
    vm: &VirtualMachine,
) -> PyResult<bool> {
    let Some(target) = target_of(object, vm)? else { return Ok(false) };
    let Some((name, _)) = EVENTS.iter().find(|(known, _)| *known == name) else {
        let shown = object::repr(object, vm)?;
        return Err(exc::invalid_request(format!("No such event '{name}' for target '{shown}'"), vm));
    };
    if *name == WITHOUT_A_PLACE {
        return Err(exc::not_provided(&format!("the event '{name}' of engines"), vm));
    }
    let flag = |wanted: &str| -> PyResult<bool> {
        let given = options.iter().find(|(name, _)| name == wanted);
        given.map_or(Ok(false), |(_, value)| value.clone().try_to_bool(vm))
    };
    let listener = Listener {
        target,
        name,
        function: function.clone(),
        retval: flag("retval")?,
        once: flag("once")?,
        named: flag("named")?,
    };
    let at_front = flag("insert")?;
    let mut all = listeners();
    let position = if at_front { 0 } else { all.len() };
    all.insert(position, listener);
    COUNT.store(all.len(), Ordering::Relaxed);
    Ok(true)
}

fn is_registration(listener: &Listener, target: &Target, name: &str, function: &PyObject) -> bool {
    let same = match (&listener.target, target) {
        (Target::All, Target::All) => true,
        (Target::Engine(one), Target::Engine(other)) => one.is_same(other),
        (Target::Connection(one), Target::Connection(other)) => one.is_same(other),
        _ => false,
    };
    same && listener.name == name && listener.function.is(function)
}

/// Takes a listener away; tells whether `object` has events of engines.
pub(crate) fn remove(
    object: &PyObject,
    name: &str,
    function: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<bool> {
    let Some(target) = target_of(object, vm)? else { return Ok(false) };
    let removed: Vec<Listener> = {
        let mut all = listeners();
        let (removed, kept) = std::mem::take(&mut *all)
            .into_iter()
            .partition(|one| is_registration(one, &target, name, function));
        *all = kept;
        COUNT.store(all.len(), Ordering::Relaxed);
        removed
    };
    drop(removed);
    Ok(true)
}

/// Tells whether a listener is registered; `None` when `object` has no events of engines.
pub(crate) fn contains(
    object: &PyObject,
    name: &str,
    function: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<Option<bool>> {
    let Some(target) = target_of(object, vm)? else { return Ok(None) };
    Ok(Some(listeners().iter().any(|one| is_registration(one, &target, name, function))))
}

/// Tells whether anybody hears what a cursor of the connection does.
pub(crate) fn hears_of_cursors(engine: &Engine, connection: &Connection) -> bool {
    let names = ["after_cursor_execute", "do_execute", "do_execute_no_params", "do_executemany"];
    listeners().iter().any(|one| names.contains(&one.name) && one.hears_of(engine, Some(connection)))
}

/// Gives those who hear of an event of an engine or one of its connections.
///
/// Whoever wants to hear once only is taken from the list.
pub(crate) fn hearing(name: &str, engine: &Engine, connection: Option<&Connection>) -> Vec<Listener> {
    if !any() {
        return Vec::new();
    }
    let mut all = listeners();
    let hears = |one: &Listener| one.name == name && one.hears_of(engine, connection);
    let mut found: Vec<Listener> = all.iter().filter(|one| hears(one)).cloned().collect();
    // those of the classes come first
    found.sort_by_key(|one| !matches!(one.target, Target::All));
    if found.iter().any(|one| one.once) {
        all.retain(|one| !(one.once && hears(one)));
        COUNT.store(all.len(), Ordering::Relaxed);
    }
    found
}

/// Gives the values that a listener with `retval=True` returned.
pub(crate) fn unpacked(answer: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    if !object::is_list(answer, vm) {
        let class = object::class_name(answer);
        return Err(vm.new_type_error(format!("cannot unpack non-iterable {class} object")));
    }
    object::items(answer, vm)
}

impl Listener {
    fn hears_of(&self, engine: &Engine, connection: Option<&Connection>) -> bool {
        match &self.target {
            Target::All => true,
            Target::Engine(target) => target.is_same(engine),
            Target::Connection(target) => connection.is_some_and(|connection| target.is_same(connection)),
        }
    }

    /// Calls the function with an event's arguments, in their order.
    pub(crate) fn call(&self, arguments: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
        let names = EVENTS.iter().find(|(known, _)| *known == self.name).map_or(&[][..], |(_, names)| names);
        if !self.named {
            return self.function.call_with_args(FuncArgs::from(arguments), vm);
        }
        let keywords = names.iter().map(|name| (*name).to_owned()).zip(arguments).collect();
        self.function.call_with_args(FuncArgs::new(Vec::new(), KwArgs::new(keywords)), vm)
    }
}
