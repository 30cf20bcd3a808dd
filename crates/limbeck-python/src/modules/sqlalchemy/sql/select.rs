//! `select()` and what combines queries.

use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::collection;
use super::elements::{
    Node, clause_element, coerce, coerce_condition, columns_in, element, is_clause, is_select, label_base,
    node, result_name, textual, type_of_value,
};
use super::from_elements;
use super::selectable::{
    anonymous, is_derived, keys_of, new_column, new_join, subquery_of, tables_in, tables_of,
};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, get, instance_with, is_a, method, new_list, own, set_state, state, text_of,
};

/// The parts of a query, as Python objects.
#[derive(Clone, Debug, Default)]
pub(crate) struct SelectState {
    pub columns: Vec<PyObjectRef>,
    pub from: Vec<PyObjectRef>,
    pub where_: Vec<PyObjectRef>,
    pub group_by: Vec<PyObjectRef>,
    pub having: Vec<PyObjectRef>,
    pub order_by: Vec<PyObjectRef>,
    pub limit: Option<PyObjectRef>,
    pub offset: Option<PyObjectRef>,
    pub fetch: Option<FetchState>,
    pub distinct: bool,
    pub distinct_on: Vec<PyObjectRef>,
    pub for_update: Option<LockState>,
    pub correlation: CorrelationState,
    pub compound: Option<CompoundState>,
    pub words: WordsState,
    /// Common table expressions that the query does not read from.
    pub ctes: Vec<PyObjectRef>,
}

/// The queries of a set operation: the first, and each further one with the keyword before it.
#[derive(Clone, Debug)]
pub(crate) struct CompoundState {
    pub first: PyObjectRef,
    pub others: Vec<(String, PyObjectRef)>,
}

/// FETCH FIRST.
#[derive(Clone, Debug)]
pub(crate) struct FetchState {
    pub count: PyObjectRef,
    pub percent: bool,
    pub with_ties: bool,
    pub approximate: bool,
}

/// What `correlate()` and `correlate_except()` were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct CorrelationState {
    pub is_explicit: bool,
    pub only: Vec<PyObjectRef>,
    pub except: Option<Vec<PyObjectRef>>,
}

/// The options of FOR UPDATE.
#[derive(Clone, Debug, Default)]
pub(crate) struct LockState {
    pub nowait: bool,
    pub skip_locked: bool,
    pub read: bool,
    pub key_share: bool,
    pub of: Vec<PyObjectRef>,
}

use super::dml::{WordsState, given_hint, given_words};

