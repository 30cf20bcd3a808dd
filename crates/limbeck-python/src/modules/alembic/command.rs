//! `alembic.command`: the commands for programs.

pub(super) use native::module_def;

#[rustpython_vm::pymodule(name = "alembic.command")]
mod native {
    use std::path::{Path, PathBuf};
    use std::rc::Rc;
    use std::sync::Arc;

    use limbeck_core::Result;
    use limbeck_core::command::{self, HistoryOptions, MergeOptions, RevisionOptions, WrittenRevisions};
    use limbeck_core::config::Config;
    use limbeck_core::script::RevisionArgument;
    use limbeck_core::script::template_dir::Templates;
    use rustpython_vm::builtins::PyModule;
    use rustpython_vm::function::FuncArgs;
    use rustpython_vm::{AsObject, Py, PyObjectRef, PyResult, VirtualMachine};

    use crate::arguments::{Arguments, Parameter};
    use crate::host::PythonHost;
    use crate::modules::alembic::errors::to_python;
    use crate::modules::alembic::{autogenerate, config, errors, script, state};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        for (name, parameters, function) in COMMANDS {
            let native = vm.new_function(name, move |arguments: FuncArgs, vm: &VirtualMachine| -> PyResult {
                call(name, parameters, *function, arguments, vm)
            });
            module.set_attr(*name, native, vm)?;
        }
        Ok(())
    }

    /// What a command is called with.
    struct Call<'a> {
        config: Arc<Config>,
        host: Rc<PythonHost>,
        arguments: Arguments,
        vm: &'a VirtualMachine,
    }

    impl Call<'_> {
        fn flag(&self, name: &str) -> PyResult<bool> {
            self.arguments.flag(name, self.vm)
        }

        fn string(&self, name: &str) -> PyResult<Option<String>> {
            self.arguments.string(name, self.vm)
        }

        fn required(&self, name: &str) -> PyResult<String> {
            self.arguments.required_string(name, self.vm)
        }

        /// Gives revisions from an argument that holds a string or a sequence of them.
        fn revisions(&self, name: &str) -> PyResult<RevisionArgument> {
            let value = self.arguments.given(name).cloned().unwrap_or_else(|| self.vm.ctx.none());
            script::argument(&value, self.vm)
        }

        fn list(&self, name: &str) -> PyResult<Vec<String>> {
            Ok(match self.revisions(name)? {
                RevisionArgument::Nothing => Vec::new(),
                RevisionArgument::Symbol(symbol) => vec![symbol],
                RevisionArgument::Several(symbols) => symbols,
            })
        }

        /// Gives the `Script` objects of the revisions that were written, one by itself and several in a list.
        fn written(&self, result: Result<WrittenRevisions>) -> PyResult {
            let WrittenRevisions { script, revisions } = result.map_err(|error| to_python(error, self.vm))?;
            let script = Arc::new(script);
            let mut objects: Vec<PyObjectRef> = revisions
                .into_iter()
                .map(|node| match node {
                    Some(node) => script::script_object(&script, node, self.vm),
                    None => self.vm.ctx.none(),
                })
                .collect();
            Ok(if objects.len() == 1 { objects.swap_remove(0) } else { self.vm.ctx.new_list(objects).into() })
        }

        fn path(&self, name: &str) -> PyResult<Option<PathBuf>> {
            let value = self.arguments.object(name, self.vm);
            value.map(|value| Ok(PathBuf::from(value.str(self.vm)?.to_string()))).transpose()
        }

        /// Gives where the configuration's templates are: a program's own directory, or the program.
        fn templates(&self) -> PyResult<Templates> {
            config::templates_of(&self.arguments.required("config", self.vm)?, self.vm)
        }

        fn done<T>(&self, result: Result<T>) -> PyResult {
            result.map_err(|error| to_python(error, self.vm))?;
            Ok(self.vm.ctx.none())
        }
    }

    type Function = fn(&Call<'_>) -> PyResult;

    /// The commands: name, parameters after `config`, and what they do.
    const COMMANDS: &[(&str, &[Parameter], Function)] = &[
        ("branches", &[Parameter::Optional("verbose")], |call| {
            let verbose = call.flag("verbose")?;
            call.done(command::branches(&call.config, &*call.host, verbose))
        }),
        ("check", &[], check),
        ("current", &[Parameter::Optional("check_heads"), Parameter::Optional("verbose")], |call| {
            let (verbose, check_heads) = (call.flag("verbose")?, call.flag("check_heads")?);
            call.done(command::current(&call.config, &*call.host, verbose, check_heads))
        }),
        (
            "downgrade",
            &[Parameter::Required("revision"), Parameter::Optional("sql"), Parameter::Optional("tag")],
            |call| {
                let (revision, sql, tag) =
                    (call.required("revision")?, call.flag("sql")?, call.string("tag")?);
                call.done(command::downgrade(&call.config, &*call.host, &revision, sql, tag.as_deref()))
            },
        ),
        ("edit", &[Parameter::Required("rev")], |call| {
            let revision = call.required("rev")?;
            let paths = command::edit(&call.config, &*call.host, &revision);
            for path in paths.map_err(|error| to_python(error, call.vm))? {
                call.done(call.host.open_in_editor(&path))?;
            }
            Ok(call.vm.ctx.none())
        }),
        ("ensure_version", &[Parameter::Optional("sql")], |call| {
            let sql = call.flag("sql")?;
            call.done(command::ensure_version(&call.config, &*call.host, sql))
        }),
        ("heads", &[Parameter::Optional("verbose"), Parameter::Optional("resolve_dependencies")], |call| {
            let (verbose, resolve) = (call.flag("verbose")?, call.flag("resolve_dependencies")?);
            call.done(command::heads(&call.config, &*call.host, verbose, resolve))
        }),
        (
            "history",
            &[
                Parameter::Optional("rev_range"),
                Parameter::Optional("verbose"),
                Parameter::Optional("indicate_current"),
            ],
            |call| {
                let options = HistoryOptions {
                    rev_range: call.string("rev_range")?,
                    verbose: call.flag("verbose")?,
                    indicate_current: call.flag("indicate_current")?,
                };
                call.done(command::history(&call.config, &*call.host, &options))
            },
        ),
        (
            "init",
            &[
                Parameter::Required("directory"),
                Parameter::Optional("template"),
                Parameter::Optional("package"),
            ],
            |call| {
                let directory = call.arguments.required("directory", call.vm)?.str(call.vm)?.to_string();
                let template = call.string("template")?.unwrap_or_else(|| "generic".to_owned());
                let package = call.flag("package")?;
                let templates = call.templates()?;
                call.done(command::init(&call.config, Path::new(&directory), &template, package, &templates))
            },
        ),
        ("list_templates", &[], |call| call.done(command::list_templates(&call.config, &call.templates()?))),
        (
            "merge",
            &[
                Parameter::Required("revisions"),
                Parameter::Optional("message"),
                Parameter::Optional("branch_label"),
                Parameter::Optional("rev_id"),
                Parameter::Optional("splice"),
            ],
            |call| {
                let options = MergeOptions {
                    revisions: call.list("revisions")?,
                    message: call.string("message")?,
                    branch_label: call.revisions("branch_label")?,
                    rev_id: call.string("rev_id")?,
                    splice: call.flag("splice")?,
                };
                call.written(command::merge(&call.config, &*call.host, &options))
            },
        ),
        (
            "revision",
            &[
                Parameter::Optional("message"),
                Parameter::Optional("autogenerate"),
                Parameter::Optional("sql"),
                Parameter::Optional("head"),
                Parameter::Optional("splice"),
                Parameter::Optional("branch_label"),
                Parameter::Optional("version_path"),
                Parameter::Optional("rev_id"),
                Parameter::Optional("depends_on"),
                Parameter::Optional("process_revision_directives"),
            ],
            |call| {
                if call.arguments.object("process_revision_directives", call.vm).is_some() {
                    return Err(call.vm.new_not_implemented_error(
                        "command.revision(process_revision_directives=...) is not provided by Limbeck yet",
                    ));
                }
                let options = RevisionOptions {
                    message: call.string("message")?,
                    autogenerate: call.flag("autogenerate")?,
                    sql: call.flag("sql")?,
                    head: match call.revisions("head")? {
                        RevisionArgument::Nothing => "head".into(),
                        head => head,
                    },
                    splice: call.flag("splice")?,
                    branch_label: call.revisions("branch_label")?,
                    version_path: call.path("version_path")?,
                    rev_id: call.string("rev_id")?,
                    depends_on: call.list("depends_on")?,
                };
                call.written(command::revision(&call.config, &*call.host, &options))
            },
        ),
        ("show", &[Parameter::Required("rev")], |call| {
            let revision = call.required("rev")?;
            call.done(command::show(&call.config, &*call.host, &revision))
        }),
        (
            "stamp",
            &[
                Parameter::Required("revision"),
                Parameter::Optional("sql"),
                Parameter::Optional("tag"),
                Parameter::Optional("purge"),
            ],
            |call| {
                let revisions = call.list("revision")?;
                let (sql, tag, purge) = (call.flag("sql")?, call.string("tag")?, call.flag("purge")?);
                call.done(command::stamp(&call.config, &*call.host, &revisions, sql, tag.as_deref(), purge))
            },
        ),
        (
            "upgrade",
            &[Parameter::Required("revision"), Parameter::Optional("sql"), Parameter::Optional("tag")],
            |call| {
                let (revision, sql, tag) =
                    (call.required("revision")?, call.flag("sql")?, call.string("tag")?);
                call.done(command::upgrade(&call.config, &*call.host, &revision, sql, tag.as_deref()))
            },
        ),
    ];

    fn call(
        name: &'static str,
        own: &[Parameter],
        function: Function,
        arguments: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult {
        let mut parameters = vec![Parameter::Required("config")];
        parameters.extend_from_slice(own);
        let arguments = Arguments::bind(name, &parameters, arguments, vm)?;
        let object: PyObjectRef = arguments.required("config", vm)?;
        let own = config::config_of(&object, vm)?;
        let host = state::required_host(vm)?;
        if !matches!(name, "init" | "list_templates") {
            config::prepare_project(&own, vm)?;
        }
        // env.py sees the configuration object that the program made, with its attributes.
        let _config = host.use_config(object);
        let outcome = function(&Call { config: own.config(), host: Rc::clone(&host), arguments, vm });
        own.emit_warnings(vm)?;
        outcome
    }

    /// Compares models and database; the exception for differences carries them.
    fn check(call: &Call<'_>) -> PyResult {
        let vm = call.vm;
        let raise = |error| to_python(error, vm);
        let found = command::find_differences(&call.config, &*call.host).map_err(raise)?;
        let diffs = found.diffs().map_err(raise)?;
        if diffs.is_empty() {
            call.config.print_stdout("No new upgrade operations detected.");
            return Ok(vm.ctx.none());
        }
        let message = command::differences_message(&found, &diffs).map_err(raise)?;
        let exception = vm.new_exception_msg(errors::autogenerate_diffs_class(&vm.ctx), message.into());
        let objects = crate::raise::diffs(&diffs, vm)?;
        exception.as_object().set_attr("diffs", objects, vm)?;
        exception.as_object().set_attr("revision_context", autogenerate::revision_context(vm)?, vm)?;
        Err(exception)
    }
}
