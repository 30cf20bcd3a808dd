//! `create_engine` and `Engine`.

use std::os::unix::fs::MetadataExt as _;
use std::sync::Arc;

use indexmap::IndexMap;
use limbeck_sql::Error;
use limbeck_sql::dialect::{DialectArguments, ParamStyle, by_name_with};
use limbeck_sql::engine::{
    ClientEnvironment, ConnectionCreator, Engine, EngineOptions, PoolClass, driver_paramstyle,
};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::dialect::new_dialect_of_engine;
use super::listener::{self, PythonListener};
use super::{connection, dbapi, pool, url};
use crate::interpreter::{stand_in, with_entered_vm};
use crate::modules::logging::engine as log;
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, get, get_text, instance, instance_with, method, new_bool, new_text, own, pairs,
    set, state, text_of,
};

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "Engine",
        module: "sqlalchemy.engine.base",
        bases: &[],
        members: &[
            ("connect", method(|this, _, vm| connect(&this, vm))),
            ("begin", method(begin)),
            (
                "dispose",
                method(|this, _, vm| {
                    if let Some(engine) = engine_of(&this) {
                        engine.dispose();
                    }
                    object::none(vm)
                }),
            ),
            ("execution_options", method(execution_options)),
            ("raw_connection", method(raw_connection)),
            (
                "get_execution_options",
                method(|this, _, vm| immutable(own(&this, "_execution_options", vm), vm)),
            ),
            ("clear_compiled_cache", method(|_, _, vm| object::none(vm))),
            ("name", Member::Get(|this, vm| get(&*get(&this, "dialect", vm)?, "name", vm))),
            ("driver", Member::Get(|this, vm| get(&*get(&this, "dialect", vm)?, "driver", vm))),
            ("engine", Member::Get(|this, _| Ok(this))),
            ("pool", Member::Get(pool_of)),
            ("hide_parameters", Member::Value(|vm| new_bool(false, vm))),
            ("logging_name", Member::Value(|vm| vm.ctx.none())),
            ("__setattr__", method(set_attribute)),
            (
                "__repr__",
                method(|this, _, vm| {
                    let url = object::repr(&*get(&this, "url", vm)?, vm)?;
                    Ok(new_text(format!("Engine({url})"), vm))
                }),
            ),
        ],
    },
    ClassDef {
        name: "_EngineBegin",
        module: "sqlalchemy.engine.base",
        bases: &[],
        members: &[("__enter__", method(begin_enter)), ("__exit__", method(begin_exit))],
    },
];

/// The keyword arguments of `create_engine` that change nothing here.
const IGNORED: &[&str] = &[
    "echo_pool",
    "future",
    "pool_recycle",
    "pool_pre_ping",
    "pool_reset_on_return",
    "pool_logging_name",
    "skip_autocommit_rollback",
    "enable_from_linting",
    "label_length",
    "encoding",
    "convert_unicode",
    "query_cache_size",
    "json_serializer",
    "json_deserializer",
    "insertmanyvalues_page_size",
    "use_insertmanyvalues",
    "plugins",
    "server_side_cursors",
    "implicit_returning",
    "strategy",
    "native_datetime",
    "client_encoding",
    "case_sensitive",
];

/// Gives the engine of an `Engine` object, or of an object that has one, such as a connection.
pub fn engine_of(obj: &PyObject) -> Option<Engine> {
    state::<Engine>(obj).map(|engine| (*engine).clone())
}

/// Makes the `Engine` object for an engine.
///
/// # Errors
/// What making the objects around it raises.
pub fn new_engine(engine: Engine, vm: &VirtualMachine) -> PyResult {
    let dialect = new_dialect_of_engine(&engine, vm)?;
    let url = url::new(engine.url().clone(), vm)?;
    let listener = listener::of(&engine);
    let obj = instance_with("Engine", engine, vm)?;
    if let Some(listener) = listener {
        listener.belongs_to(&obj, vm)?;
    }
    set(&obj, "dialect", dialect, vm)?;
    set(&obj, "url", url, vm)?;
    set(&obj, "echo", vm.ctx.none(), vm)?;
    Ok(obj)
}

/// Makes an `immutabledict` of a mapping.
pub(crate) fn immutable(mapping: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    let given = mapping.unwrap_or_else(|| vm.ctx.new_dict().into());
    object::class_object("immutabledict").call((given,), vm)
}

