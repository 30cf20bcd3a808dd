//! Columns and constraints as the arguments of `create_table` and of operations of their own.

use limbeck_sql::engine::text_repr;
use limbeck_sql::schema::{
    Autoincrement, CheckConstraint, Column, Constraint, ConstraintName, ExcludeConstraint,
    ForeignKeyConstraint, IndexExpression, PrimaryKeyConstraint, ServerDefault, UniqueConstraint,
};

use super::RenderContext;
use super::python::{self, python_bool};
use crate::error::Result;
use crate::runtime::RenderItem;

impl RenderContext {
    /// Writes a column.
    pub(super) fn column(&mut self, column: &Column) -> Result<String> {
        if let Some(text) = self.user_defined(RenderItem::Column(column))? {
            return Ok(text);
        }
        let mut positional = String::new();
        let mut keywords = Vec::new();
        if let Some(default) = &column.server_default {
            let text = self.server_default(Some(default))?;
            if matches!(default, ServerDefault::Computed(_) | ServerDefault::Identity(_)) {
                positional = format!("{text}, ");
            } else {
                keywords.push(format!("server_default={text}"));
            }
        }
        match column.autoincrement {
            Autoincrement::Auto => {}
            Autoincrement::Yes => keywords.push("autoincrement=True".to_owned()),
            Autoincrement::No => keywords.push("autoincrement=False".to_owned()),
            // the reference leaves the quotes out, which is no Python
            Autoincrement::IgnoreForeignKey => keywords.push("autoincrement='ignore_fk'".to_owned()),
        }
        keywords.push(format!("nullable={}", python_bool(column.nullable)));
        if column.system {
            keywords.push("system=True".to_owned());
        }
        if let Some(comment) = &column.comment {
            keywords.push(format!("comment={}", text_repr(comment)));
        }
        keywords.extend(self.dialect_options(&column.dialect_options)?);
        let type_ = self.type_(&column.type_)?;
        Ok(format!(
            "{}Column({}, {type_}, {positional}{})",
            self.sqlalchemy(),
            python::identifier(&column.name),
            keywords.join(", ")
        ))
    }

    /// Writes a constraint of a `create_table`; nothing for those that come with something else.
    pub(super) fn table_constraint(&mut self, constraint: &Constraint) -> Result<Option<String>> {
        if let Some(text) = self.user_defined(RenderItem::Constraint(constraint))? {
            return Ok(Some(text));
        }
        match constraint {
            Constraint::PrimaryKey(key) => Ok(self.primary_key(key)),
            Constraint::ForeignKey(key) => self.foreign_key(key).map(Some),
            Constraint::Unique(unique) => self.unique(unique).map(Some),
            Constraint::Check(check) if check.type_bound => Ok(None),
            Constraint::Check(check) => self.check(check).map(Some),
            Constraint::Exclude(exclude) => self.exclude(exclude).map(Some),
        }
    }

    fn name_argument(&self, name: &ConstraintName) -> Option<String> {
        match name {
            ConstraintName::Unnamed => None,
            name => Some(format!("name={}", python::constraint_name(self.alembic(), name))),
        }
    }

    fn primary_key(&self, key: &PrimaryKeyConstraint) -> Option<String> {
        if key.columns.is_empty() {
            return None;
        }
        let mut arguments = vec![python::names_joined(&key.columns)];
        arguments.extend(self.name_argument(&key.name));
        Some(format!("{}PrimaryKeyConstraint({})", self.sqlalchemy(), arguments.join(", ")))
    }

    fn foreign_key(&self, key: &ForeignKeyConstraint) -> Result<String> {
        let mut options: Vec<String> = self.name_argument(&key.name).into_iter().collect();
        options.extend(foreign_key_options(key));
        options.extend(self.dialect_options(&key.dialect_options)?);
        let table = match &key.referred_schema {
            Some(schema) => format!("{schema}.{}", key.referred_table),
            None => key.referred_table.to_string(),
        };
        let referred = if key.referred_columns.is_empty() { &key.columns } else { &key.referred_columns };
        let targets: Vec<String> =
            referred.iter().map(|column| text_repr(&format!("{table}.{column}"))).collect();
        Ok(format!(
            "{}ForeignKeyConstraint({}, [{}], {})",
            self.sqlalchemy(),
            python::name_list(&key.columns),
            targets.join(", "),
            options.join(", ")
        ))
    }

