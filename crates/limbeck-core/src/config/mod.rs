//! Configuration: `alembic.ini`, `pyproject.toml`, and what the command line adds to them.

mod error;
mod files;
mod ini;
#[cfg(test)]
mod ini_cases;
mod interpolation;
mod lock_timeout;
mod messaging;
mod percent;
pub(crate) mod text;
mod toml;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use indexmap::IndexMap;

pub use error::{ConfigError, ExceptionClass, Location};
pub use files::ConfigFiles;
pub use ini::{DEFAULT_SECTION, Ini};
pub use lock_timeout::LockTimeout;
pub use messaging::{Messaging, Sink, Warning, WarningCategory};
pub use percent::FormatError;
pub use text::hide_passwords;
pub use toml::TomlValue;

pub(crate) use percent::{Argument, format as percent_format};
pub(crate) use toml::alembic_table;

use crate::ddl::OutputBuffer;
use crate::error::Result;
use crate::runtime::RunObserver;
use text::{repr_path, strip};
use toml::TomlConfig;

/// The section that holds the main options unless `-n` names another.
pub const DEFAULT_INI_SECTION: &str = "alembic";
/// The option with the database's URL.
const URL_OPTION: &str = "sqlalchemy.url";
/// The option with the time that a run waits for another.
const LOCK_TIMEOUT_OPTION: &str = "lock_timeout";

/// A value that the command line gave to an option of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionValue {
    /// The option was not given.
    None,
    /// A flag.
    Bool(bool),
    /// One string.
    String(String),
    /// The strings of an option that may be repeated, or of several arguments.
    List(Vec<String>),
}

/// What a [`Config`] is made of besides its ini file.
#[derive(Default)]
pub struct ConfigOptions {
    /// The `pyproject.toml`, if any is to be read.
    pub toml_file: Option<PathBuf>,
    /// Further names for `%(name)s` in both files.
    pub config_args: IndexMap<String, String>,
    /// The strings given with `-x`, as they were given.
    pub x_arguments: Vec<String>,
    /// The options and arguments of the command, by the names of the reference's `Config.cmd_opts`.
    pub cmd_opts: Option<IndexMap<String, OptionValue>>,
    /// A database URL that goes before the one of the ini file, taken as it is, without interpolation.
    pub url: Option<String>,
    /// Whether and how long a run waits for another, whatever the files say.
    pub lock_timeout: Option<LockTimeout>,
    /// What hears of the steps of a run.
    pub run_observer: Option<Arc<dyn RunObserver>>,
    /// Suppresses messages (`-q`).
    pub quiet: bool,
    /// Where output goes; nowhere when absent.
    pub stdout: Option<Sink>,
    /// Where [`Config::print_stdout`] prints, when not to `stdout`.
    pub print_sink: Option<Sink>,
    /// Where SQL goes offline, when not to `stdout`.
    pub output_buffer: Option<Arc<dyn OutputBuffer>>,
    /// The width of the terminal in columns, when output goes to one.
    pub terminal_width: Option<usize>,
}

/// A post-write hook: a program to run on a new revision file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostWriteHook {
    /// The name it is listed under.
    pub name: String,
    /// Its options, such as `type`, without the hook's name in front.
    pub options: IndexMap<String, String>,
}

/// The configuration of a run, after the reference's `alembic.config.Config`.
///
/// Both files are read when something is first asked of them, so that `init` and `list_templates` work whatever is in
/// them. It is `Send` and `Sync`, and is changed through `&self`: env.py changes it while others hold it.
pub struct Config {
    ini_file: Option<PathBuf>,
    toml_file: Option<PathBuf>,
    ini_section: String,
    substitutions: IndexMap<String, String>,
    x_arguments: Vec<String>,
    cmd_opts: Option<IndexMap<String, OptionValue>>,
    url: Option<String>,
    lock_timeout: Option<LockTimeout>,
    run_observer: Option<Arc<dyn RunObserver>>,
    messaging: Arc<Messaging>,
    output_buffer: Option<Arc<dyn OutputBuffer>>,
    ini: Mutex<Option<Ini>>,
    toml: OnceLock<TomlConfig>,
}

