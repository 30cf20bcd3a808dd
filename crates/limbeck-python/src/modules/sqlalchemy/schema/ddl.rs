//! The DDL elements, and what executes them: `create()` and `drop()` of tables and indexes, `create_all()` and
//! `drop_all()` of a `MetaData`.

use std::sync::Arc;

use limbeck_core::runtime::MigrationContext;
use limbeck_sql::dialect::{CompileOptions, DdlElement, Dialect, DropBehavior};
use limbeck_sql::engine::Connection;
use limbeck_sql::expression::{Statement, TableClause};
use limbeck_sql::schema::Constraint;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject as _, PyObject, PyObjectRef, PyResult, VirtualMachine};

use crate::modules::sqlalchemy::arguments::Arguments;
use crate::modules::sqlalchemy::engine::{connection_of, engine_of};
use crate::modules::sqlalchemy::event;
use crate::modules::sqlalchemy::exc;
use crate::modules::sqlalchemy::object::{
    self, ClassDef, Member, get, get_bool, get_some, get_text, items, method, new_bool, own, set,
};

const MODULE: &str = "sqlalchemy.sql.ddl";

const MEMBERS: &[(&str, Member)] = &[("__init__", method(init)), ("__str__", method(shown))];

const fn element(name: &'static str) -> ClassDef {
    ClassDef { name, module: MODULE, bases: &["ExecutableDDLElement"], members: MEMBERS }
}

pub(crate) const CLASSES: &[ClassDef] = &[
    element("CreateTable"),
    element("DropTable"),
    element("CreateIndex"),
    element("DropIndex"),
    element("CreateSequence"),
    element("DropSequence"),
    element("AddConstraint"),
    element("DropConstraint"),
    element("CreateSchema"),
    element("DropSchema"),
    element("SetConstraintComment"),
    element("DropConstraintComment"),
    element("CreateEnumType"),
    element("DropEnumType"),
    element("CreateDomainType"),
    element("DropDomainType"),
    element("CreateColumn"),
    element("CreateView"),
    element("DropView"),
    element("CreateTableAs"),
    element("SetTableComment"),
    element("DropTableComment"),
    element("SetColumnComment"),
    element("DropColumnComment"),
];

/// The parameters of the elements behind the first, in order; those of the others are `if_exists` and the like.
const PARAMETERS: &[(&str, &[&str])] = &[
    ("CreateTable", &["include_foreign_key_constraints", "if_not_exists"]),
    ("DropSchema", &["cascade", "if_exists"]),
    ("DropTable", &["if_exists"]),
    ("DropIndex", &["if_exists"]),
    ("DropSequence", &["if_exists"]),
    ("CreateView", &["view_name"]),
    ("CreateTableAs", &["table_name"]),
    ("CreateIndex", &["if_not_exists"]),
    ("CreateSequence", &["if_not_exists"]),
    ("CreateSchema", &["if_not_exists"]),
];

const FLAGS: &[&str] = &["if_not_exists", "if_exists", "cascade", "or_replace", "temporary", "materialized"];

/// `CreateTable(element, if_not_exists=False)` and its kin; subclasses take what the nearest of them takes.
fn init(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let name = CLASSES.iter().find(|class| object::is_a(&this, class.name)).map_or("", |class| class.name);
    let mut arguments = Arguments::new(name, args, vm);
    let element = arguments.required(match name {
        "CreateSchema" | "DropSchema" => "name",
        "CreateView" | "CreateTableAs" => "selectable",
        _ => "element",
    })?;
    let positional = PARAMETERS.iter().find(|(class, _)| *class == name).map_or(&[][..], |(_, names)| names);
    let mut given = Vec::new();
    for parameter in positional {
        given.push((*parameter, arguments.optional(parameter)));
    }
    for flag in FLAGS {
        let value = match given.iter().find(|(name, _)| name == flag) {
            Some((_, value)) => value.as_ref().map_or(Ok(false), |value| value.clone().try_to_bool(vm))?,
            None => arguments.flag(flag, false)?,
        };
        set(&this, flag, new_bool(value, vm), vm)?;
    }
    for (parameter, value) in given.into_iter().filter(|(name, _)| !FLAGS.contains(name)) {
        set(&this, parameter, value.unwrap_or_else(|| vm.ctx.none()), vm)?;
    }
    let schema = arguments.keyword("schema");
    if matches!(name, "CreateView" | "CreateTableAs") {
        let metadata = arguments.keyword("metadata");
        let parameter = if name == "CreateView" { "view_name" } else { "table_name" };
        let table = selected_table(&element, get(&this, parameter, vm)?, schema, metadata, vm)?;
        set(&this, "table", table, vm)?;
    }
    arguments.keyword_value("isolate_from_table");
    arguments.finish()?;
    set(&this, "element", element, vm)?;
    object::none(vm)
}

