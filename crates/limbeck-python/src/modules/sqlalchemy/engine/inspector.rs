//! `inspect()` and the `Inspector`.

use std::sync::{Mutex, PoisonError};

use limbeck_sql::engine::Connection;
use limbeck_sql::reflection::{Inspector, NamedTypeScope};
use limbeck_sql::schema::{DialectOptions, Identity, OptionValue};
use rustpython_vm::builtins::{PyDict, PyType};
use rustpython_vm::function::{FuncArgs, KwArgs};
use rustpython_vm::{PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::{connection_of, engine_of};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, class_object, get, get_text, instance_with, is_a, items, method, new_bool,
    new_list, new_opt_text, new_text, new_tuple, set, state, text_of,
};
use crate::modules::sqlalchemy::schema::{constraint, table};
use crate::modules::sqlalchemy::sql::elements::{Node, element};

/// An inspector, and whether it opened its connection itself.
struct InspectorState {
    inspector: Mutex<Inspector>,
    connection: Connection,
    own_connection: bool,
}

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "Inspector",
        module: "sqlalchemy.engine.reflection",
        bases: &[],
        members: &[
            ("__init__", method(init)),
            (
                "from_engine",
                Member::Static(|args, vm| {
                    let mut arguments = Arguments::new("Inspector.from_engine", args, vm);
                    let bind = arguments.required("bind")?;
                    arguments.finish()?;
                    let message = "The from_engine() method on Inspector is deprecated and will be removed in a future \
                               release.  Please use the sqlalchemy.inspect() function on an Engine or Connection in \
                               order to acquire an Inspector. (deprecated since: 1.4)";
                    let category = class_object("SADeprecationWarning");
                    let warnings = vm.import("warnings", 0)?;
                    vm.call_method(&warnings, "warn", (new_text(message, vm), category))?;
                    if crate::modules::alembic::mock_context(&bind).is_some() {
                        // the reference tries to take a connection from it
                        bind.get_attr("close", vm)?;
                    }
                    inspect(&bind, vm)
                }),
            ),
            ("get_table_names", method(|this, args, vm| names(&this, args, Inspector::get_table_names, vm))),
            ("get_view_names", method(|this, args, vm| names(&this, args, Inspector::get_view_names, vm))),
            (
                "get_temp_table_names",
                method(|this, args, vm| names(&this, args, |i, _| i.get_temp_table_names(), vm)),
            ),
            (
                "get_temp_view_names",
                method(|this, args, vm| names(&this, args, |i, _| i.get_temp_view_names(), vm)),
            ),
            (
                "get_schema_names",
                method(|this, args, vm| names(&this, args, |i, _| i.get_schema_names(), vm)),
            ),
            ("has_table", method(has_table)),
            ("has_schema", method(has_schema)),
            ("get_columns", method(get_columns)),
            ("get_pk_constraint", method(get_pk_constraint)),
            ("get_foreign_keys", method(get_foreign_keys)),
            ("get_indexes", method(get_indexes)),
            ("get_unique_constraints", method(get_unique_constraints)),
            ("get_check_constraints", method(get_check_constraints)),
            ("get_table_comment", method(get_table_comment)),
            ("get_table_options", method(get_table_options)),
            ("get_view_definition", method(get_view_definition)),
            ("has_index", method(has_index)),
            (
                "get_sequence_names",
                method(|this, args, vm| names(&this, args, Inspector::get_sequence_names, vm)),
            ),
            (
                "get_materialized_view_names",
                method(|this, args, vm| names(&this, args, Inspector::get_materialized_view_names, vm)),
            ),
            ("has_sequence", method(|this, args, vm| has_named(&this, args, Inspector::has_sequence, vm))),
            ("_has_type", method(|this, args, vm| has_named(&this, args, Inspector::has_type, vm))),
            (
                "get_multi_columns",
                method(|_, _, vm| Err(exc::not_provided("Inspector.get_multi_columns()", vm))),
            ),
            ("reflect_table", method(reflect_table_method)),
            (
                "clear_cache",
                method(|this, _, vm| {
                    with(
                        &this,
                        |inspector| {
                            inspector.clear_cache();
                            Ok(())
                        },
                        vm,
                    )?;
                    object::none(vm)
                }),
            ),
            (
                "default_schema_name",
                Member::Get(|this, vm| {
                    Ok(new_opt_text(with(&this, Inspector::default_schema_name, vm)?, vm))
                }),
            ),
            ("dialect", Member::Get(|this, vm| get(&*get(&this, "bind", vm)?, "dialect", vm))),
            ("engine", Member::Get(|this, vm| get(&*get(&this, "bind", vm)?, "engine", vm))),
        ],
    },
    ClassDef {
        name: "PGInspector",
        module: "sqlalchemy.dialects.postgresql.base",
        bases: &["Inspector"],
        members: &[
            ("get_enums", method(get_enums)),
            ("get_domains", method(get_domains)),
            ("has_type", method(|this, args, vm| has_named(&this, args, Inspector::has_type, vm))),
        ],
    },
];

