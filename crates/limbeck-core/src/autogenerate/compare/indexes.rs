//! Indexes and unique constraints, which are compared together: databases report the one as the other.

use std::collections::{BTreeMap, HashMap, HashSet};

use indexmap::IndexMap;
use limbeck_sql::expression::{Expression, UnaryOperator};
use limbeck_sql::reflection::{ReflectedIndex, ReflectedUniqueConstraint};
use limbeck_sql::schema::{Constraint, Identifier, Index, IndexExpression, Table, UniqueConstraint};

use super::TablePair;
use super::reflected::{ReflectedTable, final_name};
use super::signature::{Signature, SignatureObject, Unnamed};
use crate::autogenerate::render::python_tuple;
use crate::autogenerate::{AutogenContext, Comparison, ComparisonRules};
use crate::error::Result;
use crate::operations::{
    AddConstraintOp, CreateIndexOp, DropConstraintOp, DropIndexOp, MigrateOperation, ModifyTableOps,
};
use crate::runtime::{NameFilterType, ParentNames};

/// The name of the reference's logger, which logging configurations speak of.
const LOG: &str = "alembic.autogenerate.compare.constraints";

/// The indexes and unique constraints of a table on both sides.
#[derive(Clone, Debug, Default)]
pub struct IndexSides {
    /// The unique constraints of the database.
    pub conn_uniques: Vec<Signature>,
    /// The indexes of the database.
    pub conn_indexes: Vec<Signature>,
    /// The unique constraints of the models.
    pub metadata_uniques: Vec<Signature>,
    /// The indexes of the models.
    pub metadata_indexes: Vec<Signature>,
    /// The names and columns of the database's foreign keys, for which some databases make indexes.
    pub conn_foreign_keys: Vec<(Option<String>, Vec<String>)>,
}

/// Compares the indexes and unique constraints of a table.
///
/// Of a table that is created or dropped only the indexes count: unique constraints come and go with the table.
pub(super) fn compare(autogen: &AutogenContext, pair: TablePair<'_>, ops: &mut ModifyTableOps) -> Result<()> {
    let mut sides = IndexSides::default();
    if let Some(table) = pair.metadata {
        sides.take_metadata(table);
    }
    if let Some(conn) = pair.conn {
        sides.take_database(autogen, pair, conn)?;
    }
    if sides.conn_uniques.iter().any(|unique| unique.duplicates_index.is_some()) {
        sides.drop_duplicates(autogen)?;
    }
    if pair.metadata.is_none() {
        sides.conn_uniques.clear();
    }
    autogen.rules().correct_for_autogen_constraints(&mut sides);
    Differences { autogen, pair, ops, rules: autogen.rules() }.find(&sides)
}

impl IndexSides {
    fn take_metadata(&mut self, table: &Table) {
        for constraint in &table.constraints {
            if let Constraint::Unique(unique) = constraint {
                self.metadata_uniques.push(Signature::of_unique(unique.clone()));
            }
        }
        self.metadata_indexes = table.indexes.iter().cloned().map(Signature::of_index).collect();
    }

    fn take_database(
        &mut self,
        autogen: &AutogenContext,
        pair: TablePair<'_>,
        conn: &ReflectedTable,
    ) -> Result<()> {
        let includes = |name: Option<&str>, type_| {
            let parents = ParentNames {
                schema_name: pair.schema.map(str::to_owned),
                table_name: Some(pair.name.to_owned()),
                ..ParentNames::default()
            };
            autogen.run_name_filters(name, type_, parents)
        };
        for unique in &conn.unique_constraints {
            if includes(unique.name.as_deref(), NameFilterType::UniqueConstraint)? {
                self.conn_uniques.push(reflected_unique(autogen.rules(), unique));
            }
        }
        let keys = conn.foreign_keys.iter();
        self.conn_foreign_keys =
            keys.map(|key| (key.name.clone(), key.constrained_columns.clone())).collect();
        for index in &conn.indexes {
            if includes(index.name.as_deref(), NameFilterType::Index)? {
                self.conn_indexes.push(reflected_index(autogen.rules(), index));
            }
        }
        Ok(())
    }

    /// Keeps one of a unique constraint and the index that is the same thing: the one that the models speak of.
    fn drop_duplicates(&mut self, autogen: &AutogenContext) -> Result<()> {
        let dialect = autogen.dialect();
        let mut unique_names = HashSet::new();
        let mut unnamed_uniques = HashSet::new();
        for unique in &self.metadata_uniques {
            match unique.sql_name(dialect)? {
                Some(name) => drop(unique_names.insert(name)),
                None => drop(unnamed_uniques.insert(unique.unnamed.clone())),
            }
        }
        let mut index_names = HashSet::new();
        for index in self.metadata_indexes.iter().filter(|index| index.is_unique()) {
            index_names.insert(index.sql_name(dialect)?);
        }
        let mut dropped_indexes = HashSet::new();
        self.conn_uniques.retain(|unique| {
            if unique.duplicates_index.is_none() {
                return true;
            }
            if !unique.name.as_ref().is_some_and(|name| unique_names.contains(name)) {
                return unnamed_uniques.contains(&unique.unnamed);
            }
            if !index_names.contains(&unique.name) {
                dropped_indexes.insert(unique.name.clone());
            }
            true
        });
        self.conn_indexes.retain(|index| !(index.is_unique() && dropped_indexes.contains(&index.name)));
        Ok(())
    }
}

