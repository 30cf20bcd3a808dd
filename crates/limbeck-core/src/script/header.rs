//! Reads the header of a revision file from its source, without executing it.
//!
//! Only what is written as a literal is taken. Where anything else could give a header variable its value, the
//! answer is that the file must be executed.

use std::collections::HashMap;
use std::path::PathBuf;

use ruff_python_ast::visitor::{Visitor, walk_except_handler, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{ExceptHandler, Expr, ExprContext, ModModule, Pattern, Stmt};
use ruff_source_file::LineIndex;

use super::RevisionHeader;

/// What reading a header gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderReading {
    /// The header is written in literals.
    Literal(RevisionHeader),
    /// The header can only be known by executing the file.
    NeedsExecution,
}

/// Why a revision file cannot be used. The reference answers these with a traceback.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RevisionFileError {
    /// The file is not Python.
    #[error("{}:{line}:{column}: SyntaxError: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// The file has a revision but does not say what it comes after.
    #[error("{}: revision '{revision}' has no 'down_revision' variable", path.display())]
    NoDownRevision {
        /// The file.
        path: PathBuf,
        /// The revision.
        revision: String,
    },
    /// The file is compiled Python, which `sourceless = true` lets the reference load.
    #[error(
        "{}: compiled revision files (sourceless) need the Python that compiled them; \
         keep the .py file in the versions directory",
        path.display()
    )]
    Compiled {
        /// The file.
        path: PathBuf,
    },
}

/// A place in a source that is not Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

impl SyntaxError {
    /// Names the file.
    pub fn in_file(self, path: impl Into<PathBuf>) -> RevisionFileError {
        RevisionFileError::Syntax {
            path: path.into(),
            line: self.line,
            column: self.column,
            message: self.message,
        }
    }
}

/// The variables that make a header, and those that can stand in for them.
const HEADER_VARIABLES: [&str; 6] =
    ["revision", "down_revision", "branch_labels", "depends_on", "__doc__", "__getattr__"];

/// Reads the header from the bytes of a revision file.
///
/// # Errors
/// Text that is not Python, with its place.
pub fn read_header(source: &[u8]) -> Result<HeaderReading, SyntaxError> {
    match decode(source)? {
        Some(text) => read_header_text(&text),
        None => Ok(HeaderReading::NeedsExecution),
    }
}

fn read_header_text(source: &str) -> Result<HeaderReading, SyntaxError> {
    let parsed = ruff_python_parser::parse_module(source).map_err(|error| {
        let place = LineIndex::from_source_text(source).line_column(error.location.start(), source);
        SyntaxError { line: place.line.get(), column: place.column.get(), message: error.error.to_string() }
    })?;
    Ok(module_header(parsed.syntax()).map_or(HeaderReading::NeedsExecution, HeaderReading::Literal))
}

/// Decodes a source by Python's rules; `None` for an encoding that only Python knows.
fn decode(source: &[u8]) -> Result<Option<String>, SyntaxError> {
    let bytes = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    let mut text = match declared_encoding(bytes).as_deref() {
        None | Some("utf-8" | "utf8" | "ascii" | "us-ascii") => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(error) => {
                let before = &bytes[..error.valid_up_to()];
                let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |index| index + 1);
                return Err(SyntaxError {
                    line: before.split(|byte| *byte == b'\n').count(),
                    column: String::from_utf8_lossy(&before[line_start..]).chars().count() + 1,
                    message: "the text is not UTF-8 and no encoding is declared".to_owned(),
                });
            }
        },
        Some("latin-1" | "latin1" | "iso-8859-1" | "iso8859-1") => {
            bytes.iter().map(|byte| char::from(*byte)).collect()
        }
        Some(_) => return Ok(None),
    };
    if text.contains('\r') {
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    Ok(Some(text))
}

/// The encoding that a comment in the first two lines declares, in lower case with hyphens (PEP 263).
fn declared_encoding(source: &[u8]) -> Option<String> {
    for line in source.split(|byte| *byte == b'\n').take(2) {
        let line = line.trim_ascii();
        if !line.starts_with(b"#") {
            if line.is_empty() {
                continue;
            }
            return None;
        }
        let text = String::from_utf8_lossy(line);
        if let Some((_, rest)) = text.split_once("coding").filter(|(_, rest)| rest.starts_with([':', '='])) {
            let name: String = rest[1..]
                .trim_start()
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || ['-', '_', '.'].contains(c))
                .collect();
            return Some(name.to_ascii_lowercase().replace('_', "-"));
        }
    }
    None
}

