//! Values that go to and come from a database.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::ExactNumber;

/// A value of a parameter or of a result's column.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer that does not fit 64 bits, in decimal digits.
    BigInt(String),
    /// A floating-point number.
    Float(f64),
    /// An exact number.
    Decimal(ExactNumber),
    /// A string.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A calendar date.
    Date(jiff::civil::Date),
    /// A time of day, with its offset from UTC when it has one.
    Time(jiff::civil::Time, Option<jiff::tz::Offset>),
    /// A date and time, with its offset from UTC when it has one.
    DateTime(jiff::civil::DateTime, Option<jiff::tz::Offset>),
    /// A duration (`timedelta`).
    Interval(jiff::SignedDuration),
    /// A UUID.
    Uuid(uuid::Uuid),
    /// A JSON document; JSON's own `null` is `JSON.NULL` of SQLAlchemy.
    Json(serde_json::Value),
    /// A list.
    Array(Vec<Value>),
    /// An object of the application, which only its own types understand.
    Opaque(OpaqueValue),
}

impl Value {
    /// Tells whether this is SQL NULL.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Gives the text of a string value.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Reads the text of a PostgreSQL array whose items' type the driver does not know, such as an enum's; the items stay
    /// text.
    #[must_use]
    pub fn items_of_text(&self) -> Option<Self> {
        self.as_str().and_then(super::drivers::text_array)
    }

    /// Gives the number of an integer or boolean value.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Bool(flag) => Some(i64::from(*flag)),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

/// An object of the application: databases cannot store it, but a type of the application may turn it into a value.
#[derive(Clone)]
pub struct OpaqueValue {
    /// Python's `repr` of it.
    pub repr: String,
    /// What a database is sent for it, where that is known.
    pub stored: Option<Box<Value>>,
    /// The name of its class.
    pub class_name: String,
    /// The object, for who made the value.
    pub object: Arc<dyn Any + Send + Sync>,
}

/// The text of a JSON document with numbers that [`Value::Json`] cannot hold.
#[derive(Clone, Debug)]
pub struct LongJson(pub String);

impl From<LongJson> for Value {
    fn from(document: LongJson) -> Self {
        Self::Opaque(OpaqueValue {
            repr: document.0.clone(),
            stored: Some(Box::new(Self::Text(document.0.clone()))),
            class_name: "dict".to_owned(),
            object: Arc::new(document),
        })
    }
}

impl fmt::Debug for OpaqueValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpaqueValue({})", self.repr)
    }
}

impl PartialEq for OpaqueValue {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.object, &other.object)
    }
}

/// A row of a result: values in the order of [`QueryResult::columns`].
pub type Row = Vec<Value>;

/// What a statement gave back.
#[derive(Clone, Debug, Default)]
pub struct QueryResult {
    /// The names of the columns; empty for a statement that returns no rows.
    pub columns: Vec<String>,
    /// The declared type of each column as the database names it, where it tells.
    pub declared_types: Vec<Option<String>>,
    /// The rows, all of them.
    pub rows: Vec<Row>,
    /// Rows that an UPDATE, INSERT or DELETE touched; -1 when unknown, as in Python's DB-API.
    pub rowcount: i64,
    /// The key of the last inserted row, where the database tells.
    pub last_insert_id: Option<i64>,
}

impl QueryResult {
    /// Tells whether the statement returned rows (perhaps none), as `CursorResult.returns_rows`.
    #[must_use]
    pub fn returns_rows(&self) -> bool {
        !self.columns.is_empty()
    }

    /// Gives the first column of the first row.
    #[must_use]
    pub fn scalar(&self) -> Option<&Value> {
        self.rows.first().and_then(|row| row.first())
    }
}

impl fmt::Display for QueryResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} columns, {} rows", self.columns.len(), self.rows.len())
    }
}
