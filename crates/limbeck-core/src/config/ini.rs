//! Ini files by the rules of Python's `configparser.ConfigParser`, as a strict parser reads them with its default
//! arguments: what [`parse`](Ini::parse) takes and refuses, and lookups. References between values are in
//! `interpolation`.

use std::path::{Path, PathBuf};

use indexmap::{IndexMap, IndexSet};

use super::error::{ConfigError, Location};
use super::interpolation;
use super::text::{is_space, rstrip, strip};

/// The section whose options every other section inherits.
pub const DEFAULT_SECTION: &str = "DEFAULT";

/// The options of a section, by name in lower case.
pub(super) type Section = IndexMap<String, Entry>;

/// A value as written, before references are replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) value: String,
    /// The line of the option's name; none for values that a program has set.
    line: Option<usize>,
}

/// A parsed ini file, or one built in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ini {
    source: Option<PathBuf>,
    defaults: Section,
    sections: IndexMap<String, Section>,
}

/// The name under which an option is stored: options are the same in upper and lower case.
pub(super) fn option_key(option: &str) -> String {
    option.to_lowercase()
}

impl Ini {
    /// Makes one without sections, whose `[DEFAULT]` holds `defaults`.
    #[must_use]
    pub fn new(defaults: &IndexMap<String, String>) -> Self {
        let defaults = defaults
            .iter()
            .map(|(name, value)| (option_key(name), Entry { value: value.clone(), line: None }))
            .collect();
        Self { source: None, defaults, sections: IndexMap::new() }
    }

