//! PostgreSQL's errors in the words of the reference's drivers.

use std::fmt::Write as _;

use super::flavor::Flavor;
use super::session::{Failure, Report};
use super::states;
use crate::engine::python_repr::text_repr;
use crate::error::{DatabaseError, DatabaseErrorKind, Error, Reported};

/// How wide an error shows the line that it is about.
const LINE_WIDTH: usize = 60;

/// How much of the line stays to the right of the place that it is about.
const RIGHT_OF_PLACE: usize = 10;

/// What a driver says when the server is gone.
const SERVER_CLOSED: &str = "server closed the connection unexpectedly\n\tThis probably means the server terminated \
                             abnormally\n\tbefore or while processing the request.";

/// Makes an error of a driver's own, without a code of the server.
pub(super) fn error(flavor: Flavor, kind: DatabaseErrorKind, message: impl Into<String>) -> Error {
    database_error(kind, format!("{}.{}", flavor.module(), kind.class_name()), message.into())
}

fn database_error(kind: DatabaseErrorKind, driver_error: String, message: String) -> Error {
    Error::Database(Box::new(DatabaseError {
        kind,
        driver_error,
        message,
        reported: None,
        statement: None,
        parameters: None,
    }))
}

/// Makes the error of a query that failed.
pub(super) fn from_failure(flavor: Flavor, failure: &Failure, query: &str) -> Error {
    match failure {
        Failure::Server(report) | Failure::Lost { report: Some(report), .. } => {
            from_report(flavor, report, query)
        }
        Failure::Copy(direction) => copy_error(flavor, direction),
        Failure::Lost { report: None, error } => {
            let said = match error.kind() {
                std::io::ErrorKind::NotConnected => "the connection is closed".to_owned(),
                std::io::ErrorKind::UnexpectedEof
                | std::io::ErrorKind::BrokenPipe
                | std::io::ErrorKind::ConnectionReset => SERVER_CLOSED.to_owned(),
                _ => error.to_string(),
            };
            let message = match flavor {
                Flavor::Psycopg => format!("consuming input failed: {said}"),
                Flavor::Psycopg2 => said + "\n",
                Flavor::Asyncpg | Flavor::Pg8000 => said,
            };
            let kind = match flavor {
                Flavor::Psycopg | Flavor::Psycopg2 => DatabaseErrorKind::Operational,
                Flavor::Asyncpg | Flavor::Pg8000 => DatabaseErrorKind::Interface,
            };
            self::error(flavor, kind, message)
        }
    }
}

fn copy_error(flavor: Flavor, direction: &str) -> Error {
    let message = match (flavor, direction) {
        (Flavor::Psycopg2, "TO") => "can't execute COPY TO: use the copy_to() method instead",
        (Flavor::Psycopg2, _) => "can't execute COPY FROM: use the copy_from() method instead",
        _ => "COPY cannot be used with this method; use copy() instead",
    };
    error(flavor, DatabaseErrorKind::Programming, message)
}

/// Makes the error of what the server reported about a query.
pub(super) fn from_report(flavor: Flavor, report: &Report, query: &str) -> Error {
    with_report(worded(flavor, report, query), Some(report))
}

/// Lets an error carry what the server reported.
pub(super) fn with_report(error: Error, report: Option<&Report>) -> Error {
    let Error::Database(mut error) = error else { return error };
    error.reported = report.map(|report| Reported {
        code: report.code().to_owned(),
        words: report.field(b'M').unwrap_or_default().to_owned(),
    });
    Error::Database(error)
}

fn worded(flavor: Flavor, report: &Report, query: &str) -> Error {
    let code = report.code();
    let kind = states::kind(code, flavor);
    match flavor {
        Flavor::Psycopg => {
            let class = match states::name(code) {
                Some(name) => format!("psycopg.errors.{name}"),
                None => format!("psycopg.{}", kind.class_name()),
            };
            database_error(kind, class, message(report, query).trim().to_owned())
        }
        Flavor::Psycopg2 => {
            let class = match states::name(code) {
                Some(name) => format!("psycopg2.errors.{name}"),
                None => format!("psycopg2.{}", kind.class_name()),
            };
            database_error(kind, class, message(report, query))
        }
        Flavor::Asyncpg => {
            let mut text = format!(
                "<class 'asyncpg.exceptions.{}'>: {}",
                asyncpg_class(code),
                report.field(b'M').unwrap_or_default()
            );
            for (letter, label) in [(b'D', "DETAIL"), (b'H', "HINT")] {
                if let Some(more) = report.field(letter) {
                    // Writing to a string cannot fail.
                    let _ = write!(text, "\n{label}:  {more}");
                }
            }
            let kind = asyncpg_kind(code);
            database_error(kind, format!("{}.{}", flavor.module(), asyncpg_wrapper(kind)), text)
        }
        Flavor::Pg8000 => {
            let fields: Vec<String> = report
                .fields
                .iter()
                .map(|(letter, text)| format!("'{}': {}", char::from(*letter), text_repr(text)))
                .collect();
            let kind =
                if code == "23505" { DatabaseErrorKind::Integrity } else { DatabaseErrorKind::Programming };
            database_error(
                kind,
                format!("{}.{}", flavor.module(), kind.class_name()),
                format!("{{{}}}", fields.join(", ")),
            )
        }
    }
}

