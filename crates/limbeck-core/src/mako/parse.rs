//! From the text of a template to its tree. The scanning rules are those of Mako 1.4.3's lexer, including which
//! newlines and which white space belong to the output.

use std::sync::LazyLock;

use regex::Regex;

use super::identifiers::Names;
use super::python;
use super::tags::{self, Def, Page, Tag};
use super::{TemplateError, TemplateErrorClass};

/// A parsed template.
#[derive(Clone, Debug)]
pub struct Template {
    /// The name it was parsed under, shown in errors.
    pub name: String,
    /// What it consists of, in order.
    pub nodes: Vec<Node>,
    /// What its `<%page>` says, the last one when there are several.
    pub page: Page,
}

/// A piece of a template. Lines count from 1; `names` are the Python names the piece reads and binds.
#[derive(Clone, Debug)]
pub enum Node {
    /// Text that is output as it stands.
    Text {
        /// Where it begins.
        line: usize,
        /// The text.
        content: String,
    },
    /// `${source | filters}`.
    Expression {
        /// Where it begins.
        line: usize,
        /// The Python expression as written.
        source: String,
        /// The filters' source, in order.
        filters: Vec<String>,
        /// The names in both.
        names: Names,
    },
    /// `<% source %>`, or `<%! source %>` when it belongs to the module.
    Code {
        /// Where it begins.
        line: usize,
        /// The Python statements, without their common left margin.
        source: String,
        /// Whether it runs once, ahead of rendering.
        module_level: bool,
        /// The names in it.
        names: Names,
    },
    /// `% if ..:` to `% endif`, and the like.
    Block {
        /// The opening clause and its continuations (`elif`, `else`, `except`, `finally`).
        clauses: Vec<Clause>,
    },
    /// `<%def>` or `<%block>`.
    Def(Def),
    /// `<%text filter="..">`.
    RawText {
        /// Where it begins.
        line: usize,
        /// The text.
        content: String,
        /// The filters' source, in order.
        filters: Vec<String>,
        /// The names in the filters.
        names: Names,
    },
}

/// A control line and what stands under it.
#[derive(Clone, Debug)]
pub struct Clause {
    /// The line of the control line.
    pub line: usize,
    /// Where on the line it begins, white space included.
    pub column: usize,
    /// Its first word.
    pub keyword: String,
    /// The control line without its `%`.
    pub header: String,
    /// The names in the header.
    pub names: Names,
    /// What stands under it.
    pub body: Vec<Node>,
}

impl Template {
    /// Parses `text`; `name` is the file that errors mention.
    ///
    /// # Errors
    /// Text that Mako refuses, Python that does not parse, and tags that are not supported.
    pub fn parse(text: &str, name: &str) -> Result<Self, TemplateError> {
        let mut lexer = Lexer::new(text, name);
        lexer.run()?;
        if let Some(keyword) = lexer.open.iter().rev().find_map(Open::tag) {
            return Err(lexer.error_at((lexer.line, lexer.column()), format!("Unclosed tag: <%{keyword}>")));
        }
        if let Some(Open::Control(clauses)) = lexer.open.last() {
            return Err(lexer.unterminated(clauses));
        }
        Ok(Self { name: name.to_owned(), nodes: lexer.nodes, page: lexer.page })
    }
}

/// Compiles one of this file's constant patterns.
#[allow(clippy::expect_used)] // constants, each exercised by a test
fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("the pattern is well formed")
}

static CODING: LazyLock<Regex> = LazyLock::new(|| pattern(r"\A#.*coding[:=]\s*([-\w.]+).*\r?\n"));
static TAG_START: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?is)\A<%([\w.:]+)((?:\s+\w+|\s*=\s*|"[^"]*?"|'[^']*?'|\s*,\s*)*)\s*(/)?>"#));
static TAG_END: LazyLock<Regex> = LazyLock::new(|| pattern(r"\A</%[\t ]*([^\t ]+?)[\t ]*>"));
static CONTROL_LINE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\A[\t ]*(%|##)[\t ]*((?:(?:\\\r?\n)|[^\r\n])*)(?:\r?\n|\z)"));
static KEYWORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"\A(end)?(\w+)"));
static PERCENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\A(\s*)%%(%*)"));
static DOC: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)\A<%doc>(.*?)</%doc>"));

/// What is not yet closed.
enum Open {
    /// A control line and its continuations.
    Control(Vec<Clause>),
    /// A def or block.
    Def(Def),
    /// `<%page>`, whose contents belong to the template.
    Page(Vec<Node>),
}

