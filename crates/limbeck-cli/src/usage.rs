//! Usage lines and errors, laid out as Python's `argparse` (3.11) lays them out.

/// A command line that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{usage}{program}: error: {message}")]
pub struct UsageError {
    /// The lines that show what is possible, with their line end.
    pub usage: String,
    /// The program's name, and the command's if it is about that.
    pub program: String,
    /// What is wrong.
    pub message: String,
    /// What the user can do about it, a line each.
    pub hints: Vec<String>,
}

/// Formats `usage: program [options] positionals` for a terminal of `columns` columns.
#[must_use]
pub fn format_usage(program: &str, optionals: &[String], positionals: &[String], columns: usize) -> String {
    const PREFIX: &str = "usage: ";
    let width = columns.saturating_sub(2);
    let parts = || optionals.iter().chain(positionals).map(String::as_str);
    let one_line = std::iter::once(program).chain(parts()).collect::<Vec<_>>().join(" ");
    if PREFIX.len() + one_line.len() <= width {
        return format!("{PREFIX}{one_line}\n");
    }
    let lines = if (PREFIX.len() + program.len()) * 4 <= width * 3 {
        let indent = PREFIX.len() + program.len() + 1;
        let (first, second) =
            if optionals.is_empty() { (positionals, [].as_slice()) } else { (optionals, positionals) };
        let first: Vec<&str> = std::iter::once(program).chain(first.iter().map(String::as_str)).collect();
        let mut lines = filled(&first, indent, width, PREFIX.len());
        if let Some(line) = lines.first_mut() {
            *line = line.trim_start().to_owned();
        }
        let second: Vec<&str> = second.iter().map(String::as_str).collect();
        lines.extend(filled(&second, indent, width, indent));
        lines
    } else {
        let indent = PREFIX.len();
        let all: Vec<&str> = parts().collect();
        let mut lines = filled(&all, indent, width, indent);
        if lines.len() > 1 {
            let of = |parts: &[String]| {
                filled(&parts.iter().map(String::as_str).collect::<Vec<_>>(), indent, width, indent)
            };
            lines = of(optionals);
            lines.extend(of(positionals));
        }
        lines.insert(0, program.to_owned());
        lines
    };
    format!("{PREFIX}{}\n", lines.join("\n"))
}

/// Fills lines of `width` columns with `parts`, indented; the first one begins after `taken` columns.
fn filled(parts: &[&str], indent: usize, width: usize, taken: usize) -> Vec<String> {
    let margin = " ".repeat(indent);
    let mut lines = Vec::new();
    let mut line: Vec<&str> = Vec::new();
    // One column less: the first part has no space ahead of it.
    let mut used = taken.saturating_sub(1);
    for part in parts {
        if used + 1 + part.len() > width && !line.is_empty() {
            lines.push(format!("{margin}{}", line.join(" ")));
            line.clear();
            used = indent.saturating_sub(1);
        }
        line.push(part);
        used += part.len() + 1;
    }
    if !line.is_empty() {
        lines.push(format!("{margin}{}", line.join(" ")));
    }
    lines
}
