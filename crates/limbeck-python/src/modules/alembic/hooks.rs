//! What env.py passes to `context.configure` as Python objects: callables, models, an output.

use std::fmt;
use std::sync::Arc;

use limbeck_core::ddl::OutputBuffer;
use limbeck_core::operations::MigrationScript;
use limbeck_core::runtime::head_tracker::HeadTracker;
use limbeck_core::runtime::steps::MigrationInfo;
use limbeck_core::runtime::{
    EnvironmentHooks, MigrationContext, NameFilterType, ParentNames, RenderItem, SchemaObject, TargetMetadata,
};
use limbeck_core::script::RevisionId;
use limbeck_core::{Error, Result};
use limbeck_sql::schema::{Column, MetaData, NamingConvention};

use rustpython_vm::{AsObject, PyObjectRef, PyResult, VirtualMachine};

use super::errors::from_python;
use super::migration;
use crate::arguments::Arguments;
use crate::interpreter::{unavailable, with_entered_vm};
use crate::lower;

/// Runs Python for the engine; its exceptions become the engine's errors.
pub(super) fn in_python<T>(work: impl FnOnce(&VirtualMachine) -> PyResult<T>) -> Result<T> {
    with_entered_vm(|vm| work(vm).map_err(|exception| from_python(exception, vm)))
        .unwrap_or_else(|| Err(Error::command("a callable of env.py was called after its run had ended")))
}

/// The callables of `configure`.
#[derive(Debug, Default)]
pub struct PythonHooks {
    on_version_apply: Vec<PyObjectRef>,
    include_name: Option<PyObjectRef>,
    include_object: Option<PyObjectRef>,
    process_revision_directives: Option<PyObjectRef>,
    compare_type: Option<PyObjectRef>,
    compare_server_default: Option<PyObjectRef>,
    render_item: Option<PyObjectRef>,
}

impl PythonHooks {
    /// Takes the callables out of the arguments of `configure`.
    ///
    /// # Errors
    /// An `on_version_apply` that is neither a callable nor a list of them.
    pub fn from_arguments(arguments: &Arguments, vm: &VirtualMachine) -> PyResult<Self> {
        let callable = |name: &str| arguments.object(name, vm).filter(|value| value.is_callable());
        let on_version_apply = match arguments.object("on_version_apply", vm) {
            None => Vec::new(),
            Some(single) if single.is_callable() => vec![single],
            Some(several) => vm.extract_elements_with(&several, Ok)?,
        };
        Ok(Self {
            on_version_apply,
            include_name: callable("include_name"),
            include_object: callable("include_object"),
            process_revision_directives: callable("process_revision_directives"),
            compare_type: callable("compare_type"),
            compare_server_default: callable("compare_server_default"),
            render_item: callable("render_item"),
        })
    }
}

/// Refuses a callable that this version does not call: going on without it would compare something else.
fn refuse<T>(callable: Option<&PyObjectRef>, name: &str, otherwise: T) -> Result<T> {
    match callable {
        None => Ok(otherwise),
        Some(_) => Err(Error::command(format!(
            "context.configure({name}=...) is not provided by Limbeck yet"
        ))
        .with_hint(
            "upgrade, downgrade and all commands but check and revision --autogenerate do not need it",
        )),
    }
}

impl EnvironmentHooks for PythonHooks {
    fn on_version_apply(
        &self,
        context: &Arc<MigrationContext>,
        step: &MigrationInfo,
        heads: &HeadTracker,
    ) -> Result<()> {
        if self.on_version_apply.is_empty() {
            return Ok(());
        }
        in_python(|vm| {
            let arguments = version_apply_arguments(context, step, &heads.heads(), vm)?;
            for callable in &self.on_version_apply {
                callable.call_with_args(arguments.clone(), vm)?;
            }
            Ok(())
        })
    }

    fn include_name(&self, name: Option<&str>, type_: NameFilterType, parents: &ParentNames) -> Result<bool> {
        let Some(callable) = &self.include_name else { return Ok(true) };
        in_python(|vm| {
            let text = |text: Option<&str>| -> PyObjectRef {
                text.map_or_else(|| vm.ctx.none(), |text| vm.ctx.new_str(text).into())
            };
            let names = vm.ctx.new_dict();
            names.set_item("schema_name", text(parents.schema_name.as_deref()), vm)?;
            if type_ != NameFilterType::Schema && type_ != NameFilterType::Table {
                names.set_item("table_name", text(parents.table_name.as_deref()), vm)?;
            }
            if type_ != NameFilterType::Schema {
                let qualified = parents.schema_qualified_table_name.as_deref();
                names.set_item("schema_qualified_table_name", text(qualified), vm)?;
            }
            callable.call((text(name), text(Some(type_.as_str())), names), vm)?.is_true(vm)
        })
    }

    fn include_object(
        &self,
        _object: SchemaObject<'_>,
        _name: Option<&str>,
        _type_: NameFilterType,
        _reflected: bool,
        _compare_to: Option<SchemaObject<'_>>,
    ) -> Result<bool> {
        refuse(self.include_object.as_ref(), "include_object", true)
    }

    fn process_revision_directives(
        &self,
        _context: &Arc<MigrationContext>,
        _revision: &[String],
        _directives: &mut Vec<MigrationScript>,
    ) -> Result<()> {
        refuse(self.process_revision_directives.as_ref(), "process_revision_directives", ())
    }

