//! Names of schema objects, with what the user said about quoting and naming conventions.

use std::fmt;

/// A name as SQLAlchemy's `quoted_name` has it: the text, and an explicit wish to quote it or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier {
    text: String,
    quote: Option<bool>,
}

impl Identifier {
    /// Makes a name that is quoted when the dialect finds it necessary.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), quote: None }
    }

    /// Makes a name with an explicit `quote` flag; `None` leaves the choice to the dialect.
    pub fn quoted(text: impl Into<String>, quote: Option<bool>) -> Self {
        Self { text: text.into(), quote }
    }

    /// Makes the name of something that has none: each statement in which it stands makes one of `base` and a number.
    ///
    /// What has the same `key` gets the same name. The text is of SQLAlchemy's form, `%(key base)s`.
    pub fn anonymous(key: u64, base: &str) -> Self {
        let base = base.replace(['%', '(', ')', ' ', '$'], "_");
        Self::new(format!("%({key} {})s", base.trim_matches('_')))
    }

    /// Gives what the name of something without one is made of; `None` for a name that was given.
    pub fn anonymous_base(&self) -> Option<&str> {
        let (key, base) = self.text.strip_prefix("%(")?.strip_suffix(")s")?.split_once(' ')?;
        key.bytes().all(|byte| byte.is_ascii_digit()).then_some(base)
    }

    /// Gives the name's text, unquoted.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Gives the explicit `quote` flag.
    pub fn quote(&self) -> Option<bool> {
        self.quote
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<&str> for Identifier {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Identifier {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// The name of a constraint or an index before naming conventions are applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum ConstraintName {
    /// No name: a naming convention may make one.
    #[default]
    Unnamed,
    /// A name by the user, which a naming convention with `%(constraint_name)s` wraps.
    Given(Identifier),
    /// A final name, marked with `op.f()` or `conv()`; no naming convention touches it.
    Conv(Identifier),
}

impl ConstraintName {
    /// Gives the name, when there is one.
    pub fn identifier(&self) -> Option<&Identifier> {
        match self {
            Self::Unnamed => None,
            Self::Given(name) | Self::Conv(name) => Some(name),
        }
    }

    /// Gives the name's text, when there is one.
    pub fn as_str(&self) -> Option<&str> {
        self.identifier().map(Identifier::as_str)
    }
}