/// Makes the table that a view, or a table made of a query, is.
fn selected_table(
    select: &PyObject,
    name: PyObjectRef,
    schema: Option<PyObjectRef>,
    metadata: Option<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult {
    let metadata = match metadata {
        Some(metadata) => metadata,
        None => object::class_object("MetaData").call((), vm)?,
    };
    let mut parts = vec![name, metadata];
    for column in items(&*get(select, "selected_columns", vm)?, vm)? {
        if let (Some(name), type_) = (get_some(&column, "name", vm)?, get_some(&column, "type", vm)?) {
            let type_ = type_.unwrap_or_else(|| vm.ctx.none());
            parts.push(object::class_object("Column").call((name, type_), vm)?);
        }
    }
    let keywords = schema.map(|schema| ("schema".to_owned(), schema)).into_iter().collect();
    object::class_object("Table")
        .call(FuncArgs::new(parts, rustpython_vm::function::KwArgs::new(keywords)), vm)
}

fn shown(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    crate::modules::sqlalchemy::sql::compiled::statement_str(this, args, vm)
}

/// What a DDL element stands for that was made of it rather than by user code.
#[derive(Clone, Debug)]
struct Lowered(DdlElement);

/// Makes the object of a DDL element, for user code that executes it itself.
fn raised(element: &DdlElement, subject: &PyObject, vm: &VirtualMachine) -> PyResult {
    let class = match element.without_convention() {
        DdlElement::CreateIndex { .. } => "CreateIndex",
        DdlElement::DropIndex { .. } => "DropIndex",
        DdlElement::CreateSequence { .. } => "CreateSequence",
        DdlElement::DropSequence { .. } => "DropSequence",
        DdlElement::CreateType { .. } => "CreateEnumType",
        DdlElement::DropType { .. } => "DropEnumType",
        DdlElement::SetTableComment { .. } => "SetTableComment",
        DdlElement::SetColumnComment { .. } => "SetColumnComment",
        _ => "ExecutableDDLElement",
    };
    let raised = object::instance_with(class, Lowered(element.clone()), vm)?;
    set(&raised, "element", subject.to_owned(), vm)?;
    Ok(raised)
}

/// Lowers a DDL element; `None` for an object that is none. Objects without a name take one by the convention of the
/// `MetaData` that they belong to.
pub(crate) fn lower(this: &PyObject, vm: &VirtualMachine) -> PyResult<Option<DdlElement>> {
    if let Some(lowered) = object::state::<Lowered>(this) {
        return Ok(Some(lowered.0.clone()));
    }
    let Some(element) = lower_element(this, vm)? else { return Ok(None) };
    let subject = get(this, "element", vm)?;
    let owner = own(&subject, "table", vm).unwrap_or(subject);
    Ok(Some(match own(&owner, "metadata", vm).filter(|metadata| object::is_a(metadata, "MetaData")) {
        Some(metadata) => {
            let convention = Box::new(crate::lower::naming_convention(&metadata, vm)?);
            DdlElement::Conventional { element: Box::new(element), convention }
        }
        None => element,
    }))
}

fn lower_element(this: &PyObject, vm: &VirtualMachine) -> PyResult<Option<DdlElement>> {
    let Some(class) = CLASSES.iter().find(|class| object::is_a(this, class.name)) else { return Ok(None) };
    let subject = get(this, "element", vm)?;
    let if_not_exists = get_bool(this, "if_not_exists", vm)?;
    let if_exists = get_bool(this, "if_exists", vm)?;
    let behavior = DropBehavior { if_exists, cascade: get_bool(this, "cascade", vm)? };
    let table_of = || match own(&subject, "table", vm) {
        Some(table) => crate::lower::table(&table, vm).map(Box::new),
        None => Err(exc::error("CompileError", "the object is not associated with any table", vm)),
    };
    Ok(Some(match class.name {
        "CreateTable" => {
            let mut table = crate::lower::table(&subject, vm)?;
            if let Some(included) = get_some(this, "include_foreign_key_constraints", vm)? {
                let included = items(&included, vm)?;
                let included = included
                    .iter()
                    .map(|key| crate::lower::constraint(key, vm).map(|key| key.columns().to_vec()))
                    .collect::<PyResult<Vec<_>>>()?;
                table.constraints.retain(|constraint| {
                    !matches!(constraint, Constraint::ForeignKey(_))
                        || included.iter().any(|columns| columns == constraint.columns())
                });
            }
            DdlElement::CreateTable { table: Box::new(table), if_not_exists }
        }
        "CreateColumn" => DdlElement::CreateColumn {
            column: crate::lower::identifier(&*get(&subject, "name", vm)?, vm)?,
            table: table_of()?,
        },
        "CreateView" | "CreateTableAs" => {
            let table = crate::lower::table_clause(&*get(this, "table", vm)?, vm)?;
            let select = Box::new(crate::lower::select(&subject, vm)?);
            let temporary = get_bool(this, "temporary", vm)?;
            if class.name == "CreateView" {
                DdlElement::CreateView {
                    schema: table.schema,
                    name: table.name,
                    select,
                    or_replace: get_bool(this, "or_replace", vm)?,
                    temporary,
                    materialized: get_bool(this, "materialized", vm)?,
                }
            } else {
                let TableClause { schema, name, .. } = table;
                DdlElement::CreateTableAs { schema, name, select, temporary, if_not_exists }
            }
        }
        "DropView" => {
            let TableClause { schema, name, .. } = crate::lower::table_clause(&subject, vm)?;
            DdlElement::DropView {
                schema,
                name,
                if_exists,
                materialized: get_bool(this, "materialized", vm)?,
            }
        }
        "SetTableComment" => {
            let TableClause { schema, name, .. } = crate::lower::table_clause(&subject, vm)?;
            DdlElement::SetTableComment { schema, name, comment: get_text(&subject, "comment", vm)? }
        }
        "DropTableComment" => {
            let TableClause { schema, name, .. } = crate::lower::table_clause(&subject, vm)?;
            DdlElement::DropTableComment { schema, name }
        }
        "SetColumnComment" | "DropColumnComment" => {
            let table = table_of()?;
            let column = crate::lower::identifier(&*get(&subject, "name", vm)?, vm)?;
            if class.name == "SetColumnComment" {
                DdlElement::SetCommentOfColumn { table, column }
            } else {
                DdlElement::DropColumnComment { schema: table.schema, table: table.name, column }
            }
        }
        "DropTable" => {
            let table = crate::lower::table_clause(&subject, vm)?;
            DdlElement::DropTable { schema: table.schema, name: table.name, if_exists }
        }
        "CreateIndex" => DdlElement::CreateIndex {
            index: Box::new(crate::lower::index(&subject, vm)?),
            table: table_of()?,
            if_not_exists,
        },
        "DropIndex" => DdlElement::DropIndex {
            index: Box::new(crate::lower::index(&subject, vm)?),
            table: table_of()?,
            if_exists,
        },
        "CreateSequence" => DdlElement::CreateSequence {
            sequence: Box::new(crate::lower::sequence(&subject, vm)?),
            if_not_exists,
        },
        "DropSequence" => {
            let sequence = crate::lower::sequence(&subject, vm)?;
            DdlElement::DropSequence { schema: sequence.schema, name: sequence.name, if_exists }
        }
        "AddConstraint" => DdlElement::AddConstraint {
            constraint: Box::new(crate::lower::constraint(&subject, vm)?),
            table: table_of()?,
        },
        "DropConstraint" => DdlElement::DropConstraint {
            constraint: Box::new(crate::lower::constraint(&subject, vm)?),
            table: table_of()?,
            behavior,
        },
        "CreateSchema" => {
            DdlElement::CreateSchema { name: crate::lower::identifier(&subject, vm)?, if_not_exists }
        }
        "CreateEnumType" | "CreateDomainType" => {
            DdlElement::CreateType { type_: Box::new(crate::lower::sql_type(&subject, vm)?) }
        }
        "DropEnumType" | "DropDomainType" => {
            DdlElement::DropType { type_: Box::new(crate::lower::sql_type(&subject, vm)?) }
        }
        "SetConstraintComment" | "DropConstraintComment" => DdlElement::SetConstraintComment {
            constraint: Box::new(crate::lower::constraint(&subject, vm)?),
            table: table_of()?,
            comment: if class.name.starts_with("Set") { get_text(&subject, "comment", vm)? } else { None },
        },
        _ => DdlElement::DropSchema { name: crate::lower::identifier(&subject, vm)?, behavior },
    }))
}

/// What DDL is executed on.
enum Target {
    /// A database.
    Connection(Connection),
    /// The output of a run without a database.
    Output(Arc<MigrationContext>),
    /// Nothing: each element goes to the function of a mock engine.
    Mock { dialect: Arc<dyn Dialect>, engine: PyObjectRef },
}

impl Target {
    fn dialect(&self) -> &Arc<dyn Dialect> {
        match self {
            Self::Connection(connection) => connection.dialect(),
            Self::Output(context) => context.dialect(),
            Self::Mock { dialect, .. } => dialect,
        }
    }

    /// Tells whether a table is there; where there is no database none is looked for.
    fn has_table(&self, table: &PyObject, otherwise: bool, vm: &VirtualMachine) -> PyResult<bool> {
        match self {
            Self::Connection(connection) => has_table(connection, table, vm),
            Self::Output(_) | Self::Mock { .. } => Ok(otherwise),
        }
    }

    /// Tells whether a sequence is there; where there is no database none is looked for.
    fn has_sequence(
        &self,
        sequence: &limbeck_sql::schema::Sequence,
        otherwise: bool,
        vm: &VirtualMachine,
    ) -> PyResult<bool> {
        match self {
            Self::Connection(connection) => has_sequence(connection, sequence, vm),
            Self::Output(_) | Self::Mock { .. } => Ok(otherwise),
        }
    }

    /// Tells whether a named type is there; where there is no database none is looked for.
    fn has_type(&self, named: &limbeck_sql::dialect::NamedType, vm: &VirtualMachine) -> PyResult<bool> {
        let Self::Connection(connection) = self else { return Ok(false) };
        let schema = named.schema.as_ref().map(limbeck_sql::schema::Identifier::as_str);
        limbeck_sql::reflection::Inspector::new(connection)
            .and_then(|mut inspector| inspector.has_type(named.name.as_str(), schema))
            .map_err(|error| exc::from_sql(&error, vm))
    }

    fn execute(&self, element: DdlElement, table: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
        if let Self::Mock { engine, .. } = self {
            return super::super::engine::mock::execute(engine, raised(&element, table, vm)?, vm).map(drop);
        }
        self.execute_statement(&Statement::Ddl(Box::new(element)), table, vm)
    }

    /// Executes an element that is an object.
    fn execute_object(&self, element: PyObjectRef, table: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
        if let Self::Mock { engine, .. } = self {
            return super::super::engine::mock::execute(engine, element, vm).map(drop);
        }
        self.execute_statement(&crate::lower::statement(&element, vm)?, table, vm)
    }

    fn execute_statement(
        &self,
        statement: &Statement,
        table: &PyObject,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let mut options = CompileOptions::literal();
        if let Some(metadata) = get_some(table, "metadata", vm)? {
            options.naming_convention = crate::lower::naming_convention(&metadata, vm)?;
        }
        match self {
            Self::Connection(connection) => {
                let done = connection.execute_with(statement, &[], &options);
                done.map(drop).map_err(|error| exc::from_sql(&error, vm))
            }
            Self::Output(context) => {
                let compiled = context.dialect().compile_statement(statement, &options);
                let sql = compiled.map_err(|error| exc::from_sql(&error, vm))?.sql;
                let written = context.executor().execute_sql(sql);
                written.map_err(|error| crate::modules::alembic::to_python(error, vm))
            }
            // what is executed there are objects
            Self::Mock { .. } => Ok(()),
        }
    }
}

/// Does something on the connection of a bind; one that an engine opens for it is committed and closed.
fn on_bind<T>(
    bind: &PyObject,
    work: impl FnOnce(&Target) -> PyResult<T>,
    vm: &VirtualMachine,
) -> PyResult<T> {
    let from_sql = |error| exc::from_sql(&error, vm);
    if let Some(connection) = connection_of(bind) {
        return work(&Target::Connection(connection));
    }
    if let Some(context) = crate::modules::alembic::mock_context(bind) {
        return work(&Target::Output(context));
    }
    if let Some(dialect) = super::super::engine::mock::dialect_of(bind, vm)? {
        return work(&Target::Mock { dialect, engine: bind.to_owned() });
    }
    let Some(engine) = engine_of(bind) else {
        return Err(exc::argument("an Engine or a Connection is expected as bind", vm));
    };
    let connection = engine.connect().map_err(from_sql)?;
    let target = Target::Connection(connection.clone());
    let done = work(&target);
    if done.is_ok() {
        connection.commit().map_err(from_sql)?;
    }
    connection.close().map_err(from_sql)?;
    done
}

/// Gives the sequences that a table's columns need in the connection's database.
fn own_sequences<'t>(
    dialect: &Arc<dyn Dialect>,
    table: &'t limbeck_sql::schema::Table,
) -> impl Iterator<Item = &'t limbeck_sql::schema::Sequence> {
    let supported = dialect.supports_sequences();
    let sequences = table.columns.iter().filter_map(|column| column.sequence.as_ref());
    sequences.filter(move |sequence| supported && !sequence.optional)
}

