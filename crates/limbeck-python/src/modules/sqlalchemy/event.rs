//! `sqlalchemy.event`: listeners on tables and metadata are called, those on engines and connections bring a warning.

use std::cell::RefCell;

use rustpython_vm::builtins::PyType;
use rustpython_vm::function::{FuncArgs, KwArgs};
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::object::{self, Function, class, get_some, is_a, new_bool, new_text, own, text_of};

/// A function that hears of an event.
#[derive(Clone)]
struct Listener {
    target: PyObjectRef,
    name: String,
    function: PyObjectRef,
}

thread_local! {
    static LISTENERS: RefCell<Vec<Listener>> = const { RefCell::new(Vec::new()) };
}

/// The functions of the module.
pub(crate) const FUNCTIONS: &[(&str, Function)] = &[
    ("listen", |args, vm| {
        let (target, name, function) = target_of(&args, vm)?;
        listen(target, name, function.unwrap_or_else(|| vm.ctx.none()), vm)?;
        Ok(vm.ctx.none())
    }),
    ("listens_for", |args, vm| {
        let (target, name, _) = target_of(&args, vm)?;
        let decorate = move |function: PyObjectRef, vm: &VirtualMachine| -> PyResult {
            listen(target.clone(), name.clone(), function.clone(), vm)?;
            Ok(function)
        };
        Ok(vm.new_function("decorate", decorate).into())
    }),
    ("remove", |args, vm| {
        let (target, name, function) = target_of(&args, vm)?;
        let is_it = |one: &Listener| {
            one.target.is(&target)
                && one.name == name
                && function.as_ref().is_some_and(|f| one.function.is(f))
        };
        let removed = LISTENERS.with_borrow_mut(|listeners| {
            let (removed, kept) = std::mem::take(listeners).into_iter().partition(is_it);
            *listeners = kept;
            removed
        });
        drop::<Vec<Listener>>(removed);
        Ok(vm.ctx.none())
    }),
    ("contains", |args, vm| {
        let (target, name, function) = target_of(&args, vm)?;
        let found = LISTENERS.with_borrow(|listeners| {
            listeners.iter().any(|one| {
                one.target.is(&target)
                    && one.name == name
                    && function.as_ref().is_some_and(|f| one.function.is(f))
            })
        });
        Ok(new_bool(found, vm))
    }),
];

/// Lets go of all listeners, before the interpreter ends.
pub(crate) fn forget() {
    drop(LISTENERS.take());
}

/// Takes `target, identifier, fn` of a call.
fn target_of(args: &FuncArgs, vm: &VirtualMachine) -> PyResult<(PyObjectRef, String, Option<PyObjectRef>)> {
    let (Some(target), Some(name)) = (args.args.first(), args.args.get(1).and_then(|name| text_of(name)))
    else {
        return Err(vm.new_type_error("an event takes a target and a name"));
    };
    Ok((target.clone(), name, args.args.get(2).cloned()))
}

fn listen(target: PyObjectRef, name: String, function: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
    let of = target.downcast_ref::<PyType>().map_or_else(|| target.class().to_owned(), ToOwned::to_owned);
    if ["Engine", "Pool", "Connection", "Dialect"].iter().any(|key| of.fast_issubclass(&class(key))) {
        let message = format!(
            "Limbeck does not call listeners of {} yet: the one for the event '{name}' does nothing",
            of.name()
        );
        let category = object::class_object("SAWarning");
        vm.call_method(&*vm.import("warnings", 0)?, "warn", (new_text(message, vm), category))?;
        return Ok(());
    }
    LISTENERS.with_borrow_mut(|listeners| listeners.push(Listener { target, name, function }));
    Ok(())
}

/// Tells whether anything listens.
pub(crate) fn any() -> bool {
    LISTENERS.with_borrow(|listeners| !listeners.is_empty())
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
    let listeners: Vec<Listener> =
        LISTENERS.with_borrow(|listeners| listeners.iter().filter(hears).cloned().collect());
    for listener in listeners {
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
