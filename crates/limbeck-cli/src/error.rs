//! The one place that decides what a failure prints, where, and with which exit code the program ends.

use std::io;
use std::path::Path;

use limbeck_core::Error;
use limbeck_core::config::{Messaging, hide_passwords};
use limbeck_core::error::os_error_text;
use limbeck_core::mako::python_repr;
use limbeck_core::script::RevisionError;
use limbeck_python::PythonError;
use limbeck_python::interpreter::interrupts;
use limbeck_sql::Error as SqlError;

use crate::json;
use crate::output;
use crate::usage::UsageError;

/// Exit code of a command that failed in a way it foresees; Python's `sys.exit(-1)`.
const FAILED: u8 = 255;
/// Exit code of a failure that the reference does not catch and shows as a traceback.
const RAISED: u8 = 1;
/// Exit code of a run that another one kept waiting for too long: `EX_TEMPFAIL` of `sysexits.h`, try again later.
const LOCKED: u8 = 75;
/// Exit code for a command line that cannot be understood.
const USAGE: u8 = 2;

/// A failure of the program.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The command line cannot be understood.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// The configuration files cannot be chosen. The reference does not catch this.
    #[error(transparent)]
    Startup(Error),
    /// The user has interrupted a command.
    #[error("interrupted")]
    Interrupted {
        /// The number of the signal.
        signal: i32,
    },
    /// A command failed.
    #[error("{error}")]
    Command {
        /// Why.
        error: Error,
        /// Whether `--raiseerr` asks for the whole error.
        raise: bool,
    },
}

/// What a failure looks like from outside.
#[derive(Debug, PartialEq, Eq)]
struct Presentation {
    /// A message for standard output, where the reference writes it.
    message: Option<String>,
    /// Text for standard error, lines with their ends.
    report: String,
    hints: Vec<String>,
    exit_code: u8,
}

impl CommandError {
    /// Says what the failure looks like. User code and the server's words may hold a URL: it goes without its password.
    fn presentation(&self) -> Presentation {
        let mut shown = self.whole_presentation();
        if let Some(code) = self.server_code().filter(|code| !shown.report.contains(code)) {
            shown.hints.push(format!("the server's code for it is {code}"));
        }
        Presentation {
            message: shown.message.as_deref().map(hide_passwords),
            report: hide_passwords(&shown.report),
            ..shown
        }
    }

    /// Gives a server's own code for the failure, where one reported it.
    fn server_code(&self) -> Option<&str> {
        let (Self::Startup(error) | Self::Command { error, .. }) = self else { return None };
        match error {
            Error::Sql(SqlError::Database(error)) => {
                error.reported.as_ref().map(|reported| reported.code.as_str())
            }
            Error::Host(report) => report.downcast_ref().and_then(PythonError::server_code),
            _ => None,
        }
    }

    fn whole_presentation(&self) -> Presentation {
        let raised = |report: String, hints: &[String]| Presentation {
            message: None,
            report: with_line_end(report),
            hints: hints.to_vec(),
            exit_code: RAISED,
        };
        match self {
            Self::Usage(error) => Presentation {
                message: None,
                report: format!("{error}\n"),
                hints: error.hints.clone(),
                exit_code: USAGE,
            },
            Self::Interrupted { signal } => Presentation {
                message: None,
                report: "Interrupted\n".to_owned(),
                hints: Vec::new(),
                exit_code: interrupts::exit_code(*signal),
            },
            Self::Command { error: Error::Command { message, hints }, raise: false } => Presentation {
                message: Some(format!("FAILED: {message}")),
                report: String::new(),
                hints: hints.clone(),
                exit_code: FAILED,
            },
            Self::Command { error: Error::LockTimeout { message, hints }, raise: false } => Presentation {
                message: Some(format!("FAILED: {message}")),
                report: String::new(),
                hints: hints.clone(),
                exit_code: LOCKED,
            },
            Self::Command { error: error @ Error::DatabaseNotAtHead, raise: false } => Presentation {
                message: Some(format!("FAILED: {error}")),
                report: String::new(),
                hints: Vec::new(),
                exit_code: FAILED,
            },
            Self::Startup(error) | Self::Command { error, .. } => match error {
                Error::DatabaseNotAtHead => {
                    raised(format!("alembic.util.exc.DatabaseNotAtHead: {error}"), &[])
                }
                Error::Command { message, hints } => {
                    raised(format!("alembic.util.exc.CommandError: {message}"), hints)
                }
                Error::LockTimeout { message, hints } => Presentation {
                    exit_code: LOCKED,
                    ..raised(format!("alembic.util.exc.LockTimeout: {message}"), hints)
                },
                Error::Sql(error) => raised(sql_report(error), &[]),
                Error::Host(report) => match report.downcast_ref().and_then(PythonError::exit_code) {
                    Some(exit_code) => Presentation {
                        message: None,
                        report: report.to_string(),
                        hints: Vec::new(),
                        exit_code,
                    },
                    None => raised(report.to_string(), &[]),
                },
                Error::Config(error) => {
                    let hints: Vec<String> = error.hint().map(str::to_owned).into_iter().collect();
                    raised(format!("{}: {error}", error.exception_class()), &hints)
                }
                Error::Io { path, source } => raised(os_report(path, source), &[]),
                Error::Builtin { kind, .. } => raised(format!("{}: {error}", kind.class_name()), &[]),
                Error::Template(error) => {
                    raised(format!("mako.exceptions.{}: {error}", error.class.name()), &[])
                }
                // A parent that is missing is a sentence for the user: the reference's KeyError names the key alone.
                Error::Revision(error) if !matches!(error, RevisionError::Missing { .. }) => {
                    raised(format!("{}: {error}", error.exception_class()), &[])
                }
                other => raised(format!("FAILED: {other}"), &[]),
            },
        }
    }

