//! Types that belong to one dialect (`sqlalchemy.dialects.*`): a table of classes for each dialect, and their instances.
//!
//! The tables are the one place that knows a class: its Python names and parameters (for lowering, raising and `repr`)
//! and the SQL it becomes.

use std::fmt;

use super::{Affinity, SqlType, mssql, mysql, oracle, postgresql, sqlite};
use crate::dialect::Dialect;
use crate::engine::text_repr;
use crate::error::Result;
use crate::expression::Expression;
use crate::schema::Identifier;

/// What a parameter of a type is when it is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterDefault {
    /// It must be given.
    Required,
    /// `None`
    None,
    /// `None`, and only given by name: `repr` does not show it.
    Hidden,
    /// A boolean.
    Bool(bool),
    /// A number.
    Int(i64),
    /// A type: a `Text()` of its own, which `repr` always shows.
    NewText,
    /// It takes all positional arguments, which are strings.
    Rest,
}

/// A class of types that belongs to one dialect.
pub struct DialectTypeClass {
    /// The dialect that has it, by the name of its module in `sqlalchemy.dialects`.
    pub dialect: &'static str,
    /// The class's name.
    pub name: &'static str,
    /// The module that its `__module__` names, below `sqlalchemy.dialects`.
    pub module: &'static str,
    /// The Python classes it is based on: names of generic classes, or `dialect.NAME` for others of the tables.
    pub bases: &'static [&'static str],
    /// The generic class that stands behind it.
    pub affinity: Affinity,
    /// The parameters of its constructor, in order.
    pub parameters: &'static [(&'static str, ParameterDefault)],
    /// Writes the type for a dialect that has it.
    pub sql: fn(&DialectType, &dyn Dialect) -> Result<String>,
    /// Gives the type that other dialects take it for, which SQLAlchemy finds by the visit name; without one they
    /// cannot write it.
    pub standard: Option<fn(&DialectType) -> SqlType>,
}

impl fmt::Debug for DialectTypeClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.dialect, self.name)
    }
}

/// Gives the classes of the dialect whose module is called `dialect`.
pub fn dialect_type_classes(dialect: &str) -> &'static [DialectTypeClass] {
    match dialect {
        "postgresql" => postgresql::CLASSES,
        // MariaDB's module takes over MySQL's.
        "mysql" => mysql::CLASSES,
        "mssql" => mssql::CLASSES,
        "oracle" => oracle::CLASSES,
        "sqlite" => sqlite::CLASSES,
        _ => &[],
    }
}

/// The dialects that have tables.
pub const DIALECTS_WITH_TYPES: [&str; 5] = ["postgresql", "mysql", "mssql", "oracle", "sqlite"];

/// An argument of a type's constructor.
#[derive(Clone, Debug)]
pub enum TypeArgument {
    /// Python's `None`.
    None,
    /// A boolean.
    Bool(bool),
    /// A number.
    Int(i64),
    /// A string.
    Text(String),
    /// A name that is quoted, or is not, whatever it is.
    Name(Identifier),
    /// Several strings.
    Texts(Vec<String>),
    /// A type.
    Type(Box<SqlType>),
    /// A SQL expression.
    Expression(Box<Expression>),
}

/// A type of one dialect with its arguments.
#[derive(Clone, Debug)]
pub struct DialectType {
    class: &'static DialectTypeClass,
    /// One for each parameter of the class.
    arguments: Vec<TypeArgument>,
}

impl DialectType {
    /// Makes a type of `class`; `argument` gives the value of each parameter.
    ///
    /// # Errors
    /// Those of `argument`.
    pub fn new<E>(
        class: &'static DialectTypeClass,
        mut argument: impl FnMut(&'static str, ParameterDefault) -> Result<TypeArgument, E>,
    ) -> Result<Self, E> {
        let arguments = class
            .parameters
            .iter()
            .map(|(name, default)| argument(name, *default))
            .collect::<Result<_, E>>()?;
        Ok(Self { class, arguments })
    }

    /// Makes the type called `name` of a dialect, with all parameters at their defaults; `None` when there is none.
    pub fn plain(dialect: &str, name: &str) -> Option<Self> {
        let class = dialect_type_classes(dialect).iter().find(|class| class.name == name)?;
        let arguments = class.parameters.iter().map(|(_, default)| default.argument()).collect();
        Some(Self { class, arguments })
    }

    /// Gives the type of another dialect that has the same name, with the arguments that both have: SQLAlchemy finds a
    /// dialect's SQL by the name alone.
    pub fn in_dialect(&self, dialect: &str) -> Option<Self> {
        let same = Self::plain(dialect, self.class.name)?;
        let arguments = self.arguments().map(|(name, _, argument)| (name, argument.clone()));
        Some(arguments.fold(same, |same, (name, argument)| same.with(name, argument)))
    }

    /// Sets the argument called `name`; does nothing when the class has no such parameter.
    #[must_use]
    pub fn with(mut self, name: &str, argument: TypeArgument) -> Self {
        let place = self.class.parameters.iter().position(|(known, _)| *known == name);
        if let Some(slot) = place.and_then(|place| self.arguments.get_mut(place)) {
            *slot = argument;
        }
        self
    }

    /// Gives the class.
    pub fn class(&self) -> &'static DialectTypeClass {
        self.class
    }

