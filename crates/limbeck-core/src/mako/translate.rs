//! From the tree of a template to Python source, for templates that the native renderer cannot do.
//!
//! The source is one module with a function `render(arguments: dict) -> str`. Names resolve as Mako's do:
//! what the template binds is local, everything else comes from the arguments, then from Python's builtins,
//! and is otherwise `UNDEFINED`.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;

use super::parse::{Clause, Node, Template};
use super::python;
use super::tags::Def;
use super::{TemplateError, TemplateErrorClass};

/// The part of the module that is the same for every template.
const SUPPORT: &str = include_str!("support.py");

/// Names that are Mako's own and that a template may not bind.
const RESERVED: [&str; 4] = ["context", "loop", "UNDEFINED", "STOP_RENDERING"];

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
/// Names that Mako reserves, blocks and defs where Mako has none, and pieces of Python that make no whole.
pub fn translate(template: &Template) -> Result<Translation, TemplateError> {
    let mut defs = BTreeMap::new();
    collect_defs(&template.nodes, None, template, &mut defs)?;
    let mut module = BTreeSet::new();
    collect_module(&template.nodes, &mut module);
    let mut writer = Writer {
        template,
        module: &module,
        defs: &defs,
        source: String::new(),
        lines: Vec::new(),
        indent: 0,
        anonymous: 0,
    };
    writer.block(SUPPORT, None);
    writer.module_code(&template.nodes);
    let page = &template.page;
    let separator = if page.parameters.is_empty() { "" } else { ", " };
    writer.line(None, &format!("def _mako_render_body(context, {}{separator}**pageargs):", page.parameters));
    writer.indent = 1;
    if !defs.is_empty() {
        let given: Vec<String> = page.parameter_names.iter().map(|name| format!("{name}={name}")).collect();
        writer.line(None, &format!("__M_locals = dict({}{separator}pageargs=pageargs)", given.join(", ")));
    }
    let mut bound: BTreeSet<String> = page.parameter_names.iter().cloned().collect();
    if let Some(name) = RESERVED.iter().find(|name| bound.contains(**name)) {
        let message = format!("Reserved words declared in template: {name}");
        return Err(template_error(template, 1, TemplateErrorClass::NameConflict, message));
    }
    bound.insert("pageargs".to_owned());
    writer.function(&template.nodes, &Scope { bound, in_body: true, is_top: true, ..Scope::default() })?;
    writer.line(None, "return ''");
    for def in defs.values() {
        writer.indent = 0;
        writer.def(&top_level_name(def), def, &Scope { is_top: true, ..Scope::default() })?;
    }
    writer.indent = 0;
    for def in defs.values() {
        let name = def.name.as_deref().unwrap_or_default();
        writer.line(None, &format!("_mako_defs[{name:?}] = {}", top_level_name(def)));
    }
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
    Err(template_error(template, line, TemplateErrorClass::Syntax, message))
}

fn template_error(
    template: &Template,
    line: usize,
    class: TemplateErrorClass,
    message: String,
) -> TemplateError {
    TemplateError { file: template.name.clone(), line, column: None, message, class }
}

/// The name of the function that a def or block becomes which the whole template sees.
fn top_level_name(def: &Def) -> String {
    format!("_mako_def_{}", def.name.as_deref().unwrap_or_default())
}

