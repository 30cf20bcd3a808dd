//! `op.batch_alter_table`: the methods of `BatchOperations`, which know their table.

use std::sync::Arc;

use limbeck_core::operations::{Batch, Operations, Recreate};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};

use super::errors::to_python;
use super::operations::{self, FUNCTIONS, Function};
use crate::arguments::Arguments;
use crate::arguments::Parameter::{Optional, Required};
use crate::lower;

/// How a method of a batch becomes a call of the function of the same name.
struct BatchMethod {
    name: &'static str,
    /// Where the function takes the table's name, by position and by keyword; `None` when it takes none.
    table: Option<(usize, &'static str)>,
    /// The keyword for the table's schema.
    schema: &'static str,
}

const fn of_table(name: &'static str, position: usize) -> BatchMethod {
    BatchMethod { name, table: Some((position, "table_name")), schema: "schema" }
}

const fn plain(name: &'static str) -> BatchMethod {
    BatchMethod { name, table: None, schema: "" }
}

const METHODS: &[BatchMethod] = &[
    of_table("add_column", 0),
    of_table("alter_column", 0),
    of_table("create_check_constraint", 1),
    of_table("create_exclude_constraint", 1),
    BatchMethod { name: "create_foreign_key", table: Some((1, "source_table")), schema: "source_schema" },
    of_table("create_index", 1),
    of_table("create_primary_key", 1),
    of_table("create_table_comment", 0),
    of_table("create_unique_constraint", 1),
    of_table("drop_column", 0),
    of_table("drop_constraint", 1),
    of_table("drop_index", 1),
    of_table("drop_table_comment", 0),
    plain("batch_alter_table"),
    plain("execute"),
    plain("f"),
    plain("get_bind"),
    plain("get_context"),
    plain("inline_literal"),
    plain("invoke"),
    plain("run_async"),
];

/// A batch as its methods see it.
#[derive(Clone, Debug)]
pub(super) struct BatchTarget {
    /// The operations, which are kept back.
    pub operations: Operations,
    /// The table's name as user code gave it.
    pub table_name: PyObjectRef,
    /// The table's schema as user code gave it.
    pub schema: Option<PyObjectRef>,
}

impl BatchTarget {
    /// Gives the method of a batch.
    pub fn method(&self, name: &str, vm: &VirtualMachine) -> Option<PyObjectRef> {
        let method = METHODS.iter().find(|method| method.name == name)?;
        let (name, function) = FUNCTIONS.iter().find(|(known, _)| *known == name)?;
        let target = self.clone();
        let native = vm.new_function(name, move |arguments: FuncArgs, vm: &VirtualMachine| -> PyResult {
            call(method, *function, &target, arguments, vm)
        });
        Some(native.into())
    }
}

fn call(
    method: &BatchMethod,
    function: Function,
    target: &BatchTarget,
    mut arguments: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let operations = &target.operations;
    let (Some(batch), Some((position, keyword))) = (operations.batch(), method.table) else {
        return function(operations, arguments, vm);
    };
    for name in [keyword, method.schema] {
        if arguments.kwargs.contains_key(name) {
            let message = format!("{}() got multiple values for keyword argument '{name}'", method.name);
            return Err(vm.new_type_error(message));
        }
    }
    if method.name == "drop_constraint" && arguments.kwargs.contains_key("if_exists") {
        return Err(vm.new_type_error("drop_constraint() got an unexpected keyword argument 'if_exists'"));
    }
    for place in ["insert_before", "insert_after"] {
        let given = match method.name {
            "add_column" | "alter_column" => arguments.kwargs.shift_remove(place),
            _ => None,
        };
        if method.name == "add_column" && given.is_some_and(|given| !vm.is_none(&given)) {
            batch.check_place().map_err(|error| to_python(error, vm))?;
        }
    }
    let table = target.table_name.clone();
    if arguments.args.len() >= position {
        arguments.args.insert(position, table);
    } else {
        arguments.kwargs.insert(keyword.to_owned(), table);
    }
    if let Some(schema) = &target.schema {
        arguments.kwargs.insert(method.schema.to_owned(), schema.clone());
    }
    super::plugins::call(method.name, function, operations, arguments, vm)
}

/// `op.batch_alter_table(...)`: what a `with` block enters.
pub(super) fn batch_alter_table(
    operations: &Operations,
    arguments: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let parameters = [
        Required("table_name"),
        Optional("schema"),
        Optional("recreate"),
        Optional("partial_reordering"),
        Optional("copy_from"),
        Optional("table_args"),
        Optional("table_kwargs"),
        Optional("reflect_args"),
        Optional("reflect_kwargs"),
        Optional("naming_convention"),
    ];
    let arguments = Arguments::bind("batch_alter_table", &parameters, arguments, vm)?;
    let recreate = match arguments.string("recreate", vm)? {
        Some(word) => Recreate::parse(&word).map_err(|error| to_python(error, vm))?,
        None => Recreate::default(),
    };
    let table_name = arguments.required("table_name", vm)?;
    let schema = arguments.object("schema", vm);
    let batch = Batch::new(
        lower::identifier(&table_name, vm)?,
        schema.as_deref().map(|schema| lower::identifier(schema, vm)).transpose()?,
        recreate,
        arguments.object("copy_from", vm).is_some(),
    );
    let operations = operations.in_batch(Arc::new(batch));
    Ok(operations::batch_block(BatchTarget { operations, table_name, schema }, vm))
}
