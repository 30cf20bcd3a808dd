//! `CursorResult` and what it is filtered to: scalars, mappings.

use std::sync::{PoisonError, RwLock};

use limbeck_sql::engine::{QueryResult, Value};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::processing;
use super::row;
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, instance_with, method, new_bool, new_list, new_tuple, set, state, text_of,
};
use crate::modules::sqlalchemy::sql::dml::DmlState;
use crate::modules::sqlalchemy::sql::elements::type_of;
use crate::modules::sqlalchemy::sql::select::SelectState;

/// What a result yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Rows,
    Mappings,
    Scalars(usize),
}

/// The rows of a result and how far they are read; filtered results share it.
#[derive(Debug)]
struct Rows {
    names: Vec<String>,
    types: Vec<Option<PyObjectRef>>,
    data: Vec<Vec<Value>>,
    position: usize,
    closed: bool,
    dialect: PyObjectRef,
    fields: PyObjectRef,
}

#[derive(Clone, Debug)]
struct ResultState {
    rows: std::sync::Arc<RwLock<Rows>>,
    mode: Mode,
    unique: bool,
}

const MODULE: &str = "sqlalchemy.engine.result";

const COMMON: &[(&str, Member)] = &[
    ("fetchall", method(|this, _, vm| rest(&this, vm))),
    ("all", method(|this, _, vm| rest(&this, vm))),
    ("fetchone", method(|this, _, vm| Ok(next(&this, vm)?.unwrap_or_else(|| vm.ctx.none())))),
    ("fetchmany", method(fetchmany)),
    ("first", method(first)),
    ("one", method(|this, _, vm| one(&this, true, vm))),
    ("one_or_none", method(|this, _, vm| one(&this, false, vm))),
    ("scalar", method(scalar)),
    ("scalar_one", method(|this, _, vm| one(&*scalars_of(&this, 0, vm)?, true, vm))),
    ("scalar_one_or_none", method(|this, _, vm| one(&*scalars_of(&this, 0, vm)?, false, vm))),
    ("scalars", method(scalars)),
    (
        "mappings",
        method(|this, _, vm| filtered("MappingResult", &this, |state| state.mode = Mode::Mappings, vm)),
    ),
    ("tuples", method(|this, _, _| Ok(this))),
    (
        "unique",
        method(|this, _, vm| {
            let class = object::class_name(&this);
            filtered(&class, &this, |state| state.unique = true, vm)
        }),
    ),
    ("yield_per", method(|this, _, _| Ok(this))),
    ("partitions", method(partitions)),
    (
        "keys",
        method(|this, _, vm| {
            Ok(row::keys(&read(&this, vm)?.rows.read().unwrap_or_else(PoisonError::into_inner).names, vm))
        }),
    ),
    ("close", method(close)),
    ("__iter__", method(|this, _, _| Ok(this))),
    (
        "__next__",
        method(|this, _, vm| match next(&this, vm)? {
            Some(item) => Ok(item),
            None => Err(vm.new_stop_iteration(None)),
        }),
    ),
    ("__enter__", method(|this, _, _| Ok(this))),
    (
        "__exit__",
        method(|this, args, vm| {
            close(this, args, vm)?;
            Ok(new_bool(false, vm))
        }),
    ),
    (
        "closed",
        Member::Get(|this, vm| {
            Ok(new_bool(
                state::<ResultState>(&this)
                    .is_none_or(|state| state.rows.read().unwrap_or_else(PoisonError::into_inner).closed),
                vm,
            ))
        }),
    ),
];

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef { name: "Result", module: MODULE, bases: &[], members: COMMON },
    ClassDef {
        name: "CursorResult",
        module: "sqlalchemy.engine.cursor",
        bases: &["Result"],
        members: &[
            ("supports_sane_rowcount", method(|_, _, vm| Ok(new_bool(true, vm)))),
            ("supports_sane_multi_rowcount", method(|_, _, vm| Ok(new_bool(true, vm)))),
            ("columns", method(|_, _, vm| Err(exc::not_provided("Result.columns()", vm)))),
        ],
    },
    ClassDef { name: "ScalarResult", module: MODULE, bases: &["Result"], members: &[] },
    ClassDef { name: "MappingResult", module: MODULE, bases: &["Result"], members: &[] },
    ClassDef { name: "TupleResult", module: MODULE, bases: &["Result"], members: &[] },
];