/// `engine.echo = True` switches the log on.
fn set_attribute(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let [name, value] = args.args.as_slice() else {
        return Err(vm.new_type_error("__setattr__ takes a name and a value"));
    };
    let name = text_of(name).unwrap_or_default();
    if name == "echo" {
        set_echo(&this, value, vm)?;
    }
    if let Some(dict) = this.dict() {
        dict.set_item(name.as_str(), value.clone(), vm)?;
    }
    object::none(vm)
}

/// Takes over `echo`: `True`, `"debug"`, or nothing.
fn set_echo(engine: &PyObject, value: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let level = match text_of(value).as_deref() {
        Some("debug") => log::DEBUG,
        _ if value.to_owned().try_to_bool(vm)? => log::INFO,
        _ => 0,
    };
    if let Some(listener) = engine_of(engine).and_then(|engine| listener::of(&engine)) {
        listener.echo.ask(level);
    }
    Ok(())
}

/// The pool of an engine, made when it is first asked for.
fn pool_of(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let Some(engine) = engine_of(&this) else { return object::none(vm) };
    let name = get_text(&this, "_pool_name", vm)?;
    let name = name.unwrap_or_else(|| pool::default_name(engine.url()).to_owned());
    let size = object::get_int(&this, "_pool_size", vm)?.unwrap_or(5);
    let made = pool::new(&this, &name, size, vm)?;
    set(&this, "pool", made.clone(), vm)?;
    Ok(made)
}

fn raw_connection(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(engine) = engine_of(&this) else { return Err(exc::argument("an Engine is expected", vm)) };
    let raw = engine.raw_connection().map_err(|error| exc::from_sql(&error, vm))?;
    let fairy = dbapi::fairy(&raw, vm)?;
    set(&fairy, "_engine", this, vm)?;
    Ok(fairy)
}

/// Makes what opens connections by calling a function of user code.
fn creator(function: PyObjectRef) -> ConnectionCreator {
    Arc::new(move || {
        let opened = with_entered_vm(|vm| {
            let made = function.call((), vm).map_err(|raised| {
                exc::to_database_error(&raised, vm)
                    .unwrap_or_else(|| crate::lower::user_code_error(&raised, vm))
            })?;
            dbapi::raw_connection(&made).ok_or_else(|| {
                let class = object::class_path(&made, vm);
                Error::Argument(format!(
                    "the creator of an engine gave an object of {class}, which is no connection of Limbeck's drivers"
                ))
            })
        });
        opened
            .unwrap_or_else(|| Err(Error::InvalidRequest("the program of the creator has ended".to_owned())))
    })
}

