//! `alembic.config`: `Config` over the engine's configuration, and the way to the command line.

use std::sync::Arc;

use limbeck_core::config::{Messaging, WarningCategory};
pub(super) use native::{PyConfig, config_of, module_def, templates_of};
use rustpython_vm::{PyResult, VirtualMachine};

use super::errors::to_python;
use super::output::CurrentStdout;
use super::state;

/// Makes an output for work that no configuration stands behind.
pub(super) fn messaging(_vm: &VirtualMachine) -> Arc<Messaging> {
    Arc::new(Messaging::new(Box::new(CurrentStdout), false, None))
}

/// Does what comes with opening a project's script directory: its `prepend_sys_path` goes in front of `sys.path`, and
/// its files are read anew.
pub(super) fn prepare_project(config: &PyConfig, vm: &VirtualMachine) -> PyResult<()> {
    let paths = config.config().get_prepend_sys_paths_list().map_err(|error| to_python(error, vm))?;
    let host = state::required_host(vm)?;
    // The host has the paths of its own configuration in place from the start.
    if !host.is_own_config(&config.config()) {
        crate::interpreter::prepend_sys_path(&paths.unwrap_or_default(), vm)?;
    }
    if state::environment().is_none() {
        host.forget_modules();
    }
    Ok(())
}

/// Shows warnings through Python's `warnings`.
fn warn(messaging: &Messaging, vm: &VirtualMachine) -> PyResult<()> {
    for warning in messaging.take_warnings() {
        let category = match warning.category {
            WarningCategory::User => "UserWarning",
            WarningCategory::Deprecation => "DeprecationWarning",
        };
        let category = vm.builtins.get_attr(category, vm)?;
        let warn = vm.import("warnings", 0)?.get_attr("warn", vm)?;
        warn.call((vm.ctx.new_str(warning.message), category), vm)?;
    }
    Ok(())
}

#[rustpython_vm::pymodule(name = "alembic.config")]
mod native {
    use std::path::PathBuf;
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    use indexmap::IndexMap;
    use limbeck_core::config::{
        Config, ConfigFiles, ConfigOptions, DEFAULT_INI_SECTION, OptionValue, TomlValue,
    };
    use limbeck_core::script::template_dir::Templates;
    use rustpython_vm::builtins::{PyDict, PyDictRef, PyModule, PyStr, PyStrRef, PyTypeRef};
    use rustpython_vm::function::FuncArgs;
    use rustpython_vm::types::Initializer;
    use rustpython_vm::{
        AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass,
    };

