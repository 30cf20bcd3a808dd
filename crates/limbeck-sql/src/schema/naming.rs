//! Naming conventions: how constraints and indexes get the names that nobody gave them.

use std::sync::Arc;

use super::{
    CheckConstraint, Column, Constraint, ConstraintName, ExcludeConstraint, ForeignKeyConstraint, Identifier,
    Index, IndexExpression, NamingConvention,
};
use crate::error::{Error, Result};
use crate::expression::Expression;

/// Gives the text of a token that the user's convention defines by a function; `None` for tokens it does not define.
pub type CustomToken<'a> = dyn Fn(&str) -> Result<Option<String>> + 'a;

/// The tokens of a naming convention that functions of user code define.
pub trait NamingTokens: std::fmt::Debug + Send + Sync {
    /// Gives the text of a token for an object of a table; `None` for a token that no function defines.
    ///
    /// # Errors
    /// What the function raises.
    fn token(
        &self,
        name: &str,
        object: &NamedObject<'_>,
        schema: Option<&str>,
        table: &str,
    ) -> Result<Option<String>>;
}

/// Functions for tokens; the same ones are equal.
#[derive(Clone, Debug)]
pub struct TokenFunctions(pub Arc<dyn NamingTokens>);

impl PartialEq for TokenFunctions {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for TokenFunctions {}

/// A name after naming conventions, and whether it may be shortened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedName {
    /// The name.
    pub name: Identifier,
    /// Whether a name that is too long is cut and marked with a hash (`conv()` and names that a convention
    /// made) rather than refused.
    pub truncatable: bool,
}

/// The kinds of objects that a naming convention tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedKind {
    /// `pk`
    PrimaryKey,
    /// `fk`
    ForeignKey,
    /// `uq`
    Unique,
    /// `ck`
    Check,
    /// `ix`
    Index,
    /// An EXCLUDE; users may add `ex` by the class.
    Exclude,
}

impl NamedKind {
    /// Gives the kind's key in `naming_convention`.
    pub fn key(self) -> &'static str {
        match self {
            Self::PrimaryKey => "pk",
            Self::ForeignKey => "fk",
            Self::Unique => "uq",
            Self::Check => "ck",
            Self::Index => "ix",
            Self::Exclude => "ex",
        }
    }
}

/// What a naming convention may ask about an object.
#[derive(Clone, Debug)]
pub struct NamedObject<'a> {
    /// What kind it is.
    pub kind: NamedKind,
    /// The name that it has before the convention.
    pub name: &'a ConstraintName,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// The table that a foreign key refers to.
    pub referred_table: Option<String>,
    /// The columns that a foreign key refers to.
    pub referred_columns: Vec<String>,
    /// The keys of columns that have one beside their name, by the name.
    pub keys: Vec<(String, String)>,
}

impl<'a> NamedObject<'a> {
    /// Describes a constraint.
    pub fn constraint(constraint: &'a Constraint) -> Self {
        match constraint {
            Constraint::PrimaryKey(key) => Self::plain(NamedKind::PrimaryKey, &key.name, &key.columns),
            Constraint::Unique(unique) => Self::plain(NamedKind::Unique, &unique.name, &unique.columns),
            Constraint::ForeignKey(key) => Self::foreign_key(key),
            Constraint::Check(check) => Self::check(check),
            Constraint::Exclude(exclude) => Self::exclude(exclude),
        }
    }

    /// Describes a foreign key.
    pub fn foreign_key(key: &'a ForeignKeyConstraint) -> Self {
        let referred = if key.referred_columns.is_empty() { &key.columns } else { &key.referred_columns };
        Self {
            referred_table: Some(key.referred_table.as_str().to_owned()),
            referred_columns: texts(referred),
            ..Self::plain(NamedKind::ForeignKey, &key.name, &key.columns)
        }
    }

    /// Describes a CHECK; its columns are those that its condition names.
    pub fn check(check: &'a CheckConstraint) -> Self {
        let mut columns = Vec::new();
        check.condition.visit(&mut |part| {
            if let Expression::Column(column) = part {
                let name = column.name.as_str().to_owned();
                if !columns.contains(&name) {
                    columns.push(name);
                }
            }
        });
        Self { columns, ..Self::plain(NamedKind::Check, &check.name, &[]) }
    }

    /// Describes an EXCLUDE, for which conventions have no template of their own.
    pub fn exclude(exclude: &'a ExcludeConstraint) -> Self {
        let columns = exclude
            .elements
            .iter()
            .filter_map(|element| match &element.expression {
                IndexExpression::Column(name) => Some(name.as_str().to_owned()),
                IndexExpression::Expression(_) => None,
            })
            .collect();
        Self { columns, ..Self::plain(NamedKind::Exclude, &exclude.name, &[]) }
    }

    /// Describes an index; expressions count by the columns in them.
    pub fn index(index: &'a Index) -> Self {
        let mut columns = Vec::new();
        for expression in &index.expressions {
            match expression {
                IndexExpression::Column(name) => columns.push(name.as_str().to_owned()),
                // text counts as a column of that name
                IndexExpression::Expression(Expression::Text(text)) => columns.push(text.text.clone()),
                IndexExpression::Expression(expression) => {
                    expression.visit(&mut |part| {
                        if let Expression::Column(column) = part {
                            columns.push(column.name.as_str().to_owned());
                        }
                    });
                }
            }
        }
        Self { columns, ..Self::plain(NamedKind::Index, &index.name, &[]) }
    }