    /// Tells the user, and standard output as a JSON document, and returns the exit code.
    pub fn report_as_json(&self, messaging: Option<&Messaging>) -> u8 {
        let shown = self.presentation();
        if let Some(messaging) = messaging {
            let _ = messaging.flush();
        }
        output::write_stderr(&shown.report);
        shown.hints.iter().for_each(|hint| output::hint(hint));
        let message = match self {
            Self::Usage(error) => error.message.clone(),
            Self::Interrupted { .. } => self.to_string(),
            Self::Startup(error) | Self::Command { error, .. } => match error {
                Error::Command { message, .. } | Error::LockTimeout { message, .. } => message.clone(),
                // Of a traceback the last line says what happened.
                _ => shown.report.trim_end().lines().next_back().unwrap_or_default().to_owned(),
            },
        };
        json::print(&json::error(&hide_passwords(&message), shown.exit_code, &shown.hints));
        shown.exit_code
    }

    /// Tells the user and returns the exit code. `messaging` is that of the run, once there is one.
    pub fn report(&self, messaging: Option<&Messaging>) -> u8 {
        let shown = self.presentation();
        if let (Some(message), Self::Command { error, .. }) = (&shown.message, self) {
            log::error!(target: "alembic.util.messaging", "{}", hide_passwords(&error.to_string()));
            match messaging {
                Some(messaging) => messaging.message(message),
                None => output::write_stdout(&format!("{message}\n")),
            }
        }
        if let Some(messaging) = messaging {
            // Whatever is still held back belongs ahead of the report; a closed pipe is no second failure.
            let _ = messaging.flush();
        }
        output::write_stderr(&shown.report);
        if !messaging.is_some_and(Messaging::is_quiet) {
            shown.hints.iter().for_each(|hint| output::hint(hint));
        }
        shown.exit_code
    }
}

