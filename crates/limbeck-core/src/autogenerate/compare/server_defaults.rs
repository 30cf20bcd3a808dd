//! The server defaults of a column on both sides: plain ones, computed columns, identities.

use limbeck_sql::dialect::CompileOptions;
use limbeck_sql::engine::{Value, text_repr};
use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{
    Autoincrement, Column, Computed, Constraint, Identity, OptionValue, ServerDefault, Table,
};
use limbeck_sql::types::Affinity;

use super::Progress;
use super::columns::ColumnPair;
use crate::ddl::WARNINGS;
use crate::error::Result;
use crate::operations::{AlterColumnOp, Argument};

/// The name of the reference's logger, which logging configurations speak of.
const LOG: &str = "alembic.autogenerate.compare.server_defaults";

/// Asks `compare_server_default` of env.py.
pub(super) fn compare_by_hook(pair: &ColumnPair<'_>, op: &mut AlterColumnOp) -> Result<Progress> {
    if no_defaults(pair) {
        return Ok(Progress::Continue);
    }
    op.existing_server_default = Argument::from(pair.conn.server_default.clone());
    let options = pair.autogen.options();
    if !options.compare_server_default {
        return Ok(Progress::Stop);
    }
    let rendered = render_for_compare(pair, pair.metadata.server_default.as_ref())?;
    let answer = options.hooks.compare_server_default(
        pair.autogen.migration_context(),
        pair.conn,
        pair.metadata,
        rendered.as_deref(),
    )?;
    match answer {
        Some(true) => {
            op.modify_server_default = Argument::from(pair.metadata.server_default.clone());
            log::info!(
                target: LOG,
                "User defined function compare_server_default detected server default on column {}",
                pair.quoted_name()
            );
            Ok(Progress::Stop)
        }
        Some(false) => Ok(Progress::Stop),
        None => Ok(Progress::Continue),
    }
}

/// Warns about computed columns that differ: no database changes one in place.
pub(super) fn compare_computed(pair: &ColumnPair<'_>) -> Result<Progress> {
    let (conn, metadata) = (pair.conn.computed(), pair.metadata.computed());
    let Some(metadata) = metadata else {
        if conn.is_none() {
            return Ok(Progress::Continue);
        }
        warn_not_modified(pair);
        return Ok(Progress::Stop);
    };
    let wanted = normalized(pair, metadata)?;
    let existing = conn.map(|conn| normalized(pair, conn)).transpose()?.unwrap_or_default();
    if wanted != existing {
        warn_not_modified(pair);
    }
    Ok(Progress::Stop)
}

/// Compares the options of identity columns.
pub(super) fn compare_identity(pair: &ColumnPair<'_>, op: &mut AlterColumnOp) -> Progress {
    let (conn, metadata) = (pair.conn.identity(), pair.metadata.identity());
    if conn.is_none() && metadata.is_none() {
        return Progress::Continue;
    }
    let differences = identity_differences(metadata, conn);
    if differences.is_empty() && conn.is_some() == metadata.is_some() {
        return Progress::Continue;
    }
    op.modify_server_default = Argument::from(pair.metadata.server_default.clone());
    if differences.is_empty() {
        return Progress::Continue;
    }
    let names: Vec<String> = differences.iter().map(|name| text_repr(name)).collect();
    log::info!(
        target: LOG,
        "Detected server default on column {}: identity options attributes [{}]",
        pair.quoted_name(),
        names.join(", ")
    );
    Progress::Stop
}

/// Notes whether the column counts up by itself, for databases whose ALTER has to repeat it.
pub(super) fn set_autoincrement(pair: &ColumnPair<'_>, op: &mut AlterColumnOp) {
    let flag = match pair.metadata.autoincrement {
        _ if is_autoincrement_column(pair.metadata_table, pair.metadata) => Some(true),
        Autoincrement::Yes => Some(true),
        Autoincrement::No => Some(false),
        Autoincrement::Auto | Autoincrement::IgnoreForeignKey => None,
    };
    if let Some(flag) = flag {
        op.kw.insert("autoincrement".to_owned(), OptionValue::Value(Value::Bool(flag)));
    }
}

/// Compares by the rules of the database.
pub(super) fn compare_by_dialect(pair: &ColumnPair<'_>, op: &mut AlterColumnOp) -> Result<()> {
    if no_defaults(pair) {
        return Ok(());
    }
    op.existing_server_default = Argument::from(pair.conn.server_default.clone());
    let is_plain = |default: Option<&ServerDefault>| {
        matches!(default, None | Some(ServerDefault::Literal(_) | ServerDefault::Expression(_)))
    };
    if !is_plain(pair.conn.server_default.as_ref()) || !is_plain(pair.metadata.server_default.as_ref()) {
        return Ok(());
    }
    let rules = pair.autogen.rules();
    let metadata = render_for_compare(pair, pair.metadata.server_default.as_ref())?;
    let inspected = match &pair.conn.server_default {
        Some(ServerDefault::Expression(Expression::Text(clause))) => Some(clause.text.clone()),
        other => render_for_compare(pair, other.as_ref())?,
    };
    if rules.compare_server_default((pair.conn, pair.metadata), inspected.as_deref(), metadata.as_deref()) {
        op.modify_server_default = Argument::from(pair.metadata.server_default.clone());
        log::info!(
            target: LOG,
            "Dialect impl <{} object> detected server default on column {}",
            rules.class_path(),
            pair.quoted_name()
        );
    }
    Ok(())
}