fn init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Inspector.__init__", args, vm);
    let bind = arguments.required("bind")?;
    arguments.finish()?;
    object::set_state(&this, open(&bind, vm)?);
    set(&this, "bind", bind, vm)?;
    object::none(vm)
}

fn open(bind: &PyObject, vm: &VirtualMachine) -> PyResult<InspectorState> {
    let from_sql = |error| exc::from_sql(&error, vm);
    let (connection, own_connection) = if let Some(connection) = connection_of(bind) {
        (connection, false)
    } else if let Some(engine) = engine_of(bind) {
        (engine.connect().map_err(from_sql)?, true)
    } else {
        return Err(no_inspection(bind, vm));
    };
    let inspector = Mutex::new(Inspector::new(&connection).map_err(from_sql)?);
    Ok(InspectorState { inspector, connection, own_connection })
}

fn no_inspection(obj: &PyObject, vm: &VirtualMachine) -> rustpython_vm::builtins::PyBaseExceptionRef {
    let class: PyObjectRef = obj.class().to_owned().into();
    let shown = object::repr(&class, vm).unwrap_or_default();
    exc::error(
        "NoInspectionAvailable",
        format!("No inspection system is available for object of type {shown}"),
        vm,
    )
}

/// `inspect(subject)`: an inspector for a connection or an engine; tables and columns are their own answer.
pub(crate) fn inspect(bind: &PyObject, vm: &VirtualMachine) -> PyResult {
    if is_a(bind, "ClauseElement") {
        return Ok(bind.to_owned());
    }
    if let Some(class) = bind.downcast_ref::<PyType>()
        && let Some(mapper) =
            vm.get_attribute_opt(class.to_owned().into(), vm.ctx.intern_str("__mapper__"))?
    {
        return Ok(mapper);
    }
    // An async connection or engine is inspected through the one behind it.
    for attribute in ["sync_connection", "sync_engine"] {
        if let Some(inner) = vm.get_attribute_opt(bind.to_owned(), vm.ctx.intern_str(attribute))? {
            return inspect(&inner, vm);
        }
    }
    if let Some(inner) = vm.get_attribute_opt(bind.to_owned(), vm.ctx.intern_str("_limbeck_inspect"))? {
        return inner.call((), vm);
    }
    let opened = open(bind, vm)?;
    let class = match opened.connection.dialect().name() {
        "postgresql" => "PGInspector",
        _ => "Inspector",
    };
    let inspector = instance_with(class, opened, vm)?;
    set(&inspector, "bind", bind.to_owned(), vm)?;
    Ok(inspector)
}

