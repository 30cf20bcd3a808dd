//! From what an operation was given to complete schema objects, as SQLAlchemy's constructors and the reference's
//! `SchemaObjects` put them together.

use std::sync::Arc;

use limbeck_sql::dialect::Dialect;
use limbeck_sql::engine::Value;
use limbeck_sql::schema::{
    Column, Constraint, DialectOptions, Identifier, Implied, Index, IndexExpression, NamingConvention,
    OptionValue, Table,
};

use crate::ddl::SA_WARNINGS;
use crate::error::{Error, Result};

/// Something that a `create_table` is given.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a table has few of them, and they live as long as its operation"
)]
pub enum SchemaItem {
    /// A column, and what the script gave to the column itself.
    Column {
        /// The column.
        column: Box<Column>,
        /// `ForeignKey` and `CheckConstraint` among the column's arguments, in order.
        constraints: Vec<Constraint>,
    },
    /// A constraint of the table.
    Constraint(Constraint),
    /// An index.
    Index(Index),
}

impl SchemaItem {
    /// Makes an item of a column without constraints of its own.
    #[must_use]
    pub fn column(column: Column) -> Self {
        Self::Column { column: Box::new(column), constraints: Vec::new() }
    }

    /// Gives the items of a table: its columns, its primary key, its other constraints, its indexes.
    pub fn list_of(table: &Table) -> Vec<Self> {
        let mut items: Vec<Self> = table.columns.iter().cloned().map(Self::column).collect();
        if !table.primary_key.columns.is_empty() {
            items.push(Self::Constraint(Constraint::PrimaryKey(table.primary_key.clone())));
        }
        items.extend(table.constraints.iter().cloned().map(Self::Constraint));
        items.extend(table.indexes.iter().cloned().map(Self::Index));
        items
    }
}

impl From<Column> for SchemaItem {
    fn from(column: Column) -> Self {
        Self::column(column)
    }
}

impl From<Constraint> for SchemaItem {
    fn from(constraint: Constraint) -> Self {
        Self::Constraint(constraint)
    }
}

impl From<Index> for SchemaItem {
    fn from(index: Index) -> Self {
        Self::Index(index)
    }
}

/// Makes schema objects of operations, with the naming convention that the context's target metadata brings.
#[derive(Clone, Debug, Default)]
pub struct SchemaObjects {
    /// How objects without a name get one.
    pub naming_convention: NamingConvention,
    /// The dialect, which decides whether types bring a CHECK; without one they bring none.
    pub dialect: Option<Arc<dyn Dialect>>,
}

impl SchemaObjects {
    /// Puts columns, constraints and indexes into `table`.
    ///
    /// What the script made itself comes before what columns bring along (`unique=True`, `index=True`, `ForeignKey`),
    /// which is the order of creation that SQLAlchemy renders constraints in. The flags of the columns are turned off
    /// once their constraints are there; with `constraints_included` the items hold them already.
    ///
    /// # Errors
    /// Two columns with one name, and constraints and indexes on columns that the table does not have.
    pub fn fill_table(
        &self,
        table: &mut Table,
        items: &[SchemaItem],
        constraints_included: bool,
    ) -> Result<()> {
        let mut explicit = Vec::new();
        let mut of_columns = Vec::new();
        for item in items {
            match item {
                SchemaItem::Column { column, constraints } => {
                    let mut column = column.as_ref().clone();
                    if table.column(column.name.as_str()).is_some() {
                        return Err(limbeck_sql::Error::DuplicateColumn(format!(
                            "A column with name '{}' is already present in table '{}'.",
                            column.name, table.name
                        ))
                        .into());
                    }
                    if !constraints_included {
                        match Table::implied_by(&column) {
                            Implied::Nothing => {}
                            Implied::Index(index) => of_columns.push(SchemaItem::Index(index)),
                            Implied::Unique(unique) => {
                                of_columns.push(SchemaItem::Constraint(Constraint::Unique(unique)));
                            }
                        }
                    }
                    column.unique = None;
                    column.index = None;
                    let type_check =
                        self.dialect.as_ref().and_then(|dialect| column.type_check(dialect.as_ref()));
                    of_columns.extend(type_check.map(Constraint::Check).map(SchemaItem::Constraint));
                    of_columns.extend(constraints.iter().cloned().map(SchemaItem::Constraint));
                    if column.primary_key {
                        table.primary_key.columns.push(column.name.clone());
                        table.primary_key.implicit = true;
                    }
                    table.columns.push(column);
                }
                SchemaItem::Constraint(Constraint::Check(check)) if check.type_bound => {}
                other => explicit.push(other.clone()),
            }
        }
        // what the script made itself calls columns by their keys, what columns bring along by their names
        if table.columns.iter().any(|column| column.key.is_some()) {
            for item in &mut explicit {
                by_names(table, item)?;
            }
        }
        for item in explicit.into_iter().chain(of_columns) {
            match item {
                SchemaItem::Column { .. } => {}
                SchemaItem::Constraint(constraint) => append_constraint(table, constraint)?,
                SchemaItem::Index(index) => {
                    check_index_columns(table, &index)?;
                    table.indexes.push(index);
                }
            }
        }
        Ok(())
    }
}

