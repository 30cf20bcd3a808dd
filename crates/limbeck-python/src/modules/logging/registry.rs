//! The tree of loggers, shared by the engine's `log` records and Python's `logging` calls.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use jiff::Zoned;
use rustpython_vm::PyObjectRef;

use super::format::Format;

/// `logging.NOTSET`
pub const NOTSET: i32 = 0;
/// `logging.DEBUG`
pub const DEBUG: i32 = 10;
/// `logging.INFO`
pub const INFO: i32 = 20;
/// `logging.WARNING`
pub const WARNING: i32 = 30;
/// `logging.ERROR`
pub const ERROR: i32 = 40;
/// `logging.CRITICAL`
pub const CRITICAL: i32 = 50;

/// Something to log.
#[derive(Clone, Debug)]
pub struct Record {
    /// The logger's name.
    pub logger: String,
    /// The level's number.
    pub level: i32,
    /// The message, with its arguments filled in.
    pub message: String,
    /// A traceback to show below it.
    pub traceback: Option<String>,
    /// The file that logged it; empty for the engine's own records.
    pub path: String,
    /// The line that logged it.
    pub line: usize,
    /// When it was logged.
    pub time: Zoned,
}

/// Where a handler writes.
#[derive(Clone, Debug)]
pub enum Target {
    /// Standard error.
    Stderr,
    /// Standard output.
    Stdout,
    /// A file.
    File(Arc<File>),
    /// Nowhere (`NullHandler`).
    Null,
    /// A Python object with `write`.
    Stream(PyObjectRef),
    /// A handler that user code defines, by its `handle` method.
    Python(PyObjectRef),
}

/// A handler: where records go and how they look.
#[derive(Debug)]
pub struct Handler {
    /// Where records go.
    pub target: Target,
    /// Records below this level are dropped.
    pub level: i32,
    /// How they look; `None` is the bare message.
    pub format: Option<Format>,
}

/// A handler that may be shared and changed.
pub type SharedHandler = Arc<Mutex<Handler>>;

/// A logger's own settings.
#[derive(Debug)]
pub struct LoggerState {
    /// The level; `NOTSET` takes the parent's.
    pub level: i32,
    /// Whether the parents' handlers get its records too.
    pub propagate: bool,
    /// Whether it drops everything, as `fileConfig` leaves loggers that it does not name.
    pub disabled: bool,
    /// Its handlers.
    pub handlers: Vec<SharedHandler>,
}

impl Default for LoggerState {
    fn default() -> Self {
        Self { level: NOTSET, propagate: true, disabled: false, handlers: Vec::new() }
    }
}

/// All loggers; the root's name is the empty string.
#[derive(Debug)]
pub struct Registry {
    loggers: BTreeMap<String, LoggerState>,
    /// `logging.disable(level)`: records up to this level are dropped everywhere.
    pub disabled_up_to: i32,
}

static REGISTRY: LazyLock<Mutex<Registry>> = LazyLock::new(|| {
    let root = LoggerState { level: WARNING, ..LoggerState::default() };
    // The reference's packages give these two to their loggers when they are imported.
    let silent = Handler { target: Target::Null, level: NOTSET, format: None };
    let alembic = LoggerState { handlers: vec![Arc::new(Mutex::new(silent))], ..LoggerState::default() };
    let sqlalchemy = LoggerState { level: WARNING, ..LoggerState::default() };
    let loggers =
        [(String::new(), root), ("alembic".to_owned(), alembic), ("sqlalchemy".to_owned(), sqlalchemy)];
    Mutex::new(Registry { loggers: BTreeMap::from(loggers), disabled_up_to: NOTSET })
});

