//! What stands for a module that cannot be imported, and for everything taken from it.
//!
//! In `env.py` an import that fails does not stop the run: it gives an `Unavailable` object, which may be
//! passed around and have attributes and items taken from it. Where its value is needed (it is called,
//! tested, iterated, compared, turned into a string, computed with), `UnavailableError` says what could not
//! be imported, where, and what to do.

use std::sync::Arc;

use rustpython_vm::builtins::{PyBaseExceptionRef, PyStr, PyType, PyTypeRef};
use rustpython_vm::function::{Either, FuncArgs, PySetterValue};
use rustpython_vm::protocol::{PyMappingMethods, PyNumberMethods, PySequenceMethods};
use rustpython_vm::types::{
    AsMapping, AsNumber, AsSequence, Callable, Comparable, Constructor, GetAttr, Iterable, PyComparisonOp,
    Representable, SetAttr,
};
use rustpython_vm::{
    AsObject, Context, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass,
};

use super::frames;
use super::stand_in::{self, Awaited};

/// What a user can do; it ends the message.
const WHAT_TO_DO: &str = "; give the database with --url or an environment variable, or make the module importable \
                          without compiled extensions";

/// Gives the message of an exception for use inside of another one.
pub fn without_advice(message: &str) -> &str {
    message.strip_suffix(WHAT_TO_DO).unwrap_or(message)
}

/// An import that failed.
#[derive(Debug)]
pub struct FailedImport {
    /// The module's full name.
    pub module: String,
    /// The file and line of the import, when user code did it.
    pub place: Option<(String, usize)>,
    /// Why it failed, as one sentence.
    pub reason: String,
}

/// An object whose value cannot be had.
#[pyclass(module = "limbeck", name = "Unavailable")]
#[derive(Clone, Debug, PyPayload)]
pub struct Unavailable {
    expression: String,
    import: Arc<FailedImport>,
}

impl Unavailable {
    /// Makes the object that stands for a module.
    pub fn module(import: FailedImport) -> Self {
        Self { expression: import.module.clone(), import: Arc::new(import) }
    }

    /// Gives the import that failed.
    pub fn import(&self) -> &FailedImport {
        &self.import
    }

    fn child(&self, expression: String) -> Self {
        Self { expression, import: Arc::clone(&self.import) }
    }

    /// Gives `value` in place of the own one while `--url` says which database is meant.
    fn stand_in(&self, value: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        if stand_in::is_active() { Ok(value) } else { Err(self.needed(vm)) }
    }

    /// Gives text that is neither SQL nor a URL.
    fn text(&self, vm: &VirtualMachine) -> PyResult<PyRef<PyStr>> {
        if !stand_in::is_active() {
            return Err(self.needed(vm));
        }
        Ok(vm.ctx.new_str(format!("<'{}' is not available>", self.expression)))
    }

    /// Makes the exception for a place where the value is needed.
    fn needed(&self, vm: &VirtualMachine) -> PyBaseExceptionRef {
        let FailedImport { module, place, reason } = &*self.import;
        let needed_at =
            frames::caller(vm).map(|(path, line)| format!(" at {path}:{line}")).unwrap_or_default();
        let imported_at = place.as_ref().map(|(path, line)| format!(" at {path}:{line}")).unwrap_or_default();
        let message = format!(
            "the value of '{}' is needed{needed_at}, but module '{module}', imported{imported_at}, is not \
             available here: {reason}{WHAT_TO_DO}",
            self.expression
        );
        vm.new_exception_msg(error_class(&vm.ctx), message.into())
    }
}

/// Gives the exception for using `object`'s value, when it is an unavailable one.
pub fn needed(object: &PyObject, vm: &VirtualMachine) -> Option<PyBaseExceptionRef> {
    object.downcast_ref::<Unavailable>().map(|unavailable| unavailable.needed(vm))
}

/// Gives the class `limbeck.UnavailableError`, an `ImportError`.
pub fn error_class(ctx: &Context) -> PyTypeRef {
    rustpython_vm::common::static_cell! {
        static CLASS: PyTypeRef;
    }
    CLASS
        .get_or_init(|| {
            let base = ctx.exceptions.import_error.to_owned();
            ctx.new_exception_type("limbeck", "UnavailableError", Some(vec![base]))
        })
        .clone()
}

#[pyclass(
    with(
        Callable,
        Comparable,
        Constructor,
        GetAttr,
        SetAttr,
        Iterable,
        AsMapping,
        AsNumber,
        AsSequence,
        Representable
    ),
    flags(BASETYPE)
)]
impl Unavailable {
    #[pymethod]
    fn __str__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyRef<PyStr>> {
        zelf.text(vm)
    }

