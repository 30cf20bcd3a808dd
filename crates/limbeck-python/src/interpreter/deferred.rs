//! Functions of revision files whose bodies are loaded when they are called.
//!
//! All revision files of a run are loaded before anything is executed, but each `upgrade()` or `downgrade()` is called
//! once, one after another, and the loaded form of a body takes many times the memory of the compiled one (the runtime
//! keeps two source positions for each instruction). So a body is kept in its compiled form, as a constant of a short
//! code object that stands in its place and loads the body when it is run. The host does not even run that one:
//! [`call`] goes to the body directly. What evaluates annotations is kept in the same way.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use rustpython_compiler::{CompileOpts, Mode};
use rustpython_compiler_core::OneIndexed;
use rustpython_compiler_core::bytecode::{AsBag, CodeFlags, CodeObject, Constant, ConstantData};
use rustpython_compiler_core::marshal;
use rustpython_vm::builtins::{PyBytes, PyBytesRef, PyCode, PyDictRef, PyFunction};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

/// The functions that the engine calls.
const CALLED_BY_ENGINE: [&str; 2] = ["upgrade", "downgrade"];
/// The functions that evaluate the annotations of a module or of a function, which few programs ask for.
const ANNOTATIONS: &str = "__annotate__";

/// What stands in the place of a body, by what the function is; the text and the bytes are replaced by its own.
const PLAIN: &str = "def f(): return _limbeck_run_body(b'body')\n";
const WITH_TEXT: &str = "def f(): 'text'; return _limbeck_run_body(b'body')\n";
const ANNOTATING: &str = "def f(format, /): return _limbeck_run_body(b'body', format)\n";

/// The builtin that runs a body; its name marks the code which stands in.
const RUN_BODY: &str = "_limbeck_run_body";

/// Adds the builtin that code which stands in for a body calls: it is found from any module's globals, and the shorter
/// that code is, the less memory a thousand files take.
pub fn install(vm: &VirtualMachine) -> PyResult<()> {
    let run = |body: PyBytesRef, arguments: FuncArgs, vm: &VirtualMachine| {
        run_body(body.as_bytes(), vm.current_globals(), arguments, vm)
    };
    vm.builtins.set_attr(RUN_BODY, vm.new_function(RUN_BODY, run), vm)
}

/// Takes the bodies out of a revision file's code: those of `upgrade()` and `downgrade()`, where they take no arguments,
/// and those that evaluate annotations.
pub fn defer_bodies(mut module: CodeObject) -> CodeObject {
    let constants = module.constants.iter().cloned();
    let constants = constants.map(|constant| match constant {
        ConstantData::Code { code } => {
            ConstantData::Code { code: stand_in(&code).map(Box::new).unwrap_or(code) }
        }
        other => other,
    });
    module.constants = constants.collect();
    module
}

/// Gives what stands in the place of `code`, of its name, its place and its documentation; none where it must stay.
fn stand_in(code: &CodeObject) -> Option<CodeObject> {
    let otherwise = CodeFlags::VARARGS | CodeFlags::VARKEYWORDS | CodeFlags::GENERATOR | CodeFlags::COROUTINE;
    if code.flags.intersects(otherwise) || code.kwonlyarg_count > 0 || !code.freevars.is_empty() {
        return None;
    }
    let has_text = code.flags.contains(CodeFlags::HAS_DOCSTRING);
    let template = match (code.qualname.as_str(), code.arg_count) {
        (name, 0) if CALLED_BY_ENGINE.contains(&name) && has_text => template(&TEMPLATES[1], WITH_TEXT),
        (name, 0) if CALLED_BY_ENGINE.contains(&name) => template(&TEMPLATES[0], PLAIN),
        (ANNOTATIONS, 1) if code.posonlyarg_count == 1 => template(&TEMPLATES[2], ANNOTATING),
        _ => return None,
    }?;
    let mut bytes = Vec::new();
    if code.qualname == ANNOTATIONS {
        marshal::serialize_code(&mut bytes, &without_place(code));
    } else {
        marshal::serialize_code(&mut bytes, code);
    }
    let text = code.constants.first().filter(|_| has_text);
    let constants = template.constants.iter().enumerate();
    let constants = constants.map(|(position, constant)| match (constant, text) {
        (ConstantData::Bytes { .. }, _) => ConstantData::Bytes { value: std::mem::take(&mut bytes) },
        (_, Some(text)) if position == 0 => text.clone(),
        (other, _) => other.clone(),
    });
    let place = *code.locations.first()?;
    Some(CodeObject {
        constants: constants.collect(),
        obj_name: code.obj_name.clone(),
        qualname: code.qualname.clone(),
        source_path: code.source_path.clone(),
        first_line_number: code.first_line_number,
        locations: vec![place; template.locations.len()].into(),
        ..template.clone()
    })
}

/// Gives the code of an annotation as it would be in any other file, so that files can share it.
fn without_place(code: &CodeObject) -> CodeObject {
    CodeObject {
        source_path: "<annotations>".to_owned(),
        first_line_number: OneIndexed::new(1),
        ..code.clone()
    }
}

