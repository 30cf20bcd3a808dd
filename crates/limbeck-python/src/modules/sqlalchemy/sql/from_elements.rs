//! Elements of FROM beside tables and subqueries: common table expressions, LATERAL, VALUES, functions, samples.

use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::dml::{WordsState, given_words};
use super::elements::{Node, coerce, element, type_of};
use super::select::SelectState;
use super::selectable::{anonymous, anonymous_of, derived_columns, source_columns, subquery_of};
use super::{collection, functions};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, get, get_some, instance, instance_with, is_a, method, new_bool, own, set,
    set_state, state, text_of,
};
use crate::modules::sqlalchemy::types::null_type;

const MODULE: &str = "sqlalchemy.sql.selectable";

pub(crate) const CLASSES: &[ClassDef] = &[
    ClassDef {
        name: "CTE",
        module: MODULE,
        bases: &["AliasedReturnsRows"],
        members: &[
            ("union", method(|this, args, vm| restated("UNION", &this, args, vm))),
            ("union_all", method(|this, args, vm| restated("UNION ALL", &this, args, vm))),
            ("prefix_with", method(|this, args, vm| with_words(&this, args, true, vm))),
            ("suffix_with", method(|this, args, vm| with_words(&this, args, false, vm))),
        ],
    },
    ClassDef { name: "Lateral", module: MODULE, bases: &["AliasedReturnsRows"], members: &[] },
    ClassDef {
        name: "Values",
        module: MODULE,
        bases: &["FromClause"],
        members: &[
            ("data", method(values_data)),
            ("alias", method(|this, args, vm| values_renamed(&this, args, false, vm))),
            ("lateral", method(|this, args, vm| values_renamed(&this, args, true, vm))),
            ("cte", method(values_cte)),
            ("scalar_values", method(|this, _, vm| element(Node::ScalarValues(this), vm))),
        ],
    },
    ClassDef { name: "ScalarValues", module: MODULE, bases: &["ColumnElement"], members: &[] },
    ClassDef {
        name: "ScalarFunctionColumn",
        module: "sqlalchemy.sql.functions",
        bases: &["ColumnElement"],
        members: &[],
    },
    ClassDef {
        name: "TableValuedAlias",
        module: MODULE,
        bases: &["AliasedReturnsRows"],
        members: &[
            ("alias", method(|this, args, vm| function_renamed(&this, args, false, vm))),
            ("lateral", method(|this, args, vm| function_renamed(&this, args, true, vm))),
            ("render_derived", method(render_derived)),
            ("column", Member::Get(row_value)),
        ],
    },
    ClassDef { name: "TableValuedColumn", module: MODULE, bases: &["ColumnClause"], members: &[] },
    ClassDef { name: "TableSample", module: MODULE, bases: &["AliasedReturnsRows"], members: &[] },
];

/// Makes a common table expression of a query or a statement: `cte(name=None, recursive=False, nesting=False)`.
pub(crate) fn cte(this: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("cte", args, vm);
    let name = arguments.optional("name");
    let recursive = arguments.flag("recursive", false)?;
    let nesting = arguments.flag("nesting", false)?;
    arguments.finish()?;
    let made = subquery_of("CTE", this, name, vm)?;
    set(&made, "recursive", new_bool(recursive, vm), vm)?;
    set(&made, "nesting", new_bool(nesting, vm), vm)?;
    Ok(made)
}

/// `cte.union(...)`: the expression of the same name that goes on with further queries.
fn restated(keyword: &str, this: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut queries = vec![get(this, "element", vm)?];
    queries.extend(args.args);
    let copy = object::shallow_copy(this, vm)?;
    set(&copy, "element", super::select::compound(keyword, &queries, vm)?, vm)?;
    let columns = source_columns(this, vm)?;
    derived_columns(&copy, &columns, vm)?;
    Ok(copy)
}

fn with_words(this: &PyObject, args: FuncArgs, before: bool, vm: &VirtualMachine) -> PyResult {
    let given = given_words(args, vm)?;
    let mut words = state::<WordsState>(this).as_deref().cloned().unwrap_or_default();
    if before {
        words.prefixes.extend(given);
    } else {
        words.suffixes.extend(given);
    }
    let copy = object::shallow_copy(this, vm)?;
    set_state(&copy, words);
    let columns = source_columns(this, vm)?;
    derived_columns(&copy, &columns, vm)?;
    Ok(copy)
}

