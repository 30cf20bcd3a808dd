//! The payload that every object of the package shares, and classes built from tables of Rust functions.
//!
//! A class is a row of a table: its name, its bases and its members. Attributes that user code reads and sets
//! live in the instance's `__dict__`, as they do in SQLAlchemy; values that only Rust needs live in the payload.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::ptr;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use rustc_hash::{FxHashMap, FxHashSet};
use rustpython_vm::builtins::{PyBoundMethod, PyDict, PyStr, PyStrInterned, PyType, PyTypeRef};
use rustpython_vm::class::{PyClassImpl, StaticType};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::types::{
    Callable, DefaultConstructor, GetDescriptor, PyTypeFlags, PyTypeSlots, Representable,
};
use rustpython_vm::{AsObject, Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine, pyclass};

/// A value that only Rust sees, kept in an object.
type State = Arc<dyn Any + Send + Sync>;

/// The payload of every object of the package.
#[pyclass(module = "sqlalchemy", name = "SqlObject")]
#[derive(Default, PyPayload)]
pub(crate) struct SqlObject {
    state: RwLock<Option<State>>,
}

impl fmt::Debug for SqlObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqlObject")
    }
}

impl DefaultConstructor for SqlObject {}

#[pyclass(flags(BASETYPE, HAS_DICT, HAS_WEAKREF), with(rustpython_vm::types::Constructor))]
impl SqlObject {}

/// A method: `self`, the arguments, the interpreter.
pub(crate) type Method = fn(PyObjectRef, FuncArgs, &VirtualMachine) -> PyResult;
/// A function without `self`.
pub(crate) type Function = fn(FuncArgs, &VirtualMachine) -> PyResult;
/// What computes an attribute; an entry in the instance's `__dict__` goes before it.
pub(crate) type Getter = fn(PyObjectRef, &VirtualMachine) -> PyResult;
/// What makes a class attribute.
pub(crate) type Constant = fn(&VirtualMachine) -> PyObjectRef;

/// A member of a class.
#[derive(Clone, Copy)]
pub(crate) enum Member {
    /// A method of instances.
    Method(Method),
    /// A method of the class.
    Class(Method),
    /// A function that takes neither.
    Static(Function),
    /// A computed attribute.
    Get(Getter),
    /// A computed attribute, on the class as well.
    GetAny(Getter),
    /// A class attribute.
    Value(Constant),
}

/// Marks a method in a table of members.
pub(crate) const fn method(function: Method) -> Member {
    Member::Method(function)
}

/// A class as a row of a table.
pub(crate) struct ClassDef {
    /// The name, which is the key in the registry as well.
    pub name: &'static str,
    /// What `__module__` says.
    pub module: &'static str,
    /// The bases, by key.
    pub bases: &'static [&'static str],
    /// The members.
    pub members: &'static [(&'static str, Member)],
}

/// A member of a class as a descriptor, and a function of a module.
#[pyclass(module = "sqlalchemy", name = "native_function")]
#[derive(PyPayload)]
pub(crate) struct Descriptor {
    name: &'static str,
    member: Member,
}

impl fmt::Debug for Descriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Descriptor({})", self.name)
    }
}

impl GetDescriptor for Descriptor {
    fn descr_get(
        zelf: PyObjectRef,
        obj: Option<PyObjectRef>,
        cls: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult {
        let Some(member) = zelf.downcast_ref::<Self>().map(|descriptor| descriptor.member) else {
            return Ok(zelf);
        };
        let obj = obj.filter(|obj| !vm.is_none(obj));
        match (member, obj) {
            (Member::Method(_), Some(obj)) => Ok(PyBoundMethod::new(obj, zelf).into_ref(&vm.ctx).into()),
            (Member::Class(_), obj) => {
                let cls = cls.unwrap_or_else(|| {
                    obj.map_or_else(|| vm.ctx.none(), |obj| obj.class().to_owned().into())
                });
                Ok(PyBoundMethod::new(cls, zelf).into_ref(&vm.ctx).into())
            }
            (Member::Get(getter) | Member::GetAny(getter), Some(obj)) => getter(obj, vm),
            (Member::GetAny(getter), None) => match cls {
                Some(cls) => getter(cls, vm),
                None => Ok(zelf),
            },
            _ => Ok(zelf),
        }
    }
}

impl Callable for Descriptor {
    type Args = FuncArgs;

