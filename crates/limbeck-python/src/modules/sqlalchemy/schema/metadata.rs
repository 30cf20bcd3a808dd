//! `MetaData`.

use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject, PyObjectRef, PyResult, VirtualMachine};

use super::{MODULE, ddl, foreign_key, quoted};
use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::engine::inspector;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, class_object, get, get_text, items, method, new_bool, new_list, new_text, pairs,
    set, text_of,
};

pub(crate) const CLASSES: &[ClassDef] = &[ClassDef {
    name: "MetaData",
    module: MODULE,
    bases: &["SchemaItem"],
    members: &[
        ("__init__", method(init)),
        ("__repr__", method(|this, _, vm| Ok(new_text(format!("{}()", object::class_name(&this)), vm)))),
        ("__contains__", method(contains)),
        ("clear", method(clear)),
        ("remove", method(remove)),
        ("reflect", method(reflect)),
        ("sorted_tables", Member::Get(sorted_tables)),
        ("create_all", method(ddl::create_all)),
        ("drop_all", method(ddl::drop_all)),
        ("schema", Member::Value(|vm| vm.ctx.none())),
    ],
}];

fn init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("MetaData.__init__", args, vm);
    let schema = arguments.optional("schema");
    let quote_schema = arguments.optional("quote_schema");
    let naming_convention = arguments.optional("naming_convention");
    let info = arguments.optional("info");
    arguments.finish()?;
    if let Some(schema) = &schema
        && text_of(schema).is_none()
    {
        return Err(exc::argument(
            format!(
                "expected schema argument to be a string, got {}.",
                object::repr(schema.class().as_object(), vm)?
            ),
            vm,
        ));
    }
    let schema = match schema {
        Some(schema) => quoted(schema, quote_schema, vm)?,
        None => vm.ctx.none(),
    };
    set(&this, "schema", schema, vm)?;
    let convention = match naming_convention {
        Some(given) if given.clone().try_to_bool(vm)? => given,
        _ => {
            let default = vm.ctx.new_dict();
            default.set_item("ix", new_text("ix_%(column_0_label)s", vm), vm)?;
            default.into()
        }
    };
    set(&this, "naming_convention", convention, vm)?;
    if let Some(info) = info {
        set(&this, "info", info, vm)?;
    }
    set(&this, "tables", vm.ctx.new_dict(), vm)?;
    set(&this, "_sequences", vm.ctx.new_dict(), vm)?;
    object::none(vm)
}

fn contains(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(wanted) = args.args.first() else { return Ok(new_bool(false, vm)) };
    let key = match text_of(wanted) {
        Some(key) => key,
        None => get_text(wanted, "key", vm)?.unwrap_or_default(),
    };
    Ok(new_bool(get(&this, "tables", vm)?.get_item(key.as_str(), vm).is_ok(), vm))
}

fn clear(this: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    vm.call_method(&*get(&this, "tables", vm)?, "clear", ())
}

fn remove(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if let Some(table) = args.args.first() {
        let key = get(table, "key", vm)?;
        vm.call_method(&*get(&this, "tables", vm)?, "pop", (key, vm.ctx.none()))?;
    }
    object::none(vm)
}

/// Gives the tables in the order in which they can be created: by name, each after those it refers to.
fn sorted_tables(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let tables = get(&this, "tables", vm)?;
    let mut waiting = pairs(&tables, vm)?;
    waiting.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut sorted: Vec<(String, PyObjectRef)> = Vec::new();
    while !waiting.is_empty() {
        let mut ready = None;
        for (position, (key, table)) in waiting.iter().enumerate() {
            let mut referred = Vec::new();
            for element in items(&*get(table, "foreign_keys", vm)?, vm)? {
                referred.push(foreign_key::target(&element, vm)?.0);
            }
            let blocked =
                referred.iter().any(|name| name != key && waiting.iter().any(|(other, _)| other == name));
            if !blocked {
                ready = Some(position);
                break;
            }
        }
        // Tables that refer to each other in a circle come in the order of their names.
        sorted.push(waiting.remove(ready.unwrap_or(0)));
    }
    Ok(new_list(sorted.into_iter().map(|(_, table)| table).collect(), vm))
}

/// `MetaData.reflect(bind, schema=None, views=False, only=None, extend_existing=False, ...)`
fn reflect(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("MetaData.reflect", args, vm);
    let bind = arguments.required("bind")?;
    let schema = match arguments.optional("schema") {
        Some(schema) => Some(schema),
        None => object::get_some(&this, "schema", vm)?,
    };
    let views = arguments.optional("views").map_or(Ok(false), |flag| flag.try_to_bool(vm))?;
    let only = arguments.optional("only");
    let extend_existing =
        arguments.optional("extend_existing").map_or(Ok(false), |flag| flag.try_to_bool(vm))?;
    arguments.optional("autoload_replace");
    arguments.optional("resolve_fks");
    arguments.finish()?;
    let mut names = inspector::table_names(&bind, schema.as_deref(), views, vm)?;
    if let Some(only) = only {
        if only.is_callable() {
            let mut kept = Vec::new();
            for name in names {
                if only.call((new_text(&name, vm), this.clone()), vm)?.try_to_bool(vm)? {
                    kept.push(name);
                }
            }
            names = kept;
        } else {
            let wanted: Vec<_> = items(&only, vm)?.iter().filter_map(|name| text_of(name)).collect();
            let missing: Vec<_> = wanted.iter().filter(|name| !names.contains(name)).cloned().collect();
            if !missing.is_empty() {
                return Err(exc::invalid_request(
                    format!(
                        "Could not reflect: requested table(s) not available in the database: ({})",
                        missing.join(", ")
                    ),
                    vm,
                ));
            }
            names = wanted;
        }
    }
    let tables = get(&this, "tables", vm)?;
    for name in names {
        let key = match schema.as_ref().and_then(|schema| text_of(schema)) {
            Some(schema) => format!("{schema}.{name}"),
            None => name.clone(),
        };
        if !extend_existing && tables.get_item(key.as_str(), vm).is_ok() {
            continue;
        }
        let mut call = FuncArgs::new(
            vec![new_text(&name, vm), this.clone()],
            rustpython_vm::function::KwArgs::default(),
        );
        call.kwargs.insert("autoload_with".to_owned(), bind.clone());
        call.kwargs.insert("extend_existing".to_owned(), new_bool(extend_existing, vm));
        if let Some(schema) = &schema {
            call.kwargs.insert("schema".to_owned(), schema.clone());
        }
        class_object("Table").call(call, vm)?;
    }
    object::none(vm)
}