fn has_sequence(
    connection: &Connection,
    sequence: &limbeck_sql::schema::Sequence,
    vm: &VirtualMachine,
) -> PyResult<bool> {
    let schema = sequence.schema.as_ref().map(limbeck_sql::schema::Identifier::as_str);
    limbeck_sql::reflection::Inspector::new(connection)
        .and_then(|mut inspector| inspector.has_sequence(sequence.name.as_str(), schema))
        .map_err(|error| exc::from_sql(&error, vm))
}

/// Creates the sequences of a table's columns that are not there yet; where SQL is written for a run, none are.
fn create_sequences(
    target: &Target,
    table: &PyObject,
    lowered: &limbeck_sql::schema::Table,
    vm: &VirtualMachine,
) -> PyResult<()> {
    if matches!(target, Target::Output(_)) {
        return Ok(());
    }
    for sequence in own_sequences(target.dialect(), lowered) {
        if !target.has_sequence(sequence, false, vm)? {
            let element =
                DdlElement::CreateSequence { sequence: Box::new(sequence.clone()), if_not_exists: false };
            target.execute(element, table, vm)?;
        }
    }
    Ok(())
}

fn has_table(connection: &Connection, table: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    let name = get_text(table, "name", vm)?.unwrap_or_default();
    let schema = connection.translated_schema(get_text(table, "schema", vm)?);
    limbeck_sql::reflection::Inspector::new(connection)
        .and_then(|mut inspector| inspector.has_table(&name, schema.as_deref()))
        .map_err(|error| exc::from_sql(&error, vm))
}

