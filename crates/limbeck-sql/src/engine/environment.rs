//! What a driver may know of the process it runs in; the program that uses this crate looks it up.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Environment variables, home directory and user, for drivers whose clients look at them (libpq's `PGHOST`, `.pgpass`).
///
/// The default is a process without any.
#[derive(Clone, Default)]
pub struct ClientEnvironment {
    variables: HashMap<String, String>,
    home: Option<PathBuf>,
    user: Option<String>,
}

impl ClientEnvironment {
    /// Makes the environment of a process.
    pub fn new(
        variables: impl IntoIterator<Item = (String, String)>,
        home: Option<PathBuf>,
        user: Option<String>,
    ) -> Self {
        Self { variables: variables.into_iter().collect(), home, user }
    }

    /// Gives a variable that is set to something.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Gives the home directory of the user.
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// Gives the name by which the operating system knows the user.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }
}

impl fmt::Debug for ClientEnvironment {
    /// Shows no variables: a password may be among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientEnvironment").field("user", &self.user).finish_non_exhaustive()
    }
}
