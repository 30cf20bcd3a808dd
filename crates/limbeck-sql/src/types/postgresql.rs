//! The types of PostgreSQL's dialect.

use super::Affinity;
use super::dialect::{DialectTypeClass, ParameterDefault};

/// The classes of `sqlalchemy.dialects.postgresql` that are not the SQL standard's own.
pub(super) const CLASSES: &[DialectTypeClass] = &[
    DialectTypeClass {
        dialect: "postgresql",
        name: "INET",
        module: "sqlalchemy.dialects.postgresql.types",
        bases: &["TypeEngine"],
        affinity: Affinity::Custom,
        parameters: &[],
        sql: |_, _| Ok("INET".to_owned()),
        standard: None,
    },
    DialectTypeClass {
        dialect: "postgresql",
        name: "JSONB",
        module: "sqlalchemy.dialects.postgresql.json",
        bases: &["JSON"],
        affinity: Affinity::Json,
        parameters: &[
            ("none_as_null", ParameterDefault::Bool(false)),
            ("astext_type", ParameterDefault::None),
        ],
        sql: |_, _| Ok("JSONB".to_owned()),
        standard: None,
    },
];
