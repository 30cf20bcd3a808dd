//! The parameters that go with a statement.

use super::Value;

/// Parameters of one execution, as Python's DB-API takes them: a tuple or a dictionary.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameters {
    /// By position, for `?`.
    Positional(Vec<Value>),
    /// By name, for `:name`, in order.
    Named(Vec<(String, Value)>),
}

impl Parameters {
    /// Makes the parameters of a statement that has none.
    #[must_use]
    pub fn none() -> Self {
        Self::Positional(Vec::new())
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Positional(values) => values.is_empty(),
            Self::Named(values) => values.is_empty(),
        }
    }

    /// Finds the value of a named parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Positional(_) => None,
            Self::Named(values) => values.iter().find(|(key, _)| key == name).map(|(_, value)| value),
        }
    }
}

impl Default for Parameters {
    fn default() -> Self {
        Self::none()
    }
}

impl From<()> for Parameters {
    fn from((): ()) -> Self {
        Self::none()
    }
}

impl From<Vec<Value>> for Parameters {
    fn from(values: Vec<Value>) -> Self {
        Self::Positional(values)
    }
}

impl From<Vec<(String, Value)>> for Parameters {
    fn from(values: Vec<(String, Value)>) -> Self {
        Self::Named(values)
    }
}