/// Locks the registry.
pub fn registry() -> MutexGuard<'static, Registry> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Registry {
    /// Gives a logger's settings, making the logger when it is new.
    pub fn logger(&mut self, name: &str) -> &mut LoggerState {
        self.loggers.entry(name.to_owned()).or_default()
    }

    /// Gives the level that counts for a logger: its own, or that of the nearest parent which has one.
    pub fn effective_level(&self, name: &str) -> i32 {
        ancestry(name)
            .filter_map(|name| self.loggers.get(name))
            .map(|logger| logger.level)
            .find(|level| *level != NOTSET)
            .unwrap_or(NOTSET)
    }

    /// Tells whether a record of this level would be handled.
    pub fn is_enabled(&self, name: &str, level: i32) -> bool {
        let disabled = self.loggers.get(name).is_some_and(|logger| logger.disabled);
        !disabled && level > self.disabled_up_to && level >= self.effective_level(name)
    }

    /// Lists the handlers that get a logger's records: its own, then its parents' as far as it propagates.
    pub fn handlers(&self, name: &str) -> Vec<SharedHandler> {
        let mut handlers = Vec::new();
        for logger in ancestry(name).filter_map(|name| self.loggers.get(name)) {
            handlers.extend(logger.handlers.iter().cloned());
            if !logger.propagate {
                break;
            }
        }
        handlers
    }

    /// Changes the loggers that exist and that a configuration does not name: those below a named one begin anew,
    /// the others are switched off if `disable` says so.
    pub fn leave_unnamed(&mut self, named: &[String], disable: bool) {
        for (name, logger) in &mut self.loggers {
            if name.is_empty() || named.contains(name) {
                continue;
            }
            let is_child = named.iter().any(|parent| {
                !parent.is_empty()
                    && name.strip_prefix(parent.as_str()).is_some_and(|rest| rest.starts_with('.'))
            });
            if is_child {
                *logger = LoggerState { disabled: logger.disabled, ..LoggerState::default() };
            } else {
                logger.disabled = disable;
            }
        }
    }
}

/// Gives a logger's name and those of its parents, the root's (empty) last.
fn ancestry(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| {
        if name.is_empty() {
            return None;
        }
        Some(name.rsplit_once('.').map_or("", |(parent, _)| parent))
    })
}

/// Handles a record: every handler that wants it writes it.
///
/// Without any handler, records from WARNING on go to standard error as bare messages.
/// Gives the Python handlers that the caller must call itself.
pub fn handle(record: &Record) -> Vec<PyObjectRef> {
    let handlers = {
        let registry = registry();
        if !registry.is_enabled(&record.logger, record.level) {
            return Vec::new();
        }
        registry.handlers(&record.logger)
    };
    hand_over(record, handlers)
}

/// Handles a record as [`handle`], whatever the loggers' levels are.
pub fn handle_always(record: &Record) -> Vec<PyObjectRef> {
    let handlers = {
        let mut registry = registry();
        if record.level <= registry.disabled_up_to || registry.logger(&record.logger).disabled {
            return Vec::new();
        }
        registry.handlers(&record.logger)
    };
    hand_over(record, handlers)
}

fn hand_over(record: &Record, handlers: Vec<SharedHandler>) -> Vec<PyObjectRef> {
    if handlers.is_empty() && record.level >= WARNING {
        write_line(&Target::Stderr, &Format::default().render(record));
    }
    let mut python = Vec::new();
    for handler in handlers {
        let handler = lock(&handler);
        if record.level < handler.level {
            continue;
        }
        match &handler.target {
            Target::Python(object) => python.push(object.clone()),
            target => {
                let line = handler.format.as_ref().unwrap_or(&Format::default()).render(record);
                let target = target.clone();
                drop(handler);
                write_line(&target, &line);
            }
        }
    }
    python
}

/// Locks a handler.
pub fn lock(handler: &SharedHandler) -> MutexGuard<'_, Handler> {
    handler.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a line; as in Python's logging, a stream that cannot be written is no error of the program.
fn write_line(target: &Target, line: &str) {
    let _ = match target {
        Target::Stderr => crate::output::stderr().write_all(format!("{line}\n").as_bytes()),
        Target::Stdout => crate::output::stdout().write_line(line),
        Target::File(file) => writeln!(&**file, "{line}"),
        Target::Stream(stream) => {
            crate::interpreter::with_entered_vm(|vm| {
                let _ = vm.call_method(stream, "write", (vm.ctx.new_str(format!("{line}\n")),));
            });
            Ok(())
        }
        Target::Null | Target::Python(_) => Ok(()),
    };
}

/// Opens a log file for appending (`a`) or anew (`w`).
///
/// # Errors
/// Whatever the operating system says.
pub fn open_file(path: &Path, mode: &str) -> std::io::Result<Arc<File>> {
    let mut options = File::options();
    options.create(true);
    if mode.starts_with('w') {
        options.write(true).truncate(true)
    } else {
        options.append(true)
    };
    options.open(path).map(Arc::new)
}