    fn call(zelf: &Py<Self>, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
        match zelf.member {
            Member::Static(function) => function(args, vm),
            Member::Method(function) | Member::Class(function) => match args.take_positional() {
                Some(this) => function(this, args, vm),
                None => Err(vm.new_type_error(format!("unbound method {}() needs an argument", zelf.name))),
            },
            _ => Err(vm.new_type_error(format!("{} is not callable", zelf.name))),
        }
    }
}

impl Representable for Descriptor {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        Ok(format!("<function {}>", zelf.name))
    }
}

#[pyclass(with(GetDescriptor, Callable, Representable), flags(HAS_DICT))]
impl Descriptor {}

/// Classes are looked up many times for each operation, by keys that no stranger chooses.
type Registry = RwLock<FxHashMap<&'static str, PyTypeRef>>;

fn registry() -> &'static Registry {
    static CLASSES: OnceLock<Registry> = OnceLock::new();
    CLASSES.get_or_init(Registry::default)
}

/// Gives the class registered under `key`, or the base of all when there is none.
pub(crate) fn class(key: &str) -> PyTypeRef {
    registry()
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(key)
        .cloned()
        .unwrap_or_else(|| SqlObject::static_type().to_owned())
}

/// Registers a class that was made elsewhere (an exception, a class of a frozen module).
pub(crate) fn register_class(key: &'static str, class: PyTypeRef) {
    registry().write().unwrap_or_else(PoisonError::into_inner).insert(key, class);
}

/// The classes made by [`build_class`], by where they lie; they stay for the program's life.
fn built_here() -> &'static RwLock<FxHashSet<usize>> {
    static BUILT: OnceLock<RwLock<FxHashSet<usize>>> = OnceLock::new();
    BUILT.get_or_init(Default::default)
}

/// Tells whether a class was made by [`build_class`], so that none of its members is a data descriptor.
fn is_built_here(class: &Py<PyType>) -> bool {
    built_here().read().unwrap_or_else(PoisonError::into_inner).contains(&ptr::from_ref(class).addr())
}

/// Tells whether a class is registered under `key`.
pub(crate) fn has_class(key: &str) -> bool {
    registry().read().unwrap_or_else(PoisonError::into_inner).contains_key(key)
}

/// Tells whether `obj` is an instance of the class registered under `key`.
pub(crate) fn is_a(obj: &PyObject, key: &str) -> bool {
    let classes = registry().read().unwrap_or_else(PoisonError::into_inner);
    match classes.get(key) {
        Some(class) => obj.fast_isinstance(class),
        None => obj.fast_isinstance(SqlObject::static_type()),
    }
}

thread_local! {
    /// The interned forms of the program's own names, by where their text lies: each is looked up many times for each
    /// operation, and the pool of all names costs more to ask.
    static NAMES: RefCell<FxHashMap<(usize, usize), &'static PyStrInterned>> = RefCell::default();
}

