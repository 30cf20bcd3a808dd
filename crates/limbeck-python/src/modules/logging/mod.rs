//! A native `logging`: the part of Python's module that `env.py` files, models and migrations use.
//!
//! Loggers live in one [`registry`], which the engine's own records go through too, so that the levels and
//! handlers of an ini file's sections count for both. What the module does not have is an `AttributeError`.

mod config;
pub(crate) mod engine;
mod format;
mod registry;
mod warnings;

use registry::Record;
pub use registry::install;
use rustpython_vm::class::PyClassImpl;
use rustpython_vm::{InterpreterBuilder, PyObjectRef, PyPayload, PyResult, VirtualMachine};

/// Adds the modules to an interpreter.
pub fn register(builder: InterpreterBuilder) -> InterpreterBuilder {
    native::LogRecord::make_static_type();
    let definitions = [native::module_def(&builder.ctx), config::module_def(&builder.ctx)];
    builder.add_native_modules(&definitions)
}

/// Calls the handlers that user code defines.
fn call_python_handlers(handlers: &[PyObjectRef], record: &Record, vm: &VirtualMachine) {
    let object: PyObjectRef = native::LogRecord::from(record.clone()).into_pyobject(vm);
    for handler in handlers {
        if let Err(exception) = vm.call_method(handler, "handle", (object.clone(),)) {
            // As `Handler.handleError`: a failing handler is shown and does not stop the program.
            vm.print_exception(exception);
        }
    }
}

/// Reads a level given as a number or a name.
fn level(value: &PyObjectRef, vm: &VirtualMachine) -> PyResult<i32> {
    if let Ok(number) = value.try_index(vm) {
        return number.try_to_primitive(vm);
    }
    let name = value.str(vm)?.to_string();
    registry::level_number(&name)
        .ok_or_else(|| vm.new_value_error(format!("Unknown level: {}", python_repr(&name))))
}

fn python_repr(text: &str) -> String {
    format!("'{text}'")
}

#[rustpython_vm::pymodule(name = "logging")]
mod native {
    use std::path::Path;
    use std::sync::{Arc, Mutex};

    use jiff::Zoned;
    use rustpython_vm::builtins::{PyList, PyModule, PyStr, PyStrRef, PyTypeRef};
    use rustpython_vm::function::{FuncArgs, OptionalArg};
    use rustpython_vm::types::{Initializer, Representable};
    use rustpython_vm::{AsObject, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass};

    use super::format::{Format, Style};
    use super::registry::{self, Handler, Record, SharedHandler, Target, registry};
    use crate::arguments::{Arguments, Parameter};
    use crate::interpreter::streams::OutputStream;
    use crate::interpreter::{frames, traceback};

    use super::registry::{CRITICAL, DEBUG, ERROR, INFO, NOTSET, WARNING};

