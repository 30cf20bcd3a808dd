//! `insert()`, `update()` and `delete()`.

use rustpython_vm::builtins::PyDict;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::elements::{clause_element, coerce, coerce_condition, is_clause};
use super::select::coerce_from;
use super::{collection, selectable};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, get, get_text, instance_with, is_a, is_list, items, method, set_state, state,
    text_of,
};
use crate::modules::sqlalchemy::{exc, mysql};

/// The parts of an INSERT, UPDATE or DELETE, as Python objects.
#[derive(Clone, Debug)]
pub(crate) struct DmlState {
    pub table: PyObjectRef,
    /// Column keys and values.
    pub values: Vec<(String, PyObjectRef)>,
    /// The rows of `values([...])`.
    pub rows: Option<Vec<PyObjectRef>>,
    /// The columns and the query of `from_select`.
    pub select: Option<(Vec<String>, PyObjectRef)>,
    pub where_: Vec<PyObjectRef>,
    pub returning: Vec<PyObjectRef>,
    pub inline: bool,
    pub on_conflict: Option<OnConflictState>,
    /// Options of `with_dialect_options`, such as `mysql_limit`.
    pub dialect_options: Vec<(String, PyObjectRef)>,
    /// The limit of an UPDATE or DELETE that `ext(limit(...))` gives.
    pub limit: Option<PyObjectRef>,
    /// Whether the values keep the order that they were given in.
    pub keeps_order: bool,
    pub words: WordsState,
}

/// Words that the user puts into a statement, each with the dialect that it is for.
#[derive(Clone, Debug, Default)]
pub(crate) struct WordsState {
    pub prefixes: Vec<(PyObjectRef, Option<String>)>,
    pub suffixes: Vec<(PyObjectRef, Option<String>)>,
    pub hints: Vec<HintState>,
}

/// A hint for a table, or for the statement's own when none is named.
#[derive(Clone, Debug)]
pub(crate) struct HintState {
    pub table: Option<PyObjectRef>,
    pub text: String,
    pub dialect: Option<String>,
}

/// Reads `text` and `dialect_name` of a hint.
pub(crate) fn given_hint(arguments: &mut Arguments<'_>, table: Option<PyObjectRef>) -> PyResult<HintState> {
    let text = text_of(&*arguments.required("text")?).unwrap_or_default();
    let dialect = arguments.optional("dialect_name").and_then(|name| text_of(&name));
    Ok(HintState { table, text, dialect: dialect.filter(|name| name != "*") })
}

/// `with_hint(text, selectable=None, dialect_name="*")`
fn with_hint(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("with_hint", args, vm);
    let text = arguments.required("text")?;
    let table = arguments.optional("selectable");
    let dialect = arguments.optional("dialect_name").and_then(|name| text_of(&name));
    arguments.finish()?;
    let text = text_of(&text).unwrap_or_default();
    let hint = HintState { table, text, dialect: dialect.filter(|name| name != "*") };
    change(&this, |state| state.words.hints.push(hint), vm)
}

/// Reads the arguments of `prefix_with(*prefixes, dialect=None)` and its kin.
pub(crate) fn given_words(
    args: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult<Vec<(PyObjectRef, Option<String>)>> {
    let mut arguments = Arguments::new("prefix_with", args, vm);
    let dialect = arguments.keyword("dialect").and_then(|dialect| text_of(&dialect));
    let words = arguments.rest();
    arguments.finish()?;
    words
        .into_iter()
        .map(|word| {
            let word = match text_of(&word) {
                Some(text) => {
                    super::elements::element(super::elements::Node::Text { text, binds: Vec::new() }, vm)?
                }
                None => word,
            };
            Ok((word, dialect.clone()))
        })
        .collect()
}

/// ON CONFLICT of the PostgreSQL and SQLite `insert`.
#[derive(Clone, Debug, Default)]
pub(crate) struct OnConflictState {
    /// Names as strings, and expressions.
    pub index_elements: Vec<PyObjectRef>,
    pub index_where: Option<PyObjectRef>,
    pub constraint: Option<String>,
    pub set: Vec<(String, PyObjectRef)>,
    pub where_: Option<PyObjectRef>,
}

const MODULE: &str = "sqlalchemy.sql.dml";

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "UpdateBase",
        module: MODULE,
        bases: &["Executable", "ReturnsRows"],
        members: &[
            ("returning", method(returning)),
            (
                "table",
                Member::Get(|this, vm| {
                    Ok(state::<DmlState>(&this).map_or_else(|| vm.ctx.none(), |state| state.table.clone()))
                }),
            ),
            ("with_hint", method(with_hint)),
            ("cte", method(|this, args, vm| super::from_elements::cte(&this, args, vm))),
            (
                "prefix_with",
                method(|this, args, vm| {
                    let words = given_words(args, vm)?;
                    change(&this, |state| state.words.prefixes.extend(words), vm)
                }),
            ),
            ("return_defaults", method(|this, _, _| Ok(this))),
            ("with_dialect_options", method(with_dialect_options)),
            ("ext", method(extended)),
        ],
    },
    ClassDef {
        name: "ValuesBase",
        module: MODULE,
        bases: &["UpdateBase"],
        members: &[("values", method(values))],
    },
    ClassDef {
        name: "Insert",
        module: MODULE,
        bases: &["ValuesBase"],
        members: &[
            ("from_select", method(from_select)),
            ("inline", method(|this, _, vm| change(&this, |state| state.inline = true, vm))),
            ("excluded", Member::Get(excluded)),
            ("on_conflict_do_nothing", method(|this, args, vm| on_conflict(&this, args, false, vm))),
            ("on_conflict_do_update", method(|this, args, vm| on_conflict(&this, args, true, vm))),
        ],
    },
    ClassDef {
        name: "Update",
        module: MODULE,
        bases: &["ValuesBase"],
        members: &[
            ("where", method(where_)),
            ("filter", method(where_)),
            ("filter_by", method(filter_by)),
            ("ordered_values", method(ordered_values)),
            ("inline", method(|this, _, _| Ok(this))),
        ],
    },
    ClassDef {
        name: "Delete",
        module: MODULE,
        bases: &["UpdateBase"],
        members: &[("where", method(where_)), ("filter", method(where_)), ("filter_by", method(filter_by))],
    },
];

