//! Renders simple templates without Python. What it does not know it leaves to the Python translation, and
//! so it does with everything that would fail: the error is then Python's own.

use std::collections::{BTreeSet, HashMap};

use ruff_python_ast::{BoolOp, CmpOp, Expr, ExprCall, Number, Stmt, UnaryOp};

use super::functions::{
    Native, apply, attribute_of, binary, clamped, contains, filter_function, identical, items, letters,
    method_call, rebuilt,
};
use super::parse::{Clause, Node, Template};
use super::python;
use super::value::{Function, Value};
use crate::host::TemplateArguments;

/// What came of rendering a template natively.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evaluation {
    /// The output.
    Rendered(String),
    /// The template needs the Python translation.
    Unsupported(Unsupported),
}

/// What a template uses that only Python can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// The template's line.
    pub line: usize,
    /// What it is.
    pub what: String,
}

/// Renders `template` with `arguments`. `host_names` are further arguments, which only the host can show
/// (for script templates `config`); a template that reads one is unsupported.
///
/// `comma`, the function that joins revisions, is always there.
#[must_use]
pub fn evaluate(template: &Template, arguments: &TemplateArguments, host_names: &[&str]) -> Evaluation {
    if !template.page.parameters.is_empty() || template.page.has_no_loop {
        return Evaluation::Unsupported(Unsupported { line: 1, what: "the arguments of <%page>".to_owned() });
    }
    let mut assigned = BTreeSet::new();
    collect_assigned(&template.nodes, &mut assigned);
    let mut renderer = Renderer {
        arguments,
        host_names,
        page_filters: &template.page.expression_filters,
        assigned,
        locals: HashMap::new(),
        output: String::new(),
        line: 1,
    };
    match renderer.nodes(&template.nodes) {
        Ok(()) => Evaluation::Rendered(renderer.output),
        Err(what) => Evaluation::Unsupported(Unsupported { line: renderer.line, what }),
    }
}

/// Python's function-wide scoping: a name bound anywhere is local everywhere.
fn collect_assigned(nodes: &[Node], assigned: &mut BTreeSet<String>) {
    for node in nodes {
        match node {
            Node::Block { clauses } => {
                for clause in clauses {
                    assigned.extend(clause.names.declared.iter().cloned());
                    collect_assigned(&clause.body, assigned);
                }
            }
            Node::Code { names, .. } => assigned.extend(names.declared.iter().cloned()),
            Node::Text { .. } | Node::Expression { .. } | Node::RawText { .. } | Node::Def(_) => {}
        }
    }
}

struct Renderer<'a> {
    arguments: &'a TemplateArguments,
    host_names: &'a [&'a str],
    /// The filters of every expression.
    page_filters: &'a [String],
    assigned: BTreeSet<String>,
    locals: HashMap<String, Value>,
    output: String,
    line: usize,
}

