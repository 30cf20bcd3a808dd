//! Constraints of tables, and indexes.

use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::{MODULE, ddl, foreign_key, number, quoted, repr_text, set_dialect_keywords};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, class_name, get, get_bool, get_text, is_a, items, method, new_bool, new_list,
    own, repr, set, text_of,
};
use crate::modules::sqlalchemy::sql::collection;
use crate::modules::sqlalchemy::sql::elements::{Node, clause_element, columns_in, element, is_clause};

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "Constraint",
        module: MODULE,
        bases: &["SchemaItem"],
        members: &[
            ("__init__", method(constraint_init)),
            ("copy", method(copy)),
            ("_copy", method(copy)),
            ("ddl_if", method(|_, _, vm| Err(exc::not_provided("Constraint.ddl_if()", vm)))),
            ("name", Member::Value(|vm| vm.ctx.none())),
            ("deferrable", Member::Value(|vm| vm.ctx.none())),
            ("initially", Member::Value(|vm| vm.ctx.none())),
            ("comment", Member::Value(|vm| vm.ctx.none())),
            ("table", Member::Get(no_table)),
            ("__contains__", method(contains)),
        ],
    },
    ClassDef { name: "ColumnCollectionMixin", module: MODULE, bases: &[], members: &[] },
    ClassDef {
        name: "ColumnCollectionConstraint",
        module: MODULE,
        bases: &["ColumnCollectionMixin", "Constraint"],
        members: &[
            ("__init__", method(columns_init)),
            ("__repr__", method(columns_repr)),
            ("__iter__", method(|this, _, vm| get(&this, "columns", vm)?.get_iter(vm).map(Into::into))),
            (
                "__len__",
                method(|this, _, vm| Ok(vm.ctx.new_int(get(&this, "columns", vm)?.length(vm)?).into())),
            ),
            ("columns", Member::Get(columns)),
            ("c", Member::Get(columns)),
            ("contains_column", method(contains_column)),
        ],
    },
    ClassDef {
        name: "UniqueConstraint",
        module: MODULE,
        bases: &["ColumnCollectionConstraint"],
        members: &[],
    },
    ClassDef {
        name: "PrimaryKeyConstraint",
        module: MODULE,
        bases: &["ColumnCollectionConstraint"],
        members: &[],
    },
    ClassDef {
        name: "CheckConstraint",
        module: MODULE,
        bases: &["ColumnCollectionConstraint"],
        members: &[("__init__", method(check_init)), ("__repr__", method(check_repr))],
    },
    ClassDef {
        name: "ForeignKeyConstraint",
        module: MODULE,
        bases: &["ColumnCollectionConstraint"],
        members: &[
            ("__init__", method(foreign_key_init)),
            ("referred_table", Member::Get(referred_table)),
            ("column_keys", Member::Get(column_keys)),
            ("onupdate", Member::Value(|vm| vm.ctx.none())),
            ("ondelete", Member::Value(|vm| vm.ctx.none())),
        ],
    },
    ClassDef {
        name: "Index",
        module: MODULE,
        bases: &["ColumnCollectionMixin", "SchemaItem"],
        members: &[
            ("__init__", method(index_init)),
            ("__repr__", method(index_repr)),
            ("columns", Member::Get(columns)),
            ("c", Member::Get(columns)),
            ("expressions", Member::Get(expressions)),
            ("table", Member::Value(|vm| vm.ctx.none())),
            ("create", method(|this, args, vm| ddl::index_ddl(&this, args, false, vm))),
            ("drop", method(|this, args, vm| ddl::index_ddl(&this, args, true, vm))),
        ],
    },
];

fn no_table(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let _ = this;
    Err(exc::invalid_request(
        "This constraint is not bound to a table.  Did you mean to call table.append_constraint(constraint) ?",
        vm,
    ))
}

