use serde_json::Value as Json;

use super::*;
use crate::engine::{EngineOptions, plugins};

fn record() -> Json {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/reference/url/record.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn query_json(url: &Url) -> Json {
    url.normalized_query().into_iter().map(|(key, values)| (key, Json::from(values))).collect()
}

#[test]
fn urls_are_read_and_written_as_the_reference_does() {
    let record = record();
    for entry in record["urls"].as_array().unwrap() {
        let text = entry[0].as_str().unwrap();
        let expected = &entry[1];
        let actual = match Url::parse(text) {
            Ok(url) => serde_json::json!({
                "drivername": url.drivername(),
                "username": url.username(),
                "password": url.password().map(Password::reveal),
                "host": url.host(),
                "port": url.port(),
                "database": url.database(),
                "query": query_json(&url),
                "shown": url.render_as_string(true),
                "full": url.render_as_string(false),
                "backend": url.get_backend_name(),
            }),
            Err(error) => {
                let class = match &error {
                    Error::Argument(_) => "ArgumentError",
                    Error::Value(_) => "ValueError",
                    other => panic!("{text:?}: {other:?}"),
                };
                serde_json::json!({"error": class, "message": error.to_string()})
            }
        };
        assert_eq!(&actual, expected, "{text:?}");
    }
}

#[test]
fn dialects_and_drivers_are_known_as_to_the_reference() {
    for entry in record()["drivers"].as_array().unwrap() {
        let name = entry[0].as_str().unwrap();
        let url = Url::create(name, UrlChanges::default());
        match (url.check_dialect(), entry[1].as_str()) {
            (Ok(()), Some(driver)) => assert_eq!(url.get_driver_name().unwrap(), driver, "{name}"),
            (Err(error), None) => assert_eq!(error.to_string(), entry[1]["message"], "{name}"),
            (outcome, expected) => panic!("{name}: {outcome:?} against {expected:?}"),
        }
    }
}

#[test]
fn a_default_driver_of_an_unknown_dialect_is_an_error() {
    let error = plugins::default_driver("foo").unwrap_err();
    assert_eq!(error.to_string(), "Can't load plugin: sqlalchemy.dialects:foo");
}

#[test]
fn neither_display_nor_debug_shows_a_password() {
    let url = Url::parse("postgresql://user:s3cret@host/db?sslpassword=s3cret&a=b").unwrap();
    let changes = UrlChanges { password: Some("s3cret".into()), ..UrlChanges::default() };
    let options = EngineOptions {
        connect_args: [("password".to_owned(), crate::engine::Value::from("s3cret"))].into_iter().collect(),
        ..EngineOptions::default()
    };
    assert!(!format!("{options:?}").contains("s3cret"));
    for text in [url.to_string(), format!("{url:?}"), format!("{changes:?}"), format!("{:?}", url.password())]
    {
        assert!(!text.contains("s3cret"), "{text}");
        assert!(text.contains("***"), "{text}");
    }
    assert_eq!(url.to_string(), "postgresql://user:***@host/db?a=b&sslpassword=***");
}

#[test]
fn set_replaces_what_is_given_and_leaves_the_rest() {
    let url = Url::parse("postgresql://user:old@host/db?a=1").unwrap();
    let changed = url.set(UrlChanges {
        drivername: Some("mysql".to_owned()),
        password: Some("n@w".into()),
        port: Some(7),
        ..UrlChanges::default()
    });
    assert_eq!(changed.render_as_string(false), "mysql://user:n%40w@host:7/db?a=1");
    assert_eq!(url.render_as_string(false), "postgresql://user:old@host/db?a=1");
}

#[test]
fn query_arguments_are_replaced_added_to_and_removed() {
    let url = Url::parse("postgresql://h/db?a=1&b=2").unwrap();
    assert_eq!(url.update_query_string("a=3&c=4", false).to_string(), "postgresql://h/db?a=3&b=2&c=4");
    assert_eq!(url.update_query_string("a=3&a=4", true).to_string(), "postgresql://h/db?a=1&a=3&a=4&b=2");
    assert_eq!(url.difference_update_query(&["a", "x"]).to_string(), "postgresql://h/db?b=2");
}

proptest::proptest! {
    #[test]
    fn what_is_written_reads_back(
        username in ".{0,8}",
        password in proptest::option::of(".{0,8}"),
        port in proptest::option::of(0_i64..70_000),
        database in proptest::option::of(".{0,12}"),
        query in proptest::collection::vec((".{1,5}", ".{1,5}"), 0..4),
    ) {
        let url = Url::create("postgresql+psycopg", UrlChanges {
            username: Some(username),
            password: password.map(Password::new),
            host: Some("db.example.org".to_owned()),
            port,
            database,
            ..UrlChanges::default()
        });
        let pairs = query.into_iter().map(|(key, value)| (key, QueryValue::One(value))).collect();
        let url = url.update_query_pairs(pairs, false);
        proptest::prop_assert_eq!(Url::parse(&url.render_as_string(false)).unwrap(), url);
    }
}

#[test]
fn a_password_in_the_place_of_a_port_is_not_shown() {
    let message = |url: &str| Url::parse(url).unwrap_err().to_string();
    assert_eq!(message("postgresql://scott:tiger"), "invalid literal for int() with base 10: '***'");
    assert_eq!(message("postgresql://host:port/db"), "invalid literal for int() with base 10: 'port'");
}
