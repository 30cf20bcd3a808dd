//! What kind of statement a text is, as far as transactions care, found by its first words.

use super::words::{Words, unquoted};

/// Settings that SQLite refuses to change, or silently leaves, inside a transaction.
const PRAGMAS_OUTSIDE_TRANSACTION: [&str; 7] = [
    "foreign_keys",
    "journal_mode",
    "synchronous",
    "auto_vacuum",
    "page_size",
    "temp_store",
    "temp_store_directory",
];

/// A statement, as far as transactions care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StatementKind {
    /// Nothing but white space and comments.
    Empty,
    /// INSERT, REPLACE, UPDATE or DELETE.
    Change {
        /// Whether it may set the key of the last inserted row.
        inserts: bool,
    },
    /// What SQLite refuses or ignores inside a transaction.
    OutsideTransaction,
    /// BEGIN
    Begin,
    /// COMMIT or END
    Commit,
    /// ROLLBACK of everything
    Rollback,
    /// SAVEPOINT, with the name in lower case
    Savepoint(String),
    /// RELEASE, with the name in lower case
    Release(String),
    /// ROLLBACK TO, with the name in lower case
    RollbackTo(String),
    /// Anything else: queries, DDL, other settings.
    Other,
}

impl StatementKind {
    /// Tells whether the statement defines something, so that it is not worth keeping prepared.
    pub(super) fn is_ddl(&self, sql: &str) -> bool {
        matches!(self, Self::Other)
            && Words::new(sql).next().is_some_and(|word| {
                ["create", "drop", "alter", "analyze", "reindex"]
                    .iter()
                    .any(|ddl| word.eq_ignore_ascii_case(ddl))
            })
    }
}

/// Finds out what kind of statement a text is.
pub(super) fn statement_kind(sql: &str) -> StatementKind {
    let mut words = Words::new(sql);
    let Some(first) = words.next() else { return StatementKind::Empty };
    match first.to_ascii_lowercase().as_str() {
        "insert" | "replace" => StatementKind::Change { inserts: true },
        "update" | "delete" => StatementKind::Change { inserts: false },
        "vacuum" | "attach" | "detach" => StatementKind::OutsideTransaction,
        "pragma" => pragma_kind(words),
        "begin" => StatementKind::Begin,
        "commit" | "end" => StatementKind::Commit,
        "rollback" => rollback_kind(words),
        "savepoint" => StatementKind::Savepoint(name(words.next())),
        "release" => {
            let word = words.next();
            let is_keyword = word.is_some_and(|word| word.eq_ignore_ascii_case("savepoint"));
            StatementKind::Release(name(if is_keyword { words.next() } else { word }))
        }
        _ => StatementKind::Other,
    }
}

fn pragma_kind(mut words: Words<'_>) -> StatementKind {
    let mut pragma = words.next().unwrap_or_default();
    let mut next = words.next();
    if next == Some(".") {
        pragma = words.next().unwrap_or_default();
        next = words.next();
    }
    let pragma = unquoted(pragma).to_lowercase();
    let sets = matches!(next, Some("=" | "("));
    let outside =
        pragma == "wal_checkpoint" || (sets && PRAGMAS_OUTSIDE_TRANSACTION.contains(&pragma.as_str()));
    if outside { StatementKind::OutsideTransaction } else { StatementKind::Other }
}

fn rollback_kind(words: Words<'_>) -> StatementKind {
    let mut words = words.skip_while(|word| !word.eq_ignore_ascii_case("to")).skip(1).peekable();
    if words.peek().is_some_and(|word| word.eq_ignore_ascii_case("savepoint")) {
        words.next();
    }
    words.next().map_or(StatementKind::Rollback, |word| StatementKind::RollbackTo(name(Some(word))))
}

fn name(word: Option<&str>) -> String {
    word.map(|word| unquoted(word).to_lowercase()).unwrap_or_default()
}

/// Gives the first statement of a text that holds several, with its semicolon; `None` when there is but one.
pub(super) fn first_statement(sql: &str) -> Option<&str> {
    let mut words = Words::new(sql);
    words.find(|word| *word == ";")?;
    let end = words.position();
    words.next().map(|_| &sql[..end])
}