    /// Notes the keys of a table's columns.
    #[must_use]
    pub fn with_keys_of(mut self, columns: &[Column]) -> Self {
        let keyed = columns.iter().filter_map(|column| Some((column.name.as_str(), column.key.as_ref()?)));
        self.keys = keyed.map(|(name, key)| (name.to_owned(), key.clone())).collect();
        self
    }

    fn plain(kind: NamedKind, name: &'a ConstraintName, columns: &[Identifier]) -> Self {
        Self {
            kind,
            name,
            columns: texts(columns),
            referred_table: None,
            referred_columns: Vec::new(),
            keys: Vec::new(),
        }
    }
}

fn texts(names: &[Identifier]) -> Vec<String> {
    names.iter().map(|name| name.as_str().to_owned()).collect()
}

impl NamingConvention {
    /// Gives the name of an object of a table, as SQLAlchemy does when the object is attached to the table.
    ///
    /// `None` when the object has no name and no convention makes one. Tokens that the convention defines by a
    /// function are asked of `custom`.
    ///
    /// # Errors
    /// `%(constraint_name)s` for an object without a name, and tokens that are not known.
    pub fn resolve(
        &self,
        object: &NamedObject<'_>,
        schema: Option<&str>,
        table: &str,
        custom: Option<&CustomToken<'_>>,
    ) -> Result<Option<ResolvedName>> {
        let template = self.templates.get(object.kind.key());
        match (object.name, template) {
            (ConstraintName::Conv(name), _) => {
                Ok(Some(ResolvedName { name: name.clone(), truncatable: true }))
            }
            (ConstraintName::Unnamed, None) => Ok(None),
            (ConstraintName::Given(name), template)
                if !template.is_some_and(|template| template.contains("constraint_name")) =>
            {
                Ok(Some(ResolvedName { name: name.clone(), truncatable: false }))
            }
            (_, Some(template)) => {
                let name = expand(self, template, object, (schema, table), custom)?;
                Ok(Some(ResolvedName { name: Identifier::new(name), truncatable: true }))
            }
            (ConstraintName::Given(name), None) => {
                Ok(Some(ResolvedName { name: name.clone(), truncatable: false }))
            }
        }
    }
}

/// Fills in a template's `%(token)s`; `%%` is a percent sign.
fn expand(
    convention: &NamingConvention,
    template: &str,
    object: &NamedObject<'_>,
    table: (Option<&str>, &str),
    custom: Option<&CustomToken<'_>>,
) -> Result<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some(position) = rest.find('%') {
        out.push_str(&rest[..position]);
        rest = &rest[position + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(")s")) {
            out.push_str(&token(convention, name, object, table, custom)?);
            rest = after;
        } else {
            return Err(Error::Argument(format!(
                "naming convention '{template}' has a '%' that starts neither a token nor '%%'"
            )));
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn token(
    convention: &NamingConvention,
    name: &str,
    object: &NamedObject<'_>,
    table: (Option<&str>, &str),
    custom: Option<&CustomToken<'_>>,
) -> Result<String> {
    if let Some(custom) = custom
        && let Some(text) = custom(name)?
    {
        return Ok(text);
    }
    if let Some(tokens) = &convention.tokens
        && let Some(text) = tokens.0.token(name, object, table.0, table.1)?
    {
        return Ok(text);
    }
    match name {
        "table_name" => return Ok(table.1.to_owned()),
        "constraint_name" => {
            return object.name.as_str().map(ToOwned::to_owned).ok_or_else(|| {
                Error::InvalidRequest(
                    "Naming convention including %(constraint_name)s token requires that constraint is \
                     explicitly named."
                        .to_owned(),
                )
            });
        }
        "referred_table_name" => {
            return object.referred_table.clone().ok_or_else(|| unknown_token(name));
        }
        _ => {}
    }
    let (referred, rest) = match name.strip_prefix("referred_column_") {
        Some(rest) => (true, rest),
        None => (false, name.strip_prefix("column_").ok_or_else(|| unknown_token(name))?),
    };
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (index, rest) = rest.split_at(digits);
    let (separator, attribute) = if let Some(attribute) = rest.strip_prefix("_N_") {
        (Some("_"), attribute)
    } else if let Some(attribute) = rest.strip_prefix("N_") {
        (Some(""), attribute)
    } else {
        (None, rest.strip_prefix('_').unwrap_or(""))
    };
    let columns = match (referred, attribute) {
        (true, "name") if object.kind == NamedKind::ForeignKey => &object.referred_columns,
        (false, "name" | "key" | "label") => &object.columns,
        _ => return Err(unknown_token(name)),
    };
    // the `label` of a column is its schema, its table's name and its own, as SQLAlchemy writes it in DDL
    let text = |column: &String| match (attribute, table) {
        ("label", (Some(schema), table)) => format!("{}_{table}_{column}", schema.replace('.', "_")),
        ("label", (None, table)) => format!("{table}_{column}"),
        ("key", _) => {
            let keyed = object.keys.iter().find(|(name, _)| name == column);
            keyed.map_or(column, |(_, key)| key).clone()
        }
        _ => column.clone(),
    };
    if let Some(separator) = separator {
        if index != "0" {
            return Err(unknown_token(name));
        }
        return Ok(columns.iter().map(text).collect::<Vec<_>>().join(separator));
    }
    let index: usize = index.parse().map_err(|_| unknown_token(name))?;
    Ok(columns.get(index).map(text).unwrap_or_default())
}

fn unknown_token(name: &str) -> Error {
    Error::Key(name.to_owned())
}
