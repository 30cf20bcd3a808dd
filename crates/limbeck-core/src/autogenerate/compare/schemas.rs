//! Which schemas of the database are compared.

use limbeck_sql::schema::Identifier;

use super::tables;
use crate::autogenerate::{AutogenContext, Described};
use crate::error::Result;
use crate::operations::UpgradeOps;
use crate::runtime::{NameFilterType, ParentNames};

/// Compares the default schema, or all with `include_schemas`, as far as `include_name` lets them through.
pub(super) fn compare(autogen: &AutogenContext, upgrade: &mut UpgradeOps) -> Result<Described> {
    let mut inspector = autogen.inspector()?;
    let default = inspector.default_schema_name()?;
    let mut schemas: Vec<Option<String>> = vec![None];
    if autogen.options().include_schemas {
        let mut names = inspector.get_schema_names()?;
        names.sort();
        schemas.extend(
            names
                .into_iter()
                .filter(|name| name != "information_schema" && Some(name) != default.as_ref())
                .map(Some),
        );
    }
    let mut included = Vec::new();
    for schema in schemas {
        if autogen.run_name_filters(schema.as_deref(), NameFilterType::Schema, ParentNames::default())? {
            included.push(schema);
        }
    }
    if !autogen.plugins.tables {
        return Ok(Described::default());
    }
    let default = default.map(Identifier::new);
    tables::compare(autogen, &mut inspector, default.as_ref(), &included, upgrade)
}
