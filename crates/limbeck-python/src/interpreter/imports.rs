//! Import rules: the user's modules through the code cache, and what cannot be imported.
//!
//! The hook stands on `sys.meta_path` before the stock path finder, behind the ones for built-in and frozen
//! modules, so that it sees only modules of the project, of an active virtual environment, and those that
//! do not exist. In `env.py`, which is lenient, a module that cannot be imported becomes
//! [`Unavailable`]; everywhere else the import fails as usual.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use ruff_text_size::Ranged;
use rustpython_compiler::ast::{ExceptHandler, Expr, Stmt};
use rustpython_vm::builtins::{PyBaseExceptionRef, PyDict, PyListRef, PyStrRef};
use rustpython_vm::function::OptionalArg;
use rustpython_vm::scope::Scope;
use rustpython_vm::{AsObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass};

use super::cache::CodeCache;
use super::frames;
use super::unavailable::{self, FailedImport, Unavailable};

thread_local! {
    /// Whether this thread tolerates imports that fail.
    static IS_LENIENT: Cell<bool> = const { Cell::new(false) };
}

/// The import hook: finder and loader in one.
#[pyclass(module = "limbeck", name = "ImportHook")]
#[derive(Debug, PyPayload)]
pub struct ImportHook {
    cache: Arc<CodeCache>,
    guarded_lines: Mutex<HashMap<String, Vec<(usize, usize)>>>,
}

impl ImportHook {
    /// Puts the hook on `sys.meta_path`, before the stock path finder.
    pub fn install(cache: Arc<CodeCache>, vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
        let hook = Self { cache, guarded_lines: Mutex::default() }.into_ref(&vm.ctx);
        let meta_path: PyListRef = vm.sys_module.get_attr("meta_path", vm)?.try_into_value(vm)?;
        let mut finders = meta_path.borrow_vec_mut();
        let last = finders.len().saturating_sub(1);
        finders.insert(last, hook.clone().into());
        Ok(hook)
    }

    /// Says whether imports that fail are tolerated on this thread from now on.
    ///
    /// Turning strict forgets the modules that became unavailable, so that a migration script which needs
    /// one of them fails at its import.
    pub fn set_lenient(&self, lenient: bool, vm: &VirtualMachine) -> PyResult<()> {
        IS_LENIENT.set(lenient);
        if lenient {
            return Ok(());
        }
        let modules: PyRef<PyDict> = vm.sys_module.get_attr("modules", vm)?.try_into_value(vm)?;
        let unavailable: Vec<PyObjectRef> = modules
            .clone()
            .into_iter()
            .filter(|(_, module)| unavailable::is_unavailable(module))
            .map(|(name, _)| name)
            .collect();
        for name in unavailable {
            modules.del_item(&*name, vm)?;
        }
        Ok(())
    }

    /// Tells whether imports that fail are tolerated on this thread.
    pub fn is_lenient() -> bool {
        IS_LENIENT.get()
    }

    /// Tells whether what is being imported may be missing: in env.py, unless its code handles that itself.
    pub fn tolerates_failure(vm: &VirtualMachine) -> bool {
        let meta_path =
            vm.sys_module.get_attr("meta_path", vm).and_then(|path| vm.extract_elements_with(&path, Ok));
        meta_path.unwrap_or_default().iter().any(|finder: &PyObjectRef| {
            finder
                .downcast_ref::<Self>()
                .is_some_and(|hook| Self::is_lenient() && !hook.failure_is_handled(vm))
        })
    }

    /// Compiles `source` through the cache and runs it in `globals`.
    pub fn run_source(
        &self,
        source: &str,
        path: &str,
        globals: PyRef<PyDict>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let code = self
            .cache
            .compile(source, path, &vm.ctx)
            .map_err(|error| vm.new_syntax_error(&error, Some(source)))?;
        let scope = Scope::with_builtins(None, globals, vm);
        vm.run_code_obj(code, scope)?;
        Ok(())
    }

    /// Tells whether the import that is under way stands in a `try` which handles its failure itself, or in the
    /// standard library, which knows what it may miss.
    fn failure_is_handled(&self, vm: &VirtualMachine) -> bool {
        if frames::library_imports(vm) {
            return true;
        }
        let Some((path, line)) = frames::caller(vm) else { return false };
        let mut known = self.guarded_lines.lock().unwrap_or_else(PoisonError::into_inner);
        let guarded = known.entry(path).or_insert_with_key(|path| {
            std::fs::read_to_string(path).map(|source| guarded_lines(&source)).unwrap_or_default()
        });
        guarded.iter().any(|(first, last)| (*first..=*last).contains(&line))
    }