impl Renderer<'_> {
    fn nodes(&mut self, nodes: &[Node]) -> Native<()> {
        nodes.iter().try_for_each(|node| self.node(node))
    }

    fn node(&mut self, node: &Node) -> Native<()> {
        match node {
            Node::Text { content, .. } => self.output.push_str(content),
            Node::Expression { line, source, filters, .. } => {
                self.line = *line;
                self.write_expression(&python::filtered_expression(self.page_filters, filters, source))?;
            }
            Node::RawText { line, content, filters, .. } => {
                self.line = *line;
                if filters.is_empty() {
                    self.output.push_str(content);
                } else {
                    return Err("a filter of <%text>".to_owned());
                }
            }
            Node::Code { line, .. } => {
                self.line = *line;
                return Err("a block of Python code".to_owned());
            }
            Node::Def(def) => {
                self.line = def.line;
                return Err("a <%def> or <%block>".to_owned());
            }
            Node::Block { clauses } => self.block(clauses)?,
        }
        Ok(())
    }

    fn write_expression(&mut self, source: &str) -> Native<()> {
        if ["str", "filters"].iter().any(|name| self.arguments.contains_key(*name)) {
            return Err("an argument that is named as a filter is".to_owned());
        }
        let parsed = ruff_python_parser::parse_expression(source).map_err(|error| error.to_string())?;
        match self.expression(parsed.expr())? {
            Value::String(text) | Value::Markup(text) => self.output.push_str(&text),
            _ => return Err("output that is not a string".to_owned()),
        }
        Ok(())
    }

    fn block(&mut self, clauses: &[Clause]) -> Native<()> {
        let opening = &clauses[0];
        self.line = opening.line;
        match opening.keyword.as_str() {
            "if" => {
                for clause in clauses {
                    self.line = clause.line;
                    if self.condition_holds(clause)? {
                        return self.nodes(&clause.body);
                    }
                }
                Ok(())
            }
            "for" => self.for_loop(clauses),
            keyword => Err(format!("the control line '{keyword}'")),
        }
    }

    fn condition_holds(&self, clause: &Clause) -> Native<bool> {
        let statements = python::control_statements(&clause.header).map_err(|error| error.message)?;
        let Some(Stmt::If(statement)) = statements.first() else {
            return Err(format!("the control line '{}'", clause.header));
        };
        match statement.elif_else_clauses.first() {
            None => Ok(self.expression(&statement.test)?.is_true()),
            Some(continuation) => match &continuation.test {
                Some(test) => Ok(self.expression(test)?.is_true()),
                None => Ok(true),
            },
        }
    }

    fn for_loop(&mut self, clauses: &[Clause]) -> Native<()> {
        let opening = &clauses[0];
        let statements = python::control_statements(&opening.header).map_err(|error| error.message)?;
        let Some(Stmt::For(statement)) = statements.first() else {
            return Err(format!("the control line '{}'", opening.header));
        };
        if statement.is_async {
            return Err("an asynchronous loop".to_owned());
        }
        let items = items(self.expression(&statement.iter)?)?;
        for item in items {
            self.assign(&statement.target, item)?;
            self.nodes(&opening.body)?;
        }
        // Nothing that is rendered here can leave a loop early, so `else` always follows.
        clauses[1..].iter().try_for_each(|clause| self.nodes(&clause.body))
    }

    fn assign(&mut self, target: &Expr, value: Value) -> Native<()> {
        match target {
            Expr::Name(name) => {
                self.locals.insert(name.id.to_string(), value);
                Ok(())
            }
            Expr::Tuple(tuple) => self.unpack(&tuple.elts, value),
            Expr::List(list) => self.unpack(&list.elts, value),
            _ => Err("a loop target that is not a name".to_owned()),
        }
    }

    fn unpack(&mut self, targets: &[Expr], value: Value) -> Native<()> {
        let items = items(value)?;
        if items.len() != targets.len() {
            return Err("unpacking of another number of values".to_owned());
        }
        targets.iter().zip(items).try_for_each(|(target, item)| self.assign(target, item))
    }

    fn expression(&self, expression: &Expr) -> Native<Value> {
        Ok(match expression {
            Expr::Name(name) => self.name(&name.id)?,
            Expr::NoneLiteral(_) => Value::None,
            Expr::BooleanLiteral(literal) => Value::Bool(literal.value),
            Expr::StringLiteral(literal) => Value::String(literal.value.to_str().to_owned()),
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(value) => Value::Int(value.as_i64().ok_or("a large number")?),
                _ => return Err("a number that is not an integer".to_owned()),
            },
            Expr::Tuple(tuple) => Value::Tuple(self.all(&tuple.elts)?),
            Expr::List(list) => Value::List(self.all(&list.elts)?),
            Expr::If(choice) => {
                let chosen =
                    if self.expression(&choice.test)?.is_true() { &choice.body } else { &choice.orelse };
                self.expression(chosen)?
            }
            Expr::BoolOp(operation) => {
                let stops_at = operation.op == BoolOp::Or;
                let mut result = Value::None;
                for operand in &operation.values {
                    result = self.expression(operand)?;
                    if result.is_true() == stops_at {
                        break;
                    }
                }
                result
            }
            Expr::UnaryOp(operation) => match (operation.op, self.expression(&operation.operand)?) {
                (UnaryOp::Not, value) => Value::Bool(!value.is_true()),
                (UnaryOp::USub, Value::Int(value)) => {
                    Value::Int(value.checked_neg().ok_or("a large number")?)
                }
                _ => return Err("arithmetic".to_owned()),
            },
            Expr::Compare(comparison) => self.compare(comparison)?,
            Expr::BinOp(operation) => {
                binary(&self.expression(&operation.left)?, operation.op, self.expression(&operation.right)?)?
            }
            Expr::Subscript(subscript) => {
                self.subscript(&self.expression(&subscript.value)?, &subscript.slice)?
            }
            Expr::Attribute(attribute) => attribute_of(&self.expression(&attribute.value)?, &attribute.attr)?,
            Expr::Call(call) => self.call(call)?,
            _ => return Err("an expression that needs Python".to_owned()),
        })
    }

    fn all(&self, expressions: &[Expr]) -> Native<Vec<Value>> {
        expressions.iter().map(|expression| self.expression(expression)).collect()
    }

    fn name(&self, name: &str) -> Native<Value> {
        if self.assigned.contains(name) {
            return self.locals.get(name).cloned().ok_or_else(|| format!("'{name}' ahead of its assignment"));
        }
        match name {
            "context" => return Ok(Value::Context),
            "filters" => return Ok(Value::Filters),
            "UNDEFINED" => return Ok(Value::Undefined),
            "STOP_RENDERING" | "pageargs" | "loop" | "capture" | "caller" | "self" | "local" => {
                return Err(format!("Mako's '{name}'"));
            }
            _ => {}
        }
        self.argument(name)
    }

    /// What `context.get(name)` gives: an argument or a builtin.
    fn argument(&self, name: &str) -> Native<Value> {
        if self.host_names.contains(&name) {
            return Err(format!("the argument '{name}'"));
        }
        if let Some(value) = self.arguments.get(name) {
            return match value.into() {
                Value::Object => Err(format!("the argument '{name}'")),
                value => Ok(value),
            };
        }
        let function = match name {
            "str" => Function::Str,
            "repr" => Function::Repr,
            "len" => Function::Len,
            "tuple" => Function::Tuple,
            "list" => Function::List,
            "bool" => Function::Bool,
            "enumerate" => Function::Enumerate,
            "comma" => Function::Comma,
            _ if PYTHON_BUILTINS.binary_search(&name).is_ok() || name.starts_with("__") => {
                return Err(format!("the builtin '{name}'"));
            }
            _ => return Ok(Value::Undefined),
        };
        Ok(Value::Function(function))
    }

    fn compare(&self, comparison: &ruff_python_ast::ExprCompare) -> Native<Value> {
        let mut left = self.expression(&comparison.left)?;
        for (operator, right) in comparison.ops.iter().zip(&comparison.comparators) {
            let right = self.expression(right)?;
            let unknown = || "a comparison".to_owned();
            let holds = match operator {
                CmpOp::Eq => left.equals(&right).ok_or_else(unknown)?,
                CmpOp::NotEq => !left.equals(&right).ok_or_else(unknown)?,
                CmpOp::Is => identical(&left, &right).ok_or_else(unknown)?,
                CmpOp::IsNot => !identical(&left, &right).ok_or_else(unknown)?,
                CmpOp::In => contains(&right, &left).ok_or_else(unknown)?,
                CmpOp::NotIn => !contains(&right, &left).ok_or_else(unknown)?,
                CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => {
                    let order = match (&left, &right) {
                        (Value::Int(a), Value::Int(b)) => a.cmp(b),
                        (Value::String(a), Value::String(b)) => a.cmp(b),
                        _ => return Err(unknown()),
                    };
                    match operator {
                        CmpOp::Lt => order.is_lt(),
                        CmpOp::LtE => order.is_le(),
                        CmpOp::Gt => order.is_gt(),
                        _ => order.is_ge(),
                    }
                }
            };
            if !holds {
                return Ok(Value::Bool(false));
            }
            left = right;
        }
        Ok(Value::Bool(true))
    }

    fn subscript(&self, value: &Value, slice: &Expr) -> Native<Value> {
        if let Value::Context = value {
            let Value::String(name) = self.expression(slice)? else { return Err("a subscript".to_owned()) };
            return match self.argument(&name)? {
                Value::Undefined => Err(format!("the missing argument '{name}'")),
                value => Ok(value),
            };
        }
        let items = match value {
            Value::Tuple(items) | Value::List(items) => items.clone(),
            Value::String(text) => letters(text),
            _ => return Err("a subscript".to_owned()),
        };
        if let Expr::Slice(slice) = slice {
            if slice.step.is_some() {
                return Err("a slice with a step".to_owned());
            }
            let bound = |expression: Option<&Expr>, default: usize| match expression {
                None => Ok(default),
                Some(expression) => match self.expression(expression)? {
                    Value::None => Ok(default),
                    Value::Int(index) => Ok(clamped(index, items.len())),
                    _ => Err("a slice".to_owned()),
                },
            };
            let start = bound(slice.lower.as_deref(), 0)?;
            let end = bound(slice.upper.as_deref(), items.len())?.max(start);
            return rebuilt(value, items[start..end].to_vec());
        }
        let Value::Int(index) = self.expression(slice)? else { return Err("a subscript".to_owned()) };
        let position = if index < 0 {
            items.len().checked_sub(index.unsigned_abs().try_into().unwrap_or(usize::MAX))
        } else {
            index.try_into().ok()
        };
        position
            .and_then(|position: usize| items.get(position).cloned())
            .ok_or_else(|| "an index out of range".to_owned())
    }

    fn call(&self, call: &ExprCall) -> Native<Value> {
        if !call.arguments.keywords.is_empty() {
            return Err("a call with named arguments".to_owned());
        }
        let arguments = self.all(&call.arguments.args)?;
        if let Expr::Attribute(method) = call.func.as_ref() {
            let object = self.expression(&method.value)?;
            if let Value::Filters = object {
                let function = filter_function(&method.attr)?;
                return apply(function, &arguments);
            }
            if let Value::Context = object {
                return match (method.attr.as_str(), arguments.as_slice()) {
                    ("get", [Value::String(name), rest @ ..]) if rest.len() <= 1 => {
                        match self.argument(name)? {
                            Value::Undefined => Ok(rest.first().cloned().unwrap_or(Value::None)),
                            value => Ok(value),
                        }
                    }
                    _ => Err(format!("context.{}", method.attr)),
                };
            }
            return method_call(&object, &method.attr, &arguments);
        }
        // `decode.utf8(..)` and the like leave a string as it is; `str` has made it one.
        if let Value::Function(function) = self.expression(&call.func)? {
            return apply(function, &arguments);
        }
        Err("a call of what is no known function".to_owned())
    }
}