/// Makes another name for a common table expression.
pub(crate) fn cte_alias(this: &PyObject, name: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let copy = object::shallow_copy(this, vm)?;
    if own(&copy, "cte_name", vm).is_none() {
        set(&copy, "cte_name", get(this, "name", vm)?, vm)?;
    }
    set(&copy, "name", name, vm)?;
    let columns = source_columns(this, vm)?;
    derived_columns(&copy, &columns, vm)?;
    Ok(copy)
}

/// The rows of `values(...)`.
#[derive(Clone, Debug, Default)]
pub(crate) struct ValuesState {
    /// The columns, as they were given.
    pub columns: Vec<PyObjectRef>,
    pub rows: Vec<Vec<PyObjectRef>>,
    pub lateral: bool,
    pub literal_binds: bool,
}

/// `values(*columns, name=None, literal_binds=False)`
pub(crate) fn values(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("values", args, vm);
    let name = arguments.keyword("name");
    let literal_binds = match arguments.keyword("literal_binds") {
        Some(flag) => flag.try_to_bool(vm)?,
        None => false,
    };
    let columns = arguments.rest();
    arguments.finish()?;
    new_values(ValuesState { columns, literal_binds, ..ValuesState::default() }, name, vm)
}

fn new_values(values: ValuesState, name: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    let columns = values.columns.iter().map(|column| {
        let name = get(column, "name", vm)?;
        Ok((text_of(&name).unwrap_or_default(), name, own(column, "type", vm)))
    });
    let columns = columns.collect::<PyResult<Vec<_>>>()?;
    let made = instance_with("Values", values, vm)?;
    set(&made, "name", name.unwrap_or_else(|| vm.ctx.none()), vm)?;
    derived_columns(&made, &columns, vm)?;
    Ok(made)
}

fn values_of(this: &PyObject) -> ValuesState {
    state::<ValuesState>(this).as_deref().cloned().unwrap_or_default()
}

/// Gives the type of the first column of `values(...)`.
pub(crate) fn first_type(values: &PyObject, vm: &VirtualMachine) -> Option<PyObjectRef> {
    let columns = values_of(values).columns;
    columns.first().and_then(|column| own(column, "type", vm)).filter(|type_| !is_a(type_, "NullType"))
}

fn values_data(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("Values.data", args, vm);
    let given = arguments.required("values")?;
    arguments.finish()?;
    let mut values = values_of(&this);
    for row in object::items(&given, vm)? {
        let row = object::items(&row, vm)?;
        let typed = row.iter().enumerate().map(|(position, value)| {
            let type_ = values.columns.get(position).and_then(|column| own(column, "type", vm));
            coerce(value, type_, vm)
        });
        let typed = typed.collect::<PyResult<_>>()?;
        values.rows.push(typed);
    }
    new_values(values, get_some(&this, "name", vm)?, vm)
}

fn values_renamed(this: &PyObject, args: FuncArgs, lateral: bool, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("alias", args, vm);
    let name = arguments.optional("name");
    arguments.keyword("flat");
    arguments.finish()?;
    let mut values = values_of(this);
    values.lateral |= lateral;
    let name = name.unwrap_or_else(|| anonymous("anon", vm));
    new_values(values, Some(name), vm)
}

fn values_cte(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("cte", args, vm);
    let name = arguments.optional("name");
    let recursive = arguments.flag("recursive", false)?;
    let nesting = arguments.flag("nesting", false)?;
    arguments.finish()?;
    let made = instance("CTE", vm)?;
    set(&made, "name", name.unwrap_or_else(|| anonymous("anon", vm)), vm)?;
    set(&made, "element", this.clone(), vm)?;
    set(&made, "recursive", new_bool(recursive, vm), vm)?;
    set(&made, "nesting", new_bool(nesting, vm), vm)?;
    let columns = source_columns(&this, vm)?;
    derived_columns(&made, &columns, vm)?;
    Ok(made)
}

/// `function.table_valued(*columns, name=None, with_ordinality=None, joins_implicitly=False)`
pub(crate) fn table_valued(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("table_valued", args, vm);
    let name = arguments.keyword("name");
    let ordinality = arguments.keyword("with_ordinality");
    arguments.keyword("joins_implicitly");
    let mut given = arguments.rest();
    arguments.finish()?;
    given.extend(ordinality.clone());
    let columns = given.iter().map(|column| match text_of(column) {
        Some(key) => Ok((key, column.clone(), None)),
        None => {
            let name = get(column, "name", vm)?;
            Ok((text_of(&name).unwrap_or_default(), name, own(column, "type", vm)))
        }
    });
    let columns = columns.collect::<PyResult<Vec<_>>>()?;
    new_function_table(this, name, ordinality.is_some(), &columns, vm)
}