/// A value that a header variable can have, borrowed from the syntax tree.
#[derive(Clone, Debug)]
enum Literal<'a> {
    None,
    Text(&'a str),
    /// A tuple, or with `mutable` a list or set.
    Several {
        values: Vec<Option<&'a str>>,
        mutable: bool,
    },
}

impl Literal<'_> {
    /// The value as the reference's `to_tuple` gives it; `None` when it holds what no header can.
    fn into_texts(self) -> Option<Vec<String>> {
        match self {
            Self::None => Some(Vec::new()),
            Self::Text(text) => Some(vec![text.to_owned()]),
            // (None,) means None
            Self::Several { values, .. } if values.as_slice() == [None] => Some(Vec::new()),
            Self::Several { values, .. } => {
                values.into_iter().map(|value| value.map(str::to_owned)).collect()
            }
        }
    }

    fn is_mutable(&self) -> bool {
        matches!(self, Self::Several { mutable: true, .. })
    }
}

/// The module's variables as far as they are literals; `None` for one that is anything else.
type Variables<'a> = HashMap<&'a str, Option<Literal<'a>>>;

/// Reads the header of a module; `None` when it must be executed.
fn module_header(module: &ModModule) -> Option<RevisionHeader> {
    let mut variables: Variables<'_> = HashMap::new();
    let mut reader = BindingReader::default();
    for (index, statement) in module.body.iter().enumerate() {
        match statement {
            Stmt::Expr(expression) if index == 0 => {
                if let Expr::StringLiteral(doc) = &*expression.value {
                    variables.insert("__doc__", Some(Literal::Text(doc.value.to_str())));
                    continue;
                }
                reader.visit_stmt(statement);
            }
            Stmt::Assign(assign) => {
                if let Some(bound) = literal_assignment(&assign.targets, &assign.value, &variables) {
                    variables.extend(bound);
                    continue;
                }
                reader.visit_stmt(statement);
            }
            Stmt::AnnAssign(assign) => match (&*assign.target, &assign.value) {
                (Expr::Name(_), None) => continue,
                (Expr::Name(name), Some(value)) => {
                    if let Some(literal) = literal(value, &variables) {
                        variables.insert(name.id.as_str(), Some(literal));
                        continue;
                    }
                    reader.visit_stmt(statement);
                }
                _ => reader.visit_stmt(statement),
            },
            _ => reader.visit_stmt(statement),
        }
        for name in reader.bound.drain(..) {
            variables.insert(name, None);
        }
        if std::mem::take(&mut reader.binds_anything) {
            for name in HEADER_VARIABLES {
                variables.insert(name, None);
            }
        }
    }
    if reader.rebinds_globals || reader.global_names.iter().any(|name| HEADER_VARIABLES.contains(name)) {
        return None;
    }
    for name in HEADER_VARIABLES {
        if let Some(value) = variables.get(name) {
            let value = value.as_ref()?;
            if value.is_mutable() && reader.loaded.contains(&name) {
                return None;
            }
        }
    }
    let mut texts = |name: &str| match variables.remove(name) {
        Some(value) => value.and_then(Literal::into_texts).map(Some),
        None => Some(None),
    };
    let down_revision = texts("down_revision")?;
    let branch_labels = texts("branch_labels")?.unwrap_or_default();
    let depends_on = texts("depends_on")?.unwrap_or_default();
    let doc = match variables.remove("__doc__") {
        None | Some(Some(Literal::None)) => None,
        Some(Some(Literal::Text(text))) => Some(text.to_owned()),
        Some(_) => return None,
    };
    let revision = match variables.remove("revision") {
        None | Some(Some(Literal::None)) => None,
        Some(Some(Literal::Text(text))) => Some(text.to_owned()),
        Some(_) => return None,
    };
    Some(RevisionHeader { revision, down_revision, branch_labels, depends_on, doc })
}

/// What `targets = value` binds, when all of it is literal.
fn literal_assignment<'a>(
    targets: &'a [Expr],
    value: &'a Expr,
    variables: &Variables<'a>,
) -> Option<Vec<(&'a str, Option<Literal<'a>>)>> {
    let mut bound = Vec::with_capacity(targets.len());
    for target in targets {
        match (target, value) {
            (Expr::Name(name), _) => {
                let literal = literal(value, variables)?;
                // Two names of one list: either may change it.
                if literal.is_mutable() && targets.len() > 1 {
                    return None;
                }
                bound.push((name.id.as_str(), Some(literal)));
            }
            (Expr::Tuple(names), Expr::Tuple(values)) if names.elts.len() == values.elts.len() => {
                for (name, value) in names.elts.iter().zip(&values.elts) {
                    let Expr::Name(name) = name else { return None };
                    bound.push((name.id.as_str(), Some(literal(value, variables)?)));
                }
            }
            _ => return None,
        }
    }
    Some(bound)
}

