//! `sqlalchemy.exc`: the exception classes, and how Rust's errors become them.

use limbeck_sql::{DatabaseError, DatabaseErrorKind, Error, HIDDEN_PARAMETERS, Reported};
use rustpython_vm::builtins::{PyBaseExceptionRef, PyTypeRef};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObjectRef, PyResult, VirtualMachine};

use super::object::{
    self, ClassDef, Member, get, get_some, has_class, items, method, new_text, text, text_of,
};

const MODULE: &str = "sqlalchemy.exc";

/// The plain exceptions: name and bases.
const EXCEPTIONS: &[(&str, &[&str])] = &[
    ("ArgumentError", &["SQLAlchemyError"]),
    ("DuplicateColumnError", &["ArgumentError"]),
    ("ConstraintColumnNotFoundError", &["ArgumentError"]),
    ("ObjectNotExecutableError", &["ArgumentError"]),
    ("NoSuchModuleError", &["ArgumentError"]),
    ("NoForeignKeysError", &["ArgumentError"]),
    ("AmbiguousForeignKeysError", &["ArgumentError"]),
    ("CircularDependencyError", &["SQLAlchemyError"]),
    ("CompileError", &["SQLAlchemyError"]),
    ("UnsupportedCompilationError", &["CompileError"]),
    ("IdentifierError", &["SQLAlchemyError"]),
    ("DisconnectionError", &["SQLAlchemyError"]),
    ("InvalidatePoolError", &["DisconnectionError"]),
    ("TimeoutError", &["SQLAlchemyError"]),
    ("InvalidRequestError", &["SQLAlchemyError"]),
    ("IllegalStateChangeError", &["InvalidRequestError"]),
    ("NoInspectionAvailable", &["InvalidRequestError"]),
    ("PendingRollbackError", &["InvalidRequestError"]),
    ("ResourceClosedError", &["InvalidRequestError"]),
    ("NoSuchColumnError", &["InvalidRequestError", "KeyError"]),
    ("AmbiguousColumnError", &["InvalidRequestError"]),
    ("NoResultFound", &["InvalidRequestError"]),
    ("MultipleResultsFound", &["InvalidRequestError"]),
    ("NoReferenceError", &["InvalidRequestError"]),
    ("AwaitRequired", &["InvalidRequestError"]),
    ("MissingGreenlet", &["InvalidRequestError"]),
    ("NoReferencedTableError", &["NoReferenceError"]),
    ("NoReferencedColumnError", &["NoReferenceError"]),
    ("NoSuchTableError", &["InvalidRequestError"]),
    ("UnreflectableTableError", &["InvalidRequestError"]),
    ("UnboundExecutionError", &["InvalidRequestError"]),
    ("NoDBAPILoaded", &["InvalidRequestError"]),
    ("InterfaceError", &["DBAPIError"]),
    ("DatabaseError", &["DBAPIError"]),
    ("DataError", &["DatabaseError"]),
    ("OperationalError", &["DatabaseError"]),
    ("IntegrityError", &["DatabaseError"]),
    ("InternalError", &["DatabaseError"]),
    ("ProgrammingError", &["DatabaseError"]),
    ("NotSupportedError", &["DatabaseError"]),
    ("SADeprecationWarning", &["DeprecationWarning"]),
    ("Base20DeprecationWarning", &["SADeprecationWarning"]),
    ("LegacyAPIWarning", &["Base20DeprecationWarning"]),
    ("MovedIn20Warning", &["Base20DeprecationWarning"]),
    ("SAPendingDeprecationWarning", &["PendingDeprecationWarning"]),
    ("SAWarning", &["RuntimeWarning"]),
];

/// The exceptions with behaviour of their own.
const WITH_BEHAVIOUR: &[ClassDef] = &[
    ClassDef { name: "SQLAlchemyError", module: MODULE, bases: &["Exception"], members: &[] },
    ClassDef {
        name: "StatementError",
        module: MODULE,
        bases: &["SQLAlchemyError"],
        members: &[
            ("__init__", method(statement_error_init)),
            ("__str__", method(statement_error_str)),
            ("add_detail", method(add_detail)),
        ],
    },
    ClassDef {
        name: "DBAPIError",
        module: MODULE,
        bases: &["StatementError"],
        members: &[("connection_invalidated", Member::Value(|vm| vm.ctx.new_bool(false).into()))],
    },
];

