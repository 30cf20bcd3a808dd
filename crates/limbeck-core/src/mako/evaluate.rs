//! Renders simple templates without Python. What it does not know it leaves to the Python translation, and
//! so it does with everything that would fail: the error is then Python's own.

use std::collections::{BTreeSet, HashMap};

use ruff_python_ast::{BoolOp, CmpOp, Expr, ExprCall, Number, Operator, Stmt, UnaryOp};

use super::parse::{Clause, Node, Template};
use super::python;
use super::value::{Function, Value, is_space, iso_format_of};
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
    let mut assigned = BTreeSet::new();
    collect_assigned(&template.nodes, &mut assigned);
    let mut renderer =
        Renderer { arguments, host_names, assigned, locals: HashMap::new(), output: String::new(), line: 1 };
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
            Node::Text { .. } | Node::Expression { .. } | Node::RawText { .. } => {}
        }
    }
}

/// What is unsupported, as the error of the functions below.
type Native<T> = Result<T, String>;

struct Renderer<'a> {
    arguments: &'a TemplateArguments,
    host_names: &'a [&'a str],
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
                self.write_expression(&python::filtered(filters, source, true))?;
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
            return Ok(value.into());
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

fn filter_function(name: &str) -> Native<Function> {
    match name {
        "xml_escape" => Ok(Function::XmlEscape),
        "html_escape" => Ok(Function::HtmlEscape),
        "url_escape" => Ok(Function::UrlEscape),
        "trim" => Ok(Function::Trim),
        _ => Err(format!("the filter '{name}'")),
    }
}

fn letters(text: &str) -> Vec<Value> {
    text.chars().map(|letter| Value::String(letter.to_string())).collect()
}

fn items(value: Value) -> Native<Vec<Value>> {
    match value {
        Value::Tuple(items) | Value::List(items) => Ok(items),
        Value::String(text) => Ok(letters(&text)),
        _ => Err("a loop over what is no sequence".to_owned()),
    }
}

/// A sequence of the kind of `model`.
fn rebuilt(model: &Value, items: Vec<Value>) -> Native<Value> {
    Ok(match model {
        Value::Tuple(_) => Value::Tuple(items),
        Value::List(_) => Value::List(items),
        _ => {
            let mut text = String::new();
            for item in items {
                text.push_str(&item.str().ok_or("a slice")?);
            }
            Value::String(text)
        }
    })
}

/// A bound of a slice, counted from the end when negative.
fn clamped(index: i64, length: usize) -> usize {
    let size = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
    if index < 0 { length.saturating_sub(size) } else { size.min(length) }
}

/// Python's `is`, where identity is certain.
fn identical(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::None, Value::None) | (Value::Undefined, Value::Undefined) => Some(true),
        (Value::Bool(a), Value::Bool(b)) => Some(a == b),
        (Value::None | Value::Undefined | Value::Bool(_), _)
        | (_, Value::None | Value::Undefined | Value::Bool(_)) => Some(false),
        _ => None,
    }
}

fn contains(container: &Value, item: &Value) -> Option<bool> {
    match (container, item) {
        (Value::String(text), Value::String(part)) => Some(text.contains(part.as_str())),
        (Value::Tuple(items) | Value::List(items), _) => {
            for candidate in items {
                if candidate.equals(item)? {
                    return Some(true);
                }
            }
            Some(false)
        }
        _ => None,
    }
}

fn binary(left: &Value, operator: Operator, right: Value) -> Native<Value> {
    match (operator, left, right) {
        (Operator::Add, Value::String(a), Value::String(b)) => Ok(Value::String(format!("{a}{b}"))),
        (Operator::Add, Value::Tuple(a), Value::Tuple(b)) => Ok(Value::Tuple([a.as_slice(), &b].concat())),
        (Operator::Add, Value::List(a), Value::List(b)) => Ok(Value::List([a.as_slice(), &b].concat())),
        (Operator::Add, Value::Int(a), Value::Int(b)) => {
            a.checked_add(b).map(Value::Int).ok_or_else(|| "a large number".to_owned())
        }
        (Operator::Sub, Value::Int(a), Value::Int(b)) => {
            a.checked_sub(b).map(Value::Int).ok_or_else(|| "a large number".to_owned())
        }
        (Operator::Mod, Value::String(format), Value::Tuple(values)) => percent_format(format, &values),
        (Operator::Mod, Value::String(format), value) => percent_format(format, &[value]),
        _ => Err("arithmetic".to_owned()),
    }
}

/// `format % values` with `%s`, `%r`, `%d` and `%%`.
fn percent_format(format: &str, values: &[Value]) -> Native<Value> {
    let unknown = || "formatting with '%'".to_owned();
    let mut values = values.iter();
    let mut text = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some('%') => text.push('%'),
            Some('s') => text.push_str(&values.next().and_then(Value::str).ok_or_else(unknown)?),
            Some('r') => text.push_str(&values.next().and_then(Value::repr).ok_or_else(unknown)?),
            Some('d') => match values.next() {
                Some(Value::Int(value)) => text.push_str(&value.to_string()),
                _ => return Err(unknown()),
            },
            _ => return Err(unknown()),
        }
    }
    if values.next().is_some() { Err(unknown()) } else { Ok(Value::String(text)) }
}

