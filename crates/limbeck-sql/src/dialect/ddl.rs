//! DDL: what creates, changes and drops schema objects, where a dialect has nothing of its own to say.

mod element;

pub use self::element::{DdlElement, DropBehavior};
use super::identifier::validate_phrase;
use super::{CompileOptions, Dialect, identifier, statement};
use crate::error::{Error, Result};
use crate::expression::{Expression, Select, Statement};
use crate::schema::{
    CheckConstraint, Column, Computed, Constraint, ExcludeConstraint, ForeignKeyConstraint, Identifier,
    Identity, Index, IndexExpression, NamedKind, NamedObject, PrimaryKeyConstraint, ServerDefault, Table,
    UniqueConstraint,
};

/// Compiles a DDL element.
pub(super) fn compile(
    dialect: &dyn Dialect,
    element: &DdlElement,
    options: &CompileOptions,
) -> Result<String> {
    let table_name =
        |schema: &Option<Identifier>, name: &Identifier| dialect.format_table(schema.as_ref(), name, options);
    let comment_literal = |comment: &Option<String>| {
        comment
            .as_deref()
            .map_or_else(|| "NULL".to_owned(), |comment| super::literal::text_literal(dialect, comment))
    };
    if let Some(sql) = dialect.own_comment_sql(element, options) {
        return sql;
    }
    Ok(match element {
        DdlElement::CreateTable { table, if_not_exists } => {
            let sql = dialect.create_table_sql(table, *if_not_exists, options)?;
            // refuses several columns that count
            table.autoincrement_column()?;
            sql
        }
        DdlElement::DropTable { schema, name, if_exists } => {
            format!("\nDROP TABLE {}{}", if_exists_sql(*if_exists), table_name(schema, name)?)
        }
        DdlElement::CreateIndex { index, table, if_not_exists } => {
            dialect.create_index_sql(index, table, *if_not_exists, options)?
        }
        DdlElement::DropIndex { index, table, if_exists } => {
            dialect.drop_index_sql(index, table, *if_exists, options)?
        }
        DdlElement::AddConstraint { constraint, table } => {
            // a constraint without columns is nothing, and still added
            let sql = dialect.constraint_sql(constraint, table, options)?.unwrap_or_default();
            format!("ALTER TABLE {} ADD {sql}", table_name(&table.schema, &table.name)?)
        }
        DdlElement::DropConstraint { constraint, table, behavior } => {
            let object = NamedObject::constraint(constraint);
            let Some(name) = dialect.resolve_name(&object, table, options)? else {
                return Err(Error::Compile(format!(
                    "Can't emit DROP CONSTRAINT for constraint {}; it has no name",
                    describe(constraint, table)?
                )));
            };
            format!(
                "ALTER TABLE {} DROP CONSTRAINT {}{}{}",
                table_name(&table.schema, &table.name)?,
                if_exists_sql(behavior.if_exists),
                dialect.format_constraint(&name)?,
                if behavior.cascade { " CASCADE" } else { "" }
            )
        }
        DdlElement::SetTableComment { schema, name, comment } => {
            format!("COMMENT ON TABLE {} IS {}", table_name(schema, name)?, comment_literal(comment))
        }
        DdlElement::DropTableComment { schema, name } => {
            format!("COMMENT ON TABLE {} IS NULL", table_name(schema, name)?)
        }
        DdlElement::SetCommentOfColumn { table, column } => {
            let element = DdlElement::SetColumnComment {
                schema: table.schema.clone(),
                table: table.name.clone(),
                column: column.clone(),
                comment: table.column(column.as_str()).and_then(|column| column.comment.clone()),
            };
            return dialect.compile_ddl(&element, options);
        }
        DdlElement::SetColumnComment { schema, table, column, comment } => format!(
            "COMMENT ON COLUMN {}.{} IS {}",
            table_name(schema, table)?,
            dialect.quote(column),
            comment_literal(comment)
        ),
        // the reference leaves the schema out here, unlike where it sets the comment
        DdlElement::DropColumnComment { schema: _, table, column } => {
            format!("COMMENT ON COLUMN {}.{} IS NULL", dialect.quote(table), dialect.quote(column))
        }
        DdlElement::CreateSequence { sequence, if_not_exists } => {
            let mut sql = format!(
                "CREATE SEQUENCE {}{}",
                if_not_exists_sql(*if_not_exists),
                table_name(&sequence.schema, &sequence.name)?
            );
            if let Some(type_) = sequence.data_type.as_ref().filter(|_| dialect.sequences_have_types()) {
                sql.push_str(" AS ");
                sql.push_str(&dialect.type_sql(type_)?);
            }
            let sequence_options = dialect.identity_options_sql(&sequence.options);
            if !sequence_options.is_empty() {
                sql.push(' ');
                sql.push_str(&sequence_options);
            }
            sql
        }
        DdlElement::DropSequence { schema, name, if_exists } => {
            format!("DROP SEQUENCE {}{}", if_exists_sql(*if_exists), table_name(schema, name)?)
        }
        DdlElement::CreateType { type_ } => dialect.create_type_sql(type_, options)?,
        DdlElement::DropType { type_ } => dialect.drop_type_sql(type_)?,
        DdlElement::SetConstraintComment { constraint, table, comment } => {
            let name = dialect.resolve_name(&NamedObject::constraint(constraint), table, options)?;
            let name = match name {
                Some(name) => dialect.format_constraint(&name)?,
                None => "None".to_owned(),
            };
            format!(
                "COMMENT ON CONSTRAINT {name} ON {} IS {}",
                table_name(&table.schema, &table.name)?,
                comment_literal(comment)
            )
        }
        DdlElement::CreateSchema { name, if_not_exists } => {
            format!("CREATE SCHEMA {}{}", if_not_exists_sql(*if_not_exists), dialect.quote(name))
        }
        DdlElement::DropSchema { name, behavior } => format!(
            "DROP SCHEMA {}{}{}",
            if_exists_sql(behavior.if_exists),
            dialect.quote(name),
            if behavior.cascade { " CASCADE" } else { "" }
        ),
        DdlElement::CreateColumn { column, table } => {
            let found =
                table.column(column.as_str()).ok_or_else(|| Error::Key(column.as_str().to_owned()))?;
            create_column_sql(dialect, found, table, options)?
        }
        DdlElement::CreateView { schema, name, select, or_replace, temporary, materialized } => format!(
            "CREATE {}{}{}VIEW {} AS {}",
            if *or_replace { dialect.or_replace_view() } else { "" },
            if *temporary { "TEMPORARY " } else { "" },
            if *materialized { "MATERIALIZED " } else { "" },
            table_name(schema, name)?,
            query_sql(dialect, select, options)?
        ),
        DdlElement::DropView { schema, name, if_exists, materialized } => format!(
            "\nDROP {}VIEW {}{}",
            if *materialized { "MATERIALIZED " } else { "" },
            if_exists_sql(*if_exists),
            table_name(schema, name)?
        ),
        DdlElement::CreateTableAs { schema, name, select, temporary, if_not_exists } => {
            let prefix = format!(
                "CREATE {}TABLE {}",
                if *temporary { "TEMPORARY " } else { "" },
                if_not_exists_sql(*if_not_exists)
            );
            let query = query_sql(dialect, select, options)?;
            dialect.create_table_as_sql(&prefix, &table_name(schema, name)?, &query)
        }
        DdlElement::Conventional { element, convention } => {
            let naming_convention = convention.as_ref().clone();
            return dialect.compile_ddl(element, &CompileOptions { naming_convention, ..options.clone() });
        }
        DdlElement::Custom(sql) => {
            if dialect.doubles_percents() {
                sql.replace('%', "%%")
            } else {
                sql.clone()
            }
        }
    })
}

