//! Differences as Python shows them: the list in the message of `alembic check`.
//!
//! Where Python shows an object by its address, the address is left out.

use indexmap::IndexMap;
use limbeck_sql::engine::text_repr;
use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{
    Column, Computed, Constraint, ForeignKeyConstraint, Identifier, Identity, Index, IndexExpression,
    ServerDefault, Table, TableKey,
};
use limbeck_sql::types::SqlType;

use super::render::python_bool;
use crate::error::Result;
use crate::operations::{Argument, ColumnChange, Diff, ExistingColumn, IndexOfTable};

/// The tables that were compared, which differences refer to.
#[derive(Clone, Debug, Default)]
pub struct Described {
    metadata: IndexMap<TableKey, Table>,
    database: IndexMap<TableKey, Table>,
}

impl Described {
    /// Makes a description of the tables of the models and of the database.
    pub(super) fn new(metadata: IndexMap<TableKey, Table>, database: IndexMap<TableKey, Table>) -> Self {
        Self { metadata, database }
    }

    /// Adds the tables of another comparison.
    pub(super) fn extend(&mut self, other: Self) {
        self.metadata.extend(other.metadata);
        self.database.extend(other.database);
    }
}

/// Gives Python's `repr` of a list of differences.
///
/// # Errors
/// What the `repr` of a type of user code raises.
pub fn diffs_repr(diffs: &[Diff], described: &Described) -> Result<String> {
    let texts: Result<Vec<String>> = diffs.iter().map(|diff| diff_repr(diff, described)).collect();
    Ok(format!("[{}]", texts?.join(", ")))
}

fn diff_repr(diff: &Diff, described: &Described) -> Result<String> {
    let name = text_repr(diff.name().unwrap_or_default());
    Ok(match diff {
        Diff::AddTable(table) | Diff::RemoveTable(table) | Diff::RemoveTableComment(table) => {
            format!("({name}, {})", table_repr(table)?)
        }
        Diff::AddTableComment(table, existing) => {
            format!("({name}, {}, {})", table_repr(table)?, optional(existing.as_deref()))
        }
        Diff::AddColumn { schema, table_name, column, .. } => {
            let table = find(&described.metadata, schema.as_ref(), table_name);
            column_difference(&name, schema.as_ref(), table_name, column, table)?
        }
        Diff::RemoveColumn { schema, table_name, column, .. } => {
            let table = find(&described.database, schema.as_ref(), table_name);
            column_difference(&name, schema.as_ref(), table_name, column, table)?
        }
        Diff::ModifyColumn { schema, table_name, column_name, existing, changes } => {
            let place = format!(
                "{}, {}, {}",
                optional(schema.as_ref().map(Identifier::as_str)),
                quoted(table_name),
                quoted(column_name)
            );
            let texts: Result<Vec<String>> =
                changes.iter().map(|change| change_repr(&place, existing, change)).collect();
            format!("[{}]", texts?.join(", "))
        }
        Diff::AddIndex(index) => format!("({name}, {})", index_repr(index, &described.metadata)?),
        Diff::RemoveIndex(index) => format!("({name}, {})", index_repr(index, &described.database)?),
        Diff::AddConstraint(of) | Diff::RemoveConstraint(of) => {
            format!("({name}, {})", constraint_repr(of.schema.as_ref(), &of.table_name, &of.constraint))
        }
        Diff::Execute(_) => format!("({name}, <sqlalchemy.sql.elements.TextClause object>)"),
    })
}

fn column_difference(
    name: &str,
    schema: Option<&Identifier>,
    table_name: &Identifier,
    column: &Column,
    table: Option<&Table>,
) -> Result<String> {
    Ok(format!(
        "({name}, {}, {}, {})",
        optional(schema.map(Identifier::as_str)),
        quoted(table_name),
        column_repr(column, table_name, table)?
    ))
}

