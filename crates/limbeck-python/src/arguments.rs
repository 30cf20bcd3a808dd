//! Arguments of native functions with Python's calling rules.

use rustpython_vm::builtins::{PyBaseExceptionRef, PyDict, PyStr};
use rustpython_vm::function::FuncArgs;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine};

use crate::interpreter::unavailable;

/// A parameter of a native function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// May be given by position or name, and must be given.
    Required(&'static str),
    /// May be given by position or name.
    Optional(&'static str),
    /// Takes all further positions (`*args`).
    Rest(&'static str),
    /// May be given by name only.
    KeywordOnly(&'static str),
    /// Takes all further names (`**kw`).
    Keywords,
}

/// The arguments of one call, bound to a function's parameters.
#[derive(Debug)]
pub struct Arguments {
    function: &'static str,
    values: Vec<(&'static str, PyObjectRef)>,
    rest: Vec<PyObjectRef>,
    keywords: Vec<(String, PyObjectRef)>,
}

impl Arguments {
    /// Binds a call's arguments to `parameters`.
    ///
    /// # Errors
    /// The `TypeError` that Python raises for missing, surplus, doubled and unknown arguments.
    pub fn bind(
        function: &'static str,
        parameters: &[Parameter],
        arguments: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult<Self> {
        let mut bound = Self { function, values: Vec::new(), rest: Vec::new(), keywords: Vec::new() };
        let given = arguments.args.len();
        let mut positions = arguments.args.into_iter();
        for parameter in parameters {
            match parameter {
                Parameter::Required(name) | Parameter::Optional(name) => {
                    let Some(value) = positions.next() else { break };
                    bound.values.push((*name, value));
                }
                Parameter::Rest(_) => bound.rest = positions.by_ref().collect(),
                Parameter::KeywordOnly(_) | Parameter::Keywords => break,
            }
        }
        if positions.next().is_some() {
            let count =
                |accepts: fn(&Parameter) -> bool| parameters.iter().filter(|one| accepts(one)).count();
            let required = count(|parameter| matches!(parameter, Parameter::Required(_)));
            let takes = required + count(|parameter| matches!(parameter, Parameter::Optional(_)));
            let range = if required == takes { String::new() } else { format!("from {required} to ") };
            return Err(vm.new_type_error(format!(
                "{function}() takes {range}{takes} positional argument{} but {given} {} given",
                if takes == 1 { "" } else { "s" },
                if given == 1 { "was" } else { "were" },
            )));
        }
        for (name, value) in arguments.kwargs {
            bound.bind_keyword(name, value, parameters, vm)?;
        }
        bound.check_required(parameters, vm)?;
        Ok(bound)
    }

    fn bind_keyword(
        &mut self,
        name: String,
        value: PyObjectRef,
        parameters: &[Parameter],
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let function = self.function;
        let parameter = parameters.iter().find_map(|parameter| match parameter {
            Parameter::Required(known) | Parameter::Optional(known) | Parameter::KeywordOnly(known)
                if *known == name =>
            {
                Some(*known)
            }
            _ => None,
        });
        match parameter {
            Some(known) => {
                if self.given(known).is_some() {
                    let message = format!("{function}() got multiple values for argument '{name}'");
                    return Err(vm.new_type_error(message));
                }
                self.values.push((known, value));
            }
            None if parameters.contains(&Parameter::Keywords) => self.keywords.push((name, value)),
            None => {
                let message = format!("{function}() got an unexpected keyword argument '{name}'");
                return Err(vm.new_type_error(message));
            }
        }
        Ok(())
    }

    fn check_required(&self, parameters: &[Parameter], vm: &VirtualMachine) -> PyResult<()> {
        let missing: Vec<String> = parameters
            .iter()
            .filter_map(|parameter| match parameter {
                Parameter::Required(name) if self.given(name).is_none() => Some(format!("'{name}'")),
                _ => None,
            })
            .collect();
        let names = match missing.as_slice() {
            [] => return Ok(()),
            [one] => one.clone(),
            [first, second] => format!("{first} and {second}"),
            [most @ .., last] => format!("{}, and {last}", most.join(", ")),
        };
        Err(vm.new_type_error(format!(
            "{}() missing {} required positional argument{}: {names}",
            self.function,
            missing.len(),
            if missing.len() == 1 { "" } else { "s" },
        )))
    }

    /// Gives an argument as it was given, `None` among them.
    pub fn given(&self, name: &str) -> Option<&PyObjectRef> {
        // Signatures are short: looking through them costs less than hashing.
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Gives an argument unless it is missing or `None`.
    pub fn object(&self, name: &str, vm: &VirtualMachine) -> Option<PyObjectRef> {
        self.given(name).filter(|value| !vm.is_none(value)).cloned()
    }

    /// Gives an argument that the signature requires.
    pub fn required(&self, name: &str, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
        self.given(name).cloned().ok_or_else(|| {
            vm.new_type_error(format!("{}() missing 1 required positional argument: '{name}'", self.function))
        })
    }

    /// Gives a string argument unless it is missing or `None`.
    ///
    /// # Errors
    /// A value that is no string, or that is unavailable.
    pub fn string(&self, name: &str, vm: &VirtualMachine) -> PyResult<Option<String>> {
        self.object(name, vm).map(|value| string(&value, name, self.function, vm)).transpose()
    }

    /// Gives a string argument that the signature requires.
    pub fn required_string(&self, name: &str, vm: &VirtualMachine) -> PyResult<String> {
        string(&*self.required(name, vm)?, name, self.function, vm)
    }

    /// Gives the truth of an argument unless it is missing or `None`.
    pub fn boolean(&self, name: &str, vm: &VirtualMachine) -> PyResult<Option<bool>> {
        self.object(name, vm).map(|value| value.is_true(vm)).transpose()
    }

    /// Gives the truth of an argument; missing and `None` are false.
    pub fn flag(&self, name: &str, vm: &VirtualMachine) -> PyResult<bool> {
        Ok(self.boolean(name, vm)?.unwrap_or(false))
    }

    /// Gives a list of strings from a sequence argument unless it is missing or `None`.
    pub fn strings(&self, name: &str, vm: &VirtualMachine) -> PyResult<Option<Vec<String>>> {
        let Some(value) = self.object(name, vm) else { return Ok(None) };
        let items: Vec<PyObjectRef> = vm.extract_elements_with(&value, Ok)?;
        items.iter().map(|item| string(item, name, self.function, vm)).collect::<PyResult<_>>().map(Some)
    }

    /// Gives the arguments that `*args` took.
    pub fn rest(&self) -> &[PyObjectRef] {
        &self.rest
    }

    /// Gives the arguments that `**kw` took, in their order.
    pub fn keywords(&self) -> &[(String, PyObjectRef)] {
        &self.keywords
    }
}

/// Gives the text of a Python string.
fn string(value: &PyObject, name: &str, function: &str, vm: &VirtualMachine) -> PyResult<String> {
    if let Some(exception) = unavailable::needed(value, vm) {
        return Err(exception);
    }
    if let Some(text) = value.downcast_ref::<PyStr>() {
        return Ok(text.as_wtf8().to_string());
    }
    let class = value.class().name().to_string();
    Err(vm.new_type_error(format!("{function}() argument '{name}' must be a string, not '{class}'")))
}

/// Makes a dict of strings.
pub fn string_dict<'a>(
    items: impl IntoIterator<Item = (&'a str, &'a str)>,
    vm: &VirtualMachine,
) -> Result<rustpython_vm::PyRef<PyDict>, PyBaseExceptionRef> {
    let dict = vm.ctx.new_dict();
    for (key, value) in items {
        dict.set_item(key, vm.ctx.new_str(value).into(), vm)?;
    }
    Ok(dict)
}
