//! Types and elements that user code defines, seen from Rust.

use std::cell::RefCell;
use std::fmt;

use limbeck_sql::dialect::{
    CompileOptions, CompilerKind, Dialect, DialectArguments, not_rendered, unsupported_compilation,
};
use limbeck_sql::engine::Value;
use limbeck_sql::expression::CustomElement;
use limbeck_sql::schema::Column;
use limbeck_sql::types::{CustomType, SqlType};
use limbeck_sql::{Error, Result};
use rustpython_vm::builtins::PyBaseExceptionRef;
use rustpython_vm::function::{FuncArgs, KwArgs};
use rustpython_vm::vm::thread::with_current_vm;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use crate::modules::sqlalchemy::engine::{dialect_object, new_dialect};
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::ext::{compiled_text, has_compiler};
use crate::modules::sqlalchemy::object::{self, class_name, class_path, get, repr, text, text_of};
use crate::modules::sqlalchemy::types::is_type;

/// A `TypeDecorator`, a `UserDefinedType`, or a user's subclass of a built-in type.
pub(super) struct PythonType {
    obj: PyObjectRef,
    kind: String,
    class_name: String,
    module_path: String,
}

impl PythonType {
    pub(super) fn new(obj: &PyObject, kind: &str, vm: &VirtualMachine) -> Self {
        Self {
            obj: obj.to_owned(),
            kind: kind.to_owned(),
            class_name: class_name(obj),
            module_path: class_path(obj, vm),
        }
    }
}

impl PythonType {
    /// Gives the SQL that user code writes for the type, of a column when it stands in one.
    fn specification(
        &self,
        dialect_name: &str,
        column: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<Option<String>> {
        let dialect = dialect_object(dialect_name, vm)?;
        if let Some(sql) = compiled_text(&self.obj, &dialect, &CompileOptions::literal(), vm)? {
            return Ok(Some(sql));
        }
        if self.kind != "UserDefinedType" {
            return Ok(None);
        }
        // a type that is compiled for other dialects only needs no SQL of its own
        let is_written_elsewhere = has_compiler(&self.obj, vm)?;
        if is_written_elsewhere && vm.get_attribute_opt(self.obj.clone(), "get_col_spec")?.is_none() {
            return Ok(None);
        }
        let specify = get(&self.obj, "get_col_spec", vm)?;
        // `**kw` is optional in user code, and what it gets is of use to few.
        let takes_keywords = match object::get_some(&specify, "__code__", vm)? {
            Some(code) => object::get_int(&code, "co_flags", vm)?.is_some_and(|flags| flags & 0x08 != 0),
            None => false,
        };
        let keywords = column.filter(|_| takes_keywords).map(|column| ("type_expression".to_owned(), column));
        let keywords = KwArgs::new(keywords.into_iter().collect());
        let sql = specify.call(FuncArgs::new(Vec::new(), keywords), vm)?;
        Ok(text_of(&sql))
    }
}

impl PythonType {
    /// Runs user code that makes a literal of a value. What it raises is the cause of the error, as in SQLAlchemy; what
    /// Limbeck does not provide is said at once.
    fn rendering<T>(&self, given: &Value, call: impl FnOnce(&VirtualMachine) -> PyResult<T>) -> Result<T> {
        with_current_vm(|vm| {
            call(vm).map_err(|raised| {
                if class_name(raised.as_object()) == "NotProvided" {
                    return python_error(&raised, vm);
                }
                let type_ = super::sql_type(&self.obj, vm).unwrap_or(SqlType::Null);
                let message = not_rendered(given, &type_).to_string();
                let error = exc::error("CompileError", &message, vm);
                error.set___cause__(Some(raised));
                kept(message, error)
            })
        })
    }
}

impl fmt::Debug for PythonType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PythonType({})", self.module_path)
    }
}

/// Runs user code for a Rust caller; what it raises becomes a compile error that says so.
pub(super) fn run<T>(call: impl FnOnce(&VirtualMachine) -> PyResult<T>) -> Result<T> {
    with_current_vm(|vm| call(vm).map_err(|raised| python_error(&raised, vm)))
}

thread_local! {
    /// The exception of user code that a Rust caller hears of, with its message.
    static RAISED: RefCell<Option<(String, PyBaseExceptionRef)>> = const { RefCell::new(None) };
}

/// Gives the exception of user code that an error of this message stands for.
pub(crate) fn raised_by_user_code(message: &str) -> Option<PyBaseExceptionRef> {
    let (kept, raised) = RAISED.take()?;
    (kept == message).then_some(raised)
}

/// Gives the error that stands for an exception of user code on its way through the engine.
pub(crate) fn python_error(raised: &PyBaseExceptionRef, vm: &VirtualMachine) -> Error {
    let message = text(raised.as_object(), vm).unwrap_or_default();
    let class = class_name(raised.as_object());
    if class == "CompileError" {
        return Error::Compile(message);
    }
    kept(format!("{class}: {message}"), raised.clone())
}

/// Keeps an exception for the Rust caller's caller, and gives the error that stands for it.
fn kept(message: String, raised: PyBaseExceptionRef) -> Error {
    let before = RAISED.replace(Some((message.clone(), raised)));
    drop(before);
    Error::UserCode(message)
}

/// An element of user code with a function for each dialect (`@compiles`).
pub(super) struct PythonElement {
    obj: PyObjectRef,
    kind: CompilerKind,
    type_: SqlType,
}