/// Gives the interned form of a name of the program.
fn interned(name: &'static str, vm: &VirtualMachine) -> &'static PyStrInterned {
    let place = (name.as_ptr().addr(), name.len());
    NAMES.with_borrow_mut(|names| *names.entry(place).or_insert_with(|| vm.ctx.intern_str(name)))
}

/// Prepares the payload types; safe to call more than once.
pub(crate) fn init() {
    SqlObject::make_static_type();
    Descriptor::make_static_type();
}

/// Makes the callable for a function of a module.
pub(crate) fn function(name: &'static str, function: Function, vm: &VirtualMachine) -> PyObjectRef {
    Descriptor { name, member: Member::Static(function) }.into_ref(&vm.ctx).into()
}

/// Builds and registers the classes of a table, in order, unless they exist.
pub(crate) fn build(defs: &[ClassDef], vm: &VirtualMachine) -> PyResult<()> {
    for def in defs {
        if !has_class(def.name) {
            build_class(def.name, def, vm)?;
        }
    }
    Ok(())
}

/// Builds one class and registers it under `key`.
pub(crate) fn build_class(key: &'static str, def: &ClassDef, vm: &VirtualMachine) -> PyResult<PyTypeRef> {
    let ctx = &vm.ctx;
    let bases = if def.bases.is_empty() {
        vec![SqlObject::static_type().to_owned()]
    } else {
        def.bases
            .iter()
            .map(|base| match *base {
                "str" => ctx.types.str_type.to_owned(),
                "object" => ctx.types.object_type.to_owned(),
                "tuple" => ctx.types.tuple_type.to_owned(),
                "dict" => ctx.types.dict_type.to_owned(),
                base => class(base),
            })
            .collect()
    };
    let mut attributes = SqlObject::static_type().get_attributes();
    attributes.clear();
    attributes.insert(ctx.intern_str("__module__"), ctx.new_str(def.module).into());
    for (name, member) in def.members {
        let value = match member {
            Member::Value(constant) => constant(vm),
            member => Descriptor { name, member: *member }.into_ref(ctx).into(),
        };
        attributes.insert(ctx.intern_str(*name), value);
    }
    let mut slots = PyTypeSlots::default();
    slots.flags = PyTypeFlags::heap_type_flags() | PyTypeFlags::HAS_DICT;
    let metaclass = ctx.types.type_type.to_owned();
    let class = PyType::new_heap(def.name, bases, attributes, slots, metaclass, ctx)
        .map_err(|message| vm.new_type_error(message))?;
    register_class(key, class.clone());
    built_here()
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(ptr::from_ref::<Py<PyType>>(&class).addr());
    Ok(class)
}

/// Makes an instance of a class without calling `__init__`.
pub(crate) fn instance(key: &str, vm: &VirtualMachine) -> PyResult {
    instance_of(class(key), vm)
}

/// Makes an instance of a class object without calling `__init__`.
pub(crate) fn instance_of(class: PyTypeRef, vm: &VirtualMachine) -> PyResult {
    SqlObject::default().into_ref_with_type(vm, class).map(Into::into)
}

/// Makes an instance with a state.
pub(crate) fn instance_with<T: Any + Send + Sync>(key: &str, state: T, vm: &VirtualMachine) -> PyResult {
    let obj = instance(key, vm)?;
    set_state(&obj, state);
    Ok(obj)
}

/// Puts a value that only Rust sees into an object.
pub(crate) fn set_state<T: Any + Send + Sync>(obj: &PyObject, state: T) {
    if let Some(this) = obj.downcast_ref::<SqlObject>() {
        *this.state.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(state));
    }
}

/// Gives the value that [`set_state`] put there, when it is of the type asked for.
pub(crate) fn state<T: Any + Send + Sync>(obj: &PyObject) -> Option<Arc<T>> {
    let this = obj.downcast_ref::<SqlObject>()?;
    let state = this.state.read().unwrap_or_else(PoisonError::into_inner).clone()?;
    state.downcast::<T>().ok()
}

