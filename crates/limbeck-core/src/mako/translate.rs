//! From the tree of a template to Python source, for templates that the native renderer cannot do.
//!
//! The source is one module with a function `render(arguments: dict) -> str`. Names resolve as Mako's do:
//! what the template binds is local, everything else comes from the arguments, then from Python's builtins,
//! and is otherwise `UNDEFINED`.

use std::collections::BTreeSet;

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;

use super::TemplateError;
use super::parse::{Clause, Node, Template};
use super::python;

/// The part of the module that is the same for every template.
const SUPPORT: &str = include_str!("support.py");

/// Names that are Mako's own and that a template may not bind.
const RESERVED: [&str; 4] = ["context", "loop", "UNDEFINED", "STOP_RENDERING"];

/// Objects of Mako's namespaces and defs, which are outside of the subset.
const UNSUPPORTED: [&str; 4] = ["capture", "caller", "local", "self"];

/// A template as Python source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// The source of a module that defines `render(arguments: dict) -> str`.
    pub source: String,
    /// For each line of the source, from its first, the template's line that it comes from.
    pub lines: Vec<Option<usize>>,
}

impl Translation {
    /// Returns the template's line for a line of the source; both count from 1.
    ///
    /// Lines without a counterpart give the nearest one above them that has one.
    #[must_use]
    pub fn template_line(&self, line: usize) -> Option<usize> {
        self.lines.iter().take(line).rev().find_map(|line| *line)
    }
}

/// Translates `template` to Python.
///
/// # Errors
/// Names that Mako reserves or that belong to parts of it that are not supported, and pieces of Python that make no
/// whole.
pub fn translate(template: &Template) -> Result<Translation, TemplateError> {
    let mut scope = Scope::default();
    scope.collect(&template.nodes);
    for name in &scope.declared {
        if RESERVED.contains(&name.as_str()) {
            return Err(template_error(template, format!("Reserved words declared in template: {name}")));
        }
    }
    let mut outside: Vec<&String> = scope
        .undeclared
        .iter()
        .filter(|name| !scope.declared.contains(*name) && !scope.module.contains(*name))
        .collect();
    for name in &outside {
        if UNSUPPORTED.contains(&name.as_str()) {
            return Err(template_error(template, format!("'{name}' is not supported in script templates")));
        }
    }
    let has_loop = outside.iter().any(|name| *name == "loop");
    outside.retain(|name| !RESERVED.contains(&name.as_str()) && *name != "pageargs");

    let mut writer = Writer { file: &template.name, source: String::new(), lines: Vec::new(), indent: 0 };
    writer.block(SUPPORT, None);
    writer.module_code(&template.nodes);
    writer.line(None, "def _mako_render_body(context, pageargs):");
    writer.indent = 1;
    for name in outside {
        writer.line(None, &format!("{name} = context.get({name:?}, UNDEFINED)"));
    }
    if has_loop {
        writer.line(None, "loop = __M_loop = _MakoLoops()");
    }
    writer.line(None, "__M_writer = context.writer()");
    writer.nodes(&template.nodes)?;
    writer.line(None, "return ''");
    let translation = Translation { source: writer.source, lines: writer.lines };
    check(&translation, template)?;
    Ok(translation)
}

/// Finds what parses piece by piece and not as a whole, such as an `except:` that is not the last.
fn check(translation: &Translation, template: &Template) -> Result<(), TemplateError> {
    let Err(error) = ruff_python_parser::parse_module(&translation.source) else { return Ok(()) };
    let before = translation.source.get(..error.location.start().to_usize()).unwrap_or_default();
    let line = translation.template_line(before.matches('\n').count() + 1).unwrap_or(1);
    let message = format!("(SyntaxError) {}", error.error);
    Err(TemplateError { file: template.name.clone(), line, message })
}

fn template_error(template: &Template, message: String) -> TemplateError {
    TemplateError { file: template.name.clone(), line: 1, message }
}