/// Writes the query of a view or a new table.
fn query_sql(dialect: &dyn Dialect, select: &Select, options: &CompileOptions) -> Result<String> {
    let options = CompileOptions { literal_binds: true, ..options.clone() };
    let query = Statement::Select(Box::new(select.clone()));
    Ok(statement::compile_statement(dialect, &query, &options)?.sql)
}

pub(super) fn if_exists_sql(if_exists: bool) -> &'static str {
    if if_exists { "IF EXISTS " } else { "" }
}

pub(super) fn if_not_exists_sql(if_not_exists: bool) -> &'static str {
    if if_not_exists { "IF NOT EXISTS " } else { "" }
}

/// Gives Python's `repr` of a constraint, as far as it does not show addresses of objects.
fn describe(constraint: &Constraint, table: &Table) -> Result<String> {
    let columns = |class: &str, names: &[Identifier]| -> Result<String> {
        let columns: Result<Vec<String>> = names
            .iter()
            .map(|name| {
                let column = table.column(name.as_str());
                let type_ = column
                    .map_or_else(|| Ok("NullType()".to_owned()), |column| column.type_.python_repr())?;
                let name = crate::engine::text_repr(name.as_str());
                Ok(format!("Column({name}, {type_}, table=<{}>)", table.name))
            })
            .collect();
        Ok(format!("{class}({})", columns?.join(", ")))
    };
    match constraint {
        Constraint::PrimaryKey(key) => columns("PrimaryKeyConstraint", &key.columns),
        Constraint::Unique(unique) => columns("UniqueConstraint", &unique.columns),
        Constraint::ForeignKey(key) => columns("ForeignKeyConstraint", &key.columns),
        Constraint::Check(_) => Ok(format!("CheckConstraint(table=<{}>)", table.name)),
        Constraint::Exclude(_) => Ok(format!("ExcludeConstraint(table=<{}>)", table.name)),
    }
}

