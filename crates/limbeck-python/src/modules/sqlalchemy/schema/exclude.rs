//! PostgreSQL's `ExcludeConstraint`.

use limbeck_sql::schema::{ExcludeElement, IndexExpression};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::constraint::{common, set_columns};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, get, get_some, get_text, is_a, items, method, new_list, new_text, pairs, repr, set, text,
    text_of,
};
use crate::modules::sqlalchemy::sql::elements::{Node, clause_element, element, node};

pub(crate) const CLASSES: &[ClassDef] = &[ClassDef {
    name: "ExcludeConstraint",
    module: "sqlalchemy.dialects.postgresql.ext",
    bases: &["ColumnCollectionConstraint"],
    members: &[("__init__", method(init))],
}];

/// `ExcludeConstraint((column, operator), ..., name=None, using="gist", where=None, ops=None, ...)`
fn init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("ExcludeConstraint.__init__", args, vm);
    let given = arguments.rest();
    let using = arguments.keyword("using").unwrap_or_else(|| new_text("gist", vm));
    set(&this, "using", using, vm)?;
    let condition = arguments.keyword("where");
    set(&this, "where", condition.map_or_else(|| Ok(vm.ctx.none()), |given| sql(&given, vm))?, vm)?;
    set(&this, "ops", arguments.keyword("ops").unwrap_or_else(|| vm.ctx.none()), vm)?;
    common(&this, &mut arguments, vm)?;
    arguments.finish()?;
    let mut columns = Vec::new();
    for pair in &given {
        if let Some(column) = items(pair, vm)?.first() {
            let column = clause_element(column, vm)?;
            if text_of(&column).is_some() || is_a(&column, "Column") {
                columns.push(column);
            }
        }
    }
    set(&this, "_render_exprs", new_list(given, vm), vm)?;
    set_columns(&this, columns, vm)?;
    object::none(vm)
}

/// Gives SQL that may be given as a string.
pub(crate) fn sql(given: &PyObject, vm: &VirtualMachine) -> PyResult {
    match text_of(given) {
        Some(text) => element(Node::Text { text, binds: Vec::new() }, vm),
        None => clause_element(given, vm),
    }
}

/// Lowers what a constraint compares: pairs of a column or an expression and an operator.
///
/// # Errors
/// `ValueError` for what is no pair, `ArgumentError` for what is no SQL.
pub(crate) fn elements(
    given: &[PyObjectRef],
    classes: Option<&PyObject>,
    vm: &VirtualMachine,
) -> PyResult<Vec<ExcludeElement>> {
    let classes = classes.map_or_else(|| Ok(Vec::new()), |classes| pairs(classes, vm))?;
    given
        .iter()
        .map(|pair| {
            let parts = items(pair, vm)?;
            let [compared, operator] = parts.as_slice() else {
                return Err(vm.new_value_error(format!(
                    "an exclude constraint takes pairs of a column and an operator, got {}",
                    repr(pair, vm)?
                )));
            };
            let compared = clause_element(compared, vm)?;
            let (expression, key) = if text_of(&compared).is_some() {
                let name = crate::lower::identifier(&compared, vm)?;
                let key = name.as_str().to_owned();
                (IndexExpression::Column(name), Some(key))
            } else if is_a(&compared, "ColumnClause") && node(&compared).is_none() {
                let name = crate::lower::identifier(&*get(&compared, "name", vm)?, vm)?;
                (IndexExpression::Column(name), get_text(&compared, "key", vm)?)
            } else if is_a(&compared, "ClauseElement") {
                let key = get_some(&compared, "name", vm)?.and_then(|name| text_of(&name));
                (IndexExpression::Expression(crate::lower::expression(&compared, vm)?), key)
            } else {
                let shown = repr(&compared, vm)?;
                return Err(exc::argument(
                    format!("Column expression or string name for DDL constraint expected, got {shown}."),
                    vm,
                ));
            };
            let class = key.and_then(|key| classes.iter().find(|(known, _)| *known == key));
            Ok(ExcludeElement {
                expression,
                operator: text(operator, vm)?,
                operator_class: class.map(|(_, class)| text(class, vm)).transpose()?,
            })
        })
        .collect()
}

/// Gives the parts of a constraint object: its elements, its method, its condition.
pub(crate) fn parts(
    this: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<(Vec<ExcludeElement>, String, Option<PyObjectRef>)> {
    let given = items(&*get(this, "_render_exprs", vm)?, vm)?;
    let elements = elements(&given, get_some(this, "ops", vm)?.as_deref(), vm)?;
    Ok((elements, get_text(this, "using", vm)?.unwrap_or_default(), get_some(this, "where", vm)?))
}
