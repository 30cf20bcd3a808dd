//! Types that user code defines, seen from Rust.

use std::fmt;

use limbeck_sql::engine::Value;
use limbeck_sql::types::{CustomType, SqlType};
use limbeck_sql::{Error, Result};
use rustpython_vm::builtins::PyBaseExceptionRef;
use rustpython_vm::function::{FuncArgs, KwArgs};
use rustpython_vm::vm::thread::with_current_vm;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use crate::modules::sqlalchemy::engine::dialect_object;
use crate::modules::sqlalchemy::ext::compiled_text;
use crate::modules::sqlalchemy::object::{class_name, class_path, get, repr, text, text_of};

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

impl fmt::Debug for PythonType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PythonType({})", self.module_path)
    }
}

/// Runs user code for a Rust caller; what it raises becomes a compile error that says so.
fn run<T>(call: impl FnOnce(&VirtualMachine) -> PyResult<T>) -> Result<T> {
    with_current_vm(|vm| call(vm).map_err(|raised| python_error(&raised, vm)))
}

fn python_error(raised: &PyBaseExceptionRef, vm: &VirtualMachine) -> Error {
    let message = text(raised.as_object(), vm).unwrap_or_default();
    let class = class_name(raised.as_object());
    if class == "CompileError" || class == "UnsupportedCompilationError" {
        Error::Compile(message)
    } else {
        Error::Compile(format!("{class}: {message}"))
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
            "UserDefinedType" => Ok(None),
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
        run(|vm| {
            if let Some(sql) = compiled_text(&self.obj, dialect_name, vm)? {
                return Ok(Some(sql));
            }
            if self.kind != "UserDefinedType" {
                return Ok(None);
            }
            let specification =
                get(&self.obj, "get_col_spec", vm)?.call(FuncArgs::new(Vec::new(), KwArgs::default()), vm)?;
            Ok(text_of(&specification))
        })
    }

    fn bind_value(&self, value: Value, dialect_name: &str) -> Result<Value> {
        if self.kind != "TypeDecorator" {
            return Ok(value);
        }
        run(|vm| {
            let dialect = dialect_object(dialect_name, vm)?;
            let given = crate::raise::value(&value, vm)?;
            let bound = vm.call_method(&self.obj, "process_bind_param", (given, dialect))?;
            super::value(&bound, vm)
        })
    }
}