/// Makes the result of an execution.
pub(crate) fn new(
    executed: QueryResult,
    statement: Option<&PyObject>,
    connection: &PyObject,
    vm: &VirtualMachine,
) -> PyResult {
    let returns_rows = executed.returns_rows();
    let types = result_types(statement, &executed.columns, vm)?;
    let inserted = statement.is_some_and(|statement| object::is_a(statement, "Insert"));
    let dialect = object::get(connection, "dialect", vm)?;
    let mut returned = Vec::new();
    let implicit = inserted
        && returns_rows
        && statement.and_then(state::<DmlState>).is_some_and(|state| state.returning.is_empty());
    if implicit && let Some(first) = executed.rows.first() {
        for value in first {
            returned.push(crate::raise::value(value, vm)?);
        }
    }
    let lastrowid = executed.last_insert_id;
    if inserted && returned.is_empty() {
        returned.extend(lastrowid.map(|id| PyObjectRef::from(vm.ctx.new_int(id))));
    }
    let rowcount = if implicit && executed.rowcount < 0 {
        i64::try_from(executed.rows.len()).unwrap_or(-1)
    } else {
        executed.rowcount
    };
    let rows = Rows {
        fields: row::fields(&executed.columns, vm),
        names: executed.columns,
        types,
        data: executed.rows,
        position: 0,
        closed: !returns_rows || implicit,
        dialect,
    };
    let state = ResultState { rows: std::sync::Arc::new(RwLock::new(rows)), mode: Mode::Rows, unique: false };
    let result = instance_with("CursorResult", state, vm)?;
    set(&result, "rowcount", vm.ctx.new_int(rowcount), vm)?;
    set(&result, "returns_rows", new_bool(returns_rows && !implicit, vm), vm)?;
    set(&result, "is_insert", new_bool(inserted, vm), vm)?;
    let lastrowid = lastrowid.map_or_else(|| vm.ctx.none(), |id| vm.ctx.new_int(id).into());
    set(&result, "lastrowid", lastrowid, vm)?;
    if inserted {
        set(&result, "inserted_primary_key", new_tuple(returned, vm), vm)?;
    }
    Ok(result)
}

/// Gives the types of a result's columns, as far as the statement tells.
fn result_types(
    statement: Option<&PyObject>,
    names: &[String],
    vm: &VirtualMachine,
) -> PyResult<Vec<Option<PyObjectRef>>> {
    let columns = match statement {
        Some(statement) => {
            if let Some(state) = state::<SelectState>(statement) {
                state.columns.clone()
            } else if let Some(state) = state::<DmlState>(statement) {
                state.returning.clone()
            } else if object::is_a(statement, "TextualSelect") {
                return types_of_text(statement, names, vm);
            } else if object::is_a(statement, "ColumnElement") {
                vec![statement.to_owned()]
            } else {
                Vec::new()
            }
        }
        None => Vec::new(),
    };
    let mut types = columns.iter().map(|column| type_of(column, vm)).collect::<PyResult<Vec<_>>>()?;
    if types.len() != names.len() {
        types = vec![None; names.len()];
    }
    Ok(types)
}

/// Gives the types that `text(...).columns(...)` says: a column is that of its name, or the one of its place where the text
/// has other names.
fn types_of_text(
    statement: &PyObject,
    names: &[String],
    vm: &VirtualMachine,
) -> PyResult<Vec<Option<PyObjectRef>>> {
    let columns = crate::modules::sqlalchemy::sql::select::selected(statement, vm)?;
    let known: Vec<Option<String>> =
        columns.iter().map(|column| object::get_text(column, "name", vm)).collect::<PyResult<_>>()?;
    let place = |(index, name): (usize, &String)| {
        let of_name = known.iter().position(|known| known.as_ref() == Some(name));
        let of_place =
            || (known.get(index)?.as_ref().is_none_or(|known| !names.contains(known))).then_some(index);
        of_name.or_else(of_place)
    };
    let places = names.iter().enumerate().map(place);
    let columns = places.map(|place| columns.get(place?));
    columns.map(|column| column.map_or(Ok(None), |column| type_of(column, vm))).collect()
}

fn read(this: &PyObject, vm: &VirtualMachine) -> PyResult<std::sync::Arc<ResultState>> {
    let Some(state) = state::<ResultState>(this) else {
        return Err(exc::error("ResourceClosedError", "This result object is closed.", vm));
    };
    let rows = state.rows.read().unwrap_or_else(PoisonError::into_inner);
    if rows.closed {
        let message = if rows.names.is_empty() {
            "This result object does not return rows. It has been closed automatically."
        } else {
            "This result object is closed."
        };
        return Err(exc::error("ResourceClosedError", message, vm));
    }
    drop(rows);
    Ok(state)
}