    #[pymethod]
    fn __format__(
        zelf: &Py<Self>,
        _specification: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<PyStr>> {
        zelf.text(vm)
    }

    #[pymethod]
    fn __fspath__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyRef<PyStr>> {
        Err(zelf.needed(vm))
    }

    /// What `**unavailable` asks for.
    #[pymethod]
    fn keys(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        if stand_in::is_active() {
            stand_in::leave_out(&zelf.expression);
        }
        zelf.stand_in(vm.ctx.new_tuple(Vec::new()).into(), vm)
    }

    #[pymethod]
    fn __enter__(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.stand_in(zelf.clone().into(), vm)
    }

    #[pymethod]
    fn __exit__(zelf: &Py<Self>, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
        zelf.stand_in(vm.ctx.none(), vm)
    }

    #[pymethod]
    fn __aenter__(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.stand_in(Awaited::new(zelf.clone().into()).into_pyobject(vm), vm)
    }

    #[pymethod]
    fn __aexit__(zelf: &Py<Self>, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
        zelf.stand_in(Awaited::new(vm.ctx.none()).into_pyobject(vm), vm)
    }

    #[pymethod]
    fn __await__(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.stand_in(Awaited::new(zelf.clone().into()).into_pyobject(vm), vm)
    }
}

impl Constructor for Unavailable {
    type Args = FuncArgs;

    /// Answers `class Name(unavailable): ...`: the class is unavailable too.
    fn slot_new(cls: PyTypeRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
        let _ = cls;
        let base = args.args.get(1).and_then(|bases| {
            let bases = bases.downcast_ref::<rustpython_vm::builtins::PyTuple>()?;
            bases.iter().find_map(|base| base.downcast_ref::<Self>().cloned_payload())
        });
        let name = args.args.first().and_then(|name| name.str(vm).ok());
        match (base, name) {
            (Some(base), Some(name)) => Ok(base.child(name.to_string()).into_pyobject(vm)),
            _ => Err(vm.new_type_error("cannot create 'limbeck.Unavailable' instances")),
        }
    }

    fn py_new(_cls: &Py<PyType>, _args: Self::Args, vm: &VirtualMachine) -> PyResult<Self> {
        Err(vm.new_type_error("cannot create 'limbeck.Unavailable' instances"))
    }
}

/// Copies the payload out of a reference to an object.
trait ClonedPayload {
    fn cloned_payload(self) -> Option<Unavailable>;
}

impl ClonedPayload for Option<&Py<Unavailable>> {
    fn cloned_payload(self) -> Option<Unavailable> {
        self.map(|object| (**object).clone())
    }
}

impl Callable for Unavailable {
    type Args = FuncArgs;

    fn call(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
        if !stand_in::is_active() {
            return Err(zelf.needed(vm));
        }
        let (owner, function) = zelf.expression.rsplit_once('.').unwrap_or(("", &zelf.expression));
        match function {
            // conditions on a URL, which is not the one that counts
            "startswith" | "endswith" => return Ok(vm.ctx.new_bool(false).into()),
            "keys" | "items" | "values" => {
                stand_in::leave_out(owner);
                return Ok(vm.ctx.new_tuple(Vec::new()).into());
            }
            "run_sync" => {
                let mut rest = args;
                if let Some(work) = rest.take_positional() {
                    rest.args.insert(0, zelf.child(owner.to_owned()).into_pyobject(vm));
                    let given = work.call_with_args(rest, vm)?;
                    return Ok(Awaited::new(given).into_pyobject(vm));
                }
            }
            _ => stand_in::leave_out(&format!("{}()", zelf.expression)),
        }
        Ok(zelf.child(format!("{}()", zelf.expression)).into_pyobject(vm))
    }
}

impl Comparable for Unavailable {
    fn slot_richcompare(
        zelf: &PyObject,
        other: &PyObject,
        _op: PyComparisonOp,
        vm: &VirtualMachine,
    ) -> PyResult<Either<PyObjectRef, rustpython_vm::function::PyComparisonValue>> {
        Err(either(zelf, other, vm))
    }

