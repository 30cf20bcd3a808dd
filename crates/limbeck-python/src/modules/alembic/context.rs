//! `alembic.context`: the environment of the command that runs, as functions for env.py.

use std::sync::Arc;

use indexmap::IndexMap;
use limbeck_core::host::{ScriptHost, TemplateArguments};
use limbeck_core::runtime::{
    ConfigureOptions, ContextOptions, DatabaseTarget, EnvironmentContext, StartingRevision,
};
use limbeck_core::script::RevisionArgument;
use limbeck_sql::engine::{Engine, EngineOptions, Url, Value};
pub(super) use native::module_def;
use rustpython_vm::builtins::{PyDict, PyStr};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::errors::to_python;
use super::hooks::{PythonHooks, PythonMetadata, PythonOutput};
use super::operations::{executable, execution_options};
use super::state::{self, Environment, RunArguments};
use super::{migration, op, steps};
use crate::arguments::{Arguments, Parameter};
use crate::interpreter::{stand_in, unavailable};
use crate::lower;

/// A function of the module: the environment and the call's arguments.
pub(super) type Function = fn(&Environment, FuncArgs, &VirtualMachine) -> PyResult;

/// The functions of the module, by name.
pub(super) const FUNCTIONS: &[(&str, Function)] = &[
    ("begin_transaction", begin_transaction),
    ("configure", configure),
    ("execute", execute),
    ("get_bind", get_bind),
    ("get_context", get_context),
    ("get_head_revision", get_head_revision),
    ("get_head_revisions", get_head_revisions),
    ("get_revision_argument", get_revision_argument),
    ("get_starting_revision_argument", get_starting_revision_argument),
    ("get_tag_argument", get_tag_argument),
    ("get_x_argument", get_x_argument),
    ("is_offline_mode", is_offline_mode),
    ("is_transactional_ddl", is_transactional_ddl),
    ("requires_connection", requires_connection),
    ("run_migrations", run_migrations),
    ("static_output", static_output),
];

/// The parameters of `configure`, in the reference's order; all have defaults.
const CONFIGURE: &[&str] = &[
    "connection",
    "url",
    "dialect_name",
    "dialect_opts",
    "transactional_ddl",
    "transaction_per_migration",
    "output_buffer",
    "starting_rev",
    "tag",
    "template_args",
    "render_as_batch",
    "target_metadata",
    "include_name",
    "include_object",
    "include_schemas",
    "process_revision_directives",
    "compare_type",
    "compare_server_default",
    "render_item",
    "literal_binds",
    "upgrade_token",
    "downgrade_token",
    "alembic_module_prefix",
    "sqlalchemy_module_prefix",
    "user_module_prefix",
    "on_version_apply",
    "autogenerate_plugins",
];

fn raise<T>(result: limbeck_core::Result<T>, vm: &VirtualMachine) -> PyResult<T> {
    result.map_err(|error| to_python(error, vm))
}

fn no_arguments(function: &'static str, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
    Arguments::bind(function, &[], arguments, vm).map(drop)
}

/// Gives revisions as Python has them: `None`, a string, or a tuple.
fn revisions(revisions: RevisionArgument, vm: &VirtualMachine) -> PyObjectRef {
    match revisions {
        RevisionArgument::Nothing => vm.ctx.none(),
        RevisionArgument::Symbol(revision) => vm.ctx.new_str(revision).into(),
        RevisionArgument::Several(revisions) => vm
            .ctx
            .new_tuple(revisions.into_iter().map(|revision| vm.ctx.new_str(revision).into()).collect())
            .into(),
    }
}

fn optional(text: Option<String>, vm: &VirtualMachine) -> PyObjectRef {
    text.map_or_else(|| vm.ctx.none(), |text| vm.ctx.new_str(text).into())
}

fn is_offline_mode(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    no_arguments("is_offline_mode", arguments, vm)?;
    Ok(vm.ctx.new_bool(environment.context.is_offline_mode()).into())
}

