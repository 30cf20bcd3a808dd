//! Differences between two schemas as the tuples that `compare_metadata` lists.
//!
//! The objects in them are made anew: they have the names, types and places that a program asks for, and are not the
//! objects of the models.

use limbeck_core::operations::{ColumnChange, ConstraintOfTable, Diff, IndexOfTable};
use limbeck_sql::schema::{Column, Constraint, ConstraintName, Identifier, IndexExpression, Table};
use limbeck_sql::types::SqlType;
use rustpython_vm::function::{FuncArgs, KwArgs};
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};

use super::sql_type;
use crate::modules::sqlalchemy::object::{class_object, new_bool, new_list, new_opt_text, new_text};

/// Raises a list of differences.
///
/// # Errors
/// What the constructors of SQLAlchemy's classes raise.
pub fn diffs(diffs: &[Diff], vm: &VirtualMachine) -> PyResult {
    let items = diffs.iter().map(|one| diff(one, vm)).collect::<PyResult<_>>()?;
    Ok(new_list(items, vm))
}

fn diff(diff: &Diff, vm: &VirtualMachine) -> PyResult {
    let mut items = match diff {
        Diff::AddTable(made) | Diff::RemoveTable(made) | Diff::RemoveTableComment(made) => {
            vec![table(made, vm)?]
        }
        Diff::AddTableComment(made, existing) => {
            vec![table(made, vm)?, new_opt_text(existing.as_ref(), vm)]
        }
        Diff::AddColumn { schema, table_name, column: made, .. }
        | Diff::RemoveColumn { schema, table_name, column: made, .. } => {
            vec![name(schema.as_ref(), vm), name(Some(table_name), vm), column(made, vm)?]
        }
        Diff::AddIndex(made) | Diff::RemoveIndex(made) => vec![index(made, vm)?],
        Diff::AddConstraint(made) | Diff::RemoveConstraint(made) => vec![constraint(made, vm)?],
        Diff::ModifyColumn { .. } => return modified(diff, vm),
        Diff::Execute(_) => vec![vm.ctx.none()],
    };
    items.insert(0, new_text(diff.name().unwrap_or_default(), vm));
    Ok(vm.ctx.new_tuple(items).into())
}

/// Makes the list of tuples for the changes of one column.
fn modified(diff: &Diff, vm: &VirtualMachine) -> PyResult {
    let Diff::ModifyColumn { schema, table_name, column_name, existing, changes } = diff else {
        return Ok(vm.ctx.none());
    };
    let type_ = |type_: Option<&SqlType>| match type_ {
        Some(type_) => any_type(type_, vm),
        None => Ok(vm.ctx.none()),
    };
    let truth = |flag: Option<bool>| flag.map_or_else(|| vm.ctx.none(), |flag| new_bool(flag, vm));
    let mut items = Vec::new();
    for change in changes {
        let known = vm.ctx.new_dict();
        let (before, after) = match change {
            ColumnChange::Type(after) => (type_(existing.type_.as_ref())?, type_(Some(after))?),
            ColumnChange::Nullable(after) => (truth(existing.nullable), new_bool(*after, vm)),
            ColumnChange::ServerDefault(_) => (vm.ctx.none(), vm.ctx.none()),
            ColumnChange::Comment(after) => {
                (new_opt_text(existing.comment.as_ref(), vm), new_opt_text(after.as_ref(), vm))
            }
        };
        if !matches!(change, ColumnChange::Type(_)) {
            known.set_item("existing_type", type_(existing.type_.as_ref())?, vm)?;
        }
        if !matches!(change, ColumnChange::Nullable(_)) {
            known.set_item("existing_nullable", truth(existing.nullable), vm)?;
        }
        if !matches!(change, ColumnChange::Comment(_)) {
            known.set_item("existing_comment", new_opt_text(existing.comment.as_ref(), vm), vm)?;
        }
        let tuple = vec![
            new_text(change.name(), vm),
            name(schema.as_ref(), vm),
            name(Some(table_name), vm),
            name(Some(column_name), vm),
            known.into(),
            before,
            after,
        ];
        items.push(vm.ctx.new_tuple(tuple).into());
    }
    Ok(new_list(items, vm))
}

fn name(name: Option<&Identifier>, vm: &VirtualMachine) -> PyObjectRef {
    name.map_or_else(|| vm.ctx.none(), |name| new_text(name.as_str(), vm))
}

fn constraint_name(name: &ConstraintName, vm: &VirtualMachine) -> PyObjectRef {
    match name {
        ConstraintName::Given(name) | ConstraintName::Conv(name) => new_text(name.as_str(), vm),
        ConstraintName::Unnamed => vm.ctx.none(),
    }
}