/// Gives the length of the first statement of a text, its semicolon included; the body of a trigger is not cut.
/// `None` when no semicolon ends a statement.
pub(super) fn complete_length(sql: &str) -> Option<usize> {
    let mut words = Words::new(sql);
    let mut trigger = false;
    let mut body = false;
    let mut cases = 0_usize;
    let mut position = 0;
    let mut ended = false;
    while let Some(word) = words.next() {
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            ";" if !body || ended => return Some(words.position()),
            "explain" if position == 0 => continue,
            "trigger" if (1..=3).contains(&position) => trigger = true,
            "begin" if trigger => body = true,
            "case" if body => cases += 1,
            "end" if body && cases > 0 => cases -= 1,
            "end" if body => ended = true,
            _ => {}
        }
        position += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_by_their_first_words() {
        let inserts = StatementKind::Change { inserts: true };
        let changes = StatementKind::Change { inserts: false };
        for (sql, kind) in [
            ("", StatementKind::Empty),
            (" -- only a comment", StatementKind::Empty),
            ("/* never closed", StatementKind::Empty),
            ("INSERT INTO t VALUES (1)", inserts.clone()),
            ("\n\t/* a */ -- b\n  replace into t values (1)", inserts),
            ("update t set a = 1", changes.clone()),
            ("DELETE FROM t", changes),
            ("WITH x AS (SELECT 1) SELECT * FROM x", StatementKind::Other),
            ("CREATE TABLE t (a)", StatementKind::Other),
            ("-- first\nVACUUM", StatementKind::OutsideTransaction),
            ("vacuum INTO 'file'", StatementKind::OutsideTransaction),
            ("ATTACH 'x' AS y", StatementKind::OutsideTransaction),
            ("detach database y", StatementKind::OutsideTransaction),
            ("PRAGMA foreign_keys=OFF", StatementKind::OutsideTransaction),
            ("pragma main.foreign_keys = 1", StatementKind::OutsideTransaction),
            ("PRAGMA /* x */ \"foreign_keys\" (on)", StatementKind::OutsideTransaction),
            ("PRAGMA foreign_keys", StatementKind::Other),
            ("PRAGMA foreign_keys;", StatementKind::Other),
            ("PRAGMA journal_mode=WAL", StatementKind::OutsideTransaction),
            ("PRAGMA journal_mode", StatementKind::Other),
            ("PRAGMA wal_checkpoint", StatementKind::OutsideTransaction),
            ("PRAGMA foreign_key_check(t)", StatementKind::Other),
            ("PRAGMA defer_foreign_keys=ON", StatementKind::Other),
            ("BEGIN IMMEDIATE", StatementKind::Begin),
            ("commit", StatementKind::Commit),
            ("END TRANSACTION", StatementKind::Commit),
            ("ROLLBACK", StatementKind::Rollback),
            ("ROLLBACK TRANSACTION;", StatementKind::Rollback),
            ("rollback to Spot", StatementKind::RollbackTo("spot".to_owned())),
            ("ROLLBACK TRANSACTION TO SAVEPOINT \"A b\"", StatementKind::RollbackTo("a b".to_owned())),
            ("SAVEPOINT s", StatementKind::Savepoint("s".to_owned())),
            ("RELEASE SAVEPOINT s", StatementKind::Release("s".to_owned())),
            ("RELEASE s", StatementKind::Release("s".to_owned())),
        ] {
            assert_eq!(statement_kind(sql), kind, "{sql:?}");
        }
    }

    #[test]
    fn a_batch_is_cut_behind_each_statement_but_not_inside_a_trigger() {
        let trigger = "CREATE TRIGGER x AFTER INSERT ON t BEGIN UPDATE t SET a = CASE a WHEN 1 THEN 2 END; \
                       DELETE FROM u; END;";
        assert_eq!(complete_length(trigger), Some(trigger.len()));
        assert_eq!(complete_length("SELECT ';' /* ; */; SELECT 2"), Some(19));
        assert_eq!(complete_length("SELECT 1"), None);
        assert_eq!(complete_length("CREATE TABLE \"trigger\" (a); x"), Some(27));
    }

    #[test]
    fn the_first_of_several_statements_is_found() {
        assert_eq!(first_statement("SELECT 1; SELECT 2"), Some("SELECT 1;"));
        assert_eq!(first_statement("SELECT ';'"), None);
        assert_eq!(first_statement("SELECT 1; -- no more"), None);
    }
}