/// The names of a whole template.
#[derive(Default)]
struct Scope {
    /// Bound by `<%! %>`.
    module: BTreeSet<String>,
    /// Bound while rendering.
    declared: BTreeSet<String>,
    undeclared: BTreeSet<String>,
}

impl Scope {
    fn collect(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text { .. } => {}
                Node::Code { names, module_level: true, .. } => {
                    self.module.extend(names.declared.iter().cloned());
                }
                Node::Expression { names, .. } | Node::Code { names, .. } | Node::RawText { names, .. } => {
                    self.declared.extend(names.declared.iter().cloned());
                    self.undeclared.extend(names.undeclared.iter().cloned());
                }
                Node::Block { clauses } => {
                    for clause in clauses {
                        self.declared.extend(clause.names.declared.iter().cloned());
                        self.undeclared.extend(clause.names.undeclared.iter().cloned());
                        self.collect(&clause.body);
                    }
                }
            }
        }
    }
}

struct Writer<'a> {
    /// The template's name, for errors.
    file: &'a str,
    source: String,
    lines: Vec<Option<usize>>,
    indent: usize,
}

impl Writer<'_> {
    /// Writes source that may span lines; only its first line is indented.
    fn line(&mut self, template_line: Option<usize>, text: &str) {
        for _ in 0..self.indent {
            self.source.push_str("    ");
        }
        self.source.push_str(text);
        self.source.push('\n');
        for offset in 0..text.split('\n').count() {
            self.lines.push(template_line.map(|line| line + offset));
        }
    }

    /// Writes a block of statements, each line indented but those that continue a string or a backslashed line.
    fn block(&mut self, text: &str, template_line: Option<usize>) {
        let (mut backslashed, mut quoted, mut seen_code) = (false, false, false);
        for (offset, line) in python::lines(text).enumerate() {
            let continued = backslashed || quoted;
            backslashed = line.ends_with('\\');
            let triples = line.matches("\"\"\"").count() + line.matches("'''").count();
            quoted ^= triples % 2 == 1;
            let line = if continued { line.to_owned() } else { python::expand_tabs(line) };
            seen_code |= python::has_code(&line);
            if seen_code && !continued && !line.is_empty() {
                for _ in 0..self.indent {
                    self.source.push_str("    ");
                }
            }
            self.source.push_str(&line);
            self.source.push('\n');
            self.lines.push(template_line.map(|start| start + offset));
        }
    }

    fn module_code(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Code { line, source, module_level: true, .. } => self.block(source, Some(*line)),
                Node::Block { clauses } => clauses.iter().for_each(|clause| self.module_code(&clause.body)),
                _ => {}
            }
        }
    }

    fn nodes(&mut self, nodes: &[Node]) -> Result<(), TemplateError> {
        nodes.iter().try_for_each(|node| self.node(node))
    }

    fn node(&mut self, node: &Node) -> Result<(), TemplateError> {
        match node {
            Node::Text { line, content } => self.text(*line, content),
            Node::Expression { line, source, filters, .. } => {
                let call = format!("__M_writer({})", python::filtered(filters, source, true));
                self.line(Some(*line), &call);
            }
            Node::Code { module_level: true, .. } => {}
            Node::Code { line, source, .. } => self.block(source, Some(*line)),
            Node::RawText { line, content, filters, .. } => {
                if filters.is_empty() {
                    self.text(*line, content);
                    return Ok(());
                }
                let text = super::value::repr_of_string(content);
                self.line(Some(*line), &format!("__M_writer({})", python::filtered(filters, &text, false)));
            }
            Node::Block { clauses } => self.control(clauses)?,
        }
        Ok(())
    }

    fn text(&mut self, line: usize, content: &str) {
        if !content.is_empty() {
            self.line(Some(line), &format!("__M_writer({})", super::value::repr_of_string(content)));
        }
    }

    fn control(&mut self, clauses: &[Clause]) -> Result<(), TemplateError> {
        let opening = &clauses[0];
        let counted = opening.keyword == "for" && clauses.iter().any(reads_loop);
        let header = if counted { self.counted_header(opening)? } else { opening.header.clone() };
        self.clause(opening, &header)?;
        for clause in &clauses[1..] {
            self.clause(clause, &clause.header)?;
        }
        if counted {
            self.indent -= 1;
            self.line(None, "finally:");
            self.indent += 1;
            self.line(None, "loop = __M_loop.leave()");
            self.indent -= 1;
        }
        Ok(())
    }

    /// Writes what enters the loop's context; the loop itself then runs over `loop`.
    fn counted_header(&mut self, opening: &Clause) -> Result<String, TemplateError> {
        let failed = || TemplateError {
            file: self.file.to_owned(),
            line: opening.line,
            message: format!("Couldn't apply loop context: {}", opening.header),
        };
        let statements = python::control_statements(&opening.header).map_err(|_| failed())?;
        let Some(Stmt::For(statement)) = statements.first() else { return Err(failed()) };
        let header = opening.header.trim();
        let iterable = &header[statement.iter.range()];
        let target = &header[statement.target.range()];
        self.line(Some(opening.line), &format!("loop = __M_loop.enter({iterable})"));
        self.line(None, "try:");
        self.indent += 1;
        Ok(format!("for {target} in loop:"))
    }

    fn clause(&mut self, clause: &Clause, header: &str) -> Result<(), TemplateError> {
        self.line(Some(clause.line), header);
        self.indent += 1;
        self.nodes(&clause.body)?;
        self.line(None, "pass");
        self.indent -= 1;
        Ok(())
    }
}