/// Gives a type; one that only user code has is shown as one of no kind.
fn any_type(type_: &SqlType, vm: &VirtualMachine) -> PyResult {
    sql_type(type_, vm).or_else(|_| class_object("NullType").call((), vm))
}

fn make(
    class: &str,
    positions: Vec<PyObjectRef>,
    keywords: Vec<(&str, PyObjectRef)>,
    vm: &VirtualMachine,
) -> PyResult {
    let keywords = keywords.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    class_object(class).call_with_args(FuncArgs::new(positions, KwArgs::new(keywords)), vm)
}

fn column(column: &Column, vm: &VirtualMachine) -> PyResult {
    make(
        "Column",
        vec![new_text(column.name.as_str(), vm), any_type(&column.type_, vm)?],
        vec![
            ("nullable", new_bool(column.nullable, vm)),
            ("primary_key", new_bool(column.primary_key, vm)),
            ("comment", new_opt_text(column.comment.as_ref(), vm)),
        ],
        vm,
    )
}

fn table(table: &Table, vm: &VirtualMachine) -> PyResult {
    let mut items = vec![new_text(table.name.as_str(), vm), class_object("MetaData").call((), vm)?];
    for own in &table.columns {
        items.push(column(own, vm)?);
    }
    for own in &table.constraints {
        items.extend(bare_constraint(own, vm)?);
    }
    make("Table", items, vec![("schema", name(table.schema.as_ref(), vm))], vm)
}

/// Makes a table with nothing but the named columns, for an index or constraint to belong to.
fn place(
    schema: Option<&Identifier>,
    table_name: Option<&Identifier>,
    columns: &[&Identifier],
    constraint: Option<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult {
    let mut items = vec![name(table_name, vm), class_object("MetaData").call((), vm)?];
    for own in columns {
        items.push(make("Column", vec![new_text(own.as_str(), vm)], Vec::new(), vm)?);
    }
    items.extend(constraint);
    make("Table", items, vec![("schema", name(schema, vm))], vm)
}

fn index(made: &IndexOfTable, vm: &VirtualMachine) -> PyResult {
    let columns: Vec<&Identifier> = made
        .index
        .expressions
        .iter()
        .filter_map(|expression| match expression {
            IndexExpression::Column(name) => Some(name),
            IndexExpression::Expression(_) => None,
        })
        .collect();
    let table = place(made.schema.as_ref(), made.table_name.as_ref(), &columns, None, vm)?;
    let mut items = vec![constraint_name(&made.index.name, vm)];
    let known = table.get_attr("c", vm)?;
    for column in columns {
        items.push(known.get_item(column.as_str(), vm)?);
    }
    make("Index", items, vec![("unique", new_bool(made.index.unique, vm))], vm)
}

fn constraint(made: &ConstraintOfTable, vm: &VirtualMachine) -> PyResult {
    let Some(object) = bare_constraint(&made.constraint, vm)? else { return Ok(vm.ctx.none()) };
    let columns: Vec<&Identifier> = match &made.constraint {
        Constraint::PrimaryKey(key) => key.columns.iter().collect(),
        Constraint::ForeignKey(key) => key.columns.iter().collect(),
        Constraint::Unique(unique) => unique.columns.iter().collect(),
        Constraint::Check(_) | Constraint::Exclude(_) => Vec::new(),
    };
    place(made.schema.as_ref(), Some(&made.table_name), &columns, Some(object.clone()), vm)?;
    Ok(object)
}

/// Makes a constraint that belongs to no table yet; none for a condition, whose text is not known here.
fn bare_constraint(constraint: &Constraint, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let texts = |names: &[Identifier]| -> Vec<PyObjectRef> {
        names.iter().map(|name| new_text(name.as_str(), vm)).collect()
    };
    Ok(Some(match constraint {
        Constraint::PrimaryKey(key) => {
            let keywords = vec![("name", constraint_name(&key.name, vm))];
            make("PrimaryKeyConstraint", texts(&key.columns), keywords, vm)?
        }
        Constraint::Unique(unique) => {
            let keywords = vec![("name", constraint_name(&unique.name, vm))];
            make("UniqueConstraint", texts(&unique.columns), keywords, vm)?
        }
        Constraint::ForeignKey(key) => {
            let schema = key.referred_schema.as_ref().map(|schema| format!("{}.", schema.as_str()));
            let schema = schema.unwrap_or_default();
            let referred = key
                .referred_columns
                .iter()
                .map(|column| {
                    new_text(format!("{schema}{}.{}", key.referred_table.as_str(), column.as_str()), vm)
                })
                .collect();
            make(
                "ForeignKeyConstraint",
                vec![new_list(texts(&key.columns), vm), new_list(referred, vm)],
                vec![("name", constraint_name(&key.name, vm))],
                vm,
            )?
        }
        Constraint::Check(_) | Constraint::Exclude(_) => return Ok(None),
    }))
}