fn no_defaults(pair: &ColumnPair<'_>) -> bool {
    pair.conn.server_default.is_none() && pair.metadata.server_default.is_none()
}

/// Writes a plain default as SQL; computed columns, identities and fetched values have none.
fn render_for_compare(pair: &ColumnPair<'_>, default: Option<&ServerDefault>) -> Result<Option<String>> {
    Ok(match default {
        Some(ServerDefault::Literal(text)) => Some(text.clone()),
        Some(ServerDefault::Expression(expression)) => Some(compile(pair, expression)?),
        _ => None,
    })
}

fn compile(pair: &ColumnPair<'_>, expression: &Expression) -> Result<String> {
    Ok(pair.autogen.dialect().compile_expression(expression, &CompileOptions::literal())?.sql)
}

/// Gives the SQL of a computed column without what databases write differently: spaces, parentheses, quotes, case.
fn normalized(pair: &ColumnPair<'_>, computed: &Computed) -> Result<String> {
    let sql = compile(pair, &computed.expression)?;
    let ignored = |c: char| " ()'\"`[]\t\r\n".contains(c);
    Ok(sql.chars().filter(|c| !ignored(*c)).collect::<String>().to_lowercase())
}

fn warn_not_modified(pair: &ColumnPair<'_>) {
    log::warn!(
        target: WARNINGS,
        "Computed default on {}.{} cannot be modified", pair.table_name, pair.name
    );
}

/// Names the options of two identities that differ, sorted; what the models leave at the default does not count.
fn identity_differences(metadata: Option<&Identity>, conn: Option<&Identity>) -> Vec<&'static str> {
    fn values(identity: Option<&Identity>) -> [Option<i64>; 8] {
        let identity = identity.cloned().unwrap_or_default();
        let number = |flag: Option<bool>| flag.map(i64::from);
        [
            identity.cache,
            number(identity.cycle),
            identity.increment,
            identity.maxvalue,
            identity.minvalue,
            number(identity.nomaxvalue),
            number(identity.nominvalue),
            identity.start,
        ]
    }
    let names = ["cache", "cycle", "increment", "maxvalue", "minvalue", "nomaxvalue", "nominvalue", "start"];
    let mut differences: Vec<&'static str> = names
        .into_iter()
        .zip(values(metadata).into_iter().zip(values(conn)))
        .filter(|(_, (metadata, conn))| metadata.is_some() && metadata != conn)
        .map(|(name, _)| name)
        .collect();
    let always = |identity: Option<&Identity>| identity.and_then(|identity| identity.always) == Some(true);
    if always(metadata) != always(conn) {
        differences.insert(0, "always");
    }
    differences
}

/// Tells whether a column is the one of its table that counts up by itself, as SQLAlchemy's
/// `Table.autoincrement_column`.
fn is_autoincrement_column(table: &Table, column: &Column) -> bool {
    let key = &table.primary_key.columns;
    if !key.iter().any(|name| name.as_str() == column.name.as_str()) {
        return false;
    }
    if column.autoincrement == Autoincrement::Yes {
        return true;
    }
    let counts = matches!(column.type_.affinity(), Affinity::Integer | Affinity::Numeric | Affinity::Float);
    let has_foreign_key = table.constraints.iter().any(|constraint| {
        matches!(constraint, Constraint::ForeignKey(key)
            if key.columns.iter().any(|name| name.as_str() == column.name.as_str()))
    });
    key.len() == 1
        && counts
        && matches!(column.autoincrement, Autoincrement::Auto | Autoincrement::IgnoreForeignKey)
        && !column.has_default
        && matches!(column.server_default, None | Some(ServerDefault::Identity(_)))
        && (!has_foreign_key || column.autoincrement == Autoincrement::IgnoreForeignKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_differ_in_what_the_models_say() {
        let conn = Identity {
            always: Some(false),
            start: Some(1),
            increment: Some(1),
            cycle: Some(false),
            ..Identity::default()
        };
        let models = Identity { start: Some(3), ..Identity::default() };
        assert_eq!(identity_differences(Some(&models), Some(&conn)), ["start"]);
        let models = Identity { always: Some(true), ..Identity::default() };
        assert_eq!(identity_differences(Some(&models), Some(&conn)), ["always"]);
        assert!(identity_differences(Some(&Identity::default()), Some(&conn)).is_empty());
    }
}
