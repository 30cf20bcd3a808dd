//! What gives columns values: defaults, server defaults, sequences, computed and identity columns; and `DDL`.

use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::{MODULE, repr_text, set_dialect_keywords};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, address, class_name, get, get_some, instance, method, new_bool, new_text, own,
    repr, set, text_of,
};
use crate::modules::sqlalchemy::sql::elements::{Node, element, is_clause};

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "FetchedValue",
        module: MODULE,
        bases: &["SchemaItem"],
        members: &[
            ("__init__", method(fetched_init)),
            ("__repr__", method(|this, _, vm| Ok(repr_text(&[], &class_name(&this), vm)))),
            ("for_update", Member::Value(|vm| new_bool(false, vm))),
            ("has_argument", Member::Value(|vm| new_bool(false, vm))),
        ],
    },
    ClassDef {
        name: "DefaultClause",
        module: MODULE,
        bases: &["FetchedValue"],
        members: &[
            ("__init__", method(default_clause_init)),
            ("__repr__", method(default_clause_repr)),
            ("has_argument", Member::Value(|vm| new_bool(true, vm))),
        ],
    },
    ClassDef { name: "DefaultGenerator", module: MODULE, bases: &["SchemaItem"], members: &[] },
    ClassDef {
        name: "ColumnDefault",
        module: MODULE,
        bases: &["DefaultGenerator"],
        members: &[
            ("__init__", method(column_default_init)),
            ("__repr__", method(column_default_repr)),
            (
                "is_scalar",
                Member::Get(|this, vm| {
                    Ok(new_bool(default_kind(&this, vm)? == "ScalarElementColumnDefault", vm))
                }),
            ),
            (
                "is_callable",
                Member::Get(|this, vm| Ok(new_bool(default_kind(&this, vm)? == "CallableColumnDefault", vm))),
            ),
            (
                "is_clause_element",
                Member::Get(|this, vm| {
                    Ok(new_bool(default_kind(&this, vm)? == "ColumnElementColumnDefault", vm))
                }),
            ),
            ("is_sequence", Member::Value(|vm| new_bool(false, vm))),
        ],
    },
    ClassDef {
        name: "Sequence",
        module: MODULE,
        bases: &["DefaultGenerator"],
        members: &[
            ("__init__", method(sequence_init)),
            ("__repr__", method(sequence_repr)),
            ("next_value", method(|this, _, vm| element(Node::NextValue(this), vm))),
            ("is_sequence", Member::Value(|vm| new_bool(true, vm))),
            ("key", Member::Get(|this, vm| get(&this, "name", vm))),
            ("create", method(|this, args, vm| super::ddl::sequence_ddl(&this, args, false, vm))),
            ("drop", method(|this, args, vm| super::ddl::sequence_ddl(&this, args, true, vm))),
        ],
    },
    ClassDef {
        name: "Computed",
        module: MODULE,
        bases: &["FetchedValue"],
        members: &[
            ("__init__", method(computed_init)),
            ("__repr__", method(computed_repr)),
            ("has_argument", Member::Value(|vm| new_bool(true, vm))),
        ],
    },
    ClassDef {
        name: "Identity",
        module: MODULE,
        bases: &["FetchedValue"],
        members: &[("__init__", method(identity_init)), ("__repr__", method(identity_repr))],
    },
    ClassDef {
        name: "BaseDDLElement",
        module: "sqlalchemy.sql.ddl",
        bases: &["ClauseElement"],
        members: &[],
    },
    ClassDef {
        name: "ExecutableDDLElement",
        module: "sqlalchemy.sql.ddl",
        bases: &["Executable", "BaseDDLElement"],
        members: &[("execute_if", method(crate::modules::sqlalchemy::event::execute_if))],
    },
    ClassDef {
        name: "DDL",
        module: "sqlalchemy.sql.ddl",
        bases: &["ExecutableDDLElement"],
        members: &[
            ("__init__", method(ddl_init)),
            ("__repr__", method(ddl_repr)),
            ("__str__", method(|this, _, vm| get(&this, "statement", vm))),
        ],
    },
];

fn fetched_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("FetchedValue.__init__", args, vm);
    let for_update = arguments.optional("for_update").unwrap_or_else(|| new_bool(false, vm));
    arguments.finish()?;
    set(&this, "for_update", for_update, vm)?;
    object::none(vm)
}

/// Checks the argument of a server default.
fn check_server_default(argument: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    if text_of(argument).is_some() || is_clause(argument, vm) {
        return Ok(());
    }
    let class = object::class_path(argument, vm);
    let class = class.strip_prefix("builtins.").unwrap_or(&class);
    Err(exc::argument(
        format!(
            "Argument 'arg' is expected to be one of type '<class 'str'>' or '<class \
             'sqlalchemy.sql.elements.ClauseElement'>' or '<class 'sqlalchemy.sql.elements.TextClause'>', got '<class \
             '{class}'>'"
        ),
        vm,
    ))
}

