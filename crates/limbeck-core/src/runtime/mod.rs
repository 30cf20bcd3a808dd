//! Running migrations.

pub mod steps;
