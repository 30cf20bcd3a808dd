//! The statements for the version table.

use indexmap::IndexMap;
use limbeck_sql::dialect::DdlElement;
use limbeck_sql::expression::{
    BinaryOperator, ColumnReference, Delete, Expression, Insert, InsertValues, RowLimit, Statement,
    StatementWords, TableClause, Update,
};
use limbeck_sql::schema::{Column, ConstraintName, Identifier, PrimaryKeyConstraint, Table};
use limbeck_sql::types::SqlType;

use super::VersionTableOptions;

/// The column that holds the revision.
const COLUMN: &str = "version_num";

/// Gives the version table's structure, as every dialect but exotic ones has it.
pub(crate) fn structure(options: &VersionTableOptions) -> Table {
    let mut table = Table::new(options.schema.clone(), options.name.clone());
    let mut column = Column::new(COLUMN, SqlType::string(32));
    column.nullable = false;
    column.nullable_given = true;
    column.primary_key = options.primary_key;
    table.columns.push(column);
    if options.primary_key {
        table.primary_key = PrimaryKeyConstraint {
            name: ConstraintName::Given(Identifier::new(format!("{}_pkc", options.name))),
            columns: vec![Identifier::new(COLUMN)],
            ..PrimaryKeyConstraint::default()
        };
    }
    table
}

/// Gives `CREATE TABLE`.
pub(super) fn create(table: &Table) -> DdlElement {
    DdlElement::CreateTable { table: Box::new(table.clone()), if_not_exists: false }
}

/// Gives the column as an expression.
pub(super) fn column_expression(table: &Table) -> Expression {
    Expression::Column(ColumnReference {
        schema: table.schema.clone(),
        table: Some(table.name.clone()),
        name: Identifier::new(COLUMN),
        type_: SqlType::string(32),
    })
}

/// Gives the INSERT of a revision.
pub(super) fn insert(table: &Table, version: &str) -> Statement {
    Statement::Insert(Box::new(Insert {
        table: clause(table),
        values: InsertValues::Single(version_value(version)),
        returning: Vec::new(),
        on_conflict: None,
        inline: false,
        words: StatementWords::default(),
    }))
}

/// Gives the DELETE of a revision.
pub(super) fn delete(table: &Table, version: &str) -> Statement {
    Statement::Delete(Box::new(Delete {
        table: clause(table),
        where_: vec![equals(table, version)],
        returning: Vec::new(),
        words: StatementWords::default(),
        row_limit: RowLimit::default(),
        further: Vec::new(),
    }))
}

/// Gives the DELETE of all revisions.
pub(super) fn delete_all(table: &Table) -> Statement {
    Statement::Delete(Box::new(Delete {
        table: clause(table),
        where_: Vec::new(),
        returning: Vec::new(),
        words: StatementWords::default(),
        row_limit: RowLimit::default(),
        further: Vec::new(),
    }))
}

/// Gives the UPDATE from a revision to another.
pub(super) fn update(table: &Table, from: &str, to: &str) -> Statement {
    Statement::Update(Box::new(Update {
        table: clause(table),
        values: version_value(to),
        where_: vec![equals(table, from)],
        returning: Vec::new(),
        keeps_order: false,
        words: StatementWords::default(),
        row_limit: RowLimit::default(),
        further: Vec::new(),
    }))
}

fn clause(table: &Table) -> TableClause {
    TableClause {
        schema: table.schema.clone(),
        name: table.name.clone(),
        alias: None,
        columns: table
            .columns
            .iter()
            .map(|column| (column.name.as_str().to_owned(), column.type_.clone()))
            .collect(),
        primary_key: table.primary_key.columns.iter().map(|name| name.as_str().to_owned()).collect(),
        sequences: Vec::new(),
    }
}

fn version_value(version: &str) -> IndexMap<String, Expression> {
    [(COLUMN.to_owned(), quoted(version))].into_iter().collect()
}

fn equals(table: &Table, version: &str) -> Expression {
    Expression::Binary {
        left: Box::new(column_expression(table)),
        operator: BinaryOperator::Equal,
        right: Box::new(quoted(version)),
        escape: None,
    }
}

/// Gives a revision as SQL, quoted the reference's way; a quote inside is doubled, which the reference forgets.
fn quoted(version: &str) -> Expression {
    Expression::LiteralColumn { text: format!("'{}'", version.replace('\'', "''")), type_: None }
}