fn filtered(
    class: &str,
    this: &PyObject,
    edit: impl FnOnce(&mut ResultState),
    vm: &VirtualMachine,
) -> PyResult {
    let mut state = (*read(this, vm)?).clone();
    edit(&mut state);
    instance_with(class, state, vm)
}

fn scalars_of(this: &PyObject, index: usize, vm: &VirtualMachine) -> PyResult {
    filtered("ScalarResult", this, |state| state.mode = Mode::Scalars(index), vm)
}

fn scalars(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Result.scalars", args, vm);
    let index = arguments.optional("index");
    arguments.finish()?;
    let index = match index {
        Some(index) => match text_of(&index) {
            Some(name) => {
                let state = read(&this, vm)?;
                let rows = state.rows.read().unwrap_or_else(PoisonError::into_inner);
                rows.names.iter().position(|known| *known == name).unwrap_or(0)
            }
            None => index.try_into_value(vm)?,
        },
        None => 0,
    };
    scalars_of(&this, index, vm)
}

/// Gives the next item, or `None` at the end.
fn next(this: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let state = read(this, vm)?;
    let (values, types, dialect, fields) = {
        let mut rows = state.rows.write().unwrap_or_else(PoisonError::into_inner);
        let position = rows.position;
        let Some(values) = rows.data.get_mut(position).map(std::mem::take) else { return Ok(None) };
        rows.position += 1;
        (values, rows.types.clone(), rows.dialect.clone(), rows.fields.clone())
    };
    let convert = |position: usize, value: &Value| {
        processing::result_value(value, types.get(position).and_then(Option::as_deref), &dialect, vm)
    };
    if let Mode::Scalars(index) = state.mode {
        return match values.get(index) {
            Some(value) => convert(index, value).map(Some),
            None => Err(vm.new_index_error("tuple index out of range")),
        };
    }
    let values = values
        .iter()
        .enumerate()
        .map(|(position, value)| convert(position, value))
        .collect::<PyResult<_>>()?;
    let row = row::new(values, &fields, vm)?;
    if state.mode == Mode::Mappings { row::mapping(&row, vm).map(Some) } else { Ok(Some(row)) }
}

fn collect(this: &PyObject, limit: usize, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    let unique = read(this, vm)?.unique;
    let mut collected: Vec<PyObjectRef> = Vec::new();
    while collected.len() < limit {
        let Some(item) = next(this, vm)? else { break };
        if unique {
            let mut known = false;
            for other in &collected {
                known |= vm.bool_eq(other, &item)?;
            }
            if known {
                continue;
            }
        }
        collected.push(item);
    }
    Ok(collected)
}

fn rest(this: &PyObject, vm: &VirtualMachine) -> PyResult {
    Ok(new_list(collect(this, usize::MAX, vm)?, vm))
}

fn fetchmany(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Result.fetchmany", args, vm);
    let size = arguments.optional("size").map_or(Ok(1), |size| size.try_into_value(vm))?;
    arguments.finish()?;
    Ok(new_list(collect(&this, size, vm)?, vm))
}

fn partitions(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Result.partitions", args, vm);
    let size: usize = arguments.optional("size").map_or(Ok(1000), |size| size.try_into_value(vm))?;
    arguments.finish()?;
    let mut parts = Vec::new();
    loop {
        let part = collect(&this, size.max(1), vm)?;
        if part.is_empty() {
            break;
        }
        parts.push(new_list(part, vm));
    }
    new_list(parts, vm).get_iter(vm).map(Into::into)
}

fn mark_closed(this: &PyObject) {
    if let Some(state) = state::<ResultState>(this) {
        state.rows.write().unwrap_or_else(PoisonError::into_inner).closed = true;
    }
}

fn close(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    mark_closed(&this);
    object::none(vm)
}

fn first(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let item = next(&this, vm)?;
    mark_closed(&this);
    Ok(item.unwrap_or_else(|| vm.ctx.none()))
}

fn one(this: &PyObject, required: bool, vm: &VirtualMachine) -> PyResult {
    let item = next(this, vm)?;
    let more = item.is_some() && next(this, vm)?.is_some();
    mark_closed(this);
    if more {
        let when = if required { "exactly one" } else { "one or none" };
        return Err(exc::error(
            "MultipleResultsFound",
            format!("Multiple rows were found when {when} was required"),
            vm,
        ));
    }
    match item {
        Some(item) => Ok(item),
        None if required => Err(exc::error("NoResultFound", "No row was found when one was required", vm)),
        None => object::none(vm),
    }
}

fn scalar(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    first(scalars_of(&this, 0, vm)?, args, vm)
}