/// Collects the defs and named blocks that the whole template sees: all but the defs inside of others.
fn collect_defs<'a>(
    nodes: &'a [Node],
    inside: Option<&Def>,
    template: &Template,
    defs: &mut BTreeMap<String, &'a Def>,
) -> Result<(), TemplateError> {
    for node in nodes {
        match node {
            Node::Block { clauses } => {
                for clause in clauses {
                    collect_defs(&clause.body, inside, template, defs)?;
                }
            }
            Node::Def(def) => {
                let outer = inside.filter(|outer| !outer.is_block).and_then(|outer| outer.name.as_deref());
                let refuse = |message: String| {
                    let error = template_error(template, def.line, TemplateErrorClass::Compile, message);
                    Err(TemplateError { column: Some(def.column), ..error })
                };
                match (&def.name, outer) {
                    (Some(name), Some(outer)) if def.is_block => {
                        return refuse(format!("Named block '{name}' not allowed inside of def '{outer}'"));
                    }
                    (Some(name), None) if def.is_block || inside.is_none() => {
                        let other = defs.insert(name.clone(), def);
                        if other.is_some_and(|other| other.is_block || def.is_block) {
                            return refuse(format!(
                                "%def or %block named '{name}' already exists in this template."
                            ));
                        }
                    }
                    _ => {}
                }
                let keeps = inside.filter(|outer| !outer.is_block);
                collect_defs(&def.body, Some(keeps.unwrap_or(def)), template, defs)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Collects the names that `<%! %>` binds.
fn collect_module(nodes: &[Node], module: &mut BTreeSet<String>) {
    for node in nodes {
        match node {
            Node::Code { names, module_level: true, .. } => module.extend(names.declared.iter().cloned()),
            Node::Block { clauses } => clauses.iter().for_each(|clause| collect_module(&clause.body, module)),
            Node::Def(def) => collect_module(&def.body, module),
            _ => {}
        }
    }
}

/// The names of one function: the body of the template, or of a def or block.
#[derive(Default)]
struct Used<'a> {
    declared: BTreeSet<String>,
    undeclared: BTreeSet<String>,
    /// The defs and blocks directly in it, which have functions of their own.
    defs: Vec<&'a Def>,
}

impl<'a> Used<'a> {
    fn collect(&mut self, nodes: &'a [Node]) {
        for node in nodes {
            match node {
                Node::Text { .. } | Node::Code { module_level: true, .. } => {}
                Node::Expression { names, .. } | Node::Code { names, .. } | Node::RawText { names, .. } => {
                    self.declared.extend(names.declared.iter().cloned());
                    self.undeclared.extend(names.undeclared.iter().cloned());
                }
                Node::Def(def) => {
                    if node_reads_loop(node) {
                        self.undeclared.insert("loop".to_owned());
                    }
                    self.defs.push(def);
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

/// Where a function stands.
#[derive(Clone, Default)]
struct Scope {
    /// The names of the functions around it.
    around: BTreeSet<String>,
    /// Its parameters.
    bound: BTreeSet<String>,
    /// It is the template's body, or in it: other parts see what it assigns.
    in_body: bool,
    /// There is no function around it.
    is_top: bool,
}

struct Writer<'a> {
    template: &'a Template,
    /// Names that the module binds.
    module: &'a BTreeSet<String>,
    /// The defs and blocks that the whole template sees.
    defs: &'a BTreeMap<String, &'a Def>,
    source: String,
    lines: Vec<Option<usize>>,
    indent: usize,
    /// How many blocks without a name there are so far.
    anonymous: usize,
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
                Node::Def(def) => self.module_code(&def.body),
                _ => {}
            }
        }
    }

    /// Writes the inside of a function, from where its names come from to its last piece.
    fn function(&mut self, nodes: &[Node], scope: &Scope) -> Result<(), TemplateError> {
        let mut used = Used::default();
        used.collect(nodes);
        if let Some(name) = RESERVED.iter().find(|name| used.declared.contains(**name)) {
            let message = format!("Reserved words declared in template: {name}");
            return Err(template_error(self.template, 1, TemplateErrorClass::NameConflict, message));
        }
        let has_loop = used.undeclared.contains("loop")
            && !scope.around.contains("loop")
            && !self.template.page.has_no_loop;
        // Only defs in others have a name that no other part sees.
        let is_own = |def: &Def| match &def.name {
            Some(_) => !(def.is_block || scope.in_body && scope.is_top),
            None => true,
        };
        let own: Vec<&Def> = used.defs.iter().copied().filter(|def| is_own(def)).collect();
        let mut here: BTreeSet<String> = scope.bound.union(&used.declared).cloned().collect();
        here.extend(own.iter().filter_map(|def| def.name.clone()));
        let outside: Vec<String> = used
            .undeclared
            .iter()
            .filter(|name| {
                let is_ours =
                    here.contains(*name) || scope.around.contains(*name) || self.module.contains(*name);
                let is_makos =
                    RESERVED.contains(&name.as_str()) && !(*name == "loop" && self.template.page.has_no_loop);
                !is_ours && !is_makos
            })
            .cloned()
            .collect();
        for name in &outside {
            match self.defs.get(name) {
                None => self.line(None, &format!("{name} = context.get({name:?}, UNDEFINED)")),
                Some(def) => {
                    let context = if scope.in_body { "context.with_locals(__M_locals)" } else { "context" };
                    self.line(
                        None,
                        &format!("{name} = _mako_bound({}, lambda: {context})", top_level_name(def)),
                    );
                }
            }
        }
        here.extend(outside);
        if has_loop {
            self.line(None, "loop = __M_loop = _MakoLoops()");
            here.insert("loop".to_owned());
        }
        here.extend(scope.around.iter().cloned());
        let inner = Scope { around: here, bound: BTreeSet::new(), in_body: scope.in_body, is_top: false };
        let first_anonymous = self.anonymous;
        for def in &own {
            let name = def.name.clone().unwrap_or_else(|| {
                self.anonymous += 1;
                format!("__M_anonymous_{}", self.anonymous)
            });
            self.def(&name, def, &inner)?;
        }
        self.line(None, "__M_writer = context.writer()");
        let mut place = Place { scope, anonymous: first_anonymous };
        self.nodes(nodes, &mut place)
    }

    /// Writes the function that a def or block becomes.
    fn def(&mut self, name: &str, def: &Def, scope: &Scope) -> Result<(), TemplateError> {
        let mut parameters = Vec::new();
        if scope.is_top {
            parameters.push("context");
        }
        if !def.parameters.is_empty() {
            parameters.push(&def.parameters);
        }
        let mut bound: BTreeSet<String> = def.parameter_names.iter().cloned().collect();
        if def.is_block && def.name.is_some() {
            parameters.push("**pageargs");
            bound.insert("pageargs".to_owned());
        }
        self.line(Some(def.line), &format!("def {name}({}):", parameters.join(", ")));
        self.indent += 1;
        let holds_back = def.is_buffered || !def.filters.is_empty();
        if holds_back {
            self.line(None, "context.push_writer()");
            self.line(None, "try:");
            self.indent += 1;
        }
        for filter in def.names.undeclared.iter().filter(|name| {
            !self.module.contains(*name) && !bound.contains(*name) && !scope.around.contains(*name)
        }) {
            self.line(None, &format!("{filter} = context.get({filter:?}, UNDEFINED)"));
        }
        self.function(&def.body, &Scope { bound, ..scope.clone() })?;
        if holds_back {
            self.indent -= 1;
            self.line(None, "finally:");
            self.line(None, "    __M_text = context.pop_text()");
            let text = python::filtered(&def.filters, "__M_text");
            if def.is_buffered {
                self.line(Some(def.line), &format!("return {text}"));
            } else {
                self.line(Some(def.line), &format!("context.write({text})"));
            }
        }
        if !def.is_buffered {
            self.line(None, "return ''");
        }
        self.indent -= 1;
        if let Some(decorator) = &def.decorator {
            let decorated = if scope.is_top {
                format!("{name} = _mako_decorated({decorator}, {name})")
            } else {
                format!("{name} = _mako_decorated_inside({decorator}, {name}, context)")
            };
            self.line(Some(def.line), &decorated);
        }
        Ok(())
    }

    fn nodes(&mut self, nodes: &[Node], place: &mut Place<'_>) -> Result<(), TemplateError> {
        nodes.iter().try_for_each(|node| self.node(node, place))
    }

    fn node(&mut self, node: &Node, place: &mut Place<'_>) -> Result<(), TemplateError> {
        match node {
            Node::Text { line, content } => self.text(*line, content),
            Node::Expression { line, source, filters, .. } => {
                let page = &self.template.page.expression_filters;
                let call = format!("__M_writer({})", python::filtered_expression(page, filters, source));
                self.line(Some(*line), &call);
            }
            Node::Code { module_level: true, .. } | Node::Def(Def { is_block: false, .. }) => {}
            Node::Code { line, source, names, .. } => {
                self.block(source, Some(*line));
                if place.scope.in_body && place.scope.is_top && !self.defs.is_empty() {
                    for name in &names.declared {
                        self.line(None, &format!("if {name:?} in locals(): __M_locals[{name:?}] = {name}"));
                    }
                }
            }
            Node::Def(Def { line, name: Some(name), .. }) => {
                self.line(Some(*line), &format!("context['self'].{name}(**pageargs)"));
            }
            Node::Def(Def { line, name: None, .. }) => {
                place.anonymous += 1;
                self.line(Some(*line), &format!("__M_anonymous_{}()", place.anonymous));
            }
            Node::RawText { line, content, filters, .. } => {
                if filters.is_empty() {
                    self.text(*line, content);
                    return Ok(());
                }
                let text = super::value::repr_of_string(content);
                self.line(Some(*line), &format!("__M_writer({})", python::filtered(filters, &text)));
            }
            Node::Block { clauses } => self.control(clauses, place)?,
        }
        Ok(())
    }

    fn text(&mut self, line: usize, content: &str) {
        if !content.is_empty() {
            self.line(Some(line), &format!("__M_writer({})", super::value::repr_of_string(content)));
        }
    }

    fn control(&mut self, clauses: &[Clause], place: &mut Place<'_>) -> Result<(), TemplateError> {
        let opening = &clauses[0];
        let counted =
            !self.template.page.has_no_loop && opening.keyword == "for" && clauses.iter().any(reads_loop);
        let header = if counted { self.counted_header(opening)? } else { opening.header.clone() };
        self.clause(opening, &header, place)?;
        for clause in &clauses[1..] {
            self.clause(clause, &clause.header, place)?;
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
        let failed = || {
            let message = format!("Couldn't apply loop context: {}", opening.header);
            template_error(self.template, opening.line, TemplateErrorClass::Syntax, message)
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

    fn clause(&mut self, clause: &Clause, header: &str, place: &mut Place<'_>) -> Result<(), TemplateError> {
        self.line(Some(clause.line), header);
        self.indent += 1;
        self.nodes(&clause.body, place)?;
        self.line(None, "pass");
        self.indent -= 1;
        Ok(())
    }
}

/// Where in a function the writer is.
struct Place<'a> {
    scope: &'a Scope,
    /// How many blocks without a name have been output.
    anonymous: usize,
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
        Node::Def(def) => def.is_block && def.name.is_none() && def.body.iter().any(node_reads_loop),
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
            "def _mako_render_body(context, **pageargs):\n    b = context.get(\"b\", UNDEFINED)\n    items = \
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
    fn reserved_names_are_errors() {
        let error = |text: &str| translate(&Template::parse(text, "t").unwrap()).unwrap_err().message;
        assert_eq!(error("<% loop = 1 %>"), "Reserved words declared in template: loop");
    }
}
