//! What can be wrong with a configuration file or with a value in it.

use std::fmt::{self, Write as _};
use std::path::PathBuf;

use super::percent::FormatError;
use super::text::{hide_passwords, repr, repr_path};
use crate::error::Error;

/// The place of an option in its file.
///
/// It shows as `alembic.ini, line 3: `, and as nothing for values that a program has set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// The line of the option's name, counted from 1.
    pub line: Option<usize>,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, "{}, line {line}: ", file.display()),
            _ => Ok(()),
        }
    }
}

/// A failure to read or to change a configuration.
///
/// The sentences of the first eleven are those of Python's `configparser`, with the file and line in front where
/// `configparser` gives none, and without the passwords of database URLs.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A section appears twice in a file.
    #[error(
        "While reading from {} [line {line:2}]: section {} already exists",
        repr_path(file),
        repr(section)
    )]
    DuplicateSection {
        /// The file.
        file: PathBuf,
        /// The line of the second header.
        line: usize,
        /// The name of the section.
        section: String,
    },
    /// An option appears twice in a section.
    #[error(
        "While reading from {} [line {line:2}]: option {} in section {} already exists",
        repr_path(file),
        repr(option),
        repr(section)
    )]
    DuplicateOption {
        /// The file.
        file: PathBuf,
        /// The line of the second one.
        line: usize,
        /// The name of the section.
        section: String,
        /// The name of the option, in lower case.
        option: String,
    },
    /// Something other than a comment comes before the first section header.
    #[error(
        "File contains no section headers.\nfile: {}, line: {line}\n{}",
        repr_path(file),
        repr(&hide_passwords(text))
    )]
    MissingSectionHeader {
        /// The file.
        file: PathBuf,
        /// The line.
        line: usize,
        /// What the line says.
        text: String,
    },
    /// Lines that are neither header, option, continuation nor comment.
    #[error("Source contains parsing errors: {}{}", repr_path(file), bogus_lines(lines))]
    Parsing {
        /// The file.
        file: PathBuf,
        /// The number and the text of each such line.
        lines: Vec<(usize, String)>,
    },
    /// A section was asked for that does not exist.
    #[error("No section: {}", repr(section))]
    NoSection {
        /// Its name.
        section: String,
    },
    /// A section is added that exists already.
    #[error("Section {} already exists", repr(section))]
    SectionExists {
        /// Its name.
        section: String,
    },
    /// A section is added with a name that no section may have.
    #[error("Invalid section name: {}", repr(section))]
    InvalidSectionName {
        /// The name.
        section: String,
    },
    /// A value names another option that does not exist.
    #[error(
        "{location}Bad value substitution: option {} in section {} contains an interpolation key {} which is not a valid option name. Raw value: {}",
        repr(option),
        repr(section),
        repr(reference),
        repr(&hide_passwords(raw))
    )]
    InterpolationMissingOption {
        /// Where the option stands.
        location: Box<Location>,
        /// The section of the option.
        section: String,
        /// The option that was read.
        option: String,
        /// The name that does not exist.
        reference: String,
        /// The value as written.
        raw: String,
    },
    /// A `%` in a value is neither doubled nor the beginning of `%(name)s`.
    #[error("{location}{problem}")]
    InterpolationSyntax {
        /// Where the option stands.
        location: Box<Location>,
        /// What is wrong, quoting the value from the `%` on.
        problem: String,
    },
    /// Values refer to each other in a circle, or more than ten deep.
    #[error(
        "{location}Recursion limit exceeded in value substitution: option {} in section {} contains an interpolation key which cannot be substituted in {limit} steps. Raw value: {}",
        repr(option),
        repr(section),
        repr(&hide_passwords(raw))
    )]
    InterpolationDepth {
        /// Where the option stands.
        location: Box<Location>,
        /// The section of the option.
        section: String,
        /// The option that was read.
        option: String,
        /// The value as written.
        raw: String,
        /// How deep values may refer to each other.
        limit: usize,
    },
    /// A value to be set holds a `%` that is neither doubled nor part of `%(name)s`.
    #[error("invalid interpolation syntax in {} at position {position}", repr(&hide_passwords(value)))]
    InvalidInterpolation {
        /// The value.
        value: String,
        /// Where the `%` stands, once valid references are taken away; counted in characters.
        position: usize,
    },
    /// A file is not UTF-8.
    #[error("{}, line {line}: not UTF-8 text", file.display())]
    NotText {
        /// The file.
        file: PathBuf,
        /// The line of the first byte that is not.
        line: usize,
    },
    /// A `pyproject.toml` is not TOML.
    #[error("{}, line {line}: {message}", file.display())]
    Toml {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A `%(name)s` in a value of `pyproject.toml` cannot be replaced.
    #[error("{}: value of {}: {source}", file.display(), repr(key))]
    TomlValue {
        /// The file.
        file: PathBuf,
        /// The key in `[tool.alembic]`.
        key: String,
        /// What is wrong.
        source: FormatError,
    },
    /// A value of `pyproject.toml` is of another type than its key takes.
    #[error("{}: {message}", file.display())]
    TomlType {
        /// The file.
        file: PathBuf,
        /// What was expected, and of which key.
        message: String,
    },
    /// `path_separator` has a value that it cannot have.
    #[error("'{value}' is not a valid value for {option}; expected 'space', 'newline', 'os', ':', ';'")]
    PathSeparator {
        /// The name of the option.
        option: String,
        /// Its value.
        value: String,
    },
    /// A file exists but cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// What the reference raises as `CommandError`.
    #[error("{0}")]
    Command(String),
}