    use crate::arguments::{Arguments, Parameter, string_dict};
    use crate::interpreter::unavailable;
    use crate::modules::alembic::command_line;
    use crate::modules::alembic::errors::to_python;
    use crate::modules::alembic::hooks::PythonOutput;
    use crate::modules::alembic::output::{CurrentStdout, PythonSink};
    use crate::modules::alembic::state;

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        // What `Config(stdout=...)` is without the argument: the stream of the time of the import.
        module.set_attr("_stdout", vm.sys_module.get_attr("stdout", vm)?, vm)
    }

    /// Answers `CommandLine`, which is loaded when a program asks for it.
    #[pyfunction]
    fn __getattr__(name: PyStrRef, vm: &VirtualMachine) -> PyResult {
        let name = name.as_wtf8().to_string();
        if name == "CommandLine" {
            return command_line::class(vm);
        }
        Err(vm.new_attribute_error(format!("module 'alembic.config' has no attribute '{name}'")))
    }

    /// Runs the command line.
    #[pyfunction]
    fn main(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
        let parameters = [Parameter::Optional("argv"), Parameter::Optional("prog"), Parameter::Keywords];
        let arguments = Arguments::bind("main", &parameters, arguments, vm)?;
        let none = || vm.ctx.none();
        let program = arguments.object("prog", vm).unwrap_or_else(none);
        let command_line = command_line::class(vm)?.call((program,), vm)?;
        let argv = arguments.object("argv", vm).unwrap_or_else(none);
        vm.call_method(&command_line, "main", (argv,))
    }

    /// Gives the commands with their options, as the program's own parser has them.
    #[pyfunction]
    fn _command_table(vm: &VirtualMachine) -> PyResult {
        command_line::table(vm)
    }

    /// Chooses the ini file and the `pyproject.toml` by the options `-c` and `ALEMBIC_CONFIG`.
    #[pyfunction]
    fn _inis_from_options(given: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        let named: Vec<PathBuf> = if vm.is_none(&given) {
            Vec::new()
        } else {
            vm.extract_elements_with(&given, |item| Ok(PathBuf::from(item.str(vm)?.to_string())))?
        };
        let variable = vm.import("os", 0)?.get_attr("environ", vm)?;
        let variable = vm.call_method(&variable, "get", ("ALEMBIC_CONFIG",))?;
        let variable = if vm.is_none(&variable) { None } else { Some(variable.str(vm)?.to_string()) };
        let files = ConfigFiles::choose(&named, variable.as_deref().map(std::ffi::OsStr::new))
            .map_err(|error| to_python(error.into(), vm))?;
        let text = |path: PathBuf| -> PyObjectRef { vm.ctx.new_str(path.display().to_string()).into() };
        Ok(vm.ctx.new_tuple(vec![text(files.toml), text(files.ini)]).into())
    }

    /// The configuration of a project, as env.py and programs see it.
    #[pyattr]
    #[pyclass(module = "alembic.config", name = "Config")]
    #[derive(Debug, PyPayload)]
    pub struct PyConfig {
        config: Mutex<Arc<Config>>,
        attributes: Mutex<PyObjectRef>,
        cmd_opts: Mutex<PyObjectRef>,
        stdout: Mutex<PyObjectRef>,
        output_buffer: Mutex<PyObjectRef>,
    }

    fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }

    impl PyConfig {
        /// Makes the object that stands for `config`.
        pub fn new(config: Arc<Config>, vm: &VirtualMachine) -> PyResult<Self> {
            let cmd_opts = match config.cmd_opts() {
                None => vm.ctx.none(),
                Some(options) => namespace(options, vm)?,
            };
            Ok(Self {
                config: Mutex::new(config),
                attributes: Mutex::new(vm.ctx.new_dict().into()),
                cmd_opts: Mutex::new(cmd_opts),
                stdout: Mutex::new(vm.sys_module.get_attr("stdout", vm)?),
                output_buffer: Mutex::new(vm.ctx.none()),
            })
        }

        /// Gives the engine's configuration.
        pub fn config(&self) -> Arc<Config> {
            Arc::clone(&lock(&self.config))
        }

        /// Shows the warnings that have come up since.
        pub fn emit_warnings(&self, vm: &VirtualMachine) -> PyResult<()> {
            super::warn(self.config().messaging(), vm)
        }

        fn rename(&self, file: Option<PathBuf>, section: &str) {
            let mut config = lock(&self.config);
            *config = Arc::new(config.renamed(file.as_deref(), section));
        }
    }

    /// Gives the value of an option that is set.
    fn option_value(arguments: &Arguments, vm: &VirtualMachine) -> PyResult<String> {
        let value = arguments.required("value", vm)?;
        if !unavailable::is_unavailable(&value) && value.downcast_ref::<PyStr>().is_none() {
            return Err(vm.new_type_error("option values must be strings"));
        }
        arguments.required_string("value", vm)
    }

    fn optional_path(object: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PathBuf>> {
        if vm.is_none(object) { Ok(None) } else { Ok(Some(PathBuf::from(object.str(vm)?.to_string()))) }
    }

    /// What every command has, and the names of arguments that are given without an option's name.
    const GENERAL: [&str; 6] = ["config", "name", "x", "raiseerr", "quiet", "cmd"];
    const POSITIONAL: [&str; 4] = ["revision", "revisions", "rev", "directory"];

    /// Gives a command as `cmd_opts` has it: its function, and the names of its arguments without and with defaults.
    fn command_option(
        command: &str,
        options: &IndexMap<String, OptionValue>,
        vm: &VirtualMachine,
    ) -> PyResult<PyObjectRef> {
        let modules = vm.sys_module.get_attr("modules", vm)?;
        vm.import("alembic.command", 0)?;
        let module = modules.get_item("alembic.command", vm)?;
        let function = module.get_attr(vm.ctx.intern_str(command), vm)?;
        let own = options.keys().filter(|name| !GENERAL.contains(&name.as_str()));
        let (without, with): (Vec<&String>, Vec<&String>) =
            own.partition(|name| POSITIONAL.contains(&name.as_str()));
        let names = |names: Vec<&String>| -> PyObjectRef {
            vm.ctx.new_list(names.iter().map(|name| vm.ctx.new_str(name.as_str()).into()).collect()).into()
        };
        Ok(vm.ctx.new_tuple(vec![function, names(without), names(with)]).into())
    }

    /// Makes the object that holds the options of the command line, as `argparse.Namespace`.
    fn namespace(options: &IndexMap<String, OptionValue>, vm: &VirtualMachine) -> PyResult {
        let class = vm.import("types", 0)?.get_attr("SimpleNamespace", vm)?;
        let namespace = class.call((), vm)?;
        for (name, value) in options {
            let value: PyObjectRef = match value {
                OptionValue::None => vm.ctx.none(),
                OptionValue::String(command) if name == "cmd" => command_option(command, options, vm)?,
                OptionValue::Bool(flag) => vm.ctx.new_bool(*flag).into(),
                OptionValue::String(text) => vm.ctx.new_str(text.as_str()).into(),
                OptionValue::List(items) => {
                    let items = items.iter().map(|item| vm.ctx.new_str(item.as_str()).into()).collect();
                    vm.ctx.new_list(items).into()
                }
            };
            namespace.set_attr(&*vm.ctx.new_str(name.as_str()), value, vm)?;
        }
        Ok(namespace)
    }

    fn optional_text(text: Option<String>, vm: &VirtualMachine) -> PyObjectRef {
        text.map_or_else(|| vm.ctx.none(), |text| vm.ctx.new_str(text).into())
    }

    /// Makes the Python object of a value of `[tool.alembic]`.
    fn toml_object(value: TomlValue, vm: &VirtualMachine) -> PyResult {
        let table = |table: &IndexMap<String, String>| -> PyResult {
            Ok(string_dict(table.iter().map(|(key, value)| (key.as_str(), value.as_str())), vm)?.into())
        };
        Ok(match value {
            TomlValue::String(text) => vm.ctx.new_str(text).into(),
            TomlValue::Integer(number) => vm.ctx.new_int(number).into(),
            TomlValue::Boolean(flag) => vm.ctx.new_bool(flag).into(),
            TomlValue::Strings(items) => {
                vm.ctx.new_list(items.into_iter().map(|item| vm.ctx.new_str(item).into()).collect()).into()
            }
            TomlValue::Table(items) => table(&items)?,
            TomlValue::Tables(tables) => {
                vm.ctx.new_list(tables.iter().map(table).collect::<PyResult<_>>()?).into()
            }
        })
    }

    #[pyclass(with(Initializer), flags(BASETYPE, HAS_DICT))]
    impl PyConfig {
        #[pyslot]
        fn slot_new(class: PyTypeRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let _ = arguments;
            // A subclass may have an `__init__` of its own, which calls this class's.
            let config = Config::open(None, DEFAULT_INI_SECTION, ConfigOptions::default());
            Self::new(Arc::new(config), vm)?.into_ref_with_type(vm, class).map(Into::into)
        }

        #[pygetset]
        fn config_file_name(&self, vm: &VirtualMachine) -> PyObjectRef {
            optional_text(self.config().config_file_name().map(|path| path.display().to_string()), vm)
        }

        #[pygetset(setter)]
        fn set_config_file_name(&self, name: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
            let section = self.config().config_ini_section().to_owned();
            self.rename(optional_path(&name, vm)?, &section);
            Ok(())
        }

        #[pygetset]
        fn toml_file_name(&self, vm: &VirtualMachine) -> PyObjectRef {
            optional_text(self.config().toml_file_name().map(|path| path.display().to_string()), vm)
        }

        #[pygetset]
        fn config_ini_section(&self) -> String {
            self.config().config_ini_section().to_owned()
        }

        #[pygetset(setter)]
        fn set_config_ini_section(&self, section: PyStrRef) {
            let file = self.config().config_file_name().map(PathBuf::from);
            self.rename(file, &section.as_wtf8().to_string());
        }

        #[pygetset]
        fn attributes(&self) -> PyObjectRef {
            lock(&self.attributes).clone()
        }

        #[pygetset(setter)]
        fn set_attributes(&self, attributes: PyObjectRef) {
            let former = std::mem::replace(&mut *lock(&self.attributes), attributes);
            drop(former);
        }

        #[pygetset]
        fn cmd_opts(&self) -> PyObjectRef {
            lock(&self.cmd_opts).clone()
        }

        #[pygetset(setter)]
        fn set_cmd_opts(&self, options: PyObjectRef) {
            let former = std::mem::replace(&mut *lock(&self.cmd_opts), options);
            drop(former);
        }

        #[pygetset]
        fn stdout(&self) -> PyObjectRef {
            lock(&self.stdout).clone()
        }

        #[pygetset]
        fn output_buffer(&self) -> PyObjectRef {
            lock(&self.output_buffer).clone()
        }

        #[pygetset]
        fn messaging_opts(&self, vm: &VirtualMachine) -> PyResult<PyDictRef> {
            let options = vm.ctx.new_dict();
            let quiet = self.config().messaging().is_quiet();
            options.set_item("quiet", vm.ctx.new_bool(quiet).into(), vm)?;
            Ok(options)
        }

        /// The parsed ini file, as a `ConfigParser` of its own: changing it does not change the configuration.
        #[pygetset]
        fn file_config(&self, vm: &VirtualMachine) -> PyResult {
            let parser = vm.import("configparser", 0)?.get_attr("ConfigParser", vm)?;
            let config = self.config();
            let (defaults, sections) = config
                .with_ini(|ini| {
                    let sections = ini.sections().map(|name| (name.to_owned(), ini.items_raw(name)));
                    (ini.default_items(), sections.collect::<Vec<_>>())
                })
                .map_err(|error| to_python(error, vm))?;
            let pairs = defaults.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            let parser = parser.call((string_dict(pairs, vm)?,), vm)?;
            let known = parser.get_attr("_sections", vm)?;
            for (name, items) in sections {
                let items = items.map_err(|error| to_python(limbeck_core::Error::from(error), vm))?;
                vm.call_method(&parser, "add_section", (name.as_str(),))?;
                let own = items.iter().filter(|(key, value)| defaults.get(*key) != Some(*value));
                let own = string_dict(own.map(|(key, value)| (key.as_str(), value.as_str())), vm)?;
                let section: PyObjectRef = known.get_item(name.as_str(), vm)?;
                vm.call_method(&section, "update", (own,))?;
            }
            Ok(parser)
        }

        /// Gives a directory with the built-in templates, which are part of the program otherwise.
        #[pymethod]
        fn get_template_directory(&self, vm: &VirtualMachine) -> PyResult<String> {
            let directory = state::required_host(vm)?.template_directory();
            directory.map(|path| path.display().to_string()).map_err(|error| to_python(error, vm))
        }

        #[pymethod]
        fn get_main_option(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let parameters = [Parameter::Required("name"), Parameter::Optional("default")];
            let arguments = Arguments::bind("get_main_option", &parameters, arguments, vm)?;
            let name = arguments.required_string("name", vm)?;
            let value = self.config().get_main_option(&name).map_err(|error| to_python(error, vm))?;
            Ok(match value {
                Some(value) => vm.ctx.new_str(value).into(),
                None => arguments.given("default").cloned().unwrap_or_else(|| vm.ctx.none()),
            })
        }

        #[pymethod]
        fn set_main_option(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            let parameters = [Parameter::Required("name"), Parameter::Required("value")];
            let arguments = Arguments::bind("set_main_option", &parameters, arguments, vm)?;
            let name = arguments.required_string("name", vm)?;
            let overridden = name == "sqlalchemy.url" && self.config().url_override().is_some();
            if overridden && unavailable::is_unavailable(&*arguments.required("value", vm)?) {
                // `--url` goes before what env.py sets, so that the value is not needed.
                return Ok(());
            }
            let value = option_value(&arguments, vm)?;
            self.config().set_main_option(&name, &value).map_err(|error| to_python(error, vm))
        }

        #[pymethod]
        fn remove_main_option(&self, name: PyStrRef, vm: &VirtualMachine) -> PyResult<()> {
            let name = name.as_wtf8().to_string();
            self.config().remove_main_option(&name).map_err(|error| to_python(error, vm))
        }

        #[pymethod]
        fn get_section(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let parameters = [Parameter::Required("name"), Parameter::Optional("default")];
            let arguments = Arguments::bind("get_section", &parameters, arguments, vm)?;
            let name = arguments.required_string("name", vm)?;
            let section = self.config().get_section(&name).map_err(|error| to_python(error, vm))?;
            Ok(match section {
                Some(section) => {
                    let items = section.iter().map(|(key, value)| (key.as_str(), value.as_str()));
                    string_dict(items, vm)?.into()
                }
                None => arguments.given("default").cloned().unwrap_or_else(|| vm.ctx.none()),
            })
        }

        #[pymethod]
        fn get_section_option(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let parameters =
                [Parameter::Required("section"), Parameter::Required("name"), Parameter::Optional("default")];
            let arguments = Arguments::bind("get_section_option", &parameters, arguments, vm)?;
            let section = arguments.required_string("section", vm)?;
            let name = arguments.required_string("name", vm)?;
            let value =
                self.config().get_section_option(&section, &name).map_err(|error| to_python(error, vm))?;
            Ok(match value {
                Some(value) => vm.ctx.new_str(value).into(),
                None => arguments.given("default").cloned().unwrap_or_else(|| vm.ctx.none()),
            })
        }

        #[pymethod]
        fn set_section_option(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            let parameters = ["section", "name", "value"].map(Parameter::Required);
            let arguments = Arguments::bind("set_section_option", &parameters, arguments, vm)?;
            let section = arguments.required_string("section", vm)?;
            let name = arguments.required_string("name", vm)?;
            let value = option_value(&arguments, vm)?;
            self.config().set_section_option(&section, &name, &value).map_err(|error| to_python(error, vm))
        }

        #[pymethod]
        fn get_alembic_option(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let parameters = [Parameter::Required("name"), Parameter::Optional("default")];
            let arguments = Arguments::bind("get_alembic_option", &parameters, arguments, vm)?;
            let name = arguments.required_string("name", vm)?;
            let value = self.config().get_alembic_value(&name).map_err(|error| to_python(error, vm))?;
            Ok(match value {
                Some(value) => toml_object(value, vm)?,
                None => arguments.given("default").cloned().unwrap_or_else(|| vm.ctx.none()),
            })
        }

        /// Writes a line to the configuration's output, with its arguments filled in.
        #[pymethod]
        fn print_stdout(&self, text: PyObjectRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            let text = if arguments.args.is_empty() {
                text
            } else {
                vm._mod(&text, vm.ctx.new_tuple(arguments.args).as_ref())?
            };
            let text = text.str(vm)?.to_string();
            self.config().print_stdout(&text);
            Ok(())
        }
    }

    impl Initializer for PyConfig {
        type Args = FuncArgs;

        fn init(zelf: PyRef<Self>, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            let names = [
                "file_",
                "toml_file",
                "ini_section",
                "output_buffer",
                "stdout",
                "cmd_opts",
                "config_args",
                "attributes",
            ];
            let arguments =
                Arguments::bind("Config.__init__", &names.map(Parameter::Optional), arguments, vm)?;
            let path = |name: &str| match arguments.object(name, vm) {
                Some(value) => optional_path(&value, vm),
                None => Ok(None),
            };
            let section =
                arguments.string("ini_section", vm)?.unwrap_or_else(|| DEFAULT_INI_SECTION.to_owned());
            let stdout = match arguments.given("stdout") {
                Some(stdout) => stdout.clone(),
                None => command_line::config_module(vm)?.get_attr("_stdout", vm)?,
            };
            let output_buffer = arguments.object("output_buffer", vm);
            let cmd_opts = arguments.object("cmd_opts", vm).unwrap_or_else(|| vm.ctx.none());
            let quiet = vm.get_attribute_opt(cmd_opts.clone(), vm.ctx.intern_str("quiet"))?;
            let mut config_args = IndexMap::new();
            if let Some(given) = arguments.object("config_args", vm) {
                let items = vm.call_method(given.as_object(), "items", ())?;
                let items: Vec<PyObjectRef> = vm.extract_elements_with(&items, Ok)?;
                for item in items {
                    let (name, value): (PyObjectRef, PyObjectRef) =
                        (item.get_item(&0, vm)?, item.get_item(&1, vm)?);
                    config_args.insert(name.str(vm)?.to_string(), value.str(vm)?.to_string());
                }
            }
            let options = ConfigOptions {
                toml_file: path("toml_file")?,
                config_args,
                run_observer: state::required_host(vm)?.run_observer(),
                quiet: quiet.map_or(Ok(false), |quiet| quiet.is_true(vm))?,
                stdout: Some(Box::new(CurrentStdout)),
                print_sink: Some(Box::new(PythonSink(stdout.clone()))),
                output_buffer: match &output_buffer {
                    Some(buffer) => Some(Arc::new(PythonOutput::new(buffer.clone()))),
                    None => None,
                },
                ..ConfigOptions::default()
            };
            *lock(&zelf.config) = Arc::new(Config::open(path("file_")?.as_deref(), &section, options));
            zelf.set_cmd_opts(cmd_opts);
            if let Some(given) = arguments.object("attributes", vm) {
                let attributes: PyRef<PyDict> = vm.ctx.new_dict();
                vm.call_method(attributes.as_object(), "update", (given,))?;
                zelf.set_attributes(attributes.into());
            }
            *lock(&zelf.stdout) = stdout;
            *lock(&zelf.output_buffer) = output_buffer.unwrap_or_else(|| vm.ctx.none());
            Ok(())
        }
    }

    /// Gives where a configuration's templates are: where a subclass says so, or in the program.
    pub fn templates_of(object: &PyObjectRef, vm: &VirtualMachine) -> PyResult<Templates> {
        let method = vm.ctx.intern_str("get_template_directory");
        let built_in = PyConfig::class(&vm.ctx).as_object().get_attr(method, vm)?;
        if object.class().as_object().get_attr(method, vm)?.is(&built_in) {
            return Ok(Templates::BuiltIn);
        }
        let directory = vm.call_method(object, "get_template_directory", ())?;
        Ok(Templates::Directory(PathBuf::from(directory.str(vm)?.to_string())))
    }

    /// Gives the configuration behind a Python object.
    pub fn config_of(object: &PyObjectRef, vm: &VirtualMachine) -> PyResult<PyRef<PyConfig>> {
        object.clone().downcast().map_err(|object: PyObjectRef| {
            let class = object.class().name().to_string();
            vm.new_attribute_error(format!("'{class}' object has no attribute 'get_alembic_option'"))
        })
    }
}