/// Builds the exception classes.
pub(crate) fn build(vm: &VirtualMachine) -> PyResult<()> {
    if has_class("SQLAlchemyError") {
        return Ok(());
    }
    for builtin in
        ["Exception", "KeyError", "DeprecationWarning", "PendingDeprecationWarning", "RuntimeWarning"]
    {
        let class = vm.builtins.get_attr(vm.ctx.intern_str(builtin), vm)?;
        if let Ok(class) = class.downcast() {
            object::register_class(builtin, class);
        }
    }
    super::engine::dbapi::build_exceptions(vm);
    object::build(WITH_BEHAVIOUR, vm)?;
    for (name, bases) in EXCEPTIONS {
        object::build_class(name, &ClassDef { name, module: MODULE, bases, members: &[] }, vm)?;
    }
    Ok(())
}

/// Gives the names that the module exports.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    WITH_BEHAVIOUR.iter().map(|def| def.name).chain(EXCEPTIONS.iter().map(|(name, _)| *name))
}

/// Makes an exception of the class called `name`.
pub(crate) fn error(name: &str, message: impl AsRef<str>, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let class: PyTypeRef = object::class(name);
    vm.new_exception(class, vec![new_text(message, vm)])
}

/// Makes an `ArgumentError`.
pub(crate) fn argument(message: impl AsRef<str>, vm: &VirtualMachine) -> PyBaseExceptionRef {
    error("ArgumentError", message, vm)
}

/// Makes an `InvalidRequestError`.
pub(crate) fn invalid_request(message: impl AsRef<str>, vm: &VirtualMachine) -> PyBaseExceptionRef {
    error("InvalidRequestError", message, vm)
}

/// Makes the error for something that Limbeck does not provide, naming it.
pub(crate) fn not_provided(what: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    vm.new_not_implemented_error(format!("Limbeck does not provide {what} yet"))
}

/// Turns an error of the SQL library into the Python exception of the same name.
pub(crate) fn from_sql(error_: &Error, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match error_ {
        Error::Argument(message) => error("ArgumentError", message, vm),
        Error::Compile(message) => error("CompileError", message, vm),
        Error::UserCode(message) => crate::lower::raised_by_user_code(message)
            .unwrap_or_else(|| vm.new_runtime_error(message.clone())),
        Error::UnsupportedCompilation { .. } => error("UnsupportedCompilationError", error_.to_string(), vm),
        Error::DuplicateColumn(message) => error("DuplicateColumnError", message, vm),
        Error::ConstraintColumnNotFound(message) => error("ConstraintColumnNotFoundError", message, vm),
        Error::NoSuchModule(message) => error("NoSuchModuleError", message, vm),
        Error::NoSuchTable(message) => error("NoSuchTableError", message, vm),
        Error::InvalidRequest(message) => error("InvalidRequestError", message, vm),
        Error::Identifier(message) => error("IdentifierError", message, vm),
        Error::ResourceClosed(message) => error("ResourceClosedError", message, vm),
        Error::PendingRollback(message) => error("PendingRollbackError", message, vm),
        Error::Statement(message) => error("StatementError", message, vm),
        Error::Value(message) => vm.new_value_error(message.clone()),
        Error::Key(key) => vm.new_key_error(new_text(key, vm)),
        Error::Type(message) => vm.new_type_error(message.clone()),
        Error::Attribute(message) => vm.new_attribute_error(message.clone()),
        Error::NotImplemented(message) if message.is_empty() => {
            vm.new_exception_empty(vm.ctx.exceptions.not_implemented_error.to_owned())
        }
        Error::NotImplemented(message) | Error::Unsupported(message) => {
            vm.new_not_implemented_error(message.clone())
        }
        Error::Database(database) => from_database(database, vm).unwrap_or_else(|raised| raised),
    }
}

