//! The DDL of Oracle: identities, what follows CREATE TABLE, bitmap and vector indexes, comments.

use indexmap::IndexMap;

use super::OracleDialect;
use crate::dialect::option_kinds::{self, OptionKind};
use crate::dialect::{CompileOptions, DdlElement, Dialect, ddl, push_args};
use crate::engine::Value;
use crate::error::{Error, Result};
use crate::schema::{ForeignKeyConstraint, Identifier, Identity, Index, OptionValue, Table};

/// What the reference warns of when a foreign key has ON UPDATE.
const NO_ON_UPDATE: &str = "Oracle Database does not contain native UPDATE CASCADE functionality - onupdates will not be \
                            rendered for foreign keys.  Consider using deferrable=True, initially='deferred' or triggers.";

/// Writes `GENERATED ... AS IDENTITY`; without a word for `always` two blanks stand side by side, as in the reference.
pub(super) fn identity_sql(identity: &Identity) -> String {
    let kind = match identity.always {
        Some(true) => "ALWAYS",
        Some(false) => "BY DEFAULT",
        None => "",
    };
    let on_null = if identity.on_null == Some(true) { " ON NULL" } else { "" };
    let mut sql = format!("GENERATED {kind}{on_null} AS IDENTITY");
    let options = identity_options_sql(identity);
    if !options.is_empty() {
        push_args(&mut sql, format_args!(" ({options})"));
    }
    sql
}

/// Writes the options of an identity or a sequence; Oracle's negations are one word.
pub(super) fn identity_options_sql(identity: &Identity) -> String {
    let mut sql = ddl::identity_options_sql(identity)
        .replace("NO MINVALUE", "NOMINVALUE")
        .replace("NO MAXVALUE", "NOMAXVALUE")
        .replace("NO CYCLE", "NOCYCLE");
    if let Some(order) = identity.order {
        if !sql.is_empty() {
            sql.push(' ');
        }
        sql.push_str(if order { "ORDER" } else { "NOORDER" });
    }
    sql
}

/// Writes the removal of a table's comment: an empty one takes its place.
pub(super) fn comment_sql(
    dialect: &OracleDialect,
    element: &DdlElement,
    options: &CompileOptions,
) -> Option<Result<String>> {
    let DdlElement::DropTableComment { schema, name } = element else { return None };
    let table = dialect.format_table(schema.as_ref(), name, options);
    Some(table.map(|table| format!("COMMENT ON TABLE {table} IS ''")))
}

/// Writes a FOREIGN KEY clause, which has no ON UPDATE.
pub(super) fn foreign_key_sql(
    dialect: &OracleDialect,
    key: &ForeignKeyConstraint,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    let key = ForeignKeyConstraint { onupdate: None, ..key.clone() };
    ddl::foreign_key_sql(dialect, &key, table, options)
}

/// Gives the warnings for foreign keys of which ON UPDATE is left out.
pub(super) fn warnings<'k>(keys: impl Iterator<Item = &'k ForeignKeyConstraint>) -> Vec<String> {
    keys.filter(|key| key.onupdate.is_some()).map(|_| NO_ON_UPDATE.to_owned()).collect()
}

/// Writes what follows the closing parenthesis of CREATE TABLE.
pub(super) fn post_create_table_sql(dialect: &OracleDialect, table: &Table) -> Result<String> {
    let kinds = [("oracle_on_commit", OptionKind::Words), ("oracle_tablespace", OptionKind::Name)];
    option_kinds::check(&table.dialect_options, &kinds)?;
    let option = |name: &str| table.dialect_options.get(name).filter(|option| option.is_truthy());
    let mut sql = String::new();
    if let Some(OptionValue::Value(Value::Text(on_commit))) = option("oracle_on_commit") {
        push_args(&mut sql, format_args!("\n ON COMMIT {}", on_commit.replace('_', " ").to_uppercase()));
    }
    match option("oracle_compress") {
        Some(OptionValue::Value(Value::Bool(true))) => sql.push_str("\n COMPRESS"),
        Some(kind) => {
            let kind = option_kinds::python_text(dialect, kind)?;
            push_args(&mut sql, format_args!("\n COMPRESS FOR {kind}"));
        }
        None => {}
    }
    if let Some(OptionValue::Value(Value::Text(tablespace))) = option("oracle_tablespace") {
        let tablespace = dialect.quote(&Identifier::new(tablespace.as_str()));
        push_args(&mut sql, format_args!("\n TABLESPACE {tablespace}"));
    }
    Ok(sql)
}