fn literal<'a>(value: &'a Expr, variables: &Variables<'a>) -> Option<Literal<'a>> {
    let elements = |elements: &'a [Expr], mutable: bool| {
        let mut values = Vec::with_capacity(elements.len());
        for element in elements {
            values.push(match literal(element, variables)? {
                Literal::None => None,
                Literal::Text(text) => Some(text),
                Literal::Several { .. } => return None,
            });
        }
        Some(Literal::Several { values, mutable })
    };
    match value {
        Expr::NoneLiteral(_) => Some(Literal::None),
        Expr::StringLiteral(text) => Some(Literal::Text(text.value.to_str())),
        Expr::Tuple(tuple) => elements(&tuple.elts, false),
        Expr::List(list) => elements(&list.elts, true),
        Expr::Set(set) => elements(&set.elts, true),
        Expr::Name(name) => {
            let known = variables.get(name.id.as_str())?.clone()?;
            (!known.is_mutable()).then_some(known)
        }
        _ => None,
    }
}

/// Finds out which names statements bind at module level, and what could bind any.
#[derive(Default)]
struct BindingReader<'a> {
    /// Names bound by the statement just visited.
    bound: Vec<&'a str>,
    /// The statement just visited may bind any name (`from x import *`).
    binds_anything: bool,
    /// Names that a function declares `global`.
    global_names: Vec<&'a str>,
    /// The module's dictionary is used by hand.
    rebinds_globals: bool,
    /// Header variables that are read anywhere.
    loaded: Vec<&'a str>,
    /// How many functions and classes are around.
    depth: usize,
}

impl<'a> BindingReader<'a> {
    fn bind(&mut self, name: &'a str) {
        if self.depth == 0 {
            self.bound.push(name);
        }
    }

    fn nested(&mut self, body: &'a [Stmt]) {
        self.depth += 1;
        for statement in body {
            self.visit_stmt(statement);
        }
        self.depth -= 1;
    }
}