const MODULE: &str = "sqlalchemy.sql.selectable";

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "SelectBase",
        module: MODULE,
        bases: &["Executable", "ReturnsRows"],
        members: &[
            ("subquery", method(|this, args, vm| derived("Subquery", &this, args, vm))),
            ("alias", method(|this, args, vm| derived("Subquery", &this, args, vm))),
            ("cte", method(|this, args, vm| from_elements::cte(&this, args, vm))),
            ("scalar_subquery", method(|this, _, vm| element(Node::ScalarSelect(this), vm))),
            ("as_scalar", method(|this, _, vm| element(Node::ScalarSelect(this), vm))),
            ("label", method(label)),
            ("exists", method(|this, _, vm| element(Node::Exists(this), vm))),
            ("lateral", method(|this, args, vm| derived("Lateral", &this, args, vm))),
            ("selected_columns", Member::Get(selected_collection)),
            ("exported_columns", Member::Get(selected_collection)),
            ("c", Member::Get(selected_collection)),
            ("columns", Member::Get(selected_collection)),
        ],
    },
    ClassDef {
        name: "GenerativeSelect",
        module: MODULE,
        bases: &["SelectBase"],
        members: &[
            ("order_by", method(|this, args, vm| ordering(&this, args, false, vm))),
            ("group_by", method(|this, args, vm| ordering(&this, args, true, vm))),
            ("limit", method(|this, args, vm| bound(&this, args, false, vm))),
            ("offset", method(|this, args, vm| bound(&this, args, true, vm))),
            ("slice", method(slice)),
            ("fetch", method(fetch)),
            ("with_for_update", method(with_for_update)),
            ("set_label_style", method(|this, _, _| Ok(this))),
            (
                "add_cte",
                method(|this, args, vm| change(&this, |state| from_elements::add_ctes(state, &args), vm)),
            ),
        ],
    },
    ClassDef {
        name: "Select",
        module: MODULE,
        bases: &["GenerativeSelect"],
        members: &[
            ("union", method(|this, args, vm| compound_method("UNION", this, args, vm))),
            ("union_all", method(|this, args, vm| compound_method("UNION ALL", this, args, vm))),
            ("except_", method(|this, args, vm| compound_method("EXCEPT", this, args, vm))),
            ("except_all", method(|this, args, vm| compound_method("EXCEPT ALL", this, args, vm))),
            ("intersect", method(|this, args, vm| compound_method("INTERSECT", this, args, vm))),
            ("intersect_all", method(|this, args, vm| compound_method("INTERSECT ALL", this, args, vm))),
            ("where", method(where_)),
            ("filter", method(where_)),
            ("filter_by", method(filter_by)),
            ("having", method(having)),
            ("select_from", method(select_from)),
            ("join", method(|this, args, vm| join(&this, args, false, vm))),
            ("outerjoin", method(|this, args, vm| join(&this, args, true, vm))),
            ("join_from", method(join_from)),
            ("outerjoin_from", method(join_from)),
            ("distinct", method(distinct)),
            ("correlate", method(correlate)),
            ("correlate_except", method(correlate_except)),
            ("add_columns", method(|this, args, vm| more_columns(&this, args, false, vm))),
            ("with_only_columns", method(|this, args, vm| more_columns(&this, args, true, vm))),
            ("column", method(|this, args, vm| more_columns(&this, args, false, vm))),
            (
                "prefix_with",
                method(|this, args, vm| {
                    let words = given_words(args, vm)?;
                    change(&this, |state| state.words.prefixes.extend(words), vm)
                }),
            ),
            (
                "suffix_with",
                method(|this, args, vm| {
                    let words = given_words(args, vm)?;
                    change(&this, |state| state.words.suffixes.extend(words), vm)
                }),
            ),
            ("ext", method(extended)),
            (
                "with_hint",
                method(|this, args, vm| {
                    let mut arguments = Arguments::new("with_hint", args, vm);
                    let table = coerce_from(&*arguments.required("selectable")?, vm)?;
                    let hint = given_hint(&mut arguments, Some(table))?;
                    arguments.finish()?;
                    change(&this, |state| state.words.hints.push(hint), vm)
                }),
            ),
            (
                "with_statement_hint",
                method(|this, args, vm| {
                    let mut arguments = Arguments::new("with_statement_hint", args, vm);
                    let hint = given_hint(&mut arguments, None)?;
                    arguments.finish()?;
                    change(&this, |state| state.words.hints.push(hint), vm)
                }),
            ),
            ("columns_clause_froms", Member::Get(froms)),
            ("froms", Member::Get(froms)),
            ("get_final_froms", method(|this, _, vm| froms(this, vm))),
            (
                "whereclause",
                Member::Get(|this, vm| match state::<SelectState>(&this) {
                    Some(state) if !state.where_.is_empty() => {
                        super::operators::boolean_list(true, &state.where_, vm)
                    }
                    _ => Ok(vm.ctx.none()),
                }),
            ),
        ],
    },
    ClassDef { name: "CompoundSelect", module: MODULE, bases: &["GenerativeSelect"], members: &[] },
    ClassDef { name: "TextualSelect", module: MODULE, bases: &["SelectBase"], members: &[] },
    ClassDef {
        name: "ScalarSelect",
        module: MODULE,
        bases: &["ColumnElement"],
        members: &[
            ("where", method(inner_where)),
            ("correlate", method(|this, args, vm| inner_change(&this, "correlate", args, vm))),
            ("correlate_except", method(|this, args, vm| inner_change(&this, "correlate_except", args, vm))),
        ],
    },
    ClassDef {
        name: "Exists",
        module: MODULE,
        bases: &["UnaryExpression"],
        members: &[
            ("where", method(inner_where)),
            ("correlate", method(|this, args, vm| inner_change(&this, "correlate", args, vm))),
            ("correlate_except", method(|this, args, vm| inner_change(&this, "correlate_except", args, vm))),
            ("select_from", method(inner_select_from)),
            ("select", method(|this, _, vm| new_select(vec![this], vm))),
        ],
    },
];