fn change_repr(place: &str, existing: &ExistingColumn, change: &ColumnChange) -> Result<String> {
    let nullable = format!("'existing_nullable': {}", optional_bool(existing.nullable));
    let type_ = format!("'existing_type': {}", optional_type(existing.type_.as_ref())?);
    let default = format!("'existing_server_default': {}", default_argument_repr(&existing.server_default));
    let comment = format!("'existing_comment': {}", optional(existing.comment.as_deref()));
    let (others, before, after) = match change {
        ColumnChange::Type(new) => {
            ([nullable, default, comment], optional_type(existing.type_.as_ref())?, new.python_repr()?)
        }
        ColumnChange::Nullable(new) => (
            [type_, default, comment],
            optional_bool(existing.nullable).to_owned(),
            python_bool(*new).to_owned(),
        ),
        ColumnChange::ServerDefault(new) => (
            [nullable, type_, comment],
            default_argument_repr(&existing.server_default),
            default_argument_repr(new),
        ),
        ColumnChange::Comment(new) => {
            ([nullable, type_, default], optional(existing.comment.as_deref()), optional(new.as_deref()))
        }
    };
    Ok(format!("('{}', {place}, {{{}}}, {before}, {after})", change.name(), others.join(", ")))
}

fn default_argument_repr(default: &Argument<ServerDefault>) -> String {
    match default {
        Argument::NotGiven => "False".to_owned(),
        Argument::None => "None".to_owned(),
        Argument::Value(default) => default_repr(default),
    }
}

fn table_repr(table: &Table) -> Result<String> {
    let mut parts = vec![quoted(&table.name), "MetaData()".to_owned()];
    for column in &table.columns {
        parts.push(column_repr(column, &table.name, Some(table))?);
    }
    parts.push(format!("schema={}", optional(table.schema.as_ref().map(Identifier::as_str))));
    Ok(format!("Table({})", parts.join(", ")))
}

/// Shows a column; `table`, where it is known, tells its foreign keys.
fn column_repr(column: &Column, table_name: &Identifier, table: Option<&Table>) -> Result<String> {
    let mut parts = vec![quoted(&column.name), column.type_.python_repr()?];
    for constraint in table.iter().flat_map(|table| &table.constraints) {
        match constraint {
            Constraint::ForeignKey(key) => parts.extend(foreign_key_repr(column, key)),
            Constraint::Check(check) if !check.type_bound && check.column.as_ref() == Some(&column.name) => {
                let condition = expression_repr(&check.condition);
                parts.push(match check.name.as_str() {
                    Some(name) => format!("CheckConstraint({condition}, name={})", text_repr(name)),
                    None => format!("CheckConstraint({condition})"),
                });
            }
            _ => {}
        }
    }
    parts.push(format!("table=<{table_name}>"));
    if column.primary_key {
        parts.push("primary_key=True".to_owned());
    }
    if !column.nullable {
        parts.push("nullable=False".to_owned());
    }
    if let Some(default) = &column.server_default {
        parts.push(format!("server_default={}", default_repr(default)));
    }
    if let Some(comment) = column.comment.as_ref().filter(|comment| !comment.is_empty()) {
        parts.push(format!("comment={}", text_repr(comment)));
    }
    Ok(format!("Column({})", parts.join(", ")))
}

/// Shows the part of a foreign key that belongs to a column.
fn foreign_key_repr(column: &Column, key: &ForeignKeyConstraint) -> Option<String> {
    let position = key.columns.iter().position(|name| name.as_str() == column.name.as_str())?;
    let target = key.referred_columns.get(position).unwrap_or(&column.name);
    let table = match &key.referred_schema {
        Some(schema) => format!("{schema}.{}", key.referred_table),
        None => key.referred_table.to_string(),
    };
    Some(format!("ForeignKey({})", text_repr(&format!("{table}.{target}"))))
}

fn default_repr(default: &ServerDefault) -> String {
    match default {
        ServerDefault::Literal(text) => {
            format!("DefaultClause({}, for_update=False)", text_repr(text))
        }
        ServerDefault::Expression(expression) => {
            format!("DefaultClause({}, for_update=False)", expression_repr(expression))
        }
        ServerDefault::Computed(computed) => computed_repr(computed),
        ServerDefault::Identity(identity) => identity_repr(identity),
        ServerDefault::Fetched => "FetchedValue()".to_owned(),
    }
}

