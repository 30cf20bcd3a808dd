//! The password file (`.pgpass`): a line for each server, database and user.
//!
//! <https://www.postgresql.org/docs/current/libpq-pgpass.html>

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::engine::Password;

/// For what a password is wanted.
pub(super) struct Wanted<'w> {
    pub host: &'w str,
    pub port: u16,
    pub database: &'w str,
    pub user: &'w str,
}

/// Finds a password in the file; one that others than its owner may read is not used, with a warning.
pub(super) fn find(file: &Path, wanted: &Wanted<'_>) -> Option<Password> {
    let metadata = fs::metadata(file).ok()?;
    if !metadata.is_file() {
        log::warn!(target: super::LOGGER, "password file \"{}\" is not a plain file", file.display());
        return None;
    }
    if metadata.permissions().mode() & 0o077 != 0 {
        log::warn!(
            target: super::LOGGER,
            "password file \"{}\" has group or world access; permissions should be u=rw (0600) or less",
            file.display()
        );
        return None;
    }
    search(&fs::read_to_string(file).ok()?, wanted)
}

/// Finds the first line that fits.
fn search(text: &str, wanted: &Wanted<'_>) -> Option<Password> {
    let port = wanted.port.to_string();
    let fields = [wanted.host, port.as_str(), wanted.database, wanted.user];
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut rest = line;
        for field in fields {
            let (value, later) = next_field(rest)?;
            if value != "*" && unescaped(value) != field {
                return None;
            }
            rest = later;
        }
        let password = next_field(rest).map_or(rest, |(password, _)| password);
        Some(Password::new(unescaped(password)))
    })
}

/// Splits at the first colon that no backslash stands before.
fn next_field(line: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (index, character) in line.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ':' => return Some((&line[..index], &line[index + 1..])),
            _ => {}
        }
    }
    None
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        plain.push(if character == '\\' { characters.next().unwrap_or('\\') } else { character });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<String> {
        let wanted = Wanted { host: "db.example", port: 5433, database: "shop", user: "ann:e" };
        search(text, &wanted).map(|password| password.reveal().to_owned())
    }

    #[test]
    fn the_first_line_that_fits_gives_the_password() {
        let text = "# db.example:5433:shop:ann\\:e:comment\n\
                    other:5433:shop:ann\\:e:one\n\
                    db.example:*:shop:ann\\:e:tw\\:o\\\\\n\
                    *:*:*:*:three\n";
        assert_eq!(found(text).as_deref(), Some("tw:o\\"));
        assert_eq!(found("*:*:*:*:three").as_deref(), Some("three"));
        assert_eq!(found("*:*:*:*:three:and more").as_deref(), Some("three"));
    }

    #[test]
    fn lines_that_do_not_fit_or_are_short_give_none() {
        assert_eq!(found("db.example:5432:shop:ann\\:e:x"), None);
        assert_eq!(found("db.example:5433:shop"), None);
        assert_eq!(found(""), None);
    }

    #[test]
    fn a_file_that_others_may_read_is_not_used() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("pgpass");
        fs::write(&file, "*:*:*:*:secret").unwrap();
        let wanted = Wanted { host: "h", port: 1, database: "d", user: "u" };
        for (mode, expected) in
            [(0o644, None), (0o640, None), (0o600, Some("secret")), (0o400, Some("secret"))]
        {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            let password = find(&file, &wanted);
            assert_eq!(password.as_ref().map(Password::reveal), expected, "{mode:o}");
        }
    }
}