    /// Reads the file at `path` as UTF-8. (The reference takes the encoding of the locale.)
    ///
    /// A file that does not exist, or is a directory, counts as empty, as it does for `ConfigParser.read`.
    ///
    /// # Errors
    /// A file that exists but cannot be read, is not UTF-8, or is not an ini file.
    pub fn read(path: &Path, defaults: &IndexMap<String, String>) -> Result<Self, ConfigError> {
        use std::io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if matches!(error.kind(), NotFound | NotADirectory | IsADirectory) => {
                return Ok(Self::new(defaults));
            }
            Err(source) => return Err(ConfigError::Io { path: path.to_owned(), source }),
        };
        let text = utf8(bytes, path)?;
        Self::parse(&text, path, defaults)
    }

    /// Parses `text`; `source` names it in errors.
    ///
    /// # Errors
    /// Those of `ConfigParser.read_file`: repeated sections and options, text before the first header, and lines that
    /// are none of header, option, continuation and comment (all of these in one error).
    pub fn parse(
        text: &str,
        source: &Path,
        defaults: &IndexMap<String, String>,
    ) -> Result<Self, ConfigError> {
        let mut ini = Self::new(defaults);
        ini.source = Some(source.to_owned());
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        Reader { ini: &mut ini, source, seen: IndexSet::new(), current: None, indent: 0, bogus: Vec::new() }
            .read(&text)?;
        Ok(ini)
    }

    /// The file that was parsed; none for an ini built in memory or read from a missing file.
    #[must_use]
    pub fn source(&self) -> Option<&Path> {
        self.source.as_deref()
    }

    /// The names of the sections in the order of the file, without `DEFAULT`.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.keys().map(String::as_str)
    }

    /// Whether the section exists; `DEFAULT` never counts.
    #[must_use]
    pub fn has_section(&self, section: &str) -> bool {
        self.sections.contains_key(section)
    }

    /// Whether the option exists in the section or in `DEFAULT`; false when the section does not exist.
    #[must_use]
    pub fn has_option(&self, section: &str, option: &str) -> bool {
        let key = option_key(option);
        if names_default(section) {
            return self.defaults.contains_key(&key);
        }
        self.sections
            .get(section)
            .is_some_and(|options| options.contains_key(&key) || self.defaults.contains_key(&key))
    }

    /// The names of the section's options, then those it inherits.
    ///
    /// # Errors
    /// The section does not exist.
    pub fn options(&self, section: &str) -> Result<Vec<&str>, ConfigError> {
        let own = self.sections.get(section).ok_or_else(|| no_section(section))?;
        let inherited = self.defaults.keys().filter(|key| !own.contains_key(*key));
        Ok(own.keys().chain(inherited).map(String::as_str).collect())
    }

    /// The value of an option with its references replaced; `None` when section or option do not exist.
    ///
    /// # Errors
    /// A reference that cannot be replaced.
    pub fn get(&self, section: &str, option: &str) -> Result<Option<String>, ConfigError> {
        let key = option_key(option);
        match self.entry(section, &key) {
            Some(entry) => interpolation::expand(self, section, &key, &entry.value).map(Some),
            None => Ok(None),
        }
    }

    /// The value of an option as written; `None` when section or option do not exist.
    #[must_use]
    pub fn get_raw(&self, section: &str, option: &str) -> Option<&str> {
        self.entry(section, &option_key(option)).map(|entry| entry.value.as_str())
    }

    /// All options of a section, the inherited ones first, with their references replaced.
    ///
    /// # Errors
    /// The section does not exist, or a reference cannot be replaced.
    pub fn items(&self, section: &str) -> Result<IndexMap<String, String>, ConfigError> {
        self.items_raw(section)?
            .into_iter()
            .map(|(key, value)| {
                let value = interpolation::expand(self, section, &key, &value)?;
                Ok((key, value))
            })
            .collect()
    }

    /// All options of a section, the inherited ones first, as written.
    ///
    /// # Errors
    /// The section does not exist.
    pub fn items_raw(&self, section: &str) -> Result<IndexMap<String, String>, ConfigError> {
        let mut result: IndexMap<String, String> = self.default_items();
        match self.sections.get(section) {
            Some(own) => result.extend(own.iter().map(|(key, entry)| (key.clone(), entry.value.clone()))),
            None if section == DEFAULT_SECTION => {}
            None => return Err(no_section(section)),
        }
        Ok(result)
    }

    /// The options of `DEFAULT`, as written.
    #[must_use]
    pub fn default_items(&self) -> IndexMap<String, String> {
        self.defaults.iter().map(|(key, entry)| (key.clone(), entry.value.clone())).collect()
    }

    /// Adds an empty section.
    ///
    /// # Errors
    /// The section exists, or is called `DEFAULT`.
    pub fn add_section(&mut self, section: &str) -> Result<(), ConfigError> {
        if section == DEFAULT_SECTION {
            return Err(ConfigError::InvalidSectionName { section: section.to_owned() });
        }
        if self.has_section(section) {
            return Err(ConfigError::SectionExists { section: section.to_owned() });
        }
        self.sections.insert(section.to_owned(), Section::new());
        Ok(())
    }

    /// Sets an option, with references still to be replaced when it is read.
    ///
    /// # Errors
    /// The section does not exist, or a `%` in the value is neither doubled nor part of a reference.
    pub fn set(&mut self, section: &str, option: &str, value: &str) -> Result<(), ConfigError> {
        interpolation::check(value)?;
        let entry = Entry { value: value.to_owned(), line: None };
        self.section_mut(section)?.insert(option_key(option), entry);
        Ok(())
    }

    /// Removes an option, and says whether it was there; what the section inherits stays.
    ///
    /// # Errors
    /// The section does not exist.
    pub fn remove_option(&mut self, section: &str, option: &str) -> Result<bool, ConfigError> {
        Ok(self.section_mut(section)?.shift_remove(&option_key(option)).is_some())
    }

    /// Removes a section, and says whether it was there.
    pub fn remove_section(&mut self, section: &str) -> bool {
        self.sections.shift_remove(section).is_some()
    }

    /// Looks `key` up in the section, then in `DEFAULT`.
    pub(super) fn entry(&self, section: &str, key: &str) -> Option<&Entry> {
        match self.sections.get(section) {
            Some(own) => own.get(key).or_else(|| self.defaults.get(key)),
            None if section == DEFAULT_SECTION => self.defaults.get(key),
            None => None,
        }
    }

    /// Where the option stands.
    pub(super) fn location(&self, section: &str, key: &str) -> Location {
        let line = self.entry(section, key).and_then(|entry| entry.line);
        Location { file: self.source.clone(), line }
    }

    fn section_mut(&mut self, section: &str) -> Result<&mut Section, ConfigError> {
        if names_default(section) {
            return Ok(&mut self.defaults);
        }
        self.sections.get_mut(section).ok_or_else(|| no_section(section))
    }
}

/// Whether a section's name means `DEFAULT` where a value is set, removed, or asked whether it is there.
fn names_default(section: &str) -> bool {
    section.is_empty() || section == DEFAULT_SECTION
}

fn no_section(section: &str) -> ConfigError {
    ConfigError::NoSection { section: section.to_owned() }
}

/// Takes `bytes` as UTF-8, or says on which line they are not.
pub(super) fn utf8(bytes: Vec<u8>, path: &Path) -> Result<String, ConfigError> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.split(|byte| *byte == b'\n').count();
        ConfigError::NotText { file: path.to_owned(), line }
    })
}

