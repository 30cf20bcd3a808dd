//! `Table`.

use limbeck_sql::schema::NamedObject;
use rustpython_vm::builtins::PyTypeRef;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::{MODULE, constraint, ddl, foreign_key, new_set, not_an_item, quoted, set_dialect_keywords};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::engine::inspector::reflect_table;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, class_object, get, get_bool, get_some, get_text, instance_of, is_a, items,
    method, new_bool, new_list, new_text, own, repr, set, text_of,
};
use crate::modules::sqlalchemy::sql::collection;
use crate::modules::sqlalchemy::sql::elements::clause_element;

pub(crate) const CLASSES: &[ClassDef] = &[ClassDef {
    name: "Table",
    module: MODULE,
    bases: &["SchemaItem", "TableClause"],
    members: &[
        ("__new__", Member::Static(new)),
        ("__init__", method(|_, _, vm| object::none(vm))),
        ("__repr__", method(table_repr)),
        ("append_column", method(append_column_method)),
        ("append_constraint", method(append_constraint)),
        ("to_metadata", method(to_metadata)),
        ("tometadata", method(to_metadata)),
        ("foreign_key_constraints", Member::Get(foreign_key_constraints)),
        ("create", method(ddl::create_table)),
        ("drop", method(ddl::drop_table)),
        ("__class_getitem__", Member::Class(|this, _, _| Ok(this))),
    ],
}];

/// `Table(name, metadata, *items, **options)`: makes a table, or gives the one that the `MetaData` has already.
fn new(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Table", args, vm);
    let class: PyTypeRef = arguments.required("cls")?.try_into_value(vm)?;
    let mut given = arguments.rest();
    if given.len() < 2 {
        return Err(
            vm.new_type_error("Table() takes at least two positional-only arguments 'name', and 'metadata'")
        );
    }
    let name = given.remove(0);
    let metadata = given.remove(0);
    if !is_a(&metadata, "MetaData") {
        let shown = repr(&metadata, vm)?;
        return Err(exc::argument(
            format!("a MetaData object is expected as second argument, got {shown}"),
            vm,
        ));
    }
    let blank = class_object("BLANK_SCHEMA");
    let schema = match arguments.keyword_value("schema") {
        Some(schema) if schema.is(&blank) => None,
        Some(schema) if !vm.is_none(&schema) => Some(schema),
        _ => get_some(&metadata, "schema", vm)?,
    };
    let keep_existing = arguments.flag("keep_existing", false)?;
    let extend_existing = arguments.flag("extend_existing", false)?;
    let text = text_of(&name).unwrap_or_default();
    let key = match schema.as_ref().and_then(|schema| text_of(schema)) {
        Some(schema) => format!("{schema}.{text}"),
        None => text.clone(),
    };
    let tables = get(&metadata, "tables", vm)?;
    let existing = tables.get_item(key.as_str(), vm).ok();
    if let Some(existing) = &existing {
        if !keep_existing && !extend_existing && !given.is_empty() {
            return Err(exc::invalid_request(
                format!(
                    "Table '{key}' is already defined for this MetaData instance.  Specify 'extend_existing=True' to \
                     redefine options and columns on an existing Table object."
                ),
                vm,
            ));
        }
        if !extend_existing {
            return Ok(existing.clone());
        }
    }
    let table = match &existing {
        Some(existing) => existing.clone(),
        None => instance_of(class, vm)?,
    };
    let quote = arguments.keyword("quote");
    let quote_schema = arguments.keyword("quote_schema");
    if existing.is_none() {
        set(&table, "name", quoted(name, quote, vm)?, vm)?;
        let schema = match schema {
            Some(schema) => quoted(schema, quote_schema, vm)?,
            None => vm.ctx.none(),
        };
        set(&table, "schema", schema, vm)?;
        set(&table, "key", new_text(&key, vm), vm)?;
        set(&table, "metadata", metadata.clone(), vm)?;
        for attribute in ["constraints", "indexes", "foreign_keys"] {
            set(&table, attribute, new_set(vm)?, vm)?;
        }
        let columns = collection::new(vm)?;
        set(&table, "c", columns.clone(), vm)?;
        set(&table, "columns", columns, vm)?;
        constraint::new_primary_key(&table, vm)?;
    }
    let comment = arguments.keyword("comment");
    if existing.is_none() || comment.is_some() {
        set(&table, "comment", comment.unwrap_or_else(|| vm.ctx.none()), vm)?;
    }
    if let Some(info) = arguments.keyword("info") {
        set(&table, "info", info, vm)?;
    }
    let prefixes = arguments.keyword("prefixes").map_or(Ok(Vec::new()), |prefixes| items(&prefixes, vm))?;
    set(&table, "_prefixes", new_list(prefixes, vm), vm)?;
    let autoload_with = arguments.keyword("autoload_with");
    let autoload = arguments.flag("autoload", false)?;
    let include_columns = arguments.keyword("include_columns");
    for ignored in [
        "autoload_replace",
        "resolve_fks",
        "implicit_returning",
        "listeners",
        "_extend_on",
        "_no_init",
        "_creator_ddl",
        "_dropper_ddl",
        "must_exist",
        "mustexist",
    ] {
        arguments.keyword_value(ignored);
    }
    if autoload && autoload_with.is_none() {
        return Err(exc::not_provided("Table(autoload=True) without autoload_with", vm));
    }
    set_dialect_keywords(&table, arguments.rest_keywords(), vm)?;
    arguments.finish()?;
    if existing.is_none() {
        tables.set_item(key.as_str(), table.clone(), vm)?;
    }
    let filled = fill(&table, autoload_with, include_columns, &given, extend_existing, vm);
    if let Err(raised) = filled {
        // A table that could not be made is not in its MetaData either.
        if existing.is_none() {
            tables.del_item(key.as_str(), vm)?;
        }
        return Err(raised);
    }
    Ok(table)
}

