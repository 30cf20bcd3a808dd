//! Operations on constraints.

use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{
    CheckConstraint, Constraint, ConstraintName, DialectOptions, ExcludeConstraint, ExcludeElement,
    ForeignKeyConstraint, Identifier, PrimaryKeyConstraint, UniqueConstraint,
};

use super::Diff;
use super::diff::ConstraintOfTable;
use crate::error::{Error, Result};

/// The operations that add a constraint to a table that exists.
#[derive(Clone, Debug)]
pub enum AddConstraintOp {
    /// `create_primary_key`
    PrimaryKey(CreatePrimaryKeyOp),
    /// `create_unique_constraint`
    Unique(CreateUniqueConstraintOp),
    /// `create_foreign_key`
    ForeignKey(CreateForeignKeyOp),
    /// `create_check_constraint`
    Check(CreateCheckConstraintOp),
    /// `create_exclude_constraint`
    Exclude(CreateExcludeConstraintOp),
}

/// `create_primary_key`
#[derive(Clone, Debug, Default)]
pub struct CreatePrimaryKeyOp {
    /// The name.
    pub constraint_name: ConstraintName,
    /// The table's name.
    pub table_name: Identifier,
    /// The columns.
    pub columns: Vec<Identifier>,
    /// The schema.
    pub schema: Option<Identifier>,
    /// DEFERRABLE or NOT DEFERRABLE.
    pub deferrable: Option<bool>,
    /// INITIALLY ...
    pub initially: Option<String>,
    /// Options for single dialects.
    pub kw: DialectOptions,
}

/// `create_unique_constraint`
#[derive(Clone, Debug, Default)]
pub struct CreateUniqueConstraintOp {
    /// The name.
    pub constraint_name: ConstraintName,
    /// The table's name.
    pub table_name: Identifier,
    /// The columns.
    pub columns: Vec<Identifier>,
    /// The schema.
    pub schema: Option<Identifier>,
    /// DEFERRABLE or NOT DEFERRABLE.
    pub deferrable: Option<bool>,
    /// INITIALLY ...
    pub initially: Option<String>,
    /// Options for single dialects.
    pub kw: DialectOptions,
}

/// `create_foreign_key`
#[derive(Clone, Debug, Default)]
pub struct CreateForeignKeyOp {
    /// The name.
    pub constraint_name: ConstraintName,
    /// The table that refers.
    pub source_table: Identifier,
    /// The table referred to.
    pub referent_table: Identifier,
    /// The referring columns.
    pub local_cols: Vec<Identifier>,
    /// The columns referred to.
    pub remote_cols: Vec<Identifier>,
    /// ON UPDATE ...
    pub onupdate: Option<String>,
    /// ON DELETE ...
    pub ondelete: Option<String>,
    /// DEFERRABLE or NOT DEFERRABLE.
    pub deferrable: Option<bool>,
    /// INITIALLY ...
    pub initially: Option<String>,
    /// MATCH ...
    pub match_: Option<String>,
    /// Whether a CREATE TABLE leaves the constraint to an ALTER TABLE after it.
    pub use_alter: bool,
    /// The schema of the table that refers.
    pub source_schema: Option<Identifier>,
    /// The schema of the table referred to.
    pub referent_schema: Option<Identifier>,
    /// Options for single dialects.
    pub kw: DialectOptions,
}

/// `create_check_constraint`
#[derive(Clone, Debug)]
pub struct CreateCheckConstraintOp {
    /// The name.
    pub constraint_name: ConstraintName,
    /// The table's name.
    pub table_name: Identifier,
    /// The condition.
    pub condition: Expression,
    /// The schema.
    pub schema: Option<Identifier>,
    /// DEFERRABLE or NOT DEFERRABLE.
    pub deferrable: Option<bool>,
    /// INITIALLY ...
    pub initially: Option<String>,
    /// Options for single dialects.
    pub kw: DialectOptions,
}

/// `create_exclude_constraint`
#[derive(Clone, Debug, Default)]
pub struct CreateExcludeConstraintOp {
    /// The name.
    pub constraint_name: ConstraintName,
    /// The table's name.
    pub table_name: Identifier,
    /// What is compared, in order.
    pub elements: Vec<ExcludeElement>,
    /// Which rows are meant.
    pub where_: Option<Expression>,
    /// The schema.
    pub schema: Option<Identifier>,
    /// The index method.
    pub using: String,
    /// DEFERRABLE or NOT DEFERRABLE.
    pub deferrable: Option<bool>,
    /// INITIALLY ...
    pub initially: Option<String>,
}

/// The `type_` of `drop_constraint`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstraintKind {
    /// `foreignkey`
    ForeignKey,
    /// `primary`
    Primary,
    /// `unique`
    Unique,
    /// `check`
    Check,
}

/// `drop_constraint`
#[derive(Clone, Debug, Default)]
pub struct DropConstraintOp {
    /// The name.
    pub constraint_name: ConstraintName,
    /// The table's name.
    pub table_name: Identifier,
    /// The kind (`type_`), which some dialects need.
    pub constraint_type: Option<ConstraintKind>,
    /// The schema.
    pub schema: Option<Identifier>,
    /// IF EXISTS.
    pub if_exists: Option<bool>,
    /// How the constraint would be made again.
    pub reverse: Option<Box<AddConstraintOp>>,
}