/// `create_engine(url, **options)`
pub(crate) fn create_engine(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("create_engine", args, vm);
    let given = arguments.required("url")?;
    let url = match stand_in::url() {
        Some(url) => limbeck_sql::engine::Url::parse(&url).map_err(|error| exc::from_sql(&error, vm))?,
        None => url::parse(&given, vm)?,
    };
    let mut options = EngineOptions::default();
    let poolclass = match (arguments.keyword("poolclass"), arguments.keyword("pool")) {
        (Some(class), _) => Some(pool::name_of(&class, vm)?),
        (None, Some(pool)) => Some(object::class_name(&pool)),
        (None, None) => None,
    };
    options.poolclass = poolclass.as_deref().map_or(PoolClass::Default, pool::kept);
    let pool_name = poolclass.unwrap_or_else(|| pool::default_name(&url).to_owned());
    let listener = Arc::new(PythonListener::default());
    let logging_name = arguments.text_keyword("logging_name");
    let hides_parameters = arguments.flag("hide_parameters", false)?;
    listener.echo.describe(logging_name.clone(), hides_parameters);
    let echo = arguments.keyword_value("echo");
    options.listener = Some(listener);
    let pool_size = arguments.keyword("pool_size");
    let refused: Vec<String> = ["max_overflow", "pool_timeout", "pool_use_lifo"]
        .into_iter()
        .filter(|name| arguments.keyword_value(name).is_some() && !pool::takes(&pool_name, name))
        .chain((pool_size.is_some() && !pool::takes(&pool_name, "pool_size")).then_some("pool_size"))
        .map(|name| format!("'{name}'"))
        .collect();
    options.isolation_level = arguments.keyword("isolation_level").and_then(|level| text_of(&level));
    if let Some(given) = arguments.keyword("connect_args") {
        options.connect_args = pairs(&given, vm)?
            .into_iter()
            .map(|(name, value)| Ok((name, crate::lower::value(&value, vm)?)))
            .collect::<PyResult<IndexMap<_, _>>>()?;
    }
    let execution_options = arguments.keyword("execution_options");
    let paramstyle = arguments.keyword("paramstyle").and_then(|style| text_of(&style));
    let max_identifier_length = arguments.keyword("max_identifier_length");
    let max_identifier_length = max_identifier_length.map(|length| length.try_into_value(vm)).transpose()?;
    options.creator = arguments.keyword("creator").map(creator);
    if arguments.keyword("async_creator").is_some() {
        return Err(exc::not_provided("create_engine(async_creator=...)", vm));
    }
    if arguments.keyword("module").is_some() {
        return Err(exc::not_provided("create_engine(module=...)", vm));
    }
    for ignored in IGNORED {
        arguments.keyword_value(ignored);
    }
    let mut unknown: Vec<String> =
        arguments.rest_keywords().into_iter().map(|(name, _)| format!("'{name}'")).collect();
    arguments.finish()?;
    unknown.extend(refused);
    let from_sql = |error| exc::from_sql(&error, vm);
    url.check_dialect().map_err(from_sql)?;
    if !unknown.is_empty() {
        let dialect = super::dialect::class_key(url.get_backend_name());
        return Err(vm.new_type_error(format!(
            "Invalid argument(s) {} sent to create_engine(), using configuration {dialect}_{}/{pool_name}/Engine.  Please \
             check that the keyword arguments are appropriate for this combination of components.",
            unknown.join(","),
            url.get_driver_name().map_err(from_sql)?,
        )));
    }
    let driver = url.drivername().split_once('+').map(|(_, driver)| driver);
    let dialect_arguments = DialectArguments {
        paramstyle: paramstyle
            .and_then(|style| ParamStyle::by_name(&style))
            .or_else(|| driver_paramstyle(&url)),
        max_identifier_length,
        ..DialectArguments::default()
    };
    let dialect = by_name_with(url.get_backend_name(), driver, dialect_arguments).map_err(from_sql)?;
    options.environment = client_environment();
    let engine = Engine::new(url, dialect, options).map_err(from_sql)?;
    let obj = new_engine(engine, vm)?;
    if let Some(options) = execution_options {
        set(&obj, "_execution_options", options, vm)?;
    }
    set(&obj, "_pool_name", new_text(pool_name, vm), vm)?;
    set(&obj, "_limbeck_replaced", new_bool(stand_in::url().is_some(), vm), vm)?;
    if let Some(size) = pool_size {
        set(&obj, "_pool_size", size, vm)?;
    }
    if let Some(echo) = echo {
        obj.set_attr("echo", echo, vm)?;
    }
    if hides_parameters {
        set(&obj, "hide_parameters", new_bool(true, vm), vm)?;
    }
    if let Some(name) = logging_name {
        set(&obj, "logging_name", new_text(name, vm), vm)?;
    }
    Ok(obj)
}

/// Gives what drivers may know of this process, as it is now: a script may have set variables.
fn client_environment() -> ClientEnvironment {
    let variables: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let variable =
        |name: &str| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let account = own_account();
    let user = account.as_ref().map(|(user, _)| user.clone()).or_else(|| variable("USER"));
    let home = variable("HOME").or(account.map(|(_, home)| home)).map(Into::into);
    ClientEnvironment::new(variables, home, user)
}

/// Finds the name and the home directory of the user that the process runs as, as far as files tell.
fn own_account() -> Option<(String, String)> {
    let own = std::fs::metadata("/proc/self").ok()?.uid().to_string();
    let accounts = std::fs::read_to_string("/etc/passwd").ok()?;
    accounts.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        match fields.as_slice() {
            [name, _, uid, _, _, home, ..] if *uid == own => Some(((*name).to_owned(), (*home).to_owned())),
            _ => None,
        }
    })
}

