//! The way into the log for what engines say of their statements, which `echo` shows whatever the levels are.

use std::sync::{Arc, Mutex};

use jiff::Zoned;

use super::format::{Format, Style};
use super::registry::{self, Handler, NOTSET, Record, Target, registry};
pub use super::registry::{DEBUG, INFO};

/// Gives the level from which a logger's records are wanted, when statements are among them; 0 otherwise.
pub fn wanted_level(logger: &str) -> i32 {
    let registry = registry();
    if registry.is_enabled(logger, DEBUG) {
        DEBUG
    } else if registry.is_enabled(logger, INFO) {
        INFO
    } else {
        0
    }
}

/// Gives a logger that has no handler one for standard output.
pub fn show_on_stdout(logger: &str) {
    let mut registry = registry();
    let logger = registry.logger(logger);
    if logger.handlers.is_empty() {
        let format = Format::new(
            Some("%(asctime)s %(levelname)s %(name)s %(message)s".to_owned()),
            None,
            Style::Percent,
        );
        let handler = Handler { target: Target::Stdout, level: NOTSET, format: Some(format) };
        logger.handlers.push(Arc::new(Mutex::new(handler)));
    }
}

/// Writes a record; one that was asked for passes the loggers' levels.
pub fn write(logger: &str, level: i32, message: &str, is_asked_for: bool) {
    let record = Record {
        logger: logger.to_owned(),
        level,
        message: message.to_owned(),
        traceback: None,
        path: String::new(),
        line: 0,
        time: Zoned::now(),
    };
    let python = if is_asked_for { registry::handle_always(&record) } else { registry::handle(&record) };
    if !python.is_empty() {
        crate::interpreter::with_entered_vm(|vm| super::call_python_handlers(&python, &record, vm));
    }
}