/// Makes an INSERT, UPDATE or DELETE of a table or a mapped class.
pub(crate) fn new(class: &str, table: &PyObject, vm: &VirtualMachine) -> PyResult {
    let table = coerce_from(table, vm).map_err(|_| {
        let shown = object::repr(table, vm).unwrap_or_default();
        exc::argument(format!("subject table for an INSERT, UPDATE or DELETE expected, got {shown}."), vm)
    })?;
    let state = DmlState {
        table,
        values: Vec::new(),
        rows: None,
        select: None,
        where_: Vec::new(),
        returning: Vec::new(),
        inline: false,
        on_conflict: None,
        keeps_order: false,
        words: WordsState::default(),
        dialect_options: Vec::new(),
        limit: None,
    };
    instance_with(class, state, vm)
}

/// `table.insert()`, `table.update()`, `table.delete()`
pub(crate) fn for_table(class: &str, table: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("insert", args, vm);
    arguments.finish_empty()?;
    new(class, &table, vm)
}

pub(crate) fn change(this: &PyObject, edit: impl FnOnce(&mut DmlState), vm: &VirtualMachine) -> PyResult {
    let copy = object::shallow_copy(this, vm)?;
    if let Some(state) = state::<DmlState>(this) {
        let mut changed = (*state).clone();
        edit(&mut changed);
        set_state(&copy, changed);
    }
    Ok(copy)
}

/// Gives the key by which a column is meant: its own when it is an object, else the string.
pub(crate) fn column_key(key: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    if let Some(text) = text_of(key) {
        return Ok(text);
    }
    let key = clause_element(key, vm)?;
    Ok(get_text(&key, "key", vm)?.or(get_text(&key, "name", vm)?).unwrap_or_default())
}