    fn compare_type(
        &self,
        _context: &Arc<MigrationContext>,
        _inspected: &Column,
        _metadata: &Column,
    ) -> Result<Option<bool>> {
        refuse(self.compare_type.as_ref(), "compare_type", None)
    }

    fn compare_server_default(
        &self,
        _context: &Arc<MigrationContext>,
        _inspected: &Column,
        _metadata: &Column,
        _rendered_metadata_default: Option<&str>,
    ) -> Result<Option<bool>> {
        refuse(self.compare_server_default.as_ref(), "compare_server_default", None)
    }

    fn render_item(&self, _item: RenderItem<'_>, _imports: &mut Vec<String>) -> Result<Option<String>> {
        refuse(self.render_item.as_ref(), "render_item", None)
    }
}

/// Makes the keyword arguments that `on_version_apply` callables get.
fn version_apply_arguments(
    context: &Arc<MigrationContext>,
    step: &MigrationInfo,
    heads: &[RevisionId],
    vm: &VirtualMachine,
) -> PyResult<rustpython_vm::function::FuncArgs> {
    let text = |text: &str| -> PyObjectRef { vm.ctx.new_str(text).into() };
    let tuple = |revisions: Vec<String>| -> PyObjectRef {
        vm.ctx.new_tuple(revisions.iter().map(|revision| text(revision)).collect()).into()
    };
    let ids = |revisions: &[RevisionId]| revisions.iter().map(ToString::to_string).collect();
    let up: Vec<String> = ids(&step.up_revision_ids);
    let down: Vec<String> = ids(&step.down_revision_ids);
    let (source, destination) =
        if step.is_upgrade { (down.clone(), up.clone()) } else { (up.clone(), down.clone()) };
    let class = vm.import("types", 0)?.get_attr("SimpleNamespace", vm)?;
    let info = class.call((), vm)?;
    let is_migration = !step.is_stamp;
    info.set_attr("is_upgrade", vm.ctx.new_bool(step.is_upgrade), vm)?;
    info.set_attr("is_stamp", vm.ctx.new_bool(step.is_stamp), vm)?;
    info.set_attr("is_migration", vm.ctx.new_bool(is_migration), vm)?;
    info.set_attr("up_revision_id", up.first().map_or_else(|| vm.ctx.none(), |id| text(id)), vm)?;
    info.set_attr("up_revision_ids", tuple(up), vm)?;
    info.set_attr("down_revision_ids", tuple(down), vm)?;
    info.set_attr("source_revision_ids", tuple(source), vm)?;
    info.set_attr("destination_revision_ids", tuple(destination), vm)?;
    let heads: Vec<PyObjectRef> = heads.iter().map(|head| text(head.as_str())).collect();
    let heads = vm.builtins.get_attr("set", vm)?.call((vm.ctx.new_tuple(heads),), vm)?;
    let arguments = [
        ("ctx".to_owned(), migration::object(context, vm)),
        ("step".to_owned(), info),
        ("heads".to_owned(), heads),
        ("run_args".to_owned(), vm.ctx.new_dict().into()),
    ];
    Ok(rustpython_vm::function::FuncArgs::new(
        Vec::new(),
        rustpython_vm::function::KwArgs::new(arguments.into_iter().collect()),
    ))
}

/// `target_metadata`: one `MetaData` or a sequence of them, read only when something asks.
pub struct PythonMetadata {
    object: PyObjectRef,
}

impl PythonMetadata {
    /// Makes the engine's view of `object`.
    pub fn new(object: PyObjectRef) -> Self {
        Self { object }
    }
}

impl TargetMetadata for PythonMetadata {
    fn naming_convention(&self) -> Result<Option<NamingConvention>> {
        if unavailable::is_unavailable(&self.object) {
            return Ok(None);
        }
        in_python(|vm| lower::target_naming_convention(&self.object, vm))
    }

    fn metadata(&self) -> Result<Vec<Arc<MetaData>>> {
        in_python(|vm| {
            super::overrides::check_autogenerate(vm)?;
            if let Some(exception) = unavailable::needed(&self.object, vm) {
                return Err(exception);
            }
            if lower::is_metadata(&self.object) {
                return Ok(vec![Arc::new(lower::metadata(&self.object, vm)?)]);
            }
            vm.extract_elements_with(&self.object, |metadata| Ok(Arc::new(lower::metadata(&metadata, vm)?)))
        })
    }
}

/// An `output_buffer`: any Python object with `write`.
pub struct PythonOutput {
    object: PyObjectRef,
}

impl PythonOutput {
    /// Makes the engine's view of `object`.
    pub fn new(object: PyObjectRef) -> Self {
        Self { object }
    }
}

impl fmt::Debug for PythonOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PythonOutput")
    }
}

impl OutputBuffer for PythonOutput {
    fn write(&self, text: &str) -> Result<()> {
        in_python(|vm| vm.call_method(self.object.as_object(), "write", (vm.ctx.new_str(text),)).map(drop))
    }

    fn flush(&self) -> Result<()> {
        in_python(|vm| match vm.get_attribute_opt(self.object.clone(), vm.ctx.intern_str("flush"))? {
            Some(flush) => flush.call((), vm).map(drop),
            None => Ok(()),
        })
    }
}