    fn unavailable_spec(zelf: &PyRef<Self>, name: &str, vm: &VirtualMachine) -> PyResult {
        let bootstrap =
            vm.import("importlib._bootstrap", 0).and_then(|_| sub_module("importlib._bootstrap", vm))?;
        let class = bootstrap.get_attr("ModuleSpec", vm)?;
        class.call((vm.ctx.new_str(name), zelf.clone()), vm)
    }
}

/// Gives a module that has been imported, by its full name.
fn sub_module(name: &str, vm: &VirtualMachine) -> PyResult {
    vm.sys_module.get_attr("modules", vm)?.get_item(name, vm)
}

#[pyclass]
impl ImportHook {
    #[pymethod]
    fn find_spec(
        zelf: PyRef<Self>,
        name: PyStrRef,
        path: OptionalArg<PyObjectRef>,
        _target: OptionalArg<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult {
        let full_name = name.as_wtf8().to_string();
        let parent = full_name.rsplit_once('.').map(|(parent, _)| parent);
        let below_unavailable = parent
            .and_then(|parent| sub_module(parent, vm).ok())
            .is_some_and(|module| unavailable::is_unavailable(&module));
        if below_unavailable {
            return Self::unavailable_spec(&zelf, &full_name, vm);
        }
        let external = sub_module("_frozen_importlib_external", vm)?;
        let finder = external.get_attr("PathFinder", vm)?;
        let path = path.unwrap_or_none(vm);
        let spec = vm.call_method(&finder, "find_spec", (name, path))?;
        if vm.is_none(&spec) {
            if Self::is_lenient() && !zelf.failure_is_handled(vm) {
                return Self::unavailable_spec(&zelf, &full_name, vm);
            }
            return Ok(spec);
        }
        let loader = spec.get_attr("loader", vm)?;
        let source_loader = external.get_attr("SourceFileLoader", vm)?;
        if loader.is_instance(&source_loader, vm)? {
            spec.set_attr("loader", zelf, vm)?;
        }
        Ok(spec)
    }

    #[pymethod]
    fn create_module(&self, spec: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        let origin = spec.get_attr("origin", vm)?;
        if !vm.is_none(&origin) {
            return Ok(vm.ctx.none());
        }
        let name = spec.get_attr("name", vm)?.str(vm)?.to_string();
        let reason = format!("No module named '{name}'");
        let import = FailedImport { module: name, place: frames::caller(vm), reason };
        Ok(Unavailable::module(import).into_pyobject(vm))
    }

    #[pymethod]
    fn exec_module(&self, module: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        if unavailable::is_unavailable(&module) {
            return Ok(());
        }
        let path = module.get_attr("__file__", vm)?.str(vm)?.to_string();
        let source = read_source(&path, vm)?;
        let globals: PyRef<PyDict> = module.get_attr("__dict__", vm)?.try_into_value(vm)?;
        let Err(exception) = self.run_source(&source, &path, globals, vm) else { return Ok(()) };
        if !Self::is_lenient() || self.failure_is_handled(vm) || !is_import_failure(&exception, vm) {
            return Err(exception);
        }
        let name = module.get_attr("__name__", vm)?.str(vm)?.to_string();
        let reason = exception.as_object().str(vm)?.to_string();
        let reason = unavailable::without_advice(&reason).to_owned();
        let place = frames::caller(vm);
        let unavailable = Unavailable::module(FailedImport { module: name.clone(), place, reason });
        let modules = vm.sys_module.get_attr("modules", vm)?;
        modules.set_item(name.as_str(), unavailable.into_pyobject(vm), vm)
    }

    #[pymethod]
    fn get_source(&self, name: PyStrRef, vm: &VirtualMachine) -> PyResult<Option<String>> {
        let module = sub_module(&name.as_wtf8().to_string(), vm)?;
        let path = module.get_attr("__file__", vm)?.str(vm)?.to_string();
        Ok(std::fs::read_to_string(path).ok())
    }

    #[pymethod]
    fn get_filename(&self, name: PyStrRef, vm: &VirtualMachine) -> PyResult {
        sub_module(&name.as_wtf8().to_string(), vm)?.get_attr("__file__", vm)
    }
}

/// Tells whether an exception means that something could not be imported, rather than a mistake in the
/// module itself.
fn is_import_failure(exception: &PyBaseExceptionRef, vm: &VirtualMachine) -> bool {
    exception.class().fast_issubclass(vm.ctx.exceptions.import_error)
}

/// Reads a source file, decoding it as Python does: UTF-8, unless its first lines say Latin-1.
fn read_source(path: &str, vm: &VirtualMachine) -> PyResult<String> {
    let bytes =
        std::fs::read(Path::new(path)).map_err(|error| vm.new_os_error(format!("{path}: {error}")))?;
    decode_source(bytes).map_err(|reason| {
        vm.new_exception_msg(vm.ctx.exceptions.syntax_error.to_owned(), format!("{path}: {reason}").into())
    })
}

/// Decodes Python source: a byte order mark is dropped, and a `coding` comment in the first two lines counts.
///
/// # Errors
/// Bytes that are not what the file declares, or an encoding other than UTF-8, ASCII and Latin-1.
pub fn decode_source(bytes: Vec<u8>) -> Result<String, String> {
    let declared = bytes.split(|byte| *byte == b'\n').take(2).find_map(|line| {
        let line = std::str::from_utf8(line).ok()?.trim_start().strip_prefix('#')?;
        let (_, rest) = line.split_once("coding")?;
        let rest = rest.strip_prefix([':', '='])?.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)).unwrap_or(rest.len());
        Some(rest[..end].to_ascii_lowercase().replace('_', "-"))
    });
    match declared.as_deref() {
        None | Some("utf-8" | "utf8" | "utf-8-sig" | "ascii" | "us-ascii") => {
            let text = String::from_utf8(bytes)
                .map_err(|error| format!("not valid UTF-8 at byte {}", error.utf8_error().valid_up_to()))?;
            Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
        }
        Some("latin-1" | "latin1" | "iso-8859-1" | "iso8859-1") => {
            Ok(bytes.into_iter().map(char::from).collect())
        }
        Some(other) => Err(format!("encoding '{other}' is not supported; save the file as UTF-8")),
    }
}

