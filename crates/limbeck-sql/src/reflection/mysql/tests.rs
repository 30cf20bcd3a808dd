//! Texts of both servers, and what SQLAlchemy's parser makes of them.

use super::create_table::{KeyKind, TableDefinition, parse};

fn table(lines: &str) -> TableDefinition {
    parse(&format!("CREATE TABLE `t` (\n{lines}\n) ENGINE=InnoDB"), '`')
}

/// Shows a column: its type in Python, its default, whether it may be NULL, and what else there is.
fn column(line: &str) -> String {
    let definition = table(line);
    assert_eq!(definition.warnings, Vec::<String>::new(), "{line}");
    let column = &definition.columns[0];
    let computed = column.computed.as_ref();
    let parts = [
        Some(column.type_.python_repr().unwrap()),
        column.default.as_ref().map(|default| format!("default {default}")),
        (!column.nullable).then(|| "not null".to_owned()),
        (column.autoincrement == Some(true)).then(|| "counts".to_owned()),
        computed.map(|computed| format!("computed {} {:?}", computed.sqltext, computed.persisted)),
        column.comment.as_ref().map(|comment| format!("comment {comment:?}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[test]
fn columns_are_read_with_all_that_belongs_to_them() {
    let cases = [
        ("  `a` int(11) NOT NULL AUTO_INCREMENT", "INTEGER(display_width=11) not null counts"),
        ("  `a` int NOT NULL DEFAULT (1 + 2),", "INTEGER() default (1 + 2) not null"),
        ("  `a` bigint(20) unsigned DEFAULT NULL", "BIGINT(display_width=20, unsigned=True)"),
        (
            "  `a` smallint(5) unsigned zerofill DEFAULT 00005",
            "SMALLINT(display_width=5, unsigned=True, zerofill=True) default 00005",
        ),
        ("  `a` tinyint(1) NOT NULL DEFAULT 0", "TINYINT(display_width=1) default 0 not null"),
        ("  `a` bigint DEFAULT '-5'", "BIGINT() default '-5'"),
        (
            "  `a` decimal(5,0) unsigned DEFAULT 1.50",
            "DECIMAL(unsigned=True, precision=5, scale=0) default 1.50",
        ),
        ("  `a` double DEFAULT NULL", "DOUBLE(asdecimal=True)"),
        ("  `a` float(7,2) DEFAULT 1e10", "FLOAT(precision=7, scale=2) default 1e10"),
        (
            "  `a` varchar(10) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'it''s \\\\ x'",
            "VARCHAR(charset='latin1', collation='latin1_bin', length=10) default 'it''s \\\\ x' not null",
        ),
        ("  `a` enum('a','b''c') DEFAULT 'a'", "ENUM('a', \"b'c\") default 'a'"),
        ("  `a` set('a','b') NOT NULL DEFAULT 'a,b'", "SET('a', 'b') default 'a,b' not null"),
        ("  `a` json DEFAULT (json_array())", "JSON() default (json_array())"),
        ("  `a` bit(3) DEFAULT b'101'", "BIT(length=3) default b'101'"),
        ("  `a` uuid DEFAULT uuid()", "UUID() default uuid()"),
        ("  `a` varchar(9) DEFAULT concat('a','b')", "VARCHAR(length=9) default concat('a','b')"),
        ("  `a` date DEFAULT (curdate() + interval 1 day)", "DATE() default (curdate() + interval 1 day)"),
        (
            "  `a` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)",
            "DATETIME(fsp=6) default CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) not null",
        ),
        ("  `a` timestamp NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP", "TIMESTAMP()"),
        (
            "  `a` int GENERATED ALWAYS AS ((`a` * 2)) STORED NOT NULL COMMENT 'x'",
            "INTEGER() not null computed ((`a` * 2)) Some(true) comment \"x\"",
        ),
        (
            "  `a` varchar(10) GENERATED ALWAYS AS (concat(_utf8mb4'(',`b`)) VIRTUAL",
            "VARCHAR(length=10) computed (concat(_utf8mb4'(',`b`)) Some(false)",
        ),
        ("  `a` int DEFAULT '3' /*!80023 INVISIBLE */", "INTEGER() default '3'"),
        ("  `a` longtext DEFAULT NULL CHECK (json_valid(`a`))", "LONGTEXT()"),
        ("  `a` text COMMENT 'it''s\\na \\\\ line'", "TEXT() comment \"it's\\na \\\\ line\""),
    ];
    for (line, expected) in cases {
        assert_eq!(column(line), expected, "{line}");
    }
}

#[test]
fn an_unknown_type_and_an_unknown_line_leave_warnings() {
    let definition =
        table("  `a` point NOT NULL /*!80003 SRID 4326 */,\n  PERIOD FOR SYSTEM_TIME (`a`, `b`)");
    assert_eq!(
        definition.warnings,
        [
            "Did not recognize type 'point' of column 'a'",
            "Unknown schema content: '  PERIOD FOR SYSTEM_TIME (`a`, `b`)'"
        ]
    );
    assert!(!definition.columns[0].nullable);
}

#[test]
fn keys_are_read_with_lengths_and_parsers() {
    let definition = table(
        "  PRIMARY KEY (`id`) USING BTREE,\n  UNIQUE KEY `u` (`a`(10) DESC,`b`) USING BTREE COMMENT 'x',\n  \
         KEY `e` ((lower(`a`)),`b`),\n  KEY `i` (`a`) /*!80000 INVISIBLE */,\n  KEY `g` (`a`) IGNORED,\n  \
         FULLTEXT KEY `f` (`a`) /*!50100 WITH PARSER `ngram` */ ,\n  SPATIAL KEY `s` (`x``y`)",
    );
    assert_eq!(definition.warnings, Vec::<String>::new());
    let shown: Vec<String> = definition
        .keys
        .iter()
        .map(|key| format!("{:?} {} {:?} {:?}", key.kind, key.name, key.columns, key.parser))
        .collect();
    assert_eq!(
        shown,
        [
            "Primary  [(\"id\", None)] None",
            "Unique u [(\"a\", Some(10)), (\"b\", None)] None",
            "Plain e [(\"b\", None)] None",
            "Plain i [(\"a\", None)] None",
            "Plain g [(\"a\", None)] None",
            "FullText f [(\"a\", None)] Some(\"ngram\")",
            "Spatial s [(\"x`y\", None)] None",
        ]
    );
    assert_eq!(definition.keys[0].kind, KeyKind::Primary);
}

#[test]
fn constraints_are_read() {
    let definition = table(
        "  CONSTRAINT `f` FOREIGN KEY (`a`, `b`) REFERENCES `s`.`p` (`id`, `x`) ON DELETE RESTRICT ON UPDATE NO \
         ACTION,\n  CONSTRAINT `g` FOREIGN KEY (`a`) REFERENCES `p` (`id`) ON DELETE SET NULL ON UPDATE CASCADE,\n  \
         CONSTRAINT `c` CHECK ((`a` in (1,2,3))) /*!80016 NOT ENFORCED */,\n  \
         CONSTRAINT `d` CHECK (`a` <> ')')",
    );
    let keys: Vec<_> = definition
        .foreign_keys
        .iter()
        .map(|key| {
            (
                key.referred_schema.as_deref(),
                key.referred_table.as_str(),
                key.referred_columns.join(", "),
                key.options.ondelete.as_deref(),
                key.options.onupdate.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        keys,
        [
            (Some("s"), "p", "id, x".to_owned(), Some("RESTRICT"), None),
            (None, "p", "id".to_owned(), Some("SET NULL"), Some("CASCADE")),
        ]
    );
    let checks: Vec<_> = definition.checks.iter().map(|check| check.sqltext.as_str()).collect();
    assert_eq!(checks, ["(`a` in (1,2,3))", "`a` <> ')'"]);
}

#[test]
fn options_are_those_that_sqlalchemy_knows() {
    let options = |rest: &str| {
        let text = format!("CREATE TABLE `t` (\n  `a` int\n){rest}");
        let options = parse(&text, '`').options;
        options.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>()
    };
    assert_eq!(
        options(
            " ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='it''s \\\\ a'"
        ),
        ["comment=it's \\ a", "engine=InnoDB", "default charset=utf8mb4", "collate=utf8mb4_bin"]
    );
    assert_eq!(
        options(
            " ENGINE=MyISAM DEFAULT CHARSET=latin1 PACK_KEYS=1 UNION=(`a`,`b`) DATA DIRECTORY='/x/' MIN_ROWS=1"
        ),
        ["engine=MyISAM", "default charset=latin1", "min_rows=1", "pack_keys=1", "union=(`a`,`b`)"]
    );
    assert_eq!(
        options(" ENGINE=InnoDB WITH SYSTEM VERSIONING COMMENT='x y COLLATE=zzz'"),
        ["comment=x y COLLATE=zzz", "engine=InnoDB"]
    );
    assert_eq!(
        options(" /*!50100 TABLESPACE `ts` STORAGE DISK */ ENGINE=ndb"),
        ["engine=ndb", "tablespace=`ts` STORAGE DISK"]
    );
    let parts =
        "(PARTITION p0 VALUES LESS THAN (10) ENGINE = InnoDB,\n PARTITION p1 VALUES LESS THAN MAXVALUE)";
    let joined = "partition_definitions=PARTITION p0 VALUES LESS THAN (10) ENGINE = InnoDB, PARTITION p1 VALUES LESS \
                  THAN MAXVALUE";
    assert_eq!(
        options(&format!(" ENGINE=InnoDB\n/*!50100 PARTITION BY RANGE (`a`)\n{parts} */")),
        ["engine=InnoDB", "partition_by=RANGE (`a`)", joined]
    );
    assert_eq!(
        options(" ENGINE=InnoDB\n PARTITION BY HASH (`a`)\nPARTITIONS 4"),
        ["engine=InnoDB", "partition_by=HASH (`a`)", "partitions=4"]
    );
}

#[test]
fn names_may_stand_in_quotation_marks() {
    let definition = parse("CREATE TABLE \"t\" (\n  \"a\"\"b\" int,\n  KEY \"k\" (\"a\"\"b\")\n)", '"');
    assert_eq!(definition.columns[0].name, "a\"b");
    assert_eq!(definition.keys[0].columns, [("a\"b".to_owned(), None)]);
}