fn fill(
    table: &PyObject,
    autoload_with: Option<PyObjectRef>,
    include_columns: Option<PyObjectRef>,
    given: &[PyObjectRef],
    replace: bool,
    vm: &VirtualMachine,
) -> PyResult<()> {
    // Columns given beside reflection go before those of the database.
    if let Some(bind) = autoload_with {
        reflect_table(table, &bind, include_columns.as_deref(), vm)?;
        return append_items(table, given, true, vm);
    }
    append_items(table, given, replace, vm)
}

/// Adds the items of a table: columns first, then what refers to them, as the table's own order asks for.
fn append_items(table: &PyObject, given: &[PyObjectRef], replace: bool, vm: &VirtualMachine) -> PyResult<()> {
    let mut flat = Vec::new();
    for item in given {
        if object::is_list(item, vm) {
            flat.extend(items(item, vm)?);
        } else if !vm.is_none(item) {
            flat.push(clause_element(item, vm)?);
        }
    }
    for item in &flat {
        if is_a(item, "Column") {
            append_column(table, item, replace, vm)?;
        } else if is_a(item, "Constraint") || is_a(item, "Index") {
            // Taken below, when all columns are there.
        } else {
            return Err(not_an_item(item, vm));
        }
    }
    for item in &flat {
        if !is_a(item, "Column") {
            constraint::attach(item, table, vm)?;
        }
    }
    Ok(())
}