/// Gives the entries of a mapping from columns or names to values.
pub(crate) fn column_values(mapping: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<(String, PyObjectRef)>> {
    match mapping.downcast_ref::<PyDict>() {
        Some(dict) => {
            dict.items_vec().into_iter().map(|(key, value)| Ok((column_key(&key, vm)?, value))).collect()
        }
        None => object::pairs(mapping, vm),
    }
}

/// Refuses columns of another table among the keys of a mapping; the reference sets them in some databases.
fn refuse_other_tables(this: &PyObject, mapping: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let Some(dict) = mapping.downcast_ref::<PyDict>() else { return Ok(()) };
    let Some(state) = state::<DmlState>(this) else { return Ok(()) };
    let own = get_text(&state.table, "name", vm)?;
    for (key, _) in dict.items_vec() {
        if text_of(&key).is_some() {
            continue;
        }
        let column = clause_element(&key, vm)?;
        let Some(table) = object::own(&column, "table", vm) else { continue };
        let other = get_text(&table, "name", vm)?;
        if other.is_some() && other != own {
            return Err(exc::not_provided("values for the columns of another table", vm));
        }
    }
    Ok(())
}

fn values(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut added = Vec::new();
    let mut rows = None;
    for given in &args.args {
        if is_list(given, vm) {
            let listed = items(given, vm)?;
            if listed
                .first()
                .is_some_and(|first| first.downcast_ref::<PyDict>().is_some() || is_list(first, vm))
            {
                rows = Some(listed);
            } else {
                let table = state::<DmlState>(&this).map(|state| state.table.clone());
                let Some(table) = table else { continue };
                let names = collection::entries(&*get(&table, "c", vm)?).into_iter().map(|(key, _)| key);
                added.extend(names.zip(listed));
            }
        } else {
            refuse_other_tables(&this, given, vm)?;
            added.extend(column_values(given, vm)?);
        }
    }
    added.extend(args.kwargs);
    change(
        &this,
        |state| {
            for (key, value) in added {
                state.values.retain(|(known, _)| *known != key);
                state.values.push((key, value));
            }
            if rows.is_some() {
                state.rows = rows;
            }
        },
        vm,
    )
}

/// `with_dialect_options(mysql_limit=5)`
fn with_dialect_options(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut added = Vec::new();
    for (name, value) in args.kwargs {
        let Some((dialect, option)) = name.split_once('_') else {
            return Err(vm.new_type_error(format!(
                "Additional arguments should be named <dialectname>_<argument>, got '{name}'"
            )));
        };
        let accepted = option == "limit" && matches!(dialect, "mysql" | "mariadb") && !is_a(&this, "Insert");
        if !accepted {
            let class = object::repr(this.class().as_object(), vm)?;
            return Err(exc::argument(
                format!("Argument '{name}' is not accepted by dialect '{dialect}' on behalf of {class}"),
                vm,
            ));
        }
        added.push((name, value));
    }
    change(&this, |state| state.dialect_options.extend(added), vm)
}

/// `ext(extension)`: of SQLAlchemy's own extensions MySQL's `limit()` is for UPDATE and DELETE.
fn extended(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("ext", args, vm);
    let extension = arguments.required("extension")?;
    arguments.finish()?;
    let class = object::class_name(&extension);
    if !is_a(&extension, mysql::LIMIT) {
        return Err(exc::not_provided(&format!("the extension {class} of a statement"), vm));
    }
    if is_a(&this, "Insert") {
        return Err(vm.new_not_implemented_error(format!("Extension {class} cannot be applied to insert")));
    }
    let limit = get(&extension, "_limit_clause", vm)?;
    change(&this, |state| state.limit = Some(limit), vm)
}

fn ordered_values(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut added = Vec::new();
    for pair in &args.args {
        let pair = items(pair, vm)?;
        if let [key, value] = pair.as_slice() {
            added.push((column_key(key, vm)?, value.clone()));
        }
    }
    change(
        &this,
        |state| {
            state.values.extend(added);
            state.keeps_order = true;
        },
        vm,
    )
}

fn where_(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let added = args.args.iter().map(|c| coerce_condition(c, vm)).collect::<PyResult<Vec<_>>>()?;
    change(&this, |state| state.where_.extend(added), vm)
}

fn filter_by(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(state) = state::<DmlState>(&this) else { return Ok(this) };
    let columns = get(&state.table, "c", vm)?;
    let mut added = Vec::new();
    for (name, value) in args.kwargs {
        let column = columns.get_attr(vm.ctx.intern_str(name), vm)?;
        added.push(vm.call_method(&column, "__eq__", (value,))?);
    }
    change(&this, |state| state.where_.extend(added), vm)
}

fn returning(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut added = Vec::new();
    for given in &args.args {
        match coerce_from(given, vm) {
            Ok(from) if is_a(&from, "FromClause") => {
                added.extend(collection::columns(&*get(&from, "c", vm)?));
            }
            _ => added.push(coerce(given, None, vm)?),
        }
    }
    change(&this, |state| state.returning.extend(added), vm)
}

fn from_select(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Insert.from_select", args, vm);
    let names = arguments.required("names")?;
    let select = arguments.required("select")?;
    arguments.optional("include_defaults");
    arguments.finish()?;
    let names = items(&names, vm)?.iter().map(|name| column_key(name, vm)).collect::<PyResult<Vec<_>>>()?;
    change(&this, |state| state.select = Some((names, select)), vm)
}

fn excluded(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let Some(state) = state::<DmlState>(&this) else { return object::none(vm) };
    let alias = selectable::alias_of(&state.table, Some(object::new_text("excluded", vm)), vm)?;
    get(&alias, "c", vm)
}

fn on_conflict(this: &PyObject, args: FuncArgs, update: bool, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("on_conflict_do_update", args, vm);
    let constraint = arguments.given_value("constraint").filter(|value| !vm.is_none(value));
    // SQLite's form has no `constraint`, so its first argument is a list of columns.
    let (constraint, elements) = match constraint {
        Some(given) if is_list(&given, vm) => (None, Some(given)),
        other => (other, arguments.optional("index_elements")),
    };
    let mut on_conflict =
        OnConflictState { index_where: arguments.optional("index_where"), ..OnConflictState::default() };
    if let Some(elements) = elements {
        for item in items(&elements, vm)? {
            let is_expression = is_clause(&item, vm) && !is_a(&*clause_element(&item, vm)?, "ColumnClause");
            let item = if is_expression { item } else { object::new_text(column_key(&item, vm)?, vm) };
            on_conflict.index_elements.push(item);
        }
    }
    on_conflict.constraint = match constraint {
        Some(constraint) => text_of(&constraint).or(get_text(&constraint, "name", vm)?),
        None => None,
    };
    if update {
        let set = arguments.required("set_")?;
        on_conflict.set =
            if is_a(&set, "ColumnCollection") { collection::entries(&set) } else { column_values(&set, vm)? };
        on_conflict.where_ = arguments.optional("where");
    }
    arguments.finish()?;
    change(this, |state| state.on_conflict = Some(on_conflict), vm)
}