/// Compiles an expression as DDL has it: values as literals, columns without their tables.
pub(super) fn ddl_expression(
    dialect: &dyn Dialect,
    expression: &Expression,
    options: &CompileOptions,
) -> Result<String> {
    statement::compile_inline(dialect, expression, options, true)
}

/// Writes a column: name, type, default, nullability.
pub(super) fn column_specification(
    dialect: &dyn Dialect,
    column: &Column,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    let mut sql = format!("{} {}", dialect.quote(&column.name), dialect.column_type_sql(column)?);
    if let Some(default) = dialect.column_default_string(column, options)? {
        sql.push_str(" DEFAULT ");
        sql.push_str(&default);
    }
    if let Some(computed) = column.computed() {
        sql.push(' ');
        sql.push_str(&dialect.computed_sql(computed, options)?);
    }
    let identity = column.identity().filter(|_| dialect.supports_identity_columns());
    if let Some(identity) = identity {
        sql.push(' ');
        sql.push_str(&dialect.identity_sql(identity));
    }
    if !table.is_nullable(column) && identity.is_none() {
        sql.push_str(" NOT NULL");
    }
    Ok(sql)
}

/// Writes a column's server default, without DEFAULT.
pub(super) fn column_default_string(
    dialect: &dyn Dialect,
    column: &Column,
    options: &CompileOptions,
) -> Result<Option<String>> {
    match &column.server_default {
        Some(ServerDefault::Literal(text)) => Ok(Some(super::literal::text_literal(dialect, text))),
        Some(ServerDefault::Expression(expression)) => {
            statement::compile_inline(dialect, expression, options, options.omit_table_names).map(Some)
        }
        Some(ServerDefault::Computed(_) | ServerDefault::Identity(_) | ServerDefault::Fetched) | None => {
            Ok(None)
        }
    }
}

/// Writes `GENERATED ALWAYS AS (...)`.
pub(super) fn computed_sql(
    dialect: &dyn Dialect,
    computed: &Computed,
    options: &CompileOptions,
) -> Result<String> {
    let expression = ddl_expression(dialect, &computed.expression, options)?;
    let kind = match computed.persisted {
        Some(true) => " STORED",
        Some(false) => " VIRTUAL",
        None => "",
    };
    Ok(format!("GENERATED ALWAYS AS ({expression}){kind}"))
}

/// Writes `GENERATED ... AS IDENTITY`.
pub(super) fn identity_sql(identity: &Identity) -> String {
    let kind = if identity.always == Some(true) { "ALWAYS" } else { "BY DEFAULT" };
    let options = identity_options_sql(identity);
    if options.is_empty() {
        format!("GENERATED {kind} AS IDENTITY")
    } else {
        format!("GENERATED {kind} AS IDENTITY ({options})")
    }
}

