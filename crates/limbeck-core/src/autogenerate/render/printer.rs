//! Lines of Python put together, blocks indented.

/// Writes lines and indents what stands in a `with` block, which an empty line ends.
///
/// Only the first line of a text of several is indented, as in the reference: the rest brings its own indentation.
#[derive(Debug, Default)]
pub(super) struct PythonPrinter {
    text: String,
    depth: usize,
}

impl PythonPrinter {
    /// Writes a line.
    pub(super) fn line(&mut self, line: &str) {
        if line.trim().is_empty() {
            self.depth = self.depth.saturating_sub(1);
        }
        self.text.push_str(&"    ".repeat(self.depth));
        self.text.push_str(line);
        self.text.push('\n');
        if line.starts_with("with ") && line.ends_with(':') {
            self.depth += 1;
        }
    }

    /// Gives the text as the body of a function: four spaces before each line but the first, none at line ends.
    pub(super) fn indented(&self) -> String {
        let lines: Vec<String> = self
            .text
            .trim()
            .lines()
            .enumerate()
            .map(|(number, line)| {
                let indent = if number == 0 { "" } else { "    " };
                format!("{indent}{line}").trim_end_matches(' ').to_owned()
            })
            .collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_with_block_is_indented_until_an_empty_line() {
        let mut printer = PythonPrinter::default();
        for line in ["# begin", "with a as b:", "b.c('x',\n           y)", "", "d()"] {
            printer.line(line);
        }
        assert_eq!(
            printer.indented(),
            "# begin\n    with a as b:\n        b.c('x',\n               y)\n\n    d()"
        );
    }
}