fn new_function_table(
    function: PyObjectRef,
    name: Option<PyObjectRef>,
    ordinality: bool,
    columns: &[(String, PyObjectRef, Option<PyObjectRef>)],
    vm: &VirtualMachine,
) -> PyResult {
    let made = instance("TableValuedAlias", vm)?;
    set(&made, "name", name.unwrap_or_else(|| anonymous("anon", vm)), vm)?;
    set(&made, "element", function, vm)?;
    set(&made, "ordinality", new_bool(ordinality, vm), vm)?;
    derived_columns(&made, columns, vm)?;
    Ok(made)
}

/// `function.column_valued(name=None)`: the values of a function's rows.
pub(crate) fn column_valued(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    row_value(function_alias(this, args, vm)?, vm)
}

/// `function.alias(name=None)`
pub(crate) fn function_alias(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("alias", args, vm);
    let name = arguments.optional("name");
    arguments.keyword("joins_implicitly");
    arguments.finish()?;
    new_function_table(this, name, false, &[], vm)
}

pub(crate) fn row_value(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let column = instance("TableValuedColumn", vm)?;
    let name = get(&this, "name", vm)?;
    set(&column, "name", name.clone(), vm)?;
    set(&column, "key", name, vm)?;
    let type_ = match own(&this, "element", vm) {
        Some(function) => type_of(&function, vm)?,
        None => None,
    };
    set(&column, "type", type_.map_or_else(|| null_type(vm), Ok)?, vm)?;
    set(&column, "is_literal", new_bool(false, vm), vm)?;
    set(&column, "table", this, vm)?;
    Ok(column)
}

fn function_renamed(this: &PyObject, args: FuncArgs, lateral: bool, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("alias", args, vm);
    let name = arguments.optional("name");
    arguments.keyword("flat");
    arguments.finish()?;
    let copy = object::shallow_copy(this, vm)?;
    set(&copy, "name", name.unwrap_or_else(|| anonymous("anon", vm)), vm)?;
    if lateral {
        set(&copy, "is_lateral", new_bool(true, vm), vm)?;
    }
    let columns = source_columns(this, vm)?;
    derived_columns(&copy, &columns, vm)?;
    Ok(copy)
}

fn render_derived(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("render_derived", args, vm);
    let name = arguments.optional("name");
    let with_types = arguments.flag("with_types", false)?;
    arguments.finish()?;
    let copy = object::shallow_copy(&this, vm)?;
    // a derived table of no name of its own gets one that is made
    set(&copy, "name", name.unwrap_or_else(|| anonymous("anon", vm)), vm)?;
    set(&copy, "derived", new_bool(true, vm), vm)?;
    set(&copy, "derived_types", new_bool(with_types, vm), vm)?;
    let columns = source_columns(&this, vm)?;
    derived_columns(&copy, &columns, vm)?;
    Ok(copy)
}

/// `tablesample(selectable, sampling, name=None, seed=None)`
pub(crate) fn tablesample(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("tablesample", args, vm);
    let table = super::select::coerce_from(&*arguments.required("selectable")?, vm)?;
    let sampling = arguments.required("sampling")?;
    let name = arguments.optional("name");
    let seed = arguments.optional("seed");
    arguments.finish()?;
    let sampling = if super::elements::is_clause(&sampling, vm) {
        sampling
    } else {
        functions::new_function(vec!["system".to_owned()], &[sampling], None, vm)?
    };
    let made = instance("TableSample", vm)?;
    let name = match name {
        Some(name) => name,
        None => anonymous_of(&table, vm)?,
    };
    set(&made, "name", name, vm)?;
    set(&made, "sampling", sampling, vm)?;
    let seed = seed.map(|seed| coerce(&seed, None, vm)).transpose()?;
    set(&made, "seed", seed.unwrap_or_else(|| vm.ctx.none()), vm)?;
    let columns = source_columns(&table, vm)?;
    set(&made, "element", table, vm)?;
    derived_columns(&made, &columns, vm)?;
    Ok(made)
}

/// Gives what a statement with RETURNING gives, for a common table expression of it.
pub(crate) fn returned(statement: &PyObject) -> Option<Vec<PyObjectRef>> {
    state::<super::dml::DmlState>(statement).map(|parts| parts.returning.clone())
}

/// Gives the names of the columns of an element, in their order.
pub(crate) fn column_names(element: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    collection::columns(&*get(element, "c", vm)?).iter().map(|column| get(column, "name", vm)).collect()
}

/// `Select.add_cte(*ctes)`
pub(crate) fn add_ctes(state: &mut SelectState, args: &FuncArgs) {
    state.ctes.extend(args.args.iter().filter(|given| is_a(given, "CTE")).cloned());
}
