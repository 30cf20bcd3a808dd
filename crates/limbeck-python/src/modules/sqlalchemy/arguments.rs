//! Taking a call's arguments apart, with Python's own messages for what does not fit.

use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};

use super::object::text_of;

/// The arguments of one call, taken one by one.
pub(crate) struct Arguments<'a> {
    function: &'a str,
    given: usize,
    args: FuncArgs,
    vm: &'a VirtualMachine,
}

impl<'a> Arguments<'a> {
    /// Starts on a call of the function called `function`.
    pub(crate) fn new(function: &'a str, args: FuncArgs, vm: &'a VirtualMachine) -> Self {
        Self { function, given: args.args.len(), args, vm }
    }

    /// Takes an argument that may be given by position or by name; `None` stands for absent and for Python's `None`.
    pub(crate) fn optional(&mut self, name: &str) -> Option<PyObjectRef> {
        self.given_value(name).filter(|value| !self.vm.is_none(value))
    }

    /// Takes an argument that may be given by position or by name, even when it is Python's `None`.
    pub(crate) fn given_value(&mut self, name: &str) -> Option<PyObjectRef> {
        if self.args.args.is_empty() {
            self.args.kwargs.shift_remove(name)
        } else {
            Some(self.args.args.remove(0))
        }
    }

    /// Takes an argument that must be given.
    pub(crate) fn required(&mut self, name: &str) -> PyResult {
        self.given_value(name).ok_or_else(|| {
            self.vm.new_type_error(format!(
                "{}() missing 1 required positional argument: '{name}'",
                self.function
            ))
        })
    }

    /// Takes an argument that can only be given by name; Python's `None` counts as absent.
    pub(crate) fn keyword(&mut self, name: &str) -> Option<PyObjectRef> {
        self.args.kwargs.shift_remove(name).filter(|value| !self.vm.is_none(value))
    }

    /// Takes an argument that can only be given by name, even when it is Python's `None`.
    pub(crate) fn keyword_value(&mut self, name: &str) -> Option<PyObjectRef> {
        self.args.kwargs.shift_remove(name)
    }

    /// Takes a text by name.
    pub(crate) fn text_keyword(&mut self, name: &str) -> Option<String> {
        self.keyword(name).and_then(|value| text_of(&value))
    }

    /// Takes a flag by name.
    pub(crate) fn flag(&mut self, name: &str, default: bool) -> PyResult<bool> {
        self.args.kwargs.shift_remove(name).map_or(Ok(default), |value| value.try_to_bool(self.vm))
    }

    /// Takes a text by position or by name.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.optional(name).and_then(|value| text_of(&value))
    }

    /// Takes all positional arguments that are left.
    pub(crate) fn rest(&mut self) -> Vec<PyObjectRef> {
        std::mem::take(&mut self.args.args)
    }

    /// Takes all named arguments that are left.
    pub(crate) fn rest_keywords(&mut self) -> Vec<(String, PyObjectRef)> {
        self.args.kwargs.drain(..).collect()
    }

    /// Checks that nothing was given.
    pub(crate) fn finish_empty(&mut self) -> PyResult<()> {
        let args = std::mem::take(&mut self.args);
        Arguments { function: self.function, given: args.args.len(), args, vm: self.vm }.finish()
    }

    /// Ends the call: whatever is left was not expected.
    pub(crate) fn finish(self) -> PyResult<()> {
        if let Some(name) = self.args.kwargs.keys().next() {
            return Err(self
                .vm
                .new_type_error(format!("{}() got an unexpected keyword argument '{name}'", self.function)));
        }
        if !self.args.args.is_empty() {
            let expected = self.given - self.args.args.len();
            return Err(self.vm.new_type_error(format!(
                "{}() takes {expected} positional arguments but {} were given",
                self.function, self.given
            )));
        }
        Ok(())
    }
}