/// Makes the exception of the driver itself.
fn driver_exception(database: &DatabaseError, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let name = database.driver_error.as_str();
    let class = if has_class(name) {
        object::class(name)
    } else {
        let (module, class_name) = name.rsplit_once('.').unwrap_or(("", name));
        vm.ctx.new_exception_type(module, class_name, None)
    };
    let number = database.reported.as_ref().and_then(|reported| {
        let number: i32 = reported.code.parse().ok()?;
        let text = format!("({number}, {})", limbeck_sql::engine::text_repr(&reported.words));
        (database.message == text).then(|| [vm.ctx.new_int(number).into(), new_text(&reported.words, vm)])
    });
    let arguments = number.map_or_else(|| vec![new_text(&database.message, vm)], Vec::from);
    let raised = vm.new_exception(class, arguments);
    for attribute in code_attributes(name) {
        let code = object::new_opt_text(database.reported.as_ref().map(|reported| &reported.code), vm);
        // An exception of ours takes any attribute.
        let _ = raised.as_object().set_attr(*attribute, code, vm);
    }
    let kind = new_text(database.kind.class_name(), vm);
    let reported = database.reported.as_ref();
    let kept = [
        (KIND, Some(kind)),
        (CODE, reported.map(|reported| new_text(&reported.code, vm))),
        (WORDS, reported.map(|reported| new_text(&reported.words, vm))),
    ];
    for (attribute, value) in kept.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        // an exception that cannot keep it counts as one of user code
        let _ = raised.as_object().set_attr(attribute, value, vm);
    }
    raised
}

/// Gives the attributes in which a driver's exceptions have the server's code.
fn code_attributes(driver_error: &str) -> &'static [&'static str] {
    match driver_error.split('.').next() {
        Some("psycopg") => &["sqlstate"],
        Some("psycopg2") => &["pgcode"],
        _ if driver_error.starts_with("sqlalchemy.dialects.postgresql.asyncpg.") => &["pgcode", "sqlstate"],
        _ => &[],
    }
}

/// Gives the server's code for the failure that an exception tells of, be it itself or what led to it.
pub(crate) fn server_code(exception: &PyBaseExceptionRef, vm: &VirtualMachine) -> Option<String> {
    let mut next = Some(exception.clone());
    // A chain that user code has closed to a circle ends here too.
    for _ in 0..CHAIN {
        let current = next?;
        let code = vm.get_attribute_opt(current.as_object().to_owned(), vm.ctx.intern_str(CODE)).ok()?;
        if let Some(code) = code {
            return code.str(vm).ok().map(|code| code.to_string());
        }
        next = current.__cause__().or_else(|| current.__context__());
    }
    None
}

/// Where an exception keeps the server's code, whatever the driver.
const CODE: &str = "_limbeck_server_code";

/// How far back the causes of an exception are looked through.
const CHAIN: usize = 20;

/// Turns an exception of a driver that passed through user code into the error that it was; `None` for others.
pub(crate) fn to_database_error(raised: &PyBaseExceptionRef, vm: &VirtualMachine) -> Option<Error> {
    let obj = raised.as_object();
    let driver_error = object::class_path(obj, vm);
    let kept = |name| {
        let value = vm.get_attribute_opt(obj.to_owned(), vm.ctx.intern_str(name)).ok().flatten();
        value.and_then(|value| text_of(&value))
    };
    let kind = kept(KIND).or_else(|| driver_error.strip_prefix("sqlite3.").map(str::to_owned))?;
    let kind = DatabaseErrorKind::by_class_name(&kind)?;
    let message = text(obj, vm).ok()?;
    let reported = kept(CODE).zip(kept(WORDS)).map(|(code, words)| Reported { code, words });
    Some(Error::Database(Box::new(DatabaseError {
        kind,
        driver_error,
        message,
        reported,
        statement: None,
        parameters: None,
    })))
}

/// The attribute of a driver's exception that says which of PEP 249's kinds it is of.
const KIND: &str = "_limbeck_kind";