fn is_transactional_ddl(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    no_arguments("is_transactional_ddl", arguments, vm)?;
    Ok(vm.ctx.new_bool(raise(environment.context.is_transactional_ddl(), vm)?).into())
}

fn requires_connection(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    no_arguments("requires_connection", arguments, vm)?;
    Ok(vm.ctx.new_bool(environment.context.requires_connection()).into())
}

fn get_head_revision(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    no_arguments("get_head_revision", arguments, vm)?;
    Ok(revisions(raise(environment.context.get_head_revision(), vm)?, vm))
}

fn get_head_revisions(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    no_arguments("get_head_revisions", arguments, vm)?;
    Ok(revisions(raise(environment.context.get_head_revisions(), vm)?, vm))
}

fn get_starting_revision_argument(
    environment: &Environment,
    arguments: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    no_arguments("get_starting_revision_argument", arguments, vm)?;
    Ok(revisions(raise(environment.context.get_starting_revision_argument(), vm)?, vm))
}

fn get_revision_argument(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    no_arguments("get_revision_argument", arguments, vm)?;
    Ok(revisions(raise(environment.context.get_revision_argument(), vm)?, vm))
}

fn get_tag_argument(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    no_arguments("get_tag_argument", arguments, vm)?;
    Ok(optional(environment.context.get_tag_argument(), vm))
}

fn get_x_argument(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let arguments =
        Arguments::bind("get_x_argument", &[Parameter::Optional("as_dictionary")], arguments, vm)?;
    // A program may have given options of its own to the configuration.
    let items: Vec<String> =
        match vm.get_attribute_opt(environment.config.get_attr("cmd_opts", vm)?, vm.ctx.intern_str("x"))? {
            Some(given) if !vm.is_none(&given) => {
                vm.extract_elements_with(&given, |item| Ok(item.str(vm)?.to_string()))?
            }
            _ => Vec::new(),
        };
    if arguments.flag("as_dictionary", vm)? {
        let dict = vm.ctx.new_dict();
        for item in &items {
            let (name, value) = item.split_once('=').unwrap_or((item, ""));
            dict.set_item(name, vm.ctx.new_str(value).into(), vm)?;
        }
        return Ok(dict.into());
    }
    Ok(vm.ctx.new_list(items.into_iter().map(|item| vm.ctx.new_str(item).into()).collect()).into())
}

fn get_context(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    no_arguments("get_context", arguments, vm)?;
    Ok(migration::object(&raise(environment.context.get_context(), vm)?, vm))
}

fn get_bind(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    no_arguments("get_bind", arguments, vm)?;
    let context = raise(environment.context.get_context(), vm)?;
    migration::bind_of(&context, vm)
}

fn begin_transaction(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    no_arguments("begin_transaction", arguments, vm)?;
    let context = migration::object(&raise(environment.context.get_context(), vm)?, vm);
    vm.call_method(&context, "begin_transaction", ())
}

fn execute(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parameters = [Parameter::Required("sql"), Parameter::Optional("execution_options")];
    let arguments = Arguments::bind("execute", &parameters, arguments, vm)?;
    let statement = executable(&*arguments.required("sql", vm)?, vm)?;
    let options = execution_options(&arguments, vm)?;
    raise(environment.context.execute(&statement, &options), vm)?;
    Ok(vm.ctx.none())
}

fn static_output(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let arguments = Arguments::bind("static_output", &[Parameter::Required("text")], arguments, vm)?;
    raise(environment.context.static_output(&arguments.required_string("text", vm)?), vm)?;
    Ok(vm.ctx.none())
}

fn run_migrations(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    run(&arguments, vm, |host| environment.context.run_migrations(host))?;
    Ok(vm.ctx.none())
}

