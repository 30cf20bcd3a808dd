//! What a server's version and modes change.

use super::*;
use crate::dialect::by_name;
use crate::schema::ServerDefault;

fn dialect(name: &str, product: &str, version: [u32; 3], modes: &str) -> Arc<dyn Dialect> {
    let server = ServerFacts {
        product: product.to_owned(),
        version: version.to_vec(),
        default_schema_name: Some("app".to_owned()),
        settings: [("sql_mode".to_owned(), modes.to_owned())].into(),
    };
    by_name(name, Some("pymysql")).unwrap().for_server(&server).unwrap().unwrap()
}

#[test]
fn the_url_of_mariadb_is_for_mariadb_alone() {
    let server =
        ServerFacts { product: "MySQL".to_owned(), version: vec![8, 0, 36], ..ServerFacts::default() };
    let error = by_name("mariadb", None).unwrap().for_server(&server).unwrap_err();
    assert_eq!(error.to_string(), "MySQL version 8.0.36 is not a MariaDB variant.");
    assert!(matches!(error, Error::InvalidRequest(_)));
}

#[test]
fn a_version_decides_what_the_server_can_do() {
    let abilities = |product: &str, version| {
        let dialect = dialect("mysql", product, version, "");
        [
            dialect.insert_returning(),
            dialect.delete_returning(),
            dialect.supports_sequences(),
            dialect.supports_native_uuid(),
        ]
    };
    assert_eq!(abilities("MariaDB", [10, 11, 19]), [true, true, true, true]);
    assert_eq!(abilities("MariaDB", [10, 6, 1]), [true, true, true, false]);
    assert_eq!(abilities("MariaDB", [10, 4, 0]), [false, true, true, false]);
    assert_eq!(abilities("MariaDB", [10, 2, 1]), [false, true, false, false]);
    assert_eq!(abilities("MySQL", [8, 4, 0]), [false, false, false, false]);
}

// As the reference writes them for servers of these versions.
#[test]
fn only_mysql_8_locks_tables_by_name_and_for_sharing() {
    use crate::expression::{ForUpdate, LockTarget, Select, Statement, TableClause};
    let lock = |product, version, read| {
        let of = ["t", "u", "t"].map(|name| LockTarget::Table(TableClause::new(None, name))).to_vec();
        let lock = ForUpdate { read, skip_locked: true, of, ..ForUpdate::default() };
        let query =
            Select { columns: vec![Expression::text("1")], for_update: Some(lock), ..Select::default() };
        let statement = Statement::Select(Box::new(query));
        let dialect = dialect("mysql", product, version, "");
        let sql = dialect.compile_statement(&statement, &CompileOptions::default()).unwrap().sql;
        sql.strip_prefix("SELECT 1").unwrap().to_owned()
    };
    assert_eq!(lock("MySQL", [8, 0, 0], true), " LOCK IN SHARE MODE OF t, u SKIP LOCKED");
    assert_eq!(lock("MySQL", [8, 0, 1], true), " FOR SHARE OF t, u SKIP LOCKED");
    assert_eq!(lock("MySQL", [8, 4, 0], false), " FOR UPDATE OF t, u SKIP LOCKED");
    assert_eq!(lock("MySQL", [5, 7, 40], true), " LOCK IN SHARE MODE SKIP LOCKED");
    assert_eq!(lock("MariaDB", [10, 11, 19], true), " LOCK IN SHARE MODE SKIP LOCKED");
    assert_eq!(lock("MariaDB", [11, 4, 2], false), " FOR UPDATE SKIP LOCKED");
}

#[test]
fn reserved_words_are_those_of_the_server() {
    let quoted = |product, word| dialect("mysql", product, [10, 11, 0], "").quote(&Identifier::new(word));
    assert_eq!((quoted("MariaDB", "rank"), quoted("MariaDB", "period")), ("rank".into(), "`period`".into()));
    assert_eq!((quoted("MySQL", "rank"), quoted("MySQL", "period")), ("`rank`".into(), "period".into()));
}

#[test]
fn modes_decide_how_names_and_texts_are_quoted() {
    let dialect = dialect("mysql", "MySQL", [8, 0, 36], "ANSI_QUOTES,NO_BACKSLASH_ESCAPES");
    assert_eq!(dialect.quote_identifier("a\"b"), "\"a\"\"b\"");
    assert_eq!(dialect.literal(&Value::from("a'\\b"), &SqlType::string(None)).unwrap(), "'a''\\b'");
}

#[test]
fn only_newer_servers_take_expressions_as_defaults() {
    let specification = |product, version| {
        let dialect = dialect("mysql", product, version, "");
        let mut table = Table::new(None, "t");
        table.columns.push(Column {
            server_default: Some(ServerDefault::Expression(Expression::text("uuid()"))),
            ..Column::new("a", SqlType::string(Some(36)))
        });
        dialect.column_specification(&table.columns[0], &table, &CompileOptions::default()).unwrap()
    };
    assert_eq!(specification("MySQL", [8, 0, 13]), "a VARCHAR(36) DEFAULT (uuid())");
    assert_eq!(specification("MySQL", [8, 0, 12]), "a VARCHAR(36) DEFAULT uuid()");
    assert_eq!(specification("MariaDB", [10, 2, 1]), "a VARCHAR(36) DEFAULT (uuid())");
}
