//! The drivers of the reference whose names a URL may carry; one driver serves them all, in the words of each.

use crate::engine::Url;
use crate::error::Result;

/// A driver of the reference, as far as its words and its values differ from the others'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavor {
    /// `psycopg`, with or without asyncio.
    Psycopg,
    /// `psycopg2` and `psycopg2cffi`.
    Psycopg2,
    /// `asyncpg`
    Asyncpg,
    /// `pg8000`
    Pg8000,
}

impl Flavor {
    /// Finds the driver that a URL names, or the dialect's own choice.
    pub(super) fn of(url: &Url) -> Result<Self> {
        Ok(match url.get_driver_name()? {
            "psycopg2" | "psycopg2cffi" => Self::Psycopg2,
            "asyncpg" => Self::Asyncpg,
            "pg8000" => Self::Pg8000,
            _ => Self::Psycopg,
        })
    }

    /// Gives the module whose exceptions error texts name.
    pub(super) fn module(self) -> &'static str {
        match self {
            Self::Psycopg => "psycopg",
            Self::Psycopg2 => "psycopg2",
            Self::Asyncpg => "sqlalchemy.dialects.postgresql.asyncpg",
            Self::Pg8000 => "pg8000.dbapi",
        }
    }
}