/// Runs migrations with the keyword arguments that `upgrade()` and `downgrade()` are to get.
pub(super) fn run(
    arguments: &FuncArgs,
    vm: &VirtualMachine,
    work: impl FnOnce(&dyn ScriptHost) -> limbeck_core::Result<()>,
) -> PyResult<()> {
    if !arguments.args.is_empty() {
        return Err(vm.new_type_error("run_migrations() takes keyword arguments only"));
    }
    let host = state::required_host(vm)?;
    let keywords: Vec<(String, PyObjectRef)> =
        arguments.kwargs.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let _arguments = RunArguments::enter(keywords);
    raise(work(&*host), vm)
}

fn configure(environment: &Environment, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut parameters: Vec<Parameter> = CONFIGURE.iter().copied().map(Parameter::Optional).collect();
    parameters.push(Parameter::Keywords);
    let arguments = Arguments::bind("configure", &parameters, arguments, vm)?;
    let options = configure_options(&arguments, vm)?;
    let opts = vm.ctx.new_dict();
    for name in CONFIGURE {
        let value = arguments.given(name).cloned().unwrap_or_else(|| vm.ctx.none());
        opts.set_item(*name, value, vm)?;
    }
    for (name, value) in arguments.keywords() {
        opts.set_item(name.as_str(), value.clone(), vm)?;
    }
    let context = raise(EnvironmentContext::configure(&environment.context, options), vm)?;
    super::overrides::check_runs(context.dialect().name(), vm)?;
    migration::register(
        context,
        arguments.object("connection", vm),
        opts,
        Some(environment.config.clone()),
        vm,
    );
    Ok(vm.ctx.none())
}

/// Reads which database `configure` names.
pub(super) fn database_target(arguments: &Arguments, vm: &VirtualMachine) -> PyResult<DatabaseTarget> {
    let override_url = stand_in::url();
    if let Some(connection) = arguments.object("connection", vm) {
        if let Some(url) = &override_url
            && unavailable::is_unavailable(&connection)
        {
            let opened = Engine::create(url, EngineOptions::default()).and_then(|engine| engine.connect());
            return opened.map(DatabaseTarget::Connection).map_err(|error| to_python(error.into(), vm));
        }
        return lower::connection(&connection, vm).map(DatabaseTarget::Connection);
    }
    let is_empty = |url: &PyObjectRef| {
        url.downcast_ref::<PyStr>().is_some_and(|text| text.as_wtf8().to_string().is_empty())
    };
    if let Some(url) = arguments.object("url", vm).filter(|url| !is_empty(url)) {
        if let Some(url) = &override_url {
            return Url::parse(url).map(DatabaseTarget::Url).map_err(|error| to_python(error.into(), vm));
        }
        let url = match url.downcast_ref::<PyStr>() {
            Some(text) => {
                Url::parse(&text.as_wtf8().to_string()).map_err(|error| to_python(error.into(), vm))?
            }
            None => lower::url(&url, vm)?,
        };
        return Ok(DatabaseTarget::Url(url));
    }
    Ok(match arguments.string("dialect_name", vm)? {
        Some(name) => DatabaseTarget::DialectName(name),
        None => DatabaseTarget::None,
    })
}

/// Reads the argument `dialect_opts`.
pub(super) fn dialect_opts(arguments: &Arguments, vm: &VirtualMachine) -> PyResult<IndexMap<String, Value>> {
    let mut options = IndexMap::new();
    if let Some(given) = arguments.object("dialect_opts", vm) {
        let given: PyRef<PyDict> = given.try_into_value(vm)?;
        for (name, value) in given {
            options.insert(name.str(vm)?.to_string(), lower::value(&value, vm)?);
        }
    }
    Ok(options)
}

