//! The embedded `sqlalchemy` package: Limbeck's own classes under SQLAlchemy's names.

pub(crate) mod arguments;
pub(crate) mod object;