/// Adds one column: its foreign keys, flags and constraints take effect on the table.
pub(crate) fn append_column(
    table: &PyObject,
    column: &PyObject,
    replace: bool,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let Some(name) = get_text(column, "name", vm)?.filter(|name| !name.is_empty()) else {
        return Err(exc::argument(
            "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table.",
            vm,
        ));
    };
    if let Some(other) = own(column, "table", vm)
        && !other.is(table)
    {
        let other = get_text(&other, "description", vm)?.unwrap_or_default();
        return Err(exc::argument(format!("Column object '{name}' already assigned to Table '{other}'"), vm));
    }
    if own(column, "key", vm).is_none() {
        set(column, "key", new_text(&name, vm), vm)?;
    }
    let columns = get(table, "c", vm)?;
    let key = get_text(column, "key", vm)?.unwrap_or_else(|| name.clone());
    if let Some(existing) = collection::find(&columns, &key) {
        if existing.is(column) {
            return Ok(());
        }
        if !replace {
            let table = get_text(table, "description", vm)?.unwrap_or_default();
            return Err(exc::error(
                "DuplicateColumnError",
                format!("A column with name '{name}' is already present in table '{table}'."),
                vm,
            ));
        }
        forget_column(table, &existing, vm)?;
    }
    set(column, "table", table.to_owned(), vm)?;
    collection::add(&columns, Some(key), column.to_owned(), vm)?;
    if get_bool(column, "primary_key", vm)? {
        let primary_key = get(table, "primary_key", vm)?;
        vm.call_method(&*get(&primary_key, "_columns", vm)?, "append", (column.to_owned(),))?;
    }
    let unique = get_bool(column, "unique", vm)?;
    if get_bool(column, "index", vm)? {
        let index = class_object("Index").call((vm.ctx.none(), column.to_owned()), vm)?;
        set(&index, "unique", new_bool(unique, vm), vm)?;
        set(&index, "_column_flag", new_bool(true, vm), vm)?;
        name_index(&index, table, vm)?;
    } else if unique {
        let made = class_object("UniqueConstraint").call((column.to_owned(),), vm)?;
        set(&made, "_column_flag", new_bool(true, vm), vm)?;
    }
    for item in items(&*get(column, "foreign_keys", vm)?, vm)? {
        foreign_key::attach(&item, table, vm)?;
    }
    for item in items(&*get(column, "constraints", vm)?, vm)? {
        constraint::attach(&item, table, vm)?;
    }
    take_referred_type(column, vm)?;
    if let Some(default) = own(column, "default", vm)
        && is_a(&default, "Sequence")
        && let Some(metadata) = own(table, "metadata", vm)
    {
        super::defaults::register_sequence(&default, &metadata, vm)?;
    }
    if let Some(pending) = own(column, "_pending", vm) {
        for item in items(&pending, vm)? {
            if own(&item, "table", vm).is_none() {
                constraint::attach(&item, table, vm)?;
            }
        }
        set(column, "_pending", new_list(Vec::new(), vm), vm)?;
    }
    Ok(())
}

/// Gives the index of a column's `index` flag the name that the naming convention makes.
fn name_index(index: &PyObject, table: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let Some(metadata) = own(table, "metadata", vm) else { return Ok(()) };
    let convention = crate::lower::naming_convention(&metadata, vm)?;
    let lowered = crate::lower::index(index, vm)?;
    let schema = get_text(table, "schema", vm)?;
    let name = get_text(table, "name", vm)?.unwrap_or_default();
    let resolved = convention.resolve(&NamedObject::index(&lowered), schema.as_deref(), &name, None);
    if let Some(resolved) = resolved.map_err(|error| exc::from_sql(&error, vm))? {
        let name = class_object("conv").call((new_text(resolved.name.as_str(), vm),), vm)?;
        set(index, "name", name, vm)?;
    }
    Ok(())
}

/// A column without a type takes that of the column it refers to, when its table is there already.
fn take_referred_type(column: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    if !is_a(&*get(column, "type", vm)?, "NullType") {
        return Ok(());
    }
    for item in items(&*get(column, "foreign_keys", vm)?, vm)? {
        if let Some(referred) = foreign_key::resolve(&item, vm)?
            && !referred.is(column)
        {
            set(column, "type", get(&referred, "type", vm)?, vm)?;
        }
    }
    Ok(())
}

