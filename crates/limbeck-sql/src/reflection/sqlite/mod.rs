//! Reflection of SQLite.