/// Takes the arguments that all constraints share.
pub(super) fn common(this: &PyObject, arguments: &mut Arguments<'_>, vm: &VirtualMachine) -> PyResult<()> {
    for option in ["name", "deferrable", "initially", "comment"] {
        let value = arguments.keyword(option).unwrap_or_else(|| vm.ctx.none());
        set(this, option, value, vm)?;
    }
    if let Some(info) = arguments.keyword("info") {
        set(this, "info", info, vm)?;
    }
    for ignored in [
        "_create_rule",
        "_type_bound",
        "_column_flag",
        "_autoattach",
        "_implicit_generated",
        "_gather_expressions",
    ] {
        arguments.keyword_value(ignored);
    }
    number(this, vm)?;
    set_dialect_keywords(this, arguments.rest_keywords(), vm)
}

fn constraint_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Constraint.__init__", args, vm);
    common(&this, &mut arguments, vm)?;
    arguments.finish()?;
    object::none(vm)
}

fn columns_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = format!("{}.__init__", class_name(&this));
    let mut arguments = Arguments::new(&name, args, vm);
    let given = arguments.rest();
    common(&this, &mut arguments, vm)?;
    arguments.finish()?;
    set_columns(&this, given, vm)?;
    object::none(vm)
}

pub(super) fn set_columns(this: &PyObject, given: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyResult<()> {
    let given = given.iter().map(|column| clause_element(column, vm)).collect::<PyResult<Vec<_>>>()?;
    for column in &given {
        if text_of(column).is_none() && !is_a(column, "ColumnClause") {
            let shown = repr(column, vm)?;
            return Err(exc::argument(
                format!("Column expression or string name for DDL constraint expected, got {shown}."),
                vm,
            ));
        }
    }
    set(this, "_columns", new_list(given.clone(), vm), vm)?;
    auto_attach(this, &given, vm)
}

/// A constraint or index of columns that have their table already belongs to that table.
fn auto_attach(this: &PyObject, columns: &[PyObjectRef], vm: &VirtualMachine) -> PyResult<()> {
    let columns: Vec<_> = columns.iter().filter(|column| is_a(column, "Column")).collect();
    let Some(first) = columns.first() else { return Ok(()) };
    for column in &columns {
        if own(column, "table", vm).is_none() {
            // It is attached when the column that lacks a table gets one.
            if let Some(pending) = own(column, "_pending", vm) {
                vm.call_method(&pending, "append", (this.to_owned(),))?;
            }
            return Ok(());
        }
    }
    match own(first, "table", vm) {
        Some(table) if is_a(&table, "Table") => attach(this, &table, vm),
        _ => Ok(()),
    }
}

fn columns(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let collected = collection::new(vm)?;
    let table = own(&this, "table", vm);
    let attribute = if is_a(&this, "Index") { "_expressions" } else { "_columns" };
    let Some(given) = own(&this, attribute, vm) else { return Ok(collected) };
    for column in items(&given, vm)? {
        if let Some(key) = text_of(&column) {
            if let Some(table) = &table
                && let Some(found) = collection::find(&*get(table, "c", vm)?, &key)
            {
                collection::add(&collected, None, found, vm)?;
            }
        } else {
            let mut found = Vec::new();
            columns_in(&column, &mut found, vm)?;
            for column in found {
                collection::add(&collected, None, column, vm)?;
            }
        }
    }
    Ok(collected)
}

fn expressions(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let table = own(&this, "table", vm);
    let mut result = Vec::new();
    for given in items(&*get(&this, "_expressions", vm)?, vm)? {
        let found = match (text_of(&given), &table) {
            (Some(key), Some(table)) => collection::find(&*get(table, "c", vm)?, &key),
            _ => None,
        };
        result.push(found.unwrap_or(given));
    }
    Ok(new_list(result, vm))
}

fn contains(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = args.args.first().and_then(|name| text_of(name)).unwrap_or_default();
    Ok(new_bool(collection::find(&*get(&this, "columns", vm)?, &name).is_some(), vm))
}

fn contains_column(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let columns = collection::columns(&*get(&this, "columns", vm)?);
    Ok(new_bool(args.args.first().is_some_and(|wanted| columns.iter().any(|column| column.is(wanted))), vm))
}

fn columns_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut parts = Vec::new();
    for column in collection::columns(&*get(&this, "columns", vm)?) {
        parts.push(repr(&column, vm)?);
    }
    if let Some(name) = own(&this, "name", vm)
        && !parts.is_empty()
    {
        parts.push(format!("name={}", repr(&name, vm)?));
    }
    Ok(repr_text(&parts, &class_name(&this), vm))
}

