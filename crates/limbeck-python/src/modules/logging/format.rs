//! Log lines: the `%`-, `{`- and `$`-styles of Python's `logging.Formatter`.

use std::fmt::Write as _;

use jiff::Zoned;

use super::registry::{Record, level_name};

/// How a handler writes a record.
#[derive(Clone, Debug)]
pub struct Format {
    template: String,
    datefmt: Option<String>,
    style: Style,
}

/// The placeholder style of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `%(name)s`
    Percent,
    /// `{name}`
    Brace,
    /// `${name}`
    Dollar,
}

impl Default for Format {
    fn default() -> Self {
        Self { template: "%(message)s".to_owned(), datefmt: None, style: Style::Percent }
    }
}

impl Format {
    /// Makes a format; without a template it is the bare message.
    pub fn new(template: Option<String>, datefmt: Option<String>, style: Style) -> Self {
        let bare = match style {
            Style::Percent => "%(message)s",
            Style::Brace => "{message}",
            Style::Dollar => "${message}",
        };
        Self { template: template.unwrap_or_else(|| bare.to_owned()), datefmt, style }
    }

    /// Writes a record, without a line end; a traceback follows on lines of its own.
    pub fn render(&self, record: &Record) -> String {
        let mut line = match self.style {
            Style::Percent => self.render_percent(record),
            Style::Brace => self.render_delimited(record, "{", "}"),
            Style::Dollar => self.render_delimited(record, "${", "}"),
        };
        if let Some(traceback) = &record.traceback {
            line.push('\n');
            line.push_str(traceback);
        }
        line
    }

    fn render_percent(&self, record: &Record) -> String {
        let mut line = String::new();
        let mut rest = self.template.as_str();
        while let Some(position) = rest.find('%') {
            line.push_str(&rest[..position]);
            rest = &rest[position + 1..];
            if let Some(after) = rest.strip_prefix('%') {
                line.push('%');
                rest = after;
            } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|open| open.split_once(')')) {
                let end = after.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(after.len());
                pad(&mut line, &self.attribute(record, name), &after[..end]);
                rest = after.get(end + 1..).unwrap_or_default();
            } else {
                line.push('%');
            }
        }
        line.push_str(rest);
        line
    }

    fn render_delimited(&self, record: &Record, open: &str, close: &str) -> String {
        let mut line = String::new();
        let mut rest = self.template.as_str();
        while let Some((before, after)) = rest.split_once(open) {
            line.push_str(before);
            let Some((field, after)) = after.split_once(close) else {
                line.push_str(open);
                rest = after;
                continue;
            };
            let (name, specification) = field.split_once(':').unwrap_or((field, ""));
            let left = specification.starts_with('<');
            let specification = specification.trim_start_matches(['<', '>']).trim_end_matches('s');
            let specification = if left || specification.is_empty() {
                format!("-{specification}")
            } else {
                specification.to_owned()
            };
            pad(&mut line, &self.attribute(record, name), &specification);
            rest = after;
        }
        line.push_str(rest);
        line
    }

    /// Gives an attribute of the record as text; an unknown one is shown by its name.
    fn attribute(&self, record: &Record, name: &str) -> String {
        match name {
            "name" if record.logger.is_empty() => "root".to_owned(),
            "name" => record.logger.clone(),
            "levelname" => level_name(record.level),
            "levelno" => record.level.to_string(),
            "message" => record.message.clone(),
            "asctime" => self.time(&record.time),
            "created" => format!("{:.7}", seconds(&record.time)),
            "msecs" => format!("{}", record.time.millisecond()),
            "process" => std::process::id().to_string(),
            "processName" => "MainProcess".to_owned(),
            "threadName" => "MainThread".to_owned(),
            "pathname" => record.path.clone(),
            "filename" => file_name(&record.path).to_owned(),
            "module" => file_name(&record.path).trim_end_matches(".py").to_owned(),
            "lineno" => record.line.to_string(),
            other => format!("<{other}>"),
        }
    }

    fn time(&self, time: &Zoned) -> String {
        match &self.datefmt {
            Some(format) => time.strftime(format).to_string(),
            None => format!("{},{:03}", time.strftime("%Y-%m-%d %H:%M:%S"), time.millisecond()),
        }
    }
}

fn seconds(time: &Zoned) -> f64 {
    time.timestamp().as_duration().as_secs_f64()
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Writes `text` under a conversion's flags, width and precision, such as `-5.5`.
fn pad(line: &mut String, text: &str, specification: &str) {
    let left = specification.starts_with('-');
    let numbers = specification.trim_start_matches(['-', '0', '+', ' ', '#']);
    let (width, precision) = numbers.split_once('.').unwrap_or((numbers, ""));
    let width: usize = width.parse().unwrap_or(0);
    let text: String = match precision.parse::<usize>() {
        Ok(precision) => text.chars().take(precision).collect(),
        Err(_) => text.to_owned(),
    };
    let _ = if left { write!(line, "{text:<width$}") } else { write!(line, "{text:>width$}") };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(level: i32) -> Record {
        let time = "2026-01-02T03:04:05.006[UTC]".parse().unwrap();
        Record {
            logger: "alembic.runtime.migration".to_owned(),
            level,
            message: "Running upgrade".to_owned(),
            traceback: None,
            path: "/a/env.py".to_owned(),
            line: 7,
            time,
        }
    }

    #[test]
    fn the_format_of_alembic_ini_pads_the_level_to_five() {
        let format =
            Format::new(Some("%(levelname)-5.5s [%(name)s] %(message)s".to_owned()), None, Style::Percent);
        assert_eq!(format.render(&record(20)), "INFO  [alembic.runtime.migration] Running upgrade");
        assert_eq!(format.render(&record(30)), "WARNI [alembic.runtime.migration] Running upgrade");
    }

    #[test]
    fn every_style_knows_the_attributes() {
        let percent =
            Format::new(Some("%(asctime)s 100%% %(module)s:%(lineno)4d".to_owned()), None, Style::Percent);
        assert_eq!(percent.render(&record(20)), "2026-01-02 03:04:05,006 100% env:   7");
        let dated = Format::new(Some("%(asctime)s".to_owned()), Some("%H:%M:%S".to_owned()), Style::Percent);
        assert_eq!(dated.render(&record(20)), "03:04:05");
        let brace = Format::new(Some("{levelname:<8}|{message}".to_owned()), None, Style::Brace);
        assert_eq!(brace.render(&record(20)), "INFO    |Running upgrade");
        let dollar = Format::new(Some("${levelname}: ${message}".to_owned()), None, Style::Dollar);
        assert_eq!(dollar.render(&record(40)), "ERROR: Running upgrade");
    }
}