/// Gives the first and last lines of every `try` body whose handlers catch a failed import.
fn guarded_lines(source: &str) -> Vec<(usize, usize)> {
    let Ok(module) = rustpython_compiler::parser::parse_module(source) else { return Vec::new() };
    let starts: Vec<usize> =
        std::iter::once(0).chain(source.match_indices('\n').map(|(offset, _)| offset + 1)).collect();
    let line_of = |offset: usize| starts.partition_point(|start| *start <= offset);
    let mut guarded = Vec::new();
    let mut blocks: Vec<&[Stmt]> = vec![&module.syntax().body];
    while let Some(block) = blocks.pop() {
        for statement in block {
            match statement {
                Stmt::Try(attempt) => {
                    if attempt.handlers.iter().any(catches_import_errors)
                        && let (Some(first), Some(last)) = (attempt.body.first(), attempt.body.last())
                    {
                        let (first, last) = (ast_range(first), ast_range(last));
                        guarded.push((line_of(first.0), line_of(last.1)));
                    }
                    blocks.push(&attempt.body);
                    blocks.push(&attempt.orelse);
                    blocks.push(&attempt.finalbody);
                    for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                        blocks.push(&handler.body);
                    }
                }
                Stmt::If(branch) => {
                    blocks.push(&branch.body);
                    blocks.extend(branch.elif_else_clauses.iter().map(|clause| &clause.body[..]));
                }
                Stmt::FunctionDef(function) => blocks.push(&function.body),
                Stmt::ClassDef(class) => blocks.push(&class.body),
                Stmt::With(with) => blocks.push(&with.body),
                Stmt::For(each) => blocks.push(&each.body),
                Stmt::While(again) => blocks.push(&again.body),
                _ => {}
            }
        }
    }
    guarded
}

fn ast_range(statement: &Stmt) -> (usize, usize) {
    let range = statement.range();
    (range.start().to_usize(), range.end().to_usize())
}

fn catches_import_errors(handler: &ExceptHandler) -> bool {
    let ExceptHandler::ExceptHandler(handler) = handler;
    match handler.type_.as_deref() {
        None => true,
        Some(Expr::Tuple(types)) => types.elts.iter().any(names_import_error),
        Some(single) => names_import_error(single),
    }
}

fn names_import_error(expression: &Expr) -> bool {
    let name = match expression {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    matches!(name, "ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException")
}

#[cfg(test)]
mod tests {
    use super::{decode_source, guarded_lines};

    #[test]
    fn imports_in_a_try_that_handles_them_are_guarded() {
        let source = "import a\ntry:\n    import b\n    import c\nexcept ImportError:\n    import d\n\ndef f():\n    try:\n        import e\n    except (ValueError, ModuleNotFoundError):\n        pass\ntry:\n    import g\nexcept KeyError:\n    pass\n";
        let mut lines = guarded_lines(source);
        lines.sort_unstable();
        assert_eq!(lines, [(3, 4), (10, 10)]);
    }

    #[test]
    fn a_source_is_decoded_as_it_declares() {
        assert_eq!(decode_source("\u{feff}x = 'é'".into()).unwrap(), "x = 'é'");
        assert_eq!(
            decode_source(b"# -*- coding: latin-1 -*-\nx = '\xe9'".to_vec()).unwrap().chars().nth(31),
            Some('é')
        );
        assert!(decode_source(b"x = '\xe9'".to_vec()).unwrap_err().contains("byte 5"));
        assert!(decode_source(b"# coding: koi8-r\n".to_vec()).unwrap_err().contains("koi8-r"));
    }
}