fn check_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("CheckConstraint.__init__", args, vm);
    let sqltext = arguments.required("sqltext")?;
    let mut values = Vec::new();
    for option in ["name", "deferrable", "initially"] {
        values.push((option, arguments.optional(option)));
    }
    let table = arguments.optional("table");
    common(&this, &mut arguments, vm)?;
    arguments.finish()?;
    for (option, value) in values {
        if let Some(value) = value {
            set(&this, option, value, vm)?;
        }
    }
    let sqltext = match text_of(&sqltext) {
        Some(text) => element(Node::Text { text, binds: Vec::new() }, vm)?,
        None if is_clause(&sqltext, vm) => clause_element(&sqltext, vm)?,
        None => {
            let shown = repr(&sqltext, vm)?;
            return Err(exc::argument(
                format!("SQL expression element for DDL constraint expected, got {shown}."),
                vm,
            ));
        }
    };
    let mut used = Vec::new();
    columns_in(&sqltext, &mut used, vm)?;
    set(&this, "sqltext", sqltext, vm)?;
    set(&this, "_columns", new_list(used.clone(), vm), vm)?;
    match table {
        Some(table) => attach(&this, &table, vm)?,
        None => auto_attach(&this, &used, vm)?,
    }
    object::none(vm)
}

fn check_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut parts = vec![repr(&*get(&this, "sqltext", vm)?, vm)?];
    if let Some(name) = own(&this, "name", vm) {
        parts.push(format!("name={}", repr(&name, vm)?));
    }
    Ok(repr_text(&parts, "CheckConstraint", vm))
}

fn foreign_key_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("ForeignKeyConstraint.__init__", args, vm);
    let local = items(&*arguments.required("columns")?, vm)?;
    let referred = items(&*arguments.required("refcolumns")?, vm)?;
    let mut values = Vec::new();
    for option in
        ["name", "onupdate", "ondelete", "deferrable", "initially", "use_alter", "link_to_name", "match"]
    {
        values.push((option, arguments.optional(option)));
    }
    let table = arguments.optional("table");
    if let Some(info) = arguments.optional("info") {
        set(&this, "info", info, vm)?;
    }
    let comment = arguments.optional("comment");
    set_dialect_keywords(&this, arguments.rest_keywords(), vm)?;
    arguments.finish()?;
    number(&this, vm)?;
    for (option, value) in values {
        let default = if option == "use_alter" { new_bool(false, vm) } else { vm.ctx.none() };
        set(&this, option, value.unwrap_or(default), vm)?;
    }
    set(&this, "comment", comment.unwrap_or_else(|| vm.ctx.none()), vm)?;
    if local.len() != referred.len() {
        return Err(exc::argument(
            "ForeignKeyConstraint number of constrained columns must match the number of referenced columns.",
            vm,
        ));
    }
    let mut elements = Vec::new();
    for column in referred {
        elements.push(foreign_key::new(column, &this, vm)?);
    }
    set(&this, "elements", new_list(elements, vm), vm)?;
    let local = local.iter().map(|column| clause_element(column, vm)).collect::<PyResult<Vec<_>>>()?;
    set(&this, "_columns", new_list(local.clone(), vm), vm)?;
    match table {
        Some(table) => attach(&this, &table, vm)?,
        None => auto_attach(&this, &local, vm)?,
    }
    object::none(vm)
}

fn referred_table(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let elements = items(&*get(&this, "elements", vm)?, vm)?;
    let Some(first) = elements.first() else { return object::none(vm) };
    get(&*get(first, "column", vm)?, "table", vm)
}

