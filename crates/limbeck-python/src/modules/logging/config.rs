//! `logging.config`: `fileConfig` reads the sections of an ini file, `dictConfig` the same from a dict.

pub(crate) use native::module_def;

#[rustpython_vm::pymodule(name = "logging.config")]
mod native {
    use std::collections::HashMap;
    use std::path::Path;

    use indexmap::IndexMap;
    use limbeck_core::config::Ini;
    use rustpython_vm::builtins::{PyDict, PyTuple};
    use rustpython_vm::function::{FuncArgs, KwArgs};
    use rustpython_vm::scope::Scope;
    use rustpython_vm::{AsObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine};

    use super::super::format::Format;
    use super::super::native::{make_handler, style};
    use super::super::registry::{self, SharedHandler, registry};
    use crate::arguments::{Arguments, Parameter};

    /// Configures the loggers from the sections `loggers`, `handlers`, `formatters` and those they name.
    ///
    /// As in Python, loggers that exist and are not named are switched off unless
    /// `disable_existing_loggers=False` is given.
    #[pyfunction(name = "fileConfig")]
    fn file_config(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        let parameters = [
            Parameter::Required("fname"),
            Parameter::Optional("defaults"),
            Parameter::Optional("disable_existing_loggers"),
            Parameter::Optional("encoding"),
        ];
        let arguments = Arguments::bind("fileConfig", &parameters, arguments, vm)?;
        let path = arguments.required("fname", vm)?.str(vm)?.to_string();
        let mut defaults = IndexMap::new();
        if let Some(given) = arguments.object("defaults", vm) {
            let given: PyRef<PyDict> = given.try_into_value(vm)?;
            for (key, value) in given {
                defaults.insert(key.str(vm)?.to_string(), value.str(vm)?.to_string());
            }
        }
        let disable = arguments.boolean("disable_existing_loggers", vm)?.unwrap_or(true);
        if !Path::new(&path).exists() {
            let message = format!("{path} doesn't exist");
            let class = vm.ctx.exceptions.file_not_found_error.to_owned();
            return Err(vm.new_exception_msg(class, message.into()));
        }
        let invalid =
            |error: &dyn std::fmt::Display| vm.new_runtime_error(format!("{path} is invalid: {error}"));
        let ini = Ini::read(Path::new(&path), &defaults).map_err(|error| invalid(&error))?;
        let get = |section: &str, option: &str| -> PyResult<Option<String>> {
            ini.get(section, option).map_err(|error| invalid(&error))
        };
        let keys = |section: &str| -> PyResult<Vec<String>> {
            let keys = get(section, "keys")?.ok_or_else(|| invalid(&format!("'{section}'")))?;
            Ok(keys.split(',').map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).collect())
        };

        let mut formats = HashMap::new();
        for key in keys("formatters")? {
            let section = format!("formatter_{key}");
            // Formats are full of percent signs, so these three are read without interpolation.
            let raw = |option: &str| ini.get_raw(&section, option).map(str::to_owned);
            let format = Format::new(raw("format"), raw("datefmt"), style(raw("style").as_deref(), vm)?);
            formats.insert(key, format);
        }
        let mut handlers = HashMap::new();
        for key in keys("handlers")? {
            let section = format!("handler_{key}");
            let class =
                get(&section, "class")?.ok_or_else(|| invalid(&format!("'{section}' has no class")))?;
            let arguments = get(&section, "args")?.unwrap_or_else(|| "()".to_owned());
            let keywords = get(&section, "kwargs")?.unwrap_or_else(|| "{}".to_owned());
            let arguments = evaluate(&arguments, &keywords, vm)?;
            let handler = make_handler(class.trim_start_matches("logging."), arguments, vm)?;
            if let Some(level) = get(&section, "level")? {
                registry::lock(&handler).level = level_number(&level, vm)?;
            }
            if let Some(formatter) = get(&section, "formatter")?.filter(|formatter| !formatter.is_empty()) {
                let format = formats.get(&formatter).ok_or_else(|| invalid(&format!("'{formatter}'")))?;
                registry::lock(&handler).format = Some(format.clone());
            }
            handlers.insert(key, handler);
        }

