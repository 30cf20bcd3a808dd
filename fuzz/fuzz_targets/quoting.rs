//! Whatever a text is, it stays within its quotes in all six dialects: `cargo +nightly fuzz run quoting`.

#![no_main]

#[path = "../../crates/limbeck-sql/tests/quoting/reader.rs"]
mod reader;

libfuzzer_sys::fuzz_target!(|text: &str| {
    // no database takes an empty name, nor NUL
    if text.is_empty() || text.contains('\0') {
        return;
    }
    for dialect in reader::DIALECTS {
        if let Err(difference) = reader::check(dialect, text) {
            panic!("{difference}");
        }
    }
});