fn column_keys(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let mut keys = Vec::new();
    for column in items(&*get(&this, "_columns", vm)?, vm)? {
        keys.push(match text_of(&column) {
            Some(_) => column,
            None => get(&column, "key", vm)?,
        });
    }
    Ok(new_list(keys, vm))
}

fn copy(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    copy_of(&this, vm)
}

/// Makes a copy without a table; columns are meant by their keys.
pub(crate) fn copy_of(this: &PyObject, vm: &VirtualMachine) -> PyResult {
    let copy = object::shallow_copy(this, vm)?;
    set(&copy, "table", vm.ctx.none(), vm)?;
    let attribute = if is_a(this, "Index") { "_expressions" } else { "_columns" };
    if let Some(given) = own(this, attribute, vm) {
        let mut keys = Vec::new();
        for column in items(&given, vm)? {
            keys.push(if is_a(&column, "ColumnClause") && text_of(&column).is_none() {
                get(&column, "key", vm)?
            } else {
                column
            });
        }
        set(&copy, attribute, new_list(keys, vm), vm)?;
    }
    if let Some(elements) = own(this, "elements", vm) {
        let mut fresh = Vec::new();
        for element in items(&elements, vm)? {
            fresh.push(foreign_key::new(get(&element, "_colspec", vm)?, &copy, vm)?);
        }
        set(&copy, "elements", new_list(fresh, vm), vm)?;
    }
    Ok(copy)
}

fn index_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Index.__init__", args, vm);
    let name = arguments.required("name")?;
    let given = arguments.rest();
    let unique = arguments.keyword("unique").unwrap_or_else(|| new_bool(false, vm));
    let quote = arguments.keyword("quote");
    if let Some(info) = arguments.keyword("info") {
        set(&this, "info", info, vm)?;
    }
    let table = arguments.keyword("_table");
    arguments.keyword_value("_column_flag");
    set_dialect_keywords(&this, arguments.rest_keywords(), vm)?;
    arguments.finish()?;
    number(&this, vm)?;
    set(&this, "name", quoted(name, quote, vm)?, vm)?;
    set(&this, "unique", unique, vm)?;
    let mut expressions = Vec::new();
    let mut used = Vec::new();
    for expression in &given {
        let expression = clause_element(expression, vm)?;
        if text_of(&expression).is_none() && !is_a(&expression, "ClauseElement") {
            let shown = repr(&expression, vm)?;
            return Err(exc::argument(
                format!("String column name or column expression for DDL constraint expected, got {shown}."),
                vm,
            ));
        }
        columns_in(&expression, &mut used, vm)?;
        expressions.push(expression);
    }
    set(&this, "_expressions", new_list(expressions, vm), vm)?;
    match table {
        Some(table) => attach(&this, &table, vm)?,
        None => auto_attach(&this, &used, vm)?,
    }
    object::none(vm)
}

fn index_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut parts = vec![repr(&*get(&this, "name", vm)?, vm)?];
    for expression in items(&*expressions(this.clone(), vm)?, vm)? {
        parts.push(repr(&expression, vm)?);
    }
    if get_bool(&this, "unique", vm)? {
        parts.push("unique=True".to_owned());
    }
    Ok(repr_text(&parts, "Index", vm))
}

