//! `sqlalchemy.sql`: expressions and statements.

pub(crate) mod clauses;
pub(crate) mod collection;
pub(crate) mod compiled;
pub(crate) mod constructors;
pub(crate) mod dml;
pub(crate) mod elements;
pub(crate) mod from_elements;
pub(crate) mod functions;
pub(crate) mod operators;
pub(crate) mod select;
pub(crate) mod selectable;
