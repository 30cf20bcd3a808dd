//! `ForeignKey`: what a single column refers to.

use limbeck_sql::schema::Identifier;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::{MODULE, number, set_dialect_keywords};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, get, get_some, get_text, instance, is_a, method, new_bool, new_list,
    new_opt_text, new_text, own, repr, set, text_of,
};
use crate::modules::sqlalchemy::sql::collection;
use crate::modules::sqlalchemy::sql::elements::clause_element;

pub(crate) const CLASSES: &[ClassDef] = &[ClassDef {
    name: "ForeignKey",
    module: MODULE,
    bases: &["SchemaItem"],
    members: &[
        ("__init__", method(init)),
        ("__repr__", method(foreign_key_repr)),
        ("target_fullname", Member::Get(|this, vm| Ok(new_text(full_name(&this, vm)?, vm)))),
        ("column", Member::Get(column)),
        ("parent", Member::Value(|vm| vm.ctx.none())),
        ("constraint", Member::Value(|vm| vm.ctx.none())),
        ("references", method(references)),
        ("get_referent", method(|_, _, vm| Err(exc::not_provided("ForeignKey.get_referent()", vm)))),
    ],
}];

/// The attributes that the constraint of a foreign key takes over.
pub(crate) const OPTIONS: &[&str] =
    &["use_alter", "name", "onupdate", "ondelete", "deferrable", "initially", "link_to_name", "match"];

fn init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("ForeignKey.__init__", args, vm);
    let column = clause_element(&*arguments.required("column")?, vm)?;
    if text_of(&column).is_none() && !is_a(&column, "ColumnClause") && !column.is_callable() {
        let shown = repr(&column, vm)?;
        return Err(exc::argument(
            format!(
                "String column name or Column object for DDL foreign key constraint expected, got {shown}."
            ),
            vm,
        ));
    }
    set(&this, "_colspec", column, vm)?;
    let constraint = arguments.optional("_constraint");
    set(&this, "constraint", constraint.unwrap_or_else(|| vm.ctx.none()), vm)?;
    for option in OPTIONS {
        let default = if *option == "use_alter" { new_bool(false, vm) } else { vm.ctx.none() };
        set(&this, option, arguments.optional(option).unwrap_or(default), vm)?;
    }
    if let Some(info) = arguments.optional("info") {
        set(&this, "info", info, vm)?;
    }
    set(&this, "comment", arguments.optional("comment").unwrap_or_else(|| vm.ctx.none()), vm)?;
    arguments.optional("_unresolvable");
    set_dialect_keywords(&this, arguments.rest_keywords(), vm)?;
    arguments.finish()?;
    number(&this, vm)?;
    object::none(vm)
}

/// Makes the element of a `ForeignKeyConstraint` for one referred column.
pub(crate) fn new(column: PyObjectRef, constraint: &PyObject, vm: &VirtualMachine) -> PyResult {
    let element = object::class_object("ForeignKey").call((column,), vm)?;
    set(&element, "constraint", constraint.to_owned(), vm)?;
    for option in OPTIONS {
        set(&element, option, get(constraint, option, vm)?, vm)?;
    }
    Ok(element)
}