/// Creates a table with what belongs to it; `types` are the names of the types that were created before.
fn create(
    target: &Target,
    table: &PyObject,
    bind: &PyObject,
    types: &mut Vec<String>,
    vm: &VirtualMachine,
) -> PyResult<()> {
    event::send(table, "before_create", bind, false, vm)?;
    let lowered = crate::lower::table(table, vm)?;
    create_sequences(target, table, &lowered, vm)?;
    if matches!(target, Target::Output(_)) || target.dialect().supports_native_enum() {
        let named = target.dialect().named_types(&lowered).map_err(|error| exc::from_sql(&error, vm))?;
        for named in named {
            if target.has_type(&named, vm)? {
                continue;
            }
            let key = format!("{:?}.{}", named.schema, named.name);
            if !types.contains(&key) {
                types.push(key);
                target.execute(DdlElement::CreateType { type_: Box::new(named.type_) }, table, vm)?;
            }
        }
    }
    let indexes = lowered.indexes.clone();
    let element = object::class_object("CreateTable").call((table.to_owned(),), vm)?;
    target.execute_object(element, table, vm)?;
    for index in indexes {
        let element = DdlElement::CreateIndex {
            index: Box::new(index),
            table: Box::new(lowered.clone()),
            if_not_exists: false,
        };
        target.execute(element, table, vm)?;
    }
    let dialect = target.dialect();
    if dialect.supports_comments() && !dialect.inline_comments() {
        let (schema, name) = (lowered.schema.clone(), lowered.name.clone());
        if let Some(comment) = lowered.comment.clone() {
            let comment = DdlElement::SetTableComment {
                schema: schema.clone(),
                name: name.clone(),
                comment: Some(comment),
            };
            target.execute(comment, table, vm)?;
        }
        for column in lowered.columns.iter().filter(|column| column.comment.is_some()) {
            let comment = DdlElement::SetColumnComment {
                schema: schema.clone(),
                table: name.clone(),
                column: column.name.clone(),
                comment: column.comment.clone(),
            };
            target.execute(comment, table, vm)?;
        }
    }
    event::send(table, "after_create", bind, false, vm)
}