/// Whether a clause, or anything under it, reads `loop`.
fn reads_loop(clause: &Clause) -> bool {
    clause.names.undeclared.contains("loop") || clause.body.iter().any(node_reads_loop)
}

fn node_reads_loop(node: &Node) -> bool {
    match node {
        Node::Text { .. } | Node::RawText { .. } => false,
        Node::Expression { names, .. } | Node::Code { names, .. } => names.undeclared.contains("loop"),
        Node::Block { clauses } => clauses.iter().any(reads_loop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> String {
        let translation = translate(&Template::parse(text, "script.py.mako").unwrap()).unwrap();
        assert_eq!(translation.lines.len(), translation.source.lines().count());
        let start = translation.source.find("def _mako_render_body").unwrap();
        translation.source[start..].to_owned()
    }

    #[test]
    fn names_come_from_the_context_unless_the_template_binds_them() {
        assert_eq!(
            body("% for a in items:\n${a}${b|h}\n% endfor\n"),
            "def _mako_render_body(context, pageargs):\n    b = context.get(\"b\", UNDEFINED)\n    items = \
             context.get(\"items\", UNDEFINED)\n    __M_writer = context.writer()\n    for a in items:\n        \
             __M_writer(str(a))\n        __M_writer(filters.html_escape(str(b)))\n        __M_writer('\\n')\n        \
             pass\n    return ''\n"
        );
    }

    #[test]
    fn lines_lead_back_to_the_template() {
        let text = "a\n<%!\n  import re\n%>\n% if x:\n${boom()}\n% endif\n";
        let translation = translate(&Template::parse(text, "t").unwrap()).unwrap();
        let of = |part: &str| {
            let index = translation.source.lines().position(|line| line.contains(part)).unwrap();
            translation.template_line(index + 1)
        };
        assert_eq!(of("import re"), Some(3));
        assert_eq!(of("if x:"), Some(5));
        assert_eq!(of("boom()"), Some(6));
    }

    #[test]
    fn reserved_and_unsupported_names_are_errors() {
        let error = |text: &str| translate(&Template::parse(text, "t").unwrap()).unwrap_err().message;
        assert_eq!(error("<% loop = 1 %>"), "Reserved words declared in template: loop");
        assert_eq!(error("${self.body()}"), "'self' is not supported in script templates");
    }
}
