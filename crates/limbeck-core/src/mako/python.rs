//! The Python inside a template: where strings end, margins, filters, and whether it parses.

use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::{ParseError, parse_expression, parse_module};
use ruff_text_size::Ranged;

use super::identifiers::{Names, names_of_body, names_of_expression};

/// Python that does not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// How many lines below the start of the source it is.
    pub line: usize,
    pub message: String,
}

impl SyntaxError {
    fn new(message: impl Into<String>) -> Self {
        Self { line: 0, message: message.into() }
    }

    fn parsing(source: &str, error: &ParseError) -> Self {
        let start = error.location.start().to_usize();
        let line = source.get(..start).unwrap_or(source).matches('\n').count();
        let shown: String = source.chars().take(50).collect();
        Self { line, message: format!("(SyntaxError) {} ({shown:?})", error.error) }
    }
}

/// What Mako calls a filter by, and the function that stands for it.
const ESCAPES: [(&str, &str); 9] = [
    ("x", "filters.xml_escape"),
    ("h", "filters.html_escape"),
    ("u", "filters.url_escape"),
    ("trim", "filters.trim"),
    ("entity", "filters.html_entities_escape"),
    ("unicode", "str"),
    ("decode", "decode"),
    ("str", "str"),
    ("n", "n"),
];

/// Collects the names of some statements (an expression counts as one).
pub(super) fn names_of(source: &str) -> Result<Names, SyntaxError> {
    let stripped = source.trim_start();
    let offset = source[..source.len() - stripped.len()].matches('\n').count();
    let module = parse_module(stripped).map_err(|error| {
        let mut error = SyntaxError::parsing(stripped, &error);
        error.line += offset;
        error
    })?;
    names_of_body(&module.syntax().body).map_err(SyntaxError::new)
}

/// Parses whole statements.
pub(super) fn statements(source: &str) -> Result<Vec<Stmt>, SyntaxError> {
    match parse_module(source) {
        Ok(parsed) => Ok(parsed.into_suite()),
        Err(error) => Err(SyntaxError::parsing(source, &error)),
    }
}

/// Fails unless `source` is one Python expression.
pub(super) fn check_expression(source: &str) -> Result<(), SyntaxError> {
    parse_expression(source).map(drop).map_err(|error| SyntaxError::parsing(source, &error))
}

/// Parses a control line without its `%`, completed to statements that parse by themselves.
pub(super) fn control_statements(header: &str) -> Result<Vec<Stmt>, SyntaxError> {
    let (completed, lines_before) = completed_control(header)?;
    statements(&completed).map_err(|mut error| {
        error.line = error.line.saturating_sub(lines_before);
        error
    })
}

/// Collects the names of a control line.
pub(super) fn control_names(header: &str) -> Result<Names, SyntaxError> {
    names_of_body(&control_statements(header)?).map_err(SyntaxError::new)
}

/// A control line with what makes it a whole statement, and how many lines that put ahead of it.
fn completed_control(header: &str) -> Result<(String, usize), SyntaxError> {
    let header = header.trim();
    let keyword_end =
        header.find(|letter: char| !(letter.is_alphanumeric() || letter == '_')).unwrap_or(header.len());
    let keyword = &header[..keyword_end];
    let after = &header[keyword_end..];
    let fragment = || SyntaxError::new(format!("Fragment '{header}' is not a partial control statement"));
    if !(after.starts_with(':') || after.starts_with(char::is_whitespace)) {
        return Err(fragment());
    }
    let colon = header.match_indices(':').find(|(index, _)| {
        let rest = header[index + 1..].trim_start();
        rest.is_empty() || rest.starts_with('#')
    });
    let Some((colon, _)) = colon else { return Err(fragment()) };
    let code = &header[..=colon];
    match keyword {
        "for" | "if" | "while" | "with" => Ok((format!("{code} pass"), 0)),
        "try" => Ok((format!("{code} pass\nexcept: pass"), 0)),
        "elif" | "else" => Ok((format!("if False: pass\n{code} pass"), 1)),
        "except" => Ok((format!("try: pass\n{code} pass"), 1)),
        _ => Err(SyntaxError::new(format!("Unsupported control keyword: '{keyword}'"))),
    }
}