/// The attribute of a driver's exception that has the server's words.
const WORDS: &str = "_limbeck_server_words";

/// Turns an error into what the driver alone would raise, without the statement.
pub(crate) fn driver_error(error: &Error, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match error {
        Error::Database(database) => driver_exception(database, vm),
        other => from_sql(other, vm),
    }
}

fn from_database(database: &DatabaseError, vm: &VirtualMachine) -> PyResult<PyBaseExceptionRef> {
    let name = database.kind.class_name();
    // user code reads it as `.orig`
    let driver_error = driver_exception(database, vm);
    let message = format!("({}) {}", database.driver_error, database.message);
    let raised = vm.new_exception(object::class(name), vec![new_text(&message, vm)]);
    let obj = raised.as_object();
    let statement = object::new_opt_text(database.statement.as_ref(), vm);
    obj.set_attr("statement", statement, vm)?;
    obj.set_attr("params", object::new_opt_text(database.parameters.as_ref(), vm), vm)?;
    obj.set_attr("_limbeck_params", object::new_opt_text(database.parameters.as_ref(), vm), vm)?;
    obj.set_attr("orig", PyObjectRef::from(driver_error), vm)?;
    obj.set_attr("code", new_text(database.kind.code(), vm), vm)?;
    if let Some(reported) = &database.reported {
        obj.set_attr(CODE, new_text(&reported.code, vm), vm)?;
    }
    obj.set_attr("hide_parameters", vm.ctx.new_bool(false), vm)?;
    obj.set_attr("detail", vm.ctx.new_list(Vec::new()), vm)?;
    Ok(raised)
}

fn statement_error_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut positional = args.args.into_iter();
    let _message = positional.next();
    let none = || vm.ctx.none();
    this.set_attr("statement", positional.next().unwrap_or_else(none), vm)?;
    this.set_attr("params", positional.next().unwrap_or_else(none), vm)?;
    this.set_attr("orig", positional.next().unwrap_or_else(none), vm)?;
    this.set_attr("code", none(), vm)?;
    this.set_attr("detail", vm.ctx.new_list(Vec::new()), vm)?;
    Ok(vm.ctx.none())
}

fn add_detail(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let details = get(&this, "detail", vm)?;
    vm.call_method(&details, "append", args)
}

/// The message, the statement with its parameters, and where to read more.
fn statement_error_str(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let message = match items(&*get(&this, "args", vm)?, vm)?.first() {
        Some(message) => text(message, vm)?,
        None => String::new(),
    };
    let mut lines = vec![message];
    if let Some(details) = get_some(&this, "detail", vm)? {
        for detail in items(&details, vm)? {
            lines.push(format!("(detail: {})", text(&detail, vm)?));
        }
    }
    if let Some(statement) = get_some(&this, "statement", vm)? {
        lines.push(format!("[SQL: {}]", text(&statement, vm)?));
        if let Some(parameters) = get_some(&this, "_limbeck_params", vm)? {
            let parameters = text(&parameters, vm)?;
            let is_hidden = parameters == HIDDEN_PARAMETERS;
            lines.push(if is_hidden { parameters } else { format!("[parameters: {parameters}]") });
        } else if let Some(parameters) = get_some(&this, "params", vm)?
            && parameters.clone().try_to_bool(vm)?
        {
            lines.push(format!("[parameters: {}]", object::repr(&parameters, vm)?));
        }
    }
    if let Some(code) = get_some(&this, "code", vm)? {
        let code = text(&code, vm)?;
        lines.push(format!("(Background on this error at: https://sqlalche.me/e/21/{code})"));
    }
    Ok(new_text(lines.join("\n"), vm))
}

/// Warns, as `warnings.warn` does, with one of the package's categories.
pub(crate) fn warn(category: &str, message: impl AsRef<str>, vm: &VirtualMachine) -> PyResult<()> {
    let message = vm.ctx.new_str(message.as_ref());
    let category = object::class_object(category);
    vm.call_method(&*vm.import("warnings", 0)?, "warn", (message, category)).map(drop)
}