fn default_clause_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("DefaultClause.__init__", args, vm);
    let argument = arguments.required("arg")?;
    let for_update = arguments.optional("for_update").unwrap_or_else(|| new_bool(false, vm));
    let reflected = arguments.optional("_reflected").unwrap_or_else(|| new_bool(false, vm));
    arguments.finish()?;
    check_server_default(&argument, vm)?;
    set(&this, "arg", argument, vm)?;
    set(&this, "for_update", for_update, vm)?;
    set(&this, "reflected", reflected, vm)?;
    object::none(vm)
}

fn default_clause_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let argument = repr(&*get(&this, "arg", vm)?, vm)?;
    let for_update = repr(&*get(&this, "for_update", vm)?, vm)?;
    Ok(new_text(format!("DefaultClause({argument}, for_update={for_update})"), vm))
}

/// Makes what `Column.server_default` holds: a `FetchedValue` stays, anything else is wrapped.
pub(crate) fn server_default(given: &PyObject, vm: &VirtualMachine) -> PyResult {
    if object::is_a(given, "FetchedValue") {
        return Ok(given.to_owned());
    }
    object::class_object("DefaultClause").call((given.to_owned(),), vm)
}

/// Makes what `Column.default` and `Column.onupdate` hold.
pub(crate) fn column_default(given: &PyObject, for_update: bool, vm: &VirtualMachine) -> PyResult {
    if object::is_a(given, "DefaultGenerator") {
        return Ok(given.to_owned());
    }
    let default = instance("ColumnDefault", vm)?;
    set(&default, "arg", given.to_owned(), vm)?;
    set(&default, "for_update", new_bool(for_update, vm), vm)?;
    Ok(default)
}

fn column_default_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("ColumnDefault.__init__", args, vm);
    let argument = arguments.required("arg")?;
    let for_update = arguments.optional("for_update").unwrap_or_else(|| new_bool(false, vm));
    arguments.finish()?;
    set(&this, "arg", argument, vm)?;
    set(&this, "for_update", for_update, vm)?;
    object::none(vm)
}

fn default_kind(this: &PyObject, vm: &VirtualMachine) -> PyResult<&'static str> {
    let argument = get(this, "arg", vm)?;
    Ok(if is_clause(&argument, vm) {
        "ColumnElementColumnDefault"
    } else if argument.is_callable() {
        "CallableColumnDefault"
    } else {
        "ScalarElementColumnDefault"
    })
}

fn column_default_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let argument = repr(&*get(&this, "arg", vm)?, vm)?;
    Ok(new_text(format!("{}({argument})", default_kind(&this, vm)?), vm))
}

const COUNTING: &[&str] =
    &["start", "increment", "minvalue", "maxvalue", "nominvalue", "nomaxvalue", "cycle"];

fn sequence_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Sequence.__init__", args, vm);
    let name = arguments.required("name")?;
    let mut values = Vec::new();
    for option in COUNTING {
        values.push((*option, arguments.optional(option)));
    }
    let schema = arguments.optional("schema");
    for option in ["cache", "order"] {
        values.push((option, arguments.optional(option)));
    }
    if values.iter().any(|(option, value)| *option == "order" && value.is_some()) {
        warn_of_oracle("order", vm)?;
    }
    let data_type = arguments.optional("data_type");
    let optional = arguments.optional("optional").unwrap_or_else(|| new_bool(false, vm));
    let quote = arguments.optional("quote");
    let metadata = arguments.optional("metadata");
    arguments.optional("quote_schema");
    arguments.optional("for_update");
    let (orders, others): (Vec<_>, Vec<_>) =
        arguments.rest_keywords().into_iter().partition(|(name, _)| name == "oracle_order");
    values.extend(orders.into_iter().map(|(_, value)| ("order", Some(value))));
    set_dialect_keywords(&this, others, vm)?;
    arguments.finish()?;
    set(&this, "name", super::quoted(name, quote, vm)?, vm)?;
    for (option, value) in values {
        set(&this, option, value.unwrap_or_else(|| vm.ctx.none()), vm)?;
    }
    let schema = match (schema, &metadata) {
        (Some(schema), _) => Some(schema),
        (None, Some(metadata)) => get_some(metadata, "schema", vm)?,
        (None, None) => None,
    };
    set(&this, "schema", schema.unwrap_or_else(|| vm.ctx.none()), vm)?;
    set(&this, "data_type", data_type.unwrap_or_else(|| vm.ctx.none()), vm)?;
    set(&this, "optional", optional, vm)?;
    set(&this, "metadata", metadata.clone().unwrap_or_else(|| vm.ctx.none()), vm)?;
    if let Some(metadata) = metadata {
        register_sequence(&this, &metadata, vm)?;
    }
    object::none(vm)
}