impl Config {
    /// Makes the configuration of an ini file, which need not exist; without one, options live in memory only.
    ///
    /// `ini_section` is the section with the main options, usually [`DEFAULT_INI_SECTION`].
    #[must_use]
    pub fn open(config_file: Option<&Path>, ini_section: &str, options: ConfigOptions) -> Self {
        let sink = options.stdout.unwrap_or_else(|| Box::new(io::sink()));
        Self {
            ini_file: config_file.map(Path::to_owned),
            toml_file: options.toml_file,
            ini_section: ini_section.to_owned(),
            substitutions: options.config_args,
            x_arguments: options.x_arguments,
            cmd_opts: options.cmd_opts,
            url: options.url,
            lock_timeout: options.lock_timeout,
            run_observer: options.run_observer,
            messaging: Arc::new(
                Messaging::new(sink, options.quiet, options.terminal_width)
                    .with_print_sink(options.print_sink),
            ),
            output_buffer: options.output_buffer,
            ini: Mutex::new(None),
            toml: OnceLock::new(),
        }
    }

    /// Makes a copy that has another name for its ini file or another main section, and shares the output.
    ///
    /// A file that was read already stays as it was read, with the changes made to it since.
    #[must_use]
    pub fn renamed(&self, ini_file: Option<&Path>, ini_section: &str) -> Self {
        let ini = self.ini.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self {
            ini_file: ini_file.map(Path::to_owned),
            toml_file: self.toml_file.clone(),
            ini_section: ini_section.to_owned(),
            substitutions: self.substitutions.clone(),
            x_arguments: self.x_arguments.clone(),
            cmd_opts: self.cmd_opts.clone(),
            url: self.url.clone(),
            lock_timeout: self.lock_timeout,
            run_observer: self.run_observer.clone(),
            messaging: Arc::clone(&self.messaging),
            output_buffer: self.output_buffer.clone(),
            ini: Mutex::new(ini),
            toml: OnceLock::new(),
        }
    }

    /// Where SQL goes offline, when not where messages go.
    #[must_use]
    pub fn output_buffer(&self) -> Option<&Arc<dyn OutputBuffer>> {
        self.output_buffer.as_ref()
    }

    /// The ini file as it was named, whether or not it exists.
    #[must_use]
    pub fn config_file_name(&self) -> Option<&Path> {
        self.ini_file.as_deref()
    }

    /// The `pyproject.toml` as it was named, whether or not it exists.
    #[must_use]
    pub fn toml_file_name(&self) -> Option<&Path> {
        self.toml_file.as_deref()
    }

    /// The section with the main options.
    #[must_use]
    pub fn config_ini_section(&self) -> &str {
        &self.ini_section
    }

    /// The strings given with `-x`, as they were given.
    #[must_use]
    pub fn x_arguments(&self) -> &[String] {
        &self.x_arguments
    }

    /// The options of the command; `None` when no command line was involved.
    #[must_use]
    pub fn cmd_opts(&self) -> Option<&IndexMap<String, OptionValue>> {
        self.cmd_opts.as_ref()
    }

    /// The database URL that goes before that of the ini file.
    #[must_use]
    pub fn url_override(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// What hears of the steps of a run.
    #[must_use]
    pub fn run_observer(&self) -> Option<&Arc<dyn RunObserver>> {
        self.run_observer.as_ref()
    }

    /// Where commands print, to be shared with whatever prints for them.
    #[must_use]
    pub fn messaging(&self) -> &Arc<Messaging> {
        &self.messaging
    }

    /// Prints a line of a command's output, unless quiet.
    pub fn print_stdout(&self, text: &str) {
        self.messaging.print_stdout(text);
    }

    /// Reads the parsed ini file, as the reference's `Config.file_config`. `read` must not use this `Config`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn with_ini<T>(&self, read: impl FnOnce(&Ini) -> T) -> Result<T> {
        self.try_with_ini(|ini| Ok(read(ini)))
    }

    /// Changes the parsed ini file in memory, as is done through the reference's `Config.file_config`. `change` must not
    /// use this `Config`.
    ///
    /// # Errors
    /// The file cannot be read, or those of the change.
    pub fn change_ini<T>(&self, change: impl FnOnce(&mut Ini) -> Result<T, ConfigError>) -> Result<T> {
        self.try_with_ini(change)
    }

