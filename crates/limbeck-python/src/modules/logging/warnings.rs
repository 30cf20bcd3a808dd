//! The engine's warnings as Python's: said with `warnings.warn`, so that filters and `captureWarnings` count for them.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use limbeck_core::ddl::{SA_DEPRECATION_WARNINGS, SA_WARNINGS, WARNINGS};
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};

/// The class of a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Category {
    /// `UserWarning`
    User,
    /// `sqlalchemy.exc.SAWarning`
    SqlAlchemy,
    /// `sqlalchemy.exc.SADeprecationWarning`
    SqlAlchemyDeprecation,
}

impl Category {
    /// Gives the category of the records of a log target; `None` for records that are no warnings.
    pub(super) fn of_target(target: &str) -> Option<Self> {
        match target {
            WARNINGS => Some(Self::User),
            SA_WARNINGS => Some(Self::SqlAlchemy),
            SA_DEPRECATION_WARNINGS => Some(Self::SqlAlchemyDeprecation),
            _ => None,
        }
    }

    fn class(self, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
        match self {
            Self::User => Ok(vm.ctx.exceptions.user_warning.to_owned().into()),
            Self::SqlAlchemy | Self::SqlAlchemyDeprecation => {
                let exc = vm.import("sqlalchemy", 0)?.get_attr("exc", vm)?;
                exc.get_attr(vm.ctx.intern_str(self.to_string()), vm)
            }
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User => "UserWarning",
            Self::SqlAlchemy => "SAWarning",
            Self::SqlAlchemyDeprecation => "SADeprecationWarning",
        })
    }
}

/// Warnings that were written without Python, each of which is said once.
static SAID: Mutex<BTreeSet<(Category, String)>> = Mutex::new(BTreeSet::new());

/// Warns as `warnings.warn` does, from the line of user code that runs; where none runs, on standard error.
///
/// A filter that makes warnings errors shows the warning all the same: the engine has no place to raise it from.
pub(super) fn warn(category: Category, message: &str) {
    let warned = crate::interpreter::with_entered_vm(|vm| {
        let warnings = vm.import("warnings", 0)?;
        vm.call_method(&warnings, "warn", (vm.ctx.new_str(message), category.class(vm)?)).map(drop)
    });
    // Python shows no warnings of deprecation unless it is told to.
    if matches!(warned, Some(Ok(()))) || category == Category::SqlAlchemyDeprecation {
        return;
    }
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if said.insert((category, message.to_owned())) {
        // As in Python, a closed stream is no error of the program.
        let _ = crate::output::stderr().write_all(format!("{category}: {message}\n").as_bytes());
    }
}