/// Gives a level's name as `logging.getLevelName` does.
pub fn level_name(level: i32) -> String {
    match level {
        CRITICAL => "CRITICAL".to_owned(),
        ERROR => "ERROR".to_owned(),
        WARNING => "WARNING".to_owned(),
        INFO => "INFO".to_owned(),
        DEBUG => "DEBUG".to_owned(),
        NOTSET => "NOTSET".to_owned(),
        other => format!("Level {other}"),
    }
}

/// Gives a level's number by its name.
pub fn level_number(name: &str) -> Option<i32> {
    Some(match name {
        "CRITICAL" | "FATAL" => CRITICAL,
        "ERROR" => ERROR,
        "WARNING" | "WARN" => WARNING,
        "INFO" => INFO,
        "DEBUG" => DEBUG,
        "NOTSET" => NOTSET,
        _ => return None,
    })
}

/// The engine's way in: `log` records whose target is the logger's name.
struct EngineLog;

impl log::Log for EngineLog {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        super::warnings::Category::of_target(metadata.target()).is_some()
            || registry().is_enabled(metadata.target(), number(metadata.level()))
    }

    fn log(&self, record: &log::Record<'_>) {
        if let Some(category) = super::warnings::Category::of_target(record.target()) {
            super::warnings::warn(category, &record.args().to_string());
            return;
        }
        let record = Record {
            logger: record.target().to_owned(),
            level: number(record.level()),
            message: record.args().to_string(),
            traceback: None,
            path: String::new(),
            line: 0,
            time: Zoned::now(),
        };
        let python = handle(&record);
        if !python.is_empty() {
            crate::interpreter::with_entered_vm(|vm| super::call_python_handlers(&python, &record, vm));
        }
    }

    fn flush(&self) {}
}

fn number(level: log::Level) -> i32 {
    match level {
        log::Level::Error => ERROR,
        log::Level::Warn => WARNING,
        log::Level::Info => INFO,
        log::Level::Debug | log::Level::Trace => DEBUG,
    }
}

/// Makes the tree of loggers the receiver of the engine's records. A second call changes nothing.
pub fn install() {
    if log::set_boxed_logger(Box::new(EngineLog)).is_ok() {
        log::set_max_level(log::LevelFilter::Debug);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logger_takes_its_level_from_the_nearest_parent_that_has_one() {
        let mut registry = Registry { loggers: BTreeMap::new(), disabled_up_to: NOTSET };
        registry.logger("").level = WARNING;
        registry.logger("alembic").level = INFO;
        registry.logger("alembic.runtime").level = NOTSET;
        assert_eq!(registry.effective_level("alembic.runtime.migration"), INFO);
        assert_eq!(registry.effective_level("sqlalchemy.engine"), WARNING);
        registry.logger("alembic").disabled = true;
        assert!(!registry.is_enabled("alembic", ERROR));
        assert!(registry.is_enabled("alembic.runtime", INFO));
    }

    #[test]
    fn a_configuration_switches_off_what_it_does_not_name_except_below_what_it_names() {
        let handler = Arc::new(Mutex::new(Handler { target: Target::Null, level: NOTSET, format: None }));
        let mut registry = Registry { loggers: BTreeMap::new(), disabled_up_to: NOTSET };
        for name in ["", "alembic", "alembic.runtime", "alembics", "other"] {
            let logger = registry.logger(name);
            logger.handlers.push(Arc::clone(&handler));
            logger.level = DEBUG;
        }
        registry.leave_unnamed(&[String::new(), "alembic".to_owned()], true);
        let disabled = |registry: &mut Registry, name| registry.logger(name).disabled;
        assert!(disabled(&mut registry, "alembics") && disabled(&mut registry, "other"));
        assert!(!disabled(&mut registry, "alembic.runtime") && !disabled(&mut registry, "alembic"));
        assert_eq!(registry.logger("alembic.runtime").level, NOTSET);
        assert!(registry.logger("alembic.runtime").handlers.is_empty());
        assert_eq!(registry.logger("other").handlers.len(), 1);
    }

    #[test]
    fn records_reach_the_handlers_of_parents_as_far_as_they_propagate() {
        let handler = || Arc::new(Mutex::new(Handler { target: Target::Null, level: NOTSET, format: None }));
        let mut registry = Registry { loggers: BTreeMap::new(), disabled_up_to: NOTSET };
        registry.logger("").handlers.push(handler());
        registry.logger("a").handlers.push(handler());
        assert_eq!(registry.handlers("a.b").len(), 2);
        registry.logger("a").propagate = false;
        assert_eq!(registry.handlers("a.b").len(), 1);
    }
}