/// Turns the text of a configuration value into what the option means.
fn configured(name: &str, value: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let Some(text) = text_of(&value) else { return Ok(value) };
    match name {
        "echo" | "echo_pool" | "future" | "pool_pre_ping" | "pool_use_lifo" | "hide_parameters" => {
            let word = text.trim().to_lowercase();
            Ok(new_bool(matches!(word.as_str(), "true" | "yes" | "on" | "y" | "t" | "1"), vm))
        }
        "pool_size" | "max_overflow" | "pool_recycle" | "pool_timeout" | "max_identifier_length" => {
            match text.trim().parse::<i64>() {
                Ok(number) => Ok(vm.ctx.new_int(number).into()),
                Err(_) => {
                    Err(vm.new_value_error(format!("invalid literal for int() with base 10: '{text}'")))
                }
            }
        }
        _ => Ok(value),
    }
}

/// `engine_from_config(configuration, prefix="sqlalchemy.", **kwargs)`
pub(crate) fn engine_from_config(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("engine_from_config", args, vm);
    let configuration = arguments.required("configuration")?;
    let prefix = arguments.text("prefix").unwrap_or_else(|| "sqlalchemy.".to_owned());
    let keywords = arguments.rest_keywords();
    arguments.finish()?;
    let mut call = FuncArgs::default();
    let mut url = None;
    for (name, value) in pairs(&configuration, vm)? {
        match name.strip_prefix(&prefix) {
            Some("url") => url = Some(value),
            Some("_coerce_config") | None => {}
            Some(option) => {
                call.kwargs.insert(option.to_owned(), configured(option, value, vm)?);
            }
        }
    }
    for (name, value) in keywords {
        if name == "url" {
            url = Some(value);
        } else {
            call.kwargs.insert(name, value);
        }
    }
    match url {
        Some(url) => call.args.push(url),
        None => return Err(vm.new_key_error(new_text("url", vm))),
    }
    create_engine(call, vm)
}

/// Opens a connection of an `Engine` object.
pub(crate) fn connect(this: &PyObject, vm: &VirtualMachine) -> PyResult {
    let Some(engine) = engine_of(this) else {
        return Err(exc::argument("an Engine is expected", vm));
    };
    let opened = engine.connect().map_err(|error| exc::from_sql(&error, vm))?;
    if let Some(version) = opened.server_version() {
        let numbers = version.into_iter().map(|number| vm.ctx.new_int(number).into()).collect();
        set(&*get(this, "dialect", vm)?, "server_version_info", object::new_tuple(numbers, vm), vm)?;
    }
    super::dialect::learn(&*get(this, "dialect", vm)?, engine.dialect(), vm)?;
    if let Some(options) = own(this, "_execution_options", vm) {
        for (name, value) in pairs(&options, vm)? {
            match (name.as_str(), text_of(&value)) {
                ("isolation_level", Some(level)) => {
                    opened.set_isolation_level(&level).map_err(|error| exc::from_sql(&error, vm))?;
                }
                ("schema_translate_map", _) => {
                    opened.set_schema_translate_map(connection::translate_map(&value));
                }
                _ => {}
            }
        }
    }
    connection::for_engine(opened, this.to_owned(), vm)
}

fn execution_options(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let copy = object::shallow_copy(&this, vm)?;
    let options = vm.ctx.new_dict();
    if let Some(existing) = own(&this, "_execution_options", vm) {
        for (name, value) in pairs(&existing, vm)? {
            options.set_item(name.as_str(), value, vm)?;
        }
    }
    for (name, value) in args.kwargs {
        options.set_item(name.as_str(), value, vm)?;
    }
    set(&copy, "_execution_options", options, vm)?;
    Ok(copy)
}

fn begin(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let context = instance("_EngineBegin", vm)?;
    set(&context, "engine", this, vm)?;
    Ok(context)
}

fn begin_enter(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let opened = connect(&*get(&this, "engine", vm)?, vm)?;
    vm.call_method(&opened, "begin", ())?;
    set(&this, "connection", opened.clone(), vm)?;
    Ok(opened)
}

fn begin_exit(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let opened = get(&this, "connection", vm)?;
    let failed = args.args.first().is_some_and(|raised| !vm.is_none(raised));
    let ended = vm.call_method(&opened, if failed { "rollback" } else { "commit" }, ());
    vm.call_method(&opened, "close", ())?;
    ended?;
    Ok(new_bool(false, vm))
}