/// The names that Python itself defines and that a missing argument would resolve to; sorted.
const PYTHON_BUILTINS: [&str; 149] = [
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "BaseExceptionGroup",
    "BlockingIOError",
    "BrokenPipeError",
    "BufferError",
    "BytesWarning",
    "ChildProcessError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "DeprecationWarning",
    "EOFError",
    "Ellipsis",
    "EncodingWarning",
    "EnvironmentError",
    "Exception",
    "ExceptionGroup",
    "False",
    "FileExistsError",
    "FileNotFoundError",
    "FloatingPointError",
    "FutureWarning",
    "GeneratorExit",
    "IOError",
    "ImportError",
    "ImportWarning",
    "IndentationError",
    "IndexError",
    "InterruptedError",
    "IsADirectoryError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "ModuleNotFoundError",
    "NameError",
    "None",
    "NotADirectoryError",
    "NotImplemented",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PendingDeprecationWarning",
    "PermissionError",
    "ProcessLookupError",
    "RecursionError",
    "ReferenceError",
    "ResourceWarning",
    "RuntimeError",
    "RuntimeWarning",
    "StopAsyncIteration",
    "StopIteration",
    "SyntaxError",
    "SyntaxWarning",
    "SystemError",
    "SystemExit",
    "TabError",
    "TimeoutError",
    "True",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "UnicodeTranslateError",
    "UnicodeWarning",
    "UserWarning",
    "ValueError",
    "Warning",
    "ZeroDivisionError",
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "bool",
    "breakpoint",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "compile",
    "complex",
    "copyright",
    "credits",
    "delattr",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "exit",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "hex",
    "id",
    "input",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "license",
    "list",
    "locals",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "object",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "quit",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "vars",
    "zip",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtins_are_sorted_for_the_search() {
        assert!(PYTHON_BUILTINS.is_sorted());
    }
}