/// Asks the inspector; one with a connection of its own ends its transaction afterwards.
fn with<T>(
    this: &PyObject,
    ask: impl FnOnce(&mut Inspector) -> limbeck_sql::Result<T>,
    vm: &VirtualMachine,
) -> PyResult<T> {
    let Some(state) = state::<InspectorState>(this) else { return Err(no_inspection(this, vm)) };
    let (answer, warnings) = {
        let mut inspector = state.inspector.lock().unwrap_or_else(PoisonError::into_inner);
        // Migration code asks again after it changed the schema; the reference caches per inspector object.
        let answer = ask(&mut inspector);
        (answer, inspector.take_warnings())
    };
    if state.own_connection {
        state.connection.rollback().map_err(|error| exc::from_sql(&error, vm))?;
    }
    for warning in warnings {
        let module = vm.import("warnings", 0)?;
        vm.call_method(&module, "warn", (new_text(warning, vm), class_object("SAWarning")))?;
    }
    answer.map_err(|error| exc::from_sql(&error, vm))
}

/// Takes `schema=None, **kw` of the methods that list names.
fn names(
    this: &PyObject,
    args: FuncArgs,
    ask: impl Fn(&mut Inspector, Option<&str>) -> limbeck_sql::Result<Vec<String>>,
    vm: &VirtualMachine,
) -> PyResult {
    let mut arguments = Arguments::new("Inspector", args, vm);
    let schema = arguments.text("schema");
    arguments.rest_keywords();
    arguments.finish()?;
    let found = with(this, |inspector| ask(inspector, schema.as_deref()), vm)?;
    Ok(text_list(&found, vm))
}

/// Takes `table_name, schema=None, **kw` of the methods that ask about a table.
fn table_arguments(args: FuncArgs, vm: &VirtualMachine) -> PyResult<(String, Option<String>)> {
    let mut arguments = Arguments::new("Inspector", args, vm);
    let name = text_of(&*arguments.required("table_name")?).unwrap_or_default();
    let schema = arguments.text("schema");
    arguments.rest_keywords();
    arguments.finish()?;
    Ok((name, schema))
}

fn text_list(texts: &[String], vm: &VirtualMachine) -> PyObjectRef {
    new_list(texts.iter().map(|text| new_text(text, vm)).collect(), vm)
}

fn put(dict: &PyRef<PyDict>, key: &str, value: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
    dict.set_item(key, value, vm)
}

fn raise_option(value: &OptionValue, vm: &VirtualMachine) -> PyResult {
    Ok(match value {
        OptionValue::Value(value) => crate::raise::value(value, vm)?,
        OptionValue::List(values) => {
            new_list(values.iter().map(|value| raise_option(value, vm)).collect::<PyResult<_>>()?, vm)
        }
        OptionValue::Map(values) => {
            let dict = vm.ctx.new_dict();
            for (key, value) in values {
                dict.set_item(key.as_str(), raise_option(value, vm)?, vm)?;
            }
            dict.into()
        }
        OptionValue::Expression(expression) => {
            let options = limbeck_sql::dialect::CompileOptions::literal();
            let compiled = limbeck_sql::dialect::default_dialect().compile_expression(expression, &options);
            let sql = compiled.map_err(|error| exc::from_sql(&error, vm))?.sql;
            element(Node::Text { text: sql, binds: Vec::new() }, vm)?
        }
    })
}

fn raise_options(options: &DialectOptions, vm: &VirtualMachine) -> PyResult {
    let dict = vm.ctx.new_dict();
    for (key, value) in options {
        dict.set_item(key.as_str(), raise_option(value, vm)?, vm)?;
    }
    Ok(dict.into())
}

fn has_table(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let (name, schema) = table_arguments(args, vm)?;
    Ok(new_bool(with(&this, |inspector| inspector.has_table(&name, schema.as_deref()), vm)?, vm))
}

