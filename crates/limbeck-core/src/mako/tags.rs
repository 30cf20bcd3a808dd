//! The tags of a template that script templates may use: what their attributes say.

use std::sync::LazyLock;

use regex::Regex;
use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;

use super::TemplateErrorClass;
use super::identifiers::Names;
use super::parse::Node;
use super::python;

/// `<%def>` or `<%block>`: a part of a template that can be called by its name.
#[derive(Clone, Debug)]
pub struct Def {
    /// Where it begins.
    pub line: usize,
    /// Where on the line.
    pub column: usize,
    /// Whether it is a block, which is also output where it stands.
    pub is_block: bool,
    /// Its name; blocks may have none.
    pub name: Option<String>,
    /// The parameters' source, between the parentheses.
    pub parameters: String,
    /// The parameters' names.
    pub parameter_names: Vec<String>,
    /// The filters' source, in order.
    pub filters: Vec<String>,
    /// The names in the filters.
    pub names: Names,
    /// Whether a call gives the text instead of writing it.
    pub is_buffered: bool,
    /// The source of its decorator.
    pub decorator: Option<String>,
    /// What stands in it.
    pub body: Vec<Node>,
}

/// What `<%page>` says of the whole template.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The source of the parameters that rendering takes from the arguments.
    pub parameters: String,
    /// Their names.
    pub parameter_names: Vec<String>,
    /// Filters for every expression that has no `n`.
    pub expression_filters: Vec<String>,
    /// Whether `loop` is an ordinary name.
    pub has_no_loop: bool,
}

/// An opening tag.
#[derive(Clone, Debug)]
pub(super) enum Tag {
    Text { filters: Vec<String>, names: Names },
    Def(Def),
    Page(Page),
}

/// What is wrong with a tag, and on which line below its first.
#[derive(Clone, Debug)]
pub(super) struct TagError {
    pub class: TemplateErrorClass,
    pub line: usize,
    pub message: String,
}

impl TagError {
    fn compile(message: impl Into<String>) -> Self {
        Self { class: TemplateErrorClass::Compile, line: 0, message: message.into() }
    }
}

impl From<python::SyntaxError> for TagError {
    fn from(error: python::SyntaxError) -> Self {
        Self { class: TemplateErrorClass::Syntax, line: error.line, message: error.message }
    }
}

/// The tags of Mako that lead to other templates or pass pieces of one around.
const UNSUPPORTED: [&str; 4] = ["namespace", "inherit", "include", "call"];
/// Attributes for Mako's cache, which no script template needs: each is rendered once.
const CACHE: &str = "cache";

/// Compiles one of this file's constant patterns.
#[allow(clippy::expect_used)] // constants, each exercised by a test
fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("the pattern is well formed")
}