        let mut registry = registry();
        let mut configured = Vec::new();
        for key in keys("loggers")? {
            let section = format!("logger_{key}");
            let is_root = key == "root";
            let name = if is_root {
                String::new()
            } else {
                get(&section, "qualname")?.ok_or_else(|| invalid(&format!("'{section}' has no qualname")))?
            };
            let logger = registry.logger(&name);
            if let Some(level) = get(&section, "level")? {
                logger.level = level_number(&level, vm)?;
            }
            if !is_root {
                logger.propagate =
                    get(&section, "propagate")?.is_none_or(|propagate| propagate.trim() != "0");
            }
            logger.disabled = false;
            logger.handlers.clear();
            for handler in get(&section, "handlers")?.unwrap_or_default().split(',') {
                let handler = handler.trim();
                if !handler.is_empty() {
                    let found: &SharedHandler =
                        handlers.get(handler).ok_or_else(|| invalid(&format!("'{handler}'")))?;
                    logger.handlers.push(found.clone());
                }
            }
            configured.push(name);
        }
        registry.leave_unnamed(&configured, disable);
        Ok(())
    }

    /// The modules that Python's `logging` has imported, so that expressions of a configuration may name them.
    const MODULES: [&str; 12] = [
        "sys",
        "os",
        "time",
        "io",
        "re",
        "traceback",
        "warnings",
        "weakref",
        "collections",
        "threading",
        "atexit",
        "logging",
    ];

    /// Evaluates a handler's `args` and `kwargs`, which are Python expressions among the names of `logging`.
    fn evaluate(arguments: &str, keywords: &str, vm: &VirtualMachine) -> PyResult<FuncArgs> {
        let logging: PyRef<PyDict> = vm.import("logging", 0)?.get_attr("__dict__", vm)?.try_into_value(vm)?;
        let scope = Scope::with_builtins(None, logging.copy().into_ref(&vm.ctx), vm);
        // Importing `os` would take a tenth of the time of a short run, and nearly all files name `sys` alone.
        let is_named = |name: &&str| arguments.contains(*name) || keywords.contains(*name);
        for name in MODULES.into_iter().filter(is_named) {
            scope.globals.set_item(name, vm.import(name, 0)?, vm)?;
        }
        let value = |source: &str| -> PyResult {
            let code = vm
                .compile(source, rustpython_vm::compiler::Mode::Eval, "<logging configuration>".to_owned())
                .map_err(|error| vm.new_syntax_error(&error, Some(source)))?;
            vm.run_code_obj(code, scope.clone())
        };
        let arguments: PyObjectRef = value(arguments)?;
        let positional: Vec<PyObjectRef> = match arguments.downcast_ref::<PyTuple>() {
            Some(tuple) => tuple.iter().cloned().collect(),
            None => vec![arguments],
        };
        let keywords: PyRef<PyDict> = value(keywords)?.try_into_value(vm)?;
        let mut named = IndexMap::new();
        for (name, value) in keywords {
            named.insert(name.str(vm)?.to_string(), value);
        }
        Ok(FuncArgs::new(positional, KwArgs::new(named)))
    }

    fn level_number(name: &str, vm: &VirtualMachine) -> PyResult<i32> {
        super::super::level(&vm.ctx.new_str(name).into(), vm)
    }

    /// Configures the loggers from a dict of version 1.
    #[pyfunction(name = "dictConfig")]
    fn dict_config(config: PyRef<PyDict>, vm: &VirtualMachine) -> PyResult<()> {
        let section = |name: &str| -> PyResult<Vec<(String, PyRef<PyDict>)>> {
            let Some(section) = config.get_item_opt(name, vm)? else { return Ok(Vec::new()) };
            let section: PyRef<PyDict> = section.try_into_value(vm)?;
            section
                .into_iter()
                .map(|(key, value)| Ok((key.str(vm)?.to_string(), value.try_into_value(vm)?)))
                .collect()
        };
        let text = |dict: &PyRef<PyDict>, key: &str| -> PyResult<Option<String>> {
            let value = dict.get_item_opt(key, vm)?.filter(|value| !vm.is_none(value));
            value.map(|value| Ok(value.str(vm)?.to_string())).transpose()
        };
        let mut formats = HashMap::new();
        for (key, settings) in section("formatters")? {
            let sign = text(&settings, "style")?;
            let format = Format::new(
                text(&settings, "format")?,
                text(&settings, "datefmt")?,
                style(sign.as_deref(), vm)?,
            );
            formats.insert(key, format);
        }
        let mut handlers = HashMap::new();
        for (key, settings) in section("handlers")? {
            let mut arguments = IndexMap::new();
            let mut class = String::new();
            let (mut level, mut format) = (None, None);
            for (name, value) in settings {
                let name = name.str(vm)?.to_string();
                match name.as_str() {
                    "class" => {
                        value.str(vm)?.to_string().trim_start_matches("logging.").clone_into(&mut class);
                    }
                    "level" => level = Some(super::super::level(&value, vm)?),
                    "formatter" => format = formats.get(&value.str(vm)?.to_string()).cloned(),
                    "filters" => {}
                    _ => {
                        arguments.insert(name, stream(value, vm)?);
                    }
                }
            }
            let handler = make_handler(&class, FuncArgs::new(Vec::new(), KwArgs::new(arguments)), vm)?;
            {
                let mut handler = registry::lock(&handler);
                handler.level = level.unwrap_or(registry::NOTSET);
                handler.format = format;
            }
            handlers.insert(key, handler);
        }
        let mut loggers = section("loggers")?;
        if let Some(root) = config.get_item_opt("root", vm)? {
            loggers.push((String::new(), root.try_into_value(vm)?));
        }
        let disable = match config.get_item_opt("disable_existing_loggers", vm)? {
            Some(flag) => flag.is_true(vm)?,
            None => true,
        };
        let mut settings_of = Vec::new();
        for (name, settings) in loggers {
            let level = settings
                .get_item_opt("level", vm)?
                .map(|value| super::super::level(&value, vm))
                .transpose()?;
            let propagate =
                settings.get_item_opt("propagate", vm)?.map(|value| value.is_true(vm)).transpose()?;
            let mut own = Vec::new();
            if let Some(names) = settings.get_item_opt("handlers", vm)? {
                for handler in vm.extract_elements_with(&names, |name| Ok(name.str(vm)?.to_string()))? {
                    let found = handlers.get(&handler);
                    own.push(found.cloned().ok_or_else(|| {
                        vm.new_value_error(format!(
                            "Unable to configure logger '{name}': no handler '{handler}'"
                        ))
                    })?);
                }
            }
            settings_of.push((name, level, propagate, own));
        }
        let mut registry = registry();
        let configured: Vec<String> = settings_of.iter().map(|(name, ..)| name.clone()).collect();
        registry.leave_unnamed(&configured, disable);
        for (name, level, propagate, own) in settings_of {
            let logger = registry.logger(&name);
            logger.level = level.unwrap_or(logger.level);
            logger.propagate = propagate.unwrap_or(true);
            logger.disabled = false;
            logger.handlers = own;
        }
        Ok(())
    }

    /// Resolves `ext://sys.stdout` and its kin.
    fn stream(value: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        let text = value.str(vm)?.to_string();
        match text.strip_prefix("ext://sys.") {
            Some(name) => vm.sys_module.as_object().get_attr(&*vm.ctx.new_str(name), vm),
            None => Ok(value),
        }
    }
}