impl ConstraintKind {
    /// Reads the `type_` argument of `drop_constraint`.
    ///
    /// # Errors
    /// A word that names no kind; the reference raises `TypeError`.
    pub fn parse(type_: &str) -> Result<Self> {
        match type_ {
            "foreignkey" => Ok(Self::ForeignKey),
            "primary" => Ok(Self::Primary),
            "unique" => Ok(Self::Unique),
            "check" => Ok(Self::Check),
            _ => Err(Error::type_error(
                "'type' can be one of 'check', 'foreignkey', 'primary', 'unique', None",
            )),
        }
    }

    /// Gives the word for the kind in a migration script.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ForeignKey => "foreignkey",
            Self::Primary => "primary",
            Self::Unique => "unique",
            Self::Check => "check",
        }
    }
}

impl AddConstraintOp {
    /// Gives the name of the class in the reference.
    #[must_use]
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::PrimaryKey(_) => "CreatePrimaryKeyOp",
            Self::Unique(_) => "CreateUniqueConstraintOp",
            Self::ForeignKey(_) => "CreateForeignKeyOp",
            Self::Check(_) => "CreateCheckConstraintOp",
            Self::Exclude(_) => "CreateExcludeConstraintOp",
        }
    }

    /// Makes the operation that adds `constraint` to a table.
    #[must_use]
    pub fn from_constraint(
        schema: Option<Identifier>,
        table_name: Identifier,
        constraint: &Constraint,
    ) -> Self {
        match constraint {
            Constraint::PrimaryKey(constraint) => Self::PrimaryKey(CreatePrimaryKeyOp {
                constraint_name: constraint.name.clone(),
                table_name,
                columns: constraint.columns.clone(),
                schema,
                kw: constraint.dialect_options.clone(),
                ..CreatePrimaryKeyOp::default()
            }),
            Constraint::Unique(constraint) => Self::Unique(CreateUniqueConstraintOp {
                constraint_name: constraint.name.clone(),
                table_name,
                columns: constraint.columns.clone(),
                schema,
                deferrable: constraint.deferrable.filter(|deferrable| *deferrable),
                initially: constraint.initially.clone(),
                kw: constraint.dialect_options.clone(),
            }),
            Constraint::ForeignKey(constraint) => Self::ForeignKey(CreateForeignKeyOp {
                constraint_name: constraint.name.clone(),
                source_table: table_name,
                referent_table: constraint.referred_table.clone(),
                local_cols: constraint.columns.clone(),
                remote_cols: constraint.referred_columns.clone(),
                onupdate: constraint.onupdate.clone(),
                ondelete: constraint.ondelete.clone(),
                deferrable: constraint.deferrable.filter(|deferrable| *deferrable),
                initially: constraint.initially.clone(),
                match_: constraint.match_.clone(),
                use_alter: constraint.use_alter,
                source_schema: schema,
                referent_schema: constraint.referred_schema.clone(),
                kw: constraint.dialect_options.clone(),
            }),
            Constraint::Check(constraint) => Self::Check(CreateCheckConstraintOp {
                constraint_name: constraint.name.clone(),
                table_name,
                condition: constraint.condition.clone(),
                schema,
                deferrable: None,
                initially: None,
                kw: constraint.dialect_options.clone(),
            }),
            Constraint::Exclude(constraint) => Self::Exclude(CreateExcludeConstraintOp {
                constraint_name: constraint.name.clone(),
                table_name,
                elements: constraint.elements.clone(),
                where_: constraint.where_.clone(),
                schema,
                using: constraint.using.clone(),
                deferrable: constraint.deferrable,
                initially: constraint.initially.clone(),
            }),
        }
    }

    /// Gives the constraint, named as the operation names it.
    #[must_use]
    pub fn to_constraint(&self) -> Constraint {
        match self {
            Self::PrimaryKey(op) => Constraint::PrimaryKey(PrimaryKeyConstraint {
                name: op.constraint_name.clone(),
                columns: op.columns.clone(),
                implicit: false,
                deferrable: op.deferrable,
                initially: op.initially.clone(),
                comment: None,
                dialect_options: op.kw.clone(),
            }),
            Self::Unique(op) => Constraint::Unique(UniqueConstraint {
                name: op.constraint_name.clone(),
                columns: op.columns.clone(),
                deferrable: op.deferrable,
                initially: op.initially.clone(),
                comment: None,
                dialect_options: op.kw.clone(),
            }),
            Self::ForeignKey(op) => Constraint::ForeignKey(ForeignKeyConstraint {
                name: op.constraint_name.clone(),
                columns: op.local_cols.clone(),
                referred_schema: op.referent_schema.clone(),
                referred_table: op.referent_table.clone(),
                referred_columns: op.remote_cols.clone(),
                onupdate: op.onupdate.clone(),
                ondelete: op.ondelete.clone(),
                deferrable: op.deferrable,
                initially: op.initially.clone(),
                match_: op.match_.clone(),
                use_alter: op.use_alter,
                comment: None,
                dialect_options: op.kw.clone(),
            }),
            Self::Check(op) => Constraint::Check(CheckConstraint {
                name: op.constraint_name.clone(),
                condition: op.condition.clone(),
                deferrable: op.deferrable,
                initially: op.initially.clone(),
                comment: None,
                column: None,
                type_bound: false,
                dialect_options: op.kw.clone(),
            }),
            Self::Exclude(op) => Constraint::Exclude(ExcludeConstraint {
                name: op.constraint_name.clone(),
                elements: op.elements.clone(),
                using: op.using.clone(),
                where_: op.where_.clone(),
                deferrable: op.deferrable,
                initially: op.initially.clone(),
                comment: None,
            }),
        }
    }

    /// Gives the table's name.
    #[must_use]
    pub fn table_name(&self) -> &Identifier {
        match self {
            Self::PrimaryKey(op) => &op.table_name,
            Self::Unique(op) => &op.table_name,
            Self::ForeignKey(op) => &op.source_table,
            Self::Check(op) => &op.table_name,
            Self::Exclude(op) => &op.table_name,
        }
    }

    /// Gives the table's schema.
    #[must_use]
    pub fn schema(&self) -> Option<&Identifier> {
        match self {
            Self::PrimaryKey(op) => op.schema.as_ref(),
            Self::Unique(op) => op.schema.as_ref(),
            Self::ForeignKey(op) => op.source_schema.as_ref(),
            Self::Check(op) => op.schema.as_ref(),
            Self::Exclude(op) => op.schema.as_ref(),
        }
    }

    /// Gives the operation that drops the constraint.
    #[must_use]
    pub fn reverse(&self) -> DropConstraintOp {
        DropConstraintOp::from_constraint(
            self.schema().cloned(),
            self.table_name().clone(),
            &self.to_constraint(),
        )
    }

    /// Gives `add_constraint` or `add_fk`.
    #[must_use]
    pub fn to_diff(&self) -> Diff {
        Diff::AddConstraint(Box::new(ConstraintOfTable {
            schema: self.schema().cloned(),
            table_name: self.table_name().clone(),
            constraint: self.to_constraint(),
        }))
    }
}

