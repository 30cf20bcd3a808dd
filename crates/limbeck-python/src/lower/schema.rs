//! Schema objects to the values of `limbeck_sql::schema`.

use std::sync::Arc;

use indexmap::IndexMap;
use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{
    Autoincrement, CheckConstraint, Column, Computed, Constraint, ConstraintName, DialectOptions,
    ExcludeConstraint, ForeignKeyConstraint, Identifier, Identity, Index, IndexExpression, MetaData,
    NamedKind, NamedObject, NamingConvention, NamingTokens, OptionValue, PrimaryKeyConstraint, Sequence,
    ServerDefault, Table, TokenFunctions, UniqueConstraint,
};
use rustpython_vm::builtins::{PyDict, PyType};
use rustpython_vm::function::{FuncArgs, KwArgs};
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::{expression, sql_type, value};
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    class_object, get, get_bool, get_int, get_opt_bool, get_some, get_text, is_a, is_list, items, new_list,
    new_text, own, pairs, repr, text_of,
};
use crate::modules::sqlalchemy::schema::{exclude, foreign_key};
use crate::modules::sqlalchemy::sql::collection;
use crate::modules::sqlalchemy::sql::elements::{clause_element, is_clause, node};
use crate::modules::third_party::spatial;

/// Lowers a name: a string, or a `quoted_name` with its wish about quoting.
///
/// # Errors
/// `ArgumentError` for an object that is no string.
pub fn identifier(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Identifier> {
    let Some(text) = text_of(obj) else {
        let shown = repr(obj, vm)?;
        return Err(exc::argument(format!("a name is expected, got {shown}"), vm));
    };
    let quote = if is_a(obj, "quoted_name") { get_opt_bool(obj, "quote", vm)? } else { None };
    Ok(Identifier::quoted(text, quote))
}

pub(crate) fn opt_identifier(obj: Option<&PyObject>, vm: &VirtualMachine) -> PyResult<Option<Identifier>> {
    match obj {
        Some(obj) if !vm.is_none(obj) && text_of(obj).is_some() => identifier(obj, vm).map(Some),
        _ => Ok(None),
    }
}

/// Lowers the name of a constraint or index; a `conv` is final.
pub(crate) fn constraint_name(obj: Option<&PyObject>, vm: &VirtualMachine) -> PyResult<ConstraintName> {
    Ok(match opt_identifier(obj, vm)? {
        None => ConstraintName::Unnamed,
        Some(name) if obj.is_some_and(|obj| is_a(obj, "conv")) => ConstraintName::Conv(name),
        Some(name) => ConstraintName::Given(name),
    })
}

fn name_of(obj: &PyObject, vm: &VirtualMachine) -> PyResult<ConstraintName> {
    constraint_name(get_some(obj, "name", vm)?.as_deref(), vm)
}

/// Lowers a `Column`.
///
/// # Errors
/// `ArgumentError` for another object, and what its type and defaults raise.
pub fn column(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Column> {
    let obj = clause_element(obj, vm)?;
    if !is_a(&obj, "Column") {
        let shown = repr(&obj, vm)?;
        return Err(exc::argument(format!("a Column is expected, got {shown}"), vm));
    }
    let Some(name) = get_some(&obj, "name", vm)? else {
        return Err(exc::argument(
            "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table.",
            vm,
        ));
    };
    let mut lowered = Column::new(identifier(&name, vm)?, sql_type(&*column_type(&obj, vm)?, vm)?);
    lowered.key = get_text(&obj, "key", vm)?.filter(|key| key != lowered.name.as_str());
    lowered.nullable = get_bool(&obj, "nullable", vm)?;
    lowered.nullable_given = get_bool(&obj, "_user_defined_nullable_given", vm)?;
    if spatial::forbids_null(&obj, vm)? {
        (lowered.nullable, lowered.nullable_given) = (false, true);
    }
    lowered.primary_key = get_bool(&obj, "primary_key", vm)?;
    lowered.server_default = match get_some(&obj, "server_default", vm)? {
        Some(default) => server_default(&default, vm)?,
        None => None,
    };
    lowered.autoincrement = match get_some(&obj, "autoincrement", vm)? {
        Some(value) => match text_of(&value).as_deref() {
            Some("ignore_fk") => Autoincrement::IgnoreForeignKey,
            Some(_) => Autoincrement::Auto,
            None if value.clone().try_to_bool(vm)? => Autoincrement::Yes,
            None => Autoincrement::No,
        },
        None => Autoincrement::No,
    };
    lowered.comment = get_text(&obj, "comment", vm)?;
    lowered.index = get_opt_bool(&obj, "index", vm)?;
    lowered.unique = get_opt_bool(&obj, "unique", vm)?;
    if let Some(default) = get_some(&obj, "default", vm)? {
        if is_a(&default, "Sequence") {
            lowered.sequence = Some(sequence(&default, vm)?);
        } else {
            lowered.has_default = true;
        }
    }
    lowered.system = get_bool(&obj, "system", vm)?;
    lowered.dialect_options = dialect_options(&obj, vm)?;
    Ok(lowered)
}

/// Gives a column's type; one that only names a foreign key takes the type of the column it refers to.
fn column_type(obj: &PyObject, vm: &VirtualMachine) -> PyResult {
    let type_ = get(obj, "type", vm)?;
    if is_a(&type_, "NullType")
        && let Some(foreign_keys) = get_some(obj, "foreign_keys", vm)?
    {
        for foreign_key in items(&foreign_keys, vm)? {
            if let Some(referred) = foreign_key::resolve(&foreign_key, vm)?
                && !referred.is(obj)
            {
                return column_type(&referred, vm);
            }
        }
    }
    Ok(type_)
}

/// Lowers what is given as `server_default`: a string, an expression, `Computed`, `Identity`, `FetchedValue`,
/// `DefaultClause`; Python's `None` is no default.
///
/// # Errors
/// `ArgumentError` for anything else.
pub fn server_default(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Option<ServerDefault>> {
    if vm.is_none(obj) {
        return Ok(None);
    }
    if let Some(text) = text_of(obj) {
        return Ok(Some(ServerDefault::Literal(text)));
    }
    if is_a(obj, "Computed") {
        return computed(obj, vm).map(|computed| Some(ServerDefault::Computed(computed)));
    }
    if is_a(obj, "Identity") {
        return identity(obj, vm).map(|identity| Some(ServerDefault::Identity(identity)));
    }
    if is_a(obj, "DefaultClause") {
        return server_default(&*get(obj, "arg", vm)?, vm);
    }
    if is_a(obj, "FetchedValue") {
        return Ok(Some(ServerDefault::Fetched));
    }
    if is_a(obj, "Sequence") {
        return Ok(Some(ServerDefault::Expression(Expression::NextValue {
            schema: opt_identifier(get_some(obj, "schema", vm)?.as_deref(), vm)?,
            name: identifier(&*get(obj, "name", vm)?, vm)?,
        })));
    }
    if is_clause(obj, vm) {
        return expression(obj, vm).map(|expression| Some(ServerDefault::Expression(expression)));
    }
    Err(exc::argument(
        format!(
            "Argument 'arg' is expected to be one of type '<class 'str'>' or '<class \
             'sqlalchemy.sql.elements.ClauseElement'>' or '<class 'sqlalchemy.sql.elements.TextClause'>', got '{}'",
            repr(obj.class().as_object(), vm)?
        ),
        vm,
    ))
}

/// Lowers a `Computed`.
pub fn computed(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Computed> {
    Ok(Computed {
        expression: sql_text(&*get(obj, "sqltext", vm)?, vm)?,
        persisted: get_opt_bool(obj, "persisted", vm)?,
    })
}

/// Lowers SQL that may be given as a plain string.
fn sql_text(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Expression> {
    match text_of(obj) {
        Some(text) => Ok(Expression::text(text)),
        None => expression(obj, vm),
    }
}

/// Lowers an `Identity`, or the options of a `Sequence`.
pub fn identity(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Identity> {
    Ok(Identity {
        always: get_opt_bool(obj, "always", vm)?,
        on_null: get_opt_bool(obj, "on_null", vm)?,
        start: get_int(obj, "start", vm)?,
        increment: get_int(obj, "increment", vm)?,
        minvalue: get_int(obj, "minvalue", vm)?,
        maxvalue: get_int(obj, "maxvalue", vm)?,
        nominvalue: get_opt_bool(obj, "nominvalue", vm)?,
        nomaxvalue: get_opt_bool(obj, "nomaxvalue", vm)?,
        cycle: get_opt_bool(obj, "cycle", vm)?,
        cache: get_int(obj, "cache", vm)?,
        order: get_opt_bool(obj, "order", vm)?,
    })
}

/// Lowers a `Sequence`.
pub fn sequence(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Sequence> {
    Ok(Sequence {
        schema: opt_identifier(get_some(obj, "schema", vm)?.as_deref(), vm)?,
        name: identifier(&*get(obj, "name", vm)?, vm)?,
        options: Identity { always: None, on_null: None, ..identity(obj, vm)? },
        data_type: get_some(obj, "data_type", vm)?.map(|type_| sql_type(&type_, vm)).transpose()?,
        optional: get_bool(obj, "optional", vm)?,
    })
}

/// Lowers the `<dialect>_<argument>` keywords of a schema object.
pub fn dialect_options(obj: &PyObject, vm: &VirtualMachine) -> PyResult<DialectOptions> {
    let mut options = DialectOptions::default();
    let Some(keywords) = get_some(obj, "dialect_kwargs", vm)? else { return Ok(options) };
    for (name, value) in pairs(&keywords, vm)? {
        options.insert(name, option_value(&value, vm)?);
    }
    Ok(options)
}

/// Lowers the value of one dialect keyword.
pub fn option_value(obj: &PyObject, vm: &VirtualMachine) -> PyResult<OptionValue> {
    if is_clause(obj, vm) {
        return expression(obj, vm).map(OptionValue::Expression);
    }
    if is_list(obj, vm) {
        let values = items(obj, vm)?;
        return values
            .iter()
            .map(|item| option_value(item, vm))
            .collect::<PyResult<_>>()
            .map(OptionValue::List);
    }
    if obj.downcast_ref::<PyDict>().is_some() {
        let entries = pairs(obj, vm)?;
        let entries: PyResult<IndexMap<_, _>> =
            entries.into_iter().map(|(key, value)| Ok((key, option_value(&value, vm)?))).collect();
        return entries.map(OptionValue::Map);
    }
    if let Some(member_value) = super::types::enum_value(obj, vm)? {
        return option_value(&member_value, vm);
    }
    if let Ok(fields) = obj.class().as_object().get_attr("__dataclass_fields__", vm) {
        let mut entries = IndexMap::new();
        for (name, _) in pairs(&fields, vm)? {
            let field = obj.get_attr(vm.ctx.intern_str(name.as_str()), vm)?;
            entries.insert(name, option_value(&field, vm)?);
        }
        return Ok(OptionValue::Map(entries));
    }
    value(obj, vm).map(OptionValue::Value)
}

/// Gives the names of a constraint's columns, whether it belongs to a table yet or not.
fn constraint_columns(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<Identifier>> {
    let mut names = Vec::new();
    let given = match own(obj, "_columns", vm) {
        Some(columns) => items(&columns, vm)?,
        None => collection::columns(&*get(obj, "columns", vm)?),
    };
    let table = own(obj, "table", vm);
    for column in given {
        if let Some(key) = text_of(&column) {
            // Columns are meant by their keys, which may differ from their names.
            let found = match &table {
                Some(table) => collection::find(&*get(table, "c", vm)?, &key),
                None => None,
            };
            names.push(match found {
                Some(found) => identifier(&*get(&found, "name", vm)?, vm)?,
                None => identifier(&column, vm)?,
            });
        } else {
            let column = clause_element(&column, vm)?;
            names.push(identifier(&*get(&column, "name", vm)?, vm)?);
        }
    }
    Ok(names)
}

/// Lowers a constraint object.
///
/// # Errors
/// `ArgumentError` for an object that is no constraint; `NotImplementedError` for a kind that Limbeck lacks.
pub fn constraint(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Constraint> {
    let name = name_of(obj, vm)?;
    let deferrable = get_opt_bool(obj, "deferrable", vm)?;
    let initially = get_text(obj, "initially", vm)?;
    let comment = get_text(obj, "comment", vm)?;
    let dialect_options = dialect_options(obj, vm)?;
    if is_a(obj, "PrimaryKeyConstraint") {
        let columns = constraint_columns(obj, vm)?;
        return Ok(Constraint::PrimaryKey(PrimaryKeyConstraint {
            name,
            columns,
            implicit: own(obj, "_implicit_generated", vm).is_some(),
            deferrable,
            initially,
            comment,
            dialect_options,
        }));
    }
    if is_a(obj, "UniqueConstraint") {
        let columns = constraint_columns(obj, vm)?;
        return Ok(Constraint::Unique(UniqueConstraint {
            name,
            columns,
            deferrable,
            initially,
            comment,
            dialect_options,
        }));
    }
    if is_a(obj, "CheckConstraint") {
        return Ok(Constraint::Check(CheckConstraint {
            name,
            condition: sql_text(&*get(obj, "sqltext", vm)?, vm)?,
            deferrable,
            initially,
            comment,
            column: match own(obj, "_column", vm) {
                Some(column) => opt_identifier(get_some(&column, "name", vm)?.as_deref(), vm)?,
                None => None,
            },
            type_bound: false,
            dialect_options,
        }));
    }
    if is_a(obj, "ForeignKeyConstraint") {
        let mut lowered = ForeignKeyConstraint {
            name,
            columns: constraint_columns(obj, vm)?,
            onupdate: get_text(obj, "onupdate", vm)?,
            ondelete: get_text(obj, "ondelete", vm)?,
            deferrable,
            initially,
            match_: get_text(obj, "match", vm)?,
            use_alter: get_bool(obj, "use_alter", vm)?,
            comment,
            dialect_options,
            ..ForeignKeyConstraint::default()
        };
        for element in items(&*get(obj, "elements", vm)?, vm)? {
            let (schema, table, column) = foreign_key::reference(&element, vm)?;
            lowered.referred_schema = schema;
            lowered.referred_table = table;
            lowered.referred_columns.extend(column);
        }
        return Ok(Constraint::ForeignKey(lowered));
    }
    if is_a(obj, "ExcludeConstraint") {
        let (elements, using, condition) = exclude::parts(obj, vm)?;
        return Ok(Constraint::Exclude(ExcludeConstraint {
            name,
            elements,
            using,
            where_: condition.map(|condition| expression(&condition, vm)).transpose()?,
            deferrable,
            initially,
            comment,
        }));
    }
    let shown = repr(obj, vm)?;
    Err(exc::argument(format!("a constraint is expected, got {shown}"), vm))
}

/// Lowers an `Index`.
pub fn index(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Index> {
    if !is_a(obj, "Index") {
        let shown = repr(obj, vm)?;
        return Err(exc::argument(format!("an Index is expected, got {shown}"), vm));
    }
    let table = own(obj, "table", vm);
    let mut expressions = Vec::new();
    for given in items(&*get(obj, "_expressions", vm)?, vm)? {
        let given = clause_element(&given, vm)?;
        expressions.push(if let Some(key) = text_of(&given) {
            let found = match &table {
                Some(table) => collection::find(&*get(table, "c", vm)?, &key),
                None => None,
            };
            IndexExpression::Column(match found {
                Some(column) => identifier(&*get(&column, "name", vm)?, vm)?,
                None => identifier(&given, vm)?,
            })
        } else if is_a(&given, "ColumnClause") && node(&given).is_none() {
            IndexExpression::Column(identifier(&*get(&given, "name", vm)?, vm)?)
        } else {
            IndexExpression::Expression(expression(&given, vm)?)
        });
    }
    Ok(Index {
        name: name_of(obj, vm)?,
        expressions,
        unique: get_bool(obj, "unique", vm)?,
        dialect_options: dialect_options(obj, vm)?,
    })
}

/// Gives the objects of a set in the order in which they were made.
pub(super) fn in_creation_order(set: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    let mut objects = Vec::new();
    for object in items(set, vm)? {
        objects.push((get_int(&object, "_creation_order", vm)?.unwrap_or_default(), object));
    }
    objects.sort_by_key(|(order, _)| *order);
    Ok(objects.into_iter().map(|(_, object)| object).collect())
}

/// Lowers a `Table`: indexes and constraints that come from a column's `index`, `unique` and `ForeignKey` are among
/// those of the table, in the order in which SQLAlchemy makes them, so the lowered columns carry no such flags.
///
/// # Errors
/// `ArgumentError` for another object, and what its parts raise.
pub fn table(obj: &PyObject, vm: &VirtualMachine) -> PyResult<Table> {
    if !is_a(obj, "Table") {
        let shown = repr(obj, vm)?;
        return Err(exc::argument(format!("a Table is expected, got {shown}"), vm));
    }
    let mut lowered = Table::new(
        opt_identifier(get_some(obj, "schema", vm)?.as_deref(), vm)?,
        identifier(&*get(obj, "name", vm)?, vm)?,
    );
    for given in collection::columns(&*get(obj, "c", vm)?) {
        let column = column(&given, vm)?;
        lowered.columns.push(Column { index: None, unique: None, ..column });
    }
    for given in in_creation_order(&*get(obj, "constraints", vm)?, vm)? {
        match constraint(&given, vm)? {
            Constraint::PrimaryKey(key) => lowered.primary_key = key,
            other => lowered.constraints.push(other),
        }
    }
    for given in in_creation_order(&*get(obj, "indexes", vm)?, vm)? {
        lowered.indexes.push(index(&given, vm)?);
    }
    lowered.comment = get_text(obj, "comment", vm)?;
    if let Some(prefixes) = get_some(obj, "_prefixes", vm)? {
        lowered.prefixes = items(&prefixes, vm)?.iter().filter_map(|prefix| text_of(prefix)).collect();
    }
    lowered.dialect_options = dialect_options(obj, vm)?;
    Ok(lowered)
}

/// Lowers a `MetaData` with all its tables.
///
/// # Errors
/// `ArgumentError` for another object, and what its tables raise.
pub fn metadata(obj: &PyObject, vm: &VirtualMachine) -> PyResult<MetaData> {
    if !is_a(obj, "MetaData") {
        let shown = repr(obj, vm)?;
        return Err(exc::argument(format!("a MetaData is expected, got {shown}"), vm));
    }
    let mut lowered = MetaData {
        schema: opt_identifier(get_some(obj, "schema", vm)?.as_deref(), vm)?,
        naming_convention: naming_convention(obj, vm)?,
        ..MetaData::default()
    };
    for (_, given) in pairs(&*get(obj, "tables", vm)?, vm)? {
        let given = table(&given, vm)?;
        lowered.tables.insert(given.key(), given);
    }
    for (_, given) in pairs(&*get(obj, "_sequences", vm)?, vm)? {
        lowered.sequences.push(sequence(&given, vm)?);
    }
    Ok(lowered)
}

pub(crate) fn naming_convention(obj: &PyObject, vm: &VirtualMachine) -> PyResult<NamingConvention> {
    let mut convention = NamingConvention::default();
    let Some(given) = get_some(obj, "naming_convention", vm)? else { return Ok(convention) };
    let Some(dict) = given.downcast_ref::<PyDict>() else { return Ok(convention) };
    convention.templates.clear();
    let mut functions = Vec::new();
    for (key, template) in dict.items_vec() {
        let kind = match (text_of(&key), key.downcast_ref::<PyType>()) {
            (Some(kind), _) => kind,
            (None, Some(class)) => match class.name().to_string().as_str() {
                "Index" => "ix",
                "UniqueConstraint" => "uq",
                "CheckConstraint" => "ck",
                "ForeignKeyConstraint" => "fk",
                "PrimaryKeyConstraint" => "pk",
                other => other,
            }
            .to_owned(),
            (None, None) => continue,
        };
        match text_of(&template) {
            Some(template) => {
                convention.templates.insert(kind, template);
            }
            None if vm.is_none(&template) => {}
            None => functions.push((kind, template)),
        }
    }
    if !functions.is_empty() {
        convention.tokens = Some(TokenFunctions(Arc::new(PythonTokens(functions))));
    }
    Ok(convention)
}

/// Tokens of a naming convention that user code defines by functions of the constraint and its table.
struct PythonTokens(Vec<(String, PyObjectRef)>);

impl std::fmt::Debug for PythonTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PythonTokens")
    }
}

impl NamingTokens for PythonTokens {
    fn token(
        &self,
        name: &str,
        object: &NamedObject<'_>,
        schema: Option<&str>,
        table: &str,
    ) -> limbeck_sql::Result<Option<String>> {
        let Some((_, function)) = self.0.iter().find(|(known, _)| known == name) else { return Ok(None) };
        super::custom::run(|vm| {
            let (constraint, table) = stand_in(object, schema, table, vm)?;
            let text = function.call((constraint, table), vm)?;
            Ok(Some(crate::modules::sqlalchemy::object::text(&text, vm)?))
        })
    }
}

/// Makes the constraint or index, and its table, that a function of a naming convention is given.
fn stand_in(
    object: &NamedObject<'_>,
    schema: Option<&str>,
    table: &str,
    vm: &VirtualMachine,
) -> PyResult<(PyObjectRef, PyObjectRef)> {
    let text = |text: &str| new_text(text, vm);
    let mut parts = vec![text(table), class_object("MetaData").call((), vm)?];
    for column in &object.columns {
        let type_ = class_object("NullType").call((), vm)?;
        parts.push(class_object("Column").call((text(column), type_), vm)?);
    }
    let keywords = schema.map(|schema| ("schema".to_owned(), text(schema))).into_iter().collect();
    let table = class_object("Table").call(FuncArgs::new(parts, KwArgs::new(keywords)), vm)?;
    let columns = || object.columns.iter().map(|column| text(column)).collect::<Vec<_>>();
    let name = object.name.as_str().map_or_else(|| vm.ctx.none(), text);
    let named = || KwArgs::new([("name".to_owned(), name.clone())].into_iter().collect());
    let constraint = match object.kind {
        NamedKind::ForeignKey => {
            let referred = object.referred_table.clone().unwrap_or_default();
            let targets = object.referred_columns.iter().map(|column| text(&format!("{referred}.{column}")));
            let arguments = vec![new_list(columns(), vm), new_list(targets.collect(), vm)];
            class_object("ForeignKeyConstraint").call(FuncArgs::new(arguments, named()), vm)?
        }
        NamedKind::Check => {
            class_object("CheckConstraint").call(FuncArgs::new(vec![text("")], named()), vm)?
        }
        NamedKind::Index => {
            let mut arguments = vec![name.clone()];
            for column in &object.columns {
                arguments.push(get(&table, "c", vm)?.get_item(column.as_str(), vm)?);
            }
            return Ok((class_object("Index").call(arguments, vm)?, table));
        }
        NamedKind::PrimaryKey => {
            class_object("PrimaryKeyConstraint").call(FuncArgs::new(columns(), named()), vm)?
        }
        NamedKind::Unique | NamedKind::Exclude => {
            class_object("UniqueConstraint").call(FuncArgs::new(columns(), named()), vm)?
        }
    };
    vm.call_method(&table, "append_constraint", (constraint.clone(),))?;
    Ok((constraint, table))
}