/// Writes CREATE INDEX: the index lives in the schema of its table.
pub(super) fn create_index_sql(
    dialect: &OracleDialect,
    index: &Index,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    let option = |name: &str| index.dialect_options.get(name);
    let is_bitmap = option("oracle_bitmap").is_some_and(OptionValue::is_truthy);
    let vector = option("oracle_vector").filter(|vector| vector.is_truthy());
    let mut sql = format!(
        "CREATE {}{}{}INDEX {} ON {} ({})",
        if index.unique { "UNIQUE " } else { "" },
        if is_bitmap { "BITMAP " } else { "" },
        if vector.is_some() { "VECTOR " } else { "" },
        ddl::index_name(dialect, index, table, true, "CREATE", options)?,
        dialect.format_table(table.schema.as_ref(), &table.name, options)?,
        ddl::index_expressions(dialect, index, options)?
    );
    match option("oracle_compress") {
        None | Some(OptionValue::Value(Value::Bool(false))) => {}
        Some(OptionValue::Value(Value::Bool(true))) => sql.push_str(" COMPRESS"),
        Some(OptionValue::Value(Value::Int(columns))) => {
            push_args(&mut sql, format_args!(" COMPRESS {columns}"));
        }
        Some(other) => {
            let class = option_kinds::python_class(other);
            return Err(Error::Type(format!("%d format: a real number is required, not {class}")));
        }
    }
    match vector {
        Some(OptionValue::Map(configuration)) => sql.push_str(&vector_sql(configuration)),
        Some(_) => sql.push_str(&vector_sql(&IndexMap::new())),
        None => {}
    }
    Ok(sql)
}

/// Writes the clauses of a vector index from the fields of its `VectorIndexConfig`.
fn vector_sql(configuration: &IndexMap<String, OptionValue>) -> String {
    let field = |name: &str| match configuration.get(name) {
        Some(OptionValue::Value(Value::Int(number))) => Some(number.to_string()),
        Some(OptionValue::Value(Value::Text(text))) => Some(text.clone()),
        _ => None,
    };
    let kind = field("index_type").unwrap_or_else(|| "HNSW".to_owned());
    let is_graph = kind == "HNSW";
    let mut sql = " ORGANIZATION ".to_owned();
    sql.push_str(if is_graph { "INMEMORY NEIGHBOR GRAPH" } else { "NEIGHBOR PARTITIONS" });
    if let Some(distance) = field("distance") {
        push_args(&mut sql, format_args!(" DISTANCE {distance}"));
    }
    if let Some(accuracy) = field("accuracy") {
        push_args(&mut sql, format_args!(" WITH TARGET ACCURACY {accuracy}"));
    }
    push_args(&mut sql, format_args!(" PARAMETERS (type {kind}"));
    let parameters: &[(&str, &str)] = if is_graph {
        &[("neighbors", "hnsw_neighbors"), ("efconstruction", "hnsw_efconstruction")]
    } else {
        &[
            ("neighbor partitions", "ivf_neighbor_partitions"),
            ("sample_per_partition", "ivf_sample_per_partition"),
            ("min_vectors_per_partition", "ivf_min_vectors_per_partition"),
        ]
    };
    for (word, name) in parameters {
        if let Some(value) = field(name) {
            push_args(&mut sql, format_args!(", {word} {value}"));
        }
    }
    sql.push(')');
    if let Some(parallel) = field("parallel") {
        push_args(&mut sql, format_args!(" PARALLEL {parallel}"));
    }
    sql
}
