//! `sqlalchemy.event`: listeners on tables and metadata; those on engines and connections are in `engine::events`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustpython_vm::builtins::PyType;
use rustpython_vm::function::{FuncArgs, KwArgs};
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::engine::events;
use super::object::{self, Function, get_some, is_a, new_bool, new_text, own, text_of};

/// A function that hears of an event.
#[derive(Clone)]
struct Listener {
    target: PyObjectRef,
    name: String,
    function: PyObjectRef,
}

static LISTENERS: Mutex<Vec<Listener>> = Mutex::new(Vec::new());

fn listeners() -> MutexGuard<'static, Vec<Listener>> {
    LISTENERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The functions of the module.
pub(crate) const FUNCTIONS: &[(&str, Function)] = &[
    ("listen", |args, vm| {
        let (target, name, function) = target_of(&args, vm)?;
        listen(target, name, function.unwrap_or_else(|| vm.ctx.none()), &options(args), vm)?;
        Ok(vm.ctx.none())
    }),
    ("listens_for", |args, vm| {
        let (target, name, _) = target_of(&args, vm)?;
        let options = options(args);
        let decorate = move |function: PyObjectRef, vm: &VirtualMachine| -> PyResult {
            listen(target.clone(), name.clone(), function.clone(), &options, vm)?;
            Ok(function)
        };
        Ok(vm.new_function("decorate", decorate).into())
    }),
    ("remove", |args, vm| {
        let (target, name, function) = target_of(&args, vm)?;
        if let Some(function) = &function
            && events::remove(&target, &name, function, vm)?
        {
            return Ok(vm.ctx.none());
        }
        let is_it = |one: &Listener| {
            one.target.is(&target)
                && one.name == name
                && function.as_ref().is_some_and(|f| one.function.is(f))
        };
        let removed: Vec<Listener> = {
            let mut all = listeners();
            let (removed, kept) = std::mem::take(&mut *all).into_iter().partition(is_it);
            *all = kept;
            removed
        };
        drop(removed);
        Ok(vm.ctx.none())
    }),
    ("contains", |args, vm| {
        let (target, name, function) = target_of(&args, vm)?;
        if let Some(function) = &function
            && let Some(found) = events::contains(&target, &name, function, vm)?
        {
            return Ok(new_bool(found, vm));
        }
        let found = listeners().iter().any(|one| {
            one.target.is(&target)
                && one.name == name
                && function.as_ref().is_some_and(|f| one.function.is(f))
        });
        Ok(new_bool(found, vm))
    }),
];

/// Lets go of all listeners, before the interpreter ends.
pub(crate) fn forget() {
    drop(std::mem::take(&mut *listeners()));
    events::forget();
}

/// Takes `target, identifier, fn` of a call.
fn target_of(args: &FuncArgs, vm: &VirtualMachine) -> PyResult<(PyObjectRef, String, Option<PyObjectRef>)> {
    let (Some(target), Some(name)) = (args.args.first(), args.args.get(1).and_then(|name| text_of(name)))
    else {
        return Err(vm.new_type_error("an event takes a target and a name"));
    };
    Ok((target.clone(), name, args.args.get(2).cloned()))
}

/// Takes the options of a call, such as `retval=True`.
fn options(args: FuncArgs) -> Vec<(String, PyObjectRef)> {
    args.kwargs.into_iter().collect()
}

fn listen(
    target: PyObjectRef,
    name: String,
    function: PyObjectRef,
    options: &[(String, PyObjectRef)],
    vm: &VirtualMachine,
) -> PyResult<()> {
    if !events::listen(&target, &name, &function, options, vm)? {
        listeners().push(Listener { target, name, function });
    }
    Ok(())
}

/// Tells whether anything listens.
pub(crate) fn any() -> bool {
    !listeners().is_empty()
}

/// Calls the listeners of an event of a table or a metadata.
pub(crate) fn send(
    target: &PyObject,
    name: &str,
    bind: &PyObject,
    checkfirst: bool,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let hears = |one: &&Listener| {
        one.name == name
            && (one.target.as_object().is(target)
                || one.target.downcast_ref::<PyType>().is_some_and(|class| target.fast_isinstance(class)))
    };
    let hearing: Vec<Listener> = listeners().iter().filter(hears).cloned().collect();
    for listener in hearing {
        if is_a(&listener.function, "ExecutableDDLElement") {
            send_ddl(&listener.function, target, bind, vm)?;
            continue;
        }
        let keywords =
            KwArgs::new([("checkfirst".to_owned(), new_bool(checkfirst, vm))].into_iter().collect());
        let arguments = FuncArgs::new(vec![target.to_owned(), bind.to_owned()], keywords);
        listener.function.call(arguments, vm)?;
    }
    Ok(())
}

/// Executes a DDL element that listens, when its `execute_if` agrees.
fn send_ddl(ddl: &PyObject, target: &PyObject, bind: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    if let Some(wanted) = own(ddl, "_if_dialect", vm) {
        let dialect = object::get(bind, "dialect", vm)?;
        let name = object::get_text(&dialect, "name", vm)?.unwrap_or_default();
        let agrees = match text_of(&wanted) {
            Some(wanted) => wanted == name,
            None => object::items(&wanted, vm)?.iter().any(|one| text_of(one).is_some_and(|one| one == name)),
        };
        if !agrees {
            return Ok(());
        }
    }
    if let Some(callable) = own(ddl, "_if_callable", vm) {
        let keywords = [
            ("state".to_owned(), get_some(ddl, "_if_state", vm)?.unwrap_or_else(|| vm.ctx.none())),
            ("dialect".to_owned(), object::get(bind, "dialect", vm)?),
            ("checkfirst".to_owned(), new_bool(false, vm)),
        ];
        let arguments = vec![ddl.to_owned(), target.to_owned(), bind.to_owned()];
        let answer =
            callable.call(FuncArgs::new(arguments, KwArgs::new(keywords.into_iter().collect())), vm)?;
        if !answer.is_true(vm)? {
            return Ok(());
        }
    }
    let statement = if is_a(ddl, "DDL") {
        let text = super::schema::ddl::filled_in(ddl, Some(target), vm)?;
        object::class_object("DDL").call((new_text(text.replace('%', "%%"), vm),), vm)?
    } else {
        ddl.to_owned()
    };
    vm.call_method(bind, "execute", (statement,)).map(drop)
}

/// `ddl.execute_if(dialect=None, callable_=None, state=None)`
pub(crate) fn execute_if(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = super::arguments::Arguments::new("execute_if", args, vm);
    for (name, attribute) in
        [("dialect", "_if_dialect"), ("callable_", "_if_callable"), ("state", "_if_state")]
    {
        if let Some(value) = arguments.optional(name) {
            object::set(&this, attribute, value, vm)?;
        }
    }
    arguments.finish()?;
    Ok(this)
}