/// Takes a column out, with what it brought along.
fn forget_column(table: &PyObject, column: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    collection::remove(&*get(table, "c", vm)?, column);
    let primary_key = get(table, "primary_key", vm)?;
    let kept = items(&*get(&primary_key, "_columns", vm)?, vm)?;
    let kept = kept.into_iter().filter(|entry| !entry.is(column)).collect();
    set(&primary_key, "_columns", new_list(kept, vm), vm)?;
    for item in items(&*get(column, "foreign_keys", vm)?, vm)? {
        vm.call_method(&*get(table, "foreign_keys", vm)?, "discard", (item.clone(),))?;
        if let Some(made) = own(&item, "constraint", vm) {
            vm.call_method(&*get(table, "constraints", vm)?, "discard", (made,))?;
        }
    }
    set(column, "table", vm.ctx.none(), vm)
}

fn append_column_method(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Table.append_column", args, vm);
    let column = clause_element(&*arguments.required("column")?, vm)?;
    let replace = arguments.flag("replace_existing", false)?;
    arguments.finish()?;
    if !is_a(&column, "Column") {
        return Err(not_an_item(&column, vm));
    }
    append_column(&this, &column, replace, vm)?;
    object::none(vm)
}

fn append_constraint(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Table.append_constraint", args, vm);
    let given = arguments.required("constraint")?;
    arguments.finish()?;
    if !is_a(&given, "Constraint") && !is_a(&given, "Index") {
        return Err(not_an_item(&given, vm));
    }
    constraint::attach(&given, &this, vm)?;
    object::none(vm)
}

fn foreign_key_constraints(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let found = new_set(vm)?;
    for item in items(&*get(&this, "constraints", vm)?, vm)? {
        if is_a(&item, "ForeignKeyConstraint") {
            vm.call_method(&found, "add", (item,))?;
        }
    }
    Ok(found)
}

/// Makes a copy of the table in another `MetaData`.
fn to_metadata(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Table.to_metadata", args, vm);
    let metadata = arguments.required("metadata")?;
    let schema = arguments.given_value("schema");
    arguments.keyword("referred_schema_fn");
    let name = arguments.keyword("name");
    arguments.finish()?;
    let retain = class_object("RETAIN_SCHEMA");
    let schema = match schema {
        Some(schema) if schema.is(&retain) => own(&this, "schema", vm),
        Some(schema) if vm.is_none(&schema) => get_some(&metadata, "schema", vm)?,
        Some(schema) => Some(schema),
        None => own(&this, "schema", vm),
    };
    let name = match name {
        Some(name) => name,
        None => get(&this, "name", vm)?,
    };
    let mut call = FuncArgs::new(vec![name, metadata], rustpython_vm::function::KwArgs::default());
    for column in collection::columns(&*get(&this, "c", vm)?) {
        call.args.push(super::column::copy(&column, vm)?);
    }
    for attribute in ["constraints", "indexes"] {
        for item in items(&*get(&this, attribute, vm)?, vm)? {
            if own(&item, "_column_flag", vm).is_none() {
                call.args.push(constraint::copy_of(&item, vm)?);
            }
        }
    }
    call.kwargs.insert("schema".to_owned(), schema.unwrap_or_else(|| vm.ctx.none()));
    call.kwargs.insert("comment".to_owned(), get(&this, "comment", vm)?);
    for (name, value) in object::pairs(&*get(&this, "dialect_kwargs", vm)?, vm)? {
        call.kwargs.insert(name, value);
    }
    class_object("Table").call(call, vm)
}

fn table_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut parts = vec![repr(&*get(&this, "name", vm)?, vm)?, repr(&*get(&this, "metadata", vm)?, vm)?];
    for column in collection::columns(&*get(&this, "c", vm)?) {
        parts.push(repr(&column, vm)?);
    }
    parts.push(format!("schema={}", repr(&*get(&this, "schema", vm)?, vm)?));
    Ok(new_text(format!("Table({})", parts.join(", ")), vm))
}
