//! Foreign keys of tables that both sides have, compared by what they are; names do not count.

use indexmap::IndexMap;
use limbeck_sql::reflection::ReflectedForeignKeyConstraint;
use limbeck_sql::schema::{Constraint, ForeignKeyConstraint, Identifier, Table};

use super::TablePair;
use super::reflected::final_name;
use crate::autogenerate::AutogenContext;
use crate::error::Result;
use crate::operations::{AddConstraintOp, DropConstraintOp, MigrateOperation, ModifyTableOps};
use crate::runtime::{NameFilterType, ParentNames, SchemaObject};

/// The name of the reference's logger, which logging configurations speak of.
const LOG: &str = "alembic.autogenerate.compare.constraints";

/// A foreign key on either side.
#[derive(Clone, Debug)]
pub struct ForeignKeySignature {
    /// The constraint; always a foreign key.
    pub constraint: Constraint,
    /// Its name, when it has one.
    pub name: Option<String>,
    /// The schema of the table that refers.
    pub source_schema: Option<String>,
    /// The table that refers.
    pub source_table: String,
    /// The referring columns.
    pub source_columns: Vec<String>,
    /// The schema of the table referred to.
    pub target_schema: Option<String>,
    /// The table referred to.
    pub target_table: String,
    /// The columns referred to.
    pub target_columns: Vec<String>,
    /// What follows the columns: ON UPDATE and ON DELETE in lower case, and when the key is checked.
    pub options: (Option<String>, Option<String>, &'static str),
}

/// The foreign keys of a table on both sides.
#[derive(Clone, Debug, Default)]
pub struct ForeignKeySides {
    /// Those of the database.
    pub conn: Vec<ForeignKeySignature>,
    /// Those of the models.
    pub metadata: Vec<ForeignKeySignature>,
}

/// What a foreign key is apart from its name.
type Key = (
    (Option<String>, String, Vec<String>),
    (Option<String>, String, Vec<String>),
    Option<(Option<String>, Option<String>, &'static str)>,
);

impl ForeignKeySignature {
    /// Describes a foreign key of a table.
    pub fn new(schema: Option<&str>, table: &str, constraint: ForeignKeyConstraint) -> Self {
        let texts = |names: &[Identifier]| names.iter().map(|name| name.as_str().to_owned()).collect();
        let source_columns: Vec<String> = texts(&constraint.columns);
        let target_columns = if constraint.referred_columns.is_empty() {
            source_columns.clone()
        } else {
            texts(&constraint.referred_columns)
        };
        let action = |action: Option<&String>| {
            action
                .filter(|action| !action.is_empty())
                .map(|action| action.to_lowercase())
                .filter(|action| action != "no action")
        };
        let initially = constraint.initially.as_deref().map(str::to_lowercase);
        let checked = match (initially.as_deref(), constraint.deferrable) {
            (Some("deferred"), _) => "initially_deferrable",
            (_, Some(true)) => "deferrable",
            _ => "not deferrable",
        };
        Self {
            name: constraint.name.as_str().map(str::to_owned),
            source_schema: schema.map(str::to_owned),
            source_table: table.to_owned(),
            source_columns,
            target_schema: constraint.referred_schema.as_ref().map(|name| name.as_str().to_owned()),
            target_table: constraint.referred_table.as_str().to_owned(),
            target_columns,
            options: (action(constraint.onupdate.as_ref()), action(constraint.ondelete.as_ref()), checked),
            constraint: Constraint::ForeignKey(constraint),
        }
    }

    fn key(&self, with_options: bool) -> Key {
        (
            (self.source_schema.clone(), self.source_table.clone(), self.source_columns.clone()),
            (self.target_schema.clone(), self.target_table.clone(), self.target_columns.clone()),
            with_options.then(|| self.options.clone()),
        )
    }

    /// Gives the key as log lines show it.
    fn description(&self) -> String {
        let schema = self.source_schema.as_ref().filter(|schema| !schema.is_empty());
        format!(
            "({})({}) on table {}{}",
            self.source_columns.join(", "),
            self.target_columns.join(", "),
            schema.map(|schema| format!("{schema}.")).unwrap_or_default(),
            self.source_table
        )
    }
}

/// Compares the foreign keys of a table; those of a table that is created or dropped come and go with it.
pub(super) fn compare(autogen: &AutogenContext, pair: TablePair<'_>, ops: &mut ModifyTableOps) -> Result<()> {
    let (Some(conn), Some(metadata)) = (pair.conn, pair.metadata) else { return Ok(()) };
    let mut sides = ForeignKeySides::default();
    for constraint in &metadata.constraints {
        if let Constraint::ForeignKey(key) = constraint {
            let schema = metadata.schema.as_ref().map(Identifier::as_str);
            sides.metadata.push(ForeignKeySignature::new(schema, metadata.name.as_str(), key.clone()));
        }
    }
    for key in &conn.foreign_keys {
        let parents = ParentNames {
            schema_name: pair.schema.map(str::to_owned),
            table_name: Some(pair.name.to_owned()),
            ..ParentNames::default()
        };
        if autogen.run_name_filters(key.name.as_deref(), NameFilterType::ForeignKeyConstraint, parents)? {
            sides.conn.push(ForeignKeySignature::new(pair.schema, pair.name, reflected(key)));
        }
    }
    autogen.rules().correct_for_autogen_foreign_keys(&mut sides);
    let with_options = !sides.conn.is_empty() && autogen.rules().reflects_foreign_key_options();
    let by_key = |signatures: &'_ [ForeignKeySignature]| -> IndexMap<Key, usize> {
        let keys = signatures.iter().enumerate();
        keys.map(|(position, signature)| (signature.key(with_options), position)).collect()
    };
    let (conn_keys, metadata_keys) = (by_key(&sides.conn), by_key(&sides.metadata));

    for (key, position) in &conn_keys {
        if !metadata_keys.contains_key(key) {
            let removed = &sides.conn[*position];
            let compare_to = same_name(&sides.metadata, removed);
            let objects = (&conn.table, removed, metadata, compare_to);
            if includes(autogen, objects, true)? {
                ops.ops.push(
                    DropConstraintOp::from_constraint(
                        pair.schema.map(Identifier::new),
                        Identifier::new(pair.name),
                        &removed.constraint,
                    )
                    .into(),
                );
                log::info!(target: LOG, "Detected removed foreign key {}", removed.description());
            }
        }
    }
    for (key, position) in &metadata_keys {
        if !conn_keys.contains_key(key) {
            let added = &sides.metadata[*position];
            let compare_to = same_name(&sides.conn, added);
            let objects = (metadata, added, &conn.table, compare_to);
            if includes(autogen, objects, false)? {
                ops.ops.push(MigrateOperation::AddConstraint(Box::new(AddConstraintOp::from_constraint(
                    metadata.schema.clone(),
                    metadata.name.clone(),
                    &added.constraint,
                ))));
                log::info!(target: LOG, "Detected added foreign key {}", added.description());
            }
        }
    }
    Ok(())
}

/// A foreign key with its table, and the one of the same name on the other side with its own.
type Objects<'a> = (&'a Table, &'a ForeignKeySignature, &'a Table, Option<&'a ForeignKeySignature>);

fn includes(autogen: &AutogenContext, objects: Objects<'_>, reflected: bool) -> Result<bool> {
    let (table, key, other_table, compare_to) = objects;
    autogen.run_object_filters(
        SchemaObject::Constraint(table, &key.constraint),
        key.name.as_deref(),
        NameFilterType::ForeignKeyConstraint,
        reflected,
        compare_to.map(|other| SchemaObject::Constraint(other_table, &other.constraint)),
    )
}

fn same_name<'a>(
    signatures: &'a [ForeignKeySignature],
    wanted: &ForeignKeySignature,
) -> Option<&'a ForeignKeySignature> {
    let name = wanted.name.as_ref().filter(|name| !name.is_empty())?;
    signatures.iter().rfind(|signature| signature.name.as_ref() == Some(name))
}

/// Makes a foreign key of what the inspector tells.
fn reflected(key: &ReflectedForeignKeyConstraint) -> ForeignKeyConstraint {
    ForeignKeyConstraint {
        name: final_name(key.name.as_deref()),
        columns: key.constrained_columns.iter().map(Identifier::new).collect(),
        referred_schema: key.referred_schema.as_ref().map(Identifier::new),
        referred_table: Identifier::new(key.referred_table.as_str()),
        referred_columns: key.referred_columns.iter().map(Identifier::new).collect(),
        onupdate: key.options.onupdate.clone(),
        ondelete: key.options.ondelete.clone(),
        deferrable: key.options.deferrable,
        initially: key.options.initially.clone(),
        ..ForeignKeyConstraint::default()
    }
}