/// Drops a table, and where SQL is written its types after it.
fn drop_(target: &Target, table: &PyObject, bind: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    event::send(table, "before_drop", bind, false, vm)?;
    let element = object::class_object("DropTable").call((table.to_owned(),), vm)?;
    target.execute_object(element, table, vm)?;
    if matches!(target, Target::Output(_)) {
        let lowered = crate::lower::table(table, vm)?;
        let named = target.dialect().named_types(&lowered).map_err(|error| exc::from_sql(&error, vm))?;
        for named in named {
            target.execute(DdlElement::DropType { type_: Box::new(named.type_) }, table, vm)?;
        }
    }
    event::send(table, "after_drop", bind, false, vm)
}

/// Drops the sequences that were created with a table; where SQL is written for a run, none are.
fn drop_sequences(target: &Target, table: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    if matches!(target, Target::Output(_)) {
        return Ok(());
    }
    let lowered = crate::lower::table(table, vm)?;
    for sequence in own_sequences(target.dialect(), &lowered) {
        if target.has_sequence(sequence, true, vm)? {
            let (schema, name) = (sequence.schema.clone(), sequence.name.clone());
            target.execute(DdlElement::DropSequence { schema, name, if_exists: false }, table, vm)?;
        }
    }
    Ok(())
}

