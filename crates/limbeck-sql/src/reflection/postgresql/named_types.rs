//! Types that have names of their own: enums and domains.

use std::collections::HashMap;

use super::catalog::{Catalog, flag, number, text, texts};
use super::types;
use crate::error::Result;
use crate::types::{DialectType, SqlType, TypeArgument};

/// The enums and domains of a database by the OIDs of their types.
#[derive(Debug, Default)]
pub(super) struct NamedTypes {
    pub enums: HashMap<i64, Named>,
    pub domains: HashMap<i64, Domain>,
}

/// The name of a type, and the labels of an enum.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub name: String,
    /// The schema, unless the type is found without it.
    pub hidden_schema: Option<String>,
    pub labels: Vec<String>,
}

/// A domain.
#[derive(Clone, Debug)]
pub(super) struct Domain {
    pub named: Named,
    /// The type below it by its name alone, which is all that the reference keeps of it.
    pub base: String,
    pub not_null: bool,
    pub default: Option<String>,
    pub collation: Option<String>,
    /// The first CHECK: its name and its condition.
    pub check: Option<(String, String)>,
}

impl NamedTypes {
    /// Reads all of them.
    pub(super) fn read(catalog: &Catalog) -> Result<Self> {
        let mut types = Self::default();
        let rows = catalog.rows(
            "SELECT t.oid, t.typname::text, n.nspname::text, pg_catalog.pg_type_is_visible(t.oid), \
             ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid \
             ORDER BY e.enumsortorder) \
             FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace \
             WHERE t.typtype = 'e'",
        )?;
        for row in rows {
            types.enums.insert(number(&row, 0), named(&row));
        }
        let rows = catalog.rows(
            "SELECT t.oid, t.typname::text, n.nspname::text, pg_catalog.pg_type_is_visible(t.oid), NULL, \
             pg_catalog.format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault, \
             (SELECT l.collname::text FROM pg_catalog.pg_collation AS l JOIN pg_catalog.pg_type AS b \
             ON b.oid = t.typbasetype WHERE l.oid = t.typcollation AND b.typcollation <> t.typcollation), \
             k.conname::text, pg_catalog.pg_get_constraintdef(k.oid, true) \
             FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace \
             LEFT JOIN pg_catalog.pg_constraint AS k ON k.contypid = t.oid AND k.contype = 'c' \
             WHERE t.typtype = 'd' AND n.nspname <> 'information_schema' ORDER BY t.oid, k.conname",
        )?;
        for row in rows {
            let check = text(&row, 9).zip(text(&row, 10).map(|text| super::constraints::condition(&text).0));
            types.domains.entry(number(&row, 0)).or_insert_with(|| Domain {
                named: named(&row),
                base: text(&row, 5).map(|name| types::bare_name(&name)).unwrap_or_default(),
                not_null: flag(&row, 6),
                default: text(&row, 7),
                collation: text(&row, 8),
                check,
            });
        }
        Ok(types)
    }
}

fn named(row: &[crate::engine::Value]) -> Named {
    let visible = flag(row, 3);
    Named {
        name: text(row, 1).unwrap_or_default(),
        hidden_schema: text(row, 2).filter(|_| !visible),
        labels: texts(row, 4),
    }
}

impl Named {
    /// Gives the enum as a type.
    pub(super) fn enum_type(&self) -> SqlType {
        self.complete(DialectType::plain("postgresql", "ENUM"), |type_| {
            type_.with("enums", TypeArgument::Texts(self.labels.clone()))
        })
    }

    fn complete(&self, plain: Option<DialectType>, more: impl FnOnce(DialectType) -> DialectType) -> SqlType {
        let Some(type_) = plain else { return SqlType::Null };
        let schema = self.hidden_schema.clone().map_or(TypeArgument::None, TypeArgument::Text);
        more(type_).with("name", TypeArgument::Text(self.name.clone())).with("schema", schema).into()
    }
}

impl Domain {
    /// Gives the domain as a type.
    pub(super) fn domain_type(&self) -> SqlType {
        let optional = |text: Option<String>| text.map_or(TypeArgument::None, TypeArgument::Text);
        let base = types::resolve(&self.base, self.collation.as_deref()).unwrap_or(SqlType::Null);
        let (constraint_name, check) = self.check.clone().unzip();
        self.named.complete(DialectType::plain("postgresql", "DOMAIN"), |type_| {
            type_
                .with("data_type", TypeArgument::Type(Box::new(base)))
                .with("collation", optional(self.collation.clone()))
                .with("default", optional(self.default.clone()))
                .with("not_null", if self.not_null { TypeArgument::Bool(true) } else { TypeArgument::None })
                .with("constraint_name", optional(constraint_name))
                .with("check", optional(check))
        })
    }
}
