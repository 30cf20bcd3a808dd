//! `str(statement)` and `statement.compile(...)`.

use limbeck_sql::dialect::CompileOptions;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::engine::dialect_value;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, get, get_some, instance, method, new_text, set,
};

pub(crate) const CLASSES: &[ClassDef] = &[ClassDef {
    name: "Compiled",
    module: "sqlalchemy.engine.interfaces",
    bases: &[],
    members: &[("__str__", method(|this, _, vm| get(&this, "string", vm)))],
}];

fn render(
    this: &PyObject,
    dialect: Option<&PyObject>,
    literal_binds: bool,
    vm: &VirtualMachine,
) -> PyResult<(String, PyObjectRef)> {
    let dialect = dialect_value(dialect, vm)?;
    let options = CompileOptions { literal_binds, keep_postcompile: !literal_binds, ..CompileOptions::default() };
    let compiled = if object::is_a(this, "ColumnElement") {
        let expression = crate::lower::expression(this, vm)?;
        dialect.compile_expression(&expression, &options)
    } else if object::is_a(this, "TableClause") {
        let table = crate::lower::table_clause(this, vm)?;
        let name = dialect.format_table(table.schema.as_ref(), &table.name, &options);
        name.map(|sql| limbeck_sql::dialect::Compiled { sql, ..Default::default() })
    } else {
        dialect.compile_statement(&crate::lower::statement(this, vm)?, &options)
    };
    let compiled = compiled.map_err(|error| exc::from_sql(&error, vm))?;
    let parameters = vm.ctx.new_dict();
    for (name, value) in compiled_parameters(&compiled) {
        parameters.set_item(name.as_str(), crate::raise::value(&value, vm)?, vm)?;
    }
    Ok((compiled.sql, parameters.into()))
}

/// Gives a compiled statement's parameters by name.
fn compiled_parameters(
    compiled: &limbeck_sql::dialect::Compiled,
) -> Vec<(String, limbeck_sql::engine::Value)> {
    compiled.parameters.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Gives the SQL of a statement or expression in the default dialect.
pub(crate) fn statement_str(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    render(&this, None, false, vm).map(|(sql, _)| new_text(sql, vm))
}

/// `ClauseElement.compile(bind, dialect, **kw)`
pub(crate) fn compile(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("ClauseElement.compile", args, vm);
    let bind = arguments.optional("bind");
    let mut dialect = arguments.keyword("dialect");
    let keywords = arguments.keyword("compile_kwargs");
    arguments.keyword("column_keys");
    arguments.finish()?;
    if let (None, Some(bind)) = (&dialect, &bind) {
        dialect = get_some(bind, "dialect", vm)?;
    }
    let mut literal_binds = false;
    if let Some(keywords) = keywords {
        for (name, value) in object::pairs(&keywords, vm)? {
            if name == "literal_binds" {
                literal_binds = value.try_to_bool(vm)?;
            }
        }
    }
    let (sql, parameters) = render(&this, dialect.as_deref(), literal_binds, vm)?;
    let compiled = instance("Compiled", vm)?;
    set(&compiled, "string", new_text(sql, vm), vm)?;
    set(&compiled, "params", parameters, vm)?;
    set(&compiled, "statement", this, vm)?;
    set(&compiled, "dialect", dialect.unwrap_or_else(|| vm.ctx.none()), vm)?;
    Ok(compiled)
}