fn computed_repr(computed: &Computed) -> String {
    let expression = expression_repr(&computed.expression);
    match computed.persisted {
        Some(persisted) => format!("Computed({expression}, persisted={})", python_bool(persisted)),
        None => format!("Computed({expression})"),
    }
}

fn identity_repr(identity: &Identity) -> String {
    let flag = |name: &str, value: Option<bool>| value.map(|value| format!("{name}={}", python_bool(value)));
    let number = |name: &str, value: Option<i64>| value.map(|value| format!("{name}={value}"));
    let parts: Vec<String> = [
        // `False` is the default, `None` is not
        match identity.always {
            Some(false) => None,
            always => Some(format!("always={}", optional_bool(always))),
        },
        flag("on_null", identity.on_null),
        number("start", identity.start),
        number("increment", identity.increment),
        number("minvalue", identity.minvalue),
        number("maxvalue", identity.maxvalue),
        flag("nominvalue", identity.nominvalue),
        flag("nomaxvalue", identity.nomaxvalue),
        flag("cycle", identity.cycle),
        number("cache", identity.cache),
        flag("order", identity.order),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!("Identity({})", parts.join(", "))
}

fn index_repr(of: &IndexOfTable, tables: &IndexMap<TableKey, Table>) -> Result<String> {
    let table_name = of.table_name.clone().unwrap_or_else(|| Identifier::new("no_table"));
    let table = find(tables, of.schema.as_ref(), &table_name);
    let Index { name, expressions, unique, .. } = &of.index;
    let mut parts = vec![optional(name.as_str())];
    for expression in expressions {
        parts.push(match expression {
            IndexExpression::Column(name) => match table.and_then(|table| table.column(name.as_str())) {
                // the reference copies the columns of indexes, and copies have no foreign keys
                Some(column) => column_repr(column, &table_name, None)?,
                None => unknown_column_repr(name, &table_name, None),
            },
            // the reference wraps texts, so that they look like columns
            IndexExpression::Expression(Expression::Text(_)) => {
                "<alembic.util.sqla_compat._textual_index_element object>".to_owned()
            }
            IndexExpression::Expression(expression) => expression_repr(expression),
        });
    }
    if *unique {
        parts.push("unique=True".to_owned());
    }
    Ok(format!("Index({})", parts.join(", ")))
}

/// Shows a constraint of an operation, which knows the names of columns only.
fn constraint_repr(schema: Option<&Identifier>, table_name: &Identifier, constraint: &Constraint) -> String {
    let columns = |key: Option<&ForeignKeyConstraint>| -> Vec<String> {
        constraint.columns().iter().map(|name| unknown_column_repr(name, table_name, key)).collect()
    };
    match constraint {
        Constraint::PrimaryKey(_) => format!("PrimaryKeyConstraint({})", columns(None).join(", ")),
        Constraint::Unique(_) => format!("UniqueConstraint({})", columns(None).join(", ")),
        Constraint::Check(check) => {
            let condition = expression_repr(&check.condition);
            match check.name.as_str() {
                Some(name) => format!("CheckConstraint({condition}, name={})", text_repr(name)),
                None => format!("CheckConstraint({condition})"),
            }
        }
        Constraint::Exclude(_) => "ExcludeConstraint()".to_owned(),
        Constraint::ForeignKey(key) => {
            let text =
                |name: &str, value: Option<&str>| value.map(|value| format!("{name}={}", text_repr(value)));
            let flag = |name: &str, value: bool| value.then(|| format!("{name}=True"));
            let mut table = vec![quoted(table_name), "MetaData()".to_owned()];
            table.extend(columns(Some(key)));
            let same_table =
                key.referred_table.as_str() == table_name.as_str() && key.referred_schema.as_ref() == schema;
            if same_table {
                let others = key.referred_columns.iter().filter(|column| !key.columns.contains(column));
                table.extend(others.map(|name| unknown_column_repr(name, table_name, None)));
            }
            table.push(format!("schema={}", optional(schema.map(Identifier::as_str))));
            let options: Vec<String> = [
                text("name", key.name.as_str()),
                text("onupdate", key.onupdate.as_deref()),
                text("ondelete", key.ondelete.as_deref()),
                flag("deferrable", key.deferrable == Some(true)),
                text("initially", key.initially.as_deref()),
                flag("use_alter", key.use_alter),
                text("match", key.match_.as_deref()),
                Some(format!("table=Table({})", table.join(", "))),
            ]
            .into_iter()
            .flatten()
            .collect();
            format!(
                "ForeignKeyConstraint(<sqlalchemy.sql.base.ReadOnlyColumnCollection object>, None, {})",
                options.join(", ")
            )
        }
    }
}

fn unknown_column_repr(
    name: &Identifier,
    table_name: &Identifier,
    key: Option<&ForeignKeyConstraint>,
) -> String {
    let column = Column::new(name.clone(), SqlType::Null);
    let foreign_key = key
        .and_then(|key| foreign_key_repr(&column, key))
        .map(|text| format!("{text}, "))
        .unwrap_or_default();
    format!("Column({}, NullType(), {foreign_key}table=<{table_name}>)", quoted(name))
}

/// The functions for which SQLAlchemy has classes of their own.
const OWN_CLASSES: [&str; 23] = [
    "aggregate_strings",
    "array_agg",
    "char_length",
    "coalesce",
    "concat",
    "count",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "max",
    "min",
    "mode",
    "now",
    "pow",
    "random",
    "rank",
    "session_user",
    "sum",
    "sysdate",
    "user",
];

/// Shows an expression by the class that SQLAlchemy has for it.
fn expression_repr(expression: &Expression) -> String {
    let (module, class) = match expression {
        Expression::Text(_) => ("elements", "TextClause"),
        Expression::Null => ("elements", "Null"),
        Expression::True => ("elements", "True_"),
        Expression::False => ("elements", "False_"),
        Expression::Function(call) => {
            let name = call.name.last().map(String::as_str).unwrap_or_default();
            let class = if OWN_CLASSES.contains(&name) { name } else { "Function" };
            return format!("<sqlalchemy.sql.functions.{class}; {name}>");
        }
        Expression::Unary { .. } => ("elements", "UnaryExpression"),
        Expression::Binary { .. } => ("elements", "BinaryExpression"),
        Expression::Cast { .. } => ("elements", "Cast"),
        Expression::Label { .. } => ("elements", "Label"),
        Expression::LiteralColumn { .. } | Expression::Column(_) => ("elements", "ColumnClause"),
        Expression::BooleanList { .. } => ("elements", "BooleanClauseList"),
        Expression::Case { .. } => ("elements", "Case"),
        Expression::Bind(_) => ("elements", "BindParameter"),
        _ => ("elements", "ColumnElement"),
    };
    format!("<sqlalchemy.sql.{module}.{class} object>")
}

fn find<'t>(
    tables: &'t IndexMap<TableKey, Table>,
    schema: Option<&Identifier>,
    name: &Identifier,
) -> Option<&'t Table> {
    tables.get(&TableKey {
        schema: schema.map(|schema| schema.as_str().to_owned()),
        name: name.as_str().to_owned(),
    })
}

fn quoted(name: &Identifier) -> String {
    text_repr(name.as_str())
}

fn optional(text: Option<&str>) -> String {
    text.map_or_else(|| "None".to_owned(), text_repr)
}

fn optional_bool(flag: Option<bool>) -> &'static str {
    flag.map_or("None", python_bool)
}

fn optional_type(type_: Option<&SqlType>) -> Result<String> {
    Ok(match type_ {
        Some(type_) => type_.python_repr()?,
        None => "None".to_owned(),
    })
}
