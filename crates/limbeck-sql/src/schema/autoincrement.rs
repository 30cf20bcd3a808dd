//! Which column of a table counts up by itself.

use super::{Autoincrement, Column, ServerDefault, Table};
use crate::dialect::default_dialect;
use crate::error::{Error, Result};
use crate::types::{Affinity, GenericType, SqlType, StandardType};

impl Table {
    /// Gives the column of the primary key that counts up by itself, as SQLAlchemy's `_autoincrement_column` does: the
    /// only one of the key when nothing else gives it a value, or the one that is marked so.
    ///
    /// # Errors
    /// `autoincrement=True` for a column whose type cannot count, or for several columns.
    pub fn autoincrement_column(&self) -> Result<Option<&Column>> {
        let names = self.primary_key_columns();
        let columns: Vec<&Column> = names.iter().filter_map(|name| self.column(name.as_str())).collect();
        if let [column] = columns.as_slice()
            && names.len() == 1
            && column.autoincrement != Autoincrement::Yes
        {
            let counts = column.autoincrement != Autoincrement::No && self.counts_by_itself(column);
            return Ok(counts.then_some(*column));
        }
        let mut found: Option<&Column> = None;
        for column in columns.into_iter().filter(|column| column.autoincrement == Autoincrement::Yes) {
            self.check_autoincrement(column)?;
            if let Some(other) = found {
                return Err(Error::Argument(format!(
                    "Only one Column may be marked autoincrement=True, found both {} and {}.",
                    column.name, other.name
                )));
            }
            found = Some(column);
        }
        Ok(found)
    }

    /// Tells whether a column counts up without being told to.
    fn counts_by_itself(&self, column: &Column) -> bool {
        let has_server_default = !matches!(column.server_default, None | Some(ServerDefault::Identity(_)));
        column.type_.affinity() == Affinity::Integer
            && !column.has_default
            && !has_server_default
            && (column.autoincrement == Autoincrement::IgnoreForeignKey || !self.has_foreign_key_on(column))
    }

    fn check_autoincrement(&self, column: &Column) -> Result<()> {
        let compatible = match column.type_.affinity() {
            Affinity::Integer => true,
            Affinity::Numeric | Affinity::Float => scale(&column.type_) == Some(0),
            _ => false,
        };
        if compatible {
            return Ok(());
        }
        let type_ = match default_dialect().type_sql(&column.type_) {
            Ok(sql) => sql,
            Err(_) => column.type_.python_repr()?,
        };
        let scale = match column.type_.affinity() {
            Affinity::Numeric => {
                let scale = scale(&column.type_).map_or_else(|| "None".to_owned(), |scale| scale.to_string());
                format!(" with non-zero scale {scale}")
            }
            _ => String::new(),
        };
        Err(Error::Argument(format!(
            "Column type {type_}{scale} on column '{}.{}' is not compatible with autoincrement=True",
            self.name, column.name
        )))
    }
}

/// Gives the digits after the decimal point of a numeric type.
fn scale(type_: &SqlType) -> Option<i64> {
    match type_ {
        SqlType::Generic(GenericType::Numeric(numeric))
        | SqlType::Standard(StandardType::Numeric(numeric) | StandardType::Decimal(numeric)) => {
            numeric.scale.map(i64::from)
        }
        SqlType::Dialect(type_) => type_.number("scale"),
        SqlType::Variant { base, .. } => scale(base),
        _ => None,
    }
}
