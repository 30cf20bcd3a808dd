//! What a statement reads from: `table()`, aliases, subqueries, joins.

use std::sync::atomic::{AtomicU64, Ordering};

use limbeck_sql::schema::Identifier;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::elements::{Node, clause_element, columns_in, node, result_name, type_of};
use super::{collection, operators};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, address, class_object, class_path, get, get_some, instance, is_a, method,
    new_bool, new_text, own, set, text_of,
};
use crate::modules::sqlalchemy::types::null_type;

const MODULE: &str = "sqlalchemy.sql.selectable";

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef { name: "ReturnsRows", module: MODULE, bases: &["ClauseElement"], members: &[] },
    ClassDef { name: "Selectable", module: MODULE, bases: &["ReturnsRows"], members: &[] },
    ClassDef {
        name: "FromClause",
        module: MODULE,
        bases: &["Selectable"],
        members: &[
            ("select", method(select)),
            ("join", method(join)),
            ("outerjoin", method(outerjoin)),
            ("alias", method(alias)),
            ("columns", Member::Get(|this, vm| get(&this, "c", vm))),
            ("exported_columns", Member::Get(|this, vm| get(&this, "c", vm))),
            ("entity_namespace", Member::Get(|this, vm| get(&this, "c", vm))),
            ("schema", Member::Value(|vm| vm.ctx.none())),
            (
                "tablesample",
                method(|this, mut args, vm| {
                    args.prepend_arg(this);
                    super::from_elements::tablesample(args, vm)
                }),
            ),
            ("lateral", method(|_, _, vm| Err(exc::not_provided("FromClause.lateral()", vm)))),
            ("table_valued", method(|this, _, vm| super::from_elements::row_value(this, vm))),
            (
                "is_derived_from",
                method(|this, args, vm| {
                    Ok(new_bool(args.args.first().is_some_and(|other| this.is(other)), vm))
                }),
            ),
            ("corresponding_column", method(corresponding_column)),
        ],
    },
    ClassDef {
        name: "TableClause",
        module: MODULE,
        bases: &["FromClause"],
        members: &[
            ("__init__", method(table_init)),
            ("__repr__", method(table_repr)),
            ("insert", method(|this, args, vm| super::dml::for_table("Insert", this, args, vm))),
            ("update", method(|this, args, vm| super::dml::for_table("Update", this, args, vm))),
            ("delete", method(|this, args, vm| super::dml::for_table("Delete", this, args, vm))),
            ("fullname", Member::Get(fullname)),
            ("description", Member::Get(|this, vm| get(&this, "name", vm))),
            ("append_column", method(append_column)),
        ],
    },
    ClassDef {
        name: "AliasedReturnsRows",
        module: MODULE,
        bases: &["FromClause"],
        members: &[("original", Member::Get(|this, vm| get(&this, "element", vm)))],
    },
    ClassDef { name: "Alias", module: MODULE, bases: &["AliasedReturnsRows"], members: &[] },
    ClassDef { name: "Subquery", module: MODULE, bases: &["AliasedReturnsRows"], members: &[] },
    ClassDef {
        name: "Join",
        module: MODULE,
        bases: &["FromClause"],
        members: &[("onclause", Member::Value(|vm| vm.ctx.none()))],
    },
];

/// `table(name, *columns, schema=None)`
fn table_init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("table", args, vm);
    let name = arguments.required("name")?;
    let schema = arguments.keyword("schema");
    let columns = arguments.rest();
    arguments.finish()?;
    set(&this, "name", name.clone(), vm)?;
    set(&this, "schema", schema.unwrap_or_else(|| vm.ctx.none()), vm)?;
    set(&this, "key", name, vm)?;
    let collected = collection::new(vm)?;
    for column in columns {
        set(&column, "table", this.clone(), vm)?;
        collection::add(&collected, None, column, vm)?;
    }
    set(&this, "c", collected.clone(), vm)?;
    set(&this, "columns", collected, vm)?;
    object::none(vm)
}