/// Names the exception class of asyncpg: the same words, with `Error` at the end where there is no other ending.
fn asyncpg_class(code: &str) -> String {
    let name = states::name(code).unwrap_or("Postgres");
    if ["Error", "Exception", "Violation"].iter().any(|ending| name.ends_with(ending)) {
        return if name.ends_with("Violation") { format!("{name}Error") } else { name.to_owned() };
    }
    format!("{name}Error")
}

/// Gives the class that SQLAlchemy's layer over asyncpg raises.
fn asyncpg_kind(code: &str) -> DatabaseErrorKind {
    match code.get(..2) {
        Some("23") => DatabaseErrorKind::Integrity,
        Some("42") => DatabaseErrorKind::Programming,
        Some("0A") => DatabaseErrorKind::NotSupported,
        Some("XX") => DatabaseErrorKind::Internal,
        _ => DatabaseErrorKind::Database,
    }
}

fn asyncpg_wrapper(kind: DatabaseErrorKind) -> &'static str {
    match kind {
        DatabaseErrorKind::Database => "Error",
        other => other.class_name(),
    }
}

/// Writes a report as libpq does, without the word for its severity.
pub(super) fn message(report: &Report, query: &str) -> String {
    let mut text = report.field(b'M').unwrap_or_default().to_owned();
    text.push('\n');
    let place = |letter| report.field(letter).and_then(|text| text.parse::<usize>().ok());
    if let Some(position) = place(b'P') {
        push_place(&mut text, query, position);
    } else if let (Some(position), Some(query)) = (place(b'p'), report.field(b'q')) {
        push_place(&mut text, query, position);
    }
    for (letter, label) in [(b'D', "DETAIL"), (b'H', "HINT"), (b'q', "QUERY"), (b'W', "CONTEXT")] {
        if let Some(more) = report.field(letter) {
            text.push_str(label);
            text.push_str(":  ");
            text.push_str(more);
            text.push('\n');
        }
    }
    text
}

/// Appends the line of a query that a position is in, counted in characters from one, with a mark below the place.
fn push_place(text: &mut String, query: &str, position: usize) {
    let characters: Vec<char> = query.chars().collect();
    let Some(place) = position.checked_sub(1).filter(|place| *place <= characters.len()) else { return };
    let is_end = |character: char| matches!(character, '\n' | '\r');
    let mut number = 1;
    let mut start = 0;
    for (index, character) in characters[..place].iter().enumerate() {
        if is_end(*character) {
            // a carriage return and the line feed after it are one end of a line
            if *character == '\r' || index == 0 || characters[index - 1] != '\r' {
                number += 1;
            }
            start = index + 1;
        }
    }
    let mut end = characters[place..]
        .iter()
        .position(|character| is_end(*character))
        .map_or(characters.len(), |length| place + length);
    let (mut cut_left, mut cut_right) = (false, false);
    if width(&characters[start..end]) > LINE_WIDTH {
        if LINE_WIDTH >= width(&characters[start..place]) + RIGHT_OF_PLACE {
            while width(&characters[start..end]) > LINE_WIDTH {
                end -= 1;
            }
            cut_right = true;
        } else {
            while width(&characters[place..end]) > RIGHT_OF_PLACE {
                end -= 1;
                cut_right = true;
            }
            while width(&characters[start..end]) > LINE_WIDTH {
                start += 1;
                cut_left = true;
            }
        }
    }
    let mut line = format!("LINE {number}: ");
    if cut_left {
        line.push_str("...");
    }
    let indent = line.chars().count() + width(&characters[start..place]);
    line.extend(
        characters[start..end].iter().map(|character| if *character == '\t' { ' ' } else { *character }),
    );
    if cut_right {
        line.push_str("...");
    }
    text.push_str(&line);
    text.push('\n');
    text.push_str(&" ".repeat(indent));
    text.push_str("^\n");
}

/// Counts the columns that characters take on a terminal.
fn width(characters: &[char]) -> usize {
    characters
        .iter()
        .map(|character| match u32::from(*character) {
            0x1100..=0x115f
            | 0x2e80..=0x303e
            | 0x3041..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6
            | 0x1f300..=0x1faff
            | 0x20000..=0x3fffd => 2,
            _ => 1,
        })
        .sum()
}