impl DropConstraintOp {
    /// Makes the operation that drops `constraint` and knows how to bring it back.
    #[must_use]
    pub fn from_constraint(
        schema: Option<Identifier>,
        table_name: Identifier,
        constraint: &Constraint,
    ) -> Self {
        Self {
            constraint_name: constraint.name().clone(),
            table_name: table_name.clone(),
            constraint_type: match constraint {
                Constraint::PrimaryKey(_) => Some(ConstraintKind::Primary),
                Constraint::ForeignKey(_) => Some(ConstraintKind::ForeignKey),
                Constraint::Unique(_) => Some(ConstraintKind::Unique),
                Constraint::Check(_) => Some(ConstraintKind::Check),
                // the reference has no word for it either
                Constraint::Exclude(_) => None,
            },
            schema: schema.clone(),
            if_exists: None,
            reverse: Some(Box::new(AddConstraintOp::from_constraint(schema, table_name, constraint))),
        }
    }

    /// Gives the constraint that is dropped.
    ///
    /// # Errors
    /// Only its name is known.
    pub fn to_constraint(&self) -> Result<Constraint> {
        let Some(add) = &self.reverse else {
            return Err(Error::value("constraint cannot be produced; original constraint is not present"));
        };
        let mut constraint = add.to_constraint();
        constraint.set_name(self.constraint_name.clone());
        Ok(constraint)
    }

    /// Gives the operation that adds the constraint again.
    ///
    /// # Errors
    /// Only its name is known.
    pub fn reverse(&self) -> Result<AddConstraintOp> {
        Ok(AddConstraintOp::from_constraint(
            self.schema.clone(),
            self.table_name.clone(),
            &self.to_constraint()?,
        ))
    }

    /// Gives `remove_constraint` or `remove_fk`.
    ///
    /// # Errors
    /// Only the constraint's name is known.
    pub fn to_diff(&self) -> Result<Diff> {
        Ok(Diff::RemoveConstraint(Box::new(ConstraintOfTable {
            schema: self.schema.clone(),
            table_name: self.table_name.clone(),
            constraint: self.to_constraint()?,
        })))
    }
}

macro_rules! into_add_constraint {
    ($($variant:ident: $operation:ty),*) => {
        $(impl From<$operation> for AddConstraintOp {
            fn from(operation: $operation) -> Self {
                Self::$variant(operation)
            }
        }
        impl From<$operation> for super::MigrateOperation {
            fn from(operation: $operation) -> Self {
                Self::AddConstraint(Box::new(AddConstraintOp::$variant(operation)))
            }
        })*
    };
}

into_add_constraint!(
    PrimaryKey: CreatePrimaryKeyOp,
    Unique: CreateUniqueConstraintOp,
    ForeignKey: CreateForeignKeyOp,
    Check: CreateCheckConstraintOp,
    Exclude: CreateExcludeConstraintOp
);