fn append_column(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(column) = args.args.into_iter().next() else { return object::none(vm) };
    set(&column, "table", this.clone(), vm)?;
    collection::add(&*get(&this, "c", vm)?, None, column, vm)?;
    object::none(vm)
}

fn table_repr(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = object::get_text(&this, "name", vm)?.unwrap_or_default();
    Ok(new_text(format!("<{} at {:#x}; {name}>", class_path(&this, vm), address(&this)), vm))
}

fn fullname(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let name = object::get_text(&this, "name", vm)?.unwrap_or_default();
    Ok(new_text(
        match object::get_text(&this, "schema", vm)? {
            Some(schema) => format!("{schema}.{name}"),
            None => name,
        },
        vm,
    ))
}

fn select(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let selected = super::select::new_select(vec![this], vm)?;
    if args.args.is_empty() { Ok(selected) } else { vm.call_method(&selected, "where", args.args) }
}

fn corresponding_column(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(column) = args.args.first() else { return object::none(vm) };
    let name = object::get_text(column, "key", vm)?.unwrap_or_default();
    Ok(collection::find(&*get(&this, "c", vm)?, &name).unwrap_or_else(|| vm.ctx.none()))
}

/// Makes the columns of an alias or a subquery: same names and types, another table.
pub(crate) fn derived_columns(
    owner: &PyObject,
    columns: &[(String, PyObjectRef, Option<PyObjectRef>)],
    vm: &VirtualMachine,
) -> PyResult<()> {
    let collected = collection::new(vm)?;
    for (key, name, type_) in columns {
        let column = instance("ColumnClause", vm)?;
        set(&column, "name", name.clone(), vm)?;
        set(&column, "key", new_text(key, vm), vm)?;
        let type_ = match type_ {
            Some(type_) => type_.clone(),
            None => null_type(vm)?,
        };
        set(&column, "type", type_, vm)?;
        set(&column, "is_literal", new_bool(false, vm), vm)?;
        set(&column, "table", owner.to_owned(), vm)?;
        collection::add(&collected, Some(key.clone()), column, vm)?;
    }
    set(owner, "c", collected.clone(), vm)?;
    set(owner, "columns", collected, vm)
}

/// Makes the name of something that has none: each statement makes one of `base` and a number.
pub(crate) fn anonymous(base: &str, vm: &VirtualMachine) -> PyObjectRef {
    static KEYS: AtomicU64 = AtomicU64::new(1);
    let key = KEYS.fetch_add(1, Ordering::Relaxed);
    new_text(Identifier::anonymous(key, base).as_str(), vm)
}

/// Tells whether a name is one that [`anonymous`] has made.
fn is_anonymous(name: &str) -> bool {
    Identifier::new(name).anonymous_base().is_some()
}

/// Gives the keys that a query's columns have in the collections made of them: each another one.
pub(crate) fn keys_of(columns: &[PyObjectRef], vm: &VirtualMachine) -> PyResult<Vec<String>> {
    let mut keys: Vec<String> = Vec::new();
    for column in columns {
        let key = key_of(column, vm)?;
        let numbered = (1..).map(|number| format!("{key}_{number}"));
        let free = std::iter::once(key.clone()).chain(numbered).find(|key| !keys.contains(key));
        keys.push(free.unwrap_or(key));
    }
    Ok(keys)
}

fn key_of(column: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    let node = node(column);
    if let Some(Node::Function { name, .. }) = node.as_deref() {
        return Ok(name.last().cloned().unwrap_or_default());
    }
    if let Some(Node::Label { name, operand }) = node.as_deref()
        && text_of(name).is_some_and(|name| is_anonymous(&name))
    {
        return key_of(operand, vm);
    }
    let key = get_some(column, "key", vm)?.and_then(|key| text_of(&key)).filter(|key| !is_anonymous(key));
    match key {
        Some(key) => Ok(key),
        None => Ok(result_name(column, vm)?.unwrap_or_else(|| "_no_label".to_owned())),
    }
}

