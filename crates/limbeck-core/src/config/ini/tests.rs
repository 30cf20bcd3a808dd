//! Tests of the ini parser: against a record of Python's, and against a simple model.

use std::fmt::Write as _;
use std::path::Path;

use indexmap::IndexMap;
use proptest::prelude::*;

use super::super::ini_cases::{CASES, Outcome};
use super::{ConfigError, Ini};

fn here() -> IndexMap<String, String> {
    IndexMap::from([("here".to_owned(), "/project".to_owned())])
}

fn parse(text: &str) -> Result<Ini, ConfigError> {
    Ini::parse(text, Path::new("alembic.ini"), &here())
}

/// The text of an error as Python gives it, which is without a place for errors of interpolation.
fn without_location(error: &ConfigError) -> String {
    let text = error.to_string();
    match error {
        ConfigError::InterpolationMissingOption { location, .. }
        | ConfigError::InterpolationSyntax { location, .. }
        | ConfigError::InterpolationDepth { location, .. } => {
            assert!(location.line.is_some());
            text.strip_prefix(&location.to_string()).unwrap().to_owned()
        }
        _ => text,
    }
}

#[test]
fn odd_files_are_read_and_refused_as_python_does() {
    for (text, expected) in CASES {
        match (parse(text), expected) {
            (Err(error), Outcome::Refused(message)) => {
                assert_eq!(error.to_string(), *message, "for {text:?}");
            }
            (Ok(ini), Outcome::Read(sections)) => {
                assert!(
                    ini.sections().eq(sections.iter().map(|(name, _)| *name)),
                    "sections of {text:?}: {ini:?}"
                );
                for (section, options) in *sections {
                    let names: Vec<&str> = options.iter().map(|(name, _)| *name).collect();
                    assert_eq!(ini.options(section).unwrap(), names, "options of [{section}] in {text:?}");
                    for (option, value) in *options {
                        let read =
                            ini.get(section, option).map(Option::unwrap).map_err(|e| without_location(&e));
                        assert_eq!(
                            read.as_deref().map_err(String::as_str),
                            *value,
                            "{option} in [{section}] of {text:?}"
                        );
                    }
                }
            }
            (Ok(ini), Outcome::Refused(message)) => panic!("{text:?} gives {ini:?}, not {message:?}"),
            (Err(error), Outcome::Read(_)) => panic!("{text:?} gives {error}"),
        }
    }
}

#[test]
fn interpolation_errors_name_file_and_line() {
    let ini = parse("[a]\n\n# comment\nx = 50%\n").unwrap();
    let error = ini.get("a", "x").unwrap_err();
    assert_eq!(error.to_string(), "alembic.ini, line 4: '%' must be followed by '%' or '(', found: '%'");
    assert_eq!(error.hint(), Some("a percent sign that stands for itself is written %%"));
}

#[test]
fn errors_do_not_show_passwords() {
    let ini = parse("[a]\nurl = postgresql://u:se%cret@h/d\nother = db://u:secret@h/%(d)s\n").unwrap();
    for option in ["url", "other"] {
        let message = ini.get("a", option).unwrap_err().to_string();
        assert!(!message.contains("cret"), "{message}");
    }
    for text in ["url = db://u:secret@h/d\n", "[a]\ndb//u://u:secret@h\ndb//u://u:secret@h\n"] {
        let message = parse(text).unwrap_err().to_string();
        assert!(!message.contains("secret"), "{message}");
    }
}

#[test]
fn items_are_the_inherited_options_then_the_own_ones() {
    let ini = parse("[DEFAULT]\nx = 1\n[a]\nB = %(x)s\nhere = %(b)s!\n").unwrap();
    let items: Vec<_> = ini.items("a").unwrap().into_iter().collect();
    let expected = [("here", "1!"), ("x", "1"), ("b", "1")];
    assert_eq!(items, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    assert_eq!(ini.items("nope").unwrap_err().to_string(), "No section: 'nope'");
    assert_eq!(ini.items("DEFAULT").unwrap().len(), 2);
}

#[test]
fn values_can_be_set_and_removed_in_memory() {
    let mut ini = parse("[a]\nx = 1\n").unwrap();
    ini.set("a", "Y", "%(x)s%%").unwrap();
    assert_eq!(ini.get("a", "y").unwrap().as_deref(), Some("1%"));
    assert!(ini.remove_option("a", "Y").unwrap());
    assert!(!ini.remove_option("a", "Y").unwrap());
    assert_eq!(ini.set("b", "y", "1").unwrap_err().to_string(), "No section: 'b'");
    assert_eq!(ini.add_section("a").unwrap_err().to_string(), "Section 'a' already exists");
    assert_eq!(ini.add_section("DEFAULT").unwrap_err().to_string(), "Invalid section name: 'DEFAULT'");
    ini.set("DEFAULT", "z", "3").unwrap();
    assert!(ini.has_option("a", "Z") && ini.has_option("", "z") && !ini.has_option("b", "z"));
    // The sentence is that of Python's `ValueError`.
    for (value, position) in [("50%", 2), ("%%é%(x)s%", 1), ("%(x", 0), ("%()s", 0)] {
        assert_eq!(
            ini.set("a", "y", value).unwrap_err().to_string(),
            format!("invalid interpolation syntax in '{value}' at position {position}")
        );
    }
}

#[test]
fn a_file_that_is_not_utf8_is_refused_with_its_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("alembic.ini");
    std::fs::write(&path, b"[alembic]\n# caf\xe9\n").unwrap();
    let message = Ini::read(&path, &here()).unwrap_err().to_string();
    assert_eq!(message, format!("{}, line 2: not UTF-8 text", path.display()));
}