/// Drops the named types that were created with a table; where SQL is written for a run, they go with their tables.
fn drop_types(target: &Target, table: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let dialect = target.dialect();
    if matches!(target, Target::Output(_)) || !dialect.supports_native_enum() {
        return Ok(());
    }
    let is_mock = matches!(target, Target::Mock { .. });
    let lowered = crate::lower::table(table, vm)?;
    for named in dialect.named_types(&lowered).map_err(|error| exc::from_sql(&error, vm))? {
        if is_mock || target.has_type(&named, vm)? {
            target.execute(DdlElement::DropType { type_: Box::new(named.type_) }, table, vm)?;
        }
    }
    Ok(())
}

/// `Sequence.create(bind, checkfirst=True)` and `Sequence.drop(bind, checkfirst=True)`
pub(super) fn sequence_ddl(this: &PyObject, args: FuncArgs, drops: bool, vm: &VirtualMachine) -> PyResult {
    let mut arguments = Arguments::new("create", args, vm);
    let bind = arguments.required("bind")?;
    let checkfirst = arguments.optional("checkfirst").map_or(Ok(true), |flag| flag.try_to_bool(vm))?;
    arguments.finish()?;
    let sequence = crate::lower::sequence(this, vm)?;
    let work = |target: &Target| {
        if checkfirst
            && let Target::Connection(connection) = target
            && has_sequence(connection, &sequence, vm)? != drops
        {
            return Ok(());
        }
        let element = if drops {
            let (schema, name) = (sequence.schema.clone(), sequence.name.clone());
            DdlElement::DropSequence { schema, name, if_exists: false }
        } else {
            DdlElement::CreateSequence { sequence: Box::new(sequence.clone()), if_not_exists: false }
        };
        target.execute(element, this, vm)
    };
    on_bind(&bind, work, vm)?;
    object::none(vm)
}

/// Takes `bind, checkfirst` of a call.
fn bind_arguments(
    args: FuncArgs,
    checkfirst: bool,
    vm: &VirtualMachine,
) -> PyResult<(PyObjectRef, bool, Option<PyObjectRef>)> {
    let mut arguments = Arguments::new("create", args, vm);
    let bind = arguments.required("bind")?;
    let tables = if checkfirst { arguments.optional("tables") } else { None };
    let checkfirst = arguments.optional("checkfirst").map_or(Ok(checkfirst), |flag| flag.try_to_bool(vm))?;
    arguments.finish()?;
    Ok((bind, checkfirst, tables))
}

/// `Table.create(bind, checkfirst=False)`
pub(super) fn create_table(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let (bind, checkfirst, _) = bind_arguments(args, false, vm)?;
    let work = |target: &Target| {
        if checkfirst && target.has_table(&this, false, vm)? {
            return Ok(());
        }
        create(target, &this, &bind, &mut Vec::new(), vm)
    };
    on_bind(&bind, work, vm)?;
    object::none(vm)
}

