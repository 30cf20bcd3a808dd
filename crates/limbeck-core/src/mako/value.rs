//! Values of the native template renderer, and Python's `str()`, `repr()`, truth and equality of them.

use std::fmt::Write as _;

use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::host::TemplateValue;

/// A value while a template is rendered.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// What a name stands for that nobody gave: false, and not to be shown.
    Undefined,
    None,
    Bool(bool),
    Int(i64),
    String(String),
    /// A string that `h` has escaped; further filters would treat it in ways of their own.
    Markup(String),
    Tuple(Vec<Value>),
    List(Vec<Value>),
    DateTime(DateTime, Option<Offset>),
    Function(Function),
    /// An object that only the host knows.
    Object,
    /// `context`, the arguments as a mapping.
    Context,
    /// `filters`, Mako's module of them.
    Filters,
}

/// The functions that the renderer knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Str,
    Repr,
    Len,
    Tuple,
    List,
    Bool,
    Enumerate,
    Comma,
    XmlEscape,
    HtmlEscape,
    UrlEscape,
    Trim,
}

impl From<&TemplateValue> for Value {
    fn from(value: &TemplateValue) -> Self {
        let all = |values: &[TemplateValue]| values.iter().map(Self::from).collect();
        match value {
            TemplateValue::None => Self::None,
            TemplateValue::Bool(value) => Self::Bool(*value),
            TemplateValue::String(value) => Self::String(value.clone()),
            TemplateValue::Integer(value) => Self::Int(*value),
            TemplateValue::Object(_) => Self::Object,
            TemplateValue::Tuple(values) => Self::Tuple(all(values)),
            TemplateValue::List(values) => Self::List(all(values)),
            TemplateValue::DateTime(moment, offset) => Self::DateTime(*moment, *offset),
        }
    }
}

impl Value {
    /// Python's truth value.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Undefined | Self::None => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::String(text) | Self::Markup(text) => !text.is_empty(),
            Self::Tuple(items) | Self::List(items) => !items.is_empty(),
            Self::DateTime(..) | Self::Function(_) | Self::Object | Self::Context | Self::Filters => true,
        }
    }

    /// Python's `str()`, or `None` where it fails or is not known here.
    pub(super) fn str(&self) -> Option<String> {
        match self {
            Self::String(text) | Self::Markup(text) => Some(text.clone()),
            Self::DateTime(moment, offset) => Some(iso_format(*moment, *offset, ' ')),
            _ => self.repr(),
        }
    }

    /// Python's `repr()`, or `None` where it is not known here.
    pub(super) fn repr(&self) -> Option<String> {
        let all = |items: &[Self]| -> Option<String> {
            Some(items.iter().map(Self::repr).collect::<Option<Vec<_>>>()?.join(", "))
        };
        Some(match self {
            Self::None => "None".to_owned(),
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::Int(value) => value.to_string(),
            Self::String(text) => repr_of_string(text),
            Self::Tuple(items) if items.len() == 1 => format!("({},)", all(items)?),
            Self::Tuple(items) => format!("({})", all(items)?),
            Self::List(items) => format!("[{}]", all(items)?),
            Self::DateTime(moment, None) => repr_of_moment(*moment),
            Self::DateTime(_, Some(_))
            | Self::Undefined
            | Self::Markup(_)
            | Self::Function(_)
            | Self::Object
            | Self::Context
            | Self::Filters => return None,
        })
    }

    /// Python's `==`, or `None` where it is not known here.
    pub(super) fn equals(&self, other: &Self) -> Option<bool> {
        let number = |value: &Self| match value {
            Self::Bool(value) => Some(i64::from(*value)),
            Self::Int(value) => Some(*value),
            _ => None,
        };
        Some(match (self, other) {
            (Self::DateTime(a, None), Self::DateTime(b, None)) => a == b,
            (Self::Function(_) | Self::Object | Self::Context | Self::Filters | Self::Markup(_), _)
            | (_, Self::Function(_) | Self::Object | Self::Context | Self::Filters | Self::Markup(_))
            | (Self::DateTime(..), Self::DateTime(..)) => return None,
            (Self::Undefined, Self::Undefined) | (Self::None, Self::None) => true,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Tuple(a), Self::Tuple(b)) | (Self::List(a), Self::List(b)) => {
                if a.len() != b.len() {
                    return Some(false);
                }
                for (a, b) in a.iter().zip(b) {
                    if !a.equals(b)? {
                        return Some(false);
                    }
                }
                true
            }
            _ => match (number(self), number(other)) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
        })
    }
}

/// Python's `datetime.isoformat(separator)`.
fn iso_format(moment: DateTime, offset: Option<Offset>, separator: char) -> String {
    let (date, time) = (moment.date(), moment.time());
    let mut text = format!(
        "{:04}-{:02}-{:02}{separator}{:02}:{:02}:{:02}",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    );
    let micros = time.subsec_nanosecond() / 1000;
    if micros != 0 {
        let _ = write!(text, ".{micros:06}");
    }
    if let Some(offset) = offset {
        let seconds = offset.seconds();
        let sign = if seconds < 0 { '-' } else { '+' };
        let seconds = seconds.unsigned_abs();
        let _ = write!(text, "{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
        if seconds % 60 != 0 {
            let _ = write!(text, ":{:02}", seconds % 60);
        }
    }
    text
}

/// Python's `datetime.isoformat()`.
pub(super) fn iso_format_of(moment: DateTime, offset: Option<Offset>) -> String {
    iso_format(moment, offset, 'T')
}

fn repr_of_moment(moment: DateTime) -> String {
    let (date, time) = (moment.date(), moment.time());
    let mut text = format!(
        "datetime.datetime({}, {}, {}, {}, {}",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute()
    );
    let micros = time.subsec_nanosecond() / 1000;
    if time.second() != 0 || micros != 0 {
        let _ = write!(text, ", {}", time.second());
    }
    if micros != 0 {
        let _ = write!(text, ", {micros}");
    }
    text.push(')');
    text
}

/// Returns what Python's `repr()` makes of a string.
pub use limbeck_sql::engine::text_repr as repr_of_string;

/// Python's `str.isspace()` of a character.
pub(super) fn is_space(letter: char) -> bool {
    letter.is_whitespace() || ('\x1c'..='\x1f').contains(&letter)
}