/// Writes the options of an identity or a sequence.
pub(super) fn identity_options_sql(identity: &Identity) -> String {
    let numbers = [
        ("INCREMENT BY", identity.increment),
        ("START WITH", identity.start),
        ("MINVALUE", identity.minvalue),
        ("MAXVALUE", identity.maxvalue),
    ];
    let mut parts: Vec<String> = numbers
        .into_iter()
        .filter_map(|(word, number)| number.map(|number| format!("{word} {number}")))
        .collect();
    // any value but None counts for these two, as in the reference
    if identity.nominvalue.is_some() {
        parts.push("NO MINVALUE".to_owned());
    }
    if identity.nomaxvalue.is_some() {
        parts.push("NO MAXVALUE".to_owned());
    }
    if let Some(cache) = identity.cache {
        parts.push(format!("CACHE {cache}"));
    }
    if let Some(cycle) = identity.cycle {
        parts.push(if cycle { "CYCLE" } else { "NO CYCLE" }.to_owned());
    }
    parts.join(" ")
}

/// Writes `CONSTRAINT name `, or nothing for a constraint without a name.
fn preamble(
    dialect: &dyn Dialect,
    object: &NamedObject<'_>,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    Ok(match dialect.resolve_name(object, table, options)? {
        Some(name) => format!("CONSTRAINT {} ", dialect.format_constraint(&name)?),
        None => String::new(),
    })
}

/// Writes DEFERRABLE and INITIALLY.
pub(super) fn deferrability(deferrable: Option<bool>, initially: Option<&str>) -> Result<String> {
    let mut sql = match deferrable {
        Some(true) => " DEFERRABLE".to_owned(),
        Some(false) => " NOT DEFERRABLE".to_owned(),
        None => String::new(),
    };
    if let Some(initially) = initially {
        sql.push_str(" INITIALLY ");
        sql.push_str(validate_phrase(initially)?);
    }
    Ok(sql)
}

fn quoted_list<'a>(dialect: &dyn Dialect, names: impl IntoIterator<Item = &'a Identifier>) -> String {
    names.into_iter().map(|name| dialect.quote(name)).collect::<Vec<_>>().join(", ")
}

/// Writes a PRIMARY KEY clause.
pub(super) fn primary_key_sql(
    dialect: &dyn Dialect,
    key: &PrimaryKeyConstraint,
    table: &Table,
    options: &CompileOptions,
) -> Result<Option<String>> {
    let mut columns: Vec<&Identifier> =
        if key.columns.is_empty() { table.primary_key_columns() } else { key.columns.iter().collect() };
    if columns.is_empty() {
        return Ok(None);
    }
    if (key.implicit || key.columns.is_empty()) && dialect.counting_column_comes_first() {
        // the column that counts up comes first where the key follows from the columns
        let counting = table.autoincrement_column()?.map(|column| column.name.as_str());
        columns.sort_by_key(|name| counting != Some(name.as_str()));
    }
    let object = NamedObject {
        kind: NamedKind::PrimaryKey,
        name: &key.name,
        columns: columns.iter().map(|name| name.as_str().to_owned()).collect(),
        referred_table: None,
        referred_columns: Vec::new(),
        keys: Vec::new(),
    };
    Ok(Some(format!(
        "{}PRIMARY KEY {}({}){}",
        preamble(dialect, &object, table, options)?,
        dialect.key_words(&key.dialect_options),
        quoted_list(dialect, columns),
        deferrability(key.deferrable, key.initially.as_deref())?
    )))
}

/// Writes a FOREIGN KEY clause.
pub(super) fn foreign_key_sql(
    dialect: &dyn Dialect,
    key: &ForeignKeyConstraint,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    let referred = if key.referred_columns.is_empty() { &key.columns } else { &key.referred_columns };
    let mut sql = format!(
        "{}FOREIGN KEY({}) REFERENCES {} ({})",
        preamble(dialect, &NamedObject::foreign_key(key), table, options)?,
        quoted_list(dialect, &key.columns),
        dialect.referred_table_sql(key, options)?,
        quoted_list(dialect, referred),
    );
    let phrases = [(" MATCH ", &key.match_), (" ON DELETE ", &key.ondelete), (" ON UPDATE ", &key.onupdate)];
    for (word, phrase) in phrases {
        if let Some(phrase) = phrase {
            sql.push_str(word);
            sql.push_str(match word {
                " ON DELETE " => dialect.on_delete_phrase(phrase)?,
                _ => validate_phrase(phrase)?,
            });
        }
    }
    sql.push_str(&deferrability(key.deferrable, key.initially.as_deref())?);
    Ok(sql)
}

