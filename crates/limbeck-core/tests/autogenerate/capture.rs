//! The log lines of the test's own thread.

use std::cell::RefCell;
use std::sync::Once;

use log::{LevelFilter, Log, Metadata, Record};

thread_local! {
    static LINES: RefCell<Vec<(String, String)>> = const { RefCell::new(Vec::new()) };
}

struct ThreadLog;

impl Log for ThreadLog {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        LINES.with_borrow_mut(|lines| lines.push((record.target().to_owned(), record.args().to_string())));
    }

    fn flush(&self) {}
}

/// Begins to listen, with no lines heard yet.
pub fn start() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        log::set_logger(&ThreadLog).unwrap();
        log::set_max_level(LevelFilter::Info);
    });
    take();
}

/// Gives all lines and forgets them.
pub fn take() -> Vec<(String, String)> {
    LINES.take()
}

/// Gives the lines of loggers whose names begin with `prefix`, each with its logger's name.
pub fn lines(prefix: &str) -> Vec<String> {
    LINES.with_borrow(|lines| {
        lines
            .iter()
            .filter(|(target, _)| target.starts_with(prefix))
            .map(|(target, message)| format!("{target}: {message}"))
            .collect()
    })
}

/// Gives the messages of one logger.
pub fn messages(logger: &str) -> Vec<String> {
    LINES.with_borrow(|lines| {
        lines.iter().filter(|(target, _)| target == logger).map(|(_, message)| message.clone()).collect()
    })
}
