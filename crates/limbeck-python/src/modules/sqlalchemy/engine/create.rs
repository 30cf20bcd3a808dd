//! `create_engine` and `Engine`.

use indexmap::IndexMap;
use limbeck_sql::dialect::{DialectArguments, ParamStyle, by_name_with};
use limbeck_sql::engine::{Engine, EngineOptions, PoolClass};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::{connection, new_dialect, url};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, get, get_text, instance, instance_with, method, new_bool, new_text, own, pairs,
    set, state, text_of,
};

const POOL: &str = "sqlalchemy.pool.impl";

const fn pool(name: &'static str, bases: &'static [&'static str]) -> ClassDef {
    ClassDef { name, module: POOL, bases, members: &[] }
}

pub(crate) const CLASSES: &[ClassDef] = &[
    pool("Pool", &[]),
    pool("NullPool", &["Pool"]),
    pool("QueuePool", &["Pool"]),
    pool("AsyncAdaptedQueuePool", &["QueuePool"]),
    pool("StaticPool", &["Pool"]),
    pool("SingletonThreadPool", &["Pool"]),
    pool("AssertionPool", &["Pool"]),
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
            ("raw_connection", method(|_, _, vm| Err(exc::not_provided("Engine.raw_connection()", vm)))),
            ("clear_compiled_cache", method(|_, _, vm| object::none(vm))),
            ("name", Member::Get(|this, vm| get(&*get(&this, "dialect", vm)?, "name", vm))),
            ("driver", Member::Get(|this, vm| get(&*get(&this, "dialect", vm)?, "driver", vm))),
            ("engine", Member::Get(|this, _| Ok(this))),
            ("echo", Member::Value(|vm| new_bool(false, vm))),
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
    "echo",
    "echo_pool",
    "future",
    "pool",
    "pool_size",
    "max_overflow",
    "pool_recycle",
    "pool_timeout",
    "pool_pre_ping",
    "pool_use_lifo",
    "pool_reset_on_return",
    "pool_logging_name",
    "logging_name",
    "hide_parameters",
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
    let dialect = new_dialect(engine.dialect(), vm)?;
    let url = url::new(engine.url().clone(), vm)?;
    let obj = instance_with("Engine", engine, vm)?;
    set(&obj, "dialect", dialect, vm)?;
    set(&obj, "url", url, vm)?;
    Ok(obj)
}

/// `create_engine(url, **options)`
pub(crate) fn create_engine(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("create_engine", args, vm);
    let url = url::parse(&*arguments.required("url")?, vm)?;
    let mut options = EngineOptions::default();
    if let Some(poolclass) = arguments.keyword("poolclass") {
        let name = get_text(&poolclass, "__name__", vm)?.unwrap_or_default();
        options.poolclass = match name.as_str() {
            "NullPool" => PoolClass::Null,
            "StaticPool" | "SingletonThreadPool" => PoolClass::Static,
            _ => PoolClass::Default,
        };
    }
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
    if arguments.keyword("creator").is_some() || arguments.keyword("async_creator").is_some() {
        return Err(exc::not_provided("create_engine(creator=...)", vm));
    }
    if arguments.keyword("module").is_some() {
        return Err(exc::not_provided("create_engine(module=...)", vm));
    }
    for ignored in IGNORED {
        arguments.keyword_value(ignored);
    }
    let unknown: Vec<String> =
        arguments.rest_keywords().into_iter().map(|(name, _)| format!("'{name}'")).collect();
    arguments.finish()?;
    if !unknown.is_empty() {
        return Err(vm.new_type_error(format!(
            "Invalid argument(s) {} sent to create_engine().  Please check that the keyword arguments are appropriate \
             for this combination of components.",
            unknown.join(",")
        )));
    }
    let from_sql = |error| exc::from_sql(&error, vm);
    url.check_dialect().map_err(from_sql)?;
    let driver = url.drivername().split_once('+').map(|(_, driver)| driver);
    let dialect_arguments = DialectArguments {
        paramstyle: paramstyle.and_then(|style| ParamStyle::by_name(&style)),
        max_identifier_length,
        ..DialectArguments::default()
    };
    let dialect = by_name_with(url.get_backend_name(), driver, dialect_arguments).map_err(from_sql)?;
    let engine = Engine::new(url, dialect, options).map_err(from_sql)?;
    let obj = new_engine(engine, vm)?;
    if let Some(options) = execution_options {
        set(&obj, "_execution_options", options, vm)?;
    }
    Ok(obj)
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
    super::dialect::learn(&*get(this, "dialect", vm)?, engine.dialect(), vm)?;
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