/// Gives schema, table and column that a foreign key refers to; the column is `None` when only a table is named.
pub(crate) fn reference(
    this: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<(Option<Identifier>, Identifier, Option<Identifier>)> {
    let mut given = get(this, "_colspec", vm)?;
    if text_of(&given).is_none() && !is_a(&given, "ColumnClause") && given.is_callable() {
        given = clause_element(&*given.call((), vm)?, vm)?;
    }
    if let Some(text) = text_of(&given) {
        let mut parts: Vec<&str> = text.split('.').collect();
        let column = if parts.len() > 1 { parts.pop() } else { None };
        let table = parts.pop().unwrap_or_default();
        let schema = if parts.is_empty() { inherited_schema(this, vm)? } else { Some(parts.join(".")) };
        return Ok((schema.map(Identifier::new), Identifier::new(table), column.map(Identifier::new)));
    }
    let Some(table) = own(&given, "table", vm) else {
        let shown = repr(&given, vm)?;
        return Err(exc::argument(
            format!("ForeignKey refers to the column {shown}, which belongs to no table yet"),
            vm,
        ));
    };
    Ok((
        crate::lower::opt_identifier(get_some(&table, "schema", vm)?.as_deref(), vm)?,
        crate::lower::identifier(&*get(&table, "name", vm)?, vm)?,
        Some(crate::lower::identifier(&*get(&given, "name", vm)?, vm)?),
    ))
}

/// The schema of a reference that names none is the one of the `MetaData`.
fn inherited_schema(this: &PyObject, vm: &VirtualMachine) -> PyResult<Option<String>> {
    let mut table = own(this, "parent", vm).and_then(|parent| own(&parent, "table", vm));
    if table.is_none() {
        table = own(this, "constraint", vm).and_then(|constraint| own(&constraint, "table", vm));
    }
    let Some(table) = table else { return Ok(None) };
    match get_some(&table, "metadata", vm)? {
        Some(metadata) => get_text(&metadata, "schema", vm),
        None => Ok(None),
    }
}

/// Gives the key of the referred table in its `MetaData`, and the referred column's key.
pub(crate) fn target(this: &PyObject, vm: &VirtualMachine) -> PyResult<(String, Option<String>)> {
    let (schema, table, column) = reference(this, vm)?;
    let key = match schema {
        Some(schema) => format!("{schema}.{table}"),
        None => table.as_str().to_owned(),
    };
    Ok((key, column.map(|column| column.as_str().to_owned())))
}

fn full_name(this: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    if let Some(text) = text_of(&*get(this, "_colspec", vm)?) {
        return Ok(match inherited_schema(this, vm)? {
            Some(schema) if text.split('.').count() <= 2 => format!("{schema}.{text}"),
            _ => text,
        });
    }
    let (table, column) = target(this, vm)?;
    Ok(match column {
        Some(column) => format!("{table}.{column}"),
        None => table,
    })
}

/// Finds the referred column, when its table is known.
pub(crate) fn resolve(this: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let given = get(this, "_colspec", vm)?;
    if is_a(&given, "ColumnClause") {
        return Ok(Some(given));
    }
    let Some(parent) = own(this, "parent", vm) else { return Ok(None) };
    let Some(table) = own(&parent, "table", vm) else { return Ok(None) };
    let Some(metadata) = get_some(&table, "metadata", vm)? else { return Ok(None) };
    let (key, column) = target(this, vm)?;
    let tables = get(&metadata, "tables", vm)?;
    let Ok(referred) = tables.get_item(key.as_str(), vm) else { return Ok(None) };
    // A reference to a table means the column of the same name there.
    let column = match column {
        Some(column) => column,
        None => get_text(&parent, "key", vm)?.unwrap_or_default(),
    };
    let columns = get(&referred, "c", vm)?;
    Ok(collection::find(&columns, &column))
}

fn column(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    if let Some(found) = resolve(&this, vm)? {
        return Ok(found);
    }
    let (table, name) = target(&this, vm)?;
    let parent = own(&this, "parent", vm);
    let shown = match &parent {
        Some(parent) => {
            let column = get_text(parent, "name", vm)?.unwrap_or_default();
            let owner = own(parent, "table", vm);
            let owner = owner.map(|owner| get_text(&owner, "name", vm)).transpose()?.flatten();
            owner.map_or_else(|| column.clone(), |owner| format!("{owner}.{column}"))
        }
        None => String::new(),
    };
    Err(exc::error(
        "NoReferencedTableError",
        format!(
            "Foreign key associated with column '{shown}' could not find table '{table}' with which to generate a \
             foreign key to target column '{}'",
            name.unwrap_or_else(|| "None".to_owned())
        ),
        vm,
    ))
}

fn references(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(table) = args.args.first() else { return Ok(new_bool(false, vm)) };
    let (key, _) = target(&this, vm)?;
    Ok(new_bool(get_text(table, "key", vm)?.as_deref() == Some(&key), vm))
}

/// Makes the constraint of a column's foreign key, once the column has its table.
pub(crate) fn attach(this: &PyObject, table: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    vm.call_method(&*get(table, "foreign_keys", vm)?, "add", (this.to_owned(),))?;
    if own(this, "constraint", vm).is_some() {
        return Ok(());
    }
    let constraint = instance("ForeignKeyConstraint", vm)?;
    number(&constraint, vm)?;
    for option in OPTIONS {
        set(&constraint, option, get(this, option, vm)?, vm)?;
    }
    set(&constraint, "comment", get(this, "comment", vm)?, vm)?;
    set(&constraint, "dialect_kwargs", get(this, "dialect_kwargs", vm)?, vm)?;
    let parent = get(this, "parent", vm)?;
    set(&constraint, "_columns", new_list(vec![parent.clone()], vm), vm)?;
    set(&constraint, "elements", new_list(vec![this.to_owned()], vm), vm)?;
    set(&constraint, "_column_flag", new_bool(true, vm), vm)?;
    set(this, "constraint", constraint.clone(), vm)?;
    super::constraint::attach(&constraint, table, vm)
}

fn foreign_key_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = new_opt_text(Some(full_name(&this, vm)?), vm);
    Ok(new_text(format!("ForeignKey({})", repr(&name, vm)?), vm))
}
