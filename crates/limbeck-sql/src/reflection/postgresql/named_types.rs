//! Types that have names of their own: enums and domains.

use std::collections::HashMap;

use super::catalog::{Catalog, flag, number, text, texts};
use super::types;
use crate::error::Result;
use crate::reflection::{NamedTypeScope, ReflectedDomain, ReflectedEnum};
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
    pub schema: String,
    /// Whether the type is found without its schema.
    pub visible: bool,
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
    /// The CHECK constraints: their names and conditions.
    pub checks: Vec<(String, String)>,
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
            let domain = types.domains.entry(number(&row, 0)).or_insert_with(|| Domain {
                named: named(&row),
                base: text(&row, 5).map(|name| types::bare_name(&name)).unwrap_or_default(),
                not_null: flag(&row, 6),
                default: text(&row, 7),
                collation: text(&row, 8),
                checks: Vec::new(),
            });
            domain.checks.extend(check);
        }
        Ok(types)
    }
}

impl NamedTypes {
    /// Gives the enums that are meant, by schema and name.
    pub(super) fn reflected_enums(&self, scope: NamedTypeScope<'_>) -> Vec<ReflectedEnum> {
        let mut enums: Vec<_> = self.enums.values().filter(|named| named.is_in(scope)).collect();
        enums.sort_by_key(|named| (&named.schema, &named.name));
        let reflected = enums.into_iter().map(|named| ReflectedEnum {
            name: named.name.clone(),
            schema: named.schema.clone(),
            visible: named.visible,
            labels: named.labels.clone(),
        });
        reflected.collect()
    }

    /// Gives the domains that are meant, by schema and name.
    pub(super) fn reflected_domains(&self, scope: NamedTypeScope<'_>) -> Vec<ReflectedDomain> {
        let mut domains: Vec<_> = self.domains.values().filter(|domain| domain.named.is_in(scope)).collect();
        domains.sort_by_key(|domain| (&domain.named.schema, &domain.named.name));
        let reflected = domains.into_iter().map(|domain| ReflectedDomain {
            name: domain.named.name.clone(),
            schema: domain.named.schema.clone(),
            visible: domain.named.visible,
            type_: domain.base.clone(),
            nullable: !domain.not_null,
            default: domain.default.clone(),
            collation: domain.collation.clone(),
            constraints: domain.checks.clone(),
        });
        reflected.collect()
    }
}

fn named(row: &[crate::engine::Value]) -> Named {
    Named {
        name: text(row, 1).unwrap_or_default(),
        schema: text(row, 2).unwrap_or_default(),
        visible: flag(row, 3),
        labels: texts(row, 4),
    }
}

impl Named {
    /// Tells whether the type is one of those that are meant.
    fn is_in(&self, scope: NamedTypeScope<'_>) -> bool {
        match scope {
            NamedTypeScope::Visible => self.visible,
            NamedTypeScope::Schema(schema) => self.schema == schema,
            NamedTypeScope::All => true,
        }
    }

    /// Gives the enum as a type.
    pub(super) fn enum_type(&self) -> SqlType {
        self.complete(DialectType::plain("postgresql", "ENUM"), |type_| {
            type_.with("enums", TypeArgument::Texts(self.labels.clone()))
        })
    }

    fn complete(&self, plain: Option<DialectType>, more: impl FnOnce(DialectType) -> DialectType) -> SqlType {
        let Some(type_) = plain else { return SqlType::Null };
        let schema = if self.visible { TypeArgument::None } else { TypeArgument::Text(self.schema.clone()) };
        more(type_).with("name", TypeArgument::Text(self.name.clone())).with("schema", schema).into()
    }
}

impl Domain {
    /// Gives the domain as a type.
    pub(super) fn domain_type(&self) -> SqlType {
        let optional = |text: Option<String>| text.map_or(TypeArgument::None, TypeArgument::Text);
        let base = types::resolve(&self.base, self.collation.as_deref()).unwrap_or(SqlType::Null);
        let (constraint_name, check) = self.checks.first().cloned().unzip();
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
