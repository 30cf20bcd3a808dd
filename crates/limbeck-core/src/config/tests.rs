//! Tests of `Config`.
