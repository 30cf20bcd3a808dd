//! `URL` and `make_url`.

use indexmap::IndexMap;
use limbeck_sql::engine::{Password, QueryValue, Url, UrlChanges};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, instance_with, is_a, is_list, items, method, new_bool, new_opt_text, new_text,
    new_tuple, pairs, state, text_of,
};

pub(crate) const CLASSES: &[ClassDef] = &[ClassDef {
    name: "URL",
    module: "sqlalchemy.engine.url",
    bases: &[],
    members: &[
        ("create", Member::Static(create)),
        ("__str__", method(|this, _, vm| Ok(new_text(url_of(&this).render_as_string(true), vm)))),
        ("__repr__", method(|this, _, vm| Ok(new_text(url_of(&this).render_as_string(true), vm)))),
        ("__to_string__", method(|this, _, vm| Ok(new_text(url_of(&this).render_as_string(true), vm)))),
        (
            "__eq__",
            method(|this, args, vm| {
                let same = args
                    .args
                    .first()
                    .is_some_and(|other| state::<Url>(other).is_some_and(|other| *other == url_of(&this)));
                Ok(new_bool(same, vm))
            }),
        ),
        (
            "__hash__",
            method(|this, _, vm| {
                vm.call_method(&new_text(url_of(&this).render_as_string(false), vm), "__hash__", ())
            }),
        ),
        ("render_as_string", method(render)),
        ("set", method(set_parts)),
        ("update_query_dict", method(update_query)),
        ("update_query_pairs", method(update_query)),
        ("update_query_string", method(update_query_string)),
        ("difference_update_query", method(difference_update_query)),
        ("normalized_query", Member::Get(normalized_query)),
        ("translate_connect_args", method(translate_connect_args)),
        (
            "get_dialect",
            method(|this, _, _| {
                Ok(object::class_object(super::dialect::class_key(url_of(&this).get_backend_name())))
            }),
        ),
        ("_replace", method(replace_parts)),
        ("__iter__", method(|this, _, vm| fields(&this, vm)?.get_iter(vm).map(Into::into))),
        ("__len__", method(|_, _, vm| Ok(vm.ctx.new_int(7).into()))),
        (
            "__getitem__",
            method(|this, args, vm| match args.args.first() {
                Some(key) => fields(&this, vm)?.get_item(&**key, vm),
                None => Err(vm.new_type_error("an index is expected")),
            }),
        ),
        ("__setattr__", method(|_, _, vm| Err(vm.new_attribute_error("can't set attribute")))),
        ("__copy__", method(|this, _, _| Ok(this))),
        ("__deepcopy__", method(|this, _, _| Ok(this))),
        ("get_backend_name", method(|this, _, vm| Ok(new_text(url_of(&this).get_backend_name(), vm)))),
        (
            "get_driver_name",
            method(|this, _, vm| {
                let url = url_of(&this);
                let name = url.get_driver_name().map_err(|error| exc::from_sql(&error, vm))?;
                Ok(new_text(name, vm))
            }),
        ),
        ("drivername", Member::Get(|this, vm| Ok(new_text(url_of(&this).drivername(), vm)))),
        ("username", Member::Get(|this, vm| Ok(new_opt_text(url_of(&this).username(), vm)))),
        (
            "password",
            Member::Get(|this, vm| Ok(new_opt_text(url_of(&this).password().map(Password::reveal), vm))),
        ),
        ("host", Member::Get(|this, vm| Ok(new_opt_text(url_of(&this).host(), vm)))),
        (
            "port",
            Member::Get(|this, vm| {
                Ok(url_of(&this).port().map_or_else(|| vm.ctx.none(), |port| vm.ctx.new_int(port).into()))
            }),
        ),
        ("database", Member::Get(|this, vm| Ok(new_opt_text(url_of(&this).database(), vm)))),
        ("query", Member::Get(query)),
    ],
}];

fn url_of(obj: &PyObject) -> Url {
    state::<Url>(obj).map_or_else(|| Url::create(String::new(), UrlChanges::default()), |url| (*url).clone())
}

/// Makes the object for a URL.
pub(crate) fn new(url: Url, vm: &VirtualMachine) -> PyResult {
    instance_with("URL", url, vm)
}