/// Puts the names of columns in the place of their keys.
fn by_names(table: &Table, item: &mut SchemaItem) -> Result<()> {
    let named = |kind: &str, key: &Identifier| -> Result<Identifier> {
        match table.columns.iter().find(|column| column.key() == key.as_str()) {
            Some(column) => Ok(column.name.clone()),
            None => Err(missing_column(table, kind, key.as_str())),
        }
    };
    let name_all = |kind: &str, columns: &mut [Identifier]| -> Result<()> {
        for column in columns {
            *column = named(kind, column)?;
        }
        Ok(())
    };
    let name_elements = |kind: &str, element: &mut IndexExpression| -> Result<()> {
        if let IndexExpression::Column(column) = element {
            *column = named(kind, column)?;
        }
        Ok(())
    };
    match item {
        SchemaItem::Constraint(Constraint::PrimaryKey(key)) => {
            name_all("PrimaryKeyConstraint", &mut key.columns)
        }
        SchemaItem::Constraint(Constraint::Unique(unique)) => {
            name_all("UniqueConstraint", &mut unique.columns)?;
            option_names(table, &mut unique.dialect_options);
            Ok(())
        }
        SchemaItem::Constraint(Constraint::ForeignKey(key)) => {
            name_all("ForeignKeyConstraint", &mut key.columns)?;
            if key.referred_table == table.name && key.referred_schema == table.schema {
                name_all("ForeignKeyConstraint", &mut key.referred_columns)?;
            }
            Ok(())
        }
        SchemaItem::Constraint(Constraint::Exclude(exclude)) => exclude
            .elements
            .iter_mut()
            .try_for_each(|element| name_elements("ExcludeConstraint", &mut element.expression)),
        SchemaItem::Index(index) => {
            index.expressions.iter_mut().try_for_each(|element| name_elements("Index", element))?;
            option_names(table, &mut index.dialect_options);
            Ok(())
        }
        SchemaItem::Column { .. } | SchemaItem::Constraint(Constraint::Check(_)) => Ok(()),
    }
}

/// Puts the names of columns in the place of their keys where options of dialects list columns.
fn option_names(table: &Table, options: &mut DialectOptions) {
    let name_of = |key: &str| {
        table.columns.iter().find(|column| column.key() == key).map(|column| column.name.as_str().to_owned())
    };
    for (option, value) in options.iter_mut() {
        match value {
            OptionValue::List(columns) if option.ends_with("_include") => {
                for column in columns {
                    if let OptionValue::Value(Value::Text(key)) = column
                        && let Some(name) = name_of(key)
                    {
                        *key = name;
                    }
                }
            }
            OptionValue::Map(by_column) if option.ends_with("_ops") || option.ends_with("_length") => {
                let keyed = std::mem::take(by_column);
                by_column.extend(keyed.into_iter().map(|(key, value)| (name_of(&key).unwrap_or(key), value)));
            }
            _ => {}
        }
    }
}

/// Checks that a foreign key refers to as many columns as it has.
///
/// # Errors
/// It does not: SQLAlchemy's constructor refuses it.
pub(super) fn check_foreign_key(constraint: &Constraint) -> Result<()> {
    match constraint {
        Constraint::ForeignKey(key) if key.columns.len() != key.referred_columns.len() => {
            Err(limbeck_sql::Error::Argument(
                "ForeignKeyConstraint number of constrained columns must match the number of referenced columns."
                    .to_owned(),
            )
            .into())
        }
        _ => Ok(()),
    }
}

/// Adds a constraint; a primary key takes the place of the one that the columns' flags made.
fn append_constraint(table: &mut Table, constraint: Constraint) -> Result<()> {
    let kind = match &constraint {
        Constraint::PrimaryKey(_) => "PrimaryKeyConstraint",
        Constraint::ForeignKey(_) => "ForeignKeyConstraint",
        Constraint::Unique(_) => "UniqueConstraint",
        Constraint::Check(_) => "CheckConstraint",
        Constraint::Exclude(_) => "ExcludeConstraint",
    };
    check_foreign_key(&constraint)?;
    for name in constraint.columns() {
        require_column(table, kind, name.as_str())?;
    }
    match constraint {
        Constraint::PrimaryKey(mut key) => {
            if key.columns.is_empty() {
                key.columns.append(&mut table.primary_key.columns);
            } else {
                warn_of_other_key(table, &key.columns);
            }
            for column in &mut table.columns {
                column.primary_key = key.columns.contains(&column.name);
                if column.primary_key && !column.nullable_given {
                    column.nullable = false;
                }
            }
            table.primary_key = key;
        }
        other => table.constraints.push(other),
    }
    Ok(())
}

/// Warns, as SQLAlchemy does, when columns say `primary_key=True` and the constraint lists others.
fn warn_of_other_key(table: &Table, columns: &[Identifier]) {
    let flagged = &table.primary_key.columns;
    let same = flagged.len() == columns.len() && flagged.iter().all(|name| columns.contains(name));
    if flagged.is_empty() || same {
        return;
    }
    let list =
        |names: &[Identifier]| names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    log::warn!(
        target: SA_WARNINGS,
        "Table '{}' specifies columns {} as primary_key=True, not matching locally specified columns {}; setting the \
         current primary key columns to {}. This warning may become an exception in a future release",
        table.name, list(flagged), list(columns), list(columns)
    );
}

fn check_index_columns(table: &Table, index: &Index) -> Result<()> {
    for expression in &index.expressions {
        if let IndexExpression::Column(name) = expression {
            require_column(table, "Index", name.as_str())?;
        }
    }
    Ok(())
}

fn require_column(table: &Table, kind: &str, name: &str) -> Result<(), Error> {
    if table.column(name).is_some() { Ok(()) } else { Err(missing_column(table, kind, name)) }
}

fn missing_column(table: &Table, kind: &str, name: &str) -> Error {
    limbeck_sql::Error::ConstraintColumnNotFound(format!(
        "Can't create {kind} on table '{}': no column named '{name}' is present.",
        table.name
    ))
    .into()
}