/// Makes the name of something without one that stands for a table or a query.
pub(crate) fn anonymous_of(element: &PyObject, vm: &VirtualMachine) -> PyResult {
    let name = object::get_text(element, "name", vm)?;
    let name = name.filter(|name| !is_anonymous(name));
    Ok(anonymous(name.as_deref().unwrap_or("anon"), vm))
}

/// Makes the alias of a table.
pub(crate) fn alias_of(element: &PyObject, name: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    if is_a(element, "CTE") {
        let name = name.unwrap_or_else(|| anonymous("anon", vm));
        return super::from_elements::cte_alias(element, name, vm);
    }
    if is_a(element, "AliasedReturnsRows") && !is_a(element, "Alias") {
        let renamed = object::shallow_copy(element, vm)?;
        set(&renamed, "name", name.unwrap_or_else(|| anonymous("anon", vm)), vm)?;
        let columns = source_columns(element, vm)?;
        derived_columns(&renamed, &columns, vm)?;
        return Ok(renamed);
    }
    let alias = instance("Alias", vm)?;
    let name = match name {
        Some(name) => name,
        None => anonymous_of(element, vm)?,
    };
    // another name for what the alias stands for
    let renamed = if is_a(element, "Alias") { own(element, "element", vm) } else { None };
    let element = renamed.as_deref().unwrap_or(element);
    set(&alias, "name", name, vm)?;
    set(&alias, "element", element.to_owned(), vm)?;
    let columns = source_columns(element, vm)?;
    derived_columns(&alias, &columns, vm)?;
    Ok(alias)
}