/// A pass over the lines of a file.
struct Reader<'a> {
    ini: &'a mut Ini,
    source: &'a Path,
    /// The sections and options that this file has brought so far.
    seen: IndexSet<(String, Option<String>)>,
    /// The section being read.
    current: Option<OpenSection>,
    /// The indentation, in characters, of the last header or option.
    indent: usize,
    bogus: Vec<(usize, String)>,
}

/// The section being read, with the value that a further line may continue.
struct OpenSection {
    name: String,
    option: Option<OpenOption>,
}

struct OpenOption {
    key: String,
    line: usize,
    values: Vec<String>,
}

impl Reader<'_> {
    fn read(mut self, text: &str) -> Result<(), ConfigError> {
        for (index, line) in text.split_inclusive('\n').enumerate() {
            self.line(index + 1, line)?;
        }
        self.close_option();
        if self.bogus.is_empty() {
            Ok(())
        } else {
            Err(ConfigError::Parsing { file: self.source.to_owned(), lines: self.bogus })
        }
    }

    fn line(&mut self, number: usize, line: &str) -> Result<(), ConfigError> {
        let value = strip(line);
        if value.starts_with(['#', ';']) {
            return Ok(());
        }
        if value.is_empty() {
            // An empty line belongs to the value before it; at its end it is cut off again.
            if let Some(option) = self.continued() {
                option.values.push(String::new());
            }
            return Ok(());
        }
        let indent = line.chars().take_while(|c| is_space(*c)).count();
        if indent > self.indent
            && let Some(option) = self.continued()
        {
            option.values.push(value.to_owned());
            return Ok(());
        }
        self.indent = indent;
        if let Some(header) = header(value) {
            return self.open_section(number, header);
        }
        let Some(current) = &self.current else {
            return Err(ConfigError::MissingSectionHeader {
                file: self.source.to_owned(),
                line: number,
                text: line.to_owned(),
            });
        };
        let Some((option, value)) = value.split_once(['=', ':']) else {
            self.bogus.push((number, line.to_owned()));
            return Ok(());
        };
        if option.is_empty() {
            self.bogus.push((number, line.to_owned()));
        }
        let section = current.name.clone();
        self.open_option(section, number, option_key(rstrip(option)), strip(value).to_owned())
    }

    /// The option that an indented or empty line continues; one without a name cannot be continued.
    fn continued(&mut self) -> Option<&mut OpenOption> {
        self.current.as_mut()?.option.as_mut().filter(|option| !option.key.is_empty())
    }

    fn open_section(&mut self, line: usize, name: &str) -> Result<(), ConfigError> {
        self.close_option();
        let name = name.to_owned();
        if name != DEFAULT_SECTION {
            if !self.seen.insert((name.clone(), None)) {
                return Err(ConfigError::DuplicateSection {
                    file: self.source.to_owned(),
                    line,
                    section: name,
                });
            }
            self.ini.sections.entry(name.clone()).or_default();
        }
        self.current = Some(OpenSection { name, option: None });
        Ok(())
    }

    fn open_option(
        &mut self,
        section: String,
        line: usize,
        key: String,
        value: String,
    ) -> Result<(), ConfigError> {
        self.close_option();
        if !self.seen.insert((section.clone(), Some(key.clone()))) {
            return Err(ConfigError::DuplicateOption {
                file: self.source.to_owned(),
                line,
                section,
                option: key,
            });
        }
        let option = OpenOption { key, line, values: vec![value] };
        self.current = Some(OpenSection { name: section, option: Some(option) });
        Ok(())
    }

    /// Stores the option whose value is now complete.
    fn close_option(&mut self) {
        let Some(current) = &mut self.current else { return };
        let Some(option) = current.option.take() else { return };
        let value = rstrip(&option.values.join("\n")).to_owned();
        let entry = Entry { value, line: Some(option.line) };
        let options = match self.ini.sections.get_mut(&current.name) {
            Some(options) => options,
            None => &mut self.ini.defaults,
        };
        options.insert(option.key, entry);
    }
}

/// The name in a section header: everything up to the last bracket of the line, and what follows is ignored.
fn header(value: &str) -> Option<&str> {
    let inner = value.strip_prefix('[')?;
    let end = inner.rfind(']')?;
    (end > 0).then(|| &inner[..end])
}

#[cfg(test)]
mod tests;