fn with_line_end(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// A failure of the operating system as the end of a traceback shows it.
fn os_report(path: &Path, error: &io::Error) -> String {
    let class = match error.kind() {
        io::ErrorKind::NotFound => "FileNotFoundError",
        io::ErrorKind::PermissionDenied => "PermissionError",
        io::ErrorKind::AlreadyExists => "FileExistsError",
        io::ErrorKind::IsADirectory => "IsADirectoryError",
        io::ErrorKind::NotADirectory => "NotADirectoryError",
        _ => "OSError",
    };
    let number = error.raw_os_error().map(|number| format!("[Errno {number}] ")).unwrap_or_default();
    let path = python_repr(&path.display().to_string());
    format!("{class}: {number}{}: {path}", os_error_text(error))
}

/// A failure of the database layer under the name of the exception it is in the reference, as a traceback ends.
fn sql_report(error: &SqlError) -> String {
    match error {
        SqlError::Argument(_) => format!("sqlalchemy.exc.ArgumentError: {error}"),
        SqlError::UserCode(message) => message.clone(),
        SqlError::UnsupportedCompilation { .. } => {
            format!("sqlalchemy.exc.UnsupportedCompilationError: {error}")
        }
        SqlError::DuplicateColumn(_) => format!("sqlalchemy.exc.DuplicateColumnError: {error}"),
        SqlError::ConstraintColumnNotFound(_) => {
            format!("sqlalchemy.exc.ConstraintColumnNotFoundError: {error}")
        }
        SqlError::Compile(_) => format!("sqlalchemy.exc.CompileError: {error}"),
        SqlError::Identifier(_) => format!("sqlalchemy.exc.IdentifierError: {error}"),
        SqlError::NoSuchModule(_) => format!("sqlalchemy.exc.NoSuchModuleError: {error}"),
        SqlError::NoSuchTable(_) => format!("sqlalchemy.exc.NoSuchTableError: {error}"),
        SqlError::InvalidRequest(_) => format!("sqlalchemy.exc.InvalidRequestError: {error}"),
        SqlError::ResourceClosed(_) => format!("sqlalchemy.exc.ResourceClosedError: {error}"),
        SqlError::PendingRollback(_) => format!("sqlalchemy.exc.PendingRollbackError: {error}"),
        SqlError::Statement(_) => format!("sqlalchemy.exc.StatementError: {error}"),
        SqlError::Value(_) => format!("ValueError: {error}"),
        SqlError::Type(_) => format!("TypeError: {error}"),
        SqlError::Attribute(_) => format!("AttributeError: {error}"),
        SqlError::Key(_) => format!("KeyError: '{error}'"),
        SqlError::NotImplemented(_) => format!("NotImplementedError: {error}"),
        SqlError::Unsupported(_) => format!("FAILED: {error}"),
        SqlError::Database(database) => {
            format!("sqlalchemy.exc.{}: {}", database.kind.class_name(), database.full_message())
        }
    }
}

#[cfg(test)]
mod tests {
    use limbeck_core::config::ConfigError;
    use limbeck_sql::error::{DatabaseError, DatabaseErrorKind};

    use super::*;

    fn failed(error: Error, raise: bool) -> Presentation {
        CommandError::Command { error, raise }.presentation()
    }

    // Streams and exit codes are those of the reference for the same failures.
    #[test]
    fn a_command_error_goes_to_standard_output_and_exits_with_255() {
        let error = Error::command("Can't locate revision identified by 'x'").with_hint("look at `history`");
        assert_eq!(
            failed(error, false),
            Presentation {
                message: Some("FAILED: Can't locate revision identified by 'x'".into()),
                report: String::new(),
                hints: vec!["look at `history`".into()],
                exit_code: 255,
            }
        );
    }

    #[test]
    fn raiseerr_shows_the_exception_and_exits_with_1() {
        let shown = failed(Error::command("No such template x"), true);
        assert_eq!(shown.report, "alembic.util.exc.CommandError: No such template x\n");
        assert_eq!((shown.message, shown.exit_code), (None, 1));
    }

    #[test]
    fn a_database_error_carries_its_statement() {
        let error = SqlError::from(Box::new(DatabaseError {
            kind: DatabaseErrorKind::Operational,
            driver_error: "sqlite3.OperationalError".into(),
            message: "no such table: t".into(),
            reported: None,
            statement: Some("SELECT * FROM t WHERE a = ?".into()),
            parameters: Some("(1,)".into()),
        }));
        assert_eq!(
            failed(error.into(), false).report,
            "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such table: t\n[SQL: SELECT * FROM t \
             WHERE a = ?]\n[parameters: (1,)]\n(Background on this error at: https://sqlalche.me/e/21/e3q8)\n"
        );
    }

    #[test]
    fn a_report_of_user_code_is_printed_as_it_is() {
        let shown =
            failed(Error::Host("Traceback (most recent call last):\n  ...\nKeyError: 'x'\n".into()), false);
        assert!(shown.report.ends_with("KeyError: 'x'\n"));
        assert_eq!(shown.exit_code, 1);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let shown = failed(Error::io("versions/a.py", io::ErrorKind::PermissionDenied.into()), false);
        assert_eq!(shown.report, "PermissionError: permission denied: 'versions/a.py'\n");
        let shown = failed(Error::io("a.py", io::Error::from_raw_os_error(2)), false);
        assert_eq!(shown.report, "FileNotFoundError: [Errno 2] No such file or directory: 'a.py'\n");
        assert_eq!(shown.exit_code, 1);
    }

    #[test]
    fn an_exception_of_the_reference_is_named() {
        let shown = failed(Error::value("'x' is not a valid value"), false);
        assert_eq!(shown.report, "ValueError: 'x' is not a valid value\n");
        assert_eq!(failed(Error::key("x"), false).report, "KeyError: 'x'\n");
        let error = ConfigError::NoSection { section: "extra".into() };
        let shown = failed(error.into(), false);
        assert_eq!(shown.report, "configparser.NoSectionError: No section: 'extra'\n");
        assert_eq!((shown.message, shown.exit_code), (None, 1));
    }

    #[test]
    fn a_usage_error_exits_with_2() {
        let error = UsageError {
            usage: "usage: alembic [-h]\n".into(),
            program: "alembic".into(),
            message: "too few arguments".into(),
            hints: vec!["look at `alembic --help`".into()],
        };
        let shown = CommandError::from(error).presentation();
        assert_eq!(shown.report, "usage: alembic [-h]\nalembic: error: too few arguments\n");
        assert_eq!(shown.hints, ["look at `alembic --help`"]);
        assert_eq!(shown.exit_code, 2);
    }
}