fn attribute_of(value: &Value, name: &str) -> Native<Value> {
    if let Value::DateTime(moment, _) = value {
        let part = match name {
            "year" => i64::from(moment.year()),
            "month" => i64::from(moment.month()),
            "day" => i64::from(moment.day()),
            "hour" => i64::from(moment.hour()),
            "minute" => i64::from(moment.minute()),
            "second" => i64::from(moment.second()),
            _ => return Err(format!("the attribute '{name}'")),
        };
        return Ok(Value::Int(part));
    }
    Err(format!("the attribute '{name}'"))
}

fn apply(function: Function, arguments: &[Value]) -> Native<Value> {
    let unknown = || "a call that fails or is not known".to_owned();
    if function == Function::Str && arguments.is_empty() {
        return Ok(Value::String(String::new()));
    }
    let [argument] = arguments else { return Err(unknown()) };
    let escaped = |escape: fn(&str) -> String| match argument {
        Value::String(text) => Ok(escape(text)),
        _ => Err(unknown()),
    };
    Ok(match function {
        Function::Str => match argument {
            Value::Markup(_) => return Err(unknown()),
            _ => Value::String(argument.str().ok_or_else(unknown)?),
        },
        Function::Repr => Value::String(argument.repr().ok_or_else(unknown)?),
        Function::Bool => Value::Bool(argument.is_true()),
        Function::Len => {
            let length = match argument {
                Value::String(text) => text.chars().count(),
                Value::Tuple(items) | Value::List(items) => items.len(),
                _ => return Err(unknown()),
            };
            Value::Int(i64::try_from(length).map_err(|_| unknown())?)
        }
        Function::Tuple => Value::Tuple(items(argument.clone())?),
        Function::List => Value::List(items(argument.clone())?),
        Function::Enumerate => {
            let numbered = (0_i64..).zip(items(argument.clone())?);
            Value::List(numbered.map(|(index, item)| Value::Tuple(vec![Value::Int(index), item])).collect())
        }
        Function::Comma => Value::String(match argument {
            Value::None => String::new(),
            Value::String(text) => text.clone(),
            Value::Tuple(items) | Value::List(items) => joined(", ", items).ok_or_else(unknown)?,
            _ => return Err(unknown()),
        }),
        Function::XmlEscape => Value::String(escaped(xml_escape)?),
        Function::HtmlEscape => Value::Markup(escaped(xml_escape)?),
        Function::UrlEscape => Value::String(escaped(url_escape)?),
        Function::Trim => Value::String(escaped(|text| text.trim_matches(is_space).to_owned())?),
    })
}

fn joined(separator: &str, items: &[Value]) -> Option<String> {
    let texts: Option<Vec<&str>> = items
        .iter()
        .map(|item| if let Value::String(text) = item { Some(text.as_str()) } else { None })
        .collect();
    Some(texts?.join(separator))
}

/// Escapes as both `markupsafe.escape` and Mako's `x` filter do.
fn xml_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// Python's `urllib.parse.quote_plus`.
fn url_escape(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => escaped.push(byte.into()),
            b' ' => escaped.push('+'),
            _ => {
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}

fn method_call(object: &Value, name: &str, arguments: &[Value]) -> Native<Value> {
    let unknown = || format!("the method '{name}'");
    if let (Value::DateTime(moment, offset), "isoformat", []) = (object, name, arguments) {
        return Ok(Value::String(iso_format_of(*moment, *offset)));
    }
    let Value::String(text) = object else { return Err(unknown()) };
    let stripped = |start: bool, end: bool| -> Native<Value> {
        let strips: Box<dyn Fn(char) -> bool> = match arguments {
            [] | [Value::None] => Box::new(is_space),
            [Value::String(letters)] => Box::new(|letter| letters.contains(letter)),
            _ => return Err(unknown()),
        };
        let mut rest = text.as_str();
        if start {
            rest = rest.trim_start_matches(&strips);
        }
        if end {
            rest = rest.trim_end_matches(&strips);
        }
        Ok(Value::String(rest.to_owned()))
    };
    Ok(match (name, arguments) {
        ("strip", _) => stripped(true, true)?,
        ("lstrip", _) => stripped(true, false)?,
        ("rstrip", _) => stripped(false, true)?,
        ("lower", []) => Value::String(text.to_lowercase()),
        ("upper", []) => Value::String(text.to_uppercase()),
        ("replace", [Value::String(from), Value::String(to)]) => {
            Value::String(text.replace(from.as_str(), to))
        }
        ("startswith", [Value::String(start)]) => Value::Bool(text.starts_with(start.as_str())),
        ("endswith", [Value::String(end)]) => Value::Bool(text.ends_with(end.as_str())),
        ("join", [Value::Tuple(items) | Value::List(items)]) => {
            Value::String(joined(text, items).ok_or_else(unknown)?)
        }
        ("split", [] | [Value::None]) => {
            let words = text.split(is_space).filter(|word| !word.is_empty());
            Value::List(words.map(|word| Value::String(word.to_owned())).collect())
        }
        ("split", [Value::String(separator)]) if !separator.is_empty() => {
            Value::List(text.split(separator.as_str()).map(|part| Value::String(part.to_owned())).collect())
        }
        _ => return Err(unknown()),
    })
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