/// Splits a list of filters, and collects the names that they take from the template's arguments.
pub(super) fn filters(escapes: &str) -> Result<(Vec<String>, Names), SyntaxError> {
    if escapes.trim().is_empty() {
        return Ok((Vec::new(), Names::default()));
    }
    let code = format!("{escapes},");
    let module = parse_module(&code).map_err(|error| SyntaxError::parsing(&code, &error))?;
    let [Stmt::Expr(statement)] = module.syntax().body.as_slice() else {
        return Err(SyntaxError::new(format!("'{escapes}' is not a list of filters")));
    };
    let Expr::Tuple(tuple) = statement.value.as_ref() else {
        return Err(SyntaxError::new(format!("'{escapes}' is not a list of filters")));
    };
    let mut names = Names::default();
    let mut sources = Vec::new();
    for element in &tuple.elts {
        sources.push(code[element.range()].to_owned());
        names.undeclared.extend(names_of_expression(element).undeclared);
    }
    names.undeclared.retain(|name| !ESCAPES.iter().any(|(known, _)| known == name));
    Ok((sources, names))
}

/// Wraps the source of an expression in the calls of its `filters`: `str` first, then those that the page has for all
/// expressions; an `n` in either list keeps away what comes ahead of that list.
pub(super) fn filtered_expression(page: &[String], filters: &[String], source: &str) -> String {
    let has_n = |filters: &[String]| filters.iter().any(|filter| filter == "n");
    if has_n(filters) {
        return filtered(filters, source);
    }
    let source = if has_n(page) { source.to_owned() } else { format!("str({source})") };
    filtered(filters, &filtered(page, &source))
}

/// Wraps `target` in the calls of `filters`.
pub(super) fn filtered(filters: &[String], target: &str) -> String {
    let mut source = target.to_owned();
    for filter in filters.iter().filter(|filter| *filter != "n") {
        let (function, arguments) = called(filter);
        let function = if function.len() > "decode.".len() && function.starts_with("decode.") {
            format!("filters.{function}")
        } else {
            let known = ESCAPES.iter().find(|(name, _)| *name == function);
            known.map_or(function, |(_, stands_for)| stands_for).to_owned()
        };
        source = format!("{function}{arguments}({source})");
    }
    source
}

/// Splits a filter that is itself a call, `function(arguments)`, before its parenthesis.
fn called(filter: &str) -> (&str, &str) {
    let last = filter.rfind(')').unwrap_or(0);
    match filter.match_indices('(').find(|(index, _)| *index > 0 && *index < last) {
        Some((open, _)) => (&filter[..open], &filter[open..=last]),
        None => (filter, ""),
    }
}

/// The length of the string literal that `text` begins with, if it is closed.
/// An unclosed triple quote counts as an empty string and a quote, as in Mako.
pub(super) fn string_length(text: &str) -> Option<usize> {
    ["\"\"\"", "'''", "\"", "'"].iter().filter(|quote| text.starts_with(**quote)).find_map(|quote| {
        let bytes = text.as_bytes();
        let mut index = quote.len();
        while index < bytes.len() {
            if bytes[index] == b'\\' {
                index += 2;
            } else if bytes[index..].starts_with(quote.as_bytes()) {
                return Some(index + quote.len());
            } else {
                index += 1;
            }
        }
        None
    })
}

/// The lines of a block, split as Mako splits them.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line))
}

/// Expands tabs to columns of eight.
pub(super) fn expand_tabs(line: &str) -> String {
    let mut expanded = String::with_capacity(line.len());
    let mut column = 0;
    for letter in line.chars() {
        if letter == '\t' {
            let width = 8 - column % 8;
            expanded.extend(std::iter::repeat_n(' ', width));
            column += width;
        } else {
            expanded.push(letter);
            column += 1;
        }
    }
    expanded
}