    /// All options of a section, inherited ones included; `None` when the section does not exist.
    ///
    /// # Errors
    /// The file cannot be read, or a value has a reference that cannot be replaced.
    pub fn get_section(&self, section: &str) -> Result<Option<IndexMap<String, String>>> {
        let url = self.url.as_deref().filter(|_| section == self.ini_section);
        self.try_with_ini(|ini| {
            let exists = ini.has_section(section);
            let Some(url) = url else {
                return if exists { ini.items(section).map(Some) } else { Ok(None) };
            };
            // The overridden value need not be valid.
            let mut ini = ini.clone();
            if exists {
                ini.remove_option(section, URL_OPTION)?;
            } else {
                ini.add_section(section)?;
            }
            let mut items = ini.items(section)?;
            items.insert(URL_OPTION.to_owned(), url.to_owned());
            Ok(Some(items))
        })
    }

    /// An option of a section of the ini file.
    ///
    /// # Errors
    /// The section does not exist, the file cannot be read, or the value has a reference that cannot be replaced.
    pub fn get_section_option(&self, section: &str, name: &str) -> Result<Option<String>> {
        if let Some(url) = &self.url
            && section == self.ini_section
            && name.eq_ignore_ascii_case(URL_OPTION)
        {
            return Ok(Some(url.clone()));
        }
        self.try_with_ini(|ini| {
            if ini.has_section(section) {
                return ini.get(section, name);
            }
            let file = self.ini_file.as_deref().map_or_else(|| "None".to_owned(), repr_path);
            Err(ConfigError::Command(format!(
                "No config file {file} found, or file has no '[{section}]' section"
            )))
        })
    }

    /// An option of the main section of the ini file. It does not read `pyproject.toml`.
    ///
    /// # Errors
    /// Those of [`get_section_option`](Self::get_section_option).
    pub fn get_main_option(&self, name: &str) -> Result<Option<String>> {
        self.get_section_option(&self.ini_section, name)
    }

    /// An option of the main section, or `default` when it is not there.
    ///
    /// # Errors
    /// Those of [`get_section_option`](Self::get_section_option).
    pub fn get_main_option_or(&self, name: &str, default: &str) -> Result<String> {
        Ok(self.get_main_option(name)?.unwrap_or_else(|| default.to_owned()))
    }

    /// Sets an option of the main section, in memory.
    ///
    /// # Errors
    /// Those of [`set_section_option`](Self::set_section_option).
    pub fn set_main_option(&self, name: &str, value: &str) -> Result<()> {
        self.set_section_option(&self.ini_section, name, value)
    }

    /// Removes an option of the main section, in memory.
    ///
    /// # Errors
    /// The section does not exist, or the file cannot be read.
    pub fn remove_main_option(&self, name: &str) -> Result<()> {
        self.try_with_ini(|ini| ini.remove_option(&self.ini_section, name).map(drop))
    }

    /// Sets an option of a section, in memory; the section is made when it does not exist.
    ///
    /// # Errors
    /// A `%` in the value that is neither doubled nor part of `%(name)s`; the file cannot be read.
    pub fn set_section_option(&self, section: &str, name: &str, value: &str) -> Result<()> {
        self.try_with_ini(|ini| {
            if !ini.has_section(section) {
                ini.add_section(section)?;
            }
            ini.set(section, name, value)
        })
    }

    /// An option of the main section of the ini file, or else of `[tool.alembic]`, as a string.
    ///
    /// A TOML integer or boolean is given as Python's `str` gives it.
    ///
    /// # Errors
    /// Those of [`get_alembic_value`](Self::get_alembic_value), and TOML lists and tables.
    pub fn get_alembic_option(&self, name: &str) -> Result<Option<String>> {
        match self.get_alembic_value(name)? {
            None => Ok(None),
            Some(TomlValue::String(text)) => Ok(Some(text)),
            Some(TomlValue::Integer(number)) => Ok(Some(number.to_string())),
            Some(TomlValue::Boolean(true)) => Ok(Some("True".to_owned())),
            Some(TomlValue::Boolean(false)) => Ok(Some("False".to_owned())),
            Some(_) => Err(self.toml()?.type_error(name, "string value").into()),
        }
    }

    /// An option of the main section of the ini file, or else of `[tool.alembic]`, of whatever type it is there.
    ///
    /// # Errors
    /// A file cannot be read, or the value has a reference that cannot be replaced or a type that no option has.
    pub fn get_alembic_value(&self, name: &str) -> Result<Option<TomlValue>> {
        match self.get_own_option(name)? {
            Some(text) => Ok(Some(TomlValue::String(text))),
            None => Ok(self.toml()?.get(name)?),
        }
    }