impl<'a> Visitor<'a> for BindingReader<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.bind(function.name.as_str());
                for decorator in &function.decorator_list {
                    self.visit_decorator(decorator);
                }
                self.nested(&function.body);
            }
            Stmt::ClassDef(class) => {
                self.bind(class.name.as_str());
                for decorator in &class.decorator_list {
                    self.visit_decorator(decorator);
                }
                self.nested(&class.body);
            }
            Stmt::Global(global) => {
                self.global_names.extend(global.names.iter().map(ruff_python_ast::Identifier::as_str));
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.bind(name.split('.').next().unwrap_or(name));
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    if alias.name.as_str() == "*" {
                        // Nothing in these packages bears the name of a header variable.
                        let package = import.module.as_ref().and_then(|module| module.split('.').next());
                        let is_known = import.level == 0 && matches!(package, Some("sqlalchemy" | "alembic"));
                        self.binds_anything |= !is_known;
                    } else {
                        self.bind(alias.asname.as_ref().unwrap_or(&alias.name).as_str());
                    }
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => {
                let id = name.id.as_str();
                if matches!(name.ctx, ExprContext::Load) {
                    if HEADER_VARIABLES.contains(&id) {
                        self.loaded.push(id);
                    }
                    let writes_globals = matches!(id, "globals" | "exec")
                        || self.depth == 0 && matches!(id, "vars" | "locals" | "setattr");
                    self.rebinds_globals |= writes_globals;
                } else {
                    self.bind(id);
                }
            }
            Expr::Lambda(lambda) => {
                self.depth += 1;
                self.visit_expr(&lambda.body);
                self.depth -= 1;
            }
            _ => walk_expr(self, expression),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(except) = handler;
        if let Some(name) = &except.name {
            self.bind(name.as_str());
        }
        walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name.as_str());
        }
        walk_pattern(self, pattern);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(source: &str) -> RevisionHeader {
        match read_header(source.as_bytes()) {
            Ok(HeaderReading::Literal(header)) => header,
            other => panic!("{source}: {other:?}"),
        }
    }

    fn needs_execution(source: &str) {
        assert_eq!(read_header(source.as_bytes()), Ok(HeaderReading::NeedsExecution), "{source}");
    }

    #[test]
    fn a_header_as_the_template_writes_it_is_literal() {
        let header = literal(
            "\"\"\"create account table\n\nRevision ID: 1975\n\"\"\"\nfrom typing import Sequence, Union\n\
             from alembic import op\n\
             revision: str = '1975ea83b712'\ndown_revision: Union[str, Sequence[str], None] = ('a', 'b')\n\
             branch_labels: Union[str, Sequence[str], None] = None\ndepends_on = ['x', \"y\"]\n\
             def upgrade() -> None:\n    op.execute('x')\n",
        );
        assert_eq!(
            header,
            RevisionHeader {
                revision: Some("1975ea83b712".into()),
                down_revision: Some(vec!["a".into(), "b".into()]),
                branch_labels: vec![],
                depends_on: vec!["x".into(), "y".into()],
                doc: Some("create account table\n\nRevision ID: 1975\n".into()),
            }
        );
    }

    #[test]
    fn names_joined_strings_and_tuple_targets_are_followed() {
        let header = literal(
            "base = None\nparent = ('ab' \"cd\")\nrevision, down_revision = 'x', (parent,)\ndepends_on = base\n",
        );
        assert_eq!(header.revision.as_deref(), Some("x"));
        assert_eq!(header.down_revision, Some(vec!["abcd".to_owned()]));
        assert!(header.depends_on.is_empty());
    }

    #[test]
    fn a_tuple_of_none_is_none_and_a_missing_variable_is_missing() {
        assert_eq!(literal("revision = 'a'\ndown_revision = (None,)\n").down_revision, Some(vec![]));
        assert_eq!(literal("revision = 'a'\n").down_revision, None);
        assert_eq!(literal("import os\n").revision, None);
    }

    #[test]
    fn what_is_not_literal_needs_execution() {
        for source in [
            "revision = make()",
            "revision = f'a'",
            "revision = 'a' + 'b'",
            "revision = b'a'",
            "revision = 1",
            "if x:\n    revision = 'a'",
            "revision = 'a'\nrevision += 'b'",
            "revision = 'a'\ndel revision",
            "down_revision = (*others,)",
            "down_revision = ('a', ('b',))",
            "down_revision = (None, 'a')",
            "from helpers import revision",
            "import helpers as depends_on",
            "revision = 'a'\nfrom helpers import *",
            "depends_on = ['a']\ndepends_on.append('b')",
            "parents = ['a']\ndown_revision = parents\nparents.append('b')",
            "down_revision = parents = ['a']\nparents.append('b')",
            "def f():\n    global revision\n    revision = 'a'\nf()",
            "globals()['revision'] = 'a'",
            "try:\n    pass\nexcept E as revision:\n    pass",
            "for revision in 'ab':\n    pass",
            "print(revision := 'a')",
            "match x:\n    case {'a': 1, **revision}:\n        pass",
            "def __getattr__(name):\n    return None",
            "# -*- coding: koi8-r -*-\nrevision = 'a'",
        ] {
            needs_execution(source);
        }
    }

    #[test]
    fn what_happens_elsewhere_does_not_need_execution() {
        for source in [
            "from sqlalchemy import *\nrevision = 'a'",
            "from helpers import *\nrevision = 'a'\ndown_revision = branch_labels = depends_on = None\n\
             __doc__ = None\n__getattr__ = None",
            "revision = make()\nrevision = 'a'",
            "revision = 'a'\ndef upgrade():\n    revision = 'b'\n    for depends_on in (): pass",
            "revision = 'a'\nclass T:\n    revision = make()",
            "revision = 'a'\nprint(revision)",
            "revision: str\nrevision = 'a'",
        ] {
            assert_eq!(literal(source).revision.as_deref(), Some("a"), "{source}");
        }
    }

    #[test]
    fn a_syntax_error_says_where() {
        let error = read_header(b"revision = 'a'\n  x = (\n").unwrap_err();
        assert_eq!((error.line, error.column), (2, 1), "{}", error.message);
        let error = read_header(b"revision = 'a'\nx = '\xe9'\n").unwrap_err();
        assert_eq!((error.line, error.column), (2, 6));
    }

    #[test]
    fn sources_are_decoded_as_python_decodes_them() {
        let read = |source: &[u8]| match read_header(source) {
            Ok(HeaderReading::Literal(header)) => header,
            other => panic!("{other:?}"),
        };
        assert_eq!(read(b"\xef\xbb\xbf'''a'''\n").doc.as_deref(), Some("a"));
        assert_eq!(read(b"# coding: latin-1\n'''\xe9'''\n").doc.as_deref(), Some("\u{e9}"));
        assert_eq!(read(b"'''a\r\n\r\nb'''\r\n").doc.as_deref(), Some("a\n\nb"));
        assert_eq!(read(b"r'''a\\n'''\n").doc.as_deref(), Some("a\\n"));
    }
}