/// Takes over the options of `MigrationContext.configure(opts={...})` that have a meaning without an environment.
pub(super) fn apply_opts(
    options: &mut ContextOptions,
    opts: &PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let opts: PyRef<PyDict> = opts.clone().try_into_value(vm)?;
    for (name, value) in opts {
        let name = name.str(vm)?.to_string();
        if let Some(separator) = batch_separator(&name, &value, vm)? {
            options.batch_separators.extend([separator]);
        }
        if vm.is_none(&value) {
            continue;
        }
        match name.as_str() {
            "fn" => options.migrations_fn = Some(steps::migrations_fn(value)),
            "script" => options.script = Some(super::script::directory_of(&value, vm)?),
            "as_sql" => options.as_sql = value.is_true(vm)?,
            "starting_rev" => options.starting_rev = starting_revision(&value, vm)?,
            "destination_rev" => options.destination_rev = Some(super::script::argument(&value, vm)?),
            "tag" => options.tag = Some(value.str(vm)?.to_string()),
            "purge" => options.purge = value.is_true(vm)?,
            "dont_mutate" => options.dont_mutate = value.is_true(vm)?,
            "template_args" => options.template_args = Some(template_args(value, vm)?),
            "literal_binds" => options.literal_binds = value.is_true(vm)?,
            "transactional_ddl" => options.transactional_ddl = Some(value.is_true(vm)?),
            "transaction_per_migration" => options.transaction_per_migration = value.is_true(vm)?,
            "output_buffer" => options.output_buffer = Some(Arc::new(PythonOutput::new(value))),
            "target_metadata" => options.target_metadata = Some(Arc::new(PythonMetadata::new(value))),
            "compare_type" => options.compare_type = value.is_true(vm)?,
            "compare_server_default" => options.compare_server_default = value.is_true(vm)?,
            "include_schemas" => options.include_schemas = value.is_true(vm)?,
            "version_table" => options.version_table.name = lower::identifier(&value, vm)?,
            "version_table_schema" => options.version_table.schema = Some(lower::identifier(&value, vm)?),
            "version_table_pk" => options.version_table.primary_key = value.is_true(vm)?,
            _ => {}
        }
    }
    Ok(())
}

/// Reads the arguments for templates.
fn template_args(given: PyObjectRef, vm: &VirtualMachine) -> PyResult<TemplateArguments> {
    let given: PyRef<PyDict> = given.try_into_value(vm)?;
    let mut arguments = TemplateArguments::new();
    for (name, value) in given {
        arguments.insert(name.str(vm)?.to_string(), crate::host::template_value(&value, vm));
    }
    Ok(arguments)
}