    /// Whether an option is on: exactly `true` in the ini file, or a TOML boolean.
    ///
    /// # Errors
    /// Those of [`get_alembic_value`](Self::get_alembic_value), and TOML values that are not booleans.
    pub fn get_alembic_boolean_option(&self, name: &str) -> Result<bool> {
        if let Some(text) = self.get_own_option(name)? {
            return Ok(text == "true");
        }
        let wrong_type = || {
            let name = text::repr(name);
            ConfigError::Command(format!("boolean value expected for TOML parameter {name}"))
        };
        match self.toml()?.get(name) {
            Ok(None) => Ok(false),
            Ok(Some(TomlValue::Boolean(value))) => Ok(value),
            Ok(Some(_)) | Err(_) => Err(wrong_type().into()),
        }
    }

    /// The directories of revision files, when the configuration names any.
    ///
    /// # Errors
    /// A file cannot be read, or `path_separator` has a value that it cannot have.
    pub fn get_version_locations_list(&self) -> Result<Option<Vec<String>>> {
        self.path_list(&PathListOption {
            name: "version_locations",
            separators: &["path_separator", "version_path_separator"],
            legacy_separators: "spaces/commas",
            split_on_colon: false,
        })
    }

    /// The directories to put in front of Python's `sys.path`, when the configuration names any.
    ///
    /// # Errors
    /// A file cannot be read, or `path_separator` has a value that it cannot have.
    pub fn get_prepend_sys_paths_list(&self) -> Result<Option<Vec<String>>> {
        self.path_list(&PathListOption {
            name: "prepend_sys_path",
            separators: &["path_separator"],
            legacy_separators: "spaces, commas, and colons",
            split_on_colon: true,
        })
    }

    /// The post-write hooks in the order in which they run.
    ///
    /// # Errors
    /// A file cannot be read, or `post_write_hooks` in TOML is not a list of tables that have a `name`.
    pub fn get_hooks_list(&self) -> Result<Vec<PostWriteHook>> {
        const SECTION: &str = "post_write_hooks";
        let Some(section) = self.get_section(SECTION)? else { return self.toml_hooks(SECTION) };
        let names = section.get("hooks").map(|names| split_legacy(names, false)).unwrap_or_default();
        let hook = |name: String| {
            let prefix = format!("{name}.");
            let options = section
                .iter()
                .filter_map(|(key, value)| Some((key.strip_prefix(&prefix)?.to_owned(), value.clone())))
                .collect();
            PostWriteHook { name, options }
        };
        Ok(names.into_iter().filter(|name| !name.is_empty()).map(hook).collect())
    }

    fn toml_hooks(&self, key: &str) -> Result<Vec<PostWriteHook>> {
        let toml = self.toml()?;
        let tables = match toml.get(key)? {
            None => return Ok(Vec::new()),
            Some(TomlValue::Tables(tables)) => tables,
            Some(TomlValue::Strings(list)) if list.is_empty() => return Ok(Vec::new()),
            Some(_) => return Err(toml.type_error(key, "list of tables").into()),
        };
        tables
            .into_iter()
            .map(|mut options| match options.shift_remove("name") {
                Some(name) => Ok(PostWriteHook { name, options }),
                None => Err(toml.type_error(&format!("{key}.name"), "string value").into()),
            })
            .collect()
    }

    fn path_list(&self, option: &PathListOption) -> Result<Option<Vec<String>>> {
        let written = self.try_with_ini(|ini| ini.get(&self.ini_section, option.name))?;
        let Some(written) = written.filter(|text| !text.is_empty()) else {
            return Ok(self.toml()?.string_list(option.name)?);
        };
        if let Some(separator) = self.file_separator(option.separators)? {
            let parts = written.split(separator).filter(|part| !part.is_empty());
            return Ok(Some(parts.map(|part| strip(part).to_owned()).collect()));
        }
        self.messaging.warn(
            WarningCategory::Deprecation,
            format!(
                "No path_separator found in configuration; falling back to legacy splitting on {} for {}.  \
                 Consider adding path_separator=os to Alembic config.",
                option.legacy_separators, option.name
            ),
        );
        Ok(Some(split_legacy(&written, option.split_on_colon)))
    }