    fn cmp(
        zelf: &Py<Self>,
        _other: &PyObject,
        _op: PyComparisonOp,
        vm: &VirtualMachine,
    ) -> PyResult<rustpython_vm::function::PyComparisonValue> {
        Err(zelf.needed(vm))
    }
}

/// Gives the exception for whichever of two operands is unavailable.
fn either(left: &PyObject, right: &PyObject, vm: &VirtualMachine) -> PyBaseExceptionRef {
    needed(left, vm)
        .or_else(|| needed(right, vm))
        .unwrap_or_else(|| vm.new_type_error("neither operand is unavailable"))
}

impl GetAttr for Unavailable {
    fn getattro(zelf: &Py<Self>, name: &Py<PyStr>, vm: &VirtualMachine) -> PyResult {
        let text = name.as_wtf8().to_string();
        match text.as_str() {
            // An unavailable module counts as a package, so that imports below it reach the import hook.
            "__path__" => Ok(vm.ctx.new_list(Vec::new()).into()),
            "__spec__" => {
                let modules = vm.sys_module.get_attr("modules", vm)?;
                let class = modules.get_item("_frozen_importlib", vm)?.get_attr("ModuleSpec", vm)?;
                class.call((vm.ctx.new_str(zelf.expression.as_str()), vm.ctx.none()), vm)
            }
            "__name__" | "__qualname__" => Ok(vm.ctx.new_str(zelf.expression.as_str()).into()),
            dunder if dunder.starts_with("__") && dunder.ends_with("__") => {
                zelf.as_object().generic_getattr(name, vm)
            }
            attribute => Ok(zelf.child(format!("{}.{attribute}", zelf.expression)).into_pyobject(vm)),
        }
    }
}

impl SetAttr for Unavailable {
    fn setattro(
        zelf: &Py<Self>,
        name: &Py<PyStr>,
        value: PySetterValue,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let text = name.as_wtf8().to_string();
        let is_submodule = matches!(&value, PySetterValue::Assign(value) if is_unavailable(value));
        if text.starts_with("__") || is_submodule {
            // What the import system notes on every module and package; it takes this exception for a no.
            return Err(vm.new_attribute_error(format!("'{text}' cannot be set")));
        }
        zelf.stand_in(vm.ctx.none(), vm).map(drop)
    }
}

impl Iterable for Unavailable {
    fn iter(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult {
        Err(zelf.needed(vm))
    }
}

impl AsMapping for Unavailable {
    fn as_mapping() -> &'static PyMappingMethods {
        static METHODS: PyMappingMethods = PyMappingMethods {
            length: Some(|mapping, vm| Err(either(mapping.obj, mapping.obj, vm))),
            subscript: Some(|mapping, key, vm| {
                let Some(zelf) = mapping.obj.downcast_ref::<Unavailable>() else {
                    return Err(vm.new_type_error("not an unavailable object"));
                };
                let expression = format!("{}[{}]", zelf.expression, key.repr(vm)?);
                Ok(zelf.child(expression).into_pyobject(vm))
            }),
            ass_subscript: Some(|mapping, _key, _value, vm| {
                let Some(zelf) = mapping.obj.downcast_ref::<Unavailable>() else {
                    return Err(vm.new_type_error("not an unavailable object"));
                };
                zelf.stand_in(vm.ctx.none(), vm).map(drop)
            }),
        };
        &METHODS
    }
}

impl AsSequence for Unavailable {
    fn as_sequence() -> &'static PySequenceMethods {
        static METHODS: PySequenceMethods = PySequenceMethods {
            contains: Some(|sequence, _item, vm| {
                if stand_in::is_active() { Ok(false) } else { Err(either(sequence.obj, sequence.obj, vm)) }
            }),
            ..PySequenceMethods::NOT_IMPLEMENTED
        };
        &METHODS
    }
}

impl AsNumber for Unavailable {
    fn as_number() -> &'static PyNumberMethods {
        static METHODS: PyNumberMethods = PyNumberMethods {
            boolean: Some(|number, vm| Err(either(number.obj, number.obj, vm))),
            int: Some(|number, vm| Err(either(number.obj, number.obj, vm))),
            float: Some(|number, vm| Err(either(number.obj, number.obj, vm))),
            index: Some(|number, vm| Err(either(number.obj, number.obj, vm))),
            add: Some(|left, right, vm| Err(either(left, right, vm))),
            remainder: Some(|left, right, vm| Err(either(left, right, vm))),
            true_divide: Some(|left, right, vm| Err(either(left, right, vm))),
            // A union in an annotation (`Setting | None`) needs no value.
            or: Some(|left, right, vm| {
                let unavailable = left.downcast_ref::<Unavailable>().or_else(|| right.downcast_ref());
                match unavailable {
                    Some(object) => Ok((**object).clone().into_pyobject(vm)),
                    None => Ok(vm.ctx.not_implemented()),
                }
            }),
            ..PyNumberMethods::NOT_IMPLEMENTED
        };
        &METHODS
    }
}

impl Representable for Unavailable {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        Ok(format!("<unavailable '{}'>", zelf.expression))
    }
}

/// Tells whether `object` stands for a module that could not be imported.
pub fn is_unavailable(object: &PyObject) -> bool {
    object.downcast_ref::<Unavailable>().is_some()
}
