//! No text breaks out of its quotes, in any dialect.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod reader;

use proptest::prelude::*;
use reader::{DIALECTS, Token, check, tokens};

#[test]
fn the_reader_sees_what_breaks_out() {
    let text = |value: &str| Token::Text(value.to_owned());
    assert_eq!(tokens("postgresql", r"'a\' 'b'''"), [text(r"a\"), text("b'")]);
    assert_eq!(tokens("mysql", r"'a\'b'"), [text("a'b")]);
    assert_eq!(tokens("mysql", r"'a\'"), [Token::Astray("an open string")]);
    assert_eq!(tokens("mssql", "N'a' [b]]c]"), [text("a"), Token::Word("b]c".to_owned())]);
    assert_eq!(tokens("oracle", "'x' -- y"), [text("x"), Token::Astray("a comment")]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_out_of_its_quotes(
        text in prop_oneof![
            "[^\u{0}]{1,12}",
            "['\"`\\[\\]%:?;\\\\\n\r\t/*#a-]{1,10}",
            "[a-zA-Z_$0-9]{1,8}",
        ],
    ) {
        for dialect in DIALECTS {
            check(dialect, &text).map_err(TestCaseError::fail)?;
        }
    }
}