/// Makes `select(*entities)`.
pub(crate) fn new_select(entities: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    let mut state = SelectState::default();
    add_entities(&mut state, entities, vm)?;
    instance_with("Select", state, vm)
}

/// Adds what is selected: a table stands for all its columns.
fn add_entities(state: &mut SelectState, entities: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyResult<()> {
    for entity in entities {
        let given = entity.clone();
        let entity = match vm.get_attribute_opt(entity.clone(), vm.ctx.intern_str("__table__"))? {
            Some(table) if !is_clause(&entity, vm) => table,
            _ => clause_element(&entity, vm)?,
        };
        if text_of(&entity).is_some() {
            return Err(textual("column expression", &entity, vm));
        }
        if is_a(&entity, "FromClause") {
            state.columns.extend(collection::columns(&*get(&entity, "c", vm)?));
            // others are found by their columns, in the order in which these stand
            let is_needed = is_a(&entity, "Join") || collection::columns(&*get(&entity, "c", vm)?).is_empty();
            if is_needed && !state.from.iter().any(|known| known.is(&entity)) {
                state.from.push(entity);
            }
        } else if is_select(&entity) || is_a(&entity, "ClauseElement") {
            state.columns.push(coerce(&entity, None, vm)?);
        } else if object::is_list(&entity, vm) {
            return Err(exc::argument(
                format!(
                    "Column expression, FROM clause, or other columns clause element expected, got {}. Did you mean \
                     to say select({})?",
                    object::repr(&given, vm)?,
                    object::repr(&given, vm)?.trim_matches(['[', ']', '(', ')'])
                ),
                vm,
            ));
        } else if vm.is_none(&entity) || type_of_value(&entity, vm)?.is_none() {
            state.columns.push(coerce(&entity, None, vm)?);
        } else {
            // A plain number stands for itself.
            state
                .columns
                .push(element(Node::LiteralColumn { text: object::text(&entity, vm)?, type_: None }, vm)?);
        }
    }
    Ok(())
}

/// Gives what a query selects.
pub(crate) fn selected(query: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    match state::<SelectState>(query) {
        Some(state) => Ok(state.columns.clone()),
        None => Ok(collection::columns(&*get(query, "selected_columns", vm)?)),
    }
}

/// Gives a query in which each column has a name, so that a statement around it can speak of it, and its columns: what
/// has none, or one that an earlier column has, gets an anonymous label.
pub(crate) fn with_names(query: &PyObject, vm: &VirtualMachine) -> PyResult<(PyObjectRef, Vec<PyObjectRef>)> {
    let mut columns = selected(query, vm)?;
    if state::<SelectState>(query).is_none() {
        return Ok((query.to_owned(), columns));
    }
    let mut names: Vec<String> = Vec::new();
    let mut changed = false;
    for column in &mut columns {
        let name = result_name(column, vm)?;
        let base = match name {
            Some(name) if !names.contains(&name) => {
                names.push(name);
                continue;
            }
            Some(name) => name,
            None => label_base(column),
        };
        *column = element(Node::Label { name: anonymous(&base, vm), operand: column.clone() }, vm)?;
        changed = true;
    }
    if !changed {
        return Ok((query.to_owned(), columns));
    }
    Ok((with_columns(query, &columns, vm)?, columns))
}

/// Gives a query with other columns; those of a set operation are its first query's.
fn with_columns(query: &PyObject, columns: &[PyObjectRef], vm: &VirtualMachine) -> PyResult {
    let compound = state::<SelectState>(query).and_then(|state| state.compound.clone());
    let first = compound.map(|compound| with_columns(&compound.first, columns, vm)).transpose()?;
    let edit = |state: &mut SelectState| {
        state.columns = columns.to_vec();
        if let (Some(compound), Some(first)) = (&mut state.compound, first) {
            compound.first = first;
        }
    };
    change(query, edit, vm)
}

fn selected_collection(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let collected = collection::new(vm)?;
    let state = state::<SelectState>(&this).as_deref().cloned().unwrap_or_default();
    for (key, column) in keys_of(&state.columns, vm)?.into_iter().zip(state.columns) {
        collection::add(&collected, Some(key), column, vm)?;
    }
    Ok(collected)
}

/// Makes a changed copy of a query.
fn change(this: &PyObject, edit: impl FnOnce(&mut SelectState), vm: &VirtualMachine) -> PyResult {
    let copy = object::shallow_copy(this, vm)?;
    let mut changed = state::<SelectState>(this).as_deref().cloned().unwrap_or_default();
    edit(&mut changed);
    set_state(&copy, changed);
    Ok(copy)
}

fn derived(class: &str, this: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("subquery", args, vm);
    let name = arguments.optional("name");
    arguments.finish()?;
    subquery_of(class, this, name, vm)
}

fn label(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let scalar = element(Node::ScalarSelect(this), vm)?;
    vm.call_method(&scalar, "label", args)
}

fn conditions(args: FuncArgs, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    args.args.iter().map(|condition| coerce_condition(condition, vm)).collect()
}

fn where_(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let added = conditions(args, vm)?;
    change(&this, |state| state.where_.extend(added), vm)
}

fn having(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let added = conditions(args, vm)?;
    change(&this, |state| state.having.extend(added), vm)
}

fn filter_by(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut columns = Vec::new();
    for from in object::items(&*froms(this.clone(), vm)?, vm)? {
        columns.extend(collection::entries(&*get(&from, "c", vm)?));
    }
    let mut added = Vec::new();
    for (name, value) in args.kwargs {
        let Some((_, column)) = columns.iter().find(|(key, _)| *key == name) else {
            return Err(exc::invalid_request(
                format!("Entity namespace for this query has no property \"{name}\""),
                vm,
            ));
        };
        added.push(vm.call_method(column, "__eq__", (value,))?);
    }
    change(&this, |state| state.where_.extend(added), vm)
}

/// Turns the arguments of ORDER BY and GROUP BY into expressions; a plain name is a label or a column.
pub(crate) fn order_columns(given: &[PyObjectRef], vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    given
        .iter()
        .map(|item| match text_of(item) {
            Some(name) => new_column(&name, None, vm),
            None => coerce(item, None, vm),
        })
        .collect()
}

fn ordering(this: &PyObject, args: FuncArgs, group: bool, vm: &VirtualMachine) -> PyResult {
    if let [only] = args.args.as_slice()
        && vm.is_none(only)
    {
        return change(this, |state| if group { state.group_by.clear() } else { state.order_by.clear() }, vm);
    }
    let added = order_columns(&args.args, vm)?;
    change(this, |state| if group { state.group_by.extend(added) } else { state.order_by.extend(added) }, vm)
}

/// Gives the number that an object is for Python's `int()`.
pub(super) fn whole_number(value: &PyObject, vm: &VirtualMachine) -> PyResult<i64> {
    let number: PyObjectRef = vm.ctx.types.int_type.to_owned().into();
    number.call((value.to_owned(),), vm)?.try_into_value(vm)
}

/// Gives the expression of a number of rows; `None` takes it back.
fn row_count(value: PyObjectRef, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    if vm.is_none(&value) {
        return Ok(None);
    }
    if is_clause(&value, vm) {
        return coerce(&value, None, vm).map(Some);
    }
    let number = whole_number(&value, vm)?;
    coerce(&PyObjectRef::from(vm.ctx.new_int(number)), None, vm).map(Some)
}

fn bound(this: &PyObject, args: FuncArgs, offset: bool, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new(if offset { "offset" } else { "limit" }, args, vm);
    let count = row_count(arguments.required(if offset { "offset" } else { "limit" })?, vm)?;
    arguments.finish()?;
    change(
        this,
        |state| {
            if offset {
                state.offset = count;
            } else {
                state.limit = count;
                state.fetch = None;
            }
        },
        vm,
    )
}

/// `fetch(count, with_ties=False, percent=False, **dialect_kw)`
fn fetch(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("fetch", args, vm);
    let count = row_count(arguments.required("count")?, vm)?;
    let with_ties = arguments.flag("with_ties", false)?;
    let percent = arguments.flag("percent", false)?;
    let approximate = match arguments.keyword("oracle_fetch_approximate") {
        Some(flag) => flag.try_to_bool(vm)?,
        None => false,
    };
    arguments.finish()?;
    let fetch = count.map(|count| FetchState { count, percent, with_ties, approximate });
    change(
        &this,
        |state| {
            state.fetch = fetch;
            state.limit = None;
        },
        vm,
    )
}

fn slice(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("slice", args, vm);
    let start: i64 = arguments.required("start")?.try_into_value(vm)?;
    let stop: i64 = arguments.required("stop")?.try_into_value(vm)?;
    let limit = coerce(&PyObjectRef::from(vm.ctx.new_int(stop - start)), None, vm)?;
    let offset = coerce(&PyObjectRef::from(vm.ctx.new_int(start)), None, vm)?;
    change(
        &this,
        |state| {
            state.limit = Some(limit);
            state.fetch = None;
            state.offset = (start != 0).then_some(offset);
        },
        vm,
    )
}

fn distinct(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let on = order_columns(&args.args, vm)?;
    if !on.is_empty() {
        let message = "Passing expression to ``distinct`` to generate a DISTINCT ON clause is deprecated. Use instead the \
                       ``postgresql.distinct_on`` function as an extension.";
        let category = object::class_object("SADeprecationWarning");
        vm.call_method(&*vm.import("warnings", 0)?, "warn", (object::new_text(message, vm), category))?;
    }
    change(
        &this,
        |state| {
            state.distinct = true;
            state.distinct_on.extend(on);
        },
        vm,
    )
}

/// `Select.ext(postgresql.distinct_on(...))`
fn extended(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("ext", args, vm);
    let extension = arguments.required("extension")?;
    arguments.finish()?;
    if !is_a(&extension, crate::modules::sqlalchemy::postgresql::DISTINCT_ON) {
        let class = object::class_name(&extension);
        return Err(exc::not_provided(&format!("the extension {class} of a query"), vm));
    }
    let on = object::items(&*get(&extension, "_distinct_on", vm)?, vm)?;
    change(
        &this,
        |state| {
            state.distinct = true;
            state.distinct_on = on;
        },
        vm,
    )
}

/// Reads the elements that `correlate()` and `correlate_except()` are given: `None` and `False` stand for none at all.
fn correlated(
    name: &str,
    args: FuncArgs,
    before: Option<Vec<PyObjectRef>>,
    vm: &VirtualMachine,
) -> PyResult<Vec<PyObjectRef>> {
    if let Some(first) = args.args.first()
        && (vm.is_none(first) || first.is(&vm.ctx.false_value))
    {
        if args.args.len() > 1 {
            return Err(exc::argument(
                format!("additional FROM objects not accepted when passing None/False to {name}()"),
                vm,
            ));
        }
        return Ok(Vec::new());
    }
    let mut elements = before.unwrap_or_default();
    for from in &args.args {
        if text_of(from).is_some() {
            return Err(textual("SQL expression", from, vm));
        }
        elements.push(coerce_from(from, vm)?);
    }
    Ok(elements)
}

fn correlate(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let before = state::<SelectState>(&this).map(|state| state.correlation.only.clone());
    let only = correlated("correlate", args, before, vm)?;
    change(
        &this,
        |state| {
            state.correlation.is_explicit = true;
            state.correlation.only = only;
        },
        vm,
    )
}

fn correlate_except(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let before = state::<SelectState>(&this).and_then(|state| state.correlation.except.clone());
    let except = correlated("correlate_except", args, before, vm)?;
    change(
        &this,
        |state| {
            state.correlation.is_explicit = true;
            state.correlation.except = Some(except);
        },
        vm,
    )
}

/// Gives a FROM element: a table, a mapped class's table, a query as a subquery.
pub(crate) fn coerce_from(obj: &PyObject, vm: &VirtualMachine) -> PyResult {
    if !is_clause(obj, vm)
        && let Some(table) = vm.get_attribute_opt(obj.to_owned(), vm.ctx.intern_str("__table__"))?
    {
        return Ok(table);
    }
    let obj = clause_element(obj, vm)?;
    if is_select(&obj) {
        return subquery_of("Subquery", &obj, None, vm);
    }
    let is_from =
        is_a(&obj, "FromClause") || node(&obj).is_some_and(|node| matches!(&*node, Node::Text { .. }));
    if !is_from {
        let shown = object::repr(&obj, vm)?;
        return Err(exc::argument(
            format!("FROM expression, such as a Table or alias() object expected, got {shown}."),
            vm,
        ));
    }
    Ok(obj)
}

fn select_from(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let added = args.args.iter().map(|from| coerce_from(from, vm)).collect::<PyResult<Vec<_>>>()?;
    change(
        &this,
        |state| {
            for from in added {
                add_from(&mut state.from, from, vm);
            }
        },
        vm,
    )
}

/// Adds a FROM element, in place of the tables that it joins.
fn add_from(from: &mut Vec<PyObjectRef>, added: PyObjectRef, vm: &VirtualMachine) {
    if from.iter().any(|known| known.is(&added)) {
        return;
    }
    if let Ok(inside) = tables_in(&added, vm) {
        from.retain(|known| !inside.iter().any(|table| table.is(known)) && !is_left_of(known, &added, vm));
    }
    from.push(added);
}

fn is_left_of(known: &PyObject, join: &PyObject, vm: &VirtualMachine) -> bool {
    own(join, "left", vm).is_some_and(|left| left.is(known) || is_left_of(known, &left, vm))
}

/// All FROM elements of a query: explicit ones, then those that only its columns and conditions name.
fn froms(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let state = state::<SelectState>(&this).as_deref().cloned().unwrap_or_default();
    let mut result = state.from.clone();
    let mut covered = Vec::new();
    for from in &result {
        covered.extend(tables_in(from, vm)?);
    }
    let mut columns = Vec::new();
    for expression in state.columns.iter().chain(&state.where_) {
        columns_in(expression, &mut columns, vm)?;
    }
    for column in columns {
        if let Some(table) = own(&column, "table", vm)
            && !covered.iter().any(|known| known.is(&table))
        {
            covered.push(table.clone());
            result.push(table);
        }
    }
    Ok(new_list(result, vm))
}

fn join(this: &PyObject, args: FuncArgs, outer: bool, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Select.join", args, vm);
    let target = arguments.required("target")?;
    let onclause = arguments.optional("onclause");
    let outer = outer || arguments.flag("isouter", false)?;
    let full = arguments.flag("full", false)?;
    arguments.finish()?;
    let target = coerce_from(&target, vm)?;
    let candidates = object::items(&*froms(this.to_owned(), vm)?, vm)?;
    let candidates: Vec<_> = candidates.into_iter().filter(|from| !from.is(&target)).collect();
    let Some(left) = candidates.first() else {
        return Err(exc::invalid_request(
            "Don't know how to join to the target: the statement has no FROM to join from",
            vm,
        ));
    };
    let joined = new_join(left, &target, onclause, outer, full, vm)?;
    let left = left.clone();
    change(
        this,
        |state| {
            state.from.retain(|known| !known.is(&left) && !known.is(&target));
            state.from.insert(0, joined);
        },
        vm,
    )
}

fn join_from(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Select.join_from", args, vm);
    let left = arguments.required("from_")?;
    let target = arguments.required("target")?;
    let onclause = arguments.optional("onclause");
    let outer = arguments.flag("isouter", false)?;
    let full = arguments.flag("full", false)?;
    arguments.finish()?;
    let joined = new_join(&*coerce_from(&left, vm)?, &*coerce_from(&target, vm)?, onclause, outer, full, vm)?;
    change(&this, |state| add_from(&mut state.from, joined, vm), vm)
}

fn more_columns(this: &PyObject, args: FuncArgs, replace: bool, vm: &VirtualMachine) -> PyResult {
    let mut added = state::<SelectState>(this).as_deref().cloned().unwrap_or_default();
    if replace {
        added.columns.clear();
    }
    add_entities(&mut added, args.args, vm)?;
    change(this, |state| *state = added, vm)
}

fn with_for_update(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("GenerativeSelect.with_for_update", args, vm);
    let lock = LockState {
        nowait: arguments.flag("nowait", false)?,
        skip_locked: arguments.flag("skip_locked", false)?,
        read: arguments.flag("read", false)?,
        key_share: arguments.flag("key_share", false)?,
        of: match arguments.optional("of") {
            Some(several) if object::is_list(&several, vm) => object::items(&several, vm)?,
            one => one.into_iter().collect(),
        },
    };
    arguments.finish()?;
    change(&this, |state| state.for_update = Some(lock), vm)
}

fn compound_method(keyword: &str, this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut queries = vec![this];
    queries.extend(args.args);
    compound(keyword, &queries, vm)
}

/// Makes `union(...)` and its kin.
pub(crate) fn compound(keyword: &str, queries: &[PyObjectRef], vm: &VirtualMachine) -> PyResult {
    let Some((first, others)) = queries.split_first() else {
        return Err(exc::argument(format!("{keyword} needs at least one query"), vm));
    };
    let columns = state::<SelectState>(first).map(|first| first.columns.clone()).unwrap_or_default();
    let others = others.iter().map(|query| (keyword.to_owned(), query.clone())).collect();
    let compound = Some(CompoundState { first: first.clone(), others });
    instance_with("CompoundSelect", SelectState { columns, compound, ..SelectState::default() }, vm)
}

fn inner_select(this: &PyObject) -> Option<PyObjectRef> {
    match node(this).as_deref() {
        Some(Node::ScalarSelect(select) | Node::Exists(select)) => Some(select.clone()),
        _ => None,
    }
}

fn inner_change(this: &PyObject, name: &str, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(select) = inner_select(this) else { return Ok(this.to_owned()) };
    let changed = vm.call_method(&select, name, args)?;
    if is_a(this, "Exists") {
        element(Node::Exists(changed), vm)
    } else {
        element(Node::ScalarSelect(changed), vm)
    }
}

fn inner_where(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    inner_change(&this, "where", args, vm)
}

fn inner_select_from(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    inner_change(&this, "select_from", args, vm)
}

/// Gives the elements of FROM that a query uses without naming them: none when tables by themselves are all.
pub(crate) fn implied_froms(state: &SelectState, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    let mut covered = Vec::new();
    for from in &state.from {
        covered.extend(tables_in(from, vm)?);
    }
    let expressions: Vec<_> = state.columns.iter().chain(&state.where_).cloned().collect();
    let mut found = tables_of(&expressions, vm)?;
    found.retain(|table| !covered.iter().any(|known| known.is(table)));
    let mut columns = Vec::new();
    for expression in &expressions {
        columns_in(expression, &mut columns, vm)?;
    }
    let has_rows = columns.iter().any(|column| is_a(column, "TableValuedColumn"));
    if !has_rows && !found.iter().any(|table| is_derived(table)) {
        found.clear();
    }
    Ok(found)
}