/// Makes a unique constraint of what the inspector tells.
fn reflected_unique(rules: &dyn ComparisonRules, reflected: &ReflectedUniqueConstraint) -> Signature {
    let mut unique = UniqueConstraint {
        name: final_name(reflected.name.as_deref()),
        columns: reflected.column_names.iter().map(Identifier::new).collect(),
        dialect_options: reflected.dialect_options.clone(),
        ..UniqueConstraint::default()
    };
    rules.adjust_reflected_dialect_options(&mut unique.dialect_options);
    Signature { duplicates_index: reflected.duplicates_index.clone(), ..Signature::of_unique(unique) }
}

/// Makes an index of what the inspector tells.
fn reflected_index(rules: &dyn ComparisonRules, reflected: &ReflectedIndex) -> Signature {
    let texts = reflected.expressions.as_deref().unwrap_or_default();
    let expressions = reflected
        .column_names
        .iter()
        .enumerate()
        .map(|(position, column)| {
            let text = column.as_ref().or_else(|| texts.get(position)).cloned().unwrap_or_default();
            let sorting = reflected.column_sorting.iter().find(|(name, _)| *name == text);
            let operators: Vec<UnaryOperator> = sorting
                .map(|(_, words)| words.iter().filter_map(|word| sorting_operator(word)).collect())
                .unwrap_or_default();
            match column {
                Some(column) if operators.is_empty() => {
                    IndexExpression::Column(Identifier::new(column.as_str()))
                }
                _ => {
                    let plain = match column {
                        Some(column) => Expression::column(column.as_str()),
                        None => Expression::text(text),
                    };
                    IndexExpression::Expression(operators.into_iter().fold(plain, |operand, operator| {
                        Expression::Unary { operator, operand: Box::new(operand) }
                    }))
                }
            }
        })
        .collect();
    let mut index = Index {
        name: final_name(reflected.name.as_deref()),
        expressions,
        unique: reflected.unique,
        dialect_options: reflected.dialect_options.clone(),
    };
    rules.adjust_reflected_dialect_options(&mut index.dialect_options);
    Signature::of_index(index)
}

fn sorting_operator(word: &str) -> Option<UnaryOperator> {
    Some(match word {
        "asc" => UnaryOperator::Ascending,
        "desc" => UnaryOperator::Descending,
        "nulls_first" => UnaryOperator::NullsFirst,
        "nulls_last" => UnaryOperator::NullsLast,
        _ => return None,
    })
}

/// Finds what differs and notes it as operations.
struct Differences<'a> {
    autogen: &'a AutogenContext,
    pair: TablePair<'a>,
    rules: &'static dyn ComparisonRules,
    ops: &'a mut ModifyTableOps,
}