    /// Gives the arguments with their names.
    pub fn arguments(&self) -> impl Iterator<Item = (&'static str, ParameterDefault, &TypeArgument)> {
        self.class
            .parameters
            .iter()
            .zip(&self.arguments)
            .map(|((name, default), argument)| (*name, *default, argument))
    }

    /// Gives the argument called `name`.
    pub fn argument(&self, name: &str) -> &TypeArgument {
        self.arguments()
            .find(|(known, ..)| *known == name)
            .map_or(&TypeArgument::None, |(_, _, argument)| argument)
    }

    /// Gives a number among the arguments.
    pub fn number(&self, name: &str) -> Option<i64> {
        match self.argument(name) {
            TypeArgument::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// Gives a string among the arguments.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.argument(name) {
            TypeArgument::Text(text) => Some(text),
            TypeArgument::Name(name) => Some(name.as_str()),
            _ => None,
        }
    }

    /// Gives a name among the arguments.
    pub fn identifier(&self, name: &str) -> Option<Identifier> {
        match self.argument(name) {
            TypeArgument::Name(name) => Some(name.clone()),
            _ => self.text(name).map(Identifier::new),
        }
    }

    /// Tells whether an argument is true, as Python has it.
    pub fn flag(&self, name: &str) -> bool {
        match self.argument(name) {
            TypeArgument::None => false,
            TypeArgument::Bool(flag) => *flag,
            TypeArgument::Int(number) => *number != 0,
            TypeArgument::Text(text) => !text.is_empty(),
            TypeArgument::Name(name) => !name.as_str().is_empty(),
            TypeArgument::Texts(texts) => !texts.is_empty(),
            TypeArgument::Type(_) | TypeArgument::Expression(_) => true,
        }
    }

    /// Gives a length among the arguments; the text `max` is [`MAX_LENGTH`](super::MAX_LENGTH).
    pub fn length(&self, name: &str) -> Option<u32> {
        match self.text(name) {
            Some("max") => return Some(super::MAX_LENGTH),
            Some("MAX") => return Some(super::CAPITAL_MAX_LENGTH),
            _ => {}
        }
        self.number(name).and_then(|number| u32::try_from(number).ok())
    }

    /// Gives the arguments as Python's `repr` of the type shows them: those that are not at their defaults, by name.
    ///
    /// # Errors
    /// What the `repr` of a type among them raises.
    pub fn python_arguments(&self) -> Result<String> {
        let mut shown = Vec::new();
        for (name, default, argument) in self.arguments() {
            let value = match argument {
                TypeArgument::None => "None".to_owned(),
                TypeArgument::Bool(flag) => if *flag { "True" } else { "False" }.to_owned(),
                TypeArgument::Int(number) => number.to_string(),
                TypeArgument::Text(text) => text_repr(text),
                TypeArgument::Name(name) => text_repr(name.as_str()),
                TypeArgument::Texts(texts) => {
                    format!("[{}]", texts.iter().map(|text| text_repr(text)).collect::<Vec<_>>().join(", "))
                }
                TypeArgument::Type(type_) => type_.python_repr()?,
                TypeArgument::Expression(_) => "...".to_owned(),
            };
            if default == ParameterDefault::Rest {
                let TypeArgument::Texts(texts) = argument else { continue };
                shown.extend(texts.iter().map(|text| text_repr(text)));
            } else if default == ParameterDefault::Required {
                shown.push(value);
            } else if default != ParameterDefault::Hidden && !default.is(argument) {
                shown.push(format!("{name}={value}"));
            }
        }
        Ok(shown.join(", "))
    }
}

impl ParameterDefault {
    /// Gives the argument that the parameter has when it is not given.
    pub fn argument(self) -> TypeArgument {
        match self {
            Self::Required | Self::None | Self::Hidden => TypeArgument::None,
            Self::Bool(flag) => TypeArgument::Bool(flag),
            Self::Int(number) => TypeArgument::Int(number),
            Self::NewText => {
                TypeArgument::Type(Box::new(super::GenericType::Text(super::StringType::default()).into()))
            }
            Self::Rest => TypeArgument::Texts(Vec::new()),
        }
    }

    fn is(self, argument: &TypeArgument) -> bool {
        match (self, argument) {
            (Self::None, TypeArgument::None) => true,
            (Self::Bool(default), TypeArgument::Bool(flag)) => default == *flag,
            (Self::Int(default), TypeArgument::Int(number)) => default == *number,
            _ => false,
        }
    }
}