impl PythonElement {
    /// Takes an element; `kind` says which of SQLAlchemy's compilers would write it.
    pub(super) fn new(obj: &PyObject, kind: CompilerKind, vm: &VirtualMachine) -> Self {
        let type_ = object::get_some(obj, "type", vm).ok().flatten();
        let type_ = type_.filter(|type_| is_type(type_)).and_then(|type_| super::sql_type(&type_, vm).ok());
        Self { obj: obj.to_owned(), kind, type_: type_.unwrap_or(SqlType::Null) }
    }
}

impl fmt::Debug for PythonElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PythonElement({})", class_name(&self.obj))
    }
}

impl CustomElement for PythonElement {
    fn sql(&self, dialect: &dyn Dialect, options: &CompileOptions) -> Result<String> {
        let written = run(|vm| {
            let dialect = same_dialect(dialect, vm)?;
            compiled_text(&self.obj, &dialect, options, vm)
        })?;
        written.ok_or_else(|| {
            let path = run(|vm| Ok(class_path(&self.obj, vm))).unwrap_or_default();
            let element =
                format!("<class '{path}'>: <class '{path}'> construct has no default compilation handler.");
            unsupported_compilation(dialect, self.kind, element)
        })
    }

    fn result_type(&self) -> SqlType {
        self.type_.clone()
    }
}

/// Makes the Python object of a dialect that is only borrowed here.
fn same_dialect(dialect: &dyn Dialect, vm: &VirtualMachine) -> PyResult {
    let arguments =
        DialectArguments { paramstyle: Some(dialect.paramstyle()), ..DialectArguments::default() };
    match limbeck_sql::dialect::by_name_with(dialect.name(), None, arguments) {
        Ok(same) => new_dialect(&same, vm),
        Err(_) => dialect_object(dialect.name(), vm),
    }
}

impl CustomType for PythonType {
    fn class_name(&self) -> &str {
        &self.class_name
    }

    fn module_path(&self) -> &str {
        &self.module_path
    }

    fn python_repr(&self) -> Result<String> {
        run(|vm| repr(&self.obj, vm))
    }

    fn dialect_type(&self, dialect_name: &str) -> Result<Option<SqlType>> {
        match self.kind.as_str() {
            "TypeDecorator" => run(|vm| {
                let dialect = dialect_object(dialect_name, vm)?;
                let inner = vm.call_method(&self.obj, "load_dialect_impl", (dialect,))?;
                if inner.is(&self.obj) {
                    return Ok(None);
                }
                super::sql_type(&inner, vm).map(Some)
            }),
            "UserDefinedType" | "TypeEngine" => Ok(None),
            kind => run(|vm| super::types::builtin(&self.obj, kind, vm).map(Some)),
        }
    }

    fn decorated_type(&self, dialect_name: &str) -> Result<Option<SqlType>> {
        if self.kind != "TypeDecorator" {
            return self.dialect_type(dialect_name);
        }
        run(|vm| super::sql_type(&*get(&self.obj, "impl_instance", vm)?, vm).map(Some))
    }

    fn column_specification(&self, dialect_name: &str) -> Result<Option<String>> {
        run(|vm| self.specification(dialect_name, None, vm))
    }

    fn specification_of_column(&self, dialect_name: &str, column: &Column) -> Result<Option<String>> {
        run(|vm| {
            let name = object::new_text(column.name.as_str(), vm);
            let expression = object::class_object("Column").call((name, self.obj.clone()), vm)?;
            self.specification(dialect_name, Some(expression), vm)
        })
    }

    fn literal(&self, value: &Value, dialect_name: &str) -> Result<Option<String>> {
        if self.kind == "TypeDecorator" {
            return Ok(None);
        }
        self.rendering(value, |vm| {
            let Some(processor) = object::get_some(&self.obj, "literal_processor", vm)? else {
                return Ok(None);
            };
            let processor = processor.call((dialect_object(dialect_name, vm)?,), vm)?;
            if vm.is_none(&processor) {
                return Ok(None);
            }
            let written = processor.call((crate::raise::value(value, vm)?,), vm)?;
            Ok(text_of(&written))
        })
    }

    fn literal_value(&self, value: Value, dialect_name: &str) -> Result<Value> {
        if self.kind != "TypeDecorator" {
            return Ok(value);
        }
        self.rendering(&value, |vm| {
            let given = crate::raise::value(&value, vm)?;
            let dialect = dialect_object(dialect_name, vm)?;
            let literal = object::get_some(&self.obj, "process_literal_param", vm)?;
            let convert = match literal {
                Some(convert) => convert,
                None => get(&self.obj, "process_bind_param", vm)?,
            };
            super::value(&*convert.call((given, dialect), vm)?, vm)
        })
    }

    fn bind_value(&self, value: Value, dialect_name: &str) -> Result<Value> {
        run(|vm| {
            let bound = if self.kind == "TypeDecorator" {
                let dialect = dialect_object(dialect_name, vm)?;
                let given = crate::raise::value(&value, vm)?;
                vm.call_method(&self.obj, "process_bind_param", (given, dialect))?
            } else {
                let Some(processor) = object::get_some(&self.obj, "bind_processor", vm)? else {
                    return Ok(value);
                };
                let processor = processor.call((dialect_object(dialect_name, vm)?,), vm)?;
                if vm.is_none(&processor) {
                    return Ok(value);
                }
                processor.call((crate::raise::value(&value, vm)?,), vm)?
            };
            super::value(&bound, vm)
        })
    }
}
