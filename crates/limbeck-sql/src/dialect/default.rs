//! The dialect without a database, by which SQLAlchemy turns constructs into strings.

use super::{Dialect, DialectArguments, ParamStyle};
use crate::error::Result;
use crate::schema::Identifier;
use crate::types::SqlType;

/// SQLAlchemy's `StrCompileDialect`.
#[derive(Clone, Debug, Default)]
pub struct DefaultDialect {
    arguments: DialectArguments,
}

impl DefaultDialect {
    /// Makes the dialect with the given arguments.
    pub fn new(arguments: DialectArguments) -> Self {
        Self { arguments }
    }
}

impl Dialect for DefaultDialect {
    fn as_dialect(&self) -> &dyn Dialect {
        self
    }

    fn name(&self) -> &'static str {
        "default"
    }

    fn driver(&self) -> &'static str {
        "default"
    }

    fn paramstyle(&self) -> ParamStyle {
        self.arguments.paramstyle.unwrap_or(ParamStyle::Named)
    }

    fn max_identifier_length(&self) -> usize {
        self.arguments.max_identifier_length.unwrap_or(9999)
    }

    fn supports_native_boolean(&self) -> bool {
        true
    }

    fn supports_json(&self) -> bool {
        true
    }

    fn supports_identity_columns(&self) -> bool {
        true
    }

    fn supports_sequences(&self) -> bool {
        true
    }

    fn sequences_optional(&self) -> bool {
        true
    }

    fn supports_multivalues_insert(&self) -> bool {
        true
    }

    fn insert_returning(&self) -> bool {
        true
    }

    fn update_returning(&self) -> bool {
        true
    }

    fn delete_returning(&self) -> bool {
        true
    }

    fn own_type_sql(&self, type_: &SqlType) -> Option<Result<String>> {
        // what has no SQL without its dialect is called by its name
        match type_ {
            SqlType::Dialect(type_) if type_.class().standard.is_none() => {
                Some(Ok(type_.class().name.to_owned()))
            }
            _ => None,
        }
    }

    fn null_type_sql(&self) -> Result<String> {
        Ok("NULL".to_owned())
    }

    fn array_type_sql(&self) -> Result<String> {
        Ok("ARRAY".to_owned())
    }

    fn next_value_sql(
        &self,
        schema: Option<&Identifier>,
        name: &Identifier,
        options: &super::CompileOptions,
    ) -> Result<String> {
        Ok(format!("<next sequence value: {}>", self.format_table(schema, name, options)?))
    }
}