    /// The character that the first of these options stands for.
    fn file_separator(&self, names: &[&str]) -> Result<Option<char>> {
        for name in names {
            let Some(value) = self.get_main_option(name)? else { continue };
            let separator = match value.as_str() {
                "space" => ' ',
                "newline" => '\n',
                "os" if cfg!(windows) => ';',
                "os" | ":" => ':',
                ";" => ';',
                _ => return Err(ConfigError::PathSeparator { option: (*name).to_owned(), value }.into()),
            };
            if *name == "version_path_separator" {
                self.messaging.warn(
                    WarningCategory::Deprecation,
                    "The version_path_separator configuration parameter is deprecated; please use path_separator",
                );
            }
            return Ok(Some(separator));
        }
        Ok(None)
    }

    /// An option of the main section; `None` when option or section do not exist.
    fn get_own_option(&self, name: &str) -> Result<Option<String>> {
        if let Some(url) = &self.url
            && name.eq_ignore_ascii_case(URL_OPTION)
        {
            return Ok(Some(url.clone()));
        }
        self.try_with_ini(|ini| ini.get(&self.ini_section, name))
    }

    fn try_with_ini<T>(&self, work: impl FnOnce(&mut Ini) -> Result<T, ConfigError>) -> Result<T> {
        let mut guard = self.lock_ini();
        let ini = match &mut *guard {
            Some(ini) => ini,
            unread => unread.insert(self.read_ini()?),
        };
        Ok(work(ini)?)
    }

    fn read_ini(&self) -> Result<Ini, ConfigError> {
        let arguments = self.arguments(self.ini_file.as_deref());
        let verbose = self.cmd_opts.as_ref().and_then(|options| options.get("verbose"))
            == Some(&OptionValue::Bool(true));
        if let Some(path) = &self.ini_file {
            let ini = Ini::read(path, &arguments)?;
            if verbose {
                log::info!(target: "alembic.config", "Loading config from file: {}", path.display());
            }
            Ok(ini)
        } else {
            let mut ini = Ini::new(&arguments);
            ini.add_section(&self.ini_section)?;
            if verbose {
                log::info!(target: "alembic.config", "No config file provided; using in-memory default config");
            }
            Ok(ini)
        }
    }

    fn toml(&self) -> Result<&TomlConfig> {
        if let Some(toml) = self.toml.get() {
            return Ok(toml);
        }
        let toml = match &self.toml_file {
            Some(path) => TomlConfig::read(path, self.arguments(Some(path)))?,
            None => TomlConfig::default(),
        };
        Ok(self.toml.get_or_init(|| toml))
    }

    /// The names for `%(name)s` in `file`: those given, and `here`, the directory that holds it.
    fn arguments(&self, file: Option<&Path>) -> IndexMap<String, String> {
        let mut arguments = self.substitutions.clone();
        arguments.insert("here".to_owned(), directory_of(file));
        arguments
    }

    fn lock_ini(&self) -> MutexGuard<'_, Option<Ini>> {
        // A panic leaves the values as they were before or after one of them was set.
        self.ini.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("config_file_name", &self.ini_file)
            .field("toml_file_name", &self.toml_file)
            .field("config_ini_section", &self.ini_section)
            .finish_non_exhaustive()
    }
}

/// An option with a list of paths.
struct PathListOption {
    name: &'static str,
    /// The options that say what separates the paths, the first that exists counts.
    separators: &'static [&'static str],
    /// What separates them when none exists, in the words of the warning.
    legacy_separators: &'static str,
    split_on_colon: bool,
}

/// The absolute directory of a file, with `/` between its parts; `.` for no file.
fn directory_of(file: Option<&Path>) -> String {
    let Some(file) = file else { return ".".to_owned() };
    let absolute = absolute(file);
    let directory = absolute.parent().unwrap_or(&absolute);
    let text = directory.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// The absolute form of a path by the rules of Python's `pathlib`: `.` and doubled separators go, `..` stays.
///
/// Without a working directory (it was removed), the path stays relative.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.components().collect()
}

/// Splits at spaces, and at commas with the spaces after them, as files without `path_separator` are read.
fn split_legacy(text: &str, on_colon: bool) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' | ',' => {
                while chars.next_if_eq(&' ').is_some() {}
                parts.push(String::new());
            }
            ':' if on_colon => parts.push(String::new()),
            c => {
                if let Some(part) = parts.last_mut() {
                    part.push(c);
                }
            }
        }
    }
    parts
}

#[cfg(test)]
pub(crate) mod tests;