impl Open {
    /// The tag's keyword.
    fn tag(&self) -> Option<&'static str> {
        match self {
            Self::Control(_) => None,
            Self::Def(def) => Some(if def.is_block { "block" } else { "def" }),
            Self::Page(_) => Some("page"),
        }
    }

    /// Where what follows belongs.
    fn body(&mut self) -> Option<&mut Vec<Node>> {
        match self {
            Self::Control(clauses) => clauses.last_mut().map(|clause| &mut clause.body),
            Self::Def(def) => Some(&mut def.body),
            Self::Page(nodes) => Some(nodes),
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    name: &'a str,
    position: usize,
    line: usize,
    /// The line where the last match began.
    matched_line: usize,
    /// Where on it.
    matched_column: usize,
    open: Vec<Open>,
    nodes: Vec<Node>,
    page: Page,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str, name: &'a str) -> Self {
        Self {
            text,
            name,
            position: 0,
            line: 1,
            matched_line: 1,
            matched_column: 1,
            open: Vec::new(),
            nodes: Vec::new(),
            page: Page::default(),
        }
    }

    fn error(&self, message: impl Into<String>) -> TemplateError {
        self.error_at((self.matched_line, self.matched_column), message)
    }

    fn error_at(&self, (line, column): (usize, usize), message: impl Into<String>) -> TemplateError {
        let class = TemplateErrorClass::Syntax;
        let column = Some(column);
        TemplateError { file: self.name.to_owned(), line, column, message: message.into(), class }
    }

    /// The line and column of the last match.
    fn matched(&self) -> (usize, usize) {
        (self.matched_line, self.matched_column)
    }

    /// Where on its line the lexer is, counted from 1.
    fn column(&self) -> usize {
        let before = self.text.get(..self.position).unwrap_or(self.text);
        before.rsplit('\n').next().unwrap_or_default().chars().count() + 1
    }

    fn unterminated(&self, clauses: &[Clause]) -> TemplateError {
        let opening = &clauses[0];
        self.error_at(
            (opening.line, opening.column),
            format!("Unterminated control keyword: '{}'", opening.keyword),
        )
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or("")
    }

    fn at_line_start(&self) -> bool {
        self.position == 0 || self.text.as_bytes().get(self.position - 1) == Some(&b'\n')
    }

    /// Moves past a match of `length` bytes. An empty match moves on by one character, as Mako's does.
    fn advance(&mut self, length: usize) {
        let skipped = if length == 0 { self.rest().chars().next().map_or(1, char::len_utf8) } else { length };
        let end = (self.position + skipped).min(self.text.len());
        self.matched_line = self.line;
        self.matched_column = self.column();
        self.line += self.text[self.position..end].matches('\n').count();
        self.position = end;
    }

    fn append(&mut self, node: Node) {
        self.open.last_mut().and_then(Open::body).unwrap_or(&mut self.nodes).push(node);
    }

    fn run(&mut self) -> Result<(), TemplateError> {
        if let Some(found) = CODING.find(self.text) {
            self.advance(found.end());
        }
        while self.position < self.text.len() {
            if self.expression()?
                || self.control_line()?
                || self.doc_comment()
                || self.tag_start()?
                || self.tag_end()?
                || self.python_block()?
                || self.percent()
            {
                continue;
            }
            self.plain_text();
        }
        Ok(())
    }

    fn expression(&mut self) -> Result<bool, TemplateError> {
        if !self.rest().starts_with("${") {
            return Ok(false);
        }
        self.advance(2);
        let place = self.matched();
        let (source, end) = self.until(true, &["|", "}"])?;
        let escapes = if end == "|" { self.until(true, &["}"])?.0 } else { String::new() };
        let source = source.replace("\r\n", "\n");
        let mut names = python::names_of(&source).map_err(|error| self.syntax_error(place, &error))?;
        let (filters, filter_names) =
            python::filters(escapes.trim()).map_err(|error| self.syntax_error(place, &error))?;
        names.undeclared.extend(filter_names.undeclared);
        names.undeclared.retain(|name| !names.declared.contains(name));
        names.declared.clear();
        python::check_expression(&python::filtered_expression(&[], &filters, &source))
            .map_err(|error| self.syntax_error(place, &error))?;
        self.append(Node::Expression { line: place.0, source, filters, names });
        Ok(true)
    }

    fn syntax_error(&self, (line, column): (usize, usize), error: &python::SyntaxError) -> TemplateError {
        self.error_at((line + error.line, column), error.message.clone())
    }

    /// Reads up to one of `terminators` outside of strings, comments and, if `nesting`, brackets.
    fn until(
        &mut self,
        nesting: bool,
        terminators: &[&'static str],
    ) -> Result<(String, &'static str), TemplateError> {
        let start = self.position;
        let start_place = self.matched();
        let (mut braces, mut parentheses, mut brackets) = (0_i32, 0_i32, 0_i32);
        loop {
            let rest = self.rest();
            if rest.starts_with('#')
                && let Some(end) = rest.find('\n')
            {
                self.advance(end + 1);
                continue;
            }
            if let Some(length) = python::string_length(rest) {
                self.advance(length);
                continue;
            }
            let chunk = if let Some(end) = terminators.iter().find(|end| rest.starts_with(**end)) {
                self.advance(end.len());
                if !(nesting && (braces > 0 || parentheses > 0 || brackets > 0)) {
                    return Ok((self.text[start..self.position - end.len()].to_owned(), end));
                }
                end
            } else {
                let stop = (0..rest.len()).find(|index| {
                    matches!(rest.as_bytes()[*index], b'"' | b'\'' | b'#')
                        || terminators.iter().any(|end| rest.as_bytes()[*index..].starts_with(end.as_bytes()))
                });
                let Some(stop) = stop else {
                    return Err(self.error_at(
                        start_place,
                        format!(
                            "Expected: {}; unterminated tag or expression beginning",
                            terminators.join(",").replace('|', "\\|")
                        ),
                    ));
                };
                self.advance(stop);
                &rest[..stop]
            };
            for byte in chunk.bytes() {
                match byte {
                    b'{' => braces += 1,
                    b'}' => braces -= 1,
                    b'(' => parentheses += 1,
                    b')' => parentheses -= 1,
                    b'[' => brackets += 1,
                    b']' => brackets -= 1,
                    _ => {}
                }
            }
        }
    }

    fn control_line(&mut self) -> Result<bool, TemplateError> {
        if !self.at_line_start() {
            return Ok(false);
        }
        let rest = self.rest();
        if rest.trim_start_matches(['\t', ' ']).starts_with("%%") {
            return Ok(false);
        }
        let Some(captures) = CONTROL_LINE.captures(rest) else { return Ok(false) };
        self.advance(captures[0].len());
        if &captures[1] == "##" {
            return Ok(true);
        }
        let text = captures[2].to_owned();
        let place = self.matched();
        let Some(word) = KEYWORD.captures(&text) else {
            return Err(self.error(format!("Invalid control line: '{text}'")));
        };
        let keyword = word[2].to_owned();
        if word.get(1).is_some() {
            self.close_block(&keyword, &text)?;
            return Ok(true);
        }
        let names = python::control_names(&text).map_err(|error| self.syntax_error(place, &error))?;
        let clause =
            Clause { line: place.0, column: place.1, keyword, header: text, names, body: Vec::new() };
        self.open_clause(clause)?;
        Ok(true)
    }

    fn open_clause(&mut self, clause: Clause) -> Result<(), TemplateError> {
        if matches!(clause.keyword.as_str(), "for" | "if" | "while" | "try" | "with") {
            self.open.push(Open::Control(vec![clause]));
            return Ok(());
        }
        let keyword = clause.keyword.clone();
        let Some(Open::Control(clauses)) = self.open.last_mut() else {
            return Err(self.error(format!("Keyword '{keyword}' has no control block to continue")));
        };
        let opening = clauses[0].keyword.clone();
        let after_else = clauses.last().is_some_and(|last| last.keyword == "else");
        let legal = match opening.as_str() {
            "if" => matches!(keyword.as_str(), "else" | "elif"),
            "try" => matches!(keyword.as_str(), "except" | "finally"),
            "for" => keyword == "else",
            _ => false,
        };
        if !legal {
            return Err(
                self.error(format!("Keyword '{keyword}' not a legal ternary for keyword '{opening}'"))
            );
        }
        if after_else {
            return Err(self.error(format!("Keyword '{keyword}' after 'else'")));
        }
        if let Some(Open::Control(clauses)) = self.open.last_mut() {
            clauses.push(clause);
        }
        Ok(())
    }

    fn close_block(&mut self, keyword: &str, text: &str) -> Result<(), TemplateError> {
        let Some(Open::Control(clauses)) = self.open.pop_if(|open| open.tag().is_none()) else {
            return Err(self.error(format!("No starting keyword '{keyword}' for '{text}'")));
        };
        let opening = &clauses[0].keyword;
        if opening != keyword {
            return Err(self.error(format!("Keyword '{text}' doesn't match keyword '{opening}'")));
        }
        if keyword == "try" && clauses.len() == 1 {
            return Err(self.error("Keyword 'try' without 'except'"));
        }
        self.append(Node::Block { clauses });
        Ok(())
    }

    fn doc_comment(&mut self) -> bool {
        let length = DOC.find(self.rest()).map(|found| found.end());
        if let Some(length) = length {
            self.advance(length);
        }
        length.is_some()
    }

    fn tag_start(&mut self) -> Result<bool, TemplateError> {
        let Some(captures) = TAG_START.captures(self.rest()) else { return Ok(false) };
        self.advance(captures[0].len());
        let place = self.matched();
        let tag = tags::read(&captures[1], &captures[2], place).map_err(|error| TemplateError {
            class: error.class,
            ..self.error_at((place.0 + error.line, place.1), error.message)
        })?;
        let is_closed = captures.get(3).is_some();
        match tag {
            Tag::Text { filters, names } => {
                let mut content = String::new();
                if !is_closed {
                    const CLOSE: &str = "</%text>";
                    let Some(length) = self.rest().find(CLOSE) else {
                        return Err(self.error("Unclosed tag: <%text>"));
                    };
                    self.rest()[..length].clone_into(&mut content);
                    self.advance(length + CLOSE.len());
                }
                self.append(Node::RawText { line: place.0, content, filters, names });
            }
            Tag::Page(mut page) => {
                // The names of an earlier page do not come from the arguments any more, nor from anywhere else.
                page.parameter_names.append(&mut self.page.parameter_names);
                self.page = page;
                if !is_closed {
                    self.open.push(Open::Page(Vec::new()));
                }
            }
            Tag::Def(def) if is_closed => self.append(Node::Def(def)),
            Tag::Def(def) => self.open.push(Open::Def(def)),
        }
        Ok(true)
    }

    fn tag_end(&mut self) -> Result<bool, TemplateError> {
        let Some(captures) = TAG_END.captures(self.rest()) else { return Ok(false) };
        self.advance(captures[0].len());
        let keyword = &captures[1];
        let Some(open) = self.open.iter().rev().find_map(Open::tag) else {
            return Err(self.error(format!("Closing tag without opening tag: </%{keyword}>")));
        };
        if open != keyword {
            return Err(self.error(format!("Closing tag </%{keyword}> does not match tag: <%{open}>")));
        }
        match self.open.pop() {
            Some(Open::Def(def)) => self.append(Node::Def(def)),
            Some(Open::Page(nodes)) => nodes.into_iter().for_each(|node| self.append(node)),
            Some(Open::Control(clauses)) => return Err(self.unterminated(&clauses)),
            None => {}
        }
        Ok(true)
    }

    fn python_block(&mut self) -> Result<bool, TemplateError> {
        let rest = self.rest();
        if !rest.starts_with("<%") {
            return Ok(false);
        }
        let module_level = rest.starts_with("<%!");
        self.advance(if module_level { 3 } else { 2 });
        let place = self.matched();
        let (text, _) = self.until(false, &["%>"])?;
        let source = python::without_margin(&text) + "\n";
        let names = python::names_of(&source).map_err(|error| self.syntax_error(place, &error))?;
        self.append(Node::Code { line: place.0, source, module_level, names });
        Ok(true)
    }

    fn percent(&mut self) -> bool {
        if !self.at_line_start() {
            return false;
        }
        let Some(captures) = PERCENT.captures(self.rest()) else { return false };
        let content = format!("{}%{}", &captures[1], &captures[2]);
        self.advance(captures[0].len());
        self.append(Node::Text { line: self.matched_line, content });
        true
    }

    /// Takes the text up to whatever may be markup; a joined line ends it and loses its backslash and newline.
    fn plain_text(&mut self) {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let mut length = rest.len();
        let mut dropped = 0;
        for index in 0..bytes.len() {
            let after_newline = if index == 0 {
                self.at_line_start() && self.position > 0
            } else {
                bytes[index - 1] == b'\n'
            };
            let here = &rest.as_bytes()[index..];
            if after_newline {
                let indented = here.iter().take_while(|byte| matches!(**byte, b' ' | b'\t')).count();
                if here[indented..].starts_with(b"%") || here[indented..].starts_with(b"##") {
                    length = index;
                    break;
                }
            }
            if here.starts_with(b"${") || here.starts_with(b"<%") || here.starts_with(b"</%") {
                length = index;
                break;
            }
            if here.starts_with(b"\\\n") || here.starts_with(b"\\\r\n") {
                length = index;
                dropped = if here[1] == b'\n' { 2 } else { 3 };
                break;
            }
        }
        let content = rest[..length].to_owned();
        self.advance(length + dropped);
        if !content.is_empty() {
            self.append(Node::Text { line: self.matched_line, content });
        }
    }
}