/// `Table.drop(bind, checkfirst=False)`
pub(super) fn drop_table(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let (bind, checkfirst, _) = bind_arguments(args, false, vm)?;
    let work = |target: &Target| {
        if checkfirst && !target.has_table(&this, true, vm)? {
            return Ok(());
        }
        drop_(target, &this, &bind, vm)?;
        drop_sequences(target, &this, vm)
    };
    on_bind(&bind, work, vm)?;
    object::none(vm)
}

fn all_tables(
    this: &PyObject,
    tables: Option<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult<Vec<PyObjectRef>> {
    let sorted = items(&*get(this, "sorted_tables", vm)?, vm)?;
    let Some(tables) = tables else { return Ok(sorted) };
    let wanted = items(&tables, vm)?;
    Ok(sorted.into_iter().filter(|table| wanted.iter().any(|wanted| wanted.is(table))).collect())
}

/// `MetaData.create_all(bind, tables=None, checkfirst=True)`
pub(super) fn create_all(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let (bind, checkfirst, tables) = bind_arguments(args, true, vm)?;
    let tables = all_tables(&this, tables, vm)?;
    let work = |target: &Target| {
        event::send(&this, "before_create", &bind, checkfirst, vm)?;
        let mut types = Vec::new();
        for table in &tables {
            if !checkfirst || !target.has_table(table, false, vm)? {
                create(target, table, &bind, &mut types, vm)?;
            }
        }
        event::send(&this, "after_create", &bind, checkfirst, vm)
    };
    on_bind(&bind, work, vm)?;
    object::none(vm)
}

/// `MetaData.drop_all(bind, tables=None, checkfirst=True)`
pub(super) fn drop_all(this: PyObjectRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let (bind, checkfirst, tables) = bind_arguments(args, true, vm)?;
    let tables = all_tables(&this, tables, vm)?;
    let work = |target: &Target| {
        event::send(&this, "before_drop", &bind, checkfirst, vm)?;
        for table in tables.iter().rev() {
            if !checkfirst || target.has_table(table, true, vm)? {
                drop_(target, table, &bind, vm)?;
            }
        }
        for table in &tables {
            drop_sequences(target, table, vm)?;
        }
        for table in &tables {
            drop_types(target, table, vm)?;
        }
        event::send(&this, "after_drop", &bind, checkfirst, vm)
    };
    on_bind(&bind, work, vm)?;
    object::none(vm)
}

/// `Index.create(bind, checkfirst=False)` and `Index.drop(bind, checkfirst=False)`
pub(super) fn index_ddl(this: &PyObject, args: FuncArgs, drops: bool, vm: &VirtualMachine) -> PyResult {
    let (bind, checkfirst, _) = bind_arguments(args, false, vm)?;
    let Some(table) = own(this, "table", vm) else {
        return Err(exc::error("CompileError", "Index is not associated with any table.", vm));
    };
    let index = Box::new(crate::lower::index(this, vm)?);
    let lowered = Box::new(crate::lower::table(&table, vm)?);
    let element = if drops {
        DdlElement::DropIndex { index, table: lowered, if_exists: checkfirst }
    } else {
        DdlElement::CreateIndex { index, table: lowered, if_not_exists: checkfirst }
    };
    on_bind(&bind, |target| target.execute(element, &table, vm), vm)?;
    object::none(vm)
}

/// Gives the text of a `DDL` with its context filled in, and with the names of the table that it runs for.
pub(crate) fn filled_in(ddl: &PyObject, table: Option<&PyObject>, vm: &VirtualMachine) -> PyResult<String> {
    let context = vm.ctx.new_dict();
    if let Some(table) = table {
        let name = get(table, "name", vm)?;
        let fullname = get_text(table, "fullname", vm)?.or(get_text(table, "key", vm)?).unwrap_or_default();
        context.set_item("table", name, vm)?;
        let schema = get_text(table, "schema", vm)?.unwrap_or_default();
        context.set_item("schema", object::new_text(schema, vm), vm)?;
        context.set_item("fullname", object::new_text(fullname, vm), vm)?;
    }
    if let Some(given) = get_some(ddl, "context", vm)? {
        vm.call_method(context.as_object(), "update", (given,))?;
    }
    let text = vm._mod(&*get(ddl, "statement", vm)?, context.as_object())?;
    object::text(&text, vm)
}