pub(crate) fn source_columns(
    element: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<Vec<(String, PyObjectRef, Option<PyObjectRef>)>> {
    collection::entries(&*get(element, "c", vm)?)
        .into_iter()
        .map(|(key, column)| Ok((key, get(&column, "name", vm)?, own(&column, "type", vm))))
        .collect()
}

fn alias(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("alias", args, vm);
    let name = arguments.optional("name");
    arguments.keyword("flat");
    arguments.finish()?;
    alias_of(&this, name, vm)
}

/// Makes a subquery or a common table expression of a query.
pub(crate) fn subquery_of(
    class: &str,
    query: &PyObject,
    name: Option<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult {
    let subquery = instance(class, vm)?;
    set(&subquery, "name", name.unwrap_or_else(|| anonymous("anon", vm)), vm)?;
    let (query, selected) = match super::from_elements::returned(query) {
        Some(returned) => (query.to_owned(), returned),
        None => super::select::with_names(query, vm)?,
    };
    set(&subquery, "element", query, vm)?;
    let mut columns = Vec::new();
    for (key, column) in keys_of(&selected, vm)?.into_iter().zip(selected) {
        let type_ = type_of(&column, vm)?;
        let name = result_name(&column, vm)?;
        let name = name.unwrap_or_else(|| format!("anon_{}", columns.len() + 1));
        columns.push((key, new_text(name, vm), type_));
    }
    derived_columns(&subquery, &columns, vm)?;
    Ok(subquery)
}

fn join(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    join_method(this, args, false, vm)
}

fn outerjoin(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    join_method(this, args, true, vm)
}

fn join_method(this: PyObjectRef, args: FuncArgs, outer: bool, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("join", args, vm);
    let right = arguments.required("right")?;
    let onclause = arguments.optional("onclause");
    let outer = outer || arguments.optional("isouter").map_or(Ok(false), |flag| flag.try_to_bool(vm))?;
    let full = arguments.optional("full").map_or(Ok(false), |flag| flag.try_to_bool(vm))?;
    arguments.finish()?;
    new_join(&this, &right, onclause, outer, full, vm)
}

/// Makes a join; without a condition, foreign keys between the two sides give it.
pub(crate) fn new_join(
    left: &PyObject,
    right: &PyObject,
    onclause: Option<PyObjectRef>,
    outer: bool,
    full: bool,
    vm: &VirtualMachine,
) -> PyResult {
    let left = clause_element(left, vm)?;
    let right = clause_element(right, vm)?;
    let onclause = match onclause {
        Some(onclause) => super::elements::coerce_condition(&onclause, vm)?,
        None => join_condition(&left, &right, vm)?,
    };
    let joined = instance("Join", vm)?;
    set(&joined, "left", left.clone(), vm)?;
    set(&joined, "right", right.clone(), vm)?;
    set(&joined, "onclause", onclause, vm)?;
    set(&joined, "isouter", new_bool(outer, vm), vm)?;
    set(&joined, "full", new_bool(full, vm), vm)?;
    let collected = collection::new(vm)?;
    for side in [&left, &right] {
        let table = object::get_text(side, "name", vm)?.unwrap_or_default();
        for (key, column) in collection::entries(&*get(side, "c", vm)?) {
            let key = if is_a(side, "Join") { key } else { format!("{table}_{key}") };
            collection::add(&collected, Some(key), column, vm)?;
        }
    }
    set(&joined, "c", collected.clone(), vm)?;
    set(&joined, "columns", collected, vm)?;
    Ok(joined)
}

/// Gives the tables inside a FROM element.
pub(crate) fn tables_in(from: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    if is_a(from, "Join") {
        let mut tables = tables_in(&*get(from, "left", vm)?, vm)?;
        tables.extend(tables_in(&*get(from, "right", vm)?, vm)?);
        return Ok(tables);
    }
    Ok(vec![from.to_owned()])
}

fn join_condition(left: &PyObject, right: &PyObject, vm: &VirtualMachine) -> PyResult {
    let mut conditions = Vec::new();
    for first in tables_in(left, vm)? {
        for second in tables_in(right, vm)? {
            for (from, to) in [(&first, &second), (&second, &first)] {
                for column in collection::columns(&*get(from, "c", vm)?) {
                    let Some(foreign_keys) = get_some(&column, "foreign_keys", vm)? else { continue };
                    for foreign_key in object::items(&foreign_keys, vm)? {
                        let (table, referred) =
                            crate::modules::sqlalchemy::schema::foreign_key::target(&foreign_key, vm)?;
                        let target =
                            get_some(to, "key", vm)?.and_then(|key| text_of(&key)).unwrap_or_default();
                        if table == target
                            && let Some(referred) = referred
                            && let Some(other) = collection::find(&*get(to, "c", vm)?, &referred)
                        {
                            let (a, b) = if from.is(&first) {
                                (column.clone(), other)
                            } else {
                                (other, column.clone())
                            };
                            conditions.push(operators::binary(
                                a,
                                limbeck_sql::expression::BinaryOperator::Equal,
                                b,
                                vm,
                            )?);
                        }
                    }
                }
            }
        }
    }
    if conditions.is_empty() {
        let name = |side: &PyObject| object::get_text(side, "name", vm).ok().flatten().unwrap_or_default();
        return Err(exc::error(
            "NoForeignKeysError",
            format!(
                "Can't find any foreign key relationships between '{}' and '{}'.",
                name(left),
                name(right)
            ),
            vm,
        ));
    }
    operators::boolean_list(true, &conditions, vm)
}

/// Gives the elements of FROM whose columns expressions use, in their order; tables by themselves among them.
pub(crate) fn tables_of(expressions: &[PyObjectRef], vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    let mut columns = Vec::new();
    for expression in expressions {
        columns_in(expression, &mut columns, vm)?;
    }
    let mut tables: Vec<PyObjectRef> = Vec::new();
    for column in columns {
        if let Some(table) = own(&column, "table", vm)
            && !tables.iter().any(|known| known.is(&table))
        {
            tables.push(table);
        }
    }
    Ok(tables)
}

/// Tells whether an element of FROM is more than a table by its name: an alias, a subquery, rows.
pub(crate) fn is_derived(element: &PyObject) -> bool {
    is_a(element, "AliasedReturnsRows") || is_a(element, "Values")
}

/// Makes a `column()` object.
pub(crate) fn new_column(name: &str, type_: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    let mut args = vec![new_text(name, vm)];
    args.extend(type_);
    class_object("ColumnClause").call(args, vm)
}