/// A section name that no other rule of the format gets at.
fn section_name() -> impl Strategy<Value = String> {
    "[a-zA-Z_.é][a-zA-Z0-9_.: =é-]{0,8}".prop_filter("the default section", |name| name != "DEFAULT")
}

fn option_name() -> impl Strategy<Value = String> {
    "[a-z_.é][a-z0-9_.é-]{0,8}( [a-z]{1,3})?"
}

/// The lines of a value; those after the first are not empty and do not begin like a comment.
fn value_lines() -> impl Strategy<Value = Vec<String>> {
    let first = "([a-zA-Z0-9#;=:\\[%(/é]([ a-zA-Z0-9#;=:\\[\\]%()/é]{0,10}[a-zA-Z0-9#;\\]])?)?";
    let further = "[a-zA-Z0-9=:\\[%(/é]([ a-zA-Z0-9#;=:\\[\\]%()/é]{0,10}[a-zA-Z0-9#;\\]])?";
    (first, prop::collection::vec(further, 0..3)).prop_map(|(first, further)| {
        let mut lines = vec![first];
        lines.extend(further);
        lines
    })
}

type Model = IndexMap<String, IndexMap<String, Vec<String>>>;

fn model() -> impl Strategy<Value = Model> {
    let options = prop::collection::vec((option_name(), value_lines()), 0..5);
    prop::collection::vec((section_name(), options), 0..4).prop_map(|sections| {
        sections.into_iter().map(|(name, options)| (name, options.into_iter().collect())).collect()
    })
}

/// How a file is written, as far as it makes no difference.
#[derive(Clone, Copy, Debug)]
struct Style {
    delimiter: &'static str,
    indent: &'static str,
    continuation: &'static str,
    line_end: &'static str,
    noise: &'static str,
}

fn style() -> impl Strategy<Value = Style> {
    (
        prop::sample::select(vec!["=", " = ", ":", " :\t"]),
        prop::sample::select(vec!["", "  ", "\t"]),
        prop::sample::select(vec!["   ", "\t\t\t", "      "]),
        prop::sample::select(vec!["\n", "\r\n", "\r"]),
        prop::sample::select(vec!["", "# [x] = comment", "  ; comment"]),
    )
        .prop_map(|(delimiter, indent, continuation, line_end, noise)| Style {
            delimiter,
            indent,
            continuation,
            line_end,
            noise,
        })
}

fn written(model: &Model, style: Style) -> String {
    let Style { delimiter, indent, continuation, line_end, noise } = style;
    let noise = if noise.is_empty() { String::new() } else { format!("{noise}{line_end}") };
    let mut text = noise.clone();
    for (section, options) in model {
        let _ = write!(text, "{indent}[{section}]{line_end}{noise}");
        for (option, lines) in options {
            let option = option.to_uppercase();
            let _ = write!(text, "{indent}{option}{delimiter}");
            text += &lines.join(&format!("{line_end}{noise}{continuation}"));
            text += line_end;
            text += &noise;
            text += line_end;
        }
    }
    text
}

proptest! {
    #[test]
    fn what_is_written_is_read_again_in_any_style(model in model(), style in style()) {
        let text = written(&model, style);
        let ini = Ini::parse(&text, Path::new("x.ini"), &IndexMap::new()).unwrap();
        prop_assert!(ini.sections().eq(model.keys().map(String::as_str)), "{text}");
        for (section, options) in &model {
            let read = ini.items_raw(section).unwrap();
            let expected: IndexMap<String, String> =
                options.iter().map(|(option, lines)| (option.clone(), lines.join("\n"))).collect();
            prop_assert_eq!(read, expected, "{}", text);
        }
    }

    #[test]
    fn a_value_with_its_percent_signs_doubled_reads_as_itself(value in "[ -~é]{0,20}") {
        let mut ini = Ini::new(&IndexMap::new());
        ini.add_section("a").unwrap();
        ini.set("a", "x", &value.replace('%', "%%")).unwrap();
        prop_assert_eq!(ini.get("a", "x").unwrap(), Some(value));
    }

    #[test]
    fn no_text_makes_the_parser_fail_in_another_way_than_by_an_error(text in "([\\[\\]=:#;%()sa \t\r\n]|DEFAULT){0,40}") {
        if let Ok(ini) = parse(&text) {
            for section in ini.sections() {
                let _ = ini.items(section);
                prop_assert!(ini.options(section).unwrap().contains(&"here"));
            }
        }
    }
}