/// Reads an option such as `mssql_batch_separator`: the dialect's name, and what follows each statement offline.
fn batch_separator(
    name: &str,
    value: &PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<Option<(String, String)>> {
    let Some(dialect) = name.strip_suffix("_batch_separator") else { return Ok(None) };
    let separator = if value.clone().is_true(vm)? { value.str(vm)?.to_string() } else { String::new() };
    Ok(Some((dialect.to_owned(), separator)))
}

/// Gives the keyword argument `name` that `configure` has no parameter for, unless it is `None`.
fn keyword(arguments: &Arguments, name: &str, vm: &VirtualMachine) -> Option<PyObjectRef> {
    let (_, value) = arguments.keywords().iter().find(|(keyword, _)| keyword == name)?;
    (!vm.is_none(value)).then(|| value.clone())
}

fn configure_options(arguments: &Arguments, vm: &VirtualMachine) -> PyResult<ConfigureOptions> {
    let defaults = ConfigureOptions::default();
    let text = |name: &str, default: &str| -> PyResult<String> {
        Ok(arguments.string(name, vm)?.unwrap_or_else(|| default.to_owned()))
    };
    let truth = |name: &str, default: bool| -> PyResult<bool> {
        match arguments.given(name) {
            Some(value) => value.clone().is_true(vm),
            None => Ok(default),
        }
    };
    let template_args = match arguments.object("template_args", vm) {
        Some(given) => template_args(given, vm)?,
        None => defaults.template_args,
    };
    let plugins = arguments.strings("autogenerate_plugins", vm)?;
    let mut batch_separators = IndexMap::new();
    for (name, value) in arguments.keywords() {
        batch_separators.extend(batch_separator(name, value, vm)?);
    }
    Ok(ConfigureOptions {
        target: database_target(arguments, vm)?,
        dialect_opts: dialect_opts(arguments, vm)?,
        transactional_ddl: arguments.boolean("transactional_ddl", vm)?,
        transaction_per_migration: truth("transaction_per_migration", false)?,
        output_buffer: match arguments.object("output_buffer", vm) {
            Some(buffer) => Some(Arc::new(PythonOutput::new(buffer))),
            None => None,
        },
        starting_rev: arguments.string("starting_rev", vm)?,
        tag: arguments.string("tag", vm)?,
        template_args,
        render_as_batch: truth("render_as_batch", false)?,
        target_metadata: match arguments.object("target_metadata", vm) {
            Some(metadata) => Some(Arc::new(PythonMetadata::new(metadata))),
            None => None,
        },
        include_schemas: truth("include_schemas", false)?,
        compare_type: truth("compare_type", true)?,
        compare_server_default: Some(truth("compare_server_default", false)?),
        literal_binds: truth("literal_binds", false)?,
        upgrade_token: text("upgrade_token", &defaults.upgrade_token)?,
        downgrade_token: text("downgrade_token", &defaults.downgrade_token)?,
        alembic_module_prefix: text("alembic_module_prefix", &defaults.alembic_module_prefix)?,
        sqlalchemy_module_prefix: text("sqlalchemy_module_prefix", &defaults.sqlalchemy_module_prefix)?,
        user_module_prefix: arguments.string("user_module_prefix", vm)?,
        autogenerate_plugins: plugins,
        version_table: keyword(arguments, "version_table", vm)
            .map(|value| lower::identifier(&value, vm))
            .transpose()?,
        version_table_schema: keyword(arguments, "version_table_schema", vm)
            .map(|value| lower::identifier(&value, vm))
            .transpose()?,
        version_table_pk: keyword(arguments, "version_table_pk", vm)
            .map(|value| value.is_true(vm))
            .transpose()?,
        migrations_fn: keyword(arguments, "fn", vm).map(steps::migrations_fn),
        as_sql: keyword(arguments, "as_sql", vm).map(|value| value.is_true(vm)).transpose()?,
        batch_separators,
        hooks: Arc::new(PythonHooks::from_arguments(arguments, vm)?),
    })
}

#[rustpython_vm::pymodule(name = "alembic.context")]
mod native {
    use rustpython_vm::builtins::{PyModule, PyStrRef};
    use rustpython_vm::function::FuncArgs;
    use rustpython_vm::{Py, PyResult, VirtualMachine};

    use super::{FUNCTIONS, Function, op, state};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        for (name, function) in FUNCTIONS {
            let native = vm.new_function(name, move |arguments: FuncArgs, vm: &VirtualMachine| -> PyResult {
                call(name, *function, arguments, vm)
            });
            module.set_attr(*name, native, vm)?;
        }
        Ok(())
    }

    fn call(name: &'static str, function: Function, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
        let environment =
            state::environment().ok_or_else(|| op::proxy_error(name, "EnvironmentContext", vm))?;
        function(&environment, arguments, vm)
    }

    /// Answers `context.config` and `context.script`, which exist only while a command runs.
    #[pyfunction]
    fn __getattr__(name: PyStrRef, vm: &VirtualMachine) -> PyResult {
        let text = name.as_wtf8().to_string();
        match (text.as_str(), state::environment()) {
            ("config", Some(environment)) => Ok(environment.config.clone()),
            ("script", Some(environment)) => Ok(super::super::environment::script_of(&environment, vm)),
            _ => Err(vm.new_attribute_error(format!("module 'alembic.context' has no attribute '{text}'"))),
        }
    }
}

/// Reads `starting_rev`: a revision, or several of them.
fn starting_revision(value: &PyObject, vm: &VirtualMachine) -> PyResult<StartingRevision> {
    if value.downcast_ref::<PyStr>().is_some() || value.get_attr("__iter__", vm).is_err() {
        return Ok(StartingRevision::Revision(value.str(vm)?.to_string()));
    }
    let several = vm.extract_elements_with(value, |revision| Ok(revision.str(vm)?.to_string()))?;
    Ok(StartingRevision::Revisions(several))
}