/// The annotations of the files loaded so far: most revision files have the same ones.
#[derive(Debug, Default)]
pub struct Annotations(Mutex<HashMap<Box<[u8]>, PyRef<PyCode>>>);

impl Annotations {
    /// Puts the code of annotations that an earlier file has had in the place of the same code in a module's constants.
    pub fn share<C>(&self, mut module: CodeObject<C>) -> CodeObject<C>
    where
        C: Constant + Clone + From<PyObjectRef> + Into<PyObjectRef>,
    {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let constants = module.constants.iter().cloned();
        let constants = constants.map(|constant| {
            let object: PyObjectRef = constant.into();
            let code = object.downcast_ref::<PyCode>().filter(|code| code.qualname.as_str() == ANNOTATIONS);
            match code.and_then(|code| Some((code, body(code)?))) {
                Some((code, body)) => match known.get(body) {
                    Some(earlier) => PyObjectRef::from(earlier.clone()).into(),
                    None => {
                        known.insert(body.into(), code.to_owned());
                        object.into()
                    }
                },
                None => object.into(),
            }
        });
        module.constants = constants.collect();
        module
    }
}

/// The compiled forms of what stands in for bodies.
static TEMPLATES: [OnceLock<Option<CodeObject>>; 3] = [const { OnceLock::new() }; 3];

/// Gives the code of the function that `source` defines.
fn template(compiled: &'static OnceLock<Option<CodeObject>>, source: &str) -> Option<&'static CodeObject> {
    let compiled = compiled.get_or_init(|| {
        let module = rustpython_compiler::compile(source, Mode::Exec, "", CompileOpts::default()).ok()?;
        module.constants.iter().find_map(|constant| match constant {
            ConstantData::Code { code } => Some((**code).clone()),
            _ => None,
        })
    });
    compiled.as_ref()
}

/// Tells whether `code` stands in for a body.
pub fn stands_in(code: &PyCode) -> bool {
    body(code).is_some()
}

/// Gives the compiled body that `code` stands in for.
fn body(code: &PyCode) -> Option<&[u8]> {
    if !code.names.iter().any(|name| name.as_str() == RUN_BODY) {
        return None;
    }
    let constants = code.constants.iter();
    constants
        .filter_map(|constant| Borrow::<PyObject>::borrow(constant).downcast_ref::<PyBytes>())
        .map(|bytes| bytes.as_bytes())
        .next()
}

/// Calls a function of a revision file without arguments; a body that was deferred is loaded for this call.
pub fn call(function: &PyObject, vm: &VirtualMachine) -> PyResult {
    let Some(plain) = function.downcast_ref_if_exact::<PyFunction>(vm) else { return function.call((), vm) };
    let code: PyRef<PyCode> = plain.as_object().get_attr("__code__", vm)?.try_into_value(vm)?;
    match body(&code) {
        Some(body) => {
            let globals = function.get_attr("__globals__", vm)?.try_into_value(vm)?;
            run_body(body, globals, FuncArgs::default(), vm)
        }
        None => function.call((), vm),
    }
}

/// Runs a compiled body as that of a function of the module with these globals.
fn run_body(body: &[u8], globals: PyDictRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let code = marshal::deserialize_code(&mut &body[..], vm.ctx.as_bag());
    let code =
        code.map_err(|error| vm.new_system_error(format!("a deferred function is damaged: {error}")))?;
    let function = vm.ctx.types.function_type.as_object().call((vm.ctx.new_code(code), globals), vm)?;
    function.call_with_args(arguments, vm)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(source: &str) -> CodeObject {
        rustpython_compiler::compile(source, Mode::Exec, "a.py", CompileOpts::default()).unwrap()
    }

    fn functions(module: &CodeObject) -> Vec<&CodeObject> {
        let constants = module.constants.iter().filter_map(|constant| match constant {
            ConstantData::Code { code } => Some(&**code),
            _ => None,
        });
        constants.collect()
    }

    #[test]
    fn bodies_that_need_nothing_are_deferred_and_others_stay() {
        let source = "def upgrade():\n  'Goes up.'\n  work()\ndef downgrade(): pass\ndef helper(): pass\n";
        let module = defer_bodies(compile(source));
        let [upgrade, downgrade, helper] = functions(&module)[..] else { panic!("three functions") };
        assert!(upgrade.names.iter().any(|name| name == RUN_BODY));
        let text = upgrade.constants.first();
        assert!(matches!(text, Some(ConstantData::Str { value }) if value.to_string() == "Goes up."));
        assert_eq!((upgrade.obj_name.as_str(), upgrade.first_line_number.unwrap().get()), ("upgrade", 1));
        assert!(downgrade.names.iter().any(|name| name == RUN_BODY));
        assert!(helper.names.is_empty());
        for stays in [
            "def upgrade(engine): pass",
            "def upgrade(*, tag=None): pass",
            "def upgrade(**kw): pass",
            "def upgrade(): yield",
            "async def upgrade(): pass",
            "class Revision:\n  def upgrade(): pass",
        ] {
            let module = defer_bodies(compile(stays));
            assert!(
                functions(&module).iter().all(|code| code.names.iter().all(|name| name != RUN_BODY)),
                "{stays}"
            );
        }
    }
}