/// Attaches a constraint or an index to its table.
///
/// # Errors
/// `ConstraintColumnNotFoundError` when the table lacks a column that it names.
pub(crate) fn attach(this: &PyObject, table: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let class = class_name(this);
    if is_a(this, "Index") {
        if let Some(other) = own(this, "table", vm)
            && !other.is(table)
        {
            let name = get_text(this, "name", vm)?.unwrap_or_default();
            let other = get_text(&other, "description", vm)?.unwrap_or_default();
            let table = get_text(table, "description", vm)?.unwrap_or_default();
            return Err(exc::argument(
                format!(
                    "Index '{name}' is against table '{other}', and cannot be associated with table '{table}'."
                ),
                vm,
            ));
        }
        set(this, "table", table.to_owned(), vm)?;
        check_columns(this, "_expressions", &class, table, vm)?;
        vm.call_method(&*get(table, "indexes", vm)?, "add", (this.to_owned(),))?;
        return Ok(());
    }
    set(this, "table", table.to_owned(), vm)?;
    set(this, "parent", table.to_owned(), vm)?;
    if !is_a(this, "CheckConstraint") {
        check_columns(this, "_columns", &class, table, vm)?;
    }
    if is_a(this, "PrimaryKeyConstraint") {
        return attach_primary_key(this, table, vm);
    }
    if is_a(this, "ForeignKeyConstraint") && own(this, "_column_flag", vm).is_none() {
        // The columns know their foreign keys, as if they had been given to them.
        let given = items(&*get(this, "_columns", vm)?, vm)?;
        for (column, element) in given.iter().zip(items(&*get(this, "elements", vm)?, vm)?) {
            let column = match text_of(column) {
                Some(key) => collection::find(&*get(table, "c", vm)?, &key),
                None => Some(column.clone()),
            };
            if let Some(column) = column {
                set(&element, "parent", column.clone(), vm)?;
                vm.call_method(&*get(&column, "foreign_keys", vm)?, "add", (element.clone(),))?;
                vm.call_method(&*get(table, "foreign_keys", vm)?, "add", (element,))?;
            }
        }
    }
    vm.call_method(&*get(table, "constraints", vm)?, "add", (this.to_owned(),))?;
    Ok(())
}

fn check_columns(
    this: &PyObject,
    attribute: &'static str,
    class: &str,
    table: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let columns = get(table, "c", vm)?;
    for column in items(&*get(this, attribute, vm)?, vm)? {
        if let Some(name) = text_of(&column)
            && collection::find(&columns, &name).is_none()
        {
            let table = get_text(table, "description", vm)?.unwrap_or_default();
            return Err(exc::error(
                "ConstraintColumnNotFoundError",
                format!("Can't create {class} on table '{table}': no column named '{name}' is present."),
                vm,
            ));
        }
    }
    Ok(())
}

/// Puts a primary key in place of the one that the columns' flags made.
fn attach_primary_key(this: &PyObject, table: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let constraints = get(table, "constraints", vm)?;
    let previous = own(table, "primary_key", vm);
    let mut given = items(&*get(this, "_columns", vm)?, vm)?;
    if let Some(previous) = previous {
        vm.call_method(&constraints, "discard", (previous.clone(),))?;
        let flagged = items(&*get(&previous, "_columns", vm)?, vm)?;
        if given.is_empty() {
            given = flagged;
        }
    }
    let mut resolved = Vec::new();
    for column in given {
        let column = match text_of(&column) {
            Some(key) => collection::find(&*get(table, "c", vm)?, &key),
            None => Some(column),
        };
        if let Some(column) = column {
            set(&column, "primary_key", new_bool(true, vm), vm)?;
            if !get_bool(&column, "_user_defined_nullable_given", vm)? {
                set(&column, "nullable", new_bool(false, vm), vm)?;
            }
            resolved.push(column);
        }
    }
    set(this, "_columns", new_list(resolved, vm), vm)?;
    set(table, "primary_key", this.to_owned(), vm)?;
    vm.call_method(&constraints, "add", (this.to_owned(),))?;
    Ok(())
}

/// Makes the empty primary key of a new table.
pub(crate) fn new_primary_key(table: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let key = object::class_object("PrimaryKeyConstraint").call((), vm)?;
    set(&key, "_implicit_generated", new_bool(true, vm), vm)?;
    set(&key, "table", table.to_owned(), vm)?;
    set(&key, "parent", table.to_owned(), vm)?;
    set(table, "primary_key", key.clone(), vm)?;
    vm.call_method(&*get(table, "constraints", vm)?, "add", (key,))?;
    Ok(())
}