/// Takes `name, schema=None, **kw` of the methods that look for something by its name.
fn has_named(
    this: &PyObject,
    args: FuncArgs,
    ask: impl Fn(&mut Inspector, &str, Option<&str>) -> limbeck_sql::Result<bool>,
    vm: &VirtualMachine,
) -> PyResult {
    let mut arguments = Arguments::new("Inspector", args, vm);
    let keys = ["sequence_name", "type_name"];
    let by_key = keys.into_iter().find_map(|key| arguments.keyword(key));
    let name = match by_key {
        Some(name) => name,
        None => arguments.required("name")?,
    };
    let schema = arguments.text("schema");
    arguments.rest_keywords();
    arguments.finish()?;
    let name = text_of(&name).unwrap_or_default();
    Ok(new_bool(with(this, |inspector| ask(inspector, &name, schema.as_deref()), vm)?, vm))
}

/// Takes `schema=None` of the methods that list named types; `*` is every schema.
fn named_types<T>(
    this: &PyObject,
    args: FuncArgs,
    ask: impl Fn(&mut Inspector, NamedTypeScope<'_>) -> limbeck_sql::Result<Vec<T>>,
    vm: &VirtualMachine,
) -> PyResult<Vec<T>> {
    let mut arguments = Arguments::new("Inspector", args, vm);
    let schema = arguments.text("schema");
    arguments.finish()?;
    let scope = match schema.as_deref() {
        None => NamedTypeScope::Visible,
        Some("*") => NamedTypeScope::All,
        Some(schema) => NamedTypeScope::Schema(schema),
    };
    with(this, |inspector| ask(inspector, scope), vm)
}

fn get_enums(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut result = Vec::new();
    for found in named_types(&this, args, Inspector::get_enums, vm)? {
        let dict = vm.ctx.new_dict();
        put(&dict, "name", new_text(&found.name, vm), vm)?;
        put(&dict, "schema", new_text(&found.schema, vm), vm)?;
        put(&dict, "visible", new_bool(found.visible, vm), vm)?;
        put(&dict, "labels", text_list(&found.labels, vm), vm)?;
        result.push(dict.into());
    }
    Ok(new_list(result, vm))
}

fn get_domains(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut result = Vec::new();
    for found in named_types(&this, args, Inspector::get_domains, vm)? {
        let dict = vm.ctx.new_dict();
        put(&dict, "name", new_text(&found.name, vm), vm)?;
        put(&dict, "schema", new_text(&found.schema, vm), vm)?;
        put(&dict, "visible", new_bool(found.visible, vm), vm)?;
        put(&dict, "type", new_text(&found.type_, vm), vm)?;
        put(&dict, "nullable", new_bool(found.nullable, vm), vm)?;
        put(&dict, "default", new_opt_text(found.default.as_ref(), vm), vm)?;
        put(&dict, "collation", new_opt_text(found.collation.as_ref(), vm), vm)?;
        put(&dict, "collation_schema", vm.ctx.none(), vm)?;
        let mut constraints = Vec::new();
        for (name, check) in &found.constraints {
            let constraint = vm.ctx.new_dict();
            put(&constraint, "name", new_text(name, vm), vm)?;
            put(&constraint, "check", new_text(check, vm), vm)?;
            constraints.push(constraint.into());
        }
        put(&dict, "constraints", new_list(constraints, vm), vm)?;
        result.push(dict.into());
    }
    Ok(new_list(result, vm))
}

fn has_schema(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = args.args.first().and_then(|name| text_of(name)).unwrap_or_default();
    Ok(new_bool(with(&this, |inspector| inspector.has_schema(&name), vm)?, vm))
}

fn has_index(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Inspector.has_index", args, vm);
    let name = arguments.text("table_name").unwrap_or_default();
    let index = arguments.text("index_name");
    let schema = arguments.text("schema");
    arguments.rest_keywords();
    arguments.finish()?;
    let found = with(&this, |inspector| inspector.get_indexes(&name, schema.as_deref()), vm)?;
    Ok(new_bool(found.iter().any(|known| known.name == index), vm))
}

/// Tells whether the database has comments, whose keys are then there even without one.
fn has_comments(this: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    with(this, |inspector| Ok(inspector.supports_comments()), vm)
}

/// Tells whether constraints have comments, whose keys are then there even without one.
fn has_constraint_comments(this: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    with(this, |inspector| Ok(inspector.supports_constraint_comments()), vm)
}

fn raise_identity(identity: &Identity, vm: &VirtualMachine) -> PyResult {
    let dict = vm.ctx.new_dict();
    for (name, flag) in
        [("always", identity.always), ("on_null", identity.on_null), ("cycle", identity.cycle)]
    {
        if let Some(flag) = flag {
            put(&dict, name, new_bool(flag, vm), vm)?;
        }
    }
    for (name, number) in [
        ("start", identity.start),
        ("increment", identity.increment),
        ("minvalue", identity.minvalue),
        ("maxvalue", identity.maxvalue),
        ("cache", identity.cache),
    ] {
        if let Some(number) = number {
            put(&dict, name, vm.ctx.new_int(number).into(), vm)?;
        }
    }
    Ok(dict.into())
}

fn get_columns(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let (name, schema) = table_arguments(args, vm)?;
    let comments = has_comments(&this, vm)?;
    let mut result = Vec::new();
    for column in with(&this, |inspector| inspector.get_columns(&name, schema.as_deref()), vm)? {
        let dict = vm.ctx.new_dict();
        put(&dict, "name", new_text(&column.name, vm), vm)?;
        put(&dict, "type", crate::raise::sql_type(&column.type_, vm)?, vm)?;
        put(&dict, "nullable", new_bool(column.nullable, vm), vm)?;
        put(&dict, "default", new_opt_text(column.default.as_ref(), vm), vm)?;
        if let Some(autoincrement) = column.autoincrement {
            put(&dict, "autoincrement", new_bool(autoincrement, vm), vm)?;
        }
        if let Some(position) = column.primary_key {
            put(&dict, "primary_key", vm.ctx.new_int(position).into(), vm)?;
        }
        if comments {
            put(&dict, "comment", new_opt_text(column.comment.as_ref(), vm), vm)?;
        }
        if let Some(computed) = &column.computed {
            let inner = vm.ctx.new_dict();
            put(&inner, "sqltext", new_text(&computed.sqltext, vm), vm)?;
            if let Some(persisted) = computed.persisted {
                put(&inner, "persisted", new_bool(persisted, vm), vm)?;
            }
            put(&dict, "computed", inner.into(), vm)?;
        }
        if let Some(identity) = &column.identity {
            put(&dict, "identity", raise_identity(identity, vm)?, vm)?;
        }
        for (key, value) in &column.dialect_options {
            put(&dict, key, raise_option(value, vm)?, vm)?;
        }
        result.push(dict.into());
    }
    Ok(new_list(result, vm))
}

fn get_pk_constraint(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let (name, schema) = table_arguments(args, vm)?;
    let key = with(&this, |inspector| inspector.get_pk_constraint(&name, schema.as_deref()), vm)?;
    let dict = vm.ctx.new_dict();
    put(&dict, "constrained_columns", text_list(&key.constrained_columns, vm), vm)?;
    put(&dict, "name", new_opt_text(key.name.as_ref(), vm), vm)?;
    if !key.constrained_columns.is_empty() && has_constraint_comments(&this, vm)? {
        put(&dict, "comment", new_opt_text(key.comment.as_ref(), vm), vm)?;
    }
    if !key.dialect_options.is_empty() {
        put(&dict, "dialect_options", raise_options(&key.dialect_options, vm)?, vm)?;
    }
    Ok(dict.into())
}

fn get_foreign_keys(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let (name, schema) = table_arguments(args, vm)?;
    let comments = has_constraint_comments(&this, vm)?;
    let mut result = Vec::new();
    for key in with(&this, |inspector| inspector.get_foreign_keys(&name, schema.as_deref()), vm)? {
        let dict = vm.ctx.new_dict();
        put(&dict, "name", new_opt_text(key.name.as_ref(), vm), vm)?;
        put(&dict, "constrained_columns", text_list(&key.constrained_columns, vm), vm)?;
        put(&dict, "referred_schema", new_opt_text(key.referred_schema.as_ref(), vm), vm)?;
        put(&dict, "referred_table", new_text(&key.referred_table, vm), vm)?;
        put(&dict, "referred_columns", text_list(&key.referred_columns, vm), vm)?;
        let options = vm.ctx.new_dict();
        for (option, value) in [
            ("ondelete", &key.options.ondelete),
            ("onupdate", &key.options.onupdate),
            ("initially", &key.options.initially),
            ("match", &key.options.match_),
        ] {
            if let Some(value) = value {
                put(&options, option, new_text(value, vm), vm)?;
            }
        }
        if let Some(deferrable) = key.options.deferrable {
            put(&options, "deferrable", new_bool(deferrable, vm), vm)?;
        }
        put(&dict, "options", options.into(), vm)?;
        if comments {
            put(&dict, "comment", new_opt_text(key.comment.as_ref(), vm), vm)?;
        }
        result.push(dict.into());
    }
    Ok(new_list(result, vm))
}

fn get_indexes(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let (name, schema) = table_arguments(args, vm)?;
    let mut result = Vec::new();
    for index in with(&this, |inspector| inspector.get_indexes(&name, schema.as_deref()), vm)? {
        let dict = vm.ctx.new_dict();
        put(&dict, "name", new_opt_text(index.name.as_ref(), vm), vm)?;
        let columns = index.column_names.iter().map(|name| new_opt_text(name.as_ref(), vm)).collect();
        put(&dict, "column_names", new_list(columns, vm), vm)?;
        put(&dict, "unique", new_bool(index.unique, vm), vm)?;
        if let Some(expressions) = &index.expressions {
            put(&dict, "expressions", text_list(expressions, vm), vm)?;
        }
        if let Some(constraint) = &index.duplicates_constraint {
            put(&dict, "duplicates_constraint", new_text(constraint, vm), vm)?;
        }
        if !index.column_sorting.is_empty() {
            let sorting = vm.ctx.new_dict();
            for (column, words) in &index.column_sorting {
                let words = words.iter().map(|word| new_text(word, vm)).collect();
                put(&sorting, column, new_tuple(words, vm), vm)?;
            }
            put(&dict, "column_sorting", sorting.into(), vm)?;
        }
        put(&dict, "dialect_options", raise_options(&index.dialect_options, vm)?, vm)?;
        result.push(dict.into());
    }
    Ok(new_list(result, vm))
}

fn get_unique_constraints(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let (name, schema) = table_arguments(args, vm)?;
    let comments = has_constraint_comments(&this, vm)?;
    let mut result = Vec::new();
    for unique in with(&this, |inspector| inspector.get_unique_constraints(&name, schema.as_deref()), vm)? {
        let dict = vm.ctx.new_dict();
        put(&dict, "name", new_opt_text(unique.name.as_ref(), vm), vm)?;
        put(&dict, "column_names", text_list(&unique.column_names, vm), vm)?;
        if comments {
            put(&dict, "comment", new_opt_text(unique.comment.as_ref(), vm), vm)?;
        }
        if let Some(index) = &unique.duplicates_index {
            put(&dict, "duplicates_index", new_text(index, vm), vm)?;
        }
        if !unique.dialect_options.is_empty() {
            put(&dict, "dialect_options", raise_options(&unique.dialect_options, vm)?, vm)?;
        }
        result.push(dict.into());
    }
    Ok(new_list(result, vm))
}

fn get_check_constraints(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let (name, schema) = table_arguments(args, vm)?;
    let comments = has_constraint_comments(&this, vm)?;
    let mut result = Vec::new();
    for check in with(&this, |inspector| inspector.get_check_constraints(&name, schema.as_deref()), vm)? {
        let dict = vm.ctx.new_dict();
        put(&dict, "sqltext", new_text(&check.sqltext, vm), vm)?;
        put(&dict, "name", new_opt_text(check.name.as_ref(), vm), vm)?;
        if comments {
            put(&dict, "comment", new_opt_text(check.comment.as_ref(), vm), vm)?;
        }
        if !check.dialect_options.is_empty() {
            put(&dict, "dialect_options", raise_options(&check.dialect_options, vm)?, vm)?;
        }
        result.push(dict.into());
    }
    Ok(new_list(result, vm))
}

fn get_table_comment(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let (name, schema) = table_arguments(args, vm)?;
    let comment = with(&this, |inspector| inspector.get_table_comment(&name, schema.as_deref()), vm)?;
    let dict = vm.ctx.new_dict();
    put(&dict, "text", new_opt_text(comment, vm), vm)?;
    Ok(dict.into())
}

fn get_table_options(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let (name, schema) = table_arguments(args, vm)?;
    let options = with(&this, |inspector| inspector.get_table_options(&name, schema.as_deref()), vm)?;
    raise_options(&options, vm)
}

fn get_view_definition(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Inspector.get_view_definition", args, vm);
    let name = arguments.text("view_name").unwrap_or_default();
    let schema = arguments.text("schema");
    arguments.rest_keywords();
    arguments.finish()?;
    let definition = with(&this, |inspector| inspector.get_view_definition(&name, schema.as_deref()), vm)?;
    Ok(new_text(definition, vm))
}

fn reflect_table_method(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Inspector.reflect_table", args, vm);
    let given = arguments.required("table")?;
    let include_columns = arguments.optional("include_columns");
    arguments.rest();
    arguments.rest_keywords();
    arguments.finish()?;
    fill(&given, &this, include_columns.as_deref(), vm)?;
    object::none(vm)
}

/// Gives the names of the tables (and views) that a bind's database has.
pub(crate) fn table_names(
    bind: &PyObject,
    schema: Option<&PyObject>,
    views: bool,
    vm: &VirtualMachine,
) -> PyResult<Vec<String>> {
    let inspector = inspect(bind, vm)?;
    let schema = schema.and_then(text_of);
    let mut names = with(&inspector, |inspector| inspector.get_table_names(schema.as_deref()), vm)?;
    if views {
        names.extend(with(&inspector, |inspector| inspector.get_view_names(schema.as_deref()), vm)?);
    }
    Ok(names)
}

/// Fills a `Table` object with what the database has under its name.
///
/// # Errors
/// `NoSuchTableError` when it has nothing.
pub(crate) fn reflect_table(
    given: &PyObject,
    bind: &PyObject,
    include_columns: Option<&PyObject>,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let inspector = if is_a(bind, "Inspector") { bind.to_owned() } else { inspect(bind, vm)? };
    fill(given, &inspector, include_columns, vm)
}

fn call(
    class: &str,
    args: Vec<PyObjectRef>,
    keywords: Vec<(&str, PyObjectRef)>,
    vm: &VirtualMachine,
) -> PyResult {
    let keywords = keywords.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    class_object(class).call(FuncArgs::new(args, KwArgs::new(keywords)), vm)
}

fn fill(
    given: &PyObject,
    inspector: &PyObject,
    include_columns: Option<&PyObject>,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let name = get_text(given, "name", vm)?.unwrap_or_default();
    let schema = get_text(given, "schema", vm)?;
    let schema = schema.as_deref();
    let wanted: Option<Vec<String>> = include_columns
        .map(|columns| {
            items(columns, vm).map(|columns| columns.iter().filter_map(|name| text_of(name)).collect())
        })
        .transpose()?;
    let is_wanted = |column: &String| wanted.as_ref().is_none_or(|wanted| wanted.contains(column));
    let key = with(inspector, |inspector| inspector.get_pk_constraint(&name, schema), vm)?;
    for column in with(inspector, |inspector| inspector.get_columns(&name, schema), vm)? {
        if !is_wanted(&column.name) {
            continue;
        }
        let mut args = vec![new_text(&column.name, vm), crate::raise::sql_type(&column.type_, vm)?];
        if let Some(computed) = &column.computed {
            let persisted = computed.persisted.map_or_else(|| vm.ctx.none(), |flag| new_bool(flag, vm));
            args.push(call("Computed", vec![new_text(&computed.sqltext, vm), persisted], vec![], vm)?);
        }
        let mut keywords = vec![
            ("nullable", new_bool(column.nullable, vm)),
            ("primary_key", new_bool(key.constrained_columns.contains(&column.name), vm)),
            ("comment", new_opt_text(column.comment.as_ref(), vm)),
        ];
        if let (Some(default), None) = (&column.default, &column.computed) {
            let text = element(Node::Text { text: default.clone(), binds: Vec::new() }, vm)?;
            keywords.push(("server_default", text));
        }
        let column = call("Column", args, keywords, vm)?;
        table::append_column(given, &column, true, vm)?;
    }
    if let Some(name) = &key.name {
        set(&*get(given, "primary_key", vm)?, "name", new_text(name, vm), vm)?;
    }
    let texts = |texts: &[String]| text_list(texts, vm);
    for key in with(inspector, |inspector| inspector.get_foreign_keys(&name, schema), vm)? {
        if !key.constrained_columns.iter().all(is_wanted) {
            continue;
        }
        let table = match &key.referred_schema {
            Some(schema) => format!("{schema}.{}", key.referred_table),
            None => key.referred_table.clone(),
        };
        let referred: Vec<String> =
            key.referred_columns.iter().map(|column| format!("{table}.{column}")).collect();
        let mut keywords = vec![("name", new_opt_text(key.name.as_ref(), vm))];
        for (option, value) in [
            ("ondelete", &key.options.ondelete),
            ("onupdate", &key.options.onupdate),
            ("initially", &key.options.initially),
            ("match", &key.options.match_),
        ] {
            keywords.push((option, new_opt_text(value.as_ref(), vm)));
        }
        if let Some(deferrable) = key.options.deferrable {
            keywords.push(("deferrable", new_bool(deferrable, vm)));
        }
        let args = vec![texts(&key.constrained_columns), texts(&referred)];
        constraint::attach(&*call("ForeignKeyConstraint", args, keywords, vm)?, given, vm)?;
    }
    for index in with(inspector, |inspector| inspector.get_indexes(&name, schema), vm)? {
        // What stands for an expression has no column name; it cannot be made again without its text.
        let columns: Option<Vec<String>> = index.column_names.iter().cloned().collect();
        let Some(columns) = columns.filter(|columns| columns.iter().all(is_wanted)) else { continue };
        let mut args = vec![new_opt_text(index.name.as_ref(), vm)];
        args.extend(columns.iter().map(|column| new_text(column, vm)));
        let mut keywords = vec![("unique", new_bool(index.unique, vm))];
        for (option, value) in &index.dialect_options {
            keywords.push((option.as_str(), raise_option(value, vm)?));
        }
        constraint::attach(&*call("Index", args, keywords, vm)?, given, vm)?;
    }
    for unique in with(inspector, |inspector| inspector.get_unique_constraints(&name, schema), vm)? {
        if unique.duplicates_index.is_some() || !unique.column_names.iter().all(is_wanted) {
            continue;
        }
        let args = unique.column_names.iter().map(|column| new_text(column, vm)).collect();
        let keywords = vec![("name", new_opt_text(unique.name.as_ref(), vm))];
        constraint::attach(&*call("UniqueConstraint", args, keywords, vm)?, given, vm)?;
    }
    for check in with(inspector, |inspector| inspector.get_check_constraints(&name, schema), vm)? {
        let keywords = vec![("name", new_opt_text(check.name.as_ref(), vm))];
        constraint::attach(
            &*call("CheckConstraint", vec![new_text(&check.sqltext, vm)], keywords, vm)?,
            given,
            vm,
        )?;
    }
    Ok(())
}