/// Writes a UNIQUE clause.
pub(super) fn unique_sql(
    dialect: &dyn Dialect,
    unique: &UniqueConstraint,
    table: &Table,
    options: &CompileOptions,
) -> Result<Option<String>> {
    let Some(mut sql) = unique_columns_sql(dialect, unique, table, options)? else { return Ok(None) };
    sql.push_str(&deferrability(unique.deferrable, unique.initially.as_deref())?);
    Ok(Some(sql))
}

/// Writes a UNIQUE clause without what says when it is checked.
pub(super) fn unique_columns_sql(
    dialect: &dyn Dialect,
    unique: &UniqueConstraint,
    table: &Table,
    options: &CompileOptions,
) -> Result<Option<String>> {
    if unique.columns.is_empty() {
        return Ok(None);
    }
    let constraint = Constraint::Unique(unique.clone());
    Ok(Some(format!(
        "{}UNIQUE {}({})",
        preamble(dialect, &NamedObject::constraint(&constraint), table, options)?,
        dialect.key_words(&unique.dialect_options),
        quoted_list(dialect, &unique.columns),
    )))
}

/// Writes `CONSTRAINT name ` of an EXCLUDE, or nothing.
pub(super) fn exclude_preamble(
    dialect: &dyn Dialect,
    exclude: &ExcludeConstraint,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    preamble(dialect, &NamedObject::exclude(exclude), table, options)
}

/// Writes a CHECK clause.
pub(super) fn check_sql(
    dialect: &dyn Dialect,
    check: &CheckConstraint,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    Ok(format!(
        "{}CHECK ({}){}",
        preamble(dialect, &NamedObject::check(check), table, options)?,
        ddl_expression(dialect, &check.condition, options)?,
        deferrability(check.deferrable, check.initially.as_deref())?
    ))
}

/// Writes CREATE TABLE.
pub(super) fn create_table_sql(
    dialect: &dyn Dialect,
    table: &Table,
    if_not_exists: bool,
    options: &CompileOptions,
) -> Result<String> {
    let mut sql = "\nCREATE ".to_owned();
    for prefix in &table.prefixes {
        sql.push_str(prefix);
        sql.push(' ');
    }
    sql.push_str("TABLE ");
    sql.push_str(if_not_exists_sql(if_not_exists));
    sql.push_str(&dialect.format_table(table.schema.as_ref(), &table.name, options)?);
    sql.push_str(" (");

    let mut separator = "\n";
    for column in table.columns.iter().filter(|column| !column.system) {
        let text = create_column_sql(dialect, column, table, options).map_err(|error| match error {
            Error::Compile(message) => {
                Error::Compile(format!("(in table '{}', column '{}'): {message}", table.name, column.name))
            }
            Error::UnsupportedCompilation { compiler, element } => Error::Compile(format!(
                "(in table '{}', column '{}'): Compiler {compiler} can't render element of type {element}",
                table.name, column.name
            )),
            other => other,
        })?;
        sql.push_str(separator);
        sql.push('\t');
        sql.push_str(&text);
        separator = ", \n";
    }
    for text in table_constraints_sql(dialect, table, options)? {
        sql.push_str(separator);
        sql.push('\t');
        sql.push_str(&text);
        separator = ", \n";
    }
    sql.push_str("\n)");
    sql.push_str(&dialect.post_create_table_sql(table)?);
    sql.push_str("\n\n");
    Ok(sql)
}

/// Tells whether a CHECK was given to a column and is written with it.
pub(super) fn is_column_level(check: &CheckConstraint) -> bool {
    check.column.is_some() && !check.type_bound
}