static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"\s*(\w+)\s*=\s*(?:'([^']*)'|"([^"]*)")"#));
static IDENTIFIER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\A[A-Za-z_]\w*\z"));

/// Reads a tag of its keyword and the text of its attributes; `place` is its line and column.
pub(super) fn read(keyword: &str, attributes: &str, place: (usize, usize)) -> Result<Tag, TagError> {
    let attributes: Vec<(&str, &str)> = ATTRIBUTE
        .captures_iter(attributes)
        .filter_map(|found| {
            let value = found.get(2).or(found.get(3)).map_or("", |value| value.as_str());
            Some((found.get(1)?.as_str(), value))
        })
        .collect();
    let attributes = Attributes { keyword, attributes };
    match keyword {
        "text" => {
            attributes.check(&["filter"], &[])?;
            let (filters, names) = python::filters(attributes.value("filter").unwrap_or_default())?;
            Ok(Tag::Text { filters, names })
        }
        "def" => {
            attributes.check(&["name", "filter", "decorator", "buffered"], &["cached"])?;
            let declaration =
                attributes.value("name").ok_or_else(|| TagError::compile("Missing attribute(s): 'name'"))?;
            if IDENTIFIER.is_match(declaration) {
                return Err(TagError::compile("Missing parenthesis in %def"));
            }
            let (name, parameters, parameter_names) = declared(declaration)?;
            attributes.def(place, Some(name), parameters, parameter_names).map(Tag::Def)
        }
        "block" => {
            attributes.check(&["name", "filter", "decorator", "buffered"], &["cached", "args"])?;
            let name = attributes.value("name").filter(|name| !name.is_empty());
            if name.is_some_and(|name| !IDENTIFIER.is_match(name)) {
                return Err(TagError::compile("%block may not specify an argument signature"));
            }
            attributes.def(place, name.map(str::to_owned), String::new(), Vec::new()).map(Tag::Def)
        }
        "page" => {
            attributes.check(&["args", "expression_filter", "enable_loop"], &["cached"])?;
            let arguments = attributes.value("args").unwrap_or_default();
            let (_, parameters, parameter_names) = declared(&format!("page({arguments})"))?;
            let (expression_filters, _) =
                python::filters(attributes.value("expression_filter").unwrap_or_default())?;
            let has_no_loop = attributes.flag("enable_loop")? == Some(false);
            Ok(Tag::Page(Page { parameters, parameter_names, expression_filters, has_no_loop }))
        }
        _ if UNSUPPORTED.contains(&keyword) || keyword.contains(':') => {
            Err(TagError::compile(format!("The tag <%{keyword}> is not supported in script templates")))
        }
        _ => Err(TagError::compile(format!("No such tag: '{keyword}'"))),
    }
}

struct Attributes<'a> {
    keyword: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
}

impl Attributes<'_> {
    /// Refuses attributes that are not `known`; those that Mako has beside them may only be off.
    fn check(&self, known: &[&str], others: &[&str]) -> Result<(), TagError> {
        let keyword = self.keyword;
        for (name, value) in &self.attributes {
            if value.contains("${") && known.contains(name) {
                return Err(TagError::compile(format!(
                    "Attribute '{name}' in tag '{keyword}' does not allow embedded expressions"
                )));
            }
            if known.contains(name) || (others.contains(name) && *value == "False") {
                continue;
            }
            let is_makos = keyword != "text" && (others.contains(name) || name.starts_with(CACHE));
            return Err(TagError::compile(if is_makos {
                format!("The attribute '{name}' of <%{keyword}> is not supported in script templates")
            } else {
                format!("Invalid attribute for tag '{keyword}': '{name}'")
            }));
        }
        Ok(())
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.attributes.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, TagError> {
        match self.value(name) {
            None => Ok(None),
            Some("True") => Ok(Some(true)),
            Some("False") => Ok(Some(false)),
            Some(other) => Err(TagError::compile(format!(
                "Attribute '{name}' in tag '{}' must be True or False, not '{other}'",
                self.keyword
            ))),
        }
    }

    fn def(
        &self,
        (line, column): (usize, usize),
        name: Option<String>,
        parameters: String,
        parameter_names: Vec<String>,
    ) -> Result<Def, TagError> {
        let (filters, names) = python::filters(self.value("filter").unwrap_or_default())?;
        Ok(Def {
            line,
            column,
            is_block: self.keyword == "block",
            name,
            parameters,
            parameter_names,
            filters,
            names,
            is_buffered: self.flag("buffered")?.unwrap_or(false),
            decorator: self.value("decorator").map(str::to_owned),
            body: Vec::new(),
        })
    }
}

/// Splits `name(parameters)` into the name, the source of the parameters, and their names.
fn declared(declaration: &str) -> Result<(String, String, Vec<String>), TagError> {
    let source = format!("def {declaration}:pass");
    let statements = python::statements(&source)?;
    let [Stmt::FunctionDef(function)] = statements.as_slice() else {
        return Err(TagError::compile(format!("'{declaration}' is not a name with parameters")));
    };
    let parameters = &function.parameters;
    let shown = source[parameters.range()].trim();
    let shown = shown.strip_prefix('(').and_then(|shown| shown.strip_suffix(')')).unwrap_or(shown);
    let names = parameters.iter().map(|parameter| parameter.name().to_string()).collect();
    Ok((function.name.to_string(), shown.to_owned(), names))
}