/// Sets an attribute in the instance's `__dict__`.
pub(crate) fn set(
    obj: &PyObject,
    name: &'static str,
    value: impl Into<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult<()> {
    match obj.dict() {
        Some(dict) => dict.set_item(interned(name, vm), value.into(), vm),
        None => obj.set_attr(interned(name, vm), value.into(), vm),
    }
}

/// Gives an attribute.
pub(crate) fn get(obj: &PyObject, name: &'static str, vm: &VirtualMachine) -> PyResult {
    match get_opt(obj, name, vm)? {
        Some(value) => Ok(value),
        // once more, for the words of its `AttributeError`
        None => obj.get_attr(interned(name, vm), vm),
    }
}

/// Gives an attribute, or `None` when it is missing.
///
/// An operation reads some hundred of them, most from objects whose classes were built here. Of those classes it is known
/// that the instance's `__dict__` goes before every member, so Python's own search, which also makes an exception for
/// each name that is missing, is left to the others.
pub(crate) fn get_opt(
    obj: &PyObject,
    name: &'static str,
    vm: &VirtualMachine,
) -> PyResult<Option<PyObjectRef>> {
    let name = interned(name, vm);
    let class = obj.class();
    if is_built_here(class) {
        if let Some(dict) = obj.dict()
            && let Some(value) = dict.get_item_opt(name, vm)?
        {
            return Ok(Some(value));
        }
        match class.get_attr(name) {
            Some(member) if member.class().slots.descr_get.load().is_none() => return Ok(Some(member)),
            None if !class.has_attr(interned("__getattr__", vm)) => return Ok(None),
            _ => {}
        }
    }
    vm.get_attribute_opt(obj.to_owned(), name)
}

/// Gives an attribute, or `None` when it is missing or Python's `None`.
pub(crate) fn get_some(
    obj: &PyObject,
    name: &'static str,
    vm: &VirtualMachine,
) -> PyResult<Option<PyObjectRef>> {
    let value = get_opt(obj, name, vm)?;
    Ok(value.filter(|value| !vm.is_none(value)))
}

/// Gives an entry of the instance's `__dict__`, unless it is missing or `None`.
pub(crate) fn own(obj: &PyObject, name: &'static str, vm: &VirtualMachine) -> Option<PyObjectRef> {
    let value = obj.dict()?.get_item_opt(interned(name, vm), vm).ok()??;
    (!vm.is_none(&value)).then_some(value)
}

/// Gives an attribute as text.
pub(crate) fn get_text(obj: &PyObject, name: &'static str, vm: &VirtualMachine) -> PyResult<Option<String>> {
    Ok(get_some(obj, name, vm)?.and_then(|value| text_of(&value)))
}

/// Gives an attribute's truth; a missing one is false.
pub(crate) fn get_bool(obj: &PyObject, name: &'static str, vm: &VirtualMachine) -> PyResult<bool> {
    get_some(obj, name, vm)?.map_or(Ok(false), |value| value.try_to_bool(vm))
}

/// Gives an attribute's truth, `None` when it is missing or `None`.
pub(crate) fn get_opt_bool(
    obj: &PyObject,
    name: &'static str,
    vm: &VirtualMachine,
) -> PyResult<Option<bool>> {
    get_some(obj, name, vm)?.map(|value| value.try_to_bool(vm)).transpose()
}

/// Gives an attribute as a number.
pub(crate) fn get_int(obj: &PyObject, name: &'static str, vm: &VirtualMachine) -> PyResult<Option<i64>> {
    get_some(obj, name, vm)?.map(|value| value.try_to_value::<i64>(vm)).transpose()
}

/// Gives a string object's text.
pub(crate) fn text_of(obj: &PyObject) -> Option<String> {
    obj.downcast_ref::<PyStr>().map(|text| text.to_string_lossy().into_owned())
}

/// Makes a string object.
pub(crate) fn new_text(text: impl AsRef<str>, vm: &VirtualMachine) -> PyObjectRef {
    vm.ctx.new_str(text.as_ref()).into()
}

/// Makes a string object, or `None`.
pub(crate) fn new_opt_text(text: Option<impl AsRef<str>>, vm: &VirtualMachine) -> PyObjectRef {
    text.map_or_else(|| vm.ctx.none(), |text| new_text(text, vm))
}

/// Collects what an iterable yields.
pub(crate) fn items(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    vm.extract_elements_with(obj, Ok)
}

/// Gives the pairs of a mapping with string keys.
pub(crate) fn pairs(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<(String, PyObjectRef)>> {
    let dict = match obj.downcast_ref::<PyDict>() {
        Some(dict) => dict.to_owned(),
        None => {
            let dict_type: PyObjectRef = vm.ctx.types.dict_type.to_owned().into();
            dict_type
                .call((obj.to_owned(),), vm)?
                .downcast::<PyDict>()
                .map_err(|_| vm.new_type_error("a mapping is expected"))?
        }
    };
    dict.items_vec()
        .into_iter()
        .map(|(key, value)| Ok((key.str(vm)?.to_string_lossy().into_owned(), value)))
        .collect()
}

/// Tells whether an object is a list, a tuple or a set.
pub(crate) fn is_list(obj: &PyObject, vm: &VirtualMachine) -> bool {
    let types = &vm.ctx.types;
    obj.fast_isinstance(types.list_type)
        || obj.fast_isinstance(types.tuple_type)
        || obj.fast_isinstance(types.set_type)
        || obj.fast_isinstance(types.frozenset_type)
}

/// Gives `repr(obj)` as text.
pub(crate) fn repr(obj: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    Ok(obj.repr(vm)?.to_string_lossy().into_owned())
}

/// Gives `str(obj)` as text.
pub(crate) fn text(obj: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    Ok(obj.str(vm)?.to_string_lossy().into_owned())
}

/// Gives the class's bare name.
pub(crate) fn class_name(obj: &PyObject) -> String {
    obj.class().name().to_string()
}

/// Gives the address that Python's default `repr` and `id()` show.
pub(crate) fn address(obj: &PyObject) -> usize {
    obj.get_id()
}

/// Gives `module.Name` of an object's class.
pub(crate) fn class_path(obj: &PyObject, vm: &VirtualMachine) -> String {
    let class = obj.class();
    let module = class
        .as_object()
        .get_attr("__module__", vm)
        .ok()
        .and_then(|module| text_of(&module))
        .unwrap_or_default();
    let name = class
        .as_object()
        .get_attr("__qualname__", vm)
        .ok()
        .and_then(|name| text_of(&name))
        .unwrap_or_else(|| class.name().to_string());
    format!("{module}.{name}")
}

/// Makes the shallow copy that generative methods start from: same class, same attributes.
pub(crate) fn shallow_copy(obj: &PyObject, vm: &VirtualMachine) -> PyResult {
    let copy = instance_of(obj.class().to_owned(), vm)?;
    if let (Some(from), Some(to)) = (obj.dict(), copy.dict()) {
        for (key, value) in from.items_vec() {
            to.set_item(&*key, value, vm)?;
        }
    }
    if let (Some(from), Some(to)) = (obj.downcast_ref::<SqlObject>(), copy.downcast_ref::<SqlObject>()) {
        let state = from.state.read().unwrap_or_else(PoisonError::into_inner).clone();
        *to.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }
    Ok(copy)
}

/// Gives Python's `None`, as the result of a call.
pub(crate) fn none(vm: &VirtualMachine) -> PyResult {
    Ok(vm.ctx.none())
}

/// Makes a tuple object.
pub(crate) fn new_tuple(items: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyObjectRef {
    vm.ctx.new_tuple(items).into()
}

/// Makes a list object.
pub(crate) fn new_list(items: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyObjectRef {
    vm.ctx.new_list(items).into()
}

/// Makes a boolean object.
pub(crate) fn new_bool(flag: bool, vm: &VirtualMachine) -> PyObjectRef {
    vm.ctx.new_bool(flag).into()
}

/// Turns a class reference into a plain object.
pub(crate) fn class_object(key: &str) -> PyObjectRef {
    class(key).into()
}
