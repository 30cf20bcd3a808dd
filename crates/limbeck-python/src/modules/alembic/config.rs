//! `alembic.config.Config` over the engine's configuration.

pub(super) use native::{PyConfig, module_def};

#[rustpython_vm::pymodule(name = "alembic.config")]
mod native {
    use std::path::PathBuf;
    use std::sync::Arc;

    use limbeck_core::config::{Config, ConfigOptions, DEFAULT_INI_SECTION, OptionValue, TomlValue};
    use rustpython_vm::builtins::{PyDictRef, PyModule, PyTypeRef};
    use rustpython_vm::function::FuncArgs;
    use rustpython_vm::{Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass};

    use crate::arguments::{Arguments, Parameter, string_dict};
    use crate::interpreter::unavailable;
    use crate::modules::alembic::errors::to_python;

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        Ok(())
    }

    /// The configuration of a project, as env.py and programs see it.
    #[pyattr]
    #[pyclass(module = "alembic.config", name = "Config")]
    #[derive(Debug, PyPayload)]
    pub struct PyConfig {
        config: Arc<Config>,
        attributes: PyDictRef,
        cmd_opts: PyObjectRef,
    }

    impl PyConfig {
        /// Makes the object that stands for `config`.
        pub fn new(config: Arc<Config>, vm: &VirtualMachine) -> PyResult<Self> {
            let cmd_opts = match config.cmd_opts() {
                None => vm.ctx.none(),
                Some(options) => namespace(options, vm)?,
            };
            Ok(Self { config, attributes: vm.ctx.new_dict(), cmd_opts })
        }

        /// Gives the engine's configuration.
        pub fn config(&self) -> &Arc<Config> {
            &self.config
        }
    }

    /// Makes the object that holds the options of the command line, as `argparse.Namespace`.
    fn namespace(options: &indexmap::IndexMap<String, OptionValue>, vm: &VirtualMachine) -> PyResult {
        let class = vm.import("types", 0)?.get_attr("SimpleNamespace", vm)?;
        let namespace = class.call((), vm)?;
        for (name, value) in options {
            let value: PyObjectRef = match value {
                OptionValue::None => vm.ctx.none(),
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
        let table = |table: &indexmap::IndexMap<String, String>| -> PyResult {
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

    #[pyclass(flags(BASETYPE, HAS_DICT))]
    impl PyConfig {
        #[pyslot]
        fn slot_new(class: PyTypeRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
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
            let arguments = Arguments::bind("Config", &names.map(Parameter::Optional), arguments, vm)?;
            let path = |name: &str| -> PyResult<Option<PathBuf>> {
                let value = arguments.object(name, vm);
                value.map(|value| Ok(PathBuf::from(value.str(vm)?.to_string()))).transpose()
            };
            if arguments.object("output_buffer", vm).is_some() || arguments.object("stdout", vm).is_some() {
                return Err(vm.new_not_implemented_error(
                    "Config(output_buffer=..., stdout=...) is not provided by Limbeck yet",
                ));
            }
            let section =
                arguments.string("ini_section", vm)?.unwrap_or_else(|| DEFAULT_INI_SECTION.to_owned());
            let stdout: limbeck_core::config::Sink = Box::new(crate::output::stdout());
            let options = ConfigOptions {
                toml_file: path("toml_file")?,
                stdout: Some(stdout),
                ..ConfigOptions::default()
            };
            let config = Arc::new(Config::open(path("file_")?.as_deref(), &section, options));
            let mut object = Self::new(config, vm)?;
            if let Some(attributes) = arguments.object("attributes", vm) {
                object.attributes = attributes.try_into_value(vm)?;
            }
            object.into_ref_with_type(vm, class).map(Into::into)
        }

        #[pygetset]
        fn config_file_name(&self, vm: &VirtualMachine) -> PyObjectRef {
            optional_text(self.config.config_file_name().map(|path| path.display().to_string()), vm)
        }

        #[pygetset]
        fn toml_file_name(&self, vm: &VirtualMachine) -> PyObjectRef {
            optional_text(self.config.toml_file_name().map(|path| path.display().to_string()), vm)
        }

        #[pygetset]
        fn config_ini_section(&self) -> String {
            self.config.config_ini_section().to_owned()
        }

        #[pygetset]
        fn attributes(&self) -> PyDictRef {
            self.attributes.clone()
        }

        #[pygetset]
        fn cmd_opts(&self) -> PyObjectRef {
            self.cmd_opts.clone()
        }

        #[pymethod]
        fn get_main_option(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let parameters = [Parameter::Required("name"), Parameter::Optional("default")];
            let arguments = Arguments::bind("get_main_option", &parameters, arguments, vm)?;
            let name = arguments.required_string("name", vm)?;
            let value = self.config.get_main_option(&name).map_err(|error| to_python(error, vm))?;
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
            let overridden = name == "sqlalchemy.url" && self.config.url_override().is_some();
            if overridden && unavailable::is_unavailable(&*arguments.required("value", vm)?) {
                // `--url` goes before what env.py sets, so that the value is not needed.
                return Ok(());
            }
            let value = arguments.required_string("value", vm)?;
            self.config.set_main_option(&name, &value).map_err(|error| to_python(error, vm))
        }

        #[pymethod]
        fn remove_main_option(
            &self,
            name: rustpython_vm::builtins::PyStrRef,
            vm: &VirtualMachine,
        ) -> PyResult<()> {
            let name = name.as_wtf8().to_string();
            self.config.remove_main_option(&name).map_err(|error| to_python(error, vm))
        }

        #[pymethod]
        fn get_section(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let parameters = [Parameter::Required("name"), Parameter::Optional("default")];
            let arguments = Arguments::bind("get_section", &parameters, arguments, vm)?;
            let name = arguments.required_string("name", vm)?;
            let section = self.config.get_section(&name).map_err(|error| to_python(error, vm))?;
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
                self.config.get_section_option(&section, &name).map_err(|error| to_python(error, vm))?;
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
            let value = arguments.required_string("value", vm)?;
            self.config.set_section_option(&section, &name, &value).map_err(|error| to_python(error, vm))
        }

        #[pymethod]
        fn get_alembic_option(&self, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let parameters = [Parameter::Required("name"), Parameter::Optional("default")];
            let arguments = Arguments::bind("get_alembic_option", &parameters, arguments, vm)?;
            let name = arguments.required_string("name", vm)?;
            let value = self.config.get_alembic_value(&name).map_err(|error| to_python(error, vm))?;
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
            self.config.print_stdout(&text);
            Ok(())
        }
    }

    /// Gives the engine's configuration behind a Python object.
    pub fn config_of(object: &PyObjectRef, vm: &VirtualMachine) -> PyResult<PyRef<PyConfig>> {
        object.clone().downcast().map_err(|_| vm.new_type_error("expected an alembic.config.Config"))
    }
}
pub(super) use native::config_of;