/// The exception of Python that an error is in the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExceptionClass {
    /// The class's module.
    pub module: &'static str,
    /// The class's name.
    pub name: &'static str,
}

impl fmt::Display for ExceptionClass {
    /// Writes the class as tracebacks do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.module {
            "builtins" => f.write_str(self.name),
            module => write!(f, "{module}.{}", self.name),
        }
    }
}

impl ConfigError {
    /// Gives the exception that the reference raises.
    #[must_use]
    pub fn exception_class(&self) -> ExceptionClass {
        let (module, name) = match self {
            Self::DuplicateSection { .. } | Self::SectionExists { .. } => {
                ("configparser", "DuplicateSectionError")
            }
            Self::DuplicateOption { .. } => ("configparser", "DuplicateOptionError"),
            Self::MissingSectionHeader { .. } => ("configparser", "MissingSectionHeaderError"),
            Self::Parsing { .. } => ("configparser", "ParsingError"),
            Self::NoSection { .. } => ("configparser", "NoSectionError"),
            Self::InterpolationMissingOption { .. } => ("configparser", "InterpolationMissingOptionError"),
            Self::InterpolationSyntax { .. } => ("configparser", "InterpolationSyntaxError"),
            Self::InterpolationDepth { .. } => ("configparser", "InterpolationDepthError"),
            Self::Toml { .. } => ("tomllib", "TOMLDecodeError"),
            Self::TomlType { .. } => ("builtins", "TypeError"),
            Self::InvalidSectionName { .. }
            | Self::InvalidInterpolation { .. }
            | Self::NotText { .. }
            | Self::TomlValue { .. }
            | Self::PathSeparator { .. } => ("builtins", "ValueError"),
            Self::Io { .. } => ("builtins", "OSError"),
            Self::Command(_) => ("alembic.util.exc", "CommandError"),
        };
        ExceptionClass { module, name }
    }

    /// Gives the section, and the option, that the error is about.
    #[must_use]
    pub fn place(&self) -> Option<(&str, Option<&str>)> {
        match self {
            Self::DuplicateSection { section, .. }
            | Self::NoSection { section }
            | Self::SectionExists { section }
            | Self::InvalidSectionName { section } => Some((section, None)),
            Self::DuplicateOption { section, option, .. }
            | Self::InterpolationMissingOption { section, option, .. }
            | Self::InterpolationDepth { section, option, .. } => Some((section, Some(option))),
            _ => None,
        }
    }

    /// What the user can do about it, where that is not plain from the sentence.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::InterpolationSyntax { .. }
            | Self::InvalidInterpolation { .. }
            | Self::TomlValue { source: FormatError::Conversion { .. }, .. } => {
                Some("a percent sign that stands for itself is written %%")
            }
            Self::NotText { .. } => Some("save the file as UTF-8"),
            _ => None,
        }
    }
}

/// The lines of [`ConfigError::Parsing`], as `configparser` lists them.
fn bogus_lines(lines: &[(usize, String)]) -> String {
    let mut out = String::new();
    for (number, text) in lines {
        // Writing to a string does not fail.
        let _ = write!(out, "\n\t[line {number:2}]: {}", repr(&hide_passwords(text)));
    }
    out
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::Command(message) => Self::command(message),
            ConfigError::Io { path, source } => Self::io(path, source),
            other => Self::Config(Box::new(other)),
        }
    }
}