/// Whether a line is neither blank nor only a comment.
pub(super) fn has_code(line: &str) -> bool {
    line.trim_start_matches([' ', '\t']).chars().next().is_some_and(|letter| letter != '#')
}

/// Removes the margin of the first line of code from all lines that do not continue a string or a
/// backslashed line.
pub(super) fn without_margin(text: &str) -> String {
    let mut state = Continuation::default();
    let mut margin: Option<String> = None;
    let mut adjusted = Vec::new();
    for line in lines(text) {
        if state.continues(line) {
            adjusted.push(line.to_owned());
            continue;
        }
        let line = expand_tabs(line);
        if margin.is_none() && has_code(&line) {
            margin = Some(line[..line.len() - line.trim_start_matches(' ').len()].to_owned());
        }
        let stripped = margin.as_deref().and_then(|margin| line.strip_prefix(margin)).unwrap_or(&line);
        adjusted.push(stripped.to_owned());
    }
    adjusted.join("\n")
}

/// Whether the next line begins inside a triple-quoted string or after a backslash.
#[derive(Default)]
struct Continuation {
    backslashed: bool,
    quoted: Option<&'static str>,
}

impl Continuation {
    fn continues(&mut self, line: &str) -> bool {
        let continued = self.backslashed || self.quoted.is_some();
        self.backslashed = line.ends_with('\\');
        let mut rest = line;
        while !rest.is_empty() {
            if let Some(quote) = self.quoted {
                let Some(end) = rest.find(quote) else { return continued };
                rest = &rest[end + quote.len()..];
                self.quoted = None;
                continue;
            }
            if rest.starts_with('#') {
                return continued;
            }
            if let Some(quote) = ["\"\"\"", "'''"].into_iter().find(|quote| rest.starts_with(quote)) {
                self.quoted = Some(quote);
                rest = &rest[quote.len()..];
                continue;
            }
            let next = ["\"\"\"", "'''", "#"].iter().filter_map(|mark| rest.find(mark)).min();
            rest = next.map_or("", |next| &rest[next..]);
        }
        continued
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_end_at_their_own_unescaped_quote() {
        assert_eq!(string_length(r#""a\"b" c"#), Some(6));
        assert_eq!(string_length("'''a'b''' c"), Some(9));
        assert_eq!(string_length("\"\"\"open"), Some(2));
        assert_eq!(string_length("'open"), None);
        assert_eq!(string_length("plain"), None);
    }

    #[test]
    fn filters_are_called_from_the_inside_out() {
        let call = |escapes: &str| filtered_expression(&[], &filters(escapes).unwrap().0, "x");
        assert_eq!(call(""), "str(x)");
        assert_eq!(call("comma,n"), "comma(x)");
        assert_eq!(call("h, trim"), "filters.trim(filters.html_escape(str(x)))");
        assert_eq!(call("pad(3, '.')"), "pad(3, '.')(str(x))");
        assert_eq!(call("decode.utf8"), "filters.decode.utf8(str(x))");
        let page = |page: &str, escapes: &str| {
            filtered_expression(&filters(page).unwrap().0, &filters(escapes).unwrap().0, "x")
        };
        assert_eq!(page("h", "trim"), "filters.trim(filters.html_escape(str(x)))");
        assert_eq!(page("h", "n"), "x");
        assert_eq!(page("n, h", ""), "filters.html_escape(x)");
    }

    #[test]
    fn a_block_loses_its_margin_but_strings_keep_theirs() {
        assert_eq!(without_margin("\n    x = '''\n    a'''\n    y = 1\n"), "\nx = '''\n    a'''\ny = 1\n");
        assert_eq!(without_margin(" x = 1\n y = 2 "), "x = 1\ny = 2 ");
    }

    #[test]
    fn a_control_line_must_be_a_partial_statement() {
        assert!(control_names("if(x):").is_err());
        assert!(control_names("if x").is_err());
        assert!(control_names("def f():").is_err());
        assert!(control_names("if x: # why").is_ok());
        assert_eq!(control_names("for a in b:").unwrap().declared.len(), 1);
    }
}
