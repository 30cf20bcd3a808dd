//! Column types in Python.

use limbeck_sql::engine::text_repr;
use limbeck_sql::types::{GenericType, SqlType};

use super::RenderContext;
use crate::error::Result;
use crate::runtime::RenderItem;

impl RenderContext {
    /// Writes a type, and notes the import that a dialect's own type needs.
    pub(super) fn type_(&mut self, type_: &SqlType) -> Result<String> {
        self.type_with_variants(type_, true)
    }

    fn type_with_variants(&mut self, type_: &SqlType, with_variants: bool) -> Result<String> {
        if let Some(text) = self.user_defined(RenderItem::Type(type_))? {
            return Ok(text);
        }
        if let SqlType::Variant { base, variants } = type_ {
            let mut text = self.type_with_variants(base, false)?;
            if with_variants {
                let mut dialects: Vec<&String> = variants.keys().collect();
                dialects.sort();
                for dialect in dialects {
                    let variant = self.type_with_variants(&variants[dialect], false)?;
                    text = format!("{text}.with_variant({variant}, {})", text_repr(dialect));
                }
            }
            return Ok(text);
        }
        let own = self.rules.render_type(type_)?;
        let module = type_.module();
        if let Some(rest) = module.strip_prefix("sqlalchemy.dialects.") {
            let dialect = rest.split('.').next().unwrap_or(rest);
            self.imports.push(format!("from sqlalchemy.dialects import {dialect}"));
            return Ok(match own {
                Some(own) => own,
                None => format!("{dialect}.{}", type_.python_repr()?),
            });
        }
        if let Some(own) = own {
            return Ok(own);
        }
        if module.starts_with("sqlalchemy.") {
            if let SqlType::Generic(GenericType::Array(array)) = type_ {
                // the items have a prefix of their own
                let plain = array.item_type.python_repr()?;
                let items = self.type_(&array.item_type)?;
                let outer = type_.python_repr()?;
                return Ok(format!("{}{}", self.sqlalchemy(), outer.replacen(&plain, &items, 1)));
            }
            return Ok(format!("{}{}", self.sqlalchemy(), type_.python_repr()?));
        }
        let text = type_.python_repr()?;
        Ok(match &self.options.user_module_prefix {
            Some(prefix) => format!("{prefix}{text}"),
            None => format!("{module}.{text}"),
        })
    }
}