/// Writes a column of CREATE TABLE with the CHECK constraints that were given to it.
fn create_column_sql(
    dialect: &dyn Dialect,
    column: &Column,
    table: &Table,
    options: &CompileOptions,
) -> Result<String> {
    let mut sql = dialect.column_specification(column, table, options)?;
    for constraint in &table.constraints {
        if let Constraint::Check(check) = constraint
            && is_column_level(check)
            && check.column.as_ref() == Some(&column.name)
            && let Some(text) = dialect.check_sql(check, table, options)?
        {
            sql.push(' ');
            sql.push_str(&text);
        }
    }
    Ok(sql)
}

/// Writes the constraints of CREATE TABLE: the primary key first.
fn table_constraints_sql(
    dialect: &dyn Dialect,
    table: &Table,
    options: &CompileOptions,
) -> Result<Vec<String>> {
    let mut clauses = Vec::new();
    clauses.extend(dialect.primary_key_sql(&table.primary_key, table, options)?);
    for constraint in &table.constraints {
        let left_out = match constraint {
            Constraint::PrimaryKey(_) => true,
            Constraint::ForeignKey(key) => key.use_alter && dialect.supports_alter(),
            Constraint::Check(check) => is_column_level(check) || !type_check_applies(dialect, check, table),
            Constraint::Unique(_) | Constraint::Exclude(_) => false,
        };
        if !left_out {
            clauses.extend(dialect.constraint_sql(constraint, table, options)?);
        }
    }
    for check in table.implied_type_checks(dialect) {
        clauses.extend(dialect.check_sql(&check, table, options)?);
    }
    Ok(clauses)
}

/// Tells whether a CHECK that a type made has its place on the dialect.
fn type_check_applies(dialect: &dyn Dialect, check: &CheckConstraint, table: &Table) -> bool {
    if !check.type_bound {
        return true;
    }
    check
        .column
        .as_ref()
        .and_then(|name| table.column(name.as_str()))
        .is_none_or(|column| column.type_check(dialect).is_some())
}

/// Writes an index's name, with the schema of its table where the dialect wants it there.
pub(super) fn index_name(
    dialect: &dyn Dialect,
    index: &Index,
    table: &Table,
    with_schema: bool,
    action: &str,
    options: &CompileOptions,
) -> Result<String> {
    let Some(name) = dialect.resolve_name(&NamedObject::index(index), table, options)? else {
        return Err(Error::Compile(format!("{action} INDEX requires that the index have a name")));
    };
    let name = dialect.format_index(&name)?;
    let schema = identifier::translated_schema(dialect, table.schema.as_ref(), options)?;
    Ok(match schema.filter(|schema| with_schema && !schema.as_str().is_empty()) {
        Some(schema) => format!("{}.{name}", dialect.quote_schema(&schema)),
        None => name,
    })
}

/// Writes what an index is made of.
pub(super) fn index_expressions(
    dialect: &dyn Dialect,
    index: &Index,
    options: &CompileOptions,
) -> Result<String> {
    let expressions: Result<Vec<String>> = index
        .expressions
        .iter()
        .map(|expression| match expression {
            IndexExpression::Column(name) => Ok(dialect.quote(name)),
            IndexExpression::Expression(expression) => ddl_expression(dialect, expression, options),
        })
        .collect();
    Ok(expressions?.join(", "))
}

/// Writes CREATE INDEX.
pub(super) fn create_index_sql(
    dialect: &dyn Dialect,
    index: &Index,
    table: &Table,
    if_not_exists: bool,
    options: &CompileOptions,
) -> Result<String> {
    Ok(format!(
        "CREATE {}INDEX {}{} ON {} ({})",
        if index.unique { "UNIQUE " } else { "" },
        if_not_exists_sql(if_not_exists),
        index_name(dialect, index, table, false, "CREATE", options)?,
        dialect.format_table(table.schema.as_ref(), &table.name, options)?,
        index_expressions(dialect, index, options)?
    ))
}

/// Writes DROP INDEX.
pub(super) fn drop_index_sql(
    dialect: &dyn Dialect,
    index: &Index,
    table: &Table,
    if_exists: bool,
    options: &CompileOptions,
) -> Result<String> {
    Ok(format!(
        "\nDROP INDEX {}{}",
        if_exists_sql(if_exists),
        index_name(dialect, index, table, true, "DROP", options)?
    ))
}