    fn unique(&self, unique: &UniqueConstraint) -> Result<String> {
        let mut arguments: Vec<String> = unique.columns.iter().map(python::identifier).collect();
        arguments.extend(unique_options(unique));
        arguments.extend(self.name_argument(&unique.name));
        arguments.extend(self.dialect_options(&unique.dialect_options)?);
        Ok(format!("{}UniqueConstraint({})", self.sqlalchemy(), arguments.join(", ")))
    }

    fn check(&self, check: &CheckConstraint) -> Result<String> {
        let mut arguments = vec![self.sql_string(&check.condition)?];
        arguments.extend(self.name_argument(&check.name));
        arguments.extend(self.dialect_options(&check.dialect_options)?);
        Ok(format!("{}CheckConstraint({})", self.sqlalchemy(), arguments.join(", ")))
    }

    fn exclude(&mut self, exclude: &ExcludeConstraint) -> Result<String> {
        self.imports.push("from sqlalchemy.dialects import postgresql".to_owned());
        let mut arguments = self.exclude_arguments(exclude)?;
        arguments.extend(self.name_argument(&exclude.name));
        Ok(format!("postgresql.ExcludeConstraint({})", arguments.join(", ")))
    }

    /// Writes what an EXCLUDE compares, its condition and its options, which the reference writes as strings.
    pub(super) fn exclude_arguments(&self, exclude: &ExcludeConstraint) -> Result<Vec<String>> {
        let mut arguments = Vec::new();
        for element in &exclude.elements {
            let compared = match &element.expression {
                IndexExpression::Column(name) => {
                    format!("{}column({})", self.sqlalchemy(), python::identifier(name))
                }
                IndexExpression::Expression(expression) => self.literal_column(expression)?,
            };
            arguments.push(format!("({compared}, {})", text_repr(&element.operator)));
        }
        if let Some(condition) = &exclude.where_ {
            arguments.push(format!("where={}", self.text_call(condition, false)?));
        }
        if exclude.deferrable == Some(true) {
            arguments.push("deferrable='True'".to_owned());
        }
        let texts = [("initially", exclude.initially.as_deref()), ("using", Some(exclude.using.as_str()))];
        for (name, text) in texts {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                arguments.push(format!("{name}={}", text_repr(text)));
            }
        }
        Ok(arguments)
    }
}

/// Writes DEFERRABLE and INITIALLY of a unique constraint.
pub(super) fn unique_options(unique: &UniqueConstraint) -> Vec<String> {
    let deferrable = unique.deferrable == Some(true);
    let initially = unique.initially.as_ref().filter(|initially| !initially.is_empty());
    deferrable
        .then(|| "deferrable=True".to_owned())
        .into_iter()
        .chain(initially.map(|initially| format!("initially={}", text_repr(initially))))
        .collect()
}

/// Writes what follows the columns of a foreign key in a `create_table`.
fn foreign_key_options(key: &ForeignKeyConstraint) -> Vec<String> {
    let text = |name: &str, value: &Option<String>| {
        let value = value.as_ref().filter(|value| !value.is_empty())?;
        Some(format!("{name}={}", text_repr(value)))
    };
    let flag = |name: &str, value: bool| value.then(|| format!("{name}=True"));
    [
        text("onupdate", &key.onupdate),
        text("ondelete", &key.ondelete),
        text("initially", &key.initially),
        flag("deferrable", key.deferrable == Some(true)),
        flag("use_alter", key.use_alter),
        text("match", &key.match_),
    ]
    .into_iter()
    .flatten()
    .collect()
}