/// Warns of an option that only Oracle has, given without its prefix.
fn warn_of_oracle(option: &str, vm: &VirtualMachine) -> PyResult<()> {
    let message =
        format!("This parameter is supported only by Oracle Database, use ``oracle_{option}`` instead.");
    exc::warn("SADeprecationWarning", message, vm)
}

/// Makes a sequence known to a `MetaData`.
pub(crate) fn register_sequence(
    sequence: &PyObject,
    metadata: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let name = object::get_text(sequence, "name", vm)?.unwrap_or_default();
    get(metadata, "_sequences", vm)?.set_item(name.as_str(), sequence.to_owned(), vm)
}

fn option_parts(this: &PyObject, names: &[&'static str], vm: &VirtualMachine) -> PyResult<Vec<String>> {
    let mut parts = Vec::new();
    for name in names {
        if let Some(value) = own(this, name, vm) {
            parts.push(format!("{name}={}", repr(&value, vm)?));
        }
    }
    Ok(parts)
}

fn sequence_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut parts = vec![repr(&*get(&this, "name", vm)?, vm)?];
    parts.extend(option_parts(
        &this,
        &[
            "start",
            "increment",
            "minvalue",
            "maxvalue",
            "nominvalue",
            "nomaxvalue",
            "cycle",
            "cache",
            "order",
            "schema",
            "data_type",
        ],
        vm,
    )?);
    Ok(repr_text(&parts, "Sequence", vm))
}

fn computed_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Computed.__init__", args, vm);
    let sqltext = arguments.required("sqltext")?;
    let persisted = arguments.optional("persisted").unwrap_or_else(|| vm.ctx.none());
    arguments.finish()?;
    let sqltext = match text_of(&sqltext) {
        Some(text) => element(Node::Text { text, binds: Vec::new() }, vm)?,
        None => sqltext,
    };
    set(&this, "sqltext", sqltext, vm)?;
    set(&this, "persisted", persisted, vm)?;
    object::none(vm)
}

fn computed_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut parts = vec![repr(&*get(&this, "sqltext", vm)?, vm)?];
    parts.extend(option_parts(&this, &["persisted"], vm)?);
    Ok(repr_text(&parts, "Computed", vm))
}

fn identity_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Identity.__init__", args, vm);
    let always = arguments.given_value("always").unwrap_or_else(|| new_bool(false, vm));
    set(&this, "always", always, vm)?;
    for option in ["on_null"].iter().chain(COUNTING).chain(&["cache", "order"]) {
        let value = arguments.optional(option).unwrap_or_else(|| vm.ctx.none());
        set(&this, option, value, vm)?;
    }
    for option in ["order", "on_null"] {
        if own(&this, option, vm).is_some() {
            warn_of_oracle(option, vm)?;
        }
    }
    for (name, value) in arguments.rest_keywords() {
        match name.as_str() {
            "oracle_on_null" => set(&this, "on_null", value, vm)?,
            "oracle_order" => set(&this, "order", value, vm)?,
            _ => set_dialect_keywords(&this, vec![(name, value)], vm)?,
        }
    }
    arguments.finish()?;
    object::none(vm)
}

fn identity_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut parts = Vec::new();
    let always = get(&this, "always", vm)?;
    if vm.is_none(&always) || always.clone().try_to_bool(vm)? {
        parts.push(format!("always={}", repr(&always, vm)?));
    }
    parts.extend(option_parts(
        &this,
        &[
            "on_null",
            "start",
            "increment",
            "minvalue",
            "maxvalue",
            "nominvalue",
            "nomaxvalue",
            "cycle",
            "cache",
            "order",
        ],
        vm,
    )?);
    Ok(repr_text(&parts, "Identity", vm))
}

fn ddl_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("DDL.__init__", args, vm);
    let statement = arguments.required("statement")?;
    let context = arguments.optional("context").unwrap_or_else(|| vm.ctx.none());
    arguments.finish()?;
    if text_of(&statement).is_none() {
        let shown = repr(&statement, vm)?;
        return Err(exc::argument(
            format!("Expected a string or unicode SQL statement, got '{}'", shown.trim_matches('\'')),
            vm,
        ));
    }
    set(&this, "statement", statement, vm)?;
    set(&this, "context", context, vm)?;
    object::none(vm)
}

fn ddl_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let statement = repr(&*get(&this, "statement", vm)?, vm)?;
    Ok(new_text(format!("<DDL@{}; {statement}>", address(&this)), vm))
}