/// Reads a URL from a string or takes it from a `URL` object.
pub(crate) fn parse(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Url> {
    if let Some(raised) = crate::interpreter::unavailable::needed(obj, vm) {
        return Err(raised);
    }
    if is_a(obj, "URL") {
        return Ok(url_of(obj));
    }
    match text_of(obj) {
        Some(text) => Url::parse(&text).map_err(|error| exc::from_sql(&error, vm)),
        None => {
            let shown = object::repr(obj, vm)?;
            Err(exc::argument(format!("Expected string or URL object, got {shown}"), vm))
        }
    }
}

/// `make_url(name_or_url)`
pub(crate) fn make_url(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("make_url", args, vm);
    let given = arguments.required("name_or_url")?;
    arguments.finish()?;
    new(parse(&given, vm)?, vm)
}

fn query_value(value: &PyObject, vm: &VirtualMachine) -> PyResult<QueryValue> {
    if is_list(value, vm) {
        return Ok(QueryValue::Many(items(value, vm)?.iter().filter_map(|item| text_of(item)).collect()));
    }
    Ok(QueryValue::One(object::text(value, vm)?))
}

fn changes(arguments: &mut Arguments<'_>, vm: &VirtualMachine) -> PyResult<UrlChanges> {
    let username = arguments.text("username");
    let password = arguments.optional("password").map(|password| object::text(&password, vm)).transpose()?;
    let host = arguments.text("host");
    let port = arguments.optional("port").map(|port| port.try_into_value::<i64>(vm)).transpose()?;
    let database = arguments.text("database");
    let query = match arguments.optional("query") {
        Some(query) => Some(
            pairs(&query, vm)?
                .into_iter()
                .map(|(key, value)| Ok((key, query_value(&value, vm)?)))
                .collect::<PyResult<IndexMap<_, _>>>()?,
        ),
        None => None,
    };
    Ok(UrlChanges {
        drivername: None,
        username,
        password: password.map(Password::new),
        host,
        port,
        database,
        query,
    })
}

/// `URL.create(drivername, username, password, host, port, database, query)`
fn create(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("URL.create", args, vm);
    let drivername = arguments.text("drivername").unwrap_or_default();
    let parts = changes(&mut arguments, vm)?;
    arguments.finish()?;
    new(Url::create(drivername, parts), vm)
}

fn set_parts(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("URL.set", args, vm);
    let drivername = arguments.text("drivername");
    let parts = UrlChanges { drivername, ..changes(&mut arguments, vm)? };
    arguments.finish()?;
    new(url_of(&this).set(parts), vm)
}

fn update_query(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("URL.update_query_dict", args, vm);
    let given = pairs(&*arguments.required("query_parameters")?, vm)?;
    let append = arguments.optional("append").map_or(Ok(false), |flag| flag.try_to_bool(vm))?;
    arguments.finish()?;
    let given = given
        .into_iter()
        .map(|(key, value)| Ok((key, query_value(&value, vm)?)))
        .collect::<PyResult<Vec<_>>>()?;
    new(url_of(&this).update_query_pairs(given, append), vm)
}

fn render(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("URL.render_as_string", args, vm);
    let hide = arguments.optional("hide_password").map_or(Ok(true), |flag| flag.try_to_bool(vm))?;
    arguments.finish()?;
    Ok(new_text(url_of(&this).render_as_string(hide), vm))
}

fn query(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let dict = vm.ctx.new_dict();
    for (key, value) in url_of(&this).query() {
        let value = match value {
            QueryValue::One(text) => new_text(text, vm),
            QueryValue::Many(texts) => new_tuple(texts.iter().map(|text| new_text(text, vm)).collect(), vm),
        };
        dict.set_item(key.as_str(), value, vm)?;
    }
    super::create::immutable(Some(dict.into()), vm)
}

/// The parts in the order of the tuple that a URL is.
fn fields(this: &PyObject, vm: &VirtualMachine) -> PyResult {
    let parts = ["drivername", "username", "password", "host", "port", "database", "query"];
    let parts = parts.map(|name| object::get(this, name, vm)).into_iter().collect::<PyResult<_>>()?;
    Ok(new_tuple(parts, vm))
}

fn normalized_query(this: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let dict = vm.ctx.new_dict();
    for (key, values) in url_of(&this).normalized_query() {
        let values = values.iter().map(|value| new_text(value, vm)).collect();
        dict.set_item(key.as_str(), new_tuple(values, vm), vm)?;
    }
    super::create::immutable(Some(dict.into()), vm)
}

/// `url._replace(database=None)`: as of a named tuple, which sets a part to nothing too.
fn replace_parts(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut call = FuncArgs::default();
    for part in ["drivername", "username", "password", "host", "port", "database", "query"] {
        call.kwargs.insert(part.to_owned(), object::get(&this, part, vm)?);
    }
    call.kwargs.extend(args.kwargs);
    create(call, vm)
}

fn update_query_string(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("URL.update_query_string", args, vm);
    let given = object::text(&*arguments.required("query_string")?, vm)?;
    let append = arguments.optional("append").map_or(Ok(false), |flag| flag.try_to_bool(vm))?;
    arguments.finish()?;
    new(url_of(&this).update_query_string(&given, append), vm)
}

fn difference_update_query(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("URL.difference_update_query", args, vm);
    let names = items(&*arguments.required("names")?, vm)?;
    arguments.finish()?;
    let names: Vec<String> = names.iter().filter_map(|name| text_of(name)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    new(url_of(&this).difference_update_query(&names), vm)
}

/// `url.translate_connect_args(username="user")`: the parts that are there, by the names that a driver has for them.
fn translate_connect_args(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let parts = ["host", "database", "username", "password", "port"];
    let mut positional = args.args.iter();
    let dict = vm.ctx.new_dict();
    for part in parts {
        let renamed = match positional.next() {
            Some(name) => text_of(name),
            None => args.kwargs.get(part).map_or_else(|| Some(part.to_owned()), |name| text_of(name)),
        };
        let value = object::get(&this, part, vm)?;
        if let Some(name) = renamed
            && !vm.is_none(&value)
        {
            dict.set_item(name.as_str(), value, vm)?;
        }
    }
    Ok(dict.into())
}