    /// The levels by the names that the module exports.
    const LEVELS: [(&str, i32); 8] = [
        ("CRITICAL", CRITICAL),
        ("FATAL", CRITICAL),
        ("ERROR", ERROR),
        ("WARNING", WARNING),
        ("WARN", WARNING),
        ("INFO", INFO),
        ("DEBUG", DEBUG),
        ("NOTSET", NOTSET),
    ];
    const BASIC_FORMAT: &str = "%(levelname)s:%(name)s:%(message)s";

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        let root: PyObjectRef = Logger { name: String::new() }.into_pyobject(vm);
        module.set_attr("root", root, vm)?;
        for (name, level) in LEVELS {
            module.set_attr(name, vm.ctx.new_int(level), vm)?;
        }
        module.set_attr("BASIC_FORMAT", vm.ctx.new_str(BASIC_FORMAT), vm)?;
        module.set_attr("raiseExceptions", vm.ctx.new_bool(true), vm)?;
        module.set_attr("__path__", vm.ctx.new_list(Vec::new()), vm)
    }

    /// A logger; its settings live in the registry under its name.
    #[pyattr]
    #[pyclass(module = "logging", name = "Logger")]
    #[derive(Debug, PyPayload)]
    pub struct Logger {
        name: String,
    }

    #[pyclass(with(Representable))]
    impl Logger {
        #[pygetset]
        fn name(&self) -> String {
            self.shown_name().to_owned()
        }

        #[pygetset]
        fn level(&self) -> i32 {
            registry().logger(&self.name).level
        }

        #[pygetset]
        fn parent(&self, vm: &VirtualMachine) -> PyObjectRef {
            if self.name.is_empty() {
                return vm.ctx.none();
            }
            let parent = self.name.rsplit_once('.').map_or("", |(parent, _)| parent);
            Self { name: parent.to_owned() }.into_pyobject(vm)
        }

        #[pygetset]
        fn propagate(&self) -> bool {
            registry().logger(&self.name).propagate
        }

        #[pygetset(setter)]
        fn set_propagate(&self, propagate: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
            let propagate = propagate.is_true(vm)?;
            registry().logger(&self.name).propagate = propagate;
            Ok(())
        }

        #[pygetset]
        fn disabled(&self) -> bool {
            registry().logger(&self.name).disabled
        }

        #[pygetset(setter)]
        fn set_disabled(&self, disabled: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
            let disabled = disabled.is_true(vm)?;
            registry().logger(&self.name).disabled = disabled;
            Ok(())
        }

        #[pygetset]
        fn handlers(&self, vm: &VirtualMachine) -> PyRef<PyList> {
            let handlers = registry().logger(&self.name).handlers.clone();
            vm.ctx.new_list(handlers.into_iter().map(|handler| handler_object(handler, vm)).collect())
        }

        #[pymethod(name = "setLevel")]
        fn set_level(&self, level: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
            let level = super::level(&level, vm)?;
            registry().logger(&self.name).level = level;
            Ok(())
        }

        #[pymethod(name = "getEffectiveLevel")]
        fn effective_level(&self) -> i32 {
            registry().effective_level(&self.name)
        }

        #[pymethod(name = "isEnabledFor")]
        fn is_enabled_for(&self, level: i32) -> bool {
            registry().is_enabled(&self.name, level)
        }

        #[pymethod(name = "hasHandlers")]
        fn has_handlers(&self) -> bool {
            !registry().handlers(&self.name).is_empty()
        }

        #[pymethod(name = "getChild")]
        fn child(&self, suffix: PyStrRef) -> Self {
            let suffix = suffix.as_wtf8().to_string();
            let name = if self.name.is_empty() { suffix } else { format!("{}.{suffix}", self.name) };
            registry().logger(&name);
            Self { name }
        }

        #[pymethod(name = "addHandler")]
        fn add_handler(&self, handler: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
            let shared = shared_handler(&handler, vm)?;
            let mut registry = registry();
            let logger = registry.logger(&self.name);
            if !logger.handlers.iter().any(|known| Arc::ptr_eq(known, &shared)) {
                logger.handlers.push(shared);
            }
            Ok(())
        }

        #[pymethod(name = "removeHandler")]
        fn remove_handler(&self, handler: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
            let shared = shared_handler(&handler, vm)?;
            registry().logger(&self.name).handlers.retain(|known| !Arc::ptr_eq(known, &shared));
            Ok(())
        }

        #[pymethod]
        fn debug(&self, message: PyObjectRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            self.emit(DEBUG, &message, arguments, vm)
        }

        #[pymethod]
        fn info(&self, message: PyObjectRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            self.emit(INFO, &message, arguments, vm)
        }

        #[pymethod]
        #[pymethod(name = "warn")]
        fn warning(&self, message: PyObjectRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            self.emit(WARNING, &message, arguments, vm)
        }

        #[pymethod]
        fn error(&self, message: PyObjectRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            self.emit(ERROR, &message, arguments, vm)
        }

        #[pymethod]
        #[pymethod(name = "fatal")]
        fn critical(&self, message: PyObjectRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            self.emit(CRITICAL, &message, arguments, vm)
        }

        #[pymethod]
        fn exception(
            &self,
            message: PyObjectRef,
            mut arguments: FuncArgs,
            vm: &VirtualMachine,
        ) -> PyResult<()> {
            arguments.kwargs.entry("exc_info".to_owned()).or_insert_with(|| vm.ctx.true_value.clone().into());
            self.emit(ERROR, &message, arguments, vm)
        }

        #[pymethod]
        fn log(
            &self,
            level: i32,
            message: PyObjectRef,
            arguments: FuncArgs,
            vm: &VirtualMachine,
        ) -> PyResult<()> {
            self.emit(level, &message, arguments, vm)
        }

        fn shown_name(&self) -> &str {
            if self.name.is_empty() { "root" } else { &self.name }
        }

        fn emit(
            &self,
            level: i32,
            message: &PyObjectRef,
            mut arguments: FuncArgs,
            vm: &VirtualMachine,
        ) -> PyResult<()> {
            if !registry().is_enabled(&self.name, level) {
                return Ok(());
            }
            let traceback = match arguments.kwargs.swap_remove("exc_info") {
                Some(wanted) if wanted.clone().is_true(vm)? => traceback::current_exception(vm),
                _ => None,
            };
            let (path, line) = frames::caller(vm).unwrap_or_default();
            let record = Record {
                logger: self.name.clone(),
                level,
                message: fill_in(message, arguments.args, vm)?,
                traceback: traceback.map(|exception| traceback::format_exception(&exception, vm)),
                path,
                line,
                time: Zoned::now(),
            };
            let python = registry::handle(&record);
            super::call_python_handlers(&python, &record, vm);
            Ok(())
        }
    }

    impl Representable for Logger {
        fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
            let level = registry::level_name(registry().effective_level(&zelf.name));
            Ok(format!("<Logger {} ({level})>", zelf.shown_name()))
        }
    }

    /// Fills a message's arguments in, as `LogRecord.getMessage`.
    fn fill_in(
        message: &PyObjectRef,
        mut arguments: Vec<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<String> {
        let message = message.str(vm)?;
        if arguments.is_empty() {
            return Ok(message.to_string());
        }
        let is_mapping =
            arguments.len() == 1 && arguments[0].downcast_ref::<rustpython_vm::builtins::PyDict>().is_some();
        let arguments: PyObjectRef =
            if is_mapping { arguments.remove(0) } else { vm.ctx.new_tuple(arguments).into() };
        Ok(vm._mod(message.as_object(), &arguments)?.str(vm)?.to_string())
    }

    /// A record, as handlers that user code defines see it.
    #[pyattr]
    #[pyclass(module = "logging", name = "LogRecord")]
    #[derive(Debug, PyPayload)]
    pub struct LogRecord {
        record: Record,
    }

    impl From<Record> for LogRecord {
        fn from(record: Record) -> Self {
            Self { record }
        }
    }

    #[pyclass]
    impl LogRecord {
        #[pygetset]
        fn name(&self) -> String {
            self.record.logger.clone()
        }

        #[pygetset]
        fn levelno(&self) -> i32 {
            self.record.level
        }

        #[pygetset]
        fn levelname(&self) -> String {
            registry::level_name(self.record.level)
        }

        #[pygetset]
        fn msg(&self) -> String {
            self.record.message.clone()
        }

        #[pygetset]
        fn message(&self) -> String {
            self.record.message.clone()
        }

        #[pygetset]
        fn pathname(&self) -> String {
            self.record.path.clone()
        }

        #[pygetset]
        fn lineno(&self) -> usize {
            self.record.line
        }

        #[pymethod(name = "getMessage")]
        fn get_message(&self) -> String {
            self.record.message.clone()
        }
    }

    /// A handler that user code may subclass.
    #[pyattr]
    #[pyclass(module = "logging", name = "Handler")]
    #[derive(Debug, PyPayload)]
    pub struct PyHandler {
        shared: SharedHandler,
    }

    impl Initializer for PyHandler {
        type Args = FuncArgs;

        fn init(zelf: PyRef<Self>, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            let arguments = Arguments::bind("__init__", &[Parameter::Optional("level")], arguments, vm)?;
            if let Some(level) = arguments.object("level", vm) {
                registry::lock(&zelf.shared).level = super::level(&level, vm)?;
            }
            Ok(())
        }
    }

    #[pyclass(with(Initializer), flags(BASETYPE, HAS_DICT))]
    impl PyHandler {
        #[pyslot]
        fn slot_new(class: PyTypeRef, _arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            Self { shared: new_handler(Target::Null) }.into_ref_with_type(vm, class).map(Into::into)
        }

        #[pygetset]
        fn level(&self) -> i32 {
            registry::lock(&self.shared).level
        }

        #[pymethod(name = "setLevel")]
        fn set_level(&self, level: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
            registry::lock(&self.shared).level = super::level(&level, vm)?;
            Ok(())
        }

        #[pymethod(name = "setFormatter")]
        fn set_formatter(&self, formatter: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
            let format = match formatter.downcast_ref::<Formatter>() {
                Some(formatter) => Some(formatter.format.clone()),
                None if vm.is_none(&formatter) => None,
                None => return Err(vm.new_type_error("setFormatter() takes a logging.Formatter")),
            };
            registry::lock(&self.shared).format = format;
            Ok(())
        }

        #[pymethod]
        fn format(&self, record: PyRef<LogRecord>) -> String {
            let handler = registry::lock(&self.shared);
            handler.format.as_ref().unwrap_or(&Format::default()).render(&record.record)
        }

        #[pymethod]
        fn handle(zelf: PyRef<Self>, record: PyObjectRef, vm: &VirtualMachine) -> PyResult {
            vm.call_method(zelf.as_object(), "emit", (record,))
        }

        #[pymethod]
        fn emit(&self, _record: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
            Err(vm.new_not_implemented_error("emit must be implemented by Handler subclasses"))
        }

        #[pymethod]
        fn flush(&self) {}

        #[pymethod]
        fn close(&self) {}
    }

    fn new_handler(target: Target) -> SharedHandler {
        Arc::new(Mutex::new(Handler { target, level: NOTSET, format: None }))
    }

    /// Gives the handler behind a Python object; a subclass's instance is called back as an object.
    fn shared_handler(object: &PyObjectRef, vm: &VirtualMachine) -> PyResult<SharedHandler> {
        let Some(handler) = object.downcast_ref::<PyHandler>() else {
            return Err(vm.new_type_error("expected a logging.Handler"));
        };
        let shared = Arc::clone(&handler.shared);
        let overrides = ["emit", "handle"].into_iter().any(|method| {
            object.class().get_attr(vm.ctx.intern_str(method)).is_some_and(|found| {
                let native = PyHandler::class(&vm.ctx).get_attr(vm.ctx.intern_str(method));
                !native.is_some_and(|native| native.is(&found))
            })
        });
        if overrides {
            registry::lock(&shared).target = Target::Python(object.clone());
        }
        Ok(shared)
    }

    fn handler_object(shared: SharedHandler, vm: &VirtualMachine) -> PyObjectRef {
        let python = match &registry::lock(&shared).target {
            Target::Python(object) => Some(object.clone()),
            _ => None,
        };
        python.unwrap_or_else(|| PyHandler { shared }.into_pyobject(vm))
    }

    /// Makes the handler of a class by its name, as `StreamHandler(stream)` and its kin do.
    pub(super) fn make_handler(
        class: &str,
        arguments: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult<SharedHandler> {
        match class {
            "StreamHandler" => {
                let arguments =
                    Arguments::bind("StreamHandler", &[Parameter::Optional("stream")], arguments, vm)?;
                Ok(new_handler(stream_target(arguments.object("stream", vm))))
            }
            "FileHandler" => {
                let parameters = ["filename", "mode", "encoding", "delay", "errors"].map(Parameter::Optional);
                let arguments = Arguments::bind("FileHandler", &parameters, arguments, vm)?;
                let path = arguments.required("filename", vm)?.str(vm)?.to_string();
                let mode = arguments.string("mode", vm)?.unwrap_or_else(|| "a".to_owned());
                Ok(new_handler(file_target(&path, &mode, vm)?))
            }
            "NullHandler" => Ok(new_handler(Target::Null)),
            other => Err(vm.new_value_error(format!(
                "log handler class '{other}' is not provided by Limbeck; use StreamHandler, FileHandler or \
                 NullHandler"
            ))),
        }
    }

    fn stream_target(stream: Option<PyObjectRef>) -> Target {
        match stream {
            None => Target::Stderr,
            Some(stream) => match OutputStream::of(&stream) {
                Some(true) => Target::Stderr,
                Some(false) => Target::Stdout,
                None => Target::Stream(stream),
            },
        }
    }

    fn file_target(path: &str, mode: &str, vm: &VirtualMachine) -> PyResult<Target> {
        let file = registry::open_file(Path::new(path), mode);
        file.map(Target::File).map_err(|error| vm.new_os_error(format!("{path}: {error}")))
    }

    #[pyfunction(name = "StreamHandler")]
    fn stream_handler(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<PyHandler> {
        Ok(PyHandler { shared: make_handler("StreamHandler", arguments, vm)? })
    }

    #[pyfunction(name = "FileHandler")]
    fn file_handler(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<PyHandler> {
        Ok(PyHandler { shared: make_handler("FileHandler", arguments, vm)? })
    }

    #[pyfunction(name = "NullHandler")]
    fn null_handler() -> PyHandler {
        PyHandler { shared: new_handler(Target::Null) }
    }

    /// `logging.Formatter`
    #[pyattr]
    #[pyclass(module = "logging", name = "Formatter")]
    #[derive(Debug, PyPayload)]
    pub struct Formatter {
        pub(super) format: Format,
    }

    #[pyclass(flags(BASETYPE))]
    impl Formatter {
        #[pyslot]
        fn slot_new(class: PyTypeRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let parameters = ["fmt", "datefmt", "style", "validate"].map(Parameter::Optional);
            let arguments = Arguments::bind("Formatter", &parameters, arguments, vm)?;
            let style = style(arguments.string("style", vm)?.as_deref(), vm)?;
            let format = Format::new(arguments.string("fmt", vm)?, arguments.string("datefmt", vm)?, style);
            Self { format }.into_ref_with_type(vm, class).map(Into::into)
        }

        #[pymethod]
        fn format(&self, record: PyRef<LogRecord>) -> String {
            self.format.render(&record.record)
        }
    }

    /// Reads a style's sign.
    pub(super) fn style(sign: Option<&str>, vm: &VirtualMachine) -> PyResult<Style> {
        match sign {
            None | Some("%") => Ok(Style::Percent),
            Some("{") => Ok(Style::Brace),
            Some("$") => Ok(Style::Dollar),
            Some(_) => Err(vm.new_value_error("Style must be one of: %,{,$")),
        }
    }

    #[pyfunction(name = "getLogger")]
    fn get_logger(name: OptionalArg<Option<PyStrRef>>) -> Logger {
        let name = name.flatten().map(|name| name.as_wtf8().to_string()).unwrap_or_default();
        let name = if name == "root" { String::new() } else { name };
        registry().logger(&name);
        Logger { name }
    }

    #[pyfunction(name = "getLevelName")]
    fn get_level_name(level: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        if let Some(name) = level.downcast_ref::<PyStr>() {
            let name = name.as_wtf8().to_string();
            return Ok(match registry::level_number(&name) {
                Some(number) => vm.ctx.new_int(number).into(),
                None => vm.ctx.new_str(format!("Level {name}")).into(),
            });
        }
        Ok(vm.ctx.new_str(registry::level_name(super::level(&level, vm)?)).into())
    }

    #[pyfunction]
    fn disable(level: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult<()> {
        let level = level.into_option().map_or(Ok(CRITICAL), |level| super::level(&level, vm))?;
        registry().disabled_up_to = level;
        Ok(())
    }

    #[pyfunction(name = "captureWarnings")]
    fn capture_warnings(capture: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let capture = capture.is_true(vm)?;
        let warnings = vm.import("warnings", 0)?;
        let module = vm.import("logging", 0)?;
        let original =
            vm.get_attribute_opt(module.clone(), ORIGINAL)?.filter(|original| !vm.is_none(original));
        match (capture, original) {
            (true, None) => {
                module.set_attr(ORIGINAL, warnings.get_attr("showwarning", vm)?, vm)?;
                warnings.set_attr("showwarning", module.get_attr("_showwarning", vm)?, vm)
            }
            (false, Some(original)) => {
                module.set_attr(ORIGINAL, vm.ctx.none(), vm)?;
                warnings.set_attr("showwarning", original, vm)
            }
            _ => Ok(()),
        }
    }

    /// Where the module keeps `warnings.showwarning` while warnings are captured.
    const ORIGINAL: &str = "_warnings_showwarning";

    /// Logs a warning; one that is meant for a file still goes there.
    #[pyfunction(name = "_showwarning")]
    fn show_warning(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        let parameters = [
            Parameter::Required("message"),
            Parameter::Required("category"),
            Parameter::Required("filename"),
            Parameter::Required("lineno"),
            Parameter::Optional("file"),
            Parameter::Optional("line"),
        ];
        let bound = Arguments::bind("_showwarning", &parameters, arguments.clone(), vm)?;
        if bound.object("file", vm).is_some() {
            let original = vm.import("logging", 0)?.get_attr(ORIGINAL, vm)?;
            return original.call(arguments, vm).map(drop);
        }
        let argument = |name: &'static str| bound.required(name, vm);
        let warnings = vm.import("warnings", 0)?;
        let text = vm.call_method(
            &warnings,
            "formatwarning",
            (
                argument("message")?,
                argument("category")?,
                argument("filename")?,
                argument("lineno")?,
                bound.object("line", vm).unwrap_or_else(|| vm.ctx.none()),
            ),
        )?;
        let logger = Logger { name: "py.warnings".to_owned() };
        {
            let mut registry = registry();
            let own = &mut registry.logger(&logger.name).handlers;
            if own.is_empty() {
                own.push(new_handler(Target::Null));
            }
        }
        logger.emit(WARNING, &text, FuncArgs::default(), vm)
    }

    #[pyfunction]
    fn shutdown() {}

    #[pyfunction(name = "basicConfig")]
    fn basic_config(arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        let names =
            ["filename", "filemode", "format", "datefmt", "style", "level", "stream", "handlers", "force"];
        let mut parameters: Vec<Parameter> = names.map(Parameter::KeywordOnly).to_vec();
        parameters.extend(["encoding", "errors"].map(Parameter::KeywordOnly));
        let arguments = Arguments::bind("basicConfig", &parameters, arguments, vm)?;
        if arguments.flag("force", vm)? {
            registry().logger("").handlers.clear();
        }
        if registry().logger("").handlers.is_empty() {
            let template = arguments.string("format", vm)?.unwrap_or_else(|| BASIC_FORMAT.to_owned());
            let style = style(arguments.string("style", vm)?.as_deref(), vm)?;
            let format = Format::new(Some(template), arguments.string("datefmt", vm)?, style);
            let handlers = match (arguments.object("handlers", vm), arguments.object("filename", vm)) {
                (Some(handlers), _) => {
                    vm.extract_elements_with(&handlers, |handler| shared_handler(&handler, vm))?
                }
                (None, Some(path)) => {
                    let mode = arguments.string("filemode", vm)?.unwrap_or_else(|| "a".to_owned());
                    let path = path.str(vm)?.to_string();
                    vec![new_handler(file_target(&path, &mode, vm)?)]
                }
                (None, None) => vec![new_handler(stream_target(arguments.object("stream", vm)))],
            };
            for handler in &handlers {
                registry::lock(handler).format.get_or_insert_with(|| format.clone());
            }
            registry().logger("").handlers = handlers;
        }
        if let Some(level) = arguments.object("level", vm) {
            registry().logger("").level = super::level(&level, vm)?;
        }
        Ok(())
    }

    fn root() -> Logger {
        Logger { name: String::new() }
    }

    #[pyfunction]
    fn debug(message: PyObjectRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        root().emit(DEBUG, &message, arguments, vm)
    }

    #[pyfunction]
    fn info(message: PyObjectRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        root().emit(INFO, &message, arguments, vm)
    }

    #[pyfunction]
    fn warning(message: PyObjectRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        root().emit(WARNING, &message, arguments, vm)
    }

    #[pyfunction]
    fn error(message: PyObjectRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        root().emit(ERROR, &message, arguments, vm)
    }

    #[pyfunction]
    fn critical(message: PyObjectRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        root().emit(CRITICAL, &message, arguments, vm)
    }

    #[pyfunction]
    fn exception(message: PyObjectRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        root().exception(message, arguments, vm)
    }

    #[pyfunction]
    fn log(level: i32, message: PyObjectRef, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        root().emit(level, &message, arguments, vm)
    }
}
