//! The parts that ALTER TABLE statements are put together from.

use indexmap::IndexMap;
use limbeck_sql::dialect::{CompileOptions, DdlElement, Dialect};
use limbeck_sql::schema::{
    Column, Constraint, ConstraintName, DialectOptions, ForeignKeyConstraint, Identifier, NamingConvention,
    ServerDefault, Table,
};
use limbeck_sql::types::SqlType;

use crate::error::Result;
use crate::operations::{AddColumnOp, AlterColumnOp};

/// Quotes a name whose parts may be joined by dots, each part by itself; a name with an explicit quoting is one part.
pub fn quote_dotted(dialect: &dyn Dialect, name: &Identifier) -> String {
    if name.quote().is_some() {
        return dialect.quote(name);
    }
    name.as_str().split('.').map(|part| dialect.quote(&Identifier::new(part))).collect::<Vec<_>>().join(".")
}

/// Writes a table's name with its schema.
pub fn format_table_name(dialect: &dyn Dialect, name: &Identifier, schema: Option<&Identifier>) -> String {
    match schema {
        Some(schema) if !schema.as_str().is_empty() => {
            format!("{}.{}", quote_dotted(dialect, schema), dialect.quote(name))
        }
        _ => dialect.quote(name),
    }
}

/// Writes `ALTER TABLE name`.
pub(super) fn alter_table(dialect: &dyn Dialect, name: &Identifier, schema: Option<&Identifier>) -> String {
    format!("ALTER TABLE {}", format_table_name(dialect, name, schema))
}

/// Writes `ALTER COLUMN name`.
pub(super) fn alter_column(dialect: &dyn Dialect, name: &Identifier) -> String {
    format!("ALTER COLUMN {}", dialect.quote(name))
}

/// Writes `COMMENT ON COLUMN ...`.
pub(super) fn comment_on_column(
    dialect: &dyn Dialect,
    operation: &AlterColumnOp,
    comment: Option<&str>,
) -> Result<String> {
    let element = DdlElement::SetColumnComment {
        schema: operation.schema.clone(),
        table: operation.table_name.clone(),
        column: operation.column_name.clone(),
        comment: comment.map(str::to_owned),
    };
    Ok(dialect.compile_ddl(&element, &CompileOptions::default())?)
}

/// Writes a server default as it stands after DEFAULT.
pub(super) fn format_server_default(
    dialect: &dyn Dialect,
    default: &ServerDefault,
    options: &CompileOptions,
) -> Result<String> {
    let mut column = Column::new("x", SqlType::integer());
    column.server_default = Some(default.clone());
    Ok(dialect.column_default_string(&column, options)?.unwrap_or_default())
}

/// Writes `ADD COLUMN ...`.
///
/// `table` has the column and everything that the script gave to it; of its foreign keys at most one is written
/// inline, when the operation asks for that.
pub(super) fn add_column(
    dialect: &dyn Dialect,
    operation: &AddColumnOp,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    let column = &operation.column;
    let mut text = String::from("ADD COLUMN ");
    if operation.if_not_exists == Some(true) {
        text.push_str("IF NOT EXISTS ");
    }
    text.push_str(&dialect.column_specification(column, table, options)?);
    if operation.inline_primary_key == Some(true) && column.primary_key {
        text.push_str(" PRIMARY KEY");
    }
    if operation.inline_references == Some(true)
        && let Some(key) = inline_foreign_key(table)
    {
        text.push_str(&references(dialect, key, options)?);
    }
    for constraint in &operation.constraints {
        if let Constraint::Check(check) = constraint
            && let Some(clause) = dialect.check_sql(check, table, options)?
        {
            text.push(' ');
            text.push_str(&clause);
        }
    }
    Ok(text)
}

/// Writes ` REFERENCES ...`, the schema included even where the dialect's own clause leaves it out.
fn references(dialect: &dyn Dialect, key: &ForeignKeyConstraint, options: &CompileOptions) -> Result<String> {
    // the clause of a nameless key without schemas, of which what follows the table is as it is needed here
    let bare = ForeignKeyConstraint {
        name: ConstraintName::Unnamed,
        referred_schema: None,
        dialect_options: DialectOptions::default(),
        ..key.clone()
    };
    let no_names = CompileOptions {
        naming_convention: NamingConvention { templates: IndexMap::new(), tokens: None },
        schema_translate_map: Vec::new(),
        ..options.clone()
    };
    let clause = dialect.foreign_key_sql(&bare, &Table::default(), &no_names)?.unwrap_or_default();
    let columns: Vec<String> = bare.columns.iter().map(|name| dialect.quote(name)).collect();
    let start = format!(
        "FOREIGN KEY({}) REFERENCES {}",
        columns.join(", "),
        dialect.referred_table_sql(&bare, &no_names)?
    );
    let table = dialect.format_table(key.referred_schema.as_ref(), &key.referred_table, options)?;
    Ok(format!(" REFERENCES {table}{}", clause.strip_prefix(&start).unwrap_or_default()))
}

/// Gives the foreign key that can be written inline: the only one of the column, on this column alone.
pub(crate) fn inline_foreign_key(table: &Table) -> Option<&ForeignKeyConstraint> {
    let mut keys = table.constraints.iter().filter_map(|constraint| match constraint {
        Constraint::ForeignKey(key) => Some(key),
        _ => None,
    });
    match (keys.next(), keys.next()) {
        (Some(key), None) if key.columns.len() == 1 => Some(key),
        _ => None,
    }
}

/// Writes `ALTER TABLE ... ADD ...`, the column alone: neither COLUMN nor anything inline follows.
pub(super) fn add_bare_column(
    dialect: &dyn Dialect,
    operation: &AddColumnOp,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    Ok(format!(
        "{} ADD {}",
        alter_table(dialect, &operation.table_name, operation.schema.as_ref()),
        dialect.column_specification(&operation.column, table, options)?
    ))
}

/// Tells whether a server default is `Computed`.
pub(super) fn is_computed(default: Option<&ServerDefault>) -> bool {
    matches!(default, Some(ServerDefault::Computed(_)))
}

/// Tells whether a server default is `Identity`.
pub(super) fn is_identity(default: Option<&ServerDefault>) -> bool {
    matches!(default, Some(ServerDefault::Identity(_)))
}
