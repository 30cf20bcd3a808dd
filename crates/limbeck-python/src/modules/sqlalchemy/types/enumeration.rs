//! `Enum`: its arguments and its `repr`; what types that belong to a schema share.

use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject as _, PyObject, PyObjectRef, PyResult, VirtualMachine};

use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, class_name, get, get_bool, get_some, is_a, items, new_bool, new_list, new_text, own, repr, set,
    text_of,
};

pub(crate) fn enum_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Enum.__init__", args, vm);
    let mut given = arguments.rest();
    // A single list of labels is unpacked by SQLAlchemy as well.
    if let [only] = given.as_slice()
        && object::is_list(only, vm)
    {
        given = items(only, vm)?;
    }
    let values_callable = arguments.keyword("values_callable");
    let mut default_name = None;
    let mut enum_class = vm.ctx.none();
    let mut labels = Vec::new();
    let mut objects = Vec::new();
    let members = given
        .first()
        .and_then(|first| vm.get_attribute_opt(first.clone(), vm.ctx.intern_str("__members__")).ok()?);
    if let (1, Some(members)) = (given.len(), members) {
        enum_class = given.remove(0);
        default_name =
            get(&enum_class, "__name__", vm).ok().and_then(|name| text_of(&name)).map(|n| n.to_lowercase());
        let omit_aliases = arguments.flag("omit_aliases", true)?;
        let names = items(&*vm.call_method(&members, "items", ())?, vm)?;
        for pair in names {
            let pair = items(&pair, vm)?;
            let (Some(name), Some(member)) = (pair.first(), pair.get(1)) else { continue };
            let canonical = get(member, "name", vm)?;
            if omit_aliases && text_of(&canonical) != text_of(name) {
                continue;
            }
            labels.push(name.clone());
            objects.push(member.clone());
        }
        if let Some(callable) = values_callable.clone() {
            labels = items(&*callable.call((enum_class.clone(),), vm)?, vm)?;
        }
    } else {
        arguments.keyword("omit_aliases");
        for value in &given {
            if value.length_opt(vm).is_none() {
                return Err(vm.new_type_error(format!("object of type '{}' has no len()", class_name(value))));
            }
        }
        labels.clone_from(&given);
        objects = given;
    }
    let longest = labels
        .iter()
        .filter_map(|label| text_of(label))
        .map(|label| label.chars().count())
        .max()
        .unwrap_or(0);
    let length = arguments.keyword_value("length");
    let native_enum = arguments.keyword_value("native_enum");
    let refused = native_enum.as_ref().is_some_and(|given| given.is(&vm.ctx.false_value));
    let mut native_enum = native_enum.map_or(Ok(true), |given| given.try_to_bool(vm))?;
    if is_a(&this, "postgresql.ENUM") {
        native_enum = true;
    }
    if refused && native_enum {
        exc::warn(
            "SAWarning",
            "the native_enum flag does not apply to the sqlalchemy.dialects.postgresql.ENUM datatype; this type \
             always refers to ENUM.   Use sqlalchemy.types.Enum for non-native enum.",
            vm,
        )?;
    }
    set(&this, "_limbeck_length_given", new_bool(length.is_some(), vm), vm)?;
    let length = match length {
        Some(length) if !vm.is_none(&length) => {
            let number: i64 = length.clone().try_into_value(vm)?;
            if number < i64::try_from(longest).unwrap_or(i64::MAX) {
                return Err(vm.new_value_error(format!(
                    "When provided, length must be larger or equal than the length of the longest enum value. \
                     {number} < {longest}"
                )));
            }
            length
        }
        Some(none) => none,
        None => vm.ctx.new_int(longest).into(),
    };
    set(&this, "length", length, vm)?;
    set(&this, "_default_length", vm.ctx.new_int(longest), vm)?;
    set(&this, "native_enum", new_bool(native_enum, vm), vm)?;
    set(&this, "enums", new_list(labels, vm), vm)?;
    set(&this, "_enums_argument", new_list(objects, vm), vm)?;
    set(&this, "enum_class", enum_class, vm)?;
    set(&this, "values_callable", values_callable.unwrap_or_else(|| vm.ctx.none()), vm)?;
    set(&this, "collation", vm.ctx.none(), vm)?;
    set(&this, "validate_strings", new_bool(arguments.flag("validate_strings", false)?, vm), vm)?;
    set(&this, "create_constraint", new_bool(arguments.flag("create_constraint", false)?, vm), vm)?;
    set(&this, "create_type", new_bool(arguments.flag("create_type", true)?, vm), vm)?;
    let name = arguments.keyword("name").or_else(|| default_name.map(|name| new_text(name, vm)));
    schema_type(&this, name, &mut arguments, vm)?;
    // The reference ignores any other keyword as well.
    object::none(vm)
}

/// Sets what types with a name in the database have: name, schema, metadata.
pub(crate) fn schema_type(
    this: &PyObject,
    name: Option<PyObjectRef>,
    arguments: &mut Arguments<'_>,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let quote = arguments.keyword("quote");
    let name = name.map(|name| crate::modules::sqlalchemy::schema::quoted(name, quote, vm)).transpose()?;
    set(this, "name", name.unwrap_or_else(|| vm.ctx.none()), vm)?;
    let inherit_schema = arguments.flag("inherit_schema", false)?;
    set(this, "inherit_schema", new_bool(inherit_schema, vm), vm)?;
    let metadata = arguments.keyword("metadata");
    let mut schema = arguments.keyword("schema");
    if inherit_schema {
        exc::warn(
            "SADeprecationWarning",
            "the ``inherit_schema`` parameter is deprecated.The schema will be inherited from the ``metadata`` \
             object. To keep using the table schema as the type schema, pass the ``schema`` parameter directly.",
            vm,
        )?;
        if schema.is_some() {
            return Err(exc::argument(
                "Ambiguously setting inherit_schema=True while also passing a schema argument",
                vm,
            ));
        }
    }
    if let (None, Some(metadata)) = (&schema, &metadata) {
        schema = get_some(metadata, "schema", vm)?;
    }
    set(this, "schema", schema.unwrap_or_else(|| vm.ctx.none()), vm)?;
    set(this, "metadata", metadata.unwrap_or_else(|| vm.ctx.none()), vm)
}

pub(super) fn enum_repr(this: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    let mut parts = Vec::new();
    for label in items(&*get(this, "enums", vm)?, vm)? {
        parts.push(repr(&label, vm)?);
    }
    let names: &[&str] =
        if is_a(this, "postgresql.ENUM") { &["name", "schema"] } else { &["name", "schema", "metadata"] };
    for name in names.iter().copied() {
        if let Some(value) = own(this, name, vm) {
            parts.push(format!("{name}={}", repr(&value, vm)?));
        }
    }
    for (name, default) in [
        ("inherit_schema", false),
        ("create_type", true),
        ("native_enum", true),
        ("create_constraint", false),
    ] {
        if get_bool(this, name, vm)? != default {
            parts.push(format!("{name}={}", if default { "False" } else { "True" }));
        }
    }
    let length = get(this, "length", vm)?;
    if !vm.bool_eq(&length, &*get(this, "_default_length", vm)?)? {
        parts.push(format!("length={}", repr(&length, vm)?));
    }
    Ok(format!("{}({})", class_name(this), parts.join(", ")))
}