impl Differences<'_> {
    fn find(&mut self, sides: &IndexSides) -> Result<()> {
        let dialect = self.autogen.dialect();
        let mut metadata_names: BTreeMap<String, &Signature> = BTreeMap::new();
        for signature in sides.metadata_uniques.iter().chain(&sides.metadata_indexes) {
            if let Some(name) = signature.sql_name(dialect)? {
                metadata_names.insert(name, signature);
            }
        }
        let by_name = |signatures: &'_ [Signature]| -> HashMap<String, usize> {
            signatures
                .iter()
                .enumerate()
                .filter_map(|(position, signature)| Some((signature.name.clone()?, position)))
                .collect()
        };
        let (uniques, indexes) = (by_name(&sides.conn_uniques), by_name(&sides.conn_indexes));
        let conn_names: BTreeMap<&str, &Signature> = sides
            .conn_uniques
            .iter()
            .chain(&sides.conn_indexes)
            .filter_map(|signature| Some((signature.name.as_deref()?, signature)))
            .collect();
        // a name that is both a unique constraint and an index in the database
        let doubled = |name: &str| -> Option<(&Signature, &Signature)> {
            Some((&sides.conn_uniques[*uniques.get(name)?], &sides.conn_indexes[*indexes.get(name)?]))
        };
        let unnamed_uniques: IndexMap<&Unnamed, &Signature> = sides
            .metadata_uniques
            .iter()
            .filter(|unique| unique.name.is_none())
            .map(|unique| (&unique.unnamed, unique))
            .collect();

        for (name, conn) in &conn_names {
            if metadata_names.contains_key(*name)
                || (!conn.is_index() && unnamed_uniques.contains_key(&conn.unnamed))
            {
                continue;
            }
            let Some((unique, index)) = doubled(name) else {
                self.removed(conn)?;
                continue;
            };
            let known = sides.metadata_indexes.iter().any(|other| other.unnamed == index.unnamed)
                || sides.metadata_uniques.iter().any(|other| other.unnamed == unique.unnamed);
            if !known {
                self.removed(unique)?;
                self.removed(index)?;
            }
        }
        for (name, metadata) in &metadata_names {
            let Some(conn) = conn_names.get(name.as_str()) else { continue };
            let conn = match doubled(name) {
                Some((_, index)) if metadata.is_index() => index,
                Some((unique, _)) => unique,
                None => conn,
            };
            self.compare(metadata, conn)?;
        }
        for (name, metadata) in &metadata_names {
            if !conn_names.contains_key(name.as_str()) {
                self.added(metadata)?;
            }
        }
        for (unnamed, unique) in unnamed_uniques {
            if !sides.conn_uniques.iter().any(|conn| conn.unnamed == *unnamed) {
                self.added(unique)?;
            }
        }
        Ok(())
    }

    fn compare(&mut self, metadata: &Signature, conn: &Signature) -> Result<()> {
        if metadata.is_index() != conn.is_index() {
            self.removed(conn)?;
            return self.added(metadata);
        }
        let comparison = if metadata.is_index() {
            self.rules.compare_indexes(metadata, conn)
        } else {
            self.rules.compare_unique_constraints(metadata, conn)
        };
        match comparison {
            Comparison::Equal => Ok(()),
            Comparison::Different(reasons) => self.changed(conn, metadata, &reasons.join(", ")),
            Comparison::Skip(reasons) => {
                log::info!(
                    target: LOG,
                    "Cannot compare {} {}, assuming equal and skipping. {}",
                    kind(conn),
                    conn.name_repr(),
                    reasons.join(", ")
                );
                Ok(())
            }
        }
    }

    fn added(&mut self, metadata: &Signature) -> Result<()> {
        // unique constraints of a new table are part of CREATE TABLE
        if (!metadata.is_index() && self.pair.conn.is_none()) || !self.includes(metadata, None)? {
            return Ok(());
        }
        self.create(metadata);
        log::info!(
            target: LOG,
            "Detected added {} {} on '{}'",
            kind(metadata),
            metadata.name_repr(),
            python_tuple(&metadata.columns)
        );
        Ok(())
    }

    fn removed(&mut self, conn: &Signature) -> Result<()> {
        if (!conn.is_index() && self.pair.metadata.is_none()) || !self.includes_reflected(conn)? {
            return Ok(());
        }
        self.drop(conn);
        log::info!(
            target: LOG,
            "Detected removed {} {} on {}",
            kind(conn),
            conn.name_repr(),
            limbeck_sql::engine::text_repr(self.pair.name)
        );
        Ok(())
    }

    fn changed(&mut self, conn: &Signature, metadata: &Signature, message: &str) -> Result<()> {
        if !self.includes(metadata, Some(conn))? {
            return Ok(());
        }
        log::info!(
            target: LOG,
            "Detected changed {} {} on {}: {message}",
            kind(conn),
            conn.name_repr(),
            limbeck_sql::engine::text_repr(self.pair.name)
        );
        self.drop(conn);
        self.create(metadata);
        Ok(())
    }

    fn includes(&self, metadata: &Signature, conn: Option<&Signature>) -> Result<bool> {
        let Some(table) = self.pair.metadata else { return Ok(false) };
        let compare_to = match (conn, self.pair.conn) {
            (Some(conn), Some(conn_table)) => Some(conn.schema_object(&conn_table.table)),
            _ => None,
        };
        self.autogen.run_object_filters(
            metadata.schema_object(table),
            metadata.name.as_deref(),
            filter_type(metadata),
            false,
            compare_to,
        )
    }

    fn includes_reflected(&self, conn: &Signature) -> Result<bool> {
        let Some(conn_table) = self.pair.conn else { return Ok(false) };
        let object = conn.schema_object(&conn_table.table);
        self.autogen.run_object_filters(object, conn.name.as_deref(), filter_type(conn), true, None)
    }

    fn create(&mut self, metadata: &Signature) {
        // the models' own schema, which may be the default one by its name
        let schema = self.pair.metadata.and_then(|table| table.schema.clone());
        let table_name = Identifier::new(self.pair.name);
        self.ops.ops.push(match &metadata.object {
            SignatureObject::Index(index) => CreateIndexOp::from_index(schema, table_name, index).into(),
            SignatureObject::Unique(constraint) => MigrateOperation::AddConstraint(Box::new(
                AddConstraintOp::from_constraint(schema, table_name, constraint),
            )),
        });
    }

    fn drop(&mut self, conn: &Signature) {
        let schema = self.pair.schema.map(Identifier::new);
        let table_name = Identifier::new(self.pair.name);
        self.ops.ops.push(match &conn.object {
            SignatureObject::Index(index) => DropIndexOp::from_index(schema, table_name, index).into(),
            SignatureObject::Unique(constraint) => {
                DropConstraintOp::from_constraint(schema, table_name, constraint).into()
            }
        });
    }
}

fn kind(signature: &Signature) -> &'static str {
    if signature.is_index() { "index" } else { "unique constraint" }
}

fn filter_type(signature: &Signature) -> NameFilterType {
    if signature.is_index() { NameFilterType::Index } else { NameFilterType::UniqueConstraint }
}
